//! How the sandbox behaves over HTTP, seen from outside: section 10 of the contract, point by point.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on should stop"
)]

mod client;
mod signing_in;
