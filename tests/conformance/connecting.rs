//! From an address and a client secret to a signed-in client and a checked setup; and every way it can go wrong.

use std::time::Duration;

use connectors::{
    Error, ErrorKind, Retry, Secret,
    halo::{Credentials, Halo, Options},
};
use domain::{HaloAgentId, Lifecycle, tenant::discover, workflow::Workflow};
use sandbox::{Fault, Right, Sandbox};

use crate::{
    stranger,
    tenant::{Tenant, credentials, quick, unlimited},
};

/// What connecting fails with; its texts hold neither the secret nor an address with a query.
async fn refused(address: &str, credentials: Credentials, options: Options) -> Error {
    let secret = match &credentials {
        Credentials::ServiceAccount { client_secret, .. } => client_secret.clone(),
        Credentials::Person { .. } => panic!("a service account connects here"),
    };
    let error = Halo::connect(address, credentials, options).await.unwrap_err();
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains(secret.expose()) && !shown.contains('?'), "{shown}");
    assert!(
        error.message.ends_with('.') && error.message.contains(' '),
        "{}",
        error.message
    );
    error
}

#[tokio::test]
async fn the_setup_check_finds_everything_with_nine_requests() {
    let sandbox = Sandbox::start(unlimited()).unwrap();
    let halo = Halo::connect(&format!("{}/api/", sandbox.address()), credentials(), quick())
        .await
        .unwrap();
    let setup = halo.setup().await.unwrap();
    assert_eq!(sandbox.stats().count("GET /api"), 9, "{:?}", sandbox.stats().requests);
    assert_eq!(sandbox.stats().tokens_issued, 1);
    assert_eq!(halo.address().as_str(), format!("{}/", sandbox.address()));

    let (map, gaps) = discover(&Workflow::default(), &setup);
    assert_eq!(gaps, []);
    assert_eq!(map.ticket_types.len(), 3);
    assert_eq!(map.stages.len(), 16);
    assert!(map.key_field.is_some());
    assert!(map.note_outcome.is_some() && map.call_outcome.is_some() && map.note_outcome != map.call_outcome);
    assert!(!setup.version.is_empty());
    assert!(setup.agents.len() >= 12 && setup.agents.iter().all(|agent| !agent.name.is_empty()));
    assert!(
        setup.agents.iter().all(|agent| agent.id != HaloAgentId(1)),
        "Unassigned is nobody"
    );
    assert!(
        setup
            .agents
            .iter()
            .any(|agent| Some(agent.id) == setup.me && agent.is_api_agent)
    );
    let sources = setup
        .fields
        .iter()
        .find(|field| field.name == "CFemployeeRange")
        .unwrap();
    assert!(sources.options.iter().any(|(id, text)| *id > 0 && text == "51-200"));
}

#[tokio::test]
async fn answers_tell_the_clock_and_the_latency() {
    let tenant = Tenant::of(0).await;
    assert!(tenant.halo.server_clock_skew().unwrap().abs() < chrono::TimeDelta::seconds(5));
    assert!(tenant.halo.latency().unwrap() < Duration::from_secs(5));
    assert!(tenant.halo.budget().used >= 8);
}

#[tokio::test]
async fn a_wrong_secret_is_told_from_a_wrong_tenant() {
    let sandbox = Sandbox::start(unlimited()).unwrap();
    let wrong_secret = Credentials::ServiceAccount {
        client_id: sandbox::CLIENT_ID.to_owned(),
        client_secret: Secret::new("not-the-secret"),
    };
    let error = refused(&sandbox.address(), wrong_secret, quick()).await;
    assert_eq!(
        (error.kind, error.retry),
        (ErrorKind::BadCredentials, Retry::WhenSignedIn)
    );
    let wrong_id = Credentials::ServiceAccount {
        client_id: "somebody-else".to_owned(),
        client_secret: Secret::new(sandbox::CLIENT_SECRET),
    };
    assert_eq!(
        refused(&sandbox.address(), wrong_id, quick()).await.kind,
        ErrorKind::BadCredentials
    );
    let wrong_tenant = Options {
        tenant: Some("acme".to_owned()),
        ..quick()
    };
    assert_eq!(
        refused(&sandbox.address(), credentials(), wrong_tenant).await.kind,
        ErrorKind::WrongTenant
    );
    let wrong_scope = Options {
        scope: "read:users".to_owned(),
        ..quick()
    };
    let error = refused(&sandbox.address(), credentials(), wrong_scope).await;
    assert!(
        matches!(&error.kind, ErrorKind::Forbidden { right } if right.contains("read:users")),
        "{error:?}"
    );
}

#[tokio::test]
async fn what_is_no_halopsa_says_so() {
    let html = "content-type: text/html\r\n";
    let json = "content-type: application/json\r\n";
    for (status, headers, body) in [
        ("200 OK", html, "<html><body>Welcome to our shop</body></html>"),
        ("200 OK", json, r#"{"name": "another program", "version": 3}"#),
        ("200 OK", json, "[]"),
        ("200 OK", json, r#"{"auth_url": "htt"#),
        ("404 Not Found", html, "<html>404</html>"),
        ("401 Unauthorized", json, ""),
        ("403 Forbidden", html, "no"),
        ("301 Moved Permanently", "location: https://www.example.com/\r\n", ""),
    ] {
        let address = stranger::answering(status, headers, body).await;
        let error = refused(&format!("http://{address}"), credentials(), quick()).await;
        assert_eq!(
            (&error.kind, error.retry),
            (&ErrorKind::NotHalo, Retry::No),
            "{status} {body}: {error:?}"
        );
    }
    // It knows where to sign in, but nobody there hands out tokens.
    let body = r#"{"auth_url": "/auth", "tenant_id": "x"}"#;
    let address = stranger::answering("200 OK", json, body).await;
    assert_eq!(
        refused(&format!("http://{address}"), credentials(), quick()).await.kind,
        ErrorKind::NotHalo
    );
}

#[tokio::test]
async fn a_server_that_is_down_is_told_from_a_slow_one() {
    let address = stranger::nobody().await;
    let error = refused(&format!("http://{address}"), credentials(), quick()).await;
    assert_eq!(
        (error.kind, error.retry, error.status),
        (ErrorKind::Unreachable, Retry::Soon, None)
    );

    let address = stranger::silent().await;
    let hasty = Options {
        timeout: Duration::from_millis(50),
        ..quick()
    };
    let error = refused(&format!("http://{address}"), credentials(), hasty).await;
    assert_eq!((error.kind, error.retry), (ErrorKind::Timeout, Retry::Soon));

    let address = stranger::answering("503 Service Unavailable", "", "").await;
    let error = refused(&format!("http://{address}"), credentials(), quick()).await;
    assert_eq!((error.kind, error.status), (ErrorKind::Server, Some(503)));
}

#[tokio::test]
async fn an_unsafe_connection_is_refused() {
    let sandbox = Sandbox::start(unlimited()).unwrap();
    let https = sandbox.address().replace("http://", "https://");
    let error = refused(&https, credentials(), quick()).await;
    assert_eq!(error.kind, ErrorKind::Tls, "{error:?}");
    let error = refused("http://acme.halopsa.com", credentials(), quick()).await;
    assert!(error.message.contains("https://"), "{}", error.message);
    assert_eq!(sandbox.stats().total(), 0, "the secret stayed here");
}

#[tokio::test]
async fn a_missing_right_is_named() {
    let tenant = Tenant::of(3).await;
    tenant
        .sandbox
        .configure(|behaviour| behaviour.denied = vec![Right::ReadTickets, Right::EditTickets, Right::ReadCustomers]);
    let right = |error: Error| match error.kind {
        ErrorKind::Forbidden { right } => right,
        kind => panic!("{kind:?}"),
    };
    assert_eq!(
        right(tenant.pull(Lifecycle::Lead).await.unwrap_err()),
        "see tickets (read:tickets)"
    );
    assert_eq!(
        right(tenant.halo.contacts_page(1, None).await.unwrap_err()),
        "see contacts (read:customers)"
    );
    let updates = [(domain::HaloTicketId(1001), crate::tenant::moved("researching"))];
    let error = tenant.halo.update_tickets(&tenant.map, &updates).await.unwrap_err();
    assert_eq!(error.retry, Retry::No);
    assert_eq!(right(error), "change tickets (edit:tickets)");
}

#[tokio::test]
async fn a_tenant_without_a_ticket_type_reports_the_gap() {
    let tenant = Tenant::with(sandbox::Options {
        setup: sandbox::Setup {
            without: vec!["Prospect".to_owned(), "Fit score".to_owned()],
        },
        ..unlimited()
    })
    .await;
    let (map, gaps) = discover(&Workflow::default(), &tenant.halo.setup().await.unwrap());
    assert_eq!(gaps.iter().filter(|gap| gap.blocks()).count(), 1);
    assert_eq!(gaps.len(), 2, "{gaps:?}");
    let query = connectors::halo::TicketQuery {
        page: 1,
        updated_since: None,
    };
    let error = tenant
        .halo
        .tickets_page(&map, Lifecycle::Prospect, query)
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::Invalid);
    assert_eq!(
        tenant.requests("GET /api/tickets"),
        0,
        "without a filter it would be the whole tenant"
    );
}

#[tokio::test]
async fn an_expired_token_is_renewed_in_mid_pull() {
    let tenant = Tenant::of(350).await;
    let issued = tenant.sandbox.stats().tokens_issued;
    tenant.sandbox.faults().add(
        Fault::ExpireTokens
            .on("GET /api/Tickets")
            .with_query("page_no=2")
            .times(1),
    );
    let (rows, _) = tenant.pull(Lifecycle::Lead).await.unwrap();
    assert!(rows.len() > 100);
    assert_eq!(tenant.sandbox.stats().tokens_issued, issued + 1);
    assert_eq!(tenant.sandbox.stats().statuses.get(&401), Some(&1));
}

#[tokio::test]
async fn refused_twice_means_signed_out_without_a_loop() {
    let tenant = Tenant::of(1).await;
    tenant.sandbox.faults().add(Fault::ExpireTokens.on("/api"));
    let error = tenant.halo.actions(domain::HaloTicketId(1001)).await.unwrap_err();
    assert_eq!((error.kind, error.retry), (ErrorKind::SignedOut, Retry::WhenSignedIn));
    assert_eq!(tenant.requests("GET /api/actions"), 2);

    let updates = [(domain::HaloTicketId(1001), crate::tenant::moved("researching"))];
    let error = tenant.halo.update_tickets(&tenant.map, &updates).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::SignedOut);
    assert_eq!(tenant.requests("POST /api/tickets"), 2);
    assert!(tenant.sandbox.stats().ticket_writes.is_empty());
}

#[tokio::test]
async fn many_refused_at_once_fetch_one_token() {
    let tenant = Tenant::with(sandbox::Options {
        behaviour: sandbox::Behaviour {
            one_token: true,
            ..sandbox::Behaviour::default()
        },
        ..unlimited()
    })
    .await;
    let lead = tenant.lead();
    let issued = tenant.sandbox.stats().tokens_issued;
    tenant.sandbox.expire_tokens();
    let reads: Vec<_> = (0..8)
        .map(|_| {
            let (halo, map) = (tenant.halo.clone(), tenant.map.clone());
            tokio::spawn(async move { halo.ticket(&map, lead).await })
        })
        .collect();
    for read in reads {
        assert!(read.await.unwrap().unwrap().is_some());
    }
    assert_eq!(tenant.sandbox.stats().tokens_issued, issued + 1);
}

#[tokio::test]
async fn a_secret_that_was_changed_ends_the_session_with_a_clear_word() {
    let tenant = Tenant::of(0).await;
    let lead = tenant.lead();
    let body = r#"{"error":"invalid_client","error_description":"The client sandbox-secret is unknown."}"#;
    tenant.sandbox.faults().add(
        Fault::Refuse {
            status: 401,
            body: body.to_owned(),
        }
        .on("/auth/token"),
    );
    tenant.sandbox.expire_tokens();
    let error = tenant.halo.ticket(&tenant.map, lead).await.unwrap_err();
    assert_eq!(
        (&error.kind, error.retry),
        (&ErrorKind::BadCredentials, Retry::WhenSignedIn)
    );
    assert!(!format!("{error:?}").contains("sandbox-secret"), "{error:?}");
}
