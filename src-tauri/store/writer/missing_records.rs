//! Companies, sites and contacts that HaloPSA leaves out of its lists.

use std::collections::BTreeSet;

use domain::HaloContactId;
use rusqlite::params;

use super::Writer;
use crate::{Error, Record, convert::to_millis};

impl Writer<'_> {
    /// Counts one sweep: these records were not in it, and whatever else was missing before is there again.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn count_missing_records(&mut self, sort: Record, missing: &BTreeSet<i64>) -> Result<(), Error> {
        for back in self.missing_records(sort, 1)? {
            if !missing.contains(&back) {
                self.forget_missing_record(sort, back)?;
            }
        }
        let now = to_millis(self.at);
        for number in missing {
            self.run(
                "INSERT INTO missing_records (sort, halo_id, sweeps, since) VALUES (?1, ?2, 1, ?3)
                 ON CONFLICT (sort, halo_id) DO UPDATE SET sweeps = sweeps + 1",
                params![sort.key(), number, now],
            )?;
        }
        Ok(())
    }

    /// A record is there after all.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn forget_missing_record(&mut self, sort: Record, number: i64) -> Result<(), Error> {
        self.run(
            "DELETE FROM missing_records WHERE sort = ?1 AND halo_id = ?2",
            params![sort.key(), number],
        )?;
        Ok(())
    }

    /// HaloPSA no longer has the record, so it is out of use here; or it has it again, and whether it is in use is read again.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn set_record_gone(&mut self, sort: Record, number: i64, gone: bool) -> Result<(), Error> {
        if !gone {
            return self.forget_missing_record(sort, number);
        }
        self.run(
            "UPDATE missing_records SET gone = 1 WHERE sort = ?1 AND halo_id = ?2",
            params![sort.key(), number],
        )?;
        self.run(
            match sort {
                Record::Company => "UPDATE companies SET inactive = 1 WHERE halo_id = ?1",
                Record::Site => "UPDATE sites SET inactive = 1 WHERE halo_id = ?1",
                Record::Contact => "UPDATE contacts SET inactive = 1 WHERE halo_id = ?1",
            },
            [number],
        )?;
        if sort == Record::Contact {
            let contact = self.contact_by_halo(HaloContactId(number))?;
            self.uncompared_contacts.extend(contact);
        }
        Ok(())
    }
}
