//! The funnel: what the workflow makes of the ways that tickets took.

use domain::{
    Lifecycle, StageKey,
    workflow::{Stage, WON, Workflow},
};
use store::{FunnelTickets, Reader, Scope, View, WayOut};

use super::{compare, percent};
use crate::views::{FunnelCounts, FunnelMark, FunnelStage};

/// What it means to leave one stage for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    On,
    Lost,
    Back,
}

impl Way {
    /// A stage that the workflow no longer has is behind: nobody can go there.
    pub fn between(workflow: &Workflow, from: &StageKey, to: &StageKey) -> Self {
        let place = |key: &StageKey| workflow.stages.iter().position(|stage| stage.key == *key);
        let leaves_exit = workflow.stage(from).is_some_and(|stage| stage.exit);
        match (place(from), place(to), workflow.stage(to)) {
            (_, _, Some(target)) if target.key.as_str() == WON => Self::On,
            (_, _, Some(target)) if target.exit => Self::Lost,
            // Leaving an exit is a reopening, wherever it leads.
            (_, Some(_), _) if leaves_exit => Self::On,
            (Some(from), Some(to), _) if to > from => Self::On,
            _ => Self::Back,
        }
    }
}

/// The stages of the funnel: all of them, or those of one lifecycle.
pub(super) fn stages(workflow: &Workflow, lifecycle: Option<Lifecycle>) -> Vec<&Stage> {
    workflow
        .stages
        .iter()
        .filter(|stage| lifecycle.is_none_or(|lifecycle| stage.lifecycle == lifecycle))
        .collect()
}

pub(super) fn keys(stages: &[&Stage]) -> Vec<StageKey> {
    stages.iter().map(|stage| stage.key.clone()).collect()
}

/// The counts of a stage.
pub(super) fn counts(view: &View<'_>, workflow: &Workflow, stage: &Stage) -> FunnelCounts {
    let mut counts = FunnelCounts::default();
    for way in view.funnel(&stage.key) {
        add(&mut counts, workflow, stage, &way);
    }
    if !stage.exit {
        counts.conversion_pct = percent(counts.moved_on, counts.entered - counts.still_here);
    }
    counts
}

fn add(counts: &mut FunnelCounts, workflow: &Workflow, stage: &Stage, way: &WayOut) {
    counts.entered += way.entered;
    counts.re_entered += way.again;
    let Some(next) = &way.next else {
        counts.still_here += way.entered;
        return;
    };
    counts.still_here += way.open;
    let left = way.entered - way.open;
    match Way::between(workflow, &stage.key, next) {
        Way::On => counts.moved_on += left,
        Way::Lost => counts.lost += left,
        Way::Back => counts.went_back += left,
    }
}

/// Puts two periods beside each other.
pub(super) fn rows(stages: &[&Stage], now: Vec<FunnelCounts>, before: Vec<FunnelCounts>) -> Vec<FunnelStage> {
    stages
        .iter()
        .zip(compare(now, before))
        .map(|(stage, counts)| FunnelStage {
            stage: stage.key.clone(),
            label: stage.label.clone(),
            lifecycle: stage.lifecycle,
            exit: stage.exit,
            counts,
        })
        .collect()
}

/// Which tickets are behind a figure.
pub(super) fn tickets(
    reader: &Reader<'_>,
    scope: &Scope,
    workflow: &Workflow,
    stage: &StageKey,
    mark: FunnelMark,
) -> Result<Vec<domain::TicketId>, store::Error> {
    let left = |way: Way| -> Result<FunnelTickets, store::Error> {
        // The ways that were taken, also to stages that the workflow no longer has.
        let taken = reader.funnel(scope, std::slice::from_ref(stage))?;
        let nexts = taken.into_iter().filter_map(|taken| taken.next);
        Ok(FunnelTickets::LeftFor(
            nexts
                .filter(|next| Way::between(workflow, stage, next) == way)
                .collect(),
        ))
    };
    let which = match mark {
        FunnelMark::Entered => FunnelTickets::Entered,
        FunnelMark::ReEntered => FunnelTickets::ReEntered,
        FunnelMark::StillHere => FunnelTickets::StillHere,
        FunnelMark::MovedOn => left(Way::On)?,
        FunnelMark::Lost => left(Way::Lost)?,
        FunnelMark::WentBack => left(Way::Back)?,
    };
    reader.funnel_tickets(scope, stage, &which)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_leads_on_back_or_out() {
        let workflow = Workflow::default();
        for (from, to, way) in [
            ("new_lead", "researching", Way::On),
            ("contacted", "new_prospect", Way::On),
            ("negotiation", "won", Way::On),
            ("new_opportunity", "won", Way::On),
            ("negotiation", "lost", Way::Lost),
            ("contacted", "no_interest", Way::Lost),
            ("qualified", "disqualified", Way::Lost),
            ("negotiation", "do_not_contact", Way::Lost),
            ("engaged", "researching", Way::Back),
            ("contacted", "a stage of old", Way::Back),
            ("lost", "negotiation", Way::On),
            ("no_interest", "contacted", Way::On),
            ("lost", "won", Way::On),
            ("won", "lost", Way::Lost),
        ] {
            let found = Way::between(&workflow, &StageKey::from(from), &StageKey::from(to));
            assert_eq!(found, way, "{from} to {to}");
        }
    }
}
