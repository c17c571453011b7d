//! Companies, sites and contacts: read once, page by page, then what changed since.
//!
//! They follow the tickets, never before them: the board needs none of them, and a first pull must not be twice as long
//! because of them. A record that is missing from a page is left alone.

use chrono::{DateTime, TimeDelta, Utc};
use connectors::{Class, halo::Page};
use serde::{Deserialize, Serialize};
use store::Writer;

use super::Session;
use crate::Engine;

/// How far back changes are asked for again.
const OVERLAP: TimeDelta = TimeDelta::minutes(10);
/// How often changes are asked for: people change less than tickets.
const EVERY: TimeDelta = TimeDelta::minutes(5);

/// The names of the cursors.
pub(super) const COMPANIES: &str = "people/companies";
pub(super) const SITES: &str = "people/sites";
pub(super) const CONTACTS: &str = "people/contacts";

/// How far one kind of record was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Progress {
    /// The next page of the round in progress; 1 when none is.
    next: u32,
    received: u64,
    /// When the round in progress began.
    began: DateTime<Utc>,
    /// Since when changes are asked for; `None` until everything was read once.
    since: Option<DateTime<Utc>>,
}

/// One kind of record: the name of its cursor, how a page is read, how a row is kept.
macro_rules! kind {
    ($name:ident, $cursor:ident, $page:ident, $upsert:ident) => {
        async fn $name(&self, session: &Session) -> anyhow::Result<()> {
            let halo = session.halo.as_class(Class::Pull);
            loop {
                let now = self.now();
                let mut progress = self.people_progress($cursor)?.unwrap_or(Progress {
                    next: 1,
                    received: 0,
                    began: now,
                    since: None,
                });
                if progress.next == 1 {
                    if progress.since.is_some() && now - progress.began < EVERY {
                        return Ok(());
                    }
                    progress.began = now;
                    progress.received = 0;
                }
                let since = progress.since.map(|since| since - OVERLAP);
                let (page, _) = self.while_pushing(halo.$page(progress.next, since)).await?;
                let page = self.people_page(page)?;
                progress.received += page.raw_rows as u64;
                let more = page.has_more(progress.received);
                if more {
                    progress.next += 1;
                } else {
                    progress.next = 1;
                    progress.since = Some(progress.began - session.halo.server_clock_skew().unwrap_or_default().abs());
                }
                let text = serde_json::to_string(&progress)?;
                let written = self
                    .store()
                    .write_quiet(self.now(), |w: &mut Writer<'_>| -> anyhow::Result<()> {
                        for row in &page.rows {
                            w.$upsert(row)?;
                        }
                        w.cursor_set($cursor, &text)?;
                        Ok(())
                    })?;
                self.publish(written.changes);
                if !more {
                    return Ok(());
                }
            }
        }
    };
}

impl Engine {
    /// Companies before the sites and contacts that belong to them.
    pub(super) async fn pull_people(&self, session: &Session) -> anyhow::Result<()> {
        self.pull_companies(session).await?;
        self.pull_sites(session).await?;
        self.pull_contacts(session).await?;
        self.pull_appointments(session).await
    }

    kind!(pull_companies, COMPANIES, companies_page, upsert_company);
    kind!(pull_sites, SITES, sites_page, upsert_site);
    kind!(pull_contacts, CONTACTS, contacts_page, upsert_contact);

    /// Whether all of them were read once.
    pub(super) fn has_pulled_people(&self) -> anyhow::Result<bool> {
        for cursor in [COMPANIES, SITES, CONTACTS] {
            if self
                .people_progress(cursor)?
                .is_none_or(|progress| progress.since.is_none())
            {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn people_progress(&self, cursor: &str) -> anyhow::Result<Option<Progress>> {
        let text = self.store().cursor_get(cursor)?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }

    fn people_page<T>(&self, page: Result<Page<T>, connectors::Error>) -> anyhow::Result<Page<T>> {
        match page {
            Ok(page) => {
                self.link_is_up()?;
                Ok(page)
            }
            Err(error) => {
                self.link_failed(&error)?;
                Err(error.into())
            }
        }
    }
}
