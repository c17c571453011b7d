//! What a client reads once, and names against the published schema.

use std::{collections::BTreeSet, path::Path};

use sandbox::Administration;
use serde_json::{Value, json};

use crate::client::World;

#[test]
fn the_set_up_comes_as_bare_arrays() {
    let world = World::new();
    let named = |path: &str, key: &str| -> Vec<String> {
        let rows = world.get(path).json();
        rows.as_array()
            .unwrap()
            .iter()
            .map(|row| row[key].as_str().unwrap().to_owned())
            .collect()
    };
    assert!(named("/api/TicketType", "name").contains(&"Prospect".to_owned()));
    assert_eq!(
        named("/api/TicketType?domain=opps", "name"),
        ["Lead", "Prospect", "Opportunity"]
    );
    assert_eq!(named("/api/Status", "name").len(), 24);
    assert_eq!(
        named("/api/Status?tickettype_id=42", "name"),
        ["New Prospect", "Prospecting", "Qualified", "Disqualified"]
    );
    assert_eq!(
        named("/api/Status?tickettype_id=42&excludeclosed=true", "name").len(),
        3
    );
    assert_eq!(
        named("/api/Agent", "name").len(),
        12,
        "neither the disabled, nor the API agent, nor Unassigned"
    );
    assert_eq!(named("/api/Agent?showall=true", "name").len(), 15);
    assert!(named("/api/Team", "name").contains(&"Sales".to_owned()));
    assert!(named("/api/Outcome", "outcome").contains(&"Private Note".to_owned()));
    assert!(named("/api/Category?type_id=1", "category_name").contains(&"New business".to_owned()));
    assert_eq!(
        named("/api/Lookup?lookupid=1234", "name"),
        ["C-Suite", "VP", "Director", "Manager", "Individual Contributor"]
    );
    let priority = &world.get("/api/Priority").json()[0];
    assert_eq!(
        (&priority["priorityid"], priority["id"].as_str().unwrap().len()),
        (&json!(1), 36)
    );
    assert_eq!(
        world.get("/api/Priority/1").status,
        404,
        "a priority is known by its GUID"
    );
    let paged = world.get("/api/Agent?pageinate=true&page_size=5").json();
    assert_eq!(
        (&paged["record_count"], paged["results"].as_array().unwrap().len()),
        (&json!(12), 5)
    );
    let everything = world.get("/api/ClientCache?iscachebuild=true").json();
    assert_eq!(everything["statuses"].as_array().unwrap().len(), 24);
}

#[test]
fn custom_fields_are_described_with_their_options() {
    let world = World::new();
    let fields = world.get("/api/FieldInfo?typeid=1&includevalues=true").json();
    let source = fields
        .as_array()
        .unwrap()
        .iter()
        .find(|field| field["name"] == "CFleadSource")
        .unwrap()
        .clone();
    assert_eq!(
        (&source["id"], &source["type"], &source["label"]),
        (&json!(226), &json!(2), &json!("Lead source"))
    );
    assert_eq!(
        source["values"][2],
        json!({ "lookupid": 1226, "id": 3, "name": "Apollo.io" })
    );
    assert!(fields.as_array().unwrap().iter().all(|field| field["usage"] == 1));
    assert!(world.get("/api/FieldInfo?typeid=1").json()[0].get("values").is_none());
    let made = world.post(
        "/api/FieldInfo",
        &json!([{ "name": "x", "label": "x", "type": 0, "usage": 1 }]),
    );
    assert_eq!((made.status, made.json()), (400, json!("No matching custom table")));
    assert_eq!(world.post("/api/Status", &json!([{ "name": "x" }])).status, 403);
}

#[test]
fn parts_of_the_set_up_can_be_missing() {
    let world = World::with(|options| {
        options.setup.without = ["Prospect", "Negotiation", "Phone Call", "Fit score", "CFleadSource"]
            .map(str::to_owned)
            .into();
    });
    let text = world.get("/api/ClientCache?iscachebuild=true").text;
    for gone in [
        "\"name\":\"Prospect\"",
        "\"Negotiation\"",
        "\"Fit score\"",
        "CFleadSource",
    ] {
        assert!(!text.contains(gone), "{gone}");
    }
    assert!(!world.get("/api/Outcome").text.contains("Phone Call"));
    assert!(
        text.contains("\"Prospecting\""),
        "a status stays without its ticket type"
    );
}

/// Every property the sandbox prints has to be in the published schema. Needs the contract's JSON beside the repository,
/// so the path comes from outside; without it the test says that it checked nothing.
#[test]
fn printed_names_are_published_names() {
    let Ok(folder) = std::env::var("LEADLINE_CONTRACTS") else {
        eprintln!("LEADLINE_CONTRACTS is not set: names were not compared with the published schema");
        return;
    };
    let text = std::fs::read_to_string(Path::new(&folder).join("halopsa-crm-subset.json")).unwrap();
    let contract: Value = serde_json::from_str(&text).unwrap();
    let published = |names: &[&str]| -> BTreeSet<String> {
        names
            .iter()
            .flat_map(|name| contract["schemas"][*name].as_object().unwrap().keys().cloned())
            .collect()
    };
    let world = World::new();
    world.post("/api/CallLog", &json!([{ "note": "x" }]));
    world.post("/api/CRMNote", &json!([{ "client_id": 1, "note": "x" }]));
    world.post(
        "/api/Appointment",
        &json!([{ "subject": "x", "start_date": "2026-11-24T10:00:00" }]),
    );
    world.post("/api/Tags", &json!([{ "text": "x" }]));
    world.post("/api/DistributionLists", &json!([{ "name": "x" }]));
    world.post("/api/ViewLists", &json!([{ "name": "x" }]));
    world.post("/api/Webhook", &json!([{ "name": "x", "url": "https://x.example" }]));
    world.post("/api/Notification", &json!([{ "name": "x" }]));
    world.post("/api/Attachment", &json!([{ "ticket_id": 1001, "filename": "x" }]));
    let id = world.some_tickets(43, 1)[0];
    world.post("/api/Tickets", &json!([{ "id": id, "summary": "x" }]));
    let first = |path: &str, key: &str| -> Value {
        let answer = world.get(path).json();
        let rows = if key.is_empty() { answer } else { answer[key].clone() };
        rows[0].clone()
    };
    let some = "include_custom_fields=226,310&includeagent=true&includestatus=true&includetickettype=true";
    let cases: Vec<(&str, Value, BTreeSet<String>)> = vec![
        (
            "ticket list",
            first(&format!("/api/Tickets?requesttype_id=43&{some}"), "tickets"),
            published(&["Faults_List"]),
        ),
        (
            "ticket",
            world.get(&format!("/api/Tickets/{id}")).json(),
            published(&["Faults", "Faults_List"]),
        ),
        (
            "user list",
            first(&format!("/api/Users?{some}"), "users"),
            published(&["Users_List"]),
        ),
        (
            "user",
            world.get("/api/Users/1").json(),
            published(&["Users", "Users_List"]),
        ),
        (
            "client list",
            first("/api/Client", "clients"),
            published(&["Area_List"]),
        ),
        (
            "client",
            world.get("/api/Client/1").json(),
            published(&["Area", "Area_List"]),
        ),
        ("site list", first("/api/Site", "sites"), published(&["Site_List"])),
        (
            "site",
            world.get("/api/Site/1").json(),
            published(&["Site", "Site_List"]),
        ),
        (
            "action",
            first(&format!("/api/Actions?ticket_id={id}"), "actions"),
            published(&["Actions"]),
        ),
        (
            "action detail",
            world.get(&format!("/api/Actions/1?ticket_id={id}")).json(),
            published(&["Actions"]),
        ),
        ("call log", world.get("/api/CallLog/1").json(), published(&["CallLog"])),
        ("note", world.get("/api/CRMNote/1").json(), published(&["AreaNote"])),
        (
            "appointment",
            world.get("/api/Appointment/1").json(),
            published(&["Appointment", "Appointment_List"]),
        ),
        ("tag", world.get("/api/Tags/6").json(), published(&["Tag"])),
        (
            "list",
            world.get("/api/DistributionLists/1").json(),
            published(&["DistributionLists"]),
        ),
        ("view", world.get("/api/ViewLists/1").json(), published(&["ViewLists"])),
        ("webhook", first("/api/Webhook", ""), published(&["Webhook"])),
        (
            "notification",
            world.get("/api/Notification/1").json(),
            published(&["UnameNotification"]),
        ),
        (
            "attachment",
            world.get("/api/Attachment/1").json(),
            published(&["Attachment"]),
        ),
        (
            "audit",
            first(&format!("/api/Audit?ticket_id={id}"), "audit"),
            published(&["Audit"]),
        ),
        (
            "field",
            first("/api/FieldInfo?includevalues=true", ""),
            published(&["FieldInfo"]),
        ),
        ("option", first("/api/Lookup?lookupid=1226", ""), published(&["Lookup"])),
        ("status", first("/api/Status", ""), published(&["TStatus"])),
        ("type", first("/api/TicketType", ""), published(&["RequestType"])),
        ("outcome", first("/api/Outcome", ""), published(&["TOutcome"])),
        ("team", first("/api/Team", ""), published(&["SectionDetail"])),
        ("priority", first("/api/Priority", ""), published(&["Policy"])),
        (
            "agent",
            world.get("/api/Agent/me").json(),
            published(&["Uname", "Uname_List"]),
        ),
    ];
    let mut strange = Vec::new();
    for (what, row, names) in cases {
        for name in row.as_object().unwrap_or_else(|| panic!("no {what}: {row}")).keys() {
            // The contract's text has `who` on actions, though the published schema leaves it out.
            if !names.contains(name) && name != "who" {
                strange.push(format!("{what}.{name}"));
            }
        }
    }
    assert!(strange.is_empty(), "not published: {strange:?}");
}

#[test]
fn a_tenant_may_let_custom_fields_be_created_and_an_administrator_may_change_the_set_up() {
    let world = World::with(|options| options.behaviour.create_fields = true);
    let field = json!([{ "name": "CFbuyingMood", "label": "Buying mood", "type": 2, "usage": 1,
                         "values": [{ "name": "Keen" }, { "name": "Cool" }] }]);
    let made = world.post("/api/FieldInfo", &field);
    assert_eq!(made.status, 201);
    let id = made.json()["id"].as_i64().unwrap();
    assert_eq!(made.json()["values"][1]["name"], "Cool");
    let lead = world.some_tickets(41, 1)[0];
    let body = json!([{ "id": lead, "customfields": [{ "id": id, "value": 2 }] }]);
    assert_eq!(world.post("/api/Tickets", &body).status, 201);
    let ticket = world.sandbox.ticket(lead).unwrap();
    let kept = ticket["customfields"]
        .as_array()
        .unwrap()
        .iter()
        .find(|field| field["id"] == id);
    assert_eq!(kept.unwrap()["display"], "Cool");
    assert_eq!(world.post("/api/FieldInfo", &field).status, 400, "the name is taken");
    let elsewhere = json!([{ "name": "CFx", "label": "x", "type": 0, "usage": 2 }]);
    assert_eq!(world.post("/api/FieldInfo", &elsewhere).status, 400);

    let (what, to) = ("Contacted".to_owned(), "Reached".to_owned());
    world.sandbox.administer(Administration::Rename { what, to });
    world.sandbox.administer(Administration::Remove {
        what: "Phone Call".to_owned(),
    });
    world.sandbox.administer(Administration::Retype {
        field: "CFfitScore".to_owned(),
        kind: 6,
    });
    let name = "Nurturing".to_owned();
    world
        .sandbox
        .administer(Administration::AddStatus { name, ticket_type: 41 });
    let named = |path: &str, key: &str, value: &str| {
        let rows = world.get(path).json();
        rows.as_array().unwrap().iter().find(|row| row[key] == value).cloned()
    };
    assert_eq!(named("/api/Status", "name", "Reached").unwrap()["id"], 53);
    assert!(named("/api/Status", "name", "Contacted").is_none());
    assert!(named("/api/Status?tickettype_id=41", "name", "Nurturing").is_some());
    assert!(named("/api/Outcome", "outcome", "Phone Call").is_none());
    assert_eq!(
        named("/api/FieldInfo?typeid=1", "name", "CFfitScore").unwrap()["type"],
        6
    );
}
