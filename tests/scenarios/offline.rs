//! No network: everything is saved here, and sent once when it is back.

use domain::fields::keys;
use engine::Link;
use store::SyncState;
use support::{JANE, OMAR, World};

#[tokio::test(flavor = "multi_thread")]
async fn a_drag_offline_is_sent_once_after_reconnecting() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    world.sandbox.set_online(false);
    world.drag(jane, "engaged")?;
    assert_eq!(world.stage(jane)?.as_str(), "engaged");
    assert_eq!(world.card(jane)?.sync, SyncState::Waiting);

    for _ in 0..3 {
        assert!(world.sync().await.is_err());
    }
    assert!(matches!(world.sync_status()?.link, Link::Offline { .. }));
    assert_eq!(world.sync_status()?.counts.waiting, 1);
    assert_eq!(world.status_in_halo(halo)?, "Contacted");

    world.sandbox.set_online(true);
    world.sync().await?;
    assert_eq!(world.status_in_halo(halo)?, "Engaged");
    assert_eq!(world.writes(halo), 1);
    assert_eq!(world.card(jane)?.sync, SyncState::Synced);
    assert_eq!(world.sync_status()?.link, Link::Online);
    assert_eq!(world.sync_status()?.problem, None);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn many_edits_offline_fold_into_one_request() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    world.sandbox.set_online(false);
    let engine = world.engine()?;
    engine.edit_field(jane, keys::JOB_TITLE, "Head of IT")?;
    engine.edit_field(jane, keys::JOB_TITLE, "Director of IT")?;
    world.drag(jane, "engaged")?;
    engine.edit_field(jane, keys::PHONE, "+44 20 7946 0999")?;
    let unsent = world.unsent()?;
    assert_eq!(unsent.len(), 1);
    assert_eq!(
        unsent[0].what,
        "Move to Engaged, Job title: Director of IT, Phone: +44 20 7946 0999"
    );

    world.sandbox.set_online(true);
    world.sync().await?;
    assert_eq!(world.writes(halo), 1);
    assert_eq!(world.in_halo(halo, "oppjobtitle")?, "Director of IT");
    assert_eq!(world.status_in_halo(halo)?, "Engaged");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_and_its_opposite_leave_nothing_to_send() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    let engine = world.engine()?;
    engine.edit_field(jane, keys::JOB_TITLE, "Head of IT")?;
    assert_eq!(world.unsent()?.len(), 1);
    engine.edit_field(jane, keys::JOB_TITLE, JANE.job)?;
    assert!(world.unsent()?.is_empty());
    assert_eq!(world.card(jane)?.sync, SyncState::Synced);
    world.sync().await?;
    assert_eq!(world.writes(halo), 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_keeps_what_waits() -> anyhow::Result<()> {
    let mut world = World::start().await?;
    let (jane, jane_halo) = world.lead(&JANE, "Contacted").await?;
    let (omar, omar_halo) = world.lead(&OMAR, "Contacted").await?;
    world.sandbox.set_online(false);
    world.drag(jane, "engaged")?;
    world.engine()?.add_note(omar, "Wants a call in January")?;
    world.restart()?;
    assert_eq!(world.stage(jane)?.as_str(), "engaged");
    assert_eq!(world.unsent()?.len(), 2);
    assert!(world.sync().await.is_err());
    world.restart()?;
    world.sandbox.set_online(true);
    world.sync().await?;
    assert_eq!(world.status_in_halo(jane_halo)?, "Engaged");
    assert_eq!(world.writes(jane_halo), 1);
    assert_eq!(world.notes_in_halo(omar_halo), ["Wants a call in January"]);
    Ok(())
}
