//! The HaloPSA client: connect, check the setup, read pages, write changes.
//!
//! [`Halo::connect`] finds the sign-in server and signs in; every other method is one call or a few, with tolerant
//! reading, one budget and one classification of failures. Reads are repeated a few times with growing, random delays;
//! writes are never repeated here: a write whose answer is lost comes back as [`ErrorKind::LostAnswer`] and the outbox
//! looks it up first.
//!
//! `read`, `setup` and `write` hold the calls, `people` those about companies, sites and contacts, `client` sends them, `calls` lists what may be sent, `wire` reads JSON, `values`
//! and `map` translate, `auth` keeps the token, `answer` classifies failures, `address` cleans what people type. What is
//! known about HaloPSA, and how well, is in `notes.md`.

mod address;
mod answer;
mod appointments;
mod auth;
mod calls;
mod client;
mod map;
mod people;
mod read;
mod setup;
mod suppression;
mod sweep;
mod text;
mod values;
mod wire;
mod write;

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use url::Url;

pub use address::{normalise_address, ticket_address};
pub use auth::{Credentials, KeeperError, Keeping, Landing, SignIn, TokenKeeper};
pub use sweep::{Numbers, Records, TicketIds};

use crate::{Budget, BudgetView, Class, Error, ErrorKind, Exchanges, Transport};
use client::Client;

/// HaloPSA never sends more rows in a page, whatever is asked for.
pub const PAGE_SIZE: u32 = 100;

/// How the client behaves. The defaults suit a real tenant.
#[derive(Clone, Debug)]
pub struct Options {
    /// The tenant's name for a shared sign-in server; without it, what the server says about itself is used.
    pub tenant: Option<String>,
    /// The scope to ask for.
    pub scope: String,
    /// ISO 3166 alpha-2: how phone numbers without a country code are read.
    pub country: String,
    /// ISO 4217: the tenant's currency, since HaloPSA's amounts have none.
    pub currency: String,
    /// Shared by everything that talks to this tenant.
    pub budget: Budget,
    /// Where every request is noted.
    pub exchanges: Exchanges,
    /// How long to wait for a connection.
    pub connect_timeout: Duration,
    /// How long to wait for a whole answer. HaloPSA's own gateway gives up after about 60 seconds.
    pub timeout: Duration,
    /// How often a read is tried in all.
    pub attempts: u32,
    /// The first delay between two tries; it doubles up to 16 seconds and is cut at random.
    pub first_delay: Duration,
    /// Where the chance in those delays begins; `None` for real chance.
    pub seed: Option<u64>,
    /// What carries requests; `None` for the network.
    pub transport: Option<Arc<dyn Transport>>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            tenant: None,
            scope: "all".to_owned(),
            country: "GB".to_owned(),
            currency: "GBP".to_owned(),
            budget: Budget::default(),
            exchanges: Exchanges::default(),
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(70),
            attempts: 3,
            first_delay: Duration::from_secs(1),
            seed: None,
            transport: None,
        }
    }
}

/// Which tickets to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TicketQuery {
    /// From 1.
    pub page: u32,
    /// Only tickets updated since then. Inclusive or not is HaloPSA's secret: overlap by some minutes.
    pub updated_since: Option<DateTime<Utc>>,
}

/// One page of a list, sorted by id ascending.
#[derive(Clone, Debug, PartialEq)]
pub struct Page<T> {
    /// What could be read and obeys the filter.
    pub rows: Vec<T>,
    /// How many rows HaloPSA sent, readable or not: what counts towards `record_count`.
    pub raw_rows: usize,
    /// How many rows there are on all pages together, as HaloPSA says. May include rows that it never sends;
    /// `u64::MAX` when it does not say, so that only an empty page ends the loop.
    pub record_count: u64,
}

impl<T> Page<T> {
    /// Whether to ask for another page, once so many raw rows of all pages have been received. A short page is no sign
    /// of the end; an empty one is.
    #[must_use]
    pub fn has_more(&self, received: u64) -> bool {
        self.raw_rows > 0 && received < self.record_count
    }
}

/// A connection to one tenant. Clones share the sign-in, the budget and the network connections.
#[derive(Clone, Debug)]
pub struct Halo {
    client: Arc<Client>,
    class: Option<Class>,
}

impl Halo {
    /// Finds the sign-in server of the HaloPSA at `address` and signs in.
    ///
    /// # Errors
    /// `NotHalo`, `Unreachable`, `Timeout`, `Tls` for the address; `BadCredentials`, `WrongTenant`, `Forbidden`,
    /// `Invalid` for the sign-in; `Server` and `RateLimited` when HaloPSA cannot answer now.
    pub async fn connect(address: &str, credentials: Credentials, options: Options) -> Result<Self, Error> {
        let base = normalise_address(address)?;
        Ok(Self::over(Client::connect(base, credentials, options).await?))
    }

    fn over(client: Client) -> Self {
        Self {
            client: Arc::new(client),
            class: None,
        }
    }

    /// The same connection with all its requests in one class of the budget. Without it, writes are interactive and
    /// reads are pulls.
    #[must_use]
    pub fn as_class(&self, class: Class) -> Self {
        Self {
            client: Arc::clone(&self.client),
            class: Some(class),
        }
    }

    /// The tenant's clean address.
    #[must_use]
    pub fn address(&self) -> &Url {
        self.client.base()
    }

    /// The rate-limit budget as it is now.
    #[must_use]
    pub fn budget(&self) -> BudgetView {
        self.client.budget()
    }

    /// How far the server's clock is ahead of this computer's, by its latest answer.
    #[must_use]
    pub fn server_clock_skew(&self) -> Option<chrono::TimeDelta> {
        self.client.clock_skew()
    }

    /// How long the latest answer took.
    #[must_use]
    pub fn latency(&self) -> Option<Duration> {
        self.client.latency()
    }
}

fn malformed(detail: &str) -> Error {
    Error::new(
        ErrorKind::Malformed,
        "HaloPSA's answer is not what was asked for. Leadline tries again by itself; if it stays so, show the details to your administrator.",
    )
    .with_detail(detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_page_is_not_the_last() {
        let page = |raw_rows: usize| Page::<()> {
            rows: Vec::new(),
            raw_rows,
            record_count: 250,
        };
        assert!(page(100).has_more(100));
        assert!(page(7).has_more(207));
        assert!(!page(43).has_more(250));
        assert!(
            !page(0).has_more(207),
            "an empty page ends the loop although rows are hidden"
        );
    }
}
