//! The desktop window: one per home, shown once it has painted, gone only after what is on its way has arrived.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tauri::{AppHandle, Manager, RunEvent, Runtime, plugin::TauriPlugin, webview::PageLoadEvent};
use tauri_plugin_window_state::StateFlags;

use crate::{bindings, host::Host, tray};

/// The label of the one window.
pub const MAIN: &str = "main";

/// A page that never says that it has painted is shown after this.
const LATEST_SHOW: Duration = Duration::from_secs(4);

/// How long closing waits for what is on its way to HaloPSA. What does not make it waits in the outbox.
const FLUSH: Duration = Duration::from_secs(5);

/// There is no desktop to open a window on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no desktop to open a window on")]
pub struct NoDesktop;

/// Opens the window and runs until it is closed.
///
/// # Errors
/// [`NoDesktop`], or when the desktop gives no window.
pub fn run(host: Arc<Host>) -> anyhow::Result<()> {
    let shown = |variable| std::env::var_os(variable).is_some_and(|value| !value.is_empty());
    if cfg!(target_os = "linux") && !shown("DISPLAY") && !shown("WAYLAND_DISPLAY") {
        return Err(NoDesktop.into());
    }
    let builder = bindings::builder();
    let setup_host = Arc::clone(&host);
    let commands = builder.invoke_handler();
    let mut app = tauri::Builder::default();
    if let Some(home) = host.home() {
        app = app
            .plugin(
                tauri_plugin_single_instance::Builder::new()
                    // Windows over different folders are different programs.
                    .dbus_id(format!("app.leadline.desktop.home{}", home.fingerprint()))
                    .callback(|app, _, _| show(app))
                    .build(),
            )
            .plugin(
                tauri_plugin_window_state::Builder::default()
                    .with_state_flags(StateFlags::all() - StateFlags::VISIBLE)
                    .with_filename(home.path().join("window.json").to_string_lossy())
                    .build(),
            );
    }
    let app = app
        .plugin(tauri_plugin_opener::init())
        .plugin(tauri_plugin_notification::init())
        .plugin(stay_inside())
        .manage(Arc::clone(&host))
        .invoke_handler(commands)
        .setup(move |app| {
            builder.mount_events(app);
            tray::put_up(app.handle());
            setup_host.start(app.handle());
            Ok(())
        })
        .on_page_load(|webview, load| {
            if load.event() == PageLoadEvent::Finished {
                let app = webview.app_handle().clone();
                tauri::async_runtime::spawn(async move {
                    tokio::time::sleep(LATEST_SHOW).await;
                    show_first(&app);
                });
            }
        })
        .build(tauri::generate_context!())?;

    let flushed = AtomicBool::new(false);
    app.run(move |app, event| {
        if let RunEvent::ExitRequested { api, code, .. } = event
            && !flushed.swap(true, Ordering::SeqCst)
        {
            api.prevent_exit();
            let (app, host) = (app.clone(), Arc::clone(&host));
            tauri::async_runtime::spawn(async move {
                if tokio::time::timeout(FLUSH, host.close()).await.is_err() {
                    tracing::warn!(
                        app.flush_s = FLUSH.as_secs(),
                        "closed before everything was sent; the rest waits"
                    );
                }
                app.exit(code.unwrap_or(0));
            });
        }
    });
    Ok(())
}

/// Shows the window for the first time; later calls change nothing, so that a hidden window stays hidden.
pub fn show_first<R: Runtime>(app: &AppHandle<R>) {
    if let Some(window) = app.get_webview_window(MAIN)
        && !window.is_visible().unwrap_or(false)
    {
        match window.show() {
            // The bench waits for this line.
            Ok(()) => tracing::info!("the window is shown"),
            Err(error) => tracing::error!(app.error = %error, "the window cannot be shown"),
        }
    }
}

/// Shows the window and brings it to the front.
pub fn show<R: Runtime>(app: &AppHandle<R>) {
    let Some(window) = app.get_webview_window(MAIN) else {
        return;
    };
    for result in [window.show(), window.unminimize(), window.set_focus()] {
        if let Err(error) = result {
            tracing::warn!(app.error = %error, "the window cannot be brought to the front");
        }
    }
}

/// The window shows Leadline and nothing else: no link and no script may take it to another page.
fn stay_inside<R: Runtime>() -> TauriPlugin<R> {
    tauri::plugin::Builder::new("stay-inside")
        .on_navigation(|webview, url| {
            let ours = match url.scheme() {
                "tauri" => true,
                "http" | "https" => {
                    url.host_str() == Some("tauri.localhost")
                        || webview
                            .config()
                            .build
                            .dev_url
                            .as_ref()
                            .is_some_and(|dev| dev.origin() == url.origin())
                }
                _ => false,
            };
            if !ours {
                tracing::warn!(app.url_scheme = url.scheme(), "a page tried to leave the window");
            }
            ours
        })
        .build()
}
