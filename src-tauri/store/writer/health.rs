//! What sync remembers of itself: the requests of each minute, the log, and the tickets that a sweep did not find.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use domain::HaloTicketId;
use rusqlite::{OptionalExtension, params};

use super::Writer;
use crate::{
    Error, SyncLogKind, Traffic,
    convert::{json, to_millis},
    read::health::steps_of,
};

/// How long the requests of a minute are kept: a day, and what it takes to still see the whole of it.
const KEPT: TimeDelta = TimeDelta::hours(25);

/// How many lines the log holds.
const LOG_LINES: i64 = 2_000;

impl Writer<'_> {
    /// Adds requests to the present minute and forgets minutes older than a day.
    ///
    /// # Errors
    /// [`Error::Unreadable`] when the minute was kept in another form.
    pub fn count_traffic(&mut self, traffic: &Traffic) -> Result<(), Error> {
        let now = to_millis(self.at);
        let minute = now - now.rem_euclid(60_000);
        let known: Option<String> = self
            .statement("SELECT latencies FROM sync_minutes WHERE minute = ?1")?
            .query_row([minute], |row| row.get(0))
            .optional()?;
        let mut sum = Traffic {
            latencies: known.map(|text| steps_of(&text)).transpose()?.unwrap_or_default(),
            ..Traffic::default()
        };
        sum.add(traffic);
        self.run(
            "INSERT INTO sync_minutes (minute, requests, errors, latencies) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (minute) DO UPDATE SET requests = requests + excluded.requests,
                errors = errors + excluded.errors, latencies = excluded.latencies",
            params![minute, sum.requests, sum.errors, json("sync minute", &sum.latencies)?],
        )?;
        self.run(
            "DELETE FROM sync_minutes WHERE minute < ?1",
            [to_millis(self.at - KEPT)],
        )?;
        Ok(())
    }

    /// Writes a line into the log of sync. The same line twice in a row is one line that happened twice. It must hold no
    /// personal data: it is made to be handed to support.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn log_sync(&mut self, kind: SyncLogKind, what: &str) -> Result<(), Error> {
        let now = to_millis(self.at);
        let again = self.run(
            "UPDATE sync_log SET times = times + 1, at = ?3
             WHERE id = (SELECT id FROM sync_log ORDER BY id DESC LIMIT 1) AND kind = ?1 AND what = ?2",
            params![kind.key(), what, now],
        )?;
        if again > 0 {
            return Ok(());
        }
        let id = self.insert(
            "INSERT INTO sync_log (at, kind, what) VALUES (?1, ?2, ?3)",
            params![now, kind.key(), what],
        )?;
        self.run("DELETE FROM sync_log WHERE id <= ?1", [id - LOG_LINES])?;
        Ok(())
    }

    /// Keeps whether an open ticket of HaloPSA is in a status that stands for no stage, and so has no place here.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn set_unplaced(&mut self, ticket: HaloTicketId, unplaced: bool) -> Result<(), Error> {
        let sql = if unplaced {
            "INSERT INTO unplaced (halo_id) VALUES (?1) ON CONFLICT DO NOTHING"
        } else {
            "DELETE FROM unplaced WHERE halo_id = ?1"
        };
        self.run(sql, [ticket.0])?;
        Ok(())
    }

    /// Forgets which tickets have no place, but for those that HaloPSA still lists.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn keep_unplaced(&mut self, listed: &BTreeSet<HaloTicketId>) -> Result<(), Error> {
        for ticket in self.unplaced()? {
            if !listed.contains(&ticket) {
                self.set_unplaced(ticket, false)?;
            }
        }
        Ok(())
    }

    /// Counts one sweep: these tickets were not in it, and whatever else was missing before is there again.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn count_missing(&mut self, missing: &BTreeSet<HaloTicketId>) -> Result<(), Error> {
        let before: Vec<HaloTicketId> = self.missing()?.into_iter().map(|missing| missing.halo_id).collect();
        for back in before.iter().filter(|halo| !missing.contains(halo)) {
            self.forget_missing(*back)?;
        }
        let now = to_millis(self.at);
        for halo in missing {
            self.run(
                "INSERT INTO missing (halo_id, sweeps, since) VALUES (?1, 1, ?2)
                 ON CONFLICT (halo_id) DO UPDATE SET sweeps = sweeps + 1",
                params![halo.0, now],
            )?;
        }
        Ok(())
    }

    /// The ticket is there after all, or it is settled that it is not.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn forget_missing(&mut self, ticket: HaloTicketId) -> Result<(), Error> {
        self.run("DELETE FROM missing WHERE halo_id = ?1", [ticket.0])?;
        Ok(())
    }

    /// A person says that everything that is missing now is there all the same: it is not asked about again until it was
    /// seen once more.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn keep_missing(&mut self) -> Result<(), Error> {
        for missing in self.missing()? {
            self.run("UPDATE missing SET kept = 1 WHERE halo_id = ?1", [missing.halo_id.0])?;
        }
        Ok(())
    }
}
