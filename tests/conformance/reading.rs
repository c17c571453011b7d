//! Pages, filters, single tickets, custom fields, people: what is read is what the tenant has.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, TimeDelta, Utc};
use connectors::halo::TicketQuery;
use domain::{
    HaloAgentId, HaloCompanyId, HaloContactId, HaloSiteId, HaloTicketId, Lifecycle, StageKey, Value,
    email::EmailAddress,
    fields::keys,
    money::Money,
    tenant::{FieldTarget, TenantMap},
};
use sandbox::Fault;
use serde_json::{Value as Json, json};

use crate::{
    stranger,
    tenant::{Tenant, unlimited},
};

fn custom(map: &TenantMap, key: domain::FieldKey) -> (i64, Vec<(i64, String)>) {
    match &map.fields[&key] {
        FieldTarget::Custom { id, options, .. } => (id.0, options.clone()),
        FieldTarget::Native { .. } => panic!("{key} is native"),
    }
}

fn option(map: &TenantMap, key: domain::FieldKey, text: &str) -> i64 {
    let (_, options) = custom(map, key);
    options.iter().find(|(_, option)| option == text).unwrap().0
}

#[tokio::test]
async fn a_full_pull_gives_every_ticket_once_with_the_fewest_requests() {
    let tenant = Tenant::of(730).await;
    let mut all = BTreeSet::new();
    let mut rows_in_all = 0;
    for lifecycle in Lifecycle::ALL {
        let before = tenant.requests("GET /api/tickets");
        let (rows, pages) = tenant.pull(lifecycle).await.unwrap();
        let ids: Vec<HaloTicketId> = rows.iter().map(|ticket| ticket.id).collect();
        assert!(ids.is_sorted(), "sorted by id");
        assert!(rows.iter().all(|ticket| ticket.lifecycle == Some(lifecycle)));
        assert!(
            rows.iter()
                .all(|ticket| ticket.stage.is_some() && ticket.last_update.is_some())
        );
        assert_eq!(u64::from(pages), tenant.requests("GET /api/tickets") - before);
        assert_eq!(pages as usize, rows.len().div_ceil(100).max(1), "{lifecycle:?}");
        rows_in_all += ids.len();
        all.extend(ids);
    }
    assert_eq!(
        (all.len(), rows_in_all),
        (730, 730),
        "sales tickets, no others, and none twice"
    );
}

#[tokio::test]
async fn every_value_of_the_sample_data_is_read() {
    let tenant = Tenant::of(400).await;
    let keys: BTreeMap<i64, domain::FieldKey> = tenant
        .map
        .fields
        .iter()
        .filter_map(|(key, target)| match target {
            FieldTarget::Custom { id, .. } => Some((id.0, *key)),
            FieldTarget::Native { .. } => None,
        })
        .collect();
    let mut seen = BTreeSet::new();
    for lifecycle in Lifecycle::ALL {
        for ticket in tenant.pull(lifecycle).await.unwrap().0 {
            let shown = tenant.in_halo(ticket.id);
            for custom in shown["customfields"].as_array().unwrap() {
                let Some(key) = keys.get(&custom["id"].as_i64().unwrap()) else {
                    continue;
                };
                if matches!(&custom["value"], Json::Null) || custom["value"] == "" {
                    assert!(
                        !ticket.fields.contains_key(key) && ticket.fields_known.contains(key),
                        "{key}: {custom}"
                    );
                } else {
                    assert!(ticket.fields.contains_key(key), "{key} of {}: {custom}", ticket.id);
                    seen.insert(*key);
                }
            }
            for (key, property) in [
                (keys::PERSON_NAME, "oppcontactname"),
                (keys::EMAIL, "oppemailaddress"),
                (keys::PHONE, "opptel"),
            ] {
                let there = shown[property].as_str().is_some_and(|text| !text.is_empty());
                assert_eq!(
                    ticket.fields.contains_key(&key),
                    there,
                    "{key} of {}: {}",
                    ticket.id,
                    shown[property]
                );
            }
            let worth = shown["oppvalue"].as_f64().unwrap();
            assert_eq!(ticket.fields.contains_key(&keys::OPPORTUNITY_VALUE), worth > 0.0);
        }
    }
    assert!(seen.len() > 20, "the sample data has values of {} fields", seen.len());
}

#[tokio::test]
async fn a_server_that_ignores_the_filter_is_not_believed() {
    let tenant = Tenant::of(0).await;
    let page = json!({"page_no": 1, "page_size": 100, "record_count": 4, "tickets": [
        {"id": 1.0, "tickettype_id": tenant.map.ticket_types[&Lifecycle::Lead].0, "status_id": tenant.status("new_lead")},
        {"id": 2, "tickettype_id": 1, "status_id": 1},
        {"id": 3, "tickettype_id": tenant.map.ticket_types[&Lifecycle::Prospect].0, "status_id": tenant.status("new_prospect")},
        {"id": "4", "tickettype_id": tenant.map.ticket_types[&Lifecycle::Lead].0, "status_id": "2", "deleted": true},
    ]});
    let (halo, _address) = stranger::halo(&[("/api/Tickets", page)]).await;
    let query = TicketQuery {
        page: 1,
        updated_since: None,
    };
    let page = halo.tickets_page(&tenant.map, Lifecycle::Lead, query).await.unwrap();
    assert_eq!(
        page.rows.iter().map(|ticket| ticket.id).collect::<Vec<_>>(),
        [HaloTicketId(1)]
    );
    assert_eq!((page.raw_rows, page.record_count, page.has_more(4)), (4, 4, false));
}

#[tokio::test]
async fn lists_in_every_shape_are_read() {
    let people =
        json!([{"id": 95.0, "name": "Ann Lee", "client_id": "12"}, {"id": 96, "name": "General User"}, {"id": null}]);
    let (halo, _address) = stranger::halo(&[
        ("/api/Users", people),
        (
            "/api/Client",
            json!({"clients": [{"id": 12, "name": "Foo Ltd", "new_in_this_version": {}}]}),
        ),
        (
            "/api/Site",
            json!({"columns": [{"id": 1}], "record_count": 0, "sites": []}),
        ),
        ("/api/Actions", json!({"error": "Something broke"})),
    ])
    .await;
    let contacts = halo.contacts_page(1, None).await.unwrap();
    assert_eq!(
        (contacts.rows.len(), contacts.raw_rows, contacts.has_more(3)),
        (1, 3, false),
        "a bare array is everything"
    );
    let companies = halo.companies_page(1, None).await.unwrap();
    assert!(companies.has_more(1), "without a count only an empty page is the end");
    assert!(!halo.sites_page(1, None).await.unwrap().has_more(0));
    let error = halo.actions(HaloTicketId(1)).await.unwrap_err();
    assert_eq!(error.kind, connectors::ErrorKind::Malformed);
}

#[tokio::test]
async fn hidden_rows_and_short_pages_end_the_loop() {
    let tenant = Tenant::of(350).await;
    let (whole, _) = tenant.pull(Lifecycle::Lead).await.unwrap();
    tenant
        .sandbox
        .faults()
        .add(Fault::HiddenRows { rows: 3 }.on("GET /api/Tickets"));
    let (rows, pages) = tenant.pull(Lifecycle::Lead).await.unwrap();
    assert_eq!(
        rows.len(),
        whole.len() - 3 * whole.len().div_ceil(100),
        "the rest is there"
    );
    assert_eq!(pages as usize, whole.len().div_ceil(100) + 1, "an empty page ends it");
}

#[tokio::test]
async fn only_what_changed_since_is_read() {
    let tenant = Tenant::of(350).await;
    let lead = tenant.lead();
    let since = Utc::now() - TimeDelta::seconds(30);
    let query = TicketQuery {
        page: 1,
        updated_since: Some(since),
    };
    let page = tenant
        .halo
        .tickets_page(&tenant.map, Lifecycle::Lead, query)
        .await
        .unwrap();
    assert!(page.rows.iter().any(|ticket| ticket.id == lead));
    assert!(
        page.rows.iter().all(|ticket| ticket.last_update.unwrap() >= since),
        "the filter was understood"
    );
    let later = TicketQuery {
        updated_since: Some(Utc::now() + TimeDelta::hours(1)),
        ..query
    };
    let page = tenant
        .halo
        .tickets_page(&tenant.map, Lifecycle::Lead, later)
        .await
        .unwrap();
    assert_eq!((page.raw_rows, page.record_count), (0, 0));
}

#[tokio::test]
async fn what_a_colleague_enters_is_read_in_lists_and_details() {
    let tenant = Tenant::of(0).await;
    let map = &tenant.map;
    let id = tenant.ticket_of(Lifecycle::Opportunity, "negotiation");
    let field = |key: domain::FieldKey| custom(map, key).0;
    tenant.colleague(
        "/api/Tickets",
        json!([{"id": id.0, "agent_id": map.me.unwrap().0, "oppvalue": 12500.5, "oppconversionprobability": 60,
        "targetdate": "2026-12-18T12:00:00", "oppcompanyname": "Foo & Sons", "oppemailaddress": "ann@foo.co.uk",
        "customfields": [
            {"id": field(keys::EMPLOYEE_RANGE), "value": option(map, keys::EMPLOYEE_RANGE, "51-200")},
            {"id": field(keys::DO_NOT_CONTACT), "value": true},
            {"id": field(keys::OPT_OUT_DATE), "value": "2026-11-20T12:00:00"},
            {"id": field(keys::PAIN_POINTS), "value": "Backups fail.\nNobody answers."},
            {"id": field(keys::INVALID_FIELDS), "value": format!("{},{}",
                option(map, keys::INVALID_FIELDS, "Phone"), option(map, keys::INVALID_FIELDS, "E-mail"))},
        ]}]),
    );
    let expect = [
        (
            keys::OPPORTUNITY_VALUE,
            Value::Money(Money {
                minor: 1_250_050,
                currency: "GBP".to_owned(),
            }),
        ),
        (keys::PROBABILITY, Value::Percent(60)),
        (
            keys::EXPECTED_CLOSE,
            Value::Date(NaiveDate::from_ymd_opt(2026, 12, 18).unwrap()),
        ),
        (keys::COMPANY_NAME, Value::Text("Foo & Sons".to_owned())),
        (keys::EMAIL, Value::Email(EmailAddress("ann@foo.co.uk".to_owned()))),
        (keys::EMPLOYEE_RANGE, Value::Choice("51-200".to_owned())),
        (keys::DO_NOT_CONTACT, Value::Boolean(true)),
        (
            keys::OPT_OUT_DATE,
            Value::Date(NaiveDate::from_ymd_opt(2026, 11, 20).unwrap()),
        ),
        (
            keys::PAIN_POINTS,
            Value::Text("Backups fail.\nNobody answers.".to_owned()),
        ),
        (
            keys::INVALID_FIELDS,
            Value::Choices(vec!["E-mail".to_owned(), "Phone".to_owned()]),
        ),
    ];
    let (listed, _) = tenant.pull(Lifecycle::Opportunity).await.unwrap();
    let listed = listed.into_iter().find(|ticket| ticket.id == id).unwrap();
    let detail = tenant.read(id).await;
    for ticket in [&listed, &detail] {
        for (key, value) in &expect {
            assert_eq!(ticket.fields.get(key), Some(value), "{key}");
            assert!(ticket.fields_known.contains(key), "{key}");
        }
        assert_eq!(ticket.stage, Some(StageKey::from("negotiation")));
        assert_eq!(ticket.owner, map.me);
        assert_eq!(
            (ticket.contact, ticket.company, ticket.site),
            (None, None, None),
            "placeholders are nobody"
        );
        assert_eq!(ticket.summary, "Ann Lee - Foo Ltd");
        assert!(!ticket.closed && ticket.created.is_some());
    }
    assert_eq!(listed.last_update, detail.last_update);
}

#[tokio::test]
async fn empty_fields_that_a_list_leaves_out_are_unknown() {
    let tenant = Tenant::with(sandbox::Options {
        behaviour: sandbox::Behaviour {
            omit_empty_custom_fields: true,
            ..sandbox::Behaviour::default()
        },
        ..unlimited()
    })
    .await;
    let id = tenant.lead();
    let (rows, _) = tenant.pull(Lifecycle::Lead).await.unwrap();
    let row = rows.into_iter().find(|ticket| ticket.id == id).unwrap();
    assert!(!row.fields_known.contains(&keys::PAIN_POINTS));
    assert!(
        tenant.read(id).await.fields_known.contains(&keys::PAIN_POINTS),
        "the detail tells"
    );
}

#[tokio::test]
async fn a_ticket_that_is_not_there_is_none() {
    let tenant = Tenant::of(0).await;
    assert_eq!(
        tenant.halo.ticket(&tenant.map, HaloTicketId(999_999)).await.unwrap(),
        None
    );
    assert_eq!(
        tenant.requests("GET /api/tickets/{id}"),
        1,
        "and is not asked for again"
    );
}

#[tokio::test]
async fn a_service_ticket_belongs_to_no_lifecycle() {
    let tenant = Tenant::of(0).await;
    let created = tenant.colleague("/api/Tickets", json!([{"summary": "Printer", "tickettype_id": 1}]));
    let ticket = tenant.read(HaloTicketId(created["id"].as_i64().unwrap())).await;
    assert_eq!((ticket.lifecycle, ticket.stage), (None, None));
}

#[tokio::test]
async fn people_companies_and_sites_are_read() {
    let tenant = Tenant::of(0).await;
    let company = tenant.colleague(
        "/api/Client",
        json!([{"name": "Foo Ltd", "website": "https://foo.example"}]),
    );
    let company = HaloCompanyId(company["id"].as_i64().unwrap());
    let site = tenant.colleague(
        "/api/Site",
        json!([{"name": "HQ", "client_id": company.0, "phonenumber": "020 7946 0000"}]),
    );
    let site = HaloSiteId(site["id"].as_f64().unwrap() as i64);
    let person = tenant.colleague(
        "/api/Users",
        json!([{"name": "Ann Lee", "firstname": "Ann", "surname": "Lee", "emailaddress": "ann@foo.example",
                "phonenumber": "020 7946 0018", "mobilenumber": "07700 900123", "client_id": company.0, "site_id": site.0}]),
    );
    let person = HaloContactId(person["id"].as_i64().unwrap());

    let companies = tenant.halo.companies_page(1, None).await.unwrap();
    let found = companies.rows.iter().find(|row| row.id == company).unwrap();
    assert_eq!((found.name.as_str(), found.inactive), ("Foo Ltd", false));
    assert!(companies.rows.iter().all(|row| row.name != "Unknown"));

    let sites = tenant.halo.sites_page(1, None).await.unwrap();
    let found = sites.rows.iter().find(|row| row.id == site).unwrap();
    assert_eq!(
        (found.name.as_str(), found.phone.as_str(), found.company),
        ("HQ", "020 7946 0000", Some(company))
    );

    let contacts = tenant.halo.contacts_page(1, None).await.unwrap();
    let found = contacts.rows.iter().find(|row| row.id == person).unwrap();
    assert_eq!(
        (found.name.as_str(), found.first_name.as_str(), found.last_name.as_str()),
        ("Ann Lee", "Ann", "Lee")
    );
    assert_eq!(
        (found.email.as_str(), found.company, found.site),
        ("ann@foo.example", Some(company), Some(site))
    );
    assert_eq!(found.phones, ["020 7946 0018", "07700 900123"]);
    assert!(contacts.rows.iter().all(|row| row.name != "General User"));

    let lead = tenant.lead();
    tenant.colleague(
        "/api/Tickets",
        json!([{"id": lead.0, "client_id": company.0, "site_id": site.0, "user_id": person.0}]),
    );
    let ticket = tenant.read(lead).await;
    assert_eq!(
        (ticket.company, ticket.site, ticket.contact),
        (Some(company), Some(site), Some(person))
    );

    let later = Some(Utc::now() + TimeDelta::hours(1));
    assert!(tenant.halo.contacts_page(1, later).await.unwrap().rows.is_empty());
    assert!(tenant.halo.companies_page(1, later).await.unwrap().rows.is_empty());
    assert!(tenant.halo.sites_page(1, later).await.unwrap().rows.is_empty());
}

#[tokio::test]
async fn a_whole_address_book_is_paged() {
    let tenant = Tenant::of(0).await;
    let clients: Vec<Json> = (0..130)
        .map(|number| json!({"name": format!("Company {number}")}))
        .collect();
    tenant.colleague("/api/Client", Json::Array(clients));
    let mut ids = BTreeSet::new();
    let (mut number, mut received) = (1, 0);
    loop {
        let page = tenant.halo.companies_page(number, None).await.unwrap();
        received += page.raw_rows as u64;
        ids.extend(page.rows.iter().map(|row| row.id));
        if !page.has_more(received) {
            break;
        }
        number += 1;
    }
    assert!(
        ids.len() >= 130 && number as usize == (received as usize).div_ceil(100),
        "{} in {number} pages",
        ids.len()
    );
}

#[tokio::test]
async fn the_timeline_of_a_ticket_is_read() {
    let tenant = Tenant::of(0).await;
    let lead = tenant.lead();
    let outcome = tenant.map.call_outcome.unwrap();
    tenant.colleague(
        "/api/Actions",
        json!([{"ticket_id": lead.0, "outcome_id": outcome.0, "note_html": "<p>Called &amp; spoke<br>to Ann</p>",
                "new_status": tenant.status("researching")}]),
    );
    let actions = tenant.halo.actions(lead).await.unwrap();
    assert!(actions.iter().is_sorted_by_key(|action| action.id));
    let call = actions.iter().find(|action| action.outcome == Some(outcome)).unwrap();
    assert_eq!(call.note, "Called & spoke\nto Ann");
    assert_eq!(call.kind, domain::activity::ActivityKind::Call);
    assert_eq!(call.agent, tenant.map.me.map(|me| HaloAgentId(me.0)));
    assert_eq!(
        call.new_status.map(|status| status.0),
        Some(tenant.status("researching"))
    );
    assert!(call.at.is_some() && !call.who.is_empty());
}
