//! Users, clients, sites, and the smaller resources around them.

use serde_json::{Value, json};

use crate::client::World;

#[test]
fn a_user_is_validated_one_problem_at_a_time() {
    let world = World::new();
    let told = |body: Value| {
        let reply = world.post("/api/Users", &json!([body]));
        (reply.status, reply.json())
    };
    assert_eq!(
        told(json!({ "firstname": "Ann" })),
        (400, json!("Username must be entered"))
    );
    assert_eq!(
        told(json!({ "name": "Ann Lee" })),
        (400, json!("A Site must be selected"))
    );
    assert_eq!(
        told(json!({ "name": "Ann Lee", "site_id": 999_999 })),
        (400, json!("A Site must be selected"))
    );
    let client = world
        .post(
            "/api/Client",
            &json!([{ "name": "Foo Ltd", "website": "https://foo.example" }]),
        )
        .json();
    let site = client["main_site_id"].clone();
    let (status, ann) = told(json!({
        "name": "Ann Lee", "firstname": "Ann", "surname": "Lee", "emailaddress": "ann@foo.example", "site_id": site,
        "client_id": client["id"], "phonenumber": "020 7946 0999", "jobtitle": "CEO",
    }));
    assert_eq!(status, 201);
    assert!(ann["site_id"].is_f64(), "a float: {}", ann["site_id"]);
    assert_eq!(
        (&ann["client_id"], &ann["client_name"], &ann["initials"]),
        (&client["id"], &json!("Foo Ltd"), &json!("AL"))
    );
    assert!(ann.get("jobtitle").is_none(), "no such property");
    assert_eq!(
        told(json!({ "id": ann["id"], "site_id": "95.0" })).0,
        400,
        "what it printed it does not read"
    );
    let found = world
        .get("/api/Users?search=7946+0999&search_phonenumbers=true")
        .rows("users");
    assert!(found.iter().any(|user| user["id"] == ann["id"]));
    assert!(
        world.get("/api/Users?search=7946+0999").rows("users").is_empty(),
        "only when asked to"
    );
    let gone = told(json!({ "id": ann["id"], "inactive": true })).1;
    assert_eq!(gone["inactive"], true);
    assert!(
        world.get("/api/Users?search=ann@foo.example").rows("users").is_empty(),
        "inactive ones are left out"
    );
    assert_eq!(
        world
            .get("/api/Users?search=ann@foo.example&includeinactive=true")
            .rows("users")
            .len(),
        1
    );
}

#[test]
fn a_client_brings_its_main_site_and_a_general_user() {
    let world = World::new();
    let client = world.post("/api/Client", &json!([{ "name": "Foo Ltd" }])).json();
    let again = world.post("/api/Client", &json!([{ "name": "FOO LTD" }]));
    assert_eq!(
        (again.status, again.json()),
        (400, json!("A Customer with this name already exists"))
    );
    let sites = world
        .get(&format!("/api/Site?client_id={}", client["id"]))
        .rows("sites");
    assert_eq!((sites.len(), &sites[0]["name"]), (1, &json!("Main")));
    assert!(sites[0]["client_id"].is_f64());
    let users = world
        .get(&format!("/api/Users?client_id={}", client["id"]))
        .rows("users");
    assert_eq!((users.len(), &users[0]["name"]), (1, &json!("General User")));
    let site = world
        .post(
            "/api/Site",
            &json!([{ "name": "HQ", "client_id": client["id"], "phonenumber": "0161 496 0123" }]),
        )
        .json();
    assert_eq!(site["clientsite_name"], "Foo Ltd/HQ");
    let renamed = world
        .post(
            "/api/Site",
            &json!([{ "id": site["id"], "notes": "closed on Fridays" }]),
        )
        .json();
    assert_eq!(
        (&renamed["name"], &renamed["notes"]),
        (&json!("HQ"), &json!("closed on Fridays"))
    );
    let detail = world.get(&format!("/api/Client/{}", client["id"])).json();
    assert!(detail.get("phonenumber").is_none(), "that is the site's");
    assert_eq!(detail["main_site_name"], "Main");
}

#[test]
fn customers_have_pages_searches_and_update_dates() {
    let world = World::new();
    let page = world.get("/api/Client?pageinate=true&page_no=1&page_size=5").json();
    assert_eq!(page["clients"].as_array().unwrap().len(), 5);
    let first = page["clients"][1].clone();
    let name = first["name"].as_str().unwrap().replace(' ', "+").replace('&', "%26");
    assert_eq!(
        world.get(&format!("/api/Client?search={name}")).rows("clients")[0]["id"],
        first["id"]
    );
    world.post("/api/Client", &json!([{ "id": first["id"], "notes": "x" }]));
    let changed = world
        .get("/api/Client?lastupdatefromdate=2026-11-20T09:30:00")
        .rows("clients");
    assert_eq!(changed.len(), 1);
    assert_eq!(changed[0]["id"], first["id"]);
}

#[test]
fn call_logs_can_be_written_but_not_deleted() {
    let world = World::new();
    let call = world
        .post("/api/CallLog", &json!([{ "ticket_id": 1001, "diallednumber": "+442079460999", "note": "Left a message", "call_direction": 1, "third_party_id": "abc" }]))
        .json();
    assert_eq!(
        (&call["agent_id"], &call["start_date"]),
        (&json!(20), &json!("2026-11-20T09:30:00.250"))
    );
    let list = world.get("/api/CallLog?showall=true").json();
    assert_eq!(
        (&list["record_count"], &list["calllog"][0]["third_party_id"]),
        (&json!(1), &json!("abc"))
    );
    assert_eq!(
        world
            .send("DELETE", &format!("/api/CallLog/{}", call["id"]), "", "")
            .status,
        405
    );
}

#[test]
fn a_moved_appointment_has_another_id() {
    let world = World::new();
    let task = world
        .post("/api/Appointment", &json!([{ "subject": "Call back", "start_date": "2026-11-24T10:00:00", "is_task": true, "ticket_id": 1001 }]))
        .json();
    assert_eq!(task["complete_status"], -1);
    let done = world
        .post("/api/Appointment", &json!([{ "id": task["id"], "complete_status": 0 }]))
        .json();
    assert_eq!(done["id"], task["id"]);
    let moved = world
        .post(
            "/api/Appointment",
            &json!([{ "id": task["id"], "start_date": "2026-11-25T10:00:00" }]),
        )
        .json();
    assert_ne!(moved["id"], task["id"]);
    assert_eq!(moved["subject"], "Call back");
    assert_eq!(world.get(&format!("/api/Appointment/{}", task["id"])).status, 404);
    assert_eq!(
        world
            .get("/api/Appointment?tasksonly=true&ticket_id=1001")
            .rows("appointments")
            .len(),
        1
    );
    assert!(
        world
            .get("/api/Appointment?hidecompleted=true")
            .rows("appointments")
            .is_empty()
    );
}

#[test]
fn webhooks_have_guids_and_rules() {
    let world = World::new();
    let told = |body: Value| {
        let reply = world.post("/api/Webhook", &json!([body]));
        (reply.status, reply.json())
    };
    assert_eq!(
        told(json!({ "name": "relay" })),
        (400, json!("Please enter a valid URL"))
    );
    let (status, hook) = told(json!({ "name": "relay", "url": "https://relay.example/in", "active": true }));
    assert_eq!((status, hook["id"].as_str().unwrap().len()), (201, 36));
    assert_eq!(
        told(json!({ "name": "Relay", "url": "https://other.example" })),
        (400, json!("Name must be unique"))
    );
    let changed = told(json!({ "id": hook["id"], "active": false })).1;
    assert_eq!((&changed["id"], &changed["active"]), (&hook["id"], &json!(false)));
    assert_eq!(
        world
            .send(
                "DELETE",
                &format!("/api/Webhook/{}", hook["id"].as_str().unwrap()),
                "",
                ""
            )
            .status,
        204
    );
    assert_eq!(world.get("/api/Webhook").json(), json!([]));
}

#[test]
fn a_distribution_list_holds_contacts() {
    let world = World::new();
    let users = world.get("/api/Users?exclude_generaluser=true&count=2").rows("users");
    let list = world
        .post(
            "/api/DistributionLists",
            &json!([{ "name": "Newsletter", "addtheseusers": [{ "id": users[0]["id"] }, { "id": users[1]["id"] }] }]),
        )
        .json();
    assert_eq!(list["users_count"], 2);
    let fewer = world
        .post(
            "/api/DistributionLists",
            &json!([{ "id": list["id"], "removetheseusers": [{ "id": users[0]["id"] }] }]),
        )
        .json();
    assert_eq!(
        (&fewer["users_count"], &fewer["members"][0]["user_id"]),
        (&json!(1), &users[1]["id"])
    );
}
