//! A ticket moves into the next lifecycle: the same decision and the same write as any move, under its own name.

use std::collections::BTreeMap;

use domain::{FieldKey, Lifecycle, TicketId};

use super::{card, refused};
use crate::{
    Engine,
    views::{MoveOutcome, MoveRequest},
};

impl Engine {
    /// Promotes a lead to a prospect, or a prospect to an opportunity.
    ///
    /// # Errors
    /// [`Problem::Refused`](crate::Problem::Refused) for an opportunity, which is the last lifecycle.
    pub fn promote_ticket(
        &self,
        ticket: TicketId,
        answers: &BTreeMap<FieldKey, String>,
    ) -> anyhow::Result<MoveOutcome> {
        let lifecycle = self.store().read(|reader| card(reader, ticket))?.lifecycle;
        let next = match lifecycle {
            Lifecycle::Lead => Lifecycle::Prospect,
            Lifecycle::Prospect => Lifecycle::Opportunity,
            Lifecycle::Opportunity => return Err(refused("An opportunity is the last lifecycle: it is won or lost.")),
        };
        let target = self
            .workflow()
            .first_stage(next)
            .ok_or_else(|| refused(format!("The workflow has no open stage for a {}.", next.label())))?;
        self.move_tickets(&MoveRequest {
            tickets: vec![ticket],
            target: target.key.0.clone(),
            answers: answers.clone(),
            ..MoveRequest::default()
        })
    }
}
