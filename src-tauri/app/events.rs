//! What the host tells every window without being asked.

use engine::views::{Alert, ImportProgress, SyncStatus};
use serde::{Deserialize, Serialize};
use specta::Type;
use store::Changes;
use tauri_specta::Event;

use crate::state::AppState;

/// A write changed something; the windows refresh exactly that.
#[derive(Clone, Debug, Serialize, Deserialize, Type, Event)]
pub struct ChangedEvent(pub Changes);

/// The sync status changed.
#[derive(Clone, Debug, Serialize, Deserialize, Type, Event)]
pub struct SyncEvent(pub SyncStatus);

/// Something that a person should know of began. Told once.
#[derive(Clone, Debug, Serialize, Deserialize, Type, Event)]
pub struct AlertEvent(pub Alert);

/// How far an import is.
#[derive(Clone, Debug, Serialize, Deserialize, Type, Event)]
pub struct ImportEvent(pub ImportProgress);

/// The face of the app changed.
#[derive(Clone, Debug, Serialize, Deserialize, Type, Event)]
pub struct PhaseEvent(pub AppState);
