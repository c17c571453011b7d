//! One row of HaloPSA meets what is here: planned as a three-way merge, applied in one short transaction.
//!
//! Base is the mirror, mine is what is here, theirs is the row. What of theirs equals a change of ours that is on its way
//! is our own change coming back, so it counts as base. HaloPSA's values are journalled under the actor "HaloPSA"; what a
//! policy overruled, and what a person has to decide, is said in the ticket's timeline. The mirror is stored in the same
//! transaction, so base and values never part.

mod base;
mod lists;
mod party;
mod rows;
mod torn;

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    AgentId, TicketId,
    activity::ActivityKind,
    merge::{MergePlan, Resolution, TicketImage, three_way},
    remote::RemoteTicket,
    tenant::TenantMap,
    workflow::Workflow,
};
use store::{Actor, Choice, LocalPatch, NewActivity, NewConflict, NewOperation, OutboxPayload, SyncState, Writer};

use super::mapping;
use crate::{
    after, labels,
    outbox::{self, Balance, Held, Part, mirror, parts, put},
    rule_lists, settings, suppression,
};
pub(super) use base::{all_fields, arrived, ignored, without_paid};
use base::{count_own_changes_as_base, image_of_mine, known_or_guessed_base};
use lists::meet_lists;
use party::meet_party;
pub(super) use rows::{Sort, insert, insert_opted_out, is_unplaced, opted_out, show, sort};
use rows::{from_halo, overlay};

/// Who wrote what comes from HaloPSA.
pub(super) const HALOPSA: &str = "HaloPSA";

/// The operation under which a row of HaloPSA is applied.
pub(super) fn operation() -> NewOperation {
    NewOperation {
        kind: "pull",
        label: "Changed in HaloPSA".to_owned(),
        actor: Actor::Machine(HALOPSA),
        undoable: false,
    }
}

/// What is needed to apply rows.
#[derive(Clone, Copy)]
pub(super) struct Rules<'a> {
    pub workflow: &'a Workflow,
    pub map: &'a TenantMap,
    /// How far HaloPSA's clock is ahead of this computer's.
    pub skew: TimeDelta,
}

/// What became of a row that was merged.
#[derive(Debug, Default)]
pub(super) struct Merged {
    /// Something kept here waits to be sent because of it.
    pub owes: bool,
}

/// What a row is: something that HaloPSA showed by itself, or the answer to a request of ours.
#[derive(Clone, Copy)]
pub(super) enum Answers<'a> {
    Nothing,
    /// To this update; what HaloPSA did not take over is not in it.
    Update(&'a LocalPatch),
    /// To the creation with these values.
    Creation(&'a LocalPatch),
}

impl Answers<'_> {
    /// Whether the request was a move.
    fn moved(self) -> bool {
        match self {
            Self::Update(sent) => sent.stage.is_some(),
            Self::Nothing | Self::Creation(_) => false,
        }
    }
}

/// Merges a row into the ticket that is here.
pub(super) fn merge(
    w: &mut Writer<'_>,
    rules: Rules<'_>,
    ticket: TicketId,
    row: &RemoteTicket,
    answers: Answers<'_>,
) -> anyhow::Result<Merged> {
    let unplaced = is_unplaced(row);
    let row = &*mapping::as_far_as_it_holds(w, rules.map, row)?;
    let known = mirror(w, row.id)?;
    let whole = overlay(known.as_ref(), row);
    let Some(balance) = Balance::read(w, ticket)? else {
        // Its creation was undone here while HaloPSA got it after all; the mirror is all that is kept.
        w.mirror_put(&whole)?;
        return Ok(Merged::default());
    };
    let mine = image_of_mine(w, &balance, ticket)?;
    let mut theirs = TicketImage::of_remote(&whole);
    for at in theirs.changed_at.values_mut() {
        // Which side was later can only be told on one clock: this computer's.
        *at -= rules.skew;
    }
    let mut base = known_or_guessed_base(w, ticket, known.as_ref(), &whole, &mine, &theirs)?;
    let before = base.stage.clone();
    let moved_here = mine.stage != before || answers.moved();
    let torn = torn::place(rules, known.as_ref(), &whole).filter(|_| moved_here);
    count_own_changes_as_base(w, &balance, answers, &theirs, &mut base)?;
    if torn.is_some() {
        (base.stage, theirs.stage) = (before, torn.clone());
    }
    let plan = three_way(&base, &mine, &theirs, &settings::policies(w)?);
    let mut outcome = Outcome::of(w, &plan)?;
    let link = meet_party(w, &balance, answers, known.as_ref(), &whole)?;
    link.count(&mut outcome);
    let lists = meet_lists(&balance, answers, known.as_ref(), &whole);
    tell(w, rules, ticket, &plan, &outcome)?;

    take(w, ticket, &outcome.taken, row.last_update)?;
    link.apply(w, ticket)?;
    if let Some(lists) = &lists {
        w.set_lists(ticket, lists)?;
    }
    follow_row(w, rules, ticket, known.as_ref(), &whole)?;
    w.mirror_put(&whole)?;
    w.set_unplaced(row.id, unplaced)?;
    if w.ticket_or_part(ticket)?
        .is_some_and(|row| row.card.sync == SyncState::Gone)
    {
        w.set_gone(ticket, false)?;
    }

    // In all of these the two sides agree, HaloPSA's won, or a person has to choose: nothing of it is to be sent.
    let mut settled: Vec<Part> = outcome.asked.iter().map(|(part, _, _)| *part).collect();
    settled.extend(outcome.taken.iter().map(|(part, _)| *part));
    settled.extend(agreed(w, ticket)?);
    // What was asked before is still a person's to choose, also when the request that made it so was looked up only now.
    settled.extend(in_conflict(w, ticket)?);
    outbox::release(w, rules.workflow, ticket, &settled)?;
    for (part, mine, theirs) in &outcome.asked {
        ask(w, rules.workflow, ticket, *part, mine, theirs)?;
    }
    close_moot_conflicts(w, ticket, &outcome)?;
    if torn.is_some() && outcome.taken.iter().any(|(part, _)| *part == Part::Stage) {
        // It is taken over here, and HaloPSA itself does not show it yet.
        outcome.kept.push(Part::Stage);
    }
    let mut owes = outbox::owe(w, rules.workflow, rules.map, ticket, &outcome.kept)?;
    for marked in after::follow(w, rules.workflow)? {
        owes |= outbox::owe(w, rules.workflow, rules.map, marked, &suppression::TOLD)?;
        if let Some(before) = rule_lists::before(w, marked) {
            owes |= outbox::owe_lists(w, rules.workflow, rules.map, marked, &before)?;
        }
    }
    if whole.tags.is_some() {
        let before = match answers {
            // It was created with these; what has changed since is still to be told.
            Answers::Creation(sent) => Some(sent.lists.clone().unwrap_or_default()),
            Answers::Update(_) | Answers::Nothing => {
                let taken = outcome.taken.iter().map(|(part, _)| part);
                let anew = rule_lists::is_decided_anew(known.as_ref(), taken);
                rule_lists::before(w, ticket).filter(|_| anew)
            }
        };
        owes |= match before {
            Some(before) => outbox::owe_lists(w, rules.workflow, rules.map, ticket, &before)?,
            None => outbox::owe(w, rules.workflow, rules.map, ticket, &[Part::Lists])?,
        };
    }
    Ok(Merged { owes })
}

/// A plan in local words.
#[derive(Default)]
struct Outcome {
    taken: Vec<(Part, Held)>,
    asked: Vec<(Part, Held, Held)>,
    kept: Vec<Part>,
}

impl Outcome {
    fn of(w: &mut Writer<'_>, plan: &MergePlan) -> anyhow::Result<Self> {
        let mut outcome = Self::default();
        match &plan.stage {
            Resolution::Same => {}
            Resolution::TakeTheirs { theirs, .. } => outcome.taken.push((Part::Stage, Held::Stage(theirs.clone()))),
            Resolution::KeepMine { .. } => outcome.kept.push(Part::Stage),
            Resolution::Ask { mine, theirs } => {
                outcome
                    .asked
                    .push((Part::Stage, Held::Stage(mine.clone()), Held::Stage(theirs.clone())));
            }
        }
        let mut agent = |halo: Option<domain::HaloAgentId>| -> Result<Option<AgentId>, store::Error> {
            halo.map(|halo| w.agent_for(halo)).transpose()
        };
        match &plan.owner {
            Resolution::Same => {}
            Resolution::TakeTheirs { theirs, .. } => outcome.taken.push((Part::Owner, Held::Owner(agent(*theirs)?))),
            Resolution::KeepMine { .. } => outcome.kept.push(Part::Owner),
            Resolution::Ask { mine, theirs } => {
                outcome
                    .asked
                    .push((Part::Owner, Held::Owner(agent(*mine)?), Held::Owner(agent(*theirs)?)));
            }
        }
        for (field, resolution) in &plan.fields {
            let part = Part::Field(*field);
            match resolution {
                Resolution::Same => {}
                Resolution::TakeTheirs { theirs, .. } => outcome.taken.push((part, Held::Field(theirs.clone()))),
                Resolution::KeepMine { .. } => outcome.kept.push(part),
                Resolution::Ask { mine, theirs } => {
                    outcome
                        .asked
                        .push((part, Held::Field(mine.clone()), Held::Field(theirs.clone())));
                }
            }
        }
        Ok(outcome)
    }
}

/// Says what happens: as the operation's label, and in the timeline where something was overruled or is asked.
fn tell(
    w: &mut Writer<'_>,
    rules: Rules<'_>,
    ticket: TicketId,
    plan: &MergePlan,
    outcome: &Outcome,
) -> anyhow::Result<()> {
    let mut patch = LocalPatch::default();
    for (part, held) in &outcome.taken {
        put(&mut patch, *part, held.clone());
    }
    let what = labels::patch(w, rules.workflow, &patch)?;
    if !what.is_empty() {
        w.relabel(format!("In HaloPSA: {what}"));
    }
    let open = w.conflicts(ticket)?;
    let mut sentences = plan.sentences.clone();
    for (part, mine, theirs) in &outcome.asked {
        let theirs = theirs.in_words(w, rules.workflow)?;
        let told = open
            .iter()
            .any(|conflict| conflict.row.field == part.key() && conflict.row.theirs == theirs);
        if !told {
            let mine = mine.in_words(w, rules.workflow)?;
            sentences.push(format!(
                "Both sides changed {}: here {mine}, in HaloPSA {theirs}. Somebody has to choose.",
                part.label()
            ));
        }
    }
    if sentences.is_empty() {
        return Ok(());
    }
    let at = w.at();
    w.insert_activity(NewActivity {
        ticket,
        kind: ActivityKind::System,
        at,
        agent: None,
        who: HALOPSA.to_owned(),
        subject: String::new(),
        body: sentences.join("\n"),
        call: None,
    })?;
    if what.is_empty() {
        w.relabel("Compared with HaloPSA".to_owned());
    }
    Ok(())
}

fn take(
    w: &mut Writer<'_>,
    ticket: TicketId,
    taken: &[(Part, Held)],
    changed: Option<DateTime<Utc>>,
) -> anyhow::Result<()> {
    let at = changed.unwrap_or(w.at());
    for (part, held) in taken {
        match (part, held) {
            (_, Held::Stage((lifecycle, stage))) => {
                // A colleague who reopens what was merged, or withdrawn, wants it as a ticket of its own.
                w.set_merged_into(ticket, None)?;
                w.set_withdrawn(ticket, false)?;
                w.move_ticket(ticket, *lifecycle, stage, None, at)?;
            }
            (_, Held::Owner(owner)) => {
                w.set_owner(ticket, *owner)?;
            }
            (Part::Field(field), Held::Field(value)) => {
                w.set_value(ticket, *field, value.clone().map(|value| from_halo(value, at)))?;
            }
            // Whom it is about is taken over apart from this; see `party.rs`.
            (_, Held::Party(_) | Held::Lists(_))
            | (Part::Stage | Part::Owner | Part::Party | Part::Lists, Held::Field(_)) => {}
        }
    }
    Ok(())
}

/// Summary and whether it is closed follow HaloPSA wherever it changed them.
fn follow_row(
    w: &mut Writer<'_>,
    rules: Rules<'_>,
    ticket: TicketId,
    known: Option<&RemoteTicket>,
    row: &RemoteTicket,
) -> anyhow::Result<()> {
    if known.is_none_or(|known| known.summary != row.summary) && !row.summary.is_empty() {
        w.set_summary(ticket, &row.summary)?;
    }
    if let Some(here) = w.ticket_or_part(ticket)? {
        let is_exit = rules.workflow.stage(&here.card.stage).is_some_and(|stage| stage.exit);
        let closed = row.closed || is_exit;
        if here.closed != closed {
            w.set_closed(ticket, closed)?;
        }
    }
    Ok(())
}

/// What waits to be sent and is in HaloPSA already. Read after the mirror was stored.
fn agreed(w: &Writer<'_>, ticket: TicketId) -> Result<Vec<Part>, store::Error> {
    let Some(balance) = Balance::read(w, ticket)? else {
        return Ok(Vec::new());
    };
    let mut waiting = BTreeSet::new();
    for entry in w.unsent(ticket)? {
        if let OutboxPayload::Update { patch } = &entry.payload {
            waiting.extend(parts(patch));
        }
    }
    waiting
        .into_iter()
        .map(|part| {
            let is_there = match part {
                Part::Lists => balance.has_queued_lists(w)?,
                _ => balance
                    .there(part)
                    .is_some_and(|there| there.same_as(&balance.here(part))),
            };
            Ok((part, is_there))
        })
        .filter_map(|found| found.map(|(part, is_there)| is_there.then_some(part)).transpose())
        .collect()
}

/// What a person has been asked about and has not chosen yet.
fn in_conflict(w: &Writer<'_>, ticket: TicketId) -> Result<Vec<Part>, store::Error> {
    let open = w.conflicts(ticket)?;
    Ok(open
        .iter()
        .filter_map(|conflict| Part::of_key(&conflict.row.field))
        .collect())
}

fn ask(
    w: &mut Writer<'_>,
    workflow: &Workflow,
    ticket: TicketId,
    part: Part,
    mine: &Held,
    theirs: &Held,
) -> anyhow::Result<()> {
    let patch = |held: &Held| {
        let mut patch = LocalPatch::default();
        put(&mut patch, part, held.clone());
        patch
    };
    w.open_conflict(&NewConflict {
        ticket,
        field: part.key().to_owned(),
        label: part.label().to_owned(),
        mine: mine.in_words(w, workflow)?,
        theirs: theirs.in_words(w, workflow)?,
        mine_patch: patch(mine),
        theirs_patch: patch(theirs),
    })?;
    Ok(())
}

/// A conflict whose sides came to the same, or whose question HaloPSA's newer value has answered, is closed.
fn close_moot_conflicts(w: &mut Writer<'_>, ticket: TicketId, outcome: &Outcome) -> anyhow::Result<()> {
    let Some(balance) = Balance::read(w, ticket)? else {
        return Ok(());
    };
    for conflict in w.conflicts(ticket)? {
        let Some(part) = Part::of_key(&conflict.row.field) else {
            continue;
        };
        let is_taken = outcome.taken.iter().any(|(taken, _)| *taken == part);
        let is_same = balance
            .mirrored(part)
            .is_some_and(|there| there.same_as(&balance.here(part)));
        if is_taken || is_same {
            w.resolve_conflict(conflict.row.id, Choice::Moot)?;
        }
    }
    Ok(())
}
