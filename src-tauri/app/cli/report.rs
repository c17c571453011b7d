//! `leadline report`: the figures of Insights for a terminal, a spreadsheet or a program.

use std::process::ExitCode;

use chrono::{Datelike, Local, Months, NaiveDate};
use clap::{Args, ValueEnum};
use domain::money::Money;
use engine::{
    Engine,
    views::{Compared, ForecastCategory, ForecastWhen, InsightsFilter, StayTimes, WinLoss, WinLossRow},
};

use super::{Failure, Outcome, args::Place, failed, open, print};

/// Which report, of what, and how to print it.
#[derive(Args, Debug)]
pub struct Wish {
    report: Report,
    /// The first day (default: the first of the month before the last one; of a forecast: the first of this month)
    #[arg(long, value_name = "YYYY-MM-DD")]
    from: Option<NaiveDate>,
    /// The last day (default: today; of a forecast: half a year later)
    #[arg(long, value_name = "YYYY-MM-DD")]
    to: Option<NaiveDate>,
    /// Where days begin, such as Europe/London (default: the time zone of this computer)
    #[arg(long, value_name = "ZONE")]
    zone: Option<String>,
    /// Only tickets that were created in the period, followed until now
    #[arg(long)]
    cohort: bool,
    /// Only tickets of this source
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// A report of Insights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Report {
    /// How far tickets come, stage by stage
    Funnel,
    /// How long they stay in each stage
    Stages,
    /// What open opportunities may bring, by month
    Forecast,
    /// Why tickets are won and lost
    WinLoss,
    /// What each source brings
    Sources,
    /// What each agent has and does
    Agents,
    /// What imports bring
    Imports,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Csv,
    Json,
}

/// Columns and lines, for people and spreadsheets.
struct Table {
    titles: &'static [&'static str],
    lines: Vec<Vec<String>>,
}

/// Prints a report.
pub(super) fn report(place: &Place, wish: &Wish) -> Outcome {
    const ATTEMPT: &str = "Make the report";
    let filter = filter(wish, Local::now().date_naive())?;
    let session = open(place, ATTEMPT)?;
    print_report(session.engine(), wish, &filter).map_err(|error| failed(ATTEMPT, error))?;
    Ok(ExitCode::SUCCESS)
}

fn filter(wish: &Wish, today: NaiveDate) -> Result<InsightsFilter, Failure> {
    let first = today.with_day(1).unwrap_or(today);
    let months = |from: NaiveDate, count: u32| from.checked_add_months(Months::new(count));
    let (from, to) = if wish.report == Report::Forecast {
        let from = wish.from.unwrap_or(first);
        let later = months(from, 6).and_then(|day| day.pred_opt()).unwrap_or(from);
        (from, wish.to.unwrap_or(later))
    } else {
        let before = first.checked_sub_months(Months::new(2)).unwrap_or(first);
        (wish.from.unwrap_or(before), wish.to.unwrap_or(today))
    };
    if to < from {
        return Err(Failure::Usage(format!(
            "The period ends on {to}, before it begins on {from}."
        )));
    }
    Ok(InsightsFilter {
        from,
        to,
        zone: wish.zone.clone(),
        cohort: wish.cohort,
        source: wish.source.clone(),
        ..InsightsFilter::default()
    })
}

fn print_report(engine: &Engine, wish: &Wish, filter: &InsightsFilter) -> anyhow::Result<()> {
    match wish.report {
        Report::Funnel => give(wish, &engine.funnel(filter)?, |report| {
            let lines = report.stages.iter().map(|stage| {
                let now = &stage.counts.now;
                let counts = [
                    now.entered,
                    now.re_entered,
                    now.moved_on,
                    now.lost,
                    now.went_back,
                    now.still_here,
                ];
                let mut line = vec![stage.label.clone()];
                line.extend(counts.map(|count| count.to_string()));
                line.push(share(now.conversion_pct));
                line.push(stage.counts.before.entered.to_string());
                line
            });
            Table {
                titles: &[
                    "stage",
                    "entered",
                    "re_entered",
                    "moved_on",
                    "lost",
                    "went_back",
                    "still_here",
                    "conversion_pct",
                    "entered_before",
                ],
                lines: lines.collect(),
            }
        }),
        Report::Stages => give(wish, &engine.stage_times(filter)?, |report| {
            let lines = report.stages.iter().map(|stage| {
                let mut line = vec![stage.label.clone()];
                line.extend(times(&stage.times.now));
                line.push(days(stage.times.before.median_s));
                line
            });
            Table {
                titles: &[
                    "stage",
                    "left",
                    "open",
                    "median_days",
                    "p90_days",
                    "median_days_with_open",
                    "p90_days_with_open",
                    "share_pct",
                    "median_days_before",
                ],
                lines: lines.collect(),
            }
        }),
        Report::Forecast => give(wish, &engine.forecast(filter)?, |report| {
            let lines = report.rows.iter().map(|row| {
                let money = |minor| Money {
                    minor,
                    currency: row.currency.clone(),
                };
                vec![
                    when(&row.when),
                    category(row.category).to_owned(),
                    row.deals.to_string(),
                    sum(&[money(row.minor)]),
                    sum(&[money(row.weighted_minor)]),
                ]
            });
            Table {
                titles: &["month", "category", "tickets", "value", "weighted"],
                lines: lines.collect(),
            }
        }),
        Report::WinLoss => give(wish, &engine.win_loss(filter)?, |report| {
            let total = won_and_lost("total", "", &report.total);
            let of = |kind: &'static str| move |row: &WinLossRow| won_and_lost(kind, &row.name, &row.deals);
            let reasons = report.reasons.iter().map(of("reason"));
            let competitors = report.competitors.iter().map(of("competitor"));
            Table {
                titles: &[
                    "by",
                    "name",
                    "won",
                    "lost",
                    "win_rate_pct",
                    "won_value",
                    "lost_value",
                    "won_before",
                    "lost_before",
                ],
                lines: std::iter::once(total).chain(reasons).chain(competitors).collect(),
            }
        }),
        Report::Sources => give(wish, &engine.sources_report(filter)?, |report| {
            let lines = report.sources.iter().map(|row| {
                let now = &row.yields.now;
                let mut line = vec![row.source.clone()];
                line.extend([now.created, now.prospects, now.opportunities, now.won].map(|count| count.to_string()));
                line.push(sum(&now.won_value));
                line.push(row.yields.before.created.to_string());
                line
            });
            Table {
                titles: &[
                    "source",
                    "created",
                    "prospects",
                    "opportunities",
                    "won",
                    "won_value",
                    "created_before",
                ],
                lines: lines.collect(),
            }
        }),
        Report::Agents => give(wish, &engine.agents_report(filter)?, |report| {
            let lines = report.agents.iter().map(|row| {
                let now = &row.work.now;
                let counts = [row.open, now.moves, now.calls, now.deals.won, now.deals.lost];
                let mut line = vec![row.name.clone()];
                line.extend(counts.map(|count| count.to_string()));
                line.extend([
                    sum(&row.open_value),
                    sum(&now.deals.won_value),
                    row.work.before.moves.to_string(),
                ]);
                line
            });
            Table {
                titles: &[
                    "agent",
                    "open",
                    "moves",
                    "calls",
                    "won",
                    "lost",
                    "open_value",
                    "won_value",
                    "moves_before",
                ],
                lines: lines.collect(),
            }
        }),
        Report::Imports => give(wish, &engine.imports_report(filter)?, |report| {
            let lines = report.sources.iter().flat_map(|row| {
                let now = &row.yields.now;
                now.outcomes.iter().map(|count| {
                    vec![
                        row.source.clone(),
                        count.outcome.key().to_owned(),
                        count.rows.to_string(),
                        share(Some(f64::from(count.rows) / f64::from(now.rows.max(1)) * 100.0)),
                        share(now.quality),
                        now.waiting.to_string(),
                    ]
                })
            });
            Table {
                titles: &[
                    "source",
                    "outcome",
                    "rows",
                    "of_rows_pct",
                    "mean_quality",
                    "waiting_for_review",
                ],
                lines: lines.collect(),
            }
        }),
    }
}

/// Prints a report in the format that was wished for.
fn give<T: serde::Serialize>(wish: &Wish, report: &T, table: impl Fn(&T) -> Table) -> anyhow::Result<()> {
    match wish.format {
        Format::Json => print::json(report),
        Format::Csv => {
            let Table { titles, lines } = table(report);
            let mut writer = csv::WriterBuilder::new()
                .terminator(csv::Terminator::CRLF)
                .from_writer(Vec::new());
            writer.write_record(titles)?;
            for line in lines {
                writer.write_record(line.iter().map(|cell| engine::export::plain(cell).into_owned()))?;
            }
            let text = String::from_utf8(writer.into_inner()?)?;
            print::line(text.trim_end_matches("\r\n"))
        }
        Format::Table => {
            let Table { titles, lines } = table(report);
            let widths: Vec<usize> = titles
                .iter()
                .enumerate()
                .map(|(at, title)| {
                    let cells = lines.iter().filter_map(|line| line.get(at));
                    cells
                        .map(|cell| cell.chars().count())
                        .max()
                        .unwrap_or(0)
                        .max(title.len())
                })
                .collect();
            let aligned = |cells: &mut dyn Iterator<Item = &str>| {
                let padded = cells.zip(&widths).enumerate().map(|(at, (cell, width))| match at {
                    0 => format!("{cell:<width$}"),
                    _ => format!("{cell:>width$}"),
                });
                padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
            };
            print::line(&aligned(&mut titles.iter().copied()))?;
            lines
                .iter()
                .try_for_each(|line| print::line(&aligned(&mut line.iter().map(String::as_str))))
        }
    }
}

/// One decimal, or nothing where there is nothing to divide by.
fn share(percent: Option<f64>) -> String {
    percent.map(|percent| format!("{percent:.1}")).unwrap_or_default()
}

fn days(seconds: Option<u32>) -> String {
    seconds
        .map(|seconds| format!("{:.1}", f64::from(seconds) / 86_400.0))
        .unwrap_or_default()
}

fn times(times: &StayTimes) -> [String; 7] {
    [
        times.left.to_string(),
        times.open.to_string(),
        days(times.median_s),
        days(times.p90_s),
        days(times.km_median_s),
        days(times.km_p90_s),
        share(times.share_pct),
    ]
}

fn won_and_lost(by: &str, name: &str, tickets: &Compared<WinLoss>) -> Vec<String> {
    let (now, before) = (&tickets.now, &tickets.before);
    vec![
        by.to_owned(),
        name.to_owned(),
        now.won.to_string(),
        now.lost.to_string(),
        share(now.win_rate_pct),
        sum(&now.won_value),
        sum(&now.lost_value),
        before.won.to_string(),
        before.lost.to_string(),
    ]
}

/// `9000.00 GBP`, several with a plus between them; nothing without a currency.
fn sum(money: &[Money]) -> String {
    let known = money.iter().filter(|money| !money.currency.is_empty());
    known.map(Money::to_input).collect::<Vec<_>>().join(" + ")
}

fn when(when: &ForecastWhen) -> String {
    match when {
        ForecastWhen::Overdue => "overdue".to_owned(),
        ForecastWhen::Month(month) => month.clone(),
        ForecastWhen::Later => "later".to_owned(),
        ForecastWhen::Undated => "undated".to_owned(),
    }
}

fn category(category: ForecastCategory) -> &'static str {
    match category {
        ForecastCategory::Closed => "closed",
        ForecastCategory::Commit => "commit",
        ForecastCategory::BestCase => "best_case",
        ForecastCategory::Pipeline => "pipeline",
    }
}
