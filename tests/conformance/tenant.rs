//! A tenant with a client connected to it.

use std::{collections::BTreeMap, time::Duration};

use connectors::{
    Budget, Error, Secret,
    halo::{Credentials, Halo, Options, TicketQuery},
};
use domain::{
    FieldKey, HaloTicketId, Lifecycle, StageKey, Value,
    remote::{RemoteTicket, TicketPatch},
    tenant::{TenantMap, discover},
    workflow::Workflow,
};
use sandbox::Sandbox;
use serde_json::{Value as Json, json};

/// A running tenant, a client signed in to it, and the mapping that its setup check found.
pub struct Tenant {
    pub sandbox: Sandbox,
    pub halo: Halo,
    pub map: TenantMap,
}

impl Tenant {
    /// A tenant of so many sales tickets, without a rate limit, whose counters start after the setup check.
    pub async fn of(tickets: u32) -> Self {
        Self::with(sandbox::Options { tickets, ..unlimited() }).await
    }

    pub async fn with(options: sandbox::Options) -> Self {
        let sandbox = Sandbox::start(options).unwrap();
        let halo = Halo::connect(&sandbox.address(), credentials(), quick()).await.unwrap();
        let setup = halo.setup().await.unwrap();
        let (map, _gaps) = discover(&Workflow::default(), &setup);
        Self { sandbox, halo, map }
    }

    /// A new lead without anything, made by a colleague in HaloPSA.
    pub fn lead(&self) -> HaloTicketId {
        self.ticket_of(Lifecycle::Lead, "new_lead")
    }

    pub fn ticket_of(&self, lifecycle: Lifecycle, stage: &str) -> HaloTicketId {
        let created = self.colleague(
            "/api/Tickets",
            json!([{"summary": "Ann Lee - Foo Ltd", "tickettype_id": self.map.ticket_types[&lifecycle].0,
                    "status_id": self.status(stage)}]),
        );
        HaloTicketId(created["id"].as_i64().unwrap())
    }

    /// What a colleague writes in HaloPSA's own window.
    pub fn colleague(&self, path: &str, body: Json) -> Json {
        let agent = self.map.me.unwrap().0;
        let (status, answer) = self.sandbox.post_as(agent, path, &body);
        assert!((200..300).contains(&status), "{path} {body}: {status} {answer}");
        answer
    }

    pub fn status(&self, stage: &str) -> i64 {
        self.map.stages[&StageKey::from(stage)].0
    }

    /// The ticket as HaloPSA has it.
    pub fn in_halo(&self, id: HaloTicketId) -> Json {
        self.sandbox.ticket(id.0).unwrap()
    }

    /// Every ticket of a lifecycle, page after page, as the engine pulls them; and how many pages it took.
    pub async fn pull(&self, lifecycle: Lifecycle) -> Result<(Vec<RemoteTicket>, u32), Error> {
        let mut rows = Vec::new();
        let mut received = 0;
        let mut number = 1;
        loop {
            let query = TicketQuery {
                page: number,
                updated_since: None,
            };
            let page = self.halo.tickets_page(&self.map, lifecycle, query).await?;
            received += page.raw_rows as u64;
            let more = page.has_more(received);
            rows.extend(page.rows);
            if !more {
                return Ok((rows, number));
            }
            number += 1;
        }
    }

    pub async fn read(&self, id: HaloTicketId) -> RemoteTicket {
        self.halo.ticket(&self.map, id).await.unwrap().unwrap()
    }

    /// Requests with that method and path since the start.
    pub fn requests(&self, like: &str) -> u64 {
        self.sandbox.stats().count(like)
    }
}

/// The service account that every sandbox has.
pub fn credentials() -> Credentials {
    Credentials::ServiceAccount {
        client_id: sandbox::CLIENT_ID.to_owned(),
        client_secret: Secret::new(sandbox::CLIENT_SECRET),
    }
}

/// A client that repeats reads at once and has a budget that is never in the way.
pub fn quick() -> Options {
    Options {
        budget: Budget::new(100_000, Duration::from_secs(300)),
        first_delay: Duration::from_millis(1),
        timeout: Duration::from_secs(20),
        ..Options::default()
    }
}

pub fn unlimited() -> sandbox::Options {
    sandbox::Options {
        tickets: 0,
        rate_limit: None,
        ..sandbox::Options::default()
    }
}

/// A patch of fields alone.
pub fn fields<const N: usize>(fields: [(FieldKey, Option<Value>); N]) -> TicketPatch {
    TicketPatch {
        fields: BTreeMap::from(fields),
        ..TicketPatch::default()
    }
}

/// A patch that moves.
pub fn moved(stage: &str) -> TicketPatch {
    TicketPatch {
        stage: Some(StageKey::from(stage)),
        ..TicketPatch::default()
    }
}
