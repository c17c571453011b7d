//! Tickets are given to an agent, or to nobody.

use domain::{AgentId, TicketId};

use super::{card, done};
use crate::{Engine, Problem, labels, views::Done};

impl Engine {
    /// Gives tickets to an agent, or with `None` to nobody.
    ///
    /// # Errors
    /// [`Problem::NotFound`] when a ticket or the agent is not known; then none of them is changed.
    pub fn assign_owner(&self, tickets: &[TicketId], owner: Option<AgentId>) -> anyhow::Result<Done> {
        let me = self.preferences()?.me;
        let mut label = String::new();
        let operated = self.operate("assign_owner", me, |w| {
            let to = match owner {
                Some(agent) => {
                    let missing = || Problem::NotFound {
                        what: format!("agent {agent}"),
                    };
                    w.agent(agent)?.ok_or_else(missing)?.name
                }
                None => "nobody".to_owned(),
            };
            let mut name = String::new();
            for ticket in tickets {
                name = labels::ticket(&card(w, *ticket)?);
                w.set_owner(*ticket, owner)?;
            }
            let what = if tickets.len() == 1 {
                name
            } else {
                labels::tickets(tickets.len())
            };
            label = format!("Gave {what} to {to}");
            w.relabel(label.clone());
            Ok(())
        })?;
        Ok(done(&operated, label))
    }
}
