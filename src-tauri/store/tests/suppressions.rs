//! The ledger of who must not be contacted: what it knows, what it never shows, and that it walks with undo.

use std::collections::BTreeMap;

use domain::{
    AgentId, TicketId, Value,
    fields::keys,
    suppression::{Identity, identities},
};

use super::{Home, email, phone, plans, typed};
use crate::Error;

const ADDRESS: &str = "jane.doe@acme.example";

fn jane() -> Vec<Identity> {
    identities(&BTreeMap::from([
        (keys::EMAIL, email(ADDRESS)),
        (keys::PHONE, phone("020 7946 0018")),
    ]))
}

fn mailbox() -> Vec<Identity> {
    identities(&BTreeMap::from([
        (keys::PERSON_NAME, Value::Text("Jane Doe".to_owned())),
        (keys::EMAIL, email("info@acme.example")),
    ]))
}

fn suppress(home: &Home, ticket: TicketId, who: &[Identity]) -> u32 {
    home.write("Opted out", |w| {
        let mut new = 0;
        for identity in who {
            new += u32::from(w.suppress(ticket, identity, Some(AgentId(4)), "Opt-out")?);
        }
        Ok(new)
    })
    .value
}

#[test]
fn who_is_in_the_ledger_is_known_by_each_of_their_addresses() {
    let home = Home::new();
    let ticket = home.lead("Acme Ltd", "Jane Doe");
    for identity in jane() {
        assert!(home.store.suppressed_person(&[identity]).unwrap().is_none());
    }
    assert_eq!(suppress(&home, ticket, &jane()), 2);
    assert_eq!(suppress(&home, ticket, &jane()), 0, "they are in it");
    for identity in jane() {
        let known = home.store.suppressed_person(&[identity]).unwrap().unwrap();
        assert_eq!(
            (known.ticket, known.by, known.reason.as_str()),
            (ticket, Some(AgentId(4)), "Opt-out")
        );
    }
    assert!(home.store.suppressed_person(&mailbox()).unwrap().is_none());
    assert_eq!(home.store.suppressions_of(ticket).unwrap().len(), 2);
}

#[test]
fn a_shared_mailbox_is_closed_to_all_and_says_nothing_of_its_other_readers() {
    let home = Home::new();
    let ticket = home.lead("Acme Ltd", "Jane Doe");
    suppress(&home, ticket, &mailbox());
    let bob = identities(&BTreeMap::from([
        (keys::PERSON_NAME, Value::Text("Bob Roe".to_owned())),
        (keys::EMAIL, email("info@acme.example")),
    ]));
    assert!(home.store.suppressed_person(&bob).unwrap().is_none());
    assert!(home.store.suppressed_address(&bob).unwrap().is_some());
    assert!(home.store.suppressed_person(&mailbox()).unwrap().is_some());
}

#[test]
fn lifting_closes_the_entry_and_keeps_the_record() {
    let home = Home::new();
    let ticket = home.lead("Acme Ltd", "Jane Doe");
    suppress(&home, ticket, &jane());
    let [first, second] = jane().try_into().unwrap();
    let entry = home.store.suppression(&first).unwrap().unwrap();
    let lift = |w: &mut crate::Writer<'_>| w.lift_suppression(entry.id, Some(AgentId(2)), "Asked for an offer");
    assert!(home.write("Lifted", lift).value);
    assert!(!home.write("Lifted", lift).value, "it is closed");
    assert!(home.store.suppression(&first).unwrap().is_none());
    assert!(home.store.suppression(&second).unwrap().is_some());
    assert!(home.dump().contains("Asked for an offer"));
    assert_eq!(
        suppress(&home, ticket, &jane()),
        1,
        "a second opt-out is an entry of its own"
    );
}

#[test]
fn undo_and_redo_walk_through_the_ledger() {
    let home = Home::new();
    let ticket = home.lead("Acme Ltd", "Jane Doe");
    let known = || home.store.suppressed_person(&jane()).unwrap().is_some();
    suppress(&home, ticket, &jane());
    home.undo();
    assert!(!known());
    home.redo();
    assert!(known());
    home.write("Lifted", |w| {
        for entry in w.suppressions_of(ticket)? {
            w.lift_suppression(entry.id, None, "Asked for an offer")?;
        }
        Ok(())
    });
    assert!(!known());
    home.undo();
    assert!(known());
    assert_eq!(
        home.store.suppressions_of(ticket).unwrap().len(),
        2,
        "each is there once"
    );
}

#[test]
fn the_undo_of_a_lifting_meets_a_newer_opt_out() {
    let home = Home::new();
    let ticket = home.lead("Acme Ltd", "Jane Doe");
    suppress(&home, ticket, &jane());
    let lifted = home.write("Lifted", |w| {
        for entry in w.suppressions_of(ticket)? {
            w.lift_suppression(entry.id, None, "Asked for an offer")?;
        }
        Ok(())
    });
    let other = home.lead("Acme Ltd", "Jane Doe");
    suppress(&home, other, &jane());
    home.store
        .write::<_, crate::RevertError>(super::undo_of("Lifted"), home.now(), |w| {
            w.revert(lifted.operation.unwrap())
        })
        .unwrap();
    assert!(home.store.suppressions_of(ticket).unwrap().is_empty());
    assert_eq!(home.store.suppressions_of(other).unwrap().len(), 2);
}

#[test]
fn the_tickets_of_an_address_are_found_in_the_write_that_brings_them() {
    let home = Home::new();
    let bare = home.lead("Acme Ltd", "Jane Doe");
    let by_mail = home.lead_with("Acme Ltd", "J. Doe", |new| {
        new.values.push((keys::EMAIL, typed(email(ADDRESS))))
    });
    let [mail, line] = jane().try_into().unwrap();
    home.write("Number", |w| {
        w.set_value(bare, keys::MOBILE_PHONE, Some(typed(phone("+44 20 7946 0018"))))?;
        w.set_value(bare, keys::COMPANY_PHONE, Some(typed(phone("+44 20 7946 0000"))))?;
        assert_eq!(w.tickets_at(&line)?, [bare], "before the write ends");
        Ok(())
    });
    assert_eq!(home.store.tickets_at(&mail).unwrap(), [by_mail]);
    let Value::Phone(switchboard) = phone("+44 20 7946 0000") else {
        unreachable!("it is a phone number")
    };
    let switchboard = Identity::of_phone(&switchboard).unwrap();
    assert!(
        home.store.tickets_at(&switchboard).unwrap().is_empty(),
        "it is not hers"
    );
}

#[test]
fn no_address_can_be_read_from_the_ledger() {
    let home = Home::new();
    let ticket = home.lead("Acme Ltd", "Jane Doe");
    suppress(&home, ticket, &jane());
    suppress(&home, ticket, &mailbox());
    let dump = home.dump();
    let rows: Vec<&str> = dump.lines().filter(|line| line.starts_with("suppressions")).collect();
    assert_eq!(rows.len(), 4);
    for row in rows {
        let lower = row.to_lowercase();
        assert!(
            !lower.contains("acme") && !lower.contains("jane") && !lower.contains("7946"),
            "{row}"
        );
    }
    // Under another key the same person has another hash.
    let other = Home::new();
    let twin = other.lead("Acme Ltd", "Jane Doe");
    suppress(&other, twin, &jane());
    let hashes = |home: &Home| {
        home.store
            .read::<_, Error>(|reader| {
                let mut statement = reader
                    .connection()
                    .prepare("SELECT hash FROM suppressions ORDER BY hash")?;
                let rows = statement.query_map([], |row| row.get::<_, Vec<u8>>(0))?;
                Ok(rows.collect::<Result<Vec<_>, _>>()?)
            })
            .unwrap()
    };
    assert!(hashes(&home).iter().all(|hash| !hashes(&other).contains(hash)));
}

#[test]
fn asking_the_ledger_reads_no_whole_table() {
    let home = Home::new();
    let ticket = home.lead("Acme Ltd", "Jane Doe");
    plans::check_run(&home, || {
        suppress(&home, ticket, &jane());
        for identity in jane() {
            home.store.suppression(&identity).unwrap();
            home.store.tickets_at(&identity).unwrap();
        }
        home.store.suppressed_person(&jane()).unwrap();
        home.store.suppressed_address(&jane()).unwrap();
        let entry = home.store.suppressions_of(ticket).unwrap()[0].id;
        home.write("Lifted", |w| w.lift_suppression(entry, None, "Asked for an offer"));
        home.undo();
    });
}
