//! Companies, sites and contacts that were made here.
//!
//! HaloPSA is asked before anything is made there, the first time as well as after a lost answer: it keeps every duplicate
//! it is given, a colleague may have entered the same company this morning, and what is looked for first can be sent
//! again without harm. A contact needs a site; a company that has none there gets one.

use connectors::{Error, ErrorKind};
use domain::{
    HaloCompanyId, HaloSiteId, TicketId,
    activity::ActivityKind,
    remote::{NewCompany, NewContact, NewSite, RemoteCompany, RemoteContact, RemoteSite},
};
use store::{ContactRow, NewActivity, NewRecord, OutboxEntry, OutboxState, Reader, SiteRow, StateChange, Writer};

use super::{Next, Pushed, interactive, waiting};
use crate::{
    Engine,
    sync::{
        Session,
        apply::{self, HALOPSA},
    },
};

/// What is to be made in HaloPSA.
enum Wanted {
    Company(NewCompany),
    Site(NewSite),
    Contact {
        row: ContactRow,
        company: HaloCompanyId,
        site: SiteRow,
    },
}

/// What HaloPSA has of it.
enum There {
    Company(RemoteCompany),
    Site(RemoteSite),
    Contact(RemoteContact),
}

/// A record as HaloPSA has it, and whether it was there before we asked.
struct Arrived {
    there: There,
    was_there: bool,
}

impl Engine {
    pub(super) async fn send_record(
        &self,
        session: &Session,
        entry: &OutboxEntry,
        record: NewRecord,
        pushed: &mut Pushed,
    ) -> anyhow::Result<Next> {
        if !self.mark_one_sending(entry)? {
            return Ok(Next::GoOn);
        }
        let Some(wanted) = self.store().read(|reader| wanted(reader, record))? else {
            self.park(entry, MISSING, "")?;
            return Ok(Next::GoOn);
        };
        match self.find_or_make(session, &wanted).await {
            Ok(arrived) => {
                self.link_is_up()?;
                self.record_arrived(entry, record, arrived, pushed)?;
                Ok(Next::GoOn)
            }
            Err(error) => self.fail_record(entry, &error),
        }
    }

    /// Asks HaloPSA whether it has a record whose answer was lost; only if not, the entry waits to be sent again.
    pub(super) async fn look_up_record(
        &self,
        session: &Session,
        entry: &OutboxEntry,
        record: NewRecord,
        pushed: &mut Pushed,
    ) -> anyhow::Result<Next> {
        let Some(wanted) = self.store().read(|reader| wanted(reader, record))? else {
            self.park(entry, MISSING, "")?;
            return Ok(Next::GoOn);
        };
        match self.find(session, &wanted).await {
            Ok(found) => {
                self.link_is_up()?;
                match found {
                    // It is ours: nothing to tell anybody.
                    Some(there) => {
                        let arrived = Arrived {
                            there,
                            was_there: false,
                        };
                        self.record_arrived(entry, record, arrived, pushed)?;
                    }
                    None => self.set_state(entry, &waiting(entry, None))?,
                }
                Ok(Next::GoOn)
            }
            Err(error) => self.still_unknown(entry, &error),
        }
    }

    async fn find(&self, session: &Session, wanted: &Wanted) -> Result<Option<There>, Error> {
        let halo = interactive(session);
        Ok(match wanted {
            Wanted::Company(new) => halo.find_company(&new.name).await?.map(There::Company),
            Wanted::Site(new) => halo.find_site(new.company).await?.map(There::Site),
            Wanted::Contact { row, company, .. } => {
                // Its site does not matter: it is known by its company.
                let new = new_contact(row, *company, HaloSiteId(0));
                halo.find_contact(&new).await?.map(There::Contact)
            }
        })
    }

    async fn find_or_make(&self, session: &Session, wanted: &Wanted) -> Result<Arrived, Error> {
        if let Some(there) = self.find(session, wanted).await? {
            return Ok(Arrived { there, was_there: true });
        }
        let halo = interactive(session);
        let there = match wanted {
            Wanted::Company(new) => There::Company(halo.create_company(new).await?),
            Wanted::Site(new) => There::Site(halo.create_site(new).await?),
            Wanted::Contact { row, company, site } => {
                let site = match site.halo_id {
                    Some(site) => site,
                    None => self.site_for(session, *company, site).await?,
                };
                There::Contact(halo.create_contact(&new_contact(row, *company, site)).await?)
            }
        };
        Ok(Arrived {
            there,
            was_there: false,
        })
    }

    /// The site of a company of which no site is known here by number.
    async fn site_for(&self, session: &Session, company: HaloCompanyId, site: &SiteRow) -> Result<HaloSiteId, Error> {
        let halo = interactive(session);
        if let Some(found) = halo.find_site(company).await? {
            return Ok(found.id);
        }
        let new = NewSite {
            company,
            name: site.name.clone(),
        };
        Ok(halo.create_site(&new).await?.id)
    }

    fn record_arrived(
        &self,
        entry: &OutboxEntry,
        record: NewRecord,
        arrived: Arrived,
        pushed: &mut Pushed,
    ) -> anyhow::Result<()> {
        let written = self
            .store()
            .write(apply::operation(), self.now(), |w| -> anyhow::Result<()> {
                keep(w, record, &arrived.there)?;
                w.set_outbox_state(entry.id, &StateChange::to(OutboxState::Sent))?;
                if arrived.was_there {
                    tell(w, entry.ticket, &arrived.there)?;
                }
                Ok(())
            })?;
        pushed.sent += 1;
        self.publish(written.changes);
        Ok(())
    }

    /// A record is no ticket: that HaloPSA does not know something it names does not mean that the ticket is gone.
    pub(super) fn fail_record(&self, entry: &OutboxEntry, error: &Error) -> anyhow::Result<Next> {
        if error.kind == ErrorKind::NotFound {
            self.link_is_up()?;
            self.park(entry, &error.message, &error.detail)?;
            return Ok(Next::GoOn);
        }
        self.fail(entry, error)
    }
}

/// Why a record cannot be sent whose company was given up.
const MISSING: &str = "HaloPSA does not have its company, because that was refused or discarded. Discard this as well.";

/// What to make; `None` when HaloPSA lacks what it belongs to.
fn wanted(reader: &Reader<'_>, record: NewRecord) -> Result<Option<Wanted>, store::Error> {
    match record {
        NewRecord::Company(company) => {
            let Some(row) = reader.company(company)? else {
                return Ok(None);
            };
            let site = reader.site_of_company(company)?.map(|site| site.name);
            Ok(Some(Wanted::Company(NewCompany {
                name: row.name,
                website: row.website,
                site: site.unwrap_or_default(),
            })))
        }
        NewRecord::Site(site) => {
            let Some(row) = reader.site(site)? else { return Ok(None) };
            let Some(company) = halo_company(reader, row.company)? else {
                return Ok(None);
            };
            let name = row.name;
            Ok(Some(Wanted::Site(NewSite { company, name })))
        }
        NewRecord::Contact(contact) => {
            let Some(row) = reader.contact(contact)? else {
                return Ok(None);
            };
            let company = halo_company(reader, row.company)?;
            let site = match (row.site, row.company) {
                (Some(site), _) => reader.site(site)?,
                (None, Some(company)) => reader.site_of_company(company)?,
                (None, None) => None,
            };
            Ok(company
                .zip(site)
                .map(|(company, site)| Wanted::Contact { row, company, site }))
        }
    }
}

fn halo_company(
    reader: &Reader<'_>,
    company: Option<domain::CompanyId>,
) -> Result<Option<HaloCompanyId>, store::Error> {
    match company {
        Some(company) => Ok(reader.company(company)?.and_then(|company| company.halo_id)),
        None => Ok(None),
    }
}

fn new_contact(row: &ContactRow, company: HaloCompanyId, site: HaloSiteId) -> NewContact {
    NewContact {
        company,
        site,
        name: row.name.clone(),
        first_name: row.first_name.clone(),
        last_name: row.last_name.clone(),
        email: row.email.clone(),
        phones: row.phones.clone(),
    }
}

/// Gives the record its number, with whatever else HaloPSA says of it.
fn keep(w: &mut Writer<'_>, record: NewRecord, there: &There) -> Result<(), store::Error> {
    match (record, there) {
        (NewRecord::Company(company), There::Company(row)) => {
            let first_site = w.site_of_company(company)?;
            w.identify_company(company, row.id)?;
            if let (Some(site), Some(main)) = (first_site.filter(|site| site.halo_id.is_none()), row.main_site) {
                w.identify_site(site.id, main)?;
            }
            w.upsert_company(row)?;
        }
        (NewRecord::Site(site), There::Site(row)) => {
            w.identify_site(site, row.id)?;
            w.upsert_site(row)?;
        }
        (NewRecord::Contact(contact), There::Contact(row)) => {
            let site = match w.contact(contact)?.and_then(|contact| contact.site) {
                Some(site) => w.site(site)?.filter(|site| site.halo_id.is_none()),
                None => None,
            };
            if let (Some(site), Some(halo)) = (site, row.site) {
                w.identify_site(site.id, halo)?;
            }
            w.identify_contact(contact, row.id)?;
            w.upsert_contact(row)?;
        }
        // A record and what HaloPSA has of it are always of one sort.
        _ => {}
    }
    Ok(())
}

/// Says that HaloPSA had it already, because nobody asked for that one.
fn tell(w: &mut Writer<'_>, ticket: TicketId, there: &There) -> Result<(), store::Error> {
    let body = match there {
        There::Company(company) => format!(
            "HaloPSA has the company {} already, so no second one was made.",
            company.name
        ),
        There::Contact(contact) => format!(
            "HaloPSA has the contact {} already, so no second one was made.",
            contact.name
        ),
        There::Site(_) => return Ok(()),
    };
    w.relabel("Found in HaloPSA".to_owned());
    let at = w.at();
    w.insert_activity(NewActivity {
        ticket,
        kind: ActivityKind::System,
        at,
        agent: None,
        who: HALOPSA.to_owned(),
        subject: String::new(),
        body,
        call: None,
    })?;
    Ok(())
}
