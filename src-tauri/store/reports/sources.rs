//! Which source brought which tickets.

use domain::{Lifecycle, TicketId};

use super::Scope;
use crate::{Error, Reader, convert::lifecycle};

/// Tickets of one source and lifecycle that were created in the period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Created {
    /// Empty where none is given.
    pub source: String,
    /// Where they are now.
    pub lifecycle: Lifecycle,
    pub tickets: u32,
}

impl Reader<'_> {
    /// The tickets that were created in the period, by source and lifecycle.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn created(&self, scope: &Scope) -> Result<Vec<Created>, Error> {
        let sql = scope.fill(include_str!("sources.sql"));
        let mut found = Vec::new();
        self.each(&sql, &created_in(scope), |row| {
            found.push(Created {
                source: row.get("source")?,
                lifecycle: lifecycle(&row.get::<_, String>("lifecycle")?)?,
                tickets: row.get("tickets")?,
            });
            Ok(())
        })?;
        Ok(found)
    }

    /// The tickets of a source that [`created`](Self::created) counts and that are in one of these lifecycles now.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn created_tickets(
        &self,
        scope: &Scope,
        source: &str,
        lifecycles: &[Lifecycle],
    ) -> Result<Vec<TicketId>, Error> {
        let sql = scope.fill(include_str!("sources_tickets.sql"));
        let mut values = created_in(scope);
        values.put(":of", source.to_owned());
        let keys: Vec<&str> = lifecycles.iter().map(|lifecycle| lifecycle.key()).collect();
        values.put_list(":lifecycles", &keys);
        self.tickets_of(&sql, &values)
    }
}

/// Created in the period, also where the tickets are then followed for longer.
fn created_in(scope: &Scope) -> super::Values {
    Scope {
        cohort: false,
        ..scope.clone()
    }
    .values()
}
