//! What reports ask of every ticket that was closed, in memory beside the [`History`](super::History): whose it is, where
//! it came from, what it is worth, and since when it is an opportunity.
//!
//! A report over closed opportunities needs these of tickets from all over the database, each on a page of its own that has
//! to be decrypted; here they are found in some fifty bytes.

use std::collections::{BTreeSet, HashMap};

use domain::{AgentId, TicketId};
use rusqlite::Params;

use crate::{Error, Reader, convert::Columns};

/// What is known of one ticket.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fact {
    ticket: u32,
    /// Which of the texts it is, as with the currencies.
    source: u32,
    currency: u32,
    final_currency: u32,
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
    /// Sources and currencies, each once: there are few.
    texts: Vec<String>,
    places: HashMap<String, u32>,
}

const FACTS: &str = include_str!("history_facts.sql");

impl Facts {
    /// Of all tickets.
    pub fn of_all(reader: &Reader<'_>) -> Result<Self, Error> {
        let mut facts = Self::default();
        facts.add(reader, FACTS, [])?;
        facts.facts.shrink_to_fit();
        Ok(facts)
    }

    /// The same with these tickets read again.
    pub fn with(&self, reader: &Reader<'_>, tickets: &BTreeSet<TicketId>) -> Result<Self, Error> {
        let one = format!("{FACTS}WHERE tickets.id = ?1");
        let mut facts = self.clone();
        facts
            .facts
            .retain(|fact| !tickets.contains(&TicketId(i64::from(fact.ticket))));
        for ticket in tickets {
            facts.add(reader, &one, [ticket.0])?;
        }
        facts.facts.sort_unstable_by_key(|fact| fact.ticket);
        Ok(facts)
    }

    pub fn is_empty(&self) -> bool {
        self.facts.is_empty()
    }

    pub fn get(&self, ticket: u32) -> Option<&Fact> {
        let place = self.facts.binary_search_by_key(&ticket, |fact| fact.ticket).ok()?;
        self.facts.get(place)
    }

    pub fn source(&self, fact: &Fact) -> &str {
        self.text(fact.source)
    }

    pub fn currency(&self, fact: &Fact) -> &str {
        self.text(fact.currency)
    }

    pub fn final_currency(&self, fact: &Fact) -> &str {
        self.text(fact.final_currency)
    }

    fn text(&self, place: u32) -> &str {
        self.texts.get(place as usize).map_or("", String::as_str)
    }

    fn place(&mut self, text: &str) -> u32 {
        if let Some(place) = self.places.get(text) {
            return *place;
        }
        let place = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        self.texts.push(text.to_owned());
        self.places.insert(text.to_owned(), place);
        place
    }

    fn add(&mut self, reader: &Reader<'_>, sql: &str, params: impl Params) -> Result<(), Error> {
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
            };
            self.facts.push(fact);
        }
        Ok(())
    }
}
