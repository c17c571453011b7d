//! `cargo xtask check`: the quick round while working: what changed against HEAD, and what depends on it.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::{
    shell,
    system::{self, Purpose},
    tally::{Outcome, Tally},
    test,
    tree::Tree,
    ui,
};

/// The tests of the real window: they take long and need a screen, so they run here only when they changed themselves.
const WINDOW: &str = "e2e";

pub fn check() -> Result<()> {
    let files = changed_files()?;
    if files.is_empty() {
        println!("Nothing changed against HEAD.");
        return Ok(());
    }
    let tree = Tree::read()?;
    let affected = tree.affected(files.iter().map(String::as_str));
    let with_window = affected.changed.contains(WINDOW);
    let packages: Vec<&str> = affected
        .packages
        .iter()
        .map(String::as_str)
        .filter(|name| *name != WINDOW || with_window)
        .collect();
    println!(
        "{} changed files concern: {}{}",
        files.len(),
        packages.join(", "),
        if affected.ui { ", ui" } else { "" }
    );
    if !with_window {
        println!("The tests of the real window are left to `cargo xtask test`.");
    }
    system::prepare(if with_window {
        Purpose::Test
    } else {
        Purpose::Run { virtual_screen: false }
    })?;
    ui::install()?;

    let mut tally = Tally::default();
    tally.gate("rustfmt", test::format);
    if affected.ui {
        test::web(&mut tally);
    }
    if affected.ui || !shell::root()?.join("ui/dist/index.html").exists() {
        tally.gate("ui: build", || {
            shell::must(ui::tool("vite")?.args(["build", "--logLevel", "warn"]))
        });
    }
    if !packages.is_empty() {
        // Clippy only looks again at what changed, and the whole workspace keeps the one feature set.
        tally.gate("clippy", test::lints);
        tally.tests("rust tests", || rust_tests(&tree, &packages));
    }
    tally.finish()
}

/// Changed, new and removed files against HEAD, relative to the top.
fn changed_files() -> Result<Vec<String>> {
    let mut files = Vec::new();
    for arguments in [
        &["diff", "--name-only", "--no-renames", "HEAD"][..],
        &["ls-files", "--others", "--exclude-standard"][..],
    ] {
        let listed = shell::output(
            shell::command("git")?
                .args(["-c", "core.quotePath=false"])
                .args(arguments),
        )?;
        files.extend(listed.lines().map(str::to_owned));
    }
    Ok(files)
}

/// Builds all test binaries with the one feature set, then runs those of the packages.
fn rust_tests(tree: &Tree, packages: &[&str]) -> Result<Outcome> {
    if packages.contains(&WINDOW) {
        shell::must(shell::cargo()?.arg("build").args(test::WORKSPACE).arg("--all-targets"))?;
    }
    let messages = shell::output(
        shell::cargo()?
            .arg("test")
            .args(test::WORKSPACE)
            .args(["--no-run", "--message-format=json-render-diagnostics"]),
    )?;
    let root = shell::root()?;
    let mut all_ok = true;
    let mut lines = Vec::new();
    for package in packages {
        let folder = root.join(tree.folder(package));
        for binary in test_binaries(&messages, &folder.join("Cargo.toml"))? {
            let mut run = shell::command(&binary)?;
            // As cargo does it: in the folder of the package, which some tests read files from.
            run.current_dir(&folder).env("CARGO_MANIFEST_DIR", &folder);
            let (ok, printed) = shell::watched(&mut run)?;
            all_ok &= ok;
            lines.extend(printed);
        }
    }
    Ok(Outcome::of_cargo_test(all_ok, &lines))
}

/// The test binaries of the package with that manifest, from cargo's messages.
fn test_binaries(messages: &str, manifest: &std::path::Path) -> Result<Vec<PathBuf>> {
    let mut binaries = Vec::new();
    for line in messages.lines().filter(|line| line.starts_with('{')) {
        let message: Value = serde_json::from_str(line).context("cargo's messages")?;
        let is_test = message.pointer("/profile/test").and_then(Value::as_bool) == Some(true);
        let is_ours = message
            .get("manifest_path")
            .and_then(Value::as_str)
            .is_some_and(|path| std::path::Path::new(path) == manifest);
        if let (true, true, Some(binary)) = (is_test, is_ours, message.get("executable").and_then(Value::as_str)) {
            binaries.push(PathBuf::from(binary));
        }
    }
    if messages.trim().is_empty() {
        bail!("cargo named no test binaries");
    }
    Ok(binaries)
}
