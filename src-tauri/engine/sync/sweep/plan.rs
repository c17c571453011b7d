//! What HaloPSA listed, held against our books: a plan that is made without asking or writing anything.

use std::collections::{BTreeMap, BTreeSet};

use domain::{HaloTicketId, Lifecycle, StageKey};
use store::{Standing, Standpoint};

use crate::{sync::differences::MOST_NAMED, views::SanityCheck};

/// The most tickets that may be missing at once without a person being asked.
const MOST_MISSING: usize = 20;
/// One in so many may be missing at once without a person being asked.
const ONE_IN: usize = 50;

pub(super) type Place = (Lifecycle, StageKey);

/// What HaloPSA listed.
#[derive(Debug, Default)]
pub(super) struct There {
    pub listed: BTreeSet<HaloTicketId>,
    pub places: BTreeMap<HaloTicketId, Place>,
    /// Lifecycles of which HaloPSA listed as many as it counts.
    pub complete: BTreeSet<Lifecycle>,
    /// Written by us meanwhile, so that the lists may be older.
    pub pushed: BTreeSet<HaloTicketId>,
}

/// What to do about it: a value, made without asking or writing anything.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Plan {
    pub checks: Vec<SanityCheck>,
    pub missing: BTreeSet<HaloTicketId>,
    /// Listed again although they were marked as gone.
    pub back: Vec<Standing>,
    /// In another stage than we believe.
    pub elsewhere: Vec<HaloTicketId>,
    /// In HaloPSA and not here.
    pub new: Vec<HaloTicketId>,
}

impl Plan {
    /// What differs, as many as are named.
    pub fn differing(&self) -> Vec<HaloTicketId> {
        let all = self.elsewhere.iter().chain(&self.missing).chain(&self.new);
        all.take(MOST_NAMED).copied().collect()
    }
}

/// Whether so many missing tickets are more than a person would delete in a day.
pub(super) fn is_too_much(missing: usize, known: usize) -> bool {
    missing > MOST_MISSING || (missing > 1 && missing * ONE_IN > known)
}

/// Holds what HaloPSA listed against our books. `mirrored` says where HaloPSA showed a ticket of which something is unsent.
pub(super) fn compare(
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
        assert_eq!(plan.differing(), ids(&[3, 6, 7, 4, 5]), "each is named");
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
