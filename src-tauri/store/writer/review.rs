//! The review queue: what is opened for a person, what they decide, and what they keep apart for ever.
//!
//! Most of it is about no ticket (a row of a file that became none), so its journal is one of its own. Undo walks it like
//! the journal of tickets: images before are restored, and what is restored is journalled under the operation of the undo.

use domain::{AgentId, ContactId, ImportId, NotSameId, OperationId, ReviewId, TicketId, Value};
use rusqlite::params;

use super::{Actor, Writer, journal::ticket_label};
use crate::{
    Decision, Error, NewReview, Pair, RevertError, ReviewItem, ReviewKey, ReviewReason,
    convert::{from_json, json, text_of, to_millis},
    review::ReviewStep,
};

impl Writer<'_> {
    /// Opens an item. One that asks the same already takes the newer record instead. `None` when there is nothing to ask: the
    /// two are kept apart, or a person has decided the very same record before.
    ///
    /// # Errors
    /// [`Error::Sql`] when there is no such ticket.
    pub fn open_review(&mut self, new: &NewReview) -> Result<Option<ReviewId>, Error> {
        // Two tickets are one question, whichever of them is named first.
        let (ticket, other) = match (new.ticket, new.other) {
            (Some(one), Some(other)) => (Some(one.min(other)), Some(one.max(other))),
            (None, other) => (other, None),
            (one, None) => (one, None),
        };
        let apart = match (ticket, other) {
            (None, None) => match new.contacts {
                Some([one, other]) => self.is_not_same(&Pair::of_contacts(one, other))?,
                None => false,
            },
            (Some(one), Some(other)) => self.is_not_same(&Pair::of(one, other))?,
            (Some(one), None) if !new.payload.key.is_empty() && new.reason != ReviewReason::NewData => {
                self.is_not_same(&Pair::Key(one, new.payload.key.clone()))?
            }
            _ => false,
        };
        if apart {
            return Ok(None);
        }
        if let Some(known) = self.asked_before(new.reason, ticket, other, new.contacts, &new.payload.key)? {
            match known.decided {
                None => {
                    self.refresh_review(known.id, new)?;
                    return Ok(Some(known.id));
                }
                Some(Decision::Moot) => {}
                Some(_) if other.is_some() || new.contacts.is_some() => {}
                Some(_) => {
                    let says = |payload: &crate::ReviewPayload| -> Vec<(domain::FieldKey, Value)> {
                        let values = payload.values.iter();
                        values.map(|(field, stored)| (*field, stored.value.clone())).collect()
                    };
                    if says(&known.payload) == says(&new.payload) {
                        return Ok(None);
                    }
                }
            }
        }
        let id = self.insert(
            "INSERT INTO review_items
                (reason, ticket, other, contact, other_contact, import, line, payload, key, label, evidence, source,
                 certain, opened_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
            params![
                new.reason.key(),
                ticket.map(|id| id.0),
                other.map(|id| id.0),
                new.contacts.map(|[one, _]| one.0),
                new.contacts.map(|[_, other]| other.0),
                new.import.map(|(import, _)| import.0),
                new.import.map(|(_, line)| line),
                json("review item", &new.payload)?,
                new.payload.key,
                label_of(new),
                json("review item", &new.evidence)?,
                new.source,
                new.certain,
                to_millis(self.at),
            ],
        )?;
        self.changes.review = true;
        Ok(Some(ReviewId(id)))
    }

    /// The newest item that asks the same, decided or not.
    fn asked_before(
        &self,
        reason: ReviewReason,
        ticket: Option<TicketId>,
        other: Option<TicketId>,
        contacts: Option<[ContactId; 2]>,
        key: &str,
    ) -> Result<Option<ReviewItem>, Error> {
        match contacts {
            Some(pair) => self.contact_question(pair),
            None => self.same_question(reason, ticket, other, key),
        }
    }

    /// Keeps which tickets and contacts wait for the look for duplicates.
    pub(super) fn flush_uncompared(&mut self) -> Result<(), Error> {
        if self.uncompared.is_empty() && self.uncompared_contacts.is_empty() {
            return Ok(());
        }
        // The number that this write will have.
        let seq = self.seq()? + 1;
        for ticket in std::mem::take(&mut self.uncompared) {
            self.run(
                "INSERT INTO to_compare (ticket, seq) VALUES (?1, ?2)
                 ON CONFLICT (ticket) DO UPDATE SET seq = excluded.seq",
                params![ticket.0, seq],
            )?;
        }
        for contact in std::mem::take(&mut self.uncompared_contacts) {
            self.run(
                "INSERT INTO contacts_to_compare (contact, seq) VALUES (?1, ?2)
                 ON CONFLICT (contact) DO UPDATE SET seq = excluded.seq",
                params![contact.0, seq],
            )?;
        }
        Ok(())
    }

    /// A contact was compared with the others as it was after that write. One that was changed since goes on waiting.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn contact_compared(&mut self, contact: ContactId, seq: i64) -> Result<(), Error> {
        self.run(
            "DELETE FROM contacts_to_compare WHERE contact = ?1 AND seq = ?2",
            params![contact.0, seq],
        )?;
        Ok(())
    }

    /// A ticket was compared with the others as it was after that write. One that was changed since goes on waiting.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn compared(&mut self, ticket: TicketId, seq: i64) -> Result<(), Error> {
        self.run(
            "DELETE FROM to_compare WHERE ticket = ?1 AND seq = ?2",
            params![ticket.0, seq],
        )?;
        Ok(())
    }

    /// Every ticket and contact waits for the look for duplicates: what is alike is judged differently from now on.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn compare_everybody(&mut self) -> Result<(), Error> {
        let seq = self.seq()? + 1;
        self.run(
            "INSERT INTO to_compare (ticket, seq) SELECT id, ?1 FROM tickets WHERE removed = 0
             ON CONFLICT (ticket) DO UPDATE SET seq = excluded.seq",
            [seq],
        )?;
        self.run(
            "INSERT INTO contacts_to_compare (contact, seq) SELECT id, ?1 FROM contacts WHERE removed = 0
             ON CONFLICT (contact) DO UPDATE SET seq = excluded.seq",
            [seq],
        )?;
        Ok(())
    }

    fn refresh_review(&mut self, item: ReviewId, new: &NewReview) -> Result<(), Error> {
        self.run(
            "UPDATE review_items SET payload = ?2, label = ?3, evidence = ?4, source = ?5, certain = ?6,
                import = coalesce(?7, import), line = coalesce(?8, line)
             WHERE id = ?1",
            params![
                item.0,
                json("review item", &new.payload)?,
                label_of(new),
                json("review item", &new.evidence)?,
                new.source,
                new.certain,
                new.import.map(|(import, _)| import.0),
                new.import.map(|(_, line)| line),
            ],
        )?;
        self.changes.review = true;
        Ok(())
    }

    /// Closes an item. What the decision does to tickets is the caller's part. Undo opens it again.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such open item.
    pub fn decide_review(&mut self, item: ReviewId, decision: Decision) -> Result<(), Error> {
        if self.review_item(item)?.is_none_or(|item| item.decided.is_some()) {
            return Err(Error::NotFound {
                what: "open review item",
                id: item.0,
            });
        }
        self.put_decision(item, None, Some(decision))
    }

    fn put_decision(&mut self, item: ReviewId, before: Option<Decision>, after: Option<Decision>) -> Result<(), Error> {
        let by = match self.actor() {
            Some(Actor::Person(by)) => by,
            Some(Actor::Machine(_)) | None => None,
        };
        self.run(
            "UPDATE review_items SET decision = ?2, decided_at = ?3, decided_by = ?4 WHERE id = ?1",
            params![
                item.0,
                after.map(|decision| decision.key()),
                after.map(|_| to_millis(self.at)),
                after.and(by).map(|by| by.0),
            ],
        )?;
        self.changes.review = true;
        self.journal_review(&ReviewStep::Decided { item, before, after })
    }

    /// Closes what of an import still waits: the import was undone. Returns how many items there were.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn withdraw_reviews(&mut self, import: ImportId) -> Result<usize, Error> {
        let items: Vec<i64> = self
            .statement("SELECT id FROM review_items WHERE import = ?1 AND import IS NOT NULL AND decision IS NULL")?
            .query_map([import.0], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        for item in &items {
            self.put_decision(ReviewId(*item), None, Some(Decision::Moot))?;
        }
        Ok(items.len())
    }

    /// Gives an entry of the queue to an agent, or to nobody. Returns whether that changed anything.
    ///
    /// # Errors
    /// [`Error::Sql`] when there is no such agent.
    pub fn assign_review(&mut self, key: &ReviewKey, agent: Option<AgentId>) -> Result<bool, Error> {
        let before = self.review_assignee(key)?;
        if before == agent {
            return Ok(false);
        }
        match agent {
            Some(agent) => self.run(
                "INSERT INTO review_assignments (key, agent) VALUES (?1, ?2)
                 ON CONFLICT (key) DO UPDATE SET agent = excluded.agent",
                params![key.0, agent.0],
            )?,
            None => self.run("DELETE FROM review_assignments WHERE key = ?1", [&key.0])?,
        };
        self.changes.review = true;
        self.journal_review(&ReviewStep::Assigned {
            key: key.clone(),
            before,
            after: agent,
        })?;
        Ok(true)
    }

    /// Remembers that the two are not the same, for ever. Returns whether that was news.
    ///
    /// # Errors
    /// [`Error::Sql`] when there is no such ticket.
    pub fn keep_apart(&mut self, pair: &Pair) -> Result<bool, Error> {
        let by = match self.actor() {
            Some(Actor::Person(by)) => by,
            Some(Actor::Machine(_)) | None => None,
        };
        let (at, by) = (to_millis(self.at), by.map(|by| by.0));
        let of_ticket = |ticket: &TicketId, other: Option<&TicketId>, key: &str| {
            self.first(
                "INSERT INTO not_same (ticket, other, key, at, by_agent) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (ticket, coalesce(other, 0), key) DO UPDATE SET
                    taken_back = 0, at = excluded.at, by_agent = excluded.by_agent
                 WHERE taken_back = 1 RETURNING id",
                params![ticket.0, other.map(|other| other.0), key, at, by],
                |row| Ok(row.get(0)?),
            )
        };
        let id: Option<i64> = match pair {
            Pair::Tickets(low, high) => of_ticket(low, Some(high), "")?,
            Pair::Key(ticket, key) => of_ticket(ticket, None, key)?,
            Pair::Contacts(low, high) => self.first(
                "INSERT INTO not_same (contact, other_contact, key, at, by_agent) VALUES (?1, ?2, '', ?3, ?4)
                 ON CONFLICT (contact, other_contact) WHERE contact IS NOT NULL DO UPDATE SET
                    taken_back = 0, at = excluded.at, by_agent = excluded.by_agent
                 WHERE taken_back = 1 RETURNING id",
                params![low.0, high.0, at, by],
                |row| Ok(row.get(0)?),
            )?,
        };
        let Some(pair) = id.map(NotSameId) else {
            return Ok(false);
        };
        self.changes.review = true;
        self.journal_review(&ReviewStep::KeptApart {
            pair,
            before: false,
            after: true,
        })?;
        Ok(true)
    }

    /// Forgets that two are not the same.
    ///
    /// # Errors
    /// [`Error::NotFound`] when that is not remembered.
    pub fn take_back_apart(&mut self, pair: NotSameId) -> Result<(), Error> {
        if !self.set_apart(pair, false)? {
            return Err(Error::NotFound {
                what: "pair that is kept apart",
                id: pair.0,
            });
        }
        Ok(())
    }

    fn set_apart(&mut self, pair: NotSameId, apart: bool) -> Result<bool, Error> {
        let changed = self.run(
            "UPDATE not_same SET taken_back = ?2 WHERE id = ?1 AND taken_back <> ?2",
            params![pair.0, !apart],
        )?;
        if changed > 0 {
            self.changes.review = true;
            self.journal_review(&ReviewStep::KeptApart {
                pair,
                before: !apart,
                after: apart,
            })?;
        }
        Ok(changed > 0)
    }

    fn journal_review(&mut self, step: &ReviewStep) -> Result<(), Error> {
        let Some(operation) = self.operation_id()? else {
            return Ok(());
        };
        self.insert(
            "INSERT INTO review_journal (operation, step) VALUES (?1, ?2)",
            params![operation.0, json("review journal", step)?],
        )?;
        Ok(())
    }

    /// Takes back what an operation did to the queue, newest first.
    pub(super) fn revert_review(&mut self, operation: OperationId) -> Result<(), RevertError> {
        let steps: Vec<String> = self
            .statement("SELECT step FROM review_journal WHERE operation = ?1 ORDER BY id DESC")?
            .query_map([operation.0], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        for step in steps {
            match from_json("review journal", &step)? {
                ReviewStep::Decided { item, before, after } => self.restore_decision(item, before, after)?,
                ReviewStep::Assigned { key, before, after } => {
                    // Whoever was given it since keeps it.
                    if self.review_assignee(&key)? == after {
                        self.assign_review(&key, before)?;
                    }
                }
                ReviewStep::KeptApart { pair, before, .. } => {
                    self.set_apart(pair, before)?;
                }
            }
        }
        Ok(())
    }

    fn restore_decision(
        &mut self,
        id: ReviewId,
        before: Option<Decision>,
        after: Option<Decision>,
    ) -> Result<(), RevertError> {
        let Some(item) = self.review_item(id)? else {
            return Ok(());
        };
        if item.decided != after {
            return Err(RevertError::Conflict {
                what: "The decision in the review".to_owned(),
            });
        }
        // The same question may have been asked anew meanwhile; then that one stands.
        let asked = self.asked_before(item.reason, item.ticket, item.other, item.contacts, &item.payload.key)?;
        if before.is_none() && asked.is_some_and(|asked| asked.id != id && asked.decided.is_none()) {
            return Ok(());
        }
        self.put_decision(id, after, before)?;
        Ok(())
    }
}

/// Whom the incoming record is about.
fn label_of(new: &NewReview) -> String {
    let text = |field| {
        let stored: Option<&domain::StoredValue> = new.payload.values.get(&field);
        stored.map(|stored| text_of(&stored.value)).unwrap_or_default()
    };
    let (company, person) = (
        text(domain::fields::keys::COMPANY_NAME),
        text(domain::fields::keys::PERSON_NAME),
    );
    match (company.is_empty(), person.is_empty(), new.import) {
        (true, true, Some((_, line))) => format!("Line {line}"),
        (true, true, None) => String::new(),
        _ => ticket_label(company, person),
    }
}

impl Decision {
    const ALL: [Self; 6] = [
        Self::Merged,
        Self::Updated,
        Self::Created,
        Self::NotSame,
        Self::Discarded,
        Self::Moot,
    ];

    /// The stable key, as kept in the database.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Merged => "merged",
            Self::Updated => "updated",
            Self::Created => "created",
            Self::NotSame => "not_same",
            Self::Discarded => "discarded",
            Self::Moot => "moot",
        }
    }

    /// The decision with that key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|decision| decision.key() == key)
    }
}
