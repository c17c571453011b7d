//! How results look: JSON for programs, lines for people.

use std::io::{self, Write};

use serde::Serialize;

/// Prints one JSON document.
///
/// # Errors
/// When standard output is closed.
pub fn json(document: &impl Serialize) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, document)?;
    writeln!(out)?;
    Ok(())
}

/// Prints one line for a person.
///
/// # Errors
/// When standard output is closed.
pub fn line(text: &str) -> anyhow::Result<()> {
    Ok(writeln!(io::stdout().lock(), "{text}")?)
}

/// Says something to the person at the terminal; a closed standard error is no reason to stop.
pub fn say(text: &str) {
    drop(writeln!(io::stderr().lock(), "{text}"));
}
