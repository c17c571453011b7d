//! The review queue: what is asked once, what is remembered, and what undo gives back.

use std::collections::BTreeMap;

use domain::{ImportId, ReviewId, TicketId, fields::keys};

use super::{Home, ME, email, plans, text, typed};
use crate::{
    Choice, Decision, LocalPatch, NewConflict, NewEntry, NewReview, OutboxPayload, OutboxState, Pair, ReviewFilter,
    ReviewKey, ReviewPayload, ReviewPlace, ReviewReason, StateChange,
};

fn pair(one: TicketId, other: TicketId) -> NewReview {
    NewReview {
        reason: ReviewReason::PossibleDuplicate,
        ticket: Some(one),
        other: Some(other),
        contacts: None,
        import: None,
        payload: ReviewPayload::default(),
        evidence: vec!["Same e-mail address".to_owned()],
        source: "Leadline".to_owned(),
        certain: true,
    }
}

fn row(reason: ReviewReason, ticket: Option<TicketId>, line: u32, title: &str) -> NewReview {
    NewReview {
        reason,
        ticket,
        other: None,
        contacts: None,
        import: Some((ImportId(1), line)),
        payload: ReviewPayload {
            values: BTreeMap::from([
                (keys::COMPANY_NAME, typed(text("Acme Ltd"))),
                (keys::PERSON_NAME, typed(text("Jane Doe"))),
                (keys::EMAIL, typed(email("jane@acme.example"))),
                (keys::JOB_TITLE, typed(text(title))),
            ]),
            key: "email:jane@acme.example".to_owned(),
            quality: Some(40),
            cells: Vec::new(),
        },
        evidence: vec!["Quality 40 of 100".to_owned()],
        source: "Apollo.io".to_owned(),
        certain: false,
    }
}

impl Home {
    fn ask(&self, new: &NewReview) -> Option<ReviewId> {
        self.quiet(|w| w.open_review(new))
    }

    fn queue(&self, filter: &ReviewFilter) -> Vec<(String, String)> {
        let rows = self.store.review_queue(filter, 0, 100).unwrap();
        rows.into_iter().map(|row| (row.key.0, row.label)).collect()
    }
}

#[test]
fn one_queue_holds_what_is_kept_in_three_places() {
    let home = Home::new();
    let jane = home.lead("Acme Ltd", "Jane Doe");
    let john = home.lead("Beta plc", "John Roe");
    let mine = home.ask(&row(ReviewReason::LowQuality, None, 7, "CIO")).unwrap();
    let conflict = home.quiet(|w| {
        w.open_conflict(&NewConflict {
            ticket: john,
            field: "job_title".to_owned(),
            label: "Job title".to_owned(),
            mine: "CIO".to_owned(),
            theirs: "CTO".to_owned(),
            mine_patch: LocalPatch::default(),
            theirs_patch: LocalPatch::default(),
        })
    });
    let refused = home
        .write("edit", |w| {
            let entry = w.enqueue(NewEntry {
                ticket: jane,
                payload: OutboxPayload::Update {
                    patch: LocalPatch::default(),
                },
                what: "Job title: CIO".to_owned(),
            })?;
            let refusal = StateChange {
                reason: Some("Too long".to_owned()),
                ..StateChange::to(OutboxState::Parked)
            };
            w.set_outbox_state(entry, &refusal)?;
            Ok(entry)
        })
        .value;

    let all = home.store.review_queue(&ReviewFilter::default(), 0, 100).unwrap();
    let told: Vec<[&str; 4]> = all
        .iter()
        .map(|row| [row.key.0.as_str(), &row.label, &row.summary, &row.source])
        .collect();
    assert_eq!(
        told,
        [
            ["item:1", "Acme Ltd – Jane Doe", "Quality 40 of 100", "Apollo.io"],
            [
                "conflict:1",
                "Beta plc – John Roe",
                "Job title: here CIO, in HaloPSA CTO",
                "HaloPSA"
            ],
            ["outbox:1", "Acme Ltd – Jane Doe", "Job title: CIO: Too long", "HaloPSA"],
        ]
    );
    let places = all.iter().filter_map(|row| row.key.place()).collect::<Vec<_>>();
    assert_eq!(
        places,
        [
            ReviewPlace::Item(mine),
            ReviewPlace::Conflict(conflict),
            ReviewPlace::Outbox(refused)
        ]
    );
    assert_eq!(ReviewKey("nothing:1".to_owned()).place(), None);

    let ann = home.agent(7, "Ann");
    home.write("assign", |w| {
        w.assign_review(&ReviewPlace::Item(mine).into(), Some(ann))
    });
    let of = |filter: ReviewFilter| home.queue(&filter).into_iter().map(|(key, _)| key).collect::<Vec<_>>();
    let by = ReviewFilter::default();
    assert_eq!(
        of(ReviewFilter {
            assigned_to: Some(ann),
            ..by.clone()
        }),
        ["item:1"]
    );
    assert_eq!(
        of(ReviewFilter {
            source: Some("HaloPSA".to_owned()),
            ..by.clone()
        }),
        ["conflict:1", "outbox:1"]
    );
    assert_eq!(
        of(ReviewFilter {
            reason: Some(ReviewReason::SyncConflict),
            ..by.clone()
        }),
        ["conflict:1"]
    );
    assert_eq!(
        of(ReviewFilter {
            opened_before: Some(all[0].opened_at),
            ..by
        }),
        ["item:1"]
    );
    let counts = home.store.review_counts(Some(ann)).unwrap();
    let counted: Vec<(ReviewReason, u32, u32)> = counts
        .iter()
        .map(|count| (count.reason, count.count, count.mine))
        .collect();
    assert_eq!(
        counted,
        [
            (ReviewReason::LowQuality, 1, 1),
            (ReviewReason::RefusedChange, 1, 0),
            (ReviewReason::SyncConflict, 1, 0)
        ]
    );
    assert_eq!(home.store.review_sources().unwrap(), ["Apollo.io", "HaloPSA"]);

    home.quiet(|w| w.resolve_conflict(conflict, Choice::Mine));
    assert_eq!(home.queue(&ReviewFilter::default()).len(), 2);
}

#[test]
fn the_same_question_is_asked_once() {
    let home = Home::new();
    let (jane, twin) = (home.lead("Acme Ltd", "Jane Doe"), home.lead("Acme", "J. Doe"));
    let asked = home.ask(&pair(twin, jane)).unwrap();
    assert_eq!(home.ask(&pair(jane, twin)), Some(asked), "whichever is named first");
    let first = home.ask(&row(ReviewReason::LowQuality, None, 7, "CIO")).unwrap();
    assert_eq!(home.ask(&row(ReviewReason::LowQuality, None, 9, "CTO")), Some(first));
    let refreshed = home.store.review_item(first).unwrap().unwrap();
    assert_eq!(refreshed.import, Some((ImportId(1), 9)), "the newer record counts");
    assert!(home.ask(&row(ReviewReason::NewData, Some(jane), 9, "CTO")).unwrap() > first);

    home.write("discard", |w| w.decide_review(first, Decision::Discarded));
    assert_eq!(
        home.ask(&row(ReviewReason::LowQuality, None, 3, "CTO")),
        None,
        "a person has decided this very record"
    );
    assert!(home.ask(&row(ReviewReason::LowQuality, None, 3, "CEO")).is_some());
}

#[test]
fn what_is_kept_apart_is_never_asked_again_until_that_is_taken_back() {
    let home = Home::new();
    let (jane, twin) = (home.lead("Acme Ltd", "Jane Doe"), home.lead("Acme", "J. Doe"));
    let asked = home.ask(&pair(jane, twin)).unwrap();
    let apart = Pair::of(twin, jane);
    home.write("not the same", |w| {
        w.keep_apart(&apart)?;
        w.decide_review(asked, Decision::NotSame)
    });
    assert_eq!(home.ask(&pair(jane, twin)), None);
    assert!(home.store.is_not_same(&apart).unwrap());
    let [kept] = home.store.kept_apart().unwrap().try_into().unwrap();
    assert_eq!(kept.pair, apart);
    assert!(!home.write("again", |w| w.keep_apart(&apart)).value, "no news");

    home.write("take back", |w| w.take_back_apart(kept.id));
    assert!(home.store.kept_apart().unwrap().is_empty());
    assert!(home.ask(&pair(jane, twin)).is_some());

    let key = Pair::Key(jane, "email:jane@acme.example".to_owned());
    home.write("not the same", |w| w.keep_apart(&key));
    assert_eq!(
        home.ask(&row(ReviewReason::PossibleDuplicate, Some(jane), 2, "CIO")),
        None
    );
    assert_eq!(home.store.apart_from(jane).unwrap().len(), 1);
}

#[test]
fn decisions_assignments_and_pairs_are_undone_and_redone() {
    let home = Home::new();
    let ann = home.agent(7, "Ann");
    let (jane, twin) = (home.lead("Acme Ltd", "Jane Doe"), home.lead("Acme", "J. Doe"));
    let asked = home.ask(&pair(jane, twin)).unwrap();
    let key = ReviewKey::from(ReviewPlace::Item(asked));
    home.write("assign", |w| w.assign_review(&key, Some(ann)));
    home.write("not the same", |w| {
        w.keep_apart(&Pair::of(jane, twin))?;
        w.decide_review(asked, Decision::NotSame)
    });
    let state = || {
        (
            home.store.review_item(asked).unwrap().unwrap().decided,
            home.store.is_not_same(&Pair::of(jane, twin)).unwrap(),
            home.store.review_assignee(&key).unwrap(),
        )
    };
    let decided = (Some(Decision::NotSame), true, Some(ann));
    let open = (None, false, Some(ann));
    assert_eq!(state(), decided);
    assert_eq!(home.undo().as_deref(), Some("not the same"));
    assert_eq!(state(), open);
    assert_eq!(home.redo().as_deref(), Some("not the same"));
    assert_eq!(state(), decided);
    home.undo();
    assert_eq!(home.undo().as_deref(), Some("assign"));
    assert_eq!(state(), (None, false, None));
    home.redo();
    home.redo();
    assert_eq!(state(), decided);
    assert!(home.store.last_undone(ME).unwrap().is_none());
}

#[test]
fn an_import_that_is_undone_takes_its_questions_along() {
    let home = Home::new();
    home.ask(&row(ReviewReason::LowQuality, None, 7, "CIO")).unwrap();
    home.ask(&NewReview {
        import: Some((ImportId(2), 1)),
        ..row(ReviewReason::ImportError, None, 1, "CIO")
    });
    let withdrawn = home.write("undo the import", |w| w.withdraw_reviews(ImportId(1)));
    assert_eq!(withdrawn.value, 1);
    assert!(withdrawn.changes.review);
    assert_eq!(home.queue(&ReviewFilter::default()).len(), 1);
    home.undo();
    assert_eq!(home.queue(&ReviewFilter::default()).len(), 2);
}

#[test]
fn no_question_to_the_queue_reads_a_whole_table() {
    let home = Home::new();
    let (jane, twin) = (home.lead("Acme Ltd", "Jane Doe"), home.lead("Acme", "J. Doe"));
    plans::check_run(&home, || {
        let asked = home.ask(&pair(jane, twin)).unwrap();
        home.ask(&row(ReviewReason::LowQuality, None, 7, "CIO"));
        let store = &home.store;
        store.review_queue(&ReviewFilter::default(), 0, 50).unwrap();
        store.review_counts(None).unwrap();
        store.review_sources().unwrap();
        store.review_item(asked).unwrap();
        store.reviews_of(jane).unwrap();
        store.review_assignee(&ReviewPlace::Item(asked).into()).unwrap();
        store.is_not_same(&Pair::of(jane, twin)).unwrap();
        store.apart_from(jane).unwrap();
        home.write("decide", |w| {
            w.keep_apart(&Pair::of(jane, twin))?;
            w.decide_review(asked, Decision::NotSame)?;
            w.withdraw_reviews(ImportId(1))
        });
        home.undo();
    });
}
