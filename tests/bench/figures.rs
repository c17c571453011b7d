//! Times, and what they come to.

use std::{
    fs,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use serde_json::{Value, json};

/// The times of one thing that was done again and again.
pub struct Figure {
    times: Vec<Duration>,
}

impl Figure {
    /// Does something once to warm up, then times it so often.
    pub fn of(times: usize, mut work: impl FnMut(usize) -> Result<()>) -> Result<Self> {
        work(0)?;
        let timed = (1..=times).map(|turn| {
            let start = Instant::now();
            work(turn)?;
            Ok(start.elapsed())
        });
        Ok(Self {
            times: timed.collect::<Result<_>>()?,
        })
    }

    /// From times taken elsewhere.
    pub fn from(times: Vec<Duration>) -> Self {
        Self { times }
    }

    /// One JSON object: median, 95th percentile and longest in milliseconds.
    pub fn line(mut self, row: &str) -> Value {
        self.times.sort_unstable();
        let at = |percent: usize| {
            let last = self.times.len().saturating_sub(1);
            let time = self.times.get((self.times.len() * percent / 100).min(last));
            time.map_or(0.0, |time| time.as_secs_f64() * 1000.0)
        };
        json!({
            "row": row, "p50": at(50), "p95": at(95), "longest": at(100), "samples": self.times.len(),
        })
    }
}

/// What this process has used so far: the most memory (in MB) and processor time (in seconds).
pub fn process() -> Result<Value> {
    let status = fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak: f64 = peak
        .and_then(|text| text.split_whitespace().next())
        .context("no peak")?
        .parse()?;
    let stat = fs::read_to_string("/proc/self/stat")?;
    // After the name in brackets: state, parent, …; the eleventh and twelfth after the state are the ticks of the processor.
    let after = stat.rsplit(") ").next().unwrap_or_default();
    let ticks: f64 = after
        .split(' ')
        .skip(11)
        .take(2)
        .map(|text| text.parse::<f64>().unwrap_or_default())
        .sum();
    Ok(json!({ "row": "process", "peak_mb": peak / 1024.0, "cpu_s": ticks / 100.0 }))
}
