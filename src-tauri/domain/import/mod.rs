//! What an import knows of one incoming record once it is clean: its values, its quality, and the key by which it is told
//! from others at first sight.
//!
//! Which column holds what, and how its text is read, is the business of the engine; here are only the rules, which hold
//! for a row of a file as for an answer of a data provider. What a record may do to a ticket that is there is decided in
//! [`merge::import`](crate::merge::import).

mod brackets;
mod key;
mod quality;
mod rules;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use specta::Type;

pub use brackets::{Bracket, bracket_of};
pub use key::{DedupKey, key};
pub use quality::{Quality, quality};
pub use rules::{ImportRules, ProviderOrder, Standing};

use crate::{FieldKey, Value, fields::keys};

/// A clean value of an incoming record, and the text it was read from where that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct CleanValue {
    pub value: Value,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
}

impl CleanValue {
    /// The value, beside its text where that says anything the value does not.
    #[must_use]
    pub fn new(value: Value, raw: &str) -> Self {
        let told = match &value {
            Value::Text(text) | Value::Choice(text) => text == raw,
            Value::Phone(phone) => phone.typed == raw,
            Value::Email(email) => email.as_str() == raw,
            Value::Url(url) => url.as_str() == raw,
            other => other.to_input() == raw,
        };
        Self {
            value,
            raw: (!told).then(|| raw.to_owned()),
        }
    }
}

impl From<Value> for CleanValue {
    fn from(value: Value) -> Self {
        Self { value, raw: None }
    }
}

/// The clean values of a record.
pub type CleanValues = BTreeMap<FieldKey, CleanValue>;

/// The text in a field, or nothing.
pub(crate) fn text_of(values: &CleanValues, field: FieldKey) -> &str {
    match values.get(&field).map(|clean| &clean.value) {
        Some(Value::Text(text)) => text,
        _ => "",
    }
}

/// Whether one of the phone fields holds a number that can be dialled.
pub(crate) fn readable_phone(values: &CleanValues) -> Option<&crate::phone::PhoneNumber> {
    [keys::PHONE, keys::MOBILE_PHONE, keys::COMPANY_PHONE]
        .iter()
        .find_map(|field| match values.get(field).map(|clean| &clean.value) {
            Some(Value::Phone(phone)) if phone.is_readable() => Some(phone),
            _ => None,
        })
}

#[cfg(test)]
pub(crate) fn record(values: &[(FieldKey, &str)]) -> CleanValues {
    let context = crate::fields::InputContext {
        country: "GB".to_owned(),
        currency: "GBP".to_owned(),
        today: chrono::NaiveDate::from_ymd_opt(2026, 11, 21).unwrap(),
    };
    values
        .iter()
        .map(|(field, typed)| {
            let value = field.field().parse(typed, &context).unwrap().unwrap();
            (*field, CleanValue::new(value, typed))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_as_it_came_is_kept_where_it_says_more() {
        let values = record(&[
            (keys::EMAIL, " Jane@Acme.co.uk"),
            (keys::PHONE, "020 7946 0018"),
            (keys::JOB_TITLE, "Director"),
            (keys::HEADCOUNT, "1,200"),
        ]);
        let raw = |field| values.get(&field).and_then(|clean| clean.raw.as_deref());
        assert_eq!(raw(keys::EMAIL), Some(" Jane@Acme.co.uk"));
        assert_eq!(raw(keys::PHONE), None, "a phone number keeps what was typed itself");
        assert_eq!(raw(keys::JOB_TITLE), None);
        assert_eq!(raw(keys::HEADCOUNT), Some("1,200"));
    }
}
