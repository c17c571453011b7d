//! Everything that is asked of the database. One [`Reader`] sees one committed state (inside a write: that state and
//! what was written since). Long SQL stands in files beside the modules; `tests/plans.rs` proves the indexes.

mod activities;
mod board;
mod documents;
pub(crate) mod health;
mod imports;
mod journal;
mod lines;
mod lists;
mod missing_records;
mod outbox;
mod people;
mod review;
mod search;
mod short;
mod successions;
pub(crate) mod suppressions;
mod tickets;

use rusqlite::{CachedStatement, Connection, Row};

pub use board::BoardColumn;
pub use health::{Missing, Standing, Standpoint};
pub use journal::OperationRow;
pub use missing_records::Record;
pub use outbox::{ConflictDetail, OutboxEntry};
pub use people::{CompanyRow, ContactRow, KnownContact, SiteRow};

use crate::Error;

/// The hand that reads.
#[derive(Clone, Copy)]
pub struct Reader<'c> {
    connection: &'c Connection,
}

impl<'c> Reader<'c> {
    pub(crate) fn new(connection: &'c Connection) -> Self {
        Self { connection }
    }

    /// For tests that look behind the questions.
    #[cfg(test)]
    pub(crate) fn connection(&self) -> &'c Connection {
        self.connection
    }

    /// A cached statement: the one way to SQL, so that tests can see every statement that is run.
    pub(crate) fn statement(&self, sql: &str) -> Result<CachedStatement<'c>, Error> {
        #[cfg(test)]
        crate::tests::plans::note(sql);
        Ok(self.connection.prepare_cached(sql)?)
    }

    /// Grows with every write, in any process.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn seq(&self) -> Result<i64, Error> {
        Ok(self
            .statement("SELECT seq FROM counters WHERE only = 1")?
            .query_row([], |row| row.get(0))?)
    }

    pub(crate) fn check(&self) -> Result<Vec<String>, Error> {
        let mut problems = Vec::new();
        for sql in ["PRAGMA cipher_integrity_check", "PRAGMA integrity_check"] {
            problems.extend(self.list(sql, [], |row| Ok(row.get::<_, String>(0)?))?);
        }
        problems.retain(|problem| problem != "ok");
        Ok(problems)
    }

    /// All rows of a cached statement, each through our own conversion.
    pub(crate) fn list<T>(
        &self,
        sql: &str,
        params: impl rusqlite::Params,
        mut convert: impl FnMut(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        let mut statement = self.statement(sql)?;
        let mut rows = statement.query(params)?;
        let mut list = Vec::new();
        while let Some(row) = rows.next()? {
            list.push(convert(row)?);
        }
        Ok(list)
    }

    /// The first row, if there is one.
    pub(crate) fn first<T>(
        &self,
        sql: &str,
        params: impl rusqlite::Params,
        convert: impl FnOnce(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        let mut statement = self.statement(sql)?;
        let mut rows = statement.query(params)?;
        rows.next()?.map(convert).transpose()
    }
}
