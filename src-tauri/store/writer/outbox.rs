//! The outbox: what HaloPSA has yet to accept.
//!
//! Life of an entry: `waiting` → `sending` (committed before the request leaves) → `sent`, or back to `waiting` with a
//! time, or `parked` with a reason. A process that dies in between leaves `sending` behind; whoever takes over the sync
//! calls [`Writer::requeue_stale_sending`], and the entry is `uncertain` until HaloPSA was asked whether it has it.

use chrono::{DateTime, Utc};
use domain::{OutboxId, TicketId};
use rusqlite::{OptionalExtension, params};

use super::Writer;
use crate::{
    Error, OutboxPayload, OutboxState,
    convert::{json, to_millis},
};

/// An entry to be queued.
#[derive(Clone, Debug)]
pub struct NewEntry {
    pub ticket: TicketId,
    pub payload: OutboxPayload,
    /// In words: "Move to Engaged".
    pub what: String,
}

/// What becomes of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateChange {
    pub state: OutboxState,
    pub tries: u32,
    /// Not before then; `None` at once.
    pub due_at: Option<DateTime<Utc>>,
    /// Why it waits or was refused, for a person.
    pub reason: Option<String>,
    /// The server's own words, for support.
    pub detail: Option<String>,
}

impl StateChange {
    /// To that state, with everything else cleared.
    #[must_use]
    pub fn to(state: OutboxState) -> Self {
        Self {
            state,
            tries: 0,
            due_at: None,
            reason: None,
            detail: None,
        }
    }
}

impl Writer<'_> {
    /// Queues an entry behind the others of its ticket, as part of this operation.
    ///
    /// # Errors
    /// [`Error::Sql`] when there is no such ticket.
    pub fn enqueue(&mut self, entry: NewEntry) -> Result<OutboxId, Error> {
        let operation = self.operation_id()?;
        let (kind, activity, record) = entry.payload.columns();
        let now = to_millis(self.at);
        let id = self.insert(
            "INSERT INTO outbox (ticket, operation, kind, activity, record, payload, what, state, since, changed_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'waiting', ?8, ?8)",
            params![
                entry.ticket.0,
                operation.map(|id| id.0),
                kind,
                activity.map(|id| id.0),
                record,
                json("outbox entry", &entry.payload)?,
                entry.what,
                now
            ],
        )?;
        self.touch_outbox(entry.ticket);
        Ok(OutboxId(id))
    }

    /// Puts another payload into an unsent entry: how a later edit folds into it. It counts as new: due at once, no
    /// tries, no refusal.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such entry that is waiting or parked; what is on its way cannot be changed.
    pub fn refill(&mut self, entry: OutboxId, payload: &OutboxPayload, what: &str) -> Result<(), Error> {
        let operation = self.operation_id()?;
        let (kind, activity, _) = payload.columns();
        let ticket: Option<i64> = self.statement(
                "UPDATE outbox SET payload = ?2, what = ?3, kind = ?4, activity = ?5, operation = coalesce(?6, operation),
                    state = 'waiting', changed_at = ?7, tries = 0, due_at = NULL, reason = NULL, detail = NULL
                 WHERE id = ?1 AND state IN ('waiting', 'parked') RETURNING ticket",
            )?
            .query_row(
                params![
                    entry.0,
                    json("outbox entry", payload)?,
                    what,
                    kind,
                    activity.map(|id| id.0),
                    operation.map(|id| id.0),
                    to_millis(self.at)
                ],
                |row| row.get(0),
            )
            .optional()?;
        self.touch_outbox(TicketId(ticket.ok_or(missing(entry))?));
        Ok(())
    }

    /// Makes an entry wait until HaloPSA has accepted another one, or for nothing.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn set_depends_on(&mut self, entry: OutboxId, needed: Option<OutboxId>) -> Result<(), Error> {
        let changed = self.run(
            "UPDATE outbox SET depends_on = ?2 WHERE id = ?1",
            params![entry.0, needed.map(|needed| needed.0)],
        )?;
        if changed == 0 {
            return Err(missing(entry));
        }
        self.changes.outbox = true;
        Ok(())
    }

    /// Takes an entry out of the outbox: it folded to nothing, or a person discarded it.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn remove_entry(&mut self, entry: OutboxId) -> Result<(), Error> {
        let ticket: Option<i64> = self
            .statement("DELETE FROM outbox WHERE id = ?1 RETURNING ticket")?
            .query_row([entry.0], |row| row.get(0))
            .optional()?;
        self.touch_outbox(TicketId(ticket.ok_or(missing(entry))?));
        Ok(())
    }

    /// Moves an entry to another state.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn set_outbox_state(&mut self, entry: OutboxId, change: &StateChange) -> Result<(), Error> {
        let ticket: Option<i64> = self
            .statement(
                "UPDATE outbox SET state = ?2, tries = ?3, due_at = ?4, reason = ?5, detail = ?6, changed_at = ?7
                 WHERE id = ?1 RETURNING ticket",
            )?
            .query_row(
                params![
                    entry.0,
                    change.state.key(),
                    change.tries,
                    change.due_at.map(to_millis),
                    change.reason,
                    change.detail,
                    to_millis(self.at)
                ],
                |row| row.get(0),
            )
            .optional()?;
        self.touch_outbox(TicketId(ticket.ok_or(missing(entry))?));
        Ok(())
    }

    /// After a crash: entries that were on their way become uncertain. Only the process that holds the sync may call it,
    /// before it sends anything. Returns how many there were.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn requeue_stale_sending(&mut self) -> Result<usize, Error> {
        let tickets: Vec<i64> = self
            .statement(
                "UPDATE outbox SET state = 'uncertain', due_at = NULL, changed_at = ?1
                 WHERE state <> 'sent' AND state = 'sending' RETURNING ticket",
            )?
            .query_map([to_millis(self.at)], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        for ticket in &tickets {
            self.touch_outbox(TicketId(*ticket));
        }
        Ok(tickets.len())
    }

    /// Makes waiting entries due now, and parked ones wait again: Retry all. Returns how many.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn retry_all(&mut self) -> Result<usize, Error> {
        let tickets: Vec<i64> = self
            .statement(
                "UPDATE outbox SET state = 'waiting', due_at = NULL, tries = 0, reason = NULL, detail = NULL,
                    changed_at = ?1
                 WHERE state <> 'sent' AND (state = 'parked' OR (state = 'waiting' AND due_at IS NOT NULL))
                 RETURNING ticket",
            )?
            .query_map([to_millis(self.at)], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        for ticket in &tickets {
            self.touch_outbox(TicketId(*ticket));
        }
        Ok(tickets.len())
    }

    /// Forgets entries that HaloPSA accepted before then. The journal keeps what was done.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn forget_sent(&mut self, before: DateTime<Utc>) -> Result<usize, Error> {
        let gone = self.run(
            "DELETE FROM outbox WHERE state = 'sent' AND changed_at < ?1",
            [to_millis(before)],
        )?;
        self.changes.outbox |= gone > 0;
        Ok(gone)
    }

    /// Whether HaloPSA has the ticket, or may have it.
    pub(super) fn ticket_is_in_halo(&self, ticket: TicketId) -> Result<bool, Error> {
        Ok(self
            .statement(
                "SELECT EXISTS (SELECT 1 FROM tickets WHERE id = ?1 AND halo_id IS NOT NULL)
                     OR EXISTS (SELECT 1 FROM outbox WHERE ticket = ?1 AND state IN ('sending', 'uncertain')
                                AND state <> 'sent')",
            )?
            .query_row([ticket.0], |row| row.get(0))?)
    }

    fn touch_outbox(&mut self, ticket: TicketId) {
        self.changes.outbox = true;
        self.unsettled.insert(ticket);
        self.touch(ticket);
    }

    /// Derives the sync state of every ticket whose outbox, conflicts or fate changed.
    pub(super) fn flush_sync(&mut self) -> Result<(), Error> {
        let tickets = std::mem::take(&mut self.unsettled);
        for ticket in tickets {
            let changed = self.run(include_str!("settle_sync.sql"), [ticket.0])?;
            if changed > 0 {
                self.touch_board(ticket);
            }
        }
        Ok(())
    }
}

fn missing(entry: OutboxId) -> Error {
    Error::NotFound {
        what: "outbox entry",
        id: entry.0,
    }
}
