//! The first minutes: from nothing to a board full of the tenant's tickets.

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use thirtyfour::By;

use crate::harness::{Tenant, Window, free_port};

/// HaloPSA's id of Priya Raman.
const PRIYA: i64 = 4;

#[tokio::test]
async fn a_service_account_leads_from_the_first_screen_to_the_board() {
    let tenant = Tenant::start();
    let window = Window::open().await;

    window.part("welcome").await;
    window.connect(&tenant.address()).await;
    window.all_in().await;

    for stage in ["new_lead", "contacted", "prospecting", "negotiation"] {
        window.first_card(stage).await;
    }
}

#[tokio::test]
async fn a_person_signs_in_with_the_browser_and_again_when_the_sign_in_has_ended() {
    let tenant = Tenant::start();
    let port = free_port();
    tenant.configure(|behaviour| behaviour.native.redirects = vec![format!("http://127.0.0.1:{port}/callback")]);
    let window = Window::open().await;

    window.press("Connect to HaloPSA").await;
    window.fill("Address", &tenant.address()).await;
    window.press("Continue").await;
    window.fill("Client ID", sandbox::NATIVE_CLIENT_ID).await;
    let other_port = By::XPath("//summary[.='Use another port']");
    window.click(other_port).await;
    window.fill("Redirect port", &port.to_string()).await;
    window.press("Sign in").await;
    window.part("in-browser").await;
    let first = window.opened_in_the_browser("").await;
    sign_in(&tenant, &first, port);
    window.says("Priya Raman").await;
    window.press("Open the board").await;
    window.all_in().await;

    tenant.end_sign_ins();
    window.sync_now().await;
    window.part("banner-signed-out").await;
    window.press("Sign in again").await;
    window.part("in-browser").await;
    let second = window.opened_in_the_browser(&first).await;
    sign_in(&tenant, &second, port);
    window.part_gone("in-browser").await;
    window.part_gone("banner-signed-out").await;
}

/// What happens in the browser: Priya signs in, and the browser goes where HaloPSA sends it.
fn sign_in(tenant: &Tenant, opened: &str, port: u16) {
    let location = tenant
        .sign_in_as(PRIYA, opened)
        .expect("HaloPSA sends the browser back");
    let path = location
        .split_once(&format!("127.0.0.1:{port}"))
        .expect("to this computer")
        .1;
    let mut browser = TcpStream::connect(("127.0.0.1", port)).expect("Leadline listens");
    write!(browser, "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n").unwrap();
    let mut page = String::new();
    browser.read_to_string(&mut page).unwrap();
    assert!(page.contains("Back to Leadline"), "{page}");
}
