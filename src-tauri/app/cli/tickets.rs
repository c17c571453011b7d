//! Commands about tickets: list, move, undo, search.

use std::{collections::BTreeMap, process::ExitCode};

use domain::{AgentId, FieldKey, HaloTicketId, StageKey, TicketId, workflow::Workflow};
use engine::views::{ColumnQuery, MoveOutcome, MoveRequest, NeededField, Reference, UndoDone};
use serde::Serialize;
use store::{Card, Filter};

use super::{
    Failure, Outcome,
    args::{Output, Place},
    failed, open, print,
};
use crate::session::Session;

/// Cards are read in pages of this many.
const PAGE: u32 = 500;

/// A ticket as the command line prints it.
#[derive(Serialize)]
struct Listed<'a> {
    #[serde(flatten)]
    card: &'a Card,
    owner_name: Option<&'a str>,
}

/// Lists tickets in board order.
pub(super) fn list(
    place: &Place,
    stage: Option<&str>,
    text: String,
    unsynced: bool,
    limit: Option<usize>,
    output: Output,
) -> Outcome {
    const ATTEMPT: &str = "List the tickets";
    let session = open(place, ATTEMPT)?;
    let reference = session.engine().reference().map_err(|error| failed(ATTEMPT, error))?;
    let stages: Vec<StageKey> = match stage {
        Some(name) => vec![find_stage(&reference.workflow, name)?],
        None => reference
            .workflow
            .stages
            .iter()
            .map(|stage| stage.key.clone())
            .collect(),
    };
    let filter = Filter {
        text,
        unsynced,
        ..Filter::default()
    };
    let limit = limit.unwrap_or(usize::MAX);
    let mut cards = Vec::new();
    'stages: for stage in stages {
        let mut query = ColumnQuery {
            stage,
            filter: filter.clone(),
            offset: 0,
            limit: PAGE,
        };
        loop {
            let page = session
                .engine()
                .column_page(&query)
                .map_err(|error| failed(ATTEMPT, error))?;
            let last = page.len() < PAGE as usize;
            cards.extend(page);
            if cards.len() >= limit {
                break 'stages;
            }
            if last {
                break;
            }
            query.offset += PAGE;
        }
    }
    cards.truncate(limit);
    let names: BTreeMap<AgentId, &str> = reference
        .agents
        .iter()
        .map(|agent| (agent.id, agent.name.as_str()))
        .collect();
    let owner_name = |card: &Card| card.owner.and_then(|owner| names.get(&owner).copied());
    let printed = if output.json {
        let rows: Vec<Listed<'_>> = cards
            .iter()
            .map(|card| Listed {
                card,
                owner_name: owner_name(card),
            })
            .collect();
        print::json(&rows)
    } else {
        cards.iter().try_for_each(|card| {
            let halo = card.halo_id.map(|id| format!("#{id}")).unwrap_or_default();
            print::line(&format!(
                "{:>7}  {halo:<8}  {:<16}  {}{}",
                card.id,
                card.stage,
                title(&card.company, &card.person),
                owner_name(card).map(|name| format!("  ({name})")).unwrap_or_default(),
            ))
        })
    };
    printed.map_err(|error| failed(ATTEMPT, error))?;
    Ok(ExitCode::SUCCESS)
}

fn title(company: &str, person: &str) -> String {
    [company, person]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" – ")
}

/// Moves one ticket.
pub(super) fn move_one(place: &Place, ticket: &str, stage: &str, set: &[String], output: Output) -> Outcome {
    const ATTEMPT: &str = "Move the ticket";
    let session = open(place, ATTEMPT)?;
    let engine = session.engine();
    let reference = engine.reference().map_err(|error| failed(ATTEMPT, error))?;
    let request = MoveRequest {
        tickets: vec![find_ticket(&session, ticket)?],
        target: find_stage(&reference.workflow, stage)?.0,
        answers: answers(&reference, set)?,
        ..MoveRequest::default()
    };
    let outcome = engine.move_tickets(&request).map_err(|error| failed(ATTEMPT, error))?;
    if output.json {
        print::json(&outcome).map_err(|error| failed(ATTEMPT, error))?;
    }
    match outcome {
        MoveOutcome::Moved { done, .. } => {
            print::say(&format!(
                "{}. Saved here; HaloPSA gets it with the next sync.",
                done.label
            ));
            Ok(ExitCode::SUCCESS)
        }
        MoveOutcome::Needs {
            common,
            by_ticket,
            label,
            ..
        } => {
            print::say(&format!("{label}: nothing was changed, because this is missing:"));
            for need in common.iter().chain(by_ticket.iter().flat_map(|ticket| &ticket.fields)) {
                print::say(&format!("  {}", ask(&reference, need)));
            }
            for party in by_ticket.iter().filter_map(|ticket| ticket.party.as_ref()) {
                print::say(&format!(
                    "  Company and contact: {} {} may be here already. Choose in the window.",
                    party.new_company, party.new_contact
                ));
            }
            Ok(ExitCode::from(3))
        }
        MoveOutcome::Refused { refused } => {
            for refusal in refused {
                print::say(&format!("{}: {}", refusal.label, refusal.reason));
            }
            Ok(ExitCode::from(3))
        }
    }
}

/// One missing field in words: "--set fit_score=…  Fit score. At least 70."
fn ask(reference: &Reference, need: &NeededField) -> String {
    let keys: Vec<FieldKey> = std::iter::once(need.field).chain(need.or.iter().copied()).collect();
    let labels: Vec<&str> = keys.iter().map(|key| key.label()).collect();
    let options = reference
        .fields
        .iter()
        .find(|field| field.key == need.field && !field.options.is_empty())
        .map(|field| format!(" ({})", field.options.join(", ")))
        .unwrap_or_default();
    let notes: String = [&need.problem, &need.hint]
        .into_iter()
        .flatten()
        .map(|note| format!(" {note}"))
        .collect();
    let sets: Vec<String> = keys.iter().map(|key| format!("--set {}=…", key.as_str())).collect();
    format!("{}  {}{options}.{notes}", sets.join(" or "), labels.join(" or "))
}

/// Marks the people on these tickets as Do Not Contact, or lifts it.
pub(super) fn do_not_contact(place: &Place, tickets: &[String], reason: &str, lift: bool, output: Output) -> Outcome {
    const ATTEMPT: &str = "Change Do Not Contact";
    let session = open(place, ATTEMPT)?;
    let engine = session.engine();
    let tickets: Vec<TicketId> = tickets
        .iter()
        .map(|ticket| find_ticket(&session, ticket))
        .collect::<Result<_, _>>()?;
    let done = if lift {
        engine.lift_do_not_contact(&tickets, reason)
    } else {
        engine.set_do_not_contact(&tickets, reason)
    };
    let done = done.map_err(|error| failed(ATTEMPT, error))?;
    if output.json {
        print::json(&done).map_err(|error| failed(ATTEMPT, error))?;
    }
    print::say(&format!(
        "{}. Saved here; HaloPSA gets it with the next sync.",
        done.label
    ));
    Ok(ExitCode::SUCCESS)
}

/// Takes back the last thing done here.
pub(super) fn undo(place: &Place, output: Output) -> Outcome {
    const ATTEMPT: &str = "Undo";
    let session = open(place, ATTEMPT)?;
    let undone = session.engine().undo().map_err(|error| failed(ATTEMPT, error))?;
    told(undone, "There is nothing to undo.", output).map_err(|error| failed(ATTEMPT, error))
}

/// Does the last undone thing again.
pub(super) fn redo(place: &Place, output: Output) -> Outcome {
    const ATTEMPT: &str = "Redo";
    let session = open(place, ATTEMPT)?;
    let redone = session.engine().redo().map_err(|error| failed(ATTEMPT, error))?;
    told(redone, "There is nothing to do again.", output).map_err(|error| failed(ATTEMPT, error))
}

fn told(done: Option<UndoDone>, nothing: &str, output: Output) -> anyhow::Result<ExitCode> {
    if output.json {
        print::json(&done)?;
    }
    match done {
        Some(done) if done.compensates => {
            print::say(&format!(
                "{}. HaloPSA had it already, so the change back is sent with the next sync.",
                done.label
            ));
        }
        Some(done) => print::say(&format!("{}.", done.label)),
        None => print::say(nothing),
    }
    Ok(ExitCode::SUCCESS)
}

/// Finds tickets.
pub(super) fn search(place: &Place, text: &str, output: Output) -> Outcome {
    const ATTEMPT: &str = "Search";
    let session = open(place, ATTEMPT)?;
    let hits = session.engine().search(text).map_err(|error| failed(ATTEMPT, error))?;
    let printed = if output.json {
        print::json(&hits)
    } else {
        hits.iter().try_for_each(|hit| {
            let title = title(&hit.company, &hit.person);
            print::line(&format!(
                "{:>7}  {:<16}  {title}  ({})",
                hit.ticket, hit.stage, hit.matched
            ))
        })
    };
    printed.map_err(|error| failed(ATTEMPT, error))?;
    Ok(ExitCode::SUCCESS)
}

fn find_ticket(session: &Session, name: &str) -> Result<TicketId, Failure> {
    let unreadable = || {
        Failure::Usage(format!(
            "“{name}” is no ticket: use its number here, or # and its number in HaloPSA."
        ))
    };
    match name.strip_prefix('#') {
        None => name.parse().map(TicketId).map_err(|_| unreadable()),
        Some(number) => {
            let halo = number.parse().map(HaloTicketId).map_err(|_| unreadable())?;
            let found = session
                .engine()
                .ticket_by_halo(halo)
                .map_err(|error| failed("Find the ticket", error))?;
            found.ok_or_else(|| {
                let missing = engine::Problem::NotFound {
                    what: format!("ticket {name} on this computer"),
                };
                failed("Find the ticket", missing)
            })
        }
    }
}

pub(super) fn find_stage(workflow: &Workflow, name: &str) -> Result<StageKey, Failure> {
    let wanted = plain(name);
    workflow
        .stages
        .iter()
        .find(|stage| plain(stage.key.as_str()) == wanted || plain(&stage.label) == wanted)
        .map(|stage| stage.key.clone())
        .ok_or_else(|| {
            let keys: Vec<&str> = workflow.stages.iter().map(|stage| stage.key.as_str()).collect();
            Failure::Usage(format!("“{name}” is no stage. There are: {}.", keys.join(", ")))
        })
}

fn answers(reference: &Reference, set: &[String]) -> Result<BTreeMap<FieldKey, String>, Failure> {
    set.iter()
        .map(|pair| {
            let (name, value) = pair
                .split_once('=')
                .ok_or_else(|| Failure::Usage(format!("“{pair}” is no answer: use --set field=value.")))?;
            let wanted = plain(name);
            let field = reference
                .fields
                .iter()
                .find(|field| plain(field.key.as_str()) == wanted || plain(&field.label) == wanted)
                .ok_or_else(|| Failure::Usage(format!("“{name}” is no field.")))?;
            Ok((field.key, value.to_owned()))
        })
        .collect()
}

/// A name without what people vary: case, spaces, hyphens, underscores.
fn plain(name: &str) -> String {
    name.chars()
        .filter(|letter| letter.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}
