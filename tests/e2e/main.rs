//! The real window over a real HaloPSA in a box, driven through WebDriver without a screen.
//!
//! Owns: what a person sees and does. Each test starts a [`sandbox::Sandbox`], a desktop session of its own (bus,
//! keyring, folders) and the program as it was built; it works through the window alone and looks at the tenant from
//! the other side. It must not know how anything works inside: no crate of the program is linked in.
//!
//! The program has to be built first: `cargo xtask test` does, or `cargo build --features custom-protocol`.
//! Start reading at `first_run`, then `harness`.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "A test ends at the first thing that is not as it should be."
)]

mod harness;

mod accessibility;
mod first_run;
mod importing;
mod insights;
mod messages;
mod moving;
mod pictures;
mod reviewing;
mod secrecy;
mod settling;
mod syncing;
mod undoing;
