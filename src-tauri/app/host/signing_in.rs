//! A person signs in: the browser is opened, its answer awaited, the connection made.
//!
//! Beginning and finishing are two calls, because a window wants to show what to do while the browser is open. Nothing
//! else is held up meanwhile: the face may change, and then the sign-in is given up.

use std::sync::{Arc, Mutex};

use engine::{
    SignInAttempt,
    views::{ConnectReport, SignInRequest},
};
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri_plugin_opener::OpenerExt;
use tokio::sync::Notify;

use super::{Host, lock};
use crate::{
    errors::UiError,
    profiles::Profile,
    session::Session,
    signin::{Callback, LIMIT, SignInError},
};

/// A sign-in that waits for the browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SignInStarted {
    /// Where the browser has to go, for a person who opens it by hand.
    pub url: String,
    /// Where it comes back to, as it has to be registered in HaloPSA.
    pub redirect: String,
    /// Whether the browser could be opened.
    pub opened: bool,
    /// How long a person may take.
    pub minutes: u32,
}

/// How to sign in again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "with", rename_all = "snake_case")]
pub enum SignInAgain {
    /// The browser has been opened: finish with `finish_sign_in`.
    Browser { started: SignInStarted },
    /// A service account needs a new secret: `connect` with it.
    Secret { address: String, client_id: String },
}

/// The one sign-in that may be under way.
#[derive(Default)]
pub(super) struct Desk {
    begun: Mutex<Option<Begun>>,
    /// Held while an answer is awaited: a newer sign-in waits until the older one has let go of the port.
    waiting: tokio::sync::Mutex<()>,
    given_up: Notify,
}

struct Begun {
    attempt: Arc<SignInAttempt>,
    callback: Callback,
    profile: Profile,
    session: Arc<Session>,
}

impl Desk {
    /// Ends the sign-in that is under way, if there is one. Whether there was.
    pub fn give_up(&self) -> bool {
        let begun = lock(&self.begun).take().is_some();
        let waiting = self.waiting.try_lock().is_err();
        if waiting {
            self.given_up.notify_waiters();
        }
        begun || waiting
    }
}

impl Host {
    /// Asks the tenant where to sign in, listens for the answer, and opens the browser.
    ///
    /// # Errors
    /// When the address is none, the port is in use, or the data here belongs to another tenant.
    pub async fn begin_sign_in(self: &Arc<Self>, request: SignInRequest) -> Result<SignInStarted, UiError> {
        const ATTEMPT: &str = "Sign in to HaloPSA";
        let _turn = self.turn.lock().await;
        self.sign_in.give_up();
        let (profile, session) = self.tenant_session(ATTEMPT).await?;
        // The port of the one before is free once nobody waits at it any more.
        drop(self.sign_in.waiting.lock().await);
        let attempt = session
            .engine()
            .begin_sign_in(request)
            .await
            .map_err(|error| UiError::of_connecting(ATTEMPT, &error).logged())?;
        let callback = Callback::bind(attempt.port())
            .await
            .map_err(|error| UiError::of(ATTEMPT, &error.into()).logged())?;
        let opened = self.app.get().is_some_and(|app| {
            let opened = app.opener().open_url(attempt.authorize_url(), None::<&str>);
            opened
                .inspect_err(|error| tracing::warn!(app.error = %error, "the browser cannot be opened"))
                .is_ok()
        });
        let started = SignInStarted {
            url: attempt.authorize_url().to_owned(),
            redirect: engine::redirect_address(attempt.port()),
            opened,
            minutes: u32::try_from(LIMIT.as_secs() / 60).unwrap_or(u32::MAX),
        };
        *lock(&self.sign_in.begun) = Some(Begun {
            attempt: Arc::new(attempt),
            callback,
            profile,
            session,
        });
        Ok(started)
    }

    /// Waits for the browser, then connects. Comes back when a person has signed in, has given up, or took too long.
    ///
    /// # Errors
    /// What the sign-in ended with; what was connected before stays.
    pub async fn finish_sign_in(self: &Arc<Self>) -> Result<ConnectReport, UiError> {
        const ATTEMPT: &str = "Sign in to HaloPSA";
        let told = |error: anyhow::Error| UiError::of(ATTEMPT, &error).logged();
        let awaited = {
            let given_up = self.sign_in.given_up.notified();
            let _waiting = self.sign_in.waiting.lock().await;
            let begun = lock(&self.sign_in.begun).take();
            let begun = begun.ok_or_else(|| told(SignInError::NoneUnderWay.into()))?;
            let Begun {
                attempt,
                callback,
                profile,
                session,
            } = begun;
            tokio::select! {
                code = callback.code(&attempt, LIMIT) => code.map(|code| (attempt, profile, session, code)),
                () = given_up => Err(SignInError::Cancelled.into()),
            }
        };
        let (attempt, profile, session, code) = awaited.map_err(told)?;
        let _turn = self.turn.lock().await;
        if self.tenant_profile(self.usable_home(ATTEMPT)?) != profile {
            return Err(told(SignInError::Cancelled.into()));
        }
        let report = session.finish_sign_in(&attempt, &code).await.map_err(told)?;
        self.show_connected(profile, session).await;
        Ok(report)
    }

    /// Gives the sign-in up; what was connected before stays.
    ///
    /// # Errors
    /// When none is under way.
    pub fn cancel_sign_in(&self) -> Result<(), UiError> {
        if self.sign_in.give_up() {
            Ok(())
        } else {
            Err(UiError::of("Give the sign-in up", &SignInError::NoneUnderWay.into()))
        }
    }

    /// Signs in again as before: opens the browser, or says that a secret is needed. The data and what waits stay.
    ///
    /// # Errors
    /// When nothing was ever connected here, and as [`Host::begin_sign_in`].
    pub async fn sign_in_again(self: &Arc<Self>) -> Result<SignInAgain, UiError> {
        const ATTEMPT: &str = "Sign in to HaloPSA again";
        let told = |error: anyhow::Error| UiError::of(ATTEMPT, &error).logged();
        let engine = self.engine(ATTEMPT)?;
        if let Some(request) = engine.sign_in_again().map_err(told)? {
            let started = self.begin_sign_in(request).await?;
            return Ok(SignInAgain::Browser { started });
        }
        let tenant = engine.tenant().map_err(told)?;
        let tenant = tenant.ok_or_else(|| told(engine::Problem::NotConnected.into()))?;
        Ok(SignInAgain::Secret {
            address: tenant.address,
            client_id: tenant.client_id,
        })
    }
}
