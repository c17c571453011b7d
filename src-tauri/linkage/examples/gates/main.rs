//! How well linkage judges public data sets, and how fast: one row for each promise, with what it must reach.
//!
//! `LEADLINE_LINKAGE` names the folder with the labelled sets; they are for measuring and not part of the project. Without
//! it only the speed is measured. The pairs are left in the folder given as argument, one file for each set, so that
//! another judge can read them too. `cargo xtask linkage` builds this optimised, runs it and asks that judge.

mod sets;
mod speed;

use std::{
    collections::{BTreeMap, HashMap},
    io::Write,
    path::{Path, PathBuf},
};

use linkage::{
    Decision, Linker, Prepared, Record, estimate,
    weights::{SHIPPED, Weights},
};

type Failure = Box<dyn std::error::Error>;

/// What was promised and what came out.
pub struct Row {
    pub what: String,
    pub figure: String,
    pub gate: String,
    pub kept: bool,
}

fn main() -> Result<(), Failure> {
    let out = std::env::args().nth(1).map(PathBuf::from);
    let mut rows = Vec::new();
    if let Some(folder) = std::env::var_os("LEADLINE_LINKAGE").map(PathBuf::from) {
        rows.extend(sets::measure(&folder, out.as_deref())?);
    } else {
        eprintln!("LEADLINE_LINKAGE names no folder with labelled sets: only the speed is measured.");
    }
    rows.extend(speed::measure());
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "| what | reached | must be | |\n|---|---|---|---|")?;
    for row in &rows {
        let mark = if row.kept { "kept" } else { "MISSED" };
        writeln!(stdout, "| {} | {} | {} | {mark} |", row.what, row.figure, row.gate)?;
    }
    let missed = rows.iter().filter(|row| !row.kept).count();
    if missed > 0 {
        return Err(format!("{missed} of {} gates missed", rows.len()).into());
    }
    Ok(())
}

/// A pair that was found, by the ids of its records.
pub struct Found {
    pub left: String,
    pub right: String,
    pub score: f32,
    pub decision: Decision,
}

/// Every pair of two lists, or of one with itself, at the shipped weights.
pub fn pairs(left: &[(String, Record)], right: Option<&[(String, Record)]>) -> Vec<Found> {
    pairs_by(SHIPPED, left, right)
}

/// As [`pairs`], at weights estimated from the same records without a label.
pub fn pairs_by_own_weights(left: &[(String, Record)], right: Option<&[(String, Record)]>) -> Vec<Found> {
    let prepare = |records: &[(String, Record)]| {
        let prepared = records.iter().map(|(_, record)| Prepared::of(record));
        prepared.collect::<Vec<_>>()
    };
    let (old, new) = (prepare(left), right.map(prepare).unwrap_or_default());
    pairs_by(estimate::estimate(&[(&old, &new)]).weights, left, right)
}

fn pairs_by(weights: Weights, left: &[(String, Record)], right: Option<&[(String, Record)]>) -> Vec<Found> {
    let mut linker = Linker::new(weights);
    let mut found = Vec::new();
    let id = |number: u32| left.get(number as usize).map_or_else(String::new, |(id, _)| id.clone());
    match right {
        Some(right) => {
            for (_, record) in left {
                linker.add(record);
            }
            for (right_id, record) in right {
                found.extend(linker.place(&Prepared::of(record)).into_iter().map(|one| Found {
                    left: id(one.record),
                    right: right_id.clone(),
                    score: one.verdict.score,
                    decision: one.verdict.decision,
                }));
            }
        }
        None => {
            let records: Vec<Record> = left.iter().map(|(_, record)| record.clone()).collect();
            found.extend(linkage::dedupe(&mut linker, &records).into_iter().map(|pair| Found {
                left: id(pair.a),
                right: id(pair.b),
                score: pair.verdict.score,
                decision: pair.verdict.decision,
            }));
        }
    }
    found
}

/// Labels of pairs by their ids; `ordered` when left and right are two lists.
pub struct Truth {
    pub labels: HashMap<(String, String), (String, String)>,
    pub ordered: bool,
}

impl Truth {
    pub fn key(&self, left: &str, right: &str) -> (String, String) {
        if self.ordered || left <= right {
            (left.to_owned(), right.to_owned())
        } else {
            (right.to_owned(), left.to_owned())
        }
    }

    pub fn label(&self, found: &Found) -> &str {
        let key = self.key(&found.left, &found.right);
        self.labels.get(&key).map_or("different", |(label, _)| label)
    }

    pub fn category(&self, found: &Found) -> &str {
        let key = self.key(&found.left, &found.right);
        self.labels.get(&key).map_or("", |(_, category)| category)
    }

    pub fn count(&self, label: &str) -> f64 {
        let count = self.labels.values().filter(|(known, _)| known == label).count();
        f64::from(u32::try_from(count).unwrap_or(u32::MAX))
    }
}

/// Best F1 over all thresholds, as the reference judge counts it: pairs for review take no part.
pub fn best_f1(found: &[Found], truth: &Truth) -> (f64, f64, f64) {
    let mut counted: BTreeMap<u32, (f64, f64)> = BTreeMap::new();
    for pair in found {
        let at = counted.entry(u32::MAX - pair.score.to_bits()).or_default();
        match truth.label(pair) {
            "same" => at.0 += 1.0,
            "review" => {}
            _ => at.1 += 1.0,
        }
    }
    let all = truth.count("same");
    let (mut good, mut bad) = (0.0, 0.0);
    let mut best = (0.0, 0.0, 0.0);
    for (more_good, more_bad) in counted.into_values() {
        good += more_good;
        bad += more_bad;
        let (precision, recall) = (good / f64::max(good + bad, 1.0), good / all);
        let f1 = 2.0 * precision * recall / f64::max(precision + recall, f64::MIN_POSITIVE);
        if f1 > best.2 {
            best = (precision, recall, f1);
        }
    }
    best
}

/// Writes pairs as the judge reads them.
pub fn write(folder: &Path, name: &str, found: &[Found]) -> Result<(), Failure> {
    std::fs::create_dir_all(folder)?;
    let mut writer = csv::Writer::from_path(folder.join(format!("{name}.csv")))?;
    writer.write_record(["id_left", "id_right", "score", "decision"])?;
    for pair in found {
        writer.write_record([&pair.left, &pair.right, &pair.score.to_string(), pair.decision.as_str()])?;
    }
    writer.flush()?;
    Ok(())
}
