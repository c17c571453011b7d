//! The HaloPSA behind the window, looked at from its own side.

use std::ops::Deref;

use sandbox::{Options, Sandbox};
use serde_json::Value;

use super::until;

/// A tenant with a few hundred tickets.
pub struct Tenant(Sandbox);

impl Deref for Tenant {
    type Target = Sandbox;

    fn deref(&self) -> &Sandbox {
        &self.0
    }
}

impl Tenant {
    pub fn start() -> Self {
        let options = Options {
            tickets: 250,
            ..Options::default()
        };
        Self(Sandbox::start(options).unwrap())
    }

    /// The name of the status that a ticket has in HaloPSA.
    pub fn status(&self, ticket: i64) -> String {
        let status = self.ticket(ticket).expect("the ticket is there")["status_id"].clone();
        self.statuses()
            .into_iter()
            .find(|(id, _)| Some(*id) == whole(&status))
            .map(|(_, name)| name)
            .expect("its status is there")
    }

    /// The contact that a ticket names in HaloPSA.
    pub fn contact(&self, ticket: i64) -> Option<i64> {
        whole(&self.ticket(ticket).expect("the ticket is there")["user_id"])
    }

    /// The id of the status with that name.
    pub fn status_id(&self, name: &str) -> i64 {
        let found = self.statuses().into_iter().find(|(_, known)| known == name);
        found.expect("the status is there").0
    }

    fn statuses(&self) -> Vec<(i64, String)> {
        let (_, all) = self.get("/api/Status");
        let rows = all.as_array().cloned().unwrap_or_default();
        rows.iter()
            .filter_map(|row| Some((whole(&row["id"])?, row["name"].as_str()?.to_owned())))
            .collect()
    }

    /// How often a ticket was written from outside.
    pub fn writes(&self, ticket: i64) -> u64 {
        self.stats().ticket_writes.get(&ticket).copied().unwrap_or(0)
    }

    /// Waits until a ticket has that status in HaloPSA.
    pub async fn has(&self, ticket: i64, status: &str) {
        until(&format!("ticket {ticket} is “{status}” in HaloPSA"), || async {
            (self.status(ticket) == status).then_some(())
        })
        .await;
    }
}

/// HaloPSA's ids come as 7 and as 7.0.
pub fn whole(id: &Value) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "ids are small")]
    id.as_i64().or_else(|| id.as_f64().map(|id| id as i64))
}
