//! What agents have and do.

use std::collections::BTreeMap;

use domain::{AgentId, StageKey, TicketId, money::Money};

use super::Scope;
use crate::{Error, Reader};

const MOVES: &str = include_str!("agents_moves.sql");
const CALLS: &str = include_str!("agents_calls.sql");

impl Reader<'_> {
    /// How many tickets in one of these stages each owner has now.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn open_by_owner(&self, scope: &Scope, open: &[StageKey]) -> Result<BTreeMap<Option<AgentId>, u32>, Error> {
        let sql = scope.fill(include_str!("agents_open.sql"));
        let mut values = scope.values();
        values.put_stages(":stages", open);
        let mut found = BTreeMap::new();
        self.each(&sql, &values, |row| {
            found.insert(row.get::<_, Option<i64>>("owner")?.map(AgentId), row.get("tickets")?);
            Ok(())
        })?;
        Ok(found)
    }

    /// What the opportunities in one of these stages are worth, by owner and currency.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn open_value_by_owner(
        &self,
        scope: &Scope,
        open: &[StageKey],
    ) -> Result<BTreeMap<Option<AgentId>, Vec<Money>>, Error> {
        let sql = scope.fill(include_str!("agents_value.sql"));
        let mut values = scope.values();
        values.put_stages(":stages", open);
        let mut found: BTreeMap<Option<AgentId>, Vec<Money>> = BTreeMap::new();
        self.each(&sql, &values, |row| {
            let owner = row.get::<_, Option<i64>>("owner")?.map(AgentId);
            found.entry(owner).or_default().push(Money {
                minor: row.get("minor")?,
                currency: row.get("currency")?,
            });
            Ok(())
        })?;
        Ok(found)
    }

    /// The tickets of one owner that [`open_by_owner`](Self::open_by_owner) counts.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn open_tickets_of(
        &self,
        scope: &Scope,
        open: &[StageKey],
        owner: Option<AgentId>,
    ) -> Result<Vec<TicketId>, Error> {
        let sql = scope.fill(include_str!("agents_open_tickets.sql"));
        let mut values = scope.values();
        values.put_stages(":stages", open);
        values.put(":agent", owner.map(|owner| owner.0));
        self.tickets_of(&sql, &values)
    }

    /// How often each agent brought a ticket into a stage in the period.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn moves_by_agent(&self, scope: &Scope) -> Result<BTreeMap<AgentId, u32>, Error> {
        self.by_agent(scope, MOVES)
    }

    /// How many calls each agent logged in the period.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn calls_by_agent(&self, scope: &Scope) -> Result<BTreeMap<AgentId, u32>, Error> {
        self.by_agent(scope, CALLS)
    }

    /// The tickets that an agent brought into a stage in the period.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn moved_tickets_of(&self, scope: &Scope, agent: AgentId) -> Result<Vec<TicketId>, Error> {
        self.of_agent(scope, MOVES, "stage_entries.ticket", "stage_entries.entered_at", agent)
    }

    /// The tickets on which an agent logged a call in the period.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn called_tickets_of(&self, scope: &Scope, agent: AgentId) -> Result<Vec<TicketId>, Error> {
        self.of_agent(scope, CALLS, "activities.ticket", "activities.at", agent)
    }

    fn by_agent(&self, scope: &Scope, from: &str) -> Result<BTreeMap<AgentId, u32>, Error> {
        let sql = scope.fill(&format!("SELECT agents.id, count(*)\n{from}GROUP BY agents.id"));
        let mut found = BTreeMap::new();
        self.each(&sql, &scope.values(), |row| {
            found.insert(AgentId(row.get(0)?), row.get(1)?);
            Ok(())
        })?;
        Ok(found)
    }

    fn of_agent(
        &self,
        scope: &Scope,
        from: &str,
        ticket: &str,
        at: &str,
        agent: AgentId,
    ) -> Result<Vec<TicketId>, Error> {
        let sql = scope.fill(&format!(
            "SELECT {ticket}\n{from}AND agents.id = :agent GROUP BY {ticket} ORDER BY max({at}) DESC, {ticket} DESC"
        ));
        let mut values = scope.values();
        values.put(":agent", agent.0);
        self.tickets_of(&sql, &values)
    }
}
