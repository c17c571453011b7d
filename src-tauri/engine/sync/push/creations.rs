//! Tickets that were born here.

use chrono::{DateTime, Utc};
use domain::{
    OutboxId, TicketId,
    remote::{RemoteTicket, TicketPatch},
    tenant::TenantMap,
};
use store::{LocalPatch, OutboxEntry, OutboxPayload, OutboxState, Party, Reader, StateChange, TicketRow};

use super::{Next, Pushed, on_its_way, successions::may_have_made};
use crate::{
    Engine, labels,
    outbox::{self, Reach, drop_part, parts},
    sync::{
        Session,
        apply::{self, Answers},
    },
};

impl Engine {
    pub(super) async fn send_creation(
        &self,
        session: &Session,
        entry: &OutboxEntry,
        key: &str,
        pushed: &mut Pushed,
    ) -> anyhow::Result<Next> {
        let written = self.store().write_quiet(self.now(), |w| -> anyhow::Result<Option<_>> {
            let found = w.outbox_entry(entry.id)?;
            if found.is_none_or(|found| found.state != OutboxState::Waiting) {
                return Ok(None);
            }
            let Some(row) = w.ticket(entry.ticket)? else {
                return Ok(None);
            };
            let lifecycle = row.card.lifecycle;
            let mut sent = creation_patch(w, &session.map, entry.ticket, None)?;
            let patch = new_ticket(w, row, &mut sent)?;
            w.set_outbox_state(entry.id, &on_its_way(entry))?;
            Ok(Some((lifecycle, patch, sent)))
        })?;
        self.publish(written.changes);
        let Some((lifecycle, patch, sent)) = written.value else {
            return Ok(Next::GoOn);
        };
        match session.halo.create_ticket(&session.map, lifecycle, &patch, key).await {
            Ok(row) => {
                self.link_is_up()?;
                self.created(&session.map, entry, &row, &sent, pushed)?;
                Ok(Next::GoOn)
            }
            Err(error) => self.fail(entry, &error),
        }
    }

    /// HaloPSA has the ticket now: it gets its number, and everything that waited for it can go.
    pub(super) fn created(
        &self,
        map: &TenantMap,
        entry: &OutboxEntry,
        row: &RemoteTicket,
        sent: &LocalPatch,
        pushed: &mut Pushed,
    ) -> anyhow::Result<()> {
        let written = self
            .store()
            .write(apply::operation(), self.now(), |w| -> anyhow::Result<()> {
                w.relabel("Created in HaloPSA".to_owned());
                w.set_halo_id(entry.ticket, row.id)?;
                w.set_outbox_state(entry.id, &StateChange::to(OutboxState::Sent))?;
                apply::merge(w, self.rules(map), entry.ticket, row, Answers::Creation(sent))?;
                Ok(())
            })?;
        pushed.sent += 1;
        pushed.tickets.insert(row.id);
        self.publish(written.changes);
        Ok(())
    }

    /// Whether a ticket of ours may be in HaloPSA without our knowing its number.
    pub(in crate::sync) fn has_uncertain_creations(&self) -> anyhow::Result<bool> {
        Ok(!self.uncertain_creations()?.is_empty())
    }

    fn uncertain_creations(&self) -> anyhow::Result<Vec<OutboxEntry>> {
        // Whether it is time to look them up or not.
        let mut due = self.store().due(DateTime::<Utc>::MAX_UTC, u32::MAX)?;
        due.retain(|entry| entry.state == OutboxState::Uncertain);
        let mut creations = Vec::new();
        for entry in due {
            let creates = match entry.payload {
                OutboxPayload::Create { .. } => true,
                OutboxPayload::Update { .. } => self.store().read(|reader| may_have_made(reader, &entry))?,
                OutboxPayload::Activity { .. } | OutboxPayload::Record { .. } | OutboxPayload::Peace { .. } => false,
            };
            if creates {
                creations.push(entry);
            }
        }
        Ok(creations)
    }

    /// Looks up every creation whose answer was lost, at once.
    pub(in crate::sync) async fn look_up_creations(&self, session: &Session) -> anyhow::Result<()> {
        for entry in self.uncertain_creations()? {
            if let Next::Stop(error) = self.look_up(session, entry, &mut Pushed::default()).await? {
                return Err(error.into());
            }
        }
        Ok(())
    }
}

/// A ticket that is to be created with these values, in HaloPSA's words. Whom it cannot be linked to is taken out of them.
pub(super) fn new_ticket(
    reader: &Reader<'_>,
    row: TicketRow,
    sent: &mut LocalPatch,
) -> Result<TicketPatch, store::Error> {
    let party = match sent.party {
        None => None,
        Some(party) => match outbox::reach(reader, party)? {
            Reach::At(party) => Some(Some(party)),
            // What it was to be linked to was given up; the ticket itself need not wait for that.
            Reach::Nobody | Reach::Missing(_) => None,
        },
    };
    if party.is_none() {
        sent.party = None;
    }
    let owner = match sent.owner {
        Some(owner) => outbox::halo_owner(reader, owner)?,
        None => outbox::halo_owner(reader, row.card.owner)?,
    };
    Ok(TicketPatch {
        lifecycle: Some(row.card.lifecycle),
        stage: Some(row.card.stage.clone()),
        owner: owner.map(Some),
        summary: Some(if row.summary.is_empty() {
            labels::ticket(&row.card)
        } else {
            row.summary
        }),
        details: None,
        party,
        tags: sent.lists.clone(),
        created_from: None,
        fields: sent.fields.clone(),
    })
}

/// What a creation sends, without what was changed here since it was sent and waits in an entry of its own. An update that
/// is sent as a creation (`but`) is no such entry.
pub(super) fn creation_patch(
    reader: &Reader<'_>,
    map: &TenantMap,
    ticket: TicketId,
    but: Option<OutboxId>,
) -> Result<LocalPatch, store::Error> {
    let Some(row) = reader.ticket(ticket)? else {
        return Ok(LocalPatch::default());
    };
    let mut patch = LocalPatch {
        stage: Some((row.card.lifecycle, row.card.stage)),
        owner: Some(row.card.owner),
        lists: Some(reader.lists_of(ticket)?).filter(|lists| !lists.is_empty()),
        party: row.company.map(|company| Party {
            company: Some(company),
            contact: row.contact,
        }),
        fields: apply::all_fields(reader.plain_values(ticket)?, map),
    };
    for entry in reader.unsent(ticket)? {
        if let OutboxPayload::Update { patch: later } = &entry.payload
            && Some(entry.id) != but
        {
            for part in parts(later) {
                drop_part(&mut patch, part);
            }
        }
    }
    Ok(patch)
}
