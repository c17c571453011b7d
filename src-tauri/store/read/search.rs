//! Search: which tickets a text means.
//!
//! Every word of the text must be found in the ticket's document (company, person, e-mail, numbers, summary, linked
//! contact): words of three letters or more anywhere, words of two at the beginning of a word, and a single letter at
//! the beginning of a word of company or person. A text of one letter looks at how company and person begin. A text that is a number also finds the ticket with that number in HaloPSA,
//! and whoever has that phone number, in whatever format it was typed.
//!
//! If nothing is found so, one typo for each word of five letters or more is forgiven: a word with one typo has its
//! first or its last letters right, so those are looked up and the rest is compared.
//!
//! Turned down: ranking with bm25 over all matches, which costs most exactly when the text says least. At most
//! [`CONSIDERED`] of the newest matches are looked at, and ranked by where and how they match.

use std::collections::{BTreeMap, btree_map::Entry};

use domain::{
    Lifecycle, StageKey, TicketId,
    phone::{PhoneNumber, digits_of_query},
};
use rusqlite::{Row, ToSql, params};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::Reader;
use crate::{
    Error, SearchHit,
    convert::lifecycle,
    writer::{digits_of, reversed},
};

/// The most matches that are ranked.
const CONSIDERED: u32 = 1_000;
/// The fewest digits that are taken for a part of a phone number.
const PHONE_DIGITS: usize = 4;
/// Two numbers whose last digits agree this far are the same number written for two countries' dialling.
const SAME_NUMBER: usize = 9;

/// A `SELECT` of the ids of all tickets that a filter's text means, with its parameters. No typo is forgiven: a filter
/// that shows more than was asked for would be wrong. `None` when the text can mean nothing.
pub(super) fn matching(text: &str) -> Option<(String, Vec<Box<dyn ToSql>>)> {
    let words = words(text);
    let mut parts = Vec::new();
    let mut params: Vec<Box<dyn ToSql>> = Vec::new();
    if let Some(query) = exact_query(&words, text) {
        let letters: Vec<&String> = words.iter().filter(|word| is_letter(word)).collect();
        let mut sql = "SELECT said.id FROM ticket_search JOIN tickets AS said ON said.id = ticket_search.rowid \
             WHERE ticket_search MATCH ?"
            .to_owned();
        params.push(Box::new(query));
        for letter in letters {
            sql.push_str(" AND (' ' || said.company || ' ' || said.person) LIKE ? ESCAPE '\\'");
            params.push(Box::new(format!("% \\{letter}%")));
        }
        parts.push(sql);
    } else if let Some((from, to)) = beginning(&words) {
        parts.push(
            "SELECT named.id FROM tickets AS named
             WHERE named.company COLLATE NOCASE >= ? AND named.company COLLATE NOCASE < ?
             UNION ALL SELECT named.id FROM tickets AS named
             WHERE named.person COLLATE NOCASE >= ? AND named.person COLLATE NOCASE < ?"
                .to_owned(),
        );
        for bound in [&from, &to, &from, &to] {
            params.push(Box::new(bound.clone()));
        }
    }
    if let Some((from, to)) = phone_range(text) {
        parts.push(
            "SELECT phone_index.owner FROM phone_index WHERE kind = 'ticket' AND reversed >= ? AND reversed < ?
             UNION ALL SELECT called.id FROM phone_index CROSS JOIN tickets AS called ON called.contact_id = phone_index.owner
             WHERE kind = 'contact' AND reversed >= ? AND reversed < ?"
                .to_owned(),
        );
        for bound in [&from, &to, &from, &to] {
            params.push(Box::new(bound.clone()));
        }
    }
    (!parts.is_empty()).then(|| (parts.join(" UNION ALL "), params))
}

/// A match before it is shown.
struct Match {
    score: u32,
    words: String,
}

/// Best matches by ticket.
#[derive(Default)]
struct Matches(BTreeMap<TicketId, Match>);

impl Matches {
    fn add(&mut self, ticket: TicketId, score: u32, words: impl FnOnce() -> String) {
        match self.0.entry(ticket) {
            Entry::Vacant(entry) => {
                entry.insert(Match { score, words: words() });
            }
            Entry::Occupied(mut entry) if entry.get().score < score => {
                entry.insert(Match { score, words: words() });
            }
            Entry::Occupied(_) => {}
        }
    }
}

/// What is searched of a ticket, as a person reads it.
struct Document {
    ticket: TicketId,
    /// Name of the column and its text, most telling first.
    columns: [(&'static str, String); 6],
}

impl Document {
    const SELECT: &'static str = "tickets.id, tickets.company, tickets.person, tickets.email, tickets.summary, \
         coalesce(contacts.name, '') AS contact, coalesce(contacts.email, '') AS contact_email";

    fn of(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            ticket: TicketId(row.get("id")?),
            columns: [
                ("person", row.get("person")?),
                ("company", row.get("company")?),
                ("e-mail", row.get("email")?),
                ("contact", row.get("contact")?),
                ("e-mail", row.get("contact_email")?),
                ("summary", row.get("summary")?),
            ],
        })
    }

    /// How well a word fits, and where: 5 is the whole column, 4 its beginning, 3 a word's beginning, 2 a part, 1 with a typo.
    fn fit(&self, word: &str, forgiving: bool) -> Option<(u32, usize)> {
        let mut best: Option<(u32, usize)> = None;
        for (at, (_, text)) in self.columns.iter().enumerate() {
            let text = fold(text);
            let fit = if text == word {
                5
            } else if text.starts_with(word) {
                4
            } else if parts(&text).any(|part| part.starts_with(word)) || text.contains(&format!(" {word}")) {
                3
            } else if text.contains(word) {
                2
            } else if forgiving && parts(&text).any(|part| one_typo(part, word)) {
                1
            } else {
                continue;
            };
            if best.is_none_or(|(than, _)| fit > than) {
                best = Some((fit, at));
            }
        }
        best
    }
}

impl Reader<'_> {
    /// The tickets that a text means, best first.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn search(&self, text: &str, limit: u32) -> Result<Vec<SearchHit>, Error> {
        let mut matches = Matches::default();
        self.match_number(text, &mut matches)?;
        let someones = self.match_phone(text, &mut matches)?;
        let words = words(text);
        if someones {
            // A number in full that somebody has means nothing else.
        } else if let Some(query) = exact_query(&words, text) {
            self.match_words(&query, &words, false, &mut matches)?;
            if matches.0.is_empty()
                && let Some(query) = forgiving_query(&words)
            {
                self.match_words(&query, &words, true, &mut matches)?;
            }
        } else if let Some((from, to)) = beginning(&words) {
            self.match_beginning(&from, &to, &mut matches)?;
        }
        let mut ranked: Vec<(TicketId, Match)> = matches.0.into_iter().collect();
        ranked.sort_by(|(a, one), (b, two)| two.score.cmp(&one.score).then(b.cmp(a)));
        let mut hits = Vec::new();
        for (ticket, found) in ranked {
            if hits.len() >= limit as usize {
                break;
            }
            hits.extend(self.first(
                "SELECT lifecycle, stage, company, person FROM tickets WHERE id = ?1 AND removed = 0",
                [ticket.0],
                |row| hit_of(row, ticket, found.words),
            )?);
        }
        Ok(hits)
    }

    fn match_number(&self, text: &str, matches: &mut Matches) -> Result<(), Error> {
        let text = text.trim();
        let Ok(number) = text.strip_prefix('#').unwrap_or(text).parse::<i64>() else {
            return Ok(());
        };
        if let Some(ticket) = self.ticket_by_halo(domain::HaloTicketId(number))? {
            let ticket = self.survivor(ticket)?;
            matches.add(ticket, 1_000, || format!("ticket {number}"));
        }
        Ok(())
    }

    /// Numbers that end as this one does; of a number that is typed in full, also those that were stored without, or with
    /// other, prefixes of country and trunk. Answers whether the text is a number in full and somebody has it.
    fn match_phone(&self, text: &str, matches: &mut Matches) -> Result<bool, Error> {
        let Some(digits) = phone_digits(text) else {
            return Ok(false);
        };
        let wanted = reversed(&digits);
        let significant: String = wanted.chars().take(SAME_NUMBER).collect();
        let to = format!("{significant}:");
        let rows = self.list(
            include_str!("phones.sql"),
            params![significant, to, CONSIDERED],
            |row| {
                Ok((
                    TicketId(row.get(0)?),
                    row.get::<_, String>(1)?,
                    row.get::<_, String>(2)?,
                ))
            },
        )?;
        let someones = significant.len() == SAME_NUMBER && !rows.is_empty();
        for (ticket, reversed, shown) in rows {
            let exact = reversed.starts_with(&wanted) || wanted.starts_with(&reversed);
            if exact || significant.len() == SAME_NUMBER {
                matches.add(ticket, if exact { 900 } else { 800 }, || {
                    format!("phone {}", readable(&shown))
                });
            }
        }
        Ok(someones)
    }

    fn match_words(&self, query: &str, words: &[String], forgiving: bool, matches: &mut Matches) -> Result<(), Error> {
        let sql = format!(
            "SELECT {} FROM ticket_search JOIN tickets ON tickets.id = ticket_search.rowid
             LEFT JOIN contacts ON contacts.id = tickets.contact_id
             WHERE ticket_search MATCH ?1 ORDER BY ticket_search.rowid DESC LIMIT ?2",
            Document::SELECT
        );
        for document in self.list(&sql, params![query, CONSIDERED], Document::of)? {
            let fits: Vec<Option<(u32, usize)>> = words.iter().map(|word| document.fit(word, forgiving)).collect();
            let fails = |(word, fit): (&String, &Option<(u32, usize)>)| {
                if is_letter(word) {
                    fit.is_none_or(|(fit, _)| fit < 3)
                } else {
                    forgiving && fit.is_none()
                }
            };
            if words.iter().zip(&fits).any(fails) {
                continue;
            }
            // A word that was found in the index and in no column is a part of a phone number, or letters that fold
            // in a way of their own; it counts, and little.
            let score = fits
                .iter()
                .map(|fit| fit.map_or(1, |(fit, at)| fit * 20 + 6 - at as u32))
                .sum::<u32>();
            // Among equals the word that was typed first.
            let best = fits.into_iter().rev().flatten().max_by_key(|(fit, _)| *fit);
            let score = score / u32::try_from(words.len().max(1)).unwrap_or(1);
            let (name, text) = match best.and_then(|(_, at)| document.columns.get(at)) {
                Some((name, text)) => (*name, text.clone()),
                None => ("phone", self.number_of(document.ticket, words)?),
            };
            matches.add(document.ticket, score, || format!("{name} {text}"));
        }
        Ok(())
    }

    fn match_beginning(&self, from: &str, to: &str, matches: &mut Matches) -> Result<(), Error> {
        for (column, sql) in [("company", BY_COMPANY), ("person", BY_PERSON)] {
            let rows = self.list(sql, params![from, to, CONSIDERED], |row| {
                Ok((TicketId(row.get(0)?), row.get::<_, String>(1)?))
            })?;
            for (ticket, text) in rows {
                matches.add(ticket, 50, || format!("{column} {text}"));
            }
        }
        Ok(())
    }

    /// The number of a ticket that one of the words is a part of, as people read it.
    fn number_of(&self, ticket: TicketId, words: &[String]) -> Result<String, Error> {
        let numbers = self.list(
            "SELECT shown FROM phone_index WHERE kind = 'ticket' AND owner = ?1 ORDER BY reversed",
            [ticket.0],
            |row| Ok(row.get::<_, String>(0)?),
        )?;
        let number = numbers
            .iter()
            .find(|number| words.iter().any(|word| digits_of(number).contains(&digits_of(word))))
            .or(numbers.first());
        Ok(number.map_or_else(String::new, |number| readable(number)))
    }
}

const BY_COMPANY: &str = "SELECT id, company FROM tickets
     WHERE company COLLATE NOCASE >= ?1 AND company COLLATE NOCASE < ?2 ORDER BY company COLLATE NOCASE LIMIT ?3";
const BY_PERSON: &str = "SELECT id, person FROM tickets
     WHERE person COLLATE NOCASE >= ?1 AND person COLLATE NOCASE < ?2 ORDER BY person COLLATE NOCASE LIMIT ?3";

fn hit_of(row: &Row<'_>, ticket: TicketId, matched: String) -> Result<SearchHit, Error> {
    let lifecycle: Lifecycle = lifecycle(&row.get::<_, String>("lifecycle")?)?;
    Ok(SearchHit {
        ticket,
        lifecycle,
        stage: StageKey(row.get("stage")?),
        company: row.get("company")?,
        person: row.get("person")?,
        matched,
    })
}

/// Lower case without accents, as the index folds.
fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .collect()
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|part| !part.is_empty())
}

/// The words of a text, folded.
fn words(text: &str) -> Vec<String> {
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .map(fold)
        .collect()
}

/// A word that is too short for the index.
fn is_letter(word: &str) -> bool {
    word.chars().nth(1).is_none()
}

/// The FTS query under which every word is there. `None` when no word has two letters.
fn exact_query(words: &[String], text: &str) -> Option<String> {
    let terms: Vec<String> = words.iter().filter_map(|word| term(word)).collect();
    if terms.is_empty() {
        return None;
    }
    let mut query = format!("({})", terms.join(" AND "));
    if let Some(digits) = phone_digits(text) {
        query.push_str(&format!(" OR phone : {}", quoted(&digits)));
    }
    Some(query)
}

fn term(word: &str) -> Option<String> {
    match word.chars().count() {
        0 | 1 => None,
        2 => Some(quoted(&format!(" {word}"))),
        _ => Some(quoted(word)),
    }
}

/// The FTS query under which every word is there, or its first or its last letters are. `None` when no word is long
/// enough to forgive a typo in it.
fn forgiving_query(words: &[String]) -> Option<String> {
    let mut forgiven = false;
    let mut terms = Vec::new();
    for word in words {
        let Some(exact) = term(word) else { continue };
        let letters: Vec<char> = word.chars().collect();
        if letters.len() < 5 {
            terms.push(exact);
            continue;
        }
        // The letter or two in the middle belong to neither end, so that two letters that changed places across the
        // middle still leave one end whole.
        let end = (letters.len() - 1) / 2;
        let first: String = letters.iter().take(end).collect();
        let last: String = letters.iter().skip(letters.len() - end).collect();
        terms.push(format!(
            "({exact} OR {} OR {})",
            quoted(&format!(" {first}")),
            quoted(&format!("{last} "))
        ));
        forgiven = true;
    }
    forgiven.then(|| terms.join(" AND "))
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// For a text of single letters: the range of names that begin with the first one.
fn beginning(words: &[String]) -> Option<(String, String)> {
    let first = words.first()?;
    Some((first.clone(), format!("{first}\u{10ffff}")))
}

/// The digits of a text that looks like a phone number or its end.
fn phone_digits(text: &str) -> Option<String> {
    let digits = digits_of(&digits_of_query(text)?);
    (digits.len() >= PHONE_DIGITS).then_some(digits)
}

/// The range of reversed numbers that end in the digits of the text.
fn phone_range(text: &str) -> Option<(String, String)> {
    let wanted = reversed(&phone_digits(text)?);
    let to = format!("{wanted}:");
    Some((wanted, to))
}

fn readable(number: &str) -> String {
    if number.starts_with('+') {
        PhoneNumber::parse(number, "").display()
    } else {
        number.to_owned()
    }
}

/// Whether two words differ by one letter that is wrong, missing, too many, or swapped with its neighbour.
fn one_typo(one: &str, two: &str) -> bool {
    let one: Vec<char> = one.chars().collect();
    let two: Vec<char> = two.chars().collect();
    let (short, long) = if one.len() <= two.len() {
        (&one, &two)
    } else {
        (&two, &one)
    };
    let same_start = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    let same_end = short
        .iter()
        .rev()
        .zip(long.iter().rev())
        .take_while(|(a, b)| a == b)
        .count()
        .min(short.len() - same_start);
    match long.len() - short.len() {
        0 => match short.len() - same_start - same_end {
            0 | 1 => true,
            2 => short.get(same_start) == long.get(same_start + 1) && short.get(same_start + 1) == long.get(same_start),
            _ => false,
        },
        1 => same_start + same_end == short.len(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_typo_is_one() {
        for (one, two, expect) in [
            ("smith", "smith", true),
            ("smith", "smyth", true),
            ("smith", "smiht", true),
            ("smith", "msith", true),
            ("smith", "smit", true),
            ("smith", "ssmith", true),
            ("smith", "smithy", true),
            ("smith", "smythe", false),
            ("smith", "htims", false),
            ("smith", "smi", false),
            ("aab", "aba", true),
            ("aaa", "aa", true),
            ("", "a", true),
            ("", "ab", false),
        ] {
            assert_eq!(one_typo(one, two), expect, "{one} {two}");
            assert_eq!(one_typo(two, one), expect, "{two} {one}");
        }
    }

    #[test]
    fn what_is_typed_cannot_break_the_query() {
        assert_eq!(
            exact_query(&words("a\"b OR c*"), ""),
            Some("(\"a\"\"b\" AND \" or\" AND \" c*\")".to_owned())
        );
        assert_eq!(exact_query(&words("x"), ""), None);
        assert_eq!(words("  Jörg\tMÜLLER\u{0} "), ["jorg", "muller"]);
    }
}
