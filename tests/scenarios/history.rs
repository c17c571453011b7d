//! Where tickets were before Leadline was there.

use std::sync::Arc;

use chrono::TimeDelta;
use engine::{SyncLoop, views::InsightsFilter};
use sandbox::Setup;
use serde_json::json;
use support::{JANE, World, until};

#[tokio::test(flavor = "multi_thread")]
async fn the_way_of_a_ticket_is_rebuilt_from_what_halopsa_remembers() -> anyhow::Result<()> {
    let world = World::with_tickets(0, Setup::default())?;
    let jane = world.lead_in_halo(&JANE, "New Lead")?;
    for status in ["Researching", "Contacted", "Researching", "Contacted"] {
        world.later(TimeDelta::hours(30));
        world.colleague_changes(jane, json!({ "status_id": world.status(status)? }))?;
    }
    let moved_at = engine::Clock::now(&world.clock);
    // A week later somebody changes something else: that is all that the ticket itself tells of.
    world.later(TimeDelta::days(7));
    world.colleague_changes(jane, json!({ "oppjobtitle": "Director" }))?;
    world.connect().await?;
    world.sync().await?;
    let ticket = world.local(jane)?;
    assert_eq!(world.view(ticket)?.stages.len(), 1);

    let syncing = SyncLoop::start(world.engine()?.clone(), Arc::new(world.lease.clone()));
    until("the history is there", || Ok(world.view(ticket)?.stages.len() == 5)).await?;
    let day = moved_at.date_naive();
    let filter = InsightsFilter {
        from: day - TimeDelta::days(30),
        to: day,
        zone: Some("UTC".to_owned()),
        ..InsightsFilter::default()
    };
    until("all of it is read", || {
        Ok(!world.engine()?.funnel(&filter)?.about.history_pending)
    })
    .await?;
    syncing.stop().await;

    let stays = world.view(ticket)?.stages;
    let keys: Vec<&str> = stays.iter().map(|stay| stay.stage.as_str()).collect();
    assert_eq!(
        keys,
        ["new_lead", "researching", "contacted", "researching", "contacted"]
    );
    assert!(stays.iter().all(|stay| stay.rebuilt), "nothing of it was seen");
    for pair in stays.windows(2) {
        assert_eq!(pair[0].left_at, Some(pair[1].entered_at));
    }
    // The card tells since when it is really there, not when its title changed.
    let card = world.card(ticket)?;
    assert_eq!(card.entered_at, stays[4].entered_at);
    assert!(card.entered_at <= moved_at);
    let report = world.engine()?.funnel(&filter)?;
    assert!(report.about.rebuilt);
    let researching = report.stages.iter().find(|stage| stage.stage.as_str() == "researching");
    let counts = researching.expect("it is a stage").counts.now;
    assert_eq!((counts.entered, counts.re_entered, counts.moved_on), (1, 1, 1));
    Ok(())
}
