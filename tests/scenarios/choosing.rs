//! A person looks at what differs between here and HaloPSA, and settles it.

use domain::fields::keys;
use engine::views::{ApartHow, Side};
use sandbox::{Fault, Setup};
use serde_json::json;
use store::SyncState;
use support::{COLLEAGUE, JANE, OMAR, REP, World};

/// Mine is what the rep chose, theirs what the colleague did meanwhile.
async fn two_differences(world: &World) -> anyhow::Result<(domain::TicketId, domain::HaloTicketId)> {
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    world.drag(jane, "engaged")?;
    world.engine()?.assign_owner(&[jane], None)?;
    world.colleague_changes(
        halo,
        json!({"agent_id": COLLEAGUE, "status_id": world.status("No Interest")?}),
    )?;
    world.sync().await?;
    assert_eq!(world.sync_status()?.counts.conflicts, 2);
    Ok((jane, halo))
}

#[tokio::test(flavor = "multi_thread")]
async fn both_differences_of_a_ticket_are_settled_for_one_side_at_once() -> anyhow::Result<()> {
    for side in [Side::Mine, Side::Theirs] {
        let world = World::start().await?;
        let (jane, halo) = two_differences(&world).await?;
        let open = world.engine()?.conflicts()?;
        assert!(
            open.iter()
                .all(|conflict| conflict.ticket_label == "Acme Legal Ltd – Jane Doe")
        );
        let ids: Vec<_> = open.iter().map(|conflict| conflict.id).collect();

        let done = world.engine()?.resolve_conflicts(&ids, side)?;
        assert!(
            done.label.starts_with("2 fields of Acme Legal Ltd – Jane Doe settled"),
            "{}",
            done.label
        );
        assert!(world.engine()?.conflicts()?.is_empty());
        world.sync().await?;
        let (stage, status, agent) = match side {
            Side::Mine => ("engaged", "Engaged", None),
            Side::Theirs => ("no_interest", "No Interest", Some(world.agent(COLLEAGUE)?)),
        };
        assert_eq!(world.stage(jane)?.as_str(), stage);
        assert_eq!(world.card(jane)?.owner, agent);
        assert_eq!(world.status_in_halo(halo)?, status);
        assert_eq!(world.card(jane)?.sync, SyncState::Synced);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn one_undo_asks_both_questions_again() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, halo) = two_differences(&world).await?;
    let ids: Vec<_> = world
        .engine()?
        .conflicts()?
        .iter()
        .map(|conflict| conflict.id)
        .collect();
    world.engine()?.resolve_conflicts(&ids, Side::Theirs)?;
    world.engine()?.undo()?;
    let again: Vec<_> = world
        .engine()?
        .conflicts()?
        .iter()
        .map(|conflict| conflict.id)
        .collect();
    assert_eq!(again, ids);
    assert_eq!(world.stage(jane)?.as_str(), "engaged", "mine is back");
    world.sync().await?;
    assert_eq!(world.status_in_halo(halo)?, "No Interest", "and is not sent");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn where_one_question_has_been_settled_meanwhile_none_is_touched() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, _) = two_differences(&world).await?;
    let ids: Vec<_> = world
        .engine()?
        .conflicts()?
        .iter()
        .map(|conflict| conflict.id)
        .collect();
    let [first, second] = ids.as_slice() else {
        panic!("{ids:?}")
    };
    world.engine()?.resolve_conflict(*first, Side::Mine)?;
    assert!(
        world
            .engine()?
            .resolve_conflicts(&[*second, *first], Side::Theirs)
            .is_err()
    );
    let left: Vec<_> = world
        .engine()?
        .conflicts()?
        .iter()
        .map(|conflict| conflict.id)
        .collect();
    assert_eq!(left, [*second]);
    assert_eq!(world.stage(jane)?.as_str(), "engaged");
    world.sync().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_difference_says_who_wrote_mine_and_when_theirs_was_changed() -> anyhow::Result<()> {
    let world = World::start().await?;
    let mut preferences = world.engine()?.preferences()?;
    preferences.me = Some(world.agent(REP)?);
    world.engine()?.set_preferences(&preferences)?;
    two_differences(&world).await?;
    for conflict in world.engine()?.conflicts()? {
        assert_eq!(conflict.mine_by, Some(world.agent(REP)?), "{conflict:?}");
        let (mine, theirs) = (conflict.mine_at.expect("a time"), conflict.theirs_at.expect("a time"));
        assert!(mine < theirs && theirs <= conflict.at, "{conflict:?}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_field_says_how_it_is_apart_from_halopsa() -> anyhow::Result<()> {
    let world = World::with_tickets(
        0,
        Setup {
            without: vec!["CFinitialNotes".to_owned()],
        },
    )?;
    world.connect().await?;
    world.allows_status(400);
    world.leaves_unsent();
    let (omar, halo) = world.lead(&OMAR, "Contacted").await?;
    let apart = || -> anyhow::Result<Vec<_>> {
        let view = world.view(omar)?;
        Ok(view.apart.into_iter().map(|apart| (apart.part, apart.how)).collect())
    };
    assert_eq!(apart()?, []);

    world.engine()?.edit_field(omar, keys::INITIAL_NOTES, "Keen")?;
    world.engine()?.edit_field(omar, keys::JOB_TITLE, "Founder")?;
    let unmapped = ("initial_notes".to_owned(), ApartHow::Unmapped);
    assert_eq!(
        apart()?,
        [unmapped.clone(), ("job_title".to_owned(), ApartHow::Waiting)]
    );

    let refusal = Fault::Refuse {
        status: 400,
        body: "\"The job title is too long\"".to_owned(),
    };
    world.sandbox.faults().add(refusal.on("POST /api/Tickets").times(1));
    world.sync().await?;
    assert_eq!(apart()?, [unmapped, ("job_title".to_owned(), ApartHow::Refused)]);
    let view = world.view(omar)?;
    assert!(
        view.apart[1]
            .reason
            .as_ref()
            .is_some_and(|reason| reason.contains("too long")),
        "{:?}",
        view.apart
    );

    world.drag(omar, "engaged")?;
    world.colleague_changes(halo, json!({"status_id": world.status("No Interest")?}))?;
    world.sync().await?;
    assert!(
        apart()?.contains(&("stage".to_owned(), ApartHow::Conflict)),
        "{:?}",
        apart()?
    );
    Ok(())
}
