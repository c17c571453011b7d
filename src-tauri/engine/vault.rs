//! Where secrets live: the system's keychain in the app, memory in tests. Never the database, a file or a log.

use std::{collections::BTreeMap, sync::Mutex};

use connectors::Secret;

/// A place for secrets, by name.
pub trait Vault: Send + Sync + 'static {
    /// The secret of that name, if there is one.
    ///
    /// # Errors
    /// When the place cannot be reached or refuses.
    fn get(&self, name: &str) -> anyhow::Result<Option<Secret>>;
    /// Keeps a secret under a name; an earlier one is replaced.
    ///
    /// # Errors
    /// When the place cannot be reached or refuses.
    fn put(&self, name: &str, secret: &Secret) -> anyhow::Result<()>;
    /// Forgets a secret. One that is not there is no error.
    ///
    /// # Errors
    /// When the place cannot be reached or refuses.
    fn delete(&self, name: &str) -> anyhow::Result<()>;
}

/// A vault that ends with the process: for tests, and for sample data whose secret is no secret.
#[derive(Debug, Default)]
pub struct MemoryVault(Mutex<BTreeMap<String, Secret>>);

impl MemoryVault {
    fn secrets(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Secret>> {
        // A panic while holding the lock cannot leave a map of whole values half written.
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Vault for MemoryVault {
    fn get(&self, name: &str) -> anyhow::Result<Option<Secret>> {
        Ok(self.secrets().get(name).cloned())
    }

    fn put(&self, name: &str, secret: &Secret) -> anyhow::Result<()> {
        self.secrets().insert(name.to_owned(), secret.clone());
        Ok(())
    }

    fn delete(&self, name: &str) -> anyhow::Result<()> {
        self.secrets().remove(name);
        Ok(())
    }
}
