//! Keeps people and secrets out of error texts and logs.
//!
//! Servers like to quote what they were sent. What leaves this crate as an error's detail is cut down to words that
//! help support: e-mail addresses, telephone numbers, tokens and everything we know to be secret are blotted out.

use crate::Secret;

/// The longest text kept of a server's words, in characters.
const MAX_CHARS: usize = 300;

/// The text without what must not be seen, on one line, shortened.
pub(crate) fn redact(text: &str, secrets: &[&Secret]) -> String {
    let mut text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for secret in secrets.iter().filter(|secret| secret.expose().len() >= 4) {
        text = text.replace(secret.expose(), "[secret]");
    }
    // Shortened first, but with room to spare: a word that is cut in two must not escape recognition.
    let roomy: String = text.chars().take(MAX_CHARS * 4).collect();
    let words = blot_words(&blot_numbers(&roomy));
    let mut short: String = words.chars().take(MAX_CHARS).collect();
    if short.len() < words.len() {
        short.push('…');
    }
    short
}

/// Replaces runs of digits and the signs between them that are long enough to be a telephone number.
fn blot_numbers(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut run = String::new();
    for c in text.chars() {
        if c.is_numeric() || (matches!(c, '+' | '(') && run.is_empty()) || (!run.is_empty() && " -()./".contains(c)) {
            run.push(c);
        } else {
            flush_number(&mut out, &mut run);
            out.push(c);
        }
    }
    flush_number(&mut out, &mut run);
    out
}

fn flush_number(out: &mut String, run: &mut String) {
    if run.chars().filter(|c| c.is_numeric()).count() >= 7 {
        let end = run.trim_end_matches(|c: char| !c.is_numeric()).len();
        out.push_str("[number]");
        out.push_str(run.get(end..).unwrap_or_default());
    } else {
        out.push_str(run);
    }
    run.clear();
}

/// Replaces words that look like an e-mail address, a token or an address with a query.
fn blot_words(text: &str) -> String {
    let is_edge = |c: char| c.is_whitespace() || "\"'<>,;{}()[]".contains(c);
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(is_edge).unwrap_or(rest.len());
        let (word, tail) = rest.split_at(end);
        out.push_str(&blot_word(word));
        let mut tail_chars = tail.chars();
        if let Some(edge) = tail_chars.next() {
            out.push(edge);
        }
        rest = tail_chars.as_str();
    }
    out
}

fn blot_word(word: &str) -> String {
    if let Some((before, after)) = word.split_once('@')
        && !before.is_empty()
        && !after.is_empty()
    {
        return "[e-mail]".to_owned();
    }
    if word.contains("://") {
        return word.split(['?', '#']).next().unwrap_or_default().to_owned();
    }
    // `access_token=eyJ…` and `Bearer:eyJ…` are one word each: look at the part behind the sign as well.
    let opaque = word.rsplit(['=', ':']).find(|part| !part.is_empty()).unwrap_or(word);
    if looks_opaque(opaque) {
        return word.replace(opaque, "[…]");
    }
    word.to_owned()
}

/// Long, without spaces, letters and digits mixed: a token, a key or a GUID, not a word of a sentence.
fn looks_opaque(word: &str) -> bool {
    word.len() >= 20
        && word.chars().any(|c| c.is_ascii_digit())
        && word.chars().any(|c| c.is_ascii_alphabetic())
        && word.chars().all(|c| c.is_ascii_alphanumeric() || "-_.~+/=".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &str, expect: &str) {
        assert_eq!(redact(input, &[&Secret::new("s3cr3t-of-ours")]), expect);
    }

    #[test]
    fn what_identifies_is_blotted_out() {
        check("No user ann.lee@foo.example found", "No user [e-mail] found");
        check("User \"ann@foo.example\" exists", "User \"[e-mail]\" exists");
        check(
            "call +44 20 7946 0018, or (020) 7946-0018.",
            "call [number], or [number].",
        );
        check("secret s3cr3t-of-ours is wrong", "secret [secret] is wrong");
        check("Bearer eyJhbGciOiJSUzI1NiIsImtpZCI6Ij", "Bearer […]");
        check("access_token=eyJhbGciOiJSUzI1NiIsImtpZCI6Ij", "access_token=[…]");
        check("client 3f2504e0-4f89-11d3-9a0c-0305e82c3301", "client […]");
        check(
            "at https://x.example/api/Users?search=ann done",
            "at https://x.example/api/Users done",
        );
    }

    #[test]
    fn words_that_help_stay() {
        for text in [
            "An Outcome must be entered for this Action",
            "A database error occurred (515) - Cannot insert the value NULL into column",
            "Could not convert string to integer: x. Path '[0].outcome_id', line 1, position 139.",
            "System.Data.SqlClient.SqlException: timeout",
            "Rate Limit Reached - 300 Requests per rolling 5 minute window.",
        ] {
            check(text, text);
        }
    }

    #[test]
    fn long_texts_are_cut() {
        let text = redact(&"word ".repeat(500), &[]);
        assert_eq!(text.chars().count(), MAX_CHARS + 1);
        assert!(text.ends_with('…'));
    }

    #[test]
    fn a_secret_at_the_cut_does_not_escape() {
        let text = format!("{} ann.lee@foo.example", "x".repeat(MAX_CHARS - 8));
        let redacted = redact(&text, &[]);
        assert!(!redacted.contains("ann"), "{redacted}");
    }
}
