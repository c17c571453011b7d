//! Somebody asks not to be contacted: it holds on every ticket of theirs, through sync, undo and mistakes, until a
//! manager lifts it. It is long because every story is about one promise and shares the same few helpers.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use domain::{
    FieldKey, HaloTicketId, Lifecycle, Role, TicketId,
    activity::{ActivityKind, CallOutcome, Direction, NextAction},
    fields::keys,
};
use engine::{LogCallRequest, MoveRequest, NewTicketRequest, Problem};
use serde_json::json;
use store::OutboxState;
use support::{COLLEAGUE, JANE, LIV, OMAR, World};

const OFF: &str = r#"{"customfields": [{"name": "CFdoNotContact", "value": false}]}"#;
const ON: &str = r#"{"customfields": [{"name": "CFdoNotContact", "value": true}]}"#;

fn marked(world: &World, ticket: TicketId) -> anyhow::Result<bool> {
    Ok(world.card(ticket)?.do_not_contact)
}

fn marked_in_halo(world: &World, halo: HaloTicketId) -> anyhow::Result<bool> {
    Ok(world.in_halo(halo, "CFdoNotContact")? == "true")
}

fn call(ticket: TicketId, direction: Direction, dialled: &str) -> LogCallRequest {
    LogCallRequest {
        ticket,
        direction,
        dialled: Some(dialled.to_owned()),
        duration_s: 60,
        outcome: CallOutcome::Connected,
        next_action: None,
        notes: String::new(),
    }
}

fn new_lead(values: &[(FieldKey, &str)]) -> NewTicketRequest {
    NewTicketRequest {
        lifecycle: Lifecycle::Lead,
        values: values
            .iter()
            .map(|(field, text)| (*field, (*text).to_owned()))
            .collect(),
        owner: None,
    }
}

fn refusal(error: &anyhow::Error) -> String {
    match error.downcast_ref::<Problem>() {
        Some(Problem::Refused { reason } | Problem::NotUndoable { reason } | Problem::FieldInvalid { reason, .. }) => {
            reason.clone()
        }
        other => panic!("no refusal: {other:?} {error:#}"),
    }
}

/// Jane, another ticket of hers, and Omar, who has nothing to do with it.
async fn two_of_jane(world: &World) -> anyhow::Result<[(TicketId, HaloTicketId); 3]> {
    let jane = world.lead(&JANE, "Contacted").await?;
    let again = support::Persona {
        company: "Acme Conveyancing",
        phone: "020 7946 0555",
        ..JANE
    };
    let also = world.lead(&again, "Researching").await?;
    let omar = world.lead(&OMAR, "Contacted").await?;
    Ok([jane, also, omar])
}

#[tokio::test(flavor = "multi_thread")]
async fn an_opt_out_reaches_every_ticket_of_the_person_and_halopsa() -> anyhow::Result<()> {
    let world = World::start().await?;
    let [(jane, halo), (also, also_halo), (omar, omar_halo)] = two_of_jane(&world).await?;
    let beside: Vec<_> = world
        .engine()?
        .same_person(&[jane])?
        .iter()
        .map(|card| card.id)
        .collect();
    assert_eq!(beside, [also], "what it will reach is shown before");

    let done = world.engine()?.set_do_not_contact(&[jane], "Legal")?;
    assert_eq!(
        done.label,
        "Marked Acme Legal Ltd – Jane Doe and 1 more ticket of the same person as Do Not Contact"
    );
    assert!(marked(&world, jane)? && marked(&world, also)? && !marked(&world, omar)?);
    assert_eq!(world.value(also, keys::DNC_REASON)?, "Legal");
    world.sync().await?;
    assert!(marked_in_halo(&world, halo)? && marked_in_halo(&world, also_halo)?);
    assert!(!marked_in_halo(&world, omar_halo)?);
    assert_eq!(world.notes_in_halo(halo), ["Do Not Contact was turned on: Legal."]);
    assert_eq!(
        world.notes_in_halo(also_halo),
        ["Do Not Contact was turned on: Legal. The person is known by the same e-mail address or phone number."]
    );
    assert!(world.notes_in_halo(omar_halo).is_empty());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_opt_out_needs_a_reason_of_the_list() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, _) = world.lead(&JANE, "Contacted").await?;
    let engine = world.engine()?;
    for reason in ["", " ", "because"] {
        assert!(engine.set_do_not_contact(&[jane], reason).is_err(), "{reason:?}");
    }
    assert!(engine.set_do_not_contact(&[], "Legal").is_err());
    assert!(!marked(&world, jane)?);
    Ok(())
}

/// However it came about: a stage, a field, HaloPSA's field, HaloPSA's status.
#[tokio::test(flavor = "multi_thread")]
async fn every_way_to_opt_out_reaches_the_other_tickets() -> anyhow::Result<()> {
    for way in ["stage", "field", "halo field", "halo status"] {
        let world = World::start().await?;
        let [(jane, halo), (also, also_halo), (omar, _)] = two_of_jane(&world).await?;
        match way {
            "stage" => {
                world.engine()?.move_tickets(&MoveRequest {
                    tickets: vec![jane],
                    target: "do_not_contact".to_owned(),
                    answers: BTreeMap::from([(keys::DNC_REASON, "Opt-out".to_owned())]),
                    ..MoveRequest::default()
                })?;
            }
            "field" => {
                world.engine()?.edit_field(jane, keys::DO_NOT_CONTACT, "yes")?;
            }
            "halo field" => world.colleague_changes(halo, serde_json::from_str(ON)?)?,
            _ => {
                let status = world.status("Do Not Contact")?;
                world.colleague_changes(halo, json!({ "status_id": status }))?;
            }
        }
        world.sync().await?;
        world.sync().await?;
        assert!(marked(&world, jane)? && marked(&world, also)?, "{way}");
        assert!(!marked(&world, omar)?, "{way}");
        assert!(marked_in_halo(&world, halo)?, "{way}");
        assert!(
            marked_in_halo(&world, also_halo)?,
            "{way}: HaloPSA is told of her other ticket"
        );
        if way.starts_with("halo") {
            assert!(world.notes_in_halo(halo).is_empty(), "{way}: HaloPSA knows why");
            let view = world.view(also)?;
            assert!(
                view.activities
                    .iter()
                    .any(|activity| activity.kind == ActivityKind::System
                        && activity.body.contains("do-not-contact list")),
                "{way}: the timeline says so"
            );
            assert!(
                view.history
                    .iter()
                    .any(|row| row.by_machine.as_deref() == Some("HaloPSA")),
                "{way}: it is in the journal"
            );
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_planned_is_called_off_and_undo_brings_it_back() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    let engine = world.engine()?;
    let next = NextAction {
        what: "Call about the offer".to_owned(),
        due: "2026-11-20T10:00:00Z".parse()?,
    };
    engine.log_call(&LogCallRequest {
        next_action: Some(next),
        ..call(jane, Direction::Outbound, JANE.phone)
    })?;
    engine.add_task(jane, "Call her back", "2026-11-21T10:00:00Z".parse()?, None)?;
    world.sync().await?;
    let is_planned = || -> anyhow::Result<(bool, bool)> {
        let task = world.view(jane)?.activities.into_iter().find_map(|row| row.appointment);
        let open = task.is_some_and(|task| task.done_at.is_none());
        Ok((world.card(jane)?.next_action.is_some(), open))
    };
    assert_eq!(is_planned()?, (true, true));
    engine.set_do_not_contact(&[jane], "Opt-out")?;
    assert_eq!(is_planned()?, (false, false));
    engine.undo()?;
    assert_eq!(is_planned()?, (true, true));
    assert!(!marked(&world, jane)?);
    // A colleague's opt-out calls it off as well, in HaloPSA too.
    world.colleague_changes(halo, serde_json::from_str(ON)?)?;
    world.sync().await?;
    assert_eq!(is_planned()?, (false, false));
    world.sync().await?;
    let (_, answer) = world
        .sandbox
        .get(&format!("/api/Appointment?ticket_id={halo}&showall=true"));
    let there = &answer["appointments"][0];
    assert!(there["complete_status"].as_i64() > Some(-1), "{there}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_calls_or_writes_to_who_opted_out() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, _) = world.lead(&JANE, "Contacted").await?;
    let (omar, _) = world.lead(&OMAR, "Contacted").await?;
    let engine = world.engine()?;
    assert_eq!(engine.contact_link(jane, keys::EMAIL)?, "mailto:jane.doe@acme.example");
    assert_eq!(engine.contact_link(jane, keys::PHONE)?, "tel:+442079460018");
    assert!(engine.contact_link(jane, keys::JOB_TITLE).is_err());
    assert!(world.view(jane)?.closed_ways.is_empty());

    engine.set_do_not_contact(&[jane], "Opt-out")?;
    for field in [keys::EMAIL, keys::PHONE] {
        let reason = refusal(&engine.contact_link(jane, field).expect_err("she opted out"));
        assert!(
            reason.starts_with("Acme Legal Ltd – Jane Doe must not be contacted (Opt-out, since "),
            "{reason}"
        );
    }
    assert_eq!(world.view(jane)?.closed_ways, [keys::EMAIL, keys::PHONE]);
    assert!(engine.log_call(&call(jane, Direction::Outbound, "")).is_err());
    let by_her_number = engine
        .log_call(&call(omar, Direction::Outbound, "+44 20 7946-0018"))
        .expect_err("it is Jane's number");
    assert!(refusal(&by_her_number).starts_with("Whoever is reached there must not be contacted"));
    engine.log_call(&call(omar, Direction::Outbound, OMAR.phone))?;
    engine.log_call(&call(jane, Direction::Inbound, JANE.phone))?;
    engine.add_note(jane, "She called to thank us")?;
    world.sync().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_brings_in_again_who_opted_out() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, _) = world.lead(&JANE, "Contacted").await?;
    let engine = world.engine()?;
    engine.set_do_not_contact(&[jane], "Opt-out")?;
    for values in [
        [
            (keys::PERSON_NAME, "J. Doe"),
            (keys::EMAIL, "Jane.Doe@Acme.example"),
            (keys::JOB_TITLE, "CIO"),
        ],
        [
            (keys::PERSON_NAME, "J. Doe"),
            (keys::EMAIL, "jane@elsewhere.co.uk"),
            (keys::MOBILE_PHONE, "+44 20 7946 0018"),
        ],
    ] {
        let error = engine.create_ticket(&new_lead(&values)).expect_err("she opted out");
        assert!(
            refusal(&error).starts_with("This person must not be contacted (Opt-out, since "),
            "{error}"
        );
    }
    // An opt-out may be written down for somebody who is known.
    let (_, noted) = engine.create_ticket(&new_lead(&[
        (keys::PERSON_NAME, "Jane Doe"),
        (keys::EMAIL, JANE.email),
        (keys::DO_NOT_CONTACT, "yes"),
    ]))?;
    assert!(marked(&world, noted)?);
    world.sync().await?;
    Ok(())
}

/// A colleague, another program, another computer: whatever brings her back, she stays marked.
#[tokio::test(flavor = "multi_thread")]
async fn who_comes_back_through_halopsa_or_an_edit_is_marked_at_once() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, _) = world.lead(&JANE, "Contacted").await?;
    let (liv, liv_halo) = world.lead(&LIV, "Contacted").await?;
    world.engine()?.set_do_not_contact(&[jane], "Opt-out")?;
    world.sync().await?;
    let new = world.lead_in_halo(&JANE, "New Lead")?;
    world.sync().await?;
    let back = world.local(new)?;
    assert!(marked(&world, back)?);
    let history = world.view(back)?.history;
    assert!(!history.is_empty(), "it is in the journal");
    world.sync().await?;
    assert!(marked_in_halo(&world, new)?, "and HaloPSA is told");

    world.engine()?.edit_field(liv, keys::EMAIL, JANE.email)?;
    assert!(marked(&world, liv)?);
    assert!(
        world
            .engine()?
            .suppressed(&BTreeMap::from([(
                keys::PHONE,
                domain::Value::Phone(domain::phone::PhoneNumber::parse(LIV.phone, "GB"))
            )]))?
            .is_some(),
        "the number that came with it is hers as well"
    );
    world.sync().await?;
    assert!(marked_in_halo(&world, liv_halo)?);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn set_offline_and_cleared_by_a_colleague_it_stays_on_and_is_sent_again() -> anyhow::Result<()> {
    let world = World::start().await?;
    world.allows_status(0);
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    world.colleague_changes(halo, serde_json::from_str(ON)?)?;
    world.sync().await?;
    world.sandbox.set_online(false);
    world.engine()?.edit_field(jane, keys::JOB_TITLE, "Director of IT")?;
    assert!(world.sync().await.is_err());
    world.sandbox.set_online(true);
    world.colleague_changes(halo, serde_json::from_str(OFF)?)?;
    for _ in 0..3 {
        world.later(TimeDelta::minutes(2));
        world.sync().await?;
    }
    assert!(marked(&world, jane)?);
    assert!(marked_in_halo(&world, halo)?);
    assert_eq!(world.in_halo(halo, "oppjobtitle")?, "Director of IT");
    let error = world
        .engine()?
        .contact_link(jane, keys::EMAIL)
        .expect_err("she opted out");
    assert!(refusal(&error).contains("must not be contacted"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn undo_takes_a_mark_back_until_halopsa_has_it() -> anyhow::Result<()> {
    let world = World::start().await?;
    let [(jane, halo), (also, _), _] = two_of_jane(&world).await?;
    let engine = world.engine()?;
    engine.set_do_not_contact(&[jane], "Opt-out")?;
    engine.undo()?;
    assert!(!marked(&world, jane)? && !marked(&world, also)?);
    assert!(world.unsent()?.is_empty(), "nothing of it is left to send");
    engine.contact_link(also, keys::EMAIL)?;
    engine.redo()?;
    assert!(marked(&world, jane)? && marked(&world, also)?);
    world.sync().await?;

    let error = engine.undo().expect_err("HaloPSA has it");
    assert_eq!(
        refusal(&error),
        "HaloPSA has this opt-out, or is getting it. A manager can lift Do Not Contact, with a reason."
    );
    assert!(marked(&world, jane)?);
    assert!(marked_in_halo(&world, halo)?);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn undo_stops_where_another_ticket_of_the_person_was_marked_since() -> anyhow::Result<()> {
    let world = World::start().await?;
    world.sandbox.set_online(false);
    let engine = world.engine()?;
    let lead = |email: &str| engine.create_ticket(&new_lead(&[(keys::PERSON_NAME, "Jane Doe"), (keys::EMAIL, email)]));
    let (_, one) = lead("jane@acme.co.uk")?;
    let marking = engine.set_do_not_contact(&[one], "Opt-out")?;
    engine.create_ticket(&new_lead(&[
        (keys::PERSON_NAME, "Jane Doe"),
        (keys::EMAIL, "jane@acme.co.uk"),
        (keys::DO_NOT_CONTACT, "yes"),
    ]))?;
    let error = engine
        .undo_operation(marking.operation)
        .expect_err("the other ticket says so too");
    assert!(refusal(&error).starts_with("Another ticket of the same person is marked as well."));
    assert!(marked(&world, one)?);
    world.leaves_unsent();
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_lifts_it_for_the_person_on_the_record() -> anyhow::Result<()> {
    let world = World::start().await?;
    let [(jane, halo), (also, also_halo), (omar, _)] = two_of_jane(&world).await?;
    let engine = world.engine()?;
    engine.set_do_not_contact(&[jane, omar], "Opt-out")?;
    world.sync().await?;
    let refused = engine
        .lift_do_not_contact(&[also], "She asked for an offer")
        .expect_err("no manager");
    assert!(refusal(&refused).contains("manager"));
    world.be(Role::Manager)?;
    assert!(engine.lift_do_not_contact(&[also], " ").is_err());
    let done = engine.lift_do_not_contact(&[also], "She asked for an offer")?;
    assert_eq!(
        done.label,
        "Lifted Do Not Contact from Acme Conveyancing – Jane Doe and 1 more ticket of the same person"
    );
    assert!(!marked(&world, jane)? && !marked(&world, also)? && marked(&world, omar)?);
    world.sync().await?;
    world.sync().await?;
    for halo in [halo, also_halo] {
        assert!(!marked_in_halo(&world, halo)?);
        let notes = world.notes_in_halo(halo);
        assert_eq!(
            notes.last().map(String::as_str),
            Some("Do Not Contact was lifted: She asked for an offer")
        );
    }
    engine.contact_link(jane, keys::PHONE)?;
    engine.create_ticket(&new_lead(&[(keys::PERSON_NAME, "Jane Doe"), (keys::EMAIL, JANE.email)]))?;
    assert!(engine.contact_link(omar, keys::PHONE).is_err());
    world.sync().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lift_is_undone_by_anybody_and_done_again_by_a_manager() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, _) = world.lead(&JANE, "Contacted").await?;
    let engine = world.engine()?;
    engine.set_do_not_contact(&[jane], "Opt-out")?;
    world.sync().await?;
    world.be(Role::Manager)?;
    engine.lift_do_not_contact(&[jane], "By mistake")?;
    world.be(Role::Rep)?;
    engine.undo()?;
    assert!(marked(&world, jane)?);
    assert!(
        engine.contact_link(jane, keys::EMAIL).is_err(),
        "and she is in the ledger again"
    );
    assert!(refusal(&engine.redo().expect_err("no manager")).contains("manager"));
    assert!(marked(&world, jane)?);
    world.be(Role::Manager)?;
    engine.redo()?;
    assert!(!marked(&world, jane)?);
    world.sync().await?;
    Ok(())
}

/// Correcting the address does not let the old one slip out of the lifting.
#[tokio::test(flavor = "multi_thread")]
async fn lifting_frees_addresses_that_were_corrected_since() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, _) = world.lead(&JANE, "Contacted").await?;
    let engine = world.engine()?;
    engine.set_do_not_contact(&[jane], "Opt-out")?;
    engine.edit_field(jane, keys::EMAIL, "j.doe@acme.co.uk")?;
    world.be(Role::Manager)?;
    engine.lift_do_not_contact(&[jane], "She asked for an offer")?;
    for email in [JANE.email, "j.doe@acme.co.uk"] {
        engine.create_ticket(&new_lead(&[(keys::PERSON_NAME, "Jane Doe"), (keys::EMAIL, email)]))?;
    }
    world.sync().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn colleagues_behind_a_shared_mailbox_stay_reachable_by_their_own_line() -> anyhow::Result<()> {
    let world = World::start().await?;
    let shared = |who: &support::Persona| support::Persona {
        email: "info@acme.co.uk",
        company: "Acme",
        ..*who
    };
    let (jane, _) = world.lead(&shared(&JANE), "Contacted").await?;
    let (omar, _) = world.lead(&shared(&OMAR), "Contacted").await?;
    let (twin, _) = world
        .lead(
            &support::Persona {
                phone: "020 7946 0777",
                ..shared(&JANE)
            },
            "New Lead",
        )
        .await?;
    let engine = world.engine()?;
    engine.set_do_not_contact(&[jane], "Opt-out")?;
    assert!(marked(&world, twin)?, "the same name behind the same mailbox");
    assert!(!marked(&world, omar)?);
    engine.contact_link(omar, keys::PHONE)?;
    let reason = refusal(&engine.contact_link(omar, keys::EMAIL).expect_err("she may read it"));
    assert!(reason.starts_with("Whoever is reached there"), "{reason}");
    assert_eq!(world.view(omar)?.closed_ways, [keys::EMAIL]);

    engine.set_do_not_contact(&[omar], "Legal")?;
    world.be(Role::Manager)?;
    engine.lift_do_not_contact(&[jane], "She asked for an offer")?;
    assert!(marked(&world, omar)? && !marked(&world, jane)?);
    assert!(engine.contact_link(jane, keys::EMAIL).is_err(), "Omar may read it now");
    engine.contact_link(jane, keys::PHONE)?;
    world.sync().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_opt_out_that_halopsa_refuses_is_not_discarded() -> anyhow::Result<()> {
    let world = World::start().await?;
    world.allows_status(400);
    world.allows_status(403);
    let (jane, _) = world.lead(&JANE, "Contacted").await?;
    let engine = world.engine()?;
    engine.edit_field(jane, keys::JOB_TITLE, "Director of IT")?;
    engine.edit_field(jane, keys::DO_NOT_CONTACT, "yes")?;
    world.sandbox.faults().add(
        sandbox::Fault::Refuse {
            status: 403,
            body: String::new(),
        }
        .on("POST /api/Tickets"),
    );
    world.sync().await?;
    let parked = |world: &World| -> anyhow::Result<_> {
        let rows = world.unsent()?;
        Ok(rows
            .into_iter()
            .find(|row| row.state == OutboxState::Parked || row.what.contains("Do not contact")))
    };
    let entry = parked(&world)?.expect("it was refused");
    engine.discard_entry(entry.id)?;
    assert_eq!(world.value(jane, keys::JOB_TITLE)?, JANE.job, "the rest is given up");
    assert!(marked(&world, jane)?);
    let left = parked(&world)?.expect("the opt-out waits");
    assert!(refusal(&engine.discard_entry(left.id).expect_err("it must arrive")).contains("opt-out"));
    world.sandbox.faults().clear();
    engine.retry_all()?;
    world.later(TimeDelta::minutes(2));
    world.sync().await?;
    world.sync().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_opt_out_outlives_a_ticket_that_never_was_in_halopsa() -> anyhow::Result<()> {
    let world = World::start().await?;
    let engine = world.engine()?;
    let (_, ticket) = engine.create_ticket(&new_lead(&[(keys::PERSON_NAME, "Jane Doe"), (keys::EMAIL, JANE.email)]))?;
    engine.set_do_not_contact(&[ticket], "Opt-out")?;
    let creation = world
        .unsent()?
        .into_iter()
        .find(|row| row.what == "Create the ticket")
        .expect("it waits");
    engine.discard_entry(creation.id)?;
    assert!(world.card(ticket).is_err());
    assert!(
        engine
            .create_ticket(&new_lead(&[(keys::EMAIL, JANE.email), (keys::PERSON_NAME, "Jane")]))
            .is_err()
    );
    Ok(())
}

/// Jane's ticket with her contact behind it; HaloPSA's id of the contact.
async fn with_contact(world: &World) -> anyhow::Result<(TicketId, HaloTicketId, i64)> {
    let (code, client) = world
        .sandbox
        .post_as(COLLEAGUE, "/api/Client", &json!([{ "name": JANE.company }]));
    assert!(code < 300, "{client}");
    let body = json!([{ "name": JANE.person, "emailaddress": JANE.email, "site_id": client["main_site_id"] }]);
    let (code, user) = world.sandbox.post_as(COLLEAGUE, "/api/Users", &body);
    assert!(code < 300, "{user}");
    let links = json!({ "client_id": client["id"], "site_id": client["main_site_id"], "user_id": user["id"] });
    let halo = world.ticket_in_halo(41, "Contacted", &JANE, links)?;
    world.sync().await?;
    Ok((world.local(halo)?, halo, user["id"].as_i64().unwrap_or(0)))
}

fn gets_marketing(world: &World, user: i64) -> bool {
    let (_, row) = world.sandbox.get(&format!("/api/Users/{user}?includedetails=true"));
    row["neversendmarketingemails"] == false
}

#[tokio::test(flavor = "multi_thread")]
async fn halopsas_own_campaigns_leave_the_contact_alone() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, halo, user) = with_contact(&world).await?;
    let engine = world.engine()?;
    assert!(gets_marketing(&world, user));
    engine.set_do_not_contact(&[jane], "Opt-out")?;
    engine.undo()?;
    assert!(world.unsent()?.is_empty(), "what was taken back is not told");
    engine.redo()?;
    world.sync().await?;
    assert!(!gets_marketing(&world, user));
    assert_eq!(world.in_halo(halo, "oppdontaddtomailinglist")?, true);

    world.be(Role::Manager)?;
    engine.lift_do_not_contact(&[jane], "She asked for an offer")?;
    world.sync().await?;
    assert!(gets_marketing(&world, user));
    assert_eq!(world.in_halo(halo, "oppdontaddtomailinglist")?, false);
    Ok(())
}

/// Whoever signs in for Leadline may lack the right to change contacts: everything else goes on.
#[tokio::test(flavor = "multi_thread")]
async fn a_contact_that_may_not_be_changed_holds_nothing_else_back() -> anyhow::Result<()> {
    let world = World::start().await?;
    world.allows_status(403);
    let (jane, halo, user) = with_contact(&world).await?;
    let engine = world.engine()?;
    let no = sandbox::Fault::Refuse {
        status: 403,
        body: String::new(),
    };
    world.sandbox.faults().add(no.on("POST /api/Users"));
    engine.set_do_not_contact(&[jane], "Opt-out")?;
    world.sync().await?;
    engine.edit_field(jane, keys::JOB_TITLE, "Director of IT")?;
    engine.add_note(jane, "Asked by letter")?;
    world.sync().await?;
    assert!(marked_in_halo(&world, halo)?);
    assert_eq!(world.in_halo(halo, "oppjobtitle")?, "Director of IT");
    assert_eq!(world.notes_in_halo(halo).len(), 2);
    assert!(gets_marketing(&world, user));
    let [left] = world.unsent()?.try_into().expect("the contact's switch");
    assert_eq!(
        (left.state, left.what.as_str()),
        (OutboxState::Parked, "Marketing e-mails to the contact")
    );
    assert!(left.reason.is_some_and(|reason| reason.contains("edit contacts")));
    engine.discard_entry(left.id)?;
    assert!(world.unsent()?.is_empty());
    assert!(marked(&world, jane)?);
    Ok(())
}
