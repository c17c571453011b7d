//! A clock that is moved by hand; sleeping on it ends when it has been moved far enough.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use engine::{BoxFuture, Clock};
use sandbox::ManualClock;
use tokio::sync::watch;

/// One clock for both sides: the engine and the tenant.
#[derive(Clone, Debug)]
pub struct HandClock {
    hands: ManualClock,
    moved: Arc<watch::Sender<()>>,
}

impl HandClock {
    /// A clock that shows `now`.
    #[must_use]
    pub fn at(now: DateTime<Utc>) -> Self {
        Self {
            hands: ManualClock::new(now),
            moved: Arc::new(watch::Sender::new(())),
        }
    }

    /// Moves the hands forward.
    pub fn advance(&self, by: TimeDelta) {
        self.hands.advance(by);
        self.moved.send_replace(());
    }
}

impl Clock for HandClock {
    fn now(&self) -> DateTime<Utc> {
        sandbox::Clock::now(&self.hands)
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'_, ()> {
        let mut moved = self.moved.subscribe();
        let end = Clock::now(self) + TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX);
        Box::pin(async move {
            while Clock::now(self) < end {
                if moved.changed().await.is_err() {
                    return;
                }
            }
        })
    }
}

impl sandbox::Clock for HandClock {
    fn now(&self) -> DateTime<Utc> {
        sandbox::Clock::now(&self.hands)
    }
}
