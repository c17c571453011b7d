//! Insights: every figure is counted on this computer, and every figure opens its tickets.

use engine::views::{
    AgentsReport, ForecastReport, FunnelReport, ImportsReport, InsightsChoices, InsightsFilter, ReportRows, RowsQuery,
    SourcesReport, TimesReport, WinLossReport,
};

use super::{HostState, on_engine};
use crate::errors::UiError;

/// How far tickets come.
#[tauri::command]
#[specta::specta]
pub async fn funnel_report(host: HostState<'_>, filter: InsightsFilter) -> Result<FunnelReport, UiError> {
    on_engine(&host, "Count the funnel", move |engine| engine.funnel(&filter)).await
}

/// How long tickets stay.
#[tauri::command]
#[specta::specta]
pub async fn times_report(host: HostState<'_>, filter: InsightsFilter) -> Result<TimesReport, UiError> {
    on_engine(&host, "Measure the time in stages", move |engine| {
        engine.stage_times(&filter)
    })
    .await
}

/// What the open opportunities may bring.
#[tauri::command]
#[specta::specta]
pub async fn forecast_report(host: HostState<'_>, filter: InsightsFilter) -> Result<ForecastReport, UiError> {
    on_engine(&host, "Make the forecast", move |engine| engine.forecast(&filter)).await
}

/// Why deals are won and lost.
#[tauri::command]
#[specta::specta]
pub async fn win_loss_report(host: HostState<'_>, filter: InsightsFilter) -> Result<WinLossReport, UiError> {
    on_engine(&host, "Count what was won and lost", move |engine| {
        engine.win_loss(&filter)
    })
    .await
}

/// What each source brings.
#[tauri::command]
#[specta::specta]
pub async fn sources_report(host: HostState<'_>, filter: InsightsFilter) -> Result<SourcesReport, UiError> {
    on_engine(&host, "Compare the sources", move |engine| {
        engine.sources_report(&filter)
    })
    .await
}

/// What each agent has and does.
#[tauri::command]
#[specta::specta]
pub async fn agents_report(host: HostState<'_>, filter: InsightsFilter) -> Result<AgentsReport, UiError> {
    on_engine(&host, "Compare the agents", move |engine| engine.agents_report(&filter)).await
}

/// What imports bring.
#[tauri::command]
#[specta::specta]
pub async fn imports_report(host: HostState<'_>, filter: InsightsFilter) -> Result<ImportsReport, UiError> {
    on_engine(&host, "Compare the imports", move |engine| {
        engine.imports_report(&filter)
    })
    .await
}

/// What there is to filter by, beside agents and sources.
#[tauri::command]
#[specta::specta]
pub async fn insights_choices(host: HostState<'_>) -> Result<InsightsChoices, UiError> {
    on_engine(&host, "Read the segments", |engine| engine.insights_choices()).await
}

/// The tickets behind a figure.
#[tauri::command]
#[specta::specta]
pub async fn report_rows(
    host: HostState<'_>,
    query: RowsQuery,
    offset: u32,
    limit: u32,
) -> Result<ReportRows, UiError> {
    on_engine(&host, "Open the tickets behind the figure", move |engine| {
        engine.report_rows(&query, offset, limit)
    })
    .await
}
