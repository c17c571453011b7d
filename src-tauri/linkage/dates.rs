//! Dates of birth, and how wrong they are usually typed.

use crate::{agreement::Agreement, text};

/// A date of birth as it is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BirthDate {
    year: u16,
    month: u8,
    day: u8,
}

impl BirthDate {
    /// Reads `1971-06-24`, `19710624`, `24/06/1971` and `06/24/1971`, the day first where both could be meant.
    #[must_use]
    pub fn read(typed: &str) -> Option<Self> {
        let typed = typed.trim();
        let groups: Vec<&str> = typed
            .split(|c: char| !c.is_ascii_digit())
            .filter(|group| !group.is_empty())
            .collect();
        let number = |text: &str| text.parse::<u16>().ok();
        let (year, month, day) = match groups.as_slice() {
            [whole] if whole.len() == 8 => (
                number(whole.get(..4)?)?,
                number(whole.get(4..6)?)?,
                number(whole.get(6..8)?)?,
            ),
            [year, month, day, ..] if year.len() == 4 => (number(year)?, number(month)?, number(day)?),
            [day, month, year, ..] if year.len() == 4 => {
                let (day, month) = (number(day)?, number(month)?);
                let (day, month) = if month > 12 && day <= 12 {
                    (month, day)
                } else {
                    (day, month)
                };
                (number(year)?, month, day)
            }
            _ => return None,
        };
        (year > 0).then_some(Self {
            year,
            month: u8::try_from(month).ok()?,
            day: u8::try_from(day).ok()?,
        })
    }

    /// The same day; close with one part wrong or day and month swapped; loose with two parts wrong by little.
    #[must_use]
    pub fn compare(self, other: Self) -> Agreement {
        if self == other {
            return Agreement::Same;
        }
        let wrong =
            u8::from(self.year != other.year) + u8::from(self.month != other.month) + u8::from(self.day != other.day);
        let swapped = self.year == other.year && self.month == other.day && self.day == other.month;
        let errors = text::typing_errors(&self.digits(), &other.digits(), 3);
        match (wrong, errors) {
            _ if swapped => Agreement::Close,
            (_, 1) => Agreement::Close,
            (1, _) if self.year == other.year || self.year.abs_diff(other.year) == 10 => Agreement::Close,
            (1, _) => Agreement::Loose,
            (_, 2) => Agreement::Loose,
            (2, _) if self.year == other.year || self.year.abs_diff(other.year) <= 1 => Agreement::Loose,
            _ => Agreement::Different,
        }
    }

    fn digits(self) -> String {
        format!("{:04}{:02}{:02}", self.year, self.month, self.day)
    }

    /// The date as text, to look it up by.
    #[must_use]
    pub fn key(self) -> String {
        self.digits()
    }

    /// Year and month, and year and day: one wrong part still leaves one of the two.
    #[must_use]
    pub fn halves(self) -> [String; 3] {
        [
            format!("{}-{}", self.year, self.month),
            format!("{}--{}", self.year, self.day),
            format!("-{}-{}", self.month, self.day),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_and_graded() {
        let read = |typed| BirthDate::read(typed).unwrap();
        for typed in ["19710624", "1971/6/24", "24.06.1971", "06/24/1971", " 1971-06-24 "] {
            assert_eq!(read(typed), read("1971-06-24"), "{typed}");
        }
        for typed in ["", "June", "71-06-24", "1971"] {
            assert_eq!(BirthDate::read(typed), None, "{typed}");
        }
        for (a, b, expected) in [
            ("1971-06-24", "1971-06-24", Agreement::Same),
            ("1971-06-24", "1971-05-24", Agreement::Close),
            ("1971-06-12", "1971-12-06", Agreement::Close),
            ("1971-06-24", "1981-06-24", Agreement::Close),
            ("1976-09-15", "1976-08-14", Agreement::Loose),
            ("1971-06-24", "1988-11-03", Agreement::Different),
        ] {
            assert_eq!(read(a).compare(read(b)), expected, "{a} {b}");
        }
    }
}
