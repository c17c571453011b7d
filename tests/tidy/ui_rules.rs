//! Rules for the ui.

use crate::{
    complaints, sees,
    tree::{self, File},
};

/// TypeScript sources.
fn scripts() -> impl Iterator<Item = &'static File> {
    tree::files_ending(&[".ts", ".tsx"]).filter(|file| file.path.starts_with("ui/"))
}

/// The modules that a file imports, as written.
fn imports(file: &File) -> Vec<&str> {
    let mut found = Vec::new();
    for line in file.text.lines() {
        for mark in [" from ", "import ", "import(", "mock("] {
            for (at, _) in line.match_indices(mark) {
                let rest = line[at + mark.len()..].trim_start();
                let Some(quote) = rest.chars().next().filter(|c| matches!(c, '\'' | '"')) else {
                    continue;
                };
                found.extend(rest[1..].split(quote).next());
            }
        }
    }
    found
}

/// The only file that may reach the host's own packages: the generated door, imported through `api/`.
const DOOR: &str = "ui/src/api/bindings.ts";

fn second_doors(file: &File) -> Vec<String> {
    if file.path == DOOR || !file.path.starts_with("ui/src/") {
        return Vec::new();
    }
    let reaches = |module: &&str| module.starts_with("@tauri-apps/");
    imports(file)
        .into_iter()
        .filter(reaches)
        .map(|module| format!("{}: imports {module}", file.path))
        .collect()
}

#[test]
fn the_host_has_one_door() {
    assert!(
        imports(tree::file(DOOR))
            .iter()
            .any(|module| module.starts_with("@tauri-apps/")),
        "the door moved"
    );
    let found: Vec<String> = scripts().flat_map(second_doors).collect();
    complaints("The host is reached through ui/src/api only.", &found);
    let breach = File::new(
        "ui/src/features/board/Board.tsx",
        "import { invoke } from '@tauri-apps/api/core';",
    );
    sees(&second_doors(&breach), "@tauri-apps/api/core");
}

/// The feature that a file belongs to.
fn feature(path: &str) -> Option<&str> {
    path.strip_prefix("ui/src/features/")?.split('/').next()
}

/// Where an import leads, relative to the top.
fn target(from: &str, module: &str) -> Option<String> {
    if let Some(rest) = module.strip_prefix("@/") {
        return Some(format!("ui/src/{rest}"));
    }
    if !module.starts_with('.') {
        return None;
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in module.split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The frame is the house in which the features stand: it alone shows them, and none may know it.
const FRAME: &str = "frame";

fn nosy_features(file: &File) -> Vec<String> {
    let Some(own) = feature(&file.path) else {
        return Vec::new();
    };
    let targets = imports(file)
        .into_iter()
        .filter_map(|module| target(&file.path, module));
    targets
        .filter(|target| feature(target).is_some_and(|other| other != own && own != FRAME))
        .map(|target| format!("{}: imports {target}", file.path))
        .collect()
}

#[test]
fn features_do_not_import_each_other() {
    assert!(
        scripts().any(|file| feature(&file.path) == Some("board")),
        "no board found"
    );
    let found: Vec<String> = scripts().flat_map(nosy_features).collect();
    complaints("What two features need belongs to components/, api/ or lib/.", &found);
    let at = "ui/src/features/board/Card.tsx";
    sees(
        &nosy_features(&File::new(at, "import { Panel } from '@/features/ticket/Panel';")),
        "features/ticket/Panel",
    );
    sees(
        &nosy_features(&File::new(at, "import { Panel } from '../ticket/Panel';")),
        "features/ticket/Panel",
    );
    sees(
        &nosy_features(&File::new(at, "const Panel = lazy(() => import('../ticket/Panel'));")),
        "features/ticket/Panel",
    );
    assert!(
        nosy_features(&File::new(
            at,
            "import { Column } from './Column';\nimport { x } from '@/lib/x';"
        ))
        .is_empty()
    );
}

fn tests_left_out(file: &File) -> Vec<String> {
    if !file.path.contains(".test.") {
        return Vec::new();
    }
    let words = [
        ".only(",
        ".skip(",
        ".todo(",
        ".skipIf(",
        ".fails(",
        "xit(",
        "setTimeout(",
    ];
    let lines = file.text.lines().enumerate();
    lines
        .filter(|(_, line)| words.iter().any(|word| line.contains(word)))
        .map(|(at, line)| format!("{}:{}: {}", file.path, at + 1, line.trim()))
        .collect()
}

#[test]
fn no_ui_test_is_left_out_or_waits_for_time() {
    let found: Vec<String> = scripts().flat_map(tests_left_out).collect();
    complaints("Every test runs, every time, and waits for conditions only.", &found);
    sees(
        &tests_left_out(&File::new("ui/src/a.test.ts", "it.only('x', () => {});")),
        "it.only",
    );
}

fn remote_origins(file: &File) -> Vec<String> {
    let loads = [
        "src=\"http",
        "href=\"http",
        "url(http",
        "url(\"http",
        "url('http",
        "@import \"http",
        "@import 'http",
        "src=\"//",
    ];
    let found = loads.iter().filter(|load| file.text.contains(**load));
    found
        .map(|load| format!("{}: loads from elsewhere ({load}…)", file.path))
        .collect()
}

#[test]
fn nothing_is_loaded_from_elsewhere() {
    let pages = tree::files_ending(&[".html", ".css", ".tsx"]).filter(|file| file.path.starts_with("ui/"));
    let found: Vec<String> = pages.flat_map(remote_origins).collect();
    complaints("Fonts and icons ship with the app.", &found);
    sees(
        &remote_origins(&File::new(
            "ui/index.html",
            "<link href=\"https://fonts.example/inter.css\">",
        )),
        "index.html",
    );
}
