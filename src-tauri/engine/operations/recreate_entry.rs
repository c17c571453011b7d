//! HaloPSA no longer has a ticket, and a person wants it there all the same: it is created anew.

use domain::{OutboxId, activity::ActivityKind};
use rand::Rng;
use store::{Actor, NewActivity, NewEntry, NewOperation, OutboxPayload, OutboxState, SyncState};

use super::{card, refused};
use crate::{Engine, Problem, labels, outbox, views::Done};

impl Engine {
    /// Creates the ticket behind a refused entry in HaloPSA anew, with everything it holds now. Unsent notes and calls
    /// follow it; its earlier timeline stays on this computer. The way back is to discard the new creation.
    ///
    /// # Errors
    /// [`Problem::NotFound`] when there is no such unsent entry; [`Problem::Refused`] while HaloPSA still has the ticket.
    pub fn recreate_entry(&self, entry: OutboxId) -> anyhow::Result<Done> {
        let me = self.preferences()?.me;
        let key = format!("{:032x}", self.dice().random::<u128>());
        let operation = NewOperation {
            kind: "recreate_entry",
            label: String::new(),
            actor: Actor::Person(me),
            // The old ticket in HaloPSA cannot be brought back from here.
            undoable: false,
        };
        let written = self
            .store()
            .write(operation, self.now(), |w| -> anyhow::Result<String> {
                let found = w.outbox_entry(entry)?.filter(|entry| entry.state != OutboxState::Sent);
                let found = found.ok_or_else(|| Problem::NotFound {
                    what: "unsent change with that number".to_owned(),
                })?;
                let ticket = found.ticket;
                let card = card(w, ticket)?;
                if card.sync != SyncState::Gone {
                    return Err(refused("HaloPSA still has this ticket. Send the change again instead."));
                }
                let label = format!("Creating {} in HaloPSA again", labels::ticket(&card));
                w.relabel(label.clone());
                let unsent = w.unsent(ticket)?;
                if unsent.iter().any(outbox::is_on_its_way) {
                    return Err(refused(
                        "A change of this ticket is on its way to HaloPSA. Wait for the answer, then try again.",
                    ));
                }
                w.cut_ties(ticket)?;
                let mut behind = Vec::new();
                for entry in unsent {
                    w.remove_entry(entry.id)?;
                    match entry.payload {
                        // The creation carries every value as it is now.
                        OutboxPayload::Update { .. } | OutboxPayload::Create { .. } => {}
                        payload => behind.push((payload, entry.what)),
                    }
                }
                w.enqueue(NewEntry {
                    ticket,
                    payload: OutboxPayload::Create { key },
                    what: "Create the ticket again".to_owned(),
                })?;
                for (payload, what) in behind {
                    w.enqueue(NewEntry { ticket, payload, what })?;
                }
                let at = w.at();
                w.insert_activity(NewActivity {
                    ticket,
                    kind: ActivityKind::System,
                    at,
                    agent: me,
                    who: String::new(),
                    subject: String::new(),
                    body: "HaloPSA no longer had this ticket, so it is created there again.".to_owned(),
                    call: None,
                })?;
                Ok(label)
            })?;
        self.publish(written.changes);
        self.inner.sync.wake_push();
        Ok(Done {
            operation: written.operation.unwrap_or(domain::OperationId(0)),
            label: written.value,
        })
    }
}
