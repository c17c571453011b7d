//! Typed values of fields.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{email::EmailAddress, money::Money, phone::PhoneNumber, web::WebAddress};

/// A clean, typed value. An empty field has no value at all: there is no "empty" variant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum Value {
    Text(String),
    Integer(#[specta(type = i32)] i64),
    Money(Money),
    /// 0 to 100.
    Percent(u8),
    Date(NaiveDate),
    Boolean(bool),
    /// One option of a single select, by its text.
    Choice(String),
    /// Options of a multi select, by their texts, in catalogue order.
    Choices(Vec<String>),
    Email(EmailAddress),
    Phone(PhoneNumber),
    Url(WebAddress),
    Year(i32),
}

/// Why an input is no value of its field: one sentence for a person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize, Type)]
#[error("{reason}")]
pub struct Invalid {
    pub reason: String,
}

impl Invalid {
    /// An input refused for that reason.
    pub fn because(reason: impl Into<String>) -> Self {
        Self { reason: reason.into() }
    }
}
