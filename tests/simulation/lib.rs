//! A whole year of bad days in a few milliseconds: engine, tenant and network in one thread, under one seed and a clock of
//! their own.
//!
//! Owns [`run`]: people at this computer and in HaloPSA do things at random, sync runs in the background, everything goes
//! wrong that can (the faults of the tenant, the network, the clock, the process dying between any two writes), then the
//! faults stop and what must hold is judged. It must not know how the engine does it: it reads the database, the tenant
//! and what was promised to a person, nothing else.
//!
//! The same seed gives the same run, down to every byte that was sent, whatever else the computer does: time is tokio's
//! paused clock, chance is seeded, and nothing opens a socket. So a failing seed is a test case.
//!
//! Start with [`run`], then `ledger` (what may be true in the end), `verdict` (what must be), `acts` and `weather` (what
//! happens), `death` (how a process dies).

mod acts;
mod clock;
mod death;
mod ledger;
mod property;
mod trace;
mod verdict;
mod ways;
mod weather;
mod wire;
mod world;

use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use domain::TicketId;
use rand::Rng;
use store::OutboxState;

use death::{Fate, Moment};
use trace::Trace;
use world::World;

/// Things that happen while the faults last.
const STEPS: u32 = 50;

/// Rounds of sync after which a world without faults has to be quiet.
const PATIENCE: u32 = 40;

/// What became of a run.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub seed: u64,
    /// What must hold and does not.
    pub violation: Option<String>,
    /// The same for the same seed, whatever else differs.
    pub hash: u64,
    /// Requests, operations and whatever else happened.
    pub events: u64,
    pub faults: BTreeMap<&'static str, u64>,
    /// The last things that happened, for whoever looks into a violation.
    pub tail: Vec<String>,
}

/// Lives through one seed.
#[must_use]
pub fn run(seed: u64) -> Outcome {
    run_aloud(seed, false)
}

/// The same; `aloud` prints what happens as it happens.
#[must_use]
pub fn run_aloud(seed: u64, aloud: bool) -> Outcome {
    let trace = Trace::aloud(aloud);
    let lived = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .context("a runtime")
        .and_then(|runtime| runtime.block_on(live(seed, trace.clone())));
    Outcome {
        seed,
        violation: lived.err().map(|error| format!("{error:#}")),
        hash: trace.hash(),
        events: trace.events(),
        faults: trace.faults(),
        tail: trace.tail(),
    }
}

async fn live(seed: u64, trace: Trace) -> Result<()> {
    let mut world = World::begin(seed, trace).await?;
    rise(&mut world, true)?;
    for step in 0..STEPS {
        let longest = if world.dice.random_ratio(1, 12) { 40_000 } else { 5_000 };
        let pause = Duration::from_millis(world.dice.random_range(0..longest));
        let fate = std::sync::Arc::clone(&world.process()?.fate);
        tokio::select! {
            biased;
            () = fate.death() => {}
            () = tokio::time::sleep(pause) => {}
        }
        if !fate.is_dead() {
            // A person's act is one piece: it is done, or the process died in it.
            match catch_unwind(AssertUnwindSafe(|| act(&mut world))) {
                Ok(done) => done.with_context(|| format!("step {step}"))?,
                Err(panic) if death::is_death(panic.as_ref()) => {}
                Err(panic) => resume_unwind(panic),
            }
        }
        if fate.is_dead() {
            bury(&mut world, &fate);
            rise(&mut world, true)?;
        }
    }
    quiet(&mut world).await?;
    verdict::judge(&world)
}

/// The process is dead.
fn bury(world: &mut World, fate: &Fate) {
    if let Some(moment) = fate.how() {
        world.trace.fault(moment.name(), 1);
        world.trace.line(moment.name().to_owned());
    }
    world.bury();
}

/// A process starts and syncs; with some luck it will die.
fn rise(world: &mut World, mortal: bool) -> Result<()> {
    let death = if mortal && world.dice.random_ratio(2, 3) {
        let (moment, most) = match world.dice.random_range(0..4) {
            0 | 1 => (Moment::BeforeCommit, 60),
            2 => (Moment::BeforeRequest, 30),
            _ => (Moment::AfterRequest, 30),
        };
        Some((moment, world.dice.random_range(0..most)))
    } else {
        None
    };
    match catch_unwind(AssertUnwindSafe(|| world.start(death))) {
        Ok(started) => started?,
        // Whoever dies while opening the database is started again.
        Err(panic) if death::is_death(panic.as_ref()) => world.start(None)?,
        Err(panic) => resume_unwind(panic),
    }
    world.sync_in_background()
}

fn act(world: &mut World) -> Result<()> {
    match world.dice.random_range(0..10) {
        0..=3 => acts::rep(world)?,
        4 | 5 => acts::colleague(world)?,
        6..=8 => weather::change(world)?,
        _ => world.engine()?.sync_soon(),
    }
    world.read_journal()
}

/// Whether a change is about a ticket that a colleague has deleted: it waits for a person to give it up.
fn is_about_deleted(world: &World, ticket: TicketId) -> bool {
    let card = world.store().ok().and_then(|store| store.card(ticket).ok().flatten());
    let halo = card.and_then(|card| card.halo_id);
    halo.is_some_and(|halo| world.deleted.contains(&halo))
}

/// The faults stop, and sync goes on until nothing is left to do.
async fn quiet(world: &mut World) -> Result<()> {
    let fate = std::sync::Arc::clone(&world.process()?.fate);
    fate.spare();
    if fate.is_dead() {
        bury(world, &fate);
        world.start(None)?;
    }
    weather::clear(world);
    let kindly = world.dice.random();
    world.stop_syncing(kindly).await?;
    world.read_journal()?;
    world.trace.line("the faults stop".to_owned());
    let mut calm = 0;
    let mut last = String::new();
    for _ in 0..PATIENCE {
        tokio::time::sleep(Duration::from_secs(130)).await;
        for halo in world.known.clone() {
            world.compare(halo)?;
        }
        while acts::settle_a_conflict(world)? {}
        let engine = world.engine()?.clone();
        engine.retry_all()?;
        let report = match engine.sync_once(&engine::SoleProcess).await {
            Ok(report) => report,
            Err(error) => {
                last = format!("{error:#}");
                calm = 0;
                continue;
            }
        };
        let unsent: Vec<_> = engine
            .outbox()?
            .into_iter()
            .filter(|row| row.state != OutboxState::Sent && !is_about_deleted(world, row.ticket))
            .collect();
        last = format!("{report:?}, unsent {unsent:?}");
        let idle =
            report == engine::SyncReport::default() && unsent.is_empty() && world.store()?.all_conflicts()?.is_empty();
        calm = if idle { calm + 1 } else { 0 };
        if calm == 2 {
            let before = world.tenant.stats().ticket_writes;
            ensure!(
                engine.sync_once(&engine::SoleProcess).await? == engine::SyncReport::default()
                    && world.tenant.stats().ticket_writes == before,
                "sync does not rest"
            );
            return Ok(());
        }
    }
    bail!("sync does not come to rest: {last}")
}
