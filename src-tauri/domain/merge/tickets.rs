//! Which value a ticket keeps when another one, or an incoming record, becomes a part of it.
//!
//! It is a proposal for the person who merges, and the rule where they say nothing:
//!
//! 1. What says something beats what says nothing, and two that say the same leave what is there.
//! 2. A person's word beats HaloPSA's, that a provider's, that a file's, that a rule's.
//! 3. Of two persons the later one, of two providers the one that is believed more ([`ProviderOrder`]), else the later one.
//! 4. Of two texts of research the one that is more than half as long again.
//! 5. What is there stays.
//!
//! Do Not Contact is no matter of choice: on stays on, on whichever of them it is.

use crate::{
    FieldKey, Source, StoredValue, Value,
    fields::{FieldKind, keys},
    import::{ProviderOrder, Standing},
};

/// Whether a person chooses between the values of this field. What Leadline derives follows from the rest, and an opt-out
/// holds whatever is chosen.
#[must_use]
pub fn is_chosen(field: FieldKey) -> bool {
    const NOT_CHOSEN: [FieldKey; 3] = [keys::DO_NOT_CONTACT, keys::DNC_REASON, keys::DEAL_AFTER_OPT_OUT];
    !field.field().read_only && !NOT_CHOSEN.contains(&field)
}

/// Which of the values is proposed. The first one is that of the ticket that stays.
#[must_use]
pub fn best(field: FieldKey, values: &[Option<&StoredValue>], order: &ProviderOrder) -> usize {
    let mut best = 0;
    for at in 1..values.len() {
        let value = |at: usize| {
            let stored: Option<&StoredValue> = values.get(at).copied().flatten();
            stored.filter(|stored| stored.value.says_something())
        };
        match (value(best), value(at)) {
            (None, Some(_)) => best = at,
            (Some(present), Some(other)) if beats(field, other, present, order) => best = at,
            _ => {}
        }
    }
    best
}

fn beats(field: FieldKey, other: &StoredValue, present: &StoredValue, order: &ProviderOrder) -> bool {
    if other.value.same_as(&present.value) {
        return false;
    }
    let (mine, theirs) = (&present.provenance, &other.provenance);
    if rank(&theirs.source) != rank(&mine.source) {
        return rank(&theirs.source) > rank(&mine.source);
    }
    match (&theirs.source, order.standing(field, &theirs.source, &mine.source)) {
        (Source::Person, _) => theirs.at > mine.at,
        (_, Standing::Below) => false,
        (_, Standing::Above) => {
            // Two that nobody ordered each stand above the other.
            let mutual = order.standing(field, &mine.source, &theirs.source) == Standing::Above;
            !mutual || theirs.at > mine.at
        }
        (_, Standing::Unordered) => field.field().kind == FieldKind::LongText && is_much_longer(other, present),
    }
}

/// How far the word of a source counts against that of another sort of source.
fn rank(source: &Source) -> u8 {
    match source {
        Source::Person => 4,
        Source::Halopsa => 3,
        Source::Provider { .. } => 2,
        Source::File { .. } => 1,
        Source::Rule { .. } => 0,
    }
}

fn is_much_longer(other: &StoredValue, present: &StoredValue) -> bool {
    let length = |stored: &StoredValue| match &stored.value {
        Value::Text(text) => text.trim().chars().count(),
        _ => 0,
    };
    length(other) * 2 > length(present) * 3
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};

    use super::*;
    use crate::Provenance;

    fn stored(text: &str, source: Source, day: i64) -> StoredValue {
        StoredValue {
            value: Value::Text(text.to_owned()),
            raw: None,
            provenance: Provenance {
                source,
                at: DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(day),
                by: None,
            },
        }
    }

    fn provider(name: &str) -> Source {
        Source::Provider { name: name.to_owned() }
    }

    fn check(field: FieldKey, values: &[Option<StoredValue>], expected: usize) {
        let values: Vec<Option<&StoredValue>> = values.iter().map(Option::as_ref).collect();
        assert_eq!(
            best(field, &values, &ProviderOrder::default()),
            expected,
            "{field}: {values:#?}"
        );
    }

    #[test]
    fn what_says_something_beats_what_says_nothing() {
        let director = || Some(stored("Director", provider("Apollo.io"), 1));
        check(keys::JOB_TITLE, &[None, director()], 1);
        check(keys::JOB_TITLE, &[director(), None], 0);
        check(keys::JOB_TITLE, &[None, None, director()], 2);
        check(keys::JOB_TITLE, &[Some(stored(" ", Source::Person, 1)), director()], 1);
        check(keys::JOB_TITLE, &[None, None], 0);
    }

    #[test]
    fn a_persons_word_beats_a_machines_and_the_later_person_the_earlier() {
        let title = |text, source, day| Some(stored(text, source, day));
        let typed = title("CIO", Source::Person, 1);
        check(keys::JOB_TITLE, &[title("CTO", Source::Halopsa, 9), typed.clone()], 1);
        check(keys::JOB_TITLE, &[typed.clone(), title("CTO", Source::Halopsa, 9)], 0);
        check(keys::JOB_TITLE, &[typed.clone(), title("CEO", Source::Person, 2)], 1);
        check(keys::JOB_TITLE, &[title("CEO", Source::Person, 2), typed], 0);
    }

    #[test]
    fn providers_are_believed_in_their_order() {
        let title = |name, day| Some(stored(name, provider(name), day));
        check(keys::JOB_TITLE, &[title("Apollo.io", 9), title("ZoomInfo", 1)], 1);
        check(keys::JOB_TITLE, &[title("ZoomInfo", 1), title("Apollo.io", 9)], 0);
        check(keys::JOB_TITLE, &[title("Lusha", 1), title("UpLead", 2)], 1);
        check(keys::JOB_TITLE, &[title("Lusha", 2), title("UpLead", 1)], 0);
    }

    #[test]
    fn the_longer_text_of_research_is_proposed_and_else_what_is_there() {
        let text = |text, day| Some(stored(text, Source::Halopsa, day));
        check(
            keys::PUBLIC_RESEARCH,
            &[text("Forty offices", 1), text("Forty offices in nine countries", 1)],
            1,
        );
        check(
            keys::PUBLIC_RESEARCH,
            &[text("Forty offices", 1), text("Forty-two offices", 9)],
            0,
        );
        check(
            keys::JOB_TITLE,
            &[text("CIO", 1), text("Chief information officer", 9)],
            0,
        );
    }

    #[test]
    fn nobody_chooses_between_opt_outs_or_derived_names() {
        assert!(!is_chosen(keys::DO_NOT_CONTACT) && !is_chosen(keys::FIRST_NAME));
        assert!(is_chosen(keys::PERSON_NAME) && is_chosen(keys::EMAIL));
    }
}
