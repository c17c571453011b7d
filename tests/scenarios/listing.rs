//! Lists: in HaloPSA they are tags.

use domain::{HaloTicketId, TicketId, fields::keys};
use engine::Problem;
use sandbox::{Fault, Setup};
use serde_json::{Value, json};
use store::OutboxState;
use support::{JANE, OMAR, World};

fn tags(world: &World, halo: HaloTicketId) -> anyhow::Result<Vec<String>> {
    let rows = world.in_halo(halo, "tags")?;
    let mut names: Vec<String> = rows
        .as_array()
        .cloned()
        .unwrap_or_default()
        .iter()
        .filter_map(|tag| tag["text"].as_str().map(str::to_owned))
        .collect();
    names.sort();
    Ok(names)
}

fn lists(world: &World, ticket: TicketId) -> anyhow::Result<Vec<String>> {
    Ok(world.view(ticket)?.lists)
}

fn tagged(names: &[&str]) -> Value {
    let tags: Vec<Value> = names.iter().map(|text| json!({ "text": text })).collect();
    json!({ "tags": tags })
}

fn industry(name: &str) -> Value {
    json!({ "customfields": [{ "name": "CFindustry", "value": name }] })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_a_tag_on_both_sides() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, jane_in_halo) = world.lead(&JANE, "Contacted").await?;
    let (omar, omar_in_halo) = world.lead(&OMAR, "Contacted").await?;
    let engine = world.engine()?;
    let done = engine.add_to_list(&[jane, omar], "  Spring  Fair ")?;
    assert_eq!(done.label, "Put 2 tickets on the list Spring Fair");
    world.sync().await?;
    assert_eq!(tags(&world, jane_in_halo)?, ["Spring Fair"]);
    assert_eq!(tags(&world, omar_in_halo)?, ["Spring Fair"]);
    let all = engine.lists()?;
    assert_eq!((all[0].name.as_str(), all[0].tickets), ("Spring Fair", 2));

    world.colleague_changes(omar_in_halo, tagged(&["Spring"]))?;
    world.sync().await?;
    assert_eq!(lists(&world, omar)?, ["Spring"]);
    engine.remove_from_list(&[jane], "spring fair")?;
    world.sync().await?;
    assert!(tags(&world, jane_in_halo)?.is_empty());
    let names: Vec<String> = engine.lists()?.into_iter().map(|list| list.name).collect();
    assert_eq!(names, ["Spring"]);
    Ok(())
}

/// HaloPSA forgets the tags that an update does not name, so a colleague's go along.
#[tokio::test(flavor = "multi_thread")]
async fn both_sides_put_one_ticket_on_lists() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (ticket, halo) = world.lead(&JANE, "Contacted").await?;
    world.colleague_changes(halo, tagged(&["Spring", "Old"]))?;
    world.sync().await?;
    let engine = world.engine()?;
    engine.add_to_list(&[ticket], "Hot")?;
    engine.remove_from_list(&[ticket], "Old")?;
    world.colleague_changes(halo, tagged(&["Spring", "Old", "Fair"]))?;
    world.sync().await?;
    assert_eq!(tags(&world, halo)?, ["Fair", "Hot", "Spring"]);
    assert_eq!(lists(&world, ticket)?, ["Fair", "Hot", "Spring"]);
    assert!(world.view(ticket)?.conflicts.is_empty());
    world.sync().await?;
    assert!(world.unsent()?.is_empty());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn undo_takes_back_only_what_was_done() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (ticket, halo) = world.lead(&JANE, "Contacted").await?;
    let engine = world.engine()?;
    let done = engine.add_to_list(&[ticket], "Hot")?;
    engine.undo()?.expect("there is something to undo");
    assert!(world.unsent()?.is_empty());
    engine.redo()?.expect("it can be done again");
    world.sync().await?;
    engine.add_to_list(&[ticket], "Fair")?;
    world.sync().await?;
    let undone = engine.undo_operation(done.operation);
    assert!(undone.is_err(), "it was undone before");
    engine.undo()?.expect("Fair");
    engine.undo()?.expect("Hot");
    world.sync().await?;
    assert!(tags(&world, halo)?.is_empty());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_is_left_again_before_the_answer_comes_stays_left() -> anyhow::Result<()> {
    let world = World::start().await?;
    world.allows_status(0);
    let (ticket, halo) = world.lead(&JANE, "Contacted").await?;
    let engine = world.engine()?;
    engine.add_to_list(&[ticket], "Fair")?;
    // It arrives, and its answer does not.
    world
        .sandbox
        .faults()
        .add(Fault::DropAfter.on("POST /api/Tickets").times(1));
    world.sync().await.ok();
    assert_eq!(tags(&world, halo)?, ["Fair"]);
    engine.undo()?.expect("there is something to undo");
    // HaloPSA shows the tag before anybody asks whether the request had arrived.
    world.colleague_changes(halo, json!({ "oppjobtitle": "Buyer" }))?;
    engine.set_outbox_paused(true)?;
    world.sync().await?;
    assert_eq!(lists(&world, ticket)?, [""; 0]);
    engine.set_outbox_paused(false)?;
    world.sync().await?;
    assert!(tags(&world, halo)?.is_empty());
    assert_eq!(lists(&world, ticket)?, [""; 0]);
    assert!(world.unsent()?.is_empty());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_ticket_takes_its_lists_along() -> anyhow::Result<()> {
    let world = World::start().await?;
    let engine = world.engine()?;
    let (_, ticket) = engine.create_ticket(&engine::NewTicketRequest {
        lifecycle: domain::Lifecycle::Lead,
        values: [
            (keys::PERSON_NAME, JANE.person.to_owned()),
            (keys::EMAIL, JANE.email.to_owned()),
        ]
        .into(),
        owner: None,
    })?;
    engine.add_to_list(&[ticket], "Hot")?;
    world.sync().await?;
    let halo = world.card(ticket)?.halo_id.expect("HaloPSA gave it a number");
    assert_eq!(tags(&world, halo)?, ["Hot"]);
    assert_eq!(world.writes(halo), 1);
    assert_eq!(lists(&world, ticket)?, ["Hot"]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_name_is_refused_in_words() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (ticket, _) = world.lead(&JANE, "Contacted").await?;
    for typed in ["", "Hot, cold"] {
        let error = world
            .engine()?
            .add_to_list(&[ticket], typed)
            .expect_err("it is refused");
        assert!(
            matches!(error.downcast_ref::<Problem>(), Some(Problem::Refused { .. })),
            "{error}"
        );
    }
    assert!(world.unsent()?.is_empty());
    Ok(())
}

/// A rule follows the value that decides, and the tag goes in the same request as the value.
#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_a_rule_follows_its_value() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (ticket, halo) = world.lead(&JANE, "Contacted").await?;
    let engine = world.engine()?;
    engine.edit_field(ticket, keys::FIT_SCORE, "85")?;
    assert_eq!(lists(&world, ticket)?, ["Hot Leads"]);
    let [entry] = world.unsent()?.try_into().expect("one entry");
    assert_eq!(entry.what, "Fit score: 85", "the list needs no word of its own");
    world.sync().await?;
    assert_eq!(tags(&world, halo)?, ["Hot Leads"]);
    assert_eq!(world.writes(halo), 1);

    engine.add_to_list(&[ticket], "Spring")?;
    engine.edit_field(ticket, keys::FIT_SCORE, "40")?;
    world.sync().await?;
    assert_eq!(tags(&world, halo)?, ["Cold Leads", "Spring"]);
    engine.undo()?.expect("there is something to undo");
    world.sync().await?;
    assert_eq!(tags(&world, halo)?, ["Hot Leads", "Spring"]);
    assert!(world.unsent()?.is_empty());

    let kept: Vec<_> = engine.lists()?.into_iter().filter(|list| list.automatic).collect();
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].rule.as_deref(), Some("Fit score above 80"));
    Ok(())
}

/// The rule decides; a tag that is older than the rule can be taken off.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_put_on_a_list_of_a_rule_by_hand() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, _) = world.lead(&JANE, "Contacted").await?;
    let (omar, omar_in_halo) = world.lead(&OMAR, "Contacted").await?;
    let engine = world.engine()?;
    engine.edit_field(jane, keys::FIT_SCORE, "85")?;
    world.colleague_changes(omar_in_halo, tagged(&["Hot Leads", "Spring"]))?;
    world.sync().await?;
    for attempt in [
        engine.add_to_list(&[omar], "cold leads"),
        engine.remove_from_list(&[jane], "hot leads"),
    ] {
        let error = attempt.expect_err("the rule decides");
        assert!(
            matches!(error.downcast_ref(), Some(Problem::Refused { reason }) if reason.contains("Fit score")),
            "{error}"
        );
    }
    assert_eq!(lists(&world, omar)?, ["Hot Leads", "Spring"]);
    assert_eq!(
        world.view(omar)?.stale_lists,
        ["Hot Leads"],
        "no rule would put him there"
    );
    assert!(world.view(jane)?.stale_lists.is_empty());
    engine.remove_from_list(&[omar], "Hot Leads")?;
    world.sync().await?;
    // HaloPSA's own tag of a rule is left as it is: nothing that decides was changed.
    assert_eq!(lists(&world, omar)?, ["Spring"]);
    assert!(world.unsent()?.is_empty());
    Ok(())
}

/// A colleague in HaloPSA takes the tag off: it stays off until a value leads elsewhere.
#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_takes_a_tag_off_is_not_fought() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (ticket, halo) = world.lead(&JANE, "Contacted").await?;
    let engine = world.engine()?;
    engine.edit_field(ticket, keys::FIT_SCORE, "85")?;
    world.sync().await?;
    world.colleague_changes(halo, tagged(&[]))?;
    world.sync().await?;
    world.sync().await?;
    assert!(lists(&world, ticket)?.is_empty());
    assert!(tags(&world, halo)?.is_empty());
    engine.edit_field(ticket, keys::FIT_SCORE, "90")?;
    world.sync().await?;
    assert!(tags(&world, halo)?.is_empty(), "hot is hot");
    engine.edit_field(ticket, keys::FIT_SCORE, "70")?;
    world.sync().await?;
    assert_eq!(tags(&world, halo)?, ["Warm Leads"]);
    Ok(())
}

/// What was taken back before it was sent leaves nothing behind, whatever lists the ticket was on here alone.
#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_is_taken_back_in_time_tags_nothing() -> anyhow::Result<()> {
    let world = World::start().await?;
    let halo = world.ticket_in_halo(41, "Contacted", &JANE, industry("Legal"))?;
    world.sync().await?;
    let ticket = world.local(halo)?;
    world.view(ticket)?;
    world.sync().await?;
    assert_eq!(lists(&world, ticket)?, ["Legal Services"]);
    assert!(tags(&world, halo)?.is_empty(), "HaloPSA is not written to be tagged");
    let engine = world.engine()?;
    engine.edit_field(ticket, keys::INDUSTRY, "Retail")?;
    assert_eq!(lists(&world, ticket)?, ["Retail & E-commerce"]);
    engine.undo()?.expect("there is something to undo");
    assert_eq!(lists(&world, ticket)?, ["Legal Services"]);
    assert!(world.unsent()?.is_empty(), "{:#?}", world.unsent()?);

    engine.edit_field(ticket, keys::INDUSTRY, "Retail")?;
    engine.edit_field(ticket, keys::INDUSTRY, "Legal")?;
    assert!(world.unsent()?.is_empty(), "{:#?}", world.unsent()?);

    // Somebody's own list goes alone.
    engine.add_to_list(&[ticket], "Spring")?;
    world.sync().await?;
    assert_eq!(tags(&world, halo)?, ["Spring"]);
    engine.undo()?.expect("there is something to undo");
    world.sync().await?;
    assert!(tags(&world, halo)?.is_empty());
    assert_eq!(lists(&world, ticket)?, ["Legal Services"]);
    Ok(())
}

/// A colleague in HaloPSA changes what decides: the tag follows in a request of its own, once.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_colleague_changes_in_halopsa_is_tagged() -> anyhow::Result<()> {
    let world = World::start().await?;
    let halo = world.ticket_in_halo(41, "Contacted", &JANE, industry("Legal"))?;
    world.sync().await?;
    let ticket = world.local(halo)?;
    world.view(ticket)?;
    world.sync().await?;
    world.colleague_changes(halo, industry("Retail"))?;
    for _ in 0..3 {
        world.sync().await?;
    }
    assert_eq!(lists(&world, ticket)?, ["Retail & E-commerce"]);
    assert_eq!(tags(&world, halo)?, ["Retail & E-commerce"]);
    assert_eq!(world.writes(halo), 1);
    assert!(world.unsent()?.is_empty());
    Ok(())
}

/// Giving up a refused change gives up its tag, and keeps the lists that are here alone.
#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_is_given_up_takes_its_tag_along() -> anyhow::Result<()> {
    let world = World::start().await?;
    world.allows_status(400);
    let halo = world.ticket_in_halo(41, "Contacted", &JANE, industry("Legal"))?;
    world.sync().await?;
    let ticket = world.local(halo)?;
    world.view(ticket)?;
    world.sync().await?;
    let engine = world.engine()?;
    engine.edit_field(ticket, keys::FIT_SCORE, "85")?;
    assert_eq!(lists(&world, ticket)?, ["Hot Leads", "Legal Services"]);
    world.sandbox.faults().add(
        sandbox::Fault::Refuse {
            status: 400,
            body: String::new(),
        }
        .on("POST /api/Tickets"),
    );
    world.sync().await?;
    let [entry] = world.unsent()?.try_into().expect("one entry");
    assert_eq!(entry.state, OutboxState::Parked);
    engine.discard_entry(entry.id)?;
    assert_eq!(lists(&world, ticket)?, ["Legal Services"]);
    assert!(world.unsent()?.is_empty());
    world.sandbox.faults().clear();
    world.sync().await?;
    assert!(tags(&world, halo)?.is_empty());
    Ok(())
}

/// A new ticket takes the lists of its rules along, in its creation.
#[tokio::test(flavor = "multi_thread")]
async fn a_new_ticket_is_created_with_its_tags() -> anyhow::Result<()> {
    let world = World::start().await?;
    let engine = world.engine()?;
    let (_, ticket) = engine.create_ticket(&engine::NewTicketRequest {
        lifecycle: domain::Lifecycle::Lead,
        values: [
            (keys::PERSON_NAME, JANE.person.to_owned()),
            (keys::EMAIL, JANE.email.to_owned()),
            (keys::INDUSTRY, "Hospitals".to_owned()),
        ]
        .into(),
        owner: None,
    })?;
    assert_eq!(lists(&world, ticket)?, ["Healthcare & Medical"]);
    world.sync().await?;
    let halo = world.card(ticket)?.halo_id.expect("HaloPSA gave it a number");
    assert_eq!(tags(&world, halo)?, ["Healthcare & Medical"]);
    assert_eq!(world.writes(halo), 1);
    Ok(())
}

/// Connecting writes nothing: tickets are on their lists here, and HaloPSA is not told.
#[tokio::test(flavor = "multi_thread")]
async fn a_first_pull_puts_tickets_on_lists_and_sends_nothing() -> anyhow::Result<()> {
    let world = World::with_tickets(200, Setup::default())?;
    world.connect().await?;
    for _ in 0..3 {
        world.sync().await?;
    }
    let on_lists: u32 = world
        .engine()?
        .lists()?
        .iter()
        .filter(|list| list.automatic)
        .map(|list| list.tickets)
        .sum();
    assert!(on_lists > 50, "only {on_lists} places on lists");
    assert!(world.unsent()?.is_empty());
    Ok(())
}
