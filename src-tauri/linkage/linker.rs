//! The index: records go in one by one, and each new one is compared with the few that share a key with it.

use std::collections::HashMap;

use compact_str::CompactString;

use crate::{
    agreement::Agreement,
    blocks::{self, Blocks},
    compare::Comparison,
    decide::{self, Decision, Rarity, Verdict},
    gist::Gist,
    record::{Kind, Prepared, Record},
    weights::{SHIPPED, Weights},
};

/// A record's number in its index, counted from 0 in the order of adding.
pub type RecordNumber = u32;

/// A record that may be the same.
#[derive(Clone, Debug)]
pub struct Match {
    pub record: RecordNumber,
    pub verdict: Verdict,
    pub comparison: Comparison,
}

/// What a record is looked up by: made once, and apart from the index, where it is searched for and then added.
#[derive(Clone, Debug)]
pub struct Traits {
    keys: Vec<u64>,
    gist: Gist,
}

impl Traits {
    /// The traits of a record.
    #[must_use]
    pub fn of(record: &Prepared) -> Self {
        Self {
            keys: blocks::keys(record),
            gist: Gist::of(record),
        }
    }
}

/// Records that new ones are compared with.
#[derive(Debug)]
pub struct Linker {
    weights: Weights,
    records: Vec<Prepared>,
    gists: Vec<Gist>,
    blocks: Blocks,
    counts: Counts,
}

/// How often values occur among the records.
#[derive(Debug, Default)]
struct Counts {
    first: HashMap<CompactString, u32>,
    last: HashMap<CompactString, u32>,
    company: HashMap<CompactString, u32>,
    /// Different names at the end of a line, up to a few.
    lines: HashMap<u64, Vec<u64>>,
}

impl Default for Linker {
    fn default() -> Self {
        Self::new(SHIPPED)
    }
}

impl Linker {
    /// An empty index that judges by these weights.
    #[must_use]
    pub fn new(weights: Weights) -> Self {
        Self {
            weights,
            records: Vec::new(),
            gists: Vec::new(),
            blocks: Blocks::default(),
            counts: Counts::default(),
        }
    }

    /// How many records it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// A record of the index, prepared.
    #[must_use]
    pub fn get(&self, number: RecordNumber) -> Option<&Prepared> {
        self.records.get(number as usize)
    }

    /// Adds a record and gives it its number.
    pub fn add(&mut self, record: &Record) -> RecordNumber {
        self.add_prepared(Prepared::of(record))
    }

    /// As [`Linker::add`], for a record that is prepared.
    pub fn add_prepared(&mut self, record: Prepared) -> RecordNumber {
        let traits = Traits::of(&record);
        self.add_with(record, &traits)
    }

    /// As [`Linker::add`], for a record whose traits are known.
    pub fn add_with(&mut self, record: Prepared, traits: &Traits) -> RecordNumber {
        let number = RecordNumber::try_from(self.records.len()).unwrap_or(RecordNumber::MAX);
        self.blocks.add(number, &traits.keys);
        self.counts.add(&record);
        self.gists.push(traits.gist);
        self.records.push(record);
        number
    }

    /// Every record that may be the same, strongest first; what is new is left out.
    #[must_use]
    pub fn find(&self, record: &Prepared) -> Vec<Match> {
        self.find_with(record, &Traits::of(record))
    }

    fn find_with(&self, record: &Prepared, traits: &Traits) -> Vec<Match> {
        let mut candidates = Vec::new();
        self.blocks.candidates(&traits.keys, &mut candidates);
        let mut found: Vec<Match> = candidates
            .into_iter()
            .filter_map(|number| {
                let (known, other) = self.get(number).zip(self.gists.get(number as usize))?;
                let names = || record.name.compare(&known.name);
                let companies = || record.company.compare(&known.company);
                if traits.gist.is_somebody_else(other, names, companies) {
                    return None;
                }
                let (comparison, verdict) = self.judge(record, known);
                (verdict.decision != Decision::New).then_some(Match {
                    record: number,
                    verdict,
                    comparison,
                })
            })
            .collect();
        found.sort_by(|a, b| {
            b.verdict
                .score
                .total_cmp(&a.verdict.score)
                .then(a.record.cmp(&b.record))
        });
        found
    }

    /// Where a new record belongs: to the record that is the same, if there is one, else to those that a person should look
    /// at. Several come back as the same when they are duplicates of each other, the strongest first. A site that only
    /// shares a part of its name with the new one is not the same where another has all of it.
    #[must_use]
    pub fn place(&self, record: &Prepared) -> Vec<Match> {
        self.place_with(record, &Traits::of(record))
    }

    /// As [`Linker::place`], for a record whose traits are known.
    #[must_use]
    pub fn place_with(&self, record: &Prepared, traits: &Traits) -> Vec<Match> {
        let mut found = self.find_with(record, traits);
        let best = found.first().filter(|best| best.verdict.decision == Decision::Same);
        if let Some(company) = best.map(|best| best.comparison.company) {
            found.retain(|other| {
                let is_part = other.comparison.kind == Kind::Organisation && other.comparison.company < company;
                other.verdict.decision == Decision::Same && !is_part
            });
        }
        found
    }

    /// Compares and decides one pair.
    #[must_use]
    pub fn judge(&self, a: &Prepared, b: &Prepared) -> (Comparison, Verdict) {
        let comparison = Comparison::of(a, b);
        let rarity = self.counts.rarity(&comparison, a, b);
        (comparison, decide::decide(&comparison, &self.weights, rarity))
    }
}

impl Counts {
    fn add(&mut self, record: &Prepared) {
        let count = |counts: &mut HashMap<CompactString, u32>, value: &str| {
            if !value.is_empty() {
                match counts.get_mut(value) {
                    Some(seen) => *seen += 1,
                    None => {
                        counts.insert(value.into(), 1);
                    }
                }
            }
        };
        count(&mut self.first, &record.name.first);
        count(&mut self.last, &record.name.last);
        count(&mut self.company, &record.company.joined);
        let holder = crate::text::key(0, &[&record.name.first, &record.name.last]);
        for line in &record.lines {
            let holders = self.lines.entry(line.ending()).or_default();
            if holders.len() < 4 && !holders.contains(&holder) {
                holders.push(holder);
            }
        }
    }

    /// How rare the values are that two records share.
    fn rarity(&self, comparison: &Comparison, a: &Prepared, b: &Prepared) -> Rarity {
        let rare = |counts: &HashMap<CompactString, u32>, value: &str, grade: Agreement| {
            if grade == Agreement::Same {
                usual(counts, value)
            } else {
                0.0
            }
        };
        let holders = if comparison.phone == Agreement::Same {
            a.lines
                .iter()
                .filter(|line| b.lines.iter().any(|other| line.same(*other)))
                .filter_map(|line| self.lines.get(&line.ending()))
                .map(Vec::len)
                .min()
                .unwrap_or_default()
        } else {
            0
        };
        Rarity {
            first: rare(&self.first, &a.name.first, comparison.name.first),
            last: rare(&self.last, &a.name.last, comparison.name.last),
            company: rare(&self.company, &a.company.joined, comparison.company),
            line_holders: u32::try_from(holders).unwrap_or(u32::MAX),
        }
    }
}

/// By how many bits a value is rarer (more than 0) or commoner (less) than the usual one.
fn usual(counts: &HashMap<CompactString, u32>, value: &str) -> f32 {
    let (Some(&seen), true) = (counts.get(value), counts.len() > 50) else {
        return 0.0;
    };
    #[expect(clippy::cast_precision_loss, reason = "counts of names")]
    let (seen, kinds) = (seen as f32, counts.len() as f32);
    // A name among a thousand is the yardstick: the weights are for that.
    let share = seen / (kinds * 3.0);
    (-(share * 400.0).log2() * 0.5).clamp(-3.0, 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(company: &str, street: &str, phone: &str) -> Record {
        Record {
            company: company.to_owned(),
            street: street.to_owned(),
            phones: vec![phone.to_owned()],
            ..Record::default()
        }
    }

    fn person(first: &str, last: &str, email: &str) -> Record {
        Record {
            first_name: first.to_owned(),
            last_name: last.to_owned(),
            emails: vec![email.to_owned()],
            ..Record::default()
        }
    }

    #[test]
    fn a_record_is_placed_with_all_that_are_the_same_and_without_the_doubtful() {
        let mut linker = Linker::default();
        let first = linker.add(&person("Jane", "Doe", "jane@acme.com"));
        let twin = linker.add(&person("Jane", "Doe", "jane@acme.com"));
        linker.add(&person("J.", "Doe", "jdoe@acme.com"));
        let new = Prepared::of(&person("Jane", "Doe", "JANE@acme.com"));
        let mut numbers: Vec<RecordNumber> = linker.place(&new).iter().map(|found| found.record).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, [first, twin]);
        assert_eq!(linker.find(&new).len(), 3);
    }

    #[test]
    fn a_part_of_a_name_is_not_the_same_where_the_whole_is_there() {
        let mut linker = Linker::default();
        let cafe = linker.add(&site(
            "Cafe Ritz-Carlton Buckhead",
            "3434 Peachtree Rd.",
            "404/237-2700",
        ));
        linker.add(&site(
            "Dining Room Ritz-Carlton Buckhead",
            "3434 Peachtree Rd.",
            "404/237-2700",
        ));
        let new = Prepared::of(&site(
            "Ritz-Carlton Cafe (Buckhead)",
            "3434 Peachtree Rd. NE",
            "404-237-2700",
        ));
        let found = linker.place(&new);
        assert_eq!(found.iter().map(|found| found.record).collect::<Vec<_>>(), [cafe]);
    }

    #[test]
    fn an_empty_record_is_like_none() {
        let mut linker = Linker::default();
        linker.add(&Record::default());
        assert!(linker.find(&Prepared::of(&Record::default())).is_empty());
        assert_eq!(linker.len(), 1);
        assert!(!linker.is_empty());
    }

    #[test]
    fn a_line_that_many_share_is_no_second_fact() {
        let with_phone = |first: &str, last: &str| Record {
            company: "Acme".to_owned(),
            phones: vec!["+44 20 7946 0018".to_owned()],
            ..person(first, last, "")
        };
        let mut linker = Linker::default();
        linker.add(&with_phone("Jane", "Doe"));
        let new = Prepared::of(&with_phone("Jane", "Doe"));
        let decision = |linker: &Linker| linker.place(&new).first().map(|found| found.verdict.decision);
        assert_eq!(decision(&linker), Some(Decision::Same));
        for (first, last) in [("Max", "Roe"), ("Ada", "Poe"), ("Leo", "Noe")] {
            linker.add(&with_phone(first, last));
        }
        assert_eq!(decision(&linker), Some(Decision::Review));
    }
}
