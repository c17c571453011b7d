//! The failures that a caller may want to tell apart. Everything else travels as `anyhow` with its context.

use domain::{FieldKey, tenant::Gap};

/// Why something was not done. Found with `error.downcast_ref::<Problem>()`, whatever context was put around it.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// The input is no value of the field; the reason is a sentence for a person.
    #[error("{reason}")]
    FieldInvalid { field: FieldKey, reason: String },
    /// A rule says no; the reason is a sentence for a person.
    #[error("{reason}")]
    Refused { reason: String },
    /// No such thing, or no longer.
    #[error("There is no {what}.")]
    NotFound { what: String },
    /// Something newer stands on top of what should be undone.
    #[error("This cannot be undone, because {what} has changed since. Undo the newer change first.")]
    UndoConflict { what: String },
    /// This kind of operation has no way back.
    #[error("{reason}")]
    NotUndoable { reason: String },
    /// It has been undone before.
    #[error("This has already been undone.")]
    AlreadyUndone,
    /// No tenant is connected.
    #[error("Leadline is not connected to a HaloPSA.")]
    NotConnected,
    /// The data here belongs to another tenant.
    #[error(
        "The data here belongs to {present}. Add {wanted} as another HaloPSA beside it: in Preferences, or on the command line with --profile and a name."
    )]
    OtherTenant { present: String, wanted: String },
    /// The tenant lacks a ticket type without which nothing can be synced.
    #[error("This HaloPSA has no ticket type for {}.", names(.gaps))]
    MissingTicketType { gaps: Vec<Gap> },
    /// Another process syncs this home.
    #[error("Another Leadline on this computer is syncing the same data.")]
    SyncElsewhere,
}

fn names(gaps: &[Gap]) -> String {
    gaps.iter()
        .filter_map(|gap| match gap {
            Gap::TicketType { wanted, .. } => Some(format!("“{wanted}”")),
            _ => None,
        })
        .collect::<Vec<_>>()
        .join(", ")
}
