//! The set-up: what is read of it, and the custom field that can be asked for.

use connectors::ErrorKind;
use domain::{
    fields::keys,
    tenant::{NewField, discover},
    workflow::Workflow,
};
use sandbox::{Fault, Right, Setup};

use crate::tenant::{Tenant, unlimited};

async fn without_department(create_fields: bool) -> Tenant {
    let mut options = unlimited();
    options.setup = Setup {
        without: vec!["CFdepartment".to_owned()],
    };
    options.behaviour.create_fields = create_fields;
    Tenant::with(options).await
}

fn department() -> NewField {
    NewField::of(keys::DEPARTMENT).unwrap()
}

#[tokio::test]
async fn teams_are_read_and_a_right_that_is_missing_for_them_is_no_obstacle() {
    let tenant = Tenant::of(0).await;
    let setup = tenant.halo.setup().await.unwrap();
    assert!(setup.teams.contains(&"Sales".to_owned()));
    let refusal = Fault::Refuse {
        status: 403,
        body: String::new(),
    };
    tenant.sandbox.faults().add(refusal.on("GET /api/Team"));
    let setup = tenant.halo.setup().await.unwrap();
    assert!(setup.teams.is_empty());
    assert!(!setup.statuses.is_empty());
}

#[tokio::test]
async fn a_created_field_has_the_type_and_the_choices_that_are_needed() {
    let tenant = without_department(true).await;
    let field = tenant.halo.create_field(&department()).await.unwrap().unwrap();
    assert_eq!((field.name.as_str(), field.kind), ("CFdepartment", 2));
    let (map, gaps) = discover(&Workflow::default(), &tenant.halo.setup().await.unwrap());
    assert_eq!(gaps, [], "every choice is there");
    assert!(map.fields.contains_key(&keys::DEPARTMENT));
    let again = tenant.halo.create_field(&department()).await.unwrap().unwrap();
    assert_eq!(again.id, field.id, "it is not made a second time");
    assert_eq!(tenant.requests("POST /api/fieldinfo"), 1);
}

#[tokio::test]
async fn a_creation_whose_answer_is_lost_is_looked_up() {
    let tenant = without_department(true).await;
    let faults = tenant.sandbox.faults();
    faults.add(Fault::DropAfter.on("POST /api/FieldInfo").times(1));
    assert!(tenant.halo.create_field(&department()).await.unwrap().is_some());
    assert_eq!(tenant.requests("POST /api/fieldinfo"), 1);
}

#[tokio::test]
async fn a_tenant_that_creates_no_fields_says_so_and_nothing_is_repeated() {
    let tenant = without_department(false).await;
    let error = tenant.halo.create_field(&department()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Invalid);
    assert!(error.detail.contains("No matching custom table"), "{}", error.detail);
    assert_eq!(tenant.requests("POST /api/fieldinfo"), 1);
    tenant.sandbox.configure(|behaviour| {
        behaviour.create_fields = true;
        behaviour.denied = vec![Right::Admin];
    });
    let error = tenant.halo.create_field(&department()).await.unwrap_err();
    assert!(matches!(error.kind, ErrorKind::Forbidden { right } if right.contains("custom fields")));
}
