//! A ticket is linked to a company and a contact, there already or made for it.

use domain::{CompanyId, TicketId};

use super::{card, done, refused};
use crate::{
    Engine, labels, party,
    views::{CompanyChoice, CompanyOption, ContactChoice, ContactOption, Done, PartyChoice},
};

impl Engine {
    /// Makes a company from what the ticket holds, and a contact in it, and links the ticket to them.
    ///
    /// # Errors
    /// As [`link_contact`](Self::link_contact).
    pub fn create_company(&self, ticket: TicketId) -> anyhow::Result<Done> {
        self.link_contact(
            ticket,
            PartyChoice {
                company: CompanyChoice::New,
                contact: ContactChoice::New,
            },
        )
    }

    /// Makes a contact of that company from what the ticket holds, and links the ticket to both.
    ///
    /// # Errors
    /// As [`link_contact`](Self::link_contact).
    pub fn create_contact(&self, ticket: TicketId, company: CompanyId) -> anyhow::Result<Done> {
        self.link_contact(
            ticket,
            PartyChoice {
                company: CompanyChoice::Existing { id: company },
                contact: ContactChoice::New,
            },
        )
    }

    /// Links a ticket to whom was chosen.
    ///
    /// # Errors
    /// [`Problem::Refused`](crate::Problem::Refused) when the contact is of another company or a name is missing, and
    /// where a company of the very same name is here already: HaloPSA has every name once.
    pub fn link_contact(&self, ticket: TicketId, choice: PartyChoice) -> anyhow::Result<Done> {
        let me = self.preferences()?.me;
        let mut label = String::new();
        let operated = self.operate("link_contact", me, |w| {
            let name = labels::ticket(&card(w, ticket)?);
            let values = w.plain_values(ticket)?;
            if choice.company == CompanyChoice::New
                && choice.contact == ContactChoice::New
                && let Some(same) = party::same_company(w, &values)?
            {
                return Err(refused(format!("{same} is here already. Choose it.")));
            }
            let linked = party::settle(w, ticket, choice, &values)?;
            label = format!("Linked {name} to {}", labels::party(w, linked)?);
            w.relabel(label.clone());
            Ok(())
        })?;
        Ok(done(&operated, label))
    }

    /// Companies whose names begin with this text.
    ///
    /// # Errors
    /// The store's failures.
    pub fn find_companies(&self, text: &str) -> anyhow::Result<Vec<CompanyOption>> {
        let rows = self.store().read(|reader| reader.companies_like(text))?;
        Ok(rows.iter().map(party::company_option).collect())
    }

    /// The contacts of a company.
    ///
    /// # Errors
    /// The store's failures.
    pub fn contacts_of(&self, company: CompanyId) -> anyhow::Result<Vec<ContactOption>> {
        self.store().read(|reader| {
            let rows = reader.contacts_of(company)?;
            rows.iter()
                .map(|contact| Ok(party::contact_option(reader, contact)?))
                .collect()
        })
    }
}
