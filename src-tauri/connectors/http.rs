//! The one HTTP client: rustls, timeouts, bodies with a limit, and failures sorted into "not sent" and "lost".
//!
//! Knows no vendor. Redirects are never followed: a redirected POST would silently become a GET, and a bearer token
//! has no business at another host.

use std::{error::Error as _, sync::Once, time::Duration};

use chrono::{DateTime, Utc};
use reqwest::header;
use url::Url;

use crate::{Secret, redact::redact};

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
    client: reqwest::Client,
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

/// No whole answer.
#[derive(Debug)]
pub(crate) struct Trouble {
    pub kind: TroubleKind,
    /// Whether the request may have reached the server.
    pub sent: bool,
    /// The status, when the answer began and its body did not arrive.
    pub status: Option<u16>,
    pub detail: String,
}

/// Why there is no whole answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TroubleKind {
    Unreachable,
    Timeout,
    Tls,
}

impl Http {
    /// A client. `loopback` keeps a proxy from the environment out of the way of this computer's own servers.
    pub fn new(timeouts: Timeouts, loopback: bool) -> Result<Self, Trouble> {
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

    /// Sends one request, once.
    pub async fn send(&self, ask: Ask<'_>) -> Result<Answer, Trouble> {
        let mut request = match ask.body {
            Body::None => self.client.get(ask.url),
            Body::Json(json) => self.client.post(ask.url).json(json),
            Body::Form(pairs) => self.client.post(ask.url).form(pairs),
        };
        request = request.header(header::ACCEPT, "application/json");
        if let Some(token) = ask.bearer {
            request = request.bearer_auth(token.expose());
        }
        let mut response = request.send().await.map_err(|error| {
            let sent = !error.is_connect() && !error.is_builder();
            Trouble::of(error, sent, None)
        })?;
        let status = response.status().as_u16();
        let text = |name: header::HeaderName| {
            let value = response.headers().get(name)?;
            Some(value.to_str().ok()?.to_owned())
        };
        let date = text(header::DATE).and_then(|date| http_date(&date));
        let retry_after = text(header::RETRY_AFTER).and_then(|text| retry_after(&text, date.unwrap_or_else(Utc::now)));
        let location = text(header::LOCATION);
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
        Ok(Answer {
            status,
            retry_after,
            date,
            location,
            // A stray byte must not lose the whole page.
            body: String::from_utf8_lossy(&body).into_owned(),
        })
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
