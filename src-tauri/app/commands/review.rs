//! The review queue: what waits for a decision, and what was decided.

use std::collections::BTreeMap;

use domain::{AgentId, FieldKey, NotSameId, TicketId};
use engine::views::{
    BulkPreview, Done, DuplicatesFound, NotSameView, ReviewCounts, ReviewDecision, ReviewDetail, ReviewQuery, ReviewRow,
};
use store::ReviewKey;

use super::{HostState, on_engine};
use crate::errors::UiError;

/// A page of the queue, longest waiting first.
#[tauri::command]
#[specta::specta]
pub async fn review_queue(host: HostState<'_>, query: ReviewQuery) -> Result<Vec<ReviewRow>, UiError> {
    on_engine(&host, "Read the review queue", move |engine| {
        engine.review_queue(&query)
    })
    .await
}

/// How many entries wait, by reason.
#[tauri::command]
#[specta::specta]
pub async fn review_counts(host: HostState<'_>) -> Result<ReviewCounts, UiError> {
    on_engine(&host, "Read the review queue", |engine| engine.review_counts()).await
}

/// Both sides of an entry, the evidence, and what is recommended.
#[tauri::command]
#[specta::specta]
pub async fn review_detail(host: HostState<'_>, key: ReviewKey) -> Result<ReviewDetail, UiError> {
    on_engine(&host, "Look at the question", move |engine| engine.review_detail(&key)).await
}

/// Does what was decided.
#[tauri::command]
#[specta::specta]
pub async fn decide_review(host: HostState<'_>, key: ReviewKey, decision: ReviewDecision) -> Result<Done, UiError> {
    on_engine(&host, "Decide", move |engine| engine.decide_review(&key, &decision)).await
}

/// What accepting everything that the query finds would do.
#[tauri::command]
#[specta::specta]
pub async fn review_bulk_preview(host: HostState<'_>, query: ReviewQuery) -> Result<BulkPreview, UiError> {
    on_engine(&host, "Look at the questions", move |engine| {
        engine.review_bulk_preview(&query)
    })
    .await
}

/// Accepts what is recommended for each of these, as one operation.
#[tauri::command]
#[specta::specta]
pub async fn review_bulk_accept(host: HostState<'_>, keys: Vec<ReviewKey>) -> Result<Done, UiError> {
    on_engine(&host, "Accept the recommendations", move |engine| {
        engine.review_bulk_accept(&keys)
    })
    .await
}

/// Gives entries to an agent, or to nobody.
#[tauri::command]
#[specta::specta]
pub async fn assign_review(host: HostState<'_>, keys: Vec<ReviewKey>, agent: Option<AgentId>) -> Result<Done, UiError> {
    on_engine(&host, "Assign the questions", move |engine| {
        engine.assign_review(&keys, agent)
    })
    .await
}

/// Makes several tickets one; a field that is not picked takes the value that is proposed.
#[tauri::command]
#[specta::specta]
pub async fn merge_tickets(
    host: HostState<'_>,
    keep: TicketId,
    parts: Vec<TicketId>,
    picks: BTreeMap<FieldKey, TicketId>,
) -> Result<Done, UiError> {
    on_engine(&host, "Merge the tickets", move |engine| {
        engine.merge_tickets(keep, &parts, &picks)
    })
    .await
}

/// Says that two tickets are not the same, which is remembered.
#[tauri::command]
#[specta::specta]
pub async fn keep_apart(host: HostState<'_>, one: TicketId, other: TicketId) -> Result<Done, UiError> {
    on_engine(&host, "Keep the tickets apart", move |engine| {
        engine.keep_apart(one, other)
    })
    .await
}

/// What is kept apart for ever, newest first.
#[tauri::command]
#[specta::specta]
pub async fn kept_apart(host: HostState<'_>) -> Result<Vec<NotSameView>, UiError> {
    on_engine(&host, "Read what is kept apart", |engine| engine.kept_apart()).await
}

/// Forgets that two are not the same.
#[tauri::command]
#[specta::specta]
pub async fn take_back_apart(host: HostState<'_>, pair: NotSameId) -> Result<Done, UiError> {
    on_engine(&host, "Forget that they are not the same", move |engine| {
        engine.take_back_apart(pair)
    })
    .await
}

/// Looks for duplicates of what was changed since the last look.
#[tauri::command]
#[specta::specta]
pub async fn find_duplicates(host: HostState<'_>) -> Result<DuplicatesFound, UiError> {
    on_engine(&host, "Look for duplicates", |engine| engine.find_duplicates()).await
}
