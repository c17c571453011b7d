//! Once a day both sides are compared. Absence is never a delete, and what differs is found and mended.

use chrono::TimeDelta;
use domain::Lifecycle;
use engine::AlertKind;
use sandbox::{Fault, Setup};
use serde_json::json;
use store::{Filter, SyncState};
use support::{COLLEAGUE, JANE, LIV, OMAR, World};

async fn next_day(world: &World) -> anyhow::Result<()> {
    // A token lives for an hour.
    world.allows_status(401);
    world.later(TimeDelta::hours(24));
    world.sync().await?;
    Ok(())
}

fn asks(world: &World) -> anyhow::Result<Option<u32>> {
    let alerts = world.engine()?.health()?.alerts;
    let missing = alerts.iter().find(|alert| alert.kind == AlertKind::ManyMissing);
    Ok(missing.map(|alert| alert.tickets))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_ticket_is_marked_after_three_sweeps_and_can_come_back() -> anyhow::Result<()> {
    let world = World::start().await?;
    world.allows_status(404);
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    let (omar, _) = world.lead(&OMAR, "Contacted").await?;
    world.colleague_deletes(halo)?;
    for _ in 0..2 {
        next_day(&world).await?;
        assert_eq!(world.card(jane)?.sync, SyncState::Synced, "not found is not gone");
    }
    next_day(&world).await?;
    assert_eq!(world.card(jane)?.sync, SyncState::Gone);
    assert_eq!(world.card(omar)?.sync, SyncState::Synced);
    assert_eq!(asks(&world)?, None, "one ticket is no mass");

    world.colleague_changes(halo, json!({"_recover": true, "_validate_updates": true}))?;
    next_day(&world).await?;
    assert_eq!(world.card(jane)?.sync, SyncState::Synced);
    assert_eq!(world.engine()?.health()?.checks[0].differing, 0);
    Ok(())
}

/// Looking at a ticket asks HaloPSA for it alone: that answer needs no second one.
#[tokio::test(flavor = "multi_thread")]
async fn an_explicit_404_marks_at_once() -> anyhow::Result<()> {
    let world = World::start().await?;
    world.allows_status(404);
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    world.colleague_deletes(halo)?;
    world.later(TimeDelta::minutes(2));
    world.view(jane)?;
    world.sync().await?;
    assert_eq!(world.card(jane)?.sync, SyncState::Gone);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn many_missing_at_once_are_asked_about_and_kept() -> anyhow::Result<()> {
    let world = World::start().await?;
    let mut tickets = Vec::new();
    for who in [&JANE, &OMAR, &LIV] {
        tickets.push(world.lead(who, "Contacted").await?);
    }
    for (_, halo) in tickets.iter().take(2) {
        world.colleague_deletes(*halo)?;
    }
    for _ in 0..4 {
        next_day(&world).await?;
        assert_eq!(asks(&world)?, Some(2), "two of three are more than two in a hundred");
        for (ticket, _) in &tickets {
            assert_eq!(
                world.card(*ticket)?.sync,
                SyncState::Synced,
                "nothing is marked meanwhile"
            );
        }
    }
    let named: Vec<_> = world
        .engine()?
        .sync_differences()?
        .missing
        .iter()
        .map(|card| card.id)
        .collect();
    let missing: Vec<_> = tickets.iter().take(2).map(|(ticket, _)| *ticket).collect();
    assert_eq!(named, missing, "a person sees which");
    // "They are there; I lost a right."
    world.engine()?.keep_missing()?;
    for _ in 0..4 {
        assert_eq!(asks(&world)?, None);
        next_day(&world).await?;
    }
    assert_eq!(world.card(tickets[0].0)?.sync, SyncState::Synced);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn many_missing_at_once_are_marked_when_a_person_says_so() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, jane_halo) = world.lead(&JANE, "Contacted").await?;
    let (omar, omar_halo) = world.lead(&OMAR, "Contacted").await?;
    let (liv, _) = world.lead(&LIV, "Contacted").await?;
    for halo in [jane_halo, omar_halo] {
        world.colleague_deletes(halo)?;
    }
    next_day(&world).await?;
    assert_eq!(asks(&world)?, Some(2));
    world.engine()?.confirm_missing()?;
    assert_eq!(asks(&world)?, None);
    assert_eq!(world.card(jane)?.sync, SyncState::Gone);
    assert_eq!(world.card(omar)?.sync, SyncState::Gone);
    assert_eq!(world.card(liv)?.sync, SyncState::Synced);
    Ok(())
}

/// An agent who lost a right gets short lists without an error.
#[tokio::test(flavor = "multi_thread")]
async fn rows_that_rights_hide_are_not_missing() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, _) = world.lead(&JANE, "Contacted").await?;
    let (omar, _) = world.lead(&OMAR, "Contacted").await?;
    world.sandbox.faults().add(
        Fault::HiddenRows { rows: 1 }
            .on("GET /api/Tickets")
            .with_query("ticketidonly"),
    );
    for _ in 0..4 {
        next_day(&world).await?;
    }
    for ticket in [jane, omar] {
        assert_eq!(world.card(ticket)?.sync, SyncState::Synced);
    }
    assert_eq!(asks(&world)?, None);
    Ok(())
}

/// Rows shifted between two pages of the first pull, so some tickets were on none of them.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_pull_missed_is_shown_and_read() -> anyhow::Result<()> {
    let world = World::with_tickets(400, Setup::default())?;
    world.connect().await?;
    let shift = Fault::RowShift { rows: 3 }
        .on("GET /api/Tickets")
        .with_query("page_no=2");
    world.sandbox.faults().add(shift);
    world.sync().await?;
    world.sandbox.faults().clear();
    let on_board = || -> anyhow::Result<u32> {
        let board = world.engine()?.board(&Filter::default())?;
        Ok(board.columns.iter().map(|column| column.head.count).sum())
    };
    let missed = 400 - on_board()?;
    assert!(missed > 0, "the fault struck");
    world.sync().await?;
    let health = world.engine()?.health()?;
    let differing: u32 = health.checks.iter().map(|check| check.differing).sum();
    assert_eq!(differing, missed);
    assert_eq!(on_board()?, 400, "and they are here now");

    world.allows_status(401);
    world.later(TimeDelta::hours(1));
    world.sync().await?;
    let checks = world.engine()?.health()?.checks;
    assert_eq!(checks.len(), Lifecycle::ALL.len());
    for check in &checks {
        assert_eq!((check.differing, check.here), (0, check.there), "{check:?}");
        assert_eq!(check.checksum_here, check.checksum_there);
    }
    Ok(())
}

/// Companies that a colleague has in HaloPSA, by its numbers.
async fn companies(world: &World, names: &[&str]) -> anyhow::Result<Vec<i64>> {
    let mut made = Vec::new();
    for name in names {
        let (_, company) = world
            .sandbox
            .post_as(COLLEAGUE, "/api/Client", &json!([{ "name": name }]));
        made.push(company["id"].as_i64().expect("a company"));
    }
    world.later(TimeDelta::minutes(6));
    world.sync().await?;
    Ok(made)
}

fn offered(world: &World, name: &str) -> anyhow::Result<bool> {
    Ok(!world.engine()?.find_companies(name)?.is_empty())
}

/// A company that was deleted in HaloPSA is offered to nobody any more.
#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_company_is_out_of_use_after_three_sweeps() -> anyhow::Result<()> {
    let world = World::start().await?;
    world.allows_status(404);
    let made = companies(&world, &["Acme", "Globex", "Initech"]).await?;
    next_day(&world).await?;
    assert!(offered(&world, "Acme")?);
    let code = world.sandbox.delete_as(COLLEAGUE, &format!("/api/Client/{}", made[0]));
    assert!(code < 300, "{code}");
    for _ in 0..2 {
        next_day(&world).await?;
        assert!(offered(&world, "Acme")?, "not listed is not gone");
    }
    next_day(&world).await?;
    assert!(!offered(&world, "Acme")?);
    assert!(offered(&world, "Globex")?);
    let asked = world.sandbox.stats().statuses.get(&404).copied();
    next_day(&world).await?;
    assert_eq!(
        world.sandbox.stats().statuses.get(&404).copied(),
        asked,
        "it is asked for once"
    );
    Ok(())
}

/// Rights that were lost hide many at once: nothing is done about them.
#[tokio::test(flavor = "multi_thread")]
async fn many_missing_records_at_once_are_left_alone() -> anyhow::Result<()> {
    let world = World::start().await?;
    let made = companies(&world, &["Acme", "Globex", "Initech"]).await?;
    next_day(&world).await?;
    for company in made.iter().take(2) {
        let status = world.sandbox.delete_as(COLLEAGUE, &format!("/api/Client/{company}"));
        assert!((200..300).contains(&status), "{status}");
    }
    for _ in 0..4 {
        next_day(&world).await?;
    }
    assert!(offered(&world, "Acme")? && offered(&world, "Globex")?);
    let log = world.engine()?.health()?.log;
    assert!(
        log.iter()
            .any(|line| line.text == "2 companies are missing in HaloPSA at once. Nothing is done about them."),
        "{log:#?}"
    );
    Ok(())
}

/// What rights hide from a list is not missing.
#[tokio::test(flavor = "multi_thread")]
async fn records_that_rights_hide_are_not_missing() -> anyhow::Result<()> {
    let world = World::start().await?;
    companies(&world, &["Acme", "Globex", "Initech"]).await?;
    next_day(&world).await?;
    world
        .sandbox
        .faults()
        .add(Fault::HiddenRows { rows: 1 }.on("GET /api/Client").with_query("idonly"));
    for _ in 0..4 {
        next_day(&world).await?;
    }
    for name in ["Acme", "Globex", "Initech"] {
        assert!(offered(&world, name)?);
    }
    Ok(())
}

/// What waits to be sent stands elsewhere on this computer, and that is no difference.
#[tokio::test(flavor = "multi_thread")]
async fn an_unsent_move_is_no_difference() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, _) = world.lead(&JANE, "Contacted").await?;
    world.engine()?.set_outbox_paused(true)?;
    world.drag(jane, "engaged")?;
    next_day(&world).await?;
    let checks = world.engine()?.health()?.checks;
    assert_eq!((checks[0].here, checks[0].there, checks[0].differing), (1, 1, 0));
    world.engine()?.set_outbox_paused(false)?;
    world.sync().await?;
    Ok(())
}
