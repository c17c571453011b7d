//! What a click costs inside the engine, over a home with a pipeline of a given size.
//!
//! Owns: making that pipeline, and timing what a person does to it in the process that the window runs in. It must not
//! know how a figure is shown: it prints one JSON object a line, and `cargo xtask bench` makes the table.
//!
//! `measure make HOME TICKETS` fills a home that does not exist yet; `measure rows HOME [ROW…]` times, and `measure imports
//! HOME [ROW…]` times an import into a copy of it, in a process of its own for the sake of its memory. All open the home as
//! the program does, with the key in the keychain, so that the window can be opened over the same data.

mod actions;
mod figures;
mod imports;
mod people;
mod pipeline;

use std::{
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Result, anyhow};
use clap::Parser;
use domain::Role;
use engine::views::Preferences;
use leadline_app::{
    home::Home,
    profiles::Profile,
    secrets::{SystemKeychain, keys},
    session::Session,
};

#[derive(Parser)]
enum Verb {
    /// Fills a new home with a pipeline.
    Make { home: PathBuf, tickets: u32 },
    /// Times what a person does.
    Rows { home: PathBuf, rows: Vec<String> },
    /// Times the stages of an import of as many rows as there are tickets.
    Imports { home: PathBuf, rows: Vec<String> },
}

fn main() -> Result<()> {
    match Verb::parse() {
        Verb::Make { home, tickets } => {
            let agents = {
                let folder = Home::at(&home)?.profile(&Profile::Tenant)?;
                let key = keys::open(&folder, &SystemKeychain, None)?.master.database()?;
                store::without_indexes(&folder.database(), &key, |store| pipeline::fill(store, tickets))?
            };
            open(&home)?.engine().set_preferences(&Preferences {
                role: Role::Manager,
                me: agents.first().copied(),
                country: "GB".to_owned(),
                currency: "GBP".to_owned(),
            })
        }
        Verb::Rows { home, rows } => {
            let session = open(&home)?;
            let out = &mut std::io::stdout();
            for (row, time) in actions::ROWS {
                if rows.is_empty() || rows.iter().any(|wanted| wanted == row) {
                    let figure = time(session.engine())?;
                    writeln!(out, "{}", figure.line(row))?;
                }
            }
            writeln!(out, "{}", figures::process()?)?;
            Ok(())
        }
        Verb::Imports { home, rows } => {
            let copy = imports::Copied::of(&home)?;
            let session = open(copy.path())?;
            for line in imports::rows(session.engine(), copy.path(), &rows)? {
                writeln!(std::io::stdout(), "{line}")?;
            }
            Ok(())
        }
    }
}

fn open(home: &Path) -> Result<Session> {
    let home = Home::at(home)?;
    Session::open(&home, &Profile::Tenant, Arc::new(SystemKeychain), None).map_err(|error| anyhow!("{error:?}"))
}
