//! Companies and contacts: a promoted ticket is linked to them, and what HaloPSA lacks is made there, once.

use domain::{HaloTicketId, Role, TicketId, fields::keys};
use engine::{CompanyChoice, ContactChoice, MoveOutcome, MoveRequest, PartyChoice, PartyNeed, TicketParty};
use sandbox::Fault;
use serde_json::{Value, json};
use store::OutboxState;
use support::{COLLEAGUE, JANE, OMAR, Persona, World};

/// What HaloPSA has under a path, in an envelope of that name.
fn rows(world: &World, path: &str, name: &str) -> Vec<Value> {
    let (_, answer) = world.sandbox.get(path);
    answer[name].as_array().cloned().unwrap_or_default()
}

fn companies(world: &World, name: &str) -> Vec<Value> {
    let mut all = rows(world, "/api/Client?includeinactive=true", "clients");
    all.retain(|row| row["name"] == name);
    all
}

fn contacts(world: &World, name: &str) -> Vec<Value> {
    let mut all = rows(world, "/api/Users?includeinactive=true", "users");
    all.retain(|row| row["name"] == name);
    all
}

/// A company with its contact, entered in HaloPSA by a colleague; their ids there.
fn known(world: &World, company: &str, who: &Persona) -> (i64, i64) {
    let (code, client) = world
        .sandbox
        .post_as(COLLEAGUE, "/api/Client", &json!([{ "name": company }]));
    assert!(code < 300, "{client}");
    let body = json!([{ "name": who.person, "emailaddress": who.email, "site_id": client["main_site_id"] }]);
    let (code, user) = world.sandbox.post_as(COLLEAGUE, "/api/Users", &body);
    assert!(code < 300, "{user}");
    (client["id"].as_i64().unwrap_or(0), user["id"].as_i64().unwrap_or(0))
}

/// Companies and contacts are asked for every few minutes only.
async fn pull_people(world: &World) -> anyhow::Result<()> {
    world.later(chrono::TimeDelta::minutes(6));
    world.sync().await?;
    Ok(())
}

fn promoted(world: &World, ticket: TicketId, choice: Option<PartyChoice>) -> anyhow::Result<MoveOutcome> {
    world.engine()?.move_tickets(&MoveRequest {
        tickets: vec![ticket],
        target: "new_prospect".to_owned(),
        parties: choice
            .map(|choice| TicketParty { ticket, choice })
            .into_iter()
            .collect(),
        ..MoveRequest::default()
    })
}

fn asked(outcome: MoveOutcome) -> PartyNeed {
    match outcome {
        MoveOutcome::Needs { mut by_ticket, .. } => by_ticket
            .pop()
            .and_then(|ticket| ticket.party)
            .expect("whom it is about is asked"),
        other => panic!("nothing is asked: {other:?}"),
    }
}

fn linked_in_halo(world: &World, halo: HaloTicketId) -> anyhow::Result<(Value, Value)> {
    Ok((world.in_halo(halo, "client_name")?, world.in_halo(halo, "user_name")?))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promoted_lead_brings_its_company_and_its_contact_into_halopsa() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (ticket, halo) = world.lead(&JANE, "Engaged").await?;
    world.drag(ticket, "new_prospect")?;
    let whats: Vec<String> = world.unsent()?.into_iter().map(|row| row.what).collect();
    assert_eq!(
        whats,
        [
            "Create the company Acme Legal Ltd",
            "Create the contact Jane Doe",
            "Move to New Prospect, Link to Acme Legal Ltd – Jane Doe",
        ]
    );
    world.sync().await?;
    assert_eq!(
        linked_in_halo(&world, halo)?,
        (json!("Acme Legal Ltd"), json!("Jane Doe"))
    );
    let [jane] = contacts(&world, "Jane Doe").try_into().expect("one contact");
    assert_eq!(jane["emailaddress"], JANE.email);
    assert_eq!(jane["phonenumber"], "+442079460018");
    assert_eq!(companies(&world, JANE.company).len(), 1);
    assert_eq!(world.writes(halo), 1, "move and link are one request");

    // What comes back by the next pulls is the same company and the same contact.
    pull_people(&world).await?;
    let view = world.view(ticket)?;
    let (company, contact) = (
        view.linked_company.expect("linked"),
        view.linked_contact.expect("linked"),
    );
    assert!(company.in_halo && contact.in_halo);
    assert_eq!(world.engine()?.find_companies("Acme")?, [company]);
    assert_eq!(
        world
            .engine()?
            .contacts_of(contact.company.expect("of a company"))?
            .len(),
        1
    );
    assert!(view.conflicts.is_empty());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_chain_survives_lost_answers_without_making_anything_twice() -> anyhow::Result<()> {
    let mut world = World::start().await?;
    world.allows_status(0);
    let (ticket, halo) = world.lead(&JANE, "Engaged").await?;
    world.drag(ticket, "new_prospect")?;
    for path in ["POST /api/Client", "POST /api/Users", "POST /api/Tickets"] {
        world.sandbox.faults().add(Fault::DropAfter.on(path).times(1));
        // A lost answer ends the round; the next one looks first, and in between the process may die.
        world.sync().await.expect_err("the answer is lost");
        world.restart()?;
    }
    world.later(chrono::TimeDelta::minutes(2));
    world.sync().await?;
    assert!(world.unsent()?.is_empty());
    assert_eq!(companies(&world, JANE.company).len(), 1);
    assert_eq!(contacts(&world, JANE.person).len(), 1);
    assert_eq!(
        linked_in_halo(&world, halo)?,
        (json!("Acme Legal Ltd"), json!("Jane Doe"))
    );
    assert_eq!(world.writes(halo), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_company_and_a_contact_that_are_there_are_used() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (client, user) = known(&world, JANE.company, &JANE);
    pull_people(&world).await?;
    let (ticket, halo) = world.lead(&JANE, "Engaged").await?;
    world.drag(ticket, "new_prospect")?;
    assert_eq!(world.unsent()?.len(), 1, "nothing is made");
    world.sync().await?;
    assert_eq!(world.in_halo(halo, "client_id")?, client);
    assert_eq!(world.in_halo(halo, "user_id")?, user);
    Ok(())
}

/// The move arrived, its answer did not, and HaloPSA shows it before anybody asks: the undo holds for the links, too.
#[tokio::test(flavor = "multi_thread")]
async fn a_promotion_that_is_undone_before_the_answer_comes_is_undone() -> anyhow::Result<()> {
    let world = World::start().await?;
    world.allows_status(0);
    known(&world, JANE.company, &JANE);
    pull_people(&world).await?;
    let (ticket, halo) = world.lead(&JANE, "Engaged").await?;
    let before = linked_in_halo(&world, halo)?;
    world.drag(ticket, "new_prospect")?;
    world
        .sandbox
        .faults()
        .add(Fault::DropAfter.on("POST /api/Tickets").times(1));
    assert!(world.sync().await.is_err());
    assert_ne!(linked_in_halo(&world, halo)?, before, "it arrived");
    let engine = world.engine()?;
    engine.undo()?.expect("there is something to undo");
    world.colleague_changes(halo, json!({ "oppjobtitle": "Buyer" }))?;
    engine.set_outbox_paused(true)?;
    world.sync().await?;
    engine.set_outbox_paused(false)?;
    world.sync().await?;
    assert_eq!(world.stage(ticket)?.as_str(), "engaged");
    assert_eq!(world.status_in_halo(halo)?, "Engaged");
    assert_eq!(linked_in_halo(&world, halo)?, before);
    assert!(world.unsent()?.is_empty());
    Ok(())
}

/// A colleague entered the company while this computer was away: it is found before a second one is made.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_colleague_made_meanwhile_is_found_and_told() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (ticket, halo) = world.lead(&JANE, "Engaged").await?;
    world.drag(ticket, "new_prospect")?;
    let (client, user) = known(&world, JANE.company, &JANE);
    world.sync().await?;
    assert_eq!(world.in_halo(halo, "client_id")?, client);
    assert_eq!(world.in_halo(halo, "user_id")?, user);
    let view = world.view(ticket)?;
    let told: Vec<&str> = view.activities.iter().map(|activity| activity.body.as_str()).collect();
    assert!(
        told.iter()
            .any(|body| body.contains("the company Acme Legal Ltd already")),
        "{told:?}"
    );
    pull_people(&world).await?;
    assert_eq!(world.engine()?.find_companies("acme")?.len(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_doubt_is_put_to_the_person_who_drops_the_card() -> anyhow::Result<()> {
    let world = World::start().await?;
    // The same company under another legal form, and somebody else behind the same mailbox.
    known(&world, "ACME Legal Limited", &JANE);
    let shared = Persona {
        person: "Joe Miller",
        email: OMAR.email,
        ..OMAR
    };
    known(&world, "Brightwell Group", &shared);
    pull_people(&world).await?;

    let (jane, halo) = world.lead(&JANE, "Engaged").await?;
    let need = asked(promoted(&world, jane, None)?);
    assert_eq!(world.stage(jane)?.as_str(), "engaged", "nothing is written");
    assert!(world.unsent()?.is_empty());
    assert_eq!(need.companies.len(), 1);
    assert_eq!(
        (need.new_company.as_str(), need.new_contact.as_str()),
        (JANE.company, JANE.person)
    );
    let contact = need.contacts[0].id;
    assert_eq!(need.proposal.contact, ContactChoice::Existing { id: contact });
    let outcome = promoted(&world, jane, Some(need.proposal))?;
    assert!(matches!(outcome, MoveOutcome::Moved { .. }), "{outcome:?}");
    world.sync().await?;
    assert_eq!(
        linked_in_halo(&world, halo)?,
        (json!("ACME Legal Limited"), json!("Jane Doe"))
    );

    let (omar, halo) = world.lead(&OMAR, "Engaged").await?;
    let need = asked(promoted(&world, omar, None)?);
    assert_eq!(need.contacts[0].name, "Joe Miller");
    // Two people behind one mailbox: the rep knows that this is another one, in another company.
    let choice = PartyChoice {
        company: CompanyChoice::New,
        contact: ContactChoice::New,
    };
    promoted(&world, omar, Some(choice))?;
    world.sync().await?;
    assert_eq!(linked_in_halo(&world, halo)?, (json!(OMAR.company), json!(OMAR.person)));
    assert_eq!(contacts(&world, "Joe Miller").len(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contact_of_another_company_is_refused_with_its_name() -> anyhow::Result<()> {
    let world = World::start().await?;
    known(&world, "Other Ltd", &OMAR);
    known(&world, JANE.company, &JANE);
    pull_people(&world).await?;
    let (ticket, _) = world.lead(&JANE, "Engaged").await?;
    let engine = world.engine()?;
    let other = engine.find_companies("Other")?[0].id;
    let jane = engine.contacts_of(engine.find_companies("Acme")?[0].id)?[0].id;
    let error = engine
        .link_contact(
            ticket,
            PartyChoice {
                company: CompanyChoice::Existing { id: other },
                contact: ContactChoice::Existing { id: jane },
            },
        )
        .expect_err("they do not belong together");
    assert!(error.to_string().contains("belongs to Acme Legal Ltd"), "{error}");
    assert!(world.unsent()?.is_empty());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn undo_takes_the_chain_back_before_and_after_it_was_sent() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (ticket, halo) = world.lead(&JANE, "Engaged").await?;
    let engine = world.engine()?;
    world.drag(ticket, "new_prospect")?;
    let undone = engine.undo()?.expect("there is something to undo");
    assert!(!undone.compensates);
    assert!(world.unsent()?.is_empty());
    world.sync().await?;
    assert!(companies(&world, JANE.company).is_empty());

    engine.redo()?.expect("it can be done again");
    assert_eq!(world.unsent()?.len(), 3);
    world.sync().await?;
    assert_eq!(companies(&world, JANE.company).len(), 1);

    // HaloPSA keeps an address too many; the ticket goes back to nobody.
    let undone = engine.undo()?.expect("there is something to undo");
    assert!(undone.compensates);
    world.sync().await?;
    assert_eq!(world.in_halo(halo, "client_id")?, 1);
    assert_eq!(world.stage(ticket)?.as_str(), "engaged");
    assert!(world.view(ticket)?.linked_company.is_none());
    engine.redo()?.expect("it can be done again");
    world.sync().await?;
    assert_eq!(
        linked_in_halo(&world, halo)?,
        (json!("Acme Legal Ltd"), json!("Jane Doe"))
    );
    assert_eq!(companies(&world, JANE.company).len(), 1);
    assert_eq!(contacts(&world, JANE.person).len(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tickets_of_one_new_company_share_it() -> anyhow::Result<()> {
    let world = World::start().await?;
    let jill = Persona {
        person: "Jill Roe",
        email: "jill.roe@acme.example",
        phone: "020 7946 0019",
        ..JANE
    };
    let (one, jane_in_halo) = world.lead(&JANE, "Engaged").await?;
    let (two, jill_in_halo) = world.lead(&jill, "Engaged").await?;
    let outcome = world.try_drag(&[one, two], "new_prospect")?;
    assert!(matches!(outcome, MoveOutcome::Moved { .. }), "{outcome:?}");
    world.sync().await?;
    assert_eq!(companies(&world, JANE.company).len(), 1);
    assert_eq!(world.in_halo(jane_in_halo, "user_name")?, "Jane Doe");
    assert_eq!(world.in_halo(jill_in_halo, "user_name")?, "Jill Roe");
    assert_eq!(
        world.in_halo(jane_in_halo, "client_id")?,
        world.in_halo(jill_in_halo, "client_id")?
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_company_holds_back_the_move_and_no_note_and_can_be_given_up() -> anyhow::Result<()> {
    let world = World::start().await?;
    world.allows_status(400);
    let (ticket, halo) = world.lead(&JANE, "Engaged").await?;
    let engine = world.engine()?;
    world.drag(ticket, "new_prospect")?;
    engine.add_note(ticket, "She wants a quote")?;
    let refusal = Fault::Refuse {
        status: 400,
        body: "\"An Account Manager must be selected\"".to_owned(),
    };
    world.sandbox.faults().add(refusal.on("POST /api/Client").times(1));
    world.sync().await?;
    let unsent = world.unsent()?;
    assert_eq!(unsent[0].state, OutboxState::Parked);
    assert!(
        unsent[0]
            .reason
            .as_deref()
            .is_some_and(|reason| reason.contains("Account Manager"))
    );
    assert_eq!(
        unsent[1..]
            .iter()
            .filter(|row| row.state == OutboxState::Waiting)
            .count(),
        3
    );
    assert_eq!(world.status_in_halo(halo)?, "Engaged");

    engine.discard_entry(unsent[0].id)?;
    assert!(world.view(ticket)?.linked_company.is_none());
    world.sync().await?;
    assert_eq!(world.status_in_halo(halo)?, "New Prospect");
    assert_eq!(world.notes_in_halo(halo), ["She wants a quote"]);
    assert!(companies(&world, JANE.company).is_empty());

    // Tried again by hand, now that HaloPSA takes it.
    engine.create_company(ticket)?;
    world.sync().await?;
    assert_eq!(
        linked_in_halo(&world, halo)?,
        (json!("Acme Legal Ltd"), json!("Jane Doe"))
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn both_sides_link_the_same_ticket_and_a_person_chooses() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (theirs, _) = known(&world, "Other Ltd", &OMAR);
    pull_people(&world).await?;
    let (ticket, halo) = world.lead(&JANE, "Engaged").await?;
    world.engine()?.create_company(ticket)?;
    world.colleague_changes(halo, json!({ "client_id": theirs }))?;
    world.sync().await?;
    let [conflict] = world.view(ticket)?.conflicts.try_into().expect("one conflict");
    assert_eq!(conflict.field, "party");
    assert_eq!(conflict.mine, "Acme Legal Ltd – Jane Doe");
    assert_eq!(conflict.theirs, "Other Ltd");
    assert_eq!(world.in_halo(halo, "client_id")?, theirs, "nothing is sent over it");
    world.be(Role::Rep)?;
    world.engine()?.resolve_conflict(conflict.id, engine::Side::Mine)?;
    world.sync().await?;
    assert_eq!(
        linked_in_halo(&world, halo)?,
        (json!("Acme Legal Ltd"), json!("Jane Doe"))
    );
    assert!(world.view(ticket)?.conflicts.is_empty());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prospect_that_is_born_here_waits_for_its_company() -> anyhow::Result<()> {
    let world = World::start().await?;
    let values = [
        (keys::PERSON_NAME, JANE.person),
        (keys::COMPANY_NAME, JANE.company),
        (keys::EMAIL, JANE.email),
    ];
    let (_, ticket) = world.engine()?.create_ticket(&engine::NewTicketRequest {
        lifecycle: domain::Lifecycle::Prospect,
        values: values.map(|(field, text)| (field, text.to_owned())).into(),
        owner: None,
    })?;
    assert_eq!(world.unsent()?.len(), 3);
    world.sync().await?;
    let halo = world.card(ticket)?.halo_id.expect("HaloPSA gave it a number");
    assert_eq!(
        linked_in_halo(&world, halo)?,
        (json!("Acme Legal Ltd"), json!("Jane Doe"))
    );
    assert_eq!(world.writes(halo), 1);
    Ok(())
}
