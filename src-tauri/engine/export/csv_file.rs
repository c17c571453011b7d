//! Comma-separated values, as a spreadsheet and `leadline import` read them.

use std::io::{BufWriter, Write};

use anyhow::Context;

use super::{Cell, Sheet, plain};

/// By which a spreadsheet knows that a text is UTF-8.
const MARK: &[u8] = "\u{feff}".as_bytes();

pub(super) struct CsvFile<W: Write> {
    writer: csv::Writer<BufWriter<W>>,
}

impl<W: Write> CsvFile<W> {
    pub fn begin(file: W, titles: &[String], mark: bool) -> anyhow::Result<Self> {
        let mut file = BufWriter::with_capacity(1 << 16, file);
        if mark {
            file.write_all(MARK).context("Write the file")?;
        }
        let mut writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer(file);
        writer.write_record(titles).context("Write the file")?;
        Ok(Self { writer })
    }

    /// Without this the end of the file may be missing.
    pub fn finish(mut self) -> anyhow::Result<()> {
        self.writer.flush().context("Write the file")
    }
}

impl<W: Write> Sheet for CsvFile<W> {
    fn line(&mut self, cells: &[Cell<'_>]) -> anyhow::Result<()> {
        for cell in cells {
            let written = match cell {
                Cell::Empty => self.writer.write_field(b""),
                Cell::Text(text) => self.writer.write_field(plain(text).as_bytes()),
                Cell::Whole(number) => self.writer.write_field(number.to_string()),
                Cell::Decimal(number) => self.writer.write_field(number),
                Cell::Date(date) => self.writer.write_field(date.format("%Y-%m-%d").to_string()),
                Cell::Moment(at) => self.writer.write_field(at.format("%Y-%m-%dT%H:%M:%SZ").to_string()),
            };
            written.context("Write the file")?;
        }
        self.writer.write_record(None::<&[u8]>).context("Write the file")
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;

    #[test]
    fn lines_read_back_as_they_were() {
        let mut file = Vec::new();
        let titles = ["Company".to_owned(), "Score".to_owned()];
        let mut sheet = CsvFile::begin(&mut file, &titles, true).unwrap();
        let text = |text| Cell::Text(Cow::Borrowed(text));
        sheet.line(&[text("Acme, \"the\"\nBakers"), Cell::Whole(-3)]).unwrap();
        sheet.line(&[text("=1+1"), Cell::Empty]).unwrap();
        sheet.finish().unwrap();
        let text = String::from_utf8(file).unwrap();
        assert_eq!(
            text,
            "\u{feff}Company,Score\r\n\"Acme, \"\"the\"\"\nBakers\",-3\r\n'=1+1,\r\n"
        );
    }
}
