//! The base of a merge, and what of a request of ours a row shows.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    FieldKey, Lifecycle, StageKey, TicketId, Value, fields::keys, merge::TicketImage, remote::RemoteTicket,
    tenant::TenantMap,
};
use store::{LocalPatch, OutboxPayload, Writer};

use super::Answers;
use crate::outbox::{self, Balance, Held, Part, drop_part, get, mirror, parts, party_of, put};

fn image(row: &RemoteTicket) -> TicketImage {
    TicketImage::of_remote(row)
}

pub(super) fn image_of_mine(w: &Writer<'_>, balance: &Balance, ticket: TicketId) -> Result<TicketImage, store::Error> {
    let Held::Stage(stage) = balance.here(Part::Stage) else {
        return Ok(TicketImage::default());
    };
    let owner = match balance.here(Part::Owner) {
        Held::Owner(owner) => outbox::halo_owner(w, owner)?,
        _ => None,
    };
    let stored = w.values(ticket)?;
    let changed_at = stored
        .iter()
        .map(|(field, stored)| (*field, stored.provenance.at))
        .collect();
    let fields = stored
        .into_iter()
        .map(|(field, stored)| (field, stored.value))
        .collect();
    Ok(TicketImage {
        changed_at,
        ..TicketImage::new(stage, owner, fields)
    })
}

/// The mirror as the base, and a guess for what it does not know: lists leave some properties out, and a field may have
/// been mapped only now. What waits to be sent is a change of ours. Of two sides of which one is empty, the other is the
/// one that says something. Two values without a base are left to the policy.
pub(super) fn known_or_guessed_base(
    w: &Writer<'_>,
    ticket: TicketId,
    known: Option<&RemoteTicket>,
    row: &RemoteTicket,
    mine: &TicketImage,
    theirs: &TicketImage,
) -> Result<TicketImage, store::Error> {
    let mut waiting = BTreeSet::new();
    for entry in w.unsent(ticket)? {
        if let OutboxPayload::Update { patch } = &entry.payload {
            waiting.extend(parts(patch));
        }
    }
    let mut base = match known {
        Some(known) => image(known),
        None => TicketImage {
            stage: if waiting.contains(&Part::Stage) {
                theirs.stage.clone()
            } else {
                mine.stage.clone()
            },
            owner: if waiting.contains(&Part::Owner) {
                theirs.owner
            } else {
                mine.owner
            },
            known: Some(BTreeSet::new()),
            ..TicketImage::default()
        },
    };
    if let (Some(known), None) = (known, &base.stage) {
        base.stage = stage_before(w, ticket, known, row, mine, waiting.contains(&Part::Stage))?;
    }
    let fields: Vec<FieldKey> = mine.fields.keys().chain(theirs.fields.keys()).copied().collect();
    for field in fields.into_iter().filter(|field| theirs.knows(*field)) {
        if base.knows(field) {
            continue;
        }
        let part = Part::Field(field);
        // What was never seen here is news: an empty field, or an opt-out taken back that HaloPSA had not got, says nothing
        // about it.
        let is_news = match theirs.fields.get(&field) {
            Some(Value::Boolean(true)) if field == keys::DO_NOT_CONTACT => true,
            Some(_) => !mine.fields.contains_key(&field),
            None => false,
        };
        if (waiting.contains(&part) && !is_news) || !theirs.fields.contains_key(&field) {
            copy_part(theirs, &mut base, part);
        } else if !mine.fields.contains_key(&field) {
            copy_part(mine, &mut base, part);
        }
    }
    Ok(base)
}

/// The base of the stage where HaloPSA last showed a status of none: closed, put aside, of another ticket type. `None`
/// stands for whatever HaloPSA shows now.
fn stage_before(
    w: &Writer<'_>,
    ticket: TicketId,
    known: &RemoteTicket,
    row: &RemoteTicket,
    mine: &TicketImage,
    waits: bool,
) -> Result<Option<(Lifecycle, StageKey)>, store::Error> {
    for conflict in w.conflicts(ticket)? {
        if let (Some(Part::Stage), Some(Held::Stage(theirs))) =
            (Part::of_key(&conflict.row.field), get(&conflict.theirs, Part::Stage))
        {
            return Ok(Some(theirs));
        }
    }
    if !waits {
        // Whatever stage HaloPSA shows next is news.
        return Ok(mine.stage.clone());
    }
    let is_part = |stage: &(Lifecycle, StageKey)| stage.1.as_str() == StageKey::MERGED;
    let stays = (known.ticket_type, known.status) == (row.ticket_type, row.status);
    let mine = mine.stage.as_ref().filter(|mine| !stays && !is_part(mine));
    // It was in none, and both sides have moved it since.
    Ok(mine.map(|(lifecycle, _)| (*lifecycle, StageKey::from(StageKey::MERGED))))
}

/// What comes back as we sent it is our own change, not a colleague's. In the answer to a request the request is the
/// base, so that what HaloPSA made of it is theirs; only what a creation left empty, and the stage, is still to be sent.
pub(super) fn count_own_changes_as_base(
    w: &Writer<'_>,
    balance: &Balance,
    answers: Answers<'_>,
    theirs: &TicketImage,
    base: &mut TicketImage,
) -> Result<(), store::Error> {
    for patch in balance.updates_on_their_way() {
        for part in parts(patch) {
            if let Some(held) = get(patch, part)
                && shows(w, theirs, part, &held)?
            {
                copy_part(theirs, base, part);
            }
        }
    }
    let (sent, creates) = match answers {
        Answers::Nothing => return Ok(()),
        Answers::Update(sent) => (sent, false),
        Answers::Creation(sent) => (sent, true),
    };
    for part in parts(sent) {
        let Some(held) = get(sent, part) else { continue };
        let is_left_out = match part {
            Part::Stage => theirs.stage.is_some(),
            Part::Owner => theirs.owner.is_none(),
            Part::Party | Part::Lists => continue,
            Part::Field(field) => theirs.knows(field) && !theirs.fields.contains_key(&field),
        };
        if creates && is_left_out {
            copy_part(theirs, base, part);
        } else {
            set_part(w, base, part, held)?;
        }
    }
    Ok(())
}

fn set_part(w: &Writer<'_>, image: &mut TicketImage, part: Part, held: Held) -> Result<(), store::Error> {
    match (part, held) {
        (_, Held::Stage(stage)) => image.stage = Some(stage),
        (_, Held::Owner(owner)) => image.owner = outbox::halo_owner(w, owner)?,
        (Part::Field(field), Held::Field(Some(value))) => {
            image.fields.insert(field, value);
        }
        (Part::Field(field), Held::Field(None)) => {
            image.fields.remove(&field);
        }
        // Whom a ticket is about is no part of the image: see `party.rs`.
        (_, Held::Party(_) | Held::Lists(_))
        | (Part::Stage | Part::Owner | Part::Party | Part::Lists, Held::Field(_)) => {}
    }
    Ok(())
}

/// Whether the image holds that.
fn shows(w: &Writer<'_>, image: &TicketImage, part: Part, held: &Held) -> Result<bool, store::Error> {
    Ok(match (part, held) {
        (Part::Stage, Held::Stage(stage)) => image.stage.as_ref() == Some(stage),
        (Part::Owner, Held::Owner(owner)) => image.owner == outbox::halo_owner(w, *owner)?,
        (Part::Field(field), Held::Field(value)) => {
            image.knows(field) && domain::value::same(image.fields.get(&field), value.as_ref())
        }
        _ => false,
    })
}

fn copy_part(from: &TicketImage, to: &mut TicketImage, part: Part) {
    match part {
        Part::Stage => to.stage.clone_from(&from.stage),
        Part::Owner => to.owner = from.owner,
        Part::Party | Part::Lists => {}
        Part::Field(field) => {
            match from.fields.get(&field) {
                Some(value) => to.fields.insert(field, value.clone()),
                None => to.fields.remove(&field),
            };
        }
    }
}

/// Which parts of a request HaloPSA answered to and left as they were: it accepted the request and not the change.
pub(in crate::sync) fn ignored(
    w: &Writer<'_>,
    sent: &LocalPatch,
    row: &RemoteTicket,
) -> Result<BTreeMap<Part, Held>, store::Error> {
    let mut ignored = BTreeMap::new();
    let Some(known) = mirror(w, row.id)? else {
        return Ok(ignored);
    };
    let (before, now) = (image(&known), image(row));
    for part in parts(sent) {
        let Some(held) = get(sent, part) else { continue };
        let says = match part {
            Part::Stage => now.stage.is_some() && now.stage == before.stage,
            Part::Owner => now.owner == before.owner,
            Part::Party => {
                let stayed = (row.company, row.contact) == (known.company, known.contact);
                if stayed && Held::Party(party_of(w, row)?) != held {
                    ignored.insert(part, held);
                }
                continue;
            }
            Part::Lists => {
                let stayed = row.tags.is_some() && row.tags == known.tags;
                let shown = row.tags.clone().map(Held::Lists);
                if stayed && shown.is_some_and(|shown| !shown.same_as(&held)) {
                    ignored.insert(part, held);
                }
                continue;
            }
            Part::Field(field) => {
                now.knows(field) && domain::value::same(now.fields.get(&field), before.fields.get(&field))
            }
        };
        if says && !shows(w, &now, part, &held)? {
            ignored.insert(part, held);
        }
    }
    Ok(ignored)
}

/// What of a request the ticket shows.
pub(in crate::sync) fn arrived(
    w: &Writer<'_>,
    sent: &LocalPatch,
    row: &RemoteTicket,
) -> Result<LocalPatch, store::Error> {
    let now = image(row);
    let mut arrived = LocalPatch::default();
    for part in parts(sent) {
        let Some(held) = get(sent, part) else { continue };
        let shown = match part {
            Part::Party => Held::Party(party_of(w, row)?) == held,
            Part::Lists => {
                let shown = row.tags.clone().map(Held::Lists);
                shown.is_some_and(|shown| shown.same_as(&held))
            }
            _ => shows(w, &now, part, &held)?,
        };
        if shown {
            put(&mut arrived, part, held);
        }
    }
    Ok(arrived)
}

/// A request without what HaloPSA has already.
pub(in crate::sync) fn without_paid(
    w: &store::Reader<'_>,
    ticket: TicketId,
    patch: &LocalPatch,
) -> Result<LocalPatch, store::Error> {
    let mut left = patch.clone();
    if let Some(balance) = Balance::read(w, ticket)? {
        for part in parts(patch) {
            let held = get(patch, part);
            if balance
                .mirrored(part)
                .zip(held)
                .is_some_and(|(there, held)| there.same_as(&held))
            {
                drop_part(&mut left, part);
            }
        }
    }
    Ok(left)
}

/// Every field of a ticket that this tenant can take, for a creation.
pub(in crate::sync) fn all_fields(
    values: BTreeMap<FieldKey, Value>,
    map: &TenantMap,
) -> BTreeMap<FieldKey, Option<Value>> {
    values
        .into_iter()
        .filter(|(field, _)| Part::Field(*field).is_sendable(Some(map)))
        .map(|(field, value)| (field, Some(value)))
        .collect()
}
