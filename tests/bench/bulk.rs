//! Filling a database much faster than a person could: with most of its indexes built at the end, each in one go.
//!
//! A row that goes into an index out of order reads, decrypts and writes a page of its own, and a big pipeline has a
//! hundred million of them. What comes out is the same as if they had been there all along: their definitions are read
//! from the database and put back.

use std::path::Path;

use anyhow::Result;
use rusqlite::Connection;
use store::Key;

/// By what filling itself finds its rows. All others of the same tables are built afterwards.
const NEEDED: &str = "'stage_entries_ticket', 'stage_entries_open', 'activities_halo'";
const FILLED: &str = "'tickets', 'ticket_values', 'stage_entries', 'activities', 'phone_index'";

/// Does the work while the indexes that it does not need are away.
pub fn without_indexes<T>(path: &Path, key: &Key, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let indexes = {
        let connection = open(path, key)?;
        let indexes = connection
            .prepare(&format!(
                "SELECT name, sql FROM sqlite_schema
                 WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ({FILLED}) AND name NOT IN ({NEEDED})"
            ))?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<Vec<(String, String)>, _>>()?;
        for (name, _) in &indexes {
            connection.execute_batch(&format!("DROP INDEX {name}"))?;
        }
        indexes
    };
    let done = work()?;
    let connection = open(path, key)?;
    for (name, definition) in &indexes {
        eprintln!("building {name}");
        connection.execute_batch(definition)?;
    }
    Ok(done)
}

fn open(path: &Path, key: &Key) -> Result<Connection> {
    let connection = Connection::open(path)?;
    let hex: String = key.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    connection.pragma_update(None, "key", format!("x'{hex}'"))?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    // In KiB.
    connection.pragma_update(None, "cache_size", -1_000_000)?;
    Ok(connection)
}
