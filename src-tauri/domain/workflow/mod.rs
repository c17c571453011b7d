//! The workflow: stages, arrows, what a stage asks for, and the verdict on a move.
//!
//! The graph is a document, not code: [`Workflow::default`] is the built-in one and a tenant may edit its own.
//! [`Workflow::decide_move`] is the only place that says whether a card may go somewhere.
//!
//! What the document draws is allowed; a few rules hold whatever it draws:
//! * an opt-out is never refused ([`OPT_OUT`]), and no move ever takes the Do Not Contact flag away;
//! * a lifecycle is entered by a promotion and never left backwards;
//! * inside a lifecycle a ticket may go back to any earlier stage, and forward only along an arrow;
//! * leaving an exit is a reopening, for ops and managers (leaving [`OPT_OUT`]: managers);
//! * whatever a stage requires is there before a ticket enters it, on whichever way.

mod decide;
mod default;
#[cfg(test)]
mod tests;
mod validate;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{AgentId, FieldKey, Lifecycle, Role, StageKey, Value};

/// The stage into which a lead's opt-out leads. The document must have it.
pub const OPT_OUT: &str = "do_not_contact";

/// Where a deal goes that is closed because its contact opted out. The document must have both.
pub const DISQUALIFIED: &str = "disqualified";
/// See [`DISQUALIFIED`].
pub const LOST: &str = "lost";

/// Where a deal goes that was won. Every other exit is a loss.
pub const WON: &str = "won";

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
    /// The ticket is linked to a company and a contact, there already or to be created. Who they are is found out where
    /// the records are known, so the verdict on a move leaves this to whoever carries it out.
    Party,
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
    /// Leaving an exit needs this role, or a higher one.
    ReopenNeedsRole {
        from: String,
        role: Role,
    },
    /// The lead score is too low for this arrow.
    ScoreTooLow {
        score: u8,
        above: u8,
    },
}

impl Refusal {
    /// The reason, as a sentence for a person.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::UnknownStage { stage } => format!("The workflow has no stage called “{stage}”."),
            Self::AlreadyThere { stage } => format!("It is in {stage} already."),
            Self::NoWay { from, to } => format!("No way leads from {from} to {to}."),
            Self::Skips { from, to, next } => {
                format!("{from} cannot go straight to {to}: the next stage is {next}.")
            }
            Self::BackAcross { from, to } => format!(
                "{} has been promoted and cannot become {} again.",
                with_article(*from, true),
                with_article(*to, false)
            ),
            Self::ReopenNeedsRole {
                from,
                role: Role::Manager,
            } => {
                format!("Only a manager can take a ticket out of {from}.")
            }
            Self::ReopenNeedsRole { from, .. } => format!("Only ops or a manager can reopen a ticket from {from}."),
            Self::ScoreTooLow { score, above } => {
                format!("The lead score is {score}; this way is open above {above} only.")
            }
        }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.sentence())
    }
}

fn with_article(lifecycle: Lifecycle, capital: bool) -> &'static str {
    match (lifecycle, capital) {
        (Lifecycle::Lead, true) => "A lead",
        (Lifecycle::Lead, false) => "a lead",
        (Lifecycle::Prospect, true) => "A prospect",
        (Lifecycle::Prospect, false) => "a prospect",
        (Lifecycle::Opportunity, true) => "An opportunity",
        (Lifecycle::Opportunity, false) => "an opportunity",
    }
}

impl Workflow {
    /// The stage with that key.
    #[must_use]
    pub fn stage(&self, key: &StageKey) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.key == *key)
    }

    /// The stages of a lifecycle, in board order.
    pub fn stages_of(&self, lifecycle: Lifecycle) -> impl Iterator<Item = &Stage> {
        self.stages.iter().filter(move |stage| stage.lifecycle == lifecycle)
    }

    /// Where a new ticket of that lifecycle starts: its first open stage.
    #[must_use]
    pub fn first_stage(&self, lifecycle: Lifecycle) -> Option<&Stage> {
        self.stages_of(lifecycle).find(|stage| !stage.exit)
    }

    /// The arrow between two stages.
    #[must_use]
    pub fn arrow(&self, from: &StageKey, to: &StageKey) -> Option<&Arrow> {
        self.arrows.iter().find(|arrow| arrow.from == *from && arrow.to == *to)
    }
}
