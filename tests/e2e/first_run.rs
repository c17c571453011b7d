//! The first minutes: from nothing to a board full of the tenant's tickets.

use crate::harness::{Tenant, Window};

#[tokio::test]
async fn a_service_account_leads_from_the_first_screen_to_the_board() {
    let tenant = Tenant::start();
    let window = Window::open().await;

    window.part("welcome").await;
    window.connect(&tenant.address()).await;
    window.all_in().await;

    for stage in ["new_lead", "contacted", "prospecting", "negotiation"] {
        assert!(!window.cards(stage).await.is_empty(), "no card in {stage}");
    }
}
