//! `leadline export`: tickets as a file, for a spreadsheet or for whatever reads one.

use std::{
    fs::{self, File},
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context;
use clap::Args;
use domain::StageKey;
use engine::views::{ExportFormat, ExportQuery, ListQuery};
use store::{Filter, Order, OrderBy};

use super::{Failure, Outcome, args::Place, failed, open, print, tickets::find_stage};
use crate::session::Session;

const ATTEMPT: &str = "Export the tickets";

/// Which tickets, which columns, and where to.
#[derive(Args, Clone, Debug)]
pub struct Wish {
    /// Write to this file (default: standard output, which only csv can go to). Nothing is written over
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The kind of file (default: as the name of the file says, else csv)
    #[arg(long, value_name = "KIND", value_parser = ["csv", "xlsx"])]
    format: Option<String>,
    /// Only this stage, by key or name; may be repeated
    #[arg(long, value_name = "STAGE")]
    stage: Vec<String>,
    /// Only tickets of this agent, by name, or of `nobody`; may be repeated
    #[arg(long, value_name = "NAME")]
    owner: Vec<String>,
    /// Only tickets with this lead source; may be repeated
    #[arg(long, value_name = "SOURCE")]
    source: Vec<String>,
    /// Only tickets on this list; may be repeated
    #[arg(long, value_name = "LIST")]
    list: Vec<String>,
    /// Only tickets whose company, person, e-mail or phone contains this
    #[arg(long, value_name = "TEXT", default_value = "")]
    text: String,
    /// These columns in this order, by key, separated by commas
    #[arg(long, value_name = "KEYS", value_delimiter = ',', conflicts_with = "all")]
    columns: Vec<String>,
    /// Every column there is
    #[arg(long)]
    all: bool,
}

/// Writes the tickets.
pub(super) fn export(place: &Place, wish: Wish) -> Outcome {
    let session = open(place, ATTEMPT)?;
    let query = query(&session, &wish)?;
    let engine = session.engine();
    let count = match &wish.out {
        None if query.format == ExportFormat::Xlsx => {
            return Err(Failure::Usage(
                "A workbook needs a file: name one with --out.".to_owned(),
            ));
        }
        None => engine.export_csv(&query, io::stdout(), false),
        Some(path) => write(path, |file| engine.export(&query, file)),
    };
    match count {
        Ok(count) => {
            print::say(&format!("{count} tickets."));
            Ok(ExitCode::SUCCESS)
        }
        // Whoever reads has read enough.
        Err(error) if is_broken_pipe(&error) => Ok(ExitCode::SUCCESS),
        Err(error) => Err(failed(ATTEMPT, error)),
    }
}

/// Has a new file written; one that could not be written to its end is taken away again.
fn write<T>(path: &Path, work: impl FnOnce(&mut File) -> anyhow::Result<T>) -> anyhow::Result<T> {
    let mut file = File::create_new(path).with_context(|| format!("Make the file {}", path.display()))?;
    let written = work(&mut file).and_then(|value| {
        file.sync_all()?;
        Ok(value)
    });
    if written.is_err() {
        drop(file);
        // The failure itself is what is told.
        fs::remove_file(path).ok();
    }
    written
}

fn query(session: &Session, wish: &Wish) -> Result<ExportQuery, Failure> {
    let engine = session.engine();
    let reference = engine.reference().map_err(|error| failed(ATTEMPT, error))?;
    let stages: Vec<StageKey> = wish
        .stage
        .iter()
        .map(|name| find_stage(&reference.workflow, name))
        .collect::<Result<_, _>>()?;
    let mut owners = Vec::new();
    let mut unassigned = false;
    for name in &wish.owner {
        if name.eq_ignore_ascii_case("nobody") {
            unassigned = true;
            continue;
        }
        let wanted = name.to_lowercase();
        match reference
            .agents
            .iter()
            .find(|agent| agent.name.to_lowercase() == wanted)
        {
            Some(agent) => owners.push(agent.id),
            None => return Err(Failure::Usage(format!("“{name}” is no agent."))),
        }
    }
    let known = if wish.list.is_empty() {
        Vec::new()
    } else {
        engine.lists().map_err(|error| failed(ATTEMPT, error))?
    };
    let mut lists = Vec::new();
    for name in &wish.list {
        let wanted = name.to_lowercase();
        match known.iter().find(|list| list.name.to_lowercase() == wanted) {
            Some(list) => lists.push(list.id),
            None => return Err(Failure::Usage(format!("No ticket is on a list called “{name}”."))),
        }
    }
    let named = wish
        .out
        .as_deref()
        .and_then(Path::extension)
        .and_then(|end| end.to_str());
    let is_workbook = wish
        .format
        .as_deref()
        .or(named)
        .is_some_and(|end| end.eq_ignore_ascii_case("xlsx"));
    let columns = if wish.all {
        engine::export::all_columns()
    } else {
        wish.columns.iter().map(|key| key.trim().to_owned()).collect()
    };
    Ok(ExportQuery {
        list: ListQuery {
            filter: Filter {
                owners,
                unassigned,
                sources: wish.source.clone(),
                text: wish.text.clone(),
                stages,
                lists,
                ..Filter::default()
            },
            rows: None,
            order: Order {
                by: OrderBy::Stage,
                descending: false,
            },
        },
        columns,
        format: if is_workbook {
            ExportFormat::Xlsx
        } else {
            ExportFormat::Csv
        },
    })
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let io = cause.downcast_ref::<io::Error>();
        let csv = cause.downcast_ref::<csv::Error>().and_then(|error| match error.kind() {
            csv::ErrorKind::Io(error) => Some(error),
            _ => None,
        });
        io.or(csv).is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
    })
}
