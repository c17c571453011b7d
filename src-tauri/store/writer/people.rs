//! Agents, companies, sites and contacts as HaloPSA has them, found by HaloPSA's ids. None is journalled. Those that are
//! made here stand in `records.rs`.
//!
//! Records refer to each other and arrive in any order, so a record that is only named by another one is kept as an
//! empty row until it arrives itself. A row that is equal is not written again.

use domain::{
    AgentId, CompanyId, ContactId, HaloAgentId, HaloCompanyId, HaloContactId, HaloSiteId, SiteId, TicketId,
    remote::{RemoteCompany, RemoteContact, RemoteSite},
    tenant::TenantAgent,
};
use rusqlite::{OptionalExtension, params};

use super::{Writer, search::PhoneOwner};
use crate::{Error, convert::json};

impl Writer<'_> {
    /// Keeps an agent.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn upsert_agent(&mut self, agent: &TenantAgent) -> Result<AgentId, Error> {
        let changed = self.run(
            "INSERT INTO agents (halo_id, name, email, initials, colour, team, inactive)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (halo_id) DO UPDATE SET name = excluded.name, email = excluded.email,
                initials = excluded.initials, colour = excluded.colour, team = excluded.team,
                inactive = excluded.inactive
             WHERE (name, email, initials, colour, team, inactive) IS NOT (excluded.name, excluded.email,
                excluded.initials, excluded.colour, excluded.team, excluded.inactive)",
            params![
                agent.id.0,
                agent.name,
                agent.email,
                agent.initials,
                agent.colour,
                agent.team,
                agent.disabled
            ],
        )?;
        self.changes.agents |= changed > 0;
        self.agent_for(agent.id)
    }

    /// The agent with that HaloPSA id; an unnamed one is made when it is not known yet.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn agent_for(&mut self, halo: HaloAgentId) -> Result<AgentId, Error> {
        let sql = (
            "SELECT id FROM agents WHERE halo_id = ?1",
            "INSERT INTO agents (halo_id) VALUES (?1)",
        );
        let (id, new) = self.row_for(sql, halo.0)?;
        self.changes.agents |= new;
        Ok(AgentId(id))
    }

    /// Keeps a company.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn upsert_company(&mut self, company: &RemoteCompany) -> Result<CompanyId, Error> {
        let changed = self.run(
            "INSERT INTO companies (halo_id, name, website, phone, inactive, match_key) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (halo_id) DO UPDATE SET name = excluded.name, website = excluded.website,
                phone = excluded.phone, inactive = excluded.inactive, match_key = excluded.match_key
             WHERE (name, website, phone, inactive) IS NOT (excluded.name, excluded.website, excluded.phone,
                excluded.inactive)",
            params![
                company.id.0,
                company.name,
                company.website,
                company.phone,
                company.inactive,
                domain::company_name::key(&company.name)
            ],
        )?;
        let id = self.company_for(company.id)?;
        if changed > 0 {
            self.index_phones(PhoneOwner::Company(id), [company.phone.as_str()])?;
        }
        Ok(id)
    }

    /// The company with that HaloPSA id; an unnamed one is made when it is not known yet.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn company_for(&mut self, halo: HaloCompanyId) -> Result<CompanyId, Error> {
        let sql = (
            "SELECT id FROM companies WHERE halo_id = ?1",
            "INSERT INTO companies (halo_id) VALUES (?1)",
        );
        Ok(CompanyId(self.row_for(sql, halo.0)?.0))
    }

    /// Keeps a site.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn upsert_site(&mut self, site: &RemoteSite) -> Result<SiteId, Error> {
        let company = site.company.map(|halo| self.company_for(halo)).transpose()?;
        self.run(
            "INSERT INTO sites (halo_id, company, name, phone, inactive) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (halo_id) DO UPDATE SET company = excluded.company, name = excluded.name,
                phone = excluded.phone, inactive = excluded.inactive
             WHERE (company, name, phone, inactive) IS NOT (excluded.company, excluded.name, excluded.phone,
                excluded.inactive)",
            params![site.id.0, company.map(|id| id.0), site.name, site.phone, site.inactive],
        )?;
        self.site_for(site.id)
    }

    /// The site with that HaloPSA id; an unnamed one is made when it is not known yet.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn site_for(&mut self, halo: HaloSiteId) -> Result<SiteId, Error> {
        let sql = (
            "SELECT id FROM sites WHERE halo_id = ?1",
            "INSERT INTO sites (halo_id) VALUES (?1)",
        );
        Ok(SiteId(self.row_for(sql, halo.0)?.0))
    }

    /// Keeps a contact, and finds its tickets by its name, e-mail and numbers from now on.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn upsert_contact(&mut self, contact: &RemoteContact) -> Result<ContactId, Error> {
        let company = contact.company.map(|halo| self.company_for(halo)).transpose()?;
        let site = contact.site.map(|halo| self.site_for(halo)).transpose()?;
        let changed = self.run(
            "INSERT INTO contacts (halo_id, name, first_name, last_name, email, phones, company, site, inactive)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
             ON CONFLICT (halo_id) DO UPDATE SET name = excluded.name, first_name = excluded.first_name,
                last_name = excluded.last_name, email = excluded.email, phones = excluded.phones,
                company = excluded.company, site = excluded.site, inactive = excluded.inactive
             WHERE (name, first_name, last_name, email, phones, company, site, inactive) IS NOT (excluded.name,
                excluded.first_name, excluded.last_name, excluded.email, excluded.phones, excluded.company,
                excluded.site, excluded.inactive)",
            params![
                contact.id.0,
                contact.name,
                contact.first_name,
                contact.last_name,
                contact.email,
                json("phones", &contact.phones)?,
                company.map(|id| id.0),
                site.map(|id| id.0),
                contact.inactive
            ],
        )?;
        let id = self.contact_for(contact.id)?;
        if changed > 0 {
            self.uncompared_contacts.insert(id);
            self.index_phones(PhoneOwner::Contact(id), contact.phones.iter().map(String::as_str))?;
            let tickets: Vec<i64> = self
                .statement("SELECT id FROM tickets WHERE contact_id = ?1")?
                .query_map([id.0], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            self.unindexed.extend(tickets.into_iter().map(TicketId));
        }
        Ok(id)
    }

    /// The contact with that HaloPSA id; an unnamed one is made when it is not known yet.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn contact_for(&mut self, halo: HaloContactId) -> Result<ContactId, Error> {
        let sql = (
            "SELECT id FROM contacts WHERE halo_id = ?1",
            "INSERT INTO contacts (halo_id) VALUES (?1)",
        );
        Ok(ContactId(self.row_for(sql, halo.0)?.0))
    }

    /// Local id and whether it is new, by the `SELECT` and the `INSERT` for a HaloPSA id.
    fn row_for(&self, (select, insert): (&str, &str), halo: i64) -> Result<(i64, bool), Error> {
        let known = self.statement(select)?.query_row([halo], |row| row.get(0)).optional()?;
        Ok(match known {
            Some(id) => (id, false),
            None => (self.insert(insert, [halo])?, true),
        })
    }
}
