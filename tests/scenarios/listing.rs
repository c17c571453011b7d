//! Lists: in HaloPSA they are tags.

use domain::{HaloTicketId, TicketId};
use engine::Problem;
use serde_json::{Value, json};
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

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_a_tag_on_both_sides() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, jane_in_halo) = world.lead(&JANE, "Contacted").await?;
    let (omar, omar_in_halo) = world.lead(&OMAR, "Contacted").await?;
    let engine = world.engine()?;
    let done = engine.add_to_list(&[jane, omar], "  Hot  Leads ")?;
    assert_eq!(done.label, "Put 2 tickets on the list Hot Leads");
    world.sync().await?;
    assert_eq!(tags(&world, jane_in_halo)?, ["Hot Leads"]);
    assert_eq!(tags(&world, omar_in_halo)?, ["Hot Leads"]);
    let all = engine.lists()?;
    assert_eq!((all[0].name.as_str(), all[0].tickets), ("Hot Leads", 2));

    world.colleague_changes(omar_in_halo, tagged(&["Spring"]))?;
    world.sync().await?;
    assert_eq!(lists(&world, omar)?, ["Spring"]);
    engine.remove_from_list(&[jane], "hot leads")?;
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
async fn a_new_ticket_takes_its_lists_along() -> anyhow::Result<()> {
    let world = World::start().await?;
    let engine = world.engine()?;
    let (_, ticket) = engine.create_ticket(&engine::NewTicketRequest {
        lifecycle: domain::Lifecycle::Lead,
        values: [
            (domain::fields::keys::PERSON_NAME, JANE.person.to_owned()),
            (domain::fields::keys::EMAIL, JANE.email.to_owned()),
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
