//! What an incoming record may do to a ticket that is there.
//!
//! A person's word beats a machine's: nothing here replaces a value that a person wrote, and a ticket that somebody works
//! on is left alone altogether. Per field, in this order:
//!
//! 1. The ticket is beyond `researching`, or promoted: nothing is written, what differs waits for a person.
//! 2. Both say the same: nothing to do. The ticket has no value: the new one is taken.
//! 3. The field is protected, or a person wrote the value: it stays.
//! 4. Two providers: the one that is believed more for this group of fields ([`ProviderOrder`]).
//! 5. The field's own rule: enrichment takes what is new, services offered what is half as long again, growth signals and
//!    project pipelines what is not contained.
//! 6. Neither decides: a person is asked about the field, and the rest is merged.
//!
//! The order of providers stands before the field's own rule because a value would otherwise swing with whichever file
//! came last. It makes no difference which of two files came first.
//!
//! HaloPSA does not say who wrote a value. How a person is reached (numbers, addresses) is what colleagues correct there by
//! hand, so it counts as a person's word and is asked about; facts about the company follow the field's own rule. Where a
//! lead first came from stays as it is.
//!
//! A merge that is applied and planned again says [`MergeOutcome::Skipped`], or asks the same question once more; whoever
//! opens the question knows whether it stands already.
//!
//! Do Not Contact is not a value among others: [`ImportMerge::opt_out`] holds whatever else is decided, and no record can
//! turn it off.

use std::collections::BTreeMap;

use crate::{
    FieldKey, Source, StageKey, StoredValue, Value, company_name,
    fields::{ImportPolicy, PiiClass, Precedence, keys},
    import::{CleanValue, CleanValues, ProviderOrder, Standing},
    text,
};

/// The stages in which a lead may still be filled by machine.
const OPEN_STAGES: [&str; 2] = ["new_lead", "researching"];

/// What becomes of a record that is somebody already here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MergeOutcome {
    /// Something is written, and nothing is asked.
    Updated,
    /// There is nothing new.
    Skipped,
    /// The ticket has gone on: nothing is written.
    Preserved,
    /// A person is asked about [`ImportMerge::to_review`]; the rest is written.
    Review,
}

/// What an import does to a ticket. Fields that say the same on both sides stand nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportMerge {
    /// What is written.
    pub updates: CleanValues,
    /// Where the record says something else and the ticket's value stays without a question.
    pub preserved: Vec<FieldKey>,
    /// What a person is asked about: the record's side. For a preserved ticket, all that is new to it.
    pub to_review: CleanValues,
    /// The record says that nobody may contact the person, and the ticket does not yet. Holds for every outcome.
    pub opt_out: bool,
    pub outcome: MergeOutcome,
}

/// What becomes of one field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Same,
    Take,
    Keep,
    Ask,
}

/// Plans the merge of a record into a ticket in that stage; `promoted` when it is a lead no more.
#[must_use]
pub fn plan_merge(
    existing: &BTreeMap<FieldKey, StoredValue>,
    stage: &StageKey,
    promoted: bool,
    incoming: &CleanValues,
    source: &Source,
    order: &ProviderOrder,
) -> ImportMerge {
    let on = Value::Boolean(true);
    let mut merge = ImportMerge {
        updates: BTreeMap::new(),
        preserved: Vec::new(),
        to_review: BTreeMap::new(),
        opt_out: incoming.get(&keys::DO_NOT_CONTACT).is_some_and(|new| new.value == on)
            && existing.get(&keys::DO_NOT_CONTACT).is_none_or(|old| old.value != on),
        outcome: MergeOutcome::Skipped,
    };
    let gone_on = promoted || !OPEN_STAGES.contains(&stage.as_str());
    for (&field, new) in incoming {
        if field == keys::DO_NOT_CONTACT || field.field().read_only || !new.value.says_something() {
            continue;
        }
        match verdict(field, existing.get(&field), new, source, order) {
            Verdict::Same => {}
            _ if gone_on => {
                merge.preserved.push(field);
                merge.to_review.insert(field, new.clone());
            }
            Verdict::Take => {
                merge.updates.insert(field, new.clone());
            }
            Verdict::Keep => merge.preserved.push(field),
            Verdict::Ask => {
                merge.to_review.insert(field, new.clone());
            }
        }
    }
    merge.outcome = if gone_on {
        MergeOutcome::Preserved
    } else if !merge.to_review.is_empty() {
        MergeOutcome::Review
    } else if merge.updates.is_empty() && !merge.opt_out {
        MergeOutcome::Skipped
    } else {
        MergeOutcome::Updated
    };
    merge
}

fn verdict(
    field: FieldKey,
    existing: Option<&StoredValue>,
    new: &CleanValue,
    source: &Source,
    order: &ProviderOrder,
) -> Verdict {
    let Some(old) = existing.filter(|old| old.value.says_something()) else {
        return Verdict::Take;
    };
    if says_the_same(field, &old.value, &new.value) {
        return Verdict::Same;
    }
    let entry = field.field();
    let by_hand = old.provenance.by.is_some() || old.provenance.source == Source::Person;
    if by_hand || entry.import == ImportPolicy::Protected {
        return Verdict::Keep;
    }
    match order.standing(field, source, &old.provenance.source) {
        Standing::Above => return Verdict::Take,
        Standing::Below => return Verdict::Keep,
        Standing::Unordered => {}
    }
    if old.provenance.source == Source::Halopsa && entry.pii == PiiClass::ContactDetail {
        return Verdict::Ask;
    }
    match entry.import {
        ImportPolicy::Protected => Verdict::Keep,
        ImportPolicy::Enrichment => Verdict::Take,
        ImportPolicy::IfLonger => take_if(2 * length(&new.value) > 3 * length(&old.value)),
        ImportPolicy::IfNotContained => take_if(!contains(&old.value, &new.value)),
        // Where the lead came from, and by which campaign: the first answer is the right one.
        ImportPolicy::IfEmpty if entry.precedence == Precedence::None => Verdict::Keep,
        ImportPolicy::IfEmpty => Verdict::Ask,
    }
}

fn take_if(take: bool) -> Verdict {
    if take { Verdict::Take } else { Verdict::Keep }
}

/// Whether two values differ in nothing but spelling: capitals and signs in a text, the legal form of a company, `www.`
/// before an address.
fn says_the_same(field: FieldKey, old: &Value, new: &Value) -> bool {
    match (old, new) {
        (Value::Text(old), Value::Text(new)) if field == keys::COMPANY_NAME => {
            company_name::key(old) == company_name::key(new)
        }
        (Value::Text(old), Value::Text(new)) => {
            old == new || {
                let plain = text::letters_and_digits(old);
                !plain.is_empty() && plain == text::letters_and_digits(new)
            }
        }
        (Value::Url(old), Value::Url(new)) => bare_address(old.as_str()) == bare_address(new.as_str()),
        _ => old.same_as(new),
    }
}

fn bare_address(address: &str) -> String {
    let lower = address.to_lowercase();
    lower.strip_prefix("www.").unwrap_or(&lower).to_owned()
}

/// The length of a text in characters.
fn length(value: &Value) -> usize {
    match value {
        Value::Text(text) => text.chars().count(),
        _ => 0,
    }
}

/// Whether the old text says the new one, whatever the capitals.
fn contains(old: &Value, new: &Value) -> bool {
    match (old, new) {
        (Value::Text(old), Value::Text(new)) => old.to_lowercase().contains(&new.to_lowercase()),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
