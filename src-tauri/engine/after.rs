//! What follows from a change whoever made it: Do Not Contact on all tickets of the person, first and last name, the
//! lists that a rule keeps, closed or open, the lead score.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::{
    FieldKey, Lifecycle, Provenance, Source, StoredValue, TicketId, Value, fields::keys, person_name,
    workflow::Workflow,
};
use store::{Actor, Applied, Change, Writer};

use crate::{facts::Facts, rule_lists, suppression};

/// Who writes first and last names.
const NAME_RULE: &str = "Person name";

/// Derives what follows from everything this write journalled so far. Returns the tickets that were marked as Do Not
/// Contact because of their person.
pub(crate) fn follow(w: &mut Writer<'_>, workflow: &Workflow) -> anyhow::Result<BTreeSet<TicketId>> {
    let marked = suppression::follow(w)?;
    let mut renamed = BTreeSet::new();
    let mut moved = BTreeSet::new();
    let mut touched = BTreeSet::new();
    let mut scored = BTreeSet::new();
    for Applied { ticket, change } in w.applied() {
        match change {
            Change::Removed => {
                touched.remove(ticket);
                scored.remove(ticket);
                continue;
            }
            // The ledger may outlive the ticket.
            Change::Suppressed { .. } | Change::SuppressionLifted { .. } => continue,
            Change::Field { field, .. } if *field == keys::PERSON_NAME => {
                renamed.insert(*ticket);
            }
            // Within a lifecycle the stage plays no part in the score; whoever moves keeps the one that was just read.
            Change::Stage { before, after } if before.lifecycle == after.lifecycle => {
                moved.insert(*ticket);
                touched.insert(*ticket);
                continue;
            }
            Change::Stage { .. } => {
                moved.insert(*ticket);
            }
            _ => {}
        }
        touched.insert(*ticket);
        scored.insert(*ticket);
    }
    for ticket in renamed.intersection(&touched) {
        let name = w.value(*ticket, keys::PERSON_NAME)?;
        let parts = name_parts(name.as_ref().map(|stored| &stored.value), w.at());
        for (field, value) in parts {
            w.set_value(*ticket, field, value)?;
        }
    }
    rule_lists::follow(w)?;
    // Whether HaloPSA closed a ticket is for HaloPSA to say; here it follows from the stage.
    let by_person = matches!(w.actor(), Some(Actor::Person(_)));
    for ticket in moved.intersection(&touched).filter(|_| by_person) {
        if let Some(row) = w.ticket(*ticket)? {
            let closed = workflow.stage(&row.card.stage).is_some_and(|stage| stage.exit);
            if closed != row.closed {
                w.set_closed(*ticket, closed)?;
            }
        }
    }
    for ticket in scored {
        // A part of another ticket has no score of its own.
        if w.ticket(ticket)?.is_some() {
            rescore(w, ticket)?;
        }
    }
    Ok(marked)
}

/// Keeps the lead score of this moment; other lifecycles have none.
pub(crate) fn rescore(w: &mut Writer<'_>, ticket: TicketId) -> anyhow::Result<()> {
    let facts = Facts::read(w, ticket, w.at())?;
    let score = (facts.row.card.lifecycle == Lifecycle::Lead).then_some(facts.score.score);
    w.set_lead_score(ticket, score)?;
    Ok(())
}

/// First and last name, as they follow from a person's name.
pub(crate) fn name_parts(name: Option<&Value>, at: DateTime<Utc>) -> [(FieldKey, Option<StoredValue>); 2] {
    let (first, last) = match name {
        Some(Value::Text(name)) => person_name::split(name),
        _ => Default::default(),
    };
    let stored = |text: String| {
        (!text.is_empty()).then(|| StoredValue {
            value: Value::Text(text),
            raw: None,
            provenance: Provenance {
                source: Source::Rule {
                    name: NAME_RULE.to_owned(),
                },
                at,
                by: None,
            },
        })
    };
    [(keys::FIRST_NAME, stored(first)), (keys::LAST_NAME, stored(last))]
}
