//! Reports over stage entries: every count is of distinct tickets, and every count has a question that names them.
//!
//! A stage entry knows by itself where it led, whether the ticket came back, and how often it was there before (the
//! writer derives that), so a figure needs one pass over the covering index `stage_entries_ways` and no comparison of
//! rows. What a stage means (further on, back, lost) is the workflow's business: reports say which way was taken, the
//! engine says what that is.
//!
//! [`History`] holds what that index has in memory, and counts what the statements of funnel, times, moves and calls say.
//!
//! The long SQL stands in files beside the modules. `{tickets}` and `{filter}` in them are the conditions of the
//! [`Scope`]; everything a person chose is bound by name.

mod agents;
mod choices;
mod endings;
mod facts;
mod forecast;
mod funnel;
pub(crate) mod history;
mod imports;
mod sources;
mod times;
mod view;

use chrono::{DateTime, Utc};
use domain::{AgentId, StageKey, TicketId};
use rusqlite::{Row, types::Value};
use serde::{Deserialize, Serialize};
use specta::Type;

pub use choices::Segments;
pub use endings::{Closing, Ending, EndingWords};
pub use forecast::{Closes, Expected, ExpectedTickets};
pub use funnel::{FunnelTickets, WayOut};
pub use history::History;
pub use imports::{Imported, ImportedTickets};
pub use sources::Created;
pub use times::Stays;
pub use view::View;

use crate::{Error, Reader, convert::to_millis};

/// Which tickets and which time a report is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The period; its end does not belong to it.
    pub from: DateTime<Utc>,
    pub until: DateTime<Utc>,
    /// Now. Nothing that a report sees is later.
    pub now: DateTime<Utc>,
    /// Only tickets that were created in the period, followed until now. Else what happened in the period, judged at its
    /// end.
    pub cohort: bool,
    pub filter: TicketFilter,
}

/// Which tickets count, whatever the time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TicketFilter {
    pub owner: Option<AgentId>,
    pub source: Option<String>,
    pub segment: Option<Segment>,
    pub lifecycle: Option<domain::Lifecycle>,
}

/// A part of the market.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Segment {
    pub by: SegmentBy,
    pub value: String,
}

/// What tells parts of the market apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SegmentBy {
    Industry,
    EmployeeRange,
    List,
}

impl Scope {
    /// Until when things count that happen to the tickets.
    fn end(&self) -> DateTime<Utc> {
        if self.cohort { self.after_now() } else { self.until }
    }

    /// When it is judged: what came later is as if it had not.
    fn judged(&self) -> DateTime<Utc> {
        if self.cohort {
            self.after_now()
        } else {
            self.until.min(self.after_now())
        }
    }

    /// The first moment that has not been: what happens now has happened.
    fn after_now(&self) -> DateTime<Utc> {
        self.now + chrono::TimeDelta::milliseconds(1)
    }

    /// The condition on the id of a ticket, to be written behind it.
    fn tickets(&self) -> String {
        let (only, sql) = self.picked();
        format!("{}IN ({sql})", if only { "" } else { "NOT " })
    }

    /// The statement that names the tickets which count; or those which do not, where it says `false`.
    fn picked(&self) -> (bool, String) {
        if self.filter == TicketFilter::default() && !self.cohort {
            return (false, "SELECT id FROM tickets WHERE removed <> 0".to_owned());
        }
        let created = if self.cohort {
            " AND tickets.created_at >= :first AND tickets.created_at < :last"
        } else {
            ""
        };
        let conditions = self.filter.on_tickets();
        let sql = format!("SELECT tickets.id FROM tickets WHERE tickets.removed = 0{created}{conditions}");
        (true, sql)
    }

    /// The statement with the conditions of this scope.
    fn fill(&self, sql: &str) -> String {
        sql.replace("{tickets}", &self.tickets())
            .replace("{filter}", &self.filter.on_tickets())
    }

    /// What the conditions name.
    fn values(&self) -> Values {
        let mut values = Values::default();
        values.put(":from", to_millis(self.from));
        values.put(":until", to_millis(self.end()));
        values.put(":first", to_millis(self.from));
        values.put(":last", to_millis(self.until));
        values.put(":judged", to_millis(self.judged()));
        values.put(":past", i64::from(self.judged() < self.after_now()));
        let filter = &self.filter;
        if let Some(owner) = filter.owner {
            values.put(":owner", owner.0);
        }
        if let Some(source) = &filter.source {
            values.put(":source", source.clone());
        }
        if let Some(lifecycle) = filter.lifecycle {
            values.put(":lifecycle", lifecycle.key().to_owned());
        }
        if let Some(segment) = &filter.segment {
            values.put(":segment", segment.value.clone());
        }
        values
    }
}

impl TicketFilter {
    /// Conditions on a row of `tickets`.
    fn on_tickets(&self) -> String {
        let mut sql = String::new();
        if self.owner.is_some() {
            sql.push_str(" AND tickets.owner = :owner");
        }
        if self.source.is_some() {
            sql.push_str(" AND tickets.source = :source");
        }
        if self.lifecycle.is_some() {
            sql.push_str(" AND tickets.lifecycle = :lifecycle");
        }
        match self.segment.as_ref().map(|segment| segment.by) {
            None => {}
            // The list of fields stands there so that SQLite finds the index, which is of these fields only.
            Some(SegmentBy::Industry) => sql.push_str(
                " AND tickets.id IN (SELECT ticket FROM ticket_values WHERE field IN ('industry', 'employee_range')
                    AND field = 'industry' AND value = json_object('type', 'text', 'value', :segment))",
            ),
            Some(SegmentBy::EmployeeRange) => sql.push_str(
                " AND tickets.id IN (SELECT ticket FROM ticket_values WHERE field IN ('industry', 'employee_range')
                    AND field = 'employee_range' AND value = json_object('type', 'choice', 'value', :segment))",
            ),
            Some(SegmentBy::List) => sql.push_str(
                " AND tickets.id IN (SELECT list_members.ticket FROM lists
                    JOIN list_members ON list_members.list = lists.id WHERE lists.name = :segment)",
            ),
        }
        sql
    }
}

/// Values by the names under which a statement asks for them.
#[derive(Default)]
struct Values(Vec<(&'static str, Value)>);

impl Values {
    fn put(&mut self, name: &'static str, value: impl Into<Value>) {
        self.0.push((name, value.into()));
    }

    fn put_list(&mut self, name: &'static str, list: &[&str]) {
        self.put(name, serde_json::json!(list).to_string());
    }

    fn put_stages(&mut self, name: &'static str, stages: &[StageKey]) {
        let keys: Vec<&str> = stages.iter().map(StageKey::as_str).collect();
        self.put_list(name, &keys);
    }

    fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }
}

impl Reader<'_> {
    /// Runs a statement whose values have names, and hands each row on.
    fn each(
        &self,
        sql: &str,
        values: &Values,
        mut row: impl FnMut(&Row<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut statement = self.statement(sql)?;
        for at in 1..=statement.parameter_count() {
            let name = statement.parameter_name(at).unwrap_or_default().to_owned();
            let value = values
                .get(&name)
                .ok_or_else(|| Error::unreadable("report", format!("no value is given for {name:?}")))?;
            statement.raw_bind_parameter(at, value)?;
        }
        let mut rows = statement.raw_query();
        while let Some(found) = rows.next()? {
            row(found)?;
        }
        Ok(())
    }

    /// The tickets in the first column.
    fn tickets_of(&self, sql: &str, values: &Values) -> Result<Vec<TicketId>, Error> {
        let mut tickets = Vec::new();
        self.each(sql, values, |row| {
            tickets.push(TicketId(row.get(0)?));
            Ok(())
        })?;
        Ok(tickets)
    }
}
