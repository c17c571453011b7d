//! Once a day both sides are compared by number and stage: what is missing there, what is missing here, what stands
//! elsewhere.
//!
//! Model. HaloPSA lists the numbers of every lifecycle and of every stage, without the tickets. A ticket of ours that is
//! in no list is counted as missing; one that is in another stage, or in none here, is read and merged like any other
//! change. The result is shown per lifecycle and kept.
//!
//! Guarantees. Absence is never a delete. A ticket is marked as gone only after three sweeps in a row without it, and then
//! only if HaloPSA answers 404 to the question for it alone. More than twenty at once, or more than two in a hundred, are
//! no deletions but a right that was lost or a filter that was set: nothing is marked until a person said that they are
//! really gone. Where HaloPSA lists fewer tickets than it counts, rights hide rows, and absence says nothing.

mod plan;
mod records;

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use connectors::{Class, Error, ErrorKind};
use domain::HaloTicketId;
use serde::{Deserialize, Serialize};
use store::{Missing, Reader, SyncLogKind};

use super::{Session, figures::Checked};
use crate::{Engine, outbox::mirror};
use plan::{Plan, There, compare, is_too_much};

/// Between two sweeps…
const EVERY: TimeDelta = TimeDelta::hours(24);
/// … and after one that found a difference, because what it found is being read.
const SOONER: TimeDelta = TimeDelta::hours(1);
/// Missing so often in a row, a ticket is asked for by its number.
const SWEEPS: u32 = 3;
/// Tickets that are there and not here are read one by one, at most so many at a time.
const MOST_NEW: usize = 100;

/// When the last sweep was, and when the next one is due.
const SWEPT: &str = "tickets/swept";
/// The setting that says how many missing tickets wait for a person's word.
const ASKED: &str = "missing_asked";

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Swept {
    next: DateTime<Utc>,
}

/// How many missing tickets wait for a person's word; 0 when none do.
pub(super) fn asked_about(reader: &Reader<'_>) -> Result<u32, store::Error> {
    Ok(reader.setting_get(ASKED)?.unwrap_or(0))
}

impl Engine {
    /// Compares both sides if it is time to. Called after a pull, so that what differs is no mere delay.
    pub(super) async fn sweep(&self, session: &Session) -> anyhow::Result<()> {
        let due = self.store().cursor_get(SWEPT)?;
        let due = due.and_then(|text| serde_json::from_str::<Swept>(&text).ok());
        if due.is_some_and(|swept| swept.next > self.now()) || !self.has_pulled_all()? {
            return Ok(());
        }
        let there = self.list_all(session).await?;
        let plan = self.store().read(|reader| -> anyhow::Result<Plan> {
            let standings = reader.standings()?;
            let kept: BTreeSet<HaloTicketId> = reader
                .missing()?
                .into_iter()
                .filter(|missing| missing.kept)
                .map(|missing| missing.halo_id)
                .collect();
            compare(&there, &standings, &kept, |halo| {
                let known = mirror(reader, halo)?;
                Ok(known.and_then(|known| known.lifecycle.zip(known.stage)))
            })
        })?;
        let is_whole = session
            .map
            .ticket_types
            .keys()
            .all(|lifecycle| there.complete.contains(lifecycle));
        self.keep_sweep(&plan, is_whole.then_some(&there.listed))?;
        for halo in &plan.elsewhere {
            self.inner.sync.want_activities(*halo);
        }
        self.read_new(session, &plan.new).await?;
        self.ask_for_missing(session).await
    }

    async fn list_all(&self, session: &Session) -> anyhow::Result<There> {
        let halo = session.halo.as_class(Class::Bulk);
        let map = &session.map;
        let mut there = There::default();
        for lifecycle in map.ticket_types.keys() {
            let (ids, pushed) = self.while_pushing(halo.ticket_ids(map, *lifecycle, None)).await?;
            let ids = self.listed(ids)?;
            there.pushed.extend(pushed);
            if ids.complete {
                there.complete.insert(*lifecycle);
            }
            there.listed.extend(ids.ids);
        }
        for (stage, lifecycle) in &map.stage_lifecycles {
            if !map.stages.contains_key(stage) || !map.ticket_types.contains_key(lifecycle) {
                continue;
            }
            let (ids, pushed) = self
                .while_pushing(halo.ticket_ids(map, *lifecycle, Some(stage)))
                .await?;
            there.pushed.extend(pushed);
            for id in self.listed(ids)?.ids {
                there.places.insert(id, (*lifecycle, stage.clone()));
            }
        }
        Ok(there)
    }

    fn listed<T>(&self, answer: Result<T, Error>) -> anyhow::Result<T> {
        match answer {
            Ok(answer) => {
                self.link_is_up()?;
                Ok(answer)
            }
            Err(error) => {
                self.link_failed(&error)?;
                Err(error.into())
            }
        }
    }

    /// `listed` is everything that HaloPSA has, where it listed as much as it counts.
    fn keep_sweep(&self, plan: &Plan, listed: Option<&BTreeSet<HaloTicketId>>) -> anyhow::Result<()> {
        let now = self.now();
        let differing: u32 = plan.checks.iter().map(|check| check.differing).sum();
        let swept = Swept {
            next: now + if differing == 0 { EVERY } else { SOONER },
        };
        let text = serde_json::to_string(&swept)?;
        let checked = Checked {
            at: Some(now),
            checks: plan.checks.clone(),
            differing: plan.differing(),
        };
        let written = self.store().write_quiet(now, |w| -> Result<(), store::Error> {
            w.count_missing(&plan.missing)?;
            if let Some(listed) = listed {
                w.keep_unplaced(listed)?;
            }
            let missing = w.missing()?.iter().filter(|missing| !missing.kept).count();
            let known: usize = plan.checks.iter().map(|check| check.here as usize).sum();
            let asked = if is_too_much(missing, known) { missing } else { 0 };
            w.setting_set(ASKED, &asked)?;
            for standing in &plan.back {
                w.set_gone(standing.ticket, false)?;
            }
            checked.keep(w)?;
            w.cursor_set(SWEPT, &text)?;
            w.log_sync(
                SyncLogKind::Checked,
                &format!(
                    "Both sides were compared: {differing} differ, {} are missing in HaloPSA, {} are new.",
                    missing,
                    plan.new.len()
                ),
            )
        })?;
        self.publish(written.changes);
        Ok(())
    }

    /// Reads tickets that are in HaloPSA and not here: a row that shifted between two pages, or a right that came back.
    async fn read_new(&self, session: &Session, new: &[HaloTicketId]) -> anyhow::Result<()> {
        let halo = session.halo.as_class(Class::Bulk);
        for id in new.iter().take(MOST_NEW) {
            let (answer, pushed) = self.while_pushing(halo.ticket(&session.map, *id)).await?;
            if let Some(row) = self.listed(answer)? {
                self.store_page(session, &[row], &pushed, |_| Ok(())).await?;
            }
        }
        Ok(())
    }

    /// Asks for each ticket that three sweeps did not find, unless a person has to be asked first.
    async fn ask_for_missing(&self, session: &Session) -> anyhow::Result<()> {
        let (missing, asked) = self
            .store()
            .read(|reader| Ok::<_, store::Error>((reader.missing()?, asked_about(reader)?)))?;
        if asked > 0 {
            return Ok(());
        }
        let halo = session.halo.as_class(Class::Bulk);
        for Missing { halo_id, .. } in missing
            .into_iter()
            .filter(|missing| !missing.kept && missing.sweeps >= SWEEPS)
        {
            let (answer, pushed) = self.while_pushing(halo.ticket(&session.map, halo_id)).await?;
            match answer {
                Ok(None) => self.mark_gone(&[halo_id])?,
                Ok(Some(row)) => {
                    self.link_is_up()?;
                    // It is in no list and there all the same, such as in a type that stands for no lifecycle.
                    self.store().write_quiet(self.now(), |w| w.forget_missing(halo_id))?;
                    if !pushed.contains(&halo_id) {
                        self.meet(&session.map, &row)?;
                    }
                }
                Err(error) if matches!(error.kind, ErrorKind::Forbidden { .. }) => {}
                Err(error) => {
                    self.link_failed(&error)?;
                    return Err(error.into());
                }
            }
        }
        Ok(())
    }

    /// HaloPSA no longer has these. Nothing is deleted here: the tickets stay, marked, and can be created there again.
    pub(super) fn mark_gone(&self, tickets: &[HaloTicketId]) -> anyhow::Result<()> {
        let written = self.store().write_quiet(self.now(), |w| -> Result<u32, store::Error> {
            let mut gone = 0;
            for halo in tickets {
                if let Some(ticket) = w.ticket_by_halo(*halo)? {
                    w.set_gone(ticket, true)?;
                    gone += 1;
                }
                w.forget_missing(*halo)?;
            }
            w.log_sync(
                SyncLogKind::Checked,
                &format!("{gone} tickets are marked as gone in HaloPSA."),
            )?;
            Ok(gone)
        })?;
        tracing::info!(tickets = written.value, "marked as gone in HaloPSA");
        self.publish(written.changes);
        Ok(())
    }

    /// A person says that everything that is missing was really deleted in HaloPSA: it is marked as gone.
    ///
    /// # Errors
    /// The store's failures.
    pub fn confirm_missing(&self) -> anyhow::Result<()> {
        let missing = self.store().read(|reader| reader.missing())?;
        let gone: Vec<_> = missing
            .iter()
            .filter(|missing| !missing.kept)
            .map(|missing| missing.halo_id)
            .collect();
        self.mark_gone(&gone)?;
        self.answered_about_missing()
    }

    /// A person says that what is missing is there all the same: nothing is marked, and it is not asked about again.
    ///
    /// # Errors
    /// The store's failures.
    pub fn keep_missing(&self) -> anyhow::Result<()> {
        self.store().write_quiet(self.now(), |w| w.keep_missing())?;
        self.answered_about_missing()
    }

    fn answered_about_missing(&self) -> anyhow::Result<()> {
        self.store().write_quiet(self.now(), |w| w.setting_set(ASKED, &0))?;
        self.watch()
    }
}
