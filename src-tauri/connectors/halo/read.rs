//! The calls that change nothing.

use chrono::{DateTime, Utc};
use domain::{
    HaloOutcomeId, HaloStatusId, HaloTicketId, HaloTicketTypeId, Lifecycle,
    remote::{RemoteAction, RemoteCompany, RemoteContact, RemoteSite, RemoteTicket},
    tenant::{TenantAgent, TenantMap, TenantSetup},
};

use super::{
    Halo, PAGE_SIZE, Page, TicketQuery, answer, calls, malformed, map,
    wire::{self, Listing, Record},
};
use crate::{Class, Error, ErrorKind};

/// How many pages of a ticket type are searched, newest first, for a ticket that carries our key.
const KEY_SEARCH_PAGES: u32 = 3;

impl Halo {
    /// Reads what the setup check needs: types, statuses, outcomes, agents, custom fields, and who we are. Changes
    /// nothing. Seven requests.
    ///
    /// # Errors
    /// Any of a read; `Forbidden` names the missing right.
    pub async fn setup(&self) -> Result<TenantSetup, Error> {
        let ticket_types = self.list(&calls::TICKET_TYPES, &[("showall", "true")]).await?;
        let statuses = self.list(&calls::STATUSES, &[("showall", "true")]).await?;
        let outcomes = self.list(&calls::OUTCOMES, &[]).await?;
        let everybody = [
            ("includeenabled", "true"),
            ("includedisabled", "true"),
            ("includeapiagents", "true"),
        ];
        let agents = self.list(&calls::AGENTS, &everybody).await?;
        let fields = self
            .list(&calls::FIELDS, &[("typeid", "1"), ("includevalues", "true")])
            .await?;
        // Nice to have: a service account without an agent, or a tenant that hides its version, can still be used.
        let instance = self.optional(&calls::INSTANCE_INFO).await?;
        let me = self.optional(&calls::ME).await?.as_ref().and_then(map::agent);
        let mut agents: Vec<TenantAgent> = agents.rows.iter().filter_map(map::agent).collect();
        // Our own writes come back under this agent, which lists may keep to themselves.
        if let Some(me) = me.as_ref().filter(|me| agents.iter().all(|agent| agent.id != me.id)) {
            agents.push(me.clone());
        }
        let named = |listing: &Listing, names: &[&str]| -> Vec<(i64, String)> {
            listing.rows.iter().filter_map(|row| map::named(row, names)).collect()
        };
        let first_text = |names: &[&str]| {
            let record = instance.as_ref()?;
            names.iter().find_map(|name| record.text(name))
        };
        Ok(TenantSetup {
            product: first_text(&["product", "product_name", "application"]).unwrap_or_else(|| "HaloPSA".to_owned()),
            version: first_text(&["version", "product_version", "build"]).unwrap_or_default(),
            ticket_types: named(&ticket_types, &["name"])
                .into_iter()
                .map(|(id, name)| (HaloTicketTypeId(id), name))
                .collect(),
            statuses: named(&statuses, &["name", "shortname"])
                .into_iter()
                .map(|(id, name)| (HaloStatusId(id), name))
                .collect(),
            outcomes: named(&outcomes, &["outcome", "buttonname", "name"])
                .into_iter()
                .map(|(id, name)| (HaloOutcomeId(id), name))
                .collect(),
            agents,
            fields: fields.rows.iter().filter_map(map::field).collect(),
            me: me.map(|agent| agent.id),
        })
    }

    /// One page of the tickets of a lifecycle, open and closed. Rows of other types are left out, because HaloPSA
    /// ignores filters it does not know.
    ///
    /// # Errors
    /// Any of a read; `Invalid` when the lifecycle is mapped to no ticket type.
    pub async fn tickets_page(
        &self,
        map: &TenantMap,
        lifecycle: Lifecycle,
        query: TicketQuery,
    ) -> Result<Page<RemoteTicket>, Error> {
        let Some(ticket_type) = map.ticket_types.get(&lifecycle).copied() else {
            return Err(answer::invalid_because(format!(
                "No ticket type in HaloPSA is mapped to {}. Ask your administrator to add one, then run the setup check in Settings.",
                lifecycle.label()
            )));
        };
        let mut pairs = paging(query.page);
        pairs.push(("requesttype_id", ticket_type.to_string()));
        pairs.extend(since(query.updated_since));
        pairs.extend(custom_fields(map, false));
        let listing = self.list(&calls::TICKETS, &borrowed(&pairs)).await?;
        let locale = self.client.locale();
        Ok(page(listing, |row| {
            map::ticket(row, map, locale, Some(ticket_type))
                .filter(|ticket| ticket.ticket_type == ticket_type && !map::is_deleted(row))
        }))
    }

    /// One ticket with everything HaloPSA knows about it; `None` when it was deleted or never was.
    ///
    /// # Errors
    /// Any of a read.
    pub async fn ticket(&self, map: &TenantMap, id: HaloTicketId) -> Result<Option<RemoteTicket>, Error> {
        let Some(record) = self.detail(id).await? else {
            return Ok(None);
        };
        match map::ticket(&record, map, self.client.locale(), None) {
            Some(ticket) => Ok(Some(ticket)),
            None => Err(malformed("the ticket holds no id, type or status")),
        }
    }

    /// The ticket that carries our key, if HaloPSA has it.
    ///
    /// Searches the details where the key stands there, and in any case the newest tickets of every mapped type,
    /// because a search that HaloPSA does not support is silently no search at all.
    ///
    /// # Errors
    /// Any of a read.
    pub async fn find_ticket_by_key(&self, map: &TenantMap, key: &str) -> Result<Option<RemoteTicket>, Error> {
        if map.key_field.is_none() {
            let mut pairs = newest_first(1);
            pairs.push(("search_details", key.to_owned()));
            if let Some(found) = self.keyed_on_page(map, key, &pairs).await?.0 {
                return Ok(Some(found));
            }
        }
        for ticket_type in map.ticket_types.values() {
            let mut received = 0;
            for number in 1..=KEY_SEARCH_PAGES {
                let mut pairs = newest_first(number);
                pairs.push(("requesttype_id", ticket_type.to_string()));
                let (found, raw_rows, record_count) = self.keyed_on_page(map, key, &pairs).await?;
                if found.is_some() {
                    return Ok(found);
                }
                received += raw_rows as u64;
                if raw_rows == 0 || received >= record_count {
                    break;
                }
            }
        }
        Ok(None)
    }

    /// The keyed ticket on one page of tickets, the page's raw rows, and how many there are on all pages.
    async fn keyed_on_page(
        &self,
        map: &TenantMap,
        key: &str,
        pairs: &[(&'static str, String)],
    ) -> Result<(Option<RemoteTicket>, usize, u64), Error> {
        let mut pairs = pairs.to_vec();
        pairs.extend(custom_fields(map, true));
        let listing = self.list(&calls::TICKETS, &borrowed(&pairs)).await?;
        let found = listing.rows.iter().find(|row| map::carries_key(row, map, key));
        let ticket = found.and_then(|row| map::ticket(row, map, self.client.locale(), None));
        let count = listing.record_count.unwrap_or(u64::MAX);
        Ok((ticket, listing.raw_rows, count))
    }

    /// The actions of a ticket, HaloPSA's own included, oldest first.
    ///
    /// # Errors
    /// Any of a read; `NotFound` when HaloPSA says that the ticket is gone.
    pub async fn actions(&self, ticket: HaloTicketId) -> Result<Vec<RemoteAction>, Error> {
        let ticket_id = ticket.to_string();
        let listing = self
            .list(
                &calls::ACTIONS,
                &[
                    ("ticket_id", &ticket_id),
                    ("count", "1000"),
                    ("includehtmlnote", "true"),
                    ("includeagentdetails", "true"),
                ],
            )
            .await?;
        let mut actions: Vec<RemoteAction> = listing
            .rows
            .iter()
            .filter_map(|row| map::action(row, ticket))
            .filter(|action| action.ticket == ticket)
            .collect();
        actions.sort_by_key(|action| action.id);
        Ok(actions)
    }

    /// One page of contacts, active or not, without the pseudo persons of sites.
    ///
    /// # Errors
    /// Any of a read.
    pub async fn contacts_page(
        &self,
        number: u32,
        updated_since: Option<DateTime<Utc>>,
    ) -> Result<Page<RemoteContact>, Error> {
        let listing = self.people_page(&calls::CONTACTS, number, updated_since).await?;
        Ok(page(listing, map::contact))
    }

    /// One page of companies, active or not, without the placeholder "Unknown".
    ///
    /// # Errors
    /// Any of a read.
    pub async fn companies_page(
        &self,
        number: u32,
        updated_since: Option<DateTime<Utc>>,
    ) -> Result<Page<RemoteCompany>, Error> {
        let listing = self.people_page(&calls::COMPANIES, number, updated_since).await?;
        Ok(page(listing, map::company))
    }

    /// One page of sites, active or not, without the placeholder's.
    ///
    /// # Errors
    /// Any of a read.
    pub async fn sites_page(
        &self,
        number: u32,
        updated_since: Option<DateTime<Utc>>,
    ) -> Result<Page<RemoteSite>, Error> {
        let listing = self.people_page(&calls::SITES, number, updated_since).await?;
        Ok(page(listing, map::site))
    }

    async fn people_page(
        &self,
        call: &'static calls::Call,
        number: u32,
        updated_since: Option<DateTime<Utc>>,
    ) -> Result<Listing, Error> {
        let mut pairs = paging(number);
        pairs.push(("includeactive", "true".to_owned()));
        pairs.push(("includeinactive", "true".to_owned()));
        pairs.extend(since(updated_since));
        self.list(call, &borrowed(&pairs)).await
    }

    async fn list(&self, call: &'static calls::Call, query: &[(&str, &str)]) -> Result<Listing, Error> {
        let json = self
            .client
            .read(call, None, query, self.class.unwrap_or(Class::Pull))
            .await?;
        wire::listing(json).ok_or_else(|| malformed("the answer holds no list"))
    }

    async fn detail(&self, id: HaloTicketId) -> Result<Option<Record>, Error> {
        let class = self.class.unwrap_or(Class::Pull);
        match self
            .client
            .read(&calls::TICKET, Some(id.0), &[("includedetails", "true")], class)
            .await
        {
            Ok(json) => match Record::of(json) {
                Some(record) => Ok(Some(record).filter(|record| !map::is_deleted(record))),
                None => Err(malformed("the answer is no object")),
            },
            Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// A record without which we can go on.
    async fn optional(&self, call: &'static calls::Call) -> Result<Option<Record>, Error> {
        match self
            .client
            .read(call, None, &[], self.class.unwrap_or(Class::Pull))
            .await
        {
            Ok(json) => Ok(Record::of(json)),
            // Some calls answer 401 where a module's right is missing, and the sign-in has just proven to be good.
            Err(error) => match error.kind {
                ErrorKind::NotFound | ErrorKind::Forbidden { .. } | ErrorKind::SignedOut | ErrorKind::Malformed => {
                    Ok(None)
                }
                _ => Err(error),
            },
        }
    }
}

/// The parameters of a page, sorted by id so that writes of others shift no rows between pages.
fn paging(number: u32) -> Vec<(&'static str, String)> {
    vec![
        ("pageinate", "true".to_owned()),
        ("page_no", number.max(1).to_string()),
        ("page_size", PAGE_SIZE.to_string()),
        ("order", "id".to_owned()),
    ]
}

fn newest_first(number: u32) -> Vec<(&'static str, String)> {
    let mut pairs = paging(number);
    // Only the word works: 1 comes back ascending.
    pairs.push(("orderdesc", "true".to_owned()));
    pairs
}

fn since(moment: Option<DateTime<Utc>>) -> Option<(&'static str, String)> {
    moment.map(|moment| {
        (
            "lastupdatefromdate",
            moment.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
        )
    })
}

fn custom_fields(map: &TenantMap, with_key: bool) -> Option<(&'static str, String)> {
    let mut ids: Vec<String> = map.custom_field_ids().iter().map(ToString::to_string).collect();
    ids.extend(map.key_field.filter(|_| with_key).map(|id| id.to_string()));
    (!ids.is_empty()).then(|| ("include_custom_fields", ids.join(",")))
}

fn borrowed<'a>(pairs: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    pairs.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

fn page<T>(listing: Listing, read: impl Fn(&Record) -> Option<T>) -> Page<T> {
    Page {
        rows: listing.rows.iter().filter_map(read).collect(),
        raw_rows: listing.raw_rows,
        record_count: listing
            .record_count
            .unwrap_or(if listing.raw_rows == 0 { 0 } else { u64::MAX }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_in_queries_are_utc() {
        let moment = "2026-11-21T09:30:00.5Z".parse().unwrap();
        assert_eq!(since(Some(moment)).unwrap().1, "2026-11-21T09:30:00.500Z");
        assert_eq!(since(None), None);
    }
}
