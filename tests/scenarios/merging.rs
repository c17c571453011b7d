//! Tickets that are one become one, here and in HaloPSA, and two again.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use domain::{HaloTicketId, Lifecycle, TicketId, activity::ActivityKind, fields::keys};
use engine::{NewTicketRequest, Problem};
use serde_json::json;
use store::{ActivityRow, SyncState};
use support::{JANE, OMAR, Persona, World};

/// Jane, as somebody else has typed her in.
const TWIN: Persona = Persona {
    person: "J. Doe",
    company: "Acme Legal",
    job: "Head of IT",
    email: "jdoe@acme.example",
    phone: "020 7946 0099",
};

/// Everything that a person would miss: both tickets here and in HaloPSA. What only says when something was touched last,
/// and the history, which is never taken back, are left out.
fn image(world: &World, tickets: &[(TicketId, HaloTicketId)]) -> anyhow::Result<Vec<String>> {
    let mut lines = Vec::new();
    for (ticket, halo) in tickets {
        let view = world.view(*ticket)?;
        let mut card = view.row.card.clone();
        // HaloPSA's own record of the ticket says that it left its stage and came back.
        card.entered_at = view.row.created_at;
        lines.push(format!("{card:?} {:?}", view.row.summary));
        lines.push(format!("{:?} {:?}", view.row.contact, view.row.company));
        lines.push(format!("{:?}", view.lists));
        for field in &view.fields {
            lines.push(format!("{:?}", field.stored));
        }
        for activity in view.activities.iter().filter(|activity| !is_trace_of_merging(activity)) {
            // Whose name stands at it comes with the next look at HaloPSA's own timeline.
            let activity = ActivityRow {
                who: String::new(),
                ..activity.clone()
            };
            lines.push(format!("{activity:?}"));
        }
        let there = world.sandbox.ticket(halo.0).unwrap_or_default();
        for (property, value) in there.as_object().into_iter().flatten() {
            let is_trace = property.starts_with("last") || property.contains("date") && property.contains("clos");
            if !is_trace {
                lines.push(format!("{halo} {property} {value}"));
            }
        }
        let (_, appointments) = world
            .sandbox
            .get(&format!("/api/Appointment?ticket_id={halo}&showall=true"));
        for row in appointments["appointments"].as_array().into_iter().flatten() {
            lines.push(format!("{halo} {} {}", row["subject"], row["ticket_id"]));
        }
    }
    Ok(lines)
}

/// What merging and its undo leave in the history, here and in HaloPSA.
fn is_trace_of_merging(activity: &ActivityRow) -> bool {
    let told = ["Merged ", "Undone: ", "Done again: "];
    activity.kind == ActivityKind::System || told.iter().any(|begin| activity.body.starts_with(begin))
}

fn bodies(world: &World, ticket: TicketId) -> anyhow::Result<Vec<String>> {
    let activities = world.view(ticket)?.activities;
    Ok(activities
        .into_iter()
        .map(|activity| format!("{}{}", activity.subject, activity.body))
        .collect())
}

async fn quiet(world: &World) -> anyhow::Result<()> {
    for _ in 0..3 {
        world.sync().await?;
    }
    assert!(world.unsent()?.is_empty(), "{:#?}", world.unsent()?);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merge_that_is_undone_after_it_was_sent_leaves_both_sides_as_they_were() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, jane_halo) = world.lead(&JANE, "Contacted").await?;
    let (twin, twin_halo) = world.lead(&TWIN, "Researching").await?;
    let engine = world.engine()?;
    engine.add_to_list(&[twin], "Hot")?;
    engine.add_note(twin, "Wants a quote")?;
    engine.add_task(twin, "Send the offer", "2026-11-20T15:00:00Z".parse()?, None)?;
    engine.edit_field(twin, keys::PAIN_POINTS, "Phones are old")?;
    quiet(&world).await?;
    let both = [(jane, jane_halo), (twin, twin_halo)];
    let before = image(&world, &both)?;

    let done = engine.merge_tickets(jane, &[twin], &BTreeMap::from([(keys::JOB_TITLE, twin)]))?;
    assert_eq!(done.label, "Merged Acme Legal – J. Doe into Acme Legal Ltd – Jane Doe");
    assert!(engine.cards(&[twin])?.is_empty(), "it is a card no more");
    assert_eq!(
        world.view(twin)?.row.card.id,
        jane,
        "its number leads to the ticket that stays"
    );
    assert_eq!(world.value(jane, keys::JOB_TITLE)?, "Head of IT");
    assert_eq!(
        world.value(jane, keys::PAIN_POINTS)?,
        "Phones are old",
        "what was empty is filled"
    );
    assert_eq!(world.value(jane, keys::EMAIL)?, JANE.email);
    assert_eq!(world.view(jane)?.lists, ["Hot"]);
    let told = bodies(&world, jane)?;
    assert!(told.iter().any(|body| body.ends_with("Wants a quote")), "{told:#?}");
    assert!(told.iter().any(|body| body.starts_with("Send the offer")), "{told:#?}");
    assert!(engine.search("jdoe")?.is_empty());

    quiet(&world).await?;
    assert_eq!(world.status_in_halo(twin_halo)?, "Closed");
    assert_eq!(world.status_in_halo(jane_halo)?, "Contacted");
    assert_eq!(world.in_halo(jane_halo, "oppjobtitle")?, "Head of IT");
    let pointer = world.notes_in_halo(twin_halo);
    assert!(
        pointer
            .iter()
            .any(|note| note.starts_with("Merged into") && note.contains(&format!("#{jane_halo}"))),
        "{pointer:#?}"
    );
    let (_, tasks) = world
        .sandbox
        .get(&format!("/api/Appointment?ticket_id={jane_halo}&showall=true"));
    assert_eq!(
        tasks["appointments"].as_array().map(Vec::len),
        Some(1),
        "the task came along"
    );
    assert!(
        engine.cards(&[twin])?.is_empty(),
        "HaloPSA's answer does not bring it back"
    );

    let undone = engine.undo()?.expect("there is something to undo");
    assert!(undone.compensates);
    quiet(&world).await?;
    assert_eq!(image(&world, &both)?, before);
    let notes = world.notes_in_halo(twin_halo);
    assert!(notes.iter().any(|note| note.starts_with("Undone: ")), "{notes:#?}");

    let again = engine.redo()?.expect("it can be done again");
    assert_eq!(again.label, format!("Done again: {}", done.label));
    quiet(&world).await?;
    assert_eq!(world.status_in_halo(twin_halo)?, "Closed");
    engine.undo()?.expect("and taken back once more");
    quiet(&world).await?;
    assert_eq!(image(&world, &both)?, before);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merge_that_is_undone_before_it_was_sent_leaves_halopsa_alone() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, jane_halo) = world.lead(&JANE, "Contacted").await?;
    let (twin, twin_halo) = world.lead(&TWIN, "Researching").await?;
    let both = [(jane, jane_halo), (twin, twin_halo)];
    let before = image(&world, &both)?;
    let engine = world.engine()?;
    engine.merge_tickets(jane, &[twin], &BTreeMap::new())?;
    assert_eq!(world.unsent()?.len(), 3, "two notes, and the end of the twin");
    engine.undo()?.expect("there is something to undo");
    assert!(world.unsent()?.is_empty(), "{:#?}", world.unsent()?);
    assert_eq!(image(&world, &both)?, before);
    quiet(&world).await?;
    assert_eq!((world.writes(jane_halo), world.writes(twin_halo)), (0, 0));
    assert_eq!(image(&world, &both)?, before);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_that_halopsa_does_not_have_is_not_created_there_any_more() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, jane_halo) = world.lead(&JANE, "Contacted").await?;
    let engine = world.engine()?;
    let (_, twin) = engine.create_ticket(&NewTicketRequest {
        lifecycle: Lifecycle::Lead,
        values: [
            (keys::PERSON_NAME, TWIN.person.to_owned()),
            (keys::EMAIL, TWIN.email.to_owned()),
            (keys::LINKEDIN_URL, "linkedin.com/in/jane-doe".to_owned()),
        ]
        .into(),
        owner: None,
    })?;
    engine.add_note(twin, "Met at the fair")?;
    let waiting: Vec<String> = world.unsent()?.into_iter().map(|row| row.what).collect();
    engine.merge_tickets(jane, &[twin], &BTreeMap::new())?;
    assert!(
        world.unsent()?.iter().all(|row| row.ticket == jane),
        "{:#?}",
        world.unsent()?
    );
    engine.undo()?.expect("there is something to undo");
    let mut again: Vec<String> = world.unsent()?.into_iter().map(|row| row.what).collect();
    again.sort();
    let mut expected = waiting.clone();
    expected.sort();
    assert_eq!(again, expected);
    assert!(world.unsent()?.iter().all(|row| row.ticket == twin));

    engine.redo()?.expect("it can be done again");
    quiet(&world).await?;
    assert_eq!(
        world.sandbox.stats().count("POST /api/tickets"),
        1,
        "one update, no creation"
    );
    let notes = world.notes_in_halo(jane_halo);
    assert!(notes.contains(&"Met at the fair".to_owned()), "{notes:#?}");
    assert!(world.value(jane, keys::LINKEDIN_URL)?.contains("jane-doe"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_opt_out_survives_on_whichever_ticket_it_was() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, jane_halo) = world.lead(&JANE, "Contacted").await?;
    let (twin, _) = world.lead(&TWIN, "Contacted").await?;
    let engine = world.engine()?;
    engine.set_do_not_contact(&[twin], "Opt-out")?;
    quiet(&world).await?;
    assert!(!world.card(jane)?.do_not_contact);
    engine.merge_tickets(jane, &[twin], &BTreeMap::new())?;
    assert!(world.card(jane)?.do_not_contact);
    quiet(&world).await?;
    assert!(world.card(jane)?.do_not_contact);
    assert!(world.in_halo(jane_halo, "id")?.is_number());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_colleague_reopens_is_a_ticket_of_its_own_again() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, _) = world.lead(&JANE, "Contacted").await?;
    let (twin, twin_halo) = world.lead(&TWIN, "Researching").await?;
    world.engine()?.merge_tickets(jane, &[twin], &BTreeMap::new())?;
    quiet(&world).await?;
    world.colleague_changes(twin_halo, json!({"oppjobtitle": "CIO"}))?;
    quiet(&world).await?;
    assert!(
        world.engine()?.cards(&[twin])?.is_empty(),
        "a change alone is no wish to reopen it"
    );

    world.colleague_changes(twin_halo, json!({"status_id": world.status("Contacted")?}))?;
    quiet(&world).await?;
    assert_eq!(world.stage(twin)?.as_str(), "contacted");
    assert_eq!(world.card(twin)?.sync, SyncState::Synced);
    assert_eq!(world.status_in_halo(twin_halo)?, "Contacted");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn three_tickets_become_one_and_the_one_of_one_alone_is_refused() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, _) = world.lead(&JANE, "Contacted").await?;
    let (twin, twin_halo) = world.lead(&TWIN, "Contacted").await?;
    let (omar, omar_halo) = world.lead(&OMAR, "Contacted").await?;
    let engine = world.engine()?;
    let error = engine
        .merge_tickets(jane, &[jane], &BTreeMap::new())
        .expect_err("one is not many");
    assert!(matches!(error.downcast_ref(), Some(Problem::Refused { .. })), "{error}");
    engine.merge_tickets(omar, &[twin], &BTreeMap::new())?;
    let done = engine.merge_tickets(jane, &[omar], &BTreeMap::from([(keys::JOB_TITLE, omar)]))?;
    assert_eq!(
        done.label,
        "Merged Brightwell Dental – Omar Haddad into Acme Legal Ltd – Jane Doe"
    );
    assert_eq!(world.view(twin)?.row.card.id, jane, "a part of a part is a part");
    quiet(&world).await?;
    for halo in [twin_halo, omar_halo] {
        assert_eq!(world.status_in_halo(halo)?, "Closed");
    }
    engine.undo()?.expect("the second");
    assert_eq!(world.view(twin)?.row.card.id, omar, "as it was before");
    engine.undo()?.expect("the first");
    quiet(&world).await?;
    for halo in [twin_halo, omar_halo] {
        assert_eq!(world.status_in_halo(halo)?, "Contacted");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_status_that_closes_the_rest_is_done_and_the_end_is_left_to_a_person() -> anyhow::Result<()> {
    let world = World::start().await?;
    world.allows_status(400);
    let (jane, _) = world.lead(&JANE, "Contacted").await?;
    let (twin, twin_halo) = world.lead(&TWIN, "Contacted").await?;
    world.sandbox.configure(|behaviour| behaviour.strict_workflow = true);
    let engine = world.engine()?;
    engine.merge_tickets(jane, &[twin], &BTreeMap::new())?;
    world.sync().await?;
    let [refused] = world.unsent()?.try_into().expect("the end of the twin");
    assert_eq!(refused.what, "Move to Closed");
    assert_eq!(world.status_in_halo(twin_halo)?, "Contacted");
    assert!(engine.cards(&[twin])?.is_empty(), "here it is merged");
    let done = engine.discard_entry(refused.id)?;
    assert_eq!(done.label, "Discarded “Move to Closed” of Acme Legal – J. Doe");
    world.later(TimeDelta::minutes(5));
    quiet(&world).await?;
    assert!(engine.cards(&[twin])?.is_empty());
    Ok(())
}
