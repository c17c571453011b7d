//! A colleague works on the same tickets in HaloPSA.

use chrono::TimeDelta;
use domain::{Source, activity::ActivityKind, fields::keys};
use engine::{Event, Side};
use sandbox::Fault;
use serde_json::json;
use store::SyncState;
use support::{COLLEAGUE, JANE, OMAR, REP, World};

#[tokio::test(flavor = "multi_thread")]
async fn a_colleagues_edit_is_on_the_board_after_one_poll() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    let mut events = world.engine()?.events();
    world.colleague_changes(
        halo,
        json!({"status_id": world.status("Engaged")?, "opptel": "020 7946 0777", "agent_id": COLLEAGUE}),
    )?;
    let report = world.sync().await?;
    assert_eq!((report.new, report.changed, report.sent), (0, 1, 0));
    let card = world.card(jane)?;
    assert_eq!((card.stage.as_str(), card.sync), ("engaged", SyncState::Synced));
    assert_eq!(card.owner, Some(world.agent(COLLEAGUE)?));
    let view = world.view(jane)?;
    let phone = view.fields.iter().find(|row| row.field == keys::PHONE);
    assert_eq!(phone.map(|row| &row.stored.provenance.source), Some(&Source::Halopsa));
    assert_eq!(view.history[0].by_machine.as_deref(), Some("HaloPSA"));
    assert_eq!(
        view.history[0].label,
        "In HaloPSA: Move to Engaged, Owner: Tom Whitfield, Phone: +44 20 7946 0777"
    );
    let mut told = false;
    while let Ok(event) = events.try_recv() {
        told |= matches!(event, Event::Changed(changes) if changes.board && changes.tickets == [jane]);
    }
    assert!(told, "the windows are told which ticket changed");
    assert_eq!(world.writes(halo), 0);
    Ok(())
}

/// Within the second in which HaloPSA took our own change, and in a field that lists leave out. Our own change is no news.
#[tokio::test(flavor = "multi_thread")]
async fn a_colleagues_edit_in_the_second_of_our_own_is_seen() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    world.later(TimeDelta::milliseconds(250));
    world
        .engine()?
        .edit_field(jane, keys::INITIAL_NOTES, "Wants an offer")?;
    world.sync().await?;
    let before = world.sandbox.stats();
    world.sync().await?;
    let details = |stats: &sandbox::Stats| stats.count("GET /api/tickets/{id}") + stats.count("GET /api/actions");
    assert_eq!(
        details(&world.sandbox.stats()),
        details(&before),
        "nothing more is read"
    );

    world
        .engine()?
        .edit_field(jane, keys::INITIAL_NOTES, "Wants two offers")?;
    world.sync().await?;
    world.later(TimeDelta::milliseconds(200));
    let change = json!([{"id": halo.0, "oppjobtitle": "CIO"}]);
    let (code, _) = world.sandbox.post_as(COLLEAGUE, "/api/Tickets", &change);
    assert!(code < 300);
    let before = world.sandbox.stats();
    for _ in 0..3 {
        world.sync().await?;
    }
    assert_eq!(world.value(jane, keys::JOB_TITLE)?, "CIO");
    assert_eq!(
        details(&world.sandbox.stats()) - details(&before),
        2,
        "the ticket and its timeline are read once"
    );
    Ok(())
}

/// The job title is in no list, so the ticket is read by itself; that its timeline is kept from us makes no difference.
#[tokio::test(flavor = "multi_thread")]
async fn a_colleagues_edit_arrives_without_the_right_to_see_timelines() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    world.allows_status(403);
    let refusal = Fault::Refuse {
        status: 403,
        body: String::new(),
    };
    world.sandbox.faults().add(refusal.on("GET /api/Actions"));
    world.colleague_changes(halo, json!({"oppjobtitle": "CIO"}))?;
    world.sync().await?;
    let before = world.sandbox.stats();
    world.sync().await?;
    assert_eq!(
        world.sandbox.stats().count("GET /api/tickets/{id}"),
        before.count("GET /api/tickets/{id}"),
        "it is not read again and again"
    );
    assert_eq!(world.value(jane, keys::JOB_TITLE)?, "CIO");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn both_edit_different_fields_and_both_survive() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    world.engine()?.edit_field(jane, keys::JOB_TITLE, "Director of IT")?;
    world.colleague_changes(halo, json!({"opptel": "020 7946 0777"}))?;
    world.sync().await?;
    assert_eq!(world.value(jane, keys::PHONE)?, "020 7946 0777");
    assert_eq!(world.in_halo(halo, "oppjobtitle")?, "Director of IT");
    assert_eq!(world.in_halo(halo, "opptel")?, "020 7946 0777");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn both_edit_contact_data_and_halopsas_wins_aloud() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    world.engine()?.edit_field(jane, keys::JOB_TITLE, "Director of IT")?;
    world.colleague_changes(halo, json!({"oppjobtitle": "CIO"}))?;
    world.sync().await?;
    assert_eq!(world.value(jane, keys::JOB_TITLE)?, "CIO");
    assert_eq!(world.in_halo(halo, "oppjobtitle")?, "CIO");
    assert_eq!(world.writes(halo), 0);
    let view = world.view(jane)?;
    let told = view
        .activities
        .iter()
        .find(|activity| activity.kind == ActivityKind::System && activity.who == "HaloPSA");
    assert_eq!(
        told.map(|activity| activity.body.as_str()),
        Some("Both sides changed Job title: HaloPSA's “CIO” was taken, not “Director of IT”.")
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn both_edit_my_notes_and_mine_win_aloud() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    world
        .engine()?
        .edit_field(jane, keys::INITIAL_NOTES, "Met at the fair")?;
    world.colleague_changes(
        halo,
        json!({"customfields": [{"name": "CFinitialNotes", "value": "Came by phone"}]}),
    )?;
    world.sync().await?;
    assert_eq!(world.value(jane, keys::INITIAL_NOTES)?, "Met at the fair");
    assert_eq!(world.in_halo(halo, "CFinitialNotes")?, "Met at the fair");
    let view = world.view(jane)?;
    assert!(
        view.activities
            .iter()
            .any(|activity| activity.body.contains("was kept, not HaloPSA's"))
    );
    Ok(())
}

/// The rest of the ticket goes on while the conflict waits for a person.
#[tokio::test(flavor = "multi_thread")]
async fn both_move_it_and_a_person_chooses() -> anyhow::Result<()> {
    for side in [Side::Mine, Side::Theirs] {
        let world = World::start().await?;
        let (jane, halo) = world.lead(&JANE, "Contacted").await?;
        world.drag(jane, "engaged")?;
        world
            .engine()?
            .edit_field(jane, keys::INITIAL_NOTES, "Wants an offer")?;
        world.colleague_changes(halo, json!({"status_id": world.status("No Interest")?}))?;
        world.sync().await?;

        let view = world.view(jane)?;
        assert_eq!(view.row.card.sync, SyncState::Conflict);
        let [conflict] = view.conflicts.as_slice() else {
            panic!("{:?}", view.conflicts)
        };
        assert_eq!(
            (
                conflict.field.as_str(),
                conflict.mine.as_str(),
                conflict.theirs.as_str()
            ),
            ("stage", "Engaged", "No Interest")
        );
        assert_eq!(
            view.row.card.stage.as_str(),
            "engaged",
            "mine stays until somebody chooses"
        );
        assert_eq!(world.status_in_halo(halo)?, "No Interest", "and is not sent");
        assert_eq!(
            world.in_halo(halo, "CFinitialNotes")?,
            "Wants an offer",
            "the rest went on"
        );
        world.sync().await?;
        assert_eq!(world.sync_status()?.counts.conflicts, 1);

        world.engine()?.resolve_conflict(conflict.id, side)?;
        world.sync().await?;
        let (stage, status) = match side {
            Side::Mine => ("engaged", "Engaged"),
            Side::Theirs => ("no_interest", "No Interest"),
        };
        assert_eq!(world.stage(jane)?.as_str(), stage);
        assert_eq!(world.status_in_halo(halo)?, status);
        assert_eq!(world.card(jane)?.sync, SyncState::Synced);
        assert!(
            world.engine()?.resolve_conflict(conflict.id, side).is_err(),
            "it is settled"
        );
    }
    Ok(())
}

/// Nothing was pulled between the colleague's move and mine, so only reading before writing can notice.
#[tokio::test(flavor = "multi_thread")]
async fn a_push_never_goes_over_a_move_it_has_not_seen() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    world.colleague_changes(
        halo,
        json!({"agent_id": COLLEAGUE, "status_id": world.status("Do Not Contact")?}),
    )?;
    world.drag(jane, "engaged")?;
    world.sync().await?;
    assert_eq!(world.status_in_halo(halo)?, "Do Not Contact");
    assert_eq!(world.writes(halo), 0);
    let view = world.view(jane)?;
    assert_eq!(view.conflicts.len(), 1);
    assert_eq!(
        view.row.card.owner,
        Some(world.agent(COLLEAGUE)?),
        "what only they changed is taken"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conflict_ends_by_itself_when_both_sides_come_to_the_same() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    let (omar, omar_halo) = world.lead(&OMAR, "Contacted").await?;
    for (ticket, halo) in [(jane, halo), (omar, omar_halo)] {
        world.drag(ticket, "engaged")?;
        world.colleague_changes(halo, json!({"status_id": world.status("No Interest")?}))?;
    }
    world.sync().await?;
    assert_eq!(world.sync_status()?.counts.conflicts, 2);
    // The colleague comes round.
    world.colleague_changes(halo, json!({"status_id": world.status("Engaged")?}))?;
    // And for the other ticket the rep does.
    world.be(domain::Role::Ops)?;
    world.drag(omar, "contacted")?;
    world.drag(omar, "no_interest")?;
    world.sync().await?;
    assert_eq!(world.sync_status()?.counts.conflicts, 0);
    assert_eq!(world.stage(jane)?.as_str(), "engaged");
    assert_eq!(world.status_in_halo(omar_halo)?, "No Interest");
    assert_eq!(world.writes(halo) + world.writes(omar_halo), 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn do_not_contact_never_turns_off_by_machine() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    world.engine()?.set_do_not_contact(&[jane], "Opt-out")?;
    world.sync().await?;
    assert_eq!(world.in_halo(halo, "CFdoNotContact")?, "true");
    world.colleague_changes(
        halo,
        json!({"customfields": [{"name": "CFdoNotContact", "value": false}]}),
    )?;
    world.sync().await?;
    world.sync().await?;
    assert!(world.card(jane)?.do_not_contact);
    assert_eq!(
        world.in_halo(halo, "CFdoNotContact")?,
        "true",
        "it is told to HaloPSA again"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_colleagues_opt_out_beats_my_unsent_edit() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    world.engine()?.edit_field(jane, keys::JOB_TITLE, "Director of IT")?;
    world.colleague_changes(
        halo,
        json!({"customfields": [{"name": "CFdoNotContact", "value": true}]}),
    )?;
    world.sync().await?;
    assert!(world.card(jane)?.do_not_contact);
    assert_eq!(world.in_halo(halo, "oppjobtitle")?, "Director of IT");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn notes_and_calls_travel_both_ways() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    world.engine()?.add_note(jane, "Wants a call\nin January")?;
    let (code, _) = world.sandbox.post_as(
        COLLEAGUE,
        "/api/Actions",
        &json!([{"ticket_id": halo.0, "outcome_id": 103, "note_html": "<p>Called, no answer</p>", "sendemail": false}]),
    );
    assert!(code < 300);
    world.sync().await?;
    world.later(TimeDelta::minutes(2));
    world.sync().await?;
    let view = world.view(jane)?;
    let mut seen: Vec<_> = view
        .activities
        .iter()
        .filter(|activity| activity.kind != ActivityKind::System && activity.subject != "Ticket Logged")
        .map(|activity| (activity.kind, activity.body.as_str(), activity.agent))
        .collect();
    seen.sort_by_key(|(_, body, _)| *body);
    let tom = Some(world.agent(COLLEAGUE)?);
    let priya = Some(world.agent(REP)?);
    assert_eq!(
        seen,
        [
            (ActivityKind::Call, "Called, no answer", tom),
            (ActivityKind::Note, "Wants a call\nin January", priya)
        ]
    );
    assert_eq!(world.notes_in_halo(halo).len(), 2);
    Ok(())
}
