//! A call on a ticket's timeline, with what comes next.

use domain::{
    activity::{ActivityKind, CallRecord, Direction, NextAction},
    phone::PhoneNumber,
    suppression::Identity,
};
use store::NewActivity;

use super::{card, done, refused};
use crate::{
    Engine, labels, suppression,
    views::{Done, LogCallRequest},
};

/// The longest call, in seconds: what is longer is a typing error.
const LONGEST_S: u32 = 24 * 60 * 60;

/// For whoever learned of it on the phone.
const CALLED_ALREADY: &str = "What was said in a call before can be written down as a note.";

impl Engine {
    /// Logs a call. A next action becomes the ticket's.
    ///
    /// # Errors
    /// [`Problem::Refused`](crate::Problem::Refused) for a duration beyond a day, a next action without words, and a call
    /// to somebody who must not be contacted.
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
            .map(|typed| PhoneNumber::parse(typed, &preferences.country));
        let direction = match request.direction {
            Direction::Outbound => "Outbound",
            Direction::Inbound => "Inbound",
        };
        let mut label = String::new();
        let operated = self.operate("log_call", me, |w| {
            let card = card(w, request.ticket)?;
            if request.direction == Direction::Outbound {
                let line = dialled.as_ref().and_then(Identity::of_phone);
                suppression::refuse_contact(w, &card, line.as_ref(), CALLED_ALREADY)?;
            }
            label = format!("Call with {}: {}", labels::ticket(&card), request.outcome.label());
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
                    dialled: dialled.map(|number| number.e164.unwrap_or(number.typed)),
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
