//! What is kept of the mapping, and the two ways to it: a look at the tenant, and what comes of it.

use std::{borrow::Cow, collections::BTreeMap};

use chrono::{DateTime, Utc};
use domain::{
    FieldKey,
    remote::RemoteTicket,
    tenant::{Choices, Drift, FieldTarget, Mapping, TenantMap, TenantSetup, drift, resolve},
    workflow::Workflow,
};
use serde::{Deserialize, Serialize};
use store::{Reader, Writer};

use crate::{
    outbox::{self, Part},
    settings::{self, Tenant},
    sync::pull,
};

/// How many earlier versions of the choices are kept.
const KEPT_VERSIONS: usize = 20;

/// What is kept beside the map in use.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Kept {
    /// Counts up with every change of anything here.
    pub version: u32,
    pub choices: Choices,
    /// What has changed in the tenant and nobody has looked at yet.
    #[serde(default)]
    pub drift: Vec<Drift>,
    pub read_at: Option<DateTime<Utc>>,
    /// Where each field was read from last (id and kind of the custom field): what the mirror knows of it stems from
    /// there, also while it is mapped to nothing.
    #[serde(default)]
    places: BTreeMap<FieldKey, (i64, i64)>,
    /// Earlier choices, latest last.
    #[serde(default)]
    earlier: Vec<Earlier>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Earlier {
    version: u32,
    until: DateTime<Utc>,
    choices: Choices,
}

impl Kept {
    /// Takes over other choices; the former ones are kept as an earlier version.
    pub fn choose(&mut self, choices: &Choices, now: DateTime<Utc>) {
        if self.choices == *choices {
            return;
        }
        let former = std::mem::replace(&mut self.choices, choices.clone());
        self.earlier.push(Earlier {
            version: self.version,
            until: now,
            choices: former,
        });
        let too_many = self.earlier.len().saturating_sub(KEPT_VERSIONS);
        self.earlier.drain(..too_many);
    }

    /// Notes from where each field is read from now on. Returns those of which what is known stems from elsewhere.
    fn settle(&mut self, map: &TenantMap) -> Vec<FieldKey> {
        let mut moved = Vec::new();
        for (field, target) in &map.fields {
            let Some(place) = place(Some(target)) else { continue };
            if self.places.insert(*field, place).is_some_and(|before| before != place) {
                moved.push(*field);
            }
        }
        moved
    }
}

/// The tenant, looked at: what the mapping becomes.
pub(in crate::sync) struct Looked {
    pub setup: TenantSetup,
    pub mapping: Mapping,
    pub kept: Kept,
}

pub(super) fn kept(reader: &Reader<'_>) -> Result<Kept, store::Error> {
    Ok(reader.setting_get(settings::MAPPING)?.unwrap_or_default())
}

/// How many things about the mapping need a person: changes that nobody has looked at, and missing ticket types.
pub(crate) fn alerts(reader: &Reader<'_>, tenant: Option<&Tenant>) -> Result<u32, store::Error> {
    let Some(tenant) = tenant else { return Ok(0) };
    let missing = tenant.gaps.iter().filter(|gap| gap.blocks()).count();
    let all = kept(reader)?.drift.len() + missing;
    Ok(u32::try_from(all).unwrap_or(u32::MAX))
}

/// Compares the tenant with what was known of it and says what the mapping becomes. Writes nothing.
pub(in crate::sync) fn look(
    reader: &Reader<'_>,
    workflow: &Workflow,
    in_use: Option<&TenantMap>,
    setup: TenantSetup,
    now: DateTime<Utc>,
) -> Result<Looked, store::Error> {
    let mut kept = kept(reader)?;
    let before = kept.clone();
    let known = reader.setting_get::<TenantSetup>(settings::SETUP)?.unwrap_or_default();
    let setup = setup.believe(&known);
    if let Some(in_use) = in_use {
        let Kept {
            choices, drift: told, ..
        } = &mut kept;
        told.retain(|old| !choices.take_back(old, &setup));
        let found = drift(in_use, &known, &setup);
        kept.choices.give_up(&found);
        // The latest word about a place is the one that counts.
        kept.drift
            .retain(|old| found.iter().all(|new| new.slot() != old.slot()));
        kept.drift.extend(found);
    }
    if kept != before {
        kept.version += 1;
    }
    kept.read_at = Some(now);
    let mapping = resolve(workflow, &setup, &kept.choices, in_use);
    Ok(Looked { setup, mapping, kept })
}

/// Keeps what was looked at as the mapping in use. Returns whether everything has to be read again because of it.
pub(in crate::sync) fn keep(
    w: &mut Writer<'_>,
    workflow: &Workflow,
    looked: Looked,
    tenant: &mut Tenant,
) -> Result<bool, store::Error> {
    let Looked {
        setup,
        mapping,
        mut kept,
    } = looked;
    for agent in &setup.agents {
        w.upsert_agent(agent)?;
    }
    let old = std::mem::replace(&mut tenant.map, mapping.map);
    let new = &tenant.map;
    // What was shown of a field elsewhere is no base for what is shown where it lives now.
    let settled = kept.settle(new);
    w.mirror_forget_fields(&settled)?;
    let moved = moved_fields(&old, new);
    // A field that is back where it was: what a person typed meanwhile has not been sent, and no row will say so.
    for field in moved.iter().filter(|field| !settled.contains(field)) {
        let part = Part::Field(*field);
        if part.is_sendable(Some(new)) {
            for ticket in w.differing_from_mirror(*field)? {
                outbox::owe(w, workflow, new, ticket, &[part])?;
            }
        }
    }
    // Choices that a select gains or loses change nothing that was read.
    let means_other = old.ticket_types != new.ticket_types || old.stages != new.stages || !moved.is_empty();
    tenant.gaps = mapping.gaps;
    tenant.version.clone_from(&setup.version);
    w.setting_set(settings::SETUP, &setup)?;
    w.setting_set(settings::MAPPING, &kept)?;
    w.setting_set(settings::TENANT, tenant)?;
    if means_other {
        pull::start_over(w)?;
    }
    Ok(means_other)
}

/// The custom field that holds a field: its id and its kind.
fn place(target: Option<&FieldTarget>) -> Option<(i64, i64)> {
    match target {
        Some(FieldTarget::Custom { id, kind, .. }) => Some((id.0, *kind)),
        Some(FieldTarget::Native { .. }) | None => None,
    }
}

/// The fields that live in another place from now on.
fn moved_fields(old: &TenantMap, new: &TenantMap) -> Vec<FieldKey> {
    domain::fields::all()
        .map(domain::fields::Field::key)
        .filter(|field| place(old.fields.get(field)) != place(new.fields.get(field)))
        .collect()
}

/// The mapping has changed since a request was made; its answer belongs to the old one.
#[derive(Debug, thiserror::Error)]
#[error("the mapping has changed meanwhile")]
pub(in crate::sync) struct Remapped;

/// Refuses to go on with what was begun under a map that is no longer in use.
pub(in crate::sync) fn still_holds(reader: &Reader<'_>, map: &TenantMap) -> anyhow::Result<()> {
    match settings::tenant(reader)? {
        Some(tenant) if tenant.map.version != map.version => Err(Remapped.into()),
        _ => Ok(()),
    }
}

/// A row as far as the map through which it was read still holds: it says nothing about a field that has moved since.
pub(in crate::sync) fn as_far_as_it_holds<'r>(
    reader: &Reader<'_>,
    map: &TenantMap,
    row: &'r RemoteTicket,
) -> Result<Cow<'r, RemoteTicket>, store::Error> {
    let moved = match settings::tenant(reader)? {
        Some(tenant) if tenant.map.version != map.version => moved_fields(map, &tenant.map),
        _ => Vec::new(),
    };
    if moved.is_empty() {
        return Ok(Cow::Borrowed(row));
    }
    let mut row = row.clone();
    row.fields.retain(|field, _| !moved.contains(field));
    row.fields_known.retain(|field| !moved.contains(field));
    Ok(Cow::Owned(row))
}
