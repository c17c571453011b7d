//! Tasks and meetings: activities with a time, that can be done.

use chrono::{DateTime, Utc};
use domain::{ActivityId, HaloAppointmentId, activity::Appointment};
use rusqlite::{OptionalExtension, params};

use super::{
    NewActivity, Writer,
    journal::{Change, cut},
};
use crate::{
    Error,
    convert::{millis, to_millis},
};

impl Writer<'_> {
    /// Adds a task or a meeting that somebody planned here.
    ///
    /// # Errors
    /// [`Error::Sql`] when there is no such ticket.
    pub fn insert_appointment(&mut self, new: NewActivity, when: Appointment) -> Result<ActivityId, Error> {
        let activity = self.put_activity(&new, None)?;
        self.put_times(activity, when)?;
        self.journal(new.ticket, Change::ActivityAdded { activity })?;
        Ok(activity)
    }

    /// Says since when a task or meeting is done, or that it is not. Returns whether that was news.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn set_done(&mut self, activity: ActivityId, done_at: Option<DateTime<Utc>>) -> Result<bool, Error> {
        let ticket = self.ticket_of_activity(activity)?;
        let before = self.done_at(activity)?;
        let after = done_at.map(cut);
        if before == after {
            return Ok(false);
        }
        self.run(
            "UPDATE activities SET done_at = ?2 WHERE id = ?1",
            params![activity.0, after.map(to_millis)],
        )?;
        self.touch(ticket);
        self.journal(
            ticket,
            Change::Done {
                activity,
                before,
                after,
            },
        )?;
        Ok(true)
    }

    /// Keeps the id that HaloPSA gave a task or meeting, now or anew. Should a pull have brought it in as a row of its own
    /// before our answer was stored, that copy goes.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn set_halo_appointment(&mut self, activity: ActivityId, halo: HaloAppointmentId) -> Result<(), Error> {
        let ticket = self.ticket_of_activity(activity)?;
        self.run(
            "DELETE FROM activities WHERE halo_appointment = ?1 AND id <> ?2",
            params![halo.0, activity.0],
        )?;
        self.run(
            "UPDATE activities SET halo_appointment = ?2 WHERE id = ?1",
            params![activity.0, halo.0],
        )?;
        self.touch(ticket);
        Ok(())
    }

    /// HaloPSA no longer has it under the id it gave.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn forget_halo_appointment(&mut self, activity: ActivityId) -> Result<(), Error> {
        self.run(
            "UPDATE activities SET halo_appointment = NULL WHERE id = ?1",
            [activity.0],
        )?;
        Ok(())
    }

    /// Keeps a task or meeting as HaloPSA shows it: new, or over the row that has this id already, unless that one has
    /// something to send. Lists leave notes out, so an empty one says nothing. Not journalled. Returns whether anything was new.
    ///
    /// # Errors
    /// [`Error::Sql`] when there is no such ticket.
    pub fn put_remote_appointment(
        &mut self,
        new: NewActivity,
        when: Appointment,
        halo: HaloAppointmentId,
    ) -> Result<bool, Error> {
        let Some(known) = self.activity_by_appointment(halo)? else {
            let activity = self.put_activity(&new, None)?;
            self.put_times(activity, when)?;
            self.set_halo_appointment(activity, halo)?;
            return Ok(true);
        };
        let changed = self.run(
            "UPDATE activities SET subject = ?2, body = coalesce(nullif(?3, ''), body), agent = ?4, starts_at = ?5, ends_at = ?6, done_at = ?7
             WHERE id = ?1 AND (subject, body, agent, starts_at, ends_at, done_at)
                IS NOT (?2, coalesce(nullif(?3, ''), body), ?4, ?5, ?6, ?7)
                AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.activity = ?1 AND outbox.activity IS NOT NULL
                                AND outbox.state <> 'sent')",
            params![
                known.0,
                new.subject,
                new.body,
                new.agent.map(|agent| agent.0),
                to_millis(when.start),
                to_millis(when.end),
                when.done_at.map(to_millis),
            ],
        )?;
        if changed > 0 {
            self.touch(new.ticket);
        }
        Ok(changed > 0)
    }

    pub(super) fn done_at(&self, activity: ActivityId) -> Result<Option<DateTime<Utc>>, Error> {
        let found: Option<Option<i64>> = self
            .statement("SELECT done_at FROM activities WHERE id = ?1")?
            .query_row([activity.0], |row| row.get(0))
            .optional()?;
        let done = found.ok_or(Error::NotFound {
            what: "activity",
            id: activity.0,
        })?;
        Ok(done.map(millis))
    }

    fn put_times(&self, activity: ActivityId, when: Appointment) -> Result<(), Error> {
        self.run(
            "UPDATE activities SET starts_at = ?2, ends_at = ?3, done_at = ?4 WHERE id = ?1",
            params![
                activity.0,
                to_millis(when.start),
                to_millis(when.end),
                when.done_at.map(to_millis)
            ],
        )?;
        Ok(())
    }
}
