//! Companies, sites and contacts.

use chrono::{DateTime, Utc};
use domain::{
    HaloCompanyId, HaloContactId, HaloSiteId,
    remote::{NewCompany, NewContact, NewSite, RemoteCompany, RemoteContact, RemoteSite},
};
use serde_json::{Map, Value as Json, json};

use super::{GENERAL_USER, UNKNOWN_COMPANY};
use crate::halo::wire::Record;

/// A contact; `None` for the pseudo person of a site and without an id.
pub(in crate::halo) fn contact(record: &Record) -> Option<RemoteContact> {
    let id = HaloContactId(record.id("id")?);
    let name = record.text_or_empty("name");
    if name.eq_ignore_ascii_case(GENERAL_USER) {
        return None;
    }
    let mut phones: Vec<String> = Vec::new();
    for property in [
        "phonenumber_preferred",
        "phonenumber",
        "mobilenumber",
        "mobilenumber2",
        "homenumber",
    ] {
        if let Some(phone) = record.text(property)
            && !phones.contains(&phone)
        {
            phones.push(phone);
        }
    }
    Some(RemoteContact {
        id,
        first_name: record.text_or_empty("firstname"),
        last_name: record.text_or_empty("surname"),
        email: ["emailaddress", "email2", "email3"]
            .iter()
            .find_map(|property| record.text(property))
            .unwrap_or_default(),
        phones,
        company: record
            .id("client_id")
            .filter(|id| *id != UNKNOWN_COMPANY)
            .map(HaloCompanyId),
        site: record.id("site_id").map(HaloSiteId),
        inactive: record.flag("inactive").unwrap_or(false),
        last_update: last_update(record, "ulastupdate"),
        name,
    })
}

/// A company; `None` for the placeholder and without an id.
pub(in crate::halo) fn company(record: &Record) -> Option<RemoteCompany> {
    let id = record.id("id").filter(|id| *id != UNKNOWN_COMPANY)?;
    Some(RemoteCompany {
        id: HaloCompanyId(id),
        main_site: record.id("main_site_id").map(HaloSiteId),
        name: record.text_or_empty("name"),
        website: record.text_or_empty("website"),
        phone: record.text_or_empty("main_phonenumber"),
        inactive: record.flag("inactive").unwrap_or(false),
        last_update: last_update(record, "alastupdate"),
    })
}

/// A site; `None` for the placeholder's and without an id.
pub(in crate::halo) fn site(record: &Record) -> Option<RemoteSite> {
    let id = HaloSiteId(record.id("id")?);
    let client = record.id("client_id");
    if client == Some(UNKNOWN_COMPANY) {
        return None;
    }
    Some(RemoteSite {
        id,
        company: client.map(HaloCompanyId),
        name: record.text_or_empty("name"),
        phone: record.text_or_empty("phonenumber"),
        inactive: record.flag("inactive").unwrap_or(false),
        last_update: last_update(record, "slastupdate"),
    })
}

/// The body of a new company.
pub(in crate::halo) fn company_body(new: &NewCompany) -> Json {
    let mut body = json!({ "name": new.name, "newclient_sitename": new.site });
    if let (false, Some(body)) = (new.website.is_empty(), body.as_object_mut()) {
        body.insert("website".to_owned(), json!(new.website));
    }
    body
}

/// The body of a new site.
pub(in crate::halo) fn site_body(new: &NewSite) -> Json {
    json!({ "name": new.name, "client_id": new.company.0 })
}

/// The body of a new contact. Ids go as whole numbers: text is refused.
pub(in crate::halo) fn contact_body(new: &NewContact) -> Json {
    let texts = [
        ("name", Some(&new.name)),
        ("firstname", Some(&new.first_name)),
        ("surname", Some(&new.last_name)),
        ("emailaddress", Some(&new.email)),
        ("phonenumber", new.phones.first()),
        ("mobilenumber", new.phones.get(1)),
    ];
    let mut body = Map::new();
    for (name, text) in texts {
        let said = text.filter(|text| !text.is_empty());
        body.extend(said.map(|text| (name.to_owned(), json!(text))));
    }
    body.insert("client_id".to_owned(), json!(new.company.0));
    body.insert("site_id".to_owned(), json!(new.site.0));
    Json::Object(body)
}

/// People, companies and sites each have their own name for it; some answers use the ticket's.
fn last_update(record: &Record, name: &str) -> Option<DateTime<Utc>> {
    record.date(name).or_else(|| record.date("last_update"))
}
