//! The sample data: an MSP that sells to small and medium businesses, with a year of history that ends today.
//!
//! The same seed, number of tickets and day make the same tenant. Nothing in it belongs to anybody: companies and people are
//! invented, domains end in `.example`, telephone numbers come from the ranges kept for films and books where a country
//! keeps some. `story` decides what happened, `tickets`, `customers` and `timeline` write it down, `companies`, `people`,
//! `countries` and `texts` are where the words come from.

mod agents;
mod companies;
mod countries;
mod customers;
mod dice;
mod people;
mod story;
mod texts;
mod tickets;
mod timeline;

use std::collections::BTreeMap;

pub use agents::{API_AGENT, Agent};
use story::{DAY, Setting};

use crate::{
    record::{Moment, Record},
    tenant::Tenant,
};

/// Makes the sample data of a tenant, and tells the timelines of its tickets when they are asked for.
#[derive(Debug, Default)]
pub struct Seed {
    setting: Setting,
    tickets: u32,
    /// Which story each ticket is, by id from [`FIRST_TICKET`] on: sales first, then service tickets.
    stories: Vec<u32>,
}

/// The id of the oldest ticket.
const FIRST_TICKET: i64 = 1001;

/// The first id that each table gives.
#[derive(Clone, Copy, Debug)]
pub struct FirstIds {
    pub tickets: i64,
    pub users: i64,
    pub clients: i64,
    pub sites: i64,
}

impl Seed {
    /// Decides what there will be.
    pub fn new(seed: u64, tickets: u32, now: Moment) -> (Self, FirstIds) {
        let setting = Setting {
            seed,
            end: now.div_euclid(DAY) * DAY,
        };
        let service = tickets.div_ceil(10);
        let mut order: Vec<(Moment, u32)> = (0..tickets)
            .map(|k| (setting.sale(u64::from(k)).created, k))
            .chain((0..service).map(|n| (setting.service(u64::from(n)).0.created, tickets + n)))
            .collect();
        // Tickets are numbered as they came in.
        order.sort_unstable();
        let stories = order.into_iter().map(|(_, story)| story).collect();
        let first = FirstIds {
            tickets: FIRST_TICKET,
            users: 30_001,
            clients: 501,
            sites: 10_501,
        };
        (
            Self {
                setting,
                tickets,
                stories,
            },
            first,
        )
    }

    /// Writes everything into an empty tenant.
    pub fn fill(&self, tenant: &mut Tenant) {
        customers::placeholders(tenant, self.setting.end - 365 * DAY);
        let customers = self.customers(tenant);
        for (id, story) in (FIRST_TICKET..).zip(&self.stories) {
            let record = self.ticket(id, *story, &customers, tenant);
            tenant.tickets.put(record);
        }
    }

    /// The timeline of a ticket, oldest first; empty for a ticket that is not of the sample data.
    pub fn actions(&self, ticket: i64) -> Vec<Record> {
        let story = usize::try_from(ticket - FIRST_TICKET)
            .ok()
            .and_then(|index| self.stories.get(index));
        match story {
            Some(&story) if story < self.tickets => timeline::actions(ticket, &self.setting.sale(u64::from(story))),
            Some(&story) => timeline::actions(ticket, &self.setting.service(u64::from(story - self.tickets)).0),
            None => Vec::new(),
        }
    }
}

/// The companies that are clients, by company number.
type Customers = BTreeMap<u64, customers::Customer>;
