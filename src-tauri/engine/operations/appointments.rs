//! Tasks and meetings: planned, and done.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    ActivityId, AgentId, TicketId,
    activity::{ActivityKind, Appointment},
};
use store::NewActivity;

use super::{card, done, refused};
use crate::{Engine, Problem, labels, views::Done};

/// The longest subject, in characters: HaloPSA shows one line.
const LONGEST: usize = 200;
/// The longest meeting: what is longer is a typing error.
const LONGEST_MEETING: TimeDelta = TimeDelta::days(7);

impl Engine {
    /// Plans something to do until then; without an owner for whoever plans it.
    ///
    /// # Errors
    /// [`Problem::Refused`] without words, or with too many; [`Problem::NotFound`] for an unknown ticket or agent.
    pub fn add_task(
        &self,
        ticket: TicketId,
        subject: &str,
        due: DateTime<Utc>,
        owner: Option<AgentId>,
    ) -> anyhow::Result<Done> {
        let when = Appointment {
            start: due,
            end: due,
            done_at: None,
        };
        self.plan(ticket, ActivityKind::Task, subject, when, owner)
    }

    /// Plans a meeting.
    ///
    /// # Errors
    /// As [`add_task`](Self::add_task); [`Problem::Refused`] for one that ends before it begins, or lasts a week.
    pub fn schedule_meeting(
        &self,
        ticket: TicketId,
        subject: &str,
        start: DateTime<Utc>,
        end: DateTime<Utc>,
    ) -> anyhow::Result<Done> {
        if end <= start {
            return Err(refused("The meeting ends before it begins."));
        }
        if end - start > LONGEST_MEETING {
            return Err(refused("A meeting cannot last longer than a week."));
        }
        let when = Appointment {
            start,
            end,
            done_at: None,
        };
        self.plan(ticket, ActivityKind::Meeting, subject, when, None)
    }

    /// Says that a task or meeting is done, or that it is not after all.
    ///
    /// # Errors
    /// [`Problem::NotFound`] when there is no such task or meeting.
    pub fn complete_task(&self, activity: ActivityId, is_done: bool) -> anyhow::Result<Done> {
        let me = self.preferences()?.me;
        let mut label = String::new();
        let operated = self.operate("complete_task", me, |w| {
            let row = w.activity(activity)?.filter(|row| row.appointment.is_some());
            let row = row.ok_or_else(|| Problem::NotFound {
                what: "such task on this computer".to_owned(),
            })?;
            let name = labels::ticket(&card(w, row.ticket)?);
            let word = if is_done { "Done" } else { "Not done" };
            label = format!("{word}: {} ({name})", row.subject);
            w.relabel(label.clone());
            let at = w.at();
            w.set_done(activity, is_done.then_some(at))?;
            Ok(())
        })?;
        Ok(done(&operated, label))
    }

    fn plan(
        &self,
        ticket: TicketId,
        kind: ActivityKind,
        subject: &str,
        when: Appointment,
        owner: Option<AgentId>,
    ) -> anyhow::Result<Done> {
        let me = self.preferences()?.me;
        let subject = domain::text::tidy_line(subject);
        if subject.is_empty() {
            return Err(refused(match kind {
                ActivityKind::Task => "Say what is to be done.",
                _ => "Say what the meeting is about.",
            }));
        }
        let length = subject.chars().count();
        if length > LONGEST {
            return Err(refused(format!(
                "A subject can hold {LONGEST} characters; this has {length}."
            )));
        }
        let mut label = String::new();
        let operated = self.operate("plan", me, |w| {
            if let Some(owner) = owner
                && w.agent(owner)?.is_none()
            {
                return Err(Problem::NotFound {
                    what: format!("agent {owner}"),
                }
                .into());
            }
            let name = labels::ticket(&card(w, ticket)?);
            label = match kind {
                ActivityKind::Task => format!("Task for {name}: {subject}"),
                _ => format!("Meeting with {name}: {subject}"),
            };
            w.relabel(label.clone());
            let at = w.at();
            w.insert_appointment(
                NewActivity {
                    ticket,
                    kind,
                    at,
                    agent: owner.or(me),
                    who: String::new(),
                    subject: subject.clone(),
                    body: String::new(),
                    call: None,
                },
                when,
            )?;
            Ok(())
        })?;
        Ok(done(&operated, label))
    }
}
