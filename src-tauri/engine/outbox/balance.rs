//! What a ticket holds here, and what HaloPSA has or will have.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    AgentId, FieldKey, HaloTicketId, Lifecycle, StageKey, TicketId, Value, lists::Tags, remote::RemoteTicket,
};
use store::{LocalPatch, OutboxEntry, OutboxPayload, OutboxState, Party, Reader};

use super::{Held, Part, get};

/// A ticket, what it holds here, and what HaloPSA has or will have.
pub(crate) struct Balance {
    pub(super) ticket: TicketId,
    stage: (Lifecycle, StageKey),
    owner: Option<AgentId>,
    pub(super) party: Party,
    lists: Tags,
    values: BTreeMap<FieldKey, Value>,
    pub(super) unsent: Vec<OutboxEntry>,
    mirror: Option<RemoteTicket>,
    mirror_owner: Option<AgentId>,
    mirror_party: Option<Party>,
}

impl Balance {
    /// `None` for a ticket that is not (or no longer) there.
    pub fn read(reader: &Reader<'_>, ticket: TicketId) -> Result<Option<Self>, store::Error> {
        let Some(row) = reader.ticket_or_part(ticket)? else {
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
        let mirror_party = match &mirror {
            Some(mirror) => Some(party_of(reader, mirror)?),
            None => None,
        };
        Ok(Some(Self {
            ticket,
            stage: (row.card.lifecycle, stage_of(reader, ticket, row.card.stage)?),
            owner: row.card.owner,
            party: Party {
                company: row.company,
                contact: row.contact,
            },
            lists: reader.lists_of(ticket)?,
            values: reader.plain_values(ticket)?,
            unsent: reader.unsent(ticket)?,
            mirror,
            mirror_owner,
            mirror_party,
        }))
    }

    /// The updates that are not known to have arrived.
    pub fn unsent_updates(&self) -> impl Iterator<Item = &LocalPatch> {
        self.unsent.iter().filter_map(update_of)
    }

    /// Those among them that may have arrived all the same.
    pub fn updates_on_their_way(&self) -> impl Iterator<Item = &LocalPatch> {
        let entries = self.unsent.iter().filter(|entry| is_on_its_way(entry));
        entries.filter_map(update_of)
    }

    /// What is here.
    pub fn here(&self, part: Part) -> Held {
        match part {
            Part::Stage => Held::Stage(self.stage.clone()),
            Part::Owner => Held::Owner(self.owner),
            Part::Party => Held::Party(self.party),
            Part::Lists => Held::Lists(self.lists.clone()),
            Part::Field(field) => Held::Field(self.values.get(&field).cloned()),
        }
    }

    /// What the mirror says HaloPSA has; `None` when that is not known.
    pub fn mirrored(&self, part: Part) -> Option<Held> {
        let mirror = self.mirror.as_ref()?;
        match part {
            Part::Stage => mirror.lifecycle.zip(mirror.stage.clone()).map(Held::Stage),
            Part::Owner => Some(Held::Owner(self.mirror_owner)),
            Part::Party => self.mirror_party.map(Held::Party),
            Part::Lists => mirror.tags.clone().map(Held::Lists),
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
                OutboxPayload::Activity { .. } | OutboxPayload::Record { .. } | OutboxPayload::Peace { .. } => {}
            }
        }
        self.mirrored(part)
    }

    /// Whether the ticket itself is on its way to HaloPSA.
    pub fn is_being_created(&self) -> bool {
        let creates = |entry: &OutboxEntry| matches!(entry.payload, OutboxPayload::Create { .. });
        self.unsent.iter().any(|entry| is_on_its_way(entry) && creates(entry))
    }

    /// Whether an unsent entry holds the property.
    pub(super) fn is_queued(&self, part: Part) -> bool {
        self.unsent.iter().any(|entry| match &entry.payload {
            OutboxPayload::Update { patch } => get(patch, part).is_some(),
            OutboxPayload::Create { .. } => true,
            OutboxPayload::Activity { .. } | OutboxPayload::Record { .. } | OutboxPayload::Peace { .. } => false,
        })
    }

    /// Whether an entry that HaloPSA refused holds the property.
    pub(super) fn is_refused(&self, part: Part) -> bool {
        self.unsent.iter().any(|entry| match &entry.payload {
            OutboxPayload::Update { patch } => entry.state == OutboxState::Parked && get(patch, part).is_some(),
            _ => false,
        })
    }

    /// Everything that either side holds.
    pub(super) fn all_parts(&self) -> BTreeSet<Part> {
        let there = self.mirror.iter().flat_map(|mirror| mirror.fields.keys());
        let fields = self.values.keys().chain(there).copied().map(Part::Field);
        [Part::Stage, Part::Owner, Part::Party, Part::Lists]
            .into_iter()
            .chain(fields)
            .collect()
    }
}

/// The stage that HaloPSA should show: that of a part of another ticket, or of one that was withdrawn, is none of the
/// workflow's.
pub(crate) fn stage_of(reader: &Reader<'_>, ticket: TicketId, stage: StageKey) -> Result<StageKey, store::Error> {
    Ok(if reader.is_laid_aside(ticket)? {
        StageKey::from(StageKey::MERGED)
    } else {
        stage
    })
}

/// Whom a row is about, where the records are known here.
pub(crate) fn party_of(reader: &Reader<'_>, row: &RemoteTicket) -> Result<Party, store::Error> {
    Ok(Party {
        company: match row.company {
            Some(company) => reader.company_by_halo(company)?,
            None => None,
        },
        contact: match row.contact {
            Some(contact) => reader.contact_by_halo(contact)?,
            None => None,
        },
    })
}

/// The mirror of a ticket. One that an older version kept in another form counts as not known: it is fetched again.
pub(crate) fn mirror(reader: &Reader<'_>, halo: HaloTicketId) -> Result<Option<RemoteTicket>, store::Error> {
    match reader.mirror_get(halo) {
        Err(store::Error::Unreadable { .. }) => Ok(None),
        other => other,
    }
}

fn update_of(entry: &OutboxEntry) -> Option<&LocalPatch> {
    match &entry.payload {
        OutboxPayload::Update { patch } => Some(patch),
        _ => None,
    }
}

/// Whether it was sent, and it is not known whether it has arrived.
pub(crate) fn is_on_its_way(entry: &OutboxEntry) -> bool {
    matches!(entry.state, OutboxState::Sending | OutboxState::Uncertain)
}

pub(super) fn is_editable(entry: &OutboxEntry) -> bool {
    matches!(entry.state, OutboxState::Waiting | OutboxState::Parked)
}
