//! From what was typed to a value.

use chrono::{Datelike, Days, Months, NaiveDate};

use super::{Field, FieldKind};
use crate::{Invalid, Value, email::EmailAddress, money::Money, phone::PhoneNumber, text, web::WebAddress};

/// What is needed to read an input that leaves something open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputContext {
    /// ISO 3166 alpha-2: how phone numbers without a country code are read; in the US the month comes first in dates.
    pub country: String,
    /// ISO 4217: the currency of amounts without one.
    pub currency: String,
    /// The day it is for the person, for "tomorrow".
    pub today: NaiveDate,
}

/// The longest line and the longest text, in characters. Far beyond what anybody types, near what a server takes.
const MAX_LINE: usize = 1_000;
const MAX_TEXT: usize = 50_000;

/// The first and last year a date may have: HaloPSA means "no date" by earlier ones.
const YEARS: std::ops::RangeInclusive<i32> = 1902..=2200;

impl Field {
    /// Reads what was typed, imported or sent. Empty input is no value.
    ///
    /// # Errors
    /// One sentence for the person, when the input is no value of this field. A phone number that cannot be read is no
    /// error as long as it has a digit: it is kept as typed and says so itself.
    pub fn parse(&self, input: &str, context: &InputContext) -> Result<Option<Value>, Invalid> {
        let line = text::tidy_line(input);
        if line.is_empty() {
            return Ok(None);
        }
        let value = match self.kind {
            FieldKind::Text => Value::Text(self.no_longer_than(MAX_LINE, line)?),
            FieldKind::LongText => Value::Text(self.no_longer_than(MAX_TEXT, text::tidy_lines(input))?),
            FieldKind::Integer { min, max } => Value::Integer(self.integer(&line, min, max)?),
            FieldKind::Currency => Value::Money(Money::parse(&line, &context.currency)?),
            FieldKind::Percent => {
                let number = line.trim_end_matches('%').trim_end();
                let percent = self.integer(number, 0, 100)?;
                Value::Percent(u8::try_from(percent).map_err(|_| self.out_of_bounds(0, 100))?)
            }
            FieldKind::Date => Value::Date(self.date(&line, context)?),
            FieldKind::Boolean => Value::Boolean(self.boolean(&line)?),
            FieldKind::SingleSelect(options) => Value::Choice(self.option(&line, options)?.to_owned()),
            FieldKind::MultiSelect(options) => Value::Choices(self.options_among(input, options)?),
            FieldKind::Email => Value::Email(EmailAddress::parse(&line)?),
            FieldKind::Phone => {
                if !line.chars().any(char::is_numeric) {
                    return Err(Invalid::because(format!(
                        "“{line}” has no digits, so it is no phone number."
                    )));
                }
                Value::Phone(PhoneNumber::parse(
                    &self.no_longer_than(MAX_LINE, line)?,
                    &context.country,
                ))
            }
            FieldKind::Url => Value::Url(WebAddress::parse(&line)?),
            FieldKind::Year => Value::Year(self.year(&line, context.today)?),
        };
        Ok(match value {
            Value::Choices(choices) if choices.is_empty() => None,
            value => Some(value),
        })
    }

    /// The option with these letters and digits, in whatever case and with whatever signs between them.
    fn option(&self, typed: &str, options: &'static [&'static str]) -> Result<&'static str, Invalid> {
        let exact = options.iter().find(|option| option.trim().eq_ignore_ascii_case(typed));
        let wanted = comparable(typed);
        exact
            .or_else(|| options.iter().find(|option| comparable(option) == wanted))
            .copied()
            .ok_or_else(|| {
                Invalid::because(format!(
                    "“{typed}” is not one of the choices for {}: {}.",
                    self.label,
                    options.join(", ")
                ))
            })
    }

    /// Several options, separated by commas, semicolons or lines, in catalogue order, each once.
    fn options_among(&self, input: &str, options: &'static [&'static str]) -> Result<Vec<String>, Invalid> {
        let mut chosen = Vec::new();
        for part in input.split([',', ';', '\n', '|']) {
            let part = text::tidy_line(part);
            if !part.is_empty() {
                chosen.push(self.option(&part, options)?);
            }
        }
        Ok(options
            .iter()
            .filter(|option| chosen.contains(option))
            .map(|option| (*option).to_owned())
            .collect())
    }

    fn no_longer_than(&self, most: usize, text: String) -> Result<String, Invalid> {
        let length = text.chars().count();
        if length > most {
            return Err(Invalid::because(format!(
                "{} can hold {most} characters; this has {length}.",
                self.label
            )));
        }
        Ok(text)
    }

    /// A whole number, with any usual grouping (`1,200`, `1 200`, `1.200`) and a fraction of zeros at most.
    fn integer(&self, typed: &str, min: i64, max: i64) -> Result<i64, Invalid> {
        let not_whole = || Invalid::because(format!("“{typed}” is not a whole number. {} is one.", self.label));
        let compact: String = typed.chars().filter(|c| !matches!(c, ' ' | '\'' | '’')).collect();
        let (sign, unsigned) = match compact.strip_prefix(['-', '−']) {
            Some(rest) => (-1, rest),
            None => (1, compact.strip_prefix('+').unwrap_or(&compact)),
        };
        let groups: Vec<&str> = unsigned.split([',', '.']).collect();
        let digits = match groups.as_slice() {
            [whole] => (*whole).to_owned(),
            [whole, zeros] if !zeros.is_empty() && zeros.len() < 3 && zeros.chars().all(|c| c == '0') => {
                (*whole).to_owned()
            }
            [first, rest @ ..] if (1..=3).contains(&first.len()) && rest.iter().all(|group| group.len() == 3) => {
                groups.concat()
            }
            _ => return Err(not_whole()),
        };
        if digits.is_empty() || !digits.chars().all(|c| c.is_ascii_digit()) {
            return Err(not_whole());
        }
        let number = digits.parse::<i64>().map_err(|_| self.out_of_bounds(min, max))? * sign;
        if (min..=max).contains(&number) {
            Ok(number)
        } else {
            Err(self.out_of_bounds(min, max))
        }
    }

    fn out_of_bounds(&self, min: i64, max: i64) -> Invalid {
        Invalid::because(format!("{} is a number from {min} to {max}.", self.label))
    }

    fn boolean(&self, typed: &str) -> Result<bool, Invalid> {
        match typed.to_lowercase().as_str() {
            "yes" | "y" | "true" | "t" | "1" | "on" | "x" => Ok(true),
            "no" | "n" | "false" | "f" | "0" | "off" => Ok(false),
            _ => Err(Invalid::because(format!("{} is yes or no, not “{typed}”.", self.label))),
        }
    }

    fn year(&self, typed: &str, today: NaiveDate) -> Result<i32, Invalid> {
        let this_year = today.year();
        typed
            .parse::<i32>()
            .ok()
            .filter(|year| typed.len() == 4 && (1000..=this_year).contains(year))
            .ok_or_else(|| {
                Invalid::because(format!(
                    "{} is a year such as {}, not “{typed}”.",
                    self.label,
                    this_year - 10
                ))
            })
    }

    /// `2026-11-21`, `21/11/2026` (in the US `11/21/2026`), `21 Nov 2026`, `today`, `tomorrow`, `+7`, `+2w`, `+1m`.
    fn date(&self, typed: &str, context: &InputContext) -> Result<NaiveDate, Invalid> {
        let unreadable = || {
            Invalid::because(format!(
                "“{typed}” is not a date; write it like {}.",
                context.today.format("%Y-%m-%d")
            ))
        };
        let lower = typed.to_lowercase();
        let date = match lower.as_str() {
            "today" => Some(context.today),
            "tomorrow" => context.today.checked_add_days(Days::new(1)),
            "yesterday" => context.today.checked_sub_days(Days::new(1)),
            _ => later(&lower, context.today)
                .or_else(|| iso(&lower))
                .or_else(|| by_numbers(&lower, context.country.eq_ignore_ascii_case("US")))
                .or_else(|| by_month_name(&lower)),
        };
        let date = date.ok_or_else(unreadable)?;
        if YEARS.contains(&date.year()) {
            Ok(date)
        } else {
            Err(Invalid::because(format!(
                "“{typed}” is not between {} and {}.",
                YEARS.start(),
                YEARS.end()
            )))
        }
    }
}

/// Options differ in letters, digits and the signs that carry meaning (`<$1M` is not `$1M…`, `5000+` not `5000`).
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

/// `+7`, `+7d`, `+2w`, `+1m`.
fn later(typed: &str, today: NaiveDate) -> Option<NaiveDate> {
    let amount = typed.strip_prefix('+')?;
    let digits = amount.trim_end_matches(['d', 'w', 'm']);
    let number: u32 = digits.parse().ok()?;
    match amount.get(digits.len()..)? {
        "" | "d" => today.checked_add_days(Days::new(u64::from(number))),
        "w" => today.checked_add_days(Days::new(u64::from(number) * 7)),
        "m" => today.checked_add_months(Months::new(number)),
        _ => None,
    }
}

/// `2026-11-21`, with any time behind it.
fn iso(typed: &str) -> Option<NaiveDate> {
    let (date, rest) = typed.split_at_checked(10)?;
    let rest_is_time = rest.is_empty() || rest.starts_with(['t', ' ']);
    let date = NaiveDate::parse_from_str(date, "%Y-%m-%d").ok()?;
    rest_is_time.then_some(date)
}

/// `21/11/2026`, `21.11.26`, `21-11-2026`; `2026/11/21`.
fn by_numbers(typed: &str, month_first: bool) -> Option<NaiveDate> {
    let parts: Vec<&str> = typed.split(['/', '.', '-']).collect();
    let [first, second, third] = parts.as_slice() else {
        return None;
    };
    if first.len() == 4 {
        return NaiveDate::from_ymd_opt(first.parse().ok()?, second.parse().ok()?, third.parse().ok()?);
    }
    let year = year_of(third)?;
    let (day, month) = if month_first { (second, first) } else { (first, second) };
    NaiveDate::from_ymd_opt(year, month.parse().ok()?, day.parse().ok()?)
}

/// `21 Nov 2026`, `21 November 2026`, `Nov 21, 2026`.
fn by_month_name(typed: &str) -> Option<NaiveDate> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let words: Vec<&str> = typed.split([' ', ',', '-']).filter(|word| !word.is_empty()).collect();
    let [first, second, third] = words.as_slice() else {
        return None;
    };
    let (day, name) = if first.starts_with(|c: char| c.is_ascii_digit()) {
        (first, second)
    } else {
        (second, first)
    };
    let name = name.trim_end_matches('.');
    let month = MONTHS.iter().position(|month| {
        (name.len() >= 3 && month.starts_with(name)) || (name == "sept" && month.starts_with(name))
    })?;
    let day = day.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    NaiveDate::from_ymd_opt(year_of(third)?, u32::try_from(month + 1).ok()?, day.parse().ok()?)
}

/// A year of four digits, or two that mean this century.
fn year_of(typed: &str) -> Option<i32> {
    match typed.len() {
        4 => typed.parse().ok(),
        2 => typed.parse::<i32>().ok().map(|year| 2000 + year),
        _ => None,
    }
}
