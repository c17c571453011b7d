//! What carries one request to a server and brings its answer back.
//!
//! In the program this is always the network. The trait is a seam for proofs: a simulation puts a HaloPSA in the same
//! process behind it, so that not one socket is opened and time and chance are its own. Everything that has a meaning
//! (tokens, budget, repeated reads, what a status says) lies on this side of the seam and is the same for both.

use std::{fmt, future::Future, pin::Pin};

use chrono::{DateTime, Utc};
use url::Url;

/// The answer on its way.
pub type Carried<'a> = Pin<Box<dyn Future<Output = Result<Response, Trouble>> + Send + 'a>>;

/// Sends one request, once: it repeats nothing and follows no redirect, and it is the one that gives up waiting.
pub trait Transport: fmt::Debug + Send + Sync + 'static {
    /// Sends it and reads the whole answer, whatever its status.
    fn send(&self, request: Request) -> Carried<'_>;

    /// The time on this computer, with which the server's is compared.
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// One prepared request. It holds a token, so it is never shown.
pub struct Request {
    pub method: Method,
    pub url: Url,
    /// Names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// Empty for a `GET`.
    pub body: Vec<u8>,
}

/// The two ways of asking that are used: HaloPSA knows neither `PUT` nor `PATCH`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
}

impl Method {
    /// As it stands in a request.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

/// A whole answer.
pub struct Response {
    pub status: u16,
    /// Names in lower case; values that are no text are left out.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Response {
    /// The first header of that name, which is given in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(other, _)| other == name)
            .map(|(_, value)| value.as_str())
    }
}

/// No whole answer.
#[derive(Debug)]
pub struct Trouble {
    pub kind: TroubleKind,
    /// Whether the request may have reached the server.
    pub sent: bool,
    /// The status, when the answer began and its body did not arrive.
    pub status: Option<u16>,
    /// What happened, for support; without address, token and names.
    pub detail: String,
}

/// Why there is no whole answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TroubleKind {
    Unreachable,
    Timeout,
    Tls,
}
