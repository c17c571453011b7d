//! What a first pull costs: of as many tickets as the argument says, from a sandbox in a process of its own. Prints one JSON
//! object: all requests, pages of tickets, the fewest that pages of a hundred allow, seconds, seconds of computing for a thousand tickets, and
//! the most memory that the pulling process ever held.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader, Write},
    process::{Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use connectors::{Budget, halo};
use engine::{ConnectRequest, Engine, MemoryVault, Options, Parts, SoleProcess, SystemClock};
use sandbox::Sandbox;
use serde_json::json;
use store::{Filter, Key, Store};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let first = arguments.next().context("how many tickets?")?;
    if first == "serve" {
        return serve(arguments.next().context("how many tickets?")?.parse()?);
    }
    let tickets: u32 = first.parse()?;
    let mut server = Command::new(std::env::current_exe()?)
        .args(["serve", &first])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let told = server.stdout.take().context("the sandbox tells its address")?;
    let mut told = BufReader::new(told);
    let mut address = String::new();
    told.read_line(&mut address)?;
    let measured = measure(tickets, address.trim()).await;
    // The end of its input ends it, and it says what it was asked.
    drop(server.stdin.take());
    let mut asked = String::new();
    told.read_line(&mut asked)?;
    server.wait()?;
    let mut figures = measured?;
    if let Some(figures) = figures.as_object_mut() {
        figures.insert("pages".to_owned(), serde_json::from_str(&asked)?);
    }
    writeln!(std::io::stdout(), "{figures}")?;
    Ok(())
}

/// A sandbox until its input ends; then it says how many pages of tickets it was asked for.
fn serve(tickets: u32) -> anyhow::Result<()> {
    let sandbox = Sandbox::start(sandbox::Options {
        tickets,
        rate_limit: None,
        ..sandbox::Options::default()
    })?;
    writeln!(std::io::stdout(), "{}", sandbox.address())?;
    std::io::copy(&mut std::io::stdin(), &mut std::io::sink())?;
    let pages = sandbox.stats().requests.get("GET /api/tickets").copied().unwrap_or(0);
    writeln!(std::io::stdout(), "{pages}")?;
    Ok(())
}

async fn measure(tickets: u32, address: &str) -> anyhow::Result<serde_json::Value> {
    let home = tempfile::tempdir()?;
    let engine = Engine::new(Parts {
        store: Store::open(&home.path().join("leadline.db"), &Key::random()?)?,
        clock: Arc::new(SystemClock),
        vault: Arc::new(MemoryVault::default()),
        options: Options {
            halo: halo::Options {
                // What is counted is requests, not the minutes that a real tenant spreads them over.
                budget: Budget::new(1_000_000, Duration::from_secs(300)),
                ..halo::Options::default()
            },
            ..Options::default()
        },
    })?;
    engine
        .connect(ConnectRequest {
            address: address.to_owned(),
            client_id: sandbox::CLIENT_ID.to_owned(),
            client_secret: sandbox::CLIENT_SECRET.to_owned(),
        })
        .await?;
    let (start, computed) = (Instant::now(), computing()?);
    engine.sync_once(&SoleProcess).await?;
    let seconds = start.elapsed().as_secs_f64();
    let computed = computing()? - computed;
    let board = engine.board(&Filter::default())?;
    let mut counts: BTreeMap<_, u32> = BTreeMap::new();
    for column in &board.columns {
        let stages = &engine.reference()?.workflow;
        let stage = stages.stage(&column.head.stage).context("every column is a stage")?;
        *counts.entry(stage.lifecycle).or_default() += column.head.count;
    }
    ensure!(counts.values().sum::<u32>() == tickets, "every ticket is here");
    let fewest: u32 = counts.values().map(|count| count.div_ceil(100)).sum();
    let requests = engine.health()?.requests_24h;
    Ok(json!({
        "tickets": tickets,
        "requests": requests,
        "fewest": fewest,
        "seconds": seconds,
        "computing_s_per_1000": computed * 1000.0 / f64::from(tickets),
        "memory_peak_mb": peak_memory_mb()?,
    }))
}

/// Seconds that this process has computed.
fn computing() -> anyhow::Result<f64> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let (_, after_name) = stat.rsplit_once(')').context("the name is in brackets")?;
    let ticks = |field: usize| -> anyhow::Result<f64> {
        let text = after_name.split_whitespace().nth(field).context("a field")?;
        Ok(text.parse()?)
    };
    // User and system time, in the hundredths of a second that Linux counts in.
    Ok((ticks(11)? + ticks(12)?) / 100.0)
}

fn peak_memory_mb() -> anyhow::Result<f64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)).context("VmHWM")?;
    Ok(kilobytes.parse::<f64>()? / 1024.0)
}
