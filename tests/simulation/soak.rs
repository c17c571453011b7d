//! Many runs, for hours if it must be: `soak --runs 10000`. Ends with a failure at the first seed that breaks a promise.

use std::{
    collections::BTreeMap,
    process::ExitCode,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Instant,
};

use clap::Parser;
use simulation::Outcome;

#[derive(Parser)]
struct Options {
    /// How many seeds.
    #[arg(long, default_value_t = 1_000)]
    runs: u64,
    /// The first seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many at the same time.
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Go on after a failure, and count.
    #[arg(long)]
    keep_going: bool,
    /// Print what happens as it happens.
    #[arg(long)]
    aloud: bool,
}

#[derive(Default)]
struct Sums {
    runs: u64,
    events: u64,
    faults: BTreeMap<&'static str, u64>,
    failures: Vec<Outcome>,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let next = AtomicU64::new(options.seed);
    let stop = AtomicBool::new(false);
    let sums = Mutex::new(Sums::default());
    let began = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..options.threads.max(1) {
            scope.spawn(|| work(&options, &next, &stop, &sums));
        }
    });
    let sums = sums.into_inner().unwrap_or_else(PoisonError::into_inner);
    report(&sums, began.elapsed().as_secs_f64());
    if sums.failures.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn work(options: &Options, next: &AtomicU64, stop: &AtomicBool, sums: &Mutex<Sums>) {
    while !stop.load(Ordering::Relaxed) {
        let seed = next.fetch_add(1, Ordering::Relaxed);
        if seed >= options.seed.saturating_add(options.runs) {
            return;
        }
        let outcome = simulation::run_aloud(seed, options.aloud);
        let mut sums = sums.lock().unwrap_or_else(PoisonError::into_inner);
        sums.runs += 1;
        sums.events += outcome.events;
        for (kind, times) in &outcome.faults {
            *sums.faults.entry(kind).or_default() += times;
        }
        if sums.runs.is_multiple_of(1_000) {
            eprintln!("{} runs", sums.runs);
        }
        if let Some(violation) = &outcome.violation {
            eprintln!("seed {seed}: {violation}");
            sums.failures.push(outcome);
            if !options.keep_going {
                stop.store(true, Ordering::Relaxed);
            }
        }
    }
}

fn report(sums: &Sums, seconds: f64) {
    if let Some(failure) = sums.failures.first() {
        println!("The last things that happened under seed {}:", failure.seed);
        for line in &failure.tail {
            println!("  {line}");
        }
        println!("{}", failure.violation.as_deref().unwrap_or_default());
        println!();
    }
    let per_run = if sums.runs == 0 {
        0.0
    } else {
        seconds * 1_000.0 / sums.runs as f64
    };
    println!(
        "{} runs, {} events, {seconds:.0} s ({per_run:.0} ms a run)",
        sums.runs, sums.events
    );
    println!("{} faults:", sums.faults.values().sum::<u64>());
    for (kind, times) in &sums.faults {
        println!("  {times:>9}  {kind}");
    }
    let seeds: Vec<String> = sums.failures.iter().map(|failure| failure.seed.to_string()).collect();
    if seeds.is_empty() {
        println!("Nothing was lost, nothing happened twice, and both sides agreed in the end.");
    } else {
        println!("Broken promises under {} seeds: {}", seeds.len(), seeds.join(", "));
    }
}
