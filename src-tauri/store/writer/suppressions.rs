//! The ledger of who must not be contacted.
//!
//! It holds keyed hashes, never an address: whoever reads the database can tell that a given person is in it only with
//! the key, and nobody can list who they are. An entry is never deleted; lifting closes it with who and why, so that
//! the record shows both. Every step is journalled on the ticket it was learned from, and undo walks the same way back.

use domain::{AgentId, SuppressionId, TicketId, suppression::Identity};
use rand::TryRngCore;
use rusqlite::{OptionalExtension, params};

use super::{Writer, journal::Change};
use crate::{
    Error,
    convert::to_millis,
    read::suppressions::{LEDGER_KEY, Ledger},
};

impl Writer<'_> {
    /// Puts an address into the ledger, unless it is there. Returns whether it was new.
    ///
    /// # Errors
    /// [`Error::Sql`] when there is no such ticket, [`Error::Io`] when the system gives no random bytes for the key.
    pub fn suppress(
        &mut self,
        ticket: TicketId,
        identity: &Identity,
        by: Option<AgentId>,
        reason: &str,
    ) -> Result<bool, Error> {
        let hash = self.ledger_for_writing()?.hash(identity);
        let id: Option<i64> = self
            .statement(
                "INSERT INTO suppressions (hash, kind, shared, ticket, at, by_agent, reason)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                 ON CONFLICT (hash, shared) WHERE lifted_at IS NULL DO NOTHING RETURNING id",
            )?
            .query_row(
                params![
                    hash,
                    identity.kind().key(),
                    !identity.tells_who(),
                    ticket.0,
                    to_millis(self.at),
                    by.map(|by| by.0),
                    reason
                ],
                |row| row.get(0),
            )
            .optional()?;
        let Some(id) = id else { return Ok(false) };
        self.touch(ticket);
        self.journal(
            ticket,
            Change::Suppressed {
                suppression: SuppressionId(id),
            },
        )?;
        Ok(true)
    }

    /// Closes an entry of the ledger, on the record. Returns whether it was open.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn lift_suppression(
        &mut self,
        suppression: SuppressionId,
        by: Option<AgentId>,
        reason: &str,
    ) -> Result<bool, Error> {
        let ticket: Option<i64> = self
            .statement(
                "UPDATE suppressions SET lifted_at = ?2, lifted_by = ?3, lifted_reason = ?4
                 WHERE id = ?1 AND lifted_at IS NULL RETURNING ticket",
            )?
            .query_row(
                params![suppression.0, to_millis(self.at), by.map(|by| by.0), reason],
                |row| row.get(0),
            )
            .optional()?;
        let Some(ticket) = ticket.map(TicketId) else {
            return Ok(false);
        };
        self.touch(ticket);
        self.journal(ticket, Change::SuppressionLifted { suppression })?;
        Ok(true)
    }

    /// Opens a closed entry again: its lifting is taken back. An address that somebody else put in meanwhile is in the
    /// ledger anyway, and then the old entry stays closed.
    pub(super) fn reopen_suppression(&mut self, suppression: SuppressionId) -> Result<(), Error> {
        let ticket: Option<i64> = self
            .statement(
                "UPDATE suppressions AS closed SET lifted_at = NULL, lifted_by = NULL, lifted_reason = ''
                 WHERE id = ?1 AND lifted_at IS NOT NULL AND NOT EXISTS (
                    SELECT 1 FROM suppressions AS later
                    WHERE later.hash = closed.hash AND later.shared = closed.shared AND later.lifted_at IS NULL)
                 RETURNING ticket",
            )?
            .query_row([suppression.0], |row| row.get(0))
            .optional()?;
        let Some(ticket) = ticket.map(TicketId) else {
            return Ok(());
        };
        self.touch(ticket);
        self.journal(ticket, Change::Suppressed { suppression })
    }

    /// The key of the ledger, made when the first person enters it.
    fn ledger_for_writing(&mut self) -> Result<Ledger, Error> {
        if let Some(ledger) = self.ledger()? {
            return Ok(ledger);
        }
        let mut bytes = [0_u8; 32];
        rand::rngs::OsRng
            .try_fill_bytes(&mut bytes)
            .map_err(|error| Error::Io(error.to_string()))?;
        self.setting_set(LEDGER_KEY, &bytes)?;
        Ok(Ledger::of(&bytes))
    }
}
