//! Tickets that are two in HaloPSA: the one that a lead came along as, and its opportunity.

use domain::TicketId;

use super::Reader;
use crate::Error;

impl Reader<'_> {
    /// The part of a ticket that stands for the other of its two tickets in HaloPSA. One that is a ticket of its own again
    /// is none.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn succession(&self, ticket: TicketId) -> Result<Option<TicketId>, Error> {
        self.first(
            "SELECT other FROM successions JOIN tickets ON tickets.id = successions.other
             WHERE successions.ticket = ?1 AND tickets.merged_into = ?1 AND tickets.removed = 2",
            [ticket.0],
            |row| Ok(TicketId(row.get(0)?)),
        )
    }

    /// Whether a ticket is one of two that stand for one card.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn is_in_succession(&self, ticket: TicketId) -> Result<bool, Error> {
        let found = self.first(
            "SELECT EXISTS (SELECT 1 FROM successions WHERE ticket = ?1)
                 OR EXISTS (SELECT 1 FROM successions WHERE other = ?1)",
            [ticket.0],
            |row| Ok(row.get(0)?),
        )?;
        Ok(found.unwrap_or(false))
    }
}
