//! What is asked and what an answer says, over whatever carries it; and the network, which is what carries it.
//!
//! Knows no vendor. Failures are sorted into "not sent" and "lost". Redirects are never followed: a redirected POST would
//! silently become a GET, and a bearer token has no business at another host.

use std::{
    error::Error as _,
    sync::{Arc, Once},
    time::Duration,
};

use chrono::{DateTime, Utc};
use reqwest::header;
use url::{Url, form_urlencoded};

use crate::{
    Secret,
    redact::redact,
    transport::{Carried, Method, Request, Response, Transport, Trouble, TroubleKind},
};

/// The largest answer that is read: a page of 100 tickets is below 2 MB, so this is a runaway server.
const MAX_BODY: usize = 64 * 1024 * 1024;

/// How long to wait for whom.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timeouts {
    pub connect: Duration,
    /// From sending to the last byte of the answer.
    pub whole: Duration,
}

/// The client. Clones share its connections.
#[derive(Clone, Debug)]
pub(crate) struct Http {
    transport: Arc<dyn Transport>,
}

/// One request.
pub(crate) struct Ask<'a> {
    pub url: Url,
    pub bearer: Option<&'a Secret>,
    pub body: Body<'a>,
}

/// What is sent. Something to send makes it a POST.
pub(crate) enum Body<'a> {
    None,
    Json(&'a serde_json::Value),
    Form(&'a [(&'a str, &'a str)]),
}

/// An answer with its body, whatever its status.
#[derive(Debug)]
pub(crate) struct Answer {
    pub status: u16,
    pub retry_after: Option<Duration>,
    /// The server's clock, where it named it.
    pub date: Option<DateTime<Utc>>,
    /// Where a redirect points.
    pub location: Option<String>,
    pub body: String,
}

impl Http {
    /// A client over the network. `loopback` keeps a proxy from the environment out of the way of this computer's own
    /// servers.
    pub fn new(timeouts: Timeouts, loopback: bool) -> Result<Self, Trouble> {
        Ok(Self::over(Arc::new(Network::new(timeouts, loopback)?)))
    }

    /// A client over something else.
    pub fn over(transport: Arc<dyn Transport>) -> Self {
        Self { transport }
    }

    /// The time on this computer.
    pub fn now(&self) -> DateTime<Utc> {
        self.transport.now()
    }

    /// Sends one request, once.
    pub async fn send(&self, ask: Ask<'_>) -> Result<Answer, Trouble> {
        let response = self.transport.send(prepare(ask)).await?;
        let date = response.header("date").and_then(http_date);
        let now = || date.unwrap_or_else(|| self.now());
        Ok(Answer {
            status: response.status,
            retry_after: response.header("retry-after").and_then(|text| retry_after(text, now())),
            date,
            location: response.header("location").map(str::to_owned),
            // A stray byte must not lose the whole page.
            body: String::from_utf8_lossy(&response.body).into_owned(),
        })
    }
}

fn prepare(ask: Ask<'_>) -> Request {
    let mut headers = vec![("accept", "application/json".to_owned())];
    if let Some(token) = ask.bearer {
        headers.push(("authorization", format!("Bearer {}", token.expose())));
    }
    let (method, body) = match ask.body {
        Body::None => (Method::Get, Vec::new()),
        Body::Json(json) => {
            headers.push(("content-type", "application/json".to_owned()));
            (Method::Post, json.to_string().into_bytes())
        }
        Body::Form(pairs) => {
            headers.push(("content-type", "application/x-www-form-urlencoded".to_owned()));
            let form = form_urlencoded::Serializer::new(String::new())
                .extend_pairs(pairs)
                .finish();
            (Method::Post, form.into_bytes())
        }
    };
    Request {
        method,
        url: ask.url,
        headers,
        body,
    }
}

/// The network: rustls, timeouts, bodies with a limit.
#[derive(Debug)]
struct Network {
    client: reqwest::Client,
}

impl Network {
    fn new(timeouts: Timeouts, loopback: bool) -> Result<Self, Trouble> {
        install_crypto();
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("Leadline/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(timeouts.connect)
            .timeout(timeouts.whole)
            .redirect(reqwest::redirect::Policy::none())
            .pool_idle_timeout(Duration::from_secs(30));
        if loopback {
            builder = builder.no_proxy();
        }
        let client = builder.build().map_err(|error| Trouble::of(error, false, None))?;
        Ok(Self { client })
    }

    async fn carry(&self, request: Request) -> Result<Response, Trouble> {
        let mut sending = match request.method {
            Method::Get => self.client.get(request.url),
            Method::Post => self.client.post(request.url).body(request.body),
        };
        for (name, value) in request.headers {
            let Ok(mut value) = header::HeaderValue::try_from(value) else {
                return Err(Trouble {
                    kind: TroubleKind::Unreachable,
                    sent: false,
                    status: None,
                    detail: format!("the header {name} holds what no header can"),
                });
            };
            value.set_sensitive(name == "authorization");
            sending = sending.header(name, value);
        }
        let mut response = sending.send().await.map_err(|error| {
            let sent = !error.is_connect() && !error.is_builder();
            Trouble::of(error, sent, None)
        })?;
        let status = response.status().as_u16();
        let headers = response
            .headers()
            .iter()
            .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
            .collect();
        let mut body = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() <= MAX_BODY => body.extend_from_slice(&chunk),
                Ok(Some(_)) => {
                    return Err(Trouble {
                        kind: TroubleKind::Unreachable,
                        sent: true,
                        status: Some(status),
                        detail: "the answer is larger than 64 MB".to_owned(),
                    });
                }
                Ok(None) => break,
                Err(error) => return Err(Trouble::of(error, true, Some(status))),
            }
        }
        Ok(Response { status, headers, body })
    }
}

impl Transport for Network {
    fn send(&self, request: Request) -> Carried<'_> {
        Box::pin(self.carry(request))
    }
}

impl Trouble {
    fn of(error: reqwest::Error, sent: bool, status: Option<u16>) -> Self {
        // The address holds search words: it must not travel with the error.
        let error = error.without_url();
        let mut detail = error.to_string();
        let mut tls = false;
        let mut source = error.source();
        while let Some(cause) = source {
            detail = cause.to_string();
            tls |= is_tls(cause);
            source = cause.source();
        }
        let kind = if tls {
            TroubleKind::Tls
        } else if error.is_timeout() {
            TroubleKind::Timeout
        } else {
            TroubleKind::Unreachable
        };
        Self {
            kind,
            sent,
            status,
            detail: redact(&detail, &[]),
        }
    }
}

/// Whether this cause, or what it wraps, comes from rustls. An `io::Error` hides what it wraps from `source`.
fn is_tls(cause: &(dyn std::error::Error + 'static)) -> bool {
    cause.is::<rustls::Error>()
        || cause
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref)
            .is_some_and(|inner| is_tls(inner))
}

/// reqwest is built without a provider of cryptography, because the default one needs a slow C build.
fn install_crypto() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        if rustls::crypto::ring::default_provider().install_default().is_err() {
            tracing::debug!("another provider of cryptography is installed already");
        }
    });
}

/// `Sat, 21 Nov 2026 09:30:00 GMT`.
fn http_date(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc2822(text).ok().map(|date| date.to_utc())
}

/// Seconds, or a moment.
fn retry_after(text: &str, now: DateTime<Utc>) -> Option<Duration> {
    match text.trim().parse::<f64>() {
        Ok(seconds) => Duration::try_from_secs_f64(seconds).ok(),
        Err(_) => (http_date(text)? - now).to_std().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_as_seconds_or_moment() {
        let now = http_date("Sat, 21 Nov 2026 09:30:00 GMT").unwrap();
        assert_eq!(retry_after("17", now), Some(Duration::from_secs(17)));
        assert_eq!(retry_after(" 0.5 ", now), Some(Duration::from_millis(500)));
        assert_eq!(
            retry_after("Sat, 21 Nov 2026 09:31:30 GMT", now),
            Some(Duration::from_secs(90))
        );
        assert_eq!(retry_after("Sat, 21 Nov 2026 09:29:00 GMT", now), None);
        assert_eq!(retry_after("soon", now), None);
        assert_eq!(retry_after("-1", now), None);
    }

    #[tokio::test]
    async fn a_refused_connection_was_not_sent() {
        // A port that was free a moment ago: bound, then let go.
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let timeouts = Timeouts {
            connect: Duration::from_secs(5),
            whole: Duration::from_secs(5),
        };
        let http = Http::new(timeouts, true).unwrap();
        let url = Url::parse(&format!("http://127.0.0.1:{port}/api/Users?search=ann@foo.example")).unwrap();
        let trouble = http
            .send(Ask {
                url,
                bearer: Some(&Secret::new("t0ken-t0ken-t0ken")),
                body: Body::None,
            })
            .await
            .unwrap_err();
        assert_eq!(
            (trouble.kind, trouble.sent, trouble.status),
            (TroubleKind::Unreachable, false, None)
        );
        let shown = format!("{trouble:?}");
        assert!(!shown.contains("ann") && !shown.contains("t0ken"), "{shown}");
    }
}
