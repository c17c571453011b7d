//! Which crate may know which: from `cargo metadata`.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
    sync::LazyLock,
};

use serde_json::Value;

use crate::{
    complaints, sees,
    tree::{self, File},
};

/// `cargo metadata`, with every dependency.
pub static METADATA: LazyLock<Value> = LazyLock::new(|| {
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["metadata", "--format-version=1", "--offline"])
        .current_dir(tree::top())
        .output()
        .expect("cargo can be started");
    assert!(
        output.status.success(),
        "cargo metadata: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).expect("cargo metadata prints JSON")
});

/// A package of the workspace and what its manifest asks for.
struct Package {
    name: String,
    /// Below `tests/`.
    is_test: bool,
    /// What its code needs, for building too.
    needs: BTreeSet<String>,
    /// What only its tests need.
    test_needs: BTreeSet<String>,
}

fn packages() -> Vec<Package> {
    let top = tree::top().to_string_lossy().into_owned();
    let members = METADATA["workspace_members"].as_array().expect("members");
    let all = METADATA["packages"].as_array().expect("packages");
    all.iter()
        .filter(|package| members.contains(&package["id"]))
        .map(|package| {
            let text = |key: &str| package[key].as_str().expect("text").to_owned();
            let of_kind = |is_test: bool| {
                let dependencies = package["dependencies"].as_array().expect("dependencies").iter();
                let kind = move |dependency: &&Value| (dependency["kind"] == "dev") == is_test;
                dependencies
                    .filter(kind)
                    .filter_map(|d| d["name"].as_str().map(str::to_owned))
                    .collect()
            };
            Package {
                name: text("name"),
                is_test: text("manifest_path").trim_start_matches(&top).starts_with("/tests/"),
                needs: of_kind(false),
                test_needs: of_kind(true),
            }
        })
        .collect()
}

/// For each crate that ships, the others of ours that it may know. Tests may also know the sandbox.
fn may_know() -> BTreeMap<&'static str, &'static [&'static str]> {
    BTreeMap::from([
        ("domain", &[][..]),
        ("linkage", &["domain"]),
        ("store", &["domain"]),
        ("connectors", &["domain"]),
        ("engine", &["domain", "linkage", "store", "connectors"]),
        // Two readings of one contract: a line in common would hide a misreading.
        ("sandbox", &[]),
        (
            "leadline",
            &["domain", "linkage", "store", "connectors", "engine", "sandbox"],
        ),
        ("xtask", &[]),
    ])
}

fn wrong_ways(packages: &[Package]) -> Vec<String> {
    let ours: BTreeSet<&str> = packages.iter().map(|package| package.name.as_str()).collect();
    let may_know = may_know();
    let mut found = Vec::new();
    for package in packages.iter().filter(|package| !package.is_test) {
        let Some(allowed) = may_know.get(package.name.as_str()) else {
            found.push(format!("{}: a new crate; say here whom it may know", package.name));
            continue;
        };
        for need in package.needs.iter().filter(|need| ours.contains(need.as_str())) {
            if !allowed.contains(&need.as_str()) {
                found.push(format!("{} must not know {need}", package.name));
            }
        }
        for need in package.test_needs.iter().filter(|need| ours.contains(need.as_str())) {
            let for_tests = *need == "sandbox" && matches!(package.name.as_str(), "engine" | "leadline");
            if !allowed.contains(&need.as_str()) && !for_tests {
                found.push(format!("the tests of {} must not know {need}", package.name));
            }
        }
    }
    found
}

/// Libraries that one crate alone may use, for its code: (library, crate). A library whose name begins so counts too.
const ONLY_IN: [(&str, &str); 7] = [
    ("rusqlite", "store"),
    ("reqwest", "connectors"),
    ("rustls", "connectors"),
    ("tauri", "leadline"),
    ("keyring", "leadline"),
    ("axum", "sandbox"),
    ("rlibphonenumber", "domain"),
];

/// Nothing that waits, asks or keeps may be in `domain`.
const NOT_IN_DOMAIN: [&str; 6] = ["tokio", "rand", "anyhow", "tracing", "async-trait", "futures"];

fn libraries_out_of_place(packages: &[Package]) -> Vec<String> {
    let mut found = Vec::new();
    for package in packages {
        for (library, only) in ONLY_IN {
            let uses = |needs: &BTreeSet<String>| needs.iter().any(|need| need.starts_with(library));
            // The tests of the sandbox and of the window are HTTP clients of their own, on purpose; those of the window also
            // count for themselves, in tables of their own.
            let on_its_own = match library {
                "reqwest" | "rustls" => matches!(package.name.as_str(), "sandbox" | "e2e"),
                "rusqlite" => package.name == "e2e",
                _ => false,
            };
            if package.name != only && (uses(&package.needs) || (uses(&package.test_needs) && !on_its_own)) {
                found.push(format!(
                    "{} uses {library}, which belongs to {only} alone",
                    package.name
                ));
            }
        }
        if package.name == "domain" {
            for library in NOT_IN_DOMAIN.iter().filter(|library| package.needs.contains(**library)) {
                found.push(format!("domain is pure: no {library}"));
            }
        }
    }
    found
}

fn package(name: &str, is_test: bool, needs: &[&str], test_needs: &[&str]) -> Package {
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    Package {
        name: name.to_owned(),
        is_test,
        needs: set(needs),
        test_needs: set(test_needs),
    }
}

#[test]
fn dependencies_point_one_way() {
    let packages = packages();
    assert!(packages.len() >= 12, "only {} packages found", packages.len());
    complaints(
        "domain <- store, connectors <- engine <- app; sandbox alone.",
        &wrong_ways(&packages),
    );
    let domain = || package("domain", false, &[], &[]);
    let store = || package("store", false, &["domain"], &[]);
    sees(
        &wrong_ways(&[package("domain", false, &["store"], &[]), store()]),
        "domain must not know store",
    );
    sees(
        &wrong_ways(&[domain(), store(), package("connectors", false, &["store"], &[])]),
        "connectors must not know store",
    );
    sees(
        &wrong_ways(&[domain(), package("sandbox", false, &[], &["domain"])]),
        "the tests of sandbox must not know domain",
    );
    sees(&wrong_ways(&[package("extras", false, &[], &[])]), "a new crate");
}

#[test]
fn libraries_stay_in_their_crate() {
    complaints(
        "SQL in store, HTTP in connectors, windows in app.",
        &libraries_out_of_place(&packages()),
    );
    sees(
        &libraries_out_of_place(&[package("engine", false, &["rusqlite"], &[])]),
        "engine uses rusqlite",
    );
    sees(
        &libraries_out_of_place(&[package("engine", false, &["tauri-plugin-opener"], &[])]),
        "engine uses tauri",
    );
    sees(
        &libraries_out_of_place(&[package("scenarios", true, &[], &["reqwest"])]),
        "scenarios uses reqwest",
    );
    sees(
        &libraries_out_of_place(&[package("domain", false, &["tokio"], &[])]),
        "no tokio",
    );
    assert!(libraries_out_of_place(&[package("e2e", true, &[], &["reqwest"])]).is_empty());
}

fn without_lints(file: &File) -> Vec<String> {
    let is_member = file.name() == "Cargo.toml" && file.text.contains("[package]");
    if !is_member || file.text.contains("[lints]\nworkspace = true") {
        return Vec::new();
    }
    vec![format!("{}: no `[lints] workspace = true`", file.path)]
}

#[test]
fn every_crate_obeys_the_workspace_lints() {
    let found: Vec<String> = tree::files().iter().flat_map(without_lints).collect();
    complaints("Lints are the same everywhere.", &found);
    sees(
        &without_lints(&File::new("src-tauri/x/Cargo.toml", "[package]\nname = \"x\"")),
        "src-tauri/x",
    );
}
