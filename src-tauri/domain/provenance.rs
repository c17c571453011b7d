//! Where a value came from, when, and who wrote it last.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{AgentId, Value};

/// The origin of a value. The order is no precedence: the merge policy decides that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Source {
    /// Typed in Leadline by a person.
    Person,
    /// Read from HaloPSA.
    Halopsa,
    /// A data provider, by its name ("Apollo.io").
    Provider { name: String },
    /// A file of nobody in particular, by its name.
    File { name: String },
    /// Derived by a rule of Leadline, by its name.
    Rule { name: String },
}

/// Source, time and hand of a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Provenance {
    pub source: Source,
    pub at: DateTime<Utc>,
    /// The person behind it, where there was one.
    pub by: Option<AgentId>,
}

/// A value of a ticket's field as it is kept: clean, as it arrived, and where from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct StoredValue {
    pub value: Value,
    /// The text as it was typed or imported, where it differs from the clean value.
    pub raw: Option<String>,
    pub provenance: Provenance,
}
