//! What an outbox entry carries, and what a side of a conflict would write.

use std::collections::BTreeMap;

use domain::{ActivityId, AgentId, FieldKey, Lifecycle, StageKey, Value};
use serde::{Deserialize, Serialize};

use crate::OutboxState;

/// A partial change of one ticket in local words: only what is named changes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LocalPatch {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<(Lifecycle, StageKey)>,
    /// `Some(None)` unassigns.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub owner: Option<Option<AgentId>>,
    /// `None` as value empties the field.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<FieldKey, Option<Value>>,
}

impl LocalPatch {
    /// Whether it changes nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.stage.is_none() && self.owner.is_none() && self.fields.is_empty()
    }

    /// Lays a later change over this one.
    pub fn fold(&mut self, later: Self) {
        if later.stage.is_some() {
            self.stage = later.stage;
        }
        if later.owner.is_some() {
            self.owner = later.owner;
        }
        self.fields.extend(later.fields);
    }
}

/// A property that is there means something even when it is null; serde alone would read null as "not there".
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Option<AgentId>>, D::Error> {
    Option::<AgentId>::deserialize(deserializer).map(Some)
}

/// What an outbox entry asks of HaloPSA.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum OutboxPayload {
    /// Change these properties of the ticket.
    Update { patch: LocalPatch },
    /// Create the ticket from its values as they are when it is sent; the key tells a lost answer from a lost request.
    Create { key: String },
    /// Write the activity as an action of the ticket.
    Activity { activity: ActivityId },
}

impl OutboxPayload {
    /// The columns that queries need: the sort of entry, and the activity it carries.
    pub(crate) fn columns(&self) -> (&'static str, Option<ActivityId>) {
        match self {
            Self::Update { .. } => ("update", None),
            Self::Create { .. } => ("create", None),
            Self::Activity { activity } => ("activity", Some(*activity)),
        }
    }

    /// The fields it writes.
    #[must_use]
    pub fn fields(&self) -> Vec<FieldKey> {
        match self {
            Self::Update { patch } => patch.fields.keys().copied().collect(),
            Self::Create { .. } | Self::Activity { .. } => Vec::new(),
        }
    }
}

impl OutboxState {
    /// The stable key, as kept in the database.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sending => "sending",
            Self::Uncertain => "uncertain",
            Self::Parked => "parked",
            Self::Sent => "sent",
        }
    }

    /// The state with that key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        [Self::Waiting, Self::Sending, Self::Uncertain, Self::Parked, Self::Sent]
            .into_iter()
            .find(|state| state.key() == key)
    }
}

/// How a conflict was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    Mine,
    Theirs,
    /// Both sides came to the same, so that there was nothing left to choose.
    Moot,
}

impl Choice {
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Mine => "mine",
            Self::Theirs => "theirs",
            Self::Moot => "moot",
        }
    }
}
