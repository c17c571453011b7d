//! What there is to filter by, and how far back the history reaches.

use chrono::{DateTime, Utc};
use domain::Value;

use crate::{
    Error, Reader,
    convert::{from_json, millis, text_of},
};

/// The segments in use, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Segments {
    pub industries: Vec<String>,
    pub employee_ranges: Vec<String>,
    pub lists: Vec<String>,
}

impl Reader<'_> {
    /// The segments in use.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn segments(&self) -> Result<Segments, Error> {
        let of = |field: &str| -> Result<Vec<String>, Error> {
            // Jumps from one value to the next instead of reading every ticket.
            let found = self.list(
                "WITH RECURSIVE found (value) AS (
                    SELECT min(value) FROM ticket_values
                    WHERE field IN ('industry', 'employee_range') AND field = ?1
                    UNION ALL
                    SELECT (SELECT min(ticket_values.value) FROM ticket_values
                        WHERE field IN ('industry', 'employee_range') AND field = ?1 AND ticket_values.value > found.value)
                    FROM found WHERE found.value IS NOT NULL)
                 SELECT value FROM found WHERE value IS NOT NULL",
                [field],
                |row| Ok(row.get::<_, String>(0)?),
            )?;
            found
                .iter()
                .map(|json| Ok(text_of(&from_json::<Value>("value", json)?).to_owned()))
                .collect()
        };
        Ok(Segments {
            industries: of("industry")?,
            employee_ranges: of("employee_range")?,
            lists: self.lists()?.into_iter().map(|list| list.name).collect(),
        })
    }

    /// When the first ticket was created that is here.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn first_created(&self) -> Result<Option<DateTime<Utc>>, Error> {
        let found = self.first("SELECT min(created_at) FROM tickets WHERE removed = 0", [], |row| {
            Ok(row.get::<_, Option<i64>>(0)?.map(millis))
        })?;
        Ok(found.flatten())
    }

    /// Whether a past stay that was reconstructed from HaloPSA began before that moment.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn has_rebuilt_before(&self, moment: DateTime<Utc>) -> Result<bool, Error> {
        let found = self.first(
            "SELECT EXISTS (SELECT 1 FROM stage_entries
                WHERE rebuilt = 1 AND left_at IS NOT NULL AND entered_at < ?1)",
            [moment.timestamp_millis()],
            |row| Ok(row.get(0)?),
        )?;
        Ok(found.unwrap_or(false))
    }
}
