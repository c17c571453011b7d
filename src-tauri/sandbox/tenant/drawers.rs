//! The smaller resources: they are kept as they are posted, with few rules of their own.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Context, Look, Table, Tenant, list, list::Window, render, tickets};
use crate::{
    answer::{Answer, Refusal},
    bind::{self, Bound},
    query::Query,
    record::{Cell, Kind, Moment, Record},
    schema::crm::{
        appointment, attachment, audit, call_log, crm_note, distribution_list, notification, tag, view_list, webhook,
        webhook_event,
    },
    wire,
};

/// All drawers, empty.
pub(super) fn empty() -> Vec<Table> {
    [
        (&call_log::SCHEMA, 1),
        (&crm_note::SCHEMA, 1),
        (&appointment::SCHEMA, 1),
        (&tag::SCHEMA, 1),
        (&distribution_list::SCHEMA, 1),
        (&view_list::SCHEMA, 1),
        (&webhook::SCHEMA, 1),
        (&notification::SCHEMA, 1),
        (&webhook_event::SCHEMA, 1),
        (&attachment::SCHEMA, 1),
        (&audit::SCHEMA, 1),
    ]
    .map(|(schema, first)| Table::new(schema, first))
    .into()
}

/// The key around the rows of a drawer; `None` for a bare array.
fn envelope_key(name: &str) -> Option<&'static str> {
    match name {
        "CallLog" => Some("calllog"),
        "Appointment" => Some("appointments"),
        "DistributionLists" => Some("distributionlists"),
        "Attachment" => Some("attachments"),
        "Audit" => Some("audit"),
        _ => None,
    }
}

impl Tenant {
    /// The drawer behind a path.
    pub(super) fn drawer(&self, resource: &str) -> Option<&Table> {
        self.drawers
            .iter()
            .find(|drawer| drawer.schema.name.eq_ignore_ascii_case(resource))
    }

    pub(crate) fn drawer_mut(&mut self, resource: &str) -> Option<&mut Table> {
        self.drawers
            .iter_mut()
            .find(|drawer| drawer.schema.name.eq_ignore_ascii_case(resource))
    }

    pub(super) fn read_drawer(
        &self,
        drawer: &Table,
        rest: Option<&str>,
        query: &Query,
        context: &Context,
    ) -> Result<Answer, Refusal> {
        let name = drawer.schema.name;
        if let Some(rest) = rest {
            let id = if name == "Webhook" {
                super::guid_to_id(rest).ok_or(Refusal::NotFound)?
            } else {
                super::id(rest)?
            };
            let record = drawer.get(id).ok_or(Refusal::NotFound)?;
            return list::print(&self.row(drawer, record, &Look::detail()));
        }
        // CRM notes know `count` but no pages; call logs know neither.
        let query = match name {
            "CallLog" => &Query::default(),
            _ => query,
        };
        let pages = !matches!(name, "CRMNote" | "CallLog");
        let unpaged = Query::parse(
            &query
                .int("count")?
                .map_or_else(String::new, |count| format!("count={count}")),
        );
        let window = Window::read(if pages { query } else { &unpaged }, drawer, true)?;
        let wanted: Vec<_> = ["client_id", "ticket_id", "supplier_id", "user_id"]
            .into_iter()
            .filter_map(|name| Some((drawer.schema.find(name)?.0, query.int(name).transpose()?)))
            .map(|(key, id)| Ok((key, id?)))
            .collect::<Result<Vec<_>, Refusal>>()?;
        let span = (query.date("start_date")?, query.date("end_date")?);
        let agents: Option<BTreeSet<i64>> = query.ints("agents").map(|ids| ids.into_iter().collect());
        let selected = window.select(drawer, self.behaviour.page_cap, context, false, |record| {
            wanted.iter().all(|(key, id)| *id <= 0 || record.int(*key) == *id)
                && (name != "Appointment" || appointment_matches(record, query, span, agents.as_ref()))
        });
        let look = Look::default();
        match envelope_key(name) {
            Some(key) => self.envelope(key, drawer, &window, &selected, &look),
            None => self.bare(drawer, &selected.rows, &look),
        }
    }

    pub(super) fn post_drawer(&mut self, resource: &str, raw: &[u8], context: &Context) -> Result<Answer, Refusal> {
        let Some(schema) = self.drawer(resource).map(|drawer| drawer.schema) else {
            return Err(Refusal::NotFound);
        };
        if matches!(schema.name, "WebhookEvent" | "Audit") {
            return Err(Refusal::MethodNotAllowed("GET"));
        }
        let elements = bind::body(schema, raw, false)?;
        let mut ids = Vec::with_capacity(elements.len());
        for element in elements {
            ids.push(self.post_into_drawer(resource, element, context)?);
            self.taken += 1;
        }
        let Some(drawer) = self.drawer(resource) else {
            return Err(Refusal::NotFound);
        };
        let look = Look {
            warning: context.twist.warning.clone(),
            ..Look::detail()
        };
        let rows: Vec<_> = ids
            .iter()
            .filter_map(|id| drawer.get(*id))
            .map(|record| self.row(drawer, record, &look))
            .collect();
        self.posted(&rows)
    }

    fn post_into_drawer(&mut self, resource: &str, element: Bound, context: &Context) -> Result<i64, Refusal> {
        let Some(drawer) = self.drawer(resource) else {
            return Err(Refusal::NotFound);
        };
        let name = drawer.schema.name;
        let old = match element.id {
            Some(id) => Some(drawer.get(id).cloned().ok_or_else(|| self.unknown_id(name, id))?),
            None => None,
        };
        self.check_drawer(drawer, &element, old.as_ref())?;
        let mut record = old.clone().unwrap_or_else(|| Record::new(0, context.now));
        for (key, cell) in &element.cells {
            match cell {
                Some(cell) => record.set(*key, cell.clone()),
                None => record.clear(*key),
            }
        }
        record.updated = context.now;
        if old.is_none() {
            self.default_drawer(name, &mut record, context);
        }
        match name {
            "DistributionLists" => self.change_members(&mut record, &element),
            "Appointment" => record.set_date(appointment::LAST_MODIFIED, context.now),
            _ => {}
        }
        let Some(drawer) = self.drawer_mut(resource) else {
            return Err(Refusal::NotFound);
        };
        // Moving an appointment in time deletes the old row and makes a new one: its id changes.
        let moved = name == "Appointment"
            && old
                .as_ref()
                .is_some_and(|old| old.date(appointment::START_DATE) != record.date(appointment::START_DATE));
        if moved {
            drawer.rows.remove(&record.id);
        }
        if old.is_none() || moved {
            record.id = drawer.take_id();
        }
        let id = record.id;
        drawer.put(record);
        Ok(id)
    }

    fn check_drawer(&self, drawer: &Table, element: &Bound, old: Option<&Record>) -> Result<(), Refusal> {
        let creating = old.is_none();
        match drawer.schema.name {
            "Webhook" => {
                if creating && element.text(webhook::URL).is_none_or(|url| !url.starts_with("http")) {
                    return Err(Refusal::text("Please enter a valid URL"));
                }
                let name = element.text(webhook::NAME);
                if drawer.iter().any(|other| {
                    Some(other.id) != element.id
                        && name.is_some_and(|name| other.text(webhook::NAME).eq_ignore_ascii_case(name))
                }) {
                    return Err(Refusal::text("Name must be unique"));
                }
            }
            "CRMNote" if creating && element.int(crm_note::CLIENT_ID).is_none() => {
                return Err(Refusal::text("A Customer must be selected"));
            }
            "Attachment"
                if creating
                    && element
                        .int(attachment::TICKET_ID)
                        .is_none_or(|id| self.tickets.get(id).is_none()) =>
            {
                return Err(Refusal::text("Ticket ID must be specified"));
            }
            "Tags" if creating && element.text(tag::TEXT).is_none() => {
                return Err(Refusal::text("Please enter a Tag"));
            }
            "DistributionLists" if creating && element.text(distribution_list::NAME).is_none() => {
                return Err(Refusal::text("Please enter a name"));
            }
            "Appointment" if creating && element.get(appointment::START_DATE).flatten().is_none() => {
                return Err(Refusal::text("Please enter a start date"));
            }
            _ => {}
        }
        Ok(())
    }

    /// What the server fills in for a new row.
    fn default_drawer(&self, name: &str, record: &mut Record, context: &Context) {
        match name {
            "CallLog" => {
                if record.int(call_log::AGENT_ID) == 0 {
                    record.set_int(call_log::AGENT_ID, context.agent);
                }
                if record.date(call_log::START_DATE).is_none() {
                    record.set_date(call_log::START_DATE, context.now);
                }
            }
            "CRMNote" => {
                if record.int(crm_note::WHO_AGENTID) == 0 {
                    record.set_int(crm_note::WHO_AGENTID, context.agent);
                }
                if record.date(crm_note::DATETIME).is_none() {
                    record.set_date(crm_note::DATETIME, context.now);
                }
            }
            "Appointment" => {
                if record.int(appointment::AGENT_ID) == 0 {
                    record.set_int(appointment::AGENT_ID, context.agent);
                }
                if record.get(appointment::COMPLETE_STATUS).is_none() {
                    record.set_int(appointment::COMPLETE_STATUS, -1);
                }
            }
            "Attachment" => {
                record.set_date(attachment::DATECREATED, context.now);
                let encoded = record.text(attachment::DATA_BASE64);
                let payload = encoded.split_once(',').map_or(encoded, |(_, payload)| payload);
                let size = i64::try_from(payload.trim_end_matches('=').len() * 3 / 4).unwrap_or(0);
                record.set_int(attachment::FILESIZE, size);
            }
            _ => {}
        }
    }

    /// `addtheseusers` and `removetheseusers` change the members of a distribution list.
    fn change_members(&self, record: &mut Record, element: &Bound) {
        let ids = |key| -> Vec<i64> {
            match element.get(key) {
                Some(Some(Cell::Json(users))) => users
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(|user| user.get("id").and_then(Value::as_i64))
                    .collect(),
                _ => Vec::new(),
            }
        };
        let mut members: BTreeSet<i64> = match record.get(distribution_list::MEMBERS) {
            Some(Cell::Json(members)) => members
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|member| member.get("user_id").and_then(Value::as_i64))
                .collect(),
            _ => BTreeSet::new(),
        };
        members.extend(
            ids(distribution_list::ADDTHESEUSERS)
                .into_iter()
                .filter(|id| self.users.get(*id).is_some()),
        );
        for id in ids(distribution_list::REMOVETHESEUSERS) {
            members.remove(&id);
        }
        record.clear(distribution_list::ADDTHESEUSERS);
        record.clear(distribution_list::REMOVETHESEUSERS);
        record.set_int(
            distribution_list::USERS_COUNT,
            i64::try_from(members.len()).unwrap_or(0),
        );
        let members: Vec<Value> = members
            .into_iter()
            .enumerate()
            .map(|(at, id)| json!({ "id": at + 1, "user_id": id }))
            .collect();
        record.set(distribution_list::MEMBERS, Cell::Json(Box::new(Value::Array(members))));
    }

    pub(super) fn delete_from_drawer(&mut self, resource: &str, id: i64) -> Result<Answer, Refusal> {
        let drawer = self.drawer_mut(resource).ok_or(Refusal::NotFound)?;
        if matches!(drawer.schema.name, "WebhookEvent" | "Audit") {
            return Err(Refusal::MethodNotAllowed("GET"));
        }
        drawer
            .rows
            .remove(&id)
            .map(|_| Answer::empty(204))
            .ok_or(Refusal::NotFound)
    }

    /// The id of a tag, made when there is none of that text yet.
    pub(super) fn tag_id(&mut self, text: &str, now: Moment) -> i64 {
        let Some(drawer) = self.drawer_mut("tags") else {
            return 0;
        };
        if let Some(found) = drawer.iter().find(|tag| tag.text(tag::TEXT).eq_ignore_ascii_case(text)) {
            return found.id;
        }
        let mut record = Record::new(drawer.take_id(), now);
        record.set_text(tag::TEXT, text);
        let id = record.id;
        drawer.put(record);
        id
    }

    /// The tags named in a ticket's text, with their ids.
    pub(super) fn tags_in(&self, text: &str) -> Vec<Value> {
        let Some(drawer) = self.drawer("tags") else {
            return Vec::new();
        };
        text.split(',')
            .filter_map(|name| {
                let tag = drawer
                    .iter()
                    .find(|tag| tag.text(tag::TEXT).eq_ignore_ascii_case(name.trim()))?;
                Some(json!({ "id": tag.id, "text": tag.text(tag::TEXT) }))
            })
            .collect()
    }

    /// The text of a tag.
    pub(super) fn tag_text(&self, id: i64) -> Option<String> {
        self.drawer("tags")?.get(id).map(|tag| tag.text(tag::TEXT).to_owned())
    }

    /// Notes who changed which property of a ticket.
    pub(super) fn audit(&mut self, before: Option<&Record>, after: &Record, context: &Context) {
        let Some(before) = before else { return };
        let schema = self.tickets.schema;
        let changes: Vec<(&str, String, String)> = schema
            .iter()
            .filter(|(_, prop)| prop.write && prop.kind != Kind::Json)
            .map(|(key, prop)| (prop.name, shown(before, key), shown(after, key)))
            .filter(|(_, from, to)| from != to)
            .collect();
        let fields: Vec<(String, String, String)> = self
            .config
            .fields
            .iter()
            .map(|field| {
                (
                    field.name.to_string(),
                    shown_cell(before.custom(field.id)),
                    shown_cell(after.custom(field.id)),
                )
            })
            .filter(|(_, from, to)| from != to)
            .collect();
        let changes = changes
            .into_iter()
            .map(|(name, from, to)| (name.to_owned(), from, to))
            .chain(fields);
        let Some(drawer) = self.drawer_mut("audit") else { return };
        for (name, from, to) in changes {
            let mut record = Record::new(drawer.take_id(), context.now);
            record.set_int(audit::TICKET_ID, after.id);
            record.set_int(audit::AGENT_ID, context.agent);
            record.set_date(audit::DATE, context.now);
            record.set_text(audit::TABLE_NAME, "faults");
            record.set_text(audit::VALUE, name);
            record.set_text(audit::FROM, from);
            record.set_text(audit::TO, to);
            drawer.put(record);
        }
    }

    /// The audit of one ticket.
    pub(super) fn audit_of(&self, ticket: i64) -> Value {
        let Some(drawer) = self.drawer("audit") else {
            return Value::Null;
        };
        let look = Look::detail();
        drawer
            .iter()
            .filter(|entry| entry.int(audit::TICKET_ID) == ticket)
            .map(|entry| render::to_value(&self.row(drawer, entry, &look)))
            .collect()
    }
}

fn appointment_matches(
    record: &Record,
    query: &Query,
    (from, to): (Option<Moment>, Option<Moment>),
    agents: Option<&BTreeSet<i64>>,
) -> bool {
    let at = record.date(appointment::START_DATE).unwrap_or(record.updated);
    let task = record.flag(appointment::IS_TASK);
    let unwanted = (query.flag("tasksonly") && !task)
        || (query.flag("appointmentsonly") && task)
        || (query.flag("hidecompleted") && record.int(appointment::COMPLETE_STATUS) == 0);
    !unwanted
        && from.is_none_or(|from| from <= at)
        && to.is_none_or(|to| at <= to)
        && list::among(agents, record.int(appointment::AGENT_ID))
}

fn shown(record: &Record, key: crate::record::Key) -> String {
    match record.get(key) {
        None => match record.int(key) {
            0 => String::new(),
            number => number.to_string(),
        },
        cell => shown_cell(cell),
    }
}

fn shown_cell(cell: Option<&Cell>) -> String {
    match cell {
        None => String::new(),
        Some(Cell::Int(number)) => number.to_string(),
        Some(Cell::Num(number)) => number.to_string(),
        Some(Cell::Text(text)) => tickets::strip_html(text),
        Some(Cell::Bool(flag)) => flag.to_string(),
        Some(Cell::Date(at)) => wire::date(*at),
        Some(Cell::Json(value)) => value.to_string(),
    }
}
