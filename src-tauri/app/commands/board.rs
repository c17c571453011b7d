//! Reads: the board, a ticket, a search. Every one of them is answered from this computer.

use domain::TicketId;
use engine::views::{Board, ColumnQuery, Preferences, Reference, TargetVerdict, TicketView};
use store::{Card, Filter, SearchHit};

use super::{HostState, on_engine};
use crate::errors::UiError;

/// The rules, the catalogue and the people.
#[tauri::command]
#[specta::specta]
pub async fn reference(host: HostState<'_>) -> Result<Reference, UiError> {
    on_engine(&host, "Read the workflow", |engine| engine.reference()).await
}

/// Says who uses this computer, and how.
#[tauri::command]
#[specta::specta]
pub async fn set_preferences(host: HostState<'_>, preferences: Preferences) -> Result<Reference, UiError> {
    on_engine(&host, "Save the preferences", move |engine| {
        engine.set_preferences(&preferences)?;
        engine.reference()
    })
    .await
}

/// The board.
#[tauri::command]
#[specta::specta]
pub async fn board(host: HostState<'_>, filter: Filter) -> Result<Board, UiError> {
    on_engine(&host, "Show the board", move |engine| engine.board(&filter)).await
}

/// More cards of a column.
#[tauri::command]
#[specta::specta]
pub async fn column_page(host: HostState<'_>, query: ColumnQuery) -> Result<Vec<Card>, UiError> {
    on_engine(&host, "Show more cards", move |engine| engine.column_page(&query)).await
}

/// These cards, as they are now; tickets that are gone are left out.
#[tauri::command]
#[specta::specta]
pub async fn cards(host: HostState<'_>, ids: Vec<TicketId>) -> Result<Vec<Card>, UiError> {
    on_engine(&host, "Refresh the cards", move |engine| engine.cards(&ids)).await
}

/// Everything about a ticket.
#[tauri::command]
#[specta::specta]
pub async fn ticket(host: HostState<'_>, ticket: TicketId) -> Result<TicketView, UiError> {
    on_engine(&host, "Open the ticket", move |engine| engine.ticket_view(ticket)).await
}

/// Tickets by company, person, e-mail, number or phone.
#[tauri::command]
#[specta::specta]
pub async fn search(host: HostState<'_>, text: String) -> Result<Vec<SearchHit>, UiError> {
    on_engine(&host, "Search", move |engine| engine.search(&text)).await
}

/// For every stage: may these tickets go there?
#[tauri::command]
#[specta::specta]
pub async fn check_move(host: HostState<'_>, tickets: Vec<TicketId>) -> Result<Vec<TargetVerdict>, UiError> {
    on_engine(&host, "Check where the tickets may go", move |engine| {
        engine.check_move(&tickets)
    })
    .await
}
