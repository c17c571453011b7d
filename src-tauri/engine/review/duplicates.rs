//! Duplicates among the tickets that are here.
//!
//! A look compares what was changed since the last one with everybody who is open; closed tickets are history, and whoever
//! comes back after a lost deal is no duplicate. Suspects wait in the queue, two by two; tickets that are linked by several
//! questions are shown as one group. A machine never merges tickets that are here, however certain it is.
//!
//! The index is built anew for each look and forgotten after it: a hundred thousand tickets take a second, and keeping them
//! in memory all day would cost more than that.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use domain::TicketId;
use linkage::{Decision, Evidence, Linker, Record, RecordNumber};
use serde::{Deserialize, Serialize};
use store::{NewReview, Pair, Reader, ReviewPayload, ReviewReason};

use crate::{Engine, views::DuplicatesFound};

/// How far the last look came.
const CURSOR: &str = "duplicates";

/// The source of what is found here.
const SOURCE: &str = "Leadline";

/// The most questions of one look, the strongest first: nobody answers more in a week, and the next look finds the rest.
const MOST: usize = 2_000;

/// See [`CURSOR`].
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Cursor {
    /// Changes up to this moment were looked at.
    until: Option<DateTime<Utc>>,
}

/// Two tickets that may be one.
struct Suspects {
    pair: (TicketId, TicketId),
    score: f32,
    evidence: String,
    certain: bool,
}

impl Engine {
    /// Looks for duplicates of what was changed since the last look, among all open tickets. Takes a second for a hundred
    /// thousand of them, so it is nothing for a click.
    ///
    /// # Errors
    /// The store's failures.
    pub fn find_duplicates(&self) -> anyhow::Result<DuplicatesFound> {
        let cursor: Cursor = self.store().setting_get(CURSOR)?.unwrap_or_default();
        let open = self.store().read(|reader| reader.open_tickets())?;
        let changed: BTreeSet<TicketId> = open
            .iter()
            .filter(|(_, at)| cursor.until.is_none_or(|until| **at > until))
            .map(|(ticket, _)| *ticket)
            .collect();
        let Some(until) = open.values().max().copied().filter(|_| !changed.is_empty()) else {
            return Ok(DuplicatesFound::default());
        };
        let mut suspects = self.store().read(|reader| suspects(reader, &open, &changed))?;
        let complete = suspects.len() <= MOST;
        suspects.truncate(MOST);
        let written = self.store().write_quiet(self.now(), |w| -> anyhow::Result<u32> {
            let mut found = BTreeSet::new();
            let mut new = 0;
            for suspects in &suspects {
                let (one, other) = suspects.pair;
                // Something may have become of them since they were read.
                if w.card(one)?.is_none() || w.card(other)?.is_none() {
                    continue;
                }
                found.insert(Pair::of(one, other));
                let asked = w.reviews_of(one)?;
                let is_asked = asked
                    .iter()
                    .any(|item| item.ticket == Some(one.min(other)) && item.other == Some(one.max(other)));
                let opened = w.open_review(&NewReview {
                    reason: ReviewReason::PossibleDuplicate,
                    ticket: Some(one),
                    other: Some(other),
                    import: None,
                    payload: ReviewPayload::default(),
                    evidence: vec![suspects.evidence.clone()],
                    source: SOURCE.to_owned(),
                    certain: suspects.certain,
                })?;
                new += u32::from(opened.is_some() && !is_asked);
            }
            if complete {
                withdraw(w, &changed, &found)?;
                w.setting_set(CURSOR, &Cursor { until: Some(until) })?;
            }
            Ok(new)
        })?;
        self.publish(written.changes);
        Ok(DuplicatesFound {
            looked_at: u32::try_from(changed.len()).unwrap_or(u32::MAX),
            new: written.value,
        })
    }
}

/// Everybody who is open, compared with what was changed. The strongest come first.
fn suspects(
    reader: &Reader<'_>,
    open: &BTreeMap<TicketId, DateTime<Utc>>,
    changed: &BTreeSet<TicketId>,
) -> anyhow::Result<Vec<Suspects>> {
    let mut linker = Linker::default();
    let mut tickets: Vec<TicketId> = Vec::with_capacity(open.len());
    reader.each_person(&Record::FIELDS, |ticket, held| -> anyhow::Result<()> {
        if open.contains_key(&ticket) {
            linker.add(&Record::from_values(held.iter().map(|(field, value)| (*field, value))));
            tickets.push(ticket);
        }
        Ok(())
    })?;
    let mut found = Vec::new();
    for (number, ticket) in tickets.iter().enumerate() {
        let record = RecordNumber::try_from(number)
            .ok()
            .and_then(|number| linker.get(number));
        let Some(record) = record.filter(|_| changed.contains(ticket)) else {
            continue;
        };
        for hit in linker.find(record) {
            let (Some(other), Some(known)) = (tickets.get(hit.record as usize), linker.get(hit.record)) else {
                continue;
            };
            // Two that were both changed meet twice.
            if other == ticket || (changed.contains(other) && other < ticket) {
                continue;
            }
            found.push(Suspects {
                pair: (*ticket, *other),
                score: hit.verdict.score,
                evidence: sentence(&Evidence::of(&hit.comparison, record, known).line()),
                certain: hit.verdict.decision == Decision::Same,
            });
        }
    }
    found.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.pair.cmp(&b.pair)));
    Ok(found)
}

/// Questions about tickets that were changed, and by that are no longer like each other, are closed.
fn withdraw(
    w: &mut store::Writer<'_>,
    changed: &BTreeSet<TicketId>,
    found: &BTreeSet<Pair>,
) -> Result<(), store::Error> {
    for ticket in changed {
        for item in w.reviews_of(*ticket)? {
            let (Some(one), Some(other)) = (item.ticket, item.other) else {
                continue;
            };
            if item.source == SOURCE && !found.contains(&Pair::of(one, other)) {
                w.decide_review(item.id, store::Decision::Moot)?;
            }
        }
    }
    Ok(())
}

/// "same e-mail address, same name" as a sentence.
fn sentence(line: &str) -> String {
    let mut letters = line.chars();
    match letters.next() {
        Some(first) => format!("{}{}.", first.to_uppercase(), letters.as_str()),
        None => String::new(),
    }
}
