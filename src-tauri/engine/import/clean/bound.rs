//! A rule of a mapping, bound to the columns of a file, and what is remembered between rows.

use std::{borrow::Cow, collections::HashMap};

use domain::{
    country,
    phone::{PhoneNumber, Reader},
};

use super::is_nothing;
use crate::import::{
    Cells,
    mapping::{Rule, Step, column_numbers},
};

/// How many phone numbers and looked-up texts are remembered. Switchboards and titles repeat; the rest is soon forgotten.
const REMEMBERED: usize = 20_000;

/// A rule whose columns are numbers.
#[derive(Clone)]
pub(super) struct Bound {
    parts: Vec<Piece>,
    with: Option<String>,
    constant: Option<String>,
    steps: Vec<Step>,
    /// The header of its first column, for people.
    pub column: String,
    /// Its place among the rules of the mapping.
    number: usize,
}

#[derive(Clone)]
struct Piece {
    columns: Vec<usize>,
    before: String,
    after: String,
}

impl Piece {
    /// The first cell that says something.
    fn cell<'a>(&self, cells: &'a Cells) -> Option<&'a str> {
        self.columns
            .iter()
            .filter_map(|at| cells.get(*at))
            .map(str::trim)
            .find(|cell| !is_nothing(cell))
    }

    fn dressed<'a>(&self, cell: &'a str) -> Cow<'a, str> {
        if self.before.is_empty() && self.after.is_empty() {
            Cow::Borrowed(cell)
        } else {
            Cow::Owned(format!("{}{cell}{}", self.before, self.after))
        }
    }
}

impl Bound {
    /// `None` for a rule that reads nothing of this file.
    pub fn new(rule: &Rule, number: usize, headers: &[String]) -> Option<Self> {
        let parts: Vec<Piece> = rule
            .from
            .iter()
            .map(|part| Piece {
                columns: part
                    .first
                    .iter()
                    .flat_map(|name| column_numbers(name, headers))
                    .collect(),
                before: part.before.clone(),
                after: part.after.clone(),
            })
            .filter(|piece| !piece.columns.is_empty())
            .collect();
        if parts.is_empty() && rule.constant.is_none() {
            return None;
        }
        let first = parts.first().and_then(|piece| piece.columns.first());
        Some(Self {
            column: first.and_then(|at| headers.get(*at)).cloned().unwrap_or_default(),
            parts,
            with: rule.with.clone(),
            constant: rule.constant.clone(),
            steps: rule.steps.clone(),
            number,
        })
    }

    /// The texts that it gives, best first: its constant, its parts joined, or one column after the other.
    pub fn texts<'a>(&'a self, cells: &'a Cells) -> impl Iterator<Item = Cow<'a, str>> {
        let constant = self.constant.as_deref().map(Cow::Borrowed);
        let joined = self.with.as_ref().map(|with| {
            let said: Vec<Cow<'_, str>> = self
                .parts
                .iter()
                .filter_map(|piece| piece.cell(cells).map(|cell| piece.dressed(cell)))
                .collect();
            Cow::Owned(said.join(with))
        });
        let each = self
            .parts
            .iter()
            .filter(|_| self.with.is_none())
            .flat_map(move |piece| {
                let said = piece.columns.iter().filter_map(|at| cells.get(*at));
                said.map(|cell| piece.dressed(cell.trim()))
            });
        joined.into_iter().chain(each).chain(constant)
    }

    /// The text after all steps; `None` where there are none.
    pub fn stepped(&self, text: &str) -> Option<String> {
        if self.steps.is_empty() {
            return None;
        }
        let stepped = self.steps.iter().fold(Cow::Borrowed(text), |text, step| {
            if text.is_empty() { text } else { step.apply(text) }
        });
        Some(stepped.into_owned())
    }
}

/// What was worked out before.
#[derive(Default)]
pub(super) struct Memory {
    /// By country.
    phones: HashMap<&'static str, HashMap<String, PhoneNumber>>,
    /// By the rule's number.
    texts: HashMap<usize, HashMap<String, String>>,
    countries: HashMap<String, Option<&'static str>>,
    /// Reads numbers without waiting for other threads; `None` where there is only one.
    reader: Option<Reader>,
}

impl Clone for Memory {
    /// Another thread remembers for itself.
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Memory {
    /// Prepares for thousands of rows beside other threads.
    pub fn settle(&mut self) {
        self.reader = Some(Reader::new());
    }

    /// The number as somebody in that country wrote it.
    pub fn phone(&mut self, typed: &str, country: &'static str) -> PhoneNumber {
        let numbers = self.phones.entry(country).or_default();
        if let Some(known) = numbers.get(typed) {
            return known.clone();
        }
        let phone = match &self.reader {
            Some(reader) => reader.parse(typed, country),
            None => PhoneNumber::parse(typed, country),
        };
        make_room(numbers);
        numbers.insert(typed.to_owned(), phone.clone());
        phone
    }

    /// The text after a rule's steps, looked up once.
    pub fn stepped(&mut self, bound: &Bound, text: &str) -> Option<String> {
        if bound.steps.is_empty() {
            return None;
        }
        if text.len() > 200 {
            return bound.stepped(text);
        }
        let texts = self.texts.entry(bound.number).or_default();
        if let Some(known) = texts.get(text) {
            return Some(known.clone());
        }
        let stepped = bound.stepped(text)?;
        make_room(texts);
        texts.insert(text.to_owned(), stepped.clone());
        Some(stepped)
    }

    /// The country's code.
    pub fn country(&mut self, text: &str) -> Option<&'static str> {
        if let Some(known) = self.countries.get(text) {
            return *known;
        }
        let code = country::code(text);
        if text.len() <= 200 {
            make_room(&mut self.countries);
            self.countries.insert(text.to_owned(), code);
        }
        code
    }
}

/// Forgets everything when there is too much of it.
fn make_room<T>(known: &mut HashMap<String, T>) {
    if known.len() >= REMEMBERED {
        known.clear();
    }
}
