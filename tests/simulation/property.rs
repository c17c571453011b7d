//! The properties of a ticket whose fate is followed, as short texts that are the same on both sides: `""` is nothing.

use anyhow::{Context, Result};
use domain::{
    FieldKey, HaloAgentId, StageKey, TicketId, Value,
    fields::keys,
    remote::RemoteTicket,
    tenant::{FieldTarget, TenantMap},
};
use serde_json::{Value as Json, json};
use store::{Change, Store};

/// Something of a ticket that both sides can change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Property {
    Stage,
    Owner,
    Field(FieldKey),
    /// Whether it is on that list.
    List(&'static str),
}

/// The fields that are followed: one of every kind and of every way to settle a difference.
pub const FIELDS: [FieldKey; 7] = [
    keys::JOB_TITLE,
    keys::INITIAL_NOTES,
    keys::INDUSTRY,
    keys::PAIN_POINTS,
    keys::MANAGEMENT_LEVEL,
    keys::OPPORTUNITY_VALUE,
    keys::EXPECTED_CLOSE,
];

/// The lists that are followed. No rule keeps one of them.
pub const LISTS: [&str; 2] = ["Spring", "Fair"];

/// What is shown of a ticket that is on a list.
const ON: &str = "on it";

impl Property {
    /// Everything that is followed.
    pub fn all() -> impl Iterator<Item = Self> {
        [Self::Stage, Self::Owner]
            .into_iter()
            .chain(FIELDS.into_iter().map(Self::Field))
            .chain(LISTS.into_iter().map(Self::List))
    }

    /// What this computer shows.
    pub fn here(self, store: &Store, ticket: TicketId) -> Result<String> {
        match self {
            Self::Stage => Ok(store.card(ticket)?.map(|card| card.stage.0).unwrap_or_default()),
            Self::Owner => {
                let owner = store.card(ticket)?.and_then(|card| card.owner);
                let owner = owner.map(|owner| store.halo_agent(owner)).transpose()?.flatten();
                Ok(agent(owner))
            }
            Self::Field(field) => {
                let stored = store.value(ticket, field)?;
                Ok(text(stored.as_ref().map(|stored| &stored.value)))
            }
            Self::List(name) => Ok(on(store.lists_of(ticket)?.has(name))),
        }
    }

    /// What the tenant shows, in the record of a ticket.
    pub fn there(self, map: &TenantMap, record: &Json) -> String {
        let number = |name: &str| record.get(name).and_then(Json::as_i64).unwrap_or_default();
        match self {
            Self::Stage => {
                let lifecycle = map.ticket_types.iter().find(|(_, id)| id.0 == number("tickettype_id"));
                let stage = lifecycle
                    .and_then(|(lifecycle, _)| map.stage_of(*lifecycle, domain::HaloStatusId(number("status_id"))));
                stage.map(|stage| stage.0.clone()).unwrap_or_default()
            }
            Self::Owner => agent(Some(HaloAgentId(number("agent_id")))),
            Self::Field(field) => match map.fields.get(&field) {
                None => String::new(),
                Some(FieldTarget::Native { property }) => record.get(property).map(plain).unwrap_or_default(),
                Some(FieldTarget::Custom { name, options, .. }) => {
                    let fields = record.get("customfields").and_then(Json::as_array);
                    let found = fields
                        .into_iter()
                        .flatten()
                        .find(|field| field.get("name").and_then(Json::as_str) == Some(name));
                    let raw = found
                        .and_then(|field| field.get("value"))
                        .map(plain)
                        .unwrap_or_default();
                    match options.iter().find(|(id, _)| id.to_string() == raw) {
                        Some((_, option)) => option.clone(),
                        None => raw,
                    }
                }
            },
            Self::List(name) => on(tags(record).any(|tag| tag == name)),
        }
    }

    /// What HaloPSA showed when it was last read.
    pub fn mirrored(self, mirror: &RemoteTicket) -> String {
        match self {
            Self::Stage => mirror.stage.as_ref().map(|stage| stage.0.clone()).unwrap_or_default(),
            Self::Owner => agent(mirror.owner),
            Self::Field(field) => text(mirror.fields.get(&field)),
            Self::List(name) => on(mirror.tags.as_ref().is_some_and(|tags| tags.has(name))),
        }
    }

    /// The body by which a colleague gives it that value; the stage may change the ticket's type with it. Tags are written
    /// all together: see [`tagged`].
    pub fn write(self, map: &TenantMap, value: &str) -> Result<Json> {
        Ok(match self {
            Self::Stage => {
                let stage = StageKey(value.to_owned());
                let status = map.stages.get(&stage).context("the stage is mapped")?;
                let lifecycle = map.stage_lifecycles.get(&stage).context("the stage has a lifecycle")?;
                let kind = map.ticket_types.get(lifecycle).context("the lifecycle is mapped")?;
                json!({ "status_id": status.0, "tickettype_id": kind.0 })
            }
            Self::Owner => json!({ "agent_id": value.parse::<i64>().unwrap_or(1) }),
            Self::Field(field) => match map.fields.get(&field).context("the field is mapped")? {
                FieldTarget::Native { property } => match value.parse::<f64>() {
                    Ok(amount) => json!({ property: amount }),
                    Err(_) => json!({ property: value }),
                },
                FieldTarget::Custom { name, options, .. } => {
                    let option = options.iter().find(|(_, option)| option == value);
                    let value = option.map_or_else(|| value.to_owned(), |(id, _)| id.to_string());
                    json!({ "customfields": [{ "name": name, "value": value }] })
                }
            },
            Self::List(name) => json!({ "tags": [{ "text": name }] }),
        })
    }

    /// What a journalled change did: what was shown before, and after, of each that it changed.
    pub fn of_change(store: &Store, change: &Change) -> Result<Vec<(Self, String, String)>> {
        if let Change::Lists { before, after } = change {
            let shown = |name| (Self::List(name), on(before.has(name)), on(after.has(name)));
            return Ok(LISTS
                .into_iter()
                .map(shown)
                .filter(|(_, before, after)| before != after)
                .collect());
        }
        let one = match change {
            Change::Stage { before, after } => Some((Self::Stage, before.stage.0.clone(), after.stage.0.clone())),
            Change::Owner { before, after } => {
                let named = |owner: &Option<domain::AgentId>| -> Result<String> {
                    let halo = owner.map(|owner| store.halo_agent(owner)).transpose()?.flatten();
                    Ok(agent(halo))
                };
                Some((Self::Owner, named(before)?, named(after)?))
            }
            Change::Field { field, before, after } if FIELDS.contains(field) => {
                let shown = |stored: &Option<domain::StoredValue>| text(stored.as_ref().map(|stored| &stored.value));
                Some((Self::Field(*field), shown(before), shown(after)))
            }
            _ => None,
        };
        Ok(one.into_iter().collect())
    }
}

/// The body by which a colleague puts a ticket on a list, or takes it off: all its tags, as HaloPSA forgets the others.
pub fn tagged(record: &Json, name: &str, put_on: bool) -> Json {
    let others = tags(record).filter(|tag| *tag != name);
    let all: Vec<Json> = others
        .chain(put_on.then_some(name))
        .map(|text| json!({ "text": text }))
        .collect();
    json!({ "tags": all })
}

fn tags(record: &Json) -> impl Iterator<Item = &str> {
    let tags = record.get("tags").and_then(Json::as_array);
    tags.into_iter()
        .flatten()
        .filter_map(|tag| tag.get("text").and_then(Json::as_str))
}

fn on(is_on: bool) -> String {
    if is_on { ON.to_owned() } else { String::new() }
}

/// Nobody is 1 in HaloPSA.
fn agent(agent: Option<HaloAgentId>) -> String {
    agent
        .filter(|agent| agent.0 > 1)
        .map(|agent| agent.0.to_string())
        .unwrap_or_default()
}

fn text(value: Option<&Value>) -> String {
    match value {
        None => String::new(),
        // Every tenant of a simulation counts in pounds and pence.
        Some(Value::Money(money)) => cents(money.minor),
        Some(value) => value.to_input(),
    }
}

fn cents(minor: i64) -> String {
    if minor == 0 {
        String::new()
    } else {
        format!("{}.{:02}", minor / 100, minor % 100)
    }
}

/// A raw value of the tenant: dates without their time, no year of the nineteenth century, amounts in pounds and pence.
fn plain(raw: &Json) -> String {
    match raw {
        Json::Null => String::new(),
        #[expect(clippy::cast_possible_truncation, reason = "amounts of a simulation are small")]
        Json::Number(number) => cents((number.as_f64().unwrap_or_default() * 100.0).round() as i64),
        Json::String(text) => match text.split_once("T") {
            Some((day, time)) if day.len() == 10 && time.contains(':') => {
                if day < "1902" {
                    String::new()
                } else {
                    day.to_owned()
                }
            }
            _ => text.clone(),
        },
        other => other.to_string(),
    }
}
