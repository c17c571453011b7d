//! One profile, open: its database, its engine, its sync, and for the sample data the tenant itself.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use connectors::Secret;
use engine::{
    Engine, Options, Parts, SignInAttempt, SyncLoop, SyncReport, SystemClock,
    views::{ConnectReport, ConnectRequest, Link},
};
use store::Store;
use tokio::{sync::broadcast::error::RecvError, task::JoinHandle};

use crate::{
    demo::SampleTenant,
    errors::OpenError,
    home::{Home, ProfileFolder},
    profiles::{self, Profile},
    secrets::{Kept, Keychain, Keys, keys, vault},
};

/// How long closing waits for what has not been sent yet.
const DRAIN: Duration = Duration::from_secs(2);

/// How long after the start, and then after each look for duplicates, the next one follows.
const LOOK_EVERY: Duration = Duration::from_secs(10 * 60);

/// An open profile.
pub struct Session {
    folder: ProfileFolder,
    keys: Keys,
    engine: Engine,
    sync: Mutex<Option<SyncLoop>>,
    looks: Mutex<Option<JoinHandle<()>>>,
    sample: Mutex<Option<SampleTenant>>,
    listened: AtomicBool,
}

impl Session {
    /// Opens the database of a profile; makes it when there is none.
    ///
    /// # Errors
    /// [`OpenError`] says what is missing or broken; then no data was changed.
    pub fn open(
        home: &Home,
        profile: &Profile,
        keychain: Arc<dyn Keychain>,
        passphrase: Option<&str>,
    ) -> Result<Self, OpenError> {
        let folder = home.profile(profile)?;
        let keys = keys::open(&folder, keychain.as_ref(), passphrase)?;
        if keys.kept == Kept::BesideTheData {
            tracing::warn!("no keychain and no passphrase: the key of the sample data lies beside it");
        }
        let database = keys.master.database().map_err(anyhow::Error::from)?;
        let engine = Engine::new(Parts {
            store: Store::open(&folder.database(), &database)?,
            clock: Arc::new(SystemClock),
            vault: vault::of_profile(&folder, &keys, keychain)?,
            options: Options {
                profile: profile.key().to_owned(),
                incoming: Some(folder.incoming()),
                ..Options::default()
            },
        })?;
        Ok(Self {
            folder,
            keys,
            engine,
            sync: Mutex::default(),
            looks: Mutex::default(),
            sample: Mutex::default(),
            listened: AtomicBool::new(false),
        })
    }

    /// Which data it is.
    #[must_use]
    pub fn profile(&self) -> &Profile {
        self.folder.profile()
    }

    /// What runs on this data.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// How the key of this data is kept.
    #[must_use]
    pub fn kept(&self) -> Kept {
        self.keys.kept
    }

    /// Starts the sample tenant and signs in to it, unless it runs already.
    ///
    /// # Errors
    /// [`engine::Problem::SyncElsewhere`] when another process runs it; or when its changes cannot be read.
    pub async fn start_sample_tenant(&self) -> anyhow::Result<()> {
        if lock(&self.sample).is_some() {
            return Ok(());
        }
        let last_address = self.engine.tenant()?.map(|tenant| tenant.address).unwrap_or_default();
        let (folder, key, address) = (self.folder.clone(), self.keys.master.clone(), last_address.clone());
        // Making two thousand tickets takes a moment of computing.
        let sample = tokio::task::spawn_blocking(move || SampleTenant::start(&folder, &key, &address)).await??;
        let moved = sample.address() != last_address || !self.engine.is_connected()?;
        let sign_in = sample.sign_in();
        *lock(&self.sample) = Some(sample);
        if moved {
            self.engine.connect(sign_in).await?;
        }
        Ok(())
    }

    /// Connects to a HaloPSA; what was connected stays when that fails.
    ///
    /// # Errors
    /// As [`Engine::connect`].
    pub async fn connect(&self, request: ConnectRequest) -> anyhow::Result<ConnectReport> {
        let report = self.engine.connect(request).await?;
        self.remember_address();
        Ok(report)
    }

    /// Ends the sync and forgets the credentials.
    ///
    /// # Errors
    /// As [`Engine::disconnect`].
    pub async fn disconnect(&self) -> anyhow::Result<()> {
        self.stop_sync().await;
        self.engine.disconnect().await
    }

    /// Signs a person in with the code that the browser brought; what was connected stays when that fails.
    ///
    /// # Errors
    /// As [`Engine::finish_sign_in`].
    pub async fn finish_sign_in(&self, attempt: &SignInAttempt, code: &Secret) -> anyhow::Result<ConnectReport> {
        let report = self.engine.finish_sign_in(attempt, code).await?;
        self.remember_address();
        Ok(report)
    }

    /// Writes beside the data which HaloPSA it belongs to, so that it can be told from others without a key.
    pub fn remember_address(&self) {
        match self.engine.tenant() {
            Ok(Some(tenant)) => profiles::remember_address(&self.folder, &tenant.address),
            Ok(None) => {}
            Err(error) => tracing::warn!(app.error = %error, "the tenant's address cannot be read"),
        }
    }

    /// Syncs in the background from now on, and looks for duplicates now and then.
    pub fn start_sync(&self) {
        let mut sync = lock(&self.sync);
        if sync.is_none() {
            *sync = Some(SyncLoop::start(self.engine.clone(), Arc::new(self.folder.lease())));
            *lock(&self.looks) = Some(tokio::spawn(look_for_duplicates(self.engine.clone())));
        }
    }

    /// One round of sync, then its end.
    ///
    /// # Errors
    /// As [`Engine::sync_once`].
    pub async fn sync_once(&self) -> anyhow::Result<SyncReport> {
        if self.folder.profile().is_demo() {
            self.start_sample_tenant().await?;
        }
        self.engine.sync_once(&self.folder.lease()).await
    }

    /// Whether somebody forwards this session's events already; from now on, yes.
    pub fn listened_before(&self) -> bool {
        self.listened.swap(true, Ordering::SeqCst)
    }

    /// Ends the sync, after what waits has been sent if that is quick, and the sample tenant.
    pub async fn close(&self) {
        if lock(&self.sync).is_some() && tokio::time::timeout(DRAIN, self.drained()).await.is_err() {
            tracing::info!("closed while changes wait; they are sent the next time");
        }
        self.stop_sync().await;
        let sample = lock(&self.sample).take();
        if let Some(sample) = sample
            && let Err(error) = tokio::task::spawn_blocking(move || drop(sample)).await
        {
            tracing::error!(app.error = %error, "the sample tenant ended badly");
        }
    }

    /// Comes back once nothing waits to be sent, or nothing can be sent.
    async fn drained(&self) {
        let mut events = self.engine.events();
        loop {
            match self.engine.sync_status() {
                Ok(status) if status.link == Link::Online && status.counts.waiting > 0 => {}
                _ => return,
            }
            // Any event may be the one; one that was missed is as good.
            if matches!(events.recv().await, Err(RecvError::Closed)) {
                return;
            }
        }
    }

    async fn stop_sync(&self) {
        if let Some(looks) = lock(&self.looks).take() {
            looks.abort();
        }
        let sync = lock(&self.sync).take();
        if let Some(sync) = sync {
            sync.stop().await;
        }
    }
}

/// Looks for duplicates of what was changed meanwhile, on a thread that may compute for a second.
async fn look_for_duplicates(engine: Engine) {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let engine = engine.clone();
        let looked = tokio::task::spawn_blocking(move || engine.find_duplicates()).await;
        match looked.map_err(anyhow::Error::from).flatten() {
            Ok(found) => tracing::debug!(
                review.looked_at = found.looked_at,
                review.new = found.new,
                "looked for duplicates"
            ),
            Err(error) => tracing::error!(review.error = %error, "duplicates cannot be looked for"),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What the locks hold is replaced whole, so a panic cannot leave it half done.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
