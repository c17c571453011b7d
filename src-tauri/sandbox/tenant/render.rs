//! How a row is printed: a list row shows some properties, a detail all of them, an answer to a POST spells some of them
//! in another way.

use serde::{
    Serialize, Serializer,
    ser::{SerializeMap, SerializeSeq},
};
use serde_json::Value;

use super::{Table, Tenant, fields};
use crate::{
    record::{Cell, InList, Key, Kind, Prop, Record},
    schema::{action, client, site, ticket, user},
    wire,
};

/// How rows are to be printed.
#[derive(Clone, Debug, Default)]
pub struct Look {
    /// Everything, rather than what lists show.
    pub detail: bool,
    pub custom: CustomWanted,
    pub agent_name: bool,
    pub status_name: bool,
    pub ticket_type_name: bool,
    pub html_notes: bool,
    /// The other spelling of some names.
    pub drift: bool,
    pub warning: Option<String>,
}

/// Which custom fields a row carries.
#[derive(Clone, Debug, Default)]
pub enum CustomWanted {
    #[default]
    None,
    All,
    These(Vec<i64>),
}

impl Look {
    pub fn detail() -> Self {
        Self {
            detail: true,
            custom: CustomWanted::All,
            agent_name: true,
            status_name: true,
            ticket_type_name: true,
            html_notes: true,
            drift: false,
            warning: None,
        }
    }
}

/// What the names become where an answer spells them differently.
const DRIFT: &[(&str, &str)] = &[
    ("last_update", "lastupdate"),
    ("category_1", "category1"),
    ("category_2", "category2"),
    ("category_3", "category3"),
    ("category_4", "category4"),
    ("user_email", "useremail"),
    ("ticket_tags", "tickettags"),
];

/// A row about to be printed.
pub struct Row<'a> {
    tenant: &'a Tenant,
    table: Shown,
    record: &'a Record,
    look: &'a Look,
    schema: &'static crate::record::Schema,
}

/// What is printed beside the schema's own properties.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    Ticket,
    User,
    Client,
    Site,
    Action,
    Webhook,
    Other,
}

impl Tenant {
    /// A row of a table, to be printed.
    pub(super) fn row<'a>(&'a self, table: &Table, record: &'a Record, look: &'a Look) -> Row<'a> {
        let shown = match table.schema.name {
            "Tickets" => Shown::Ticket,
            "Users" => Shown::User,
            "Client" => Shown::Client,
            "Site" => Shown::Site,
            "Webhook" => Shown::Webhook,
            _ => Shown::Other,
        };
        Row {
            tenant: self,
            table: shown,
            record,
            look,
            schema: table.schema,
        }
    }

    /// A row of a timeline, to be printed.
    pub(super) fn action_row<'a>(&'a self, record: &'a Record, look: &'a Look) -> Row<'a> {
        Row {
            tenant: self,
            table: Shown::Action,
            record,
            look,
            schema: &action::SCHEMA,
        }
    }
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if self.table == Shown::Webhook {
            map.serialize_entry("id", &super::id_to_guid("webhook", self.record.id))?;
        } else {
            map.serialize_entry("id", &self.record.id)?;
        }
        let sales = self.table == Shown::Ticket && self.tenant.config.is_sales(self.record.int(ticket::TICKETTYPE_ID));
        for (key, prop) in self.schema.iter() {
            if self.shows(key, prop, sales) {
                let name = self.name(prop.name);
                self.property(&mut map, name, key, prop)?;
            }
        }
        match self.table {
            Shown::Ticket => self.ticket_names(&mut map)?,
            Shown::User => self.user_names(&mut map)?,
            Shown::Client => self.client_names(&mut map)?,
            Shown::Site => self.site_names(&mut map)?,
            Shown::Action | Shown::Webhook | Shown::Other => {}
        }
        if !matches!(self.table, Shown::Action | Shown::Webhook | Shown::Other)
            && !matches!(self.look.custom, CustomWanted::None)
        {
            map.serialize_entry("customfields", &CustomFields(self))?;
        }
        if let Some(warning) = &self.look.warning {
            map.serialize_entry("_warning", warning)?;
        }
        map.end()
    }
}

impl Row<'_> {
    fn shows(&self, key: Key, prop: &Prop, sales: bool) -> bool {
        if matches!(
            prop.name,
            "_recover" | "issystem" | "userlookup" | "tags" | "_includeticketinresponse" | "data_base64"
        ) {
            return false;
        }
        if self.table == Shown::Action && key == action::NOTE_HTML {
            return self.look.html_notes;
        }
        let set = || self.record.get(key).is_some() || self.record.int(key) != 0;
        if self.look.detail {
            return prop.kind != Kind::Json || set();
        }
        match prop.list {
            InList::Never => false,
            InList::WhenSet => set(),
            InList::Always => true,
            InList::OnSales => sales,
        }
    }

    fn name(&self, name: &'static str) -> &'static str {
        if !self.look.drift {
            return name;
        }
        DRIFT
            .iter()
            .find(|(usual, _)| *usual == name)
            .map_or(name, |(_, other)| other)
    }

    fn property<M: SerializeMap>(&self, map: &mut M, name: &str, key: Key, prop: &Prop) -> Result<(), M::Error> {
        let cell = self.record.get(key);
        match prop.kind {
            Kind::Int => map.serialize_entry(name, &self.record.int(key)),
            Kind::Double => {
                #[expect(clippy::cast_precision_loss, reason = "ids and amounts are far below 2^53")]
                let number = match cell {
                    Some(Cell::Num(number)) => *number,
                    _ => self.record.int(key) as f64,
                };
                map.serialize_entry(name, &number)
            }
            Kind::Bool => map.serialize_entry(name, &self.record.flag(key)),
            Kind::Text => match cell {
                Some(Cell::Text(text)) => map.serialize_entry(name, &**text),
                _ if prop.null => map.serialize_entry(name, &()),
                _ => map.serialize_entry(name, ""),
            },
            Kind::Date => match cell {
                // Some properties carry seven digits where others carry three.
                Some(Cell::Date(at)) if key == ticket::LASTACTIONDATE && self.table == Shown::Ticket => {
                    map.serialize_entry(name, &wire::date_long(*at))
                }
                Some(Cell::Date(at)) => map.serialize_entry(name, &wire::date(*at)),
                _ => map.serialize_entry(name, wire::NO_DATE),
            },
            Kind::Json => match cell {
                Some(Cell::Json(value)) => map.serialize_entry(name, value),
                _ => map.serialize_entry(name, &()),
            },
        }
    }

    /// The names that stand behind a ticket's ids. Lists leave some of them out unless asked.
    fn ticket_names<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        let (tenant, record) = (self.tenant, self.record);
        map.serialize_entry("client_name", tenant.client_name(record.int(ticket::CLIENT_ID)))?;
        map.serialize_entry("site_name", tenant.site_name(record.int(ticket::SITE_ID)))?;
        let user = tenant.users.get(record.int(ticket::USER_ID));
        map.serialize_entry("user_name", user.map_or("General User", |user| user.text(user::NAME)))?;
        map.serialize_entry(
            self.name("user_email"),
            user.map_or("", |user| user.text(user::EMAILADDRESS)),
        )?;
        if self.look.agent_name {
            let agent = tenant.agent(record.int(ticket::AGENT_ID));
            map.serialize_entry("agent_name", agent.map_or("Unassigned", |agent| agent.name))?;
        }
        if self.look.status_name {
            let status = tenant.config.status(record.int(ticket::STATUS_ID));
            map.serialize_entry("status_name", status.map_or("", |status| &*status.name))?;
        }
        if self.look.ticket_type_name {
            let kind = tenant.config.ticket_type(record.int(ticket::TICKETTYPE_ID));
            map.serialize_entry("tickettype_name", kind.map_or("", |kind| &*kind.name))?;
        }
        if self.look.detail {
            let priority = crate::config::PRIORITIES
                .iter()
                .find(|(id, _, _)| *id == record.int(ticket::PRIORITY_ID));
            map.serialize_entry("priority_name", priority.map_or("", |(_, name, _)| name))?;
            map.serialize_entry("tags", &tenant.tags_in(record.text(ticket::TICKET_TAGS)))?;
            map.serialize_entry(
                "is_opportunity",
                &tenant.config.is_sales(record.int(ticket::TICKETTYPE_ID)),
            )?;
        }
        // Only a closed ticket says that it has been closed; an open one has no such key.
        if tenant.config.is_closed(record.int(ticket::STATUS_ID)) {
            map.serialize_entry("hasbeenclosed", &true)?;
        }
        map.serialize_entry("use", "ticket")?;
        map.serialize_entry(self.name("last_update"), &wire::date(record.updated))
    }

    fn user_names<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry("client_name", self.tenant.client_name(self.record.int(user::CLIENT_ID)))?;
        map.serialize_entry("site_name", self.tenant.site_name(self.record.int(user::SITE_ID)))?;
        if self.look.detail {
            map.serialize_entry("ulastupdate", &wire::date(self.record.updated))?;
        }
        Ok(())
    }

    fn client_names<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry("toplevel_name", "Sample MSP customers")?;
        if self.look.detail {
            let main = self.tenant.sites.get(self.record.int(client::MAIN_SITE_ID));
            map.serialize_entry("main_site_name", main.map_or("", |site| site.text(site::NAME)))?;
            map.serialize_entry("main_phonenumber", main.map_or("", |site| site.text(site::PHONENUMBER)))?;
            let contact = self.tenant.users.get(self.record.int(client::MAIN_CONTACT_ID));
            map.serialize_entry("main_contact_name", contact.map_or("", |user| user.text(user::NAME)))?;
            map.serialize_entry("alastupdate", &wire::date(self.record.updated))?;
        }
        Ok(())
    }

    fn site_names<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        let client = self.tenant.client_name(self.record.int(site::CLIENT_ID));
        map.serialize_entry("client_name", client)?;
        map.serialize_entry("clientsite_name", &format!("{client}/{}", self.record.text(site::NAME)))?;
        if self.look.detail {
            map.serialize_entry("slastupdate", &wire::date(self.record.updated))?;
        }
        Ok(())
    }

    /// Which of the tenant's fields this kind of row has.
    fn usage(&self) -> i64 {
        match self.table {
            Shown::Client => 2,
            Shown::Site => 3,
            Shown::User => 4,
            _ => 1,
        }
    }
}

/// The `customfields` of a row.
struct CustomFields<'a>(&'a Row<'a>);

impl Serialize for CustomFields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let row = self.0;
        let omit = !row.look.detail && row.tenant.behaviour.omit_empty_custom_fields;
        let mut list = serializer.serialize_seq(None)?;
        for field in &row.tenant.config.fields {
            let wanted = match &row.look.custom {
                CustomWanted::None => false,
                CustomWanted::All => true,
                CustomWanted::These(ids) => ids.contains(&field.id),
            };
            let cell = row.record.custom(field.id);
            if wanted && field.usage == row.usage() && !(omit && cell.is_none()) {
                list.serialize_element(&fields::Shown {
                    field,
                    cell,
                    detail: row.look.detail,
                })?;
            }
        }
        list.end()
    }
}

impl Tenant {
    fn client_name(&self, id: i64) -> &str {
        self.clients
            .rows
            .get(&id)
            .map_or("Unknown", |client| client.text(client::NAME))
    }

    fn site_name(&self, id: i64) -> &str {
        self.sites.rows.get(&id).map_or("Unknown", |site| site.text(site::NAME))
    }
}

/// Prints rows as a JSON value.
pub(super) fn to_value(row: &Row<'_>) -> Value {
    serde_json::to_value(row).unwrap_or(Value::Null)
}
