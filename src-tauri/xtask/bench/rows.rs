//! What is measured, under which name, and what it may cost.

/// One row of the table.
pub struct Row {
    /// By which `--rows` asks for it.
    pub name: &'static str,
    pub what: &'static str,
    /// The most that the 95th percentile may be with 100,000 tickets; in milliseconds, unless the unit is another.
    pub budget: Option<f64>,
    /// The most that the median may be, where that has a budget of its own.
    pub median: Option<f64>,
    pub unit: &'static str,
    /// With ten times as many tickets, how many times that of 100,000 the 95th percentile may be.
    pub growth: f64,
}

const fn row(name: &'static str, what: &'static str, budget: Option<f64>, unit: &'static str) -> Row {
    Row {
        name,
        what,
        budget,
        median: None,
        unit,
        growth: MOST_GROWTH,
    }
}

const fn ms(name: &'static str, what: &'static str, budget: f64) -> Row {
    row(name, what, Some(budget), "ms")
}

/// Frames of the page: the median, and in the place of the 95th percentile the longest.
const fn frames(name: &'static str, what: &'static str) -> Row {
    Row {
        median: Some(17.0),
        ..ms(name, what, 50.0)
    }
}

/// Of an import of as many rows as there are tickets: ten times as many tickets are ten times as many rows.
const fn import(name: &'static str, what: &'static str, budget: f64, unit: &'static str) -> Row {
    Row {
        growth: 12.0,
        ..row(name, what, Some(budget), unit)
    }
}

/// Every row, in the order of the table. The names are those that `measure` prints.
pub const ROWS: &[Row] = &[
    ms(START, "Process start to the painted board in the window", 1_500.0),
    row(START_GROWTH, "The same, times that with 1,000 tickets", Some(1.3), "×"),
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
    frames(DRAG, "Drag over the board: frames in the page, median / longest"),
    frames(
        SCROLL,
        "Scroll the largest column, a fifth of the tickets, a notch each frame: median / longest frame",
    ),
    row(
        DRAG_PLAIN,
        "Drag a plain box over a page of plain boxes, without a program",
        None,
        "ms",
    ),
    row(
        SCROLL_PLAIN,
        "Scroll a column of plain boxes, without a program",
        None,
        "ms",
    ),
    ms("export-csv", "Export all tickets as CSV", 3_000.0),
    ms("export-xlsx", "Export all tickets as XLSX", 15_000.0),
    import(
        IMPORT_READ,
        "Import, read and cleaned: as many rows as tickets, mapped and scored",
        1_000.0,
        "ms",
    ),
    import(
        IMPORT_LINK,
        "Import, linked: everybody found among those who are here",
        5_000.0,
        "ms",
    ),
    import(
        IMPORT_DRY_RUN,
        "Import, planned: the whole dry run, with the plan kept",
        15_000.0,
        "ms",
    ),
    import(IMPORT_APPLY, "Import, applied: what the plan says", 30_000.0, "ms"),
    row(IMPORT_UNDO, "Import, taken back: every ticket as it was", None, "ms"),
    import(IMPORT_PEAK, "Import, peak memory of the process", 400.0, "MB"),
    row(IDLE_CPU, "Idle: processor over a minute, all processes", Some(1.0), "%"),
    row(
        IDLE_MEMORY,
        "Idle: memory of all processes, times that of a bare window",
        Some(1.3),
        "×",
    ),
    row(MEMORY, "Idle: memory of all processes", None, "MB"),
    row(BARE, "A bare window of the same toolkit beside it: memory", None, "MB"),
    row(
        PLAIN,
        "The bare window with a board of plain boxes, without a program: memory",
        None,
        "MB",
    ),
    row(PEAK, "Peak memory of the process that measured", None, "MB"),
    row(CPU, "Processor time of the process that measured", None, "s"),
];

/// What is measured from outside the window, in a process of its own, or comes with every measurement. The others are rows
/// of `measure rows`.
pub const START: &str = "start";
pub const START_GROWTH: &str = "start-growth";
pub const DRAG: &str = "drag";
pub const SCROLL: &str = "scroll";
/// What the machine's graphics take by themselves.
pub const DRAG_PLAIN: &str = "drag-plain";
pub const SCROLL_PLAIN: &str = "scroll-plain";
pub const IMPORT_READ: &str = "import-read";
pub const IMPORT_LINK: &str = "import-link";
pub const IMPORT_DRY_RUN: &str = "import-dry-run";
pub const IMPORT_APPLY: &str = "import-apply";
pub const IMPORT_UNDO: &str = "import-undo";
pub const IMPORT_PEAK: &str = "import-peak";
pub const IDLE_CPU: &str = "idle-cpu";
pub const IDLE_MEMORY: &str = "idle-memory";
pub const MEMORY: &str = "memory";
pub const BARE: &str = "memory-bare";
pub const PLAIN: &str = "memory-plain";
pub const PEAK: &str = "peak";
pub const CPU: &str = "cpu";

/// Measured together, over the same minute.
pub const IDLE: [&str; 4] = [IDLE_CPU, IDLE_MEMORY, MEMORY, BARE];
/// Measured in the window.
pub const IN_THE_WINDOW: [&str; 11] = [
    START,
    START_GROWTH,
    DRAG,
    SCROLL,
    DRAG_PLAIN,
    SCROLL_PLAIN,
    IDLE_CPU,
    IDLE_MEMORY,
    MEMORY,
    BARE,
    PLAIN,
];

/// Measured in a process of its own, over a copy of the home: afterwards there are more tickets.
pub const IMPORTS: [&str; 6] = [
    IMPORT_READ,
    IMPORT_LINK,
    IMPORT_DRY_RUN,
    IMPORT_APPLY,
    IMPORT_UNDO,
    IMPORT_PEAK,
];

/// At ten times the size of the budgets nothing may be slower than this many times, unless its row says otherwise.
pub const MOST_GROWTH: f64 = 3.0;
/// The size that the budgets are for.
pub const BUDGET_SIZE: u32 = 100_000;
/// The size that the start is compared with.
pub const SMALL_SIZE: u32 = 1_000;
