//! The app itself: which face it shows, and how it gets from one to the next.

use engine::views::{ConnectReport, ConnectRequest, SignInRequest};
use tauri::AppHandle;

use super::HostState;
use crate::{
    errors::UiError,
    host::signing_in::{SignInAgain, SignInStarted},
    profiles::ProfileView,
    state::AppState,
    window,
};

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

/// Begins to sign a person in: opens the browser. Then call `finish_sign_in`.
#[tauri::command]
#[specta::specta]
pub async fn begin_sign_in(host: HostState<'_>, request: SignInRequest) -> Result<SignInStarted, UiError> {
    host.begin_sign_in(request).await
}

/// Waits until the person has signed in, and connects.
#[tauri::command]
#[specta::specta]
pub async fn finish_sign_in(host: HostState<'_>) -> Result<ConnectReport, UiError> {
    host.finish_sign_in().await
}

/// Gives up the sign-in that is under way; `finish_sign_in` comes back with `sign_in_cancelled`.
#[tauri::command]
#[specta::specta]
pub async fn cancel_sign_in(host: HostState<'_>) -> Result<(), UiError> {
    host.cancel_sign_in()
}

/// Signs in again as before: opens the browser, or says that a service account needs its secret.
#[tauri::command]
#[specta::specta]
pub async fn sign_in_again(host: HostState<'_>) -> Result<SignInAgain, UiError> {
    host.sign_in_again().await
}

/// The HaloPSAs that have data on this computer.
#[tauri::command]
#[specta::specta]
pub async fn profiles(host: HostState<'_>) -> Result<Vec<ProfileView>, UiError> {
    host.profiles()
}

/// Shows another HaloPSA; what waits for this one stays with it.
#[tauri::command]
#[specta::specta]
pub async fn switch_profile(host: HostState<'_>, name: String) -> Result<AppState, UiError> {
    host.switch_profile(&name).await
}

/// Shows the welcome for one more HaloPSA, which will be called that.
#[tauri::command]
#[specta::specta]
pub async fn add_profile(host: HostState<'_>, name: String) -> Result<AppState, UiError> {
    host.add_profile(&name).await
}

/// Forgets the credentials; the data and what waits stay on this computer.
#[tauri::command]
#[specta::specta]
pub async fn disconnect(host: HostState<'_>) -> Result<AppState, UiError> {
    host.disconnect().await
}
