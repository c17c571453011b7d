//! What the sandbox counted.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Counts since the start. Requests to `/sandbox` are not among them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stats {
    /// Requests by method and path, ids as `{id}`: `GET /api/tickets/{id}`.
    pub requests: BTreeMap<String, u64>,
    /// Answers by status; 0 for connections that were broken off.
    pub statuses: BTreeMap<u16, u64>,
    /// How often each ticket was written through the API, creation included, actions not.
    pub ticket_writes: BTreeMap<i64, u64>,
    /// How many actions were written on each ticket through the API.
    pub action_writes: BTreeMap<i64, u64>,
    /// Requests refused by the rolling window or by a fault that says the same.
    pub rate_limited: u64,
    pub tokens_issued: u64,
}

impl Stats {
    /// Requests whose method and path start like this, such as `GET /api/tickets` or `POST`.
    #[must_use]
    pub fn count(&self, like: &str) -> u64 {
        let like = like.to_ascii_lowercase();
        self.requests
            .iter()
            .filter(|(name, _)| name.to_ascii_lowercase().starts_with(&like))
            .map(|(_, n)| n)
            .sum()
    }

    /// Every request.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.requests.values().sum()
    }

    pub(crate) fn record(&mut self, method: &str, path: &str, status: u16) {
        *self.requests.entry(format!("{method} {}", pattern(path))).or_default() += 1;
        *self.statuses.entry(status).or_default() += 1;
        if status == 429 {
            self.rate_limited += 1;
        }
    }
}

/// The path in lower case with its ids taken out.
fn pattern(path: &str) -> String {
    path.to_ascii_lowercase()
        .split('/')
        .map(|part| {
            let id = part.bytes().any(|byte| byte.is_ascii_digit())
                && part.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
            if id { "{id}" } else { part }
        })
        .collect::<Vec<_>>()
        .join("/")
}
