//! Where the master key of a profile comes from.
//!
//! `key.json` says how the key is kept and holds no secret. A key in the keychain is found by the random id in that
//! file, so a folder may be moved or renamed. A key from a passphrase is never kept at all: Argon2id makes it anew,
//! and a sealed word in `key.json` tells a wrong passphrase from a damaged database. The sample tenant alone, where
//! there is neither keychain nor passphrase, keeps a random key in a file beside the sample data: it protects nothing
//! but invented people, and the caller says so.

use std::{fs, io, path::Path};

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use ring::rand::{SecureRandom, SystemRandom};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Keychain, MasterKey, Silent, Unsealable};
use crate::home::{ProfileFolder, write_private};

/// The shortest passphrase that may be chosen, in characters.
pub const SHORTEST_PASSPHRASE: usize = 8;

/// What is sealed into `key.json` to recognise the right passphrase.
const CHECK: &[u8] = b"leadline";

/// How the master key is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kept {
    /// In the system's keychain.
    Keychain,
    /// Nowhere: a passphrase makes it.
    Passphrase,
    /// In a file beside the sample data.
    BesideTheData,
}

/// The keys of an open profile.
#[derive(Clone, Debug)]
pub struct Keys {
    pub master: MasterKey,
    pub kept: Kept,
    /// Names this profile's entries in the keychain.
    pub id: String,
}

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// There is no keychain, and no passphrase was given; `new` when one is to be chosen.
    #[error("there is no keychain and no passphrase")]
    NeedsPassphrase { new: bool },
    /// The passphrase that was chosen is too short.
    #[error("the passphrase has fewer than {SHORTEST_PASSPHRASE} characters")]
    PassphraseTooShort,
    /// Another passphrase was chosen.
    #[error("the passphrase is wrong")]
    WrongPassphrase,
    /// The key is in the keychain, and that does not answer.
    #[error(transparent)]
    Keychain(#[from] Silent),
    /// The data is there, and the key is not.
    #[error("the key of this data is not on this computer: {0}")]
    Missing(&'static str),
    /// A file of keys cannot be read or written.
    #[error("a file of keys cannot be used")]
    Io(#[from] io::Error),
    /// The system gives no random bytes, or the key cannot be derived.
    #[error("the key cannot be made: {0}")]
    Unmakeable(String),
}

impl From<Unsealable> for KeyError {
    fn from(error: Unsealable) -> Self {
        Self::Unmakeable(error.to_string())
    }
}

impl From<store::Error> for KeyError {
    fn from(error: store::Error) -> Self {
        Self::Unmakeable(error.to_string())
    }
}

/// The content of `key.json`.
#[derive(Debug, Serialize, Deserialize)]
struct KeyFile {
    version: u32,
    kept: Kept,
    id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    salt: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    check: Option<String>,
}

/// Whether anything was ever kept in this profile.
#[must_use]
pub fn is_new(folder: &ProfileFolder) -> bool {
    !folder.key_file().exists() && !folder.database().exists()
}

/// How the key of this profile is kept; `None` while there is none.
#[must_use]
pub fn kept(folder: &ProfileFolder) -> Option<Kept> {
    read_key_file(&folder.key_file()).ok().flatten().map(|file| file.kept)
}

/// The keys of the profile; made now when it is new.
///
/// # Errors
/// [`KeyError`] says what is missing. Nothing is written unless the keys come out whole.
pub fn open(folder: &ProfileFolder, keychain: &dyn Keychain, passphrase: Option<&str>) -> Result<Keys, KeyError> {
    match read_key_file(&folder.key_file())? {
        Some(file) => open_kept(folder, &file, keychain, passphrase),
        None if folder.database().exists() => Err(KeyError::Missing("key.json is not beside the database")),
        None => make(folder, keychain, passphrase),
    }
}

fn open_kept(
    folder: &ProfileFolder,
    file: &KeyFile,
    keychain: &dyn Keychain,
    passphrase: Option<&str>,
) -> Result<Keys, KeyError> {
    let master = match file.kept {
        Kept::Keychain => {
            let text = keychain
                .get(&account(&file.id))?
                .ok_or(KeyError::Missing("the keychain has no entry for it"))?;
            decode(&text).ok_or(KeyError::Missing("the keychain's entry for it is no key"))?
        }
        Kept::Passphrase => {
            let passphrase = passphrase.ok_or(KeyError::NeedsPassphrase { new: false })?;
            let damaged = || KeyError::Missing("key.json is damaged");
            let salt = STANDARD_NO_PAD
                .decode(file.salt.as_deref().ok_or_else(damaged)?)
                .map_err(|_| damaged())?;
            let master = from_passphrase(passphrase, &salt)?;
            let check = file.check.as_deref().ok_or_else(damaged)?;
            match master.sealer("check")?.open(check) {
                Ok(word) if word.as_slice() == CHECK => master,
                _ => return Err(KeyError::WrongPassphrase),
            }
        }
        Kept::BesideTheData => {
            let text = match fs::read_to_string(folder.open_key()) {
                Ok(text) => Zeroizing::new(text),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    return Err(KeyError::Missing("sample-data.key is gone"));
                }
                Err(error) => return Err(error.into()),
            };
            decode(text.trim_end()).ok_or(KeyError::Missing("sample-data.key is damaged"))?
        }
    };
    Ok(Keys {
        master,
        kept: file.kept,
        id: file.id.clone(),
    })
}

fn make(folder: &ProfileFolder, keychain: &dyn Keychain, passphrase: Option<&str>) -> Result<Keys, KeyError> {
    let random = SystemRandom::new();
    let mut id = [0; 8];
    fill(&random, &mut id)?;
    let mut file = KeyFile {
        version: 1,
        kept: Kept::Keychain,
        id: id.iter().map(|byte| format!("{byte:02x}")).collect(),
        salt: None,
        check: None,
    };
    let mut bytes = Zeroizing::new([0; 32]);
    fill(&random, bytes.as_mut_slice())?;
    let mut master = MasterKey::from_bytes(*bytes);
    let text = Zeroizing::new(STANDARD_NO_PAD.encode(master.as_bytes()));

    if !keeps(keychain, &account(&file.id), &text) {
        if let Some(passphrase) = passphrase {
            if passphrase.chars().count() < SHORTEST_PASSPHRASE {
                return Err(KeyError::PassphraseTooShort);
            }
            let mut salt = [0; 16];
            fill(&random, &mut salt)?;
            master = from_passphrase(passphrase, &salt)?;
            file.kept = Kept::Passphrase;
            file.salt = Some(STANDARD_NO_PAD.encode(salt));
            file.check = Some(master.sealer("check")?.seal(CHECK)?);
        } else if folder.profile().is_demo() {
            file.kept = Kept::BesideTheData;
            write_private(&folder.open_key(), text.as_bytes())?;
        } else {
            return Err(KeyError::NeedsPassphrase { new: true });
        }
    }
    let json = serde_json::to_vec_pretty(&file).map_err(|error| KeyError::Unmakeable(error.to_string()))?;
    write_private(&folder.key_file(), &json)?;
    Ok(Keys {
        master,
        kept: file.kept,
        id: file.id,
    })
}

/// Puts the key into the keychain and reads it back: a keychain that cannot do both is none.
fn keeps(keychain: &dyn Keychain, account: &str, text: &str) -> bool {
    let kept = keychain.put(account, text).and_then(|()| keychain.get(account));
    matches!(kept, Ok(Some(back)) if back.as_str() == text)
}

fn account(id: &str) -> String {
    format!("{id}/db-key")
}

fn from_passphrase(passphrase: &str, salt: &[u8]) -> Result<MasterKey, KeyError> {
    Ok(MasterKey::from_bytes(
        *store::Key::from_passphrase(passphrase, salt)?.as_bytes(),
    ))
}

fn decode(text: &str) -> Option<MasterKey> {
    let bytes = Zeroizing::new(STANDARD_NO_PAD.decode(text).ok()?);
    Some(MasterKey::from_bytes(bytes.as_slice().try_into().ok()?))
}

fn fill(random: &SystemRandom, bytes: &mut [u8]) -> Result<(), KeyError> {
    random
        .fill(bytes)
        .map_err(|_| KeyError::Unmakeable("the system gives no random bytes".to_owned()))
}

fn read_key_file(path: &Path) -> Result<Option<KeyFile>, KeyError> {
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    serde_json::from_slice(&text)
        .map(Some)
        .map_err(|_| KeyError::Missing("key.json is damaged"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{home::Home, profiles::Profile, secrets::MemoryKeychain};

    fn folder(profile: Profile) -> (tempfile::TempDir, ProfileFolder) {
        let scratch = tempfile::tempdir().expect("a scratch folder");
        let folder = Home::at(scratch.path())
            .and_then(|home| home.profile(&profile))
            .expect("a home");
        (scratch, folder)
    }

    #[test]
    fn the_keychain_keeps_the_key_and_the_folder_does_not() -> Result<(), KeyError> {
        let (_scratch, folder) = folder(Profile::Tenant);
        let keychain = MemoryKeychain::default();
        let made = open(&folder, &keychain, None)?;
        assert_eq!(made.kept, Kept::Keychain);
        assert_eq!(
            open(&folder, &keychain, None)?.master.as_bytes(),
            made.master.as_bytes()
        );
        let secret = STANDARD_NO_PAD.encode(made.master.as_bytes());
        assert!(!fs::read_to_string(folder.key_file())?.contains(&secret));
        Ok(())
    }

    #[test]
    fn a_keychain_that_went_away_is_told_from_a_key_that_did() -> Result<(), KeyError> {
        let (_scratch, folder) = folder(Profile::Tenant);
        open(&folder, &MemoryKeychain::default(), None)?;
        assert!(matches!(
            open(&folder, &MemoryKeychain::silent(), Some("long enough")),
            Err(KeyError::Keychain(_))
        ));
        assert!(matches!(
            open(&folder, &MemoryKeychain::default(), None),
            Err(KeyError::Missing(_))
        ));
        Ok(())
    }

    #[test]
    fn without_a_keychain_a_tenant_wants_a_passphrase_and_knows_it_again() -> Result<(), KeyError> {
        let (_scratch, folder) = folder(Profile::Tenant);
        assert!(matches!(
            open(&folder, &MemoryKeychain::silent(), None),
            Err(KeyError::NeedsPassphrase { new: true })
        ));
        assert!(matches!(
            open(&folder, &MemoryKeychain::silent(), Some("short")),
            Err(KeyError::PassphraseTooShort)
        ));
        assert!(is_new(&folder), "a refusal writes nothing");
        let made = open(&folder, &MemoryKeychain::silent(), Some("correct horse"))?;
        assert_eq!(made.kept, Kept::Passphrase);
        assert_eq!(
            open(&folder, &MemoryKeychain::silent(), Some("correct horse"))?
                .master
                .as_bytes(),
            made.master.as_bytes()
        );
        assert!(matches!(
            open(&folder, &MemoryKeychain::silent(), Some("incorrect horse")),
            Err(KeyError::WrongPassphrase)
        ));
        assert!(matches!(
            open(&folder, &MemoryKeychain::silent(), None),
            Err(KeyError::NeedsPassphrase { new: false })
        ));
        Ok(())
    }

    #[test]
    fn sample_data_opens_without_keychain_or_passphrase() -> Result<(), KeyError> {
        let (_scratch, folder) = folder(Profile::Demo);
        let made = open(&folder, &MemoryKeychain::silent(), None)?;
        assert_eq!(made.kept, Kept::BesideTheData);
        assert_eq!(
            open(&folder, &MemoryKeychain::silent(), None)?.master.as_bytes(),
            made.master.as_bytes()
        );
        fs::remove_file(folder.open_key())?;
        assert!(matches!(
            open(&folder, &MemoryKeychain::silent(), None),
            Err(KeyError::Missing(_))
        ));
        Ok(())
    }

    #[test]
    fn data_without_its_key_file_is_not_overwritten() -> Result<(), KeyError> {
        let (_scratch, folder) = folder(Profile::Tenant);
        fs::write(folder.database(), b"sealed")?;
        assert!(matches!(
            open(&folder, &MemoryKeychain::default(), None),
            Err(KeyError::Missing(_))
        ));
        fs::write(folder.key_file(), b"{ half")?;
        assert!(matches!(
            open(&folder, &MemoryKeychain::default(), None),
            Err(KeyError::Missing(_))
        ));
        Ok(())
    }
}
