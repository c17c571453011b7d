//! The window and HaloPSA, both ways, with and without a network.

use serde_json::json;

use crate::harness::{Tenant, Window};

/// Tom Whitfield, who works in HaloPSA's own window.
const COLLEAGUE: i64 = 5;

#[tokio::test]
async fn what_a_colleague_does_in_halopsa_comes_to_the_board() {
    let tenant = Tenant::start();
    let window = Window::over(&tenant).await;
    let card = window.first_card("new_prospect").await;
    let ticket = window.halo_id(card).await;

    let edit = json!([{ "id": ticket, "status_id": tenant.status_id("Prospecting") }]);
    let (status, _) = tenant.post_as(COLLEAGUE, "/api/Tickets", &edit);
    assert!((200..300).contains(&status), "HaloPSA took it: {status}");
    window.sync_now().await;

    window.lies_in(card, "prospecting").await;
    assert_eq!(tenant.writes(ticket), 1, "the colleague's own; nothing is sent back");
}

#[tokio::test]
async fn a_drag_without_a_network_outlives_a_restart_and_is_sent_once() {
    let tenant = Tenant::start();
    let mut window = Window::over(&tenant).await;
    let card = window.first_card("new_prospect").await;
    let ticket = window.halo_id(card).await;

    tenant.set_online(false);
    window.drag(card, "prospecting").await;
    window.lies_in(card, "prospecting").await;
    window.says("1 waiting").await;
    window.restart().await;
    window.lies_in(card, "prospecting").await;
    assert_eq!(tenant.status(ticket), "New Prospect");
    assert_eq!(tenant.writes(ticket), 0);

    tenant.set_online(true);
    window.sync_now().await;
    tenant.has(ticket, "Prospecting").await;
    window.all_in().await;
    assert_eq!(tenant.writes(ticket), 1);
}
