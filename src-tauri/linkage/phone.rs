//! Phone numbers by their ends: what every way of writing a number has in common.
//!
//! Whether a number can be dialled is the business of `domain::phone`. Here a file may hold `+44 20 7946 0018`,
//! `020 7946 0018` and `0044…` for one line, may have lost the plus to a spreadsheet, or name the wrong country; the last
//! nine digits are the same in all of them, and two different lines of the world hardly ever share those.

/// A number as it is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// The last digits, nine at most.
    digits: u64,
    length: u8,
    /// It was given as a person's mobile number.
    pub is_personal: bool,
}

/// Fewer digits than this are an extension or damage, and two numbers that share fewer are not compared.
const LEAST: u8 = 7;
const MOST: u8 = 9;

impl Line {
    /// Reads a number however it was written; `None` for what cannot be one.
    #[must_use]
    pub fn read(typed: &str, is_personal: bool) -> Option<Self> {
        let typed = typed.trim_start_matches(['\'', '’', '`', '=', '"']);
        // A spreadsheet has rounded the digits away.
        let exponent = typed.split_once(['e', 'E']).is_some_and(|(before, after)| {
            before.ends_with(|c: char| c.is_ascii_digit()) && after.trim_start_matches('+').parse::<u8>().is_ok()
        });
        if exponent {
            return None;
        }
        let number = match typed.get(..4) {
            Some(start) if start.eq_ignore_ascii_case("tel:") => typed.get(4..).unwrap_or_default(),
            _ => typed,
        };
        let end = number
            .char_indices()
            .find(|&(at, c)| at > 4 && (c.is_alphabetic() || matches!(c, ';' | '#')))
            .map_or(number.len(), |(at, _)| at);
        let mut all = 0_u8;
        let mut digits = 0_u64;
        let mut varied = false;
        let mut previous = None;
        for digit in number
            .get(..end)
            .unwrap_or_default()
            .chars()
            .filter_map(|c| c.to_digit(10))
        {
            digits = (digits * 10 + u64::from(digit)) % 1_000_000_000;
            all = all.saturating_add(1);
            varied |= previous.is_some_and(|before| before != digit);
            previous = Some(digit);
        }
        // `0000000` and `1111111` stand for no number.
        (all >= LEAST && varied && digits != 0).then_some(Self {
            digits,
            length: all.min(MOST),
            is_personal,
        })
    }

    /// Whether both reach the same line.
    #[must_use]
    pub fn same(self, other: Self) -> bool {
        let shared = 10_u64.pow(u32::from(self.length.min(other.length)));
        self.digits % shared == other.digits % shared
    }

    /// Whether one digit was typed wrong.
    #[must_use]
    pub fn is_slip_of(self, other: Self) -> bool {
        let (mut a, mut b) = (self.digits, other.digits);
        let mut wrong = 0;
        for _ in 0..self.length.min(other.length) {
            wrong += u32::from(a % 10 != b % 10);
            (a, b) = (a / 10, b / 10);
        }
        wrong == 1
    }

    /// The digits that all ways of writing it share, to look it up by.
    #[must_use]
    pub fn ending(self) -> u64 {
        self.digits % 10_000_000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_written_in_many_ways_is_one_line() {
        let line = |typed| Line::read(typed, false);
        for typed in [
            "+44 20 7946 0018",
            "020 7946 0018",
            "'+442079460018",
            "0044 (0)20 7946 0018",
            "02.079.460.018",
            "+442079460018 x123",
            "+442079460018;ext=5",
            "tel:+44-20-7946-0018",
            "442079460018 ext. 77",
        ] {
            assert!(line(typed).unwrap().same(line("+442079460018").unwrap()), "{typed}");
        }
        assert!(line("5359015").unwrap().same(line("(312) 535-9015").unwrap()));
        assert!(!line("+442079460018").unwrap().same(line("+442079460019").unwrap()));
        assert!(
            line("+442079460018")
                .unwrap()
                .is_slip_of(line("+442079460019").unwrap())
        );
        for typed in ["", "n/a", "0000000000", "1.2E+10", "12345", "call me"] {
            assert_eq!(line(typed), None, "{typed}");
        }
    }
}
