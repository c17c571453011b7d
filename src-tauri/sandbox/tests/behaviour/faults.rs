//! Everything that goes wrong on demand, and the limit that is always there.

use std::time::Duration;

use chrono::TimeDelta;
use sandbox::{ErrorForm, Fault, RateLimit};
use serde_json::{Value, json};

use crate::client::World;

#[test]
fn the_window_refuses_with_the_text_of_real_tenants_and_rolls_on() {
    let world = World::with(|options| {
        options.rate_limit = Some(RateLimit {
            requests: 3,
            window: Duration::from_secs(300),
        })
    });
    for _ in 0..3 {
        assert_eq!(world.get("/api/Agent/me").status, 200);
    }
    let refused = world.get("/api/Agent/me");
    assert_eq!(refused.status, 429);
    assert_eq!(
        refused.text,
        "Rate Limit Reached - 3 Requests per rolling 5 minute window."
    );
    assert!(!refused.headers.contains("retry-after"), "nobody has seen one");
    world.sandbox.configure(|behaviour| behaviour.retry_after = true);
    world.clock.advance(TimeDelta::seconds(100));
    assert!(world.get("/api/Agent/me").headers.contains("retry-after: 200"));
    assert_eq!(world.get("/api/authinfo").status, 200, "not counted");
    world.clock.advance(TimeDelta::seconds(200));
    assert_eq!(world.get("/api/Agent/me").status, 200);
    assert_eq!(world.sandbox.stats().rate_limited, 2);
}

#[test]
fn a_lost_answer_leaves_the_write_done() {
    let world = World::new();
    let fault = world
        .sandbox
        .faults()
        .add(Fault::DropAfter.on("POST /api/Tickets").times(1));
    let lost = world.post(
        "/api/Tickets",
        &json!([{ "tickettype_id": 41, "summary": "Lost answer" }]),
    );
    assert_eq!((lost.status, lost.headers.as_str()), (0, ""), "{lost:?}");
    assert_eq!(world.sandbox.faults().hits(fault), 1);
    let found = world.get("/api/Tickets?search_summary=Lost+answer").rows("tickets");
    assert_eq!(found.len(), 1);
    assert_eq!(
        world.sandbox.stats().ticket_writes[&found[0]["id"].as_i64().unwrap()],
        1
    );
    assert_eq!(world.sandbox.stats().statuses[&0], 1);
}

#[test]
fn a_connection_that_breaks_before_leaves_nothing_done() {
    let world = World::new();
    world.sandbox.faults().add(Fault::DropBefore.on("POST").times(1));
    let body = json!([{ "tickettype_id": 41, "summary": "Never arrived" }]);
    assert_eq!(world.post("/api/Tickets", &body).status, 0);
    assert!(
        world
            .get("/api/Tickets?search_summary=Never+arrived")
            .rows("tickets")
            .is_empty()
    );
    assert_eq!(world.post("/api/Tickets", &body).status, 201);
}

#[test]
fn errors_come_in_every_form() {
    let world = World::new();
    let faults = world.sandbox.faults();
    let strike = |fault: Fault| {
        faults.clear();
        faults.add(fault.on("GET /api/Tickets"));
        world.get("/api/Tickets?count=1")
    };
    let html = strike(Fault::ServerError { form: ErrorForm::Html });
    assert_eq!((html.status, html.text.starts_with("<!DOCTYPE html>")), (500, true));
    for (form, key) in [
        (ErrorForm::Error, "error"),
        (ErrorForm::Message, "Message"),
        (ErrorForm::ResultCode, "errorMessage"),
    ] {
        let reply = strike(Fault::ServerError { form });
        assert!(reply.status == 500 && reply.json()[key].is_string(), "{reply:?}");
    }
    let limit = strike(Fault::TooManyRequests { retry_after: Some(7) });
    assert!(limit.status == 429 && limit.headers.contains("retry-after: 7"));
    assert!(limit.text.starts_with("Rate Limit Reached - "));
    let refused = strike(Fault::Refuse {
        status: 403,
        body: String::new(),
    });
    assert_eq!((refused.status, refused.text.as_str()), (403, ""));
    let slow = strike(Fault::GatewayTimeout {
        delay_ms: 1,
        applied: false,
    });
    assert_eq!(slow.status, 504);
    let cut = strike(Fault::TruncatedJson);
    assert_eq!(cut.status, 200);
    assert!(serde_json::from_str::<Value>(&cut.text).is_err());
    faults.clear();
    assert_eq!(world.get("/api/Tickets?count=1").status, 200);
}

#[test]
fn a_gateway_gives_up_on_a_write_that_goes_on() {
    let world = World::new();
    world.sandbox.faults().add(
        Fault::GatewayTimeout {
            delay_ms: 0,
            applied: true,
        }
        .on("POST /api/Tickets"),
    );
    assert_eq!(
        world
            .post("/api/Tickets", &json!([{ "summary": "Applied all the same" }]))
            .status,
        504
    );
    assert_eq!(
        world
            .get("/api/Tickets?search_summary=Applied+all+the+same")
            .rows("tickets")
            .len(),
        1
    );
}

#[test]
fn a_token_can_expire_between_two_pages() {
    let mut world = World::new();
    world
        .sandbox
        .faults()
        .add(Fault::ExpireTokens.on("GET /api/Tickets").after(1).times(1));
    assert_eq!(world.get("/api/Tickets?pageinate=true&page_no=1").status, 200);
    assert_eq!(world.get("/api/Tickets?pageinate=true&page_no=2").status, 401);
    world.sign_in("all");
    assert_eq!(world.get("/api/Tickets?pageinate=true&page_no=2").status, 200);
    world.sandbox.expire_tokens();
    assert_eq!(world.get("/api/Tickets?pageinate=true&page_no=3").status, 401);
}

#[test]
fn rows_can_shift_and_hide() {
    let world = World::new();
    let page = |number: u32| {
        world
            .get(&format!(
                "/api/Tickets?pageinate=true&page_no={number}&page_size=10&order=id"
            ))
            .json()
    };
    let (first, second) = (page(1), page(2));
    world.sandbox.faults().add(
        Fault::RowShift { rows: -1 }
            .on("GET /api/Tickets")
            .with_query("page_no=2"),
    );
    assert_eq!(page(1), first);
    assert_eq!(
        page(2)["tickets"][0],
        first["tickets"][9],
        "the last row of the page before again"
    );
    world.sandbox.faults().clear();
    world
        .sandbox
        .faults()
        .add(Fault::HiddenRows { rows: 3 }.on("GET /api/Tickets"));
    let fewer = page(2);
    assert_eq!(fewer["record_count"], second["record_count"]);
    assert_eq!(fewer["tickets"].as_array().unwrap().len(), 7);
}

#[test]
fn post_answers_can_warn_and_spell_names_as_a_get_does() {
    let world = World::new();
    let faults = world.sandbox.faults();
    faults.add(
        Fault::Warning {
            text: "The SLA was not applied".to_owned(),
        }
        .on("POST /api/Tickets")
        .times(1),
    );
    faults.add(Fault::NameDrift { on: false }.on("POST /api/Tickets").times(1));
    let reply = world.post("/api/Tickets", &json!([{ "summary": "x" }])).json();
    assert_eq!(reply["_warning"], "The SLA was not applied");
    assert!(reply.get("last_update").is_some() && reply.get("lastupdate").is_none());
    let usual = world.post("/api/Tickets", &json!([{ "summary": "x" }])).json();
    assert!(usual.get("_warning").is_none() && usual.get("lastupdate").is_some());
}

#[test]
fn a_tenant_off_the_network_answers_nothing_and_comes_back_as_it_was() {
    let world = World::new();
    world.sandbox.set_online(false);
    assert_eq!(world.get("/api/authinfo").status, 0);
    world.sandbox.set_online(true);
    assert_eq!(world.get("/api/Agent/me").status, 200);
}

#[test]
fn another_process_can_switch_faults_but_a_web_page_cannot() {
    let world = World::new();
    let rule =
        json!({ "method": "GET", "path": "/api/Status", "times": 1, "fault": "server_error", "form": "message" });
    let added = world.post("/sandbox/faults", &rule);
    assert_eq!((added.status, added.json()), (201, json!({ "id": 1 })));
    assert_eq!(world.get("/api/Status").status, 500);
    assert_eq!(world.get("/sandbox/faults").json()[0]["hits"], 1);
    assert_eq!(world.send("DELETE", "/sandbox/faults/1", "", "").status, 204);
    assert_eq!(world.get("/sandbox/faults").json(), json!([]));
    assert_eq!(
        world
            .post("/sandbox/faults", &json!({ "fault": "no_such_thing" }))
            .status,
        400
    );
    assert_eq!(world.post("/sandbox/behaviour", &json!({ "page_cap": 10 })).status, 204);
    assert_eq!(
        world
            .get("/api/Tickets?pageinate=true&page_size=50")
            .rows("tickets")
            .len(),
        10
    );
    let stats = world.get("/sandbox/stats").json();
    assert_eq!(stats["requests"]["GET /api/status"], 1);
    assert!(
        stats["requests"]
            .as_object()
            .unwrap()
            .keys()
            .all(|name| !name.contains("sandbox"))
    );
    for head in ["Origin: https://evil.example\r\nHost: 127.0.0.1", "Host: evil.example"] {
        let request = format!("GET /sandbox/stats HTTP/1.1\r\n{head}\r\nConnection: close\r\n\r\n");
        assert_eq!(world.raw(request.as_bytes()).status, 403, "{head}");
    }
}
