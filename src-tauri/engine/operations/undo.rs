//! Undo and redo: one mechanism over the journal, before and after HaloPSA has it.
//!
//! Taking back is an operation like any other, so the outbox rule decides what it owes: nothing when the change was not
//! sent yet (the unsent entry is emptied), a compensating change when HaloPSA has it. Only Do Not Contact is different:
//! once HaloPSA has it, it is lifted with a reason and not undone (see `suppression`).

use std::collections::BTreeSet;

use domain::{ActivityId, AgentId, OperationId, Role, activity::ActivityKind};
use store::{Actor, Applied, Change, NewActivity, OperationRow, RevertError, Writer};

use super::refused;
use crate::{Engine, Problem, suppression, views::UndoDone};

impl Engine {
    /// Takes back the newest thing this person did that still stands; `None` when there is nothing.
    ///
    /// # Errors
    /// [`Problem::UndoConflict`] when something newer stands in its way, [`Problem::NotUndoable`] when HaloPSA has it
    /// and cannot give it back. Nothing is changed then.
    pub fn undo(&self) -> anyhow::Result<Option<UndoDone>> {
        let me = self.preferences()?.me;
        match self.store().last_undoable(Actor::Person(me))? {
            Some(operation) => self.revert(&operation).map(Some),
            None => Ok(None),
        }
    }

    /// Does the last undone thing again; `None` when something else was done since, or nothing was undone.
    ///
    /// # Errors
    /// As [`undo`](Self::undo).
    pub fn redo(&self) -> anyhow::Result<Option<UndoDone>> {
        let me = self.preferences()?.me;
        match self.store().last_undone(Actor::Person(me))? {
            Some(operation) => self.revert(&operation).map(Some),
            None => Ok(None),
        }
    }

    /// Takes one operation back, wherever it stands in the history.
    ///
    /// # Errors
    /// As [`undo`](Self::undo); [`Problem::NotFound`] when there is none with that number.
    pub fn undo_operation(&self, operation: OperationId) -> anyhow::Result<UndoDone> {
        let row = self.store().operation(operation)?.ok_or_else(|| Problem::NotFound {
            what: "such change in the history".to_owned(),
        })?;
        self.revert(&row)
    }

    fn revert(&self, row: &OperationRow) -> anyhow::Result<UndoDone> {
        if let Some(undone) = self.undo_import_of(row)? {
            return Ok(undone);
        }
        let preferences = self.preferences()?;
        let me = preferences.me;
        // The undo of an undo does the thing again.
        let (again, root) = self.origin(row)?;
        let label = if again {
            format!("Done again: {}", row.root_label)
        } else {
            format!("Undone: {}", row.root_label)
        };
        let mut tickets = BTreeSet::new();
        let operated = self.operate(if again { "redo" } else { "undo" }, me, |w| {
            w.relabel(label.clone());
            if root != "lift_do_not_contact" {
                suppression::refuse_undo(w, &w.operation_changes(row.id)?)?;
            } else if again && preferences.role != Role::Manager {
                return Err(refused("Only a manager can lift Do Not Contact."));
            }
            let changes = w.operation_changes(row.id)?;
            w.revert(row.id).map_err(problem_of)?;
            tell_halopsa(w, &changes, me, &label)?;
            tickets.extend(w.applied().iter().map(|applied| applied.ticket));
            Ok(())
        })?;
        Ok(UndoDone {
            operation: operated.operation.unwrap_or(row.id),
            label,
            compensates: operated.derived.compensates,
            tickets: tickets.into_iter().collect(),
        })
    }

    /// Whether an operation is itself an undo (an odd number of steps back from what was first done), and the verb of
    /// what was first done.
    fn origin(&self, row: &OperationRow) -> anyhow::Result<(bool, String)> {
        let mut steps = 0_u32;
        let mut root = row.clone();
        while let Some(earlier) = root.undo_of {
            let Some(found) = self.store().operation(earlier)? else {
                break;
            };
            steps += 1;
            root = found;
        }
        Ok((steps % 2 == 1, root.kind))
    }
}

/// A note that HaloPSA has stays there, so another one says that it no longer holds.
fn tell_halopsa(w: &mut Writer<'_>, changes: &[Applied], me: Option<AgentId>, label: &str) -> anyhow::Result<()> {
    let taken_back: Vec<ActivityId> = w
        .applied()
        .iter()
        .filter_map(|applied| match applied.change {
            Change::Untold { activity } => Some(activity),
            _ => None,
        })
        .collect();
    for Applied { ticket, change } in changes {
        let Change::Told { activity } = change else { continue };
        if taken_back.contains(activity) {
            continue;
        }
        let at = w.at();
        w.tell(NewActivity {
            ticket: *ticket,
            kind: ActivityKind::Note,
            at,
            agent: me,
            who: String::new(),
            subject: String::new(),
            body: label.to_owned(),
            call: None,
        })?;
    }
    Ok(())
}

/// What stands in the way of taking something back, in the words of this crate.
pub(super) fn problem_of(error: RevertError) -> anyhow::Error {
    match error {
        RevertError::Conflict { what } => Problem::UndoConflict { what }.into(),
        RevertError::Sent { what } => Problem::NotUndoable {
            reason: format!("{what} is already in HaloPSA, or on its way, and cannot be taken back from there."),
        }
        .into(),
        RevertError::NotUndoable => Problem::NotUndoable {
            reason: "This kind of change cannot be undone.".to_owned(),
        }
        .into(),
        RevertError::AlreadyUndone => Problem::AlreadyUndone.into(),
        RevertError::Store(error) => error.into(),
    }
}
