//! The HaloPSA client against a HaloPSA tenant in a box: two independent readings of the same contract have to agree.
//!
//! Each test starts a tenant of its own on loopback. [`tenant::Tenant`] is the connected client with its mapping;
//! [`stranger`] answers like something that is no HaloPSA. Reads are repeated after milliseconds here, so nothing waits.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on says so by panicking"
)]

mod appointments;
mod connecting;
mod error_forms;
mod faults;
mod people;
mod reading;
mod setting_up;
mod signing_in;
mod stranger;
mod suppression;
mod sweeping;
mod tenant;
mod writing;
