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
    let written = write(app, stem, extension, |file| Ok(file.write_all(text.as_bytes())?))?;
    Ok(written.1)
}

/// Makes a new file where this computer keeps downloads and has it written; answers what the work answered, and where
/// the file is. One that could not be written to its end is taken away again.
///
/// # Errors
/// When there is no such folder or it cannot be written; those of the work.
pub fn write<T>(
    app: &AppHandle,
    stem: &str,
    extension: &str,
    work: impl FnOnce(&mut File) -> anyhow::Result<T>,
) -> anyhow::Result<(T, PathBuf)> {
    let folder = app.path().download_dir().or_else(|_| app.path().home_dir());
    let folder = folder.context("Find the folder for downloads")?;
    write_in(&folder, stem, extension, work)
}

/// As [`write`], in that folder; one that is not there is made.
fn write_in<T>(
    folder: &Path,
    stem: &str,
    extension: &str,
    work: impl FnOnce(&mut File) -> anyhow::Result<T>,
) -> anyhow::Result<(T, PathBuf)> {
    let (mut file, path) = create_in(folder, stem, extension)?;
    let written = work(&mut file).and_then(|value| {
        file.sync_all()?;
        Ok(value)
    });
    match written {
        Ok(value) => Ok((value, path)),
        Err(error) => {
            drop(file);
            if let Err(left) = fs::remove_file(&path) {
                tracing::warn!(error = %left, "a file that was not finished is left among the downloads");
            }
            Err(error)
        }
    }
}

/// A new file of that name, or of that name with a number.
fn create_in(folder: &Path, stem: &str, extension: &str) -> io::Result<(File, PathBuf)> {
    fs::create_dir_all(folder)?;
    for number in 1..=MOST {
        let name = match number {
            1 => format!("{stem}.{extension}"),
            _ => format!("{stem}-{number}.{extension}"),
        };
        let path = folder.join(name);
        match File::create_new(&path) {
            Ok(file) => return Ok((file, path)),
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

    fn save_in(folder: &Path, stem: &str, extension: &str, text: &str) -> anyhow::Result<PathBuf> {
        let written = write_in(folder, stem, extension, |file| Ok(file.write_all(text.as_bytes())?))?;
        Ok(written.1)
    }

    #[test]
    fn a_file_that_could_not_be_finished_is_taken_away() -> anyhow::Result<()> {
        let home = tempfile::tempdir()?;
        let written: anyhow::Result<((), PathBuf)> = write_in(home.path(), "list", "csv", |file| {
            file.write_all(b"half")?;
            anyhow::bail!("the disk is full")
        });
        assert!(written.is_err());
        assert_eq!(fs::read_dir(home.path())?.count(), 0);
        Ok(())
    }

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
