//! The contact behind a ticket whose person opted out: HaloPSA's campaigns are told to leave them alone.

use connectors::suppression::{Contact, Peace, Suppression};
use domain::ContactId;
use store::{OutboxEntry, OutboxState, Reader, StateChange};

use super::{Next, Pushed, interactive, on_its_way};
use crate::{Engine, sync::Session};

/// Why there is nobody to tell about.
const NO_CONTACT: &str = "HaloPSA does not have this contact. Discard this, or link the ticket to another contact.";

impl Engine {
    /// Tells what holds at this moment, so the newest word always wins and a second one does no harm.
    pub(super) async fn send_peace(
        &self,
        session: &Session,
        entry: &OutboxEntry,
        contact: ContactId,
        pushed: &mut Pushed,
    ) -> anyhow::Result<Next> {
        let marked = self.store().write_quiet(self.now(), |w| -> anyhow::Result<_> {
            let found = w.outbox_entry(entry.id)?;
            if found.is_none_or(|found| found.state != OutboxState::Waiting) {
                return Ok(None);
            }
            w.set_outbox_state(entry.id, &on_its_way(entry))?;
            Ok(Some(what_holds(w, contact)?))
        })?;
        self.publish(marked.changes);
        let Some(wanted) = marked.value else {
            return Ok(Next::GoOn);
        };
        let Some((contact, peace)) = wanted else {
            self.park(entry, NO_CONTACT, "")?;
            return Ok(Next::GoOn);
        };
        match interactive(session).tell(contact, peace).await {
            Ok(()) => {
                self.link_is_up()?;
                self.set_state(entry, &StateChange::to(OutboxState::Sent))?;
                pushed.sent += 1;
                Ok(Next::GoOn)
            }
            // A contact is no ticket: nothing is gone because of it.
            Err(error) => self.fail_record(entry, &error),
        }
    }
}

fn what_holds(reader: &Reader<'_>, contact: ContactId) -> Result<Option<(Contact, Peace)>, store::Error> {
    let Some(halo) = reader.contact(contact)?.and_then(|row| row.halo_id) else {
        return Ok(None);
    };
    let mut peace = Peace::Lifted;
    for ticket in reader.tickets_of_contact(contact)? {
        if reader.card(ticket)?.is_some_and(|card| card.do_not_contact) {
            peace = Peace::Kept;
        }
    }
    Ok(Some((Contact { halo }, peace)))
}
