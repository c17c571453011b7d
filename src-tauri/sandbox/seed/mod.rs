//! The sample data.

mod agents;

pub use agents::{API_AGENT, Agent};

use crate::{
    config::LEAD,
    record::{Cell, Moment, Record},
    schema::{client, site, ticket, user},
    tenant::{PLACEHOLDER, Tenant},
};

/// Makes the sample data of a tenant.
#[derive(Debug, Default)]
pub struct Seed {
    seed: u64,
    tickets: u32,
    now: Moment,
}

/// The first id that each table gives.
#[derive(Clone, Copy, Debug)]
pub struct FirstIds {
    pub tickets: i64,
    pub users: i64,
    pub clients: i64,
    pub sites: i64,
}

impl Seed {
    pub fn new(seed: u64, tickets: u32, now: Moment) -> (Self, FirstIds) {
        let first = FirstIds {
            tickets: 1001,
            users: 30_001,
            clients: 501,
            sites: 10_501,
        };
        (Self { seed, tickets, now }, first)
    }

    pub fn fill(&self, tenant: &mut Tenant) {
        let mut unknown = Record::new(PLACEHOLDER, self.now);
        unknown.set_text(client::NAME, "Unknown");
        unknown.set_int(client::MAIN_SITE_ID, PLACEHOLDER);
        tenant.clients.put(unknown);
        let mut nowhere = Record::new(PLACEHOLDER, self.now);
        nowhere.set_text(site::NAME, "Unknown");
        nowhere.set_int(site::CLIENT_ID, PLACEHOLDER);
        tenant.sites.put(nowhere);
        let mut general = Record::new(PLACEHOLDER, self.now);
        general.set_text(user::NAME, "General User");
        general.set_int(user::CLIENT_ID, PLACEHOLDER);
        general.set_int(user::SITE_ID, PLACEHOLDER);
        general.set_int(user::SITE_ID_INT, PLACEHOLDER);
        tenant.users.put(general);
        for n in 0..i64::from(self.tickets) {
            let mut record = Record::new(1001 + n, self.now - n * 60_000);
            record.set_int(ticket::TICKETTYPE_ID, LEAD);
            record.set_int(ticket::STATUS_ID, 51);
            record.set_int(ticket::AGENT_ID, PLACEHOLDER);
            record.set_int(ticket::CLIENT_ID, PLACEHOLDER);
            record.set_int(ticket::SITE_ID, PLACEHOLDER);
            record.set_int(ticket::USER_ID, PLACEHOLDER);
            record.set_text(ticket::SUMMARY, format!("Lead {n} (seed {})", self.seed));
            record.set(ticket::OPPVALUE, Cell::Num(100.0));
            tenant.tickets.put(record);
        }
    }

    pub fn actions(&self, _ticket: i64) -> Vec<Record> {
        Vec::new()
    }
}
