//! The history in memory as one report sees it: some tickets, in some period, judged at some moment.

use std::collections::BTreeMap;

use domain::{AgentId, StageKey, TicketId};

use super::{
    Closing, Ending, Stays, WayOut,
    history::{Deed, Deeds, History, NEVER, Stay},
};
use crate::convert::millis;

/// The history as one report sees it.
#[derive(Debug)]
pub struct View<'h> {
    pub(super) history: &'h History,
    pub(super) from: i64,
    pub(super) until: i64,
    pub(super) judged: i64,
    /// It is judged at a moment of the past.
    pub(super) past: bool,
    /// Which tickets count, …
    pub(super) picked: Picked,
    /// … and which of their stays stand in the copy.
    pub(super) in_base: Picked,
}

impl View<'_> {
    /// As [`Reader::funnel`] of one stage, without the ways that nobody took.
    #[must_use]
    pub fn funnel(&self, stage: &StageKey) -> Vec<WayOut> {
        let mut found: BTreeMap<Option<&StageKey>, WayOut> = BTreeMap::new();
        self.each_in_period(stage, |next, stay| {
            if stay.again < self.until {
                return;
            }
            let way = found.entry(next).or_insert_with(|| WayOut {
                stage: 0,
                next: next.cloned(),
                entered: 0,
                again: 0,
                open: 0,
            });
            way.entered += 1;
            way.again += u32::from(stay.has_been_here);
            way.open += u32::from(stay.left != NEVER && stay.left >= self.judged);
        });
        found.into_values().collect()
    }

    /// As [`Reader::stays`] of one stage.
    #[must_use]
    pub fn stays(&self, stage: &StageKey) -> Stays {
        let seconds = |from: i64, to: i64| u32::try_from((to - from).max(0) / 1_000).unwrap_or(u32::MAX);
        let mut stays = Stays::default();
        self.each_in_period(stage, |_, stay| {
            if stay.left < self.judged {
                stays.ended.push(seconds(stay.entered, stay.left));
            } else {
                stays.open.push(seconds(stay.entered, self.judged));
            }
        });
        stays
    }

    /// As [`Reader::open_deals`].
    #[must_use]
    pub fn open(&self, stages: &[StageKey]) -> u32 {
        let mut count = 0;
        for stage in stages {
            self.each(stage, i64::MIN, self.judged, |_, stay| {
                count += u32::from(stay.left >= self.judged);
            });
        }
        count
    }

    /// As [`Reader::closed_deals_with_words`], with the time at which each became an opportunity; the won ones come first.
    #[must_use]
    pub fn closed(&self, closing: &Closing) -> Vec<Ending> {
        let mut deals = Vec::new();
        for stage in [&closing.won].into_iter().chain(&closing.lost) {
            let won = *stage == closing.won;
            self.each_in_period(stage, |next, stay| {
                // Now nobody has left who has not: only a moment of the past needs those that left later.
                if stay.left >= self.judged && (next.is_none() || self.past) {
                    deals.extend(self.ending(won, stay));
                }
            });
        }
        deals
    }

    fn ending(&self, won: bool, stay: &Stay) -> Option<Ending> {
        let known = [&self.history.later_facts, &self.history.base.facts];
        let (facts, fact) = known
            .into_iter()
            .find_map(|facts| Some((facts, facts.get(stay.ticket)?)))?;
        let (minor, currency) = match facts.final_currency(fact) {
            in_the_end if won && !in_the_end.is_empty() => (fact.final_minor, in_the_end),
            _ => (fact.minor, facts.currency(fact)),
        };
        Some(Ending {
            ticket: TicketId(i64::from(stay.ticket)),
            won,
            closed_at: millis(stay.entered),
            owner: fact.owner,
            source: facts.source(fact),
            minor,
            currency,
            words: facts.words(fact),
            opened_at: fact.opened_at.map(millis),
        })
    }

    /// As [`Reader::moves_by_agent`].
    #[must_use]
    pub fn moves(&self) -> BTreeMap<AgentId, u32> {
        self.by_agent(&self.history.base.moves, &self.history.later_moves)
    }

    /// As [`Reader::calls_by_agent`].
    #[must_use]
    pub fn calls(&self) -> BTreeMap<AgentId, u32> {
        self.by_agent(&self.history.base.calls, &self.history.later_calls)
    }

    fn by_agent(&self, base: &Deeds, later: &Deeds) -> BTreeMap<AgentId, u32> {
        let mut found: BTreeMap<AgentId, u32> = BTreeMap::new();
        let mut add = |agent: AgentId, count: usize| {
            if count > 0 {
                *found.entry(agent).or_default() += u32::try_from(count).unwrap_or(u32::MAX);
            }
        };
        for (agent, deeds) in base {
            let first = deeds.partition_point(|deed| deed.at < self.from);
            let end = deeds.partition_point(|deed| deed.at < self.until);
            let within = deeds.get(first..end).unwrap_or_default();
            add(
                *agent,
                within.iter().filter(|deed| self.in_base.has(deed.ticket)).count(),
            );
        }
        for (agent, deeds) in later {
            let within = |deed: &&Deed| deed.at >= self.from && deed.at < self.until && self.picked.has(deed.ticket);
            add(*agent, deeds.iter().filter(within).count());
        }
        found
    }

    fn each_in_period<'s>(&'s self, stage: &StageKey, take: impl FnMut(Option<&'s StageKey>, &Stay)) {
        self.each(stage, self.from, self.until, take);
    }

    /// Hands over the stays that count and began in that time.
    fn each<'s>(&'s self, stage: &StageKey, from: i64, until: i64, mut take: impl FnMut(Option<&'s StageKey>, &Stay)) {
        for way in self.history.base.ways.iter().filter(|way| way.stage == *stage) {
            let first = way.stays.partition_point(|stay| stay.entered < from);
            let end = way.stays.partition_point(|stay| stay.entered < until);
            for stay in way.stays.get(first..end).unwrap_or_default() {
                if self.in_base.has(stay.ticket) {
                    take(way.next.as_ref(), stay);
                }
            }
        }
        for way in self.history.later_ways.iter().filter(|way| way.stage == *stage) {
            for stay in &way.stays {
                if stay.entered >= from && stay.entered < until && self.picked.has(stay.ticket) {
                    take(way.next.as_ref(), stay);
                }
            }
        }
    }
}

/// Some tickets, or all but some.
#[derive(Clone, Debug)]
pub(super) struct Picked {
    pub(super) only: bool,
    pub(super) tickets: Bits,
}

impl Picked {
    fn has(&self, ticket: u32) -> bool {
        self.tickets.has(ticket) == self.only
    }
}

/// Numbers, a bit for each.
#[derive(Clone, Debug, Default)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    fn has(&self, number: u32) -> bool {
        let word = self.0.get(number as usize / 64);
        word.is_some_and(|word| (word >> (number % 64)) & 1 == 1)
    }

    pub(super) fn set(&mut self, number: u32, on: bool) {
        let place = number as usize / 64;
        if self.0.len() <= place {
            self.0.resize(place + 1, 0);
        }
        if let Some(word) = self.0.get_mut(place) {
            let bit = 1 << (number % 64);
            *word = if on { *word | bit } else { *word & !bit };
        }
    }
}
