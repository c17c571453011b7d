//! Tickets: create, partial update, list, detail. `/Opportunities` and `/Projects` are the same rows, filtered.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Context, CustomWanted, Look, PLACEHOLDER, Tenant, list, list::Window, render, ticket_filter::Filter};
use crate::{
    UnknownId,
    answer::{Answer, Refusal},
    bind::{self, Bound},
    config::{INCIDENT, OUTCOME_ASSIGNED, OUTCOME_LOGGED, OUTCOME_STATUS, OUTCOME_TYPE, PRIORITIES, STATUS_NEW, TEAMS},
    query::Query,
    record::{Cell, Key, Record},
    schema::{site, ticket, user},
};

impl Tenant {
    pub(super) fn post_tickets(&mut self, raw: &[u8], context: &Context) -> Result<Answer, Refusal> {
        let elements = bind::body(&ticket::SCHEMA, raw, true)?;
        let mut ids = Vec::with_capacity(elements.len());
        for element in elements {
            ids.push(self.post_ticket(element, context)?);
            self.taken += 1;
        }
        let look = Look {
            drift: context.twist.drift.unwrap_or(self.behaviour.name_drift),
            warning: context.twist.warning.clone(),
            ..Look::detail()
        };
        let rows: Vec<_> = ids
            .iter()
            .filter_map(|id| self.tickets.get(*id))
            .map(|record| self.row(&self.tickets, record, &look))
            .collect();
        self.posted(&rows)
    }

    fn post_ticket(&mut self, mut element: Bound, context: &Context) -> Result<i64, Refusal> {
        let before = match element.id {
            None => None,
            Some(id) => {
                let recover = element.flag(ticket::RECOVER) == Some(true);
                let found = self.tickets.rows.get(&id).filter(|record| !record.deleted || recover);
                Some(found.cloned().ok_or_else(|| self.unknown_id("Ticket", id))?)
            }
        };
        self.check_ticket(&mut element, before.as_ref())?;
        let mut after = match &before {
            Some(before) => before.clone(),
            None => self.blank_ticket(context),
        };
        after.deleted = false;
        element.take(ticket::RECOVER);
        element.take(ticket::USERLOOKUP);
        self.place_at_customer(&mut after, &mut element)?;
        for (key, cell) in &element.cells {
            match cell {
                Some(cell) => after.set(*key, cell.clone()),
                None => after.clear(*key),
            }
        }
        if element.get(ticket::DETAILS).is_none()
            && let Some(html) = element.text(ticket::DETAILS_HTML)
        {
            after.set_text(ticket::DETAILS, strip_html(html));
        }
        self.set_custom_fields(&mut after, 1, &element.custom)?;
        self.set_tags(&mut after, &element, context);
        Ok(self.store_ticket(before.as_ref(), after, context))
    }

    /// A new ticket as the server makes it before it looks at the body.
    fn blank_ticket(&mut self, context: &Context) -> Record {
        let mut record = Record::new(self.tickets.take_id(), context.now);
        record.set_int(ticket::TICKETTYPE_ID, INCIDENT);
        record.set_int(ticket::STATUS_ID, STATUS_NEW);
        record.set_int(ticket::AGENT_ID, PLACEHOLDER);
        record.set_int(ticket::CLIENT_ID, PLACEHOLDER);
        record.set_int(ticket::SITE_ID, PLACEHOLDER);
        record.set_int(ticket::USER_ID, PLACEHOLDER);
        record.set_int(ticket::SLA_ID, 1);
        record.set_int(ticket::PRIORITY_ID, 3);
        record.set_date(ticket::DATEOCCURRED, context.now);
        record.set_date(ticket::DATECREATED, context.now);
        record.set_text(ticket::GUID, super::id_to_guid("ticket", record.id));
        if let Some(agent) = self.agent(context.agent) {
            record.set_text(ticket::CREATED_BY, agent.name);
        }
        record
    }

    /// Looks the ids and names of a body up, before anything is changed.
    fn check_ticket(&self, element: &mut Bound, before: Option<&Record>) -> Result<(), Refusal> {
        let changed = |key: Key| {
            element
                .int(key)
                .filter(|new| before.is_none_or(|before| before.int(key) != *new))
        };
        if let Some(kind) = changed(ticket::TICKETTYPE_ID) {
            if self.config.ticket_type(kind).is_none() {
                return Err(Refusal::foreign_key("REQUESTTYPE", "RTID"));
            }
            if before.is_some() && !self.behaviour.type_change {
                return Err(Refusal::text(
                    "You do not have permission to change the Ticket Type of this Ticket",
                ));
            }
        }
        if let Some(status) = changed(ticket::STATUS_ID) {
            if self.config.status(status).is_none() {
                return Err(Refusal::foreign_key("TSTATUS", "TSTATUS"));
            }
            if before.is_some() && self.behaviour.strict_workflow {
                return Err(Refusal::text(
                    "The Status of this Ticket can only be changed through an Action of its Workflow",
                ));
            }
        }
        if changed(ticket::PRIORITY_ID).is_some_and(|new| !PRIORITIES.iter().any(|(id, _, _)| *id == new)) {
            return Err(Refusal::text("This Priority is not valid for the SLA"));
        }
        if let Some(agent) = changed(ticket::AGENT_ID) {
            if matches!(agent, 0 | -1) {
                element.take(ticket::AGENT_ID);
                element.cells.push((ticket::AGENT_ID, Some(Cell::Int(PLACEHOLDER))));
            } else if self.agent(agent).is_none_or(|agent| agent.disabled) {
                return Err(Refusal::foreign_key("UNAME", "UNUM"));
            }
        }
        if let Some(team) = element.text(ticket::TEAM)
            && !TEAMS.iter().any(|(_, name, ..)| name.eq_ignore_ascii_case(team))
        {
            return Err(Refusal::foreign_key("SECTIONDETAIL", "SDSECTIONNAME"));
        }
        // A category that nobody configured is dropped without a word.
        for (level, key) in [
            (1, ticket::CATEGORY_1),
            (2, ticket::CATEGORY_2),
            (3, ticket::CATEGORY_3),
            (4, ticket::CATEGORY_4),
        ] {
            let known = element
                .text(key)
                .is_none_or(|name| self.config.has_category(level, name));
            if !known {
                element.take(key);
            }
        }
        Ok(())
    }

    /// Puts the ticket at a client, a site and a user that belong together.
    fn place_at_customer(&self, record: &mut Record, element: &mut Bound) -> Result<(), Refusal> {
        let creating = element.id.is_none();
        let positive = |id: &i64| *id > 0;
        let mut user = element.int(ticket::USER_ID).filter(positive);
        let mut site = element.int(ticket::SITE_ID).filter(positive);
        let mut client = element.int(ticket::CLIENT_ID).filter(positive);
        for key in [ticket::USER_ID, ticket::SITE_ID, ticket::CLIENT_ID] {
            element.take(key);
        }
        // -1 in a user lookup is the client's General User.
        let lookup = element.extra_int(&["userlookup", "id"]);
        user = user.or(lookup.filter(positive));
        if let Some(id) = user {
            let found = self.users.get(id).ok_or_else(|| Refusal::foreign_key("USERS", "UID"))?;
            if creating && (site.is_none() || client.is_none()) && lookup.is_none() {
                return Err(Refusal::text("A Site must be selected"));
            }
            site = site.or(Some(found.int(user::SITE_ID)));
        }
        if let Some(id) = site {
            let found = self
                .sites
                .get(id)
                .ok_or_else(|| Refusal::foreign_key("SITE", "SSITENUM"))?;
            client = client.or(Some(found.int(site::CLIENT_ID)));
        }
        let Some(client) = client else { return Ok(()) };
        if self.clients.get(client).is_none() {
            return Err(Refusal::foreign_key("AREA", "AAREA"));
        }
        if client == record.int(ticket::CLIENT_ID) && site.is_none() && user.is_none() && !creating {
            return Ok(());
        }
        let site = site.unwrap_or_else(|| self.main_site(client));
        if self
            .sites
            .get(site)
            .is_some_and(|site| site.int(site::CLIENT_ID) != client)
        {
            return Err(Refusal::text("The Site does not belong to the selected Customer"));
        }
        record.set_int(ticket::CLIENT_ID, client);
        record.set_int(ticket::SITE_ID, site);
        record.set_int(ticket::USER_ID, user.unwrap_or_else(|| self.general_user(site)));
        Ok(())
    }

    /// `tags` replaces the tags of a ticket; a text that is no tag yet becomes one.
    fn set_tags(&mut self, record: &mut Record, element: &Bound, context: &Context) {
        record.clear(ticket::TAGS);
        let named: Vec<String> = match (element.get(ticket::TAGS), element.get(ticket::TICKET_TAGS)) {
            (Some(Some(Cell::Json(tags))), _) => tags
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|tag| {
                    let text = tag.get("text").or(Some(tag)).and_then(Value::as_str).map(str::to_owned);
                    text.or_else(|| self.tag_text(tag.get("id")?.as_i64()?))
                })
                .collect(),
            (_, Some(Some(Cell::Text(text)))) => text.split(',').map(|tag| tag.trim().to_owned()).collect(),
            (Some(None), _) | (_, Some(None)) => Vec::new(),
            _ => self.tags_of(record),
        };
        let mut seen = BTreeSet::new();
        let named: Vec<String> = named
            .into_iter()
            .filter(|tag| !tag.is_empty() && seen.insert(tag.to_lowercase()))
            .collect();
        for text in &named {
            self.tag_id(text, context.now);
        }
        record.set_text(ticket::TICKET_TAGS, named.join(","));
    }

    fn tags_of(&self, record: &Record) -> Vec<String> {
        record.text(ticket::TICKET_TAGS).split(',').map(str::to_owned).collect()
    }

    /// Keeps the ticket and everything that follows from the change: dates, timeline, audit.
    pub(super) fn store_ticket(&mut self, before: Option<&Record>, mut after: Record, context: &Context) -> i64 {
        let id = after.id;
        let was = |key: Key| before.map_or(0, |before| before.int(key));
        let (old_status, new_status) = (was(ticket::STATUS_ID), after.int(ticket::STATUS_ID));
        let (old_agent, new_agent) = (was(ticket::AGENT_ID), after.int(ticket::AGENT_ID));
        let (old_type, new_type) = (was(ticket::TICKETTYPE_ID), after.int(ticket::TICKETTYPE_ID));
        if old_status != new_status || before.is_none() {
            match (self.config.is_closed(old_status), self.config.is_closed(new_status)) {
                (false, true) => {
                    after.set_date(ticket::DATECLOSED, context.now);
                    after.set_date(ticket::DATE_FULLY_CLOSED, context.now);
                }
                (_, false) => {
                    after.clear(ticket::DATECLOSED);
                    after.clear(ticket::DATE_FULLY_CLOSED);
                }
                (true, true) => {}
            }
        }
        if old_agent != new_agent && new_agent != PLACEHOLDER {
            after.set_date(ticket::DATEASSIGNED, context.now);
        }
        if let (Some(Cell::Num(value)), Some(Cell::Num(chance))) =
            (after.get(ticket::OPPVALUE), after.get(ticket::OPPCONVERSIONPROBABILITY))
        {
            let adjusted = (value * chance).round() / 100.0;
            after.set(ticket::OPPVALUEADJUSTED, Cell::Num(adjusted));
        }
        after.updated = context.now;
        after.set_date(ticket::LASTACTIONDATE, context.now);
        self.audit(before, &after, context);
        self.tickets.put(after);
        *self.ticket_writes.entry(id).or_default() += 1;
        if before.is_none() {
            self.note_change(id, OUTCOME_LOGGED, "Ticket logged", (0, 0), context);
            return id;
        }
        if old_type != new_type {
            let name = self.config.ticket_type(new_type).map_or("", |kind| &*kind.name);
            self.note_change(
                id,
                OUTCOME_TYPE,
                &format!("Ticket Type changed to {name}"),
                (0, 0),
                context,
            );
        }
        if old_status != new_status {
            let name = self.config.status(new_status).map_or("", |status| &*status.name);
            let note = format!("Status changed to {name}");
            self.note_change(id, OUTCOME_STATUS, &note, (old_status, new_status), context);
        }
        if old_agent != new_agent {
            let name = self.agent(new_agent).map_or("", |agent| agent.name);
            self.note_change(id, OUTCOME_ASSIGNED, &format!("Assigned to {name}"), (0, 0), context);
        }
        id
    }

    /// What an update of an unknown id is answered with; the contract leaves it open.
    pub(super) fn unknown_id(&self, what: &str, id: i64) -> Refusal {
        match self.behaviour.unknown_id {
            UnknownId::NotFound => Refusal::NotFound,
            UnknownId::BadRequest => Refusal::text(format!("{what} {id} does not exist")),
        }
    }

    pub(super) fn list_tickets(&self, resource: &str, query: &Query, context: &Context) -> Result<Answer, Refusal> {
        let window = Window::read(query, &self.tickets, true)?;
        let filter = Filter::read(self, resource, query, context)?;
        let selected = window.select(
            &self.tickets,
            self.behaviour.page_cap,
            context,
            query.flag("deleted"),
            |record| filter.keeps(self, record),
        );
        let look = Look {
            // `all` is unproven, so only numbers count.
            custom: match query.ints("include_custom_fields").filter(|ids| !ids.is_empty()) {
                Some(ids) => CustomWanted::These(ids),
                None => CustomWanted::None,
            },
            agent_name: query.flag("includeagent"),
            status_name: query.flag("includestatus"),
            ticket_type_name: query.flag("includetickettype"),
            ..Look::default()
        };
        self.envelope("tickets", &self.tickets, &window, &selected, &look)
    }

    pub(super) fn ticket_detail(&self, resource: &str, id: i64, query: &Query) -> Result<Answer, Refusal> {
        let record = self.tickets.get(id).ok_or(Refusal::NotFound)?;
        if resource == "opportunities" && !self.config.is_sales(record.int(ticket::TICKETTYPE_ID)) {
            return Err(Refusal::NotFound);
        }
        let look = Look::detail();
        let row = self.row(&self.tickets, record, &look);
        if !query.flag("include_auditing") {
            return list::print(&row);
        }
        let mut value = render::to_value(&row);
        if let Some(object) = value.as_object_mut() {
            object.insert("auditing".to_owned(), self.audit_of(id));
        }
        Ok(Answer::json(200, &value))
    }
}

/// The text of simple HTML: tags out, the commonest entities back.
pub(super) fn strip_html(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        let (before, tag) = rest.split_at(open);
        text.push_str(before);
        let Some(close) = tag.find('>') else {
            rest = tag;
            break;
        };
        let (tag, after) = tag.split_at(close + 1);
        let name: String = tag
            .chars()
            .filter(char::is_ascii_alphabetic)
            .take(2)
            .collect::<String>()
            .to_ascii_lowercase();
        if matches!(name.as_str(), "br" | "p" | "di" | "li") && (name == "br" || tag.starts_with("</")) {
            text.push('\n');
        }
        rest = after;
    }
    text.push_str(rest);
    let text = text.replace("&nbsp;", " ").replace("&lt;", "<").replace("&gt;", ">");
    text.replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
        .trim()
        .to_owned()
}

/// Plain text as HTML.
pub fn to_html(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!("<p>{}</p>", escaped.replace('\n', "<br/>"))
}
