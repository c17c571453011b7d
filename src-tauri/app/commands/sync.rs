//! What is between here and HaloPSA: the outbox and the status.

use anyhow::Context;
use chrono::Utc;
use domain::{OutboxId, TicketId};
use engine::views::{Done, HealthView, SyncDifferences, SyncStatus};
use store::{ConflictRow, OutboxRow};
use tauri::AppHandle;
use tauri_plugin_opener::OpenerExt;

use super::{HostState, on_engine};
use crate::{downloads, errors::UiError};

/// What waits for HaloPSA, was refused or was sent lately.
#[tauri::command]
#[specta::specta]
pub async fn outbox(host: HostState<'_>) -> Result<Vec<OutboxRow>, UiError> {
    on_engine(&host, "Show the outbox", |engine| engine.outbox()).await
}

/// Where both sides changed the same field and nobody has chosen yet, oldest first.
#[tauri::command]
#[specta::specta]
pub async fn conflicts(host: HostState<'_>) -> Result<Vec<ConflictRow>, UiError> {
    on_engine(&host, "Show what differs", |engine| engine.conflicts()).await
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

/// Creates the ticket behind a refused entry in HaloPSA again, because it is gone there.
#[tauri::command]
#[specta::specta]
pub async fn recreate_entry(host: HostState<'_>, entry: OutboxId) -> Result<Done, UiError> {
    on_engine(&host, "Create the ticket again", move |engine| {
        engine.recreate_entry(entry)
    })
    .await
}

/// Holds the outbox back, or lets it go on.
#[tauri::command]
#[specta::specta]
pub async fn set_outbox_paused(host: HostState<'_>, paused: bool) -> Result<(), UiError> {
    on_engine(&host, "Pause the outbox", move |engine| {
        engine.set_outbox_paused(paused)
    })
    .await
}

/// How the conversation with HaloPSA goes: figures, alerts, the last comparison, the log.
#[tauri::command]
#[specta::specta]
pub async fn sync_health(host: HostState<'_>) -> Result<HealthView, UiError> {
    on_engine(&host, "Show how sync goes", |engine| engine.health()).await
}

/// Which tickets the last comparison of both sides found missing in HaloPSA, elsewhere, or not here.
#[tauri::command]
#[specta::specta]
pub async fn sync_differences(host: HostState<'_>) -> Result<SyncDifferences, UiError> {
    on_engine(&host, "Show what differs", |engine| engine.sync_differences()).await
}

/// Figures and log as text for support, without personal data.
#[tauri::command]
#[specta::specta]
pub async fn export_sync_log(host: HostState<'_>) -> Result<String, UiError> {
    on_engine(&host, "Export the sync log", |engine| engine.export_sync_log()).await
}

/// Writes figures and log for support into the folder for downloads; answers where.
#[tauri::command]
#[specta::specta]
pub async fn save_sync_log(app: AppHandle, host: HostState<'_>) -> Result<String, UiError> {
    on_engine(&host, "Save the sync log", move |engine| {
        let text = engine.export_sync_log()?;
        let stem = format!("leadline-sync-{}", Utc::now().format("%Y-%m-%d"));
        let path = downloads::save(&app, &stem, "txt", &text)?;
        Ok(path.display().to_string())
    })
    .await
}

/// Marks everything that is missing in HaloPSA as gone, because a person says that it was deleted there.
#[tauri::command]
#[specta::specta]
pub async fn confirm_missing(host: HostState<'_>) -> Result<(), UiError> {
    on_engine(&host, "Mark the missing tickets", |engine| engine.confirm_missing()).await
}

/// Leaves everything as it is that is missing in HaloPSA, because a person says that it is there.
#[tauri::command]
#[specta::specta]
pub async fn keep_missing(host: HostState<'_>) -> Result<(), UiError> {
    on_engine(&host, "Keep the missing tickets", |engine| engine.keep_missing()).await
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
