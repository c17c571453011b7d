//! OpenDocument spreadsheets (ODS), read as a stream.
//!
//! The reader is ours because of one trait of the format: a cell or a row may say that it stands there a million times,
//! and a library that writes that out needs more memory than there is. Here what is repeated and empty is counted, and
//! what is repeated and says something is repeated within reason.

use std::{
    fs::File,
    io::{BufRead, BufReader},
};

use quick_xml::{
    XmlVersion,
    events::{BytesStart, Event},
    reader::Reader,
};
use zip::ZipArchive;

use super::{
    BadRow, FileShape, Opened, Piece, ReadOptions,
    sheet::{Begun, Ended, Out, aside, candidates, number_as_text},
    table,
    unpacked::damaged,
};

/// How often a row may stand there again.
const ROW_AGAIN: u64 = 1_000;
/// How often a cell that says something may.
const CELL_AGAIN: usize = 1_000;
/// The most columns.
const WIDEST: usize = 16_384;
/// The most text of one cell, in bytes.
const LONGEST_CELL: usize = 4 << 20;

/// Opens the document at the sheet that was said, else at the first that has rows.
pub(super) fn open(file: File, mut shape: FileShape, options: &ReadOptions) -> anyhow::Result<Opened> {
    shape.format = "ods".to_owned();
    let wanted = options.sheet.clone();
    let (begun, rows) = aside(move |out| {
        let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|_| damaged())?;
        let sheets = {
            let content = archive.by_name("content.xml").map_err(|_| damaged())?;
            sheet_names(BufReader::new(content))?
        };
        for sheet in candidates(&sheets, wanted.as_deref(), |_| true)? {
            let content = archive.by_name("content.xml").map_err(|_| damaged())?;
            let begun = Begun {
                sheets: sheets.clone(),
                sheet: sheet.clone(),
            };
            if rows_of(BufReader::new(content), &sheet, begun, out)? {
                return Ok(());
            }
        }
        Err(damaged().into())
    })?;
    begun.describe(&mut shape);
    table::open(Box::new(rows), shape, options)
}

fn reader<R: BufRead>(content: R) -> Reader<R> {
    let mut reader = Reader::from_reader(content);
    reader.config_mut().check_end_names = false;
    reader
}

fn sheet_names(content: impl BufRead) -> Result<Vec<String>, Ended> {
    let mut reader = reader(content);
    let mut buffer = Vec::new();
    let mut names = Vec::new();
    loop {
        match reader.read_event_into(&mut buffer).map_err(|_| damaged())? {
            Event::Start(tag) | Event::Empty(tag) if tag.name().as_ref() == "table:table" => {
                names.push(attribute(&tag, "table:name").unwrap_or_default());
            }
            Event::Eof => return Ok(names),
            _ => {}
        }
        buffer.clear();
    }
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let attribute = tag.try_get_attribute(name).ok().flatten()?;
    let text = attribute.normalized_value(XmlVersion::Implicit1_0).ok()?;
    Some(text.into_owned())
}

fn times(tag: &BytesStart<'_>, name: &str) -> usize {
    attribute(tag, name)
        .and_then(|text| text.parse().ok())
        .unwrap_or(1)
        .max(1)
}

/// A cell that is being read.
#[derive(Default)]
struct Cell {
    /// The value that stands in an attribute, where the text is only how it looks.
    value: Option<String>,
    text: String,
    again: usize,
}

impl Cell {
    fn of(tag: &BytesStart<'_>) -> Self {
        let kind = attribute(tag, "office:value-type").unwrap_or_default();
        let value = match kind.as_str() {
            "float" | "percentage" | "currency" => attribute(tag, "office:value").map(|text| {
                let number = text.parse::<f64>();
                number.map_or(text, number_as_text)
            }),
            "date" => attribute(tag, "office:date-value").map(|text| match text.split_once('T') {
                Some((date, "00:00:00")) => date.to_owned(),
                _ => text,
            }),
            "boolean" => attribute(tag, "office:boolean-value").map(|text| text.to_uppercase()),
            _ => None,
        };
        Self {
            value,
            text: String::new(),
            again: times(tag, "table:number-columns-repeated"),
        }
    }

    fn put(self, cells: &mut Vec<String>, gap: &mut usize) {
        let text = self.value.unwrap_or(self.text);
        if text.trim().is_empty() {
            *gap = gap.saturating_add(self.again).min(WIDEST);
            return;
        }
        let room = WIDEST.saturating_sub(cells.len());
        cells.extend(std::iter::repeat_n(String::new(), std::mem::take(gap).min(room)));
        let room = WIDEST.saturating_sub(cells.len());
        cells.extend(std::iter::repeat_n(text, self.again.min(CELL_AGAIN).min(room)));
    }
}

/// Hands over the rows of one sheet; `false` when there are none.
fn rows_of(content: impl BufRead, wanted: &str, begun: Begun, out: &mut Out) -> Result<bool, Ended> {
    let mut reader = reader(content);
    let mut buffer = Vec::new();
    let mut begun = Some(begun);
    let mut inside = false;
    let mut row: u64 = 0;
    let mut row_again: u64 = 1;
    let mut cells: Vec<String> = Vec::new();
    let mut gap = 0;
    let mut cell: Option<Cell> = None;
    // A remark on a cell has paragraphs, too, and is not its text.
    let mut in_remark = false;
    loop {
        match reader.read_event_into(&mut buffer).map_err(|_| damaged())? {
            Event::Start(tag) => match tag.name().as_ref() {
                "table:table" => inside = attribute(&tag, "table:name").as_deref() == Some(wanted),
                "table:table-row" if inside => row_again = times(&tag, "table:number-rows-repeated") as u64,
                "table:table-cell" | "table:covered-table-cell" if inside => cell = Some(Cell::of(&tag)),
                "office:annotation" => in_remark = true,
                "text:p" => {
                    if let Some(cell) = cell.as_mut().filter(|cell| !cell.text.is_empty()) {
                        cell.text.push('\n');
                    }
                }
                _ => {}
            },
            Event::Empty(tag) => match tag.name().as_ref() {
                "table:table-cell" | "table:covered-table-cell" if inside => {
                    Cell::of(&tag).put(&mut cells, &mut gap);
                }
                "table:table-row" if inside => {
                    row += times(&tag, "table:number-rows-repeated") as u64;
                }
                "text:s" | "text:tab" | "text:line-break" => {
                    if let Some(cell) = cell.as_mut().filter(|_| !in_remark) {
                        cell.text.push(' ');
                    }
                }
                _ => {}
            },
            Event::Text(text) => {
                if let Some(cell) = cell.as_mut().filter(|_| !in_remark) {
                    let text = text.xml10_content();
                    if cell.text.len() + text.len() <= LONGEST_CELL {
                        cell.text.push_str(&text);
                    }
                }
            }
            Event::GeneralRef(entity) => {
                if let Some(cell) = cell.as_mut().filter(|_| !in_remark) {
                    let name = entity.xml10_content();
                    let number = entity.resolve_char_ref().ok().flatten();
                    match number {
                        Some(c) => cell.text.push(c),
                        None => cell
                            .text
                            .push_str(quick_xml::escape::resolve_predefined_entity(&name).unwrap_or_default()),
                    }
                }
            }
            Event::End(tag) => match tag.name().as_ref() {
                "office:annotation" => in_remark = false,
                "table:table-cell" | "table:covered-table-cell" if inside => {
                    if let Some(cell) = cell.take() {
                        cell.put(&mut cells, &mut gap);
                    }
                }
                "table:table-row" if inside => {
                    if !cells.is_empty() {
                        if let Some(begun) = begun.take() {
                            out.begin(begun)?;
                        }
                        hand_over(row, row_again, &cells, out)?;
                    }
                    row += row_again;
                    cells.clear();
                    gap = 0;
                }
                "table:table" if inside => return Ok(begun.is_none()),
                _ => {}
            },
            Event::Eof => return Ok(begun.is_none()),
            _ => {}
        }
        buffer.clear();
    }
}

fn hand_over(row: u64, again: u64, cells: &[String], out: &mut Out) -> Result<(), Ended> {
    for at in 0..again.min(ROW_AGAIN) {
        out.row(row + at, &mut cells.to_vec())?;
    }
    if again > ROW_AGAIN {
        out.piece(Piece::Broken(BadRow {
            line: row + ROW_AGAIN + 1,
            column: None,
            reason: format!("The file says that this row stands there {again} times; {ROW_AGAIN} of them were read."),
            cells: cells.to_vec(),
        }))?;
    }
    Ok(())
}
