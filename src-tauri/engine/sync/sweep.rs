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

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use connectors::{Class, Error, ErrorKind};
use domain::{HaloTicketId, Lifecycle, StageKey};
use serde::{Deserialize, Serialize};
use store::{Missing, Reader, Standing, Standpoint, SyncLogKind};

use super::{Session, differences::MOST_NAMED, figures::Checked};
use crate::{Engine, outbox::mirror, views::SanityCheck};

/// Between two sweeps…
const EVERY: TimeDelta = TimeDelta::hours(24);
/// … and after one that found a difference, because what it found is being read.
const SOONER: TimeDelta = TimeDelta::hours(1);
/// Missing so often in a row, a ticket is asked for by its number.
const SWEEPS: u32 = 3;
/// The most tickets that may be missing at once without a person being asked.
const MOST_MISSING: usize = 20;
/// One in so many may be missing at once without a person being asked.
const ONE_IN: usize = 50;
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

type Place = (Lifecycle, StageKey);

/// What HaloPSA listed.
#[derive(Debug, Default)]
struct There {
    listed: BTreeSet<HaloTicketId>,
    places: BTreeMap<HaloTicketId, Place>,
    /// Lifecycles of which HaloPSA listed as many as it counts.
    complete: BTreeSet<Lifecycle>,
    /// Written by us meanwhile, so that the lists may be older.
    pushed: BTreeSet<HaloTicketId>,
}

/// What to do about it: a value, made without asking or writing anything.
#[derive(Debug, Default, PartialEq, Eq)]
struct Plan {
    checks: Vec<SanityCheck>,
    missing: BTreeSet<HaloTicketId>,
    /// Listed again although they were marked as gone.
    back: Vec<Standing>,
    /// In another stage than we believe.
    elsewhere: Vec<HaloTicketId>,
    /// In HaloPSA and not here.
    new: Vec<HaloTicketId>,
}

impl Plan {
    /// What differs, as many as are named.
    fn differing(&self) -> Vec<HaloTicketId> {
        let all = self.elsewhere.iter().chain(&self.missing).chain(&self.new);
        all.take(MOST_NAMED).copied().collect()
    }
}

/// How many missing tickets wait for a person's word; 0 when none do.
pub(super) fn asked_about(reader: &Reader<'_>) -> Result<u32, store::Error> {
    Ok(reader.setting_get(ASKED)?.unwrap_or(0))
}

/// Whether so many missing tickets are more than a person would delete in a day.
fn is_too_much(missing: usize, known: usize) -> bool {
    missing > MOST_MISSING || (missing > 1 && missing * ONE_IN > known)
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
        self.keep_sweep(&plan)?;
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

    fn keep_sweep(&self, plan: &Plan) -> anyhow::Result<()> {
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

/// Holds what HaloPSA listed against our books. `mirrored` says where HaloPSA showed a ticket of which something is unsent.
fn compare(
    there: &There,
    standings: &[Standing],
    kept: &BTreeSet<HaloTicketId>,
    mirrored: impl Fn(HaloTicketId) -> anyhow::Result<Option<Place>>,
) -> anyhow::Result<Plan> {
    let mut plan = Plan::default();
    let mut here: BTreeMap<HaloTicketId, Place> = BTreeMap::new();
    let mut off: BTreeSet<HaloTicketId> = there.pushed.clone();
    let is_whole = there.complete.len() == Lifecycle::ALL.len();
    for standing in standings {
        let halo = standing.halo_id;
        if there.pushed.contains(&halo) {
            continue;
        }
        let place = match &standing.place {
            Standpoint::Removed => None,
            Standpoint::Gone => {
                if there.listed.contains(&halo) {
                    plan.back.push(standing.clone());
                    plan.elsewhere.push(halo);
                }
                None
            }
            Standpoint::Board(lifecycle, stage) => Some((*lifecycle, stage.clone())),
            Standpoint::Mirror => mirrored(halo)?,
        };
        let Some(place) = place else {
            off.insert(halo);
            continue;
        };
        if !there.listed.contains(&halo) {
            if is_whole {
                plan.missing.insert(halo);
            }
            if kept.contains(&halo) || !is_whole {
                off.insert(halo);
                continue;
            }
        } else if there.places.get(&halo) != Some(&place) {
            plan.elsewhere.push(halo);
        }
        here.insert(halo, place);
    }
    plan.new = there
        .places
        .keys()
        .filter(|halo| !here.contains_key(halo) && !off.contains(halo))
        .copied()
        .collect();
    for lifecycle in Lifecycle::ALL {
        let of = |places: &BTreeMap<HaloTicketId, Place>| -> BTreeMap<HaloTicketId, StageKey> {
            places
                .iter()
                .filter(|(halo, place)| place.0 == lifecycle && !off.contains(halo))
                .map(|(halo, place)| (*halo, place.1.clone()))
                .collect()
        };
        plan.checks.push(check(lifecycle, &of(&here), &of(&there.places)));
    }
    Ok(plan)
}

fn check(
    lifecycle: Lifecycle,
    here: &BTreeMap<HaloTicketId, StageKey>,
    there: &BTreeMap<HaloTicketId, StageKey>,
) -> SanityCheck {
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let differing = here
        .iter()
        .filter(|(halo, stage)| there.get(halo) != Some(stage))
        .count()
        + there.keys().filter(|halo| !here.contains_key(halo)).count();
    SanityCheck {
        lifecycle,
        here: count(here.len()),
        there: count(there.len()),
        differing: count(differing),
        checksum_here: checksum(here),
        checksum_there: checksum(there),
    }
}

/// FNV-1a over numbers and stages: short, the same everywhere, and not meant to withstand anybody.
fn checksum(tickets: &BTreeMap<HaloTicketId, StageKey>) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for (halo, stage) in tickets {
        for byte in halo.0.to_le_bytes().iter().chain(stage.as_str().as_bytes()).chain(&[0]) {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use domain::TicketId;

    use super::*;

    fn stage(key: &str) -> Place {
        (Lifecycle::Lead, StageKey(key.to_owned()))
    }

    fn there(listed: &[(i64, Option<&str>)]) -> There {
        There {
            listed: listed.iter().map(|(id, _)| HaloTicketId(*id)).collect(),
            places: listed
                .iter()
                .filter_map(|(id, key)| Some((HaloTicketId(*id), stage((*key)?))))
                .collect(),
            complete: Lifecycle::ALL.into(),
            pushed: BTreeSet::new(),
        }
    }

    fn standing(id: i64, place: Standpoint) -> Standing {
        Standing {
            ticket: TicketId(id),
            halo_id: HaloTicketId(id),
            place,
        }
    }

    fn board(id: i64, key: &str) -> Standing {
        let (lifecycle, stage) = stage(key);
        standing(id, Standpoint::Board(lifecycle, stage))
    }

    fn plan(there: &There, standings: &[Standing]) -> Plan {
        compare(there, standings, &BTreeSet::new(), |_| Ok(Some(stage("engaged")))).unwrap()
    }

    fn ids(ids: &[i64]) -> Vec<HaloTicketId> {
        ids.iter().copied().map(HaloTicketId).collect()
    }

    #[test]
    fn both_sides_alike_have_one_checksum() {
        let plan = plan(
            &there(&[(1, Some("contacted")), (2, Some("engaged"))]),
            &[board(1, "contacted"), standing(2, Standpoint::Mirror)],
        );
        let lead = plan.checks.first().unwrap();
        assert_eq!((lead.here, lead.there, lead.differing), (2, 2, 0));
        assert_eq!(lead.checksum_here, lead.checksum_there);
        assert_eq!((plan.missing.len(), plan.elsewhere.len(), plan.new.len()), (0, 0, 0));
    }

    #[test]
    fn every_kind_of_difference_is_found_and_told_apart() {
        let plan = plan(
            // 3 stands elsewhere, 5 is new, 6 is back, 7 is in a status without a stage, 9 was never ours.
            &there(&[
                (1, Some("contacted")),
                (3, Some("engaged")),
                (5, Some("engaged")),
                (6, Some("contacted")),
                (7, None),
                (9, None),
            ]),
            &[
                board(1, "contacted"),
                board(3, "contacted"),
                board(4, "contacted"),
                standing(6, Standpoint::Gone),
                board(7, "contacted"),
                standing(8, Standpoint::Removed),
            ],
        );
        assert_eq!(plan.missing.iter().copied().collect::<Vec<_>>(), ids(&[4]));
        assert_eq!(plan.elsewhere, ids(&[3, 6, 7]));
        assert_eq!(plan.new, ids(&[5]));
        assert_eq!(plan.back.len(), 1);
        let lead = plan.checks.first().unwrap();
        assert_eq!((lead.here, lead.there, lead.differing), (4, 3, 4));
        assert_ne!(lead.checksum_here, lead.checksum_there);
    }

    #[test]
    fn where_rights_hide_rows_absence_says_nothing() {
        let mut short = there(&[(1, Some("contacted"))]);
        short.complete.remove(&Lifecycle::Lead);
        let plan = plan(&short, &[board(1, "contacted"), board(2, "contacted")]);
        assert!(plan.missing.is_empty());
        assert_eq!(plan.checks.first().map(|check| check.differing), Some(0));
    }

    #[test]
    fn what_was_written_meanwhile_is_left_out() {
        let mut lists = there(&[(1, Some("contacted")), (2, Some("contacted"))]);
        lists.pushed.insert(HaloTicketId(2));
        let plan = plan(&lists, &[board(1, "contacted"), board(2, "engaged")]);
        assert_eq!(
            plan.checks.first().map(|check| (check.here, check.differing)),
            Some((1, 0))
        );
        assert!(plan.elsewhere.is_empty() && plan.new.is_empty());
    }

    #[test]
    fn a_person_is_asked_before_many_are_marked() {
        for (missing, known, expect) in [
            (0, 0, false),
            (1, 12, false),
            (2, 100, false),
            (3, 100, true),
            (20, 50_000, false),
            (21, 50_000, true),
        ] {
            assert_eq!(is_too_much(missing, known), expect, "{missing} of {known}");
        }
    }
}
