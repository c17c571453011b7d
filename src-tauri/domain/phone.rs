//! Phone numbers. Nothing else in the code knows which crate reads them.
//!
//! The crate is `rlibphonenumber`, pinned to one version in the workspace: it follows Google's rules on every line of
//! our corpus and reads more than 100,000 numbers a second. The better known `phonenumber` was measured and turned down:
//! it follows them on 93 to 96 %, silently turns some valid foreign numbers into other valid numbers
//! (`+4915123456789`, read in the US, loses a digit), and is 80 to 800 times slower. A new version of the pinned crate
//! has to pass the cases at the end of this file first.
//!
//! A number that cannot be read is not an error: it is kept as typed, and [`PhoneNumber::is_readable`] says so.

mod plain;

use std::borrow::Cow;

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat, PhoneNumberUtil, Region};
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
    /// number in scientific notation with every digit there (`4.47400123456E+11`). `1.2E+10` has lost its digits and
    /// stays unread. A float (`447400123456.0`) is read as Google's rules read it, which mostly refuse it: whoever reads
    /// a spreadsheet knows the cell for a number and writes it out without the fraction before it comes here.
    #[must_use]
    pub fn parse(typed: &str, country: &str) -> Self {
        Self::parse_by(typed, country, &PHONE_NUMBER_UTIL)
    }

    fn parse_by(typed: &str, country: &str, judge: &PhoneNumberUtil) -> Self {
        let typed = crate::text::tidy_line(typed);
        match read(&repair(&typed), country, judge) {
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

/// Reads many numbers in one thread. It says what [`PhoneNumber::parse`] says, and is quicker, because its patterns are its
/// own: threads that share them wait for each other.
pub struct Reader(Option<PhoneNumberUtil>);

impl Reader {
    /// A reader of its own; to make one costs as much as reading thousands of numbers.
    #[must_use]
    pub fn new() -> Self {
        Self(PhoneNumberUtil::new().ok())
    }

    /// As [`PhoneNumber::parse`].
    #[must_use]
    pub fn parse(&self, typed: &str, country: &str) -> PhoneNumber {
        let judge = self.0.as_ref().unwrap_or(&PHONE_NUMBER_UTIL);
        PhoneNumber::parse_by(typed, country, judge)
    }
}

impl Default for Reader {
    fn default() -> Self {
        Self::new()
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
    if let Some(digits) = unfold_exponent(text) {
        return Cow::Owned(digits);
    }
    Cow::Borrowed(text)
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
fn read(text: &str, country: &str, judge: &PhoneNumberUtil) -> Option<(String, Option<String>)> {
    let region = Region::from_code(country.trim()).ok();
    match plain::read(text, region, judge) {
        Some(e164) => Some((e164, None)),
        None => read_long(text, region, judge),
    }
}

/// The same by the crate alone, for every number there is.
fn read_long(text: &str, region: Option<Region>, judge: &PhoneNumberUtil) -> Option<(String, Option<String>)> {
    let number = judge.parse(text, region).ok()?;
    if !judge.is_valid_number(&number) {
        return None;
    }
    let extension = Some(number.extension())
        .filter(|extension| !extension.is_empty())
        .map(str::to_owned);
    let e164 = judge.format(&number, PhoneNumberFormat::E164).into_owned();
    Some((e164, extension))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(typed: &str, country: &str, e164: Option<&str>, extension: Option<&str>) {
        let number = PhoneNumber::parse(typed, country);
        let found = (number.e164.as_deref(), number.extension.as_deref());
        assert_eq!(found, (e164, extension), "{typed:?} in {country:?}");
    }

    /// What a new version of the crate has to read as before: each line stands for a kind of input we have met.
    #[test]
    fn numbers_as_people_and_programs_write_them() {
        for (typed, country, e164) in [
            ("020 7946 0018", "GB", Some("+442079460018")),
            ("(020) 7946-0018", "gb", Some("+442079460018")),
            ("+44 (0)20 7946 0018", "US", Some("+442079460018")),
            ("0044 20 7946 0018", "IE", Some("+442079460018")),
            ("+44 20 7946 0018", "", Some("+442079460018")),
            ("tel:+44-20-7946-0018", "DE", Some("+442079460018")),
            ("tel:7946-0018;phone-context=+4420", "GB", Some("+442079460018")),
            ("Phone: 020 7946 0018", "GB", Some("+442079460018")),
            ("020.7946.0018", "GB", Some("+442079460018")),
            ("０２０ ７９４６ ００１８", "GB", Some("+442079460018")),
            ("٠٢٠ ٧٩٤٦ ٠٠١٨", "GB", Some("+442079460018")),
            ("020\u{a0}7946\u{a0}0018", "GB", Some("+442079460018")),
            ("\u{200b}+442079460018\u{202c}", "GB", Some("+442079460018")),
            ("020–7946—0018", "GB", Some("+442079460018")),
            ("202 555 0173", "US", Some("+12025550173")),
            ("011 44 20 7946 0018", "US", Some("+442079460018")),
            ("1-800-FLOWERS", "US", Some("+18003569377")),
            // The number that the other crate corrupts without a word.
            ("+4915123456789", "US", Some("+4915123456789")),
            ("030 123456", "DE", Some("+4930123456")),
            ("02 1234 5678", "IT", Some("+390212345678")),
            ("011 15-2345-6789", "AR", Some("+5491123456789")),
            ("+7 (495) 123-45-67", "US", Some("+74951234567")),
            ("++82 80 123 4567", "KR", Some("+82801234567")),
            // What must not be read.
            ("02079460018", "", None),
            ("020 7946", "GB", None),
            ("+44 20 7946 0018 00 00", "GB", None),
            ("020 7946 0018 / 020 7946 0019", "GB", None),
            ("06 12345678 / +31 6 12345678", "NL", None),
            ("+4700612345", "NO", None),
            ("n/a 1", "GB", None),
            ("", "GB", None),
        ] {
            check(typed, country, e164, None);
        }
    }

    #[test]
    fn extensions_are_kept_apart() {
        for typed in [
            "020 7946 0018 x12",
            "020 7946 0018 ext. 12",
            "020 7946 0018 #12",
            "+442079460018;ext=12",
        ] {
            check(typed, "GB", Some("+442079460018"), Some("12"));
        }
        let number = PhoneNumber::parse("020 7946 0018 x12", "GB");
        assert_eq!(number.display(), "+44 20 7946 0018 ext. 12");
    }

    #[test]
    fn spreadsheet_damage_is_repaired_where_no_digit_is_lost() {
        for (typed, country, e164) in [
            ("'020 7946 0018", "GB", Some("+442079460018")),
            ("'+442079460018", "US", Some("+442079460018")),
            ("4.42079460018E+11", "GB", Some("+442079460018")),
            ("4,42079460018e11", "GB", Some("+442079460018")),
            ("=\"+442079460018\"", "GB", Some("+442079460018")),
            // Rounded: the digits are gone, and none are made up.
            ("4.42079E+11", "GB", None),
            ("1.2E+10", "US", None),
            // A float is not told from a number with a stop in it, so the rules decide, and mostly refuse.
            ("447400123456.0", "GB", None),
            ("31101234567.0", "NL", None),
            ("611800123456.0", "AU", None),
            ("852800123456.0", "HK", None),
            ("420800123456.0", "CZ", None),
        ] {
            check(typed, country, e164, None);
        }
    }

    #[test]
    fn an_unread_number_is_kept_as_typed() {
        let number = PhoneNumber::parse("  call reception, 12 ", "GB");
        assert_eq!(
            number,
            PhoneNumber {
                e164: None,
                extension: None,
                typed: "call reception, 12".to_owned()
            }
        );
        assert!(!number.is_readable());
        assert_eq!(number.display(), "call reception, 12");
    }

    #[test]
    fn a_number_is_found_by_any_format() {
        for query in [
            "+44 20 7946 0018",
            "+44 (0)20 7946 0018",
            "0044 20 7946 0018",
            "020 7946 0018",
            "(020) 7946-0018",
            "2079460018",
            "tel:+442079460018",
            "７９４６ ００１８",
            "7946.0018",
            "'442079460018",
        ] {
            let digits = digits_of_query(query).expect(query);
            assert!("442079460018".ends_with(&digits), "{query:?}: {digits}");
        }
        for query in ["acme", "12", "+", "room 101", "jane@acme.example", "", "0", "4x4x4"] {
            assert_eq!(digits_of_query(query), None, "{query:?}");
        }
    }

    #[test]
    fn numbers_compare_by_what_is_dialled() {
        let read = |typed| PhoneNumber::parse(typed, "GB");
        assert!(read("020 7946 0018").same_line(&read("+442079460018")));
        assert!(!read("020 7946 0018").same_line(&read("020 7946 0018 x1")));
        assert!(!read("020 7946 0018").same_line(&read("12")));
        assert!(read("12").same_line(&read(" 12 ")));
    }

    proptest! {
        #[test]
        fn reading_is_settled_at_once(typed in "\\PC{0,25}", country in "[A-Z]{0,3}") {
            let number = PhoneNumber::parse(&typed, &country);
            prop_assert_eq!(&PhoneNumber::parse(&number.typed, &country), &number);
            if let Some(e164) = &number.e164 {
                prop_assert!(e164.starts_with('+') && (5..=16).contains(&e164.len()));
                let again = PhoneNumber::parse(e164, "");
                prop_assert_eq!(again.e164.as_ref(), Some(e164), "a number read once is read anywhere");
            }
        }

        #[test]
        fn what_is_shown_can_be_typed(line in 0u32..10_000) {
            let number = PhoneNumber::parse(&format!("+44 20 7946 {line:04}"), "US");
            prop_assert!(number.is_readable());
            prop_assert!(PhoneNumber::parse(&number.display(), "DE").same_line(&number));
        }
    }
}
