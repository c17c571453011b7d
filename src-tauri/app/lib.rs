//! The app: a Tauri shell around the engine, and the same engine on the command line.
//!
//! Owns what belongs to one computer: the home folder and its locks, keys and secrets, the log, the window, the tray,
//! the sample tenant, and the words of every error. It must not decide anything about tickets or sync: a command
//! converts, calls the engine and converts. It is the only crate that knows Tauri.
//!
//! Start with [`host`] (what is open and which face it shows), then [`session`] (opening a profile), then
//! [`commands`] (what a window may ask) and [`cli`] (what a terminal may ask). [`errors`] words every failure;
//! [`bindings`] is the list from which the TypeScript is generated.

#![cfg_attr(
    test,
    expect(clippy::expect_used, reason = "a test that cannot go on says so by panicking")
)]

pub mod bindings;
pub mod cli;
pub mod commands;
pub mod demo;
pub mod downloads;
pub mod errors;
pub mod events;
pub mod home;
pub mod host;
pub mod logs;
pub mod notify;
pub mod profiles;
pub mod secrets;
pub mod session;
pub mod signin;
pub mod state;
pub mod tray;
pub mod window;

use std::{process::ExitCode, sync::Arc};

use clap::Parser;

use crate::{cli::args::Arguments, errors::UiError, host::Host, profiles::Profile, secrets::SystemKeychain};

/// Imports and exports make and drop millions of small texts: reading a list takes a quarter less time than with the
/// allocator of the C library.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Reads the command line; runs the command, or opens the window.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Some(command) = arguments.command {
        return cli::run(&arguments.place, command);
    }
    let home = cli::home(&arguments.place);
    if let Ok(home) = &home
        && let Err(error) = logs::start(&home.log_folder())
    {
        cli::say(&format!("There will be no log: {error}"));
    }
    let wanted = if arguments.place.demo {
        Some(Profile::Demo)
    } else {
        arguments.place.profile
    };
    let host = Arc::new(Host::new(home, wanted, Arc::new(SystemKeychain), cli::passphrase()));
    match window::run(host) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let told = UiError::of("Open the window", &error).logged();
            cli::say_error(&told);
            told.exit_code()
        }
    }
}
