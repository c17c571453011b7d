//! The way back from the browser: a listener on this computer for the one answer of one sign-in.
//!
//! It takes connections on 127.0.0.1 alone, answers with a plain page, and ends with the first request that carries the
//! state of this sign-in. Anything else (an older tab, a browser that asks for an icon, a program that tries ports) is
//! answered and ignored, so nobody can end a sign-in who did not begin it. Several connections may be open at once:
//! browsers like to open one more than they use.

use std::{io, net::Ipv4Addr, sync::Arc, time::Duration};

use connectors::{Secret, halo::Landing};
use engine::SignInAttempt;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpListener,
    task::JoinSet,
};

/// How long a person may take in the browser.
pub const LIMIT: Duration = Duration::from_secs(300);

/// How long one connection may take to say what it wants.
const CONNECTION: Duration = Duration::from_secs(10);

/// The longest request that is read: an address with a code and a state is far shorter.
const LONGEST_REQUEST: usize = 16 * 1024;

/// Why a sign-in came to nothing on this side of the browser.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Another program listens there.
    #[error("port {port} on this computer is in use")]
    PortInUse { port: u16 },
    /// The system does not let us listen there.
    #[error("port {port} on this computer cannot be used")]
    Port { port: u16, source: io::Error },
    /// Nobody signed in in time.
    #[error("nobody signed in within {} minutes", LIMIT.as_secs() / 60)]
    TimedOut,
    /// A person gave it up.
    #[error("the sign-in was given up")]
    Cancelled,
    /// There is nothing to finish or to give up.
    #[error("no sign-in is under way")]
    NoneUnderWay,
}

/// A port on this computer at which the browser comes back.
#[derive(Debug)]
pub struct Callback {
    listener: TcpListener,
}

impl Callback {
    /// Listens, before the browser is opened.
    ///
    /// # Errors
    /// [`SignInError::PortInUse`] or [`SignInError::Port`].
    pub async fn bind(port: u16) -> Result<Self, SignInError> {
        match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
            Ok(listener) => Ok(Self { listener }),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => Err(SignInError::PortInUse { port }),
            Err(source) => Err(SignInError::Port { port, source }),
        }
    }

    /// Waits for the answer to this sign-in: the code, once. The port is free again afterwards.
    ///
    /// # Errors
    /// [`SignInError::TimedOut`]; `connectors::Error` when the sign-in server says no.
    pub async fn code(self, attempt: &Arc<SignInAttempt>, limit: Duration) -> anyhow::Result<Secret> {
        match tokio::time::timeout(limit, self.answer(attempt)).await {
            Ok(Landing::Code(code)) => Ok(code),
            Ok(Landing::Refused(error)) => Err(error.into()),
            Ok(Landing::Stray) | Err(_) => Err(SignInError::TimedOut.into()),
        }
    }

    async fn answer(self, attempt: &Arc<SignInAttempt>) -> Landing {
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) => {
                        let attempt = Arc::clone(attempt);
                        connections.spawn(async move {
                            let told = tokio::time::timeout(CONNECTION, converse(stream, |query| attempt.landing(query)));
                            told.await.unwrap_or(Landing::Stray)
                        });
                    }
                    Err(error) => tracing::debug!(app.error = %error, "a connection broke before it began"),
                },
                Some(landed) = connections.join_next() => match landed {
                    Ok(Landing::Stray) => {}
                    Ok(landing) => return landing,
                    Err(error) => tracing::error!(app.error = %error, "a connection ended badly"),
                },
            }
        }
    }
}

/// Reads one request and answers it; the answer has left when this comes back.
async fn converse(mut stream: impl AsyncRead + AsyncWrite + Unpin, judge: impl Fn(&str) -> Landing) -> Landing {
    let Some(head) = read_head(&mut stream).await else {
        return Landing::Stray;
    };
    let mut words = head.split(' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let (landing, page) = match (method, path) {
        ("GET", "/callback") => {
            let landing = judge(query);
            let page = match &landing {
                Landing::Code(_) => &SIGNED_IN,
                Landing::Refused(_) => &REFUSED,
                Landing::Stray => &STRAY,
            };
            (landing, page)
        }
        _ => (Landing::Stray, &NOTHING_HERE),
    };
    let answered = async {
        stream.write_all(page.response().as_bytes()).await?;
        stream.shutdown().await
    };
    if let Err(error) = answered.await {
        // What counts has arrived; only the page is lost.
        tracing::debug!(app.error = %error, "the browser did not wait for its page");
    }
    landing
}

/// The first line of a request, once its head has arrived whole.
async fn read_head(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut head = Vec::new();
    let mut piece = [0; 2048];
    loop {
        let read = stream.read(&mut piece).await.ok()?;
        head.extend_from_slice(piece.get(..read)?);
        if head.windows(4).any(|four| four == b"\r\n\r\n") {
            let line = head.split(|byte| *byte == b'\r').next()?;
            return String::from_utf8(line.to_vec()).ok();
        }
        if read == 0 || head.len() > LONGEST_REQUEST {
            return None;
        }
    }
}

/// What the browser shows.
struct Page {
    status: &'static str,
    title: &'static str,
    text: &'static str,
}

const SIGNED_IN: Page = Page {
    status: "200 OK",
    title: "Back to Leadline",
    text: "HaloPSA has signed you in, and Leadline is finishing the connection. You can close this tab.",
};

const REFUSED: Page = Page {
    status: "200 OK",
    title: "You are not signed in",
    text: "HaloPSA did not sign you in. Leadline says why and what you can do. You can close this tab.",
};

const STRAY: Page = Page {
    status: "400 Bad Request",
    title: "This page belongs to another sign-in",
    text: "Leadline is waiting for a newer one. Close this tab and go on in the one that Leadline opened last.",
};

const NOTHING_HERE: Page = Page {
    status: "404 Not Found",
    title: "There is nothing here",
    text: "Leadline is waiting for the answer of a sign-in at this address, and for nothing else.",
};

impl Page {
    fn response(&self) -> String {
        let Self { status, title, text } = self;
        let body = format!(
            "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title><style>\
             :root{{color-scheme:light dark}}body{{font:17px/1.6 system-ui,sans-serif;max-width:32rem;\
             margin:18vh auto;padding:0 1.5rem}}h1{{font-size:1.5rem}}</style></head>\
             <body><h1>{title}</h1><p>{text}</p></body></html>\n"
        );
        // The code is in the address of this page: it must not be kept, nor told to anybody.
        format!(
            "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\
             Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'\r\nCache-Control: no-store\r\n\
             Referrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a request is taken for, and what is answered.
    async fn check(request: &str, code: Option<&str>, status: &str) {
        let (ours, mut theirs) = tokio::io::duplex(64 * 1024);
        theirs.write_all(request.as_bytes()).await.expect("room for a request");
        theirs.shutdown().await.expect("an end");
        let landing = converse(ours, |query| match query.strip_prefix("state=right&code=") {
            Some(code) => Landing::Code(Secret::new(code)),
            None => Landing::Stray,
        })
        .await;
        let found = match &landing {
            Landing::Code(code) => Some(code.expose()),
            _ => None,
        };
        assert_eq!(found, code, "{request:?}");
        let mut answer = String::new();
        theirs.read_to_string(&mut answer).await.expect("an answer");
        assert!(answer.starts_with(status), "{request:?}: {answer}");
        assert!(
            answer.is_empty() || (answer.contains("no-store") && answer.contains("no-referrer")),
            "{answer}"
        );
        assert!(
            code.is_none_or(|code| !answer.contains(code)),
            "the page repeats no code"
        );
    }

    #[tokio::test]
    async fn only_an_answer_to_this_sign_in_counts() {
        let host = "Host: 127.0.0.1:8765\r\n\r\n";
        let right = format!("GET /callback?state=right&code=c0de HTTP/1.1\r\n{host}");
        check(&right, Some("c0de"), "HTTP/1.1 200").await;
        let stray = format!("GET /callback?state=wrong&code=c0de HTTP/1.1\r\n{host}");
        check(&stray, None, "HTTP/1.1 400").await;
        check(&format!("GET /favicon.ico HTTP/1.1\r\n{host}"), None, "HTTP/1.1 404").await;
        let posted = format!("POST /callback?state=right&code=c0de HTTP/1.1\r\n{host}");
        check(&posted, None, "HTTP/1.1 404").await;
        check("GET /callback?state=right&code=c0de HTTP/1.1\r\n", None, "").await;
        check("", None, "").await;
        check("\u{0}\u{1}\r\n\r\n", None, "HTTP/1.1 404").await;
        check(&format!("GET /{} HTTP/1.1\r\n", "x".repeat(20_000)), None, "").await;
    }

    #[tokio::test]
    async fn a_port_in_use_is_named() {
        let first = Callback::bind(0).await.expect("any port");
        let port = first.listener.local_addr().expect("an address").port();
        let error = Callback::bind(port).await.expect_err("it is taken");
        assert!(matches!(error, SignInError::PortInUse { port: taken } if taken == port));
    }
}
