//! What sync remembers of itself, and where each ticket stands by our own books.

use chrono::{DateTime, Utc};
use domain::{HaloTicketId, Lifecycle, StageKey, TicketId};

use super::Reader;
use crate::{
    Error, SyncLogKind, SyncLogRow, SyncState, Traffic,
    convert::{from_json, lifecycle, millis, sync_state, to_millis},
};

/// A ticket that HaloPSA left out of one or more sweeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missing {
    pub halo_id: HaloTicketId,
    /// How many sweeps in a row it was missing from.
    pub sweeps: u32,
    /// Since the first of them.
    pub since: DateTime<Utc>,
    /// A person said that it is there all the same.
    pub kept: bool,
}

/// Where a ticket stands in HaloPSA by our own books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub ticket: TicketId,
    pub halo_id: HaloTicketId,
    pub place: Standpoint,
}

/// See [`Standing`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standpoint {
    /// On the board, and HaloPSA should show it there.
    Board(Lifecycle, StageKey),
    /// Something of it is unsent or undecided: what HaloPSA shows is in the mirror.
    Mirror,
    /// Marked as no longer in HaloPSA.
    Gone,
    /// Its creation was undone here.
    Removed,
}

impl Reader<'_> {
    /// How many open tickets of HaloPSA are in a status that stands for no stage.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn unplaced_count(&self) -> Result<u32, Error> {
        let count = self.first("SELECT count(*) FROM unplaced", [], |row| Ok(row.get(0)?))?;
        Ok(count.unwrap_or(0))
    }

    /// Their numbers.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn unplaced(&self) -> Result<Vec<HaloTicketId>, Error> {
        self.list("SELECT halo_id FROM unplaced", [], |row| Ok(HaloTicketId(row.get(0)?)))
    }

    /// The requests since then, all minutes together.
    ///
    /// # Errors
    /// [`Error::Unreadable`] when a minute was kept in another form.
    pub fn traffic_since(&self, since: DateTime<Utc>) -> Result<Traffic, Error> {
        let minutes = self.list(
            "SELECT requests, errors, latencies FROM sync_minutes WHERE minute >= ?1",
            [to_millis(since)],
            |row| {
                Ok(Traffic {
                    requests: row.get(0)?,
                    errors: row.get(1)?,
                    latencies: steps_of(&row.get::<_, String>(2)?)?,
                })
            },
        )?;
        let mut sum = Traffic::default();
        for minute in &minutes {
            sum.add(minute);
        }
        Ok(sum)
    }

    /// The last lines of the log of sync, newest first.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn sync_log(&self, limit: u32) -> Result<Vec<SyncLogRow>, Error> {
        self.list(
            "SELECT at, kind, what, times FROM sync_log ORDER BY id DESC LIMIT ?1",
            [limit],
            |row| {
                let key: String = row.get(1)?;
                Ok(SyncLogRow {
                    at: millis(row.get(0)?),
                    kind: SyncLogKind::from_key(&key)
                        .ok_or_else(|| Error::unreadable("sync log", format!("unknown kind {key:?}")))?,
                    text: row.get(2)?,
                    times: row.get(3)?,
                })
            },
        )
    }

    /// Tickets that were missing from the last sweep, in the order of their numbers.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn missing(&self) -> Result<Vec<Missing>, Error> {
        self.list(
            "SELECT halo_id, sweeps, since, kept FROM missing WHERE halo_id > 0 ORDER BY halo_id",
            [],
            |row| {
                Ok(Missing {
                    halo_id: HaloTicketId(row.get(0)?),
                    sweeps: row.get(1)?,
                    since: millis(row.get(2)?),
                    kept: row.get(3)?,
                })
            },
        )
    }

    /// Since when the oldest of what waits to be sent waits.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn oldest_pending(&self) -> Result<Option<DateTime<Utc>>, Error> {
        let since = self.first(
            "SELECT min(since) FROM outbox WHERE state <> 'sent' AND state IN ('waiting', 'sending', 'uncertain')",
            [],
            |row| Ok(row.get::<_, Option<i64>>(0)?),
        )?;
        Ok(since.flatten().map(millis))
    }

    /// Where every ticket that HaloPSA knows stands by our books. Reads the whole table: for the daily check only.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn standings(&self) -> Result<Vec<Standing>, Error> {
        self.list(
            "SELECT id, halo_id, lifecycle, stage, sync, removed FROM tickets WHERE halo_id IS NOT NULL ORDER BY halo_id",
            [],
            |row| {
                let place = match (row.get::<_, bool>(5)?, sync_state(row.get(4)?)) {
                    (true, _) => Standpoint::Removed,
                    (_, SyncState::Gone) => Standpoint::Gone,
                    (_, SyncState::Synced) => Standpoint::Board(
                        lifecycle(row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?)?,
                        StageKey(row.get(3)?),
                    ),
                    _ => Standpoint::Mirror,
                };
                Ok(Standing {
                    ticket: TicketId(row.get(0)?),
                    halo_id: HaloTicketId(row.get(1)?),
                    place,
                })
            },
        )
    }
}

/// The steps of latency as they are kept.
pub(crate) fn steps_of(text: &str) -> Result<Vec<u32>, Error> {
    from_json("sync minute", text)
}
