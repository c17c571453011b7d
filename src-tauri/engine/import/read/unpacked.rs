//! What is in an archive, counted before anybody opens it.
//!
//! A spreadsheet is a ZIP archive, and a few kilobytes can unpack to more than a computer has. What an archive says about
//! its sizes may be a lie, so everything in it is unpacked once into nothing and counted.

use std::{
    fs::File,
    io::{self, Read},
};

use zip::ZipArchive;

use super::{Unreadable, sheet::Format};

/// How many times its own size an archive may unpack to. Tables of numbers and empty cells reach 30.
const MOST_TIMES: u64 = 100;
/// What small archives may unpack to in any case.
const ALWAYS: u64 = 64 << 20;
/// What any archive may unpack to.
const NEVER: u64 = 6 << 30;
/// The most of what has to be held in memory: the texts that the cells share.
const HELD: u64 = 400 << 20;
/// Where the texts that the cells share say how many they are, and how short one of them is at least (`<si/>`).
const START: u64 = 4096;
const SHORTEST_TEXT: u64 = 5;
/// The most files in an archive.
const FILES: usize = 20_000;

/// What kind of document the archive is.
pub(super) enum Contents {
    Workbook(Format),
    OpenDocument,
}

/// Looks into the archive, and counts.
pub(super) fn look(file: &File) -> anyhow::Result<Contents> {
    let packed = file.metadata()?.len();
    let limit = packed.saturating_mul(MOST_TIMES).clamp(ALWAYS, NEVER);
    let mut archive = ZipArchive::new(io::BufReader::new(file.try_clone()?)).map_err(|_| damaged())?;
    let has = |name: &str| archive.index_for_name(name).is_some();
    let sheets = |end: &str| {
        let mut names = archive.file_names().filter_map(Result::ok);
        names.any(|name| name.contains("worksheets/") && name.ends_with(end))
    };
    let contents = if has("xl/workbook.xml") || (has("[Content_Types].xml") && sheets(".xml")) {
        Contents::Workbook(Format::Xlsx)
    } else if has("xl/workbook.bin") || (has("[Content_Types].xml") && sheets(".bin")) {
        Contents::Workbook(Format::Xlsb)
    } else if has("content.xml") && has("mimetype") {
        Contents::OpenDocument
    } else {
        return Err(Unreadable::new(
            "This is an archive, not a table.",
            "Unpack it and choose the file in it.",
        )
        .into());
    };
    if archive.len() > FILES {
        return Err(bomb().into());
    }
    let mut total = 0;
    for number in 0..archive.len() {
        let entry = archive.by_index(number).map_err(|_| damaged())?;
        let name = entry.name().map_err(|_| damaged())?;
        let held = name.contains("haredStrings") || name.ends_with("styles.xml");
        let most = if held { HELD.min(limit) } else { limit };
        let is_shared = name.contains("haredStrings.xml");
        let mut entry = entry.take(most + 1);
        let mut start = Vec::new();
        if is_shared {
            entry
                .by_ref()
                .take(START)
                .read_to_end(&mut start)
                .map_err(|_| damaged())?;
        }
        let size = start.len() as u64 + io::copy(&mut entry, &mut io::sink()).map_err(|_| damaged())?;
        if said_texts(&start).is_some_and(|texts| texts.saturating_mul(SHORTEST_TEXT) > size) {
            return Err(damaged().into());
        }
        total += size;
        if size > most || total > limit {
            return Err(bomb().into());
        }
    }
    Ok(contents)
}

/// How many texts a table of them says that it has. Room is made for so many before the first is read.
fn said_texts(start: &[u8]) -> Option<u64> {
    const SAID: &[u8] = b"uniqueCount=";
    let at = memchr::memmem::find(start, SAID)? + SAID.len();
    let digits = start.get(at + 1..)?;
    let end = digits
        .iter()
        .position(|byte| !byte.is_ascii_digit())
        .unwrap_or(digits.len());
    let said = std::str::from_utf8(digits.get(..end)?).ok()?;
    // More digits than a number has is more than anybody has room for.
    (!said.is_empty()).then(|| said.parse().unwrap_or(u64::MAX))
}

pub(super) fn damaged() -> Unreadable {
    Unreadable::new(
        "This spreadsheet is damaged.",
        "Open it in your spreadsheet program, save it again and choose the new file, or export it as CSV.",
    )
}

fn bomb() -> Unreadable {
    Unreadable::new(
        "This spreadsheet unpacks to far more than a table of its size could hold, so it is not opened.",
        "If you trust it, open it in your spreadsheet program and export it as CSV.",
    )
}
