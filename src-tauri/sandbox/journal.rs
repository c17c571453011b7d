//! What keeps a tenant alive across a restart: the changes since the sample data, one line each.
//!
//! The first line says what the sample data was made from, the others are the writes in order. Replaying them makes the
//! same tenant, because ids and dates follow from the requests and their moments alone.

use std::io;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::record::Moment;

/// Where lines are kept. The sandbox neither knows nor cares how; whoever provides it may seal them.
pub trait Journal: Send {
    /// Keeps one more line. It has to be safe when this returns.
    ///
    /// # Errors
    /// When it could not be kept.
    fn append(&mut self, line: &str) -> io::Result<()>;

    /// Every line that was kept, oldest first.
    ///
    /// # Errors
    /// When they cannot be read.
    fn replay(&mut self) -> io::Result<Vec<String>>;
}

/// The version of the sample data. It changes when the same seed would make another tenant.
pub(crate) const GENERATION: u32 = 1;

/// The first line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Origin {
    pub generation: u32,
    pub seed: u64,
    pub tickets: u32,
    /// The moment at which the sample data ends.
    pub now: Moment,
}

/// Any other line: a request that changed something.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Entry {
    pub at: Moment,
    pub agent: i64,
    pub method: String,
    pub path: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub query: String,
    /// The elements that were taken; those after a refusal are not among them.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub body: Value,
}
