//! What a decision does.

use std::collections::BTreeMap;

use domain::{
    AgentId, FieldKey, Lifecycle, StoredValue, TicketId, Value,
    activity::ActivityKind,
    fields::{InputContext, keys},
    suppression::{identities, is_on},
    workflow::Workflow,
};
use store::{
    Decision, NewActivity, NewTicket, OutboxEntry, OutboxState, Pair, Reader, ReviewItem, ReviewKey, StateChange,
    Writer,
};

use super::{
    contacts,
    detail::{Sight, Subject, look},
    name_of, order, pick_of,
};
use crate::{
    Problem, after, labels,
    operations::{
        by_person, card,
        merge_tickets::{Union, unite},
        refused,
        resolve_conflict::{sentence, settle},
        typed,
    },
    suppression,
    views::{Pick, ReviewAction, ReviewDecision, ReviewDetail, Side},
};

/// What a person typed, read; `None` empties the field.
type Edits = BTreeMap<FieldKey, Option<StoredValue>>;

/// Does what was decided and says so in a sentence.
///
/// # Errors
/// See [`Engine::decide_review`](crate::Engine::decide_review).
pub(super) fn decide(
    w: &mut Writer<'_>,
    workflow: &Workflow,
    me: Option<AgentId>,
    context: &InputContext,
    key: &ReviewKey,
    decision: &ReviewDecision,
) -> anyhow::Result<String> {
    let Sight { detail, subject, .. } = look(w, workflow, key)?;
    let action = match decision.action {
        ReviewAction::Accept => detail.recommendation.action,
        action if detail.can.contains(&action) => action,
        _ => return Err(refused("That cannot be done with this.")),
    };
    let mut edits = Edits::new();
    for (field, input) in &decision.edits {
        let entry = field.field();
        if entry.read_only || matches!(*field, keys::DO_NOT_CONTACT | keys::DEAL_AFTER_OPT_OUT) {
            return Err(refused(format!("{} cannot be typed here.", entry.label)));
        }
        let value = typed(*field, input, context)?;
        let at = w.at();
        edits.insert(*field, value.map(|(value, raw)| by_person(value, raw, me, at)));
    }
    match subject {
        Subject::Tickets { item, keep, part } => {
            decide_tickets(w, me, &item, [keep, part], action, &detail, decision, &edits)
        }
        Subject::Record { item, ticket } => {
            decide_record(w, workflow, me, &item, ticket, action, &detail, decision, &edits)
        }
        Subject::Contacts { item, keep, part } => contacts::decide(w, &item, [keep, part], action),
        Subject::Conflict(conflict) => {
            let recommended = detail.fields.first().map_or(Pick::Left, |field| field.recommended);
            let side = match pick_of(decision, &conflict.row.field, recommended) {
                Pick::Left => Side::Mine,
                Pick::Right => Side::Theirs,
            };
            let settled = settle(w, conflict.row.id, side, me)?;
            Ok(sentence(&[settled], side))
        }
        Subject::Refused(entry) => try_again(w, &entry, action, &edits),
    }
}

#[expect(clippy::too_many_arguments, reason = "they are all of one decision, and used once")]
fn decide_tickets(
    w: &mut Writer<'_>,
    me: Option<AgentId>,
    item: &ReviewItem,
    [keep, part]: [TicketId; 2],
    action: ReviewAction,
    detail: &ReviewDetail,
    decision: &ReviewDecision,
    edits: &Edits,
) -> anyhow::Result<String> {
    if action == ReviewAction::NotSame {
        let names = [keep, part].map(|ticket| card(w, ticket).map(|card| labels::ticket(&card)));
        let [kept, other] = names;
        w.keep_apart(&Pair::of(keep, part))?;
        w.decide_review(item.id, Decision::NotSame)?;
        return Ok(format!("{} is not {}", kept?, other?));
    }
    let picks = detail
        .fields
        .iter()
        .filter_map(|field| {
            let ticket = match pick_of(decision, &field.key, field.recommended) {
                Pick::Left => keep,
                Pick::Right => part,
            };
            Some((field.field?, ticket))
        })
        .collect();
    let order = order(w)?;
    unite(
        w,
        me,
        &order,
        &Union {
            keep,
            parts: &[part],
            picks: &picks,
            edits,
            answers: Some(item.id),
        },
    )
}

#[expect(clippy::too_many_arguments, reason = "they are all of one decision, and used once")]
fn decide_record(
    w: &mut Writer<'_>,
    workflow: &Workflow,
    me: Option<AgentId>,
    item: &ReviewItem,
    ticket: Option<TicketId>,
    action: ReviewAction,
    detail: &ReviewDetail,
    decision: &ReviewDecision,
    edits: &Edits,
) -> anyhow::Result<String> {
    match (action, ticket) {
        (ReviewAction::Update, Some(ticket)) => {
            let label = update(w, me, item, ticket, detail, decision, edits)?;
            w.decide_review(item.id, Decision::Updated)?;
            Ok(label)
        }
        (ReviewAction::Create, _) => {
            let label = create(w, workflow, me, item, edits)?;
            w.decide_review(item.id, Decision::Created)?;
            Ok(label)
        }
        (ReviewAction::NotSame, Some(ticket)) => {
            let name = labels::ticket(&card(w, ticket)?);
            if !item.payload.key.is_empty() {
                w.keep_apart(&Pair::Key(ticket, item.payload.key.clone()))?;
            }
            let label = create(w, workflow, me, item, edits)?;
            w.decide_review(item.id, Decision::NotSame)?;
            Ok(format!("{label}, who is not {name}"))
        }
        (ReviewAction::Discard, _) => {
            w.decide_review(item.id, Decision::Discarded)?;
            Ok(format!("Dropped {} of {}", record_name(detail), item.source))
        }
        _ => Err(refused("That cannot be done with this.")),
    }
}

/// "the record of Acme Ltd – Jane Doe", "line 12".
fn record_name(detail: &ReviewDetail) -> String {
    match detail.row.label.strip_prefix("Line ") {
        Some(number) => format!("line {number}"),
        None => format!("the record of {}", detail.row.label),
    }
}

/// Writes the chosen values of the record into its ticket, and says in the timeline what was taken and what was kept.
fn update(
    w: &mut Writer<'_>,
    me: Option<AgentId>,
    item: &ReviewItem,
    ticket: TicketId,
    detail: &ReviewDetail,
    decision: &ReviewDecision,
    edits: &Edits,
) -> anyhow::Result<String> {
    let (mut taken, mut kept) = (Vec::new(), Vec::new());
    for row in detail.fields.iter().filter(|row| row.differs) {
        let Some(field) = row.field.filter(|field| !edits.contains_key(field)) else {
            continue;
        };
        match pick_of(decision, &row.key, row.recommended) {
            Pick::Right => {
                let value = item.payload.values.get(&field).cloned();
                if w.set_value(ticket, field, value)? {
                    taken.push(row.label.clone());
                }
            }
            Pick::Left => kept.push(row.label.clone()),
        }
    }
    for (field, value) in edits {
        if w.set_value(ticket, *field, value.clone())? {
            taken.push(field.label().to_owned());
        }
    }
    // An opt-out is no matter of choice.
    if item
        .payload
        .values
        .get(&keys::DO_NOT_CONTACT)
        .is_some_and(|stored| stored.value == Value::Boolean(true))
    {
        for field in [keys::DO_NOT_CONTACT, keys::DNC_REASON] {
            if let Some(value) = item.payload.values.get(&field) {
                w.set_value(ticket, field, Some(value.clone()))?;
            }
        }
    }
    let name = labels::ticket(&card(w, ticket)?);
    let mut body = format!("Compared with a record of {}.", item.source);
    if !taken.is_empty() {
        body.push_str(&format!(" Taken over: {}.", taken.join(", ")));
    }
    if !kept.is_empty() {
        body.push_str(&format!(" Kept as it was: {}.", kept.join(", ")));
    }
    let at = w.at();
    w.insert_activity(NewActivity {
        ticket,
        kind: ActivityKind::System,
        at,
        agent: me,
        who: String::new(),
        subject: String::new(),
        body,
        call: None,
    })?;
    Ok(match taken.as_slice() {
        [] => format!("Kept {name} as it was"),
        fields => format!("Took {} of {name} from {}", fields.join(", "), item.source),
    })
}

/// Makes a lead from the record. A person has looked at it, so it may lack an e-mail address.
fn create(
    w: &mut Writer<'_>,
    workflow: &Workflow,
    me: Option<AgentId>,
    item: &ReviewItem,
    edits: &Edits,
) -> anyhow::Result<String> {
    let mut values = item.payload.values.clone();
    for (field, value) in edits {
        match value {
            Some(value) => values.insert(*field, value.clone()),
            None => values.remove(field),
        };
    }
    values.retain(|field, _| !field.field().read_only);
    let plain: BTreeMap<FieldKey, Value> = values
        .iter()
        .map(|(field, stored)| (*field, stored.value.clone()))
        .collect();
    if !plain.contains_key(&keys::PERSON_NAME) && !plain.contains_key(&keys::COMPANY_NAME) {
        return Err(Problem::FieldInvalid {
            field: keys::PERSON_NAME,
            reason: "Say who it is: a person, a company, or both.".to_owned(),
        }
        .into());
    }
    refuse_suppressed(w, &plain)?;
    let stage = workflow
        .first_stage(Lifecycle::Lead)
        .ok_or_else(|| refused("The workflow has no open stage for a Lead."))?;
    let at = w.at();
    let names = after::name_parts(plain.get(&keys::PERSON_NAME), at);
    let mut new = NewTicket::new(Lifecycle::Lead, stage.key.clone(), at);
    new.entered_by = me;
    new.values = values
        .into_iter()
        .chain(names.into_iter().filter_map(|(field, stored)| Some((field, stored?))))
        .collect();
    let ticket = w.insert_ticket(new)?;
    let name = labels::ticket(&card(w, ticket)?);
    w.set_summary(ticket, &name)?;
    Ok(format!("Created {name}"))
}

/// Nobody brings in whoever asked for peace; who writes an opt-out down may name them.
fn refuse_suppressed(reader: &Reader<'_>, values: &BTreeMap<FieldKey, Value>) -> anyhow::Result<()> {
    if is_on(values) {
        return Ok(());
    }
    match reader.suppressed_person(&identities(values))? {
        Some(known) => Err(refused(format!(
            "{} A manager can lift it, with a reason.",
            suppression::sentence("This person", Some(&known))
        ))),
        None => Ok(()),
    }
}

/// A refused change is sent again, as it is or as it was typed anew. Giving it up is an operation of its own.
fn try_again(w: &mut Writer<'_>, entry: &OutboxEntry, action: ReviewAction, edits: &Edits) -> anyhow::Result<String> {
    if action != ReviewAction::Retry {
        return Err(refused("That cannot be done together with other decisions."));
    }
    let name = name_of(w, entry.ticket)?;
    w.set_outbox_state(entry.id, &StateChange::to(OutboxState::Waiting))?;
    // What was typed anew is another change; the comparison at the end of the operation puts it into the entry.
    for (field, value) in edits {
        w.set_value(entry.ticket, *field, value.clone())?;
    }
    Ok(format!("Trying “{}” of {name} again", entry.what))
}
