//! A person holds everything back that waits for HaloPSA, or lets it go.

use crate::{Engine, settings};

impl Engine {
    /// Holds the outbox back, or lets it go on. What HaloPSA changes is still read, and everything can be changed here.
    ///
    /// # Errors
    /// The store's failures.
    pub fn set_outbox_paused(&self, paused: bool) -> anyhow::Result<()> {
        let written = self
            .store()
            .write_quiet(self.now(), |w| w.setting_set(settings::PAUSED, &paused))?;
        self.publish(written.changes);
        self.publish_status();
        if !paused {
            self.inner.sync.try_again();
        }
        Ok(())
    }

    pub(crate) fn is_paused(&self) -> anyhow::Result<bool> {
        Ok(self.store().read(settings::is_paused)?)
    }
}
