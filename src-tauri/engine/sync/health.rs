//! How the link to HaloPSA is, and when it is worth another try.
//!
//! After a failure of the link the next try waits for a random part of 1, 2, 4, 8, 16 seconds; after five in a row the
//! circuit opens and one probe a minute is all. A person's change is tried at once, but never twice in two seconds.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use connectors::{ErrorKind, Retry};
use rand::{Rng, rngs::SmallRng};
use serde::{Deserialize, Serialize};
use store::Reader;

use crate::{Engine, settings::Tenant, views::Link};

/// Failures in a row after which the circuit opens.
const OPENS_AFTER: u32 = 5;
/// Between two probes of an open circuit.
const PROBE: TimeDelta = TimeDelta::seconds(60);
/// Between two tries of a sign-in that was refused.
const SIGNED_OUT: TimeDelta = TimeDelta::minutes(10);
/// Between two tries that persons ask for.
const IMPATIENCE: TimeDelta = TimeDelta::seconds(2);

/// The setting under which the link is kept, so that every process sees it.
const LINK: &str = "link";

/// How the link is, kept in the database. Written when it changes, not with every answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LinkState {
    kind: LinkKind,
    since: DateTime<Utc>,
    /// The last failure, for a person.
    problem: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum LinkKind {
    Online,
    Offline,
    SignedOut,
}

/// The failures in a row, and what follows from them.
#[derive(Debug, Default)]
pub(super) struct Health {
    failures: u32,
    next_try: Option<DateTime<Utc>>,
    last_try: Option<DateTime<Utc>>,
    asked: bool,
}

impl Health {
    pub fn person_asks(&mut self) {
        self.asked = true;
    }

    pub fn forgive(&mut self) {
        self.next_try = None;
    }

    fn may_try(&mut self, now: DateTime<Utc>) -> bool {
        let patient = self.last_try.is_none_or(|last| now - last >= IMPATIENCE);
        let may = self.next_try.is_none_or(|next| next <= now) || (self.asked && patient);
        if may {
            self.asked = false;
            self.last_try = Some(now);
        }
        may
    }

    fn answered(&mut self) {
        self.failures = 0;
        self.next_try = None;
    }

    fn failed(&mut self, now: DateTime<Utc>, retry: Retry, dice: &mut SmallRng) {
        self.failures = self.failures.saturating_add(1);
        let wait = match retry {
            Retry::After(named) => TimeDelta::from_std(named).unwrap_or(PROBE),
            // Only a person can mend it; until then a wrong secret is not tried again and again.
            Retry::WhenSignedIn => SIGNED_OUT,
            _ if self.failures >= OPENS_AFTER => PROBE,
            _ => jitter(self.failures, dice),
        };
        self.next_try = Some(now + wait);
    }
}

/// A random part of 1, 2, 4, 8, 16 seconds, and never nothing: a pause of no length is no pause.
pub(super) fn jitter(tries: u32, dice: &mut SmallRng) -> TimeDelta {
    let ceiling_ms = 1_000_i64 << tries.saturating_sub(1).min(4);
    TimeDelta::milliseconds(dice.random_range(100..=ceiling_ms))
}

impl Engine {
    /// Whether HaloPSA may be asked now, or a pause is being kept.
    pub(super) fn may_try(&self) -> bool {
        self.inner.sync.state().health.may_try(self.now())
    }

    /// When the pause ends; `None` when there is none.
    pub(super) fn pause(&self) -> Option<Duration> {
        let now = self.now();
        let next = self.inner.sync.state().health.next_try?;
        (next - now).to_std().ok()
    }

    /// Whether so much went wrong in a row that only probes are sent.
    pub(super) fn circuit_is_open(&self) -> bool {
        self.inner.sync.state().health.failures >= OPENS_AFTER
    }

    /// HaloPSA answered.
    pub(super) fn link_is_up(&self) -> anyhow::Result<()> {
        self.inner.sync.state().health.answered();
        self.keep_link(LinkKind::Online, None)
    }

    /// A request failed: keeps what is known of the link from now on, and how long to pause.
    pub(super) fn link_failed(&self, error: &connectors::Error) -> anyhow::Result<()> {
        let kind = match error.kind {
            ErrorKind::SignedOut | ErrorKind::BadCredentials => LinkKind::SignedOut,
            ErrorKind::Unreachable
            | ErrorKind::Timeout
            | ErrorKind::Tls
            | ErrorKind::NotHalo
            | ErrorKind::WrongTenant
            | ErrorKind::Server
            | ErrorKind::LostAnswer
            | ErrorKind::Malformed
            | ErrorKind::RateLimited => LinkKind::Offline,
            // It answered: no to this request, but it is there.
            ErrorKind::Forbidden { .. } | ErrorKind::Invalid | ErrorKind::NotFound | ErrorKind::Conflict => {
                LinkKind::Online
            }
        };
        tracing::warn!(
            http.status = error.status,
            error.kind = ?error.kind,
            error.detail = %error.detail,
            "HaloPSA did not do what was asked"
        );
        if kind == LinkKind::SignedOut {
            self.inner.sync.state().session = None;
        }
        {
            let now = self.now();
            let mut dice = self.dice();
            self.inner.sync.state().health.failed(now, error.retry, &mut dice);
        }
        // A full bucket is no lost link: the tenant is there and says when to come back.
        let kind = if error.kind == ErrorKind::RateLimited {
            LinkKind::Online
        } else {
            kind
        };
        self.keep_link(kind, Some(error.message.clone()))
    }

    fn keep_link(&self, kind: LinkKind, problem: Option<String>) -> anyhow::Result<()> {
        let known: Option<LinkState> = self.store().setting_get(LINK)?;
        if known
            .as_ref()
            .is_some_and(|known| known.kind == kind && known.problem == problem)
        {
            return Ok(());
        }
        let since = match known {
            Some(known) if known.kind == kind => known.since,
            _ => self.now(),
        };
        let state = LinkState { kind, since, problem };
        // Told as a sync event: no window shows settings because of it.
        self.store().write_quiet(self.now(), |w| w.setting_set(LINK, &state))?;
        self.publish_status();
        Ok(())
    }

    /// The pause, the failures and the last problem belong to the old connection.
    pub(super) fn forget_link(&self) -> anyhow::Result<()> {
        self.inner.sync.close();
        self.keep_link(LinkKind::Online, None)
    }
}

/// The link and the last problem, as the status item shows them.
pub(crate) fn link(reader: &Reader<'_>, tenant: Option<&Tenant>) -> Result<(Link, Option<String>), store::Error> {
    if tenant.is_none_or(|tenant| tenant.disconnected) {
        return Ok((Link::NotConnected, None));
    }
    let state: Option<LinkState> = reader.setting_get(LINK)?;
    Ok(match state {
        None => (Link::Online, None),
        Some(state) => {
            let link = match state.kind {
                LinkKind::Online => Link::Online,
                LinkKind::Offline => Link::Offline { since: state.since },
                LinkKind::SignedOut => Link::SignedOut { since: state.since },
            };
            (link, state.problem)
        }
    })
}
