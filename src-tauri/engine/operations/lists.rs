//! Tickets are put on lists and taken off them. Lists that a rule keeps are left to the rule.

use domain::{
    TicketId,
    lists::{self, automatic},
};
use store::ListRow;

use super::{card, done, refused};
use crate::{Engine, labels, views::Done};

impl Engine {
    /// Puts tickets on a list, which is made when there is none of that name.
    ///
    /// # Errors
    /// [`Problem::Refused`](crate::Problem::Refused) without a ticket, for a name that is none, and for a list that a rule
    /// keeps.
    pub fn add_to_list(&self, tickets: &[TicketId], name: &str) -> anyhow::Result<Done> {
        self.list_tickets(tickets, name, true)
    }

    /// Takes tickets off a list. One that a rule keeps may hold a ticket that the rule would not put there, such as by a
    /// tag that is older than the rule; that one can be taken off.
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
            let by_rule = automatic::is_reserved(&name) || w.rule_lists()?.has(&name);
            for ticket in tickets {
                let who = labels::ticket(&card(w, *ticket)?);
                if by_rule && (on || automatic::automatic(&w.plain_values(*ticket)?).has(&name)) {
                    let rule = automatic::rule(&name).unwrap_or_default();
                    return Err(refused(format!(
                        "A rule keeps the list {name} ({rule}): tickets come and go as their values change."
                    )));
                }
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
