//! Who Leadline talks to over HTTP: one folder per vendor, today HaloPSA.
//!
//! Owns the wire: addresses, sign-in, requests, the rate-limit budget, vendor JSON and its quirks, and the
//! classification of everything that can go wrong into one small [`Error`]. Records leave this crate as the types of
//! `domain::remote`; nothing of a vendor's JSON does. It must not know the database, the outbox or the screens: when
//! to ask, what to do with an answer and when to send a write again is decided by `engine`.
//!
//! What never happens here: a write that is sent twice (reads are retried, writes are not), a token or client secret
//! in a log or an error, a request outside the budget.
//!
//! Start with [`halo`] (the client and its calls), then [`error`] (what can go wrong), then [`budget`]; the claims
//! about HaloPSA and where they come from are in `halo/notes.md`.

#![cfg_attr(
    test,
    expect(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        reason = "a test that cannot go on says so by panicking"
    )
)]

pub mod budget;
pub mod error;
pub mod halo;
mod http;
mod redact;
mod secret;
pub mod suppression;
pub mod traffic;
pub mod transport;

pub use budget::{Budget, BudgetView, Class};
pub use error::{Error, ErrorKind, Retry};
pub use secret::Secret;
pub use traffic::{Exchange, Exchanges};
pub use transport::Transport;
