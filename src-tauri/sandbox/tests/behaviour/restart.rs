//! A tenant that remembers.

use std::{
    io,
    sync::{Arc, Mutex},
};

use chrono::TimeDelta;
use sandbox::{Journal, ManualClock, Options, Sandbox, StartError};
use serde_json::json;

use crate::client::{World, start};

#[derive(Clone, Default)]
struct Lines {
    lines: Arc<Mutex<Vec<String>>>,
    full: Arc<Mutex<bool>>,
}

impl Journal for Lines {
    fn append(&mut self, line: &str) -> io::Result<()> {
        if *self.full.lock().unwrap() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        assert!(!line.contains('\n'));
        self.lines.lock().unwrap().push(line.to_owned());
        Ok(())
    }

    fn replay(&mut self) -> io::Result<Vec<String>> {
        Ok(self.lines.lock().unwrap().clone())
    }
}

#[test]
fn changes_survive_a_restart_days_later() {
    let lines = Lines::default();
    let world = World::with(|options| options.journal = Some(Box::new(lines.clone())));
    let created = world
        .post(
            "/api/Tickets",
            &json!([{ "tickettype_id": 41, "summary": "Kept", "customfields": [{ "id": 226, "value": 3 }] }]),
        )
        .json();
    let id = created["id"].as_i64().unwrap();
    world.clock.advance(TimeDelta::minutes(5));
    world.post(
        "/api/Actions",
        &json!([{ "ticket_id": id, "outcome_id": 7, "note": "n", "new_status": 54 }]),
    );
    world.post(
        "/api/Client",
        &json!([{ "name": "Foo Ltd", "newclient_contactname": "Ann Lee" }]),
    );
    let (gone, stays) = (world.some_tickets(41, 2)[0], world.some_tickets(41, 2)[1]);
    world.send("DELETE", &format!("/api/Tickets/{gone}"), "", "");
    // Refused requests are not kept; of a half-refused one the taken half is.
    world.post("/api/Tickets", &json!([{ "status_id": 4711 }]));
    world.post(
        "/api/Tickets",
        &json!([{ "id": stays, "summary": "half" }, { "id": 999_999 }]),
    );
    assert_eq!(
        world
            .sandbox
            .post_as(8, "/api/Tickets", &json!([{ "id": stays, "agent_id": 9 }]))
            .0,
        201
    );
    assert_eq!(lines.lines.lock().unwrap().len(), 7, "where it began, and six changes");
    let tickets = [id, stays].map(|id| (world.sandbox.ticket(id).unwrap(), world.sandbox.actions(id)));
    let clients = world.get("/api/Client?search=Foo").text;
    drop(world);

    let later = World::with(|options| {
        options.journal = Some(Box::new(lines.clone()));
        options.clock = Arc::new(ManualClock::new(start() + TimeDelta::days(40)));
    });
    for (ticket, actions) in tickets {
        let id = ticket["id"].as_i64().unwrap();
        assert_eq!(later.sandbox.ticket(id).unwrap(), ticket);
        assert_eq!(later.sandbox.actions(id), actions);
    }
    assert_eq!(later.get("/api/Client?search=Foo").text, clients);
    assert_eq!(later.get(&format!("/api/Tickets/{gone}")).status, 404);
    let next = later.post("/api/Tickets", &json!([{ "summary": "next" }])).json()["id"].clone();
    assert_eq!(next, id + 1, "numbers go on");
}

#[test]
fn a_journal_of_another_tenant_or_a_damaged_one_is_refused() {
    let lines = Lines::default();
    drop(World::with(|options| options.journal = Some(Box::new(lines.clone()))));
    let with = |tickets: u32| {
        let options = Options {
            tickets,
            seed: 7,
            journal: Some(Box::new(lines.clone())),
            ..Options::default()
        };
        Sandbox::start(options).map(|_| ())
    };
    assert!(matches!(with(99), Err(StartError::OtherTenant { .. })));
    lines.lines.lock().unwrap().push("{\"at\":".to_owned());
    let error = with(160).unwrap_err();
    assert!(matches!(error, StartError::Damaged { line: 2, .. }), "{error}");
}

#[test]
fn a_change_that_cannot_be_kept_is_not_acknowledged() {
    let lines = Lines::default();
    let world = World::with(|options| options.journal = Some(Box::new(lines.clone())));
    *lines.full.lock().unwrap() = true;
    let reply = world.post("/api/Tickets", &json!([{ "summary": "x" }]));
    assert_eq!(
        (reply.status, reply.json()),
        (500, json!({ "error": "The change could not be kept" }))
    );
}

#[test]
fn a_taken_port_is_said() {
    let world = World::new();
    let error = Sandbox::start(Options {
        port: world.sandbox.port(),
        tickets: 0,
        ..Options::default()
    })
    .map(|_| ())
    .unwrap_err();
    assert!(matches!(error, StartError::Port { .. }), "{error}");
    let port = world.sandbox.port();
    world.sandbox.stop();
    let again = Sandbox::start(Options {
        port,
        tickets: 0,
        ..Options::default()
    })
    .unwrap();
    assert_eq!(
        again.address(),
        format!("http://127.0.0.1:{port}"),
        "free again at once"
    );
}
