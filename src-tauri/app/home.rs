//! The folder that holds everything Leadline keeps on this computer, and who may use it at a time.
//!
//! ```text
//! HOME/
//!   window.lock      held while a window is open
//!   log/             what happened, without names, addresses or tokens
//!   last-profile     which HaloPSA was shown last
//!   tenant/          the HaloPSA that was connected first
//!   tenants/acme/    another one, called "acme" here; as many as there are
//!   demo/            the sample tenant, and sandbox.log: what was changed in it (sealed)
//!     leadline.db    the encrypted database
//!     about.json     the address of the HaloPSA
//!     key.json       how its key is kept: no secret in it
//!     vault.sealed   secrets, where there is no keychain
//!     incoming/      files on their way into an import
//!     sync.lock      held by the process that syncs
//! ```

use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
};

use engine::{Lease, LeaseGuard};

use crate::profiles::Profile;

/// The folder of the profiles after the first.
const TENANTS: &str = "tenants";

/// The folder of one person's Leadline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home(PathBuf);

/// Why the folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum HomeError {
    /// The system does not say where a person's data goes.
    #[error("this computer does not say where a person's data belongs")]
    NoDefault,
    /// It cannot be made, read or written.
    #[error("{path} cannot be used")]
    Unusable { path: PathBuf, source: io::Error },
    /// Another window has it.
    #[error("another Leadline has {path} open")]
    InUse { path: PathBuf },
}

impl Home {
    /// The folder at that path, made if need be, readable by its owner alone.
    ///
    /// # Errors
    /// [`HomeError::Unusable`] when it cannot be made.
    pub fn at(path: &Path) -> Result<Self, HomeError> {
        let unusable = |source| HomeError::Unusable {
            path: path.to_owned(),
            source,
        };
        private_folder(path).map_err(unusable)?;
        // One folder has one name, whatever way it was typed: the single-instance check depends on it.
        Ok(Self(fs::canonicalize(path).map_err(unusable)?))
    }

    /// Where the data goes when nobody says: the system's data folder.
    ///
    /// # Errors
    /// [`HomeError::NoDefault`] when the system names none.
    pub fn default_path() -> Result<PathBuf, HomeError> {
        let variable = |name: &str| {
            std::env::var_os(name)
                .filter(|value| !value.is_empty())
                .map(PathBuf::from)
        };
        let data = if cfg!(windows) {
            variable("APPDATA")
        } else if cfg!(target_os = "macos") {
            variable("HOME").map(|home| home.join("Library/Application Support"))
        } else {
            // The XDG rule: a relative path there is to be ignored.
            variable("XDG_DATA_HOME")
                .filter(|path| path.is_absolute())
                .or_else(|| variable("HOME").map(|home| home.join(".local/share")))
        };
        data.map(|data| data.join("leadline")).ok_or(HomeError::NoDefault)
    }

    /// The path of the folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Sixteen hexadecimal digits that stand for the path, where the path itself cannot.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let digest = ring::digest::digest(&ring::digest::SHA256, self.0.as_os_str().as_encoded_bytes());
        digest
            .as_ref()
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    /// The folder of the log.
    #[must_use]
    pub fn log_folder(&self) -> PathBuf {
        self.0.join("log")
    }

    /// The folder of a profile, made if need be.
    ///
    /// # Errors
    /// [`HomeError::Unusable`] when it cannot be made.
    pub fn profile(&self, profile: &Profile) -> Result<ProfileFolder, HomeError> {
        let path = self.profile_path(profile);
        private_folder(&path).map_err(|source| HomeError::Unusable {
            path: path.clone(),
            source,
        })?;
        Ok(ProfileFolder {
            path,
            profile: profile.clone(),
        })
    }

    /// The folder of a profile, if there is one.
    #[must_use]
    pub fn existing_profile(&self, profile: &Profile) -> Option<ProfileFolder> {
        let path = self.profile_path(profile);
        path.is_dir().then(|| ProfileFolder {
            path,
            profile: profile.clone(),
        })
    }

    fn profile_path(&self, profile: &Profile) -> PathBuf {
        match profile {
            Profile::Tenant | Profile::Demo => self.0.join(profile.key()),
            Profile::Named(_) => self.0.join(TENANTS).join(profile.key()),
        }
    }

    /// Every further HaloPSA that has a folder, by name.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn named_profiles(&self) -> io::Result<Vec<Profile>> {
        let entries = match fs::read_dir(self.0.join(TENANTS)) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut names = Vec::new();
        for entry in entries {
            names.push(entry?.file_name());
        }
        names.sort();
        Ok(names
            .iter()
            // A folder that somebody else made is none of ours.
            .filter_map(|name| name.to_str()?.parse().ok())
            .filter(|profile| *profile != Profile::Tenant)
            .collect())
    }

    /// The HaloPSA that was shown last; the first one while nothing says otherwise.
    #[must_use]
    pub fn last_tenant(&self) -> Profile {
        fs::read_to_string(self.last_mark())
            .ok()
            .and_then(|name| name.parse().ok())
            .filter(|profile| self.existing_profile(profile).is_some())
            .unwrap_or(Profile::Tenant)
    }

    /// Remembers which HaloPSA is shown, for the next start and for the command line.
    ///
    /// # Errors
    /// When the mark cannot be written.
    pub fn remember_tenant(&self, profile: &Profile) -> io::Result<()> {
        if profile.is_demo() || *profile == self.last_tenant() {
            return Ok(());
        }
        write_private(&self.last_mark(), profile.key().as_bytes())
    }

    fn last_mark(&self) -> PathBuf {
        self.0.join("last-profile")
    }

    /// Whether the sample tenant was left open the last time.
    #[must_use]
    pub fn demo_is_open(&self) -> bool {
        self.demo_mark().exists()
    }

    /// Remembers whether the sample tenant is open, so that the next start shows what this one showed.
    ///
    /// # Errors
    /// When the mark cannot be written or removed.
    pub fn remember_demo(&self, open: bool) -> io::Result<()> {
        let mark = self.demo_mark();
        if open {
            return fs::write(mark, b"");
        }
        match fs::remove_file(mark) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn demo_mark(&self) -> PathBuf {
        self.0.join("demo.open")
    }

    /// Takes the right to show a window over this folder, until the guard is dropped or the process ends.
    ///
    /// # Errors
    /// [`HomeError::InUse`] when another process has it.
    pub fn lock_window(&self) -> Result<LockedFile, HomeError> {
        let path = self.0.join("window.lock");
        match LockedFile::take(&path) {
            Ok(Some(lock)) => Ok(lock),
            Ok(None) => Err(HomeError::InUse { path: self.0.clone() }),
            Err(source) => Err(HomeError::Unusable { path, source }),
        }
    }
}

/// The folder of one profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileFolder {
    path: PathBuf,
    profile: Profile,
}

impl ProfileFolder {
    /// Which profile lives here.
    #[must_use]
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// What may be known about it without a key.
    #[must_use]
    pub fn about_file(&self) -> PathBuf {
        self.path.join("about.json")
    }

    /// The encrypted database.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.path.join("leadline.db")
    }

    /// Files that the window hands over to be imported, until they are.
    #[must_use]
    pub fn incoming(&self) -> PathBuf {
        self.path.join("incoming")
    }

    /// How the key is kept.
    #[must_use]
    pub fn key_file(&self) -> PathBuf {
        self.path.join("key.json")
    }

    /// The key of the sample data where nothing better keeps it.
    #[must_use]
    pub fn open_key(&self) -> PathBuf {
        self.path.join("sample-data.key")
    }

    /// Secrets, where there is no keychain.
    #[must_use]
    pub fn vault_file(&self) -> PathBuf {
        self.path.join("vault.sealed")
    }

    /// What was changed in the sample tenant.
    #[must_use]
    pub fn sandbox_log(&self) -> PathBuf {
        self.path.join("sandbox.log")
    }

    /// Held by the process that runs the sample tenant.
    #[must_use]
    pub fn sandbox_lock(&self) -> PathBuf {
        self.path.join("sandbox.lock")
    }

    /// The right to sync this profile.
    #[must_use]
    pub fn lease(&self) -> SyncLease {
        SyncLease(self.path.join("sync.lock"))
    }

    /// Renames the database (and what belongs to it) out of the way; gives the new name. Nothing is deleted.
    ///
    /// # Errors
    /// When a file cannot be renamed.
    pub fn set_database_aside(&self, stamp: &str) -> io::Result<PathBuf> {
        let aside = self.path.join(format!("set-aside-{stamp}"));
        private_folder(&aside)?;
        let database = self.database();
        let beside = |ending: &str| PathBuf::from(format!("{}{ending}", database.display()));
        let files = [
            database.clone(),
            beside("-wal"),
            beside("-shm"),
            self.key_file(),
            self.open_key(),
            self.vault_file(),
            self.sandbox_log(),
        ];
        for file in files {
            let Some(name) = file.file_name() else { continue };
            match fs::rename(&file, aside.join(name)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(aside)
    }
}

/// A file that this process alone has locked. The system gives the lock back when the process ends, however it ends.
#[derive(Debug)]
pub struct LockedFile {
    _file: File,
}

impl LockedFile {
    /// Locks the file, or gives `None` when another process has it.
    ///
    /// # Errors
    /// When the file cannot be made or locks are not supported there.
    pub fn take(path: &Path) -> io::Result<Option<Self>> {
        let file = File::options().create(true).truncate(false).write(true).open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

/// The right to sync a profile, kept as a file lock.
#[derive(Clone, Debug)]
pub struct SyncLease(PathBuf);

impl Lease for SyncLease {
    fn try_acquire(&self) -> io::Result<Option<LeaseGuard>> {
        Ok(LockedFile::take(&self.0)?.map(|lock| Box::new(lock) as LeaseGuard))
    }
}

/// Makes a folder that only its owner can open. One that is there already keeps its rights.
fn private_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Writes a file that only its owner can read, whole or not at all.
///
/// # Errors
/// When it cannot be written; then the file is as it was.
pub fn write_private(path: &Path, content: &[u8]) -> io::Result<()> {
    use std::io::Write;
    let mut scratch = path.as_os_str().to_owned();
    scratch.push(".new");
    let scratch = PathBuf::from(scratch);
    let mut options = File::options();
    options.create(true).truncate(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&scratch)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(scratch, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_folder_is_one_home_and_one_window() -> anyhow::Result<()> {
        let scratch = tempfile::tempdir()?;
        let home = Home::at(&scratch.path().join("data"))?;
        assert_eq!(home, Home::at(&scratch.path().join("data/../data"))?);
        let window = home.lock_window()?;
        assert!(matches!(home.lock_window(), Err(HomeError::InUse { .. })));
        drop(window);
        assert!(home.lock_window().is_ok());
        Ok(())
    }

    #[test]
    fn only_one_holds_the_right_to_sync_a_profile() -> anyhow::Result<()> {
        let scratch = tempfile::tempdir()?;
        let home = Home::at(scratch.path())?;
        let held = home.profile(&Profile::Tenant)?.lease().try_acquire()?;
        assert!(held.is_some());
        assert!(home.profile(&Profile::Tenant)?.lease().try_acquire()?.is_none());
        assert!(home.profile(&Profile::Demo)?.lease().try_acquire()?.is_some());
        drop(held);
        assert!(home.profile(&Profile::Tenant)?.lease().try_acquire()?.is_some());
        Ok(())
    }

    #[test]
    fn the_last_tenant_is_remembered_while_it_is_there() -> anyhow::Result<()> {
        let scratch = tempfile::tempdir()?;
        let home = Home::at(scratch.path())?;
        let acme: Profile = "acme".parse()?;
        assert_eq!(home.last_tenant(), Profile::Tenant);
        home.profile(&acme)?;
        home.remember_tenant(&acme)?;
        home.remember_tenant(&Profile::Demo)?;
        assert_eq!(home.last_tenant(), acme, "the sample data is no tenant");
        fs::remove_dir_all(scratch.path().join("tenants/acme"))?;
        assert_eq!(home.last_tenant(), Profile::Tenant);
        fs::write(scratch.path().join("last-profile"), b"../elsewhere")?;
        assert_eq!(home.last_tenant(), Profile::Tenant);
        Ok(())
    }

    #[test]
    fn setting_a_database_aside_keeps_every_byte() -> anyhow::Result<()> {
        let scratch = tempfile::tempdir()?;
        let folder = Home::at(scratch.path())?.profile(&Profile::Tenant)?;
        fs::write(folder.database(), b"damaged")?;
        fs::write(folder.key_file(), b"{}")?;
        let aside = folder.set_database_aside("2026-11-21")?;
        assert!(!folder.database().exists() && !folder.key_file().exists());
        assert_eq!(fs::read(aside.join("leadline.db"))?, b"damaged");
        assert_eq!(fs::read(aside.join("key.json"))?, b"{}");
        Ok(())
    }

    #[test]
    fn a_file_in_the_way_is_named() -> anyhow::Result<()> {
        let scratch = tempfile::tempdir()?;
        let path = scratch.path().join("taken");
        fs::write(&path, b"")?;
        let error = Home::at(&path).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains("taken"), "{error}");
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_read_what_is_written() -> anyhow::Result<()> {
        use std::os::unix::fs::PermissionsExt;
        let scratch = tempfile::tempdir()?;
        let home = Home::at(&scratch.path().join("new"))?;
        assert_eq!(fs::metadata(home.path())?.permissions().mode() & 0o777, 0o700);
        let file = home.path().join("private");
        write_private(&file, b"one")?;
        write_private(&file, b"two")?;
        assert_eq!(fs::metadata(&file)?.permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read(&file)?, b"two");
        Ok(())
    }
}
