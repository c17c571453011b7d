//! What a list shows, written into a file: every line of it, in its order, with its columns.
//!
//! One thread reads lines, some thousands at a time and from one state of the database, while another one writes those
//! before them, so that the file needs the same memory for 100,000 tickets and for a million. Nothing in a cell is ever a
//! formula: a text that a spreadsheet would take for one is marked as text ([`plain`]).

mod columns;
mod csv_file;
mod xlsx;

use std::{
    borrow::Cow,
    collections::BTreeMap,
    io::{Seek, Write},
    sync::mpsc,
};

use anyhow::anyhow;
use chrono::{DateTime, NaiveDate, Utc};
use domain::{AgentId, FieldKey};
use store::Line;

use crate::{
    Engine, Problem,
    views::{ExportFormat, ExportQuery},
};
use columns::Column;
use columns::USUAL_COLUMNS;
pub use columns::all_columns;

/// How many lines are read at a time. They are found in the order of the tables, so that the more there are, the more
/// stand on one page. Each takes about half a kilobyte, and at most twice as many are held at a time.
const CHUNK: usize = 50_000;

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq)]
enum Cell<'a> {
    Empty,
    Text(Cow<'a, str>),
    Whole(i64),
    /// A number as it is written, with a point: `12500.00`.
    Decimal(String),
    Date(NaiveDate),
    Moment(DateTime<Utc>),
}

/// A file that is written line by line.
trait Sheet {
    fn line(&mut self, cells: &[Cell<'_>]) -> anyhow::Result<()>;
}

/// Names behind ids, and labels behind keys.
struct Names {
    agents: BTreeMap<AgentId, String>,
    stages: BTreeMap<String, String>,
}

impl Engine {
    /// Writes what a list shows; answers how many tickets that are.
    ///
    /// # Errors
    /// [`Problem::Refused`] for a column that there is not; the store's failures and those of the file.
    pub fn export<W: Write + Seek + Send>(&self, query: &ExportQuery, file: W) -> anyhow::Result<u32> {
        match query.format {
            ExportFormat::Csv => self.export_csv(query, file, true),
            ExportFormat::Xlsx => {
                let columns = columns_of(&query.columns)?;
                let titles: Vec<String> = columns.iter().flat_map(|column| column.titles()).collect();
                let mut sheet = xlsx::Workbook::begin(file, &titles)?;
                let count = self.write_lines(query, &columns, &mut sheet)?;
                sheet.finish()?;
                Ok(count)
            }
        }
    }

    /// As [`export`](Self::export), comma-separated and into anything that can be written to. With `mark` it begins
    /// with the mark by which a spreadsheet knows that it is UTF-8.
    ///
    /// # Errors
    /// As there.
    pub fn export_csv<W: Write + Send>(&self, query: &ExportQuery, file: W, mark: bool) -> anyhow::Result<u32> {
        let columns = columns_of(&query.columns)?;
        let titles: Vec<String> = columns.iter().flat_map(|column| column.titles()).collect();
        let mut sheet = csv_file::CsvFile::begin(file, &titles, mark)?;
        let count = self.write_lines(query, &columns, &mut sheet)?;
        sheet.finish()?;
        Ok(count)
    }

    fn write_lines(
        &self,
        query: &ExportQuery,
        columns: &[Column],
        sheet: &mut (impl Sheet + Send),
    ) -> anyhow::Result<u32> {
        let fields: Vec<FieldKey> = columns.iter().filter_map(|column| column.reads()).collect();
        self.store().read(|reader| {
            let names = Names {
                agents: reader
                    .agents()?
                    .into_iter()
                    .map(|agent| (agent.id, agent.name))
                    .collect(),
                stages: self
                    .workflow()
                    .stages
                    .iter()
                    .map(|stage| (stage.key.0.clone(), stage.label.clone()))
                    .collect(),
            };
            let tickets = self.tickets_of(reader, &query.list)?;
            let (read, to_write) = mpsc::sync_channel::<Vec<Line>>(0);
            std::thread::scope(|threads| {
                let writer = threads.spawn(move || write_all(&to_write, columns, &names, sheet));
                for chunk in tickets.chunks(CHUNK) {
                    // Nobody takes them any more: the file could not be written, and the writer says why.
                    if read.send(reader.lines(chunk, &fields)?).is_err() {
                        break;
                    }
                }
                drop(read);
                writer.join().map_err(|_| anyhow!("the file could not be written"))?
            })
        })
    }
}

/// Writes the lines that come, and says how many there were.
fn write_all(
    lines: &mpsc::Receiver<Vec<Line>>,
    columns: &[Column],
    names: &Names,
    sheet: &mut impl Sheet,
) -> anyhow::Result<u32> {
    let mut count = 0;
    for line in lines.iter().flatten() {
        let mut cells = Vec::with_capacity(columns.len() + 1);
        for column in columns {
            column.cells(&line, names, &mut cells);
        }
        sheet.line(&cells)?;
        count += 1;
    }
    Ok(count)
}

/// The columns with these keys; the usual ones without any.
fn columns_of(keys: &[String]) -> anyhow::Result<Vec<Column>> {
    if keys.is_empty() {
        return Ok(USUAL_COLUMNS.iter().filter_map(|key| Column::find(key)).collect());
    }
    keys.iter()
        .map(|key| {
            Column::find(key).ok_or_else(|| {
                Problem::Refused {
                    reason: format!("“{key}” is no column."),
                }
                .into()
            })
        })
        .collect()
}

/// A text as a spreadsheet should take it: as text. What begins like a formula gets an apostrophe in front; a number
/// with a sign, such as a phone number, is left as it is.
#[must_use]
pub fn plain(text: &str) -> Cow<'_, str> {
    let mut rest = text.chars();
    let is_formula = match rest.next() {
        Some('=' | '@' | '\t' | '\r' | '\n') => true,
        Some('+' | '-') => !rest.all(|letter| letter.is_ascii_digit() || letter == ' '),
        _ => false,
    };
    if is_formula {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_formula_is_marked_as_text() {
        for (text, expected) in [
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
            ("-2+3", "'-2+3"),
            ("\t=1", "'\t=1"),
            ("+44 20 7946 0018", "+44 20 7946 0018"),
            ("-5", "-5"),
            ("Acme = Beta", "Acme = Beta"),
            ("", ""),
        ] {
            assert_eq!(plain(text), expected);
        }
    }

    #[test]
    fn every_column_there_is_can_be_found() {
        let all = all_columns();
        assert_eq!(columns_of(&all).unwrap().len(), all.len());
        assert!(all.len() > 60, "{}", all.len());
        for key in USUAL_COLUMNS {
            assert!(all.iter().any(|column| column == key), "{key}");
        }
        assert!(columns_of(&["nonsense".to_owned()]).is_err());
        assert_eq!(columns_of(&[]).unwrap().len(), USUAL_COLUMNS.len());
    }
}
