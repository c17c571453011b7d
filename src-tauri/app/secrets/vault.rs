//! Where the engine's secrets go: the keychain, or a sealed file where there is none.

use std::{
    collections::BTreeMap,
    io,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::Context;
use connectors::Secret;
use engine::Vault;
use ring::rand::{SecureRandom, SystemRandom};
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

/// The longest text of one entry, in characters. Windows takes 2,560 bytes, two for each character, and HaloPSA's refresh
/// tokens may be longer.
const LONGEST_ENTRY: usize = 1_000;

/// How an entry begins that is no secret but says where the pieces of one are. No secret begins with a control character.
const PIECES: &str = "\u{1}pieces ";

/// Secrets as entries of the keychain. A long one lies in pieces under names of their own; the entry under its name is
/// replaced last and says where they are, so that at any moment either the old secret or the new one is there, whole.
struct KeychainVault {
    keychain: Arc<dyn Keychain>,
    id: String,
}

/// Where the pieces of a secret are.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Pieces {
    /// Tells the pieces of one secret from those of the one that replaces it.
    series: String,
    count: usize,
}

impl Pieces {
    fn read(entry: &str) -> Option<Self> {
        let (series, count) = entry.strip_prefix(PIECES)?.split_once(' ')?;
        Some(Self {
            series: series.to_owned(),
            count: count.parse().ok()?,
        })
    }

    fn entry(&self) -> String {
        format!("{PIECES}{} {}", self.series, self.count)
    }

    fn accounts(&self, account: &str) -> impl Iterator<Item = String> {
        let of_series = format!("{account}/{}", self.series);
        (1..=self.count).map(move |number| format!("{of_series}/{number}"))
    }
}

impl KeychainVault {
    fn account(&self, name: &str) -> String {
        format!("{}/{name}", self.id)
    }

    /// The pieces that the entry names now.
    fn pieces(&self, account: &str) -> anyhow::Result<Option<Pieces>> {
        Ok(self
            .keychain
            .get(account)?
            .as_deref()
            .and_then(|text| Pieces::read(text)))
    }

    fn forget(&self, account: &str, pieces: Option<&Pieces>) -> anyhow::Result<()> {
        for piece in pieces.into_iter().flat_map(|pieces| pieces.accounts(account)) {
            self.keychain.delete(&piece)?;
        }
        Ok(())
    }
}

impl Vault for KeychainVault {
    fn get(&self, name: &str) -> anyhow::Result<Option<Secret>> {
        let account = self.account(name);
        let Some(text) = self.keychain.get(&account)? else {
            return Ok(None);
        };
        let Some(pieces) = Pieces::read(&text) else {
            return Ok(Some(Secret::new(text.as_str())));
        };
        let mut whole = Zeroizing::new(String::new());
        for piece in pieces.accounts(&account) {
            let text = self.keychain.get(&piece)?;
            whole.push_str(&text.context("A piece of a secret is missing from the keychain")?);
        }
        Ok(Some(Secret::new(whole.as_str())))
    }

    fn put(&self, name: &str, secret: &Secret) -> anyhow::Result<()> {
        let account = self.account(name);
        let before = self.pieces(&account)?;
        let letters: Zeroizing<Vec<char>> = Zeroizing::new(secret.expose().chars().collect());
        if letters.len() <= LONGEST_ENTRY {
            self.keychain.put(&account, secret.expose())?;
        } else {
            let texts = letters.chunks(LONGEST_ENTRY);
            let pieces = Pieces {
                series: series()?,
                count: texts.len(),
            };
            for (account, text) in pieces.accounts(&account).zip(texts) {
                let text: Zeroizing<String> = Zeroizing::new(text.iter().collect());
                self.keychain.put(&account, &text)?;
            }
            self.keychain.put(&account, &pieces.entry())?;
        }
        self.forget(&account, before.as_ref())
    }

    fn delete(&self, name: &str) -> anyhow::Result<()> {
        let account = self.account(name);
        let pieces = self.pieces(&account)?;
        self.keychain.delete(&account)?;
        self.forget(&account, pieces.as_ref())
    }
}

/// A name that no other series has.
fn series() -> anyhow::Result<String> {
    let mut bytes = [0; 8];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| anyhow::anyhow!("the system gives no random bytes"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
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

    #[test]
    fn a_secret_longer_than_an_entry_lies_in_pieces_and_leaves_none_behind() -> anyhow::Result<()> {
        let keychain = Arc::new(MemoryKeychain::default());
        let vault = KeychainVault {
            keychain: keychain.clone(),
            id: "id".to_owned(),
        };
        let long = |letter: &str, count| Secret::new(letter.repeat(count));
        let read = |name: &str| anyhow::Ok(vault.get(name)?.map(|secret| secret.expose().to_owned()));
        for (secret, entries) in [
            (long("a", 1_000), 1),
            (long("é", 1_001), 3),
            (long("c", 4_321), 6),
            (long("d", 2_000), 3),
            (long("e", 7), 1),
        ] {
            vault.put("token", &secret)?;
            assert_eq!(read("token")?.as_deref(), Some(secret.expose()));
            let kept = keychain.all();
            assert_eq!(kept.len(), entries, "{:?}", kept.keys());
            assert!(kept.values().all(|text| text.chars().count() <= LONGEST_ENTRY));
        }
        vault.put("token", &long("f", 3_000))?;
        vault.delete("token")?;
        vault.delete("token")?;
        assert_eq!(read("token")?, None);
        assert!(keychain.all().is_empty());
        Ok(())
    }

    #[test]
    fn a_long_secret_that_is_half_written_leaves_the_one_before() -> anyhow::Result<()> {
        let keychain = Arc::new(MemoryKeychain::default());
        let vault = KeychainVault {
            keychain: keychain.clone(),
            id: "id".to_owned(),
        };
        let before = Secret::new("b".repeat(2_500));
        vault.put("token", &before)?;
        for puts in 0..4 {
            keychain.fails_after(puts);
            assert!(vault.put("token", &Secret::new("n".repeat(2_500))).is_err(), "{puts}");
            assert_eq!(vault.get("token")?.as_ref().map(Secret::expose), Some(before.expose()));
        }
        Ok(())
    }
}
