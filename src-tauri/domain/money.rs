//! Amounts of money in minor units.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::Invalid;

/// An amount in the minor unit of its currency (cents, pence), with the ISO 4217 code.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
pub struct Money {
    #[specta(type = i32)]
    pub minor: i64,
    /// ISO 4217, upper case.
    pub currency: String,
}

/// The largest amount, in minor units: what a JavaScript number holds exactly, because screens are written in it.
const MAX_MINOR: i64 = 9_007_199_254_740_991;

/// Currencies without a minor unit, with three digits, and with four (ISO 4217).
const NO_DIGITS: &str = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";
const THREE_DIGITS: &str = "BHD IQD JOD KWD LYD OMR TND";
const FOUR_DIGITS: &str = "CLF UYW";

/// All other currencies in use: two digits (ISO 4217).
const TWO_DIGITS: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD \
    CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR \
    ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN \
    NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC \
    SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD YER ZAR ZMW ZWG";

/// Signs that stand for one currency, longest first; how amounts are shown, too.
const SIGNS: &[(&str, &str)] = &[
    ("US$", "USD"),
    ("JP¥", "JPY"),
    ("CA$", "CAD"),
    ("C$", "CAD"),
    ("A$", "AUD"),
    ("NZ$", "NZD"),
    ("HK$", "HKD"),
    ("R$", "BRL"),
    ("£", "GBP"),
    ("€", "EUR"),
    ("¥", "JPY"),
    ("₹", "INR"),
    ("₩", "KRW"),
    ("₪", "ILS"),
    ("₺", "TRY"),
    ("₫", "VND"),
    ("zł", "PLN"),
];

/// Currencies that a bare `$` may mean, when they are the default.
const DOLLARS: &[&str] = &["USD", "CAD", "AUD", "NZD", "HKD", "SGD", "MXN"];

/// How many digits the currency's minor unit has; `None` when there is no such currency.
#[must_use]
pub fn minor_digits(currency: &str) -> Option<u32> {
    let among = |list: &str| list.split_whitespace().any(|code| code == currency);
    [(TWO_DIGITS, 2), (NO_DIGITS, 0), (THREE_DIGITS, 3), (FOUR_DIGITS, 4)]
        .into_iter()
        .find_map(|(list, digits)| among(list).then_some(digits))
}

impl Money {
    /// Reads an amount as people write it: `£12,500`, `12.500,50 EUR`, `USD 1.2m`, `15k`.
    ///
    /// # Errors
    /// When it is no amount, is negative or too large, names an unknown currency, or has more decimals than the
    /// currency. Nothing is rounded.
    pub fn parse(input: &str, default_currency: &str) -> Result<Self, Invalid> {
        let text = crate::text::tidy_line(input);
        let (currency, amount) = take_currency(&text, default_currency)?;
        let digits = minor_digits(&currency).ok_or_else(|| {
            Invalid::because(format!(
                "“{currency}” is not a currency code; codes look like GBP or EUR."
            ))
        })?;
        let minor = read_amount(&amount, digits, &text)?;
        Ok(Self { minor, currency })
    }

    /// In words for any reader of English: `£12,500.00`, `US$99.50`, `CHF 1,200.00`, `JP¥1,200`.
    #[must_use]
    pub fn format(&self) -> String {
        let digits = minor_digits(&self.currency).unwrap_or(2);
        let (whole, fraction) = self.split(digits);
        let mut grouped = String::new();
        for (position, digit) in whole.chars().enumerate() {
            if position > 0 && (whole.len() - position) % 3 == 0 {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        let sign = SIGNS.iter().find(|(_, code)| *code == self.currency);
        let prefix = match sign {
            Some((sign, _)) if !sign.contains('z') => (*sign).to_owned(),
            _ => format!("{} ", self.currency),
        };
        let minus = if self.minor < 0 { "-" } else { "" };
        format!("{minus}{prefix}{grouped}{fraction}")
    }

    /// As it would be typed, so that [`Money::parse`] gives it back exactly: `12500.00 GBP`.
    #[must_use]
    pub fn to_input(&self) -> String {
        let (whole, fraction) = self.split(minor_digits(&self.currency).unwrap_or(2));
        let minus = if self.minor < 0 { "-" } else { "" };
        format!("{minus}{whole}{fraction} {}", self.currency)
    }

    /// The amount alone, with a point: `12500.00`.
    #[must_use]
    pub fn decimal(&self) -> String {
        let (whole, fraction) = self.split(minor_digits(&self.currency).unwrap_or(2));
        let minus = if self.minor < 0 { "-" } else { "" };
        format!("{minus}{whole}{fraction}")
    }

    /// The amount in whole units, for the wire of a server that counts so. Exact up to 2^53 minor units.
    #[must_use]
    pub fn to_major(&self) -> f64 {
        self.minor as f64 / 10_f64.powi(minor_digits(&self.currency).unwrap_or(2) as i32)
    }

    /// An amount given in whole units, rounded to the minor unit.
    ///
    /// # Errors
    /// When the number is not finite or too large, or the currency is unknown.
    pub fn from_major(amount: f64, currency: &str) -> Result<Self, Invalid> {
        let digits = minor_digits(currency).ok_or_else(|| {
            Invalid::because(format!(
                "“{currency}” is not a currency code; codes look like GBP or EUR."
            ))
        })?;
        let minor = (amount * 10_f64.powi(digits as i32)).round();
        if !minor.is_finite() || minor.abs() > MAX_MINOR as f64 {
            return Err(Invalid::because("The amount is too large."));
        }
        Ok(Self {
            minor: minor as i64,
            currency: currency.to_owned(),
        })
    }

    /// The whole units as digits, and the fraction with its point (empty for currencies without one).
    fn split(&self, digits: u32) -> (String, String) {
        let unit = 10_u64.pow(digits);
        let size = self.minor.unsigned_abs();
        let fraction = if digits == 0 {
            String::new()
        } else {
            format!(".{:0width$}", size % unit, width = digits as usize)
        };
        ((size / unit).to_string(), fraction)
    }
}

/// Takes the currency's sign or code off the front or the back.
fn take_currency(text: &str, default_currency: &str) -> Result<(String, String), Invalid> {
    let default = default_currency.trim().to_ascii_uppercase();
    for (sign, code) in SIGNS {
        if let Some(rest) = text.strip_prefix(sign).or_else(|| text.strip_suffix(sign)) {
            return Ok(((*code).to_owned(), rest.trim().to_owned()));
        }
    }
    if let Some(rest) = text.strip_prefix('$').or_else(|| text.strip_suffix('$')) {
        let code = if DOLLARS.contains(&default.as_str()) {
            default
        } else {
            "USD".to_owned()
        };
        return Ok((code, rest.trim().to_owned()));
    }
    let is_letter = |c: char| c.is_ascii_alphabetic();
    let front: String = text.chars().take_while(|&c| is_letter(c)).collect();
    if front.len() == 3 {
        let rest = text.get(3..).unwrap_or_default().trim().to_owned();
        return Ok((front.to_ascii_uppercase(), rest));
    }
    let back: String = text.chars().rev().take_while(|&c| is_letter(c)).collect();
    if back.len() == 3 {
        let rest = text.get(..text.len() - 3).unwrap_or_default().trim().to_owned();
        return Ok((back.chars().rev().collect::<String>().to_ascii_uppercase(), rest));
    }
    Ok((default, text.to_owned()))
}

/// Reads digits with whatever separators into minor units.
fn read_amount(amount: &str, digits: u32, whole_text: &str) -> Result<i64, Invalid> {
    let unreadable = || {
        Invalid::because(format!(
            "“{whole_text}” is not an amount; write it like 12500 or 12,500.50."
        ))
    };
    if amount.starts_with(['-', '−', '(']) {
        return Err(Invalid::because("An amount cannot be negative."));
    }
    let lower = amount.to_ascii_lowercase();
    let (number, zeros) = if let Some(number) = lower.strip_suffix('k') {
        (number, 3)
    } else if let Some(number) = lower.strip_suffix('m') {
        (number, 6)
    } else {
        (lower.as_str(), 0)
    };
    let number: String = number
        .trim()
        .chars()
        .filter(|c| !matches!(c, ' ' | '\'' | '’' | '\u{202f}'))
        .collect();
    // The fraction's point may be followed by as many digits as the currency has, or as the multiplier takes up.
    let (whole, fraction) = split_fraction(&number, digits, zeros).ok_or_else(unreadable)?;
    if fraction.len() > (digits + zeros) as usize {
        let trimmed = fraction.trim_end_matches('0');
        if trimmed.len() > (digits + zeros) as usize {
            return Err(Invalid::because(format!(
                "“{whole_text}” has more decimals than the currency has; use at most {digits}."
            )));
        }
    }
    let places = (digits + zeros) as usize;
    let padded: String = fraction.chars().chain(std::iter::repeat('0')).take(places).collect();
    format!("{whole}{padded}")
        .parse::<i64>()
        .ok()
        .filter(|&minor| minor <= MAX_MINOR)
        .ok_or_else(|| Invalid::because("The amount is too large."))
}

/// Decides which separator is the decimal point. `None` when it makes no number.
///
/// With both signs present the last one is the point. A single sign followed by exactly three digits groups thousands,
/// unless the currency has three decimals or a multiplier follows (`1.250m`) and the sign is a full stop.
fn split_fraction(number: &str, digits: u32, zeros: u32) -> Option<(String, String)> {
    let separators: Vec<char> = number.chars().filter(|c| !c.is_ascii_digit()).collect();
    if separators.iter().any(|c| !matches!(c, '.' | ',')) {
        return None;
    }
    let point = match separators.last() {
        None => None,
        Some(&last) => {
            let after = number.rsplit(last).next().map_or(0, str::len);
            let many_of_last = separators.iter().filter(|&&c| c == last).count() > 1;
            let mixed = separators.iter().any(|&c| c != last);
            let could_group = after == 3 && !(last == '.' && (digits == 3 || zeros > 0));
            if many_of_last || (!mixed && could_group) {
                None
            } else {
                Some(last)
            }
        }
    };
    let (whole, fraction) = match point {
        Some(point) => number.rsplit_once(point)?,
        None => (number, ""),
    };
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let groups: Vec<&str> = whole.split(['.', ',']).collect();
    let grouped_well = match groups.as_slice() {
        [_] => true,
        [first, rest @ ..] => {
            // Indian grouping has pairs before the last three: 12,34,567.
            let last_is_three = rest.last().is_some_and(|group| group.len() == 3);
            (1..=3).contains(&first.len()) && last_is_three && rest.iter().all(|group| matches!(group.len(), 2 | 3))
        }
        [] => false,
    };
    if !grouped_well || !fraction.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let whole: String = groups.concat();
    Some((
        if whole.is_empty() { "0".to_owned() } else { whole },
        fraction.to_owned(),
    ))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(input: &str, minor: i64, currency: &str) {
        let money = Money::parse(input, "GBP");
        assert_eq!(
            money,
            Ok(Money {
                minor,
                currency: currency.to_owned()
            }),
            "{input:?}"
        );
    }

    #[test]
    fn amounts_as_people_write_them() {
        check("12500", 1_250_000, "GBP");
        check("£12,500", 1_250_000, "GBP");
        check("12,500.50", 1_250_050, "GBP");
        check("12.500,50 €", 1_250_050, "EUR");
        check("1.234.567", 123_456_700, "GBP");
        check("EUR 1 234,5", 123_450, "EUR");
        check("12 500 eur", 1_250_000, "EUR");
        check("1'234.50 CHF", 123_450, "CHF");
        check("15k", 1_500_000, "GBP");
        check("$1.2m", 120_000_000, "USD");
        check("1.250m", 125_000_000, "GBP");
        check("0", 0, "GBP");
        check(".5", 50, "GBP");
        check("US$99.5", 9_950, "USD");
        check("1200 JPY", 1_200, "JPY");
        check("12.500 KWD", 12_500, "KWD");
        check("12,500 KWD", 12_500_000, "KWD");
        check("₹12,34,567.00", 123_456_700, "INR");
        check("12.000000", 1_200, "GBP");
    }

    #[test]
    fn what_is_no_amount_says_why() {
        for (input, part) in [
            ("", "not an amount"),
            ("about 5000", "not an amount"),
            ("12,50,1", "not an amount"),
            ("1.2.3", "not an amount"),
            ("-5", "negative"),
            ("1.2345", "more decimals"),
            ("5 XQZ", "currency code"),
            ("99999999999999999999", "too large"),
            (",", "not an amount"),
        ] {
            let invalid = Money::parse(input, "GBP").expect_err(input);
            assert!(invalid.reason.contains(part), "{input:?}: {invalid}");
        }
    }

    #[test]
    fn a_bare_dollar_is_the_default_dollar() {
        assert_eq!(Money::parse("$5", "AUD").unwrap().currency, "AUD");
        assert_eq!(Money::parse("$5", "GBP").unwrap().currency, "USD");
    }

    #[test]
    fn amounts_are_shown_with_their_sign() {
        let show = |minor, currency: &str| {
            Money {
                minor,
                currency: currency.to_owned(),
            }
            .format()
        };
        assert_eq!(show(1_250_000, "GBP"), "£12,500.00");
        assert_eq!(show(5, "EUR"), "€0.05");
        assert_eq!(show(123_456_789, "USD"), "US$1,234,567.89");
        assert_eq!(show(1_200, "JPY"), "JP¥1,200");
        assert_eq!(show(-99_900, "CHF"), "-CHF 999.00");
        assert_eq!(show(99_900, "PLN"), "PLN 999.00");
    }

    #[test]
    fn whole_units_cross_the_wire() {
        let money = Money::from_major(12_500.505, "GBP").unwrap();
        assert_eq!(money.minor, 1_250_051);
        assert!((money.to_major() - 12_500.51).abs() < 1e-9);
        assert!(Money::from_major(f64::NAN, "GBP").is_err());
        assert!(Money::from_major(1e300, "GBP").is_err());
    }

    proptest! {
        #[test]
        fn every_amount_can_be_typed_back(minor in 0..=MAX_MINOR, code in prop::sample::select(vec!["GBP", "JPY", "KWD", "CLF", "CHF"])) {
            let money = Money { minor, currency: code.to_owned() };
            prop_assert_eq!(Money::parse(&money.to_input(), "EUR"), Ok(money.clone()));
            prop_assert_eq!(Money::parse(&money.format(), "EUR"), Ok(money));
        }

        #[test]
        fn no_input_panics(input in "\\PC{0,20}", currency in "[A-Z]{0,4}") {
            if let Ok(money) = Money::parse(&input, &currency) {
                prop_assert!(money.minor >= 0);
            }
        }
    }
}
