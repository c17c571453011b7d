//! What was found in a file in all, counted while it is planned: so that a plan of a million rows opens at once.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use store::{ImportOutcome, ImportRecord, OutcomeCount};

use super::{PlannedRow, Whom};
use crate::views::ProblemCount;

/// Different problems that are told apart; what comes after them is counted as one.
const KINDS: usize = 200;

/// Rows that can be shown of each problem.
const SHOWN: usize = 200;

/// Quality in ten steps.
const BINS: usize = 10;

/// The numbers of a plan.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Report {
    pub outcomes: BTreeMap<String, u32>,
    pub quality: Vec<u32>,
    pub problems: Tally,
    /// Rows that are somebody already here.
    pub duplicates: u32,
    /// Rows that repeat another row of the file.
    pub inside: u32,
    /// Records of lower quality wait for a person.
    pub review_below: u8,
    pub planned_at: Option<DateTime<Utc>>,
}

/// How often each problem occurs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Tally {
    kinds: BTreeMap<String, Problem>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Problem {
    rows: u32,
    line: u32,
    example: String,
    /// Where the first of its rows begin.
    #[serde(default)]
    lines: Vec<u32>,
    /// Where the latest begins.
    #[serde(skip)]
    latest: u32,
}

impl Tally {
    /// Counts a problem of a row.
    pub fn add(&mut self, reason: &str, line: u32, example: &str) {
        const LONGEST: usize = 80;
        let reason = if self.kinds.len() < KINDS || self.kinds.contains_key(reason) {
            reason
        } else {
            "Something else"
        };
        match self.kinds.get_mut(reason) {
            // Two cells of one row.
            Some(problem) if problem.latest == line => {}
            Some(problem) => {
                problem.rows += 1;
                problem.latest = line;
                if problem.lines.len() < SHOWN {
                    problem.lines.push(line);
                }
            }
            None => {
                let problem = Problem {
                    rows: 1,
                    line,
                    example: example.chars().take(LONGEST).collect(),
                    lines: vec![line],
                    latest: line,
                };
                self.kinds.insert(reason.to_owned(), problem);
            }
        }
    }

    /// The lines of the first rows with that problem.
    pub fn lines(&self, reason: &str) -> &[u32] {
        self.kinds.get(reason).map_or(&[], |problem| problem.lines.as_slice())
    }

    /// The commonest first.
    pub fn counts(&self) -> Vec<ProblemCount> {
        let mut counts: Vec<ProblemCount> = self
            .kinds
            .iter()
            .map(|(reason, problem)| ProblemCount {
                reason: reason.clone(),
                rows: problem.rows,
                line: problem.line,
                example: problem.example.clone(),
                shown: u32::try_from(problem.lines.len()).unwrap_or(u32::MAX),
            })
            .collect();
        counts.sort_by(|a, b| b.rows.cmp(&a.rows).then(a.line.cmp(&b.line)));
        counts
    }
}

impl Report {
    /// What was kept with an import; nothing before it is planned.
    pub fn of(record: &ImportRecord) -> anyhow::Result<Self> {
        if record.report.is_empty() {
            return Ok(Self::default());
        }
        Ok(serde_json::from_str(&record.report)?)
    }

    /// Counts a row.
    pub fn add(&mut self, planned: &PlannedRow) {
        let line = planned.row.line;
        *self.outcomes.entry(planned.row.planned.key().to_owned()).or_default() += 1;
        match planned.detail.whom {
            // Its ticket is not here any more.
            Some(Whom::Ticket(_)) if planned.row.planned == ImportOutcome::Restored => {}
            Some(Whom::Ticket(_)) => self.duplicates += 1,
            Some(Whom::Row(_)) => self.inside += 1,
            None => {}
        }
        if let Some(problem) = &planned.detail.problem {
            self.problems.add(problem, line, &planned.row.label);
        }
        let Some(row) = &planned.detail.row else { return };
        if self.quality.len() < BINS {
            self.quality.resize(BINS, 0);
        }
        let bin = usize::from(row.quality.score / 10).min(BINS - 1);
        if let Some(count) = self.quality.get_mut(bin) {
            *count += 1;
        }
        for issue in &row.problems {
            // The reason quotes the cell; what is counted is the kind of problem.
            let kind = format!("{} cannot be used", issue.field.label());
            self.problems.add(&kind, line, &issue.raw);
        }
    }

    /// In the order of screens.
    pub fn counts(&self) -> Vec<OutcomeCount> {
        ImportOutcome::ALL
            .into_iter()
            .filter_map(|outcome| {
                let rows = *self.outcomes.get(outcome.key())?;
                Some(OutcomeCount { outcome, rows })
            })
            .collect()
    }
}
