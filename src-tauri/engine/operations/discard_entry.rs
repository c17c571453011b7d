//! A person gives up a change that HaloPSA refused or has not got yet: it is taken back here, through the journal, so
//! that it can itself be undone.

use domain::{OutboxId, Provenance, Source, StoredValue, TicketId};
use store::{Change, LocalPatch, OutboxPayload, OutboxState, RevertError, Writer};

use super::{card, done, refused, undo::problem_of};
use crate::{
    Engine, Problem, labels,
    outbox::{Balance, Held, Part, parts},
    views::Done,
};

impl Engine {
    /// Takes the local change behind an entry back.
    ///
    /// # Errors
    /// [`Problem::NotFound`] when there is no such unsent entry; [`Problem::Refused`] when it is on its way, or nothing
    /// is known to go back to; what undo says when a newer change stands on a new ticket, note or call.
    pub fn discard_entry(&self, entry: OutboxId) -> anyhow::Result<Done> {
        let me = self.preferences()?.me;
        let mut label = String::new();
        let operated = self.operate("discard_entry", me, |w| {
            let found = w.outbox_entry(entry)?.filter(|entry| entry.state != OutboxState::Sent);
            let found = found.ok_or_else(|| Problem::NotFound {
                what: "unsent change with that number".to_owned(),
            })?;
            if !matches!(found.state, OutboxState::Waiting | OutboxState::Parked) {
                return Err(refused(
                    "It is on its way to HaloPSA. Wait for the answer, then undo it.",
                ));
            }
            label = format!(
                "Discarded “{}” of {}",
                found.what,
                labels::ticket(&card(w, found.ticket)?)
            );
            w.relabel(label.clone());
            match &found.payload {
                OutboxPayload::Update { patch } => restore(w, found.ticket, patch)?,
                OutboxPayload::Activity { .. } => {
                    let operation = found.operation.ok_or(RevertError::NotUndoable).map_err(problem_of)?;
                    w.revert(operation).map_err(problem_of)?;
                }
                OutboxPayload::Create { .. } => take_back_creation(w, found.ticket)?,
            }
            Ok(())
        })?;
        Ok(done(&operated, label))
    }
}

/// Puts back what HaloPSA has. That alone empties the entry: the comparison at the end of the operation sees to it.
fn restore(w: &mut Writer<'_>, ticket: TicketId, patch: &LocalPatch) -> anyhow::Result<()> {
    let Some(balance) = Balance::read(w, ticket)? else {
        return Ok(());
    };
    let at = w.at();
    for part in parts(patch) {
        let there = balance
            .there(part)
            .ok_or_else(|| refused("What HaloPSA has is not known here yet. Sync first, then discard."))?;
        match (part, there) {
            (_, Held::Stage((lifecycle, stage))) => {
                w.move_ticket(ticket, lifecycle, &stage, None, at)?;
            }
            (_, Held::Owner(owner)) => {
                w.set_owner(ticket, owner)?;
            }
            (Part::Field(field), Held::Field(value)) => {
                let stored = value.map(|value| StoredValue {
                    value,
                    raw: None,
                    provenance: Provenance {
                        source: Source::Halopsa,
                        at,
                        by: None,
                    },
                });
                w.set_value(ticket, field, stored)?;
            }
            (Part::Stage | Part::Owner, Held::Field(_)) => {}
        }
    }
    Ok(())
}

/// A new ticket goes as it came: everything done to it since, newest first, then its creation.
fn take_back_creation(w: &mut Writer<'_>, ticket: TicketId) -> anyhow::Result<()> {
    for row in w.history(ticket)? {
        let operation = w.operation(row.operation)?;
        let Some(operation) = operation.filter(|operation| operation.undoable && !operation.undone) else {
            continue;
        };
        let changes = w.operation_changes(row.operation)?;
        if changes.iter().any(|applied| applied.ticket != ticket) {
            return Err(refused(format!(
                "“{}” changed other tickets as well. Undo it first, then discard the new ticket.",
                operation.label
            )));
        }
        w.revert(row.operation).map_err(problem_of)?;
        if changes.iter().any(|applied| applied.change == Change::Created) {
            return Ok(());
        }
    }
    Err(Problem::NotFound {
        what: "record of how this ticket was created".to_owned(),
    }
    .into())
}
