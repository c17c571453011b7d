//! Companies and contacts: as HaloPSA has them, and those that are made here: how they wait, go, come back, and turn out
//! to be there already.

use domain::{
    CompanyId, ContactId, HaloAgentId, HaloCompanyId, HaloContactId, HaloSiteId, OutboxId, TicketId,
    remote::{RemoteCompany, RemoteContact, RemoteSite},
};

use super::{Home, operation};
use crate::{
    Change, LocalCompany, LocalContact, LocalPatch, NewEntry, NewRecord, OutboxPayload, OutboxState, Party,
    StateChange, Store, Writer,
};

fn make(w: &mut Writer<'_>, ticket: TicketId) -> Result<(CompanyId, ContactId), crate::Error> {
    let company = w.add_company(
        ticket,
        &LocalCompany {
            name: "Acme Legal Ltd".to_owned(),
            website: "acme.example".to_owned(),
        },
    )?;
    let site = w.site_of_company(company)?.unwrap().id;
    let contact = w.add_contact(
        ticket,
        &LocalContact {
            company,
            site,
            name: "Jane Doe".to_owned(),
            first_name: "Jane".to_owned(),
            last_name: "Doe".to_owned(),
            email: "jane@acme.example".to_owned(),
            phones: vec!["+442079460018".to_owned()],
        },
    )?;
    w.link_company(ticket, Some(company))?;
    w.link_contact(ticket, Some(contact))?;
    Ok((company, contact))
}

fn remote_company(id: i64) -> RemoteCompany {
    RemoteCompany {
        id: HaloCompanyId(id),
        main_site: None,
        name: "Acme Legal Ltd".to_owned(),
        website: String::new(),
        phone: String::new(),
        inactive: false,
        last_update: None,
    }
}

fn linked(store: &Store, ticket: TicketId) -> (Option<CompanyId>, Option<ContactId>) {
    let row = store.ticket(ticket).unwrap().unwrap();
    (row.company, row.contact)
}

fn queue(home: &Home, ticket: TicketId, payload: OutboxPayload) -> OutboxId {
    home.quiet(|w| {
        w.enqueue(NewEntry {
            ticket,
            payload,
            what: "Something".to_owned(),
        })
    })
}

#[test]
fn what_was_made_goes_with_undo_and_comes_back_with_redo() {
    let home = Home::new();
    let ticket = home.lead("Acme Legal Ltd", "Jane Doe");
    let before = home.dump();
    let (company, contact) = home.write("link", |w| make(w, ticket)).value;
    assert_eq!(linked(&home.store, ticket), (Some(company), Some(contact)));
    assert_eq!(home.store.companies_named("ACME Legal Limited").unwrap().len(), 1);
    assert_eq!(home.store.contacts_with_email("Jane@ACME.example").unwrap().len(), 1);

    home.undo().unwrap();
    assert_eq!(linked(&home.store, ticket), (None, None));
    assert!(home.store.companies_named("Acme Legal").unwrap().is_empty());
    assert!(home.store.contacts_with_email("jane@acme.example").unwrap().is_empty());
    assert_eq!(home.dump(), before, "nor is the number found any more");

    home.redo().unwrap();
    assert_eq!(linked(&home.store, ticket), (Some(company), Some(contact)));
    assert_eq!(home.store.contacts_of(company).unwrap().len(), 1);
}

#[test]
fn what_halopsa_has_or_somebody_else_uses_stays_when_its_making_is_undone() {
    let home = Home::new();
    let (one, two) = (home.lead("Acme", "Jane Doe"), home.lead("Acme", "Joe Doe"));
    let (company, contact) = home.write("link", |w| make(w, one)).value;
    home.write("link the other", |w| w.link_company(two, Some(company)));
    let first = home.store.last_undoable(super::ME).unwrap().unwrap();
    assert_eq!(first.root_label, "link the other");
    let made = home
        .store
        .write(operation("undo the first"), home.now(), |w| {
            w.revert(domain::OperationId(first.id.0 - 1))?;
            Ok::<_, crate::RevertError>(w.applied().to_vec())
        })
        .unwrap()
        .value;
    assert_eq!(linked(&home.store, one), (None, None));
    assert_eq!(linked(&home.store, two), (Some(company), None));
    let removed: Vec<&Change> = made
        .iter()
        .map(|applied| &applied.change)
        .filter(|change| matches!(change, Change::RecordRemoved { .. }))
        .collect();
    assert_eq!(
        removed,
        [&Change::RecordRemoved {
            record: NewRecord::Contact(contact)
        }],
        "the company is the other ticket's"
    );
    home.quiet(|w| w.identify_company(company, HaloCompanyId(12)));
    home.write("nobody", |w| {
        w.link_company(two, None)?;
        w.remove_unsent_record(two, NewRecord::Company(company))
    });
    assert_eq!(home.store.companies_named("Acme Legal").unwrap().len(), 1);
}

#[test]
fn a_dependent_entry_waits_for_the_one_it_needs_and_for_nothing_else() {
    let home = Home::new();
    let ticket = home.lead("Acme", "Jane Doe");
    let (company, contact) = home.write("link", |w| make(w, ticket)).value;
    let update = queue(
        &home,
        ticket,
        OutboxPayload::Update {
            patch: LocalPatch {
                party: Some(Party {
                    company: Some(company),
                    contact: Some(contact),
                }),
                ..LocalPatch::default()
            },
        },
    );
    let record = |record| OutboxPayload::Record { record };
    let made_contact = queue(&home, ticket, record(NewRecord::Contact(contact)));
    let made_company = queue(&home, ticket, record(NewRecord::Company(company)));
    home.quiet(|w| {
        w.set_depends_on(made_contact, Some(made_company))?;
        w.set_depends_on(update, Some(made_contact))
    });
    let due = || -> Vec<OutboxId> {
        let entries = home.store.due(home.now(), 10).unwrap();
        entries.into_iter().map(|entry| entry.id).collect()
    };
    let sent = |entry| home.quiet(|w| w.set_outbox_state(entry, &StateChange::to(OutboxState::Sent)));
    assert_eq!(due(), [made_company], "although the update came first");
    assert_eq!(
        home.store
            .record_entry(NewRecord::Contact(contact))
            .unwrap()
            .map(|entry| entry.id),
        Some(made_contact)
    );
    sent(made_company);
    assert_eq!(due(), [made_contact]);
    sent(made_contact);
    assert_eq!(due(), [update]);
    assert_eq!(home.store.record_entry(NewRecord::Contact(contact)).unwrap(), None);

    // An entry that is given up leaves nobody waiting for ever.
    home.quiet(|w| w.set_depends_on(update, Some(made_contact)));
    home.quiet(|w| w.remove_entry(made_contact));
    assert_eq!(due(), [update]);
}

#[test]
fn what_turns_out_to_be_there_already_becomes_one() {
    let home = Home::new();
    let ticket = home.lead("Acme", "Jane Doe");
    let (company, contact) = home.write("link", |w| make(w, ticket)).value;
    let update = queue(
        &home,
        ticket,
        OutboxPayload::Update {
            patch: LocalPatch {
                party: Some(Party {
                    company: Some(company),
                    contact: Some(contact),
                }),
                ..LocalPatch::default()
            },
        },
    );
    // A pull was faster than the answer.
    let (pulled_company, pulled_contact) = home.quiet(|w| {
        let company = w.upsert_company(&remote_company(12))?;
        let contact = w.upsert_contact(&RemoteContact {
            id: HaloContactId(34),
            name: "Jane Doe".to_owned(),
            first_name: "Jane".to_owned(),
            last_name: "Doe".to_owned(),
            email: "jane@acme.example".to_owned(),
            phones: Vec::new(),
            company: Some(HaloCompanyId(12)),
            site: Some(HaloSiteId(5)),
            inactive: false,
            last_update: None,
        })?;
        Ok((company, contact))
    });
    let now = home.quiet(|w| {
        let company = w.identify_company(company, HaloCompanyId(12))?;
        Ok((company, w.identify_contact(contact, HaloContactId(34))?))
    });
    assert_eq!(now, (pulled_company, pulled_contact));
    assert_eq!(
        linked(&home.store, ticket),
        (Some(pulled_company), Some(pulled_contact))
    );
    assert_eq!(home.store.companies_named("Acme Legal").unwrap().len(), 1);
    assert_eq!(home.store.contacts_of(pulled_company).unwrap().len(), 1);
    let entry = home.store.outbox_entry(update).unwrap().unwrap();
    let OutboxPayload::Update { patch } = entry.payload else {
        panic!("{entry:?}")
    };
    assert_eq!(
        patch.party,
        Some(Party {
            company: Some(pulled_company),
            contact: Some(pulled_contact)
        })
    );
    // The journal names the rows of then; undo and redo mean those of now.
    home.undo().unwrap();
    assert_eq!(linked(&home.store, ticket), (None, None));
    home.redo().unwrap();
    assert_eq!(
        linked(&home.store, ticket),
        (Some(pulled_company), Some(pulled_contact))
    );
}

#[test]
fn a_new_company_takes_its_numbers_with_its_site() {
    let home = Home::new();
    let ticket = home.lead("Acme", "Jane Doe");
    let (company, contact) = home.write("link", |w| make(w, ticket)).value;
    home.quiet(|w| {
        let site = w.site_of_company(company)?.unwrap();
        assert_eq!((site.name.as_str(), site.halo_id), ("Main", None));
        assert_eq!(w.identify_company(company, HaloCompanyId(12))?, company);
        assert_eq!(w.identify_site(site.id, HaloSiteId(5))?, site.id);
        assert_eq!(w.identify_contact(contact, HaloContactId(34))?, contact);
        Ok(())
    });
    let row = home.store.company(company).unwrap().unwrap();
    assert_eq!(
        (row.halo_id, row.website.as_str()),
        (Some(HaloCompanyId(12)), "acme.example")
    );
    let site = home.store.site_of_company(company).unwrap().unwrap();
    assert_eq!(site.halo_id, Some(HaloSiteId(5)));
    assert_eq!(
        home.store.contact(contact).unwrap().unwrap().halo_id,
        Some(HaloContactId(34))
    );
    assert_eq!(home.store.companies_like("acme l").unwrap().len(), 1);
    assert!(home.store.companies_like("legal").unwrap().is_empty());
}

#[test]
fn people_arrive_in_any_order() {
    let home = Home::new();
    let contact = RemoteContact {
        id: HaloContactId(1_001),
        name: "Jane Doe".to_owned(),
        first_name: "Jane".to_owned(),
        last_name: "Doe".to_owned(),
        email: "jane@acme.example".to_owned(),
        phones: vec!["020 7946 0018".to_owned()],
        company: Some(HaloCompanyId(2_001)),
        site: Some(HaloSiteId(3_001)),
        inactive: false,
        last_update: None,
    };
    let id = home.quiet(|w| w.upsert_contact(&contact));
    let row = home.store.contact(id).unwrap().unwrap();
    assert_eq!(home.store.company_name(row.company.unwrap()).unwrap().unwrap(), "");
    let company = RemoteCompany {
        id: HaloCompanyId(2_001),
        main_site: None,
        name: "Acme Ltd".to_owned(),
        website: "acme.example".to_owned(),
        phone: "020 7946 0999".to_owned(),
        inactive: false,
        last_update: None,
    };
    assert_eq!(home.quiet(|w| w.upsert_company(&company)), row.company.unwrap());
    assert_eq!(
        home.store.company_name(row.company.unwrap()).unwrap().unwrap(),
        "Acme Ltd"
    );
    let site = RemoteSite {
        id: HaloSiteId(3_001),
        company: Some(HaloCompanyId(2_001)),
        name: "Main".to_owned(),
        phone: String::new(),
        inactive: false,
        last_update: None,
    };
    let site_id = home.quiet(|w| w.upsert_site(&site));
    assert_eq!(home.quiet(|w| w.site_for(HaloSiteId(3_001))), site_id);
    assert_eq!(home.quiet(|w| w.upsert_contact(&contact)), id);
    assert_eq!(home.store.contact_by_halo(HaloContactId(1_001)).unwrap(), Some(id));
    assert_eq!(home.store.company_by_halo(HaloCompanyId(2_001)).unwrap(), row.company);
    assert_eq!(row.phones, ["020 7946 0018"]);
    // An agent who is only named by a ticket is nobody to choose yet.
    let ann = home.quiet(|w| w.agent_for(HaloAgentId(1_077)));
    assert_eq!(home.store.agents().unwrap(), []);
    assert_eq!(home.agent(1_077, "Ann"), ann);
    assert_eq!(home.store.agents().unwrap()[0].name, "Ann");
    assert_eq!(home.store.halo_agent(ann).unwrap(), Some(HaloAgentId(1_077)));
}
