//! `cargo xtask soak`: what must never happen, tried ten thousand times.

use anyhow::Result;

use crate::{
    shell,
    system::{self, Purpose},
    test::WORKSPACE,
};

#[derive(clap::Args)]
pub struct Options {
    /// How many simulated runs, each under a seed of its own.
    #[arg(long, default_value_t = 1_000)]
    runs: u64,
    /// The first seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many runs at the same time.
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Go on after a failure, and count.
    #[arg(long)]
    keep_going: bool,
    /// Print what happens as it happens.
    #[arg(long)]
    aloud: bool,
    /// Instead: kill the real program so many times while it syncs over HTTP.
    #[arg(long, conflicts_with_all = ["runs", "threads", "keep_going", "aloud"])]
    kills: Option<u32>,
    /// Instead: kill the real program so many times while it imports lists.
    #[arg(long, conflicts_with_all = ["runs", "threads", "keep_going", "aloud", "kills"])]
    import_kills: Option<u32>,
}

pub fn soak(options: &Options) -> Result<()> {
    match (options.kills, options.import_kills) {
        (Some(kills), _) => kill("killed_at_any_moment", kills, options.seed),
        (None, Some(kills)) => kill("importing::", kills, options.seed),
        (None, None) => simulate(options),
    }
}

fn simulate(options: &Options) -> Result<()> {
    let mut soak = shell::cargo()?;
    soak.args([
        "run",
        "--quiet",
        "--profile",
        "bench-fast",
        "--package",
        "simulation",
        "--bin",
        "soak",
        "--",
    ]);
    soak.args(["--runs", &options.runs.to_string()]);
    soak.args(["--seed", &options.seed.to_string()]);
    soak.args(["--threads", &options.threads.to_string()]);
    if options.keep_going {
        soak.arg("--keep-going");
    }
    if options.aloud {
        soak.arg("--aloud");
    }
    shell::must(&mut soak)
}

fn kill(story: &str, kills: u32, seed: u64) -> Result<()> {
    system::prepare(Purpose::Test)?;
    let mut test = shell::cargo()?;
    test.arg("test").args(WORKSPACE.iter().skip(1)).args([
        "--package",
        "leadline",
        "--test",
        "kills",
        story,
        "--",
        "--nocapture",
    ]);
    test.env("LEADLINE_KILLS", kills.to_string());
    test.env("LEADLINE_SEED", seed.to_string());
    shell::must(&mut test)
}
