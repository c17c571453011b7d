//! Files for people: written into the folder for downloads, never over another one.

use std::{
    fs::{self, File},
    io::{self, ErrorKind, Write},
    path::{Path, PathBuf},
};

use anyhow::Context;
use tauri::{AppHandle, Manager};

/// So many files of one name are enough.
const MOST: u32 = 1000;

/// Writes the text as a new file where this computer keeps downloads; answers where.
///
/// # Errors
/// When there is no such folder or it cannot be written.
pub fn save(app: &AppHandle, stem: &str, extension: &str, text: &str) -> anyhow::Result<PathBuf> {
    let folder = app.path().download_dir().or_else(|_| app.path().home_dir());
    let folder = folder.context("Find the folder for downloads")?;
    Ok(save_in(&folder, stem, extension, text)?)
}

/// As [`save`], in that folder; one that is not there is made.
fn save_in(folder: &Path, stem: &str, extension: &str, text: &str) -> io::Result<PathBuf> {
    fs::create_dir_all(folder)?;
    for number in 1..=MOST {
        let name = match number {
            1 => format!("{stem}.{extension}"),
            _ => format!("{stem}-{number}.{extension}"),
        };
        let path = folder.join(name);
        match File::create_new(&path) {
            Ok(mut file) => {
                file.write_all(text.as_bytes())?;
                file.sync_all()?;
                return Ok(path);
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::new(
        ErrorKind::AlreadyExists,
        "there are too many files of that name in the folder for downloads",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_never_written_over() -> anyhow::Result<()> {
        let home = tempfile::tempdir()?;
        let folder = home.path().join("Downloads");
        let first = save_in(&folder, "leadline-sync-2026-11-21", "txt", "one")?;
        let second = save_in(&folder, "leadline-sync-2026-11-21", "txt", "two")?;
        assert_eq!(first, folder.join("leadline-sync-2026-11-21.txt"));
        assert_eq!(second, folder.join("leadline-sync-2026-11-21-2.txt"));
        assert_eq!(fs::read_to_string(first)?, "one");
        assert_eq!(fs::read_to_string(second)?, "two");
        Ok(())
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_an_error() -> anyhow::Result<()> {
        let home = tempfile::tempdir()?;
        let file = home.path().join("a file");
        fs::write(&file, "")?;
        assert!(save_in(&file, "log", "txt", "one").is_err());
        Ok(())
    }
}
