//! The numbers of tickets, without the tickets: how absence is noticed without reading everything.

use std::collections::BTreeSet;

use domain::{HaloTicketId, Lifecycle, StageKey, tenant::TenantMap};

use super::{
    Halo, answer, calls,
    read::{borrowed, paging},
    wire::{Listing, Record},
};
use crate::Error;

/// More than any tenant has: without a page, HaloPSA gives as many rows as are asked for.
const ALL: &str = "1000000";

/// The numbers that HaloPSA listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TicketIds {
    pub ids: BTreeSet<HaloTicketId>,
    /// Whether HaloPSA listed as many as it says there are. Where rights hide rows, absence says nothing.
    pub complete: bool,
}

impl Halo {
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
        let ids_of = |listing: &Listing| -> BTreeSet<HaloTicketId> {
            // A row that says of itself that the filter was ignored does not belong to the answer.
            let fits = |name: &str, wanted: i64, record: &Record| record.int(name).is_none_or(|found| found == wanted);
            listing
                .rows
                .iter()
                .filter(|row| fits("tickettype_id", ticket_type.0, row))
                .filter(|row| status.is_none_or(|status| fits("status_id", status.0, row)))
                .filter_map(|row| row.id("id").map(HaloTicketId))
                .collect()
        };
        let mut pairs = filter.clone();
        pairs.push(("count", ALL.to_owned()));
        pairs.push(("order", "id".to_owned()));
        let whole = self.list(&calls::TICKET_IDS, &borrowed(&pairs)).await?;
        let mut found = ids_of(&whole);
        let total = whole.record_count.unwrap_or(whole.raw_rows as u64);
        if (whole.raw_rows as u64) < total {
            let mut received = 0;
            for number in 1.. {
                let mut pairs = paging(number);
                pairs.extend(filter.iter().cloned());
                let page = self.list(&calls::TICKET_IDS, &borrowed(&pairs)).await?;
                found.extend(ids_of(&page));
                received += page.raw_rows as u64;
                if page.raw_rows == 0 || received >= total {
                    break;
                }
            }
        }
        Ok(TicketIds {
            complete: found.len() as u64 >= total,
            ids: found,
        })
    }
}
