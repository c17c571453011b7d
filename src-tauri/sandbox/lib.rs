//! A HaloPSA tenant in a box: HTTP on loopback, for demo mode and for every sync test.
//!
//! Owns: a reading of the HaloPSA API (authentication, tickets, contacts, companies, actions, set-up, errors, limits),
//! believable sample data made from a seed, and faults that can be switched on. Any HaloPSA client can be pointed at it.
//!
//! Must not know: `domain`, `connectors`, or anything else of Leadline. The sandbox and the connector are two independent
//! readings of the same contract; sharing a line of code would hide a misreading.
//!
//! Start reading at [`Sandbox::start`] and [`InProcess`], then `http` (the way of a request), `tenant` (what it does) and `seed` (the sample
//! data). `schema` says which properties exist.

mod answer;
mod auth;
mod bind;
mod cli;
mod clock;
mod config;
mod faults;
mod http;
mod inside;
mod journal;
mod limit;
mod query;
mod record;
mod schema;
mod seed;
mod stats;
mod tenant;
mod wire;

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    ops::Deref,
    sync::Arc,
    thread::JoinHandle,
    time::Duration,
};

use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

pub use auth::{CLIENT_ID, CLIENT_SECRET, NATIVE_CLIENT_ID, NativeApp, Right, TENANT};
pub use cli::{CliOptions, run_cli};
pub use clock::{Clock, ManualClock, SystemClock};
pub use faults::{Armed, ErrorForm, Fault, FaultId, Faults, Rule};
pub use http::{Request, Response};
pub use inside::InProcess;
pub use journal::Journal;
pub use limit::RateLimit;
pub use stats::Stats;
pub use tenant::Administration;

/// How to start a sandbox.
pub struct Options {
    /// The port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// How many sales tickets there are. A tenth as many service tickets come on top.
    pub tickets: u32,
    /// The same seed, number and day make the same tenant.
    pub seed: u64,
    /// `None` for no limit.
    pub rate_limit: Option<RateLimit>,
    pub clock: Arc<dyn Clock>,
    /// Keeps changes across a restart; `None` forgets them.
    pub journal: Option<Box<dyn Journal>>,
    /// Added to every answer.
    pub latency: Duration,
    pub behaviour: Behaviour,
    pub setup: Setup,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            tickets: 2_000,
            seed: 1,
            rate_limit: Some(RateLimit::default()),
            clock: Arc::new(SystemClock),
            journal: None,
            latency: Duration::ZERO,
            behaviour: Behaviour::default(),
            setup: Setup::default(),
        }
    }
}

/// What differs between tenants, or what nobody knows for certain. Can be changed while the sandbox runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Behaviour {
    /// The most rows a page has, whatever `page_size` says.
    pub page_cap: i64,
    /// The status of a successful POST: 201, on some tenants 200.
    pub post_status: u16,
    /// The answer to an update of an id that is not there.
    pub unknown_id: UnknownId,
    /// Whether POST answers spell some names differently (`lastupdate`, `category1`, `useremail`, `tickettags`).
    pub name_drift: bool,
    /// Whether list rows leave empty custom fields out, even when asked for.
    pub omit_empty_custom_fields: bool,
    /// Whether a status can only be changed through an Action.
    pub strict_workflow: bool,
    /// Whether a ticket's type can be changed by a ticket POST.
    pub type_change: bool,
    /// Whether custom fields can be created through the API. Nobody has seen a tenant that allows it.
    pub create_fields: bool,
    /// Whether a 429 says when to come back.
    pub retry_after: bool,
    /// Whole seconds that a token lives.
    pub token_lifetime_s: u64,
    /// Whether a new token ends the ones before it.
    pub one_token: bool,
    /// Rights that the agent behind the service account lacks, whatever the scope.
    pub denied: Vec<Right>,
    /// How people sign in with the browser.
    pub native: NativeApp,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            page_cap: 100,
            post_status: 201,
            unknown_id: UnknownId::NotFound,
            name_drift: true,
            omit_empty_custom_fields: false,
            strict_workflow: false,
            type_change: true,
            create_fields: false,
            retry_after: false,
            token_lifetime_s: 3600,
            one_token: false,
            denied: Vec::new(),
            native: NativeApp::default(),
        }
    }
}

/// See [`Behaviour::unknown_id`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnknownId {
    /// 404 with an empty body.
    #[default]
    NotFound,
    /// 400 with a JSON string.
    BadRequest,
}

/// What the administrator of the tenant has not set up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Setup {
    /// Names of ticket types, statuses, outcomes and custom fields (`CFfitScore` or its label) that do not exist.
    /// A status without its ticket type stays, and so do tickets that use it.
    pub without: Vec<String>,
}

/// Why a sandbox could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The port is taken or not allowed.
    #[error("port {port} on 127.0.0.1 cannot be used: {source}")]
    Port { port: u16, source: std::io::Error },
    /// The runtime could not be made.
    #[error("the sandbox could not be started: {0}")]
    Runtime(std::io::Error),
    /// The journal could not be read or begun.
    #[error("the changes of the sample tenant could not be read: {0}")]
    Journal(std::io::Error),
    /// A line of the journal is not one of ours, or cannot be done again.
    #[error("line {line} of the changes of the sample tenant cannot be repeated: {reason}")]
    Damaged { line: usize, reason: String },
    /// The journal belongs to other sample data.
    #[error("the kept changes belong to another sample tenant ({found}), not to this one ({wanted})")]
    OtherTenant { found: String, wanted: String },
}

/// A tenant that listens on loopback. Stops when dropped. What can be seen and changed from inside the process is that of
/// [`InProcess`].
pub struct Sandbox {
    address: SocketAddr,
    inside: InProcess,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Sandbox {
    /// The same tenant without a listener.
    ///
    /// # Errors
    /// See [`StartError`].
    pub fn in_process(options: Options) -> Result<InProcess, StartError> {
        InProcess::new(options)
    }

    /// Makes the sample data, repeats what the journal kept, and listens on 127.0.0.1. It runs on threads of its own, so it
    /// can be started from anywhere, from inside another runtime too.
    ///
    /// # Errors
    /// See [`StartError`].
    pub fn start(options: Options) -> Result<Self, StartError> {
        let port = options.port;
        let taken = |source| StartError::Port { port, source };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(taken)?;
        listener.set_nonblocking(true).map_err(taken)?;
        let address = listener.local_addr().map_err(taken)?;
        let inside = InProcess::new(options)?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("sandbox")
            .enable_all()
            .build()
            .map_err(StartError::Runtime)?;
        let (stop, stopped) = oneshot::channel();
        let serving = Arc::clone(&inside.running);
        let thread = std::thread::Builder::new()
            .name("sandbox".to_owned())
            .spawn(move || {
                runtime.block_on(http::serve(listener, serving, stopped));
                // Open connections are cut, not waited for.
                runtime.shutdown_background();
            })
            .map_err(StartError::Runtime)?;
        Ok(Self {
            address,
            inside,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Where it listens: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn address(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The port it listens on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Stops listening and cuts open connections.
    pub fn stop(mut self) {
        self.shut_down();
    }

    fn shut_down(&mut self) {
        if let Some(stop) = self.stop.take() {
            // It fails when the server has ended by itself; then there is nothing to stop.
            if stop.send(()).is_err() {
                tracing::debug!("the sandbox had ended already");
            }
        }
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the sandbox ended with a panic");
        }
    }
}

impl Deref for Sandbox {
    type Target = InProcess;

    fn deref(&self) -> &InProcess {
        &self.inside
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.shut_down();
    }
}
