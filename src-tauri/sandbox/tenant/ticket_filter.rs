//! What a ticket list can be narrowed by. Whatever is not read here is ignored, as HaloPSA ignores it.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Context, Tenant, list};
use crate::{
    answer::Refusal,
    query::Query,
    record::{Key, Record},
    schema::ticket,
};

/// What a ticket list is narrowed by.
pub(super) struct Filter {
    sales: Option<bool>,
    ticket_types: Option<BTreeSet<i64>>,
    statuses: Option<BTreeSet<i64>>,
    agents: Option<BTreeSet<i64>>,
    clients: Option<BTreeSet<i64>>,
    ids: Option<BTreeSet<i64>>,
    site: Option<i64>,
    user: Option<i64>,
    parent: Option<i64>,
    priority: Option<BTreeSet<i64>>,
    team: Option<String>,
    category: Option<String>,
    closed: Option<bool>,
    /// Lower case, with the properties it is looked for in.
    words: Vec<(String, &'static [Key])>,
    between: Option<(Key, i64, i64)>,
    advanced: Vec<(Key, String)>,
}

const ANYWHERE: &[Key] = &[
    ticket::SUMMARY,
    ticket::DETAILS,
    ticket::OPPCOMPANYNAME,
    ticket::OPPCONTACTNAME,
    ticket::OPPEMAILADDRESS,
    ticket::REPORTEDBY,
];

impl Filter {
    pub(super) fn read(tenant: &Tenant, resource: &str, query: &Query, context: &Context) -> Result<Self, Refusal> {
        let set = |one: &str, many: &str| -> Result<Option<BTreeSet<i64>>, Refusal> {
            let mut ids: BTreeSet<i64> = query.ints(many).unwrap_or_default().into_iter().collect();
            ids.extend(query.int(one)?.filter(|id| *id > 0));
            Ok(Some(ids).filter(|ids| !ids.is_empty()))
        };
        let mut words = Vec::new();
        for (name, keys) in [
            ("search", ANYWHERE),
            ("search_summary", &[ticket::SUMMARY] as &[Key]),
            ("search_details", &[ticket::DETAILS]),
            ("search_oppcompanyname", &[ticket::OPPCOMPANYNAME]),
            ("search_oppcontactname", &[ticket::OPPCONTACTNAME]),
            ("search_oppemailaddress", &[ticket::OPPEMAILADDRESS]),
            ("search_reportedby", &[ticket::REPORTEDBY]),
        ] {
            if let Some(text) = query.text(name) {
                words.push((text.to_lowercase(), keys));
            }
        }
        let mut agents = set("agent_id", "agent")?;
        if query.flag("mine") {
            agents.get_or_insert_default().insert(context.agent);
        }
        let mut ids: Option<BTreeSet<i64>> = query.ints("ticketids").map(|ids| ids.into_iter().collect());
        if let Some(id) = query.int("search_id")? {
            ids.get_or_insert_default().insert(id);
        }
        let between = match query.text("datesearch").map(str::to_ascii_lowercase).as_deref() {
            Some("dateoccured" | "dateoccurred") => Some(ticket::DATEOCCURRED),
            Some("datecleared" | "dateclosed") => Some(ticket::DATECLOSED),
            _ => None,
        };
        let between = match between {
            Some(key) => Some((
                key,
                query.date("startdate")?.unwrap_or(i64::MIN),
                query.date("enddate")?.unwrap_or(i64::MAX),
            )),
            None => None,
        };
        let sales = match (resource, query.text("domain")) {
            ("opportunities", _) | (_, Some("opps")) => Some(true),
            (_, Some("reqs")) => Some(false),
            _ => None,
        };
        let mut ticket_types = set("requesttype_id", "requesttype")?;
        if resource == "projects" || query.text("domain") == Some("prjs") {
            ticket_types.get_or_insert_default().insert(22);
        }
        Ok(Self {
            sales,
            ticket_types,
            statuses: set("status_id", "status")?,
            agents,
            clients: set("client_id", "client_ids")?,
            ids,
            site: query.int("site_id")?.filter(|id| *id > 0),
            user: query.int("user_id")?.filter(|id| *id > 0),
            parent: query.int("parent_id")?.filter(|id| *id > 0),
            priority: set("priority_id", "priority")?,
            team: query.text("team").or(query.text("team_name")).map(str::to_owned),
            category: query.text("category_1").map(str::to_owned),
            closed: match (query.flag("open_only"), query.flag("closed_only")) {
                (true, _) => Some(false),
                (_, true) => Some(true),
                _ if query.denied("includeclosed") => Some(false),
                _ => None,
            },
            words,
            between,
            advanced: tenant.advanced_search(query)?,
        })
    }

    pub(super) fn keeps(&self, tenant: &Tenant, record: &Record) -> bool {
        let kind = record.int(ticket::TICKETTYPE_ID);
        let status = record.int(ticket::STATUS_ID);
        list::among(self.ticket_types.as_ref(), kind)
            && list::among(self.statuses.as_ref(), status)
            && list::among(self.agents.as_ref(), record.int(ticket::AGENT_ID))
            && list::among(self.clients.as_ref(), record.int(ticket::CLIENT_ID))
            && list::among(self.ids.as_ref(), record.id)
            && self.sales.is_none_or(|sales| tenant.config.is_sales(kind) == sales)
            && self
                .closed
                .is_none_or(|closed| tenant.config.is_closed(status) == closed)
            && self.site.is_none_or(|site| record.int(ticket::SITE_ID) == site)
            && self.user.is_none_or(|user| record.int(ticket::USER_ID) == user)
            && self.parent.is_none_or(|parent| record.int(ticket::PARENT_ID) == parent)
            && self
                .priority
                .as_ref()
                .is_none_or(|wanted| wanted.contains(&record.int(ticket::PRIORITY_ID)))
            && self
                .team
                .as_ref()
                .is_none_or(|team| record.text(ticket::TEAM).eq_ignore_ascii_case(team))
            && self
                .category
                .as_ref()
                .is_none_or(|category| record.text(ticket::CATEGORY_1) == category)
            && self
                .between
                .is_none_or(|(key, from, to)| record.date(key).is_some_and(|at| (from..=to).contains(&at)))
            && self
                .advanced
                .iter()
                .all(|(key, wanted)| tenant.equals(record, *key, wanted))
            && self.words.iter().all(|(word, keys)| {
                keys.iter().any(|key| record.text(*key).to_lowercase().contains(word))
                    || (keys.len() > 1 && record.id.to_string() == *word)
            })
    }
}

impl Tenant {
    /// `advanced_search=[{"filter_name":"status_id","filter_type":2,"filter_value":"24"}]`.
    fn advanced_search(&self, query: &Query) -> Result<Vec<(Key, String)>, Refusal> {
        let Some(text) = query.text("advanced_search") else {
            return Ok(Vec::new());
        };
        let invalid = || Refusal::text("Invalid advanced search parameter");
        let filters: Vec<Value> = serde_json::from_str(text).map_err(|_| invalid())?;
        filters
            .iter()
            .map(|filter| {
                let name = filter.get("filter_name").and_then(Value::as_str).ok_or_else(invalid)?;
                let (key, _) = self.tickets.schema.find(name).ok_or_else(invalid)?;
                let value = filter.get("filter_value").ok_or_else(invalid)?;
                Ok((key, value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
            })
            .collect()
    }

    fn equals(&self, record: &Record, key: Key, wanted: &str) -> bool {
        record.text(key).eq_ignore_ascii_case(wanted)
            || wanted
                .parse()
                .is_ok_and(|number: i64| number != 0 && record.int(key) == number)
    }
}
