//! A ticket is born here; HaloPSA gets it with the next push.

use std::collections::BTreeMap;

use domain::{
    FieldKey, Lifecycle, TicketId, Value,
    fields::keys,
    suppression::{PERSONAL, is_on},
    workflow::Requirement,
};
use store::NewTicket;

use super::{NO_OWNER, by_person, done, refused, typed};
use crate::{
    Engine, Problem, after, labels,
    party::{self, Resolved},
    suppression,
    views::{Done, NewTicketRequest},
};

impl Engine {
    /// Creates a ticket in the first stage of a lifecycle.
    ///
    /// # Errors
    /// [`Problem::FieldInvalid`] names the first field that is wrong or missing: a lead needs a person or a company, and
    /// an e-mail address; the other lifecycles what their first stage asks for. Nobody creates a ticket of somebody who
    /// must not be contacted.
    pub fn create_ticket(&self, request: &NewTicketRequest) -> anyhow::Result<(Done, TicketId)> {
        let preferences = self.preferences()?;
        let me = preferences.me;
        let context = self.input_context(&preferences);
        let stage = self.workflow().first_stage(request.lifecycle).ok_or_else(|| {
            refused(format!(
                "The workflow has no open stage for a {}.",
                request.lifecycle.label()
            ))
        })?;
        let mut values: BTreeMap<FieldKey, (Value, Option<String>)> = BTreeMap::new();
        for (field, input) in &request.values {
            if field.field().read_only || *field == keys::DEAL_AFTER_OPT_OUT {
                return Err(refused(format!(
                    "{} is written by Leadline and cannot be typed.",
                    field.label()
                )));
            }
            if let Some(value) = typed(*field, input, &context)? {
                values.insert(*field, value);
            }
        }
        let plain: BTreeMap<FieldKey, Value> = values
            .iter()
            .map(|(field, (value, _))| (*field, value.clone()))
            .collect();
        if request.lifecycle == Lifecycle::Lead {
            if !plain.contains_key(&keys::PERSON_NAME) && !plain.contains_key(&keys::COMPANY_NAME) {
                return Err(missing(
                    keys::PERSON_NAME,
                    "Say who it is: a person, a company, or both.",
                ));
            }
            if !plain.contains_key(&keys::EMAIL) {
                return Err(missing(keys::EMAIL, "A new lead needs an e-mail address."));
            }
        }
        if let Some(need) = self
            .workflow()
            .needs_to_start(stage, &plain, request.owner.is_some())
            .into_iter()
            .next()
        {
            return Err(match need.fields.first() {
                Some(field) => {
                    let hint = need.hint.map(|hint| format!(" {hint}.")).unwrap_or_default();
                    missing(*field, &format!("{} needs this: {}.{hint}", stage.label, field.label()))
                }
                None => refused(NO_OWNER),
            });
        }
        // Whoever writes an opt-out down may name the person who is known already.
        if !is_on(&plain)
            && let Some(known) = self.suppressed(&plain)?
        {
            let field = PERSONAL.into_iter().find(|field| plain.contains_key(field));
            let reason = suppression::sentence("This person", Some(&known));
            return Err(missing(
                field.unwrap_or(keys::EMAIL),
                &format!("{reason} A manager can lift it, with a reason."),
            ));
        }
        let mut label = String::new();
        let operated = self.operate("create_ticket", me, |w| {
            if let Some(owner) = request.owner
                && w.agent(owner)?.is_none()
            {
                return Err(Problem::NotFound {
                    what: format!("agent {owner}"),
                }
                .into());
            }
            let at = w.at();
            let names = after::name_parts(plain.get(&keys::PERSON_NAME), at);
            let mut new = NewTicket::new(request.lifecycle, stage.key.clone(), at);
            new.owner = request.owner;
            new.entered_by = me;
            new.values = values
                .into_iter()
                .map(|(field, (value, raw))| (field, by_person(value, raw, me, at)))
                .chain(names.into_iter().filter_map(|(field, stored)| Some((field, stored?))))
                .collect();
            let ticket = w.insert_ticket(new)?;
            if stage.requires.contains(&Requirement::Party)
                && let Some(row) = w.ticket(ticket)?
                && let Resolved::Plain(choice) = party::resolve(w, &row, &plain)?
            {
                party::settle(w, ticket, choice, &plain)?;
            }
            let card = super::card(w, ticket)?;
            w.set_summary(ticket, &labels::ticket(&card))?;
            label = format!("Created {}", labels::ticket(&card));
            w.relabel(label.clone());
            Ok(ticket)
        })?;
        let done = done(&operated, label);
        Ok((done, operated.value))
    }
}

fn missing(field: FieldKey, reason: &str) -> anyhow::Error {
    Problem::FieldInvalid {
        field,
        reason: reason.to_owned(),
    }
    .into()
}
