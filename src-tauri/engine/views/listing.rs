//! The list: tickets as lines, and what of it is written into a file.

use domain::{FieldKey, money::Money};
use serde::{Deserialize, Serialize};
use specta::Type;
use store::{Filter, Line, Order};

use super::RowsQuery;

/// Which tickets a list shows, and in which order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct ListQuery {
    pub filter: Filter,
    /// Only the tickets behind this figure of the insights.
    pub rows: Option<RowsQuery>,
    pub order: Order,
}

/// A part of a list, with the fields that its columns show.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct ListPageQuery {
    pub list: ListQuery,
    pub fields: Vec<FieldKey>,
    pub offset: u32,
    /// At most 500.
    pub limit: u32,
}

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ListPage {
    /// How many tickets the whole list has.
    pub total: u32,
    pub lines: Vec<Line>,
}

/// What a list adds up to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ListSums {
    pub tickets: u32,
    /// By currency.
    pub values: Vec<Money>,
    /// Values times probability.
    pub weighted: Vec<Money>,
}

/// What kind of file an export is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    #[default]
    Csv,
    Xlsx,
}

impl ExportFormat {
    /// What the name of such a file ends with.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }
}

/// What to write into a file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct ExportQuery {
    pub list: ListQuery,
    /// Keys of columns, in their order: those of a line (`stage`, `owner`, …) and of fields. Empty for the usual ones.
    pub columns: Vec<String>,
    pub format: ExportFormat,
}
