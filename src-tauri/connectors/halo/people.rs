//! Companies, sites and contacts: looked for before they are made, because HaloPSA keeps every duplicate it is given.
//!
//! A company's name is unique in HaloPSA. A contact is known by its name and e-mail address inside its company; two
//! people of one name there who differ in their address are two.

use domain::{
    HaloCompanyId,
    remote::{NewCompany, NewContact, NewSite, RemoteCompany, RemoteContact, RemoteSite},
};

use super::{
    Halo, answer, calls, map,
    read::{borrowed, page, paging},
    wire::Record,
};
use crate::Error;

/// How many pages of a search are looked through: a free-text search for a common word finds much that is not meant.
const SEARCH_PAGES: u32 = 5;

impl Halo {
    /// The company of exactly that name, upper and lower case aside, active or not.
    ///
    /// # Errors
    /// Any of a read.
    pub async fn find_company(&self, name: &str) -> Result<Option<RemoteCompany>, Error> {
        let asked = [("search", words(name))];
        self.find(&calls::FIND_COMPANIES, &asked, map::company, |company| {
            same_words(&company.name, name)
        })
        .await
    }

    /// The contact of that company with exactly that name and e-mail address.
    ///
    /// # Errors
    /// Any of a read.
    pub async fn find_contact(&self, wanted: &NewContact) -> Result<Option<RemoteContact>, Error> {
        let text = if wanted.email.is_empty() {
            &wanted.name
        } else {
            &wanted.email
        };
        let asked = [("client_id", wanted.company.to_string()), ("search", words(text))];
        self.find(&calls::FIND_CONTACTS, &asked, map::contact, |contact| {
            contact.company == Some(wanted.company)
                && same_words(&contact.name, &wanted.name)
                && same_words(&contact.email, &wanted.email)
        })
        .await
    }

    /// A site of the company that is in use: the first one it was given.
    ///
    /// # Errors
    /// Any of a read.
    pub async fn find_site(&self, company: HaloCompanyId) -> Result<Option<RemoteSite>, Error> {
        let asked = [("client_id", company.to_string())];
        self.find(&calls::FIND_SITES, &asked, map::site, |site| {
            site.company == Some(company) && !site.inactive
        })
        .await
    }

    /// Creates a company with its first site.
    ///
    /// # Errors
    /// As for [`Halo::update_tickets`]. After `LostAnswer`, ask [`Halo::find_company`] before trying again.
    pub async fn create_company(&self, new: &NewCompany) -> Result<RemoteCompany, Error> {
        self.create(&calls::CREATE_COMPANY, map::company_body(new), map::company)
            .await
    }

    /// Creates a site.
    ///
    /// # Errors
    /// As for [`Halo::update_tickets`]. After `LostAnswer`, ask [`Halo::find_site`] before trying again.
    pub async fn create_site(&self, new: &NewSite) -> Result<RemoteSite, Error> {
        self.create(&calls::CREATE_SITE, map::site_body(new), map::site).await
    }

    /// Creates a contact. It mails nobody.
    ///
    /// # Errors
    /// As for [`Halo::update_tickets`]. After `LostAnswer`, ask [`Halo::find_contact`] before trying again.
    pub async fn create_contact(&self, new: &NewContact) -> Result<RemoteContact, Error> {
        self.create(&calls::CREATE_CONTACT, map::contact_body(new), map::contact)
            .await
    }

    async fn create<T>(
        &self,
        call: &'static calls::Call,
        body: serde_json::Value,
        read: impl Fn(&Record) -> Option<T>,
    ) -> Result<T, Error> {
        let records = self.write(call, vec![body]).await?;
        records
            .iter()
            .find_map(read)
            .ok_or_else(|| answer::lost_answer().with_detail("the answer holds no record with an id"))
    }

    async fn find<T>(
        &self,
        call: &'static calls::Call,
        asked: &[(&'static str, String)],
        read: impl Fn(&Record) -> Option<T>,
        is_it: impl Fn(&T) -> bool,
    ) -> Result<Option<T>, Error> {
        let mut received = 0;
        for number in 1..=SEARCH_PAGES {
            let mut pairs = paging(number);
            pairs.extend([
                ("includeactive", "true".to_owned()),
                ("includeinactive", "true".to_owned()),
            ]);
            pairs.extend_from_slice(asked);
            let listing = self.list(call, &borrowed(&pairs)).await?;
            let page = page(listing, &read);
            received += page.raw_rows as u64;
            let more = page.has_more(received);
            // HaloPSA ignores parameters it does not know, so every row is held against what was asked.
            if let Some(found) = page.rows.into_iter().find(|row| is_it(row)) {
                return Ok(Some(found));
            }
            if !more {
                break;
            }
        }
        Ok(None)
    }
}

/// Equal but for case and the spaces between words.
fn same_words(one: &str, other: &str) -> bool {
    words(one).to_lowercase() == words(other).to_lowercase()
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_compare_by_their_words() {
        assert!(same_words(" Acme  Legal Ltd", "ACME legal ltd"));
        assert!(!same_words("Acme Legal", "Acme Legal Ltd"));
        assert!(same_words("", "  "));
    }
}
