//! The only hand that writes. One [`Writer`] lives for one transaction; each of its methods changes the row and, with
//! it, whatever follows from the row: card columns, stage entries, search, sync state, journal and change set.
//!
//! Journal: inside [`Store::write`](crate::Store::write) every change of a ticket keeps its image before and after
//! ([`Change`]). That is what undo reads, what a ticket's history shows, and what the engine derives outbox entries
//! from ([`Writer::applied`]). Inside `write_quiet` the same methods write the same rows and journal nothing.

mod activities;
mod appointments;
mod conflicts;
mod documents;
mod health;
mod imports;
mod journal;
mod lists;
mod missing_records;
mod outbox;
mod people;
mod records;
mod review;
pub(crate) mod search;
mod successions;
mod suppressions;
mod tickets;
mod values;

use std::{collections::BTreeSet, ops::Deref};

use chrono::{DateTime, Utc};
use domain::{AgentId, ContactId, OperationId, TicketId};
use rusqlite::{Connection, params};

pub use activities::NewActivity;
pub use conflicts::NewConflict;
pub use imports::NewImport;
pub use journal::{Applied, Change, Position};
pub(crate) use journal::{applied_of, ticket_label};
pub use outbox::{NewEntry, StateChange};
pub use records::{LocalCompany, LocalContact};
pub(crate) use search::{digits_of, reversed};
pub use tickets::{NewTicket, StageStay};

use crate::{Changes, Error, Reader};

/// More tickets than this in one write are told as "all of them".
const LISTED_TICKETS: usize = 1_000;

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A person; `None` until they said which agent they are.
    Person(Option<AgentId>),
    /// "HaloPSA", or the name of a rule.
    Machine(&'static str),
}

/// An operation about to be written.
#[derive(Clone, Debug)]
pub struct NewOperation {
    /// The verb, such as `move_tickets`.
    pub kind: &'static str,
    /// "Moved Acme Ltd – Jane Doe from Contacted to Engaged".
    pub label: String,
    pub actor: Actor,
    /// Whether a person may take it back.
    pub undoable: bool,
}

/// The hand that writes, for one transaction. Reads through it see what it wrote: it derefs to [`Reader`].
pub struct Writer<'c> {
    reader: Reader<'c>,
    at: DateTime<Utc>,
    operation: Option<NewOperation>,
    operation_id: Option<OperationId>,
    relabelled: bool,
    applied: Vec<Applied>,
    touched: BTreeSet<TicketId>,
    /// Tickets whose search document must be written again.
    unindexed: BTreeSet<TicketId>,
    /// Tickets whose sync state must be derived again.
    unsettled: BTreeSet<TicketId>,
    /// Tickets that may have come to be like others, and must be compared with them.
    uncompared: BTreeSet<TicketId>,
    /// The same of contacts.
    uncompared_contacts: BTreeSet<ContactId>,
    changes: Changes,
}

impl<'c> Deref for Writer<'c> {
    type Target = Reader<'c>;

    fn deref(&self) -> &Reader<'c> {
        &self.reader
    }
}

impl<'c> Writer<'c> {
    pub(crate) fn new(connection: &'c Connection, operation: Option<NewOperation>, at: DateTime<Utc>) -> Self {
        Self {
            reader: Reader::new(connection),
            at,
            operation,
            operation_id: None,
            relabelled: false,
            applied: Vec::new(),
            touched: BTreeSet::new(),
            unindexed: BTreeSet::new(),
            unsettled: BTreeSet::new(),
            uncompared: BTreeSet::new(),
            uncompared_contacts: BTreeSet::new(),
            changes: Changes::default(),
        }
    }

    /// The time of this write.
    #[must_use]
    pub fn at(&self) -> DateTime<Utc> {
        self.at
    }

    /// What was journalled so far, in order. Empty inside `write_quiet`.
    #[must_use]
    pub fn applied(&self) -> &[Applied] {
        &self.applied
    }

    /// What was journalled since then is settled: everything that follows from it is written already. It is in the journal
    /// and no longer in [`applied`](Self::applied).
    pub fn settle_since(&mut self, journalled: usize) {
        self.applied.truncate(journalled);
    }

    /// The tickets that were written, in whatever way.
    pub(crate) fn touched(&self) -> &BTreeSet<TicketId> {
        &self.touched
    }

    /// Who acts; `None` inside `write_quiet`.
    #[must_use]
    pub fn actor(&self) -> Option<Actor> {
        self.operation.as_ref().map(|operation| operation.actor)
    }

    /// The verb of this operation; `None` inside `write_quiet`.
    #[must_use]
    pub fn kind(&self) -> Option<&'static str> {
        self.operation.as_ref().map(|operation| operation.kind)
    }

    /// Gives the operation another label, now that it is known what it did.
    pub fn relabel(&mut self, label: String) {
        if let Some(operation) = &mut self.operation {
            operation.label = label;
            self.relabelled = true;
        }
    }

    pub(crate) fn finish(mut self) -> Result<(Option<OperationId>, Changes), Error> {
        self.flush_search()?;
        self.flush_sync()?;
        self.flush_uncompared()?;
        if let (true, Some(id), Some(operation)) = (self.relabelled, self.operation_id, &self.operation) {
            self.run(
                "UPDATE operations SET label = ?2 WHERE id = ?1",
                params![id.0, operation.label],
            )?;
        }
        if self.touched.len() > LISTED_TICKETS {
            self.changes.all_tickets = true;
        } else {
            self.changes.tickets = self.touched.into_iter().collect();
        }
        Ok((self.operation_id, self.changes))
    }

    /// Runs one cached statement and says how many rows it changed.
    fn run(&self, sql: &str, params: impl rusqlite::Params) -> Result<usize, Error> {
        Ok(self.statement(sql)?.execute(params)?)
    }

    /// Runs one cached `INSERT` and says the id of the new row.
    fn insert(&self, sql: &str, params: impl rusqlite::Params) -> Result<i64, Error> {
        Ok(self.statement(sql)?.insert(params)?)
    }

    fn touch(&mut self, ticket: TicketId) {
        self.touched.insert(ticket);
    }

    /// The ticket changed in a way that may move, add, remove or re-count cards.
    fn touch_board(&mut self, ticket: TicketId) {
        self.touch(ticket);
        self.changes.board = true;
    }
}
