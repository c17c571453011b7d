//! Where a ticket was before Leadline saw it, from the changes of status that HaloPSA remembers.
//!
//! Changes may come in portions, newest first, and the same one may come again: whatever is known for sure is left as it
//! is. A stay at the beginning of which no change is known is taken to have begun when the ticket was created, until an
//! older change says otherwise.

use chrono::{DateTime, Utc};

use crate::{AgentId, Lifecycle, StageKey};

/// A stay in a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stay {
    pub lifecycle: Lifecycle,
    pub stage: StageKey,
    pub entered_at: DateTime<Utc>,
    /// `None` for the one that goes on.
    pub left_at: Option<DateTime<Utc>>,
    pub by: Option<AgentId>,
    /// Reconstructed rather than seen.
    pub rebuilt: bool,
}

/// A change of status; a side is `None` where its status stands for no stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusChange {
    pub at: DateTime<Utc>,
    pub from: Option<(Lifecycle, StageKey)>,
    pub to: Option<(Lifecycle, StageKey)>,
    pub by: Option<AgentId>,
}

/// The stays of a ticket, oldest first, with what these changes say of the time before the first of them.
#[must_use]
pub fn rebuild(created_at: DateTime<Utc>, mut stays: Vec<Stay>, mut changes: Vec<StatusChange>) -> Vec<Stay> {
    // Of two at the same moment the later one comes later in HaloPSA's list.
    changes.reverse();
    changes.sort_by_key(|change| std::cmp::Reverse(change.at));
    for change in changes.into_iter().filter(|change| change.from != change.to) {
        apply(created_at, &mut stays, change);
    }
    stays
}

fn apply(created_at: DateTime<Utc>, stays: &mut Vec<Stay>, change: StatusChange) {
    let Some(first) = stays.first_mut() else { return };
    let here = Some((first.lifecycle, first.stage.clone()));
    let is_known = first
        .left_at
        .is_some_and(|left| change.at > left || (change.at == left && change.from == here));
    if is_known || (!first.rebuilt && change.at > first.entered_at) {
        return;
    }
    let led_here = change.to == here;
    let mut begins = first.entered_at;
    if first.rebuilt && (led_here || change.at >= first.entered_at) {
        first.entered_at = change.at;
        first.by = change.by;
        begins = change.at;
    } else if !led_here && let Some((lifecycle, stage)) = change.to {
        // Something led from there to the first stay that HaloPSA does not remember.
        let between = Stay {
            lifecycle,
            stage,
            entered_at: change.at,
            left_at: Some(begins),
            by: change.by,
            rebuilt: true,
        };
        stays.insert(0, between);
        begins = change.at;
    }
    if begins > created_at
        && let Some((lifecycle, stage)) = change.from
    {
        let before = Stay {
            lifecycle,
            stage,
            entered_at: created_at,
            left_at: Some(begins),
            by: None,
            rebuilt: true,
        };
        stays.insert(0, before);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hour(hour: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(hour * 3_600, 0).unwrap()
    }

    fn lead(stage: &str) -> Option<(Lifecycle, StageKey)> {
        Some((Lifecycle::Lead, StageKey::from(stage)))
    }

    fn stay(stage: &str, from: i64, to: Option<i64>, rebuilt: bool) -> Stay {
        Stay {
            lifecycle: Lifecycle::Lead,
            stage: StageKey::from(stage),
            entered_at: hour(from),
            left_at: to.map(hour),
            by: None,
            rebuilt,
        }
    }

    fn change(at: i64, from: &str, to: &str) -> StatusChange {
        StatusChange {
            at: hour(at),
            from: lead(from),
            to: lead(to),
            by: None,
        }
    }

    /// "new 0–5, contacted 5–": a star marks what was seen.
    fn told(stays: &[Stay]) -> String {
        let told: Vec<String> = stays
            .iter()
            .map(|stay| {
                let hours = |at: DateTime<Utc>| at.timestamp() / 3_600;
                let left = stay.left_at.map(|left| hours(left).to_string()).unwrap_or_default();
                let seen = if stay.rebuilt { "" } else { "*" };
                format!("{}{seen} {}–{left}", stay.stage, hours(stay.entered_at))
            })
            .collect();
        told.join(", ")
    }

    fn check(stays: Vec<Stay>, changes: &[StatusChange], expected: &str) {
        let rebuilt = rebuild(hour(0), stays.clone(), changes.to_vec());
        assert_eq!(told(&rebuilt), expected);
        assert_eq!(
            rebuild(hour(0), rebuilt.clone(), changes.to_vec()),
            rebuilt,
            "twice is once"
        );
        // One at a time, newest first, as they are read day by day.
        let mut portions = stays;
        for change in changes.iter().rev() {
            portions = rebuild(hour(0), portions, vec![change.clone()]);
        }
        assert_eq!(told(&portions), expected, "in portions");
    }

    #[test]
    fn the_past_of_a_ticket_that_was_there_before() {
        // Its last change in HaloPSA was at 90: that is all that its row said.
        let here = || vec![stay("c", 90, None, true)];
        check(here(), &[], "c 90–");
        check(here(), &[change(50, "b", "c")], "b 0–50, c 50–");
        check(
            here(),
            &[change(20, "a", "b"), change(50, "b", "c")],
            "a 0–20, b 20–50, c 50–",
        );
        // Back and forth, twice at once.
        check(
            here(),
            &[change(10, "a", "c"), change(20, "c", "a"), change(20, "a", "c")],
            "a 0–10, c 10–20, a 20–20, c 20–",
        );
        // A change that HaloPSA does not remember.
        check(here(), &[change(50, "a", "b")], "a 0–50, b 50–90, c 90–");
        // A status that stands for no stage.
        let mut unknown = change(50, "x", "c");
        unknown.from = None;
        check(here(), std::slice::from_ref(&unknown), "c 50–");
        check(here(), &[change(20, "a", "b"), unknown], "a 0–20, b 20–50, c 50–");
    }

    #[test]
    fn what_was_seen_is_left_alone() {
        let seen = || vec![stay("b", 60, Some(80), true), stay("c", 80, None, false)];
        // The move at 80 comes back as HaloPSA tells it, a little later by its own clock.
        check(
            seen(),
            &[change(40, "a", "b"), change(81, "b", "c")],
            "a 0–40, b 40–80, c* 80–",
        );
        let born_here = || vec![stay("a", 0, None, false)];
        check(born_here(), &[change(0, "x", "a")], "a* 0–");
        check(born_here(), &[change(5, "a", "b")], "a* 0–");
    }

    proptest! {
        /// Whatever comes in whatever portions: one stay after the other, from the creation on.
        #[test]
        fn stays_are_a_chain(
            moves in prop::collection::vec((1_i64..100, 0_usize..4, 0_usize..4), 0..12),
            entered in 1_i64..100,
            rebuilt in any::<bool>(),
            cut in 0_usize..12,
        ) {
            let names = ["a", "b", "c", "d"];
            let name = |at: usize| names.get(at).copied().unwrap_or("a");
            let mut changes: Vec<StatusChange> =
                moves.iter().map(|(at, from, to)| change(*at, name(*from), name(*to))).collect();
            changes.sort_by_key(|change| std::cmp::Reverse(change.at));
            let older = changes.split_off(cut.min(changes.len()));
            let first = rebuild(hour(0), vec![stay("a", entered, None, rebuilt)], changes);
            let stays = rebuild(hour(0), first, older);
            for pair in stays.windows(2) {
                prop_assert_eq!(pair.first().unwrap().left_at, Some(pair.last().unwrap().entered_at));
            }
            for stay in &stays {
                prop_assert!(stay.left_at.is_none_or(|left| left >= stay.entered_at));
            }
            prop_assert_eq!(stays.iter().filter(|stay| stay.left_at.is_none()).count(), 1);
        }
    }
}
