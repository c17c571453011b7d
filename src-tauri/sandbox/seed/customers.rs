//! The companies that are clients in HaloPSA, with their sites and users, and the placeholders for all the others.

use std::collections::BTreeMap;

use super::{Customers, Seed, companies::Company, people::Person, texts};
use crate::{
    record::{Cell, Moment, Record},
    schema::{client, crm::tag, site, user},
    tenant::{PLACEHOLDER, Tenant},
};

/// The ids of a company that is a client.
#[derive(Clone, Debug, Default)]
pub struct Customer {
    pub client: i64,
    pub site: i64,
    /// Its contacts by their number in the company; the General User under `None`.
    pub users: BTreeMap<Option<u64>, i64>,
}

/// Client "Unknown", its site and its "General User": where everything is that has no customer.
pub fn placeholders(tenant: &mut Tenant, began: Moment) {
    let mut unknown = Record::new(PLACEHOLDER, began);
    unknown.set_text(client::NAME, "Unknown");
    unknown.set_int(client::MAIN_SITE_ID, PLACEHOLDER);
    unknown.set_int(client::TOPLEVEL_ID, 1);
    tenant.clients.put(unknown);
    let mut nowhere = Record::new(PLACEHOLDER, began);
    nowhere.set_text(site::NAME, "Unknown");
    nowhere.set_int(site::CLIENT_ID, PLACEHOLDER);
    tenant.sites.put(nowhere);
    tenant
        .users
        .put(general_user(PLACEHOLDER, PLACEHOLDER, PLACEHOLDER, began));
    if let Some(tags) = tenant.drawer_mut("tags") {
        for (text, id) in texts::TAGS.iter().zip(1..) {
            let mut record = Record::new(id, began);
            record.set_text(tag::TEXT, *text);
            tags.put(record);
        }
    }
}

fn general_user(id: i64, client: i64, site: i64, at: Moment) -> Record {
    let mut record = Record::new(id, at);
    record.set_text(user::NAME, "General User");
    record.set_text(user::INITIALS, "GU");
    record.set_int(user::CLIENT_ID, client);
    record.set_int(user::SITE_ID, site);
    record.set_int(user::SITE_ID_INT, site);
    record
}

impl Seed {
    /// Makes the clients, in the order in which their tickets came in.
    pub(super) fn customers(&self, tenant: &mut Tenant) -> Customers {
        let mut customers = Customers::new();
        for &story in self.stories.iter().filter(|story| **story < self.tickets) {
            let story = self.setting.sale(u64::from(story));
            let Some(sale) = story.sale.filter(|sale| sale.is_client) else {
                continue;
            };
            let customer = customers
                .entry(sale.company.number)
                .or_insert_with(|| new_client(tenant, &sale.company, story.created));
            customer.users.entry(Some(sale.nth)).or_insert_with(|| {
                new_user(
                    tenant,
                    &sale.company,
                    &sale.person,
                    (customer.client, customer.site),
                    story.created,
                )
            });
        }
        customers
    }
}

fn new_client(tenant: &mut Tenant, company: &Company, at: Moment) -> Customer {
    let client_id = tenant.clients.take_id();
    let site_id = tenant.sites.take_id();
    let mut record = Record::new(client_id, at);
    record.set_text(client::NAME, company.name.as_str());
    record.set_text(client::WEBSITE, format!("https://www.{}", company.domain));
    record.set_text(client::DOMAIN, company.domain.as_str());
    record.set_int(client::MAIN_SITE_ID, site_id);
    record.set_int(client::TOPLEVEL_ID, 1);
    record.set(client::IS_ACCOUNT, Cell::Bool(true));
    record.set_date(client::DATECREATED, at);
    record.shrink();
    tenant.clients.put(record);

    let mut record = Record::new(site_id, at);
    record.set_text(site::NAME, if site_id % 3 == 0 { company.town } else { "Main" });
    record.set_int(site::CLIENT_ID, client_id);
    record.set_text(site::PHONENUMBER, company.phone_abroad.as_str());
    record.set_text(site::DELIVERY_ADDRESS_LINE1, company.street.as_str());
    record.set_text(site::DELIVERY_ADDRESS_LINE3, company.town);
    record.set_text(site::DELIVERY_ADDRESS_LINE5, company.postcode.as_str());
    record.set_text(site::COUNTRY_CODE_NAME, company.country.name);
    record.set_date(site::DATECREATED, at);
    record.shrink();
    tenant.sites.put(record);

    let general = tenant.users.take_id();
    tenant.users.put(general_user(general, client_id, site_id, at));
    Customer {
        client: client_id,
        site: site_id,
        users: BTreeMap::from([(None, general)]),
    }
}

fn new_user(tenant: &mut Tenant, company: &Company, person: &Person, (client, site): (i64, i64), at: Moment) -> i64 {
    let id = tenant.users.take_id();
    let mut record = Record::new(id, at);
    record.set_text(user::NAME, person.name());
    record.set_text(user::FIRSTNAME, person.first);
    record.set_text(user::SURNAME, person.last);
    let initials: String = [person.first, person.last]
        .iter()
        .filter_map(|name| name.chars().next())
        .collect();
    record.set_text(user::INITIALS, initials);
    record.set_text(user::EMAILADDRESS, person.email.as_str());
    record.set_text(user::PHONENUMBER, company.phone.as_str());
    record.set_text(user::MOBILENUMBER, person.mobile.as_str());
    record.set_int(user::CLIENT_ID, client);
    record.set_int(user::SITE_ID, site);
    record.set_int(user::SITE_ID_INT, site);
    record.set(user::IS_PROSPECT, Cell::Bool(true));
    record.set_date(user::DATECREATED, at);
    record.shrink();
    tenant.users.put(record);
    id
}
