//! Signing in, as a service account or as a person, and keeping the token.
//!
//! The access token lives in memory only. Fetching one is serialised, because a new token may invalidate earlier ones;
//! whoever waited takes the token that was fetched meanwhile.
//!
//! A person's sign-in lives on in a refresh token, which is kept by a [`TokenKeeper`] outside of this crate. A server may
//! rotate it: then the new one is kept before the access token that came with it is used, and the exchange runs as a
//! task of its own, so that nobody who stops waiting can lose a token that the server has already replaced.
//!
//! `grant` is the token endpoint, `sign_in` the way through the browser.

mod grant;
mod sign_in;

use std::{fmt, future::Future, pin::Pin, sync::Arc};

use tokio::{
    sync::{Mutex, OwnedMutexGuard},
    time::Instant,
};
use url::Url;

pub use sign_in::{Landing, SignIn};

use crate::{Error, ErrorKind, Retry, Secret, http::Http};
use grant::{Grant, Granted, TokenEndpoint};

/// How to sign in.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// An API application of the type "Client ID and Secret (Services)".
    ServiceAccount { client_id: String, client_secret: Secret },
    /// A person who signed in through the browser before, with an application of the type "Authorisation Code (Native
    /// Application)".
    Person {
        client_id: String,
        keeper: Arc<dyn TokenKeeper>,
    },
}

/// Keeps a person's refresh token: in the keychain, in the end.
pub trait TokenKeeper: fmt::Debug + Send + Sync + 'static {
    /// The token as it was last kept. Read every time, because another process may have renewed it meanwhile.
    fn refresh_token(&self) -> Keeping<'_, Option<Secret>>;
    /// Keeps a new token in place of the old one, which is no longer good.
    fn store_refresh_token(&self, token: Secret) -> Keeping<'_, ()>;
}

/// What a [`TokenKeeper`] is doing.
pub type Keeping<'a, T> = Pin<Box<dyn Future<Output = Result<T, KeeperError>> + Send + 'a>>;

/// The place for tokens cannot be reached.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the sign-in cannot be kept: {0}")]
pub struct KeeperError(pub String);

/// A token, and which one it is, so that two who were refused with the same one fetch only one new.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub access: Secret,
    pub serial: u64,
    good_until: Instant,
}

/// Fetches and keeps tokens.
#[derive(Clone, Debug)]
pub(super) struct Auth {
    endpoint: TokenEndpoint,
    who: Who,
    held: Arc<Mutex<Held>>,
}

#[derive(Clone, Debug)]
enum Who {
    Service { secret: Secret },
    Person { keeper: Arc<dyn TokenKeeper> },
}

#[derive(Debug, Default)]
struct Held {
    token: Option<Token>,
    /// A refresh token that the keeper did not take: newer than the one it has.
    unkept: Option<Secret>,
}

impl Auth {
    /// `auth_base` is the address of the sign-in server; the tenant's name goes along when it is known.
    pub fn new(auth_base: &Url, tenant: Option<&str>, scope: String, credentials: Credentials) -> Self {
        let (client_id, who) = match credentials {
            Credentials::ServiceAccount {
                client_id,
                client_secret,
            } => (client_id, Who::Service { secret: client_secret }),
            Credentials::Person { client_id, keeper } => (client_id, Who::Person { keeper }),
        };
        Self {
            endpoint: TokenEndpoint::new(auth_base, tenant, client_id, scope),
            who,
            held: Arc::default(),
        }
    }

    /// A person who has just signed in, with the first token.
    fn signed_in(endpoint: TokenEndpoint, keeper: Arc<dyn TokenKeeper>, granted: Granted) -> Self {
        let mut held = Held::default();
        held.take(granted);
        Self {
            endpoint,
            who: Who::Person { keeper },
            held: Arc::new(Mutex::new(held)),
        }
    }

    /// What must not appear in any text, besides tokens: for redaction.
    pub fn secret(&self) -> Option<&Secret> {
        match &self.who {
            Who::Service { secret } => Some(secret),
            Who::Person { .. } => None,
        }
    }

    /// A token that should be good.
    pub async fn token(&self, http: &Http) -> Result<Token, Error> {
        let held = Arc::clone(&self.held).lock_owned().await;
        match &held.token {
            Some(token) if token.good_until > Instant::now() => Ok(token.clone()),
            _ => self.fetch(http, held).await,
        }
    }

    /// A token other than the one that was refused.
    pub async fn renew(&self, http: &Http, refused: u64) -> Result<Token, Error> {
        let held = Arc::clone(&self.held).lock_owned().await;
        match &held.token {
            Some(token) if token.serial != refused => Ok(token.clone()),
            _ => self.fetch(http, held).await,
        }
    }

    async fn fetch(&self, http: &Http, mut held: OwnedMutexGuard<Held>) -> Result<Token, Error> {
        match &self.who {
            Who::Service { secret } => {
                let first = held.token.is_none();
                let granted = self.endpoint.ask(http, Grant::Service { secret }, first).await?;
                Ok(held.take(granted))
            }
            Who::Person { keeper } => {
                let (endpoint, keeper, http) = (self.endpoint.clone(), Arc::clone(keeper), http.clone());
                let exchange = tokio::spawn(async move { refresh(&endpoint, keeper.as_ref(), &http, &mut held).await });
                exchange.await.unwrap_or_else(|ended| {
                    Err(Error::new(
                        ErrorKind::Unreachable,
                        "The sign-in was interrupted. Leadline tries again by itself.",
                    )
                    .with_detail(ended.to_string()))
                })
            }
        }
    }
}

impl Held {
    fn take(&mut self, granted: Granted) -> Token {
        let token = Token {
            access: granted.access,
            serial: self.token.as_ref().map_or(0, |token| token.serial) + 1,
            good_until: granted.good_until,
        };
        self.token = Some(token.clone());
        token
    }
}

/// Exchanges the refresh token. A new one is kept before anything else is done with the answer.
async fn refresh(
    endpoint: &TokenEndpoint,
    keeper: &dyn TokenKeeper,
    http: &Http,
    held: &mut Held,
) -> Result<Token, Error> {
    let token = match &held.unkept {
        Some(token) => token.clone(),
        None => keeper
            .refresh_token()
            .await
            .map_err(|error| {
                Error::new(
                    ErrorKind::SignedOut,
                    "The keychain does not open, so Leadline cannot sign in. Unlock it, or sign in again; your changes wait here.",
                )
                // It may be unlocked at any moment, without anybody telling us.
                .with_retry(Retry::Soon)
                .with_detail(error.to_string())
            })?
            .ok_or_else(grant::ended)?,
    };
    let granted = endpoint.ask(http, Grant::Refresh { token: &token }, false).await?;
    if let Some(rotated) = granted.refresh.clone().or_else(|| held.unkept.take()) {
        held.unkept = match keeper.store_refresh_token(rotated.clone()).await {
            Ok(()) => None,
            Err(error) => {
                tracing::error!(error = %error, "a new refresh token is held in memory alone");
                Some(rotated)
            }
        };
    }
    Ok(held.take(granted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_secret_is_shown() {
        let auth = Auth::new(
            &Url::parse("https://acme.halopsa.com/auth/").unwrap(),
            Some("acme"),
            "all".to_owned(),
            Credentials::ServiceAccount {
                client_id: "leadline".to_owned(),
                client_secret: Secret::new("very-secret-text"),
            },
        );
        assert!(!format!("{auth:?}").contains("very-secret-text"));
    }
}
