//! The failure table, row by row: what HaloPSA answers, and what becomes of a person's change.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::fields::keys;
use engine::{Circuit, Link, SyncLoop};
use sandbox::{Fault, Right};
use serde_json::json;
use store::{OutboxState, SyncState};
use support::{JANE, OMAR, World, until};

fn refuse(status: u16, body: &str) -> Fault {
    Fault::Refuse {
        status,
        body: body.to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn failure_400_parks_with_the_reason() -> anyhow::Result<()> {
    let world = World::start().await?;
    world.allows_status(400);
    world.allows_status(401);
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    let no = refuse(400, "\"You do not have access to this Action at the moment\"");
    world.sandbox.faults().add(no.on("POST /api/Tickets").times(1));
    world.drag(jane, "engaged")?;
    world.sync().await?;
    let [entry] = world.unsent()?.try_into().expect("one entry");
    assert_eq!(entry.state, OutboxState::Parked);
    let reason = entry.reason.unwrap_or_default();
    assert!(reason.contains("administrator"), "translated: {reason}");
    assert!(entry.detail.is_some_and(|detail| detail.contains("do not have access")));
    let posts = world.sandbox.stats().count("POST /api/tickets");
    for _ in 0..3 {
        world.later(TimeDelta::hours(1));
        world.sync().await?;
    }
    assert_eq!(
        world.sandbox.stats().count("POST /api/tickets"),
        posts,
        "never by itself"
    );
    assert_eq!(world.stage(jane)?.as_str(), "engaged", "the value is intact");
    world.engine()?.retry_entry(entry.id)?;
    world.sync().await?;
    assert_eq!(world.status_in_halo(halo)?, "Engaged");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn failure_401_refreshes_once_retries_once_then_asks_to_sign_in() -> anyhow::Result<()> {
    let world = World::start().await?;
    world.allows_status(401);
    world.allows_status(400);
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    // A token that ran out is nobody's business.
    world.drag(jane, "engaged")?;
    world.sandbox.expire_tokens();
    let issued = world.sandbox.stats().tokens_issued;
    world.sync().await?;
    assert_eq!(world.status_in_halo(halo)?, "Engaged");
    assert_eq!(world.sandbox.stats().tokens_issued, issued + 1);
    assert_eq!(world.writes(halo), 1);

    // A sign-in that is no longer accepted is a person's; what they do meanwhile is kept.
    world.sandbox.expire_tokens();
    let no = world
        .sandbox
        .faults()
        .add(refuse(400, r#"{"error":"invalid_client"}"#).on("/auth/token"));
    world.drag(jane, "contacted")?;
    world.engine()?.add_note(jane, "Called back")?;
    assert!(world.sync().await.is_err());
    assert!(matches!(world.sync_status()?.link, Link::SignedOut { .. }));
    assert_eq!(world.sync_status()?.counts.waiting, 2);
    let tried = world.sandbox.faults().hits(no);
    assert!(tried <= 2, "not again and again: {tried}");
    world.sandbox.faults().clear();
    world.connect().await?;
    world.sync().await?;
    assert_eq!(world.status_in_halo(halo)?, "Contacted");
    assert_eq!(world.notes_in_halo(halo), ["Called back"]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn failure_403_parks_and_says_which_right_is_missing() -> anyhow::Result<()> {
    let world = World::start().await?;
    world.allows_status(403);
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    world
        .sandbox
        .configure(|behaviour| behaviour.denied = vec![Right::EditTickets]);
    world.drag(jane, "engaged")?;
    world.sync().await?;
    let [entry] = world.unsent()?.try_into().expect("one entry");
    assert_eq!(entry.state, OutboxState::Parked);
    assert!(entry.reason.is_some_and(|reason| reason.contains("edit:tickets")));
    assert_eq!(world.sync_status()?.link, Link::Online, "it answered");
    world.sandbox.configure(|behaviour| behaviour.denied.clear());
    world.engine()?.retry_all()?;
    world.sync().await?;
    assert_eq!(world.status_in_halo(halo)?, "Engaged");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn failure_404_marks_as_gone_and_offers_to_recreate_or_drop() -> anyhow::Result<()> {
    let world = World::start().await?;
    world.allows_status(404);
    let (jane, old) = world.lead(&JANE, "Contacted").await?;
    let (omar, _) = world.lead(&OMAR, "Contacted").await?;
    for ticket in [jane, omar] {
        let halo = world.card(ticket)?.halo_id.expect("it is in HaloPSA");
        world.colleague_deletes(halo)?;
        world.drag(ticket, "engaged")?;
    }
    world.engine()?.add_note(jane, "Still interested")?;
    world.sync().await?;
    assert_eq!(world.card(jane)?.sync, SyncState::Gone);
    assert_eq!(world.card(omar)?.sync, SyncState::Gone);
    assert_eq!(world.value(jane, keys::EMAIL)?, JANE.email, "nothing is deleted here");
    let parked = |ticket| -> anyhow::Result<_> {
        let rows = world.unsent()?;
        let found = rows
            .iter()
            .find(|row| row.ticket == ticket && row.state == OutboxState::Parked);
        Ok(found.expect("it is parked").clone())
    };

    // Dropped: the change is taken back, the ticket stays as it is known.
    let entry = parked(omar)?;
    assert!(
        entry
            .reason
            .is_some_and(|reason| reason.contains("no longer has this ticket"))
    );
    world.engine()?.discard_entry(entry.id)?;
    assert_eq!(world.stage(omar)?.as_str(), "contacted");

    // Created again: thought better of once, then a new ticket with everything it holds now, and the note behind it.
    world.engine()?.recreate_entry(parked(jane)?.id)?;
    assert_eq!(world.card(jane)?.sync, SyncState::Waiting);
    let rows = world.unsent()?;
    let creation = rows
        .iter()
        .find(|row| row.what.contains("again"))
        .expect("it is queued");
    world.engine()?.discard_entry(creation.id)?;
    assert_eq!(world.card(jane)?.sync, SyncState::Gone);
    assert_eq!(world.stage(jane)?.as_str(), "engaged", "what it holds is kept");
    let note = rows.iter().find(|row| row.ticket == jane && row.id != creation.id);
    world.engine()?.recreate_entry(note.expect("the note waits").id)?;
    world.sync().await?;
    world.sync().await?;
    let new = world.card(jane)?.halo_id.expect("it is in HaloPSA again");
    assert_ne!(new, old);
    assert_eq!(world.status_in_halo(new)?, "Engaged");
    assert_eq!(world.in_halo(new, "oppemailaddress")?, JANE.email);
    assert_eq!(world.notes_in_halo(new), ["Still interested"]);
    assert_eq!(world.card(jane)?.sync, SyncState::Synced);
    assert!(world.unsent()?.is_empty());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_that_is_there_is_not_created_again() -> anyhow::Result<()> {
    let world = World::start().await?;
    world.allows_status(400);
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    world
        .sandbox
        .faults()
        .add(refuse(400, "\"No\"").on("POST /api/Tickets").times(1));
    world.drag(jane, "engaged")?;
    world.sync().await?;
    let [entry] = world.unsent()?.try_into().expect("one entry");
    let error = world.engine()?.recreate_entry(entry.id).expect_err("it is still there");
    assert!(error.to_string().contains("still has this ticket"), "{error}");
    world.engine()?.retry_all()?;
    world.sync().await?;
    assert_eq!(world.card(jane)?.halo_id, Some(halo));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn failure_409_pulls_merges_and_resends() -> anyhow::Result<()> {
    let world = World::start().await?;
    world.allows_status(409);
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    world.drag(jane, "engaged")?;
    world.colleague_changes(halo, json!({"opptel": "020 7946 0777"}))?;
    world
        .sandbox
        .faults()
        .add(refuse(409, "").on("POST /api/Tickets").times(1));
    world.sync().await?;
    assert_eq!(world.status_in_halo(halo)?, "Engaged", "in the same round");
    assert_eq!(world.value(jane, keys::PHONE)?, "020 7946 0777");
    assert_eq!(world.writes(halo), 1);
    assert!(world.unsent()?.is_empty());

    // Where it never ends, a person is asked, and the link is not blamed.
    world.drag(jane, "contacted")?;
    world.sandbox.faults().add(refuse(409, "").on("POST /api/Tickets"));
    world.sync().await?;
    let [entry] = world.unsent()?.try_into().expect("one entry");
    assert_eq!(entry.state, OutboxState::Parked);
    assert_eq!(world.sync_status()?.link, Link::Online);
    world.sandbox.faults().clear();
    world.engine()?.retry_all()?;
    world.sync().await?;
    assert_eq!(world.status_in_halo(halo)?, "Contacted");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn failure_429_is_waited_out_and_its_limit_learned() -> anyhow::Result<()> {
    let world = World::start().await?;
    world.allows_status(429);
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    world.drag(jane, "engaged")?;
    let fault = world.sandbox.faults().add(
        Fault::TooManyRequests { retry_after: Some(1) }
            .on("POST /api/Tickets")
            .times(1),
    );
    let error = world.sync().await.expect_err("the round ends");
    assert!(error.to_string().contains("no more requests"), "{error}");
    let [entry] = world.unsent()?.try_into().expect("one entry");
    assert_eq!(
        (entry.state, entry.tries),
        (OutboxState::Waiting, 0),
        "no fault of its own"
    );
    assert_eq!(world.sync_status()?.link, Link::Online, "it is there and says when");
    let health = world.engine()?.health()?;
    assert_eq!(
        (health.budget_limit, health.budget_window_s),
        (300, 300),
        "learned from the text"
    );
    world.sync().await?;
    assert_eq!(world.sandbox.faults().hits(fault), 1);
    assert_eq!(world.status_in_halo(halo)?, "Engaged");
    assert_eq!(world.writes(halo), 1);
    Ok(())
}

/// Each kind of trouble: a few tries with growing pauses, then one a minute, then everything goes out.
async fn trouble_opens_the_circuit(fault: Fault, status: u16) -> anyhow::Result<()> {
    let world = World::start().await?;
    world.allows_status(status);
    world.allows_status(401);
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    let engine = world.engine()?.clone();
    let faults = world.sandbox.faults();
    let trouble = faults.add(fault.on("/api"));
    world.drag(jane, "engaged")?;
    let syncing = SyncLoop::start(engine.clone(), Arc::new(world.lease.clone()));
    let is_open = || Ok::<_, anyhow::Error>(matches!(engine.health()?.circuit, Circuit::Open { .. }));
    until("the circuit opens", || {
        world.later_at_rest(TimeDelta::seconds(1));
        is_open()
    })
    .await?;
    // A push and a pull may have been on their way at the same time: only at rest it is certain when the probe is due.
    until("the turn has ended", || Ok(world.is_at_rest())).await?;
    let tried = faults.hits(trouble);
    // One more when a push and a pull were on their way at the same time.
    assert!((5..=6).contains(&tried), "five in a row open it: {tried}");

    // A minute later one single request looks whether HaloPSA is back.
    let Circuit::Open { next_probe, .. } = engine.health()?.circuit else {
        panic!("it was open a moment ago");
    };
    let now = engine::Clock::now(&world.clock);
    world.later(next_probe.map_or(TimeDelta::zero(), |probe| probe - now));
    until("one request is tried", || Ok(faults.hits(trouble) > tried)).await?;
    assert_eq!(faults.hits(trouble), tried + 1);
    assert!(is_open()?, "and it is not");

    faults.remove(trouble);
    until("everything goes out", || {
        world.later_at_rest(TimeDelta::seconds(30));
        Ok(world.unsent()?.is_empty())
    })
    .await?;
    assert_eq!(engine.health()?.circuit, Circuit::Closed);
    assert_eq!(world.status_in_halo(halo)?, "Engaged");
    assert_eq!(world.writes(halo), 1);
    syncing.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn failure_500_backs_off_then_probes_once_a_minute() -> anyhow::Result<()> {
    trouble_opens_the_circuit(
        Fault::ServerError {
            form: sandbox::ErrorForm::Html,
        },
        500,
    )
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn failure_502_backs_off_then_probes_once_a_minute() -> anyhow::Result<()> {
    trouble_opens_the_circuit(refuse(502, "<html>Bad Gateway</html>"), 502).await
}

#[tokio::test(flavor = "multi_thread")]
async fn failure_503_backs_off_then_probes_once_a_minute() -> anyhow::Result<()> {
    trouble_opens_the_circuit(refuse(503, ""), 503).await
}

#[tokio::test(flavor = "multi_thread")]
async fn failure_504_backs_off_then_probes_once_a_minute() -> anyhow::Result<()> {
    trouble_opens_the_circuit(
        Fault::GatewayTimeout {
            delay_ms: 0,
            applied: false,
        },
        504,
    )
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn failure_reset_backs_off_then_probes_once_a_minute() -> anyhow::Result<()> {
    trouble_opens_the_circuit(Fault::DropBefore, 0).await
}

/// The write was done, and nobody said so: it is looked up, and not sent again.
#[tokio::test(flavor = "multi_thread")]
async fn failure_lost_answer_is_looked_up_before_anything_is_sent_again() -> anyhow::Result<()> {
    let world = World::start().await?;
    world.allows_status(0);
    world.allows_status(504);
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    let lost = [
        Fault::DropAfter,
        Fault::GatewayTimeout {
            delay_ms: 0,
            applied: true,
        },
    ];
    for (number, fault) in lost.into_iter().enumerate() {
        let target = ["engaged", "contacted"][number];
        let writes = world.writes(halo);
        world.drag(jane, target)?;
        let fault = world.sandbox.faults().add(fault.on("POST /api/Tickets").times(1));
        assert!(world.sync().await.is_err());
        assert_eq!(world.sandbox.faults().hits(fault), 1);
        let [entry] = world.unsent()?.try_into().expect("one entry");
        assert_eq!(entry.state, OutboxState::Uncertain);
        let posts = world.sandbox.stats().count("POST /api/tickets");
        world.sync().await?;
        assert_eq!(
            world.sandbox.stats().count("POST /api/tickets"),
            posts,
            "not sent again"
        );
        assert_eq!(world.writes(halo), writes + 1);
        assert!(world.unsent()?.is_empty());
        world.sandbox.faults().clear();
    }
    // Lost on the way there: it is looked up as well, is not found, and is sent.
    world.engine()?.add_note(jane, "Wants a quote")?;
    world
        .sandbox
        .faults()
        .add(Fault::DropBefore.on("POST /api/Actions").times(1));
    assert!(world.sync().await.is_err());
    world.sync().await?;
    assert_eq!(world.notes_in_halo(halo), ["Wants a quote"]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn failure_parked_entries_stay_until_a_person_decides() -> anyhow::Result<()> {
    let mut world = World::start().await?;
    world.allows_status(400);
    world.allows_status(401);
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    world
        .sandbox
        .faults()
        .add(refuse(400, "\"Not today\"").on("POST /api/Tickets").times(1));
    world.drag(jane, "engaged")?;
    world.sync().await?;
    world.later(TimeDelta::days(40));
    world.restart()?;
    world.sync().await?;
    let [entry] = world.unsent()?.try_into().expect("one entry");
    assert_eq!(entry.state, OutboxState::Parked);
    assert_eq!(entry.reason.as_deref(), Some("HaloPSA refused this: Not today."));
    assert_eq!(world.engine()?.health()?.parked, 1);
    world.engine()?.discard_entry(entry.id)?;
    world.sync().await?;
    assert_eq!(world.stage(jane)?.as_str(), "contacted");
    assert_eq!(world.status_in_halo(halo)?, "Contacted");
    Ok(())
}

/// Somebody else's page at the address is nobody's refusal: the change waits for the real HaloPSA.
#[tokio::test(flavor = "multi_thread")]
async fn failure_of_a_guest_network_parks_nothing() -> anyhow::Result<()> {
    let world = World::start().await?;
    world.allows_status(302);
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    world.drag(jane, "engaged")?;
    world.sandbox.faults().add(
        refuse(302, "<html>Sign in to the hotel</html>")
            .on("POST /api/Tickets")
            .times(1),
    );
    assert!(world.sync().await.is_err());
    let [entry] = world.unsent()?.try_into().expect("one entry");
    assert_eq!((entry.state, entry.tries), (OutboxState::Waiting, 0));
    world.sync().await?;
    assert_eq!(world.status_in_halo(halo)?, "Engaged");
    Ok(())
}
