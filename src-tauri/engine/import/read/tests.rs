//! Files as they come, ugly ones first. It is long because every case is a file, read best beside the others.
//!
//! The last part throws anything at the readers. It goes on for as long as one likes: `PROPTEST_CASES=1000000 cargo test -p
//! engine import::read`.

mod anything;

use std::{fmt::Write as _, io::Write as _, path::PathBuf};

use proptest::prelude::*;
use tempfile::TempDir;
use zip::{ZipWriter, write::SimpleFileOptions};

use super::*;

/// A file in a folder of its own.
struct Scratch {
    folder: TempDir,
    path: PathBuf,
}

fn scratch(name: &str, bytes: &[u8]) -> Scratch {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    Scratch { folder, path }
}

struct Whole {
    shape: FileShape,
    headers: Vec<String>,
    rows: Vec<(u64, Vec<String>)>,
    bad: Vec<BadRow>,
}

fn read_with(name: &str, bytes: &[u8], options: &ReadOptions) -> anyhow::Result<Whole> {
    let file = scratch(name, bytes);
    let opened = open(&file.path, options)?;
    let (mut rows, mut bad) = (Vec::new(), Vec::new());
    for read in opened.rows {
        match read? {
            Read::Row(row) => rows.push((row.line, row.cells.to_vec())),
            Read::Bad(row) => bad.push(row),
        }
    }
    drop(file.folder);
    Ok(Whole {
        shape: opened.shape,
        headers: opened.headers,
        rows,
        bad,
    })
}

fn read(bytes: impl AsRef<[u8]>) -> Whole {
    read_with("list.csv", bytes.as_ref(), &ReadOptions::default()).unwrap()
}

fn refused(name: &str, bytes: &[u8]) -> String {
    match read_with(name, bytes, &ReadOptions::default()) {
        Ok(whole) => panic!("{name} was read: {:?}", whole.headers),
        Err(error) => error.downcast::<Unreadable>().unwrap().to_string(),
    }
}

fn cells(whole: &Whole) -> Vec<Vec<&str>> {
    whole
        .rows
        .iter()
        .map(|(_, cells)| cells.iter().map(String::as_str).collect())
        .collect()
}

#[test]
fn a_plain_list() {
    let whole = read("First Name,Last Name,Email\nJane,Doe,jane@acme.com\n\nJoe,Roe,\n");
    assert_eq!(whole.headers, ["First Name", "Last Name", "Email"]);
    assert_eq!(cells(&whole), [["Jane", "Doe", "jane@acme.com"], ["Joe", "Roe", ""]]);
    assert_eq!(whole.rows.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2, 4]);
    assert_eq!(whole.shape.encoding.as_deref(), Some("UTF-8"));
    assert_eq!(whole.shape.delimiter.as_deref(), Some(","));
    assert_eq!((whole.shape.header_line, whole.shape.warnings.len()), (1, 0));
}

#[test]
fn every_delimiter_and_quote() {
    for (text, delimiter) in [
        ("Name;Email;City\nDoe, Jane;j@a.com;Leeds\nRoe, Joe;r@a.com;York\n", ";"),
        ("Name\tEmail\tCity\nDoe\tj@a.com\tLeeds\n", "tab"),
        ("Name|Email|City\nDoe|j@a.com|Leeds\n", "|"),
        ("sep=^\nName^Email^City\nDoe^j@a.com^Leeds\n", "^"),
        ("'Name','Email','City'\n'Doe','j@a.com','Leeds'\n", ","),
        ("\"Name\", \"Email\", \"City\"\n\"Doe\", \"j@a.com\" , \"Leeds\"\n", ","),
    ] {
        let whole = read(text);
        assert_eq!(whole.shape.delimiter.as_deref(), Some(delimiter), "{text}");
        assert_eq!(whole.headers, ["Name", "Email", "City"], "{text}");
        assert_eq!(whole.rows[0].1[1], "j@a.com", "{text}");
        assert!(whole.bad.is_empty());
    }
    let said = ReadOptions {
        delimiter: Some(":".to_owned()),
        ..ReadOptions::default()
    };
    let whole = read_with("x.csv", b"Name:Email\nDoe:j@a.com\n", &said).unwrap();
    assert_eq!(whole.headers, ["Name", "Email"]);
}

#[test]
fn quotes_hold_lines_delimiters_and_quotes() {
    let whole =
        read("Name,Notes,Email\r\n\"Doe, \"\"Jane\"\"\",\"first\r\nsecond\",j@a.com\r\n5\" disk,a\"b,x@a.com\r\n");
    assert_eq!(
        cells(&whole),
        [
            ["Doe, \"Jane\"", "first\r\nsecond", "j@a.com"],
            ["5\" disk", "a\"b", "x@a.com"]
        ]
    );
    assert_eq!(whole.rows[1].0, 4, "a row is where it begins");
    let escaped = read("Name,Email\n\"Jane \\\"JD\\\" Doe\",j@a.com\n");
    assert_eq!(escaped.rows[0].1[0], "Jane \"JD\" Doe");
    let mac = read("Name,Email\rJane,j@a.com\rJoe,r@a.com");
    assert_eq!(mac.rows.len(), 2);
    assert_eq!(mac.rows[1].0, 3);
}

#[test]
fn a_mark_that_is_never_closed_costs_its_own_row() {
    let whole = read(
        "Name,Company,Email\nJane,Acme,j@a.com\nJoe,\"Beta,r@b.com\nAnn,\"Gamma, Inc\",a@g.com\nZoe,Delta,z@d.com\n",
    );
    assert_eq!(whole.rows.len(), 3, "{:?}", whole.rows);
    assert_eq!(whole.bad.len(), 1);
    assert_eq!(whole.bad[0].line, 3);
    assert!(whole.bad[0].reason.contains("never closed"), "{}", whole.bad[0].reason);
    assert_eq!(whole.bad[0].cells, ["Joe", "\"Beta", "r@b.com"]);
    // The same where the whole rest of the file has no other mark.
    let mut long = "Name,Company,Email\nJoe,\"Beta,r@b.com\n".to_owned();
    for number in 0..100_000 {
        writeln!(long, "Person {number},Company {number},p{number}@a.com").unwrap();
    }
    let whole = read(long);
    assert_eq!((whole.rows.len(), whole.bad.len()), (100_000, 1));
    assert_eq!(whole.rows[99_999].0, 100_002);
}

#[test]
fn ragged_rows() {
    let whole = read("Name,Company,Email\nJane,Acme\nJoe,Beta,r@b.com,,\nAnn,Gamma,a@g.com,extra,more\n");
    assert_eq!(cells(&whole), [["Jane", "Acme", ""], ["Joe", "Beta", "r@b.com"]]);
    assert_eq!((whole.bad[0].line, whole.bad[0].column), (4, Some(4)));
    assert_eq!(whole.bad[0].reason, "This row has 5 cells, and there are 3 columns.");
    assert_eq!(whole.bad[0].cells.len(), 5, "nothing is lost");
    let wider = read("Name,Email\nJane,j@a.com,x\nJoe,r@a.com,y\nAnn,a@a.com,z\n");
    assert_eq!(
        wider.headers,
        ["Name", "Email", "Column 3"],
        "columns that all rows have"
    );
    assert_eq!(wider.rows.len(), 3);
}

#[test]
fn headers_are_found_and_named() {
    let whole = read("Leads of November,,\nExported by Ops,,\n,,\nFirst Name,,Email\nJane,x,j@a.com\n");
    assert_eq!(whole.headers, ["First Name", "Column 2", "Email"]);
    assert_eq!(whole.shape.header_line, 4);
    assert_eq!(
        whole.shape.warnings,
        ["2 lines stand above the headers and are left out."]
    );

    let doubled = read("First Name,Last Name,Email,Phone\nfirst_name,last_name,email,phone\nJane,Doe,j@a.com,1\n");
    assert_eq!(doubled.rows.len(), 1);
    assert_eq!(doubled.bad[0].reason, "This row holds headers, not data.");

    let again = read("Name,Email\nJane,j@a.com\nName,Email\nJoe,r@a.com\n");
    assert_eq!((again.rows.len(), again.bad.len(), again.bad[0].line), (2, 1, 3));

    let grouped =
        read("Contact,,Company,,\nFirst Name,Last Name,Company,Website,Email\nJane,Doe,Acme,acme.com,j@a.com\n");
    assert_eq!(grouped.shape.header_line, 2);

    let none = read("Jane Doe,jane@acme.com,020 7946 0018\nJoe Roe,joe@acme.com,020 7946 0019\n");
    assert_eq!(none.headers, ["Column 1", "Column 2", "Column 3"]);
    assert_eq!((none.rows.len(), none.shape.header_line), (2, 0));

    let only = read("First Name,Last Name,Email\n");
    assert!(only.rows.is_empty());
    assert_eq!(only.shape.warnings, ["The file has headers and no rows."]);

    let twice = read("First Name,Email,First Name\nJane,j@a.com,\n");
    assert_eq!(twice.headers, ["First Name", "Email", "First Name"]);

    let said = ReadOptions {
        header_line: Some(2),
        ..ReadOptions::default()
    };
    let whole = read_with("x.csv", b"a,b\nc,d\n1,2\n", &said).unwrap();
    assert_eq!(
        (whole.headers.as_slice(), whole.rows.len()),
        (&["c".to_owned(), "d".to_owned()][..], 1)
    );
    let none = ReadOptions {
        header_line: Some(0),
        ..ReadOptions::default()
    };
    assert_eq!(
        read_with("x.csv", b"Name,Email\nJane,j@a.com\n", &none)
            .unwrap()
            .rows
            .len(),
        2
    );
}

#[test]
fn every_encoding() {
    let text = "Name;Firma;E-Mail\nJürgen Groß;Müller & Söhne – GmbH;j@a.de\nZoë Šimůnek;Café „Ümlaut“;z@a.de\n";
    let utf16 = |little: bool, mark: bool| -> Vec<u8> {
        let units = mark.then_some(0xFEFF).into_iter().chain(text.encode_utf16());
        units
            .flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() })
            .collect()
    };
    for (name, bytes, encoding) in [
        ("utf-8", text.as_bytes().to_vec(), "UTF-8"),
        (
            "utf-8 with its mark",
            [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
            "UTF-8",
        ),
        ("utf-16 le", utf16(true, true), "UTF-16LE"),
        ("utf-16 be", utf16(false, true), "UTF-16BE"),
        ("utf-16 le without its mark", utf16(true, false), "UTF-16LE"),
    ] {
        let whole = read(bytes);
        assert_eq!(whole.shape.encoding.as_deref(), Some(encoding), "{name}");
        assert_eq!(whole.headers, ["Name", "Firma", "E-Mail"], "{name}");
        assert_eq!(whole.rows[1].1[1], "Café „Ümlaut“", "{name}");
    }
    // A letter of Windows-1252 far behind everything that is looked at first.
    let mut late = "Name,Email\n".to_owned();
    for number in 0..100_000 {
        writeln!(late, "Person {number},p{number}@a.com").unwrap();
    }
    let mut late = late.into_bytes();
    late.extend_from_slice(b"J\xFCrgen Gro\xDF,j@a.de\nFran\xE7ois Mart\xEDnez,f@a.fr\n");
    let whole = read(late);
    assert_eq!(whole.shape.encoding.as_deref(), Some("windows-1252"));
    assert_eq!(whole.rows[100_000].1[0], "Jürgen Groß");
    // One damaged letter does not make a UTF-8 file something else.
    let mut damaged = b"Name,Email\n".to_vec();
    for _ in 0..20 {
        damaged.extend_from_slice("Jürgen Groß,j@a.de\n".as_bytes());
    }
    damaged.extend_from_slice(b"Jos\xE9,jose@a.es\n");
    let whole = read(damaged);
    assert_eq!(whole.shape.encoding.as_deref(), Some("UTF-8"));
    assert_eq!(whole.rows[20].1[0], "Jos\u{FFFD}");
    assert!(
        whole.shape.warnings[0].contains("one place, first in line 22"),
        "{:?}",
        whole.shape.warnings
    );
    // Nobody can tell Mac Roman from Windows-1252, so a person says so.
    let said = ReadOptions {
        encoding: Some("macintosh".to_owned()),
        ..ReadOptions::default()
    };
    let whole = read_with("mac.csv", b"Name,Email\nJ\x9Frgen,j@a.de\n", &said).unwrap();
    assert_eq!(whole.rows[0].1[0], "Jürgen");
}

#[test]
fn what_is_no_table_says_what_it_is() {
    for (name, bytes, part) in [
        (
            "page.csv",
            &b"\n<!DOCTYPE html><html><head><title>Sign in</title>"[..],
            "web page",
        ),
        ("page2.csv", b"\xEF\xBB\xBF<html><body>", "web page"),
        ("x.pdf", b"%PDF-1.7 \xE2\xE3", "PDF document"),
        ("x.gz", b"\x1F\x8B\x08\x00", "gzip archive"),
        ("x.png", b"\x89PNG\r\n\x1A\n", "picture"),
        ("empty.csv", b"", "empty"),
        ("blank.csv", b" \r\n \n", "empty"),
        (
            "x.bin",
            b"\x00\x01\x02\x03abc\x00\x00\x7F\x10\x00",
            "no text and no spreadsheet",
        ),
        ("x.xml", b"<?xml version=\"1.0\"?><list/>", "XML document"),
        ("x.xlsx", b"PK\x03\x04 cut off", "damaged"),
        ("x.json", b"{\"a\": [", "no JSON"),
        ("x.json", b"[]", "no records"),
    ] {
        let told = refused(name, bytes);
        assert!(told.contains(part), "{name}: {told}");
    }
    let missing = open(std::path::Path::new("nowhere/at/all.csv"), &ReadOptions::default());
    assert!(missing.err().unwrap().downcast_ref::<std::io::Error>().is_some());
}

#[test]
fn a_cell_of_a_megabyte_and_two_hundred_columns() {
    let huge = "x".repeat(1 << 20);
    let whole = read(format!(
        "Name,Notes,Email\nJane,\"{huge}\",j@a.com\nJoe,{huge},r@a.com\nAnn,short,a@a.com\n"
    ));
    assert_eq!(whole.rows.len(), 3);
    assert_eq!(whole.rows[0].1[1].len(), 1 << 20);
    let endless = "y".repeat(6 << 20);
    let whole = read(format!("Name,Email\n{endless}\nAnn,a@a.com\n"));
    assert_eq!(whole.rows.len(), 1);
    assert!(
        whole.bad[0].reason.contains("longer than 4 MB"),
        "{}",
        whole.bad[0].reason
    );
    assert_eq!((whole.bad[0].line, whole.rows[0].0), (2, 3));

    let columns: Vec<String> = (0..200).map(|number| format!("Header {number}")).collect();
    let values: Vec<String> = (0..200).map(|number| format!("value {number}")).collect();
    let whole = read(format!("{}\n{}\n", columns.join(","), values.join(",")));
    assert_eq!((whole.headers.len(), whole.rows[0].1.len()), (200, 200));
}

#[test]
fn formulas_are_texts() {
    let whole = read(
        "Name,Email,Phone\n\"=HYPERLINK(\"\"http://x\"\",\"\"Jane\"\")\",@cmd,+44 20 7946 0018\n=1+1,-2+3,'+4420\n",
    );
    assert_eq!(whole.rows[0].1[0], "=HYPERLINK(\"http://x\",\"Jane\")");
    assert_eq!(whole.rows[1].1, ["=1+1", "-2+3", "'+4420"]);
}

#[test]
fn json_in_every_shape() {
    let list = br#"[{"name": "Jane", "org": {"name": "Acme", "tags": ["a", "b"]}, "phones": [{"number": "1"}, {"number": "2"}]},
        {"name": "Joe", "late": true, "size": 12}]"#;
    let whole = read_with("x.json", list, &ReadOptions::default()).unwrap();
    assert_eq!(
        whole.headers,
        [
            "name",
            "org.name",
            "org.tags",
            "phones[0].number",
            "phones[1].number",
            "late",
            "size"
        ]
    );
    assert_eq!(cells(&whole)[0], ["Jane", "Acme", "a, b", "1", "2", "", ""]);
    assert_eq!(cells(&whole)[1], ["Joe", "", "", "", "", "true", "12"]);
    assert_eq!(whole.shape.format, "json");

    let lines = b"{\"name\": \"Jane\"}\n{\"name\": \"J}oe\\\"{\"}\n{\"name\": broken}\n{\"mail\": \"a@a.com\"}\n";
    let whole = read_with("x.ndjson", lines, &ReadOptions::default()).unwrap();
    assert_eq!(whole.shape.format, "ndjson");
    assert_eq!(cells(&whole), [["Jane", ""], ["J}oe\"{", ""], ["", "a@a.com"]]);
    assert_eq!(whole.bad[0].line, 3);
    assert!(whole.bad[0].reason.contains("no JSON"), "{}", whole.bad[0].reason);

    let document = br#"{"meta": {"page": 1}, "data": {"domain": "acme.com", "webmail": false, "emails": [{"value": "j@acme.com"}, {"value": "r@acme.com"}]}}"#;
    let whole = read_with("x.json", document, &ReadOptions::default()).unwrap();
    assert_eq!(whole.rows.len(), 2);
    let at = |name: &str| whole.headers.iter().position(|header| header == name).unwrap();
    assert_eq!(whole.rows[1].1[at("value")], "r@acme.com");
    assert_eq!(whole.rows[1].1[at("domain")], "acme.com");

    let one = read_with("x.json", br#"{"name": "Jane"}"#, &ReadOptions::default()).unwrap();
    assert_eq!(cells(&one), [["Jane"]]);
}

/// A workbook with these parts.
fn archive(parts: &[(&str, String)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn workbook(sheets: &[(&str, &str)]) -> Vec<u8> {
    let list: String = (1..).zip(sheets).fold(String::new(), |mut list, (number, (name, _))| {
        write!(list, r#"<sheet name="{name}" sheetId="{number}" r:id="rId{number}"/>"#).unwrap();
        list
    });
    let relations: String = (1..=sheets.len()).fold(String::new(), |mut list, number| {
        write!(list, r#"<Relationship Id="rId{number}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet{number}.xml"/>"#).unwrap();
        list
    });
    let spreadsheet = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let mut parts = vec![
        (
            "_rels/.rels".to_owned(),
            r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#.to_owned(),
        ),
        (
            "[Content_Types].xml".to_owned(),
            r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#.to_owned(),
        ),
        (
            "xl/workbook.xml".to_owned(),
            format!(
                r#"<workbook xmlns="{spreadsheet}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>{list}</sheets></workbook>"#
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels".to_owned(),
            format!(
                r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{relations}</Relationships>"#
            ),
        ),
        (
            "xl/styles.xml".to_owned(),
            format!(
                r#"<styleSheet xmlns="{spreadsheet}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"#
            ),
        ),
    ];
    for (number, (_, rows)) in (1..).zip(sheets) {
        parts.push((
            format!("xl/worksheets/sheet{number}.xml"),
            format!(r#"<worksheet xmlns="{spreadsheet}"><sheetData>{rows}</sheetData></worksheet>"#),
        ));
    }
    let parts: Vec<(&str, String)> = parts.iter().map(|(name, text)| (name.as_str(), text.clone())).collect();
    archive(&parts)
}

fn inline(place: &str, text: &str) -> String {
    format!(r#"<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>"#)
}

#[test]
fn a_workbook() {
    let rows = format!(
        r#"<row r="1">{}{}{}{}</row><row r="3">{}<c r="B3"><v>447400123456</v></c><c r="C3" s="1"><v>46347</v></c><c r="D3"><f>1+1</f><v>2.5</v></c></row><row r="4">{}<c r="C4" t="e"><v>#N/A</v></c><c r="D4" t="b"><v>1</v></c></row>"#,
        inline("A1", "Name"),
        inline("B1", "Phone"),
        inline("C1", "Since"),
        inline("D1", "Score"),
        inline("A3", "Jane"),
        inline("A4", "Joe"),
    );
    let bytes = workbook(&[("Empty", ""), ("Leads", &rows), ("More", &rows)]);
    let whole = read_with("x.xlsx", &bytes, &ReadOptions::default()).unwrap();
    assert_eq!(whole.shape.format, "xlsx");
    assert_eq!(whole.shape.sheets, ["Empty", "Leads", "More"]);
    assert_eq!(whole.shape.sheet.as_deref(), Some("Leads"));
    assert_eq!(whole.shape.warnings, ["The file has 3 sheets; this is “Leads”."]);
    assert_eq!(whole.headers, ["Name", "Phone", "Since", "Score"]);
    assert_eq!(cells(&whole)[0], ["Jane", "447400123456", "2026-11-21", "2.5"]);
    assert_eq!(cells(&whole)[1], ["Joe", "", "#N/A", "TRUE"]);
    assert_eq!(whole.rows[0].0, 3);
    let said = |sheet: &str| ReadOptions {
        sheet: Some(sheet.to_owned()),
        ..ReadOptions::default()
    };
    assert_eq!(read_with("x.xlsx", &bytes, &said("More")).unwrap().rows.len(), 2);
    let error = read_with("x.xlsx", &bytes, &said("Nope")).err().unwrap().to_string();
    assert!(
        error.contains("no sheet called “Nope”") && error.contains("Empty, Leads, More"),
        "{error}"
    );
    assert!(refused("x.xlsx", &workbook(&[("Empty", "")])).contains("nothing in this workbook"));
}

#[test]
fn an_archive_that_would_fill_the_computer_is_not_opened() {
    let bytes = archive(&[
        ("xl/workbook.xml", "<workbook/>".to_owned()),
        ("xl/worksheets/sheet1.xml", " ".repeat(100 << 20)),
    ]);
    assert!(bytes.len() < 1 << 20);
    assert!(refused("bomb.xlsx", &bytes).contains("unpacks to far more"));
    assert!(refused("x.zip", &archive(&[("list.csv", "a,b".to_owned())])).contains("archive"));
    let broken = archive(&[("xl/workbook.xml", "<workbook><sheets><sheet".to_owned())]);
    assert!(!refused("x.xlsx", &broken).is_empty());
}

#[test]
fn an_open_document() {
    let content = r#"<office:document-content><office:body><office:spreadsheet>
        <table:table table:name="Empty"><table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table>
        <table:table table:name="Leads">
        <table:table-row><table:table-cell office:value-type="string"><text:p>Name</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>E&amp;mail</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>Since</text:p></table:table-cell></table:table-row>
        <table:table-row table:number-rows-repeated="3"><table:table-cell table:number-columns-repeated="3"/></table:table-row>
        <table:table-row table:number-rows-repeated="2"><table:table-cell office:value-type="string"><office:annotation><text:p>remark</text:p></office:annotation><text:p>Jane<text:s/>Doe</text:p><text:p>second</text:p></table:table-cell><table:table-cell office:value-type="float" office:value="447400123456"><text:p>4.474E11</text:p></table:table-cell><table:table-cell office:value-type="date" office:date-value="2026-11-21T00:00:00"><text:p>21.11.</text:p></table:table-cell></table:table-row>
        <table:table-row table:number-rows-repeated="1000000"><table:table-cell office:value-type="string" table:number-columns-repeated="3"><text:p>x</text:p></table:table-cell></table:table-row>
        </table:table></office:spreadsheet></office:body></office:document-content>"#;
    let bytes = archive(&[
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet".to_owned()),
        ("content.xml", content.to_owned()),
    ]);
    let whole = read_with("x.ods", &bytes, &ReadOptions::default()).unwrap();
    assert_eq!(whole.shape.format, "ods");
    assert_eq!(whole.shape.sheet.as_deref(), Some("Leads"));
    assert_eq!(whole.headers, ["Name", "E&mail", "Since"]);
    assert_eq!(cells(&whole)[0], ["Jane Doe\nsecond", "447400123456", "2026-11-21"]);
    assert_eq!((whole.rows[0].0, whole.rows[1].0), (5, 6));
    assert_eq!(
        whole.rows.len(),
        2 + 1_000,
        "a row that repeats itself a million times is cut off"
    );
    assert!(whole.bad[0].reason.contains("1000000 times"), "{}", whole.bad[0].reason);
}

/// Whatever the bytes, the end is an error with words or rows of one width.
fn survives(name: &str, bytes: &[u8]) {
    let Ok(whole) = read_with(name, bytes, &ReadOptions::default()) else {
        return;
    };
    let width = whole.headers.len();
    assert!(whole.rows.iter().all(|(_, cells)| cells.len() == width));
    let lines: Vec<u64> = whole.rows.iter().map(|(line, _)| *line).collect();
    assert!(lines.is_sorted(), "{lines:?}");
}

proptest! {
    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        survives("x.csv", &bytes);
    }

    #[test]
    fn any_text_like_a_table_is_survived(text in "(Name|Email|,|;|\"|'|\n|\r|\\\\|a|é| |sep=|\t){0,60}") {
        survives("x.csv", text.as_bytes());
    }

    #[test]
    fn any_text_like_json_is_survived(text in "[\\[{]([{}\\[\\],:]|\"a\"|\"b\"|1|\\\\|\"|\n|null){0,40}") {
        survives("x.json", text.as_bytes());
    }

    #[test]
    fn any_damage_to_a_workbook_is_survived(places in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let rows = format!(r#"<row r="1">{}{}</row><row r="2">{}</row>"#, inline("A1", "Name"), inline("B1", "Email"), inline("A2", "Jane"));
        let mut bytes = workbook(&[("Leads", &rows)]);
        for (place, byte) in places {
            let at = place.index(bytes.len());
            bytes[at] = byte;
        }
        survives("x.xlsx", &bytes);
    }

    #[test]
    fn any_damage_to_an_open_document_is_survived(text in "(<table:table table:name=\"a\">|</table:table>|<table:table-row>|</table:table-row>|<table:table-cell table:number-columns-repeated=\"99999999\">|<table:table-cell office:value=\"1\" office:value-type=\"float\"/>|</table:table-cell>|<text:p>|</text:p>|Name|Email|&amp;|&#0;|&x|<|>){0,40}") {
        let bytes = archive(&[("mimetype", String::new()), ("content.xml", text)]);
        survives("x.ods", &bytes);
    }

    /// What a proper writer writes comes out as it went in.
    #[test]
    fn what_is_written_is_read(
        rows in proptest::collection::vec(proptest::collection::vec("[ -~éß\n\r\"',;\t]{0,12}", 3), 1..12),
    ) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["Name", "Company", "Email"]).unwrap();
        for row in &rows {
            writer.write_record(row).unwrap();
        }
        let bytes = writer.into_inner().unwrap();
        let said = ReadOptions { delimiter: Some(",".to_owned()), header_line: Some(1), encoding: Some("utf-8".to_owned()), ..ReadOptions::default() };
        let whole = read_with("x.csv", &bytes, &said).unwrap();
        let expected: Vec<&Vec<String>> = rows.iter().filter(|row| row.iter().any(|cell| !cell.trim().is_empty())).collect();
        let found: Vec<&Vec<String>> = whole.rows.iter().map(|(_, cells)| cells).collect();
        prop_assert_eq!(found, expected);
    }
}

#[test]
fn headers_in_unknown_words_stand_above_data() {
    let whole = read("Lista de noviembre,,\nNume,Poșta,Firma\nJane,j@a.com,Acme\nJoe,r@a.com,Beta\n");
    assert_eq!(whole.headers, ["Nume", "Poșta", "Firma"]);
    assert_eq!(whole.rows.len(), 2);
}
