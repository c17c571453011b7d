//! Which face the app shows: welcome, locked, broken or ready.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::errors::UiError;

/// What a window must show, and what it may offer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct AppState {
    pub phase: Phase,
    /// The sample tenant, not a real one.
    pub demo: bool,
    /// The name of the profile that is shown: `tenant` for the first HaloPSA.
    pub profile: String,
    /// Of Leadline, such as `0.1.0`.
    pub version: String,
    /// Whether this computer keeps secrets for us. Without it, a passphrase must be chosen before connecting.
    pub keychain: bool,
    /// Whether the passphrase of this session is known (it is needed only without a keychain).
    pub passphrase: bool,
}

/// The face of the app.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Phase {
    /// Nothing connected yet: connect, or try the sample data.
    Welcome,
    /// The data is here but cannot be read without what `reason` names.
    Locked { reason: LockReason },
    /// The data cannot be opened.
    Broken { problem: Problem, error: UiError },
    /// The board.
    Ready,
}

/// What is missing to open the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum LockReason {
    /// The passphrase that was chosen when there was no keychain.
    Passphrase,
    /// The key lies in the system's keychain, which does not answer or is locked; `unlock("")` tries again.
    Keychain,
}

/// Why the data cannot be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Problem {
    /// The file is damaged; it can be set aside.
    Corrupt,
    /// A newer Leadline wrote it; update, or set it aside.
    Newer,
    /// The keychain answers but has no key for this file; it can be set aside.
    KeyMissing,
    /// The keychain that holds the key does not answer.
    Keychain,
    /// Another Leadline has it open.
    InUse,
    /// The disk is full.
    DiskFull,
    /// The folder cannot be read or written.
    Folder,
}
