//! Time in stage, the bottleneck and the velocity.

use domain::{StageKey, money::Money, workflow::Workflow};
use store::{Ending, Stays, View};

use super::{Sums, closing, open_stages, percent, percent_of};
use crate::views::{StayTimes, Velocity};

const MS_PER_DAY: f64 = 86_400_000.0;

/// Stays of each stage as figures, with each stage's share of all of the time.
pub(super) fn figures(stays: impl Iterator<Item = Stays>) -> Vec<StayTimes> {
    let mut figures: Vec<StayTimes> = stays.map(stay_times).collect();
    let all: f64 = figures.iter().map(|times| times.elapsed_s).sum();
    for times in &mut figures {
        times.share_pct = percent_of(times.elapsed_s, all);
    }
    figures
}

fn stay_times(stays: Stays) -> StayTimes {
    let Stays { mut ended, mut open } = stays;
    ended.sort_unstable();
    open.sort_unstable();
    let count = |list: &[u32]| u32::try_from(list.len()).unwrap_or(u32::MAX);
    let sum = |list: &[u32]| list.iter().map(|seconds| f64::from(*seconds)).sum::<f64>();
    StayTimes {
        left: count(&ended),
        open: count(&open),
        median_s: nearest_rank(&ended, 50),
        p90_s: nearest_rank(&ended, 90),
        km_median_s: kaplan_meier(&ended, &open, 50),
        km_p90_s: kaplan_meier(&ended, &open, 90),
        elapsed_s: sum(&ended) + sum(&open),
        share_pct: None,
    }
}

/// The smallest of sorted values that so many per cent of them do not exceed.
fn nearest_rank(sorted: &[u32], percent: usize) -> Option<u32> {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.checked_sub(1)?).copied()
}

/// The same where some stays go on: after how long so many per cent have left, as far as can be told. Both lists sorted.
fn kaplan_meier(ended: &[u32], open: &[u32], percent: u32) -> Option<u32> {
    // So many of a hundred are still there at most; a little more, because a product of fractions is not exact.
    let wanted = f64::from(100 - percent) / 100.0 + 1e-9;
    let mut still_there = 1.0;
    let mut at = 0;
    let mut gone_unseen = 0;
    while let Some(&time) = ended.get(at) {
        let same = ended.get(at..)?.iter().take_while(|other| **other == time).count();
        // One that goes on after exactly as long was still there at that moment.
        gone_unseen += open
            .get(gone_unseen..)?
            .iter()
            .take_while(|other| **other < time)
            .count();
        let at_risk = (ended.len() - at) + (open.len() - gone_unseen);
        still_there *= 1.0 - same as f64 / at_risk as f64;
        if still_there <= wanted {
            return Some(time);
        }
        at += same;
    }
    None
}

/// The stage with the largest share of the time; the earlier one of two.
pub(super) fn bottleneck(stages: &[StageKey], figures: &[StayTimes]) -> Option<StageKey> {
    let mut longest: Option<(&StageKey, f64)> = None;
    for (stage, times) in stages.iter().zip(figures) {
        if times.elapsed_s > longest.map_or(0.0, |(_, elapsed)| elapsed) {
            longest = Some((stage, times.elapsed_s));
        }
    }
    longest.map(|(stage, _)| stage.clone())
}

pub(super) fn velocity(view: &View<'_>, workflow: &Workflow) -> Velocity {
    let open = view.open(&open_stages(workflow, Some(domain::Lifecycle::Opportunity)));
    of_deals(open, &view.closed(&closing(workflow)))
}

fn of_deals(open: u32, deals: &[Ending]) -> Velocity {
    let won: Vec<&Ending> = deals.iter().filter(|deal| deal.won).collect();
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let (won_count, lost) = (count(won.len()), count(deals.len() - won.len()));
    let cycles: Vec<f64> = won
        .iter()
        .filter_map(|deal| Some((deal.closed_at - deal.opened_at?).num_milliseconds() as f64 / MS_PER_DAY))
        .collect();
    let cycle_days = (!cycles.is_empty()).then(|| cycles.iter().sum::<f64>() / cycles.len() as f64);
    let mut sums = Sums::default();
    for deal in &won {
        sums.add(&deal.currency, deal.minor);
    }
    let mean = |sum: Money| Money {
        minor: (sum.minor as f64 / f64::from(won_count.max(1))).round() as i64,
        ..sum
    };
    let average: Vec<Money> = sums.list().into_iter().map(mean).collect();
    let win_rate_pct = percent(won_count, won_count + lost);
    let per_day = match (win_rate_pct, cycle_days) {
        (Some(rate), Some(days)) if days > 0.0 => average
            .iter()
            .map(|average| Money {
                minor: (f64::from(open) * rate / 100.0 * average.minor as f64 / days).round() as i64,
                currency: average.currency.clone(),
            })
            .collect(),
        _ => Vec::new(),
    };
    Velocity {
        open,
        won: won_count,
        lost,
        win_rate_pct,
        cycle_days,
        average,
        per_day,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_median_is_a_time_that_somebody_took() {
        assert_eq!(nearest_rank(&[], 50), None);
        assert_eq!(nearest_rank(&[7], 50), Some(7));
        assert_eq!(nearest_rank(&[1, 2, 3, 4], 50), Some(2));
        assert_eq!(nearest_rank(&[1, 2, 3, 4, 5], 50), Some(3));
        assert_eq!(nearest_rank(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 90), Some(9));
        assert_eq!(nearest_rank(&[1, 2, 3], 90), Some(3));
    }

    #[test]
    fn without_open_stays_both_ways_of_counting_agree() {
        let ended = [3, 5, 5, 8, 9, 12, 20, 21, 30, 41];
        for percent in [50, 90] {
            assert_eq!(
                kaplan_meier(&ended, &[], percent),
                nearest_rank(&ended, percent as usize),
                "{percent}"
            );
        }
    }

    /// The textbook's example (Freireich's leukaemia trial, 6-MP arm, weeks): median 23 of 21, of whom 12 were censored.
    #[test]
    fn open_stays_count_for_as_long_as_they_have_gone_on() {
        let ended = [6, 6, 6, 7, 10, 13, 16, 22, 23];
        let open = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35];
        assert_eq!(kaplan_meier(&ended, &open, 50), Some(23));
        assert_eq!(kaplan_meier(&ended, &open, 90), None, "too many go on to tell");
        assert_eq!(kaplan_meier(&[], &open, 50), None);
    }
}
