//! The labelled sets: who is the same as whom, numbers and addresses with their readings.

use std::{collections::HashMap, path::Path};

use domain::{
    email::EmailAddress,
    fields::headers::{self, Column},
    phone::PhoneNumber,
};
use linkage::{Decision, Record};

use crate::{Failure, Found, Row, Truth, best_f1, pairs, pairs_by_own_weights, write};

/// A set of two lists or one, and the F1 that it must reach.
const SETS: &[(&str, &str, Option<&str>, f64)] = &[
    ("febrl4", "left.csv", Some("right.csv"), 0.995),
    ("fodors_zagats", "left.csv", Some("right.csv"), 0.97),
    ("chicago_orgs", "records.csv", None, 0.89),
    ("fake1000", "records.csv", None, 0.75),
];

/// Kinds of pairs of the business set that no machine may ever merge.
const NEVER: &[&str] = &[
    "shared_generic_mailbox",
    "same_company_same_surname",
    "junior_senior",
    "same_name_diff_company",
    "same_name_namesake_company",
];

pub fn measure(folder: &Path, out: Option<&Path>) -> Result<Vec<Row>, Failure> {
    let mut rows = Vec::new();
    for &(name, left, right, gate) in SETS {
        let set = folder.join(name);
        let left = records(&set.join(left))?;
        let right = right.map(|file| records(&set.join(file))).transpose()?;
        let truth = truth(&set.join("truth.csv"), right.is_some())?;
        let found = pairs(&left, right.as_deref());
        if let Some(out) = out {
            write(out, name, &found)?;
        }
        let (precision, recall, f1) = best_f1(&found, &truth);
        rows.push(Row {
            what: format!("{name}: F1 (precision {precision:.4}, recall {recall:.4})"),
            figure: format!("{f1:.4}"),
            gate: format!("≥ {gate}"),
            kept: f1 >= gate,
        });
        let own = pairs_by_own_weights(&left, right.as_deref());
        let (precision, recall, f1) = best_f1(&own, &truth);
        rows.push(Row {
            what: format!("{name} at weights estimated from it: F1 (precision {precision:.4}, recall {recall:.4})"),
            figure: format!("{f1:.4}"),
            gate: format!("≥ {gate}"),
            kept: f1 >= gate,
        });
    }
    rows.extend(business(&folder.join("b2b-10k"), out)?);
    rows.push(names(&folder.join("name_pairs_opensanctions/cases.csv"))?);
    rows.push(phones(&folder.join("phones-sample.csv"))?);
    rows.push(emails(&folder.join("emails.csv"))?);
    Ok(rows)
}

/// The set of business contacts, by what becomes of its pairs.
fn business(set: &Path, out: Option<&Path>) -> Result<Vec<Row>, Failure> {
    let (old, new) = (records(&set.join("existing.csv"))?, records(&set.join("imports.csv"))?);
    let truth = truth(&set.join("truth.csv"), true)?;
    let found = pairs(&old, Some(&new));
    if let Some(out) = out {
        write(out, "b2b-10k", &found)?;
    }
    let count = |test: &dyn Fn(&Found) -> bool| {
        f64::from(u32::try_from(found.iter().filter(|pair| test(pair)).count()).unwrap_or(u32::MAX))
    };
    let merged = |pair: &Found| pair.decision == Decision::Same;
    let good = count(&|pair| merged(pair) && truth.label(pair) == "same");
    let doubtful = count(&|pair| merged(pair) && truth.label(pair) == "review");
    let all = count(&merged);
    let same = truth.count("same");
    let lost = same - count(&|pair| truth.label(pair) == "same");
    let mut best: HashMap<&str, Decision> = HashMap::new();
    for pair in &found {
        let decision = best.entry(pair.right.as_str()).or_insert(pair.decision);
        *decision = pair.decision.max(*decision);
    }
    let queued = best.values().filter(|decision| **decision == Decision::Review).count();
    let queued = f64::from(u32::try_from(queued).unwrap_or(u32::MAX));
    let imports = f64::from(u32::try_from(new.len()).unwrap_or(u32::MAX));
    let never = count(&|pair| merged(pair) && NEVER.contains(&truth.category(pair)));
    let at_least = |what: &str, figure: f64, gate: f64| Row {
        what: format!("b2b-10k: {what}"),
        figure: format!("{figure:.4}"),
        gate: format!("≥ {gate}"),
        kept: figure >= gate,
    };
    let at_most = |what: &str, figure: f64, gate: f64| Row {
        what: format!("b2b-10k: {what}"),
        figure: format!("{figure:.4}"),
        gate: format!("≤ {gate}"),
        kept: figure <= gate,
    };
    let own = pairs_by_own_weights(&old, Some(&new));
    let own_count = |test: &dyn Fn(&Found) -> bool| {
        f64::from(u32::try_from(own.iter().filter(|pair| merged(pair) && test(pair)).count()).unwrap_or(u32::MAX))
    };
    let own_good = own_count(&|pair| truth.label(pair) == "same");
    let own_bad = own_count(&|pair| truth.label(pair) == "different");
    let own_never = own_count(&|pair| NEVER.contains(&truth.category(pair)));
    let own_recall = own_good / same;
    Ok(vec![
        at_least(
            "precision of machine merges at weights estimated from it",
            own_good / (own_good + own_bad),
            0.995,
        ),
        at_least(
            "recall of machine merges at weights estimated from it",
            own_recall,
            0.92,
        ),
        at_most(
            "merges that must never be, at weights estimated from it",
            own_never,
            0.0,
        ),
        at_least("precision of machine merges", good / (all - doubtful), 0.995),
        at_least("recall of machine merges", good / same, 0.92),
        at_most("same pairs lost to new", lost / same, 0.02),
        at_most("review pairs merged", doubtful / truth.count("review"), 0.03),
        at_most("queue, of all imports", queued / imports, 0.15),
        at_most("merges that must never be", never, 0.0),
    ])
}

/// Adversarial names: a name alone is never merged, whatever it looks like.
fn names(path: &Path) -> Result<Row, Failure> {
    let mut reader = csv::Reader::from_path(path)?;
    let header = reader.headers()?.clone();
    let column = |name: &str| {
        header
            .iter()
            .position(|header| header == name)
            .ok_or(format!("no column {name}"))
    };
    let (schema, one, other) = (column("schema")?, column("name1")?, column("name2")?);
    let (mut cases, mut merged) = (0, 0);
    for row in reader.records() {
        let row = row?;
        let record = |at: usize| {
            let name = row.get(at).unwrap_or_default().to_owned();
            match row.get(schema) {
                Some("Person") => Record {
                    person_name: name,
                    ..Record::default()
                },
                _ => Record {
                    company: name,
                    ..Record::default()
                },
            }
        };
        let left = [("left".to_owned(), record(one))];
        let right = [("right".to_owned(), record(other))];
        cases += 1;
        merged += usize::from(
            pairs(&left, Some(&right))
                .iter()
                .any(|pair| pair.decision == Decision::Same),
        );
    }
    Ok(Row {
        what: format!("adversarial names: merged by name alone, of {cases}"),
        figure: merged.to_string(),
        gate: "0".to_owned(),
        kept: merged == 0,
    })
}

/// Numbers read as Google's rules read them.
fn phones(path: &Path) -> Result<Row, Failure> {
    let mut reader = csv::Reader::from_path(path)?;
    let (mut all, mut right) = (0, 0);
    for row in reader.deserialize::<HashMap<String, String>>() {
        let row = row?;
        let cell = |name: &str| row.get(name).map_or("", String::as_str);
        let number = PhoneNumber::parse(cell("raw"), cell("region"));
        let read = number.e164.as_deref().unwrap_or("invalid");
        all += 1;
        if read == cell("expected") && number.extension.as_deref().unwrap_or_default() == cell("ext") {
            right += 1;
        } else {
            eprintln!("phone {:?} in {:?} is read as {read}", cell("raw"), cell("region"));
        }
    }
    Ok(Row {
        what: "phone numbers read as expected".to_owned(),
        figure: format!("{right} of {all}"),
        gate: "all".to_owned(),
        kept: right == all && all > 0,
    })
}

/// Addresses that are taken are addresses: whatever was accepted as it stands is one by the rule of HTML5 too.
fn emails(path: &Path) -> Result<Row, Failure> {
    let mut reader = csv::Reader::from_path(path)?;
    let (mut taken, mut wrong) = (0, 0);
    for row in reader.deserialize::<HashMap<String, String>>() {
        let row = row?;
        let typed = row.get("address").map_or("", String::as_str);
        if EmailAddress::parse(typed).is_ok_and(|address| address.as_str().eq_ignore_ascii_case(typed)) {
            taken += 1;
            wrong += usize::from(row.get("html5").is_none_or(|valid| valid != "1"));
        }
    }
    Ok(Row {
        what: format!("e-mail addresses taken against the rule of HTML5, of {taken} taken"),
        figure: wrong.to_string(),
        gate: "0".to_owned(),
        kept: wrong == 0 && taken > 0,
    })
}

/// The records of a file with their ids.
fn records(path: &Path) -> Result<Vec<(String, Record)>, Failure> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(path)?;
    let columns = headers::recognise(
        &reader
            .byte_headers()?
            .iter()
            .map(String::from_utf8_lossy)
            .collect::<Vec<_>>(),
    );
    let id = columns
        .iter()
        .position(|column| *column == Some(Column::RecordId))
        .ok_or("no column id")?;
    let mut records = Vec::new();
    for row in reader.byte_records() {
        let row = row?;
        let cells: Vec<String> = row
            .iter()
            .map(|cell| String::from_utf8_lossy(cell).into_owned())
            .collect();
        let name = cells.get(id).cloned().unwrap_or_default();
        records.push((name, Record::from_row(&columns, cells.iter().map(String::as_str))));
    }
    Ok(records)
}

/// The labels of a set; pairs without one are the same.
fn truth(path: &Path, ordered: bool) -> Result<Truth, Failure> {
    let mut truth = Truth {
        labels: HashMap::new(),
        ordered,
    };
    let mut reader = csv::Reader::from_path(path)?;
    let header = reader.headers()?.clone();
    let column = |name: &str| header.iter().position(|header| header == name);
    let (label, category) = (column("label"), column("category"));
    for row in reader.records() {
        let row = row?;
        let cell = |at: Option<usize>| at.and_then(|at| row.get(at)).unwrap_or_default().to_owned();
        let key = truth.key(&cell(Some(0)), &cell(Some(1)));
        let label = label.map_or_else(|| "same".to_owned(), |at| cell(Some(at)));
        truth.labels.insert(key, (label, cell(category)));
    }
    Ok(truth)
}
