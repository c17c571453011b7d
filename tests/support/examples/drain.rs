//! What it takes to send many queued moves: as many as the argument says, all in one bulk move. Prints one JSON object:
//! requests, the fewest that groups of fifty allow, and seconds.

use std::{io::Write, time::Instant};

use anyhow::{Context, ensure};
use sandbox::Fault;
use serde_json::json;
use support::World;

/// What the engine puts into one request.
const GROUP: u32 = 50;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let moves: u32 = std::env::args().nth(1).context("how many moves?")?.parse()?;
    let (world, tickets) = World::with_contacted(moves).await?;
    world.try_drag(&tickets, "engaged")?;
    // The pull that follows the drain is cut off, so that only the drain is counted.
    world.allows_status(0);
    let cut = Fault::DropBefore.on("GET /api/Tickets").after(3);
    let cut = world.sandbox.faults().add(cut);
    let before = world.sandbox.stats();
    let start = Instant::now();
    ensure!(world.sync().await.is_err(), "the pull after the drain is cut off");
    let seconds = start.elapsed().as_secs_f64();
    ensure!(world.unsent()?.is_empty(), "everything was sent");
    let after = world.sandbox.stats();
    let groups = after.count("POST /api/tickets") - before.count("POST /api/tickets");
    let requests = after.total() - before.total() - u64::from(world.sandbox.faults().hits(cut));
    let fewest = moves.div_ceil(GROUP);
    let figures = json!({
        "moves": moves, "requests": requests, "groups": groups, "fewest": fewest, "seconds": seconds,
    });
    writeln!(std::io::stdout(), "{figures}")?;
    Ok(())
}
