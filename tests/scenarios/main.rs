//! Stories of a rep, a colleague in HaloPSA, and everything that goes wrong between them.
//!
//! Each story has a world of its own: an engine over a database on the disk, a HaloPSA tenant over HTTP, and a clock
//! moved by hand. A world that ends with something unsent or a refused request fails its story.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a story that cannot go on says so by panicking"
)]

mod alone;
mod appointments;
mod choosing;
mod colleague;
mod convergence;
mod crash;
mod creating;
mod dashboards;
mod do_not_contact;
mod draining;
mod failures;
mod full_disk;
mod health;
mod history;
mod importing;
mod linked;
mod listing;
mod mapping;
mod merging;
mod moving;
mod offline;
mod outcomes;
mod overlapping;
mod parties;
mod policies;
mod processes;
mod promoting;
mod pulling;
mod refusals;
mod reviewing;
mod signing_in;
mod sweeping;
mod torn;
mod twins;
mod undo;
