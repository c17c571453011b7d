//! One ticket to another stage, in each of the ways there are.

use thirtyfour::prelude::*;

use crate::harness::{Tenant, Window, until};

#[tokio::test]
async fn a_card_is_dragged_with_the_pointer() {
    let tenant = Tenant::start();
    let window = Window::over(&tenant).await;
    let card = window.first_card("new_prospect").await;
    let ticket = window.halo_id(card).await;

    window.drag(card, "prospecting").await;

    window.lies_in(card, "prospecting").await;
    window.has_left(card, "new_prospect").await;
    tenant.has(ticket, "Prospecting").await;
    assert_eq!(tenant.writes(ticket), 1);
}

#[tokio::test]
async fn a_card_is_moved_with_the_keyboard_alone() {
    let tenant = Tenant::start();
    let window = Window::over(&tenant).await;

    // Tab leads into the board, the arrow to the column.
    until("the focus is on a card", || async {
        window.keys(Key::Tab).await;
        window.focused_card().await
    })
    .await;
    let card = until("the focus is in New Prospect", || async {
        window.keys(Key::Right).await;
        let (card, stage) = window.focused_card().await?;
        (stage == "new_prospect").then_some(card)
    })
    .await;
    let ticket = window.halo_id(card).await;

    window.keys("m").await;
    window.part("move-picker").await;
    window.keys("prospecting").await;
    window
        .find(By::Css(
            "[data-option='prospecting'][aria-disabled='false'][aria-selected='true']",
        ))
        .await;
    window.keys(Key::Enter).await;

    window.lies_in(card, "prospecting").await;
    tenant.has(ticket, "Prospecting").await;
}

#[tokio::test]
async fn a_card_is_moved_with_single_clicks_in_its_menu() {
    let tenant = Tenant::start();
    let window = Window::over(&tenant).await;
    let card = window.first_card("new_opportunity").await;
    let ticket = window.halo_id(card).await;

    window.open_menu(card).await;
    window.choose("Progressing").await;

    window.lies_in(card, "progressing").await;
    tenant.has(ticket, "Progressing").await;
}

#[tokio::test]
async fn a_drop_that_lacks_an_answer_asks_for_it_or_puts_the_card_back() {
    let tenant = Tenant::start();
    let window = Window::over(&tenant).await;
    let card = window.first_card("negotiation").await;
    let ticket = window.halo_id(card).await;

    window.drag(card, "lost").await;
    window.part("drop-form").await;
    window.keys(Key::Escape).await;
    window.part_gone("drop-form").await;
    window.lies_in(card, "negotiation").await;
    assert_eq!(tenant.writes(ticket), 0);

    window.drag(card, "lost").await;
    window.part("drop-form").await;
    window.press("Move to Lost").await;
    // Without an answer it stays open, and nothing has moved.
    until("it is told what is missing", || async {
        let refused = window.input("Win/loss reason").await.attr("aria-invalid").await.ok()?;
        (refused.as_deref() == Some("true")).then_some(())
    })
    .await;
    window
        .fill("Win/loss reason", "They stay with their brother-in-law")
        .await;
    window.press("Move to Lost").await;
    window.part_gone("drop-form").await;

    tenant.has(ticket, "Lost").await;
    assert_eq!(
        tenant.ticket(ticket).unwrap()["oppreason"],
        "They stay with their brother-in-law"
    );
    window.has_left(card, "negotiation").await;
}
