//! What nobody else at the computer can read: secrets, and whom the tickets are about.

use crate::harness::{Tenant, Window};

#[tokio::test]
async fn neither_secrets_nor_people_lie_in_the_open() {
    let tenant = Tenant::start();
    let window = Window::over(&tenant).await;
    let card = window.first_card("contacted").await;
    let ticket = tenant.ticket(window.halo_id(card).await).expect("the ticket is there");
    let email = ticket["oppemailaddress"]
        .as_str()
        .expect("it has an address")
        .to_owned();

    // Opened, moved and sent: on the screen, in the outbox, in the log.
    window.press_part(&format!("card-{card}")).await;
    window.part("ticket-panel").await;
    window.sync_now().await;
    window.all_in().await;

    let mut secrets = tenant.tokens();
    assert!(!secrets.is_empty(), "it was signed in");
    secrets.extend([sandbox::CLIENT_SECRET.to_owned(), email]);
    assert_eq!(window.found_in_the_open(&secrets), Vec::<String>::new());
}
