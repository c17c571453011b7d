//! What a window may ask of the host. A command converts, calls the engine and converts; it decides nothing.
//!
//! [`shell`] is about the app itself, [`board`] and [`listing`] read, [`tickets`] changes, [`contact`] reaches people, [`sync`] is about HaloPSA, [`mapping`]
//! about what stands for what there, [`imports`] brings files in, [`insights`] counts and [`dashboards`] keeps views of it, [`review`] asks for decisions.

#![expect(
    clippy::let_underscore_must_use,
    reason = "Tauri's command macro drops the result of a type check that way"
)]

pub mod board;
pub mod contact;
pub mod dashboards;
pub mod imports;
pub mod insights;
pub mod listing;
pub mod mapping;
pub mod review;
pub mod shell;
pub mod sync;
pub mod tickets;

use std::sync::Arc;

use engine::Engine;

use crate::{errors::UiError, host::Host};

/// The host, as Tauri hands it to a command.
type HostState<'a> = tauri::State<'a, Arc<Host>>;

/// Does the work on a thread that may wait for the disk.
async fn on_engine<T: Send + 'static>(
    host: &Host,
    attempted: &'static str,
    work: impl FnOnce(&Engine) -> anyhow::Result<T> + Send + 'static,
) -> Result<T, UiError> {
    let engine = host.engine(attempted)?;
    tokio::task::spawn_blocking(move || work(&engine))
        .await
        .map_err(anyhow::Error::from)
        .flatten()
        .map_err(|error| UiError::of(attempted, &error).logged())
}
