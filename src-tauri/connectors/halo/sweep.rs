//! The numbers of tickets and of other records, without the records: how absence is noticed without reading everything.

use std::collections::BTreeSet;

use domain::{HaloTicketId, Lifecycle, StageKey, tenant::TenantMap};

use super::{
    Halo, answer, calls, map,
    read::{borrowed, paging},
    wire::{Listing, Record},
};
use crate::{Class, Error, ErrorKind};

/// More than any tenant has: without a page, HaloPSA gives as many rows as are asked for.
const ALL: &str = "1000000";

/// The numbers that HaloPSA listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TicketIds {
    pub ids: BTreeSet<HaloTicketId>,
    /// Whether HaloPSA listed as many as it says there are. Where rights hide rows, absence says nothing.
    pub complete: bool,
}

/// The numbers of records of one sort that HaloPSA listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    pub numbers: BTreeSet<i64>,
    /// See [`TicketIds::complete`].
    pub complete: bool,
}

/// A sort of record beside the tickets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Records {
    Companies,
    Sites,
    Contacts,
}

impl Halo {
    /// The numbers of every company, site or contact, active or not. One request; more where HaloPSA insists on pages.
    ///
    /// # Errors
    /// Any of a read.
    pub async fn record_numbers(&self, of: Records) -> Result<Numbers, Error> {
        let call = match of {
            Records::Companies => &calls::COMPANY_IDS,
            Records::Sites => &calls::SITE_IDS,
            Records::Contacts => &calls::CONTACT_IDS,
        };
        let filter = vec![
            ("idonly", "true".to_owned()),
            ("includeactive", "true".to_owned()),
            ("includeinactive", "true".to_owned()),
        ];
        let (numbers, complete) = self.numbers(call, &filter, |row| row.id("id")).await?;
        Ok(Numbers { numbers, complete })
    }

    /// Whether HaloPSA has a record, asked for it alone.
    ///
    /// # Errors
    /// Any of a read.
    pub async fn has_record(&self, of: Records, number: i64) -> Result<bool, Error> {
        let call = match of {
            Records::Companies => &calls::COMPANY,
            Records::Sites => &calls::SITE,
            Records::Contacts => &calls::CONTACT,
        };
        let class = self.class.unwrap_or(Class::Pull);
        match self.client.read(call, Some(number), &[], class).await {
            Ok(json) => Ok(Record::of(json).is_some_and(|record| !map::is_deleted(&record))),
            Err(error) if error.kind == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The numbers of every ticket of a lifecycle, open and closed, or only of those in one stage. One request; more
    /// where HaloPSA insists on pages.
    ///
    /// # Errors
    /// Any of a read; `Invalid` when the lifecycle or the stage is mapped to nothing.
    pub async fn ticket_ids(
        &self,
        map: &TenantMap,
        lifecycle: Lifecycle,
        stage: Option<&StageKey>,
    ) -> Result<TicketIds, Error> {
        let unmapped = |what: &str| answer::invalid_because(format!("{what} is mapped to nothing in HaloPSA."));
        let ticket_type = map
            .ticket_types
            .get(&lifecycle)
            .ok_or_else(|| unmapped(lifecycle.label()))?;
        let status = stage
            .map(|stage| map.stages.get(stage).ok_or_else(|| unmapped(stage.as_str())))
            .transpose()?;
        let mut filter = vec![
            ("ticketidonly", "true".to_owned()),
            ("requesttype_id", ticket_type.to_string()),
        ];
        filter.extend(status.map(|status| ("status_id", status.to_string())));
        // A row that says of itself that the filter was ignored does not belong to the answer.
        let fits = |name: &str, wanted: i64, record: &Record| record.int(name).is_none_or(|found| found == wanted);
        let read = |row: &Record| {
            let belongs = fits("tickettype_id", ticket_type.0, row)
                && status.is_none_or(|status| fits("status_id", status.0, row));
            row.id("id").filter(|_| belongs).map(HaloTicketId)
        };
        let (ids, complete) = self.numbers(&calls::TICKET_IDS, &filter, read).await?;
        Ok(TicketIds { ids, complete })
    }

    /// What `read` makes of every row, and whether HaloPSA listed as many as it counts.
    async fn numbers<T: Ord>(
        &self,
        call: &'static calls::Call,
        filter: &[(&'static str, String)],
        read: impl Fn(&Record) -> Option<T>,
    ) -> Result<(BTreeSet<T>, bool), Error> {
        let numbers_of = |listing: &Listing| -> BTreeSet<T> { listing.rows.iter().filter_map(&read).collect() };
        let mut pairs = filter.to_vec();
        pairs.push(("count", ALL.to_owned()));
        pairs.push(("order", "id".to_owned()));
        let whole = self.list(call, &borrowed(&pairs)).await?;
        let mut found = numbers_of(&whole);
        let total = whole.record_count.unwrap_or(whole.raw_rows as u64);
        if (whole.raw_rows as u64) < total {
            let mut received = 0;
            for number in 1.. {
                let mut pairs = paging(number);
                pairs.extend(filter.iter().cloned());
                let page = self.list(call, &borrowed(&pairs)).await?;
                found.extend(numbers_of(&page));
                received += page.raw_rows as u64;
                if page.raw_rows == 0 || received >= total {
                    break;
                }
            }
        }
        let complete = found.len() as u64 >= total;
        Ok((found, complete))
    }
}
