//! One queue for everything that a person must decide.

use std::collections::{BTreeMap, BTreeSet};

use domain::{TicketId, fields::keys};
use engine::{
    Problem,
    views::{Pick, ReviewAction, ReviewDecision, ReviewDetail, ReviewQuery, ReviewRow},
};
use serde_json::{Value, json};
use store::ReviewReason;
use support::{JANE, OMAR, Persona, World};

/// Jane, as somebody else has typed her in.
const TWIN: Persona = Persona {
    person: "Jane Doe",
    company: "Acme Legal",
    job: "Head of IT",
    email: "jane.doe@acme.example",
    phone: "020 7946 0099",
};

fn queue(world: &World) -> anyhow::Result<Vec<ReviewRow>> {
    world.engine()?.review_queue(&ReviewQuery::default())
}

fn the_only(world: &World) -> anyhow::Result<ReviewDetail> {
    let [row] = queue(world)?.try_into().expect("one question");
    world.engine()?.review_detail(&row.key)
}

fn decision(action: ReviewAction) -> ReviewDecision {
    ReviewDecision {
        action,
        picks: BTreeMap::new(),
        edits: BTreeMap::new(),
    }
}

async fn two_janes(world: &World) -> anyhow::Result<[TicketId; 2]> {
    let (jane, _) = world.lead(&JANE, "Contacted").await?;
    let (twin, _) = world.lead(&TWIN, "Researching").await?;
    Ok([jane, twin])
}

#[tokio::test(flavor = "multi_thread")]
async fn duplicates_among_the_tickets_that_are_here_wait_for_a_person() -> anyhow::Result<()> {
    let world = World::start().await?;
    let [jane, twin] = two_janes(&world).await?;
    let (omar, _) = world.lead(&OMAR, "Contacted").await?;
    let engine = world.engine()?;
    let found = engine.find_duplicates()?;
    assert_eq!((found.looked_at, found.new), (3, 1));
    assert_eq!(engine.find_duplicates()?.looked_at, 0, "nothing was changed since");

    let question = the_only(&world)?;
    assert_eq!(question.row.reason, ReviewReason::PossibleDuplicate);
    assert!(
        question.evidence[0].contains("ame e-mail address"),
        "{:?}",
        question.evidence
    );
    assert_eq!(
        question.left.card.as_ref().map(|card| card.id),
        Some(jane),
        "the older one"
    );
    assert_eq!(question.recommendation.action, ReviewAction::Merge);
    let title = question.fields.iter().find(|row| row.field == Some(keys::JOB_TITLE));
    assert!(title.is_some_and(|row| row.differs && row.recommended == Pick::Left));
    assert!(question.fields[0].differs, "what differs comes first");

    let done = engine.decide_review(
        &question.row.key,
        &ReviewDecision {
            picks: BTreeMap::from([("job_title".to_owned(), Pick::Right)]),
            edits: BTreeMap::from([(keys::INDUSTRY, "Legal".to_owned())]),
            ..decision(ReviewAction::Accept)
        },
    )?;
    assert!(done.label.starts_with("Merged Acme Legal"), "{}", done.label);
    assert!(engine.cards(&[twin])?.is_empty());
    assert_eq!(world.value(jane, keys::JOB_TITLE)?, TWIN.job);
    assert_eq!(world.value(jane, keys::INDUSTRY)?, "Legal");
    assert_eq!(engine.review_counts()?.total, 0);
    let gone = engine.decide_review(&question.row.key, &decision(ReviewAction::Accept));
    let gone = gone.expect_err("it is decided");
    assert!(matches!(gone.downcast_ref(), Some(Problem::NotFound { .. })), "{gone}");

    engine.undo()?.expect("there is something to undo");
    assert_eq!(queue(&world)?.len(), 1, "the question is open again");
    assert_eq!(world.value(jane, keys::JOB_TITLE)?, JANE.job);
    assert_eq!(engine.cards(&[twin, omar])?.len(), 2);
    for _ in 0..2 {
        world.sync().await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_the_same_is_never_asked_about_again_until_that_is_taken_back() -> anyhow::Result<()> {
    let world = World::start().await?;
    let [jane, _] = two_janes(&world).await?;
    let engine = world.engine()?;
    engine.find_duplicates()?;
    let question = the_only(&world)?;
    let done = engine.decide_review(&question.row.key, &decision(ReviewAction::NotSame))?;
    assert_eq!(done.label, "Acme Legal Ltd – Jane Doe is not Acme Legal – Jane Doe");
    let look_again = |title: &str| -> anyhow::Result<u32> {
        world.later(chrono::TimeDelta::minutes(1));
        engine.edit_field(jane, keys::JOB_TITLE, title)?;
        Ok(engine.find_duplicates()?.new)
    };
    assert_eq!(look_again("CIO")?, 0);
    let [apart] = engine.kept_apart()?.try_into().expect("one pair");
    assert_eq!(
        (apart.left.as_str(), apart.by),
        ("Acme Legal Ltd – Jane Doe", Some(world.agent(support::REP)?))
    );
    engine.take_back_apart(apart.id)?;
    assert_eq!(look_again("CTO")?, 1);
    engine.undo()?;
    engine.undo()?.expect("the taking back");
    assert_eq!(engine.kept_apart()?.len(), 1);
    for _ in 0..2 {
        world.sync().await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn conflicts_and_refused_changes_stand_in_the_same_queue() -> anyhow::Result<()> {
    let world = World::start().await?;
    world.allows_status(400);
    let (jane, jane_halo) = world.lead(&JANE, "Contacted").await?;
    let (omar, omar_halo) = world.lead(&OMAR, "Contacted").await?;
    let engine = world.engine()?;
    engine.assign_owner(&[jane], None)?;
    world.colleague_changes(jane_halo, json!({"agent_id": support::COLLEAGUE}))?;
    world.sync().await?;
    world.sandbox.configure(|behaviour| behaviour.strict_workflow = true);
    world.drag(omar, "engaged")?;
    world.sync().await?;

    let rows = queue(&world)?;
    let reasons: Vec<ReviewReason> = rows.iter().map(|row| row.reason).collect();
    assert_eq!(reasons, [ReviewReason::SyncConflict, ReviewReason::RefusedChange]);
    let me = world.agent(support::REP)?;
    let done = engine.assign_review(&[rows[0].key.clone(), rows[1].key.clone()], Some(me))?;
    assert_eq!(done.label, "Gave 2 decisions to Priya Raman");
    assert_eq!(engine.review_counts()?.mine, 2);

    let conflict = engine.review_detail(&rows[0].key)?;
    assert_eq!(conflict.fields[0].key, "owner");
    let refused = engine.review_detail(&rows[1].key)?;
    assert_eq!(refused.can, [ReviewAction::Retry, ReviewAction::Discard]);
    assert!(!refused.evidence.is_empty());

    let preview = engine.review_bulk_preview(&ReviewQuery::default())?;
    assert_eq!((preview.keys.len(), preview.groups.len(), preview.left_out), (2, 2, 0));
    engine.decide_review(
        &rows[0].key,
        &ReviewDecision {
            picks: BTreeMap::from([("owner".to_owned(), Pick::Right)]),
            ..decision(ReviewAction::Update)
        },
    )?;
    assert_eq!(world.card(jane)?.owner, Some(world.agent(support::COLLEAGUE)?));
    world.sandbox.configure(|behaviour| behaviour.strict_workflow = false);
    engine.decide_review(&rows[1].key, &decision(ReviewAction::Accept))?;
    world.sync().await?;
    assert_eq!(world.status_in_halo(omar_halo)?, "Engaged");
    assert!(queue(&world)?.is_empty());
    Ok(())
}

/// Everybody shares a first name with nine others, and a surname and the mailbox's domain with nine more.
const GIVEN: [&str; 10] = [
    "Agnes", "Boris", "Chloe", "Derek", "Edith", "Fergus", "Greta", "Hamish", "Ingrid", "Jasper",
];
/// Surnames, each with the beginning of its companies' names.
const FAMILY: [(&str, &str); 10] = [
    ("Ackroyd", "Dyorkca"),
    ("Birtwistle", "Eltsiwtrib"),
    ("Cholmondeley", "Yelednomlohc"),
    ("Dalrymple", "Elpmyrlad"),
    ("Entwistle", "Eltsiwtne"),
    ("Fotheringham", "Mahgnirehtof"),
    ("Goldsworthy", "Yhtrowsdlog"),
    ("Hathersage", "Egasrehtah"),
    ("Inskip", "Piksni"),
    ("Jellicoe", "Eocillej"),
];

/// A colleague enters a hundred leads in HaloPSA, and sync brings them; what they are called here.
async fn a_hundred_leads(world: &World, job: &str) -> anyhow::Result<BTreeSet<String>> {
    let status = world.status("New Lead")?;
    let mut labels = BTreeSet::new();
    let mut leads = Vec::new();
    for (family, house) in FAMILY {
        for given in GIVEN {
            let company = format!("{house}{} Works", given.to_lowercase());
            labels.insert(format!("{company} – {given} {family}"));
            leads.push(json!({
                "tickettype_id": 41,
                "status_id": status,
                "summary": format!("{company} - {given} {family}"),
                "oppcompanyname": company,
                "oppcontactname": format!("{given} {family}"),
                "oppemailaddress": format!("{given}.{family}@{house}.example"),
                "oppjobtitle": job,
            }));
        }
    }
    let (code, answer) = world
        .sandbox
        .post_as(support::COLLEAGUE, "/api/Tickets", &Value::Array(leads));
    assert_eq!(code, 201, "{answer}");
    assert_eq!(world.sync().await?.new, 100);
    Ok(labels)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_leads_that_a_colleague_enters_again_are_a_hundred_questions() -> anyhow::Result<()> {
    let world = World::start().await?;
    let engine = world.engine()?;
    a_hundred_leads(&world, "Director").await?;
    let found = engine.find_duplicates()?;
    assert_eq!(
        (found.looked_at, found.new),
        (100, 0),
        "namesakes and colleagues are others"
    );

    let labels = a_hundred_leads(&world, "Managing Director").await?;
    let found = engine.find_duplicates()?;
    assert_eq!((found.looked_at, found.new), (100, 100));
    let rows = queue(&world)?;
    assert_eq!(rows.len(), 100);
    assert_eq!(rows.into_iter().map(|row| row.label).collect::<BTreeSet<_>>(), labels);
    Ok(())
}
