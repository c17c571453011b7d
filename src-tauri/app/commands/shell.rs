//! The app itself: which face it shows, and how it gets from one to the next.

use engine::views::{ConnectReport, ConnectRequest};
use tauri::AppHandle;

use super::HostState;
use crate::{errors::UiError, state::AppState, window};

/// What the window must show now.
#[tauri::command]
#[specta::specta]
pub async fn app_state(host: HostState<'_>) -> Result<AppState, UiError> {
    Ok(host.settled_state().await)
}

/// Shows the window once the first paint is ready.
#[tauri::command]
#[specta::specta]
pub async fn show_window(app: AppHandle) -> Result<(), UiError> {
    window::show_first(&app);
    Ok(())
}

/// Opens the data with the passphrase; where there is no data yet, chooses it. An empty passphrase just tries again.
#[tauri::command]
#[specta::specta]
pub async fn unlock(host: HostState<'_>, passphrase: String) -> Result<AppState, UiError> {
    host.unlock(passphrase).await
}

/// Opens the built-in sample tenant.
#[tauri::command]
#[specta::specta]
pub async fn start_demo(host: HostState<'_>) -> Result<AppState, UiError> {
    host.start_demo().await
}

/// Closes the sample tenant; its data stays for the next time.
#[tauri::command]
#[specta::specta]
pub async fn leave_demo(host: HostState<'_>) -> Result<AppState, UiError> {
    host.leave_demo().await
}

/// Puts data that cannot be opened into a folder beside it and starts anew. Nothing is deleted.
#[tauri::command]
#[specta::specta]
pub async fn set_aside_database(host: HostState<'_>) -> Result<AppState, UiError> {
    host.set_aside_database().await
}

/// Connects to a HaloPSA tenant and starts the first pull.
#[tauri::command]
#[specta::specta]
pub async fn connect(host: HostState<'_>, request: ConnectRequest) -> Result<ConnectReport, UiError> {
    host.connect(request).await
}

/// Forgets the credentials; the data and what waits stay on this computer.
#[tauri::command]
#[specta::specta]
pub async fn disconnect(host: HostState<'_>) -> Result<AppState, UiError> {
    host.disconnect().await
}
