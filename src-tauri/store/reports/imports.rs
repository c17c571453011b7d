//! What imports bring.

use std::collections::BTreeMap;

use domain::TicketId;

use super::Scope;
use crate::{Error, ImportOutcome, Reader};

/// What became of the rows of one source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Rows by what became of them.
    pub outcomes: BTreeMap<ImportOutcome, u32>,
    /// Of all rows together.
    pub quality: u64,
    /// Rows kept for a person: what they made of them, by the key of the decision; `None` while they wait.
    pub decisions: BTreeMap<Option<String>, u32>,
}

impl Reader<'_> {
    /// What imports of the period brought, by source. Which tickets count plays no part.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn imported(&self, scope: &Scope) -> Result<BTreeMap<String, Imported>, Error> {
        let mut found: BTreeMap<String, Imported> = BTreeMap::new();
        let values = scope.values();
        self.each(include_str!("imports.sql"), &values, |row| {
            let source = found.entry(row.get("source")?).or_default();
            let outcome = ImportOutcome::from_key(row.get_ref("outcome")?.as_str().map_err(rusqlite::Error::from)?)?;
            source.outcomes.insert(outcome, row.get("rows")?);
            source.quality += row.get::<_, u32>("quality").map(u64::from)?;
            Ok(())
        })?;
        self.each(include_str!("imports_reviews.sql"), &values, |row| {
            let source = found.entry(row.get("source")?).or_default();
            source.decisions.insert(row.get("decision")?, row.get("items")?);
            Ok(())
        })?;
        Ok(found)
    }

    /// The tickets behind the rows of a source with that outcome.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn imported_tickets(
        &self,
        scope: &Scope,
        source: &str,
        outcome: ImportOutcome,
    ) -> Result<Vec<TicketId>, Error> {
        let mut values = scope.values();
        values.put(":of", source.to_owned());
        values.put(":outcome", outcome.key().to_owned());
        self.tickets_of(include_str!("imports_tickets.sql"), &values)
    }
}
