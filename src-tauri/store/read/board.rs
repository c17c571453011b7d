//! The board and its filter.
//!
//! Without a filter, or with one by score and stage alone, the heads come from `stage_totals` and the first cards of each
//! column from `tickets_board`: the cost does not grow with the number of tickets. With another filter one pass over a
//! covering index (in the order of the board) counts and sums inside SQLite, and the first cards are read column by
//! column. A filter that names its tickets (by a text, a list, or what is not sent yet) is asked once, and counted here.

use std::collections::BTreeMap;

use domain::{AgentId, HaloTicketId, StageKey, TicketId, money::Money};
use rusqlite::{Row, ToSql};

use super::{Reader, search};
use crate::{
    Card, ColumnHead, Error, Filter,
    convert::{Columns, lifecycle, millis, sync_state},
};

/// A column as it is read: its head and its first cards.
pub type BoardColumn = (ColumnHead, Vec<Card>);

/// The columns of a card, in the order in which [`card_from`] reads them.
pub(super) const CARD: &str = "tickets.id, tickets.halo_id, tickets.lifecycle, tickets.stage, tickets.company, \
     tickets.person, tickets.owner, tickets.currency, tickets.value_minor, tickets.probability, tickets.fit_score, \
     tickets.lead_score, tickets.entered_at, tickets.next_action, tickets.next_action_at, tickets.dnc, tickets.sync";

/// SQL conditions with their parameters.
#[derive(Default)]
pub(super) struct Conditions {
    pub(super) sql: String,
    params: Vec<Box<dyn ToSql>>,
}

impl Conditions {
    pub(super) fn and(&mut self, sql: &str) {
        self.sql.push_str(" AND ");
        self.sql.push_str(sql);
    }

    pub(super) fn param(&mut self, value: impl ToSql + 'static) {
        self.params.push(Box::new(value));
    }

    pub(super) fn params(&self) -> Vec<&dyn ToSql> {
        self.params.iter().map(AsRef::as_ref).collect()
    }

    /// What a filter asks of a row of `tickets`. `None` when nothing can match.
    pub(super) fn of(filter: &Filter) -> Option<Self> {
        let mut conditions = Self::default();
        let owners: Vec<i64> = filter.owners.iter().map(|owner| owner.0).collect();
        match (owners.as_slice(), filter.unassigned) {
            ([], false) => {}
            ([], true) => conditions.and("tickets.owner IS NULL"),
            ([one], false) => {
                conditions.and("tickets.owner = ?");
                conditions.param(*one);
            }
            (several, unassigned) => {
                conditions.and(if unassigned {
                    "(+tickets.owner IN (SELECT value FROM json_each(?)) OR tickets.owner IS NULL)"
                } else {
                    "+tickets.owner IN (SELECT value FROM json_each(?))"
                });
                conditions.param(serde_json::json!(several).to_string());
            }
        }
        match filter.sources.as_slice() {
            [] => {}
            [one] => {
                conditions.and("tickets.source = ?");
                conditions.param(one.clone());
            }
            several => {
                conditions.and("+tickets.source IN (SELECT value FROM json_each(?))");
                conditions.param(serde_json::json!(several).to_string());
            }
        }
        if let Some(score) = filter.min_score {
            conditions.and("tickets.score >= ?");
            conditions.param(score);
        }
        if !filter.stages.is_empty() {
            let stages: Vec<&str> = filter.stages.iter().map(domain::StageKey::as_str).collect();
            conditions.and("tickets.stage IN (SELECT value FROM json_each(?))");
            conditions.param(serde_json::json!(stages).to_string());
        }
        if !filter.lists.is_empty() {
            let lists: Vec<i64> = filter.lists.iter().map(|list| list.0).collect();
            // A list can hold most of the tickets: one pass in board order costs the same for each of them.
            conditions
                .and("+tickets.id IN (SELECT ticket FROM list_members WHERE list IN (SELECT value FROM json_each(?)))");
            conditions.param(serde_json::json!(lists).to_string());
        }
        if filter.unsynced {
            conditions.and("tickets.sync <> 0 AND tickets.sync IN (1, 2, 3)");
        }
        if !filter.text.trim().is_empty() {
            let (sql, params) = search::matching(&filter.text)?;
            conditions.and(&format!("tickets.id IN ({sql})"));
            conditions.params.extend(params);
        }
        Some(conditions)
    }
}

/// With more currencies than these, columns are summed here: each costs every card two comparisons.
const MOST_CURRENCIES: usize = 4;

/// Stage by stage, in board order: how many there are, and for each currency their sum and their weighted sum; NULL where
/// none has it, or a probability.
fn sums_sql(conditions: &str, currencies: usize) -> String {
    let sums = ", sum(tickets.value_minor) FILTER (WHERE tickets.currency = ?), \
                sum(tickets.value_minor * tickets.probability) FILTER (WHERE tickets.currency = ?)"
        .repeat(currencies);
    format!(
        "SELECT tickets.stage, count(*){sums} FROM tickets WHERE tickets.removed = 0{conditions}
         GROUP BY tickets.stage ORDER BY tickets.stage"
    )
}

/// Stage by stage, in board order: what heads and first cards need, and nothing that is not in the index.
fn heads_sql(conditions: &str) -> String {
    format!(
        "SELECT tickets.stage, tickets.id, tickets.currency, tickets.value_minor, tickets.probability FROM tickets
         WHERE tickets.removed = 0{conditions} ORDER BY tickets.stage, tickets.entered_at, tickets.id"
    )
}

/// A page of one column.
fn page_sql(conditions: &str) -> String {
    format!(
        "SELECT {CARD} FROM tickets WHERE tickets.removed = 0 AND tickets.stage = ?{conditions}
         ORDER BY tickets.entered_at, tickets.id LIMIT ? OFFSET ?"
    )
}

impl Reader<'_> {
    /// Every column that holds a card that passes the filter, in order of stage keys: its head and its first cards,
    /// longest in the stage first. The order of columns, and columns without cards, are the workflow's business.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn board(&self, filter: &Filter, first: u32) -> Result<Vec<BoardColumn>, Error> {
        if let Some((heads, conditions)) = self.summed(filter)? {
            return heads
                .into_iter()
                .map(|head| {
                    let cards = self.page(&conditions, &head.stage, 0, first)?;
                    Ok((head, cards))
                })
                .collect();
        }
        self.counted(filter, first)?
            .into_iter()
            .map(|(head, ids)| Ok((head, self.cards(&ids)?)))
            .collect()
    }

    /// The heads alone, in order of stage keys.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn column_heads(&self, filter: &Filter) -> Result<Vec<ColumnHead>, Error> {
        match self.summed(filter)? {
            Some((heads, _)) => Ok(heads),
            None => Ok(self.counted(filter, 0)?.into_iter().map(|(head, _)| head).collect()),
        }
    }

    /// A page of one column, longest in the stage first.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn column_page(&self, stage: &StageKey, filter: &Filter, offset: u32, limit: u32) -> Result<Vec<Card>, Error> {
        match Conditions::of(filter) {
            Some(conditions) => self.page(&conditions, stage, offset, limit),
            None => Ok(Vec::new()),
        }
    }

    /// A page of all tickets that pass the filter, column by column in order of stage keys.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn list_cards(&self, filter: &Filter, offset: u32, limit: u32) -> Result<Vec<Card>, Error> {
        let Some(mut conditions) = Conditions::of(filter) else {
            return Ok(Vec::new());
        };
        let sql = format!(
            "SELECT {CARD} FROM tickets WHERE tickets.removed = 0{}
             ORDER BY tickets.stage, tickets.entered_at, tickets.id LIMIT ? OFFSET ?",
            conditions.sql
        );
        conditions.param(limit);
        conditions.param(offset);
        self.list(&sql, conditions.params().as_slice(), card_of)
    }

    fn page(&self, conditions: &Conditions, stage: &StageKey, offset: u32, limit: u32) -> Result<Vec<Card>, Error> {
        let mut params: Vec<&dyn ToSql> = vec![&stage.0];
        params.extend(conditions.params());
        params.push(&limit);
        params.push(&offset);
        self.list(&page_sql(&conditions.sql), params.as_slice(), card_of)
    }

    /// Heads without counting, of the filters whose columns are kept in total.
    fn total_heads(&self, filter: &Filter) -> Result<Vec<ColumnHead>, Error> {
        let mut conditions = String::new();
        let mut params: Vec<Box<dyn ToSql>> = Vec::new();
        if let Some(score) = filter.min_score {
            conditions.push_str(" AND score >= ?");
            params.push(Box::new(score));
        }
        if !filter.stages.is_empty() {
            conditions.push_str(" AND stage IN (SELECT value FROM json_each(?))");
            params.push(Box::new(serde_json::json!(filter.stages).to_string()));
        }
        let mut heads = Heads::default();
        let params: Vec<&dyn ToSql> = params.iter().map(AsRef::as_ref).collect();
        self.list(
            &format!(
                "SELECT stage, currency, sum(tickets), sum(minor), sum(weighted) FROM stage_totals
                 WHERE tickets > 0{conditions} GROUP BY stage, currency ORDER BY stage, currency"
            ),
            params.as_slice(),
            |row| {
                let mut columns = Columns::of(row);
                let stage = columns.text()?;
                let currency = columns.text()?;
                heads.add(stage, currency, columns.next()?, columns.next()?, columns.next()?);
                Ok(())
            },
        )?;
        Ok(heads.finish().into_iter().map(|(head, _)| head).collect())
    }

    /// Heads from totals or by counting inside SQLite, with the conditions of their cards; `None` for a filter that names
    /// its tickets, and with many currencies.
    fn summed(&self, filter: &Filter) -> Result<Option<(Vec<ColumnHead>, Conditions)>, Error> {
        if !filter.text.trim().is_empty() || filter.unsynced || !filter.lists.is_empty() {
            return Ok(None);
        }
        if filter.owners.is_empty() && !filter.unassigned && filter.sources.is_empty() {
            return match Conditions::of(filter) {
                Some(conditions) => Ok(Some((self.total_heads(filter)?, conditions))),
                None => Ok(None),
            };
        }
        let currencies: Vec<String> = self.list(
            "SELECT DISTINCT currency FROM stage_totals WHERE tickets > 0 AND currency <> '' ORDER BY currency",
            [],
            |row| Ok(row.get(0)?),
        )?;
        let Some(conditions) = Conditions::of(filter).filter(|_| currencies.len() <= MOST_CURRENCIES) else {
            return Ok(None);
        };
        let mut params: Vec<&dyn ToSql> = Vec::new();
        for currency in &currencies {
            params.extend([currency as &dyn ToSql; 2]);
        }
        params.extend(conditions.params());
        let mut heads = Heads::default();
        self.list(&sums_sql(&conditions.sql, currencies.len()), params.as_slice(), |row| {
            let mut columns = Columns::of(row);
            let stage = columns.text()?;
            heads.add(stage, "", columns.next()?, 0, 0);
            for currency in &currencies {
                let minor: Option<i64> = columns.next()?;
                let weighted: Option<i64> = columns.next()?;
                if let Some(minor) = minor {
                    heads.add(stage, currency, 0, minor, weighted.unwrap_or(0));
                }
            }
            Ok(())
        })?;
        let heads = heads.finish().into_iter().map(|(head, _)| head).collect();
        Ok(Some((heads, conditions)))
    }

    /// Heads by counting, with the ids of the first cards of each column.
    fn counted(&self, filter: &Filter, first: u32) -> Result<Vec<(ColumnHead, Vec<TicketId>)>, Error> {
        let Some(conditions) = Conditions::of(filter) else {
            return Ok(Vec::new());
        };
        let mut heads = Heads::default();
        let mut statement = self.statement(&heads_sql(&conditions.sql))?;
        let mut rows = statement.query(conditions.params().as_slice())?;
        while let Some(row) = rows.next()? {
            let minor: i64 = row.get(3)?;
            let weight: i64 = row.get::<_, Option<i64>>(4)?.unwrap_or(0);
            let stage = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
            let currency = row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?;
            heads.add(stage, currency, 1, minor, minor.saturating_mul(weight));
            heads.list(TicketId(row.get(1)?), first);
        }
        Ok(heads.finish())
    }
}

/// Gathers heads from rows that come stage by stage.
#[derive(Default)]
struct Heads {
    done: Vec<(ColumnHead, Vec<TicketId>)>,
    stage: Option<String>,
    count: u32,
    /// Sum and weighted sum (times 100) by currency.
    sums: BTreeMap<String, (i64, i64)>,
    ids: Vec<TicketId>,
}

impl Heads {
    fn add(&mut self, stage: &str, currency: &str, count: u32, minor: i64, weighted: i64) {
        if self.stage.as_deref() != Some(stage) {
            self.close();
            self.stage = Some(stage.to_owned());
        }
        self.count += count;
        if currency.is_empty() {
            return;
        }
        // The key is only copied for a currency's first card.
        match self.sums.get_mut(currency) {
            Some((sum, weight)) => {
                *sum = sum.saturating_add(minor);
                *weight = weight.saturating_add(weighted);
            }
            None => {
                self.sums.insert(currency.to_owned(), (minor, weighted));
            }
        }
    }

    fn list(&mut self, ticket: TicketId, first: u32) {
        if self.ids.len() < first as usize {
            self.ids.push(ticket);
        }
    }

    fn close(&mut self) {
        let Some(stage) = self.stage.take() else {
            return;
        };
        let sums = std::mem::take(&mut self.sums);
        let money = |pick: fn(&(i64, i64)) -> i64| {
            sums.iter()
                .map(|(currency, sum)| Money {
                    minor: pick(sum),
                    currency: currency.clone(),
                })
                .collect()
        };
        self.done.push((
            ColumnHead {
                stage: StageKey(stage),
                count: std::mem::take(&mut self.count),
                sums: money(|(sum, _)| *sum),
                weighted: money(|(_, weighted)| weighted.div_euclid(100)),
            },
            std::mem::take(&mut self.ids),
        ));
    }

    fn finish(mut self) -> Vec<(ColumnHead, Vec<TicketId>)> {
        self.close();
        self.done
    }
}

/// The card in a row that selected [`CARD`] first.
pub(super) fn card_of(row: &Row<'_>) -> Result<Card, Error> {
    card_from(&mut Columns::of(row))
}

/// The card in the columns that come next, as [`CARD`] names them.
pub(super) fn card_from(columns: &mut Columns<'_, '_>) -> Result<Card, Error> {
    Ok(Card {
        id: TicketId(columns.next()?),
        halo_id: columns.next::<Option<i64>>()?.map(HaloTicketId),
        lifecycle: lifecycle(columns.text()?)?,
        stage: StageKey(columns.next()?),
        company: columns.next()?,
        person: columns.next()?,
        owner: columns.next::<Option<i64>>()?.map(AgentId),
        value: {
            let currency: String = columns.next()?;
            let minor: i64 = columns.next()?;
            (!currency.is_empty()).then_some(Money { minor, currency })
        },
        probability: columns.next()?,
        fit_score: columns.next()?,
        lead_score: columns.next()?,
        entered_at: millis(columns.next()?),
        next_action: columns.next()?,
        next_action_at: columns.next::<Option<i64>>()?.map(millis),
        do_not_contact: columns.next()?,
        sync: sync_state(columns.next()?),
    })
}
