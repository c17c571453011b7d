//! Persons by name: what remains to compare, and how alike two names are.
//!
//! A first name agrees closely with its short forms and its slips of the hand, loosely with its initial. Whether the two
//! names stand in each other's place is found out here too.

use compact_str::CompactString;
use domain::person_name;

use crate::{agreement::Agreement, nicknames, phonetics, record::tidy_name, text};

/// A person's name as it is compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonName {
    /// All first names as one word, folded.
    pub first: CompactString,
    /// How much of it, in bytes, is the first of several first names.
    given: usize,
    /// The surname as one word, folded.
    pub last: CompactString,
    /// The parts of a surname of several parts.
    parts: Vec<CompactString>,
    /// Jr, Sr, II, III, IV.
    pub generation: Option<CompactString>,
}

/// How two names agree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NameAgreement {
    pub first: Agreement,
    pub last: Agreement,
    /// First and last name stand in each other's place.
    pub swapped: bool,
    /// The first names are forms of one name.
    pub nickname: bool,
    /// One says Jr and the other does not, or says Sr.
    pub generation_differs: bool,
}

impl PersonName {
    /// Reads a name from its two parts, or from the whole where the parts are empty.
    #[must_use]
    pub fn read(whole: &str, first: &str, last: &str) -> Self {
        let (mut first, mut last) = (tidy_name(first), tidy_name(last));
        if first.is_empty() && last.is_empty() && !whole.trim().is_empty() {
            (first, last) = person_name::split(whole);
        }
        let mut generation = None;
        for part in [&mut first, &mut last] {
            let kept = part.rsplit_once(' ').map_or((part.as_str(), None), |(rest, word)| {
                match matches!(word, "Jr" | "Sr" | "II" | "III" | "IV") {
                    true => (rest, Some(CompactString::from(word.to_lowercase()))),
                    false => (part.as_str(), None),
                }
            });
            if let (rest, Some(found)) = kept {
                generation = Some(found);
                *part = rest.to_owned();
            }
        }
        let (first, last) = (text::fold(&first), text::fold(&last));
        Self {
            given: first.split(' ').next().map_or(0, str::len),
            parts: match last.contains(' ') {
                true => last.split(' ').map(CompactString::from).collect(),
                false => Vec::new(),
            },
            first: first.split(' ').collect(),
            last: last.split(' ').collect(),
            generation,
        }
    }

    /// The first of several first names.
    fn given(&self) -> &str {
        self.first.get(..self.given).unwrap_or(&self.first)
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.first.is_empty() && self.last.is_empty()
    }

    /// How two names agree, the better way round.
    #[must_use]
    pub fn compare(&self, other: &Self) -> NameAgreement {
        let (first, nickname) = compare_first(self, other);
        let last = compare_last(self, other);
        let mut found = NameAgreement {
            first,
            last,
            swapped: false,
            nickname,
            generation_differs: self.generation != other.generation
                && !matches!(
                    (self.generation.as_deref(), other.generation.as_deref()),
                    (Some("jr"), Some("ii")) | (Some("ii"), Some("jr"))
                ),
        };
        let is_settled = first.agrees() || last.agrees();
        if !is_settled && !self.first.is_empty() && !other.first.is_empty() {
            let crossed_first = compare_words(&self.first, &other.last);
            let crossed_last = compare_words(&self.last, &other.first);
            if crossed_first.agrees() && crossed_last.agrees() {
                (found.first, found.last) = (crossed_first, crossed_last);
                found.swapped = true;
                found.nickname = false;
            }
        }
        found
    }
}

fn compare_first(a: &PersonName, b: &PersonName) -> (Agreement, bool) {
    if a.first.is_empty() || b.first.is_empty() {
        return (Agreement::Unknown, false);
    }
    if text::same_spelling(&a.first, &b.first) {
        // Two initials that are equal are still only initials.
        let grade = if a.first.len() == 1 {
            Agreement::Loose
        } else {
            Agreement::Same
        };
        return (grade, false);
    }
    if a.first.len() == 1 || b.first.len() == 1 {
        let same_initial = a.first.chars().next() == b.first.chars().next();
        return (
            if same_initial {
                Agreement::Loose
            } else {
                Agreement::Different
            },
            false,
        );
    }
    if a.given() == b.given() && (a.given() == a.first || b.given() == b.first) {
        return (Agreement::Close, false);
    }
    let lines = nicknames::lines(a.given());
    if !lines.is_empty() && nicknames::lines(b.given()).iter().any(|line| lines.contains(line)) {
        return (Agreement::Close, true);
    }
    (compare_words(&a.first, &b.first), false)
}

fn compare_last(a: &PersonName, b: &PersonName) -> Agreement {
    if a.last.is_empty() || b.last.is_empty() {
        return Agreement::Unknown;
    }
    if text::same_spelling(&a.last, &b.last) {
        return Agreement::Same;
    }
    if a.last.len() == 1 || b.last.len() == 1 {
        let same_initial = a.last.chars().next() == b.last.chars().next();
        return if same_initial {
            Agreement::Loose
        } else {
            Agreement::Different
        };
    }
    let part_of = |whole: &PersonName, one: &PersonName| one.last.len() > 3 && whole.parts.contains(&one.last);
    if part_of(a, b) || part_of(b, a) {
        return Agreement::Close;
    }
    compare_words(&a.last, &b.last)
}

/// Two words of names: the same, a slip apart, alike to the ear, or different.
fn compare_words(a: &str, b: &str) -> Agreement {
    if a.is_empty() || b.is_empty() {
        Agreement::Unknown
    } else if text::same_spelling(a, b) {
        Agreement::Same
    } else if text::is_slip(a, b) {
        Agreement::Close
    } else if a.len() > 3 && b.len() > 3 && text::similarity(a, b) >= 0.88 && phonetics::sound(a) == phonetics::sound(b)
    {
        Agreement::Loose
    } else {
        Agreement::Different
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Agreement::{Close, Different, Loose, Same, Unknown};

    fn name(typed: &str) -> PersonName {
        let (first, last) = typed.split_once('|').unwrap();
        PersonName::read("", first, last)
    }

    #[test]
    fn names_are_graded() {
        for (a, b, first, last) in [
            ("Jane|Doe", "JANE|DOE", Same, Same),
            ("Dr. Jane|Doe PhD", "Jane|Doe", Same, Same),
            ("Christopher|Nguyen", "Chris|Nguyen", Close, Same),
            ("Dustin|Swanson", "Dustin|Swasnon", Same, Close),
            ("Jared|Zimmerman", "Jaed|Zimmerman", Close, Same),
            ("Wojciech|Rohleder", "W.|Rohleder", Loose, Same),
            ("Dorothe|Winkler", "Winkler|Dorothe", Same, Same),
            ("Jane|Smith-Jones", "Jane|Jones", Same, Close),
            ("Jane Marie|Doe", "Jane|Doe", Close, Same),
            ("Shannon|Spencer", "Shaun|Spencer", Different, Same),
            ("Toni|Vargas", "Tami|Vargas", Different, Same),
            ("Joseph|Bryan", "John|Bryan", Different, Same),
            ("|Doe", "Jane|Doe", Unknown, Same),
            ("Luzie|Klingelhöfer", "Luzie|Klingelhoefer", Same, Same),
        ] {
            for (a, b) in [(a, b), (b, a)] {
                let found = name(a).compare(&name(b));
                assert_eq!((found.first, found.last), (first, last), "{a} {b}");
            }
        }
        assert!(name("Dorothe|Winkler").compare(&name("Winkler|Dorothe")).swapped);
        assert!(!name("Jane|Doe").compare(&name("Jane|Doe")).swapped);
    }

    #[test]
    fn generations_are_told_apart() {
        for (a, b, differs) in [
            ("John|Doe Jr.", "John|Doe", true),
            ("John|Doe III", "John|Doe Jr", true),
            ("John|Doe Jr", "John|Doe, Jr.", false),
            ("John|Doe", "John|Doe", false),
        ] {
            assert_eq!(name(a).compare(&name(b)).generation_differs, differs, "{a} {b}");
        }
        assert_eq!(PersonName::read("Doe, Jane", "", ""), name("Jane|Doe"));
    }
}
