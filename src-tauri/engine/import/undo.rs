//! Taking an import back: every ticket as it was before, except those that somebody has worked on since.
//!
//! It goes ticket by ticket, a portion in a transaction, and goes on after a death where it stopped. A ticket is taken back
//! whole or stays whole. It stays when a person has touched it since, here or in HaloPSA, and when HaloPSA has an opt-out
//! of it; those are listed. What still waits for a decision because of the import is withdrawn.

use std::time::Instant;

use domain::{ImportId, OperationId, TicketId};
use store::{Actor, ImportRecord, ImportState, NewOperation, OperationRow, RevertError, Writer};

use super::runs::{KIND, Pace, Wish, refused};
use crate::{
    Engine, Problem, after, outbox, settings, suppression,
    views::{ImportUndo, UndoDone},
};

/// Changes in a portion.
const PORTION: u32 = 100;

/// Tickets that stay and are listed one by one.
const LISTED: usize = 500;

/// What became of the tickets of an import.
#[derive(Default)]
struct Taken {
    restored: u32,
    compensated: u32,
    kept: Vec<TicketId>,
    kept_count: u32,
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
        let undone = loop {
            if running.wish() == Wish::Pause {
                break Ok(false);
            }
            let began = Instant::now();
            match self.take_back_portion(&record, operation, &worker, &mut taken) {
                Ok(true) => {}
                Ok(false) => break Ok(true),
                Err(error) => break Err(error),
            }
            tracing::debug!(
                elapsed_ms = began.elapsed().as_millis(),
                "took back a portion of an import"
            );
            pace.at(taken.restored + taken.compensated + taken.kept_count);
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
        pace.end(
            taken.restored + taken.compensated + taken.kept_count,
            ImportState::Undone,
        );
        Ok(ImportUndo {
            operation: self.import_record(import)?.undo,
            restored: taken.restored,
            compensated: taken.compensated,
            kept: self.store().cards(&taken.kept)?,
            kept_count: taken.kept_count,
        })
    }

    /// Takes the next tickets back; `false` when none is left.
    fn take_back_portion(
        &self,
        record: &ImportRecord,
        operation: OperationId,
        worker: &str,
        taken: &mut Taken,
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
            let Some((tickets, place)) = w.tickets_of_operation(operation, now.taken_back, PORTION)? else {
                w.withdraw_reviews(import)?;
                w.advance_undo_of_import(import, now.taken_back)?;
                w.set_import_state(import, ImportState::Undone, None)?;
                return Ok((false, Taken::default(), false));
            };
            let mut portion = Taken::default();
            for ticket in tickets {
                take_back(w, operation, ticket, &mut portion)?;
            }
            after::follow(w, self.workflow())?;
            let tenant = settings::tenant(w)?;
            let map = tenant.as_ref().map(|tenant| &tenant.map);
            let derived = outbox::derive(w, self.workflow(), map, &mut self.dice())?;
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
        let stay = match undone.kept_count {
            0 => String::new(),
            1 => ". 1 ticket stays as somebody has worked on it since".to_owned(),
            count => format!(". {count} tickets stay as somebody has worked on them since"),
        };
        Ok(Some(UndoDone {
            operation: undone.operation.unwrap_or(row.id),
            label: format!("Undone: {}{stay}", row.label),
            compensates: undone.compensated > 0,
            tickets: undone.kept.iter().map(|card| card.id).collect(),
        }))
    }
}

/// Takes back what the import did to one ticket, or says that it stays.
fn take_back(w: &mut Writer<'_>, operation: OperationId, ticket: TicketId, taken: &mut Taken) -> anyhow::Result<()> {
    let changes = w.changes_of_ticket(operation, ticket)?;
    let stays = w.is_touched_since(ticket, operation)?
        || match suppression::refuse_undo(w, &changes) {
            Ok(()) => false,
            Err(error) if error.downcast_ref::<Problem>().is_some() => true,
            Err(error) => return Err(error),
        };
    if !stays {
        match w.take_back_ticket(operation, ticket)? {
            Ok(()) => {
                taken.restored += 1;
                return Ok(());
            }
            Err(RevertError::Store(error)) => return Err(error.into()),
            Err(_) => {}
        }
    }
    taken.kept_count += 1;
    taken.kept.push(ticket);
    Ok(())
}
