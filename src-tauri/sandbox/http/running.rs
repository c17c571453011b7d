//! What all requests share: the tenant, the tokens, the limit, the counts, the journal.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};

use crate::{
    Options, StartError, Stats, TENANT,
    answer::{Answer, Refusal},
    auth::{Auth, Right, Visit},
    clock::Clock,
    faults::Faults,
    journal::{Entry, GENERATION, Journal, Origin},
    limit::{Limiter, RateLimit},
    query::Query,
    record::Moment,
    tenant::{Context, Request, Tenant, Twist},
};

/// The state of a running sandbox.
pub struct Running {
    pub faults: Faults,
    pub latency: Duration,
    clock: Arc<dyn Clock>,
    tenant: RwLock<Tenant>,
    auth: Mutex<Auth>,
    limit: Mutex<(Option<RateLimit>, Limiter)>,
    stats: Mutex<Stats>,
    journal: Mutex<Option<Box<dyn Journal>>>,
    online: Arc<AtomicBool>,
}

impl Running {
    /// The tenant with its sample data and with what the journal kept.
    pub fn new(mut options: Options) -> Result<Self, StartError> {
        let now = options.clock.now().timestamp_millis();
        let mut journal = options.journal.take();
        let tenant = match &mut journal {
            Some(journal) => resume(&options, journal.as_mut(), now)?,
            None => Tenant::new(&options, now),
        };
        Ok(Self {
            faults: Faults::default(),
            latency: options.latency,
            clock: options.clock,
            tenant: RwLock::new(tenant),
            auth: Mutex::default(),
            limit: Mutex::new((options.rate_limit, Limiter::default())),
            stats: Mutex::default(),
            journal: Mutex::new(journal),
            online: Arc::new(AtomicBool::new(true)),
        })
    }

    pub fn tenant(&self) -> RwLockReadGuard<'_, Tenant> {
        self.tenant.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn tenant_mut(&self) -> RwLockWriteGuard<'_, Tenant> {
        self.tenant.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn online(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.online)
    }

    pub fn is_online(&self) -> bool {
        self.online.load(Ordering::Acquire)
    }

    pub fn set_online(&self, online: bool) {
        self.online.store(online, Ordering::Release);
    }

    pub fn set_rate_limit(&self, limit: Option<RateLimit>) {
        *lock(&self.limit) = (limit, Limiter::default());
    }

    pub fn expire_tokens(&self) {
        lock(&self.auth).expire_all();
    }

    pub fn tokens(&self) -> Vec<String> {
        lock(&self.auth).tokens()
    }

    pub fn record(&self, method: &str, path: &str, status: u16) {
        lock(&self.stats).record(method, path, status);
    }

    pub fn stats(&self) -> Stats {
        let mut stats = lock(&self.stats).clone();
        stats.tokens_issued = lock(&self.auth).issued();
        let tenant = self.tenant();
        stats.ticket_writes.clone_from(&tenant.ticket_writes);
        stats.action_writes.clone_from(&tenant.action_writes);
        stats
    }

    /// Answers `POST /auth/token`.
    pub fn grant(&self, query: &Query, form: &Query) -> Answer {
        let behaviour = self.tenant().behaviour.clone();
        lock(&self.auth).grant(query, form, &behaviour, self.now())
    }

    /// Answers `GET /auth/authorize`.
    pub fn authorize(&self, raw_query: &str, host: Option<&str>) -> Answer {
        let (behaviour, agents) = {
            let tenant = self.tenant();
            (tenant.behaviour.clone(), tenant.agents.clone())
        };
        let visit = Visit {
            query: &Query::parse(raw_query),
            raw_query,
            host: host.unwrap_or("127.0.0.1"),
            agents: &agents,
        };
        lock(&self.auth).authorize(visit, &behaviour, self.now())
    }

    /// Ends every sign-in of a person.
    pub fn end_visits(&self) {
        lock(&self.auth).end_visits();
    }

    /// Where to sign in. Needs no token.
    pub fn auth_info(&self, host: Option<&str>) -> Answer {
        let host = host.unwrap_or("127.0.0.1");
        Answer::json(
            200,
            &json!({ "auth_url": format!("http://{host}/auth"), "tenant_id": TENANT }),
        )
    }

    /// What this is. Needs no token.
    pub fn instance_info(&self) -> Answer {
        Answer::json(
            200,
            &json!({ "product": "HaloPSA", "version": "2.250.1", "name": "Sample MSP (sandbox)", "tenant_id": TENANT }),
        )
    }

    /// The 429 of the limit, or of a fault that says the same.
    pub fn too_many(&self, retry_after: Option<u64>) -> Answer {
        let text = lock(&self.limit).0.unwrap_or_default().text();
        let answer = Answer::plain(429, text);
        match retry_after {
            Some(seconds) => answer.with_header("Retry-After", seconds.to_string()),
            None => answer,
        }
    }

    /// Lets a request in that carries a good token and fits the limit.
    pub fn enter(&self, authorization: Option<&str>, twist: Twist) -> Result<Context, Answer> {
        let now = self.now();
        let token = lock(&self.auth).check(authorization, now).cloned();
        let Some(token) = token else {
            return Err(Refusal::Unauthorised.answer());
        };
        let refused = {
            let mut limit = lock(&self.limit);
            let (limit, limiter) = &mut *limit;
            limit.as_ref().and_then(|limit| limiter.admit(limit, now).err())
        };
        if let Some(wait) = refused {
            let say = self.tenant().behaviour.retry_after;
            return Err(self.too_many(say.then_some(wait)));
        }
        let denied: BTreeSet<Right> = self.tenant().behaviour.denied.iter().copied().collect();
        Ok(Context {
            now,
            agent: token.agent,
            rights: &token.rights - &denied,
            twist,
        })
    }

    /// Carries a request out and keeps what it changed.
    pub fn carry_out(&self, method: &str, path: &str, query: &str, body: &[u8], context: &Context) -> Answer {
        let request = Request {
            method,
            path,
            query: Query::parse(query),
            body,
        };
        if method == "GET" {
            return self
                .tenant()
                .read(&request, context)
                .unwrap_or_else(|refusal| refusal.answer());
        }
        let mut tenant = self.tenant_mut();
        tenant.taken = 0;
        let answer = tenant
            .write(&request, context)
            .unwrap_or_else(|refusal| refusal.answer());
        if tenant.taken == 0 {
            return answer;
        }
        let mut journal = lock(&self.journal);
        let Some(journal) = journal.as_mut() else { return answer };
        let entry = Entry {
            at: context.now,
            agent: context.agent,
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            body: taken(body, tenant.taken),
        };
        let kept = serde_json::to_string(&entry)
            .map_err(std::io::Error::from)
            .and_then(|line| journal.append(&line));
        match kept {
            Ok(()) => answer,
            Err(error) => {
                tracing::error!(%error, "a change of the sample tenant could not be kept");
                Refusal::Broken("The change could not be kept".to_owned()).answer()
            }
        }
    }

    /// A request from inside the process, with every right and past the limit.
    pub fn inside(&self, method: &str, path_and_query: &str, body: &[u8], agent: Option<i64>) -> (u16, Value) {
        let (path, query) = path_and_query.split_once('?').unwrap_or((path_and_query, ""));
        let path = path.trim_matches('/').to_ascii_lowercase();
        let path = path.strip_prefix("api/").unwrap_or(&path);
        let context = Context {
            now: self.now(),
            agent: agent.unwrap_or(crate::seed::API_AGENT),
            rights: Right::ALL.into(),
            twist: Twist::default(),
        };
        let answer = self.carry_out(method, path, query, body, &context);
        (
            answer.status,
            serde_json::from_slice(&answer.body).unwrap_or(Value::Null),
        )
    }

    /// The time as a `Date` header says it.
    pub fn http_date(&self) -> String {
        self.clock.now().format("%a, %d %b %Y %H:%M:%S GMT").to_string()
    }

    fn now(&self) -> Moment {
        self.clock.now().timestamp_millis()
    }
}

/// The sample data the journal began with, and everything that was done to it since.
fn resume(options: &Options, journal: &mut dyn Journal, now: Moment) -> Result<Tenant, StartError> {
    let lines = journal.replay().map_err(StartError::Journal)?;
    let wanted = Origin {
        generation: GENERATION,
        seed: options.seed,
        tickets: options.tickets,
        now,
    };
    let Some((first, rest)) = lines.split_first() else {
        let line = serde_json::to_string(&wanted).map_err(|error| StartError::Journal(error.into()))?;
        journal.append(&line).map_err(StartError::Journal)?;
        return Ok(Tenant::new(options, now));
    };
    let damaged = |line: usize, reason: String| StartError::Damaged { line, reason };
    let origin: Origin = serde_json::from_str(first).map_err(|error| damaged(1, error.to_string()))?;
    if (origin.generation, origin.seed, origin.tickets) != (wanted.generation, wanted.seed, wanted.tickets) {
        let say = |origin: &Origin| {
            format!(
                "{} tickets, seed {}, version {}",
                origin.tickets, origin.seed, origin.generation
            )
        };
        return Err(StartError::OtherTenant {
            found: say(&origin),
            wanted: say(&wanted),
        });
    }
    let mut tenant = Tenant::new(options, origin.now);
    // What was accepted once is accepted again, whatever the tenant has been told to refuse since.
    let strict = std::mem::replace(
        &mut tenant.behaviour,
        crate::Behaviour {
            strict_workflow: false,
            type_change: true,
            ..options.behaviour.clone()
        },
    );
    for (index, line) in rest.iter().enumerate() {
        let line_number = index + 2;
        let entry: Entry = serde_json::from_str(line).map_err(|error| damaged(line_number, error.to_string()))?;
        let context = Context {
            now: entry.at,
            agent: entry.agent,
            rights: Right::ALL.into(),
            twist: Twist::default(),
        };
        let body = if entry.body.is_null() {
            Vec::new()
        } else {
            entry.body.to_string().into_bytes()
        };
        let request = Request {
            method: &entry.method,
            path: &entry.path,
            query: Query::parse(&entry.query),
            body: &body,
        };
        tenant
            .write(&request, &context)
            .map_err(|refusal| damaged(line_number, format!("{refusal:?}")))?;
    }
    tenant.behaviour = strict;
    tenant.ticket_writes.clear();
    tenant.action_writes.clear();
    Ok(tenant)
}

/// The first so many elements of a body.
fn taken(body: &[u8], count: usize) -> Value {
    match serde_json::from_slice(body) {
        Ok(Value::Array(mut elements)) => {
            elements.truncate(count);
            Value::Array(elements)
        }
        Ok(other) => other,
        Err(_) => Value::Null,
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
