//! Duplicates within one set of records: pairs, and what follows from pairs.
//!
//! If A is B and B is C then A is C, even where A and C share too little to say so by themselves: a bridge. Bridges are
//! drawn from what is certain only, and never across a contradiction.

use std::collections::HashMap;

use crate::{
    agreement::Agreement,
    compare::Comparison,
    decide::{Decision, Verdict},
    linker::{Linker, RecordNumber},
    record::Record,
};

/// Two records of one set that may be the same.
#[derive(Clone, Debug)]
pub struct Pair {
    pub a: RecordNumber,
    pub b: RecordNumber,
    pub verdict: Verdict,
    pub comparison: Comparison,
    /// The record through which they are the same, where they do not say so themselves.
    pub bridge: Option<RecordNumber>,
}

/// A group that grew larger than this is no person any more, and no bridges are drawn in it.
const LARGEST: usize = 30;

/// Adds the records to the index and returns every pair that may be the same, bridges included.
pub fn dedupe(linker: &mut Linker, records: &[Record]) -> Vec<Pair> {
    let mut pairs: Vec<Pair> = Vec::new();
    let first = linker.len();
    for record in records {
        linker.add(record);
    }
    for number in first..linker.len() {
        let Some((number, record)) = RecordNumber::try_from(number)
            .ok()
            .and_then(|n| Some((n, linker.get(n)?)))
        else {
            continue;
        };
        // Every pair is met from both ends; the later record keeps it.
        for found in linker.find(record).into_iter().filter(|found| found.record < number) {
            pairs.push(Pair {
                a: found.record,
                b: number,
                verdict: found.verdict,
                comparison: found.comparison,
                bridge: None,
            });
        }
    }
    bridge(linker, &mut pairs);
    pairs
}

/// Joins what is the same as the same, strongest first.
fn bridge(linker: &Linker, pairs: &mut Vec<Pair>) {
    let mut certain: Vec<(f32, RecordNumber, RecordNumber)> = pairs
        .iter()
        .filter(|pair| pair.verdict.decision == Decision::Same)
        .map(|pair| (pair.verdict.score, pair.a, pair.b))
        .collect();
    certain.sort_by(|x, y| y.0.total_cmp(&x.0).then((x.1, x.2).cmp(&(y.1, y.2))));
    let mut group_of: HashMap<RecordNumber, usize> = HashMap::new();
    let mut groups: Vec<Vec<RecordNumber>> = Vec::new();
    for &(_, a, b) in &certain {
        let mut group = |record| {
            *group_of.entry(record).or_insert_with(|| {
                groups.push(vec![record]);
                groups.len() - 1
            })
        };
        let (one, other) = (group(a), group(b));
        if one == other {
            continue;
        }
        let size = |at: usize| groups.get(at).map_or(0, Vec::len);
        if size(one) + size(other) > LARGEST {
            continue;
        }
        let moved = groups.get_mut(other).map(std::mem::take).unwrap_or_default();
        for record in &moved {
            group_of.insert(*record, one);
        }
        if let Some(kept) = groups.get_mut(one) {
            kept.extend(moved);
        }
    }
    let known: HashMap<(RecordNumber, RecordNumber), usize> = pairs
        .iter()
        .enumerate()
        .map(|(at, pair)| ((pair.a, pair.b), at))
        .collect();
    let weakest: HashMap<(RecordNumber, RecordNumber), f32> =
        certain.iter().map(|&(score, a, b)| ((a, b), score)).collect();
    let link = |a: RecordNumber, b: RecordNumber| weakest.get(&(a.min(b), a.max(b))).copied();
    for members in groups {
        for (at, &one) in members.iter().enumerate() {
            for &other in members.iter().skip(at + 1) {
                let (a, b) = (one.min(other), one.max(other));
                if link(a, b).is_some() {
                    continue;
                }
                let Some((mine, theirs)) = linker.get(a).zip(linker.get(b)) else {
                    continue;
                };
                let (comparison, _) = linker.judge(mine, theirs);
                if contradicts(&comparison) {
                    continue;
                }
                let through = members
                    .iter()
                    .filter_map(|&middle| Some((middle, link(a, middle)?.min(link(middle, b)?))))
                    .max_by(|x, y| x.1.total_cmp(&y.1));
                let Some((middle, score)) = through else {
                    continue;
                };
                let bridged = Pair {
                    a,
                    b,
                    verdict: Verdict {
                        decision: Decision::Same,
                        score: crate::decide::SAME_FROM + (score - crate::decide::SAME_FROM) * 0.5,
                    },
                    comparison,
                    bridge: Some(middle),
                };
                match known.get(&(a, b)).and_then(|&at| pairs.get_mut(at)) {
                    Some(pair) => *pair = bridged,
                    None => pairs.push(bridged),
                }
            }
        }
    }
}

/// Whether something forbids that two records are one, whatever lies between them.
fn contradicts(comparison: &Comparison) -> bool {
    comparison.name.generation_differs
        || comparison.noticed.numbered_mail
        || comparison.name.first == Agreement::Different
        || comparison.identifier == Agreement::Different
        || comparison.profile == Agreement::Different
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(first: &str, last: &str, email: &str, mobile: &str, birth: &str) -> Record {
        Record {
            first_name: first.to_owned(),
            last_name: last.to_owned(),
            emails: vec![email.to_owned()],
            mobiles: vec![mobile.to_owned()],
            birth_date: birth.to_owned(),
            ..Record::default()
        }
    }

    #[test]
    fn what_is_the_same_as_one_record_is_the_same() {
        let records = [
            person("Jane", "Doe", "jane@acme.com", "", ""),
            person("Jane", "Doe", "jane@acme.com", "+44 7911 123456", ""),
            person("Jane", "", "", "+44 7911 123456", "1971-06-24"),
            person("Jane", "Doe", "", "", "1971-06-24"),
            person("Max", "Doe", "max@acme.com", "", "1971-06-24"),
        ];
        let pairs = dedupe(&mut Linker::default(), &records);
        let found = |a, b| pairs.iter().find(|pair| (pair.a, pair.b) == (a, b));
        assert_eq!(found(0, 1).unwrap().verdict.decision, Decision::Same);
        assert_eq!(found(0, 1).unwrap().bridge, None);
        assert!(
            pairs
                .iter()
                .all(|pair| pair.b != 4 || pair.verdict.decision != Decision::Same)
        );
        for pair in pairs.iter().filter(|pair| pair.bridge.is_some()) {
            assert!(pair.verdict.score >= crate::decide::SAME_FROM);
        }
    }

    #[test]
    fn no_bridge_leads_over_a_contradiction() {
        // The son's record has the father's mailbox in one of his two addresses.
        let mut between = person("John", "Doe", "john@doe-family.com", "+44 7911 123456", "");
        between.emails.push("john.doe@acme.com".to_owned());
        let mut son = person("John", "Doe Jr", "john@doe-family.com", "", "");
        son.mobiles = vec!["+44 7911 123456".to_owned()];
        let father = person("John", "Doe Sr", "john.doe@acme.com", "", "");
        let pairs = dedupe(&mut Linker::default(), &[father, between, son]);
        assert!(
            pairs
                .iter()
                .all(|pair| (pair.a, pair.b) != (0, 2) || pair.verdict.decision != Decision::Same)
        );
    }
}
