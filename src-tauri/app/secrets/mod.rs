//! Keys and secrets: in the system's keychain; where there is none, behind a passphrase; never in plain text.
//!
//! Every profile has one [`MasterKey`]. The keys of the database, of the sealed vault and of the sample tenant's log
//! are derived from it. [`keys`] decides where the master key comes from, [`vault`] where the client secret goes.

pub mod keychain;
pub mod keys;
pub mod seal;
pub mod vault;

#[cfg(test)]
pub use keychain::MemoryKeychain;
pub use keychain::{Keychain, Silent, SystemKeychain};
pub use keys::{Kept, KeyError, Keys};
pub use seal::{MasterKey, Sealer, Unsealable};
