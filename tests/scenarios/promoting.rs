//! A tenant whose workflow lets tickets go on by actions alone.

use domain::{HaloTicketId, fields::keys, tenant::PromotionMode};
use sandbox::Fault;
use serde_json::{Value, json};
use store::OutboxState;
use support::{JANE, OMAR, REP, World};

/// The tenant refuses every change of status and type that is no action.
fn strict(world: &World) {
    world.sandbox.configure(|behaviour| {
        behaviour.strict_workflow = true;
        behaviour.type_change = false;
    });
}

/// Changes of stage go as actions with the outcome of notes.
fn by_action(world: &World) -> anyhow::Result<()> {
    let engine = world.engine()?;
    let mut edit = engine.mapping()?.edit;
    let tenant = engine.tenant()?.expect("connected");
    let outcome = tenant.map.note_outcome.expect("notes have an outcome");
    edit.settings.promotion = PromotionMode::ByAction { outcome };
    engine.save_mapping(&edit)?;
    Ok(())
}

/// The actions by which a ticket moved: note and who.
fn moves(world: &World, halo: HaloTicketId) -> Vec<(Value, Value)> {
    let mut actions = world.sandbox.actions(halo.0);
    actions.retain(|action| action["outcome"] == "Private Note" && !action["new_status"].is_null());
    actions
        .iter()
        .map(|action| (action["note"].clone(), action["who_agentid"].clone()))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strict_workflow_is_obeyed_once_leadline_is_told() -> anyhow::Result<()> {
    let world = World::start().await?;
    world.allows_status(400);
    let (ticket, halo) = world.lead(&JANE, "Contacted").await?;
    strict(&world);
    world.drag(ticket, "engaged")?;
    world.sync().await?;
    assert_eq!(world.unsent()?[0].state, OutboxState::Parked);

    by_action(&world)?;
    world.engine()?.edit_field(ticket, keys::INDUSTRY, "Legal")?;
    world.sync().await?;
    assert_eq!(world.status_in_halo(halo)?, "Engaged");
    assert_eq!(moves(&world, halo).len(), 1);
    assert_eq!(moves(&world, halo)[0].0, "Move to Engaged");
    assert_ne!(
        world.in_halo(halo, "CFindustry")?,
        Value::Null,
        "and what else was changed"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promotion_by_action_changes_type_status_and_links() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (ticket, halo) = world.lead(&JANE, "Engaged").await?;
    by_action(&world)?;
    strict(&world);
    world.drag(ticket, "new_prospect")?;
    world.sync().await?;
    assert_eq!(world.status_in_halo(halo)?, "New Prospect");
    assert_eq!(world.in_halo(halo, "client_name")?, "Acme Legal Ltd");
    assert_eq!(moves(&world, halo).len(), 1);
    assert_eq!(world.writes(halo), 1, "the links");
    world.sync().await?;
    assert_eq!(world.stage(ticket)?.as_str(), "new_prospect");
    assert!(world.view(ticket)?.conflicts.is_empty());

    world.engine()?.undo()?.expect("there is something to undo");
    world.sync().await?;
    assert_eq!(world.status_in_halo(halo)?, "Engaged");
    assert_eq!(moves(&world, halo).len(), 2, "back by an action as well");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_makes_no_second_action() -> anyhow::Result<()> {
    let mut world = World::start().await?;
    world.allows_status(0);
    let (jane, jane_in_halo) = world.lead(&JANE, "Contacted").await?;
    let (omar, omar_in_halo) = world.lead(&OMAR, "Contacted").await?;
    by_action(&world)?;
    strict(&world);
    world.drag(jane, "engaged")?;
    world.drag(omar, "engaged")?;
    world
        .sandbox
        .faults()
        .add(Fault::DropAfter.on("POST /api/Actions").times(1));
    world.sync().await.expect_err("the answer is lost");
    world.restart()?;
    world.later(chrono::TimeDelta::minutes(2));
    world.sync().await?;
    for halo in [jane_in_halo, omar_in_halo] {
        assert_eq!(world.status_in_halo(halo)?, "Engaged");
        assert_eq!(moves(&world, halo).len(), 1);
    }
    Ok(())
}

/// A colleague moved it meanwhile: nothing is done over it.
#[tokio::test(flavor = "multi_thread")]
async fn a_colleagues_move_is_seen_before_the_action() -> anyhow::Result<()> {
    let world = World::start().await?;
    world.leaves_unsent();
    let (ticket, halo) = world.lead(&JANE, "Contacted").await?;
    by_action(&world)?;
    world.drag(ticket, "engaged")?;
    let status = world.status("No Interest")?;
    world.colleague_changes(halo, json!({ "status_id": status, "agent_id": REP }))?;
    world.sync().await?;
    assert_eq!(world.view(ticket)?.conflicts.len(), 1);
    assert!(moves(&world, halo).is_empty());
    Ok(())
}
