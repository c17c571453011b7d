//! Lists of numbers: everything that is there, nothing that is not, and honest about what is kept back.

use std::collections::BTreeSet;

use domain::{HaloTicketId, Lifecycle};
use sandbox::Fault;

use crate::tenant::Tenant;

async fn pulled(tenant: &Tenant, lifecycle: Lifecycle) -> BTreeSet<HaloTicketId> {
    let (rows, _) = tenant.pull(lifecycle).await.unwrap();
    rows.iter().map(|row| row.id).collect()
}

#[tokio::test]
async fn the_numbers_of_a_lifecycle_are_those_of_its_tickets_in_one_request() {
    let tenant = Tenant::of(430).await;
    for lifecycle in Lifecycle::ALL {
        let wanted = pulled(&tenant, lifecycle).await;
        let before = tenant.requests("GET /api/tickets");
        let found = tenant.halo.ticket_ids(&tenant.map, lifecycle, None).await.unwrap();
        assert_eq!(tenant.requests("GET /api/tickets") - before, 1);
        assert!(found.complete);
        assert_eq!(found.ids, wanted, "{lifecycle:?}");
    }
}

#[tokio::test]
async fn the_stages_of_a_lifecycle_share_out_its_tickets() {
    let tenant = Tenant::of(430).await;
    let mut shared = BTreeSet::new();
    for (stage, lifecycle) in &tenant.map.stage_lifecycles {
        if *lifecycle != Lifecycle::Lead {
            continue;
        }
        let found = tenant
            .halo
            .ticket_ids(&tenant.map, *lifecycle, Some(stage))
            .await
            .unwrap();
        for id in found.ids {
            assert!(shared.insert(id), "{id:?} is in two stages");
        }
    }
    assert_eq!(shared, pulled(&tenant, Lifecycle::Lead).await);
}

#[tokio::test]
async fn a_list_that_is_kept_short_says_so() {
    let tenant = Tenant::of(120).await;
    tenant
        .sandbox
        .faults()
        .add(Fault::HiddenRows { rows: 2 }.on("GET /api/Tickets"));
    let found = tenant
        .halo
        .ticket_ids(&tenant.map, Lifecycle::Lead, None)
        .await
        .unwrap();
    assert!(!found.complete);
    assert!(!found.ids.is_empty(), "what is shown is taken all the same");
}
