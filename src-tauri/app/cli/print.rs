//! How results look: JSON for programs, lines for people.

use std::io::{self, Write};

use serde::Serialize;

/// Prints one JSON document.
///
/// # Errors
/// When standard output cannot be written to.
pub fn json(document: &impl Serialize) -> anyhow::Result<()> {
    let text = serde_json::to_string_pretty(document)?;
    line(&text)
}

/// Prints one line for a person.
///
/// # Errors
/// When standard output cannot be written to. A reader that has gone away, as `head` does once it has enough, is no
/// error: nobody is left who could want the rest.
pub fn line(text: &str) -> anyhow::Result<()> {
    match writeln!(io::stdout().lock(), "{text}") {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Says something to the person at the terminal; a closed standard error is no reason to stop.
pub fn say(text: &str) {
    drop(writeln!(io::stderr().lock(), "{text}"));
}
