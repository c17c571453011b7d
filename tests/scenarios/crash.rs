//! The process dies, or an answer never arrives, at every point between the click and HaloPSA's answer.

use domain::{
    activity::{CallOutcome, Direction},
    fields::keys,
};
use engine::LogCallRequest;
use sandbox::Fault;
use serde_json::json;
use store::{OutboxState, SyncState};
use support::{JANE, OMAR, Persona, REP, World, until};

#[tokio::test(flavor = "multi_thread")]
async fn killed_between_the_commit_and_the_request() -> anyhow::Result<()> {
    let mut world = World::start().await?;
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    world.drag(jane, "engaged")?;
    world.restart()?;
    world.sync().await?;
    assert_eq!(world.status_in_halo(halo)?, "Engaged");
    assert_eq!(world.writes(halo), 1);
    Ok(())
}

/// The request has left and the process dies before the answer: HaloPSA may have it or not.
#[tokio::test(flavor = "multi_thread")]
async fn killed_while_the_request_is_on_its_way() -> anyhow::Result<()> {
    let mut world = World::start().await?;
    world.allows_status(0);
    world.allows_status(504);
    for applied in [false, true] {
        let who = if applied { JANE } else { OMAR };
        let (ticket, halo) = world.lead(&who, "Contacted").await?;
        world.drag(ticket, "engaged")?;
        // An answer that takes longer than any test: the process is killed while it waits.
        let fault = world.sandbox.faults().add(
            Fault::GatewayTimeout {
                delay_ms: 3_600_000,
                applied,
            }
            .on("POST /api/Tickets"),
        );
        let faults = world.sandbox.faults();
        tokio::select! {
            ended = world.sync() => panic!("the answer arrived: {ended:?}"),
            struck = until("the request arrives", || {
                Ok(faults.hits(fault) == 1 && (!applied || world.status_in_halo(halo)? == "Engaged"))
            }) => struck?,
        }
        world.sandbox.faults().clear();
        world.kill();
        world.restart()?;
        assert_eq!(
            world.unsent()?.first().map(|row| row.state),
            Some(OutboxState::Sending),
            "as it was left"
        );
        world.sync().await?;
        world.sync().await?;
        assert_eq!(world.status_in_halo(halo)?, "Engaged");
        assert_eq!(world.writes(halo), 1, "sent once, applied: {applied}");
        assert_eq!(world.card(ticket)?.sync, SyncState::Synced);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_whose_answer_is_lost_is_looked_up() -> anyhow::Result<()> {
    let world = World::start().await?;
    world.allows_status(0);
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    world.drag(jane, "engaged")?;
    world
        .sandbox
        .faults()
        .add(Fault::DropAfter.on("POST /api/Tickets").times(1));
    assert!(world.sync().await.is_err());
    let unsent = world.unsent()?;
    assert_eq!(unsent.first().map(|row| row.state), Some(OutboxState::Uncertain));
    assert!(unsent[0].reason.is_some(), "a person is told why it waits");
    world.sync().await?;
    assert_eq!(world.status_in_halo(halo)?, "Engaged");
    assert_eq!(world.writes(halo), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_whose_request_is_lost_is_sent_again() -> anyhow::Result<()> {
    let world = World::start().await?;
    world.allows_status(0);
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    world.drag(jane, "engaged")?;
    world
        .sandbox
        .faults()
        .add(Fault::DropBefore.on("POST /api/Tickets").times(1));
    assert!(world.sync().await.is_err());
    world.sync().await?;
    world.sync().await?;
    assert_eq!(world.status_in_halo(halo)?, "Engaged");
    assert_eq!(world.writes(halo), 1);
    Ok(())
}

/// While the answer is unknown the rep goes on, and the colleague too.
#[tokio::test(flavor = "multi_thread")]
async fn edits_made_while_the_answer_is_unknown_follow_it() -> anyhow::Result<()> {
    let world = World::start().await?;
    world.allows_status(0);
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    let engine = world.engine()?;
    engine.edit_field(jane, keys::JOB_TITLE, "Head of IT")?;
    world
        .sandbox
        .faults()
        .add(Fault::DropAfter.on("POST /api/Tickets").times(1));
    assert!(world.sync().await.is_err());
    engine.edit_field(jane, keys::JOB_TITLE, "Director of IT")?;
    world.drag(jane, "engaged")?;
    world.colleague_changes(halo, json!({"opptel": "020 7946 0777"}))?;
    world.sync().await?;
    world.sync().await?;
    assert_eq!(world.in_halo(halo, "oppjobtitle")?, "Director of IT");
    assert_eq!(world.status_in_halo(halo)?, "Engaged");
    assert_eq!(world.value(jane, keys::PHONE)?, "020 7946 0777");
    assert_eq!(world.writes(halo), 2);
    assert_eq!(
        world.sync_status()?.counts.conflicts,
        0,
        "our own change coming back is no conflict"
    );
    Ok(())
}

/// The same words twice, and the answer to each of them lost: both arrive, once each.
#[tokio::test(flavor = "multi_thread")]
async fn a_note_whose_answer_is_lost_is_not_written_twice() -> anyhow::Result<()> {
    let world = World::start().await?;
    world.allows_status(0);
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    for _ in 0..2 {
        world
            .engine()?
            .add_note(jane, "No answer.\n\nTry again <tomorrow> & ask for Jane")?;
        world
            .sandbox
            .faults()
            .add(Fault::DropAfter.on("POST /api/Actions").times(1));
        assert!(world.sync().await.is_err());
    }
    world.engine()?.log_call(&LogCallRequest {
        ticket: jane,
        direction: Direction::Outbound,
        dialled: Some("020 7946 0018".to_owned()),
        duration_s: 75,
        outcome: CallOutcome::Connected,
        next_action: None,
        notes: String::new(),
    })?;
    world
        .sandbox
        .faults()
        .add(Fault::DropAfter.on("POST /api/Actions").times(1));
    assert!(world.sync().await.is_err());
    world.sync().await?;
    world.sync().await?;
    let notes = world.notes_in_halo(halo);
    assert_eq!(notes.len(), 3, "{notes:?}");
    assert_eq!(notes[2], "Outbound call to +442079460018: Connected, 1 min 15 s.");
    let view = world.view(jane)?;
    let me = Some(world.agent(REP)?);
    let own = view.activities.iter().filter(|activity| activity.agent == me).count();
    assert_eq!(own, 3, "none came back as a second copy: {:#?}", view.activities);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_creation_whose_answer_is_lost_makes_one_ticket() -> anyhow::Result<()> {
    for fault in [Fault::DropAfter, Fault::DropBefore, Fault::TruncatedJson] {
        let world = World::start().await?;
        world.allows_status(0);
        let ticket = create(&world, &JANE)?;
        world
            .sandbox
            .faults()
            .add(fault.clone().on("POST /api/Tickets").times(1));
        assert!(world.sync().await.is_err(), "{fault:?}");
        world.engine()?.edit_field(ticket, keys::JOB_TITLE, "Director of IT")?;
        world.sync().await?;
        world.sync().await?;
        let halo = world.card(ticket)?.halo_id.expect("it has a number now");
        assert_eq!(world.in_halo(halo, "oppjobtitle")?, "Director of IT");
        let (_, all) = world.sandbox.get("/api/Tickets?requesttype_id=41");
        assert_eq!(all["record_count"], 1, "{fault:?}");
        assert_eq!(
            world
                .engine()?
                .board(&store::Filter::default())?
                .columns
                .iter()
                .map(|column| column.head.count)
                .sum::<u32>(),
            1
        );
    }
    Ok(())
}

/// HaloPSA's answer is lost, and the next thing that arrives is a page with the new ticket on it.
#[tokio::test(flavor = "multi_thread")]
async fn a_pull_does_not_bring_a_lost_creation_in_a_second_time() -> anyhow::Result<()> {
    let mut world = World::start().await?;
    world.allows_status(0);
    let ticket = create(&world, &JANE)?;
    world
        .sandbox
        .faults()
        .add(Fault::DropAfter.on("POST /api/Tickets").times(1));
    // The lookup right after it fails as well, so the entry is not due when the pull comes.
    assert!(world.sync().await.is_err());
    world.restart()?;
    world.sync().await?;
    assert!(world.card(ticket)?.halo_id.is_some());
    let count: u32 = world
        .engine()?
        .board(&store::Filter::default())?
        .columns
        .iter()
        .map(|column| column.head.count)
        .sum();
    assert_eq!(count, 1);
    Ok(())
}

fn create(world: &World, who: &Persona) -> anyhow::Result<domain::TicketId> {
    let (_, ticket) = world.engine()?.create_ticket(&engine::NewTicketRequest {
        lifecycle: domain::Lifecycle::Lead,
        values: [
            (keys::PERSON_NAME, who.person.to_owned()),
            (keys::COMPANY_NAME, who.company.to_owned()),
            (keys::EMAIL, who.email.to_owned()),
        ]
        .into(),
        owner: None,
    })?;
    Ok(ticket)
}
