//! `cargo xtask test`: everything, without a screen, counted.

use std::fs;

use anyhow::{Context, Result};

use crate::{
    shell,
    system::{self, Purpose},
    tally::{Outcome, Tally},
    ui,
};

/// One feature set everywhere: another one would compile Tauri a second time.
pub const WORKSPACE: [&str; 3] = ["--workspace", "--features", "custom-protocol"];

pub fn test() -> Result<()> {
    system::prepare(Purpose::Test)?;
    ui::install()?;
    // With the crates of every system: the house rules read about all of them, and the tests ask no network.
    shell::must(shell::cargo()?.args(["fetch", "--locked", "--quiet"]))?;

    let mut tally = Tally::default();
    tally.gate("rustfmt", format);
    web(&mut tally);
    // From here on ui/dist is there, which the app takes in when it is compiled.
    tally.gate("ui: build", || {
        shell::must(ui::tool("vite")?.args(["build", "--logLevel", "warn"]))
    });
    tally.gate("clippy", lints);
    // The tests of the window start the program itself, which `cargo test` alone would not build.
    tally.gate("build", || {
        shell::must(shell::cargo()?.arg("build").args(WORKSPACE).arg("--all-targets"))
    });
    tally.tests("rust tests, the real window included", || {
        let (ok, lines) = shell::watched(shell::cargo()?.arg("test").args(WORKSPACE).arg("--no-fail-fast"))?;
        Ok(Outcome::of_cargo_test(ok, &lines))
    });
    tally.finish()
}

/// Whether every Rust file is formatted.
pub fn format() -> Result<()> {
    shell::must(shell::cargo()?.args(["fmt", "--all", "--check"]))
}

/// Clippy, where a warning is a failure.
pub fn lints() -> Result<()> {
    shell::must(
        shell::cargo()?
            .arg("clippy")
            .args(WORKSPACE)
            .args(["--all-targets", "--", "-D", "warnings"]),
    )
}

/// Lints, types and tests of the ui.
pub fn web(tally: &mut Tally) {
    tally.gate("ui: biome", || shell::must(ui::tool("biome")?.args(["ci", "."])));
    tally.gate("ui: types", || shell::must(ui::tool("tsc")?.arg("--noEmit")));
    tally.tests("ui: tests", vitest);
}

fn vitest() -> Result<Outcome> {
    let report = shell::root()?.join("target/vitest.json");
    if report.exists() {
        fs::remove_file(&report)?;
    }
    let mut vitest = ui::tool("vitest")?;
    vitest
        .args(["run", "--reporter=default", "--reporter=json"])
        .arg(format!("--outputFile.json={}", report.display()));
    let (ok, _) = shell::watched(&mut vitest)?;
    let written = fs::read_to_string(&report).context("vitest wrote no report")?;
    Outcome::of_vitest(ok, &written)
}
