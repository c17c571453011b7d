//! Weights from the data itself: expectation–maximisation over pairs that nobody has labelled.
//!
//! How often an aspect agrees by chance (`u`) is counted over pairs that have nothing to do with each other. How often it
//! agrees between two records of one thing (`m`) cannot be counted, because nobody has said which pairs those are. So
//! the pairs that share a key are taken for a mixture of two kinds, and the shares are found that explain the grades best:
//! guess which pairs match, count the grades among them, guess again with the counts, until nothing moves. A weight is
//! `log2(m / u)`, held within bounds so that no aspect decides alone.

use crate::{
    agreement::Agreement,
    blocks::{self, Blocks},
    compare::{Aspect, Comparison},
    record::{Kind, Prepared},
    weights::{SHIPPED, Weights, Worth},
};

/// Grades in the order of tables.
const GRADES: [Agreement; 4] = [
    Agreement::Same,
    Agreement::Close,
    Agreement::Loose,
    Agreement::Different,
];

/// How often each grade occurs, for each aspect.
type Shares = [[f64; 4]; Aspect::ALL.len()];

/// What came out.
#[derive(Clone, Debug)]
pub struct Estimate {
    pub weights: Weights,
    /// Pairs of persons and of organisations that were looked at.
    pub pairs: [usize; 2],
    /// How many of those are taken for matches.
    pub matches: [f64; 2],
}

/// Pairs that stand for chance.
const CHANCE_PAIRS: usize = 400_000;
const ROUNDS: usize = 60;
/// The most that one aspect may say for or against, in bits.
const MOST: f64 = 14.0;
const LEAST: f64 = -6.0;
/// An aspect that fewer candidate pairs know than this keeps its shipped weight.
const TOO_FEW: f64 = 200.0;

/// Estimates weights from groups of records, each a list of old and a list of new ones; a group without new ones is
/// compared with itself.
#[must_use]
pub fn estimate(groups: &[(&[Prepared], &[Prepared])]) -> Estimate {
    let mut estimate = Estimate {
        weights: SHIPPED,
        pairs: [0; 2],
        matches: [0.0; 2],
    };
    for (at, kind) in [Kind::Person, Kind::Organisation].into_iter().enumerate() {
        let mut candidates = Vec::new();
        let mut chance = Vec::new();
        for (old, new) in groups {
            candidates.extend(pairs_that_share(old, new).filter(|pair| pair.kind == kind));
            chance.extend(pairs_by_chance(old, new).filter(|pair| pair.kind == kind));
        }
        if candidates.is_empty() || chance.is_empty() {
            continue;
        }
        let u = shares(chance.iter().map(|pair| (pair, 1.0)));
        let (m, matches) = maximise(&candidates, &u);
        let known = known(&candidates);
        let table = match kind {
            Kind::Person => &mut estimate.weights.person,
            Kind::Organisation => &mut estimate.weights.organisation,
        };
        for (((worth, m), u), known) in table.iter_mut().zip(&m).zip(&u).zip(known) {
            if known >= TOO_FEW {
                *worth = bits(m, u);
            }
        }
        if let (Some(pairs), Some(found)) = (estimate.pairs.get_mut(at), estimate.matches.get_mut(at)) {
            (*pairs, *found) = (candidates.len(), matches);
        }
    }
    estimate
}

/// Pairs that share a key.
fn pairs_that_share<'a>(old: &'a [Prepared], new: &'a [Prepared]) -> impl Iterator<Item = Comparison> + 'a {
    let mut blocks = Blocks::default();
    for (number, record) in (0_u32..).zip(old) {
        blocks.add(number, &blocks::keys(record));
    }
    let alone = new.is_empty();
    let asked = if alone { old } else { new };
    (0_usize..).zip(asked).flat_map(move |(number, record)| {
        let mut found = Vec::new();
        blocks.candidates(&blocks::keys(record), &mut found);
        found
            .into_iter()
            .map(|candidate| candidate as usize)
            .filter(|&candidate| !alone || candidate < number)
            .filter_map(|candidate| old.get(candidate))
            .map(|candidate| Comparison::of(candidate, record))
            .collect::<Vec<_>>()
    })
}

/// Pairs that have nothing to do with each other: the records in two orders that do not meet.
fn pairs_by_chance<'a>(old: &'a [Prepared], new: &'a [Prepared]) -> impl Iterator<Item = Comparison> + 'a {
    let new = if new.is_empty() { old } else { new };
    let rounds = CHANCE_PAIRS / new.len().max(1);
    (1..=rounds.min(old.len() / 2)).flat_map(move |round| {
        let step = round * 7_919;
        new.iter().enumerate().filter_map(move |(at, record)| {
            let other = old.get((at + step) % old.len())?;
            (!std::ptr::eq(other, record)).then(|| Comparison::of(other, record))
        })
    })
}

/// The share of each grade among those pairs that know the aspect, each pair counting as much as it is believed.
fn shares<'a>(pairs: impl Iterator<Item = (&'a Comparison, f64)>) -> Shares {
    // Nothing is impossible: half a pair of each grade is taken as seen.
    let mut counts = [[0.5; 4]; Aspect::ALL.len()];
    for (pair, belief) in pairs {
        for (aspect, counts) in Aspect::ALL.iter().zip(&mut counts) {
            let grade = pair.grade(*aspect);
            for (count, _) in counts
                .iter_mut()
                .zip(GRADES)
                .filter(|(_, candidate)| *candidate == grade)
            {
                *count += belief;
            }
        }
    }
    counts.map(|counts| {
        let all: f64 = counts.iter().sum();
        counts.map(|count| count / all)
    })
}

/// How many pairs know each aspect.
fn known(pairs: &[Comparison]) -> [f64; Aspect::ALL.len()] {
    Aspect::ALL.map(|aspect| {
        let known = pairs
            .iter()
            .filter(|pair| pair.grade(aspect) != Agreement::Unknown)
            .count();
        f64::from(u32::try_from(known).unwrap_or(u32::MAX))
    })
}

/// Finds the shares of grades among matches, and how many matches there are.
fn maximise(pairs: &[Comparison], chance: &Shares) -> (Shares, f64) {
    let count = f64::from(u32::try_from(pairs.len()).unwrap_or(u32::MAX));
    // The shipped weights are the first guess, so that the two kinds cannot change places.
    let mut belief: Vec<f64> = pairs
        .iter()
        .map(|pair| {
            let bits: f32 = Aspect::ALL
                .iter()
                .map(|&aspect| SHIPPED.worth(pair.kind, aspect).of(pair.grade(aspect)))
                .sum();
            1.0 / (1.0 + 2.0_f64.powf(12.0 - f64::from(bits)))
        })
        .collect();
    let mut matching = *chance;
    for _ in 0..ROUNDS {
        matching = shares(pairs.iter().zip(belief.iter().copied()));
        let other = shares(pairs.iter().zip(belief.iter().map(|belief| 1.0 - belief)));
        let prior = (belief.iter().sum::<f64>() / count).clamp(1e-4, 1.0 - 1e-4);
        let mut moved = 0.0_f64;
        for (belief, pair) in belief.iter_mut().zip(pairs) {
            let mut odds = prior / (1.0 - prior);
            for ((aspect, m), u) in Aspect::ALL.iter().zip(&matching).zip(&other) {
                let grade = pair.grade(*aspect);
                if let Some(at) = GRADES.iter().position(|candidate| *candidate == grade) {
                    odds *= m.get(at).zip(u.get(at)).map_or(1.0, |(m, u)| m / u);
                }
            }
            let now = odds / (1.0 + odds);
            moved = moved.max((now - *belief).abs());
            *belief = now;
        }
        if moved < 1e-4 {
            break;
        }
    }
    (matching, belief.iter().sum())
}

/// `log2(m / u)` for each grade, within bounds.
fn bits(m: &[f64; 4], u: &[f64; 4]) -> Worth {
    let mut found = m.iter().zip(u).map(|(m, u)| {
        #[expect(clippy::cast_possible_truncation, reason = "a few bits")]
        let bits = (m / u).log2().clamp(LEAST, MOST) as f32;
        bits
    });
    let mut next = || found.next().unwrap_or_default();
    Worth {
        same: next(),
        close: next(),
        loose: next(),
        different: next(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Record;

    /// Invented persons; every third is there twice, the second time with another mailbox or a slip in the surname.
    fn people() -> (Vec<Prepared>, Vec<Prepared>) {
        const FIRST: [&str; 8] = ["Anna", "Bernd", "Carla", "David", "Emma", "Felix", "Greta", "Hugo"];
        const LAST: [&str; 12] = [
            "Abbott", "Barlow", "Carver", "Dalton", "Easton", "Farrow", "Garland", "Holloway", "Ingram", "Jarvis",
            "Keaton", "Lambert",
        ];
        let person = |number: usize, again: bool| {
            let (begin, end) = (LAST[number / 8 % LAST.len()], LAST[number / 96 % LAST.len()]);
            let last = format!("{begin}{}", end.to_lowercase());
            let slip = again && number.is_multiple_of(2);
            Prepared::of(&Record {
                first_name: FIRST[number % 8].to_owned(),
                last_name: if slip { format!("{last}t") } else { last },
                emails: vec![format!(
                    "p{number}@{}.com",
                    if again && number % 4 == 1 { "outlook" } else { "gmail" }
                )],
                mobiles: vec![format!("+44 7911 {:06}", number * 7_919 % 1_000_000)],
                city: ["Leeds", "York", "Derby", "Hull"][number % 4].to_owned(),
                ..Record::default()
            })
        };
        let old = (0..900).map(|number| person(number, false)).collect();
        let new = (0..300).map(|number| person(number * 3, true)).collect();
        (old, new)
    }

    #[test]
    fn matches_are_found_and_grades_fall_into_order_without_a_label() {
        let (old, new) = people();
        let estimate = estimate(&[(&old, &new)]);
        let [persons, organisations] = estimate.matches;
        assert!((285.0..330.0).contains(&persons), "{persons} of 300");
        assert!(organisations == 0.0);
        let worth = |aspect| estimate.weights.worth(Kind::Person, aspect);
        let last = worth(Aspect::LastName);
        assert!(last.same > 2.0 && last.close > 2.0 && last.different < -1.0, "{last:?}");
        assert!(
            worth(Aspect::Phone).same > worth(Aspect::City).same,
            "a mobile tells more than a town"
        );
        assert!(worth(Aspect::City).same > 0.5);
        // Nothing was known of these, so they are as shipped.
        assert_eq!(worth(Aspect::Birth), SHIPPED.worth(Kind::Person, Aspect::Birth));
        assert_eq!(estimate.weights.organisation, SHIPPED.organisation);
    }

    #[test]
    fn nothing_is_learnt_from_nothing() {
        assert_eq!(estimate(&[]).weights, SHIPPED);
        assert_eq!(estimate(&[(&[], &[])]).weights, SHIPPED);
    }
}
