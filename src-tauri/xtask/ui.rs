//! The web side: its packages and its build.

use std::{fs, process::Command};

use anyhow::{Context, Result};

use crate::shell;

/// npm, in the folder of the ui.
pub fn npm() -> Result<Command> {
    let mut npm = shell::command(if cfg!(windows) { "npm.cmd" } else { "npm" })?;
    npm.current_dir(shell::root()?.join("ui"));
    Ok(npm)
}

/// A program that npm installed, in the folder of the ui.
pub fn tool(name: &str) -> Result<Command> {
    let ui = shell::root()?.join("ui");
    let ending = if cfg!(windows) { ".cmd" } else { "" };
    let mut tool = Command::new(ui.join("node_modules/.bin").join(format!("{name}{ending}")));
    tool.current_dir(ui);
    Ok(tool)
}

/// Installs the packages when the lock file is not the one that was installed last.
///
/// # Errors
/// When npm fails.
pub fn install() -> Result<()> {
    let ui = shell::root()?.join("ui");
    let lock = fs::read(ui.join("package-lock.json")).context("ui/package-lock.json")?;
    // The stamp is the lock file itself, put there after a whole installation: npm removes it with the folder.
    let stamp = ui.join("node_modules/.installed-lock.json");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    shell::must(npm()?.args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]))?;
    fs::write(&stamp, lock).context("ui/node_modules cannot be written")
}

/// Builds `ui/dist`, which the app carries inside itself.
///
/// # Errors
/// When the types or the build fail.
pub fn build() -> Result<()> {
    shell::must(npm()?.args(["run", "--silent", "build"]))
}
