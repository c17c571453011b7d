//! Several HaloPSAs on one computer: which there are, and from one to another.

use std::sync::Arc;

use super::Host;
use crate::{
    errors::UiError,
    profiles::{self, Profile, ProfileView},
    state::{AppState, Phase},
};

impl Host {
    /// Every HaloPSA that has data on this computer.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn profiles(&self) -> Result<Vec<ProfileView>, UiError> {
        const ATTEMPT: &str = "List the HaloPSAs on this computer";
        let home = self.usable_home(ATTEMPT)?;
        profiles::list(home, &self.profile()).map_err(|error| UiError::of(ATTEMPT, &error.into()).logged())
    }

    /// Shows another HaloPSA. What waits for the one before stays with it and is sent when it is shown again.
    ///
    /// # Errors
    /// When there is none of that name; what was open stays open.
    pub async fn switch_profile(self: &Arc<Self>, name: &str) -> Result<AppState, UiError> {
        const ATTEMPT: &str = "Show the other HaloPSA";
        let _turn = self.turn.lock().await;
        let home = self.usable_home(ATTEMPT)?;
        let profile = profiles::find(home, name).map_err(|error| UiError::of(ATTEMPT, &error).logged())?;
        if profile != self.profile() {
            self.close_session().await;
            home.remember_demo(false)
                .and_then(|()| home.remember_tenant(&profile))
                .map_err(|error| UiError::of(ATTEMPT, &error.into()).logged())?;
            self.open(profile).await;
        }
        Ok(self.state())
    }

    /// Makes room for another HaloPSA and shows the welcome, where it can be connected. Nothing is made on the disk before.
    ///
    /// # Errors
    /// When the name cannot be one, or is taken; what was open stays open.
    pub async fn add_profile(self: &Arc<Self>, name: &str) -> Result<AppState, UiError> {
        const ATTEMPT: &str = "Add another HaloPSA";
        let _turn = self.turn.lock().await;
        let home = self.usable_home(ATTEMPT)?;
        let profile: Profile = name
            .parse()
            .map_err(|error: profiles::BadName| UiError::of(ATTEMPT, &error.into()))?;
        if profiles::find(home, name).is_ok() {
            let taken = engine::Problem::Refused {
                reason: format!("There is a HaloPSA called “{profile}” already."),
            };
            return Err(UiError::of(ATTEMPT, &taken.into()));
        }
        self.close_session().await;
        self.show(Phase::Welcome, profile, None);
        Ok(self.state())
    }
}
