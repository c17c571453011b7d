//! The icon in the system's tray: what waits, and the way back to the window. Desktops without a tray go without.

use std::panic::{AssertUnwindSafe, catch_unwind};

use engine::views::{Link, SyncStatus};
use tauri::{
    AppHandle, Manager, Wry,
    menu::{Menu, MenuItem, PredefinedMenuItem},
    tray::TrayIconBuilder,
};

use crate::{host::Host, window};

/// The line of the tray's menu that says how sync stands.
struct StatusLine(MenuItem<Wry>);

/// Puts the icon up, where the desktop has a place for it.
pub fn put_up(app: &AppHandle) {
    // The library behind the tray on Linux panics when it is not installed; a tray is not worth a crash.
    match catch_unwind(AssertUnwindSafe(|| build(app))) {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(app.error = %error, "this desktop has no tray"),
        Err(_) => tracing::warn!("this desktop has no tray library"),
    }
}

fn build(app: &AppHandle) -> tauri::Result<()> {
    let status = MenuItem::with_id(app, "status", "Not connected", false, None::<&str>)?;
    let menu = Menu::with_items(
        app,
        &[
            &status,
            &PredefinedMenuItem::separator(app)?,
            &MenuItem::with_id(app, "open", "Open Leadline", true, None::<&str>)?,
            &MenuItem::with_id(app, "sync", "Sync now", true, None::<&str>)?,
            &PredefinedMenuItem::separator(app)?,
            &MenuItem::with_id(app, "quit", "Quit", true, None::<&str>)?,
        ],
    )?;
    let mut tray = TrayIconBuilder::with_id("main")
        .menu(&menu)
        .tooltip("Leadline")
        .on_menu_event(|app, event| match event.id().as_ref() {
            "open" => window::show(app),
            "sync" => app.state::<std::sync::Arc<Host>>().sync_soon(),
            "quit" => app.exit(0),
            _ => {}
        });
    if let Some(icon) = app.default_window_icon() {
        tray = tray.icon(icon.clone());
    }
    tray.build(app)?;
    app.manage(StatusLine(status));
    Ok(())
}

/// Says in the tray how sync stands.
pub fn show_status(app: &AppHandle, status: &SyncStatus) {
    let Some(line) = app.try_state::<StatusLine>() else {
        return;
    };
    let text = sentence(status);
    if let Err(error) = line.0.set_text(&text) {
        tracing::debug!(app.error = %error, "the tray cannot be updated");
    }
    if let Some(tray) = app.tray_by_id("main")
        && let Err(error) = tray.set_tooltip(Some(format!("Leadline – {text}")))
    {
        tracing::debug!(app.error = %error, "the tray cannot be updated");
    }
}

/// How sync stands, in a few words; the command line says the same.
#[must_use]
pub fn sentence(status: &SyncStatus) -> String {
    let counts = status.counts;
    let needs_you = counts.parked + counts.conflicts;
    let mut parts = Vec::new();
    match status.link {
        Link::NotConnected => parts.push("Not connected".to_owned()),
        Link::Offline { .. } => parts.push("Offline: everything is saved here".to_owned()),
        Link::SignedOut { .. } => parts.push("Signed out: sign in again".to_owned()),
        Link::Online if status.paused => parts.push("Sending is paused".to_owned()),
        Link::Online => {}
    }
    if counts.waiting > 0 {
        parts.push(format!("{} waiting", counts.waiting));
    }
    if needs_you > 0 {
        parts.push(format!("{needs_you} needs you"));
    }
    if parts.is_empty() {
        parts.push("All changes in HaloPSA".to_owned());
    }
    parts.join(" · ")
}
