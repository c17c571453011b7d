//! Actions: the timeline of a ticket. Writing one can change the ticket (`new_status`, `new_agent`, …).

use serde_json::{Value, json};

use super::{Context, Look, Tenant, list, render, tickets};
use crate::{
    answer::{Answer, Refusal},
    bind::{self, Bound},
    query::Query,
    record::{Cell, Key, Moment, Record},
    schema::{action, ticket},
};

/// The widest span of days that is answered without naming a ticket; wider ones run into the gateway's time limit.
const WIDEST_SPAN: Moment = 2 * 24 * 60 * 60 * 1000;

/// What a `new_…` of an action does to the ticket.
const EFFECTS: &[(Key, Key)] = &[
    (action::NEW_STATUS, ticket::STATUS_ID),
    (action::NEW_AGENT, ticket::AGENT_ID),
    (action::NEW_TEAM, ticket::TEAM),
    (action::NEW_TICKETTYPE, ticket::TICKETTYPE_ID),
    (action::NEW_PRIORITY, ticket::PRIORITY_ID),
    (action::NEW_CATEGORY1, ticket::CATEGORY_1),
    (action::NEW_CATEGORY2, ticket::CATEGORY_2),
    (action::NEW_FOLLOWUPDATE, ticket::FOLLOWUPDATE),
    (action::NEW_TARGETDATE, ticket::TARGETDATE),
    (action::NEW_OPPVALUE, ticket::OPPVALUE),
    (action::NEW_OPPCONVERSIONPROBABILITY, ticket::OPPCONVERSIONPROBABILITY),
    (action::NEW_OPPCLOSURECATEGORY, ticket::OPPCLOSURECATEGORY),
    (action::NEW_OPPREASON, ticket::OPPREASON),
    (action::NEW_OPPCOMPETITORS, ticket::OPPCOMPETITORS),
];

impl Tenant {
    pub(super) fn post_actions(&mut self, raw: &[u8], context: &Context) -> Result<Answer, Refusal> {
        let elements = bind::body(&action::SCHEMA, raw, false)?;
        let mut written = Vec::with_capacity(elements.len());
        for element in elements {
            let with_ticket = element.flag(action::INCLUDETICKETINRESPONSE) == Some(true);
            let (ticket, id) = self.post_action(element, context)?;
            written.push((ticket, id, with_ticket));
            self.taken += 1;
        }
        let look = Look {
            warning: context.twist.warning.clone(),
            ..Look::detail()
        };
        let mut values: Vec<Value> = written
            .iter()
            .filter_map(|(ticket, id, with_ticket)| {
                let actions = self.actions_of(*ticket);
                let record = actions.iter().find(|action| action.id == *id)?;
                let mut value = render::to_value(&self.action_row(record, &look));
                if *with_ticket
                    && let Some(object) = value.as_object_mut()
                    && let Some(ticket) = self.ticket_value(*ticket)
                {
                    object.insert("ticket".to_owned(), ticket);
                }
                Some(value)
            })
            .collect();
        let body = match (values.len(), values.pop()) {
            (1, Some(only)) => only,
            (_, last) => {
                values.extend(last);
                Value::Array(values)
            }
        };
        Ok(Answer::json(self.behaviour.post_status, &body))
    }

    fn post_action(&mut self, element: Bound, context: &Context) -> Result<(i64, i64), Refusal> {
        let ticket_id = element
            .int(action::TICKET_ID)
            .ok_or_else(|| Refusal::text("Ticket ID must be specified"))?;
        let before = self
            .tickets
            .get(ticket_id)
            .cloned()
            .ok_or_else(|| self.unknown_id("Ticket", ticket_id))?;
        if let Some(id) = element.id {
            return self.update_action(ticket_id, id, &element, context);
        }
        let outcome_id = element
            .int(action::OUTCOME_ID)
            .filter(|id| *id > 0)
            .ok_or_else(|| Refusal::text("An Outcome must be entered for this Action"))?;
        let outcome = self
            .config
            .outcome(outcome_id)
            .filter(|outcome| !outcome.system && !outcome.restricted)
            .cloned()
            .ok_or_else(|| Refusal::text("You do not have access to this Action at the moment"))?;
        let author = match element.int(action::WHO_AGENTID).filter(|id| *id > 0) {
            Some(id) => self.agent(id).ok_or_else(|| Refusal::foreign_key("UNAME", "UNUM"))?.id,
            None => context.agent,
        };

        let mut after = before.clone();
        for (from, to) in EFFECTS {
            match element.get(*from) {
                Some(Some(Cell::Int(0 | -1))) | None | Some(None) => {}
                Some(Some(cell)) => after.set(*to, cell.clone()),
            }
        }
        if outcome.new_status > 0 && element.int(action::NEW_STATUS).is_none_or(|status| status <= 0) {
            after.set_int(ticket::STATUS_ID, outcome.new_status);
        }
        self.check_effects(&after)?;
        self.set_custom_fields(&mut after, 1, &element.custom)?;

        let mut record = Record::new(self.next_action_id(ticket_id), context.now);
        for (key, cell) in &element.cells {
            if let Some(cell) = cell {
                record.set(*key, cell.clone());
            }
        }
        record.set_int(action::TICKET_ID, ticket_id);
        record.set_int(action::OUTCOME_ID, outcome.id);
        record.set_text(action::OUTCOME, &*outcome.name);
        record.set_int(action::WHO_AGENTID, author);
        record.set_int(action::WHO_TYPE, 1);
        record.set_text(action::WHO, self.agent(author).map_or("", |agent| agent.name));
        record.set_date(action::ACTIONDATECREATED, context.now);
        if record.date(action::DATETIME).is_none() {
            record.set_date(action::DATETIME, context.now);
        }
        if element.flag(action::HIDDENFROMUSER).is_none() {
            record.set(action::HIDDENFROMUSER, Cell::Bool(outcome.hide_from_user));
        }
        record.set_text(
            action::GUID,
            super::id_to_guid("action", ticket_id * 10_000 + record.id),
        );
        if let Some(html) = element.text(action::NOTE_HTML) {
            record.set_text(action::NOTE, tickets::strip_html(html));
        } else if let Some(note) = element.text(action::NOTE) {
            record.set_text(action::NOTE_HTML, tickets::to_html(note));
        }
        let (old_status, new_status) = (before.int(ticket::STATUS_ID), after.int(ticket::STATUS_ID));
        if old_status != new_status {
            record.set_int(action::OLD_STATUS, old_status);
            record.set_int(action::NEW_STATUS, new_status);
        }
        let id = record.id;
        let note = record.text(action::NOTE).to_owned();
        self.timeline(ticket_id).push(record);
        *self.action_writes.entry(ticket_id).or_default() += 1;

        // The action itself tells of the change, so the ticket is stored without entries of its own.
        after.updated = context.now;
        after.set_date(ticket::LASTACTIONDATE, context.now);
        after.set_text(ticket::LASTNOTE, note);
        match (self.config.is_closed(old_status), self.config.is_closed(new_status)) {
            (false, true) => after.set_date(ticket::DATECLOSED, context.now),
            (true, false) => after.clear(ticket::DATECLOSED),
            _ => {}
        }
        self.audit(Some(&before), &after, context);
        self.tickets.put(after);
        Ok((ticket_id, id))
    }

    fn check_effects(&self, after: &Record) -> Result<(), Refusal> {
        if self.config.status(after.int(ticket::STATUS_ID)).is_none() {
            return Err(Refusal::foreign_key("TSTATUS", "TSTATUS"));
        }
        if self.config.ticket_type(after.int(ticket::TICKETTYPE_ID)).is_none() {
            return Err(Refusal::foreign_key("REQUESTTYPE", "RTID"));
        }
        if self.agent(after.int(ticket::AGENT_ID)).is_none() {
            return Err(Refusal::foreign_key("UNAME", "UNUM"));
        }
        Ok(())
    }

    fn update_action(
        &mut self,
        ticket_id: i64,
        id: i64,
        element: &Bound,
        context: &Context,
    ) -> Result<(i64, i64), Refusal> {
        let unknown = self.unknown_id("Action", id);
        let record = self
            .timeline(ticket_id)
            .iter_mut()
            .find(|action| action.id == id && !action.deleted)
            .ok_or(unknown)?;
        for (key, cell) in &element.cells {
            let fixed = [action::TICKET_ID, action::OUTCOME_ID, action::NEW_STATUS];
            if !fixed.contains(key) {
                match cell {
                    Some(cell) => record.set(*key, cell.clone()),
                    None => record.clear(*key),
                }
            }
        }
        if let Some(html) = element.text(action::NOTE_HTML) {
            record.set_text(action::NOTE, tickets::strip_html(html));
        } else if let Some(note) = element.text(action::NOTE) {
            record.set_text(action::NOTE_HTML, tickets::to_html(note));
        }
        record.updated = context.now;
        *self.action_writes.entry(ticket_id).or_default() += 1;
        self.touch(ticket_id, context.now);
        Ok((ticket_id, id))
    }

    pub(super) fn delete_action(&mut self, id: i64, query: &Query) -> Result<Answer, Refusal> {
        let ticket_id = query
            .int("ticket_id")?
            .filter(|id| *id > 0)
            .ok_or_else(|| Refusal::text("Ticket ID must be specified"))?;
        if self.tickets.get(ticket_id).is_none() {
            return Err(Refusal::NotFound);
        }
        let action = self
            .timeline(ticket_id)
            .iter_mut()
            .find(|action| action.id == id && !action.deleted);
        action.ok_or(Refusal::NotFound)?.deleted = true;
        Ok(Answer::empty(204))
    }

    pub(super) fn list_actions(&self, query: &Query, context: &Context) -> Result<Answer, Refusal> {
        let ticket_id = query.int("ticket_id")?.filter(|id| *id > 0);
        let from = query.date("startdate")?;
        let to = query.date("enddate")?;
        let mut rows: Vec<Record> = match (ticket_id, from, to) {
            (Some(id), ..) if self.tickets.get(id).is_some() => self.actions_of(id).into_owned(),
            (Some(_), ..) => Vec::new(),
            (None, Some(from), Some(to)) if to - from <= WIDEST_SPAN => self
                .tickets
                .iter()
                .filter(|ticket| {
                    ticket.updated >= from && ticket.date(ticket::DATEOCCURRED).is_none_or(|began| began <= to)
                })
                .flat_map(|ticket| self.actions_of(ticket.id).into_owned())
                .collect(),
            _ => return Err(Refusal::TooWide),
        };
        let system = |action: &Record| action.flag(action::SYSTEM);
        rows.retain(|action| {
            let private = action.flag(action::HIDDENFROMUSER);
            let unwanted = action.deleted
                || (query.flag("excludesys") && system(action))
                || (query.flag("excludeprivate") && private)
                || (query.flag("conversationonly") && (private || system(action)))
                || (query.flag("timeentriesonly") && action.get(action::TIMETAKEN).is_none())
                || (query.flag("importantonly") && !action.flag(action::IMPORTANT))
                || (query.flag("agentonly") && action.int(action::WHO_AGENTID) == 0);
            let at = action.date(action::DATETIME).unwrap_or(action.updated);
            !unwanted && from.is_none_or(|from| from <= at) && to.is_none_or(|to| at <= to)
        });
        // Newest first, as the timeline on the screen.
        rows.sort_by_key(|action| std::cmp::Reverse((action.date(action::DATETIME), action.id)));
        let total = rows.len();
        let count = query
            .int("count")?
            .and_then(|count| usize::try_from(count).ok())
            .filter(|count| *count > 0);
        let hidden = context.twist.hidden_rows;
        let look = Look {
            html_notes: query.flag("includehtmlnote"),
            ..Look::default()
        };
        let rows: Vec<_> = rows
            .iter()
            .take(count.unwrap_or(usize::MAX))
            .skip(hidden)
            .map(|action| self.action_row(action, &look))
            .collect();
        list::print(&json!({ "record_count": total, "actions": rows }))
    }

    pub(super) fn action_detail(&self, id: i64, query: &Query) -> Result<Answer, Refusal> {
        let ticket_id = query
            .int("ticket_id")?
            .filter(|id| *id > 0)
            .ok_or_else(|| Refusal::text("Ticket ID must be specified"))?;
        self.tickets.get(ticket_id).ok_or(Refusal::NotFound)?;
        let actions = self.actions_of(ticket_id);
        let action = actions
            .iter()
            .find(|action| action.id == id && !action.deleted)
            .ok_or(Refusal::NotFound)?;
        list::print(&self.action_row(action, &Look::detail()))
    }

    /// An entry that HaloPSA makes itself.
    pub(super) fn note_change(
        &mut self,
        ticket_id: i64,
        outcome: i64,
        note: &str,
        (old_status, new_status): (i64, i64),
        context: &Context,
    ) {
        let mut record = Record::new(self.next_action_id(ticket_id), context.now);
        record.set_int(action::TICKET_ID, ticket_id);
        record.set_int(action::OUTCOME_ID, outcome);
        record.set_text(
            action::OUTCOME,
            self.config.outcome(outcome).map_or("", |outcome| &*outcome.name),
        );
        record.set_int(action::WHO_AGENTID, context.agent);
        record.set_int(action::WHO_TYPE, 1);
        record.set_text(action::WHO, self.agent(context.agent).map_or("", |agent| agent.name));
        record.set_date(action::DATETIME, context.now);
        record.set_date(action::ACTIONDATECREATED, context.now);
        record.set_text(action::NOTE, note);
        record.set_text(action::NOTE_HTML, tickets::to_html(note));
        record.set(action::HIDDENFROMUSER, Cell::Bool(true));
        record.set(action::SYSTEM, Cell::Bool(true));
        if new_status != 0 {
            record.set_int(action::OLD_STATUS, old_status);
            record.set_int(action::NEW_STATUS, new_status);
        }
        self.timeline(ticket_id).push(record);
    }

    /// The timeline of a ticket, to be written to.
    fn timeline(&mut self, ticket_id: i64) -> &mut Vec<Record> {
        let seed = &self.seed;
        self.actions.entry(ticket_id).or_insert_with(|| seed.actions(ticket_id))
    }

    /// Ids count in each ticket and are never given twice, so the rows of deleted actions stay.
    fn next_action_id(&mut self, ticket_id: i64) -> i64 {
        self.timeline(ticket_id)
            .iter()
            .map(|action| action.id)
            .max()
            .unwrap_or(0)
            + 1
    }

    /// Any change to a ticket or what hangs on it bumps `last_update`.
    fn touch(&mut self, ticket_id: i64, now: Moment) {
        if let Some(ticket) = self.tickets.rows.get_mut(&ticket_id) {
            ticket.updated = now;
        }
    }
}
