//! What the rules need to know of a ticket, read in one go.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::{
    FieldKey, Lifecycle, TicketId, Value,
    score::{LeadScore, lead_score},
    workflow::TicketFacts,
};
use store::{Reader, TicketRow};

use crate::{Problem, labels};

/// A ticket with its plain values and its lead score of this moment.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    pub row: TicketRow,
    pub values: BTreeMap<FieldKey, Value>,
    pub score: LeadScore,
}

impl Facts {
    /// Reads a ticket. A ticket that is not there is a [`Problem::NotFound`].
    pub fn read(reader: &Reader<'_>, ticket: TicketId, now: DateTime<Utc>) -> anyhow::Result<Self> {
        let row = reader.ticket(ticket)?.ok_or_else(|| Problem::NotFound {
            what: format!("ticket {ticket} on this computer"),
        })?;
        let values = reader.plain_values(ticket)?;
        let score = match row.card.lifecycle {
            Lifecycle::Lead => {
                let mut activity = reader.activity_summary(ticket)?;
                activity.last_at = activity.last_at.max(Some(row.created_at));
                lead_score(&values, &activity, now)
            }
            Lifecycle::Prospect | Lifecycle::Opportunity => LeadScore::default(),
        };
        Ok(Self { row, values, score })
    }

    /// As the workflow asks for it.
    pub fn of_ticket(&self) -> TicketFacts<'_> {
        TicketFacts {
            lifecycle: self.row.card.lifecycle,
            stage: &self.row.card.stage,
            owner: self.row.card.owner,
            values: &self.values,
            lead_score: self.score.score,
        }
    }

    /// "Acme Ltd – Jane Doe".
    pub fn label(&self) -> String {
        labels::ticket(&self.row.card)
    }
}
