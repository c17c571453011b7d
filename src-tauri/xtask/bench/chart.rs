//! A finished table as a picture: how each time grows with the number of tickets. It stands in the README.

use std::{fmt::Write as _, fs, path::Path};

use anyhow::{Context, Result, ensure};

use super::{
    rows::{ROWS, Row},
    table::{Earlier, thousands},
};
use crate::shell;

/// Where the README looks for it.
const PLACE: &str = "tests/fixtures/growth.svg";

/// Panels beside each other, and the size of one. Everything is in pixels.
const ACROSS: usize = 4;
const PANEL: (f64, f64) = (196.0, 116.0);
const GAP: f64 = 8.0;
const MARGIN: f64 = 16.0;
const HEAD: f64 = 34.0;
const FOOT: f64 = 22.0;
/// Where the line is drawn inside of a panel: left, right, top, bottom.
const PLOT: (f64, f64, f64, f64) = (10.0, 186.0, 46.0, 88.0);
/// Letters that fit into a line of a panel's title.
const LETTERS: usize = 28;

/// Times of one row by number of tickets, rising.
struct Growth<'a> {
    row: &'a Row,
    budget: f64,
    times: Vec<(u32, f64)>,
}

/// Draws the table in that file into the picture of the README.
pub fn put(table: &Path) -> Result<()> {
    let text = fs::read_to_string(table).with_context(|| format!("read {}", table.display()))?;
    let picture = draw(&text)?.with_context(|| format!("{} has no row of two sizes", table.display()))?;
    fs::write(shell::root()?.join(PLACE), picture)?;
    eprintln!("drawn: {PLACE}");
    Ok(())
}

/// The picture of a table; none when there is nothing that could grow.
pub fn draw(table: &str) -> Result<Option<String>> {
    let figures = Earlier::parse(table);
    let sizes = figures.sizes();
    let growths: Vec<Growth<'_>> = ROWS.iter().filter_map(|row| growth(row, &figures, &sizes)).collect();
    let (Some(first), Some(last), false) = (sizes.first(), sizes.last(), growths.is_empty()) else {
        return Ok(None);
    };
    let rows = growths.len().div_ceil(ACROSS);
    let width = 2.0 * MARGIN + ACROSS as f64 * (PANEL.0 + GAP) - GAP;
    let height = HEAD + rows as f64 * (PANEL.1 + GAP) - GAP + FOOT + MARGIN;
    let title = format!("From {} to {} tickets", thousands(*first), thousands(*last));
    let mut svg = String::new();
    writeln!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         role=\"img\" aria-labelledby=\"title desc\">\n<title id=\"title\">{title}: how long things take</title>"
    )?;
    writeln!(svg, "<desc id=\"desc\">{}</desc>", escape(&in_words(&growths, table)))?;
    svg.push_str(STYLE);
    writeln!(
        svg,
        "<rect class=\"ground\" width=\"{width}\" height=\"{height}\" rx=\"8\"/>"
    )?;
    writeln!(
        svg,
        "<text class=\"head\" x=\"{MARGIN}\" y=\"23\">{title}: 95 of 100 times are shorter than</text>"
    )?;
    for (at, growth) in growths.iter().enumerate() {
        let x = MARGIN + (at % ACROSS) as f64 * (PANEL.0 + GAP);
        let y = HEAD + (at / ACROSS) as f64 * (PANEL.1 + GAP);
        writeln!(svg, "<g transform=\"translate({x} {y})\">")?;
        panel(&mut svg, growth)?;
        svg.push_str("</g>\n");
    }
    writeln!(
        svg,
        "<text class=\"foot\" x=\"{MARGIN}\" y=\"{}\">Dashed: the budget, which is for 100,000 tickets. Each step to the \
         right is ten times as many.</text>\n</svg>",
        height - 14.0
    )?;
    ensure!(!svg.contains("NaN"), "a figure of the table is no number");
    Ok(Some(svg))
}

fn growth<'a>(row: &'a Row, figures: &Earlier, sizes: &[u32]) -> Option<Growth<'a>> {
    // The others are no times, or no 95th percentiles.
    if row.unit != "ms" || row.median.is_some() {
        return None;
    }
    let time = |size: &u32| Some((*size, figures.get(row.what, &thousands(*size))?));
    let times: Vec<(u32, f64)> = sizes.iter().filter_map(time).collect();
    (times.len() > 1).then_some(Growth {
        row,
        budget: row.budget?,
        times,
    })
}

fn panel(svg: &mut String, growth: &Growth<'_>) -> Result<()> {
    let (left, right, top, bottom) = PLOT;
    writeln!(
        svg,
        "<rect class=\"panel\" width=\"{}\" height=\"{}\" rx=\"6\"/>",
        PANEL.0, PANEL.1
    )?;
    for (line, y) in wrapped(name(growth.row)).iter().zip([18.0, 32.0]) {
        writeln!(
            svg,
            "<text class=\"name\" x=\"{left}\" y=\"{y}\">{}</text>",
            escape(line)
        )?;
    }
    let log = |size: u32| f64::from(size).log10();
    let ends = growth.times.first().zip(growth.times.last()).context("times")?;
    let (from, to) = (log(ends.0.0), log(ends.1.0));
    let most = growth
        .times
        .iter()
        .fold(growth.budget, |most, (_, time)| most.max(*time));
    let place = |(size, time): &(u32, f64)| {
        let x = left + (right - left) * (log(*size) - from) / (to - from);
        (x, bottom - (bottom - top) * time / most)
    };
    let height = bottom - (bottom - top) * growth.budget / most;
    writeln!(svg, "<path class=\"budget\" d=\"M{left} {height:.1}H{right}\"/>")?;
    writeln!(svg, "<path class=\"floor\" d=\"M{left} {bottom}H{right}\"/>")?;
    let points: Vec<(f64, f64)> = growth.times.iter().map(place).collect();
    let line: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1} {y:.1}")).collect();
    writeln!(svg, "<path class=\"line\" d=\"M{}\"/>", line.join("L"))?;
    for ((x, y), (_, time)) in points.iter().zip(&growth.times) {
        let class = if *time > growth.budget { "past" } else { "dot" };
        writeln!(svg, "<circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2.6\"/>")?;
    }
    let told = timed(&[ends.0.1, ends.1.1], growth.budget);
    writeln!(svg, "<text class=\"foot\" x=\"{left}\" y=\"105\">{told}</text>")?;
    Ok(())
}

/// Everything that the picture says, for who does not see it.
fn in_words(growths: &[Growth<'_>], table: &str) -> String {
    let mut words = String::new();
    for growth in growths {
        let times: Vec<String> = growth
            .times
            .iter()
            .map(|(size, time)| format!("{} ms with {} tickets", short(*time), thousands(*size)))
            .collect();
        let line = format!(
            "{}: {}; budget {} ms. ",
            name(growth.row),
            times.join(", "),
            short(growth.budget)
        );
        words.push_str(&line);
    }
    let machine = table
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with('|'));
    words + machine.unwrap_or_default()
}

/// What a row is called where there is little room.
fn name(row: &Row) -> &str {
    row.what.split(':').next().unwrap_or(row.what)
}

/// In two lines, by words; what is longer ends there.
fn wrapped(text: &str) -> [String; 2] {
    let mut lines = [String::new(), String::new()];
    let [first, second] = &mut lines;
    let fits = |line: &str, word: &str| line.is_empty() || line.chars().count() + word.chars().count() < LETTERS;
    let add = |line: &mut String, word: &str| {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    };
    for word in text.split(' ') {
        if second.is_empty() && fits(first, word) {
            add(first, word);
        } else if fits(second, word) {
            add(second, word);
        } else {
            second.push('…');
            break;
        }
    }
    lines
}

/// Some times of one row, in milliseconds, or in seconds where that says the same in fewer figures.
fn timed(times: &[f64], budget: f64) -> String {
    let (unit, one) = if budget < 1_000.0 { ("ms", 1.0) } else { ("s", 1_000.0) };
    let times: Vec<String> = times.iter().map(|time| short(time / one)).collect();
    format!("{} {unit}, budget {} {unit}", times.join(" → "), short(budget / one))
}

fn short(number: f64) -> String {
    if number >= 1_000.0 {
        return thousands(number.round() as u32);
    }
    let digits = if number < 10.0 { 2 } else { usize::from(number < 100.0) };
    let text = format!("{number:.digits$}");
    if digits == 0 {
        return text;
    }
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// It brings its own ground, so that it can be read wherever it stands, by day and by night.
const STYLE: &str = "<style>
text { font-family: system-ui, sans-serif; font-size: 11px; fill: #1f2933; }
.ground { fill: #ffffff; } .panel { fill: #f3f5f8; }
.head { font-size: 13px; font-weight: 600; } .name { font-weight: 600; } .foot { fill: #52606d; }
.line { fill: none; stroke: #1a66c2; stroke-width: 1.6; stroke-linejoin: round; }
.dot { fill: #1a66c2; } .past { fill: #b42318; }
.budget { stroke: #7b8794; stroke-dasharray: 4 3; } .floor { stroke: #cbd2d9; }
@media (prefers-color-scheme: dark) {
text { fill: #e4e7eb; } .ground { fill: #12161c; } .panel { fill: #1b2129; } .foot { fill: #9aa5b1; }
.line { stroke: #6cb0ff; } .dot { fill: #6cb0ff; } .past { fill: #ff8a80; }
.budget { stroke: #7b8794; } .floor { stroke: #3e4c59; }
}
</style>
";

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may fail by panicking")]
mod tests {
    use super::*;

    const TABLE: &str = "| median / 95 % | 1,000 | 100,000 | 1,000,000 | budget |
|---|---:|---:|---:|---:|
| Board: all columns, first pages, counts, sums | 2.00 / 2.50 ms | 4.00 / 7.50 ms (1.02 ×) | 20.0 / 40.0 ms **over** | 15 ms: over |
| Open a ticket | 1.00 / 1.50 ms |  | 2.00 / 3.00 ms | 20 ms: within |
| Peak memory of the process that measured | 20.0 MB | 90.0 MB | 400 MB |  |

A machine <2 cores>.
";

    #[test]
    fn each_time_is_a_panel_with_its_budget() {
        let svg = draw(TABLE).unwrap().unwrap();
        assert!(
            svg.contains("<title id=\"title\">From 1,000 to 1,000,000 tickets"),
            "{svg}"
        );
        assert!(svg.contains(">2.5 → 40 ms, budget 15 ms<"), "{svg}");
        assert!(
            svg.contains(">1.5 → 3 ms, budget 20 ms<"),
            "a size that was not measured is left out: {svg}"
        );
        assert_eq!(svg.matches("class=\"dot\"").count(), 4);
        assert_eq!(svg.matches("class=\"past\"").count(), 1, "a million is past the budget");
        assert!(!svg.contains("Peak"), "memory is no time");
    }

    #[test]
    fn it_is_told_to_who_does_not_see_it() {
        let svg = draw(TABLE).unwrap().unwrap();
        let told = svg.lines().find(|line| line.starts_with("<desc")).unwrap();
        assert!(
            told.contains(
                "Board: 2.5 ms with 1,000 tickets, 7.5 ms with 100,000 tickets, 40 ms with 1,000,000 tickets"
            )
        );
        assert!(told.contains("budget 15 ms. Open a ticket:"));
        assert!(told.contains("A machine &lt;2 cores&gt;."), "{told}");
    }

    #[test]
    fn one_size_does_not_grow() {
        assert!(
            draw("| | 1,000 |\n|---|---:|\n| Open a ticket | 1.0 / 1.5 ms |\n")
                .unwrap()
                .is_none()
        );
    }

    #[test]
    fn long_names_take_two_lines() {
        let cases = [
            ("Open a ticket", ["Open a ticket", ""]),
            (
                "Process start to the painted board",
                ["Process start to the painted", "board"],
            ),
            (
                "Board, filtered by owner, source, score or text and more",
                ["Board, filtered by owner,", "source, score or text and…"],
            ),
        ];
        for (name, want) in cases {
            assert_eq!(wrapped(name), want, "{name}");
        }
    }

    #[test]
    fn long_times_are_told_in_seconds() {
        assert_eq!(timed(&[0.86, 8.5], 20.0), "0.86 → 8.5 ms, budget 20 ms");
        assert_eq!(timed(&[55.2, 52_534.0], 3_000.0), "0.06 → 52.5 s, budget 3 s");
    }
}
