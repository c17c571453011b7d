//! The system's own notifications: what of the sync a person should know, also while the window is hidden.
//!
//! The engine says when an alert begins. One that comes and goes is told once in a while, not each time.

use std::{collections::BTreeMap, sync::Mutex, sync::PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use engine::views::{Alert, AlertKind};
use tauri::AppHandle;
use tauri_plugin_notification::NotificationExt;

/// Between two notifications of the same kind.
const PATIENCE: TimeDelta = TimeDelta::minutes(30);

/// When each kind of alert was told last.
#[derive(Default)]
pub struct Told(Mutex<BTreeMap<AlertKind, DateTime<Utc>>>);

impl Told {
    /// Whether this alert is news; from now on it is not.
    fn is_news(&self, alert: &Alert) -> bool {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let lately = told
            .get(&alert.kind)
            .is_some_and(|at| (alert.since - *at).abs() < PATIENCE);
        if !lately {
            told.insert(alert.kind, alert.since);
        }
        !lately
    }
}

/// Shows a notification of the system, where the desktop has them.
pub fn tell(app: &AppHandle, told: &Told, alert: &Alert) {
    if !told.is_news(alert) {
        return;
    }
    let (title, body) = words(alert);
    if let Err(error) = app.notification().builder().title(title).body(body).show() {
        tracing::warn!(app.error = %error, "this desktop shows no notifications");
    }
}

/// What happened, and what to do.
fn words(alert: &Alert) -> (&'static str, String) {
    let (title, body) = match alert.kind {
        AlertKind::SignInNeeded => (
            "HaloPSA asks you to sign in again",
            "Everything is saved on this computer and sent once you have.".to_owned(),
        ),
        AlertKind::Unplaced => (
            "Tickets of HaloPSA have no place here",
            format!(
                "{} in a status that stands for no stage. Say in the settings which stage it is.",
                match alert.tickets {
                    1 => "1 open ticket is".to_owned(),
                    many => format!("{many} open tickets are"),
                }
            ),
        ),
        AlertKind::ManyMissing => (
            "Tickets are missing in HaloPSA",
            format!(
                "{} can no longer be found there. Leadline changes nothing until you say whether they were deleted.",
                match alert.tickets {
                    1 => "1 ticket".to_owned(),
                    many => format!("{many} tickets"),
                }
            ),
        ),
        AlertKind::CircuitOpen => (
            "HaloPSA does not answer",
            "Leadline tries once a minute. Everything is saved on this computer meanwhile.".to_owned(),
        ),
        AlertKind::ErrorRate => (
            "HaloPSA answers badly",
            "More than one request in twenty failed in the last hour. Sync health shows the details.".to_owned(),
        ),
        AlertKind::PendingOld => (
            "A change is still waiting",
            "It was made more than five minutes ago, and HaloPSA does not have it yet. The outbox says why.".to_owned(),
        ),
    };
    (title, body)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alert(kind: AlertKind, minute: i64, tickets: u32) -> Alert {
        Alert {
            kind,
            since: DateTime::UNIX_EPOCH + TimeDelta::minutes(minute),
            tickets,
        }
    }

    #[test]
    fn an_alert_that_comes_and_goes_is_told_once_in_a_while() {
        let told = Told::default();
        let news: Vec<bool> = [(0, AlertKind::CircuitOpen), (5, AlertKind::CircuitOpen)]
            .into_iter()
            .chain([(6, AlertKind::SignInNeeded), (29, AlertKind::CircuitOpen)])
            .chain([(30, AlertKind::CircuitOpen), (31, AlertKind::CircuitOpen)])
            .map(|(minute, kind)| told.is_news(&alert(kind, minute, 0)))
            .collect();
        assert_eq!(news, [true, false, true, false, true, false]);
    }

    #[test]
    fn missing_tickets_are_counted() {
        let text = |tickets| words(&alert(AlertKind::ManyMissing, 0, tickets)).1;
        assert!(text(1).starts_with("1 ticket can"), "{}", text(1));
        assert!(text(42).starts_with("42 tickets can"), "{}", text(42));
    }
}
