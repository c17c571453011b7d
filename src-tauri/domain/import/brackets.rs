//! Ranges: the bracket of a number, whatever brackets a provider has.

use serde::{Deserialize, Serialize};
use specta::Type;

/// Everything from this number up to the next bracket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Bracket {
    pub from: f64,
    pub value: String,
}

/// The bracket in which a number, or the middle of a range of numbers, lies. The brackets stand in order.
///
/// Understands `1200`, `1,200`, `$1.5M`, `11-50`, `2 - 10 employees`, `<$1M`, `5000+`, `1m-10m`, `$1 mil. to $5 mil.`.
#[must_use]
pub fn bracket_of<'a>(text: &str, times: f64, brackets: &'a [Bracket]) -> Option<&'a str> {
    let number = middle(text)? * times;
    brackets
        .iter()
        .rev()
        .find(|bracket| number >= bracket.from)
        .map(|bracket| bracket.value.as_str())
}

/// The number meant by the text. Of two numbers it is the one between them that lies as many times above the lower as below
/// the higher, because brackets grow by factors.
fn middle(text: &str) -> Option<f64> {
    let text = text.to_lowercase();
    let mut numbers: Vec<Amount> = Vec::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        // At most two numbers make a range; a text with more is prose.
        if numbers.len() == 2 {
            return None;
        }
        let (amount, after) = amount(rest.get(at..)?)?;
        numbers.push(amount);
        rest = after;
    }
    let below =
        text.contains(['<', '≤']) || text.contains("under") || text.contains("less than") || text.contains("up to");
    let above = text.contains(['+', '>', '≥']) || text.contains("over") || text.contains("more than");
    match numbers.as_slice() {
        [one] if below => Some(one.number() / 2.0),
        [one] if above => Some(one.number() * 1.001),
        [one] => Some(one.number()),
        // `1-5M` means a million at least.
        [low, high] => {
            let low = if low.unit == 1.0 && high.unit > 1.0 && low.digits < high.digits {
                low.digits * high.unit
            } else {
                low.number()
            };
            Some((low.max(1.0) * high.number().max(1.0)).sqrt())
        }
        _ => None,
    }
}

#[derive(Clone, Copy)]
struct Amount {
    digits: f64,
    unit: f64,
}

impl Amount {
    fn number(self) -> f64 {
        self.digits * self.unit
    }
}

/// Reads one number with its unit off the front.
fn amount(text: &str) -> Option<(Amount, &str)> {
    let end = text
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, ',' | '.' | '\'')))
        .unwrap_or(text.len());
    let (digits, mut rest) = text.split_at(end);
    let digits = digits.trim_end_matches(['.', ',']);
    let fraction = digits.rsplit(['.', ',']).next().map_or(0, str::len);
    let separators = digits.chars().filter(|c| matches!(c, '.' | ',')).count();
    // One separator before one or two digits is a decimal point, anything else groups thousands.
    let plain: String = if separators == 1 && fraction != 3 {
        digits.replace(',', ".").replace('\'', "")
    } else {
        digits.chars().filter(char::is_ascii_digit).collect()
    };
    let number: f64 = plain.parse().ok()?;
    let word_end = rest
        .trim_start()
        .find(|c: char| !c.is_alphabetic())
        .unwrap_or(rest.trim_start().len());
    let (word, after) = rest.trim_start().split_at(word_end);
    let unit = match word {
        "k" | "thousand" | "tsd" => 1e3,
        "m" | "mm" | "mil" | "mill" | "mio" | "million" | "millions" => 1e6,
        "b" | "bn" | "bil" | "bill" | "mrd" | "billion" | "billions" => 1e9,
        _ => 1.0,
    };
    if unit > 1.0 {
        rest = after;
    }
    Some((Amount { digits: number, unit }, rest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fields::{EMPLOYEE_RANGES, REVENUE_RANGES};

    fn brackets(froms: &[f64], values: &[&str]) -> Vec<Bracket> {
        froms
            .iter()
            .zip(values)
            .map(|(&from, value)| Bracket {
                from,
                value: (*value).to_owned(),
            })
            .collect()
    }

    fn employees() -> Vec<Bracket> {
        brackets(&[1.0, 10.0, 51.0, 201.0, 1001.0, 5001.0], EMPLOYEE_RANGES)
    }

    fn revenue() -> Vec<Bracket> {
        brackets(&[0.0, 1e6, 5e6, 25e6, 1e8, 5e8], REVENUE_RANGES)
    }

    #[test]
    fn numbers_and_ranges_find_their_bracket() {
        for (text, expected) in [
            ("7", Some("1-9")),
            ("10", Some("10-50")),
            ("1,200", Some("1001-5000")),
            ("1.200", Some("1001-5000")),
            ("11-50", Some("10-50")),
            ("51 – 200", Some("51-200")),
            ("2 - 10 employees", Some("1-9")),
            ("201-500", Some("201-1000")),
            ("10001+", Some("5000+")),
            ("0", None),
            ("many", None),
            ("", None),
        ] {
            assert_eq!(bracket_of(text, 1.0, &employees()), expected, "{text:?}");
        }
        for (text, times, expected) in [
            ("$1.5M", 1.0, Some("$1M-5M")),
            ("<$1M", 1.0, Some("<$1M")),
            ("1m-10m", 1.0, Some("$1M-5M")),
            ("1-10M", 1.0, Some("$1M-5M")),
            ("$1 mil. to less than $5 mil.", 1.0, Some("$1M-5M")),
            ("12,500", 1000.0, Some("$5M-25M")),
            ("200m-1b", 1.0, Some("$100M-500M")),
            ("$500M+", 1.0, Some("$500M+")),
            ("12500000", 1.0, Some("$5M-25M")),
        ] {
            assert_eq!(bracket_of(text, times, &revenue()), expected, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in "\\PC{0,30}") {
            if let Some(found) = bracket_of(&text, 1.0, &revenue()) {
                prop_assert!(REVENUE_RANGES.contains(&found));
            }
        }

        #[test]
        fn a_number_lies_in_one_bracket(number in 1u32..1_000_000) {
            let table = employees();
            let found = bracket_of(&number.to_string(), 1.0, &table);
            let expected = table.iter().rfind(|bracket| f64::from(number) >= bracket.from);
            prop_assert_eq!(found, expected.map(|bracket| bracket.value.as_str()));
        }
    }
}
