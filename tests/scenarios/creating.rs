//! Tickets that are born here.

use domain::{Lifecycle, fields::keys};
use engine::{NewTicketRequest, Problem};
use serde_json::Value;
use store::SyncState;
use support::{JANE, REP, World};

fn request(values: &[(domain::FieldKey, &str)]) -> NewTicketRequest {
    NewTicketRequest {
        lifecycle: Lifecycle::Lead,
        values: values
            .iter()
            .map(|(field, text)| (*field, (*text).to_owned()))
            .collect(),
        owner: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_lead_reaches_halopsa_with_everything_on_it() -> anyhow::Result<()> {
    let world = World::start().await?;
    let engine = world.engine()?;
    let (done, ticket) = engine.create_ticket(&NewTicketRequest {
        owner: Some(world.agent(REP)?),
        ..request(&[
            (keys::PERSON_NAME, "Jane Doe"),
            (keys::COMPANY_NAME, JANE.company),
            (keys::EMAIL, "  Jane.Doe@ACME.example "),
            (keys::PHONE, "020 7946 0018"),
            (keys::LEAD_SOURCE, "Referral"),
            (keys::DO_NOT_CONTACT, "no"),
        ])
    })?;
    assert_eq!(done.label, "Created Acme Legal Ltd – Jane Doe");
    assert_eq!(world.value(ticket, keys::EMAIL)?, "jane.doe@acme.example");
    assert_eq!(world.value(ticket, keys::LAST_NAME)?, "Doe");
    // Work goes on before HaloPSA knows of it.
    world.drag(ticket, "researching")?;
    engine.add_note(ticket, "Found on the fair's list")?;
    assert_eq!(world.unsent()?.len(), 2, "the creation and the note");
    world.sync().await?;
    let card = world.card(ticket)?;
    let halo = card.halo_id.expect("HaloPSA gave it a number");
    assert_eq!(card.sync, SyncState::Synced);
    assert_eq!(world.status_in_halo(halo)?, "Researching");
    assert_eq!(world.in_halo(halo, "oppemailaddress")?, "jane.doe@acme.example");
    assert_eq!(world.in_halo(halo, "agent_id")?, REP);
    assert_eq!(world.notes_in_halo(halo), ["Found on the fair's list"]);
    assert_ne!(world.in_halo(halo, "CFleadSource")?, Value::Null);
    assert!(
        world
            .view(ticket)?
            .halo_url
            .is_some_and(|url| url.ends_with(&halo.to_string()))
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_or_wrong_is_said_by_field() -> anyhow::Result<()> {
    let world = World::start().await?;
    let check = |values: &[(domain::FieldKey, &str)], expect: domain::FieldKey| {
        let error = world
            .engine()
            .expect("it runs")
            .create_ticket(&request(values))
            .expect_err("it is refused");
        match error.downcast_ref::<Problem>() {
            Some(Problem::FieldInvalid { field, .. }) => assert_eq!(*field, expect, "{error}"),
            other => panic!("{other:?}"),
        }
    };
    check(&[(keys::EMAIL, "jane@acme.example")], keys::PERSON_NAME);
    check(&[(keys::PERSON_NAME, "Jane Doe")], keys::EMAIL);
    check(
        &[(keys::PERSON_NAME, "Jane Doe"), (keys::EMAIL, "jane at acme")],
        keys::EMAIL,
    );
    assert!(world.unsent()?.is_empty());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn undoing_a_creation_before_it_was_sent_leaves_no_trace() -> anyhow::Result<()> {
    let world = World::start().await?;
    let engine = world.engine()?;
    let (_, ticket) = engine.create_ticket(&request(&[(keys::PERSON_NAME, "Jane Doe"), (keys::EMAIL, JANE.email)]))?;
    let undone = engine.undo()?.expect("there is something to undo");
    assert!(!undone.compensates);
    assert!(engine.cards(&[ticket])?.is_empty());
    assert!(world.unsent()?.is_empty());
    // And once more, to stay.
    engine.redo()?.expect("it can be done again");
    world.sync().await?;
    assert!(world.card(ticket)?.halo_id.is_some());
    let error = engine.undo().expect_err("HaloPSA has it");
    assert!(
        matches!(error.downcast_ref::<Problem>(), Some(Problem::NotUndoable { .. })),
        "{error}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_creation_can_be_mended_or_discarded() -> anyhow::Result<()> {
    let world = World::start().await?;
    world.allows_status(400);
    let engine = world.engine()?;
    let (_, mended) = engine.create_ticket(&request(&[(keys::PERSON_NAME, "Jane Doe"), (keys::EMAIL, JANE.email)]))?;
    let (_, dropped) = engine.create_ticket(&request(&[
        (keys::PERSON_NAME, "Joe Doe"),
        (keys::EMAIL, "joe@acme.example"),
    ]))?;
    engine.add_note(dropped, "A note that nobody will read")?;
    let refusal = sandbox::Fault::Refuse {
        status: 400,
        body: "\"A Company must be entered\"".to_owned(),
    };
    world.sandbox.faults().add(refusal.on("POST /api/Tickets").times(2));
    world.sync().await?;
    assert_eq!(world.sync_status()?.counts.parked, 2);
    assert_eq!(world.card(mended)?.sync, SyncState::Refused);
    let unsent = world.unsent()?;
    assert!(
        unsent[0]
            .detail
            .as_deref()
            .is_some_and(|detail| detail.contains("Company")),
        "{unsent:#?}"
    );

    engine.edit_field(mended, keys::COMPANY_NAME, JANE.company)?;
    let entry = unsent
        .iter()
        .find(|row| row.ticket == dropped && row.what.starts_with("Create"))
        .expect("it is parked");
    engine.discard_entry(entry.id)?;
    world.sync().await?;
    assert!(world.card(mended)?.halo_id.is_some());
    assert!(engine.cards(&[dropped])?.is_empty());
    Ok(())
}
