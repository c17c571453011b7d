//! Three-way merge of a ticket: base (last mirror), mine, theirs.
//!
//! Per field: one side changed, take it; both to the same, fine; both differently, the field's policy decides. What a
//! policy overrules is said in a sentence, so that nothing is resolved silently; what no policy decides is asked.
//!
//! The result is a value. [`MergePlan::apply`] gives what this computer then holds, [`MergePlan::to_send`] what HaloPSA
//! has to be told.
//!
//! Do Not Contact: whoever newly turns it on wins, and merging never turns it off on this computer. Only an off that a
//! person here put on the record (mine off, HaloPSA unchanged) is carried over.

pub mod import;
pub mod tickets;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{
    FieldKey, HaloAgentId, Lifecycle, StageKey, Value,
    fields::SyncPolicy,
    remote::RemoteTicket,
    value::{in_words, same},
};

/// Both sides moved the ticket: a person decides.
pub const STAGE_POLICY: SyncPolicy = SyncPolicy::Ask;

/// Both sides gave the ticket to somebody else: a person decides.
pub const OWNER_POLICY: SyncPolicy = SyncPolicy::Ask;

/// A ticket as one side has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TicketImage {
    /// `None` when HaloPSA's status or ticket type is mapped to no stage: nothing is known about it.
    pub stage: Option<(Lifecycle, StageKey)>,
    pub owner: Option<HaloAgentId>,
    /// Only fields that hold something.
    pub fields: BTreeMap<FieldKey, Value>,
    /// The fields this image speaks about; absent from `fields` means empty for these and unknown for others. `None`:
    /// all of them.
    pub known: Option<BTreeSet<FieldKey>>,
    /// When each field was last changed, where that is known. Needed by [`SyncPolicy::LatestWins`] only.
    pub changed_at: BTreeMap<FieldKey, DateTime<Utc>>,
}

impl TicketImage {
    /// An image that knows every field.
    #[must_use]
    pub fn new(stage: (Lifecycle, StageKey), owner: Option<HaloAgentId>, fields: BTreeMap<FieldKey, Value>) -> Self {
        Self {
            stage: Some(stage),
            owner,
            fields,
            ..Self::default()
        }
    }

    /// What HaloPSA says: only the fields its row spoke about, changed when the ticket was.
    #[must_use]
    pub fn of_remote(remote: &RemoteTicket) -> Self {
        let known: BTreeSet<FieldKey> = remote
            .fields_known
            .iter()
            .chain(remote.fields.keys())
            .copied()
            .collect();
        let changed_at = remote
            .last_update
            .map(|at| known.iter().map(|&field| (field, at)).collect())
            .unwrap_or_default();
        Self {
            stage: remote.lifecycle.zip(remote.stage.clone()),
            owner: remote.owner,
            fields: remote.fields.clone(),
            known: Some(known),
            changed_at,
        }
    }

    /// Whether the image says anything about the field.
    #[must_use]
    pub fn knows(&self, field: FieldKey) -> bool {
        self.known.as_ref().is_none_or(|known| known.contains(&field)) || self.fields.contains_key(&field)
    }
}

/// Which policy holds: the catalogue's, where a tenant has not chosen another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Policies {
    pub stage: SyncPolicy,
    pub owner: SyncPolicy,
    /// Only where it differs from the catalogue.
    #[serde(default)]
    pub fields: BTreeMap<FieldKey, SyncPolicy>,
}

impl Default for Policies {
    fn default() -> Self {
        Self {
            stage: STAGE_POLICY,
            owner: OWNER_POLICY,
            fields: BTreeMap::new(),
        }
    }
}

impl Policies {
    /// The policy of a field. Do Not Contact has only one.
    #[must_use]
    pub fn of(&self, field: FieldKey) -> SyncPolicy {
        let own = field.field().sync;
        if own == SyncPolicy::OnWins {
            own
        } else {
            self.fields.get(&field).copied().unwrap_or(own)
        }
    }
}

/// What becomes of one field, the stage or the owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolution<T> {
    /// Both sides hold the same now, whatever was before.
    Same,
    /// HaloPSA's is taken. `lost` is what was changed here and is overruled.
    TakeTheirs { theirs: T, lost: Option<T> },
    /// Mine stays and is (still) to be sent. `over` is what was changed in HaloPSA and is overruled.
    KeepMine { mine: T, over: Option<T> },
    /// A person has to choose; until then mine stays and is not sent. Whoever keeps the base must leave the old one in
    /// place for this field while the question is open: against a newer base the difference would look like mine alone.
    Ask { mine: T, theirs: T },
}

/// What becomes of a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MergePlan {
    pub stage: Resolution<(Lifecycle, StageKey)>,
    pub owner: Resolution<Option<HaloAgentId>>,
    /// Fields in which the two sides differ; a field that is not here is the same on both, or unknown in HaloPSA's row
    /// and unchanged here.
    pub fields: BTreeMap<FieldKey, Resolution<Option<Value>>>,
    /// What a policy overruled, one sentence each, for the ticket's history.
    pub sentences: Vec<String>,
}

/// What HaloPSA has to be told after a merge.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToSend {
    pub stage: Option<(Lifecycle, StageKey)>,
    pub owner: Option<Option<HaloAgentId>>,
    /// `None` as value empties the field.
    pub fields: BTreeMap<FieldKey, Option<Value>>,
}

impl ToSend {
    /// Whether there is nothing to tell.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Merges what happened on both sides since the base.
#[must_use]
pub fn three_way(base: &TicketImage, mine: &TicketImage, theirs: &TicketImage, policies: &Policies) -> MergePlan {
    let mut sentences = Vec::new();
    let stage = merge_stage(base, mine, theirs, policies.stage, &mut sentences);
    let owner = resolve(&base.owner, &mine.owner, &theirs.owner, policies.owner, None, |a, b| {
        a == b
    });
    match &owner {
        Resolution::TakeTheirs { lost: Some(_), .. } => {
            sentences.push("Both sides changed the owner: HaloPSA's was taken.".to_owned());
        }
        Resolution::KeepMine { over: Some(_), .. } => {
            sentences.push("Both sides changed the owner: the one set here was kept.".to_owned());
        }
        _ => {}
    }
    let keys: BTreeSet<FieldKey> = [base, mine, theirs]
        .iter()
        .flat_map(|image| image.fields.keys().copied())
        .collect();
    let mut fields = BTreeMap::new();
    for field in keys
        .into_iter()
        .filter(|field| !field.field().is_local() && mine.knows(*field))
    {
        let resolution = merge_field(field, base, mine, theirs, policies);
        sentences.extend(overruled(field, &resolution));
        if resolution != Resolution::Same {
            fields.insert(field, resolution);
        }
    }
    MergePlan {
        stage,
        owner,
        fields,
        sentences,
    }
}

/// The stage and lifecycle go together. What HaloPSA says in a status of no stage is unknown, not a change.
fn merge_stage(
    base: &TicketImage,
    mine: &TicketImage,
    theirs: &TicketImage,
    policy: SyncPolicy,
    sentences: &mut Vec<String>,
) -> Resolution<(Lifecycle, StageKey)> {
    let Some(my_stage) = &mine.stage else {
        return match &theirs.stage {
            Some(theirs) => Resolution::TakeTheirs {
                theirs: theirs.clone(),
                lost: None,
            },
            None => Resolution::Same,
        };
    };
    let before = base.stage.as_ref().or(theirs.stage.as_ref()).unwrap_or(my_stage);
    let now = theirs.stage.as_ref().unwrap_or(before);
    let resolution = resolve(before, my_stage, now, policy, None, |a, b| a == b);
    match &resolution {
        Resolution::TakeTheirs {
            theirs,
            lost: Some(lost),
        } => {
            sentences.push(format!(
                "Both sides moved it: HaloPSA's {} was taken, not {}.",
                theirs.1, lost.1
            ));
        }
        Resolution::KeepMine { mine, over: Some(over) } => {
            sentences.push(format!(
                "Both sides moved it: {} was kept, not HaloPSA's {}.",
                mine.1, over.1
            ));
        }
        _ => {}
    }
    resolution
}

fn merge_field(
    field: FieldKey,
    base: &TicketImage,
    mine: &TicketImage,
    theirs: &TicketImage,
    policies: &Policies,
) -> Resolution<Option<Value>> {
    let value = |image: &TicketImage| image.fields.get(&field).cloned();
    let (my_value, before) = (value(mine), value(base));
    // A field that HaloPSA's row does not speak about is unknown, so it has not changed.
    let now = if theirs.knows(field) {
        value(theirs)
    } else {
        before.clone()
    };
    let is_same = |a: &Option<Value>, b: &Option<Value>| same(a.as_ref(), b.as_ref());
    let policy = policies.of(field);
    if policy == SyncPolicy::OnWins {
        return merge_switch(before, my_value, now);
    }
    let times = mine
        .changed_at
        .get(&field)
        .copied()
        .zip(theirs.changed_at.get(&field).copied());
    resolve(&before, &my_value, &now, policy, times, is_same)
}

/// On beats off.
fn merge_switch(base: Option<Value>, mine: Option<Value>, theirs: Option<Value>) -> Resolution<Option<Value>> {
    let on = |value: &Option<Value>| *value == Some(Value::Boolean(true));
    match (on(&base), on(&mine), on(&theirs)) {
        (_, true, true) | (_, false, false) => Resolution::Same,
        // Mine was turned on here, or theirs was turned off there: on stays and is sent.
        (false, true, false) => Resolution::KeepMine { mine, over: None },
        (true, true, false) => Resolution::KeepMine {
            mine,
            over: Some(theirs),
        },
        // Turned on in HaloPSA.
        (false, false, true) => Resolution::TakeTheirs { theirs, lost: None },
        // Turned off here, by a manager and on the record; HaloPSA has not heard of it yet.
        (true, false, true) => Resolution::KeepMine { mine, over: None },
    }
}

/// The rule for everything: who changed, and if both did, what the policy says.
fn resolve<T: Clone>(
    base: &T,
    mine: &T,
    theirs: &T,
    policy: SyncPolicy,
    times: Option<(DateTime<Utc>, DateTime<Utc>)>,
    is_same: impl Fn(&T, &T) -> bool,
) -> Resolution<T> {
    let take = |lost: Option<T>| Resolution::TakeTheirs {
        theirs: theirs.clone(),
        lost,
    };
    let keep = |over: Option<T>| Resolution::KeepMine {
        mine: mine.clone(),
        over,
    };
    let ask = || Resolution::Ask {
        mine: mine.clone(),
        theirs: theirs.clone(),
    };
    if is_same(mine, theirs) {
        return Resolution::Same;
    }
    if is_same(mine, base) {
        return take(None);
    }
    if is_same(theirs, base) {
        return keep(None);
    }
    match (policy, times) {
        (SyncPolicy::HaloWins, _) => take(Some(mine.clone())),
        (SyncPolicy::MineWins, _) => keep(Some(theirs.clone())),
        (SyncPolicy::LatestWins, Some((here, there))) if here > there => keep(Some(theirs.clone())),
        (SyncPolicy::LatestWins, Some((here, there))) if there > here => take(Some(mine.clone())),
        (SyncPolicy::LatestWins | SyncPolicy::Ask | SyncPolicy::OnWins, _) => ask(),
    }
}

/// What a policy overruled, in words.
fn overruled(field: FieldKey, resolution: &Resolution<Option<Value>>) -> Option<String> {
    let words = |value: &Option<Value>| in_words(field, value.as_ref());
    match resolution {
        Resolution::TakeTheirs {
            theirs,
            lost: Some(lost),
        } => Some(format!(
            "Both sides changed {}: HaloPSA's {} was taken, not {}.",
            field.label(),
            words(theirs),
            words(lost)
        )),
        Resolution::KeepMine { mine, over: Some(over) } => Some(format!(
            "Both sides changed {}: {} was kept, not HaloPSA's {}.",
            field.label(),
            words(mine),
            words(over)
        )),
        _ => None,
    }
}

impl MergePlan {
    /// Whether both sides already agree in everything HaloPSA's row spoke about.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.stage == Resolution::Same && self.owner == Resolution::Same && self.fields.is_empty()
    }

    /// Whether a person has to choose something.
    #[must_use]
    pub fn asks(&self) -> bool {
        matches!(self.stage, Resolution::Ask { .. })
            || matches!(self.owner, Resolution::Ask { .. })
            || self
                .fields
                .values()
                .any(|field| matches!(field, Resolution::Ask { .. }))
    }

    /// What this computer holds afterwards.
    #[must_use]
    pub fn apply(&self, mine: &TicketImage) -> TicketImage {
        let mut merged = mine.clone();
        if let Resolution::TakeTheirs { theirs, .. } = &self.stage {
            merged.stage = Some(theirs.clone());
        }
        if let Resolution::TakeTheirs { theirs, .. } = &self.owner {
            merged.owner = *theirs;
        }
        for (&field, resolution) in &self.fields {
            if let Resolution::TakeTheirs { theirs, .. } = resolution {
                match theirs {
                    Some(value) => merged.fields.insert(field, value.clone()),
                    None => merged.fields.remove(&field),
                };
            }
        }
        merged
    }

    /// What HaloPSA has to be told: what is kept here and differs there. What is asked waits.
    #[must_use]
    pub fn to_send(&self) -> ToSend {
        let mut send = ToSend::default();
        if let Resolution::KeepMine { mine, .. } = &self.stage {
            send.stage = Some(mine.clone());
        }
        if let Resolution::KeepMine { mine, .. } = &self.owner {
            send.owner = Some(*mine);
        }
        for (&field, resolution) in &self.fields {
            if let Resolution::KeepMine { mine, .. } = resolution {
                send.fields.insert(field, mine.clone());
            }
        }
        send
    }
}

#[cfg(test)]
mod tests;
