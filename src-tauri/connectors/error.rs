//! What can go wrong while talking to a vendor, classified once, next to the wire.
//!
//! Callers branch on [`ErrorKind`] and [`Retry`]; people read [`Error::message`]; support reads [`Error::detail`].

use std::time::Duration;

/// Why a request did not do what was wanted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    pub kind: ErrorKind,
    pub retry: Retry,
    /// One or two sentences for a person: what happened and what to do.
    pub message: String,
    /// The server's or the system's own words, shortened, without addresses, numbers, tokens and secrets. May be empty.
    pub detail: String,
    /// The HTTP status, where there was an answer.
    pub status: Option<u16>,
}

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// No connection: offline, wrong name, server down. Nothing was sent, or nothing that changes anything.
    Unreachable,
    /// No answer in time to a request that changes nothing.
    Timeout,
    /// Something answers at the address, but no HaloPSA.
    NotHalo,
    /// The connection is not safe: an unknown, expired or wrong certificate.
    Tls,
    /// The sign-in is no longer accepted, even a fresh one.
    SignedOut,
    /// Signed in, but not allowed.
    Forbidden {
        /// What is missing, such as "change tickets (edit:tickets)".
        right: String,
    },
    /// Client ID or client secret are not accepted.
    BadCredentials,
    /// The sign-in server does not know the tenant.
    WrongTenant,
    /// The request was understood and refused, or cannot be expressed in this tenant. Sending it again changes nothing.
    Invalid,
    /// The record does not exist, or no longer.
    NotFound,
    /// The record has changed since.
    Conflict,
    /// Too many requests in the window.
    RateLimited,
    /// The server failed.
    Server,
    /// A write was sent and no whole answer came back: whether it was done is unknown. Look it up before sending it again.
    LostAnswer,
    /// An answer that makes no sense: cut off, or of another shape.
    Malformed,
}

/// When to try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Not as it is: a person has to change something.
    No,
    /// Soon, with a growing delay.
    Soon,
    /// Not before that much time has passed.
    After(Duration),
    /// Once somebody has signed in again.
    WhenSignedIn,
}

impl Error {
    /// An error of that kind with its usual retry.
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        let retry = match kind {
            ErrorKind::Unreachable
            | ErrorKind::Timeout
            | ErrorKind::Tls
            | ErrorKind::Conflict
            | ErrorKind::RateLimited
            | ErrorKind::Server
            | ErrorKind::LostAnswer
            | ErrorKind::Malformed => Retry::Soon,
            ErrorKind::SignedOut | ErrorKind::BadCredentials => Retry::WhenSignedIn,
            ErrorKind::NotHalo
            | ErrorKind::Forbidden { .. }
            | ErrorKind::WrongTenant
            | ErrorKind::Invalid
            | ErrorKind::NotFound => Retry::No,
        };
        Self {
            kind,
            retry,
            message: message.into(),
            detail: String::new(),
            status: None,
        }
    }

    pub(crate) fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    pub(crate) fn with_status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    pub(crate) fn with_retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// Whether a write may or may not have been done, so that it has to be looked up before it is sent again.
    #[must_use]
    pub fn is_uncertain(&self) -> bool {
        self.kind == ErrorKind::LostAnswer
    }
}
