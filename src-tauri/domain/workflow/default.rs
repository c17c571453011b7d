//! The built-in workflow: the stages, labels and requirements of our sales process.

use super::{Arrow, Requirement, Stage, Workflow};
use crate::{FieldKey, Lifecycle, StageKey, fields::keys};

/// The fit score from which a prospect counts as qualified.
const QUALIFIED_FIT_SCORE: u8 = 70;

/// The lead score above which a lead may be promoted straight from `contacted`.
const PROMOTION_LEAD_SCORE: u8 = 70;

impl Default for Workflow {
    fn default() -> Self {
        use Lifecycle::{Lead, Opportunity, Prospect};
        let stages = vec![
            open(Lead, "new_lead", "New Lead", 7, vec![]),
            open(
                Lead,
                "researching",
                "Researching",
                7,
                with(known_person(), [Requirement::Owner]),
            ),
            open(Lead, "contacted", "Contacted", 14, known_person()),
            open(Lead, "engaged", "Engaged", 7, known_person()),
            exit(Lead, "no_interest", "No Interest", known_person()),
            // The next two ask for nothing else: an opt-out must not wait for a company name, and data that is
            // wrong is often data that is missing.
            exit(Lead, "do_not_contact", "Do Not Contact", vec![field(keys::DNC_REASON)]),
            exit(Lead, "invalid_data", "Invalid Data", vec![field(keys::INVALID_FIELDS)]),
            open(
                Prospect,
                "new_prospect",
                "New Prospect",
                7,
                vec![field(keys::COMPANY_NAME), field(keys::PERSON_NAME), Requirement::Party],
            ),
            open(Prospect, "prospecting", "Prospecting", 21, vec![]),
            open(Prospect, "qualified", "Qualified", 14, qualification()),
            exit(Prospect, "disqualified", "Disqualified", vec![]),
            open(
                Opportunity,
                "new_opportunity",
                "New Opportunity",
                14,
                with(
                    qualification(),
                    [
                        field(keys::OPPORTUNITY_VALUE),
                        field(keys::PRODUCTS_SERVICES),
                        field(keys::PROBABILITY),
                        field(keys::EXPECTED_CLOSE),
                    ],
                ),
            ),
            open(Opportunity, "progressing", "Progressing", 21, vec![]),
            open(Opportunity, "negotiation", "Negotiation", 14, vec![]),
            exit(
                Opportunity,
                "won",
                "Won",
                vec![field(keys::WIN_LOSS_REASON), field(keys::FINAL_VALUE)],
            ),
            exit(Opportunity, "lost", "Lost", vec![field(keys::WIN_LOSS_REASON)]),
        ];
        let arrows = vec![
            arrow("new_lead", "researching", "Claim for research"),
            arrow("researching", "contacted", "Establish contact"),
            arrow("contacted", "engaged", "Interested"),
            arrow("contacted", "no_interest", "Not interested"),
            arrow("contacted", "do_not_contact", "Opt-out request"),
            arrow("researching", "invalid_data", "Bad data"),
            arrow("engaged", "new_prospect", "Convert to Prospect"),
            Arrow {
                lead_score_above: Some(PROMOTION_LEAD_SCORE),
                ..arrow("contacted", "new_prospect", "Convert to Prospect")
            },
            arrow("new_prospect", "prospecting", "Identify problem"),
            arrow("prospecting", "qualified", "Meets criteria"),
            arrow("prospecting", "disqualified", "Doesn't qualify"),
            arrow("qualified", "new_opportunity", "Promote to Opportunity"),
            arrow("new_opportunity", "progressing", "Propose solution"),
            arrow("progressing", "negotiation", "Discuss terms"),
            arrow("negotiation", "won", "Close deal"),
            arrow("negotiation", "lost", "Deal lost"),
            // People lose deals early: these two exits are open from every open stage of their lifecycle.
            arrow("new_prospect", "disqualified", "Doesn't qualify"),
            arrow("qualified", "disqualified", "Doesn't qualify"),
            arrow("new_opportunity", "lost", "Deal lost"),
            arrow("progressing", "lost", "Deal lost"),
        ];
        Self {
            version: 1,
            stages,
            arrows,
        }
    }
}

/// Who it is and how to reach them: asked for in every lead stage beyond the first.
fn known_person() -> Vec<Requirement> {
    vec![
        field(keys::PERSON_NAME),
        field(keys::COMPANY_NAME),
        Requirement::AnyOf {
            fields: vec![keys::EMAIL, keys::PHONE],
        },
    ]
}

fn qualification() -> Vec<Requirement> {
    vec![
        field(keys::PAIN_POINTS),
        field(keys::QUALIFIED_SERVICES),
        field(keys::DECISION_MAKER),
        field(keys::BUDGET_RANGE),
        field(keys::TIMEFRAME),
        Requirement::AtLeast {
            field: keys::FIT_SCORE,
            minimum: QUALIFIED_FIT_SCORE,
        },
    ]
}

fn field(field: FieldKey) -> Requirement {
    Requirement::Field { field }
}

fn with<const N: usize>(mut requirements: Vec<Requirement>, more: [Requirement; N]) -> Vec<Requirement> {
    requirements.extend(more);
    requirements
}

fn open(lifecycle: Lifecycle, key: &str, label: &str, rotting_days: u16, requires: Vec<Requirement>) -> Stage {
    Stage {
        rotting_days: Some(rotting_days),
        exit: false,
        ..exit(lifecycle, key, label, requires)
    }
}

fn exit(lifecycle: Lifecycle, key: &str, label: &str, requires: Vec<Requirement>) -> Stage {
    Stage {
        key: StageKey::from(key),
        lifecycle,
        label: label.to_owned(),
        exit: true,
        requires,
        rotting_days: None,
        wip_limit: None,
    }
}

fn arrow(from: &str, to: &str, label: &str) -> Arrow {
    Arrow {
        from: StageKey::from(from),
        to: StageKey::from(to),
        label: label.to_owned(),
        lead_score_above: None,
    }
}
