//! What reports ask of every ticket that was closed, in memory beside the [`History`](super::History): whose it is, where
//! it came from, what it is worth, since when it is an opportunity, and why it was won or lost.
//!
//! A report over closed opportunities needs these of tickets from all over the database, each on a page of its own that has
//! to be decrypted; here they are found in some fifty bytes.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use domain::{AgentId, TicketId};
use rusqlite::Params;

use super::endings::{EndingWords, REASON, words_of};
use crate::{Error, Reader, convert::Columns};

/// What is known of one ticket.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fact {
    ticket: u32,
    /// Which of the texts it is, as with the currencies.
    source: u32,
    currency: u32,
    final_currency: u32,
    reason: u32,
    competitors: u32,
    pub owner: Option<AgentId>,
    pub minor: i64,
    pub final_minor: i64,
    /// When it became an opportunity.
    pub opened_at: Option<i64>,
}

/// What is known of some tickets, in the order of their numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    facts: Vec<Fact>,
    /// Sources, currencies and what was said at the end, each once: they repeat.
    texts: Vec<Arc<str>>,
    places: HashMap<Arc<str>, u32>,
}

const FACTS: &str = include_str!("history_facts.sql");
const WORDS: &str = include_str!("history_words.sql");

impl Facts {
    /// Of all tickets.
    pub fn of_all(reader: &Reader<'_>) -> Result<Self, Error> {
        let mut facts = Self::default();
        facts.add(reader, FACTS, [])?;
        facts.add_words(reader, WORDS, [])?;
        facts.facts.shrink_to_fit();
        Ok(facts)
    }

    /// The same with these tickets read again.
    pub fn with(&self, reader: &Reader<'_>, tickets: &BTreeSet<TicketId>) -> Result<Self, Error> {
        let one = format!("{FACTS}WHERE tickets.id = ?1");
        let its_words = format!("{WORDS}    AND ticket_values.ticket = ?1");
        let mut facts = self.clone();
        facts
            .facts
            .retain(|fact| !tickets.contains(&TicketId(i64::from(fact.ticket))));
        for ticket in tickets {
            facts.add(reader, &one, [ticket.0])?;
        }
        facts.facts.sort_unstable_by_key(|fact| fact.ticket);
        for ticket in tickets {
            facts.add_words(reader, &its_words, [ticket.0])?;
        }
        Ok(facts)
    }

    pub fn is_empty(&self) -> bool {
        self.facts.is_empty()
    }

    pub fn get(&self, ticket: u32) -> Option<&Fact> {
        self.facts.get(self.find(ticket)?)
    }

    fn find(&self, ticket: u32) -> Option<usize> {
        self.facts.binary_search_by_key(&ticket, |fact| fact.ticket).ok()
    }

    pub fn source(&self, fact: &Fact) -> Arc<str> {
        self.text(fact.source)
    }

    pub fn currency(&self, fact: &Fact) -> Arc<str> {
        self.text(fact.currency)
    }

    pub fn final_currency(&self, fact: &Fact) -> Arc<str> {
        self.text(fact.final_currency)
    }

    pub fn words(&self, fact: &Fact) -> EndingWords {
        EndingWords {
            reason: self.text(fact.reason),
            competitors: self.text(fact.competitors),
        }
    }

    fn text(&self, place: u32) -> Arc<str> {
        self.texts.get(place as usize).cloned().unwrap_or_default()
    }

    fn place(&mut self, text: &str) -> u32 {
        if let Some(place) = self.places.get(text) {
            return *place;
        }
        let place = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        let text: Arc<str> = text.into();
        self.texts.push(Arc::clone(&text));
        self.places.insert(text, place);
        place
    }

    fn add(&mut self, reader: &Reader<'_>, sql: &str, params: impl Params) -> Result<(), Error> {
        let nothing = self.place("");
        let mut statement = reader.statement(sql)?;
        let mut rows = statement.query(params)?;
        while let Some(row) = rows.next()? {
            let mut columns = Columns::of(row);
            let fact = Fact {
                ticket: super::history::number(columns.next()?),
                owner: columns.next::<Option<i64>>()?.map(AgentId),
                source: self.place(columns.text()?),
                minor: columns.next()?,
                currency: self.place(columns.text()?),
                final_minor: columns.next()?,
                final_currency: self.place(columns.text()?),
                opened_at: columns.next()?,
                reason: nothing,
                competitors: nothing,
            };
            self.facts.push(fact);
        }
        Ok(())
    }

    /// Of tickets that were added before, and are in order.
    fn add_words(&mut self, reader: &Reader<'_>, sql: &str, params: impl Params) -> Result<(), Error> {
        let mut statement = reader.statement(sql)?;
        let mut rows = statement.query(params)?;
        while let Some(row) = rows.next()? {
            let mut columns = Columns::of(row);
            let ticket = super::history::number(columns.next()?);
            let is_reason = columns.text()? == REASON;
            let said = self.place(&words_of(columns.text()?)?);
            let place = self.find(ticket);
            if let Some(fact) = place.and_then(|place| self.facts.get_mut(place)) {
                if is_reason {
                    fact.reason = said;
                } else {
                    fact.competitors = said;
                }
            }
        }
        Ok(())
    }
}
