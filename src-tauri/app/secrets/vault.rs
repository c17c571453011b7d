//! Where the engine's secrets go: the keychain, or a sealed file where there is none.

use std::{
    collections::BTreeMap,
    io,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use connectors::Secret;
use engine::Vault;
use zeroize::Zeroizing;

use super::{Kept, Keychain, Keys, Sealer};
use crate::home::{ProfileFolder, write_private};

/// The vault of a profile, kept as its key is kept.
///
/// # Errors
/// When the sealing key cannot be derived.
pub fn of_profile(folder: &ProfileFolder, keys: &Keys, keychain: Arc<dyn Keychain>) -> anyhow::Result<Arc<dyn Vault>> {
    Ok(match keys.kept {
        Kept::Keychain => Arc::new(KeychainVault {
            keychain,
            id: keys.id.clone(),
        }),
        Kept::Passphrase | Kept::BesideTheData => Arc::new(SealedVault {
            path: folder.vault_file(),
            sealer: keys.master.sealer("vault")?,
            turn: Mutex::new(()),
        }),
    })
}

/// Secrets as entries of the keychain.
struct KeychainVault {
    keychain: Arc<dyn Keychain>,
    id: String,
}

impl KeychainVault {
    fn account(&self, name: &str) -> String {
        format!("{}/{name}", self.id)
    }
}

impl Vault for KeychainVault {
    fn get(&self, name: &str) -> anyhow::Result<Option<Secret>> {
        Ok(self
            .keychain
            .get(&self.account(name))?
            .map(|text| Secret::new(text.as_str())))
    }

    fn put(&self, name: &str, secret: &Secret) -> anyhow::Result<()> {
        Ok(self.keychain.put(&self.account(name), secret.expose())?)
    }

    fn delete(&self, name: &str) -> anyhow::Result<()> {
        Ok(self.keychain.delete(&self.account(name))?)
    }
}

/// Secrets in one sealed file, written whole each time.
struct SealedVault {
    path: PathBuf,
    sealer: Sealer,
    /// Reading, changing and writing back is one step.
    turn: Mutex<()>,
}

type Secrets = BTreeMap<String, Zeroizing<String>>;

impl SealedVault {
    fn read(&self) -> anyhow::Result<Secrets> {
        let sealed = match std::fs::read_to_string(&self.path) {
            Ok(sealed) => sealed,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Secrets::new()),
            Err(error) => return Err(error.into()),
        };
        let plain = self.sealer.open(&sealed)?;
        let secrets: BTreeMap<String, String> = serde_json::from_slice(&plain)?;
        Ok(secrets
            .into_iter()
            .map(|(name, text)| (name, Zeroizing::new(text)))
            .collect())
    }

    fn write(&self, secrets: &Secrets) -> anyhow::Result<()> {
        let plain: BTreeMap<&str, &str> = secrets
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
            .collect();
        let plain = Zeroizing::new(serde_json::to_vec(&plain)?);
        Ok(write_private(&self.path, self.sealer.seal(&plain)?.as_bytes())?)
    }
}

impl Vault for SealedVault {
    fn get(&self, name: &str) -> anyhow::Result<Option<Secret>> {
        Ok(self.read()?.get(name).map(|text| Secret::new(text.as_str())))
    }

    fn put(&self, name: &str, secret: &Secret) -> anyhow::Result<()> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let mut secrets = self.read()?;
        secrets.insert(name.to_owned(), Zeroizing::new(secret.expose().to_owned()));
        self.write(&secrets)
    }

    fn delete(&self, name: &str) -> anyhow::Result<()> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let mut secrets = self.read()?;
        if secrets.remove(name).is_some() {
            self.write(&secrets)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        home::Home,
        profiles::Profile,
        secrets::{MemoryKeychain, keys},
    };

    /// Puts, gets, replaces and deletes, and looks at what the folder shows.
    fn check(keychain: MemoryKeychain, passphrase: Option<&str>) -> anyhow::Result<()> {
        let scratch = tempfile::tempdir()?;
        let folder = Home::at(scratch.path())?.profile(&Profile::Tenant)?;
        let keychain = Arc::new(keychain);
        let keys = keys::open(&folder, keychain.as_ref(), passphrase)?;
        let vault = of_profile(&folder, &keys, keychain.clone())?;
        assert!(vault.get("halo/client-secret")?.is_none());
        vault.put("halo/client-secret", &Secret::new("swordfish"))?;
        vault.put("halo/other", &Secret::new("pike"))?;
        vault.put("halo/client-secret", &Secret::new("swordfish-2"))?;

        let reopened = of_profile(&folder, &keys::open(&folder, keychain.as_ref(), passphrase)?, keychain)?;
        let read = |name: &str| anyhow::Ok(reopened.get(name)?.map(|secret| secret.expose().to_owned()));
        assert_eq!(read("halo/client-secret")?.as_deref(), Some("swordfish-2"));
        reopened.delete("halo/client-secret")?;
        reopened.delete("halo/client-secret")?;
        assert_eq!(read("halo/client-secret")?, None);
        assert_eq!(read("halo/other")?.as_deref(), Some("pike"));
        for file in std::fs::read_dir(scratch.path().join("tenant"))? {
            let bytes = std::fs::read(file?.path())?;
            assert!(!bytes.windows(4).any(|four| four == b"pike" || four == b"swor"));
        }
        Ok(())
    }

    #[test]
    fn the_keychain_keeps_secrets() -> anyhow::Result<()> {
        check(MemoryKeychain::default(), None)
    }

    #[test]
    fn without_a_keychain_a_sealed_file_does() -> anyhow::Result<()> {
        check(MemoryKeychain::silent(), Some("correct horse"))
    }
}
