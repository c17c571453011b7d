//! Tickets that are two in HaloPSA, one after the other: here they stay one card, whose number is that of the open one, and
//! the other number belongs to a part of it.

use domain::{HaloTicketId, TicketId};
use rusqlite::params;

use super::Writer;
use crate::Error;

impl Writer<'_> {
    /// Says which part stands for the other of a ticket's two tickets in HaloPSA. Notes and calls whose numbers hold on the
    /// other one go with it. Not journalled: it is a fact.
    ///
    /// # Errors
    /// [`Error::Sql`] when there is no such ticket.
    pub fn succeed(&mut self, ticket: TicketId, other: TicketId) -> Result<(), Error> {
        self.run(
            "INSERT INTO successions (ticket, other) VALUES (?1, ?2)
             ON CONFLICT (ticket) DO UPDATE SET other = excluded.other",
            params![ticket.0, other.0],
        )?;
        self.run(
            "UPDATE activities SET ticket = ?2 WHERE ticket = ?1 AND halo_action IS NOT NULL",
            params![ticket.0, other.0],
        )?;
        self.touch(ticket);
        self.touch(other);
        Ok(())
    }

    /// Exchanges the numbers of a ticket and of the part that stands for the other one, with the notes and calls that hold on
    /// them. Not journalled: it is a fact.
    ///
    /// # Errors
    /// [`Error::NotFound`] when one of them has no number.
    pub fn exchange_numbers(&mut self, ticket: TicketId, other: TicketId) -> Result<(), Error> {
        let number = |id: TicketId, halo: Option<HaloTicketId>| {
            halo.ok_or(Error::NotFound {
                what: "number of the ticket",
                id: id.0,
            })
        };
        let mine = number(ticket, self.any_ticket(ticket)?.card.halo_id)?;
        let theirs = number(other, self.any_ticket(other)?.card.halo_id)?;
        self.run("UPDATE tickets SET halo_id = NULL WHERE id = ?1", [other.0])?;
        self.set_halo_id(ticket, theirs)?;
        self.set_halo_id(other, mine)?;
        // The number of a note holds on its own ticket alone, and both may have one that is alike: negative in between.
        self.run(
            "UPDATE activities SET ticket = ?2, halo_action = -halo_action WHERE ticket = ?1 AND halo_action IS NOT NULL",
            params![ticket.0, other.0],
        )?;
        self.run(
            "UPDATE activities SET ticket = ?1 WHERE ticket = ?2 AND halo_action > 0",
            params![ticket.0, other.0],
        )?;
        self.run(
            "UPDATE activities SET halo_action = -halo_action WHERE ticket = ?1 AND halo_action < 0",
            [other.0],
        )?;
        Ok(())
    }
}
