//! What a click costs inside the engine, over a tenant of the size given as argument: the board, a move, a keystroke in
//! the search. Prints one JSON object with milliseconds; `cargo xtask bench` builds it optimised and reads that.

use std::{
    io::Write,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use domain::{Role, TicketId};
use engine::MoveOutcome;
use sandbox::Setup;
use serde_json::{Value, json};
use store::Filter;
use support::World;

const BOARDS: usize = 200;
const MOVES: usize = 200;
const WORDS: usize = 40;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let tickets: u32 = std::env::args().nth(1).context("how many tickets?")?.parse()?;
    let world = World::with_tickets(tickets, Setup::default())?;
    // A bench leaves its moves unsent: nothing is measured that waits for a network.
    world.leaves_unsent();
    world.connect().await?;
    world.sync().await?;
    world.be(Role::Manager)?;

    let figures = json!({
        "board": board(&world)?,
        "move": moves(&world)?,
        "search": keystrokes(&world)?,
    });
    writeln!(std::io::stdout(), "{figures}")?;
    Ok(())
}

/// Reading the whole board: heads, sums and the first page of every column.
fn board(world: &World) -> anyhow::Result<Value> {
    let engine = world.engine()?;
    let filter = Filter::default();
    let mut times = Vec::with_capacity(BOARDS);
    for _ in 0..BOARDS {
        let start = Instant::now();
        engine.board(&filter)?;
        times.push(start.elapsed());
    }
    Ok(spread(times))
}

/// Moving one card: decided, written to row, journal and outbox, and on the disk.
fn moves(world: &World) -> anyhow::Result<Value> {
    let mut cards = Vec::new();
    for ticket in in_column(world, "contacted")? {
        // Some sample leads lack what every stage asks for; a form is not what is measured here.
        if let MoveOutcome::Moved { .. } = world.try_drag(&[ticket], "researching")? {
            cards.push(ticket);
        }
    }
    ensure!(!cards.is_empty(), "no lead can be moved");
    let mut times = Vec::with_capacity(MOVES);
    'rounds: loop {
        for target in ["contacted", "researching"] {
            for ticket in &cards {
                let start = Instant::now();
                world.drag(*ticket, target)?;
                times.push(start.elapsed());
                if times.len() == MOVES {
                    break 'rounds;
                }
            }
        }
    }
    Ok(spread(times))
}

fn in_column(world: &World, stage: &str) -> anyhow::Result<Vec<TicketId>> {
    let board = world.engine()?.board(&Filter::default())?;
    let column = board.columns.iter().find(|column| column.head.stage.0 == stage);
    Ok(column
        .context("no such column")?
        .cards
        .iter()
        .map(|card| card.id)
        .collect())
}

/// Typing the names of companies, letter by letter.
fn keystrokes(world: &World) -> anyhow::Result<Value> {
    let engine = world.engine()?;
    let board = engine.board(&Filter::default())?;
    let names = board
        .columns
        .iter()
        .flat_map(|column| column.cards.iter().take(4))
        .map(|card| card.company.clone());
    let mut times = Vec::new();
    for name in names.filter(|name| !name.is_empty()).take(WORDS) {
        let mut typed = String::new();
        for letter in name.chars().take(8) {
            typed.push(letter);
            let start = Instant::now();
            engine.search(&typed)?;
            times.push(start.elapsed());
        }
    }
    Ok(spread(times))
}

/// Median and 95th percentile in milliseconds.
fn spread(mut times: Vec<Duration>) -> Value {
    times.sort_unstable();
    let at = |percent: usize| times.get((times.len() * percent / 100).min(times.len().saturating_sub(1)));
    let ms = |time: Option<&Duration>| time.map_or(0.0, |time| time.as_secs_f64() * 1000.0);
    json!({ "p50": ms(at(50)), "p95": ms(at(95)), "samples": times.len() })
}
