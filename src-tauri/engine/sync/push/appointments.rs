//! Tasks and meetings. An entry sends the whole of one as it is at that moment, so it may be sent again without harm once
//! its id is known; one whose creation was not answered is looked up by what it says.

use domain::{
    activity::{ActivityKind, Appointment},
    remote::{NewAppointment, RemoteAppointment},
};
use store::{ActivityRow, OutboxEntry, OutboxState, StateChange};

use super::{Next, Pushed, interactive, waiting};
use crate::{Engine, sync::Session};

impl Engine {
    pub(super) async fn send_appointment(
        &self,
        session: &Session,
        entry: &OutboxEntry,
        row: &ActivityRow,
        when: Appointment,
        pushed: &mut Pushed,
    ) -> anyhow::Result<Next> {
        let Some(new) = self.appointment_to_send(row, when)? else {
            self.park(entry, "HaloPSA does not have this ticket yet.", "")?;
            return Ok(Next::GoOn);
        };
        if !self.mark_one_sending(entry)? {
            return Ok(Next::GoOn);
        }
        match session.halo.save_appointment(&new).await {
            Ok(answer) => {
                self.link_is_up()?;
                self.appointment_arrived(entry, row, &answer, pushed)?;
                Ok(Next::GoOn)
            }
            // It has another number by now, or a colleague has deleted it: it is looked for by what it says.
            Err(error) if error.kind == connectors::ErrorKind::NotFound && new.id.is_some() => {
                self.link_is_up()?;
                self.look_up_appointment(session, entry, row, when, pushed).await
            }
            Err(error) => self.fail(entry, &error),
        }
    }

    /// Asks HaloPSA what it has. One that is there as it is here has arrived; one that is there otherwise is sent again
    /// under its number; one that is not there is made.
    pub(super) async fn look_up_appointment(
        &self,
        session: &Session,
        entry: &OutboxEntry,
        row: &ActivityRow,
        when: Appointment,
        pushed: &mut Pushed,
    ) -> anyhow::Result<Next> {
        let Some(wanted) = self.appointment_to_send(row, when)? else {
            self.park(entry, "HaloPSA does not have this ticket yet.", "")?;
            return Ok(Next::GoOn);
        };
        let there = match interactive(session).appointments_of(wanted.ticket).await {
            Ok(there) => there,
            Err(error) => return self.still_unknown(entry, &error),
        };
        self.link_is_up()?;
        let mut taken = Vec::new();
        for known in self
            .store()
            .read(|reader| reader.appointments_named(row.ticket, row.kind, &row.subject))?
        {
            if self.store().read(|reader| reader.activity_by_appointment(known))? != Some(row.id) {
                taken.push(known);
            }
        }
        let found = there.iter().find(|there| Some(there.id) == wanted.id).or_else(|| {
            there
                .iter()
                .find(|there| is_it(there, &wanted) && !taken.contains(&there.id))
        });
        match found {
            Some(found) if found.is_done == wanted.done_at.is_some() && is_it(found, &wanted) => {
                self.appointment_arrived(entry, row, found, pushed)?;
            }
            Some(found) => {
                let written = self.store().write_quiet(self.now(), |w| {
                    w.set_halo_appointment(row.id, found.id)?;
                    w.set_outbox_state(entry.id, &waiting(entry, None))
                })?;
                self.publish(written.changes);
            }
            None => {
                let written = self.store().write_quiet(self.now(), |w| {
                    w.forget_halo_appointment(row.id)?;
                    w.set_outbox_state(entry.id, &waiting(entry, None))
                })?;
                self.publish(written.changes);
            }
        }
        Ok(Next::GoOn)
    }

    fn appointment_to_send(&self, row: &ActivityRow, when: Appointment) -> anyhow::Result<Option<NewAppointment>> {
        Ok(self.store().read(|reader| -> Result<_, store::Error> {
            let halo = reader.ticket_or_part(row.ticket)?.and_then(|row| row.card.halo_id);
            let agent = match row.agent {
                Some(agent) => reader.halo_agent(agent)?,
                None => None,
            };
            let id = reader.halo_appointment(row.id)?;
            Ok(halo.map(|ticket| NewAppointment {
                id,
                ticket,
                is_task: row.kind == ActivityKind::Task,
                subject: row.subject.clone(),
                start: when.start,
                end: when.end,
                done_at: when.done_at,
                agent,
            }))
        })?)
    }

    fn appointment_arrived(
        &self,
        entry: &OutboxEntry,
        row: &ActivityRow,
        there: &RemoteAppointment,
        pushed: &mut Pushed,
    ) -> anyhow::Result<()> {
        let written = self.store().write_quiet(self.now(), |w| {
            w.set_halo_appointment(row.id, there.id)?;
            w.set_outbox_state(entry.id, &StateChange::to(OutboxState::Sent))
        })?;
        pushed.sent += 1;
        pushed.tickets.insert(there.ticket);
        self.publish(written.changes);
        Ok(())
    }
}

/// The same words at the same time. HaloPSA keeps whole seconds.
fn is_it(there: &RemoteAppointment, wanted: &NewAppointment) -> bool {
    there.is_task == wanted.is_task
        && there.subject == wanted.subject
        && (there.start - wanted.start).num_seconds().abs() <= 1
}
