//! A person signs in: `/auth/authorize`, the code it sends back, and the refresh tokens that follow.
//!
//! The sign-in page has no password: it asks which agent is sitting there. With `auto=1`, or where the behaviour says so,
//! it does not even ask. A redirect address that is not registered to the letter is never redirected to.

use std::{collections::HashMap, fmt::Write};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Auth, granted, later, names_this_tenant, random, refuse, right};
use crate::{
    Behaviour,
    answer::Answer,
    query::{Query, encode},
    record::Moment,
    seed::Agent,
};

/// The client id of the native application that every sandbox has. It has no secret.
pub const NATIVE_CLIENT_ID: &str = "leadline-native";

/// How long a code may be exchanged.
const CODE_LIFETIME_S: u64 = 60;

/// How the native application is set up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NativeApp {
    /// The registered "Login Redirect URLs".
    pub redirects: Vec<String>,
    /// Who is sitting at the browser, so that the page does not ask; `None` lets it ask.
    pub at_the_browser: Option<i64>,
    /// Whether a refresh token is replaced whenever it is used. Using a replaced one ends the sign-in.
    pub rotates: bool,
    /// Whether the application may stay signed in at all.
    pub offline_access: bool,
    /// Whole seconds that a refresh token lives.
    pub refresh_lifetime_s: u64,
    /// What the answer says who sent it; `None` for the truth.
    pub issuer: Option<String>,
}

impl Default for NativeApp {
    fn default() -> Self {
        Self {
            redirects: vec!["http://127.0.0.1:8765/callback".to_owned()],
            at_the_browser: None,
            rotates: true,
            offline_access: true,
            refresh_lifetime_s: 14 * 24 * 3600,
            issuer: None,
        }
    }
}

/// The codes and refresh tokens that are out.
#[derive(Debug, Default)]
pub struct Visits {
    codes: HashMap<String, Code>,
    refreshes: HashMap<String, Refresh>,
    families: u64,
}

#[derive(Debug)]
struct Code {
    agent: i64,
    scope: String,
    redirect: String,
    challenge: String,
    expires: Moment,
}

#[derive(Clone, Debug)]
struct Refresh {
    /// All tokens that follow from one sign-in.
    family: u64,
    agent: i64,
    scope: String,
    expires: Moment,
    used: bool,
}

/// A visit to `/auth/authorize`.
#[derive(Clone, Copy, Debug)]
pub struct Visit<'a> {
    pub query: &'a Query,
    /// The query as it came, for the links of the page.
    pub raw_query: &'a str,
    /// How the browser calls this server.
    pub host: &'a str,
    pub agents: &'a [Agent],
}

impl Auth {
    /// Answers `GET /auth/authorize`.
    pub fn authorize(&mut self, visit: Visit<'_>, behaviour: &Behaviour, now: Moment) -> Answer {
        let query = visit.query;
        if !names_this_tenant(query, &Query::default()) {
            return Answer::html(500, "Internal Server Error");
        }
        let app = &behaviour.native;
        let redirect = query.text("redirect_uri").unwrap_or_default();
        let registered = query.text("client_id") == Some(NATIVE_CLIENT_ID)
            && app.redirects.iter().any(|registered| registered == redirect);
        if !registered {
            return page(
                400,
                "This sign-in cannot go on",
                "<p>error: invalid_request</p><p>The client application or its redirect address is not registered.</p>",
            );
        }
        let issuer = app
            .issuer
            .clone()
            .unwrap_or_else(|| format!("http://{}/auth", visit.host));
        let back = |pairs: &[(&str, &str)]| {
            let mut location = redirect.to_owned();
            let state = query.text("state").unwrap_or_default();
            let also = [("state", state), ("iss", issuer.as_str())];
            for (index, (name, value)) in pairs.iter().chain(&also).enumerate() {
                location.push(if index == 0 { '?' } else { '&' });
                location.push_str(&format!("{name}={}", encode(value)));
            }
            Answer::empty(302).with_header("location", location)
        };
        let fail = |error, description| back(&[("error", error), ("error_description", description)]);
        if query.text("response_type") != Some("code") {
            return fail(
                "unsupported_response_type",
                "The specified 'response_type' is not supported.",
            );
        }
        let Some(challenge) = query.text("code_challenge") else {
            return fail(
                "invalid_request",
                "The mandatory 'code_challenge' parameter is missing.",
            );
        };
        if query.text("code_challenge_method") != Some("S256") {
            return fail(
                "invalid_request",
                "The specified 'code_challenge_method' is not supported.",
            );
        }
        let scope = query.text("scope").unwrap_or("all");
        if right::of_scopes(scope).is_none() {
            return fail("invalid_scope", "The specified 'scope' is invalid.");
        }
        let people = || {
            visit
                .agents
                .iter()
                .filter(|agent| agent.id > 1 && !agent.api && !agent.disabled)
        };
        let first = || people().next().map(|agent| agent.id.to_string());
        let automatic = (query.text("auto") == Some("1")).then(first).flatten();
        let who = query.text("as").map(str::to_owned);
        let who = who
            .or_else(|| app.at_the_browser.map(|agent| agent.to_string()))
            .or(automatic);
        let Some(who) = who else {
            return sign_in_page(visit.raw_query, people());
        };
        let Some(agent) = people().find(|agent| agent.id.to_string() == who) else {
            return fail("access_denied", "The resource owner denied the request.");
        };
        let code = random();
        self.visits.codes.retain(|_, code| code.expires > now);
        self.visits.codes.insert(
            code.clone(),
            Code {
                agent: agent.id,
                scope: scope.to_owned(),
                redirect: redirect.to_owned(),
                challenge: challenge.to_owned(),
                expires: later(now, CODE_LIFETIME_S),
            },
        );
        back(&[("code", &code)])
    }

    /// Exchanges a code. It is good once, whatever comes of it.
    pub(super) fn code(&mut self, form: &Query, behaviour: &Behaviour, now: Moment) -> Answer {
        if form.text("client_id") != Some(NATIVE_CLIENT_ID) {
            return refuse(401, "invalid_client", "The specified 'client_id' is invalid.");
        }
        let code = form.text("code").and_then(|code| self.visits.codes.remove(code));
        let verifier = form.text("code_verifier").unwrap_or_default();
        let shown = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
        match code {
            Some(code)
                if code.expires > now
                    && form.text("redirect_uri") == Some(code.redirect.as_str())
                    && shown == code.challenge =>
            {
                self.visits.families += 1;
                let family = self.visits.families;
                self.welcome(family, code.agent, &code.scope, true, behaviour, now)
            }
            _ => refuse(
                400,
                "invalid_grant",
                "The specified authorization code is no longer valid.",
            ),
        }
    }

    /// Exchanges a refresh token.
    pub(super) fn refresh(&mut self, form: &Query, behaviour: &Behaviour, now: Moment) -> Answer {
        if form.text("client_id") != Some(NATIVE_CLIENT_ID) {
            return refuse(401, "invalid_client", "The specified 'client_id' is invalid.");
        }
        let gone = || refuse(400, "invalid_grant", "The specified refresh token is no longer valid.");
        let shown = form.text("refresh_token").unwrap_or_default();
        let Some(refresh) = self.visits.refreshes.get_mut(shown) else {
            return gone();
        };
        let found = refresh.clone();
        if found.expires <= now {
            return gone();
        }
        if found.used {
            // Somebody has a copy: nobody can say who is right, so both have to sign in again.
            self.visits.refreshes.retain(|_, other| other.family != found.family);
            return gone();
        }
        refresh.used = behaviour.native.rotates;
        self.welcome(
            found.family,
            found.agent,
            &found.scope,
            behaviour.native.rotates,
            behaviour,
            now,
        )
    }

    /// A token for a person, with something to stay by if the scope and the application allow it.
    fn welcome(
        &mut self,
        family: u64,
        agent: i64,
        scope: &str,
        with_refresh: bool,
        behaviour: &Behaviour,
        now: Moment,
    ) -> Answer {
        let stays = behaviour.native.offline_access && scope.split_whitespace().any(|scope| scope == "offline_access");
        let refresh = (with_refresh && stays).then(|| {
            let text = random();
            self.visits.refreshes.insert(
                text.clone(),
                Refresh {
                    family,
                    agent,
                    scope: scope.to_owned(),
                    expires: later(now, behaviour.native.refresh_lifetime_s),
                    used: false,
                },
            );
            text
        });
        let rights = right::of_scopes(scope).unwrap_or_default();
        let token = self.issue(agent, rights, behaviour, now);
        granted(&token, refresh.as_deref(), scope, behaviour)
    }
}

/// Who is sitting there?
fn sign_in_page<'a>(raw_query: &str, people: impl Iterator<Item = &'a Agent>) -> Answer {
    let link = |who: &str| escape(&format!("?{raw_query}&as={who}"));
    let mut list = String::from("<p>This is a sample HaloPSA on this computer: there is no password.</p><ul>");
    for agent in people {
        let id = agent.id.to_string();
        // Writing to a string cannot fail.
        let written = write!(
            list,
            "<li><a href=\"{}\">{}</a>, {}</li>",
            link(&id),
            escape(agent.name),
            escape(agent.job)
        );
        debug_assert!(written.is_ok(), "a string takes everything");
    }
    list.push_str(&format!(
        "</ul><p><a href=\"{}\">Do not sign in</a></p>",
        link("nobody")
    ));
    page(200, "Sign in to the sample HaloPSA", &list)
}

fn page(status: u16, title: &str, body: &str) -> Answer {
    Answer {
        content_type: "text/html; charset=utf-8",
        body: format!(
            "<!DOCTYPE html>\n<html lang=\"en\"><head><title>{title}</title>\
             <style>body{{font:16px/1.6 system-ui,sans-serif;max-width:36rem;margin:10vh auto;padding:0 1rem}}</style></head>\n\
             <body><h1>{title}</h1>{body}</body></html>\n"
        )
        .into_bytes(),
        ..Answer::empty(status)
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
