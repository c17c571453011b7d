//! The seam by which another system is told to leave somebody in peace.
//!
//! Do Not Contact holds on this computer whatever other systems think of it. But a CRM sends campaigns of its own, and a
//! data provider delivers the same person again next month, so every connector that can hold back by itself implements
//! [`Suppression`]. A call says what holds from now on and is safe to repeat: after a lost answer it is simply sent again.

use std::{future::Future, pin::Pin};

use domain::HaloContactId;

use crate::Error;

/// Somebody, as the systems that are told know them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contact {
    /// HaloPSA's own record of the person.
    pub halo: HaloContactId,
}

/// What is to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peace {
    /// Nothing is sent to them from now on.
    Kept,
    /// A manager lifted it.
    Lifted,
}

/// The answer on its way.
pub type Told<'a> = Pin<Box<dyn Future<Output = Result<(), Error>> + Send + 'a>>;

/// A system that can stop contacting somebody by itself.
pub trait Suppression: Send + Sync {
    /// Tells it. The answer may be lost: tell it again.
    fn tell(&self, contact: Contact, peace: Peace) -> Told<'_>;
}
