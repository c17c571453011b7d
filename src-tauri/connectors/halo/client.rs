//! One request after the other: budget, token, sending, repeating reads, classifying.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use chrono::TimeDelta;
use rand::{Rng, SeedableRng, rngs::SmallRng};
use serde_json::Value as Json;
use tokio::{sync::Semaphore, time::Instant};
use url::Url;

use super::{
    Options, address, answer,
    auth::{Auth, Credentials},
    calls::{self, Call, Effect},
    values::Locale,
    wire::Record,
};
use crate::{
    Budget, BudgetView, Class, Error, ErrorKind, Exchange, Exchanges, Retry,
    http::{Answer, Ask, Body, Http, Timeouts},
    redact::redact,
    traffic::{MOST_FAILURES_IN_A_ROW, is_failure},
};

/// The longest delay between two tries of a read.
const LONGEST_DELAY: Duration = Duration::from_secs(16);

/// A pause longer than this is handed to the caller, who can show it, instead of being waited for in silence.
const LONGEST_SILENT_PAUSE: Duration = Duration::from_secs(60);

/// Requests at the same time: HaloPSA becomes slow for everybody beyond it.
const PARALLEL: usize = 4;

/// A signed-in connection.
#[derive(Debug)]
pub(super) struct Client {
    base: Url,
    http: Http,
    auth: Auth,
    budget: Budget,
    exchanges: Exchanges,
    locale: Locale,
    attempts: u32,
    first_delay: Duration,
    parallel: Semaphore,
    seen: Mutex<Seen>,
    dice: Mutex<SmallRng>,
}

/// What answers told by the way.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    skew: Option<TimeDelta>,
    latency: Option<Duration>,
}

/// A server that was found, before anybody signs in to it.
#[derive(Clone, Debug)]
pub(super) struct Reached {
    pub base: Url,
    pub http: Http,
    /// The sign-in server.
    pub auth_base: Url,
    /// The tenant's name there, where it is known.
    pub tenant: Option<String>,
    pub options: Options,
}

impl Reached {
    /// Asks the server about itself.
    pub async fn at(base: Url, options: Options) -> Result<Self, Error> {
        let timeouts = Timeouts {
            connect: options.connect_timeout,
            whole: options.timeout,
        };
        let http = match &options.transport {
            Some(transport) => Http::over(Arc::clone(transport)),
            None => Http::new(timeouts, address::is_loopback(&base))
                .map_err(|trouble| answer::trouble(Effect::Read, trouble))?,
        };
        let info = auth_info(&http, &base, &options.budget).await?;
        let auth_base = auth_address(&base, info.text("auth_url").as_deref())?;
        let tenant = options.tenant.clone().or_else(|| info.text("tenant_id"));
        Ok(Self {
            base,
            http,
            auth_base,
            tenant,
            options,
        })
    }
}

impl Client {
    /// Asks the server about itself, then for a token.
    pub async fn connect(base: Url, credentials: Credentials, options: Options) -> Result<Self, Error> {
        let reached = Reached::at(base, options).await?;
        let auth = Auth::new(
            &reached.auth_base,
            reached.tenant.as_deref(),
            reached.options.scope.clone(),
            credentials,
        );
        auth.token(&reached.http).await?;
        Ok(Self::over(reached, auth))
    }

    /// A connection to a server that was found, by somebody who can sign in to it.
    pub fn over(reached: Reached, auth: Auth) -> Self {
        let Reached {
            base, http, options, ..
        } = reached;
        Self {
            base,
            http,
            auth,
            budget: options.budget,
            exchanges: options.exchanges,
            locale: Locale {
                country: options.country,
                currency: options.currency,
            },
            attempts: options.attempts.max(1),
            first_delay: options.first_delay,
            parallel: Semaphore::new(PARALLEL),
            seen: Mutex::default(),
            dice: Mutex::new(match options.seed {
                Some(seed) => SmallRng::seed_from_u64(seed),
                None => SmallRng::from_os_rng(),
            }),
        }
    }

    pub fn base(&self) -> &Url {
        &self.base
    }

    pub fn locale(&self) -> &Locale {
        &self.locale
    }

    pub fn budget(&self) -> BudgetView {
        self.budget.view()
    }

    pub fn clock_skew(&self) -> Option<TimeDelta> {
        self.seen().skew
    }

    pub fn latency(&self) -> Option<Duration> {
        self.seen().latency
    }

    /// Reads, a few times if it must be.
    pub async fn read(
        &self,
        call: &'static Call,
        id: Option<i64>,
        query: &[(&str, &str)],
        class: Class,
    ) -> Result<Json, Error> {
        debug_assert!(call.effect == Effect::Read, "{} writes", call.path);
        debug_assert!(
            query.iter().all(|(name, _)| call.params.contains(name)),
            "{} is sent a parameter that is not in its list",
            call.path
        );
        let mut tries = 1;
        loop {
            let error = match self.once(call, id, query, None, class).await {
                Ok(json) => return Ok(json),
                Err(error) => error,
            };
            let delay = match (error.retry, &error.kind) {
                // The budget holds the next try back for as long as it takes.
                (Retry::After(pause), _) if pause <= LONGEST_SILENT_PAUSE => Duration::ZERO,
                (Retry::Soon, ErrorKind::Tls) | (Retry::No | Retry::WhenSignedIn | Retry::After(_), _) => {
                    return Err(error);
                }
                (Retry::Soon, _) => self.delay(tries),
            };
            // So much in a row is no bad moment but a bad hour: whoever asked decides when to come back.
            if tries >= self.attempts || self.exchanges.failures_in_a_row() >= MOST_FAILURES_IN_A_ROW {
                return Err(error);
            }
            tracing::debug!(
                http.path = call.path,
                http.status = error.status,
                try_number = tries,
                "a read is repeated"
            );
            tokio::time::sleep(delay).await;
            tries += 1;
        }
    }

    /// Writes, once.
    pub async fn write(&self, call: &'static Call, bodies: Vec<Json>, class: Class) -> Result<Json, Error> {
        debug_assert!(call.effect != Effect::Read, "{} reads", call.path);
        debug_assert!(
            bodies
                .iter()
                .filter_map(Json::as_object)
                .flat_map(|body| body.keys())
                .all(|name| call.fields.contains(&name.as_str())),
            "{} is sent a field that is not in its list",
            call.path
        );
        // Always an array: a bare object is refused by most resources.
        let body = Json::Array(bodies);
        self.once(call, None, &[], Some(&body), class).await
    }

    /// One request; a second one if the token was refused.
    async fn once(
        &self,
        call: &'static Call,
        id: Option<i64>,
        query: &[(&str, &str)],
        body: Option<&Json>,
        class: Class,
    ) -> Result<Json, Error> {
        self.refuse_during_long_pause()?;
        let url = api_url(&self.base, call, id, query);
        let mut token = self.auth.token(&self.http).await?;
        let mut renewed = false;
        loop {
            self.budget.acquire(class).await;
            // After the budget and not before: requests that wait for their turn must not hold up more urgent ones.
            let slot = self.parallel.acquire().await;
            let started = Instant::now();
            let sent = self
                .http
                .send(Ask {
                    url: url.clone(),
                    bearer: Some(&token.access),
                    body: body.map_or(Body::None, Body::Json),
                })
                .await;
            let elapsed = started.elapsed();
            drop(slot);
            let status = sent
                .as_ref()
                .map_or_else(|trouble| trouble.status, |answer| Some(answer.status));
            let expired = status == Some(401) && !renewed;
            self.exchanges.note(Exchange {
                path: call.path,
                writes: call.effect != Effect::Read,
                status,
                elapsed,
                // A token that has run out is no failure: the next one is fetched.
                failed: !expired && (sent.is_err() || status.is_none_or(is_failure)),
            });
            let answer = match sent {
                Ok(answer) => answer,
                Err(trouble) => {
                    tracing::debug!(
                        http.path = call.path,
                        http.elapsed_ms = elapsed.as_millis(),
                        "no whole answer"
                    );
                    return Err(answer::trouble(call.effect, trouble));
                }
            };
            tracing::debug!(
                http.path = call.path,
                http.status = answer.status,
                http.elapsed_ms = elapsed.as_millis(),
                "answered"
            );
            self.take_note(&answer, elapsed);
            // A refused token means that nothing was done, so even a write may be sent again, once.
            if answer.status == 401 && !renewed {
                renewed = true;
                token = self.auth.renew(&self.http, token.serial).await?;
                continue;
            }
            return self.judge(call, &answer, &token.access);
        }
    }

    /// Hands a long pause to the caller at once, who can show it and do something else meanwhile.
    fn refuse_during_long_pause(&self) -> Result<(), Error> {
        match self.budget.view().pause {
            Some(pause) if pause > LONGEST_SILENT_PAUSE => Err(answer::rate_limited(Some(pause))),
            _ => Ok(()),
        }
    }

    fn judge(&self, call: &Call, answer: &Answer, token: &crate::Secret) -> Result<Json, Error> {
        let secrets: Vec<_> = self.auth.secret().into_iter().chain([token]).collect();
        if answer.status == 429 {
            let pause = self.budget.refused(&answer.body, answer.retry_after);
            return Err(answer::refusal(call, answer, &secrets).with_retry(Retry::After(pause)));
        }
        self.budget.accepted();
        if !(200..300).contains(&answer.status) {
            return Err(answer::refusal(call, answer, &secrets));
        }
        serde_json::from_str(&answer.body).map_err(|error| {
            // The place of the error, not its surroundings: the body is full of people.
            let place = format!(
                "{:?} at line {} column {}",
                error.classify(),
                error.line(),
                error.column()
            );
            answer::unreadable(call, answer, &redact(&place, &[]))
        })
    }

    fn take_note(&self, answer: &Answer, elapsed: Duration) {
        let mut seen = self.seen();
        seen.latency = Some(elapsed);
        if let Some(date) = answer.date {
            // The header counts whole seconds, so half of one is the fairest guess.
            seen.skew = Some(date + TimeDelta::milliseconds(500) - self.http.now());
        }
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Exponential, with full jitter, so that many clients do not come back at the same moment.
    fn delay(&self, tries: u32) -> Duration {
        let ceiling = self
            .first_delay
            .saturating_mul(1 << (tries - 1).min(8))
            .min(LONGEST_DELAY);
        // Chance cannot be left half thrown by a panic.
        let mut dice = self.dice.lock().unwrap_or_else(PoisonError::into_inner);
        ceiling.mul_f64(dice.random_range(0.0..=1.0))
    }
}

fn api_url(base: &Url, call: &Call, id: Option<i64>, query: &[(&str, &str)]) -> Url {
    let path = match id {
        Some(id) => call.path.replace("{id}", &id.to_string()),
        None => call.path.to_owned(),
    };
    let mut url = base.clone();
    url.set_path(&format!("{}/api{path}", base.path().trim_end_matches('/')));
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    url
}

/// What the server says about itself, without a sign-in.
async fn auth_info(http: &Http, base: &Url, budget: &Budget) -> Result<Record, Error> {
    let call = &calls::AUTH_INFO;
    budget.acquire(Class::Interactive).await;
    let ask = Ask {
        url: api_url(base, call, None, &[]),
        bearer: None,
        body: Body::None,
    };
    let answer = http
        .send(ask)
        .await
        .map_err(|trouble| answer::trouble(call.effect, trouble))?;
    let record = serde_json::from_str(&answer.body).ok().and_then(Record::of);
    match (answer.status, record) {
        (200..=299, Some(record)) if record.get("auth_url").is_some() || record.get("tenant_id").is_some() => {
            Ok(record)
        }
        (429, _) => {
            let pause = budget.refused(&answer.body, answer.retry_after);
            Err(answer::refusal(call, &answer, &[]).with_retry(Retry::After(pause)))
        }
        (300..=399 | 500.., _) => Err(answer::refusal(call, &answer, &[])),
        // Another program's page, another program's JSON, "not found", "not allowed".
        (status, _) => Err(answer::not_halo()
            .with_status(status)
            .with_detail(redact(&answer::words(&answer.body), &[]))),
    }
}

/// The sign-in server's address as the server names it, else the usual place.
fn auth_address(base: &Url, named: Option<&str>) -> Result<Url, Error> {
    let url = match named {
        Some(named) => base
            .join(named)
            .map_err(|_| answer::not_halo().with_detail("the sign-in address cannot be read"))?,
        None => {
            let mut url = base.clone();
            url.set_path(&format!("{}/auth", base.path().trim_end_matches('/')));
            url
        }
    };
    let safe =
        url.scheme() == "https" || (url.scheme() == "http" && address::is_loopback(&url) && address::is_loopback(base));
    if safe {
        Ok(url)
    } else {
        Err(Error::new(
            ErrorKind::Tls,
            "This HaloPSA asks to sign in over an unprotected connection. Leadline sends no secret there; ask your administrator to set up https.",
        )
        .with_retry(Retry::No))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn calls_become_addresses() {
        let check = |base: &str, call: &Call, id: Option<i64>, query: &[(&str, &str)], expect: &str| {
            assert_eq!(api_url(&url(base), call, id, query).as_str(), expect);
        };
        check(
            "https://a.example/",
            &calls::AUTH_INFO,
            None,
            &[],
            "https://a.example/api/authinfo",
        );
        check(
            "https://a.example/halo",
            &calls::TICKET,
            Some(7),
            &[("includedetails", "true")],
            "https://a.example/halo/api/Tickets/7?includedetails=true",
        );
        check(
            "https://a.example/",
            &calls::TICKETS,
            None,
            &[("search_details", "a&b=c d")],
            "https://a.example/api/Tickets?search_details=a%26b%3Dc+d",
        );
    }

    #[test]
    fn the_sign_in_address_is_safe_or_refused() {
        let base = url("https://acme.halopsa.com/");
        let check = |named: Option<&str>, expect: Option<&str>| {
            let found = auth_address(&base, named).ok();
            assert_eq!(found.as_ref().map(Url::as_str), expect, "{named:?}");
        };
        check(None, Some("https://acme.halopsa.com/auth"));
        check(
            Some("https://auth.haloservicedesk.com"),
            Some("https://auth.haloservicedesk.com/"),
        );
        check(Some("/auth"), Some("https://acme.halopsa.com/auth"));
        check(Some("http://acme.halopsa.com/auth"), None);
        // A stranger must not send us, with the secret, to a program on this computer.
        check(Some("http://127.0.0.1:99/auth"), None);
        check(Some("javascript:alert(1)"), None);
        let local = auth_address(&url("http://127.0.0.1:8720/"), Some("http://127.0.0.1:8720/auth")).unwrap();
        assert_eq!(local.as_str(), "http://127.0.0.1:8720/auth");
    }
}
