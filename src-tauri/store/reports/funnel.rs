//! The funnel: who came into a stage, and what became of them.

use domain::{StageKey, TicketId};

use super::Scope;
use crate::{Error, Reader, convert::from_json};

/// Distinct tickets that came into a stage and left it in one way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WayOut {
    /// The place of the stage in the list that was asked for.
    pub stage: usize,
    /// The stage it was left for; `None` for tickets that have never left.
    pub next: Option<StageKey>,
    pub entered: u32,
    /// Those that had been in the stage before.
    pub again: u32,
    /// Those that had not left yet when it is judged.
    pub open: u32,
}

/// Which tickets of a stage of the funnel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FunnelTickets {
    Entered,
    ReEntered,
    StillHere,
    /// Left for one of these stages.
    LeftFor(Vec<StageKey>),
}

/// With the ways out of the stages asked for, as the statements of funnel, times and deals begin.
pub(super) fn with_ways(sql: &str) -> String {
    format!("{}{sql}", include_str!("ways.sql"))
}

impl Reader<'_> {
    /// Every way out of these stages, with how many took it.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn funnel(&self, scope: &Scope, stages: &[StageKey]) -> Result<Vec<WayOut>, Error> {
        let sql = scope.fill(&with_ways(include_str!("funnel.sql")));
        let mut values = scope.values();
        values.put_stages(":stages", stages);
        let mut ways = Vec::new();
        self.each(&sql, &values, |row| {
            let counts: String = row.get("counts")?;
            let (entered, again, open) = from_json("report", &counts)?;
            ways.push(WayOut {
                stage: row.get::<_, u32>("place")? as usize,
                next: row.get::<_, Option<String>>("next")?.map(StageKey),
                entered,
                again,
                open,
            });
            Ok(())
        })?;
        Ok(ways)
    }

    /// The tickets behind a count of [`funnel`](Self::funnel), the last to come in first.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn funnel_tickets(
        &self,
        scope: &Scope,
        stage: &StageKey,
        which: &FunnelTickets,
    ) -> Result<Vec<TicketId>, Error> {
        let sql = scope.fill(&with_ways(include_str!("funnel_tickets.sql")));
        let (what, nexts): (&str, &[StageKey]) = match which {
            FunnelTickets::Entered => ("entered", &[]),
            FunnelTickets::ReEntered => ("re_entered", &[]),
            FunnelTickets::StillHere => ("here", &[]),
            FunnelTickets::LeftFor(nexts) => ("left", nexts),
        };
        let mut values = scope.values();
        values.put_stages(":stages", std::slice::from_ref(stage));
        values.put(":what", what.to_owned());
        values.put_stages(":nexts", nexts);
        self.tickets_of(&sql, &values)
    }
}
