//! Imports: a file is handed over, its columns are mapped, it is planned, run, and taken back.
//!
//! Planning and running take as long as they take: the command starts them and answers, and an event tells how far it is.
//! Why one stopped is said by the import itself.

use std::sync::Arc;

use anyhow::Context;
use domain::{ImportId, import::ImportRules};
use engine::{
    Engine,
    import::{Mapping, Slice},
    views::{
        DraftOptions, ImportDraft, ImportRowView, ImportSummary, ImportUndo, PlanView, RowsWanted, SavedMapping,
        SavedRules,
    },
};
use specta::{Types, datatype::DataType, function::FunctionArg};
use tauri::{
    AppHandle, Runtime,
    ipc::{CommandArg, CommandItem, InvokeBody, InvokeError},
};

use super::{HostState, on_engine};
use crate::{downloads, errors::UiError, host::Host};

/// Bytes on their way from the window, with what their headers say. No part of the bindings: JSON is no way to send bytes.
#[derive(Debug)]
pub struct Upload {
    import: Option<ImportId>,
    name: String,
    offset: u64,
    bytes: Vec<u8>,
}

impl<'de, R: Runtime> CommandArg<'de, R> for Upload {
    fn from_command(command: CommandItem<'de, R>) -> Result<Self, InvokeError> {
        let headers = command.message.headers();
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let InvokeBody::Raw(bytes) = command.message.payload() else {
            return Err(InvokeError::from("a part of a file is sent as bytes"));
        };
        let offset = header("offset").and_then(|text| text.parse().ok());
        Ok(Self {
            import: header("id").and_then(|text| text.parse().ok()).map(ImportId),
            name: unescaped(header("name").unwrap_or_default()),
            offset: offset.ok_or_else(|| InvokeError::from("a part of a file says where it belongs"))?,
            bytes: bytes.clone(),
        })
    }
}

impl FunctionArg for Upload {
    fn to_datatype(_: &mut Types) -> Option<DataType> {
        None
    }
}

/// A text whose characters beyond ASCII were written as `%C3%B8`.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match digits
            .and_then(|digits| u8::from_str_radix(digits, 16).ok())
            .filter(|_| byte == b'%')
        {
            Some(meant) => {
                bytes.push(meant);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Takes in a part of a file: its bytes are the body, and the headers `name`, `offset` and `id` (from the second part on)
/// say which.
#[tauri::command]
#[specta::specta]
pub async fn import_upload(host: HostState<'_>, part: Upload) -> Result<ImportId, UiError> {
    on_engine(&host, "Take in the file", move |engine| {
        engine.import_upload(&Slice {
            import: part.import,
            name: &part.name,
            offset: part.offset,
            bytes: &part.bytes,
        })
    })
    .await
}

/// Every import, newest first.
#[tauri::command]
#[specta::specta]
pub async fn imports(host: HostState<'_>) -> Result<Vec<ImportSummary>, UiError> {
    on_engine(&host, "Show the imports", Engine::imports).await
}

/// A file as it is read, with what is in which column; read in another way from now on with `options`.
#[tauri::command]
#[specta::specta]
pub async fn import_draft(
    host: HostState<'_>,
    id: ImportId,
    options: Option<DraftOptions>,
) -> Result<ImportDraft, UiError> {
    on_engine(&host, "Read the file", move |engine| engine.import_draft(id, options)).await
}

/// Maps the columns as a person wants them.
#[tauri::command]
#[specta::specta]
pub async fn import_set_mapping(host: HostState<'_>, id: ImportId, mapping: Mapping) -> Result<ImportDraft, UiError> {
    on_engine(&host, "Keep the mapping", move |engine| {
        engine.import_set_mapping(id, mapping)
    })
    .await
}

/// Says whose file it is, and has the columns found anew; `null` finds that out as well.
#[tauri::command]
#[specta::specta]
pub async fn import_set_provider(
    host: HostState<'_>,
    id: ImportId,
    provider: Option<String>,
) -> Result<ImportDraft, UiError> {
    on_engine(&host, "Read the file", move |engine| {
        engine.import_set_provider(id, provider)
    })
    .await
}

/// Begins to find out what becomes of every row.
#[tauri::command]
#[specta::specta]
pub async fn import_plan(host: HostState<'_>, id: ImportId) -> Result<(), UiError> {
    let summary = move |engine: &Engine| engine.import_summary(id);
    on_engine(&host, "Plan the import", summary).await?;
    begin(&host, "Plan the import", move |engine| engine.import_plan(id).map(drop))
}

/// What would happen, or happened.
#[tauri::command]
#[specta::specta]
pub async fn import_plan_view(host: HostState<'_>, id: ImportId) -> Result<PlanView, UiError> {
    on_engine(&host, "Show the plan", move |engine| engine.import_plan_view(id)).await
}

/// The rows behind a number, a bar or a problem.
#[tauri::command]
#[specta::specta]
pub async fn import_rows(
    host: HostState<'_>,
    id: ImportId,
    wanted: RowsWanted,
    offset: u32,
    limit: u32,
) -> Result<Vec<ImportRowView>, UiError> {
    on_engine(&host, "Show the rows", move |engine| {
        engine.import_rows_wanted(id, &wanted, offset, limit)
    })
    .await
}

/// Begins to do what is planned.
#[tauri::command]
#[specta::specta]
pub async fn import_run(host: HostState<'_>, id: ImportId) -> Result<(), UiError> {
    let summary = move |engine: &Engine| engine.import_summary(id);
    on_engine(&host, "Run the import", summary).await?;
    begin(&host, "Run the import", move |engine| engine.import_run(id).map(drop))
}

/// Stops after the rows that are being written.
#[tauri::command]
#[specta::specta]
pub async fn import_pause(host: HostState<'_>, id: ImportId) -> Result<(), UiError> {
    on_engine(&host, "Pause the import", move |engine| engine.import_pause(id)).await
}

/// Goes on where it stopped.
#[tauri::command]
#[specta::specta]
pub async fn import_resume(host: HostState<'_>, id: ImportId) -> Result<(), UiError> {
    let summary = move |engine: &Engine| engine.import_summary(id);
    on_engine(&host, "Go on with the import", summary).await?;
    begin(&host, "Go on with the import", move |engine| {
        engine.import_run(id).map(drop)
    })
}

/// Gives an import up. What was done until then stands.
#[tauri::command]
#[specta::specta]
pub async fn import_cancel(host: HostState<'_>, id: ImportId) -> Result<(), UiError> {
    on_engine(&host, "Cancel the import", move |engine| engine.import_cancel(id)).await
}

/// Takes an import back, except for tickets that somebody has worked on since.
#[tauri::command]
#[specta::specta]
pub async fn import_undo(host: HostState<'_>, id: ImportId) -> Result<ImportUndo, UiError> {
    on_engine(&host, "Undo the import", move |engine| engine.import_undo(id)).await
}

/// Saves the rows of which nothing came, in the columns of the file and with the reason; answers where.
#[tauri::command]
#[specta::specta]
pub async fn import_error_file(app: AppHandle, host: HostState<'_>, id: ImportId) -> Result<String, UiError> {
    on_engine(&host, "Save the rows with errors", move |engine| {
        let text = engine.import_error_file(id)?;
        let name = engine.import_summary(id)?.file_name;
        let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
        let path = downloads::save(&app, &format!("{stem}-errors"), "csv", &text).context("Save the file")?;
        Ok(path.display().to_string())
    })
    .await
}

/// From which quality on records come in by themselves, and whose word counts more.
#[tauri::command]
#[specta::specta]
pub async fn import_rules(host: HostState<'_>) -> Result<ImportRules, UiError> {
    on_engine(&host, "Show the rules of imports", Engine::import_rules).await
}

/// Keeps the rules of imports.
#[tauri::command]
#[specta::specta]
pub async fn set_import_rules(host: HostState<'_>, rules: ImportRules) -> Result<ImportRules, UiError> {
    on_engine(&host, "Keep the rules of imports", move |engine| {
        engine.set_import_rules(&rules)?;
        engine.import_rules()
    })
    .await
}

/// The mappings that are kept for files with known headers.
#[tauri::command]
#[specta::specta]
pub async fn import_mappings(host: HostState<'_>) -> Result<Vec<SavedMapping>, UiError> {
    on_engine(&host, "Show the mappings", Engine::import_mappings).await
}

/// A mapping as a document that can be read back in.
#[tauri::command]
#[specta::specta]
pub async fn import_mapping_json(host: HostState<'_>, signature: String) -> Result<String, UiError> {
    on_engine(&host, "Export the mapping", move |engine| {
        engine.import_mapping_json(&signature)
    })
    .await
}

/// Reads a mapping from its document and keeps it.
#[tauri::command]
#[specta::specta]
pub async fn read_import_mapping(host: HostState<'_>, document: String) -> Result<SavedMapping, UiError> {
    on_engine(&host, "Read the mapping", move |engine| {
        engine.read_import_mapping(&document)
    })
    .await
}

/// A mapping with its rules, to be changed.
#[tauri::command]
#[specta::specta]
pub async fn saved_mapping_rules(host: HostState<'_>, signature: String) -> Result<SavedRules, UiError> {
    on_engine(&host, "Show the mapping", move |engine| {
        engine.saved_mapping_rules(&signature)
    })
    .await
}

/// Changes the rules of a mapping.
#[tauri::command]
#[specta::specta]
pub async fn set_saved_mapping(host: HostState<'_>, signature: String, mapping: Mapping) -> Result<(), UiError> {
    on_engine(&host, "Change the mapping", move |engine| {
        engine.set_saved_mapping(&signature, &mapping)
    })
    .await
}

/// Gives a mapping another name.
#[tauri::command]
#[specta::specta]
pub async fn rename_import_mapping(host: HostState<'_>, signature: String, name: String) -> Result<(), UiError> {
    on_engine(&host, "Rename the mapping", move |engine| {
        engine.rename_import_mapping(&signature, &name)
    })
    .await
}

/// Forgets a mapping.
#[tauri::command]
#[specta::specta]
pub async fn delete_import_mapping(host: HostState<'_>, signature: String) -> Result<(), UiError> {
    on_engine(&host, "Remove the mapping", move |engine| {
        engine.delete_import_mapping(&signature)
    })
    .await
}

/// Starts work that takes its time. How it goes is told by events, and why it stopped by the import.
fn begin(
    host: &Arc<Host>,
    attempted: &'static str,
    work: impl FnOnce(&Engine) -> anyhow::Result<()> + Send + 'static,
) -> Result<(), UiError> {
    let engine = host.engine(attempted)?;
    tauri::async_runtime::spawn_blocking(move || {
        if let Err(error) = work(&engine) {
            drop(UiError::of(attempted, &error).logged());
        }
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::unescaped;

    #[test]
    fn a_name_arrives_as_it_is_written() {
        for (sent, name) in [
            ("leads.csv", "leads.csv"),
            ("K%C3%B8benhavn%20%26%20S%C3%B8n.csv", "København & Søn.csv"),
            ("100%.csv", "100%.csv"),
            ("50%zz", "50%zz"),
            ("", ""),
        ] {
            assert_eq!(unescaped(sent), name);
        }
    }
}
