//! What was sent and not answered: HaloPSA is asked whether it has it.

use chrono::TimeDelta;
use domain::{
    ActivityId, HaloActionId, TicketId,
    remote::{RemoteAction, RemoteTicket},
    tenant::TenantMap,
};
use store::{LocalPatch, OutboxEntry, OutboxPayload, OutboxState, StateChange, SyncState};

use super::{Next, Pushed, activities::note_of, creations::creation_patch, interactive, waiting};
use crate::{
    Engine,
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
                        .read(|reader| creation_patch(reader, &session.map, entry.ticket))?;
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
