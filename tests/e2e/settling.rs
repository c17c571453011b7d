//! What needs a person: both sides changed the same, HaloPSA said no, the link is down. Each on its screen, by keyboard.

use serde_json::json;

use crate::{
    accessibility::judge,
    harness::{Tenant, Window},
};

/// Tom Whitfield, who works in HaloPSA's own window.
const COLLEAGUE: i64 = 5;

#[tokio::test]
async fn a_move_on_both_sides_is_settled_by_keyboard() {
    let tenant = Tenant::start();
    let window = Window::over(&tenant).await;
    let card = window.first_card("new_prospect").await;
    let ticket = window.halo_id(card).await;

    tenant.set_online(false);
    window.drag(card, "prospecting").await;
    window.lies_in(card, "prospecting").await;
    let edit = json!([{ "id": ticket, "status_id": tenant.status_id("Qualified") }]);
    let (status, _) = tenant.post_as(COLLEAGUE, "/api/Tickets", &edit);
    assert!((200..300).contains(&status), "HaloPSA took it: {status}");
    window.part("banner-offline").await;
    tenant.set_online(true);
    window.sync_now().await;
    window.part_gone("banner-offline").await;

    window.keys("gr").await;
    window.part("review-page").await;
    window.says("Take HaloPSA’s: Qualified").await;
    window.picture("review").await;
    is_accessible(&window, "review").await;
    window.keys("a").await;
    window.says("Nothing to review").await;
    window.keys("gb").await;
    window.lies_in(card, "qualified").await;
    assert_eq!(tenant.status(ticket), "Qualified");
    assert_eq!(tenant.writes(ticket), 1, "the colleague's own; nothing is sent back");
}

#[tokio::test]
async fn what_halopsa_refused_is_discarded_in_the_outbox() {
    let tenant = Tenant::start();
    let window = Window::over(&tenant).await;
    let card = window.first_card("new_prospect").await;
    tenant.configure(|behaviour| behaviour.strict_workflow = true);
    window.drag(card, "prospecting").await;

    window.keys("go").await;
    window.part("outbox-page").await;
    window.press("Sync now").await;
    window.says("HaloPSA refused this").await;
    window.picture("outbox").await;
    is_accessible(&window, "outbox page").await;
    window.press("Discard").await;
    window.says("Nothing is waiting").await;
    window.keys("gh").await;
    window.part("health-page").await;
    window.picture("health").await;
    is_accessible(&window, "sync health").await;
    window.keys("gb").await;
    window.lies_in(card, "new_prospect").await;
}

async fn is_accessible(window: &Window, screen: &str) {
    let found = judge(window, screen).await;
    assert!(found.is_empty(), "axe-core found:\n{}", found.join("\n"));
}
