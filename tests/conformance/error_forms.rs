//! HaloPSA has no one format of errors. Each form that was seen, as recorded, becomes a sentence that a rep understands:
//! what happened and what to do, without codes, classes, braces or people.

use connectors::{Error, ErrorKind, Retry};
use sandbox::Fault;

use crate::tenant::{Tenant, moved};

/// The error of an update that HaloPSA answers so.
async fn update(tenant: &Tenant, status: u16, body: &str) -> Error {
    let faults = tenant.sandbox.faults();
    let lead = tenant.lead();
    let refuse = Fault::Refuse {
        status,
        body: body.to_owned(),
    };
    let fault = faults.add(refuse.on("POST /api/Tickets"));
    let error = tenant
        .halo
        .update_tickets(&tenant.map, &[(lead, moved("researching"))])
        .await
        .unwrap_err();
    faults.remove(fault);
    error
}

/// A .NET exception as a tenant sent it, with its message exchanged.
fn exception(message: &str) -> String {
    format!(
        r#"{{"ClassName":"System.Exception","Message":"{message}","Data":null,"InnerException":null,"HelpURL":null,"StackTraceString":null,"RemoteStackTraceString":null,"RemoteStackIndex":0,"ExceptionMethod":null,"HResult":-2146233088,"Source":null,"WatsonBuckets":null}}"#
    )
}

/// What every sentence must be.
fn is_for_a_person(sentence: &str, form: &str) {
    assert!(sentence.ends_with(['.', '!']), "{form}: {sentence}");
    assert!(sentence.len() > 30 && sentence.contains(' '), "{form}: {sentence}");
    for noise in [
        "{",
        "[",
        "<",
        "System.",
        "HResult",
        "null",
        "(515)",
        "Path '",
        "position 1",
    ] {
        assert!(!sentence.contains(noise), "{form}: {noise} in {sentence}");
    }
}

#[tokio::test]
async fn every_recorded_form_becomes_a_sentence() {
    let tenant = Tenant::of(0).await;
    let database = exception(
        "A database error occurred (515) - Cannot insert the value NULL into column 'FAreaInt', table 'Halo.dbo.FAULTS'",
    );
    let binding = r#"{"[0].outcome_id":["Could not convert string to integer: x. Path '[0].outcome_id', line 1, position 139."]}"#;
    // Status, body, kind, and how the sentence begins.
    let forms: &[(u16, &str, ErrorKind, &str)] = &[
        (
            400,
            r#""Name must be unique""#,
            ErrorKind::Invalid,
            "HaloPSA already has one",
        ),
        (
            400,
            r#""An Outcome must be entered for this Action""#,
            ErrorKind::Invalid,
            "HaloPSA wants to know what kind",
        ),
        (
            400,
            r#""You do not have access to this Action at the moment""#,
            ErrorKind::Invalid,
            "HaloPSA does not allow this kind",
        ),
        (
            400,
            r#""No matching custom table""#,
            ErrorKind::Invalid,
            "This HaloPSA does not let",
        ),
        (
            400,
            r#""Username must be entered""#,
            ErrorKind::Invalid,
            "HaloPSA wants a name",
        ),
        (
            400,
            r#""A Site must be selected""#,
            ErrorKind::Invalid,
            "HaloPSA wants to know the site",
        ),
        (
            400,
            r#""Closure is not allowed in this state""#,
            ErrorKind::Invalid,
            "HaloPSA refused this: Closure is not allowed in this state.",
        ),
        (400, &database, ErrorKind::Invalid, "HaloPSA could not store this"),
        (
            400,
            &exception("Invalid advanced search parameter"),
            ErrorKind::Invalid,
            "HaloPSA refused this: Invalid advanced search parameter.",
        ),
        (
            400,
            binding,
            ErrorKind::Invalid,
            "HaloPSA could not read one of the values",
        ),
        (
            400,
            r#"{"error":"invalid_request","error_description":"The request is not valid"}"#,
            ErrorKind::Invalid,
            "HaloPSA refused this: The request is not valid.",
        ),
        (400, "", ErrorKind::Invalid, "HaloPSA refused this without saying why"),
        (401, "", ErrorKind::SignedOut, "HaloPSA no longer accepts the sign-in"),
        (
            403,
            "",
            ErrorKind::Forbidden {
                right: "change tickets (edit:tickets)".to_owned(),
            },
            "HaloPSA does not allow this: the right to change tickets",
        ),
        (
            403,
            "<html><body>Forbidden</body></html>",
            ErrorKind::Forbidden {
                right: "change tickets (edit:tickets)".to_owned(),
            },
            "HaloPSA does not allow this",
        ),
        (
            404,
            "",
            ErrorKind::NotFound,
            "HaloPSA does not have this record any more",
        ),
        (
            404,
            "The resource cannot be found.",
            ErrorKind::NotFound,
            "HaloPSA does not have",
        ),
        (409, "", ErrorKind::Conflict, "Somebody changed this in HaloPSA"),
        (415, "", ErrorKind::Invalid, "HaloPSA refused this without saying why"),
        (
            429,
            "Rate Limit Reached - 300 Requests per rolling 5 minute window.",
            ErrorKind::RateLimited,
            "HaloPSA allows no more requests",
        ),
        (
            500,
            r#"{"error":"Object reference not set"}"#,
            ErrorKind::Server,
            "HaloPSA has a problem",
        ),
        (
            500,
            r#"{"Message":"An error has occurred."}"#,
            ErrorKind::Server,
            "HaloPSA has a problem",
        ),
        (
            500,
            r#"{"resultCode":-1,"errorMessage":"Something failed"}"#,
            ErrorKind::Server,
            "HaloPSA has a problem",
        ),
        (
            500,
            "<!DOCTYPE html><html><body><h1>Server Error</h1></body></html>",
            ErrorKind::Server,
            "HaloPSA has a problem",
        ),
        (503, "", ErrorKind::Server, "HaloPSA has a problem"),
        (
            504,
            "<html><head><title>504 Gateway Time-out</title></head></html>",
            ErrorKind::LostAnswer,
            "The change was sent",
        ),
    ];
    for (status, body, kind, begins) in forms {
        // A 429 pauses every request after it, so it comes last.
        if *status == 429 {
            continue;
        }
        let error = update(&tenant, *status, body).await;
        let form = format!("{status} {body}");
        assert_eq!(error.kind, *kind, "{form}");
        assert!(error.message.starts_with(begins), "{form}: {}", error.message);
        is_for_a_person(&error.message, &form);
    }
    let (status, body, kind, begins) = forms.iter().find(|form| form.0 == 429).unwrap();
    let error = update(&tenant, *status, body).await;
    assert_eq!(error.kind, *kind);
    assert!(matches!(error.retry, Retry::After(_)), "{error:?}");
    assert!(error.message.starts_with(begins), "{}", error.message);
    is_for_a_person(&error.message, body);
}
