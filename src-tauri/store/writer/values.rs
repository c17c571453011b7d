//! Values of fields, and what a card shows of them.

use domain::{FieldKey, Source, StoredValue, TicketId, Value};
use rusqlite::{ToSql, params};

use super::{
    Writer,
    journal::{Change, cut},
    tickets::found,
};
use crate::{
    Error,
    convert::{days, json, percent_of, text_of, to_millis},
};

/// Amounts beyond this (in minor units) count as this in cards and column sums, so that no sum can overflow.
const LARGEST_AMOUNT: i64 = 10_000_000_000_000;

/// The most values that go in with one statement.
const VALUES_AT_ONCE: usize = 8;

/// The card columns of a ticket, as its values say them.
#[derive(Default)]
pub(super) struct CardColumns {
    pub(super) company: String,
    pub(super) person: String,
    pub(super) email: String,
    pub(super) source: String,
    pub(super) dnc: bool,
    pub(super) fit_score: Option<u8>,
    pub(super) probability: Option<u8>,
    pub(super) value_minor: i64,
    pub(super) currency: String,
    pub(super) final_minor: i64,
    pub(super) final_currency: String,
    pub(super) closes_on: Option<i32>,
}

impl CardColumns {
    pub(super) fn take(&mut self, field: FieldKey, value: &Value) {
        match field.as_str() {
            "company_name" => text_of(value).clone_into(&mut self.company),
            "person_name" => text_of(value).clone_into(&mut self.person),
            "email" => text_of(value).clone_into(&mut self.email),
            "lead_source" => text_of(value).clone_into(&mut self.source),
            "do_not_contact" => self.dnc = *value == Value::Boolean(true),
            "fit_score" => self.fit_score = percent_of(value),
            "probability" => self.probability = percent_of(value),
            "opportunity_value" => {
                if let Value::Money(money) = value {
                    self.value_minor = money.minor.clamp(-LARGEST_AMOUNT, LARGEST_AMOUNT);
                    money.currency.clone_into(&mut self.currency);
                }
            }
            "final_value" => {
                if let Value::Money(money) = value {
                    self.final_minor = money.minor.clamp(-LARGEST_AMOUNT, LARGEST_AMOUNT);
                    money.currency.clone_into(&mut self.final_currency);
                }
            }
            "expected_close" => {
                if let Value::Date(date) = value {
                    self.closes_on = Some(days(*date));
                }
            }
            _ => {}
        }
    }
}

/// A row of `ticket_values`.
struct ValueRow<'s> {
    ticket: i64,
    field: &'static str,
    value: String,
    raw: &'s Option<String>,
    source: &'static str,
    source_name: &'s str,
    at: i64,
    by: Option<i64>,
}

impl<'s> ValueRow<'s> {
    fn of(ticket: TicketId, field: FieldKey, stored: &'s StoredValue) -> Result<Self, Error> {
        let (source, source_name) = match &stored.provenance.source {
            Source::Person => ("person", ""),
            Source::Halopsa => ("halopsa", ""),
            Source::Provider { name } => ("provider", name.as_str()),
            Source::File { name } => ("file", name.as_str()),
            Source::Rule { name } => ("rule", name.as_str()),
        };
        Ok(Self {
            ticket: ticket.0,
            field: field.as_str(),
            value: json("value", &stored.value)?,
            raw: &stored.raw,
            source,
            source_name,
            at: to_millis(stored.provenance.at),
            by: stored.provenance.by.map(|by| by.0),
        })
    }

    fn params(&self) -> [&dyn ToSql; 8] {
        [
            &self.ticket,
            &self.field,
            &self.value,
            self.raw,
            &self.source,
            &self.source_name,
            &self.at,
            &self.by,
        ]
    }
}

/// The statement that puts so many values, each in the place of what the field had.
fn put_values_sql(values: usize) -> String {
    let rows = ["(?, ?, ?, ?, ?, ?, ?, ?)"].repeat(values).join(", ");
    format!(
        "INSERT INTO ticket_values (ticket, field, value, raw, source, source_name, at, by_agent) VALUES {rows}
         ON CONFLICT (ticket, field) DO UPDATE SET value = excluded.value, raw = excluded.raw,
            source = excluded.source, source_name = excluded.source_name, at = excluded.at,
            by_agent = excluded.by_agent"
    )
}

impl Writer<'_> {
    /// Sets or empties a field, with the card columns that follow from it. Returns whether the value changed; an equal
    /// value is left as it is, with its own provenance, so that an echo from HaloPSA never takes a value from the person
    /// who typed it.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn set_value(&mut self, ticket: TicketId, field: FieldKey, stored: Option<StoredValue>) -> Result<bool, Error> {
        let before = self.value(ticket, field)?;
        let after = stored.map(|mut stored| {
            stored.provenance.at = cut(stored.provenance.at);
            stored
        });
        if before.as_ref().map(|stored| &stored.value) == after.as_ref().map(|stored| &stored.value) {
            return Ok(false);
        }
        match &after {
            Some(stored) => self.put_value(ticket, field, stored)?,
            None => {
                self.run(
                    "DELETE FROM ticket_values WHERE ticket = ?1 AND field = ?2",
                    params![ticket.0, field.as_str()],
                )?;
            }
        }
        self.put_card_column(ticket, field, after.as_ref().map(|stored| &stored.value))?;
        self.uncompared.insert(ticket);
        self.journal(ticket, Change::Field { field, before, after })?;
        Ok(true)
    }

    pub(super) fn put_value(&mut self, ticket: TicketId, field: FieldKey, stored: &StoredValue) -> Result<(), Error> {
        self.put_rows(&[ValueRow::of(ticket, field, stored)?])
    }

    /// Several values, with few statements. Of a field that comes twice the last one stays.
    pub(super) fn put_values(&mut self, ticket: TicketId, values: &[(FieldKey, StoredValue)]) -> Result<(), Error> {
        for some in values.chunks(VALUES_AT_ONCE) {
            let rows: Vec<ValueRow<'_>> = some
                .iter()
                .map(|(field, stored)| ValueRow::of(ticket, *field, stored))
                .collect::<Result<_, _>>()?;
            self.put_rows(&rows)?;
        }
        Ok(())
    }

    fn put_rows(&self, rows: &[ValueRow<'_>]) -> Result<(), Error> {
        let params: Vec<&dyn ToSql> = rows.iter().flat_map(ValueRow::params).collect();
        self.run(&put_values_sql(rows.len()), params.as_slice())?;
        Ok(())
    }

    /// The columns of the card that follow from one field, and the time of the change.
    fn put_card_column(&mut self, ticket: TicketId, field: FieldKey, value: Option<&Value>) -> Result<(), Error> {
        let mut card = CardColumns::default();
        if let Some(value) = value {
            card.take(field, value);
        }
        let at = to_millis(self.at);
        let changed = match field.as_str() {
            "company_name" => self.run(
                "UPDATE tickets SET updated_at = ?2, company = ?3 WHERE id = ?1",
                params![ticket.0, at, card.company],
            )?,
            "person_name" => self.run(
                "UPDATE tickets SET updated_at = ?2, person = ?3 WHERE id = ?1",
                params![ticket.0, at, card.person],
            )?,
            "email" => self.run(
                "UPDATE tickets SET updated_at = ?2, email = ?3 WHERE id = ?1",
                params![ticket.0, at, card.email],
            )?,
            "lead_source" => self.run(
                "UPDATE tickets SET updated_at = ?2, source = ?3 WHERE id = ?1",
                params![ticket.0, at, card.source],
            )?,
            "do_not_contact" => self.run(
                "UPDATE tickets SET updated_at = ?2, dnc = ?3 WHERE id = ?1",
                params![ticket.0, at, card.dnc],
            )?,
            "fit_score" => self.run(
                "UPDATE tickets SET updated_at = ?2, fit_score = ?3,
                    score = CASE lifecycle WHEN 'lead' THEN lead_score ELSE ?3 END
                 WHERE id = ?1",
                params![ticket.0, at, card.fit_score],
            )?,
            "probability" => self.run(
                "UPDATE tickets SET updated_at = ?2, probability = ?3 WHERE id = ?1",
                params![ticket.0, at, card.probability],
            )?,
            "opportunity_value" => self.run(
                "UPDATE tickets SET updated_at = ?2, value_minor = ?3, currency = ?4 WHERE id = ?1",
                params![ticket.0, at, card.value_minor, card.currency],
            )?,
            "final_value" => self.run(
                "UPDATE tickets SET updated_at = ?2, final_minor = ?3, final_currency = ?4 WHERE id = ?1",
                params![ticket.0, at, card.final_minor, card.final_currency],
            )?,
            "expected_close" => self.run(
                "UPDATE tickets SET updated_at = ?2, closes_on = ?3 WHERE id = ?1",
                params![ticket.0, at, card.closes_on],
            )?,
            _ => {
                let changed = self.run(
                    "UPDATE tickets SET updated_at = ?2 WHERE id = ?1",
                    params![ticket.0, at],
                )?;
                self.touch(ticket);
                if field_is_searched(field) {
                    self.unindexed.insert(ticket);
                }
                return found(changed, ticket);
            }
        };
        self.unindexed.insert(ticket);
        self.touch_board(ticket);
        found(changed, ticket)
    }
}

/// Fields beside the card's columns whose text or number the search finds.
fn field_is_searched(field: FieldKey) -> bool {
    matches!(field.as_str(), "phone" | "mobile_phone" | "company_phone")
}
