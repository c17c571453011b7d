//! What happened, as lines: the last of them for a person, all of them as one number, so that two runs can be compared.

use std::{
    collections::{BTreeMap, VecDeque, hash_map::DefaultHasher},
    hash::{Hash, Hasher},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// How many lines are kept.
const TAIL: usize = 80;

/// The record of one run. Clones write the same one.
#[derive(Clone, Debug, Default)]
pub struct Trace(Arc<Mutex<Record>>);

#[derive(Debug, Default)]
struct Record {
    /// Whether lines are printed as they happen.
    aloud: bool,
    hasher: DefaultHasher,
    events: u64,
    tail: VecDeque<String>,
    faults: BTreeMap<&'static str, u64>,
}

impl Trace {
    /// A record that prints its lines as they happen: for a run that does not end.
    pub fn aloud(aloud: bool) -> Self {
        let trace = Self::default();
        trace.record().aloud = aloud;
        trace
    }

    /// Something happened.
    pub fn line(&self, line: String) {
        let mut record = self.record();
        if record.aloud {
            eprintln!("{:6} {line}", record.events);
        }
        line.hash(&mut record.hasher);
        record.events += 1;
        if record.tail.len() == TAIL {
            record.tail.pop_front();
        }
        record.tail.push_back(line);
    }

    /// Something went wrong on purpose, so many times.
    pub fn fault(&self, kind: &'static str, times: u64) {
        if times > 0 {
            *self.record().faults.entry(kind).or_default() += times;
        }
    }

    pub fn hash(&self) -> u64 {
        self.record().hasher.finish()
    }

    pub fn events(&self) -> u64 {
        self.record().events
    }

    pub fn faults(&self) -> BTreeMap<&'static str, u64> {
        self.record().faults.clone()
    }

    pub fn tail(&self) -> Vec<String> {
        self.record().tail.iter().cloned().collect()
    }

    fn record(&self) -> MutexGuard<'_, Record> {
        // A line is written whole or not at all.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A number for some bytes that are too many for a line.
pub fn digest(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}
