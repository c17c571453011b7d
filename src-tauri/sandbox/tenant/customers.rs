//! Clients, their sites, and their users.

use super::{Context, CustomWanted, Look, PLACEHOLDER, Table, Tenant, list, list::Window};
use crate::{
    answer::{Answer, Refusal},
    bind::{self, Bound},
    query::Query,
    record::{Cell, Key, Record},
    schema::{client, site, user},
};

impl Tenant {
    pub(super) fn list_users(&self, query: &Query, context: &Context) -> Result<Answer, Refusal> {
        let window = Window::read(query, &self.users, false)?;
        let client = query.int("client_id")?.filter(|id| *id > 0);
        let site = query.int("site_id")?.filter(|id| *id > 0);
        let word = query.text("search").map(str::to_lowercase);
        let digits: Option<String> = word
            .as_ref()
            .filter(|_| query.flag("search_phonenumbers"))
            .map(|word| word.chars().filter(char::is_ascii_digit).collect())
            .filter(|digits: &String| digits.len() >= 3);
        let active = Active::read(query);
        let look = self.list_look(query);
        let selected = window.select(&self.users, self.behaviour.page_cap, context, false, |record| {
            client.is_none_or(|client| record.int(user::CLIENT_ID) == client)
                && site.is_none_or(|site| record.int(user::SITE_ID) == site)
                && active.keeps(record.flag(user::INACTIVE))
                && !(query.flag("exclude_generaluser") && record.text(user::NAME) == "General User")
                && !(query.flag("exclude_agents") && record.int(user::LINKED_AGENT_ID) > 0)
                && word.as_ref().is_none_or(|word| {
                    contains(
                        record,
                        &[user::NAME, user::EMAILADDRESS, user::FIRSTNAME, user::SURNAME],
                        word,
                    ) || digits.as_ref().is_some_and(|digits| has_digits(record, digits))
                })
        });
        self.envelope("users", &self.users, &window, &selected, &look)
    }

    pub(super) fn list_clients(&self, query: &Query, context: &Context) -> Result<Answer, Refusal> {
        let window = Window::read(query, &self.clients, false)?;
        let word = query
            .text("search")
            .or(query.text("search_name_only"))
            .map(str::to_lowercase);
        let top = query.int("toplevel_id")?.filter(|id| *id > 0);
        let active = Active::read(query);
        let look = self.list_look(query);
        let selected = window.select(&self.clients, self.behaviour.page_cap, context, false, |record| {
            active.keeps(record.flag(client::INACTIVE))
                && top.is_none_or(|top| record.int(client::TOPLEVEL_ID) == top)
                && word
                    .as_ref()
                    .is_none_or(|word| contains(record, &[client::NAME, client::ACCOUNTSID], word))
        });
        self.envelope("clients", &self.clients, &window, &selected, &look)
    }

    pub(super) fn list_sites(&self, query: &Query, context: &Context) -> Result<Answer, Refusal> {
        let window = Window::read(query, &self.sites, false)?;
        let client = query.int("client_id")?.filter(|id| *id > 0);
        let word = query.text("search").map(str::to_lowercase);
        let active = Active::read(query);
        let look = self.list_look(query);
        let selected = window.select(&self.sites, self.behaviour.page_cap, context, false, |record| {
            client.is_none_or(|client| record.int(site::CLIENT_ID) == client)
                && active.keeps(record.flag(site::INACTIVE))
                && word.as_ref().is_none_or(|word| contains(record, &[site::NAME], word))
        });
        self.envelope("sites", &self.sites, &window, &selected, &look)
    }

    fn list_look(&self, query: &Query) -> Look {
        let wanted = query.ints("include_custom_fields").filter(|ids| !ids.is_empty());
        Look {
            custom: wanted.map_or(CustomWanted::None, CustomWanted::These),
            ..Look::default()
        }
    }

    pub(super) fn customer_detail(&self, resource: &str, id: i64) -> Result<Answer, Refusal> {
        let table = self.customer_table(resource);
        let record = table.get(id).ok_or(Refusal::NotFound)?;
        list::print(&self.row(table, record, &Look::detail()))
    }

    fn customer_table(&self, resource: &str) -> &Table {
        match resource {
            "users" => &self.users,
            "client" => &self.clients,
            _ => &self.sites,
        }
    }

    pub(super) fn post_customers(&mut self, resource: &str, raw: &[u8], context: &Context) -> Result<Answer, Refusal> {
        let schema = self.customer_table(resource).schema;
        let elements = bind::body(schema, raw, false)?;
        let mut ids = Vec::with_capacity(elements.len());
        for element in elements {
            ids.push(match resource {
                "users" => self.post_user(&element, context)?,
                "client" => self.post_client(element, context)?,
                _ => self.post_site(&element, context)?,
            });
            self.taken += 1;
        }
        let table = self.customer_table(resource);
        let look = Look {
            warning: context.twist.warning.clone(),
            ..Look::detail()
        };
        let rows: Vec<_> = ids
            .iter()
            .filter_map(|id| table.get(*id))
            .map(|record| self.row(table, record, &look))
            .collect();
        self.posted(&rows)
    }

    fn post_user(&mut self, element: &Bound, context: &Context) -> Result<i64, Refusal> {
        let mut record = match element.id {
            Some(id) => self.users.get(id).cloned().ok_or_else(|| self.unknown_id("User", id))?,
            None => {
                // One problem at a time, in this order.
                if element.text(user::NAME).is_none() {
                    return Err(Refusal::text("Username must be entered"));
                }
                if element.int(user::SITE_ID).is_none_or(|site| site <= 0) {
                    return Err(Refusal::text("A Site must be selected"));
                }
                let mut record = Record::new(0, context.now);
                record.set_date(user::DATECREATED, context.now);
                record
            }
        };
        if matches!(element.get(user::NAME), Some(name) if name.is_none() || element.text(user::NAME).is_none()) {
            return Err(Refusal::text("Username must be entered"));
        }
        if let Some(site) = element.int(user::SITE_ID) {
            let found = self
                .sites
                .get(site)
                .ok_or_else(|| Refusal::text("A Site must be selected"))?;
            let client = found.int(site::CLIENT_ID);
            if element
                .int(user::CLIENT_ID)
                .is_some_and(|wanted| wanted > 0 && wanted != client)
            {
                return Err(Refusal::text("The Site does not belong to the selected Customer"));
            }
            record.set_int(user::CLIENT_ID, client);
            record.set_int(user::SITE_ID, site);
            record.set_int(user::SITE_ID_INT, site);
        }
        apply(&mut record, element, &[user::SITE_ID, user::CLIENT_ID]);
        if record.text(user::INITIALS).is_empty() {
            let initials: String = record
                .text(user::NAME)
                .split_whitespace()
                .filter_map(|word| word.chars().next())
                .take(2)
                .collect();
            record.set_text(user::INITIALS, initials);
        }
        self.set_custom_fields(&mut record, 4, &element.custom)?;
        record.updated = context.now;
        if record.id == 0 {
            record.id = self.users.take_id();
        }
        let id = record.id;
        self.users.put(record);
        Ok(id)
    }

    fn post_client(&mut self, mut element: Bound, context: &Context) -> Result<i64, Refusal> {
        let mut record = match element.id {
            Some(id) => self
                .clients
                .get(id)
                .cloned()
                .ok_or_else(|| self.unknown_id("Customer", id))?,
            None => {
                if element.text(client::NAME).is_none() {
                    return Err(Refusal::text("A Customer name must be entered"));
                }
                let mut record = Record::new(0, context.now);
                record.set_int(client::TOPLEVEL_ID, 1);
                record.set(client::IS_ACCOUNT, Cell::Bool(true));
                record.set_date(client::DATECREATED, context.now);
                record
            }
        };
        if let Some(name) = element.text(client::NAME)
            && self
                .clients
                .iter()
                .any(|other| other.id != record.id && other.text(client::NAME).eq_ignore_ascii_case(name))
        {
            return Err(Refusal::text("A Customer with this name already exists"));
        }
        let site_name = element.text(client::NEWCLIENT_SITENAME).unwrap_or("Main").to_owned();
        let contact = element.text(client::NEWCLIENT_CONTACTNAME).map(str::to_owned);
        let contact_email = element
            .text(client::NEWCLIENT_CONTACTEMAIL)
            .unwrap_or_default()
            .to_owned();
        for key in [
            client::NEWCLIENT_SITENAME,
            client::NEWCLIENT_CONTACTNAME,
            client::NEWCLIENT_CONTACTEMAIL,
        ] {
            element.take(key);
        }
        apply(&mut record, &element, &[]);
        self.set_custom_fields(&mut record, 2, &element.custom)?;
        record.updated = context.now;
        if record.id != 0 {
            let id = record.id;
            self.clients.put(record);
            return Ok(id);
        }
        record.id = self.clients.take_id();
        let id = record.id;
        let site = self.new_site(id, &site_name, context);
        record.set_int(client::MAIN_SITE_ID, site);
        self.clients.put(record);
        if let Some(name) = contact {
            let mut user = Record::new(self.users.take_id(), context.now);
            user.set_text(user::NAME, name);
            user.set_text(user::EMAILADDRESS, contact_email);
            user.set_int(user::CLIENT_ID, id);
            user.set_int(user::SITE_ID, site);
            user.set_int(user::SITE_ID_INT, site);
            self.users.put(user);
        }
        Ok(id)
    }

    fn post_site(&mut self, element: &Bound, context: &Context) -> Result<i64, Refusal> {
        let client = element.int(site::CLIENT_ID).filter(|id| *id > 0);
        if client.is_some_and(|client| self.clients.get(client).is_none()) {
            return Err(Refusal::foreign_key("AREA", "AAREA"));
        }
        let id = match element.id {
            Some(id) => self.sites.get(id).ok_or_else(|| self.unknown_id("Site", id))?.id,
            None => {
                let name = element
                    .text(site::NAME)
                    .ok_or_else(|| Refusal::text("A Site name must be entered"))?;
                let client = client.ok_or_else(|| Refusal::text("A Customer must be selected"))?;
                self.new_site(client, name, context)
            }
        };
        let Some(mut record) = self.sites.get(id).cloned() else {
            return Err(Refusal::NotFound);
        };
        apply(&mut record, element, &[site::CLIENT_ID]);
        self.set_custom_fields(&mut record, 3, &element.custom)?;
        record.updated = context.now;
        self.sites.put(record);
        Ok(id)
    }

    /// A site with the "General User" that every site has.
    fn new_site(&mut self, client: i64, name: &str, context: &Context) -> i64 {
        let mut site = Record::new(self.sites.take_id(), context.now);
        let id = site.id;
        site.set_text(site::NAME, name);
        site.set_int(site::CLIENT_ID, client);
        site.set_date(site::DATECREATED, context.now);
        self.sites.put(site);
        let mut general = Record::new(self.users.take_id(), context.now);
        general.set_text(user::NAME, "General User");
        general.set_int(user::CLIENT_ID, client);
        general.set_int(user::SITE_ID, id);
        general.set_int(user::SITE_ID_INT, id);
        self.users.put(general);
        id
    }

    /// The main site of a client.
    pub(super) fn main_site(&self, client: i64) -> i64 {
        let main = self
            .clients
            .get(client)
            .map_or(0, |client| client.int(client::MAIN_SITE_ID));
        if main > 0 { main } else { PLACEHOLDER }
    }

    /// The "General User" of a site.
    pub(super) fn general_user(&self, site: i64) -> i64 {
        self.users
            .iter()
            .find(|user| user.int(user::SITE_ID_INT) == site && user.text(user::NAME) == "General User")
            .map_or(PLACEHOLDER, |user| user.id)
    }
}

/// Stores what the element says, but for the keys that were dealt with already.
fn apply(record: &mut Record, element: &Bound, except: &[Key]) {
    for (key, cell) in element.cells.iter().filter(|(key, _)| !except.contains(key)) {
        match cell {
            Some(cell) => record.set(*key, cell.clone()),
            None => record.clear(*key),
        }
    }
}

fn contains(record: &Record, keys: &[Key], word: &str) -> bool {
    keys.iter().any(|key| record.text(*key).to_lowercase().contains(word))
}

fn has_digits(record: &Record, digits: &str) -> bool {
    [
        user::PHONENUMBER,
        user::MOBILENUMBER,
        user::MOBILENUMBER2,
        user::HOMENUMBER,
    ]
    .iter()
    .any(|key| {
        let own: String = record.text(*key).chars().filter(char::is_ascii_digit).collect();
        own.contains(digits)
    })
}

/// Active rows unless asked otherwise.
struct Active {
    active: bool,
    inactive: bool,
}

impl Active {
    fn read(query: &Query) -> Self {
        Self {
            active: !query.denied("includeactive"),
            inactive: query.flag("includeinactive"),
        }
    }

    fn keeps(&self, inactive: bool) -> bool {
        if inactive { self.inactive } else { self.active }
    }
}
