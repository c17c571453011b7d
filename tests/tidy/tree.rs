//! The files of the project, as text.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

/// A text file.
#[derive(Clone, Debug)]
pub struct File {
    /// Relative to the top, with forward slashes.
    pub path: String,
    pub text: String,
}

impl File {
    pub fn new(path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    pub fn ends_with(&self, endings: &[&str]) -> bool {
        endings.iter().any(|ending| self.path.ends_with(ending))
    }

    /// Written by a tool, not by a person.
    pub fn is_generated(&self) -> bool {
        matches!(
            self.path.as_str(),
            "Cargo.lock" | "ui/package-lock.json" | "ui/src/api/bindings.ts"
        )
    }
}

/// The top of the tree.
pub fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .expect("tests/tidy lies two folders down")
        .to_path_buf()
}

/// What is built or installed, not written.
const NOT_OURS: [&str; 5] = ["target", "gen", ".git", "ui/node_modules", "ui/dist"];

/// Every text file of the project, sorted by path. Pictures are left out.
pub fn files() -> &'static [File] {
    static FILES: LazyLock<Vec<File>> = LazyLock::new(|| {
        let top = top();
        let mut files = Vec::new();
        collect(&top, &top, &mut files);
        files.sort_by(|one, other| one.path.cmp(&other.path));
        assert!(
            files.len() > 100,
            "only {} files found below {}",
            files.len(),
            top.display()
        );
        files
    });
    &FILES
}

/// Those with one of these endings.
pub fn files_ending(endings: &'static [&'static str]) -> impl Iterator<Item = &'static File> {
    files().iter().filter(move |file| file.ends_with(endings))
}

/// One file that must be there.
pub fn file(path: &str) -> &'static File {
    files()
        .iter()
        .find(|file| file.path == path)
        .unwrap_or_else(|| panic!("{path} is missing"))
}

fn collect(top: &Path, folder: &Path, files: &mut Vec<File>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable folder").path();
        let relative = path
            .strip_prefix(top)
            .expect("below the top")
            .to_string_lossy()
            .replace('\\', "/");
        if NOT_OURS.contains(&relative.as_str()) {
            continue;
        }
        if path.is_dir() {
            collect(top, &path, files);
        } else if let Ok(text) = fs::read_to_string(&path) {
            files.push(File { path: relative, text });
        }
    }
}
