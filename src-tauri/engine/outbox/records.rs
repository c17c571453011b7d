//! Companies, sites and contacts that are made here: their entries, and who waits for them.
//!
//! Each is an entry of its own on the ticket for which it was made. A contact waits for its site or company, and what
//! links a ticket to one of them waits for that one; whoever else links a ticket to it before HaloPSA has it waits as
//! well. Nothing else of the ticket waits for them, and they wait for nothing of the ticket.

use domain::{OutboxId, TicketId, remote::HaloParty};
use store::{NewEntry, NewRecord, OutboxPayload, Party, Reader, Writer};

use super::{Made, balance::is_editable};

/// Queues a record that was made, or takes one that was taken back out of the queue.
pub(super) fn queue(w: &mut Writer<'_>, ticket: TicketId, record: NewRecord, made: Made) -> Result<(), store::Error> {
    let queued = w.record_entry(record)?;
    match made {
        Made::Removed => {
            if let Some(entry) = queued.filter(is_editable) {
                w.remove_entry(entry.id)?;
            }
            Ok(())
        }
        Made::Added if queued.is_some() => Ok(()),
        Made::Added => {
            let what = name_of(w, record)?;
            let entry = w.enqueue(NewEntry {
                ticket,
                payload: OutboxPayload::Record { record },
                what,
            })?;
            let needed = match record {
                NewRecord::Company(_) => None,
                NewRecord::Site(site) => match w.site(site)?.and_then(|site| site.company) {
                    Some(company) => w.record_entry(NewRecord::Company(company))?,
                    None => None,
                },
                NewRecord::Contact(contact) => match w.contact(contact)? {
                    Some(contact) => {
                        let site = match contact.site {
                            Some(site) => w.record_entry(NewRecord::Site(site))?,
                            None => None,
                        };
                        match (site, contact.company) {
                            (None, Some(company)) => w.record_entry(NewRecord::Company(company))?,
                            (site, _) => site,
                        }
                    }
                    None => None,
                },
            };
            w.set_depends_on(entry, needed.map(|needed| needed.id))
        }
    }
}

/// Makes an entry that links a ticket wait for the record that it names, if HaloPSA has yet to get that.
pub(super) fn wait_for(w: &mut Writer<'_>, entry: OutboxId, party: Option<Party>) -> Result<(), store::Error> {
    let party = party.unwrap_or_default();
    let contact = match party.contact {
        Some(contact) => w.record_entry(NewRecord::Contact(contact))?,
        None => None,
    };
    let needed = match (contact, party.company) {
        (None, Some(company)) => w.record_entry(NewRecord::Company(company))?,
        (contact, _) => contact,
    };
    w.set_depends_on(entry, needed.map(|needed| needed.id))
}

/// Whether HaloPSA can be told of a party.
pub(crate) enum Reach {
    /// No company at all.
    Nobody,
    At(HaloParty),
    /// HaloPSA does not have this one of them.
    Missing(String),
}

/// A party in HaloPSA's ids.
pub(crate) fn reach(reader: &Reader<'_>, party: Party) -> Result<Reach, store::Error> {
    let Some(company) = party.company else {
        return Ok(Reach::Nobody);
    };
    let row = reader.company(company)?;
    let Some(halo) = row.as_ref().and_then(|row| row.halo_id) else {
        return Ok(Reach::Missing(row.map(|row| row.name).unwrap_or_default()));
    };
    let contact = match party.contact {
        Some(contact) => reader.contact(contact)?,
        None => None,
    };
    if let Some(contact) = contact.as_ref().filter(|contact| contact.halo_id.is_none()) {
        return Ok(Reach::Missing(contact.name.clone()));
    }
    let site = match contact.as_ref().and_then(|contact| contact.site) {
        Some(site) => reader.site(site)?,
        None => reader.site_of_company(company)?,
    };
    Ok(Reach::At(HaloParty {
        company: halo,
        site: site.and_then(|site| site.halo_id),
        contact: contact.and_then(|contact| contact.halo_id),
    }))
}

/// "Create the contact Jane Doe".
fn name_of(reader: &Reader<'_>, record: NewRecord) -> Result<String, store::Error> {
    Ok(match record {
        NewRecord::Company(company) => {
            let name = reader.company_name(company)?.unwrap_or_default();
            format!("Create the company {name}")
        }
        NewRecord::Site(site) => {
            let company = match reader.site(site)?.and_then(|site| site.company) {
                Some(company) => reader.company_name(company)?.unwrap_or_default(),
                None => String::new(),
            };
            format!("Create a site of {company}")
        }
        NewRecord::Contact(contact) => {
            let name = reader.contact(contact)?.map(|contact| contact.name).unwrap_or_default();
            format!("Create the contact {name}")
        }
    })
}
