//! Companies, sites and contacts that are made here, and what becomes of them.
//!
//! A record is made for a ticket, as part of an operation, and journalled on that ticket; undo takes it away again unless
//! HaloPSA has it, may have it, or something else hangs on it by then: an address too many does no harm. Once HaloPSA has
//! it, it gets its id. Should a row with that id be here already (a pull was faster than our answer, or HaloPSA had the
//! company all along), the row that was made here from then on only points to it; it stays, because the journal names it.

use domain::{
    CompanyId, ContactId, HaloCompanyId, HaloContactId, HaloSiteId, OutboxId, SiteId, TicketId, company_name,
};
use rusqlite::{OptionalExtension, params};

use super::{Change, Writer, search::PhoneOwner};
use crate::{
    Error, NewRecord, OutboxPayload,
    convert::{from_json, json},
};

/// The name of the first site of a company, as HaloPSA itself calls it.
const FIRST_SITE: &str = "Main";

/// A company to be made here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalCompany {
    pub name: String,
    pub website: String,
}

/// A contact to be made here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalContact {
    pub company: CompanyId,
    pub site: SiteId,
    pub name: String,
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    pub phones: Vec<String>,
}

impl Writer<'_> {
    /// Makes a company with its first site, for a ticket.
    ///
    /// # Errors
    /// [`Error::Sql`] when there is no such ticket.
    pub fn add_company(&mut self, ticket: TicketId, new: &LocalCompany) -> Result<CompanyId, Error> {
        let id = CompanyId(self.insert(
            "INSERT INTO companies (name, match_key, website) VALUES (?1, ?2, ?3)",
            params![new.name, company_name::key(&new.name), new.website],
        )?);
        // HaloPSA makes it together with the company, so it needs no entry of its own.
        self.put_site(id)?;
        let record = NewRecord::Company(id);
        self.journal(ticket, Change::RecordAdded { record })?;
        Ok(id)
    }

    /// Makes a site of a company that has none, for a ticket.
    ///
    /// # Errors
    /// [`Error::Sql`] when there is no such company or ticket.
    pub fn add_site(&mut self, ticket: TicketId, company: CompanyId) -> Result<SiteId, Error> {
        let id = self.put_site(company)?;
        let record = NewRecord::Site(id);
        self.journal(ticket, Change::RecordAdded { record })?;
        Ok(id)
    }

    /// Makes a contact, for a ticket.
    ///
    /// # Errors
    /// [`Error::Sql`] when there is no such company, site or ticket.
    pub fn add_contact(&mut self, ticket: TicketId, new: &LocalContact) -> Result<ContactId, Error> {
        let id = ContactId(self.insert(
            "INSERT INTO contacts (name, first_name, last_name, email, phones, company, site)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                new.name,
                new.first_name,
                new.last_name,
                new.email,
                json("phones", &new.phones)?,
                new.company.0,
                new.site.0
            ],
        )?);
        self.index_phones(PhoneOwner::Contact(id), new.phones.iter().map(String::as_str))?;
        let record = NewRecord::Contact(id);
        self.journal(ticket, Change::RecordAdded { record })?;
        Ok(id)
    }

    fn put_site(&self, company: CompanyId) -> Result<SiteId, Error> {
        let id = self.insert(
            "INSERT INTO sites (company, name) VALUES (?1, ?2)",
            params![company.0, FIRST_SITE],
        )?;
        Ok(SiteId(id))
    }

    /// Takes a record away that HaloPSA has not got and nothing hangs on; any other stays.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn remove_unsent_record(&mut self, ticket: TicketId, record: NewRecord) -> Result<(), Error> {
        let (kind, id) = record.columns();
        let is_out: bool = self
            .statement(
                "SELECT EXISTS (SELECT 1 FROM outbox WHERE kind = ?1 AND record = ?2
                    AND state IN ('sending', 'uncertain', 'sent'))",
            )?
            .query_row(params![kind, id], |row| row.get(0))?;
        // A person who took the ticket elsewhere first leaves the record to whoever uses it.
        let (is_used, remove) = match record {
            NewRecord::Company(_) => (
                "SELECT EXISTS (SELECT 1 FROM tickets WHERE company_id = ?1 AND removed = 0)
                    OR EXISTS (SELECT 1 FROM contacts WHERE company = ?1 AND removed = 0)
                    OR EXISTS (SELECT 1 FROM companies WHERE id = ?1 AND (halo_id IS NOT NULL OR same_as IS NOT NULL))",
                "UPDATE companies SET removed = 1 WHERE id = ?1",
            ),
            NewRecord::Site(_) => (
                "SELECT EXISTS (SELECT 1 FROM contacts WHERE site = ?1 AND removed = 0
                        AND company = (SELECT sites.company FROM sites WHERE sites.id = ?1))
                    OR EXISTS (SELECT 1 FROM sites WHERE id = ?1 AND (halo_id IS NOT NULL OR same_as IS NOT NULL))",
                "UPDATE sites SET removed = 1 WHERE id = ?1",
            ),
            NewRecord::Contact(_) => (
                "SELECT EXISTS (SELECT 1 FROM tickets WHERE contact_id = ?1 AND removed = 0)
                    OR EXISTS (SELECT 1 FROM contacts WHERE id = ?1 AND (halo_id IS NOT NULL OR same_as IS NOT NULL))",
                "UPDATE contacts SET removed = 1 WHERE id = ?1",
            ),
        };
        let is_used: bool = self.statement(is_used)?.query_row([id], |row| row.get(0))?;
        if is_out || is_used {
            return Ok(());
        }
        self.run(remove, [id])?;
        if let NewRecord::Contact(contact) = record {
            self.index_phones(PhoneOwner::Contact(contact), [])?;
        }
        self.journal(ticket, Change::RecordRemoved { record })
    }

    /// Makes a record again whose making was undone.
    pub(super) fn restore_record(&mut self, ticket: TicketId, record: NewRecord) -> Result<(), Error> {
        let (kind, id) = record.columns();
        let sql = match record {
            NewRecord::Company(_) => "UPDATE companies SET removed = 0 WHERE id = ?1 AND removed = 1",
            NewRecord::Site(_) => "UPDATE sites SET removed = 0 WHERE id = ?1 AND removed = 1",
            NewRecord::Contact(_) => "UPDATE contacts SET removed = 0 WHERE id = ?1 AND removed = 1",
        };
        if self.run(sql, [id])? == 0 {
            return Err(Error::NotFound { what: kind, id });
        }
        if let NewRecord::Contact(contact) = record
            && let Some(row) = self.contact(contact)?
        {
            self.index_phones(PhoneOwner::Contact(contact), row.phones.iter().map(String::as_str))?;
        }
        self.journal(ticket, Change::RecordAdded { record })
    }

    /// HaloPSA has the company. Returns the row that stands for it from now on.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn identify_company(&mut self, company: CompanyId, halo: HaloCompanyId) -> Result<CompanyId, Error> {
        let Some(known) = self.other_row(
            "SELECT id FROM companies WHERE halo_id = ?1 AND id <> ?2",
            halo.0,
            company.0,
        )?
        else {
            self.run(
                "UPDATE companies SET halo_id = ?2 WHERE id = ?1",
                params![company.0, halo.0],
            )?;
            for ticket in self.tickets_of_company(company)? {
                self.touch(ticket);
            }
            return Ok(company);
        };
        let pair = params![company.0, known];
        self.run("UPDATE companies SET same_as = ?2 WHERE id = ?1", pair)?;
        // The other one has sites of its own; a contact that still names ours is given one of those when it is sent.
        self.run(
            "UPDATE sites SET company = ?2, removed = 1 WHERE company = ?1 AND company IS NOT NULL",
            pair,
        )?;
        self.run(
            "UPDATE contacts SET company = ?2 WHERE company = ?1 AND company IS NOT NULL",
            pair,
        )?;
        let tickets = self.changed_tickets(
            "UPDATE tickets SET company_id = ?2 WHERE company_id = ?1 AND company_id IS NOT NULL RETURNING id",
            company.0,
            known,
        )?;
        self.rename_in_outbox(&tickets, |party| {
            if party.company == Some(company) {
                party.company = Some(CompanyId(known));
            }
        })?;
        Ok(CompanyId(known))
    }

    /// HaloPSA has the site. Returns the row that stands for it from now on.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn identify_site(&mut self, site: SiteId, halo: HaloSiteId) -> Result<SiteId, Error> {
        let Some(known) = self.other_row("SELECT id FROM sites WHERE halo_id = ?1 AND id <> ?2", halo.0, site.0)?
        else {
            self.run("UPDATE sites SET halo_id = ?2 WHERE id = ?1", params![site.0, halo.0])?;
            return Ok(site);
        };
        let pair = params![site.0, known];
        self.run(
            "UPDATE contacts SET site = ?2
             WHERE site = ?1 AND company = (SELECT sites.company FROM sites WHERE sites.id = ?1)",
            pair,
        )?;
        self.run("UPDATE sites SET same_as = ?2 WHERE id = ?1", pair)?;
        Ok(SiteId(known))
    }

    /// HaloPSA has the contact. Returns the row that stands for it from now on.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn identify_contact(&mut self, contact: ContactId, halo: HaloContactId) -> Result<ContactId, Error> {
        self.uncompared_contacts.insert(contact);
        let Some(known) = self.other_row(
            "SELECT id FROM contacts WHERE halo_id = ?1 AND id <> ?2",
            halo.0,
            contact.0,
        )?
        else {
            self.run(
                "UPDATE contacts SET halo_id = ?2 WHERE id = ?1",
                params![contact.0, halo.0],
            )?;
            for ticket in self.tickets_of_contact(contact)? {
                self.touch(ticket);
            }
            return Ok(contact);
        };
        self.run(
            "UPDATE contacts SET same_as = ?2 WHERE id = ?1",
            params![contact.0, known],
        )?;
        self.index_phones(PhoneOwner::Contact(contact), [])?;
        let tickets = self.changed_tickets(
            "UPDATE tickets SET contact_id = ?2 WHERE contact_id = ?1 AND contact_id IS NOT NULL RETURNING id",
            contact.0,
            known,
        )?;
        self.unindexed.extend(tickets.iter().copied());
        self.rename_in_outbox(&tickets, |party| {
            if party.contact == Some(contact) {
                party.contact = Some(ContactId(known));
            }
        })?;
        Ok(ContactId(known))
    }

    fn other_row(&self, sql: &str, halo: i64, own: i64) -> Result<Option<i64>, Error> {
        Ok(self
            .statement(sql)?
            .query_row(params![halo, own], |row| row.get(0))
            .optional()?)
    }

    fn changed_tickets(&mut self, sql: &str, from: i64, to: i64) -> Result<Vec<TicketId>, Error> {
        let tickets: Vec<TicketId> = self
            .statement(sql)?
            .query_map(params![from, to], |row| Ok(TicketId(row.get(0)?)))?
            .collect::<Result<_, _>>()?;
        for ticket in &tickets {
            self.touch(*ticket);
        }
        Ok(tickets)
    }

    /// What waits to be sent names the row that stands for the record now, so that it compares equal with the ticket.
    fn rename_in_outbox(&mut self, tickets: &[TicketId], rename: impl Fn(&mut crate::Party)) -> Result<(), Error> {
        for ticket in tickets {
            let entries: Vec<(i64, String)> = self
                .statement("SELECT id, payload FROM outbox WHERE ticket = ?1 AND state <> 'sent' AND kind = 'update'")?
                .query_map([ticket.0], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<Result<_, _>>()?;
            for (id, text) in entries {
                let mut payload: OutboxPayload = from_json("outbox entry", &text)?;
                if let OutboxPayload::Update { patch } = &mut payload
                    && let Some(party) = &mut patch.party
                {
                    rename(party);
                    self.replace_payload(OutboxId(id), &payload)?;
                }
            }
        }
        Ok(())
    }

    fn replace_payload(&self, entry: OutboxId, payload: &OutboxPayload) -> Result<(), Error> {
        self.run(
            "UPDATE outbox SET payload = ?2 WHERE id = ?1",
            params![entry.0, json("outbox entry", payload)?],
        )?;
        Ok(())
    }
}
