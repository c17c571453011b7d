//! The log: one file under the home, rotated by size. Never names, addresses of people, tokens or bodies.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use tracing_subscriber::{EnvFilter, fmt::MakeWriter};

/// A file is put aside once it is this long, in bytes.
const FULL: u64 = 2 * 1024 * 1024;

/// How many full files are kept.
const KEPT: u32 = 3;

/// Starts logging to a file in that folder. `LEADLINE_LOG` sets what is logged ("debug", "engine=trace").
/// A log that cannot be written is no reason not to start; then the caller is told why.
///
/// # Errors
/// When the file cannot be opened, or logging was started before.
pub fn start(folder: &Path) -> anyhow::Result<()> {
    let log = RotatingLog::open(folder, FULL)?;
    let filter = EnvFilter::try_from_env("LEADLINE_LOG").unwrap_or_else(|_| {
        EnvFilter::new("warn,leadline_app=info,engine=info,connectors=info,store=info,sandbox=info")
    });
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(log)
        // A full disk is said once, by whatever failed for it, not once a line.
        .log_internal_errors(false)
        .try_init()
        .map_err(|error| anyhow::anyhow!("{error}"))
}

/// A log file that makes room for itself.
#[derive(Clone, Debug)]
struct RotatingLog(Arc<Mutex<Current>>);

#[derive(Debug)]
struct Current {
    path: PathBuf,
    file: File,
    length: u64,
    full: u64,
}

impl RotatingLog {
    fn open(folder: &Path, full: u64) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let path = folder.join("leadline.log");
        let file = append(&path)?;
        let length = file.metadata()?.len();
        Ok(Self(Arc::new(Mutex::new(Current {
            path,
            file,
            length,
            full,
        }))))
    }
}

impl Current {
    fn rotate(&mut self) -> io::Result<()> {
        let numbered = |number: u32| self.path.with_extension(format!("{number}.log"));
        for number in (1..KEPT).rev() {
            if numbered(number).exists() {
                fs::rename(numbered(number), numbered(number + 1))?;
            }
        }
        fs::rename(&self.path, numbered(1))?;
        self.file = append(&self.path)?;
        self.length = 0;
        Ok(())
    }
}

impl Write for &RotatingLog {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut current = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if current.length >= current.full {
            current.rotate()?;
        }
        current.file.write_all(line)?;
        current.length += line.len() as u64;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).file.flush()
    }
}

impl<'a> MakeWriter<'a> for RotatingLog {
    type Writer = &'a Self;

    fn make_writer(&'a self) -> Self::Writer {
        self
    }
}

fn append(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_log_makes_room_and_keeps_the_last_few() -> io::Result<()> {
        let scratch = tempfile::tempdir()?;
        let log = RotatingLog::open(scratch.path(), 10)?;
        for line in 0..6 {
            // One write is one line, as the subscriber does it.
            (&log).write_all(format!("line number {line}\n").as_bytes())?;
        }
        let read = |name: &str| fs::read_to_string(scratch.path().join(name));
        assert_eq!(read("leadline.log")?, "line number 5\n");
        assert_eq!(read("leadline.1.log")?, "line number 4\n");
        assert_eq!(read("leadline.3.log")?, "line number 2\n");
        assert!(read("leadline.4.log").is_err());
        Ok(())
    }
}
