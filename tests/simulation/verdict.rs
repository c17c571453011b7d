//! What must be true once the faults have stopped and sync is quiet.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail, ensure};
use domain::{FieldKey, HaloTicketId, Lifecycle, StoredValue, TicketId, Value, fields::keys, remote::RemoteTicket};
use serde_json::Value as Json;
use store::{Change, Filter, Position, Store};

use crate::{
    acts::opted_out,
    ledger::Promise,
    property::Property,
    world::{World, email_of},
};

/// Judges a quiet world.
pub fn judge(world: &World) -> Result<()> {
    let store = world.store()?;
    let pairs = pair(world, store)?;
    for (email, (ticket, halo)) in &pairs {
        let record = world.record(*halo)?;
        let promise = world
            .ledger
            .get(email)
            .with_context(|| format!("nobody made {email}"))?;
        same_on_both_sides(store, *ticket, *halo)
            .and_then(|()| promises_kept(world, store, *ticket, promise, &record))
            .and_then(|()| words_once(world, *halo, promise))
            .and_then(|()| plans_once(world, store, *ticket, *halo, promise))
            .and_then(|()| no_stage_of_its_own(world, *halo, promise))
            .and_then(|()| opt_out_kept(store, *ticket, promise, &record))
            .and_then(|()| journal_complete(store, *ticket))
            .and_then(|()| stays_are_a_chain(store, *ticket))
            .with_context(|| {
                let mirror = store.mirror_get(*halo).ok().flatten();
                let updated = record.get("last_update").cloned().unwrap_or_default();
                format!("ticket {ticket}, #{halo}, {email}, changed there {updated}, mirror {mirror:?}")
            })?;
    }
    let sound = store.check()?;
    ensure!(sound.is_empty(), "the database is damaged: {sound:?}");
    Ok(())
}

/// Every ticket of one side belongs to exactly one of the other.
fn pair(world: &World, store: &Store) -> Result<BTreeMap<String, (TicketId, HaloTicketId)>> {
    let mut there: BTreeMap<String, HaloTicketId> = BTreeMap::new();
    let (status, list) = world.tenant.get("/api/Tickets?count=1000&include_custom_fields=1");
    ensure!(status == 200, "the tenant does not list its tickets: {status}");
    for row in list.get("tickets").and_then(Json::as_array).into_iter().flatten() {
        let id = HaloTicketId(row.get("id").and_then(Json::as_i64).context("a ticket has an id")?);
        let record = world.record(id)?;
        let email = record.get("oppemailaddress").and_then(Json::as_str).unwrap_or_default();
        if let Some(twin) = there.insert(email.to_owned(), id) {
            bail!("HaloPSA has {email} twice: #{twin} and #{id}");
        }
    }
    let mut pairs = BTreeMap::new();
    let mut kept = BTreeSet::new();
    for card in store.list_cards(&Filter::default(), 0, 1_000)? {
        let email = email_of(store, card.id)?;
        let halo = card.halo_id.with_context(|| format!("{email} has no number"))?;
        if world.deleted.contains(&halo) {
            ensure!(
                !there.contains_key(&email),
                "{email} was deleted in HaloPSA and made again"
            );
            kept.insert(email);
            continue;
        }
        ensure!(
            there.get(&email) == Some(&halo),
            "{email} is #{halo} here and {:?} there",
            there.get(&email)
        );
        if let Some((twin, _)) = pairs.insert(email.clone(), (card.id, halo)) {
            bail!("{email} is here twice: {twin} and {}", card.id);
        }
    }
    for (email, promise) in &world.ledger {
        let is_here = pairs.contains_key(email) || kept.contains(email);
        ensure!(
            is_here != promise.removed,
            "{email}: here {is_here}, removed {}",
            promise.removed
        );
    }
    for (email, halo) in &there {
        ensure!(pairs.contains_key(email), "{email}, #{halo}, is not here");
    }
    Ok(pairs)
}

/// What is here is what HaloPSA last showed, in every field that this tenant has.
fn same_on_both_sides(store: &Store, ticket: TicketId, halo: HaloTicketId) -> Result<()> {
    let mirror: RemoteTicket = store.mirror_get(halo)?.context("it has no mirror")?;
    let card = store.card(ticket)?.context("it has a card")?;
    ensure!(
        Some(&card.stage) == mirror.stage.as_ref() && Some(card.lifecycle) == mirror.lifecycle,
        "the stage is {:?} here and {:?} in the mirror",
        card.stage,
        mirror.stage
    );
    let owner = card.owner.map(|owner| store.halo_agent(owner)).transpose()?.flatten();
    ensure!(
        owner == mirror.owner,
        "the owner is {owner:?} here and {:?} in the mirror",
        mirror.owner
    );
    let values = store.values(ticket)?;
    let mine = |field: &FieldKey| values.get(field).map(|stored| stored.value.clone());
    for field in mirror.fields_known.iter().chain(mirror.fields.keys()) {
        let (here, there) = (mine(field), mirror.fields.get(field).cloned());
        let same = match (&here, &there) {
            (Some(here), Some(there)) => here.same_as(there),
            // A box that is not ticked is as good as none.
            (Some(Value::Boolean(false)), None) | (None, Some(Value::Boolean(false))) | (None, None) => true,
            _ => false,
        };
        ensure!(same, "{field} is {here:?} here and {there:?} in the mirror");
    }
    Ok(())
}

/// Nothing that was told to be saved is lost, nothing that was replaced has come back, and the mirror is no lie.
fn promises_kept(world: &World, store: &Store, ticket: TicketId, promise: &Promise, record: &Json) -> Result<()> {
    let halo = store.card(ticket)?.and_then(|card| card.halo_id);
    let mirror = halo.map(|halo| store.mirror_get(halo)).transpose()?.flatten();
    for property in Property::all() {
        // Lists leave some fields out; of a ticket that never changed and that nobody opened they are not known here.
        if let (Property::Field(field), Some(mirror)) = (property, &mirror)
            && !mirror.fields_known.contains(&field)
            && property.here(store, ticket)?.is_empty()
        {
            continue;
        }
        let (here, there) = (property.here(store, ticket)?, property.there(&world.map, record));
        ensure!(here == there, "{property:?} is {here:?} here and {there:?} there");
        if matches!(property, Property::List(_)) && promise.lists_here && promise.lists_there {
            continue;
        }
        let claim = promise.claims.get(&property).cloned().unwrap_or_default();
        // An opt-out that is on beats every other word, also one that was spoken over it: it is sent again.
        let is_kept_out = promise.do_not_contact && property == Property::Stage && here == "do_not_contact";
        ensure!(
            claim.allows(&here) || is_kept_out,
            "{property:?} ended as {here:?}, but the last words were {claim:?}"
        );
    }
    Ok(())
}

/// Every note and call is in HaloPSA once, and none that was taken back.
fn words_once(world: &World, halo: HaloTicketId, promise: &Promise) -> Result<()> {
    let actions = world.tenant.actions(halo.0);
    let bodies: Vec<&str> = actions
        .iter()
        .filter_map(|action| action.get("note").and_then(Json::as_str))
        .collect();
    let times = |words: &String| bodies.iter().filter(|body| body.contains(words.as_str())).count();
    for (words, stands) in promise.notes.values() {
        ensure!(
            times(words) == usize::from(*stands),
            "{words} is in HaloPSA {} times, it stands: {stands}",
            times(words)
        );
    }
    Ok(())
}

/// Every task and meeting is on either side once, and done on both or on neither.
fn plans_once(world: &World, store: &Store, ticket: TicketId, halo: HaloTicketId, promise: &Promise) -> Result<()> {
    let (status, answer) = world
        .tenant
        .get(&format!("/api/Appointment?ticket_id={halo}&showall=true"));
    ensure!(status == 200, "the tenant does not list its appointments: {status}");
    let there = answer
        .get("appointments")
        .and_then(Json::as_array)
        .cloned()
        .unwrap_or_default();
    let mut here = store.activities(ticket)?;
    here.retain(|row| row.appointment.is_some());
    for (subject, stands) in promise.tasks.values() {
        let mine: Vec<bool> = here
            .iter()
            .filter(|row| row.subject == *subject)
            .map(|row| row.appointment.is_some_and(|when| when.done_at.is_some()))
            .collect();
        let theirs: Vec<bool> = there
            .iter()
            .filter(|row| row.get("subject").and_then(Json::as_str) == Some(subject.as_str()))
            .map(|row| {
                row.get("complete_status")
                    .and_then(Json::as_i64)
                    .is_some_and(|status| status >= 0)
            })
            .collect();
        ensure!(
            mine == theirs && mine.len() == usize::from(*stands),
            "{subject} is done here {mine:?} and in HaloPSA {theirs:?}, it stands: {stands}"
        );
    }
    Ok(())
}

/// Leadline put the ticket in no stage of HaloPSA in which no person here had put it.
fn no_stage_of_its_own(world: &World, halo: HaloTicketId, promise: &Promise) -> Result<()> {
    let me = world.map.me.map(|me| me.0);
    for action in world.tenant.actions(halo.0) {
        let number = |name: &str| action.get(name).and_then(Json::as_i64).unwrap_or_default();
        let (old, new) = (number("old_status"), number("new_status"));
        if Some(number("who_agentid")) != me || new <= 0 || old == new {
            continue;
        }
        let known = world
            .map
            .stages
            .iter()
            .any(|(stage, status)| status.0 == new && promise.stages.contains(&stage.0));
        ensure!(
            known,
            "status {new} was written and nobody here chose it: {:?}",
            promise.stages
        );
    }
    Ok(())
}

/// Do Not Contact was not turned off by a machine.
fn opt_out_kept(store: &Store, ticket: TicketId, promise: &Promise, record: &Json) -> Result<()> {
    if promise.do_not_contact {
        let here = store.value(ticket, keys::DO_NOT_CONTACT)?.map(|stored| stored.value);
        ensure!(here == Some(Value::Boolean(true)), "Do Not Contact is {here:?} here");
        ensure!(opted_out(record), "HaloPSA does not know of the opt-out");
    }
    Ok(())
}

/// The journal tells the whole story: each image before is the image after of what came before it, and the last one is
/// what is here.
fn journal_complete(store: &Store, ticket: TicketId) -> Result<()> {
    let mut stage: Option<Position> = None;
    let mut fields: BTreeMap<FieldKey, Option<StoredValue>> = BTreeMap::new();
    let mut operations: Vec<_> = store.history(ticket)?.iter().map(|row| row.operation).collect();
    operations.sort_unstable();
    operations.dedup();
    for operation in operations {
        for applied in store.operation_changes(operation)? {
            if applied.ticket != ticket {
                continue;
            }
            match applied.change {
                Change::Stage { before, after } => {
                    if let Some(known) = &stage {
                        ensure!(
                            known.stage == before.stage,
                            "operation {operation} begins in {:?}, but the ticket was in {:?}",
                            before.stage,
                            known.stage
                        );
                    }
                    stage = Some(after);
                }
                Change::Field { field, before, after } => {
                    if let Some(known) = fields.get(&field) {
                        ensure!(
                            value(known) == value(&before),
                            "operation {operation} begins with {field} = {:?}, but it was {:?}",
                            value(&before),
                            value(known)
                        );
                    }
                    fields.insert(field, after);
                }
                _ => {}
            }
        }
    }
    let card = store.card(ticket)?.context("it has a card")?;
    if let Some(stage) = stage {
        ensure!(
            stage.stage == card.stage,
            "the journal ends in {:?}, the card in {:?}",
            stage.stage,
            card.stage
        );
    }
    let values = store.values(ticket)?;
    for (field, last) in fields {
        let here = values.get(&field).map(|stored| &stored.value);
        ensure!(
            value(&last) == here,
            "the journal ends with {field} = {:?}, it is {here:?}",
            value(&last)
        );
    }
    Ok(())
}

fn value(stored: &Option<StoredValue>) -> Option<&Value> {
    stored.as_ref().map(|stored| &stored.value)
}

/// A ticket was in one stage at a time, and is in the last.
fn stays_are_a_chain(store: &Store, ticket: TicketId) -> Result<()> {
    let stays = store.stage_entries(ticket)?;
    let open: Vec<_> = stays.iter().filter(|stay| stay.left_at.is_none()).collect();
    let card = store.card(ticket)?.context("it has a card")?;
    ensure!(open.len() == 1, "{} stays are open", open.len());
    ensure!(
        open.iter().all(|stay| stay.stage == card.stage),
        "the open stay is not where the card is"
    );
    let lifecycles: BTreeSet<Lifecycle> = stays.iter().map(|stay| stay.lifecycle).collect();
    ensure!(lifecycles.contains(&card.lifecycle), "no stay in {:?}", card.lifecycle);
    Ok(())
}
