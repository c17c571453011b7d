//! `leadline import`: a file becomes tickets, or says what would become of it.

use std::{
    fs::{self, File},
    io::{self, IsTerminal, Read},
    path::{Path, PathBuf},
    process::ExitCode,
    thread,
};

use clap::Args;
use domain::ImportId;
use engine::{
    Engine, Event,
    import::{IncomingFile, mapping::presets},
    views::{DraftOptions, ImportRowView, ImportSummary, PlanView, ProblemCount},
};
use serde::Serialize;
use store::{ImportState, OutcomeCount};
use tokio::sync::broadcast::error::RecvError;

use super::{
    Failure, Outcome,
    args::{Output, Place},
    failed, open, print,
};

const ATTEMPTED: &str = "Import the file";

/// Rows that are printed in one go.
const AT_ONCE: u32 = 1_000;

/// What is to be imported, and how.
#[derive(Args, Clone, Debug)]
pub struct Wish {
    /// The list: CSV, TSV, XLSX, XLS, ODS, JSON or NDJSON
    #[arg(value_name = "FILE", required_unless_present = "undo")]
    file: Option<PathBuf>,
    /// Whose export it is, such as apollo, zoominfo or hunter; auto finds out by its headers
    #[arg(long, value_name = "SOURCE", default_value = "auto")]
    source: String,
    /// Which column holds what, as a document that was exported
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// The sheet of a workbook
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
    /// How phone numbers without a country code are read, such as GB
    #[arg(long, value_name = "COUNTRY")]
    country: Option<String>,
    /// Only say what would become of every row
    #[arg(long)]
    dry_run: bool,
    /// Print every row with what becomes of it
    #[arg(long)]
    rows: bool,
    /// Write the rows of which nothing comes to this file, with the reason
    #[arg(long, value_name = "FILE")]
    errors: Option<PathBuf>,
    /// Take this import back
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["file", "dry_run", "mapping", "errors"])]
    undo: Option<i64>,
    #[command(flatten)]
    output: Output,
}

/// What is printed of an import.
#[derive(Serialize)]
struct Report<'a> {
    import: Option<ImportId>,
    file: &'a str,
    source: &'a str,
    dry_run: bool,
    state: ImportState,
    rows: u32,
    planned: &'a [OutcomeCount],
    done: &'a [OutcomeCount],
    differences: &'a [ProblemCount],
    quality: &'a [u32],
    problems: &'a [ProblemCount],
    duplicates: u32,
    inside: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<Vec<ImportRowView>>,
}

/// Imports a file, plans it, or takes an import back.
pub(super) fn import(place: &Place, wish: &Wish) -> Outcome {
    let session = open(place, ATTEMPTED)?;
    let engine = session.engine();
    if let Some(import) = wish.undo {
        return undo(engine, ImportId(import), wish.output);
    }
    let Some(file) = &wish.file else {
        return Err(Failure::Usage("Name a file.".to_owned()));
    };
    let provider = match wish.source.as_str() {
        "auto" => None,
        typed => Some(
            presets::provider(typed)
                .ok_or_else(|| {
                    let known = presets::providers().join(", ");
                    Failure::Usage(format!("No source is called {typed}. There are auto, {known}."))
                })?
                .to_owned(),
        ),
    };
    tell_progress(engine);
    let (summary, view, rows) = bring_in(engine, wish, file, provider).map_err(|error| failed(ATTEMPTED, error))?;
    tell(wish, &summary, &view, rows).map_err(|error| failed(ATTEMPTED, error))?;
    Ok(ExitCode::SUCCESS)
}

/// Plans, runs or goes on, and says what came of it.
fn bring_in(
    engine: &Engine,
    wish: &Wish,
    file: &Path,
    provider: Option<String>,
) -> anyhow::Result<(ImportSummary, PlanView, Option<Vec<ImportRowView>>)> {
    // The window beside us, or the next process, may be somewhere else.
    let path = fs::canonicalize(file)?;
    let fingerprint = fingerprint(&path)?;
    let begun = match wish.dry_run {
        true => None,
        false => engine.import_to_resume(&fingerprint)?,
    };
    let import = match begun {
        Some(import) => {
            print::say("This file was being imported already: going on where it stopped.");
            import
        }
        None => {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
            let import = engine.import_open(&IncomingFile {
                path: &path,
                name: &name.unwrap_or_default(),
                fingerprint: &fingerprint,
            })?;
            if let Err(error) = plan(engine, wish, import, provider) {
                engine.import_cancel(import)?;
                return Err(error);
            }
            import
        }
    };
    if !wish.dry_run {
        engine.import_run(import)?;
    }
    let view = engine.import_plan_view(import)?;
    let summary = engine.import_summary(import)?;
    let rows = if wish.rows {
        Some(all_rows(engine, import)?)
    } else {
        None
    };
    if let Some(errors) = &wish.errors {
        fs::write(errors, engine.import_error_file(import)?)?;
    }
    if wish.dry_run {
        engine.import_cancel(import)?;
    }
    Ok((summary, view, rows))
}

fn plan(engine: &Engine, wish: &Wish, import: ImportId, provider: Option<String>) -> anyhow::Result<()> {
    if wish.sheet.is_some() || wish.country.is_some() {
        engine.import_draft(
            import,
            Some(DraftOptions {
                sheet: wish.sheet.clone(),
                default_country: wish.country.clone(),
                ..DraftOptions::default()
            }),
        )?;
    }
    if provider.is_some() {
        engine.import_set_provider(import, provider)?;
    }
    if let Some(mapping) = &wish.mapping {
        engine.import_set_mapping_json(import, &fs::read_to_string(mapping)?)?;
    }
    engine.import_plan(import)?;
    Ok(())
}

fn all_rows(engine: &Engine, import: ImportId) -> anyhow::Result<Vec<ImportRowView>> {
    let mut rows = Vec::new();
    loop {
        let offset = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        let page = engine.import_all_rows(import, offset, AT_ONCE)?;
        if page.is_empty() {
            return Ok(rows);
        }
        rows.extend(page);
    }
}

fn tell(wish: &Wish, summary: &ImportSummary, view: &PlanView, rows: Option<Vec<ImportRowView>>) -> anyhow::Result<()> {
    if wish.output.json {
        return print::json(&Report {
            import: (!wish.dry_run).then_some(summary.id),
            file: &summary.file_name,
            source: &summary.source,
            dry_run: wish.dry_run,
            state: summary.state,
            rows: summary.rows,
            planned: &view.outcomes,
            done: &summary.done,
            differences: &view.differences,
            quality: &view.quality,
            problems: &view.problems,
            duplicates: view.duplicates,
            inside: view.inside,
            plan: rows,
        });
    }
    for row in rows.unwrap_or_default() {
        let why = row
            .problem
            .or_else(|| row.evidence.first().cloned())
            .unwrap_or_default();
        print::line(&format!("{}\t{}\t{}\t{why}", row.line, row.outcome.key(), row.label))?;
    }
    let source = if summary.source.is_empty() {
        String::new()
    } else {
        format!(" from {}", summary.source)
    };
    print::line(&format!("{}: {} rows{source}", summary.file_name, summary.rows))?;
    let counts = if wish.dry_run { &view.outcomes } else { &summary.done };
    for count in counts {
        print::line(&format!("{:>9}  {}", count.rows, count.outcome.key()))?;
    }
    for problem in view.problems.iter().take(10) {
        print::line(&format!(
            "{:>9}  {} (first in line {})",
            problem.rows, problem.reason, problem.line
        ))?;
    }
    for difference in &view.differences {
        print::say(&format!(
            "{} rows came otherwise: {}",
            difference.rows, difference.reason
        ));
    }
    match summary.state {
        _ if wish.dry_run => print::say("Nothing was written: this was a dry run."),
        ImportState::Done if summary.undoable => {
            print::say(&format!("leadline import --undo {} takes it back.", summary.id));
        }
        _ => {}
    }
    Ok(())
}

fn undo(engine: &Engine, import: ImportId, output: Output) -> Outcome {
    const ATTEMPTED: &str = "Undo the import";
    let undone = engine.import_undo(import).map_err(|error| failed(ATTEMPTED, error))?;
    if output.json {
        print::json(&undone).map_err(|error| failed(ATTEMPTED, error))?;
    } else {
        let line = format!("{} tickets are as they were before.", undone.restored);
        print::line(&line).map_err(|error| failed(ATTEMPTED, error))?;
        if undone.compensated > 0 {
            print::say(&format!(
                "HaloPSA already had {} of them; the next sync corrects that.",
                undone.compensated
            ));
        }
        if undone.kept_count > 0 {
            print::say(&format!("{} tickets stay:", undone.kept_count));
            for kept in &undone.kept_because {
                print::say(&format!("{}: {}.", kept.tickets, kept.reason));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Lists the imports.
pub(super) fn list(place: &Place, output: Output) -> Outcome {
    const ATTEMPTED: &str = "List the imports";
    let session = open(place, ATTEMPTED)?;
    let imports = session.engine().imports().map_err(|error| failed(ATTEMPTED, error))?;
    if output.json {
        print::json(&imports).map_err(|error| failed(ATTEMPTED, error))?;
        return Ok(ExitCode::SUCCESS);
    }
    for import in imports {
        let done: u32 = import.done.iter().map(|count| count.rows).sum();
        let line = format!(
            "{:>4}  {}  {}  {done} of {} rows  {}",
            import.id,
            import.at.format("%Y-%m-%d %H:%M"),
            word(import.state),
            import.rows,
            import.file_name
        );
        print::line(&line).map_err(|error| failed(ATTEMPTED, error))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn word(state: ImportState) -> &'static str {
    match state {
        ImportState::Draft => "not planned",
        ImportState::Planning => "being planned",
        ImportState::Planned => "planned",
        ImportState::Running => "running",
        ImportState::Paused => "paused",
        ImportState::Cancelled => "given up",
        ImportState::Done => "done",
        ImportState::Undoing => "being undone",
        ImportState::Undone => "undone",
    }
}

/// By which the same file is known again.
fn fingerprint(path: &Path) -> io::Result<String> {
    let mut digest = ring::digest::Context::new(&ring::digest::SHA256);
    let mut file = File::open(path)?;
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut buffer)?;
        let Some(part) = buffer.get(..read).filter(|part| !part.is_empty()) else {
            break;
        };
        digest.update(part);
    }
    Ok(digest
        .finish()
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}

/// Shows at a terminal how far it is, as long as the process lives.
fn tell_progress(engine: &Engine) {
    if !io::stderr().is_terminal() {
        return;
    }
    let mut events = engine.events();
    thread::spawn(move || {
        loop {
            match events.blocking_recv() {
                Ok(Event::Import(progress)) => {
                    let of = if progress.of > 0 {
                        format!(" of {}", progress.of)
                    } else {
                        String::new()
                    };
                    let left = progress
                        .seconds_left
                        .map(|left| format!(", {left} s left"))
                        .unwrap_or_default();
                    let rate = progress.rows_per_second.round();
                    print::say(&format!("{}{of} rows, {rate} a second{left}", progress.done));
                }
                Ok(_) | Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            }
        }
    });
}
