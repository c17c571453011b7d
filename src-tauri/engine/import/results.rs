//! What is shown of imports: the list, a plan, the rows behind a number, and the rows that have to be looked at again.

use domain::{ImportId, import::ImportRules};
use store::{ImportOutcome, ImportRecord, ImportRowDetail, ImportState};

use super::{
    drafts::Draft,
    plan::{self, Report, Tally},
};
use crate::{
    Engine, settings,
    views::{ImportRowView, ImportSummary, PlanView, RowsWanted},
};

/// Rows that are looked at for differences between plan and run.
const DIFFERENCES: u32 = 10_000;

/// Rows that are read in one go for the file of errors.
const AT_ONCE: u32 = 1_000;

impl Engine {
    /// Every import, newest first.
    ///
    /// # Errors
    /// The store's failures.
    pub fn imports(&self) -> anyhow::Result<Vec<ImportSummary>> {
        let records = self.store().imports()?;
        records.iter().map(|record| self.summary_of(record)).collect()
    }

    /// One import in a line.
    ///
    /// # Errors
    /// [`Problem::NotFound`](crate::Problem::NotFound).
    pub fn import_summary(&self, import: ImportId) -> anyhow::Result<ImportSummary> {
        self.summary_of(&self.import_record(import)?)
    }

    fn summary_of(&self, record: &ImportRecord) -> anyhow::Result<ImportSummary> {
        let state = self.shown_state(record);
        let done = if record.applied > 0 {
            self.store().import_counts(record.id, record.applied)?
        } else {
            Vec::new()
        };
        let ended = matches!(state, ImportState::Done | ImportState::Cancelled | ImportState::Paused);
        Ok(ImportSummary {
            id: record.id,
            file_name: record.file_name.clone(),
            source: record.source.clone(),
            state,
            at: record.at,
            by: record.by,
            rows: record.rows,
            planned: Report::of(record)?.counts(),
            done,
            undoable: ended && record.operation.is_some() && record.undo.is_none(),
            problem: self.stumbled_over(record).or_else(|| record.problem.clone()),
        })
    }

    /// What would happen, or happened.
    ///
    /// # Errors
    /// [`Problem::NotFound`](crate::Problem::NotFound); the store's failures.
    pub fn import_plan_view(&self, import: ImportId) -> anyhow::Result<PlanView> {
        let record = self.import_record(import)?;
        let report = Report::of(&record)?;
        let mut differences = Tally::default();
        for kept in self.store().import_differences(import, DIFFERENCES)? {
            let detail = plan::parse_detail(kept.detail.as_deref())?;
            let reason = detail.difference.unwrap_or_default();
            differences.add(&reason, kept.row.line, &kept.row.label);
        }
        Ok(PlanView {
            summary: self.summary_of(&record)?,
            outcomes: report.counts(),
            quality: report.quality,
            review_below: report.review_below,
            problems: report.problems.counts(),
            duplicates: report.duplicates,
            inside: report.inside,
            differences: differences.counts(),
        })
    }

    /// The rows behind a number.
    ///
    /// # Errors
    /// The store's failures.
    pub fn import_rows(
        &self,
        import: ImportId,
        outcome: ImportOutcome,
        offset: u32,
        limit: u32,
    ) -> anyhow::Result<Vec<ImportRowView>> {
        let rows = self
            .store()
            .import_rows(import, Some(outcome), offset, limit.min(AT_ONCE))?;
        rows.into_iter().map(shown).collect()
    }

    /// The rows behind a number, a bar or a problem.
    ///
    /// # Errors
    /// [`Problem::NotFound`](crate::Problem::NotFound); the store's failures.
    pub fn import_rows_wanted(
        &self,
        import: ImportId,
        wanted: &RowsWanted,
        offset: u32,
        limit: u32,
    ) -> anyhow::Result<Vec<ImportRowView>> {
        let rows = match wanted {
            RowsWanted::Outcome(outcome) => return self.import_rows(import, *outcome, offset, limit),
            RowsWanted::Quality { from, to } => {
                self.store()
                    .import_rows_of_quality(import, *from..=*to, offset, limit.min(AT_ONCE))?
            }
            RowsWanted::Problem(reason) => {
                let report = Report::of(&self.import_record(import)?)?;
                let lines = report.problems.lines(reason).iter().skip(offset as usize);
                let lines: Vec<u32> = lines.take(limit as usize).copied().collect();
                self.store().import_rows_in_lines(import, &lines)?
            }
        };
        rows.into_iter().map(shown).collect()
    }

    /// The rows of an import in the order of the file.
    ///
    /// # Errors
    /// The store's failures.
    pub fn import_all_rows(&self, import: ImportId, offset: u32, limit: u32) -> anyhow::Result<Vec<ImportRowView>> {
        let rows = self.store().import_rows(import, None, offset, limit.min(AT_ONCE))?;
        rows.into_iter().map(shown).collect()
    }

    /// The rows of which nothing came, as CSV: the columns of the file, and why. A cell that a spreadsheet would take for a
    /// formula is written so that it does not.
    ///
    /// # Errors
    /// The store's failures.
    pub fn import_error_file(&self, import: ImportId) -> anyhow::Result<String> {
        let record = self.import_record(import)?;
        let draft = Draft::of(&record)?;
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        let mut headers: Vec<&str> = draft.headers.iter().map(String::as_str).collect();
        headers.extend(["Line", "Outcome", "Reason"]);
        writer.write_record(headers.iter().map(|header| harmless(header)))?;
        let mut after = 0;
        loop {
            let rows = self.store().import_rows(import, None, after, AT_ONCE)?;
            let Some(last) = rows.last() else { break };
            after = last.row.number;
            for kept in &rows {
                if !kept.row.outcome.is_failure() {
                    continue;
                }
                let detail = plan::parse_detail(kept.detail.as_deref())?;
                let mut reasons: Vec<String> = detail.problem.into_iter().collect();
                let cells = match detail.row {
                    Some(row) => {
                        reasons.extend(row.problems.into_iter().map(|issue| issue.reason));
                        row.cells.to_vec()
                    }
                    None => detail.cells,
                };
                let mut line: Vec<String> = cells.iter().map(|cell| harmless(cell)).collect();
                line.resize(line.len().max(draft.headers.len()), String::new());
                line.extend([
                    kept.row.line.to_string(),
                    kept.row.outcome.key().to_owned(),
                    harmless(&reasons.join(" ")),
                ]);
                writer.write_record(&line)?;
            }
        }
        Ok(String::from_utf8(writer.into_inner()?)?)
    }

    /// What a person has set for imports.
    ///
    /// # Errors
    /// The store's failures.
    pub fn import_rules(&self) -> anyhow::Result<ImportRules> {
        Ok(self.store().read(settings::import_rules)?)
    }

    /// Keeps what a person set for imports.
    ///
    /// # Errors
    /// [`Problem::Refused`](crate::Problem::Refused) for a threshold above 100.
    pub fn set_import_rules(&self, rules: &ImportRules) -> anyhow::Result<()> {
        if rules.review_below > 100 {
            return Err(super::runs::refused("A quality is a number from 0 to 100."));
        }
        let written = self
            .store()
            .write_quiet(self.now(), |w| w.setting_set(settings::IMPORT_RULES, rules))?;
        self.publish(written.changes);
        Ok(())
    }
}

/// A row as it is shown.
fn shown(kept: ImportRowDetail) -> anyhow::Result<ImportRowView> {
    let detail = plan::parse_detail(kept.detail.as_deref())?;
    let mut problems: Vec<String> = detail.problem.into_iter().collect();
    problems.extend(detail.difference);
    if let Some(row) = &detail.row {
        problems.extend(row.problems.iter().map(|issue| issue.reason.clone()));
    }
    Ok(ImportRowView {
        line: kept.row.line,
        outcome: kept.row.outcome,
        label: kept.row.label,
        ticket: kept.row.ticket,
        quality: kept.row.quality,
        evidence: detail.evidence,
        updated: detail.updated,
        preserved: detail.preserved,
        problem: (!problems.is_empty()).then(|| problems.join(" ")),
    })
}

/// A cell that no spreadsheet takes for a formula.
fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}
