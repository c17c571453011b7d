//! Imports as the wizard, the list of earlier imports and the command line show them.

use chrono::{DateTime, Utc};
use domain::{AgentId, FieldKey, ImportId, OperationId, TicketId};
use serde::{Deserialize, Serialize};
use specta::Type;
use store::{Card, ImportOutcome, ImportState, OutcomeCount};

use crate::import::{FileShape, Mapping, ReadOptions, Recognised};

/// How the file is to be read where that is not plain from the file, or a person knows better.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct DraftOptions {
    /// The sheet of a workbook, by its name.
    pub sheet: Option<String>,
    /// One character; `tab` for the tabulator.
    pub delimiter: Option<String>,
    /// A label of an encoding, such as `utf-8`, `windows-1252`, `macintosh`.
    pub encoding: Option<String>,
    /// The line of the headers, from 1; 0 for a file without any.
    pub header_line: Option<u32>,
    /// The country of phone numbers without one (ISO 3166 alpha-2); else that of the mapping or the preferences.
    pub default_country: Option<String>,
}

impl DraftOptions {
    /// What of it is about reading.
    #[must_use]
    pub fn reading(&self) -> ReadOptions {
        ReadOptions {
            sheet: self.sheet.clone(),
            delimiter: self.delimiter.clone(),
            encoding: self.encoding.clone(),
            header_line: self.header_line,
        }
    }
}

/// A mapping that is kept for files with the same headers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SavedMapping {
    pub signature: String,
    pub name: String,
    pub provider: Option<String>,
    /// So many columns are mapped.
    pub columns: u32,
    pub used_at: Option<DateTime<Utc>>,
}

/// A mapping that is kept, with all that can be changed of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct SavedRules {
    pub mapping: Mapping,
    /// The columns of such files, as far as they are known.
    pub columns: Vec<String>,
    pub targets: Vec<TargetOption>,
}

/// An import in one line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ImportSummary {
    pub id: ImportId,
    pub file_name: String,
    /// The provider whose export it is, or empty.
    pub source: String,
    pub state: ImportState,
    pub at: DateTime<Utc>,
    pub by: Option<AgentId>,
    /// Zero until it is planned.
    pub rows: u32,
    /// What the plan says.
    pub planned: Vec<OutcomeCount>,
    /// What was done so far.
    pub done: Vec<OutcomeCount>,
    /// Whether it can be taken back.
    pub undoable: bool,
    /// Why it stopped.
    pub problem: Option<String>,
}

/// A file whose columns are being mapped.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ImportDraft {
    pub summary: ImportSummary,
    pub shape: FileShape,
    /// How it was read.
    pub options: DraftOptions,
    pub columns: Vec<DraftColumn>,
    /// The provider whose export it looks like.
    pub provider: Option<String>,
    pub mapping: Mapping,
    /// The first rows, as they would come in.
    pub preview: Vec<PreviewRow>,
    pub targets: Vec<TargetOption>,
}

/// A column of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DraftColumn {
    pub index: u32,
    pub header: String,
    /// What it is called in the mapping.
    pub name: String,
    /// A few different cells that hold something.
    pub samples: Vec<String>,
    /// Where it goes: the key of a [`TargetOption`]; `None` when it is left out.
    pub target: Option<String>,
    pub why: Recognised,
}

/// Something that a column can be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TargetOption {
    pub key: String,
    pub label: String,
    /// The heading under which it stands.
    pub group: String,
}

/// A row of the file as it would come in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct PreviewRow {
    pub line: u32,
    /// As a person reads them.
    pub values: Vec<(FieldKey, String)>,
    pub problems: Vec<String>,
    pub quality: u8,
}

/// What would happen, and what was found on the way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct PlanView {
    pub summary: ImportSummary,
    pub outcomes: Vec<OutcomeCount>,
    /// Rows with a quality of 0 to 9, 10 to 19, … 90 to 100.
    pub quality: Vec<u32>,
    /// Records of lower quality wait for a person.
    pub review_below: u8,
    pub problems: Vec<ProblemCount>,
    /// Rows that are somebody who is here already.
    pub duplicates: u32,
    /// Rows that repeat another row of the file.
    pub inside: u32,
    /// Where the run came to something else than the plan: what, and how often.
    pub differences: Vec<ProblemCount>,
}

/// Something that is wrong with rows, commonest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ProblemCount {
    pub reason: String,
    pub rows: u32,
    /// The line of the first such row.
    pub line: u32,
    /// What stands there.
    pub example: String,
    /// So many of these rows can be shown.
    pub shown: u32,
}

/// Which rows of an import are asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "by", content = "is", rename_all = "snake_case")]
pub enum RowsWanted {
    /// Those with that outcome.
    Outcome(ImportOutcome),
    /// Those that could be read and are that good, both ends included.
    Quality { from: u8, to: u8 },
    /// Those with which that is wrong, as far as they can be shown.
    Problem(String),
}

/// A row of an import with what becomes of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ImportRowView {
    pub line: u32,
    pub outcome: ImportOutcome,
    /// "Acme Ltd – Jane Doe".
    pub label: String,
    pub ticket: Option<TicketId>,
    pub quality: u8,
    /// Why, in sentences.
    pub evidence: Vec<String>,
    pub updated: Vec<FieldKey>,
    pub preserved: Vec<FieldKey>,
    pub problem: Option<String>,
}

/// How far an import is. Told while it goes on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ImportProgress {
    pub id: ImportId,
    pub state: ImportState,
    /// Rows planned, applied or taken back.
    pub done: u32,
    /// Of so many; zero while that is not known.
    pub of: u32,
    pub rows_per_second: f32,
    pub seconds_left: Option<u32>,
}

/// What taking back an import did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ImportUndo {
    /// `None` when there was nothing to take back.
    pub operation: Option<OperationId>,
    /// Tickets that are as they were before.
    pub restored: u32,
    /// Those of them that HaloPSA has already: closing or correcting them there is on its way.
    pub compensated: u32,
    /// Tickets that stay as they are. At most 500.
    pub kept: Vec<Card>,
    pub kept_count: u32,
    /// Why they stay.
    pub kept_because: Vec<KeptBecause>,
}

/// Why some tickets of an import stay when it is taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct KeptBecause {
    pub reason: String,
    pub tickets: u32,
}
