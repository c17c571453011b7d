//! Wire records to the types of `domain::remote` and back. Pure.

mod people;

use std::collections::BTreeMap;

use domain::{
    FieldKey, HaloActionId, HaloAgentId, HaloCompanyId, HaloContactId, HaloFieldId, HaloOutcomeId, HaloSiteId,
    HaloStatusId, HaloTicketId, HaloTicketTypeId, Lifecycle, StageKey,
    activity::ActivityKind,
    fields::keys,
    lists::Tags,
    remote::{NewAction, RemoteAction, RemoteTicket, StageAction, TicketPatch},
    tenant::{FieldTarget, NewField, TenantAgent, TenantField, TenantMap},
};
use serde_json::{Map, Value as Json, json};

use super::{
    answer::invalid_because,
    text,
    values::{self, Locale, Said},
    wire::{self, Record, moment},
};
use crate::Error;
pub(super) use people::{company, company_body, contact, contact_body, site, site_body};

/// HaloPSA's placeholder for "nobody".
const UNASSIGNED: i64 = 1;
/// HaloPSA's placeholder for "no company"; its site and its person are placeholders too.
const UNKNOWN_COMPANY: i64 = 1;
/// The pseudo person that every site has.
const GENERAL_USER: &str = "General User";
/// What a custom field belongs to: the ticket.
const TICKET_USAGE: i64 = 1;
/// What stands before our key in the last line of a ticket's details.
const KEY_LINE: &str = "Leadline key:";

/// A ticket; `None` when the record has no id, so that it cannot be one. `asked_type` stands in when the row names none.
pub(super) fn ticket(
    record: &Record,
    map: &TenantMap,
    locale: &Locale,
    asked_type: Option<HaloTicketTypeId>,
) -> Option<RemoteTicket> {
    let id = HaloTicketId(record.id("id")?);
    let ticket_type = record.id("tickettype_id").map(HaloTicketTypeId).or(asked_type)?;
    let status = HaloStatusId(record.int("status_id")?);
    let lifecycle = map.lifecycle_of(ticket_type);
    let company = record.id("client_id").filter(|id| *id != UNKNOWN_COMPANY);
    let user_name = record.text("user_name");
    let is_person = company.is_some()
        && user_name
            .as_deref()
            .is_none_or(|name| !name.eq_ignore_ascii_case(GENERAL_USER));
    let (mut fields, fields_known) = fields(record, map, locale);
    // The ticket of a client and a user need not repeat their names in fields of its own.
    let mut stand_in = |field: FieldKey, name: Option<String>| {
        if let Some(name) = name.filter(|_| fields_known.contains(&field)) {
            fields.entry(field).or_insert(domain::Value::Text(name));
        }
    };
    stand_in(
        keys::COMPANY_NAME,
        record.text("client_name").filter(|_| company.is_some()),
    );
    stand_in(keys::PERSON_NAME, user_name.filter(|_| is_person));
    Some(RemoteTicket {
        id,
        ticket_type,
        status,
        lifecycle,
        stage: lifecycle.and_then(|lifecycle| map.stage_of(lifecycle, status).cloned()),
        owner: record.id("agent_id").filter(|id| *id != UNASSIGNED).map(HaloAgentId),
        summary: record.text_or_empty("summary"),
        contact: record.id("user_id").filter(|_| is_person).map(HaloContactId),
        company: company.map(HaloCompanyId),
        site: record.id("site_id").filter(|_| company.is_some()).map(HaloSiteId),
        fields,
        fields_known,
        tags: tags(record),
        created: record.date("datecreated").or_else(|| record.date("dateoccurred")),
        last_update: record.date("last_update"),
        closed: record
            .flag("hasbeenclosed")
            .unwrap_or_else(|| record.date("dateclosed").is_some()),
        warning: record.text("_warning"),
    })
}

/// The tags of a ticket: details hold objects, lists a text with commas; `None` where the row has neither.
fn tags(record: &Record) -> Option<Tags> {
    if let Some(rows) = record.rows("tags") {
        return Some(Tags::of(rows.iter().filter_map(|row| row.text("text"))));
    }
    let text = record.get("ticket_tags")?.as_str().unwrap_or_default();
    Some(Tags::of(text.split(',').map(str::trim)))
}

/// Whether HaloPSA marks the record as deleted.
pub(super) fn is_deleted(record: &Record) -> bool {
    record.flag("deleted").unwrap_or(false)
}

type Fields = (BTreeMap<FieldKey, domain::Value>, Vec<FieldKey>);

fn fields(record: &Record, map: &TenantMap, locale: &Locale) -> Fields {
    let custom_fields = CustomFields::of(record);
    let mut values = BTreeMap::new();
    let mut known = Vec::new();
    for (key, target) in &map.fields {
        let said = match target {
            FieldTarget::Native { property } => record
                .get(property)
                .map(|raw| values::read(*key, target, raw, None, locale)),
            FieldTarget::Custom { id, name, .. } => custom_fields.find(*id, name).and_then(|custom| {
                let raw = custom.get("value")?;
                Some(values::read(
                    *key,
                    target,
                    raw,
                    custom.get("display").and_then(Json::as_str),
                    locale,
                ))
            }),
        };
        match said {
            Some(Said::Empty) => known.push(*key),
            Some(Said::Is(value)) => {
                known.push(*key);
                values.insert(*key, value);
            }
            Some(Said::Unreadable) => {
                tracing::debug!(field.key = key.as_str(), "a value in HaloPSA is no value of its field")
            }
            None => {}
        }
    }
    (values, known)
}

/// The custom fields of a record, borrowed: a page holds thousands of them.
struct CustomFields<'a> {
    by_id: BTreeMap<i64, &'a Map<String, Json>>,
    without_id: Vec<&'a Map<String, Json>>,
}

impl<'a> CustomFields<'a> {
    fn of(record: &'a Record) -> Self {
        let mut all = Self {
            by_id: BTreeMap::new(),
            without_id: Vec::new(),
        };
        let rows = record.get("customfields").and_then(Json::as_array);
        for row in rows.into_iter().flatten().filter_map(Json::as_object) {
            match row.get("id").and_then(wire::int_of) {
                Some(id) if id > 0 => {
                    all.by_id.insert(id, row);
                }
                _ => all.without_id.push(row),
            }
        }
        all
    }

    /// By id; by name where the row has no id.
    fn find(&self, id: HaloFieldId, name: &str) -> Option<&'a Map<String, Json>> {
        let named = |row: &&&Map<String, Json>| {
            let found = row.get("name").and_then(Json::as_str);
            found.is_some_and(|found| found.eq_ignore_ascii_case(name))
        };
        let by_id = self.by_id.get(&id.0).copied();
        by_id.or_else(|| self.without_id.iter().find(named).copied())
    }
}

/// The body of an update: only what the patch names, and only what has a home in this tenant.
///
/// `None` when nothing of it has.
pub(super) fn update_body(
    map: &TenantMap,
    id: HaloTicketId,
    patch: &TicketPatch,
    locale: &Locale,
) -> Result<Option<Json>, Error> {
    let mut body = patch_body(map, patch, locale)?;
    if body.is_empty() {
        return Ok(None);
    }
    body.insert("id".to_owned(), json!(id.0));
    Ok(Some(Json::Object(body)))
}

/// The body of a creation, with our key in it.
pub(super) fn create_body(
    map: &TenantMap,
    lifecycle: Lifecycle,
    patch: &TicketPatch,
    key: &str,
    locale: &Locale,
) -> Result<Json, Error> {
    let mut patch = patch.clone();
    patch.lifecycle = Some(lifecycle);
    let mut body = patch_body(map, &patch, locale)?;
    match map.key_field {
        Some(field) => {
            let custom = body.entry("customfields").or_insert_with(|| json!([]));
            if let Json::Array(fields) = custom {
                fields.push(json!({"id": field.0, "value": key}));
            }
        }
        None => {
            let details = patch.details.unwrap_or_default();
            let details = details.trim_end();
            let gap = if details.is_empty() { "" } else { "\n\n" };
            body.insert("details".to_owned(), json!(format!("{details}{gap}{}", key_line(key))));
        }
    }
    if let Some(team) = &map.settings.team {
        body.insert("team".to_owned(), json!(team));
    }
    // The rep has said what the ticket is; a template would write over it.
    body.insert("donotapplytemplateintheapi".to_owned(), json!(true));
    Ok(Json::Object(body))
}

fn patch_body(map: &TenantMap, patch: &TicketPatch, locale: &Locale) -> Result<Map<String, Json>, Error> {
    let mut body = Map::new();
    if let Some(lifecycle) = patch.lifecycle {
        body.insert("tickettype_id".to_owned(), json!(type_of(map, lifecycle)?.0));
    }
    if let Some(stage) = &patch.stage {
        body.insert("status_id".to_owned(), json!(status_of(map, stage)?.0));
    }
    if let Some(owner) = patch.owner {
        body.insert("agent_id".to_owned(), json!(owner.map_or(UNASSIGNED, |owner| owner.0)));
    }
    if let Some(party) = patch.party {
        // A user without its client and site is refused, or lands at the wrong one.
        let ids = match party {
            None => [
                ("client_id", Some(UNKNOWN_COMPANY)),
                ("site_id", None),
                ("user_id", None),
            ],
            Some(party) => [
                ("client_id", Some(party.company.0)),
                ("site_id", party.site.map(|site| site.0)),
                ("user_id", party.contact.map(|contact| contact.0)),
            ],
        };
        for (name, id) in ids {
            body.extend(id.map(|id| (name.to_owned(), json!(id))));
        }
    }
    if let Some(tags) = &patch.tags {
        let tags: Vec<Json> = tags.iter().map(|text| json!({ "text": text })).collect();
        body.insert("tags".to_owned(), Json::Array(tags));
    }
    if let Some(from) = patch.created_from {
        body.insert("createdfrom_id".to_owned(), json!(from.0));
    }
    if let Some(summary) = &patch.summary {
        body.insert("summary".to_owned(), json!(summary));
    }
    if let Some(details) = &patch.details {
        body.insert("details".to_owned(), json!(details));
    }
    let mut custom = Vec::new();
    for (key, value) in &patch.fields {
        // A field without a home stays on this computer; the setup check has said so.
        let Some(target) = map.fields.get(key) else { continue };
        let value = values::write(*key, target, value.as_ref(), locale)?;
        match target {
            FieldTarget::Native { property } => {
                body.insert(property.clone(), value);
            }
            FieldTarget::Custom { id, .. } => custom.push(json!({"id": id.0, "value": value})),
        }
    }
    if let Some(value) = patch.fields.get(&keys::DO_NOT_CONTACT) {
        // HaloPSA's campaigns look at this one, not at the custom field.
        let on = *value == Some(domain::Value::Boolean(true));
        body.insert("oppdontaddtomailinglist".to_owned(), json!(on));
    }
    if !custom.is_empty() {
        body.insert("customfields".to_owned(), Json::Array(custom));
    }
    Ok(body)
}

fn type_of(map: &TenantMap, lifecycle: Lifecycle) -> Result<HaloTicketTypeId, Error> {
    map.ticket_types.get(&lifecycle).copied().ok_or_else(|| {
        invalid_because(format!(
            "No ticket type in HaloPSA is mapped to {}. Ask your administrator to add one, then run the setup check in Settings.",
            lifecycle.label()
        ))
    })
}

fn status_of(map: &TenantMap, stage: &StageKey) -> Result<HaloStatusId, Error> {
    if stage.as_str() == StageKey::MERGED {
        return map.closed_status.ok_or_else(|| {
            invalid_because(
                "No status in HaloPSA is called Merged, Duplicate or Closed. Close the ticket there, or ask your administrator to add one, then run the setup check in Settings.".to_owned(),
            )
        });
    }
    map.stages.get(stage).copied().ok_or_else(|| {
        invalid_because(format!(
            "No status in HaloPSA is mapped to the stage {stage}. Ask your administrator to add one, then run the setup check in Settings."
        ))
    })
}

/// Whether a record carries our key, in its field or in its details.
pub(super) fn carries_key(record: &Record, map: &TenantMap, key: &str) -> bool {
    let in_field = map.key_field.is_some_and(|field| {
        record
            .rows("customfields")
            .unwrap_or_default()
            .iter()
            .any(|custom| custom.id("id") == Some(field.0) && custom.text("value").as_deref() == Some(key))
    });
    let line = key_line(key);
    in_field
        || ["details", "details_html"]
            .iter()
            .filter_map(|name| record.text(name))
            .any(|details| text::from_html(&details).contains(&line))
}

fn key_line(key: &str) -> String {
    format!("{KEY_LINE} {key}")
}

/// The body of a new action.
pub(super) fn action_body(action: &NewAction) -> Json {
    let mut body = json!({
        "ticket_id": action.ticket.0,
        "outcome_id": action.outcome.0,
        "note_html": text::to_html(&action.note),
        "datetime": moment(action.at),
        "timetaken": action.time_taken_h,
        // A rep's note is for colleagues, and the outcome's default must not mail it to the customer.
        "hiddenfromuser": true,
        "sendemail": false,
    });
    if let (Some(agent), Some(body)) = (action.agent, body.as_object_mut()) {
        body.insert("who_agentid".to_owned(), json!(agent.0));
    }
    body
}

/// The body of an action that moves its ticket.
pub(super) fn stage_action_body(map: &TenantMap, action: &StageAction) -> Result<Json, Error> {
    let mut body = json!({
        "ticket_id": action.ticket.0,
        "outcome_id": action.outcome.0,
        "note_html": text::to_html(&action.note),
        "datetime": moment(action.at),
        "hiddenfromuser": true,
        "sendemail": false,
        "new_status": status_of(map, &action.stage)?.0,
    });
    if let (Some(lifecycle), Some(body)) = (action.lifecycle, body.as_object_mut()) {
        body.insert("new_tickettype".to_owned(), json!(type_of(map, lifecycle)?.0));
    }
    Ok(body)
}

/// An action; `None` without a number. Answers to a creation may leave the ticket out, so the asked one stands in.
pub(super) fn action(record: &Record, asked: HaloTicketId) -> Option<RemoteAction> {
    let outcome_name = record.text_or_empty("outcome");
    let note = record
        .text("note_html")
        .map(|html| text::from_html(&html))
        .filter(|note| !note.is_empty())
        .or_else(|| record.text("note"))
        .unwrap_or_default();
    let old_status = record.id("old_status").map(HaloStatusId);
    let new_status = record.id("new_status").map(HaloStatusId);
    let at = [
        "datetime",
        "actioncompletiondate",
        "actionarrivaldate",
        "actiondatecreated",
    ]
    .iter()
    .find_map(|name| record.date(name));
    Some(RemoteAction {
        ticket: record.id("ticket_id").map_or(asked, HaloTicketId),
        id: HaloActionId(record.id("id")?),
        kind: action_kind(
            record,
            &outcome_name,
            &note,
            old_status != new_status && new_status.is_some(),
        ),
        outcome: record.id("outcome_id").map(HaloOutcomeId),
        outcome_name,
        who: record.text_or_empty("who"),
        agent: record.id("who_agentid").filter(|id| *id != UNASSIGNED).map(HaloAgentId),
        at,
        note,
        old_status,
        new_status,
    })
}

/// Outcomes are the tenant's own words, so the kind is read from them; HaloPSA has no other sign for a call.
fn action_kind(record: &Record, outcome: &str, note: &str, status_changed: bool) -> ActivityKind {
    let words = outcome.to_lowercase();
    let has = |parts: &[&str]| parts.iter().any(|part| words.contains(part));
    let mailed = record.text("emaildirection").is_some_and(|direction| direction != "0");
    if has(&["call", "phone"]) {
        ActivityKind::Call
    } else if has(&["mail"]) || mailed {
        ActivityKind::Email
    } else if has(&["meeting", "appointment", "visit"]) {
        ActivityKind::Meeting
    } else if has(&["task", "to-do", "todo"]) {
        ActivityKind::Task
    } else if note.is_empty() && (status_changed || outcome.is_empty())
        || has(&[
            "status change",
            "changed status",
            "system",
            "re-assign",
            "reassign",
            "edited",
            "field change",
        ])
    {
        ActivityKind::System
    } else {
        ActivityKind::Note
    }
}

/// An agent; `None` without an id and for the placeholder "Unassigned".
pub(super) fn agent(record: &Record) -> Option<TenantAgent> {
    let id = record.id("id").filter(|id| *id != UNASSIGNED)?;
    Some(TenantAgent {
        id: HaloAgentId(id),
        name: record.text_or_empty("name"),
        email: record.text_or_empty("email"),
        initials: record.text_or_empty("initials"),
        colour: record.text_or_empty("colour"),
        team: record.text_or_empty("team"),
        disabled: record.flag("isdisabled").unwrap_or(false),
        is_api_agent: record.flag("isapiagent").unwrap_or(false),
    })
}

/// A custom field of tickets.
pub(super) fn field(record: &Record) -> Option<TenantField> {
    // A row that does not say was filtered by the server.
    if record.int("usage").is_some_and(|usage| usage != TICKET_USAGE) {
        return None;
    }
    let options = record.rows("values").unwrap_or_default();
    Some(TenantField {
        id: HaloFieldId(record.id("id")?),
        name: record.text("name")?,
        label: record.text_or_empty("label"),
        kind: record.int("type").unwrap_or(0),
        options: options
            .iter()
            .filter_map(|option| Some((option.id("id")?, option.text("name").or_else(|| option.text("value"))?)))
            .collect(),
    })
}

/// The body of a new custom field of tickets.
pub(super) fn field_body(new: &NewField) -> Json {
    let values: Vec<Json> = new.options.iter().map(|option| json!({"name": option})).collect();
    json!({
        "name": new.name, "label": new.label, "type": new.kind, "usage": TICKET_USAGE, "custom": 1, "searchable": true,
        "values": values,
    })
}

/// An id and what it is called, of whatever resource.
pub(super) fn named(record: &Record, names: &[&str]) -> Option<(i64, String)> {
    let id = record.id("id")?;
    let name = names.iter().find_map(|name| record.text(name))?;
    Some((id, name))
}

#[cfg(test)]
mod tests;
