//! The rolling window: so many requests in the last so many minutes.

use std::{collections::VecDeque, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{answer, record::Moment};

/// How many requests a window of time may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateLimit {
    pub requests: u32,
    pub window: Duration,
}

impl Default for RateLimit {
    /// What real tenants say in their refusals: 300 in 5 minutes.
    fn default() -> Self {
        Self {
            requests: 300,
            window: Duration::from_secs(300),
        }
    }
}

impl RateLimit {
    /// The text of the refusal.
    pub fn text(&self) -> String {
        answer::rate_limit_text(self.requests, self.window.as_secs().div_ceil(60))
    }
}

/// When the requests of the last window came.
#[derive(Debug, Default)]
pub struct Limiter {
    recent: VecDeque<Moment>,
}

impl Limiter {
    /// Counts a request, or refuses it with the seconds after which the next one fits. Refused ones do not count.
    pub fn admit(&mut self, limit: &RateLimit, now: Moment) -> Result<(), u64> {
        let window = i64::try_from(limit.window.as_millis()).unwrap_or(i64::MAX);
        while self.recent.front().is_some_and(|first| now - first >= window) {
            self.recent.pop_front();
        }
        if self.recent.len() < usize::try_from(limit.requests).unwrap_or(usize::MAX) {
            self.recent.push_back(now);
            return Ok(());
        }
        let wait = self.recent.front().map_or(0, |first| first + window - now);
        Err(u64::try_from(wait).unwrap_or(0).div_ceil(1000).max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_rolls() {
        let limit = RateLimit {
            requests: 2,
            window: Duration::from_secs(300),
        };
        let mut limiter = Limiter::default();
        assert_eq!(limiter.admit(&limit, 0), Ok(()));
        assert_eq!(limiter.admit(&limit, 100_000), Ok(()));
        assert_eq!(limiter.admit(&limit, 200_000), Err(100));
        assert_eq!(limiter.admit(&limit, 299_999), Err(1));
        assert_eq!(limiter.admit(&limit, 300_000), Ok(()), "the first has left the window");
        assert_eq!(limiter.admit(&limit, 300_001), Err(100), "the second has not");
        assert_eq!(
            limit.text(),
            "Rate Limit Reached - 2 Requests per rolling 5 minute window."
        );
    }
}
