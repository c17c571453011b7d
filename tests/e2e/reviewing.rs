//! The review queue, gone through by keyboard alone: a hundred suspected duplicates, one after the other, and two contacts
//! of one person.

use std::collections::BTreeMap;

use serde_json::json;
use thirtyfour::By;

use crate::{
    accessibility::judge,
    harness::{Tenant, Window, until, whole},
};

/// Tom Whitfield, who works in HaloPSA's own window.
const COLLEAGUE: i64 = 5;
const LEAD: i64 = 41;

const GIVEN: [&str; 10] = [
    "Agnes", "Boris", "Chloe", "Derek", "Edith", "Fergus", "Greta", "Hamish", "Ingrid", "Jasper",
];
const FAMILY: [&str; 10] = [
    "Ackroyd",
    "Birtwistle",
    "Cholmondeley",
    "Dalrymple",
    "Entwistle",
    "Fotheringham",
    "Goldsworthy",
    "Hathersage",
    "Inskip",
    "Jellicoe",
];

#[tokio::test]
async fn a_hundred_items_are_decided_by_keyboard_alone() {
    let tenant = Tenant::start();
    let pairs = enter_twice(&tenant);
    let window = Window::over(&tenant).await;

    window.look_for_duplicates().await;
    window.part("review-accept").await;
    window.picture("review-queue").await;

    // One is decided, taken back and decided again: it is the one in view again.
    let first = window.item().await;
    window.keys("s").await;
    window.leaves(&first.key).await;
    window.keys("z").await;
    until("the item is back in view", || async {
        (window.item().await.key == first.key).then_some(())
    })
    .await;

    let mut decided = BTreeMap::new();
    for turn in 0_u32.. {
        if decided.len() == pairs.len() && window.nothing_left().await {
            break;
        }
        let item = window.item().await;
        let pair = pairs.keys().find(|company| item.label.contains(company.as_str()));
        let same = pair.is_some() && turn % 3 != 2;
        // Now and then the other side of a field.
        if same && turn % 4 == 0 {
            window.keys("1").await;
        }
        window.keys(if same { "a" } else { "s" }).await;
        window.leaves(&item.key).await;
        if let Some(company) = pair {
            let before = decided.insert(company.clone(), Decision { turn, same });
            assert_eq!(before, None, "{company} was decided before");
        }
    }

    window.sync_now().await;
    // What was decided first is sent first; the rest follows as the budget of requests allows.
    let mut merged = pairs
        .iter()
        .filter(|(company, _)| decided.get(*company).is_some_and(|decision| decision.same))
        .collect::<Vec<_>>();
    merged.sort_by_key(|(company, _)| decided.get(*company).map(|decision| decision.turn));
    assert!(merged.len() > 50, "{} were merged", merged.len());
    for (company, tickets) in merged.into_iter().take(10) {
        until(
            &format!("{company}: of two that are one, one is closed in HaloPSA"),
            || async {
                let closed = tickets
                    .iter()
                    .filter(|ticket| tenant.status(**ticket) != "New Lead")
                    .count();
                (closed == 1).then_some(())
            },
        )
        .await;
    }
    for (company, tickets) in pairs.iter().filter(|(company, _)| !decided[*company].same) {
        let open = tickets.iter().all(|ticket| tenant.status(*ticket) == "New Lead");
        assert!(open, "{company}: both stay open in HaloPSA");
    }
}

/// HaloPSA has one person twice, with a ticket each: they are joined, and told apart again.
#[tokio::test]
async fn two_contacts_of_one_person_are_joined_and_taken_apart_again() {
    let tenant = Tenant::start();
    let twins = enter_twins(&tenant);
    let window = Window::over(&tenant).await;
    window.look_for_duplicates().await;
    // The tenant has other doubtful people, who are found one after the other; they are passed by.
    window.find(By::Css(format!("[data-item][aria-label*='{TWIN}']"))).await;
    let mut asked = window.item().await;
    while !asked.label.contains(TWIN) {
        window.keys("j").await;
        window.leaves(&asked.key).await;
        asked = window.item().await;
    }

    window.picture("review-contacts").await;
    let found = judge(&window, "review: contacts").await;
    assert!(found.is_empty(), "axe-core found:\n{}", found.join("\n"));
    window.picture("review-contacts-dark").await;

    let names_one = || tenant.contact(twins[0]) == tenant.contact(twins[1]);
    assert!(!names_one());
    window.keys("a").await;
    window.leaves(&asked.key).await;
    window.sync_now().await;
    until("both tickets name one contact in HaloPSA", || async {
        names_one().then_some(())
    })
    .await;
    window.keys("z").await;
    until("each ticket has its own contact in HaloPSA again", || async {
        (!names_one()).then_some(())
    })
    .await;
}

/// Somebody whom HaloPSA has twice.
const TWIN: &str = "Philippa Featherstonehaugh";

/// Two contacts of one name and address, with a ticket about each: the tickets' numbers.
fn enter_twins(tenant: &Tenant) -> [i64; 2] {
    let post = |path: &str, body: serde_json::Value| {
        let (status, entered) = tenant.post_as(COLLEAGUE, path, &json!([body]));
        assert_eq!(status, 201, "{entered}");
        entered
    };
    let company = "Featherstonehaugh, Cholmondeley & Marjoribanks Chartered Surveyors";
    let client = post("/api/Client", json!({ "name": company }));
    let site = &client["main_site_id"];
    [("020 7946 0018", "Amara Okafor"), ("020 7946 0444", "Bram Janssen")].map(|(phone, about)| {
        let contact = post(
            "/api/Users",
            json!({
                "name": TWIN, "emailaddress": "philippa@featherstonehaugh-surveyors.example", "phonenumber": phone,
                "site_id": site,
            }),
        );
        // The tickets themselves have nothing in common.
        let ticket = post(
            "/api/Tickets",
            json!({
                "tickettype_id": LEAD,
                "status_id": tenant.status_id("Contacted"),
                "summary": format!("{about} called from {phone}"),
                "oppcontactname": about,
                "oppcompanyname": format!("{about} & Partners"),
                "client_id": client["id"],
                "site_id": site,
                "user_id": contact["id"],
            }),
        );
        whole(&ticket["id"]).expect("it has a number")
    })
}

/// What became of an item of the queue.
#[derive(Debug, PartialEq)]
struct Decision {
    turn: u32,
    same: bool,
}

/// A hundred leads that a colleague entered in HaloPSA a second time: by company, the numbers of both tickets.
fn enter_twice(tenant: &Tenant) -> BTreeMap<String, [i64; 2]> {
    let mut pairs = BTreeMap::new();
    for given in GIVEN {
        for family in FAMILY {
            // A name of its own for each company, so that no two pairs look like one.
            let company = format!("{}{} Works", reversed(family), given.to_lowercase());
            let enter = |title: &str| {
                let lead = json!([{
                    "tickettype_id": LEAD,
                    "status_id": tenant.status_id("New Lead"),
                    "summary": format!("{company} – {given} {family}"),
                    "oppcompanyname": company,
                    "oppcontactname": format!("{given} {family}"),
                    "oppemailaddress": format!("{given}.{family}@{}.example", reversed(family).to_lowercase()),
                    "oppjobtitle": title,
                }]);
                let (status, entered) = tenant.post_as(COLLEAGUE, "/api/Tickets", &lead);
                assert_eq!(status, 201, "{entered}");
                whole(&entered["id"]).expect("it has a number")
            };
            let tickets = [enter("Director"), enter("Managing Director")];
            pairs.insert(company, tickets);
        }
    }
    pairs
}

/// "Inskip" makes "Piksni": an unlikely name for a company, and the like of no other.
fn reversed(name: &str) -> String {
    let mut letters = name.to_lowercase().chars().rev().collect::<String>();
    if let Some(first) = letters.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    letters
}

struct Item {
    key: String,
    label: String,
}

impl Window {
    /// Opens the queue, which is empty, and has it filled with whoever may be the same.
    async fn look_for_duplicates(&self) {
        self.keys("gr").await;
        self.part("review-page").await;
        self.says("Nothing to review").await;
        self.keys("l").await;
    }

    /// The item in view, once all of it has been read and the focus is on it.
    async fn item(&self) -> Item {
        let seen = until("an item of the queue is in view", || async {
            let seen = self
                .run(
                    "const line = document.querySelector(`[data-item][data-active='true']`);
                    const read = document.querySelector(`[data-testid='review-accept']`);
                    if (!line || !read || document.activeElement !== line) return null;
                    return [line.dataset.item, line.getAttribute('aria-label')];",
                    vec![],
                )
                .await;
            seen.is_array().then_some(seen)
        })
        .await;
        let text = |at: usize| seen[at].as_str().expect("it is a text").to_owned();
        Item {
            key: text(0),
            label: text(1),
        }
    }

    /// Whether the screen says that the queue is empty.
    async fn nothing_left(&self) -> bool {
        let left = "return document.querySelectorAll(`[data-testid='review-page'] [data-item]`).length;";
        self.run(left, vec![]).await == 0
    }

    /// Waits until another item is in view, or none is left.
    async fn leaves(&self, key: &str) {
        until(&format!("{key} has left the view"), || async {
            let shown = "return document.querySelector(`[data-item][data-active='true']`)?.dataset.item ?? null;";
            (self.run(shown, vec![]).await != key).then_some(())
        })
        .await;
    }
}
