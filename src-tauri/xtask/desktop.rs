//! A screen and a session bus for the window, where the machine has none.

use std::process::Command;

use anyhow::{Result, bail};

use crate::shell;

/// Whether a window could be seen here.
pub fn has_display() -> bool {
    let named = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || named("DISPLAY") || named("WAYLAND_DISPLAY")
}

/// # Errors
/// When there is no display: the text says what can be done.
pub fn require_display() -> Result<()> {
    if has_display() {
        return Ok(());
    }
    bail!(
        "There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so no window can be opened.\n\
         - Sit at this machine: start it from a terminal inside the desktop.\n\
         - Logged in from elsewhere: use `ssh -X`, or a remote desktop.\n\
         - Only to see that it starts: `cargo xtask run --virtual-display` opens it on a screen that nobody sees.\n\
         - The command line needs no display: `target/debug/leadline --demo status` after `cargo build --features custom-protocol`."
    )
}

/// The command, on a screen of its own that nobody sees, with a session bus of its own.
pub fn virtually(program: &Command) -> Result<Command> {
    let mut command = shell::command("xvfb-run")?;
    command.args([
        "-a",
        "-s",
        "-screen 0 1280x800x24 -nolisten tcp",
        "dbus-run-session",
        "--",
    ]);
    command.arg(program.get_program()).args(program.get_args());
    for (name, value) in program.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    Ok(command)
}
