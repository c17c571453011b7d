//! Names of companies, compared: "ACME Ltd." and "Acme Limited" are one name with two legal forms.
//!
//! Only [`key`] is for matching; a name that is shown keeps its legal form and its spelling ([`display`]).

use crate::text::{letters_and_digits, tidy_line};

/// Legal forms in many countries, as letters and digits. A name that is nothing else keeps them.
const LEGAL_FORMS: &[&str] = &[
    "ab",
    "ag",
    "aps",
    "as",
    "asa",
    "bhd",
    "bv",
    "bvba",
    "co",
    "company",
    "corp",
    "corporation",
    "eurl",
    "gmbh",
    "inc",
    "incorporated",
    "kft",
    "kg",
    "kk",
    "lda",
    "limited",
    "llc",
    "llp",
    "lp",
    "ltd",
    "ltda",
    "mbh",
    "nv",
    "ohg",
    "oy",
    "oyj",
    "plc",
    "pllc",
    "pte",
    "pty",
    "pvt",
    "sa",
    "sarl",
    "sas",
    "sdn",
    "se",
    "sl",
    "spa",
    "sro",
    "srl",
    "ug",
    "zoo",
];

/// What is left of a company's name for comparing: lower case letters and digits, without legal forms at the end and a
/// "The" at the beginning. Empty only for a name without letters and digits.
#[must_use]
pub fn key(name: &str) -> String {
    let words: Vec<String> = name
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')' | '/' | '-' | '–' | '&' | '+'))
        // "G.m.b.H." and "S.A." lose their dots here.
        .map(letters_and_digits)
        .filter(|word| !word.is_empty())
        .collect();
    let mut rest = words.as_slice();
    if let [the, others @ ..] = rest
        && the == "the"
        && !others.is_empty()
    {
        rest = others;
    }
    while let [others @ .., last] = rest
        && !others.is_empty()
        && LEGAL_FORMS.contains(&last.as_str())
    {
        rest = others;
    }
    rest.concat()
}

/// The name as it is kept: tidy, and with capitals where they belong if it had none or nothing else.
#[must_use]
pub fn display(name: &str) -> String {
    let name = tidy_line(name);
    let letters = || name.chars().filter(|c| c.is_alphabetic());
    // Nearly every name has both.
    let (has_upper, has_lower) = (
        name.chars().any(char::is_uppercase),
        name.chars().any(char::is_lowercase),
    );
    if has_upper && has_lower {
        return name;
    }
    let all_upper = !has_lower && letters().count() > 0;
    let all_lower = !has_upper && letters().count() > 0;
    // One short word is a sign: IBM, BP.
    if !(all_upper || all_lower) || (all_upper && !name.contains(' ') && name.chars().count() <= 4) {
        return name;
    }
    let words: Vec<String> = name
        .split(' ')
        .enumerate()
        .map(|(at, word)| title_case(word, at, all_upper))
        .collect();
    words.join(" ")
}

/// Small words inside a name.
const SMALL: &[&str] = &[
    "and", "of", "the", "for", "in", "on", "at", "by", "to", "de", "la", "du", "des", "und", "für", "van", "von", "y",
    "e",
];

/// Legal forms as they are written.
const WRITTEN: &[&str] = &[
    "Ltd", "Limited", "LLC", "LLP", "LP", "PLC", "Inc", "Corp", "Co", "GmbH", "mbH", "AG", "KG", "OHG", "UG", "SE",
    "SA", "SAS", "SARL", "SL", "SpA", "SRL", "BV", "NV", "AB", "Oy", "Oyj", "AS", "ASA", "ApS", "A/S", "Pty", "Pte",
    "Pvt", "KK", "PLLC", "PC", "USA", "UK", "US", "EU", "UAE", "IT", "HR", "TV",
];

fn title_case(word: &str, at: usize, was_upper: bool) -> String {
    let lower = word.to_lowercase();
    let core = lower.trim_matches(|c: char| !c.is_alphanumeric());
    let plain = core.replace('.', "");
    if let Some(written) = WRITTEN.iter().find(|written| written.to_lowercase() == plain)
        && at > 0
    {
        // "G.M.B.H." keeps its stops, so only what has none is written out.
        return if core.contains('.') {
            word.to_uppercase()
        } else {
            lower.replace(core, written)
        };
    }
    if at > 0 && SMALL.contains(&lower.as_str()) {
        return lower;
    }
    // Initials, numbers and signs stand as they are: 3M, AT&T, BBC, J.P.
    let letters = plain.chars().filter(|c| c.is_alphabetic()).count();
    let vowels = plain.chars().filter(|c| "aeiouyäöüéèàá".contains(*c)).count();
    let is_sign =
        word.contains(|c: char| c.is_ascii_digit() || c == '&') || core.contains('.') || (letters > 0 && vowels == 0);
    if was_upper && (is_sign && letters <= 5) {
        return word.to_owned();
    }
    let mut cased = String::with_capacity(lower.len());
    let mut capital = true;
    for c in lower.chars() {
        if capital && c.is_alphanumeric() {
            cased.extend(c.to_uppercase());
            capital = false;
        } else {
            cased.push(c);
        }
        capital |= matches!(c, '-' | '/' | '(' | '.' | '&' | '+') || (c == '\'' && cased.chars().count() == 2);
    }
    cased
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capitals_are_put_where_a_name_has_none_or_only_capitals() {
        for (typed, shown) in [
            ("  Acme   Ltd ", "Acme Ltd"),
            ("ACME LIMITED", "Acme Limited"),
            ("acme holdings plc", "Acme Holdings PLC"),
            ("BANK OF ENGLAND", "Bank of England"),
            ("MÜLLER & SÖHNE GMBH", "Müller & Söhne GmbH"),
            ("AT&T INC.", "AT&T Inc."),
            ("SMITH-JONES LLP", "Smith-Jones LLP"),
            ("O'BRIEN LTD", "O'Brien Ltd"),
            ("3M COMPANY", "3M Company"),
            ("HSBC HOLDINGS", "HSBC Holdings"),
            ("IBM", "IBM"),
            ("eBay", "eBay"),
            ("adidas AG", "adidas AG"),
            ("S.A. ACME S.A.", "S.A. Acme S.A."),
            ("123", "123"),
            ("", ""),
        ] {
            assert_eq!(display(typed), shown, "{typed:?}");
        }
    }

    #[test]
    fn one_name_in_many_dresses() {
        for name in [
            "Acme Legal Ltd",
            "ACME LEGAL LIMITED",
            "  Acme  Legal, Ltd.",
            "The Acme-Legal Co. Ltd",
            "Acme Legal GmbH & Co. KG",
            "Acme Legal S.A.R.L.",
            "acme legal",
        ] {
            assert_eq!(key(name), "acmelegal", "{name}");
        }
    }

    #[test]
    fn other_names_stay_apart() {
        assert_ne!(key("Acme Legal Ltd"), key("Acme Ltd"));
        assert_ne!(key("Foo UK Ltd"), key("Foo France SAS"));
        assert_eq!(key("SAS"), "sas", "a name may look like a legal form");
        assert_eq!(key("Company & Co"), "company");
        assert_eq!(key("Müller & Söhne KG"), "müllersöhne");
        assert_eq!(key(" – "), "");
    }
}
