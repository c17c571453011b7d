//! What the windows and the command line are told: plain data, in the product's words.

mod import;
mod insights;
mod listing;
mod party;
mod review;
mod weights;

mod mapping;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::{
    AgentId, FieldKey, HaloTicketId, Lifecycle, OperationId, Role, StageKey, TicketId,
    activity::{CallOutcome, Direction, NextAction},
    tenant::Gap,
};
use serde::{Deserialize, Serialize};
use specta::Type;
use store::{
    ActivityRow, AgentRow, Card, ColumnHead, ConflictRow, FieldRow, Filter, HistoryRow, OutboxCounts, StageEntryRow,
    SyncLogRow, TicketRow,
};

pub use import::{
    DraftColumn, DraftOptions, ImportDraft, ImportProgress, ImportRowView, ImportSummary, ImportUndo, KeptBecause,
    PlanView, PreviewRow, ProblemCount, RowsWanted, SavedMapping, SavedRules, TargetOption,
};
pub use insights::*;
pub use listing::{ExportFormat, ExportQuery, ListPage, ListPageQuery, ListQuery, ListSums};
pub use party::{CompanyChoice, CompanyOption, ContactChoice, ContactOption, PartyChoice, PartyNeed, TicketParty};
pub use review::{
    BulkGroup, BulkPreview, DuplicatesFound, NotSameView, Pick, ReasonCount, Recommendation, ReviewAction,
    ReviewCounts, ReviewDecision, ReviewDetail, ReviewField, ReviewQuery, ReviewRow, ReviewSide, SideValue,
    SourceConfidence,
};

pub use weights::{AspectWeights, Bits, KindWeights, WeightsView};

pub use crate::settings::ConnectionSettings;
pub use mapping::{MappedField, MappedSlot, MappingEdit, MappingView, SetupChange, TenantItem, TenantOffers};

/// The board: every column's head and its first cards.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Board {
    pub columns: Vec<Column>,
    /// The change counter this was read at.
    #[specta(type = u32)]
    pub seq: i64,
}

/// A column of the board.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Column {
    pub head: ColumnHead,
    /// The first page, in board order (longest in the stage first); more with `column_page`.
    pub cards: Vec<Card>,
}

/// Which page of which column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ColumnQuery {
    pub stage: StageKey,
    pub filter: Filter,
    pub offset: u32,
    /// At most 500.
    pub limit: u32,
}

/// Everything the ticket panel shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct TicketView {
    pub row: TicketRow,
    /// Whom it is linked to.
    pub linked_company: Option<CompanyOption>,
    pub linked_contact: Option<ContactOption>,
    /// The names of the lists it is on.
    pub lists: Vec<String>,
    /// Those of them that a rule keeps and would not put it on, such as by a tag that is older than the rule.
    pub stale_lists: Vec<String>,
    pub fields: Vec<FieldRow>,
    pub activities: Vec<ActivityRow>,
    pub history: Vec<HistoryRow>,
    pub stages: Vec<StageEntryRow>,
    pub conflicts: Vec<ConflictRow>,
    /// What of the ticket HaloPSA does not have as it is here, so that each field can show it.
    pub apart: Vec<Apart>,
    /// Addresses and numbers of the ticket that nobody may write to or dial.
    pub closed_ways: Vec<FieldKey>,
    /// Why the lead score is what it is, in sentences.
    pub lead_score_reasons: Vec<String>,
    /// Other tickets of the same company or contact.
    pub related: Vec<Card>,
    /// Link to the ticket in HaloPSA, once it is there.
    pub halo_url: Option<String>,
}

/// A property of a ticket that HaloPSA does not have as it is here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Apart {
    /// `stage`, `owner`, or the key of a field.
    pub part: String,
    pub how: ApartHow,
    /// Why it waits or was refused, for a person.
    pub reason: Option<String>,
}

/// How a property is apart from HaloPSA; the gravest comes last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ApartHow {
    /// The tenant has no field for it: it stays on this computer.
    Unmapped,
    /// It waits in the outbox.
    Waiting,
    /// HaloPSA refused it.
    Refused,
    /// Both sides changed it.
    Conflict,
}

/// For one possible target stage: what a drop of these tickets would mean.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct TargetVerdict {
    pub stage: StageKey,
    /// How many of the tickets may go there, counting those that only need fields.
    pub allowed: u32,
    /// How many need fields first.
    pub needs: u32,
    /// Why it is refused, when none may; the first reason when only some may.
    pub refused: Option<String>,
    /// The label of the arrow, such as "Interested".
    pub label: Option<String>,
}

/// Move these tickets there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct MoveRequest {
    pub tickets: Vec<TicketId>,
    pub target: String,
    /// Answers common to all, as typed.
    pub answers: BTreeMap<FieldKey, String>,
    /// Answers of one ticket, as typed; they win.
    pub answers_by_ticket: Vec<(TicketId, BTreeMap<FieldKey, String>)>,
    /// Whom a ticket is about, where that was asked.
    pub parties: Vec<TicketParty>,
}

/// What became of a move. Nothing is written unless every ticket that may go has what it needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum MoveOutcome {
    /// Written. `refused` lists tickets that stayed, with the reason.
    Moved {
        done: Done,
        moved: Vec<TicketId>,
        refused: Vec<RefusedMove>,
    },
    /// Nothing written: these fields are missing.
    Needs {
        common: Vec<NeededField>,
        by_ticket: Vec<TicketNeeds>,
        label: String,
    },
    /// Nothing written: no ticket may go.
    Refused { refused: Vec<RefusedMove> },
}

/// A ticket that could not be moved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct RefusedMove {
    pub ticket: TicketId,
    pub label: String,
    pub reason: String,
}

/// A field that must be answered before the drop.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct NeededField {
    pub field: FieldKey,
    /// Any one of `field` and these will do (e-mail or phone).
    pub or: Vec<FieldKey>,
    /// "At least 70", or why the value that is there is not enough.
    pub hint: Option<String>,
    /// The value that is there, as it would be typed.
    pub current: Option<String>,
    /// What was wrong with the answer given.
    pub problem: Option<String>,
}

/// Fields that one ticket of many needs for itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct TicketNeeds {
    pub ticket: TicketId,
    pub label: String,
    pub fields: Vec<NeededField>,
    /// Whom it is about is in doubt.
    pub party: Option<PartyNeed>,
}

/// An operation that was written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Done {
    pub operation: OperationId,
    /// For the toast and the announcement: "Moved Acme Ltd – Jane Doe from Contacted to Engaged".
    pub label: String,
}

/// What an undo or redo did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct UndoDone {
    pub operation: OperationId,
    /// "Undone: Moved Acme Ltd – Jane Doe from Contacted to Engaged".
    pub label: String,
    /// HaloPSA already had it, so a compensating change is on its way.
    pub compensates: bool,
    pub tickets: Vec<TicketId>,
}

/// A new ticket, as typed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct NewTicketRequest {
    pub lifecycle: Lifecycle,
    pub values: BTreeMap<FieldKey, String>,
    pub owner: Option<AgentId>,
}

/// A call, as typed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct LogCallRequest {
    pub ticket: TicketId,
    pub direction: Direction,
    pub dialled: Option<String>,
    /// Whole minutes and seconds as seconds.
    pub duration_s: u32,
    pub outcome: CallOutcome,
    pub next_action: Option<NextAction>,
    pub notes: String,
}

/// Which side of a conflict a person chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    Mine,
    Theirs,
}

/// The address and service account to connect with, as typed.
#[derive(Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct ConnectRequest {
    pub address: String,
    pub client_id: String,
    pub client_secret: String,
}

/// The address and application to sign in with, as typed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct SignInRequest {
    pub address: String,
    pub client_id: String,
    /// The port on this computer at which the browser comes back; `None` for the usual one.
    pub port: Option<u16>,
}

/// What connecting found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ConnectReport {
    /// `https://acme.halopsa.com`, normalised.
    pub address: String,
    pub version: String,
    pub signed_in_as: String,
    pub agents: u32,
    pub stages_mapped: u32,
    pub stages_total: u32,
    pub fields_mapped: u32,
    pub fields_total: u32,
    pub gaps: Vec<Gap>,
    /// Who was signed in before, when it is another person now: what waits is sent in the new one's name.
    pub changed_agent: Option<String>,
}

/// Whether the network and HaloPSA answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Link {
    /// No tenant connected.
    NotConnected,
    /// The last request was answered.
    Online,
    /// No answer since then.
    Offline { since: DateTime<Utc> },
    /// The credentials are no longer accepted; the queue keeps.
    SignedOut { since: DateTime<Utc> },
}

/// The status item: saved here, accepted there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct SyncStatus {
    pub link: Link,
    pub counts: OutboxCounts,
    pub last_pull: Option<DateTime<Utc>>,
    /// A first pull in progress.
    pub progress: Option<PullProgress>,
    /// Requests used of the budget in the present window.
    pub budget_used: u32,
    pub budget_limit: u32,
    /// The last failure, for a person.
    pub problem: Option<String>,
    /// `https://acme.halopsa.com`, or empty.
    pub address: String,
    /// What has changed in the tenant's set-up and nobody has looked at, and ticket types that are missing.
    pub mapping_alerts: u32,
    /// A person holds everything back: changes wait until the outbox goes on.
    pub paused: bool,
}

/// How the conversation with HaloPSA goes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct HealthView {
    pub link: Link,
    pub paused: bool,
    /// When the last round of sync ended well.
    pub last_sync: Option<DateTime<Utc>>,
    /// Entries that wait to be sent.
    pub pending: u32,
    /// Entries that were refused and wait for a person.
    pub parked: u32,
    pub oldest_pending_since: Option<DateTime<Utc>>,
    pub requests_1h: u32,
    /// Requests to which no HaloPSA gave a proper answer. A refusal of what was asked for is a proper answer.
    pub errors_1h: u32,
    pub requests_24h: u32,
    pub errors_24h: u32,
    /// How long answers took in the last hour: half of them less than this, 95 of 100 less than that. In steps.
    pub latency_ms_p50: Option<u32>,
    pub latency_ms_p95: Option<u32>,
    pub circuit: Circuit,
    pub budget_used: u32,
    pub budget_limit: u32,
    pub budget_window_s: u32,
    /// How far HaloPSA's clock is ahead of this computer's.
    pub clock_skew_s: Option<i32>,
    pub alerts: Vec<Alert>,
    /// What the last comparison of both sides found, one for each lifecycle. Empty before the first one.
    pub checks: Vec<SanityCheck>,
    pub checked_at: Option<DateTime<Utc>>,
    /// The last lines of the log, newest first.
    pub log: Vec<SyncLogRow>,
}

/// Whether requests are made as always, or only one a minute to see whether HaloPSA is back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Circuit {
    Closed,
    Open {
        since: DateTime<Utc>,
        next_probe: Option<DateTime<Utc>>,
    },
}

/// Something that a person should know of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Alert {
    pub kind: AlertKind,
    pub since: DateTime<Utc>,
    /// How many tickets it is about: for [`AlertKind::ManyMissing`] and [`AlertKind::Unplaced`], else 0.
    pub tickets: u32,
}

/// See [`Alert`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum AlertKind {
    /// HaloPSA no longer accepts the sign-in.
    SignInNeeded,
    /// So many tickets are missing in HaloPSA at once that a person has to say whether they are really gone.
    ManyMissing,
    /// So many open tickets are left out, because HaloPSA has them in a status that stands for no stage.
    Unplaced,
    /// Five requests in a row failed; one is tried each minute.
    CircuitOpen,
    /// More than one request in twenty failed in the last hour.
    ErrorRate,
    /// Something has waited for more than five minutes although HaloPSA answers.
    PendingOld,
}

/// Both sides of one lifecycle, counted and compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SanityCheck {
    pub lifecycle: Lifecycle,
    /// Tickets in a known stage.
    pub here: u32,
    pub there: u32,
    /// Tickets that are on one side only, or in another stage.
    pub differing: u32,
    /// Of every ticket's number and stage: equal where nothing differs.
    pub checksum_here: String,
    pub checksum_there: String,
}

/// The rows behind the figures of the last comparison of both sides.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct SyncDifferences {
    /// Missing in HaloPSA, and nobody has said that they are there all the same. Not all of them when there are many.
    pub missing: Vec<Card>,
    pub missing_total: u32,
    /// In another stage there.
    pub elsewhere: Vec<Card>,
    /// In HaloPSA, and not here.
    pub unknown: Vec<HaloTicketId>,
}

/// How far a full pull is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PullProgress {
    pub done: u32,
    pub total: u32,
}

/// A field of the catalogue, for forms.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct FieldView {
    pub key: FieldKey,
    pub label: String,
    /// `text`, `long_text`, `integer`, `currency`, `percent`, `date`, `boolean`, `single_select`, `multi_select`, `email`, `phone`, `url`, `year`.
    pub kind: String,
    /// The heading it stands under: "Contact", "Company", "Research", "Qualification", "Sales", "Consent", "Attribution".
    pub group: String,
    /// The lifecycle that introduces it.
    pub lifecycle: Lifecycle,
    pub options: Vec<String>,
    pub help: String,
    /// Written by Leadline, not by a person.
    pub read_only: bool,
}

/// Who uses this computer, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Preferences {
    pub role: Role,
    /// The agent whose tickets are "mine".
    pub me: Option<AgentId>,
    /// ISO 3166 alpha-2: how phones without a country are read.
    pub country: String,
    /// ISO 4217.
    pub currency: String,
}

/// Everything a window needs once: the rules, the catalogue, the people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Reference {
    pub workflow: domain::workflow::Workflow,
    pub fields: Vec<FieldView>,
    pub agents: Vec<AgentRow>,
    pub preferences: Preferences,
    /// Values of `lead_source` in use, for the filter.
    pub sources: Vec<String>,
}
