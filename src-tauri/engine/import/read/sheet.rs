//! Workbooks: XLSX, XLSB and XLS, by `calamine`.
//!
//! A workbook is read in a thread of its own. It has to be: its reader borrows from the open workbook, so it cannot be
//! handed out as an iterator; and a damaged file that makes the library give up ends that thread, not the program.
//!
//! Cells give what they were saved with: a number in full, a date as `2026-11-21`, the result of a formula, the name of an
//! error.

use std::{
    fs::File,
    io::{BufReader, Read, Seek, SeekFrom},
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread::{self, JoinHandle},
};

use calamine::{Cell, Data, DataRef, ExcelDateTime, Reader, SheetVisible, Xls, Xlsb, Xlsx};

use super::{Cells, FileShape, Opened, Piece, ReadOptions, Unreadable, compound, table, unpacked::damaged};

/// The largest workbook of the old kind, which is read as a whole.
const LARGEST_XLS: u64 = 150 << 20;

/// The most columns of a sheet.
const WIDEST: usize = 16_384;

/// How many rows are handed over at once.
const BATCH: usize = 256;

/// The kinds of workbooks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Xlsx,
    Xlsb,
    Xls,
}

impl Format {
    fn name(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Xlsb => "xlsb",
            Self::Xls => "xls",
        }
    }
}

/// Opens a workbook at the sheet that was said, else at the first that has rows.
pub(super) fn open(
    mut file: File,
    format: Format,
    mut shape: FileShape,
    options: &ReadOptions,
) -> anyhow::Result<Opened> {
    if format == Format::Xls {
        refuse_secret(&mut file, shape.bytes)?;
    }
    shape.format = format.name().to_owned();
    let wanted = options.sheet.clone();
    let (begun, rows) = aside(move |out| match format {
        Format::Xlsx => xlsx(file, wanted.as_deref(), out),
        Format::Xlsb => xlsb(file, wanted.as_deref(), out),
        Format::Xls => xls(file, wanted.as_deref(), out),
    })?;
    begun.describe(&mut shape);
    table::open(Box::new(rows), shape, options)
}

/// An old workbook that is too large or damaged, or a new one behind a password.
fn refuse_secret(file: &mut File, bytes: u64) -> anyhow::Result<()> {
    if bytes > LARGEST_XLS {
        return Err(Unreadable::new(
            "This workbook is of the old kind (XLS) and larger than 150 MB.",
            "Save it as XLSX or CSV and choose the new file.",
        )
        .into());
    }
    let mut all = Vec::new();
    file.read_to_end(&mut all)?;
    file.seek(SeekFrom::Start(0))?;
    let mark: Vec<u8> = "EncryptedPackage".bytes().flat_map(|byte| [byte, 0]).collect();
    if memchr::memmem::find(&all, &mark).is_some() {
        return Err(Unreadable::new(
            "This workbook is protected with a password.",
            "Open it in your spreadsheet program, save it without a password and choose the new file.",
        )
        .into());
    }
    if !compound::is_sound(&all) {
        return Err(damaged().into());
    }
    Ok(())
}

/// What a workbook says of itself before its rows.
pub(super) struct Begun {
    pub sheets: Vec<String>,
    pub sheet: String,
}

impl Begun {
    /// Writes it down, with what a person should know.
    pub fn describe(self, shape: &mut FileShape) {
        if self.sheets.len() > 1 {
            shape.warnings.push(format!(
                "The file has {} sheets; this is “{}”.",
                self.sheets.len(),
                self.sheet
            ));
        }
        shape.sheets = self.sheets;
        shape.sheet = Some(self.sheet);
    }
}

/// What the reading thread sends.
enum Message {
    Begun(Begun),
    Pieces(Vec<Piece>),
    Failed(anyhow::Error),
}

/// The way out of the reading thread.
pub(super) struct Out {
    sender: SyncSender<Message>,
    batch: Vec<Piece>,
    /// The line of the last row.
    line: u64,
}

/// Nobody wants the rest.
pub(super) struct Unwanted;

impl Out {
    pub fn begin(&mut self, begun: Begun) -> Result<(), Unwanted> {
        self.send(Message::Begun(begun))
    }

    /// Hands over one row, unless nothing stands in it. `row` counts from 0. A damaged sheet may count back; its rows are
    /// counted on, because a line names one row.
    pub fn row(&mut self, row: u64, cells: &mut Vec<String>) -> Result<(), Unwanted> {
        let all: Cells = cells.drain(..).collect();
        if all.are_blank() {
            return Ok(());
        }
        self.line = self.line.saturating_add(1).max(row.saturating_add(1));
        self.piece(Piece::Cells {
            line: self.line,
            cells: all,
        })
    }

    pub fn piece(&mut self, piece: Piece) -> Result<(), Unwanted> {
        self.batch.push(piece);
        if self.batch.len() >= BATCH {
            let batch = std::mem::take(&mut self.batch);
            return self.send(Message::Pieces(batch));
        }
        Ok(())
    }

    fn send(&self, message: Message) -> Result<(), Unwanted> {
        self.sender.send(message).map_err(|_| Unwanted)
    }
}

/// Why a reading thread ends early.
pub(super) enum Ended {
    Unwanted,
    Failed(anyhow::Error),
}

impl From<Unwanted> for Ended {
    fn from(_: Unwanted) -> Self {
        Self::Unwanted
    }
}

impl<E: Into<anyhow::Error>> From<E> for Ended {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// Reads in a thread of its own, and waits for its beginning.
pub(super) fn aside(
    read: impl FnOnce(&mut Out) -> Result<(), Ended> + Send + 'static,
) -> anyhow::Result<(Begun, Aside)> {
    let (sender, receiver) = sync_channel(4);
    let thread = thread::Builder::new()
        .name("leadline-sheet".to_owned())
        .spawn(move || {
            let mut out = Out {
                sender,
                batch: Vec::with_capacity(BATCH),
                line: 0,
            };
            let last = match read(&mut out) {
                Ok(()) => Some(Message::Pieces(std::mem::take(&mut out.batch))),
                Err(Ended::Failed(error)) => {
                    let rows = std::mem::take(&mut out.batch);
                    // What was read before the trouble counts.
                    out.send(Message::Pieces(rows)).ok();
                    Some(Message::Failed(error))
                }
                Err(Ended::Unwanted) => None,
            };
            if let Some(last) = last {
                out.send(last).ok();
            }
        })?;
    let mut rows = Aside {
        receiver,
        thread: Some(thread),
        batch: Vec::new().into_iter(),
    };
    loop {
        match rows.receiver.recv() {
            Ok(Message::Begun(begun)) => return Ok((begun, rows)),
            Ok(Message::Pieces(_)) => {}
            Ok(Message::Failed(error)) => return Err(error),
            Err(_) => return Err(rows.end().unwrap_or_else(|| damaged().into())),
        }
    }
}

/// The rows that come out of a reading thread.
pub(super) struct Aside {
    receiver: Receiver<Message>,
    thread: Option<JoinHandle<()>>,
    batch: std::vec::IntoIter<Piece>,
}

impl Aside {
    /// Waits for the thread, and says so if it gave up.
    fn end(&mut self) -> Option<anyhow::Error> {
        let ended = self.thread.take()?.join();
        ended.is_err().then(|| damaged().into())
    }
}

impl Iterator for Aside {
    type Item = anyhow::Result<Piece>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(piece) = self.batch.next() {
                return Some(Ok(piece));
            }
            match self.receiver.recv() {
                Ok(Message::Pieces(pieces)) => self.batch = pieces.into_iter(),
                Ok(Message::Failed(error)) => return Some(Err(error)),
                Ok(Message::Begun(_)) => {}
                Err(_) => return self.end().map(Err),
            }
        }
    }
}

/// The sheet that was said, else the candidates in order: those that are shown come first.
pub(super) fn candidates(
    sheets: &[String],
    wanted: Option<&str>,
    is_shown: impl Fn(usize) -> bool,
) -> Result<Vec<String>, Unreadable> {
    if let Some(wanted) = wanted {
        if sheets.iter().any(|sheet| sheet == wanted) {
            return Ok(vec![wanted.to_owned()]);
        }
        return Err(Unreadable::new(
            format!("The file has no sheet called “{wanted}”."),
            format!("Its sheets are: {}.", sheets.join(", ")),
        ));
    }
    let (shown, hidden): (Vec<_>, Vec<_>) = sheets.iter().cloned().enumerate().partition(|(at, _)| is_shown(*at));
    Ok(shown.into_iter().chain(hidden).map(|(_, sheet)| sheet).collect())
}

fn no_rows() -> Unreadable {
    Unreadable::new("There is nothing in this workbook.", "Export the list again.")
}

/// Which sheets a workbook shows.
fn shown<W: Reader<BufReader<File>>>(workbook: &W) -> Vec<bool> {
    let sheets = workbook.sheets_metadata().iter();
    sheets.map(|sheet| sheet.visible == SheetVisible::Visible).collect()
}

fn xlsx(file: File, wanted: Option<&str>, out: &mut Out) -> Result<(), Ended> {
    let mut workbook = Xlsx::new(BufReader::new(file)).map_err(|_| damaged())?;
    let (sheets, shown) = (workbook.sheet_names(), shown(&workbook));
    for sheet in candidates(&sheets, wanted, |at| shown.get(at).copied().unwrap_or(true))? {
        let mut reader = match workbook.worksheet_cells_reader(&sheet) {
            Ok(reader) => reader,
            // A chart has no cells.
            Err(_) if wanted.is_none() => continue,
            Err(_) => return Err(damaged().into()),
        };
        if stream(|| reader.next_cell().map_err(|_| damaged()), &sheets, &sheet, out)? {
            return Ok(());
        }
    }
    Err(no_rows().into())
}

fn xlsb(file: File, wanted: Option<&str>, out: &mut Out) -> Result<(), Ended> {
    let mut workbook = Xlsb::new(BufReader::new(file)).map_err(|_| damaged())?;
    let (sheets, shown) = (workbook.sheet_names(), shown(&workbook));
    for sheet in candidates(&sheets, wanted, |at| shown.get(at).copied().unwrap_or(true))? {
        let mut reader = match workbook.worksheet_cells_reader(&sheet) {
            Ok(reader) => reader,
            Err(_) if wanted.is_none() => continue,
            Err(_) => return Err(damaged().into()),
        };
        if stream(|| reader.next_cell().map_err(|_| damaged()), &sheets, &sheet, out)? {
            return Ok(());
        }
    }
    Err(no_rows().into())
}

/// Hands over the cells of one sheet row by row; `false` when it has none.
fn stream<'a>(
    mut next: impl FnMut() -> Result<Option<Cell<DataRef<'a>>>, Unreadable>,
    sheets: &[String],
    sheet: &str,
    out: &mut Out,
) -> Result<bool, Ended> {
    let mut begun = false;
    let mut row = 0;
    let mut cells: Vec<String> = Vec::new();
    while let Some(cell) = next()? {
        let text = text_of_ref(cell.get_value());
        if text.is_empty() {
            continue;
        }
        if !begun {
            begun = true;
            out.begin(Begun {
                sheets: sheets.to_vec(),
                sheet: sheet.to_owned(),
            })?;
        }
        let (at_row, column) = cell.get_position();
        if at_row != row {
            out.row(u64::from(row), &mut cells)?;
            row = at_row;
        }
        put(&mut cells, column as usize, text)?;
    }
    if begun {
        out.row(u64::from(row), &mut cells)?;
    }
    Ok(begun)
}

/// Puts a text into its column.
fn put(cells: &mut Vec<String>, column: usize, text: String) -> Result<(), Unreadable> {
    if column >= WIDEST {
        return Err(damaged());
    }
    if cells.len() <= column {
        cells.resize(column + 1, String::new());
    }
    if let Some(cell) = cells.get_mut(column) {
        *cell = text;
    }
    Ok(())
}

/// The old kind can only be read as a whole.
fn xls(file: File, wanted: Option<&str>, out: &mut Out) -> Result<(), Ended> {
    let mut workbook = Xls::new(BufReader::new(file)).map_err(|_| damaged())?;
    let (sheets, shown) = (workbook.sheet_names(), shown(&workbook));
    for sheet in candidates(&sheets, wanted, |at| shown.get(at).copied().unwrap_or(true))? {
        let Ok(range) = workbook.worksheet_range(&sheet) else {
            if wanted.is_some() {
                return Err(damaged().into());
            }
            continue;
        };
        let Some((first_row, first_column)) = range.start() else {
            continue;
        };
        out.begin(Begun {
            sheets: sheets.clone(),
            sheet,
        })?;
        for (at, row) in range.rows().enumerate() {
            let mut cells = vec![String::new(); first_column as usize];
            cells.extend(row.iter().map(text_of));
            out.row(u64::from(first_row) + at as u64, &mut cells)?;
        }
        return Ok(());
    }
    Err(no_rows().into())
}

fn text_of_ref(data: &DataRef<'_>) -> String {
    match data {
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number_as_text(*number),
        DataRef::Bool(on) => boolean(*on),
        DataRef::DateTime(date) => date_as_text(date),
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}

fn text_of(data: &Data) -> String {
    match data {
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Int(number) => number.to_string(),
        Data::Float(number) => number_as_text(*number),
        Data::Bool(on) => boolean(*on),
        Data::DateTime(date) => date_as_text(date),
        Data::Error(error) => error.to_string(),
        Data::Empty => String::new(),
    }
}

fn boolean(on: bool) -> String {
    if on { "TRUE" } else { "FALSE" }.to_owned()
}

/// A number in full, without the fraction of zeros that a phone number would otherwise get.
pub(super) fn number_as_text(number: f64) -> String {
    if !number.is_finite() {
        return String::new();
    }
    // Shortest text that reads back as the same number; never an exponent.
    let text = number.to_string();
    // Further places than a number can have are an invention of the file.
    if text.len() > 40 { format!("{number:e}") } else { text }
}

fn date_as_text(date: &ExcelDateTime) -> String {
    if date.is_duration() {
        return number_as_text(date.as_f64());
    }
    match date.as_datetime() {
        Some(at) if at.time() == chrono::NaiveTime::MIN => at.date().to_string(),
        Some(at) => at.format("%Y-%m-%d %H:%M:%S").to_string(),
        None => number_as_text(date.as_f64()),
    }
}
