//! How the link to HaloPSA is, and when it is worth another try.
//!
//! After a failure of the link the next try waits for a random part of 1, 2, 4, 8, 16 seconds; after five in a row the
//! circuit opens and one probe a minute is all. A person's change is tried at once, but never twice in two seconds.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use connectors::{ErrorKind, Retry, traffic::MOST_FAILURES_IN_A_ROW};
use rand::{Rng, rngs::SmallRng};
use serde::{Deserialize, Serialize};
use store::{Reader, SyncLogKind};

use crate::{
    Engine,
    settings::Tenant,
    views::{Circuit, Link},
};

/// Failures in a row after which the circuit opens.
const OPENS_AFTER: u32 = MOST_FAILURES_IN_A_ROW;
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
    /// When the circuit opened.
    opened: Option<DateTime<Utc>>,
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
        self.opened = None;
        self.next_try = None;
    }

    /// `in_a_row` is how many requests have failed one after the other, those included that were repeated meanwhile.
    fn failed(&mut self, now: DateTime<Utc>, retry: Retry, in_a_row: u32, dice: &mut SmallRng) {
        self.failures = self.failures.saturating_add(1).max(in_a_row);
        if self.failures >= OPENS_AFTER {
            self.opened.get_or_insert(now);
        }
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
    /// Keeps, and shows, why a turn of sync failed on this computer: a full disk, a damaged file. `None` when it went well,
    /// or when the link already tells what happened. Logged and shown once, not with every turn.
    pub(super) fn stumble(&self, error: Option<anyhow::Error>) {
        let words = error.as_ref().map(|error| match error.downcast_ref::<store::Error>() {
            Some(store::Error::Full) => {
                "The disk of this computer is full, so nothing new can be saved. Make room; sync then goes on by itself."
                    .to_owned()
            }
            _ => format!("Sync cannot go on at the moment: {error:#}. It is tried again by itself."),
        });
        if !self.inner.sync.set_stumble(words) {
            return;
        }
        if let Some(error) = error {
            tracing::error!(error = format!("{error:#}"), "a turn of sync failed");
        }
        self.publish_status();
    }

    /// Whether HaloPSA may be asked now, or a pause is being kept.
    pub(super) fn may_try(&self) -> bool {
        self.inner.sync.state().health.may_try(self.now())
    }

    /// When the pause ends; `None` when there is none.
    pub(super) fn pause(&self) -> Option<Duration> {
        let now = self.now();
        let next = self.inner.sync.state().health.next_try?;
        // One that ends now is over: waiting for no time at all would be waiting in circles.
        (next - now).to_std().ok().filter(|pause| !pause.is_zero())
    }

    /// Whether so much went wrong in a row that only probes are sent.
    pub(super) fn circuit_is_open(&self) -> bool {
        self.inner.sync.state().health.opened.is_some()
    }

    /// The circuit as a person sees it.
    pub(super) fn circuit(&self) -> Circuit {
        let state = self.inner.sync.state();
        match state.health.opened {
            None => Circuit::Closed,
            Some(since) => Circuit::Open {
                since,
                next_probe: state.health.next_try,
            },
        }
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
            let in_a_row = self.inner.options.halo.exchanges.failures_in_a_row();
            let mut dice = self.dice();
            self.inner
                .sync
                .state()
                .health
                .failed(now, error.retry, in_a_row, &mut dice);
        }
        self.log(SyncLogKind::Failed, &failure_in_words(error))?;
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

/// A failure for the log: what kind it was and what status came, and nothing that was said.
pub(super) fn failure_in_words(error: &connectors::Error) -> String {
    let what = match &error.kind {
        ErrorKind::Unreachable => "HaloPSA cannot be reached",
        ErrorKind::Timeout => "no answer in time",
        ErrorKind::NotHalo => "something else answers at the address",
        ErrorKind::Tls => "no safe connection",
        ErrorKind::SignedOut => "the sign-in is no longer accepted",
        ErrorKind::Forbidden { .. } => "a right is missing",
        ErrorKind::BadCredentials => "the credentials are not accepted",
        ErrorKind::WrongTenant => "the sign-in server does not know the tenant",
        ErrorKind::Invalid => "the request was refused",
        ErrorKind::NotFound => "the record is not there",
        ErrorKind::Conflict => "the record was changed meanwhile",
        ErrorKind::RateLimited => "too many requests",
        ErrorKind::Server => "HaloPSA has trouble of its own",
        ErrorKind::LostAnswer => "the answer to a write was lost",
        ErrorKind::Malformed => "the answer was damaged",
    };
    match error.status {
        Some(status) => format!("A request failed: {what} ({status})."),
        None => format!("A request failed: {what}."),
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

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    fn waits(retry: Retry, failures: u32) -> Vec<TimeDelta> {
        let now = DateTime::UNIX_EPOCH;
        let mut dice = SmallRng::seed_from_u64(3);
        let mut health = Health::default();
        (1..=failures)
            .map(|in_a_row| {
                health.failed(now, retry, in_a_row, &mut dice);
                health.next_try.unwrap() - now
            })
            .collect()
    }

    #[test]
    fn pauses_grow_to_sixteen_seconds_and_the_fifth_failure_opens_the_circuit() {
        let pauses = waits(Retry::Soon, 7);
        for (pause, most) in pauses.iter().zip([1, 2, 4, 8]) {
            assert!(
                *pause > TimeDelta::zero() && *pause <= TimeDelta::seconds(most),
                "{pauses:?}"
            );
        }
        assert_eq!(pauses.get(4..), Some([PROBE; 3].as_slice()));
        assert_eq!(
            waits(Retry::After(Duration::from_secs(90)), 1),
            [TimeDelta::seconds(90)]
        );
        assert_eq!(waits(Retry::WhenSignedIn, 1), [SIGNED_OUT]);
        let mut dice = SmallRng::seed_from_u64(5);
        let longest = (0..1_000).map(|_| jitter(9, &mut dice)).max();
        assert!(longest.is_some_and(|longest| longest <= TimeDelta::seconds(16)));
    }

    #[test]
    fn an_answer_closes_the_circuit() {
        let mut dice = SmallRng::seed_from_u64(3);
        let mut health = Health::default();
        let now = DateTime::UNIX_EPOCH;
        // The connector repeated a read by itself until five had failed.
        health.failed(now, Retry::Soon, 5, &mut dice);
        assert_eq!(health.opened, Some(now));
        assert!(!health.may_try(now + TimeDelta::seconds(59)));
        assert!(health.may_try(now + TimeDelta::seconds(60)));
        health.answered();
        assert_eq!((health.opened, health.next_try), (None, None));
    }
}
