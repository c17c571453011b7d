//! The schema and how a file comes to it: all pending migrations and the version in one transaction.
//!
//! The version is read inside that transaction, because two processes may open a new file at the same moment.

use rusqlite::{Connection, TransactionBehavior};

use crate::Error;

/// Every migration that was ever released, in order; their count is the schema's version. Never edit one: add one.
const MIGRATIONS: &[&str] = &[include_str!("migrations/0001_pipeline.sql")];

/// Brings the file to the newest schema.
pub(crate) fn migrate(connection: &mut Connection) -> Result<(), Error> {
    let supported = u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX);
    let found = version(connection)?;
    if found > supported {
        return Err(Error::Newer { found, supported });
    }
    if found == supported {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found = version(&transaction)?;
    if found > supported {
        return Err(Error::Newer { found, supported });
    }
    for migration in MIGRATIONS.iter().skip(found as usize) {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "user_version", supported)?;
    transaction.commit()?;
    Ok(())
}

fn version(connection: &Connection) -> Result<u32, Error> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}
