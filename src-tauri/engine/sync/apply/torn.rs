//! A ticket that came apart: HaloPSA shows it in one ticket type and in a status of another.
//!
//! It happens when two people move it at once, one of them into the next lifecycle: HaloPSA takes the type from the one
//! and the status from the other, and has no way to refuse either. Sending the type with every move would keep the pair
//! together, and would take back the colleague's promotion without a word; and it may need a right that a rep does not
//! have. So a move says only where the ticket goes, and the answer shows whether somebody was faster.
//!
//! What came apart by a move of ours is asked about like any other stage that both sides changed, and either answer puts
//! HaloPSA right, because it sends the whole pair. What others leave so stays where it is here and counts as unplaced.

use domain::{Lifecycle, StageKey, remote::RemoteTicket};

use super::Rules;

/// Where a ticket belongs that changed its type and is in a status of another one since it was last seen: at the beginning
/// of what it has become, as HaloPSA does not know any more where its colleague had put it.
pub(super) fn place(
    rules: Rules<'_>,
    known: Option<&RemoteTicket>,
    row: &RemoteTicket,
) -> Option<(Lifecycle, StageKey)> {
    let lifecycle = row.lifecycle?;
    if known?.ticket_type == row.ticket_type || row.stage.is_some() {
        return None;
    }
    let of_another = rules.map.stages.iter().any(|(stage, status)| {
        let home = rules.map.stage_lifecycles.get(stage);
        *status == row.status && home.is_some_and(|home| *home != lifecycle)
    });
    let first = rules.workflow.first_stage(lifecycle).filter(|_| of_another)?;
    Some((lifecycle, first.key.clone()))
}
