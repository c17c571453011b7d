//! The review queue: what a person must decide, with everything that is needed to decide it, and what the decision does.
//!
//! Model. An entry of the queue is an item of its own (a suspected duplicate, a row of an import), a conflict, or a refused
//! change; the latter two stay where they are and are decided by the operations that there are for them. Of an item only
//! the incoming side is kept; what is here is read when it is looked at, so a decision is always about what is.
//!
//! [`detail`] puts the two sides beside each other and recommends; [`decide`] does what was decided, as one operation
//! that undo takes back together with the decision; [`duplicates`] finds suspects among the tickets that are here, and
//! [`contacts`] among contacts.
//!
//! Accepting many at once does to each of them exactly what accepting it alone does, in one operation. What is not certain
//! is left out of it: that is what the queue is for.

mod contacts;
mod decide;
mod detail;
mod duplicates;
#[cfg(test)]
#[expect(
    clippy::indexing_slicing,
    reason = "a test that meets the unexpected should stop where it does"
)]
mod tests;

use std::collections::BTreeMap;

use chrono::TimeDelta;
use domain::{AgentId, NotSameId, OperationId};
use store::{Pair, Reader, ReviewEntry, ReviewFilter, ReviewKey, ReviewPlace, ReviewReason};

use crate::{
    Engine, Problem, labels,
    operations::done,
    settings,
    views::{
        BulkGroup, BulkPreview, Done, NotSameView, Pick, ReasonCount, ReviewAction, ReviewCounts, ReviewDecision,
        ReviewDetail, ReviewQuery, ReviewRow,
    },
};

/// Entries of a page, when nobody says how many; and the most there can be.
const PAGE: u32 = 100;
const LARGEST_PAGE: u32 = 500;
/// The most that is accepted at once.
const LARGEST_BULK: u32 = 1_000;
/// Named in a preview, of each group.
const EXAMPLES: usize = 5;

impl Engine {
    /// A page of the queue, longest waiting first.
    ///
    /// # Errors
    /// The store's failures.
    pub fn review_queue(&self, query: &ReviewQuery) -> anyhow::Result<Vec<ReviewRow>> {
        let limit = match query.limit {
            0 => PAGE,
            limit => limit.min(LARGEST_PAGE),
        };
        let filter = self.review_filter(query);
        let entries = self
            .store()
            .read(|reader| reader.review_queue(&filter, query.offset, limit))?;
        Ok(entries.into_iter().map(row_of).collect())
    }

    fn review_filter(&self, query: &ReviewQuery) -> ReviewFilter {
        ReviewFilter {
            reason: query.reason,
            source: query.source.clone(),
            opened_before: query
                .older_than_days
                .and_then(|days| self.now().checked_sub_signed(TimeDelta::days(i64::from(days)))),
            assigned_to: query.assigned_to,
        }
    }

    /// How many entries wait.
    ///
    /// # Errors
    /// The store's failures.
    pub fn review_counts(&self) -> anyhow::Result<ReviewCounts> {
        let me = self.preferences()?.me;
        self.store().read(|reader| {
            let counted = reader.review_counts(me)?;
            let of = |reason| counted.iter().find(|count| count.reason == reason);
            Ok(ReviewCounts {
                total: counted.iter().map(|count| count.count).sum(),
                mine: counted.iter().map(|count| count.mine).sum(),
                reasons: ReviewReason::ALL
                    .into_iter()
                    .filter_map(|reason| {
                        let count = of(reason)?.count;
                        Some(ReasonCount { reason, count })
                    })
                    .collect(),
                sources: reader.review_sources()?,
            })
        })
    }

    /// Everything that is needed to decide an entry.
    ///
    /// # Errors
    /// [`Problem::NotFound`] when it is decided, or there is none of that name.
    pub fn review_detail(&self, key: &ReviewKey) -> anyhow::Result<ReviewDetail> {
        self.store().read(|reader| {
            let sight = detail::look(reader, self.workflow(), key)?;
            Ok(sight.detail)
        })
    }

    /// Does what was decided.
    ///
    /// # Errors
    /// [`Problem::NotFound`] when it was decided meanwhile; [`Problem::Refused`] for an action that the entry does not have;
    /// what the action itself says.
    pub fn decide_review(&self, key: &ReviewKey, decision: &ReviewDecision) -> anyhow::Result<Done> {
        // Giving up and creating anew have operations of their own; they are not part of any other.
        if let Some(ReviewPlace::Outbox(entry)) = key.place() {
            let action = match decision.action {
                ReviewAction::Accept => self.review_detail(key)?.recommendation.action,
                action => action,
            };
            match action {
                ReviewAction::Discard => return self.discard_entry(entry),
                ReviewAction::Recreate => return self.recreate_entry(entry),
                _ => {}
            }
        }
        let preferences = self.preferences()?;
        let context = self.input_context(&preferences);
        let mut label = String::new();
        let operated = self.operate("decide_review", preferences.me, |w| {
            label = decide::decide(w, self.workflow(), preferences.me, &context, key, decision)?;
            w.relabel(label.clone());
            Ok(())
        })?;
        self.inner.sync.try_again();
        Ok(Done {
            // Trying a refused change again is nothing that could be undone.
            operation: operated.operation.unwrap_or(OperationId(0)),
            label,
        })
    }

    /// What accepting everything that a query finds would do.
    ///
    /// # Errors
    /// The store's failures.
    pub fn review_bulk_preview(&self, query: &ReviewQuery) -> anyhow::Result<BulkPreview> {
        let filter = self.review_filter(query);
        self.store().read(|reader| {
            let entries = reader.review_queue(&filter, query.offset, LARGEST_BULK)?;
            let waiting: u32 = match &filter {
                all if *all == ReviewFilter::default() => {
                    reader.review_counts(None)?.iter().map(|count| count.count).sum()
                }
                _ => u32::try_from(entries.len()).unwrap_or(u32::MAX),
            };
            let mut preview = BulkPreview {
                more: waiting.saturating_sub(LARGEST_BULK),
                ..BulkPreview::default()
            };
            let mut groups: BTreeMap<(ReviewReason, ReviewAction), BulkGroup> = BTreeMap::new();
            for entry in entries {
                let sight = detail::look(reader, self.workflow(), &entry.key)?;
                if !sight.sure {
                    preview.left_out += 1;
                    continue;
                }
                let action = sight.detail.recommendation.action;
                let group = groups.entry((entry.reason, action)).or_insert_with(|| BulkGroup {
                    reason: entry.reason,
                    action,
                    count: 0,
                    examples: Vec::new(),
                });
                group.count += 1;
                if group.examples.len() < EXAMPLES {
                    group
                        .examples
                        .push(format!("{}: {}", entry.label, sight.detail.recommendation.text));
                }
                preview.keys.push(entry.key);
            }
            preview.groups = groups.into_values().collect();
            Ok(preview)
        })
    }

    /// Accepts what is recommended for each of these, as one operation. What was decided meanwhile is passed over.
    ///
    /// # Errors
    /// What the first decision that cannot be done says; then none is.
    pub fn review_bulk_accept(&self, keys: &[ReviewKey]) -> anyhow::Result<Done> {
        let preferences = self.preferences()?;
        let context = self.input_context(&preferences);
        let accept = ReviewDecision {
            action: ReviewAction::Accept,
            picks: BTreeMap::new(),
            edits: BTreeMap::new(),
        };
        let mut label = String::new();
        let operated = self.operate("decide_review", preferences.me, |w| {
            let mut labels = Vec::new();
            for key in keys {
                match decide::decide(w, self.workflow(), preferences.me, &context, key, &accept) {
                    Ok(label) => labels.push(label),
                    Err(error) if matches!(error.downcast_ref(), Some(Problem::NotFound { .. })) => {}
                    Err(error) => return Err(error),
                }
            }
            label = match labels.as_slice() {
                [] => "Nothing was left to decide".to_owned(),
                [only] => only.clone(),
                many => format!("Accepted {} decisions", many.len()),
            };
            w.relabel(label.clone());
            Ok(())
        })?;
        self.inner.sync.try_again();
        Ok(Done {
            // Trying a refused change again is nothing that could be undone.
            operation: operated.operation.unwrap_or(OperationId(0)),
            label,
        })
    }

    /// Gives entries to an agent, or to nobody.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for an agent or a name that is none.
    pub fn assign_review(&self, keys: &[ReviewKey], agent: Option<AgentId>) -> anyhow::Result<Done> {
        let me = self.preferences()?.me;
        let mut label = String::new();
        let operated = self.operate("assign_review", me, |w| {
            let to = match agent {
                Some(agent) => {
                    let missing = || Problem::NotFound {
                        what: format!("agent {agent}"),
                    };
                    w.agent(agent)?.ok_or_else(missing)?.name
                }
                None => "nobody".to_owned(),
            };
            let mut given = 0_usize;
            for key in keys {
                if key.place().is_none() {
                    return Err(no_entry().into());
                }
                given += usize::from(w.assign_review(key, agent)?);
            }
            label = match given {
                1 => format!("Gave 1 decision to {to}"),
                given => format!("Gave {given} decisions to {to}"),
            };
            w.relabel(label.clone());
            Ok(())
        })?;
        Ok(done(&operated, label))
    }

    /// What a person keeps apart for ever, newest first.
    ///
    /// # Errors
    /// The store's failures.
    pub fn kept_apart(&self) -> anyhow::Result<Vec<NotSameView>> {
        self.store().read(|reader| {
            let rows = reader.kept_apart()?;
            rows.into_iter()
                .map(|row| {
                    let [left, right] = match &row.pair {
                        Pair::Tickets(one, other) => [name_of(reader, *one)?, name_of(reader, *other)?],
                        Pair::Key(ticket, key) => [name_of(reader, *ticket)?, in_words(key)],
                        Pair::Contacts(one, other) => {
                            let name = |contact| -> Result<String, store::Error> {
                                let row = reader.contact(contact)?;
                                Ok(row.map_or_else(
                                    || format!("Contact {contact}"),
                                    |row| format!("contact {}", row.name),
                                ))
                            };
                            [name(*one)?, name(*other)?]
                        }
                    };
                    Ok(NotSameView {
                        id: row.id,
                        left,
                        right,
                        at: row.at,
                        by: row.by,
                    })
                })
                .collect()
        })
    }

    /// Says that two tickets are not the same, which is remembered.
    ///
    /// # Errors
    /// [`Problem::NotFound`] when one of them is not here; [`Problem::Refused`] for one ticket alone.
    pub fn keep_apart(&self, one: domain::TicketId, other: domain::TicketId) -> anyhow::Result<Done> {
        let me = self.preferences()?.me;
        if one == other {
            return Err(Problem::Refused {
                reason: "Name two tickets.".to_owned(),
            }
            .into());
        }
        let mut label = String::new();
        let operated = self.operate("keep_apart", me, |w| {
            let names = [one, other].map(|ticket| crate::operations::card(w, ticket).map(|card| labels::ticket(&card)));
            let [one_name, other_name] = names;
            label = format!("{} is not {}", one_name?, other_name?);
            w.relabel(label.clone());
            w.keep_apart(&Pair::of(one, other))?;
            Ok(())
        })?;
        Ok(done(&operated, label))
    }

    /// Forgets that two are not the same: they may be found to be one again.
    ///
    /// # Errors
    /// [`Problem::NotFound`] when that is not remembered.
    pub fn take_back_apart(&self, pair: NotSameId) -> anyhow::Result<Done> {
        let me = self.preferences()?.me;
        let label = "Forgot that two are not the same".to_owned();
        let operated = self.operate("take_back_apart", me, |w| {
            w.relabel(label.clone());
            w.take_back_apart(pair).map_err(|error| match error {
                store::Error::NotFound { .. } => no_entry().into(),
                other => anyhow::Error::from(other),
            })
        })?;
        Ok(done(&operated, label))
    }
}

fn row_of(entry: ReviewEntry) -> ReviewRow {
    ReviewRow {
        key: entry.key,
        reason: entry.reason,
        label: entry.label,
        summary: entry.summary,
        source: entry.source,
        opened_at: entry.opened_at,
        assigned_to: entry.assigned_to,
        ticket: entry.ticket,
    }
}

/// "Acme Ltd – Jane Doe", even of a ticket that became a part of another one.
fn name_of(reader: &Reader<'_>, ticket: domain::TicketId) -> Result<String, store::Error> {
    let row = reader.ticket_or_part(ticket)?;
    Ok(row.map_or_else(|| format!("Ticket {ticket}"), |row| labels::ticket(&row.card)))
}

/// The key of a record of files, as a person reads it: "e-mail jane@acme.example".
fn in_words(key: &str) -> String {
    match key.split_once(':') {
        Some(("email", address)) => format!("e-mail {address}"),
        Some(("phone", number)) => format!("phone {number}"),
        Some((_, rest)) => rest.to_owned(),
        None => key.to_owned(),
    }
}

fn no_entry() -> Problem {
    Problem::NotFound {
        what: "such question any more; it may have been decided meanwhile".to_owned(),
    }
}

/// The side that a decision says, else the one that is recommended.
fn pick_of(decision: &ReviewDecision, key: &str, recommended: Pick) -> Pick {
    decision.picks.get(key).copied().unwrap_or(recommended)
}

fn order(reader: &Reader<'_>) -> Result<domain::import::ProviderOrder, store::Error> {
    Ok(settings::import_rules(reader)?.order)
}
