//! Bytes to characters.
//!
//! The whole file is looked at first, which costs a fraction of a second for hundreds of megabytes: what is UTF-8 in its
//! first megabyte may hold a letter of another encoding in its last. A mark of the byte order decides, then whether it is
//! UTF-8 (a few damaged letters do not count), then what `chardetng` makes of the places that are not. Mac Roman cannot be
//! told from Windows-1252, so a person can always say what it is.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::Unreadable;

/// A text file whose encoding is known.
pub(super) struct Text {
    file: File,
    encoding: &'static Encoding,
    /// The bytes of the mark before the text.
    mark: usize,
    /// The beginning, as text.
    pub sample: String,
    /// One sentence for each thing a person should know.
    pub warnings: Vec<String>,
}

/// How much of the text is looked at for its shape.
pub(super) const SAMPLE: usize = 128 * 1024;

/// How many bytes the detector gets: it reads slowly, and more does not make it wiser.
const DETECTED: usize = 48 * 1024;

const CHUNK: usize = 1 << 20;

/// Finds the encoding, or takes the one that was said.
pub(super) fn open(mut file: File, said: Option<&str>) -> anyhow::Result<Text> {
    let mut start = vec![0; 4];
    let read = fill(&mut file, &mut start)?;
    start.truncate(read);
    let marked = Encoding::for_bom(&start);
    let mut warnings = Vec::new();
    let (encoding, mark) = match (said, marked) {
        (Some(label), _) => {
            let encoding = Encoding::for_label(label.as_bytes()).ok_or_else(|| {
                Unreadable::new(
                    format!("No encoding is called “{label}”."),
                    "Choose one of the list, such as utf-8 or windows-1252.",
                )
            })?;
            let mark = marked
                .filter(|(marked, _)| *marked == encoding)
                .map_or(0, |(_, length)| length);
            (encoding, mark)
        }
        (None, Some((encoding, length))) => (encoding, length),
        (None, None) => (detect(&mut file, &mut warnings)?, 0),
    };
    let mut text = Text {
        file,
        encoding,
        mark,
        sample: String::new(),
        warnings,
    };
    let mut beginning = Vec::new();
    text.reader()?.take(SAMPLE as u64).read_to_end(&mut beginning)?;
    // Cut in the middle of a letter, perhaps.
    text.sample = String::from_utf8_lossy(&beginning)
        .trim_end_matches('\u{FFFD}')
        .to_owned();
    if text.sample.chars().take(4096).filter(|c| *c == '\0').count() > 0 {
        return Err(Unreadable::new(
            "This is no text and no spreadsheet.",
            "Export the list as CSV or XLSX and choose that file.",
        )
        .into());
    }
    Ok(text)
}

impl Text {
    /// The encoding's usual name.
    pub fn encoding_name(&self) -> String {
        self.encoding.name().to_owned()
    }

    /// Whether the text is JSON rather than a table of lines.
    pub fn begins_like_json(&self) -> bool {
        let start = self.sample.trim_start();
        let Some(inside) = start.strip_prefix(['{', '[']) else {
            return false;
        };
        // `{name},{mail}` is a table with odd headers; JSON goes on with a string, another bracket, or its end.
        matches!(
            inside.trim_start().chars().next(),
            Some('"' | '{' | '[' | '}' | ']') | None
        )
    }

    /// The text as UTF-8, from its beginning.
    pub fn reader(&mut self) -> io::Result<Utf8> {
        let mut file = self.file.try_clone()?;
        file.seek(SeekFrom::Start(self.mark as u64))?;
        Ok(if self.encoding == UTF_8 {
            Utf8::Plain(file)
        } else {
            Utf8::Decoded(Box::new(Decoded {
                file,
                decoder: self.encoding.new_decoder_without_bom_handling(),
                raw: vec![0; CHUNK / 4],
                from: 0,
                to: 0,
                ended: false,
                finished: false,
            }))
        })
    }
}

/// A reader of UTF-8. Damaged letters of a file that is UTF-8 pass as they are, for whoever makes strings of them.
pub(super) enum Utf8 {
    Plain(File),
    Decoded(Box<Decoded>),
}

impl Read for Utf8 {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(file) => file.read(target),
            Self::Decoded(decoded) => decoded.read(target),
        }
    }
}

/// Another encoding, turned into UTF-8 as it is read.
pub(super) struct Decoded {
    file: File,
    decoder: Decoder,
    raw: Vec<u8>,
    from: usize,
    to: usize,
    ended: bool,
    finished: bool,
}

impl Read for Decoded {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        // The decoder needs room for one character at least.
        if target.len() < 8 {
            let mut room = [0; 8];
            let read = self.decode(&mut room)?;
            if read > target.len() {
                return Err(io::Error::other(
                    "a decoded text is read in pieces of eight bytes at least",
                ));
            }
            target.iter_mut().zip(room).for_each(|(to, from)| *to = from);
            return Ok(read);
        }
        self.decode(target)
    }
}

impl Decoded {
    fn decode(&mut self, target: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.finished {
                return Ok(0);
            }
            if self.from == self.to && !self.ended {
                self.from = 0;
                self.to = self.file.read(&mut self.raw)?;
                self.ended = self.to == 0;
            }
            let source = self.raw.get(self.from..self.to).unwrap_or_default();
            let (result, read, written, _) = self.decoder.decode_to_utf8(source, target, self.ended);
            self.from += read;
            if self.ended && result == encoding_rs::CoderResult::InputEmpty {
                self.finished = true;
            }
            if written > 0 {
                return Ok(written);
            }
        }
    }
}

/// Fills the buffer as far as the file goes.
fn fill(file: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match file.read(rest)? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}

/// What the whole file says about its encoding.
#[derive(Default)]
struct Look {
    /// Letters of UTF-8 beyond ASCII.
    good: u64,
    /// Places that are no UTF-8.
    bad: u64,
    first_bad_line: u64,
    lines: u64,
    /// The surroundings of bad places.
    around: Vec<u8>,
}

fn detect(file: &mut File, warnings: &mut Vec<String>) -> anyhow::Result<&'static Encoding> {
    file.seek(SeekFrom::Start(0))?;
    let mut buffer = vec![0; CHUNK];
    let mut carried = 0;
    let mut look = Look::default();
    let mut first = true;
    loop {
        let room = buffer.get_mut(carried..).unwrap_or_default();
        let read = fill(file, room)?;
        let filled = carried + read;
        let chunk = buffer.get(..filled).unwrap_or_default();
        if first {
            if let Some(encoding) = wide(chunk) {
                return Ok(encoding);
            }
            first = false;
        }
        let ended = read == 0 || filled < CHUNK;
        let rest = look.at(chunk, ended);
        if ended {
            break;
        }
        buffer.copy_within(filled - rest..filled, 0);
        carried = rest;
    }
    if look.bad == 0 {
        return Ok(UTF_8);
    }
    // A file that is UTF-8 in many places and broken in few was damaged, not written in something else.
    if look.good >= 10 * look.bad {
        let places = if look.bad == 1 {
            "one place".to_owned()
        } else {
            format!("{} places", look.bad)
        };
        warnings.push(format!(
            "In {places}, first in line {}, letters are damaged and stand as “\u{FFFD}”.",
            look.first_bad_line
        ));
        return Ok(UTF_8);
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(&look.around, true);
    Ok(detector.guess(None, Utf8Detection::Deny))
}

/// UTF-16 without its mark: in a table every other byte is zero.
fn wide(start: &[u8]) -> Option<&'static Encoding> {
    let start = start.get(..start.len().min(4096))?;
    let zeros = |offset: usize| start.iter().skip(offset).step_by(2).filter(|byte| **byte == 0).count();
    let most = start.len() * 3 / 10;
    match (zeros(0) > most, zeros(1) > most) {
        (false, true) => Some(UTF_16LE),
        (true, false) => Some(UTF_16BE),
        _ => None,
    }
}

impl Look {
    /// Looks at a chunk, and says how many of its last bytes belong to the next one.
    fn at(&mut self, chunk: &[u8], ended: bool) -> usize {
        let mut from = 0;
        loop {
            let rest = chunk.get(from..).unwrap_or_default();
            match std::str::from_utf8(rest) {
                Ok(text) => {
                    self.count(text.as_bytes());
                    return 0;
                }
                Err(error) => {
                    let good = error.valid_up_to();
                    self.count(rest.get(..good).unwrap_or_default());
                    let Some(length) = error.error_len().or(ended.then_some(rest.len() - good)) else {
                        return rest.len() - good;
                    };
                    self.bad += 1;
                    if self.bad == 1 {
                        self.first_bad_line = self.lines + 1;
                    }
                    if self.around.len() < DETECTED {
                        let at = from + good;
                        let around = chunk.get(at.saturating_sub(64)..(at + 64).min(chunk.len()));
                        self.around.extend_from_slice(around.unwrap_or_default());
                        self.around.push(b'\n');
                    }
                    from += good + length;
                }
            }
        }
    }

    fn count(&mut self, good: &[u8]) {
        self.lines += memchr::memchr_iter(b'\n', good).count() as u64;
        if !good.is_ascii() {
            self.good += good.iter().filter(|byte| **byte >= 0xC0).count() as u64;
        }
    }
}
