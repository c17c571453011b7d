//! The list: its lines, what they add up to, and the file that they are written into.

use chrono::Local;
use engine::views::{ExportQuery, ListPage, ListPageQuery, ListQuery, ListSums};
use serde::{Deserialize, Serialize};
use specta::Type;
use store::Card;
use tauri::AppHandle;

use super::{HostState, on_engine};
use crate::{downloads, errors::UiError};

/// A list that was written into a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Exported {
    pub tickets: u32,
    /// Where the file is.
    pub path: String,
}

/// A part of a list.
#[tauri::command]
#[specta::specta]
pub async fn list_page(host: HostState<'_>, query: ListPageQuery) -> Result<ListPage, UiError> {
    on_engine(&host, "Show the list", move |engine| engine.list_page(&query)).await
}

/// What a list adds up to.
#[tauri::command]
#[specta::specta]
pub async fn list_sums(host: HostState<'_>, query: ListQuery) -> Result<ListSums, UiError> {
    on_engine(&host, "Add up the list", move |engine| engine.list_sums(&query)).await
}

/// The cards of a whole list, for a selection; the first 5,000 of a longer one.
#[tauri::command]
#[specta::specta]
pub async fn list_cards(host: HostState<'_>, query: ListQuery) -> Result<Vec<Card>, UiError> {
    on_engine(&host, "Select the list", move |engine| engine.list_cards(&query)).await
}

/// Writes a list into the folder for downloads; answers where.
#[tauri::command]
#[specta::specta]
pub async fn export_list(app: AppHandle, host: HostState<'_>, query: ExportQuery) -> Result<Exported, UiError> {
    on_engine(&host, "Export the list", move |engine| {
        let stem = format!("leadline-tickets-{}", Local::now().format("%Y-%m-%d"));
        let (tickets, path) = downloads::write(&app, &stem, query.format.extension(), |file| {
            engine.export(&query, file)
        })?;
        Ok(Exported {
            tickets,
            path: path.display().to_string(),
        })
    })
    .await
}
