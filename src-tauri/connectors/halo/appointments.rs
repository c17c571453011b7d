//! Tasks and meetings: HaloPSA keeps both as appointments.
//!
//! They have no "updated since", so a window of days is read again and again. Moving one in time may give it another id,
//! so an id is good until the next answer only.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    HaloAgentId, HaloAppointmentId, HaloTicketId,
    remote::{NewAppointment, RemoteAppointment},
};
use serde_json::{Map, Value as Json, json};

use super::{
    Halo, Page, answer, calls,
    read::{borrowed, page, paging},
    text,
    wire::{Record, moment},
};
use crate::{Error, ErrorKind};

/// How long a task takes in a calendar, where it is a moment here.
const TASK: TimeDelta = TimeDelta::minutes(15);

/// What HaloPSA's number for the state of an appointment means.
const OPEN: i64 = -1;
const DONE: i64 = 0;

impl Halo {
    /// One page of the tasks and meetings of tickets that begin in this window.
    ///
    /// # Errors
    /// Any of a read.
    pub async fn appointments_page(
        &self,
        number: u32,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Page<RemoteAppointment>, Error> {
        let mut pairs = paging(number);
        pairs.extend([
            ("start_date", moment(from)),
            ("end_date", moment(to)),
            ("showall", "true".to_owned()),
        ]);
        let listing = self.list(&calls::APPOINTMENTS, &borrowed(&pairs)).await?;
        Ok(page(listing, |row| {
            // HaloPSA ignores filters it does not know.
            read(row).filter(|row| (from..=to).contains(&row.start))
        }))
    }

    /// The tasks and meetings of one ticket.
    ///
    /// # Errors
    /// Any of a read.
    pub async fn appointments_of(&self, ticket: HaloTicketId) -> Result<Vec<RemoteAppointment>, Error> {
        let mut pairs = paging(1);
        pairs.extend([("ticket_id", ticket.to_string()), ("showall", "true".to_owned())]);
        let listing = self.list(&calls::APPOINTMENTS, &borrowed(&pairs)).await?;
        let mut rows: Vec<RemoteAppointment> = listing.rows.iter().filter_map(read).collect();
        rows.retain(|row| row.ticket == ticket);
        Ok(rows)
    }

    /// Writes a task or a meeting: a new one, or the one with that id. Gives back HaloPSA's row, whose id may be another.
    ///
    /// # Errors
    /// As for [`Halo::update_tickets`]. After `LostAnswer`, look among [`Halo::appointments_of`] before trying again.
    pub async fn save_appointment(&self, new: &NewAppointment) -> Result<RemoteAppointment, Error> {
        let call = match new.id {
            Some(_) => &calls::CHANGE_APPOINTMENT,
            None => &calls::ADD_APPOINTMENT,
        };
        let records = match self.write(call, vec![body(new)]).await {
            // Its number is another one by now, or a colleague has deleted it.
            Err(error) if new.id.is_some() && error.kind == ErrorKind::Invalid && says_unknown(&error) => {
                return Err(Error {
                    kind: ErrorKind::NotFound,
                    ..error
                });
            }
            answer => answer?,
        };
        records
            .iter()
            .find_map(read)
            .ok_or_else(|| answer::lost_answer().with_detail("the answer holds no appointment"))
    }
}

fn says_unknown(error: &Error) -> bool {
    let words = error.detail.to_lowercase();
    words.contains("does not exist") || words.contains("not found")
}

/// An appointment of a ticket; `None` for any other and without an id or a beginning.
fn read(record: &Record) -> Option<RemoteAppointment> {
    let start = record.date("start_date")?;
    let is_task = record.flag("is_task").unwrap_or(false);
    let agent = record.id("agent_id").or_else(|| {
        let agents = record.rows("agents").unwrap_or_default();
        agents.iter().find_map(|agent| agent.id("id"))
    });
    let is_done = record.int("complete_status") == Some(DONE);
    Some(RemoteAppointment {
        id: HaloAppointmentId(record.id("id")?),
        ticket: HaloTicketId(record.id("ticket_id")?),
        is_task,
        subject: record.text_or_empty("subject"),
        note: record
            .text("note_html")
            .map(|html| text::from_html(&html))
            .or_else(|| record.text("note"))
            .unwrap_or_default(),
        start,
        end: record.date("end_date").filter(|_| !is_task).unwrap_or(start),
        is_done,
        done_at: record.date("complete_date").filter(|_| is_done),
        agent: agent.map(HaloAgentId),
    })
}

fn body(new: &NewAppointment) -> Json {
    let mut body = Map::new();
    if let Some(id) = new.id {
        body.insert("id".to_owned(), json!(id.0));
    }
    let end = if new.is_task { new.start + TASK } else { new.end };
    body.insert("ticket_id".to_owned(), json!(new.ticket.0));
    body.insert("is_task".to_owned(), json!(new.is_task));
    body.insert("subject".to_owned(), json!(new.subject));
    body.insert("start_date".to_owned(), json!(moment(new.start)));
    body.insert("end_date".to_owned(), json!(moment(end)));
    if let Some(agent) = new.agent {
        // Some lists know the one, some the other.
        body.insert("agent_id".to_owned(), json!(agent.0));
        body.insert("agents".to_owned(), json!([{"id": agent.0, "use": "agent"}]));
    }
    match new.done_at {
        Some(at) => {
            body.insert("complete_status".to_owned(), json!(DONE));
            body.insert("complete_date".to_owned(), json!(moment(at)));
        }
        None => {
            body.insert("complete_status".to_owned(), json!(OPEN));
        }
    }
    Json::Object(body)
}
