//! Two people move a ticket at the same moment, one of them into the next lifecycle. HaloPSA takes the type of the one and
//! the status of the other.

use domain::{Lifecycle, fields::SyncPolicy};
use engine::{AlertKind, Side};
use sandbox::Fault;
use serde_json::json;
use store::SyncState;
use support::{JANE, OMAR, World, until};

/// HaloPSA's number of a ticket type.
fn type_of(world: &World, lifecycle: Lifecycle) -> anyhow::Result<i64> {
    let tenant = world.engine()?.tenant()?.expect("connected");
    Ok(tenant.map.ticket_types[&lifecycle].0)
}

/// Syncs, and while our update is on its way a colleague makes the ticket a prospect.
async fn sync_while_a_colleague_promotes(world: &World, halo: domain::HaloTicketId) -> anyhow::Result<()> {
    let faults = world.sandbox.faults();
    let slow = faults.add(Fault::Slow { delay_ms: 1_500 }.on("POST /api/Tickets").times(1));
    let promoted = json!({
        "tickettype_id": type_of(world, Lifecycle::Prospect)?,
        "status_id": world.status("New Prospect")?,
    });
    let (synced, changed) = tokio::join!(world.sync(), async {
        until("our move is on its way", || Ok(faults.hits(slow) > 0)).await?;
        world.colleague_changes(halo, promoted)
    });
    changed?;
    synced?;
    Ok(())
}

/// How many tickets are told to have no place.
fn unplaced(world: &World) -> anyhow::Result<u32> {
    let alerts = world.engine()?.health()?.alerts;
    let found = alerts.iter().find(|alert| alert.kind == AlertKind::Unplaced);
    Ok(found.map_or(0, |alert| alert.tickets))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_colleague_promotes_in_the_moment_of_a_move_and_a_person_chooses() -> anyhow::Result<()> {
    for side in [Side::Mine, Side::Theirs] {
        let world = World::start().await?;
        let (jane, halo) = world.lead(&JANE, "Contacted").await?;
        let (lead, prospect) = (type_of(&world, Lifecycle::Lead)?, type_of(&world, Lifecycle::Prospect)?);
        world.drag(jane, "engaged")?;
        sync_while_a_colleague_promotes(&world, halo).await?;
        assert_eq!(world.status_in_halo(halo)?, "Engaged", "HaloPSA took it from us");
        assert_eq!(
            world.in_halo(halo, "tickettype_id")?,
            prospect,
            "and this from the colleague"
        );

        let view = world.view(jane)?;
        assert_eq!(view.row.card.sync, SyncState::Conflict);
        let [conflict] = view.conflicts.as_slice() else {
            panic!("{:?}", view.conflicts)
        };
        assert_eq!(
            (
                conflict.field.as_str(),
                conflict.mine.as_str(),
                conflict.theirs.as_str()
            ),
            ("stage", "Engaged", "New Prospect")
        );
        let writes = world.writes(halo);
        for _ in 0..3 {
            world.sync().await?;
        }
        assert_eq!(unplaced(&world)?, 1);
        assert_eq!(world.writes(halo), writes, "nothing is sent before somebody has chosen");
        assert_eq!(world.view(jane)?.conflicts.len(), 1);

        world.engine()?.resolve_conflict(conflict.id, side)?;
        world.sync().await?;
        let (stage, status, kind) = match side {
            Side::Mine => ("engaged", "Engaged", lead),
            Side::Theirs => ("new_prospect", "New Prospect", prospect),
        };
        assert_eq!(world.stage(jane)?.as_str(), stage);
        assert_eq!(world.status_in_halo(halo)?, status);
        assert_eq!(world.in_halo(halo, "tickettype_id")?, kind);
        assert_eq!(unplaced(&world)?, 0);
        world.sync().await?;
        assert_eq!(world.writes(halo), writes + 1);
    }
    Ok(())
}

/// Whoever had rather not be asked is not, and HaloPSA is put right all the same.
#[tokio::test(flavor = "multi_thread")]
async fn what_came_apart_is_put_right_by_either_policy() -> anyhow::Result<()> {
    for (policy, stage, status) in [
        (SyncPolicy::HaloWins, "new_prospect", "New Prospect"),
        (SyncPolicy::MineWins, "engaged", "Engaged"),
    ] {
        let world = World::start().await?;
        let (jane, halo) = world.lead(&JANE, "Contacted").await?;
        let mut edit = world.engine()?.mapping()?.edit;
        edit.policies.stage = policy;
        world.engine()?.save_mapping(&edit)?;
        world.sync().await?;
        world.drag(jane, "engaged")?;
        sync_while_a_colleague_promotes(&world, halo).await?;
        world.sync().await?;
        let lifecycle = world.card(jane)?.lifecycle;
        assert_eq!(world.stage(jane)?.as_str(), stage);
        assert_eq!(world.status_in_halo(halo)?, status);
        assert_eq!(world.in_halo(halo, "tickettype_id")?, type_of(&world, lifecycle)?);
        assert!(world.view(jane)?.conflicts.is_empty());
        assert_eq!(unplaced(&world)?, 0);
    }
    Ok(())
}

/// A colleague changes the type alone: nobody knows where the ticket is, so it stays where it was, and that is told.
#[tokio::test(flavor = "multi_thread")]
async fn a_type_without_its_status_is_told_and_put_right_by_the_next_move() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    let prospect = type_of(&world, Lifecycle::Prospect)?;
    world.colleague_changes(halo, json!({ "tickettype_id": prospect }))?;
    // One that was so before this computer heard of it.
    let omar = world.lead_in_halo(&OMAR, "Contacted")?;
    world.colleague_changes(omar, json!({ "tickettype_id": prospect }))?;
    for _ in 0..3 {
        world.sync().await?;
    }
    assert_eq!(unplaced(&world)?, 2);
    assert_eq!(world.stage(jane)?.as_str(), "contacted");
    assert_eq!((world.writes(halo), world.writes(omar)), (0, 0));

    world.drag(jane, "engaged")?;
    world.sync().await?;
    assert_eq!(world.status_in_halo(halo)?, "Engaged");
    assert_eq!(
        world.in_halo(halo, "tickettype_id")?,
        type_of(&world, Lifecycle::Lead)?,
        "the type goes with it"
    );
    assert_eq!(unplaced(&world)?, 1);

    world.colleague_changes(omar, json!({ "status_id": world.status("Prospecting")? }))?;
    world.sync().await?;
    assert_eq!(world.stage(world.local(omar)?)?.as_str(), "prospecting");
    assert_eq!(unplaced(&world)?, 0);
    Ok(())
}

/// Wherever a colleague puts it next is their word, and nothing of ours is written over it.
#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_without_a_place_follows_whoever_places_it() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    let prospect = type_of(&world, Lifecycle::Prospect)?;
    world.colleague_changes(halo, json!({ "tickettype_id": prospect }))?;
    world.sync().await?;
    world.colleague_changes(halo, json!({ "status_id": world.status("Prospecting")? }))?;
    world.sync().await?;
    assert_eq!(world.stage(jane)?.as_str(), "prospecting");
    assert_eq!((world.writes(halo), unplaced(&world)?), (0, 0));
    Ok(())
}

/// The same while somebody here moved it too: both have said something, and a person chooses.
#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_without_a_place_that_both_sides_place_is_asked_about() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    let prospect = type_of(&world, Lifecycle::Prospect)?;
    world.colleague_changes(halo, json!({ "tickettype_id": prospect }))?;
    world.sync().await?;
    world.drag(jane, "engaged")?;
    world.colleague_changes(halo, json!({ "status_id": world.status("Prospecting")? }))?;
    world.sync().await?;
    assert_eq!(world.status_in_halo(halo)?, "Prospecting", "not written over");
    assert_eq!(world.view(jane)?.conflicts.len(), 1);
    assert_eq!(world.writes(halo), 0);
    Ok(())
}
