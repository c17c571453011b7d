//! A HaloPSA tenant: what it has, and how our words map onto its ids.
//!
//! Nothing about ids is portable between tenants, so [`discover`] proposes a mapping by name and says what is missing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{FieldKey, HaloAgentId, HaloFieldId, HaloOutcomeId, HaloStatusId, HaloTicketTypeId, Lifecycle, StageKey};

/// What the setup check read from the tenant.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TenantSetup {
    pub product: String,
    pub version: String,
    pub ticket_types: Vec<(HaloTicketTypeId, String)>,
    pub statuses: Vec<(HaloStatusId, String)>,
    pub outcomes: Vec<(HaloOutcomeId, String)>,
    pub agents: Vec<TenantAgent>,
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
    pub fields: BTreeMap<FieldKey, FieldTarget>,
    /// The outcome used for notes, and for calls.
    pub note_outcome: Option<HaloOutcomeId>,
    pub call_outcome: Option<HaloOutcomeId>,
    pub me: Option<HaloAgentId>,
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
    /// No outcome usable for notes: notes and calls cannot be sent.
    Outcome { wanted: String },
}

impl Gap {
    /// Whether the tenant cannot be used at all while this is missing.
    #[must_use]
    pub fn blocks(&self) -> bool {
        matches!(self, Self::TicketType { .. })
    }
}
