//! HaloPSA says no: the change comes back with its reason, the value stays, and other tickets go on.

use domain::fields::keys;
use engine::{Link, Problem};
use sandbox::{Fault, Right, Setup, UnknownId};
use serde_json::json;
use store::{OutboxState, SyncState};
use support::{JANE, LIV, OMAR, World};

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_move_is_parked_with_its_reason_and_others_go_on() -> anyhow::Result<()> {
    let world = World::start().await?;
    world.allows_status(400);
    let (jane, jane_halo) = world.lead(&JANE, "Contacted").await?;
    let (omar, omar_halo) = world.lead(&OMAR, "Contacted").await?;
    world.sandbox.configure(|behaviour| behaviour.strict_workflow = true);
    world.drag(jane, "engaged")?;
    world.engine()?.add_note(jane, "The note goes all the same")?;
    world.engine()?.edit_field(omar, keys::JOB_TITLE, "Founder")?;
    world.sync().await?;

    assert_eq!(world.in_halo(omar_halo, "oppjobtitle")?, "Founder");
    assert_eq!(world.notes_in_halo(jane_halo), ["The note goes all the same"]);
    assert_eq!(world.stage(jane)?.as_str(), "engaged", "the rep's value is intact");
    assert_eq!(world.card(jane)?.sync, SyncState::Refused);
    let [entry] = world.unsent()?.try_into().expect("one entry");
    assert_eq!(entry.state, OutboxState::Parked);
    assert!(entry.reason.is_some_and(|reason| !reason.is_empty()));
    assert!(entry.detail.is_some_and(|detail| detail.contains("Workflow")));
    let posts = world.sandbox.stats().count("POST /api/tickets");
    for _ in 0..3 {
        world.sync().await?;
    }
    assert_eq!(
        world.sandbox.stats().count("POST /api/tickets"),
        posts,
        "a refused change is not sent again by itself"
    );

    // The administrator allows it, and the rep tries again.
    world.sandbox.configure(|behaviour| behaviour.strict_workflow = false);
    world.engine()?.retry_entry(entry.id)?;
    world.sync().await?;
    assert_eq!(world.status_in_halo(jane_halo)?, "Engaged");
    assert_eq!(world.writes(jane_halo), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_change_can_be_discarded_and_the_discard_undone() -> anyhow::Result<()> {
    let world = World::start().await?;
    world.allows_status(400);
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    world.sandbox.configure(|behaviour| behaviour.strict_workflow = true);
    world.drag(jane, "engaged")?;
    world.sync().await?;
    let [entry] = world.unsent()?.try_into().expect("one entry");
    let done = world.engine()?.discard_entry(entry.id)?;
    assert_eq!(done.label, "Discarded “Move to Engaged” of Acme Legal Ltd – Jane Doe");
    assert_eq!(world.stage(jane)?.as_str(), "contacted");
    assert!(world.unsent()?.is_empty());
    assert!(matches!(
        world
            .engine()?
            .discard_entry(entry.id)
            .expect_err("it is gone")
            .downcast_ref::<Problem>(),
        Some(Problem::NotFound { .. })
    ));
    world.sandbox.configure(|behaviour| behaviour.strict_workflow = false);
    world.engine()?.undo()?;
    assert_eq!(world.stage(jane)?.as_str(), "engaged");
    world.sync().await?;
    assert_eq!(world.status_in_halo(halo)?, "Engaged");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn editing_a_refused_value_sends_it_again() -> anyhow::Result<()> {
    let world = World::start().await?;
    world.allows_status(400);
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    let refusal = Fault::Refuse {
        status: 400,
        body: "\"The job title is too long\"".to_owned(),
    };
    world.sandbox.faults().add(refusal.on("POST /api/Tickets").times(1));
    world
        .engine()?
        .edit_field(jane, keys::JOB_TITLE, "Director of everything with a plug")?;
    world.sync().await?;
    assert_eq!(world.card(jane)?.sync, SyncState::Refused);
    world.engine()?.edit_field(jane, keys::JOB_TITLE, "Director of IT")?;
    assert_eq!(world.card(jane)?.sync, SyncState::Waiting);
    world.sync().await?;
    assert_eq!(world.in_halo(halo, "oppjobtitle")?, "Director of IT");
    assert_eq!(world.writes(halo), 1);
    Ok(())
}

/// Three moves travel in one request. One of the tickets was deleted meanwhile; the others are written once each.
#[tokio::test(flavor = "multi_thread")]
async fn one_bad_ticket_does_not_spoil_a_whole_request() -> anyhow::Result<()> {
    for unknown in [UnknownId::NotFound, UnknownId::BadRequest] {
        let world = World::start().await?;
        world.allows_status(400);
        world.allows_status(404);
        world.sandbox.configure(|behaviour| behaviour.unknown_id = unknown);
        let (jane, jane_halo) = world.lead(&JANE, "Contacted").await?;
        let (omar, omar_halo) = world.lead(&OMAR, "Contacted").await?;
        let (liv, liv_halo) = world.lead(&LIV, "Contacted").await?;
        world.try_drag(&[jane, omar, liv], "engaged")?;
        // Refused as a whole although each was fine when it was read.
        let refusal = Fault::Refuse {
            status: 400,
            body: "\"One of them is not right\"".to_owned(),
        };
        world.sandbox.faults().add(refusal.on("POST /api/Tickets").times(1));
        world.colleague_changes(omar_halo, json!({"deleted": true}))?;
        world.sync().await?;
        world.sync().await?;
        assert_eq!(world.status_in_halo(jane_halo)?, "Engaged", "{unknown:?}");
        assert_eq!(world.status_in_halo(liv_halo)?, "Engaged", "{unknown:?}");
        assert_eq!((world.writes(jane_halo), world.writes(liv_halo)), (1, 1), "{unknown:?}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_that_halopsa_lost_is_marked_and_nothing_is_deleted() -> anyhow::Result<()> {
    let world = World::start().await?;
    world.allows_status(404);
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    world.sandbox.faults().add(
        Fault::Refuse {
            status: 404,
            body: String::new(),
        }
        .on(&format!("GET /api/Tickets/{halo}")),
    );
    world.drag(jane, "engaged")?;
    world.sync().await?;
    assert_eq!(world.card(jane)?.sync, SyncState::Gone);
    assert_eq!(world.stage(jane)?.as_str(), "engaged");
    let [entry] = world.unsent()?.try_into().expect("one entry");
    assert!(
        entry
            .reason
            .is_some_and(|reason| reason.contains("no longer has this ticket"))
    );
    // It is restored there.
    world.sandbox.faults().clear();
    world.engine()?.retry_all()?;
    world.sync().await?;
    world.colleague_changes(halo, json!({"opptel": "020 7946 0777"}))?;
    world.sync().await?;
    assert_eq!(world.status_in_halo(halo)?, "Engaged");
    assert_eq!(world.card(jane)?.sync, SyncState::Synced);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_right_is_named() -> anyhow::Result<()> {
    let world = World::start().await?;
    world.allows_status(403);
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    world
        .sandbox
        .configure(|behaviour| behaviour.denied = vec![Right::EditTickets]);
    world.drag(jane, "engaged")?;
    world.sync().await?;
    let [entry] = world.unsent()?.try_into().expect("one entry");
    assert!(entry.reason.is_some_and(|reason| reason.contains("edit:tickets")));
    world.sandbox.configure(|behaviour| behaviour.denied.clear());
    world.engine()?.retry_all()?;
    world.sync().await?;
    assert_eq!(world.status_in_halo(halo)?, "Engaged");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn halopsas_own_trouble_is_waited_out() -> anyhow::Result<()> {
    let world = World::start().await?;
    for status in [429, 500, 503] {
        world.allows_status(status);
    }
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    let (omar, omar_halo) = world.lead(&OMAR, "Contacted").await?;
    world.drag(jane, "engaged")?;
    world.engine()?.add_note(omar, "This ticket is fine")?;
    world.sandbox.faults().add(
        Fault::Refuse {
            status: 503,
            body: String::new(),
        }
        .on("POST /api/Tickets")
        .times(2),
    );
    world.sync().await?;
    assert_eq!(
        world.notes_in_halo(omar_halo),
        ["This ticket is fine"],
        "one ticket's trouble is not another's"
    );
    let waits = world.unsent()?;
    assert_eq!(
        waits.first().map(|row| (row.state, row.tries)),
        Some((OutboxState::Waiting, 1))
    );
    assert!(waits[0].reason.is_some() && waits[0].due_at.is_some());
    for _ in 0..3 {
        world.sync().await?;
    }
    assert_eq!(world.status_in_halo(halo)?, "Engaged");
    assert_eq!(world.writes(halo), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_is_no_longer_accepted_keeps_the_queue() -> anyhow::Result<()> {
    let world = World::start().await?;
    world.allows_status(401);
    world.allows_status(400);
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    world.drag(jane, "engaged")?;
    world.sandbox.expire_tokens();
    let no = Fault::Refuse {
        status: 400,
        body: r#"{"error":"invalid_client"}"#.to_owned(),
    };
    world.sandbox.faults().add(no.on("/auth/token"));
    assert!(world.sync().await.is_err());
    assert!(
        matches!(world.sync_status()?.link, Link::SignedOut { .. }),
        "{:?}",
        world.sync_status()?
    );
    assert_eq!(world.sync_status()?.counts.waiting, 1);
    assert!(world.sync_status()?.problem.is_some());
    world.sandbox.faults().clear();
    world.connect().await?;
    assert_eq!(world.sync_status()?.link, Link::Online);
    world.sync().await?;
    assert_eq!(world.status_in_halo(halo)?, "Engaged");
    Ok(())
}

/// No field and no status for it in HaloPSA: the field stays here, the move waits with its reason.
#[tokio::test(flavor = "multi_thread")]
async fn gaps_of_the_tenant_hold_back_only_what_they_must() -> anyhow::Result<()> {
    let world = World::with_tickets(
        0,
        Setup {
            without: vec!["Engaged".to_owned(), "CFinitialNotes".to_owned()],
        },
    )?;
    let report = world.connect().await?;
    assert_eq!(report.gaps.len(), 2, "{:?}", report.gaps);
    world.sync().await?;
    world.be(domain::Role::Rep)?;
    let (jane, _) = world.lead(&JANE, "Contacted").await?;
    world.engine()?.edit_field(jane, keys::INITIAL_NOTES, "Stays here")?;
    assert!(world.unsent()?.is_empty());
    world.drag(jane, "engaged")?;
    world.sync().await?;
    world.leaves_unsent();
    let [entry] = world.unsent()?.try_into().expect("one entry");
    assert_eq!(entry.state, OutboxState::Parked);
    assert!(entry.reason.is_some_and(|reason| reason.contains("engaged")));
    assert_eq!(world.value(jane, keys::INITIAL_NOTES)?, "Stays here");
    Ok(())
}
