//! An Excel workbook, written line by line: a workbook is a ZIP of XML files, and a sheet can be streamed into it, so
//! that memory does not grow with the lines. Libraries that build a workbook in memory need a gigabyte for a million
//! lines, and those that do not put personal data into temporary files.
//!
//! Texts stand in the cells themselves and are never formulas. Moments are written in the time of this computer,
//! because a spreadsheet knows no time zones.

use std::{
    fmt::Write as _,
    io::{BufWriter, Seek, Write},
};

use anyhow::Context;
use chrono::{DateTime, Local, NaiveDate, NaiveDateTime, Timelike, Utc};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::{Cell, Sheet};

/// What Excel can hold: lines of a sheet, the titles among them, and letters in a cell.
const MOST_LINES: u32 = 1_048_576;
const MOST_LETTERS: usize = 32_767;
/// What stands at the end of a text that is too long for a cell.
const CUT: &str = "… (cut: a cell holds 32,767 characters)";

/// Numbers of formats in `STYLES`.
const TITLE: u8 = 1;
const DATE: u8 = 2;
const MOMENT: u8 = 3;
const DECIMAL: u8 = 4;

const TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>"#;
const RELATIONS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const STYLES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/><xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="22" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="4" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs></styleSheet>"#;
const SHEET: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>"#;

pub(super) struct Workbook<W: Write + Seek> {
    zip: ZipWriter<BufWriter<W>>,
    titles: Vec<String>,
    /// The letters of each column.
    letters: Vec<String>,
    sheets: u32,
    /// Lines of the present sheet.
    lines: u32,
    /// The line that is being made.
    line: String,
}

impl<W: Write + Seek> Workbook<W> {
    pub fn begin(file: W, titles: &[String]) -> anyhow::Result<Self> {
        let mut workbook = Self {
            zip: ZipWriter::new(BufWriter::with_capacity(1 << 16, file)),
            titles: titles.to_vec(),
            letters: (0..titles.len()).map(letters).collect(),
            sheets: 0,
            lines: 0,
            line: String::with_capacity(4096),
        };
        workbook.begin_sheet()?;
        Ok(workbook)
    }

    /// Without this the workbook cannot be opened.
    pub fn finish(mut self) -> anyhow::Result<()> {
        self.end_sheet()?;
        let mut types = TYPES.to_owned();
        let mut sheets = String::new();
        let mut relations = String::new();
        for number in 1..=self.sheets {
            let name = if number == 1 {
                "Tickets".to_owned()
            } else {
                format!("Tickets {number}")
            };
            write!(
                types,
                r#"<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>"#
            )?;
            write!(
                sheets,
                r#"<sheet name="{name}" sheetId="{number}" r:id="rId{number}"/>"#
            )?;
            write!(
                relations,
                r#"<Relationship Id="rId{number}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet{number}.xml"/>"#
            )?;
        }
        types.push_str("</Types>");
        let styles = self.sheets + 1;
        let workbook = format!(
            r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>{sheets}</sheets></workbook>"#
        );
        let relations = format!(
            r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{relations}<Relationship Id="rId{styles}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#
        );
        for (name, text) in [
            ("xl/workbook.xml", workbook.as_str()),
            ("xl/_rels/workbook.xml.rels", relations.as_str()),
            ("xl/styles.xml", STYLES),
            ("_rels/.rels", RELATIONS),
            ("[Content_Types].xml", types.as_str()),
        ] {
            self.part(name)?;
            self.write(text)?;
        }
        let mut file = self.zip.finish().context("Write the file")?;
        file.flush().context("Write the file")
    }

    fn part(&mut self, name: &str) -> anyhow::Result<()> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            // The first level: half the time of the usual one, for a file that is a tenth larger.
            .compression_level(Some(1))
            // A sheet may turn out larger than four gigabytes.
            .large_file(true);
        self.zip.start_file(name, options).context("Write the file")
    }

    fn write(&mut self, text: &str) -> anyhow::Result<()> {
        self.zip.write_all(text.as_bytes()).context("Write the file")
    }

    fn begin_sheet(&mut self) -> anyhow::Result<()> {
        self.sheets += 1;
        self.lines = 0;
        self.part(&format!("xl/worksheets/sheet{}.xml", self.sheets))?;
        let mut head = SHEET.to_owned();
        for (at, title) in self.titles.iter().enumerate() {
            let column = at + 1;
            let width = (title.chars().count() + 4).clamp(12, 40);
            write!(
                head,
                r#"<col min="{column}" max="{column}" width="{width}" customWidth="1"/>"#
            )?;
        }
        head.push_str("</cols><sheetData>");
        self.write(&head)?;
        let titles = std::mem::take(&mut self.titles);
        self.begin_line();
        for (at, title) in titles.iter().enumerate() {
            self.text(at, title, Some(TITLE))?;
        }
        self.titles = titles;
        self.end_line()
    }

    fn end_sheet(&mut self) -> anyhow::Result<()> {
        let filter = match self.letters.last() {
            Some(last) => format!(r#"<autoFilter ref="A1:{last}{}"/>"#, self.lines),
            None => String::new(),
        };
        self.write(&format!("</sheetData>{filter}</worksheet>"))
    }

    fn begin_line(&mut self) {
        self.lines += 1;
        self.line.clear();
        self.line.push_str("<row>");
    }

    fn end_line(&mut self) -> anyhow::Result<()> {
        self.line.push_str("</row>");
        self.zip.write_all(self.line.as_bytes()).context("Write the file")
    }

    /// `<c r="B7"`, and the number of its format.
    fn begin_cell(&mut self, at: usize, style: Option<u8>) -> anyhow::Result<()> {
        let letters = self.letters.get(at).map_or("", String::as_str);
        write!(self.line, r#"<c r="{letters}{}""#, self.lines)?;
        if let Some(style) = style {
            write!(self.line, r#" s="{style}""#)?;
        }
        Ok(())
    }

    fn text(&mut self, at: usize, text: &str, style: Option<u8>) -> anyhow::Result<()> {
        self.begin_cell(at, style)?;
        self.line.push_str(r#" t="inlineStr"><is><t xml:space="preserve">"#);
        match text.char_indices().nth(MOST_LETTERS) {
            None => push_escaped(&mut self.line, text),
            Some(_) => {
                let kept: String = text.chars().take(MOST_LETTERS - CUT.chars().count()).collect();
                push_escaped(&mut self.line, &kept);
                self.line.push_str(CUT);
            }
        }
        self.line.push_str("</t></is></c>");
        Ok(())
    }

    fn number(&mut self, at: usize, number: impl std::fmt::Display, style: Option<u8>) -> anyhow::Result<()> {
        self.begin_cell(at, style)?;
        write!(self.line, "><v>{number}</v></c>")?;
        Ok(())
    }
}

impl<W: Write + Seek> Sheet for Workbook<W> {
    fn line(&mut self, cells: &[Cell<'_>]) -> anyhow::Result<()> {
        if self.lines == MOST_LINES {
            self.end_sheet()?;
            self.begin_sheet()?;
        }
        self.begin_line();
        for (at, cell) in cells.iter().enumerate() {
            match cell {
                Cell::Empty => {}
                Cell::Text(text) => self.text(at, text, None)?,
                Cell::Whole(number) => self.number(at, number, None)?,
                Cell::Decimal(number) => self.number(at, number, Some(DECIMAL))?,
                Cell::Date(date) => self.number(at, serial((*date).into()), Some(DATE))?,
                Cell::Moment(moment) => self.number(at, serial(local(*moment)), Some(MOMENT))?,
            }
        }
        self.end_line()
    }
}

fn local(at: DateTime<Utc>) -> NaiveDateTime {
    at.with_timezone(&Local).naive_local()
}

/// Days since the end of 1899, as spreadsheets count them, with the time as a fraction.
fn serial(at: NaiveDateTime) -> f64 {
    let days = NaiveDate::from_ymd_opt(1899, 12, 30).map_or(0, |first| (at.date() - first).num_days());
    days as f64 + f64::from(at.num_seconds_from_midnight()) / 86_400.0
}

/// A, B, …, Z, AA, …
fn letters(column: usize) -> String {
    let mut left = column + 1;
    let mut letters = Vec::new();
    while left > 0 {
        left -= 1;
        letters.push(char::from(b'A' + u8::try_from(left % 26).unwrap_or_default()));
        left /= 26;
    }
    letters.into_iter().rev().collect()
}

/// Text as XML takes it. A letter that XML has not is left out, and what Excel would read as the code of a letter is
/// told apart from it.
fn push_escaped(line: &mut String, text: &str) {
    for (at, letter) in text.char_indices() {
        match letter {
            '&' => line.push_str("&amp;"),
            '<' => line.push_str("&lt;"),
            '>' => line.push_str("&gt;"),
            '\r' => line.push_str("&#13;"),
            '_' if is_code(text.get(at..)) => line.push_str("_x005F_"),
            '\t' | '\n' => line.push(letter),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            _ => line.push(letter),
        }
    }
}

/// Whether a text begins like `_x0041_`.
fn is_code(text: Option<&str>) -> bool {
    let code = text
        .and_then(|text| text.strip_prefix("_x"))
        .and_then(|rest| rest.get(..5));
    code.and_then(|code| code.strip_suffix('_'))
        .is_some_and(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use std::{borrow::Cow, io::Cursor};

    use calamine::{Data, Reader, Xlsx};

    use super::*;

    fn read_back(lines: &[Vec<Cell<'_>>], titles: &[&str]) -> Vec<Vec<Data>> {
        let mut file = Cursor::new(Vec::new());
        let titles: Vec<String> = titles.iter().map(|title| (*title).to_owned()).collect();
        let mut workbook = Workbook::begin(&mut file, &titles).unwrap();
        for line in lines {
            workbook.line(line).unwrap();
        }
        workbook.finish().unwrap();
        file.set_position(0);
        let mut workbook: Xlsx<_> = calamine::open_workbook_from_rs(file).unwrap();
        assert_eq!(workbook.sheet_names(), ["Tickets"]);
        let range = workbook.worksheet_range("Tickets").unwrap();
        range.rows().map(<[Data]>::to_vec).collect()
    }

    #[test]
    fn a_workbook_reads_back_as_it_was_written() {
        let text = |text| Cell::Text(Cow::Borrowed(text));
        let date = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
        let lines = read_back(
            &[
                vec![text("=1+1 & <b>\u{1}"), Cell::Whole(7), Cell::Date(date)],
                vec![text("_x0041_ stays"), Cell::Empty, Cell::Empty],
                vec![Cell::Empty, Cell::Decimal("12500.50".to_owned()), Cell::Empty],
            ],
            &["Company", "Number", "Day"],
        );
        assert_eq!(lines[0][0], Data::String("Company".to_owned()));
        assert_eq!(lines[1][0], Data::String("=1+1 & <b>".to_owned()));
        assert_eq!(lines[1][1], Data::Float(7.0));
        let Data::DateTime(day) = &lines[1][2] else {
            panic!("{:?}", lines[1][2])
        };
        assert_eq!(day.as_f64(), 46_347.0);
        assert_eq!(lines[2][0], Data::String("_x0041_ stays".to_owned()));
        assert_eq!(lines[3][0], Data::Empty);
        assert_eq!(lines[3][1], Data::Float(12_500.5));
    }

    #[test]
    fn a_text_that_no_cell_holds_is_cut_and_says_so() {
        let long = "ä".repeat(40_000);
        let lines = read_back(&[vec![Cell::Text(Cow::Owned(long))]], &["Notes"]);
        let Data::String(kept) = &lines[1][0] else {
            panic!("{:?}", lines[1][0])
        };
        assert_eq!(kept.chars().count(), MOST_LETTERS);
        assert!(kept.ends_with(CUT));
    }

    #[test]
    fn columns_are_named_as_in_a_spreadsheet() {
        for (column, name) in [
            (0, "A"),
            (25, "Z"),
            (26, "AA"),
            (51, "AZ"),
            (52, "BA"),
            (701, "ZZ"),
            (702, "AAA"),
        ] {
            assert_eq!(letters(column), name);
        }
    }

    #[test]
    fn days_are_counted_as_in_a_spreadsheet() {
        let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap().and_hms_opt(12, 0, 0).unwrap();
        assert_eq!(serial(day(1900, 3, 1)), 61.5);
        assert_eq!(serial(day(2026, 11, 21)), 46_347.5);
    }
}
