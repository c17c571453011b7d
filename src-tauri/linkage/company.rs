//! Companies by name: what remains to compare, and how alike two names are.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use compact_str::CompactString;

use crate::{
    agreement::Agreement,
    legal_forms::{GENERIC_WORDS, LEGAL_FORMS, SPELLINGS},
    text,
};

/// A company's name as it is compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompanyName {
    /// The words without legal form, article and place in brackets, spellings made one.
    pub words: Vec<CompactString>,
    /// The words as one, to be compared letter by letter.
    pub joined: CompactString,
}

/// Longest legal form in words.
const LONGEST_FORM: usize = 5;

static FORMS: LazyLock<HashSet<String>> = LazyLock::new(|| LEGAL_FORMS.iter().map(|form| text::fold(form)).collect());

static SPELLED: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    SPELLINGS
        .iter()
        .map(|(from, to)| (text::fold(from), text::fold(to)))
        .collect()
});

static GENERIC: LazyLock<HashSet<String>> =
    LazyLock::new(|| GENERIC_WORDS.iter().map(|word| text::fold(word)).collect());

impl CompanyName {
    /// Reads a name as it was typed. Empty when it says nothing.
    #[must_use]
    pub fn read(typed: &str) -> Self {
        let outside = without_brackets(typed);
        let folded = text::fold(if outside.trim().is_empty() { typed } else { &outside });
        let mut words: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
        strip_forms(&mut words);
        if words.len() > 1 && words.first() == Some(&"the") {
            words.remove(0);
        }
        let mut read: Vec<CompactString> = Vec::with_capacity(words.len());
        for word in words {
            if matches!(word, "and" | "und" | "et" | "y") {
                continue;
            }
            let spelled = SPELLED.get(word).map_or(word, String::as_str);
            read.push(singular(spelled).into());
        }
        let joined = read.iter().map(CompactString::as_str).collect();
        Self { words: read, joined }
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.joined.is_empty()
    }

    /// The first word that names this company and no other kind of thing.
    #[must_use]
    pub fn distinctive(&self) -> Option<&str> {
        self.words
            .iter()
            .map(CompactString::as_str)
            .find(|word| word.len() > 2 && !GENERIC.contains(*word))
    }

    /// How alike two names are: [`Agreement::Close`] is a slip or a word more or less, [`Agreement::Loose`] the same
    /// distinctive word in names that otherwise differ, as of a group and its subsidiary.
    #[must_use]
    pub fn compare(&self, other: &Self) -> Agreement {
        if self.is_empty() || other.is_empty() {
            return Agreement::Unknown;
        }
        if text::same_spelling(&self.joined, &other.joined) {
            return Agreement::Same;
        }
        if alike(&self.joined, &other.joined) {
            return Agreement::Close;
        }
        let (few, many) = if self.words.len() <= other.words.len() {
            (self, other)
        } else {
            (other, self)
        };
        let mut found = 0;
        let mut telling = 0;
        for word in &few.words {
            let same = many.words.iter().any(|candidate| alike(word, candidate));
            if same {
                found += 1;
                telling += usize::from(word.len() > 2 && !GENERIC.contains(word.as_str()));
            }
        }
        if telling == 0 {
            return Agreement::Different;
        }
        if found == few.words.len() && found == many.words.len() {
            return Agreement::Close;
        }
        let union = few.words.len() + many.words.len() - found;
        if telling >= 2 && found * 3 >= union * 2 {
            return Agreement::Close;
        }
        let first = few.distinctive().zip(many.distinctive());
        if found == few.words.len() || first.is_some_and(|(a, b)| alike(a, b)) || telling >= 2 {
            return Agreement::Loose;
        }
        Agreement::Different
    }
}

/// One word, or the whole name, but for a slip. The first letter must be right: `Northern` is not `Southern`.
fn alike(a: &str, b: &str) -> bool {
    let slip = a.len() > 4 && b.len() > 4 && a.chars().next() == b.chars().next() && text::is_slip(a, b);
    text::same_spelling(a, b) || slip
}

/// `Acme (Leeds)` without the place.
fn without_brackets(typed: &str) -> String {
    let mut depth = 0_u32;
    typed
        .chars()
        .filter(|&c| {
            match c {
                '(' | '[' => depth += 1,
                ')' | ']' => {
                    depth = depth.saturating_sub(1);
                    return false;
                }
                _ => {}
            }
            depth == 0
        })
        .collect()
}

/// Takes legal forms from the end, longest first, as long as a name remains.
fn strip_forms(words: &mut Vec<&str>) {
    while words.len() > 1 {
        let longest = LONGEST_FORM.min(words.len() - 1);
        let form = (1..=longest)
            .rev()
            .find(|&count| FORMS.contains(&words.get(words.len() - count..).unwrap_or_default().join(" ")));
        match form {
            Some(count) => words.truncate(words.len() - count),
            // `Acme GmbH & Co. KG` leaves an `and` behind.
            None if matches!(words.last(), Some(&("and" | "und" | "et"))) => {
                words.pop();
            }
            None => break,
        }
    }
}

/// A plural `s` says nothing about which company it is.
fn singular(word: &str) -> &str {
    match word.strip_suffix('s') {
        Some(stem) if stem.len() > 3 && !stem.ends_with('s') => stem,
        _ => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn legal_forms_articles_and_places_are_left_out() {
        for (typed, joined) in [
            ("VVI Automation GmbH", "vviautomation"),
            ("VVI Automation Gesellschaft mit beschränkter Haftung", "vviautomation"),
            ("VVI Automation G.m.b.H. (Stuttgart)", "vviautomation"),
            ("Clear Germany GmbH & Co. KG", "cleargermany"),
            ("The Wilhelmsson Capital AB", "wilhelmssoncapital"),
            ("Brady Energy Public Limited Company", "bradyenergy"),
            ("Harrison Textiles, Inc.", "harrisontextile"),
            ("Doe Textiles Sp z o.o.", "doetextile"),
            ("Scott & Carter L.L.C.", "scottcarter"),
            ("Scott and Carter", "scottcarter"),
            ("Ekstroem & Holgersson Aktiebolag", "ekstroemholgersson"),
            ("Butte Ptnrs", "buttepartner"),
            ("Limited", "limited"),
            ("The", "the"),
            ("(Leeds)", "leed"),
            ("", ""),
        ] {
            assert_eq!(CompanyName::read(typed).joined, joined, "{typed}");
        }
    }

    #[test]
    fn names_are_graded() {
        for (a, b, expected) in [
            ("Acme Ltd", "ACME LIMITED", Agreement::Same),
            ("Clearview Partners", "Claerview Partners Pty", Agreement::Close),
            ("Carroll Engineering", "Carroll Engineers BV", Agreement::Same),
            ("Waters Technologies PLC", "Waters Media Inc", Agreement::Loose),
            ("Stonehill Automation S.A.S.", "Stonehill (CA)", Agreement::Loose),
            ("Holden & Shaw", "Falconscape Biotech", Agreement::Different),
            ("Northern Solutions", "Southern Solutions", Agreement::Different),
            ("Acme", "", Agreement::Unknown),
        ] {
            let (a, b) = (CompanyName::read(a), CompanyName::read(b));
            assert_eq!(a.compare(&b), expected, "{a:?} {b:?}");
            assert_eq!(b.compare(&a), expected, "{b:?} {a:?}");
        }
    }
}
