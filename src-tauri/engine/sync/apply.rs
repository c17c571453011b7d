//! One row of HaloPSA meets what is here: planned as a three-way merge, applied in one short transaction.
//!
//! Base is the mirror, mine is what is here, theirs is the row. What of theirs equals a change of ours that is on its way
//! is our own change coming back, so it counts as base. HaloPSA's values are journalled under the actor "HaloPSA"; what a
//! policy overruled, and what a person has to decide, is said in the ticket's timeline. The mirror is stored in the same
//! transaction, so base and values never part.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use domain::{
    AgentId, FieldKey, Lifecycle, Provenance, Source, StoredValue, TicketId, Value,
    activity::ActivityKind,
    fields::keys,
    merge::{MergePlan, Policies, Resolution, TicketImage, three_way},
    remote::RemoteTicket,
    score::{ActivitySummary, lead_score},
    tenant::TenantMap,
    workflow::Workflow,
};
use store::{
    Actor, Choice, LocalPatch, NewActivity, NewConflict, NewOperation, NewTicket, OutboxPayload, OutboxState,
    SyncState, Writer,
};

use crate::{
    after, labels,
    outbox::{self, Balance, Held, Part, drop_part, get, mirror, parts, put},
    reads::part_of,
};

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
}

/// What to do with a row, found without writing anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    /// Not here yet.
    New,
    /// Here, and nothing differs from the mirror.
    Known,
    /// Here, and different.
    Changed(TicketId),
    /// Older than what we have: a page that was on its way while something newer was stored.
    Stale,
    /// In a status that stands for no stage, and not here yet: there is no column to put it in.
    Unplaced,
}

/// What became of a row that was merged.
#[derive(Debug, Default)]
pub(super) struct Merged {
    /// Something kept here waits to be sent because of it.
    pub owes: bool,
}

/// Looks what a row is.
pub(super) fn sort(reader: &store::Reader<'_>, row: &RemoteTicket) -> Result<Sort, store::Error> {
    let known = mirror(reader, row.id)?;
    let Some(ticket) = reader.ticket_by_halo(row.id)? else {
        let placed = row.lifecycle.is_some() && row.stage.is_some();
        return Ok(if placed { Sort::New } else { Sort::Unplaced });
    };
    let Some(known) = known else {
        return Ok(Sort::Changed(ticket));
    };
    if seconds(row.last_update) < seconds(known.last_update) {
        return Ok(Sort::Stale);
    }
    Ok(if overlay(Some(&known), row) == known {
        Sort::Known
    } else {
        Sort::Changed(ticket)
    })
}

/// HaloPSA's times come with or without fractions, depending on the call.
fn seconds(at: Option<DateTime<Utc>>) -> Option<i64> {
    at.map(|at| at.timestamp())
}

/// The row over what was known before: a property that a row does not speak about has not changed.
fn overlay(known: Option<&RemoteTicket>, row: &RemoteTicket) -> RemoteTicket {
    let mut whole = row.clone();
    whole.fields_known.extend(row.fields.keys().copied());
    if let Some(known) = known {
        for (field, value) in &known.fields {
            if !row.fields_known.contains(field) && !row.fields.contains_key(field) {
                whole.fields.insert(*field, value.clone());
            }
        }
        whole.fields_known.extend(known.fields_known.iter().copied());
        whole.created = whole.created.or(known.created);
        whole.last_update = whole.last_update.or(known.last_update);
        // The server's clock decides; a list that cuts fractions off is no news.
        if seconds(whole.last_update) == seconds(known.last_update) {
            whole.last_update = known.last_update;
        }
    }
    whole.fields_known.sort_unstable();
    whole.fields_known.dedup();
    // A warning is about the request that brought it, not about the ticket.
    whole.warning = None;
    whole
}

/// Inserts a ticket that HaloPSA has and this computer has not.
pub(super) fn insert(w: &mut Writer<'_>, rules: Rules<'_>, row: &RemoteTicket) -> anyhow::Result<Option<TicketId>> {
    let (Some(lifecycle), Some(stage)) = (row.lifecycle, row.stage.clone()) else {
        return Ok(None);
    };
    let at = w.at();
    let changed_at = row.last_update.unwrap_or(at);
    let created_at = row.created.unwrap_or(changed_at);
    let is_first = rules
        .workflow
        .first_stage(lifecycle)
        .is_some_and(|first| first.key == stage);
    let is_exit = rules.workflow.stage(&stage).is_some_and(|stage| stage.exit);
    let mut new = NewTicket::new(lifecycle, stage, at);
    new.halo_id = Some(row.id);
    new.owner = row.owner.map(|owner| w.agent_for(owner)).transpose()?;
    new.contact = row.contact.map(|contact| w.contact_for(contact)).transpose()?;
    new.company = row.company.map(|company| w.company_for(company)).transpose()?;
    new.summary.clone_from(&row.summary);
    new.created_at = created_at;
    // HaloPSA does not say since when: a new lead since its creation, any other at the latest since its last change.
    new.entered_at = if is_first && lifecycle == Lifecycle::Lead {
        created_at
    } else {
        changed_at
    };
    new.rebuilt = true;
    new.closed = row.closed || is_exit;
    if lifecycle == Lifecycle::Lead {
        let activity = ActivitySummary {
            last_at: Some(created_at),
            ..ActivitySummary::default()
        };
        new.lead_score = Some(lead_score(&row.fields, &activity, at).score);
    }
    let names = after::name_parts(row.fields.get(&keys::PERSON_NAME), at);
    new.values = row
        .fields
        .iter()
        .map(|(field, value)| (*field, from_halo(value.clone(), changed_at)))
        .chain(names.into_iter().filter_map(|(field, stored)| Some((field, stored?))))
        .collect();
    let ticket = w.insert_ticket(new)?;
    w.mirror_put(&overlay(None, row))?;
    Ok(Some(ticket))
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

/// Merges a row into the ticket that is here.
pub(super) fn merge(
    w: &mut Writer<'_>,
    rules: Rules<'_>,
    ticket: TicketId,
    row: &RemoteTicket,
    answers: Answers<'_>,
) -> anyhow::Result<Merged> {
    let known = mirror(w, row.id)?;
    let whole = overlay(known.as_ref(), row);
    let Some(balance) = Balance::read(w, ticket)? else {
        // Its creation was undone here while HaloPSA got it after all; the mirror is all that is kept.
        w.mirror_put(&whole)?;
        return Ok(Merged::default());
    };
    let mine = image_of_mine(w, &balance, ticket)?;
    let theirs = image(&whole);
    let mut base = known_or_guessed_base(w, ticket, known.as_ref(), &mine, &theirs)?;
    count_own_changes_as_base(w, ticket, answers, &theirs, &mut base)?;
    let plan = three_way(&base, &mine, &theirs, &Policies::default());
    let outcome = Outcome::of(w, &plan)?;
    tell(w, rules, ticket, &plan, &outcome)?;

    take(w, ticket, &outcome.taken, row.last_update)?;
    follow_links(w, rules, ticket, known.as_ref(), &whole)?;
    w.mirror_put(&whole)?;
    if w.card(ticket)?.is_some_and(|card| card.sync == SyncState::Gone) {
        w.set_gone(ticket, false)?;
    }

    // In all of these the two sides agree, HaloPSA's won, or a person has to choose: nothing of it is to be sent.
    let mut settled: Vec<Part> = outcome.asked.iter().map(|(part, _, _)| *part).collect();
    settled.extend(outcome.taken.iter().map(|(part, _)| *part));
    settled.extend(agreed(w, ticket)?);
    outbox::release(w, rules.workflow, ticket, &settled)?;
    for (part, mine, theirs) in &outcome.asked {
        ask(w, rules.workflow, ticket, *part, mine, theirs)?;
    }
    close_moot_conflicts(w, ticket, &outcome)?;
    let owes = outbox::owe(w, rules.workflow, rules.map, ticket, &outcome.kept)?;
    after::follow(w, rules.workflow)?;
    Ok(Merged { owes })
}

fn image(row: &RemoteTicket) -> TicketImage {
    TicketImage::of_remote(row)
}

fn image_of_mine(w: &Writer<'_>, balance: &Balance, ticket: TicketId) -> Result<TicketImage, store::Error> {
    let Held::Stage(stage) = balance.here(Part::Stage) else {
        return Ok(TicketImage::default());
    };
    let owner = match balance.here(Part::Owner) {
        Held::Owner(owner) => outbox::halo_owner(w, owner)?,
        _ => None,
    };
    let stored = w.values(ticket)?;
    let changed_at = stored
        .iter()
        .map(|(field, stored)| (*field, stored.provenance.at))
        .collect();
    let fields = stored
        .into_iter()
        .map(|(field, stored)| (field, stored.value))
        .collect();
    Ok(TicketImage {
        changed_at,
        ..TicketImage::new(stage, owner, fields)
    })
}

/// The mirror as the base, and a guess for what it does not know: lists leave some properties out, and a field may have
/// been mapped only now. What waits to be sent is a change of ours. Of two sides of which one is empty, the other is the
/// one that says something. Two values without a base are left to the policy.
fn known_or_guessed_base(
    w: &Writer<'_>,
    ticket: TicketId,
    known: Option<&RemoteTicket>,
    mine: &TicketImage,
    theirs: &TicketImage,
) -> Result<TicketImage, store::Error> {
    let mut waiting = BTreeSet::new();
    for entry in w.unsent(ticket)? {
        if let OutboxPayload::Update { patch } = &entry.payload {
            waiting.extend(parts(patch));
        }
    }
    let mut base = match known {
        Some(known) => image(known),
        None => TicketImage {
            stage: if waiting.contains(&Part::Stage) {
                theirs.stage.clone()
            } else {
                mine.stage.clone()
            },
            owner: if waiting.contains(&Part::Owner) {
                theirs.owner
            } else {
                mine.owner
            },
            known: Some(BTreeSet::new()),
            ..TicketImage::default()
        },
    };
    let fields: Vec<FieldKey> = mine.fields.keys().chain(theirs.fields.keys()).copied().collect();
    for field in fields.into_iter().filter(|field| theirs.knows(*field)) {
        if base.knows(field) {
            continue;
        }
        let part = Part::Field(field);
        if waiting.contains(&part) || !theirs.fields.contains_key(&field) {
            copy_part(theirs, &mut base, part);
        } else if !mine.fields.contains_key(&field) {
            copy_part(mine, &mut base, part);
        }
    }
    Ok(base)
}

/// What comes back as we sent it is our own change, not a colleague's. In the answer to a request the request is the
/// base, so that what HaloPSA made of it is theirs; only what a creation left empty, and the stage, is still to be sent.
fn count_own_changes_as_base(
    w: &Writer<'_>,
    ticket: TicketId,
    answers: Answers<'_>,
    theirs: &TicketImage,
    base: &mut TicketImage,
) -> Result<(), store::Error> {
    for entry in w.unsent(ticket)? {
        if let (OutboxState::Sending | OutboxState::Uncertain, OutboxPayload::Update { patch }) =
            (entry.state, &entry.payload)
        {
            for part in parts(patch) {
                if let Some(held) = get(patch, part)
                    && shows(w, theirs, part, &held)?
                {
                    copy_part(theirs, base, part);
                }
            }
        }
    }
    let (sent, creates) = match answers {
        Answers::Nothing => return Ok(()),
        Answers::Update(sent) => (sent, false),
        Answers::Creation(sent) => (sent, true),
    };
    for part in parts(sent) {
        let Some(held) = get(sent, part) else { continue };
        let is_left_out = match part {
            Part::Stage => theirs.stage.is_some(),
            Part::Owner => theirs.owner.is_none(),
            Part::Field(field) => theirs.knows(field) && !theirs.fields.contains_key(&field),
        };
        if creates && is_left_out {
            copy_part(theirs, base, part);
        } else {
            set_part(w, base, part, held)?;
        }
    }
    Ok(())
}

fn set_part(w: &Writer<'_>, image: &mut TicketImage, part: Part, held: Held) -> Result<(), store::Error> {
    match (part, held) {
        (_, Held::Stage(stage)) => image.stage = Some(stage),
        (_, Held::Owner(owner)) => image.owner = outbox::halo_owner(w, owner)?,
        (Part::Field(field), Held::Field(Some(value))) => {
            image.fields.insert(field, value);
        }
        (Part::Field(field), Held::Field(None)) => {
            image.fields.remove(&field);
        }
        (Part::Stage | Part::Owner, Held::Field(_)) => {}
    }
    Ok(())
}

/// Whether the image holds that.
fn shows(w: &Writer<'_>, image: &TicketImage, part: Part, held: &Held) -> Result<bool, store::Error> {
    Ok(match (part, held) {
        (Part::Stage, Held::Stage(stage)) => image.stage.as_ref() == Some(stage),
        (Part::Owner, Held::Owner(owner)) => image.owner == outbox::halo_owner(w, *owner)?,
        (Part::Field(field), Held::Field(value)) => {
            image.knows(field) && domain::value::same(image.fields.get(&field), value.as_ref())
        }
        _ => false,
    })
}

fn copy_part(from: &TicketImage, to: &mut TicketImage, part: Part) {
    match part {
        Part::Stage => to.stage.clone_from(&from.stage),
        Part::Owner => to.owner = from.owner,
        Part::Field(field) => {
            match from.fields.get(&field) {
                Some(value) => to.fields.insert(field, value.clone()),
                None => to.fields.remove(&field),
            };
        }
    }
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
                w.move_ticket(ticket, *lifecycle, stage, None, at)?;
            }
            (_, Held::Owner(owner)) => {
                w.set_owner(ticket, *owner)?;
            }
            (Part::Field(field), Held::Field(value)) => {
                w.set_value(ticket, *field, value.clone().map(|value| from_halo(value, at)))?;
            }
            (Part::Stage | Part::Owner, Held::Field(_)) => {}
        }
    }
    Ok(())
}

fn from_halo(value: Value, at: DateTime<Utc>) -> StoredValue {
    StoredValue {
        value,
        raw: None,
        provenance: Provenance {
            source: Source::Halopsa,
            at,
            by: None,
        },
    }
}

/// Links, summary and whether it is closed follow HaloPSA wherever it changed them.
fn follow_links(
    w: &mut Writer<'_>,
    rules: Rules<'_>,
    ticket: TicketId,
    known: Option<&RemoteTicket>,
    row: &RemoteTicket,
) -> anyhow::Result<()> {
    if known.is_none_or(|known| known.contact != row.contact) {
        let contact = row.contact.map(|contact| w.contact_for(contact)).transpose()?;
        w.link_contact(ticket, contact)?;
    }
    if known.is_none_or(|known| known.company != row.company) {
        let company = row.company.map(|company| w.company_for(company)).transpose()?;
        w.link_company(ticket, company)?;
    }
    if known.is_none_or(|known| known.summary != row.summary) && !row.summary.is_empty() {
        w.set_summary(ticket, &row.summary)?;
    }
    if let Some(here) = w.ticket(ticket)? {
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
    Ok(waiting
        .into_iter()
        .filter(|part| {
            balance
                .there(*part)
                .is_some_and(|there| there.same_as(&balance.here(*part)))
        })
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
        let Some(part) = part_of(&conflict.row.field) else {
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

/// Which parts of a request HaloPSA answered to and left as they were: it accepted the request and not the change.
pub(super) fn ignored(
    w: &Writer<'_>,
    sent: &LocalPatch,
    row: &RemoteTicket,
) -> Result<BTreeMap<Part, Held>, store::Error> {
    let mut ignored = BTreeMap::new();
    let Some(known) = mirror(w, row.id)? else {
        return Ok(ignored);
    };
    let (before, now) = (image(&known), image(row));
    for part in parts(sent) {
        let Some(held) = get(sent, part) else { continue };
        let says = match part {
            Part::Stage => now.stage.is_some() && now.stage == before.stage,
            Part::Owner => now.owner == before.owner,
            Part::Field(field) => {
                now.knows(field) && domain::value::same(now.fields.get(&field), before.fields.get(&field))
            }
        };
        if says && !shows(w, &now, part, &held)? {
            ignored.insert(part, held);
        }
    }
    Ok(ignored)
}

/// What of a request the ticket shows.
pub(super) fn arrived(w: &Writer<'_>, sent: &LocalPatch, row: &RemoteTicket) -> Result<LocalPatch, store::Error> {
    let now = image(row);
    let mut arrived = LocalPatch::default();
    for part in parts(sent) {
        if let Some(held) = get(sent, part)
            && shows(w, &now, part, &held)?
        {
            put(&mut arrived, part, held);
        }
    }
    Ok(arrived)
}

/// A request without what HaloPSA has already.
pub(super) fn without_paid(
    w: &store::Reader<'_>,
    ticket: TicketId,
    patch: &LocalPatch,
) -> Result<LocalPatch, store::Error> {
    let mut left = patch.clone();
    if let Some(balance) = Balance::read(w, ticket)? {
        for part in parts(patch) {
            let held = get(patch, part);
            if balance
                .mirrored(part)
                .zip(held)
                .is_some_and(|(there, held)| there.same_as(&held))
            {
                drop_part(&mut left, part);
            }
        }
    }
    Ok(left)
}

/// Every field of a ticket that this tenant can take, for a creation.
pub(super) fn all_fields(values: BTreeMap<FieldKey, Value>, map: &TenantMap) -> BTreeMap<FieldKey, Option<Value>> {
    values
        .into_iter()
        .filter(|(field, _)| Part::Field(*field).is_sendable(Some(map)))
        .map(|(field, value)| (field, Some(value)))
        .collect()
}
