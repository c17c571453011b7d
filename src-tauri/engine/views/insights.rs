//! What Insights shows. Every figure has a [`Mark`] that opens exactly the tickets behind it.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{AgentId, ImportId, Lifecycle, StageKey, money::Money};
use serde::{Deserialize, Serialize};
use specta::Type;
use store::{Card, ImportOutcome, OutcomeCount, Segment};

/// What a report is about: a period, and which tickets count.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct InsightsFilter {
    /// The first and the last day, both included, in the time zone.
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// An IANA name such as `Europe/London`; `None` for the time zone of this computer.
    pub zone: Option<String>,
    /// Only tickets that were created in the period, followed until now. Else whatever happened in the period, judged at
    /// its end.
    pub cohort: bool,
    /// Whose ticket it is now.
    pub owner: Option<AgentId>,
    /// The value of the field `lead_source`.
    pub source: Option<String>,
    pub segment: Option<Segment>,
    /// For funnel and times: the stages of this lifecycle. For the others: tickets that are in it now.
    pub lifecycle: Option<Lifecycle>,
}

/// What a report says about itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ReportAbout {
    /// The moment of what is shown: sync may have brought more since.
    pub as_of: DateTime<Utc>,
    /// When data last came from HaloPSA; `None` before the first time.
    pub last_pull: Option<DateTime<Utc>>,
    /// Days of the period before, with which this one is compared; `None` where nothing is compared.
    pub before: Option<Days>,
    /// Since when stages are known; `None` while there is no ticket.
    pub history_since: Option<DateTime<Utc>>,
    /// Some of the history was reconstructed from HaloPSA rather than seen by Leadline.
    pub rebuilt: bool,
    /// HaloPSA's history is still being read; it has come back to `history_since`.
    pub history_pending: bool,
    /// What each figure means, a sentence each.
    pub definitions: Vec<Definition>,
}

/// The first and the last day, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Days {
    pub from: NaiveDate,
    pub to: NaiveDate,
}

/// What a figure means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Definition {
    /// "Conversion".
    pub term: String,
    pub meaning: String,
}

/// Of this period and of the period before.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct Compared<T> {
    pub now: T,
    pub before: T,
}

/// How far tickets come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct FunnelReport {
    pub about: ReportAbout,
    /// In board order, exits included.
    pub stages: Vec<FunnelStage>,
}

/// A stage of the funnel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct FunnelStage {
    pub stage: StageKey,
    pub label: String,
    pub lifecycle: Lifecycle,
    pub exit: bool,
    pub counts: Compared<FunnelCounts>,
}

/// Distinct tickets of a stage. `moved_on`, `lost`, `went_back` and `still_here` make up `entered`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct FunnelCounts {
    pub entered: u32,
    /// Those of them that had been here before.
    pub re_entered: u32,
    pub moved_on: u32,
    pub lost: u32,
    pub went_back: u32,
    pub still_here: u32,
    /// Those that moved on, of those that have left; `None` while none has left, and for exits.
    pub conversion_pct: Option<f64>,
}

/// How long tickets stay.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct TimesReport {
    pub about: ReportAbout,
    /// Open stages in board order: nobody waits in an exit.
    pub stages: Vec<StageTimes>,
    /// The stage with the largest share of all time.
    pub bottleneck: Option<StageKey>,
    pub velocity: Compared<Velocity>,
}

/// A stage's times.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct StageTimes {
    pub stage: StageKey,
    pub label: String,
    pub lifecycle: Lifecycle,
    pub times: Compared<StayTimes>,
}

/// Of stays that began in the period, in whole seconds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct StayTimes {
    /// Stays that ended.
    pub left: u32,
    /// Stays that go on.
    pub open: u32,
    /// Half of the stays that ended took at most this.
    pub median_s: Option<u32>,
    /// Nine of ten stays that ended took at most this.
    pub p90_s: Option<u32>,
    /// As above, with those that go on counted for as long as they have gone on (Kaplan–Meier); `None` while too many go
    /// on to tell.
    pub km_median_s: Option<u32>,
    pub km_p90_s: Option<u32>,
    /// All time spent here, open stays included.
    pub elapsed_s: f64,
    /// Of the time spent in all stages shown.
    pub share_pct: Option<f64>,
}

/// How much is won in a day.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct Velocity {
    /// Opportunities open at the end.
    pub open: u32,
    pub won: u32,
    pub lost: u32,
    /// Won, of those that were won or lost.
    pub win_rate_pct: Option<f64>,
    /// Mean days from becoming an opportunity to being won.
    pub cycle_days: Option<f64>,
    /// Mean value of a won deal, for each currency.
    pub average: Vec<Money>,
    /// Open × win rate × average ÷ cycle, for each currency.
    pub per_day: Vec<Money>,
}

/// What the open opportunities may bring, and what was won.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ForecastReport {
    pub about: ReportAbout,
    pub rows: Vec<ForecastRow>,
    /// The lowest probability of a best case and of a commit, in per cent.
    pub best_case_from: u8,
    pub commit_from: u8,
}

/// Deals of one month, category and currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ForecastRow {
    pub when: ForecastWhen,
    pub category: ForecastCategory,
    /// Empty for deals without a value.
    pub currency: String,
    pub deals: u32,
    #[specta(type = i32)]
    pub minor: i64,
    /// Times probability; of what is closed all of it.
    #[specta(type = i32)]
    pub weighted_minor: i64,
}

/// When a deal is expected to close, or did.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(tag = "kind", content = "month", rename_all = "snake_case")]
pub enum ForecastWhen {
    /// Open, and expected before the period.
    Overdue,
    /// `2026-11`.
    Month(String),
    /// Open, and expected after the period.
    Later,
    /// Open, and without a date.
    Undated,
}

/// How sure a deal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ForecastCategory {
    Closed,
    Commit,
    BestCase,
    Pipeline,
}

/// Why deals are won and lost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct WinLossReport {
    pub about: ReportAbout,
    pub total: Compared<WinLoss>,
    /// By what was given as the reason; most deals first.
    pub reasons: Vec<WinLossRow>,
    /// By competitor; a deal with two counts for both.
    pub competitors: Vec<WinLossRow>,
}

/// Deals with one reason or competitor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct WinLossRow {
    /// Empty where none was given.
    pub name: String,
    pub deals: Compared<WinLoss>,
}

/// Won and lost deals.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct WinLoss {
    pub won: u32,
    pub lost: u32,
    pub win_rate_pct: Option<f64>,
    pub won_value: Vec<Money>,
    pub lost_value: Vec<Money>,
}

/// What each source brings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct SourcesReport {
    pub about: ReportAbout,
    /// Most tickets first.
    pub sources: Vec<SourceRow>,
}

/// One source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct SourceRow {
    /// Empty where none is given.
    pub source: String,
    pub yields: Compared<SourceYield>,
}

/// What became of a source's tickets.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct SourceYield {
    /// Tickets created in the period.
    pub created: u32,
    /// Those of them that are prospects by now, or further.
    pub prospects: u32,
    /// Those of them that are opportunities by now.
    pub opportunities: u32,
    /// Won in the period; for a cohort: those of them that are won by now.
    pub won: u32,
    pub won_value: Vec<Money>,
}

/// What each agent has and does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct AgentsReport {
    pub about: ReportAbout,
    /// By name; tickets without an owner come last.
    pub agents: Vec<AgentFigures>,
}

/// One agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct AgentFigures {
    /// `None` for tickets without an owner.
    pub agent: Option<AgentId>,
    pub name: String,
    /// Open tickets that are theirs now, and what the opportunities among them are worth.
    pub open: u32,
    pub open_value: Vec<Money>,
    pub work: Compared<AgentWork>,
}

/// What an agent did.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct AgentWork {
    /// Times that they brought a ticket into a stage.
    pub moves: u32,
    /// Calls that they logged.
    pub calls: u32,
    /// Won and lost deals of tickets that are theirs now.
    pub deals: WinLoss,
}

/// What imports bring.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ImportsReport {
    pub about: ReportAbout,
    /// Most rows first.
    pub sources: Vec<ImportYieldRow>,
}

/// One source of imports.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ImportYieldRow {
    /// The provider; empty for files of nobody in particular.
    pub source: String,
    pub yields: Compared<ImportYield>,
}

/// What became of a source's rows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct ImportYield {
    pub rows: u32,
    pub outcomes: Vec<OutcomeCount>,
    /// Rows about somebody who was here already.
    pub already_here: u32,
    /// Mean quality of a row, 0 to 100.
    pub quality: Option<f64>,
    /// Rows kept for a person that still wait.
    pub waiting: u32,
    /// What a person made of the others.
    pub decisions: Vec<DecisionCount>,
    /// Rows that came to no ticket by themselves are looked at where their import is.
    pub without_ticket: Vec<RowsOfImports>,
}

/// Rows with an outcome that comes to no ticket by itself, and the imports they are of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RowsOfImports {
    pub outcome: ImportOutcome,
    pub imports: Vec<ImportId>,
}

/// So many decisions of a kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DecisionCount {
    /// `merged`, `updated`, `created`, `not_same`, `discarded` or `moot`.
    pub decision: String,
    pub items: u32,
}

/// Opens the tickets behind a figure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct RowsQuery {
    pub mark: Mark,
    pub filter: InsightsFilter,
    /// The figure of the period before.
    #[serde(default)]
    pub before: bool,
}

/// A figure of a report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "report", rename_all = "snake_case")]
pub enum Mark {
    Funnel {
        stage: StageKey,
        what: FunnelMark,
    },
    /// Tickets with such a stay; a ticket that was there twice is one row.
    Times {
        stage: StageKey,
        what: TimesMark,
    },
    Velocity {
        what: EndingMark,
    },
    Forecast {
        when: ForecastWhen,
        category: ForecastCategory,
        currency: String,
    },
    ForecastSum {
        what: ForecastSum,
        currency: String,
    },
    WinLoss {
        by: WinLossBy,
        what: EndingMark,
    },
    Sources {
        source: String,
        what: SourceMark,
    },
    Agents {
        agent: Option<AgentId>,
        what: AgentMark,
    },
    /// Each ticket once, however many rows came to it.
    Imports {
        source: String,
        what: ImportMark,
    },
}

/// See [`FunnelCounts`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum FunnelMark {
    Entered,
    ReEntered,
    MovedOn,
    Lost,
    WentBack,
    StillHere,
}

/// See [`StayTimes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum TimesMark {
    Left,
    Open,
}

/// Several figures of the forecast taken together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ForecastSum {
    Closed,
    /// Whatever is not closed.
    Open,
    All,
}

/// See [`ImportYield`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "kind", content = "of", rename_all = "snake_case")]
pub enum ImportMark {
    Rows,
    Outcome(ImportOutcome),
    AlreadyHere,
    /// The tickets that were decided about so, see [`DecisionCount`].
    Decided(String),
}

/// Which deals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum EndingMark {
    Open,
    Won,
    Lost,
}

/// Which deals of win and loss: all, or those with that reason or competitor (empty: with none).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "kind", content = "name", rename_all = "snake_case")]
pub enum WinLossBy {
    All,
    Reason(String),
    Competitor(String),
}

/// See [`SourceYield`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SourceMark {
    Created,
    Prospects,
    Opportunities,
    Won,
}

/// See [`AgentFigures`]; moves and calls open each ticket once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum AgentMark {
    Open,
    Moves,
    Calls,
    Won,
    Lost,
}

/// A page of the tickets behind a figure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ReportRows {
    pub total: u32,
    pub cards: Vec<Card>,
}

/// What there is to filter by, beside agents and sources.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct InsightsChoices {
    pub industries: Vec<String>,
    pub employee_ranges: Vec<String>,
    pub lists: Vec<String>,
}
