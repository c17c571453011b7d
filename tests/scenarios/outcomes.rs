//! Under which actions calls are written and tickets move, and what becomes of it when the tenant changes them.

use chrono::TimeDelta;
use domain::{
    HaloOutcomeId, HaloTicketId,
    activity::{CallOutcome, Direction},
    tenant::{Confidence, PromotionMode, Slot},
};
use engine::LogCallRequest;
use sandbox::Administration;
use serde_json::Value;
use support::{JANE, World};

/// HaloPSA's outcomes in the sample tenant.
const NOTE: HaloOutcomeId = HaloOutcomeId(7);
const MEETING: HaloOutcomeId = HaloOutcomeId(104);

async fn a_day_later(world: &World) -> anyhow::Result<()> {
    // By then the sign-in has expired and is renewed.
    world.allows_status(401);
    world.later(TimeDelta::days(1));
    world.sync().await?;
    Ok(())
}

/// Logs a call that ended so, and says under which outcome HaloPSA has it.
async fn call(
    world: &World,
    (ticket, halo): (domain::TicketId, HaloTicketId),
    outcome: CallOutcome,
) -> anyhow::Result<Value> {
    world.engine()?.log_call(&LogCallRequest {
        ticket,
        direction: Direction::Inbound,
        dialled: None,
        duration_s: 60,
        outcome,
        next_action: None,
        notes: String::new(),
    })?;
    world.sync().await?;
    let newest = world.sandbox.actions(halo.0).pop().expect("the call is in HaloPSA");
    Ok(newest["outcome"].clone())
}

fn told(world: &World) -> anyhow::Result<Vec<(Slot, String)>> {
    let changes = world.engine()?.mapping()?.changes;
    Ok(changes
        .into_iter()
        .map(|change| (change.slot, change.sentence))
        .collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_result_of_a_call_has_its_outcome_where_the_tenant_has_one() -> anyhow::Result<()> {
    let world = World::start().await?;
    world.sandbox.administer(Administration::Rename {
        what: "Task".to_owned(),
        to: "No answer".to_owned(),
    });
    let jane = world.lead(&JANE, "Contacted").await?;
    let engine = world.engine()?;
    engine.read_setup().await?;
    let view = engine.mapping()?;
    let confidence = |result: CallOutcome| {
        let row = view.outcomes.iter().find(|row| row.slot == Slot::CallResult { result });
        row.map(|row| (row.label.clone(), row.confidence))
    };
    assert_eq!(
        confidence(CallOutcome::Connected),
        Some(("Calls: Connected".to_owned(), Confidence::Usual))
    );
    assert_ne!(
        confidence(CallOutcome::NoAnswer).map(|row| row.1),
        Some(Confidence::Usual)
    );
    let mut edit = view.edit.clone();
    edit.choices.call_results.insert(CallOutcome::LeftMessage, MEETING);
    engine.save_mapping(&edit)?;

    assert_eq!(call(&world, jane, CallOutcome::Connected).await?, "Phone Call");
    assert_eq!(call(&world, jane, CallOutcome::NoAnswer).await?, "No answer");
    assert_eq!(call(&world, jane, CallOutcome::LeftMessage).await?, "Meeting");

    // The mapping as a document keeps them.
    let text = engine.export_mapping()?;
    edit.version = engine.mapping()?.edit.version;
    edit.choices.call_results.clear();
    engine.save_mapping(&edit)?;
    let read = engine.import_mapping(&text)?.edit.choices.call_results;
    assert_eq!(read.get(&CallOutcome::LeftMessage), Some(&MEETING));

    // What is gone is told, and calls go as calls do.
    engine.save_mapping(&engine.import_mapping(&text)?.edit)?;
    world.sandbox.administer(Administration::Remove {
        what: "Meeting".to_owned(),
    });
    a_day_later(&world).await?;
    let told = told(&world)?;
    let left = Slot::CallResult {
        result: CallOutcome::LeftMessage,
    };
    assert!(
        told.iter()
            .any(|(slot, sentence)| *slot == left && sentence.contains("“Meeting”")),
        "{told:?}"
    );
    assert_eq!(call(&world, jane, CallOutcome::LeftMessage).await?, "Phone Call");
    Ok(())
}

/// The action through which tickets move is watched like a status.
#[tokio::test(flavor = "multi_thread")]
async fn an_outcome_for_moves_that_is_renamed_or_removed_is_told() -> anyhow::Result<()> {
    let world = World::start().await?;
    let engine = world.engine()?;
    let mut edit = engine.mapping()?.edit;
    edit.settings.promotion = PromotionMode::ByAction { outcome: MEETING };
    engine.save_mapping(&edit)?;
    world.sandbox.administer(Administration::Rename {
        what: "Meeting".to_owned(),
        to: "Appointment".to_owned(),
    });
    a_day_later(&world).await?;
    let told_of = told(&world)?;
    assert_eq!(told_of.len(), 1, "{told_of:?}");
    assert_eq!(told_of[0].0, Slot::MoveOutcome);
    assert!(told_of[0].1.contains("now called “Appointment”"), "{told_of:?}");
    assert_eq!(world.sync_status()?.mapping_alerts, 1);

    world.sandbox.administer(Administration::Remove {
        what: "Appointment".to_owned(),
    });
    a_day_later(&world).await?;
    let changes = world.engine()?.mapping()?.changes;
    assert!(
        changes.iter().any(|change| change.slot == Slot::MoveOutcome
            && change.breaks
            && change.sentence.contains("no longer in HaloPSA")),
        "{changes:?}"
    );
    // Another way is chosen, and looking at it once is enough.
    let mut edit = engine.mapping()?.edit;
    edit.settings.promotion = PromotionMode::ByAction { outcome: NOTE };
    assert!(engine.save_mapping(&edit)?.changes.is_empty());
    a_day_later(&world).await?;
    assert!(told(&world)?.is_empty());
    Ok(())
}
