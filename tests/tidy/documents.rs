//! Rules for what stands at the top, and for what every text may not say.

use std::{collections::BTreeSet, fs};

use crate::{
    complaints, sees,
    tree::{self, File},
};

/// The names at the top; everything else there begins with a dot or is built.
const TOP: [&str; 9] = [
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "icons",
    "src-tauri",
    "tauri.conf.json",
    "tests",
    "ui",
];
const BUILT: [&str; 2] = ["gen", "target"];

fn strangers_at_the_top(names: &[String]) -> Vec<String> {
    let known = |name: &str| TOP.contains(&name) || BUILT.contains(&name) || name.starts_with('.');
    let mut found: Vec<String> = names
        .iter()
        .filter(|name| !known(name))
        .map(|name| format!("{name} does not belong at the top"))
        .collect();
    let missing = TOP.iter().filter(|name| !names.iter().any(|there| there == *name));
    found.extend(missing.map(|name| format!("{name} is missing")));
    found
}

#[test]
fn the_top_folder_holds_what_the_map_shows() {
    let entries = fs::read_dir(tree::top()).expect("the top");
    let names: Vec<String> = entries
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    complaints(
        "Whoever opens the top folder knows where a thing lives.",
        &strangers_at_the_top(&names),
    );
    let with = |extra: &str| -> Vec<String> { TOP.iter().copied().chain([extra]).map(str::to_owned).collect() };
    sees(&strangers_at_the_top(&with("PLAN.md")), "PLAN.md does not belong");
    sees(&strangers_at_the_top(&[]), "Cargo.toml is missing");
    assert!(strangers_at_the_top(&with(".ci")).is_empty());
}

/// Commands that stand alone on a line, the way a person copies them.
fn commands(text: &str) -> BTreeSet<&str> {
    text.lines()
        .map(str::trim)
        .filter(|line| line.starts_with("cargo xtask "))
        .collect()
}

#[test]
fn ci_runs_the_command_that_the_readme_names() {
    let ci = tree::file(".ci/run");
    assert_eq!(commands(&ci.text), BTreeSet::from(["cargo xtask test"]), ".ci/run");
    assert_eq!(
        ci.text.trim_end().lines().last(),
        Some("cargo xtask test"),
        ".ci/run ends with it"
    );
    let readme = commands(&tree::file("README.md").text);
    for command in ["cargo xtask run", "cargo xtask test"] {
        assert!(
            readme.contains(command),
            "README.md does not show `{command}` on a line of its own"
        );
    }
}

/// Links of a Markdown text that lead to files.
fn broken_links(file: &File, exists: impl Fn(&str) -> bool) -> Vec<String> {
    let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut found = Vec::new();
    for part in file.text.split("](").skip(1) {
        let link = part.split([')', '#']).next().unwrap_or_default();
        if link.is_empty() || link.contains("://") || link.starts_with("mailto:") {
            continue;
        }
        let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
        for part in link.trim_end_matches('/').split('/') {
            if part == ".." {
                parts.pop();
            } else {
                parts.push(part);
            }
        }
        if !exists(&parts.join("/")) {
            found.push(format!("{}: {link} leads nowhere", file.path));
        }
    }
    found
}

#[test]
fn links_in_documents_lead_somewhere() {
    let documents: Vec<&File> = tree::files_ending(&[".md"]).collect();
    assert!(documents.len() >= 2, "README.md and src-tauri/README.md");
    let top = tree::top();
    let found: Vec<String> = documents
        .into_iter()
        .flat_map(|file| broken_links(file, |path| top.join(path).exists()))
        .collect();
    complaints("A document that names a file names one that is there.", &found);
    let text = File::new(
        "src-tauri/README.md",
        "[the plan](../PLAN.md) and [elsewhere](https://example.com)",
    );
    assert_eq!(broken_links(&text, |_| false).len(), 1);
    sees(&broken_links(&text, |_| false), "PLAN.md");
    assert!(
        broken_links(&text, |path| path == "PLAN.md").is_empty(),
        "resolved from the document's own folder"
    );
}

/// What only exists on the computer of whoever wrote it, and notes to oneself. Put together here so that this file
/// does not contain them.
fn foreign_words() -> [String; 9] {
    let join = |parts: &[&str]| parts.concat();
    [
        join(&["/", "work/"]),
        join(&["/", "home/"]),
        join(&["/", "Users/"]),
        join(&["/", "root/"]),
        join(&["C:", "\\Users"]),
        join(&["..", "/shared/"]),
        join(&["TO", "DO"]),
        join(&["FIX", "ME"]),
        join(&["XX", "X:"]),
    ]
}

fn foreign_text(file: &File) -> Vec<String> {
    let mut found = Vec::new();
    for (at, line) in file.text.lines().enumerate() {
        for word in foreign_words() {
            let begins = |start: usize| {
                !line[..start]
                    .chars()
                    .next_back()
                    .is_some_and(|c| c.is_alphanumeric() || c == '.' || c == '}')
            };
            if line
                .match_indices(&word)
                .any(|(start, _)| !word.starts_with('/') || begins(start))
            {
                found.push(format!("{}:{}: {word}", file.path, at + 1));
            }
        }
    }
    found
}

#[test]
fn no_file_names_one_computer_or_leaves_a_note() {
    let found: Vec<String> = tree::files()
        .iter()
        .filter(|file| !file.is_generated())
        .flat_map(foreign_text)
        .collect();
    complaints("No paths of one computer, nothing left for later.", &found);
    for word in foreign_words() {
        sees(&foreign_text(&File::new("a.md", &format!("see {word}x"))), &word);
    }
    assert!(
        foreign_text(&File::new("a.md", "https://example.com/home/x")).is_empty(),
        "an address is not a path here"
    );
}

fn pinned_sources(file: &File) -> Vec<String> {
    let resolved = file
        .text
        .lines()
        .filter(|line| line.trim_start().starts_with("\"resolved\":"));
    let foreign = resolved.filter(|line| !line.contains("\"https://registry.npmjs.org/"));
    foreign.map(|line| format!("{}: {}", file.path, line.trim())).collect()
}

#[test]
fn the_lock_file_works_everywhere() {
    let found = pinned_sources(tree::file("ui/package-lock.json"));
    complaints("The lock file names no registry but the public one.", &found);
    let breach = File::new(
        "ui/package-lock.json",
        "  \"resolved\": \"http://localhost:4873/x.tgz\",",
    );
    sees(&pinned_sources(&breach), "localhost");
}
