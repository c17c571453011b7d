//! Companies, sites and contacts: found before they are made, and made as HaloPSA wants them.

use connectors::ErrorKind;
use domain::{
    HaloCompanyId,
    remote::{HaloParty, NewCompany, NewContact, NewSite, TicketPatch},
};
use sandbox::Fault;
use serde_json::json;

use crate::tenant::Tenant;

fn acme() -> NewCompany {
    NewCompany {
        name: "Acme Legal Ltd".to_owned(),
        website: "acme.example".to_owned(),
        site: "Main".to_owned(),
    }
}

async fn jane(tenant: &Tenant, company: HaloCompanyId) -> NewContact {
    NewContact {
        company,
        site: tenant.halo.find_site(company).await.unwrap().unwrap().id,
        name: "Jane Doe".to_owned(),
        first_name: "Jane".to_owned(),
        last_name: "Doe".to_owned(),
        email: "jane.doe@acme.example".to_owned(),
        phones: vec!["+442079460018".to_owned(), "+447700900123".to_owned()],
    }
}

#[tokio::test]
async fn a_company_brings_its_first_site_and_is_found_by_its_very_name() {
    let tenant = Tenant::of(0).await;
    assert_eq!(tenant.halo.find_company("Acme Legal Ltd").await.unwrap(), None);
    let made = tenant.halo.create_company(&acme()).await.unwrap();
    assert_eq!(
        (made.name.as_str(), made.website.as_str()),
        ("Acme Legal Ltd", "acme.example")
    );
    let site = tenant.halo.find_site(made.id).await.unwrap().unwrap();
    assert_eq!((Some(site.id), site.name.as_str()), (made.main_site, "Main"));
    for name in ["Acme Legal Ltd", " acme legal  LTD "] {
        let found = tenant.halo.find_company(name).await.unwrap();
        assert_eq!(found.map(|found| found.id), Some(made.id), "{name}");
    }
    // A free-text search finds more than was meant.
    for other in ["Acme Legal", "Acme", "Acme Legal Ltd 2"] {
        assert_eq!(tenant.halo.find_company(other).await.unwrap(), None, "{other}");
    }
}

#[tokio::test]
async fn a_name_that_is_taken_is_refused_in_words() {
    let tenant = Tenant::of(0).await;
    tenant.halo.create_company(&acme()).await.unwrap();
    let error = tenant.halo.create_company(&acme()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Invalid);
    assert!(error.message.contains("already"), "{}", error.message);
}

#[tokio::test]
async fn a_contact_is_known_by_name_and_address_in_its_company() {
    let tenant = Tenant::of(0).await;
    let company = tenant.halo.create_company(&acme()).await.unwrap().id;
    let new = jane(&tenant, company).await;
    assert_eq!(tenant.halo.find_contact(&new).await.unwrap(), None);
    let made = tenant.halo.create_contact(&new).await.unwrap();
    assert_eq!(
        (made.company, made.site, made.email.as_str()),
        (Some(company), Some(new.site), "jane.doe@acme.example")
    );
    assert_eq!(made.phones, new.phones, "desk first, mobile second");
    let found = tenant.halo.find_contact(&new).await.unwrap();
    assert_eq!(found.map(|found| found.id), Some(made.id));
    let other = NewContact {
        email: "jane2@acme.example".to_owned(),
        ..new.clone()
    };
    assert_eq!(
        tenant.halo.find_contact(&other).await.unwrap(),
        None,
        "another Jane Doe of the same company"
    );
    let nameless = NewContact {
        name: String::new(),
        ..new
    };
    let error = tenant.halo.create_contact(&nameless).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Invalid);
    assert!(error.detail.contains("Username must be entered"), "{}", error.detail);
}

#[tokio::test]
async fn a_company_without_a_site_gets_one() {
    let tenant = Tenant::of(0).await;
    let company = tenant.halo.create_company(&acme()).await.unwrap();
    tenant.colleague(
        "/api/Site",
        json!([{ "id": company.main_site.unwrap().0, "inactive": true }]),
    );
    assert_eq!(tenant.halo.find_site(company.id).await.unwrap(), None);
    let new = NewSite {
        company: company.id,
        name: "HQ".to_owned(),
    };
    let made = tenant.halo.create_site(&new).await.unwrap();
    assert_eq!((made.company, made.name.as_str()), (Some(company.id), "HQ"));
    let found = tenant.halo.find_site(company.id).await.unwrap();
    assert_eq!(found.map(|site| site.id), Some(made.id));
}

#[tokio::test]
async fn a_ticket_is_linked_and_unlinked() {
    let tenant = Tenant::of(0).await;
    let lead = tenant.lead();
    let company = tenant.halo.create_company(&acme()).await.unwrap();
    let contact = tenant
        .halo
        .create_contact(&jane(&tenant, company.id).await)
        .await
        .unwrap();
    let linked = |party: Option<HaloParty>| TicketPatch {
        party: Some(party),
        ..TicketPatch::default()
    };
    let party = HaloParty {
        company: company.id,
        site: company.main_site,
        contact: Some(contact.id),
    };
    let rows = tenant
        .halo
        .update_tickets(&tenant.map, &[(lead, linked(Some(party)))])
        .await
        .unwrap();
    assert_eq!(
        (rows[0].company, rows[0].contact, rows[0].site),
        (Some(company.id), Some(contact.id), company.main_site)
    );
    let rows = tenant
        .halo
        .update_tickets(&tenant.map, &[(lead, linked(None))])
        .await
        .unwrap();
    assert_eq!((rows[0].company, rows[0].contact), (None, None));
}

#[tokio::test]
async fn a_lost_answer_is_uncertain_and_the_record_is_found() {
    let tenant = Tenant::of(0).await;
    let lost = Fault::DropAfter;
    tenant.sandbox.faults().add(lost.on("POST /api/Client").times(1));
    let error = tenant.halo.create_company(&acme()).await.unwrap_err();
    assert!(error.is_uncertain(), "{error:?}");
    assert!(tenant.halo.find_company("Acme Legal Ltd").await.unwrap().is_some());
}
