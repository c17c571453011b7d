//! Rules for the Rust sources.

use crate::{
    complaints,
    rust_source::{RustFile, is_test_file},
    sees,
    tree::{self, File},
};

/// All Rust files.
fn rust() -> impl Iterator<Item = &'static File> {
    tree::files_ending(&[".rs"])
}

fn panics_in_shipped_code(file: &File) -> Vec<String> {
    let rust = RustFile::new(file);
    let words = [
        ".unwrap()",
        ".expect(",
        "panic!(",
        "todo!(",
        "unimplemented!(",
        "unreachable!(",
    ];
    let mut found = Vec::new();
    for word in words {
        found.extend(
            rust.shipped_with(word)
                .into_iter()
                .map(|place| format!("{place}: {word}")),
        );
    }
    found
}

#[test]
fn shipped_code_does_not_panic_on_purpose() {
    let found: Vec<String> = rust().flat_map(panics_in_shipped_code).collect();
    complaints("No unwrap, expect or panic outside tests: return the error.", &found);
    let breach = File::new("src-tauri/x/lib.rs", "fn f() {\n    g().expect(\"never\");\n}");
    sees(&panics_in_shipped_code(&breach), "lib.rs:2: .expect(");
}

fn waits_in_tests(file: &File) -> Vec<String> {
    let rust = RustFile::new(file);
    // In the simulation tokio's clock stands still until everything waits: to sleep there is to move the clock.
    let words: &[&str] = if file.path.starts_with("tests/simulation/") {
        &["thread::sleep"]
    } else {
        &["thread::sleep", "time::sleep", " sleep("]
    };
    let calls = words.iter().flat_map(|word| rust.tests_with(word));
    // A clock of a test implements `sleep`; that is a declaration, not a wait.
    let line = |place: &str| {
        place
            .rsplit(':')
            .next()
            .and_then(|n| n.parse::<usize>().ok())
            .unwrap_or(1)
            - 1
    };
    calls
        .filter(|place| {
            !file
                .text
                .lines()
                .nth(line(place))
                .is_some_and(|line| line.contains("fn sleep("))
        })
        .map(|place| format!("{place}: waits for time to pass"))
        .collect()
}

#[test]
fn tests_wait_for_conditions_not_for_time() {
    let found: Vec<String> = rust().flat_map(waits_in_tests).collect();
    complaints(
        "No sleeping in tests: poll for what must become true, or move the clock.",
        &found,
    );
    let breach = File::new("tests/x/main.rs", "fn t() {\n    std::thread::sleep(LONG);\n}");
    sees(&waits_in_tests(&breach), "main.rs:2");
    let breach = File::new("tests/simulation/lib.rs", "fn t() {\n    std::thread::sleep(LONG);\n}");
    sees(&waits_in_tests(&breach), "lib.rs:2");
    assert!(waits_in_tests(&File::new("tests/x/main.rs", "impl Clock { fn sleep(&self) {} }")).is_empty());
}

fn tests_left_out(file: &File) -> Vec<String> {
    RustFile::new(file)
        .code_with(concat!("#[", "ignore"))
        .into_iter()
        .map(|place| format!("{place}: left out"))
        .collect()
}

#[test]
fn no_rust_test_is_left_out() {
    let found: Vec<String> = rust().flat_map(tests_left_out).collect();
    complaints("Every test runs, every time.", &found);
    sees(
        &tests_left_out(&File::new(
            "src-tauri/x/lib.rs",
            "#[test]\n#[ignore = \"slow\"]\nfn t() {}",
        )),
        "lib.rs:2",
    );
}

/// Words that say nothing about what a thing is.
const EMPTY_WORDS: [&str; 9] = [
    "manager", "service", "helper", "helpers", "util", "utils", "common", "misc", "shared",
];

fn empty_names(file: &File) -> Vec<String> {
    let mut found = Vec::new();
    for part in file.path.split('/') {
        let stem = part.split('.').next().unwrap_or(part);
        if words(stem)
            .last()
            .is_some_and(|last| EMPTY_WORDS.contains(&last.as_str()))
        {
            found.push(format!("{}: the name says nothing", file.path));
        }
    }
    if file.path.ends_with(".rs") {
        for (name, place) in RustFile::new(file).declared() {
            if words(&name)
                .last()
                .is_some_and(|last| EMPTY_WORDS.contains(&last.as_str()))
            {
                found.push(format!("{place}: {name} says nothing"));
            }
        }
    }
    found
}

/// The words of a name, in lower case: `SyncStatus`, `sync_status` and `sync-status` are both `sync`, `status`.
pub fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut begins = true;
    for c in name.chars() {
        if !c.is_alphanumeric() {
            begins = true;
            continue;
        }
        if begins || c.is_uppercase() {
            words.push(String::new());
        }
        begins = false;
        if let Some(word) = words.last_mut() {
            word.extend(c.to_lowercase());
        }
    }
    words
}

#[test]
fn names_say_what_a_thing_is() {
    let found: Vec<String> = tree::files().iter().flat_map(empty_names).collect();
    complaints("No Manager, Service, Helper, Util, common, misc, shared.", &found);
    sees(
        &empty_names(&File::new("src-tauri/x/http_utils.rs", "")),
        "http_utils.rs",
    );
    sees(
        &empty_names(&File::new("src-tauri/x/a.rs", "pub struct SyncManager;")),
        "SyncManager",
    );
    assert!(
        empty_names(&File::new("src-tauri/x/a.rs", "pub enum Role { Manager }")).is_empty(),
        "a role, not a type"
    );
}

/// One word per concept. HaloPSA's own words belong to its two readings, `connectors` and `sandbox`.
const OTHER_WORDS: [(&str, &str); 8] = [
    ("deal", "ticket"),
    ("fault", "ticket"),
    ("user", "contact or agent"),
    ("client", "company"),
    ("customer", "company"),
    ("organisation", "company"),
    ("organization", "company"),
    ("salesperson", "agent"),
];

fn other_words(file: &File) -> Vec<String> {
    let ours = ["domain", "store", "engine", "app"];
    if !ours
        .iter()
        .any(|part| file.path.starts_with(&format!("src-tauri/{part}/")))
        || !file.path.ends_with(".rs")
    {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (name, place) in RustFile::new(file).declared() {
        for (other, ours) in OTHER_WORDS {
            if words(&name).iter().any(|word| word.trim_end_matches('s') == other) {
                found.push(format!("{place}: {name} says \"{other}\"; here that is a {ours}"));
            }
        }
    }
    found
}

#[test]
fn a_concept_has_one_word() {
    let found: Vec<String> = rust().flat_map(other_words).collect();
    complaints("One word per concept.", &found);
    sees(
        &other_words(&File::new("src-tauri/store/a.rs", "pub struct ClientRow;")),
        "here that is a company",
    );
    assert!(
        other_words(&File::new("src-tauri/connectors/a.rs", "pub struct Client;")).is_empty(),
        "the vendor's word"
    );
    assert!(
        other_words(&File::new("src-tauri/store/a.rs", "pub enum Ideals {}")).is_empty(),
        "part of another word"
    );
}

/// The longest that a file may be without saying why.
const LONG: usize = 500;

fn long_without_reason(file: &File) -> Vec<String> {
    let lines = file.text.lines().count();
    let is_source = file.ends_with(&[".rs", ".ts", ".tsx", ".css", ".sql"]);
    if !is_source || file.is_generated() || lines <= LONG || says_long(&header(&file.text)) {
        return Vec::new();
    }
    vec![format!(
        "{}: {lines} lines, and the header does not say why it is that long",
        file.path
    )]
}

/// Whether a header has the word "long" ("long because it is one table"); "belongs" is another word.
fn says_long(header: &str) -> bool {
    header
        .split(|c: char| !c.is_alphabetic())
        .any(|word| word == "long" || word == "Long")
}

/// The comment that a file opens with.
fn header(text: &str) -> String {
    let is_comment = |line: &&str| {
        line.starts_with("//") || line.starts_with("/*") || line.starts_with(" *") || line.starts_with("--")
    };
    text.lines().take_while(is_comment).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_long_file_says_why() {
    let found: Vec<String> = tree::files().iter().flat_map(long_without_reason).collect();
    complaints(
        "A file past 500 lines is split, or its header says why it is that long.",
        &found,
    );
    let file = |header: &str| File::new("src-tauri/x/a.rs", &format!("{header}\n{}", "fn f() {}\n".repeat(LONG)));
    sees(&long_without_reason(&file("//! What belongs together.")), "501 lines");
    assert!(long_without_reason(&file("//! Long because it is one table.")).is_empty());
}

fn poor_lib_header(file: &File) -> Vec<String> {
    let header: String = file
        .text
        .lines()
        .take_while(|line| line.starts_with("//!"))
        .collect::<Vec<_>>()
        .join("\n")
        .to_lowercase();
    let wanted = [
        ("own", "what it owns"),
        ("not ", "what it must not know"),
        ("start", "where to start reading"),
    ];
    let lacks = wanted.iter().filter(|(word, _)| !header.contains(word));
    lacks
        .map(|(_, what)| format!("{}: the header does not say {what}", file.path))
        .collect()
}

#[test]
fn every_crate_says_what_it_is() {
    let crates: Vec<&File> = rust()
        .filter(|file| {
            let is_root = matches!(file.name(), "lib.rs") || file.path == "src-tauri/xtask/main.rs";
            is_root && !is_test_file(&file.path)
        })
        .collect();
    assert!(crates.len() >= 7, "only {} crates found", crates.len());
    let found: Vec<String> = crates.into_iter().flat_map(poor_lib_header).collect();
    complaints(
        "Every crate opens with what it owns, what it must not know and where to start reading.",
        &found,
    );
    sees(
        &poor_lib_header(&File::new("src-tauri/x/lib.rs", "//! Things.\n")),
        "where to start reading",
    );
}

fn loose_tables(file: &File) -> Vec<String> {
    let mut found = Vec::new();
    for (start, _) in file.text.match_indices("CREATE TABLE ") {
        let table = &file.text[start + "CREATE TABLE ".len()..];
        let name = table
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .next()
            .unwrap_or_default();
        let first_line = table.lines().next().unwrap_or_default();
        if !first_line.contains("-- cache") && !first_line.contains("-- user data") {
            found.push(format!(
                "{}: {name} does not say whether it is cache or user data",
                file.path
            ));
        }
        let code: String = table
            .lines()
            .map(|line| line.split("--").next().unwrap_or(line))
            .collect();
        let statement = code.split(';').next().unwrap_or_default();
        if !statement.rsplit(')').next().unwrap_or_default().contains("STRICT") {
            found.push(format!("{}: {name} is not STRICT", file.path));
        }
    }
    found
}

#[test]
fn tables_are_strict_and_say_whose_data_they_hold() {
    let migrations: Vec<&File> = tree::files_ending(&[".sql"])
        .filter(|file| file.path.contains("/migrations/"))
        .collect();
    assert!(!migrations.is_empty(), "no migrations found");
    let found: Vec<String> = migrations.into_iter().flat_map(loose_tables).collect();
    complaints(
        "STRICT tables, each with `cache (can be refetched)` or `user data` behind its name.",
        &found,
    );
    let breach = File::new(
        "0001.sql",
        "CREATE TABLE notes ( -- things; many\n id INTEGER NOT NULL\n);",
    );
    sees(&loose_tables(&breach), "notes is not STRICT");
    sees(&loose_tables(&breach), "notes does not say");
}
