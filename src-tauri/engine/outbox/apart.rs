//! Which properties of a ticket HaloPSA does not have as they are here, and why.

use std::collections::{BTreeMap, btree_map::Entry};

use domain::{TicketId, tenant::TenantMap};
use store::{OutboxPayload, OutboxState, Reader};

use super::{Part, parts};
use crate::views::{Apart, ApartHow};

/// Every property that is apart, each with its gravest reason: stage and owner first, then fields by their keys. A ticket
/// that HaloPSA does not have at all is apart as a whole, so nothing of it is listed but what would stay here even then.
pub(crate) fn apart(
    reader: &Reader<'_>,
    ticket: TicketId,
    map: Option<&TenantMap>,
) -> Result<Vec<Apart>, store::Error> {
    let mut found: BTreeMap<Part, (ApartHow, Option<String>)> = BTreeMap::new();
    let mut note = |part: Part, how: ApartHow, reason: Option<String>| match found.entry(part) {
        Entry::Vacant(free) => {
            free.insert((how, reason));
        }
        Entry::Occupied(mut taken) if taken.get().0 < how => {
            taken.insert((how, reason));
        }
        Entry::Occupied(_) => {}
    };
    for field in reader.values(ticket)?.into_keys() {
        let part = Part::Field(field);
        if !field.field().is_local() && !part.is_sendable(map) {
            note(part, ApartHow::Unmapped, None);
        }
    }
    for entry in reader.unsent(ticket)? {
        let OutboxPayload::Update { patch } = &entry.payload else {
            continue;
        };
        let how = match entry.state {
            OutboxState::Parked => ApartHow::Refused,
            _ => ApartHow::Waiting,
        };
        for part in parts(patch) {
            note(part, how, entry.reason.clone());
        }
    }
    for conflict in reader.conflicts(ticket)? {
        if let Some(part) = Part::of_key(&conflict.row.field) {
            note(part, ApartHow::Conflict, None);
        }
    }
    Ok(found
        .into_iter()
        .map(|(part, (how, reason))| Apart {
            part: part.key().to_owned(),
            how,
            reason,
        })
        .collect())
}
