//! Undo: one mechanism for everything that a person does, and never at the cost of what somebody did since.
//! It is long because the stories share one set of helpers and one meaning.

use std::collections::BTreeMap;

use super::{Home, ME, email, lead, minute, phone, pounds, set, stage, text, typed, undo_of};
use crate::{
    Actor, Applied, Change, Choice, Error, Filter, LocalPatch, NewActivity, NewConflict, NewEntry, NewOperation,
    OutboxPayload, OutboxState, RevertError, StateChange, Writer,
};
use chrono::TimeDelta;
use domain::{
    FieldKey, HaloActionId, HaloTicketId, Lifecycle, TicketId, Value,
    activity::{ActivityKind, CallOutcome, CallRecord, Direction, NextAction},
    fields::keys,
    remote::{RemoteCompany, RemoteContact},
};

pub(super) fn note(ticket: TicketId) -> NewActivity {
    NewActivity {
        ticket,
        kind: ActivityKind::Note,
        at: minute(1),
        agent: None,
        who: "Me".to_owned(),
        subject: String::new(),
        body: "Wants a quote".to_owned(),
        call: None,
    }
}

fn conflict(ticket: TicketId) -> NewConflict {
    let patch = |value: &str| LocalPatch {
        fields: BTreeMap::from([(keys::JOB_TITLE, Some(text(value)))]),
        ..LocalPatch::default()
    };
    NewConflict {
        ticket,
        field: "job_title".to_owned(),
        label: "Job title".to_owned(),
        mine: "Director".to_owned(),
        theirs: "Manager".to_owned(),
        mine_patch: patch("Director"),
        theirs_patch: patch("Manager"),
    }
}

#[test]
fn every_kind_of_change_is_undone_and_redone() {
    let home = Home::new();
    let ticket = home.lead("Acme Ltd", "Jane Doe");
    let owner = home.agent(4, "Ann");
    let (contact, company) = home.quiet(|w| {
        let company = w.upsert_company(&RemoteCompany {
            id: domain::HaloCompanyId(12),
            main_site: None,
            name: "Acme".to_owned(),
            website: String::new(),
            phone: String::new(),
            inactive: false,
            last_update: None,
        })?;
        let contact = w.upsert_contact(&RemoteContact {
            id: domain::HaloContactId(34),
            name: "Jane Doe".to_owned(),
            first_name: String::new(),
            last_name: String::new(),
            email: String::new(),
            phones: Vec::new(),
            company: Some(domain::HaloCompanyId(12)),
            site: None,
            inactive: false,
            last_update: None,
        })?;
        Ok((contact, company))
    });
    let open = home.quiet(|w| w.open_conflict(&conflict(ticket)));
    type Work = Box<dyn FnOnce(&mut Writer<'_>) -> Result<(), Error>>;
    let works: Vec<(&str, Work)> = vec![
        (
            "move",
            Box::new(move |w| {
                assert!(w.move_ticket(ticket, Lifecycle::Lead, &stage("engaged"), Some(owner), w.at())?);
                Ok(())
            }),
        ),
        (
            "promote",
            Box::new(move |w| {
                assert!(w.move_ticket(ticket, Lifecycle::Prospect, &stage("new_prospect"), None, w.at())?);
                Ok(())
            }),
        ),
        (
            "owner",
            Box::new(move |w| w.set_owner(ticket, Some(owner)).map(|changed| assert!(changed))),
        ),
        (
            "fields",
            Box::new(move |w| {
                w.set_value(ticket, keys::COMPANY_NAME, Some(typed(text("Acme Limited"))))?;
                w.set_value(ticket, keys::EMAIL, Some(typed(email("jane@acme.example"))))?;
                w.set_value(ticket, keys::PHONE, Some(typed(phone("020 7946 0018"))))?;
                w.set_value(ticket, keys::OPPORTUNITY_VALUE, Some(typed(pounds(5_000))))?;
                w.set_value(ticket, keys::PROBABILITY, Some(typed(Value::Percent(40))))?;
                w.set_value(ticket, keys::DO_NOT_CONTACT, Some(typed(Value::Boolean(true))))?;
                w.set_value(ticket, keys::PERSON_NAME, None)?;
                Ok(())
            }),
        ),
        (
            "summary",
            Box::new(move |w| w.set_summary(ticket, "A new summary").map(|changed| assert!(changed))),
        ),
        (
            "next action",
            Box::new(move |w| {
                let action = NextAction {
                    what: "Ring back".to_owned(),
                    due: minute(900),
                };
                w.set_next_action(ticket, Some(action)).map(|changed| assert!(changed))
            }),
        ),
        (
            "links",
            Box::new(move |w| {
                assert!(w.link_contact(ticket, Some(contact))?);
                assert!(w.link_company(ticket, Some(company))?);
                Ok(())
            }),
        ),
        (
            "call",
            Box::new(move |w| {
                let call = CallRecord {
                    direction: Direction::Outbound,
                    dialled: Some("+442079460018".to_owned()),
                    duration_s: 65,
                    outcome: CallOutcome::Connected,
                    next_action: None,
                    recording_url: None,
                };
                w.insert_activity(NewActivity {
                    kind: ActivityKind::Call,
                    call: Some(call),
                    ..note(ticket)
                })?;
                Ok(())
            }),
        ),
        ("conflict", Box::new(move |w| w.resolve_conflict(open, Choice::Mine))),
    ];
    let mut states = vec![home.dump()];
    let mut labels = Vec::new();
    for (label, work) in works {
        let written = home.write(label, work);
        assert!(written.operation.is_some(), "{label}");
        states.push(home.dump());
        labels.push(label.to_owned());
    }
    let visible = |state: &str| without_hidden(state);
    for (label, before) in labels.iter().zip(&states).rev() {
        assert_eq!(home.undo().as_ref(), Some(label));
        assert_eq!(visible(&home.dump()), visible(before), "undo of {label}");
    }
    assert_eq!(home.undo(), None);
    for (label, after) in labels.iter().zip(states.iter().skip(1)) {
        assert_eq!(home.redo().as_ref(), Some(label));
        assert_eq!(visible(&home.dump()), visible(after), "redo of {label}");
    }
    assert_eq!(home.redo(), None);
    assert_eq!(home.store.check().unwrap(), Vec::<String>::new());
}

/// What a person sees of a dump: activities that were taken back are kept hidden for redo.
pub(super) fn without_hidden(dump: &str) -> String {
    dump.lines()
        .filter(|line| !(line.starts_with("activities") && line.ends_with("Integer(1)")))
        .map(|line| format!("{line}\n"))
        .collect()
}

#[test]
fn a_created_ticket_is_undone_whole_and_comes_back_with_its_id() {
    let home = Home::new();
    let made = home.write("create", |w| {
        let mut new = lead("Acme Ltd", "Jane Doe", w.at());
        new.values.push((keys::PHONE, typed(phone("020 7946 0018"))));
        let ticket = w.insert_ticket(new)?;
        w.set_value(ticket, keys::JOB_TITLE, Some(typed(text("Director"))))?;
        Ok(ticket)
    });
    let ticket = made.value;
    assert_eq!(home.undo().unwrap(), "create");
    assert_eq!(home.store.card(ticket).unwrap(), None);
    assert_eq!(home.store.board(&Filter::default(), 10).unwrap(), Vec::new());
    assert_eq!(home.store.search("acme", 5).unwrap(), Vec::new());
    assert_eq!(home.store.search("79460018", 5).unwrap(), Vec::new());
    assert_eq!(home.redo().unwrap(), "create");
    assert_eq!(home.store.card(ticket).unwrap().unwrap().company, "Acme Ltd");
    assert_eq!(
        home.store.values(ticket).unwrap()[&keys::JOB_TITLE].value,
        text("Director")
    );
    assert_eq!(home.store.search("79460018", 5).unwrap().len(), 1);
}

#[test]
fn a_created_ticket_that_was_worked_on_since_stays() {
    let home = Home::new();
    let made = home.write("create", |w| w.insert_ticket(lead("Acme Ltd", "Jane Doe", minute(0))));
    let edit = set(&home, made.value, keys::JOB_TITLE, Some(text("Director")));
    let refused = home.refused(|w| w.revert(made.operation.unwrap()));
    assert!(
        matches!(&refused, RevertError::Conflict { what } if what == "Acme Ltd – Jane Doe"),
        "{refused:?}"
    );
    // Without the edit it may go.
    home.store
        .write(undo_of("edit"), home.now(), |w| w.revert(edit.operation.unwrap()))
        .unwrap();
    home.store
        .write(undo_of("create"), home.now(), |w| w.revert(made.operation.unwrap()))
        .unwrap();
    assert_eq!(home.store.card(made.value).unwrap(), None);
}

#[test]
fn what_somebody_changed_since_is_a_named_conflict_and_nothing_is_touched() {
    let home = Home::new();
    let one = home.lead("Acme Ltd", "Jane Doe");
    let two = home.lead("Beta plc", "John Roe");
    let both = home.write("both", |w| {
        for ticket in [one, two] {
            w.set_value(ticket, keys::JOB_TITLE, Some(typed(text("Director"))))?;
            w.move_ticket(ticket, Lifecycle::Lead, &stage("engaged"), None, w.at())?;
        }
        Ok(())
    });
    // HaloPSA changes one of the two; it is not journalled as anybody's operation here.
    home.quiet(|w| w.set_value(one, keys::JOB_TITLE, Some(typed(text("Manager")))));
    let before = home.dump();
    let refused = home.refused(|w| w.revert(both.operation.unwrap()));
    assert_eq!(
        refused.to_string(),
        "Job title of Acme Ltd – Jane Doe was changed since"
    );
    assert_eq!(home.dump(), before);
    assert!(!home.store.operation(both.operation.unwrap()).unwrap().unwrap().undone);
    home.quiet(|w| w.move_ticket(two, Lifecycle::Lead, &stage("no_interest"), None, w.at()));
    let refused = home.refused(|w| w.revert(both.operation.unwrap()));
    assert_eq!(
        refused.to_string(),
        "The stage of Beta plc – John Roe was changed since"
    );
}

#[test]
fn an_echo_that_writes_a_number_differently_is_no_conflict() {
    let home = Home::new();
    let ticket = home.lead("Acme Ltd", "Jane Doe");
    let edit = set(&home, ticket, keys::PHONE, Some(phone("020 7946 0018")));
    home.quiet(|w| w.set_value(ticket, keys::PHONE, Some(typed(phone("+44 20 7946 0018")))));
    home.store
        .write(undo_of("edit"), home.now(), |w| w.revert(edit.operation.unwrap()))
        .unwrap();
    assert_eq!(home.store.value(ticket, keys::PHONE).unwrap(), None);
}

#[test]
fn provenance_comes_back_with_the_value() {
    let home = Home::new();
    let ticket = home.lead("Acme Ltd", "Jane Doe");
    let mut imported = typed(text("Manager"));
    imported.raw = Some(" MANAGER ".to_owned());
    imported.provenance.source = domain::Source::Provider {
        name: "Apollo.io".to_owned(),
    };
    // Finer than the database keeps, so that both images are cut the same way.
    imported.provenance.at = minute(3) + TimeDelta::nanoseconds(1_234_567);
    home.quiet(|w| w.set_value(ticket, keys::JOB_TITLE, Some(imported)));
    let before = home.store.value(ticket, keys::JOB_TITLE).unwrap();
    set(&home, ticket, keys::JOB_TITLE, Some(text("Director")));
    assert_eq!(
        home.store
            .field_rows(ticket)
            .unwrap()
            .iter()
            .find(|row| row.field == keys::JOB_TITLE)
            .unwrap()
            .before,
        Some(text("Manager"))
    );
    home.undo();
    assert_eq!(home.store.value(ticket, keys::JOB_TITLE).unwrap(), before);
}

#[test]
fn a_move_that_is_undone_never_happened_for_the_funnel() {
    let home = Home::new();
    let ticket = home.lead("Acme Ltd", "Jane Doe");
    let entries = home.store.stage_entries(ticket).unwrap();
    let entered = home.store.card(ticket).unwrap().unwrap().entered_at;
    for to in ["engaged", "no_interest"] {
        home.write(to, |w| w.move_ticket(ticket, Lifecycle::Lead, &stage(to), None, w.at()));
    }
    let moved = home.store.stage_entries(ticket).unwrap();
    assert_eq!(moved.len(), 3);
    home.undo();
    home.undo();
    assert_eq!(home.store.stage_entries(ticket).unwrap(), entries);
    assert_eq!(home.store.card(ticket).unwrap().unwrap().entered_at, entered);
    home.redo();
    home.redo();
    assert_eq!(home.store.stage_entries(ticket).unwrap(), moved);
}

#[test]
fn the_keys_work_like_everywhere_else() {
    let home = Home::new();
    let ticket = home.lead("Acme Ltd", "Jane Doe");
    let title = |home: &Home| {
        home.store
            .value(ticket, keys::JOB_TITLE)
            .unwrap()
            .map(|stored| stored.value.display())
    };
    let edit = |home: &Home, value: &str| {
        home.write(value, |w| {
            w.set_value(ticket, keys::JOB_TITLE, Some(typed(text(value))))
        })
    };
    edit(&home, "one");
    edit(&home, "two");
    edit(&home, "three");
    assert_eq!(home.undo().unwrap(), "three");
    assert_eq!(home.undo().unwrap(), "two");
    assert_eq!(title(&home).unwrap(), "one");
    assert_eq!(home.redo().unwrap(), "two");
    assert_eq!(home.redo().unwrap(), "three");
    assert_eq!(home.redo(), None);
    assert_eq!(home.undo().unwrap(), "three");
    assert_eq!(home.redo().unwrap(), "three");
    assert_eq!(home.undo().unwrap(), "three");
    // Something new: what was undone is no longer ahead.
    edit(&home, "four");
    assert_eq!(home.redo(), None);
    assert_eq!(home.undo().unwrap(), "four");
    assert_eq!(title(&home).unwrap(), "two");
    assert_eq!(home.undo().unwrap(), "two");
    assert_eq!(home.undo().unwrap(), "one");
    assert_eq!(home.undo(), None);
    assert_eq!(title(&home), None);
    assert_eq!(home.redo().unwrap(), "one");
}

#[test]
fn the_keys_leave_other_hands_alone() {
    let home = Home::new();
    let ticket = home.lead("Acme Ltd", "Jane Doe");
    let (ann, bob) = (home.agent(1_001, "Ann"), home.agent(2_001, "Bob"));
    let by = |actor: Actor, undoable: bool, field: FieldKey| {
        let operation = NewOperation {
            kind: "test",
            label: format!("{actor:?}"),
            actor,
            undoable,
        };
        home.store
            .write::<_, Error>(operation, home.now(), |w| {
                w.set_value(ticket, field, Some(typed(text("x"))))
            })
            .unwrap()
            .operation
            .unwrap()
    };
    let anns = by(Actor::Person(Some(ann)), true, keys::JOB_TITLE);
    let bobs = by(Actor::Person(Some(bob)), true, keys::INDUSTRY);
    let machine = by(Actor::Machine("HaloPSA"), true, keys::INITIAL_NOTES);
    let fixed = by(Actor::Person(Some(ann)), false, keys::COMPETITORS);
    let last = |actor| home.store.last_undoable(actor).unwrap().map(|operation| operation.id);
    assert_eq!(last(Actor::Person(Some(ann))), Some(anns));
    assert_eq!(last(Actor::Person(Some(bob))), Some(bobs));
    assert_eq!(last(ME), None);
    assert_eq!(last(Actor::Machine("HaloPSA")), None);
    assert!(matches!(home.refused(|w| w.revert(fixed)), RevertError::NotUndoable));
    assert!(matches!(
        home.refused(|w| w.revert(domain::OperationId(999))),
        RevertError::NotUndoable
    ));
    // A named operation may be taken back whoever did it, once.
    home.store
        .write(undo_of("machine"), home.now(), |w| w.revert(machine))
        .unwrap();
    assert!(matches!(
        home.refused(|w| w.revert(machine)),
        RevertError::AlreadyUndone
    ));
    let history = home.store.history(ticket).unwrap();
    let row = history.iter().find(|row| row.operation == machine).unwrap();
    assert!(row.undone);
    assert_eq!(row.by_machine.as_deref(), Some("HaloPSA"));
}

#[test]
fn what_halopsa_has_cannot_be_unsaid() {
    let home = Home::new();
    let ticket = home.lead("Acme Ltd", "Jane Doe");
    let states = [OutboxState::Sending, OutboxState::Uncertain, OutboxState::Sent];
    for state in states {
        let noted = home.write("note", |w| {
            let activity = w.insert_activity(note(ticket))?;
            w.enqueue(NewEntry {
                ticket,
                payload: OutboxPayload::Activity { activity },
                what: "Note".to_owned(),
            })
        });
        home.quiet(|w| w.set_outbox_state(noted.value, &StateChange::to(state)));
        let refused = home.refused(|w| w.revert(noted.operation.unwrap()));
        assert_eq!(
            refused.to_string(),
            "The note on Acme Ltd – Jane Doe is already in HaloPSA and cannot be taken back"
        );
    }
    let noted = home.write("note", |w| w.insert_activity(note(ticket)));
    home.quiet(|w| w.update_activity_remote(noted.value, HaloActionId(7)));
    assert!(matches!(
        home.refused(|w| w.revert(noted.operation.unwrap())),
        RevertError::Sent { .. }
    ));
    assert_eq!(home.store.activities(ticket).unwrap().len(), 4);

    let made = home.write("create", |w| w.insert_ticket(lead("Beta plc", "John Roe", minute(1))));
    home.quiet(|w| w.set_halo_id(made.value, HaloTicketId(3_001)));
    assert!(matches!(
        home.refused(|w| w.revert(made.operation.unwrap())),
        RevertError::Sent { .. }
    ));
    assert!(home.store.card(made.value).unwrap().is_some());
}

#[test]
fn a_conflict_that_was_followed_by_another_stays_closed() {
    let home = Home::new();
    let ticket = home.lead("Acme Ltd", "Jane Doe");
    let first = home.quiet(|w| w.open_conflict(&conflict(ticket)));
    let resolved = home.write("resolve", |w| w.resolve_conflict(first, Choice::Theirs));
    home.quiet(|w| w.open_conflict(&conflict(ticket)));
    assert!(matches!(
        home.refused(|w| w.revert(resolved.operation.unwrap())),
        RevertError::Conflict { .. }
    ));
}

#[test]
fn the_changes_of_an_undo_are_told_like_any_others() {
    let home = Home::new();
    let ticket = home.lead("Acme Ltd", "Jane Doe");
    let edit = set(&home, ticket, keys::JOB_TITLE, Some(text("Director")));
    let undone = home
        .store
        .write::<_, RevertError>(undo_of("edit"), home.now(), |w| {
            w.revert(edit.operation.unwrap())?;
            Ok(w.applied().to_vec())
        })
        .unwrap();
    assert!(
        matches!(undone.value.as_slice(), [Applied { ticket: on, change: Change::Field { field, before: Some(_), after: None } }]
            if *on == ticket && *field == keys::JOB_TITLE),
        "{:?}",
        undone.value
    );
    assert_eq!(undone.changes.tickets, [ticket]);
    let row = home.store.operation(undone.operation.unwrap()).unwrap().unwrap();
    assert_eq!(row.undo_of, edit.operation);
    assert_eq!(row.root_label, "Job title");
    assert_eq!(
        home.store.operation_changes(undone.operation.unwrap()).unwrap(),
        undone.value
    );
}

#[test]
fn a_quiet_write_has_no_journal_and_reverts_nothing() {
    let home = Home::new();
    let ticket = home.lead("Acme Ltd", "Jane Doe");
    let edit = set(&home, ticket, keys::JOB_TITLE, Some(text("Director")));
    let refused = home
        .store
        .write_quiet(home.now(), |w| w.revert(edit.operation.unwrap()))
        .unwrap_err();
    assert!(matches!(refused, RevertError::NotUndoable));
    home.quiet(|w| {
        w.set_owner(ticket, None)?;
        w.set_value(ticket, keys::INDUSTRY, Some(typed(text("Legal"))))?;
        assert!(w.applied().is_empty());
        assert_eq!(w.actor(), None);
        Ok(())
    });
    assert_eq!(home.store.history(ticket).unwrap().len(), 1);
}
