//! The details and timelines of tickets: fetched for tickets that changed in HaloPSA and for tickets that somebody looks
//! at. Lists leave some properties out (the job title, for one), so a detail is the only place to read them.

use chrono::{DateTime, TimeDelta, Utc};
use connectors::{Class, Error, ErrorKind};
use domain::{HaloTicketId, Lifecycle, TicketId, activity::ActivityKind, remote::RemoteAction, tenant::TenantMap};
use store::{NewActivity, Writer};

use super::{Session, history};
use crate::{Engine, after};

/// How many are fetched between two looks at what else is due.
const AT_ONCE: usize = 20;
/// Looking at a ticket again within this time fetches nothing.
const FRESH: TimeDelta = TimeDelta::seconds(60);

impl Engine {
    /// Fetches some of the details and timelines that are wanted. Returns how many.
    pub(super) async fn pull_activities(&self, session: &Session) -> anyhow::Result<usize> {
        let mut fetched = 0;
        while fetched < AT_ONCE {
            let Some(halo) = self.next_wanted()? else { break };
            let client = session.halo.as_class(Class::Pull);
            let reading = async {
                let detail = client.ticket(&session.map, halo).await?;
                let actions = match detail {
                    Some(_) => client.actions(halo).await,
                    None => Ok(Vec::new()),
                };
                Ok::<_, connectors::Error>((detail, actions))
            };
            let (answer, pushed) = self.while_pushing(reading).await?;
            match answer {
                Ok((detail, actions)) => {
                    if actions.as_ref().err().is_none_or(is_kept_back) {
                        self.link_is_up()?;
                    }
                    // What was sent while the detail was on its way is newer than the detail.
                    let outrun = pushed.contains(&halo);
                    let read_at = detail.as_ref().map(|detail| detail.last_update);
                    match detail {
                        Some(_) if outrun => {}
                        Some(detail) => self.meet(&session.map, &detail)?,
                        // Asked for by its number, and not there.
                        None => self.mark_gone(&[halo])?,
                    }
                    match actions {
                        Ok(actions) => self.keep_actions(session, halo, &actions)?,
                        // The ticket itself was read, whoever may see its timeline.
                        Err(error) if is_kept_back(&error) => {}
                        Err(error) => return self.still_wanted(halo, error),
                    }
                    if !outrun {
                        self.details_read(halo, read_at.flatten())?;
                    }
                }
                // Deleted since somebody asked: the ticket's own pull will say so.
                Err(error) if is_kept_back(&error) => self.details_read(halo, None)?,
                Err(error) => return self.still_wanted(halo, error),
            }
            let now = self.now();
            self.inner.sync.state().fetched.insert(halo, now);
            fetched += 1;
        }
        Ok(fetched)
    }

    /// Nothing came of it: it is fetched another time.
    fn still_wanted(&self, halo: HaloTicketId, error: Error) -> anyhow::Result<usize> {
        self.inner.sync.want_activities(halo);
        self.link_failed(&error)?;
        Err(error.into())
    }

    /// What somebody looks at first, then what has changed in HaloPSA.
    fn next_wanted(&self) -> anyhow::Result<Option<HaloTicketId>> {
        let now = self.now();
        {
            let mut state = self.inner.sync.state();
            state.fetched.retain(|_, at| now - *at < FRESH);
            while let Some(halo) = state.wanted.pop_front() {
                if !state.fetched.contains_key(&halo) {
                    return Ok(Some(halo));
                }
            }
        }
        Ok(self.store().details_due(1)?.first().copied())
    }

    fn details_read(&self, halo: HaloTicketId, at: Option<DateTime<Utc>>) -> anyhow::Result<()> {
        self.store()
            .write_quiet(self.now(), |w| w.details_read(halo, at))
            .map(|_| ())
            .map_err(Into::into)
    }

    fn keep_actions(&self, session: &Session, halo: HaloTicketId, actions: &[RemoteAction]) -> anyhow::Result<()> {
        let Some(ticket) = self.store().ticket_by_halo(halo)? else {
            return Ok(());
        };
        let written = self.store().write_quiet(self.now(), |w| -> anyhow::Result<()> {
            // Its creation may have been undone here.
            if w.ticket_or_part(ticket)?.is_none() {
                return Ok(());
            }
            let mut new = false;
            for action in actions {
                new |= keep_action(w, &session.map, ticket, action)?;
            }
            if new {
                history::keep(w, &session.map, ticket, actions)?;
                let survivor = w.survivor(ticket)?;
                // What was taken back here while HaloPSA has it has no score.
                if w.ticket(survivor)?.is_some() {
                    after::rescore(w, survivor)?;
                }
            }
            Ok(())
        })?;
        self.publish(written.changes);
        Ok(())
    }
}

/// Deleted since somebody asked, as the ticket's own pull will say, or nothing that we may see.
fn is_kept_back(error: &Error) -> bool {
    matches!(error.kind, ErrorKind::NotFound | ErrorKind::Forbidden { .. })
}

fn keep_action(w: &mut Writer<'_>, map: &TenantMap, ticket: TicketId, action: &RemoteAction) -> anyhow::Result<bool> {
    let status = action.new_status.filter(|new| action.old_status != Some(*new));
    let moved_to = status.and_then(|status| {
        Lifecycle::ALL
            .into_iter()
            .find_map(|lifecycle| map.stage_of(lifecycle, status))
    });
    let subject = match moved_to {
        Some(stage) if action.kind == ActivityKind::System => format!("{}: {stage}", action.outcome_name),
        _ => action.outcome_name.clone(),
    };
    let agent = action.agent.map(|agent| w.agent_for(agent)).transpose()?;
    let new = NewActivity {
        ticket,
        kind: action.kind,
        at: action.at.unwrap_or_else(|| w.at()),
        agent,
        who: action.who.clone(),
        subject,
        body: action.note.clone(),
        call: None,
    };
    Ok(w.put_remote_activity(new, action.id)?)
}
