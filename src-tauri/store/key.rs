//! The key of the database: 32 bytes, random or from a passphrase. Never printed, wiped when dropped.

use argon2::{Algorithm, Argon2, Params, Version};
use rand::TryRngCore;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::Error;

/// The key of one database file.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Key([u8; 32]);

impl Key {
    /// A new random key from the operating system.
    ///
    /// # Errors
    /// [`Error::Io`] when the system gives no random bytes.
    pub fn random() -> Result<Self, Error> {
        let mut bytes = [0; 32];
        rand::rngs::OsRng
            .try_fill_bytes(&mut bytes)
            .map_err(|error| Error::Io(error.to_string()))?;
        Ok(Self(bytes))
    }

    /// The key behind a passphrase: Argon2id with 64 MiB, 3 passes, 1 lane, so that each guess costs a fair part of a
    /// second. The salt (8 bytes or more, 16 wanted) is stored beside the file; it is no secret.
    ///
    /// # Errors
    /// [`Error::Unreadable`] when the salt is too short.
    pub fn from_passphrase(passphrase: &str, salt: &[u8]) -> Result<Self, Error> {
        let mut bytes = [0; 32];
        let params = Params::new(64 * 1024, 3, 1, Some(bytes.len())).map_err(|e| Error::unreadable("key", e))?;
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.as_bytes(), salt, &mut bytes)
            .map_err(|error| Error::unreadable("key", error))?;
        Ok(Self(bytes))
    }

    /// A key that was kept elsewhere, such as in the keychain.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes, to be kept in the keychain and nowhere else.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// SQLCipher's notation for a raw key, which spares the derivation that a text key would go through on every open.
    pub(crate) fn pragma(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(67));
        text.push_str("x'");
        for byte in self.0 {
            for nibble in [byte >> 4, byte & 15] {
                text.extend(char::from_digit(u32::from(nibble), 16));
            }
        }
        text.push('\'');
        text
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passphrase_gives_the_same_key_again_and_another_salt_another() -> Result<(), Error> {
        let key = Key::from_passphrase("correct horse", b"sixteen bytes ok")?;
        assert_eq!(
            key.as_bytes(),
            Key::from_passphrase("correct horse", b"sixteen bytes ok")?.as_bytes()
        );
        assert_ne!(
            key.as_bytes(),
            Key::from_passphrase("correct horse", b"other 16 bytes!!")?.as_bytes()
        );
        assert!(Key::from_passphrase("correct horse", b"short").is_err());
        Ok(())
    }

    #[test]
    fn random_keys_differ_and_none_is_printed() -> Result<(), Error> {
        let (one, two) = (Key::random()?, Key::random()?);
        assert_ne!(one.as_bytes(), two.as_bytes());
        assert_eq!(format!("{one:?}"), "Key(…)");
        assert_eq!(one.pragma().len(), 67);
        Ok(())
    }
}
