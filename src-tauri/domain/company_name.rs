//! Names of companies, compared: "ACME Ltd." and "Acme Limited" are one name with two legal forms.
//!
//! Only for matching; a display name keeps its legal form and its spelling.

use crate::text::letters_and_digits;

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

#[cfg(test)]
mod tests {
    use super::*;

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
