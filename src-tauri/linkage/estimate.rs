//! Weights from the data itself: expectation–maximisation over pairs that nobody has labelled.
//!
//! How often an aspect agrees by chance (`u`) is counted over pairs that have nothing to do with each other. How often it
//! agrees between two records of one thing (`m`) cannot be counted, because nobody has said which pairs those are. So
//! the pairs that share a key are taken for a mixture of two kinds, and the shares are found that explain the grades best:
//! guess which pairs match, count the grades among them, guess again with the counts, until nothing moves. A weight is
//! `log2(m / u)`, held within bounds so that no aspect decides alone.
//!
//! The shipped weights came from here, and `leadline weights --estimate` does the same with somebody's own data. Nobody
//! looks at the figures in between then, so an estimate is careful: a kind of record with few matches, an aspect that few
//! pairs know, and a grade that was hardly seen keep what is shipped, and so does a mixture that has found something else
//! than matches, and what [`weights`](crate::weights) holds
//! by hand. Less agreement is never worth more. Whatever comes out, the rules of [`decide`](crate::decide) stand above it.
//!
//! Pairs are counted by their pattern of grades: millions of pairs have a few thousand patterns, so memory stays small.

use std::collections::BTreeMap;

use crate::{
    agreement::Agreement,
    blocks::{self, Blocks},
    compare::{Aspect, Comparison},
    decide::{self, Decision, Rarity},
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

const ASPECTS: usize = Aspect::ALL.len();

/// The grades of one pair, in the order of aspects.
type Grades = [Agreement; ASPECTS];

/// How many pairs have the same grades.
type Patterns = BTreeMap<Grades, f64>;

/// How often each grade was seen, for each aspect.
type Counts = [[f64; 4]; ASPECTS];

/// What came out.
#[derive(Clone, Debug)]
pub struct Estimate {
    /// What is not [`own`](Basis::own) is as shipped.
    pub weights: Weights,
    pub persons: Basis,
    pub organisations: Basis,
}

/// What the weights of one kind of record rest on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Basis {
    /// Pairs that share a key.
    pub pairs: f64,
    /// How many of those are taken for matches.
    pub matches: f64,
    /// How many of them, by the shipped weights and the rules, are the same or for a person to decide.
    pub likely: f64,
    /// How many of those pairs know each aspect, in the order of [`Aspect::ALL`].
    pub known: [f64; ASPECTS],
    /// Which aspects have weights of their own.
    pub own: [bool; ASPECTS],
}

impl Basis {
    /// Whether there are matches enough to learn from.
    #[must_use]
    pub fn is_enough(&self) -> bool {
        self.matches >= FEWEST_MATCHES && !self.has_strayed()
    }

    /// Whether what was found is something else than matches. Where hardly anything is there twice, the two kinds that
    /// explain the pairs best are not matches and strangers but, say, colleagues and namesakes, and the first of them
    /// is far larger than what the rules would ever let be matches.
    #[must_use]
    pub fn has_strayed(&self) -> bool {
        self.matches > self.likely * STRAYED
    }
}

impl Estimate {
    /// Whether anything was learnt.
    #[must_use]
    pub fn is_enough(&self) -> bool {
        [&self.persons, &self.organisations]
            .iter()
            .any(|basis| basis.own.contains(&true))
    }
}

/// Pairs of both kinds.
#[derive(Debug, Default)]
struct Seen {
    persons: Patterns,
    organisations: Patterns,
    /// How many pairs of persons and of organisations are no strangers by the shipped weights and the rules.
    likely: [f64; 2],
}

/// Pairs that stand for chance.
const CHANCE_PAIRS: usize = 400_000;
const ROUNDS: usize = 60;
/// The most that one aspect may say for or against, in bits.
const MOST: f64 = 14.0;
const LEAST: f64 = -6.0;
/// Of fewer matches nothing is learnt.
pub const FEWEST_MATCHES: f64 = 100.0;
/// So many times more matches than there can be by the rules are none.
const STRAYED: f64 = 3.0;
/// An aspect that fewer candidate pairs know than this keeps its shipped weight.
const TOO_FEW: f64 = 200.0;
/// A grade that fewer pairs have than this keeps its shipped weight.
const RARELY_SEEN: f64 = 10.0;

/// Estimates weights from groups of records, each a list of old and a list of new ones; a group without new ones is
/// compared with itself.
#[must_use]
pub fn estimate(groups: &[(&[Prepared], &[Prepared])]) -> Estimate {
    let (mut candidates, mut chance) = (Seen::default(), Seen::default());
    for (old, new) in groups {
        for pair in pairs_that_share(old, new) {
            candidates.add(&pair);
            candidates.judge(&pair);
        }
        pairs_by_chance(old, new).for_each(|pair| chance.add(&pair));
    }
    let mut weights = SHIPPED;
    let [likely_persons, likely_organisations] = candidates.likely;
    let persons = learn(
        (&candidates.persons, likely_persons),
        &chance.persons,
        Kind::Person,
        &mut weights.person,
    );
    let organisations = learn(
        (&candidates.organisations, likely_organisations),
        &chance.organisations,
        Kind::Organisation,
        &mut weights.organisation,
    );
    Estimate {
        weights,
        persons,
        organisations,
    }
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
            .filter(move |&candidate| !alone || candidate < number)
            .filter_map(|candidate| old.get(candidate))
            .map(|candidate| Comparison::of(candidate, record))
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

impl Seen {
    fn add(&mut self, pair: &Comparison) {
        let grades = Aspect::ALL.map(|aspect| pair.grade(aspect));
        *self.of_mut(pair.kind).entry(grades).or_default() += 1.0;
    }

    fn judge(&mut self, pair: &Comparison) {
        let [persons, organisations] = &mut self.likely;
        if decide::decide(pair, &SHIPPED, Rarity::default()).decision != Decision::New {
            *match pair.kind {
                Kind::Person => persons,
                Kind::Organisation => organisations,
            } += 1.0;
        }
    }

    fn of_mut(&mut self, kind: Kind) -> &mut Patterns {
        match kind {
            Kind::Person => &mut self.persons,
            Kind::Organisation => &mut self.organisations,
        }
    }
}

/// The weights and what they rest on, for one kind of record.
fn learn((candidates, likely): (&Patterns, f64), chance: &Patterns, kind: Kind, table: &mut [Worth; ASPECTS]) -> Basis {
    let known = Aspect::ALL.map(|aspect| {
        let pairs = candidates.iter().map(|(grades, pairs)| match grade(grades, aspect) {
            Agreement::Unknown => 0.0,
            _ => *pairs,
        });
        pairs.sum()
    });
    let mut basis = Basis {
        pairs: candidates.values().sum(),
        matches: 0.0,
        likely,
        known,
        own: [false; ASPECTS],
    };
    if candidates.is_empty() || chance.is_empty() {
        return basis;
    }
    let by_chance = counts(chance.iter().map(|(grades, pairs)| (grades, *pairs)));
    let (matching, matches) = maximise(candidates, kind);
    basis.matches = matches;
    if !basis.is_enough() {
        return basis;
    }
    let aspects = Aspect::ALL.iter().zip(table).zip(&mut basis.own).zip(basis.known);
    for ((((aspect, worth), own), known), (m, u)) in aspects.zip(matching.iter().zip(&by_chance)) {
        if known >= TOO_FEW
            && let Some(learnt) = learnt(*aspect, m, u, *worth)
        {
            (*worth, *own) = (learnt, true);
        }
    }
    basis
}

fn grade(grades: &Grades, aspect: Aspect) -> Agreement {
    grades.get(aspect as usize).copied().unwrap_or_default()
}

/// How often each grade was seen, for each aspect, each pair counting as much as it is believed.
fn counts<'a>(pairs: impl Iterator<Item = (&'a Grades, f64)>) -> Counts {
    let mut counts = [[0.0; 4]; ASPECTS];
    for (grades, belief) in pairs {
        for (grade, counts) in grades.iter().zip(&mut counts) {
            for (count, candidate) in counts.iter_mut().zip(GRADES) {
                if candidate == *grade {
                    *count += belief;
                }
            }
        }
    }
    counts
}

/// The share of each grade among those pairs that know the aspect.
fn shares(counts: &[f64; 4]) -> [f64; 4] {
    // Nothing is impossible: half a pair of each grade is taken as seen.
    let all: f64 = counts.iter().sum::<f64>() + 2.0;
    counts.map(|count| (count + 0.5) / all)
}

/// Finds how often matches have each grade, and how many matches there are.
fn maximise(pairs: &Patterns, kind: Kind) -> (Counts, f64) {
    let count: f64 = pairs.values().sum();
    // The shipped weights are the first guess, so that the two kinds cannot change places.
    let mut beliefs: Vec<f64> = pairs
        .keys()
        .map(|grades| {
            let bits: f32 = Aspect::ALL
                .iter()
                .zip(grades)
                .map(|(&aspect, grade)| SHIPPED.worth(kind, aspect).of(*grade))
                .sum();
            1.0 / (1.0 + 2.0_f64.powf(12.0 - f64::from(bits)))
        })
        .collect();
    let weighed = |beliefs: &[f64], of: fn(f64) -> f64| {
        counts(
            pairs
                .iter()
                .zip(beliefs)
                .map(|((grades, pairs), belief)| (grades, pairs * of(*belief))),
        )
    };
    let total = |beliefs: &[f64]| -> f64 { pairs.values().zip(beliefs).map(|(pairs, belief)| pairs * belief).sum() };
    for _ in 0..ROUNDS {
        let matching = weighed(&beliefs, |belief| belief).map(|counts| shares(&counts));
        let other = weighed(&beliefs, |belief| 1.0 - belief).map(|counts| shares(&counts));
        let prior = (total(&beliefs) / count).clamp(1e-4, 1.0 - 1e-4);
        let mut moved = 0.0_f64;
        for (belief, grades) in beliefs.iter_mut().zip(pairs.keys()) {
            let mut odds = prior / (1.0 - prior);
            for ((grade, m), u) in grades.iter().zip(&matching).zip(&other) {
                if let Some(at) = GRADES.iter().position(|candidate| candidate == grade) {
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
    (weighed(&beliefs, |belief| belief), total(&beliefs))
}

/// What an aspect is worth by these counts; `None` when an agreement does not speak for a match, which means that the
/// mixture has found something else than matches.
fn learnt(aspect: Aspect, matching: &[f64; 4], chance: &[f64; 4], shipped: Worth) -> Option<Worth> {
    let bits = |m: f64, u: f64| {
        #[expect(clippy::cast_possible_truncation, reason = "a few bits")]
        let bits = (m / u).log2().clamp(LEAST, MOST) as f32;
        // To a tenth, as it is shown.
        (bits * 10.0).round() / 10.0
    };
    let (m, u) = (shares(matching), shares(chance));
    let mut grades = shipped.grades();
    let mut most = f32::MAX;
    let seen = matching.iter().zip(chance).map(|(matching, chance)| matching + chance);
    for ((((own, grade), seen), m), u) in grades.iter_mut().zip(GRADES).zip(seen).zip(m).zip(u) {
        if seen >= RARELY_SEEN && !is_held(aspect, grade) {
            *own = bits(m, u);
        }
        // Less agreement is never worth more.
        *own = own.min(most);
        most = *own;
    }
    let [same, ..] = grades;
    (same > 0.0).then(|| Worth::from(grades))
}

/// What the mixture cannot see stays as shipped: see [`weights`](crate::weights).
fn is_held(aspect: Aspect, grade: Agreement) -> bool {
    match grade {
        Agreement::Different => true,
        Agreement::Loose => matches!(aspect, Aspect::Company | Aspect::Mail),
        Agreement::Unknown | Agreement::Close | Agreement::Same => false,
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
        let persons = estimate.persons.matches;
        assert!((285.0..330.0).contains(&persons), "{persons} of 300");
        assert!(estimate.is_enough() && estimate.persons.is_enough() && !estimate.organisations.is_enough());
        let worth = |aspect| estimate.weights.worth(Kind::Person, aspect);
        let last = worth(Aspect::LastName);
        assert!(
            last.same > 2.0 && last.close > 2.0 && last.same >= last.close,
            "{last:?}"
        );
        // Grades of difference are held as shipped.
        assert_eq!(last.different, SHIPPED.worth(Kind::Person, Aspect::LastName).different);
        assert!(
            worth(Aspect::Phone).same > worth(Aspect::City).same,
            "a mobile tells more than a town"
        );
        assert!(worth(Aspect::City).same > 0.5);
        // Nothing was known of these, so they are as shipped.
        assert_eq!(worth(Aspect::Birth), SHIPPED.worth(Kind::Person, Aspect::Birth));
        let own: Vec<Aspect> = Aspect::ALL
            .into_iter()
            .zip(estimate.persons.own)
            .filter_map(|(aspect, own)| own.then_some(aspect))
            .collect();
        assert!(
            own.contains(&Aspect::LastName) && own.contains(&Aspect::Phone),
            "{own:?}"
        );
        assert!(
            !own.contains(&Aspect::Birth) && !own.contains(&Aspect::Title),
            "{own:?}"
        );
        assert_eq!(estimate.weights.organisation, SHIPPED.organisation);
    }

    #[test]
    fn nothing_is_learnt_from_nothing() {
        assert_eq!(estimate(&[]).weights, SHIPPED);
        assert_eq!(estimate(&[(&[], &[])]).weights, SHIPPED);
    }

    #[test]
    fn of_too_few_matches_nothing_is_learnt() {
        let (old, new) = people();
        let estimate = estimate(&[(&old, &new[..60])]);
        assert!(estimate.persons.matches > 40.0 && !estimate.is_enough());
        assert_eq!(estimate.weights, SHIPPED);
        assert_eq!(estimate.persons.own, [false; ASPECTS]);
    }

    #[test]
    fn an_agreement_that_speaks_for_nothing_is_not_believed() {
        let shipped = SHIPPED.worth(Kind::Person, Aspect::City);
        let usual = [20.0, 10.0, 0.0, 970.0];
        assert_eq!(learnt(Aspect::City, &[2.0, 1.0, 0.0, 197.0], &usual, shipped), None);
        let worth = learnt(Aspect::City, &[100.0, 80.0, 0.0, 20.0], &usual, shipped).unwrap();
        // Close is seen more often with matches than by chance, by more than the same is: it counts as much, not more.
        assert_eq!((worth.same, worth.close), (4.6, 4.6));
        assert!(worth.loose <= worth.close && worth.different <= worth.loose);
        assert_eq!(worth.different, shipped.different);
    }

    #[test]
    fn more_matches_than_the_rules_allow_are_none() {
        let basis = Basis {
            pairs: 9_000.0,
            matches: 2_163.0,
            likely: 35.0,
            known: [9_000.0; ASPECTS],
            own: [false; ASPECTS],
        };
        assert!(basis.has_strayed() && !basis.is_enough());
        let likely = Basis {
            likely: 1_500.0,
            ..basis
        };
        assert!(!likely.has_strayed() && likely.is_enough());
    }
}
