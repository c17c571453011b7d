//! The way of a request: faults that strike first, then the token, then the limit, then the tenant, then faults that
//! spoil the answer. One handler for all paths, because HaloPSA reads paths in any case.

mod admin;
mod call;
mod line;
mod running;

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
};
use tokio::sync::oneshot;

use crate::{
    answer::{Answer, Refusal},
    faults::{ErrorForm, Fault, delay},
    query::{Query, decode},
    tenant::Twist,
};
pub use call::{Request, Response, call};
use line::{Line, Peer};
pub use running::Running;

/// The largest body that is read.
const LARGEST_BODY: usize = 64 * 1024 * 1024;

/// Serves until told to stop.
pub async fn serve(listener: std::net::TcpListener, running: Arc<Running>, stopped: oneshot::Receiver<()>) {
    let listener = match tokio::net::TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => {
            tracing::error!(%error, "the sandbox cannot listen");
            return;
        }
    };
    let line = Line {
        listener,
        online: running.online(),
    };
    let router = Router::new()
        .fallback(handle)
        .with_state(running)
        .into_make_service_with_connect_info::<Peer>();
    tokio::select! {
        ended = async { axum::serve(line, router).await } => {
            if let Err(error) = ended {
                tracing::error!(%error, "the sandbox stopped serving");
            }
        }
        _ = stopped => {}
    }
}

/// A request as the tenant sees it.
struct Incoming {
    method: String,
    /// As it came.
    path: String,
    query: String,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Incoming {
    fn header(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

async fn handle(
    State(running): State<Arc<Running>>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    request: axum::extract::Request,
) -> axum::response::Response {
    if !running.is_online() {
        peer.cut.now();
        return axum::response::Response::default();
    }
    let (head, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, LARGEST_BODY).await else {
        return respond(Answer::empty(413));
    };
    let incoming = Incoming {
        method: head.method.as_str().to_owned(),
        path: decode(&head.uri.path().replace('+', "%2B")),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers,
        body: body.into(),
    };
    if incoming.path.to_ascii_lowercase().starts_with("/sandbox") {
        return respond(admin::answer(&running, &peer, &incoming));
    }
    match exchange(&running, &incoming).await {
        Some(answer) => respond(answer),
        None => {
            peer.cut.now();
            axum::response::Response::default()
        }
    }
}

/// Answers a request and counts it; `None` when its connection breaks.
async fn exchange(running: &Running, incoming: &Incoming) -> Option<Answer> {
    pause(running.latency).await;
    let (answer, cut) = behave(running, incoming).await;
    running.record(&incoming.method, &incoming.path, if cut { 0 } else { answer.status });
    (!cut).then_some(answer)
}

/// Answers a request with the faults that strike it; the flag says that the answer never arrives.
async fn behave(running: &Running, incoming: &Incoming) -> (Answer, bool) {
    let struck = running.faults.strike(&incoming.method, &incoming.path, &incoming.query);
    let mut twist = Twist::default();
    for fault in &struck {
        match fault {
            Fault::Slow { delay_ms } => pause(delay(*delay_ms)).await,
            Fault::ExpireTokens => running.expire_tokens(),
            Fault::RowShift { rows } => twist.row_shift = *rows,
            Fault::HiddenRows { rows } => twist.hidden_rows = *rows,
            Fault::NameDrift { on } => twist.drift = Some(*on),
            Fault::Warning { text } => twist.warning = Some(text.clone()),
            Fault::DropBefore => return (Answer::empty(200), true),
            Fault::TooManyRequests { retry_after } => return (running.too_many(*retry_after), false),
            Fault::ServerError { form } => return (server_error(*form), false),
            Fault::Refuse { status, body } => return (refuse(*status, body), false),
            Fault::GatewayTimeout { delay_ms, applied } => {
                if *applied {
                    route(running, incoming, twist);
                }
                pause(delay(*delay_ms)).await;
                return (Answer::html(504, "Gateway Time-out"), false);
            }
            Fault::Late { .. } | Fault::DropAfter | Fault::TruncatedJson => {}
        }
    }
    let mut answer = route(running, incoming, twist);
    for fault in &struck {
        if let Fault::Late { delay_ms } = fault {
            pause(delay(*delay_ms)).await;
        }
    }
    if struck.contains(&Fault::TruncatedJson) {
        answer.body.truncate(answer.body.len() / 2);
    }
    (answer, struck.contains(&Fault::DropAfter))
}

/// Which part of the tenant a path belongs to.
fn route(running: &Running, incoming: &Incoming, twist: Twist) -> Answer {
    let path = incoming.path.to_ascii_lowercase();
    let path = path.trim_matches('/');
    match (incoming.method.as_str(), path) {
        ("POST", "auth/token") => {
            let form = incoming.header(header::CONTENT_TYPE).unwrap_or_default();
            if !form.starts_with("application/x-www-form-urlencoded") {
                return Answer::json(
                    400,
                    &serde_json::json!({
                        "error": "invalid_request",
                        "error_description": "The specified 'Content-Type' header is not valid.",
                    }),
                );
            }
            let form = Query::parse(&String::from_utf8_lossy(&incoming.body));
            running.grant(&Query::parse(&incoming.query), &form)
        }
        ("GET", "auth/authorize") => running.authorize(&incoming.query, incoming.header(header::HOST)),
        (_, "auth/authorize") => Answer::empty(405).with_header("Allow", "GET"),
        (_, "auth/token") => Answer::empty(405).with_header("Allow", "POST"),
        ("GET", "api/authinfo") => running.auth_info(incoming.header(header::HOST)),
        ("GET", "api/instanceinfo") => running.instance_info(),
        (method, path) => match path.strip_prefix("api/") {
            Some(path) => api(running, incoming, method, path, twist),
            None => Answer::html(404, "Not Found"),
        },
    }
}

fn api(running: &Running, incoming: &Incoming, method: &str, path: &str, twist: Twist) -> Answer {
    let context = match running.enter(incoming.header(header::AUTHORIZATION), twist) {
        Ok(context) => context,
        Err(answer) => return answer,
    };
    let json = || {
        let kind = incoming
            .header(header::CONTENT_TYPE)
            .unwrap_or_default()
            .to_ascii_lowercase();
        let kind = kind.split(';').next().unwrap_or_default().trim().to_owned();
        matches!(kind.as_str(), "application/json" | "text/json")
            || (kind.starts_with("application/") && kind.ends_with("+json"))
    };
    match method {
        "POST" if !json() => Refusal::MediaType.answer(),
        "GET" | "POST" | "DELETE" => running.carry_out(method, path, &incoming.query, &incoming.body, &context),
        _ => Refusal::MethodNotAllowed("GET, POST, DELETE").answer(),
    }
}

fn server_error(form: ErrorForm) -> Answer {
    match form {
        ErrorForm::Html => Answer::html(500, "Internal Server Error"),
        ErrorForm::Error => Answer::json(
            500,
            &serde_json::json!({ "error": "Object reference not set to an instance of an object." }),
        ),
        ErrorForm::Message => Answer::json(500, &serde_json::json!({ "Message": "An error has occurred." })),
        ErrorForm::ResultCode => Answer::json(
            500,
            &serde_json::json!({ "resultCode": -1, "errorMessage": "The operation could not be completed." }),
        ),
        ErrorForm::Empty => Answer::empty(500),
    }
}

/// A refusal made up by a fault: JSON where the body is JSON, plain text where it is not.
fn refuse(status: u16, body: &str) -> Answer {
    if body.is_empty() {
        Answer::empty(status)
    } else if serde_json::from_str::<serde_json::Value>(body).is_ok() {
        Answer::bytes(status, body.as_bytes().to_vec())
    } else {
        Answer::plain(status, body)
    }
}

async fn pause(time: Duration) {
    if !time.is_zero() {
        tokio::time::sleep(time).await;
    }
}

fn respond(answer: Answer) -> axum::response::Response {
    let mut response = axum::response::Response::new(Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if !answer.content_type.is_empty() {
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static(answer.content_type));
    }
    for (name, value) in answer.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response
                .headers_mut()
                .insert(HeaderName::from_static(lower(name)), value);
        }
    }
    response
}

/// Header names as HTTP libraries want them.
fn lower(name: &'static str) -> &'static str {
    match name {
        "Allow" => "allow",
        "Retry-After" => "retry-after",
        "Cache-Control" => "cache-control",
        other => other,
    }
}
