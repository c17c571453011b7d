//! Everything that goes wrong on the way: reads are repeated and come through, writes are never repeated and say whether
//! they may have been done.

use std::time::Duration;

use connectors::{Budget, Error, ErrorKind, Retry, halo::Halo};
use domain::{Lifecycle, StageKey, fields::keys, remote::TicketPatch};
use sandbox::{ErrorForm, Fault, RateLimit, Sandbox};
use serde_json::Value as Json;

use crate::tenant::{Tenant, credentials, fields, moved, quick, unlimited};

const KEY: &str = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";

/// A write of each kind, and what it fails with.
async fn every_write(tenant: &Tenant) -> Vec<Error> {
    let lead = tenant.lead();
    let note = domain::remote::NewAction {
        ticket: lead,
        outcome: tenant.map.note_outcome.unwrap(),
        note: "Called".to_owned(),
        at: "2026-11-20T09:30:00Z".parse().unwrap(),
        time_taken_h: 0.1,
        agent: None,
    };
    let patch = TicketPatch {
        summary: Some("New".to_owned()),
        ..TicketPatch::default()
    };
    vec![
        tenant
            .halo
            .update_tickets(&tenant.map, &[(lead, moved("researching"))])
            .await
            .unwrap_err(),
        tenant
            .halo
            .create_ticket(&tenant.map, Lifecycle::Lead, &patch, KEY)
            .await
            .unwrap_err(),
        tenant.halo.add_action(&note).await.unwrap_err(),
    ]
}

/// How many writes the tenant has received.
fn writes(tenant: &Tenant) -> u64 {
    tenant.requests("POST /api/")
}

#[tokio::test]
async fn reads_come_through_what_passes() {
    let forms = [
        ErrorForm::Html,
        ErrorForm::Error,
        ErrorForm::Message,
        ErrorForm::ResultCode,
        ErrorForm::Empty,
    ];
    let mut faults: Vec<Fault> = forms.into_iter().map(|form| Fault::ServerError { form }).collect();
    faults.extend([
        Fault::GatewayTimeout {
            delay_ms: 0,
            applied: false,
        },
        Fault::DropBefore,
        Fault::DropAfter,
        Fault::TruncatedJson,
    ]);
    let tenant = Tenant::of(130).await;
    for fault in faults {
        let id = tenant
            .sandbox
            .faults()
            .add(fault.clone().on("GET /api/Tickets").times(2));
        let (rows, _) = tenant
            .pull(Lifecycle::Lead)
            .await
            .unwrap_or_else(|error| panic!("{fault:?}: {error:?}"));
        assert!(!rows.is_empty());
        assert_eq!(tenant.sandbox.faults().hits(id), 2, "{fault:?}");
        tenant.sandbox.faults().clear();
    }
}

#[tokio::test]
async fn reads_give_up_after_three_tries() {
    for (fault, kind) in [
        (Fault::ServerError { form: ErrorForm::Html }, ErrorKind::Server),
        (Fault::TruncatedJson, ErrorKind::Malformed),
        (Fault::DropBefore, ErrorKind::Unreachable),
    ] {
        let tenant = Tenant::of(5).await;
        let before = tenant.requests("GET /api/tickets");
        tenant.sandbox.faults().add(fault.on("GET /api/Tickets"));
        let error = tenant.pull(Lifecycle::Lead).await.unwrap_err();
        assert_eq!((&error.kind, error.retry), (&kind, Retry::Soon), "{error:?}");
        assert_eq!(tenant.requests("GET /api/tickets") - before, 3, "{kind:?}");
        assert!(error.message.ends_with('.'));
    }
}

#[tokio::test]
async fn a_lost_answer_is_said_and_the_write_is_not_repeated() {
    for fault in [
        Fault::DropAfter,
        Fault::TruncatedJson,
        Fault::GatewayTimeout {
            delay_ms: 0,
            applied: true,
        },
    ] {
        let tenant = Tenant::of(0).await;
        tenant.sandbox.faults().add(fault.clone().on("POST /api"));
        for error in every_write(&tenant).await {
            assert_eq!(
                (&error.kind, error.retry),
                (&ErrorKind::LostAnswer, Retry::Soon),
                "{fault:?}: {error:?}"
            );
            assert!(error.is_uncertain());
        }
        assert_eq!(writes(&tenant), 3, "{fault:?}: each was sent once");

        tenant.sandbox.faults().clear();
        let found = tenant.halo.find_ticket_by_key(&tenant.map, KEY).await.unwrap();
        assert_eq!(found.unwrap().summary, "New", "{fault:?}: it had arrived");
    }
}

#[tokio::test]
async fn a_lost_note_is_recognised_among_the_actions() {
    let tenant = Tenant::of(0).await;
    let lead = tenant.lead();
    let note = domain::remote::NewAction {
        ticket: lead,
        outcome: tenant.map.note_outcome.unwrap(),
        note: "Spoke to Ann & Bob\n<tomorrow>".to_owned(),
        at: "2026-11-20T09:30:00Z".parse().unwrap(),
        time_taken_h: 0.1,
        agent: None,
    };
    tenant.sandbox.faults().add(Fault::DropAfter.on("POST /api/Actions"));
    assert!(tenant.halo.add_action(&note).await.unwrap_err().is_uncertain());
    let same =
        |action: &&domain::remote::RemoteAction| action.note == note.note && action.outcome == Some(note.outcome);
    assert_eq!(tenant.halo.actions(lead).await.unwrap().iter().filter(same).count(), 1);
}

#[tokio::test]
async fn a_connection_that_broke_before_leaves_the_same_doubt_and_no_trace() {
    let tenant = Tenant::of(0).await;
    tenant.sandbox.faults().add(Fault::DropBefore.on("POST /api"));
    for error in every_write(&tenant).await {
        assert_eq!(error.kind, ErrorKind::LostAnswer);
    }
    assert_eq!(writes(&tenant), 3, "each was sent once");
    tenant.sandbox.faults().clear();
    assert_eq!(tenant.halo.find_ticket_by_key(&tenant.map, KEY).await.unwrap(), None);
    let (leads, _) = tenant.pull(Lifecycle::Lead).await.unwrap();
    assert_eq!(leads.len(), 1, "the one that was there");
    assert_eq!(leads[0].stage, Some(StageKey::from("new_lead")));
}

#[tokio::test]
async fn a_failing_server_leaves_doubt_only_about_creations() {
    let tenant = Tenant::of(0).await;
    let html = Fault::ServerError { form: ErrorForm::Html };
    tenant.sandbox.faults().add(html.on("POST /api"));
    let kinds: Vec<ErrorKind> = every_write(&tenant).await.into_iter().map(|error| error.kind).collect();
    assert_eq!(kinds, [ErrorKind::Server, ErrorKind::LostAnswer, ErrorKind::LostAnswer]);
    assert_eq!(writes(&tenant), 3);
}

#[tokio::test]
async fn a_tenant_off_the_network_is_unreachable_until_it_is_back() {
    let tenant = Tenant::of(0).await;
    let lead = tenant.lead();
    tenant.sandbox.set_online(false);
    let error = tenant.halo.ticket(&tenant.map, lead).await.unwrap_err();
    assert_eq!((error.kind, error.retry), (ErrorKind::Unreachable, Retry::Soon));
    tenant.sandbox.set_online(true);
    assert_eq!(tenant.read(lead).await.id, lead);
}

#[tokio::test]
async fn a_slow_write_is_lost_a_slow_read_is_late() {
    let sandbox = Sandbox::start(unlimited()).unwrap();
    let hasty = connectors::halo::Options {
        timeout: Duration::from_millis(300),
        attempts: 1,
        ..quick()
    };
    let patient = Tenant {
        halo: Halo::connect(&sandbox.address(), credentials(), quick()).await.unwrap(),
        map: domain::tenant::TenantMap::default(),
        sandbox,
    };
    let setup = patient.halo.setup().await.unwrap();
    let (map, _) = domain::tenant::discover(&domain::workflow::Workflow::default(), &setup);
    let tenant = Tenant {
        halo: Halo::connect(&patient.sandbox.address(), credentials(), hasty)
            .await
            .unwrap(),
        map,
        sandbox: patient.sandbox,
    };
    let lead = tenant.lead();
    tenant
        .sandbox
        .faults()
        .add(Fault::Slow { delay_ms: 5_000 }.on("/api/Tickets"));
    let error = tenant.halo.ticket(&tenant.map, lead).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Timeout);
    let error = tenant
        .halo
        .update_tickets(&tenant.map, &[(lead, moved("researching"))])
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::LostAnswer);
}

#[tokio::test]
async fn too_many_requests_are_counted_learned_and_handed_back() {
    let sandbox = Sandbox::start(sandbox::Options {
        rate_limit: Some(RateLimit {
            requests: 12,
            window: Duration::from_secs(300),
        }),
        ..unlimited()
    })
    .unwrap();
    sandbox.configure(|behaviour| behaviour.retry_after = true);
    let budget = Budget::default();
    let options = connectors::halo::Options {
        budget: budget.clone(),
        ..quick()
    };
    let halo = Halo::connect(&sandbox.address(), credentials(), options).await.unwrap();
    let setup = halo.setup().await.unwrap();
    let (map, _) = domain::tenant::discover(&domain::workflow::Workflow::default(), &setup);
    let patch = TicketPatch {
        summary: Some("New".to_owned()),
        ..TicketPatch::default()
    };
    let mut created = 0;
    let error = loop {
        match halo
            .create_ticket(&map, Lifecycle::Lead, &patch, &format!("key-{created}"))
            .await
        {
            Ok(_) => created += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind, ErrorKind::RateLimited);
    assert!(
        matches!(error.retry, Retry::After(pause) if pause > Duration::from_secs(200)),
        "{:?}",
        error.retry
    );
    assert_eq!(sandbox.stats().rate_limited, 1, "a write is not repeated");
    assert_eq!(sandbox.stats().ticket_writes.len(), created);
    assert_eq!(
        (halo.budget().limit, halo.budget().window),
        (12, Duration::from_secs(300))
    );
    assert!(budget.view().pause.is_some(), "whoever shares the budget knows");
    let error = halo.ticket(&map, domain::HaloTicketId(1001)).await.unwrap_err();
    assert_eq!(
        error.kind,
        ErrorKind::RateLimited,
        "said at once instead of waiting for minutes"
    );
    assert_eq!(sandbox.stats().rate_limited, 1, "and without a request");
}

#[tokio::test]
async fn a_long_pause_is_handed_to_the_caller() {
    let tenant = Tenant::of(0).await;
    let lead = tenant.lead();
    let limited = Fault::TooManyRequests { retry_after: Some(120) };
    tenant.sandbox.faults().add(limited.on("GET /api/Tickets"));
    let error = tenant.halo.ticket(&tenant.map, lead).await.unwrap_err();
    assert_eq!(
        (error.kind, error.retry),
        (ErrorKind::RateLimited, Retry::After(Duration::from_secs(120)))
    );
    assert_eq!(tenant.sandbox.stats().rate_limited, 1);
}

#[tokio::test]
async fn rows_that_shift_between_pages_do_no_harm() {
    let tenant = Tenant::of(350).await;
    let (whole, _) = tenant.pull(Lifecycle::Lead).await.unwrap();
    tenant
        .sandbox
        .faults()
        .add(Fault::RowShift { rows: -2 }.on("GET /api/Tickets"));
    let (rows, _) = tenant.pull(Lifecycle::Lead).await.unwrap();
    let ids: std::collections::BTreeSet<_> = rows.iter().map(|ticket| ticket.id).collect();
    assert!(ids.len() <= whole.len() && ids.iter().all(|id| whole.iter().any(|ticket| ticket.id == *id)));
    assert!(
        rows.len() >= ids.len(),
        "a row that comes twice is given twice; the pull tells by the id"
    );
}

#[tokio::test]
async fn a_refusal_quotes_the_reason_without_the_people_in_it() {
    let tenant = Tenant::of(0).await;
    let lead = tenant.lead();
    let body = Json::from(
        "Closure is not allowed for ann.lee@foo.example (020 7946 0018) with token eyJhbGciOiJSUzI1NiIsImtpZCI6",
    );
    let refuse = Fault::Refuse {
        status: 400,
        body: body.to_string(),
    };
    tenant.sandbox.faults().add(refuse.on("POST /api/Tickets"));
    let patch = fields([(keys::COMPANY_NAME, None)]);
    let error = tenant
        .halo
        .update_tickets(&tenant.map, &[(lead, patch)])
        .await
        .unwrap_err();
    assert_eq!(
        (&error.kind, error.retry, error.status),
        (&ErrorKind::Invalid, Retry::No, Some(400))
    );
    assert!(
        error
            .message
            .starts_with("HaloPSA refused this: Closure is not allowed"),
        "{}",
        error.message
    );
    let shown = format!("{error:?}");
    assert!(
        !shown.contains("ann.lee") && !shown.contains("7946") && !shown.contains("eyJ"),
        "{shown}"
    );
}
