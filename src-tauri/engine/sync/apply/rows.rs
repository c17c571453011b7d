//! What a row of HaloPSA is, found without writing anything, and how a new one is kept.

use std::{cmp::Ordering, collections::BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    FieldKey, Lifecycle, Provenance, Source, StoredValue, TicketId, Value,
    fields::keys,
    remote::RemoteTicket,
    score::{ActivitySummary, lead_score},
    suppression::is_opt_out,
};
use store::{Choice, NewTicket, Writer};

use super::Rules;
use crate::{
    after,
    outbox::{self, mirror},
    rule_lists, suppression,
};

/// Two times of one change may differ by so much: an answer is given before the change is kept, in a database that counts
/// in steps of some milliseconds.
const GRAIN: TimeDelta = TimeDelta::milliseconds(10);

/// What to do with a row, found without writing anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::sync) enum Sort {
    /// Not here yet.
    New,
    /// Here, and nothing differs from the mirror.
    Known,
    /// Here, and different.
    Changed(TicketId),
    /// Older than what we have: a page that was on its way while something newer was stored.
    Stale,
    /// In a status that stands for no stage, and not here yet: there is no column to put it in.
    Unplaced,
}

/// Looks what a row is.
pub(in crate::sync) fn sort(reader: &store::Reader<'_>, row: &RemoteTicket) -> Result<Sort, store::Error> {
    let Some(ticket) = reader.ticket_by_halo(row.id)? else {
        let placed = row.lifecycle.is_some() && row.stage.is_some();
        return Ok(if placed { Sort::New } else { Sort::Unplaced });
    };
    let Some(known) = mirror(reader, row.id)? else {
        return Ok(Sort::Changed(ticket));
    };
    if later(row.last_update, known.last_update) == Ordering::Less {
        return Ok(Sort::Stale);
    }
    Ok(if overlay(Some(&known), row) == known {
        Sort::Known
    } else {
        Sort::Changed(ticket)
    })
}

/// Whether an open ticket is in a status that stands for no stage of its lifecycle.
pub(in crate::sync) fn is_unplaced(row: &RemoteTicket) -> bool {
    row.lifecycle.is_some() && row.stage.is_none() && !row.closed
}

/// Which of two times that HaloPSA gave is later. They come with or without fractions, depending on the call; where both
/// have them, a colleague's change in the second of our own is told apart from it.
fn later(one: Option<DateTime<Utc>>, other: Option<DateTime<Utc>>) -> Ordering {
    let seconds = |at: Option<DateTime<Utc>>| at.map(|at| at.timestamp());
    let by_seconds = seconds(one).cmp(&seconds(other));
    let (Some(one), Some(other)) = (one, other) else {
        return by_seconds;
    };
    let has_fraction = |at: DateTime<Utc>| at.timestamp_subsec_millis() > 0;
    if by_seconds != Ordering::Equal || !has_fraction(one) || !has_fraction(other) {
        return by_seconds;
    }
    if (one - other).abs() <= GRAIN {
        return Ordering::Equal;
    }
    one.cmp(&other)
}

/// The row over what was known before: a property that a row does not speak about has not changed.
pub(super) fn overlay(known: Option<&RemoteTicket>, row: &RemoteTicket) -> RemoteTicket {
    let mut whole = row.clone();
    whole.fields_known.extend(row.fields.keys().copied());
    if let Some(known) = known {
        for (field, value) in &known.fields {
            if !row.fields_known.contains(field) && !row.fields.contains_key(field) {
                whole.fields.insert(*field, value.clone());
            }
        }
        whole.fields_known.extend(known.fields_known.iter().copied());
        whole.tags = whole.tags.or_else(|| known.tags.clone());
        whole.created = whole.created.or(known.created);
        whole.last_update = whole.last_update.or(known.last_update);
        // The server's clock decides; a list that cuts fractions off is no news.
        if later(whole.last_update, known.last_update) == Ordering::Equal {
            whole.last_update = known.last_update;
        }
    }
    whole.fields_known.sort_unstable();
    whole.fields_known.dedup();
    // A warning is about the request that brought it, not about the ticket.
    whole.warning = None;
    whole
}

/// Which of these rows is the first whose person must not be contacted.
pub(in crate::sync) fn opted_out(
    reader: &store::Reader<'_>,
    rows: &[&RemoteTicket],
) -> Result<Option<usize>, store::Error> {
    for (at, row) in rows.iter().enumerate() {
        if row.lifecycle.is_some() && row.stage.is_some() && is_opted_out(reader, row)? {
            return Ok(Some(at));
        }
    }
    Ok(None)
}

fn is_opted_out(reader: &store::Reader<'_>, row: &RemoteTicket) -> Result<bool, store::Error> {
    Ok(row.stage.as_ref().is_some_and(is_opt_out) || suppression::concerns(reader, &row.fields)?)
}

/// Inserts a ticket that HaloPSA has and this computer has not, of a person who may be contacted.
pub(in crate::sync) fn insert(
    w: &mut Writer<'_>,
    rules: Rules<'_>,
    row: &RemoteTicket,
) -> anyhow::Result<Option<TicketId>> {
    let (Some(lifecycle), Some(stage)) = (row.lifecycle, row.stage.clone()) else {
        return Ok(None);
    };
    let at = w.at();
    let changed_at = row.last_update.unwrap_or(at);
    let created_at = row.created.unwrap_or(changed_at);
    let is_first = rules
        .workflow
        .first_stage(lifecycle)
        .is_some_and(|first| first.key == stage);
    let is_exit = rules.workflow.stage(&stage).is_some_and(|stage| stage.exit);
    let mut new = NewTicket::new(lifecycle, stage, at);
    new.halo_id = Some(row.id);
    new.owner = row.owner.map(|owner| w.agent_for(owner)).transpose()?;
    new.contact = row.contact.map(|contact| w.contact_for(contact)).transpose()?;
    new.company = row.company.map(|company| w.company_for(company)).transpose()?;
    new.summary.clone_from(&row.summary);
    new.created_at = created_at;
    // HaloPSA does not say since when: a new lead since its creation, any other at the latest since its last change.
    new.entered_at = if is_first && lifecycle == Lifecycle::Lead {
        created_at
    } else {
        changed_at
    };
    new.rebuilt = true;
    new.closed = row.closed || is_exit;
    if lifecycle == Lifecycle::Lead {
        let activity = ActivitySummary {
            last_at: Some(created_at),
            ..ActivitySummary::default()
        };
        new.lead_score = Some(lead_score(&row.fields, &activity, at).score);
    }
    let names = after::name_parts(row.fields.get(&keys::PERSON_NAME), at);
    new.values = row
        .fields
        .iter()
        .map(|(field, value)| (*field, from_halo(value.clone(), changed_at)))
        .chain(names.into_iter().filter_map(|(field, stored)| Some((field, stored?))))
        .collect();
    let ticket = w.insert_ticket(new)?;
    rule_lists::begin(w, ticket, row)?;
    w.set_unplaced(row.id, false)?;
    w.mirror_put(&overlay(None, row))?;
    Ok(Some(ticket))
}

/// As [`insert`], for one that [`opted_out`] found: it marks, or is marked by, other tickets of the same person.
pub(in crate::sync) fn insert_opted_out(
    w: &mut Writer<'_>,
    rules: Rules<'_>,
    row: &RemoteTicket,
) -> anyhow::Result<Option<TicketId>> {
    let Some(ticket) = insert(w, rules, row)? else {
        return Ok(None);
    };
    let marked = suppression::follow_new(w, ticket)?;
    rule_lists::follow(w)?;
    for marked in marked {
        outbox::owe(w, rules.workflow, rules.map, marked, &suppression::TOLD)?;
        if let Some(before) = rule_lists::before(w, marked) {
            outbox::owe_lists(w, rules.workflow, rules.map, marked, &before)?;
        }
    }
    Ok(Some(ticket))
}

/// Makes a part show what HaloPSA showed of the number that it has from now on, so that none of its old values is owed.
pub(in crate::sync) fn show(w: &mut Writer<'_>, part: TicketId, row: &RemoteTicket) -> anyhow::Result<()> {
    let at = w.at();
    let changed_at = row.last_update.unwrap_or(at);
    let fields: BTreeSet<FieldKey> = w
        .values(part)?
        .into_keys()
        .chain(row.fields.keys().copied())
        .filter(|field| row.fields_known.contains(field) || row.fields.contains_key(field))
        .collect();
    for field in fields {
        let value = row.fields.get(&field).cloned();
        w.set_value(part, field, value.map(|value| from_halo(value, changed_at)))?;
    }
    let owner = row.owner.map(|owner| w.agent_for(owner)).transpose()?;
    w.set_owner(part, owner)?;
    let company = row.company.map(|company| w.company_for(company)).transpose()?;
    w.link_company(part, company)?;
    let contact = row.contact.map(|contact| w.contact_for(contact)).transpose()?;
    w.link_contact(part, contact)?;
    if let Some(tags) = &row.tags {
        w.set_lists(part, tags)?;
    }
    w.set_summary(part, &row.summary)?;
    if let (Some(lifecycle), Some(stage)) = (row.lifecycle, &row.stage) {
        w.move_ticket(part, lifecycle, stage, None, at)?;
    }
    for conflict in w.conflicts(part)? {
        w.resolve_conflict(conflict.row.id, Choice::Moot)?;
    }
    Ok(())
}

pub(super) fn from_halo(value: Value, at: DateTime<Utc>) -> StoredValue {
    StoredValue {
        value,
        raw: None,
        provenance: Provenance {
            source: Source::Halopsa,
            at,
            by: None,
        },
    }
}
