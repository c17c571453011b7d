//! `cargo xtask run`: from a fresh machine to the window.

use anyhow::Result;

use crate::{
    desktop, shell,
    system::{self, Purpose},
    ui,
};

#[derive(clap::Args)]
pub struct Options {
    /// Open the window on a screen that nobody sees (Xvfb), to try that it starts.
    #[arg(long)]
    virtual_display: bool,
    /// Build everything, but open nothing.
    #[arg(long, conflicts_with = "virtual_display")]
    build_only: bool,
    /// What is given to `leadline` instead of `--demo`.
    #[arg(last = true)]
    arguments: Vec<String>,
}

pub fn run(options: &Options) -> Result<()> {
    if !options.virtual_display && !options.build_only {
        desktop::require_display()?;
    }
    system::prepare(Purpose::Run {
        virtual_screen: options.virtual_display,
    })?;
    build()?;
    if options.build_only {
        return Ok(());
    }
    let mut leadline = shell::command(shell::root()?.join("target/debug/leadline"))?;
    if options.arguments.is_empty() {
        leadline.arg("--demo");
    } else {
        leadline.args(&options.arguments);
    }
    if options.virtual_display {
        leadline.env("GDK_BACKEND", "x11");
        leadline = desktop::virtually(&leadline)?;
    }
    shell::must(&mut leadline)
}

/// Builds the ui, then the app around it.
pub fn build() -> Result<()> {
    ui::install()?;
    ui::build()?;
    shell::must(shell::cargo()?.args([
        "build",
        "--workspace",
        "--features",
        "custom-protocol",
        "--bin",
        "leadline",
    ]))
}
