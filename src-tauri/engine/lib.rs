//! How Leadline behaves: operations, the outbox, sync with HaloPSA, and the views of windows and the command line.
//!
//! Owns every user action (one file and one transaction each, in [`operations`]), the one rule by which a local change
//! becomes something to send ([`outbox`]), and the conversation with HaloPSA ([`sync`]): connect, pull, merge, push.
//! It must not know SQL, HTTP, windows or keychains: `store` keeps, `connectors` talks, and the app hands in a
//! [`Clock`], a [`Vault`] and a [`Lease`]. Nothing that a click waits for awaits the network; what does is `async`.
//!
//! Start with [`Engine`], then [`operations`] (a click), [`outbox`] (what it owes HaloPSA), then `sync/push.rs` and
//! `sync/apply.rs` (how the two sides become one again).

#![cfg_attr(
    test,
    expect(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        clippy::panic,
        reason = "a test that cannot go on says so by panicking"
    )
)]

mod after;
mod clock;
mod dashboards;
mod engine;
pub mod export;
mod facts;
pub mod import;
mod insights;
mod labels;
mod lease;
mod listing;
pub mod operations;
pub mod outbox;
mod party;
mod problem;
mod reads;
mod review;
mod rule_lists;
mod settings;
mod suppression;
pub mod sync;
mod vault;
pub mod views;
mod weights;

pub use clock::{BoxFuture, Clock, SystemClock};
pub use dashboards::Dashboard;
pub use engine::{Engine, Event, Options, Parts};
pub use lease::{Lease, LeaseGuard, SoleProcess};
pub use problem::Problem;
pub use settings::{Account, Tenant};
pub use sync::{SignInAttempt, SyncLoop, SyncReport, redirect_address};
pub use vault::{MemoryVault, Vault};
pub use views::*;
pub use weights::show_weights;
