//! The world of a scenario: an engine over a real database, a HaloPSA tenant in a box, and a clock that stands still
//! until it is told to move.
//!
//! Owns [`World`], the people in it ([`Persona`]) and what a story says to them. It must not know how anything works
//! inside: it speaks to the engine as a window does, and to the tenant as a colleague in HaloPSA does. HaloPSA's ids of
//! tickets (1000 and up), contacts (30000) and companies (500) are in ranges that no local id of a story reaches, so
//! that an id of the wrong kind finds nothing.
//!
//! A world ends strictly: when it is dropped, nothing may be left in the outbox and no request may have been refused,
//! unless the story said so ([`World::leaves_unsent`], [`World::allows_status`]).

mod clock;
mod personas;
mod world;

pub use clock::HandClock;
pub use personas::{COLLEAGUE, JANE, LIV, OMAR, Persona, REP};
pub use world::{OneLease, World, until};
