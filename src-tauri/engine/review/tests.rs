use std::{collections::BTreeMap, sync::Arc};

use chrono::TimeDelta;
use domain::{
    FieldKey, ImportId, Lifecycle, Provenance, Role, Source, StoredValue, TicketId, Value, email::EmailAddress,
    fields::keys, phone::PhoneNumber,
};
use store::{Key, NewReview, ReviewKey, ReviewPayload, ReviewPlace, ReviewReason, Store};

use crate::{
    Engine, MemoryVault, NewTicketRequest, Options, Parts, Preferences, Problem, SystemClock,
    views::{Pick, ReviewAction, ReviewDecision, ReviewQuery},
};

/// An engine that is connected to nothing, with one lead in it.
struct Desk {
    _home: tempfile::TempDir,
    engine: Engine,
    jane: TicketId,
}

impl Desk {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let store = Store::open(&home.path().join("leadline.db"), &Key::random().unwrap()).unwrap();
        let engine = Engine::new(Parts {
            store,
            clock: Arc::new(SystemClock),
            vault: Arc::new(MemoryVault::default()),
            options: Options::default(),
        })
        .unwrap();
        engine
            .set_preferences(&Preferences {
                role: Role::Manager,
                me: None,
                country: "GB".to_owned(),
                currency: "GBP".to_owned(),
            })
            .unwrap();
        let typed = [
            (keys::PERSON_NAME, "Jane Doe"),
            (keys::COMPANY_NAME, "Acme Ltd"),
            (keys::EMAIL, "jane@acme.example"),
            (keys::JOB_TITLE, "CIO"),
        ];
        let (_, jane) = engine
            .create_ticket(&NewTicketRequest {
                lifecycle: Lifecycle::Lead,
                values: typed.map(|(field, text)| (field, text.to_owned())).into(),
                owner: None,
            })
            .unwrap();
        Self {
            _home: home,
            engine,
            jane,
        }
    }

    /// Opens a question about a record of a file.
    fn ask(&self, reason: ReviewReason, ticket: Option<TicketId>, values: &[(FieldKey, &str)]) -> ReviewKey {
        self.ask_for_sure(reason, ticket, values, true)
    }

    fn ask_for_sure(
        &self,
        reason: ReviewReason,
        ticket: Option<TicketId>,
        values: &[(FieldKey, &str)],
        certain: bool,
    ) -> ReviewKey {
        let source = Source::Provider {
            name: "Apollo.io".to_owned(),
        };
        let values: BTreeMap<FieldKey, StoredValue> = values
            .iter()
            .map(|(field, text)| {
                let value = match *field {
                    keys::EMAIL => Value::Email(EmailAddress((*text).to_owned())),
                    keys::PHONE => Value::Phone(PhoneNumber::parse(text, "GB")),
                    keys::DO_NOT_CONTACT => Value::Boolean(true),
                    _ => Value::Text((*text).to_owned()),
                };
                let stored = StoredValue {
                    value,
                    raw: None,
                    provenance: Provenance {
                        source: source.clone(),
                        at: self.engine.now() + TimeDelta::minutes(1),
                        by: None,
                    },
                };
                (*field, stored)
            })
            .collect();
        let key = values
            .get(&keys::EMAIL)
            .map(|stored| format!("email:{}", stored.value.display()))
            .unwrap_or_default();
        let new = NewReview {
            reason,
            ticket,
            other: None,
            contacts: None,
            import: Some((ImportId(1), 7)),
            payload: ReviewPayload {
                values,
                key,
                quality: Some(40),
                cells: Vec::new(),
            },
            evidence: vec!["Quality 40 of 100".to_owned()],
            source: "Apollo.io".to_owned(),
            certain,
        };
        let opened = self
            .engine
            .store()
            .write_quiet(self.engine.now(), |w| w.open_review(&new));
        ReviewPlace::Item(opened.unwrap().value.unwrap()).into()
    }

    fn decide(&self, key: &ReviewKey, action: ReviewAction) -> anyhow::Result<String> {
        self.decide_with(key, action, &[], &[])
    }

    fn decide_with(
        &self,
        key: &ReviewKey,
        action: ReviewAction,
        picks: &[(FieldKey, Pick)],
        edits: &[(FieldKey, &str)],
    ) -> anyhow::Result<String> {
        let decision = ReviewDecision {
            action,
            picks: picks
                .iter()
                .map(|(field, pick)| (field.as_str().to_owned(), *pick))
                .collect(),
            edits: edits.iter().map(|(field, text)| (*field, (*text).to_owned())).collect(),
        };
        Ok(self.engine.decide_review(key, &decision)?.label)
    }

    fn held(&self, ticket: TicketId, field: FieldKey) -> String {
        let stored = self.engine.store().value(ticket, field).unwrap();
        stored.map(|stored| stored.value.display()).unwrap_or_default()
    }

    fn waiting(&self) -> usize {
        self.engine.review_queue(&ReviewQuery::default()).unwrap().len()
    }

    fn tickets(&self) -> u32 {
        self.engine.store().ticket_count().unwrap()
    }
}

const RECORD: [(FieldKey, &str); 4] = [
    (keys::PERSON_NAME, "Jane Doe"),
    (keys::COMPANY_NAME, "Acme Ltd"),
    (keys::JOB_TITLE, "Chief information officer"),
    (keys::LINKEDIN_URL, "linkedin.com/in/jane-doe"),
];

#[test]
fn a_poor_record_becomes_a_lead_when_somebody_mends_it() {
    let desk = Desk::new();
    let key = desk.ask(
        ReviewReason::LowQuality,
        None,
        &[(keys::PERSON_NAME, "Omar Haddad"), (keys::COMPANY_NAME, "Brightwell")],
    );
    let detail = desk.engine.review_detail(&key).unwrap();
    assert_eq!(detail.row.label, "Brightwell – Omar Haddad");
    assert_eq!(detail.right.title, "Apollo.io, line 7");
    assert_eq!(
        detail.recommendation.action,
        ReviewAction::Discard,
        "nobody can be reached"
    );
    let label = desk
        .decide_with(&key, ReviewAction::Create, &[], &[(keys::PHONE, "0161 496 0322")])
        .unwrap();
    assert_eq!(label, "Created Brightwell – Omar Haddad");
    assert_eq!((desk.tickets(), desk.waiting()), (2, 0));
    desk.engine.undo().unwrap();
    assert_eq!((desk.tickets(), desk.waiting()), (1, 1));
    desk.engine.redo().unwrap();
    assert_eq!((desk.tickets(), desk.waiting()), (2, 0));
}

#[test]
fn a_record_with_a_name_and_a_way_to_reach_them_is_recommended_to_be_created() {
    let desk = Desk::new();
    let key = desk.ask(
        ReviewReason::LowQuality,
        None,
        &[
            (keys::PERSON_NAME, "Omar Haddad"),
            (keys::EMAIL, "omar@brightwell.example"),
        ],
    );
    let detail = desk.engine.review_detail(&key).unwrap();
    assert_eq!(detail.recommendation.action, ReviewAction::Create);
    desk.decide(&key, ReviewAction::Accept).unwrap();
    let omar = desk.engine.search("omar").unwrap().pop().unwrap();
    let stored = desk.engine.store().value(omar.ticket, keys::EMAIL).unwrap().unwrap();
    assert!(
        matches!(stored.provenance.source, Source::Provider { .. }),
        "it is still the provider's word: {stored:?}"
    );
}

#[test]
fn new_data_is_taken_field_by_field_and_a_persons_word_stays() {
    let desk = Desk::new();
    let key = desk.ask(ReviewReason::NewData, Some(desk.jane), &RECORD);
    let detail = desk.engine.review_detail(&key).unwrap();
    let of = |field: FieldKey| detail.fields.iter().find(|row| row.field == Some(field)).unwrap();
    assert_eq!(of(keys::JOB_TITLE).recommended, Pick::Left, "a person typed it");
    assert_eq!(of(keys::LINKEDIN_URL).recommended, Pick::Right, "nothing was there");
    assert_eq!(of(keys::JOB_TITLE).left.as_ref().unwrap().source, "Typed here");
    let label = desk.decide(&key, ReviewAction::Accept).unwrap();
    assert_eq!(label, "Took LinkedIn URL of Acme Ltd – Jane Doe from Apollo.io");
    assert_eq!(desk.held(desk.jane, keys::JOB_TITLE), "CIO");
    let activities = desk.engine.store().activities(desk.jane).unwrap();
    assert!(
        activities
            .iter()
            .any(|row| row.body.contains("Kept as it was: Job title")),
        "{activities:#?}"
    );
    desk.engine.undo().unwrap();
    assert_eq!(desk.held(desk.jane, keys::LINKEDIN_URL), "");

    desk.decide_with(&key, ReviewAction::Update, &[(keys::JOB_TITLE, Pick::Right)], &[])
        .unwrap();
    assert_eq!(desk.held(desk.jane, keys::JOB_TITLE), "Chief information officer");
}

#[test]
fn a_record_of_somebody_else_becomes_a_ticket_and_is_remembered() {
    let desk = Desk::new();
    let record = [(keys::PERSON_NAME, "J. Doe"), (keys::EMAIL, "j.doe@acme.example")];
    let key = desk.ask_for_sure(ReviewReason::PossibleDuplicate, Some(desk.jane), &record, false);
    let preview = desk.engine.review_bulk_preview(&ReviewQuery::default()).unwrap();
    assert_eq!((preview.keys.len(), preview.left_out), (0, 1), "it needs a look");
    let label = desk.decide(&key, ReviewAction::NotSame).unwrap();
    assert_eq!(label, "Created J. Doe, who is not Acme Ltd – Jane Doe");
    assert_eq!(desk.tickets(), 2);
    let [apart] = desk.engine.kept_apart().unwrap().try_into().unwrap();
    assert_eq!(apart.right, "e-mail j.doe@acme.example");
}

#[test]
fn a_job_change_of_a_lead_that_nobody_has_touched_is_taken_over() {
    let desk = Desk::new();
    let record = [
        (keys::PERSON_NAME, "Jane Doe"),
        (keys::COMPANY_NAME, "Beta plc"),
        (keys::EMAIL, "jane@beta.example"),
    ];
    let key = desk.ask(ReviewReason::JobChange, Some(desk.jane), &record);
    let detail = desk.engine.review_detail(&key).unwrap();
    assert_eq!(detail.recommendation.action, ReviewAction::Update);
    assert_eq!(
        detail.can,
        [
            ReviewAction::Create,
            ReviewAction::Update,
            ReviewAction::NotSame,
            ReviewAction::Discard
        ]
    );
    desk.decide(&key, ReviewAction::Accept).unwrap();
    assert_eq!(desk.held(desk.jane, keys::COMPANY_NAME), "Beta plc");
    assert_eq!(desk.held(desk.jane, keys::EMAIL), "jane@beta.example");
    assert_eq!(desk.held(desk.jane, keys::JOB_TITLE), "CIO", "the record does not say");
}

#[test]
fn nobody_who_asked_for_peace_comes_in_through_the_queue() {
    let desk = Desk::new();
    desk.engine.set_do_not_contact(&[desk.jane], "Opt-out").unwrap();
    let record = [(keys::PERSON_NAME, "Jane Doe"), (keys::EMAIL, "jane@acme.example")];
    let key = desk.ask(ReviewReason::LowQuality, None, &record);
    let error = desk.decide(&key, ReviewAction::Create).unwrap_err();
    assert!(error.to_string().contains("must not be contacted"), "{error}");
    assert_eq!((desk.tickets(), desk.waiting()), (1, 1));
}

#[test]
fn an_opt_out_in_a_record_holds_whatever_is_picked() {
    let desk = Desk::new();
    let record = [(keys::JOB_TITLE, "Director"), (keys::DO_NOT_CONTACT, "yes")];
    let key = desk.ask(ReviewReason::MergeConflict, Some(desk.jane), &record);
    desk.decide_with(&key, ReviewAction::Update, &[(keys::JOB_TITLE, Pick::Left)], &[])
        .unwrap();
    assert!(desk.engine.store().card(desk.jane).unwrap().unwrap().do_not_contact);
}

#[test]
fn what_a_question_does_not_offer_is_refused_and_nothing_is_changed() {
    let desk = Desk::new();
    let key = desk.ask(ReviewReason::ImportError, None, &[]);
    for action in [ReviewAction::Merge, ReviewAction::Update, ReviewAction::Retry] {
        let error = desk.decide(&key, action).unwrap_err();
        assert!(matches!(error.downcast_ref(), Some(Problem::Refused { .. })), "{error}");
    }
    let error = desk.decide(&key, ReviewAction::Create).unwrap_err();
    assert!(
        matches!(error.downcast_ref(), Some(Problem::FieldInvalid { field, .. }) if *field == keys::PERSON_NAME),
        "{error}"
    );
    let error = desk
        .decide_with(&key, ReviewAction::Create, &[], &[(keys::EMAIL, "nobody")])
        .unwrap_err();
    assert!(
        matches!(error.downcast_ref(), Some(Problem::FieldInvalid { field, .. }) if *field == keys::EMAIL),
        "{error}"
    );
    assert_eq!(desk.waiting(), 1);
    assert_eq!(
        desk.decide(&key, ReviewAction::Accept).unwrap(),
        "Dropped line 7 of Apollo.io"
    );
    for unknown in ["item:99", "nothing", "conflict:1", "outbox:1"] {
        let error = desk
            .decide(&ReviewKey(unknown.to_owned()), ReviewAction::Accept)
            .unwrap_err();
        assert!(
            matches!(error.downcast_ref(), Some(Problem::NotFound { .. })),
            "{unknown}: {error}"
        );
    }
}

#[test]
fn many_are_accepted_at_once_as_the_preview_says_and_undone_as_one() {
    let desk = Desk::new();
    for number in 0..30 {
        let email = format!("person{number}@brightwell.example");
        desk.ask(
            ReviewReason::LowQuality,
            None,
            &[(keys::PERSON_NAME, "Ann Lee"), (keys::EMAIL, &email)],
        );
    }
    for line in 0..10 {
        let company = format!("Company {line}");
        let key = desk.ask(ReviewReason::ImportError, None, &[(keys::COMPANY_NAME, &company)]);
        assert!(key.place().is_some());
    }
    desk.ask(ReviewReason::MergeConflict, Some(desk.jane), &RECORD);
    let preview = desk.engine.review_bulk_preview(&ReviewQuery::default()).unwrap();
    let told: Vec<(ReviewAction, u32)> = preview.groups.iter().map(|group| (group.action, group.count)).collect();
    assert_eq!(
        told,
        [
            (ReviewAction::Create, 30),
            (ReviewAction::Update, 1),
            (ReviewAction::Discard, 10)
        ]
    );
    assert_eq!(preview.groups[0].examples.len(), 5);
    let done = desk.engine.review_bulk_accept(&preview.keys).unwrap();
    assert_eq!(done.label, "Accepted 41 decisions");
    assert_eq!((desk.tickets(), desk.waiting()), (31, 0));
    desk.engine.undo().unwrap();
    assert_eq!((desk.tickets(), desk.waiting()), (1, 41));
    let only = ReviewQuery {
        reason: Some(ReviewReason::ImportError),
        limit: 3,
        offset: 9,
        ..ReviewQuery::default()
    };
    assert_eq!(desk.engine.review_queue(&only).unwrap().len(), 1);
    let old = ReviewQuery {
        older_than_days: Some(1),
        ..ReviewQuery::default()
    };
    assert!(desk.engine.review_queue(&old).unwrap().is_empty());
}

impl Desk {
    /// Somebody with that address, written at that very moment.
    fn enter(&self, at: chrono::DateTime<chrono::Utc>, email: &str) -> TicketId {
        let stored = |value: Value| StoredValue {
            value,
            raw: None,
            provenance: Provenance {
                source: Source::Halopsa,
                at,
                by: None,
            },
        };
        let mut new = store::NewTicket::new(Lifecycle::Lead, "new_lead".into(), at);
        new.values = vec![
            (keys::PERSON_NAME, stored(Value::Text("Omar Haddad".to_owned()))),
            (keys::COMPANY_NAME, stored(Value::Text("Brightwell".to_owned()))),
            (keys::EMAIL, stored(Value::Email(EmailAddress(email.to_owned())))),
        ];
        self.engine
            .store()
            .write_quiet(at, |w| w.insert_ticket(new))
            .unwrap()
            .value
    }

    fn looked(&self, most: u32) -> (u32, u32) {
        let found = self.engine.look_for_duplicates(most).unwrap();
        (found.looked_at, found.new)
    }
}

#[test]
fn what_is_written_in_the_same_millisecond_as_a_look_is_looked_at_by_the_next() {
    let desk = Desk::new();
    let at = desk.engine.now();
    desk.enter(at, "omar@brightwell.example");
    assert_eq!(desk.looked(10), (2, 0));
    assert_eq!(desk.looked(10), (0, 0), "nothing was changed since");
    let twin = desk.enter(at, "omar@brightwell.example");
    assert_eq!(desk.looked(10), (1, 1));
    // Nor does a clock that was set back hide anything.
    let before = at - TimeDelta::days(1);
    desk.enter(before, "omar@brightwell.example");
    assert_eq!(desk.looked(10), (1, 2));
    let email = |text: &str| {
        Some(StoredValue {
            value: Value::Email(EmailAddress(text.to_owned())),
            raw: None,
            provenance: Provenance {
                source: Source::Halopsa,
                at: before,
                by: None,
            },
        })
    };
    desk.engine
        .store()
        .write_quiet(before, |w| w.set_value(twin, keys::EMAIL, email("o@other.example")))
        .unwrap();
    assert_eq!(desk.looked(10).0, 1);
}

#[test]
fn who_is_closed_is_compared_when_they_are_opened_again() {
    let desk = Desk::new();
    let at = desk.engine.now();
    desk.enter(at, "omar@brightwell.example");
    let lost = desk.enter(at, "omar@brightwell.example");
    let close = |closed: bool| {
        desk.engine
            .store()
            .write_quiet(at, |w| w.set_closed(lost, closed))
            .unwrap();
    };
    close(true);
    assert_eq!(desk.looked(10), (2, 0));
    close(false);
    assert_eq!(desk.looked(10), (1, 1));
}

#[test]
fn more_suspects_than_one_look_opens_are_opened_by_the_next_ones() {
    let desk = Desk::new();
    let at = desk.engine.now();
    for _ in 0..5 {
        desk.enter(at, "omar@brightwell.example");
    }
    // Five of one person are ten pairs.
    let mut new = Vec::new();
    for _ in 0..4 {
        new.push(desk.looked(4).1);
    }
    assert_eq!(new, [4, 4, 2, 0]);
    assert_eq!(desk.waiting(), 10);
    assert_eq!(desk.looked(4), (0, 0));
}
