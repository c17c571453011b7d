//! What a person must decide: one queue for suspected duplicates, rows of imports, conflicts and refused changes.
//!
//! Items of their own are kept in `review_items`. Conflicts and refused changes are not copied: the queue shows them where
//! they are, so that an item and what it is about can never disagree.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::{
    AgentId, ConflictId, ContactId, FieldKey, ImportId, NotSameId, OutboxId, ReviewId, StoredValue, TicketId,
};
use serde::{Deserialize, Serialize};
use specta::Type;

/// Why a person is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ReviewReason {
    /// An incoming record that is not good enough to become a ticket by itself.
    LowQuality,
    /// Two tickets, or a ticket and an incoming record, that may be the same person.
    PossibleDuplicate,
    /// An incoming record whose values differ from those of its ticket, and no rule decides.
    MergeConflict,
    /// An incoming record for a ticket that is preserved.
    NewData,
    /// The same person at another company.
    JobChange,
    /// This computer and HaloPSA changed the same field.
    SyncConflict,
    /// HaloPSA refused a change.
    RefusedChange,
    /// A row of a file that could not be read or kept.
    ImportError,
}

impl ReviewReason {
    /// Every reason, in the order of screens.
    pub const ALL: [Self; 8] = [
        Self::RefusedChange,
        Self::SyncConflict,
        Self::PossibleDuplicate,
        Self::JobChange,
        Self::MergeConflict,
        Self::NewData,
        Self::LowQuality,
        Self::ImportError,
    ];

    /// The stable key, as kept in the database.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::LowQuality => "low_quality",
            Self::PossibleDuplicate => "possible_duplicate",
            Self::MergeConflict => "merge_conflict",
            Self::NewData => "new_data",
            Self::JobChange => "job_change",
            Self::SyncConflict => "sync_conflict",
            Self::RefusedChange => "refused_change",
            Self::ImportError => "import_error",
        }
    }

    /// The reason with that key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.key() == key)
    }
}

/// The name of one entry of the queue: `item:12`, `conflict:3`, `outbox:9`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(transparent)]
#[specta(transparent)]
pub struct ReviewKey(pub String);

/// Where an entry of the queue is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReviewPlace {
    Item(ReviewId),
    Conflict(ConflictId),
    Outbox(OutboxId),
}

impl ReviewKey {
    /// Where the entry is kept; `None` for a name that is none.
    #[must_use]
    pub fn place(&self) -> Option<ReviewPlace> {
        let (kind, id) = self.0.split_once(':')?;
        let id: i64 = id.parse().ok()?;
        match kind {
            "item" => Some(ReviewPlace::Item(ReviewId(id))),
            "conflict" => Some(ReviewPlace::Conflict(ConflictId(id))),
            "outbox" => Some(ReviewPlace::Outbox(OutboxId(id))),
            _ => None,
        }
    }
}

impl From<ReviewPlace> for ReviewKey {
    fn from(place: ReviewPlace) -> Self {
        Self(match place {
            ReviewPlace::Item(id) => format!("item:{id}"),
            ReviewPlace::Conflict(id) => format!("conflict:{id}"),
            ReviewPlace::Outbox(id) => format!("outbox:{id}"),
        })
    }
}

/// The incoming side of an item: a record as it was read and cleaned, each value with where it came from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReviewPayload {
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<FieldKey, StoredValue>,
    /// By which the record is known again in another file (`email:jane@acme.example`); empty where it has none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// Data quality, 0 to 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quality: Option<u8>,
    /// The row as it stands in the file, where it could not be read as values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cells: Vec<String>,
}

/// An item to be opened.
#[derive(Clone, Debug, PartialEq)]
pub struct NewReview {
    pub reason: ReviewReason,
    /// The ticket it is about; `None` where there is none yet.
    pub ticket: Option<TicketId>,
    /// The other ticket, where two are compared.
    pub other: Option<TicketId>,
    /// Two contacts, where it is about them: the lower number first.
    pub contacts: Option<[ContactId; 2]>,
    /// The import and the line of its file.
    pub import: Option<(ImportId, u32)>,
    pub payload: ReviewPayload,
    /// Why a person is asked, in sentences.
    pub evidence: Vec<String>,
    /// Where it comes from, for filters: a provider, a file, "Leadline".
    pub source: String,
    /// The evidence is such that a machine would decide, were it allowed to.
    pub certain: bool,
}

/// How an item was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Tickets became one.
    Merged,
    /// Values were written into the ticket.
    Updated,
    /// A ticket was created.
    Created,
    /// They are two.
    NotSame,
    /// Nothing was written.
    Discarded,
    /// There was nothing left to decide.
    Moot,
}

/// An item with everything in it.
#[derive(Clone, Debug, PartialEq)]
pub struct ReviewItem {
    pub id: ReviewId,
    pub reason: ReviewReason,
    pub ticket: Option<TicketId>,
    pub other: Option<TicketId>,
    pub contacts: Option<[ContactId; 2]>,
    pub import: Option<(ImportId, u32)>,
    pub payload: ReviewPayload,
    pub evidence: Vec<String>,
    pub source: String,
    pub certain: bool,
    pub opened_at: DateTime<Utc>,
    pub decided: Option<Decision>,
}

/// Which entries of the queue. The default is all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReviewFilter {
    pub reason: Option<ReviewReason>,
    pub source: Option<String>,
    pub opened_before: Option<DateTime<Utc>>,
    pub assigned_to: Option<AgentId>,
}

/// An entry of the queue, wherever it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewEntry {
    pub key: ReviewKey,
    pub reason: ReviewReason,
    /// "Acme Ltd – Jane Doe".
    pub label: String,
    /// What is to be decided, in a line.
    pub summary: String,
    pub source: String,
    pub opened_at: DateTime<Utc>,
    pub assigned_to: Option<AgentId>,
    pub ticket: Option<TicketId>,
    pub other: Option<TicketId>,
}

/// How many entries wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReviewCount {
    pub reason: ReviewReason,
    pub count: u32,
    /// Those of them that are assigned to the one who asks.
    pub mine: u32,
}

/// Two records that a person keeps apart for ever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotSameRow {
    pub id: NotSameId,
    pub pair: Pair,
    pub at: DateTime<Utc>,
    pub by: Option<AgentId>,
}

/// Two records, in the order in which they are kept.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pair {
    /// The lower number first.
    Tickets(TicketId, TicketId),
    /// A ticket and the key of a record of files: see [`ReviewPayload::key`].
    Key(TicketId, String),
    /// The lower number first.
    Contacts(ContactId, ContactId),
}

impl Pair {
    /// Two tickets, in whatever order.
    #[must_use]
    pub fn of(one: TicketId, other: TicketId) -> Self {
        Self::Tickets(one.min(other), one.max(other))
    }

    /// Two contacts, in whatever order.
    #[must_use]
    pub fn of_contacts(one: ContactId, other: ContactId) -> Self {
        Self::Contacts(one.min(other), one.max(other))
    }
}

/// One step in the life of the queue, for the journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub(crate) enum ReviewStep {
    Decided {
        item: ReviewId,
        before: Option<Decision>,
        after: Option<Decision>,
    },
    Assigned {
        key: ReviewKey,
        before: Option<AgentId>,
        after: Option<AgentId>,
    },
    KeptApart {
        pair: NotSameId,
        before: bool,
        after: bool,
    },
}
