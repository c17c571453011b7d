//! The token endpoint: how each kind of sign-in asks, what it gets, and what a refusal means.

use std::time::Duration;

use serde_json::Value as Json;
use tokio::time::Instant;
use url::Url;

use super::super::{
    answer::{self, words},
    calls::Effect,
    wire::{Record, int_of},
};
use crate::{
    Error, ErrorKind, Secret,
    http::{Answer, Ask, Body, Http},
    redact::redact,
};

/// The usual lifetime of a token, where the server names none.
const USUAL_LIFETIME: Duration = Duration::from_secs(3600);

/// How long before its end a token is replaced; never more than a tenth of its life.
const REFRESH_MARGIN: Duration = Duration::from_secs(60);

/// Where tokens come from, and for whom.
#[derive(Clone, Debug)]
pub(super) struct TokenEndpoint {
    pub url: Url,
    pub client_id: String,
    /// What a token shall allow.
    pub scope: String,
}

/// What is shown in exchange for a token.
#[derive(Clone, Copy, Debug)]
pub(super) enum Grant<'a> {
    /// The secret of a service account.
    Service { secret: &'a Secret },
    /// The code that the browser brought, and what proves that we began the sign-in.
    Code {
        code: &'a Secret,
        verifier: &'a Secret,
        redirect: &'a str,
    },
    /// What an earlier sign-in left us with.
    Refresh { token: &'a Secret },
}

/// A token, and what comes with it.
#[derive(Clone, Debug)]
pub(super) struct Granted {
    pub access: Secret,
    /// Present when the server hands out a new one; without it the old one stays good.
    pub refresh: Option<Secret>,
    pub good_until: Instant,
}

impl TokenEndpoint {
    /// The endpoint of a sign-in server; the tenant's name goes along when it is known.
    pub fn new(auth_base: &Url, tenant: Option<&str>, client_id: String, scope: String) -> Self {
        Self {
            url: below(auth_base, "token", tenant),
            client_id,
            scope,
        }
    }

    /// Asks for a token. `first` says that nobody has signed in here before, so that the tenant may be unknown.
    pub async fn ask(&self, http: &Http, grant: Grant<'_>, first: bool) -> Result<Granted, Error> {
        let mut form = vec![("grant_type", grant.name()), ("client_id", self.client_id.as_str())];
        match grant {
            Grant::Service { secret } => {
                form.extend([("client_secret", secret.expose()), ("scope", self.scope.as_str())])
            }
            Grant::Code {
                code,
                verifier,
                redirect,
            } => form.extend([
                ("code", code.expose()),
                ("code_verifier", verifier.expose()),
                ("redirect_uri", redirect),
            ]),
            Grant::Refresh { token } => form.push(("refresh_token", token.expose())),
        }
        let asked = Instant::now();
        let answer = http
            .send(Ask {
                url: self.url.clone(),
                bearer: None,
                body: Body::Form(&form),
            })
            .await
            // Asking for a token changes nothing in the tenant, so nothing is uncertain about it.
            .map_err(|trouble| answer::trouble(Effect::Read, trouble))?;
        if !(200..300).contains(&answer.status) {
            return Err(self.refusal(&answer, grant, first));
        }
        let record = serde_json::from_str::<Json>(&answer.body).ok().and_then(Record::of);
        let text = |name: &str| record.as_ref().and_then(|record| record.text(name));
        let Some(access) = text("access_token") else {
            return Err(answer::not_halo()
                .with_status(answer.status)
                .with_detail("the answer to the sign-in holds no token"));
        };
        let lifetime = record
            .as_ref()
            .and_then(|record| record.get("expires_in").and_then(int_of))
            .and_then(|seconds| u64::try_from(seconds).ok())
            .map_or(USUAL_LIFETIME, Duration::from_secs);
        Ok(Granted {
            access: Secret::new(access),
            refresh: text("refresh_token").map(Secret::new),
            good_until: asked + lifetime.saturating_sub(REFRESH_MARGIN.min(lifetime / 10)),
        })
    }

    fn refusal(&self, answer: &Answer, grant: Grant<'_>, first: bool) -> Error {
        let code = serde_json::from_str::<Json>(&answer.body)
            .ok()
            .and_then(Record::of)
            .and_then(|record| record.text("error"))
            .unwrap_or_default();
        let error = match answer.status {
            400 | 401 if !code.is_empty() => self.meaning(&code, grant),
            401 | 403 => not_accepted(grant),
            429 => answer::rate_limited(answer.retry_after),
            // A shared sign-in server answers so when it does not know the tenant.
            500 if first => Error::new(
                ErrorKind::WrongTenant,
                "HaloPSA's sign-in does not know this tenant. Check the address, and the tenant's name if you entered one.",
            ),
            500.. => server(),
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
            .with_detail(redact(&detail, &grant.secrets()))
    }

    /// What an OAuth error code means, whether it comes from the token endpoint or through the browser.
    pub fn meaning(&self, code: &str, grant: Grant<'_>) -> Error {
        match (code, grant) {
            ("invalid_client" | "unauthorized_client", _)
            | ("invalid_grant" | "access_denied", Grant::Service { .. }) => not_accepted(grant),
            ("invalid_grant", Grant::Code { .. }) => Error::new(
                ErrorKind::SignedOut,
                "HaloPSA does not accept the answer of the browser: it took too long, or was used before. Start the sign-in again.",
            ),
            ("invalid_grant", Grant::Refresh { .. }) => ended(),
            ("access_denied" | "login_required" | "consent_required" | "interaction_required", _) => Error::new(
                ErrorKind::SignedOut,
                "HaloPSA did not sign you in. Start the sign-in again, with an agent who may use the API application.",
            ),
            ("invalid_scope", _) => answer::forbidden(&format!("use the scope “{}”", self.scope)),
            ("unsupported_grant_type" | "unsupported_response_type", Grant::Service { .. }) => answer::invalid_because(
                "This API application does not allow signing in with a client secret. In HaloPSA it has to be of the type “Client ID and Secret (Services)”.",
            ),
            ("unsupported_grant_type" | "unsupported_response_type", _) => answer::invalid_because(
                "This API application does not allow signing in with the browser. In HaloPSA it has to be of the type “Authorisation Code (Native Application)”.",
            ),
            ("server_error" | "temporarily_unavailable", _) => server(),
            _ => answer::invalid_because(
                "HaloPSA refused the sign-in as it was asked for. Show the details to your administrator.",
            ),
        }
    }
}

impl<'a> Grant<'a> {
    fn name(self) -> &'static str {
        match self {
            Self::Service { .. } => "client_credentials",
            Self::Code { .. } => "authorization_code",
            Self::Refresh { .. } => "refresh_token",
        }
    }

    /// What the server may quote and nobody may read.
    fn secrets(self) -> Vec<&'a Secret> {
        match self {
            Self::Service { secret } => vec![secret],
            Self::Code { code, verifier, .. } => vec![code, verifier],
            Self::Refresh { token } => vec![token],
        }
    }
}

/// `{auth_base}/{name}?tenant=…`.
pub(super) fn below(auth_base: &Url, name: &str, tenant: Option<&str>) -> Url {
    let mut url = auth_base.clone();
    url.set_path(&format!("{}/{name}", auth_base.path().trim_end_matches('/')));
    url.set_query(None);
    url.set_fragment(None);
    if let Some(tenant) = tenant {
        url.query_pairs_mut().append_pair("tenant", tenant);
    }
    url
}

/// The sign-in of a person is over.
pub(super) fn ended() -> Error {
    Error::new(
        ErrorKind::SignedOut,
        "Your sign-in to HaloPSA has ended. Sign in again; your changes wait here.",
    )
}

fn not_accepted(grant: Grant<'_>) -> Error {
    Error::new(
        ErrorKind::BadCredentials,
        match grant {
            Grant::Service { .. } => {
                "HaloPSA does not accept this client ID and secret. Copy both again from Configuration > Integrations > HaloPSA API, and check that the application is active."
            }
            Grant::Code { .. } | Grant::Refresh { .. } => {
                "HaloPSA does not accept this client ID. Copy it again from Configuration > Integrations > HaloPSA API, and check that the application is active and of the type “Authorisation Code (Native Application)”."
            }
        },
    )
}

fn server() -> Error {
    Error::new(
        ErrorKind::Server,
        "HaloPSA's sign-in has a problem of its own at the moment. Leadline tries again by itself.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint() -> TokenEndpoint {
        TokenEndpoint::new(
            &Url::parse("https://acme.halopsa.com/auth/").unwrap(),
            Some("acme"),
            "leadline".to_owned(),
            "all".to_owned(),
        )
    }

    #[test]
    fn the_token_address_names_the_tenant() {
        assert_eq!(
            endpoint().url.as_str(),
            "https://acme.halopsa.com/auth/token?tenant=acme"
        );
    }

    #[test]
    fn refusals_of_every_sign_in_are_told_apart() {
        let secret = Secret::new("very-secret-text");
        let service = Grant::Service { secret: &secret };
        let code = Grant::Code {
            code: &secret,
            verifier: &secret,
            redirect: "http://127.0.0.1:8765/callback",
        };
        let refresh = Grant::Refresh { token: &secret };
        let check = |grant: Grant<'_>, status: u16, body: &str, first: bool, kind: &ErrorKind| {
            let answer = Answer {
                status,
                retry_after: None,
                date: None,
                location: None,
                body: body.to_owned(),
            };
            let error = endpoint().refusal(&answer, grant, first);
            assert_eq!(&error.kind, kind, "{grant:?} {status} {body}");
            assert!(error.message.ends_with('.'), "{}", error.message);
            assert!(!format!("{error:?}").contains("very-secret-text"));
        };
        let right = ErrorKind::Forbidden {
            right: "use the scope “all”".to_owned(),
        };
        let echo = r#"{"error":"invalid_client","error_description":"The secret very-secret-text is wrong"}"#;
        check(service, 400, echo, true, &ErrorKind::BadCredentials);
        check(
            service,
            401,
            r#"{"error":"invalid_client"}"#,
            false,
            &ErrorKind::BadCredentials,
        );
        check(service, 401, "", true, &ErrorKind::BadCredentials);
        check(
            service,
            400,
            r#"{"error":"invalid_grant"}"#,
            true,
            &ErrorKind::BadCredentials,
        );
        check(service, 400, r#"{"error":"invalid_scope"}"#, true, &right);
        check(
            service,
            400,
            r#"{"error":"unsupported_grant_type"}"#,
            true,
            &ErrorKind::Invalid,
        );
        check(service, 404, "<html></html>", true, &ErrorKind::NotHalo);
        check(service, 500, "<html></html>", true, &ErrorKind::WrongTenant);
        check(service, 500, "", false, &ErrorKind::Server);
        check(service, 503, "", true, &ErrorKind::Server);
        check(service, 429, "", true, &ErrorKind::RateLimited);
        let used = r#"{"error":"invalid_grant","error_description":"The token very-secret-text is no longer valid."}"#;
        check(code, 400, used, true, &ErrorKind::SignedOut);
        check(code, 400, r#"{"error":"invalid_request"}"#, true, &ErrorKind::Invalid);
        check(
            code,
            400,
            r#"{"error":"unauthorized_client"}"#,
            true,
            &ErrorKind::BadCredentials,
        );
        check(refresh, 400, used, false, &ErrorKind::SignedOut);
        check(
            refresh,
            401,
            r#"{"error":"invalid_client"}"#,
            false,
            &ErrorKind::BadCredentials,
        );
        check(refresh, 500, "", false, &ErrorKind::Server);
    }
}
