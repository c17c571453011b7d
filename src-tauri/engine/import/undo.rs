//! Taking an import back: every ticket as it was before, except those that somebody has worked on since.
//!
//! It goes ticket by ticket, a portion in a transaction as a run does ([`Stint`]), and goes on after a death where it
//! stopped. A ticket is taken back whole or stays whole. One that the import made and HaloPSA has already is taken away here
//! and closed there with a note that says why, as merging closes a part; one that the import updated gets its old values
//! there as well. A ticket stays when a person has touched it since, here or in HaloPSA, and when HaloPSA cannot give it
//! back; those are listed with the reason. What HaloPSA answered to our own requests is nobody's touch. What still waits for
//! a decision because of the import is withdrawn.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use domain::{AgentId, HaloTicketId, ImportId, OperationId, TicketId, activity::ActivityKind};
use store::{
    Actor, Applied, Change, ImportRecord, ImportState, NewActivity, NewOperation, OperationRow, RevertError, TicketRow,
    Writer,
};

use super::runs::{KIND, Pace, Stint, Wish, refused};
use crate::{
    Engine, Problem, after, outbox, settings, suppression,
    views::{ImportUndo, KeptBecause, UndoDone},
};

/// Changes that are read in one go; a portion has at least as many.
const READ_AT_ONCE: u32 = 100;

/// How long HaloPSA takes to open a ticket: what it writes into the timeline until then is nobody's work.
const OPENING: TimeDelta = TimeDelta::minutes(1);

/// Tickets that stay and are listed one by one.
const LISTED: usize = 500;

/// What became of the tickets of an import.
#[derive(Default)]
struct Taken {
    restored: u32,
    compensated: u32,
    kept: Vec<TicketId>,
    kept_count: u32,
    because: BTreeMap<Stays, u32>,
}

impl Taken {
    /// How many tickets were looked at.
    fn tickets(&self) -> u32 {
        self.restored + self.kept_count
    }

    /// Why tickets stay, the commonest reason first.
    fn because(&self) -> Vec<KeptBecause> {
        let mut because: Vec<KeptBecause> = self
            .because
            .iter()
            .map(|(stays, tickets)| KeptBecause {
                reason: stays.reason().to_owned(),
                tickets: *tickets,
            })
            .collect();
        because.sort_by_key(|kept| std::cmp::Reverse(kept.tickets));
        because
    }
}

/// Why a ticket is not taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stays {
    Touched,
    Sent,
    Undecided,
    OptedOut,
}

impl Stays {
    fn reason(self) -> &'static str {
        match self {
            Self::Touched => "somebody has worked on it since",
            Self::Sent => "HaloPSA has it, or is just getting it, and cannot give it back",
            Self::Undecided => "it differs from HaloPSA, and somebody has to choose first",
            Self::OptedOut => "it says Do Not Contact, which only a manager lifts",
        }
    }
}

impl Engine {
    /// Takes an import back.
    ///
    /// # Errors
    /// [`Problem::Refused`] while it runs, [`Problem::AlreadyUndone`] when it was taken back; the store's failures. What was
    /// taken back until then stays so, and it can be gone on with.
    pub fn import_undo(&self, import: ImportId) -> anyhow::Result<ImportUndo> {
        let record = self.import_record(import)?;
        match self.shown_state(&record) {
            ImportState::Undone => return Err(Problem::AlreadyUndone.into()),
            ImportState::Done | ImportState::Cancelled | ImportState::Paused | ImportState::Undoing => {}
            _ => return Err(refused("This import runs. Pause or cancel it first.")),
        }
        let Some(operation) = record.operation else {
            return Err(refused(
                "This import changed nothing, so there is nothing to take back.",
            ));
        };
        let running = self.begin_import(import)?;
        let worker = self.sign_import(import, ImportState::Undoing)?;
        let mut pace = Pace::new(self, import, ImportState::Undoing, 0, 0);
        let mut taken = Taken::default();
        let _room = self.store().make_room(0)?;
        let mut stint = Stint::new(self, &running);
        let undone = loop {
            if running.wish() == Wish::Pause {
                break Ok(false);
            }
            stint.begin();
            let before = taken.tickets();
            let portion = self.take_back_portion(&record, operation, &worker, &mut taken, |tickets| {
                pace.at(before + tickets);
                stint.is_over()
            });
            match portion {
                Ok(true) => {}
                Ok(false) => break Ok(true),
                Err(error) => break Err(error),
            }
            stint.end();
        };
        drop(running);
        match undone {
            Ok(true) => {}
            Ok(false) => {
                self.import_stopped(import, ImportState::Paused, &anyhow::anyhow!("Undo was paused."));
            }
            Err(error) => {
                self.import_stopped(import, ImportState::Undoing, &error);
                return Err(error);
            }
        }
        pace.end(taken.tickets(), ImportState::Undone);
        Ok(ImportUndo {
            operation: self.import_record(import)?.undo,
            restored: taken.restored,
            compensated: taken.compensated,
            kept: self.store().cards(&taken.kept)?,
            kept_count: taken.kept_count,
            kept_because: taken.because(),
        })
    }

    /// Takes the next tickets back; `false` when none is left.
    fn take_back_portion(
        &self,
        record: &ImportRecord,
        operation: OperationId,
        worker: &str,
        taken: &mut Taken,
        mut is_enough: impl FnMut(u32) -> bool,
    ) -> anyhow::Result<bool> {
        let me = self.preferences()?.me;
        let undo = NewOperation {
            kind: "undo",
            label: format!("Undone: Imported {}", record.file_name),
            actor: Actor::Person(me),
            undoable: false,
        };
        let import = record.id;
        let written = self.store().write(undo, self.now(), |w| -> anyhow::Result<_> {
            let now = match w.import(import)? {
                Some(now) if now.worker == worker => now,
                _ => return Err(refused("Another Leadline on this computer goes on with this import.")),
            };
            match now.undo {
                Some(undo) => w.go_on_with(undo),
                None => w.mark_undo_of(operation)?,
            }
            let Some(mut next) = w.tickets_of_operation(operation, now.taken_back, READ_AT_ONCE)? else {
                w.withdraw_reviews(import)?;
                w.advance_undo_of_import(import, now.taken_back)?;
                w.set_import_state(import, ImportState::Undone, None)?;
                return Ok((false, Taken::default(), false));
            };
            let mut portion = Taken::default();
            let mut owed = Vec::new();
            let why = format!("The import of {} was undone.", record.file_name);
            let place = loop {
                let (tickets, place) = next;
                for ticket in tickets {
                    match take_back(w, operation, ticket, me, &why)? {
                        None => {
                            portion.restored += 1;
                            owed.push(ticket);
                        }
                        Some(stays) => {
                            portion.kept.push(ticket);
                            portion.kept_count += 1;
                            *portion.because.entry(stays).or_default() += 1;
                        }
                    }
                }
                if is_enough(portion.tickets()) {
                    break place;
                }
                match w.tickets_of_operation(operation, place, READ_AT_ONCE)? {
                    Some(more) => next = more,
                    None => break place,
                }
            };
            after::follow(w, self.workflow())?;
            let tenant = settings::tenant(w)?;
            let map = tenant.as_ref().map(|tenant| &tenant.map);
            let derived = outbox::derive(w, self.workflow(), map, &mut self.dice())?;
            for ticket in owed {
                if halo_hears_of_it(w, ticket)? {
                    portion.compensated += 1;
                }
            }
            w.advance_undo_of_import(import, place)?;
            Ok((true, portion, derived.owes))
        })?;
        let (more, portion, owes) = written.value;
        self.publish(written.changes);
        if owes {
            self.inner.sync.wake_push();
        }
        taken.restored += portion.restored;
        taken.compensated += portion.compensated;
        taken.kept_count += portion.kept_count;
        for (stays, tickets) in portion.because {
            *taken.because.entry(stays).or_default() += tickets;
        }
        let room = LISTED.saturating_sub(taken.kept.len());
        taken.kept.extend(portion.kept.into_iter().take(room));
        Ok(more)
    }

    /// Takes an operation back that is an import: ticket by ticket, because it may have touched a hundred thousand of them,
    /// and somebody has worked on some. `None` for any other operation.
    pub(crate) fn undo_import_of(&self, row: &OperationRow) -> anyhow::Result<Option<UndoDone>> {
        if row.kind != KIND {
            return Ok(None);
        }
        let Some(record) = self.store().read(|reader| reader.import_of_operation(row.id))? else {
            return Ok(None);
        };
        let undone = self.import_undo(record.id)?;
        let because: Vec<String> = undone
            .kept_because
            .iter()
            .map(|kept| match kept.tickets {
                tickets if tickets == undone.kept_count => kept.reason.clone(),
                tickets => format!("{} ({tickets})", kept.reason),
            })
            .collect();
        let stay = match undone.kept_count {
            0 => String::new(),
            1 => format!(". 1 ticket stays: {}", because.join("; ")),
            count => format!(". {count} tickets stay: {}", because.join("; ")),
        };
        Ok(Some(UndoDone {
            operation: undone.operation.unwrap_or(row.id),
            label: format!("Undone: {}{stay}", row.label),
            compensates: undone.compensated > 0,
            tickets: undone.kept.iter().map(|card| card.id).collect(),
        }))
    }
}

/// Takes back what the import did to one ticket, or says why it stays.
fn take_back(
    w: &mut Writer<'_>,
    operation: OperationId,
    ticket: TicketId,
    me: Option<AgentId>,
    why: &str,
) -> anyhow::Result<Option<Stays>> {
    if w.is_touched_since(ticket, operation)? {
        return Ok(Some(Stays::Touched));
    }
    let changes = w.changes_of_ticket(operation, ticket)?;
    match suppression::refuse_undo(w, &changes) {
        Ok(()) => {}
        Err(error) if error.downcast_ref::<Problem>().is_some() => return Ok(Some(Stays::OptedOut)),
        Err(error) => return Err(error),
    }
    // One that came back with it was made by it as well, as far as this import goes.
    let is_made = changes.iter().any(|applied| {
        matches!(
            applied.change,
            Change::Created
                | Change::Withdrawn {
                    before: true,
                    after: false
                }
        )
    });
    if is_made
        && let Some(row) = w.ticket(ticket)?
        && let Some(halo) = row.card.halo_id
    {
        return withdraw(w, operation, &changes, &row, halo, me, why);
    }
    Ok(match w.take_back_ticket(operation, ticket)? {
        Ok(()) => None,
        Err(RevertError::Store(error)) => return Err(error.into()),
        Err(RevertError::Sent { .. }) => Some(Stays::Sent),
        Err(_) => Some(Stays::Touched),
    })
}

/// Takes a ticket away that HaloPSA has, and has it closed there with a note that says why.
fn withdraw(
    w: &mut Writer<'_>,
    operation: OperationId,
    changes: &[Applied],
    row: &TicketRow,
    halo: HaloTicketId,
    me: Option<AgentId>,
    why: &str,
) -> anyhow::Result<Option<Stays>> {
    let ticket = row.card.id;
    if !w.conflicts(ticket)?.is_empty() {
        return Ok(Some(Stays::Undecided));
    }
    if is_worked_on_in_halo(w, operation, changes, ticket, halo)? {
        return Ok(Some(Stays::Touched));
    }
    let at = w.at();
    w.tell(NewActivity {
        ticket,
        kind: ActivityKind::Note,
        at,
        agent: me,
        who: String::new(),
        subject: String::new(),
        body: format!("{why} This ticket came with it and is closed."),
        call: None,
    })?;
    w.set_withdrawn(ticket, true)?;
    Ok(None)
}

/// Whether a colleague did something in HaloPSA to a ticket that the import made or brought back. A value that HaloPSA only writes in
/// another way is not taken over from there, so what was taken over is somebody's work.
fn is_worked_on_in_halo(
    w: &Writer<'_>,
    operation: OperationId,
    changes: &[Applied],
    ticket: TicketId,
    halo: HaloTicketId,
) -> anyhow::Result<bool> {
    let is_work = |applied: &Applied| match &applied.change {
        Change::Stage { .. } | Change::Owner { .. } | Change::Lists { .. } => true,
        Change::Field { field, .. } => !field.field().read_only,
        _ => false,
    };
    let changed = w.machine_changes_since(ticket, operation)?.iter().any(is_work);
    if changed {
        return Ok(true);
    }
    // What HaloPSA itself writes when a ticket is opened ("Ticket logged") looks like a note. Both times are HaloPSA's.
    let opened = outbox::mirror(w, halo)?.and_then(|mirror| mirror.created);
    let is_opening = |at| opened.is_some_and(|opened| at <= opened + OPENING);
    let activities = w.activities(ticket)?;
    // What was written before the import brought it back was looked at when it was taken away.
    let told = |id| {
        changes
            .iter()
            .any(|applied| applied.change == (Change::Told { activity: id }))
    };
    let came_back = activities.iter().filter(|row| told(row.id)).map(|row| row.at).max();
    let is_past = |at| came_back.is_some_and(|came_back| at <= came_back);
    Ok(activities
        .iter()
        .any(|row| row.kind != ActivityKind::System && !is_opening(row.at) && !is_past(row.at)))
}

/// Whether HaloPSA has the ticket and something of it waits to be sent.
fn halo_hears_of_it(w: &Writer<'_>, ticket: TicketId) -> anyhow::Result<bool> {
    let is_there = w.ticket_or_part(ticket)?.is_some_and(|row| row.card.halo_id.is_some());
    Ok(is_there && !w.unsent(ticket)?.is_empty())
}
