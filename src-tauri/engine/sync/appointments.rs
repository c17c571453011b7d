//! Tasks and meetings of our tickets: a window of days, read again every few minutes, because HaloPSA tells of no changes.
//!
//! Moving an appointment in time may give it another id in HaloPSA. A row under an id that is new here is taken for one that
//! is known when that one is missing from the window and says the same on the same ticket. Whatever else is missing is
//! left alone.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use connectors::{Class, ErrorKind};
use domain::{
    HaloAppointmentId, TicketId,
    activity::{ActivityKind, Appointment},
    remote::RemoteAppointment,
};
use store::{NewActivity, OutboxPayload, OutboxState, Writer};

use super::Session;
use crate::Engine;

/// When the window was last read.
const CURSOR: &str = "appointments/read";
/// How often it is read.
const EVERY: TimeDelta = TimeDelta::minutes(5);
/// HaloPSA keeps whole seconds.
const SAME_TIME: TimeDelta = TimeDelta::seconds(1);
/// How far the window reaches back and ahead.
const BACK: TimeDelta = TimeDelta::days(30);
const AHEAD: TimeDelta = TimeDelta::days(180);

impl Engine {
    /// Reads the window when its time has come. A tenant that keeps its calendar to itself is asked again a day later.
    pub(super) async fn pull_appointments(&self, session: &Session) -> anyhow::Result<()> {
        let now = self.now();
        let next = self.store().cursor_get(CURSOR)?;
        if next.is_some_and(|next| next.parse::<DateTime<Utc>>().is_ok_and(|next| now < next)) {
            return Ok(());
        }
        let halo = session.halo.as_class(Class::Pull);
        let (from, to) = (now - BACK, now + AHEAD);
        let mut rows: Vec<RemoteAppointment> = Vec::new();
        let mut received = 0;
        let mut number = 1;
        let mut wait = EVERY;
        let mut outrun = BTreeSet::new();
        loop {
            let (page, pushed) = self.while_pushing(halo.appointments_page(number, from, to)).await?;
            outrun.extend(pushed);
            let page = match page {
                Ok(page) => page,
                // A missing right is no failure: notes and calls go on without it.
                Err(error)
                    if matches!(
                        error.kind,
                        ErrorKind::Forbidden { .. } | ErrorKind::SignedOut | ErrorKind::NotFound
                    ) =>
                {
                    wait = TimeDelta::days(1);
                    rows.clear();
                    break;
                }
                Err(error) => {
                    self.link_failed(&error)?;
                    return Err(error.into());
                }
            };
            self.link_is_up()?;
            received += page.raw_rows as u64;
            let more = page.has_more(received);
            rows.extend(page.rows);
            if !more {
                break;
            }
            number += 1;
        }
        let written = self.store().write_quiet(self.now(), |w| -> anyhow::Result<()> {
            let seen: BTreeSet<HaloAppointmentId> = rows.iter().map(|row| row.id).collect();
            // What was sent while a page was on its way is newer than the page; the next look shows it.
            for row in rows.iter().filter(|row| !outrun.contains(&row.ticket)) {
                keep(w, row, &seen)?;
            }
            w.cursor_set(CURSOR, &(now + wait).to_rfc3339())?;
            Ok(())
        })?;
        self.publish(written.changes);
        Ok(())
    }
}

fn keep(w: &mut Writer<'_>, row: &RemoteAppointment, seen: &BTreeSet<HaloAppointmentId>) -> Result<(), store::Error> {
    let Some(ticket) = w.ticket_by_halo(row.ticket)? else {
        return Ok(());
    };
    if w.ticket_or_part(ticket)?.is_none() {
        return Ok(());
    }
    let kind = if row.is_task {
        ActivityKind::Task
    } else {
        ActivityKind::Meeting
    };
    if w.activity_by_appointment(row.id)?.is_none() {
        if is_on_its_way(w, ticket, kind, row)? {
            return Ok(());
        }
        take_over(w, ticket, kind, row, seen)?;
    }
    let agent = row.agent.map(|agent| w.agent_for(agent)).transpose()?;
    let when = Appointment {
        start: row.start,
        end: row.end,
        done_at: row.is_done.then(|| row.done_at.unwrap_or(row.end)),
    };
    let new = NewActivity {
        ticket,
        kind,
        // What is planned is no sign of life on the day for which it is planned.
        at: row.start.min(w.at()),
        agent,
        who: String::new(),
        subject: row.subject.clone(),
        body: row.note.clone(),
        call: None,
    };
    w.put_remote_appointment(new, when, row.id)?;
    Ok(())
}

/// Whether it may be one that was made here and whose answer was lost: it is looked up, and must not come in a second time.
fn is_on_its_way(
    w: &Writer<'_>,
    ticket: TicketId,
    kind: ActivityKind,
    row: &RemoteAppointment,
) -> Result<bool, store::Error> {
    for entry in w.unsent(ticket)? {
        let (OutboxState::Sending | OutboxState::Uncertain, OutboxPayload::Activity { activity }) =
            (entry.state, entry.payload)
        else {
            continue;
        };
        let Some(made) = w.activity(activity)?.filter(|made| made.kind == kind) else {
            continue;
        };
        let says = made.subject == row.subject
            && made
                .appointment
                .is_some_and(|when| (when.start - row.start).abs() <= SAME_TIME);
        if says && w.halo_appointment(activity)?.is_none() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Gives a known appointment the id under which it has come back.
fn take_over(
    w: &mut Writer<'_>,
    ticket: TicketId,
    kind: ActivityKind,
    row: &RemoteAppointment,
    seen: &BTreeSet<HaloAppointmentId>,
) -> Result<(), store::Error> {
    let named = w.appointments_named(ticket, kind, &row.subject)?;
    let Some(missing) = named.into_iter().find(|known| !seen.contains(known)) else {
        return Ok(());
    };
    match w.activity_by_appointment(missing)? {
        Some(activity) => w.set_halo_appointment(activity, row.id),
        None => Ok(()),
    }
}
