//! Changes: each is one operation of the engine, saved here at once and sent to HaloPSA in the background.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::{ActivityId, AgentId, CompanyId, ConflictId, FieldKey, OperationId, TicketId};
use engine::views::{
    CompanyOption, ContactOption, Done, LogCallRequest, MoveOutcome, MoveRequest, NewTicketRequest, PartyChoice, Side,
    UndoDone,
};
use serde::{Deserialize, Serialize};
use specta::Type;
use store::ListRow;

use super::{HostState, on_engine};
use crate::errors::UiError;

/// A ticket that was created.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Created {
    pub done: Done,
    pub ticket: TicketId,
}

/// Moves tickets to a stage, or says what is missing.
#[tauri::command]
#[specta::specta]
pub async fn move_tickets(host: HostState<'_>, request: MoveRequest) -> Result<MoveOutcome, UiError> {
    on_engine(&host, "Move the tickets", move |engine| engine.move_tickets(&request)).await
}

/// Moves a ticket into its next lifecycle, or says what is missing.
#[tauri::command]
#[specta::specta]
pub async fn promote_ticket(
    host: HostState<'_>,
    ticket: TicketId,
    answers: BTreeMap<FieldKey, String>,
) -> Result<MoveOutcome, UiError> {
    on_engine(&host, "Promote the ticket", move |engine| {
        engine.promote_ticket(ticket, &answers)
    })
    .await
}

/// Changes a field to what was typed; empty clears it.
#[tauri::command]
#[specta::specta]
pub async fn edit_field(
    host: HostState<'_>,
    ticket: TicketId,
    field: FieldKey,
    input: String,
) -> Result<Done, UiError> {
    on_engine(&host, "Change the field", move |engine| {
        engine.edit_field(ticket, field, &input)
    })
    .await
}

/// Gives tickets to an agent, or to nobody.
#[tauri::command]
#[specta::specta]
pub async fn assign_owner(
    host: HostState<'_>,
    tickets: Vec<TicketId>,
    owner: Option<AgentId>,
) -> Result<Done, UiError> {
    on_engine(&host, "Change the owner", move |engine| {
        engine.assign_owner(&tickets, owner)
    })
    .await
}

/// Writes a note.
#[tauri::command]
#[specta::specta]
pub async fn add_note(host: HostState<'_>, ticket: TicketId, text: String) -> Result<Done, UiError> {
    on_engine(&host, "Save the note", move |engine| engine.add_note(ticket, &text)).await
}

/// Plans something to do; without an owner it is for whoever plans it.
#[tauri::command]
#[specta::specta]
pub async fn add_task(
    host: HostState<'_>,
    ticket: TicketId,
    subject: String,
    due: DateTime<Utc>,
    owner: Option<AgentId>,
) -> Result<Done, UiError> {
    on_engine(&host, "Plan the task", move |engine| {
        engine.add_task(ticket, &subject, due, owner)
    })
    .await
}

/// Plans a meeting.
#[tauri::command]
#[specta::specta]
pub async fn schedule_meeting(
    host: HostState<'_>,
    ticket: TicketId,
    subject: String,
    start: DateTime<Utc>,
    end: DateTime<Utc>,
) -> Result<Done, UiError> {
    on_engine(&host, "Plan the meeting", move |engine| {
        engine.schedule_meeting(ticket, &subject, start, end)
    })
    .await
}

/// Says that a task or meeting is done, or that it is not after all.
#[tauri::command]
#[specta::specta]
pub async fn complete_task(host: HostState<'_>, activity: ActivityId, is_done: bool) -> Result<Done, UiError> {
    on_engine(&host, "Finish the task", move |engine| {
        engine.complete_task(activity, is_done)
    })
    .await
}

/// Logs a call.
#[tauri::command]
#[specta::specta]
pub async fn log_call(host: HostState<'_>, request: LogCallRequest) -> Result<Done, UiError> {
    on_engine(&host, "Log the call", move |engine| engine.log_call(&request)).await
}

/// Creates a ticket.
#[tauri::command]
#[specta::specta]
pub async fn create_ticket(host: HostState<'_>, request: NewTicketRequest) -> Result<Created, UiError> {
    on_engine(&host, "Create the ticket", move |engine| {
        let (done, ticket) = engine.create_ticket(&request)?;
        Ok(Created { done, ticket })
    })
    .await
}

/// Links a ticket to a company and a contact, there already or to be made.
#[tauri::command]
#[specta::specta]
pub async fn link_contact(host: HostState<'_>, ticket: TicketId, choice: PartyChoice) -> Result<Done, UiError> {
    on_engine(&host, "Link the ticket", move |engine| {
        engine.link_contact(ticket, choice)
    })
    .await
}

/// Companies whose names begin with this text.
#[tauri::command]
#[specta::specta]
pub async fn find_companies(host: HostState<'_>, text: String) -> Result<Vec<CompanyOption>, UiError> {
    on_engine(&host, "Look for companies", move |engine| engine.find_companies(&text)).await
}

/// The contacts of a company.
#[tauri::command]
#[specta::specta]
pub async fn contacts_of(host: HostState<'_>, company: CompanyId) -> Result<Vec<ContactOption>, UiError> {
    on_engine(&host, "Look for contacts", move |engine| engine.contacts_of(company)).await
}

/// Puts tickets on a list, which is made when there is none of that name.
#[tauri::command]
#[specta::specta]
pub async fn add_to_list(host: HostState<'_>, tickets: Vec<TicketId>, name: String) -> Result<Done, UiError> {
    on_engine(&host, "Put the tickets on the list", move |engine| {
        engine.add_to_list(&tickets, &name)
    })
    .await
}

/// Takes tickets off a list.
#[tauri::command]
#[specta::specta]
pub async fn remove_from_list(host: HostState<'_>, tickets: Vec<TicketId>, name: String) -> Result<Done, UiError> {
    on_engine(&host, "Take the tickets off the list", move |engine| {
        engine.remove_from_list(&tickets, &name)
    })
    .await
}

/// Every list with somebody on it.
#[tauri::command]
#[specta::specta]
pub async fn lists(host: HostState<'_>) -> Result<Vec<ListRow>, UiError> {
    on_engine(&host, "Read the lists", |engine| engine.lists()).await
}

/// Chooses the same side in each of these, where both changed.
#[tauri::command]
#[specta::specta]
pub async fn resolve_conflicts(host: HostState<'_>, conflicts: Vec<ConflictId>, side: Side) -> Result<Done, UiError> {
    on_engine(&host, "Settle the difference", move |engine| {
        engine.resolve_conflicts(&conflicts, side)
    })
    .await
}

/// Takes back the last thing done here; nothing when there is none.
#[tauri::command]
#[specta::specta]
pub async fn undo(host: HostState<'_>) -> Result<Option<UndoDone>, UiError> {
    on_engine(&host, "Undo", |engine| engine.undo()).await
}

/// Does the last undone thing again; nothing when there is none.
#[tauri::command]
#[specta::specta]
pub async fn redo(host: HostState<'_>) -> Result<Option<UndoDone>, UiError> {
    on_engine(&host, "Redo", |engine| engine.redo()).await
}

/// Takes back this operation.
#[tauri::command]
#[specta::specta]
pub async fn undo_operation(host: HostState<'_>, operation: OperationId) -> Result<UndoDone, UiError> {
    on_engine(&host, "Undo", move |engine| engine.undo_operation(operation)).await
}
