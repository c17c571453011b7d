//! Which lists a ticket is on.

use domain::{TicketId, lists::Tags};
use rusqlite::params;

use super::{Writer, journal::Change};
use crate::Error;

impl Writer<'_> {
    /// Says that a rule keeps these lists; one that is not there yet is made.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn keep_by_rule(&self, lists: &Tags) -> Result<(), Error> {
        for name in lists.iter() {
            self.run(
                "INSERT INTO lists (name, kind) VALUES (?1, 'automatic')
                 ON CONFLICT (name) DO UPDATE SET kind = 'automatic' WHERE kind <> 'automatic'",
                [name],
            )?;
        }
        Ok(())
    }

    /// Puts a ticket that was made in this write on lists, some of them kept by a rule. Not journalled: it goes with the
    /// ticket. One statement for each list that is there already, because tickets are made by the hundred thousand.
    ///
    /// # Errors
    /// [`Error::Sql`] when there is no such ticket.
    pub fn begin_lists(&mut self, ticket: TicketId, lists: &Tags, by_rule: &Tags) -> Result<(), Error> {
        for name in lists.iter() {
            let ruled = by_rule.has(name);
            let put = || {
                self.run(
                    "INSERT INTO list_members (ticket, list)
                     SELECT ?1, id FROM lists WHERE name = ?2 AND (kind = 'automatic' OR NOT ?3)
                     ON CONFLICT DO NOTHING",
                    params![ticket.0, name, ruled],
                )
            };
            if put()? > 0 {
                continue;
            }
            if ruled {
                self.keep_by_rule(&Tags::of([name]))?;
            } else {
                self.run(
                    "INSERT INTO lists (name) VALUES (?1) ON CONFLICT (name) DO NOTHING",
                    [name],
                )?;
            }
            put()?;
        }
        if !lists.is_empty() {
            self.touch(ticket);
        }
        Ok(())
    }

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
