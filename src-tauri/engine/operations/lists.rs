//! Tickets are put on lists and taken off them.

use domain::{TicketId, lists};
use store::ListRow;

use super::{card, done, refused};
use crate::{Engine, labels, views::Done};

impl Engine {
    /// Puts tickets on a list, which is made when there is none of that name.
    ///
    /// # Errors
    /// [`Problem::Refused`](crate::Problem::Refused) without a ticket and for a name that is none.
    pub fn add_to_list(&self, tickets: &[TicketId], name: &str) -> anyhow::Result<Done> {
        self.list_tickets(tickets, name, true)
    }

    /// Takes tickets off a list.
    ///
    /// # Errors
    /// As [`add_to_list`](Self::add_to_list).
    pub fn remove_from_list(&self, tickets: &[TicketId], name: &str) -> anyhow::Result<Done> {
        self.list_tickets(tickets, name, false)
    }

    /// Every list with somebody on it, by name.
    ///
    /// # Errors
    /// The store's failures.
    pub fn lists(&self) -> anyhow::Result<Vec<ListRow>> {
        Ok(self.store().lists()?)
    }

    fn list_tickets(&self, tickets: &[TicketId], name: &str, on: bool) -> anyhow::Result<Done> {
        let me = self.preferences()?.me;
        let name = lists::name(name).map_err(refused)?;
        if tickets.is_empty() {
            return Err(refused("No ticket was named."));
        }
        let mut label = String::new();
        let operated = self.operate("lists", me, |w| {
            let mut changed = Vec::new();
            for ticket in tickets {
                let who = labels::ticket(&card(w, *ticket)?);
                let mut lists = w.lists_of(*ticket)?;
                let news = if on {
                    lists.add(name.clone())
                } else {
                    lists.remove(&name)
                };
                if news {
                    w.set_lists(*ticket, &lists)?;
                    changed.push(who);
                }
            }
            let who = match changed.as_slice() {
                [only] => only.clone(),
                many => labels::tickets(many.len()),
            };
            label = if on {
                format!("Put {who} on the list {name}")
            } else {
                format!("Took {who} off the list {name}")
            };
            w.relabel(label.clone());
            Ok(())
        })?;
        Ok(done(&operated, label))
    }
}
