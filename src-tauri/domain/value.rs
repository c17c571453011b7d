//! Typed values of fields.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{FieldKey, email::EmailAddress, money::Money, phone::PhoneNumber, web::WebAddress};

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

impl Value {
    /// As a person reads it, in neutral English: `£12,500.00`, `21 Nov 2026`, `+44 20 7946 0018`, `Yes`.
    #[must_use]
    pub fn display(&self) -> String {
        match self {
            Self::Text(text) | Self::Choice(text) => text.clone(),
            Self::Integer(number) => number.to_string(),
            Self::Money(money) => money.format(),
            Self::Percent(percent) => format!("{percent} %"),
            Self::Date(date) => date.format("%-d %b %Y").to_string(),
            Self::Boolean(true) => "Yes".to_owned(),
            Self::Boolean(false) => "No".to_owned(),
            Self::Choices(choices) => choices.join(", "),
            Self::Email(email) => email.0.clone(),
            Self::Phone(phone) => phone.display(),
            Self::Url(url) => url.0.clone(),
            Self::Year(year) => year.to_string(),
        }
    }

    /// As it would be typed: [`Field::parse`](crate::fields::Field::parse) gives the same value back.
    #[must_use]
    pub fn to_input(&self) -> String {
        match self {
            Self::Money(money) => money.to_input(),
            Self::Percent(percent) => percent.to_string(),
            Self::Date(date) => date.format("%Y-%m-%d").to_string(),
            Self::Phone(phone) => phone.typed.clone(),
            _ => self.display(),
        }
    }

    /// Whether it is as good as the other: equal, or differing only in how a phone number was typed.
    #[must_use]
    pub fn same_as(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Phone(mine), Self::Phone(theirs)) => mine.same_line(theirs),
            _ => self == other,
        }
    }

    /// Whether it says something: a switch that is off, an empty text or an unread phone number does not.
    #[must_use]
    pub fn says_something(&self) -> bool {
        match self {
            Self::Text(text) | Self::Choice(text) => !text.trim().is_empty(),
            Self::Boolean(on) => *on,
            Self::Choices(choices) => !choices.is_empty(),
            Self::Phone(phone) => phone.is_readable(),
            _ => true,
        }
    }

    /// The number in it, where it is one: an integer, a percentage or a year.
    #[must_use]
    pub fn number(&self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(*number),
            Self::Percent(percent) => Some(i64::from(*percent)),
            Self::Year(year) => Some(i64::from(*year)),
            _ => None,
        }
    }
}

/// Whether two fields hold the same: as [`Value::same_as`], and an empty switch is one that is off.
#[must_use]
pub fn same(mine: Option<&Value>, theirs: Option<&Value>) -> bool {
    let off = |value: &Value| *value == Value::Boolean(false);
    match (mine, theirs) {
        (Some(mine), Some(theirs)) => mine.same_as(theirs),
        (Some(value), None) | (None, Some(value)) => off(value),
        (None, None) => true,
    }
}

/// A field's value in words, for sentences: quoted where it is text, "nothing" where there is none.
#[must_use]
pub fn in_words(field: FieldKey, value: Option<&Value>) -> String {
    match value {
        None => "nothing".to_owned(),
        Some(Value::Text(text)) => {
            let line = crate::text::tidy_line(text);
            let short: String = line.chars().take(60).collect();
            if short.len() < line.len() {
                format!("“{short}…”")
            } else {
                format!("“{line}”")
            }
        }
        Some(Value::Boolean(on)) => {
            let state = if *on { "on" } else { "off" };
            format!("{state} ({})", field.label())
        }
        Some(value) => value.display(),
    }
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
