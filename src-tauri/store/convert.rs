//! Between columns and our types.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use domain::{Lifecycle, Value};
use rusqlite::{Row, types::FromSql};
use serde::{Serialize, de::DeserializeOwned};

use crate::{Error, SyncState};

/// A row, read column by column in the order in which its statement names them. Where thousands of rows are read this is
/// the way: looking up each column by its name was a fifth of a bulk move.
pub(crate) struct Columns<'row, 'rows> {
    row: &'row Row<'rows>,
    at: usize,
}

impl<'row, 'rows> Columns<'row, 'rows> {
    pub fn of(row: &'row Row<'rows>) -> Self {
        Self { row, at: 0 }
    }

    /// The next column.
    pub fn next<T: FromSql>(&mut self) -> Result<T, Error> {
        self.at += 1;
        Ok(self.row.get(self.at - 1)?)
    }

    /// The text in the next column.
    pub fn text(&mut self) -> Result<&'row str, Error> {
        self.at += 1;
        Ok(self.row.get_ref(self.at - 1)?.as_str().map_err(rusqlite::Error::from)?)
    }

    /// The text in the next column, if there is one.
    pub fn text_or_null(&mut self) -> Result<Option<&'row str>, Error> {
        self.at += 1;
        Ok(self
            .row
            .get_ref(self.at - 1)?
            .as_str_or_null()
            .map_err(rusqlite::Error::from)?)
    }
}

pub(crate) fn to_millis(at: DateTime<Utc>) -> i64 {
    at.timestamp_millis()
}

/// The moment behind a column. A number that is no moment (we never write one) reads as 1970.
pub(crate) fn millis(at: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(at).unwrap_or_default()
}

/// A day in its column: days since 1970.
pub(crate) fn days(date: NaiveDate) -> i32 {
    date.num_days_from_ce() - EPOCH_DAY
}

/// The day behind a column.
pub(crate) fn date(days: i32) -> Option<NaiveDate> {
    NaiveDate::from_num_days_from_ce_opt(days.saturating_add(EPOCH_DAY))
}

/// 1 January 1970, in days of the common era.
const EPOCH_DAY: i32 = 719_163;

pub(crate) fn json<T: Serialize + ?Sized>(what: &'static str, value: &T) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| Error::unreadable(what, error))
}

pub(crate) fn from_json<T: DeserializeOwned>(what: &'static str, text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|error| Error::unreadable(what, error))
}

pub(crate) fn lifecycle(key: &str) -> Result<Lifecycle, Error> {
    Lifecycle::from_key(key).ok_or_else(|| Error::unreadable("lifecycle", format!("{key:?} is none")))
}

/// The number of a sync state in its column.
pub(crate) fn sync_state(number: i64) -> SyncState {
    match number {
        1 => SyncState::Waiting,
        2 => SyncState::Refused,
        3 => SyncState::Conflict,
        4 => SyncState::Gone,
        _ => SyncState::Synced,
    }
}

/// The number that a sync state has in its column.
pub(crate) fn sync_number(state: SyncState) -> i64 {
    match state {
        SyncState::Synced => 0,
        SyncState::Waiting => 1,
        SyncState::Refused => 2,
        SyncState::Conflict => 3,
        SyncState::Gone => 4,
    }
}

/// The text of a value that is text at heart, for cards and search.
pub(crate) fn text_of(value: &Value) -> &str {
    match value {
        Value::Text(text) | Value::Choice(text) => text,
        Value::Email(email) => &email.0,
        Value::Url(url) => &url.0,
        Value::Phone(phone) => phone.e164.as_ref().unwrap_or(&phone.typed),
        _ => "",
    }
}

/// A score or per cent value, held to 0 to 100.
pub(crate) fn percent_of(value: &Value) -> Option<u8> {
    match value {
        Value::Percent(percent) => Some((*percent).min(100)),
        Value::Integer(number) => u8::try_from((*number).clamp(0, 100)).ok(),
        _ => None,
    }
}
