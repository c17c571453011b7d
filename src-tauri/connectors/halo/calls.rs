//! Every call this client makes, as data: path, query parameters, body fields and the right it needs.
//!
//! HaloPSA ignores a misspelt parameter in silence and answers with the whole tenant, so nothing is sent whose name is
//! not here, and a test holds this list against the published description of the API.

/// One call.
#[derive(Debug)]
pub(super) struct Call {
    pub path: &'static str,
    pub effect: Effect,
    /// Names of query parameters it may send.
    pub params: &'static [&'static str],
    /// Names of body fields it may send.
    pub fields: &'static [&'static str],
    /// The schema of the body's elements in the published description.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "only the test against the description reads it")
    )]
    pub schema: Option<&'static str>,
    /// The right it needs, in words for the person who has to grant it.
    pub right: &'static str,
}

/// What a call does to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Nothing: it may be repeated.
    Read,
    /// Sets what it names: done twice is as good as done once.
    Update,
    /// Makes something new: done twice makes two.
    Create,
}

const READ: Call = Call {
    path: "",
    effect: Effect::Read,
    params: &[],
    fields: &[],
    schema: None,
    right: "read the configuration (scope “all”)",
};

pub(super) const AUTH_INFO: Call = Call {
    path: "/authinfo",
    right: "reach HaloPSA",
    ..READ
};
pub(super) const INSTANCE_INFO: Call = Call {
    path: "/InstanceInfo",
    ..READ
};
pub(super) const TICKET_TYPES: Call = Call {
    path: "/TicketType",
    params: &["showall"],
    ..READ
};
pub(super) const STATUSES: Call = Call {
    path: "/Status",
    params: &["showall"],
    ..READ
};
pub(super) const OUTCOMES: Call = Call {
    path: "/Outcome",
    ..READ
};
pub(super) const AGENTS: Call = Call {
    path: "/Agent",
    params: &["includeenabled", "includedisabled", "includeapiagents"],
    right: "see agents (scope “all”)",
    ..READ
};
pub(super) const ME: Call = Call {
    path: "/Agent/me",
    right: "see agents (scope “all”)",
    ..READ
};
pub(super) const TEAMS: Call = Call { path: "/Team", ..READ };
pub(super) const FIELDS: Call = Call {
    path: "/FieldInfo",
    params: &["typeid", "includevalues"],
    ..READ
};
pub(super) const CREATE_FIELD: Call = Call {
    path: "/FieldInfo",
    effect: Effect::Create,
    params: &[],
    fields: &["name", "label", "type", "usage", "custom", "searchable", "values"],
    schema: Some("FieldInfo"),
    right: "create custom fields (an administrator's right)",
};
pub(super) const TICKETS: Call = Call {
    path: "/Tickets",
    params: &[
        "pageinate",
        "page_no",
        "page_size",
        "order",
        "orderdesc",
        "requesttype_id",
        "lastupdatefromdate",
        "include_custom_fields",
        "search_details",
    ],
    right: "see tickets (read:tickets)",
    ..READ
};
pub(super) const TICKET_IDS: Call = Call {
    params: &[
        "ticketidonly",
        "requesttype_id",
        "status_id",
        "count",
        "pageinate",
        "page_no",
        "page_size",
        "order",
    ],
    ..TICKETS
};
pub(super) const TICKET: Call = Call {
    path: "/Tickets/{id}",
    params: &["includedetails"],
    right: "see tickets (read:tickets)",
    ..READ
};
pub(super) const UPDATE_TICKETS: Call = Call {
    path: "/Tickets",
    effect: Effect::Update,
    params: &[],
    fields: TICKET_FIELDS,
    schema: Some("Faults"),
    right: "change tickets (edit:tickets)",
};
pub(super) const CREATE_TICKET: Call = Call {
    effect: Effect::Create,
    ..UPDATE_TICKETS
};
pub(super) const ACTIONS: Call = Call {
    path: "/Actions",
    params: &[
        "ticket_id",
        "count",
        "includehtmlnote",
        "includeagentdetails",
        "startdate",
        "enddate",
    ],
    right: "see the actions of tickets (read:tickets)",
    ..READ
};
pub(super) const ADD_ACTION: Call = Call {
    path: "/Actions",
    effect: Effect::Create,
    params: &[],
    fields: &[
        "ticket_id",
        "outcome_id",
        "note_html",
        "datetime",
        "timetaken",
        "hiddenfromuser",
        "sendemail",
        "who_agentid",
    ],
    schema: Some("Actions"),
    right: "add actions to tickets (edit:tickets)",
};
pub(super) const MOVE_BY_ACTION: Call = Call {
    fields: &[
        "ticket_id",
        "outcome_id",
        "note_html",
        "datetime",
        "hiddenfromuser",
        "sendemail",
        "new_status",
        "new_tickettype",
    ],
    ..ADD_ACTION
};
pub(super) const CONTACTS: Call = Call {
    path: "/Users",
    params: &[
        "pageinate",
        "page_no",
        "page_size",
        "order",
        "lastupdatefromdate",
        "includeactive",
        "includeinactive",
    ],
    right: "see contacts (read:customers)",
    ..READ
};
pub(super) const COMPANIES: Call = Call {
    path: "/Client",
    right: "see companies (read:customers)",
    ..CONTACTS
};
pub(super) const SITES: Call = Call {
    path: "/Site",
    right: "see sites (read:customers)",
    ..CONTACTS
};
pub(super) const FIND_COMPANIES: Call = Call {
    params: &[
        "pageinate",
        "page_no",
        "page_size",
        "order",
        "search",
        "includeactive",
        "includeinactive",
    ],
    ..COMPANIES
};
pub(super) const FIND_CONTACTS: Call = Call {
    params: &[
        "pageinate",
        "page_no",
        "page_size",
        "order",
        "client_id",
        "search",
        "includeactive",
        "includeinactive",
    ],
    ..CONTACTS
};
pub(super) const FIND_SITES: Call = Call {
    params: &[
        "pageinate",
        "page_no",
        "page_size",
        "order",
        "client_id",
        "includeactive",
        "includeinactive",
    ],
    ..SITES
};
pub(super) const COMPANY_IDS: Call = Call {
    params: &[
        "idonly",
        "count",
        "pageinate",
        "page_no",
        "page_size",
        "order",
        "includeactive",
        "includeinactive",
    ],
    ..COMPANIES
};
pub(super) const SITE_IDS: Call = Call {
    params: COMPANY_IDS.params,
    ..SITES
};
pub(super) const CONTACT_IDS: Call = Call {
    params: COMPANY_IDS.params,
    ..CONTACTS
};
pub(super) const COMPANY: Call = Call {
    path: "/Client/{id}",
    params: &[],
    ..COMPANIES
};
pub(super) const SITE: Call = Call {
    path: "/Site/{id}",
    params: &[],
    ..SITES
};
pub(super) const CONTACT: Call = Call {
    // In one piece it reads like a folder of a person.
    path: concat!("/Users", "/{id}"),
    params: &[],
    ..CONTACTS
};
pub(super) const CREATE_COMPANY: Call = Call {
    path: "/Client",
    effect: Effect::Create,
    params: &[],
    fields: &["name", "website", "newclient_sitename"],
    schema: Some("Area"),
    right: "add companies (edit:customers)",
};
pub(super) const CREATE_SITE: Call = Call {
    path: "/Site",
    fields: &["name", "client_id"],
    schema: Some("Site"),
    right: "add sites (edit:customers)",
    ..CREATE_COMPANY
};
pub(super) const CREATE_CONTACT: Call = Call {
    path: "/Users",
    fields: &[
        "name",
        "firstname",
        "surname",
        "emailaddress",
        "phonenumber",
        "mobilenumber",
        "client_id",
        "site_id",
    ],
    schema: Some("Users"),
    right: "add contacts (edit:customers)",
    ..CREATE_COMPANY
};
pub(super) const KEEP_PEACE: Call = Call {
    effect: Effect::Update,
    fields: &["id", "neversendmarketingemails"],
    right: "edit contacts (edit:customers)",
    ..CREATE_CONTACT
};
pub(super) const APPOINTMENTS: Call = Call {
    path: "/Appointment",
    params: &[
        "pageinate",
        "page_no",
        "page_size",
        "order",
        "start_date",
        "end_date",
        "ticket_id",
        "showall",
    ],
    right: "see the calendar (read:calendar)",
    ..READ
};
pub(super) const ADD_APPOINTMENT: Call = Call {
    path: "/Appointment",
    effect: Effect::Create,
    params: &[],
    fields: &[
        "id",
        "ticket_id",
        "is_task",
        "subject",
        "start_date",
        "end_date",
        "agent_id",
        "agents",
        "complete_status",
        "complete_date",
    ],
    schema: Some("Appointment"),
    right: "change the calendar (edit:calendar)",
};
pub(super) const CHANGE_APPOINTMENT: Call = Call {
    effect: Effect::Update,
    ..ADD_APPOINTMENT
};

/// Body fields of a ticket: ours first, then the native homes of catalogue fields.
const TICKET_FIELDS: &[&str] = &[
    "id",
    "tickettype_id",
    "status_id",
    "agent_id",
    "team",
    "client_id",
    "site_id",
    "user_id",
    "tags",
    "createdfrom_id",
    "summary",
    "details",
    "customfields",
    "donotapplytemplateintheapi",
    "oppdontaddtomailinglist",
    "oppcontactname",
    "oppcompanyname",
    "oppemailaddress",
    "oppjobtitle",
    "opptel",
    "oppvalue",
    "oppconversionprobability",
    "targetdate",
    "oppcompetitors",
    "oppreason",
];

#[cfg(test)]
mod tests {
    use domain::fields::{self, HaloHome};
    use serde_json::Value as Json;

    use super::*;

    const ALL: &[&Call] = &[
        &AUTH_INFO,
        &INSTANCE_INFO,
        &TICKET_TYPES,
        &STATUSES,
        &OUTCOMES,
        &AGENTS,
        &ME,
        &TEAMS,
        &FIELDS,
        &CREATE_FIELD,
        &TICKETS,
        &TICKET_IDS,
        &TICKET,
        &UPDATE_TICKETS,
        &CREATE_TICKET,
        &ACTIONS,
        &ADD_ACTION,
        &MOVE_BY_ACTION,
        &CONTACTS,
        &COMPANIES,
        &SITES,
        &FIND_COMPANIES,
        &FIND_CONTACTS,
        &FIND_SITES,
        &COMPANY_IDS,
        &SITE_IDS,
        &CONTACT_IDS,
        &COMPANY,
        &SITE,
        &CONTACT,
        &CREATE_COMPANY,
        &CREATE_SITE,
        &CREATE_CONTACT,
        &KEEP_PEACE,
        &APPOINTMENTS,
        &ADD_APPOINTMENT,
        &CHANGE_APPOINTMENT,
    ];

    /// What the published description of 2025 lacks, and why we use it all the same (see `notes.md`).
    const NOT_DESCRIBED: &[(&str, &str)] = &[
        (
            "/authinfo",
            "used by the vendor's own PowerShell module before signing in",
        ),
        ("/InstanceInfo", "seen live; not among the CRM paths"),
        ("include_custom_fields", "newer than the description; in production use"),
    ];

    fn described(name: &str) -> bool {
        NOT_DESCRIBED.iter().all(|(known, _)| *known != name)
    }

    #[test]
    fn every_native_home_of_the_catalogue_can_be_sent() {
        for field in fields::all() {
            if let HaloHome::Native(property) = field.halo {
                assert!(
                    UPDATE_TICKETS.fields.contains(&property),
                    "{property} is missing from the body fields"
                );
            }
        }
    }

    #[test]
    fn every_call_is_in_the_published_description() {
        let Some(folder) = std::env::var_os("LEADLINE_CONTRACTS") else {
            println!("skipped: LEADLINE_CONTRACTS does not name the folder of halopsa-crm-subset.json");
            return;
        };
        let path = std::path::Path::new(&folder).join("halopsa-crm-subset.json");
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let contract: Json = serde_json::from_str(&text).unwrap();
        for call in ALL {
            if !described(call.path) {
                continue;
            }
            let method = if call.effect == Effect::Read { "GET" } else { "POST" };
            let entry = &contract["paths"][call.path][method];
            assert!(entry.is_object(), "{method} {} is not described", call.path);
            for param in call.params.iter().filter(|param| described(param)) {
                assert!(
                    entry["params"][param].is_string(),
                    "{method} {} has no parameter {param}",
                    call.path
                );
            }
            let Some(schema) = call.schema else { continue };
            assert_eq!(entry["body"], format!("[{schema}]"), "{method} {}", call.path);
            for field in call.fields {
                assert!(
                    !contract["schemas"][schema][field].is_null(),
                    "{schema} has no field {field}"
                );
            }
        }
    }
}
