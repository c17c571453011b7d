//! What the rules need to know of a ticket, read in one go.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::{
    FieldKey, Lifecycle, TicketId, Value,
    activity::{ActivityKind, CallOutcome},
    score::{ActivitySummary, LeadScore, lead_score},
    workflow::TicketFacts,
};
use store::{ActivityRow, Reader, TicketRow};

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
        let values = plain_values(reader, ticket)?;
        let score = match row.card.lifecycle {
            Lifecycle::Lead => {
                let activities = reader.activities(ticket)?;
                lead_score(&values, &summary(&activities, row.created_at), now)
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

/// The values of a ticket without where they came from.
pub(crate) fn plain_values(reader: &Reader<'_>, ticket: TicketId) -> Result<BTreeMap<FieldKey, Value>, store::Error> {
    let values = reader.values(ticket)?;
    Ok(values
        .into_iter()
        .map(|(field, stored)| (field, stored.value))
        .collect())
}

/// What the lead score counts. Opened e-mails and clicked links are not known to this version: nothing reports them.
pub(crate) fn summary(activities: &[ActivityRow], created_at: DateTime<Utc>) -> ActivitySummary {
    let count = |wanted: &dyn Fn(&ActivityRow) -> bool| {
        u32::try_from(activities.iter().filter(|activity| wanted(activity)).count()).unwrap_or(u32::MAX)
    };
    let last = activities
        .iter()
        .filter(|activity| activity.kind != ActivityKind::System)
        .map(|activity| activity.at)
        .max();
    ActivitySummary {
        calls_connected: count(&|activity| {
            activity.kind == ActivityKind::Call
                && activity
                    .call
                    .as_ref()
                    .is_some_and(|call| call.outcome == CallOutcome::Connected)
        }),
        meetings: count(&|activity| activity.kind == ActivityKind::Meeting),
        last_at: Some(last.unwrap_or(created_at).max(created_at)),
        ..ActivitySummary::default()
    }
}
