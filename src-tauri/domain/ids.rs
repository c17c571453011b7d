//! Ids. A local id and a HaloPSA id never share a type, so that they cannot be mixed up.

use serde::{Deserialize, Serialize};
use specta::Type;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
        #[serde(transparent)]
        pub struct $name(#[specta(type = u32)] pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<$name> for i64 {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    )*};
}

ids! {
    /// A ticket on this computer.
    TicketId;
    /// A contact (person) on this computer.
    ContactId;
    /// A company on this computer.
    CompanyId;
    /// A site (address of a company) on this computer.
    SiteId;
    /// An agent on this computer.
    AgentId;
    /// A call, note, e-mail, meeting or task on this computer.
    ActivityId;
    /// One thing that a user or a rule did.
    OperationId;
    /// One entry of the outbox.
    OutboxId;
    /// A list: a named set of tickets.
    ListId;
    /// One thing that a person must decide, kept for that.
    ReviewId;
    /// One field that both sides changed.
    ConflictId;
    /// One import of a file.
    ImportId;
    /// Two records that a person keeps apart.
    NotSameId;
    /// One entry of the ledger of who must not be contacted.
    SuppressionId;

    /// HaloPSA's id of a ticket (`Faults.id`).
    HaloTicketId;
    /// HaloPSA's id of a contact (`Users.id`).
    HaloContactId;
    /// HaloPSA's id of a company (`Area.id`, "Client").
    HaloCompanyId;
    /// HaloPSA's id of a site.
    HaloSiteId;
    /// HaloPSA's id of an agent (`Uname.id`).
    HaloAgentId;
    /// HaloPSA's id of a ticket type.
    HaloTicketTypeId;
    /// HaloPSA's id of a status.
    HaloStatusId;
    /// HaloPSA's id of an action outcome.
    HaloOutcomeId;
    /// HaloPSA's id of a custom field; different in every tenant.
    HaloFieldId;
    /// HaloPSA's number of an action: unique within its ticket only.
    HaloActionId;
    /// HaloPSA's id of an appointment. An update may change it.
    HaloAppointmentId;
}
