//! What was sent and not answered: HaloPSA is asked whether it has it.

use chrono::TimeDelta;
use connectors::Error;
use domain::{
    ActivityId, HaloActionId, TicketId,
    remote::{RemoteAction, RemoteTicket},
    tenant::TenantMap,
};
use store::{LocalPatch, OutboxEntry, OutboxPayload, OutboxState, StateChange, SyncState};

use super::{
    Next, Pushed, activities::note_of, creations::creation_patch, interactive, successions::may_have_made,
    updates::CATCH_UP_ABOVE, waiting,
};
use crate::{
    Engine, outbox,
    sync::{
        Session,
        apply::{self, Answers},
    },
};

/// Two notes of the same words closer than this in time are the same note.
const SAME_TIME: TimeDelta = TimeDelta::seconds(2);

impl Engine {
    /// Asks HaloPSA whether it has what was sent; only if not, the entry waits to be sent again.
    pub(super) async fn look_up(
        &self,
        session: &Session,
        entry: OutboxEntry,
        pushed: &mut Pushed,
    ) -> anyhow::Result<Next> {
        match &entry.payload {
            OutboxPayload::Update { patch } => {
                let Some(halo) = self.halo_id(entry.ticket)? else {
                    self.park(&entry, "HaloPSA does not have this ticket yet.", "")?;
                    return Ok(Next::GoOn);
                };
                match self.look_up_successor(session, &entry, pushed).await? {
                    Ok(true) => return Ok(Next::GoOn),
                    Ok(false) => {}
                    Err(error) => return self.still_unknown(&entry, &error),
                }
                match interactive(session).ticket(&session.map, halo).await {
                    Ok(Some(row)) => {
                        self.link_is_up()?;
                        pushed.sent += u32::from(self.take_look(&session.map, &entry, patch, &row)?);
                    }
                    Ok(None) => self.gone(&entry)?,
                    Err(error) => return self.still_unknown(&entry, &error),
                }
            }
            OutboxPayload::Create { key } => match interactive(session).find_ticket_by_key(&session.map, key).await {
                Ok(Some(row)) => {
                    self.link_is_up()?;
                    let sent = self
                        .store()
                        .read(|reader| creation_patch(reader, &session.map, entry.ticket, None))?;
                    self.created(&session.map, &entry, &row, &sent, pushed)?;
                }
                Ok(None) => {
                    self.link_is_up()?;
                    self.set_state(&entry, &waiting(&entry, None))?;
                }
                Err(error) => return self.still_unknown(&entry, &error),
            },
            OutboxPayload::Record { record } => return self.look_up_record(session, &entry, *record, pushed).await,
            // It does no harm to say it twice.
            OutboxPayload::Peace { .. } => self.set_state(&entry, &waiting(&entry, None))?,
            OutboxPayload::Activity { activity } => {
                let Some(halo) = self.halo_id(entry.ticket)? else {
                    self.park(&entry, "HaloPSA does not have this ticket yet.", "")?;
                    return Ok(Next::GoOn);
                };
                if let Some(row) = self.store().activity(*activity)?
                    && let Some(when) = row.appointment
                {
                    return self.look_up_appointment(session, &entry, &row, when, pushed).await;
                }
                match interactive(session).actions(halo).await {
                    Ok(actions) => {
                        self.link_is_up()?;
                        let found = self.find_action(entry.ticket, *activity, &actions)?;
                        match found {
                            Some(action) => self.activity_arrived(&entry, *activity, action, pushed)?,
                            None => self.set_state(&entry, &waiting(&entry, None))?,
                        }
                    }
                    Err(error) => return self.still_unknown(&entry, &error),
                }
            }
        }
        Ok(Next::GoOn)
    }

    /// Many updates whose answers were lost are looked up together: what changed since the last pull takes a few requests,
    /// and a ticket that is not among it is as it was. What lists leave out is left to be looked up one by one.
    pub(super) async fn look_up_together(
        &self,
        session: &Session,
        entries: Vec<OutboxEntry>,
        pushed: &mut Pushed,
    ) -> anyhow::Result<(Vec<OutboxEntry>, Next)> {
        let updates = entries
            .iter()
            .filter(|entry| matches!(entry.payload, OutboxPayload::Update { .. }))
            .count();
        if updates <= CATCH_UP_ABOVE || !self.has_pulled_all()? {
            return Ok((entries, Next::GoOn));
        }
        let changed = match self.catch_up(session).await {
            Ok(pulled) => pulled.tickets,
            Err(error) => return Ok((Vec::new(), Next::Stop(error.downcast::<Error>()?))),
        };
        pushed.caught_up = Some(self.now());
        let mut left = Vec::new();
        for entry in entries {
            let shown = self.store().read(|reader| -> Result<_, store::Error> {
                let OutboxPayload::Update { patch } = &entry.payload else {
                    return Ok(None);
                };
                let halo = reader.ticket_or_part(entry.ticket)?.and_then(|row| row.card.halo_id);
                let Some(halo) = halo.filter(|_| entry.state == OutboxState::Uncertain) else {
                    return Ok(None);
                };
                let is_beside_lists = !patch.fields.is_empty() || patch.lists.is_some();
                let is_known = !changed.contains(&halo) && !reader.are_details_due(halo)?;
                if (is_beside_lists && !is_known) || may_have_made(reader, &entry)? {
                    return Ok(None);
                }
                Ok(outbox::mirror(reader, halo)?.map(|row| (patch.clone(), row)))
            })?;
            match shown {
                Some((patch, row)) => {
                    pushed.sent += u32::from(self.take_look(&session.map, &entry, &patch, &row)?);
                }
                None => left.push(entry),
            }
        }
        Ok((left, Next::GoOn))
    }

    /// Compares an update whose answer was lost with the ticket as it is. Returns whether all of it had arrived.
    fn take_look(
        &self,
        map: &TenantMap,
        entry: &OutboxEntry,
        patch: &LocalPatch,
        row: &RemoteTicket,
    ) -> anyhow::Result<bool> {
        let written = self
            .store()
            .write(apply::operation(), self.now(), |w| -> anyhow::Result<bool> {
                let arrived = apply::arrived(w, patch, row)?;
                let whole = arrived == *patch;
                let change = if whole {
                    StateChange::to(OutboxState::Sent)
                } else {
                    waiting(entry, None)
                };
                w.set_outbox_state(entry.id, &change)?;
                apply::merge(w, self.rules(map), entry.ticket, row, Answers::Update(&arrived))?;
                Ok(whole)
            })?;
        self.publish(written.changes);
        Ok(written.value)
    }

    /// The action that is this note or call: same words at the same time; where HaloPSA keeps a time of its own, same
    /// words once more than this computer knows of.
    fn find_action(
        &self,
        ticket: TicketId,
        activity: ActivityId,
        actions: &[RemoteAction],
    ) -> anyhow::Result<Option<HaloActionId>> {
        let (row, all) = self
            .store()
            .read(|reader| Ok::<_, store::Error>((reader.activity(activity)?, reader.activities(ticket)?)))?;
        let Some(row) = row else { return Ok(None) };
        let wanted = words(&note_of(&row));
        let same: Vec<&RemoteAction> = actions.iter().filter(|action| words(&action.note) == wanted).collect();
        let exact = same
            .iter()
            .find(|action| action.at.is_some_and(|at| (at - row.at).abs() <= SAME_TIME));
        if let Some(action) = exact {
            return Ok(Some(action.id));
        }
        let known = all
            .iter()
            .filter(|other| other.id != activity && other.sync == SyncState::Synced && words(&note_of(other)) == wanted)
            .count();
        Ok(same
            .get(known..)
            .and_then(|unknown| unknown.last())
            .map(|action| action.id))
    }
}

/// Words without the spaces and lines between them: HaloPSA keeps notes as HTML.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
