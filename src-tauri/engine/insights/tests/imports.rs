//! What imports of October brought, counted by hand: every row stands below, with what became of it.
//!
//! "apollo-october.csv", 5 October, applied to its end:
//!
//! | row | became | ticket | quality |
//! |---|---|---|---|
//! | 1 | created | straight | 90 |
//! | 2 | created | back and forth | 80 |
//! | 3 | updated | reopened | 100 |
//! | 4 | skipped | disqualified | 70 |
//! | 5 | for review, waits | – | 40 |
//! | 6 | rejected | – | 0 |
//! | 7 | updated, and one question about it waits | reopened | 60 |
//! | 8 | preserved; the new data was taken over by a person | straight | 100 |
//!
//! "apollo-late.csv", in the last minute of October in London, stopped after the first of three rows: created, sent back,
//! 50. "web.csv", half an hour into October in London and still September in UTC, of nobody in particular: blocked, 30.
//! "apollo-september.csv", 15 September: created, clocks go back, 80; and one that could not be read, 0. "regretted.csv",
//! 20 October, was taken back.

use domain::ImportId;
use store::{
    Decision, ImportOutcome, ImportRow, ImportState, NewImport, NewReview, OutcomeCount, ReviewPayload, ReviewReason,
};

use super::*;
use crate::views::{DecisionCount, ImportMark, ImportYield, RowsOfImports};

/// What a row became, of which ticket, and how good it was.
type Row = (ImportOutcome, Option<&'static str>, u8);

impl Pipeline {
    fn import(&self, source: &str, moment: &str, state: ImportState, applied: u32, rows: &[Row]) -> ImportId {
        let written = self.store.write_quiet::<_, store::Error>(at(moment), |w| {
            let import = w.add_import(&NewImport {
                file_name: "list.csv".to_owned(),
                path: String::new(),
                by: None,
            })?;
            w.set_import_draft(import, source, "{}")?;
            for (number, (outcome, ticket, quality)) in (1..).zip(rows) {
                let row = ImportRow {
                    number,
                    line: number + 1,
                    planned: *outcome,
                    outcome: *outcome,
                    ticket: ticket.map(|name| self.tickets[name]),
                    quality: *quality,
                    label: format!("Row {number}"),
                };
                w.add_import_row(import, &row, "{}")?;
            }
            w.set_import_plan(import, u32::try_from(rows.len()).unwrap(), "{}")?;
            w.advance_import(import, applied)?;
            w.set_import_state(import, state, None)?;
            Ok(import)
        });
        written.unwrap().value
    }

    fn question(&self, import: ImportId, line: u32, ticket: Option<&str>, decision: Option<Decision>) {
        let new = NewReview {
            reason: ReviewReason::NewData,
            ticket: ticket.map(|name| self.tickets[name]),
            other: None,
            contacts: None,
            import: Some((import, line)),
            payload: ReviewPayload {
                key: format!("row:{line}"),
                ..ReviewPayload::default()
            },
            evidence: Vec::new(),
            source: "Apollo.io".to_owned(),
            certain: false,
        };
        let item = self.store.write_quiet(at("10-06"), |w| w.open_review(&new));
        let item = item.unwrap().value.unwrap();
        if let Some(decision) = decision {
            let operation = NewOperation {
                kind: "review",
                label: String::new(),
                actor: Actor::Person(Some(self.ann)),
                undoable: true,
            };
            let decided = self
                .store
                .write(operation, at("10-07"), |w| w.decide_review(item, decision));
            decided.unwrap();
        }
    }

    /// The first import of October, the one of nobody in particular, and the one of September.
    fn fill_imports(&self) -> [ImportId; 3] {
        use ImportOutcome::{Blocked, Created, Error, Preserved, Rejected, Review, Skipped, Updated};
        let october = self.import(
            "Apollo.io",
            "10-05",
            ImportState::Done,
            8,
            &[
                (Created, Some("straight"), 90),
                (Created, Some("back and forth"), 80),
                (Updated, Some("reopened"), 100),
                (Skipped, Some("disqualified"), 70),
                (Review, None, 40),
                (Rejected, None, 0),
                (Updated, Some("reopened"), 60),
                (Preserved, Some("straight"), 100),
            ],
        );
        self.question(october, 6, None, None);
        self.question(october, 8, Some("reopened"), None);
        self.question(october, 9, Some("straight"), Some(Decision::Updated));
        self.import(
            "Apollo.io",
            "10-31T23:59",
            ImportState::Paused,
            1,
            &[
                (Created, Some("sent back"), 50),
                (Created, Some("later"), 90),
                (Rejected, None, 0),
            ],
        );
        let unowned = self.import("", "09-30T23:30", ImportState::Done, 1, &[(Blocked, None, 30)]);
        self.import(
            "Apollo.io",
            "10-20",
            ImportState::Undone,
            1,
            &[(Created, Some("unknown"), 90)],
        );
        let september = self.import(
            "Apollo.io",
            "09-15",
            ImportState::Done,
            2,
            &[(Created, Some("clocks go back"), 80), (Error, None, 0)],
        );
        [october, unowned, september]
    }
}

fn outcomes(list: &[(ImportOutcome, u32)]) -> Vec<OutcomeCount> {
    let count = |(outcome, rows): &(ImportOutcome, u32)| OutcomeCount {
        outcome: *outcome,
        rows: *rows,
    };
    list.iter().map(count).collect()
}

fn without(outcome: ImportOutcome, import: ImportId) -> RowsOfImports {
    let imports = vec![import];
    RowsOfImports { outcome, imports }
}

#[test]
fn imports_in_october() {
    use ImportOutcome::{Blocked, Created, Error, Preserved, Rejected, Review, Skipped, Updated};
    let pipeline = Pipeline::new();
    let [first, unowned, september] = pipeline.fill_imports();
    let report = pipeline.engine.imports_report(&october()).unwrap();
    let sources: Vec<&str> = report.sources.iter().map(|row| row.source.as_str()).collect();
    assert_eq!(sources, ["Apollo.io", ""]);
    let apollo = &report.sources[0].yields;
    assert_eq!(
        apollo.now,
        ImportYield {
            // Eight, and the one of three that is applied.
            rows: 9,
            outcomes: outcomes(&[
                (Created, 3),
                (Updated, 2),
                (Skipped, 1),
                (Preserved, 1),
                (Review, 1),
                (Rejected, 1),
            ]),
            // Two updated, one skipped, one preserved.
            already_here: 4,
            // 90 + 80 + 100 + 70 + 40 + 0 + 60 + 100 of the first, and 50.
            quality: Some(590.0 / 9.0),
            waiting: 2,
            decisions: vec![DecisionCount {
                decision: "updated".to_owned(),
                items: 1,
            }],
            without_ticket: vec![without(Review, first), without(Rejected, first)],
        }
    );
    assert_eq!(
        apollo.before,
        ImportYield {
            rows: 2,
            outcomes: outcomes(&[(Created, 1), (Error, 1)]),
            already_here: 0,
            quality: Some(40.0),
            waiting: 0,
            decisions: Vec::new(),
            without_ticket: vec![without(Error, september)],
        }
    );
    let nobodys = &report.sources[1].yields;
    assert_eq!(
        nobodys.now,
        ImportYield {
            rows: 1,
            outcomes: outcomes(&[(Blocked, 1)]),
            quality: Some(30.0),
            without_ticket: vec![without(Blocked, unowned)],
            ..ImportYield::default()
        }
    );
    assert_eq!(nobodys.before, ImportYield::default());
    // In UTC it came in September.
    let in_utc = InsightsFilter {
        zone: Some("UTC".to_owned()),
        ..october()
    };
    let sources = pipeline.engine.imports_report(&in_utc).unwrap().sources;
    let nobodys = sources.iter().find(|row| row.source.is_empty()).unwrap();
    assert_eq!((nobodys.yields.now.rows, nobodys.yields.before.rows), (0, 1));
}

#[test]
fn the_figures_of_imports_open_their_tickets() {
    let pipeline = Pipeline::new();
    pipeline.fill_imports();
    let mark = |what| Mark::Imports {
        source: "Apollo.io".to_owned(),
        what,
    };
    let behind = |what| pipeline.behind(&october(), mark(what));
    assert_eq!(
        behind(ImportMark::Rows),
        ["back and forth", "disqualified", "reopened", "sent back", "straight"],
        "two rows came to reopened, two to straight, and two to nobody"
    );
    assert_eq!(
        behind(ImportMark::Outcome(ImportOutcome::Created)),
        ["back and forth", "sent back", "straight"]
    );
    assert_eq!(behind(ImportMark::Outcome(ImportOutcome::Updated)), ["reopened"]);
    assert!(behind(ImportMark::Outcome(ImportOutcome::Rejected)).is_empty());
    assert_eq!(
        behind(ImportMark::AlreadyHere),
        ["disqualified", "reopened", "straight"]
    );
    assert_eq!(behind(ImportMark::Decided("updated".to_owned())), ["straight"]);
    assert!(behind(ImportMark::Decided("merged".to_owned())).is_empty());
    let in_september = pipeline.behind_query(&RowsQuery {
        mark: mark(ImportMark::Rows),
        filter: october(),
        before: true,
    });
    assert_eq!(in_september, ["clocks go back"]);
}
