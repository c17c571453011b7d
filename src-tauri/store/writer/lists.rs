//! Which lists a ticket is on.

use domain::{TicketId, lists::Tags};
use rusqlite::params;

use super::{Writer, journal::Change};
use crate::Error;

impl Writer<'_> {
    /// Puts a ticket on exactly these lists; a list that is not there yet is made. Returns whether anything changed.
    ///
    /// # Errors
    /// [`Error::Sql`] when there is no such ticket.
    pub fn set_lists(&mut self, ticket: TicketId, lists: &Tags) -> Result<bool, Error> {
        let before = self.lists_of(ticket)?;
        if before.same_as(lists) {
            return Ok(false);
        }
        self.run("DELETE FROM list_members WHERE ticket = ?1", [ticket.0])?;
        for name in lists.iter() {
            self.run(
                "INSERT INTO lists (name) VALUES (?1) ON CONFLICT (name) DO NOTHING",
                [name],
            )?;
            self.run(
                "INSERT INTO list_members (ticket, list) SELECT ?1, lists.id FROM lists WHERE lists.name = ?2
                 ON CONFLICT DO NOTHING",
                params![ticket.0, name],
            )?;
        }
        self.touch(ticket);
        let after = self.lists_of(ticket)?;
        self.journal(ticket, Change::Lists { before, after })?;
        Ok(true)
    }
}
