//! What waits for a person's decision, and what is kept apart.

use std::collections::{BTreeMap, BTreeSet};

use domain::{AgentId, ContactId, ImportId, NotSameId, ReviewId, TicketId};
use rusqlite::Row;

use super::Reader;
use crate::{
    Decision, Error, NotSameRow, Pair, ReviewCount, ReviewEntry, ReviewFilter, ReviewItem, ReviewKey, ReviewReason,
    convert::{from_json, millis, to_millis},
    writer::ticket_label,
};

const ITEM: &str = "SELECT id, reason, ticket, other, contact, other_contact, import, line, payload, evidence, source, \
     certain, opened_at, decision FROM review_items";

const APART: &str = "SELECT id, ticket, other, contact, other_contact, key, at, by_agent FROM not_same";

impl Reader<'_> {
    /// A page of the queue, longest waiting first.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn review_queue(&self, filter: &ReviewFilter, offset: u32, limit: u32) -> Result<Vec<ReviewEntry>, Error> {
        self.list(
            concat!(
                "SELECT queue.key, queue.reason, queue.opened_at, queue.source, queue.ticket, queue.other, queue.label,
                    queue.summary, tickets.company, tickets.person, review_assignments.agent
                 FROM (",
                include_str!("review_queue.sql"),
                ") AS queue
                 LEFT JOIN tickets ON tickets.id = queue.ticket
                 LEFT JOIN review_assignments ON review_assignments.key = queue.key
                 WHERE (?1 IS NULL OR queue.reason = ?1) AND (?2 IS NULL OR queue.source = ?2)
                    AND (?3 IS NULL OR queue.opened_at <= ?3) AND (?4 IS NULL OR review_assignments.agent = ?4)
                 ORDER BY queue.opened_at, length(queue.key), queue.key LIMIT ?5 OFFSET ?6"
            ),
            (
                filter.reason.map(ReviewReason::key),
                filter.source.as_deref(),
                filter.opened_before.map(to_millis),
                filter.assigned_to.map(|agent| agent.0),
                limit,
                offset,
            ),
            entry_of,
        )
    }

    /// How many entries wait, by reason; those of `me` counted beside. Reasons without an entry are left out.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn review_counts(&self, me: Option<AgentId>) -> Result<Vec<ReviewCount>, Error> {
        self.list(
            concat!(
                "SELECT queue.reason, count(*), coalesce(sum(review_assignments.agent = ?1), 0) FROM (",
                include_str!("review_queue.sql"),
                ") AS queue LEFT JOIN review_assignments ON review_assignments.key = queue.key GROUP BY queue.reason"
            ),
            [me.map(|me| me.0)],
            |row| {
                Ok(ReviewCount {
                    reason: reason_of(&row.get::<_, String>(0)?)?,
                    count: row.get(1)?,
                    mine: row.get(2)?,
                })
            },
        )
    }

    /// The sources of what waits, by name.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn review_sources(&self) -> Result<Vec<String>, Error> {
        self.list(
            concat!(
                "SELECT DISTINCT queue.source FROM (",
                include_str!("review_queue.sql"),
                ") AS queue WHERE queue.source <> '' ORDER BY queue.source"
            ),
            [],
            |row| Ok(row.get(0)?),
        )
    }

    /// One item, decided or not.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn review_item(&self, item: ReviewId) -> Result<Option<ReviewItem>, Error> {
        self.first(&format!("{ITEM} WHERE id = ?1"), [item.0], item_of)
    }

    /// The items that name a ticket and wait.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn reviews_of(&self, ticket: TicketId) -> Result<Vec<ReviewItem>, Error> {
        self.waiting_about(["ticket", "other"], ticket.0)
    }

    /// The items that name a contact and wait.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn reviews_of_contact(&self, contact: ContactId) -> Result<Vec<ReviewItem>, Error> {
        self.waiting_about(["contact", "other_contact"], contact.0)
    }

    /// The items that wait and have that number in one of two columns.
    fn waiting_about(&self, [one, other]: [&str; 2], id: i64) -> Result<Vec<ReviewItem>, Error> {
        self.list(
            &format!(
                "{ITEM} WHERE decision IS NULL AND id IN (
                    SELECT id FROM review_items WHERE {one} = ?1 AND {one} IS NOT NULL
                    UNION SELECT id FROM review_items WHERE {other} = ?1 AND {other} IS NOT NULL)
                 ORDER BY id"
            ),
            [id],
            item_of,
        )
    }

    /// The newest item about these two contacts, decided or not; the lower number first.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn contact_question(&self, [low, high]: [ContactId; 2]) -> Result<Option<ReviewItem>, Error> {
        self.first(
            &format!(
                "{ITEM} WHERE contact = ?1 AND contact IS NOT NULL AND other_contact = ?2 ORDER BY id DESC LIMIT 1"
            ),
            (low.0, high.0),
            item_of,
        )
    }

    /// Who looks at an entry.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn review_assignee(&self, key: &ReviewKey) -> Result<Option<AgentId>, Error> {
        self.first("SELECT agent FROM review_assignments WHERE key = ?1", [&key.0], |row| {
            Ok(AgentId(row.get(0)?))
        })
    }

    /// Whether a person keeps the two apart.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn is_not_same(&self, pair: &Pair) -> Result<bool, Error> {
        let of_ticket = |ticket: &TicketId, other: Option<&TicketId>, key: &str| {
            self.first(
                "SELECT 1 FROM not_same WHERE ticket = ?1 AND coalesce(other, 0) = coalesce(?2, 0) AND key = ?3
                    AND taken_back = 0",
                (ticket.0, other.map(|other| other.0), key),
                |_| Ok(()),
            )
        };
        let found = match pair {
            Pair::Tickets(low, high) => of_ticket(low, Some(high), "")?,
            Pair::Key(ticket, key) => of_ticket(ticket, None, key)?,
            Pair::Contacts(low, high) => self.first(
                "SELECT 1 FROM not_same WHERE contact = ?1 AND contact IS NOT NULL AND other_contact = ?2
                    AND taken_back = 0",
                (low.0, high.0),
                |_| Ok(()),
            )?,
        };
        Ok(found.is_some())
    }

    /// Everything that is kept apart, newest first.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn kept_apart(&self) -> Result<Vec<NotSameRow>, Error> {
        self.list(
            &format!("{APART} WHERE taken_back = 0 ORDER BY at DESC, id DESC"),
            [],
            apart_of,
        )
    }

    /// What is kept apart from a ticket.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn apart_from(&self, ticket: TicketId) -> Result<Vec<NotSameRow>, Error> {
        self.list(
            &format!(
                "{APART} WHERE taken_back = 0 AND id IN (
                    SELECT id FROM not_same WHERE ticket = ?1
                    UNION SELECT id FROM not_same WHERE other = ?1 AND other IS NOT NULL)
                 ORDER BY id"
            ),
            [ticket.0],
            apart_of,
        )
    }

    /// Every ticket that is open. Reads the whole table: for the look for duplicates only.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn open_tickets(&self) -> Result<BTreeSet<TicketId>, Error> {
        let rows = self.list("SELECT id FROM tickets WHERE removed = 0 AND closed = 0", [], |row| {
            Ok(TicketId(row.get(0)?))
        })?;
        Ok(rows.into_iter().collect())
    }

    /// The tickets that were made, changed or opened since they were last compared with the others, each with the number of
    /// the write that did it.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn to_compare(&self) -> Result<BTreeMap<TicketId, i64>, Error> {
        let rows = self.list("SELECT ticket, seq FROM to_compare", [], |row| {
            Ok((TicketId(row.get(0)?), row.get(1)?))
        })?;
        Ok(rows.into_iter().collect())
    }

    /// The contacts that were made or changed, or whose tickets were, since they were last compared with the others, each
    /// with the number of the write that did it.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn contacts_to_compare(&self) -> Result<BTreeMap<ContactId, i64>, Error> {
        let rows = self.list("SELECT contact, seq FROM contacts_to_compare", [], |row| {
            Ok((ContactId(row.get(0)?), row.get(1)?))
        })?;
        Ok(rows.into_iter().collect())
    }

    /// The newest item that asks the same, decided or not. An incoming record without a key is like no other.
    pub(crate) fn same_question(
        &self,
        reason: ReviewReason,
        ticket: Option<TicketId>,
        other: Option<TicketId>,
        key: &str,
    ) -> Result<Option<ReviewItem>, Error> {
        let (condition, ticket, other) = match (ticket, other) {
            (Some(_), Some(_)) => (
                "ticket = ?2 AND other = ?3 AND other IS NOT NULL AND key = ?4",
                ticket,
                other,
            ),
            _ if key.is_empty() => return Ok(None),
            _ => ("ticket IS ?2 AND other IS ?3 AND key = ?4 AND key <> ''", ticket, None),
        };
        self.first(
            &format!("{ITEM} WHERE reason = ?1 AND {condition} ORDER BY id DESC LIMIT 1"),
            (reason.key(), ticket.map(|id| id.0), other.map(|id: TicketId| id.0), key),
            item_of,
        )
    }
}

fn reason_of(key: &str) -> Result<ReviewReason, Error> {
    ReviewReason::from_key(key).ok_or_else(|| Error::unreadable("review item", format!("unknown reason {key:?}")))
}

fn entry_of(row: &Row<'_>) -> Result<ReviewEntry, Error> {
    let company: Option<String> = row.get("company")?;
    let person: Option<String> = row.get("person")?;
    let label = match company.zip(person) {
        Some((company, person)) => ticket_label(&company, &person),
        None => row.get("label")?,
    };
    Ok(ReviewEntry {
        key: ReviewKey(row.get("key")?),
        reason: reason_of(&row.get::<_, String>("reason")?)?,
        label,
        summary: row.get("summary")?,
        source: row.get("source")?,
        opened_at: millis(row.get("opened_at")?),
        assigned_to: row.get::<_, Option<i64>>("agent")?.map(AgentId),
        ticket: row.get::<_, Option<i64>>("ticket")?.map(TicketId),
        other: row.get::<_, Option<i64>>("other")?.map(TicketId),
    })
}

fn item_of(row: &Row<'_>) -> Result<ReviewItem, Error> {
    let import: Option<i64> = row.get("import")?;
    let line: Option<u32> = row.get("line")?;
    let (contact, other_contact): (Option<i64>, Option<i64>) = (row.get("contact")?, row.get("other_contact")?);
    let decision: Option<String> = row.get("decision")?;
    Ok(ReviewItem {
        id: ReviewId(row.get("id")?),
        reason: reason_of(&row.get::<_, String>("reason")?)?,
        ticket: row.get::<_, Option<i64>>("ticket")?.map(TicketId),
        other: row.get::<_, Option<i64>>("other")?.map(TicketId),
        contacts: contact
            .zip(other_contact)
            .map(|(one, other)| [ContactId(one), ContactId(other)]),
        import: import.map(ImportId).zip(line),
        payload: from_json("review item", &row.get::<_, String>("payload")?)?,
        evidence: from_json("review item", &row.get::<_, String>("evidence")?)?,
        source: row.get("source")?,
        certain: row.get("certain")?,
        opened_at: millis(row.get("opened_at")?),
        decided: match decision {
            Some(key) => Some(
                Decision::from_key(&key)
                    .ok_or_else(|| Error::unreadable("review item", format!("unknown decision {key:?}")))?,
            ),
            None => None,
        },
    })
}

fn apart_of(row: &Row<'_>) -> Result<NotSameRow, Error> {
    Ok(NotSameRow {
        id: NotSameId(row.get("id")?),
        pair: match (
            row.get::<_, Option<i64>>("contact")?,
            row.get::<_, Option<i64>>("other")?,
        ) {
            (Some(contact), _) => Pair::Contacts(ContactId(contact), ContactId(row.get("other_contact")?)),
            (None, Some(other)) => Pair::Tickets(TicketId(row.get("ticket")?), TicketId(other)),
            (None, None) => Pair::Key(TicketId(row.get("ticket")?), row.get("key")?),
        },
        at: millis(row.get("at")?),
        by: row.get::<_, Option<i64>>("by_agent")?.map(AgentId),
    })
}
