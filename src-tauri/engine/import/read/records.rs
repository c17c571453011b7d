//! JSON: a list of records, one record a line, or one document with a list somewhere in it.
//!
//! A record becomes a row: `{"person": {"name": "Jane"}, "tags": ["a", "b"]}` has the columns `person.name` (Jane) and
//! `tags` (a, b); of a list of records in a record the first five are columns of their own, `phones[0].number`. The file is
//! read twice, because only its last record may have a column that no other has.
//!
//! Records are cut out of the text by their brackets before any is read as JSON. So a broken one costs itself and no other,
//! and memory holds one at a time. Only a document that is one object is read as a whole.

use std::{collections::HashMap, io::Read};

use serde_json::Value;

use super::{BadRow, FileShape, Opened, Piece, ReadOptions, Unreadable, table, text::Text};

/// The most bytes of one record.
const LONGEST: usize = 8 << 20;
/// The most bytes of a file that is one document.
const LARGEST: u64 = 256 << 20;
const BLOCK: usize = 256 * 1024;
/// The most columns.
const WIDEST: usize = 5_000;
/// Of a list of records in a record, how many become columns.
const LISTED: usize = 5;

/// Opens a JSON text.
pub(super) fn open(mut text: Text, mut shape: FileShape, _options: &ReadOptions) -> anyhow::Result<Opened> {
    shape.encoding = Some(text.encoding_name());
    shape.warnings.append(&mut text.warnings);
    let is_list = text.sample.trim_start().starts_with('[');
    let lines = !is_list && has_second(Cut::new(text.reader()?, LONGEST))?;
    shape.format = if is_list || !lines { "json" } else { "ndjson" }.to_owned();
    if is_list || lines {
        let mut columns = Columns::default();
        for record in Cut::new(text.reader()?, LONGEST) {
            if let Ok(Found::Record(Value::Object(record))) = record {
                columns.learn(&Value::Object(record));
            }
        }
        let (headers, places) = columns.finish(&mut shape)?;
        let records = Cut::new(text.reader()?, LONGEST);
        let pieces = numbered(records).map(move |(number, found)| Ok(piece_of(number, found?, &places)));
        return Ok(table::with_headers(headers, Box::new(pieces), shape));
    }
    if shape.bytes > LARGEST {
        return Err(Unreadable::new(
            "This file is one JSON document of more than 256 MB.",
            "Export it as a list with one record a line (NDJSON), or as CSV.",
        )
        .into());
    }
    let mut whole = String::new();
    text.reader()?.read_to_string(&mut whole)?;
    let document: Value = serde_json::from_str(&whole).map_err(|error| {
        Unreadable::new(
            format!("This is no JSON: {error}."),
            "Export the list again, or as CSV.",
        )
    })?;
    let records = records_in(document);
    let mut columns = Columns::default();
    records.iter().for_each(|record| columns.learn(record));
    let (headers, places) = columns.finish(&mut shape)?;
    let found = records.into_iter().map(|record| Ok(Found::Record(record)));
    let pieces = numbered(found).map(move |(number, found)| Ok(piece_of(number, found?, &places)));
    Ok(table::with_headers(headers, Box::new(pieces), shape))
}

/// What was cut out of the text.
enum Found {
    Record(Value),
    /// No JSON: why, and its beginning.
    Broken(String, String),
}

fn numbered(
    found: impl Iterator<Item = anyhow::Result<Found>> + Send + 'static,
) -> impl Iterator<Item = (u64, anyhow::Result<Found>)> + Send + 'static {
    (1..).zip(found)
}

fn has_second(mut records: impl Iterator<Item = anyhow::Result<Found>>) -> anyhow::Result<bool> {
    records.next().transpose()?;
    Ok(records.next().transpose()?.is_some())
}

fn piece_of(number: u64, found: Found, places: &HashMap<String, usize>) -> Piece {
    let broken = |reason: String, text: String| {
        Piece::Broken(BadRow {
            line: number,
            column: None,
            reason,
            cells: vec![text],
        })
    };
    match found {
        Found::Broken(reason, text) => broken(reason, text),
        Found::Record(record) if record.is_object() => {
            let mut cells = Vec::new();
            flatten("", &record, &mut |path, text| {
                if let Some(&place) = places.get(path) {
                    if cells.len() <= place {
                        cells.resize(place + 1, String::new());
                    }
                    if let Some(cell) = cells.get_mut(place) {
                        *cell = text;
                    }
                }
            });
            Piece::Cells {
                line: number,
                cells: cells.iter().collect(),
            }
        }
        Found::Record(other) => broken("This is a value, not a record.".to_owned(), other.to_string()),
    }
}

/// Every text of a record with its path.
fn flatten(path: &str, value: &Value, tell: &mut impl FnMut(&str, String)) {
    let below = |key: &str| {
        if path.is_empty() {
            key.to_owned()
        } else {
            format!("{path}.{key}")
        }
    };
    match value {
        Value::Null => {}
        Value::Bool(on) => tell(path, on.to_string()),
        Value::Number(number) => tell(path, number.to_string()),
        Value::String(text) => tell(path, text.clone()),
        Value::Object(fields) => {
            for (key, value) in fields {
                flatten(&below(key), value, tell);
            }
        }
        Value::Array(items) => {
            let texts: Vec<String> = items.iter().filter_map(scalar).collect();
            if !texts.is_empty() {
                tell(path, texts.join(", "));
            }
            let records = items.iter().filter(|item| item.is_object());
            for (at, item) in records.take(LISTED).enumerate() {
                flatten(&format!("{path}[{at}]"), item, tell);
            }
        }
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::Bool(on) => Some(on.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text.clone()),
        _ => None,
    }
}

/// The columns of all records, in the order in which they were met.
#[derive(Default)]
struct Columns {
    headers: Vec<String>,
    places: HashMap<String, usize>,
    left_out: usize,
}

impl Columns {
    fn learn(&mut self, record: &Value) {
        flatten("", record, &mut |path, _| {
            if self.places.contains_key(path) {
                return;
            }
            if self.headers.len() < WIDEST {
                self.places.insert(path.to_owned(), self.headers.len());
                self.headers.push(path.to_owned());
            } else {
                self.left_out += 1;
            }
        });
    }

    fn finish(self, shape: &mut FileShape) -> Result<(Vec<String>, HashMap<String, usize>), Unreadable> {
        if self.headers.is_empty() {
            return Err(Unreadable::new(
                "There are no records in this JSON.",
                "Leadline reads a list of records, or one record a line.",
            ));
        }
        if self.left_out > 0 {
            shape.warnings.push(format!(
                "The records have more than {WIDEST} columns; the rest is left out."
            ));
        }
        Ok((self.headers, self.places))
    }
}

/// The records in a document: its longest list of them, each with what the document says about all of them.
fn records_in(document: Value) -> Vec<Value> {
    let mut best: Option<(usize, Vec<String>)> = None;
    longest_list(&document, &mut Vec::new(), &mut best);
    let Some((_, path)) = best else {
        return vec![document];
    };
    let mut about = serde_json::Map::new();
    let Value::Array(records) = descend(document, &path, &mut about) else {
        return Vec::new();
    };
    records
        .into_iter()
        .map(|record| match record {
            Value::Object(mut own) => {
                for (name, value) in &about {
                    own.entry(name.clone()).or_insert_with(|| value.clone());
                }
                Value::Object(own)
            }
            other => other,
        })
        .collect()
}

/// What lies at the end of a path; what the objects on the way say is collected.
fn descend(value: Value, path: &[String], about: &mut serde_json::Map<String, Value>) -> Value {
    let Some((name, rest)) = path.split_first() else {
        return value;
    };
    let Value::Object(mut fields) = value else {
        return Value::Null;
    };
    let next = fields.remove(name).unwrap_or_default();
    for (name, value) in fields {
        let is_list_of_texts = value
            .as_array()
            .is_some_and(|list| list.iter().any(|item| scalar(item).is_some()));
        if scalar(&value).is_some() || is_list_of_texts {
            about.insert(name, value);
        }
    }
    descend(next, rest, about)
}

/// The path to the longest list of records, at most three names deep.
fn longest_list(value: &Value, path: &mut Vec<String>, best: &mut Option<(usize, Vec<String>)>) {
    let Value::Object(fields) = value else { return };
    for (name, value) in fields {
        path.push(name.clone());
        match value {
            Value::Array(items)
                if items.iter().any(Value::is_object)
                    && best.as_ref().is_none_or(|(length, _)| items.len() > *length) =>
            {
                *best = Some((items.len(), path.clone()));
            }
            Value::Object(_) if path.len() < 3 => longest_list(value, path, best),
            _ => {}
        }
        path.pop();
    }
}

/// Cuts records out of a text by their brackets.
struct Cut<R> {
    input: R,
    longest: usize,
    buffer: Vec<u8>,
    from: usize,
    ended: bool,
    failed: bool,
}

/// Where a record ends.
enum End {
    At(usize),
    /// Beyond what is there.
    More,
}

impl<R: Read> Cut<R> {
    fn new(input: R, longest: usize) -> Self {
        Self {
            input,
            longest,
            buffer: Vec::new(),
            from: 0,
            ended: false,
            failed: false,
        }
    }

    fn rest(&self) -> &[u8] {
        self.buffer.get(self.from..).unwrap_or_default()
    }

    fn fill(&mut self) -> std::io::Result<()> {
        self.buffer.drain(..self.from);
        self.from = 0;
        let before = self.buffer.len();
        let wanted = BLOCK.max(before) as u64;
        let read = self.input.by_ref().take(wanted).read_to_end(&mut self.buffer)?;
        self.ended = read == 0;
        Ok(())
    }

    fn next_found(&mut self) -> anyhow::Result<Option<Found>> {
        loop {
            let gap = self
                .rest()
                .iter()
                .take_while(|byte| byte.is_ascii_whitespace() || matches!(byte, b',' | b'[' | b']' | 0x1E))
                .count();
            self.from += gap;
            if self.rest().is_empty() {
                if self.ended {
                    return Ok(None);
                }
                self.fill()?;
                continue;
            }
            match end_of(self.rest()) {
                End::At(end) => {
                    let text = self.rest().get(..end).unwrap_or_default();
                    let found = read(text);
                    self.from += end;
                    return Ok(Some(found));
                }
                End::More if !self.ended && self.rest().len() < self.longest => self.fill()?,
                End::More => return self.give_up().map(Some),
            }
        }
    }

    /// A record without an end: its first line is given up, and what follows is read.
    fn give_up(&mut self) -> anyhow::Result<Found> {
        let reason = if self.ended {
            "This record has no end."
        } else {
            "This record is longer than 8 MB, or has no end."
        };
        let line = memchr::memchr(b'\n', self.rest()).map_or(self.rest().len(), |at| at + 1);
        let found = Found::Broken(
            reason.to_owned(),
            beginning(self.rest().get(..line).unwrap_or_default()),
        );
        self.from += line;
        Ok(found)
    }
}

impl<R: Read> Iterator for Cut<R> {
    type Item = anyhow::Result<Found>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        self.next_found().inspect_err(|_| self.failed = true).transpose()
    }
}

fn read(text: &[u8]) -> Found {
    match serde_json::from_slice(text) {
        Ok(record) => Found::Record(record),
        Err(_) => match serde_json::from_str(&String::from_utf8_lossy(text)) {
            Ok(record) => Found::Record(record),
            Err(error) => Found::Broken(format!("This record is no JSON: {error}."), beginning(text)),
        },
    }
}

/// Enough of a text to know it again.
fn beginning(text: &[u8]) -> String {
    String::from_utf8_lossy(text.get(..text.len().min(4096)).unwrap_or_default()).into_owned()
}

/// The end of the record at the front: the bracket that closes it, or for anything else the end of its line.
fn end_of(text: &[u8]) -> End {
    if text.first() != Some(&b'{') {
        return match text.iter().position(|byte| matches!(byte, b',' | b'\n' | b']')) {
            Some(0) | None => End::More,
            Some(at) => End::At(at),
        };
    }
    let mut depth = 0_u32;
    let mut at = 0;
    loop {
        let Some(found) = text.get(at..).and_then(|rest| memchr::memchr3(b'"', b'{', b'}', rest)) else {
            return End::More;
        };
        at += found;
        match text.get(at) {
            Some(b'{') => depth += 1,
            Some(b'}') => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return End::At(at + 1);
                }
            }
            _ => match end_of_string(text, at + 1) {
                Some(end) => at = end,
                None => return End::More,
            },
        }
        at += 1;
    }
}

/// The place of the mark that closes a string.
fn end_of_string(text: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let rest = text.get(at..)?;
        at += memchr::memchr2(b'"', b'\\', rest)?;
        if text.get(at) == Some(&b'"') {
            return Some(at);
        }
        at += 2;
    }
}
