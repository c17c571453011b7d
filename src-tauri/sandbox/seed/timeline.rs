//! From a story to the actions that HaloPSA would show.

use super::{
    agents::Agent,
    story::{Event, HOUR, MINUTE, Story, What},
};
use crate::{
    config::{
        Config, OUTCOME_ASSIGNED, OUTCOME_CALL, OUTCOME_EMAIL, OUTCOME_LOGGED, OUTCOME_MEETING, OUTCOME_NOTE,
        OUTCOME_STATUS, OUTCOME_TYPE,
    },
    record::{Cell, Record},
    schema::action,
    tenant::{id_to_guid, to_html},
};

/// The actions of a ticket, oldest first.
pub fn actions(ticket: i64, story: &Story) -> Vec<Record> {
    story
        .events
        .iter()
        .zip(1..)
        .map(|(event, id)| record(ticket, id, event))
        .collect()
}

fn record(ticket: i64, id: i64, event: &Event) -> Record {
    let mut record = Record::new(id, event.at);
    let (outcome, note) = describe(&event.what);
    let details = Config::known_outcome(outcome);
    record.set_int(action::TICKET_ID, ticket);
    record.set_int(action::OUTCOME_ID, outcome);
    record.set_text(action::OUTCOME, details.map_or("", |outcome| &*outcome.name));
    record.set_int(action::WHO_AGENTID, event.by);
    record.set_int(action::WHO_TYPE, 1);
    record.set_text(action::WHO, Agent::name_of(event.by));
    record.set_date(action::DATETIME, event.at);
    record.set_date(action::ACTIONDATECREATED, event.at);
    record.set_text(action::NOTE_HTML, to_html(&note));
    record.set_text(action::NOTE, note);
    record.set(
        action::HIDDENFROMUSER,
        Cell::Bool(details.is_none_or(|outcome| outcome.hide_from_user)),
    );
    record.set_text(action::GUID, id_to_guid("action", ticket * 10_000 + id));
    if details.is_some_and(|outcome| outcome.system) {
        record.set(action::SYSTEM, Cell::Bool(true));
    }
    match event.what {
        What::Moved(from, to) => {
            record.set_int(action::OLD_STATUS, from);
            record.set_int(action::NEW_STATUS, to);
        }
        What::Call { minutes, .. } | What::Meeting { minutes, .. } => {
            #[expect(clippy::cast_precision_loss, reason = "a few minutes")]
            let hours = (minutes * MINUTE) as f64 / HOUR as f64;
            record.set(action::TIMETAKEN, Cell::Num((hours * 100.0).round() / 100.0));
            record.set_date(action::ACTIONARRIVALDATE, event.at - minutes * MINUTE);
            record.set_date(action::ACTIONCOMPLETIONDATE, event.at);
        }
        What::Email { subject, .. } => {
            record.set_text(action::EMAILSUBJECT, subject);
            record.set_text(action::EMAILDIRECTION, "O");
        }
        _ => {}
    }
    record
}

/// The outcome and the note of an event.
fn describe(what: &What) -> (i64, String) {
    match what {
        What::Logged => (OUTCOME_LOGGED, "Ticket logged".to_owned()),
        What::Moved(_, to) => (
            OUTCOME_STATUS,
            format!(
                "Status changed to {}",
                Config::known_status(*to).map_or("", |status| &*status.name)
            ),
        ),
        What::Promoted(to) => (
            OUTCOME_TYPE,
            format!(
                "Ticket Type changed to {}",
                Config::known_type(*to).map_or("", |kind| &*kind.name)
            ),
        ),
        What::Assigned(to) => (OUTCOME_ASSIGNED, format!("Assigned to {}", Agent::name_of(*to))),
        What::Note(note) => (OUTCOME_NOTE, note.clone()),
        What::Call { note, .. } => (OUTCOME_CALL, note.clone()),
        What::Email { subject, body } => (OUTCOME_EMAIL, format!("{subject}\n{body}")),
        What::Meeting { note, .. } => (OUTCOME_MEETING, note.clone()),
    }
}
