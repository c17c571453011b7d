//! What stands for what in HaloPSA: looked at, corrected, watched.

use domain::FieldKey;
use engine::views::{MappingEdit, MappingView};

use super::{HostState, on_engine};
use crate::errors::UiError;

/// The mapping in use, and everything there is to choose from.
#[tauri::command]
#[specta::specta]
pub async fn mapping(host: HostState<'_>) -> Result<MappingView, UiError> {
    on_engine(&host, "Show the mapping", |engine| engine.mapping()).await
}

/// The mapping as it would be with that edit. Nothing is kept.
#[tauri::command]
#[specta::specta]
pub async fn check_mapping(host: HostState<'_>, edit: MappingEdit) -> Result<MappingView, UiError> {
    on_engine(&host, "Check the mapping", move |engine| engine.check_mapping(edit)).await
}

/// Keeps an edit of the mapping.
#[tauri::command]
#[specta::specta]
pub async fn save_mapping(host: HostState<'_>, edit: MappingEdit) -> Result<MappingView, UiError> {
    on_engine(&host, "Save the mapping", move |engine| engine.save_mapping(&edit)).await
}

/// Reads the set-up of the tenant again.
#[tauri::command]
#[specta::specta]
pub async fn read_setup(host: HostState<'_>) -> Result<MappingView, UiError> {
    const ATTEMPT: &str = "Read the set-up of HaloPSA";
    let engine = host.engine(ATTEMPT)?;
    let read = engine.read_setup().await;
    read.map_err(|error| UiError::of(ATTEMPT, &error).logged())
}

/// Asks HaloPSA to create the custom field that a field lacks.
#[tauri::command]
#[specta::specta]
pub async fn create_missing_field(host: HostState<'_>, field: FieldKey) -> Result<MappingView, UiError> {
    const ATTEMPT: &str = "Create the field in HaloPSA";
    let engine = host.engine(ATTEMPT)?;
    let created = engine.create_missing_field(field).await;
    created.map_err(|error| UiError::of(ATTEMPT, &error).logged())
}

/// The mapping in use as a document.
#[tauri::command]
#[specta::specta]
pub async fn export_mapping(host: HostState<'_>) -> Result<String, UiError> {
    on_engine(&host, "Export the mapping", |engine| engine.export_mapping()).await
}

/// Reads a document: the mapping as it would be. Nothing is kept.
#[tauri::command]
#[specta::specta]
pub async fn import_mapping(host: HostState<'_>, text: String) -> Result<MappingView, UiError> {
    on_engine(&host, "Import the mapping", move |engine| engine.import_mapping(&text)).await
}
