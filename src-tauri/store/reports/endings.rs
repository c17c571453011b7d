//! Deals: which were open, won and lost.

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, Utc};
use domain::{AgentId, StageKey, TicketId, Value, fields::keys};

use super::{Scope, Values, funnel::with_ways};
use crate::{
    Error, Reader,
    convert::{Columns, from_json, millis, text_of},
};

/// The stages in which a deal is closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closing {
    pub won: StageKey,
    pub lost: Vec<StageKey>,
}

/// A closed deal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    pub ticket: TicketId,
    pub won: bool,
    pub closed_at: DateTime<Utc>,
    pub owner: Option<AgentId>,
    pub source: Arc<str>,
    /// The final value of a won deal where there is one, else what it was thought to be worth.
    pub minor: i64,
    /// Empty without a value.
    pub currency: Arc<str>,
    /// Where they were asked for.
    pub words: EndingWords,
    /// When it became an opportunity, where the history says it.
    pub opened_at: Option<DateTime<Utc>>,
}

/// Why a deal was won or lost, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EndingWords {
    pub reason: Arc<str>,
    pub competitors: Arc<str>,
}

/// The field that says why; the other one names the competitors.
pub(super) const REASON: &str = keys::WIN_LOSS_REASON.as_str();

/// What was typed into such a field.
pub(super) fn words_of(value: &str) -> Result<String, Error> {
    Ok(text_of(&from_json::<Value>("value", value)?).to_owned())
}

impl Reader<'_> {
    /// The deals that were closed in the period, in no order.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn closed_deals(&self, scope: &Scope, closing: &Closing) -> Result<Vec<Ending>, Error> {
        let sql = scope.fill(&with_ways(include_str!("endings.sql")));
        let mut stages = vec![closing.won.clone()];
        stages.extend(closing.lost.iter().cloned());
        let mut values = scope.values();
        values.put_stages(":stages", &stages);
        values.put(":won", closing.won.0.clone());
        let mut deals = Vec::new();
        self.each(&sql, &values, |row| {
            let mut found = Columns::of(row);
            deals.push(Ending {
                ticket: TicketId(found.next()?),
                won: found.next()?,
                closed_at: millis(found.next()?),
                owner: found.next::<Option<i64>>()?.map(AgentId),
                source: found.text()?.into(),
                minor: found.next()?,
                currency: found.text()?.into(),
                words: EndingWords::default(),
                opened_at: None,
            });
            Ok(())
        })?;
        Ok(deals)
    }

    /// As [`closed_deals`](Self::closed_deals), with the reason and the competitors.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn closed_deals_with_words(&self, scope: &Scope, closing: &Closing) -> Result<Vec<Ending>, Error> {
        let mut deals = self.closed_deals(scope, closing)?;
        self.put_words(&mut deals)?;
        Ok(deals)
    }

    fn put_words(&self, deals: &mut [Ending]) -> Result<(), Error> {
        let mut places: HashMap<i64, usize> = HashMap::with_capacity(deals.len());
        places.extend(deals.iter().enumerate().map(|(place, deal)| (deal.ticket.0, place)));
        let mut tickets: Vec<i64> = places.keys().copied().collect();
        // In the order of the index.
        tickets.sort_unstable();
        let mut values = Values::default();
        values.put(":tickets", serde_json::json!(tickets).to_string());
        self.each(include_str!("endings_words.sql"), &values, |row| {
            let mut found = Columns::of(row);
            let place = places.get(&found.next::<i64>()?);
            let Some(deal) = place.and_then(|place| deals.get_mut(*place)) else {
                return Ok(());
            };
            let said = match found.text()? {
                REASON => &mut deal.words.reason,
                _ => &mut deal.words.competitors,
            };
            *said = words_of(found.text()?)?.into();
            Ok(())
        })
    }

    /// How many tickets were in one of these stages when it is judged.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn open_deals(&self, scope: &Scope, stages: &[StageKey]) -> Result<u32, Error> {
        let mut count = 0;
        self.open_deals_as("SELECT count(*)", "", scope, stages, |row| {
            count = row.get(0)?;
            Ok(())
        })?;
        Ok(count)
    }

    /// The tickets that [`open_deals`](Self::open_deals) counts.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn open_deal_tickets(&self, scope: &Scope, stages: &[StageKey]) -> Result<Vec<TicketId>, Error> {
        let mut tickets = Vec::new();
        let order = "ORDER BY stage_entries.entered_at, stage_entries.ticket";
        self.open_deals_as("SELECT stage_entries.ticket", order, scope, stages, |row| {
            tickets.push(TicketId(row.get(0)?));
            Ok(())
        })?;
        Ok(tickets)
    }

    fn open_deals_as(
        &self,
        select: &str,
        order: &str,
        scope: &Scope,
        stages: &[StageKey],
        row: impl FnMut(&rusqlite::Row<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let from = include_str!("open_deals.sql");
        let sql = scope.fill(&with_ways(&format!("{select}\n{from}{order}")));
        let mut values = scope.values();
        values.put_stages(":stages", stages);
        self.each(&sql, &values, row)
    }
}
