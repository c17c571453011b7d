//! Faults that can be switched on: everything that goes wrong with a real tenant, on demand and so many times.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde::{Deserialize, Serialize};

/// Something that goes wrong. In JSON: `{"fault": "gateway_timeout", "delay_ms": 0, "applied": true}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum Fault {
    /// 429 with the usual text, with `Retry-After` (seconds) or without.
    TooManyRequests {
        #[serde(default)]
        retry_after: Option<u64>,
    },
    /// 500 in one of the forms it takes.
    ServerError {
        #[serde(default)]
        form: ErrorForm,
    },
    /// The gateway's 504 page after a delay. With `applied` the request was carried out all the same.
    GatewayTimeout {
        #[serde(default)]
        delay_ms: u64,
        #[serde(default)]
        applied: bool,
    },
    /// The connection breaks before anything was done.
    DropBefore,
    /// The connection breaks after the request was carried out: the answer is lost.
    DropAfter,
    /// The request takes longer.
    Slow { delay_ms: u64 },
    /// The answer takes longer: it says what held when the request came.
    Late { delay_ms: u64 },
    /// The body stops in the middle, under a good status.
    TruncatedJson,
    /// Every token expires as the request arrives.
    ExpireTokens,
    /// Any refusal: the status and the body, sent as JSON when it is.
    Refuse {
        status: u16,
        #[serde(default)]
        body: String,
    },
    /// Pages after the first start so many rows later (or earlier): rows came or went in between.
    RowShift { rows: i64 },
    /// So many rows of a page are kept back (a missing permission) while `record_count` counts them.
    HiddenRows { rows: usize },
    /// POST answers use the other spelling of some names (`lastupdate`, `category1`), or the usual one.
    NameDrift { on: bool },
    /// The records of a POST answer carry a `_warning`.
    Warning { text: String },
}

/// The body of a 500.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorForm {
    #[default]
    Html,
    /// `{"error": …}`
    Error,
    /// `{"Message": …}`
    Message,
    /// `{"resultCode": …, "errorMessage": …}`
    ResultCode,
    Empty,
}

impl Fault {
    /// The fault on requests such as `"POST /api/Tickets"`, `"GET"` or `"/auth/token"`, every time.
    #[must_use]
    pub fn on(self, requests: &str) -> Rule {
        let (method, path) = match requests.split_once(' ') {
            Some((method, path)) => (Some(method), Some(path)),
            None if requests.starts_with('/') => (None, Some(requests)),
            None => (Some(requests).filter(|method| !method.is_empty()), None),
        };
        Rule {
            method: method.map(str::to_owned),
            path: path.map(str::to_owned),
            query: None,
            skip: 0,
            times: None,
            fault: self,
        }
    }
}

/// A fault and the requests it strikes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Any method when absent.
    #[serde(default)]
    pub method: Option<String>,
    /// The path and what lies below it, in any case; any path when absent.
    #[serde(default)]
    pub path: Option<String>,
    /// A part of the query string, such as `page_no=3`; any when absent.
    #[serde(default)]
    pub query: Option<String>,
    /// How many matching requests pass unharmed first.
    #[serde(default)]
    pub skip: u32,
    /// How many are struck after that; all when absent.
    #[serde(default)]
    pub times: Option<u32>,
    #[serde(flatten)]
    pub fault: Fault,
}

impl Rule {
    /// Strikes only so many times.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// Lets so many matching requests pass first.
    #[must_use]
    pub fn after(mut self, skip: u32) -> Self {
        self.skip = skip;
        self
    }

    /// Strikes only requests whose query string contains this.
    #[must_use]
    pub fn with_query(mut self, part: &str) -> Self {
        self.query = Some(part.to_owned());
        self
    }

    fn matches(&self, method: &str, path: &str, query: &str) -> bool {
        self.method
            .as_ref()
            .is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
            && self.query.as_ref().is_none_or(|part| query.contains(part.as_str()))
            && self.path.as_ref().is_none_or(|wanted| {
                let wanted = wanted.trim_end_matches('/').to_ascii_lowercase();
                let path = path.to_ascii_lowercase();
                path.strip_prefix(&wanted)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
    }
}

/// The number of a rule that was switched on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FaultId(u64);

/// A rule that is or was switched on, and how often it struck.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Armed {
    pub id: FaultId,
    pub hits: u32,
    /// How many matching requests have passed unharmed.
    passed: u32,
    #[serde(flatten)]
    pub rule: Rule,
}

/// The faults of a sandbox. Clones are the same switchboard.
#[derive(Clone, Debug, Default)]
pub struct Faults(Arc<Mutex<Board>>);

#[derive(Debug, Default)]
struct Board {
    next: u64,
    armed: Vec<Armed>,
}

impl Faults {
    /// Switches a fault on.
    pub fn add(&self, rule: Rule) -> FaultId {
        let mut board = self.board();
        board.next += 1;
        let id = FaultId(board.next);
        board.armed.push(Armed {
            id,
            hits: 0,
            passed: 0,
            rule,
        });
        id
    }

    /// Switches one fault off.
    pub fn remove(&self, id: FaultId) {
        self.board().armed.retain(|armed| armed.id != id);
    }

    /// Switches all faults off.
    pub fn clear(&self) {
        self.board().armed.clear();
    }

    /// How often a fault has struck; 0 for one that was removed.
    #[must_use]
    pub fn hits(&self, id: FaultId) -> u32 {
        self.board()
            .armed
            .iter()
            .find(|armed| armed.id == id)
            .map_or(0, |armed| armed.hits)
    }

    /// Every rule that is or was on.
    #[must_use]
    pub fn list(&self) -> Vec<Armed> {
        self.board().armed.clone()
    }

    /// What strikes this request. Counts.
    pub(crate) fn strike(&self, method: &str, path: &str, query: &str) -> Vec<Fault> {
        let mut struck = Vec::new();
        for armed in &mut self.board().armed {
            if !armed.rule.matches(method, path, query) || armed.rule.times.is_some_and(|times| armed.hits >= times) {
                continue;
            }
            if armed.passed < armed.rule.skip {
                armed.passed += 1;
                continue;
            }
            armed.hits += 1;
            struck.push(armed.rule.fault.clone());
        }
        struck
    }

    fn board(&self) -> MutexGuard<'_, Board> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Milliseconds as a duration.
pub(crate) fn delay(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_strikes_what_it_names_and_stops_counting() {
        let faults = Faults::default();
        let id = faults.add(Fault::DropAfter.on("POST /api/Tickets").after(1).times(2));
        let strike = |method: &str, path: &str| faults.strike(method, path, "").len();
        assert_eq!(strike("GET", "/api/Tickets"), 0, "another method");
        assert_eq!(strike("POST", "/api/TicketsOfOthers"), 0, "another path");
        assert_eq!(strike("POST", "/api/Tickets"), 0, "the first passes");
        assert_eq!(strike("post", "/API/tickets"), 1, "names in any case");
        assert_eq!(strike("POST", "/api/Tickets/Object"), 1, "and what lies below");
        assert_eq!(strike("POST", "/api/Tickets"), 0, "twice is enough");
        assert_eq!(faults.hits(id), 2);
    }

    #[test]
    fn rules_travel_as_json() {
        let text =
            r#"{"method":"GET","path":"/api/Tickets","query":"page_no=3","times":1,"fault":"row_shift","rows":-1}"#;
        let rule: Rule = serde_json::from_str(text).unwrap_or_else(|error| Fault::DropBefore.on(&error.to_string()));
        assert_eq!(
            rule,
            Fault::RowShift { rows: -1 }
                .on("GET /api/Tickets")
                .with_query("page_no=3")
                .times(1)
        );
    }
}
