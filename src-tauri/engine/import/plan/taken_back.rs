//! Tickets that earlier imports had made and undo took away: a record of one of their people brings the ticket back, with
//! its number in HaloPSA, instead of making another one.

use std::collections::{HashMap, HashSet};

use domain::{
    Source, TicketId, Value,
    email::EmailAddress,
    fields::keys,
    import::{self, CleanValue, CleanValues},
};
use store::Reader;

use super::Terms;
use crate::import::CleanRow;

/// Who was taken back, by key.
#[derive(Default)]
pub(super) struct TakenBack {
    by_key: HashMap<Box<str>, TicketId>,
    tickets: HashSet<TicketId>,
}

impl TakenBack {
    /// Everybody whom an undone import had brought.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn read(reader: &Reader<'_>) -> Result<Self, store::Error> {
        let mut found = Self::default();
        let mut values = CleanValues::new();
        for gone in reader.taken_back_by_imports()? {
            values.clear();
            if let Ok(email) = EmailAddress::parse(&gone.email) {
                values.insert(keys::EMAIL, CleanValue::from(Value::Email(email)));
            }
            values.insert(keys::COMPANY_NAME, CleanValue::from(Value::Text(gone.company)));
            values.insert(keys::PERSON_NAME, CleanValue::from(Value::Text(gone.person)));
            if let Some(key) = import::key(&values) {
                // Of two that came and went under one key, the later one comes back.
                found.by_key.insert(key.0.as_str().into(), gone.ticket);
            }
            found.tickets.insert(gone.ticket);
        }
        Ok(found)
    }

    /// The ticket that a record brings back, which no other record does then.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn take(
        &mut self,
        reader: &Reader<'_>,
        terms: &Terms,
        row: &CleanRow,
    ) -> Result<Option<TicketId>, store::Error> {
        if self.tickets.is_empty() {
            return Ok(None);
        }
        let numbered = match (&row.provider_id, &terms.source) {
            (Some(id), Source::Provider { name }) => reader.ticket_by_provider(name, id)?,
            _ => None,
        };
        let keyed = || {
            let key = row.key.as_ref()?;
            self.by_key.get(key.0.as_str()).copied()
        };
        let found = numbered
            .filter(|ticket| self.tickets.contains(ticket))
            .or_else(keyed)
            .filter(|ticket| self.tickets.contains(ticket));
        if let Some(ticket) = found {
            self.tickets.remove(&ticket);
        }
        Ok(found)
    }
}
