//! Actions: ids per ticket, outcomes, and what they do to the ticket.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::client::World;

/// A fresh ticket and its number.
fn lead(world: &World) -> Value {
    world
        .post("/api/Tickets", &json!([{ "tickettype_id": 41, "status_id": 53 }]))
        .json()["id"]
        .clone()
}

#[test]
fn ids_count_from_one_in_every_ticket() {
    let world = World::new();
    let (one, two) = (lead(&world), lead(&world));
    for ticket in [&one, &two] {
        let action = world
            .post("/api/Actions", &json!([{ "ticket_id": ticket, "outcome_id": 7, "note_html": "<p>Called &amp; left a message</p>", "timetaken": 0.1 }]))
            .json();
        assert_eq!(action["id"], 2, "1 is the entry of the creation");
        assert_eq!(action["note"], "Called & left a message");
        assert_eq!(
            (&action["outcome"], &action["who_agentid"]),
            (&json!("Private Note"), &json!(20))
        );
        assert_eq!(action["hiddenfromuser"], true, "as the outcome has it");
    }
    let list = world
        .get(&format!("/api/Actions?ticket_id={one}&excludesys=true"))
        .json();
    assert_eq!(
        (&list["record_count"], &list["actions"][0]["id"]),
        (&json!(1), &json!(2))
    );
    assert!(list["actions"][0].get("note_html").is_none(), "only when asked for");
    let html = world
        .get(&format!("/api/Actions?ticket_id={one}&includehtmlnote=true&count=1"))
        .rows("actions");
    assert_eq!(html[0]["note_html"], "<p>Called &amp; left a message</p>");
    assert_eq!(
        world.get(&format!("/api/Actions/2?ticket_id={two}")).json()["ticket_id"],
        two
    );
    assert_eq!(world.get("/api/Actions/2").status, 400, "an id alone says nothing");
}

#[test]
fn outcomes_are_checked_one_problem_at_a_time() {
    let world = World::new();
    let ticket = lead(&world);
    let told = |body: Value| {
        let reply = world.post("/api/Actions", &json!([body]));
        (reply.status, reply.json())
    };
    assert_eq!(
        told(json!({ "outcome_id": 7 })),
        (400, json!("Ticket ID must be specified"))
    );
    assert_eq!(
        told(json!({ "ticket_id": ticket })),
        (400, json!("An Outcome must be entered for this Action"))
    );
    for outcome in [31, 202, 4711] {
        assert_eq!(
            told(json!({ "ticket_id": ticket, "outcome_id": outcome })),
            (400, json!("You do not have access to this Action at the moment"))
        );
    }
    let (_, body) = told(json!({ "ticket_id": ticket, "outcome_id": "x" }));
    assert!(body.get("[0].outcome_id").is_some(), "{body}");
    assert_eq!(
        world
            .post("/api/Actions", &json!([{ "ticket_id": 999_999, "outcome_id": 7 }]))
            .status,
        404
    );
}

#[test]
fn an_action_can_change_its_ticket() {
    let world = World::new();
    let ticket = lead(&world);
    world.clock.advance(TimeDelta::minutes(3));
    let action = world
        .post(
            "/api/Actions",
            &json!([{
                "ticket_id": ticket, "outcome_id": 103, "note": "Interested", "new_status": 54, "new_agent": 8,
                "new_oppvalue": 900.5, "new_tickettype": 42, "_includeticketinresponse": true,
            }]),
        )
        .json();
    assert_eq!((&action["old_status"], &action["new_status"]), (&json!(53), &json!(54)));
    assert_eq!(action["ticket"]["status_id"], 54);
    let after = world.get(&format!("/api/Tickets/{ticket}")).json();
    assert_eq!(
        (&after["agent_id"], &after["tickettype_id"], &after["oppvalue"]),
        (&json!(8), &json!(42), &json!(900.5))
    );
    assert_eq!(
        after["last_update"], "2026-11-20T09:33:00.250",
        "an action bumps the ticket"
    );
    assert_eq!(after["lastnote"], "Interested");
    assert_eq!(
        world.sandbox.actions(ticket.as_i64().unwrap()).len(),
        2,
        "one entry, not a second one for the change"
    );
    assert_eq!(
        world.sandbox.stats().action_writes.get(&ticket.as_i64().unwrap()),
        Some(&1)
    );
}

#[test]
fn a_change_by_ticket_post_leaves_an_entry_of_its_own() {
    let world = World::new();
    let ticket = lead(&world);
    world.post(
        "/api/Tickets",
        &json!([{ "id": ticket, "status_id": 54, "agent_id": 5 }]),
    );
    let timeline = world.sandbox.actions(ticket.as_i64().unwrap());
    let outcomes: Vec<&str> = timeline
        .iter()
        .map(|action| action["outcome"].as_str().unwrap())
        .collect();
    assert_eq!(outcomes, ["Ticket Logged", "Status Changed", "Re-Assigned"]);
    assert_eq!(
        (&timeline[1]["old_status"], &timeline[1]["new_status"]),
        (&json!(53), &json!(54))
    );
    assert!(
        world
            .get(&format!("/api/Actions?ticket_id={ticket}&excludesys=true"))
            .rows("actions")
            .is_empty()
    );
}

#[test]
fn actions_are_changed_and_deleted_by_ticket_and_id() {
    let world = World::new();
    let ticket = lead(&world);
    world.post(
        "/api/Actions",
        &json!([{ "ticket_id": ticket, "outcome_id": 7, "note": "first" }]),
    );
    let changed = world
        .post(
            "/api/Actions",
            &json!([{ "ticket_id": ticket, "id": 2, "note": "second" }]),
        )
        .json();
    assert_eq!(
        (&changed["id"], &changed["note"], &changed["note_html"]),
        (&json!(2), &json!("second"), &json!("<p>second</p>"))
    );
    let without = world.send("DELETE", "/api/Actions/2", "", "");
    assert_eq!(
        (without.status, without.json()),
        (400, json!("Ticket ID must be specified"))
    );
    assert_eq!(
        world
            .send("DELETE", &format!("/api/Actions/2?ticket_id={ticket}"), "", "")
            .status,
        204
    );
    assert_eq!(world.get(&format!("/api/Actions/2?ticket_id={ticket}")).status, 404);
    let next = world
        .post(
            "/api/Actions",
            &json!([{ "ticket_id": ticket, "outcome_id": 7, "note": "third" }]),
        )
        .json();
    assert_eq!(next["id"], 3, "an id is never given twice");
}

#[test]
fn a_list_over_all_tickets_has_to_be_narrow() {
    let world = World::new();
    let wide = world.get("/api/Actions?count=10");
    assert_eq!(wide.status, 504);
    assert!(wide.text.contains("Gateway Time-out"));
    let day = world
        .get("/api/Actions?startdate=2026-11-19T00:00:00&enddate=2026-11-20T00:00:00")
        .rows("actions");
    assert!(!day.is_empty());
    assert!(
        day.iter()
            .all(|action| action["datetime"].as_str().unwrap().starts_with("2026-11-19T"))
    );
}
