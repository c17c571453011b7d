//! What imports bring.

use std::collections::BTreeMap;

use domain::{ImportId, TicketId};

use super::Scope;
use crate::{Error, ImportOutcome, Reader};

/// What became of the rows of one source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Rows by what became of them.
    pub outcomes: BTreeMap<ImportOutcome, u32>,
    /// The imports that such rows are of, the first one first.
    pub imports: BTreeMap<ImportOutcome, Vec<ImportId>>,
    /// Of all rows together.
    pub quality: u64,
    /// Rows kept for a person: what they made of them, by the key of the decision; `None` while they wait.
    pub decisions: BTreeMap<Option<String>, u32>,
}

/// Which tickets of a source of imports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportedTickets {
    /// Behind the rows with one of these outcomes.
    Rows(Vec<ImportOutcome>),
    /// Those that were decided about so, by the key of the decision.
    Decided(String),
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
            *source.outcomes.entry(outcome).or_default() += row.get::<_, u32>("rows")?;
            source
                .imports
                .entry(outcome)
                .or_default()
                .push(ImportId(row.get("id")?));
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

    /// The tickets behind a count of [`imported`](Self::imported), each once.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn imported_tickets(
        &self,
        scope: &Scope,
        source: &str,
        which: &ImportedTickets,
    ) -> Result<Vec<TicketId>, Error> {
        let mut values = scope.values();
        values.put(":of", source.to_owned());
        match which {
            ImportedTickets::Rows(outcomes) => {
                let keys: Vec<&str> = outcomes.iter().map(|outcome| outcome.key()).collect();
                values.put_list(":outcomes", &keys);
                self.tickets_of(include_str!("imports_tickets.sql"), &values)
            }
            ImportedTickets::Decided(decision) => {
                values.put(":decision", decision.clone());
                self.tickets_of(include_str!("imports_reviewed_tickets.sql"), &values)
            }
        }
    }
}
