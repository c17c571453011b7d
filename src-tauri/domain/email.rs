//! E-mail addresses.

use serde::{Deserialize, Serialize};
use specta::Type;

/// A valid address: trimmed, lower case, NFC.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(transparent)]
pub struct EmailAddress(pub String);
