//! The conversation with HaloPSA: connect, pull, merge, push.
//!
//! Model. One task of one process (it holds the home's [`Lease`](crate::Lease)) talks to HaloPSA. It sends what the
//! outbox says is due, pulls what changed there, and goes back to sleep until a person changes something, another
//! process does, or a minute has passed. What a pull waits for (the network, the budget) never holds up a push.
//! Every answer is stored in a short transaction of its own; no transaction is open while the network is awaited.
//!
//! Guarantees. An entry is `sending` on the disk before its request leaves, so that a crash at any point leaves an entry
//! that is either unsent or looked up first. A row that HaloPSA shows never overwrites an unsent local value: it is
//! merged with it, field by field, against the mirror. A pull that is interrupted goes on at the page where it stopped.
//!
//! `run` is the loop, `push` sends, `pull` reads pages, `apply` merges a row, `people` and `activities` fetch what belongs
//! to tickets, `connect` signs in, `mapping` says what stands for what, `health` knows how the link is, `figures` keeps count and the log, `sweep`
//! compares both sides once a day, `differences` names what it found.

mod activities;
mod allowance;
mod apply;
mod appointments;
mod connect;
mod differences;
mod figures;
mod health;
mod history;
mod mapping;
mod people;
mod pull;
mod push;
mod run;
mod sign_in;
mod sweep;
mod tokens;

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, Utc};
use connectors::halo::Halo;
use domain::{HaloTicketId, tenant::TenantMap};
use tokio::sync::{Notify, watch};

pub(crate) use health::link;
pub(crate) use history::pending as history_pending;
pub(crate) use mapping::alerts as mapping_alerts;
pub(crate) use pull::progress;
pub use run::{SyncLoop, SyncReport};
pub use sign_in::{SignInAttempt, redirect_address};

use health::Health;

/// The most tickets whose activities wait to be fetched: beyond it they are fetched when somebody opens them.
const MOST_WANTED: usize = 500;

/// The conversation with HaloPSA, beside what the database keeps of it: the open connection, how the link is, who waits.
#[derive(Default)]
pub(crate) struct Conversation {
    /// A change waits to be sent.
    push: Notify,
    /// Somebody asks for a whole round.
    round: Notify,
    /// Set when the loop has to end.
    stop: Arc<watch::Sender<bool>>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    session: Option<Session>,
    health: Health,
    /// Why the last turn failed on this computer, in words.
    stumble: Option<String>,
    wanted: VecDeque<HaloTicketId>,
    /// When the activities of a ticket were last fetched.
    fetched: BTreeMap<HaloTicketId, DateTime<Utc>>,
    /// The requests that the tenant allows in a window, as far as it is kept; `None` before it was read.
    known_limit: Option<u32>,
    /// When it was last looked whether a person should be told of something.
    watched: Option<DateTime<Utc>>,
    /// A refusal looked as if the tenant's set-up had changed.
    setup_suspected: bool,
}

/// A signed-in connection and the mapping that goes with it.
#[derive(Clone)]
pub(crate) struct Session {
    pub halo: Halo,
    pub map: Arc<TenantMap>,
}

impl Conversation {
    fn state(&self) -> MutexGuard<'_, State> {
        // Every change under the lock is one assignment, so a panic leaves whole values.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A person changed something: it is tried at once, even while sync waits after a failure.
    pub fn wake_push(&self) {
        self.state().health.person_asks();
        self.push.notify_one();
    }

    /// Keeps why the last turn failed on this computer; says whether that is news.
    fn set_stumble(&self, words: Option<String>) -> bool {
        let mut state = self.state();
        let news = state.stumble != words;
        state.stumble = words;
        news
    }

    /// Why the last turn of sync failed on this computer, in words.
    pub fn stumble(&self) -> Option<String> {
        self.state().stumble.clone()
    }

    /// A person asks for another try of everything.
    pub fn try_again(&self) {
        self.state().health.forgive();
        self.push.notify_one();
    }

    /// Asks for a whole round, pull included.
    pub fn wake_round(&self) {
        self.state().health.forgive();
        self.round.notify_one();
    }

    /// Asks for the activities of a ticket that somebody looks at or that has changed.
    pub fn want_activities(&self, ticket: HaloTicketId) {
        let mut state = self.state();
        if !state.wanted.contains(&ticket) && state.wanted.len() < MOST_WANTED {
            state.wanted.push_back(ticket);
            drop(state);
            self.push.notify_one();
        }
    }

    /// Forgets the connection, so that the next request signs in anew.
    fn close(&self) {
        let mut state = self.state();
        state.session = None;
        state.health = Health::default();
    }
}
