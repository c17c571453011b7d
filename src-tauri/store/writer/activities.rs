//! Calls, notes and the rest of a ticket's timeline.

use chrono::{DateTime, Utc};
use domain::{
    ActivityId, AgentId, HaloActionId, TicketId,
    activity::{ActivityKind, CallRecord},
};
use rusqlite::{OptionalExtension, params};

use super::{Writer, journal::Change};
use crate::{
    Error,
    convert::{json, to_millis},
};

/// An activity to be inserted.
#[derive(Clone, Debug, PartialEq)]
pub struct NewActivity {
    pub ticket: TicketId,
    pub kind: ActivityKind,
    pub at: DateTime<Utc>,
    pub agent: Option<AgentId>,
    /// Who, where it is no known agent.
    pub who: String,
    pub subject: String,
    pub body: String,
    pub call: Option<CallRecord>,
}

impl Writer<'_> {
    /// Adds an activity that somebody did here.
    ///
    /// # Errors
    /// [`Error::Sql`] when there is no such ticket.
    pub fn insert_activity(&mut self, new: NewActivity) -> Result<ActivityId, Error> {
        let ticket = new.ticket;
        let id = self.put_activity(&new, None)?;
        self.journal(ticket, Change::ActivityAdded { activity: id })?;
        Ok(id)
    }

    /// Keeps an activity as HaloPSA shows it: new, or over the row that has this HaloPSA number already. The facts of a
    /// call that was logged here stay, because HaloPSA only has them as words. Not journalled. Returns whether anything
    /// was new.
    ///
    /// # Errors
    /// [`Error::Sql`] when there is no such ticket.
    pub fn put_remote_activity(&mut self, new: NewActivity, halo: HaloActionId) -> Result<bool, Error> {
        let known: Option<(i64, bool)> = self
            .statement("SELECT id, call IS NOT NULL FROM activities WHERE ticket = ?1 AND halo_action = ?2")?
            .query_row(params![new.ticket.0, halo.0], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        match known {
            None => {
                self.put_activity(&new, Some(halo))?;
                Ok(true)
            }
            Some((_, true)) => Ok(false),
            Some((id, false)) => {
                let changed = self.run(
                    "UPDATE activities SET kind = ?2, at = ?3, agent = ?4, who = ?5, body = ?6
                     WHERE id = ?1 AND (kind, at, agent, who, body) IS NOT (?2, ?3, ?4, ?5, ?6)",
                    params![
                        id,
                        new.kind.key(),
                        to_millis(new.at),
                        new.agent.map(|id| id.0),
                        new.who,
                        new.body
                    ],
                )?;
                if changed > 0 {
                    self.touch(new.ticket);
                }
                Ok(changed > 0)
            }
        }
    }

    /// Keeps the number that HaloPSA gave an activity of ours. Should a pull have brought the same action in as a row of
    /// its own before our answer was stored, that copy goes.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn update_activity_remote(&mut self, activity: ActivityId, halo: HaloActionId) -> Result<(), Error> {
        let ticket = self.ticket_of_activity(activity)?;
        self.run(
            "DELETE FROM activities WHERE ticket = ?1 AND halo_action = ?2 AND id <> ?3",
            params![ticket.0, halo.0, activity.0],
        )?;
        self.run(
            "UPDATE activities SET halo_action = ?2 WHERE id = ?1",
            params![activity.0, halo.0],
        )?;
        self.touch(ticket);
        Ok(())
    }

    /// Adds a note that tells HaloPSA what was done here. Undo takes it back while it is unsent, and leaves it where
    /// HaloPSA has it: history is not taken back.
    ///
    /// # Errors
    /// [`Error::Sql`] when there is no such ticket.
    pub fn tell(&mut self, new: NewActivity) -> Result<ActivityId, Error> {
        let ticket = new.ticket;
        let activity = self.put_activity(&new, None)?;
        self.journal(ticket, Change::Told { activity })?;
        Ok(activity)
    }

    pub(super) fn set_told_removed(&mut self, activity: ActivityId, removed: bool) -> Result<(), Error> {
        let ticket = self.ticket_of_activity(activity)?;
        self.run(
            "UPDATE activities SET removed = ?2 WHERE id = ?1",
            params![activity.0, removed],
        )?;
        self.touch(ticket);
        self.journal(
            ticket,
            if removed {
                Change::Untold { activity }
            } else {
                Change::Told { activity }
            },
        )
    }

    /// Gives an activity to another ticket. Only for what HaloPSA counts for itself (tasks, meetings) or does not have yet:
    /// the number of a note or call holds on its own ticket alone.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn move_activity(&mut self, activity: ActivityId, to: TicketId) -> Result<(), Error> {
        let from = self.ticket_of_activity(activity)?;
        if from == to {
            return Ok(());
        }
        self.run(
            "UPDATE activities SET ticket = ?2 WHERE id = ?1",
            params![activity.0, to.0],
        )?;
        self.touch(from);
        self.touch(to);
        self.journal(to, Change::ActivityMoved { activity, from })
    }

    /// The activities of a ticket that can go to another one: tasks and meetings, and notes and calls that are still to be
    /// sent.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn movable_activities(&self, ticket: TicketId) -> Result<Vec<ActivityId>, Error> {
        let rows = self
            .statement(
                "SELECT id FROM activities WHERE ticket = ?1 AND removed = 0 AND NOT EXISTS (
                    SELECT 1 FROM outbox WHERE outbox.activity = activities.id AND state IN ('sending', 'uncertain'))
                 AND (starts_at IS NOT NULL OR (halo_action IS NULL AND EXISTS (
                    SELECT 1 FROM outbox WHERE outbox.activity = activities.id AND state IN ('waiting', 'parked'))))
                 ORDER BY id",
            )?
            .query_map([ticket.0], |row| Ok(ActivityId(row.get(0)?)))?
            .collect::<Result<_, _>>()?;
        Ok(rows)
    }

    /// Whether HaloPSA has, or may have, the note or call under a number that only holds on its ticket.
    pub(super) fn is_bound(&self, activity: ActivityId) -> Result<bool, Error> {
        Ok(self
            .statement(
                "SELECT EXISTS (SELECT 1 FROM activities WHERE id = ?1 AND starts_at IS NULL
                    AND (halo_action IS NOT NULL OR EXISTS (
                        SELECT 1 FROM outbox WHERE outbox.activity = ?1 AND state IN ('sending', 'uncertain'))))",
            )?
            .query_row([activity.0], |row| row.get(0))?)
    }

    pub(super) fn set_activity_removed(&mut self, activity: ActivityId, removed: bool) -> Result<(), Error> {
        let ticket = self.ticket_of_activity(activity)?;
        self.run(
            "UPDATE activities SET removed = ?2 WHERE id = ?1",
            params![activity.0, removed],
        )?;
        self.touch(ticket);
        self.journal(
            ticket,
            if removed {
                Change::ActivityRemoved { activity }
            } else {
                Change::ActivityAdded { activity }
            },
        )
    }

    /// The kind of an activity that HaloPSA has, or may have: its answer is on the way or was lost.
    pub(super) fn activity_in_halo(&self, activity: ActivityId) -> Result<Option<ActivityKind>, Error> {
        let kind: Option<String> = self
            .statement(
                "SELECT kind FROM activities WHERE id = ?1
                 AND (halo_action IS NOT NULL OR halo_appointment IS NOT NULL OR EXISTS (
                    SELECT 1 FROM outbox WHERE outbox.activity = ?1 AND state IN ('sending', 'uncertain', 'sent')))",
            )?
            .query_row([activity.0], |row| row.get(0))
            .optional()?;
        Ok(kind.map(|kind| ActivityKind::from_key(&kind).unwrap_or(ActivityKind::Note)))
    }

    pub(super) fn put_activity(&mut self, new: &NewActivity, halo: Option<HaloActionId>) -> Result<ActivityId, Error> {
        let call = new.call.as_ref().map(|call| json("call", call)).transpose()?;
        let id = self.insert(
            "INSERT INTO activities (ticket, halo_action, kind, at, agent, who, subject, body, call)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                new.ticket.0,
                halo.map(|id| id.0),
                new.kind.key(),
                to_millis(new.at),
                new.agent.map(|id| id.0),
                new.who,
                new.subject,
                new.body,
                call
            ],
        )?;
        self.touch(new.ticket);
        Ok(ActivityId(id))
    }

    pub(super) fn ticket_of_activity(&self, activity: ActivityId) -> Result<TicketId, Error> {
        self.statement("SELECT ticket FROM activities WHERE id = ?1")?
            .query_row([activity.0], |row| row.get(0))
            .optional()?
            .map(TicketId)
            .ok_or(Error::NotFound {
                what: "activity",
                id: activity.0,
            })
    }
}
