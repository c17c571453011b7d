//! Undo and redo, before and after HaloPSA has it.

use domain::fields::keys;
use engine::Problem;
use serde_json::json;
use store::SyncState;
use support::{JANE, OMAR, World};

#[tokio::test(flavor = "multi_thread")]
async fn undo_before_it_was_sent_sends_nothing() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    world.drag(jane, "engaged")?;
    let undone = world.engine()?.undo()?.expect("there is something to undo");
    assert_eq!(
        undone.label,
        "Undone: Moved Acme Legal Ltd – Jane Doe from Contacted to Engaged"
    );
    assert!(!undone.compensates);
    assert_eq!(undone.tickets, [jane]);
    assert_eq!(world.card(jane)?.sync, SyncState::Synced);
    world.sync().await?;
    assert_eq!(world.writes(halo), 0);
    assert_eq!(world.view(jane)?.stages.len(), 1, "as if it had never been there");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn undo_after_it_was_sent_compensates_and_says_so() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    world.drag(jane, "engaged")?;
    world.sync().await?;
    let undone = world.engine()?.undo()?.expect("there is something to undo");
    assert!(undone.compensates);
    assert_eq!(world.stage(jane)?.as_str(), "contacted");
    world.sync().await?;
    assert_eq!(world.status_in_halo(halo)?, "Contacted");
    assert_eq!(world.writes(halo), 2);

    let again = world.engine()?.redo()?.expect("it can be done again");
    assert_eq!(
        again.label,
        "Done again: Moved Acme Legal Ltd – Jane Doe from Contacted to Engaged"
    );
    world.sync().await?;
    assert_eq!(world.status_in_halo(halo)?, "Engaged");
    assert!(world.engine()?.redo()?.is_none());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn undo_of_a_bulk_move_takes_all_of_it_back() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, _) = world.lead(&JANE, "Contacted").await?;
    let (omar, _) = world.lead(&OMAR, "Contacted").await?;
    world.try_drag(&[jane, omar], "engaged")?;
    world.engine()?.undo()?;
    assert_eq!(world.stage(jane)?.as_str(), "contacted");
    assert_eq!(world.stage(omar)?.as_str(), "contacted");
    assert!(world.unsent()?.is_empty());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn undo_stops_at_a_colleagues_newer_change() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    world.engine()?.edit_field(jane, keys::JOB_TITLE, "Head of IT")?;
    world.sync().await?;
    world.colleague_changes(halo, json!({"oppjobtitle": "CIO"}))?;
    world.sync().await?;
    let error = world.engine()?.undo().expect_err("the colleague's value stands on top");
    assert!(
        matches!(error.downcast_ref::<Problem>(), Some(Problem::UndoConflict { .. })),
        "{error}"
    );
    assert_eq!(world.value(jane, keys::JOB_TITLE)?, "CIO");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn undo_of_what_was_never_sent_leaves_a_colleagues_words_alone() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    // Lists leave long texts out, so nobody here knows what HaloPSA holds.
    world
        .engine()?
        .edit_field(jane, keys::INITIAL_NOTES, "Met at the fair")?;
    world.colleague_changes(
        halo,
        json!({"customfields": [{"name": "CFinitialNotes", "value": "Asked for a quote"}]}),
    )?;
    world.engine()?.undo()?.expect("there is something to undo");
    world.sync().await?;
    assert_eq!(world.value(jane, keys::INITIAL_NOTES)?, "Asked for a quote");
    assert_eq!(world.writes(halo), 0);
    assert!(world.unsent()?.is_empty());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_can_be_taken_back_until_halopsa_has_it() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    let engine = world.engine()?;
    engine.add_note(jane, "Oops, wrong person")?;
    engine.undo()?;
    world.sync().await?;
    assert!(world.notes_in_halo(halo).is_empty());
    engine.add_note(jane, "Sent for good")?;
    world.sync().await?;
    let error = engine.undo().expect_err("HaloPSA has it");
    assert!(
        matches!(error.downcast_ref::<Problem>(), Some(Problem::NotUndoable { .. })),
        "{error}"
    );
    assert_eq!(world.notes_in_halo(halo), ["Sent for good"]);
    Ok(())
}

/// The answer to the move is still unknown when it is undone, so the way back is queued behind it.
#[tokio::test(flavor = "multi_thread")]
async fn undo_while_the_answer_is_unknown() -> anyhow::Result<()> {
    let world = World::start().await?;
    world.allows_status(0);
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    world.drag(jane, "engaged")?;
    world
        .sandbox
        .faults()
        .add(sandbox::Fault::DropAfter.on("POST /api/Tickets").times(1));
    assert!(world.sync().await.is_err());
    assert_eq!(world.status_in_halo(halo)?, "Engaged");
    let undone = world.engine()?.undo()?.expect("there is something to undo");
    assert!(undone.compensates);
    world.sync().await?;
    world.sync().await?;
    assert_eq!(world.status_in_halo(halo)?, "Contacted");
    assert_eq!(world.stage(jane)?.as_str(), "contacted");
    assert_eq!(world.writes(halo), 2);
    assert_eq!(world.sync_status()?.counts.conflicts, 0);
    Ok(())
}
