//! One run's world: a process over a database in memory, a tenant, and what was promised.

use std::{
    collections::BTreeSet,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use connectors::{Budget, halo};
use domain::{
    HaloTicketId, OperationId, Role, TicketId, Value,
    fields::keys,
    tenant::{PromotionMode, TenantMap},
};
use engine::{ConnectRequest, Engine, MemoryVault, Options, Parts, Preferences, SoleProcess, SyncLoop, Vault};
use rand::{Rng, SeedableRng, rngs::SmallRng, seq::IndexedRandom};
use sandbox::{InProcess, Sandbox};
use serde_json::{Value as Json, json};
use store::{Change, Key, Store};
use tempfile::TempDir;

use crate::{
    clock::SimClock,
    death::{Fate, Moment},
    ledger::{Claim, Ledger},
    property::Property,
    trace::Trace,
    ways,
    wire::Wire,
};

/// HaloPSA's ids of the agents: the rep at this computer, and the colleagues.
pub const REP: i64 = 4;
pub const COLLEAGUES: [i64; 2] = [5, 6];

/// Where the tenant claims to be. Nothing listens there.
const ADDRESS: &str = "http://127.0.0.1:8720";

/// A running process.
pub struct Process {
    pub engine: Engine,
    pub store: Store,
    pub fate: Arc<Fate>,
    pub sync: Option<SyncLoop>,
}

/// Everything of a run.
pub struct World {
    pub dice: SmallRng,
    pub clock: SimClock,
    pub tenant: InProcess,
    pub trace: Trace,
    pub online: Arc<AtomicBool>,
    pub map: TenantMap,
    pub ledger: Ledger,
    /// For values that nobody has used before.
    pub counter: u32,
    /// The tickets of HaloPSA that colleagues know of.
    pub known: Vec<HaloTicketId>,
    /// Those that a colleague has deleted.
    pub deleted: BTreeSet<HaloTicketId>,
    /// How many processes there were.
    pub generation: u32,
    /// What the person at this computer may do.
    pub role: Role,
    /// Persons use lists and tasks, too. Every second tenant is so, and the others are as they always were: a seed that was
    /// looked into once stays the same run.
    pub wide: bool,
    /// The tenant's workflow lets tickets go on by actions alone.
    pub strict: bool,
    /// The last operation of the journal that the ledger has taken in.
    pub read_up_to: OperationId,
    seed: u64,
    vault: Arc<MemoryVault>,
    home: TempDir,
    process: Option<Process>,
}

impl World {
    /// A tenant with some tickets, and a connected process that has not pulled anything yet.
    pub async fn begin(seed: u64, trace: Trace) -> Result<Self> {
        let mut dice = SmallRng::seed_from_u64(seed);
        let clock = SimClock::new("2026-11-16T09:00:00Z".parse()?);
        let tenant = Sandbox::in_process(sandbox::Options {
            tickets: 0,
            seed: 7,
            clock: Arc::new(clock.beside()),
            ..sandbox::Options::default()
        })?;
        tenant.configure(|behaviour| {
            behaviour.retry_after = dice.random();
            behaviour.one_token = dice.random();
            behaviour.name_drift = dice.random();
            behaviour.omit_empty_custom_fields = dice.random();
            behaviour.post_status = if dice.random() { 201 } else { 200 };
            behaviour.token_lifetime_s = *[120, 3600].choose(&mut dice).unwrap_or(&3600);
        });
        let mut world = Self {
            dice,
            clock,
            tenant,
            trace,
            online: Arc::new(AtomicBool::new(true)),
            map: TenantMap::default(),
            ledger: Ledger::new(),
            counter: 0,
            known: Vec::new(),
            deleted: BTreeSet::new(),
            generation: 0,
            role: Role::Rep,
            wide: seed.is_multiple_of(2),
            strict: false,
            read_up_to: OperationId(0),
            seed,
            vault: Arc::default(),
            home: memory_folder()?,
            process: None,
        };
        world.start(None)?;
        let engine = world.engine()?.clone();
        engine
            .connect(ConnectRequest {
                address: ADDRESS.to_owned(),
                client_id: sandbox::CLIENT_ID.to_owned(),
                client_secret: sandbox::CLIENT_SECRET.to_owned(),
            })
            .await?;
        world.map = engine.tenant()?.context("a tenant is connected")?.map;
        if world.wide && world.dice.random_ratio(1, 4) {
            world.obey_the_workflow()?;
        }
        world.role = *[Role::Rep, Role::Ops, Role::Manager]
            .choose(&mut world.dice)
            .unwrap_or(&Role::Rep);
        let me = world
            .store()?
            .agent_by_halo(domain::HaloAgentId(REP))?
            .context("the rep is an agent")?;
        engine.set_preferences(&Preferences {
            role: world.role,
            me: Some(me),
            ..engine.preferences()?
        })?;
        // Now and then so many that they fill more than a page, so that rows can shift between pages.
        let tickets = if world.dice.random_ratio(1, 40) {
            230
        } else {
            world.dice.random_range(8..20)
        };
        for _ in 0..tickets {
            world.ticket_of_colleague()?;
        }
        Ok(world)
    }

    /// Tickets change their stage by actions from now on, and in no other way.
    fn obey_the_workflow(&mut self) -> Result<()> {
        self.tenant.configure(|behaviour| {
            behaviour.strict_workflow = true;
            behaviour.type_change = false;
        });
        let engine = self.engine()?.clone();
        let mut edit = engine.mapping()?.edit;
        let outcome = self.map.note_outcome.context("notes have an outcome")?;
        edit.settings.promotion = PromotionMode::ByAction { outcome };
        engine.save_mapping(&edit)?;
        self.map = engine.tenant()?.context("a tenant is connected")?.map;
        self.strict = true;
        Ok(())
    }

    /// The process, unless it is dead.
    pub fn process(&self) -> Result<&Process> {
        self.process.as_ref().context("no process is running")
    }

    pub fn engine(&self) -> Result<&Engine> {
        Ok(&self.process()?.engine)
    }

    pub fn store(&self) -> Result<&Store> {
        Ok(&self.process()?.store)
    }

    fn database(&self) -> PathBuf {
        self.home.path().join("leadline.db")
    }

    /// Starts a process that will die so, and does not sync by itself yet.
    pub fn start(&mut self, death: Option<(Moment, i64)>) -> Result<()> {
        self.generation += 1;
        let fate = Arc::new(Fate::new(death));
        let seed = self.seed.wrapping_mul(1_000).wrapping_add(u64::from(self.generation));
        let before_commit = {
            let fate = Arc::clone(&fate);
            Arc::new(move || {
                fate.pass(Moment::BeforeCommit);
                Ok(())
            })
        };
        let store = Store::open_with(&self.database(), &Key::from_bytes([7; 32]), Some(before_commit))?;
        let wire = Wire::new(
            self.tenant.clone(),
            self.clock.clone(),
            Arc::clone(&fate),
            self.trace.clone(),
            Arc::clone(&self.online),
            seed,
        );
        let engine = Engine::new(Parts {
            store: store.clone(),
            clock: Arc::new(self.clock.clone()),
            vault: Arc::clone(&self.vault) as Arc<dyn Vault>,
            options: Options {
                poll_interval: Duration::from_secs(20),
                halo: halo::Options {
                    budget: Budget::default(),
                    seed: Some(seed),
                    transport: Some(Arc::new(wire)),
                    ..halo::Options::default()
                },
                seed: Some(seed),
                ..Options::default()
            },
        })?;
        self.process = Some(Process {
            engine,
            store,
            fate,
            sync: None,
        });
        Ok(())
    }

    /// It syncs in the background from now on.
    pub fn sync_in_background(&mut self) -> Result<()> {
        let process = self.process.as_mut().context("no process is running")?;
        process.sync = Some(SyncLoop::start(process.engine.clone(), Arc::new(SoleProcess)));
        Ok(())
    }

    /// It does not any more: kindly, or in the middle of whatever it does.
    pub async fn stop_syncing(&mut self, kindly: bool) -> Result<()> {
        let process = self.process.as_mut().context("no process is running")?;
        match process.sync.take() {
            Some(sync) if kindly => sync.stop().await,
            other => drop(other),
        }
        Ok(())
    }

    /// The process is gone, with whatever it was doing.
    pub fn bury(&mut self) {
        self.process = None;
    }

    /// A number that nobody has used.
    pub fn fresh(&mut self) -> u32 {
        self.counter += 1;
        self.counter
    }

    /// A colleague has a new ticket in HaloPSA.
    pub fn ticket_of_colleague(&mut self) -> Result<HaloTicketId> {
        let number = self.fresh();
        let stage = *[
            "new_lead",
            "researching",
            "contacted",
            "engaged",
            "new_prospect",
            "new_opportunity",
        ]
        .choose(&mut self.dice)
        .context("a stage")?;
        let mut body = Property::Stage.write(&self.map, stage)?;
        let email = email(number);
        let more = json!({
            "summary": format!("Person {number} - Company {number}"),
            "oppcontactname": format!("Person {number}"),
            "oppcompanyname": format!("Company {number} Ltd"),
            "oppemailaddress": email,
            "agent_id": REP,
        });
        if let (Some(body), Json::Object(more)) = (body.as_object_mut(), more) {
            body.extend(more);
        }
        let answer = self.tell_halo("/api/Tickets", &body)?;
        let id = HaloTicketId(
            answer
                .get("id")
                .and_then(Json::as_i64)
                .context("the new ticket has an id")?,
        );
        let record = self.record(id)?;
        let promise = self.ledger.entry(email).or_default();
        for property in Property::all() {
            let shown = property.there(&self.map, &record);
            promise.claims.insert(property, Claim::beginning(shown));
        }
        self.known.push(id);
        self.trace.line(format!("a colleague has #{id} in {stage}"));
        Ok(id)
    }

    /// A colleague writes something in HaloPSA.
    pub fn tell_halo(&mut self, path: &str, body: &Json) -> Result<Json> {
        let agent = *COLLEAGUES.choose(&mut self.dice).context("a colleague")?;
        let (status, answer) = self.tenant.post_as(agent, path, &json!([body]));
        ensure!(status < 300, "HaloPSA refuses a colleague: {status} {answer}");
        Ok(answer)
    }

    /// A colleague deletes a ticket in HaloPSA.
    pub fn delete(&mut self, ticket: HaloTicketId) -> Result<()> {
        let agent = *COLLEAGUES.choose(&mut self.dice).context("a colleague")?;
        let record = self.record(ticket)?;
        if self.store()?.ticket_by_halo(ticket)?.is_none()
            && let Some(email) = record.get("oppemailaddress").and_then(Json::as_str)
        {
            // Nobody here has ever seen it, so nothing was promised.
            self.ledger.remove(email);
        }
        let status = self.tenant.delete_as(agent, &format!("/api/Tickets/{ticket}"));
        ensure!(status < 300, "HaloPSA keeps #{ticket}: {status}");
        self.known.retain(|known| *known != ticket);
        self.deleted.insert(ticket);
        self.trace.line(format!("a colleague deletes #{ticket}"));
        Ok(())
    }

    /// A ticket as HaloPSA has it.
    pub fn record(&self, ticket: HaloTicketId) -> Result<Json> {
        self.tenant
            .ticket(ticket.0)
            .with_context(|| format!("HaloPSA has no #{ticket}"))
    }

    /// Takes what persons did at this computer since the last time into the ledger.
    pub fn read_journal(&mut self) -> Result<()> {
        let store = self.store()?.clone();
        loop {
            let next = OperationId(self.read_up_to.0 + 1);
            let Some(operation) = store.operation(next)? else {
                return Ok(());
            };
            self.read_up_to = next;
            if operation.by_machine.is_some() {
                continue;
            }
            self.trace.line(format!("operation {next}: {}", operation.label));
            for applied in store.operation_changes(next)? {
                if let Change::Stage { before, after } = &applied.change
                    && ["move_tickets", "promote_ticket"].contains(&operation.kind.as_str())
                {
                    ensure!(
                        ways::allowed(&before.stage.0, &after.stage.0, self.role),
                        "a {:?} moved ticket {} from {} to {}",
                        self.role,
                        applied.ticket,
                        before.stage,
                        after.stage
                    );
                }
                self.take_in(&store, applied.ticket, &applied.change)?;
            }
        }
    }

    fn take_in(&mut self, store: &Store, ticket: TicketId, change: &Change) -> Result<()> {
        let email = email_of(store, ticket)?;
        let promise = self.ledger.entry(email).or_default();
        for (property, shown, value) in Property::of_change(store, change)? {
            if property == Property::Stage {
                promise.stages.insert(value.clone());
            }
            promise.lists_here |= matches!(property, Property::List(_));
            promise.claims.entry(property).or_default().written_here(&shown, value);
        }
        match change {
            Change::Created => {
                promise.removed = false;
                // What a new ticket holds from its first moment is not journalled as a change.
                for property in Property::all() {
                    let value = property.here(store, ticket)?;
                    promise.claims.entry(property).or_default().written_here("", value);
                }
                if let Some(card) = store.card(ticket)? {
                    promise.stages.insert(card.stage.0);
                }
            }
            Change::Removed => promise.removed = true,
            Change::Field { field, after, .. } if *field == keys::DO_NOT_CONTACT => {
                promise.do_not_contact =
                    matches!(after.as_ref().map(|stored| &stored.value), Some(Value::Boolean(true)));
            }
            Change::ActivityAdded { activity } => {
                let row = store.activity(*activity)?.context("an activity that was added")?;
                if row.appointment.is_some() {
                    promise.tasks.insert(*activity, (row.subject, true));
                } else if let Some(words) = token(&row.body) {
                    promise.notes.insert(*activity, (words, true));
                }
            }
            Change::ActivityRemoved { activity } => {
                for promised in [&mut promise.notes, &mut promise.tasks] {
                    if let Some((_, stands)) = promised.get_mut(activity) {
                        *stands = false;
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Looks at one ticket on both sides: what both hold is settled, unless a person has yet to choose.
    pub fn compare(&mut self, halo: HaloTicketId) -> Result<()> {
        let store = self.store()?.clone();
        let Some(ticket) = store.ticket_by_halo(halo)? else {
            return Ok(());
        };
        if !store.conflicts(ticket)?.is_empty() {
            return Ok(());
        }
        let record = self.record(halo)?;
        let Some(promise) = self.ledger.get_mut(&email_of(&store, ticket)?) else {
            return Ok(());
        };
        for (property, claim) in &mut promise.claims {
            let there = property.there(&self.map, &record);
            if property.here(&store, ticket)? == there {
                claim.settled(&there);
            }
        }
        Ok(())
    }

    /// The network is there, or is not.
    pub fn set_online(&self, online: bool) {
        self.online.store(online, Ordering::SeqCst);
    }
}

/// The address by which a ticket is told.
pub fn email(number: u32) -> String {
    format!("person{number}@company{number}.example")
}

/// The same, of a ticket on this computer.
pub fn email_of(store: &Store, ticket: TicketId) -> Result<String> {
    let stored = store.value(ticket, keys::EMAIL)?;
    let address = stored.map(|stored| stored.value.to_input());
    address.with_context(|| format!("ticket {ticket} has no e-mail address"))
}

/// The words that are in one note or call only.
pub fn words(number: u32) -> String {
    format!("words-{number}.")
}

/// The words of a note or call.
fn token(body: &str) -> Option<String> {
    let from = body.find("words-")?;
    let rest = body.get(from..)?;
    let end = rest.find('.')?;
    rest.get(..=end).map(str::to_owned)
}

/// A folder in memory, where the system has one: a run is about order, not about a disk.
fn memory_folder() -> Result<TempDir> {
    let memory = std::path::Path::new("/dev/shm");
    if memory.is_dir()
        && let Ok(folder) = TempDir::new_in(memory)
    {
        return Ok(folder);
    }
    Ok(TempDir::new()?)
}
