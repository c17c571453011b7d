//! Rows become values: mapped, read as the fields read what a person types, judged.
//!
//! The text as it stood is kept beside each value. A cell that is no value of its field is a problem of its row, with a
//! sentence, and the row goes on without it. Nothing is invented: what cannot be read stays away, or, for a phone number,
//! as it was typed.
//!
//! A [`Cleaner`] is bound to the headers of one file. [`rows`] runs several of them over a file at once, in order.

mod aside;
mod bound;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use domain::{
    FieldKey, HaloTicketId, Value, company_name, country,
    email::EmailAddress,
    fields::{Field, FieldKind, InputContext, keys},
    import::{CleanValue, CleanValues, key, quality},
    person_name, text,
};

pub use aside::{rows, rows_and};
use bound::{Bound, Memory};

use super::{
    Cells,
    mapping::{Mapping, Target},
    row::{CleanRow, FieldIssue, RawRow},
};

/// What stands in cells that are empty and should not look it.
const NOTHING: &[&str] = &[
    "n/a",
    "#n/a",
    "n.a.",
    "-",
    "--",
    "—",
    "null",
    "(null)",
    "none",
    "nil",
    "undefined",
    "nan",
    "(blank)",
    "not available",
    "#ref!",
    "#value!",
    "#div/0!",
    "#name?",
    "#num!",
    "#null!",
];

/// The most of a cell that is told of in a problem, in characters.
const TOLD: usize = 200;

/// The longest cell that is looked at, in bytes: several times what any field holds.
const LONGEST: usize = 256 * 1024;

/// Makes clean rows of the rows of one file.
#[derive(Clone)]
pub struct Cleaner {
    rules: Vec<Ruled>,
    provider: Option<String>,
    context: InputContext,
    /// The code of the country that rows without one are from.
    country: &'static str,
    memory: Memory,
}

/// A target with all its rules.
#[derive(Clone)]
struct Ruled {
    target: Target,
    /// The catalogue's entry, where it is a field.
    field: Option<&'static Field>,
    bounds: Vec<Bound>,
}

/// A value, or why there is none.
type Found = Result<CleanValue, (String, String)>;

impl Cleaner {
    /// Binds a mapping to the headers of a file.
    #[must_use]
    pub fn new(mapping: &Mapping, headers: &[String], context: &InputContext) -> Self {
        let mut context = context.clone();
        if let Some(country) = mapping.country.as_deref().and_then(country::code) {
            context.country = country.to_owned();
        }
        if let Some(currency) = &mapping.currency {
            context.currency.clone_from(currency);
        }
        let mut rules: BTreeMap<Target, Vec<Bound>> = BTreeMap::new();
        for (number, rule) in mapping.rules.iter().enumerate() {
            if let Some(bound) = Bound::new(rule, number, headers) {
                rules.entry(rule.to).or_default().push(bound);
            }
        }
        Self {
            rules: rules
                .into_iter()
                .map(|(target, bounds)| Ruled {
                    target,
                    field: target.as_field().map(FieldKey::field),
                    bounds,
                })
                .collect(),
            provider: mapping.provider.clone(),
            country: country::code(&context.country).unwrap_or_default(),
            context,
            memory: Memory::default(),
        }
    }

    /// Prepares for thousands of rows beside other threads.
    fn settle(&mut self) {
        self.memory.settle();
    }

    /// Cleans one row.
    pub fn clean(&mut self, row: RawRow) -> CleanRow {
        let mut clean = Cleaning {
            values: Vec::with_capacity(self.rules.len() + 1),
            problems: Vec::new(),
            do_not_contact: false,
        };
        let cells = &row.cells;
        let (mut provider_id, mut halo_id) = (None, None);
        let mut name = Name::default();
        // The rules are lent out so that the memory can be written to beside them.
        let rules = std::mem::take(&mut self.rules);
        let country = self.country(&rules, cells);
        for Ruled { target, field, bounds } in &rules {
            let Some(entry) = field else {
                if *target == Target::PROVIDER_ID {
                    provider_id = first_text(bounds, cells).map(|text| shortened(&text));
                } else if *target == Target::HALO_ID {
                    halo_id = first_text(bounds, cells)
                        .and_then(|text| text.trim_start_matches('#').parse().ok())
                        .map(HaloTicketId);
                }
                continue;
            };
            match entry.key() {
                keys::FIRST_NAME => name.first = first_text(bounds, cells),
                keys::LAST_NAME => name.last = first_text(bounds, cells),
                keys::PERSON_NAME => name.full = first_text(bounds, cells),
                keys::DO_NOT_CONTACT => self.do_not_contact(bounds, cells, &mut clean),
                _ if entry.read_only => {}
                _ => self.field(entry, bounds, cells, country, &mut clean),
            }
        }
        self.rules = rules;
        name.put(&mut clean);
        if let Some(provider) = &self.provider
            && !clean.values.iter().any(|(field, _)| *field == keys::LEAD_SOURCE)
        {
            let source = CleanValue::from(Value::Text(provider.clone()));
            clean.values.push((keys::LEAD_SOURCE, source));
        }
        // Nearly in order, and made in one go.
        let values = CleanValues::from_iter(clean.values);
        CleanRow {
            line: row.line,
            quality: quality(&values),
            key: key(&values),
            values,
            problems: clean.problems,
            provider_id,
            halo_id,
            do_not_contact: clean.do_not_contact,
            cells: row.cells,
        }
    }

    /// How the phone numbers of this row are read.
    fn country(&mut self, rules: &[Ruled], cells: &Cells) -> &'static str {
        let memory = &mut self.memory;
        rules
            .iter()
            .filter(|ruled| ruled.target == Target::COUNTRY)
            .flat_map(|ruled| &ruled.bounds)
            .flat_map(|bound| bound.texts(cells))
            .find_map(|text| memory.country(&text))
            .unwrap_or(self.country)
    }

    /// The first of a field's rules that gives a value; what the others before it lacked is told only if none does.
    fn field(
        &mut self,
        entry: &'static Field,
        bounds: &[Bound],
        cells: &Cells,
        country: &'static str,
        clean: &mut Cleaning,
    ) {
        let field = entry.key();
        let mut problem = None;
        let mut unread = None;
        for bound in bounds {
            match self.value(entry, bound, cells, country) {
                None => {}
                Some(Ok(value)) => {
                    // A number that cannot be dialled is kept as typed, and yet a problem.
                    if let Value::Phone(phone) = &value.value
                        && !phone.is_readable()
                    {
                        let reason = format!("“{}” is no phone number that can be dialled.", shortened(&phone.typed));
                        problem.get_or_insert((bound, phone.typed.clone(), reason));
                        unread.get_or_insert(value);
                        continue;
                    }
                    clean.values.push((field, value));
                    return;
                }
                Some(Err((raw, reason))) => {
                    problem.get_or_insert((bound, raw, reason));
                }
            }
        }
        clean.values.extend(unread.map(|value| (field, value)));
        if let Some((bound, raw, reason)) = problem {
            clean.problems.push(FieldIssue {
                field,
                column: bound.column.clone(),
                raw: shortened(&raw),
                reason,
            });
        }
    }

    /// What one rule gives: of several columns the first that is a value.
    fn value(&mut self, entry: &'static Field, bound: &Bound, cells: &Cells, country: &'static str) -> Option<Found> {
        let mut fallback = None;
        for raw in bound.texts(cells) {
            let raw = raw.as_ref();
            if is_nothing(raw) {
                continue;
            }
            let stepped = self.memory.stepped(bound, raw);
            let text = stepped.as_deref().unwrap_or(raw);
            if is_nothing(text) {
                continue;
            }
            let found = self.read(entry, raw, text, country);
            let is_good = match &found {
                Ok(CleanValue {
                    value: Value::Phone(phone),
                    ..
                }) => phone.is_readable(),
                Ok(_) => true,
                Err(_) => false,
            };
            if is_good {
                return Some(found);
            }
            // A number as typed is better than none.
            if fallback.is_none() || matches!((&fallback, &found), (Some(Err(_)), Ok(_))) {
                fallback = Some(found);
            }
        }
        fallback
    }

    fn read(&mut self, entry: &'static Field, raw: &str, text: &str, country: &'static str) -> Found {
        if text.len() > LONGEST {
            let length = text.chars().count();
            return Err((
                raw.to_owned(),
                format!("{} cannot hold {length} characters.", entry.label),
            ));
        }
        let issue = |reason: String| Err((raw.to_owned(), reason));
        match entry.kind {
            FieldKind::Email => {
                return email(text)
                    .map(|email| CleanValue::new(Value::Email(email), raw))
                    .or_else(issue);
            }
            FieldKind::Phone if text.len() < 100 => {
                if !text.chars().any(char::is_numeric) {
                    return issue(format!(
                        "“{}” has no digits, so it is no phone number.",
                        shortened(text)
                    ));
                }
                let phone = self.memory.phone(text, country);
                return Ok(CleanValue::new(Value::Phone(phone), raw));
            }
            FieldKind::Text if entry.key() == keys::COMPANY_NAME && text.len() < 1_000 => {
                return Ok(CleanValue::new(Value::Text(company_name::display(text)), raw));
            }
            // Most texts are plain, and their field takes them as they are.
            FieldKind::Text if text.len() < 1_000 => {
                let line = text::tidy_line(text);
                return if line.is_empty() {
                    issue(format!("{} has nothing in it that can be read.", entry.label))
                } else {
                    Ok(CleanValue::new(Value::Text(line), raw))
                };
            }
            _ => {}
        }
        // Of several addresses in one cell, the first.
        let text = match entry.kind {
            FieldKind::Url => text.trim().split([',', ' ', ';', '\n']).next().unwrap_or_default(),
            _ => text,
        };
        match entry.parse(text, &self.context) {
            Ok(Some(value)) => Ok(CleanValue::new(value, raw)),
            Ok(None) => issue(format!("{} has nothing in it that can be read.", entry.label)),
            Err(invalid) => issue(shortened(&invalid.reason)),
        }
    }

    /// Every column that says something about it is heard. What cannot be understood counts as a yes, because nobody
    /// may be called who asked for peace; it is told, and not written.
    fn do_not_contact(&self, bounds: &[Bound], cells: &Cells, clean: &mut Cleaning) {
        let field = keys::DO_NOT_CONTACT;
        for bound in bounds {
            for raw in bound.texts(cells).filter(|text| !is_nothing(text)) {
                let text = bound.stepped(&raw);
                match field.field().parse(text.as_deref().unwrap_or(&raw), &self.context) {
                    Ok(Some(value)) if value == Value::Boolean(true) => {
                        clean.do_not_contact = true;
                        clean.values.push((field, CleanValue::new(value, &raw)));
                    }
                    Ok(_) => {}
                    Err(_) => {
                        clean.do_not_contact = true;
                        clean.problems.push(FieldIssue {
                            field,
                            column: bound.column.clone(),
                            raw: shortened(&raw),
                            reason: format!(
                                "“{}” is neither yes nor no, so nobody is contacted until somebody has looked.",
                                shortened(&raw)
                            ),
                        });
                    }
                }
            }
        }
    }
}

/// What is known of a row so far. Of two values of one field the later one counts.
struct Cleaning {
    values: Vec<(FieldKey, CleanValue)>,
    problems: Vec<FieldIssue>,
    do_not_contact: bool,
}

/// A person's name as the columns have it.
#[derive(Default)]
struct Name {
    first: Option<String>,
    last: Option<String>,
    full: Option<String>,
}

impl Name {
    /// Two parts are surer than a whole that has to be taken apart.
    fn put(self, clean: &mut Cleaning) {
        let raw = match (self.first, self.last, self.full) {
            (Some(first), Some(last), _) => format!("{first} {last}"),
            (_, _, Some(full)) => full,
            (first, last, None) => first.or(last).unwrap_or_default(),
        };
        if raw.is_empty() {
            return;
        }
        let name = person_name::normalise(raw.get(..raw.floor_char_boundary(2_000)).unwrap_or_default());
        let issue = |reason: String| FieldIssue {
            field: keys::PERSON_NAME,
            column: keys::PERSON_NAME.label().to_owned(),
            raw: shortened(&raw),
            reason,
        };
        let length = name.chars().count();
        if length > 1_000 {
            clean.problems.push(issue(format!(
                "{} can hold 1000 characters.",
                keys::PERSON_NAME.label()
            )));
        } else if !name.chars().any(char::is_alphabetic) {
            clean.problems.push(issue(format!("“{}” is no name.", shortened(&raw))));
        } else {
            clean
                .values
                .push((keys::PERSON_NAME, CleanValue::new(Value::Text(name), &raw)));
        }
    }
}

/// The first text that the rules of a target give.
fn first_text(bounds: &[Bound], cells: &Cells) -> Option<String> {
    bounds.iter().find_map(|bound| {
        let raw = bound.texts(cells).find(|text| !is_nothing(text))?;
        let text = bound.stepped(&raw).unwrap_or_else(|| raw.trim().to_owned());
        (!text.is_empty()).then_some(text)
    })
}

/// Whether a cell is empty, or says that it is.
fn is_nothing(cell: &str) -> bool {
    let cell = cell.trim();
    // Nearly every cell is told apart by its length and first letter.
    let begins = cell
        .bytes()
        .next()
        .is_none_or(|byte| matches!(byte, b'n' | b'N' | b'#' | b'-' | b'(' | b'u' | b'U' | 0xE2));
    cell.is_empty() || (begins && cell.len() <= 13 && NOTHING.iter().any(|nothing| cell.eq_ignore_ascii_case(nothing)))
}

/// The address in a cell; of several the first that is a person's, else the first.
fn email(text: &str) -> Result<EmailAddress, String> {
    let whole = if text.len() > 1_000 {
        Err(format!("“{}” is not an e-mail address.", shortened(text)))
    } else {
        EmailAddress::parse(text).map_err(|invalid| shortened(&invalid.reason))
    };
    if whole.is_ok() {
        return whole;
    }
    let several: Vec<EmailAddress> = text
        .split([',', ';', ' ', '|', '/', '\n', '\t'])
        .filter(|part| part.contains('@'))
        .take(20)
        .filter_map(|part| EmailAddress::parse(part).ok())
        .collect();
    let own = several.iter().position(|email| !email.is_role()).unwrap_or_default();
    several.into_iter().nth(own).map_or(whole, Ok)
}

/// Enough of a text to know it again.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(TOLD) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
