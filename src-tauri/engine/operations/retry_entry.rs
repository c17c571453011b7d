//! A refused or waiting entry is sent again, because a person says so.

use domain::OutboxId;
use store::{OutboxState, StateChange};

use crate::{Engine, Problem};

impl Engine {
    /// Sends an entry again as soon as it can go.
    ///
    /// # Errors
    /// [`Problem::NotFound`] when there is no such unsent entry.
    pub fn retry_entry(&self, entry: OutboxId) -> anyhow::Result<()> {
        let written = self.store().write_quiet(self.now(), |w| -> anyhow::Result<()> {
            let found = w.outbox_entry(entry)?.filter(|entry| entry.state != OutboxState::Sent);
            let found = found.ok_or_else(|| Problem::NotFound {
                what: "unsent change with that number".to_owned(),
            })?;
            match found.state {
                OutboxState::Parked | OutboxState::Waiting => {
                    w.set_outbox_state(entry, &StateChange::to(OutboxState::Waiting))?;
                }
                // Whether it arrived is looked up first, in any case.
                OutboxState::Uncertain => w.set_outbox_state(entry, &StateChange::to(OutboxState::Uncertain))?,
                OutboxState::Sending | OutboxState::Sent => {}
            }
            Ok(())
        })?;
        self.publish(written.changes);
        self.inner.sync.try_again();
        Ok(())
    }

    /// Sends everything that was refused or waits for its next try.
    ///
    /// # Errors
    /// The store's failures.
    pub fn retry_all(&self) -> anyhow::Result<()> {
        let written = self.store().write_quiet(self.now(), |w| w.retry_all())?;
        self.publish(written.changes);
        self.inner.sync.try_again();
        Ok(())
    }
}
