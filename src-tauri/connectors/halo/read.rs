//! The calls that change nothing.

use chrono::{DateTime, Utc};
use domain::{
    HaloTicketId, Lifecycle,
    remote::{RemoteAction, RemoteCompany, RemoteContact, RemoteSite, RemoteTicket},
    tenant::TenantMap,
};

use super::{
    Halo, PAGE_SIZE, Page, TicketQuery, answer, calls, malformed, map,
    wire::{self, Listing, Record},
};
use crate::{Class, Error, ErrorKind};

/// How many pages of a ticket type are searched, newest first, for a ticket that carries our key.
const KEY_SEARCH_PAGES: u32 = 3;

impl Halo {
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

    /// The actions of all tickets between two moments, oldest first, HaloPSA's own included; `None` when HaloPSA did not
    /// send all of them, so that a shorter time has to be asked for. More than about a day is never answered.
    ///
    /// # Errors
    /// Any of a read.
    pub async fn actions_between(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Option<Vec<RemoteAction>>, Error> {
        let moment = |moment: DateTime<Utc>| moment.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
        let (from, to) = (moment(from), moment(to));
        let listing = self
            .list(
                &calls::ACTIONS,
                &[("startdate", &from), ("enddate", &to), ("count", "10000")],
            )
            .await?;
        let is_cut = listing
            .record_count
            .is_some_and(|count| count > listing.raw_rows as u64);
        let actions = listing.rows.iter().filter_map(|row| {
            // Without its ticket an action says nothing.
            let ticket = HaloTicketId(row.id("ticket_id")?);
            map::action(row, ticket)
        });
        let mut actions: Vec<RemoteAction> = actions.collect();
        actions.sort_by_key(|action| (action.at, action.ticket, action.id));
        Ok((!is_cut).then_some(actions))
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

    pub(super) async fn list(&self, call: &'static calls::Call, query: &[(&str, &str)]) -> Result<Listing, Error> {
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
}

/// The parameters of a page, sorted by id so that writes of others shift no rows between pages.
pub(super) fn paging(number: u32) -> Vec<(&'static str, String)> {
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

pub(super) fn borrowed<'a>(pairs: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    pairs.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

pub(super) fn page<T>(listing: Listing, read: impl Fn(&Record) -> Option<T>) -> Page<T> {
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
