//! Which tags HaloPSA is owed for a ticket.
//!
//! A list that people keep is owed wherever the two sides differ. A list that a rule keeps is owed where the rule has come
//! to decide otherwise than HaloPSA's values say, in this very write, or waits to be sent already; that the two sides
//! differ is no reason, because HaloPSA is not written only to be tagged (see [`crate::rule_lists`]). So an entry names
//! HaloPSA's tags with what is owed changed in them, and nothing else.

use std::collections::BTreeMap;

use domain::{
    FieldKey, Value,
    lists::{Tags, automatic},
};
use store::{OutboxPayload, OutboxState, Reader};

use super::{Balance, Held, Part};

/// What about the lists that a rule keeps is to be told.
#[derive(Clone, Copy)]
pub(super) enum Told<'t> {
    /// What a person's write changed from this, as far as HaloPSA's own values say otherwise.
    Changed(&'t Tags),
    /// What HaloPSA's change led to; its values say the same by now.
    Followed(&'t Tags),
    /// What waits already.
    Waiting,
}

/// HaloPSA's tags with what is owed changed in them; as they are where nothing is.
pub(crate) fn owed(
    by_rule: &Tags,
    here: &Tags,
    there: &Tags,
    queued: Option<&Tags>,
    is_told: impl Fn(&str) -> bool,
) -> Tags {
    let mut owed = there.clone();
    for name in here.iter().chain(there.iter()) {
        if here.has(name) == there.has(name) {
            continue;
        }
        let waits = queued.is_some_and(|queued| queued.has(name) != there.has(name));
        if !by_rule.has(name) || waits || is_told(name) {
            if here.has(name) {
                owed.add(name);
            } else {
                owed.remove(name);
            }
        }
    }
    owed
}

impl Balance {
    /// As [`owed`], for this ticket; `None` when it is not known what HaloPSA has.
    pub(super) fn owed_lists(&self, reader: &Reader<'_>, told: Told<'_>) -> Result<Option<Tags>, store::Error> {
        let (Held::Lists(here), Some(Held::Lists(there))) = (self.here(Part::Lists), self.there(Part::Lists)) else {
            return Ok(None);
        };
        if here.same_as(&there) {
            return Ok(Some(there));
        }
        let queued = self.queued_lists();
        let by_rule = reader.rule_lists()?;
        let owed = match told {
            Told::Waiting => owed(&by_rule, &here, &there, queued, |_| false),
            Told::Followed(before) => owed(&by_rule, &here, &there, queued, |name| {
                before.has(name) != here.has(name)
            }),
            Told::Changed(before) => {
                let (said_here, said_there) = self.decided();
                owed(&by_rule, &here, &there, queued, |name| {
                    before.has(name) != here.has(name) && said_here.has(name) != said_there.has(name)
                })
            }
        };
        Ok(Some(owed))
    }

    /// What is owed beyond what waits or is on its way; `None` when that is nothing.
    pub(super) fn news_of_lists(&self, reader: &Reader<'_>, told: Told<'_>) -> Result<Option<Tags>, store::Error> {
        let Some(Held::Lists(there)) = self.there(Part::Lists) else {
            return Ok(None);
        };
        let known = self.queued_lists().unwrap_or(&there);
        let owed = self.owed_lists(reader, told)?;
        Ok(owed.filter(|owed| !owed.same_as(known) && !owed.same_as(&there)))
    }

    /// The tags that the entry which can still be edited asks for.
    fn queued_lists(&self) -> Option<&Tags> {
        self.unsent
            .iter()
            .rev()
            .find_map(|entry| match (&entry.payload, entry.state) {
                (OutboxPayload::Update { patch }, OutboxState::Waiting | OutboxState::Parked) => patch.lists.as_ref(),
                _ => None,
            })
    }

    /// Whether all that changed from `before` are lists that rules keep, and the rules say the same of HaloPSA's values as of
    /// those that are here: a change that was taken back.
    pub(super) fn is_decided_alike(&self, reader: &Reader<'_>, before: &Tags) -> Result<bool, store::Error> {
        let Held::Lists(here) = self.here(Part::Lists) else {
            return Ok(false);
        };
        let by_rule = reader.rule_lists()?;
        let (said_here, said_there) = self.decided();
        let mut changed = here
            .iter()
            .chain(before.iter())
            .filter(|name| here.has(name) != before.has(name))
            .peekable();
        Ok(changed.peek().is_some()
            && changed.all(|name| by_rule.has(name) && said_here.has(name) == said_there.has(name)))
    }

    /// The lists that the rules give to the values here, and to those that HaloPSA has or will have.
    fn decided(&self) -> (Tags, Tags) {
        (
            automatic::automatic(&self.deciding(|part| Some(self.here(part)))),
            automatic::automatic(&self.deciding(|part| self.there(part))),
        )
    }

    fn deciding(&self, held: impl Fn(Part) -> Option<Held>) -> BTreeMap<FieldKey, Value> {
        let value = |field: FieldKey| match held(Part::Field(field)) {
            Some(Held::Field(value)) => value,
            _ => None,
        };
        automatic::DECIDING
            .into_iter()
            .filter_map(|field| Some((field, value(field)?)))
            .collect()
    }

    /// Whether HaloPSA has everything of the lists that waits to be sent.
    pub(crate) fn has_queued_lists(&self, reader: &Reader<'_>) -> Result<bool, store::Error> {
        let there = self.there(Part::Lists);
        let owed = self.owed_lists(reader, Told::Waiting)?;
        Ok(owed
            .zip(there)
            .is_some_and(|(owed, there)| there.same_as(&Held::Lists(owed))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lists "hot" and "legal" are kept by rules; `told` are those that the write has just decided about.
    fn check(here: &str, there: &str, queued: Option<&str>, told: &str, expected: &str) {
        let tags = |names: &str| Tags::of(names.split_whitespace());
        let told = tags(told);
        let queued = queued.map(tags);
        let owed = owed(
            &tags("hot legal cold"),
            &tags(here),
            &tags(there),
            queued.as_ref(),
            |name| told.has(name),
        );
        assert!(owed.same_as(&tags(expected)), "{here} | {there}: {owed:?}");
    }

    #[test]
    fn a_tag_that_a_rule_gives_is_sent_when_the_rule_has_decided() {
        // HaloPSA had the ticket before this computer.
        check("legal", "", None, "", "");
        // A person decides: that tag goes, and no other.
        check("legal hot", "", None, "hot", "hot");
        check("legal cold", "hot", None, "hot cold", "cold");
        // What waits stays, and goes when it is taken back.
        check("legal hot spring", "", Some("hot"), "", "hot spring");
        check("legal", "", Some("hot"), "hot", "");
    }

    #[test]
    fn a_list_that_people_keep_is_owed_wherever_it_differs() {
        check("spring", "", None, "", "spring");
        check("", "spring", None, "", "");
        // HaloPSA's own tags that a rule would not give are left as they are.
        check("cold spring", "hot", None, "", "hot spring");
    }
}
