//! What persons do: the rep at this computer, and colleagues in HaloPSA's own window.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    FieldKey, HaloTicketId, Lifecycle, OperationId, TicketId,
    activity::{CallOutcome, Direction},
    fields::{FieldKind, keys},
    remote::RemoteTicket,
};
use engine::{LogCallRequest, MoveOutcome, MoveRequest, NewTicketRequest, Problem, Side};
use rand::{Rng, seq::IndexedRandom};
use serde_json::{Value as Json, json};
use store::{Filter, OutboxEntry, OutboxPayload, OutboxState, Store};

use crate::{
    property::{FIELDS, LISTS, Property, tagged},
    world::{World, email, email_of, words},
};

/// What a person may try on a card.
const STAGES: [&str; 16] = [
    "new_lead",
    "researching",
    "contacted",
    "engaged",
    "no_interest",
    "do_not_contact",
    "invalid_data",
    "new_prospect",
    "prospecting",
    "qualified",
    "disqualified",
    "new_opportunity",
    "progressing",
    "negotiation",
    "won",
    "lost",
];

/// The rep does something. What the rules refuse is an answer like any other.
pub fn rep(world: &mut World) -> Result<()> {
    let most = if world.wide { 30 } else { 24 };
    let done = match world.dice.random_range(0..most) {
        0..=6 => edit(world),
        7..=11 => move_some(world),
        12 | 13 => note(world),
        14 => call(world),
        15 => create(world),
        16 => assign(world),
        17 | 18 => undo(world),
        19 => opt_out(world),
        20 => settle_a_conflict(world).map(drop),
        21 => give_up_a_refused_change(world),
        22 => world.engine()?.retry_all(),
        24..=26 => list(world),
        27 | 28 => plan(world),
        29 => finish(world),
        _ => look(world),
    };
    match done {
        Ok(()) => Ok(()),
        Err(error) if is_answer(&error) => Ok(()),
        Err(error) => Err(error),
    }
}

/// A refusal that a person can read.
fn is_answer(error: &anyhow::Error) -> bool {
    matches!(
        error.downcast_ref::<Problem>(),
        Some(
            Problem::Refused { .. }
                | Problem::FieldInvalid { .. }
                | Problem::NotFound { .. }
                | Problem::UndoConflict { .. }
                | Problem::NotUndoable { .. }
                | Problem::AlreadyUndone
        )
    )
}

/// Some tickets that the rep sees.
fn some(world: &mut World, most: usize) -> Result<Vec<TicketId>> {
    let cards = world.store()?.list_cards(&Filter::default(), 0, 200)?;
    let count = world.dice.random_range(1..=most);
    let chosen = cards.choose_multiple(&mut world.dice, count);
    Ok(chosen.map(|card| card.id).collect())
}

fn one(world: &mut World) -> Result<Option<TicketId>> {
    Ok(some(world, 1)?.first().copied())
}

fn edit(world: &mut World) -> Result<()> {
    let Some(ticket) = one(world)? else { return Ok(()) };
    let field = *FIELDS.choose(&mut world.dice).context("a field")?;
    let input = if world.dice.random_ratio(1, 8) {
        String::new()
    } else {
        let number = world.fresh();
        sample(world, field, number)
    };
    world.engine()?.edit_field(ticket, field, &input)?;
    Ok(())
}

/// A value of that field, as typed.
fn sample(world: &mut World, field: FieldKey, number: u32) -> String {
    match field.field().kind {
        FieldKind::Text | FieldKind::LongText => format!("Value {number}"),
        FieldKind::Integer { min, max } => i64::from(number).clamp(min.max(70), max).to_string(),
        FieldKind::Currency => format!("{}.50", 1_000 + number),
        FieldKind::Percent => (number % 100 + 1).to_string(),
        FieldKind::Date => format!("2027-{:02}-{:02}", number % 12 + 1, number % 28 + 1),
        FieldKind::Boolean => "Yes".to_owned(),
        FieldKind::SingleSelect(options) | FieldKind::MultiSelect(options) => {
            options.choose(&mut world.dice).copied().unwrap_or_default().to_owned()
        }
        FieldKind::Email => email(number),
        FieldKind::Phone => format!("020 7946 0{:03}", number % 1_000),
        FieldKind::Url => format!("https://www.company{number}.example"),
        FieldKind::Year => (1950 + number % 70).to_string(),
    }
}

/// Drops some cards on a column, with answers to what it asks for.
fn move_some(world: &mut World) -> Result<()> {
    let tickets = some(world, 3)?;
    let target = *STAGES.choose(&mut world.dice).context("a stage")?;
    let mut request = MoveRequest {
        tickets,
        target: target.to_owned(),
        ..MoveRequest::default()
    };
    if request.tickets.is_empty() {
        return Ok(());
    }
    let MoveOutcome::Needs { common, by_ticket, .. } = world.engine()?.move_tickets(&request)? else {
        return Ok(());
    };
    let number = world.fresh();
    for needed in common.iter().chain(by_ticket.iter().flat_map(|needs| &needs.fields)) {
        // An address is what a ticket is told by here, so it is never answered.
        if needed.field != keys::EMAIL {
            let answer = sample(world, needed.field, number);
            request.answers.insert(needed.field, answer);
        }
    }
    world.engine()?.move_tickets(&request)?;
    Ok(())
}

fn note(world: &mut World) -> Result<()> {
    let Some(ticket) = one(world)? else { return Ok(()) };
    let number = world.fresh();
    world
        .engine()?
        .add_note(ticket, &format!("A note & <more>\n{}", words(number)))?;
    Ok(())
}

fn call(world: &mut World) -> Result<()> {
    let Some(ticket) = one(world)? else { return Ok(()) };
    let number = world.fresh();
    world.engine()?.log_call(&LogCallRequest {
        ticket,
        direction: Direction::Inbound,
        dialled: None,
        duration_s: number,
        outcome: CallOutcome::Connected,
        next_action: None,
        notes: words(number),
    })?;
    Ok(())
}

/// Puts some tickets on a list, or takes them off.
fn list(world: &mut World) -> Result<()> {
    let tickets = some(world, 3)?;
    let name = *LISTS.choose(&mut world.dice).context("a list")?;
    if world.dice.random_ratio(2, 3) {
        world.engine()?.add_to_list(&tickets, name)?;
    } else {
        world.engine()?.remove_from_list(&tickets, name)?;
    }
    Ok(())
}

/// A task or a meeting.
fn plan(world: &mut World) -> Result<()> {
    let Some(ticket) = one(world)? else { return Ok(()) };
    let number = world.fresh();
    let from: DateTime<Utc> = "2026-11-20T09:00:00Z".parse()?;
    let from = from + TimeDelta::hours(i64::from(number));
    let subject = words(number);
    if world.dice.random() {
        world.engine()?.add_task(ticket, &subject, from, None)?;
    } else {
        let to = from + TimeDelta::minutes(30);
        world.engine()?.schedule_meeting(ticket, &subject, from, to)?;
    }
    Ok(())
}

/// Something that was planned here is done, or is not after all.
fn finish(world: &mut World) -> Result<()> {
    let planned: Vec<_> = world
        .ledger
        .values()
        .flat_map(|promise| promise.tasks.iter())
        .filter(|(_, (_, stands))| *stands)
        .map(|(activity, _)| *activity)
        .collect();
    let Some(activity) = planned.choose(&mut world.dice).copied() else {
        return Ok(());
    };
    let row = world.store()?.activity(activity)?.context("what is planned is here")?;
    let is_done = row.appointment.is_some_and(|when| when.done_at.is_some());
    world.engine()?.complete_task(activity, !is_done)?;
    Ok(())
}

fn create(world: &mut World) -> Result<()> {
    let number = world.fresh();
    let values: BTreeMap<FieldKey, String> = [
        (keys::PERSON_NAME, format!("Person {number}")),
        (keys::COMPANY_NAME, format!("Company {number} Ltd")),
        (keys::EMAIL, email(number)),
    ]
    .into();
    world.engine()?.create_ticket(&NewTicketRequest {
        lifecycle: Lifecycle::Lead,
        values,
        owner: None,
    })?;
    Ok(())
}

fn assign(world: &mut World) -> Result<()> {
    let tickets = some(world, 2)?;
    let agents = world.store()?.agents()?;
    let named: Vec<_> = agents
        .iter()
        .filter(|agent| !agent.inactive)
        .map(|agent| agent.id)
        .collect();
    let owner = if world.dice.random_ratio(1, 4) {
        None
    } else {
        named.choose(&mut world.dice).copied()
    };
    world.engine()?.assign_owner(&tickets, owner)?;
    Ok(())
}

/// The newest thing, what was undone last, or anything at all in the history.
fn undo(world: &mut World) -> Result<()> {
    match world.dice.random_range(0..4) {
        0 | 1 => drop(world.engine()?.undo()?),
        2 => drop(world.engine()?.redo()?),
        _ => {
            let newest = world.read_up_to.0.max(1);
            let operation = OperationId(world.dice.random_range(1..=newest));
            world.engine()?.undo_operation(operation)?;
        }
    }
    Ok(())
}

fn opt_out(world: &mut World) -> Result<()> {
    let Some(ticket) = one(world)? else { return Ok(()) };
    if world.dice.random_ratio(3, 4) {
        world.engine()?.set_do_not_contact(&[ticket], "Opt-out")?;
    } else {
        world.engine()?.lift_do_not_contact(&[ticket], "They asked for it")?;
    }
    Ok(())
}

/// Chooses a side of one conflict; says whether there was one.
pub fn settle_a_conflict(world: &mut World) -> Result<bool> {
    let conflicts: Vec<_> = world
        .store()?
        .all_conflicts()?
        .into_iter()
        .map(|found| found.row)
        .collect();
    let Some(conflict) = conflicts.choose(&mut world.dice) else {
        return Ok(false);
    };
    let side = if world.dice.random() { Side::Mine } else { Side::Theirs };
    world
        .trace
        .line(format!("{} of ticket {}: {side:?}", conflict.field, conflict.ticket));
    world.engine()?.resolve_conflict(conflict.id, side)?;
    world.read_journal()?;
    // Whoever chooses has seen both words, and what is here now is the choice.
    let store = world.store()?.clone();
    let property = Property::all().find(|property| match property {
        Property::Stage => conflict.field == "stage",
        Property::Owner => conflict.field == "owner",
        Property::Field(field) => conflict.field == field.as_str(),
        Property::List(_) => false,
    });
    if let Some(property) = property {
        let value = property.here(&store, conflict.ticket)?;
        let email = email_of(&store, conflict.ticket)?;
        // A colleague may have written again since HaloPSA was last read: that word nobody has seen.
        let halo = store.card(conflict.ticket)?.and_then(|card| card.halo_id);
        let halo = halo.filter(|halo| !world.deleted.contains(halo));
        let unseen = match halo {
            Some(halo) => {
                let mirrored = store.mirror_get(halo)?.map(|mirror| property.mirrored(&mirror));
                mirrored != Some(property.there(&world.map, &world.record(halo)?))
            }
            None => false,
        };
        let claim = world
            .ledger
            .get_mut(&email)
            .and_then(|promise| promise.claims.get_mut(&property));
        if let Some(claim) = claim {
            claim.chosen(value, unseen);
        }
    }
    Ok(true)
}

fn give_up_a_refused_change(world: &mut World) -> Result<()> {
    let outbox = world.engine()?.outbox()?;
    let parked: Vec<_> = outbox
        .iter()
        .filter(|row| row.state == OutboxState::Parked)
        .map(|row| row.id)
        .collect();
    match parked.choose(&mut world.dice) {
        Some(entry) => world.engine()?.discard_entry(*entry).map(drop),
        None => Ok(()),
    }
}

/// Opens a ticket, which makes the engine fetch its activities.
fn look(world: &mut World) -> Result<()> {
    let Some(ticket) = one(world)? else { return Ok(()) };
    world.engine()?.ticket_view(ticket)?;
    Ok(())
}

/// A colleague does something in HaloPSA.
pub fn colleague(world: &mut World) -> Result<()> {
    if world.dice.random_ratio(1, 12) {
        world.ticket_of_colleague()?;
        return Ok(());
    }
    let Some(halo) = world.known.choose(&mut world.dice).copied() else {
        return Ok(());
    };
    if world.wide && world.dice.random_ratio(1, 40) {
        return world.delete(halo);
    }
    world.compare(halo)?;
    let before = world.record(halo)?;
    let number = world.fresh();
    let most = if world.wide { 14 } else { 12 };
    let body = match world.dice.random_range(0..most) {
        12 | 13 => {
            let name = *LISTS.choose(&mut world.dice).context("a list")?;
            tagged(&before, name, world.dice.random_ratio(2, 3))
        }
        0..=5 => {
            let field = *FIELDS.choose(&mut world.dice).context("a field")?;
            let value = match field.field().kind {
                FieldKind::Date => format!("2028-{:02}-{:02}T12:00:00", number % 12 + 1, number % 28 + 1),
                _ => sample(world, field, number),
            };
            Property::Field(field).write(&world.map, &value)?
        }
        6..=8 => {
            let shown = Property::Stage.there(&world.map, &before);
            let at = STAGES.iter().position(|stage| *stage == shown).unwrap_or(0);
            // Colleagues work their way along, too; HaloPSA lets them go anywhere.
            let reach = STAGES
                .get(at.saturating_sub(2)..(at + 4).min(STAGES.len()))
                .unwrap_or(&STAGES);
            let stage = *reach.choose(&mut world.dice).context("a stage")?;
            Property::Stage.write(&world.map, stage)?
        }
        9 => {
            let owner = *["1", "4", "5", "7"].choose(&mut world.dice).context("an agent")?;
            Property::Owner.write(&world.map, owner)?
        }
        10 => json!({ "customfields": [{ "name": "CFdoNotContact", "value": world.dice.random_bool(0.6) }] }),
        _ => {
            let body = json!({ "ticket_id": halo.0, "outcome_id": 7, "note": format!("Colleague {number}") });
            world.tell_halo("/api/Actions", &body)?;
            return Ok(());
        }
    };
    let mut body = body;
    let moved = body.get("status_id").zip(body.get("tickettype_id"));
    if let (true, Some((status, kind))) = (world.strict, moved) {
        let note = format!("Colleague {number}");
        body =
            json!({ "ticket_id": halo.0, "outcome_id": 7, "note": note, "new_status": status, "new_tickettype": kind });
        world.tell_halo("/api/Actions", &body)?;
    } else {
        if let Some(body) = body.as_object_mut() {
            body.insert("id".to_owned(), json!(halo.0));
        }
        world.tell_halo("/api/Tickets", &body)?;
    }
    world.trace.line(format!("a colleague writes {body}"));
    let after = world.record(halo)?;
    let Some(email) = after.get("oppemailaddress").and_then(Json::as_str) else {
        bail!("#{halo} has lost its e-mail address");
    };
    let store = world.store()?.clone();
    let seen_here = match store.ticket_by_halo(halo)? {
        Some(ticket) => store.card(ticket)?.is_some_and(|card| card.do_not_contact),
        None => false,
    };
    let unheard = unheard_of(&store, halo)?;
    let promise = world.ledger.entry(email.to_owned()).or_default();
    for property in Property::all() {
        let (shown, value) = (property.there(&world.map, &before), property.there(&world.map, &after));
        if shown != value {
            promise.lists_there |= matches!(property, Property::List(_));
            let claim = promise.claims.entry(property).or_default();
            let is_back = unheard
                .as_ref()
                .is_some_and(|mirror| property.mirrored(mirror) == value);
            if is_back {
                claim.taken_back_there(value);
            } else {
                claim.written_there(&shown, value);
            }
        }
    }
    let (was_out, is_out) = (opted_out(&before), opted_out(&after));
    // Writing something else over an opt-out that is being lifted here says nothing about it.
    if is_out && !was_out {
        promise.do_not_contact = true;
    } else if was_out && !is_out && !seen_here {
        // On and off again before this computer heard of it: nothing was promised to anybody.
        promise.do_not_contact = false;
    }
    Ok(())
}

/// What this computer knows of a ticket in HaloPSA while it does not know whether an update of its own has arrived.
fn unheard_of(store: &Store, halo: HaloTicketId) -> Result<Option<RemoteTicket>> {
    let Some(ticket) = store.ticket_by_halo(halo)? else {
        return Ok(None);
    };
    let unsent = store.read(|reader| reader.unsent(ticket))?;
    let is_on_its_way = |entry: &OutboxEntry| {
        matches!(entry.state, OutboxState::Sending | OutboxState::Uncertain)
            && matches!(entry.payload, OutboxPayload::Update { .. })
    };
    Ok(match unsent.iter().any(is_on_its_way) {
        true => store.mirror_get(halo)?,
        false => None,
    })
}

/// Whether HaloPSA's record of a ticket says Do Not Contact.
pub fn opted_out(record: &Json) -> bool {
    let fields = record.get("customfields").and_then(Json::as_array);
    let field = fields
        .into_iter()
        .flatten()
        .find(|field| field.get("name").and_then(Json::as_str) == Some("CFdoNotContact"));
    match field.and_then(|field| field.get("value")) {
        Some(Json::Bool(on)) => *on,
        Some(Json::String(text)) => text == "true",
        _ => false,
    }
}
