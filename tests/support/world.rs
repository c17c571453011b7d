//! The world: how a story begins, what can happen in it, and what must be true at its end.
//!
//! Long because it is the whole vocabulary of the stories, and each word is short.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use anyhow::{Context, bail, ensure};
use chrono::TimeDelta;
use connectors::{Budget, halo};
use domain::{FieldKey, HaloAgentId, HaloTicketId, Role, StageKey, TicketId};
use engine::{
    ConnectReport, ConnectRequest, Engine, Lease, LeaseGuard, MemoryVault, MoveOutcome, MoveRequest, Options, Parts,
    Preferences, SyncReport, SyncStatus, TicketView,
};
use sandbox::{Sandbox, Setup};
use serde_json::{Value, json};
use store::{Card, Key, OutboxRow, OutboxState, Store};
use tempfile::TempDir;

use crate::{COLLEAGUE, HandClock, Persona, REP};

/// How long a wait for something that happens on other threads may take before the story has failed.
const PATIENCE: Duration = Duration::from_secs(30);

/// A lease that processes of one story share.
#[derive(Clone, Debug, Default)]
pub struct OneLease(Arc<AtomicBool>);

impl OneLease {
    /// Whether a process holds it.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

struct Held(Arc<AtomicBool>);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.store(false, Ordering::SeqCst);
    }
}

impl Lease for OneLease {
    fn try_acquire(&self) -> io::Result<Option<LeaseGuard>> {
        let taken = self.0.swap(true, Ordering::SeqCst);
        Ok((!taken).then(|| Box::new(Held(Arc::clone(&self.0))) as LeaseGuard))
    }
}

/// An engine, a tenant and a clock.
pub struct World {
    pub sandbox: Sandbox,
    pub clock: HandClock,
    pub lease: OneLease,
    engine: Option<Engine>,
    vault: Arc<MemoryVault>,
    home: TempDir,
    key: Key,
    lenience: Mutex<Lenience>,
}

/// What the story allows beyond a clean end.
#[derive(Default)]
struct Lenience {
    unsent: bool,
    statuses: BTreeSet<u16>,
    /// What colleagues wrote, by ticket: the tenant counts it as well.
    colleagues: BTreeMap<i64, u64>,
}

impl World {
    /// A connected engine over an empty tenant; the rep at this computer is Priya.
    ///
    /// # Errors
    /// When any part cannot be made.
    pub async fn start() -> anyhow::Result<Self> {
        let world = Self::with_tickets(0, Setup::default())?;
        world.connect().await?;
        world.sync().await?;
        world.be(Role::Rep)?;
        Ok(world)
    }

    /// An engine that is not connected yet, over a tenant with sample tickets.
    ///
    /// # Errors
    /// When any part cannot be made.
    pub fn with_tickets(tickets: u32, setup: Setup) -> anyhow::Result<Self> {
        let clock = HandClock::at("2026-11-16T09:00:00Z".parse()?);
        let sandbox = Sandbox::start(sandbox::Options {
            tickets,
            seed: 7,
            rate_limit: None,
            clock: Arc::new(clock.clone()),
            setup,
            ..sandbox::Options::default()
        })?;
        let mut world = Self {
            sandbox,
            clock,
            lease: OneLease::default(),
            engine: None,
            vault: Arc::new(MemoryVault::default()),
            home: TempDir::new()?,
            key: Key::random()?,
            lenience: Mutex::default(),
        };
        world.engine = Some(world.another_process()?);
        Ok(world)
    }

    /// A connected engine over a tenant with so many contacted leads, all of them on this computer and none of them news.
    ///
    /// # Errors
    /// When any part cannot be made.
    pub async fn with_contacted(leads: u32) -> anyhow::Result<(Self, Vec<TicketId>)> {
        let world = Self::with_tickets(0, Setup::default())?;
        world.connect().await?;
        let status = world.status("Contacted")?;
        let lead = |number: u32| {
            json!({
                "tickettype_id": 41,
                "status_id": status,
                "summary": format!("Lead {number}"),
                "oppcontactname": format!("Ann Lee {number}"),
                "oppcompanyname": format!("Company {number}"),
                "oppemailaddress": format!("ann@company-{number}.example"),
                "agent_id": REP,
            })
        };
        let bodies = Value::Array((0..leads).map(lead).collect());
        let (code, answer) = world.sandbox.post_as(COLLEAGUE, "/api/Tickets", &bodies);
        ensure!(code < 300, "HaloPSA refuses the leads: {answer}");
        world.sync().await?;
        // A token lives for an hour.
        world.allows_status(401);
        world.later(TimeDelta::hours(1));
        world.sync().await?;
        world.be(Role::Manager)?;
        let rows = answer.as_array().context("several were made")?;
        let tickets = rows
            .iter()
            .map(|row| world.local(HaloTicketId(row.get("id").and_then(Value::as_i64).context("an id")?)))
            .collect::<anyhow::Result<_>>()?;
        Ok((world, tickets))
    }

    /// The engine of this computer.
    ///
    /// # Errors
    /// After [`kill`](Self::kill) and before [`restart`](Self::restart).
    pub fn engine(&self) -> anyhow::Result<&Engine> {
        self.engine.as_ref().context("the process is not running")
    }

    /// Another process over the same home: the command line beside the window.
    ///
    /// # Errors
    /// When the database cannot be opened.
    pub fn another_process(&self) -> anyhow::Result<Engine> {
        let store = Store::open(&self.database(), &self.key)?;
        Engine::new(Parts {
            store,
            clock: Arc::new(self.clock.clone()),
            vault: Arc::clone(&self.vault) as Arc<dyn engine::Vault>,
            options: Options {
                halo: halo::Options {
                    // A story must not wait for a rolling window of real minutes.
                    budget: Budget::new(1_000_000, Duration::from_secs(300)),
                    first_delay: Duration::from_millis(1),
                    connect_timeout: Duration::from_secs(5),
                    ..halo::Options::default()
                },
                incoming: Some(self.home.path().join("incoming")),
                seed: Some(7),
                ..Options::default()
            },
        })
    }

    fn database(&self) -> PathBuf {
        self.home.path().join("leadline.db")
    }

    /// Where this computer keeps secrets.
    #[must_use]
    pub fn vault(&self) -> &MemoryVault {
        &self.vault
    }

    /// Connects to the tenant with its service account.
    ///
    /// # Errors
    /// What connecting says.
    pub async fn connect(&self) -> anyhow::Result<ConnectReport> {
        self.engine()?.connect(self.sign_in()).await
    }

    /// How to connect to the tenant.
    #[must_use]
    pub fn sign_in(&self) -> ConnectRequest {
        ConnectRequest {
            address: self.sandbox.address(),
            client_id: sandbox::CLIENT_ID.to_owned(),
            client_secret: sandbox::CLIENT_SECRET.to_owned(),
        }
    }

    /// Priya sits at this computer, with that role.
    ///
    /// # Errors
    /// When she is not among the agents.
    pub fn be(&self, role: Role) -> anyhow::Result<()> {
        let engine = self.engine()?;
        let me = self.agent(REP)?;
        engine.set_preferences(&Preferences {
            role,
            me: Some(me),
            country: "GB".to_owned(),
            currency: "GBP".to_owned(),
        })
    }

    /// The local id of an agent of HaloPSA.
    ///
    /// # Errors
    /// When the agent is not known.
    pub fn agent(&self, halo: i64) -> anyhow::Result<domain::AgentId> {
        let store = Store::open(&self.database(), &self.key)?;
        store
            .agent_by_halo(HaloAgentId(halo))?
            .context("the agent is not known")
    }

    /// The process ends without warning: nothing is finished, nothing is said.
    pub fn kill(&mut self) {
        self.engine = None;
        // The lease of a dead process is free.
        self.lease = OneLease::default();
    }

    /// The process starts again over what is on the disk.
    ///
    /// # Errors
    /// When the database cannot be opened.
    pub fn restart(&mut self) -> anyhow::Result<()> {
        self.kill();
        self.engine = Some(self.another_process()?);
        Ok(())
    }

    /// One round of sync, a minute later.
    ///
    /// # Errors
    /// What the round says.
    pub async fn sync(&self) -> anyhow::Result<SyncReport> {
        self.clock.advance(TimeDelta::seconds(60));
        self.engine()?.sync_once(&self.lease).await
    }

    /// Time passes.
    pub fn later(&self, by: TimeDelta) {
        self.clock.advance(by);
    }

    /// Time passes if sync has nothing else to do than to wait for it.
    pub fn later_at_rest(&self, by: TimeDelta) {
        self.clock.advance_for_sleepers(by);
    }

    /// Whether sync has nothing else to do than to wait.
    pub fn is_at_rest(&self) -> bool {
        self.clock.has_sleepers()
    }

    /// The story ends with something unsent.
    pub fn leaves_unsent(&self) {
        self.lenience().unsent = true;
    }

    /// Requests may be answered with that status (0: the connection broke).
    pub fn allows_status(&self, status: u16) {
        self.lenience().statuses.insert(status);
    }

    fn lenience(&self) -> MutexGuard<'_, Lenience> {
        self.lenience.lock().unwrap_or_else(PoisonError::into_inner)
    }

    // In HaloPSA.

    /// HaloPSA's id of a status.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn status(&self, name: &str) -> anyhow::Result<i64> {
        let (_, statuses) = self.sandbox.get("/api/Status?showall=true");
        let rows = statuses.as_array().context("statuses are a list")?;
        let row = rows
            .iter()
            .find(|row| row.get("name").and_then(Value::as_str) == Some(name));
        row.and_then(|row| row.get("id")?.as_i64())
            .with_context(|| format!("no status is called {name}"))
    }

    /// A colleague has a lead of that person in HaloPSA, in that status.
    ///
    /// # Errors
    /// When HaloPSA refuses it.
    pub fn lead_in_halo(&self, who: &Persona, status: &str) -> anyhow::Result<HaloTicketId> {
        self.ticket_in_halo(41, status, who, json!({}))
    }

    /// A colleague has a ticket of that type, with more properties, in HaloPSA.
    ///
    /// # Errors
    /// When HaloPSA refuses it.
    pub fn ticket_in_halo(
        &self,
        ticket_type: i64,
        status: &str,
        who: &Persona,
        more: Value,
    ) -> anyhow::Result<HaloTicketId> {
        let mut body = json!({
            "tickettype_id": ticket_type,
            "status_id": self.status(status)?,
            "summary": format!("{} - {}", who.person, who.company),
            "oppcontactname": who.person,
            "oppcompanyname": who.company,
            "oppjobtitle": who.job,
            "oppemailaddress": who.email,
            "opptel": who.phone,
            "agent_id": REP,
        });
        if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
            body.extend(more);
        }
        let (code, answer) = self.sandbox.post_as(COLLEAGUE, "/api/Tickets", &json!([body]));
        ensure!(code < 300, "HaloPSA refuses the ticket: {answer}");
        let id = answer
            .get("id")
            .and_then(Value::as_i64)
            .context("the answer has an id")?;
        self.count_colleague(id);
        Ok(HaloTicketId(id))
    }

    /// A colleague changes a ticket in HaloPSA, a minute later.
    ///
    /// # Errors
    /// When HaloPSA refuses it.
    pub fn colleague_changes(&self, ticket: HaloTicketId, mut change: Value) -> anyhow::Result<()> {
        self.clock.advance(TimeDelta::seconds(60));
        if let Some(change) = change.as_object_mut() {
            change.insert("id".to_owned(), json!(ticket.0));
        }
        let (code, answer) = self.sandbox.post_as(COLLEAGUE, "/api/Tickets", &json!([change]));
        ensure!(code < 300, "HaloPSA refuses the change: {answer}");
        self.count_colleague(ticket.0);
        Ok(())
    }

    /// A colleague deletes a ticket in HaloPSA.
    ///
    /// # Errors
    /// When HaloPSA refuses it.
    pub fn colleague_deletes(&self, ticket: HaloTicketId) -> anyhow::Result<()> {
        let code = self.sandbox.delete_as(COLLEAGUE, &format!("/api/Tickets/{ticket}"));
        ensure!(code < 300, "HaloPSA refuses to delete it: {code}");
        Ok(())
    }

    fn count_colleague(&self, ticket: i64) {
        *self.lenience().colleagues.entry(ticket).or_default() += 1;
    }

    /// A property of a ticket as HaloPSA has it; `Null` when it has none. `CF…` names a custom field.
    ///
    /// # Errors
    /// When HaloPSA has no such ticket.
    pub fn in_halo(&self, ticket: HaloTicketId, property: &str) -> anyhow::Result<Value> {
        let row = self.sandbox.ticket(ticket.0).context("HaloPSA has no such ticket")?;
        if !property.starts_with("CF") {
            return Ok(row.get(property).cloned().unwrap_or_default());
        }
        let fields = row
            .get("customfields")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        let field = fields
            .into_iter()
            .find(|field| field.get("name").and_then(Value::as_str) == Some(property));
        Ok(field.and_then(|field| field.get("value").cloned()).unwrap_or_default())
    }

    /// The name of a ticket's status in HaloPSA.
    ///
    /// # Errors
    /// When HaloPSA has no such ticket.
    pub fn status_in_halo(&self, ticket: HaloTicketId) -> anyhow::Result<String> {
        let id = self.in_halo(ticket, "status_id")?;
        let (_, statuses) = self.sandbox.get("/api/Status?showall=true");
        let rows = statuses.as_array().cloned().unwrap_or_default();
        let row = rows.iter().find(|row| row.get("id") == Some(&id));
        Ok(row
            .and_then(|row| row.get("name")?.as_str())
            .unwrap_or_default()
            .to_owned())
    }

    /// How often Leadline wrote a ticket.
    #[must_use]
    pub fn writes(&self, ticket: HaloTicketId) -> u64 {
        let all = self.sandbox.stats().ticket_writes.get(&ticket.0).copied().unwrap_or(0);
        let colleagues = self.lenience().colleagues.get(&ticket.0).copied().unwrap_or(0);
        all - colleagues
    }

    /// Notes of people on a ticket in HaloPSA.
    #[must_use]
    pub fn notes_in_halo(&self, ticket: HaloTicketId) -> Vec<String> {
        let actions = self.sandbox.actions(ticket.0);
        let text = |action: &Value, name: &str| action.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        actions
            .iter()
            .filter(|action| ["Private Note", "Phone Call"].contains(&text(action, "outcome").as_str()))
            .map(|action| text(action, "note"))
            .collect()
    }

    // On this computer.

    /// A lead that both sides have, and that somebody has opened, so that its detail is here.
    ///
    /// # Errors
    /// When HaloPSA or the sync refuses it.
    pub async fn lead(&self, who: &Persona, status: &str) -> anyhow::Result<(TicketId, HaloTicketId)> {
        let halo = self.lead_in_halo(who, status)?;
        self.sync().await?;
        let ticket = self.local(halo)?;
        self.view(ticket)?;
        self.sync().await?;
        Ok((ticket, halo))
    }

    /// The local id of a ticket of HaloPSA.
    ///
    /// # Errors
    /// When it is not on this computer.
    pub fn local(&self, halo: HaloTicketId) -> anyhow::Result<TicketId> {
        self.engine()?
            .ticket_by_halo(halo)?
            .with_context(|| format!("#{halo} is not on this computer"))
    }

    /// The card of a ticket.
    ///
    /// # Errors
    /// When there is none.
    pub fn card(&self, ticket: TicketId) -> anyhow::Result<Card> {
        self.engine()?.cards(&[ticket])?.pop().context("there is no such card")
    }

    /// Everything about a ticket.
    ///
    /// # Errors
    /// When there is none.
    pub fn view(&self, ticket: TicketId) -> anyhow::Result<TicketView> {
        self.engine()?.ticket_view(ticket)
    }

    /// What a field holds, as it would be typed; empty when it holds nothing.
    ///
    /// # Errors
    /// When there is no such ticket.
    pub fn value(&self, ticket: TicketId, field: FieldKey) -> anyhow::Result<String> {
        let view = self.view(ticket)?;
        let row = view.fields.iter().find(|row| row.field == field);
        Ok(row.map(|row| row.stored.value.to_input()).unwrap_or_default())
    }

    /// Drops a card on a column, without answers.
    ///
    /// # Errors
    /// When the ticket does not move.
    pub fn drag(&self, ticket: TicketId, stage: &str) -> anyhow::Result<()> {
        match self.try_drag(&[ticket], stage)? {
            MoveOutcome::Moved { .. } => Ok(()),
            other => bail!("the ticket did not move: {other:?}"),
        }
    }

    /// Drops cards on a column, without answers, and says what became of it.
    ///
    /// # Errors
    /// What the engine says.
    pub fn try_drag(&self, tickets: &[TicketId], stage: &str) -> anyhow::Result<MoveOutcome> {
        self.engine()?.move_tickets(&MoveRequest {
            tickets: tickets.to_vec(),
            target: stage.to_owned(),
            ..MoveRequest::default()
        })
    }

    /// The stage a card is in.
    ///
    /// # Errors
    /// When there is no such card.
    pub fn stage(&self, ticket: TicketId) -> anyhow::Result<StageKey> {
        Ok(self.card(ticket)?.stage)
    }

    /// What HaloPSA has not accepted yet.
    ///
    /// # Errors
    /// The store's failures.
    pub fn unsent(&self) -> anyhow::Result<Vec<OutboxRow>> {
        let mut rows = self.engine()?.outbox()?;
        rows.retain(|row| row.state != OutboxState::Sent);
        Ok(rows)
    }

    /// The status item.
    ///
    /// # Errors
    /// The store's failures.
    pub fn sync_status(&self) -> anyhow::Result<SyncStatus> {
        self.engine()?.sync_status()
    }

    fn end(&self) -> anyhow::Result<()> {
        let lenience = self.lenience();
        if !lenience.unsent {
            let unsent = match &self.engine {
                Some(_) => self.unsent()?,
                None => Vec::new(),
            };
            ensure!(unsent.is_empty(), "left in the outbox: {unsent:#?}");
        }
        let stats = self.sandbox.stats();
        for (status, count) in &stats.statuses {
            let fine = (200..300).contains(status) || lenience.statuses.contains(status);
            ensure!(
                fine,
                "{count} requests were answered with {status}: {:#?}",
                stats.requests
            );
        }
        Ok(())
    }
}

impl Drop for World {
    #[expect(clippy::panic, reason = "a story that ends badly has to fail")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        if let Err(error) = self.end() {
            panic!("the story did not end well: {error:#}");
        }
    }
}

/// Waits, without sleeping, until something that happens on other threads has happened.
///
/// # Errors
/// When it does not happen for half a minute, or asking fails.
pub async fn until(what: &str, mut happened: impl FnMut() -> anyhow::Result<bool>) -> anyhow::Result<()> {
    let began = std::time::Instant::now();
    while !happened()? {
        ensure!(began.elapsed() < PATIENCE, "it did not happen: {what}");
        tokio::task::yield_now().await;
    }
    Ok(())
}
