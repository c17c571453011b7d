//! Duplicates among the tickets that are here; [`contacts`](super::contacts) does the same for contacts.
//!
//! A look compares what was changed since the last one with everybody who is open; closed tickets are history, and whoever
//! comes back after a lost deal is no duplicate. Suspects wait in the queue, two by two; tickets that are linked by several
//! questions are shown as one group. A machine never merges tickets that are here, however certain it is.
//!
//! What was changed is kept by the store, ticket by ticket with the number of the write that changed it, so nothing is
//! missed: not two writes of the same millisecond, not a clock that was set back, not a change while a look is on its
//! way. A look opens so many questions at the most, the strongest first; tickets with others left wait for the next
//! look, which finds these and goes on.
//!
//! The index is built anew for each look and forgotten after it: a hundred thousand tickets take a second, and keeping them
//! in memory all day would cost more than that.

use std::collections::BTreeSet;

use domain::TicketId;
use linkage::{Decision, Evidence, Linker, Record, RecordNumber};
use store::{NewReview, Pair, Reader, ReviewPayload, ReviewReason};

use crate::{Engine, views::DuplicatesFound, weights};

/// The source of what is found here.
pub(super) const SOURCE: &str = "Leadline";

/// The most new questions of one look: nobody answers more in a week.
const MOST: u32 = 2_000;

/// Two tickets that may be one.
struct Suspects {
    pair: (TicketId, TicketId),
    score: f32,
    evidence: String,
    certain: bool,
}

impl Engine {
    /// Looks for duplicates of what was changed since the last look, among all open tickets and all contacts. Takes a second for a hundred
    /// thousand of them, so it is nothing for a click.
    ///
    /// # Errors
    /// The store's failures.
    pub fn find_duplicates(&self) -> anyhow::Result<DuplicatesFound> {
        let tickets = self.look_for_duplicates(MOST)?;
        let contacts = self.look_for_duplicate_contacts(MOST)?;
        Ok(DuplicatesFound {
            contacts: contacts.contacts,
            new: tickets.new + contacts.new,
            ..tickets
        })
    }

    pub(super) fn look_for_duplicates(&self, most: u32) -> anyhow::Result<DuplicatesFound> {
        let due = self.store().read(|reader| reader.to_compare())?;
        if due.is_empty() {
            return Ok(DuplicatesFound::default());
        }
        let (due, changed, suspects) = self.store().read(|reader| -> anyhow::Result<_> {
            let due = reader.to_compare()?;
            let open = reader.open_tickets()?;
            let changed: BTreeSet<TicketId> = due.keys().copied().filter(|ticket| open.contains(ticket)).collect();
            let suspects = if changed.is_empty() {
                Vec::new()
            } else {
                suspects(reader, &open, &changed)?
            };
            Ok((due, changed, suspects))
        })?;
        let written = self.store().write_quiet(self.now(), |w| -> anyhow::Result<u32> {
            let mut found = BTreeSet::new();
            let mut left = BTreeSet::new();
            let mut new = 0;
            for suspects in &suspects {
                let (one, other) = suspects.pair;
                let pair = Pair::of(one, other);
                // Something may have become of them since they were read.
                if w.card(one)?.is_none() || w.card(other)?.is_none() || w.is_not_same(&pair)? {
                    continue;
                }
                found.insert(pair);
                let asked = w.reviews_of(one)?;
                let is_asked = asked
                    .iter()
                    .any(|item| item.ticket == Some(one.min(other)) && item.other == Some(one.max(other)));
                if !is_asked && new >= most {
                    left.insert(one);
                    continue;
                }
                let opened = w.open_review(&NewReview {
                    reason: ReviewReason::PossibleDuplicate,
                    ticket: Some(one),
                    other: Some(other),
                    contacts: None,
                    import: None,
                    payload: ReviewPayload::default(),
                    evidence: vec![suspects.evidence.clone()],
                    source: SOURCE.to_owned(),
                    certain: suspects.certain,
                })?;
                new += u32::from(opened.is_some() && !is_asked);
            }
            withdraw(w, &changed, &found)?;
            // Who is closed is compared when they are opened again.
            for (ticket, seq) in due.iter().filter(|(ticket, _)| !left.contains(ticket)) {
                w.compared(*ticket, *seq)?;
            }
            Ok(new)
        })?;
        self.publish(written.changes);
        Ok(DuplicatesFound {
            looked_at: u32::try_from(changed.len()).unwrap_or(u32::MAX),
            contacts: 0,
            new: written.value,
        })
    }
}

/// Everybody who is open, compared with what was changed. The strongest come first.
fn suspects(
    reader: &Reader<'_>,
    open: &BTreeSet<TicketId>,
    changed: &BTreeSet<TicketId>,
) -> anyhow::Result<Vec<Suspects>> {
    let mut linker = Linker::new(weights::in_use(reader)?);
    let mut tickets: Vec<TicketId> = Vec::with_capacity(open.len());
    reader.each_person(&Record::FIELDS, |ticket, held| -> anyhow::Result<()> {
        if open.contains(&ticket) {
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
pub(super) fn sentence(line: &str) -> String {
    let mut letters = line.chars();
    match letters.next() {
        Some(first) => format!("{}{}.", first.to_uppercase(), letters.as_str()),
        None => String::new(),
    }
}
