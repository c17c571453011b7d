//! The two sides of an entry beside each other, and what Leadline would do. It is long because every reason has sides of its
//! own, and they are read best in one place.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    ContactId, FieldKey, Lifecycle, Provenance, Source, StoredValue, TicketId,
    fields::{self, keys},
    merge::tickets::{best, is_chosen},
    workflow::Workflow,
};
use store::{
    Card, ConflictDetail, OutboxEntry, OutboxPayload, OutboxState, Reader, ReviewEntry, ReviewItem, ReviewKey,
    ReviewPlace, ReviewReason, SyncState, TicketRow,
};

use super::{contacts, name_of, no_entry, order, row_of};
use crate::{
    labels,
    operations::merge_tickets::to_keep,
    outbox::{Balance, Held, Part, get, parts},
    views::{Pick, Recommendation, ReviewAction, ReviewDetail, ReviewField, ReviewSide, SideValue, SourceConfidence},
};

/// The largest group of tickets that may be one that is still shown as one.
const LARGEST_CLUSTER: usize = 20;

/// An entry as a person sees it, and what decisions need to know of it.
pub(crate) struct Sight {
    pub detail: ReviewDetail,
    /// The recommendation may be followed without a look.
    pub sure: bool,
    pub subject: Subject,
}

/// What an entry is about.
pub(crate) enum Subject {
    /// Two tickets; the first one is recommended to stay.
    Tickets {
        item: ReviewItem,
        keep: TicketId,
        part: TicketId,
    },
    /// An incoming record, and the ticket it may belong to.
    Record {
        item: ReviewItem,
        ticket: Option<TicketId>,
    },
    /// Two contacts; the tickets of the second go to the first.
    Contacts {
        item: ReviewItem,
        keep: ContactId,
        part: ContactId,
    },
    Conflict(ConflictDetail),
    Refused(OutboxEntry),
}

/// Looks at an entry.
///
/// # Errors
/// [`Problem::NotFound`](crate::Problem::NotFound) when it is decided, or there is none of that name.
pub(super) fn look(reader: &Reader<'_>, workflow: &Workflow, key: &ReviewKey) -> anyhow::Result<Sight> {
    match key.place().ok_or_else(no_entry)? {
        ReviewPlace::Item(id) => {
            let item = reader.review_item(id)?.filter(|item| item.decided.is_none());
            let item = item.ok_or_else(no_entry)?;
            if let Some(pair) = item.contacts {
                return contacts::sight(reader, item, pair);
            }
            let ticket = match item.ticket {
                Some(ticket) => reader.ticket(reader.survivor(ticket)?)?,
                None => None,
            };
            let other = match item.other {
                Some(other) => reader.ticket(reader.survivor(other)?)?,
                None => None,
            };
            match (ticket, other) {
                (Some(one), Some(other)) if one.card.id != other.card.id => tickets(reader, item, [one, other]),
                (one, other) => record(reader, workflow, item, one.or(other)),
            }
        }
        ReviewPlace::Conflict(id) => {
            let detail = reader.conflict(id)?.ok_or_else(no_entry)?;
            conflict(reader, detail)
        }
        ReviewPlace::Outbox(id) => {
            let entry = reader
                .outbox_entry(id)?
                .filter(|entry| entry.state == OutboxState::Parked);
            refused(reader, workflow, entry.ok_or_else(no_entry)?)
        }
    }
}

fn tickets(reader: &Reader<'_>, item: ReviewItem, rows: [TicketRow; 2]) -> anyhow::Result<Sight> {
    let keep = to_keep(&rows).ok_or_else(no_entry)?;
    let [one, other] = rows;
    let (left, right) = if keep == one.card.id {
        (one, other)
    } else {
        (other, one)
    };
    let order = order(reader)?;
    let (here, there) = (reader.values(left.card.id)?, reader.values(right.card.id)?);
    let fields = compare(reader, &here, &there, |field, sides| {
        pick_at(best(field, &sides, &order))
    })?;
    let taken = taken(&fields);
    let text = match taken.as_str() {
        "" => format!(
            "Merge into {}. Everything stays as it is there.",
            labels::ticket(&left.card)
        ),
        taken => format!("Merge into {}. Takes over: {taken}.", labels::ticket(&left.card)),
    };
    let cluster = cluster(reader, left.card.id)?;
    let detail = ReviewDetail {
        row: row_of(entry_of(reader, &item, &labels::ticket(&left.card))?),
        evidence: item.evidence.clone(),
        left: side("Stays", Some(&left.card)),
        right: side("Becomes a part of it", Some(&right.card)),
        fields,
        recommendation: Recommendation {
            action: ReviewAction::Merge,
            text,
        },
        can: vec![ReviewAction::Merge, ReviewAction::NotSame],
        cluster,
        moves: Vec::new(),
        cells: Vec::new(),
    };
    Ok(Sight {
        detail,
        sure: item.certain,
        subject: Subject::Tickets {
            keep: left.card.id,
            part: right.card.id,
            item,
        },
    })
}

/// An incoming record beside its ticket, or alone.
fn record(
    reader: &Reader<'_>,
    workflow: &Workflow,
    item: ReviewItem,
    ticket: Option<TicketRow>,
) -> anyhow::Result<Sight> {
    let order = order(reader)?;
    let incoming = &item.payload.values;
    let here = match &ticket {
        Some(row) => reader.values(row.card.id)?,
        None => BTreeMap::new(),
    };
    let moves = item.reason == ReviewReason::JobChange;
    let fields = compare(reader, &here, incoming, |field, sides| {
        match sides {
            // The person has moved: whatever the record says is of the new place.
            [_, Some(new)] if moves && new.value.says_something() => Pick::Right,
            sides => pick_at(best(field, &sides, &order)),
        }
    })?;
    let (can, recommendation, sure) = advise(workflow, &item, ticket.as_ref(), &fields);
    let source = match item.import {
        Some((_, line)) => format!("{}, line {line}", item.source),
        None => item.source.clone(),
    };
    let label = match &ticket {
        Some(row) => labels::ticket(&row.card),
        None => String::new(),
    };
    let detail = ReviewDetail {
        row: row_of(entry_of(reader, &item, &label)?),
        evidence: item.evidence.clone(),
        left: side("Here", ticket.as_ref().map(|row| &row.card)),
        right: ReviewSide {
            title: source,
            card: None,
        },
        fields,
        recommendation,
        can,
        cluster: Vec::new(),
        moves: Vec::new(),
        cells: item.payload.cells.clone(),
    };
    Ok(Sight {
        detail,
        sure,
        subject: Subject::Record {
            ticket: ticket.map(|row| row.card.id),
            item,
        },
    })
}

/// What may be done with an incoming record, what is recommended, and whether that is certain.
fn advise(
    workflow: &Workflow,
    item: &ReviewItem,
    ticket: Option<&TicketRow>,
    fields: &[ReviewField],
) -> (Vec<ReviewAction>, Recommendation, bool) {
    use ReviewAction::{Create, Discard, NotSame, Update};
    let says = |field: FieldKey| {
        let stored = item.payload.values.get(&field);
        stored.is_some_and(|stored| stored.value.says_something())
    };
    let advice = |action, text: String| Recommendation { action, text };
    let taken = taken(fields);
    let Some(row) = ticket else {
        let is_somebody = says(keys::PERSON_NAME) || says(keys::COMPANY_NAME);
        let is_reachable = [keys::EMAIL, keys::PHONE, keys::MOBILE_PHONE].into_iter().any(says);
        let broken = item.reason == ReviewReason::ImportError;
        return if is_somebody && is_reachable && !broken {
            let text = "Create a lead from it: there is a name, and a way to reach them.";
            (vec![Create, Discard], advice(Create, text.to_owned()), true)
        } else {
            let text = if is_somebody {
                "Drop it: there is no way to reach them."
            } else {
                "Drop it: it does not say who it is."
            };
            (vec![Discard, Create], advice(Discard, text.to_owned()), true)
        };
    };
    let name = labels::ticket(&row.card);
    match item.reason {
        ReviewReason::JobChange => {
            let is_young = row.card.lifecycle == Lifecycle::Lead && !row.closed;
            let first = workflow.first_stage(Lifecycle::Lead).map(|stage| &stage.key);
            let can = vec![Create, Update, NotSame, Discard];
            if is_young && Some(&row.card.stage) == first {
                let text = format!("Take the new job over into {name}: nobody has worked on it yet.");
                (can, advice(Update, text), false)
            } else {
                let text = format!("Create a lead at the new company. {name} stays with the old one.");
                (can, advice(Create, text), false)
            }
        }
        ReviewReason::PossibleDuplicate => {
            let text = match taken.as_str() {
                "" => format!("It is {name}, and says nothing new."),
                taken => format!("Merge into {name}. Takes over: {taken}."),
            };
            (vec![Update, NotSame, Discard], advice(Update, text), item.certain)
        }
        _ if taken.is_empty() => (
            vec![Discard, Update],
            advice(Discard, format!("Keep {name} as it is.")),
            true,
        ),
        _ => (
            vec![Update, Discard],
            advice(Update, format!("Take over into {name}: {taken}.")),
            true,
        ),
    }
}

fn conflict(reader: &Reader<'_>, conflict: ConflictDetail) -> anyhow::Result<Sight> {
    let row = &conflict.row;
    let card = reader.ticket_or_part(row.ticket)?.map(|row| row.card);
    // Of single fields HaloPSA tells no time; that of the ticket is the latest it can be.
    let later = match (row.mine_at, row.theirs_at) {
        (Some(mine), Some(theirs)) if theirs > mine => Pick::Right,
        (None, Some(_)) => Pick::Right,
        _ => Pick::Left,
    };
    let by = match row.mine_by {
        Some(by) => reader.agent(by)?.map(|agent| agent.name),
        None => None,
    };
    let part = Part::of_key(&row.field);
    let field = match part {
        Some(Part::Field(field)) => Some(field),
        _ => None,
    };
    let input = |held: Option<Held>| match held {
        Some(Held::Field(Some(value))) => value.to_input(),
        _ => String::new(),
    };
    let held = |patch| part.and_then(|part| get(patch, part));
    let fields = vec![ReviewField {
        key: row.field.clone(),
        field,
        label: row.label.clone(),
        left: Some(SideValue {
            shown: row.mine.clone(),
            input: input(held(&conflict.mine)),
            source: by.map_or_else(|| "Here".to_owned(), |name| format!("Typed by {name}")),
            at: row.mine_at,
            confidence: SourceConfidence::Person,
        }),
        right: Some(SideValue {
            shown: row.theirs.clone(),
            input: input(held(&conflict.theirs)),
            source: "HaloPSA".to_owned(),
            at: row.theirs_at,
            confidence: SourceConfidence::Halopsa,
        }),
        differs: true,
        recommended: later,
        editable: false,
        choices: Vec::new(),
    }];
    let text = match later {
        Pick::Left => format!("Keep what is here: {}. It is the later change.", row.mine),
        Pick::Right => format!("Take HaloPSA’s: {}. It is the later change.", row.theirs),
    };
    let entry = ReviewEntry {
        key: ReviewPlace::Conflict(row.id).into(),
        reason: ReviewReason::SyncConflict,
        label: row.ticket_label.clone(),
        summary: format!("{}: here {}, in HaloPSA {}", row.label, row.mine, row.theirs),
        source: "HaloPSA".to_owned(),
        opened_at: row.at,
        assigned_to: reader.review_assignee(&ReviewPlace::Conflict(row.id).into())?,
        ticket: Some(row.ticket),
        other: None,
    };
    let detail = ReviewDetail {
        row: row_of(entry),
        evidence: vec![format!(
            "{} was changed here and in HaloPSA, and its policy is to ask.",
            row.label
        )],
        left: side("Here", card.as_ref()),
        right: side("In HaloPSA", None),
        fields,
        recommendation: Recommendation {
            action: ReviewAction::Update,
            text,
        },
        can: vec![ReviewAction::Update],
        cluster: Vec::new(),
        moves: Vec::new(),
        cells: Vec::new(),
    };
    Ok(Sight {
        detail,
        sure: true,
        subject: Subject::Conflict(conflict),
    })
}

fn refused(reader: &Reader<'_>, workflow: &Workflow, entry: OutboxEntry) -> anyhow::Result<Sight> {
    let card = reader.ticket_or_part(entry.ticket)?.map(|row| row.card);
    let gone = card.as_ref().is_some_and(|card| card.sync == SyncState::Gone);
    let balance = Balance::read(reader, entry.ticket)?;
    let mut fields = Vec::new();
    if let OutboxPayload::Update { patch } = &entry.payload {
        for part in parts(patch) {
            let Some(held) = get(patch, part) else { continue };
            let there = balance.as_ref().and_then(|balance| balance.there(part));
            let value = |held: &Held, source: &str, confidence| -> anyhow::Result<SideValue> {
                Ok(SideValue {
                    shown: held.in_words(reader, workflow)?,
                    input: match held {
                        Held::Field(Some(value)) => value.to_input(),
                        _ => String::new(),
                    },
                    source: source.to_owned(),
                    at: None,
                    confidence,
                })
            };
            let field = match part {
                Part::Field(field) => Some(field),
                _ => None,
            };
            fields.push(ReviewField {
                key: part.key().to_owned(),
                field,
                label: part.label().to_owned(),
                left: Some(value(&held, "Here", SourceConfidence::Person)?),
                right: match &there {
                    Some(there) => Some(value(there, "HaloPSA", SourceConfidence::Halopsa)?),
                    None => None,
                },
                differs: true,
                recommended: Pick::Left,
                editable: field.is_some(),
                choices: field.map(choices).unwrap_or_default(),
            });
        }
    }
    let (can, action, text) = if gone {
        let text = "Create the ticket in HaloPSA again, with everything it holds here.";
        (
            vec![ReviewAction::Recreate, ReviewAction::Discard],
            ReviewAction::Recreate,
            text,
        )
    } else {
        let text = "Send it again. If HaloPSA refuses it once more, change it or give it up.";
        (
            vec![ReviewAction::Retry, ReviewAction::Discard],
            ReviewAction::Retry,
            text,
        )
    };
    let key = ReviewKey::from(ReviewPlace::Outbox(entry.id));
    let label = name_of(reader, entry.ticket)?;
    let reason = entry.reason.clone();
    let row = ReviewEntry {
        reason: ReviewReason::RefusedChange,
        label,
        summary: match &reason {
            Some(reason) => format!("{}: {reason}", entry.what),
            None => entry.what.clone(),
        },
        source: "HaloPSA".to_owned(),
        opened_at: entry.since,
        assigned_to: reader.review_assignee(&key)?,
        ticket: Some(entry.ticket),
        other: None,
        key,
    };
    let evidence = [
        reason,
        entry.detail.clone().map(|words| format!("HaloPSA’s words: {words}")),
    ];
    let detail = ReviewDetail {
        row: row_of(row),
        evidence: evidence.into_iter().flatten().collect(),
        left: side("Here", card.as_ref()),
        right: side("In HaloPSA", None),
        fields,
        recommendation: Recommendation {
            action,
            text: text.to_owned(),
        },
        can,
        cluster: Vec::new(),
        moves: Vec::new(),
        cells: Vec::new(),
    };
    Ok(Sight {
        detail,
        sure: !gone,
        subject: Subject::Refused(entry),
    })
}

pub(super) fn entry_of(reader: &Reader<'_>, item: &ReviewItem, label: &str) -> anyhow::Result<ReviewEntry> {
    let key = ReviewKey::from(ReviewPlace::Item(item.id));
    let text = |field| {
        let stored: Option<&StoredValue> = item.payload.values.get(&field);
        stored.map(|stored| stored.value.display()).unwrap_or_default()
    };
    let (company, person) = (text(keys::COMPANY_NAME), text(keys::PERSON_NAME));
    Ok(ReviewEntry {
        assigned_to: reader.review_assignee(&key)?,
        key,
        reason: item.reason,
        label: match (label, company.as_str(), person.as_str(), item.import) {
            ("", "", "", Some((_, line))) => format!("Line {line}"),
            ("", company, "", _) => company.to_owned(),
            ("", "", person, _) => person.to_owned(),
            ("", company, person, _) => format!("{company} – {person}"),
            (label, ..) => label.to_owned(),
        },
        summary: item.evidence.first().cloned().unwrap_or_default(),
        source: item.source.clone(),
        opened_at: item.opened_at,
        ticket: item.ticket,
        other: item.other,
    })
}

fn side(title: &str, card: Option<&Card>) -> ReviewSide {
    ReviewSide {
        title: title.to_owned(),
        card: card.cloned(),
    }
}

/// Every field that one of the sides holds, those that differ first, else in the order of the catalogue.
fn compare(
    reader: &Reader<'_>,
    left: &BTreeMap<FieldKey, StoredValue>,
    right: &BTreeMap<FieldKey, StoredValue>,
    pick: impl Fn(FieldKey, [Option<&StoredValue>; 2]) -> Pick,
) -> anyhow::Result<Vec<ReviewField>> {
    let mut rows = Vec::new();
    for entry in fields::all() {
        let field = entry.key();
        let sides = [left.get(&field), right.get(&field)];
        if !is_chosen(field) || sides == [None, None] {
            continue;
        }
        let [mine, theirs] = sides.map(|stored| stored.map(|stored| &stored.value));
        rows.push(ReviewField {
            key: field.as_str().to_owned(),
            field: Some(field),
            label: field.label().to_owned(),
            left: sides[0].map(|stored| side_value(reader, stored)).transpose()?,
            right: sides[1].map(|stored| side_value(reader, stored)).transpose()?,
            differs: !domain::value::same(mine, theirs),
            recommended: pick(field, sides),
            editable: true,
            choices: choices(field),
        });
    }
    rows.sort_by_key(|row| !row.differs);
    Ok(rows)
}

fn pick_at(at: usize) -> Pick {
    if at == 0 { Pick::Left } else { Pick::Right }
}

/// What is recommended to be taken from the right, in words.
fn taken(fields: &[ReviewField]) -> String {
    let taken = fields
        .iter()
        .filter(|field| field.differs && field.recommended == Pick::Right);
    taken.map(|field| field.label.as_str()).collect::<Vec<_>>().join(", ")
}

fn side_value(reader: &Reader<'_>, stored: &StoredValue) -> Result<SideValue, store::Error> {
    let (source, confidence) = source_of(reader, &stored.provenance)?;
    Ok(SideValue {
        shown: stored.value.display(),
        input: stored.value.to_input(),
        source,
        at: Some(stored.provenance.at),
        confidence,
    })
}

fn source_of(reader: &Reader<'_>, provenance: &Provenance) -> Result<(String, SourceConfidence), store::Error> {
    let by = match provenance.by {
        Some(by) => reader.agent(by)?.map(|agent| agent.name),
        None => None,
    };
    Ok(match &provenance.source {
        Source::Person => (
            by.map_or_else(|| "Typed here".to_owned(), |name| format!("Typed by {name}")),
            SourceConfidence::Person,
        ),
        Source::Halopsa => ("HaloPSA".to_owned(), SourceConfidence::Halopsa),
        Source::Provider { name } => (name.clone(), SourceConfidence::Provider),
        Source::File { name } => (name.clone(), SourceConfidence::File),
        Source::Rule { name } => (name.clone(), SourceConfidence::Derived),
    })
}

fn choices(field: FieldKey) -> Vec<String> {
    let options = field.field().options();
    options.iter().map(|option| (*option).to_owned()).collect()
}

/// All tickets that are linked to this one by open questions, itself first; nothing where there are only two.
fn cluster(reader: &Reader<'_>, first: TicketId) -> anyhow::Result<Vec<Card>> {
    let mut found = vec![first];
    let mut seen = BTreeSet::from([first]);
    let mut at = 0;
    while let Some(&ticket) = found.get(at) {
        at += 1;
        let whole: Vec<TicketId> = [ticket].into_iter().chain(reader.parts_of(ticket)?).collect();
        for part in whole {
            for item in reader.reviews_of(part)? {
                if item.reason != ReviewReason::PossibleDuplicate {
                    continue;
                }
                for other in [item.ticket, item.other].into_iter().flatten() {
                    let other = reader.survivor(other)?;
                    if seen.len() < LARGEST_CLUSTER && seen.insert(other) {
                        found.push(other);
                    }
                }
            }
        }
    }
    let cards = reader.cards(&found)?;
    Ok(if cards.len() > 2 { cards } else { Vec::new() })
}
