//! Connecting to a tenant: sign in, look at the set-up, propose the mapping, keep it. Nothing in HaloPSA is changed.

use std::sync::Arc;

use anyhow::Context;
use connectors::{
    Class, Secret,
    halo::{Credentials, Halo, normalise_address},
};
use domain::{
    Lifecycle, fields,
    tenant::{self, TenantSetup},
};

use super::Session;
use crate::{
    Engine, Problem,
    settings::{self, Tenant},
    views::{ConnectReport, ConnectRequest},
};

impl Engine {
    /// Connects to a HaloPSA with a service account, keeps its secret in the vault and its mapping in the database. The
    /// data comes with the first round of sync.
    ///
    /// # Errors
    /// `connectors::Error` for address and sign-in; [`Problem::OtherTenant`] when this home holds another tenant's data;
    /// [`Problem::MissingTicketType`]. Whatever was connected before stays.
    pub async fn connect(&self, request: ConnectRequest) -> anyhow::Result<ConnectReport> {
        let address = normalise_address(&request.address)?
            .as_str()
            .trim_end_matches('/')
            .to_owned();
        let present = self.tenant()?;
        self.refuse_other_tenant(present.as_ref(), &address)?;
        let client_id = request.client_id.trim().to_owned();
        let secret = Secret::new(request.client_secret.trim());
        let credentials = Credentials::ServiceAccount {
            client_id: client_id.clone(),
            client_secret: secret.clone(),
        };
        let halo = Halo::connect(&address, credentials, self.halo_options()?).await?;
        let setup = halo.as_class(Class::Interactive).setup().await?;
        let (mut map, gaps) = tenant::discover(self.workflow(), &setup);
        let blocking: Vec<_> = gaps.iter().filter(|gap| gap.blocks()).cloned().collect();
        if !blocking.is_empty() {
            return Err(Problem::MissingTicketType { gaps: blocking }.into());
        }
        if let Some(present) = &present {
            map.version = present.map.version;
            map.version += u32::from(present.map != map);
        }
        let report = self.report(&address, &setup, &map, &gaps);

        // The secret first: a mapping without its secret would look connected and not be.
        let vault = Arc::clone(&self.inner.vault);
        let name = self.secret_name();
        tokio::task::spawn_blocking(move || vault.put(&name, &secret))
            .await?
            .context("Keep the client secret")?;
        let now = self.now();
        let tenant = Tenant {
            address,
            client_id,
            version: setup.version.clone(),
            map: map.clone(),
            gaps,
            connected_at: now,
            disconnected: false,
        };
        let written = self.store().write_quiet(now, |w| -> anyhow::Result<()> {
            for agent in &setup.agents {
                w.upsert_agent(agent)?;
            }
            w.setting_set(settings::TENANT, &tenant)?;
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

    /// Forgets the client secret. The data, and what waits to be sent, stay.
    ///
    /// # Errors
    /// When the vault or the database cannot be written.
    pub async fn disconnect(&self) -> anyhow::Result<()> {
        let vault = Arc::clone(&self.inner.vault);
        let name = self.secret_name();
        tokio::task::spawn_blocking(move || vault.delete(&name))
            .await?
            .context("Forget the client secret")?;
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
        if let Some(session) = open {
            // Another process may have run the setup check in the meantime.
            if *session.map == tenant.map && is_at(&session, &tenant.address) {
                return Ok(session);
            }
        }
        let vault = Arc::clone(&self.inner.vault);
        let name = self.secret_name();
        let secret = tokio::task::spawn_blocking(move || vault.get(&name))
            .await?
            .context("Read the client secret")?
            .ok_or(Problem::NotConnected)?;
        let credentials = Credentials::ServiceAccount {
            client_id: tenant.client_id.clone(),
            client_secret: secret,
        };
        let halo = Halo::connect(&tenant.address, credentials, self.halo_options()?).await?;
        let session = Session {
            halo,
            map: Arc::new(tenant.map),
        };
        self.inner.sync.state().session = Some(session.clone());
        Ok(session)
    }

    fn halo_options(&self) -> anyhow::Result<connectors::halo::Options> {
        let preferences = self.preferences()?;
        Ok(connectors::halo::Options {
            country: preferences.country,
            currency: preferences.currency,
            ..self.inner.options.halo.clone()
        })
    }

    /// The sample tenant lives at another port after every start; any other tenant stays where it is.
    fn refuse_other_tenant(&self, present: Option<&Tenant>, address: &str) -> anyhow::Result<()> {
        match present {
            Some(present) if present.address != address && self.inner.options.profile != DEMO => {
                Err(Problem::OtherTenant {
                    present: present.address.clone(),
                    wanted: address.to_owned(),
                }
                .into())
            }
            _ => Ok(()),
        }
    }

    fn secret_name(&self) -> String {
        format!("halo/{}/client-secret", self.inner.options.profile)
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
        debug_assert!(
            map.ticket_types.len() == Lifecycle::ALL.len(),
            "a missing ticket type blocks"
        );
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
        }
    }
}

/// The profile whose tenant may move.
const DEMO: &str = "demo";

fn is_at(session: &Session, address: &str) -> bool {
    session.halo.address().as_str().trim_end_matches('/') == address
}
