//! Full and incremental pulls: few requests, resumable, and never in a person's way.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::fields::keys;
use engine::SyncLoop;
use sandbox::{Fault, Setup};
use serde_json::json;
use store::Filter;
use support::{JANE, World, until};

/// Sales tickets of the sample tenant used here.
const TICKETS: u32 = 700;

fn on_board(world: &World) -> anyhow::Result<u32> {
    let board = world.engine()?.board(&Filter::default())?;
    Ok(board.columns.iter().map(|column| column.head.count).sum())
}

/// The least number of pages: of each type, by what HaloPSA itself counts.
fn least_pages(world: &World) -> u64 {
    [41, 42, 43]
        .map(|ticket_type| {
            let (_, list) = world.sandbox.get(&format!(
                "/api/Tickets?pageinate=true&page_size=1&requesttype_id={ticket_type}"
            ));
            list["record_count"].as_u64().unwrap_or(0).div_ceil(100)
        })
        .iter()
        .sum()
}

/// How many pages of tickets were asked for.
fn pages(world: &World) -> u64 {
    let stats = world.sandbox.stats();
    stats.requests.get("GET /api/tickets").copied().unwrap_or(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_pull_takes_as_few_requests_as_there_are_pages() -> anyhow::Result<()> {
    let world = World::with_tickets(TICKETS, Setup::default())?;
    let report = world.connect().await?;
    assert_eq!(report.gaps, [], "the sample tenant has everything");
    assert_eq!(
        (report.stages_mapped, report.fields_mapped),
        (report.stages_total, report.fields_total)
    );
    world.sync().await?;
    assert_eq!(on_board(&world)?, TICKETS);
    let stats = world.sandbox.stats();
    assert_eq!(pages(&world), least_pages(&world));
    // Finding the sign-in, a token, the setup check, and one opt-out that holds on another ticket of the same person;
    // people follow with a later round.
    let others = stats.total() - pages(&world);
    assert!(others <= 12, "{:#?}", stats.requests);
    assert_eq!(world.sync_status()?.progress, None);

    // A round without news asks once for each type, writes nothing and tells nobody.
    world.sync().await?;
    world.later(TimeDelta::minutes(10));
    world.sync().await?;
    let seq = world.engine()?.board(&Filter::default())?.seq;
    let before = world.sandbox.stats();
    let report = world.sync().await?;
    assert_eq!((report.new, report.changed, report.sent), (0, 0, 0));
    assert_eq!(world.sandbox.stats().total() - before.total(), 3);
    let after = world.engine()?.board(&Filter::default())?.seq;
    assert!(
        after - seq <= 2,
        "only the cursor and the time of the round: {}",
        after - seq
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_pull_goes_on_where_it_stopped() -> anyhow::Result<()> {
    let mut world = World::with_tickets(TICKETS, Setup::default())?;
    world.connect().await?;
    world.allows_status(0);
    world
        .sandbox
        .faults()
        .add(Fault::DropBefore.on("GET /api/Tickets").with_query("page_no=2"));
    assert!(world.sync().await.is_err());
    let first = on_board(&world)?;
    assert!(first > 0 && first < TICKETS, "what came is usable: {first}");
    let progress = world.sync_status()?.progress.expect("a pull is in progress");
    assert_eq!(
        (progress.done, progress.total),
        (first, TICKETS),
        "and the whole is known from the first pages"
    );
    let broken = world.sandbox.stats().statuses.get(&0).copied().unwrap_or(0);
    world.sandbox.faults().clear();
    world.restart()?;
    world.sync().await?;
    assert_eq!(on_board(&world)?, TICKETS);
    assert_eq!(pages(&world) - broken, least_pages(&world), "no page twice");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_expires_in_mid_pull_is_renewed() -> anyhow::Result<()> {
    let world = World::with_tickets(TICKETS, Setup::default())?;
    world.connect().await?;
    world.allows_status(401);
    let fault = world
        .sandbox
        .faults()
        .add(Fault::ExpireTokens.on("GET /api/Tickets").after(4).times(1));
    world.sync().await?;
    assert_eq!(world.sandbox.faults().hits(fault), 1);
    assert_eq!(on_board(&world)?, TICKETS);
    assert_eq!(pages(&world), least_pages(&world) + 1);
    Ok(())
}

/// Rows shift while others write: a ticket on two pages is one ticket, and what moved away is found.
#[tokio::test(flavor = "multi_thread")]
async fn rows_that_shift_between_pages_make_no_doubles() -> anyhow::Result<()> {
    let world = World::with_tickets(TICKETS, Setup::default())?;
    world.connect().await?;
    world
        .sandbox
        .faults()
        .add(Fault::RowShift { rows: -3 }.on("GET /api/Tickets"));
    world.sync().await?;
    world.sandbox.faults().clear();
    world.sync().await?;
    assert!(on_board(&world)? <= TICKETS);
    assert!(on_board(&world)? >= TICKETS - 9);
    Ok(())
}

/// A pull never touches a value that waits to be sent, however often it comes by.
#[tokio::test(flavor = "multi_thread")]
async fn a_pull_never_overwrites_what_waits() -> anyhow::Result<()> {
    let world = World::start().await?;
    world.allows_status(503);
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    world.engine()?.edit_field(jane, keys::JOB_TITLE, "Director of IT")?;
    world.drag(jane, "engaged")?;
    world.sandbox.faults().add(
        Fault::Refuse {
            status: 503,
            body: String::new(),
        }
        .on("POST /api/Tickets"),
    );
    for number in 0..4 {
        world.colleague_changes(halo, json!({"opptel": format!("020 7946 010{number}")}))?;
        world.sync().await?;
        assert_eq!(world.value(jane, keys::JOB_TITLE)?, "Director of IT");
        assert_eq!(world.stage(jane)?.as_str(), "engaged");
        assert_eq!(world.value(jane, keys::PHONE)?, format!("020 7946 010{number}"));
    }
    world.sandbox.faults().clear();
    world.later(TimeDelta::minutes(5));
    world.sync().await?;
    assert_eq!(world.in_halo(halo, "oppjobtitle")?, "Director of IT");
    assert_eq!(world.writes(halo), 1);
    Ok(())
}

/// Lists leave the job title out. An edit of it is nobody's overruled change, and opening the ticket shows it.
#[tokio::test(flavor = "multi_thread")]
async fn what_lists_leave_out_is_neither_lost_nor_overruled() -> anyhow::Result<()> {
    let world = World::start().await?;
    let halo = world.lead_in_halo(&JANE, "Contacted")?;
    world.sync().await?;
    let jane = world.local(halo)?;
    assert_eq!(world.value(jane, keys::JOB_TITLE)?, "");
    world.engine()?.edit_field(jane, keys::JOB_TITLE, "Director of IT")?;
    world.sync().await?;
    assert_eq!(world.in_halo(halo, "oppjobtitle")?, "Director of IT");
    assert_eq!(world.value(jane, keys::JOB_TITLE)?, "Director of IT");

    let other = world.lead_in_halo(&support::OMAR, "Contacted")?;
    world.sync().await?;
    let omar = world.local(other)?;
    world.view(omar)?;
    world.sync().await?;
    assert_eq!(world.value(omar, keys::JOB_TITLE)?, support::OMAR.job);
    // A colleague changes nothing but the job title.
    world.colleague_changes(other, json!({"oppjobtitle": "Managing Partner"}))?;
    world.sync().await?;
    assert_eq!(world.value(omar, keys::JOB_TITLE)?, "Managing Partner");
    Ok(())
}

/// The first pull waits for a page that takes an hour; the drag is in HaloPSA all the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_drag_does_not_wait_for_a_pull() -> anyhow::Result<()> {
    let world = World::with_tickets(TICKETS, Setup::default())?;
    world.connect().await?;
    let slow = world.sandbox.faults().add(
        Fault::Slow { delay_ms: 3_600_000 }
            .on("GET /api/Tickets")
            .with_query("page_no=2"),
    );
    let syncing = SyncLoop::start(world.engine()?.clone(), Arc::new(world.lease.clone()));
    let faults = world.sandbox.faults();
    until("the pull waits for its second page", || Ok(faults.hits(slow) > 0)).await?;
    let board = world.engine()?.board(&Filter::default())?;
    let (card, target, status) = [
        ("contacted", "engaged", "Engaged"),
        ("prospecting", "new_prospect", "New Prospect"),
        ("negotiation", "progressing", "Progressing"),
    ]
    .into_iter()
    .find_map(|(from, to, status)| {
        let column = board.columns.iter().find(|column| column.head.stage.as_str() == from)?;
        Some((column.cards.first()?.clone(), to, status))
    })
    .expect("an open ticket came with the first pages");
    let halo = card.halo_id.expect("it is in HaloPSA");
    world.drag(card.id, target)?;
    until("HaloPSA has the drag", || Ok(world.status_in_halo(halo)? == status)).await?;
    assert_eq!(world.writes(halo), 1);
    until("the answer is stored", || Ok(world.unsent()?.is_empty())).await?;
    syncing.stop().await;
    world.sandbox.faults().clear();
    world.sync().await?;
    assert_eq!(on_board(&world)?, TICKETS);
    assert_eq!(world.stage(card.id)?.as_str(), target);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn people_follow_the_tickets() -> anyhow::Result<()> {
    let world = World::with_tickets(100, Setup::default())?;
    world.connect().await?;
    world.sync().await?;
    assert_eq!(world.sandbox.stats().count("GET /api/users"), 0);
    world.sync().await?;
    let (_, users) = world.sandbox.get("/api/Users?pageinate=true&page_size=1");
    let pages = users["record_count"].as_u64().unwrap_or(0).div_ceil(100);
    assert_eq!(world.sandbox.stats().count("GET /api/users"), pages);
    world.later(TimeDelta::minutes(6));
    world.sync().await?;
    assert_eq!(
        world.sandbox.stats().count("GET /api/users"),
        pages + 1,
        "then only what changed"
    );
    Ok(())
}
