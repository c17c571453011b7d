//! Lists and who is on them.

use domain::{
    ListId, TicketId,
    lists::{Tags, automatic},
};

use super::Reader;
use crate::{Error, ListRow};

impl Reader<'_> {
    /// The lists that a ticket is on.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn lists_of(&self, ticket: TicketId) -> Result<Tags, Error> {
        let names = self.list(
            "SELECT lists.name FROM list_members JOIN lists ON lists.id = list_members.list
             WHERE list_members.ticket = ?1 ORDER BY lists.name",
            [ticket.0],
            |row| Ok(row.get::<_, String>(0)?),
        )?;
        Ok(Tags::of(names))
    }

    /// The lists that a rule keeps.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn rule_lists(&self) -> Result<Tags, Error> {
        let names = self.list("SELECT name FROM lists WHERE kind = 'automatic'", [], |row| {
            Ok(row.get::<_, String>(0)?)
        })?;
        Ok(Tags::of(names))
    }

    /// Every list with somebody on it, by name.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn lists(&self) -> Result<Vec<ListRow>, Error> {
        self.list(
            "SELECT lists.id, lists.name, lists.kind, (SELECT count(*) FROM list_members
                JOIN tickets ON tickets.id = list_members.ticket AND tickets.removed = 0
                WHERE list_members.list = lists.id) AS tickets
             FROM lists ORDER BY lists.name COLLATE NOCASE, lists.id",
            [],
            |row| {
                let name: String = row.get("name")?;
                let is_automatic = row.get_ref("kind")?.as_str().map_err(rusqlite::Error::from)? == "automatic";
                Ok(ListRow {
                    id: ListId(row.get("id")?),
                    rule: if is_automatic { automatic::rule(&name) } else { None },
                    name,
                    tickets: row.get("tickets")?,
                    automatic: is_automatic,
                })
            },
        )
        .map(|lists| lists.into_iter().filter(|list| list.tickets > 0).collect())
    }
}
