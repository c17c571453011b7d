//! Changes of stage that travel as actions, where the tenant's workflow lets tickets go on in no other way.
//!
//! The action comes first, because it is what HaloPSA may refuse; what else the entry holds follows as an update. A crash or
//! a lost answer between the two leaves an entry that is looked up: the stage is there by then, so no second action is made.

use connectors::Error;
use domain::{
    HaloOutcomeId,
    remote::{RemoteTicket, StageAction},
    tenant::{PromotionMode, TenantMap},
};
use store::{LocalPatch, OutboxState, StateChange};

use super::{Next, Pushed, interactive, parked, uncertain_now, updates::Ready, waiting};
use crate::{
    Engine, labels,
    sync::{
        Session,
        apply::{self, Answers},
    },
};

impl Engine {
    /// Sends the changes of stage among these as actions, if the tenant wants them so. What is left to send as updates
    /// comes back, and whether to go on.
    pub(super) async fn send_stages(
        &self,
        session: &Session,
        ready: Vec<Ready>,
        pushed: &mut Pushed,
    ) -> anyhow::Result<(Vec<Ready>, Next)> {
        let PromotionMode::ByAction { outcome } = session.map.settings.promotion else {
            return Ok((ready, Next::GoOn));
        };
        let mut left = Vec::with_capacity(ready.len());
        let mut next = Next::GoOn;
        for one in ready {
            if one.patch.stage.is_none() {
                left.push(one);
                continue;
            }
            if let Next::Stop(error) = &next {
                // It is marked as sending and was not sent.
                self.fail(&one.entry, &error.clone())?;
                continue;
            }
            pushed.tickets.insert(one.halo);
            match self.send_stage(session, outcome, &one).await {
                Ok(Some(row)) => {
                    self.link_is_up()?;
                    left.extend(self.take_stage(&session.map, one, &row, pushed)?);
                }
                // Deleted between the action and the look at it.
                Ok(None) => self.gone(&one.entry)?,
                Err(Failed::Action(error)) => next = self.fail(&one.entry, &error)?,
                // The action is there; what it made of the ticket is not known.
                Err(Failed::Look(error)) => {
                    self.set_state(&one.entry, &uncertain_now(&one.entry))?;
                    self.link_failed(&error)?;
                    next = Next::Stop(error);
                }
            }
        }
        if matches!(next, Next::Stop(_)) {
            // Their stage has arrived; the rest was not sent.
            for one in left.drain(..) {
                self.set_state(&one.entry, &waiting(&one.entry, None))?;
            }
        }
        Ok((left, next))
    }

    async fn send_stage(
        &self,
        session: &Session,
        outcome: HaloOutcomeId,
        ready: &Ready,
    ) -> Result<Option<RemoteTicket>, Failed> {
        let Some(stage) = ready.patch.stage.clone() else {
            return Ok(None);
        };
        let action = StageAction {
            ticket: ready.halo,
            outcome,
            note: format!("Move to {}", labels::stage(self.workflow(), &stage)),
            at: self.now(),
            lifecycle: ready.patch.lifecycle,
            stage,
        };
        session
            .halo
            .move_by_action(&session.map, &action)
            .await
            .map_err(Failed::Action)?;
        interactive(session)
            .ticket(&session.map, ready.halo)
            .await
            .map_err(Failed::Look)
    }

    /// HaloPSA made the action. What is left of the update comes back; `None` when nothing is, or the ticket did not move.
    fn take_stage(
        &self,
        map: &TenantMap,
        mut ready: Ready,
        row: &RemoteTicket,
        pushed: &mut Pushed,
    ) -> anyhow::Result<Option<Ready>> {
        let stage = LocalPatch {
            stage: ready.sent.stage.clone(),
            ..LocalPatch::default()
        };
        ready.patch.stage = None;
        ready.patch.lifecycle = None;
        let rest = LocalPatch {
            stage: None,
            ..ready.sent.clone()
        };
        let written = self
            .store()
            .write(apply::operation(), self.now(), |w| -> anyhow::Result<bool> {
                if !apply::ignored(w, &stage, row)?.is_empty() {
                    let reason = "HaloPSA took the action, but left the ticket where it was. Choose another outcome for changes of stage in Settings.";
                    let warning = row.warning.as_deref().unwrap_or_default();
                    w.set_outbox_state(ready.entry.id, &parked(&ready.entry, reason, warning))?;
                    apply::merge(w, self.rules(map), ready.entry.ticket, row, Answers::Nothing)?;
                    return Ok(false);
                }
                if rest.is_empty() {
                    w.set_outbox_state(ready.entry.id, &StateChange::to(OutboxState::Sent))?;
                }
                apply::merge(w, self.rules(map), ready.entry.ticket, row, Answers::Update(&stage))?;
                Ok(true)
            })?;
        self.publish(written.changes);
        if written.value && rest.is_empty() {
            pushed.sent += 1;
        }
        Ok((written.value && !rest.is_empty()).then_some(ready))
    }
}

/// Which of the two requests failed.
enum Failed {
    Action(Error),
    Look(Error),
}
