//! The entries.

use super::Field;

/// Every field, in the order of screens.
pub static CATALOGUE: &[Field] = &[];
