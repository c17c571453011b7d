//! Records of any kind to headers and rows.
//!
//! The headers are the row near the top in which most cells are words that the catalogue knows; what stands above them is
//! left out and said. A row has as many cells as there are headers: fewer are filled up, because spreadsheets drop empty
//! ones at the end; more that say something make it a bad row, because then nobody knows which cell belongs where.

use domain::{fields::headers, text::tidy_line};

use super::{BadRow, Cells, FileShape, Opened, Piece, Pieces, Read, ReadOptions, Unreadable};
use crate::import::row::RawRow;

/// How many records are looked at for the headers.
const AHEAD: usize = 25;

/// The most columns of a table, which is what a spreadsheet can have.
const WIDEST: usize = 16_384;

/// How many cells of a bad row are kept beyond the columns there are.
const EXTRA: usize = 100;

/// The longest header that is kept, in characters.
const LONGEST_HEADER: usize = 200;

/// Finds the headers and gives the rows behind them.
pub(super) fn open(mut pieces: Pieces, mut shape: FileShape, options: &ReadOptions) -> anyhow::Result<Opened> {
    let wanted = options.header_line.map(u64::from);
    let mut ahead: Vec<Piece> = Vec::new();
    for piece in pieces.by_ref() {
        let piece = piece?;
        let line = line_of(&piece);
        ahead.push(piece);
        let enough = wanted.is_none_or(|wanted| line >= wanted);
        if ahead.len() >= AHEAD && enough || ahead.len() >= 10 * AHEAD {
            break;
        }
    }
    let at = match wanted {
        Some(0) => None,
        Some(wanted) => {
            let found = ahead
                .iter()
                .position(|piece| line_of(piece) == wanted && cells_of(piece).is_some());
            Some(found.ok_or_else(|| {
                Unreadable::new(
                    format!("Line {wanted} is none that could hold the headers."),
                    "Choose one of the first lines that has text in it.",
                )
            })?)
        }
        None => guess(&ahead),
    };
    if ahead.is_empty() {
        return Err(Unreadable::new("There is nothing in this file.", "Export the list again.").into());
    }
    let above = at.unwrap_or_default();
    let names: Vec<String> = at
        .and_then(|at| ahead.get(at))
        .and_then(cells_of)
        .map(Cells::to_vec)
        .unwrap_or_default();
    if above > 0 {
        shape.warnings.push(if above == 1 {
            "One line stands above the headers and is left out.".to_owned()
        } else {
            format!("{above} lines stand above the headers and are left out.")
        });
    }
    shape.header_line = at
        .and_then(|at| ahead.get(at))
        .and_then(|piece| u32::try_from(line_of(piece)).ok())
        .unwrap_or_default();
    let rest: Vec<Piece> = ahead.into_iter().skip(at.map_or(0, |at| at + 1)).collect();
    let headers = named(&names, &rest)?;
    if at.is_none() {
        shape
            .warnings
            .push("The file has no headers, so its columns are known by their numbers.".to_owned());
    }
    let doubled = rest
        .first()
        .and_then(cells_of)
        .is_some_and(|cells| at.is_some() && are_headers(cells));
    let again: Vec<String> = names.iter().map(|name| tidy_line(name)).collect();
    let mut first = doubled;
    let mut rows = rest
        .into_iter()
        .map(Ok)
        .chain(pieces)
        .map(row_of(headers.len(), again, move || std::mem::take(&mut first)))
        .peekable();
    if rows.peek().is_none() {
        shape.warnings.push("The file has headers and no rows.".to_owned());
    }
    Ok(Opened {
        shape,
        headers,
        rows: Box::new(rows),
    })
}

/// A source that knows its headers.
pub(super) fn with_headers(headers: Vec<String>, pieces: Pieces, shape: FileShape) -> Opened {
    let rows = pieces.map(row_of(headers.len(), Vec::new(), || false));
    Opened {
        shape,
        headers,
        rows: Box::new(rows),
    }
}

fn line_of(piece: &Piece) -> u64 {
    match piece {
        Piece::Cells { line, .. } | Piece::Broken(BadRow { line, .. }) => *line,
    }
}

fn cells_of(piece: &Piece) -> Option<&Cells> {
    match piece {
        Piece::Cells { cells, .. } => Some(cells),
        Piece::Broken(_) => None,
    }
}

/// The place of the headers among the first records.
fn guess(ahead: &[Piece]) -> Option<usize> {
    let says = |cells: &Cells| cells.iter().filter(|cell| !cell.trim().is_empty()).count();
    let widest = ahead.iter().filter_map(cells_of).map(says).max().unwrap_or_default();
    // Headers fill their line; a title or a group over several columns does not.
    let could_be = |cells: &Cells| 2 * says(cells) >= widest && !cells.iter().any(is_data);
    let candidates: Vec<(usize, usize)> = ahead
        .iter()
        .enumerate()
        .filter_map(|(at, piece)| cells_of(piece).map(|cells| (at, cells)))
        .filter(|(_, cells)| could_be(cells))
        .map(|(at, cells)| (at, known(cells)))
        .collect();
    let most = candidates.iter().map(|(_, known)| *known).max()?;
    // Headers in words that nobody knows stand above data all the same.
    let has_data = ahead.iter().filter_map(cells_of).flat_map(Cells::iter).any(is_data);
    candidates
        .iter()
        .find(|(at, known)| *known == most && (most > 0 || *at == 0 || has_data))
        .map(|(at, _)| *at)
}

/// How many of the cells are words that stand above columns.
fn known(cells: &Cells) -> usize {
    headers::recognise(&cells.to_vec()).iter().flatten().count()
}

/// Whether a row holds headers, and not by chance.
fn are_headers(cells: &Cells) -> bool {
    let says = cells.iter().filter(|cell| !cell.trim().is_empty()).count();
    let known = known(cells);
    known >= 3 && 2 * known >= says && !cells.iter().any(is_data)
}

/// Addresses, numbers and long texts are no headers.
fn is_data(cell: &str) -> bool {
    let cell = cell.trim();
    let digits = cell.bytes().filter(u8::is_ascii_digit).count();
    cell.contains('@') || cell.starts_with("http") || (digits >= 5 && 2 * digits > cell.len()) || cell.len() > 300
}

/// A name for every column. Columns that most rows have and the headers lack get a number.
fn named(names: &[String], rows: &[Piece]) -> Result<Vec<String>, Unreadable> {
    let own = Cells::from_iter(names).filled();
    let widths: Vec<usize> = rows.iter().filter_map(cells_of).map(Cells::filled).collect();
    let wider = widths
        .iter()
        .copied()
        .filter(|width| *width > own)
        .max()
        .unwrap_or_default();
    let many = 2 * widths.iter().filter(|width| **width > own).count() > widths.len();
    let width = if many { wider } else { own };
    if width > WIDEST {
        return Err(Unreadable::new(
            format!("The table has {width} columns."),
            "Leadline reads up to 16,384, as many as a spreadsheet has.",
        ));
    }
    Ok((0..width)
        .map(|at| {
            let name = names.get(at).map(|name| tidy_line(name)).unwrap_or_default();
            match name.char_indices().nth(LONGEST_HEADER) {
                Some((end, _)) => name.get(..end).unwrap_or_default().to_owned(),
                None if name.is_empty() => format!("Column {}", at + 1),
                None => name,
            }
        })
        .collect())
}

/// Makes a row of a record: as many cells as headers, or a bad row.
fn row_of(
    width: usize,
    again: Vec<String>,
    mut doubled: impl FnMut() -> bool,
) -> impl FnMut(anyhow::Result<Piece>) -> anyhow::Result<Read> {
    move |piece| {
        let (line, mut cells) = match piece? {
            Piece::Broken(bad) => return Ok(Read::Bad(bad)),
            Piece::Cells { line, cells } => (line, cells),
        };
        let bad = |column: Option<usize>, reason: String, cells: &Cells| {
            let cells = cells.iter().take(width + EXTRA).map(str::to_owned).collect();
            Ok(Read::Bad(BadRow {
                line,
                column: column.and_then(|column| u32::try_from(column).ok()),
                reason,
                cells,
            }))
        };
        if doubled() || is_again(&cells, &again) {
            return bad(None, "This row holds headers, not data.".to_owned(), &cells);
        }
        let says = cells.filled();
        if says > width {
            let reason = format!("This row has {says} cells, and there are {width} columns.");
            return bad(Some(width + 1), reason, &cells);
        }
        cells.resize(width);
        Ok(Read::Row(RawRow { line, cells }))
    }
}

/// Whether a row repeats the headers, as files put together from several do.
fn is_again(cells: &Cells, headers: &[String]) -> bool {
    let first = headers.iter().position(|name| !name.trim().is_empty());
    // Nearly every row is told apart by its first cell.
    first.is_some_and(|at| cells.get(at).map(str::trim) == headers.get(at).map(String::as_str))
        && headers.len() > 1
        && headers
            .iter()
            .zip(cells.iter())
            .all(|(header, cell)| *header == tidy_line(cell))
        && cells.len() + 1 >= headers.len()
}
