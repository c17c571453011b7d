//! Tasks and meetings: planned here or in HaloPSA, done here or there.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{ActivityId, HaloTicketId, TicketId, activity::ActivityKind};
use engine::Problem;
use sandbox::Fault;
use serde_json::{Value, json};
use store::{ActivityRow, SyncState};
use support::{COLLEAGUE, JANE, REP, World, until};

fn due() -> anyhow::Result<DateTime<Utc>> {
    Ok("2026-11-20T15:00:00Z".parse()?)
}

fn planned(world: &World, ticket: TicketId) -> anyhow::Result<Vec<ActivityRow>> {
    let mut rows = world.view(ticket)?.activities;
    rows.retain(|row| row.appointment.is_some());
    Ok(rows)
}

fn the_only(world: &World, ticket: TicketId) -> anyhow::Result<ActivityRow> {
    let mut rows = planned(world, ticket)?;
    assert_eq!(rows.len(), 1, "{rows:#?}");
    rows.pop().ok_or_else(|| anyhow::anyhow!("there is none"))
}

fn is_done(row: &ActivityRow) -> bool {
    row.appointment.is_some_and(|when| when.done_at.is_some())
}

fn in_halo(world: &World, halo: HaloTicketId) -> Vec<Value> {
    let (_, answer) = world
        .sandbox
        .get(&format!("/api/Appointment?ticket_id={halo}&showall=true"));
    answer["appointments"].as_array().cloned().unwrap_or_default()
}

/// The calendar is read every few minutes.
async fn calendar(world: &World) -> anyhow::Result<()> {
    world.later(TimeDelta::minutes(6));
    world.sync().await?;
    Ok(())
}

fn add(world: &World, ticket: TicketId) -> anyhow::Result<ActivityId> {
    world.engine()?.add_task(ticket, "Send the offer", due()?, None)?;
    Ok(the_only(world, ticket)?.id)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_is_planned_and_done_on_both_sides() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (ticket, halo) = world.lead(&JANE, "Contacted").await?;
    let task = add(&world, ticket)?;
    assert_eq!(world.unsent()?[0].what, "Task: Send the offer");
    assert_eq!(the_only(&world, ticket)?.sync, SyncState::Waiting);
    world.sync().await?;
    let [there] = in_halo(&world, halo).try_into().expect("one task");
    assert_eq!(
        (
            &there["subject"],
            &there["start_date"],
            &there["complete_status"],
            &there["is_task"]
        ),
        (
            &json!("Send the offer"),
            &json!("2026-11-20T15:00:00"),
            &json!(-1),
            &json!(true)
        )
    );
    calendar(&world).await?;
    assert_eq!(the_only(&world, ticket)?.id, task, "it comes back as itself");

    world.engine()?.complete_task(task, true)?;
    assert!(is_done(&the_only(&world, ticket)?));
    world.sync().await?;
    assert_eq!(in_halo(&world, halo)[0]["complete_status"], 0);
    // Undo reaches HaloPSA as well.
    world.engine()?.undo()?.expect("there is something to undo");
    world.sync().await?;
    assert_eq!(in_halo(&world, halo)[0]["complete_status"], -1);
    calendar(&world).await?;
    assert!(!is_done(&the_only(&world, ticket)?));
    assert_eq!(in_halo(&world, halo).len(), 1);
    Ok(())
}

/// The calendar shows what we have made before the lost answer is looked up.
#[tokio::test(flavor = "multi_thread")]
async fn a_task_whose_answer_was_lost_does_not_come_in_a_second_time() -> anyhow::Result<()> {
    let world = World::start().await?;
    world.allows_status(0);
    let (ticket, halo) = world.lead(&JANE, "Contacted").await?;
    calendar(&world).await?;
    let faults = world.sandbox.faults();
    let slow = faults.add(Fault::Slow { delay_ms: 1_500 }.on("GET /api/Appointment").times(1));
    faults.add(Fault::DropAfter.on("POST /api/Appointment").times(1));
    let (read, added) = tokio::join!(calendar(&world), async {
        until("the calendar is read", || Ok(faults.hits(slow) > 0)).await?;
        add(&world, ticket)
    });
    read?;
    let task = added?;
    assert_eq!(world.sandbox.stats().count("POST /api/appointment"), 1);
    world.sync().await?;
    calendar(&world).await?;
    assert_eq!(the_only(&world, ticket)?.id, task);
    assert_eq!(in_halo(&world, halo).len(), 1);
    assert_eq!(world.sandbox.stats().count("POST /api/appointment"), 1);
    Ok(())
}

/// The calendar was read before the task was done, and arrives afterwards.
#[tokio::test(flavor = "multi_thread")]
async fn a_calendar_that_comes_late_does_not_take_back_what_was_done() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (ticket, halo) = world.lead(&JANE, "Contacted").await?;
    let task = add(&world, ticket)?;
    world.sync().await?;
    let faults = world.sandbox.faults();
    let late = faults.add(Fault::Late { delay_ms: 1_500 }.on("GET /api/Appointment").times(1));
    let (read, done) = tokio::join!(calendar(&world), async {
        until("the calendar is read", || Ok(faults.hits(late) > 0)).await?;
        world.engine()?.complete_task(task, true)
    });
    read?;
    done?;
    assert_eq!(in_halo(&world, halo)[0]["complete_status"], 0, "it was sent meanwhile");
    assert!(is_done(&the_only(&world, ticket)?));
    calendar(&world).await?;
    assert!(is_done(&the_only(&world, ticket)?));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn planned_and_done_before_it_was_sent_is_one_request() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (ticket, halo) = world.lead(&JANE, "Contacted").await?;
    let task = add(&world, ticket)?;
    world.engine()?.complete_task(task, true)?;
    assert_eq!(world.unsent()?.len(), 1);
    world.sync().await?;
    let [there] = in_halo(&world, halo).try_into().expect("one task");
    assert_eq!(there["complete_status"], 0);
    assert_eq!(world.sandbox.stats().count("POST /api/appointment"), 1);

    // Taken back before it was sent, it never was.
    world.engine()?.add_task(ticket, "Another one", due()?, None)?;
    world.engine()?.undo()?.expect("there is something to undo");
    world.sync().await?;
    assert_eq!(in_halo(&world, halo).len(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_colleagues_meeting_arrives_and_moves_with_its_number() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (ticket, halo) = world.lead(&JANE, "Contacted").await?;
    let post = |body: Value| {
        let (code, answer) = world.sandbox.post_as(COLLEAGUE, "/api/Appointment", &json!([body]));
        assert!(code < 300, "{answer}");
        answer
    };
    let made = post(json!({
        "subject": "Demo", "ticket_id": halo.0, "start_date": "2026-11-19T10:00:00", "end_date": "2026-11-19T11:00:00",
        "agents": [{ "id": REP, "use": "agent" }], "agent_id": REP,
    }));
    calendar(&world).await?;
    let row = the_only(&world, ticket)?;
    assert_eq!(
        (row.kind, row.subject.as_str(), row.agent),
        (ActivityKind::Meeting, "Demo", Some(world.agent(REP)?))
    );
    // In HaloPSA a new time is a new row.
    let moved =
        post(json!({ "id": made["id"], "start_date": "2026-11-20T10:00:00", "end_date": "2026-11-20T11:00:00" }));
    assert_ne!(moved["id"], made["id"]);
    calendar(&world).await?;
    let again = the_only(&world, ticket)?;
    assert_eq!(again.id, row.id);
    assert_eq!(
        again.appointment.map(|when| when.start.to_rfc3339()).as_deref(),
        Some("2026-11-20T10:00:00+00:00")
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_makes_no_second_task() -> anyhow::Result<()> {
    let mut world = World::start().await?;
    world.allows_status(0);
    let (ticket, halo) = world.lead(&JANE, "Contacted").await?;
    let task = add(&world, ticket)?;
    let lose = |world: &World| {
        world
            .sandbox
            .faults()
            .add(Fault::DropAfter.on("POST /api/Appointment").times(1))
    };
    lose(&world);
    world.sync().await.expect_err("the answer is lost");
    world.restart()?;
    world.later(TimeDelta::minutes(6));
    world.sync().await?;
    assert_eq!(in_halo(&world, halo).len(), 1);

    world.engine()?.complete_task(task, true)?;
    lose(&world);
    world.sync().await.expect_err("the answer is lost");
    world.later(TimeDelta::minutes(2));
    world.sync().await?;
    calendar(&world).await?;
    let [there] = in_halo(&world, halo).try_into().expect("one task");
    assert_eq!(there["complete_status"], 0);
    assert_eq!(the_only(&world, ticket)?.id, task);
    assert!(is_done(&the_only(&world, ticket)?));
    Ok(())
}

/// A colleague deleted it: what is done here is kept, and written there again.
#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_was_deleted_there_is_made_again_when_it_is_done_here() -> anyhow::Result<()> {
    let world = World::start().await?;
    world.allows_status(404);
    let (ticket, halo) = world.lead(&JANE, "Contacted").await?;
    let task = add(&world, ticket)?;
    world.sync().await?;
    let id = in_halo(&world, halo)[0]["id"].clone();
    let code = world.sandbox.delete_as(COLLEAGUE, &format!("/api/Appointment/{id}"));
    assert!(code < 300);
    calendar(&world).await?;
    assert_eq!(planned(&world, ticket)?.len(), 1, "absence is no deletion");
    world.engine()?.complete_task(task, true)?;
    world.sync().await?;
    let [there] = in_halo(&world, halo).try_into().expect("one task");
    assert_eq!(there["complete_status"], 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_that_hides_its_calendar_goes_on_without() -> anyhow::Result<()> {
    let world = World::start().await?;
    world.allows_status(403);
    let refusal = Fault::Refuse {
        status: 403,
        body: String::new(),
    };
    world.sandbox.faults().add(refusal.on("GET /api/Appointment"));
    calendar(&world).await?;
    calendar(&world).await?;
    assert_eq!(world.sync_status()?.problem, None);
    assert_eq!(world.sandbox.stats().statuses.get(&403), Some(&1), "asked once a day");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_makes_no_sense_is_refused_in_words() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (ticket, _) = world.lead(&JANE, "Contacted").await?;
    let engine = world.engine()?;
    let refused = |result: anyhow::Result<engine::views::Done>, part: &str| {
        let error = result.expect_err("it is refused");
        assert!(
            matches!(error.downcast_ref::<Problem>(), Some(Problem::Refused { .. })),
            "{error}"
        );
        assert!(error.to_string().contains(part), "{error}");
    };
    let at = due()?;
    refused(engine.add_task(ticket, "  ", at, None), "what is to be done");
    refused(engine.add_task(ticket, &"x".repeat(201), at, None), "200 characters");
    refused(engine.schedule_meeting(ticket, "Demo", at, at), "before it begins");
    refused(
        engine.schedule_meeting(ticket, "Demo", at, at + TimeDelta::days(8)),
        "a week",
    );
    assert!(world.unsent()?.is_empty());
    Ok(())
}
