//! What has changed in a tenant since the mapping was made, as far as the mapping is concerned.
//!
//! A change that breaks the mapping is reported and not guessed around: [`Choices::give_up`] leaves the place empty until
//! a person says what stands for it now, or until the very same thing is back ([`Choices::take_back`]). Values keep in
//! the meantime; they are only not sent. A list that comes back empty is no list: [`TenantSetup::believe`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{
    Choices, FieldTarget, PromotionMode, Slot, TenantMap, TenantSetup,
    discovery::{fits, type_name},
    mapping::custom_field,
};
use crate::{FieldKey, HaloFieldId, HaloOutcomeId};

/// One change of a tenant that concerns the mapping.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Drift {
    /// What stood for it is no longer there.
    Gone {
        slot: Slot,
        #[specta(type = u32)]
        id: i64,
        name: String,
    },
    /// It is still there under another name, and still used.
    Renamed { slot: Slot, from: String, to: String },
    /// The custom field has another type by now, in which the values cannot be kept.
    Retyped {
        field: FieldKey,
        name: String,
        from: String,
        to: String,
    },
    /// A select has lost choices: values that use them cannot be sent.
    OptionsGone {
        field: FieldKey,
        name: String,
        options: Vec<String>,
    },
}

/// Compares the tenant as the mapping knew it with the tenant as it is.
#[must_use]
pub fn drift(map: &TenantMap, old: &TenantSetup, new: &TenantSetup) -> Vec<Drift> {
    let mut found = Vec::new();
    for (&lifecycle, id) in &map.ticket_types {
        let slot = Slot::TicketType { lifecycle };
        found.extend(compare(slot, *id, &old.ticket_types, &new.ticket_types));
    }
    for (stage, id) in &map.stages {
        let slot = Slot::Stage { stage: stage.clone() };
        found.extend(compare(slot, *id, &old.statuses, &new.statuses));
    }
    for (&field, target) in &map.fields {
        found.extend(compare_field(field, target, new));
    }
    let outcome = |slot: Slot, id: Option<HaloOutcomeId>| compare(slot, id?, &old.outcomes, &new.outcomes);
    found.extend(outcome(Slot::NoteOutcome, map.note_outcome));
    if map.call_outcome != map.note_outcome {
        found.extend(outcome(Slot::CallOutcome, map.call_outcome));
    }
    for (&result, id) in &map.call_results {
        found.extend(outcome(Slot::CallResult { result }, Some(*id)));
    }
    if let PromotionMode::ByAction { outcome: through } = map.settings.promotion {
        found.extend(outcome(Slot::MoveOutcome, Some(through)));
    }
    found
}

fn compare<Id: Copy + PartialEq + Into<i64>>(
    slot: Slot,
    id: Id,
    old: &[(Id, String)],
    new: &[(Id, String)],
) -> Option<Drift> {
    let name = |list: &[(Id, String)]| {
        list.iter()
            .find(|(known, _)| *known == id)
            .map(|(_, name)| name.clone())
    };
    match (name(old), name(new)) {
        (from, None) => Some(Drift::Gone {
            slot,
            id: id.into(),
            name: from.unwrap_or_default(),
        }),
        (Some(from), Some(to)) if from != to => Some(Drift::Renamed { slot, from, to }),
        _ => None,
    }
}

fn compare_field(field: FieldKey, target: &FieldTarget, new: &TenantSetup) -> Option<Drift> {
    let FieldTarget::Custom {
        id,
        name,
        kind,
        options,
    } = target
    else {
        return None;
    };
    let Some(found) = custom_field(new, *id) else {
        return Some(Drift::Gone {
            slot: Slot::Field { field },
            id: id.0,
            name: name.clone(),
        });
    };
    if found.kind != *kind && !fits(field.field(), found.kind) {
        return Some(Drift::Retyped {
            field,
            name: found.name.clone(),
            from: type_name(*kind).to_owned(),
            to: type_name(found.kind).to_owned(),
        });
    }
    if found.name != *name {
        return Some(Drift::Renamed {
            slot: Slot::Field { field },
            from: name.clone(),
            to: found.name.clone(),
        });
    }
    let gone: Vec<String> = options
        .iter()
        .filter(|(_, text)| found.options.iter().all(|(_, known)| known != text))
        .map(|(_, text)| text.clone())
        .collect();
    (!gone.is_empty()).then(|| Drift::OptionsGone {
        field,
        name: found.name.clone(),
        options: gone,
    })
}

impl Drift {
    /// The place it is about.
    #[must_use]
    pub fn slot(&self) -> Slot {
        match self {
            Self::Gone { slot, .. } | Self::Renamed { slot, .. } => slot.clone(),
            Self::Retyped { field, .. } | Self::OptionsGone { field, .. } => Slot::Field { field: *field },
        }
    }

    /// Whether something cannot be sent any more because of it.
    #[must_use]
    pub fn breaks(&self) -> bool {
        matches!(self, Self::Gone { .. } | Self::Retyped { .. })
    }

    /// What happened and what it means, in one or two sentences.
    #[must_use]
    pub fn sentence(&self, stage_label: impl Fn(&crate::StageKey) -> String) -> String {
        let ours = |slot: &Slot| match slot {
            Slot::TicketType { lifecycle } => format!("the lifecycle {}", lifecycle.label()),
            Slot::Stage { stage } => format!("the stage {}", stage_label(stage)),
            Slot::Field { field } => format!("the field {}", field.label()),
            Slot::NoteOutcome => "notes".to_owned(),
            Slot::CallOutcome => "calls".to_owned(),
            Slot::CallResult { result } => format!("calls that ended with “{}”", result.label()),
            Slot::MoveOutcome => "changes of stage".to_owned(),
        };
        let theirs = |slot: &Slot| match slot {
            Slot::TicketType { .. } => "ticket type",
            Slot::Stage { .. } => "status",
            Slot::Field { .. } => "custom field",
            Slot::NoteOutcome | Slot::CallOutcome | Slot::CallResult { .. } | Slot::MoveOutcome => "action outcome",
        };
        match self {
            Self::Gone { slot, name, .. } => {
                let effect = match slot {
                    Slot::TicketType { .. } => "Nothing is synced until another one stands for it.",
                    Slot::Stage { .. } => "Moves into this stage wait here until another status stands for it.",
                    Slot::Field { .. } => "Its values stay on this computer until another custom field stands for it.",
                    Slot::NoteOutcome | Slot::CallOutcome => "They wait here until another outcome stands for them.",
                    Slot::CallResult { .. } => "They are written as other calls are.",
                    Slot::MoveOutcome => {
                        "HaloPSA refuses them until another way is chosen under “How moves reach HaloPSA”."
                    }
                };
                format!(
                    "The {} “{name}”, which stood for {}, is no longer in HaloPSA. {effect}",
                    theirs(slot),
                    ours(slot)
                )
            }
            Self::Renamed { slot, from, to } => format!(
                "The {} “{from}” is now called “{to}”. Leadline still uses it for {}.",
                theirs(slot),
                ours(slot)
            ),
            Self::Retyped { field, name, from, to } => format!(
                "The custom field “{name}” was of the type {from} and is now {to}, in which {} cannot be kept. Its values stay on this computer until another custom field stands for it.",
                field.label()
            ),
            Self::OptionsGone { field, name, options } => format!(
                "The custom field “{name}” no longer offers {}. {} with such a value cannot be sent.",
                options
                    .iter()
                    .map(|option| format!("“{option}”"))
                    .collect::<Vec<_>>()
                    .join(", "),
                field.label()
            ),
        }
    }
}

impl TenantSetup {
    /// The set-up, with what was known instead of lists that came back empty: a right that was taken away for a moment
    /// must not look as if everything had been deleted.
    #[must_use]
    pub fn believe(mut self, known: &Self) -> Self {
        fn fill<T: Clone>(list: &mut Vec<T>, known: &[T]) {
            if list.is_empty() {
                list.extend_from_slice(known);
            }
        }
        fill(&mut self.ticket_types, &known.ticket_types);
        fill(&mut self.statuses, &known.statuses);
        fill(&mut self.outcomes, &known.outcomes);
        fill(&mut self.fields, &known.fields);
        fill(&mut self.teams, &known.teams);
        self
    }
}

impl Choices {
    /// Leaves the places empty that a change broke, until a person chooses anew.
    pub fn give_up(&mut self, drift: &[Drift]) {
        for slot in drift.iter().filter(|drift| drift.breaks()).map(Drift::slot) {
            match slot {
                Slot::TicketType { lifecycle } => {
                    self.ticket_types.insert(lifecycle, None);
                }
                Slot::Stage { stage } => {
                    self.stages.insert(stage, None);
                }
                Slot::Field { field } => {
                    self.fields.insert(field, None);
                }
                // Any outcome for notes serves as well, so the names may propose another one.
                Slot::NoteOutcome => self.note_outcome = None,
                Slot::CallOutcome => self.call_outcome = None,
                Slot::CallResult { result } => {
                    self.call_results.remove(&result);
                }
                // It is no choice of the mapping, and only a person can name another one.
                Slot::MoveOutcome => {}
            }
        }
    }

    /// Uses again what was gone and is back. Returns whether it is: nothing has to be reported of it any more.
    pub fn take_back(&mut self, drift: &Drift, setup: &TenantSetup) -> bool {
        let Drift::Gone { slot, id, .. } = drift else {
            return false;
        };
        match slot {
            Slot::TicketType { lifecycle } => {
                let back = setup.ticket_types.iter().find(|(known, _)| known.0 == *id);
                back.is_some_and(|(id, _)| put(&mut self.ticket_types, *lifecycle, *id))
            }
            Slot::Stage { stage } => {
                let back = setup.statuses.iter().find(|(known, _)| known.0 == *id);
                back.is_some_and(|(id, _)| put(&mut self.stages, stage.clone(), *id))
            }
            Slot::Field { field } => {
                let back = custom_field(setup, HaloFieldId(*id)).filter(|found| fits(field.field(), found.kind));
                back.is_some_and(|found| put(&mut self.fields, *field, found.id))
            }
            Slot::NoteOutcome | Slot::CallOutcome | Slot::CallResult { .. } | Slot::MoveOutcome => false,
        }
    }
}

/// Fills a place that a change had left empty.
fn put<K: Ord, Id>(choices: &mut BTreeMap<K, Option<Id>>, key: K, id: Id) -> bool {
    match choices.get_mut(&key) {
        Some(choice @ None) => {
            *choice = Some(id);
            true
        }
        // A person has chosen since.
        Some(Some(_)) | None => false,
    }
}
