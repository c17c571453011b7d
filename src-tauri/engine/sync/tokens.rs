//! Where the secrets of a connection are kept: their names in the vault, and the keeper of a person's refresh token.

use std::{fmt, sync::Arc};

use connectors::{
    Secret,
    halo::{KeeperError, Keeping, TokenKeeper},
};
use tokio::sync::Mutex;

use crate::{Engine, Vault};

/// The name of a service account's secret in the vault.
pub(super) fn client_secret(profile: &str) -> String {
    format!("halo/{profile}/client-secret")
}

/// The name of a person's refresh token in the vault.
pub(super) fn refresh_token(profile: &str) -> String {
    format!("halo/{profile}/refresh-token")
}

/// Keeps the refresh token of a person: in the vault once the connection is ours, in memory until then, so that a sign-in
/// that comes to nothing leaves the one before it alone.
pub(super) struct KeptToken {
    vault: Arc<dyn Vault>,
    name: String,
    place: Mutex<Place>,
}

enum Place {
    Memory(Option<Secret>),
    Vault,
}

impl KeptToken {
    /// The token of a connection that exists.
    pub fn in_vault(engine: &Engine) -> Arc<Self> {
        Self::of(engine, Place::Vault)
    }

    /// The token of a connection that is being made.
    pub fn in_memory(engine: &Engine) -> Arc<Self> {
        Self::of(engine, Place::Memory(None))
    }

    fn of(engine: &Engine, place: Place) -> Arc<Self> {
        Arc::new(Self {
            vault: Arc::clone(&engine.inner.vault),
            name: refresh_token(&engine.inner.options.profile),
            place: Mutex::new(place),
        })
    }

    /// The connection is made: from now on the token lives in the vault.
    pub async fn move_to_vault(&self) -> anyhow::Result<()> {
        let mut place = self.place.lock().await;
        if let Place::Memory(Some(token)) = &*place {
            put(&self.vault, self.name.clone(), token.clone()).await?;
        }
        *place = Place::Vault;
        Ok(())
    }
}

impl TokenKeeper for KeptToken {
    fn refresh_token(&self) -> Keeping<'_, Option<Secret>> {
        Box::pin(async {
            match &*self.place.lock().await {
                Place::Memory(token) => Ok(token.clone()),
                Place::Vault => get(&self.vault, self.name.clone()).await.map_err(lost),
            }
        })
    }

    fn store_refresh_token(&self, token: Secret) -> Keeping<'_, ()> {
        Box::pin(async move {
            match &mut *self.place.lock().await {
                Place::Memory(held) => {
                    *held = Some(token);
                    Ok(())
                }
                Place::Vault => put(&self.vault, self.name.clone(), token).await.map_err(lost),
            }
        })
    }
}

fn lost(error: anyhow::Error) -> KeeperError {
    KeeperError(format!("{error:#}"))
}

impl fmt::Debug for KeptToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeptToken")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// Reads from the vault; it may ask the person something, so it gets a thread that may wait.
pub(super) async fn get(vault: &Arc<dyn Vault>, name: String) -> anyhow::Result<Option<Secret>> {
    let vault = Arc::clone(vault);
    tokio::task::spawn_blocking(move || vault.get(&name)).await?
}

/// Writes to the vault.
pub(super) async fn put(vault: &Arc<dyn Vault>, name: String, secret: Secret) -> anyhow::Result<()> {
    let vault = Arc::clone(vault);
    tokio::task::spawn_blocking(move || vault.put(&name, &secret)).await?
}

/// Removes from the vault.
pub(super) async fn delete(vault: &Arc<dyn Vault>, name: String) -> anyhow::Result<()> {
    let vault = Arc::clone(vault);
    tokio::task::spawn_blocking(move || vault.delete(&name)).await?
}
