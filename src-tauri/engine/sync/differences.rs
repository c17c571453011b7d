//! The rows behind the figures: which tickets were missing or elsewhere when both sides were compared last.

use domain::{HaloTicketId, TicketId};
use store::Reader;

use super::figures::Checked;
use crate::{Engine, views::SyncDifferences};

/// The most tickets of one kind that are named; the figures count all of them.
pub(super) const MOST_NAMED: usize = 500;

impl Engine {
    /// Which tickets the last comparison of both sides found missing in HaloPSA, elsewhere, or not here.
    ///
    /// # Errors
    /// The store's failures.
    pub fn sync_differences(&self) -> anyhow::Result<SyncDifferences> {
        Ok(self.store().read(|reader| {
            let missing: Vec<HaloTicketId> = reader
                .missing()?
                .into_iter()
                .filter(|missing| !missing.kept)
                .map(|missing| missing.halo_id)
                .collect();
            let mut elsewhere = Vec::new();
            let mut unknown = Vec::new();
            for halo in Checked::read(reader)?.differing {
                match reader.ticket_by_halo(halo)? {
                    Some(_) if missing.contains(&halo) => {}
                    Some(ticket) => elsewhere.push(ticket),
                    None => unknown.push(halo),
                }
            }
            Ok::<_, store::Error>(SyncDifferences {
                missing: reader.cards(&local(reader, &missing)?)?,
                missing_total: u32::try_from(missing.len()).unwrap_or(u32::MAX),
                elsewhere: reader.cards(&elsewhere)?,
                unknown,
            })
        })?)
    }
}

/// The tickets with these numbers that are here, as many as are named.
fn local(reader: &Reader<'_>, tickets: &[HaloTicketId]) -> Result<Vec<TicketId>, store::Error> {
    let mut found = Vec::new();
    for halo in tickets.iter().take(MOST_NAMED) {
        found.extend(reader.ticket_by_halo(*halo)?);
    }
    Ok(found)
}
