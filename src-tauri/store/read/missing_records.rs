//! Which companies, sites and contacts of HaloPSA are here, and which of them its lists leave out.

use std::collections::BTreeSet;

use super::Reader;
use crate::Error;

/// A sort of record beside the tickets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Record {
    Company,
    Site,
    Contact,
}

impl Record {
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Company => "company",
            Self::Site => "site",
            Self::Contact => "contact",
        }
    }

    /// "companies".
    #[must_use]
    pub fn plural(self) -> &'static str {
        match self {
            Self::Company => "companies",
            Self::Site => "sites",
            Self::Contact => "contacts",
        }
    }
}

impl Reader<'_> {
    /// HaloPSA's numbers of all records of a sort that have arrived here. Reads the whole table: for the daily check only.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn record_numbers(&self, sort: Record) -> Result<BTreeSet<i64>, Error> {
        // One that only a ticket has named so far may be hidden from us.
        let sql = match sort {
            Record::Company => "SELECT halo_id FROM companies WHERE halo_id IS NOT NULL AND name <> ''",
            Record::Site => "SELECT halo_id FROM sites WHERE halo_id IS NOT NULL AND name <> ''",
            Record::Contact => "SELECT halo_id FROM contacts WHERE halo_id IS NOT NULL AND name <> ''",
        };
        Ok(self.list(sql, [], |row| Ok(row.get(0)?))?.into_iter().collect())
    }

    /// Records that were missing from so many sweeps in a row, or more, and are not known to be gone.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn missing_records(&self, sort: Record, sweeps: u32) -> Result<Vec<i64>, Error> {
        self.list(
            "SELECT halo_id FROM missing_records WHERE sort = ?1 AND sweeps >= ?2 AND gone = 0",
            (sort.key(), sweeps),
            |row| Ok(row.get(0)?),
        )
    }

    /// Records that HaloPSA no longer has.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn gone_records(&self, sort: Record) -> Result<Vec<i64>, Error> {
        self.list(
            "SELECT halo_id FROM missing_records WHERE sort = ?1 AND gone = 1",
            [sort.key()],
            |row| Ok(row.get(0)?),
        )
    }
}
