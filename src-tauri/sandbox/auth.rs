//! Tokens: who may get one, what it allows, how long it lives.
//!
//! Client credentials are answered today. A grant is an arm of [`Auth::grant`], and a [`Token`] already knows the agent it
//! stands for, so that a person's sign-in only adds a way to come by one.

use std::collections::{BTreeSet, HashMap};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{Behaviour, answer::Answer, query::Query, record::Moment, seed::API_AGENT};

/// The client id of the service account that every sandbox has.
pub const CLIENT_ID: &str = "leadline-sandbox";
/// Its secret. It protects sample data on this computer only.
pub const CLIENT_SECRET: &str = "sandbox-secret";
/// The name of the tenant, for the `tenant` parameter.
pub const TENANT: &str = "sandbox";

/// Something a token allows. Effective is what the scope AND the agent's role allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    ReadTickets,
    EditTickets,
    ReadCustomers,
    EditCustomers,
    ReadCrm,
    EditCrm,
    ReadSales,
    EditSales,
    ReadCalendar,
    EditCalendar,
    Admin,
}

impl Right {
    /// Every right there is.
    pub const ALL: [Self; 11] = [
        Self::ReadTickets,
        Self::EditTickets,
        Self::ReadCustomers,
        Self::EditCustomers,
        Self::ReadCrm,
        Self::EditCrm,
        Self::ReadSales,
        Self::EditSales,
        Self::ReadCalendar,
        Self::EditCalendar,
        Self::Admin,
    ];

    /// What a scope gives; `None` when there is no such scope.
    fn of_scope(scope: &str) -> Option<Vec<Self>> {
        Some(match scope {
            "all" => Self::ALL.to_vec(),
            "all:standard" => Self::ALL.into_iter().filter(|right| *right != Self::Admin).collect(),
            "admin" | "admin:webhooks" => vec![Self::Admin],
            "read:tickets" => vec![Self::ReadTickets],
            "edit:tickets" => vec![Self::EditTickets],
            "read:customers" => vec![Self::ReadCustomers],
            "edit:customers" => vec![Self::EditCustomers],
            "read:crm" => vec![Self::ReadCrm],
            "edit:crm" => vec![Self::EditCrm],
            "read:sales" => vec![Self::ReadSales],
            "edit:sales" => vec![Self::EditSales],
            "read:calendar" => vec![Self::ReadCalendar],
            "edit:calendar" => vec![Self::EditCalendar],
            "all:teams" | "offline_access" | "access:chat" | "access:adpasswordreset" => Vec::new(),
            other => {
                let (verb, area) = other.split_once(':')?;
                let areas = [
                    "contracts",
                    "suppliers",
                    "items",
                    "projects",
                    "quotes",
                    "sos",
                    "pos",
                    "invoices",
                    "reporting",
                    "software",
                    "softwarelicensing",
                    "kb",
                    "assets",
                    "timesheets",
                ];
                let known = areas.contains(&area)
                    && (matches!(verb, "read" | "edit") || (verb == "editMine" && area == "timesheets"));
                known.then(Vec::new)?
            }
        })
    }
}

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
}

impl Auth {
    /// Answers `POST /auth/token`: `form` is the body, `query` may carry the tenant.
    pub fn grant(&mut self, query: &Query, form: &Query, behaviour: &Behaviour, now: Moment) -> Answer {
        let tenant = query.text("tenant").or(form.text("tenant"));
        if tenant.is_some_and(|tenant| !tenant.eq_ignore_ascii_case(TENANT)) {
            return Answer::html(500, "Internal Server Error");
        }
        match form.text("grant_type") {
            Some("client_credentials") => self.client_credentials(form, behaviour, now),
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
        let mut rights = BTreeSet::new();
        for scope in scope.split_whitespace() {
            match Right::of_scope(scope) {
                Some(some) => rights.extend(some),
                None => return refuse(400, "invalid_scope", "The specified 'scope' is invalid."),
            }
        }
        let token = self.issue(API_AGENT, rights, behaviour, now);
        Answer::json(
            200,
            &json!({
                "access_token": token, "token_type": "Bearer", "expires_in": behaviour.token_lifetime_s, "scope": scope,
            }),
        )
        .with_header("Cache-Control", "no-store")
    }

    fn issue(&mut self, agent: i64, rights: BTreeSet<Right>, behaviour: &Behaviour, now: Moment) -> String {
        if behaviour.one_token {
            self.tokens.clear();
        }
        self.tokens.retain(|_, token| token.expires > now);
        let secret: [u8; 32] = rand::random();
        let text = BASE64_URL_SAFE_NO_PAD.encode(secret);
        let expires = now.saturating_add(i64::try_from(behaviour.token_lifetime_s * 1000).unwrap_or(i64::MAX));
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

    /// Lets every token expire.
    pub fn expire_all(&mut self) {
        self.tokens.clear();
    }

    /// How many tokens were handed out.
    pub fn issued(&self) -> u64 {
        self.issued
    }
}

fn refuse(status: u16, error: &str, description: &str) -> Answer {
    Answer::json(status, &json!({ "error": error, "error_description": description }))
}
