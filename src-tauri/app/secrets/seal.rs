//! Sealing: bytes that only this profile's key opens, and that cannot be changed unnoticed (ChaCha20-Poly1305).

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use ring::{
    aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hkdf::{HKDF_SHA256, Salt},
    rand::{SecureRandom, SystemRandom},
};
use zeroize::Zeroizing;

/// The one key of a profile. The keys for the database and for sealing are derived from it, so that they are never the same.
#[derive(Clone)]
pub struct MasterKey(Zeroizing<[u8; 32]>);

/// What was sealed cannot be opened: another key, or it was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("sealed data cannot be opened: the key does not fit, or it was damaged")]
pub struct Unsealable;

impl MasterKey {
    /// The key with these bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes, to be kept in the keychain and nowhere else.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The key of the database.
    ///
    /// # Errors
    /// [`Unsealable`] never in practice: only for lengths that HKDF cannot give.
    pub fn database(&self) -> Result<store::Key, Unsealable> {
        Ok(store::Key::from_bytes(*self.derive("leadline database")?))
    }

    /// Seals and opens for one purpose; what was sealed for another does not open.
    ///
    /// # Errors
    /// [`Unsealable`] never in practice: only for lengths that HKDF cannot give.
    pub fn sealer(&self, purpose: &str) -> Result<Sealer, Unsealable> {
        let key = self.derive(&format!("leadline {purpose}"))?;
        let key = UnboundKey::new(&CHACHA20_POLY1305, key.as_slice()).map_err(|_| Unsealable)?;
        Ok(Sealer {
            key: LessSafeKey::new(key),
            random: SystemRandom::new(),
        })
    }

    fn derive(&self, purpose: &str) -> Result<Zeroizing<[u8; 32]>, Unsealable> {
        let mut bytes = Zeroizing::new([0; 32]);
        let material = Salt::new(HKDF_SHA256, b"app.leadline").extract(self.0.as_slice());
        material
            .expand(&[purpose.as_bytes()], HKDF_SHA256)
            .and_then(|okm| okm.fill(bytes.as_mut_slice()))
            .map_err(|_| Unsealable)?;
        Ok(bytes)
    }
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

/// Seals and opens for one purpose.
pub struct Sealer {
    key: LessSafeKey,
    random: SystemRandom,
}

impl Sealer {
    /// The sealed bytes as one line of text. The nonce is random: 96 bits are enough for billions of lines.
    ///
    /// # Errors
    /// [`Unsealable`] when the system gives no random bytes.
    pub fn seal(&self, plain: &[u8]) -> Result<String, Unsealable> {
        let mut nonce = [0; NONCE_LEN];
        self.random.fill(&mut nonce).map_err(|_| Unsealable)?;
        let mut sealed = plain.to_vec();
        self.key
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut sealed)
            .map_err(|_| Unsealable)?;
        let mut line = nonce.to_vec();
        line.extend_from_slice(&sealed);
        Ok(STANDARD_NO_PAD.encode(line))
    }

    /// What was sealed.
    ///
    /// # Errors
    /// [`Unsealable`] when the key does not fit or the text was changed.
    pub fn open(&self, sealed: &str) -> Result<Zeroizing<Vec<u8>>, Unsealable> {
        let line = STANDARD_NO_PAD.decode(sealed.trim_end()).map_err(|_| Unsealable)?;
        let (nonce, sealed) = line.split_at_checked(NONCE_LEN).ok_or(Unsealable)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| Unsealable)?;
        let mut plain = Zeroizing::new(sealed.to_vec());
        let length = self
            .key
            .open_in_place(nonce, Aad::empty(), &mut plain)
            .map_err(|_| Unsealable)?
            .len();
        plain.truncate(length);
        Ok(plain)
    }
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_again_and_never_looks_the_same() -> Result<(), Unsealable> {
        let sealer = MasterKey::from_bytes([7; 32]).sealer("vault")?;
        let (one, two) = (sealer.seal(b"swordfish")?, sealer.seal(b"swordfish")?);
        assert_ne!(one, two);
        assert!(!one.contains("swordfish"));
        assert_eq!(sealer.open(&one)?.as_slice(), b"swordfish");
        assert_eq!(sealer.open(&two)?.as_slice(), b"swordfish");
        Ok(())
    }

    #[test]
    fn another_key_another_purpose_or_a_changed_byte_opens_nothing() -> Result<(), Unsealable> {
        let key = MasterKey::from_bytes([7; 32]);
        let sealed = key.sealer("vault")?.seal(b"swordfish")?;
        assert_eq!(key.sealer("sample tenant")?.open(&sealed), Err(Unsealable));
        assert_eq!(
            MasterKey::from_bytes([8; 32]).sealer("vault")?.open(&sealed),
            Err(Unsealable)
        );
        let changed = sealed.replacen(|_: char| true, if sealed.starts_with('A') { "B" } else { "A" }, 1);
        assert_eq!(key.sealer("vault")?.open(&changed), Err(Unsealable));
        assert_eq!(key.sealer("vault")?.open(""), Err(Unsealable));
        Ok(())
    }
}
