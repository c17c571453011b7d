//! Agents, contacts and companies.

use domain::{AgentId, CompanyId, ContactId, HaloAgentId, HaloCompanyId, HaloContactId};
use rusqlite::Row;

use super::Reader;
use crate::{AgentRow, Error, convert::from_json};

/// A contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactRow {
    pub id: ContactId,
    pub halo_id: HaloContactId,
    pub name: String,
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    pub phones: Vec<String>,
    pub company: Option<CompanyId>,
    pub inactive: bool,
}

const AGENT: &str = "SELECT id, name, email, initials, colour, team, inactive FROM agents";

impl Reader<'_> {
    /// Every agent that has a name, by name.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn agents(&self) -> Result<Vec<AgentRow>, Error> {
        self.list(
            &format!("{AGENT} WHERE name <> '' ORDER BY name COLLATE NOCASE, id"),
            [],
            agent_of,
        )
    }

    /// One agent.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn agent(&self, agent: AgentId) -> Result<Option<AgentRow>, Error> {
        self.first(&format!("{AGENT} WHERE id = ?1"), [agent.0], agent_of)
    }

    /// The agent with that HaloPSA id.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn agent_by_halo(&self, halo: HaloAgentId) -> Result<Option<AgentId>, Error> {
        self.first("SELECT id FROM agents WHERE halo_id = ?1", [halo.0], |row| {
            Ok(AgentId(row.get(0)?))
        })
    }

    /// HaloPSA's id of an agent.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn halo_agent(&self, agent: AgentId) -> Result<Option<HaloAgentId>, Error> {
        self.first("SELECT halo_id FROM agents WHERE id = ?1", [agent.0], |row| {
            Ok(HaloAgentId(row.get(0)?))
        })
    }

    /// One contact.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn contact(&self, contact: ContactId) -> Result<Option<ContactRow>, Error> {
        self.first(
            "SELECT id, halo_id, name, first_name, last_name, email, phones, company, inactive FROM contacts
             WHERE id = ?1",
            [contact.0],
            |row| {
                Ok(ContactRow {
                    id: ContactId(row.get("id")?),
                    halo_id: HaloContactId(row.get("halo_id")?),
                    name: row.get("name")?,
                    first_name: row.get("first_name")?,
                    last_name: row.get("last_name")?,
                    email: row.get("email")?,
                    phones: from_json("phones", &row.get::<_, String>("phones")?)?,
                    company: row.get::<_, Option<i64>>("company")?.map(CompanyId),
                    inactive: row.get("inactive")?,
                })
            },
        )
    }

    /// The contact with that HaloPSA id.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn contact_by_halo(&self, halo: HaloContactId) -> Result<Option<ContactId>, Error> {
        self.first("SELECT id FROM contacts WHERE halo_id = ?1", [halo.0], |row| {
            Ok(ContactId(row.get(0)?))
        })
    }

    /// The company with that HaloPSA id.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn company_by_halo(&self, halo: HaloCompanyId) -> Result<Option<CompanyId>, Error> {
        self.first("SELECT id FROM companies WHERE halo_id = ?1", [halo.0], |row| {
            Ok(CompanyId(row.get(0)?))
        })
    }

    /// The name of a company.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn company_name(&self, company: CompanyId) -> Result<Option<String>, Error> {
        self.first("SELECT name FROM companies WHERE id = ?1", [company.0], |row| {
            Ok(row.get(0)?)
        })
    }
}

fn agent_of(row: &Row<'_>) -> Result<AgentRow, Error> {
    Ok(AgentRow {
        id: AgentId(row.get("id")?),
        name: row.get("name")?,
        email: row.get("email")?,
        initials: row.get("initials")?,
        colour: row.get("colour")?,
        team: row.get("team")?,
        inactive: row.get("inactive")?,
    })
}
