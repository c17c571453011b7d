//! What happened on a ticket, and what is planned.

use domain::{
    ActivityId, AgentId, HaloAppointmentId, TicketId,
    activity::{ActivityKind, Appointment},
    score::ActivitySummary,
};
use rusqlite::Row;

use super::Reader;
use crate::{
    ActivityRow, Error, SyncState,
    convert::{Columns, from_json, millis},
};

impl Reader<'_> {
    /// A ticket's timeline, newest first, with those of the tickets that became a part of it.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn activities(&self, ticket: TicketId) -> Result<Vec<ActivityRow>, Error> {
        self.list(
            concat!(
                include_str!("activities.sql"),
                "WHERE activities.removed = 0 AND activities.ticket IN (\n\
                    SELECT ?1 UNION ALL SELECT id FROM tickets WHERE merged_into = ?1 AND merged_into IS NOT NULL)\n\
                 ORDER BY activities.at DESC, activities.id DESC"
            ),
            [ticket.0],
            activity_of,
        )
    }

    /// What happened on a ticket, and on those that became a part of it, as far as the lead score counts it. Opened e-mails
    /// and clicked links are not known to this version: nothing reports them. `last_at` is `None` where nothing but system
    /// messages happened.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn activity_summary(&self, ticket: TicketId) -> Result<ActivitySummary, Error> {
        let summary = self.first(include_str!("activity_summary.sql"), [ticket.0], |row| {
            Ok(ActivitySummary {
                calls_connected: row.get(0)?,
                meetings: row.get(1)?,
                last_at: row.get::<_, Option<i64>>(2)?.map(millis),
                ..ActivitySummary::default()
            })
        })?;
        Ok(summary.unwrap_or_default())
    }

    /// One activity.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn activity(&self, activity: ActivityId) -> Result<Option<ActivityRow>, Error> {
        self.first(
            concat!(
                include_str!("activities.sql"),
                "WHERE activities.id = ?1 AND activities.removed = 0"
            ),
            [activity.0],
            activity_of,
        )
    }

    /// The tasks of a ticket that are not done.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn open_tasks(&self, ticket: TicketId) -> Result<Vec<ActivityId>, Error> {
        self.list(
            "SELECT id FROM activities WHERE ticket = ?1 AND kind = 'task' AND starts_at IS NOT NULL AND done_at IS NULL
                AND removed = 0 ORDER BY starts_at, id",
            [ticket.0],
            |row| Ok(ActivityId(row.get(0)?)),
        )
    }

    /// HaloPSA's id of a task or meeting.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn halo_appointment(&self, activity: ActivityId) -> Result<Option<HaloAppointmentId>, Error> {
        let found = self.first(
            "SELECT halo_appointment FROM activities WHERE id = ?1",
            [activity.0],
            |row| Ok(row.get::<_, Option<i64>>(0)?.map(HaloAppointmentId)),
        )?;
        Ok(found.flatten())
    }

    /// The task or meeting with that HaloPSA id.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn activity_by_appointment(&self, halo: HaloAppointmentId) -> Result<Option<ActivityId>, Error> {
        self.first(
            "SELECT id FROM activities WHERE halo_appointment = ?1",
            [halo.0],
            |row| Ok(ActivityId(row.get(0)?)),
        )
    }

    /// Tasks or meetings of a ticket with that subject that HaloPSA has, with the ids it gave them.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn appointments_named(
        &self,
        ticket: TicketId,
        kind: ActivityKind,
        subject: &str,
    ) -> Result<Vec<HaloAppointmentId>, Error> {
        self.list(
            "SELECT halo_appointment FROM activities
             WHERE ticket = ?1 AND kind = ?2 AND subject = ?3 AND halo_appointment IS NOT NULL ORDER BY id",
            (ticket.0, kind.key(), subject),
            |row| Ok(HaloAppointmentId(row.get(0)?)),
        )
    }
}

fn activity_of(row: &Row<'_>) -> Result<ActivityRow, Error> {
    let mut columns = Columns::of(row);
    Ok(ActivityRow {
        id: ActivityId(columns.next()?),
        ticket: TicketId(columns.next()?),
        kind: {
            let kind = columns.text()?;
            ActivityKind::from_key(kind)
                .ok_or_else(|| Error::unreadable("activity", format!("unknown kind {kind:?}")))?
        },
        at: millis(columns.next()?),
        agent: columns.next::<Option<i64>>()?.map(AgentId),
        who: columns.next()?,
        subject: columns.next()?,
        body: columns.next()?,
        call: columns
            .text_or_null()?
            .map(|call| from_json("call", call))
            .transpose()?,
        appointment: appointment_from(&mut columns)?,
        sync: match columns.text_or_null()? {
            None => SyncState::Synced,
            Some("parked") => SyncState::Refused,
            Some(_) => SyncState::Waiting,
        },
    })
}

fn appointment_from(columns: &mut Columns<'_, '_>) -> Result<Option<Appointment>, Error> {
    let start: Option<i64> = columns.next()?;
    let end: Option<i64> = columns.next()?;
    let done: Option<i64> = columns.next()?;
    Ok(start.map(|start| Appointment {
        start: millis(start),
        end: millis(end.unwrap_or(start)),
        done_at: done.map(millis),
    }))
}
