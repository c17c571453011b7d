//! Notes and calls.

use domain::{
    ActivityId, HaloActionId,
    activity::{ActivityKind, CallRecord, Direction},
    remote::NewAction,
};
use store::{ActivityRow, OutboxEntry, OutboxState, StateChange};

use super::{Next, Pushed};
use crate::{Engine, sync::Session};

impl Engine {
    pub(super) async fn send_activity(
        &self,
        session: &Session,
        entry: &OutboxEntry,
        activity: ActivityId,
        pushed: &mut Pushed,
    ) -> anyhow::Result<Next> {
        let read = self.store().read(|reader| -> Result<_, store::Error> {
            let row = reader.activity(activity)?;
            let halo = reader.ticket_or_part(entry.ticket)?.and_then(|row| row.card.halo_id);
            let agent = match row.as_ref().and_then(|row| row.agent) {
                Some(agent) => reader.halo_agent(agent)?,
                None => None,
            };
            Ok((row, halo, agent))
        })?;
        let (Some(row), Some(halo), agent) = read else {
            self.park(entry, "HaloPSA does not have this ticket yet.", "")?;
            return Ok(Next::GoOn);
        };
        if let Some(when) = row.appointment {
            return self.send_appointment(session, entry, &row, when, pushed).await;
        }
        let outcome = match (row.kind, &row.call) {
            (ActivityKind::Call, Some(call)) => session.map.outcome_of_call(call.outcome),
            (ActivityKind::Call, None) => session.map.call_outcome.or(session.map.note_outcome),
            _ => session.map.note_outcome,
        };
        let Some(outcome) = outcome else {
            self.park(
                entry,
                "HaloPSA has no action outcome for notes and calls. Ask the administrator to allow one, then connect again.",
                "",
            )?;
            return Ok(Next::GoOn);
        };
        let action = NewAction {
            ticket: halo,
            outcome,
            note: note_of(&row),
            at: row.at,
            time_taken_h: row
                .call
                .as_ref()
                .map_or(0.0, |call| f64::from(call.duration_s) / 3600.0),
            agent,
        };
        if !self.mark_one_sending(entry)? {
            return Ok(Next::GoOn);
        }
        match session.halo.add_action(&action).await {
            Ok(answer) => {
                self.link_is_up()?;
                self.activity_arrived(entry, activity, answer.id, pushed)?;
                Ok(Next::GoOn)
            }
            Err(error) => self.fail(entry, &error),
        }
    }

    pub(super) fn activity_arrived(
        &self,
        entry: &OutboxEntry,
        activity: ActivityId,
        halo: HaloActionId,
        pushed: &mut Pushed,
    ) -> anyhow::Result<()> {
        let written = self.store().write_quiet(self.now(), |w| -> anyhow::Result<()> {
            w.update_activity_remote(activity, halo)?;
            w.set_outbox_state(entry.id, &StateChange::to(OutboxState::Sent))?;
            Ok(())
        })?;
        pushed.sent += 1;
        self.publish(written.changes);
        Ok(())
    }
}

/// What HaloPSA's timeline shows for a note or a call.
pub(super) fn note_of(row: &ActivityRow) -> String {
    let Some(call) = &row.call else { return row.body.clone() };
    let mut text = call_line(call);
    if let Some(next) = &call.next_action {
        text.push_str(&format!(
            "\nNext: {}, by {}.",
            next.what,
            next.due.format("%-d %b %Y %H:%M UTC")
        ));
    }
    if !row.body.is_empty() {
        text.push_str("\n\n");
        text.push_str(&row.body);
    }
    text
}

/// "Outbound call to +44 20 7946 0018: Connected, 5 min 20 s."
fn call_line(call: &CallRecord) -> String {
    let (direction, preposition) = match call.direction {
        Direction::Outbound => ("Outbound", "to"),
        Direction::Inbound => ("Inbound", "from"),
    };
    let number = call
        .dialled
        .as_ref()
        .map(|number| format!(" {preposition} {number}"))
        .unwrap_or_default();
    let duration = match (call.duration_s / 60, call.duration_s % 60) {
        (0, 0) => String::new(),
        (0, seconds) => format!(", {seconds} s"),
        (minutes, 0) => format!(", {minutes} min"),
        (minutes, seconds) => format!(", {minutes} min {seconds} s"),
    };
    format!("{direction} call{number}: {}{duration}.", call.outcome.label())
}

#[cfg(test)]
mod tests {
    use domain::activity::CallOutcome;

    use super::*;

    #[test]
    fn a_call_reads_like_a_sentence() {
        let check = |dialled: Option<&str>, duration_s: u32, expect: &str| {
            let call = CallRecord {
                direction: Direction::Outbound,
                dialled: dialled.map(str::to_owned),
                duration_s,
                outcome: CallOutcome::Connected,
                next_action: None,
                recording_url: None,
            };
            assert_eq!(call_line(&call), expect);
        };
        check(
            Some("+442079460018"),
            320,
            "Outbound call to +442079460018: Connected, 5 min 20 s.",
        );
        check(None, 0, "Outbound call: Connected.");
        check(None, 59, "Outbound call: Connected, 59 s.");
        check(None, 120, "Outbound call: Connected, 2 min.");
    }
}
