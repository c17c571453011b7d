//! `cargo xtask <verb>`: everything that is done to the project, in one place.
//!
//! Owns: which system packages are needed, how ui and app are built, which checks there are and how they are counted.
//! Must not know: what Leadline does. It starts other programs and reads their output, nothing more.
//! Start reading at [`Verb`]; each verb has a file of its own.

mod bench;
mod check;
mod desktop;
mod linkage;
mod package;
mod run;
mod shell;
mod soak;
mod system;
mod tally;
mod test;
mod tree;
mod ui;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    about = "Run, test, measure and package Leadline"
)]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Build ui and app and open the window on the built-in sample tenant.
    Run(run::Options),
    /// Everything, headless: format, lints, types, unit, scenario, conformance, house rules, the real window.
    Test,
    /// Format, lints, types and the tests of what changed against HEAD.
    Check,
    /// Measure the optimised app with small and large tenants; keeps a table in target/bench.
    Bench(bench::Options),
    /// Simulate seed after seed with everything that can go wrong, or kill the real program while it syncs.
    Soak(soak::Options),
    /// Measure how well and how fast records are linked; LEADLINE_LINKAGE names a folder with labelled sets.
    Linkage,
    /// Build the .deb and the .rpm.
    Package,
}

fn main() -> ExitCode {
    let done = match Arguments::parse().verb {
        Verb::Run(options) => run::run(&options),
        Verb::Test => test::test(),
        Verb::Check => check::check(),
        Verb::Bench(options) => bench::bench(&options),
        Verb::Soak(options) => soak::soak(&options),
        Verb::Linkage => linkage::linkage(),
        Verb::Package => package::package(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\n{error:#}");
            ExitCode::FAILURE
        }
    }
}
