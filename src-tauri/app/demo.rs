//! The sample tenant: a HaloPSA in a box that runs inside Leadline and remembers what was done to it.
//!
//! Leadline talks to it over HTTP like to any other tenant, so the sample data shows the real thing, waiting and
//! refusals included. The tenant is made from a seed at every start; what was changed since is one sealed line each in
//! `sandbox.log` and is repeated, so that it survives a restart as a real one would.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::PathBuf,
};

use engine::views::ConnectRequest;
use sandbox::{Journal, Options, Sandbox, StartError};

use crate::{
    home::{LockedFile, ProfileFolder},
    secrets::{MasterKey, Sealer, Unsealable},
};

/// How many tickets the sample tenant has.
const TICKETS: u32 = 2000;

/// What the sample tenant is made from.
const SEED: u64 = 7;

/// The running sample tenant; it stops when dropped.
pub struct SampleTenant {
    sandbox: Sandbox,
    /// Two processes would write over each other's changes.
    _alone: LockedFile,
}

impl SampleTenant {
    /// Starts it, at the address of the last time if that is free, so that a connected engine finds it again.
    ///
    /// # Errors
    /// [`engine::Problem::SyncElsewhere`] when another process runs it; or when its changes cannot be read, or no port
    /// is free.
    pub fn start(folder: &ProfileFolder, key: &MasterKey, last_address: &str) -> anyhow::Result<Self> {
        let alone = LockedFile::take(&folder.sandbox_lock())?.ok_or(engine::Problem::SyncElsewhere)?;
        let last_port = last_address
            .rsplit(':')
            .next()
            .and_then(|port| port.parse().ok())
            .unwrap_or(0);
        let start = |port| -> anyhow::Result<Result<Sandbox, StartError>> {
            Ok(Sandbox::start(Options {
                port,
                tickets: TICKETS,
                seed: SEED,
                journal: Some(Box::new(SealedJournal {
                    path: folder.sandbox_log(),
                    sealer: key.sealer("sample tenant")?,
                    file: None,
                })),
                ..Options::default()
            }))
        };
        let sandbox = match start(last_port)? {
            Err(StartError::Port { .. }) if last_port != 0 => start(0)??,
            started => started?,
        };
        Ok(Self { sandbox, _alone: alone })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> String {
        self.sandbox.address()
    }

    /// How to connect to it: its secret is printed in every help text and protects nothing.
    #[must_use]
    pub fn sign_in(&self) -> ConnectRequest {
        ConnectRequest {
            address: self.sandbox.address(),
            client_id: sandbox::CLIENT_ID.to_owned(),
            client_secret: sandbox::CLIENT_SECRET.to_owned(),
        }
    }
}

/// The changes of the sample tenant, one sealed line each: they hold what people typed.
struct SealedJournal {
    path: PathBuf,
    sealer: Sealer,
    file: Option<File>,
}

impl Journal for SealedJournal {
    fn append(&mut self, line: &str) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            None => {
                let mut options = File::options();
                options.create(true).append(true);
                #[cfg(unix)]
                std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
                self.file.insert(options.open(&self.path)?)
            }
        };
        let mut sealed = self.sealer.seal(line.as_bytes()).map_err(io::Error::other)?;
        sealed.push('\n');
        file.write_all(sealed.as_bytes())?;
        file.sync_data()
    }

    fn replay(&mut self) -> io::Result<Vec<String>> {
        let text = match fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        // A last line without its end was being written when the power went: nobody was told that it was safe.
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        if whole < text.len() {
            File::options().write(true).open(&self.path)?.set_len(whole as u64)?;
        }
        let lines = text.get(..whole).unwrap_or_default().lines();
        lines
            .map(|line| {
                let plain = self.sealer.open(line).map_err(io::Error::other)?;
                String::from_utf8(plain.to_vec()).map_err(|_| io::Error::other(Unsealable))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{home::Home, profiles::Profile};

    fn journal(folder: &ProfileFolder, key: u8) -> SealedJournal {
        SealedJournal {
            path: folder.sandbox_log(),
            sealer: MasterKey::from_bytes([key; 32]).sealer("sample tenant").expect("a key"),
            file: None,
        }
    }

    #[test]
    fn changes_come_back_in_order_and_are_not_readable() -> anyhow::Result<()> {
        let scratch = tempfile::tempdir()?;
        let folder = Home::at(scratch.path())?.profile(&Profile::Demo)?;
        assert!(journal(&folder, 1).replay()?.is_empty());
        let mut first = journal(&folder, 1);
        first.append("jane@acme.example")?;
        first.append("joe@acme.example")?;
        let mut second = journal(&folder, 1);
        assert_eq!(second.replay()?, ["jane@acme.example", "joe@acme.example"]);
        second.append("june@acme.example")?;
        assert_eq!(journal(&folder, 1).replay()?.len(), 3);
        assert!(!fs::read_to_string(folder.sandbox_log())?.contains("acme"));
        assert!(journal(&folder, 2).replay().is_err(), "another key opens nothing");
        Ok(())
    }

    #[test]
    fn a_line_cut_off_by_a_crash_is_dropped_and_the_next_one_is_whole() -> anyhow::Result<()> {
        let scratch = tempfile::tempdir()?;
        let folder = Home::at(scratch.path())?.profile(&Profile::Demo)?;
        journal(&folder, 1).append("one")?;
        File::options()
            .append(true)
            .open(folder.sandbox_log())?
            .write_all(b"half a li")?;
        let mut again = journal(&folder, 1);
        assert_eq!(again.replay()?, ["one"]);
        again.append("two")?;
        assert_eq!(journal(&folder, 1).replay()?, ["one", "two"]);
        Ok(())
    }
}
