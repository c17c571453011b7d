//! Once a day the numbers of companies, sites and contacts are compared as well: those that were deleted in HaloPSA are
//! offered to nobody any more.
//!
//! The guarantees are those of tickets. Absence is never a delete: a record counts as gone after three sweeps in a row
//! without it, and then only if HaloPSA answers 404 to the question for it alone. Many at once are a right that was lost:
//! nothing is done about them as long as they are missing. Where HaloPSA lists fewer than it counts, absence says nothing.
//! What is gone is only out of use here: tickets keep their link and their past. One that is listed again is read again.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use connectors::{Class, ErrorKind, halo::Records};
use store::{Record, SyncLogKind};

use super::{EVERY, SWEEPS, plan::is_too_much};
use crate::{
    Engine,
    sync::{Session, people},
};

/// When the next sweep of records is due.
const SWEPT: &str = "people/swept";

/// Both sides' words for a sort of record, and the cursor of its pull.
const SORTS: [(Record, Records, &str); 3] = [
    (Record::Company, Records::Companies, people::COMPANIES),
    (Record::Site, Records::Sites, people::SITES),
    (Record::Contact, Records::Contacts, people::CONTACTS),
];

impl Engine {
    /// Compares the records of both sides if it is time to. Called after they were pulled.
    pub(in crate::sync) async fn sweep_records(&self, session: &Session) -> anyhow::Result<()> {
        let due = self.store().cursor_get(SWEPT)?;
        let due = due.and_then(|text| text.parse::<DateTime<Utc>>().ok());
        if due.is_some_and(|due| due > self.now()) || !self.has_pulled_people()? {
            return Ok(());
        }
        let next = (self.now() + EVERY).to_rfc3339();
        // All of them were read just now.
        if due.is_none() {
            self.store().write_quiet(self.now(), |w| w.cursor_set(SWEPT, &next))?;
            return Ok(());
        }
        for (sort, there, cursor) in SORTS {
            self.sweep_sort(session, sort, there, cursor).await?;
        }
        self.store().write_quiet(self.now(), |w| w.cursor_set(SWEPT, &next))?;
        Ok(())
    }

    async fn sweep_sort(
        &self,
        session: &Session,
        sort: Record,
        there: Records,
        cursor: &'static str,
    ) -> anyhow::Result<()> {
        let halo = session.halo.as_class(Class::Bulk);
        let (listed, _) = self.while_pushing(halo.record_numbers(there)).await?;
        let listed = self.listed(listed)?;
        if !listed.complete {
            return Ok(());
        }
        let (here, gone) = self.store().read(|reader| -> Result<_, store::Error> {
            let gone: BTreeSet<i64> = reader.gone_records(sort)?.into_iter().collect();
            Ok((reader.record_numbers(sort)?, gone))
        })?;
        let missing: BTreeSet<i64> = here
            .iter()
            .filter(|number| !listed.numbers.contains(number) && !gone.contains(number))
            .copied()
            .collect();
        let back: Vec<i64> = gone.intersection(&listed.numbers).copied().collect();
        let brake = is_too_much(missing.len(), here.len());
        let written = self
            .store()
            .write_quiet(self.now(), |w| -> Result<Vec<i64>, store::Error> {
                w.count_missing_records(sort, &missing)?;
                for number in &back {
                    w.set_record_gone(sort, *number, false)?;
                }
                if !back.is_empty() {
                    // What became of them meanwhile is not known.
                    w.cursor_clear(cursor)?;
                }
                if brake {
                    let text = format!(
                        "{} {} are missing in HaloPSA at once. Nothing is done about them.",
                        missing.len(),
                        sort.plural()
                    );
                    w.log_sync(SyncLogKind::Checked, &text)?;
                    return Ok(Vec::new());
                }
                w.missing_records(sort, SWEEPS)
            })?;
        self.publish(written.changes);
        for number in written.value {
            let (answer, _) = self.while_pushing(halo.has_record(there, number)).await?;
            match answer {
                Ok(found) => {
                    self.link_is_up()?;
                    let written = self.store().write_quiet(self.now(), |w| {
                        if found {
                            w.forget_missing_record(sort, number)
                        } else {
                            w.set_record_gone(sort, number, true)
                        }
                    })?;
                    self.publish(written.changes);
                }
                Err(error) if matches!(error.kind, ErrorKind::Forbidden { .. }) => {}
                Err(error) => {
                    self.link_failed(&error)?;
                    return Err(error.into());
                }
            }
        }
        Ok(())
    }
}
