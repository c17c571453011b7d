//! What stands for what: ticket types, statuses and fields under other names, a set-up that changes under way, and a
//! person who puts it right.
//!
//! Long because every story of the mapping stands beside the others, and all share the few words at its beginning.

use chrono::TimeDelta;
use domain::{
    HaloFieldId, HaloStatusId, HaloTicketTypeId, Lifecycle, Role, StageKey,
    fields::{SyncPolicy, keys},
    tenant::{Confidence, Gap},
};
use engine::{AlertKind, MappingEdit, MappingView, Problem};
use sandbox::{Administration, Fault, Setup};
use serde_json::json;
use store::OutboxState;
use support::{JANE, OMAR, World};

/// HaloPSA's ids in the sample tenant.
const LEAD_TYPE: i64 = 41;
const TEXT: i64 = 0;
const CHECKBOX: i64 = 6;

fn rename(world: &World, what: &str, to: &str) {
    world.sandbox.administer(Administration::Rename {
        what: what.to_owned(),
        to: to.to_owned(),
    });
}

fn remove(world: &World, what: &str) {
    world
        .sandbox
        .administer(Administration::Remove { what: what.to_owned() });
}

fn add_status(world: &World, name: &str) {
    world.sandbox.administer(Administration::AddStatus {
        name: name.to_owned(),
        ticket_type: LEAD_TYPE,
    });
}

fn add_field(world: &World, name: &str, kind: i64) {
    world.sandbox.administer(Administration::AddField {
        name: name.to_owned(),
        kind,
    });
}

fn without(names: &[&str]) -> anyhow::Result<World> {
    World::with_tickets(
        0,
        Setup {
            without: names.iter().map(|name| (*name).to_owned()).collect(),
        },
    )
}

/// By then the sign-in has expired and is renewed.
fn a_day_later(world: &World) {
    world.allows_status(401);
    world.later(TimeDelta::days(1));
}

/// Changes the mapping in use and keeps it.
fn save(world: &World, change: impl FnOnce(&mut MappingEdit, &MappingView)) -> anyhow::Result<MappingView> {
    let view = world.engine()?.mapping()?;
    let mut edit = view.edit.clone();
    change(&mut edit, &view);
    world.engine()?.save_mapping(&edit)
}

fn refusal(error: &anyhow::Error) -> String {
    match error.downcast_ref::<Problem>() {
        Some(Problem::Refused { reason }) => reason.clone(),
        _ => panic!("{error:#}"),
    }
}

fn custom_id(view: &MappingView, name: &str) -> HaloFieldId {
    let found = view.offers.custom_fields.iter().find(|field| field.name == name);
    HaloFieldId(found.expect("the tenant has the field").id)
}

fn status_id(view: &MappingView, name: &str) -> HaloStatusId {
    let found = view.offers.statuses.iter().find(|status| status.name == name);
    HaloStatusId(found.expect("the tenant has the status").id)
}

/// How many tickets are told to be left out.
fn left_out(world: &World) -> anyhow::Result<Option<u32>> {
    let alerts = world.engine()?.health()?.alerts;
    let found = alerts.iter().find(|alert| alert.kind == AlertKind::Unplaced);
    Ok(found.map(|alert| alert.tickets))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_type_under_another_name_is_mapped_by_hand_before_anything_is_synced() -> anyhow::Result<()> {
    let world = without(&[])?;
    rename(&world, "Lead", "Enquiry");
    let jane = world.lead_in_halo(&JANE, "Contacted")?;
    let report = world.connect().await?;
    assert_eq!(report.gaps.iter().filter(|gap| gap.blocks()).count(), 1);
    let error = world.sync().await.expect_err("nothing can be synced yet");
    assert!(matches!(
        error.downcast_ref::<Problem>(),
        Some(Problem::MissingTicketType { gaps }) if gaps.len() == 1
    ));
    let view = world.engine()?.mapping()?;
    assert!(view.blocked);
    assert_eq!(world.sync_status()?.mapping_alerts, 1);
    assert_eq!(view.ticket_types[0].confidence, Confidence::Missing);
    assert!(view.missing_text.contains("Ticket type “Lead”"));

    let chosen = |edit: &mut MappingEdit| {
        let lead = Some(HaloTicketTypeId(LEAD_TYPE));
        edit.choices.ticket_types.insert(Lifecycle::Lead, lead);
    };
    let mut tried = view.edit.clone();
    chosen(&mut tried);
    assert!(!world.engine()?.check_mapping(tried)?.blocked);
    assert!(world.engine()?.mapping()?.blocked, "looking keeps nothing");
    let saved = save(&world, |edit, _| chosen(edit))?;
    assert_eq!(saved.ticket_types[0].confidence, Confidence::Chosen);
    assert_eq!((saved.blocked, saved.missing.len()), (false, 0));
    world.sync().await?;
    assert_eq!(world.stage(world.local(jane)?)?.as_str(), "contacted");
    assert_eq!(world.sync_status()?.mapping_alerts, 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renamed_status_stays_in_use_and_is_reported_once_a_day() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    rename(&world, "Engaged", "Warm");
    add_status(&world, "Engaged");
    world.sync().await?;
    assert_eq!(world.sync_status()?.mapping_alerts, 0, "nobody has looked yet");
    a_day_later(&world);
    world.sync().await?;
    assert_eq!(world.sync_status()?.mapping_alerts, 1);
    let view = world.engine()?.mapping()?;
    assert_eq!(
        view.changes[0].sentence,
        "The status “Engaged” is now called “Warm”. Leadline still uses it for the stage Engaged."
    );
    assert!(!view.changes[0].breaks);
    world.drag(jane, "engaged")?;
    world.sync().await?;
    assert_eq!(world.status_in_halo(halo)?, "Warm", "the id counts, not the name");
    let stages = save(&world, |_, _| {})?.stages;
    let engaged = stages.iter().find(|row| row.label == "Engaged").expect("a stage");
    assert_eq!(engaged.confidence, Confidence::Kept);
    assert_eq!(
        engaged.proposal.as_ref().map(|item| item.name.as_str()),
        Some("Engaged")
    );
    assert_eq!(world.sync_status()?.mapping_alerts, 0, "it has been looked at");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_that_is_gone_is_reported_and_not_guessed_around() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    remove(&world, "Engaged");
    add_status(&world, "Engaged");
    a_day_later(&world);
    world.sync().await?;
    let view = world.engine()?.mapping()?;
    assert!(view.changes[0].breaks, "{:?}", view.changes);
    assert!(view.missing.is_empty(), "nothing has to be created: {:?}", view.missing);
    world.drag(jane, "engaged")?;
    world.sync().await?;
    let [entry] = world.unsent()?.try_into().expect("the move waits");
    assert_eq!(entry.state, OutboxState::Parked);

    save(&world, |edit, view| {
        let engaged = status_id(view, "Engaged");
        edit.choices.stages.insert(StageKey::from("engaged"), Some(engaged));
    })?;
    world.engine()?.retry_entry(entry.id)?;
    world.sync().await?;
    assert_eq!(world.status_in_halo(halo)?, "Engaged");
    assert_eq!(world.writes(halo), 1);
    Ok(())
}

/// The custom field becomes another type; a person maps a new, empty one. What was typed here is not emptied by it: it
/// is sent there.
#[tokio::test(flavor = "multi_thread")]
async fn a_field_that_moves_takes_its_values_along() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    world.engine()?.edit_field(jane, keys::BUDGET_RANGE, "10-20k")?;
    world.sync().await?;
    assert_eq!(world.in_halo(halo, "CFbudgetRange")?, "10-20k");
    let (field, kind) = ("CFbudgetRange".to_owned(), CHECKBOX);
    world.sandbox.administer(Administration::Retype { field, kind });
    a_day_later(&world);
    world.sync().await?;
    let view = world.engine()?.mapping()?;
    assert!(
        view.changes[0]
            .sentence
            .contains("was of the type Text and is now Checkbox")
    );
    assert_eq!(world.value(jane, keys::BUDGET_RANGE)?, "10-20k");
    world.engine()?.edit_field(jane, keys::BUDGET_RANGE, "20-30k")?;
    world.sync().await?;
    assert!(world.unsent()?.is_empty(), "it stays here meanwhile");

    add_field(&world, "CFbudget", TEXT);
    world.engine()?.read_setup().await?;
    save(&world, |edit, view| {
        let budget = custom_id(view, "CFbudget");
        edit.choices.fields.insert(keys::BUDGET_RANGE, Some(budget));
    })?;
    world.sync().await?;
    world.sync().await?;
    assert_eq!(world.value(jane, keys::BUDGET_RANGE)?, "20-30k");
    assert_eq!(world.in_halo(halo, "CFbudget")?, "20-30k");
    Ok(())
}

/// The custom field cannot be used for a while. What is typed meanwhile is newer than what HaloPSA still has of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_field_that_comes_back_gets_what_was_typed_meanwhile() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    world.engine()?.edit_field(jane, keys::BUDGET_RANGE, "10-20k")?;
    world.sync().await?;
    save(&world, |edit, _| {
        edit.choices.fields.insert(keys::BUDGET_RANGE, None);
    })?;
    world.sync().await?;
    world.engine()?.edit_field(jane, keys::BUDGET_RANGE, "20-30k")?;
    world.sync().await?;
    assert_eq!(world.in_halo(halo, "CFbudgetRange")?, "10-20k", "it stays here");
    save(&world, |edit, _| {
        edit.choices.fields.remove(&keys::BUDGET_RANGE);
    })?;
    world.sync().await?;
    world.sync().await?;
    assert_eq!(world.value(jane, keys::BUDGET_RANGE)?, "20-30k");
    assert_eq!(world.in_halo(halo, "CFbudgetRange")?, "20-30k");
    Ok(())
}

/// A right was taken away for a moment: HaloPSA answers with a list of nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_set_up_that_comes_back_empty_changes_nothing() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    for path in ["Status", "TicketType", "FieldInfo", "Outcome"] {
        let nothing = Fault::Refuse {
            status: 200,
            body: "[]".to_owned(),
        };
        world
            .sandbox
            .faults()
            .add(nothing.on(&format!("GET /api/{path}")).times(1));
    }
    let view = world.engine()?.read_setup().await?;
    assert_eq!((view.blocked, view.changes.len(), view.missing.len()), (false, 0, 0));
    world.drag(jane, "engaged")?;
    world.sync().await?;
    assert_eq!(world.status_in_halo(halo)?, "Engaged");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn another_status_for_a_stage_reads_every_ticket_again() -> anyhow::Result<()> {
    let world = World::start().await?;
    add_status(&world, "Nurturing");
    let (jane, _) = world.lead(&JANE, "Contacted").await?;
    let omar = world.lead_in_halo(&OMAR, "Nurturing")?;
    world.sync().await?;
    assert!(world.local(omar).is_err(), "its status stands for no stage");
    assert_eq!(left_out(&world)?, Some(1));
    world.engine()?.read_setup().await?;
    save(&world, |edit, view| {
        let nurturing = status_id(view, "Nurturing");
        edit.choices.stages.insert(StageKey::from("contacted"), Some(nurturing));
    })?;
    world.sync().await?;
    assert_eq!(world.stage(world.local(omar)?)?.as_str(), "contacted");
    assert_eq!(
        world.stage(jane)?.as_str(),
        "contacted",
        "nothing is known about its status now"
    );
    assert_eq!(left_out(&world)?, Some(1), "and that is told");
    Ok(())
}

/// A ticket without a place is counted as long as HaloPSA has it open, and no longer.
#[tokio::test(flavor = "multi_thread")]
async fn who_has_no_place_is_counted_until_it_has_one() -> anyhow::Result<()> {
    let world = World::start().await?;
    add_status(&world, "Nurturing");
    let omar = world.lead_in_halo(&OMAR, "Nurturing")?;
    let jane = world.lead_in_halo(&JANE, "Nurturing")?;
    for _ in 0..2 {
        world.sync().await?;
        assert_eq!(left_out(&world)?, Some(2), "each of them once");
    }
    let contacted = world.status("Contacted")?;
    world.colleague_changes(omar, json!({ "status_id": contacted }))?;
    world.sync().await?;
    assert!(world.local(omar).is_ok());
    assert_eq!(left_out(&world)?, Some(1));
    // Absence is no proof: only a list of everything is.
    world.colleague_deletes(jane)?;
    world.sync().await?;
    assert_eq!(left_out(&world)?, Some(1));
    world.allows_status(401);
    world.allows_status(404);
    world.later(chrono::TimeDelta::hours(25));
    world.sync().await?;
    assert_eq!(left_out(&world)?, None);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_field_is_created_where_the_tenant_allows_it() -> anyhow::Result<()> {
    let world = without(&["CFinitialNotes"])?;
    world.sandbox.configure(|behaviour| behaviour.create_fields = true);
    world.connect().await?;
    world.sync().await?;
    world.be(Role::Rep)?;
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    world
        .engine()?
        .edit_field(jane, keys::INITIAL_NOTES, "Met at the fair")?;
    world.sync().await?;
    let before = world.engine()?.mapping()?;
    assert_eq!(before.missing.len(), 1);
    assert!(before.missing[0].can_create);
    let after = world.engine()?.create_missing_field(keys::INITIAL_NOTES).await?;
    assert!(after.missing.is_empty());
    let row = after.fields.iter().find(|row| row.field == keys::INITIAL_NOTES);
    let confidence = row.and_then(|row| row.custom.as_ref()).map(|custom| custom.confidence);
    assert_eq!(confidence, Some(Confidence::Exact));
    world.sync().await?;
    world.sync().await?;
    assert_eq!(world.in_halo(halo, "CFinitialNotes")?, "Met at the fair");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn where_fields_cannot_be_created_the_administrator_is_told_what_to_do() -> anyhow::Result<()> {
    let world = without(&["CFdepartment"])?;
    world.allows_status(400);
    world.connect().await?;
    world.sync().await?;
    let error = world
        .engine()?
        .create_missing_field(keys::DEPARTMENT)
        .await
        .expect_err("the tenant refuses");
    assert!(refusal(&error).contains("does not create fields"), "{error:#}");
    let view = world.engine()?.mapping()?;
    assert!(view.missing_text.contains("Type: Single Select"));
    assert!(view.missing_text.contains("- Engineering"));
    // The administrator follows them by hand, under a label of their own.
    add_field(&world, "CFdepartment", TEXT);
    assert!(world.engine()?.read_setup().await?.missing.is_empty());
    Ok(())
}

/// The answer to the creation is lost: the list of fields says that it happened.
#[tokio::test(flavor = "multi_thread")]
async fn a_field_is_not_created_twice_when_the_answer_is_lost() -> anyhow::Result<()> {
    let world = without(&["CFinitialNotes"])?;
    world.allows_status(0);
    world.sandbox.configure(|behaviour| behaviour.create_fields = true);
    world.connect().await?;
    world.sync().await?;
    world
        .sandbox
        .faults()
        .add(Fault::DropAfter.on("POST /api/FieldInfo").times(1));
    let view = world.engine()?.create_missing_field(keys::INITIAL_NOTES).await?;
    assert!(view.missing.is_empty());
    let named = |name: &str| {
        view.offers
            .custom_fields
            .iter()
            .filter(|field| field.name == name)
            .count()
    };
    assert_eq!(named("CFinitialNotes"), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_change_makes_leadline_look_at_the_set_up() -> anyhow::Result<()> {
    let world = World::start().await?;
    world.allows_status(400);
    let (jane, _) = world.lead(&JANE, "Contacted").await?;
    remove(&world, "Engaged");
    world.drag(jane, "engaged")?;
    world.sync().await?;
    let [entry] = world.unsent()?.try_into().expect("the move is refused");
    assert_eq!(entry.state, OutboxState::Parked);
    world.later(TimeDelta::minutes(10));
    world.sync().await?;
    let view = world.engine()?.mapping()?;
    assert!(
        view.changes[0].sentence.starts_with("The status “Engaged”"),
        "{:?}",
        view.changes
    );
    assert!(view.missing.iter().any(|told| matches!(told.gap, Gap::Status { .. })));
    world.leaves_unsent();
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_of_ones_own_decides_what_both_sides_changed() -> anyhow::Result<()> {
    let world = World::start().await?;
    let (jane, halo) = world.lead(&JANE, "Contacted").await?;
    save(&world, |edit, _| {
        edit.policies.fields.insert(keys::JOB_TITLE, SyncPolicy::MineWins);
    })?;
    world.colleague_changes(halo, json!({"oppjobtitle": "Buyer", "opptel": "020 7946 0111"}))?;
    world.engine()?.edit_field(jane, keys::JOB_TITLE, "Head of buying")?;
    world.engine()?.edit_field(jane, keys::PHONE, "020 7946 0222")?;
    world.sync().await?;
    assert_eq!(world.value(jane, keys::JOB_TITLE)?, "Head of buying");
    assert_eq!(world.in_halo(halo, "oppjobtitle")?, "Head of buying");
    assert_eq!(
        world.in_halo(halo, "opptel")?,
        "020 7946 0111",
        "HaloPSA wins by default"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_that_cannot_be_is_refused_and_so_is_one_of_yesterday() -> anyhow::Result<()> {
    let world = World::start().await?;
    let view = world.engine()?.mapping()?;
    let mut twice = view.edit.clone();
    let new_lead = Some(status_id(&view, "New Lead"));
    twice.choices.stages.insert(StageKey::from("contacted"), new_lead);
    twice.choices.stages.insert(StageKey::from("engaged"), new_lead);
    let shown = world.engine()?.check_mapping(twice.clone())?;
    assert_eq!(shown.stages.iter().filter(|row| row.problem.is_some()).count(), 1);
    let error = world
        .engine()?
        .save_mapping(&twice)
        .expect_err("two stages, one status");
    assert!(refusal(&error).contains("could not be told apart"));
    let mut often = view.edit.clone();
    often.connection.poll_interval_s = 1;
    let error = world.engine()?.save_mapping(&often).expect_err("too often");
    assert!(refusal(&error).contains("every 15 to 3600 seconds"));

    let mut first = view.edit.clone();
    first.settings.team = Some("Sales".to_owned());
    world.engine()?.save_mapping(&first)?;
    let error = world.engine()?.save_mapping(&view.edit).expect_err("it is older");
    assert!(refusal(&error).contains("has changed meanwhile"));
    assert_eq!(world.engine()?.mapping()?.edit.settings.team.as_deref(), Some("Sales"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mapping_can_be_taken_to_another_tenant_by_its_names() -> anyhow::Result<()> {
    let from = World::start().await?;
    add_status(&from, "Talking");
    from.engine()?.read_setup().await?;
    save(&from, |edit, view| {
        let talking = status_id(view, "Talking");
        edit.choices.stages.insert(StageKey::from("contacted"), Some(talking));
        edit.choices.fields.insert(keys::REFERRAL, None);
        edit.policies.fields.insert(keys::WEBSITE, SyncPolicy::Ask);
        edit.connection.poll_interval_s = 120;
    })?;
    from.sync().await?;
    let document = from.engine()?.export_mapping()?;

    let to = World::start().await?;
    add_status(&to, "Something else");
    add_status(&to, "Talking");
    remove(&to, "CFheadcount");
    to.engine()?.read_setup().await?;
    let view = to.engine()?.import_mapping(&document)?;
    assert_eq!(
        view.remarks,
        ["This HaloPSA has no custom field “CFheadcount”, so Headcount was left as it is."]
    );
    let saved = to.engine()?.save_mapping(&view.edit)?;
    let row = |label: &str| {
        saved
            .stages
            .iter()
            .find(|row| row.label == label)
            .and_then(|row| row.id)
    };
    assert_eq!(
        row("Contacted"),
        Some(status_id(&saved, "Talking").0),
        "by its name: the id is another one here"
    );
    let referral = saved.fields.iter().find(|row| row.field == keys::REFERRAL);
    assert_eq!(
        referral
            .and_then(|row| row.custom.as_ref())
            .map(|custom| custom.confidence),
        Some(Confidence::Off)
    );
    assert_eq!(saved.edit.policies.fields.get(&keys::WEBSITE), Some(&SyncPolicy::Ask));
    assert_eq!(saved.edit.connection.poll_interval_s, 120);
    to.sync().await?;
    for broken in [
        "",
        "{}",
        "[1]",
        "{\"leadline_mapping\": 99}",
        "\u{feff}{\"leadline_mapping\": \"x\"}",
    ] {
        let error = to.engine()?.import_mapping(broken).expect_err(broken);
        assert!(!refusal(&error).is_empty());
    }
    Ok(())
}

/// New tickets get the team that a person chose.
#[tokio::test(flavor = "multi_thread")]
async fn tickets_made_here_get_the_chosen_team() -> anyhow::Result<()> {
    let world = World::start().await?;
    save(&world, |edit, _| edit.settings.team = Some("Sales".to_owned()))?;
    world.sync().await?;
    let ticket = world.engine()?.create_ticket(&engine::NewTicketRequest {
        lifecycle: Lifecycle::Lead,
        values: [
            (keys::PERSON_NAME, JANE.person.to_owned()),
            (keys::COMPANY_NAME, JANE.company.to_owned()),
            (keys::EMAIL, JANE.email.to_owned()),
        ]
        .into(),
        owner: None,
    })?;
    world.sync().await?;
    let halo = world.view(ticket.1)?.row.card.halo_id.expect("it is in HaloPSA");
    assert_eq!(world.in_halo(halo, "team")?, "Sales");
    Ok(())
}
