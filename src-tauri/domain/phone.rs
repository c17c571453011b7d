//! Phone numbers. Nothing else in the code knows which crate reads them.
//!
//! The crate is `rlibphonenumber`, pinned to one version in the workspace: it follows Google's rules on every line of
//! our corpus and reads more than 100,000 numbers a second. The better known `phonenumber` was measured and turned down:
//! it follows them on 93 to 96 %, silently turns some valid foreign numbers into other valid numbers
//! (`+4915123456789`, read in the US, loses a digit), and is 80 to 800 times slower. A new version of the pinned crate
//! has to pass the cases at the end of this file first.
//!
//! A number that cannot be read is not an error: it is kept as typed, and [`PhoneNumber::is_readable`] says so.

use std::borrow::Cow;

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat, Region};
use serde::{Deserialize, Serialize};
use specta::Type;

/// A phone number: as dialled worldwide, and as it was typed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
pub struct PhoneNumber {
    /// E.164 such as `+442079460018`; `None` when it could not be read, and then `typed` is all there is.
    pub e164: Option<String>,
    pub extension: Option<String>,
    pub typed: String,
}

impl PhoneNumber {
    /// Reads a number as somebody in that country (ISO 3166 alpha-2, any case, may be empty) would have written it.
    ///
    /// Spreadsheet damage is repaired where nothing is lost: a leading apostrophe, invisible and wide characters, a
    /// number that became a float (`447400123456.0`, `4.47400123456E+11` with every digit there). `1.2E+10` has lost its
    /// digits and stays unread.
    #[must_use]
    pub fn parse(typed: &str, country: &str) -> Self {
        let typed = crate::text::tidy_line(typed);
        match read(&repair(&typed), country) {
            Some((e164, extension)) => Self {
                e164: Some(e164),
                extension,
                typed,
            },
            None => Self {
                e164: None,
                extension: None,
                typed,
            },
        }
    }

    /// Whether the number could be read, and so dialled and compared.
    #[must_use]
    pub fn is_readable(&self) -> bool {
        self.e164.is_some()
    }

    /// As people read it: `+44 20 7946 0018 ext. 5`, or as typed when it could not be read.
    #[must_use]
    pub fn display(&self) -> String {
        let Some(e164) = &self.e164 else {
            return self.typed.clone();
        };
        let number = PHONE_NUMBER_UTIL
            .parse(e164, None)
            .map(|number| {
                PHONE_NUMBER_UTIL
                    .format(&number, PhoneNumberFormat::International)
                    .into_owned()
            })
            .unwrap_or_else(|_| e164.clone());
        match &self.extension {
            Some(extension) => format!("{number} ext. {extension}"),
            None => number,
        }
    }

    /// Whether both reach the same line: by what is dialled when both could be read, else by what was typed.
    #[must_use]
    pub fn same_line(&self, other: &Self) -> bool {
        match (&self.e164, &other.e164) {
            (Some(mine), Some(theirs)) => mine == theirs && self.extension == other.extension,
            (None, None) => self.typed == other.typed,
            _ => false,
        }
    }
}

/// The digits to look a number up by, whatever the format it was typed in: `+44 (0)20 7946 0018`, `020 7946-0018` and
/// `00442079460018` all give digits whose end is the same. `None` when the text is no phone number to look for
/// (letters in it, or fewer than three digits).
///
/// The result carries no trunk zero and no international prefix, so that it matches E.164 digits from their end.
#[must_use]
pub fn digits_of_query(query: &str) -> Option<String> {
    let tidy = crate::text::tidy_line(query);
    let repaired = repair(&tidy);
    let text = repaired.trim();
    let text = text
        .get(..4)
        .filter(|start| start.eq_ignore_ascii_case("tel:"))
        .map_or(text, |_| text.get(4..).unwrap_or(""));
    let allowed = |c: char| c.is_numeric() || c.is_whitespace() || "+-–—‐‑().,/ \u{ff0b}".contains(c);
    if !text.chars().all(allowed) {
        return None;
    }
    // A trunk zero in brackets is dialled inside the country only, so no E.164 number has it.
    let text = text.replace("(0)", "");
    let digits: String = text.chars().filter_map(ascii_digit).collect();
    let plain = if text.trim_start().starts_with(['+', '\u{ff0b}']) {
        digits.as_str()
    } else {
        // `00` dials abroad, one `0` inside the country; E.164 has neither.
        digits
            .strip_prefix("00")
            .or_else(|| digits.strip_prefix('0'))
            .unwrap_or(&digits)
    };
    (plain.len() >= 3).then(|| plain.to_owned())
}

/// The digit as ASCII, whatever script it was written in (full-width, Arabic-Indic, …).
fn ascii_digit(c: char) -> Option<char> {
    if c.is_ascii_digit() {
        return Some(c);
    }
    // The decimal digits of every script used on keyboards come in runs of ten.
    const ZEROS: [u32; 6] = [0x0660, 0x06F0, 0x0966, 0x09E6, 0x0E50, 0xFF10];
    let code = u32::from(c);
    ZEROS
        .iter()
        .find(|&&zero| (zero..zero + 10).contains(&code))
        .and_then(|zero| char::from_digit(code - zero, 10))
}

/// Undoes what spreadsheets do to numbers, where every digit is still there.
fn repair(typed: &str) -> Cow<'_, str> {
    let text = typed
        .trim_start_matches(['\'', '’', '`', '=', '"'])
        .trim_end_matches('"');
    if let Some(whole) = text.strip_suffix(".0").filter(|whole| is_long_number(whole)) {
        return Cow::Owned(whole.to_owned());
    }
    if let Some(digits) = unfold_exponent(text) {
        return Cow::Owned(digits);
    }
    Cow::Borrowed(text)
}

/// Digits only, and more of them than an extension or a local number has.
fn is_long_number(text: &str) -> bool {
    text.len() >= 7 && text.chars().all(|c| c.is_ascii_digit())
}

/// `4.47400123456E+11` is 447400123456. `None` when digits were rounded away, or it is no such number.
fn unfold_exponent(text: &str) -> Option<String> {
    let (mantissa, exponent) = text.split_once(['e', 'E'])?;
    let exponent: usize = exponent.strip_prefix('+').unwrap_or(exponent).parse().ok()?;
    let (whole, fraction) = mantissa.split_once(['.', ','])?;
    let complete = whole.len() == 1 && fraction.len() == exponent && (7..=15).contains(&(exponent + 1));
    let digits = format!("{whole}{fraction}");
    (complete && digits.chars().all(|c| c.is_ascii_digit())).then_some(digits)
}

/// Google's rules and nothing else: E.164 and extension of a valid number.
fn read(text: &str, country: &str) -> Option<(String, Option<String>)> {
    let region = Region::from_code(country.trim()).ok();
    let number = PHONE_NUMBER_UTIL.parse(text, region).ok()?;
    if !PHONE_NUMBER_UTIL.is_valid_number(&number) {
        return None;
    }
    let extension = Some(number.extension())
        .filter(|extension| !extension.is_empty())
        .map(str::to_owned);
    let e164 = PHONE_NUMBER_UTIL.format(&number, PhoneNumberFormat::E164).into_owned();
    Some((e164, extension))
}
