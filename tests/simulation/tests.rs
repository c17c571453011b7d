//! Three hundred seeds, and that a seed is a run.

use std::sync::atomic::{AtomicU64, Ordering};

/// How many runs, unless `LEADLINE_RUNS` says another number.
const RUNS: u64 = 300;

#[test]
fn nothing_is_lost_whatever_happens() {
    let runs = std::env::var("LEADLINE_RUNS")
        .ok()
        .and_then(|number| number.parse().ok())
        .unwrap_or(RUNS);
    let next = AtomicU64::new(1);
    let failures = std::sync::Mutex::new(Vec::new());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed > runs {
                        return;
                    }
                    let outcome = simulation::run(seed);
                    if let (Some(violation), Ok(mut failures)) = (outcome.violation, failures.lock()) {
                        failures.push(format!("seed {seed}: {violation}"));
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap_or_default();
    assert!(
        failures.is_empty(),
        "{} of {runs} runs:\n{}",
        failures.len(),
        failures.join("\n")
    );
}

#[test]
fn the_same_seed_is_the_same_run() {
    for seed in [3, 76, 77, 1_000_003] {
        let (first, second) = (simulation::run(seed), simulation::run(seed));
        assert_eq!(first.tail, second.tail, "seed {seed}");
        assert_eq!(
            (first.hash, first.events, first.faults),
            (second.hash, second.events, second.faults),
            "seed {seed}"
        );
    }
}
