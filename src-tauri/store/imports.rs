//! What is said of imports: their states, the outcomes of their rows, and the rows themselves as they are kept.

use chrono::{DateTime, Utc};
use domain::{AgentId, ImportId, OperationId, TicketId};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::Error;

/// How far an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    /// The file is here and its columns can be mapped.
    Draft,
    /// The file is being read.
    Planning,
    /// It is known what becomes of every row; nothing has been done yet.
    Planned,
    Running,
    /// Stopped by a person, or because Leadline ended: it can go on where it stopped.
    Paused,
    /// Given up. What was done until then stands.
    Cancelled,
    Done,
    /// Being taken back.
    Undoing,
    /// Taken back.
    Undone,
}

impl ImportState {
    const ALL: [Self; 9] = [
        Self::Draft,
        Self::Planning,
        Self::Planned,
        Self::Running,
        Self::Paused,
        Self::Cancelled,
        Self::Done,
        Self::Undoing,
        Self::Undone,
    ];

    /// The stable key, as kept in the database.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Planning => "planning",
            Self::Planned => "planned",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Cancelled => "cancelled",
            Self::Done => "done",
            Self::Undoing => "undoing",
            Self::Undone => "undone",
        }
    }

    pub(crate) fn from_key(key: &str) -> Result<Self, Error> {
        let found = Self::ALL.into_iter().find(|state| state.key() == key);
        found.ok_or_else(|| Error::unreadable("import", format!("unknown state {key:?}")))
    }
}

/// What becomes of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ImportOutcome {
    /// A ticket is made of it.
    Created,
    /// A ticket that is here gets values from it.
    Updated,
    /// It says nothing new.
    Skipped,
    /// Its ticket is further on, and is left alone; what is new waits for a person.
    Preserved,
    /// A person decides.
    Review,
    /// The person must not be contacted.
    Blocked,
    /// Nothing in it tells who it is.
    Rejected,
    /// Its ticket was taken back before, and comes back.
    Restored,
    /// It could not be read.
    Error,
}

impl ImportOutcome {
    /// In the order of screens.
    pub const ALL: [Self; 9] = [
        Self::Created,
        Self::Updated,
        Self::Restored,
        Self::Skipped,
        Self::Preserved,
        Self::Review,
        Self::Blocked,
        Self::Rejected,
        Self::Error,
    ];

    /// The stable key, as kept in the database and printed in JSON.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Skipped => "skipped",
            Self::Preserved => "preserved",
            Self::Review => "review",
            Self::Blocked => "blocked",
            Self::Rejected => "rejected",
            Self::Restored => "restored",
            Self::Error => "error",
        }
    }

    pub(crate) fn from_key(key: &str) -> Result<Self, Error> {
        let found = Self::ALL.into_iter().find(|outcome| outcome.key() == key);
        found.ok_or_else(|| Error::unreadable("row of an import", format!("unknown outcome {key:?}")))
    }

    /// Whether what was read has to be handed back: nothing came of it.
    #[must_use]
    pub fn is_failure(self) -> bool {
        matches!(self, Self::Rejected | Self::Error | Self::Blocked)
    }
}

/// So many rows with that outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct OutcomeCount {
    pub outcome: ImportOutcome,
    pub rows: u32,
}

/// An import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportRecord {
    pub id: ImportId,
    pub file_name: String,
    /// The provider whose export it is, or empty.
    pub source: String,
    pub state: ImportState,
    pub at: DateTime<Utc>,
    pub by: Option<AgentId>,
    /// Where the file lies until it is planned; empty afterwards.
    pub path: String,
    /// JSON of the engine: how the file is read and mapped.
    pub draft: String,
    /// JSON of the engine: what the plan found in all.
    pub report: String,
    pub rows: u32,
    /// Rows up to this number are applied.
    pub applied: u32,
    /// The journal is taken back up to this place.
    pub taken_back: i64,
    /// The word of whoever works on it. Another one that finds it changed stops.
    pub worker: String,
    /// When whoever works on it was last seen.
    pub worked_at: DateTime<Utc>,
    /// The operation in whose name its rows are applied.
    pub operation: Option<OperationId>,
    /// The operation that takes it back.
    pub undo: Option<OperationId>,
    pub problem: Option<String>,
}

/// A row of an import, without what was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportRow {
    /// From 1, in the order of the file.
    pub number: u32,
    /// Where it begins in the file.
    pub line: u32,
    pub planned: ImportOutcome,
    /// What became of it; as planned until it is applied.
    pub outcome: ImportOutcome,
    pub ticket: Option<TicketId>,
    pub quality: u8,
    /// "Acme Ltd – Jane Doe".
    pub label: String,
}

/// A ticket that an import had made and its undo took away, with what tells whose it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenBack {
    pub ticket: TicketId,
    pub email: String,
    pub company: String,
    pub person: String,
}

/// A row of an import with what the engine kept of it (JSON); nothing any more of a ticket that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportRowDetail {
    pub row: ImportRow,
    pub detail: Option<String>,
}
