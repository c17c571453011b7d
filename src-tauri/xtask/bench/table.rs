//! The figures as one Markdown table, and an earlier table to compare with.

use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};

use anyhow::{Context, Result};

use super::rows::{BUDGET_SIZE, ROWS, Row};
use crate::shell;

/// What one row came to at one size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figure {
    pub median: f64,
    pub p95: f64,
}

impl Figure {
    /// Of something that was measured once.
    pub fn one(value: f64) -> Self {
        Self {
            median: value,
            p95: value,
        }
    }
}

/// Figures by name of the row and number of tickets.
pub type Figures = BTreeMap<(String, u32), Figure>;

/// How a figure past its budget is marked.
const OVER: &str = " **over**";

/// One line for each row that was measured; a figure past its budget, or that grew too much, is marked `over`.
pub fn table(sizes: &[u32], figures: &Figures, before: Option<&Earlier>) -> Result<String> {
    let mut table = String::new();
    let heads: Vec<String> = sizes.iter().map(|size| thousands(*size)).collect();
    writeln!(table, "| median / 95 % | {} | budget |", heads.join(" | "))?;
    writeln!(table, "|---|{}---:|", "---:|".repeat(sizes.len()))?;
    for row in ROWS {
        let figure = |size: u32| figures.get(&(row.name.to_owned(), size)).copied();
        if sizes.iter().all(|size| figure(*size).is_none()) {
            continue;
        }
        let cells: Vec<String> = sizes
            .iter()
            .map(|size| match figure(*size) {
                Some(now) => {
                    let mut cell = cell(now, row.unit);
                    if is_over(row, *size, now, figure(BUDGET_SIZE)) {
                        cell.push_str(OVER);
                    }
                    let then = before.and_then(|before| before.get(row.what, &thousands(*size)));
                    if let Some(then) = then.filter(|then| *then > 0.0) {
                        cell.push_str(&format!(" ({:.2} ×)", now.p95 / then));
                    }
                    cell
                }
                None => String::new(),
            })
            .collect();
        let over = cells.iter().any(|cell| cell.contains(OVER));
        writeln!(
            table,
            "| {} | {} | {} |",
            row.what,
            cells.join(" | "),
            budget(row, over)
        )?;
    }
    writeln!(table, "\n{}", machine()?)?;
    Ok(table)
}

/// What the row may cost, and whether it keeps to that at every size.
fn budget(row: &Row, over: bool) -> String {
    let Some(most) = row.budget else { return String::new() };
    let most = match row.median {
        Some(median) => format!("{median} / {most} {}", row.unit),
        None => format!("{most} {}", row.unit),
    };
    format!("{most}: {}", if over { "over" } else { "within" })
}

fn is_over(row: &Row, size: u32, now: Figure, at_budget_size: Option<Figure>) -> bool {
    let past = row.budget.is_some_and(|most| now.p95 > most) || row.median.is_some_and(|most| now.median > most);
    // Beyond the size of the budgets growth is judged; but small figures grow by noise alone.
    past && (size <= BUDGET_SIZE || at_budget_size.is_none_or(|then| now.p95 > then.p95 * row.growth))
}

fn cell(figure: Figure, unit: &str) -> String {
    let digits = if figure.p95 < 10.0 {
        2
    } else {
        usize::from(figure.p95 < 100.0)
    };
    if (figure.median - figure.p95).abs() < f64::EPSILON {
        return format!("{:.digits$} {unit}", figure.p95);
    }
    format!("{:.digits$} / {:.digits$} {unit}", figure.median, figure.p95)
}

pub fn thousands(number: u32) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A finished table, of this run or of an earlier one.
pub struct Earlier(BTreeMap<(String, String), f64>);

impl Earlier {
    pub fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
        Ok(Self::parse(&text))
    }

    pub fn parse(text: &str) -> Self {
        let cells = |line: &str| -> Vec<String> {
            let inner = line.trim().trim_matches('|');
            inner.split('|').map(|cell| cell.trim().to_owned()).collect()
        };
        let mut lines = text.lines().filter(|line| line.starts_with('|'));
        let heads = lines.next().map(cells).unwrap_or_default();
        let mut figures = BTreeMap::new();
        for row in lines.map(cells) {
            let Some(what) = row.first() else { continue };
            for (head, cell) in heads.iter().zip(&row).skip(1) {
                let number = cell.split('/').next_back().unwrap_or_default();
                let number = number.split_whitespace().next().and_then(|number| number.parse().ok());
                if let Some(number) = number {
                    figures.insert((what.clone(), head.clone()), number);
                }
            }
        }
        Self(figures)
    }

    /// The 95th percentile of a row, by what the row says and how the column is headed.
    pub fn get(&self, what: &str, size: &str) -> Option<f64> {
        self.0.get(&(what.to_owned(), size.to_owned())).copied()
    }

    /// The numbers of tickets that it is about, rising.
    pub fn sizes(&self) -> Vec<u32> {
        let numbers = self.0.keys().filter_map(|(_, head)| head.replace(',', "").parse().ok());
        numbers
            .collect::<std::collections::BTreeSet<u32>>()
            .into_iter()
            .collect()
    }

    /// Whether any row of today is in it: the tables of long ago had others.
    pub fn knows_a_row(&self) -> bool {
        self.0.keys().any(|(what, _)| ROWS.iter().any(|row| row.what == what))
    }
}

/// What it was measured on: figures without that say nothing.
fn machine() -> Result<String> {
    let line_of = |file: &str, key: &str| -> String {
        let text = fs::read_to_string(file).unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with(key)).unwrap_or_default();
        let value = line.split([':', '=']).nth(1).unwrap_or_default();
        value.trim().trim_matches('"').to_owned()
    };
    let cores = std::thread::available_parallelism()?;
    let memory = line_of("/proc/meminfo", "MemTotal");
    let memory: f64 = memory.split(' ').next().unwrap_or_default().parse().unwrap_or(0.0);
    // A copy without its history can be measured too.
    let commit = shell::command("git")
        .and_then(|mut git| shell::output(git.args(["rev-parse", "--short", "HEAD"])))
        .unwrap_or_else(|_| "unknown".to_owned());
    Ok(format!(
        "{} ({cores} cores), {:.0} GB memory, {}, commit {}, profile bench-fast, window under Xvfb.",
        line_of("/proc/cpuinfo", "model name"),
        memory / 1e6,
        line_of("/etc/os-release", "PRETTY_NAME"),
        commit.trim(),
    ))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may fail by panicking")]
mod tests {
    use super::*;

    fn figures(p95: &[(u32, f64)]) -> Figures {
        let figure = |(size, p95): &(u32, f64)| {
            let key = ("board".to_owned(), *size);
            (key, Figure { median: 1.0, p95: *p95 })
        };
        p95.iter().map(figure).collect()
    }

    fn line(table: &str) -> &str {
        table.lines().nth(2).unwrap()
    }

    #[test]
    fn a_row_past_its_budget_is_marked() {
        let table = table(&[1_000, 100_000], &figures(&[(1_000, 2.5), (100_000, 15.2)]), None).unwrap();
        assert_eq!(
            line(&table),
            "| Board: all columns, first pages, counts, sums | 1.00 / 2.50 ms | 1.0 / 15.2 ms **over** | 15 ms: over |"
        );
        assert!(table.lines().last().unwrap().contains("cores"), "{table}");
    }

    #[test]
    fn beyond_the_budgets_size_growth_is_judged() {
        let sizes = [100_000, 1_000_000];
        let grown = table(&sizes, &figures(&[(100_000, 14.0), (1_000_000, 43.0)]), None).unwrap();
        assert!(line(&grown).contains("43.0 ms **over**"), "{grown}");
        let slower = table(&sizes, &figures(&[(100_000, 14.0), (1_000_000, 40.0)]), None).unwrap();
        assert!(!slower.contains("over"), "{slower}");
    }

    #[test]
    fn what_has_ten_times_the_work_may_take_ten_times_as_long() {
        let time = |size: u32, p95: f64| {
            let figure = Figure { median: p95, p95 };
            (("import-apply".to_owned(), size), figure)
        };
        let sizes = [100_000, 1_000_000];
        let grown = |then: f64, now: f64| {
            let figures = Figures::from([time(100_000, then), time(1_000_000, now)]);
            table(&sizes, &figures, None).unwrap()
        };
        assert!(!grown(20_000.0, 239_000.0).contains("over"));
        assert!(grown(20_000.0, 241_000.0).contains("over"));
    }

    #[test]
    fn frames_have_a_budget_for_the_median_too() {
        let frames = |median: f64| {
            let figure = Figure { median, p95: 34.0 };
            table(&[1_000], &Figures::from([(("drag".to_owned(), 1_000), figure)]), None).unwrap()
        };
        assert!(line(&frames(16.7)).ends_with("| 16.7 / 34.0 ms | 17 / 50 ms: within |"));
        assert!(line(&frames(33.0)).ends_with("| 33.0 / 34.0 ms **over** | 17 / 50 ms: over |"));
    }

    #[test]
    fn every_row_has_a_name_of_its_own() {
        let names: std::collections::BTreeSet<_> = ROWS.iter().map(|row| row.name).collect();
        assert_eq!(names.len(), ROWS.len());
        let said: std::collections::BTreeSet<_> = ROWS.iter().map(|row| row.what).collect();
        assert_eq!(
            said.len(),
            ROWS.len(),
            "an earlier run is compared by what the rows say"
        );
    }

    #[test]
    fn a_table_of_other_rows_is_noticed() {
        assert!(!Earlier::parse("| | 2000 tickets |\n|---|---:|\n| Board query, median | 3.54 ms |").knows_a_row());
    }

    #[test]
    fn an_earlier_run_is_compared_with() {
        let then = table(&[1_000], &figures(&[(1_000, 2.0)]), None).unwrap();
        let now = table(&[1_000], &figures(&[(1_000, 3.0)]), Some(&Earlier::parse(&then))).unwrap();
        assert!(line(&now).contains("3.00 ms (1.50 ×)"), "{now}");
        // What was compared then can be compared with again.
        let again = table(&[1_000], &figures(&[(1_000, 3.0)]), Some(&Earlier::parse(&now))).unwrap();
        assert!(line(&again).contains("3.00 ms (1.00 ×)"), "{again}");
    }
}
