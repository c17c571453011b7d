//! Search: "who is calling me", by any part of a name and any way to write a number.

use domain::{
    HaloCompanyId, HaloContactId, HaloTicketId, TicketId,
    fields::keys,
    remote::{RemoteCompany, RemoteContact},
};

use super::{Home, email, phone, set, text};

fn found(home: &Home, query: &str) -> Vec<TicketId> {
    home.store
        .search(query, 10)
        .unwrap()
        .into_iter()
        .map(|hit| hit.ticket)
        .collect()
}

fn matched(home: &Home, query: &str) -> String {
    home.store
        .search(query, 1)
        .unwrap()
        .first()
        .map_or_else(String::new, |hit| hit.matched.clone())
}

#[test]
fn names_are_found_by_any_part_in_any_case_and_without_accents() {
    let home = Home::new();
    let jane = home.lead("Acme Networks Ltd", "Jane O'Doherty");
    let joerg = home.lead("Müller & Söhne GmbH", "Jörg Müller");
    set(&home, jane, keys::EMAIL, Some(email("jane.o@acme.example")));
    for (query, expect, how) in [
        ("acme", jane, "company Acme Networks Ltd"),
        ("networks", jane, "company Acme Networks Ltd"),
        ("etwork", jane, "company Acme Networks Ltd"),
        ("JANE", jane, "person Jane O'Doherty"),
        ("doherty", jane, "person Jane O'Doherty"),
        ("o'doh", jane, "person Jane O'Doherty"),
        ("jane acme", jane, "person Jane O'Doherty"),
        ("j acme", jane, "person Jane O'Doherty"),
        ("jane.o@acme.example", jane, "e-mail jane.o@acme.example"),
        ("@acme.ex", jane, "e-mail jane.o@acme.example"),
        ("ne", jane, "company Acme Networks Ltd"),
        ("muller", joerg, "company Müller & Söhne GmbH"),
        ("MÜLLER", joerg, "company Müller & Söhne GmbH"),
        ("sohne", joerg, "company Müller & Söhne GmbH"),
        ("jö", joerg, "person Jörg Müller"),
        ("a", jane, "company Acme Networks Ltd"),
        ("j", jane, "person Jane O'Doherty"),
    ] {
        let hits = found(&home, query);
        assert!(hits.contains(&expect), "{query}: {hits:?}");
        if query != "j" {
            assert_eq!(hits, [expect], "{query}");
        }
        let hit = home
            .store
            .search(query, 10)
            .unwrap()
            .into_iter()
            .find(|hit| hit.ticket == expect)
            .unwrap();
        assert_eq!(hit.matched, how, "{query}");
    }
    for nothing in ["", "  ", "acme müller", "xyzzy", "\"", "cme acne", "*", "acme x"] {
        assert_eq!(found(&home, nothing), [], "{nothing:?}");
    }
}

#[test]
fn one_typo_is_forgiven_when_nothing_fits_and_two_are_not() {
    let home = Home::new();
    let smith = home.lead("Northwind Traders", "Agatha Smith");
    home.lead("Southgate", "Smythe");
    for query in [
        "smiht",
        "smjth",
        "smiith",
        "agtha",
        "agatah",
        "nrothwind",
        "northwnd",
        "northwind tradres",
        "northwindd",
    ] {
        assert_eq!(found(&home, query), [smith], "{query}");
    }
    for query in ["smjht", "nrthwnd", "northwind xxxxxx", "agata smyht xx"] {
        assert_eq!(found(&home, query), [], "{query}");
    }
    // What fits exactly comes alone, although a neighbour is one letter away.
    assert_eq!(found(&home, "smith"), [smith]);
}

#[test]
fn numbers_are_found_in_whatever_format() {
    let home = Home::new();
    let ticket = home.lead("Acme Ltd", "Jane Doe");
    let other = home.lead("Beta plc", "John Roe");
    set(&home, ticket, keys::PHONE, Some(phone("020 7946 0018")));
    set(&home, ticket, keys::MOBILE_PHONE, Some(phone("07700 900123")));
    set(&home, other, keys::PHONE, Some(phone("020 7946 0999")));
    for query in [
        "020 7946 0018",
        "+44 20 7946 0018",
        "+442079460018",
        "00442079460018",
        "(020) 7946-0018",
        "+44 (0)20 7946 0018",
        "79460018",
        "0018",
        "tel:+442079460018",
        "020.7946.0018",
        "2079460018",
        "07700900123",
        "900123",
    ] {
        assert_eq!(found(&home, query), [ticket], "{query}");
    }
    assert_eq!(matched(&home, "0018"), "phone +44 20 7946 0018");
    // The beginning of a number finds as well, while it is still being typed.
    let mut both = found(&home, "020794");
    both.sort();
    assert_eq!(both, [ticket, other]);
    assert_eq!(found(&home, "020 7946 0777"), []);
    set(&home, ticket, keys::PHONE, None);
    assert_eq!(found(&home, "79460018"), []);
}

#[test]
fn a_linked_contact_and_company_are_found_through_their_tickets() {
    let home = Home::new();
    let ticket = home.lead("Acme Ltd", "J. Doe");
    let mut contact = RemoteContact {
        id: HaloContactId(1),
        name: "Johanna Doe-Featherstone".to_owned(),
        first_name: String::new(),
        last_name: String::new(),
        email: "johanna@private.example".to_owned(),
        phones: vec!["+353 1 555 0147".to_owned(), "020 7946 0321 ext 4".to_owned()],
        company: Some(HaloCompanyId(2)),
        site: None,
        inactive: false,
        last_update: None,
    };
    let company = RemoteCompany {
        id: HaloCompanyId(2),
        main_site: None,
        name: "Acme".to_owned(),
        website: String::new(),
        phone: "(020) 7946 0555".to_owned(),
        inactive: false,
        last_update: None,
    };
    home.quiet(|w| {
        let contact = w.upsert_contact(&contact)?;
        let company = w.upsert_company(&company)?;
        w.link_contact(ticket, Some(contact))?;
        w.link_company(ticket, Some(company))
    });
    for query in [
        "featherstone",
        "johanna@private",
        "+35315550147",
        "555 0147",
        "02079460555",
        "+442079460555",
    ] {
        assert_eq!(found(&home, query), [ticket], "{query}");
    }
    assert_eq!(matched(&home, "featherstone"), "contact Johanna Doe-Featherstone");
    contact.name = "Johanna Married".to_owned();
    contact.phones.clear();
    home.quiet(|w| w.upsert_contact(&contact));
    assert_eq!(found(&home, "featherstone"), []);
    assert_eq!(found(&home, "married"), [ticket]);
    assert_eq!(found(&home, "5550147"), []);
}

#[test]
fn the_number_of_a_ticket_comes_first() {
    let home = Home::new();
    let named = home.lead("1234 Ltd", "Jane Doe");
    let numbered = home.lead_with("Acme Ltd", "John Roe", |new| new.halo_id = Some(HaloTicketId(1_234)));
    assert_eq!(found(&home, "1234"), [numbered, named]);
    assert_eq!(found(&home, "#1234"), [numbered]);
    assert_eq!(matched(&home, "1234"), "ticket 1234");
}

#[test]
fn better_fits_come_first_and_no_more_than_were_asked_for() {
    let home = Home::new();
    let part = home.lead("Wheatstone", "Someone Else");
    let word = home.lead("Big Stone Ltd", "Someone");
    let beginning = home.lead("Stonebridge", "Someone");
    let whole = home.lead("Stone", "Someone");
    assert_eq!(found(&home, "stone"), [whole, beginning, word, part]);
    assert_eq!(home.store.search("stone", 2).unwrap().len(), 2);
    // Among equals the newest first.
    assert_eq!(found(&home, "someone")[..2], [whole, beginning]);
}

#[test]
fn an_edit_is_found_at_once_and_what_it_replaced_no_longer() {
    let home = Home::new();
    let ticket = home.lead("Acme Ltd", "Jane Doe");
    set(&home, ticket, keys::COMPANY_NAME, Some(text("Zenith plc")));
    assert_eq!(found(&home, "acme"), []);
    assert_eq!(found(&home, "zenith"), [ticket]);
    home.undo();
    assert_eq!(found(&home, "acme"), [ticket]);
    assert_eq!(found(&home, "zenith"), []);
}
