//! An opportunity that is a ticket of its own in HaloPSA and goes on from the prospect, which is closed. Here it is one card.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use domain::{FieldKey, HaloTicketId, OperationId, TicketId, fields::keys, tenant::PromotionMode};
use engine::{Engine, MoveOutcome, MoveRequest};
use sandbox::Fault;
use serde_json::json;
use store::{OutboxState, SyncState};
use support::{JANE, OMAR, Persona, REP, World};

const PROSPECT: i64 = 42;
const OPPORTUNITY: i64 = 43;

const SALE: [(FieldKey, &str); 10] = [
    (keys::PAIN_POINTS, "Tickets take days"),
    (keys::QUALIFIED_SERVICES, "Managed IT"),
    (keys::DECISION_MAKER, "Jane Doe"),
    (keys::BUDGET_RANGE, "£20k to £30k"),
    (keys::TIMEFRAME, "This quarter"),
    (keys::FIT_SCORE, "85"),
    (keys::OPPORTUNITY_VALUE, "24,000"),
    (keys::PRODUCTS_SERVICES, "Managed IT, 40 seats"),
    (keys::PROBABILITY, "60"),
    (keys::EXPECTED_CLOSE, "2026-12-18"),
];

/// A tenant where opportunities are tickets of their own, and a qualified prospect.
async fn prospect(world: &World, who: &Persona) -> anyhow::Result<(TicketId, HaloTicketId)> {
    let engine = world.engine()?;
    let mut edit = engine.mapping()?.edit;
    if edit.settings.promotion != PromotionMode::LinkedOpportunity {
        edit.settings.promotion = PromotionMode::LinkedOpportunity;
        engine.save_mapping(&edit)?;
    }
    let halo = world.ticket_in_halo(PROSPECT, "Qualified", who, json!({}))?;
    world.sync().await?;
    let ticket = world.local(halo)?;
    world.view(ticket)?;
    world.sync().await?;
    Ok((ticket, halo))
}

/// Drops the card on the first stage of opportunities, with everything that is asked for.
fn promote(engine: &Engine, ticket: TicketId) -> anyhow::Result<OperationId> {
    let answers: BTreeMap<FieldKey, String> = SALE.map(|(field, text)| (field, text.to_owned())).into();
    let request = MoveRequest {
        tickets: vec![ticket],
        target: "new_opportunity".to_owned(),
        answers,
        ..MoveRequest::default()
    };
    match engine.move_tickets(&request)? {
        MoveOutcome::Moved { done, .. } => Ok(done.operation),
        other => panic!("the ticket did not move: {other:?}"),
    }
}

/// Everything that HaloPSA has of that type, by number.
fn of_type(world: &World, kind: i64) -> Vec<HaloTicketId> {
    let (_, answer) = world.sandbox.get(&format!("/api/Tickets?requesttype_id={kind}"));
    let rows = answer["tickets"].as_array().cloned().unwrap_or_default();
    rows.iter()
        .filter_map(|row| row["id"].as_i64())
        .map(HaloTicketId)
        .collect()
}

fn only_opportunity(world: &World) -> HaloTicketId {
    let found = of_type(world, OPPORTUNITY);
    assert_eq!(found.len(), 1, "there is one opportunity: {found:?}");
    found[0]
}

async fn quiet(world: &World) -> anyhow::Result<()> {
    for _ in 0..3 {
        world.sync().await?;
    }
    assert!(world.unsent()?.is_empty(), "{:#?}", world.unsent()?);
    Ok(())
}

/// One card, synced, that goes on as the opportunity; the prospect is closed and says where to go on.
fn is_one_card(world: &World, ticket: TicketId, prospect: HaloTicketId) -> anyhow::Result<HaloTicketId> {
    let opportunity = only_opportunity(world);
    let card = world.card(ticket)?;
    assert_eq!(card.halo_id, Some(opportunity));
    assert_eq!(card.stage.as_str(), "new_opportunity");
    assert_eq!(card.sync, SyncState::Synced);
    assert_eq!(world.in_halo(opportunity, "createdfrom_id")?, prospect.0);
    assert_eq!(world.status_in_halo(opportunity)?, "New Opportunity");
    assert_eq!(world.status_in_halo(prospect)?, "Closed");
    assert_eq!(
        world.in_halo(prospect, "tickettype_id")?,
        PROSPECT,
        "it stays what it was"
    );
    let notes = world.notes_in_halo(prospect);
    assert_eq!(notes, [format!("Goes on as the opportunity #{opportunity}.")]);
    let board = world.engine()?.board(&store::Filter::default())?;
    assert_eq!(board.columns.iter().map(|column| column.head.count).sum::<u32>(), 1);
    Ok(opportunity)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promotion_makes_a_linked_ticket_and_stays_one_card() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (ticket, prospect) = prospect(&world, &JANE).await?;
    let engine = world.engine()?;
    engine.add_to_list(&[ticket], "Hot")?;
    engine.add_note(ticket, "Wants a quote")?;
    engine.add_task(ticket, "Send the offer", "2026-11-20T15:00:00Z".parse()?, None)?;
    quiet(&world).await?;
    promote(engine, ticket)?;
    quiet(&world).await?;

    let opportunity = only_opportunity(&world);
    assert_eq!(world.card(ticket)?.halo_id, Some(opportunity));
    assert_eq!(world.status_in_halo(prospect)?, "Closed");
    assert_eq!(world.in_halo(opportunity, "createdfrom_id")?, prospect.0);
    assert_eq!(world.in_halo(opportunity, "oppvalue")?, 24_000.0);
    assert_eq!(
        world.in_halo(opportunity, "oppemailaddress")?,
        JANE.email,
        "what was there carries over"
    );
    assert_eq!(world.in_halo(opportunity, "agent_id")?, REP);
    assert!(world.in_halo(opportunity, "tags")?.to_string().contains("Hot"));
    let (_, tasks) = world
        .sandbox
        .get(&format!("/api/Appointment?ticket_id={opportunity}&showall=true"));
    assert_eq!(
        tasks["appointments"].as_array().map(Vec::len),
        Some(1),
        "the task came along"
    );
    let told: Vec<String> = world.view(ticket)?.activities.into_iter().map(|row| row.body).collect();
    assert_eq!(
        told.iter().filter(|body| *body == "Wants a quote").count(),
        1,
        "{told:#?}"
    );
    let stages: Vec<String> = world
        .view(ticket)?
        .stages
        .into_iter()
        .map(|stay| stay.stage.0)
        .collect();
    assert_eq!(stages, ["qualified", "new_opportunity"], "its past is told once");

    // From now on the opportunity is what it follows, and what it writes.
    world.colleague_changes(opportunity, json!({ "opptel": "020 7946 0777" }))?;
    world.sync().await?;
    assert_eq!(world.value(ticket, keys::PHONE)?, "020 7946 0777");
    engine.edit_field(ticket, keys::JOB_TITLE, "Director of IT")?;
    quiet(&world).await?;
    assert_eq!(world.in_halo(opportunity, "oppjobtitle")?, "Director of IT");
    assert_eq!(world.engine()?.cards(&[ticket])?.len(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promotion_made_offline_goes_when_the_network_is_back() -> anyhow::Result<()> {
    let world = World::start().await?;
    world.allows_status(0);
    let (ticket, prospect) = prospect(&world, &JANE).await?;
    let offline = world.sandbox.faults().add(Fault::DropBefore.on("/api"));
    promote(world.engine()?, ticket)?;
    world.sync().await.expect_err("there is no network");
    assert_eq!(world.stage(ticket)?.as_str(), "new_opportunity");
    assert_eq!(world.unsent()?.len(), 1);
    assert!(of_type(&world, OPPORTUNITY).is_empty());
    world.sandbox.faults().remove(offline);
    world.later(TimeDelta::minutes(2));
    quiet(&world).await?;
    is_one_card(&world, ticket, prospect)?;
    Ok(())
}

/// Whatever the process was doing when it died: there is one opportunity, and the card is that one.
#[tokio::test(flavor = "multi_thread")]
async fn a_death_between_any_two_requests_makes_no_second_opportunity() -> anyhow::Result<()> {
    for (fault, at) in [
        (Fault::DropAfter, "POST /api/Tickets"),
        (Fault::DropBefore, "POST /api/Tickets"),
        (Fault::DropAfter, "POST /api/Actions"),
        (Fault::DropBefore, "POST /api/Actions"),
    ] {
        let mut world = World::start().await?;
        world.allows_status(0);
        let (ticket, prospect) = prospect(&world, &JANE).await?;
        promote(world.engine()?, ticket)?;
        world.sandbox.faults().add(fault.on(at).times(1));
        let cut = world.sync().await;
        assert!(cut.is_err(), "{at}");
        world.restart()?;
        world.later(TimeDelta::minutes(2));
        quiet(&world).await?;
        is_one_card(&world, ticket, prospect)?;
    }
    Ok(())
}

/// The answer is lost, and the next thing that sync does is to read what is new.
#[tokio::test(flavor = "multi_thread")]
async fn an_opportunity_whose_answer_is_lost_does_not_come_in_as_a_second_card() -> anyhow::Result<()> {
    let world = World::start().await?;
    world.allows_status(0);
    let (ticket, prospect) = prospect(&world, &JANE).await?;
    let engine = world.engine()?;
    promote(engine, ticket)?;
    world
        .sandbox
        .faults()
        .add(Fault::DropAfter.on("POST /api/Tickets").times(1));
    world.sync().await.expect_err("the answer is lost");
    assert_eq!(world.unsent()?[0].state, OutboxState::Uncertain);
    engine.edit_field(ticket, keys::JOB_TITLE, "Director of IT")?;
    world.later(TimeDelta::minutes(2));
    quiet(&world).await?;
    let opportunity = is_one_card(&world, ticket, prospect)?;
    assert_eq!(world.in_halo(opportunity, "oppjobtitle")?, "Director of IT");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_opportunity_waits_for_a_person_and_leaves_the_prospect_alone() -> anyhow::Result<()> {
    let world = World::start().await?;
    world.allows_status(400);
    let (ticket, prospect) = prospect(&world, &JANE).await?;
    let no = Fault::Refuse {
        status: 400,
        body: "\"You do not have permission to log this Ticket Type\"".to_owned(),
    };
    world.sandbox.faults().add(no.on("POST /api/Tickets").times(1));
    let engine = world.engine()?;
    promote(engine, ticket)?;
    world.sync().await?;
    let [entry] = world.unsent()?.try_into().expect("one entry");
    assert_eq!(entry.state, OutboxState::Parked);
    assert_eq!(
        world.stage(ticket)?.as_str(),
        "new_opportunity",
        "what the person did is intact"
    );
    assert_eq!(world.status_in_halo(prospect)?, "Qualified");
    engine.retry_entry(entry.id)?;
    quiet(&world).await?;
    is_one_card(&world, ticket, prospect)?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promotion_that_is_undone_before_it_was_sent_leaves_nothing() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (ticket, prospect) = prospect(&world, &JANE).await?;
    promote(world.engine()?, ticket)?;
    world.engine()?.undo()?.expect("there is something to undo");
    quiet(&world).await?;
    assert!(of_type(&world, OPPORTUNITY).is_empty());
    assert_eq!(world.writes(prospect), 0);
    assert_eq!(world.card(ticket)?.halo_id, Some(prospect));
    Ok(())
}

/// Undone, the prospect goes on and the opportunity is closed; promoted again, it is the same opportunity.
#[tokio::test(flavor = "multi_thread")]
async fn a_promotion_that_is_undone_after_it_was_sent_opens_the_prospect_again() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (ticket, prospect) = prospect(&world, &JANE).await?;
    let engine = world.engine()?;
    engine.add_note(ticket, "Wants a quote")?;
    quiet(&world).await?;
    let promotion = promote(engine, ticket)?;
    quiet(&world).await?;
    let opportunity = only_opportunity(&world);
    engine.add_note(ticket, "Sent the quote")?;
    quiet(&world).await?;

    engine.undo_operation(promotion)?;
    assert_eq!(world.stage(ticket)?.as_str(), "qualified");
    quiet(&world).await?;
    assert_eq!(world.card(ticket)?.halo_id, Some(prospect));
    assert_eq!(world.status_in_halo(prospect)?, "Qualified");
    assert_eq!(world.status_in_halo(opportunity)?, "Closed");
    assert!(
        world
            .notes_in_halo(opportunity)
            .contains(&format!("Goes on as #{prospect}.")),
        "{:?}",
        world.notes_in_halo(opportunity)
    );
    assert_eq!(world.engine()?.cards(&[ticket])?.len(), 1);
    assert_eq!(world.value(ticket, keys::OPPORTUNITY_VALUE)?, "");
    assert_eq!(world.in_halo(prospect, "oppvalue")?.as_f64().unwrap_or(0.0), 0.0);

    engine.edit_field(ticket, keys::JOB_TITLE, "Director of IT")?;
    quiet(&world).await?;
    promote(engine, ticket)?;
    quiet(&world).await?;
    assert_eq!(only_opportunity(&world), opportunity, "no second one");
    assert_eq!(world.card(ticket)?.halo_id, Some(opportunity));
    assert_eq!(world.status_in_halo(opportunity)?, "New Opportunity");
    assert_eq!(world.status_in_halo(prospect)?, "Closed");
    assert_eq!(world.in_halo(opportunity, "oppjobtitle")?, "Director of IT");
    let bodies: Vec<String> = world.view(ticket)?.activities.into_iter().map(|row| row.body).collect();
    for note in ["Wants a quote", "Sent the quote"] {
        assert_eq!(
            bodies.iter().filter(|body| *body == note).count(),
            1,
            "{note}: {bodies:#?}"
        );
    }
    Ok(())
}

/// A colleague works on the prospect while the promotion waits: what they wrote carries over, and where both wrote, the
/// person is asked as ever.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_colleague_changes_meanwhile_carries_over() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (ticket, prospect) = prospect(&world, &JANE).await?;
    promote(world.engine()?, ticket)?;
    world.colleague_changes(prospect, json!({ "opptel": "020 7946 0777" }))?;
    quiet(&world).await?;
    let opportunity = is_one_card(&world, ticket, prospect)?;
    assert_eq!(world.in_halo(opportunity, "opptel")?, "+44 20 7946 0777");
    assert_eq!(world.value(ticket, keys::PHONE)?, "020 7946 0777");

    // One who writes on the closed prospect changes that one alone, and nothing of it is sent back.
    world.colleague_changes(prospect, json!({ "opptel": "020 7946 0001" }))?;
    quiet(&world).await?;
    assert_eq!(world.value(ticket, keys::PHONE)?, "020 7946 0777");
    assert_eq!(world.in_halo(prospect, "opptel")?, "020 7946 0001");
    Ok(())
}

/// A colleague moved the prospect elsewhere: nothing is made over it, and the person chooses.
#[tokio::test(flavor = "multi_thread")]
async fn a_colleagues_move_is_a_question_before_anything_is_made() -> anyhow::Result<()> {
    let world = World::start().await?;
    world.leaves_unsent();
    let (ticket, prospect) = prospect(&world, &OMAR).await?;
    promote(world.engine()?, ticket)?;
    let status = world.status("Disqualified")?;
    world.colleague_changes(prospect, json!({ "status_id": status }))?;
    world.sync().await?;
    assert!(of_type(&world, OPPORTUNITY).is_empty());
    let conflicts = world.view(ticket)?.conflicts;
    assert_eq!(conflicts.len(), 1);
    world.engine()?.resolve_conflict(conflicts[0].id, engine::Side::Mine)?;
    quiet(&world).await?;
    assert_eq!(world.card(ticket)?.halo_id, Some(only_opportunity(&world)));
    assert_eq!(world.status_in_halo(prospect)?, "Closed");
    Ok(())
}

/// Without a status that closes the old ticket the setting cannot be chosen.
#[tokio::test(flavor = "multi_thread")]
async fn the_setting_needs_a_status_that_closes() -> anyhow::Result<()> {
    let world = World::start().await?;
    let engine = world.engine()?;
    world.sandbox.administer(sandbox::Administration::Remove {
        what: "Closed".to_owned(),
    });
    engine.read_setup().await?;
    let mut edit = engine.mapping()?.edit;
    edit.settings.promotion = PromotionMode::LinkedOpportunity;
    let refused = engine.save_mapping(&edit).expect_err("it is refused");
    assert!(refused.to_string().contains("has to be closed"), "{refused}");
    Ok(())
}
