//! Filling an empty database with a big pipeline, for benchmarks: most of its indexes are built at the end, each in one go.
//!
//! A row that goes into an index out of order reads, decrypts and writes a page of its own, and a big pipeline has a
//! hundred million of them. What comes out is the same as if they had been there all along: their definitions are read
//! from the database and put back.

use rusqlite::Connection;

use crate::{Error, Key, Store, database::connect};

/// By what filling itself finds its rows. All others of the same tables are built afterwards.
const NEEDED: &str = "'stage_entries_ticket', 'stage_entries_open', 'activities_halo'";
const FILLED: &str = "'tickets', 'ticket_values', 'stage_entries', 'activities', 'phone_index'";

/// For building indexes, in KiB.
const CACHE: i64 = -1_000_000;

/// Does the work while the indexes that it does not need are away. Nobody else may use the database meanwhile: reports and
/// the board cannot be read.
///
/// # Errors
/// Whatever the work returns, or the store's own failure; then the database is without these indexes and of no use.
pub fn without_indexes<T, E: From<Error>>(
    path: &std::path::Path,
    key: &Key,
    work: impl FnOnce(&Store) -> Result<T, E>,
) -> Result<T, E> {
    let store = Store::open(path, key)?;
    let indexes = drop_indexes(&connect(path, key)?)?;
    let done = work(&store)?;
    drop(store);
    build(&connect(path, key)?, &indexes)?;
    Ok(done)
}

/// The definitions of what is dropped.
fn drop_indexes(connection: &Connection) -> Result<Vec<String>, Error> {
    let found = connection
        .prepare(&format!(
            "SELECT name, sql FROM sqlite_schema
             WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ({FILLED}) AND name NOT IN ({NEEDED})"
        ))?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<Vec<(String, String)>, _>>()?;
    for (name, _) in &found {
        connection.execute_batch(&format!("DROP INDEX {name}"))?;
    }
    Ok(found.into_iter().map(|(_, definition)| definition).collect())
}

fn build(connection: &Connection, definitions: &[String]) -> Result<(), Error> {
    connection.pragma_update(None, "cache_size", CACHE)?;
    for definition in definitions {
        connection.execute_batch(definition)?;
    }
    Ok(())
}
