//! How the tenant is set up: what the setup check reads, and the one part of it that can be asked for, a custom field.

use domain::{
    HaloOutcomeId, HaloStatusId, HaloTicketTypeId,
    tenant::{NewField, TenantAgent, TenantField, TenantSetup},
};

use super::{
    Halo, calls, map,
    wire::{Listing, Record},
};
use crate::{Class, Error, ErrorKind};

impl Halo {
    /// Reads what the setup check needs: types, statuses, outcomes, agents, teams, custom fields, and who we are. Changes
    /// nothing. Eight requests.
    ///
    /// # Errors
    /// Any of a read; `Forbidden` names the missing right.
    pub async fn setup(&self) -> Result<TenantSetup, Error> {
        let ticket_types = self.list(&calls::TICKET_TYPES, &[("showall", "true")]).await?;
        let statuses = self.list(&calls::STATUSES, &[("showall", "true")]).await?;
        let outcomes = self.list(&calls::OUTCOMES, &[]).await?;
        let everybody = [
            ("includeenabled", "true"),
            ("includedisabled", "true"),
            ("includeapiagents", "true"),
        ];
        let agents = self.list(&calls::AGENTS, &everybody).await?;
        let fields = self.custom_fields().await?;
        // Nice to have: a service account without an agent, or a tenant that hides its version, can still be used.
        let teams = optional(self.list(&calls::TEAMS, &[]).await)?;
        let instance = self.record(&calls::INSTANCE_INFO).await?;
        let me = self.record(&calls::ME).await?.as_ref().and_then(map::agent);
        let mut agents: Vec<TenantAgent> = agents.rows.iter().filter_map(map::agent).collect();
        // Our own writes come back under this agent, which lists may keep to themselves.
        if let Some(me) = me.as_ref().filter(|me| agents.iter().all(|agent| agent.id != me.id)) {
            agents.push(me.clone());
        }
        let named = |listing: &Listing, names: &[&str]| -> Vec<(i64, String)> {
            listing.rows.iter().filter_map(|row| map::named(row, names)).collect()
        };
        let first_text = |names: &[&str]| {
            let record = instance.as_ref()?;
            names.iter().find_map(|name| record.text(name))
        };
        Ok(TenantSetup {
            product: first_text(&["product", "product_name", "application"]).unwrap_or_else(|| "HaloPSA".to_owned()),
            version: first_text(&["version", "product_version", "build"]).unwrap_or_default(),
            ticket_types: named(&ticket_types, &["name"])
                .into_iter()
                .map(|(id, name)| (HaloTicketTypeId(id), name))
                .collect(),
            statuses: named(&statuses, &["name", "shortname"])
                .into_iter()
                .map(|(id, name)| (HaloStatusId(id), name))
                .collect(),
            outcomes: named(&outcomes, &["outcome", "buttonname", "name"])
                .into_iter()
                .map(|(id, name)| (HaloOutcomeId(id), name))
                .collect(),
            agents,
            teams: teams
                .iter()
                .flat_map(|listing| &listing.rows)
                .filter(|row| !row.flag("inactive").unwrap_or(false))
                .filter_map(|row| row.text("name"))
                .collect(),
            fields,
            me: me.map(|agent| agent.id),
        })
    }

    /// The custom fields of tickets.
    ///
    /// # Errors
    /// Any of a read.
    pub async fn custom_fields(&self) -> Result<Vec<TenantField>, Error> {
        let listing = self
            .list(&calls::FIELDS, &[("typeid", "1"), ("includevalues", "true")])
            .await?;
        Ok(listing.rows.iter().filter_map(map::field).collect())
    }

    /// Asks HaloPSA to create a custom field of tickets and gives it back as HaloPSA then lists it; `None` when it is
    /// not listed although nothing was refused.
    ///
    /// Whether a tenant allows this at all is not known beforehand, and what it answers is not documented, so only the
    /// list is believed. Asking twice is safe: a field that is there by now is not created again.
    ///
    /// # Errors
    /// `Forbidden`, `Invalid` or `NotFound` when the tenant does not create fields this way; any of a read.
    pub async fn create_field(&self, new: &NewField) -> Result<Option<TenantField>, Error> {
        let there = |fields: Vec<TenantField>| {
            fields
                .into_iter()
                .find(|field| field.name.eq_ignore_ascii_case(&new.name) && field.kind == new.kind)
        };
        if let Some(field) = there(self.custom_fields().await?) {
            return Ok(Some(field));
        }
        let class = self.class.unwrap_or(Class::Interactive);
        match self
            .client
            .write(&calls::CREATE_FIELD, vec![map::field_body(new)], class)
            .await
        {
            Ok(_) => {}
            // It may be there all the same: the list says.
            Err(error) if error.is_uncertain() => {}
            Err(error) => return Err(error),
        }
        Ok(there(self.custom_fields().await?))
    }

    /// A record without which we can go on.
    async fn record(&self, call: &'static calls::Call) -> Result<Option<Record>, Error> {
        let class = self.class.unwrap_or(Class::Pull);
        let json = optional(self.client.read(call, None, &[], class).await)?;
        Ok(json.and_then(Record::of))
    }
}

/// `None` where a module or a right for it is missing.
fn optional<T>(answer: Result<T, Error>) -> Result<Option<T>, Error> {
    match answer {
        Ok(value) => Ok(Some(value)),
        // Some calls answer 401 where a module's right is missing, and the sign-in has just proven to be good.
        Err(error) => match error.kind {
            ErrorKind::NotFound | ErrorKind::Forbidden { .. } | ErrorKind::SignedOut | ErrorKind::Malformed => Ok(None),
            _ => Err(error),
        },
    }
}
