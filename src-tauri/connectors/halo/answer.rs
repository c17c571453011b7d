//! From an answer, or the lack of one, to an [`Error`] a person understands: the only place where HaloPSA's failures
//! are classified.
//!
//! HaloPSA has no one format of errors (see `notes.md`), so [`words`] tries them in turn. Its words go into `detail`;
//! the message says what happened and what to do.

use serde_json::Value as Json;

use super::{
    calls::{Call, Effect},
    text::from_html,
};
use crate::{
    Error, ErrorKind, Retry, Secret,
    http::Answer,
    redact::redact,
    transport::{Trouble, TroubleKind},
};

/// Reasons that HaloPSA gives often, by a part of its words in lower case, and what they mean for a person.
const KNOWN_REASONS: &[(&str, &str)] = &[
    (
        "an outcome must be entered",
        "HaloPSA wants to know what kind of note or call this is. Choose the outcomes for notes and calls in Settings, then try again.",
    ),
    (
        "you do not have access to this action",
        "HaloPSA does not allow this kind of note or call on the ticket as it is now. Ask your administrator to allow the outcome for this agent and step, or choose another one in Settings.",
    ),
    (
        "database error",
        "HaloPSA could not store this, because a value is missing or does not fit. Check the ticket's values; if they are right, show the details to your administrator.",
    ),
    (
        "could not convert",
        "HaloPSA could not read one of the values that were sent. The mapping of a field may be out of date: run the setup check in Settings, then try again.",
    ),
    (
        "username must be entered",
        "HaloPSA wants a name for this contact. Enter one, then try again.",
    ),
    (
        "a site must be selected",
        "HaloPSA wants to know the site of this contact. Choose a company for it, then try again.",
    ),
    (
        "no matching custom table",
        "This HaloPSA does not let Leadline create custom fields. Settings shows what your administrator has to create.",
    ),
    (
        "name must be unique",
        "HaloPSA already has one with this name. Choose another name, or use the one that is there.",
    ),
];

/// What the server said, in its own words, on one line, from any of the formats seen.
pub(super) fn words(body: &str) -> String {
    let body = body.trim();
    match serde_json::from_str::<Json>(body) {
        Ok(json) => json_words(&json, 0),
        Err(_) if body.starts_with('<') => from_html(body),
        Err(_) => body.to_owned(),
    }
}

fn json_words(json: &Json, depth: u8) -> String {
    match json {
        Json::String(text) => text.clone(),
        Json::Array(items) if depth < 4 => {
            let texts: Vec<String> = items.iter().map(|item| json_words(item, depth + 1)).collect();
            texts.join("; ")
        }
        Json::Object(object) if depth < 4 => {
            let known = [
                "error_description",
                "error",
                "Message",
                "message",
                "errorMessage",
                "title",
            ];
            for name in known {
                match object.get(name) {
                    Some(Json::Null) | None => {}
                    Some(value) => {
                        let text = json_words(value, depth + 1);
                        if !text.is_empty() {
                            return text;
                        }
                    }
                }
            }
            // Model binding: {"[0].outcome_id": ["Could not convert …"]}.
            match object.iter().next() {
                Some((_, value)) if object.len() == 1 => json_words(value, depth + 1),
                _ => String::new(),
            }
        }
        Json::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

/// The error of an answer whose status is none of success.
pub(super) fn refusal(call: &Call, answer: &Answer, secrets: &[&Secret]) -> Error {
    let words = words(&answer.body);
    let detail = redact(&words, secrets);
    let lower = words.to_lowercase();
    let writes = call.effect != Effect::Read;
    let error = match answer.status {
        400 | 422 if call.effect == Effect::Update && says_gone(&lower) => gone(),
        404 | 410 => gone(),
        401 => signed_out(),
        403 => forbidden(call.right),
        409 => Error::new(
            ErrorKind::Conflict,
            "Somebody changed this in HaloPSA at the same moment. Leadline reads it again and then sends your change.",
        ),
        429 => rate_limited(answer.retry_after),
        // A gateway that gave up says nothing about what happened behind it; a failed creation may have happened.
        502 | 504 if writes => lost_answer(),
        500 if call.effect == Effect::Create => lost_answer(),
        500.. => Error::new(
            ErrorKind::Server,
            "HaloPSA has a problem of its own at the moment. Leadline tries again by itself.",
        ),
        300..=399 => Error::new(
            ErrorKind::NotHalo,
            match answer.location.as_deref().and_then(host_of) {
                Some(host) => format!("This address passes on to {host}. Connect to that address instead."),
                None => "This address passes on to another one. Check the address of your HaloPSA.".to_owned(),
            },
        ),
        _ => invalid(&lower, &detail),
    };
    error.with_status(answer.status).with_detail(detail)
}

/// The error of a successful status whose body cannot be read.
pub(super) fn unreadable(call: &Call, answer: &Answer, why: &str) -> Error {
    let error = if call.effect != Effect::Read {
        lost_answer()
    } else if answer.body.trim_start().starts_with('<') {
        Error::new(
            ErrorKind::Malformed,
            "A web page came instead of HaloPSA's data. A hotel or guest network may want you to sign in first; otherwise check the address.",
        )
    } else {
        Error::new(
            ErrorKind::Malformed,
            "HaloPSA's answer arrived damaged. Leadline tries again by itself.",
        )
    };
    error.with_status(answer.status).with_detail(why)
}

/// The error of no whole answer.
pub(super) fn trouble(effect: Effect, trouble: Trouble) -> Error {
    let error = if effect != Effect::Read && trouble.sent {
        lost_answer()
    } else {
        match trouble.kind {
            TroubleKind::Unreachable => Error::new(
                ErrorKind::Unreachable,
                "HaloPSA cannot be reached. Check the internet connection and the address; what you change meanwhile is kept and sent later.",
            ),
            TroubleKind::Timeout => Error::new(
                ErrorKind::Timeout,
                "HaloPSA did not answer in time. Leadline tries again by itself; what you change meanwhile is kept and sent later.",
            ),
            TroubleKind::Tls => Error::new(
                ErrorKind::Tls,
                "A safe connection to HaloPSA could not be made, so nothing was sent. Check the address and this computer's clock; a guest network that wants a sign-in can be the cause, too.",
            ),
        }
    };
    let error = error.with_detail(trouble.detail);
    match trouble.status {
        Some(status) => error.with_status(status),
        None => error,
    }
}

pub(super) fn lost_answer() -> Error {
    Error::new(
        ErrorKind::LostAnswer,
        "The change was sent, but HaloPSA's answer did not arrive. Leadline looks whether it is there before it sends it again.",
    )
}

pub(super) fn rate_limited(after: Option<std::time::Duration>) -> Error {
    Error::new(
        ErrorKind::RateLimited,
        "HaloPSA allows no more requests just now. Leadline waits and goes on by itself.",
    )
    .with_retry(after.map_or(Retry::Soon, Retry::After))
}

pub(super) fn signed_out() -> Error {
    Error::new(
        ErrorKind::SignedOut,
        "HaloPSA no longer accepts the sign-in. Sign in again; your changes wait here.",
    )
}

pub(super) fn forbidden(right: &str) -> Error {
    Error::new(
        ErrorKind::Forbidden {
            right: right.to_owned(),
        },
        format!(
            "HaloPSA does not allow this: the right to {right} is missing. Ask your administrator to give it to the API application and its agent."
        ),
    )
}

pub(super) fn not_halo() -> Error {
    Error::new(
        ErrorKind::NotHalo,
        "There is no HaloPSA at this address. Check it: it usually looks like https://yourcompany.halopsa.com.",
    )
}

/// A request that cannot be expressed or was refused for its content.
pub(super) fn invalid_because(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Invalid, message)
}

fn gone() -> Error {
    Error::new(
        ErrorKind::NotFound,
        "HaloPSA does not have this record any more. It may have been deleted or merged there.",
    )
}

fn invalid(lower: &str, detail: &str) -> Error {
    if let Some((_, message)) = KNOWN_REASONS.iter().find(|(part, _)| lower.contains(part)) {
        return invalid_because(*message);
    }
    if detail.is_empty() {
        return invalid_because(
            "HaloPSA refused this without saying why. Check the ticket in HaloPSA, then try again or discard the change.",
        );
    }
    let stop = if detail.ends_with(['.', '!', '?', '…']) {
        ""
    } else {
        "."
    };
    invalid_because(format!("HaloPSA refused this: {detail}{stop}"))
}

/// Some tenants answer an update of a deleted ticket with 400 and a sentence.
fn says_gone(lower: &str) -> bool {
    let missing = [
        "not found",
        "does not exist",
        "doesn't exist",
        "no longer exists",
        "has been deleted",
    ];
    let what = ["ticket", "record", "request", "fault", "id"];
    missing.iter().any(|part| lower.contains(part))
        && what
            .iter()
            .any(|part| lower.split(|c: char| !c.is_alphanumeric()).any(|word| word == *part))
}

fn host_of(location: &str) -> Option<String> {
    url::Url::parse(location).ok()?.host_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::halo::calls;

    fn answer(status: u16, body: &str) -> Answer {
        Answer {
            status,
            retry_after: None,
            date: None,
            location: None,
            body: body.to_owned(),
        }
    }

    /// Every format of error body that is known, as files, so that new ones are added without code.
    #[test]
    fn every_known_error_body_gives_its_words() {
        let fixtures = include_str!("fixtures/error_bodies.json");
        let cases: Vec<Json> = serde_json::from_str(fixtures).unwrap();
        assert!(cases.len() > 10);
        for case in cases {
            let (body, expect) = (case["body"].as_str().unwrap(), case["words"].as_str().unwrap());
            assert_eq!(words(body), expect, "{}", case["what"]);
        }
    }

    #[test]
    fn statuses_are_classified() {
        use ErrorKind as K;
        let check = |call: &Call, status: u16, body: &str, kind: K, retry: Retry| {
            let error = refusal(call, &answer(status, body), &[]);
            assert_eq!(
                (&error.kind, error.retry),
                (&kind, retry),
                "{} {status} {body:?}",
                call.path
            );
            assert_eq!(error.status, Some(status));
            assert!(
                error.message.ends_with('.') && error.message.len() > 30,
                "{}",
                error.message
            );
        };
        let (read, update, create) = (&calls::TICKETS, &calls::UPDATE_TICKETS, &calls::CREATE_TICKET);
        let right = |call: &Call| K::Forbidden {
            right: call.right.to_owned(),
        };
        check(
            read,
            400,
            "\"Invalid advanced search parameter\"",
            K::Invalid,
            Retry::No,
        );
        check(update, 400, "\"Status is not valid\"", K::Invalid, Retry::No);
        check(update, 400, "\"Ticket not found\"", K::NotFound, Retry::No);
        check(create, 400, "\"Ticket not found\"", K::Invalid, Retry::No);
        check(read, 401, "", K::SignedOut, Retry::WhenSignedIn);
        check(read, 403, "", right(read), Retry::No);
        check(update, 403, "", right(update), Retry::No);
        check(update, 404, "", K::NotFound, Retry::No);
        check(update, 409, "", K::Conflict, Retry::Soon);
        check(update, 415, "", K::Invalid, Retry::No);
        check(read, 429, "Rate Limit Reached", K::RateLimited, Retry::Soon);
        for status in [500, 502, 503, 504] {
            check(read, status, "<html>oops</html>", K::Server, Retry::Soon);
        }
        check(update, 500, "{\"error\":\"x\"}", K::Server, Retry::Soon);
        check(update, 504, "<html></html>", K::LostAnswer, Retry::Soon);
        check(create, 500, "", K::LostAnswer, Retry::Soon);
        check(create, 502, "", K::LostAnswer, Retry::Soon);
        check(create, 503, "", K::Server, Retry::Soon);
        check(read, 302, "", K::NotHalo, Retry::No);
    }

    #[test]
    fn the_named_time_travels_with_the_refusal() {
        let mut limited = answer(429, "Rate Limit Reached - 300 Requests per rolling 5 minute window.");
        limited.retry_after = Some(Duration::from_secs(9));
        assert_eq!(
            refusal(&calls::TICKETS, &limited, &[]).retry,
            Retry::After(Duration::from_secs(9))
        );
    }

    #[test]
    fn reasons_are_translated_or_quoted() {
        let message = |body: &str| refusal(&calls::ADD_ACTION, &answer(400, body), &[]).message;
        assert!(message("\"An Outcome must be entered for this Action\"").contains("in Settings"));
        assert!(message("\"You do not have access to this Action at the moment\"").contains("administrator"));
        assert_eq!(
            message("\"Closure is not allowed\""),
            "HaloPSA refused this: Closure is not allowed."
        );
        assert!(message("").contains("without saying why"));
        let leak = "{\"ClassName\":\"System.Exception\",\"Message\":\"A database error occurred (515) - Cannot insert ann@foo.example\"}";
        let error = refusal(&calls::ADD_ACTION, &answer(400, leak), &[]);
        assert!(!error.message.contains("515"), "{}", error.message);
        assert_eq!(error.detail, "A database error occurred (515) - Cannot insert [e-mail]");
    }

    #[test]
    fn a_redirect_names_where_it_leads() {
        let mut moved = answer(301, "");
        moved.location = Some("https://acme.halopsa.com/api/authinfo".to_owned());
        assert!(
            refusal(&calls::AUTH_INFO, &moved, &[])
                .message
                .contains("acme.halopsa.com")
        );
    }

    #[test]
    fn trouble_with_a_write_is_uncertain_only_if_it_was_sent() {
        let lost = |sent| Trouble {
            kind: TroubleKind::Timeout,
            sent,
            status: None,
            detail: String::new(),
        };
        assert_eq!(trouble(Effect::Update, lost(true)).kind, ErrorKind::LostAnswer);
        assert_eq!(trouble(Effect::Create, lost(false)).kind, ErrorKind::Timeout);
        assert_eq!(trouble(Effect::Read, lost(true)).kind, ErrorKind::Timeout);
        assert!(trouble(Effect::Create, lost(true)).is_uncertain());
    }
}
