//! What a column holds, by looking into it: only what can be told for certain from a handful of cells.

use domain::{
    FieldKey, company_name,
    email::EmailAddress,
    fields::keys,
    phone::PhoneNumber,
    text::{letters_and_digits, tidy_line},
    web::WebAddress,
};

/// Most cells must agree: four of five.
const AGREE: (usize, usize) = (4, 5);

/// The field that the cells of a column are, for certain. Names are told apart only where the column has no header.
pub(super) fn recognise<'a>(cells: impl Iterator<Item = &'a str>, country: &str, has_header: bool) -> Option<FieldKey> {
    let cells: Vec<String> = cells.map(tidy_line).filter(|cell| !cell.is_empty()).take(100).collect();
    if cells.is_empty() {
        return None;
    }
    let most = |is: &dyn Fn(&str) -> bool| {
        let hits = cells.iter().filter(|cell| is(cell)).count();
        hits * AGREE.1 >= cells.len() * AGREE.0
    };
    if most(&|cell| EmailAddress::parse(cell).is_ok()) {
        return Some(keys::EMAIL);
    }
    if most(&|cell| cell.to_lowercase().contains("linkedin.com/in/")) {
        return Some(keys::LINKEDIN_URL);
    }
    if most(&|cell| is_website(cell)) {
        return Some(keys::WEBSITE);
    }
    if most(&|cell| is_phone(cell, country)) {
        return Some(keys::PHONE);
    }
    if has_header || cells.len() < 3 {
        return None;
    }
    let companies = cells.iter().filter(|cell| has_legal_form(cell)).count();
    if 3 * companies >= cells.len() {
        return Some(keys::COMPANY_NAME);
    }
    most(&|cell| is_full_name(cell)).then_some(keys::PERSON_NAME)
}

fn is_website(cell: &str) -> bool {
    let lower = cell.to_lowercase();
    let says_so = lower.starts_with("http") || lower.starts_with("www.") || !lower.contains(' ');
    says_so
        && !lower.contains('@')
        && !lower.starts_with(|c: char| c.is_ascii_digit())
        && WebAddress::parse(cell).is_ok()
}

/// A number that can be dialled and is written like one: any ten digits could be anything.
fn is_phone(cell: &str, country: &str) -> bool {
    let written_like_one =
        cell.starts_with(['+', '(', '\'']) || cell.contains(['-', ' ', '.', ')']) || cell.starts_with('0');
    written_like_one && PhoneNumber::parse(cell, country).is_readable()
}

/// Whether taking the legal form off leaves something else.
fn has_legal_form(cell: &str) -> bool {
    let all = letters_and_digits(cell);
    let key = company_name::key(cell);
    cell.contains(' ') && !key.is_empty() && key.len() < all.len() && all.starts_with(&key)
}

/// Two or three capitalised words of letters.
fn is_full_name(cell: &str) -> bool {
    let words: Vec<&str> = cell.split(' ').collect();
    (2..=4).contains(&words.len())
        && words.iter().all(|word| {
            word.chars()
                .all(|c| c.is_alphabetic() || matches!(c, '-' | '\'' | '’' | '.'))
        })
        && words.first().is_some_and(|word| word.starts_with(char::is_uppercase))
        && words.last().is_some_and(|word| word.starts_with(char::is_uppercase))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(cells: &[&str], expected: Option<FieldKey>) {
        assert_eq!(recognise(cells.iter().copied(), "GB", false), expected, "{cells:?}");
    }

    #[test]
    fn what_is_certain_is_recognised_and_nothing_else() {
        check(&["jane@acme.com", "", "joe@beta.io"], Some(keys::EMAIL));
        check(
            &["https://www.linkedin.com/in/jane", "linkedin.com/in/joe"],
            Some(keys::LINKEDIN_URL),
        );
        check(
            &["acme.com", "www.beta.io", "https://gamma.co.uk/x"],
            Some(keys::WEBSITE),
        );
        check(&["020 7946 0018", "+44 7911 123456"], Some(keys::PHONE));
        check(&["Jane Doe", "Joe van Roe", "Ann Lee-Smith"], Some(keys::PERSON_NAME));
        check(
            &["Acme Ltd", "Beta GmbH", "Gamma Foods", "Delta Inc."],
            Some(keys::COMPANY_NAME),
        );
        check(&["London", "Leeds", "York"], None);
        check(&["2026", "1999", "2001"], None);
        check(&["4155550123", "4155550124"], None);
        check(&["12 Main Street", "1 High Road"], None);
        check(&[], None);
        assert_eq!(
            recognise(["Jane Doe", "Joe Roe", "Ann Lee"].into_iter(), "GB", true),
            None
        );
    }
}
