//! How the conversation goes is counted, kept, and told once; what leaves the house names nobody.

use chrono::TimeDelta;
use domain::fields::keys;
use engine::{AlertKind, Engine, Event};
use sandbox::Fault;
use store::OutboxState;
use support::{JANE, World};
use tokio::sync::broadcast::Receiver;

/// The alerts that were told since the last look.
fn told(events: &mut Receiver<Event>) -> Vec<AlertKind> {
    let mut kinds = Vec::new();
    while let Ok(event) = events.try_recv() {
        if let Event::Alert(alert) = event {
            kinds.push(alert.kind);
        }
    }
    kinds
}

fn standing(engine: &Engine) -> anyhow::Result<Vec<AlertKind>> {
    Ok(engine.health()?.alerts.iter().map(|alert| alert.kind).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_counted_and_survive_a_restart() -> anyhow::Result<()> {
    let mut world = World::start().await?;
    world.allows_status(503);
    world.lead(&JANE, "Contacted").await?;
    let before = world.engine()?.health()?;
    let asked = world.sandbox.stats().total();
    world.sandbox.faults().add(
        Fault::Refuse {
            status: 503,
            body: String::new(),
        }
        .on("GET /api/Tickets")
        .times(2),
    );
    world.sync().await?;
    let health = world.engine()?.health()?;
    let asked = u32::try_from(world.sandbox.stats().total() - asked)?;
    assert_eq!(health.requests_1h - before.requests_1h, asked);
    assert_eq!(health.errors_1h - before.errors_1h, 2);
    assert!(health.latency_ms_p50.is_some() && health.latency_ms_p95 >= health.latency_ms_p50);
    assert!(health.last_sync.is_some() && health.budget_used > 0);

    world.restart()?;
    let kept = world.engine()?.health()?;
    assert_eq!(
        (kept.requests_1h, kept.errors_1h),
        (health.requests_1h, health.errors_1h)
    );
    world.later(TimeDelta::minutes(90));
    let later = world.engine()?.health()?;
    assert_eq!((later.requests_1h, later.requests_24h), (0, health.requests_24h));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_is_told_once_and_ends_by_itself() -> anyhow::Result<()> {
    let mut world = World::start().await?;
    world.allows_status(400);
    world.allows_status(401);
    let mut events = world.engine()?.events();
    world.sandbox.expire_tokens();
    let no = Fault::Refuse {
        status: 400,
        body: r#"{"error":"invalid_client"}"#.to_owned(),
    };
    world.sandbox.faults().add(no.on("/auth/token"));
    for _ in 0..3 {
        assert!(world.sync().await.is_err());
    }
    assert_eq!(told(&mut events), [AlertKind::SignInNeeded]);
    assert_eq!(standing(world.engine()?)?, [AlertKind::SignInNeeded]);

    world.restart()?;
    let mut events = world.engine()?.events();
    assert!(world.sync().await.is_err());
    assert_eq!(told(&mut events), [], "a restart tells it no second time");
    world.sandbox.faults().clear();
    world.connect().await?;
    world.sync().await?;
    assert_eq!(standing(world.engine()?)?, []);
    let log = world.engine()?.health()?.log;
    assert!(
        log.iter()
            .any(|row| row.text.starts_with("Over: HaloPSA no longer accepts")),
        "{log:#?}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_too_long_while_halopsa_answers_is_told() -> anyhow::Result<()> {
    let world = World::start().await?;
    world.allows_status(503);
    let (jane, _) = world.lead(&JANE, "Contacted").await?;
    let mut events = world.engine()?.events();
    // A person's own pause is no reason to worry.
    world.engine()?.set_outbox_paused(true)?;
    world.drag(jane, "engaged")?;
    world.later(TimeDelta::minutes(10));
    world.sync().await?;
    assert_eq!(told(&mut events), []);
    world.engine()?.set_outbox_paused(false)?;
    world.sandbox.faults().add(
        Fault::Refuse {
            status: 503,
            body: String::new(),
        }
        .on("POST /api/Tickets"),
    );
    world.sync().await?;
    assert_eq!(told(&mut events), [AlertKind::PendingOld]);
    world.sandbox.faults().clear();
    world.sync().await?;
    assert_eq!(standing(world.engine()?)?, []);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn many_failures_in_an_hour_are_told() -> anyhow::Result<()> {
    let world = World::start().await?;
    world.allows_status(503);
    world.allows_status(401);
    let mut events = world.engine()?.events();
    world.sandbox.faults().add(
        Fault::Refuse {
            status: 503,
            body: String::new(),
        }
        .on("GET /api/Tickets")
        .times(8),
    );
    while world.sync().await.is_err() {}
    world.sync().await?;
    assert!(told(&mut events).contains(&AlertKind::ErrorRate));
    world.later(TimeDelta::hours(2));
    world.sync().await?;
    assert_eq!(standing(world.engine()?)?, [], "an hour without any");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_outbox_holds_everything_back_and_still_reads() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    world.engine()?.set_outbox_paused(true)?;
    assert!(world.sync_status()?.paused);
    world.drag(jane, "engaged")?;
    world.colleague_changes(halo, serde_json::json!({"opptel": "020 7946 0777"}))?;
    world.sync().await?;
    assert_eq!(world.writes(halo), 0);
    assert_eq!(world.value(jane, keys::PHONE)?, "020 7946 0777");
    assert_eq!(world.unsent()?.first().map(|row| row.state), Some(OutboxState::Waiting));
    world.engine()?.set_outbox_paused(false)?;
    world.sync().await?;
    assert_eq!(world.status_in_halo(halo)?, "Engaged");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_for_support_names_nobody() -> anyhow::Result<()> {
    let world = World::start().await?;
    world.allows_status(400);
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    world.engine()?.add_note(jane, "Ask for Bridget")?;
    world.drag(jane, "engaged")?;
    let refusal = format!("\"{} of {} may not be moved\"", JANE.person, JANE.company);
    world.sandbox.faults().add(
        Fault::Refuse {
            status: 400,
            body: refusal,
        }
        .on("POST /api/Tickets")
        .times(1),
    );
    world.sync().await?;
    let text = world.engine()?.export_sync_log()?;
    assert!(
        text.contains("refused (400)") && text.contains("accepted 1 changes"),
        "{text}"
    );
    assert!(
        text.contains("Requests: ") && text.contains("Compared lead: "),
        "{text}"
    );
    let address = world.sandbox.address();
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    for secret in [
        JANE.person,
        JANE.company,
        JANE.email,
        JANE.phone,
        "Bridget",
        sandbox::CLIENT_SECRET,
        sandbox::CLIENT_ID,
        address.trim_start_matches("http://"),
    ] {
        assert!(!text.contains(secret), "{secret} is in the log:\n{text}");
    }
    assert!(!digits(&text).contains(&digits(JANE.phone)));
    world.engine()?.retry_all()?;
    world.sync().await?;
    assert_eq!(world.status_in_halo(halo)?, "Engaged");
    Ok(())
}
