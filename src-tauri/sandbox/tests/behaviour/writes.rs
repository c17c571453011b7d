//! POST: create, partial update, defaults, custom fields, refusals, delete and recover.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::client::{Reply, World};

fn field(record: &Value, id: i64) -> Value {
    let fields = record["customfields"].as_array().unwrap();
    fields
        .iter()
        .find(|field| field["id"] == id)
        .unwrap_or_else(|| panic!("no field {id}"))
        .clone()
}

#[test]
fn a_lead_is_created_with_the_servers_defaults() {
    let world = World::new();
    let reply = world.post(
        "/api/Tickets",
        &json!([{
            "tickettype_id": 41, "summary": "Ann Lee - Foo Ltd", "details": "Imported from CSV",
            "oppcompanyname": "Foo Ltd", "oppcontactname": "Ann Lee", "oppemailaddress": "ann@foo.example",
            "oppvalue": 1200, "team": "Sales", "agent_id": "5",
            "customfields": [{ "id": 226, "value": 3 }, { "name": "CFdoNotContact", "value": true }],
            "donotapplytemplateintheapi": true, "nonsense": { "x": 1 },
        }]),
    );
    assert_eq!(reply.status, 201);
    let lead = reply.json();
    assert!(lead.is_object(), "one element is answered with one object");
    let id = lead["id"].as_i64().unwrap();
    assert_eq!(id, 1177, "ids go on where the sample data ends");
    for (name, value) in [
        ("status_id", json!(1)),
        ("tickettype_id", json!(41)),
        ("agent_id", json!(5)),
        ("client_id", json!(1)),
        ("client_name", json!("Unknown")),
        ("site_id", json!(1)),
        ("user_name", json!("General User")),
        ("oppvalue", json!(1200.0)),
        ("dateoccurred", json!("2026-11-20T09:30:00.250")),
        ("dateclosed", json!("1900-01-01T00:00:00")),
        ("oppreason", Value::Null),
        ("lastupdate", json!("2026-11-20T09:30:00.250")),
    ] {
        assert_eq!(lead[name], value, "{name}");
    }
    assert!(lead.get("last_update").is_none() && lead.get("nonsense").is_none());
    assert_eq!(field(&lead, 226)["display"], "Apollo.io");
    assert_eq!(field(&lead, 230)["value"], "true");
    let again = world.get(&format!("/api/Tickets/{id}")).json();
    assert_eq!(
        again["last_update"], "2026-11-20T09:30:00.250",
        "a GET spells it the usual way"
    );
    assert_eq!(world.sandbox.stats().ticket_writes.get(&id), Some(&1));
}

#[test]
fn an_update_changes_what_it_names_and_nothing_else() {
    let world = World::new();
    let id = world.some_tickets(43, 1)[0];
    let before = world.sandbox.ticket(id).unwrap();
    world.clock.advance(TimeDelta::minutes(1));
    let reply = world.post(
        "/api/Tickets",
        &json!([{ "id": id, "oppcompetitors": "Nobody", "customfields": [{ "id": 246, "value": "81" }] }]),
    );
    assert_eq!((reply.status, &reply.json()["id"]), (201, &json!(id)));
    let after = world.sandbox.ticket(id).unwrap();
    let mut changed: Vec<&String> = after
        .as_object()
        .unwrap()
        .iter()
        .filter(|(name, value)| before[name.as_str()] != **value)
        .map(|(name, _)| name)
        .collect();
    // serde_json keeps the order of names or sorts them, as the other packages of a build want it.
    changed.sort_unstable();
    assert_eq!(
        changed,
        ["customfields", "last_update", "lastactiondate", "oppcompetitors"]
    );
    for (old, new) in before["customfields"]
        .as_array()
        .unwrap()
        .iter()
        .zip(after["customfields"].as_array().unwrap())
    {
        assert!(old == new || new["id"] == 246, "{new}");
    }
    world.post("/api/Tickets", &json!([{ "id": id, "oppcompetitors": null, "agent_id": null, "customfields": [{ "id": 246, "value": null }] }]));
    let emptied = world.sandbox.ticket(id).unwrap();
    assert!(emptied["oppcompetitors"].is_null());
    assert_eq!(emptied["agent_id"], after["agent_id"], "a null number says nothing");
    assert_eq!(field(&emptied, 246)["value"], "");
}

#[test]
fn several_elements_are_answered_with_an_array() {
    let world = World::new();
    let ids = world.some_tickets(41, 2);
    let reply = world.post(
        "/api/Tickets",
        &json!([{ "id": ids[0], "summary": "a" }, { "id": ids[1], "summary": "b" }]),
    );
    let rows = reply.json();
    assert_eq!(
        rows.as_array()
            .unwrap()
            .iter()
            .map(|row| &row["summary"])
            .collect::<Vec<_>>(),
        ["a", "b"]
    );
    let mixed = world.post(
        "/api/Tickets",
        &json!([{ "id": ids[0], "summary": "c" }, { "id": 999_999, "summary": "?" }, { "id": ids[1], "summary": "d" }]),
    );
    assert_eq!(mixed.status, 404);
    let summary = |id| world.sandbox.ticket(id).unwrap()["summary"].clone();
    assert_eq!(
        (summary(ids[0]), summary(ids[1])),
        (json!("c"), json!("b")),
        "what came before the refusal stays done"
    );
}

#[test]
fn a_post_without_an_id_always_makes_a_new_one() {
    let world = World::new();
    let body = json!([{ "tickettype_id": 41, "summary": "Twice" }]);
    let first = world.post("/api/Tickets", &body).json()["id"].clone();
    let second = world.post("/api/Tickets", &body).json()["id"].clone();
    assert_ne!(first, second);
}

#[test]
fn closing_and_reopening_keep_the_dates() {
    let world = World::new();
    let id = world
        .post("/api/Tickets", &json!([{ "tickettype_id": 43, "status_id": 73 }]))
        .json()["id"]
        .clone();
    world.clock.advance(TimeDelta::minutes(30));
    let won = world
        .post("/api/Tickets", &json!([{ "id": id, "status_id": 74 }]))
        .json();
    assert_eq!(
        (&won["hasbeenclosed"], &won["dateclosed"]),
        (&json!(true), &json!("2026-11-20T10:00:00.250"))
    );
    let open = world
        .post("/api/Tickets", &json!([{ "id": id, "status_id": 73 }]))
        .json();
    assert!(open.get("hasbeenclosed").is_none());
    assert_eq!(open["dateclosed"], "1900-01-01T00:00:00");
    assert_eq!(open["status_name"], "Negotiation");
}

#[test]
fn values_that_do_not_fit_are_refused_where_they_stand() {
    let world = World::new();
    let told = |body: &Value| -> (u16, Value) {
        let reply = world.post("/api/Tickets", body);
        (reply.status, reply.json())
    };
    let (status, body) = told(&json!([{ "summary": "ok" }, { "status_id": "x" }]));
    assert_eq!(status, 400);
    assert_eq!(
        body,
        json!({ "[1].status_id": ["Could not convert string to integer: x. Path '[1].status_id', line 1, position 34."] })
    );
    assert_eq!(
        world.get("/api/Tickets?count=1").json()["record_count"],
        176,
        "nothing of it was taken"
    );
    assert!(
        told(&json!([{ "targetdate": "soon" }])).1["[0].targetdate"][0]
            .as_str()
            .unwrap()
            .contains("DateTime")
    );
    assert_eq!(told(&json!([{ "oppvalue": "95.0" }])).0, 400);

    let (status, body) = told(&json!([{ "status_id": 4711 }]));
    assert_eq!((status, &body["ClassName"]), (400, &json!("System.Exception")));
    assert!(
        body["Message"].as_str().unwrap().contains("(547)"),
        "with the SQL in it"
    );
    assert_eq!(
        told(&json!([{ "priority_id": 77 }])).1,
        json!("This Priority is not valid for the SLA")
    );
    assert_eq!(
        told(&json!([{ "customfields": [{ "id": 226, "value": 400 }] }])).0,
        400,
        "no such option"
    );

    let broken = world.send("POST", "/api/Tickets", "application/json", "[{\"summary\":");
    assert_eq!((broken.status, broken.json().as_object().unwrap().len()), (400, 1));
    let form = world.send("POST", "/api/Tickets", "application/x-www-form-urlencoded", "a=b");
    assert_eq!((form.status, form.text.as_str()), (415, ""));
}

#[test]
fn a_bare_object_is_taken_by_tickets_alone() {
    let world = World::new();
    let object = |path: &str, body: Value| -> Reply { world.post(path, &body) };
    assert_eq!(object("/api/Tickets", json!({ "summary": "bare" })).status, 201);
    assert_eq!(object("/api/Tickets/Object", json!({ "summary": "bare" })).status, 201);
    assert_eq!(object("/api/Client", json!({ "name": "Bare Ltd" })).status, 400);
    assert_eq!(
        object("/api/Actions", json!({ "ticket_id": 1001, "outcome_id": 7 })).status,
        400
    );
}

#[test]
fn select_text_and_unknown_categories_are_dropped_without_a_word() {
    let world = World::new();
    let id = world
        .post(
            "/api/Tickets",
            &json!([{ "tickettype_id": 41, "customfields": [{ "id": 226, "value": 2 }] }]),
        )
        .json()["id"]
        .clone();
    let reply = world.post(
        "/api/Tickets",
        &json!([{ "id": id, "category_1": "Lead", "customfields": [{ "id": 226, "value": "Lusha" }, { "id": 9999, "value": 1 }] }]),
    );
    assert_eq!(reply.status, 201);
    let lead = reply.json();
    assert_eq!(field(&lead, 226)["display"], "Referral", "still");
    assert_eq!(lead["category1"], "");
    let known = world
        .post("/api/Tickets", &json!([{ "id": id, "category_1": "New business" }]))
        .json();
    assert_eq!(known["category1"], "New business");
}

#[test]
fn every_kind_of_custom_field_comes_back() {
    let world = World::new();
    let lead = world
        .post(
            "/api/Tickets",
            &json!([{ "tickettype_id": 41, "customfields": [
                { "id": 226, "value": "4" }, { "id": 230, "value": "1" }, { "id": 270, "value": "3,4" },
                { "id": 283, "value": "2026-11-24T12:00:00Z" }, { "id": 246, "value": 88 }, { "id": 227, "value": "two\nlines" },
            ] }]),
        )
        .json();
    assert_eq!(field(&lead, 226)["display"], "ZoomInfo");
    assert_eq!(field(&lead, 230)["value"], "true");
    assert_eq!(
        (&field(&lead, 270)["value"], &field(&lead, 270)["display"]),
        (&json!("3,4"), &json!("E-mail, Phone"))
    );
    assert_eq!(field(&lead, 283)["value"], "2026-11-24T12:00:00");
    assert_eq!(field(&lead, 246)["value"], "88");
    assert_eq!(field(&lead, 227)["value"], "two\nlines");
    let row = &world
        .get(&format!(
            "/api/Tickets?ticketids={}&include_custom_fields=226,230",
            lead["id"]
        ))
        .rows("tickets")[0];
    assert_eq!(
        (&field(row, 226)["value"], &field(row, 230)["value"]),
        (&json!(4), &json!(true)),
        "as JSON in lists"
    );
}

#[test]
fn tags_are_words_that_become_tags() {
    let world = World::new();
    let id = world.some_tickets(41, 1)[0];
    let lead = world
        .post(
            "/api/Tickets",
            &json!([{ "id": id, "tags": [{ "text": "Hot Leads" }, { "id": 1 }] }]),
        )
        .json();
    assert_eq!(lead["tickettags"], "Hot Leads,Spring campaign");
    assert_eq!(lead["tags"][0]["text"], "Hot Leads");
    let all = world.get("/api/Tags").json();
    assert!(
        all.as_array()
            .unwrap()
            .iter()
            .any(|tag| tag["text"] == "Hot Leads" && tag["id"] == lead["tags"][0]["id"])
    );
    let none = world.post("/api/Tickets", &json!([{ "id": id, "tags": [] }])).json();
    assert_eq!((&none["tickettags"], &none["tags"]), (&json!(""), &json!([])));
}

#[test]
fn a_user_needs_its_site_and_client_beside_it() {
    let world = World::new();
    let client = world
        .post(
            "/api/Client",
            &json!([{ "name": "Foo Ltd", "newclient_contactname": "Ann Lee" }]),
        )
        .json()["id"]
        .clone();
    let user = world
        .get(&format!("/api/Users?client_id={client}&exclude_generaluser=true"))
        .rows("users")[0]
        .clone();
    let alone = world.post("/api/Tickets", &json!([{ "summary": "x", "user_id": user["id"] }]));
    assert_eq!((alone.status, alone.json()), (400, json!("A Site must be selected")));
    let whole = world
        .post(
            "/api/Tickets",
            &json!([{ "summary": "x", "user_id": user["id"], "site_id": user["site_id"], "client_id": client }]),
        )
        .json();
    assert_eq!(
        (&whole["client_name"], &whole["user_name"]),
        (&json!("Foo Ltd"), &json!("Ann Lee"))
    );
    let general = world
        .post(
            "/api/Tickets",
            &json!([{ "summary": "x", "client_id": client, "userlookup": { "id": -1 }, "site_id": null }]),
        )
        .json();
    assert_eq!(
        (&general["client_name"], &general["user_name"]),
        (&json!("Foo Ltd"), &json!("General User"))
    );
}

#[test]
fn a_deleted_ticket_is_gone_until_it_is_recovered() {
    let world = World::new();
    let id = world.some_tickets(41, 1)[0];
    let path = format!("/api/Tickets/{id}");
    assert_eq!(world.send("DELETE", &format!("{path}?reason=test"), "", "").status, 204);
    assert_eq!(world.get(&path).status, 404);
    assert_eq!(world.send("DELETE", &path, "", "").status, 404);
    assert_eq!(world.get("/api/Tickets?count=1").json()["record_count"], 175);
    assert_eq!(world.get("/api/Tickets?deleted=true").rows("tickets")[0]["id"], id);
    assert_eq!(
        world
            .post("/api/Tickets", &json!([{ "id": id, "summary": "?" }]))
            .status,
        404
    );
    world
        .sandbox
        .configure(|behaviour| behaviour.unknown_id = sandbox::UnknownId::BadRequest);
    let refused = world.post("/api/Tickets", &json!([{ "id": id, "summary": "?" }]));
    assert_eq!(
        (refused.status, refused.json()),
        (400, json!(format!("Ticket {id} does not exist")))
    );
    assert_eq!(
        world
            .post(
                "/api/Tickets",
                &json!([{ "id": id, "_recover": true, "_validate_updates": true }])
            )
            .status,
        201
    );
    assert_eq!(world.get(&path).status, 200);
}

#[test]
fn tenants_may_refuse_type_and_status_changes_by_ticket_post() {
    let world = World::new();
    let id = world.some_tickets(41, 1)[0];
    world.sandbox.configure(|behaviour| {
        behaviour.strict_workflow = true;
        behaviour.type_change = false;
    });
    let told = |body: Value| world.post("/api/Tickets", &json!([body])).json();
    assert!(
        told(json!({ "id": id, "status_id": 57 }))
            .as_str()
            .unwrap()
            .contains("Action of its Workflow")
    );
    assert!(
        told(json!({ "id": id, "tickettype_id": 42 }))
            .as_str()
            .unwrap()
            .contains("permission")
    );
    let action = world.post(
        "/api/Actions",
        &json!([{ "ticket_id": id, "outcome_id": 7, "note": "on", "new_status": 57 }]),
    );
    assert_eq!(action.status, 201, "an Action may");
    assert_eq!(world.sandbox.ticket(id).unwrap()["status_id"], 57);
}

#[test]
fn the_audit_says_who_changed_what() {
    let world = World::new();
    let id = world.some_tickets(41, 1)[0];
    let before = world.sandbox.ticket(id).unwrap()["summary"].clone();
    world.post("/api/Tickets", &json!([{ "id": id, "summary": "New words" }]));
    let detail = world.get(&format!("/api/Tickets/{id}?include_auditing=true")).json();
    let entry = &detail["auditing"][0];
    assert_eq!(
        (&entry["value"], &entry["from"], &entry["to"]),
        (&json!("summary"), &before, &json!("New words"))
    );
    assert_eq!(entry["agent_id"], 20);
    assert_eq!(world.get(&format!("/api/Audit?ticket_id={id}")).rows("audit").len(), 1);
}
