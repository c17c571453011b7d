//! The window and the command line over one home; and the loop that runs behind the window.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::fields::keys;
use engine::{Event, Link, Problem, SyncLoop};
use serde_json::json;
use support::{JANE, World, until};

#[tokio::test(flavor = "multi_thread")]
async fn the_window_sends_what_the_command_line_wrote() -> anyhow::Result<()> {
    let world = World::start().await?;
    // Hours of the story's clock may pass while the loop does its work, and a token lives for one.
    world.allows_status(401);
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    let mut events = world.engine()?.events();
    let syncing = SyncLoop::start(world.engine()?.clone(), Arc::new(world.lease.clone()));
    until("the loop holds the lease", || Ok(world.lease.is_held())).await?;

    let other = world.another_process()?;
    other.edit_field(jane, keys::JOB_TITLE, "Director of IT")?;
    let error = other.sync_once(&world.lease).await.expect_err("the window syncs");
    assert!(
        matches!(error.downcast_ref::<Problem>(), Some(Problem::SyncElsewhere)),
        "{error}"
    );
    // Nobody tells the window; it looks once a second.
    let mut told = false;
    until("HaloPSA has it, and the windows read everything anew", || {
        world.later_at_rest(TimeDelta::seconds(1));
        while let Ok(event) = events.try_recv() {
            told |= matches!(event, Event::Changed(changes) if changes.all_tickets && changes.board);
        }
        Ok(told && world.in_halo(halo, "oppjobtitle")? == "Director of IT")
    })
    .await?;
    until("the answer is stored", || Ok(world.unsent()?.is_empty())).await?;
    assert_eq!(world.writes(halo), 1);
    syncing.stop().await;
    other.sync_once(&world.lease).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_loop_pulls_every_minute_and_comes_back_after_an_outage() -> anyhow::Result<()> {
    let world = World::start().await?;
    world.allows_status(401);
    world.allows_status(0);
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    let syncing = SyncLoop::start(world.engine()?.clone(), Arc::new(world.lease.clone()));
    world.colleague_changes(halo, json!({"opptel": "020 7946 0777"}))?;
    until("the colleague's edit arrives", || {
        world.later_at_rest(TimeDelta::seconds(5));
        Ok(world.value(jane, keys::PHONE)? == "020 7946 0777")
    })
    .await?;

    world.sandbox.set_online(false);
    world.drag(jane, "engaged")?;
    until("the outage is noticed", || {
        world.later_at_rest(TimeDelta::seconds(5));
        Ok(matches!(world.sync_status()?.link, Link::Offline { .. }))
    })
    .await?;
    world.sandbox.set_online(true);
    until("HaloPSA has the drag", || {
        world.later_at_rest(TimeDelta::seconds(5));
        Ok(world.status_in_halo(halo)? == "Engaged" && world.sync_status()?.link == Link::Online)
    })
    .await?;
    until("the answer is stored", || Ok(world.unsent()?.is_empty())).await?;
    syncing.stop().await;
    assert_eq!(world.writes(halo), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_home_belongs_to_one_tenant() -> anyhow::Result<()> {
    let world = World::start().await?;
    let other = World::start().await?;
    let error = world
        .engine()?
        .connect(other.sign_in())
        .await
        .expect_err("it is another tenant");
    assert!(
        matches!(error.downcast_ref::<Problem>(), Some(Problem::OtherTenant { .. })),
        "{error}"
    );
    world.sync().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn disconnecting_keeps_the_data_and_the_queue() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    world.drag(jane, "engaged")?;
    world.engine()?.disconnect().await?;
    assert_eq!(world.sync_status()?.link, Link::NotConnected);
    assert!(matches!(
        world
            .sync()
            .await
            .expect_err("nothing is connected")
            .downcast_ref::<Problem>(),
        Some(Problem::NotConnected)
    ));
    assert_eq!(world.stage(jane)?.as_str(), "engaged");
    assert_eq!(world.unsent()?.len(), 1);
    world.connect().await?;
    world.sync().await?;
    assert_eq!(world.status_in_halo(halo)?, "Engaged");
    Ok(())
}

/// A wrong secret changes nothing: what was connected stays connected.
#[tokio::test(flavor = "multi_thread")]
async fn a_failed_connect_leaves_everything_as_it_was() -> anyhow::Result<()> {
    let world = World::start().await?;
    world.allows_status(400);
    world.allows_status(401);
    let mut wrong = world.sign_in();
    wrong.client_secret = "guessed".to_owned();
    let error = world.engine()?.connect(wrong).await.expect_err("the secret is wrong");
    let error = error
        .downcast_ref::<connectors::Error>()
        .expect("the connector says so");
    assert_eq!(error.kind, connectors::ErrorKind::BadCredentials);
    assert_eq!(world.sync_status()?.link, Link::Online);
    world.sync().await?;
    Ok(())
}
