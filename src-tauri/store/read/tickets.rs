//! One ticket and everything on it.

use std::collections::BTreeMap;

use domain::{
    AgentId, CompanyId, ContactId, FieldKey, HaloTicketId, Provenance, Source, StageKey, StoredValue, TicketId, Value,
    activity::NextAction,
};
use rusqlite::Row;

use super::{
    Reader,
    board::{CARD, card_from, card_of},
};
use crate::{
    Card, Error, FieldRow, Position, StageEntryRow, TicketRow,
    convert::{Columns, from_json, lifecycle, millis},
};

impl Reader<'_> {
    /// The card of a ticket; `None` when there is none, its creation was undone, or it was merged into another one.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn card(&self, ticket: TicketId) -> Result<Option<Card>, Error> {
        self.first(
            &format!("SELECT {CARD} FROM tickets WHERE tickets.id = ?1 AND tickets.removed = 0"),
            [ticket.0],
            card_of,
        )
    }

    /// The cards of these tickets, in this order; those that are gone are left out.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn cards(&self, tickets: &[TicketId]) -> Result<Vec<Card>, Error> {
        let mut cards = Vec::with_capacity(tickets.len());
        for ticket in tickets {
            cards.extend(self.card(*ticket)?);
        }
        Ok(cards)
    }

    /// The whole row of a ticket; `None` when there is none, its creation was undone, or it was merged into another one.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn ticket(&self, ticket: TicketId) -> Result<Option<TicketRow>, Error> {
        self.ticket_where("tickets.id = ?1 AND tickets.removed = 0", ticket.0)
    }

    /// As [`ticket`](Self::ticket), and one that was merged into another one or withdrawn as well: HaloPSA still has it.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn ticket_or_part(&self, ticket: TicketId) -> Result<Option<TicketRow>, Error> {
        self.ticket_where("tickets.id = ?1 AND tickets.removed <> 1", ticket.0)
    }

    /// The ticket that it became a part of.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn merged_into(&self, ticket: TicketId) -> Result<Option<TicketId>, Error> {
        let found = self.first("SELECT merged_into FROM tickets WHERE id = ?1", [ticket.0], |row| {
            Ok(row.get::<_, Option<i64>>(0)?)
        })?;
        Ok(found.flatten().map(TicketId))
    }

    /// Whether it is a ticket here no more while HaloPSA has it, closed: it became a part of another one, or was withdrawn.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn is_laid_aside(&self, ticket: TicketId) -> Result<bool, Error> {
        let found = self.first("SELECT removed = 2 FROM tickets WHERE id = ?1", [ticket.0], |row| {
            Ok(row.get(0)?)
        })?;
        Ok(found.unwrap_or(false))
    }

    /// The ticket itself, or the one that it became a part of.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn survivor(&self, ticket: TicketId) -> Result<TicketId, Error> {
        Ok(self.merged_into(ticket)?.unwrap_or(ticket))
    }

    /// The tickets that became a part of this one.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn parts_of(&self, ticket: TicketId) -> Result<Vec<TicketId>, Error> {
        self.list(
            "SELECT id FROM tickets WHERE merged_into = ?1 AND merged_into IS NOT NULL ORDER BY id",
            [ticket.0],
            |row| Ok(TicketId(row.get(0)?)),
        )
    }

    /// The row even if its creation was undone.
    pub(crate) fn any_ticket(&self, ticket: TicketId) -> Result<TicketRow, Error> {
        self.ticket_where("tickets.id = ?1", ticket.0)?.ok_or(Error::NotFound {
            what: "ticket",
            id: ticket.0,
        })
    }

    fn ticket_where(&self, condition: &str, id: i64) -> Result<Option<TicketRow>, Error> {
        let sql = format!(
            "SELECT {CARD}, tickets.summary, tickets.contact_id, tickets.company_id, tickets.created_at,
                tickets.updated_at, tickets.closed
             FROM tickets WHERE {condition}"
        );
        self.first(&sql, [id], |row| {
            let mut columns = Columns::of(row);
            Ok(TicketRow {
                card: card_from(&mut columns)?,
                summary: columns.next()?,
                contact: columns.next::<Option<i64>>()?.map(ContactId),
                company: columns.next::<Option<i64>>()?.map(CompanyId),
                created_at: millis(columns.next()?),
                updated_at: millis(columns.next()?),
                closed: columns.next()?,
            })
        })
    }

    /// The ticket with that HaloPSA id.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn ticket_by_halo(&self, halo: HaloTicketId) -> Result<Option<TicketId>, Error> {
        self.first("SELECT id FROM tickets WHERE halo_id = ?1", [halo.0], |row| {
            Ok(TicketId(row.get(0)?))
        })
    }

    /// How many tickets there are.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn ticket_count(&self) -> Result<u32, Error> {
        let count = self.first("SELECT coalesce(sum(tickets), 0) FROM stage_totals", [], |row| {
            Ok(row.get(0)?)
        })?;
        Ok(count.unwrap_or(0))
    }

    /// Everything a ticket's fields hold.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn values(&self, ticket: TicketId) -> Result<BTreeMap<FieldKey, StoredValue>, Error> {
        let rows = self.list(
            "SELECT field, source_name, source, value, raw, at, by_agent FROM ticket_values WHERE ticket = ?1",
            [ticket.0],
            stored_of,
        )?;
        Ok(rows.into_iter().flatten().collect())
    }

    /// As [`values`](Self::values), without where they came from.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn plain_values(&self, ticket: TicketId) -> Result<BTreeMap<FieldKey, Value>, Error> {
        let rows = self.list(
            "SELECT field, value FROM ticket_values WHERE ticket = ?1",
            [ticket.0],
            |row| {
                let mut columns = Columns::of(row);
                match FieldKey::find(columns.text()?) {
                    Some(field) => Ok(Some((field, from_json("value", columns.text()?)?))),
                    None => Ok(None),
                }
            },
        )?;
        Ok(rows.into_iter().flatten().collect())
    }

    /// What one field holds.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn value(&self, ticket: TicketId, field: FieldKey) -> Result<Option<StoredValue>, Error> {
        let found = self.first(
            "SELECT field, source_name, source, value, raw, at, by_agent FROM ticket_values
             WHERE ticket = ?1 AND field = ?2",
            (ticket.0, field.as_str()),
            stored_of,
        )?;
        Ok(found.flatten().map(|(_, stored)| stored))
    }

    /// The fields that hold something, in the order of the catalogue, each with the value before its last change.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn field_rows(&self, ticket: TicketId) -> Result<Vec<FieldRow>, Error> {
        let mut values = self.values(ticket)?;
        let mut rows = Vec::with_capacity(values.len());
        for entry in domain::fields::CATALOGUE {
            let Some(field) = FieldKey::find(entry.key) else {
                continue;
            };
            let Some(stored) = values.remove(&field) else { continue };
            let before = self
                .first(
                    "SELECT before FROM journal WHERE ticket = ?1 AND what = 'field' AND field = ?2
                     ORDER BY id DESC LIMIT 1",
                    (ticket.0, field.as_str()),
                    |row| Ok(row.get::<_, Option<String>>(0)?),
                )?
                .flatten();
            let before = match before {
                Some(text) => from_json::<Option<StoredValue>>("journal entry", &text)?,
                None => None,
            };
            rows.push(FieldRow {
                field,
                stored,
                before: before.map(|stored| stored.value),
            });
        }
        Ok(rows)
    }

    /// Every stay in a stage, oldest first.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn stage_entries(&self, ticket: TicketId) -> Result<Vec<StageEntryRow>, Error> {
        self.list(
            "SELECT lifecycle, stage, entered_at, left_at, by_agent, rebuilt FROM stage_entries
             WHERE ticket = ?1 ORDER BY entered_at, id",
            [ticket.0],
            |row| {
                Ok(StageEntryRow {
                    lifecycle: lifecycle(&row.get::<_, String>("lifecycle")?)?,
                    stage: StageKey(row.get("stage")?),
                    entered_at: millis(row.get("entered_at")?),
                    left_at: row.get::<_, Option<i64>>("left_at")?.map(millis),
                    by: row.get::<_, Option<i64>>("by_agent")?.map(AgentId),
                    rebuilt: row.get("rebuilt")?,
                })
            },
        )
    }

    /// Where a ticket stands, since when and by whom.
    pub(crate) fn position(&self, ticket: TicketId) -> Result<Position, Error> {
        self.first(
            "SELECT tickets.lifecycle, tickets.stage, tickets.entered_at, stage_entries.by_agent
             FROM tickets LEFT JOIN stage_entries
                ON stage_entries.ticket = tickets.id AND stage_entries.left_at IS NULL
             WHERE tickets.id = ?1",
            [ticket.0],
            |row| {
                Ok(Position {
                    lifecycle: lifecycle(&row.get::<_, String>(0)?)?,
                    stage: StageKey(row.get(1)?),
                    entered_at: millis(row.get(2)?),
                    by: row.get::<_, Option<i64>>(3)?.map(AgentId),
                })
            },
        )?
        .ok_or(Error::NotFound {
            what: "ticket",
            id: ticket.0,
        })
    }

    /// What to do next on a ticket.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn next_action(&self, ticket: TicketId) -> Result<Option<NextAction>, Error> {
        let card = self.any_ticket(ticket)?.card;
        Ok(match (card.next_action, card.next_action_at) {
            (Some(what), Some(due)) => Some(NextAction { what, due }),
            _ => None,
        })
    }

    /// Other tickets of the same contact or company, by link or by the company's name, newest first; at most 50.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn related(&self, ticket: TicketId) -> Result<Vec<Card>, Error> {
        self.list(
            &format!(
                "SELECT {CARD} FROM tickets WHERE tickets.removed = 0 AND tickets.id <> ?1 AND tickets.id IN (
                    SELECT other.id FROM tickets AS this JOIN tickets AS other ON other.contact_id = this.contact_id
                    WHERE this.id = ?1 AND other.contact_id IS NOT NULL
                    UNION
                    SELECT other.id FROM tickets AS this JOIN tickets AS other ON other.company_id = this.company_id
                    WHERE this.id = ?1 AND other.company_id IS NOT NULL
                    UNION
                    SELECT other.id FROM tickets AS this
                    JOIN tickets AS other ON other.company = this.company COLLATE NOCASE
                    WHERE this.id = ?1 AND this.company <> '')
                 ORDER BY tickets.created_at DESC, tickets.id DESC LIMIT 50"
            ),
            [ticket.0],
            card_of,
        )
    }

    /// The values of `lead_source` in use.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn sources(&self) -> Result<Vec<String>, Error> {
        // Jumps from one value to the next instead of reading every ticket.
        self.list(
            "WITH RECURSIVE sources (name) AS (
                SELECT min(source) FROM tickets WHERE removed = 0 AND source > ''
                UNION ALL
                SELECT (SELECT min(source) FROM tickets WHERE removed = 0 AND source > sources.name)
                FROM sources WHERE sources.name IS NOT NULL)
             SELECT name FROM sources WHERE name IS NOT NULL",
            [],
            |row| Ok(row.get(0)?),
        )
    }
}

/// A row of `ticket_values`; `None` for a field that the catalogue no longer has: its value is kept and not shown.
fn stored_of(row: &Row<'_>) -> Result<Option<(FieldKey, StoredValue)>, Error> {
    let mut columns = Columns::of(row);
    let Some(field) = FieldKey::find(columns.text()?) else {
        return Ok(None);
    };
    let name: String = columns.next()?;
    let source = match columns.text()? {
        "person" => Source::Person,
        "halopsa" => Source::Halopsa,
        "provider" => Source::Provider { name },
        "file" => Source::File { name },
        "rule" => Source::Rule { name },
        other => return Err(Error::unreadable("value", format!("unknown source {other:?}"))),
    };
    Ok(Some((
        field,
        StoredValue {
            value: from_json("value", columns.text()?)?,
            raw: columns.next()?,
            provenance: Provenance {
                source,
                at: millis(columns.next()?),
                by: columns.next::<Option<i64>>()?.map(AgentId),
            },
        },
    )))
}
