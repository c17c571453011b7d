//! What a ticket holds here, and what HaloPSA has or will have.

use std::collections::{BTreeMap, BTreeSet};

use domain::{AgentId, FieldKey, HaloTicketId, Lifecycle, StageKey, TicketId, Value, remote::RemoteTicket};
use store::{OutboxEntry, OutboxPayload, OutboxState, Reader};

use super::{Held, Part, get};

/// A ticket, what it holds here, and what HaloPSA has or will have.
pub(crate) struct Balance {
    pub(super) ticket: TicketId,
    stage: (Lifecycle, StageKey),
    owner: Option<AgentId>,
    values: BTreeMap<FieldKey, Value>,
    pub(super) unsent: Vec<OutboxEntry>,
    mirror: Option<RemoteTicket>,
    mirror_owner: Option<AgentId>,
}

impl Balance {
    /// `None` for a ticket that is not (or no longer) there.
    pub fn read(reader: &Reader<'_>, ticket: TicketId) -> Result<Option<Self>, store::Error> {
        let Some(row) = reader.ticket(ticket)? else {
            return Ok(None);
        };
        let mirror = match row.card.halo_id {
            Some(halo) => mirror(reader, halo)?,
            None => None,
        };
        let mirror_owner = match mirror.as_ref().and_then(|mirror| mirror.owner) {
            Some(owner) => reader.agent_by_halo(owner)?,
            None => None,
        };
        Ok(Some(Self {
            ticket,
            stage: (row.card.lifecycle, row.card.stage),
            owner: row.card.owner,
            values: crate::facts::plain_values(reader, ticket)?,
            unsent: reader.unsent(ticket)?,
            mirror,
            mirror_owner,
        }))
    }

    /// What is here.
    pub fn here(&self, part: Part) -> Held {
        match part {
            Part::Stage => Held::Stage(self.stage.clone()),
            Part::Owner => Held::Owner(self.owner),
            Part::Field(field) => Held::Field(self.values.get(&field).cloned()),
        }
    }

    /// What the mirror says HaloPSA has; `None` when that is not known.
    pub fn mirrored(&self, part: Part) -> Option<Held> {
        let mirror = self.mirror.as_ref()?;
        match part {
            Part::Stage => mirror.lifecycle.zip(mirror.stage.clone()).map(Held::Stage),
            Part::Owner => Some(Held::Owner(self.mirror_owner)),
            Part::Field(field) => {
                let known = mirror.fields_known.contains(&field) || mirror.fields.contains_key(&field);
                known.then(|| Held::Field(mirror.fields.get(&field).cloned()))
            }
        }
    }

    /// What HaloPSA has or will have: on its way before mirrored; `None` when that is not known.
    pub fn there(&self, part: Part) -> Option<Held> {
        for entry in self.unsent.iter().rev().filter(|entry| is_on_its_way(entry)) {
            match &entry.payload {
                OutboxPayload::Update { patch } => {
                    if let Some(held) = get(patch, part) {
                        return Some(held);
                    }
                }
                // It was sent with what was here then; what that was is known again once it is answered.
                OutboxPayload::Create { .. } => return None,
                OutboxPayload::Activity { .. } => {}
            }
        }
        self.mirrored(part)
    }

    /// Whether an unsent entry holds the property.
    pub(super) fn is_queued(&self, part: Part) -> bool {
        self.unsent.iter().any(|entry| match &entry.payload {
            OutboxPayload::Update { patch } => get(patch, part).is_some(),
            OutboxPayload::Create { .. } => true,
            OutboxPayload::Activity { .. } => false,
        })
    }

    /// Everything that either side holds.
    pub(super) fn all_parts(&self) -> BTreeSet<Part> {
        let there = self.mirror.iter().flat_map(|mirror| mirror.fields.keys());
        let fields = self.values.keys().chain(there).copied().map(Part::Field);
        [Part::Stage, Part::Owner].into_iter().chain(fields).collect()
    }
}

/// The mirror of a ticket. One that an older version kept in another form counts as not known: it is fetched again.
pub(crate) fn mirror(reader: &Reader<'_>, halo: HaloTicketId) -> Result<Option<RemoteTicket>, store::Error> {
    match reader.mirror_get(halo) {
        Err(store::Error::Unreadable { .. }) => Ok(None),
        other => other,
    }
}

fn is_on_its_way(entry: &OutboxEntry) -> bool {
    matches!(entry.state, OutboxState::Sending | OutboxState::Uncertain)
}

pub(super) fn is_editable(entry: &OutboxEntry) -> bool {
    matches!(entry.state, OutboxState::Waiting | OutboxState::Parked)
}
