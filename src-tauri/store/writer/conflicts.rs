//! Conflicts: both sides changed one field, and a person must choose.

use domain::{ConflictId, TicketId};
use rusqlite::{OptionalExtension, params};

use super::{Writer, journal::Change};
use crate::{
    Choice, Error, LocalPatch,
    convert::{json, to_millis},
};

/// A conflict to be opened.
#[derive(Clone, Debug, PartialEq)]
pub struct NewConflict {
    pub ticket: TicketId,
    /// `stage`, `owner`, or the key of a field.
    pub field: String,
    pub label: String,
    /// Both sides in words.
    pub mine: String,
    pub theirs: String,
    /// What to write here to take my side, and theirs.
    pub mine_patch: LocalPatch,
    pub theirs_patch: LocalPatch,
}

impl Writer<'_> {
    /// Opens a conflict. One that is open for the same field of the same ticket takes the new values instead.
    ///
    /// # Errors
    /// [`Error::Sql`] when there is no such ticket.
    pub fn open_conflict(&mut self, new: &NewConflict) -> Result<ConflictId, Error> {
        let id = self
            .statement(
                "INSERT INTO conflicts (ticket, field, label, mine, theirs, mine_patch, theirs_patch, opened_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                 ON CONFLICT (ticket, field) WHERE choice IS NULL DO UPDATE SET label = excluded.label,
                    mine = excluded.mine, theirs = excluded.theirs, mine_patch = excluded.mine_patch,
                    theirs_patch = excluded.theirs_patch
                 RETURNING id",
            )?
            .query_row(
                params![
                    new.ticket.0,
                    new.field,
                    new.label,
                    new.mine,
                    new.theirs,
                    json("conflict", &new.mine_patch)?,
                    json("conflict", &new.theirs_patch)?,
                    to_millis(self.at)
                ],
                |row| row.get(0),
            )?;
        self.touch_conflict(new.ticket);
        Ok(ConflictId(id))
    }

    /// Closes a conflict with that choice. Writing the chosen value is the caller's part. Undo opens it again.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such open conflict.
    pub fn resolve_conflict(&mut self, conflict: ConflictId, choice: Choice) -> Result<(), Error> {
        let ticket: Option<i64> = self
            .statement("UPDATE conflicts SET choice = ?2 WHERE id = ?1 AND choice IS NULL RETURNING ticket")?
            .query_row(params![conflict.0, choice.key()], |row| row.get(0))
            .optional()?;
        let ticket = TicketId(ticket.ok_or(Error::NotFound {
            what: "open conflict",
            id: conflict.0,
        })?);
        self.touch_conflict(ticket);
        self.journal(ticket, Change::ConflictResolved { conflict, choice })
    }

    /// Opens a closed conflict again. False when a later one is open for the same field, so that this one cannot be.
    pub(super) fn reopen_conflict(&mut self, conflict: ConflictId, choice: Choice) -> Result<bool, Error> {
        let ticket: Option<i64> = self
            .statement(
                "UPDATE conflicts AS closed SET choice = NULL WHERE id = ?1 AND NOT EXISTS (
                    SELECT 1 FROM conflicts AS later
                    WHERE later.ticket = closed.ticket AND later.field = closed.field AND later.choice IS NULL)
                 RETURNING ticket",
            )?
            .query_row([conflict.0], |row| row.get(0))
            .optional()?;
        let Some(ticket) = ticket.map(TicketId) else {
            return Ok(false);
        };
        self.touch_conflict(ticket);
        self.journal(ticket, Change::ConflictReopened { conflict, choice })?;
        Ok(true)
    }

    fn touch_conflict(&mut self, ticket: TicketId) {
        self.changes.outbox = true;
        self.unsettled.insert(ticket);
        self.touch(ticket);
    }
}
