//! Every crate and npm package that comes along has a licence that `.deny.toml` lists.
//!
//! Reads the licence expressions that the packages state themselves; `cargo deny`, where it is installed, also reads
//! their licence files.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{complaints, crates::METADATA, sees, tree};

/// The list of `.deny.toml`.
fn accepted() -> BTreeSet<&'static str> {
    let list = tree::file(".deny.toml")
        .text
        .split_once("allow = [")
        .expect("a list of licences")
        .1;
    let list = list.split_once(']').expect("the list ends").0;
    let lines = list.lines().map(str::trim).filter(|line| line.starts_with('"'));
    let names: BTreeSet<&str> = lines.map(|line| line.trim_matches(['"', ','])).collect();
    assert!(names.contains("MIT"), "{names:?}");
    names
}

/// Whether an SPDX expression can be satisfied with these licences. Old crates write `/` for `OR`.
fn is_accepted(expression: &str, accepted: &BTreeSet<&str>) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    let holds = any(&words, &mut at, accepted);
    holds && at == words.len()
}

fn any(words: &[&str], at: &mut usize, accepted: &BTreeSet<&str>) -> bool {
    let mut holds = all(words, at, accepted);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        holds |= all(words, at, accepted);
    }
    holds
}

fn all(words: &[&str], at: &mut usize, accepted: &BTreeSet<&str>) -> bool {
    let mut holds = one(words, at, accepted);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        holds &= one(words, at, accepted);
    }
    holds
}

fn one(words: &[&str], at: &mut usize, accepted: &BTreeSet<&str>) -> bool {
    let Some(word) = words.get(*at) else { return false };
    *at += 1;
    if *word == "(" {
        let holds = any(words, at, accepted);
        *at += 1;
        return holds && words.get(*at - 1) == Some(&")");
    }
    if words.get(*at) == Some(&"WITH") {
        let name = format!("{word} WITH {}", words.get(*at + 1).unwrap_or(&""));
        *at += 2;
        return accepted.contains(name.as_str());
    }
    accepted.contains(word)
}

#[test]
fn every_crate_has_an_accepted_licence() {
    let accepted = accepted();
    let mut found = Vec::new();
    let packages = METADATA["packages"].as_array().expect("packages");
    assert!(packages.len() > 100, "only {} crates", packages.len());
    for package in packages {
        let licence = package["license"].as_str().unwrap_or("none");
        if !is_accepted(licence, &accepted) {
            found.push(format!("{} {}: {licence}", package["name"], package["version"]));
        }
    }
    complaints("Licences are those of .deny.toml.", &found);
}

#[test]
fn every_npm_package_has_an_accepted_licence() {
    let found = npm_licences(&tree::file("ui/package-lock.json").text, &accepted());
    complaints("Licences are those of .deny.toml.", &found);
    let breach = r#"{"packages": {"": {}, "node_modules/x": {"license": "GPL-3.0"}, "node_modules/y": {}}}"#;
    sees(&npm_licences(breach, &accepted()), "node_modules/x: GPL-3.0");
    sees(&npm_licences(breach, &accepted()), "node_modules/y: none");
}

fn npm_licences(lock: &str, accepted: &BTreeSet<&str>) -> Vec<String> {
    let lock: Value = serde_json::from_str(lock).expect("the lock file is JSON");
    let packages = lock["packages"].as_object().expect("packages");
    let licences = packages.iter().filter(|(name, _)| !name.is_empty());
    let licences = licences.map(|(name, package)| (name, package["license"].as_str().unwrap_or("none")));
    licences
        .filter(|(_, licence)| !is_accepted(licence, accepted))
        .map(|(name, licence)| format!("{name}: {licence}"))
        .collect()
}

#[test]
fn licence_expressions_are_understood() {
    let accepted = BTreeSet::from(["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"]);
    let cases = [
        ("MIT", true),
        ("GPL-3.0", false),
        ("MIT OR GPL-3.0", true),
        ("GPL-3.0/MIT", true),
        ("MIT AND GPL-3.0", false),
        ("MIT AND ISC", true),
        ("(GPL-3.0 OR ISC) AND MIT", true),
        ("(GPL-3.0 OR AGPL-3.0) AND MIT", false),
        ("Apache-2.0 WITH LLVM-exception OR GPL-3.0", true),
        ("Apache-2.0 WITH Other-exception", false),
        ("MIT GPL-3.0", false),
        ("", false),
    ];
    for (expression, want) in cases {
        assert_eq!(is_accepted(expression, &accepted), want, "{expression:?}");
    }
}
