//! House rules, checked. Each rule is a function from sources to complaints; each has a test that the tree obeys it and
//! a test that it sees a breach.
//!
//! Start reading at [`tree`] (what is read) and [`complaints`] (how a rule fails).
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may fail by panicking"
)]

mod crates;
mod documents;
mod licences;
mod rust_rules;
mod rust_source;
mod tree;
mod ui_rules;

/// Fails with every complaint, one a line.
#[track_caller]
fn complaints(rule: &str, found: &[String]) {
    assert!(found.is_empty(), "\n{rule}\n  {}\n", found.join("\n  "));
}

/// For a rule's own test: this must be complained about.
#[track_caller]
fn sees(found: &[String], what: &str) {
    assert!(
        found.iter().any(|complaint| complaint.contains(what)),
        "not seen: {what}; complaints: {found:?}"
    );
}
