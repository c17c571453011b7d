//! The mapping in use: what a person chose, what was used until now, and what the names propose, in this order.
//!
//! [`resolve`] makes all three into one [`TenantMap`], says for each place how sure it is, and lists what the tenant
//! lacks. What is in use stays in use while the tenant has it, whatever it is called by then: a tenant that renames a
//! status must not move tickets. No id stands for two of our things, because they could not be told apart when they are
//! read back; who has the better claim keeps it.
//!
//! The file is long because every sort of place is settled and checked by the same few steps, side by side.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{
    FieldTarget, Gap, TenantField, TenantMap, TenantSetup,
    discovery::{self, FieldIndex, Found, Proposal},
};
use crate::{
    FieldKey, HaloFieldId, HaloOutcomeId, HaloStatusId, HaloTicketTypeId, Lifecycle, StageKey,
    activity::CallOutcome,
    fields::{self, Field, HaloHome},
    workflow::Workflow,
};

/// The version of the first map of a tenant; it counts up with every change.
const FIRST_VERSION: u32 = 1;

/// A place in the mapping: something of ours that stands for an id of the tenant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(tag = "at", rename_all = "snake_case")]
pub enum Slot {
    TicketType {
        lifecycle: Lifecycle,
    },
    Stage {
        stage: StageKey,
    },
    Field {
        field: FieldKey,
    },
    NoteOutcome,
    CallOutcome,
    /// Calls that ended so; where nothing stands for them, they go as calls do.
    CallResult {
        result: CallOutcome,
    },
    /// What changes of stage go through, where they go as actions. Chosen in the settings, not in the mapping.
    MoveOutcome,
}

/// How sure a place in the mapping is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// A person said so.
    Chosen,
    /// The name is the very one that Leadline asks for, and the type is right.
    Exact,
    /// The name is much like it, and the type is right.
    Likely,
    /// Used until now; its name says something else by now.
    Kept,
    /// A person said: nothing.
    Off,
    /// Nothing of its own, and none is needed.
    Usual,
    /// Nothing was found.
    Missing,
}

/// What a person chose instead of what the names say. `None` as choice means: nothing, on purpose.
///
/// Only what was chosen is kept, so that what an administrator adds later is found by its name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct Choices {
    pub ticket_types: BTreeMap<Lifecycle, Option<HaloTicketTypeId>>,
    pub stages: BTreeMap<StageKey, Option<HaloStatusId>>,
    pub fields: BTreeMap<FieldKey, Option<HaloFieldId>>,
    /// `None`: as the names say.
    pub note_outcome: Option<HaloOutcomeId>,
    /// `None`: as the names say.
    pub call_outcome: Option<HaloOutcomeId>,
    /// What is not named: as the names say, else as calls go.
    pub call_results: BTreeMap<CallOutcome, HaloOutcomeId>,
}

/// A mapping with everything there is to say about it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mapping {
    pub map: TenantMap,
    /// What the tenant lacks, in the order of the workflow and the catalogue.
    pub gaps: Vec<Gap>,
    /// How sure each place is. Native fields are not in it: they are the same in every tenant.
    pub confidence: BTreeMap<Slot, Confidence>,
    /// The id that the names propose where another one is in use, or none.
    pub proposals: BTreeMap<Slot, i64>,
}

/// A choice that cannot be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ChoiceProblem {
    pub slot: Slot,
    /// A sentence for the person who chose.
    pub sentence: String,
}

/// Maps our words onto the tenant's ids by their names alone, and says what it lacks. Nothing is written anywhere.
#[must_use]
pub fn discover(workflow: &Workflow, setup: &TenantSetup) -> (TenantMap, Vec<Gap>) {
    let Mapping { map, gaps, .. } = resolve(workflow, setup, &Choices::default(), None);
    (map, gaps)
}

/// The mapping of a tenant: choices first, then what is in use, then names.
#[must_use]
pub fn resolve(workflow: &Workflow, setup: &TenantSetup, choices: &Choices, in_use: Option<&TenantMap>) -> Mapping {
    let mut mapping = Mapping {
        map: TenantMap {
            version: in_use.map_or(FIRST_VERSION, |map| map.version),
            me: setup.me,
            settings: in_use.map(|map| map.settings.clone()).unwrap_or_default(),
            ..TenantMap::default()
        },
        ..Mapping::default()
    };
    map_ticket_types(setup, choices, in_use, &mut mapping);
    map_stages(workflow, setup, choices, in_use, &mut mapping);
    map_fields(setup, choices, in_use, &mut mapping);
    map_outcomes(setup, choices, in_use, &mut mapping);
    let taken: Vec<HaloStatusId> = mapping.map.stages.values().copied().collect();
    mapping.map.closed_status = discovery::closed_status(setup, &taken);
    if in_use.is_some_and(|map| map.version > 0 && *map != mapping.map) {
        mapping.map.version += 1;
    }
    mapping
}

/// One place to be settled.
struct Claim<Id> {
    slot: Slot,
    /// Ids in the same group must differ: stages of one lifecycle, all ticket types, all fields.
    group: u8,
    chosen: Option<Option<Id>>,
    in_use: Option<Id>,
    proposed: Proposal<Id>,
}

/// Settles claims to ids so that none is given twice in a group: choices before what is in use before names.
fn settle<Id: Copy + Ord + Into<i64>>(
    claims: &[Claim<Id>],
    exists: impl Fn(&Slot, Id) -> bool,
    mapping: &mut Mapping,
) -> BTreeMap<Slot, Id> {
    let mut given: BTreeMap<Slot, Id> = BTreeMap::new();
    let mut taken: BTreeSet<(u8, Id)> = BTreeSet::new();
    for rank in [Confidence::Chosen, Confidence::Kept, Confidence::Likely] {
        for claim in claims {
            if given.contains_key(&claim.slot) {
                continue;
            }
            let wanted = match (rank, claim.chosen) {
                (Confidence::Chosen, Some(chosen)) => chosen,
                (Confidence::Kept, None) => claim.in_use,
                (Confidence::Likely, None) => claim.proposed.map(|(id, _)| id),
                _ => None,
            };
            if let Some(id) = wanted.filter(|id| exists(&claim.slot, *id) && !taken.contains(&(claim.group, *id))) {
                taken.insert((claim.group, id));
                given.insert(claim.slot.clone(), id);
            }
        }
    }
    for claim in claims {
        let id = given.get(&claim.slot).copied();
        let proposed = claim.proposed.filter(|(proposed, _)| Some(*proposed) == id);
        let confidence = match (id, claim.chosen, proposed) {
            (None, Some(None), _) => Confidence::Off,
            (None, ..) => Confidence::Missing,
            (Some(_), Some(_), _) => Confidence::Chosen,
            (Some(_), None, Some((_, by_name))) => by_name,
            (Some(_), None, None) => Confidence::Kept,
        };
        mapping.confidence.insert(claim.slot.clone(), confidence);
        let other = claim.proposed.filter(|(proposed, _)| {
            Some(*proposed) != id && exists(&claim.slot, *proposed) && !taken.contains(&(claim.group, *proposed))
        });
        if let Some((proposed, _)) = other {
            mapping.proposals.insert(claim.slot.clone(), proposed.into());
        }
    }
    given
}

fn map_ticket_types(setup: &TenantSetup, choices: &Choices, in_use: Option<&TenantMap>, mapping: &mut Mapping) {
    let claims = Lifecycle::ALL.map(|lifecycle| Claim {
        slot: Slot::TicketType { lifecycle },
        group: 0,
        chosen: choices.ticket_types.get(&lifecycle).copied(),
        in_use: in_use.and_then(|map| map.ticket_types.get(&lifecycle).copied()),
        proposed: discovery::ticket_type(setup, lifecycle),
    });
    let exists = |_: &Slot, id: HaloTicketTypeId| setup.ticket_types.iter().any(|(known, _)| *known == id);
    let given = settle(&claims, exists, mapping);
    for lifecycle in Lifecycle::ALL {
        match given.get(&Slot::TicketType { lifecycle }) {
            Some(id) => {
                mapping.map.ticket_types.insert(lifecycle, *id);
            }
            None => mapping.gaps.push(Gap::TicketType {
                lifecycle,
                wanted: lifecycle.label().to_owned(),
            }),
        }
    }
}

fn map_stages(
    workflow: &Workflow,
    setup: &TenantSetup,
    choices: &Choices,
    in_use: Option<&TenantMap>,
    mapping: &mut Mapping,
) {
    let claims: Vec<Claim<HaloStatusId>> = workflow
        .stages
        .iter()
        .map(|stage| Claim {
            slot: Slot::Stage {
                stage: stage.key.clone(),
            },
            // One status may stand for stages of several lifecycles: the ticket type tells them apart.
            group: stage.lifecycle as u8,
            chosen: choices.stages.get(&stage.key).copied(),
            in_use: in_use.and_then(|map| map.stages.get(&stage.key).copied()),
            proposed: discovery::status(setup, stage),
        })
        .collect();
    let exists = |_: &Slot, id: HaloStatusId| setup.statuses.iter().any(|(known, _)| *known == id);
    let given = settle(&claims, exists, mapping);
    for stage in &workflow.stages {
        let slot = Slot::Stage {
            stage: stage.key.clone(),
        };
        match given.get(&slot) {
            Some(id) => {
                mapping.map.stages.insert(stage.key.clone(), *id);
                mapping.map.stage_lifecycles.insert(stage.key.clone(), stage.lifecycle);
            }
            None => mapping.gaps.push(Gap::Status {
                stage: stage.key.clone(),
                wanted: stage.label.clone(),
            }),
        }
    }
}

fn map_fields(setup: &TenantSetup, choices: &Choices, in_use: Option<&TenantMap>, mapping: &mut Mapping) {
    let key_field = discovery::key_field(setup);
    mapping.map.key_field = key_field;
    let index = FieldIndex::new(&setup.fields);
    let customs: Vec<(&Field, &str)> = fields::all()
        .filter_map(|field| match field.halo {
            HaloHome::Custom(name) => Some((field, name)),
            HaloHome::Native(_) | HaloHome::Local => None,
        })
        .collect();
    let claims: Vec<Claim<HaloFieldId>> = customs
        .iter()
        .map(|(field, name)| Claim {
            slot: Slot::Field { field: field.key() },
            group: 0,
            chosen: choices.fields.get(&field.key()).copied(),
            in_use: in_use.and_then(|map| custom_id(map, field.key())),
            proposed: match index.find(field, name) {
                Found::Usable(found, confidence) => Some((found.id, confidence)),
                Found::WrongType(_) | Found::Nothing => None,
            },
        })
        .collect();
    let usable = |slot: &Slot, id: HaloFieldId| {
        let Slot::Field { field } = slot else { return false };
        Some(id) != key_field && custom_field(setup, id).is_some_and(|found| discovery::fits(field.field(), found.kind))
    };
    let given = settle(&claims, usable, mapping);
    for field in fields::all() {
        let key = field.key();
        let target = match field.halo {
            HaloHome::Local => continue,
            HaloHome::Native(property) => FieldTarget::Native {
                property: property.to_owned(),
            },
            HaloHome::Custom(name) => {
                let id = given.get(&Slot::Field { field: key });
                match id.and_then(|id| custom_field(setup, *id)) {
                    Some(found) => {
                        mapping.gaps.extend(discovery::missing_options(field, found));
                        FieldTarget::Custom {
                            id: found.id,
                            name: found.name.clone(),
                            kind: found.kind,
                            options: found.options.clone(),
                        }
                    }
                    None => {
                        // What a person does not want is no gap.
                        if choices.fields.get(&key) != Some(&None) {
                            mapping.gaps.push(field_gap(field, name, &index));
                        }
                        continue;
                    }
                }
            }
        };
        mapping.map.fields.insert(key, target);
    }
}

fn field_gap(field: &Field, name: &str, index: &FieldIndex<'_>) -> Gap {
    let wanted_type = discovery::type_name(discovery::wanted_kind(field)).to_owned();
    match index.find(field, name) {
        Found::WrongType(found) => Gap::FieldType {
            field: field.key(),
            name: found.name.clone(),
            wanted: wanted_type,
            found: discovery::type_name(found.kind).to_owned(),
        },
        Found::Usable(..) | Found::Nothing => Gap::Field {
            field: field.key(),
            wanted: format!("CF{name}"),
            kind: wanted_type,
        },
    }
}

fn map_outcomes(setup: &TenantSetup, choices: &Choices, in_use: Option<&TenantMap>, mapping: &mut Mapping) {
    let note = Claim {
        slot: Slot::NoteOutcome,
        group: 0,
        chosen: choices.note_outcome.map(Some),
        in_use: in_use.and_then(|map| map.note_outcome),
        proposed: discovery::note_outcome(setup),
    };
    let call = Claim {
        slot: Slot::CallOutcome,
        // Notes and calls may share one.
        group: 1,
        chosen: choices.call_outcome.map(Some),
        in_use: in_use.and_then(|map| map.call_outcome),
        proposed: discovery::call_outcome(setup).or(note.proposed),
    };
    let results = (2..).zip(CallOutcome::ALL).map(|(group, result)| Claim {
        slot: Slot::CallResult { result },
        // Several may share one.
        group,
        chosen: choices.call_results.get(&result).map(|id| Some(*id)),
        in_use: in_use.and_then(|map| map.call_results.get(&result).copied()),
        proposed: discovery::call_result(setup, result),
    });
    let claims: Vec<Claim<HaloOutcomeId>> = [note, call].into_iter().chain(results).collect();
    let exists = |_: &Slot, id: HaloOutcomeId| setup.outcomes.iter().any(|(known, _)| *known == id);
    let given = settle(&claims, exists, mapping);
    for result in CallOutcome::ALL {
        let slot = Slot::CallResult { result };
        match given.get(&slot) {
            Some(id) => {
                mapping.map.call_results.insert(result, *id);
            }
            None => {
                mapping.confidence.insert(slot, Confidence::Usual);
            }
        }
    }
    mapping.map.note_outcome = given.get(&Slot::NoteOutcome).copied();
    mapping.map.call_outcome = given.get(&Slot::CallOutcome).copied().or(mapping.map.note_outcome);
    if mapping.map.note_outcome.is_none() {
        mapping.gaps.push(Gap::Outcome {
            wanted: "Private Note".to_owned(),
        });
    }
}

/// The custom field that a field of ours is mapped to.
fn custom_id(map: &TenantMap, field: FieldKey) -> Option<HaloFieldId> {
    match map.fields.get(&field) {
        Some(FieldTarget::Custom { id, .. }) => Some(*id),
        Some(FieldTarget::Native { .. }) | None => None,
    }
}

pub(super) fn custom_field(setup: &TenantSetup, id: HaloFieldId) -> Option<&TenantField> {
    setup.fields.iter().find(|field| field.id == id)
}

/// The kinds of custom field, by HaloPSA's number, in which a field of ours can be kept.
#[must_use]
pub fn accepted_kinds(field: &Field) -> Vec<i64> {
    const KINDS: [i64; 8] = [0, 1, 2, 3, 4, 5, 6, 10];
    KINDS.into_iter().filter(|kind| discovery::fits(field, *kind)).collect()
}

/// What a kind of custom field is called on HaloPSA's screens.
#[must_use]
pub fn kind_name(halo_kind: i64) -> &'static str {
    discovery::type_name(halo_kind)
}

/// What cannot be among the choices, in the order of screens; empty when they are fine.
#[must_use]
pub fn check(workflow: &Workflow, setup: &TenantSetup, choices: &Choices) -> Vec<ChoiceProblem> {
    let mut problems = Vec::new();
    let mut types: BTreeMap<HaloTicketTypeId, Lifecycle> = BTreeMap::new();
    for (&lifecycle, id) in choices.ticket_types.iter().filter_map(|(key, id)| Some((key, (*id)?))) {
        let slot = Slot::TicketType { lifecycle };
        match setup.ticket_types.iter().find(|(known, _)| *known == id) {
            None => problems.push(gone(slot, "ticket type")),
            Some((_, name)) => {
                if let Some(other) = types.insert(id, lifecycle) {
                    problems.push(twice(slot, lifecycle.label(), other.label(), name));
                }
            }
        }
    }
    let mut statuses: BTreeMap<(Lifecycle, HaloStatusId), &str> = BTreeMap::new();
    for stage in &workflow.stages {
        let Some(Some(id)) = choices.stages.get(&stage.key).copied() else {
            continue;
        };
        let slot = Slot::Stage {
            stage: stage.key.clone(),
        };
        match setup.statuses.iter().find(|(known, _)| *known == id) {
            None => problems.push(gone(slot, "status")),
            Some((_, name)) => {
                if let Some(other) = statuses.insert((stage.lifecycle, id), &stage.label) {
                    problems.push(twice(slot, &stage.label, other, name));
                }
            }
        }
    }
    let mut customs: BTreeMap<HaloFieldId, FieldKey> = BTreeMap::new();
    for field in fields::all() {
        let Some(Some(id)) = choices.fields.get(&field.key()).copied() else {
            continue;
        };
        let slot = Slot::Field { field: field.key() };
        let Some(found) = custom_field(setup, id) else {
            problems.push(gone(slot, "custom field"));
            continue;
        };
        if !matches!(field.halo, HaloHome::Custom(_)) {
            problems.push(ChoiceProblem {
                slot,
                sentence: format!(
                    "{} has a fixed place and cannot be kept in “{}”.",
                    field.label, found.name
                ),
            });
        } else if Some(id) == discovery::key_field(setup) {
            problems.push(ChoiceProblem {
                slot,
                sentence: format!(
                    "“{}” holds Leadline's own key of a ticket. Choose another field.",
                    found.name
                ),
            });
        } else if !discovery::fits(field, found.kind) {
            problems.push(ChoiceProblem {
                slot,
                sentence: format!(
                    "“{}” is of the type {}, in which {} cannot be kept. It needs {}.",
                    found.name,
                    discovery::type_name(found.kind),
                    field.label,
                    discovery::type_name(discovery::wanted_kind(field)),
                ),
            });
        } else if let Some(other) = customs.insert(id, field.key()) {
            problems.push(twice(slot, field.label, other.label(), &found.name));
        }
    }
    let results = choices
        .call_results
        .iter()
        .map(|(result, id)| (Slot::CallResult { result: *result }, Some(*id)));
    for (slot, chosen) in [
        (Slot::NoteOutcome, choices.note_outcome),
        (Slot::CallOutcome, choices.call_outcome),
    ]
    .into_iter()
    .chain(results)
    {
        if chosen.is_some_and(|id| setup.outcomes.iter().all(|(known, _)| *known != id)) {
            problems.push(gone(slot, "action outcome"));
        }
    }
    problems
}

fn gone(slot: Slot, what: &str) -> ChoiceProblem {
    ChoiceProblem {
        slot,
        sentence: format!("HaloPSA no longer has this {what}. Choose another one."),
    }
}

fn twice(slot: Slot, one: &str, other: &str, name: &str) -> ChoiceProblem {
    ChoiceProblem {
        slot,
        sentence: format!(
            "{one} and {other} would both be “{name}” in HaloPSA, and could not be told apart. Choose another one for one of them."
        ),
    }
}

#[cfg(test)]
mod tests;
