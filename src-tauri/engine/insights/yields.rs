//! What sources bring, and what agents have and do.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use domain::{AgentId, Lifecycle, StageKey};
use store::{AgentRow, Closing, Ending, ImportOutcome, Imported, ImportedTickets, OutcomeCount, Reader, Scope, View};

use super::{Sums, endings};
use crate::views::{
    AgentFigures, AgentWork, Compared, DecisionCount, ImportMark, ImportYield, ImportYieldRow, RowsOfImports,
    SourceRow, SourceYield,
};

/// What each source brought.
pub(super) fn sources(
    reader: &Reader<'_>,
    scope: &Scope,
    deals: Vec<Ending>,
) -> Result<BTreeMap<String, SourceYield>, store::Error> {
    let mut yields: BTreeMap<String, SourceYield> = BTreeMap::new();
    for created in reader.created(scope)? {
        let found = yields.entry(created.source).or_default();
        found.created += created.tickets;
        if created.lifecycle >= Lifecycle::Prospect {
            found.prospects += created.tickets;
        }
        if created.lifecycle >= Lifecycle::Opportunity {
            found.opportunities += created.tickets;
        }
    }
    let mut won: BTreeMap<Arc<str>, (u32, Sums)> = BTreeMap::new();
    for deal in deals.into_iter().filter(|deal| deal.won) {
        let (count, sums) = won.entry(deal.source).or_default();
        *count += 1;
        sums.add(&deal.currency, deal.minor);
    }
    for (source, (count, sums)) in won {
        let found = yields.entry(source.as_ref().to_owned()).or_default();
        found.won = count;
        found.won_value = sums.list();
    }
    Ok(yields)
}

/// Puts two periods beside each other; most tickets first, then by name.
pub(super) fn source_rows(
    now: BTreeMap<String, SourceYield>,
    mut before: BTreeMap<String, SourceYield>,
) -> Vec<SourceRow> {
    let mut now = now;
    let names: BTreeSet<String> = now.keys().chain(before.keys()).cloned().collect();
    let mut rows: Vec<SourceRow> = names
        .into_iter()
        .map(|source| SourceRow {
            yields: Compared {
                now: now.remove(&source).unwrap_or_default(),
                before: before.remove(&source).unwrap_or_default(),
            },
            source,
        })
        .collect();
    rows.sort_by_key(|row| std::cmp::Reverse((row.yields.now.created, row.yields.now.won)));
    rows
}

/// What rows become that are about somebody who has a ticket.
const HERE: [ImportOutcome; 3] = [ImportOutcome::Updated, ImportOutcome::Skipped, ImportOutcome::Preserved];

/// What rows become that come to no ticket, or only when a person says so.
const NO_TICKET: [ImportOutcome; 4] = [
    ImportOutcome::Review,
    ImportOutcome::Blocked,
    ImportOutcome::Rejected,
    ImportOutcome::Error,
];

/// Which tickets are behind a figure of imports.
pub(super) fn imported(mark: &ImportMark) -> ImportedTickets {
    match mark {
        ImportMark::Rows => ImportedTickets::Rows(ImportOutcome::ALL.to_vec()),
        ImportMark::Outcome(outcome) => ImportedTickets::Rows(vec![*outcome]),
        ImportMark::AlreadyHere => ImportedTickets::Rows(HERE.to_vec()),
        ImportMark::Decided(decision) => ImportedTickets::Decided(decision.clone()),
    }
}

/// What became of the rows of a source.
fn import_yield(mut found: Imported) -> ImportYield {
    let rows = found.outcomes.values().sum();
    let mut decisions = found.decisions;
    ImportYield {
        rows,
        already_here: HERE.iter().filter_map(|outcome| found.outcomes.get(outcome)).sum(),
        quality: (rows > 0).then(|| found.quality as f64 / f64::from(rows)),
        waiting: decisions.remove(&None).unwrap_or(0),
        decisions: decisions
            .into_iter()
            .filter_map(|(decision, items)| {
                let decision = decision?;
                Some(DecisionCount { decision, items })
            })
            .collect(),
        without_ticket: NO_TICKET
            .into_iter()
            .filter_map(|outcome| {
                let imports = found.imports.remove(&outcome)?;
                Some(RowsOfImports { outcome, imports })
            })
            .collect(),
        outcomes: found
            .outcomes
            .into_iter()
            .map(|(outcome, rows)| OutcomeCount { outcome, rows })
            .collect(),
    }
}

/// Puts the imports of two periods beside each other; most rows first, then by name.
pub(super) fn import_rows(
    mut now: BTreeMap<String, Imported>,
    mut before: BTreeMap<String, Imported>,
) -> Vec<ImportYieldRow> {
    let names: BTreeSet<String> = now.keys().chain(before.keys()).cloned().collect();
    let mut rows: Vec<ImportYieldRow> = names
        .into_iter()
        .map(|source| ImportYieldRow {
            yields: Compared {
                now: import_yield(now.remove(&source).unwrap_or_default()),
                before: import_yield(before.remove(&source).unwrap_or_default()),
            },
            source,
        })
        .collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.yields.now.rows));
    rows
}

/// The lifecycles from this one on.
pub(super) fn from_lifecycle(first: Lifecycle) -> Vec<Lifecycle> {
    Lifecycle::ALL
        .into_iter()
        .filter(|lifecycle| *lifecycle >= first)
        .collect()
}

/// What the agents did in a period.
#[derive(Default)]
pub(super) struct Work {
    moves: BTreeMap<AgentId, u32>,
    calls: BTreeMap<AgentId, u32>,
    deals: BTreeMap<Option<AgentId>, Vec<Ending>>,
}

impl Work {
    pub fn of(view: &View<'_>, closing: &Closing) -> Self {
        let mut deals: BTreeMap<Option<AgentId>, Vec<Ending>> = BTreeMap::new();
        for deal in view.closed(closing) {
            deals.entry(deal.owner).or_default().push(deal);
        }
        Self {
            moves: view.moves(),
            calls: view.calls(),
            deals,
        }
    }

    fn of_agent(&self, agent: Option<AgentId>) -> AgentWork {
        let count = |counts: &BTreeMap<AgentId, u32>| agent.and_then(|agent| counts.get(&agent).copied());
        AgentWork {
            moves: count(&self.moves).unwrap_or(0),
            calls: count(&self.calls).unwrap_or(0),
            deals: endings::win_loss(self.deals.get(&agent).into_iter().flatten()),
        }
    }
}

/// One row for each agent who has or did something, and one for tickets without an owner.
pub(super) fn agents(
    reader: &Reader<'_>,
    scope: &Scope,
    open: &[StageKey],
    work: &Compared<Work>,
) -> Result<Vec<AgentFigures>, store::Error> {
    let counts = reader.open_by_owner(scope, open)?;
    let mut values = reader.open_value_by_owner(scope, open)?;
    let mut agents: Vec<AgentRow> = reader.agents()?;
    agents.sort_by_cached_key(|agent| agent.name.to_lowercase());
    let people = agents.into_iter().map(|agent| (Some(agent.id), agent.name));
    let rows = people.chain([(None, String::new())]).map(|(agent, name)| AgentFigures {
        agent,
        name,
        open: counts.get(&agent).copied().unwrap_or(0),
        open_value: values.remove(&agent).unwrap_or_default(),
        work: Compared {
            now: work.now.of_agent(agent),
            before: work.before.of_agent(agent),
        },
    });
    Ok(rows
        .filter(|row| row.open > 0 || row.work != Compared::default())
        .collect())
}
