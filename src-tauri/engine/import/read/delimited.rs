//! Characters to records: CSV and its relatives.
//!
//! The reader is ours because of what exports are like. It goes on where a strict one stops: a quotation mark that is
//! opened and never closed costs its own line, not the rest of the file; a mark inside a bare cell is a mark; a line that
//! never ends is skipped. It holds one record at a time, and none longer than [`LONGEST`].

use std::{
    borrow::Cow,
    io::{self, Cursor, Read},
    str,
};

use super::{BadRow, Cells, FileShape, Opened, Piece, ReadOptions, Unreadable, table, text::Text};

/// The most bytes of one record.
const LONGEST: usize = 4 << 20;

/// How much is read at once.
const BLOCK: usize = 256 * 1024;

/// The most that is made room for before a record is read, in cells and in bytes.
const ROOM: (usize, usize) = (256, 4096);

/// What a person is told about a record that goes on for ever.
const NEVER_CLOSED: &str = "A quotation mark in this row is opened and never closed.";

/// How the records of a file are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dialect {
    pub delimiter: u8,
    pub quote: u8,
    /// `\"` stands for a quotation mark inside quotes, as programs that come from databases write it.
    pub backslash: bool,
}

/// Opens a delimited text.
pub(super) fn open(mut text: Text, mut shape: FileShape, options: &ReadOptions) -> anyhow::Result<Opened> {
    let said = options.delimiter.as_deref().map(delimiter_of).transpose()?;
    let (hint, skip) = hint(&text.sample);
    let body = text.sample.get(skip..).unwrap_or_default();
    let quote = quote_of(body);
    let plain = Dialect {
        delimiter: b',',
        quote,
        backslash: has_escaped_quotes(body),
    };
    let dialect = Dialect {
        delimiter: said.or(hint).unwrap_or_else(|| guess(body, plain)),
        ..plain
    };
    shape.format = "csv".to_owned();
    shape.encoding = Some(text.encoding_name());
    shape.delimiter = Some(match dialect.delimiter {
        b'\t' => "tab".to_owned(),
        other => char::from(other).to_string(),
    });
    shape.warnings.append(&mut text.warnings);
    let mut reader = text.reader()?;
    io::copy(&mut reader.by_ref().take(skip as u64), &mut io::sink())?;
    let first_line = if skip > 0 { 2 } else { 1 };
    let records = Records::new(reader, dialect, first_line);
    table::open(Box::new(records), shape, options)
}

/// Whether `\"` stands in the middle of cells. At the end of one it may be a cell that ends with a backslash.
fn has_escaped_quotes(sample: &str) -> bool {
    let ends_a_cell = |c: char| matches!(c, '"' | ',' | ';' | '\t' | '|' | '^' | '~' | ' ' | '\r' | '\n');
    sample.match_indices("\\\"").any(|(at, _)| {
        let next = sample.get(at + 2..).and_then(|rest| rest.chars().next());
        next.is_some_and(|c| !ends_a_cell(c))
    })
}

/// The delimiter that a person said.
fn delimiter_of(said: &str) -> Result<u8, Unreadable> {
    match said.as_bytes() {
        b"tab" | b"\\t" => Ok(b'\t'),
        [one] if one.is_ascii() && !matches!(one, b'"' | b'\n' | b'\r') => Ok(*one),
        _ => Err(Unreadable::new(
            format!("“{said}” cannot stand between cells."),
            "A delimiter is one character, such as , or ; or the word tab.",
        )),
    }
}

/// Excel's own first line `sep=;`: the delimiter, and the bytes that the line takes.
fn hint(sample: &str) -> (Option<u8>, usize) {
    let Some(line) = sample.split_inclusive('\n').next() else {
        return (None, 0);
    };
    match line.trim_end().as_bytes() {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', delimiter] => (Some(*delimiter), line.len()),
        b"sep=" if line.contains('\t') => (Some(b'\t'), line.len()),
        _ => (None, 0),
    }
}

/// Some programs put cells into single quotes. Only where most cells of the first line are.
fn quote_of(sample: &str) -> u8 {
    let line = sample.lines().next().unwrap_or_default();
    let single = line.matches("','").count() + line.matches("';'").count() + line.matches("'\t'").count();
    if single > 0 && line.starts_with('\'') && !line.contains('"') {
        b'\''
    } else {
        b'"'
    }
}

/// The delimiter by which most of the first records have the same number of cells, and many.
fn guess(sample: &str, dialect: Dialect) -> u8 {
    let mut best = (0.0, b',');
    for delimiter in [b',', b';', b'\t', b'|', b'^', b'~', 0x1F, 0x01] {
        let records = Records::new(Cursor::new(sample.as_bytes()), Dialect { delimiter, ..dialect }, 1);
        let counts: Vec<usize> = records
            .take(60)
            .filter_map(|piece| match piece {
                Ok(Piece::Cells { cells, .. }) => Some(cells.len()),
                _ => None,
            })
            .collect();
        let widest = counts
            .iter()
            .copied()
            .max_by_key(|count| counts.iter().filter(|other| *other == count).count());
        let Some(cells) = widest.filter(|cells| *cells > 1) else {
            continue;
        };
        let agreeing = counts.iter().filter(|count| **count == cells).count();
        let share = agreeing as f64 / counts.len() as f64;
        let score = share * share * (cells as f64 + 1.0).ln();
        if score > best.0 {
            best = (score, delimiter);
        }
    }
    best.1
}

/// The records of a delimited text, one by one.
pub(super) struct Records<R> {
    input: R,
    dialect: Dialect,
    buffer: Vec<u8>,
    from: usize,
    /// The line at which the next record begins.
    line: u64,
    /// The cells and the bytes of the record before: the next one is like it.
    room: (usize, usize),
    ended: bool,
    failed: bool,
}

/// What the bytes at hand make.
enum Attempt {
    /// A record, and the bytes it takes.
    Record(Cells, usize),
    /// It goes on beyond them.
    More,
    /// A mark was opened and what follows is no cell.
    Torn,
}

impl<R: Read> Records<R> {
    pub fn new(input: R, dialect: Dialect, line: u64) -> Self {
        Self {
            input,
            dialect,
            buffer: Vec::new(),
            from: 0,
            line,
            room: (0, 0),
            ended: false,
            failed: false,
        }
    }

    fn rest(&self) -> &[u8] {
        self.buffer.get(self.from..).unwrap_or_default()
    }

    /// Reads another block behind what is there.
    fn fill(&mut self) -> io::Result<()> {
        self.buffer.drain(..self.from);
        self.from = 0;
        let filled = self.buffer.len();
        self.buffer.resize(filled + BLOCK.max(filled), 0);
        let mut end = filled;
        while let Some(room) = self.buffer.get_mut(end..).filter(|room| !room.is_empty()) {
            match self.input.read(room) {
                Ok(0) => {
                    self.ended = true;
                    break;
                }
                Ok(read) => end += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.buffer.truncate(end);
                    return Err(error);
                }
            }
        }
        self.buffer.truncate(end);
        Ok(())
    }

    fn next_piece(&mut self) -> io::Result<Option<Piece>> {
        loop {
            if self.rest().is_empty() {
                if self.ended {
                    return Ok(None);
                }
                self.fill()?;
                continue;
            }
            match attempt(self.rest(), self.dialect, self.ended, self.room) {
                Attempt::Record(_, taken) if taken > LONGEST => return self.broken().map(Some),
                Attempt::Record(cells, taken) => {
                    let line = self.line;
                    self.take(taken);
                    self.room = (cells.len().min(ROOM.0), taken.min(ROOM.1));
                    if !cells.are_blank() {
                        return Ok(Some(Piece::Cells { line, cells }));
                    }
                }
                Attempt::More if self.rest().len() < LONGEST => self.fill()?,
                Attempt::More | Attempt::Torn => return self.broken().map(Some),
            }
        }
    }

    /// Steps over bytes and counts their lines.
    fn take(&mut self, bytes: usize) {
        let taken = self.rest().get(..bytes).unwrap_or_default();
        let feeds = memchr::memchr_iter(b'\n', taken).count();
        // A lone carriage return ends a line, too.
        let lines = if feeds == 0 {
            memchr::memchr_iter(b'\r', taken).count()
        } else {
            feeds
        };
        self.line += lines as u64;
        self.from += bytes;
    }

    /// Gives up the first line of what is there, and goes on behind it.
    fn broken(&mut self) -> io::Result<Piece> {
        let line = self.line;
        let end = loop {
            if let Some(end) = memchr::memchr2(b'\n', b'\r', self.rest()) {
                break Some(end + 1);
            }
            if self.ended || self.rest().len() >= LONGEST {
                break None;
            }
            self.fill()?;
        };
        let (reason, taken) = match end {
            Some(end) if end <= LONGEST => (NEVER_CLOSED.to_owned(), end),
            None if self.ended => (NEVER_CLOSED.to_owned(), self.rest().len()),
            _ => (
                "This row is longer than 4 MB.".to_owned(),
                LONGEST.min(self.rest().len()),
            ),
        };
        let text = String::from_utf8_lossy(self.rest().get(..taken.min(64 * 1024)).unwrap_or_default()).into_owned();
        let cells = text
            .trim_end_matches(['\r', '\n'])
            .split(char::from(self.dialect.delimiter))
            .map(str::to_owned)
            .collect();
        self.take(taken);
        if end.is_none_or(|end| end > LONGEST) {
            self.skip_line()?;
        }
        // The second half of `\r\n`.
        if self.rest().first() == Some(&b'\n') && self.buffer.get(self.from.wrapping_sub(1)) == Some(&b'\r') {
            self.from += 1;
        }
        Ok(Piece::Broken(BadRow {
            line,
            column: None,
            reason,
            cells,
        }))
    }

    /// Steps over the rest of a line without keeping it.
    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            if let Some(end) = memchr::memchr(b'\n', self.rest()) {
                self.take(end + 1);
                return Ok(());
            }
            self.from = self.buffer.len();
            if self.ended {
                return Ok(());
            }
            self.fill()?;
        }
    }
}

impl<R: Read> Iterator for Records<R> {
    type Item = anyhow::Result<Piece>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        self.next_piece()
            .inspect_err(|_| self.failed = true)
            .map_err(anyhow::Error::from)
            .transpose()
    }
}

/// Reads one record off the front of the bytes. `ended` when there are no more after them.
fn attempt(bytes: &[u8], dialect: Dialect, ended: bool, room: (usize, usize)) -> Attempt {
    let mut cells = Cells::with_room(room.0, room.1 + room.1 / 4);
    let mut at = 0;
    loop {
        let cell = bytes.get(at..).unwrap_or_default();
        // Spaces before a quotation mark are no part of the cell.
        let spaces = cell.iter().take_while(|byte| **byte == b' ').count();
        let after = if cell.get(spaces) == Some(&dialect.quote) {
            match quoted(cell.get(spaces + 1..).unwrap_or_default(), dialect, ended) {
                Quoted::Cell { text, taken } => {
                    put(&mut cells, &text);
                    at + spaces + 1 + taken
                }
                Quoted::More => return Attempt::More,
                Quoted::Torn { over_lines: true } => return Attempt::Torn,
                // On one line it is a mark that means itself; over several it would swallow other rows.
                Quoted::Torn { over_lines: false } => match bare(cell, dialect, ended) {
                    Some(end) => {
                        put(&mut cells, cell.get(..end).unwrap_or_default());
                        at + end
                    }
                    None => return Attempt::More,
                },
            }
        } else {
            match bare(cell, dialect, ended) {
                Some(end) => {
                    put(&mut cells, cell.get(..end).unwrap_or_default());
                    at + end
                }
                None => return Attempt::More,
            }
        };
        match bytes.get(after) {
            None if ended => return Attempt::Record(cells, after),
            None => return Attempt::More,
            Some(b'\n') => return Attempt::Record(cells, after + 1),
            Some(b'\r') => {
                return match bytes.get(after + 1) {
                    Some(b'\n') => Attempt::Record(cells, after + 2),
                    None if !ended => Attempt::More,
                    _ => Attempt::Record(cells, after + 1),
                };
            }
            Some(_) => at = after + 1,
        }
    }
}

/// Where a cell without quotes ends: before a delimiter, the end of the line, or that of the file.
fn bare(cell: &[u8], dialect: Dialect, ended: bool) -> Option<usize> {
    memchr::memchr3(dialect.delimiter, b'\n', b'\r', cell).or(ended.then_some(cell.len()))
}

enum Quoted<'a> {
    /// The text, and the bytes up to what ends the cell.
    Cell {
        text: Cow<'a, [u8]>,
        taken: usize,
    },
    More,
    Torn {
        over_lines: bool,
    },
}

/// Reads a cell behind its opening quotation mark.
fn quoted(bytes: &[u8], dialect: Dialect, ended: bool) -> Quoted<'_> {
    let quote = dialect.quote;
    // What stands before the last mark that is a part of the text.
    let mut text: Vec<u8> = Vec::new();
    let mut from = 0;
    loop {
        let rest = bytes.get(from..).unwrap_or_default();
        let found = if dialect.backslash {
            memchr::memchr2(quote, b'\\', rest)
        } else {
            memchr::memchr(quote, rest)
        };
        let Some(at) = found else {
            let over_lines = memchr::memchr2(b'\n', b'\r', bytes).is_some();
            return if ended {
                Quoted::Torn { over_lines }
            } else {
                Quoted::More
            };
        };
        let before = rest.get(..at).unwrap_or_default();
        let next = rest.get(at + 1).copied();
        if rest.get(at) == Some(&b'\\') && dialect.backslash {
            text.extend_from_slice(before);
            match next {
                Some(escaped) if escaped == quote || escaped == b'\\' => {
                    text.push(escaped);
                    from += at + 2;
                }
                _ => {
                    text.push(b'\\');
                    from += at + 1;
                }
            }
            continue;
        }
        if next == Some(quote) {
            text.extend_from_slice(before);
            text.push(quote);
            from += at + 2;
            continue;
        }
        if next.is_none() && !ended {
            return Quoted::More;
        }
        let text = if from == 0 {
            Cow::Borrowed(before)
        } else {
            text.extend_from_slice(before);
            Cow::Owned(text)
        };
        // Spaces may stand before what ends the cell, and nothing else.
        let behind = rest.get(at + 1..).unwrap_or_default();
        let spaces = behind.iter().take_while(|byte| **byte == b' ').count();
        return match behind.get(spaces) {
            None if !ended => Quoted::More,
            Some(byte) if *byte != dialect.delimiter && !matches!(byte, b'\n' | b'\r') => Quoted::Torn {
                over_lines: memchr::memchr2(b'\n', b'\r', &text).is_some(),
            },
            _ => Quoted::Cell {
                text,
                taken: from + at + 1 + spaces,
            },
        };
    }
}

/// One cell more. What is no text in it is marked as such.
fn put(cells: &mut Cells, cell: &[u8]) {
    match str::from_utf8(cell) {
        Ok(text) => cells.push(text),
        Err(_) => cells.push(&String::from_utf8_lossy(cell)),
    }
}
