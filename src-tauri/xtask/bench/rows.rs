//! What is measured, under which name, and what it may cost.

/// One row of the table.
pub struct Row {
    /// By which `--rows` asks for it.
    pub name: &'static str,
    pub what: &'static str,
    /// The most that the 95th percentile may be with 100,000 tickets; in milliseconds, unless the unit is another.
    pub budget: Option<f64>,
    pub unit: &'static str,
}

const fn ms(name: &'static str, what: &'static str, budget: f64) -> Row {
    Row {
        name,
        what,
        budget: Some(budget),
        unit: "ms",
    }
}

/// Every row, in the order of the table. The names are those that `measure` prints.
pub const ROWS: [Row; 14] = [
    ms("start", "Process start to the painted board in the window", 1_500.0),
    ms("board", "Board: all columns, first pages, counts, sums", 15.0),
    ms(
        "board-filtered",
        "Board, filtered by owner, source, score or text",
        15.0,
    ),
    ms("column-page", "A page of 100 cards from the depth of a column", 15.0),
    ms("move", "Move one card: command to committed", 10.0),
    ms("move-500", "Move 500 cards at once", 150.0),
    ms("palette", "Palette, one keystroke, any field", 15.0),
    ms("palette-typo", "Palette, one keystroke, with a typo", 15.0),
    ms("phone", "Find a person by phone number, any format", 5.0),
    ms("ticket", "Open a ticket", 20.0),
    ms("insights", "Any insight", 100.0),
    ms("export-csv", "Export all tickets as CSV", 3_000.0),
    ms("export-xlsx", "Export all tickets as XLSX", 15_000.0),
    Row {
        name: "peak",
        what: "Peak memory of the process that measured",
        budget: None,
        unit: "MB",
    },
];

/// At ten times the size of the budgets nothing may be slower than this many times.
pub const MOST_GROWTH: f64 = 3.0;
/// The size that the budgets are for.
pub const BUDGET_SIZE: u32 = 100_000;
