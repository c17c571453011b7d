//! What queries return: rows of the database in the product's words. Read models only, nothing here writes.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::{
    ActivityId, AgentId, CompanyId, ConflictId, ContactId, FieldKey, HaloTicketId, Lifecycle, ListId, OperationId,
    OutboxId, StageKey, StoredValue, SuppressionId, TicketId, Value,
    activity::{ActivityKind, Appointment, CallRecord},
    money::Money,
};
use serde::{Deserialize, Serialize};
use specta::Type;

/// Whether HaloPSA has accepted what is saved here, for one ticket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SyncState {
    /// HaloPSA has everything.
    #[default]
    Synced,
    /// Something waits in the outbox.
    Waiting,
    /// HaloPSA refused something, or its answer was lost for good: a person must look.
    Refused,
    /// Both sides changed the same field: a person must choose.
    Conflict,
    /// HaloPSA no longer has this ticket.
    Gone,
}

/// A card on the board.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Card {
    pub id: TicketId,
    pub halo_id: Option<HaloTicketId>,
    pub lifecycle: Lifecycle,
    pub stage: StageKey,
    pub company: String,
    pub person: String,
    pub owner: Option<AgentId>,
    pub value: Option<Money>,
    pub probability: Option<u8>,
    pub fit_score: Option<u8>,
    /// 0 to 100, leads only.
    pub lead_score: Option<u8>,
    pub entered_at: DateTime<Utc>,
    pub next_action: Option<String>,
    pub next_action_at: Option<DateTime<Utc>>,
    pub do_not_contact: bool,
    pub sync: SyncState,
}

/// The head of a column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ColumnHead {
    pub stage: StageKey,
    pub count: u32,
    /// Sums per currency; usually one. Empty when no card has a value.
    pub sums: Vec<Money>,
    /// Values times probability.
    pub weighted: Vec<Money>,
}

/// What narrows the board, the list and the search.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct Filter {
    pub owners: Vec<AgentId>,
    /// Only tickets without an owner; adds to `owners`.
    pub unassigned: bool,
    /// Values of the field `lead_source`.
    pub sources: Vec<String>,
    /// Lowest lead score (leads) or fit score (others).
    pub min_score: Option<u8>,
    /// Free text over company, person, e-mail, phone.
    pub text: String,
    /// Only tickets with something waiting, refused or in conflict.
    pub unsynced: bool,
    /// Only tickets in one of these stages.
    pub stages: Vec<StageKey>,
    /// Only tickets that are on one of these lists.
    pub lists: Vec<ListId>,
}

/// By what a list of tickets is ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum OrderBy {
    HaloId,
    Company,
    Person,
    Email,
    Source,
    /// In the order of the pipeline.
    #[default]
    Stage,
    /// By the owner's name.
    Owner,
    Value,
    Probability,
    LeadScore,
    FitScore,
    EnteredAt,
    CreatedAt,
    UpdatedAt,
    NextActionAt,
}

/// How a list of tickets is ordered. Tickets that have nothing there come last either way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct Order {
    pub by: OrderBy,
    pub descending: bool,
}

/// A ticket as a line of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Line {
    pub card: Card,
    pub email: String,
    pub source: String,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// What the fields that were asked for hold.
    pub values: BTreeMap<FieldKey, Value>,
    /// The names of the lists it is on.
    pub lists: Vec<String>,
}

/// The whole row of a ticket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct TicketRow {
    pub card: Card,
    pub summary: String,
    pub contact: Option<ContactId>,
    pub company: Option<CompanyId>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub closed: bool,
}

/// A field of a ticket that holds something.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct FieldRow {
    pub field: FieldKey,
    pub stored: StoredValue,
    /// The value before the last change, where there was one.
    pub before: Option<Value>,
}

/// An entry of a ticket's timeline that somebody did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ActivityRow {
    pub id: ActivityId,
    pub ticket: TicketId,
    pub kind: ActivityKind,
    pub at: DateTime<Utc>,
    pub agent: Option<AgentId>,
    /// Who, where it is no known agent.
    pub who: String,
    pub subject: String,
    pub body: String,
    pub call: Option<CallRecord>,
    /// Of tasks and meetings.
    pub appointment: Option<Appointment>,
    pub sync: SyncState,
}

/// A stay of a ticket in a stage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct StageEntryRow {
    pub lifecycle: Lifecycle,
    pub stage: StageKey,
    pub entered_at: DateTime<Utc>,
    pub left_at: Option<DateTime<Utc>>,
    pub by: Option<AgentId>,
    /// Reconstructed from HaloPSA rather than seen by Leadline.
    pub rebuilt: bool,
}

/// An agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AgentRow {
    pub id: AgentId,
    pub name: String,
    pub email: String,
    pub initials: String,
    /// `#rrggbb`, or empty.
    pub colour: String,
    pub team: String,
    pub inactive: bool,
}

/// The state of an outbox entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum OutboxState {
    /// Will be sent when it is due.
    Waiting,
    /// On its way.
    Sending,
    /// The answer was lost: it is looked up before it is sent again.
    Uncertain,
    /// Refused; waits for a person.
    Parked,
    /// Accepted by HaloPSA.
    Sent,
}

/// An outbox entry as a person sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct OutboxRow {
    pub id: OutboxId,
    pub ticket: TicketId,
    /// "Acme Ltd – Jane Doe".
    pub ticket_label: String,
    /// "Move to Engaged", "Job title: Director".
    pub what: String,
    pub state: OutboxState,
    pub since: DateTime<Utc>,
    pub tries: u32,
    pub due_at: Option<DateTime<Utc>>,
    /// Why it waits or was refused, for a person.
    pub reason: Option<String>,
    /// The server's own words, for support.
    pub detail: Option<String>,
    pub operation: Option<OperationId>,
    /// The fields it writes, so that Edit can open them.
    pub fields: Vec<FieldKey>,
    /// HaloPSA no longer has the ticket: it can only be created again there, or given up.
    pub gone: bool,
}

/// A list: a named set of tickets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ListRow {
    pub id: ListId,
    pub name: String,
    pub tickets: u32,
    /// A rule keeps it; see `domain::lists::automatic`.
    pub automatic: bool,
    /// That rule in words: "Fit score above 80".
    pub rule: Option<String>,
}

/// How many entries are in which state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct OutboxCounts {
    pub waiting: u32,
    pub parked: u32,
    pub conflicts: u32,
}

/// One thing that was done to a ticket, for its history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct HistoryRow {
    pub operation: OperationId,
    pub at: DateTime<Utc>,
    /// "Moved to Engaged", "Job title changed".
    pub label: String,
    pub by: Option<AgentId>,
    /// "HaloPSA" or the name of a rule, where no person did it.
    pub by_machine: Option<String>,
    pub undone: bool,
}

/// Both sides changed one field: mine and HaloPSA's value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ConflictRow {
    pub id: ConflictId,
    pub ticket: TicketId,
    /// `stage`, `owner`, or the key of a field.
    pub field: String,
    pub label: String,
    /// In words, as a person reads them.
    pub mine: String,
    pub theirs: String,
    /// When it was noticed.
    pub at: DateTime<Utc>,
    /// "Acme Ltd – Jane Doe".
    pub ticket_label: String,
    pub lifecycle: Lifecycle,
    /// When mine was written here, and by whom, where an agent did it.
    pub mine_at: Option<DateTime<Utc>>,
    pub mine_by: Option<AgentId>,
    /// When the ticket was last changed in HaloPSA, as HaloPSA says. Of single fields it tells neither time nor hand.
    pub theirs_at: Option<DateTime<Utc>>,
}

/// What a search found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct SearchHit {
    pub ticket: TicketId,
    pub lifecycle: Lifecycle,
    pub stage: StageKey,
    pub company: String,
    pub person: String,
    /// What matched, in words: "phone +44 20 7946 0018", "e-mail jane@acme.example".
    pub matched: String,
}

/// What a write changed, so that every window can refresh exactly that.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Changes {
    /// Grows with every write.
    #[specta(type = u32)]
    pub seq: i64,
    /// Tickets whose row, values or activities changed. Empty with `all_tickets`.
    pub tickets: Vec<TicketId>,
    /// So many changed that they are not listed (full pull).
    pub all_tickets: bool,
    /// Counts, order or membership of columns may have changed.
    pub board: bool,
    pub outbox: bool,
    pub agents: bool,
    pub settings: bool,
    /// What waits for a person's decision, beside conflicts and refused changes.
    pub review: bool,
    /// An import, its rows or how far it is.
    pub imports: bool,
}

/// Requests to HaloPSA, counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    pub requests: u32,
    /// Those of them to which no HaloPSA gave a proper answer.
    pub errors: u32,
    /// How many answers took how long, in the steps of whoever counts.
    pub latencies: Vec<u32>,
}

impl Traffic {
    /// Adds other requests to these.
    pub fn add(&mut self, other: &Self) {
        self.requests += other.requests;
        self.errors += other.errors;
        if self.latencies.len() < other.latencies.len() {
            self.latencies.resize(other.latencies.len(), 0);
        }
        for (sum, more) in self.latencies.iter_mut().zip(&other.latencies) {
            *sum += more;
        }
    }
}

/// A line of the log of sync. It holds no personal data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SyncLogRow {
    /// When it happened last.
    pub at: DateTime<Utc>,
    pub kind: SyncLogKind,
    /// A sentence.
    pub text: String,
    /// How often it happened in a row.
    pub times: u32,
}

/// What a line of the log of sync is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SyncLogKind {
    /// Something came from HaloPSA.
    Pulled,
    /// HaloPSA accepted something.
    Sent,
    /// HaloPSA refused something; it is parked.
    Refused,
    /// A request failed.
    Failed,
    /// The link came back, was lost, or its circuit opened or closed.
    Link,
    /// Both sides were compared.
    Checked,
    /// An alert was raised, or is over.
    Alert,
}

impl SyncLogKind {
    const ALL: [Self; 7] = [
        Self::Pulled,
        Self::Sent,
        Self::Refused,
        Self::Failed,
        Self::Link,
        Self::Checked,
        Self::Alert,
    ];

    /// The stable key, as kept in the database.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Pulled => "pulled",
            Self::Sent => "sent",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Link => "link",
            Self::Checked => "checked",
            Self::Alert => "alert",
        }
    }

    /// The kind with that key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }
}

/// An open entry of the ledger of who must not be contacted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    pub id: SuppressionId,
    /// The ticket it was learned from.
    pub ticket: TicketId,
    pub since: DateTime<Utc>,
    /// Who said so; `None` where HaloPSA did.
    pub by: Option<AgentId>,
    pub reason: String,
    /// A mailbox or line that others use as well.
    pub shared: bool,
}
