//! The packages of the workspace, and which of them a changed file concerns.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::shell;

/// Everything that must be checked again.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Affected {
    /// Packages whose sources changed, and all that depend on them.
    pub packages: BTreeSet<String>,
    /// Packages whose own sources changed.
    pub changed: BTreeSet<String>,
    /// Whether the ui changed.
    pub ui: bool,
}

/// The workspace as cargo sees it.
pub struct Tree {
    /// Folder, relative to the top, of each package; empty for the app at the top.
    folders: BTreeMap<String, String>,
    /// For each package, the packages of the workspace that it needs, for tests too.
    needs: BTreeMap<String, BTreeSet<String>>,
}

impl Tree {
    pub fn read() -> Result<Self> {
        let metadata = shell::output(shell::cargo()?.args(["metadata", "--format-version=1", "--no-deps"]))?;
        Self::from_metadata(&serde_json::from_str(&metadata)?).context("cargo metadata")
    }

    fn from_metadata(metadata: &Value) -> Result<Self> {
        let root = metadata
            .get("workspace_root")
            .and_then(Value::as_str)
            .context("no workspace_root")?;
        let packages = metadata
            .get("packages")
            .and_then(Value::as_array)
            .context("no packages")?;
        let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        let mut folders = BTreeMap::new();
        let mut needs = BTreeMap::new();
        for package in packages {
            let name = text(package, "name").context("a package without a name")?;
            let manifest = text(package, "manifest_path").context("a package without a manifest")?;
            let folder = manifest
                .trim_start_matches(root)
                .trim_end_matches("Cargo.toml")
                .trim_matches(['/', '\\']);
            folders.insert(name.clone(), folder.replace('\\', "/"));
            let dependencies = package
                .get("dependencies")
                .and_then(Value::as_array)
                .into_iter()
                .flatten();
            needs.insert(
                name,
                dependencies.filter_map(|dependency| text(dependency, "name")).collect(),
            );
        }
        Ok(Self { folders, needs })
    }

    /// The folder of a package, relative to the top.
    pub fn folder(&self, package: &str) -> &str {
        self.folders.get(package).map_or("", String::as_str)
    }

    /// What these files, relative to the top, concern.
    pub fn affected<'a>(&self, files: impl IntoIterator<Item = &'a str>) -> Affected {
        let mut affected = Affected::default();
        for file in files {
            if matches!(file, "Cargo.toml" | "Cargo.lock") || file.starts_with(".cargo/") {
                affected.changed.extend(self.folders.keys().cloned());
            } else if file.starts_with("ui/") {
                affected.ui = true;
                // The bindings are one file for two languages; the house rules read the ui too.
                affected.changed.insert("tidy".to_owned());
                if file == "ui/src/api/bindings.ts" {
                    affected.changed.extend(self.owner("src-tauri/app/bindings.rs"));
                }
            } else {
                affected.changed.extend(self.owner(file));
                affected.changed.insert("tidy".to_owned());
            }
        }
        affected.changed.retain(|package| self.folders.contains_key(package));
        affected.packages = self.with_dependents(&affected.changed);
        affected
    }

    /// The package that a file belongs to: the one with the longest folder that the file lies in. Of the files at the
    /// top, only those that go into the app are the app's.
    fn owner(&self, file: &str) -> Option<String> {
        let inside = |folder: &str| file.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        let nearest = self
            .folders
            .iter()
            .filter(|(_, folder)| !folder.is_empty() && inside(folder));
        if let Some((name, _)) = nearest.max_by_key(|(_, folder)| folder.len()) {
            return Some(name.clone());
        }
        let of_the_app = ["src-tauri/app/", "icons/", "tauri.conf.json"]
            .iter()
            .any(|start| file.starts_with(start));
        let app = self.folders.iter().find(|(_, folder)| folder.is_empty());
        app.filter(|_| of_the_app).map(|(name, _)| name.clone())
    }

    fn with_dependents(&self, changed: &BTreeSet<String>) -> BTreeSet<String> {
        let mut all = changed.clone();
        loop {
            let more: Vec<String> = self
                .needs
                .iter()
                .filter(|(name, needs)| !all.contains(*name) && !needs.is_disjoint(&all))
                .map(|(name, _)| name.clone())
                .collect();
            if more.is_empty() {
                return all;
            }
            all.extend(more);
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may fail by panicking")]
mod tests {
    use super::*;

    fn tree() -> Tree {
        let package = |name: &str, folder: &str, needs: &[&str]| {
            let needs: Vec<Value> = needs.iter().map(|name| serde_json::json!({ "name": name })).collect();
            serde_json::json!({ "name": name, "manifest_path": format!("/top{folder}/Cargo.toml"), "dependencies": needs })
        };
        Tree::from_metadata(&serde_json::json!({ "workspace_root": "/top", "packages": [
            package("leadline", "", &["engine", "sandbox"]),
            package("domain", "/src-tauri/domain", &[]),
            package("engine", "/src-tauri/engine", &["domain"]),
            package("sandbox", "/src-tauri/sandbox", &[]),
            package("tidy", "/tests/tidy", &[]),
        ]}))
        .unwrap()
    }

    fn check(files: &[&str], packages: &[&str], ui: bool) {
        let affected = tree().affected(files.iter().copied());
        let got: Vec<&str> = affected.packages.iter().map(String::as_str).collect();
        assert_eq!(got, packages, "{files:?}");
        assert_eq!(affected.ui, ui, "{files:?}");
    }

    #[test]
    fn a_change_concerns_its_package_and_all_that_build_on_it() {
        check(
            &["src-tauri/domain/value.rs"],
            &["domain", "engine", "leadline", "tidy"],
            false,
        );
        check(&["src-tauri/sandbox/lib.rs"], &["leadline", "sandbox", "tidy"], false);
        check(&["src-tauri/app/window.rs"], &["leadline", "tidy"], false);
        check(&["tauri.conf.json"], &["leadline", "tidy"], false);
        check(&["README.md"], &["tidy"], false);
        check(&["ui/src/routes.tsx"], &["tidy"], true);
        check(&["ui/src/api/bindings.ts"], &["leadline", "tidy"], true);
        check(
            &["Cargo.lock"],
            &["domain", "engine", "leadline", "sandbox", "tidy"],
            false,
        );
        check(&[], &[], false);
    }

    #[test]
    fn the_folder_of_a_package_is_relative() {
        assert_eq!(tree().folder("engine"), "src-tauri/engine");
        assert_eq!(tree().folder("leadline"), "");
    }
}
