//! The loop: who may sync, what is due, and when to look again.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use domain::HaloTicketId;
use store::Changes;
use tokio::{sync::watch, task::JoinHandle};

use super::{Session, mapping::Remapped};
use crate::{Engine, Lease, LeaseGuard, Problem};

/// How often it is looked what another process wrote, and whether something has become due.
const LOOK: Duration = Duration::from_secs(1);

/// How long the outbox lists what HaloPSA accepted.
const KEPT: TimeDelta = TimeDelta::days(30);

/// How long the end of sync waits for an answer.
const FAREWELL: Duration = Duration::from_secs(5);

/// What a round of sync did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SyncReport {
    /// Tickets that came from HaloPSA for the first time.
    pub new: u32,
    /// Tickets that HaloPSA had changed.
    pub changed: u32,
    /// Outbox entries that HaloPSA accepted.
    pub sent: u32,
}

/// Sync in the background, until it is stopped or dropped.
#[derive(Debug)]
pub struct SyncLoop {
    stop: Arc<watch::Sender<bool>>,
    task: JoinHandle<()>,
}

impl SyncLoop {
    /// Starts syncing on the current runtime. While another process holds the lease it only watches what that one writes.
    #[must_use]
    pub fn start(engine: Engine, lease: Arc<dyn Lease>) -> Self {
        let stop = Arc::clone(&engine.inner.sync.stop);
        stop.send_replace(false);
        let task = tokio::spawn(async move { run(&engine, lease.as_ref()).await });
        Self { stop, task }
    }

    /// Ends it. What is on its way gets a few seconds to arrive (if it does not, it is looked up the next time); what only
    /// reads is given up.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        match tokio::time::timeout(FAREWELL, &mut self.task).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(error = %error, "sync ended badly"),
            Err(_) => tracing::info!("sync ended while an answer was awaited"),
        }
    }
}

impl Drop for SyncLoop {
    fn drop(&mut self) {
        // A crash at any point is allowed for, so this is safe; `stop` is the kind way.
        self.task.abort();
    }
}

/// The states of the loop.
struct Turn {
    held: Option<LeaseGuard>,
    next_pull: DateTime<Utc>,
    /// The file's version that was last seen.
    version: Option<i64>,
}

async fn run(engine: &Engine, lease: &dyn Lease) {
    let mut turn = Turn {
        held: None,
        next_pull: engine.now(),
        version: None,
    };
    let sync = &engine.inner.sync;
    let mut stop = sync.stop.subscribe();
    loop {
        if *stop.borrow_and_update() {
            return;
        }
        let mut taken = turn.take(engine, lease).await;
        if turn.held.is_some() {
            taken = taken.and(engine.look_after());
        }
        engine.stumble(taken.err().filter(|error| !is_told(error)));
        tokio::select! {
            biased;
            // First: a history that is read back in portions asks for the next one each time, and a person must not wait
            // for the last.
            () = sync.round.notified() => turn.next_pull = engine.now(),
            () = sync.push.notified() => {}
            () = engine.inner.clock.sleep(engine.pause().map_or(LOOK, |pause| pause.min(LOOK))) => {}
            _ = stop.changed() => {}
        }
    }
}

/// Failures that the status item shows already, and ends that were asked for.
fn is_told(error: &anyhow::Error) -> bool {
    error.downcast_ref::<connectors::Error>().is_some()
        || error.downcast_ref::<Stopping>().is_some()
        || error.downcast_ref::<Remapped>().is_some()
        || matches!(error.downcast_ref::<Problem>(), Some(Problem::NotConnected))
}

impl Turn {
    async fn take(&mut self, engine: &Engine, lease: &dyn Lease) -> anyhow::Result<()> {
        let version = engine.store().data_version()?;
        if self.version.is_some_and(|seen| seen != version) {
            engine.publish(everything(engine)?);
        }
        self.version = Some(version);
        if self.held.is_none() {
            let Some(guard) = lease.try_acquire()? else {
                return Ok(());
            };
            engine.recover()?;
            self.held = Some(guard);
            self.next_pull = engine.now();
        }
        if !engine.is_connected()? {
            return Ok(());
        }
        if engine.setup_is_due()? && engine.may_try() {
            let session = engine.open_session().await?;
            engine.check_setup(&session).await?;
        }
        if engine.is_blocked()? {
            return Ok(());
        }
        if engine.has_due()? && engine.may_try() {
            engine.push().await?;
        }
        if engine.now() >= self.next_pull && engine.may_try() {
            let session = engine.open_session().await?;
            let pulled = engine.pull(&session).await?;
            self.next_pull = engine.now() + engine.poll_interval()?;
            if pulled.owes {
                engine.push().await?;
            }
            if !pulled.first {
                engine.sweep(&session).await?;
                engine.pull_people(&session).await?;
                engine.sweep_records(&session).await?;
            }
        }
        if engine.wants_activities()? && engine.may_try() {
            let session = engine.open_session().await?;
            if engine.pull_activities(&session).await? > 0 && engine.wants_activities()? {
                engine.inner.sync.push.notify_one();
            }
        } else if engine.may_try() && engine.history_is_due()? {
            let session = engine.open_session().await?;
            if engine.pull_history(&session).await? {
                engine.inner.sync.push.notify_one();
            }
        }
        Ok(())
    }
}

/// What another process changed is not known in detail.
fn everything(engine: &Engine) -> anyhow::Result<Changes> {
    Ok(Changes {
        seq: engine.store().seq()?,
        all_tickets: true,
        board: true,
        outbox: true,
        agents: true,
        settings: true,
        imports: true,
        review: true,
        ..Changes::default()
    })
}

/// Sync is being stopped.
#[derive(Debug, thiserror::Error)]
#[error("sync is being stopped")]
struct Stopping;

impl Engine {
    /// Asks a running [`SyncLoop`] for a round now: push, pull, and another try of what failed.
    pub fn sync_soon(&self) {
        self.inner.sync.wake_round();
    }

    /// One whole round for the command line: sends what is due, pulls what changed (or everything, the first time), and
    /// sends again what that left owing.
    ///
    /// # Errors
    /// [`Problem::SyncElsewhere`] while another process holds the lease, [`Problem::NotConnected`],
    /// [`Problem::MissingTicketType`] until every lifecycle has its ticket type,
    /// `connectors::Error` when HaloPSA cannot be reached or says no to the whole round. A refused change is no error: it
    /// is parked, with its reason.
    pub async fn sync_once(&self, lease: &dyn Lease) -> anyhow::Result<SyncReport> {
        if !self.is_connected()? {
            return Err(Problem::NotConnected.into());
        }
        let _held = lease.try_acquire()?.ok_or(Problem::SyncElsewhere)?;
        self.inner.sync.stop.send_replace(false);
        self.recover()?;
        self.inner.sync.try_again();
        let done = self.round().await;
        self.look_after()?;
        done
    }

    async fn round(&self) -> anyhow::Result<SyncReport> {
        let session = self.open_session().await?;
        if self.setup_is_due()? {
            self.check_setup(&session).await?;
        }
        self.refuse_blocked()?;
        // The look may have changed the mapping.
        let session = self.open_session().await?;
        let mut report = SyncReport::default();
        self.push_all(&mut report).await?;
        let pulled = self.pull(&session).await?;
        report.new = pulled.new;
        report.changed = pulled.changed;
        self.push_all(&mut report).await?;
        if !pulled.first {
            self.sweep(&session).await?;
            self.pull_people(&session).await?;
            self.sweep_records(&session).await?;
        }
        while self.pull_activities(&session).await? > 0 {}
        Ok(report)
    }

    /// Sends what is due; a failure of the link is a failure of the round.
    async fn push_all(&self, report: &mut SyncReport) -> anyhow::Result<()> {
        let pushed = self.push().await?;
        report.sent += pushed.sent;
        match pushed.trouble {
            Some(error) => Err(error.into()),
            None => Ok(()),
        }
    }

    /// After taking the lease: what another process, or this one before a crash, left on its way is looked up. What was
    /// sent long ago is no longer listed; the history keeps it.
    pub(super) fn recover(&self) -> anyhow::Result<()> {
        self.resume_budget()?;
        let now = self.now();
        let written = self.store().write_quiet(now, |w| {
            w.forget_sent(now - KEPT)?;
            w.requeue_stale_sending()
        })?;
        self.publish(written.changes);
        Ok(())
    }

    /// The open connection, with what goes wrong told in the status item.
    pub(super) async fn open_session(&self) -> anyhow::Result<Session> {
        let error = match self.session().await {
            Ok(session) => return Ok(session),
            Err(error) => error,
        };
        if let Some(known) = error.downcast_ref::<connectors::Error>() {
            self.link_failed(known)?;
        } else {
            // The tenant is known, so it is the secret that is missing, or the vault that does not open.
            self.link_failed(&connectors::Error {
                kind: connectors::ErrorKind::SignedOut,
                retry: connectors::Retry::WhenSignedIn,
                message: "The client secret cannot be read from the keychain. Connect again; your changes wait here."
                    .to_owned(),
                detail: format!("{error:#}"),
                status: None,
            })?;
        }
        Err(error)
    }

    fn has_due(&self) -> anyhow::Result<bool> {
        Ok(!self.is_paused()? && !self.store().due(self.now(), 1)?.is_empty())
    }

    fn wants_activities(&self) -> anyhow::Result<bool> {
        Ok(!self.inner.sync.state().wanted.is_empty() || !self.store().details_due(1)?.is_empty())
    }

    /// Awaits something that only reads while everything that a person changes meanwhile is sent: what a pull waits for
    /// must not hold up a push. Returns which tickets were written in HaloPSA meanwhile, because the answer may be older.
    pub(super) async fn while_pushing<T>(
        &self,
        reading: impl Future<Output = T> + Send,
    ) -> anyhow::Result<(T, BTreeSet<HaloTicketId>)> {
        let mut pushed = BTreeSet::new();
        let mut stop = self.inner.sync.stop.subscribe();
        tokio::pin!(reading);
        loop {
            tokio::select! {
                biased;
                value = &mut reading => return Ok((value, pushed)),
                _ = stop.wait_for(|stop| *stop) => return Err(Stopping.into()),
                () = self.inner.sync.push.notified() => {}
            }
            if !self.has_due()? || !self.may_try() {
                continue;
            }
            let mut answer = None;
            {
                let pushing = self.push();
                tokio::pin!(pushing);
                // Both go on: the reading may hold what the push needs, such as the turn to fetch a token.
                let done = loop {
                    tokio::select! {
                        biased;
                        value = &mut reading, if answer.is_none() => answer = Some(value),
                        done = &mut pushing => break done,
                    }
                };
                pushed.extend(done?.tickets);
            }
            if let Some(value) = answer {
                return Ok((value, pushed));
            }
        }
    }
}
