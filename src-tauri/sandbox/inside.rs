//! The tenant as it can be asked and changed from inside the process that holds it, with a listener around it or without.

use std::{fmt, sync::Arc};

use serde_json::Value;

use crate::{
    Administration, Behaviour, Faults, Options, RateLimit, StartError, Stats,
    http::{self, Request, Response, Running},
};

/// A tenant that listens nowhere: what wants to talk to it calls it. It has no threads and no clock of its own, so a
/// proof that moves the clock by hand decides alone what happens when. Clones are the same tenant.
#[derive(Clone)]
pub struct InProcess {
    pub(crate) running: Arc<Running>,
}

impl fmt::Debug for InProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InProcess").finish_non_exhaustive()
    }
}

impl InProcess {
    /// Makes the sample data and repeats what the journal kept.
    pub(crate) fn new(options: Options) -> Result<Self, StartError> {
        Ok(Self {
            running: Arc::new(Running::new(options)?),
        })
    }

    /// Answers a request as the tenant would over HTTP, with its sign-in, limits and faults. `None` when the connection
    /// broke, before or after the request was carried out.
    pub async fn call(&self, request: Request) -> Option<Response> {
        http::call(&self.running, request).await
    }

    /// What was counted so far.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.running.stats()
    }

    /// The switchboard of faults.
    #[must_use]
    pub fn faults(&self) -> Faults {
        self.running.faults.clone()
    }

    /// Changes how the tenant behaves from now on.
    pub fn configure(&self, change: impl FnOnce(&mut Behaviour)) {
        change(&mut self.running.tenant_mut().behaviour);
    }

    /// Changes how the tenant is set up from now on. Nothing happens when it has nothing of that name.
    pub fn administer(&self, change: Administration) {
        self.running.tenant_mut().administer(change);
    }

    /// Replaces the rate limit from now on; the window starts empty.
    pub fn set_rate_limit(&self, limit: Option<RateLimit>) {
        self.running.set_rate_limit(limit);
    }

    /// Takes the tenant off the network (connections are cut without an answer) or puts it back.
    pub fn set_online(&self, online: bool) {
        self.running.set_online(online);
    }

    /// The access tokens it has handed out: what must be found nowhere else.
    #[must_use]
    pub fn tokens(&self) -> Vec<String> {
        self.running.tokens()
    }

    /// Lets every token expire now.
    pub fn expire_tokens(&self) {
        self.running.expire_tokens();
    }

    /// Ends every sign-in of a person, as an administrator can: neither their tokens nor what renews them is good any more.
    pub fn end_sign_ins(&self) {
        self.running.end_visits();
    }

    /// A browser goes to an address of `/auth/authorize` and an agent signs in there: where it is sent back to. `None` when
    /// the server shows a page instead.
    #[must_use]
    pub fn sign_in_as(&self, agent: i64, authorize_url: &str) -> Option<String> {
        let (place, query) = authorize_url.split_once('?')?;
        let host = place.split('/').nth(2);
        let answer = self.running.authorize(&format!("{query}&as={agent}"), host);
        let location = answer.headers.into_iter().find(|(name, _)| *name == "location");
        location.map(|(_, location)| location)
    }

    /// One ticket with all its properties, as `GET /api/Tickets/{id}` shows it. Not counted as a request.
    #[must_use]
    pub fn ticket(&self, id: i64) -> Option<Value> {
        self.running.tenant().ticket_value(id)
    }

    /// The timeline of a ticket, oldest first. Not counted as a request.
    #[must_use]
    pub fn actions(&self, ticket: i64) -> Vec<Value> {
        self.running.tenant().action_values(ticket)
    }

    /// A GET as an agent with every right, without HTTP, limits, faults or statistics: status and body (`Null` for none).
    #[must_use]
    pub fn get(&self, path_and_query: &str) -> (u16, Value) {
        self.running.inside("GET", path_and_query, &[], None)
    }

    /// A POST as a colleague would make it in HaloPSA's own window: no HTTP, limits, faults or request statistics, but
    /// dates, timeline and journal as always. `path` is such as `/api/Tickets`, `body` the array.
    #[must_use]
    pub fn post_as(&self, agent: i64, path: &str, body: &Value) -> (u16, Value) {
        self.running
            .inside("POST", path, body.to_string().as_bytes(), Some(agent))
    }

    /// A DELETE as a colleague would make it in HaloPSA's own window. `path` is such as `/api/Tickets/7`.
    #[must_use]
    pub fn delete_as(&self, agent: i64, path: &str) -> u16 {
        self.running.inside("DELETE", path, &[], Some(agent)).0
    }
}
