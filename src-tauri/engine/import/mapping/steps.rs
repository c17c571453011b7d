//! What can be done to a text on its way into a field.

use std::borrow::Cow;

use domain::{person_name, text::letters_and_digits};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::tables;

/// One step. A step that gives nothing leaves the rule without a value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// The first name in a full one.
    FirstName,
    /// The surname in a full name.
    LastName,
    /// The item at that place, from 1, of a list with that separator.
    Item { separator: String, number: u32 },
    /// The text beside this one; what is not in the list stays as it is, or becomes nothing.
    Lookup {
        rows: Vec<LookupRow>,
        #[serde(default)]
        otherwise_nothing: bool,
    },
    /// The value beside the text in a table that comes with Leadline: the whole text, or a word in it.
    Table(String),
    /// Of a list with commas, the items in which a word of a table that comes with Leadline stands.
    Items(String),
    /// The bracket in which the number lies, by a table that comes with Leadline.
    Bracket {
        table: String,
        /// What the number has to be multiplied with, such as 1,000 for an amount in thousands.
        #[serde(default = "one")]
        times: f64,
    },
    /// Day, month and year in this order.
    Date(DateOrder),
    /// Words that mean yes; everything else that says something means no.
    Yes(Vec<String>),
    /// An amount in this currency (ISO 4217), where the text names none.
    Currency(String),
}

/// One line of a [`Step::Lookup`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LookupRow {
    pub text: String,
    pub value: String,
}

/// The order in which the numbers of a date stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    DayFirst,
    MonthFirst,
    YearFirst,
}

fn one() -> f64 {
    1.0
}

impl Step {
    /// The text after this step; empty for nothing.
    pub(in crate::import) fn apply<'a>(&'a self, text: Cow<'a, str>) -> Cow<'a, str> {
        match self {
            Self::FirstName => Cow::Owned(person_name::split(&text).0),
            Self::LastName => Cow::Owned(person_name::split(&text).1),
            Self::Item { separator, number } => {
                let at = (*number).saturating_sub(1) as usize;
                let item = text
                    .split(separator.as_str())
                    .nth(at)
                    .map(|item| item.trim().to_owned());
                Cow::Owned(item.unwrap_or_default())
            }
            Self::Lookup {
                rows,
                otherwise_nothing,
            } => {
                let plain = letters_and_digits(&text);
                match rows.iter().find(|row| letters_and_digits(&row.text) == plain) {
                    Some(row) => Cow::Borrowed(row.value.as_str()),
                    None if *otherwise_nothing => Cow::Borrowed(""),
                    None => text,
                }
            }
            Self::Table(name) => Cow::Borrowed(
                tables::find(name)
                    .and_then(|table| table.value(&text))
                    .unwrap_or_default(),
            ),
            Self::Items(name) => Cow::Owned(tables::find(name).map(|table| table.items(&text)).unwrap_or_default()),
            Self::Bracket { table, times } => Cow::Borrowed(
                tables::find(table)
                    .and_then(|table| table.bracket(&text, *times))
                    .unwrap_or_default(),
            ),
            Self::Date(order) => Cow::Owned(order.iso(&text).unwrap_or_else(|| text.into_owned())),
            Self::Yes(words) => {
                let plain = letters_and_digits(&text);
                let is_yes = words.iter().any(|word| letters_and_digits(word) == plain);
                Cow::Borrowed(match (plain.is_empty(), is_yes) {
                    (true, _) => "",
                    (_, true) => "yes",
                    (_, false) => "no",
                })
            }
            Self::Currency(code) => {
                let names_one = text.contains(|c: char| c.is_alphabetic() || "$£€¥₹₩₪₺₫".contains(c));
                if names_one {
                    text
                } else {
                    Cow::Owned(format!("{text} {code}"))
                }
            }
        }
    }

    /// The table it names, when there is none of that name.
    pub(super) fn unknown_table(&self) -> Option<&str> {
        match self {
            Self::Table(name) | Self::Items(name) | Self::Bracket { table: name, .. }
                if tables::find(name).is_none() =>
            {
                Some(name)
            }
            _ => None,
        }
    }
}

impl DateOrder {
    /// The date as `2026-11-21`; `None` for what is none in this order.
    fn iso(self, text: &str) -> Option<String> {
        let date = text.split([' ', 'T']).next().unwrap_or_default();
        let parts: Vec<&str> = date.split(['/', '.', '-']).collect();
        let [first, second, third] = parts.as_slice() else {
            return None;
        };
        // A year of four digits says itself where it stands.
        let (year, month, day) = match self {
            _ if first.len() == 4 => (first, second, third),
            Self::YearFirst => (first, second, third),
            Self::DayFirst => (third, second, first),
            Self::MonthFirst => (third, first, second),
        };
        let number = |text: &&str| text.parse::<u32>().ok();
        let century = if year.len() == 2 { 2000 } else { 0 };
        let year = i32::try_from(number(year)? + century).ok()?;
        let date = chrono::NaiveDate::from_ymd_opt(year, number(month)?, number(day)?)?;
        Some(date.to_string())
    }
}
