//! Phone numbers. Nothing else in the code knows which crate reads them.

use serde::{Deserialize, Serialize};
use specta::Type;

/// A phone number: as dialled worldwide, and as it was typed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
pub struct PhoneNumber {
    /// E.164 such as `+442079460018`; `None` when it could not be read, and then `typed` is all there is.
    pub e164: Option<String>,
    pub extension: Option<String>,
    pub typed: String,
}
