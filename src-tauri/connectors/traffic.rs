//! What was asked lately and how it went, for whoever keeps figures. Nothing in it says who or what was asked about.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// After so many failed requests one after the other, a read is no longer repeated by itself.
pub const MOST_FAILURES_IN_A_ROW: u32 = 5;

/// How many exchanges wait for somebody to take them.
const KEPT: usize = 10_000;

/// One request and its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// The path with its placeholders, such as `/Tickets/{id}`.
    pub path: &'static str,
    pub writes: bool,
    /// `None` when no answer began.
    pub status: Option<u16>,
    pub elapsed: Duration,
    /// Nobody answered, or what answered could not do its work: no whole answer, 401, 429, 5xx. A refusal of what was
    /// asked for (400, 403, 404, 409) is a proper answer.
    pub failed: bool,
}

/// The exchanges of one tenant. Clones are the same ledger.
#[derive(Clone, Debug, Default)]
pub struct Exchanges {
    ledger: Arc<Mutex<Ledger>>,
}

#[derive(Debug, Default)]
struct Ledger {
    waiting: Vec<Exchange>,
    failures_in_a_row: u32,
}

impl Exchanges {
    pub(crate) fn note(&self, exchange: Exchange) {
        let mut ledger = self.ledger();
        ledger.failures_in_a_row = if exchange.failed {
            ledger.failures_in_a_row.saturating_add(1)
        } else {
            0
        };
        if ledger.waiting.len() < KEPT {
            ledger.waiting.push(exchange);
        }
    }

    /// What happened since this was asked last, oldest first.
    #[must_use]
    pub fn take(&self) -> Vec<Exchange> {
        std::mem::take(&mut self.ledger().waiting)
    }

    /// Whether nothing happened since they were taken last.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ledger().waiting.is_empty()
    }

    /// How many requests failed since the last one that did not.
    #[must_use]
    pub fn failures_in_a_row(&self) -> u32 {
        self.ledger().failures_in_a_row
    }

    fn ledger(&self) -> std::sync::MutexGuard<'_, Ledger> {
        // Nothing that can panic happens under the lock, so a poisoned one holds whole values.
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether an answer of that status is one that HaloPSA cannot have meant.
pub(crate) fn is_failure(status: u16) -> bool {
    matches!(status, 401 | 429 | 500..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_an_answer_and_a_failure_is_not() {
        let exchanges = Exchanges::default();
        let note = |status: Option<u16>| {
            exchanges.note(Exchange {
                path: "/Tickets",
                writes: false,
                status,
                elapsed: Duration::from_millis(7),
                failed: status.is_none_or(is_failure),
            });
        };
        for status in [None, Some(503), Some(429)] {
            note(status);
        }
        assert_eq!(exchanges.failures_in_a_row(), 3);
        note(Some(404));
        assert_eq!(exchanges.failures_in_a_row(), 0);
        assert_eq!(exchanges.take().len(), 4);
        assert_eq!(exchanges.take(), []);
    }
}
