//! What an administrator changes in the set-up of a running tenant: names, and what exists at all.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::Tenant;
use crate::{
    answer::{Answer, Refusal},
    config::{Config, CustomField, MULTI, Options, SELECT, Status},
};

/// The first id of a custom field that was asked for; below are those of the sample tenant.
const FIRST_ASKED: i64 = 400;
/// The first id of a status that an administrator adds.
const FIRST_ADDED: i64 = 500;
/// What custom fields of tickets say they belong to.
const TICKET: i64 = 1;

/// One change of the set-up. `what` is the name of a ticket type, a status, an outcome or a custom field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Administration {
    Rename {
        what: String,
        to: String,
    },
    /// Tickets that use it keep its id.
    Remove {
        what: String,
    },
    /// Another type for a custom field, as deleting it and making it anew would: the id stays, which is the worst case.
    Retype {
        field: String,
        kind: i64,
    },
    AddStatus {
        name: String,
        ticket_type: i64,
    },
    AddField {
        name: String,
        kind: i64,
    },
}

impl Tenant {
    pub fn administer(&mut self, change: Administration) {
        let config = &mut self.config;
        match change {
            Administration::Rename { what, to } => {
                let types = config.ticket_types.iter_mut().map(|kind| &mut kind.name);
                let statuses = config.statuses.iter_mut().map(|status| &mut status.name);
                let outcomes = config.outcomes.iter_mut().map(|outcome| &mut outcome.name);
                let fields = config.fields.iter_mut().map(|field| &mut field.name);
                for name in types.chain(statuses).chain(outcomes).chain(fields) {
                    if *name == what {
                        *name = Cow::Owned(to.clone());
                    }
                }
            }
            Administration::Remove { what } => {
                config.ticket_types.retain(|kind| kind.name != what);
                config.statuses.retain(|status| status.name != what);
                config.outcomes.retain(|outcome| outcome.name != what);
                config.fields.retain(|field| field.name != what);
            }
            Administration::Retype { field: what, kind } => {
                for field in config.fields.iter_mut().filter(|field| field.name == what) {
                    field.kind = kind;
                }
            }
            Administration::AddStatus { name, ticket_type } => {
                let id = config.statuses.iter().map(|status| status.id + 1).max();
                config.statuses.push(Status {
                    id: id.unwrap_or_default().max(FIRST_ADDED),
                    name: Cow::Owned(name),
                    closed: false,
                    ticket_type,
                    colour: "#607d8b",
                });
            }
            Administration::AddField { name, kind } => {
                let label = name.trim_start_matches("CF").to_owned();
                config.add_field(name, label, kind, Vec::new());
            }
        }
    }

    /// Makes custom fields of tickets. The prefix `CF` is added where it is missing; a name that is there is refused.
    pub(super) fn post_fields(&mut self, body: &[u8]) -> Result<Answer, Refusal> {
        let elements: Vec<Value> =
            serde_json::from_slice(body).map_err(|_| Refusal::text("The request body must be an array"))?;
        let mut made = Vec::new();
        for element in &elements {
            let text = |key: &str| {
                element
                    .get(key)
                    .and_then(Value::as_str)
                    .map(str::trim)
                    .unwrap_or_default()
            };
            let name = text("name");
            if name.is_empty() {
                return Err(Refusal::text("Please enter a Field Name"));
            }
            let name = if name.starts_with("CF") {
                name.to_owned()
            } else {
                format!("CF{name}")
            };
            if self
                .config
                .fields
                .iter()
                .any(|field| field.name.eq_ignore_ascii_case(&name))
            {
                return Err(Refusal::text("A custom field of this name exists already"));
            }
            if element.get("usage").and_then(Value::as_i64) != Some(TICKET) {
                return Err(Refusal::text("No matching custom table"));
            }
            let kind = element.get("type").and_then(Value::as_i64).unwrap_or_default();
            let values = element.get("values").and_then(Value::as_array);
            let options: Vec<String> = values
                .into_iter()
                .flatten()
                .filter_map(|value| Some(value.get("name")?.as_str()?.to_owned()))
                .collect();
            if matches!(kind, SELECT | MULTI) && options.is_empty() {
                return Err(Refusal::text("Please enter at least one value"));
            }
            let label = text("label").to_owned();
            made.push(self.config.add_field(name, label, kind, options));
            self.taken += 1;
        }
        let one = (made.len() == 1).then(|| made.pop()).flatten();
        Ok(Answer::json(201, &one.unwrap_or_else(|| json!(made))))
    }
}

impl Config {
    /// Adds a custom field of tickets and says how it is listed.
    fn add_field(&mut self, name: String, label: String, kind: i64, options: Vec<String>) -> Value {
        let id = self.fields.iter().map(|field| field.id + 1).max();
        let field = CustomField {
            id: id.unwrap_or_default().max(FIRST_ASKED),
            name: Cow::Owned(name),
            label: Cow::Owned(label),
            kind,
            usage: TICKET,
            input: 0,
            options: Options::Asked(options),
        };
        let row = Self::field_row(&field, true);
        self.fields.push(field);
        row
    }
}
