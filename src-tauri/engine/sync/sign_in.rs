//! A person signs in with the browser, for the first time or again.
//!
//! The engine makes the address for the browser and finishes with the code; who opens the browser and listens for its
//! answer is the app's business. Nothing that is here changes before the sign-in has succeeded and has been checked: the
//! data, what waits and the connection of before stay as they were.

use connectors::{
    Secret,
    halo::{Landing, SignIn, normalise_address},
};

use super::{
    connect::{Arrival, Proof},
    tokens::KeptToken,
};
use crate::{
    Engine, Problem,
    settings::{self, Account, ConnectionSettings},
    views::{ConnectReport, SignInRequest},
};

/// The address that has to be registered in HaloPSA, to the letter.
#[must_use]
pub fn redirect_address(port: u16) -> String {
    format!("http://127.0.0.1:{port}/callback")
}

/// A sign-in that waits for its browser.
#[derive(Debug)]
pub struct SignInAttempt {
    sign_in: SignIn,
    client_id: String,
    port: u16,
}

impl SignInAttempt {
    /// Where the browser has to go.
    #[must_use]
    pub fn authorize_url(&self) -> &str {
        self.sign_in.authorize_url().as_str()
    }

    /// The port on this computer at which the browser comes back.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Judges what came to that port: the part after the `?`.
    #[must_use]
    pub fn landing(&self, query: &str) -> Landing {
        self.sign_in.landing(query)
    }
}

impl Engine {
    /// Begins to sign a person in. Only asks the tenant about itself.
    ///
    /// # Errors
    /// `connectors::Error` for the address; [`Problem::OtherTenant`] when this home holds another tenant's data.
    pub async fn begin_sign_in(&self, request: SignInRequest) -> anyhow::Result<SignInAttempt> {
        let address = normalise_address(&request.address)?;
        self.refuse_other_tenant(address.as_str())?;
        let client_id = request.client_id.trim().to_owned();
        let port = match request.port {
            Some(port) => port,
            None => self.redirect_port()?,
        };
        let sign_in = SignIn::begin(
            &request.address,
            &client_id,
            &redirect_address(port),
            self.halo_options()?,
        )
        .await?;
        Ok(SignInAttempt {
            sign_in,
            client_id,
            port,
        })
    }

    /// How to sign in again as before; `None` when a service account is connected, which needs its secret instead.
    ///
    /// # Errors
    /// [`Problem::NotConnected`].
    pub fn sign_in_again(&self) -> anyhow::Result<Option<SignInRequest>> {
        let tenant = self.tenant()?.ok_or(Problem::NotConnected)?;
        Ok(match tenant.account {
            Account::Service => None,
            Account::Person => Some(SignInRequest {
                address: tenant.address,
                client_id: tenant.client_id,
                port: None,
            }),
        })
    }

    /// The port on this computer at which the browser comes back, unless a sign-in names another.
    ///
    /// # Errors
    /// When the setting cannot be read.
    pub fn redirect_port(&self) -> anyhow::Result<u16> {
        let settings: Option<ConnectionSettings> = self.store().setting_get(settings::CONNECTION)?;
        Ok(settings.unwrap_or_default().redirect_port)
    }

    /// Finishes with the code that the browser brought: signs in, checks the set-up, keeps the sign-in in the vault. What
    /// waits to be sent goes out then, in the name of whoever signed in.
    ///
    /// # Errors
    /// As [`Engine::connect`]. Whatever was connected before stays.
    pub async fn finish_sign_in(&self, attempt: &SignInAttempt, code: &Secret) -> anyhow::Result<ConnectReport> {
        let token = KeptToken::in_memory(self);
        let halo = attempt.sign_in.finish(code, token.clone()).await?;
        self.adopt(Arrival {
            halo,
            client_id: attempt.client_id.clone(),
            proof: Proof::Person {
                token,
                port: attempt.port,
            },
        })
        .await
    }
}
