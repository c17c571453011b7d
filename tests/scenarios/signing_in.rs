//! People sign in with the browser, are signed out, and sign in again: what waits is never lost.

use connectors::{ErrorKind, Secret, halo::Landing};
use domain::{Role, fields::keys};
use engine::{Account, ConnectReport, Link, Problem, SignInAttempt, SignInRequest, Vault};
use sandbox::{NATIVE_CLIENT_ID, Setup};
use support::{COLLEAGUE, JANE, LIV, OMAR, REP, World};

const CLIENT_SECRET: &str = "halo/tenant/client-secret";
const REFRESH_TOKEN: &str = "halo/tenant/refresh-token";

/// How to begin at the world's tenant.
fn request(world: &World) -> SignInRequest {
    SignInRequest {
        address: world.sandbox.address(),
        client_id: NATIVE_CLIENT_ID.to_owned(),
        port: None,
    }
}

/// What the browser brings when that agent signs in.
fn browser(world: &World, attempt: &SignInAttempt, agent: i64) -> Secret {
    let location = world.sandbox.sign_in_as(agent, attempt.authorize_url());
    let location = location.expect("the browser is sent back");
    let (_, query) = location.split_once('?').expect("with an answer");
    match attempt.landing(query) {
        Landing::Code(code) => code,
        other => panic!("{other:?}"),
    }
}

async fn sign_in(world: &World, request: SignInRequest, agent: i64) -> anyhow::Result<ConnectReport> {
    let engine = world.engine()?;
    let attempt = engine.begin_sign_in(request).await?;
    let code = browser(world, &attempt, agent);
    engine.finish_sign_in(&attempt, &code).await
}

/// Priya signed in with the browser; nothing is there yet but her.
async fn world_of_a_person() -> anyhow::Result<World> {
    let world = World::with_tickets(0, Setup::default())?;
    let report = sign_in(&world, request(&world), REP).await?;
    assert_eq!(
        (report.signed_in_as.as_str(), report.changed_agent),
        ("Priya Raman", None)
    );
    world.sync().await?;
    world.be(Role::Rep)?;
    Ok(world)
}

/// An administrator ends the sign-in; the next round notices.
async fn ends(world: &World) -> anyhow::Result<()> {
    world.allows_status(400);
    world.allows_status(401);
    world.sandbox.end_sign_ins();
    let error = world.sync().await.expect_err("nobody is signed in");
    let error = error.downcast_ref::<connectors::Error>().expect("HaloPSA says so");
    assert_eq!(error.kind, ErrorKind::SignedOut);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn signed_out_with_three_changes_waiting_and_in_again_sends_all_of_them_once() -> anyhow::Result<()> {
    let world = world_of_a_person().await?;
    let (jane, jane_halo) = world.lead(&JANE, "Contacted").await?;
    let (omar, omar_halo) = world.lead(&OMAR, "Contacted").await?;
    let (liv, liv_halo) = world.lead(&LIV, "Contacted").await?;
    let engine = world.engine()?;
    world.drag(jane, "engaged")?;
    engine.edit_field(omar, keys::JOB_TITLE, "Founder")?;
    engine.add_note(liv, "Call after the holidays")?;

    ends(&world).await?;
    let status = world.sync_status()?;
    assert!(matches!(status.link, Link::SignedOut { .. }), "{status:?}");
    assert_eq!(status.counts.waiting, 3);
    assert_eq!(
        status.problem.as_deref(),
        Some("Your sign-in to HaloPSA has ended. Sign in again; your changes wait here.")
    );
    // Work goes on meanwhile.
    engine.edit_field(omar, keys::PHONE, "+44 161 496 0999")?;

    let again = engine.sign_in_again()?.expect("a person signs in with the browser");
    assert_eq!(again.address, world.sandbox.address());
    let report = sign_in(&world, again, REP).await?;
    assert_eq!(report.changed_agent, None);
    assert_eq!(world.sync_status()?.link, Link::Online);
    world.sync().await?;
    assert_eq!(world.status_in_halo(jane_halo)?, "Engaged");
    assert_eq!(world.in_halo(omar_halo, "oppjobtitle")?, "Founder");
    assert_eq!(world.notes_in_halo(liv_halo), ["Call after the holidays"]);
    for halo in [jane_halo, omar_halo] {
        assert_eq!(world.writes(halo), 1);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_start_signs_in_with_what_was_kept() -> anyhow::Result<()> {
    let mut world = world_of_a_person().await?;
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    for stage in ["engaged", "contacted"] {
        world.restart()?;
        world.drag(jane, stage)?;
        world.sync().await?;
    }
    assert_eq!(world.status_in_halo(halo)?, "Contacted");
    assert_eq!(world.writes(halo), 2);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_expires_between_rounds_is_renewed_unseen() -> anyhow::Result<()> {
    let world = world_of_a_person().await?;
    world.allows_status(401);
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    world.sandbox.expire_tokens();
    world.drag(jane, "engaged")?;
    world.sync().await?;
    assert_eq!(world.status_in_halo(halo)?, "Engaged");
    assert_eq!(world.writes(halo), 1);
    assert_eq!(world.sync_status()?.link, Link::Online);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn another_tenant_is_refused_before_the_browser_opens() -> anyhow::Result<()> {
    let world = world_of_a_person().await?;
    let elsewhere = World::with_tickets(0, Setup::default())?;
    let error = world
        .engine()?
        .begin_sign_in(request(&elsewhere))
        .await
        .expect_err("the data here belongs to another tenant");
    assert!(matches!(
        error.downcast_ref::<Problem>(),
        Some(Problem::OtherTenant { .. })
    ));
    assert_eq!(elsewhere.sandbox.stats().total(), 0, "nobody was asked");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn another_agent_at_the_browser_is_named() -> anyhow::Result<()> {
    let world = world_of_a_person().await?;
    ends(&world).await?;
    let again = world.engine()?.sign_in_again()?.expect("with the browser");
    let report = sign_in(&world, again, COLLEAGUE).await?;
    assert_eq!(report.signed_in_as, "Tom Whitfield");
    assert_eq!(report.changed_agent.as_deref(), Some("Priya Raman"));
    world.sync().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_comes_to_nothing_leaves_the_one_before_alone() -> anyhow::Result<()> {
    let world = world_of_a_person().await?;
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    let kept = || anyhow::Ok(world.vault().get(REFRESH_TOKEN)?.map(|token| token.expose().to_owned()));
    let before = kept()?;
    assert!(before.is_some());

    // The code is used up by somebody else, or too late.
    let engine = world.engine()?;
    let attempt = engine.begin_sign_in(request(&world)).await?;
    world.allows_status(400);
    let error = engine
        .finish_sign_in(&attempt, &Secret::new("made-up"))
        .await
        .expect_err("no such code");
    assert_eq!(
        error
            .downcast_ref::<connectors::Error>()
            .map(|error| error.kind.clone()),
        Some(ErrorKind::SignedOut)
    );
    // The person signs in, but the tenant cannot be read by them.
    let attempt = engine.begin_sign_in(request(&world)).await?;
    let code = browser(&world, &attempt, COLLEAGUE);
    world.allows_status(403);
    world.sandbox.faults().add(
        sandbox::Fault::Refuse {
            status: 403,
            body: String::new(),
        }
        .on("/api/TicketType")
        .times(1),
    );
    assert!(engine.finish_sign_in(&attempt, &code).await.is_err());

    assert_eq!(kept()?, before, "the token of before is still the one that is kept");
    world.drag(jane, "engaged")?;
    world.sync().await?;
    assert_eq!(world.status_in_halo(halo)?, "Engaged");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn changing_between_a_person_and_a_service_account_keeps_one_secret() -> anyhow::Result<()> {
    let world = world_of_a_person().await?;
    let has = |name: &str| anyhow::Ok(world.vault().get(name)?.is_some());
    let account = || anyhow::Ok(world.engine()?.tenant()?.map(|tenant| tenant.account));
    assert_eq!((has(CLIENT_SECRET)?, has(REFRESH_TOKEN)?), (false, true));
    assert_eq!(account()?, Some(Account::Person));

    world.connect().await?;
    assert_eq!((has(CLIENT_SECRET)?, has(REFRESH_TOKEN)?), (true, false));
    assert_eq!(account()?, Some(Account::Service));
    assert_eq!(
        world.engine()?.sign_in_again()?,
        None,
        "a secret is needed, not a browser"
    );
    world.sync().await?;

    sign_in(&world, request(&world), REP).await?;
    assert_eq!((has(CLIENT_SECRET)?, has(REFRESH_TOKEN)?), (false, true));
    world.sync().await?;

    world.engine()?.disconnect().await?;
    assert_eq!((has(CLIENT_SECRET)?, has(REFRESH_TOKEN)?), (false, false));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_port_that_worked_is_used_again() -> anyhow::Result<()> {
    let world = World::with_tickets(0, Setup::default())?;
    assert_eq!(world.engine()?.redirect_port()?, 8765);
    world
        .sandbox
        .configure(|behaviour| behaviour.native.redirects = vec!["http://127.0.0.1:9123/callback".to_owned()]);
    let elsewhere = SignInRequest {
        port: Some(9123),
        ..request(&world)
    };
    sign_in(&world, elsewhere, REP).await?;
    let again = world.engine()?.sign_in_again()?.expect("with the browser");
    let attempt = world.engine()?.begin_sign_in(again).await?;
    assert_eq!(attempt.port(), 9123);
    Ok(())
}
