//! Reaching people, and leaving them in peace: the links that call or write, and Do Not Contact.

use anyhow::Context;
use domain::{FieldKey, TicketId};
use engine::views::Done;
use store::Card;
use tauri::AppHandle;
use tauri_plugin_opener::OpenerExt;

use super::{HostState, on_engine};
use crate::errors::UiError;

/// Calls or writes to the person on a ticket with the system's own program, unless they must not be contacted.
#[tauri::command]
#[specta::specta]
pub async fn contact_person(
    app: AppHandle,
    host: HostState<'_>,
    ticket: TicketId,
    field: FieldKey,
) -> Result<(), UiError> {
    on_engine(&host, "Contact the person", move |engine| {
        let link = engine.contact_link(ticket, field)?;
        app.opener()
            .open_url(link, None::<&str>)
            .context("Open the program for calls or mail")
    })
    .await
}

/// The other tickets of the people on these: what an opt-out or its lifting reaches as well.
#[tauri::command]
#[specta::specta]
pub async fn same_person(host: HostState<'_>, tickets: Vec<TicketId>) -> Result<Vec<Card>, UiError> {
    on_engine(&host, "Find the person's other tickets", move |engine| {
        engine.same_person(&tickets)
    })
    .await
}

/// Says, as a manager and with a reason, that people may be contacted again.
#[tauri::command]
#[specta::specta]
pub async fn lift_do_not_contact(host: HostState<'_>, tickets: Vec<TicketId>, reason: String) -> Result<Done, UiError> {
    on_engine(&host, "Lift Do Not Contact", move |engine| {
        engine.lift_do_not_contact(&tickets, &reason)
    })
    .await
}
