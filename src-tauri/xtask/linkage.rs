//! `cargo xtask linkage`: how well and how fast records are linked, on an optimised build.
//!
//! The labelled sets are no part of the project: `LEADLINE_LINKAGE` names the folder that has them. The judge that came
//! with them, `evaluate.py`, reads the same pairs, so that two programs count.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::shell;

/// The sets, and whether a set is one list compared with itself.
const SETS: &[(&str, bool)] = &[
    ("febrl4", false),
    ("fodors_zagats", false),
    ("chicago_orgs", true),
    ("fake1000", true),
    ("b2b-10k", false),
];

pub fn linkage() -> Result<()> {
    let mut build = shell::cargo()?;
    build.args([
        "build",
        "--profile",
        "bench-fast",
        "-p",
        "linkage",
        "--example",
        "gates",
    ]);
    shell::must(&mut build)?;
    let target = shell::root()?.join("target");
    let pairs = target.join("linkage");
    let gates = shell::must(shell::command(target.join("bench-fast/examples/gates"))?.arg(&pairs));
    if let Some(folder) = std::env::var_os("LEADLINE_LINKAGE").map(PathBuf::from) {
        judge(&folder, &pairs)?;
    }
    gates
}

/// What the judge of the sets says about the pairs.
fn judge(folder: &Path, pairs: &Path) -> Result<()> {
    let judge = folder.join("evaluate.py");
    if !judge.is_file() {
        bail!("{} has no evaluate.py to judge by", folder.display());
    }
    println!("\n| set | best F1 by the judge | precision | recall |\n|---|---|---|---|");
    for &(set, is_one_list) in SETS {
        let mut command = shell::command("python3")?;
        command
            .arg(&judge)
            .arg(pairs.join(format!("{set}.csv")))
            .arg(folder.join(set).join("truth.csv"));
        if is_one_list {
            command.arg("--dedup");
        }
        let said: Value = serde_json::from_str(&shell::output(&mut command)?).context("the judge prints JSON")?;
        let figure = |key: &str| said.get(key).map_or_else(|| "?".to_owned(), Value::to_string);
        println!(
            "| {set} | {} | {} | {} |",
            figure("best_f1"),
            figure("best_p"),
            figure("best_r")
        );
    }
    Ok(())
}
