//! The three lifecycles, the keys of their stages, and the roles of people.

use serde::{Deserialize, Serialize};
use specta::Type;

/// Where in its life a ticket is. In HaloPSA: the ticket type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Lifecycle {
    Lead,
    Prospect,
    Opportunity,
}

impl Lifecycle {
    /// In the order of a sale.
    pub const ALL: [Self; 3] = [Self::Lead, Self::Prospect, Self::Opportunity];

    /// The stable key, as kept in the database and in exports.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Lead => "lead",
            Self::Prospect => "prospect",
            Self::Opportunity => "opportunity",
        }
    }

    /// The word on screens.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Lead => "Lead",
            Self::Prospect => "Prospect",
            Self::Opportunity => "Opportunity",
        }
    }

    /// The lifecycle with that key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lifecycle| lifecycle.key() == key)
    }
}

/// The key of a stage, such as `contacted`. Stages are configuration, so the set is open; the workflow knows which exist.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(transparent)]
pub struct StageKey(pub String);

impl StageKey {
    /// Where a ticket stands in HaloPSA that became a part of another one: closed. No stage of any workflow.
    pub const MERGED: &str = "merged";

    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for StageKey {
    fn from(key: &str) -> Self {
        Self(key.to_owned())
    }
}

impl std::fmt::Display for StageKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// What a person may do. Chosen in Settings until HaloPSA's roles are mapped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    #[default]
    Rep,
    Ops,
    Manager,
}
