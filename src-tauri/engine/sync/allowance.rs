//! What is known of the tenant's rate limit beyond this process: how many requests were sent lately, and a lower limit
//! that HaloPSA named.
//!
//! Without it a command line that is run every minute would believe each time that nobody has asked anything yet.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::Engine;

/// The setting under which a learned limit is kept.
const LEARNED: &str = "learned_limit";
/// A limit is learned anew after so long: tenants are given higher ones, too.
const KEPT: TimeDelta = TimeDelta::days(7);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Learned {
    limit: u32,
    window_s: u64,
    at: DateTime<Utc>,
}

impl Engine {
    /// Takes over what earlier processes sent and learned. Once in the life of this one, before it sends anything.
    pub(super) fn resume_budget(&self) -> anyhow::Result<()> {
        if self.inner.sync.state().known_limit.is_some() {
            return Ok(());
        }
        let now = self.now();
        let budget = &self.inner.options.halo.budget;
        if let Some(learned) = self.learned()?.filter(|learned| now - learned.at < KEPT) {
            budget.lower(learned.limit, Duration::from_secs(learned.window_s));
        }
        let window = TimeDelta::from_std(budget.view().window)?;
        let sent = self.store().read(|reader| reader.traffic_since(now - window))?;
        budget.count(sent.requests);
        self.inner.sync.state().known_limit = Some(budget.view().limit);
        Ok(())
    }

    /// Keeps a limit that was learned from a refusal since.
    pub(super) fn keep_limit(&self) -> anyhow::Result<()> {
        let view = self.inner.options.halo.budget.view();
        let known = self.inner.sync.state().known_limit.replace(view.limit);
        if known.is_none_or(|known| view.limit >= known) {
            return Ok(());
        }
        let learned = Learned {
            limit: view.limit,
            window_s: view.window.as_secs(),
            at: self.now(),
        };
        self.store()
            .write_quiet(self.now(), |w| w.setting_set(LEARNED, &learned))?;
        Ok(())
    }

    fn learned(&self) -> anyhow::Result<Option<Learned>> {
        Ok(self.store().setting_get(LEARNED)?)
    }
}
