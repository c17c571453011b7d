//! Connecting to a tenant: sign in, look at the set-up, propose the mapping, keep it. Nothing in HaloPSA is changed.
//!
//! A service account signs in here; a person comes through the browser (`sign_in`) and joins at [`Engine::adopt`].

use std::sync::Arc;

use anyhow::Context;
use connectors::{
    Class, Secret,
    halo::{Credentials, Halo, normalise_address},
};
use domain::{
    fields,
    tenant::{self, TenantAgent, TenantSetup},
};

use super::{
    Session, mapping,
    tokens::{self, KeptToken},
};
use crate::{
    Engine, Problem,
    settings::{self, Account, Tenant},
    views::{ConnectReport, ConnectRequest},
};

/// A connection that somebody has just signed in to.
pub(super) struct Arrival {
    pub halo: Halo,
    pub client_id: String,
    pub proof: Proof,
}

/// What has to be kept to sign in again.
pub(super) enum Proof {
    Service(Secret),
    Person {
        token: Arc<KeptToken>,
        /// Where the browser came back to.
        port: u16,
    },
}

impl Proof {
    fn account(&self) -> Account {
        match self {
            Self::Service(_) => Account::Service,
            Self::Person { .. } => Account::Person,
        }
    }

    fn redirect_port(&self) -> Option<u16> {
        match self {
            Self::Service(_) => None,
            Self::Person { port, .. } => Some(*port),
        }
    }
}

impl Engine {
    /// Connects to a HaloPSA with a service account, keeps its secret in the vault and its mapping in the database. The
    /// data comes with the first round of sync.
    ///
    /// # Errors
    /// `connectors::Error` for address and sign-in; [`Problem::OtherTenant`] when this home holds another tenant's data.
    /// Whatever was connected before stays. What the tenant lacks is no error: the report says it.
    pub async fn connect(&self, request: ConnectRequest) -> anyhow::Result<ConnectReport> {
        let address = normalise_address(&request.address)?;
        self.refuse_other_tenant(address.as_str())?;
        let client_id = request.client_id.trim().to_owned();
        let secret = Secret::new(request.client_secret.trim());
        let credentials = Credentials::ServiceAccount {
            client_id: client_id.clone(),
            client_secret: secret.clone(),
        };
        let halo = Halo::connect(address.as_str(), credentials, self.halo_options()?).await?;
        self.adopt(Arrival {
            halo,
            client_id,
            proof: Proof::Service(secret),
        })
        .await
    }

    /// Makes an open connection the connection of this home.
    pub(super) async fn adopt(&self, arrival: Arrival) -> anyhow::Result<ConnectReport> {
        let Arrival { halo, client_id, proof } = arrival;
        let (account, port) = (proof.account(), proof.redirect_port());
        let address = plain(halo.address().as_str());
        let present = self.tenant()?;
        let setup = halo.as_class(Class::Interactive).setup().await?;
        let now = self.now();
        let in_use = present.as_ref().map(|present| &present.map);
        let looked = self
            .store()
            .read(|reader| mapping::look(reader, self.workflow(), in_use, setup.clone(), now))?;
        let (map, gaps) = (looked.mapping.map.clone(), looked.mapping.gaps.clone());
        let mut report = self.report(&address, &setup, &map, &gaps);
        report.changed_agent = present
            .as_ref()
            .and_then(|present| agent_before(present, account, &setup));
        // The secret first: a mapping without its secret would look connected and not be.
        self.keep(proof).await?;
        let mut tenant = Tenant {
            address,
            client_id,
            account,
            version: setup.version.clone(),
            map: present.map(|present| present.map).unwrap_or_default(),
            gaps,
            connected_at: now,
            disconnected: false,
        };
        let written = self.store().write_quiet(now, |w| -> anyhow::Result<()> {
            mapping::keep(w, self.workflow(), looked, &mut tenant)?;
            if let Some(port) = port {
                keep_port(w, port)?;
            }
            let mut preferences = w
                .setting_get(settings::PREFERENCES)?
                .unwrap_or_else(settings::first_preferences);
            let mut persons = setup
                .agents
                .iter()
                .filter(|agent| !agent.is_api_agent && !agent.disabled);
            // In the sample tenant whoever tries Leadline out is its first agent; elsewhere a person says who they are.
            let is_sample = self.inner.options.profile == DEMO;
            let person = persons.find(|agent| Some(agent.id) == setup.me || is_sample);
            if let (None, Some(person)) = (preferences.me, person) {
                preferences.me = Some(w.agent_for(person.id)?);
                w.setting_set(settings::PREFERENCES, &preferences)?;
            }
            Ok(())
        })?;
        self.forget_link()?;
        self.inner.sync.state().session = Some(Session {
            halo,
            map: Arc::new(map),
        });
        self.publish(written.changes);
        self.publish_status();
        self.inner.sync.wake_round();
        Ok(report)
    }

    /// Keeps what signs in from now on, and forgets what did before.
    async fn keep(&self, proof: Proof) -> anyhow::Result<()> {
        let (vault, profile) = (&self.inner.vault, &self.inner.options.profile);
        let outdated = match proof {
            Proof::Service(secret) => {
                tokens::put(vault, tokens::client_secret(profile), secret)
                    .await
                    .context("Keep the client secret")?;
                tokens::refresh_token(profile)
            }
            Proof::Person { token, .. } => {
                token.move_to_vault().await.context("Keep the sign-in")?;
                tokens::client_secret(profile)
            }
        };
        tokens::delete(vault, outdated)
            .await
            .context("Forget the earlier sign-in")
    }

    /// Forgets the client secret, or the sign-in. The data, and what waits to be sent, stay.
    ///
    /// # Errors
    /// When the vault or the database cannot be written.
    pub async fn disconnect(&self) -> anyhow::Result<()> {
        let (vault, profile) = (&self.inner.vault, &self.inner.options.profile);
        for name in [tokens::client_secret(profile), tokens::refresh_token(profile)] {
            tokens::delete(vault, name).await.context("Forget the sign-in")?;
        }
        if let Some(mut tenant) = self.tenant()? {
            tenant.disconnected = true;
            let written = self
                .store()
                .write_quiet(self.now(), |w| w.setting_set(settings::TENANT, &tenant))?;
            self.publish(written.changes);
        }
        self.inner.sync.close();
        self.publish_status();
        Ok(())
    }

    /// The open connection; signs in when there is none.
    pub(super) async fn session(&self) -> anyhow::Result<Session> {
        let tenant = self
            .tenant()?
            .filter(|tenant| !tenant.disconnected)
            .ok_or(Problem::NotConnected)?;
        let open = self.inner.sync.state().session.clone();
        if let Some(mut session) = open.filter(|session| is_at(session, &tenant.address)) {
            // The mapping may have changed, here or in another process; the sign-in is the same.
            if *session.map != tenant.map {
                session.map = Arc::new(tenant.map);
                self.inner.sync.state().session = Some(session.clone());
            }
            return Ok(session);
        }
        let credentials = match tenant.account {
            Account::Service => Credentials::ServiceAccount {
                client_id: tenant.client_id.clone(),
                client_secret: tokens::get(&self.inner.vault, tokens::client_secret(&self.inner.options.profile))
                    .await
                    .context("Read the client secret")?
                    .ok_or(Problem::NotConnected)?,
            },
            Account::Person => Credentials::Person {
                client_id: tenant.client_id.clone(),
                keeper: KeptToken::in_vault(self),
            },
        };
        let halo = Halo::connect(&tenant.address, credentials, self.halo_options()?).await?;
        let session = Session {
            halo,
            map: Arc::new(tenant.map),
        };
        self.inner.sync.state().session = Some(session.clone());
        Ok(session)
    }

    pub(super) fn halo_options(&self) -> anyhow::Result<connectors::halo::Options> {
        let preferences = self.preferences()?;
        Ok(connectors::halo::Options {
            country: preferences.country,
            currency: preferences.currency,
            ..self.inner.options.halo.clone()
        })
    }

    /// The sample tenant lives at another port after every start; any other tenant stays where it is.
    pub(super) fn refuse_other_tenant(&self, address: &str) -> anyhow::Result<()> {
        let wanted = plain(address);
        match self.tenant()? {
            Some(present) if present.address != wanted && self.inner.options.profile != DEMO => {
                Err(Problem::OtherTenant {
                    present: present.address,
                    wanted,
                }
                .into())
            }
            _ => Ok(()),
        }
    }

    fn report(
        &self,
        address: &str,
        setup: &TenantSetup,
        map: &tenant::TenantMap,
        gaps: &[tenant::Gap],
    ) -> ConnectReport {
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let me = setup.me.and_then(|me| setup.agents.iter().find(|agent| agent.id == me));
        let fields = fields::all().filter(|field| !field.is_local()).count();
        ConnectReport {
            address: address.to_owned(),
            version: setup.version.clone(),
            signed_in_as: me.map_or_else(|| "a service account".to_owned(), |me| me.name.clone()),
            agents: count(setup.agents.iter().filter(|agent| !agent.disabled).count()),
            stages_mapped: count(map.stages.len()),
            stages_total: count(self.workflow().stages.len()),
            fields_mapped: count(map.fields.len()),
            fields_total: count(fields),
            gaps: gaps.to_vec(),
            changed_agent: None,
        }
    }
}

/// The browser came back to that port, so HaloPSA knows it: the next sign-in uses it again.
fn keep_port(w: &mut store::Writer<'_>, port: u16) -> Result<(), store::Error> {
    let settings = settings::connection(w)?.unwrap_or_default();
    if settings.redirect_port == port {
        return Ok(());
    }
    let settings = settings::ConnectionSettings {
        redirect_port: port,
        ..settings
    };
    w.setting_set(settings::CONNECTION, &settings)
}

/// Who was signed in before, when it is another person now.
fn agent_before(present: &Tenant, account: Account, setup: &TenantSetup) -> Option<String> {
    let before = present.map.me.filter(|before| Some(*before) != setup.me)?;
    let persons = present.account == Account::Person && account == Account::Person;
    let name = |agent: &TenantAgent| (agent.id == before).then(|| agent.name.clone());
    persons.then(|| {
        let named = setup.agents.iter().find_map(name);
        named.unwrap_or_else(|| "somebody else".to_owned())
    })
}

/// The profile whose tenant may move.
const DEMO: &str = "demo";

fn is_at(session: &Session, address: &str) -> bool {
    plain(session.halo.address().as_str()) == address
}

/// An address as it is kept: without a closing slash.
fn plain(address: &str) -> String {
    address.trim_end_matches('/').to_owned()
}
