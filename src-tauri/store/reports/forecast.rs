//! What the open opportunities may bring, and when.

use chrono::NaiveDate;
use domain::{StageKey, TicketId};
use rusqlite::types::Value;

use super::Scope;
use crate::{
    Error, Reader,
    convert::{date, days},
};

/// Open opportunities with the same day, currency and probability.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    pub closes_on: Option<NaiveDate>,
    /// Empty for those without a value.
    pub currency: String,
    /// 0 where there is none.
    pub probability: u8,
    pub deals: u32,
    pub minor: i64,
    /// Minor units times per cent.
    pub weighted: i64,
}

/// Which open opportunities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedTickets {
    pub closes: Closes,
    pub currency: String,
    /// The lowest and the highest probability.
    pub probability: (u8, u8),
}

/// When an opportunity is expected to close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closes {
    Ever,
    Undated,
    /// From the first to the last of these days.
    Within(NaiveDate, NaiveDate),
}

impl Reader<'_> {
    /// The open opportunities, by day, currency and probability. The period plays no part.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn forecast(&self, scope: &Scope, open: &[StageKey]) -> Result<Vec<Expected>, Error> {
        let sql = scope.fill(include_str!("forecast.sql"));
        let mut values = scope.values();
        values.put_stages(":stages", open);
        let mut found = Vec::new();
        self.each(&sql, &values, |row| {
            found.push(Expected {
                closes_on: row.get::<_, Option<i32>>("closes_on")?.and_then(date),
                currency: row.get("currency")?,
                probability: row.get::<_, Option<u8>>("probability")?.unwrap_or(0),
                deals: row.get("deals")?,
                minor: row.get("minor")?,
                weighted: row.get("weighted")?,
            });
            Ok(())
        })?;
        Ok(found)
    }

    /// The tickets behind figures of [`forecast`](Self::forecast), the first to close first.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn forecast_tickets(
        &self,
        scope: &Scope,
        open: &[StageKey],
        which: &ExpectedTickets,
    ) -> Result<Vec<TicketId>, Error> {
        let sql = scope.fill(include_str!("forecast_tickets.sql"));
        let mut values = scope.values();
        values.put_stages(":stages", open);
        let (closes, first, last) = match which.closes {
            Closes::Ever => ("ever", Value::Null, Value::Null),
            Closes::Undated => ("undated", Value::Null, Value::Null),
            Closes::Within(first, last) => {
                let day = |day| Value::Integer(days(day).into());
                ("within", day(first), day(last))
            }
        };
        values.put(":closes", closes.to_owned());
        values.put(":first_day", first);
        values.put(":last_day", last);
        values.put(":currency", which.currency.clone());
        values.put(":least", i64::from(which.probability.0));
        values.put(":most", i64::from(which.probability.1));
        self.tickets_of(&sql, &values)
    }
}
