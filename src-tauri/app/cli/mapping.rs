//! The mapping on the command line: looked at, read again, taken out as a document and read back in.

use std::{fs, path::Path, process::ExitCode};

use anyhow::Context;
use domain::tenant::{Confidence, Slot};
use engine::views::{MappedSlot, MappingView, TenantItem};

use super::{
    Outcome,
    args::{Output, Place},
    failed, open, print,
};
use crate::session::Session;

/// What to do with the mapping before it is shown.
pub(super) struct Wish<'a> {
    pub read: bool,
    pub import: Option<&'a Path>,
    pub export: bool,
}

/// Shows the mapping, after what was wished.
pub(super) async fn mapping(place: &Place, wish: Wish<'_>, output: Output) -> Outcome {
    const ATTEMPT: &str = "Show the mapping";
    let session = open(place, ATTEMPT)?;
    show(&session, wish, output)
        .await
        .map_err(|error| failed(ATTEMPT, error))?;
    Ok(ExitCode::SUCCESS)
}

async fn show(session: &Session, wish: Wish<'_>, output: Output) -> anyhow::Result<()> {
    let engine = session.engine();
    if wish.read {
        engine.read_setup().await?;
    }
    if let Some(path) = wish.import {
        let text = fs::read_to_string(path).with_context(|| format!("Read {}", path.display()))?;
        let read = engine.import_mapping(&text)?;
        for remark in &read.remarks {
            print::say(remark);
        }
        engine.save_mapping(&read.edit)?;
    }
    if wish.export {
        return print::line(&engine.export_mapping()?);
    }
    let view = engine.mapping()?;
    if output.json {
        return print::json(&view);
    }
    print::line(&in_lines(&view).join("\n"))
}

fn in_lines(view: &MappingView) -> Vec<String> {
    let offers = &view.offers;
    let mut lines = Vec::new();
    for (title, rows, items) in [
        ("Ticket types", &view.ticket_types, &offers.ticket_types),
        ("Stages", &view.stages, &offers.statuses),
        ("Notes and calls", &view.outcomes, &offers.outcomes),
    ] {
        lines.push(title.to_owned());
        lines.extend(rows.iter().map(|row| in_line(row, items)));
    }
    lines.push("Fields".to_owned());
    let customs = view.fields.iter().filter_map(|field| field.custom.as_ref());
    lines.extend(customs.map(|row| in_line(row, &offers.custom_fields)));
    for change in &view.changes {
        lines.push(change.sentence.clone());
    }
    if !view.missing.is_empty() {
        lines.push(format!("\nFor the administrator of HaloPSA:\n\n{}", view.missing_text));
    }
    lines
}

fn in_line(row: &MappedSlot, items: &[TenantItem]) -> String {
    let found = row.id.and_then(|id| items.iter().find(|item| item.id == id));
    let name = match (found, row.confidence) {
        (Some(item), _) => item.name.as_str(),
        (None, Confidence::Off) => "left out",
        (None, Confidence::Usual) => "none of its own",
        (None, _) => "not found",
    };
    let sure = match row.confidence {
        Confidence::Chosen => " (chosen)",
        Confidence::Likely => " (similar name)",
        Confidence::Kept => " (as until now)",
        Confidence::Exact | Confidence::Off | Confidence::Usual | Confidence::Missing => "",
    };
    let label = match &row.slot {
        Slot::Stage { .. } => format!(
            "{} {}",
            row.lifecycle.map(|lifecycle| lifecycle.label()).unwrap_or_default(),
            row.label
        ),
        _ => row.label.clone(),
    };
    format!("  {label:<28}  {name}{sure}")
}
