//! The verdict on a move.

use std::collections::BTreeMap;

use super::{
    DISQUALIFIED, LOST, MoveContext, MoveDecision, MoveKind, MovePlan, Need, OPT_OUT, Refusal, Requirement, Stage,
    TicketFacts, Workflow,
};
use crate::{FieldKey, Lifecycle, Role, StageKey, Value, fields, fields::keys};

/// What stands for an arrow's label where an opt-out takes a way that is not drawn.
const OPT_OUT_LABEL: &str = "Opt-out request";

/// Why a deal was lost whose contact opted out.
const OPTED_OUT: &str = "Opted out";

impl Workflow {
    /// Whether the ticket may go there, what is missing, or why not.
    ///
    /// Answers count as if the ticket held them. The plan writes those that differ from what is there; it never writes
    /// [`keys::DEAL_AFTER_OPT_OUT`], which is an answer only, and never takes the Do Not Contact flag away.
    #[must_use]
    pub fn decide_move(&self, ticket: &TicketFacts<'_>, target: &StageKey, ctx: &MoveContext<'_>) -> MoveDecision {
        let Some(to) = self.stage(target) else {
            return MoveDecision::Refused(Refusal::UnknownStage { stage: target.clone() });
        };
        let values = with_answers(ticket, ctx);
        if to.key.as_str() == OPT_OUT {
            return self.decide_opt_out(ticket, to, ctx, values);
        }
        let Some(from) = self.stage(ticket.stage) else {
            return MoveDecision::Refused(Refusal::UnknownStage {
                stage: ticket.stage.clone(),
            });
        };
        match self.way(from, to, ticket.lead_score, ctx.role) {
            Err(refusal) => MoveDecision::Refused(refusal),
            Ok((kind, label)) => {
                let needs = missing(to, &values, owner_after(ticket, ctx, to).is_some());
                if !needs.is_empty() {
                    return MoveDecision::Needs(needs);
                }
                MoveDecision::Allowed(MovePlan {
                    kind,
                    label,
                    to: Some((to.lifecycle, to.key.clone())),
                    set: to_write(ticket, values),
                    claim: claim(ticket, ctx, to),
                })
            }
        }
    }

    /// The verdict for every stage but the one the ticket is in, in board order.
    #[must_use]
    pub fn targets(&self, ticket: &TicketFacts<'_>, ctx: &MoveContext<'_>) -> Vec<(&Stage, MoveDecision)> {
        self.stages
            .iter()
            .filter(|stage| stage.key != *ticket.stage)
            .map(|stage| (stage, self.decide_move(ticket, &stage.key, ctx)))
            .collect()
    }

    /// What a new ticket would still have to hold to start in that stage.
    #[must_use]
    pub fn needs_to_start(&self, stage: &Stage, values: &BTreeMap<FieldKey, Value>, has_owner: bool) -> Vec<Need> {
        missing(stage, values, has_owner)
    }

    /// What a menu calls the move between two stages: the arrow's label, or what stands for one.
    #[must_use]
    pub fn label(&self, from: &StageKey, to: &StageKey) -> String {
        if let Some(arrow) = self.arrow(from, to) {
            return arrow.label.clone();
        }
        let target = self.stage(to).map_or(to.as_str(), |stage| &stage.label);
        match self.stage(from) {
            _ if to.as_str() == OPT_OUT => OPT_OUT_LABEL.to_owned(),
            Some(stage) if stage.exit => format!("Reopen to {target}"),
            _ if self.position(from) > self.position(to) => format!("Back to {target}"),
            _ => format!("Move to {target}"),
        }
    }

    /// Whether a way leads there, leaving aside what the target requires. An opt-out never gets here.
    fn way(&self, from: &Stage, to: &Stage, lead_score: u8, role: Role) -> Result<(MoveKind, String), Refusal> {
        let labels = || (from.label.clone(), to.label.clone());
        let no_way = || {
            let (from, to) = labels();
            Refusal::NoWay { from, to }
        };
        if from.key == to.key {
            return Err(Refusal::AlreadyThere {
                stage: to.label.clone(),
            });
        }
        if to.lifecycle < from.lifecycle {
            return Err(Refusal::BackAcross {
                from: from.lifecycle,
                to: to.lifecycle,
            });
        }
        if from.exit {
            if to.exit || to.lifecycle != from.lifecycle {
                return Err(no_way());
            }
            let needed = if from.key.as_str() == OPT_OUT {
                Role::Manager
            } else {
                Role::Ops
            };
            let may = role == Role::Manager || role == needed;
            return if may {
                Ok((MoveKind::Reopen, self.label(&from.key, &to.key)))
            } else {
                Err(Refusal::ReopenNeedsRole {
                    from: from.label.clone(),
                    role: needed,
                })
            };
        }
        if let Some(arrow) = self.arrow(&from.key, &to.key) {
            if let Some(above) = arrow.lead_score_above.filter(|&above| lead_score <= above) {
                return Err(Refusal::ScoreTooLow {
                    score: lead_score,
                    above,
                });
            }
            let kind = if to.lifecycle != from.lifecycle {
                MoveKind::Promote
            } else if to.exit {
                MoveKind::Exit
            } else if self.position(&to.key) < self.position(&from.key) {
                MoveKind::Backward
            } else {
                MoveKind::Forward
            };
            return Ok((kind, arrow.label.clone()));
        }
        let inside = to.lifecycle == from.lifecycle;
        if inside && !to.exit && self.position(&to.key) < self.position(&from.key) {
            return Ok((MoveKind::Backward, self.label(&from.key, &to.key)));
        }
        match self
            .next(from)
            .filter(|next| next.key != to.key && self.leads_to(next, to))
        {
            Some(next) => {
                let (from, to) = labels();
                Err(Refusal::Skips {
                    from,
                    to,
                    next: next.label.clone(),
                })
            }
            None => Err(no_way()),
        }
    }

    /// The stage that an open stage ordinarily goes to: along its first arrow that leads forward to an open stage.
    fn next(&self, from: &Stage) -> Option<&Stage> {
        self.arrows
            .iter()
            .filter(|arrow| arrow.from == from.key && arrow.lead_score_above.is_none())
            .filter_map(|arrow| self.stage(&arrow.to))
            .find(|to| !to.exit && self.position(&to.key) > self.position(&from.key))
    }

    /// Whether following the arrows from `from` reaches `to`.
    fn leads_to(&self, from: &Stage, to: &Stage) -> bool {
        let mut seen = vec![&from.key];
        let mut at = 0;
        while let Some(&key) = seen.get(at) {
            if *key == to.key {
                return true;
            }
            for arrow in self.arrows.iter().filter(|arrow| arrow.from == *key) {
                if !seen.contains(&&arrow.to) {
                    seen.push(&arrow.to);
                }
            }
            at += 1;
        }
        false
    }

    fn position(&self, key: &StageKey) -> Option<usize> {
        self.stages.iter().position(|stage| stage.key == *key)
    }

    /// An opt-out: never refused, from wherever the ticket is.
    ///
    /// A lead goes to the opt-out stage. A prospect or opportunity gets the flag, and a person says what becomes of the
    /// deal; one that has ended already only gets the flag.
    fn decide_opt_out(
        &self,
        ticket: &TicketFacts<'_>,
        stage: &Stage,
        ctx: &MoveContext<'_>,
        mut values: BTreeMap<FieldKey, Value>,
    ) -> MoveDecision {
        let flagged = ticket.values.get(&keys::DO_NOT_CONTACT) == Some(&Value::Boolean(true));
        let there = *ticket.stage == stage.key;
        if there && flagged {
            return MoveDecision::Refused(Refusal::AlreadyThere {
                stage: stage.label.clone(),
            });
        }
        values.insert(keys::DO_NOT_CONTACT, Value::Boolean(true));
        let mut needs = missing(stage, &values, owner_after(ticket, ctx, stage).is_some());
        let is_open = self.stage(ticket.stage).is_none_or(|stage| !stage.exit);
        let mut to = None;
        if ticket.lifecycle == stage.lifecycle {
            to = (!there).then_some(stage);
        } else if is_open {
            match values.get(&keys::DEAL_AFTER_OPT_OUT) {
                Some(Value::Choice(choice)) if choice == fields::CLOSE_DEAL => {
                    let end = if ticket.lifecycle == Lifecycle::Opportunity {
                        LOST
                    } else {
                        DISQUALIFIED
                    };
                    to = self.stage(&StageKey::from(end));
                    if ticket.lifecycle == Lifecycle::Opportunity && !holds(&values, keys::WIN_LOSS_REASON) {
                        values.insert(keys::WIN_LOSS_REASON, Value::Text(OPTED_OUT.to_owned()));
                    }
                    if let Some(to) = to {
                        needs.extend(missing(to, &values, owner_after(ticket, ctx, to).is_some()));
                    }
                }
                Some(_) => {}
                None => needs.push(Need {
                    fields: vec![keys::DEAL_AFTER_OPT_OUT],
                    hint: None,
                    owner: false,
                }),
            }
        }
        if !needs.is_empty() {
            return MoveDecision::Needs(needs);
        }
        MoveDecision::Allowed(MovePlan {
            kind: MoveKind::OptOut,
            label: self.label(ticket.stage, &stage.key),
            claim: to.and_then(|to| claim(ticket, ctx, to)),
            to: to.map(|to| (to.lifecycle, to.key.clone())),
            set: to_write(ticket, values),
        })
    }
}

/// The ticket's values with the answers over them. An answer cannot take the Do Not Contact flag away.
fn with_answers(ticket: &TicketFacts<'_>, ctx: &MoveContext<'_>) -> BTreeMap<FieldKey, Value> {
    let mut values = ticket.values.clone();
    for (&field, value) in ctx.answers {
        if field != keys::DO_NOT_CONTACT || *value == Value::Boolean(true) {
            values.insert(field, value.clone());
        }
    }
    values
}

/// What differs from what the ticket holds, without what is only an answer.
fn to_write(ticket: &TicketFacts<'_>, mut values: BTreeMap<FieldKey, Value>) -> BTreeMap<FieldKey, Value> {
    values.retain(|field, value| *field != keys::DEAL_AFTER_OPT_OUT && ticket.values.get(field) != Some(value));
    values
}

/// What the stage asks for and these values do not have, each thing once.
fn missing(stage: &Stage, values: &BTreeMap<FieldKey, Value>, has_owner: bool) -> Vec<Need> {
    let mut needs: Vec<Need> = Vec::new();
    for requirement in &stage.requires {
        let need = match requirement {
            Requirement::Field { field } if !holds(values, *field) => Need {
                fields: vec![*field],
                hint: unreadable(values, &[*field]),
                owner: false,
            },
            Requirement::AnyOf { fields } if !fields.iter().any(|&field| holds(values, field)) => Need {
                fields: fields.clone(),
                hint: unreadable(values, fields),
                owner: false,
            },
            Requirement::AtLeast { field, minimum } => {
                let enough = values
                    .get(field)
                    .and_then(Value::number)
                    .is_some_and(|number| number >= i64::from(*minimum));
                if enough {
                    continue;
                }
                Need {
                    fields: vec![*field],
                    hint: Some(format!("At least {minimum}")),
                    owner: false,
                }
            }
            Requirement::Owner if !has_owner => Need {
                fields: Vec::new(),
                hint: None,
                owner: true,
            },
            _ => continue,
        };
        if !needs.contains(&need) {
            needs.push(need);
        }
    }
    needs
}

/// Whether the field has an answer. "No" is one; an empty text or a phone number that cannot be dialled is none.
fn holds(values: &BTreeMap<FieldKey, Value>, field: FieldKey) -> bool {
    values
        .get(&field)
        .is_some_and(|value| matches!(value, Value::Boolean(_)) || value.says_something())
}

/// Why the phone number that is there is not enough.
fn unreadable(values: &BTreeMap<FieldKey, Value>, fields: &[FieldKey]) -> Option<String> {
    fields.iter().find_map(|field| match values.get(field) {
        Some(Value::Phone(phone)) if !phone.is_readable() => {
            Some(format!("“{}” cannot be read as a phone number", phone.typed))
        }
        _ => None,
    })
}

/// Who gets the ticket by moving it, where the stage asks for an owner and there is none.
fn claim(ticket: &TicketFacts<'_>, ctx: &MoveContext<'_>, to: &Stage) -> Option<crate::AgentId> {
    let asks = to.requires.contains(&Requirement::Owner);
    if asks && ticket.owner.is_none() { ctx.me } else { None }
}

fn owner_after(ticket: &TicketFacts<'_>, ctx: &MoveContext<'_>, to: &Stage) -> Option<crate::AgentId> {
    ticket.owner.or_else(|| claim(ticket, ctx, to))
}
