//! Tickets as lines of a list: which ones pass, in which order, and what each line shows.
//!
//! Which and in what order is asked once ([`Reader::listed`]); lines are then read by id, so that a page deep in a list
//! of 100,000 costs what the first one costs.

use std::collections::{BTreeMap, HashMap};

use domain::{FieldKey, StageKey, TicketId, Value, money::Money};
use rusqlite::Row;

use super::{
    Reader,
    board::{CARD, Conditions, card_from},
};
use crate::{
    Error, Filter, Line, Order, OrderBy,
    convert::{Columns, from_json, millis},
};

/// The most lines that are read by one statement.
const CHUNK: usize = 500;

impl Order {
    /// The terms of `ORDER BY`. What is missing comes last in both directions, and ties are broken by the id.
    fn terms(self) -> String {
        let direction = if self.descending { "DESC" } else { "ASC" };
        let text = |column: &str| {
            format!("(tickets.{column} = ''), tickets.{column} COLLATE NOCASE {direction}, tickets.id {direction}")
        };
        let number =
            |column: &str| format!("(tickets.{column} IS NULL), tickets.{column} {direction}, tickets.id {direction}");
        match self.by {
            OrderBy::HaloId => number("halo_id"),
            OrderBy::Company => text("company"),
            OrderBy::Person => text("person"),
            OrderBy::Email => text("email"),
            OrderBy::Source => text("source"),
            // As on the board; `listed` puts the stages into the order of the pipeline.
            OrderBy::Stage => "tickets.stage, tickets.entered_at, tickets.id".to_owned(),
            OrderBy::Owner => format!(
                "(tickets.owner IS NULL), (SELECT name FROM agents WHERE agents.id = tickets.owner) COLLATE NOCASE {direction}, \
                 tickets.owner, tickets.id {direction}"
            ),
            OrderBy::Value => format!(
                "(tickets.currency = ''), tickets.currency, tickets.value_minor {direction}, tickets.id {direction}"
            ),
            OrderBy::Probability => number("probability"),
            OrderBy::LeadScore => number("lead_score"),
            OrderBy::FitScore => number("fit_score"),
            OrderBy::EnteredAt => number("entered_at"),
            OrderBy::CreatedAt => number("created_at"),
            OrderBy::UpdatedAt => number("updated_at"),
            OrderBy::NextActionAt => number("next_action_at"),
        }
    }
}

impl Reader<'_> {
    /// The tickets that pass the filter, and are among these where some are named, in this order. `stages` is the
    /// pipeline from its beginning to its end; within a stage the longest there comes first, as on the board.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn listed(
        &self,
        filter: &Filter,
        among: Option<&[TicketId]>,
        order: Order,
        stages: &[StageKey],
    ) -> Result<Vec<TicketId>, Error> {
        let Some(mut conditions) = Conditions::of(filter) else {
            return Ok(Vec::new());
        };
        if let Some(among) = among {
            let ids: Vec<i64> = among.iter().map(|ticket| ticket.0).collect();
            conditions.and("tickets.id IN (SELECT value FROM json_each(?))");
            conditions.param(json(&ids)?);
        }
        let params = conditions.params();
        let sql = |what: &str| {
            format!(
                "SELECT {what} FROM tickets WHERE tickets.removed = 0{} ORDER BY {}",
                conditions.sql,
                order.terms()
            )
        };
        if order.by != OrderBy::Stage {
            return self.list(&sql("tickets.id"), params.as_slice(), |row| Ok(TicketId(row.get(0)?)));
        }
        // Column by column, as the index of the board has them.
        let mut columns: Vec<(StageKey, Vec<TicketId>)> = Vec::new();
        self.list(&sql("tickets.id, tickets.stage"), params.as_slice(), |row| {
            let ticket = TicketId(row.get(0)?);
            let stage = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
            match columns.last_mut() {
                Some((last, tickets)) if last.as_str() == stage => tickets.push(ticket),
                _ => columns.push((StageKey::from(stage), vec![ticket])),
            }
            Ok(())
        })?;
        let place = |stage: &StageKey| stages.iter().position(|one| one == stage).unwrap_or(stages.len());
        columns.sort_by_key(|(stage, _)| place(stage));
        let mut listed: Vec<TicketId> = columns.into_iter().flat_map(|(_, tickets)| tickets).collect();
        if order.descending {
            listed.reverse();
        }
        Ok(listed)
    }

    /// The lines of these tickets, in this order, with what these fields hold; tickets that are gone are left out.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn lines(&self, tickets: &[TicketId], fields: &[FieldKey]) -> Result<Vec<Line>, Error> {
        // In the order of the tables, so that a page that holds several of them is decrypted once.
        let mut sorted = tickets.to_vec();
        sorted.sort_unstable();
        let mut found = HashMap::with_capacity(tickets.len());
        for chunk in sorted.chunks(CHUNK) {
            self.chunk_of_lines(chunk, fields, &mut found)?;
        }
        Ok(tickets.iter().filter_map(|ticket| found.remove(ticket)).collect())
    }

    /// What these tickets are worth, by currency: the sum, and the sum weighted by probability. Those that are gone do not
    /// count.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn worth(&self, tickets: &[TicketId]) -> Result<Vec<(Money, Money)>, Error> {
        let ids: Vec<i64> = tickets.iter().map(|ticket| ticket.0).collect();
        self.list(
            "SELECT currency, sum(value_minor) AS value, sum(value_minor * coalesce(probability, 0)) AS weighted
             FROM tickets WHERE removed = 0 AND currency <> '' AND id IN (SELECT value FROM json_each(?1))
             GROUP BY currency ORDER BY currency",
            [json(&ids)?],
            |row| {
                let currency: String = row.get("currency")?;
                let weighted: i64 = row.get("weighted")?;
                let value = Money {
                    minor: row.get("value")?,
                    currency: currency.clone(),
                };
                let minor = weighted.div_euclid(100);
                Ok((value, Money { minor, currency }))
            },
        )
    }

    fn chunk_of_lines(
        &self,
        tickets: &[TicketId],
        fields: &[FieldKey],
        found: &mut HashMap<TicketId, Line>,
    ) -> Result<(), Error> {
        let ids: Vec<i64> = tickets.iter().map(|ticket| ticket.0).collect();
        let ids = json(&ids)?;
        self.list(
            &format!(
                "SELECT {CARD}, tickets.email, tickets.source, tickets.created_at, tickets.updated_at FROM tickets
                 WHERE tickets.removed = 0 AND tickets.id IN (SELECT value FROM json_each(?1))"
            ),
            [&ids],
            |row| {
                let line = line_of(row)?;
                found.insert(line.card.id, line);
                Ok(())
            },
        )?;
        self.list(
            "SELECT list_members.ticket, lists.name FROM list_members JOIN lists ON lists.id = list_members.list
             WHERE list_members.ticket IN (SELECT value FROM json_each(?1)) ORDER BY lists.name COLLATE NOCASE",
            [&ids],
            |row| {
                if let Some(line) = found.get_mut(&TicketId(row.get(0)?)) {
                    line.lists.push(row.get(1)?);
                }
                Ok(())
            },
        )?;
        if !fields.is_empty() {
            let keys: Vec<&str> = fields.iter().map(|field| field.as_str()).collect();
            self.list(
                "SELECT ticket, field, value FROM ticket_values
                 WHERE ticket IN (SELECT value FROM json_each(?1)) AND field IN (SELECT value FROM json_each(?2))",
                [&ids, &json(&keys)?],
                |row| {
                    let field = FieldKey::find(row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?);
                    if let (Some(line), Some(field)) = (found.get_mut(&TicketId(row.get(0)?)), field) {
                        let value: Value =
                            from_json("value", row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?)?;
                        line.values.insert(field, value);
                    }
                    Ok(())
                },
            )?;
        }
        Ok(())
    }
}

fn json<T: serde::Serialize>(value: &T) -> Result<String, Error> {
    crate::convert::json("parameter", value)
}

fn line_of(row: &Row<'_>) -> Result<Line, Error> {
    let mut columns = Columns::of(row);
    Ok(Line {
        card: card_from(&mut columns)?,
        email: columns.next()?,
        source: columns.next()?,
        created_at: millis(columns.next()?),
        updated_at: millis(columns.next()?),
        values: BTreeMap::new(),
        lists: Vec::new(),
    })
}
