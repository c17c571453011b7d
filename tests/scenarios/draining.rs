//! Much at once: many moves go out in few requests, each once, and over nobody's change.

use std::sync::Arc;

use engine::MoveOutcome;
use sandbox::Fault;
use serde_json::json;
use support::{World, until};

/// Few enough for a test; what is shown of these holds for any number.
const MOVES: u32 = 400;
/// What the connector puts into one request.
const IN_ONE: u32 = 50;

#[tokio::test(flavor = "multi_thread")]
async fn many_moves_drain_in_as_few_requests_as_groups() -> anyhow::Result<()> {
    let (world, tickets) = World::with_contacted(MOVES).await?;
    // The pull that follows the push is held, so that only what the drain asks for is counted.
    world
        .sandbox
        .faults()
        .add(Fault::Slow { delay_ms: 3_600_000 }.on("GET /api/Tickets").after(3));
    let moved = world.try_drag(&tickets, "engaged")?;
    assert!(matches!(moved, MoveOutcome::Moved { ref refused, .. } if refused.is_empty()));
    let before = world.sandbox.stats();
    let syncing = engine::SyncLoop::start(world.engine()?.clone(), Arc::new(world.lease.clone()));
    until("everything is sent", || Ok(world.sync_status()?.counts.waiting == 0)).await?;
    let after = world.sandbox.stats();
    let groups = u64::from(MOVES.div_ceil(IN_ONE));
    assert_eq!(
        after.count("POST /api/tickets") - before.count("POST /api/tickets"),
        groups
    );
    // And one look at what changed meanwhile, however many there are: one list for each lifecycle.
    assert_eq!(after.total() - before.total(), groups + 3);
    for ticket in &tickets {
        let halo = world.card(*ticket)?.halo_id.expect("it is in HaloPSA");
        let colleague = 1;
        let writes = after.ticket_writes.get(&halo.0).copied().unwrap_or(0) - colleague;
        assert_eq!(writes, 1, "{halo:?} was written once");
    }
    let last = tickets.last().and_then(|ticket| world.card(*ticket).ok()?.halo_id);
    assert_eq!(world.status_in_halo(last.expect("it is in HaloPSA"))?, "Engaged");
    syncing.stop().await;
    world.sandbox.faults().clear();
    Ok(())
}

/// A colleague moved one of many on meanwhile: that one is asked about, the others go.
#[tokio::test(flavor = "multi_thread")]
async fn a_colleagues_change_is_seen_before_many_are_sent() -> anyhow::Result<()> {
    let (world, tickets) = World::with_contacted(60).await?;
    let halo = world.card(tickets[7])?.halo_id.expect("it is in HaloPSA");
    world.colleague_changes(halo, json!({"status_id": world.status("Researching")?}))?;
    world.try_drag(&tickets, "engaged")?;
    world.sync().await?;
    assert_eq!(world.status_in_halo(halo)?, "Researching", "not written over");
    assert_eq!(world.view(tickets[7])?.conflicts.len(), 1);
    for ticket in tickets.iter().filter(|ticket| **ticket != tickets[7]) {
        let halo = world.card(*ticket)?.halo_id.expect("it is in HaloPSA");
        assert_eq!(world.status_in_halo(halo)?, "Engaged");
    }
    Ok(())
}

/// One of fifty is at fault: the others go, each once, and the one is found with few requests.
#[tokio::test(flavor = "multi_thread")]
async fn one_bad_ticket_among_fifty_is_found_with_few_requests() -> anyhow::Result<()> {
    let (world, tickets) = World::with_contacted(50).await?;
    world.allows_status(400);
    world.allows_status(404);
    world.leaves_unsent();
    let bad = tickets[30];
    let gone = world.card(bad)?.halo_id.expect("it is in HaloPSA");
    world.try_drag(&tickets, "engaged")?;
    world.colleague_deletes(gone)?;
    let before = world.sandbox.stats();
    world.later(chrono::TimeDelta::seconds(60));
    let syncing = engine::SyncLoop::start(world.engine()?.clone(), Arc::new(world.lease.clone()));
    until("all others are sent", || {
        Ok(world.unsent()?.len() == 1 && world.unsent()?[0].state == store::OutboxState::Parked)
    })
    .await?;
    let after = world.sandbox.stats();
    syncing.stop().await;
    assert!(
        after.total() - before.total() <= 30,
        "{} requests: {:#?}",
        after.total() - before.total(),
        after.requests
    );
    assert_eq!(world.unsent()?[0].ticket, bad);
    for ticket in tickets.iter().filter(|ticket| **ticket != bad) {
        let halo = world.card(*ticket)?.halo_id.expect("it is in HaloPSA");
        assert_eq!(world.status_in_halo(halo)?, "Engaged");
        assert_eq!(
            after.ticket_writes.get(&halo.0),
            Some(&2),
            "by the colleague who made it, and once by us"
        );
    }
    Ok(())
}

/// One failed request with many changes in it is one failure, not many.
#[tokio::test(flavor = "multi_thread")]
async fn a_failed_group_is_one_failure_of_the_link() -> anyhow::Result<()> {
    let (world, tickets) = World::with_contacted(30).await?;
    world.allows_status(503);
    world.try_drag(&tickets, "engaged")?;
    world.sandbox.faults().add(
        Fault::Refuse {
            status: 503,
            body: String::new(),
        }
        .on("POST /api/Tickets")
        .times(1),
    );
    world.sync().await?;
    assert_eq!(world.engine()?.health()?.circuit, engine::Circuit::Closed);
    world.sync().await?;
    world.sync().await?;
    assert!(world.unsent()?.is_empty());
    Ok(())
}
