//! People sign in with the browser: the page, the code, the refresh tokens.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use sandbox::NATIVE_CLIENT_ID;
use sha2::{Digest, Sha256};

use crate::client::{Reply, World};

const FORM: &str = "application/x-www-form-urlencoded";
const REDIRECT: &str = "http://127.0.0.1:8765/callback";
const REDIRECT_ENCODED: &str = "http%3A%2F%2F127.0.0.1%3A8765%2Fcallback";
const VERIFIER: &str = "a-verifier-of-forty-three-letters-or-more-0123456789";
const PRIYA: i64 = 4;

/// What a client asks the browser to open.
fn authorize(more: &str) -> String {
    let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
    format!(
        "/auth/authorize?tenant=sandbox&response_type=code&client_id={NATIVE_CLIENT_ID}&redirect_uri={REDIRECT_ENCODED}\
         &scope=all%20offline_access&state=st4te&code_challenge={challenge}&code_challenge_method=S256{more}"
    )
}

/// A parameter of the address that the browser is sent back to.
fn sent_back(reply: &Reply, name: &str) -> Option<String> {
    let location = reply.headers.lines().find_map(|line| line.strip_prefix("location: "))?;
    assert!(location.starts_with(REDIRECT), "{location}");
    let (_, query) = location.split_once('?')?;
    let (_, value) = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(other, _)| *other == name)?;
    Some(value.to_owned())
}

/// The code of somebody who signed in. Read from the raw answer, because headers are in lower case in a [`Reply`].
fn code(world: &World) -> String {
    let location = world.sandbox.sign_in_as(PRIYA, &authorize("")).unwrap();
    let (_, query) = location.split_once('?').unwrap();
    let code = query.split('&').find_map(|pair| pair.strip_prefix("code=")).unwrap();
    code.to_owned()
}

fn exchange(world: &World, code: &str, more: &str) -> Reply {
    let form = format!(
        "grant_type=authorization_code&code={code}&client_id={NATIVE_CLIENT_ID}&redirect_uri={REDIRECT_ENCODED}\
         &code_verifier={VERIFIER}{more}"
    );
    world.send("POST", "/auth/token?tenant=sandbox", FORM, &form)
}

fn refresh(world: &World, token: &str) -> Reply {
    let form = format!("grant_type=refresh_token&refresh_token={token}&client_id={NATIVE_CLIENT_ID}");
    world.send("POST", "/auth/token?tenant=sandbox", FORM, &form)
}

fn text(reply: &Reply, name: &str) -> String {
    reply.json()[name].as_str().unwrap_or_default().to_owned()
}

#[test]
fn the_page_asks_who_is_there_and_sends_the_browser_back() {
    let world = World::new();
    let page = world.get(&authorize(""));
    assert_eq!(page.status, 200);
    assert!(
        page.text.contains("Priya Raman") && page.text.contains("&amp;as=4"),
        "{}",
        page.text
    );
    assert!(
        !page.text.contains("Leadline Service"),
        "a service account sits at no browser"
    );

    let back = world.get(&authorize("&as=4"));
    assert_eq!(back.status, 302);
    assert_eq!(sent_back(&back, "state").as_deref(), Some("st4te"));
    assert!(sent_back(&back, "code").is_some() && sent_back(&back, "iss").is_some());
    assert!(
        sent_back(&world.get(&authorize("&auto=1")), "code").is_some(),
        "nobody has to click"
    );

    let no = world.get(&authorize("&as=nobody"));
    assert_eq!(sent_back(&no, "error").as_deref(), Some("access_denied"));
    assert!(sent_back(&no, "code").is_none());
}

#[test]
fn a_redirect_address_has_to_be_registered_to_the_letter() {
    let world = World::new();
    for wrong in [
        "http%3A%2F%2F127.0.0.1%3A8766%2Fcallback",
        "http%3A%2F%2Flocalhost%3A8765%2Fcallback",
        "",
    ] {
        let reply = world.get(&authorize("&as=4").replace(REDIRECT_ENCODED, wrong));
        assert_eq!(reply.status, 400, "{wrong}");
        assert!(!reply.headers.contains("location"), "never sent anywhere");
    }
    let stranger = authorize("&as=4").replace(NATIVE_CLIENT_ID, "somebody");
    assert_eq!(world.get(&stranger).status, 400);
}

#[test]
fn a_sign_in_without_a_challenge_is_refused_through_the_browser() {
    let world = World::new();
    let check = |from: &str, to: &str, error: &str| {
        let reply = world.get(&authorize("&as=4").replace(from, to));
        assert_eq!(sent_back(&reply, "error").as_deref(), Some(error), "{to}");
    };
    check("code_challenge=", "unknown=", "invalid_request");
    check("=S256", "=plain", "invalid_request");
    check("response_type=code", "response_type=token", "unsupported_response_type");
    check("scope=all", "scope=read%3Ausers", "invalid_scope");
}

#[test]
fn a_code_is_good_once_for_a_minute_and_for_who_began() {
    let mut world = World::new();
    let good = exchange(&world, &code(&world), "");
    assert_eq!(good.status, 200, "{good:?}");
    assert!(!text(&good, "refresh_token").is_empty());
    world.token = text(&good, "access_token");
    assert_eq!(world.get("/api/Agent/me").json()["name"], "Priya Raman");

    let refused = |reply: Reply| assert_eq!((reply.status, text(&reply, "error")), (400, "invalid_grant".to_owned()));
    let used = code(&world);
    assert_eq!(exchange(&world, &used, "").status, 200);
    refused(exchange(&world, &used, ""));
    refused(exchange(&world, &code(&world), "x"));
    let late = code(&world);
    world.clock.advance(TimeDelta::seconds(60));
    refused(exchange(&world, &late, ""));
    refused(exchange(&world, "made-up", ""));
}

#[test]
fn a_refresh_token_that_rotates_is_good_once_and_a_copy_ends_the_sign_in() {
    let world = World::new();
    let first = text(&exchange(&world, &code(&world), ""), "refresh_token");
    let second = text(&refresh(&world, &first), "refresh_token");
    assert!(!second.is_empty() && first != second);
    let third = text(&refresh(&world, &second), "refresh_token");
    assert_eq!(text(&refresh(&world, &first), "error"), "invalid_grant");
    assert_eq!(
        text(&refresh(&world, &third), "error"),
        "invalid_grant",
        "the whole family is gone"
    );
}

#[test]
fn a_refresh_token_that_does_not_rotate_stays_until_it_expires() {
    let world = World::with(|options| {
        options.behaviour.native.rotates = false;
        options.behaviour.native.refresh_lifetime_s = 3600;
    });
    let token = text(&exchange(&world, &code(&world), ""), "refresh_token");
    for _ in 0..2 {
        let reply = refresh(&world, &token);
        assert_eq!((reply.status, text(&reply, "refresh_token")), (200, String::new()));
    }
    world.clock.advance(TimeDelta::seconds(3600));
    assert_eq!(text(&refresh(&world, &token), "error"), "invalid_grant");
}

#[test]
fn nobody_stays_signed_in_without_the_scope_or_after_an_administrator_ended_it() {
    let world = World::new();
    let location = world
        .sandbox
        .sign_in_as(PRIYA, &authorize("").replace("%20offline_access", ""))
        .unwrap();
    let code_without = location
        .split(['?', '&'])
        .find_map(|pair| pair.strip_prefix("code="))
        .unwrap();
    let short = exchange(&world, code_without, "");
    assert_eq!((short.status, text(&short, "refresh_token")), (200, String::new()));

    let token = text(&exchange(&world, &code(&world), ""), "refresh_token");
    world.sandbox.end_sign_ins();
    assert_eq!(text(&refresh(&world, &token), "error"), "invalid_grant");
}
