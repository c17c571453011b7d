//! Records as they were seen, and what they mean.

use domain::{StageKey, Value, fields::keys};

use super::*;
use crate::ErrorKind;

/// serde_json keeps the order of names or sorts them, as the other packages of a build want it.
fn sorted(snapshot: impl FnOnce()) {
    let mut settings = insta::Settings::clone_current();
    settings.set_sort_maps(true);
    settings.bind(snapshot);
}

fn locale() -> Locale {
    Locale {
        country: "GB".to_owned(),
        currency: "GBP".to_owned(),
    }
}

fn custom(id: i64, name: &str, kind: i64, options: &[(i64, &str)]) -> FieldTarget {
    FieldTarget::Custom {
        id: HaloFieldId(id),
        name: name.to_owned(),
        kind,
        options: options.iter().map(|(id, text)| (*id, (*text).to_owned())).collect(),
    }
}

fn native(property: &str) -> FieldTarget {
    FieldTarget::Native {
        property: property.to_owned(),
    }
}

fn tenant() -> TenantMap {
    TenantMap {
        version: 1,
        ticket_types: BTreeMap::from([
            (Lifecycle::Lead, HaloTicketTypeId(41)),
            (Lifecycle::Prospect, HaloTicketTypeId(42)),
        ]),
        stages: BTreeMap::from([
            (StageKey::from("new_lead"), HaloStatusId(24)),
            (StageKey::from("contacted"), HaloStatusId(26)),
        ]),
        stage_lifecycles: BTreeMap::from([
            (StageKey::from("new_lead"), Lifecycle::Lead),
            (StageKey::from("contacted"), Lifecycle::Lead),
        ]),
        fields: BTreeMap::from([
            (keys::PERSON_NAME, native("oppcontactname")),
            (keys::COMPANY_NAME, native("oppcompanyname")),
            (keys::EMAIL, native("oppemailaddress")),
            (keys::OPPORTUNITY_VALUE, native("oppvalue")),
            (keys::EXPECTED_CLOSE, native("targetdate")),
            (
                keys::LEAD_SOURCE,
                custom(226, "CFleadSource", 2, &[(3, "Apollo.io"), (4, "Website")]),
            ),
            (keys::DO_NOT_CONTACT, custom(230, "CFdoNotContact", 6, &[])),
            (keys::PAIN_POINTS, custom(231, "CFpainPoints", 1, &[])),
        ]),
        ..TenantMap::default()
    }
}

fn record(text: &str) -> Record {
    Record::of(serde_json::from_str(text).unwrap()).unwrap()
}

fn read(text: &str) -> RemoteTicket {
    ticket(&record(text), &tenant(), &locale(), None).unwrap()
}

#[test]
fn a_list_row_becomes_a_ticket() {
    insta::assert_json_snapshot!(read(include_str!("../fixtures/ticket_list_row.json")));
}

#[test]
fn an_answer_to_a_write_means_the_same_under_other_names() {
    insta::assert_json_snapshot!(read(include_str!("../fixtures/ticket_written.json")));
}

#[test]
fn a_field_that_a_row_leaves_out_is_unknown() {
    let bare = read(r#"{"id": 7, "tickettype_id": 41, "status_id": 24}"#);
    assert!(bare.fields.is_empty() && bare.fields_known.is_empty());
    assert_eq!(
        (bare.owner, bare.contact, bare.company, bare.site),
        (None, None, None, None)
    );
    assert!(!bare.closed);

    let spoken = read(
        r#"{"id": 7, "tickettype_id": 41, "status_id": 24, "oppcompanyname": null, "oppemailaddress": "n/a",
            "customfields": [{"id": 230, "value": null}, {"id": 999, "value": "x"}]}"#,
    );
    assert!(spoken.fields.is_empty());
    assert_eq!(
        spoken.fields_known,
        [keys::DO_NOT_CONTACT, keys::COMPANY_NAME]
            .into_iter()
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .collect::<Vec<_>>()
    );
}

#[test]
fn placeholders_are_nobody() {
    let unknown = read(
        r#"{"id": 7, "tickettype_id": 41, "status_id": 24, "agent_id": 1, "client_id": 1.0, "client_name": "Unknown",
            "site_id": 1, "user_id": 1, "user_name": "General User"}"#,
    );
    assert_eq!(
        (unknown.owner, unknown.contact, unknown.company, unknown.site),
        (None, None, None, None)
    );
    let company_only = read(
        r#"{"id": 7, "tickettype_id": 41, "status_id": 24, "agent_id": 5, "client_id": 12, "site_id": 15.0, "user_id": 30,
            "user_name": "General User"}"#,
    );
    assert_eq!(company_only.owner, Some(HaloAgentId(5)));
    assert_eq!(company_only.company, Some(HaloCompanyId(12)));
    assert_eq!(company_only.site, Some(HaloSiteId(15)));
    assert_eq!(company_only.contact, None);
}

#[test]
fn the_names_of_client_and_user_stand_in_for_empty_fields() {
    let names = |opp: &str| {
        let row = read(&format!(
            r#"{{"id": 7, "tickettype_id": 41, "status_id": 24, "client_id": 12, "client_name": "Foo Ltd",
                "user_id": 33, "user_name": "Ann Lee"{opp}}}"#
        ));
        [keys::COMPANY_NAME, keys::PERSON_NAME].map(|field| row.fields.get(&field).map(Value::display))
    };
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(
        names(r#", "oppcompanyname": "", "oppcontactname": null"#),
        [text("Foo Ltd"), text("Ann Lee")]
    );
    assert_eq!(
        names(r#", "oppcompanyname": "Foo Holding", "oppcontactname": null"#),
        [text("Foo Holding"), text("Ann Lee")]
    );
    assert_eq!(
        names(""),
        [None, None],
        "a row that leaves the fields out says nothing about them"
    );
}

#[test]
fn other_types_and_statuses_have_no_place_of_ours() {
    let incident = read(r#"{"id": 7, "tickettype_id": 1, "status_id": 24}"#);
    assert_eq!((incident.lifecycle, incident.stage), (None, None));
    let odd = read(r#"{"id": 7, "tickettype_id": 41, "status_id": 99}"#);
    assert_eq!((odd.lifecycle, odd.stage), (Some(Lifecycle::Lead), None));
    for no_ticket in [
        "{}",
        r#"{"id": 0, "tickettype_id": 41, "status_id": 24}"#,
        r#"{"id": 7, "tickettype_id": 41}"#,
    ] {
        assert!(
            ticket(&record(no_ticket), &tenant(), &locale(), None).is_none(),
            "{no_ticket}"
        );
    }
}

#[test]
fn closing_is_told_by_the_flag_else_by_the_date() {
    let closed = |rest: &str| read(&format!(r#"{{"id": 7, "tickettype_id": 41, "status_id": 24{rest}}}"#)).closed;
    assert!(closed(r#", "hasbeenclosed": true"#));
    assert!(closed(r#", "dateclosed": "2026-11-21T09:30:00""#));
    assert!(!closed(
        r#", "hasbeenclosed": null, "dateclosed": "1900-01-01T00:00:00""#
    ));
}

#[test]
fn a_patch_names_only_what_changes() {
    let patch = TicketPatch {
        stage: Some(StageKey::from("contacted")),
        owner: Some(None),
        fields: BTreeMap::from([
            (keys::LEAD_SOURCE, Some(Value::Text("website".to_owned()))),
            (keys::DO_NOT_CONTACT, Some(Value::Boolean(true))),
            (keys::COMPANY_NAME, None),
            // Without a home in this tenant.
            (keys::TIMEFRAME, Some(Value::Text("Q1".to_owned()))),
        ]),
        ..TicketPatch::default()
    };
    let body = update_body(&tenant(), HaloTicketId(2174), &patch, &locale())
        .unwrap()
        .unwrap();
    sorted(|| insta::assert_json_snapshot!(body));
}

#[test]
fn a_patch_without_a_home_says_nothing() {
    let patch = TicketPatch {
        fields: BTreeMap::from([(keys::TIMEFRAME, Some(Value::Text("Q1".to_owned())))]),
        ..TicketPatch::default()
    };
    assert_eq!(
        update_body(&tenant(), HaloTicketId(1), &patch, &locale()).unwrap(),
        None
    );
}

#[test]
fn what_is_not_mapped_is_refused_in_words() {
    let refused = |patch: TicketPatch| update_body(&tenant(), HaloTicketId(1), &patch, &locale()).unwrap_err();
    let stage = refused(TicketPatch {
        stage: Some(StageKey::from("engaged")),
        ..TicketPatch::default()
    });
    assert_eq!(stage.kind, ErrorKind::Invalid);
    assert!(stage.message.contains("the stage engaged"), "{}", stage.message);
    let lifecycle = refused(TicketPatch {
        lifecycle: Some(Lifecycle::Opportunity),
        ..TicketPatch::default()
    });
    assert!(
        lifecycle.message.contains("mapped to Opportunity"),
        "{}",
        lifecycle.message
    );
}

#[test]
fn a_created_ticket_carries_our_key() {
    let key = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
    let patch = TicketPatch {
        summary: Some("Ann Lee - Foo Ltd".to_owned()),
        details: Some("Met at the fair.\n".to_owned()),
        ..TicketPatch::default()
    };
    let body = create_body(&tenant(), Lifecycle::Lead, &patch, key, &locale()).unwrap();
    assert_eq!(body["details"], format!("Met at the fair.\n\nLeadline key: {key}"));
    assert!(carries_key(&Record::of(body.clone()).unwrap(), &tenant(), key));
    assert!(!carries_key(&Record::of(body).unwrap(), &tenant(), "another"));

    let with_field = TenantMap {
        key_field: Some(HaloFieldId(260)),
        ..tenant()
    };
    let body = create_body(&with_field, Lifecycle::Lead, &patch, key, &locale()).unwrap();
    sorted(|| insta::assert_json_snapshot!(body));
    assert!(carries_key(&Record::of(body).unwrap(), &with_field, key));
    let html = json!({"details_html": format!("<p>Met at the fair.</p><p>Leadline key: {key}</p>")});
    assert!(carries_key(&Record::of(html).unwrap(), &tenant(), key));
}

#[test]
fn an_action_is_written_and_read_back() {
    let new = NewAction {
        ticket: HaloTicketId(2174),
        outcome: HaloOutcomeId(7),
        note: "Said \"5 < 6\" & laughed\nCall back on Monday".to_owned(),
        at: "2026-11-21T09:30:00Z".parse().unwrap(),
        time_taken_h: 0.1,
        agent: Some(HaloAgentId(5)),
    };
    let body = action_body(&new);
    sorted(|| insta::assert_json_snapshot!(body));
    let answered = Record::of(
        json!({"id": 3, "ticket_id": 2174.0, "outcome": "Private Note", "outcome_id": "7",
        "note_html": body["note_html"], "note": "other", "who_agentid": 5, "datetime": "2026-11-21T09:30:00.0000000"}),
    )
    .unwrap();
    let read = action(&answered, new.ticket).unwrap();
    assert_eq!(
        (read.note, read.at, read.outcome),
        (new.note, Some(new.at), Some(new.outcome))
    );
    assert_eq!(
        (read.id, read.agent, read.kind),
        (HaloActionId(3), new.agent, ActivityKind::Note)
    );
}

#[test]
fn the_kind_of_an_action_is_read_from_its_outcome() {
    let kind = |text: &str| action(&record(text), HaloTicketId(1)).unwrap().kind;
    assert_eq!(
        kind(r#"{"id": 1, "outcome": "Phone Call", "note": "x"}"#),
        ActivityKind::Call
    );
    assert_eq!(
        kind(r#"{"id": 1, "outcome": "Email User", "note": "x"}"#),
        ActivityKind::Email
    );
    assert_eq!(
        kind(r#"{"id": 1, "outcome": "Reply", "note": "x", "emaildirection": "O"}"#),
        ActivityKind::Email
    );
    assert_eq!(
        kind(r#"{"id": 1, "outcome": "Meeting", "note": "x"}"#),
        ActivityKind::Meeting
    );
    assert_eq!(
        kind(r#"{"id": 1, "outcome": "Task done", "note": "x"}"#),
        ActivityKind::Task
    );
    assert_eq!(
        kind(r#"{"id": 1, "outcome": "Internal Note", "note": "x"}"#),
        ActivityKind::Note
    );
    assert_eq!(
        kind(r#"{"id": 1, "outcome": "Update", "old_status": 24, "new_status": 26}"#),
        ActivityKind::System
    );
    assert_eq!(
        kind(r#"{"id": 1, "outcome": "Status Change", "note": "New to Contacted"}"#),
        ActivityKind::System
    );
}

#[test]
fn people_companies_and_sites_are_read() {
    let person = contact(&record(
        r#"{"id": 33.0, "name": "Ann Lee", "firstname": "Ann", "surname": "Lee", "emailaddress": "", "email2": "ann@foo.example",
            "phonenumber": "020 7946 0018", "mobilenumber": "020 7946 0018", "homenumber": null, "site_id": 95.0,
            "client_id": "12", "inactive": false, "ulastupdate": "2026-11-21T09:30:00"}"#,
    ));
    let company = company(&record(
        r#"{"id": 12, "name": "Foo Ltd", "website": null, "main_phonenumber": "020 7946 0000", "inactive": true,
            "alastupdate": "1900-01-01T00:00:00"}"#,
    ));
    let site = site(&record(
        r#"{"id": 95.0, "name": "Main", "client_id": 12.0, "phonenumber": ""}"#,
    ));
    sorted(|| insta::assert_json_snapshot!((person, company, site)));
    assert!(contact(&record(r#"{"id": 1, "name": "General User"}"#)).is_none());
    assert!(super::company(&record(r#"{"id": 1, "name": "Unknown"}"#)).is_none());
    assert!(super::site(&record(r#"{"id": 1, "name": "Unknown", "client_id": 1}"#)).is_none());
}

#[test]
fn definitions_are_read() {
    let select = field(&record(
        r#"{"id": 226, "name": "CFleadSource", "label": "Lead source", "type": 2, "usage": 1,
            "values": [{"id": 3, "name": "Apollo.io"}, {"id": "4", "name": "Website"}, {"id": 5}]}"#,
    ))
    .unwrap();
    assert_eq!(select.options, [(3, "Apollo.io".to_owned()), (4, "Website".to_owned())]);
    assert!(field(&record(r#"{"id": 300, "name": "CFasset", "type": 0, "usage": 5}"#)).is_none());
    assert!(agent(&record(r#"{"id": 1, "name": "Unassigned"}"#)).is_none());
    assert_eq!(
        named(
            &record(r#"{"id": 7, "outcome": "Private Note", "buttonname": "Note"}"#),
            &["outcome", "buttonname"]
        ),
        Some((7, "Private Note".to_owned()))
    );
}
