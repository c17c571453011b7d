//! What an old workbook (XLS) says of itself, looked at before a library believes it.
//!
//! A damaged one may name a column far beyond any sheet, or have a chain of sectors that goes round in circles. To believe
//! either takes all the memory there is, and that ends the program, not only the thread that reads. So the container is
//! walked once with an eye on its length, and every cell is asked for its place.

/// The most columns of an old sheet, and its most rows.
const COLUMNS: u32 = 256;
const ROWS: u32 = 65_536;

/// The most sheets.
const SHEETS: usize = 5_000;

/// How large a sheet may be in any case, and how much larger than what stands in it.
const ALWAYS: u64 = 4_000_000;
const MOST_TIMES: u64 = 64;

/// The end of a chain; numbers from here on are no sectors.
const LAST: u32 = 0xFFFF_FFFE;
const RESERVED: u32 = 0xFFFF_FFFC;

/// Streams shorter than this live in a stream of their own, in small sectors.
const SHORT: usize = 4096;
const SMALL: usize = 64;

/// Whether the workbook is what its parts say.
pub(super) fn is_sound(file: &[u8]) -> bool {
    let stream = Container::open(file).and_then(|container| container.workbook());
    stream.is_some_and(|stream| are_sheets_sound(&stream).unwrap_or(false))
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let found = bytes.get(at..at.checked_add(2)?)?;
    Some(u16::from_le_bytes(found.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let found = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(found.try_into().ok()?))
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = u32> + '_ {
    let (whole, _) = bytes.as_chunks::<4>();
    whole.iter().map(|number| u32::from_le_bytes(*number))
}

/// The file system inside an old document.
struct Container<'a> {
    file: &'a [u8],
    /// The size of a sector; the header takes one as well.
    sector: usize,
    /// Which sector follows which.
    table: Vec<u32>,
    directory: Vec<u8>,
}

impl<'a> Container<'a> {
    fn open(file: &'a [u8]) -> Option<Self> {
        let sector = match u16_at(file, 30)? {
            9 => 512,
            12 => 4096,
            _ => return None,
        };
        let mut container = Self {
            file,
            sector,
            table: Vec::new(),
            directory: Vec::new(),
        };
        let mut places: Vec<u32> = numbers(file.get(76..512)?).collect();
        let mut next = u32_at(file, 68)?;
        while next < RESERVED {
            places.extend(numbers(container.sector(next)?));
            next = places.pop()?;
            if places.len() > container.sectors() + 256 {
                return None;
            }
        }
        for place in places.into_iter().filter(|place| *place < RESERVED) {
            let part = container.sector(place)?;
            container.table.extend(numbers(part));
        }
        container.directory = container.chain(u32_at(file, 48)?, usize::MAX)?;
        Some(container)
    }

    /// How many sectors there can be.
    fn sectors(&self) -> usize {
        self.file.len() / self.sector + 1
    }

    fn sector(&self, number: u32) -> Option<&'a [u8]> {
        let start = self.sector.checked_mul(number as usize + 1)?;
        let rest = self.file.get(start..).filter(|rest| !rest.is_empty())?;
        rest.get(..self.sector.min(rest.len()))
    }

    fn chain(&self, first: u32, length: usize) -> Option<Vec<u8>> {
        chain(first, length, self.sectors(), &self.table, |number| self.sector(number))
    }

    /// The stream in which the sheets are.
    fn workbook(&self) -> Option<Vec<u8>> {
        let (entries, _) = self.directory.as_chunks::<128>();
        let named = |wanted: &str| {
            entries.iter().find(|entry| {
                let (units, _) = entry.as_chunks::<2>();
                let units = units.iter().take(32).map(|unit| u16::from_le_bytes(*unit));
                let name: Vec<u16> = units.take_while(|unit| *unit != 0).collect();
                String::from_utf16_lossy(&name).eq_ignore_ascii_case(wanted)
            })
        };
        let start = |entry: &[u8; 128]| u32_at(entry, 116);
        let length = |entry: &[u8; 128]| Some(u32_at(entry, 120)? as usize);
        let small = match u32_at(self.file, 64)? {
            0 => None,
            _ => {
                let root = entries.first()?;
                let table = self.chain(u32_at(self.file, 60)?, usize::MAX)?;
                let table: Vec<u32> = numbers(&table).collect();
                Some((self.chain(start(root)?, length(root)?)?, table))
            }
        };
        let book = named("Workbook").or_else(|| named("Book"))?;
        if length(book)? >= SHORT {
            return self.chain(start(book)?, length(book)?);
        }
        let (stream, table) = small?;
        let most = stream.len() / SMALL + 1;
        chain(start(book)?, length(book)?, most, &table, |number| {
            let rest = stream.get(SMALL.checked_mul(number as usize)?..)?;
            rest.get(..SMALL.min(rest.len())).filter(|part| !part.is_empty())
        })
    }
}

/// What stands in the sectors that follow each other; `None` when there are more of them than there can be.
fn chain<'s>(
    first: u32,
    length: usize,
    most: usize,
    table: &[u32],
    sector: impl Fn(u32) -> Option<&'s [u8]>,
) -> Option<Vec<u8>> {
    let mut found = Vec::new();
    let mut next = first;
    for _ in 0..=most {
        if next == LAST || found.len() >= length {
            found.truncate(length);
            return Some(found);
        }
        found.extend_from_slice(sector(next)?);
        next = match table.get(next as usize) {
            Some(next) => *next,
            None if found.len() >= length => LAST,
            None => return None,
        };
    }
    None
}

/// The records of a stream, as far as they can be read.
fn records(mut stream: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let kind = u16_at(stream, 0)?;
        let end = 4 + usize::from(u16_at(stream, 2)?);
        let data = stream.get(4..end)?;
        stream = stream.get(end..)?;
        Some((kind, data))
    })
}

const BEGIN: u16 = 0x0809;
const END: u16 = 0x000A;

fn are_sheets_sound(stream: &[u8]) -> Option<bool> {
    let mut places: Vec<usize> = records(stream)
        .take_while(|(kind, _)| *kind != END)
        .filter(|(kind, _)| *kind == 0x0085)
        .map(|(_, data)| Some(u32_at(data, 0)? as usize))
        .collect::<Option<_>>()?;
    places.sort_unstable();
    places.dedup();
    if places.len() > SHEETS {
        return Some(false);
    }
    for place in places {
        if !is_sheet_sound(stream.get(place..)?)? {
            return Some(false);
        }
    }
    Some(true)
}

/// Whether every cell of a sheet is where a cell can be, and the sheet not out of all proportion to its cells.
fn is_sheet_sound(sheet: &[u8]) -> Option<bool> {
    let (mut top, mut bottom, mut left, mut right) = (u32::MAX, 0, u32::MAX, 0);
    let mut cells: u64 = 0;
    // Charts have records of their own inside.
    let mut depth = 0_u32;
    for (kind, data) in records(sheet) {
        match kind {
            BEGIN => depth += 1,
            END if depth <= 1 => break,
            END => depth -= 1,
            _ if depth > 1 => {}
            0x0200 => {
                let (rows, columns) = match data.len() {
                    10 => (u32::from(u16_at(data, 2)?), u16_at(data, 6)?),
                    14 | 16 => (u32_at(data, 4)?, u16_at(data, 10)?),
                    _ => return None,
                };
                if rows > ROWS || u32::from(columns) > COLUMNS {
                    return Some(false);
                }
            }
            // A formula, a row of numbers, numbers, texts, switches and errors.
            0x0006 | 0x00BD | 0x00D6 | 0x00FD | 0x0203 | 0x0204 | 0x0205 | 0x027E => {
                let row = u32::from(u16_at(data, 0)?);
                let column = u32::from(u16_at(data, 2)?);
                let last = match kind {
                    0x00BD => column + u32::try_from(data.len() / 6).ok()?,
                    _ => column,
                };
                if last > COLUMNS {
                    return Some(false);
                }
                top = top.min(row);
                bottom = bottom.max(row);
                left = left.min(column);
                right = right.max(last);
                cells += u64::from(last - column) + 1;
            }
            _ => {}
        }
    }
    let size = u64::from((bottom + 1).saturating_sub(top)) * u64::from((right + 1).saturating_sub(left));
    Some(size <= ALWAYS.max(cells * MOST_TIMES))
}
