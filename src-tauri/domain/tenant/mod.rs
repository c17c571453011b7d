//! A HaloPSA tenant: what it has, and how our words map onto its ids.
//!
//! Nothing about ids is portable between tenants, so names propose a mapping (`discovery`), a person corrects it
//! ([`resolve`]), what is missing is said in words for an administrator ([`AdminInstruction`]), and a tenant that changes
//! later is noticed ([`drift()`]).

mod discovery;
mod drift;
mod instructions;
mod mapping;
mod settings;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{
    FieldKey, HaloAgentId, HaloFieldId, HaloOutcomeId, HaloStatusId, HaloTicketTypeId, Lifecycle, StageKey,
    activity::CallOutcome,
};

/// What the setup check read from the tenant.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TenantSetup {
    pub product: String,
    pub version: String,
    pub ticket_types: Vec<(HaloTicketTypeId, String)>,
    pub statuses: Vec<(HaloStatusId, String)>,
    pub outcomes: Vec<(HaloOutcomeId, String)>,
    pub agents: Vec<TenantAgent>,
    /// Names of teams: HaloPSA's tickets name their team.
    #[serde(default)]
    pub teams: Vec<String>,
    pub fields: Vec<TenantField>,
    /// Who we are signed in as.
    pub me: Option<HaloAgentId>,
}

/// An agent of the tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantAgent {
    pub id: HaloAgentId,
    pub name: String,
    pub email: String,
    pub initials: String,
    pub colour: String,
    pub team: String,
    pub disabled: bool,
    pub is_api_agent: bool,
}

/// A custom field of the tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantField {
    pub id: HaloFieldId,
    /// `CF…`, portable between tenants.
    pub name: String,
    pub label: String,
    /// HaloPSA's type number: 0 text, 1 memo, 2 single select, 3 multi select, 4 date, 5 time, 6 checkbox.
    pub kind: i64,
    /// Options of a select: id and text.
    pub options: Vec<(i64, String)>,
}

/// Where a field of ours lives in this tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "snake_case")]
pub enum FieldTarget {
    /// A property of the ticket itself, such as `oppvalue`.
    Native { property: String },
    /// A custom field of the tenant.
    Custom {
        id: HaloFieldId,
        name: String,
        kind: i64,
        options: Vec<(i64, String)>,
    },
}

/// How our words map onto one tenant's ids. Stored, versioned, exportable.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TenantMap {
    pub version: u32,
    pub ticket_types: BTreeMap<Lifecycle, HaloTicketTypeId>,
    pub stages: BTreeMap<StageKey, HaloStatusId>,
    /// The lifecycle of every mapped stage: one status may stand for stages of several lifecycles.
    pub stage_lifecycles: BTreeMap<StageKey, Lifecycle>,
    pub fields: BTreeMap<FieldKey, FieldTarget>,
    /// The outcome used for notes, and for calls.
    pub note_outcome: Option<HaloOutcomeId>,
    pub call_outcome: Option<HaloOutcomeId>,
    /// The outcomes of calls that ended in a certain way, where the tenant has one for it.
    #[serde(default)]
    pub call_results: BTreeMap<CallOutcome, HaloOutcomeId>,
    pub me: Option<HaloAgentId>,
    /// The status of a ticket that became a part of another one. It stands for no stage.
    #[serde(default)]
    pub closed_status: Option<HaloStatusId>,
    /// The text field that holds our own key of a ticket made here (`CFleadlineKey`), where the tenant has one. Without
    /// it the key is the last line of the ticket's details.
    #[serde(default)]
    pub key_field: Option<HaloFieldId>,
    #[serde(default)]
    pub settings: TenantSettings,
}

/// Something our workflow or catalogue wants and the tenant lacks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Gap {
    /// No ticket type for this lifecycle: nothing can be synced without it.
    TicketType { lifecycle: Lifecycle, wanted: String },
    /// No status for this stage: tickets cannot enter it in HaloPSA.
    Status { stage: StageKey, wanted: String },
    /// No custom field: its values stay on this computer.
    Field {
        field: FieldKey,
        wanted: String,
        kind: String,
    },
    /// A field of that name with another type.
    FieldType {
        field: FieldKey,
        name: String,
        wanted: String,
        found: String,
    },
    /// A select of that name that lacks options: values it does not know cannot be sent.
    Options {
        field: FieldKey,
        name: String,
        missing: Vec<String>,
    },
    /// No outcome usable for notes: notes and calls cannot be sent.
    Outcome { wanted: String },
}

pub use drift::{Drift, drift};
pub use instructions::{AdminInstruction, NewField};
pub use mapping::{
    ChoiceProblem, Choices, Confidence, Mapping, Slot, accepted_kinds, check, discover, kind_name, resolve,
};
pub use settings::{PromotionMode, TenantSettings};

impl TenantMap {
    /// The stage that a status means on a ticket of that lifecycle.
    #[must_use]
    pub fn stage_of(&self, lifecycle: Lifecycle, status: HaloStatusId) -> Option<&StageKey> {
        self.stages
            .iter()
            .find(|(stage, mapped)| **mapped == status && self.stage_lifecycles.get(*stage) == Some(&lifecycle))
            .map(|(stage, _)| stage)
    }

    /// The outcome with which a call that ended so is written.
    #[must_use]
    pub fn outcome_of_call(&self, result: CallOutcome) -> Option<HaloOutcomeId> {
        let own = self.call_results.get(&result).copied();
        own.or(self.call_outcome).or(self.note_outcome)
    }

    /// The lifecycle that a ticket type means.
    #[must_use]
    pub fn lifecycle_of(&self, ticket_type: HaloTicketTypeId) -> Option<Lifecycle> {
        self.ticket_types
            .iter()
            .find(|(_, mapped)| **mapped == ticket_type)
            .map(|(&lifecycle, _)| lifecycle)
    }

    /// Whether every lifecycle has its ticket type: without one, nothing can be synced.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        Lifecycle::ALL
            .iter()
            .all(|lifecycle| self.ticket_types.contains_key(lifecycle))
    }

    /// The ids of the custom fields in use, ascending: what to ask lists to include.
    #[must_use]
    pub fn custom_field_ids(&self) -> Vec<HaloFieldId> {
        let ids = self.fields.values().filter_map(|target| match target {
            FieldTarget::Custom { id, .. } => Some(*id),
            FieldTarget::Native { .. } => None,
        });
        ids.collect::<std::collections::BTreeSet<_>>().into_iter().collect()
    }
}

impl Gap {
    /// What is missing and what HaloPSA's administrator can do about it, in one or two sentences.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::TicketType { lifecycle, wanted } => format!(
                "There is no ticket type for the lifecycle {}. Create one called “{wanted}” under Configuration › Tickets › Ticket Types.",
                lifecycle.label()
            ),
            Self::Status { wanted, .. } => format!(
                "There is no status “{wanted}”, so tickets cannot enter that stage in HaloPSA. Create it under Configuration › Tickets › Statuses."
            ),
            Self::Field { field, wanted, kind } => format!(
                "There is no custom field for {}, so its values stay on this computer. Create a ticket field “{wanted}” of the type {kind} under Configuration › Custom Objects › Custom Fields.",
                field.label()
            ),
            Self::FieldType {
                field,
                name,
                wanted,
                found,
            } => format!(
                "The custom field “{name}” is of the type {found}, but {} needs {wanted}. HaloPSA cannot change a field's type: create another one.",
                field.label()
            ),
            Self::Options { name, missing, .. } => {
                format!(
                    "The custom field “{name}” lacks these choices: {}. Add them to its list.",
                    missing.join(", ")
                )
            }
            Self::Outcome { wanted } => format!(
                "There is no action outcome for notes, so notes and calls cannot be sent. Allow the outcome “{wanted}” under Configuration › Tickets › Actions."
            ),
        }
    }

    /// Whether the tenant cannot be used at all while this is missing.
    #[must_use]
    pub fn blocks(&self) -> bool {
        matches!(self, Self::TicketType { .. })
    }
}
