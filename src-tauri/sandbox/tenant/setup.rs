//! What a client reads once: who is who, and how the tenant is set up. All of it is read only.

use serde_json::{Value, json};

use super::{Context, Tenant};
use crate::{
    answer::{Answer, Refusal},
    config::Config,
    query::Query,
    seed::Agent,
};

/// Whether a resource exists but takes no writes.
pub(super) fn is_read_only(resource: &str, rest: Option<&str>) -> bool {
    rest.is_none()
        && matches!(
            resource,
            "agent"
                | "team"
                | "tickettype"
                | "status"
                | "priority"
                | "outcome"
                | "category"
                | "fieldinfo"
                | "lookup"
                | "sla"
                | "clientcache"
                | "workflow"
                | "toplevel"
        )
}

impl Tenant {
    pub(super) fn read_setup(
        &self,
        resource: &str,
        rest: Option<&str>,
        query: &Query,
        context: &Context,
    ) -> Result<Answer, Refusal> {
        if resource == "agent" {
            return self.read_agents(rest, query, context);
        }
        let mut rows = match resource {
            "team" => Config::team_rows(),
            "tickettype" => self.ticket_type_rows(query),
            "status" => self.status_rows(query)?,
            "priority" => Config::priority_rows(),
            "outcome" => self.outcome_rows(query),
            "category" => Config::category_rows(query.int("type_id")?),
            "fieldinfo" => self.field_rows(query)?,
            "lookup" => match query.int("lookupid")? {
                Some(lookup) => self.config.lookup_rows(lookup),
                None if rest.is_some() => return Err(Refusal::NotFound),
                None => Vec::new(),
            },
            "sla" => vec![json!({ "id": 1, "name": "Standard", "hoursaretechslocaltime": false })],
            "workflow" => Vec::new(),
            "toplevel" => vec![json!({ "id": 1, "name": "Sample MSP customers" })],
            "clientcache" if rest.is_none() => return self.client_cache(query),
            _ => return Err(Refusal::NotFound),
        };
        match rest {
            None => Ok(Answer::json(200, &Value::Array(rows))),
            Some(rest) => {
                // A priority is known by its GUID only; a number in the path finds nothing.
                if resource == "priority" {
                    rows.retain(|row| row.get("id").and_then(Value::as_str) == Some(rest));
                } else {
                    let id = super::id(rest)?;
                    rows.retain(|row| row.get("id").and_then(Value::as_i64) == Some(id));
                }
                rows.pop().map(|row| Answer::json(200, &row)).ok_or(Refusal::NotFound)
            }
        }
    }

    fn read_agents(&self, rest: Option<&str>, query: &Query, context: &Context) -> Result<Answer, Refusal> {
        match rest {
            Some("me") => {
                let me = self.agent(context.agent).ok_or(Refusal::NotFound)?;
                Ok(Answer::json(200, &agent_row(me, true)))
            }
            Some(rest) => {
                let id = super::id(rest)?;
                let agent = self.agent(id).ok_or(Refusal::NotFound)?;
                Ok(Answer::json(200, &agent_row(agent, true)))
            }
            None => {
                let word = query.text("search").map(str::to_lowercase);
                let rows: Vec<Value> = self
                    .agents
                    .iter()
                    .filter(|agent| {
                        agent.id != super::PLACEHOLDER || query.flag("includeunassigned") || query.flag("showall")
                    })
                    .filter(|agent| !agent.disabled || query.flag("includedisabled") || query.flag("showall"))
                    .filter(|agent| !agent.api || query.flag("includeapiagents") || query.flag("showall"))
                    .filter(|agent| query.text("team").is_none_or(|team| agent.team == team))
                    .filter(|agent| {
                        word.as_ref()
                            .is_none_or(|word| agent.name.to_lowercase().contains(word))
                    })
                    .map(|agent| agent_row(agent, false))
                    .collect();
                if !query.flag("pageinate") {
                    return Ok(Answer::json(200, &Value::Array(rows)));
                }
                let number = query.int("page_no")?.unwrap_or(1).max(1);
                let size = query.int("page_size")?.unwrap_or(50).clamp(1, self.behaviour.page_cap);
                let skip = usize::try_from((number - 1) * size).unwrap_or(usize::MAX);
                let take = usize::try_from(size).unwrap_or(usize::MAX);
                let total = rows.len();
                let rows: Vec<Value> = rows.into_iter().skip(skip).take(take).collect();
                Ok(Answer::json(
                    200,
                    &json!({ "page_no": number, "page_size": size, "record_count": total, "results": rows }),
                ))
            }
        }
    }

    fn ticket_type_rows(&self, query: &Query) -> Vec<Value> {
        let sales = match query.text("domain") {
            Some("opps") => Some(true),
            Some("reqs") => Some(false),
            _ => None,
        };
        self.config
            .ticket_types
            .iter()
            .enumerate()
            .filter(|(_, kind)| sales.is_none_or(|sales| kind.sales == sales))
            .map(|(position, kind)| Config::ticket_type_row(kind, position))
            .collect()
    }

    fn status_rows(&self, query: &Query) -> Result<Vec<Value>, Refusal> {
        let kind = query.int("tickettype_id")?.filter(|id| *id > 0);
        Ok(self
            .config
            .statuses
            .iter()
            .enumerate()
            .filter(|(_, status)| {
                kind.is_none_or(|kind| {
                    status.ticket_type == kind || (status.ticket_type == 0 && !self.config.is_sales(kind))
                })
            })
            .filter(|(_, status)| !(query.flag("excludeclosed") && status.closed))
            .map(|(position, status)| Config::status_row(status, position))
            .collect())
    }

    fn outcome_rows(&self, query: &Query) -> Vec<Value> {
        self.config
            .outcomes
            .iter()
            .enumerate()
            .filter(|(_, outcome)| !outcome.system || (query.flag("showhidden") && !query.flag("excludesystemactions")))
            .map(|(position, outcome)| Config::outcome_row(outcome, position))
            .collect()
    }

    fn field_rows(&self, query: &Query) -> Result<Vec<Value>, Refusal> {
        let usage = query.int("typeid")?.filter(|id| *id > 0);
        Ok(self
            .config
            .fields
            .iter()
            .filter(|field| usage.is_none_or(|usage| field.usage == usage))
            .map(|field| Config::field_row(field, query.flag("includevalues")))
            .collect())
    }

    /// Everything a client needs to know once, in one answer.
    fn client_cache(&self, query: &Query) -> Result<Answer, Refusal> {
        if !query.flag("iscachebuild") {
            return Ok(Answer::json(200, &json!({})));
        }
        let everything = Query::parse("includevalues=true&showall=true");
        let agents: Vec<Value> = self.agents.iter().map(|agent| agent_row(agent, false)).collect();
        Ok(Answer::json(
            200,
            &json!({
                "statuses": self.status_rows(&everything)?,
                "tickettypes": self.ticket_type_rows(&everything),
                "fieldinfos": self.field_rows(&everything)?,
                "agents": agents,
                "teams": Config::team_rows(),
                "priorities": Config::priority_rows(),
                "categories": Config::category_rows(None),
                "lookups": self.config.fields.iter().filter(|field| field.lookup() > 0)
                    .flat_map(|field| self.config.lookup_rows(field.lookup())).collect::<Vec<_>>(),
            }),
        ))
    }
}

fn agent_row(agent: &Agent, detail: bool) -> Value {
    let (first, last) = agent.name.split_once(' ').unwrap_or((agent.name, ""));
    let mut row = json!({
        "id": agent.id, "guid": super::id_to_guid("agent", agent.id), "name": agent.name, "isdisabled": agent.disabled,
        "email": agent.email(), "initials": agent.initials(), "firstname": first, "surname": last,
        "colour": agent.colour, "jobtitle": agent.job, "team": agent.team, "is_agent": true, "isapiagent": agent.api,
        "onlinestatus": 0, "use": "agent",
    });
    if detail && let Some(row) = row.as_object_mut() {
        let teams: Vec<Value> = crate::config::TEAMS
            .iter()
            .filter(|(_, name, ..)| *name == agent.team)
            .map(|(id, name, ..)| json!({ "team_id": id, "team_name": name, "forrequests": true }))
            .collect();
        row.insert("teams".to_owned(), Value::Array(teams));
        row.insert("is_sales".to_owned(), json!(agent.team.contains("Sales")));
        row.insert("claims".to_owned(), json!([]));
    }
    row
}
