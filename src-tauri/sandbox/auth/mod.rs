//! Tokens: who may get one, what it allows, how long it lives.
//!
//! A service account shows its secret; a person comes through the browser (`browser`) and stays by refreshing. A [`Token`]
//! knows the agent it stands for, whichever way it was come by.

mod browser;
mod right;

use std::collections::{BTreeSet, HashMap};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::json;

use crate::{Behaviour, answer::Answer, query::Query, record::Moment, seed::API_AGENT};

use browser::Visits;
pub use browser::{NATIVE_CLIENT_ID, NativeApp, Visit};
pub use right::Right;

/// The client id of the service account that every sandbox has.
pub const CLIENT_ID: &str = "leadline-sandbox";
/// Its secret. It protects sample data on this computer only.
pub const CLIENT_SECRET: &str = "sandbox-secret";
/// The name of the tenant, for the `tenant` parameter.
pub const TENANT: &str = "sandbox";

/// A token that was handed out.
#[derive(Clone, Debug)]
pub struct Token {
    pub agent: i64,
    pub rights: BTreeSet<Right>,
    expires: Moment,
}

/// The tokens of a tenant.
#[derive(Debug, Default)]
pub struct Auth {
    tokens: HashMap<String, Token>,
    issued: u64,
    visits: Visits,
}

impl Auth {
    /// Answers `POST /auth/token`: `form` is the body, `query` may carry the tenant.
    pub fn grant(&mut self, query: &Query, form: &Query, behaviour: &Behaviour, now: Moment) -> Answer {
        if !names_this_tenant(query, form) {
            return Answer::html(500, "Internal Server Error");
        }
        match form.text("grant_type") {
            Some("client_credentials") => self.client_credentials(form, behaviour, now),
            Some("authorization_code") => self.code(form, behaviour, now),
            Some("refresh_token") => self.refresh(form, behaviour, now),
            Some(_) => refuse(
                400,
                "unsupported_grant_type",
                "The specified 'grant_type' is not supported.",
            ),
            None => refuse(
                400,
                "invalid_request",
                "The mandatory 'grant_type' parameter is missing.",
            ),
        }
    }

    fn client_credentials(&mut self, form: &Query, behaviour: &Behaviour, now: Moment) -> Answer {
        if form.text("client_id") != Some(CLIENT_ID) || form.text("client_secret") != Some(CLIENT_SECRET) {
            return refuse(401, "invalid_client", "The specified client credentials are invalid.");
        }
        let scope = form.text("scope").unwrap_or("all");
        let Some(rights) = right::of_scopes(scope) else {
            return refuse(400, "invalid_scope", "The specified 'scope' is invalid.");
        };
        let token = self.issue(API_AGENT, rights, behaviour, now);
        granted(&token, None, scope, behaviour)
    }

    fn issue(&mut self, agent: i64, rights: BTreeSet<Right>, behaviour: &Behaviour, now: Moment) -> String {
        if behaviour.one_token {
            self.tokens.clear();
        }
        self.tokens.retain(|_, token| token.expires > now);
        let text = random();
        let expires = later(now, behaviour.token_lifetime_s);
        self.tokens.insert(text.clone(), Token { agent, rights, expires });
        self.issued += 1;
        text
    }

    /// The token behind an `Authorization` header, if it is one of ours and still valid.
    pub fn check(&self, header: Option<&str>, now: Moment) -> Option<&Token> {
        let (scheme, token) = header?.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return None;
        }
        self.tokens.get(token.trim()).filter(|token| token.expires > now)
    }

    /// Lets every access token expire.
    pub fn expire_all(&mut self) {
        self.tokens.clear();
    }

    /// Ends every sign-in of a person, as an administrator can.
    pub fn end_visits(&mut self) {
        self.visits = Visits::default();
        self.tokens.clear();
    }

    /// The access tokens that are valid or were until they expired.
    pub fn tokens(&self) -> Vec<String> {
        self.tokens.keys().cloned().collect()
    }

    /// How many tokens were handed out.
    pub fn issued(&self) -> u64 {
        self.issued
    }
}

/// The `tenant` parameter is optional, but a wrong one is an error of the server's own.
fn names_this_tenant(query: &Query, form: &Query) -> bool {
    let tenant = query.text("tenant").or(form.text("tenant"));
    tenant.is_none_or(|tenant| tenant.eq_ignore_ascii_case(TENANT))
}

fn granted(token: &str, refresh: Option<&str>, scope: &str, behaviour: &Behaviour) -> Answer {
    let mut body = json!({
        "access_token": token, "token_type": "Bearer", "expires_in": behaviour.token_lifetime_s, "scope": scope,
    });
    if let (Some(refresh), Some(body)) = (refresh, body.as_object_mut()) {
        body.insert("refresh_token".to_owned(), json!(refresh));
    }
    Answer::json(200, &body).with_header("Cache-Control", "no-store")
}

fn refuse(status: u16, error: &str, description: &str) -> Answer {
    Answer::json(status, &json!({ "error": error, "error_description": description }))
}

fn random() -> String {
    BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

fn later(now: Moment, seconds: u64) -> Moment {
    now.saturating_add(i64::try_from(seconds.saturating_mul(1000)).unwrap_or(i64::MAX))
}
