//! Partial updates, creations with our key, notes: what is written is what the tenant gets, and nothing else.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use connectors::ErrorKind;
use domain::{
    HaloAgentId, HaloOutcomeId, HaloTicketId, Lifecycle, StageKey, Value,
    activity::ActivityKind,
    fields::keys,
    money::Money,
    phone::PhoneNumber,
    remote::{NewAction, TicketPatch},
};
use sandbox::{Fault, UnknownId};
use serde_json::json;

use crate::tenant::{Tenant, fields, moved, unlimited};

const KEY: &str = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";

fn note(tenant: &Tenant, ticket: HaloTicketId, text: &str) -> NewAction {
    NewAction {
        ticket,
        outcome: tenant.map.note_outcome.unwrap(),
        note: text.to_owned(),
        at: "2026-11-20T09:30:00Z".parse().unwrap(),
        time_taken_h: 0.25,
        agent: tenant.map.me,
    }
}

#[tokio::test]
async fn a_move_is_one_request_and_its_answer_is_the_new_row() {
    let tenant = Tenant::of(0).await;
    let lead = tenant.lead();
    let before = tenant.in_halo(lead);
    let rows = tenant
        .halo
        .update_tickets(&tenant.map, &[(lead, moved("researching"))])
        .await
        .unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(
        (rows[0].id, rows[0].stage.clone()),
        (lead, Some(StageKey::from("researching")))
    );
    assert!(
        rows[0].last_update.is_some(),
        "although the answer spells it differently"
    );
    assert_eq!(tenant.requests("POST /api/tickets"), 1);
    assert_eq!(tenant.in_halo(lead)["status_id"], tenant.status("researching"));
    assert_eq!(
        tenant.in_halo(lead)["summary"],
        before["summary"],
        "nothing else changed"
    );
    let read = tenant.read(lead).await;
    assert_eq!(read.stage, Some(StageKey::from("researching")));
}

#[tokio::test]
async fn several_tickets_travel_in_one_request_and_are_answered_one_by_one() {
    let tenant = Tenant::of(0).await;
    let leads: Vec<HaloTicketId> = (0..4).map(|_| tenant.lead()).collect();
    let updates = [
        (leads[3], moved("researching")),
        (leads[0], moved("contacted")),
        (
            leads[2],
            fields([(keys::COMPANY_NAME, Some(Value::Text("Foo Ltd".to_owned())))]),
        ),
    ];
    let rows = tenant.halo.update_tickets(&tenant.map, &updates).await.unwrap();
    assert_eq!(
        rows.iter().map(|row| row.id).collect::<Vec<_>>(),
        [leads[3], leads[0], leads[2]]
    );
    assert_eq!(tenant.requests("POST /api/tickets"), 1);
    assert_eq!(tenant.in_halo(leads[0])["status_id"], tenant.status("contacted"));
    assert_eq!(tenant.in_halo(leads[2])["oppcompanyname"], "Foo Ltd");
    assert_eq!(
        tenant.in_halo(leads[1])["status_id"],
        tenant.status("new_lead"),
        "the fourth was not asked for"
    );
}

#[tokio::test]
async fn every_kind_of_value_is_written_and_cleared() {
    let tenant = Tenant::of(0).await;
    let id = tenant.ticket_of(Lifecycle::Opportunity, "progressing");
    let day = NaiveDate::from_ymd_opt(2026, 3, 29).unwrap();
    let values = [
        (keys::PERSON_NAME, Value::Text("Ann Lee".to_owned())),
        (keys::JOB_TITLE, Value::Text("CTO".to_owned())),
        (keys::PHONE, Value::Phone(PhoneNumber::parse("020 7946 0018", "GB"))),
        (
            keys::OPPORTUNITY_VALUE,
            Value::Money(Money {
                minor: 1_234_550,
                currency: "GBP".to_owned(),
            }),
        ),
        (keys::PROBABILITY, Value::Percent(60)),
        (keys::EXPECTED_CLOSE, Value::Date(day)),
        (keys::EMPLOYEE_RANGE, Value::Choice("51-200".to_owned())),
        (
            keys::INVALID_FIELDS,
            Value::Choices(vec!["E-mail".to_owned(), "Phone".to_owned()]),
        ),
        (keys::OPT_IN_DATE, Value::Date(day)),
        (keys::GDPR_CONSENT, Value::Boolean(true)),
        (keys::FIT_SCORE, Value::Integer(81)),
        (keys::FOUNDED_YEAR, Value::Year(1999)),
        (keys::PAIN_POINTS, Value::Text("Slow <now>\n& \"down\"".to_owned())),
        (
            keys::FINAL_VALUE,
            Value::Money(Money {
                minor: 1_200_000,
                currency: "GBP".to_owned(),
            }),
        ),
        (keys::LEAD_SOURCE, Value::Text("Apollo.io".to_owned())),
    ];
    let set = TicketPatch {
        fields: values.iter().map(|(key, value)| (*key, Some(value.clone()))).collect(),
        ..TicketPatch::default()
    };
    tenant.halo.update_tickets(&tenant.map, &[(id, set)]).await.unwrap();
    let read = tenant.read(id).await;
    for (key, value) in &values {
        let found = read.fields.get(key).unwrap_or_else(|| panic!("{key} is missing"));
        assert!(found.same_as(value), "{key}: {found:?} is not {value:?}");
    }
    assert_eq!(
        tenant.in_halo(id)["targetdate"],
        "2026-03-29T12:00:00",
        "noon, so that no time zone moves it"
    );

    let clear = TicketPatch {
        fields: values.iter().map(|(key, _)| (*key, None)).collect(),
        ..TicketPatch::default()
    };
    let rows = tenant.halo.update_tickets(&tenant.map, &[(id, clear)]).await.unwrap();
    for row in [&rows[0], &tenant.read(id).await] {
        for (key, _) in &values {
            let left = row.fields.get(key).filter(|value| **value != Value::Boolean(false));
            assert_eq!(left, None, "{key} is still there");
        }
    }
}

#[tokio::test]
async fn owners_come_and_go() {
    let tenant = Tenant::of(0).await;
    let lead = tenant.lead();
    let owned = |owner: Option<HaloAgentId>| TicketPatch {
        owner: Some(owner),
        ..TicketPatch::default()
    };
    let me = tenant.map.me;
    let rows = tenant
        .halo
        .update_tickets(&tenant.map, &[(lead, owned(me))])
        .await
        .unwrap();
    assert_eq!(rows[0].owner, me);
    let rows = tenant
        .halo
        .update_tickets(&tenant.map, &[(lead, owned(None))])
        .await
        .unwrap();
    assert_eq!(rows[0].owner, None);
    assert_eq!(tenant.in_halo(lead)["agent_id"], 1, "Unassigned");
}

#[tokio::test]
async fn a_promotion_changes_type_and_status_together() {
    let tenant = Tenant::of(0).await;
    let lead = tenant.lead();
    let promote = TicketPatch {
        lifecycle: Some(Lifecycle::Prospect),
        ..moved("new_prospect")
    };
    let rows = tenant
        .halo
        .update_tickets(&tenant.map, &[(lead, promote)])
        .await
        .unwrap();
    assert_eq!(rows[0].lifecycle, Some(Lifecycle::Prospect));
    assert_eq!(rows[0].stage, Some(StageKey::from("new_prospect")));
}

#[tokio::test]
async fn what_has_no_home_in_the_tenant_is_not_sent() {
    let tenant = Tenant::of(0).await;
    let lead = tenant.lead();
    let patch = fields([(keys::FIRST_NAME, Some(Value::Text("Ann".to_owned())))]);
    let rows = tenant.halo.update_tickets(&tenant.map, &[(lead, patch)]).await.unwrap();
    assert_eq!(rows[0].id, lead, "the ticket is read instead");
    assert_eq!(tenant.requests("POST /api/tickets"), 0);
}

#[tokio::test]
async fn a_patch_that_cannot_be_expressed_sends_nothing_at_all() {
    let tenant = Tenant::of(0).await;
    let (one, two) = (tenant.lead(), tenant.lead());
    let updates = [(one, moved("researching")), (two, moved("a stage of another workflow"))];
    let error = tenant.halo.update_tickets(&tenant.map, &updates).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Invalid);
    assert_eq!(tenant.requests("POST"), 1, "the sign-in alone");
}

#[tokio::test]
async fn a_ticket_that_is_gone_is_told_apart_in_every_tenant() {
    for unknown_id in [UnknownId::NotFound, UnknownId::BadRequest] {
        let tenant = Tenant::of(0).await;
        tenant.sandbox.configure(|behaviour| behaviour.unknown_id = unknown_id);
        let updates = [(HaloTicketId(999_999), moved("researching"))];
        let error = tenant.halo.update_tickets(&tenant.map, &updates).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::NotFound, "{unknown_id:?}: {error:?}");
    }
}

#[tokio::test]
async fn a_strict_workflow_refuses_in_words() {
    let tenant = Tenant::of(0).await;
    let lead = tenant.lead();
    tenant.sandbox.configure(|behaviour| behaviour.strict_workflow = true);
    let error = tenant
        .halo
        .update_tickets(&tenant.map, &[(lead, moved("researching"))])
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::Invalid);
    assert!(
        error.message.len() > 30 && error.message.ends_with('.'),
        "{}",
        error.message
    );
    assert_eq!(tenant.in_halo(lead)["status_id"], tenant.status("new_lead"));
}

#[tokio::test]
async fn a_warning_travels_with_the_row() {
    let tenant = Tenant::of(0).await;
    let lead = tenant.lead();
    let warning = Fault::Warning {
        text: "The SLA target has passed.".to_owned(),
    };
    tenant.sandbox.faults().add(warning.on("POST /api/Tickets"));
    let rows = tenant
        .halo
        .update_tickets(&tenant.map, &[(lead, moved("researching"))])
        .await
        .unwrap();
    assert_eq!(rows[0].warning.as_deref(), Some("The SLA target has passed."));
}

#[tokio::test]
async fn both_spellings_and_both_statuses_of_an_answer_are_read() {
    for (name_drift, post_status) in [(true, 201), (false, 200)] {
        let tenant = Tenant::of(0).await;
        tenant.sandbox.configure(|behaviour| {
            behaviour.name_drift = name_drift;
            behaviour.post_status = post_status;
        });
        let lead = tenant.lead();
        let rows = tenant
            .halo
            .update_tickets(&tenant.map, &[(lead, moved("researching"))])
            .await
            .unwrap();
        let read = tenant.read(lead).await;
        assert_eq!(rows[0].last_update, read.last_update);
        assert_eq!(rows[0].fields, read.fields);
    }
}

#[tokio::test]
async fn a_created_ticket_is_found_by_its_key() {
    for without in [vec![], vec!["CFleadlineKey".to_owned()]] {
        let tenant = Tenant::with(sandbox::Options {
            tickets: 150,
            setup: sandbox::Setup {
                without: without.clone(),
            },
            ..unlimited()
        })
        .await;
        assert_eq!(tenant.map.key_field.is_none(), !without.is_empty());
        assert_eq!(tenant.halo.find_ticket_by_key(&tenant.map, KEY).await.unwrap(), None);
        let patch = TicketPatch {
            summary: Some("Ann Lee - Foo Ltd".to_owned()),
            details: Some("Met at the fair.".to_owned()),
            owner: Some(tenant.map.me),
            fields: BTreeMap::from([(keys::COMPANY_NAME, Some(Value::Text("Foo Ltd".to_owned())))]),
            ..moved("new_lead")
        };
        let created = tenant
            .halo
            .create_ticket(&tenant.map, Lifecycle::Lead, &patch, KEY)
            .await
            .unwrap();
        assert_eq!(
            (created.lifecycle, created.stage.clone()),
            (Some(Lifecycle::Lead), Some(StageKey::from("new_lead")))
        );
        assert_eq!(
            (created.owner, created.summary.as_str()),
            (tenant.map.me, "Ann Lee - Foo Ltd")
        );
        let found = tenant.halo.find_ticket_by_key(&tenant.map, KEY).await.unwrap().unwrap();
        assert_eq!((found.id, found.summary), (created.id, created.summary));
        assert_eq!(tenant.requests("POST /api/tickets"), 1);
    }
}

#[tokio::test]
async fn a_note_is_hidden_mails_nobody_and_comes_back_as_it_went() {
    let tenant = Tenant::of(0).await;
    let lead = tenant.lead();
    let new = note(
        &tenant,
        lead,
        "She said: \"5 < 6\" & laughed.\n\n  Call back <b>Monday</b>",
    );
    let written = tenant.halo.add_action(&new).await.unwrap();
    assert_eq!(
        (written.ticket, written.note.as_str(), written.kind),
        (lead, new.note.as_str(), ActivityKind::Note)
    );
    let stored = tenant.sandbox.actions(lead.0);
    let stored = stored
        .iter()
        .find(|action| action["id"] == json!(written.id.0))
        .unwrap();
    assert_eq!(stored["hiddenfromuser"], true);
    assert!(
        !stored["note_html"].as_str().unwrap().contains("<b>"),
        "what a person types is no HTML"
    );
    let read = tenant.halo.actions(lead).await.unwrap();
    let read = read.iter().find(|action| action.id == written.id).unwrap();
    assert_eq!(
        (read.note.as_str(), read.agent, read.outcome),
        (new.note.as_str(), new.agent, Some(new.outcome))
    );
    assert_eq!(read.at, Some(new.at));
}

#[tokio::test]
async fn a_note_with_an_unknown_outcome_is_refused_in_words() {
    let tenant = Tenant::of(0).await;
    let lead = tenant.lead();
    let new = NewAction {
        outcome: HaloOutcomeId(9_999),
        ..note(&tenant, lead, "x")
    };
    let error = tenant.halo.add_action(&new).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Invalid, "{error:?}");
    assert!(
        error.message.contains("Settings") || error.message.starts_with("HaloPSA refused this:"),
        "{}",
        error.message
    );
}
