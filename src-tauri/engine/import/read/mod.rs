//! Files as rows of text, as they stand.
//!
//! [`open`] looks at the file's first bytes, not at its name, and gives the headers and an iterator over rows. It reads as
//! a stream: whatever the size of the file, memory holds one row, a buffer, and of a spreadsheet the texts that its cells
//! share. Nothing is repaired or guessed here beyond what makes a table of the file: its encoding, its delimiter, the
//! sheet, and the line in which the headers stand. Formulas are never evaluated: a spreadsheet gives the result it was
//! saved with, a text the formula's letters.
//!
//! - [`text`]: bytes to characters.
//! - [`delimited`]: characters to records, for CSV and its relatives.
//! - [`sheet`]: workbooks (XLSX, XLSB, XLS) and [`open_document`] (ODS).
//! - [`records`]: JSON, as one document or one record a line.
//! - [`table`]: records of any kind to headers and rows.
//!
//! A file that is no table is an [`Unreadable`] with its own sentence. A row that cannot be read is a
//! [`BadRow`](super::BadRow), and the next one is read.

mod compound;
mod delimited;
mod open_document;
mod records;
mod sheet;
mod table;
#[cfg(test)]
mod tests;
mod text;
mod unpacked;

use std::{
    fs::File,
    io::{Read as _, Seek, SeekFrom},
    path::Path,
};

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{
    Cells,
    row::{BadRow, Read},
};

/// What a person may say about a file where the guess is wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct ReadOptions {
    /// The sheet of a workbook, by its name.
    pub sheet: Option<String>,
    /// One character; `tab` for the tabulator.
    pub delimiter: Option<String>,
    /// A label of an encoding, such as `utf-8`, `windows-1252`, `macintosh`.
    pub encoding: Option<String>,
    /// The line of the headers, from 1; 0 for a file without any.
    pub header_line: Option<u32>,
}

/// What a file turned out to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct FileShape {
    pub name: String,
    /// Its size.
    #[specta(type = u32)]
    pub bytes: u64,
    /// `csv`, `xlsx`, `xlsb`, `xls`, `ods`, `json` or `ndjson`.
    pub format: String,
    /// Of a text: the encoding's usual name.
    pub encoding: Option<String>,
    /// Of a delimited text: the character, or `tab`.
    pub delimiter: Option<String>,
    pub sheets: Vec<String>,
    pub sheet: Option<String>,
    /// From 1; 0 when the file has no headers.
    pub header_line: u32,
    /// What a person should know before going on, one sentence each.
    pub warnings: Vec<String>,
}

/// A file ready to be read.
pub struct Opened {
    pub shape: FileShape,
    /// One for each column, as they stand; a column without one is called by its number.
    pub headers: Vec<String>,
    /// An error ends the rows: the file could not be read any further.
    pub rows: Box<dyn Iterator<Item = anyhow::Result<Read>> + Send>,
}

/// Why a file is no table, in two sentences for a person: what it is, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{happened} {todo}")]
pub struct Unreadable {
    pub happened: String,
    pub todo: String,
}

impl Unreadable {
    fn new(happened: impl Into<String>, todo: impl Into<String>) -> Self {
        Self {
            happened: happened.into(),
            todo: todo.into(),
        }
    }
}

/// What a source of any kind gives: the cells of a record, or why it has none.
pub(super) enum Piece {
    Cells { line: u64, cells: Cells },
    Broken(BadRow),
}

/// The pieces of a source, in order.
pub(super) type Pieces = Box<dyn Iterator<Item = anyhow::Result<Piece>> + Send>;

/// Opens a file.
///
/// # Errors
/// [`Unreadable`] when it is no table; else what the disk said.
pub fn open(path: &Path, options: &ReadOptions) -> anyhow::Result<Opened> {
    let mut file = File::open(path)?;
    let bytes = file.metadata()?.len();
    let name = path
        .file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let mut start = Vec::with_capacity(START);
    file.by_ref().take(START as u64).read_to_end(&mut start)?;
    file.seek(SeekFrom::Start(0))?;
    let shape = FileShape {
        name,
        bytes,
        format: String::new(),
        encoding: None,
        delimiter: None,
        sheets: Vec::new(),
        sheet: None,
        header_line: 0,
        warnings: Vec::new(),
    };
    match kind(&start)? {
        Kind::Zip => {
            let contents = unpacked::look(&file)?;
            file.seek(SeekFrom::Start(0))?;
            match contents {
                unpacked::Contents::Workbook(format) => sheet::open(file, format, shape, options),
                unpacked::Contents::OpenDocument => open_document::open(file, shape, options),
            }
        }
        Kind::Compound => sheet::open(file, sheet::Format::Xls, shape, options),
        Kind::Text => {
            let text = text::open(file, options.encoding.as_deref())?;
            if text.begins_like_json() {
                records::open(text, shape, options)
            } else {
                delimited::open(text, shape, options)
            }
        }
    }
}

/// How much of a file is looked at to see what it is.
const START: usize = 4096;

enum Kind {
    Zip,
    /// The container of old Excel files, and of those with a password.
    Compound,
    Text,
}

/// What the first bytes say.
fn kind(start: &[u8]) -> Result<Kind, Unreadable> {
    let export = "Export the list as CSV or XLSX and choose that file.";
    if start.iter().all(|byte| byte.is_ascii_whitespace() || *byte == 0) {
        return Err(Unreadable::new("The file is empty.", "Export the list again."));
    }
    if start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06") {
        return Ok(Kind::Zip);
    }
    if start.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        return Ok(Kind::Compound);
    }
    for (signature, what) in [
        (&b"%PDF-"[..], "a PDF document"),
        (b"\x1F\x8B", "a gzip archive"),
        (b"Rar!", "a RAR archive"),
        (b"7z\xBC\xAF\x27\x1C", "a 7-Zip archive"),
        (b"\x89PNG", "a picture"),
        (b"\xFF\xD8\xFF", "a picture"),
        (b"GIF8", "a picture"),
        (b"SQLite format 3\0", "a database"),
        (b"PAR1", "a Parquet file"),
        (b"{\\rtf", "a text document"),
    ] {
        if start.starts_with(signature) {
            return Err(Unreadable::new(format!("This is {what}, not a table."), export));
        }
    }
    let page: String = start
        .iter()
        .filter(|byte| **byte != 0)
        .take(512)
        .map(|byte| char::from(byte.to_ascii_lowercase()))
        .collect();
    let page = page.trim_start_matches(|c: char| !c.is_ascii() || c.is_whitespace());
    if page.starts_with("<!doctype html")
        || page.starts_with("<html")
        || page.contains("<head>")
        || page.contains("<body")
    {
        return Err(Unreadable::new(
            "This is a web page, not a table.",
            "Where a download needs a sign-in, the page that asks for it is often saved instead: sign in there and \
             download the list again.",
        ));
    }
    if page.starts_with("<?xml") || page.starts_with("<workbook") {
        return Err(Unreadable::new("This is an XML document, not a table.", export));
    }
    Ok(Kind::Text)
}
