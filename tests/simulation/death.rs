//! The death of a process, at a moment that was drawn beforehand: before a commit, before a request leaves, or after HaloPSA
//! carried it out and before the answer is read.
//!
//! It is a panic that no code can mistake for its own, and that no panic hook hears of. From then on the process does
//! nothing any more: whatever else of it still runs dies at its next write or request.

use std::{
    any::Any,
    panic::resume_unwind,
    sync::{
        OnceLock,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
};

use tokio::sync::Notify;

/// What a killed process leaves on its stack.
#[derive(Debug)]
pub struct Killed;

/// Where a process dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moment {
    BeforeCommit,
    BeforeRequest,
    AfterRequest,
}

impl Moment {
    pub const ALL: [Self; 3] = [Self::BeforeCommit, Self::BeforeRequest, Self::AfterRequest];

    pub fn name(self) -> &'static str {
        match self {
            Self::BeforeCommit => "kill before a commit",
            Self::BeforeRequest => "kill before a request",
            Self::AfterRequest => "kill before an answer",
        }
    }
}

/// The fate of one process.
#[derive(Debug)]
pub struct Fate {
    dead: AtomicBool,
    how: OnceLock<Moment>,
    /// How many more times each moment passes unharmed; below zero it always does.
    left: [AtomicI64; 3],
    /// Somebody may wait for it.
    died: Notify,
}

impl Fate {
    /// It dies when that moment has come so many times; `None` lets it live.
    pub fn new(death: Option<(Moment, i64)>) -> Self {
        let left = |moment: Moment| match death {
            Some((when, times)) if when == moment => AtomicI64::new(times),
            _ => AtomicI64::new(i64::MAX),
        };
        Self {
            dead: AtomicBool::new(false),
            how: OnceLock::new(),
            left: Moment::ALL.map(left),
            died: Notify::new(),
        }
    }

    /// Lets it live from now on.
    pub fn spare(&self) {
        for left in &self.left {
            left.store(i64::MAX, Ordering::SeqCst);
        }
    }

    pub fn is_dead(&self) -> bool {
        self.dead.load(Ordering::SeqCst)
    }

    /// How it died.
    pub fn how(&self) -> Option<Moment> {
        self.how.get().copied()
    }

    /// Comes back once it is dead.
    pub async fn death(&self) {
        while !self.is_dead() {
            self.died.notified().await;
        }
    }

    /// That moment has come. Does not come back when it is the last.
    pub fn pass(&self, moment: Moment) {
        let left = self.left.get(moment as usize);
        if self.is_dead() || left.is_some_and(|left| left.fetch_sub(1, Ordering::SeqCst) <= 0) {
            self.how.get_or_init(|| moment);
            self.dead.store(true, Ordering::SeqCst);
            self.died.notify_one();
            resume_unwind(Box::new(Killed));
        }
    }
}

/// Whether a panic was such a death.
pub fn is_death(panic: &(dyn Any + Send)) -> bool {
    panic.is::<Killed>()
}
