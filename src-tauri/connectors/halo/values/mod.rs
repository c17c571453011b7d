//! Values of catalogue fields to HaloPSA's JSON and back, through the tenant's mapping.
//!
//! Two homes: native properties of the ticket, typed by HaloPSA, and custom fields, whose type number comes with the
//! mapping. Selects travel as option ids that differ per tenant. What cannot be read is unknown, never empty: a strange
//! value in HaloPSA must not wipe ours.

use chrono::Utc;
use domain::{
    FieldKey, Value,
    fields::{Field, FieldKind, InputContext},
    money::Money,
    tenant::FieldTarget,
};
use serde_json::{Value as Json, json};

use super::{answer::invalid_because, text, wire};
use crate::Error;

/// HaloPSA's type numbers of custom fields.
const SINGLE_SELECT: i64 = 2;
const MULTI_SELECT: i64 = 3;
const DATE: i64 = 4;
const CHECKBOX: i64 = 6;
const RICH_TEXT: i64 = 10;

/// What HaloPSA prints for a date that is not set, and takes to clear one.
const NO_DATE: &str = "1900-01-01T00:00:00";

/// How inputs that leave something open are read in this tenant.
#[derive(Clone, Debug)]
pub(super) struct Locale {
    pub country: String,
    pub currency: String,
}

impl Locale {
    fn context(&self) -> InputContext {
        InputContext {
            country: self.country.clone(),
            currency: self.currency.clone(),
            today: Utc::now().date_naive(),
        }
    }
}

/// What a record says about a field.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Said {
    Empty,
    Is(Value),
    /// Something that is no value of the field.
    Unreadable,
}

/// Reads what stands in a field's home. `display` is the text HaloPSA shows beside a select.
pub(super) fn read(key: FieldKey, target: &FieldTarget, raw: &Json, display: Option<&str>, locale: &Locale) -> Said {
    let field = key.field();
    let (kind, options) = match target {
        FieldTarget::Native { .. } => (None, [].as_slice()),
        FieldTarget::Custom { kind, options, .. } => (Some(*kind), options.as_slice()),
    };
    if raw.is_null() || raw.as_str().is_some_and(|text| text.trim().is_empty()) {
        return Said::Empty;
    }
    let texts = match kind {
        Some(SINGLE_SELECT | MULTI_SELECT) => options_of(raw, display, options),
        Some(RICH_TEXT) => wire::text_of(raw)
            .map(|html| text::from_html(&html))
            .into_iter()
            .collect(),
        _ => wire::text_of(raw).into_iter().collect::<Vec<_>>(),
    };
    let context = locale.context();
    match field.kind {
        FieldKind::MultiSelect(_) => multi(
            field,
            &texts,
            matches!(kind, Some(SINGLE_SELECT | MULTI_SELECT)),
            &context,
        ),
        FieldKind::SingleSelect(_) => match texts.first() {
            None => Said::Empty,
            Some(text) => parsed(field, text, &context).or_choice(text),
        },
        FieldKind::Boolean => match wire::flag_of(raw) {
            Some(flag) => Said::Is(Value::Boolean(flag)),
            None => parsed(field, &texts.join(", "), &context),
        },
        FieldKind::Date => day(raw),
        FieldKind::Currency => match wire::number_of(raw) {
            // HaloPSA keeps 0 where no amount was entered.
            Some(0.0) => Said::Empty,
            Some(amount) => Money::from_major(amount, &context.currency)
                .map_or(Said::Unreadable, |money| Said::Is(Value::Money(money))),
            None => parsed(field, &texts.join(", "), &context),
        },
        FieldKind::Percent => match wire::number_of(raw).map(f64::round) {
            // As with amounts.
            Some(0.0) if kind.is_none() => Said::Empty,
            Some(percent) => parsed(field, &format!("{percent:.0}"), &context),
            None => parsed(field, &texts.join(", "), &context),
        },
        _ => parsed(field, &texts.join(", "), &context),
    }
}

/// A value as HaloPSA's JSON; `None` empties the field.
pub(super) fn write(
    key: FieldKey,
    target: &FieldTarget,
    value: Option<&Value>,
    locale: &Locale,
) -> Result<Json, Error> {
    let label = key.label();
    match target {
        FieldTarget::Native { .. } => match value {
            None => Ok(match key.field().kind {
                FieldKind::Currency | FieldKind::Percent | FieldKind::Integer { .. } | FieldKind::Year => json!(0),
                FieldKind::Date => json!(NO_DATE),
                FieldKind::Boolean => json!(false),
                // An empty text and not null: null may be taken for "not sent".
                _ => json!(""),
            }),
            Some(Value::Money(money)) => amount(label, money, locale).map(|amount| json!(amount)),
            Some(Value::Percent(percent)) => Ok(json!(percent)),
            Some(Value::Integer(number)) => Ok(json!(number)),
            Some(Value::Year(year)) => Ok(json!(year)),
            Some(Value::Date(date)) => Ok(json!(wire::day(*date))),
            Some(Value::Boolean(flag)) => Ok(json!(flag)),
            Some(value) => Ok(json!(written(value))),
        },
        FieldTarget::Custom { kind, options, .. } => match (*kind, value) {
            (CHECKBOX, None) => Ok(json!(false)),
            (DATE, None) => Ok(Json::Null),
            (_, None) => Ok(json!("")),
            (SINGLE_SELECT, Some(value)) => option_id(label, &written(value), options).map(|id| json!(id)),
            (MULTI_SELECT, Some(Value::Choices(choices))) => {
                let ids: Result<Vec<String>, Error> = choices
                    .iter()
                    .map(|choice| option_id(label, choice, options).map(|id| id.to_string()))
                    .collect();
                Ok(json!(ids?.join(",")))
            }
            (MULTI_SELECT, Some(value)) => option_id(label, &written(value), options).map(|id| json!(id.to_string())),
            (DATE, Some(Value::Date(date))) => Ok(json!(wire::day(*date))),
            (CHECKBOX, Some(Value::Boolean(flag))) => Ok(json!(flag)),
            (DATE, Some(_)) => Err(wrong_type(label, "a date field")),
            (CHECKBOX, Some(_)) => Err(wrong_type(label, "a checkbox")),
            (RICH_TEXT, Some(value)) => Ok(json!(text::to_html(&written(value)))),
            (_, Some(Value::Money(money))) if money.currency == locale.currency => {
                // Fields for numbers take no currency, and our own reading adds the tenant's.
                let with_code = money.to_input();
                Ok(json!(
                    with_code
                        .split_once(' ')
                        .map_or(with_code.as_str(), |(amount, _)| amount)
                ))
            }
            (_, Some(value)) => Ok(json!(written(value))),
        },
    }
}

/// A value as text that reads back as the same value.
fn written(value: &Value) -> String {
    match value {
        // International, since HaloPSA does not keep the country in which it was typed.
        Value::Phone(phone) => phone.display(),
        value => value.to_input(),
    }
}

fn amount(label: &str, money: &Money, locale: &Locale) -> Result<f64, Error> {
    if money.currency != locale.currency {
        return Err(invalid_because(format!(
            "HaloPSA keeps {label} in {} only, and this one is in {}. Enter the amount in {}, then try again.",
            locale.currency, money.currency, locale.currency
        )));
    }
    Ok(money.to_major())
}

fn option_id(label: &str, text: &str, options: &[(i64, String)]) -> Result<i64, Error> {
    let wanted = comparable(text);
    options
        .iter()
        .find(|(_, option)| option.trim() == text.trim())
        .or_else(|| options.iter().find(|(_, option)| comparable(option) == wanted))
        .map(|(id, _)| *id)
        .ok_or_else(|| {
            invalid_because(format!(
                "In HaloPSA the field {label} has no option “{text}”. Ask your administrator to add it and run the setup check in Settings, or choose another value."
            ))
        })
}

fn wrong_type(label: &str, found: &str) -> Error {
    invalid_because(format!(
        "In HaloPSA the field {label} is {found}, which cannot hold this value. Map it to another field in Settings, then try again."
    ))
}

/// Options compare by letters, digits and the signs that tell brackets apart.
fn comparable(option: &str) -> String {
    option
        .chars()
        .map(|c| {
            if matches!(c, '–' | '—' | '‐' | '‑' | '−') {
                '-'
            } else {
                c
            }
        })
        .filter(|c| c.is_alphanumeric() || matches!(c, '<' | '>' | '+' | '-'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// The texts of the options a select holds: ids as number, text, comma-joined text or array, resolved through the
/// mapping, else HaloPSA's own display text.
fn options_of(raw: &Json, display: Option<&str>, options: &[(i64, String)]) -> Vec<String> {
    let named = |id: i64| {
        options
            .iter()
            .find(|(known, _)| *known == id)
            .map(|(_, text)| text.clone())
    };
    let display = || {
        display
            .map(str::trim)
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    };
    let parts: Vec<Json> = match raw {
        Json::Array(items) => items
            .iter()
            .map(|item| item.get("id").or_else(|| item.get("name")).unwrap_or(item).clone())
            .collect(),
        Json::String(text) if text.split(',').all(|part| part.trim().parse::<i64>().is_ok()) => {
            text.split(',').map(|part| json!(part.trim())).collect()
        }
        other => vec![other.clone()],
    };
    let mut texts = Vec::new();
    for part in parts {
        match wire::int_of(&part) {
            Some(id) if id <= 0 && named(id).is_none() => {}
            Some(id) => match named(id) {
                Some(text) => texts.push(text),
                // An option newer than the mapping: HaloPSA's text speaks for all of them.
                None => return display().into_iter().collect(),
            },
            None => texts.extend(wire::text_of(&part)),
        }
    }
    texts
}

/// Several options in catalogue order, then those the catalogue does not know. Only free text is split at commas.
fn multi(field: &Field, texts: &[String], from_select: bool, context: &InputContext) -> Said {
    let mut chosen: Vec<String> = Vec::new();
    for text in texts {
        let parts: Vec<&str> = if from_select {
            vec![text]
        } else {
            text.split([',', ';', '\n', '|']).collect()
        };
        for part in parts.into_iter().map(str::trim).filter(|part| !part.is_empty()) {
            match field.parse(part, context) {
                Ok(Some(Value::Choices(known))) => chosen.extend(known),
                _ => chosen.push(part.to_owned()),
            }
        }
    }
    let rank = |text: &String| {
        field
            .options()
            .iter()
            .position(|option| option == text)
            .unwrap_or(usize::MAX)
    };
    chosen.sort_by_key(rank);
    chosen.dedup();
    if chosen.is_empty() {
        Said::Empty
    } else {
        Said::Is(Value::Choices(chosen))
    }
}

/// The day of a date; the time in it means nothing.
fn day(raw: &Json) -> Said {
    let Some(text) = raw.as_str() else {
        return Said::Unreadable;
    };
    match wire::date_of(text) {
        Some(moment) => Said::Is(Value::Date(moment.date_naive())),
        // "Never" and nonsense both come back as nothing; only nonsense has no digits to begin with a year.
        None if text.starts_with(|c: char| c.is_ascii_digit()) => Said::Empty,
        None => Said::Unreadable,
    }
}

fn parsed(field: &Field, text: &str, context: &InputContext) -> Said {
    match field.parse(text, context) {
        Ok(Some(value)) => Said::Is(value),
        Ok(None) => Said::Empty,
        Err(_) => Said::Unreadable,
    }
}

impl Said {
    /// An option that the tenant has and the catalogue has not is shown as it is, rather than hidden.
    fn or_choice(self, text: &str) -> Self {
        match self {
            Self::Unreadable => Self::Is(Value::Choice(text.to_owned())),
            said => said,
        }
    }
}

#[cfg(test)]
mod tests;
