//! A row on its way through an import: as it stands in the file, and clean.

use domain::{
    FieldKey, HaloTicketId,
    import::{CleanValues, DedupKey, Quality},
};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::Cells;

/// A row as it stands in the file: as many cells as there are headers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RawRow {
    /// Where it begins, from 1: a line of a text, a row of a sheet, a record of JSON.
    pub line: u64,
    pub cells: Cells,
}

/// A row that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct BadRow {
    #[specta(type = u32)]
    pub line: u64,
    /// From 1, where the trouble is in one cell.
    pub column: Option<u32>,
    /// One sentence for a person.
    pub reason: String,
    /// As much of it as could be read.
    pub cells: Vec<String>,
}

/// What a file gives, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Read {
    Row(RawRow),
    Bad(BadRow),
}

/// A cell that is no value of its field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct FieldIssue {
    pub field: FieldKey,
    /// The header of its column.
    pub column: String,
    pub raw: String,
    /// One sentence for a person.
    pub reason: String,
}

/// A row after mapping and cleansing. A plan keeps millions of them, so what is empty is not written down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CleanRow {
    pub line: u64,
    pub values: CleanValues,
    /// Cells that could not be used; the row goes on without them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<FieldIssue>,
    pub quality: Quality,
    /// `None` when too little is known of the record to tell it from others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<DedupKey>,
    /// What the provider calls the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub halo_id: Option<HaloTicketId>,
    /// The record says that nobody may contact the person, or says something about it that cannot be understood, which
    /// is taken for the same: then it stands among the problems, too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub do_not_contact: bool,
    /// As read, for the file of errors.
    pub cells: Cells,
}

/// What comes out at the end of reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cleaned {
    Row(Box<CleanRow>),
    Bad(BadRow),
}
