//! What things are and the rules they obey.
//!
//! Owns the words of the product: tickets, lifecycles, stages, fields, values, the workflow and its verdicts,
//! cleansing of phones, e-mails and names, the mapping onto a HaloPSA tenant, and the three-way merge.
//! Everything here is pure: no I/O, no clock, no SQL, no vendor JSON. Time comes in as an argument.
//!
//! It must not know: where anything is kept, who is asked over the network, which vendor calls a thing what (the names
//! in the catalogue's HaloPSA homes aside), or what time it is.
//!
//! Start with [`workflow`] (may this card move there?), then [`fields`] (what a ticket can hold), then [`merge`]
//! (both sides changed it) and [`tenant`] (whose ids mean what).

#![cfg_attr(
    test,
    expect(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        reason = "a test may fail loudly"
    )
)]

pub mod activity;
pub mod company_name;
pub mod country;
pub mod email;
pub mod fields;
pub mod history;
pub mod ids;
pub mod import;
pub mod lifecycle;
pub mod lists;
pub mod merge;
pub mod money;
pub mod person_name;
pub mod phone;
pub mod provenance;
pub mod remote;
pub mod score;
pub mod suppression;
pub mod tenant;
pub mod text;
pub mod value;
pub mod web;
pub mod workflow;

pub use fields::FieldKey;
pub use ids::*;
pub use lifecycle::{Lifecycle, Role, StageKey};
pub use provenance::{Provenance, Source, StoredValue};
pub use value::{Invalid, Value};
