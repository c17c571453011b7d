//! `leadline link`: which rows of one file are in another, or twice in the same, without any data of Leadline.
//!
//! The columns are recognised as in an import. What comes out is a CSV of pairs (`id_left,id_right,score,decision,evidence`),
//! so that anybody can measure it on a data set of their own.

use std::{
    collections::BTreeSet,
    fs,
    io::{self, Write},
    num::NonZero,
    path::Path,
    process::ExitCode,
    thread,
};

use chrono::Utc;
use domain::fields::headers::{self, Column};
use linkage::{
    Decision, Evidence, Linker, Prepared, Record,
    estimate::{self, Estimate},
    weights::SHIPPED,
};

use super::{Failure, Outcome, failed, print};
use crate::errors::UiError;

const ATTEMPT: &str = "Compare the files";

/// The rows of one file.
pub(super) struct Rows {
    ids: Vec<String>,
    records: Vec<Record>,
}

/// Compares two files, or one with itself, and writes the pairs to a file or to standard output.
pub(super) fn link(left: &Path, right: Option<&Path>, out: Option<&Path>, by_own_weights: bool) -> Outcome {
    let left = read(left)?;
    let right = right.map(read).transpose()?;
    let weights = if by_own_weights {
        let learnt = estimate_from(&left, right.as_ref());
        let view = engine::show_weights(&learnt, "these files", Utc::now()).map_err(|error| failed(ATTEMPT, error))?;
        print::say(&super::weights::in_lines(&view).join("\n"));
        learnt.weights
    } else {
        SHIPPED
    };
    let mut found = Found::default();
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer
        .write_record(["id_left", "id_right", "score", "decision", "evidence"])
        .map_err(unwritten)?;
    let mut linker = Linker::new(weights);
    match &right {
        Some(right) => {
            for prepared in prepare(&left.records) {
                linker.add_prepared(prepared);
            }
            let asked = prepare(&right.records);
            for (id, (record, matches)) in right.ids.iter().zip(asked.iter().zip(place(&linker, &asked))) {
                for found_match in matches {
                    let Some(known) = linker.get(found_match.record) else {
                        continue;
                    };
                    found.count(found_match.verdict.decision);
                    let evidence = Evidence::of(&found_match.comparison, known, record).line();
                    let left_id = left.ids.get(found_match.record as usize).map_or("", String::as_str);
                    pair(&mut writer, left_id, id, found_match.verdict, &evidence)?;
                }
            }
        }
        None => {
            for found_pair in linkage::dedupe(&mut linker, &left.records) {
                let (Some(a), Some(b)) = (linker.get(found_pair.a), linker.get(found_pair.b)) else {
                    continue;
                };
                found.count(found_pair.verdict.decision);
                let id = |number: u32| left.ids.get(number as usize).map_or("", String::as_str);
                let mut evidence = Evidence::of(&found_pair.comparison, a, b).line();
                if let Some(bridge) = found_pair.bridge {
                    evidence = format!("both are the same as {}; {evidence}", id(bridge));
                }
                pair(
                    &mut writer,
                    id(found_pair.a),
                    id(found_pair.b),
                    found_pair.verdict,
                    &evidence,
                )?;
            }
        }
    }
    let text = writer.into_inner().map_err(|error| unwritten(error.into_error()))?;
    match out {
        Some(path) => fs::write(path, text).map_err(unwritten)?,
        None => match io::stdout().lock().write_all(&text) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(unwritten(error)),
            _ => {}
        },
    }
    print::say(&format!(
        "{} pairs are the same, {} are for a person to decide.",
        found.same, found.review
    ));
    Ok(ExitCode::SUCCESS)
}

#[derive(Default)]
struct Found {
    same: usize,
    review: usize,
}

impl Found {
    fn count(&mut self, decision: Decision) {
        match decision {
            Decision::Same => self.same += 1,
            Decision::Review => self.review += 1,
            Decision::New => {}
        }
    }
}

fn pair(
    writer: &mut csv::Writer<Vec<u8>>,
    left: &str,
    right: &str,
    verdict: linkage::Verdict,
    evidence: &str,
) -> Result<(), Failure> {
    let score = format!("{:.4}", verdict.score);
    writer
        .write_record([left, right, &score, verdict.decision.as_str(), evidence])
        .map_err(unwritten)
}

/// Weights that are learnt from one file against itself, or from two.
pub(super) fn estimate_from(left: &Rows, right: Option<&Rows>) -> Estimate {
    let old = prepare(&left.records);
    let new = right.map(|right| prepare(&right.records)).unwrap_or_default();
    estimate::estimate(&[(&old, &new)])
}

/// Prepares all records, on every core.
fn prepare(records: &[Record]) -> Vec<Prepared> {
    on_every_core(records, Prepared::of)
}

/// Places all records, on every core.
fn place(linker: &Linker, asked: &[Prepared]) -> Vec<Vec<linkage::Match>> {
    on_every_core(asked, |record| linker.place(record))
}

/// `work` on every item, in order.
fn on_every_core<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let share = items.len().div_ceil(cores).max(1);
    let work = &work;
    thread::scope(|scope| {
        let shares: Vec<_> = items
            .chunks(share)
            .map(|share| scope.spawn(move || share.iter().map(work).collect::<Vec<R>>()))
            .collect();
        // A share that panicked has already said so; its rows are worked on again here, where it ends the program.
        shares
            .into_iter()
            .zip(items.chunks(share))
            .flat_map(|(done, share)| done.join().unwrap_or_else(|_| share.iter().map(work).collect()))
            .collect()
    })
}

/// Reads a CSV or TSV file with a header line.
pub(super) fn read(path: &Path) -> Result<Rows, Failure> {
    let name = path.display();
    let bytes = fs::read(path).map_err(|error| told(format!("{name} cannot be read."), &error.to_string()))?;
    let text = decode(&bytes);
    let header = text.lines().next().unwrap_or_default();
    let delimiter = [b',', b';', b'\t', b'|']
        .into_iter()
        .max_by_key(|delimiter| header.bytes().filter(|byte| byte == delimiter).count())
        .unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .from_reader(text.as_bytes());
    let unreadable = |error: csv::Error| told(format!("{name} is no CSV file."), &error.to_string());
    let columns = headers::recognise(&reader.headers().map_err(unreadable)?.iter().collect::<Vec<_>>());
    if !columns.iter().flatten().any(|column| *column != Column::RecordId) {
        let known = "such as First Name, Last Name, Company, Email or Phone";
        return Err(told(
            format!("No column of {name} is recognised."),
            &format!("The first line must name the columns, {known}."),
        ));
    }
    let id_column = columns.iter().position(|column| *column == Some(Column::RecordId));
    let mut rows = Rows {
        ids: Vec::new(),
        records: Vec::new(),
    };
    let mut seen = BTreeSet::new();
    let mut row = csv::StringRecord::new();
    while reader.read_record(&mut row).map_err(unreadable)? {
        let line = row.position().map_or(0, csv::Position::line);
        let id = match id_column {
            Some(at) => row.get(at).unwrap_or_default().trim().to_owned(),
            None => line.to_string(),
        };
        if !seen.insert(id.clone()) {
            return Err(told(
                format!("Two rows of {name} have the id “{id}”, the second in line {line}."),
                "Give every row an id of its own, or remove the column.",
            ));
        }
        rows.ids.push(id);
        rows.records.push(Record::from_row(&columns, row.iter()));
    }
    Ok(rows)
}

/// The text of a file: UTF-8, else every byte as the Latin character it was meant for.
fn decode(bytes: &[u8]) -> String {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_or_else(|_| bytes.iter().copied().map(char::from).collect(), str::to_owned)
}

fn told(happened: String, todo: &str) -> Failure {
    Failure::Told(Box::new(UiError {
        code: None,
        attempted: ATTEMPT.to_owned(),
        happened,
        todo: todo.to_owned(),
        detail: None,
    }))
}

fn unwritten(error: impl std::fmt::Display) -> Failure {
    told("The result cannot be written.".to_owned(), &error.to_string())
}

#[cfg(test)]
#[expect(
    clippy::indexing_slicing,
    reason = "a test that meets the unexpected should stop where it does"
)]
mod tests {
    use super::*;

    /// Links files with that content and returns what was written.
    fn linked(left: &[u8], right: Option<&[u8]>) -> Result<String, String> {
        linked_by(left, right, false)
    }

    fn linked_by(left: &[u8], right: Option<&[u8]>, by_own_weights: bool) -> Result<String, String> {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let file = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            fs::write(&path, bytes).expect("written");
            path
        };
        let left = file("left.csv", left);
        let right = right.map(|bytes| file("right.csv", bytes));
        let out = folder.path().join("pairs.csv");
        match link(&left, right.as_deref(), Some(&out), by_own_weights) {
            Ok(_) => Ok(fs::read_to_string(out).expect("pairs")),
            Err(Failure::Told(error)) => Err(format!("{} {}", error.happened, error.todo)),
            Err(Failure::Usage(reason)) => Err(reason),
        }
    }

    #[test]
    fn two_files_give_pairs_with_evidence() {
        let left =
            b"id,First Name,Last Name,Company,Email\n7,Jane,Doe,Acme Ltd,jane@acme.com\n8,Max,Roe,Beta,max@beta.io\n";
        // Another delimiter, a byte order mark, other headers, a ragged row.
        let right = "\u{feff}id;Name;Organisation;E-mail\na;Jane Doe;ACME;JANE@acme.com\nb;Max Roe;Beta\nc;New One;Gamma;n@g.com\n";
        let pairs = linked(left, Some(right.as_bytes())).expect("linked");
        let lines: Vec<&str> = pairs.lines().collect();
        assert_eq!(lines.len(), 3, "{pairs}");
        assert_eq!(lines[0], "id_left,id_right,score,decision,evidence");
        assert!(lines[1].starts_with("7,a,"), "{pairs}");
        assert!(
            lines[1].ends_with(",same,\"same e-mail address, same name, same company\""),
            "{pairs}"
        );
        assert!(lines[2].starts_with("8,b,") && lines[2].contains(",review,"), "{pairs}");
    }

    #[test]
    fn one_file_is_compared_with_itself_by_line_number() {
        let one = b"First Name,Last Name,Mobile\nJane,Doe,+44 7911 123456\nMax,Roe,\nJ\xe4ne,Doe,07911 123456\n";
        let pairs = linked(one, None).expect("linked");
        assert_eq!(pairs.lines().count(), 2, "{pairs}");
        assert!(
            pairs.lines().nth(1).is_some_and(|line| line.starts_with("2,4,")),
            "{pairs}"
        );
    }

    #[test]
    fn what_cannot_be_compared_says_why() {
        let unknown = linked(b"x,y\n1,2\n", None).expect_err("no column");
        assert!(
            unknown.contains("No column of") && unknown.contains("First Name"),
            "{unknown}"
        );
        let twice = linked(b"id,email\n1,a@b.com\n1,c@d.com\n", None).expect_err("one id twice");
        assert!(twice.contains("have the id “1”, the second in line 3"), "{twice}");
        assert!(linked(b"", None).expect_err("empty").contains("No column of"));
        let missing = link(Path::new("nowhere/at-all.csv"), None, None, false);
        assert!(matches!(missing, Err(Failure::Told(error)) if error.happened.contains("cannot be read")));
    }

    #[test]
    fn weights_are_learnt_from_the_files_or_there_is_too_little() {
        let file = |again: bool| {
            let mut text = "id,First Name,Last Name,Email,City\n".to_owned();
            for number in 0..400 {
                let first = ["Anna", "Bernd", "Carla", "David"][number % 4];
                let last = format!("Mc{}{}", ["Abb", "Bar", "Cor", "Dal", "Eas"][number % 5], number);
                let city = ["Leeds", "York", "Derby"][(number + usize::from(again && number.is_multiple_of(7))) % 3];
                text.push_str(&format!("{number},{first},{last},p{number}@gmail.com,{city}\n"));
            }
            text
        };
        let pairs = linked_by(file(false).as_bytes(), Some(file(true).as_bytes()), true).expect("linked");
        let same = pairs.lines().filter(|line| line.contains(",same,")).count();
        assert_eq!(same, 400, "{}", pairs.lines().take(5).collect::<Vec<_>>().join("\n"));
        let few = linked_by(b"id,email\n1,a@b.com\n2,c@d.com\n", None, true).expect_err("too few");
        assert!(few.contains("too little to learn from"), "{few}");
    }
}
