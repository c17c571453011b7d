//! What a token may do: scopes and the rights they give.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// Something a token allows. Effective is what the scope AND the agent's role allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    ReadTickets,
    EditTickets,
    ReadCustomers,
    EditCustomers,
    ReadCrm,
    EditCrm,
    ReadSales,
    EditSales,
    ReadCalendar,
    EditCalendar,
    Admin,
}

impl Right {
    /// Every right there is.
    pub const ALL: [Self; 11] = [
        Self::ReadTickets,
        Self::EditTickets,
        Self::ReadCustomers,
        Self::EditCustomers,
        Self::ReadCrm,
        Self::EditCrm,
        Self::ReadSales,
        Self::EditSales,
        Self::ReadCalendar,
        Self::EditCalendar,
        Self::Admin,
    ];

    /// What a scope gives; `None` when there is no such scope.
    pub fn of_scope(scope: &str) -> Option<Vec<Self>> {
        Some(match scope {
            "all" => Self::ALL.to_vec(),
            "all:standard" => Self::ALL.into_iter().filter(|right| *right != Self::Admin).collect(),
            "admin" | "admin:webhooks" => vec![Self::Admin],
            "read:tickets" => vec![Self::ReadTickets],
            "edit:tickets" => vec![Self::EditTickets],
            "read:customers" => vec![Self::ReadCustomers],
            "edit:customers" => vec![Self::EditCustomers],
            "read:crm" => vec![Self::ReadCrm],
            "edit:crm" => vec![Self::EditCrm],
            "read:sales" => vec![Self::ReadSales],
            "edit:sales" => vec![Self::EditSales],
            "read:calendar" => vec![Self::ReadCalendar],
            "edit:calendar" => vec![Self::EditCalendar],
            "all:teams" | "offline_access" | "access:chat" | "access:adpasswordreset" => Vec::new(),
            other => {
                let (verb, area) = other.split_once(':')?;
                let areas = [
                    "contracts",
                    "suppliers",
                    "items",
                    "projects",
                    "quotes",
                    "sos",
                    "pos",
                    "invoices",
                    "reporting",
                    "software",
                    "softwarelicensing",
                    "kb",
                    "assets",
                    "timesheets",
                ];
                let known = areas.contains(&area)
                    && (matches!(verb, "read" | "edit") || (verb == "editMine" && area == "timesheets"));
                known.then(Vec::new)?
            }
        })
    }
}

/// What several scopes, separated by spaces, give together; `None` when one of them does not exist.
pub fn of_scopes(scopes: &str) -> Option<BTreeSet<Right>> {
    let mut rights = BTreeSet::new();
    for scope in scopes.split_whitespace() {
        rights.extend(Right::of_scope(scope)?);
    }
    Some(rights)
}
