//! Cards are dropped on a column, or sent there from a menu or the keyboard: one ticket or many, promotion and opt-out
//! included. Whether each may go is decided by the workflow and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    AgentId, FieldKey, Lifecycle, StageKey, TicketId, Value,
    fields::{InputContext, keys},
    workflow::{MoveContext, MoveDecision, MoveKind, MovePlan, Need, Requirement},
};
use store::Writer;

use super::{NO_OWNER, by_person, done, refused, typed};
use crate::{
    Engine,
    facts::Facts,
    labels,
    party::{self, Resolved},
    views::{MoveOutcome, MoveRequest, NeededField, PartyChoice, PartyNeed, Preferences, RefusedMove, TicketNeeds},
};

/// Fields that describe one ticket and are never asked once for many.
const OWN: [FieldKey; 8] = [
    keys::PERSON_NAME,
    keys::COMPANY_NAME,
    keys::EMAIL,
    keys::PHONE,
    keys::OPPORTUNITY_VALUE,
    keys::FINAL_VALUE,
    keys::INVALID_FIELDS,
    keys::FIT_SCORE,
];

/// Answers of one ticket: what could be read, with its raw text, and what was wrong with the rest.
#[derive(Default)]
struct Answers {
    values: BTreeMap<FieldKey, Value>,
    raw: BTreeMap<FieldKey, String>,
    problems: BTreeMap<FieldKey, String>,
}

/// A ticket that may go, and how.
struct Allowed {
    facts: Facts,
    plan: MovePlan,
    answers: Answers,
    party: Linking,
}

/// Whether a move links the ticket to a company and a contact.
enum Linking {
    No,
    /// To whom its names come to.
    Plain,
    /// To whom a person chose.
    Chosen(PartyChoice),
}

/// The verdicts on all tickets of a request, before anything is written.
#[derive(Default)]
struct Verdicts {
    allowed: Vec<Allowed>,
    needs: Vec<TicketNeeds>,
    refused: Vec<RefusedMove>,
}

impl Engine {
    /// Moves tickets to a stage. Nothing is written unless every ticket that may go has what it needs; tickets that may
    /// not go stay and are listed.
    ///
    /// # Errors
    /// [`Problem::Refused`](crate::Problem::Refused) when no ticket is named or the stage is unknown,
    /// [`Problem::NotFound`](crate::Problem::NotFound) for a ticket that is not here.
    pub fn move_tickets(&self, request: &MoveRequest) -> anyhow::Result<MoveOutcome> {
        if request.tickets.is_empty() {
            return Err(refused("No ticket was named."));
        }
        let preferences = self.preferences()?;
        let me = preferences.me;
        let target = StageKey(request.target.clone());
        let stage = self
            .workflow()
            .stage(&target)
            .ok_or_else(|| refused(format!("The workflow has no stage called “{target}”.")))?;
        let mut label = format!("Move to {}", stage.label);
        let operated = self.operate("move_tickets", me, |w| {
            let verdicts = self.judge(w, request, &target, &preferences)?;
            if !verdicts.needs.is_empty() {
                return Ok(needs(label.clone(), verdicts.needs));
            }
            if verdicts.allowed.is_empty() {
                return Ok(MoveOutcome::Refused {
                    refused: verdicts.refused,
                });
            }
            label = self.label_of(&verdicts.allowed, &stage.label);
            w.relabel(label.clone());
            let mut moved = Vec::with_capacity(verdicts.allowed.len());
            for allowed in verdicts.allowed {
                moved.push(allowed.facts.row.card.id);
                carry_out(w, allowed, me)?;
            }
            Ok(MoveOutcome::Moved {
                done: super::Done {
                    operation: domain::OperationId(0),
                    label: String::new(),
                },
                moved,
                refused: verdicts.refused,
            })
        })?;
        let written = done(&operated, label);
        Ok(match operated.value {
            MoveOutcome::Moved { moved, refused, .. } => MoveOutcome::Moved {
                done: written,
                moved,
                refused,
            },
            other => other,
        })
    }

    fn judge(
        &self,
        w: &Writer<'_>,
        request: &MoveRequest,
        target: &StageKey,
        preferences: &Preferences,
    ) -> anyhow::Result<Verdicts> {
        let context = self.input_context(preferences);
        let mut verdicts = Verdicts::default();
        let tickets: BTreeSet<TicketId> = request.tickets.iter().copied().collect();
        for ticket in tickets {
            let facts = Facts::read(w, ticket, w.at())?;
            let answers = Answers::read(request, ticket, &context);
            let decision = self.workflow().decide_move(
                &facts.of_ticket(),
                target,
                &MoveContext {
                    role: preferences.role,
                    me: preferences.me,
                    answers: &answers.values,
                },
            );
            let stays = |reason: String| RefusedMove {
                ticket,
                label: facts.label(),
                reason,
            };
            match decision {
                MoveDecision::Refused(refusal) => verdicts.refused.push(stays(refusal.sentence())),
                MoveDecision::Needs(needs) if needs.iter().any(|need| need.owner) => {
                    verdicts.refused.push(stays(NO_OWNER.to_owned()));
                }
                MoveDecision::Needs(needs) => verdicts.needs.push(TicketNeeds {
                    ticket,
                    label: facts.label(),
                    fields: asked(&needs, &facts, &answers),
                    party: None,
                }),
                // A wrong answer is never dropped in silence, even if the stage could do without it.
                MoveDecision::Allowed(_) if !answers.problems.is_empty() => verdicts.needs.push(TicketNeeds {
                    ticket,
                    label: facts.label(),
                    fields: asked(&[], &facts, &answers),
                    party: None,
                }),
                MoveDecision::Allowed(plan) => match self.linking(w, request, &facts, &plan)? {
                    Ok(party) => verdicts.allowed.push(Allowed {
                        facts,
                        plan,
                        answers,
                        party,
                    }),
                    Err(need) => verdicts.needs.push(TicketNeeds {
                        ticket,
                        label: facts.label(),
                        fields: Vec::new(),
                        party: Some(need),
                    }),
                },
            }
        }
        Ok(verdicts)
    }

    /// Whom the ticket will be linked to, where the stage it enters asks for that; or what a person must say first.
    fn linking(
        &self,
        w: &Writer<'_>,
        request: &MoveRequest,
        facts: &Facts,
        plan: &MovePlan,
    ) -> anyhow::Result<Result<Linking, PartyNeed>> {
        let asks = plan.to.as_ref().is_some_and(|(_, stage)| {
            let stage = self.workflow().stage(stage);
            stage.is_some_and(|stage| stage.requires.contains(&Requirement::Party))
        });
        if !asks {
            return Ok(Ok(Linking::No));
        }
        let chosen = request
            .parties
            .iter()
            .find(|party| party.ticket == facts.row.card.id)
            .map(|party| party.choice);
        if let Some(choice) = chosen {
            return Ok(Ok(Linking::Chosen(choice)));
        }
        let values = values_after(facts, plan);
        Ok(match party::resolve(w, &facts.row, &values)? {
            Resolved::Linked => Ok(Linking::No),
            Resolved::Plain(_) => Ok(Linking::Plain),
            Resolved::Doubt(need) => Err(need),
        })
    }

    /// "Moved Acme Ltd – Jane Doe from Contacted to Engaged", "Moved 12 tickets to Engaged".
    fn label_of(&self, allowed: &[Allowed], target: &str) -> String {
        let [Allowed { facts, plan, .. }] = allowed else {
            let verb = match allowed.first() {
                Some(Allowed { plan, .. }) if plan.kind == MoveKind::Promote => "Promoted",
                _ => "Moved",
            };
            return format!("{verb} {} to {target}", labels::tickets(allowed.len()));
        };
        let from = labels::stage(self.workflow(), &facts.row.card.stage);
        let to = plan.to.as_ref().map(|(_, stage)| labels::stage(self.workflow(), stage));
        let name = facts.label();
        match (plan.kind, to) {
            (_, None) => format!("Marked {name} as Do Not Contact"),
            (MoveKind::Promote, Some(to)) => format!("Promoted {name} from {from} to {to}"),
            (MoveKind::Reopen, Some(to)) => format!("Reopened {name} from {from} to {to}"),
            (_, Some(to)) => format!("Moved {name} from {from} to {to}"),
        }
    }
}

impl Answers {
    fn read(request: &MoveRequest, ticket: TicketId, context: &InputContext) -> Self {
        let own = request
            .answers_by_ticket
            .iter()
            .filter(|(id, _)| *id == ticket)
            .map(|(_, answers)| answers);
        let mut inputs: BTreeMap<FieldKey, &str> = BTreeMap::new();
        for answers in std::iter::once(&request.answers).chain(own) {
            inputs.extend(answers.iter().map(|(field, input)| (*field, input.as_str())));
        }
        let mut read = Self::default();
        for (field, input) in inputs {
            if field.field().read_only {
                let reason = format!("{} is written by Leadline and cannot be typed.", field.label());
                read.problems.insert(field, reason);
                continue;
            }
            match typed(field, input, context) {
                Ok(Some((value, raw))) => {
                    read.values.insert(field, value);
                    read.raw.extend(raw.map(|raw| (field, raw)));
                }
                // An answer left empty is no answer; it empties nothing.
                Ok(None) => {}
                Err(problem) => {
                    read.problems.insert(field, problem.to_string());
                }
            }
        }
        read
    }
}

/// What to ask of one ticket: what the stage needs, and what was answered wrongly.
fn asked(needs: &[Need], facts: &Facts, answers: &Answers) -> Vec<NeededField> {
    let mut problems = answers.problems.clone();
    let mut fields: Vec<NeededField> = needs
        .iter()
        .filter_map(|need| {
            let (field, or) = need.fields.split_first()?;
            let current = answers.values.get(field).or_else(|| facts.values.get(field));
            Some(NeededField {
                field: *field,
                or: or.to_vec(),
                hint: need.hint.clone(),
                current: current.map(Value::to_input),
                problem: need.fields.iter().find_map(|field| problems.remove(field)),
            })
        })
        .collect();
    fields.extend(problems.into_iter().map(|(field, problem)| NeededField {
        field,
        or: Vec::new(),
        hint: None,
        current: facts.values.get(&field).map(Value::to_input),
        problem: Some(problem),
    }));
    fields
}

/// Splits what is asked into what is common to all and what each ticket must answer for itself.
fn needs(label: String, tickets: Vec<TicketNeeds>) -> MoveOutcome {
    let mut by_ticket = tickets;
    let mut common = Vec::new();
    if let [only] = by_ticket.as_mut_slice() {
        common = std::mem::take(&mut only.fields);
    } else if let Some(first) = by_ticket.first() {
        let everywhere = |wanted: &NeededField| {
            by_ticket.iter().all(|ticket| {
                ticket
                    .fields
                    .iter()
                    .any(|field| (&field.field, &field.or) == (&wanted.field, &wanted.or))
            })
        };
        common = first
            .fields
            .iter()
            .filter(|field| !OWN.contains(&field.field) && everywhere(field))
            .map(|field| NeededField {
                // What one ticket holds is no proposal for the others.
                current: None,
                ..field.clone()
            })
            .collect();
        for ticket in &mut by_ticket {
            ticket
                .fields
                .retain(|field| !common.iter().any(|asked| asked.field == field.field));
        }
    }
    by_ticket.retain(|ticket| !ticket.fields.is_empty() || ticket.party.is_some());
    MoveOutcome::Needs {
        common,
        by_ticket,
        label,
    }
}

/// What the ticket will hold.
fn values_after(facts: &Facts, plan: &MovePlan) -> BTreeMap<FieldKey, Value> {
    let mut values = facts.values.clone();
    values.extend(plan.set.clone());
    values
}

fn carry_out(w: &mut Writer<'_>, allowed: Allowed, me: Option<AgentId>) -> anyhow::Result<()> {
    let Allowed {
        facts,
        plan,
        mut answers,
        party,
    } = allowed;
    let values = values_after(&facts, &plan);
    let ticket = facts.row.card.id;
    let at = w.at();
    if facts.row.card.lifecycle == Lifecycle::Lead {
        w.set_lead_score(ticket, Some(facts.score.score))?;
    }
    for (field, value) in plan.set {
        let raw = answers.raw.remove(&field);
        w.set_value(ticket, field, Some(by_person(value, raw, me, at)))?;
    }
    let choice = match party {
        Linking::No => None,
        Linking::Chosen(choice) => Some(choice),
        // Once more, because a ticket before it in the same move may have made the company.
        Linking::Plain => match party::resolve(w, &facts.row, &values)? {
            Resolved::Linked => None,
            Resolved::Plain(choice) => Some(choice),
            Resolved::Doubt(need) => Some(need.proposal),
        },
    };
    if let Some(choice) = choice {
        party::settle(w, ticket, choice, &values)?;
    }
    if let Some(owner) = plan.claim {
        w.set_owner(ticket, Some(owner))?;
    }
    if let Some((lifecycle, stage)) = plan.to {
        w.move_ticket(ticket, lifecycle, &stage, me, at)?;
    }
    Ok(())
}
