//! The mapping of the tenant: looked at, corrected by a person, kept, and watched.
//!
//! Model. The tenant's set-up as it was last read, what a person chose, and the map in use are kept apart; the map is
//! always [`resolve`]d from the other two and from itself (see `domain::tenant`). Every look at the tenant (connecting, a
//! person's wish, once a day, after a refusal that smells of it) goes through [`look`], every change through [`keep`].
//!
//! Guarantees. A change of the tenant is reported and never guessed around. When a map starts to mean something else,
//! everything is read again through it; what HaloPSA showed of a field that lives elsewhere now is forgotten, so that an
//! empty new field never empties a value here. What is on its way under an older map is stored only as far as it holds.

mod document;
mod kept;
mod view;

use chrono::TimeDelta;
use connectors::{Class, ErrorKind};
use domain::{
    FieldKey,
    tenant::{Gap, NewField, PromotionMode, Slot, TenantField, TenantSetup, check, resolve},
    workflow::Workflow,
};
use store::Reader;

use super::Session;
use crate::{
    Engine, Problem,
    settings::{self, ConnectionSettings, Tenant},
    views::{MappingEdit, MappingView},
};
pub(crate) use kept::alerts;
use kept::{Kept, kept};
pub(super) use kept::{Looked, Remapped, as_far_as_it_holds, keep, look, still_holds};
use view::Shown;

/// How often the tenant's set-up is looked at by itself.
const EVERY: TimeDelta = TimeDelta::days(1);
/// How soon again after a refusal that may come from a changed set-up.
const SUSPECTED: TimeDelta = TimeDelta::minutes(10);
/// How often HaloPSA may be asked for changes, in seconds: not so often that it eats the budget, not so seldom that
/// colleagues wonder.
const POLL_S: std::ops::RangeInclusive<u32> = 15..=3_600;
/// Ports below need an administrator on many computers.
const FIRST_PORT: u16 = 1_024;

impl Engine {
    /// The mapping in use, and everything there is to choose from.
    ///
    /// # Errors
    /// [`Problem::NotConnected`]; the store's failures.
    pub fn mapping(&self) -> anyhow::Result<MappingView> {
        let known = self.known()?;
        Ok(self.show(&known, known.edit.clone()))
    }

    /// The mapping as it would be with that edit: with its problems, and without keeping anything.
    ///
    /// # Errors
    /// As [`Engine::mapping`].
    pub fn check_mapping(&self, edit: MappingEdit) -> anyhow::Result<MappingView> {
        let known = self.known()?;
        Ok(self.show(&known, edit))
    }

    /// Keeps an edit. Changes of the tenant count as looked at from then on. When the map means something else now,
    /// everything is read again through it.
    ///
    /// # Errors
    /// [`Problem::Refused`] for a choice that cannot be and for an edit of an older version; [`Problem::NotConnected`].
    pub fn save_mapping(&self, edit: &MappingEdit) -> anyhow::Result<MappingView> {
        let now = self.now();
        let written = self.store().write_quiet(now, |w| -> anyhow::Result<()> {
            let mut tenant = settings::tenant(w)?.ok_or(Problem::NotConnected)?;
            let setup = w
                .setting_get::<TenantSetup>(settings::SETUP)?
                .ok_or(Problem::NotConnected)?;
            let mut kept = kept(w)?;
            refuse(self.workflow(), &setup, &kept, edit)?;
            kept.choose(&edit.choices, now);
            kept.version += 1;
            kept.drift.clear();
            let mut mapping = resolve(self.workflow(), &setup, &kept.choices, Some(&tenant.map));
            if mapping.map.settings != edit.settings {
                mapping.map.settings = edit.settings.clone();
                mapping.map.version = tenant.map.version + 1;
            }
            let looked = Looked { setup, mapping, kept };
            keep(w, self.workflow(), looked, &mut tenant)?;
            w.setting_set(settings::POLICIES, &edit.policies)?;
            w.setting_set(settings::CONNECTION, &edit.connection)?;
            Ok(())
        })?;
        self.publish(written.changes);
        self.publish_status();
        self.inner.sync.wake_round();
        self.mapping()
    }

    /// Reads the tenant's set-up again. What an administrator has added is found; what has changed is reported.
    ///
    /// # Errors
    /// `connectors::Error`; [`Problem::NotConnected`].
    pub async fn read_setup(&self) -> anyhow::Result<MappingView> {
        let session = self.open_session().await?;
        let setup = session.halo.as_class(Class::Interactive).setup().await;
        self.take_setup(setup)?;
        self.inner.sync.wake_round();
        self.mapping()
    }

    /// Asks HaloPSA to create the custom field that a field of ours lacks, and maps it.
    ///
    /// # Errors
    /// [`Problem::Refused`] when this tenant does not create fields this way: then an administrator has to;
    /// `connectors::Error`; [`Problem::NotConnected`].
    pub async fn create_missing_field(&self, field: FieldKey) -> anyhow::Result<MappingView> {
        let new = NewField::of(field).ok_or_else(|| Problem::Refused {
            reason: format!("{} needs no custom field.", field.label()),
        })?;
        let session = self.open_session().await?;
        match session.halo.as_class(Class::Interactive).create_field(&new).await {
            Ok(Some(created)) => self.take_created(field, created)?,
            Ok(None) => {
                return Err(Problem::Refused {
                    reason: format!(
                        "HaloPSA did not refuse, but “{}” is not among its fields. Copy the instructions for its administrator.",
                        new.name
                    ),
                }
                .into());
            }
            Err(error)
                if matches!(
                    error.kind,
                    ErrorKind::Invalid | ErrorKind::NotFound | ErrorKind::Forbidden { .. }
                ) =>
            {
                return Err(anyhow::Error::new(Problem::Refused {
                    reason:
                        "This HaloPSA does not create fields for Leadline. Copy the instructions for its administrator."
                            .to_owned(),
                })
                .context(error.detail));
            }
            Err(error) => {
                self.link_failed(&error)?;
                return Err(error.into());
            }
        }
        self.inner.sync.wake_round();
        self.mapping()
    }

    fn take_created(&self, field: FieldKey, created: TenantField) -> anyhow::Result<()> {
        let now = self.now();
        let written = self.store().write_quiet(now, |w| -> anyhow::Result<()> {
            let mut tenant = settings::tenant(w)?.ok_or(Problem::NotConnected)?;
            let mut setup: TenantSetup = w.setting_get(settings::SETUP)?.unwrap_or_default();
            setup.fields.retain(|known| known.id != created.id);
            setup.fields.push(created);
            let mut kept = kept(w)?;
            // Whoever asks for the field wants it to be used.
            kept.choices.fields.remove(&field);
            kept.drift.retain(|drift| drift.slot() != Slot::Field { field });
            kept.version += 1;
            let mapping = resolve(self.workflow(), &setup, &kept.choices, Some(&tenant.map));
            keep(w, self.workflow(), Looked { setup, mapping, kept }, &mut tenant)?;
            Ok(())
        })?;
        self.publish(written.changes);
        self.publish_status();
        Ok(())
    }

    /// The mapping in use as a document.
    ///
    /// # Errors
    /// [`Problem::NotConnected`]; the store's failures.
    pub fn export_mapping(&self) -> anyhow::Result<String> {
        let known = self.known()?;
        document::write(
            self.workflow(),
            &known.tenant.address,
            &known.tenant.map,
            &known.setup,
            &known.edit,
        )
    }

    /// Reads a document and shows the mapping as it would be. Nothing is kept: that is for [`Engine::save_mapping`].
    ///
    /// # Errors
    /// [`Problem::Refused`] when it is no such document; [`Problem::NotConnected`].
    pub fn import_mapping(&self, text: &str) -> anyhow::Result<MappingView> {
        let known = self.known()?;
        let (edit, remarks) = document::read(self.workflow(), &known.setup, &known.edit, text)?;
        let mut view = self.show(&known, edit);
        view.remarks = remarks;
        Ok(view)
    }

    /// How Leadline talks to the tenant.
    ///
    /// # Errors
    /// The store's failures.
    pub fn connection_settings(&self) -> anyhow::Result<ConnectionSettings> {
        self.store().read(|reader| Ok(self.connection_of(reader)?))
    }

    /// How long after a pull the next one follows.
    pub(super) fn poll_interval(&self) -> anyhow::Result<TimeDelta> {
        let seconds = self.connection_settings()?.poll_interval_s;
        Ok(TimeDelta::seconds(i64::from(seconds)))
    }

    /// A refusal that may come from a changed set-up: it is looked at soon.
    pub(super) fn suspect_setup(&self) {
        self.inner.sync.state().setup_suspected = true;
    }

    /// Whether nothing can be synced until a person has mapped the ticket types.
    pub(super) fn is_blocked(&self) -> anyhow::Result<bool> {
        Ok(self.tenant()?.is_some_and(|tenant| !tenant.map.is_complete()))
    }

    /// The ticket types without which nothing can be synced.
    pub(super) fn refuse_blocked(&self) -> anyhow::Result<()> {
        let gaps: Vec<Gap> = self
            .tenant()?
            .map(|tenant| tenant.gaps.into_iter().filter(Gap::blocks).collect())
            .unwrap_or_default();
        if gaps.is_empty() {
            Ok(())
        } else {
            Err(Problem::MissingTicketType { gaps }.into())
        }
    }

    /// Whether it is time to look at the tenant's set-up.
    pub(super) fn setup_is_due(&self) -> anyhow::Result<bool> {
        let read_at = self
            .store()
            .read(|reader| Ok::<_, store::Error>(kept(reader)?.read_at))?;
        let pause = if self.inner.sync.state().setup_suspected {
            SUSPECTED
        } else {
            EVERY
        };
        Ok(read_at.is_none_or(|read_at| self.now() - read_at >= pause))
    }

    /// Looks at the tenant's set-up while sync goes on.
    pub(super) async fn check_setup(&self, session: &Session) -> anyhow::Result<()> {
        let halo = session.halo.as_class(Class::Pull);
        let (setup, _) = self.while_pushing(halo.setup()).await?;
        self.inner.sync.state().setup_suspected = false;
        self.take_setup(setup)
    }

    fn take_setup(&self, setup: Result<TenantSetup, connectors::Error>) -> anyhow::Result<()> {
        let setup = match setup {
            Ok(setup) => setup,
            Err(error) => {
                self.link_failed(&error)?;
                return Err(error.into());
            }
        };
        self.link_is_up()?;
        let now = self.now();
        let written = self.store().write_quiet(now, |w| -> anyhow::Result<bool> {
            let mut tenant = settings::tenant(w)?.ok_or(Problem::NotConnected)?;
            let looked = look(w, self.workflow(), Some(&tenant.map), setup, now)?;
            Ok(keep(w, self.workflow(), looked, &mut tenant)?)
        })?;
        if written.value {
            tracing::info!("the mapping means something else now; everything is read again");
        }
        self.publish(written.changes);
        self.publish_status();
        Ok(())
    }

    fn known(&self) -> anyhow::Result<Known> {
        self.store().read(|reader| -> anyhow::Result<Known> {
            let tenant = settings::tenant(reader)?.ok_or(Problem::NotConnected)?;
            let setup = reader.setting_get(settings::SETUP)?.unwrap_or_default();
            let kept = kept(reader)?;
            let edit = MappingEdit {
                version: kept.version,
                choices: kept.choices.clone(),
                settings: tenant.map.settings.clone(),
                policies: settings::policies(reader)?,
                connection: self.connection_of(reader)?,
            };
            Ok(Known {
                tenant,
                setup,
                kept,
                edit,
            })
        })
    }

    fn connection_of(&self, reader: &Reader<'_>) -> Result<ConnectionSettings, store::Error> {
        Ok(settings::connection(reader)?.unwrap_or_else(|| ConnectionSettings {
            poll_interval_s: u32::try_from(self.inner.options.poll_interval.as_secs()).unwrap_or(u32::MAX),
            ..ConnectionSettings::default()
        }))
    }

    fn show(&self, known: &Known, edit: MappingEdit) -> MappingView {
        let in_use = &known.tenant.map;
        Shown {
            workflow: self.workflow(),
            address: &known.tenant.address,
            setup: &known.setup,
            mapping: &resolve(self.workflow(), &known.setup, &edit.choices, Some(in_use)),
            edit,
            drift: &known.kept.drift,
            read_at: known.kept.read_at,
        }
        .view()
    }
}

/// What is known of the mapping.
struct Known {
    tenant: Tenant,
    setup: TenantSetup,
    kept: Kept,
    edit: MappingEdit,
}

/// Says why an edit cannot be kept.
fn refuse(workflow: &Workflow, setup: &TenantSetup, kept: &Kept, edit: &MappingEdit) -> Result<(), Problem> {
    let refused = |reason: String| Err(Problem::Refused { reason });
    if edit.version != kept.version {
        return refused("The mapping has changed meanwhile. Look at it again, then make your change.".to_owned());
    }
    if let Some(problem) = check(workflow, setup, &edit.choices).into_iter().next() {
        return refused(problem.sentence);
    }
    if !POLL_S.contains(&edit.connection.poll_interval_s) {
        return refused(format!(
            "HaloPSA can be asked for changes every {} to {} seconds.",
            POLL_S.start(),
            POLL_S.end()
        ));
    }
    if edit.connection.redirect_port < FIRST_PORT {
        return refused(format!(
            "The port for signing in is a number from {FIRST_PORT} to {}.",
            u16::MAX
        ));
    }
    if let PromotionMode::ByAction { outcome } = edit.settings.promotion
        && setup.outcomes.iter().all(|(id, _)| *id != outcome)
    {
        return refused(
            "HaloPSA no longer has the action that moves were to go through. Choose another one.".to_owned(),
        );
    }
    if edit.settings.promotion == PromotionMode::LinkedOpportunity
        && resolve(workflow, setup, &edit.choices, None)
            .map
            .closed_status
            .is_none()
    {
        return refused(
            "To go on as a new ticket, the old one has to be closed, and no status in HaloPSA is called Merged, Duplicate or Closed. Ask its administrator to add one, then choose this again."
                .to_owned(),
        );
    }
    if let Some(team) = edit.settings.team.as_ref().filter(|team| !setup.teams.contains(team)) {
        return refused(format!("This HaloPSA has no team “{team}”."));
    }
    Ok(())
}
