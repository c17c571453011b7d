//! The verdicts against the description of the workflow.
//!
//! The description stands here a second time, written out by hand (`WAYS`, `EXITS`, `entry_holds`), so that the document
//! and the rules are checked by something that shares no code with them. All tests lean on it, hence one long file.

use proptest::prelude::*;

use super::*;
use crate::{email::EmailAddress, fields, fields::keys, money::Money, phone::PhoneNumber};

fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

/// Answers to everything any stage asks for.
fn every_answer() -> BTreeMap<FieldKey, Value> {
    let money = Value::Money(Money {
        minor: 1_000_000,
        currency: "GBP".to_owned(),
    });
    BTreeMap::from([
        (keys::PERSON_NAME, text("Jane Doe")),
        (keys::COMPANY_NAME, text("Acme Ltd")),
        (keys::EMAIL, Value::Email(EmailAddress("jane@acme.example".to_owned()))),
        (keys::DNC_REASON, Value::Choice("Opt-out".to_owned())),
        (keys::INVALID_FIELDS, Value::Choices(vec!["E-mail".to_owned()])),
        (keys::PAIN_POINTS, text("Slow tickets")),
        (keys::QUALIFIED_SERVICES, text("Managed desktop")),
        (keys::DECISION_MAKER, text("Jane Doe")),
        (keys::BUDGET_RANGE, text("£10k")),
        (keys::TIMEFRAME, text("This quarter")),
        (keys::FIT_SCORE, Value::Integer(80)),
        (keys::OPPORTUNITY_VALUE, money.clone()),
        (keys::PRODUCTS_SERVICES, text("Managed desktop")),
        (keys::PROBABILITY, Value::Percent(40)),
        (keys::EXPECTED_CLOSE, Value::Date("2026-12-01".parse().unwrap())),
        (keys::WIN_LOSS_REASON, text("Price")),
        (keys::FINAL_VALUE, money),
        (
            keys::DEAL_AFTER_OPT_OUT,
            Value::Choice(fields::KEEP_DEAL_OPEN.to_owned()),
        ),
    ])
}

/// A ticket with what the rules look at, ready to be asked about.
struct Ticket {
    lifecycle: Lifecycle,
    stage: StageKey,
    owner: Option<AgentId>,
    values: BTreeMap<FieldKey, Value>,
    lead_score: u8,
}

impl Ticket {
    fn at(stage: &str) -> Self {
        let stage = StageKey::from(stage);
        let lifecycle = Workflow::default().stage(&stage).unwrap().lifecycle;
        Self {
            lifecycle,
            stage,
            owner: None,
            values: BTreeMap::new(),
            lead_score: 0,
        }
    }

    fn holding(mut self, values: BTreeMap<FieldKey, Value>) -> Self {
        self.values.extend(values);
        self
    }

    fn to(&self, target: &str, role: Role, answers: &BTreeMap<FieldKey, Value>) -> MoveDecision {
        let facts = TicketFacts {
            lifecycle: self.lifecycle,
            stage: &self.stage,
            owner: self.owner,
            values: &self.values,
            lead_score: self.lead_score,
        };
        let ctx = MoveContext {
            role,
            me: Some(AgentId(7)),
            answers,
        };
        Workflow::default().decide_move(&facts, &StageKey::from(target), &ctx)
    }

    fn plan(&self, target: &str, role: Role) -> MovePlan {
        match self.to(target, role, &every_answer()) {
            MoveDecision::Allowed(plan) => plan,
            other => panic!("{} to {target}: {other:?}", self.stage),
        }
    }

    fn refusal(&self, target: &str, role: Role) -> String {
        match self.to(target, role, &every_answer()) {
            MoveDecision::Refused(refusal) => refusal.sentence(),
            other => panic!("{} to {target}: {other:?}", self.stage),
        }
    }

    fn needs(&self, target: &str) -> Vec<Need> {
        match self.to(target, Role::Rep, &BTreeMap::new()) {
            MoveDecision::Needs(needs) => needs,
            other => panic!("{} to {target}: {other:?}", self.stage),
        }
    }
}

const STAGES: [&str; 16] = [
    "new_lead",
    "researching",
    "contacted",
    "engaged",
    "no_interest",
    "do_not_contact",
    "invalid_data",
    "new_prospect",
    "prospecting",
    "qualified",
    "disqualified",
    "new_opportunity",
    "progressing",
    "negotiation",
    "won",
    "lost",
];

/// The ways of the built-in workflow, written out by hand from its description: open stage, then where one may go.
const WAYS: [(&str, &[&str]); 10] = [
    ("new_lead", &["researching"]),
    ("researching", &["new_lead", "contacted", "invalid_data"]),
    (
        "contacted",
        &["new_lead", "researching", "engaged", "no_interest", "new_prospect"],
    ),
    ("engaged", &["new_lead", "researching", "contacted", "new_prospect"]),
    ("new_prospect", &["prospecting", "disqualified"]),
    ("prospecting", &["new_prospect", "qualified", "disqualified"]),
    (
        "qualified",
        &["new_prospect", "prospecting", "disqualified", "new_opportunity"],
    ),
    ("new_opportunity", &["progressing", "lost"]),
    ("progressing", &["new_opportunity", "negotiation", "lost"]),
    ("negotiation", &["new_opportunity", "progressing", "won", "lost"]),
];

/// The exits, and the open stages of their lifecycle.
const EXITS: [(&str, &[&str]); 6] = [
    ("no_interest", &["new_lead", "researching", "contacted", "engaged"]),
    ("do_not_contact", &["new_lead", "researching", "contacted", "engaged"]),
    ("invalid_data", &["new_lead", "researching", "contacted", "engaged"]),
    ("disqualified", &["new_prospect", "prospecting", "qualified"]),
    ("won", &["new_opportunity", "progressing", "negotiation"]),
    ("lost", &["new_opportunity", "progressing", "negotiation"]),
];

/// Whether the description allows the way, all fields given. Opt-outs aside: those are always allowed.
fn drawn(from: &str, to: &str, role: Role, lead_score: u8) -> bool {
    if let Some((_, open)) = EXITS.iter().find(|(exit, _)| *exit == from) {
        let may = role == Role::Manager || (role == Role::Ops && from != "do_not_contact");
        return may && open.contains(&to);
    }
    let (_, ways) = WAYS.iter().find(|(stage, _)| *stage == from).unwrap();
    ways.contains(&to) && !(from == "contacted" && to == "new_prospect" && lead_score <= 70)
}

/// What the description says about a stage's entry, checked by hand.
fn entry_holds(stage: &str, ticket: &Ticket) -> bool {
    let has = |key: FieldKey| ticket.values.contains_key(&key);
    let person = has(keys::PERSON_NAME) && has(keys::COMPANY_NAME) && (has(keys::EMAIL) || has(keys::PHONE));
    let qualified = [
        keys::PAIN_POINTS,
        keys::QUALIFIED_SERVICES,
        keys::DECISION_MAKER,
        keys::BUDGET_RANGE,
        keys::TIMEFRAME,
    ]
    .into_iter()
    .all(has)
        && matches!(ticket.values.get(&keys::FIT_SCORE), Some(Value::Integer(70..=100)));
    match stage {
        "researching" => person && ticket.owner.is_some(),
        "contacted" | "engaged" | "no_interest" => person,
        "do_not_contact" => has(keys::DNC_REASON) && flagged(ticket),
        "invalid_data" => has(keys::INVALID_FIELDS),
        "new_prospect" => has(keys::PERSON_NAME) && has(keys::COMPANY_NAME),
        "qualified" => qualified,
        "new_opportunity" => {
            qualified
                && [
                    keys::OPPORTUNITY_VALUE,
                    keys::PRODUCTS_SERVICES,
                    keys::PROBABILITY,
                    keys::EXPECTED_CLOSE,
                ]
                .into_iter()
                .all(has)
        }
        "won" => has(keys::WIN_LOSS_REASON) && has(keys::FINAL_VALUE),
        "lost" => has(keys::WIN_LOSS_REASON),
        _ => true,
    }
}

fn flagged(ticket: &Ticket) -> bool {
    ticket.values.get(&keys::DO_NOT_CONTACT) == Some(&Value::Boolean(true))
}

#[test]
fn the_built_in_workflow_is_valid_and_complete() {
    let workflow = Workflow::default();
    assert_eq!(workflow.validate(), Ok(()));
    let keys: Vec<&str> = workflow.stages.iter().map(|stage| stage.key.as_str()).collect();
    assert_eq!(keys, STAGES);
    for lifecycle in Lifecycle::ALL {
        assert!(
            workflow
                .first_stage(lifecycle)
                .unwrap()
                .key
                .as_str()
                .starts_with("new_")
        );
    }
    let document = serde_json::to_string(&workflow).unwrap();
    assert_eq!(serde_json::from_str::<Workflow>(&document).unwrap(), workflow);
}

/// Every pair of stages, role and side of the score limit: exactly what the description draws, and nothing else.
#[test]
fn every_way_is_as_described() {
    for from in STAGES {
        for to in STAGES.into_iter().filter(|&to| to != "do_not_contact") {
            for role in [Role::Rep, Role::Ops, Role::Manager] {
                for lead_score in [70, 71] {
                    let ticket = Ticket {
                        lead_score,
                        ..Ticket::at(from)
                    };
                    let decision = ticket.to(to, role, &every_answer());
                    match decision {
                        MoveDecision::Allowed(_) => {
                            assert!(
                                drawn(from, to, role, lead_score),
                                "{from} to {to} as {role:?} is allowed"
                            );
                        }
                        MoveDecision::Refused(_) => {
                            assert!(
                                !drawn(from, to, role, lead_score),
                                "{from} to {to} as {role:?} is refused"
                            );
                        }
                        MoveDecision::Needs(needs) => panic!("{from} to {to}: {needs:?}"),
                    }
                }
            }
        }
    }
}

#[test]
fn moves_carry_their_kind_and_label() {
    for (from, to, role, kind, label) in [
        (
            "new_lead",
            "researching",
            Role::Rep,
            MoveKind::Forward,
            "Claim for research",
        ),
        (
            "engaged",
            "contacted",
            Role::Rep,
            MoveKind::Backward,
            "Back to Contacted",
        ),
        ("contacted", "no_interest", Role::Rep, MoveKind::Exit, "Not interested"),
        ("negotiation", "won", Role::Rep, MoveKind::Exit, "Close deal"),
        (
            "engaged",
            "new_prospect",
            Role::Rep,
            MoveKind::Promote,
            "Convert to Prospect",
        ),
        (
            "qualified",
            "new_opportunity",
            Role::Rep,
            MoveKind::Promote,
            "Promote to Opportunity",
        ),
        (
            "lost",
            "negotiation",
            Role::Ops,
            MoveKind::Reopen,
            "Reopen to Negotiation",
        ),
        (
            "contacted",
            "do_not_contact",
            Role::Rep,
            MoveKind::OptOut,
            "Opt-out request",
        ),
    ] {
        let plan = Ticket::at(from).plan(to, role);
        assert_eq!((plan.kind, plan.label.as_str()), (kind, label), "{from} to {to}");
    }
}

#[test]
fn refusals_say_why() {
    for (from, to, sentence) in [
        (
            "new_lead",
            "engaged",
            "New Lead cannot go straight to Engaged: the next stage is Researching.",
        ),
        (
            "new_lead",
            "won",
            "New Lead cannot go straight to Won: the next stage is Researching.",
        ),
        (
            "new_opportunity",
            "won",
            "New Opportunity cannot go straight to Won: the next stage is Progressing.",
        ),
        ("engaged", "no_interest", "No way leads from Engaged to No Interest."),
        (
            "new_prospect",
            "contacted",
            "A prospect has been promoted and cannot become a lead again.",
        ),
        (
            "new_opportunity",
            "qualified",
            "An opportunity has been promoted and cannot become a prospect again.",
        ),
        ("lost", "won", "No way leads from Lost to Won."),
        (
            "lost",
            "negotiation",
            "Only ops or a manager can reopen a ticket from Lost.",
        ),
        (
            "do_not_contact",
            "contacted",
            "Only a manager can take a ticket out of Do Not Contact.",
        ),
        ("contacted", "contacted", "It is in Contacted already."),
        (
            "contacted",
            "new_prospect",
            "The lead score is 0; this way is open above 70 only.",
        ),
        ("contacted", "nowhere", "The workflow has no stage called “nowhere”."),
    ] {
        assert_eq!(Ticket::at(from).refusal(to, Role::Rep), sentence, "{from} to {to}");
    }
    assert_eq!(
        Ticket::at("do_not_contact").refusal("contacted", Role::Ops),
        "Only a manager can take a ticket out of Do Not Contact."
    );
}

#[test]
fn a_ticket_in_a_stage_the_workflow_lost_is_not_moved_but_can_opt_out() {
    let ticket = Ticket {
        stage: StageKey::from("nurturing"),
        ..Ticket::at("contacted")
    };
    assert_eq!(
        ticket.refusal("engaged", Role::Manager),
        "The workflow has no stage called “nurturing”."
    );
    assert!(matches!(
        ticket.to("do_not_contact", Role::Rep, &every_answer()),
        MoveDecision::Allowed(_)
    ));
}

#[test]
fn a_stage_asks_only_for_what_is_missing() {
    let need = |fields: &[FieldKey]| Need {
        fields: fields.to_vec(),
        hint: None,
        owner: false,
    };
    assert_eq!(
        Ticket::at("new_lead").needs("researching"),
        [
            need(&[keys::PERSON_NAME]),
            need(&[keys::COMPANY_NAME]),
            need(&[keys::EMAIL, keys::PHONE])
        ]
    );
    let mut known = every_answer();
    known.remove(&keys::EMAIL);
    known.insert(keys::PHONE, Value::Phone(PhoneNumber::parse("020 7946 0018", "GB")));
    assert!(matches!(
        Ticket::at("new_lead")
            .holding(known.clone())
            .to("researching", Role::Rep, &BTreeMap::new()),
        MoveDecision::Allowed(_)
    ));

    known.insert(keys::PHONE, Value::Phone(PhoneNumber::parse("12", "GB")));
    assert_eq!(
        Ticket::at("new_lead").holding(known.clone()).needs("researching"),
        [Need {
            hint: Some("“12” cannot be read as a phone number".to_owned()),
            ..need(&[keys::EMAIL, keys::PHONE])
        }]
    );

    known.insert(keys::FIT_SCORE, Value::Integer(69));
    assert_eq!(
        Ticket::at("prospecting").holding(known).needs("qualified"),
        [Need {
            hint: Some("At least 70".to_owned()),
            ..need(&[keys::FIT_SCORE])
        }]
    );
}

#[test]
fn claiming_sets_the_owner_once() {
    let ticket = Ticket::at("new_lead");
    assert_eq!(ticket.plan("researching", Role::Rep).claim, Some(AgentId(7)));
    let owned = Ticket {
        owner: Some(AgentId(3)),
        ..Ticket::at("new_lead")
    };
    assert_eq!(owned.plan("researching", Role::Rep).claim, None);

    let facts = TicketFacts {
        lifecycle: Lifecycle::Lead,
        stage: &StageKey::from("new_lead"),
        owner: None,
        values: &BTreeMap::new(),
        lead_score: 0,
    };
    let ctx = MoveContext {
        role: Role::Rep,
        me: None,
        answers: &every_answer(),
    };
    assert_eq!(
        Workflow::default().decide_move(&facts, &StageKey::from("researching"), &ctx),
        MoveDecision::Needs(vec![Need {
            fields: Vec::new(),
            hint: None,
            owner: true
        }])
    );
}

#[test]
fn answers_are_written_where_they_are_new() {
    let mut held = every_answer();
    held.remove(&keys::DEAL_AFTER_OPT_OUT);
    let ticket = Ticket {
        owner: Some(AgentId(3)),
        ..Ticket::at("contacted")
    }
    .holding(held);
    let answers = BTreeMap::from([
        (keys::PERSON_NAME, text("Jane Doe")),
        (keys::JOB_TITLE, text("CTO")),
        (keys::DO_NOT_CONTACT, Value::Boolean(false)),
    ]);
    let MoveDecision::Allowed(plan) = ticket.to("engaged", Role::Rep, &answers) else {
        panic!("the way is drawn");
    };
    assert_eq!(plan.set, BTreeMap::from([(keys::JOB_TITLE, text("CTO"))]));
}

#[test]
fn an_opted_out_deal_is_kept_or_closed_as_answered() {
    let keep = Ticket::at("progressing").plan("do_not_contact", Role::Rep);
    assert_eq!((keep.kind, keep.to), (MoveKind::OptOut, None));
    assert_eq!(keep.set.get(&keys::DO_NOT_CONTACT), Some(&Value::Boolean(true)));
    assert!(!keep.set.contains_key(&keys::DEAL_AFTER_OPT_OUT));

    let close = BTreeMap::from([
        (keys::DNC_REASON, Value::Choice("Legal".to_owned())),
        (keys::DEAL_AFTER_OPT_OUT, Value::Choice(fields::CLOSE_DEAL.to_owned())),
    ]);
    let end = |ticket: &Ticket| match ticket.to("do_not_contact", Role::Rep, &close) {
        MoveDecision::Allowed(plan) => plan,
        other => panic!("{other:?}"),
    };
    let lost = end(&Ticket::at("progressing"));
    assert_eq!(lost.to, Some((Lifecycle::Opportunity, StageKey::from("lost"))));
    assert_eq!(lost.set.get(&keys::WIN_LOSS_REASON), Some(&text("Opted out")));
    let disqualified = end(&Ticket::at("qualified"));
    assert_eq!(
        disqualified.to,
        Some((Lifecycle::Prospect, StageKey::from("disqualified")))
    );
    assert!(!disqualified.set.contains_key(&keys::WIN_LOSS_REASON));

    // A deal that has ended asks nothing about it.
    let won = Ticket::at("won").needs("do_not_contact");
    assert_eq!(
        won,
        [Need {
            fields: vec![keys::DNC_REASON],
            hint: None,
            owner: false
        }]
    );
    let needs = Ticket::at("new_prospect").needs("do_not_contact");
    let asked: Vec<FieldKey> = needs.into_iter().flat_map(|need| need.fields).collect();
    assert_eq!(asked, [keys::DNC_REASON, keys::DEAL_AFTER_OPT_OUT]);
}

#[test]
fn a_lead_that_stands_in_do_not_contact_without_the_flag_gets_it() {
    let ticket = Ticket::at("do_not_contact");
    let plan = ticket.plan("do_not_contact", Role::Rep);
    assert_eq!(plan.to, None);
    assert_eq!(plan.set.get(&keys::DO_NOT_CONTACT), Some(&Value::Boolean(true)));
    let flagged = ticket.holding(BTreeMap::from([(keys::DO_NOT_CONTACT, Value::Boolean(true))]));
    assert_eq!(
        flagged.refusal("do_not_contact", Role::Rep),
        "It is in Do Not Contact already."
    );
}

#[test]
fn reopening_leaves_the_flag_on() {
    let ticket = Ticket::at("do_not_contact").holding(BTreeMap::from([(keys::DO_NOT_CONTACT, Value::Boolean(true))]));
    let answers = BTreeMap::from([(keys::DO_NOT_CONTACT, Value::Boolean(false))]);
    let MoveDecision::Allowed(plan) = ticket.to("new_lead", Role::Manager, &answers) else {
        panic!("a manager may");
    };
    assert!(!plan.set.contains_key(&keys::DO_NOT_CONTACT));
}

#[test]
fn targets_are_every_other_stage_in_board_order() {
    let ticket = Ticket::at("contacted");
    let facts = TicketFacts {
        lifecycle: ticket.lifecycle,
        stage: &ticket.stage,
        owner: None,
        values: &ticket.values,
        lead_score: 0,
    };
    let workflow = Workflow::default();
    let ctx = MoveContext {
        role: Role::Rep,
        me: None,
        answers: &BTreeMap::new(),
    };
    let found: Vec<&str> = workflow
        .targets(&facts, &ctx)
        .into_iter()
        .map(|(stage, _)| stage.key.as_str())
        .collect();
    let expected: Vec<&str> = STAGES.into_iter().filter(|&stage| stage != "contacted").collect();
    assert_eq!(found, expected);
}

#[test]
fn a_broken_document_is_refused_with_what_is_wrong() {
    type Break = fn(&mut Workflow);
    let cases: [(&str, Break); 12] = [
        ("Two stages have the key “contacted”", |w| {
            w.stages[3].key = StageKey::from("contacted")
        }),
        ("“Big Deal” may only have small letters", |w| {
            w.stages[3].key = StageKey::from("Big Deal")
        }),
        ("has no name", |w| w.stages[0].label.clear()),
        ("The lifecycle Prospect has no open stage", |w| {
            w.stages
                .retain(|stage| stage.lifecycle != Lifecycle::Prospect || stage.exit);
        }),
        ("an open stage stands after an exit", |w| w.stages.swap(3, 4)),
        ("lifecycles are mixed", |w| w.stages.rotate_left(7)),
        ("needs the exit “do_not_contact”", |w| {
            w.stages.retain(|stage| stage.key.as_str() != "do_not_contact")
        }),
        ("needs the exit “lost”", |w| {
            w.stages.retain(|stage| stage.key.as_str() != "lost")
        }),
        ("has an end that is no stage", |w| {
            w.arrows[0].to = StageKey::from("nowhere")
        }),
        ("No arrow leads to “researching”", |w| {
            w.arrows.remove(0);
        }),
        ("No arrow leads out of “new_lead”", |w| {
            w.arrows.remove(0);
        }),
        ("which is no number", |w| {
            w.stages[1].requires.push(Requirement::AtLeast {
                field: keys::JOB_TITLE,
                minimum: 1,
            });
        }),
    ];
    for (expected, break_it) in cases {
        let mut workflow = Workflow::default();
        break_it(&mut workflow);
        let problems = workflow.validate().expect_err(expected);
        assert!(
            problems.iter().any(|problem| problem.reason.contains(expected)),
            "{expected}: {problems:?}"
        );
    }
    let more: [(&str, Break); 6] = [
        ("Two arrows lead", |w| w.arrows.push(w.arrows[0].clone())),
        ("has no label", |w| w.arrows[0].label.clear()),
        ("leads nowhere else", |w| {
            w.arrows[0].from = StageKey::from("researching")
        }),
        ("may start there", |w| w.arrows[0].from = StageKey::from("lost")),
        ("back into an earlier lifecycle", |w| {
            w.arrows[0].from = StageKey::from("qualified")
        }),
        ("promotes into an exit", |w| w.arrows[6].to = StageKey::from("won")),
    ];
    for (expected, break_it) in more {
        let mut workflow = Workflow::default();
        break_it(&mut workflow);
        let problems = workflow.validate().expect_err(expected);
        assert!(
            problems.iter().any(|problem| problem.reason.contains(expected)),
            "{expected}: {problems:?}"
        );
    }
    let mut asks_for_nothing = Workflow::default();
    asks_for_nothing.stages[0].requires = vec![
        Requirement::AnyOf { fields: Vec::new() },
        Requirement::Field {
            field: keys::FIRST_NAME,
        },
        Requirement::AtLeast {
            field: keys::FIT_SCORE,
            minimum: 101,
        },
    ];
    assert_eq!(asks_for_nothing.validate().map_err(|problems| problems.len()), Err(3));
}

fn any_role() -> impl Strategy<Value = Role> {
    prop::sample::select(vec![Role::Rep, Role::Ops, Role::Manager])
}

/// Some of the answers: each is given, left out, or given in a way that is not enough.
fn some_answers() -> impl Strategy<Value = BTreeMap<FieldKey, Value>> {
    prop::collection::vec(0u8..8, every_answer().len() + 1).prop_map(|choices| {
        let mut answers: BTreeMap<FieldKey, Value> = every_answer()
            .into_iter()
            .zip(&choices)
            .filter(|(_, choice)| **choice > 0)
            .map(|((key, value), choice)| match (key, choice) {
                (keys::FIT_SCORE, 1) => (key, Value::Integer(69)),
                (keys::DEAL_AFTER_OPT_OUT, 1..=3) => (key, Value::Choice(fields::CLOSE_DEAL.to_owned())),
                _ => (key, value),
            })
            .collect();
        if choices.last() == Some(&1) {
            answers.insert(keys::DO_NOT_CONTACT, Value::Boolean(false));
        }
        answers
    })
}

proptest! {
    /// A whole life of a ticket: whatever is tried, only drawn ways are gone, every stage is entered with what it asks
    /// for, lifecycles only go forward, and Do Not Contact stays on once it is.
    #[test]
    fn no_sequence_of_moves_reaches_a_forbidden_state(
        start in prop::sample::select(vec!["new_lead", "new_prospect", "new_opportunity"]),
        lead_score in 0u8..=100,
        moves in prop::collection::vec((0usize..STAGES.len(), any_role(), some_answers()), 1..40),
    ) {
        let mut ticket = Ticket { lead_score, ..Ticket::at(start) };
        for (target, role, answers) in moves {
            let target = STAGES[target];
            let decision = ticket.to(target, role, &answers);
            let MoveDecision::Allowed(plan) = decision else {
                continue;
            };
            let (was_flagged, from, lifecycle) = (flagged(&ticket), ticket.stage.clone(), ticket.lifecycle);
            prop_assert!(!plan.label.is_empty());
            prop_assert!(!plan.set.contains_key(&keys::DEAL_AFTER_OPT_OUT));
            ticket.values.extend(plan.set);
            ticket.owner = plan.claim.or(ticket.owner);
            if let Some((lifecycle, stage)) = plan.to {
                ticket.lifecycle = lifecycle;
                ticket.stage = stage;
                prop_assert!(entry_holds(ticket.stage.as_str(), &ticket), "{from} to {}", ticket.stage);
            }
            if target == "do_not_contact" {
                prop_assert!(flagged(&ticket));
                let closed = ["disqualified", "lost"].contains(&ticket.stage.as_str());
                prop_assert!(ticket.stage.as_str() == target || ticket.stage == from || closed);
            } else {
                prop_assert_eq!(ticket.stage.as_str(), target);
                prop_assert!(drawn(from.as_str(), target, role, lead_score), "{from} to {target} as {role:?}");
            }
            prop_assert!(flagged(&ticket) >= was_flagged);
            prop_assert!(ticket.lifecycle >= lifecycle);
            prop_assert_eq!(Workflow::default().stage(&ticket.stage).map(|stage| stage.lifecycle), Some(ticket.lifecycle));
        }
    }

    /// A refusal says why, in a sentence that names what it is about.
    #[test]
    fn every_refusal_names_its_reason(
        from in 0usize..STAGES.len(), to in "[a-z_]{1,12}", at in 0usize..STAGES.len() * 2, role in any_role(),
        lead_score in 0u8..=100, answers in some_answers(),
    ) {
        let ticket = Ticket { lead_score, ..Ticket::at(STAGES[from]) };
        let target = STAGES.get(at).map_or(to.as_str(), |stage| stage);
        if let MoveDecision::Refused(refusal) = ticket.to(target, role, &answers) {
            let sentence = refusal.sentence();
            prop_assert!(sentence.ends_with('.') && sentence.len() > 15, "{sentence}");
            let workflow = Workflow::default();
            let label = |key: &str| workflow.stage(&StageKey::from(key)).map(|stage| stage.label.clone());
            let (here, there) = (label(STAGES[from]).unwrap(), label(target));
            let names = match &refusal {
                Refusal::UnknownStage { .. } => sentence.contains(target),
                Refusal::AlreadyThere { .. } | Refusal::ReopenNeedsRole { .. } => sentence.contains(&here),
                Refusal::NoWay { .. } | Refusal::Skips { .. } => {
                    sentence.contains(&here) && sentence.contains(&there.unwrap())
                }
                Refusal::BackAcross { from, to } => {
                    let lower = sentence.to_lowercase();
                    lower.contains(from.key()) && lower.contains(to.key())
                }
                Refusal::ScoreTooLow { score, above } => {
                    sentence.contains(&score.to_string()) && sentence.contains(&above.to_string())
                }
            };
            prop_assert!(names, "{sentence}");
        }
    }

    /// An opt-out is asked about at most; it is refused only when it has been made already.
    #[test]
    fn an_opt_out_is_never_refused(from in 0usize..STAGES.len(), role in any_role(), answers in some_answers()) {
        let ticket = Ticket::at(STAGES[from]);
        let refused = matches!(ticket.to("do_not_contact", role, &answers), MoveDecision::Refused(_));
        prop_assert!(!refused);
        let whole = matches!(ticket.to("do_not_contact", role, &every_answer()), MoveDecision::Allowed(_));
        prop_assert!(whole);
    }

    /// What a decision asks for is enough: answered, the move goes through.
    #[test]
    fn answering_the_needs_is_enough(
        from in 0usize..STAGES.len(), to in 0usize..STAGES.len(), role in any_role(), answers in some_answers(),
    ) {
        let ticket = Ticket { owner: Some(AgentId(1)), lead_score: 90, ..Ticket::at(STAGES[from]) };
        if let MoveDecision::Needs(needs) = ticket.to(STAGES[to], role, &answers) {
            prop_assert!(!needs.is_empty());
            let every = every_answer();
            let mut answers = answers;
            for need in needs {
                let key = need.fields.into_iter().find(|key| every.contains_key(key)).unwrap();
                answers.insert(key, every[&key].clone());
            }
            let allowed = matches!(ticket.to(STAGES[to], role, &answers), MoveDecision::Allowed(_));
            prop_assert!(allowed);
        }
    }
}
