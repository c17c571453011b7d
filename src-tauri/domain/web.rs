//! Websites: cleaned host and path, and the registrable domain behind them.

use serde::{Deserialize, Serialize};
use specta::Type;

/// A web address without scheme and trailing slash, host in lower case and punycode.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(transparent)]
pub struct WebAddress(pub String);
