//! The review queue as windows and the command line see it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::{AgentId, FieldKey, NotSameId, TicketId};
use serde::{Deserialize, Serialize};
use specta::Type;
use store::{Card, ReviewKey, ReviewReason};

/// Which entries of the queue. The default is all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct ReviewQuery {
    pub reason: Option<ReviewReason>,
    /// A provider, a file, "HaloPSA" or "Leadline".
    pub source: Option<String>,
    /// Only what has waited for so many days.
    pub older_than_days: Option<u32>,
    pub assigned_to: Option<AgentId>,
    pub offset: u32,
    /// At most 500; 0 for a page of 100.
    pub limit: u32,
}

/// A line of the queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ReviewRow {
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
}

/// How many entries wait.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ReviewCounts {
    pub total: u32,
    /// Assigned to whoever sits here.
    pub mine: u32,
    /// In the order of screens; reasons without an entry are left out.
    pub reasons: Vec<ReasonCount>,
    /// The sources of what waits, for the filter.
    pub sources: Vec<String>,
}

/// How many entries of one reason wait.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ReasonCount {
    pub reason: ReviewReason,
    pub count: u32,
}

/// Everything that is needed to decide one entry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ReviewDetail {
    pub row: ReviewRow,
    /// Why a person is asked, in sentences.
    pub evidence: Vec<String>,
    /// What is here.
    pub left: ReviewSide,
    /// What is put beside it: the other ticket, the incoming record, HaloPSA's value.
    pub right: ReviewSide,
    /// Those that differ first.
    pub fields: Vec<ReviewField>,
    pub recommendation: Recommendation,
    /// What may be done, the usual first.
    pub can: Vec<ReviewAction>,
    /// All tickets that may be one, where there are more than two: the left one first.
    pub cluster: Vec<Card>,
    /// Tickets that go to the left contact, where it is about contacts; the first fifty.
    pub moves: Vec<Card>,
    /// The row as it stands in the file, where it could not be read.
    pub cells: Vec<String>,
}

/// One of the two sides.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct ReviewSide {
    /// "Here", "Apollo.io, line 12 of leads.csv", "In HaloPSA".
    pub title: String,
    /// The ticket, where the side is one.
    pub card: Option<Card>,
}

/// A field of both sides.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ReviewField {
    /// The key of a field; `stage`, `owner`, `party` or `lists` in a conflict.
    pub key: String,
    /// The field, where it is one.
    pub field: Option<FieldKey>,
    pub label: String,
    pub left: Option<SideValue>,
    pub right: Option<SideValue>,
    pub differs: bool,
    pub recommended: Pick,
    /// Whether another value may be typed.
    pub editable: bool,
    /// The choices of a select.
    pub choices: Vec<String>,
}

/// What a side holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct SideValue {
    pub shown: String,
    /// As it would be typed.
    pub input: String,
    /// "Typed by Priya Shah", "Apollo.io", "HaloPSA".
    pub source: String,
    pub at: Option<DateTime<Utc>>,
    pub confidence: SourceConfidence,
}

/// How far the source of a value can be relied on; the best last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SourceConfidence {
    /// Nothing is known about it.
    #[default]
    Unknown,
    /// A rule of Leadline derived it.
    Derived,
    /// It came with a file.
    File,
    /// A data provider says so.
    Provider,
    /// It is in HaloPSA.
    Halopsa,
    /// A person typed it.
    Person,
}

/// A side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Pick {
    Left,
    Right,
}

/// What can be done with an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ReviewAction {
    /// Whatever is recommended.
    Accept,
    /// The two tickets become one: the left one stays.
    Merge,
    /// The two contacts are one: the tickets of the right one go to the left one. HaloPSA keeps both.
    Join,
    /// The chosen values are written into the ticket, or settle the conflict.
    Update,
    /// The incoming record becomes a ticket of its own.
    Create,
    /// The two are not the same, which is remembered.
    NotSame,
    /// The incoming record, or the refused change, is dropped.
    Discard,
    /// The refused change is sent again.
    Retry,
    /// The ticket that HaloPSA no longer has is created there anew.
    Recreate,
}

/// What Leadline would do, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Recommendation {
    pub action: ReviewAction,
    /// "Merge into the older ticket. Takes Phone and LinkedIn from the other one."
    pub text: String,
}

/// What a person decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ReviewDecision {
    pub action: ReviewAction,
    /// By the keys of [`ReviewField`]; what is not named is as recommended.
    #[serde(default)]
    pub picks: BTreeMap<String, Pick>,
    /// Values as typed; they win over picks. Empty text empties the field.
    #[serde(default)]
    pub edits: BTreeMap<FieldKey, String>,
}

/// What accepting everything that a query finds would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct BulkPreview {
    /// What would be accepted: hand exactly these back.
    pub keys: Vec<ReviewKey>,
    pub groups: Vec<BulkGroup>,
    /// What needs a look, because nothing can be recommended.
    pub left_out: u32,
    /// More were found than are done at once.
    pub more: u32,
}

/// Entries to which the same would be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct BulkGroup {
    pub reason: ReviewReason,
    pub action: ReviewAction,
    pub count: u32,
    /// A few of them: "Acme Ltd – Jane Doe: takes Phone from the other one".
    pub examples: Vec<String>,
}

/// Two that a person keeps apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct NotSameView {
    pub id: NotSameId,
    /// "Acme Ltd – Jane Doe".
    pub left: String,
    /// The other ticket or contact, or the record of files by its key.
    pub right: String,
    pub at: DateTime<Utc>,
    pub by: Option<AgentId>,
}

/// What a look for duplicates found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DuplicatesFound {
    /// Tickets that were compared with the rest.
    pub looked_at: u32,
    /// Contacts that were compared with the rest.
    pub contacts: u32,
    /// Pairs that wait for a person because of this look.
    pub new: u32,
}
