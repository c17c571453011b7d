//! A clock that is moved by hand; sleeping on it ends when it has been moved far enough.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use engine::{BoxFuture, Clock};
use sandbox::ManualClock;
use tokio::sync::watch;

/// One clock for both sides: the engine and the tenant.
#[derive(Clone, Debug)]
pub struct HandClock {
    hands: ManualClock,
    moved: Arc<watch::Sender<()>>,
    /// Until when somebody sleeps, by the number of the sleep.
    sleeping: Arc<Mutex<BTreeMap<u64, DateTime<Utc>>>>,
}

/// A sleep that has not ended; forgotten with it, also when nobody waits for it any more.
struct Sleep {
    clock: HandClock,
    number: u64,
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.clock.sleeping().remove(&self.number);
    }
}

impl HandClock {
    /// A clock that shows `now`.
    #[must_use]
    pub fn at(now: DateTime<Utc>) -> Self {
        Self {
            hands: ManualClock::new(now),
            moved: Arc::new(watch::Sender::new(())),
            sleeping: Arc::default(),
        }
    }

    /// Moves the hands forward.
    pub fn advance(&self, by: TimeDelta) {
        self.hands.advance(by);
        self.moved.send_replace(());
    }

    /// Moves the hands forward when somebody sleeps who is not due yet: time passes only while nothing else happens, so
    /// that no request takes hours by this clock.
    pub fn advance_for_sleepers(&self, by: TimeDelta) {
        if self.has_sleepers() {
            self.advance(by);
        }
    }

    /// Whether somebody sleeps who is not due yet.
    #[must_use]
    pub fn has_sleepers(&self) -> bool {
        let now = Clock::now(self);
        self.sleeping().values().any(|end| *end > now)
    }

    fn sleeping(&self) -> MutexGuard<'_, BTreeMap<u64, DateTime<Utc>>> {
        self.sleeping.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin_sleep(&self, end: DateTime<Utc>) -> Sleep {
        let mut sleeping = self.sleeping();
        let number = sleeping.last_key_value().map_or(0, |(last, _)| last + 1);
        sleeping.insert(number, end);
        Sleep {
            clock: self.clone(),
            number,
        }
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
            let _sleep = self.begin_sleep(end);
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
