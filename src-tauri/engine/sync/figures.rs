//! Figures of the conversation with HaloPSA, kept over restarts: requests and failures of the last day, how long answers
//! take, what should worry a person, and the log that support may see.
//!
//! Requests are noted by the connector as they happen and written to their minute when something is stored anyway, or at
//! the end of a turn. An alert is told once, when it begins; it is over by itself when its reason is, so that a window
//! that opens in between shows what is still true.
//!
//! Nothing in here names a person, a company or a ticket's words: the log is made to leave the house.

use std::fmt::Write as _;

use chrono::{DateTime, TimeDelta, Utc};
use connectors::Exchange;
use domain::HaloTicketId;
use serde::{Deserialize, Serialize};
use store::{Reader, SyncLogKind, Traffic, Writer};

use super::sweep;
use crate::{
    Engine, Event, settings,
    views::{Alert, AlertKind, Circuit, HealthView, Link, SanityCheck},
};

/// The steps in which latencies are counted, in milliseconds; slower answers are one step more.
const STEPS_MS: [u32; 15] = [
    25, 50, 75, 100, 150, 200, 300, 500, 750, 1_000, 1_500, 2_000, 5_000, 15_000, 60_000,
];
/// More failures than this share of the requests of an hour are worth an alert…
const WORRYING: f64 = 0.05;
/// … once there were so many requests that a share says something.
const ENOUGH: u32 = 20;
/// What waits longer than this although HaloPSA answers is worth an alert.
const TOO_LONG: TimeDelta = TimeDelta::minutes(5);
/// Between two looks while nothing happens.
const WATCHED_EVERY: TimeDelta = TimeDelta::seconds(15);
/// Lines of the log that come with the figures, and with the export.
const SHOWN_LINES: u32 = 200;
const EXPORTED_LINES: u32 = 2_000;

/// The setting under which the alerts of this moment are kept, so that none is told twice.
const ALERTS: &str = "alerts";
/// The setting under which the last comparison of both sides is kept.
const CHECKS: &str = "checks";

/// What the last comparison found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Checked {
    pub at: Option<DateTime<Utc>>,
    pub checks: Vec<SanityCheck>,
    /// Tickets that differed, as many as are named.
    #[serde(default)]
    pub differing: Vec<HaloTicketId>,
}

impl Checked {
    pub fn read(reader: &Reader<'_>) -> Result<Self, store::Error> {
        Ok(reader.setting_get(CHECKS)?.unwrap_or_default())
    }

    pub fn keep(&self, w: &mut Writer<'_>) -> Result<(), store::Error> {
        w.setting_set(CHECKS, self)
    }
}

/// Requests as they are counted.
fn traffic_of(exchanges: &[Exchange]) -> Traffic {
    let mut traffic = Traffic {
        latencies: vec![0; STEPS_MS.len() + 1],
        ..Traffic::default()
    };
    for exchange in exchanges {
        traffic.requests += 1;
        traffic.errors += u32::from(exchange.failed);
        // A connection that was refused at once is no fast answer.
        if exchange.status.is_some() {
            let step = STEPS_MS.partition_point(|step| u128::from(*step) < exchange.elapsed.as_millis());
            if let Some(count) = traffic.latencies.get_mut(step) {
                *count += 1;
            }
        }
    }
    traffic
}

/// The step below which that share of the answers came; the last step for slower ones.
fn percentile(latencies: &[u32], share: f64) -> Option<u32> {
    let total: u32 = latencies.iter().sum();
    let wanted = f64::from(total) * share;
    let mut seen = 0;
    for (index, count) in latencies.iter().enumerate() {
        seen += count;
        if seen > 0 && f64::from(seen) >= wanted {
            return STEPS_MS.get(index).or(STEPS_MS.last()).copied();
        }
    }
    None
}

/// Writes the requests since the last time to the present minute.
pub(super) fn count_requests(engine: &Engine, w: &mut Writer<'_>) -> Result<(), store::Error> {
    let exchanges = engine.inner.options.halo.exchanges.take();
    if exchanges.is_empty() {
        return Ok(());
    }
    w.count_traffic(&traffic_of(&exchanges))
}

impl Engine {
    /// How the conversation with HaloPSA goes: figures, alerts, the last comparison, the log.
    ///
    /// # Errors
    /// The store's failures.
    pub fn health(&self) -> anyhow::Result<HealthView> {
        let now = self.now();
        let budget = self.inner.options.halo.budget.view();
        let circuit = self.circuit();
        let skew = self.clock_skew();
        self.store().read(|reader| {
            let tenant = settings::tenant(reader)?;
            let (link, _) = super::link(reader, tenant.as_ref())?;
            let counts = reader.outbox_counts()?;
            let hour = reader.traffic_since(now - TimeDelta::hours(1))?;
            let day = reader.traffic_since(now - TimeDelta::hours(24))?;
            let checked = Checked::read(reader)?;
            Ok(HealthView {
                link,
                paused: settings::is_paused(reader)?,
                last_sync: reader.setting_get(settings::LAST_PULL)?,
                pending: counts.waiting,
                parked: counts.parked,
                oldest_pending_since: reader.oldest_pending()?,
                requests_1h: hour.requests,
                errors_1h: hour.errors,
                requests_24h: day.requests,
                errors_24h: day.errors,
                latency_ms_p50: percentile(&hour.latencies, 0.5),
                latency_ms_p95: percentile(&hour.latencies, 0.95),
                circuit,
                budget_used: budget.used,
                budget_limit: budget.limit,
                budget_window_s: u32::try_from(budget.window.as_secs()).unwrap_or(u32::MAX),
                clock_skew_s: skew.map(|skew| i32::try_from(skew.num_seconds()).unwrap_or(i32::MAX)),
                alerts: reader.setting_get(ALERTS)?.unwrap_or_default(),
                checks: checked.checks,
                checked_at: checked.at,
                log: reader.sync_log(SHOWN_LINES)?,
            })
        })
    }

    /// How far HaloPSA's clock is ahead of this computer's, once it has answered.
    pub(super) fn clock_skew(&self) -> Option<TimeDelta> {
        self.inner.sync.state().session.as_ref()?.halo.server_clock_skew()
    }

    /// Writes what was counted and looks whether a person should be told of something. Called at the end of a turn.
    pub(super) fn look_after(&self) -> anyhow::Result<()> {
        let now = self.now();
        let asked = !self.inner.options.halo.exchanges.is_empty();
        if asked {
            self.store().write_quiet(now, |w| count_requests(self, w))?;
            self.keep_limit()?;
        }
        {
            let mut state = self.inner.sync.state();
            let lately = state.watched.is_some_and(|at| (now - at).abs() < WATCHED_EVERY);
            if lately && !asked {
                return Ok(());
            }
            state.watched = Some(now);
        }
        self.watch()
    }

    /// Compares what should worry a person with what is known already, and tells what is new.
    pub(super) fn watch(&self) -> anyhow::Result<()> {
        let now = self.now();
        let circuit = self.circuit();
        let (known, kinds) = self.store().read(|reader| -> Result<_, store::Error> {
            let known: Vec<Alert> = reader.setting_get(ALERTS)?.unwrap_or_default();
            Ok((known, worries(reader, circuit, now)?))
        })?;
        let alerts: Vec<Alert> = kinds
            .into_iter()
            .map(|(kind, tickets)| {
                let since = known
                    .iter()
                    .find(|alert| alert.kind == kind)
                    .map_or(now, |alert| alert.since);
                Alert { kind, since, tickets }
            })
            .collect();
        if alerts == known {
            return Ok(());
        }
        let begun: Vec<Alert> = alerts
            .iter()
            .filter(|alert| known.iter().all(|known| known.kind != alert.kind))
            .copied()
            .collect();
        self.store().write_quiet(now, |w| -> Result<(), store::Error> {
            w.setting_set(ALERTS, &alerts)?;
            for alert in &begun {
                w.log_sync(SyncLogKind::Alert, &format!("{}.", in_words(alert)))?;
            }
            for over in known
                .iter()
                .filter(|known| alerts.iter().all(|alert| alert.kind != known.kind))
            {
                w.log_sync(SyncLogKind::Alert, &format!("Over: {}.", in_words(over)))?;
            }
            Ok(())
        })?;
        for alert in begun {
            tracing::warn!(alert.kind = ?alert.kind, "a person should know");
            self.tell(Event::Alert(alert));
        }
        self.publish_status();
        Ok(())
    }

    /// Writes a line into the log of sync. No names, no words of tickets.
    pub(super) fn log(&self, kind: SyncLogKind, what: &str) -> anyhow::Result<()> {
        self.store().write_quiet(self.now(), |w| w.log_sync(kind, what))?;
        Ok(())
    }

    /// Figures and log as text that may be given to support: it names no person, no company and no address.
    ///
    /// # Errors
    /// The store's failures.
    pub fn export_sync_log(&self) -> anyhow::Result<String> {
        let health = self.health()?;
        let tenant = self.tenant()?;
        let log = self.store().read(|reader| reader.sync_log(EXPORTED_LINES))?;
        let mut text = format!(
            "Leadline {}, sync log of {}\n",
            env!("CARGO_PKG_VERSION"),
            moment(self.now())
        );
        if let Some(tenant) = &tenant {
            writeln!(
                text,
                "HaloPSA {}, mapping version {}",
                tenant.version, tenant.map.version
            )?;
        }
        figures(&mut text, &health)?;
        text.push('\n');
        for row in &log {
            write!(text, "{}  {:<8} {}", moment(row.at), row.kind.key(), row.text)?;
            if row.times > 1 {
                write!(text, " ({} times)", row.times)?;
            }
            text.push('\n');
        }
        Ok(text)
    }
}

/// What should worry a person, the most urgent first, with how many tickets it is about.
fn worries(reader: &Reader<'_>, circuit: Circuit, now: DateTime<Utc>) -> Result<Vec<(AlertKind, u32)>, store::Error> {
    let tenant = settings::tenant(reader)?;
    let (link, _) = super::link(reader, tenant.as_ref())?;
    let mut kinds = Vec::new();
    if matches!(link, Link::SignedOut { .. }) {
        kinds.push((AlertKind::SignInNeeded, 0));
    }
    let missing = sweep::asked_about(reader)?;
    if missing > 0 {
        kinds.push((AlertKind::ManyMissing, missing));
    }
    let unplaced = reader.unplaced_count()?;
    if unplaced > 0 && link != Link::NotConnected {
        kinds.push((AlertKind::Unplaced, unplaced));
    }
    if matches!(circuit, Circuit::Open { .. }) {
        kinds.push((AlertKind::CircuitOpen, 0));
    }
    let hour = reader.traffic_since(now - TimeDelta::hours(1))?;
    if hour.requests >= ENOUGH && f64::from(hour.errors) > WORRYING * f64::from(hour.requests) {
        kinds.push((AlertKind::ErrorRate, 0));
    }
    let waits_long = reader.oldest_pending()?.is_some_and(|since| now - since > TOO_LONG);
    if waits_long && link == Link::Online && !settings::is_paused(reader)? {
        kinds.push((AlertKind::PendingOld, 0));
    }
    Ok(kinds)
}

fn in_words(alert: &Alert) -> String {
    match alert.kind {
        AlertKind::SignInNeeded => "HaloPSA no longer accepts the sign-in".to_owned(),
        AlertKind::ManyMissing => format!("{} tickets are missing in HaloPSA at once", alert.tickets),
        AlertKind::Unplaced => format!(
            "{} open tickets are in a status that stands for no stage",
            alert.tickets
        ),
        AlertKind::CircuitOpen => "Five requests in a row failed, so one a minute is tried".to_owned(),
        AlertKind::ErrorRate => "More than 5 % of the requests of the last hour failed".to_owned(),
        AlertKind::PendingOld => "A change has waited for more than five minutes".to_owned(),
    }
}

fn figures(text: &mut String, health: &HealthView) -> std::fmt::Result {
    let maybe = |at: Option<DateTime<Utc>>| at.map_or_else(|| "never".to_owned(), moment);
    let link = match health.link {
        Link::NotConnected => "not connected".to_owned(),
        Link::Online => "online".to_owned(),
        Link::Offline { since } => format!("offline since {}", moment(since)),
        Link::SignedOut { since } => format!("signed out since {}", moment(since)),
    };
    writeln!(text, "Link: {link}; last round {}", maybe(health.last_sync))?;
    writeln!(
        text,
        "Outbox: {} wait, {} refused, paused {}, the oldest since {}",
        health.pending,
        health.parked,
        health.paused,
        maybe(health.oldest_pending_since)
    )?;
    writeln!(
        text,
        "Requests: {} in an hour ({} failed), {} in a day ({} failed)",
        health.requests_1h, health.errors_1h, health.requests_24h, health.errors_24h
    )?;
    if let (Some(half), Some(most)) = (health.latency_ms_p50, health.latency_ms_p95) {
        writeln!(text, "Answers: half below {half} ms, 95 % below {most} ms")?;
    }
    writeln!(
        text,
        "Budget: {} of {} in {} s; clocks differ by {} s",
        health.budget_used,
        health.budget_limit,
        health.budget_window_s,
        health.clock_skew_s.unwrap_or_default()
    )?;
    if let Circuit::Open { since, .. } = health.circuit {
        writeln!(text, "Circuit: open since {}", moment(since))?;
    }
    for alert in &health.alerts {
        writeln!(text, "Alert: {} since {}", in_words(alert), moment(alert.since))?;
    }
    for check in &health.checks {
        writeln!(
            text,
            "Compared {}: {} here, {} there, {} differ ({} / {})",
            check.lifecycle.key(),
            check.here,
            check.there,
            check.differing,
            check.checksum_here,
            check.checksum_there
        )?;
    }
    Ok(())
}

fn moment(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn exchange(ms: u64, status: Option<u16>, failed: bool) -> Exchange {
        Exchange {
            path: "/Tickets",
            writes: false,
            status,
            elapsed: Duration::from_millis(ms),
            failed,
        }
    }

    #[test]
    fn latencies_are_counted_in_steps() {
        let mut exchanges: Vec<_> = (0..18).map(|_| exchange(40, Some(200), false)).collect();
        exchanges.push(exchange(900, Some(200), false));
        exchanges.push(exchange(90_000, Some(504), true));
        // Refused by this computer's own network: no answer, so no latency.
        exchanges.push(exchange(0, None, true));
        let traffic = traffic_of(&exchanges);
        assert_eq!((traffic.requests, traffic.errors), (21, 2));
        assert_eq!(percentile(&traffic.latencies, 0.5), Some(50));
        assert_eq!(percentile(&traffic.latencies, 0.95), Some(1_000));
        assert_eq!(percentile(&traffic.latencies, 1.0), Some(60_000));
        assert_eq!(percentile(&[], 0.5), None);
        assert_eq!(percentile(&[0, 0], 0.5), None);
    }
}
