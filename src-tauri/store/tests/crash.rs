//! A process that dies at any moment loses nothing that it was told is saved, and leaves nothing half done.
//!
//! The dying process is this test program, started again for [`dies_while_it_writes`] alone.

use std::{
    fs,
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

use domain::{Lifecycle, fields::keys};

use super::{Home, minute, operation, stage, text, typed};
use crate::{Error, Key, LocalPatch, NewEntry, OutboxPayload, OutboxState, StateChange, Store};

const FOLDER: &str = "LEADLINE_STORE_CRASH_FOLDER";

/// The disk as it is at this moment, opened by somebody who comes after the crash.
fn after_a_crash(home: &Home) -> (tempfile::TempDir, Store) {
    let copy = tempfile::tempdir().unwrap();
    for name in ["leadline.db", "leadline.db-wal"] {
        fs::copy(home.folder.path().join(name), copy.path().join(name)).unwrap();
    }
    let store = Store::open(&copy.path().join("leadline.db"), &home.key).unwrap();
    (copy, store)
}

#[test]
fn a_crash_between_any_two_writes_loses_neither() {
    let home = Home::new();
    let ticket = home.lead("Acme Ltd", "Jane Doe");
    let sent = home.write("move", |w| {
        w.move_ticket(ticket, Lifecycle::Lead, &stage("engaged"), None, w.at())?;
        w.enqueue(NewEntry {
            ticket,
            payload: OutboxPayload::Update {
                patch: LocalPatch {
                    stage: Some((Lifecycle::Lead, stage("engaged"))),
                    ..LocalPatch::default()
                },
            },
            what: "Move to Engaged".to_owned(),
        })
    });
    let (_folder, found) = after_a_crash(&home);
    assert_eq!(super::dump(&found), home.dump(), "after the move");
    assert_eq!(found.due(minute(100), 9).unwrap()[0].id, sent.value);

    home.quiet(|w| w.set_outbox_state(sent.value, &StateChange::to(OutboxState::Sending)));
    let (_folder, found) = after_a_crash(&home);
    assert_eq!(found.due(minute(100), 9).unwrap(), [], "nobody knows whether it left");
    let requeued = found
        .write_quiet::<_, Error>(minute(100), |w| w.requeue_stale_sending())
        .unwrap();
    assert_eq!(requeued.value, 1);
    let uncertain = found.due(minute(100), 9).unwrap();
    assert_eq!(
        (uncertain[0].id, uncertain[0].state),
        (sent.value, OutboxState::Uncertain)
    );
    let again = found
        .write_quiet::<_, Error>(minute(100), |w| w.requeue_stale_sending())
        .unwrap();
    assert_eq!((again.value, again.changes.outbox), (0, false));

    home.quiet(|w| w.set_outbox_state(sent.value, &StateChange::to(OutboxState::Sent)));
    let (_folder, found) = after_a_crash(&home);
    assert_eq!(
        found
            .write_quiet::<_, Error>(minute(100), |w| w.requeue_stale_sending())
            .unwrap()
            .value,
        0
    );
    assert_eq!(found.due(minute(100), 9).unwrap(), []);
    assert_eq!(super::dump(&found), home.dump());
}

#[test]
fn a_crash_inside_a_write_is_as_if_it_had_not_begun() {
    let home = Home::new();
    let ticket = home.lead("Acme Ltd", "Jane Doe");
    let before = home.dump();
    home.write("edit", |w| {
        w.set_value(ticket, keys::JOB_TITLE, Some(typed(text("Director"))))?;
        let (_folder, found) = after_a_crash(&home);
        assert_eq!(super::dump(&found), before);
        assert_eq!(found.check()?, Vec::<String>::new());
        Ok(())
    });
}

#[test]
fn a_panic_inside_a_write_takes_it_back_and_the_store_goes_on() {
    let home = Home::new();
    let ticket = home.lead("Acme Ltd", "Jane Doe");
    let before = home.dump();
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        home.write("edit", |w| {
            w.set_value(ticket, keys::JOB_TITLE, Some(typed(text("Director"))))?;
            if w.applied().len() == 1 {
                panic!("on purpose");
            }
            Ok(())
        })
    }));
    assert!(panicked.is_err());
    assert_eq!(home.dump(), before);
    home.write("edit", |w| w.set_summary(ticket, "goes on"));
    assert_eq!(home.store.ticket(ticket).unwrap().unwrap().summary, "goes on");
}

#[test]
fn a_rollback_that_failed_locks_nobody_out() {
    let home = Home::new();
    let ticket = home.lead("Acme Ltd", "Jane Doe");
    let before = home.dump();
    home.store
        .writer()
        .execute_batch("BEGIN; UPDATE tickets SET company = 'Left behind'")
        .unwrap();
    home.write("nothing", |_| Ok(()));
    assert_eq!(home.dump(), before);
    home.write("edit", |w| w.set_summary(ticket, "goes on"));
    assert_eq!(home.reopen().ticket(ticket).unwrap().unwrap().summary, "goes on");
}

/// The process that is killed: writes a number into two places at once, and says each number once it is saved.
/// Without the variable there is nobody to be killed, and it only proves that a count of two is one write.
#[test]
fn dies_while_it_writes() {
    let folder = std::env::var(FOLDER).ok();
    let own = tempfile::tempdir().unwrap();
    let path = folder.as_ref().map_or_else(
        || own.path().join("leadline.db"),
        |folder| format!("{folder}/leadline.db").into(),
    );
    let store = Store::open(&path, &Key::from_bytes([7; 32])).unwrap();
    let last = if folder.is_some() { u32::MAX } else { 2 };
    for number in 1..=last {
        let ticket = store
            .list_cards(&crate::Filter::default(), 0, 1)
            .unwrap()
            .first()
            .map(|card| card.id);
        store
            .write::<_, Error>(operation(&number.to_string()), minute(0), |w| {
                let ticket = match ticket {
                    Some(ticket) => ticket,
                    None => w.insert_ticket(super::lead("Acme Ltd", "Jane Doe", minute(0)))?,
                };
                w.set_value(ticket, keys::JOB_TITLE, Some(typed(text(&number.to_string()))))?;
                w.setting_set("number", &number)
            })
            .unwrap();
        println!("\nsaved {number}");
    }
    assert_eq!(store.setting_get::<u32>("number").unwrap(), Some(2));
}

#[test]
fn a_killed_process_has_saved_what_it_said_and_nothing_by_halves() {
    for kill_after in [1, 2, 7, 30] {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "tests::crash::dies_while_it_writes",
                "--nocapture",
                "--test-threads=1",
            ])
            .env(FOLDER, folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut said = 0_u32;
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            if let Some(number) = line.unwrap().strip_prefix("saved ") {
                said = number.parse().unwrap();
                if said >= kill_after {
                    break;
                }
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(said >= kill_after, "the process ended by itself after {said}");

        let store = Store::open(&folder.path().join("leadline.db"), &Key::from_bytes([7; 32])).unwrap();
        let number: u32 = store.setting_get("number").unwrap().unwrap();
        assert!(number >= said, "said {said}, saved {number}");
        let ticket = store.list_cards(&crate::Filter::default(), 0, 9).unwrap()[0].id;
        let title = store.value(ticket, keys::JOB_TITLE).unwrap().unwrap().value;
        assert_eq!(title, text(&number.to_string()));
        assert_eq!(store.history(ticket).unwrap().len(), number as usize);
        assert_eq!(store.check().unwrap(), Vec::<String>::new());
    }
}
