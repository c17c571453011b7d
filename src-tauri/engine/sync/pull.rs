//! Reading HaloPSA's tickets: once from the first to the last page, then what changed since.
//!
//! The full pull keeps, in the same transaction as each page's rows, which page comes next, so it can be ended at any
//! point and goes on there. It asks for the first page of every lifecycle first, which tells the total without an
//! extra request. Afterwards `updated since` is asked for with an overlap, and rows that are equal to the mirror cost
//! nothing. The cursor moves once every row of the round is stored.
//!
//! Absence is never a delete: a ticket that is on no page is left alone.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use connectors::{
    Class,
    halo::{PAGE_SIZE, Page, TicketQuery},
};
use domain::{HaloTicketId, Lifecycle, remote::RemoteTicket};
use serde::{Deserialize, Serialize};
use store::{Reader, SyncLogKind, Writer};
use tokio::time::Instant;

use super::{
    Session,
    apply::{self, Answers, Sort},
    figures, mapping,
};
use crate::{Engine, settings, views::PullProgress};

/// How far the full pull came.
const FULL: &str = "tickets/full";
/// Since when changes are asked for; there once a full pull has ended.
const SINCE: &str = "tickets/since";

/// How far back before the cursor changes are asked for again: HaloPSA says nothing about the precision of its times.
const OVERLAP: TimeDelta = TimeDelta::minutes(10);

/// What a pull did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Pulled {
    pub new: u32,
    pub changed: u32,
    /// The tickets that HaloPSA had changed.
    pub tickets: BTreeSet<HaloTicketId>,
    /// Something kept here waits to be sent because of it.
    pub owes: bool,
    /// This round ended a full pull.
    pub first: bool,
}

impl Pulled {
    fn add(&mut self, other: Self) {
        self.new += other.new;
        self.changed += other.changed;
        self.tickets.extend(other.tickets);
        self.owes |= other.owes;
    }
}

/// A full pull in progress.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct FullPull {
    /// By the server's clock.
    started_at: DateTime<Utc>,
    lifecycles: BTreeMap<Lifecycle, Pages>,
}

/// How far the pages of one lifecycle were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Pages {
    next: u32,
    received: u64,
    total: u64,
    ended: bool,
}

impl Default for Pages {
    fn default() -> Self {
        Self {
            next: 1,
            received: 0,
            total: 0,
            ended: false,
        }
    }
}

impl Pages {
    /// Takes a page into account. When there are fewer rows than before, later rows moved up into pages that were read
    /// already, so the last page is read once more.
    fn take(&mut self, page: &Page<RemoteTicket>) {
        let shrunk = self.next > 1 && page.record_count < self.total;
        self.total = page.record_count;
        if shrunk {
            self.next -= 1;
            self.received = self.received.saturating_sub(u64::from(PAGE_SIZE));
            return;
        }
        self.received += page.raw_rows as u64;
        self.next += 1;
        self.ended = !page.has_more(self.received);
    }
}

impl FullPull {
    /// The next page to ask for: the first page of every lifecycle, then the rest of each.
    fn next(&self) -> Option<(Lifecycle, u32)> {
        let open = || self.lifecycles.iter().filter(|(_, pages)| !pages.ended);
        open()
            .find(|(_, pages)| pages.next == 1)
            .or_else(|| open().next())
            .map(|(lifecycle, pages)| (*lifecycle, pages.next))
    }
}

/// How far a full pull is; `None` when none is in progress.
pub(crate) fn progress(reader: &Reader<'_>) -> Result<Option<PullProgress>, store::Error> {
    let Some(full) = cursor::<FullPull>(reader, FULL)? else {
        return Ok(None);
    };
    let count = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
    Ok(Some(PullProgress {
        done: count(
            full.lifecycles
                .values()
                .map(|pages| pages.received.min(pages.total))
                .sum(),
        ),
        total: count(full.lifecycles.values().map(|pages| pages.total).sum()),
    }))
}

fn cursor<T: serde::de::DeserializeOwned>(reader: &Reader<'_>, name: &str) -> Result<Option<T>, store::Error> {
    // A cursor of another version is no cursor: the worst that follows is that pages are read again.
    Ok(reader
        .cursor_get(name)?
        .and_then(|text| serde_json::from_str(&text).ok()))
}

fn keep<T: Serialize>(w: &mut Writer<'_>, name: &str, value: &T) -> anyhow::Result<()> {
    w.cursor_set(name, &serde_json::to_string(value)?)?;
    Ok(())
}

/// Forgets how far tickets were read, so that all of them are read again.
pub(super) fn start_over(w: &mut Writer<'_>) -> Result<(), store::Error> {
    // What has no place may have one by the new map.
    w.keep_unplaced(&BTreeSet::new())?;
    w.cursor_clear(FULL)?;
    w.cursor_clear(SINCE)
}

/// Whether most of these changed before they were asked for. An unknown parameter is ignored without a word, and then every
/// round reads the whole tenant.
fn is_old_news(rows: &[RemoteTicket], asked_since: DateTime<Utc>) -> bool {
    let is_old = |row: &&RemoteTicket| row.last_update.is_some_and(|at| at < asked_since);
    rows.iter().filter(is_old).count() * 2 > rows.len()
}

impl Engine {
    /// Whether every ticket has been read once.
    pub(super) fn has_pulled_all(&self) -> anyhow::Result<bool> {
        Ok(self.store().cursor_get(SINCE)?.is_some())
    }

    /// One round: the rest of the full pull, or what changed since the last round.
    pub(super) async fn pull(&self, session: &Session) -> anyhow::Result<Pulled> {
        let since = self.store().read(|reader| cursor::<DateTime<Utc>>(reader, SINCE))?;
        let mut pulled = match since {
            None => self.pull_all(session).await?,
            Some(since) => self.pull_changes(session, since, Class::Pull).await?,
        };
        pulled.first = since.is_none();
        let now = self.now();
        self.store().write_quiet(now, |w| -> Result<(), store::Error> {
            w.setting_set(settings::LAST_PULL, &now)?;
            figures::count_requests(self, w)?;
            if pulled.new + pulled.changed > 0 {
                let (new, changed) = (pulled.new, pulled.changed);
                w.log_sync(
                    SyncLogKind::Pulled,
                    &format!("HaloPSA showed {new} new tickets and {changed} changes."),
                )?;
            }
            Ok(())
        })?;
        self.publish_status();
        Ok(pulled)
    }

    async fn pull_all(&self, session: &Session) -> anyhow::Result<Pulled> {
        let mut pulled = Pulled::default();
        let began = Instant::now();
        let mut full = match self.store().read(|reader| cursor::<FullPull>(reader, FULL))? {
            Some(full) => full,
            None => FullPull {
                // Known with the first answer, and not kept before.
                started_at: DateTime::UNIX_EPOCH,
                lifecycles: session
                    .map
                    .ticket_types
                    .keys()
                    .map(|lifecycle| (*lifecycle, Pages::default()))
                    .collect(),
            },
        };
        let halo = session.halo.as_class(Class::Bulk);
        while let Some((lifecycle, number)) = full.next() {
            let query = TicketQuery {
                page: number,
                updated_since: None,
            };
            let (page, pushed) = self
                .while_pushing(halo.tickets_page(&session.map, lifecycle, query))
                .await?;
            let page = self.read_page(page)?;
            if full.started_at == DateTime::UNIX_EPOCH {
                full.started_at = self.by_server_clock(session, began);
            }
            if let Some(pages) = full.lifecycles.get_mut(&lifecycle) {
                pages.take(&page);
            }
            pulled.add(
                self.store_page(session, &page.rows, &pushed, |w| keep(w, FULL, &full))
                    .await?,
            );
            self.publish_status();
        }
        self.store().write_quiet(self.now(), |w| -> anyhow::Result<()> {
            mapping::still_holds(w, &session.map)?;
            keep(w, SINCE, &full.started_at)?;
            w.cursor_clear(FULL)?;
            Ok(())
        })?;
        Ok(pulled)
    }

    /// What changed since then, whole: the cursor moves at the end.
    pub(super) async fn pull_changes(
        &self,
        session: &Session,
        since: DateTime<Utc>,
        class: Class,
    ) -> anyhow::Result<Pulled> {
        let mut pulled = Pulled::default();
        let began = Instant::now();
        let mut next = None;
        let halo = session.halo.as_class(class);
        let last = session.map.ticket_types.keys().last();
        for lifecycle in session.map.ticket_types.keys() {
            let mut pages = Pages::default();
            while !pages.ended {
                let query = TicketQuery {
                    page: pages.next,
                    updated_since: Some(since - OVERLAP),
                };
                let reading = halo.tickets_page(&session.map, *lifecycle, query);
                let (page, pushed) = match class {
                    // A push waits for it, so there is nothing to send meanwhile.
                    Class::Interactive => (reading.await, BTreeSet::new()),
                    Class::Pull | Class::Bulk | Class::Spare => self.while_pushing(reading).await?,
                };
                let page = self.read_page(page)?;
                let next = *next.get_or_insert_with(|| self.by_server_clock(session, began));
                if pages.next == 1 && is_old_news(&page.rows, since - OVERLAP) {
                    self.log(
                        SyncLogKind::Failed,
                        "HaloPSA sent tickets that had not changed: it seems to ignore the date that was asked for.",
                    )?;
                }
                pages.take(&page);
                let is_last = pages.ended && Some(lifecycle) == last;
                let stored = self
                    .store_page(session, &page.rows, &pushed, |w| {
                        if is_last { keep(w, SINCE, &next) } else { Ok(()) }
                    })
                    .await?;
                pulled.add(stored);
            }
        }
        Ok(pulled)
    }

    /// What changed since the last round, as an interactive request: before many changes are sent at once.
    pub(super) async fn catch_up(&self, session: &Session) -> anyhow::Result<Pulled> {
        match self.store().read(|reader| cursor::<DateTime<Utc>>(reader, SINCE))? {
            Some(since) => self.pull_changes(session, since, Class::Interactive).await,
            None => Ok(Pulled::default()),
        }
    }

    fn read_page(&self, page: Result<Page<RemoteTicket>, connectors::Error>) -> anyhow::Result<Page<RemoteTicket>> {
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

    /// When a round began, by the server's clock: its times are the ones compared. Asked once the first answer is here, which
    /// tells that clock; ours may be wrong, and may have been set while the answer was awaited.
    fn by_server_clock(&self, session: &Session, began: Instant) -> DateTime<Utc> {
        let skew = session.halo.server_clock_skew().unwrap_or_default();
        self.now() + skew - TimeDelta::from_std(began.elapsed()).unwrap_or_default()
    }

    /// Stores the rows of a page: what is here already one ticket at a time, each as an operation of its own; what is new
    /// together, in the same transaction as `finish`.
    pub(super) async fn store_page(
        &self,
        session: &Session,
        rows: &[RemoteTicket],
        pushed: &BTreeSet<HaloTicketId>,
        finish: impl FnOnce(&mut Writer<'_>) -> anyhow::Result<()>,
    ) -> anyhow::Result<Pulled> {
        // What was sent while this page was on its way is newer than the page.
        let rows: Vec<&RemoteTicket> = rows.iter().filter(|row| !pushed.contains(&row.id)).collect();
        let mut sorted = self.sort_rows(&rows)?;
        if sorted.iter().any(|(_, sort)| *sort == Sort::New) && self.has_uncertain_creations()? {
            // A new row may be the ticket whose answer was lost: it must not come in a second time.
            self.look_up_creations(session).await?;
            sorted = self.sort_rows(&rows)?;
        }
        let mut pulled = Pulled::default();
        let rules = self.rules(&session.map);
        for (row, sort) in &sorted {
            if let Sort::Changed(ticket) = sort {
                let written = self.store().write(apply::operation(), self.now(), |w| {
                    let merged = apply::merge(w, rules, *ticket, row, Answers::Nothing)?;
                    // Lists leave something out. Kept on the disk: forgotten would be a colleague's change that is lost.
                    w.want_details(row.id)?;
                    anyhow::Ok(merged)
                })?;
                pulled.changed += 1;
                pulled.tickets.insert(row.id);
                pulled.owes |= written.value.owes;
                self.publish(written.changes);
            }
        }
        // What is closed there has no column to be missed in.
        let unplaced: Vec<(HaloTicketId, bool)> = sorted
            .iter()
            .filter(|(row, sort)| *sort == Sort::Unplaced || (*sort == Sort::Known && apply::is_unplaced(row)))
            .map(|(row, _)| (row.id, !row.closed))
            .collect();
        let mut fresh: Vec<&RemoteTicket> = sorted
            .iter()
            .filter(|(_, sort)| *sort == Sort::New)
            .map(|(row, _)| *row)
            .collect();
        // Who must not be contacted may be on other tickets too, so these go into the journal. One may bring the next.
        let written = self
            .store()
            .write(apply::operation(), self.now(), |w| -> anyhow::Result<u32> {
                mapping::still_holds(w, &session.map)?;
                let mut new = 0;
                while let Some(at) = apply::opted_out(w, &fresh)? {
                    new += u32::from(apply::insert_opted_out(w, rules, fresh.remove(at))?.is_some());
                }
                Ok(new)
            })?;
        pulled.new += written.value;
        pulled.owes |= written.changes.outbox;
        self.publish(written.changes);
        let written = self.store().write_quiet(self.now(), |w| -> anyhow::Result<u32> {
            let mut new = 0;
            for row in fresh {
                new += u32::from(apply::insert(w, rules, row)?.is_some());
            }
            for (halo, open) in unplaced {
                w.set_unplaced(halo, open)?;
            }
            mapping::still_holds(w, &session.map)?;
            finish(w)?;
            Ok(new)
        })?;
        pulled.new += written.value;
        self.publish(written.changes);
        Ok(pulled)
    }

    fn sort_rows<'r>(&self, rows: &[&'r RemoteTicket]) -> anyhow::Result<Vec<(&'r RemoteTicket, Sort)>> {
        let mut seen = BTreeSet::new();
        Ok(self.store().read(|reader| {
            rows.iter()
                // Rows can shift between pages; the same row twice is one row.
                .filter(|row| seen.insert(row.id))
                .map(|row| Ok((*row, apply::sort(reader, row)?)))
                .collect::<Result<_, store::Error>>()
        })?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(raw_rows: usize, record_count: u64) -> Page<RemoteTicket> {
        Page {
            rows: Vec::new(),
            raw_rows,
            record_count,
        }
    }

    fn full() -> FullPull {
        FullPull {
            started_at: DateTime::UNIX_EPOCH,
            lifecycles: Lifecycle::ALL
                .into_iter()
                .map(|lifecycle| (lifecycle, Pages::default()))
                .collect(),
        }
    }

    #[test]
    fn first_pages_come_first_and_no_page_twice() {
        let totals = BTreeMap::from([
            (Lifecycle::Lead, 250_u64),
            (Lifecycle::Prospect, 100),
            (Lifecycle::Opportunity, 0),
        ]);
        let mut pull = full();
        let mut asked = Vec::new();
        while let Some((lifecycle, number)) = pull.next() {
            asked.push((lifecycle, number));
            let total = totals.get(&lifecycle).copied().unwrap();
            let left = total.saturating_sub(u64::from(number - 1) * 100).min(100);
            pull.lifecycles
                .get_mut(&lifecycle)
                .unwrap()
                .take(&page(left as usize, total));
        }
        use Lifecycle::{Lead, Opportunity, Prospect};
        assert_eq!(
            asked,
            [(Lead, 1), (Prospect, 1), (Opportunity, 1), (Lead, 2), (Lead, 3)]
        );
    }

    #[test]
    fn rows_that_moved_up_are_read_again() {
        let mut pages = Pages::default();
        pages.take(&page(100, 300));
        assert_eq!((pages.next, pages.received), (2, 100));
        // One of the first hundred was promoted meanwhile: what was row 101 is row 100 now.
        pages.take(&page(100, 299));
        assert_eq!((pages.next, pages.received, pages.ended), (1, 0, false));
        pages.take(&page(100, 299));
        pages.take(&page(100, 299));
        pages.take(&page(99, 299));
        assert!(pages.ended);
    }
}
