//! The list: tickets one to a line, in any order, and all of them however many there are.
//!
//! Which tickets a list shows is asked of the database once and remembered until something is written, so that a
//! scroll to its end costs what its first page costs. Only ids are remembered; lines are always read afresh.

use std::sync::{Arc, Mutex, PoisonError};

use domain::{StageKey, TicketId, money::Money};
use store::{Card, Reader};

use crate::{
    Engine,
    views::{ListPage, ListPageQuery, ListQuery, ListSums},
};

/// The most lines of one page.
const LARGEST_PAGE: u32 = 500;
/// The most cards of one selection.
const LARGEST_SELECTION: usize = 5_000;

/// The list that was asked for last.
#[derive(Default)]
pub(crate) struct LastList(Mutex<Option<Known>>);

struct Known {
    list: ListQuery,
    /// The change counter it was read at.
    seq: i64,
    tickets: Arc<Vec<TicketId>>,
}

impl Engine {
    /// A part of a list.
    ///
    /// # Errors
    /// The store's failures.
    pub fn list_page(&self, query: &ListPageQuery) -> anyhow::Result<ListPage> {
        self.store().read(|reader| {
            let tickets = self.tickets_of(reader, &query.list)?;
            let from = usize::try_from(query.offset)?.min(tickets.len());
            let length = usize::try_from(query.limit.min(LARGEST_PAGE))?;
            let page: Vec<TicketId> = tickets.iter().skip(from).take(length).copied().collect();
            Ok(ListPage {
                total: u32::try_from(tickets.len())?,
                lines: reader.lines(&page, &query.fields)?,
            })
        })
    }

    /// What a list adds up to.
    ///
    /// # Errors
    /// The store's failures.
    pub fn list_sums(&self, query: &ListQuery) -> anyhow::Result<ListSums> {
        if query.rows.is_some() {
            return self.store().read(|reader| {
                let tickets = self.tickets_of(reader, query)?;
                let (values, weighted) = reader.worth(&tickets)?.into_iter().unzip();
                Ok(ListSums {
                    tickets: u32::try_from(tickets.len())?,
                    values,
                    weighted,
                })
            });
        }
        let mut sums = ListSums {
            tickets: 0,
            values: Vec::new(),
            weighted: Vec::new(),
        };
        for head in self.store().column_heads(&query.filter)? {
            sums.tickets += head.count;
            add(&mut sums.values, &head.sums);
            add(&mut sums.weighted, &head.weighted);
        }
        Ok(sums)
    }

    /// The cards of a whole list, for a selection; the first 5,000 of a longer one.
    ///
    /// # Errors
    /// The store's failures.
    pub fn list_cards(&self, query: &ListQuery) -> anyhow::Result<Vec<Card>> {
        self.store().read(|reader| {
            let tickets = self.tickets_of(reader, query)?;
            let first: Vec<TicketId> = tickets.iter().take(LARGEST_SELECTION).copied().collect();
            Ok(reader.cards(&first)?)
        })
    }

    /// The tickets of a list, in its order.
    pub(crate) fn tickets_of(&self, reader: &Reader<'_>, list: &ListQuery) -> anyhow::Result<Arc<Vec<TicketId>>> {
        let seq = reader.seq()?;
        let mut known = self.inner.last_list.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.as_ref().filter(|known| known.seq == seq && known.list == *list) {
            return Ok(Arc::clone(&known.tickets));
        }
        let stages: Vec<StageKey> = self.workflow().stages.iter().map(|stage| stage.key.clone()).collect();
        let among = list.rows.as_ref().map(|rows| self.report_tickets(rows)).transpose()?;
        let tickets = Arc::new(reader.listed(&list.filter, among.as_deref(), list.order, &stages)?);
        *known = Some(Known {
            list: list.clone(),
            seq,
            tickets: Arc::clone(&tickets),
        });
        Ok(tickets)
    }
}

/// Adds amounts, currency by currency.
fn add(sums: &mut Vec<Money>, more: &[Money]) {
    for amount in more {
        match sums.iter_mut().find(|sum| sum.currency == amount.currency) {
            Some(sum) => sum.minor = sum.minor.saturating_add(amount.minor),
            None => sums.push(amount.clone()),
        }
    }
    sums.sort_by(|one, other| one.currency.cmp(&other.currency));
}
