//! What a local change owes HaloPSA: the one rule by which every operation, undo included, becomes outbox entries.
//!
//! The file is long because it is this one rule for every kind of change.
//!
//! Model. For each property of a ticket that an operation touched, the value that is here now is compared with the value
//! that HaloPSA has or will have: that of the entry which is on its way, else that of the mirror. When the two differ the
//! property is owed, else nothing is. So a later edit folds into the unsent entry, an edit that is taken back before it
//! was sent leaves nothing behind, and undoing what HaloPSA already has becomes a compensating change, all by one
//! comparison and without a line of code per button.
//!
//! Guarantees. A ticket has at most one entry that can still be edited; what is on its way is never touched. A property
//! that is in conflict is not in the outbox: the conflict itself holds both values until a person decides, and the rest
//! of the ticket goes on. A machine never makes a refused entry wait again; a person's edit does.
//!
//! Turned down: an entry per operation (twenty edits would be twenty requests, and an undo before sending two), and
//! comparing whole tickets with the mirror (a value that HaloPSA writes in another way would be sent for ever).

mod apart;
mod balance;
mod lists;
mod part;
mod records;

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    ActivityId, AgentId, CompanyId, ConflictId, ContactId, HaloAgentId, OutboxId, StageKey, TicketId,
    activity::ActivityKind, fields::keys, lists::Tags, tenant::TenantMap, workflow::Workflow,
};
use rand::{Rng, rngs::SmallRng};
use store::{
    Applied, Change, Choice, ConflictDetail, LocalPatch, NewConflict, NewEntry, NewRecord, OutboxPayload, OutboxState,
    Party, Reader, StateChange, Writer,
};

use crate::labels;
pub(crate) use apart::apart;
use balance::is_editable;
pub(crate) use balance::{Balance, is_on_its_way, mirror, party_of};
use lists::Told;
pub(crate) use lists::owed as owed_lists;
pub(crate) use part::{Held, Part, drop_part, get, parts, put};
pub(crate) use records::{Reach, reach};

/// What deriving found out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Derived {
    /// Something new waits to be sent.
    pub owes: bool,
    /// HaloPSA has, or is getting, what this operation took away from it.
    pub compensates: bool,
}

/// What an operation did to one ticket.
#[derive(Default)]
struct Touched {
    created: bool,
    removed: bool,
    /// Properties with what they held before the operation.
    parts: BTreeMap<Part, Held>,
    /// A conflict was decided or opened again, so everything is compared.
    all: bool,
    /// The conflicts that were decided.
    decided: Vec<ConflictId>,
    added: Vec<ActivityId>,
    taken_back: Vec<ActivityId>,
    /// Tasks and meetings that were done, or are not done after all.
    changed: Vec<ActivityId>,
    /// Links with what they held before the operation.
    contact: Option<Option<ContactId>>,
    company: Option<Option<CompanyId>>,
    /// Whether it was a part of another ticket, or withdrawn, before the operation, where that changed.
    was_part: Option<bool>,
    /// Activities that came from another ticket, and that went to another one.
    came: Vec<ActivityId>,
    went: Vec<ActivityId>,
    /// Records that were made for it, or taken back, in order.
    records: Vec<(NewRecord, Made)>,
}

/// What became of a record that is made here.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Made {
    Added,
    Removed,
}

/// Turns what this write journalled into outbox entries. Called once, at the end of every operation of a person.
///
/// # Errors
/// The store's own failures.
pub fn derive(
    w: &mut Writer<'_>,
    workflow: &Workflow,
    map: Option<&TenantMap>,
    dice: &mut SmallRng,
) -> Result<Derived, store::Error> {
    let mut derived = Derived::default();
    for (ticket, touched) in by_ticket(w.applied()) {
        derive_ticket(w, workflow, map, dice, ticket, touched, &mut derived)?;
    }
    Ok(derived)
}

fn by_ticket(applied: &[Applied]) -> BTreeMap<TicketId, Touched> {
    let mut tickets: BTreeMap<TicketId, Touched> = BTreeMap::new();
    for Applied { ticket, change } in applied {
        if let Change::ActivityMoved { activity, from } = change {
            tickets.entry(*from).or_default().went.push(*activity);
        }
        let touched = tickets.entry(*ticket).or_default();
        let mut part = |part: Part, before: Held| {
            touched.parts.entry(part).or_insert(before);
        };
        match change {
            Change::Created => (touched.created, touched.removed) = (true, false),
            Change::Removed => (touched.created, touched.removed) = (false, true),
            Change::Stage { before, .. } => part(Part::Stage, Held::Stage((before.lifecycle, before.stage.clone()))),
            Change::Owner { before, .. } => part(Part::Owner, Held::Owner(*before)),
            Change::Field { field, before, .. } => part(
                Part::Field(*field),
                Held::Field(before.as_ref().map(|stored| stored.value.clone())),
            ),
            Change::ActivityAdded { activity } | Change::Told { activity } => touched.added.push(*activity),
            Change::ActivityRemoved { activity } | Change::Untold { activity } => touched.taken_back.push(*activity),
            Change::ActivityMoved { activity, .. } => touched.came.push(*activity),
            Change::Merged { before, .. } => {
                touched.was_part.get_or_insert(before.is_some());
            }
            Change::Withdrawn { before, .. } => {
                touched.was_part.get_or_insert(*before);
            }
            Change::Done { activity, .. } => touched.changed.push(*activity),
            Change::ConflictResolved { conflict, .. } => {
                touched.all = true;
                touched.decided.push(*conflict);
            }
            Change::ConflictReopened { .. } => touched.all = true,
            Change::Contact { before, .. } => {
                touched.contact.get_or_insert(*before);
            }
            Change::Company { before, .. } => {
                touched.company.get_or_insert(*before);
            }
            Change::Lists { before, .. } => part(Part::Lists, Held::Lists(before.clone())),
            Change::RecordAdded { record } => touched.records.push((*record, Made::Added)),
            Change::RecordRemoved { record } => touched.records.push((*record, Made::Removed)),
            // Summary, next action and the ledger are kept here only.
            Change::Summary { .. }
            | Change::NextAction { .. }
            | Change::Suppressed { .. }
            | Change::SuppressionLifted { .. } => {}
        }
    }
    tickets
}

fn derive_ticket(
    w: &mut Writer<'_>,
    workflow: &Workflow,
    map: Option<&TenantMap>,
    dice: &mut SmallRng,
    ticket: TicketId,
    mut touched: Touched,
    derived: &mut Derived,
) -> Result<(), store::Error> {
    for (record, made) in std::mem::take(&mut touched.records) {
        records::queue(w, ticket, record, made)?;
        derived.owes |= made == Made::Added;
    }
    if touched.removed {
        for entry in w.unsent(ticket)? {
            // A record stays for whoever else uses it.
            if is_editable(&entry) && !matches!(entry.payload, OutboxPayload::Record { .. }) {
                w.remove_entry(entry.id)?;
            }
        }
        return Ok(());
    }
    for activity in touched.taken_back.into_iter().chain(touched.went) {
        forget_activity(w, ticket, activity)?;
    }
    if let (Some(was_part), Some(row)) = (touched.was_part, w.ticket_or_part(ticket)?) {
        let is_part = w.is_laid_aside(ticket)?;
        if row.card.halo_id.is_some() {
            let before = if was_part {
                StageKey::from(StageKey::MERGED)
            } else {
                row.card.stage
            };
            let before = Held::Stage((row.card.lifecycle, before));
            touched.parts.insert(Part::Stage, before);
        } else if is_part {
            // HaloPSA never had it, and what it held is a part of another ticket now.
            for entry in w.unsent(ticket)? {
                if is_editable(&entry) && !matches!(entry.payload, OutboxPayload::Record { .. }) {
                    w.remove_entry(entry.id)?;
                }
            }
            return Ok(());
        } else {
            touched.created |= was_part;
        }
    }
    if touched.created {
        let entry = queue_creation(w, dice, ticket)?;
        if let Some(balance) = Balance::read(w, ticket)? {
            records::wait_for(w, entry, Some(balance.party))?;
        }
        derived.owes = true;
    } else if let Some(balance) = Balance::read(w, ticket)? {
        if touched.contact.is_some() || touched.company.is_some() {
            let before = Party {
                company: touched.company.unwrap_or(balance.party.company),
                contact: touched.contact.unwrap_or(balance.party.contact),
            };
            touched.parts.insert(Part::Party, Held::Party(before));
        }
        for conflict in &touched.decided {
            // Somebody chose, and HaloPSA is in no stage: it came apart there, and is put right with what was chosen.
            if balance.there(Part::Stage).is_none()
                && w.conflict_field(*conflict)?.as_deref() == Some(Part::Stage.key())
            {
                let chosen = balance.here(Part::Stage);
                touched.parts.entry(Part::Stage).or_insert(chosen);
            }
        }
        let parts = if touched.all {
            balance
                .all_parts()
                .into_iter()
                .chain(touched.parts.keys().copied())
                .collect()
        } else {
            touched.parts.keys().copied().collect::<BTreeSet<_>>()
        };
        let by_rule = w.rule_lists()?;
        derived.compensates |= touched.parts.iter().any(|(part, before)| {
            let is_before = |there: Held| match (&there, before) {
                // What a rule puts here alone says nothing about what HaloPSA has.
                (Held::Lists(there), Held::Lists(before)) => there.same_but_for(before, &by_rule),
                _ => there.same_as(before),
            };
            part.is_sendable(map) && balance.there(*part).is_some_and(is_before)
        });
        derived.owes |= settle(w, workflow, map, &balance, parts, &touched.parts)?;
        let mark = Part::Field(keys::DO_NOT_CONTACT);
        if let Some(before) = touched.parts.get(&mark)
            && !before.same_as(&balance.here(mark))
        {
            derived.owes |= owe_peace(w, ticket)?;
        }
    }
    for activity in touched.added.into_iter().chain(touched.changed).chain(touched.came) {
        derived.owes |= queue_activity(w, ticket, activity)?;
    }
    Ok(())
}

/// Queues the creation of a ticket that was born here.
pub(crate) fn queue_creation(
    w: &mut Writer<'_>,
    dice: &mut SmallRng,
    ticket: TicketId,
) -> Result<OutboxId, store::Error> {
    let key = format!("{:032x}", dice.random::<u128>());
    w.enqueue(NewEntry {
        ticket,
        payload: OutboxPayload::Create { key },
        what: "Create the ticket".to_owned(),
    })
}

/// Queues a note, call, task or meeting, unless it is queued and goes as it is when it goes.
pub(crate) fn queue_activity(w: &mut Writer<'_>, ticket: TicketId, activity: ActivityId) -> Result<bool, store::Error> {
    let payload = OutboxPayload::Activity { activity };
    let is_queued = w
        .unsent(ticket)?
        .iter()
        .any(|entry| is_editable(entry) && entry.payload == payload);
    let Some(row) = w.activity(activity)?.filter(|_| !is_queued) else {
        return Ok(false);
    };
    let what = match (row.kind, &row.call, &row.appointment) {
        (ActivityKind::Call, Some(call), _) => format!("Call: {}", call.outcome.label()),
        (ActivityKind::Call, None, _) => "Call".to_owned(),
        (ActivityKind::Task, _, Some(when)) if when.done_at.is_some() => format!("Task done: {}", row.subject),
        (ActivityKind::Task, _, Some(_)) => format!("Task: {}", row.subject),
        (ActivityKind::Meeting, _, Some(_)) => format!("Meeting: {}", row.subject),
        _ => "Note".to_owned(),
    };
    w.enqueue(NewEntry { ticket, payload, what })?;
    Ok(true)
}

/// The contact behind a ticket that was marked, or freed, is told to HaloPSA's campaigns as well. What was not sent yet and
/// is taken back leaves nothing to tell.
fn owe_peace(w: &mut Writer<'_>, ticket: TicketId) -> Result<bool, store::Error> {
    let Some(contact) = w.ticket(ticket)?.and_then(|row| row.contact) else {
        return Ok(false);
    };
    let is_in_halo = w.contact(contact)?.is_some_and(|contact| contact.halo_id.is_some());
    if !is_in_halo {
        return Ok(false);
    }
    let payload = OutboxPayload::Peace { contact };
    for entry in w.unsent(ticket)? {
        if is_editable(&entry) && entry.payload == payload {
            w.remove_entry(entry.id)?;
            return Ok(false);
        }
    }
    w.enqueue(NewEntry {
        ticket,
        payload,
        what: "Marketing e-mails to the contact".to_owned(),
    })?;
    Ok(true)
}

fn forget_activity(w: &mut Writer<'_>, ticket: TicketId, activity: ActivityId) -> Result<(), store::Error> {
    for entry in w.unsent(ticket)? {
        if is_editable(&entry) && entry.payload == (OutboxPayload::Activity { activity }) {
            w.remove_entry(entry.id)?;
        }
    }
    Ok(())
}

/// Compares these properties and queues what is owed. Returns whether something waits because of it.
fn settle(
    w: &mut Writer<'_>,
    workflow: &Workflow,
    map: Option<&TenantMap>,
    balance: &Balance,
    parts: BTreeSet<Part>,
    touched: &BTreeMap<Part, Held>,
) -> Result<bool, store::Error> {
    let conflicts = w.conflicts(balance.ticket)?;
    let mut owed = LocalPatch::default();
    let mut paid = Vec::new();
    for part in parts {
        let mut here = balance.here(part);
        if let (Part::Lists, Held::Lists(now)) = (part, &here) {
            let before = match touched.get(&part) {
                Some(Held::Lists(before)) => before,
                _ => now,
            };
            match balance.owed_lists(w, Told::Changed(before))? {
                Some(owed) => here = Held::Lists(owed),
                // What HaloPSA has is unknown, but a rule decides here as it does there.
                None if balance.is_decided_alike(w, before)? => {
                    paid.push(part);
                    continue;
                }
                None => {}
            }
        }
        if let Some(conflict) = conflicts.iter().find(|conflict| conflict.row.field == part.key()) {
            // Whoever goes where HaloPSA is has nothing left to send, unless HaloPSA itself does not show it.
            if keep_conflict(w, workflow, conflict, part, &here)? || balance.there(part).is_some() {
                paid.push(part);
                continue;
            }
        }
        match balance.there(part) {
            Some(there) if there.same_as(&here) => paid.push(part),
            // What HaloPSA has is unknown and nobody touched it: that is no reason to send anything.
            None if !touched.contains_key(&part) => {}
            _ if part.is_sendable(map) => put(&mut owed, part, here),
            _ => {}
        }
    }
    fold(w, workflow, balance, owed, &paid, Hand::Person)
}

/// A person changed a property that is in conflict: that is their side now, and it still waits for the decision, unless
/// it is what HaloPSA has, and then there is nothing left to decide. Returns whether it is still to be decided.
fn keep_conflict(
    w: &mut Writer<'_>,
    workflow: &Workflow,
    conflict: &ConflictDetail,
    part: Part,
    here: &Held,
) -> Result<bool, store::Error> {
    if get(&conflict.theirs, part).is_some_and(|theirs| theirs.same_as(here)) {
        w.resolve_conflict(conflict.row.id, Choice::Moot)?;
        return Ok(false);
    }
    if get(&conflict.mine, part).as_ref() == Some(here) {
        return Ok(true);
    }
    let mut mine_patch = LocalPatch::default();
    put(&mut mine_patch, part, here.clone());
    w.open_conflict(&NewConflict {
        ticket: conflict.row.ticket,
        field: conflict.row.field.clone(),
        label: conflict.row.label.clone(),
        mine: here.in_words(w, workflow)?,
        theirs: conflict.row.theirs.clone(),
        mine_patch,
        theirs_patch: conflict.theirs.clone(),
    })?;
    Ok(true)
}

/// Who asks for it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hand {
    /// A person's edit lets a refused entry try again.
    Person,
    /// A machine leaves refused entries alone.
    Machine,
}

/// Lays what is owed into the ticket's editable entry, takes what is paid out of it, and drops it when nothing is left.
fn fold(
    w: &mut Writer<'_>,
    workflow: &Workflow,
    balance: &Balance,
    owed: LocalPatch,
    paid: &[Part],
    hand: Hand,
) -> Result<bool, store::Error> {
    let ticket = balance.ticket;
    let creation = balance
        .unsent
        .iter()
        .find(|entry| is_editable(entry) && matches!(entry.payload, OutboxPayload::Create { .. }));
    if let Some(creation) = creation {
        // It is sent with the values of that moment, so there is nothing to add; but a refused one may now be right.
        if creation.state == OutboxState::Parked && hand == Hand::Person && !owed.is_empty() {
            w.refill(creation.id, &creation.payload, &creation.what)?;
        }
        if owed.party.is_some() || paid.contains(&Part::Party) {
            records::wait_for(w, creation.id, Some(balance.party))?;
        }
        return Ok(!owed.is_empty());
    }
    let editable = balance.unsent.iter().filter(|entry| {
        is_editable(entry) && (hand == Hand::Person || entry.state == OutboxState::Waiting || owed.is_empty())
    });
    let mut target = None;
    let mut before = LocalPatch::default();
    let mut merged = LocalPatch::default();
    for entry in editable {
        let OutboxPayload::Update { patch } = &entry.payload else {
            continue;
        };
        merged.fold(patch.clone());
        match target {
            None => {
                target = Some(entry);
                before.clone_from(patch);
            }
            // Two of them can only be left when one was refused while the other waited behind it.
            Some(_) => w.remove_entry(entry.id)?,
        }
    }
    for part in paid {
        drop_part(&mut merged, *part);
    }
    let owes = !owed.is_empty();
    merged.fold(owed);
    let party = merged.party;
    let is_about_party = party.is_some() || before.party.is_some();
    let entry = match target {
        Some(entry) if merged.is_empty() => {
            w.remove_entry(entry.id)?;
            None
        }
        Some(entry) if merged != before || (owes && entry.state == OutboxState::Parked) => {
            let what = labels::patch(w, workflow, &merged)?;
            w.refill(entry.id, &OutboxPayload::Update { patch: merged }, &what)?;
            Some(entry.id)
        }
        Some(entry) => Some(entry.id),
        None if merged.is_empty() => None,
        None => {
            let what = labels::patch(w, workflow, &merged)?;
            Some(w.enqueue(NewEntry {
                ticket,
                payload: OutboxPayload::Update { patch: merged },
                what,
            })?)
        }
    };
    if let Some(entry) = entry.filter(|_| is_about_party) {
        records::wait_for(w, entry, party)?;
    }
    Ok(owes)
}

/// After HaloPSA showed a ticket: takes these properties out of the unsent entry, because the two sides agree, HaloPSA's
/// won, or a person has to choose.
pub(crate) fn release(
    w: &mut Writer<'_>,
    workflow: &Workflow,
    ticket: TicketId,
    parts: &[Part],
) -> Result<(), store::Error> {
    if parts.is_empty() {
        return Ok(());
    }
    let Some(balance) = Balance::read(w, ticket)? else {
        return Ok(());
    };
    for entry in balance.unsent.iter().filter(|entry| is_editable(entry)) {
        let OutboxPayload::Update { patch } = &entry.payload else {
            continue;
        };
        let mut left = patch.clone();
        for part in parts {
            drop_part(&mut left, *part);
        }
        if left.is_empty() {
            w.remove_entry(entry.id)?;
        } else if left != *patch {
            let what = labels::patch(w, workflow, &left)?;
            let party = left.party;
            w.refill(entry.id, &OutboxPayload::Update { patch: left }, &what)?;
            if patch.party.is_some() {
                records::wait_for(w, entry.id, party)?;
            }
            if entry.state == OutboxState::Parked {
                // What is left of a refused entry is still refused.
                w.set_outbox_state(
                    entry.id,
                    &StateChange {
                        state: OutboxState::Parked,
                        tries: entry.tries,
                        due_at: None,
                        reason: entry.reason.clone(),
                        detail: entry.detail.clone(),
                    },
                )?;
            }
        }
    }
    Ok(())
}

/// After HaloPSA showed a ticket: queues what is kept here over HaloPSA's and is in no unsent entry and no conflict.
pub(crate) fn owe(
    w: &mut Writer<'_>,
    workflow: &Workflow,
    map: &TenantMap,
    ticket: TicketId,
    kept: &[Part],
) -> Result<bool, store::Error> {
    owe_told(w, workflow, map, ticket, kept, Told::Waiting)
}

/// As [`owe`], for the lists of a ticket: they were `before`, and a rule changed them because of what HaloPSA showed.
pub(crate) fn owe_lists(
    w: &mut Writer<'_>,
    workflow: &Workflow,
    map: &TenantMap,
    ticket: TicketId,
    before: &Tags,
) -> Result<bool, store::Error> {
    owe_told(w, workflow, map, ticket, &[Part::Lists], Told::Followed(before))
}

fn owe_told(
    w: &mut Writer<'_>,
    workflow: &Workflow,
    map: &TenantMap,
    ticket: TicketId,
    kept: &[Part],
    told: Told<'_>,
) -> Result<bool, store::Error> {
    if kept.is_empty() {
        return Ok(false);
    }
    let Some(balance) = Balance::read(w, ticket)? else {
        return Ok(false);
    };
    let conflicts = w.conflicts(ticket)?;
    let mut owed = LocalPatch::default();
    for part in kept {
        let in_conflict = conflicts.iter().any(|conflict| conflict.row.field == part.key());
        if in_conflict || !part.is_sendable(Some(map)) {
            continue;
        }
        if *part == Part::Lists {
            // What waits may grow; what was refused is left alone.
            let news = balance.news_of_lists(w, told)?;
            if let Some(lists) = news.filter(|_| !balance.is_refused(*part)) {
                put(&mut owed, *part, Held::Lists(lists));
            }
        } else if !balance.is_queued(*part) {
            put(&mut owed, *part, balance.here(*part));
        }
    }
    if owed.is_empty() {
        return Ok(false);
    }
    fold(w, workflow, &balance, owed, &[], Hand::Machine)
}

/// After a ticket got another number in HaloPSA: what waits is all that is not there as it is here, the stage in any case.
pub(crate) fn owe_all(
    w: &mut Writer<'_>,
    workflow: &Workflow,
    map: &TenantMap,
    ticket: TicketId,
) -> Result<bool, store::Error> {
    let Some(balance) = Balance::read(w, ticket)? else {
        return Ok(false);
    };
    let touched = BTreeMap::from([(Part::Stage, balance.here(Part::Stage))]);
    settle(w, workflow, Some(map), &balance, balance.all_parts(), &touched)
}

/// HaloPSA's id of an owner in a patch.
pub(crate) fn halo_owner(reader: &Reader<'_>, owner: Option<AgentId>) -> Result<Option<HaloAgentId>, store::Error> {
    match owner {
        Some(owner) => reader.halo_agent(owner),
        None => Ok(None),
    }
}
