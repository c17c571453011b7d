//! Discovery, tokens, and what a token allows.

use chrono::TimeDelta;
use sandbox::Right;
use serde_json::json;

use crate::client::World;

const FORM: &str = "application/x-www-form-urlencoded";

#[test]
fn a_client_finds_the_auth_server_without_credentials() {
    let mut world = World::new();
    world.token.clear();
    let info = world.get("/api/authinfo").json();
    assert_eq!(
        info["auth_url"], "http://127.0.0.1/auth",
        "built from the host the client used"
    );
    assert_eq!(info["tenant_id"], "sandbox");
    assert_eq!(world.get("/api/InstanceInfo").json()["product"], "HaloPSA");
}

#[test]
fn a_token_lives_an_hour_and_then_the_answer_is_an_empty_401() {
    let world = World::new();
    assert_eq!(world.get("/api/Agent/me").json()["isapiagent"], true);
    world.clock.advance(TimeDelta::seconds(3599));
    assert_eq!(world.get("/api/Agent/me").status, 200);
    world.clock.advance(TimeDelta::seconds(1));
    let refused = world.get("/api/Agent/me");
    assert_eq!((refused.status, refused.text.as_str()), (401, ""));
}

#[test]
fn without_a_token_nothing_under_api_answers() {
    let mut world = World::new();
    world.token.clear();
    for path in ["/api/Tickets", "/api/Agent/me", "/api/Lists", "/api/Status"] {
        assert_eq!(world.get(path).status, 401, "{path}");
    }
    world.token = "made-up".to_owned();
    assert_eq!(world.get("/api/Tickets").status, 401);
}

#[test]
fn token_errors_take_the_form_of_openiddict() {
    let world = World::new();
    let ask = |form: &str| {
        let reply = world.send("POST", "/auth/token", FORM, form);
        (reply.status, reply.json()["error"].as_str().unwrap().to_owned())
    };
    let good = "client_id=leadline-sandbox&client_secret=sandbox-secret";
    assert_eq!(
        ask("grant_type=client_credentials&client_id=leadline-sandbox&client_secret=wrong"),
        (401, "invalid_client".to_owned())
    );
    assert_eq!(
        ask(&format!("grant_type=client_credentials&{good}&scope=read:users")),
        (400, "invalid_scope".to_owned())
    );
    assert_eq!(
        ask(&format!("grant_type=magic&{good}")),
        (400, "unsupported_grant_type".to_owned())
    );
    assert_eq!(ask(good), (400, "invalid_request".to_owned()));
    let elsewhere = world.send(
        "POST",
        "/auth/token?tenant=acme",
        FORM,
        &format!("grant_type=client_credentials&{good}"),
    );
    assert_eq!(elsewhere.status, 500);
    assert!(
        elsewhere.text.starts_with("<!DOCTYPE html>"),
        "a wrong tenant is no JSON"
    );
}

#[test]
fn what_a_token_allows_is_scope_and_role_together() {
    let mut world = World::new();
    world.sign_in("read:tickets%20read:customers%20offline_access");
    assert_eq!(world.get("/api/Tickets?count=1").status, 200);
    let refused = world.get("/api/Opportunities?count=1");
    assert_eq!((refused.status, refused.text.as_str()), (403, ""), "no sales scope");
    assert_eq!(
        world.post("/api/Tickets", &json!([{ "summary": "x" }])).status,
        403,
        "no edit scope"
    );

    world.sign_in("all");
    assert_eq!(world.get("/api/Opportunities?count=1").status, 200);
    world
        .sandbox
        .configure(|behaviour| behaviour.denied = vec![Right::ReadSales]);
    assert_eq!(
        world.get("/api/Opportunities?count=1").status,
        403,
        "the role lacks the Sales module"
    );
}

#[test]
fn a_new_token_can_end_the_one_before() {
    let mut world = World::with(|options| options.behaviour.one_token = true);
    let first = world.token.clone();
    world.sign_in("all");
    assert_eq!(world.get("/api/Agent/me").status, 200);
    world.token = first;
    assert_eq!(world.get("/api/Agent/me").status, 401);
    assert_eq!(world.sandbox.stats().tokens_issued, 2);
}
