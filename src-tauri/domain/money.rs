//! Amounts of money in minor units.

use serde::{Deserialize, Serialize};
use specta::Type;

/// An amount in the minor unit of its currency (cents, pence), with the ISO 4217 code.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
pub struct Money {
    #[specta(type = i32)]
    pub minor: i64,
    /// ISO 4217, upper case.
    pub currency: String,
}
