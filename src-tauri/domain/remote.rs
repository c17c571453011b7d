//! HaloPSA's records in our words: what `connectors` reads and writes, what the mirror keeps, what `merge` compares.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    FieldKey, HaloActionId, HaloAgentId, HaloAppointmentId, HaloCompanyId, HaloContactId, HaloOutcomeId, HaloSiteId,
    HaloStatusId, HaloTicketId, HaloTicketTypeId, Lifecycle, StageKey, Value, activity::ActivityKind, lists::Tags,
};

/// One ticket as HaloPSA shows it, through the tenant's mapping.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RemoteTicket {
    pub id: HaloTicketId,
    pub ticket_type: HaloTicketTypeId,
    pub status: HaloStatusId,
    /// `None` when the ticket type is mapped to no lifecycle.
    pub lifecycle: Option<Lifecycle>,
    /// `None` when the status is mapped to no stage of that lifecycle.
    pub stage: Option<StageKey>,
    /// `None` when unassigned.
    pub owner: Option<HaloAgentId>,
    pub summary: String,
    /// `None` for the placeholder "General User" and when unknown.
    pub contact: Option<HaloContactId>,
    /// `None` for the placeholder "Unknown".
    pub company: Option<HaloCompanyId>,
    pub site: Option<HaloSiteId>,
    /// Only mapped fields that hold something. A row that was read without custom fields names none of them:
    /// see `fields_known`.
    pub fields: BTreeMap<FieldKey, Value>,
    /// Which mapped fields this row spoke about. A field that is absent from a row is unknown, never empty.
    pub fields_known: Vec<FieldKey>,
    /// The lists it is on, HaloPSA's tags; `None` in a row that does not speak of them.
    #[serde(default)]
    pub tags: Option<Tags>,
    pub created: Option<DateTime<Utc>>,
    pub last_update: Option<DateTime<Utc>>,
    pub closed: bool,
    /// A warning HaloPSA attached to the record.
    pub warning: Option<String>,
}

/// A partial update of one ticket: only what is named changes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TicketPatch {
    pub lifecycle: Option<Lifecycle>,
    pub stage: Option<StageKey>,
    /// `Some(None)` unassigns.
    pub owner: Option<Option<HaloAgentId>>,
    pub summary: Option<String>,
    pub details: Option<String>,
    /// `Some(None)` takes the ticket away from any company.
    pub party: Option<Option<HaloParty>>,
    /// All of them: HaloPSA forgets those that are not named.
    pub tags: Option<Tags>,
    /// The ticket that a new one goes on from.
    pub created_from: Option<HaloTicketId>,
    /// `None` as value empties the field.
    pub fields: BTreeMap<FieldKey, Option<Value>>,
}

/// Whom a ticket is about: a company, and where known a site and a contact of it. HaloPSA takes them together only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HaloParty {
    pub company: HaloCompanyId,
    pub site: Option<HaloSiteId>,
    pub contact: Option<HaloContactId>,
}

/// A company to be created.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewCompany {
    /// HaloPSA has every name once.
    pub name: String,
    pub website: String,
    /// The name of its first site, which HaloPSA makes with it.
    pub site: String,
}

/// A site to be created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSite {
    pub company: HaloCompanyId,
    pub name: String,
}

/// A contact to be created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewContact {
    pub company: HaloCompanyId,
    pub site: HaloSiteId,
    pub name: String,
    pub first_name: String,
    pub last_name: String,
    /// Empty when there is none.
    pub email: String,
    /// The first is the number at the desk, the second the mobile one.
    pub phones: Vec<String>,
}

/// A note, call or the like to be written on a ticket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewAction {
    pub ticket: HaloTicketId,
    pub outcome: HaloOutcomeId,
    /// Plain text; the connector escapes it into HTML.
    pub note: String,
    pub at: DateTime<Utc>,
    /// Hours, as HaloPSA counts.
    pub time_taken_h: f64,
    pub agent: Option<HaloAgentId>,
}

/// An action that moves its ticket.
#[derive(Clone, Debug, PartialEq)]
pub struct StageAction {
    pub ticket: HaloTicketId,
    pub outcome: HaloOutcomeId,
    /// Plain text; the connector escapes it into HTML.
    pub note: String,
    pub at: DateTime<Utc>,
    /// Where it is promoted.
    pub lifecycle: Option<Lifecycle>,
    pub stage: StageKey,
}

/// An action of a ticket as HaloPSA shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RemoteAction {
    pub ticket: HaloTicketId,
    pub id: HaloActionId,
    pub kind: ActivityKind,
    pub outcome: Option<HaloOutcomeId>,
    pub outcome_name: String,
    pub who: String,
    pub agent: Option<HaloAgentId>,
    pub at: Option<DateTime<Utc>>,
    /// Plain text.
    pub note: String,
    pub old_status: Option<HaloStatusId>,
    pub new_status: Option<HaloStatusId>,
}

/// A task or meeting of a ticket to be written: a new one, or with its id the one that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAppointment {
    pub id: Option<HaloAppointmentId>,
    pub ticket: HaloTicketId,
    /// Else a meeting.
    pub is_task: bool,
    pub subject: String,
    pub start: DateTime<Utc>,
    pub end: DateTime<Utc>,
    pub done_at: Option<DateTime<Utc>>,
    pub agent: Option<HaloAgentId>,
}

/// A task or meeting of a ticket as HaloPSA shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoteAppointment {
    pub id: HaloAppointmentId,
    pub ticket: HaloTicketId,
    pub is_task: bool,
    pub subject: String,
    /// Plain text; empty in lists, which leave it out.
    pub note: String,
    pub start: DateTime<Utc>,
    pub end: DateTime<Utc>,
    pub is_done: bool,
    pub done_at: Option<DateTime<Utc>>,
    pub agent: Option<HaloAgentId>,
}

/// A contact as HaloPSA shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RemoteContact {
    pub id: HaloContactId,
    pub name: String,
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    pub phones: Vec<String>,
    pub company: Option<HaloCompanyId>,
    pub site: Option<HaloSiteId>,
    pub inactive: bool,
    pub last_update: Option<DateTime<Utc>>,
}

/// A company as HaloPSA shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RemoteCompany {
    pub id: HaloCompanyId,
    /// Only a single record names it, no list.
    pub main_site: Option<HaloSiteId>,
    pub name: String,
    pub website: String,
    pub phone: String,
    pub inactive: bool,
    pub last_update: Option<DateTime<Utc>>,
}

/// A site as HaloPSA shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RemoteSite {
    pub id: HaloSiteId,
    pub company: Option<HaloCompanyId>,
    pub name: String,
    pub phone: String,
    pub inactive: bool,
    pub last_update: Option<DateTime<Utc>>,
}
