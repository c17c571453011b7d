//! A call on a ticket's timeline, with what comes next.

use domain::{
    activity::{ActivityKind, CallRecord, Direction, NextAction},
    phone::PhoneNumber,
};
use store::NewActivity;

use super::{card, done, refused};
use crate::{
    Engine, labels,
    views::{Done, LogCallRequest},
};

/// The longest call, in seconds: what is longer is a typing error.
const LONGEST_S: u32 = 24 * 60 * 60;

impl Engine {
    /// Logs a call. A next action becomes the ticket's.
    ///
    /// # Errors
    /// [`Problem::Refused`](crate::Problem::Refused) for a duration beyond a day or a next action without words.
    pub fn log_call(&self, request: &LogCallRequest) -> anyhow::Result<Done> {
        let preferences = self.preferences()?;
        let me = preferences.me;
        if request.duration_s > LONGEST_S {
            return Err(refused("A call cannot last longer than a day."));
        }
        let next_action = match &request.next_action {
            Some(next) if next.what.trim().is_empty() => {
                return Err(refused("Say what to do next, or leave the date out."));
            }
            Some(next) => Some(NextAction {
                what: domain::text::tidy_line(&next.what),
                due: next.due,
            }),
            None => None,
        };
        let dialled = request
            .dialled
            .as_deref()
            .map(str::trim)
            .filter(|typed| !typed.is_empty())
            .map(|typed| {
                let number = PhoneNumber::parse(typed, &preferences.country);
                number.e164.unwrap_or(number.typed)
            });
        let direction = match request.direction {
            Direction::Outbound => "Outbound",
            Direction::Inbound => "Inbound",
        };
        let mut label = String::new();
        let operated = self.operate("log_call", me, |w| {
            label = format!(
                "Call with {}: {}",
                labels::ticket(&card(w, request.ticket)?),
                request.outcome.label()
            );
            w.relabel(label.clone());
            let at = w.at();
            w.insert_activity(NewActivity {
                ticket: request.ticket,
                kind: ActivityKind::Call,
                at,
                agent: me,
                who: String::new(),
                subject: format!("{direction} call: {}", request.outcome.label()),
                body: domain::text::tidy_lines(&request.notes),
                call: Some(CallRecord {
                    direction: request.direction,
                    dialled,
                    duration_s: request.duration_s,
                    outcome: request.outcome,
                    next_action: next_action.clone(),
                    recording_url: None,
                }),
            })?;
            if next_action.is_some() {
                w.set_next_action(request.ticket, next_action)?;
            }
            Ok(())
        })?;
        Ok(done(&operated, label))
    }
}
