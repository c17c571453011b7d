//! Do Not Contact from a terminal.

use serde_json::{Value, json};

use super::{Options, Terminal, tenant};

#[test]
fn an_opt_out_needs_a_reason_and_its_lifting_a_manager() {
    let sandbox = tenant(Options::default());
    let terminal = Terminal::new();
    terminal.connect(&sandbox.address()).succeeds();
    terminal.run(&["sync", "--once"]).succeeds();
    let tickets = || terminal.run(&["tickets", "--json"]).succeeds().json();
    let marked = |halo: i64| {
        let list = tickets();
        let found = list
            .as_array()
            .and_then(|rows| rows.iter().find(|row| row["halo_id"] == halo));
        found.map_or(Value::Null, |row| row["do_not_contact"].clone())
    };
    let halo = tickets()
        .as_array()
        .and_then(|rows| {
            rows.iter()
                .find(|row| row["do_not_contact"] == false && row["stage"] == "contacted")
        })
        .and_then(|row| row["halo_id"].as_i64())
        .expect("somebody who may be contacted");
    let name = format!("#{halo}");

    terminal.run(&["do-not-contact", &name]).fails(2, "--reason");
    terminal
        .run(&["do-not-contact", &name, "--reason", "because"])
        .fails(3, "because");
    assert_eq!(marked(halo), json!(false));
    let done = terminal
        .run(&["do-not-contact", &name, "--reason", "opt-out", "--json"])
        .succeeds()
        .json();
    assert!(
        done["label"]
            .as_str()
            .is_some_and(|label| label.ends_with("as Do Not Contact")),
        "{done}"
    );
    assert_eq!(marked(halo), json!(true));
    terminal
        .run(&["do-not-contact", &name, "--lift", "--reason", "Asked for an offer"])
        .fails(3, "manager");
    assert_eq!(marked(halo), json!(true));
    terminal.run(&["sync", "--once"]).succeeds();
    let row = sandbox.ticket(halo).expect("the ticket");
    assert_eq!(row["oppdontaddtomailinglist"], json!(true));
}
