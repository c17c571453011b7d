//! Drops that need answers, drops that are refused, promotion and opt-out.

use std::collections::BTreeMap;

use domain::{FieldKey, Role, TicketId, fields::keys};
use engine::{MoveOutcome, MoveRequest, Preferences};
use support::{JANE, LIV, OMAR, Persona, World};

fn answers(list: &[(FieldKey, &str)]) -> BTreeMap<FieldKey, String> {
    list.iter().map(|(field, text)| (*field, (*text).to_owned())).collect()
}

fn asked(outcome: &MoveOutcome) -> Vec<FieldKey> {
    match outcome {
        MoveOutcome::Needs { common, .. } => common.iter().map(|need| need.field).collect(),
        other => panic!("nothing was asked: {other:?}"),
    }
}

const QUALIFICATION: [(FieldKey, &str); 6] = [
    (keys::PAIN_POINTS, "Tickets take days"),
    (keys::QUALIFIED_SERVICES, "Managed IT"),
    (keys::DECISION_MAKER, "Jane Doe"),
    (keys::BUDGET_RANGE, "£20k to £30k"),
    (keys::TIMEFRAME, "This quarter"),
    (keys::FIT_SCORE, "85"),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_stage_asks_for_what_it_requires_before_anything_is_written() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    let outcome = world.try_drag(&[jane], "do_not_contact")?;
    assert_eq!(asked(&outcome), [keys::DNC_REASON]);
    assert_eq!(world.stage(jane)?.as_str(), "contacted");
    assert!(world.unsent()?.is_empty());

    let request = |reason: &str| MoveRequest {
        tickets: vec![jane],
        target: "do_not_contact".to_owned(),
        answers: answers(&[(keys::DNC_REASON, reason)]),
        ..MoveRequest::default()
    };
    let outcome = world.engine()?.move_tickets(&request("because"))?;
    let MoveOutcome::Needs { common, .. } = &outcome else {
        panic!("{outcome:?}")
    };
    assert!(
        common[0]
            .problem
            .as_deref()
            .is_some_and(|problem| problem.contains("because")),
        "{common:?}"
    );

    world.engine()?.move_tickets(&request("Opt-out"))?;
    assert_eq!(world.stage(jane)?.as_str(), "do_not_contact");
    assert!(world.card(jane)?.do_not_contact);
    world.sync().await?;
    assert_eq!(world.in_halo(halo, "CFdoNotContact")?, "true");
    assert_eq!(world.status_in_halo(halo)?, "Do Not Contact");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_becomes_an_opportunity_on_the_same_ticket() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, halo) = world.lead(&JANE, "Engaged").await?;
    world.engine()?.promote_ticket(jane, &BTreeMap::new())?;
    world.drag(jane, "prospecting")?;
    let outcome = world.try_drag(&[jane], "qualified")?;
    assert_eq!(asked(&outcome), QUALIFICATION.map(|(field, _)| field));
    let qualified = MoveRequest {
        tickets: vec![jane],
        target: "qualified".to_owned(),
        answers: answers(&QUALIFICATION),
        ..MoveRequest::default()
    };
    world.engine()?.move_tickets(&qualified)?;
    world.sync().await?;
    assert_eq!(world.in_halo(halo, "tickettype_id")?, 42);
    assert_eq!(world.status_in_halo(halo)?, "Qualified");
    assert_eq!(
        world.writes(halo),
        1,
        "three moves made offline are one change for HaloPSA"
    );

    let sale = answers(&[
        (keys::OPPORTUNITY_VALUE, "24,000"),
        (keys::PRODUCTS_SERVICES, "Managed IT, 40 seats"),
        (keys::PROBABILITY, "60"),
        (keys::EXPECTED_CLOSE, "2026-12-18"),
    ]);
    world.engine()?.promote_ticket(jane, &sale)?;
    world.sync().await?;
    assert_eq!(world.in_halo(halo, "tickettype_id")?, 43);
    assert_eq!(world.in_halo(halo, "oppvalue")?, 24_000.0);
    assert_eq!(world.in_halo(halo, "oppconversionprobability")?, 60.0);
    assert_eq!(world.status_in_halo(halo)?, "New Opportunity");
    let stages: Vec<_> = world
        .view(jane)?
        .stages
        .iter()
        .map(|stay| stay.stage.0.clone())
        .collect();
    assert_eq!(stages.last().map(String::as_str), Some("new_opportunity"));
    assert!(
        world.engine()?.promote_ticket(jane, &BTreeMap::new()).is_err(),
        "there is nothing beyond"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bulk_move_asks_once_for_what_is_common_and_lists_the_rest() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, _) = world.lead(&JANE, "Contacted").await?;
    let (omar, _) = world.lead(&OMAR, "Contacted").await?;
    let (liv, _) = world.lead(&LIV, "New Lead").await?;
    let outcome = world.try_drag(&[jane, omar, liv], "engaged")?;
    let MoveOutcome::Moved { done, moved, refused } = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(moved, [jane, omar]);
    assert_eq!(done.label, "Moved 2 tickets to Engaged");
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0].label, "Nordhavn Haulage ApS – Liv Sørensen");
    assert_eq!(
        refused[0].reason,
        "New Lead cannot go straight to Engaged: the next stage is Researching."
    );
    world.sync().await?;

    world.try_drag(&[jane, omar], "contacted")?;
    let outcome = world.try_drag(&[jane, omar], "do_not_contact")?;
    assert_eq!(asked(&outcome), [keys::DNC_REASON], "asked once for both");
    let outcome = world.engine()?.move_tickets(&MoveRequest {
        tickets: vec![jane, omar],
        target: "do_not_contact".to_owned(),
        answers: answers(&[(keys::DNC_REASON, "Legal")]),
        answers_by_ticket: vec![(omar, answers(&[(keys::DNC_REASON, "Opt-out")]))],
        ..MoveRequest::default()
    })?;
    assert!(matches!(outcome, MoveOutcome::Moved { .. }));
    assert_eq!(world.value(jane, keys::DNC_REASON)?, "Legal");
    assert_eq!(world.value(omar, keys::DNC_REASON)?, "Opt-out");
    world.sync().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn claiming_makes_it_mine() -> anyhow::Result<()> {
    let world = World::start().await?;
    let halo = world.ticket_in_halo(41, "New Lead", &JANE, serde_json::json!({"agent_id": 1}))?;
    world.sync().await?;
    let jane = world.local(halo)?;
    assert_eq!(world.card(jane)?.owner, None);
    let me = world.engine()?.preferences()?;
    world
        .engine()?
        .set_preferences(&Preferences { me: None, ..me.clone() })?;
    let outcome = world.try_drag(&[jane], "researching")?;
    assert!(
        matches!(outcome, MoveOutcome::Refused { .. }),
        "nobody is known to claim it: {outcome:?}"
    );
    world.engine()?.set_preferences(&me)?;
    world.drag(jane, "researching")?;
    assert_eq!(world.card(jane)?.owner, me.me);
    world.sync().await?;
    assert_eq!(world.in_halo(halo, "agent_id")?, support::REP);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_opt_out_on_a_deal_asks_what_becomes_of_it() -> anyhow::Result<()> {
    for (choice, stage) in [("Keep the deal open", "progressing"), ("Close it", "lost")] {
        let world = World::start().await?;
        let halo = world.ticket_in_halo(43, "Progressing", &JANE, serde_json::json!({"oppvalue": 9000.0}))?;
        world.sync().await?;
        let jane = world.local(halo)?;
        let outcome = world.try_drag(&[jane], "do_not_contact")?;
        assert_eq!(asked(&outcome), [keys::DNC_REASON, keys::DEAL_AFTER_OPT_OUT]);
        world.engine()?.move_tickets(&MoveRequest {
            tickets: vec![jane],
            target: "do_not_contact".to_owned(),
            answers: answers(&[(keys::DNC_REASON, "Opt-out"), (keys::DEAL_AFTER_OPT_OUT, choice)]),
            ..MoveRequest::default()
        })?;
        assert!(world.card(jane)?.do_not_contact);
        assert_eq!(world.stage(jane)?.as_str(), stage);
        assert_eq!(
            world.value(jane, keys::DEAL_AFTER_OPT_OUT)?,
            "",
            "an answer, not a value"
        );
        world.sync().await?;
        assert_eq!(world.in_halo(halo, "CFdoNotContact")?, "true");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_manager_clears_do_not_contact_and_says_why() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    let engine = world.engine()?;
    engine.edit_field(jane, keys::DO_NOT_CONTACT, "yes")?;
    assert!(engine.edit_field(jane, keys::DO_NOT_CONTACT, "no").is_err());
    assert!(engine.edit_field(jane, keys::DO_NOT_CONTACT, "").is_err());
    assert!(engine.lift_do_not_contact(&[jane], "She asked for an offer").is_err());
    world.sync().await?;
    world.be(Role::Manager)?;
    assert!(engine.lift_do_not_contact(&[jane], " ").is_err());
    engine.lift_do_not_contact(&[jane], "She asked for an offer")?;
    world.sync().await?;
    assert!(!world.card(jane)?.do_not_contact);
    assert_eq!(world.in_halo(halo, "CFdoNotContact")?, "false");
    assert_eq!(
        world.notes_in_halo(halo),
        [
            "Do Not Contact was turned on.",
            "Do Not Contact was lifted: She asked for an offer"
        ]
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_stage_says_before_the_drop_what_it_would_mean() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, _) = world.lead(&JANE, "Contacted").await?;
    let (omar, _) = world.lead(&OMAR, "New Lead").await?;
    let verdicts = world.engine()?.check_move(&[jane, omar])?;
    let of = |stage: &str| verdicts.iter().find(|verdict| verdict.stage.as_str() == stage).cloned();
    assert_eq!(verdicts.len(), world.engine()?.reference()?.workflow.stages.len());
    let engaged = of("engaged").expect("a stage");
    assert_eq!((engaged.allowed, engaged.needs), (1, 0));
    assert_eq!(engaged.label.as_deref(), Some("Interested"));
    assert!(engaged.refused.is_some(), "one of the two may not");
    let opt_out = of("do_not_contact").expect("a stage");
    assert_eq!((opt_out.allowed, opt_out.needs, opt_out.refused), (2, 2, None));
    assert_eq!(of("won").map(|verdict| verdict.allowed), Some(0));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lead_score_follows_calls() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, _) = world.lead(&JANE, "Contacted").await?;
    let before = world.card(jane)?.lead_score;
    call(&world, jane, &JANE)?;
    let after = world.card(jane)?.lead_score;
    assert_eq!(before.map(|score| score + 15), after);
    assert!(
        world
            .view(jane)?
            .lead_score_reasons
            .contains(&"+15: 1 call connected".to_owned())
    );
    assert_eq!(world.card(jane)?.next_action.as_deref(), Some("Send the offer"));
    world.engine()?.undo()?;
    assert_eq!(world.card(jane)?.lead_score, before);
    assert_eq!(world.card(jane)?.next_action, None);
    world.sync().await?;
    Ok(())
}

fn call(world: &World, ticket: TicketId, who: &Persona) -> anyhow::Result<()> {
    world.engine()?.log_call(&engine::LogCallRequest {
        ticket,
        direction: domain::activity::Direction::Outbound,
        dialled: Some(who.phone.to_owned()),
        duration_s: 300,
        outcome: domain::activity::CallOutcome::Connected,
        next_action: Some(domain::activity::NextAction {
            what: "Send the offer".to_owned(),
            due: "2026-11-20T09:00:00Z".parse()?,
        }),
        notes: "Sounds keen".to_owned(),
    })?;
    Ok(())
}
