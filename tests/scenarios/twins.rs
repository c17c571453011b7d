//! Two contacts of HaloPSA that are one person: asked about, joined, told apart, and taken back.

use chrono::TimeDelta;
use domain::{HaloTicketId, TicketId};
use engine::{
    Engine, Problem,
    views::{ReviewAction, ReviewDecision, ReviewDetail, ReviewQuery},
};
use serde_json::{Value, json};
use store::ReviewReason;
use support::{COLLEAGUE, JANE, OMAR, World};

/// A company with two contacts of one name and address, and a ticket for each of them.
struct Twins {
    world: World,
    /// Jane, twice, by her numbers in HaloPSA.
    first: i64,
    second: i64,
    /// A ticket about each.
    of_first: HaloTicketId,
    of_second: HaloTicketId,
}

impl Twins {
    async fn start() -> anyhow::Result<Self> {
        let world = World::start().await?;
        let post = |path: &str, body: Value| -> Value {
            let (code, answer) = world.sandbox.post_as(COLLEAGUE, path, &json!([body]));
            assert!(code < 300, "{answer}");
            answer
        };
        let client = post("/api/Client", json!({ "name": JANE.company }));
        let contact = |phone: &str| {
            let body = json!({
                "name": JANE.person, "emailaddress": JANE.email, "phonenumber": phone, "site_id": client["main_site_id"],
            });
            post("/api/Users", body)["id"].as_i64().expect("a number")
        };
        let (first, second) = (contact("020 7946 0018"), contact("020 7946 0444"));
        let about = |who: i64| json!({ "client_id": client["id"], "site_id": client["main_site_id"], "user_id": who });
        // The tickets themselves have nothing in common.
        let of_first = world.ticket_in_halo(41, "Contacted", &JANE, about(first))?;
        let of_second = world.ticket_in_halo(41, "Contacted", &OMAR, about(second))?;
        world.sync().await?;
        let twins = Self {
            world,
            first,
            second,
            of_first,
            of_second,
        };
        twins.pull_people().await?;
        Ok(twins)
    }

    fn engine(&self) -> anyhow::Result<&Engine> {
        self.world.engine()
    }

    /// Contacts are asked for every few minutes only.
    async fn pull_people(&self) -> anyhow::Result<()> {
        self.world.later(TimeDelta::minutes(6));
        self.world.sync().await?;
        Ok(())
    }

    fn ticket(&self, halo: HaloTicketId) -> anyhow::Result<TicketId> {
        self.world.local(halo)
    }

    fn questions(&self) -> anyhow::Result<Vec<ReviewDetail>> {
        let engine = self.engine()?;
        let rows = engine.review_queue(&ReviewQuery::default())?;
        rows.iter().map(|row| engine.review_detail(&row.key)).collect()
    }

    fn decide(&self, question: &ReviewDetail, action: ReviewAction) -> anyhow::Result<String> {
        let decision = ReviewDecision {
            action,
            picks: Default::default(),
            edits: Default::default(),
        };
        Ok(self.engine()?.decide_review(&question.row.key, &decision)?.label)
    }

    fn contacts_in_halo(&self) -> anyhow::Result<[Value; 2]> {
        let of = |halo| self.world.in_halo(halo, "user_id");
        Ok([of(self.of_first)?, of(self.of_second)?])
    }

    /// A colleague gives the second Jane another number.
    async fn colleague_changes_the_second(&self, phone: &str) -> anyhow::Result<()> {
        let body = json!([{ "id": self.second, "phonenumber": phone }]);
        let (code, answer) = self.world.sandbox.post_as(COLLEAGUE, "/api/Users", &body);
        assert!(code < 300, "{answer}");
        self.pull_people().await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tickets_of_a_second_contact_go_to_the_first_and_back() -> anyhow::Result<()> {
    let twins = Twins::start().await?;
    let engine = twins.engine()?;
    let found = engine.find_duplicates()?;
    assert_eq!(found.new, 1, "{found:?}");
    assert!(found.contacts >= 2, "{found:?}");
    assert_eq!(engine.find_duplicates()?.contacts, 0, "nothing was changed since");

    let [question] = twins.questions()?.try_into().expect("one question");
    assert_eq!(question.row.reason, ReviewReason::PossibleDuplicate);
    assert_eq!(question.row.label, "Acme Legal Ltd – Jane Doe");
    assert_eq!(question.row.ticket, None);
    assert!(
        question.evidence[0].starts_with("Two contacts: same e-mail address"),
        "{:?}",
        question.evidence
    );
    assert!(
        question.left.title.contains(&twins.first.to_string()),
        "the older stays"
    );
    let moving: Vec<TicketId> = question.moves.iter().map(|card| card.id).collect();
    assert_eq!(moving, [twins.ticket(twins.of_second)?]);
    assert_eq!(question.can, [ReviewAction::Join, ReviewAction::NotSame]);
    assert!(
        question
            .recommendation
            .text
            .contains("make the other one inactive in HaloPSA")
    );
    let merged = twins.decide(&question, ReviewAction::Merge);
    assert!(merged.is_err(), "nothing here can merge contacts of HaloPSA");

    let label = twins.decide(&question, ReviewAction::Accept)?;
    assert_eq!(label, "Pointed 1 ticket to Acme Legal Ltd – Jane Doe");
    twins.world.sync().await?;
    assert_eq!(twins.contacts_in_halo()?, [json!(twins.first), json!(twins.first)]);
    assert_eq!(engine.find_duplicates()?.new, 0, "they are known to be one");
    assert!(twins.questions()?.is_empty());
    let gone = engine.review_detail(&question.row.key).expect_err("it is decided");
    assert!(matches!(gone.downcast_ref(), Some(Problem::NotFound { .. })), "{gone}");

    engine.undo()?.expect("there is something to undo");
    assert_eq!(twins.questions()?.len(), 1, "the question is open again");
    twins.world.sync().await?;
    assert_eq!(twins.contacts_in_halo()?, [json!(twins.first), json!(twins.second)]);
    twins.pull_people().await?;
    assert_eq!(engine.find_duplicates()?.new, 0, "it is asked already");
    let card = engine.cards(&[twins.ticket(twins.of_second)?])?;
    assert_eq!(card.len(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn contacts_that_are_two_are_never_asked_about_again_until_that_is_taken_back() -> anyhow::Result<()> {
    let twins = Twins::start().await?;
    let engine = twins.engine()?;
    engine.find_duplicates()?;
    let [question] = twins.questions()?.try_into().expect("one question");
    let label = twins.decide(&question, ReviewAction::NotSame)?;
    assert_eq!(label, "Acme Legal Ltd – Jane Doe is not Acme Legal Ltd – Jane Doe");
    twins.colleague_changes_the_second("020 7946 0555").await?;
    let found = engine.find_duplicates()?;
    assert_eq!((found.contacts, found.new), (1, 0));
    let [apart] = engine.kept_apart()?.try_into().expect("one pair");
    assert_eq!(
        (apart.left.as_str(), apart.right.as_str()),
        ("contact Jane Doe", "contact Jane Doe")
    );

    engine.take_back_apart(apart.id)?;
    twins.colleague_changes_the_second("020 7946 0666").await?;
    assert_eq!(engine.find_duplicates()?.new, 1);
    engine.undo()?.expect("the taking back");
    assert_eq!(engine.kept_apart()?.len(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contact_that_goes_out_of_use_takes_its_question_along() -> anyhow::Result<()> {
    let twins = Twins::start().await?;
    let engine = twins.engine()?;
    engine.find_duplicates()?;
    assert_eq!(twins.questions()?.len(), 1);
    let body = json!([{ "id": twins.second, "inactive": true }]);
    let (code, answer) = twins.world.sandbox.post_as(COLLEAGUE, "/api/Users", &body);
    assert!(code < 300, "{answer}");
    twins.pull_people().await?;
    assert_eq!(engine.find_duplicates()?.new, 0);
    assert!(engine.review_queue(&ReviewQuery::default())?.is_empty());
    Ok(())
}
