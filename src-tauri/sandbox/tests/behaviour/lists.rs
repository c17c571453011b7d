//! Lists: envelopes, pages, filters, order, and what rows leave out.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::client::World;

fn ids(rows: &[Value]) -> Vec<i64> {
    rows.iter().map(|row| row["id"].as_i64().unwrap()).collect()
}

#[test]
fn a_page_has_at_most_a_hundred_rows_and_says_how_many_there_are() {
    let world = World::new();
    let page = world
        .get("/api/Tickets?pageinate=true&page_no=1&page_size=1000&order=id")
        .json();
    assert_eq!(
        page["record_count"], 176,
        "160 sales tickets and a tenth as many service tickets"
    );
    assert_eq!(page["page_no"], 1);
    assert_eq!(page["page_size"], 1000, "what was asked for, not what was given");
    assert_eq!(page["tickets"].as_array().unwrap().len(), 100);
    let rest = world
        .get("/api/Tickets?pageinate=true&page_no=2&page_size=100&order=id")
        .rows("tickets");
    assert_eq!(rest.len(), 76);
    assert!(
        world
            .get("/api/Tickets?pageinate=true&page_no=3&page_size=100")
            .rows("tickets")
            .is_empty()
    );
    let everything = world.get("/api/Tickets").json();
    assert_eq!(
        everything["tickets"].as_array().unwrap().len(),
        176,
        "no paging, no cap"
    );
    assert!(everything.get("page_no").is_none());
    assert_eq!(world.get("/api/Tickets?count=7").rows("tickets").len(), 7);
}

#[test]
fn pages_by_id_meet_every_ticket_of_a_type_once() {
    let world = World::new();
    let mut seen = BTreeSet::new();
    for kind in [41, 42, 43] {
        let mut page = 1;
        loop {
            let path = format!(
                "/api/Tickets?pageinate=true&page_no={page}&page_size=20&requesttype_id={kind}&order=id&orderdesc=false"
            );
            let answer = world.get(&path).json();
            let rows = answer["tickets"].as_array().unwrap().clone();
            assert!(rows.iter().all(|row| row["tickettype_id"] == kind));
            assert!(ids(&rows).is_sorted());
            let before = seen.len();
            seen.extend(ids(&rows));
            assert_eq!(seen.len(), before + rows.len(), "no row comes twice");
            if rows.is_empty() {
                break;
            }
            page += 1;
        }
    }
    assert_eq!(seen.len(), 160);
}

#[test]
fn unknown_parameters_are_ignored() {
    let world = World::new();
    let all = world.get("/api/Tickets?count=1").json()["record_count"].clone();
    for trap in ["tickettype_id=41", "assigned_to=37", "per_page=5", "bulkresponse=true"] {
        assert_eq!(
            world.get(&format!("/api/Tickets?count=1&{trap}")).json()["record_count"],
            all,
            "{trap}"
        );
    }
}

#[test]
fn only_the_word_true_sorts_downwards_and_newest_is_the_default() {
    let world = World::new();
    let by = |query: &str| ids(&world.get(&format!("/api/Tickets?{query}&count=30")).rows("tickets"));
    assert!(by("order=id&orderdesc=1").is_sorted(), "1 is not true");
    assert!(by("order=id&orderdesc=true").is_sorted_by(|a, b| a > b));
    assert_eq!(by("x=y"), by("order=id&orderdesc=true"));
    let values: Vec<f64> = world
        .get("/api/Tickets?order=oppvalue&orderdesc=true&count=30")
        .rows("tickets")
        .iter()
        .map(|row| row["oppvalue"].as_f64().unwrap())
        .collect();
    assert!(values.is_sorted_by(|a, b| a >= b) && values[0] > values[29]);
}

#[test]
fn filters_narrow_the_list() {
    let world = World::new();
    let rows = |query: &str| world.get(&format!("/api/Tickets?{query}")).rows("tickets");
    let all = rows("count=0").len();
    let (open, closed) = (rows("open_only=true"), rows("closed_only=true"));
    assert_eq!(open.len() + closed.len(), all);
    assert!(
        closed
            .iter()
            .all(|row| row["hasbeenclosed"] == true && row["dateclosed"] != "1900-01-01T00:00:00")
    );
    assert!(
        open.iter().all(|row| row.get("hasbeenclosed").is_none()),
        "absent rather than false"
    );
    let won = rows("requesttype_id=43&status_id=74");
    assert!(!won.is_empty() && won.iter().all(|row| row["status_id"] == 74));
    let several = rows("status=73,74");
    assert!(several.len() > won.len());
    let agent = won[0]["agent_id"].as_i64().unwrap();
    assert!(
        rows(&format!("agent_id={agent}"))
            .iter()
            .all(|row| row["agent_id"] == agent)
    );
    let company = won[0]["oppcompanyname"].as_str().unwrap().to_owned();
    let found = rows(&format!(
        "search_oppcompanyname={}",
        company.replace(' ', "+").replace('&', "%26")
    ));
    assert!(!found.is_empty() && found.iter().all(|row| row["oppcompanyname"] == company));
    assert_eq!(rows("search=1010")[0]["id"], 1010, "search finds numbers too");
    let advanced =
        "%5B%7B%22filter_name%22%3A%22status_id%22%2C%22filter_type%22%3A2%2C%22filter_value%22%3A%2274%22%7D%5D";
    assert_eq!(rows(&format!("advanced_search={advanced}")), rows("status_id=74"));
    let bad = world.get("/api/Tickets?advanced_search=%5B%7B%22filter_name%22%3A%22nonsense%22%7D%5D");
    assert_eq!(
        (bad.status, bad.json()),
        (400, json!("Invalid advanced search parameter"))
    );
    assert_eq!(
        world.get("/api/Opportunities?count=500").rows("tickets").len(),
        160,
        "sales tickets only"
    );
}

#[test]
fn changed_rows_are_found_by_their_update() {
    let world = World::new();
    world.clock.advance(TimeDelta::minutes(10));
    let id = world.some_tickets(41, 1)[0];
    world.post("/api/Tickets", &json!([{ "id": id, "summary": "Changed" }]));
    for from in [
        "2026-11-20T09:40:00",
        "2026-11-20T09:40:00.000Z",
        "2026-11-20T10:40:00%2B01:00",
    ] {
        let rows = world
            .get(&format!("/api/Tickets?lastupdatefromdate={from}"))
            .rows("tickets");
        assert_eq!(ids(&rows), [id], "{from}");
        assert_eq!(
            rows[0]["last_update"], "2026-11-20T09:40:00.250",
            "naive, and it means UTC"
        );
    }
    assert!(
        world
            .get("/api/Tickets?lastupdatefromdate=2026-11-20T09:41:00")
            .rows("tickets")
            .is_empty()
    );
    assert!(
        !ids(&world
            .get("/api/Tickets?lastupdatetodate=2026-11-20T09:30:00")
            .rows("tickets"))
        .contains(&id)
    );
}

#[test]
fn rows_leave_out_what_was_not_asked_for() {
    let world = World::new();
    let row = &world.get("/api/Tickets?requesttype_id=43&count=1").rows("tickets")[0];
    for absent in [
        "agent_name",
        "status_name",
        "tickettype_name",
        "customfields",
        "oppjobtitle",
        "datecreated",
    ] {
        assert!(row.get(absent).is_none(), "{absent} in {row}");
    }
    for present in [
        "client_name",
        "site_name",
        "user_name",
        "user_email",
        "team",
        "oppcontactname",
        "oppvalue",
        "targetdate",
    ] {
        assert!(row.get(present).is_some(), "no {present} in {row}");
    }
    let named = "includeagent=true&includestatus=true&includetickettype=true&include_custom_fields=226,230";
    let row = &world
        .get(&format!("/api/Tickets?requesttype_id=43&status_id=74&count=1&{named}"))
        .rows("tickets")[0];
    assert_eq!(
        (&row["status_name"], &row["tickettype_name"]),
        (&json!("Won"), &json!("Opportunity"))
    );
    assert!(row["agent_name"].is_string());
    let fields = row["customfields"].as_array().unwrap();
    assert_eq!(ids(fields), [226, 230]);
    assert_eq!(fields[0]["name"], "CFleadSource");
    assert!(
        fields[0]["value"].is_i64() && fields[0]["display"].is_string(),
        "a select is an id with its text beside it"
    );
    assert!(fields[1]["value"].is_null(), "empty, but spoken of");

    let id = row["id"].as_i64().unwrap();
    let detail = world.get(&format!("/api/Tickets/{id}")).json();
    assert!(
        detail["customfields"].as_array().unwrap().len() > 40,
        "a detail has all of them unasked"
    );
    assert!(
        detail["customfields"][0]["value"].is_string(),
        "and a select is a number in quotes there"
    );
    assert_eq!(detail["status_name"], "Won");

    world
        .sandbox
        .configure(|behaviour| behaviour.omit_empty_custom_fields = true);
    let row = &world
        .get("/api/Tickets?requesttype_id=43&status_id=74&count=1&include_custom_fields=226,230")
        .rows("tickets")[0];
    assert_eq!(ids(row["customfields"].as_array().unwrap()), [226]);
}

#[test]
fn an_id_sweep_is_ids_only() {
    let world = World::new();
    let sweep = world.get("/api/Tickets?ticketidonly=true").json();
    assert_eq!(sweep["record_count"], 176);
    assert_eq!(sweep["tickets"].as_array().unwrap().len(), 176);
    assert_eq!(sweep["tickets"][0].as_object().unwrap().len(), 1);
}

#[test]
fn paths_are_read_in_any_case_and_unknown_ones_are_an_empty_404() {
    let world = World::new();
    assert_eq!(world.get("/API/tickets?COUNT=1").rows("tickets").len(), 1);
    for path in [
        "/api/Lists",
        "/api/Lists/3/items",
        "/api/Opportunity",
        "/api/Contract",
        "/api/Tickets/999999",
    ] {
        let reply = world.get(path);
        assert_eq!((reply.status, reply.text.as_str()), (404, ""), "{path}");
    }
    assert_eq!(
        world.get("/api/Tickets/abc").status,
        400,
        "a malformed id is another matter"
    );
    for method in ["PUT", "PATCH"] {
        assert_eq!(
            world.send(method, "/api/Tickets/1001", "application/json", "[]").status,
            405
        );
    }
    let bad = world.get("/api/Tickets?pageinate=true&page_no=two");
    assert_eq!(bad.json(), json!({ "page_no": ["The value 'two' is not valid."] }));
}
