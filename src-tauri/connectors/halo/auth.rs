//! Signing in as a service account (client credentials), and keeping the token.
//!
//! The token lives in memory only. Fetching is serialised, because a new token may invalidate earlier ones; whoever
//! waited takes the token that was fetched meanwhile.

use std::time::Duration;

use serde_json::Value as Json;
use tokio::{sync::Mutex, time::Instant};
use url::Url;

use super::{
    answer::{self, words},
    calls::Effect,
    wire::{Record, int_of},
};
use crate::{
    Error, ErrorKind, Secret,
    http::{Answer, Ask, Body, Http},
    redact::redact,
};

/// What identifies an API application of type "Client ID and Secret (Services)".
#[derive(Clone, Debug)]
pub struct Credentials {
    pub client_id: String,
    pub client_secret: Secret,
}

/// The usual lifetime of a token, where the server names none.
const USUAL_LIFETIME: Duration = Duration::from_secs(3600);

/// How long before its end a token is replaced; never more than a tenth of its life.
const REFRESH_MARGIN: Duration = Duration::from_secs(60);

/// A token, and which one it is, so that two who were refused with the same one fetch only one new.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub access: Secret,
    pub serial: u64,
    good_until: Instant,
}

/// Fetches and keeps tokens.
#[derive(Debug)]
pub(super) struct Auth {
    token_url: Url,
    scope: String,
    credentials: Credentials,
    token: Mutex<Option<Token>>,
}

impl Auth {
    /// `auth_base` is the address of the sign-in server; the tenant's name goes along when it is known.
    pub fn new(mut auth_base: Url, tenant: Option<&str>, scope: String, credentials: Credentials) -> Self {
        let path = format!("{}/token", auth_base.path().trim_end_matches('/'));
        auth_base.set_path(&path);
        auth_base.set_query(None);
        auth_base.set_fragment(None);
        if let Some(tenant) = tenant {
            auth_base.query_pairs_mut().append_pair("tenant", tenant);
        }
        Self {
            token_url: auth_base,
            scope,
            credentials,
            token: Mutex::new(None),
        }
    }

    /// What must not appear in any text: for redaction.
    pub fn secret(&self) -> &Secret {
        &self.credentials.client_secret
    }

    /// A token that should be good.
    pub async fn token(&self, http: &Http) -> Result<Token, Error> {
        let mut slot = self.token.lock().await;
        match slot.as_ref() {
            Some(token) if token.good_until > Instant::now() => Ok(token.clone()),
            _ => self.fetch(http, &mut slot).await,
        }
    }

    /// A token other than the one that was refused.
    pub async fn renew(&self, http: &Http, refused: u64) -> Result<Token, Error> {
        let mut slot = self.token.lock().await;
        match slot.as_ref() {
            Some(token) if token.serial != refused => Ok(token.clone()),
            _ => self.fetch(http, &mut slot).await,
        }
    }

    async fn fetch(&self, http: &Http, slot: &mut Option<Token>) -> Result<Token, Error> {
        let first = slot.is_none();
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", self.credentials.client_id.as_str()),
            ("client_secret", self.credentials.client_secret.expose()),
            ("scope", self.scope.as_str()),
        ];
        let asked = Instant::now();
        let answer = http
            .send(Ask {
                url: self.token_url.clone(),
                bearer: None,
                body: Body::Form(&form),
            })
            .await
            // Asking for a token twice does no harm, so nothing is uncertain about it.
            .map_err(|trouble| answer::trouble(Effect::Read, trouble))?;
        if !(200..300).contains(&answer.status) {
            return Err(self.refusal(&answer, first));
        }
        let record = serde_json::from_str::<Json>(&answer.body).ok().and_then(Record::of);
        let Some(access) = record.as_ref().and_then(|record| record.text("access_token")) else {
            return Err(answer::not_halo()
                .with_status(answer.status)
                .with_detail("the answer to the sign-in holds no token"));
        };
        let lifetime = record
            .and_then(|record| record.get("expires_in").and_then(int_of))
            .and_then(|seconds| u64::try_from(seconds).ok())
            .map_or(USUAL_LIFETIME, Duration::from_secs);
        let token = Token {
            access: Secret::new(access),
            serial: slot.as_ref().map_or(0, |token| token.serial) + 1,
            good_until: asked + lifetime.saturating_sub(REFRESH_MARGIN.min(lifetime / 10)),
        };
        *slot = Some(token.clone());
        Ok(token)
    }

    fn refusal(&self, answer: &Answer, first: bool) -> Error {
        let code = serde_json::from_str::<Json>(&answer.body)
            .ok()
            .and_then(Record::of)
            .and_then(|record| record.text("error"))
            .unwrap_or_default();
        let error = match (answer.status, code.as_str()) {
            (400 | 401, "invalid_client" | "unauthorized_client" | "invalid_grant" | "access_denied") => {
                bad_credentials()
            }
            (400 | 401, "invalid_scope") => answer::forbidden(&format!("use the scope “{}”", self.scope)),
            (400 | 401, "unsupported_grant_type") => answer::invalid_because(
                "This API application does not allow signing in with a client secret. In HaloPSA it has to be of the type “Client ID and Secret (Services)”.",
            ),
            (401 | 403, _) => bad_credentials(),
            (429, _) => answer::rate_limited(answer.retry_after),
            // A shared sign-in server answers so when it does not know the tenant.
            (500, _) if first => Error::new(
                ErrorKind::WrongTenant,
                "HaloPSA's sign-in does not know this tenant. Check the address, and the tenant's name if you entered one.",
            ),
            (500.., _) => Error::new(
                ErrorKind::Server,
                "HaloPSA's sign-in has a problem of its own at the moment. Leadline tries again by itself.",
            ),
            _ => answer::not_halo(),
        };
        let said = words(&answer.body);
        let detail = if code.is_empty() || said == code {
            said
        } else {
            format!("{code}: {said}")
        };
        error
            .with_status(answer.status)
            .with_detail(redact(&detail, &[&self.credentials.client_secret]))
    }
}

fn bad_credentials() -> Error {
    Error::new(
        ErrorKind::BadCredentials,
        "HaloPSA does not accept this client ID and secret. Copy both again from Configuration > Integrations > HaloPSA API, and check that the application is active.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn auth() -> Auth {
        Auth::new(
            Url::parse("https://acme.halopsa.com/auth/").unwrap(),
            Some("acme"),
            "all".to_owned(),
            Credentials {
                client_id: "leadline".to_owned(),
                client_secret: Secret::new("very-secret-text"),
            },
        )
    }

    #[test]
    fn the_token_address_names_the_tenant() {
        assert_eq!(
            auth().token_url.as_str(),
            "https://acme.halopsa.com/auth/token?tenant=acme"
        );
    }

    #[test]
    fn refusals_of_the_sign_in_are_told_apart() {
        let check = |status: u16, body: &str, first: bool, kind: &ErrorKind| {
            let answer = Answer {
                status,
                retry_after: None,
                date: None,
                location: None,
                body: body.to_owned(),
            };
            let error = auth().refusal(&answer, first);
            assert_eq!(&error.kind, kind, "{status} {body}");
            assert!(!format!("{error:?}").contains("very-secret-text"));
        };
        let right = ErrorKind::Forbidden {
            right: "use the scope “all”".to_owned(),
        };
        let echo = r#"{"error":"invalid_client","error_description":"The secret very-secret-text is wrong"}"#;
        check(400, echo, true, &ErrorKind::BadCredentials);
        check(401, r#"{"error":"invalid_client"}"#, false, &ErrorKind::BadCredentials);
        check(401, "", true, &ErrorKind::BadCredentials);
        check(400, r#"{"error":"invalid_scope"}"#, true, &right);
        check(400, r#"{"error":"unsupported_grant_type"}"#, true, &ErrorKind::Invalid);
        check(404, "<html></html>", true, &ErrorKind::NotHalo);
        check(500, "<html></html>", true, &ErrorKind::WrongTenant);
        check(500, "", false, &ErrorKind::Server);
        check(503, "", true, &ErrorKind::Server);
        check(429, "", true, &ErrorKind::RateLimited);
    }

    #[test]
    fn nothing_secret_is_shown() {
        assert!(!format!("{:?}", auth()).contains("very-secret-text"));
    }
}
