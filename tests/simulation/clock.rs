//! Time: tokio's paused clock, which jumps to the next thing that is awaited as soon as nothing else can be done.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use engine::BoxFuture;
use tokio::time::Instant;

/// One flow of time, as a computer shows it whose clock may be wrong. Clones share the error.
#[derive(Clone, Debug)]
pub struct SimClock {
    began: Instant,
    at: DateTime<Utc>,
    skew_ms: Arc<AtomicI64>,
}

impl SimClock {
    /// A clock that is right and shows `at`. Made inside the runtime whose time it shows.
    pub fn new(at: DateTime<Utc>) -> Self {
        Self {
            began: Instant::now(),
            at,
            skew_ms: Arc::default(),
        }
    }

    /// Another clock over the same flow of time, with an error of its own.
    pub fn beside(&self) -> Self {
        Self {
            skew_ms: Arc::default(),
            ..self.clone()
        }
    }

    /// Makes it wrong by so much.
    pub fn set_skew(&self, skew: TimeDelta) {
        self.skew_ms.store(skew.num_milliseconds(), Ordering::SeqCst);
    }

    /// The time it shows, in whole milliseconds.
    pub fn show(&self) -> DateTime<Utc> {
        let elapsed = i64::try_from(self.began.elapsed().as_millis()).unwrap_or(i64::MAX);
        self.at + TimeDelta::milliseconds(elapsed + self.skew_ms.load(Ordering::SeqCst))
    }
}

impl engine::Clock for SimClock {
    fn now(&self) -> DateTime<Utc> {
        self.show()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'_, ()> {
        Box::pin(tokio::time::sleep(duration))
    }
}

impl sandbox::Clock for SimClock {
    fn now(&self) -> DateTime<Utc> {
        self.show()
    }
}
