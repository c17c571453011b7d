//! The network of a run: requests go to the tenant in the same process, take a while each, and can be where a process dies.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};
use connectors::transport::{Carried, Request, Response, Transport, Trouble, TroubleKind};
use rand::{Rng, SeedableRng, rngs::SmallRng};
use sandbox::InProcess;

use crate::{
    clock::SimClock,
    death::{Fate, Moment},
    trace::{Trace, digest},
};

/// As long as the real client waits.
const TIMEOUT: Duration = Duration::from_secs(70);

/// The connection of one process to the tenant.
#[derive(Debug)]
pub struct Wire {
    tenant: InProcess,
    clock: SimClock,
    fate: Arc<Fate>,
    trace: Trace,
    online: Arc<std::sync::atomic::AtomicBool>,
    dice: Mutex<SmallRng>,
}

impl Wire {
    pub fn new(
        tenant: InProcess,
        clock: SimClock,
        fate: Arc<Fate>,
        trace: Trace,
        online: Arc<std::sync::atomic::AtomicBool>,
        seed: u64,
    ) -> Self {
        Self {
            tenant,
            clock,
            fate,
            trace,
            online,
            dice: Mutex::new(SmallRng::seed_from_u64(seed)),
        }
    }

    /// Half a way: mostly some tens of milliseconds, now and then a few seconds.
    fn half_way(&self) -> Duration {
        let mut dice = self.dice.lock().unwrap_or_else(PoisonError::into_inner);
        let ms = if dice.random_ratio(1, 20) {
            dice.random_range(500..4_000)
        } else {
            dice.random_range(5..80)
        };
        Duration::from_millis(ms)
    }

    async fn carry(&self, request: Request) -> Result<Response, Trouble> {
        let path = match request.url.query() {
            Some(query) => format!("{}?{query}", request.url.path()),
            None => request.url.path().to_owned(),
        };
        // Tokens are real chance, so nothing of a sign-in is written down but that it happened.
        let what = if path.starts_with("/auth") {
            format!("{} {path}", request.method.as_str())
        } else {
            format!("{} {path} {:x}", request.method.as_str(), digest(&request.body))
        };
        self.fate.pass(Moment::BeforeRequest);
        tokio::time::sleep(self.half_way()).await;
        if !self.online.load(std::sync::atomic::Ordering::SeqCst) {
            self.trace.line(format!("{what} → no network"));
            return Err(trouble(TroubleKind::Unreachable, false));
        }
        let host = request.url.host_str().unwrap_or_default();
        let host = match request.url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        let mut headers: Vec<(String, String)> = vec![("host".to_owned(), host)];
        headers.extend(
            request
                .headers
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value)),
        );
        let call = self.tenant.call(sandbox::Request {
            method: request.method.as_str().to_owned(),
            path_and_query: path,
            headers,
            body: request.body,
        });
        let answer = tokio::time::timeout(TIMEOUT, call).await;
        self.fate.pass(Moment::AfterRequest);
        let answer = match answer {
            Ok(Some(answer)) => answer,
            Ok(None) => {
                self.trace.line(format!("{what} → broken off"));
                return Err(trouble(TroubleKind::Unreachable, true));
            }
            Err(_) => {
                self.trace.line(format!("{what} → no answer in time"));
                return Err(trouble(TroubleKind::Timeout, true));
            }
        };
        self.trace.line(format!("{what} → {}", answer.status));
        tokio::time::sleep(self.half_way()).await;
        Ok(Response {
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
        })
    }
}

impl Transport for Wire {
    fn send(&self, request: Request) -> Carried<'_> {
        Box::pin(self.carry(request))
    }

    fn now(&self) -> DateTime<Utc> {
        self.clock.show()
    }
}

fn trouble(kind: TroubleKind, sent: bool) -> Trouble {
    Trouble {
        kind,
        sent,
        status: None,
        detail: "the simulated network".to_owned(),
    }
}
