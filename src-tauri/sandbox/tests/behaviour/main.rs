//! How the sandbox behaves over HTTP, seen from outside: section 10 of the contract, point by point.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on should stop"
)]

mod actions;
mod browser;
mod client;
mod customers;
mod faults;
mod lists;
mod restart;
mod sample_data;
mod set_up;
mod signing_in;
mod writes;
