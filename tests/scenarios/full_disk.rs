//! The disk becomes full while a list is handed over, planned, run or undone: it says so and what to do, nothing is lost,
//! and it goes on once there is room.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicI32, Ordering},
    },
};

use domain::ImportId;
use store::{ImportOutcome, ImportState};

use crate::alone::{Alone, count};

/// Room for so many commits, and none for those after it.
#[derive(Clone)]
struct Disk(Arc<AtomicI32>);

impl Disk {
    fn new() -> Self {
        Self(Arc::new(AtomicI32::new(i32::MAX)))
    }

    fn full_after(&self, commits: i32) {
        self.0.store(commits, Ordering::SeqCst);
    }

    fn make_room(&self) {
        self.full_after(i32::MAX);
    }

    fn home(&self) -> anyhow::Result<Alone> {
        let room = Arc::clone(&self.0);
        Alone::new(Some(Arc::new(move || {
            if room.fetch_sub(1, Ordering::SeqCst) > 0 {
                Ok(())
            } else {
                Err(store::Error::Full)
            }
        })))
    }
}

fn list(rows: u32) -> String {
    let mut text = "First Name,Last Name,Title,Company,Email,Website\n".to_owned();
    for number in 0..rows {
        let first = char::from(b'A' + u8::try_from(number % 25).expect("a letter"));
        let last = char::from(b'A' + u8::try_from(number / 25 % 25).expect("a letter"));
        text.push_str(&format!(
            "{first}nna,{last}ovic,CFO,Company {number},{first}.{last}@c{number}.example,c{number}.example\n"
        ));
    }
    text
}

/// It is said that the disk is full and what to do, and the import waits there.
fn is_told(home: &Alone, import: ImportId, state: ImportState, todo: &str) -> anyhow::Result<()> {
    let summary = home.engine.import_summary(import)?;
    assert_eq!(summary.state, state);
    let problem = summary.problem.expect("a reason");
    assert!(
        problem.contains("disk of this computer is full") && problem.contains(todo),
        "{problem}"
    );
    Ok(())
}

fn is_full(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref::<store::Error>(), Some(store::Error::Full))
}

#[test]
fn planned_on_a_full_disk_the_list_waits_to_be_planned_again() -> anyhow::Result<()> {
    let disk = Disk::new();
    let home = disk.home()?;
    let list = home.file("leads.csv", &list(60))?;
    let mut refused = 0;
    for commits in 0.. {
        let import = home.open(&list)?;
        disk.full_after(commits);
        let planned = home.engine.import_plan(import);
        match planned {
            Ok(_) => {
                disk.make_room();
                break;
            }
            Err(error) => assert!(is_full(&error), "{error:#}"),
        }
        refused += 1;
        // Before it is signed, nothing has begun.
        if commits > 0 {
            is_told(&home, import, ImportState::Draft, "check the file again")?;
        }
        disk.make_room();
        let plan = home.engine.import_plan(import)?;
        assert_eq!(plan.summary.problem, None);
        assert_eq!(plan.summary.rows, 60);
        home.engine.import_cancel(import)?;
    }
    assert!(refused >= 3, "planning takes several commits: {refused}");
    assert!(home.cards()?.is_empty(), "a plan does nothing");
    Ok(())
}

#[test]
fn run_on_a_full_disk_it_keeps_what_it_did_and_goes_on() -> anyhow::Result<()> {
    let mut refused = 0;
    for commits in 0.. {
        let disk = Disk::new();
        let home = disk.home()?;
        let import = home.open(&home.file("leads.csv", &list(150))?)?;
        let plan = home.engine.import_plan(import)?;
        let made = count(&plan.outcomes, ImportOutcome::Created);
        assert!(made > 20, "{plan:#?}");
        disk.full_after(commits);
        let run = home.engine.import_run(import);
        if run.is_ok() {
            break;
        }
        refused += 1;
        assert!(run.is_err_and(|error| is_full(&error)));
        if commits > 0 {
            is_told(&home, import, ImportState::Paused, "go on")?;
        }
        let so_far = home.engine.import_summary(import)?;
        let tickets = u32::try_from(home.cards()?.len())?;
        assert_eq!(
            count(&so_far.done, ImportOutcome::Created),
            tickets,
            "what it did stands"
        );
        disk.make_room();
        let done = home.engine.import_run(import)?;
        assert_eq!((done.state, done.problem), (ImportState::Done, None));
        assert_eq!(done.done, plan.outcomes);
        assert_eq!(u32::try_from(home.cards()?.len())?, made, "each of them once");
        assert_eq!(home.waiting()?.0, made, "and each is sent once");
        assert_eq!(home.store.check()?, Vec::<String>::new());
    }
    assert!(refused >= 3, "the run takes several commits: {refused}");
    Ok(())
}

#[test]
fn undone_on_a_full_disk_it_goes_on_until_all_is_taken_back() -> anyhow::Result<()> {
    let disk = Disk::new();
    let home = disk.home()?;
    let (done, _) = home.bring_in(&home.file("leads.csv", &list(150))?, None)?;
    disk.full_after(1);
    let undone = home.engine.import_undo(done.id);
    assert!(undone.is_err_and(|error| is_full(&error)));
    is_told(&home, done.id, ImportState::Undoing, "go on")?;
    assert_eq!(
        u32::try_from(home.cards()?.len())?,
        count(&done.done, ImportOutcome::Created)
    );
    disk.make_room();
    home.engine.import_undo(done.id)?;
    assert!(home.cards()?.is_empty());
    assert_eq!(home.waiting()?.0, 0, "HaloPSA never hears of it");
    Ok(())
}

/// Linux has a file that is a full disk.
#[cfg(target_os = "linux")]
#[test]
fn handed_over_to_a_full_disk_the_same_slice_can_be_handed_over_again() -> anyhow::Result<()> {
    let home = Alone::new(None)?;
    let text = list(40);
    let import = home.upload(None, "leads.csv", 0, b"")?;
    let file = home.incoming().join(format!("{import}.import"));
    fs::remove_file(&file)?;
    std::os::unix::fs::symlink("/dev/full", &file)?;
    let error = home.upload(Some(import), "leads.csv", 0, text.as_bytes());
    let error = error.expect_err("there is no room");
    let kind = error.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
    assert_eq!(kind, Some(std::io::ErrorKind::StorageFull), "{error:#}");
    fs::remove_file(&file)?;
    home.upload(Some(import), "leads.csv", 0, text.as_bytes())?;
    assert_eq!(home.engine.import_plan(import)?.summary.rows, 40);
    Ok(())
}
