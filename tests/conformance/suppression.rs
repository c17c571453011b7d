//! Every connector that can hold back by itself: told twice is as good as told once, a lift takes it back, and nothing
//! else of the person is touched.

use connectors::{
    ErrorKind,
    suppression::{Contact, Peace, Suppression},
};
use domain::HaloContactId;
use sandbox::Fault;
use serde_json::{Value as Json, json};

use crate::tenant::Tenant;

fn jane(tenant: &Tenant) -> i64 {
    let company = tenant.colleague("/api/Client", json!([{"name": "Acme Legal Ltd"}]));
    let body = json!([{"name": "Jane Doe", "emailaddress": "jane@acme.example", "site_id": company["main_site_id"]}]);
    tenant.colleague("/api/Users", body)["id"].as_i64().unwrap()
}

fn row(tenant: &Tenant, user: i64) -> Json {
    tenant.sandbox.get(&format!("/api/Users/{user}?includedetails=true")).1
}

/// What must hold for any connector, told through the trait alone.
async fn check(system: &dyn Suppression, contact: Contact, sends: impl Fn() -> bool) {
    assert!(sends(), "before anything was said");
    for (peace, expected) in [
        (Peace::Kept, false),
        (Peace::Kept, false),
        (Peace::Lifted, true),
        (Peace::Lifted, true),
        (Peace::Kept, false),
    ] {
        system.tell(contact, peace).await.unwrap();
        assert_eq!(sends(), expected, "{peace:?}");
    }
}

#[tokio::test]
async fn halopsa_sends_no_campaign_to_who_is_left_in_peace() {
    let tenant = Tenant::of(0).await;
    let user = jane(&tenant);
    let before = row(&tenant, user);
    let contact = Contact {
        halo: HaloContactId(user),
    };
    check(&tenant.halo, contact, || {
        row(&tenant, user)["neversendmarketingemails"] == false
    })
    .await;
    let after = row(&tenant, user);
    for name in [
        "name",
        "emailaddress",
        "site_id",
        "client_id",
        "unsubscribed",
        "inactive",
    ] {
        assert_eq!(after[name], before[name], "{name}");
    }
}

#[tokio::test]
async fn a_lost_answer_leaves_it_told_and_may_be_told_again() {
    let tenant = Tenant::of(0).await;
    let user = jane(&tenant);
    let contact = Contact {
        halo: HaloContactId(user),
    };
    tenant
        .sandbox
        .faults()
        .add(Fault::DropAfter.on("POST /api/Users").times(1));
    let error = tenant.halo.tell(contact, Peace::Kept).await.unwrap_err();
    assert!(error.is_uncertain(), "{error:?}");
    assert_eq!(row(&tenant, user)["neversendmarketingemails"], true);
    tenant.halo.tell(contact, Peace::Kept).await.unwrap();
    assert_eq!(row(&tenant, user)["neversendmarketingemails"], true);
}

#[tokio::test]
async fn who_may_not_change_contacts_is_told_which_right_is_missing() {
    let tenant = Tenant::of(0).await;
    let contact = Contact {
        halo: HaloContactId(jane(&tenant)),
    };
    let no = Fault::Refuse {
        status: 403,
        body: String::new(),
    };
    tenant.sandbox.faults().add(no.on("POST /api/Users"));
    let error = tenant.halo.tell(contact, Peace::Kept).await.unwrap_err();
    assert!(matches!(error.kind, ErrorKind::Forbidden { .. }), "{error:?}");
    assert!(error.message.contains("edit contacts"), "{}", error.message);
}
