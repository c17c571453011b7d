//! HaloPSA's campaigns look at a switch of the contact, and at one of the ticket that travels with its updates.
//!
//! `unsubscribed` and the records of campaigns are HaloPSA's own memory of what a person clicked, so they are left alone.

use serde_json::json;

use super::{Halo, calls};
use crate::suppression::{Contact, Peace, Suppression, Told};

impl Suppression for Halo {
    fn tell(&self, contact: Contact, peace: Peace) -> Told<'_> {
        Box::pin(async move {
            let body = json!({
                "id": contact.halo.0,
                "neversendmarketingemails": peace == Peace::Kept,
            });
            self.write(&calls::KEEP_PEACE, vec![body]).await?;
            Ok(())
        })
    }
}
