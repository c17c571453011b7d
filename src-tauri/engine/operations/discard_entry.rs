//! A person gives up a change that HaloPSA refused or has not got yet: it is taken back here, through the journal, so
//! that it can itself be undone.

use std::collections::BTreeMap;

use domain::{
    OperationId, OutboxId, Provenance, Source, StageKey, StoredValue, TicketId, Value,
    fields::keys,
    lists::{Tags, automatic},
};
use store::{Applied, Card, Change, LocalPatch, NewRecord, OutboxPayload, OutboxState, RevertError, Writer};

use super::{card, done, refused, undo::problem_of};
use crate::{
    Engine, Problem, labels,
    outbox::{Balance, Held, Part, get, parts},
    suppression,
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
        let mut gave_up = false;
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
                labels::ticket(&card_or_part(w, found.ticket)?)
            );
            w.relabel(label.clone());
            match &found.payload {
                // What was merged or withdrawn here stays so, and open in HaloPSA.
                OutboxPayload::Update { patch } if closes_part(patch) => {
                    w.remove_entry(found.id)?;
                    gave_up = true;
                }
                OutboxPayload::Update { patch } => restore(w, found.ticket, patch)?,
                OutboxPayload::Activity { .. } => {
                    let operation = found.operation.ok_or(RevertError::NotUndoable).map_err(problem_of)?;
                    w.revert(operation).map_err(problem_of)?;
                }
                OutboxPayload::Create { .. } if !was_created_here(w, found.ticket)? => {
                    // HaloPSA had it once: it is as gone as it was before somebody wanted it there again.
                    w.remove_entry(found.id)?;
                    w.set_gone(found.ticket, true)?;
                    gave_up = true;
                }
                OutboxPayload::Create { .. } => take_back_creation(w, found.ticket)?,
                OutboxPayload::Peace { .. } => w.remove_entry(found.id)?,
                OutboxPayload::Record { record } => give_up(w, found.ticket, *record)?,
            }
            Ok(())
        })?;
        if gave_up {
            return Ok(Done {
                operation: OperationId(0),
                label,
            });
        }
        Ok(done(&operated, label))
    }
}

/// The card of a ticket, even of one that became a part of another one.
fn card_or_part(w: &Writer<'_>, ticket: TicketId) -> anyhow::Result<Card> {
    match w.ticket_or_part(ticket)? {
        Some(row) => Ok(row.card),
        None => card(w, ticket),
    }
}

/// Whether it only closes a ticket in HaloPSA that became a part of another one, or was withdrawn.
fn closes_part(patch: &LocalPatch) -> bool {
    let stage = patch.stage.as_ref();
    stage.is_some_and(|(_, stage)| stage.as_str() == StageKey::MERGED)
}

/// Whether the ticket was born on this computer, and not only created in HaloPSA again.
fn was_created_here(w: &Writer<'_>, ticket: TicketId) -> anyhow::Result<bool> {
    for row in w.history(ticket)? {
        let changes = w.operation_changes(row.operation)?;
        let creates = |applied: &Applied| applied.ticket == ticket && applied.change == Change::Created;
        if changes.iter().any(creates) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Puts back what HaloPSA has. That alone empties the entry: the comparison at the end of the operation sees to it.
fn restore(w: &mut Writer<'_>, ticket: TicketId, patch: &LocalPatch) -> anyhow::Result<()> {
    let Some(balance) = Balance::read(w, ticket)? else {
        return Ok(());
    };
    let at = w.at();
    let opt_out = Part::Field(keys::DO_NOT_CONTACT);
    let marks = get(patch, opt_out) == Some(Held::Field(Some(Value::Boolean(true))));
    let lists = lists_given_up(w, &balance, ticket, patch, marks)?;
    let (kept, given_up): (Vec<Part>, Vec<Part>) = parts(patch).into_iter().partition(|part| {
        let only_marks = *part == Part::Lists && lists.is_none();
        marks && (suppression::TOLD.contains(part) || only_marks)
    });
    if given_up.is_empty() && !kept.is_empty() {
        return Err(refused(
            "An opt-out is not given up: it waits until HaloPSA takes it. A manager can lift Do Not Contact.",
        ));
    }
    for part in given_up {
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
            (_, Held::Party(party)) => {
                w.link_company(ticket, party.company)?;
                w.link_contact(ticket, party.contact)?;
            }
            (_, Held::Lists(_)) => {
                if let Some(lists) = &lists {
                    w.set_lists(ticket, lists)?;
                }
            }
            (Part::Stage | Part::Owner | Part::Party | Part::Lists, Held::Field(_)) => {}
        }
    }
    Ok(())
}

/// The lists of a ticket without what an entry asks for; `None` when that is nothing. The tag of an opt-out stays as long
/// as the opt-out does.
fn lists_given_up(
    w: &Writer<'_>,
    balance: &Balance,
    ticket: TicketId,
    patch: &LocalPatch,
    marks: bool,
) -> Result<Option<Tags>, store::Error> {
    let (Some(Held::Lists(there)), Some(asked)) = (balance.there(Part::Lists), &patch.lists) else {
        return Ok(None);
    };
    let mut wanted = there.clone();
    if marks {
        let mark = BTreeMap::from([(keys::DO_NOT_CONTACT, Value::Boolean(true))]);
        for name in automatic::automatic(&mark).iter().filter(|name| asked.has(name)) {
            wanted.add(name);
        }
    }
    let here = w.lists_of(ticket)?;
    let lists = here.with_change(asked, &wanted);
    Ok((!lists.same_as(&here)).then_some(lists))
}

/// A record goes, and every ticket that was linked to it is linked to what is left: to its company alone, or to nobody.
fn give_up(w: &mut Writer<'_>, ticket: TicketId, record: NewRecord) -> anyhow::Result<()> {
    match record {
        NewRecord::Contact(contact) => {
            for linked in w.tickets_of_contact(contact)? {
                w.link_contact(linked, None)?;
            }
        }
        NewRecord::Company(company) => {
            for contact in w.contacts_of(company)? {
                give_up(w, ticket, NewRecord::Contact(contact.id))?;
            }
            for linked in w.tickets_of_company(company)? {
                w.link_company(linked, None)?;
            }
        }
        NewRecord::Site(site) => {
            for contact in w.contacts_of_site(site)? {
                give_up(w, ticket, NewRecord::Contact(contact))?;
            }
        }
    }
    w.remove_unsent_record(ticket, record)?;
    Ok(())
}

/// A new ticket goes as it came, and an opt-out outlives it: the person stays in the ledger.
fn take_back_creation(w: &mut Writer<'_>, ticket: TicketId) -> anyhow::Result<()> {
    let person = suppression::Person::read(w, ticket)?;
    take_back_history(w, ticket)?;
    if person.on {
        suppression::remember(w, ticket, &person)?;
    }
    Ok(())
}

/// Everything done to a ticket, newest first, then its creation.
fn take_back_history(w: &mut Writer<'_>, ticket: TicketId) -> anyhow::Result<()> {
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
