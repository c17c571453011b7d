//! Whom a ticket is about: what can be chosen, and what was chosen.

use domain::{CompanyId, ContactId, TicketId};
use serde::{Deserialize, Serialize};
use specta::Type;

/// The company of a ticket, as chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum CompanyChoice {
    Existing {
        id: CompanyId,
    },
    /// To be made, under the name that the ticket holds.
    New,
}

/// The contact of a ticket, as chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum ContactChoice {
    /// Brings their company along.
    Existing { id: ContactId },
    /// To be made, from what the ticket holds.
    New,
}

/// Company and contact, as chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PartyChoice {
    pub company: CompanyChoice,
    pub contact: ContactChoice,
}

/// A choice of one ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TicketParty {
    pub ticket: TicketId,
    pub choice: PartyChoice,
}

/// A company that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CompanyOption {
    pub id: CompanyId,
    pub name: String,
    pub website: String,
    /// Else it was made here and waits in the outbox.
    pub in_halo: bool,
}

/// A contact that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ContactOption {
    pub id: ContactId,
    pub name: String,
    pub email: String,
    pub company: Option<CompanyId>,
    pub company_name: String,
    /// Else it was made here and waits in the outbox.
    pub in_halo: bool,
}

/// What a person must say before a ticket can be linked: who of these it is, or that it is somebody new.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PartyNeed {
    pub companies: Vec<CompanyOption>,
    pub contacts: Vec<ContactOption>,
    /// The names that new records would get.
    pub new_company: String,
    pub new_contact: String,
    pub proposal: PartyChoice,
}
