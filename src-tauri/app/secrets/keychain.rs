//! The system's keychain: Secret Service, Keychain or Credential Manager.

#[cfg(test)]
use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};
use std::{sync::mpsc, thread, time::Duration};

use zeroize::Zeroizing;

/// Under which name Leadline's entries stand in the keychain.
const SERVICE: &str = "app.leadline";

/// How long a person may take to answer the keychain's own prompt.
const PATIENCE: Duration = Duration::from_secs(120);

/// A place that keeps short secrets for one person.
pub trait Keychain: Send + Sync {
    /// The secret of that name, if there is one.
    ///
    /// # Errors
    /// [`Silent`] when the keychain does not answer or stays locked.
    fn get(&self, account: &str) -> Result<Option<Zeroizing<String>>, Silent>;
    /// Keeps a secret; an earlier one is replaced.
    ///
    /// # Errors
    /// [`Silent`] when the keychain does not answer or stays locked.
    fn put(&self, account: &str, secret: &str) -> Result<(), Silent>;
    /// Forgets a secret. One that is not there is no error.
    ///
    /// # Errors
    /// [`Silent`] when the keychain does not answer or stays locked.
    fn delete(&self, account: &str) -> Result<(), Silent>;
    /// Whether there is one at all on this computer.
    fn available(&self) -> bool;
}

/// The keychain does not answer, or a person did not unlock it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the keychain does not answer: {reason}")]
pub struct Silent {
    pub reason: String,
}

/// The keychain of this computer.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemKeychain;

impl Keychain for SystemKeychain {
    fn get(&self, account: &str) -> Result<Option<Zeroizing<String>>, Silent> {
        on_entry(account, |entry| match entry.get_password() {
            Ok(secret) => Ok(Some(Zeroizing::new(secret))),
            Err(keyring::Error::NoEntry) => Ok(None),
            Err(error) => Err(error),
        })
    }

    fn put(&self, account: &str, secret: &str) -> Result<(), Silent> {
        let secret = Zeroizing::new(secret.to_owned());
        on_entry(account, move |entry| entry.set_password(&secret))
    }

    fn delete(&self, account: &str) -> Result<(), Silent> {
        on_entry(account, |entry| match entry.delete_credential() {
            Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
            Err(error) => Err(error),
        })
    }

    fn available(&self) -> bool {
        in_a_thread(|| keyring::Entry::store_status().is_ok()).unwrap_or(false)
    }
}

fn on_entry<T: Send + 'static>(
    account: &str,
    act: impl FnOnce(&keyring::Entry) -> keyring::Result<T> + Send + 'static,
) -> Result<T, Silent> {
    let account = account.to_owned();
    in_a_thread(move || keyring::Entry::new(SERVICE, &account).and_then(|entry| act(&entry)))?.map_err(|error| Silent {
        reason: describe(&error),
    })
}

/// The kind of the failure alone: some errors of the keychain carry the bytes they failed on.
fn describe(error: &keyring::Error) -> String {
    match error {
        keyring::Error::NoDefaultStore => "there is none, or it is not running".to_owned(),
        keyring::Error::NoStorageAccess(cause) => format!("it is locked or not running ({cause})"),
        keyring::Error::PlatformFailure(cause) => format!("it failed ({cause})"),
        keyring::Error::NoEntry => "it has no such entry".to_owned(),
        keyring::Error::Ambiguous(_) => "it has several entries of that name".to_owned(),
        _ => "it holds something that Leadline did not write".to_owned(),
    }
}

/// The keychain may ask the person something, and it runs its own event loop: it gets a thread of its own, and a limit.
fn in_a_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Silent> {
    let (answer, wait) = mpsc::channel();
    thread::Builder::new()
        .name("keychain".to_owned())
        .spawn(move || {
            // Nobody waits any more after the limit; then the answer has nowhere to go, and that is fine.
            drop(answer.send(work()));
        })
        .map_err(|error| Silent {
            reason: error.to_string(),
        })?;
    wait.recv_timeout(PATIENCE).map_err(|_| Silent {
        reason: "nobody answered its prompt".to_owned(),
    })
}

/// A keychain in memory, or none at all.
#[cfg(test)]
#[derive(Debug, Default)]
pub struct MemoryKeychain {
    entries: Mutex<BTreeMap<String, String>>,
    silent: bool,
    /// How many entries it still takes; `None` for any number.
    room: Mutex<Option<usize>>,
}

#[cfg(test)]
impl MemoryKeychain {
    /// One that answers nothing, as where no keychain runs.
    pub fn silent() -> Self {
        Self {
            silent: true,
            ..Self::default()
        }
    }

    /// Every entry.
    pub fn all(&self) -> BTreeMap<String, String> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes so many more entries, then no more.
    pub fn fails_after(&self, puts: usize) {
        *self.room.lock().unwrap_or_else(PoisonError::into_inner) = Some(puts);
    }

    fn entries(&self) -> Result<std::sync::MutexGuard<'_, BTreeMap<String, String>>, Silent> {
        if self.silent {
            return Err(Silent {
                reason: "there is none".to_owned(),
            });
        }
        Ok(self.entries.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
impl Keychain for MemoryKeychain {
    fn get(&self, account: &str) -> Result<Option<Zeroizing<String>>, Silent> {
        Ok(self.entries()?.get(account).cloned().map(Zeroizing::new))
    }

    fn put(&self, account: &str, secret: &str) -> Result<(), Silent> {
        if let Some(room) = &mut *self.room.lock().unwrap_or_else(PoisonError::into_inner) {
            *room = room.checked_sub(1).ok_or_else(|| Silent {
                reason: "it is full".to_owned(),
            })?;
        }
        self.entries()?.insert(account.to_owned(), secret.to_owned());
        Ok(())
    }

    fn delete(&self, account: &str) -> Result<(), Silent> {
        self.entries()?.remove(account);
        Ok(())
    }

    fn available(&self) -> bool {
        !self.silent
    }
}
