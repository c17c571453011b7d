//! What a person does: one file for each verb, one transaction each. None awaits the network.
//!
//! Every operation goes through [`Engine::operate`](crate::Engine), which adds what follows from the change, derives the
//! outbox entries from the journal, tells the windows and wakes the push.

mod add_note;
mod appointments;
mod assign_owner;
mod create_ticket;
mod discard_entry;
mod edit_field;
mod lift_do_not_contact;
mod link_contact;
mod lists;
mod log_call;
pub(crate) mod merge_tickets;
mod move_tickets;
mod pause_outbox;
mod promote_ticket;
mod recreate_entry;
pub(crate) mod resolve_conflict;
mod retry_entry;
mod set_do_not_contact;
mod undo;

use chrono::{DateTime, Utc};
use domain::{AgentId, FieldKey, OperationId, Provenance, Source, StoredValue, TicketId, Value, fields::InputContext};
use store::{Card, Reader};

use crate::{Problem, engine::Operated, views::Done};

/// Why a stage that needs an owner is closed to somebody who has not said who they are.
pub(crate) const NO_OWNER: &str = "It has no owner yet. Assign one, or say in Settings which agent you are.";

/// Says what was done; where nothing was different there is no operation.
pub(crate) fn done<T>(operated: &Operated<T>, label: String) -> Done {
    match operated.operation {
        Some(operation) => Done { operation, label },
        None => Done {
            operation: OperationId(0),
            label: "Nothing was different".to_owned(),
        },
    }
}

pub(crate) fn refused(reason: impl Into<String>) -> anyhow::Error {
    Problem::Refused { reason: reason.into() }.into()
}

/// The card of a ticket, or [`Problem::NotFound`].
pub(crate) fn card(reader: &Reader<'_>, ticket: TicketId) -> anyhow::Result<Card> {
    let card = reader.card(ticket)?.ok_or_else(|| Problem::NotFound {
        what: format!("ticket {ticket} on this computer"),
    })?;
    Ok(card)
}

/// What a person typed, read as a value of the field, with its raw text where that differs.
pub(crate) fn typed(
    field: FieldKey,
    input: &str,
    context: &InputContext,
) -> Result<Option<(Value, Option<String>)>, Problem> {
    match field.field().parse(input, context) {
        Ok(None) => Ok(None),
        Ok(Some(value)) => {
            let raw = (value.to_input() != input).then(|| input.to_owned());
            Ok(Some((value, raw)))
        }
        Err(invalid) => Err(Problem::FieldInvalid {
            field,
            reason: invalid.reason,
        }),
    }
}

/// A value that a person gave just now.
pub(crate) fn by_person(value: Value, raw: Option<String>, me: Option<AgentId>, at: DateTime<Utc>) -> StoredValue {
    StoredValue {
        value,
        raw,
        provenance: Provenance {
            source: Source::Person,
            at,
            by: me,
        },
    }
}
