//! The outbox: order, folding, states and what they make of a card.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{AgentId, Lifecycle, OutboxId, TicketId, activity::ActivityKind, fields::keys};

use super::{Home, email, minute, operation, set, stage, text, typed};
use crate::{
    Actor, Choice, LocalPatch, NewActivity, NewConflict, NewEntry, NewOperation, OutboxCounts, OutboxPayload,
    OutboxState, StateChange, SyncState,
};

fn update(home: &Home, ticket: TicketId, title: &str) -> OutboxId {
    let patch = LocalPatch {
        fields: BTreeMap::from([(keys::JOB_TITLE, Some(text(title)))]),
        ..LocalPatch::default()
    };
    let what = format!("Job title: {title}");
    home.write("edit", |w| {
        w.enqueue(NewEntry {
            ticket,
            payload: OutboxPayload::Update { patch },
            what,
        })
    })
    .value
}

fn create(home: &Home, ticket: TicketId) -> OutboxId {
    let payload = OutboxPayload::Create {
        key: "a-key".to_owned(),
    };
    home.write("create", |w| {
        w.enqueue(NewEntry {
            ticket,
            payload,
            what: "Create".to_owned(),
        })
    })
    .value
}

fn note(home: &Home, ticket: TicketId) -> OutboxId {
    home.write("note", |w| {
        let activity = w.insert_activity(NewActivity {
            ticket,
            kind: ActivityKind::Note,
            at: w.at(),
            agent: None,
            who: String::new(),
            subject: String::new(),
            body: "Wants a quote".to_owned(),
            call: None,
        })?;
        w.enqueue(NewEntry {
            ticket,
            payload: OutboxPayload::Activity { activity },
            what: "Note".to_owned(),
        })
    })
    .value
}

fn to(home: &Home, entry: OutboxId, state: OutboxState) {
    home.quiet(|w| w.set_outbox_state(entry, &StateChange::to(state)));
}

fn due(home: &Home, now: DateTime<Utc>) -> Vec<OutboxId> {
    home.store
        .due(now, 100)
        .unwrap()
        .into_iter()
        .map(|entry| entry.id)
        .collect()
}

fn sync(home: &Home, ticket: TicketId) -> SyncState {
    home.store.card(ticket).unwrap().unwrap().sync
}

#[test]
fn order_is_kept_per_ticket_and_tickets_do_not_wait_for_each_other() {
    let home = Home::new();
    let (one, two) = (home.lead("Acme Ltd", "Jane Doe"), home.lead("Beta plc", "John Roe"));
    let first = update(&home, one, "Director");
    let second = note(&home, one);
    let other = update(&home, two, "Manager");
    let now = minute(1_000);
    assert_eq!(due(&home, now), [first, other]);
    to(&home, first, OutboxState::Sending);
    assert_eq!(due(&home, now), [other]);
    to(&home, first, OutboxState::Sent);
    assert_eq!(due(&home, now), [second, other]);
    assert_eq!(home.store.due(now, 1).unwrap().len(), 1);
}

#[test]
fn an_entry_waits_for_its_time_and_holds_back_what_follows() {
    let home = Home::new();
    let ticket = home.lead("Acme Ltd", "Jane Doe");
    let first = update(&home, ticket, "Director");
    update(&home, ticket, "Manager");
    let later = minute(2_000);
    home.quiet(|w| {
        w.set_outbox_state(
            first,
            &StateChange {
                tries: 1,
                due_at: Some(later),
                reason: Some("HaloPSA does not answer".to_owned()),
                ..StateChange::to(OutboxState::Waiting)
            },
        )
    });
    assert_eq!(due(&home, later - TimeDelta::milliseconds(1)), []);
    assert_eq!(home.store.next_due().unwrap(), Some(later));
    assert_eq!(due(&home, later), [first]);
    assert_eq!(home.quiet(|w| w.retry_all()), 1);
    assert_eq!(due(&home, minute(1)), [first]);
    assert_eq!(home.store.next_due().unwrap(), None);
}

#[test]
fn a_refused_value_does_not_keep_a_note_from_the_colleagues() {
    let home = Home::new();
    let ticket = home.lead("Acme Ltd", "Jane Doe");
    let refused = update(&home, ticket, "Director");
    let behind = update(&home, ticket, "Manager");
    let first_note = note(&home, ticket);
    let second_note = note(&home, ticket);
    let now = minute(1_000);
    to(&home, refused, OutboxState::Parked);
    // The update behind still waits for the refused one, and the notes wait for it.
    assert_eq!(due(&home, now), []);
    home.quiet(|w| w.remove_entry(behind));
    assert_eq!(due(&home, now), [first_note]);
    to(&home, first_note, OutboxState::Parked);
    assert_eq!(due(&home, now), [second_note]);
}

#[test]
fn everything_waits_for_a_creation_that_was_refused() {
    let home = Home::new();
    let ticket = home.lead("Acme Ltd", "Jane Doe");
    let made = create(&home, ticket);
    note(&home, ticket);
    to(&home, made, OutboxState::Parked);
    assert_eq!(due(&home, minute(1_000)), []);
    assert_eq!(home.store.last_unsent(ticket).unwrap().unwrap().id, made);
    home.quiet(|w| w.retry_all());
    assert_eq!(due(&home, minute(1_000)), [made]);
}

#[test]
fn later_edits_fold_into_what_is_still_here_and_into_nothing_else() {
    let home = Home::new();
    let ticket = home.lead("Acme Ltd", "Jane Doe");
    assert_eq!(home.store.last_unsent(ticket).unwrap(), None);
    let entry = update(&home, ticket, "Director");
    note(&home, ticket);
    let folds = home.store.last_unsent(ticket).unwrap().unwrap();
    assert_eq!(folds.id, entry, "a note is no place for an edit");
    to(&home, entry, OutboxState::Parked);
    let OutboxPayload::Update { mut patch } = folds.payload else {
        panic!("{folds:?}")
    };
    patch.fold(LocalPatch {
        stage: Some((Lifecycle::Lead, stage("engaged"))),
        owner: Some(None),
        party: None,
        lists: None,
        fields: BTreeMap::from([(keys::EMAIL, None), (keys::JOB_TITLE, Some(text("Manager")))]),
    });
    home.write("fold", |w| {
        w.refill(entry, &OutboxPayload::Update { patch: patch.clone() }, "Two changes")
    });
    let folded = home.store.last_unsent(ticket).unwrap().unwrap();
    assert_eq!(
        (folded.state, folded.tries, folded.reason),
        (OutboxState::Waiting, 0, None)
    );
    assert_eq!(folded.payload, OutboxPayload::Update { patch });
    assert_eq!(
        folded.payload.fields(),
        [keys::JOB_TITLE, keys::EMAIL]
            .into_iter()
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .collect::<Vec<_>>()
    );
    for state in [OutboxState::Sending, OutboxState::Uncertain, OutboxState::Sent] {
        to(&home, entry, state);
        assert_eq!(home.store.last_unsent(ticket).unwrap(), None, "{state:?}");
        let refused = home.refused::<_, crate::Error>(|w| w.refill(entry, &folded.payload, "Too late"));
        assert!(
            matches!(refused, crate::Error::NotFound { .. }),
            "{state:?} {refused:?}"
        );
    }
}

#[test]
fn a_patch_says_the_difference_between_nobody_and_nothing() {
    let patches = [
        LocalPatch::default(),
        LocalPatch {
            owner: Some(None),
            ..LocalPatch::default()
        },
        LocalPatch {
            owner: Some(Some(AgentId(4))),
            ..LocalPatch::default()
        },
        LocalPatch {
            stage: Some((Lifecycle::Opportunity, stage("won"))),
            fields: BTreeMap::from([(keys::EMAIL, None), (keys::JOB_TITLE, Some(text("x")))]),
            ..LocalPatch::default()
        },
    ];
    for patch in patches {
        let text = serde_json::to_string(&patch).unwrap();
        assert_eq!(serde_json::from_str::<LocalPatch>(&text).unwrap(), patch, "{text}");
    }
    assert!(LocalPatch::default().is_empty());
}

#[test]
fn a_card_shows_the_worst_of_its_state() {
    let home = Home::new();
    let ticket = home.lead("Acme Ltd", "Jane Doe");
    assert_eq!(sync(&home, ticket), SyncState::Synced);
    let entry = update(&home, ticket, "Director");
    assert_eq!(sync(&home, ticket), SyncState::Waiting);
    to(&home, entry, OutboxState::Parked);
    assert_eq!(sync(&home, ticket), SyncState::Refused);
    let conflict = NewConflict {
        ticket,
        field: "owner".to_owned(),
        label: "Owner".to_owned(),
        mine: "Ann".to_owned(),
        theirs: "Bob".to_owned(),
        mine_patch: LocalPatch::default(),
        theirs_patch: LocalPatch {
            owner: Some(None),
            ..LocalPatch::default()
        },
    };
    let id = home.quiet(|w| w.open_conflict(&conflict));
    assert_eq!(sync(&home, ticket), SyncState::Conflict);
    // The same conflict again takes the newer values and does not ask twice.
    assert_eq!(
        home.quiet(|w| w.open_conflict(&NewConflict {
            theirs: "Cleo".to_owned(),
            ..conflict.clone()
        })),
        id
    );
    let open = home.store.conflicts(ticket).unwrap();
    assert_eq!((open.len(), open[0].row.theirs.as_str()), (1, "Cleo"));
    assert_eq!(open[0].theirs.owner, Some(None));
    assert_eq!(open[0].row.ticket_label, "Acme Ltd – Jane Doe");
    assert_eq!(
        (open[0].row.mine_at, open[0].row.mine_by),
        (None, None),
        "nobody ever gave it an owner"
    );
    assert_eq!(
        home.store.outbox_counts().unwrap(),
        OutboxCounts {
            waiting: 0,
            parked: 1,
            conflicts: 1
        }
    );
    home.quiet(|w| w.set_gone(ticket, true));
    assert_eq!(sync(&home, ticket), SyncState::Gone);
    home.quiet(|w| w.set_gone(ticket, false));
    home.write("choose", |w| w.resolve_conflict(id, Choice::Theirs));
    assert_eq!(home.store.conflict(id).unwrap(), None);
    assert_eq!(sync(&home, ticket), SyncState::Refused);
    home.quiet(|w| w.retry_all());
    assert_eq!(sync(&home, ticket), SyncState::Waiting);
    to(&home, entry, OutboxState::Sent);
    assert_eq!(sync(&home, ticket), SyncState::Synced);
    let twice = home.refused::<_, crate::Error>(|w| w.resolve_conflict(id, Choice::Mine));
    assert!(matches!(twice, crate::Error::NotFound { .. }));
}

#[test]
fn a_conflict_says_who_wrote_mine_and_when() {
    let home = Home::new();
    let ann = home.agent(7, "Ann");
    let ticket = home.lead("Acme Ltd", "Jane Doe");
    let other = home.lead("Globex", "Omar Haddad");
    set(&home, ticket, keys::JOB_TITLE, Some(text("Manager")));
    let by_ann = NewOperation {
        actor: Actor::Person(Some(ann)),
        ..operation("job title")
    };
    let at = home.now();
    home.store
        .write(by_ann, at, |w| {
            w.set_value(ticket, keys::JOB_TITLE, Some(typed(text("Director"))))
        })
        .unwrap();
    set(&home, ticket, keys::INDUSTRY, Some(text("Legal")));
    set(&home, other, keys::JOB_TITLE, Some(text("Owner")));
    home.quiet(|w| {
        w.open_conflict(&NewConflict {
            ticket,
            field: keys::JOB_TITLE.as_str().to_owned(),
            label: "Job title".to_owned(),
            mine: "Director".to_owned(),
            theirs: "Head of IT".to_owned(),
            mine_patch: LocalPatch::default(),
            theirs_patch: LocalPatch::default(),
        })
    });
    let open = home.store.all_conflicts().unwrap();
    let [conflict] = open.as_slice() else {
        panic!("{open:?}")
    };
    assert_eq!((conflict.row.mine_at, conflict.row.mine_by), (Some(at), Some(ann)));
    assert_eq!(conflict.row.theirs_at, None, "HaloPSA has not shown it yet");
}

#[test]
fn an_activity_shows_whether_halopsa_has_it() {
    let home = Home::new();
    let ticket = home.lead("Acme Ltd", "Jane Doe");
    let entry = note(&home, ticket);
    for (state, shown) in [
        (OutboxState::Waiting, SyncState::Waiting),
        (OutboxState::Sending, SyncState::Waiting),
        (OutboxState::Parked, SyncState::Refused),
        (OutboxState::Sent, SyncState::Synced),
    ] {
        to(&home, entry, state);
        assert_eq!(home.store.activities(ticket).unwrap()[0].sync, shown, "{state:?}");
    }
}

#[test]
fn a_person_reads_refused_first_then_waiting_then_the_last_that_were_accepted() {
    let home = Home::new();
    let ticket = home.lead("Acme Ltd", "Jane Doe");
    let nameless = home.lead("", "");
    let accepted = update(&home, ticket, "Clerk");
    to(&home, accepted, OutboxState::Sent);
    let waiting = update(&home, nameless, "Director");
    let parked = update(&home, ticket, "Manager");
    home.quiet(|w| {
        w.set_outbox_state(
            parked,
            &StateChange {
                tries: 1,
                reason: Some("HaloPSA refused the job title".to_owned()),
                detail: Some("400: invalid".to_owned()),
                ..StateChange::to(OutboxState::Parked)
            },
        )
    });
    let rows = home.store.outbox(10).unwrap();
    assert_eq!(
        rows.iter().map(|row| row.id).collect::<Vec<_>>(),
        [parked, waiting, accepted]
    );
    assert_eq!(rows[0].ticket_label, "Acme Ltd – Jane Doe");
    assert_eq!(rows[0].what, "Job title: Manager");
    assert_eq!(rows[0].reason.as_deref(), Some("HaloPSA refused the job title"));
    assert_eq!(rows[0].fields, [keys::JOB_TITLE]);
    assert!(rows[0].operation.is_some());
    assert_eq!(rows[1].ticket_label, "a ticket without a name");
    assert_eq!(home.store.outbox(0).unwrap().len(), 2);
    assert_eq!(home.quiet(|w| w.forget_sent(minute(100_000))), 1);
    assert_eq!(home.store.outbox(10).unwrap().len(), 2);
}

#[test]
fn an_entry_and_its_edit_are_one_operation() {
    let home = Home::new();
    let ticket = home.lead("Acme Ltd", "Jane Doe");
    let written = home.write("edit", |w| {
        w.set_value(ticket, keys::EMAIL, Some(super::typed(email("jane@acme.example"))))?;
        let changed = w.applied().len();
        w.enqueue(NewEntry {
            ticket,
            payload: OutboxPayload::Update {
                patch: LocalPatch::default(),
            },
            what: format!("{changed} change"),
        })
    });
    let entry = home.store.outbox_entry(written.value).unwrap().unwrap();
    assert_eq!(entry.operation, written.operation);
    assert_eq!(entry.what, "1 change");
    assert!(written.changes.outbox && written.changes.board);
    assert_eq!(written.changes.tickets, [ticket]);
    // A failure after the entry was queued takes the entry away again.
    set(&home, ticket, keys::JOB_TITLE, Some(text("Director")));
    let before = home.dump();
    let failed: crate::Error = home.refused(|w| {
        w.enqueue(NewEntry {
            ticket,
            payload: OutboxPayload::Create { key: String::new() },
            what: String::new(),
        })?;
        w.set_owner(TicketId(404), None)
    });
    assert!(matches!(
        failed,
        crate::Error::NotFound {
            what: "ticket",
            id: 404
        }
    ));
    assert_eq!(home.dump(), before);
}
