//! Ops bring in lists: what becomes of each row, twice the same list, two lists that overlap, a death in the middle, and
//! taking it all back.
//!
//! Long because the stories share their lists and the words in which they are told.

use std::{
    fs,
    panic::AssertUnwindSafe,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI32, Ordering},
    },
    time::Duration,
};

use domain::{ImportId, fields::keys};
use engine::{
    Engine, ImportSummary, MemoryVault, Options, Parts, PlanView,
    import::{IncomingFile, Slice, Target},
};
use serde_json::{Value, json};
use store::{ImportOutcome, ImportState, Key, OutcomeCount, Store};
use support::{HandClock, JANE, OMAR, World};
use tempfile::TempDir;

/// A folder with lists in it.
struct Lists(TempDir);

impl Lists {
    fn new() -> anyhow::Result<Self> {
        Ok(Self(TempDir::new()?))
    }

    fn file(&self, name: &str, lines: &[&str]) -> anyhow::Result<std::path::PathBuf> {
        let path = self.0.path().join(name);
        fs::write(&path, lines.join("\n") + "\n")?;
        Ok(path)
    }
}

const HEADERS: &str = "First Name,Last Name,Title,Company,Email,Phone,Website,Industry";

fn open(world: &World, path: &Path) -> anyhow::Result<ImportId> {
    let name = path.file_name().expect("a name").to_string_lossy().into_owned();
    world.engine()?.import_open(&IncomingFile {
        path,
        name: &name,
        fingerprint: "",
    })
}

fn plan(world: &World, path: &Path) -> anyhow::Result<(ImportId, PlanView)> {
    let import = open(world, path)?;
    let view = world.engine()?.import_plan(import)?;
    Ok((import, view))
}

/// Plans and runs a file, and holds the run against the plan.
fn bring_in(world: &World, path: &Path) -> anyhow::Result<ImportSummary> {
    let (import, view) = plan(world, path)?;
    let summary = world.engine()?.import_run(import)?;
    assert_eq!(summary.state, ImportState::Done);
    assert_eq!(summary.done, view.outcomes, "the run is the plan");
    assert_eq!(world.engine()?.import_plan_view(import)?.differences, []);
    Ok(summary)
}

fn count(counts: &[OutcomeCount], outcome: ImportOutcome) -> u32 {
    counts
        .iter()
        .find(|count| count.outcome == outcome)
        .map_or(0, |count| count.rows)
}

fn tickets(world: &World) -> anyhow::Result<Vec<store::Card>> {
    let columns = world.engine()?.board(&store::Filter::default())?.columns;
    Ok(columns.into_iter().flat_map(|column| column.cards).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_comes_in_and_reaches_halopsa() -> anyhow::Result<()> {
    let world = World::start().await?;
    let lists = Lists::new()?;
    let file = lists.file(
        "leads.csv",
        &[
            HEADERS,
            "Jane,Doe,IT Manager,Acme Legal Ltd,Jane.Doe@acme.example,020 7946 0018,acme.example,Legal",
            "Omar,Haddad,Owner,Brightwell Dental,omar@brightwell.example,0161 496 0322,brightwell.example,Healthcare",
            // Nothing tells who it is; too little to become a lead; no e-mail address.
            ",,,,,,,Retail",
            "Liv,Sørensen,,Nordhavn Haulage ApS,,,,",
        ],
    )?;
    let (import, view) = plan(&world, &file)?;
    assert_eq!(count(&view.outcomes, ImportOutcome::Created), 2, "{view:#?}");
    assert_eq!(count(&view.outcomes, ImportOutcome::Rejected), 1);
    assert_eq!(count(&view.outcomes, ImportOutcome::Review), 1);
    assert_eq!(view.quality.iter().sum::<u32>(), 4);
    assert!(tickets(&world)?.is_empty(), "a plan does nothing");

    let summary = world.engine()?.import_run(import)?;
    assert_eq!(summary.done, view.outcomes);
    assert!(summary.undoable);
    let cards = tickets(&world)?;
    assert_eq!(cards.len(), 2);
    let jane = cards
        .iter()
        .find(|card| card.person == "Jane Doe")
        .expect("Jane is here");
    assert_eq!(jane.stage.as_str(), "new_lead");
    let email = world
        .view(jane.id)?
        .fields
        .into_iter()
        .find(|row| row.field == keys::EMAIL);
    let email = email.expect("an address");
    assert_eq!(email.stored.value.display(), "jane.doe@acme.example");
    assert_eq!(email.stored.raw.as_deref(), Some("Jane.Doe@acme.example"));
    assert_eq!(
        email.stored.provenance.source,
        domain::Source::File {
            name: "leads.csv".to_owned()
        }
    );
    world.sync().await?;
    let halo = world.card(jane.id)?.halo_id.expect("HaloPSA has it");
    assert_eq!(
        world.in_halo(halo, "oppemailaddress")?,
        Value::from("jane.doe@acme.example")
    );
    assert_eq!(world.status_in_halo(halo)?, "New Lead");

    let rejected = world.engine()?.import_error_file(import)?;
    let lines: Vec<&str> = rejected.lines().collect();
    assert_eq!(lines.len(), 2, "{rejected}");
    assert!(lines[0].starts_with("First Name,Last Name,"), "{rejected}");
    assert!(lines[1].starts_with(",,,,,,,Retail,4,rejected,"), "{rejected}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_list_twice_says_nothing_new() -> anyhow::Result<()> {
    let world = World::start().await?;
    let lists = Lists::new()?;
    let file = lists.file(
        "leads.csv",
        &[
            HEADERS,
            "Jane,Doe,IT Manager,Acme Legal Ltd,jane.doe@acme.example,020 7946 0018,acme.example,Legal",
            "Omar,Haddad,Owner,Brightwell Dental,omar@brightwell.example,0161 496 0322,brightwell.example,Healthcare",
            // The same person again, with one thing more.
            "JANE,DOE,IT Manager,ACME LEGAL LIMITED,jane.doe@acme.example,+44 20 7946 0018,www.acme.example,",
            "Liv,Sørensen,,Nordhavn Haulage ApS,,,,",
            "x,y",
        ],
    )?;
    bring_in(&world, &file)?;
    let before = tickets(&world)?;
    let waiting = world.engine()?.review_counts()?.total;
    assert!(waiting > 0, "Liv waits for a decision");
    world.sync().await?;
    let again = bring_in(&world, &file)?;
    for outcome in [ImportOutcome::Created, ImportOutcome::Updated] {
        assert_eq!(count(&again.done, outcome), 0, "{again:#?}");
    }
    assert_eq!(tickets(&world)?.len(), before.len());
    assert_eq!(world.engine()?.review_counts()?.total, waiting, "nobody is asked twice");
    assert!(world.unsent()?.is_empty(), "HaloPSA hears nothing of it");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_lists_in_either_order_make_the_same_tickets() -> anyhow::Result<()> {
    let lists = Lists::new()?;
    let apollo = lists.file(
        "apollo.csv",
        &[
            "First Name,Last Name,Title,Company,Email,Work Direct Phone,Person Linkedin Url,Apollo Contact Id",
            "Jane,Doe,IT Manager,Acme Legal Ltd,jane.doe@acme.example,020 7946 0018,,a1",
            "Omar,Haddad,,Brightwell Dental,omar@brightwell.example,,https://www.linkedin.com/in/omar,a2",
        ],
    )?;
    let other = lists.file(
        "conference.csv",
        &[
            HEADERS,
            "Jane,Doe,,Acme Legal Ltd,jane.doe@acme.example,,acme.example,Legal",
            "Omar,Haddad,Owner,Brightwell Dental,omar@brightwell.example,0161 496 0322,,",
            "Ann,Lee,CFO,Lee & Sons,ann@lee.example,020 7946 0100,lee.example,Retail",
        ],
    )?;
    let mut told = Vec::new();
    for order in [[&apollo, &other], [&other, &apollo]] {
        let world = World::start().await?;
        world.leaves_unsent();
        for file in order {
            bring_in(&world, file)?;
        }
        let mut all: Vec<Vec<String>> = Vec::new();
        for card in tickets(&world)? {
            let fields = world.view(card.id)?.fields;
            let known = fields.into_iter().filter(|row| row.field != keys::LEAD_SOURCE);
            all.push(
                known
                    .map(|row| format!("{}={}", row.field, row.stored.value.display()))
                    .collect(),
            );
        }
        all.sort();
        told.push(all);
    }
    assert_eq!(told[0].len(), 3, "{told:#?}");
    assert_eq!(told[0], told[1]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_typed_and_who_works_on_it_stay() -> anyhow::Result<()> {
    let world = World::start().await?;
    let lists = Lists::new()?;
    let first = lists.file(
        "first.csv",
        &[
            HEADERS,
            "Jane,Doe,IT Manager,Acme Legal Ltd,jane.doe@acme.example,020 7946 0018,acme.example,Legal",
            "Omar,Haddad,Owner,Brightwell Dental,omar@brightwell.example,0161 496 0322,brightwell.example,Healthcare",
        ],
    )?;
    bring_in(&world, &first)?;
    let cards = tickets(&world)?;
    let find = |name: &str| cards.iter().find(|card| card.person == name).expect("a card").id;
    let (jane, omar) = (find("Jane Doe"), find("Omar Haddad"));
    world.engine()?.edit_field(jane, keys::JOB_TITLE, "Head of IT")?;
    world.drag(omar, "researching")?;
    world.drag(omar, "contacted")?;
    world.sync().await?;
    let second = lists.file(
        "second.csv",
        &[
            HEADERS,
            "Jane,Doe,CIO,Acme Legal Ltd,jane.doe@acme.example,020 7946 0999,acme.example,Legal",
            "Omar,Haddad,Owner,Brightwell Dental,omar@brightwell.example,0161 496 0999,brightwell.example,Healthcare",
        ],
    )?;
    let summary = bring_in(&world, &second)?;
    assert_eq!(count(&summary.done, ImportOutcome::Updated), 1, "{summary:#?}");
    assert_eq!(count(&summary.done, ImportOutcome::Preserved), 1);
    assert_eq!(world.value(jane, keys::JOB_TITLE)?, "Head of IT");
    assert_eq!(world.value(jane, keys::PHONE)?, "020 7946 0999");
    assert_eq!(world.value(omar, keys::PHONE)?, "0161 496 0322");
    let rows = world.engine()?.import_rows(summary.id, ImportOutcome::Updated, 0, 10)?;
    assert!(rows[0].updated.contains(&keys::PHONE), "{rows:#?}");
    assert!(rows[0].preserved.contains(&keys::JOB_TITLE), "{rows:#?}");
    let timeline = world.view(jane)?.activities;
    assert!(
        timeline.iter().any(|activity| {
            activity.body.starts_with("Updated from second.csv: ") && activity.body.contains("Left as they were: ")
        }),
        "{timeline:#?}"
    );
    world.sync().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asked_for_peace_does_not_come_in() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, _) = world.lead(&JANE, "New Lead").await?;
    let (omar, _) = world.lead(&OMAR, "New Lead").await?;
    world.engine()?.set_do_not_contact(&[jane], "Opt-out")?;
    world.sync().await?;
    let lists = Lists::new()?;
    let file = lists.file(
        "leads.csv",
        &[
            "First Name,Last Name,Company,Email,Phone,Website,Do Not Contact",
            // Marked here; marked by this list; a stranger whom the list marks, and the same stranger once more.
            "Jane,Doe,Acme Legal Ltd,jane.doe@acme.example,020 7946 0018,acme.example,",
            "Omar,Haddad,Brightwell Dental,omar@brightwell.example,0161 496 0322,brightwell.example,yes",
            "Ann,Lee,Lee & Sons,ann@lee.example,020 7946 0100,lee.example,yes",
            "Ann,Lee,Lee & Sons,ann@lee.example,020 7946 0100,lee.example,",
        ],
    )?;
    let summary = bring_in(&world, &file)?;
    assert_eq!(count(&summary.done, ImportOutcome::Blocked), 4, "{summary:#?}");
    assert_eq!(tickets(&world)?.len(), 2);
    assert!(world.card(omar)?.do_not_contact, "only ever on");
    world.sync().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_dies_goes_on_where_it_stopped() -> anyhow::Result<()> {
    let mut world = World::start().await?;
    world.leaves_unsent();
    let lists = Lists::new()?;
    let mut lines = vec![HEADERS.to_owned()];
    for (at, first) in ["Ann", "Bo", "Cora", "Dan", "Eve", "Fay", "Gus", "Hal", "Ida", "Jon"]
        .iter()
        .enumerate()
    {
        for number in 0..25 {
            let last: String = format!("{}ovic", char::from(b'A' + number));
            let company = at * 25 + usize::from(number);
            lines.push(format!(
                "{first},{last},CFO,Company {company},{first}.{last}@c{company}.example,,c{company}.example,Retail"
            ));
        }
    }
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let file = lists.file("leads.csv", &lines)?;
    let (import, view) = plan(&world, &file)?;
    let made = count(&view.outcomes, ImportOutcome::Created);
    assert!(made > 20, "{view:#?}");
    // Somebody presses Pause as soon as something is done.
    let engine = world.engine()?.clone();
    let mut events = engine.events();
    let runner = tokio::task::spawn_blocking({
        let engine = engine.clone();
        move || engine.import_run(import)
    });
    loop {
        if let engine::Event::Import(progress) = events.recv().await?
            && progress.state == ImportState::Running
        {
            engine.import_pause(import)?;
            break;
        }
    }
    let paused = runner.await??;
    assert!(
        matches!(paused.state, ImportState::Paused | ImportState::Done),
        "{paused:#?}"
    );
    let so_far = count(&paused.done, ImportOutcome::Created);
    assert_eq!(tickets_in(&world, "new_lead")?, so_far);
    drop(engine);
    world.restart()?;
    fs::remove_file(&file)?;
    let summary = world.engine()?.import_run(import)?;
    assert_eq!(summary.state, ImportState::Done);
    assert_eq!(summary.done, view.outcomes);
    assert_eq!(tickets_in(&world, "new_lead")?, made, "each of them once");
    Ok(())
}

fn tickets_in(world: &World, stage: &str) -> anyhow::Result<u32> {
    let columns = world.engine()?.board(&store::Filter::default())?.columns;
    let column = columns.into_iter().find(|column| column.head.stage.as_str() == stage);
    Ok(column.map_or(0, |column| column.head.count))
}

#[tokio::test(flavor = "multi_thread")]
async fn undo_keeps_what_somebody_has_worked_on() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, _) = world.lead(&JANE, "New Lead").await?;
    let lists = Lists::new()?;
    let file = lists.file(
        "leads.csv",
        &[
            HEADERS,
            "Jane,Doe,IT Manager,Acme Legal Ltd,jane.doe@acme.example,020 7946 0018,acme.example,Legal",
            "Omar,Haddad,Owner,Brightwell Dental,omar@brightwell.example,0161 496 0322,brightwell.example,Healthcare",
            "Ann,Lee,CFO,Lee & Sons,ann@lee.example,020 7946 0100,lee.example,Retail",
        ],
    )?;
    let before = world.view(jane)?.fields;
    let summary = bring_in(&world, &file)?;
    assert_eq!(world.value(jane, keys::INDUSTRY)?, "Legal");
    let cards = tickets(&world)?;
    let ann = cards
        .iter()
        .find(|card| card.person == "Ann Lee")
        .expect("Ann is here")
        .id;
    world.engine()?.add_note(ann, "Rang back at once")?;
    let undone = world.engine()?.import_undo(summary.id)?;
    assert_eq!(undone.restored, 2, "{undone:#?}");
    assert_eq!(undone.kept_count, 1);
    assert_eq!(undone.kept[0].id, ann);
    let after = world.view(jane)?.fields;
    let plain =
        |rows: &[store::FieldRow]| -> Vec<_> { rows.iter().map(|row| (row.field, row.stored.clone())).collect() };
    assert_eq!(plain(&after), plain(&before));
    assert_eq!(tickets(&world)?.len(), 2, "Jane and Ann");
    let summary = world.engine()?.import_summary(summary.id)?;
    assert_eq!(summary.state, ImportState::Undone);
    assert!(!summary.undoable);
    world.sync().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn undo_after_sync_closes_in_halopsa_what_came_and_restores_what_was() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, jane_halo) = world.lead(&JANE, "New Lead").await?;
    let before = world.value(jane, keys::INDUSTRY).unwrap_or_default();
    let before_there = world.in_halo(jane_halo, "CFindustry")?;
    let lists = Lists::new()?;
    let file = lists.file(
        "leads.csv",
        &[
            HEADERS,
            "Jane,Doe,IT Manager,Acme Legal Ltd,jane.doe@acme.example,020 7946 0018,acme.example,Legal",
            "Omar,Haddad,Owner,Brightwell Dental,omar@brightwell.example,0161 496 0322,brightwell.example,Healthcare",
            "Ann,Lee,CFO,Lee & Sons,ann@lee.example,020 7946 0100,lee.example,Retail",
            "Ben,Ray,CTO,Ray Foods,ben@ray.example,020 7946 0200,ray.example,Retail",
        ],
    )?;
    let summary = bring_in(&world, &file)?;
    // The answers to our own creations, and what the next pulls make of them, are nobody's work.
    for _ in 0..3 {
        world.sync().await?;
    }
    let here = |person: &str| -> anyhow::Result<_> {
        let cards = tickets(&world)?;
        let card = cards.into_iter().find(|card| card.person == person).expect("a card");
        Ok((card.id, card.halo_id.expect("HaloPSA has it")))
    };
    let (omar, omar_halo) = here("Omar Haddad")?;
    // Somebody only looks at it, so its timeline is fetched, with what HaloPSA wrote when it was opened.
    world.view(omar)?;
    world.later(chrono::TimeDelta::minutes(5));
    world.sync().await?;
    let timeline = world.view(omar)?.activities;
    assert!(timeline.iter().any(|row| row.body == "Ticket logged"), "{timeline:#?}");
    let (ann, ann_halo) = here("Ann Lee")?;
    let (ben, ben_halo) = here("Ben Ray")?;
    assert_eq!(world.status_in_halo(omar_halo)?, "New Lead");
    assert_eq!(world.in_halo(jane_halo, "CFindustry")?, Value::from("Legal"));
    world.engine()?.add_note(ann, "Rang back at once")?;
    world.colleague_changes(ben_halo, json!({"status_id": world.status("Researching")?}))?;
    world.later(chrono::TimeDelta::minutes(5));
    world.sync().await?;

    let undone = world.engine()?.import_undo(summary.id)?;
    assert_eq!(undone.restored, 2, "Jane and Omar: {undone:#?}");
    assert_eq!(undone.compensated, 2, "HaloPSA hears of both");
    let mut kept: Vec<_> = undone.kept.iter().map(|card| card.id).collect();
    kept.sort();
    assert_eq!(kept, [ann, ben]);
    let because: Vec<_> = undone
        .kept_because
        .iter()
        .map(|kept| (kept.reason.as_str(), kept.tickets))
        .collect();
    assert_eq!(because, [("somebody has worked on it since", 2)]);
    assert!(world.engine()?.cards(&[omar])?.is_empty(), "Omar is a card no more");
    assert_eq!(world.value(jane, keys::INDUSTRY).unwrap_or_default(), before);
    for _ in 0..3 {
        world.sync().await?;
    }
    assert!(world.unsent()?.is_empty(), "{:#?}", world.unsent()?);
    assert_eq!(world.status_in_halo(omar_halo)?, "Closed");
    let notes = world.notes_in_halo(omar_halo);
    assert!(
        notes
            .iter()
            .any(|note| note.contains("The import of leads.csv was undone")),
        "{notes:?}"
    );
    assert_eq!(world.in_halo(jane_halo, "CFindustry")?, before_there);
    assert_eq!(world.status_in_halo(jane_halo)?, "New Lead");
    assert_eq!(world.status_in_halo(ann_halo)?, "New Lead");
    assert_eq!(world.status_in_halo(ben_halo)?, "Researching");
    assert!(
        world.engine()?.cards(&[omar])?.is_empty(),
        "and sync does not bring it back"
    );

    // A colleague who wants it opens it again there.
    world.colleague_changes(omar_halo, json!({"status_id": world.status("Contacted")?}))?;
    world.later(chrono::TimeDelta::minutes(5));
    world.sync().await?;
    assert_eq!(world.card(omar)?.stage.as_str(), "contacted");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_back_comes_in_again() -> anyhow::Result<()> {
    let world = World::start().await?;
    let lists = Lists::new()?;
    let file = lists.file(
        "leads.csv",
        &[
            HEADERS,
            "Omar,Haddad,Owner,Brightwell Dental,omar@brightwell.example,0161 496 0322,brightwell.example,Healthcare",
        ],
    )?;
    let other = lists.file(
        "other.csv",
        &[
            HEADERS,
            "Omar,Haddad,,Brightwell Dental,omar@brightwell.example,,,Retail",
        ],
    )?;
    let summary = bring_in(&world, &file)?;
    for _ in 0..2 {
        world.sync().await?;
    }
    let omar = tickets(&world)?[0].clone();
    let halo = omar.halo_id.expect("HaloPSA has it");
    for round in ["first", "second"] {
        let last = world.engine()?.imports()?[0].id;
        world.engine()?.import_undo(last)?;
        assert!(tickets(&world)?.is_empty(), "{round}");
        for _ in 0..2 {
            world.sync().await?;
        }
        assert_eq!(world.status_in_halo(halo)?, "Closed", "{round}");
        // Another list knows him as well; what the one that was taken back had said of him does not count.
        let again = bring_in(&world, &other)?;
        assert_eq!(count(&again.done, ImportOutcome::Restored), 1, "{round}: {again:#?}");
        for _ in 0..2 {
            world.sync().await?;
        }
        let back = tickets(&world)?;
        assert_eq!(
            (back.len(), back[0].id, back[0].halo_id),
            (1, omar.id, Some(halo)),
            "{round}"
        );
        assert_eq!(world.value(omar.id, keys::INDUSTRY)?, "Retail");
        assert_eq!(world.value(omar.id, keys::JOB_TITLE).unwrap_or_default(), "");
        assert_eq!(world.status_in_halo(halo)?, "New Lead", "{round}");
        assert_eq!(world.in_halo(halo, "CFindustry")?, Value::from("Retail"), "{round}");
        assert!(world.unsent()?.is_empty(), "{round}: {:#?}", world.unsent()?);
    }
    let (_, found) = world
        .sandbox
        .get("/api/Tickets?search_oppemailaddress=omar@brightwell.example&count=9");
    assert_eq!(found["tickets"].as_array().map(Vec::len), Some(1), "{found:#}");
    // Whoever comes in again twice is one and the same.
    let both = bring_in(&world, &file)?;
    assert_eq!(count(&both.done, ImportOutcome::Updated), 1, "{both:#?}");
    assert_eq!(summary.rows, 1);
    world.sync().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_halopsa_never_had_comes_back_as_it_is_now() -> anyhow::Result<()> {
    let world = World::start().await?;
    let lists = Lists::new()?;
    let file = lists.file(
        "leads.csv",
        &[
            HEADERS,
            "Jane,Doe,IT Manager,Acme Legal Ltd,jane.doe@acme.example,020 7946 0018,acme.example,Legal",
            "JANE,DOE,,Acme Legal Ltd,jane.doe@acme.example,,,",
        ],
    )?;
    let first = bring_in(&world, &file)?;
    let jane = tickets(&world)?[0].id;
    world.engine()?.import_undo(first.id)?;
    assert!(tickets(&world)?.is_empty() && world.unsent()?.is_empty());
    let again = bring_in(&world, &file)?;
    assert_eq!(count(&again.done, ImportOutcome::Restored), 1, "{again:#?}");
    assert_eq!(count(&again.done, ImportOutcome::Skipped), 1, "{again:#?}");
    assert_eq!(tickets(&world)?[0].id, jane);
    assert_eq!(world.value(jane, keys::JOB_TITLE)?, "IT Manager");
    world.sync().await?;
    let card = world.card(jane)?;
    assert!(card.halo_id.is_some() && world.unsent()?.is_empty(), "{card:#?}");
    world.engine()?.import_undo(again.id)?;
    assert!(tickets(&world)?.is_empty());
    world.sync().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn control_z_takes_a_whole_import_back() -> anyhow::Result<()> {
    let world = World::start().await?;
    let lists = Lists::new()?;
    let file = lists.file(
        "leads.csv",
        &[
            HEADERS,
            "Jane,Doe,IT Manager,Acme Legal Ltd,jane.doe@acme.example,020 7946 0018,acme.example,Legal",
        ],
    )?;
    bring_in(&world, &file)?;
    let undone = world.engine()?.undo()?.expect("there is something to undo");
    assert_eq!(undone.label, "Undone: Imported leads.csv");
    assert!(tickets(&world)?.is_empty());
    assert!(world.unsent()?.is_empty(), "HaloPSA never hears of it");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_doubt_waits_for_a_person() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, _) = world.lead(&JANE, "New Lead").await?;
    let lists = Lists::new()?;
    let file = lists.file(
        "leads.csv",
        &[
            HEADERS,
            // The same name at the same company, and nothing else in common.
            "Jane,Doe,,Acme Legal Ltd,jdoe@acme.example,020 7946 0777,,",
            // Another person behind one mailbox.
            "Max,Roe,,Acme Legal Ltd,jane.doe@acme.example,020 7946 0888,acme.example,",
        ],
    )?;
    let summary = bring_in(&world, &file)?;
    assert_eq!(count(&summary.done, ImportOutcome::Review), 2, "{summary:#?}");
    assert_eq!(tickets(&world)?.len(), 1, "nobody is merged or made by machine");
    let rows = world.engine()?.import_rows(summary.id, ImportOutcome::Review, 0, 10)?;
    assert!(rows.iter().all(|row| row.ticket == Some(jane)), "{rows:#?}");
    assert!(
        rows[0].evidence[0].starts_with("It may be Acme Legal Ltd – Jane Doe"),
        "{rows:#?}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_from_the_window_arrives_in_slices() -> anyhow::Result<()> {
    let world = World::start().await?;
    let text = format!(
        "{HEADERS}\nJane,Doe,IT Manager,Acme Legal Ltd,jane.doe@acme.example,020 7946 0018,acme.example,Legal\n"
    );
    let (first, second) = text.as_bytes().split_at(40);
    let engine = world.engine()?;
    let slice = |import, offset, bytes| Slice {
        import,
        name: "C:\\lists\\leads.csv",
        offset,
        bytes,
    };
    let import = engine.import_upload(&slice(None, 0, first))?;
    let lost = engine.import_upload(&slice(Some(import), 41, second));
    assert!(lost.expect_err("a byte is missing").to_string().contains("got lost"));
    assert_eq!(engine.import_upload(&slice(Some(import), 40, second))?, import);
    let draft = engine.import_draft(import, None)?;
    assert_eq!(draft.shape.name, "leads.csv");
    assert_eq!(draft.preview.len(), 1);
    assert_eq!(draft.columns[4].target.as_deref(), Some("email"));
    let mut mapping = draft.mapping.clone();
    mapping.assign("Industry", None);
    let draft = engine.import_set_mapping(import, mapping)?;
    assert_eq!(draft.columns[7].target, None);
    assert_eq!(draft.columns[7].why, engine::import::Recognised::Person);
    engine.import_plan(import)?;
    assert_eq!(
        engine.import_mappings()?.len(),
        1,
        "what a person settled is kept for the next one"
    );
    engine.import_cancel(import)?;
    assert!(engine.imports()?.is_empty(), "nothing was done, so nothing is left");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_changed_in_the_settings_holds_for_the_next_file_like_it() -> anyhow::Result<()> {
    let world = World::start().await?;
    let engine = world.engine()?;
    let lists = Lists::new()?;
    let row = "Jane,Doe,IT Manager,Acme Legal Ltd,jane.doe@acme.example,020 7946 0018,acme.example,Legal";
    let import = open(&world, &lists.file("first.csv", &[HEADERS, row])?)?;
    let mut mapping = engine.import_draft(import, None)?.mapping;
    mapping.assign("Industry", None);
    engine.import_set_mapping(import, mapping)?;
    engine.import_plan(import)?;
    let saved = engine.import_mappings()?.remove(0);

    let kept = engine.saved_mapping_rules(&saved.signature)?;
    assert!(
        kept.columns.iter().any(|column| column == "Industry"),
        "a column that no rule reads can be chosen: {:?}",
        kept.columns
    );
    let mut changed = kept.mapping.clone();
    changed.assign("Industry", Some(Target::field(keys::INDUSTRY)));
    engine.set_saved_mapping(&saved.signature, &changed)?;
    assert_eq!(engine.saved_mapping_rules(&saved.signature)?.mapping, changed);

    let mut nothing = changed.clone();
    nothing.version = 99;
    assert!(
        engine.set_saved_mapping(&saved.signature, &nothing).is_err(),
        "it is checked like any other"
    );
    assert!(engine.set_saved_mapping("no such headers", &changed).is_err());
    assert_eq!(engine.saved_mapping_rules(&saved.signature)?.mapping, changed);

    let next = open(&world, &lists.file("second.csv", &[HEADERS, row])?)?;
    let draft = engine.import_draft(next, None)?;
    assert_eq!(draft.mapping, changed);
    assert_eq!(draft.columns[7].target.as_deref(), Some("industry"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_table_says_so_and_stays() -> anyhow::Result<()> {
    let world = World::start().await?;
    let lists = Lists::new()?;
    let page = lists.file("leads.csv", &["<!DOCTYPE html>", "<html><body>Sign in</body></html>"])?;
    let import = open(&world, &page)?;
    let error = world.engine()?.import_plan(import).expect_err("it is a page");
    assert!(
        error.downcast_ref::<engine::import::Unreadable>().is_some(),
        "{error:#}"
    );
    let summary = world.engine()?.import_summary(import)?;
    assert_eq!(summary.state, ImportState::Draft);
    assert!(summary.problem.is_some());
    world.engine()?.import_cancel(import)?;
    assert!(page.exists(), "a file that a person keeps somewhere is left alone");
    Ok(())
}

/// An engine over that file which dies before its `lives`-th commit.
fn mortal(folder: &Path, key: &Key, lives: Arc<AtomicI32>) -> anyhow::Result<Engine> {
    let death = move || {
        if lives.fetch_sub(1, Ordering::SeqCst) == 1 {
            // As when the process is killed: nothing is said and nothing is finished.
            std::panic::resume_unwind(Box::new("killed"));
        }
        Ok(())
    };
    Engine::new(Parts {
        store: Store::open_with(&folder.join("leadline.db"), key, Some(Arc::new(death)))?,
        clock: Arc::new(HandClock::at("2026-11-16T09:00:00Z".parse()?)),
        vault: Arc::new(MemoryVault::default()),
        // The fewest rows that a portion may have.
        options: Options {
            portion: Duration::ZERO,
            ..Options::default()
        },
    })
}

#[test]
fn a_death_before_any_commit_leaves_every_row_done_once() -> anyhow::Result<()> {
    let lists = Lists::new()?;
    let mut lines = vec![HEADERS.to_owned()];
    for number in 0..150_u8 {
        let first = char::from(b'a' + number % 25);
        let last = char::from(b'A' + number / 25);
        lines.push(format!(
            "{first}nna,{last}ovic,CFO,Company {number},{first}.{last}@c{number}.example,,c{number}.example,Retail"
        ));
    }
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let file = lists.file("leads.csv", &lines)?;
    let mut deaths = 0;
    for commit in 1.. {
        let home = TempDir::new()?;
        let key = Key::random()?;
        let lives = Arc::new(AtomicI32::new(0));
        let engine = mortal(home.path(), &key, Arc::clone(&lives))?;
        let import = engine.import_open(&IncomingFile {
            path: &file,
            name: "leads.csv",
            fingerprint: "f",
        })?;
        let planned = engine.import_plan(import)?.outcomes;
        let made = count(&planned, ImportOutcome::Created);
        assert!(made > 20, "{planned:#?}");
        lives.store(commit, Ordering::SeqCst);
        let died = std::panic::catch_unwind(AssertUnwindSafe(|| engine.import_run(import))).is_err();
        drop(engine);
        let engine = mortal(home.path(), &key, Arc::new(AtomicI32::new(0)))?;
        if died {
            deaths += 1;
            let begun = engine.import_to_resume("f")?;
            assert!(begun == Some(import) || commit == 1, "the same file goes on");
        }
        let summary = engine.import_run(import)?;
        assert_eq!(summary.done, planned, "after a death before commit {commit}");
        let cards: u32 = engine
            .board(&store::Filter::default())?
            .columns
            .iter()
            .map(|column| column.head.count)
            .sum();
        assert_eq!(cards, made, "after a death before commit {commit}");
        assert_eq!(engine.sync_status()?.counts.waiting, made, "each is sent once");
        let asked = engine.review_counts()?.total;
        assert_eq!(asked, count(&planned, ImportOutcome::Review), "each is asked once");
        if !died {
            break;
        }
    }
    assert!(deaths >= 4, "the run has several commits: {deaths}");
    Ok(())
}
