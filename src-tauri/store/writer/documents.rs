//! Small named things: mirror rows, cursors, settings.

use chrono::{DateTime, Utc};
use domain::{FieldKey, HaloTicketId, remote::RemoteTicket};
use rusqlite::params;
use serde::Serialize;

use super::Writer;
use crate::{
    Error,
    convert::{json, to_millis},
};

impl Writer<'_> {
    /// Keeps a ticket as HaloPSA shows it now: the base of the next merge. Returns whether it differs from what was
    /// kept; an equal row is not written again, so a pull without news writes nothing.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn mirror_put(&mut self, ticket: &RemoteTicket) -> Result<bool, Error> {
        let mut ticket = ticket.clone();
        // The order in which HaloPSA happened to name the fields is no difference.
        ticket.fields_known.sort_unstable();
        ticket.fields_known.dedup();
        let text = json("mirror row", &ticket)?;
        let changed = self.run(
            "INSERT INTO mirror (halo_id, ticket, last_update, seen_at) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (halo_id) DO UPDATE SET ticket = excluded.ticket, last_update = excluded.last_update,
                seen_at = excluded.seen_at
             WHERE mirror.ticket <> excluded.ticket",
            params![ticket.id.0, text, ticket.last_update.map(to_millis), to_millis(self.at)],
        )?;
        Ok(changed > 0)
    }

    /// A list showed that the ticket has changed: its details are to be read, however long that takes.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn want_details(&mut self, ticket: HaloTicketId) -> Result<(), Error> {
        self.run(
            "UPDATE mirror SET details_due = 1 WHERE halo_id = ?1 AND details_due = 0",
            [ticket.0],
        )?;
        Ok(())
    }

    /// Its details were read, as they were at that time by HaloPSA's clock (`None`: there is nothing to read). What a list
    /// showed since then still has to be read.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn details_read(&mut self, ticket: HaloTicketId, at: Option<DateTime<Utc>>) -> Result<(), Error> {
        // HaloPSA's times come with or without fractions, depending on the call.
        self.run(
            "UPDATE mirror SET details_due = 0 WHERE halo_id = ?1 AND details_due = 1
                AND (?2 IS NULL OR last_update IS NULL OR last_update / 1000 <= ?2 / 1000)",
            params![ticket.0, at.map(to_millis)],
        )?;
        Ok(())
    }

    /// Forgets what HaloPSA showed.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn mirror_remove(&mut self, ticket: HaloTicketId) -> Result<(), Error> {
        self.run("DELETE FROM mirror WHERE halo_id = ?1", [ticket.0])?;
        Ok(())
    }

    /// Forgets what HaloPSA showed of these fields, in every mirror row: they stand for something else there by now, so
    /// what was shown is no base for a merge any more. One pass over all rows.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn mirror_forget_fields(&mut self, fields: &[FieldKey]) -> Result<usize, Error> {
        if fields.is_empty() {
            return Ok(0);
        }
        let names = json("names of fields", &fields)?;
        // A key is a word of the catalogue, so it can stand in a path as it is.
        let paths: String = fields.iter().map(|field| format!(", '$.fields.{field}'")).collect();
        self.run(
            &format!(
                "UPDATE mirror SET ticket = json_set(json_remove(ticket{paths}), '$.fields_known', json((
                    SELECT json_group_array(value) FROM json_each(mirror.ticket, '$.fields_known')
                    WHERE value NOT IN (SELECT value FROM json_each(?1)))))
                 WHERE EXISTS (SELECT 1 FROM json_each(mirror.ticket, '$.fields_known') AS known
                    WHERE known.value IN (SELECT value FROM json_each(?1)))"
            ),
            [names],
        )
    }

    /// Remembers how far a pull came.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn cursor_set(&mut self, name: &str, value: &str) -> Result<(), Error> {
        self.run(
            "INSERT INTO cursors (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            params![name, value],
        )?;
        Ok(())
    }

    /// Forgets how far a pull came.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn cursor_clear(&mut self, name: &str) -> Result<(), Error> {
        self.run("DELETE FROM cursors WHERE name = ?1", [name])?;
        Ok(())
    }

    /// Keeps a setting, as JSON.
    ///
    /// # Errors
    /// [`Error::Unreadable`] when the value is no JSON.
    pub fn setting_set<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), Error> {
        self.run(
            "INSERT INTO settings (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            params![name, json("setting", value)?],
        )?;
        self.changes.settings = true;
        Ok(())
    }
}
