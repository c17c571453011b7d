//! Small named things: mirror rows, cursors, settings.

use domain::{FieldKey, HaloTicketId, TicketId, remote::RemoteTicket};
use serde::de::DeserializeOwned;

use super::Reader;
use crate::{Error, convert::from_json};

impl Reader<'_> {
    /// A ticket as HaloPSA last showed it.
    ///
    /// # Errors
    /// [`Error::Unreadable`] when an older Leadline kept it in another form; fetch it again then.
    pub fn mirror_get(&self, ticket: HaloTicketId) -> Result<Option<RemoteTicket>, Error> {
        self.first("SELECT ticket FROM mirror WHERE halo_id = ?1", [ticket.0], |row| {
            from_json("mirror row", row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?)
        })
    }

    /// Tickets that a list showed to have changed, and whose details were not read since.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn details_due(&self, limit: u32) -> Result<Vec<HaloTicketId>, Error> {
        self.list(
            "SELECT halo_id FROM mirror WHERE details_due = 1 ORDER BY halo_id LIMIT ?1",
            [limit],
            |row| Ok(HaloTicketId(row.get(0)?)),
        )
    }

    /// Whether a list showed that a ticket has changed, and its details were not read since.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn are_details_due(&self, ticket: HaloTicketId) -> Result<bool, Error> {
        let due = self.first("SELECT details_due FROM mirror WHERE halo_id = ?1", [ticket.0], |row| {
            Ok(row.get(0)?)
        })?;
        Ok(due.unwrap_or(false))
    }

    /// Tickets of which a field differs from what HaloPSA last showed of it; those of which it showed nothing are left
    /// out. Looks at every ticket.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn differing_from_mirror(&self, field: FieldKey) -> Result<Vec<TicketId>, Error> {
        self.list(
            "SELECT tickets.id FROM mirror
             JOIN tickets ON tickets.halo_id = mirror.halo_id
             LEFT JOIN ticket_values ON ticket_values.ticket = tickets.id AND ticket_values.field = ?1
             WHERE EXISTS (SELECT 1 FROM json_each(mirror.ticket, '$.fields_known') AS known WHERE known.value = ?1)
                AND json(ticket_values.value) IS NOT mirror.ticket -> ('$.fields.' || ?1)
             ORDER BY tickets.id",
            [field.as_str()],
            |row| Ok(TicketId(row.get(0)?)),
        )
    }

    /// How many tickets HaloPSA has shown.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn mirror_count(&self) -> Result<u32, Error> {
        Ok(self
            .first("SELECT count(*) FROM mirror", [], |row| Ok(row.get(0)?))?
            .unwrap_or(0))
    }

    /// How far a pull came.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn cursor_get(&self, name: &str) -> Result<Option<String>, Error> {
        self.first("SELECT value FROM cursors WHERE name = ?1", [name], |row| {
            Ok(row.get(0)?)
        })
    }

    /// A setting; `None` when it was never set.
    ///
    /// # Errors
    /// [`Error::Unreadable`] when it was set as something else.
    pub fn setting_get<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, Error> {
        self.first("SELECT value FROM settings WHERE name = ?1", [name], |row| {
            from_json("setting", row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?)
        })
    }
}
