//! The workflow: stages, arrows, what a stage asks for, and the verdict on a move.
//!
//! The graph is a document, not code: [`Workflow::default`] is the built-in one and a tenant may edit its own.
//! [`Workflow::decide_move`] is the only place that says whether a card may go somewhere.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{AgentId, FieldKey, Lifecycle, Role, StageKey, Value};

/// The whole workflow document. Valid ones come from [`Workflow::default`] or pass [`Workflow::validate`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Workflow {
    pub version: u32,
    /// In board order: lifecycles from left to right, stages in order, exits last in each lifecycle.
    pub stages: Vec<Stage>,
    pub arrows: Vec<Arrow>,
}

/// A step of a lifecycle.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Stage {
    pub key: StageKey,
    pub lifecycle: Lifecycle,
    pub label: String,
    /// Whether a ticket ends here: won, lost, disqualified and the like.
    pub exit: bool,
    /// What must be there before a ticket may enter.
    pub requires: Vec<Requirement>,
    /// Days after which a card counts as stale; `None` never.
    pub rotting_days: Option<u16>,
    /// Most cards the column should hold; `None` any number. A warning, not a refusal.
    pub wip_limit: Option<u32>,
}

/// A drawn way from one stage to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Arrow {
    pub from: StageKey,
    pub to: StageKey,
    pub label: String,
    /// The lowest lead score (exclusive) at which this arrow is open; `None` always.
    pub lead_score_above: Option<u8>,
}

/// Something that a stage asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Requirement {
    /// The field holds something.
    Field { field: FieldKey },
    /// At least one of the fields holds something.
    AnyOf { fields: Vec<FieldKey> },
    /// The number in the field is at least this.
    AtLeast { field: FieldKey, minimum: u8 },
    /// The ticket has an owner; claiming sets it to the one who moves.
    Owner,
}

/// What the rules need to know about a ticket.
#[derive(Clone, Copy, Debug)]
pub struct TicketFacts<'a> {
    pub lifecycle: Lifecycle,
    pub stage: &'a StageKey,
    pub owner: Option<AgentId>,
    pub values: &'a BTreeMap<FieldKey, Value>,
    /// 0 to 100.
    pub lead_score: u8,
}

/// Who moves, and what they answered at the drop.
#[derive(Clone, Copy, Debug)]
pub struct MoveContext<'a> {
    pub role: Role,
    pub me: Option<AgentId>,
    /// Answers, already parsed; they count as if the ticket held them.
    pub answers: &'a BTreeMap<FieldKey, Value>,
}

/// The verdict on a move.
#[derive(Clone, Debug, PartialEq)]
pub enum MoveDecision {
    Allowed(MovePlan),
    /// Allowed once these are answered.
    Needs(Vec<Need>),
    Refused(Refusal),
}

/// What the move will do.
#[derive(Clone, Debug, PartialEq)]
pub struct MovePlan {
    pub kind: MoveKind,
    /// The arrow's label, or what stands for one ("Back to Contacted", "Reopen").
    pub label: String,
    /// Where the ticket goes; `None` when it stays (an opt-out on an open deal that is kept).
    pub to: Option<(Lifecycle, StageKey)>,
    /// Values to write with it, answers included.
    pub set: BTreeMap<FieldKey, Value>,
    /// The new owner, when claiming.
    pub claim: Option<AgentId>,
}

/// The nature of a move, as it stands in the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum MoveKind {
    Forward,
    Backward,
    Exit,
    Promote,
    Reopen,
    OptOut,
}

/// Something missing at the drop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// Any one of these; most often a single one.
    pub fields: Vec<FieldKey>,
    /// Why what is there is not enough, such as "At least 70".
    pub hint: Option<String>,
    /// An owner is missing and nobody is known to claim it.
    pub owner: bool,
}

/// Why a move is refused. [`Refusal::sentence`] says it to a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    UnknownStage {
        stage: StageKey,
    },
    AlreadyThere {
        stage: String,
    },
    /// No arrow leads there from here.
    NoWay {
        from: String,
        to: String,
    },
    /// A stage in between may not be skipped.
    Skips {
        from: String,
        to: String,
        next: String,
    },
    /// Lifecycles only go forward.
    BackAcross {
        from: Lifecycle,
        to: Lifecycle,
    },
    /// Leaving an exit needs the ops or manager role.
    ReopenNeedsRole {
        from: String,
    },
    /// The lead score is too low for this arrow.
    ScoreTooLow {
        score: u8,
        above: u8,
    },
}
