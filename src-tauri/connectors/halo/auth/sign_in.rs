//! A person signs in: authorization code with PKCE (S256), through the browser, back to a port on this computer.
//!
//! [`SignIn::begin`] finds the sign-in server and makes the address for the browser; whoever listens at the redirect
//! address shows what arrives there to [`SignIn::landing`]; [`SignIn::finish`] exchanges the code. The state ties an
//! answer to this sign-in, the issuer (where the server names it) to this server, and the verifier, which never leaves
//! this process before the exchange, makes a stolen code worthless.

use std::sync::Arc;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use url::{Url, form_urlencoded};

use super::{
    super::{Halo, Options, address::normalise_address, answer, client},
    Auth, TokenKeeper,
    grant::{Grant, TokenEndpoint, below},
};
use crate::{Error, ErrorKind, Retry, Secret, redact::redact};

/// The scope without which HaloPSA gives no refresh token.
const STAY_SIGNED_IN: &str = "offline_access";

/// A sign-in that waits for the browser.
#[derive(Debug)]
pub struct SignIn {
    reached: client::Reached,
    endpoint: TokenEndpoint,
    authorize: Url,
    redirect: String,
    state: Secret,
    verifier: Secret,
}

/// What arrived at the redirect address.
#[derive(Debug)]
pub enum Landing {
    /// Not an answer to this sign-in: an older tab, or something else that found the port. Go on listening.
    Stray,
    /// The code to finish with.
    Code(Secret),
    /// The sign-in server says no, or is another one than it should be.
    Refused(Error),
}

impl SignIn {
    /// Finds the sign-in server of the HaloPSA at `address`. `redirect` must be registered there to the letter.
    ///
    /// # Errors
    /// `NotHalo`, `Unreachable`, `Timeout`, `Tls` for the address; `Server` and `RateLimited` when HaloPSA cannot answer
    /// now.
    pub async fn begin(address: &str, client_id: &str, redirect: &str, options: Options) -> Result<Self, Error> {
        let base = normalise_address(address)?;
        let scope = if options.scope.split_whitespace().any(|scope| scope == STAY_SIGNED_IN) {
            options.scope.clone()
        } else {
            format!("{} {STAY_SIGNED_IN}", options.scope)
        };
        let reached = client::Reached::at(base, options).await?;
        let (state, verifier) = (random(), random());
        let tenant = reached.tenant.as_deref();
        let mut authorize = below(&reached.auth_base, "authorize", tenant);
        authorize
            .query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", client_id)
            .append_pair("redirect_uri", redirect)
            .append_pair("scope", &scope)
            .append_pair("state", state.expose())
            .append_pair("code_challenge", &challenge(&verifier))
            .append_pair("code_challenge_method", "S256");
        Ok(Self {
            endpoint: TokenEndpoint::new(&reached.auth_base, tenant, client_id.to_owned(), scope),
            reached,
            authorize,
            redirect: redirect.to_owned(),
            state,
            verifier,
        })
    }

    /// The tenant's clean address.
    #[must_use]
    pub fn address(&self) -> &Url {
        &self.reached.base
    }

    /// Where the browser has to go.
    #[must_use]
    pub fn authorize_url(&self) -> &Url {
        &self.authorize
    }

    /// Judges what arrived at the redirect address: the part after the `?`.
    #[must_use]
    pub fn landing(&self, query: &str) -> Landing {
        let value = |name: &str| {
            form_urlencoded::parse(query.as_bytes())
                .find(|(other, _)| other == name)
                .map(|(_, value)| value.into_owned())
                .filter(|value| !value.is_empty())
        };
        if value("state").as_deref() != Some(self.state.expose()) {
            return Landing::Stray;
        }
        if let Some(issuer) = value("iss")
            && !self.is_issuer(&issuer)
        {
            return Landing::Refused(
                Error::new(
                    ErrorKind::WrongTenant,
                    "The answer came from another sign-in server than the one that was asked, so it was not used. Start the sign-in again; if it stays so, tell your administrator.",
                )
                .with_retry(Retry::No),
            );
        }
        let code = value("code").map(Secret::new);
        match (value("error"), code) {
            (None, Some(code)) => Landing::Code(code),
            (error, _) => {
                let error = error.unwrap_or_default();
                let said = value("error_description").unwrap_or_default();
                Landing::Refused(
                    self.endpoint
                        .meaning(&error, self.grant(&Secret::default()))
                        .with_detail(redact(&format!("{error}: {said}"), &[&self.state, &self.verifier])),
                )
            }
        }
    }

    /// Exchanges the code and hands the refresh token to the keeper; the connection is open then.
    ///
    /// # Errors
    /// `SignedOut` when the code is no longer good, `BadCredentials`, `Forbidden` when HaloPSA gives no refresh token, and
    /// what any request may end with.
    pub async fn finish(&self, code: &Secret, keeper: Arc<dyn TokenKeeper>) -> Result<Halo, Error> {
        let granted = self.endpoint.ask(&self.reached.http, self.grant(code), true).await?;
        let Some(refresh) = granted.refresh.clone() else {
            return Err(answer::forbidden(&format!(
                "stay signed in (the scope {STAY_SIGNED_IN})"
            )));
        };
        keeper.store_refresh_token(refresh).await.map_err(|error| {
            Error::new(
                ErrorKind::SignedOut,
                "The sign-in cannot be kept on this computer. Unlock the keychain, then sign in again.",
            )
            .with_detail(error.to_string())
        })?;
        let auth = Auth::signed_in(self.endpoint.clone(), keeper, granted);
        Ok(Halo::over(client::Client::over(self.reached.clone(), auth)))
    }

    fn grant<'a>(&'a self, code: &'a Secret) -> Grant<'a> {
        Grant::Code {
            code,
            verifier: &self.verifier,
            redirect: &self.redirect,
        }
    }

    /// How a server spells its own name is not settled (with or without a path, with or without a closing slash), so
    /// scheme, host and port decide: they are what an attacker cannot choose.
    fn is_issuer(&self, named: &str) -> bool {
        Url::parse(named).is_ok_and(|issuer| issuer.origin() == self.reached.auth_base.origin())
    }
}

/// 256 random bits, in letters that need no escaping.
fn random() -> Secret {
    Secret::new(BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>()))
}

/// RFC 7636: what the sign-in server compares the verifier with.
fn challenge(verifier: &Secret) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.expose().as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_that_of_the_standard() {
        // RFC 7636, appendix B.
        let verifier = Secret::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(challenge(&verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn no_two_sign_ins_share_a_verifier() {
        let (one, two) = (random(), random());
        assert_eq!(one.expose().len(), 43, "the shortest that the standard allows");
        assert_ne!(one.expose(), two.expose());
    }
}
