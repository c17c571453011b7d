//! Agents, contacts and companies.

use domain::{
    AgentId, CompanyId, ContactId, HaloAgentId, HaloCompanyId, HaloContactId, HaloSiteId, SiteId, TicketId,
    company_name,
};
use rusqlite::Row;

use super::Reader;
use crate::{AgentRow, Error, convert::from_json};

/// A company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompanyRow {
    pub id: CompanyId,
    /// `None` until HaloPSA has it.
    pub halo_id: Option<HaloCompanyId>,
    pub name: String,
    pub website: String,
    pub inactive: bool,
}

/// A site of a company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteRow {
    pub id: SiteId,
    /// `None` until HaloPSA has it.
    pub halo_id: Option<HaloSiteId>,
    pub company: Option<CompanyId>,
    pub name: String,
}

/// A contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactRow {
    pub id: ContactId,
    /// `None` until HaloPSA has it.
    pub halo_id: Option<HaloContactId>,
    pub name: String,
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    pub phones: Vec<String>,
    pub company: Option<CompanyId>,
    pub site: Option<SiteId>,
    pub inactive: bool,
}

/// A contact that HaloPSA has and uses, as it is compared with others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownContact {
    pub contact: ContactRow,
    /// The name of the company.
    pub company: String,
    pub website: String,
    /// How many tickets here are about it.
    pub tickets: u32,
}

/// What a query for choices returns at most.
const MOST_CHOICES: u32 = 20;

const COMPANY: &str = "SELECT id, halo_id, name, website, inactive FROM companies";
const SITE: &str = "SELECT id, halo_id, company, name FROM sites";
const CONTACT: &str =
    "SELECT id, halo_id, name, first_name, last_name, email, phones, company, site, inactive FROM contacts";

/// Contacts that HaloPSA has and uses, each with the company and how many tickets here are about it.
const KNOWN_CONTACT: &str = "SELECT contacts.id AS id, contacts.halo_id AS halo_id, contacts.name AS name, \
     contacts.first_name AS first_name, contacts.last_name AS last_name, contacts.email AS email, \
     contacts.phones AS phones, contacts.company AS company, contacts.site AS site, contacts.inactive AS inactive, \
     coalesce(companies.name, '') AS company_name, coalesce(companies.website, '') AS website, \
     (SELECT count(*) FROM tickets WHERE tickets.contact_id = contacts.id AND tickets.contact_id IS NOT NULL \
        AND tickets.removed = 0) AS tickets \
     FROM contacts LEFT JOIN companies ON companies.id = contacts.company \
     WHERE contacts.halo_id IS NOT NULL AND contacts.inactive = 0 AND contacts.removed = 0 \
        AND contacts.same_as IS NULL AND contacts.name <> ''";

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

    /// One contact, whatever became of it.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn contact(&self, contact: ContactId) -> Result<Option<ContactRow>, Error> {
        self.first(&format!("{CONTACT} WHERE id = ?1"), [contact.0], contact_of)
    }

    /// One contact that HaloPSA has and uses.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn known_contact(&self, contact: ContactId) -> Result<Option<KnownContact>, Error> {
        self.first(&format!("{KNOWN_CONTACT} AND contacts.id = ?1"), [contact.0], known_of)
    }

    /// Every contact that HaloPSA has and uses. Reads the whole table: for the look for duplicates only.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn known_contacts(&self) -> Result<Vec<KnownContact>, Error> {
        self.list(&format!("{KNOWN_CONTACT} ORDER BY contacts.id"), [], known_of)
    }

    /// One company, whatever became of it.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn company(&self, company: CompanyId) -> Result<Option<CompanyRow>, Error> {
        self.first(&format!("{COMPANY} WHERE id = ?1"), [company.0], company_of)
    }

    /// One site, whatever became of it.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn site(&self, site: SiteId) -> Result<Option<SiteRow>, Error> {
        self.first(&format!("{SITE} WHERE id = ?1"), [site.0], site_of)
    }

    /// The site where new contacts of a company go: one that HaloPSA has before one that it has yet to get, the oldest
    /// before later ones.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn site_of_company(&self, company: CompanyId) -> Result<Option<SiteRow>, Error> {
        self.first(
            &format!(
                "{SITE} WHERE company = ?1 AND inactive = 0 AND removed = 0 AND same_as IS NULL
                 ORDER BY halo_id IS NULL, halo_id, id LIMIT 1"
            ),
            [company.0],
            site_of,
        )
    }

    /// Companies in use whose names compare as this one does, those that HaloPSA has first.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn companies_named(&self, name: &str) -> Result<Vec<CompanyRow>, Error> {
        let key = company_name::key(name);
        if key.is_empty() {
            return Ok(Vec::new());
        }
        self.list(
            &format!(
                "{COMPANY} WHERE match_key <> '' AND match_key = ?1 AND inactive = 0 AND removed = 0
                    AND same_as IS NULL ORDER BY halo_id IS NULL, id LIMIT {MOST_CHOICES}"
            ),
            [key],
            company_of,
        )
    }

    /// Contacts in use, of any company, with that e-mail address.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn contacts_with_email(&self, email: &str) -> Result<Vec<ContactRow>, Error> {
        self.list(
            &format!(
                "{CONTACT} WHERE email <> '' AND email = ?1 COLLATE NOCASE AND inactive = 0 AND removed = 0
                    AND same_as IS NULL AND company IS NOT NULL ORDER BY id LIMIT {MOST_CHOICES}"
            ),
            [email],
            contact_of,
        )
    }

    /// Contacts in use of one company, by name.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn contacts_of(&self, company: CompanyId) -> Result<Vec<ContactRow>, Error> {
        self.list(
            &format!(
                "{CONTACT} WHERE company = ?1 AND inactive = 0 AND removed = 0 AND same_as IS NULL
                    ORDER BY name COLLATE NOCASE, id"
            ),
            [company.0],
            contact_of,
        )
    }

    /// Tickets that are linked to that contact.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn tickets_of_contact(&self, contact: ContactId) -> Result<Vec<TicketId>, Error> {
        self.list(
            "SELECT id FROM tickets WHERE contact_id = ?1 AND contact_id IS NOT NULL AND removed = 0 ORDER BY id",
            [contact.0],
            |row| Ok(TicketId(row.get(0)?)),
        )
    }

    /// Tickets that are linked to that company.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn tickets_of_company(&self, company: CompanyId) -> Result<Vec<TicketId>, Error> {
        self.list(
            "SELECT id FROM tickets WHERE company_id = ?1 AND company_id IS NOT NULL AND removed = 0 ORDER BY id",
            [company.0],
            |row| Ok(TicketId(row.get(0)?)),
        )
    }

    /// Contacts of a site that was made here.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn contacts_of_site(&self, site: SiteId) -> Result<Vec<ContactId>, Error> {
        self.list(
            "SELECT contacts.id FROM sites JOIN contacts ON contacts.company = sites.company AND contacts.site = sites.id
             WHERE sites.id = ?1 AND contacts.company IS NOT NULL AND contacts.removed = 0 ORDER BY contacts.id",
            [site.0],
            |row| Ok(ContactId(row.get(0)?)),
        )
    }

    /// Companies in use whose names begin with this text, as names are compared; for a picker.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn companies_like(&self, text: &str) -> Result<Vec<CompanyRow>, Error> {
        let from = company_name::key(text);
        if from.is_empty() {
            return Ok(Vec::new());
        }
        let to = format!("{from}\u{10ffff}");
        self.list(
            &format!(
                "{COMPANY} WHERE match_key <> '' AND match_key >= ?1 AND match_key < ?2 AND inactive = 0 AND removed = 0
                    AND same_as IS NULL ORDER BY match_key, id LIMIT {MOST_CHOICES}"
            ),
            [from, to],
            company_of,
        )
    }

    /// The row that stands for a company now: another one, where it was found to be that.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn current_company(&self, company: Option<CompanyId>) -> Result<Option<CompanyId>, Error> {
        self.current(
            "SELECT coalesce(same_as, id) FROM companies WHERE id = ?1",
            company.map(|id| id.0),
        )
        .map(|id| id.map(CompanyId))
    }

    /// The row that stands for a contact now: another one, where it was found to be that.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn current_contact(&self, contact: Option<ContactId>) -> Result<Option<ContactId>, Error> {
        self.current(
            "SELECT coalesce(same_as, id) FROM contacts WHERE id = ?1",
            contact.map(|id| id.0),
        )
        .map(|id| id.map(ContactId))
    }

    fn current(&self, sql: &str, id: Option<i64>) -> Result<Option<i64>, Error> {
        let Some(id) = id else { return Ok(None) };
        Ok(self.first(sql, [id], |row| Ok(row.get(0)?))?.or(Some(id)))
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

fn company_of(row: &Row<'_>) -> Result<CompanyRow, Error> {
    Ok(CompanyRow {
        id: CompanyId(row.get("id")?),
        halo_id: row.get::<_, Option<i64>>("halo_id")?.map(HaloCompanyId),
        name: row.get("name")?,
        website: row.get("website")?,
        inactive: row.get("inactive")?,
    })
}

fn site_of(row: &Row<'_>) -> Result<SiteRow, Error> {
    Ok(SiteRow {
        id: SiteId(row.get("id")?),
        halo_id: row.get::<_, Option<i64>>("halo_id")?.map(HaloSiteId),
        company: row.get::<_, Option<i64>>("company")?.map(CompanyId),
        name: row.get("name")?,
    })
}

fn contact_of(row: &Row<'_>) -> Result<ContactRow, Error> {
    Ok(ContactRow {
        id: ContactId(row.get("id")?),
        halo_id: row.get::<_, Option<i64>>("halo_id")?.map(HaloContactId),
        name: row.get("name")?,
        first_name: row.get("first_name")?,
        last_name: row.get("last_name")?,
        email: row.get("email")?,
        phones: from_json("phones", &row.get::<_, String>("phones")?)?,
        company: row.get::<_, Option<i64>>("company")?.map(CompanyId),
        site: row.get::<_, Option<i64>>("site")?.map(SiteId),
        inactive: row.get("inactive")?,
    })
}

fn known_of(row: &Row<'_>) -> Result<KnownContact, Error> {
    Ok(KnownContact {
        contact: contact_of(row)?,
        company: row.get("company_name")?,
        website: row.get("website")?,
        tickets: row.get("tickets")?,
    })
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
