//! What an outbox entry carries, and what a side of a conflict would write.

use std::collections::BTreeMap;

use domain::{ActivityId, AgentId, CompanyId, ContactId, FieldKey, Lifecycle, SiteId, StageKey, Value, lists::Tags};
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
    #[serde(skip_serializing_if = "Option::is_none")]
    pub party: Option<Party>,
    /// All lists that the ticket is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lists: Option<Tags>,
    /// `None` as value empties the field.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<FieldKey, Option<Value>>,
}

impl LocalPatch {
    /// Whether it changes nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.stage.is_none()
            && self.owner.is_none()
            && self.party.is_none()
            && self.lists.is_none()
            && self.fields.is_empty()
    }

    /// Lays a later change over this one.
    pub fn fold(&mut self, later: Self) {
        if later.stage.is_some() {
            self.stage = later.stage;
        }
        if later.owner.is_some() {
            self.owner = later.owner;
        }
        if later.party.is_some() {
            self.party = later.party;
        }
        if later.lists.is_some() {
            self.lists = later.lists;
        }
        self.fields.extend(later.fields);
    }
}

/// Whom a ticket is about: both, a company alone, or nobody known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    pub company: Option<CompanyId>,
    pub contact: Option<ContactId>,
}

/// A record beside the tickets that was made here, and that HaloPSA has yet to get.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "record", content = "id", rename_all = "snake_case")]
pub enum NewRecord {
    Company(CompanyId),
    Site(SiteId),
    Contact(ContactId),
}

impl NewRecord {
    /// As the outbox names its sort, and its id.
    pub(crate) fn columns(self) -> (&'static str, i64) {
        match self {
            Self::Company(id) => ("company", id.0),
            Self::Site(id) => ("site", id.0),
            Self::Contact(id) => ("contact", id.0),
        }
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
    /// Create a company, site or contact from what is here when it is sent.
    Record { record: NewRecord },
    /// Tell HaloPSA whether this contact may be written to by its campaigns, as it holds when it is sent.
    Peace { contact: ContactId },
}

impl OutboxPayload {
    /// The columns that queries need: the sort of entry, and the activity or the record it carries.
    pub(crate) fn columns(&self) -> (&'static str, Option<ActivityId>, Option<i64>) {
        match self {
            Self::Update { .. } => ("update", None, None),
            Self::Create { .. } => ("create", None, None),
            Self::Activity { activity } => ("activity", Some(*activity), None),
            Self::Peace { .. } => ("peace", None, None),
            Self::Record { record } => {
                let (kind, id) = record.columns();
                (kind, None, Some(id))
            }
        }
    }

    /// The fields it writes.
    #[must_use]
    pub fn fields(&self) -> Vec<FieldKey> {
        match self {
            Self::Update { patch } => patch.fields.keys().copied().collect(),
            Self::Create { .. } | Self::Activity { .. } | Self::Record { .. } | Self::Peace { .. } => Vec::new(),
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
