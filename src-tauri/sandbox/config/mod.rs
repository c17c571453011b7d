//! How the tenant is set up: ticket types, statuses, outcomes, priorities, teams, categories, custom fields.
//!
//! Ids are this tenant's own and mean nothing elsewhere. The sales part follows the three lifecycles that the sample data
//! uses; the rest is what any HaloPSA has.

mod fields;

use std::borrow::Cow;

use serde_json::{Value, json};

pub use fields::{CHECK, CustomField, DATE, FIELDS, LEAD_SOURCES, MULTI, Options, SELECT, TEXT};

use crate::Setup;

/// A ticket type.
#[derive(Clone, Debug)]
pub struct TicketType {
    pub id: i64,
    pub name: Cow<'static, str>,
    /// Whether it belongs to the Sales area.
    pub sales: bool,
    pub itil: i64,
}

pub const INCIDENT: i64 = 1;
pub const LEAD: i64 = 41;
pub const PROSPECT: i64 = 42;
pub const OPPORTUNITY: i64 = 43;

const fn ticket_type(id: i64, name: &'static str, sales: bool, itil: i64) -> TicketType {
    TicketType {
        id,
        name: Cow::Borrowed(name),
        sales,
        itil,
    }
}

static TICKET_TYPES: &[TicketType] = &[
    ticket_type(INCIDENT, "Incident", false, 1),
    ticket_type(2, "Change Request", false, 2),
    ticket_type(3, "Service Request", false, 3),
    ticket_type(4, "Problem", false, 4),
    ticket_type(22, "Project", false, 22),
    ticket_type(LEAD, "Lead", true, 21),
    ticket_type(PROSPECT, "Prospect", true, 21),
    ticket_type(OPPORTUNITY, "Opportunity", true, 20),
];

/// A status.
#[derive(Clone, Debug)]
pub struct Status {
    pub id: i64,
    pub name: Cow<'static, str>,
    pub closed: bool,
    /// The ticket type it is offered on; 0 for all service types.
    pub ticket_type: i64,
    pub colour: &'static str,
}

const fn status(id: i64, name: &'static str, closed: bool, ticket_type: i64, colour: &'static str) -> Status {
    Status {
        id,
        name: Cow::Borrowed(name),
        closed,
        ticket_type,
        colour,
    }
}

pub const STATUS_NEW: i64 = 1;
pub const STATUS_CLOSED: i64 = 9;

static STATUSES: &[Status] = &[
    status(STATUS_NEW, "New", false, 0, "#e94c4c"),
    status(2, "In Progress", false, 0, "#3b97d3"),
    status(3, "Action Required", false, 0, "#e9a64c"),
    status(4, "With User", false, 0, "#8e6fd8"),
    status(5, "With Supplier", false, 0, "#6f8fd8"),
    status(8, "Resolved", true, 0, "#5fae62"),
    status(STATUS_CLOSED, "Closed", true, 0, "#5fae62"),
    status(21, "On Hold", false, 0, "#999999"),
    status(51, "New Lead", false, LEAD, "#90caf9"),
    status(52, "Researching", false, LEAD, "#64b5f6"),
    status(53, "Contacted", false, LEAD, "#42a5f5"),
    status(54, "Engaged", false, LEAD, "#1e88e5"),
    status(55, "No Interest", true, LEAD, "#9e9e9e"),
    status(56, "Do Not Contact", true, LEAD, "#616161"),
    status(57, "Invalid Data", true, LEAD, "#bdbdbd"),
    status(61, "New Prospect", false, PROSPECT, "#ce93d8"),
    status(62, "Prospecting", false, PROSPECT, "#ab47bc"),
    status(63, "Qualified", false, PROSPECT, "#8e24aa"),
    status(64, "Disqualified", true, PROSPECT, "#9e9e9e"),
    status(71, "New Opportunity", false, OPPORTUNITY, "#a5d6a7"),
    status(72, "Progressing", false, OPPORTUNITY, "#66bb6a"),
    status(73, "Negotiation", false, OPPORTUNITY, "#43a047"),
    status(74, "Won", true, OPPORTUNITY, "#1b5e20"),
    status(75, "Lost", true, OPPORTUNITY, "#b71c1c"),
];

/// An outcome: the kind of an action.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub id: i64,
    pub name: Cow<'static, str>,
    pub hide_from_user: bool,
    /// Written by HaloPSA itself; cannot be chosen.
    pub system: bool,
    /// The status it puts the ticket in; 0 for none.
    pub new_status: i64,
    /// Kept for some: choosing it is refused as "not at the moment".
    pub restricted: bool,
}

pub const OUTCOME_EMAIL: i64 = 5;
pub const OUTCOME_NOTE: i64 = 7;
pub const OUTCOME_CALL: i64 = 103;
pub const OUTCOME_MEETING: i64 = 104;
pub const OUTCOME_TASK: i64 = 105;
pub const OUTCOME_LOGGED: i64 = 201;
pub const OUTCOME_STATUS: i64 = 202;
pub const OUTCOME_ASSIGNED: i64 = 203;
pub const OUTCOME_TYPE: i64 = 204;

const fn outcome(id: i64, name: &'static str, hide_from_user: bool, system: bool) -> Outcome {
    Outcome {
        id,
        name: Cow::Borrowed(name),
        hide_from_user,
        system,
        new_status: 0,
        restricted: false,
    }
}

static OUTCOMES: &[Outcome] = &[
    outcome(OUTCOME_EMAIL, "Email User", false, false),
    outcome(OUTCOME_NOTE, "Private Note", true, false),
    Outcome {
        id: 9,
        name: Cow::Borrowed("Close Ticket"),
        hide_from_user: false,
        system: false,
        new_status: STATUS_CLOSED,
        restricted: false,
    },
    Outcome {
        id: 31,
        name: Cow::Borrowed("Approve Change"),
        hide_from_user: false,
        system: false,
        new_status: 0,
        restricted: true,
    },
    outcome(OUTCOME_CALL, "Phone Call", true, false),
    outcome(OUTCOME_MEETING, "Meeting", true, false),
    outcome(OUTCOME_TASK, "Task", true, false),
    outcome(OUTCOME_LOGGED, "Ticket Logged", true, true),
    outcome(OUTCOME_STATUS, "Status Changed", true, true),
    outcome(OUTCOME_ASSIGNED, "Re-Assigned", true, true),
    outcome(OUTCOME_TYPE, "Ticket Type Changed", true, true),
];

/// Priority numbers and names; each is valid with SLA 1.
pub static PRIORITIES: &[(i64, &str, &str)] = &[
    (1, "Critical", "#d32f2f"),
    (2, "High", "#f57c00"),
    (3, "Medium", "#fbc02d"),
    (4, "Low", "#7cb342"),
];

/// Teams: id, name, for requests, for opportunities, for projects.
pub static TEAMS: &[(i64, &str, bool, bool, bool)] = &[
    (1, "1st Line Support", true, false, false),
    (2, "2nd Line Support", true, false, false),
    (3, "Projects", false, false, true),
    (4, "Sales", false, true, false),
    (5, "Sales Development", false, true, false),
    (6, "Account Management", true, true, false),
];

/// Categories by level.
static CATEGORIES: &[(i64, i64, &str)] = &[
    (1, 1, "Hardware"),
    (2, 1, "Hardware>Laptop"),
    (3, 1, "Hardware>Printer"),
    (4, 1, "Software"),
    (5, 1, "Software>Microsoft 365"),
    (6, 1, "Network"),
    (7, 1, "Network>Wi-Fi"),
    (8, 1, "Security"),
    (9, 1, "New business"),
    (10, 1, "Existing customer"),
    (21, 2, "Cause>User"),
    (22, 2, "Cause>Supplier"),
    (23, 2, "Cause>Ourselves"),
];

/// The parts of the tenant that exist, once what the caller wants to be missing is taken out.
#[derive(Clone, Debug)]
pub struct Config {
    pub ticket_types: Vec<TicketType>,
    pub statuses: Vec<Status>,
    pub outcomes: Vec<Outcome>,
    pub fields: Vec<CustomField>,
}

impl Config {
    pub fn new(setup: &Setup) -> Self {
        let has = |name: &str| !setup.without.iter().any(|missing| missing.eq_ignore_ascii_case(name));
        Self {
            ticket_types: TICKET_TYPES.iter().filter(|kind| has(&kind.name)).cloned().collect(),
            statuses: STATUSES.iter().filter(|status| has(&status.name)).cloned().collect(),
            outcomes: OUTCOMES.iter().filter(|outcome| has(&outcome.name)).cloned().collect(),
            fields: FIELDS
                .iter()
                .filter(|field| has(&field.label) && has(&field.name))
                .cloned()
                .collect(),
        }
    }

    pub fn ticket_type(&self, id: i64) -> Option<&TicketType> {
        self.ticket_types.iter().find(|kind| kind.id == id)
    }

    pub fn status(&self, id: i64) -> Option<&Status> {
        self.statuses.iter().find(|status| status.id == id)
    }

    pub fn outcome(&self, id: i64) -> Option<&Outcome> {
        self.outcomes.iter().find(|outcome| outcome.id == id)
    }

    /// An outcome by its id, whether or not this tenant still has it.
    pub fn known_outcome(id: i64) -> Option<&'static Outcome> {
        OUTCOMES.iter().find(|outcome| outcome.id == id)
    }

    /// A status by its id, whether or not this tenant still has it.
    pub fn known_status(id: i64) -> Option<&'static Status> {
        STATUSES.iter().find(|status| status.id == id)
    }

    /// A ticket type by its id, whether or not this tenant still has it.
    pub fn known_type(id: i64) -> Option<&'static TicketType> {
        TICKET_TYPES.iter().find(|kind| kind.id == id)
    }

    /// Whether tickets of that type belong to the Sales area.
    pub fn is_sales(&self, ticket_type: i64) -> bool {
        matches!(ticket_type, LEAD | PROSPECT | OPPORTUNITY)
    }

    /// Whether that status ends a ticket.
    pub fn is_closed(&self, status: i64) -> bool {
        STATUSES.iter().any(|known| known.id == status && known.closed)
    }

    /// Whether the tenant has a category of that level and name.
    pub fn has_category(&self, level: i64, name: &str) -> bool {
        CATEGORIES
            .iter()
            .any(|(_, of, known)| *of == level && known.eq_ignore_ascii_case(name))
    }

    pub fn ticket_type_row(kind: &TicketType, position: usize) -> Value {
        json!({
            "id": kind.id, "guid": crate::tenant::id_to_guid("type", kind.id), "name": kind.name, "use": "tickettype",
            "sequence": position, "group_id": i64::from(kind.sales) + 1,
            "group_name": if kind.sales { "Sales" } else { "Service Desk" },
            "itilrequesttype": kind.itil, "workflow_id": 0, "cancreate": true, "agentscanselect": true, "default_sla": 1,
            "default_priority": 3, "initial_status": STATUS_NEW, "visible": true,
        })
    }

    pub fn status_row(status: &Status, position: usize) -> Value {
        let short: String = status.name.chars().filter(|c| c.is_alphabetic()).take(8).collect();
        json!({
            "id": status.id, "guid": crate::tenant::id_to_guid("status", status.id), "name": status.name, "shortname": short,
            "type": 0, "sequence": position, "colour": status.colour, "slaaction": "N",
            "showonquickchange": !status.closed, "ticket_count": 0,
        })
    }

    pub fn outcome_row(outcome: &Outcome, position: usize) -> Value {
        json!({
            "id": outcome.id, "guid": crate::tenant::id_to_guid("outcome", outcome.id), "outcome": outcome.name,
            "buttonname": outcome.name, "labellong": outcome.name, "sequence": position, "hidden": outcome.system,
            "systemid": if outcome.system { outcome.id } else { 0 },
            "newstatus": if outcome.new_status == 0 { -1 } else { outcome.new_status },
            "sendemail": i64::from(outcome.id == OUTCOME_EMAIL), "hidefromuser": outcome.hide_from_user,
            "requesttype": 0, "workflow_id": 0, "icon": "",
        })
    }

    pub fn field_row(field: &CustomField, values: bool) -> Value {
        let mut row = json!({
            "id": field.id, "guid": crate::tenant::id_to_guid("field", field.id), "name": field.name,
            "label": field.label, "labellong": field.label, "summary": "", "hint": "", "type": field.kind, "custom": 1,
            "usage": field.usage, "lookup": field.lookup(), "inputtype": field.input,
            "characterlimit": if field.kind == TEXT { 255 } else { 0 }, "mandatory": false, "readonly": false,
            "searchable": true, "tab_name": if field.usage == 1 { "Sales" } else { "" }, "regex": "",
        });
        if values && let Some(row) = row.as_object_mut() {
            let options: Vec<Value> = field
                .options
                .iter()
                .enumerate()
                .map(|(index, name)| json!({ "lookupid": field.lookup(), "id": index + 1, "name": name }))
                .collect();
            row.insert("values".to_owned(), Value::Array(options));
        }
        row
    }

    pub fn priority_rows() -> Vec<Value> {
        PRIORITIES
            .iter()
            .map(|(id, name, colour)| {
                json!({
                    "id": crate::tenant::id_to_guid("priority", *id), "slaid": 1, "priorityid": id, "name": name,
                    "fixtime": 8.0, "fixunits": "H", "responsetime": 1.0, "responseunits": "H", "ishidden": false,
                    "colour": colour,
                })
            })
            .collect()
    }

    pub fn team_rows() -> Vec<Value> {
        TEAMS
            .iter()
            .map(|(id, name, requests, opps, projects)| {
                json!({
                    "id": id, "guid": crate::tenant::id_to_guid("team", *id), "name": name, "sequence": id,
                    "forrequests": requests, "foropps": opps, "forprojects": projects, "ticket_count": 0,
                    "department_id": 1, "department_name": "Sample MSP", "inactive": false, "use": "team",
                })
            })
            .collect()
    }

    pub fn category_rows(level: Option<i64>) -> Vec<Value> {
        CATEGORIES
            .iter()
            .filter(|(_, of, _)| level.is_none_or(|level| level == *of))
            .map(|(id, level, name)| json!({ "id": id, "type_id": level, "category_name": name, "value": name, "sla_id": 0 }))
            .collect()
    }

    /// A pick list: the options of a custom field, or one of HaloPSA's own.
    pub fn lookup_rows(&self, lookup: i64) -> Vec<Value> {
        let named: Vec<&str> = match lookup {
            11 => vec![
                "Charge rates",
                "Appointment types",
                "Notification events",
                "Closure categories",
            ],
            17 => vec!["Standard", "Out of hours"],
            63 => vec!["Meeting", "Call", "On site"],
            _ => self
                .fields
                .iter()
                .find(|field| field.lookup() == lookup)
                .map(|field| field.options.iter().collect())
                .unwrap_or_default(),
        };
        named
            .iter()
            .enumerate()
            .map(|(index, name)| json!({ "lookupid": lookup, "id": index + 1, "name": name, "sequence": index + 1, "value2": "" }))
            .collect()
    }
}
