//! Files of every kind that are whole, and then anything but whole.
//!
//! Each reader has a test that throws things at it: `PROPTEST_CASES=1000000 cargo test -p engine anything_as_xls` goes on
//! for as long as one likes. Old and binary workbooks (XLS, XLSB) are put together here, byte by byte, because nothing
//! else writes them.

use super::*;

/// A table of texts and numbers.
type Table<'a> = &'a [&'a [&'a str]];

const TABLE: Table<'_> = &[
    &["Name", "Email", "Phone"],
    &["Jane Doe", "jane@acme.com", "447400123456"],
    &["", "", ""],
    &["Zoe", "zoe@acme.com", "2.5"],
];

fn number_of(cell: &str) -> Option<f64> {
    cell.parse().ok()
}

fn u16s(numbers: &[u16]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

fn u32s(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// Every cell that holds something, with its row and column.
fn each_cell(table: Table<'_>) -> impl Iterator<Item = (u32, u32, &str)> {
    (0..).zip(table).flat_map(|(row, cells)| {
        (0..)
            .zip(*cells)
            .filter(|(_, cell)| !cell.is_empty())
            .map(move |(column, cell)| (row, column, *cell))
    })
}

/// A record of the old format: its kind, its length, and what it holds.
fn biff(kind: u16, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap();
    [&u16s(&[kind, length])[..], data].concat()
}

/// The stream of an old workbook with one sheet.
fn biff_stream(table: Table<'_>) -> Vec<u8> {
    let begin = |what: u16| biff(0x0809, &u16s(&[0x0600, what, 0, 0, 0, 0, 0, 0]));
    let end = biff(0x000A, &[]);
    let name = b"\x05\x00Leads";
    let sheet_at = begin(5).len() + biff(0x0085, &[&[0; 6][..], name].concat()).len() + end.len();
    let sheet = biff(
        0x0085,
        &[&u32s(&[u32::try_from(sheet_at).unwrap()])[..], &[0, 0], name].concat(),
    );
    let mut stream = [begin(5), sheet, end.clone(), begin(0x10)].concat();
    for (row, column, cell) in each_cell(table) {
        let place = u16s(&[u16::try_from(row).unwrap(), u16::try_from(column).unwrap(), 0]);
        stream.extend(match number_of(cell) {
            Some(number) => biff(0x0203, &[&place[..], &number.to_le_bytes()].concat()),
            None => {
                let length = u16s(&[u16::try_from(cell.len()).unwrap()]);
                biff(0x0204, &[&place[..], &length, &[0], cell.as_bytes()].concat())
            }
        });
    }
    stream.extend(end);
    stream
}

/// The container of old documents, with one stream in it.
fn compound(stream: &[u8]) -> Vec<u8> {
    const SECTOR: usize = 512;
    const LAST: u32 = 0xFFFF_FFFE;
    const FREE: u32 = 0xFFFF_FFFF;
    // Shorter streams would live elsewhere.
    let sectors = stream.len().div_ceil(SECTOR).max(8);
    let mut header = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
    header.resize(24, 0);
    header.extend(u16s(&[0x3E, 3, 0xFFFE, 9, 6, 0, 0, 0]));
    header.extend(u32s(&[0, 1, 1, 0, 4096, LAST, 0, LAST, 0, 0]));
    header.resize(SECTOR, 0xFF);
    let first = 2;
    let chain = (1..sectors).map(|at| first + u32::try_from(at).unwrap());
    let mut table: Vec<u32> = [0xFFFF_FFFD, LAST].into_iter().chain(chain).chain([LAST]).collect();
    table.resize(SECTOR / 4, FREE);
    let entry = |name: &str, kind: u8, child: u32, start: u32, size: usize| {
        let mut entry: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let length = if name.is_empty() { 0 } else { entry.len() + 2 };
        entry.resize(64, 0);
        entry.extend(u16s(&[u16::try_from(length).unwrap()]));
        entry.extend([kind, 1]);
        entry.extend(u32s(&[FREE, FREE, child]));
        entry.resize(116, 0);
        entry.extend(u32s(&[start, u32::try_from(size).unwrap(), 0]));
        entry
    };
    let directory = [
        entry("Root Entry", 5, 1, LAST, 0),
        entry("Workbook", 2, FREE, first, sectors * SECTOR),
        entry("", 0, FREE, 0, 0),
        entry("", 0, FREE, 0, 0),
    ]
    .concat();
    let mut body = stream.to_vec();
    body.resize(sectors * SECTOR, 0);
    [header, u32s(&table), directory, body].concat()
}

/// A record of the binary format.
fn brt(kind: u16, data: &[u8]) -> Vec<u8> {
    let mut record = Vec::new();
    let low = u8::try_from(kind & 0x7F).unwrap();
    match u8::try_from(kind >> 7).unwrap() {
        0 => record.push(low),
        high => record.extend([low | 0x80, high]),
    }
    let length = data.len();
    record.push(u8::try_from(length & 0x7F).unwrap() | if length > 0x7F { 0x80 } else { 0 });
    if length > 0x7F {
        record.push(u8::try_from(length >> 7).unwrap());
    }
    record.extend(data);
    record
}

fn wide(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    [u32s(&[u32::try_from(units.len()).unwrap()]), u16s(&units)].concat()
}

/// The parts of a binary workbook: its list of sheets, and its only sheet.
fn binary_parts(table: Table<'_>) -> [Vec<u8>; 2] {
    let sheet = [u32s(&[0, 1]), wide("rId1"), wide("Leads")].concat();
    let book = [
        brt(0x83, &[]),
        brt(0x8F, &[]),
        brt(0x9C, &sheet),
        brt(0x90, &[]),
        brt(0x9D, &[]),
        brt(0x84, &[]),
    ]
    .concat();
    let mut cells = [brt(0x81, &[]), brt(0x94, &u32s(&[0, 3, 0, 2])), brt(0x91, &[])].concat();
    let mut current = None;
    for (row, column, cell) in each_cell(table) {
        if current != Some(row) {
            current = Some(row);
            cells.extend(brt(0x00, &u32s(&[row, 0, 0, 0])));
        }
        let place = u32s(&[column, 0]);
        cells.extend(match number_of(cell) {
            Some(number) => brt(0x05, &[&place[..], &number.to_le_bytes()].concat()),
            None => brt(0x06, &[place, wide(cell)].concat()),
        });
    }
    cells.extend([brt(0x92, &[]), brt(0x82, &[])].concat());
    [book, cells]
}

fn binary_archive([book, sheet]: &[Vec<u8>; 2]) -> Vec<u8> {
    let relations = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.bin"/></Relationships>"#;
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in [
        ("xl/_rels/workbook.bin.rels", relations.as_bytes()),
        ("xl/workbook.bin", book),
        ("xl/worksheets/sheet1.bin", sheet),
    ] {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// The rows of a sheet, with formulas beside their results.
fn sheet_xml() -> String {
    let mut text = String::new();
    for (row, cells) in (1..).zip(TABLE) {
        write!(text, r#"<row r="{row}">"#).unwrap();
        for (column, cell) in ('A'..).zip(*cells) {
            let place = format!("{column}{row}");
            match number_of(cell) {
                Some(number) => write!(text, r#"<c r="{place}"><f>A1&amp;"x"</f><v>{number}</v></c>"#).unwrap(),
                None => text.push_str(&inline(&place, cell)),
            }
        }
        text.push_str("</row>");
    }
    text
}

fn document_xml() -> String {
    let mut text =
        r#"<office:document-content><office:body><office:spreadsheet><table:table table:name="Leads">"#.to_owned();
    for cells in TABLE {
        text.push_str("<table:table-row>");
        for cell in *cells {
            write!(
                text,
                r#"<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>"#
            )
            .unwrap();
        }
        text.push_str("</table:table-row>");
    }
    text.push_str("</table:table></office:spreadsheet></office:body></office:document-content>");
    text
}

fn document(content: String) -> Vec<u8> {
    archive(&[
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet".to_owned()),
        ("content.xml", content),
    ])
}

#[test]
fn the_table_in_every_kind_of_workbook() {
    for (name, format, bytes) in [
        ("x.xls", "xls", compound(&biff_stream(TABLE))),
        ("x.xlsb", "xlsb", binary_archive(&binary_parts(TABLE))),
        ("x.xlsx", "xlsx", workbook(&[("Leads", &sheet_xml())])),
        ("x.ods", "ods", document(document_xml())),
    ] {
        let whole = read_with(name, &bytes, &ReadOptions::default()).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(whole.shape.format, format);
        assert_eq!(whole.shape.sheets, ["Leads"], "{name}");
        assert_eq!(whole.headers, ["Name", "Email", "Phone"], "{name}");
        assert_eq!(
            cells(&whole),
            [
                ["Jane Doe", "jane@acme.com", "447400123456"],
                ["Zoe", "zoe@acme.com", "2.5"]
            ],
            "{name}"
        );
        assert_eq!(whole.rows[1].0, 4, "{name}: an empty row counts");
    }
}

/// What can befall a file.
#[derive(Clone, Debug)]
enum Harm {
    /// A byte is another one.
    Byte(prop::sample::Index, u8),
    /// It ends there.
    Cut(prop::sample::Index),
    /// A part of it stands there again.
    Again(prop::sample::Index, prop::sample::Index, u8),
    /// A part of it is lost.
    Lost(prop::sample::Index, u8),
    /// Something strange stands in it.
    Put(prop::sample::Index, Vec<u8>),
    /// A number is as large as it can be.
    Large(prop::sample::Index),
}

fn harms() -> impl Strategy<Value = Vec<Harm>> {
    let at = any::<prop::sample::Index>;
    let harm = prop_oneof![
        4 => (at(), any::<u8>()).prop_map(|(at, byte)| Harm::Byte(at, byte)),
        1 => at().prop_map(Harm::Cut),
        2 => (at(), at(), any::<u8>()).prop_map(|(from, to, length)| Harm::Again(from, to, length)),
        2 => (at(), any::<u8>()).prop_map(|(at, length)| Harm::Lost(at, length)),
        2 => (at(), prop::collection::vec(any::<u8>(), 1..24)).prop_map(|(at, bytes)| Harm::Put(at, bytes)),
        1 => at().prop_map(Harm::Large),
    ];
    prop::collection::vec(harm, 1..6)
}

fn harmed(mut bytes: Vec<u8>, harms: &[Harm]) -> Vec<u8> {
    for harm in harms {
        if bytes.is_empty() {
            break;
        }
        match harm {
            Harm::Byte(at, byte) => {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            Harm::Cut(at) => bytes.truncate(at.index(bytes.len())),
            Harm::Again(from, to, length) => {
                let from = from.index(bytes.len());
                let part = bytes[from..(from + usize::from(*length)).min(bytes.len())].to_vec();
                let to = to.index(bytes.len());
                bytes.splice(to..to, part);
            }
            Harm::Lost(at, length) => {
                let at = at.index(bytes.len());
                let end = (at + usize::from(*length)).min(bytes.len());
                bytes.drain(at..end);
            }
            Harm::Put(at, part) => {
                let at = at.index(bytes.len());
                bytes.splice(at..at, part.iter().copied());
            }
            Harm::Large(at) => {
                let at = at.index(bytes.len());
                let end = (at + 4).min(bytes.len());
                bytes[at..end].fill(0xFF);
            }
        }
    }
    bytes
}

fn delimited(delimiter: char) -> Vec<u8> {
    let lines: Vec<String> = TABLE
        .iter()
        .map(|cells| {
            let cells: Vec<String> = cells.iter().map(|cell| format!("\"{cell}\"")).collect();
            cells.join(&delimiter.to_string())
        })
        .collect();
    lines.join("\r\n").into_bytes()
}

fn in_utf16(text: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(text);
    let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}

fn json(lines: bool) -> Vec<u8> {
    let records: Vec<String> = TABLE[1..]
        .iter()
        .map(|cells| {
            format!(
                r#"{{"name": "{}", "contact": {{"email": "{}", "phones": [{{"number": "{}"}}]}}, "tags": ["a", "b"]}}"#,
                cells[0], cells[1], cells[2]
            )
        })
        .collect();
    if lines {
        records.join("\n").into_bytes()
    } else {
        format!("[{}]", records.join(", ")).into_bytes()
    }
}

/// A few rounds, because each writes a file or two.
fn rounds() -> ProptestConfig {
    ProptestConfig {
        cases: std::env::var("PROPTEST_CASES").map_or(48, |said| said.parse().unwrap_or(48)),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(rounds())]

    #[test]
    fn anything_as_csv(bytes in prop::collection::vec(any::<u8>(), 0..600), harms in harms(), tabs in any::<bool>(), wide in any::<bool>()) {
        survives("x.csv", &bytes);
        let table = delimited(if tabs { '\t' } else { ',' });
        survives("x.csv", &harmed(if wide { in_utf16(&table) } else { table }, &harms));
    }

    #[test]
    fn anything_as_json(bytes in prop::collection::vec(any::<u8>(), 0..600), harms in harms()) {
        survives("x.json", &[b"[", &bytes[..]].concat());
        survives("x.json", &harmed(json(false), &harms));
    }

    #[test]
    fn anything_as_ndjson(bytes in prop::collection::vec(any::<u8>(), 0..600), harms in harms()) {
        survives("x.ndjson", &[b"{\"a\": 1}\n{", &bytes[..]].concat());
        survives("x.ndjson", &harmed(json(true), &harms));
    }

    #[test]
    fn anything_as_xlsx(harms in harms(), outside in any::<bool>()) {
        let bytes = if outside {
            harmed(workbook(&[("Leads", &sheet_xml())]), &harms)
        } else {
            let sheet = harmed(sheet_xml().into_bytes(), &harms);
            workbook(&[("Leads", &String::from_utf8_lossy(&sheet))])
        };
        survives("x.xlsx", &bytes);
    }

    #[test]
    fn anything_as_xlsb(harms in harms(), part in 0..3_usize) {
        let mut parts = binary_parts(TABLE);
        let bytes = match parts.get_mut(part) {
            Some(part) => {
                *part = harmed(std::mem::take(part), &harms);
                binary_archive(&parts)
            }
            None => harmed(binary_archive(&parts), &harms),
        };
        survives("x.xlsb", &bytes);
    }

    #[test]
    fn anything_as_xls(harms in harms(), outside in any::<bool>()) {
        let bytes = if outside {
            harmed(compound(&biff_stream(TABLE)), &harms)
        } else {
            compound(&harmed(biff_stream(TABLE), &harms))
        };
        survives("x.xls", &bytes);
    }

    #[test]
    fn anything_as_ods(harms in harms(), outside in any::<bool>()) {
        let bytes = if outside {
            harmed(document(document_xml()), &harms)
        } else {
            document(String::from_utf8_lossy(&harmed(document_xml().into_bytes(), &harms)).into_owned())
        };
        survives("x.ods", &bytes);
    }
}
