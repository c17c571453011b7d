//! The tenant itself: its rows, and what a request does to them. No HTTP here.
//!
//! Start with [`Tenant::read`] and [`Tenant::write`], which send a request to the file of its resource. Everything is
//! deterministic: the same requests at the same moments make the same tenant, which is what a restart relies on.

mod actions;
mod administration;
mod customers;
mod drawers;
mod fields;
mod list;
mod render;
mod setup;
mod ticket_filter;
mod tickets;

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use serde_json::Value;

use crate::{
    Behaviour, Options,
    answer::{Answer, Refusal},
    auth::Right,
    config::Config,
    query::Query,
    record::{Moment, Record, Schema},
    schema,
    seed::{Agent, Seed},
};
pub use administration::Administration;
pub use render::{CustomWanted, Look};
pub use tickets::to_html;

/// The agent "Unassigned", the client "Unknown", its site and its "General User" all have this id.
pub const PLACEHOLDER: i64 = 1;

/// The rows of one resource.
#[derive(Debug)]
pub struct Table {
    pub schema: &'static Schema,
    rows: BTreeMap<i64, Record>,
    next_id: i64,
}

impl Table {
    fn new(schema: &'static Schema, first_id: i64) -> Self {
        Self {
            schema,
            rows: BTreeMap::new(),
            next_id: first_id,
        }
    }

    /// A row that is there and not deleted.
    pub fn get(&self, id: i64) -> Option<&Record> {
        self.rows.get(&id).filter(|record| !record.deleted)
    }

    /// Every row that is not deleted, by id.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Record> {
        self.rows.values().filter(|record| !record.deleted)
    }

    /// Stores a row.
    pub fn put(&mut self, record: Record) {
        self.next_id = self.next_id.max(record.id + 1);
        self.rows.insert(record.id, record);
    }

    /// A fresh id.
    pub fn take_id(&mut self) -> i64 {
        self.next_id += 1;
        self.next_id - 1
    }
}

/// Who asks, when, and what a fault makes of the answer.
#[derive(Clone, Debug)]
pub struct Context {
    pub now: Moment,
    pub agent: i64,
    pub rights: BTreeSet<Right>,
    pub twist: Twist,
}

/// What a fault changes in an answer that is otherwise given as usual.
#[derive(Clone, Debug, Default)]
pub struct Twist {
    /// Moves the window of a page: as if rows had come or gone since the last page.
    pub row_shift: i64,
    /// Keeps so many rows of a page back while `record_count` counts them.
    pub hidden_rows: usize,
    /// Put into `_warning` of the records a POST returns.
    pub warning: Option<String>,
    /// Whether a POST answers with the other spelling of some names, whatever the behaviour says.
    pub drift: Option<bool>,
}

/// A request without its HTTP.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// `GET`, `POST` or `DELETE`.
    pub method: &'a str,
    /// Lower case, below `/api/`, without slashes at the ends: `tickets/2174`.
    pub path: &'a str,
    pub query: Query,
    pub body: &'a [u8],
}

/// A HaloPSA tenant.
#[derive(Debug)]
pub struct Tenant {
    pub config: Config,
    pub behaviour: Behaviour,
    pub agents: Vec<Agent>,
    pub tickets: Table,
    pub users: Table,
    pub clients: Table,
    pub sites: Table,
    /// Timelines that somebody has written to; the others are told by the seed when asked for.
    actions: BTreeMap<i64, Vec<Record>>,
    drawers: Vec<Table>,
    seed: Seed,
    /// How often each ticket was written, creation included, actions not.
    pub ticket_writes: BTreeMap<i64, u64>,
    /// How many actions each ticket was given from outside.
    pub action_writes: BTreeMap<i64, u64>,
    /// How many elements the last write took before it ended or was refused.
    pub taken: usize,
}

/// Splits `tickets/2174/…`.
struct Path<'a> {
    resource: &'a str,
    rest: Option<&'a str>,
}

impl Tenant {
    /// A tenant with its sample data, which ends at `now`.
    pub fn new(options: &Options, now: Moment) -> Self {
        let (seed, first_ids) = Seed::new(options.seed, options.tickets, now);
        let mut tenant = Self {
            config: Config::new(&options.setup),
            behaviour: options.behaviour.clone(),
            agents: Agent::all(),
            tickets: Table::new(&schema::ticket::SCHEMA, first_ids.tickets),
            users: Table::new(&schema::user::SCHEMA, first_ids.users),
            clients: Table::new(&schema::client::SCHEMA, first_ids.clients),
            sites: Table::new(&schema::site::SCHEMA, first_ids.sites),
            actions: BTreeMap::new(),
            drawers: drawers::empty(),
            seed,
            ticket_writes: BTreeMap::new(),
            action_writes: BTreeMap::new(),
            taken: 0,
        };
        tenant.fill();
        tenant
    }

    fn fill(&mut self) {
        let seed = std::mem::take(&mut self.seed);
        seed.fill(self);
        self.seed = seed;
    }

    /// Answers a GET.
    ///
    /// # Errors
    /// A refusal in the form in which HaloPSA puts it.
    pub fn read(&self, request: &Request<'_>, context: &Context) -> Result<Answer, Refusal> {
        let path = split(request.path);
        demand(context, right_to_read(path.resource))?;
        let query = &request.query;
        match (path.resource, path.rest) {
            ("tickets" | "opportunities" | "projects", None) => self.list_tickets(path.resource, query, context),
            ("tickets" | "opportunities" | "projects", Some(rest)) => {
                self.ticket_detail(path.resource, id(rest)?, query)
            }
            ("users", None) => self.list_users(query, context),
            ("users", Some("me")) => Err(Refusal::NotFound),
            ("client", None) => self.list_clients(query, context),
            ("client", Some("me")) => Err(Refusal::NotFound),
            ("site", None) => self.list_sites(query, context),
            ("users" | "client" | "site", Some(rest)) => self.customer_detail(path.resource, id(rest)?),
            ("actions", None) => self.list_actions(query, context),
            ("actions", Some(rest)) => self.action_detail(id(rest)?, query),
            (resource, rest) => match self.drawer(resource) {
                Some(drawer) => self.read_drawer(drawer, rest, query, context),
                None => self.read_setup(resource, rest, query, context),
            },
        }
    }

    /// Answers a POST or a DELETE. What was done before a refusal stays done, as it does in HaloPSA: elements of an array
    /// are taken one after the other.
    ///
    /// # Errors
    /// A refusal in the form in which HaloPSA puts it.
    pub fn write(&mut self, request: &Request<'_>, context: &Context) -> Result<Answer, Refusal> {
        let path = split(request.path);
        if request.method == "DELETE" {
            demand(context, right_to_edit(path.resource))?;
            let answer = self.delete(&path, &request.query, context)?;
            self.taken = 1;
            return Ok(answer);
        }
        match (path.resource, path.rest) {
            ("tickets" | "opportunities" | "projects", None) => {
                demand(context, right_to_edit(path.resource))?;
                self.post_tickets(request.body, context)
            }
            ("tickets", Some("object")) => {
                demand(context, right_to_edit(path.resource))?;
                self.post_tickets(request.body, context)
            }
            ("users" | "client" | "site", None) => {
                demand(context, right_to_edit(path.resource))?;
                self.post_customers(path.resource, request.body, context)
            }
            ("actions", None) => {
                demand(context, right_to_edit(path.resource))?;
                self.post_actions(request.body, context)
            }
            ("fieldinfo", None) if self.behaviour.create_fields => {
                demand(context, Some(Right::Admin))?;
                self.post_fields(request.body)
            }
            // HaloPSA documents a POST here; nobody has ever made it work (contract, section 3.4).
            ("fieldinfo", None) => Err(Refusal::text("No matching custom table")),
            (resource, None) if self.drawer(resource).is_some() => {
                demand(context, right_to_edit(resource))?;
                self.post_drawer(resource, request.body, context)
            }
            (resource, rest) if setup::is_read_only(resource, rest) => Err(Refusal::Forbidden),
            _ => Err(Refusal::NotFound),
        }
    }

    fn delete(&mut self, path: &Path<'_>, query: &Query, context: &Context) -> Result<Answer, Refusal> {
        let Some(rest) = path.rest else {
            return Err(Refusal::MethodNotAllowed("GET, POST"));
        };
        let id = if path.resource == "webhook" {
            guid_to_id(rest).ok_or(Refusal::NotFound)?
        } else {
            id(rest)?
        };
        match path.resource {
            "tickets" | "opportunities" | "projects" => {
                let record = self
                    .tickets
                    .rows
                    .get_mut(&id)
                    .filter(|record| !record.deleted)
                    .ok_or(Refusal::NotFound)?;
                record.deleted = true;
                record.updated = context.now;
                *self.ticket_writes.entry(id).or_default() += 1;
                Ok(Answer::empty(204))
            }
            "actions" => self.delete_action(id, query),
            "users" | "client" | "site" => {
                let table = match path.resource {
                    "users" => &mut self.users,
                    "client" => &mut self.clients,
                    _ => &mut self.sites,
                };
                if id == PLACEHOLDER {
                    return Err(Refusal::text("This record cannot be deleted"));
                }
                let record = table
                    .rows
                    .get_mut(&id)
                    .filter(|record| !record.deleted)
                    .ok_or(Refusal::NotFound)?;
                record.deleted = true;
                record.updated = context.now;
                Ok(Answer::empty(204))
            }
            "calllog" => Err(Refusal::MethodNotAllowed("GET, POST")),
            resource if self.drawer(resource).is_some() => self.delete_from_drawer(resource, id),
            resource if setup::is_read_only(resource, None) => Err(Refusal::Forbidden),
            _ => Err(Refusal::NotFound),
        }
    }

    /// The timeline of a ticket, oldest first.
    pub fn actions_of(&self, ticket: i64) -> Cow<'_, [Record]> {
        match self.actions.get(&ticket) {
            Some(actions) => Cow::Borrowed(actions),
            None => Cow::Owned(self.seed.actions(ticket)),
        }
    }

    /// The agent with that id.
    pub fn agent(&self, id: i64) -> Option<&Agent> {
        self.agents.iter().find(|agent| agent.id == id)
    }

    /// One ticket with everything, as `GET /Tickets/{id}` shows it.
    pub fn ticket_value(&self, id: i64) -> Option<Value> {
        let record = self.tickets.get(id)?;
        serde_json::to_value(self.row(&self.tickets, record, &Look::detail())).ok()
    }

    /// The timeline of a ticket as JSON, oldest first.
    pub fn action_values(&self, ticket: i64) -> Vec<Value> {
        let look = Look::detail();
        self.actions_of(ticket)
            .iter()
            .filter(|action| !action.deleted)
            .filter_map(|action| serde_json::to_value(self.action_row(action, &look)).ok())
            .collect()
    }
}

fn split(path: &str) -> Path<'_> {
    match path.split_once('/') {
        Some((resource, rest)) => Path {
            resource,
            rest: Some(rest),
        },
        None => Path {
            resource: path,
            rest: None,
        },
    }
}

/// An id in a path. One that is no number is a 400, not a 404.
fn id(text: &str) -> Result<i64, Refusal> {
    text.parse().map_err(|_| Refusal::Binding {
        path: "id".to_owned(),
        message: format!("The value '{text}' is not valid."),
    })
}

fn demand(context: &Context, right: Option<Right>) -> Result<(), Refusal> {
    match right {
        Some(right) if !context.rights.contains(&right) => Err(Refusal::Forbidden),
        _ => Ok(()),
    }
}

fn right_to_read(resource: &str) -> Option<Right> {
    Some(match resource {
        "tickets" | "actions" | "projects" | "attachment" | "audit" => Right::ReadTickets,
        "opportunities" => Right::ReadSales,
        "users" | "client" | "site" => Right::ReadCustomers,
        "calllog" | "crmnote" | "distributionlists" => Right::ReadCrm,
        "appointment" => Right::ReadCalendar,
        "webhook" | "webhookevent" | "notification" => Right::Admin,
        _ => return None,
    })
}

fn right_to_edit(resource: &str) -> Option<Right> {
    Some(match resource {
        "tickets" | "actions" | "projects" | "attachment" | "tags" | "viewlists" => Right::EditTickets,
        "opportunities" => Right::EditSales,
        "users" | "client" | "site" => Right::EditCustomers,
        "calllog" | "crmnote" | "distributionlists" => Right::EditCrm,
        "appointment" => Right::EditCalendar,
        _ => Right::Admin,
    })
}

/// A GUID that stands for a number: the same one every time.
pub fn id_to_guid(family: &str, id: i64) -> String {
    let family = family.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    format!("{family:08x}-5a4d-4b0c-8e5f-{id:012x}")
}

/// The number that a GUID of [`id_to_guid`] stands for.
pub fn guid_to_id(guid: &str) -> Option<i64> {
    i64::from_str_radix(guid.rsplit('-').next()?, 16).ok()
}
