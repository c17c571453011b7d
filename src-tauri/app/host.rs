//! The running app behind the window: which data is open, which face it shows, and who is told of changes.
//!
//! There is one profile open at a time: the tenant or the sample data. [`Host::start`] opens the one of the last time;
//! every later change of face goes through one of the methods here, one at a time.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock};

use engine::{
    Engine, Event,
    views::{ConnectReport, ConnectRequest},
};
use store::Changes;
use tauri::AppHandle;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use zeroize::Zeroizing;

use crate::{
    errors::{OpenError, UiError},
    events::{AlertEvent, ChangedEvent, ImportEvent, PhaseEvent, SyncEvent},
    home::{Home, HomeError, LockedFile},
    notify::{self, Told},
    profiles::Profile,
    secrets::{Keychain, keys},
    session::Session,
    state::{AppState, Phase},
    tray,
};

/// The running app.
pub struct Host {
    home: Result<Home, Phase>,
    keychain: Arc<dyn Keychain>,
    /// Whether there is a keychain; asked once, because the answer may take a while.
    keychain_here: OnceLock<bool>,
    /// What the command line asked for.
    wanted: Option<Profile>,
    passphrase: Mutex<Option<Zeroizing<String>>>,
    face: RwLock<Face>,
    /// Held while the face changes: one change at a time, and `app_state` waits for the end of it.
    turn: Arc<tokio::sync::Mutex<()>>,
    app: OnceLock<AppHandle>,
    window_lock: Mutex<Option<LockedFile>>,
    sign_in: signing_in::Desk,
}

/// What is open.
struct Face {
    phase: Phase,
    profile: Profile,
    session: Option<Arc<Session>>,
}

impl Host {
    /// An app over that folder; nothing is opened yet.
    #[must_use]
    pub fn new(
        home: Result<Home, HomeError>,
        wanted: Option<Profile>,
        keychain: Arc<dyn Keychain>,
        passphrase: Option<Zeroizing<String>>,
    ) -> Self {
        let home = home.map_err(|error| OpenError::from(error).phase("Start Leadline"));
        Self {
            face: RwLock::new(Face {
                phase: home.as_ref().err().cloned().unwrap_or(Phase::Welcome),
                profile: Profile::Tenant,
                session: None,
            }),
            home,
            keychain,
            keychain_here: OnceLock::new(),
            wanted,
            passphrase: Mutex::new(passphrase),
            turn: Arc::default(),
            app: OnceLock::new(),
            window_lock: Mutex::new(None),
            sign_in: signing_in::Desk::default(),
        }
    }

    /// The folder, unless it cannot be used.
    #[must_use]
    pub fn home(&self) -> Option<&Home> {
        self.home.as_ref().ok()
    }

    /// Opens what was open the last time, in the background, and tells the window.
    pub fn start(self: &Arc<Self>, app: &AppHandle) {
        if self.app.set(app.clone()).is_err() {
            return;
        }
        let host = Arc::clone(self);
        // Taken before anybody can ask, so that the first `app_state` waits for the answer.
        let turn = Arc::clone(&self.turn).try_lock_owned();
        tauri::async_runtime::spawn(async move {
            let _turn = turn;
            host.begin().await;
        });
    }

    /// Opens what was open the last time.
    async fn begin(self: &Arc<Self>) {
        let keychain = Arc::clone(&self.keychain);
        if let Ok(here) = tokio::task::spawn_blocking(move || keychain.available()).await {
            self.keychain_here.get_or_init(|| here);
        }
        let Ok(home) = &self.home else { return };
        let profile = match &self.wanted {
            Some(wanted) => wanted.clone(),
            None if home.demo_is_open() => Profile::Demo,
            None => home.last_tenant(),
        };
        match self.take_window(home) {
            Ok(()) => self.open(profile).await,
            Err(error) => self.show(OpenError::from(error).phase("Start Leadline"), profile, None),
        }
    }

    fn take_window(&self, home: &Home) -> Result<(), HomeError> {
        let mut held = lock(&self.window_lock);
        if held.is_none() {
            *held = Some(home.lock_window()?);
        }
        Ok(())
    }

    /// The face, once it has settled.
    pub async fn settled_state(&self) -> AppState {
        drop(self.turn.lock().await);
        self.state()
    }

    fn state(&self) -> AppState {
        let face = self.face.read().unwrap_or_else(PoisonError::into_inner);
        AppState {
            phase: face.phase.clone(),
            demo: face.profile.is_demo(),
            profile: face.profile.key().to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            keychain: self.keychain_here.get().copied().unwrap_or_default(),
            passphrase: lock(&self.passphrase).is_some(),
        }
    }

    /// The engine of the open data.
    ///
    /// # Errors
    /// When no data is open.
    pub fn engine(&self, attempted: &str) -> Result<Engine, UiError> {
        self.session()
            .map(|session| session.engine().clone())
            .ok_or_else(|| UiError::not_open(attempted))
    }

    fn session(&self) -> Option<Arc<Session>> {
        self.face.read().unwrap_or_else(PoisonError::into_inner).session.clone()
    }

    fn profile(&self) -> Profile {
        self.face.read().unwrap_or_else(PoisonError::into_inner).profile.clone()
    }

    /// The HaloPSA that is shown, or that was before the sample data.
    fn tenant_profile(&self, home: &Home) -> Profile {
        match self.profile() {
            Profile::Demo => home.last_tenant(),
            profile => profile,
        }
    }

    /// Asks the sync for a round as soon as it can.
    pub fn sync_soon(&self) {
        if let Some(session) = self.session() {
            session.engine().sync_soon();
        }
    }

    /// Ends what is open; waits until what is on its way has arrived.
    pub async fn close(&self) {
        let _turn = self.turn.lock().await;
        self.close_session().await;
    }

    async fn close_session(&self) {
        // A sign-in belongs to the data that is shown.
        self.sign_in.give_up();
        let session = self.face.write().unwrap_or_else(PoisonError::into_inner).session.take();
        if let Some(session) = session {
            session.close().await;
        }
    }

    /// Tries to open with this passphrase; where there is nothing yet, chooses it.
    ///
    /// # Errors
    /// When the passphrase is wrong or too short.
    pub async fn unlock(self: &Arc<Self>, passphrase: String) -> Result<AppState, UiError> {
        const ATTEMPT: &str = "Unlock the data";
        let _turn = self.turn.lock().await;
        let home = self.usable_home(ATTEMPT)?;
        let before = {
            let given = (!passphrase.is_empty()).then(|| Zeroizing::new(passphrase));
            let mut held = lock(&self.passphrase);
            let before = held.clone();
            if given.is_some() {
                *held = given;
            }
            before
        };
        if let Err(error) = self.take_window(home) {
            return Err(UiError::of(ATTEMPT, &error.into()).logged());
        }
        self.close_session().await;
        let profile = self.profile();
        match self.open_session(&profile).await {
            Ok(session) => {
                self.settle(profile, session).await;
                Ok(self.state())
            }
            Err(error) => {
                *lock(&self.passphrase) = before;
                let told = UiError::of(ATTEMPT, &error.cause()).logged();
                // The face stays as it was, except that another trouble may have come to light.
                Err(told)
            }
        }
    }

    /// Opens the sample tenant.
    ///
    /// # Errors
    /// When its data cannot be opened; what was open stays open.
    pub async fn start_demo(self: &Arc<Self>) -> Result<AppState, UiError> {
        const ATTEMPT: &str = "Open the sample data";
        let _turn = self.turn.lock().await;
        let home = self.usable_home(ATTEMPT)?;
        let session = self
            .open_session(&Profile::Demo)
            .await
            .map_err(|error| UiError::of(ATTEMPT, &error.cause()).logged())?;
        self.close_session().await;
        if let Err(error) = home.remember_demo(true) {
            tracing::warn!(app.error = %error, "the next start will not remember the sample data");
        }
        self.settle(Profile::Demo, session).await;
        Ok(self.state())
    }

    /// Closes the sample tenant and shows the tenant, or the welcome.
    ///
    /// # Errors
    /// When the folder cannot be used.
    pub async fn leave_demo(self: &Arc<Self>) -> Result<AppState, UiError> {
        const ATTEMPT: &str = "Leave the sample data";
        let _turn = self.turn.lock().await;
        let home = self.usable_home(ATTEMPT)?;
        self.close_session().await;
        home.remember_demo(false)
            .map_err(|error| UiError::of(ATTEMPT, &error.into()).logged())?;
        self.open(home.last_tenant()).await;
        Ok(self.state())
    }

    /// Puts data that cannot be opened aside and starts anew.
    ///
    /// # Errors
    /// When the data is open and well, or a file cannot be renamed.
    pub async fn set_aside_database(self: &Arc<Self>) -> Result<AppState, UiError> {
        const ATTEMPT: &str = "Set the data aside";
        let _turn = self.turn.lock().await;
        let home = self.usable_home(ATTEMPT)?;
        let profile = self.profile();
        if self.session().is_some() {
            let refused = engine::Problem::Refused {
                reason: "The data is open and well.".to_owned(),
            };
            return Err(UiError::of(ATTEMPT, &refused.into()));
        }
        let stamp = chrono::Utc::now().format("%Y-%m-%d-%H%M%S").to_string();
        let aside = home
            .profile(&profile)
            .map_err(anyhow::Error::from)
            .and_then(|folder| Ok(folder.set_database_aside(&stamp)?))
            .map_err(|error| UiError::of(ATTEMPT, &error).logged())?;
        tracing::info!(app.set_aside = %aside.display(), "data set aside");
        self.open(profile).await;
        Ok(self.state())
    }

    /// Connects the tenant profile to a HaloPSA, leaving the sample data if it was open.
    ///
    /// # Errors
    /// When it cannot be connected; what was open stays open.
    pub async fn connect(self: &Arc<Self>, request: ConnectRequest) -> Result<ConnectReport, UiError> {
        const ATTEMPT: &str = "Connect to HaloPSA";
        let _turn = self.turn.lock().await;
        let (profile, session) = self.tenant_session(ATTEMPT).await?;
        let report = session
            .connect(request)
            .await
            .map_err(|error| UiError::of_connecting(ATTEMPT, &error).logged())?;
        self.show_connected(profile, session).await;
        Ok(report)
    }

    /// The data of the tenant, open: as it is shown, or opened beside the sample data.
    async fn tenant_session(&self, attempted: &str) -> Result<(Profile, Arc<Session>), UiError> {
        let home = self.usable_home(attempted)?;
        let profile = self.tenant_profile(home);
        let open = self.session().filter(|_| self.profile() == profile);
        let session = match open {
            Some(session) => session,
            None => self
                .open_session(&profile)
                .await
                .map_err(|error| UiError::of(attempted, &error.cause()).logged())?,
        };
        Ok((profile, session))
    }

    /// Shows a tenant that has just been connected, and remembers it for the next start.
    async fn show_connected(self: &Arc<Self>, profile: Profile, session: Arc<Session>) {
        if self.profile().is_demo() {
            self.close_session().await;
        }
        if let Ok(home) = &self.home
            && let Err(error) = home.remember_demo(false).and_then(|()| home.remember_tenant(&profile))
        {
            tracing::warn!(app.error = %error, "the next start may show other data");
        }
        self.settle(profile, session).await;
    }

    /// Forgets the credentials.
    ///
    /// # Errors
    /// When nothing is open, or the keychain does not answer.
    pub async fn disconnect(self: &Arc<Self>) -> Result<AppState, UiError> {
        const ATTEMPT: &str = "Disconnect";
        let _turn = self.turn.lock().await;
        let session = self.session().ok_or_else(|| UiError::not_open(ATTEMPT))?;
        session
            .disconnect()
            .await
            .map_err(|error| UiError::of(ATTEMPT, &error).logged())?;
        self.settle(self.profile(), session).await;
        Ok(self.state())
    }

    fn usable_home(&self, attempted: &str) -> Result<&Home, UiError> {
        self.home.as_ref().map_err(|phase| match phase {
            Phase::Broken { error, .. } => UiError {
                attempted: attempted.to_owned(),
                ..error.clone()
            },
            _ => UiError::not_open(attempted),
        })
    }

    /// Opens a profile and shows the face that comes of it.
    async fn open(self: &Arc<Self>, profile: Profile) {
        let new = match self.home() {
            Some(home) => home
                .existing_profile(&profile)
                .is_none_or(|folder| keys::is_new(&folder)),
            None => false,
        };
        if new && !profile.is_demo() {
            self.show(Phase::Welcome, profile, None);
            return;
        }
        match self.open_session(&profile).await {
            Ok(session) => self.settle(profile, session).await,
            Err(error) => {
                let phase = error.phase("Open the data");
                if let Phase::Broken { error, .. } = &phase {
                    error.log();
                }
                self.show(phase, profile, None);
            }
        }
    }

    async fn open_session(&self, profile: &Profile) -> Result<Arc<Session>, OpenError> {
        let home = self
            .home()
            .cloned()
            .ok_or_else(|| anyhow::anyhow!("the folder cannot be used"))?;
        let keychain = Arc::clone(&self.keychain);
        let passphrase = lock(&self.passphrase).clone();
        let wanted = profile.clone();
        let opened = tokio::task::spawn_blocking(move || {
            Session::open(&home, &wanted, keychain, passphrase.as_ref().map(|text| text.as_str()))
        });
        let session = Arc::new(opened.await.map_err(anyhow::Error::from)??);
        if profile.is_demo() {
            session.start_sample_tenant().await?;
        }
        Ok(session)
    }

    /// Shows the board of a session that is connected, else the welcome; forwards what happens in it.
    async fn settle(self: &Arc<Self>, profile: Profile, session: Arc<Session>) {
        let phase = match session.engine().is_connected() {
            Ok(true) => Phase::Ready,
            Ok(false) => Phase::Welcome,
            Err(error) => OpenError::from(error).phase("Open the data"),
        };
        if !session.listened_before() {
            let host = Arc::clone(self);
            let events = session.engine().events();
            tauri::async_runtime::spawn(async move { host.forward(events).await });
            let engine = session.engine().clone();
            tauri::async_runtime::spawn_blocking(move || {
                if let Err(error) = engine.tidy_imports() {
                    tracing::warn!(error = %error, "files of unfinished imports are left");
                }
            });
        }
        if phase == Phase::Ready {
            session.remember_address();
            session.start_sync();
        }
        self.show(phase, profile, Some(session));
    }

    fn show(&self, phase: Phase, profile: Profile, session: Option<Arc<Session>>) {
        *self.face.write().unwrap_or_else(PoisonError::into_inner) = Face {
            phase,
            profile,
            session,
        };
        if let Some(app) = self.app.get() {
            emit(app, &PhaseEvent(self.state()));
        }
    }

    /// Tells every window what happens in the engine, until the engine is gone.
    async fn forward(&self, mut events: Receiver<Event>) {
        let Some(app) = self.app.get() else { return };
        let told = Told::default();
        loop {
            match events.recv().await {
                Ok(Event::Changed(changes)) => emit(app, &ChangedEvent(changes)),
                Ok(Event::Sync(status)) => {
                    tray::show_status(app, &status);
                    emit(app, &SyncEvent(status));
                }
                Ok(Event::Alert(alert)) => {
                    notify::tell(app, &told, &alert);
                    emit(app, &AlertEvent(alert));
                }
                Ok(Event::Import(progress)) => emit(app, &ImportEvent(progress)),
                // The windows were too slow for some events: let them read everything anew.
                Err(RecvError::Lagged(_)) => emit(app, &ChangedEvent(everything())),
                Err(RecvError::Closed) => return,
            }
        }
    }
}

fn everything() -> Changes {
    Changes {
        all_tickets: true,
        board: true,
        outbox: true,
        agents: true,
        settings: true,
        imports: true,
        review: true,
        ..Changes::default()
    }
}

fn emit(app: &AppHandle, event: &(impl tauri_specta::Event + serde::Serialize + Clone)) {
    if let Err(error) = event.emit(app) {
        tracing::error!(app.error = %error, "a window cannot be told");
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What the locks hold is replaced whole, so a panic cannot leave it half done.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub mod signing_in;
mod tenants;
#[cfg(test)]
mod tests;
