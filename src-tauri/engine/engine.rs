//! The engine: what it is made of, and the one way in which an operation is written.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};
use domain::{AgentId, OperationId, fields::InputContext, workflow::Workflow};
use rand::{SeedableRng, rngs::SmallRng};
use store::{Actor, Changes, NewOperation, Store, Writer};
use tokio::sync::broadcast;

use crate::{
    Clock, Vault, after,
    import::Runs,
    listing::LastList,
    outbox::{self, Derived},
    settings,
    sync::Conversation,
    views::{Alert, ImportProgress, Preferences, SyncStatus},
};

/// How many events a window may be behind before it is told to read everything anew.
const EVENTS: usize = 256;

/// Everything Leadline does, over one home. Cheap to clone; all clones are the same engine.
#[derive(Clone)]
pub struct Engine {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub vault: Arc<dyn Vault>,
    pub options: Options,
    pub workflow: Workflow,
    pub sync: Conversation,
    pub last_list: LastList,
    pub imports: Runs,
    events: broadcast::Sender<Event>,
    dice: Mutex<SmallRng>,
}

/// What an engine is made of.
pub struct Parts {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub vault: Arc<dyn Vault>,
    pub options: Options,
}

/// What may differ from one engine to the next.
#[derive(Clone, Debug)]
pub struct Options {
    /// How long after a pull the next one follows.
    pub poll_interval: Duration,
    /// How to talk to HaloPSA: timeouts and the like.
    pub halo: connectors::halo::Options,
    /// The folder's profile: secrets are kept in the vault under `halo/<profile>/client-secret`.
    pub profile: String,
    /// The folder for files that are handed over to be imported.
    pub incoming: Option<PathBuf>,
    /// How long the rows of an import may be written to the database in one go while nobody waits for it. Other processes wait
    /// that long, and the store gives up after ten seconds.
    pub portion: Duration,
    /// Where chance begins (delays before another try, keys of new tickets); `None` for real chance.
    pub seed: Option<u64>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            poll_interval: Duration::from_secs(60),
            halo: connectors::halo::Options::default(),
            profile: "tenant".to_owned(),
            incoming: None,
            portion: Duration::from_secs(3),
            seed: None,
        }
    }
}

/// What an engine tells whoever listens.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Data changed, by a person, by sync, or by another process.
    Changed(Changes),
    /// The status item changed.
    Sync(SyncStatus),
    /// Something that a person should know of began. Told once.
    Alert(Alert),
    /// How far an import is.
    Import(ImportProgress),
}

/// What became of an operation.
pub(crate) struct Operated<T> {
    pub value: T,
    /// `None` when nothing was different.
    pub operation: Option<OperationId>,
    pub derived: Derived,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").finish_non_exhaustive()
    }
}

impl Engine {
    /// An engine over an open database. Does nothing by itself: see [`SyncLoop`](crate::SyncLoop).
    ///
    /// # Errors
    /// When a setting cannot be read.
    pub fn new(parts: Parts) -> anyhow::Result<Self> {
        let workflow = parts
            .store
            .setting_get::<Workflow>(settings::WORKFLOW)?
            .unwrap_or_default();
        let dice = match parts.options.seed {
            Some(seed) => SmallRng::seed_from_u64(seed),
            None => SmallRng::from_os_rng(),
        };
        Ok(Self {
            inner: Arc::new(Inner {
                store: parts.store,
                clock: parts.clock,
                vault: parts.vault,
                options: parts.options,
                workflow,
                sync: Conversation::default(),
                last_list: LastList::default(),
                imports: Runs::default(),
                events: broadcast::channel(EVENTS).0,
                dice: Mutex::new(dice),
            }),
        })
    }

    /// What happens from now on. A listener that falls too far behind is told so by the channel and reads anew.
    #[must_use]
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.inner.events.subscribe()
    }

    pub(crate) fn store(&self) -> &Store {
        &self.inner.store
    }

    pub(crate) fn workflow(&self) -> &Workflow {
        &self.inner.workflow
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.inner.clock.now()
    }

    pub(crate) fn dice(&self) -> MutexGuard<'_, SmallRng> {
        // Chance cannot be left half thrown by a panic.
        self.inner.dice.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who uses this computer, and how.
    ///
    /// # Errors
    /// When the setting cannot be read.
    pub fn preferences(&self) -> anyhow::Result<Preferences> {
        Ok(self
            .store()
            .setting_get(settings::PREFERENCES)?
            .unwrap_or_else(settings::first_preferences))
    }

    /// How inputs are read at this moment.
    pub(crate) fn input_context(&self, preferences: &Preferences) -> InputContext {
        InputContext {
            country: preferences.country.clone(),
            currency: preferences.currency.clone(),
            // "Tomorrow" is meant in the person's own day.
            today: self.now().with_timezone(&chrono::Local).date_naive(),
        }
    }

    /// Writes one operation of a person: what `work` does, what follows from it, and what is owed to HaloPSA for it,
    /// in one transaction. Afterwards windows are told and the push is woken; nothing is awaited.
    pub(crate) fn operate<T>(
        &self,
        kind: &'static str,
        me: Option<AgentId>,
        work: impl FnOnce(&mut Writer<'_>) -> anyhow::Result<T>,
    ) -> anyhow::Result<Operated<T>> {
        let operation = NewOperation {
            kind,
            label: String::new(),
            actor: Actor::Person(me),
            undoable: true,
        };
        let now = self.now();
        let written = self.store().write(operation, now, |w| -> anyhow::Result<_> {
            let value = work(w)?;
            after::follow(w, self.workflow())?;
            let tenant = settings::tenant(w)?;
            let derived = outbox::derive(
                w,
                self.workflow(),
                tenant.as_ref().map(|tenant| &tenant.map),
                &mut self.dice(),
            )?;
            Ok((value, derived))
        })?;
        let (value, derived) = written.value;
        self.publish(written.changes);
        if derived.owes {
            self.inner.sync.wake_push();
        }
        Ok(Operated {
            value,
            operation: written.operation,
            derived,
        })
    }

    /// Tells windows what a write changed.
    pub(crate) fn publish(&self, changes: Changes) {
        let outbox = changes.outbox;
        let nothing = changes
            == Changes {
                seq: changes.seq,
                ..Changes::default()
            };
        if nothing {
            return;
        }
        self.tell(Event::Changed(changes));
        if outbox {
            self.publish_status();
        }
    }

    /// Tells windows how sync stands.
    pub(crate) fn publish_status(&self) {
        match self.sync_status() {
            Ok(status) => self.tell(Event::Sync(status)),
            Err(error) => tracing::error!(error = %error, "the sync status cannot be read"),
        }
    }

    pub(crate) fn tell(&self, event: Event) {
        // Nobody listening is no failure: the command line has no windows.
        drop(self.inner.events.send(event));
    }
}
