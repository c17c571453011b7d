//! What is between here and HaloPSA: the outbox and the status.

use anyhow::Context;
use domain::{OutboxId, TicketId};
use engine::views::{Done, SyncStatus};
use store::OutboxRow;
use tauri::AppHandle;
use tauri_plugin_opener::OpenerExt;

use super::{HostState, on_engine};
use crate::errors::UiError;

/// What waits for HaloPSA, was refused or was sent lately.
#[tauri::command]
#[specta::specta]
pub async fn outbox(host: HostState<'_>) -> Result<Vec<OutboxRow>, UiError> {
    on_engine(&host, "Show the outbox", |engine| engine.outbox()).await
}

/// Sends a refused entry again.
#[tauri::command]
#[specta::specta]
pub async fn retry_entry(host: HostState<'_>, entry: OutboxId) -> Result<(), UiError> {
    on_engine(&host, "Send the change again", move |engine| engine.retry_entry(entry)).await
}

/// Sends everything that was refused or waits for its next try.
#[tauri::command]
#[specta::specta]
pub async fn retry_all(host: HostState<'_>) -> Result<(), UiError> {
    on_engine(&host, "Send everything again", |engine| engine.retry_all()).await
}

/// Gives up an entry: the local change is taken back.
#[tauri::command]
#[specta::specta]
pub async fn discard_entry(host: HostState<'_>, entry: OutboxId) -> Result<Done, UiError> {
    on_engine(&host, "Discard the change", move |engine| engine.discard_entry(entry)).await
}

/// Saved here, accepted there.
#[tauri::command]
#[specta::specta]
pub async fn sync_status(host: HostState<'_>) -> Result<SyncStatus, UiError> {
    on_engine(&host, "Show the sync status", |engine| engine.sync_status()).await
}

/// Pulls and pushes without waiting for the next round. The answer comes as events.
#[tauri::command]
#[specta::specta]
pub async fn sync_now(host: HostState<'_>) -> Result<(), UiError> {
    host.engine("Sync now")?;
    host.sync_soon();
    Ok(())
}

/// Opens the ticket in HaloPSA, in the browser.
#[tauri::command]
#[specta::specta]
pub async fn open_in_halo(app: AppHandle, host: HostState<'_>, ticket: TicketId) -> Result<(), UiError> {
    on_engine(&host, "Open the ticket in HaloPSA", move |engine| {
        let url = engine
            .ticket_view(ticket)?
            .halo_url
            .ok_or_else(|| engine::Problem::Refused {
                reason: "This ticket is not in HaloPSA yet.".to_owned(),
            })?;
        app.opener().open_url(url, None::<&str>).context("Open the browser")
    })
    .await
}
