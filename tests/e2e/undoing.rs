//! Taking back what was done.

use crate::harness::{Tenant, Window};

#[tokio::test]
async fn control_z_takes_a_move_back_here_and_in_halopsa() {
    let tenant = Tenant::start();
    let window = Window::over(&tenant).await;
    let card = window.first_card("new_prospect").await;
    let ticket = window.halo_id(card).await;
    window.drag(card, "prospecting").await;
    window.lies_in(card, "prospecting").await;
    tenant.has(ticket, "Prospecting").await;

    window.control("z").await;

    window.lies_in(card, "new_prospect").await;
    tenant.has(ticket, "New Prospect").await;
}
