//! Names of persons: cleaned, split and joined, never guessed.
//!
//! What is certain is repaired (titles, emoji, "Doe, Jane", broken-off particles, a name written in capitals). What
//! would be a guess is left: which part of a foreign name is the surname, a gender, a spelling.

use crate::text;

/// Words before a name that are no part of it.
const HONORIFICS: &[&str] = &[
    "mr",
    "mrs",
    "ms",
    "miss",
    "mx",
    "dr",
    "prof",
    "professor",
    "sir",
    "dame",
    "rev",
    "herr",
    "frau",
    "mme",
    "mlle",
    "monsieur",
    "madame",
    "señor",
    "señora",
    "sr.",
    "sra",
    "ing",
    "dipl-ing",
    "dhr",
    "mevr",
];

/// Letters after a name that are no part of it.
const DEGREES: &[&str] = &[
    "phd", "dphil", "md", "mba", "msc", "bsc", "ba", "ma", "cpa", "cfa", "acca", "aca", "cissp", "ccie", "pmp", "itil",
    "esq", "obe", "mbe", "cbe", "frcs", "llm", "llb", "jd", "ceng", "pe", "rn", "dds",
];

/// What tells a father from a son: part of the name, always kept, always last.
const GENERATIONS: &[(&str, &str)] = &[
    ("jr", "Jr"),
    ("jnr", "Jr"),
    ("sr", "Sr"),
    ("snr", "Sr"),
    ("ii", "II"),
    ("iii", "III"),
    ("iv", "IV"),
];

/// Small words that begin a surname when they do not begin the name.
const PARTICLES: &[&str] = &[
    "van", "von", "vom", "der", "den", "de", "het", "'t", "la", "le", "las", "los", "du", "des", "da", "das", "do",
    "dos", "di", "del", "della", "dello", "degli", "d'", "el", "al", "bin", "ibn", "bint", "ter", "ten", "te", "zu",
    "zum", "zur", "af", "av", "st", "st.", "san", "santa", "op", "in",
];

/// The name as it is kept: without titles and emoji, first name first, particles whole, capitals only where they belong
/// if there were none or only capitals.
#[must_use]
pub fn normalise(name: &str) -> String {
    if is_plain(name) {
        return name.to_owned();
    }
    normalise_slowly(name)
}

/// Whether there is a surname: a word behind the first name.
#[must_use]
pub fn has_surname(name: &str) -> bool {
    is_plain(name) || !split(name).1.is_empty()
}

/// Whether it is two plain words at least, written as names are, and none of them means anything else: nearly every name is.
fn is_plain(name: &str) -> bool {
    let (mut words, mut upper, mut lower, mut in_word) = (0, false, false, false);
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' => lower = true,
            b'A'..=b'Z' => upper = true,
            b'0'..=b'9' | b'-' | b'\'' => {}
            b' ' if in_word => {
                in_word = false;
                continue;
            }
            _ => return false,
        }
        words += usize::from(!in_word);
        in_word = true;
    }
    let is_one_of = |word: &str, words: &[&str]| words.iter().any(|known| known.eq_ignore_ascii_case(word));
    let is_title = |word: &str| is_one_of(word, HONORIFICS);
    let is_suffix =
        |word: &str| is_one_of(word, DEGREES) || GENERATIONS.iter().any(|(known, _)| known.eq_ignore_ascii_case(word));
    let is_broken_off = |word: &str| is_one_of(word, &["mc", "mac", "o'"]);
    words > 1
        && in_word
        && upper
        && lower
        && !name.split(' ').next().is_some_and(is_title)
        && !name.split(' ').next_back().is_some_and(is_suffix)
        && !name.split(' ').any(is_broken_off)
}

fn normalise_slowly(name: &str) -> String {
    let visible: String = name.chars().filter(|&c| !is_pictograph(c)).collect();
    let line = text::tidy_line(&visible);
    let (mut words, generation) = ordered_words(&line);
    let first_word = |words: &[String]| words.first().map(|word| bare(word)).unwrap_or_default();
    while words.len() > 1 && is_honorific(&first_word(&words), words.first()) {
        words.remove(0);
    }
    let mut words = rejoin(words);
    let letters = || line.chars().filter(|c| c.is_alphabetic());
    let one_case = letters().all(|c| !c.is_lowercase()) || letters().all(|c| !c.is_uppercase());
    if one_case {
        let count = words.len();
        words = words
            .into_iter()
            .enumerate()
            .map(|(at, word)| recase(&word, at == 0 || at + 1 == count))
            .collect();
    }
    words.extend(generation.map(str::to_owned));
    words.join(" ")
}

/// First and last name. The surname is the last word with the particles before it and "Jr" after it; a single word is a
/// first name.
#[must_use]
pub fn split(name: &str) -> (String, String) {
    let name = normalise(name);
    let words: Vec<&str> = name.split(' ').filter(|word| !word.is_empty()).collect();
    let is_generation = |word: &str| GENERATIONS.iter().any(|(_, kept)| *kept == word);
    let end = words.iter().rposition(|word| !is_generation(word)).unwrap_or_default();
    let particle = words
        .iter()
        .enumerate()
        .take(end)
        .skip(1)
        .find(|(_, word)| PARTICLES.contains(&word.to_lowercase().as_str()))
        .map(|(at, _)| at);
    let from = particle.unwrap_or(end).max(1).min(words.len());
    let (first, last) = words.split_at(from);
    (first.join(" "), last.join(" "))
}

/// First and last name as one.
#[must_use]
pub fn join(first: &str, last: &str) -> String {
    text::tidy_line(&format!("{first} {last}"))
}

/// The words in the order of speech, and what tells father from son; letters after the name dropped.
fn ordered_words(line: &str) -> (Vec<String>, Option<&'static str>) {
    let mut generation = None;
    let mut parts: Vec<Vec<String>> = Vec::new();
    for part in line.split(',') {
        let mut words: Vec<String> = part.split_whitespace().map(str::to_owned).collect();
        // At least one word stays: a person may be called Ma.
        while let Some(last) = words.last().map(|word| bare(word)) {
            let alone = words.len() == 1 && parts.is_empty();
            if let Some((_, kept)) = GENERATIONS.iter().find(|(word, _)| *word == last).filter(|_| !alone) {
                generation = Some(*kept);
            } else if alone || !DEGREES.contains(&last.as_str()) || (parts.is_empty() && last.len() <= 2) {
                break;
            }
            words.pop();
        }
        if !words.is_empty() {
            parts.push(words);
        }
    }
    match parts.as_mut_slice() {
        // "Doe, Jane": the surname stands first.
        [last, first] => {
            let mut words = std::mem::take(first);
            words.append(last);
            (words, generation)
        }
        _ => (parts.concat(), generation),
    }
}

/// A word without full stops, in lower case.
fn bare(word: &str) -> String {
    word.chars()
        .filter(|&c| c != '.')
        .flat_map(char::to_lowercase)
        .collect()
}

fn is_honorific(bare: &str, word: Option<&String>) -> bool {
    // "Sr." before a name is señor; "Sr" after it is the father.
    HONORIFICS.contains(&bare) || word.is_some_and(|word| word.eq_ignore_ascii_case("sr."))
}

/// Puts `Mc Donald`, `Mac Donald` and `O' Brien` together.
fn rejoin(words: Vec<String>) -> Vec<String> {
    let mut joined: Vec<String> = Vec::with_capacity(words.len());
    let mut pending: Option<String> = None;
    for word in words {
        let word = match pending.take() {
            Some(start) => start + &word,
            None => word,
        };
        let lower = word.to_lowercase().replace('’', "'");
        if matches!(lower.as_str(), "mc" | "mac" | "o'") && !joined.is_empty() {
            pending = Some(word.replace('’', "'"));
        } else {
            joined.push(word);
        }
    }
    joined.extend(pending);
    joined
}

/// A word that was all capitals or all small, as a name is written. Particles inside the name stay small; `Mac` is left
/// alone because `MACHIN` is no Mac.
fn recase(word: &str, is_edge: bool) -> String {
    let lower = word.to_lowercase();
    if !is_edge && PARTICLES.contains(&lower.as_str()) {
        return lower;
    }
    let mut cased = String::with_capacity(lower.len());
    let mut capital = true;
    for c in lower.chars() {
        if capital {
            cased.extend(c.to_uppercase());
        } else {
            cased.push(c);
        }
        capital = matches!(c, '-' | '\'' | '’' | '.') || cased == "Mc";
    }
    cased
}

/// Emoji and other pictures that people put beside their names.
fn is_pictograph(c: char) -> bool {
    matches!(u32::from(c), 0x2190..=0x21FF | 0x2300..=0x27BF | 0x2900..=0x2BFF | 0xFE00..=0xFE0F | 0x1F000..=0x1FAFF | 0xE0000..=0xE007F | 0x200D)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_cleaned_and_not_guessed() {
        for (typed, clean) in [
            ("  Jane   Doe ", "Jane Doe"),
            ("Doe, Jane", "Jane Doe"),
            ("Dr. Jane Doe, PhD", "Jane Doe"),
            ("Prof. Dr. Jane Doe", "Jane Doe"),
            ("Jane Doe 🚀", "Jane Doe"),
            ("JANE DOE", "Jane Doe"),
            ("jane mcdonald", "Jane McDonald"),
            ("JOHN MACHIN", "John Machin"),
            ("SEÁN O'BRIEN", "Seán O'Brien"),
            ("Seán O’ Brien", "Seán O'Brien"),
            ("Ian Mc Donald", "Ian McDonald"),
            ("LUDWIG VAN BEETHOVEN", "Ludwig van Beethoven"),
            ("John Doe Jr.", "John Doe Jr"),
            ("Doe, John, Jr", "John Doe Jr"),
            ("John Doe, Sr.", "John Doe Sr"),
            ("anne-marie le blanc", "Anne-Marie le Blanc"),
            ("van der Berg, Jan", "Jan van der Berg"),
            ("Jack Ma", "Jack Ma"),
            ("Ma", "Ma"),
            ("Mr", "Mr"),
            ("deMarco Jones", "deMarco Jones"),
            ("", ""),
        ] {
            assert_eq!(normalise(typed), clean, "{typed:?}");
        }
    }

    #[test]
    fn names_split_before_their_particles() {
        for (name, first, last) in [
            ("Jane Doe", "Jane", "Doe"),
            ("Jane Marie Doe", "Jane Marie", "Doe"),
            ("Jan van der Berg", "Jan", "van der Berg"),
            ("María de la Cruz", "María", "de la Cruz"),
            ("Van Morrison", "Van", "Morrison"),
            ("Al Green", "Al", "Green"),
            ("John Doe Jr.", "John", "Doe Jr"),
            ("Cher", "Cher", ""),
            ("", "", ""),
        ] {
            assert_eq!(split(name), (first.to_owned(), last.to_owned()), "{name:?}");
        }
    }

    proptest! {
        #[test]
        fn a_plain_name_stands_as_it_is(name in "(Mr|Jane|Anne-Marie|O'|de|Mc|[A-Za-z]{1,4})( ([A-Za-z]{1,6}|MA|jr|Mc|van|O'Brien)){0,3}") {
            prop_assert_eq!(normalise(&name), normalise_slowly(&name));
            prop_assert_eq!(has_surname(&name), !split(&normalise_slowly(&name)).1.is_empty());
        }

        #[test]
        fn splitting_loses_no_word(name in "[A-Z][a-z]{1,6}( (van|de|[A-Z][a-z]{1,6})){0,4}") {
            let (first, last) = split(&name);
            prop_assert_eq!(join(&first, &last), normalise(&name));
        }

        #[test]
        fn any_text_can_be_cleaned(name in "\\PC{0,30}") {
            let (first, last) = split(&name);
            prop_assert!(first.len() + last.len() <= name.len() * 4);
        }
    }
}
