//! How long tickets stay in a stage.

use domain::{StageKey, TicketId};

use super::{Scope, funnel::with_ways};
use crate::{Error, Reader, convert::to_millis};

/// The stays in one stage, in whole seconds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stays {
    /// How long those took that ended.
    pub ended: Vec<u32>,
    /// For how long those have gone on that go on.
    pub open: Vec<u32>,
}

impl Reader<'_> {
    /// The stays of each of these stages that began in the period.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn stays(&self, scope: &Scope, stages: &[StageKey]) -> Result<Vec<Stays>, Error> {
        let sql = scope.fill(&with_ways(include_str!("times.sql")));
        let mut values = scope.values();
        values.put_stages(":stages", stages);
        let judged = to_millis(scope.judged());
        let seconds = |from: i64, to: i64| u32::try_from((to - from).max(0) / 1_000).unwrap_or(u32::MAX);
        let mut stays = vec![Stays::default(); stages.len()];
        self.each(&sql, &values, |row| {
            let entered: i64 = row.get(1)?;
            let left: Option<i64> = row.get(2)?;
            if let Some(stays) = stays.get_mut(row.get::<_, u32>(0)? as usize) {
                match left {
                    Some(left) if left < judged => stays.ended.push(seconds(entered, left)),
                    _ => stays.open.push(seconds(entered, judged)),
                }
            }
            Ok(())
        })?;
        Ok(stays)
    }

    /// The tickets with stays of one stage that began in the period and ended, or go on.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn stay_tickets(&self, scope: &Scope, stage: &StageKey, open: bool) -> Result<Vec<TicketId>, Error> {
        let sql = scope.fill(&with_ways(include_str!("times_tickets.sql")));
        let mut values = scope.values();
        values.put_stages(":stages", std::slice::from_ref(stage));
        values.put(":open", i64::from(open));
        self.tickets_of(&sql, &values)
    }
}
