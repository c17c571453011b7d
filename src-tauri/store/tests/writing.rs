//! What a write changes beside the row: card, stays, totals, change set; and what it leaves alone.

use chrono::TimeDelta;
use domain::{
    HaloActionId, HaloStatusId, HaloTicketId, HaloTicketTypeId, Lifecycle, Source, TicketId, Value,
    activity::ActivityKind, fields::keys, money::Money, remote::RemoteTicket,
};

use super::{Home, agent, email, lead, minute, operation, pounds, set, stage, text, typed};
use crate::{Card, Changes, Error, NewActivity, StageStay, SyncState};

#[test]
fn a_card_follows_the_values_of_its_ticket() {
    let home = Home::new();
    let ticket = home.lead("Acme Ltd", "Jane Doe");
    let owner = home.agent(1_004, "Ann");
    for (field, value) in [
        (keys::EMAIL, email("jane@acme.example")),
        (keys::OPPORTUNITY_VALUE, pounds(5_000)),
        (keys::PROBABILITY, Value::Percent(40)),
        (keys::FIT_SCORE, Value::Integer(75)),
        (keys::DO_NOT_CONTACT, Value::Boolean(true)),
        (keys::LEAD_SOURCE, text("Website")),
        (keys::JOB_TITLE, text("Director")),
    ] {
        set(&home, ticket, field, Some(value));
    }
    home.write("owner", |w| {
        w.set_lead_score(ticket, Some(55))?;
        w.set_halo_id(ticket, HaloTicketId(2_077))?;
        w.set_owner(ticket, Some(owner))
    });
    let card = home.store.card(ticket).unwrap().unwrap();
    let entered_at = card.entered_at;
    assert_eq!(
        card,
        Card {
            id: ticket,
            halo_id: Some(HaloTicketId(2_077)),
            lifecycle: Lifecycle::Lead,
            stage: stage("contacted"),
            company: "Acme Ltd".to_owned(),
            person: "Jane Doe".to_owned(),
            owner: Some(owner),
            value: Some(Money {
                minor: 500_000,
                currency: "GBP".to_owned()
            }),
            probability: Some(40),
            fit_score: Some(75),
            lead_score: Some(55),
            entered_at,
            next_action: None,
            next_action_at: None,
            do_not_contact: true,
            sync: SyncState::Synced,
        }
    );
    assert_eq!(home.store.sources().unwrap(), ["Website"]);
    assert_eq!(home.store.ticket_by_halo(HaloTicketId(2_077)).unwrap(), Some(ticket));
    for field in [
        keys::OPPORTUNITY_VALUE,
        keys::PROBABILITY,
        keys::FIT_SCORE,
        keys::DO_NOT_CONTACT,
        keys::EMAIL,
    ] {
        set(&home, ticket, field, None);
    }
    let card = home.store.card(ticket).unwrap().unwrap();
    assert_eq!(
        (card.value, card.probability, card.fit_score, card.do_not_contact),
        (None, None, None, false)
    );
    assert_eq!(home.totals(), home.recounted());
}

#[test]
fn a_ticket_inserted_with_its_values_equals_one_that_got_them_one_by_one() {
    let values = || {
        vec![
            (keys::COMPANY_NAME, typed(text("Acme Ltd"))),
            (keys::PERSON_NAME, typed(text("Jane Doe"))),
            (keys::EMAIL, typed(email("jane@acme.example"))),
            (keys::OPPORTUNITY_VALUE, typed(pounds(70))),
            (keys::PROBABILITY, typed(Value::Percent(10))),
            (keys::LEAD_SOURCE, typed(text("Referral"))),
        ]
    };
    let home = Home::new();
    let at_once = home.lead_with("", "", |new| new.values = values());
    let one_by_one = home.lead("", "");
    for (field, stored) in values() {
        home.quiet(|w| w.set_value(one_by_one, field, Some(stored)));
    }
    let mut other = home.store.card(one_by_one).unwrap().unwrap();
    let card = home.store.card(at_once).unwrap().unwrap();
    other.id = card.id;
    other.entered_at = card.entered_at;
    assert_eq!(card, other);
    assert_eq!(
        home.store.values(at_once).unwrap(),
        home.store.values(one_by_one).unwrap()
    );
    assert_eq!(home.store.search("jane@acme", 9).unwrap().len(), 2);
}

#[test]
fn of_a_field_that_a_new_ticket_has_twice_the_last_one_stays() {
    let home = Home::new();
    let ticket = home.lead_with("", "", |new| {
        new.values = vec![
            (keys::FIRST_NAME, typed(text("J."))),
            (keys::JOB_TITLE, typed(text("Director"))),
            (keys::FIRST_NAME, typed(text("Jane"))),
        ];
    });
    let values = home.store.values(ticket).unwrap();
    assert_eq!(values.len(), 2);
    assert_eq!(values[&keys::FIRST_NAME].value, text("Jane"));
}

#[test]
fn stays_in_stages_touch_and_never_overlap() {
    let home = Home::new();
    let ticket = home.lead("Acme Ltd", "Jane Doe");
    let started = home.store.card(ticket).unwrap().unwrap().entered_at;
    let moves = [("engaged", 10), ("no_interest", 20), ("contacted", 20), ("engaged", 5)];
    for (to, minutes) in moves {
        let at = started + TimeDelta::minutes(minutes);
        assert!(
            home.write("move", |w| w.move_ticket(ticket, Lifecycle::Lead, &stage(to), None, at))
                .value
        );
    }
    let stays = home.store.stage_entries(ticket).unwrap();
    assert_eq!(stays.len(), 5);
    for pair in stays.windows(2) {
        assert_eq!(pair[0].left_at, Some(pair[1].entered_at));
        assert!(
            pair[0].entered_at <= pair[1].entered_at,
            "a clock that was set back makes no negative stay"
        );
    }
    assert_eq!(stays[4].left_at, None);
    assert_eq!(stays[4].stage, stage("engaged"));
    // Where it is already, there is nothing to move.
    let again = home.write("move", |w| {
        w.move_ticket(ticket, Lifecycle::Lead, &stage("engaged"), None, w.at())
    });
    assert_eq!((again.value, again.operation), (false, None));
    assert_eq!(home.store.stage_entries(ticket).unwrap(), stays);
}

#[test]
fn a_rebuilt_past_replaces_only_what_was_rebuilt() {
    let home = Home::new();
    let ticket = home.lead("Acme Ltd", "Jane Doe");
    home.write("move", |w| {
        w.move_ticket(ticket, Lifecycle::Lead, &stage("engaged"), None, w.at())
    });
    let seen = home.store.stage_entries(ticket).unwrap();
    let past = |key: &str, from: i64| StageStay {
        lifecycle: Lifecycle::Lead,
        stage: stage(key),
        entered_at: minute(from),
        left_at: minute(from + 10),
        by: None,
    };
    home.quiet(|w| w.rebuild_stays(ticket, &[past("new_lead", -100), past("researching", -90)]));
    home.quiet(|w| w.rebuild_stays(ticket, &[past("researching", -90)]));
    let stays = home.store.stage_entries(ticket).unwrap();
    assert_eq!(stays.len(), 3);
    assert!(stays[0].rebuilt);
    assert_eq!(stays[1..], seen);
}

#[test]
fn a_write_that_changes_nothing_leaves_no_trace() {
    let home = Home::new();
    let ticket = home.lead("Acme Ltd", "Jane Doe");
    let mirrored = remote(ticket);
    home.quiet(|w| w.mirror_put(&mirrored));
    let seq = home.store.seq().unwrap();
    let nothing = home.write("nothing", |w| {
        assert!(!w.set_owner(ticket, None)?);
        assert!(!w.set_value(ticket, keys::JOB_TITLE, None)?);
        assert!(!w.set_value(ticket, keys::COMPANY_NAME, Some(typed(text("Acme Ltd"))))?);
        assert!(!w.set_summary(ticket, "")?);
        let mut shuffled = mirrored.clone();
        shuffled.fields_known.reverse();
        assert!(!w.mirror_put(&shuffled)?);
        w.relabel("Nothing at all".to_owned());
        w.set_lead_score(ticket, None)
    });
    assert_eq!(nothing.operation, None);
    assert_eq!(
        nothing.changes,
        Changes {
            seq,
            ..Changes::default()
        }
    );
    assert_eq!(home.store.seq().unwrap(), seq);
    assert_eq!(home.store.history(ticket).unwrap(), []);
}

#[test]
fn an_echo_does_not_take_a_value_from_the_person_who_typed_it() {
    let home = Home::new();
    let ticket = home.lead("Acme Ltd", "Jane Doe");
    let mut echo = typed(text("Acme Ltd"));
    echo.provenance.source = Source::Halopsa;
    home.quiet(|w| w.set_value(ticket, keys::COMPANY_NAME, Some(echo)));
    assert_eq!(
        home.store.values(ticket).unwrap()[&keys::COMPANY_NAME]
            .provenance
            .source,
        Source::Person
    );
}

#[test]
fn changes_say_what_to_refresh_and_the_label_is_the_last_one_given() {
    let home = Home::new();
    let (one, two) = (home.lead("Acme Ltd", "Jane Doe"), home.lead("Beta plc", "John Roe"));
    let edit = home.write("edit", |w| {
        w.set_value(two, keys::JOB_TITLE, Some(typed(text("Director"))))?;
        w.set_value(one, keys::JOB_TITLE, Some(typed(text("Director"))))?;
        w.relabel("Two titles".to_owned());
        Ok(())
    });
    assert_eq!(
        edit.changes,
        Changes {
            tickets: vec![one, two],
            seq: edit.changes.seq,
            ..Changes::default()
        }
    );
    assert_eq!(
        home.store.operation(edit.operation.unwrap()).unwrap().unwrap().label,
        "Two titles"
    );
    assert_eq!(home.store.history(one).unwrap()[0].label, "Two titles");
    let value = set(&home, one, keys::OPPORTUNITY_VALUE, Some(pounds(1)));
    assert!(value.changes.board, "sums changed");
    assert!(value.changes.seq > edit.changes.seq);
    let setting = home.write("setting", |w| w.setting_set("country", "GB"));
    assert!(setting.changes.settings && setting.operation.is_none() && setting.changes.tickets.is_empty());
    let agents = home
        .store
        .write_quiet::<_, Error>(home.now(), |w| w.upsert_agent(&agent(9, "Bob")))
        .unwrap();
    assert!(agents.changes.agents);
    let again = home
        .store
        .write_quiet::<_, Error>(home.now(), |w| w.upsert_agent(&agent(9, "Bob")))
        .unwrap();
    assert!(!again.changes.agents);
}

#[test]
fn many_tickets_are_told_as_all() {
    let home = Home::new();
    let written = home
        .store
        .write_quiet::<_, Error>(home.now(), |w| {
            for number in 0..1_001 {
                w.insert_ticket(lead(&format!("Company {number}"), "Jane Doe", minute(number)))?;
            }
            Ok(())
        })
        .unwrap();
    assert!(written.changes.all_tickets && written.changes.board && written.changes.tickets.is_empty());
    assert_eq!(home.store.ticket_count().unwrap(), 1_001);
}

#[test]
fn what_names_nothing_is_told() {
    let home = Home::new();
    let missing = TicketId(404);
    type Work = fn(&mut crate::Writer<'_>) -> Result<(), Error>;
    let works: [Work; 7] = [
        |w| {
            w.move_ticket(TicketId(404), Lifecycle::Lead, &stage("engaged"), None, w.at())
                .map(drop)
        },
        |w| w.set_owner(TicketId(404), None).map(drop),
        |w| {
            w.set_value(TicketId(404), keys::EMAIL, Some(typed(email("a@b.example"))))
                .map(drop)
        },
        |w| w.set_gone(TicketId(404), true),
        |w| w.set_halo_id(TicketId(404), HaloTicketId(1)),
        |w| w.update_activity_remote(domain::ActivityId(404), HaloActionId(1)),
        |w| w.remove_entry(domain::OutboxId(404)),
    ];
    for work in works {
        let error = home.refused::<_, Error>(work);
        assert!(
            matches!(error, Error::NotFound { id: 404, .. } | Error::Sql(_)),
            "{error:?}"
        );
    }
    assert_eq!(home.store.card(missing).unwrap(), None);
    assert_eq!(home.dump(), "");
}

#[test]
fn an_action_of_ours_that_a_pull_brings_back_is_one_activity() {
    let home = Home::new();
    let ticket = home.lead("Acme Ltd", "Jane Doe");
    let note = |body: &str| NewActivity {
        ticket,
        kind: ActivityKind::Note,
        at: minute(5),
        agent: None,
        who: "Ann".to_owned(),
        subject: String::new(),
        body: body.to_owned(),
        call: None,
    };
    let ours = home.write("note", |w| w.insert_activity(note("Hello"))).value;
    // The pull was quicker than our own answer.
    assert!(home.quiet(|w| w.put_remote_activity(note("Hello"), HaloActionId(3))));
    assert_eq!(home.store.activities(ticket).unwrap().len(), 2);
    home.quiet(|w| w.update_activity_remote(ours, HaloActionId(3)));
    assert_eq!(home.store.activities(ticket).unwrap().len(), 1);
    // Later pulls find it, and take what a colleague changed.
    assert!(!home.quiet(|w| w.put_remote_activity(note("Hello"), HaloActionId(3))));
    assert!(home.quiet(|w| w.put_remote_activity(note("Hello, edited"), HaloActionId(3))));
    let activities = home.store.activities(ticket).unwrap();
    assert_eq!(
        (activities.len(), activities[0].id, activities[0].body.as_str()),
        (1, ours, "Hello, edited")
    );
    assert!(home.quiet(|w| w.put_remote_activity(
        NewActivity {
            at: minute(9),
            ..note("Newer")
        },
        HaloActionId(4)
    )));
    assert_eq!(home.store.activities(ticket).unwrap()[0].body, "Newer");
}

fn remote(ticket: TicketId) -> RemoteTicket {
    RemoteTicket {
        id: HaloTicketId(1_000 + ticket.0),
        ticket_type: HaloTicketTypeId(41),
        status: HaloStatusId(2),
        lifecycle: Some(Lifecycle::Lead),
        stage: Some(stage("contacted")),
        owner: None,
        summary: "Lead".to_owned(),
        contact: None,
        company: None,
        site: None,
        fields: [(keys::JOB_TITLE, text("Director"))].into(),
        tags: None,
        fields_known: vec![keys::JOB_TITLE, keys::EMAIL, keys::PHONE],
        created: None,
        last_update: Some(minute(3)),
        closed: false,
        warning: None,
    }
}

#[test]
fn documents_come_back_as_they_were() {
    let home = Home::new();
    let mut ticket = remote(TicketId(1));
    assert!(home.quiet(|w| w.mirror_put(&ticket)));
    ticket.fields_known.sort_unstable();
    assert_eq!(home.store.mirror_get(ticket.id).unwrap(), Some(ticket.clone()));
    ticket.summary = "Changed".to_owned();
    assert!(home.quiet(|w| w.mirror_put(&ticket)));
    assert_eq!(
        (
            home.store.mirror_count().unwrap(),
            home.store.mirror_get(ticket.id).unwrap().unwrap().summary.as_str()
        ),
        (1, "Changed")
    );
    // There is no such ticket here, so nothing of it differs.
    assert_eq!(
        home.store.read(|r| r.differing_from_mirror(keys::JOB_TITLE)).unwrap(),
        []
    );
    // The job title is kept elsewhere from now on: what was shown of it counts no more.
    assert_eq!(
        home.quiet(|w| w.mirror_forget_fields(&[keys::JOB_TITLE, keys::WEBSITE])),
        1
    );
    let left = home.store.mirror_get(ticket.id).unwrap().unwrap();
    assert_eq!(left.fields, [].into());
    assert_eq!(left.fields_known, [keys::EMAIL, keys::PHONE]);
    assert_eq!(left.summary, ticket.summary);
    assert_eq!(
        home.quiet(|w| w.mirror_forget_fields(&[keys::JOB_TITLE])),
        0,
        "it is forgotten already"
    );
    assert_eq!(home.quiet(|w| w.mirror_forget_fields(&[])), 0);
    home.quiet(|w| w.mirror_remove(ticket.id));
    assert_eq!(home.store.mirror_get(ticket.id).unwrap(), None);

    assert_eq!(home.store.cursor_get("tickets").unwrap(), None);
    home.quiet(|w| w.cursor_set("tickets", "page 7"));
    home.quiet(|w| w.cursor_set("tickets", "page 8"));
    assert_eq!(home.store.cursor_get("tickets").unwrap().as_deref(), Some("page 8"));
    home.quiet(|w| w.cursor_clear("tickets"));
    assert_eq!(home.store.cursor_get("tickets").unwrap(), None);

    home.quiet(|w| w.setting_set("folded", &vec!["won", "lost"]));
    assert_eq!(
        home.store.setting_get("folded").unwrap(),
        Some(vec!["won".to_owned(), "lost".to_owned()])
    );
    assert!(matches!(
        home.store.setting_get::<u8>("folded"),
        Err(Error::Unreadable { what: "setting", .. })
    ));
}

#[test]
fn two_tickets_never_share_a_halopsa_id() {
    let home = Home::new();
    home.lead_with("Acme Ltd", "Jane Doe", |new| new.halo_id = Some(HaloTicketId(5)));
    let before = home.dump();
    let refused = home.store.write::<_, Error>(operation("twice"), home.now(), |w| {
        let mut new = lead("Beta plc", "John Roe", minute(1));
        new.halo_id = Some(HaloTicketId(5));
        w.insert_ticket(new)
    });
    assert!(matches!(refused, Err(Error::Sql(_))), "{refused:?}");
    assert_eq!(home.dump(), before);
}

#[test]
fn a_value_of_a_field_that_is_no_longer_known_is_kept_and_not_shown() {
    let home = Home::new();
    let ticket = home.lead("Acme Ltd", "Jane Doe");
    home.store
        .writer()
        .execute(
            "INSERT INTO ticket_values (ticket, field, value, source, at) VALUES (?1, 'abolished', '1', 'person', 0)",
            [ticket.0],
        )
        .unwrap();
    assert_eq!(home.store.values(ticket).unwrap().len(), 2);
    set(&home, ticket, keys::JOB_TITLE, Some(text("Director")));
    assert!(home.dump().contains("abolished"));
}

#[test]
fn absurd_amounts_break_no_sum() {
    let home = Home::new();
    for number in 0..3 {
        let ticket = home.lead(&format!("Company {number}"), "Jane Doe");
        let absurd = Value::Money(Money {
            minor: i64::MAX,
            currency: "GBP".to_owned(),
        });
        set(&home, ticket, keys::OPPORTUNITY_VALUE, Some(absurd.clone()));
        set(&home, ticket, keys::PROBABILITY, Some(Value::Percent(100)));
        assert_eq!(
            home.store.values(ticket).unwrap()[&keys::OPPORTUNITY_VALUE].value,
            absurd
        );
    }
    let heads = home.store.column_heads(&crate::Filter::default()).unwrap();
    assert_eq!(heads[0].sums[0].minor, 30_000_000_000_000);
    assert_eq!(heads[0].weighted[0].minor, 30_000_000_000_000);
}
