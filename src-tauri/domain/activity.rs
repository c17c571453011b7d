//! What happened on a ticket: calls, notes, e-mails, meetings, tasks.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use specta::Type;

/// The kind of an activity. In HaloPSA all of them are actions of the ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ActivityKind {
    Call,
    Note,
    Email,
    Meeting,
    Task,
    /// Written by HaloPSA itself, such as a status change.
    System,
}

impl ActivityKind {
    /// The stable key, as kept in the database.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Note => "note",
            Self::Email => "email",
            Self::Meeting => "meeting",
            Self::Task => "task",
            Self::System => "system",
        }
    }

    /// The kind with that key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        [
            Self::Call,
            Self::Note,
            Self::Email,
            Self::Meeting,
            Self::Task,
            Self::System,
        ]
        .into_iter()
        .find(|kind| kind.key() == key)
    }
}

/// Which way a call went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    Outbound,
    Inbound,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum CallOutcome {
    Connected,
    LeftMessage,
    NoAnswer,
    WrongNumber,
    CallBack,
    NotInterested,
}

impl CallOutcome {
    /// In the order in which a rep is asked.
    pub const ALL: [Self; 6] = [
        Self::Connected,
        Self::LeftMessage,
        Self::NoAnswer,
        Self::WrongNumber,
        Self::CallBack,
        Self::NotInterested,
    ];

    /// The words on screens and in HaloPSA's note.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Connected => "Connected",
            Self::LeftMessage => "Left a message",
            Self::NoAnswer => "No answer",
            Self::WrongNumber => "Wrong number",
            Self::CallBack => "Call back",
            Self::NotInterested => "Not interested",
        }
    }
}

/// The facts of one call (seed: CALL RECORD).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CallRecord {
    pub direction: Direction,
    /// E.164 where the number could be read, else as dialled.
    pub dialled: Option<String>,
    /// Whole seconds.
    pub duration_s: u32,
    pub outcome: CallOutcome,
    pub next_action: Option<NextAction>,
    pub recording_url: Option<String>,
}

/// When a task is due or a meeting takes place, and whether it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Appointment {
    /// Of a task: when it is due.
    pub start: DateTime<Utc>,
    /// Of a task: the same moment.
    pub end: DateTime<Utc>,
    pub done_at: Option<DateTime<Utc>>,
}

/// What to do next, and by when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct NextAction {
    pub what: String,
    pub due: DateTime<Utc>,
}
