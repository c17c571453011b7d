//! The calls that change something. Each sends once; an answer that does not arrive is said to be lost.

use domain::{
    HaloTicketId, Lifecycle,
    remote::{NewAction, RemoteAction, RemoteTicket, StageAction, TicketPatch},
    tenant::TenantMap,
};
use serde_json::Value as Json;

use super::{
    Halo, answer, calls, map,
    wire::{self, Record},
};
use crate::{Class, Error};

impl Halo {
    /// Writes partial updates in one request and gives back the rows HaloPSA answers with, in the order asked.
    ///
    /// A ticket that is missing among them was not confirmed: send it alone. A patch of which nothing has a home in
    /// this tenant is not sent; its ticket is read instead.
    ///
    /// # Errors
    /// `LostAnswer` when it may have been done; `NotFound`, `Forbidden`, `Conflict`, `Invalid` when it was not;
    /// `Invalid` also when a patch cannot be expressed in this tenant, and then nothing was sent.
    pub async fn update_tickets(
        &self,
        map: &TenantMap,
        updates: &[(HaloTicketId, TicketPatch)],
    ) -> Result<Vec<RemoteTicket>, Error> {
        let locale = self.client.locale();
        let mut bodies = Vec::new();
        let mut silent = Vec::new();
        for (id, patch) in updates {
            match map::update_body(map, *id, patch, locale)? {
                Some(body) => bodies.push(body),
                None => silent.push(*id),
            }
        }
        let mut answered: Vec<RemoteTicket> = Vec::new();
        if !bodies.is_empty() {
            let records = self.write(&calls::UPDATE_TICKETS, bodies).await?;
            answered.extend(
                records
                    .iter()
                    .filter_map(|record| map::ticket(record, map, locale, None)),
            );
            if answered.is_empty() {
                return Err(answer::lost_answer().with_detail("the answer holds no ticket"));
            }
        }
        for id in silent {
            answered.extend(self.ticket(map, id).await?);
        }
        let place = |ticket: &RemoteTicket| updates.iter().position(|(id, _)| *id == ticket.id);
        answered.retain(|ticket| place(ticket).is_some());
        answered.sort_by_key(place);
        answered.dedup_by_key(|ticket| ticket.id);
        Ok(answered)
    }

    /// Creates one ticket that carries our key, and gives back HaloPSA's row.
    ///
    /// # Errors
    /// As for [`Halo::update_tickets`]. After `LostAnswer`, ask [`Halo::find_ticket_by_key`] before trying again.
    pub async fn create_ticket(
        &self,
        map: &TenantMap,
        lifecycle: Lifecycle,
        patch: &TicketPatch,
        key: &str,
    ) -> Result<RemoteTicket, Error> {
        let locale = self.client.locale();
        let body = map::create_body(map, lifecycle, patch, key, locale)?;
        let records = self.write(&calls::CREATE_TICKET, vec![body]).await?;
        let asked_type = map.ticket_types.get(&lifecycle).copied();
        records
            .iter()
            .find_map(|record| map::ticket(record, map, locale, asked_type))
            .ok_or_else(|| answer::lost_answer().with_detail("the answer holds no ticket"))
    }

    /// Writes a note or a call on a ticket. It is hidden from the customer and mails nobody.
    ///
    /// # Errors
    /// As for [`Halo::update_tickets`]. After `LostAnswer`, look among [`Halo::actions`] for the same note before
    /// trying again.
    pub async fn add_action(&self, action: &NewAction) -> Result<RemoteAction, Error> {
        let records = self.write(&calls::ADD_ACTION, vec![map::action_body(action)]).await?;
        records
            .iter()
            .find_map(|record| map::action(record, action.ticket))
            .ok_or_else(|| answer::lost_answer().with_detail("the answer holds no action"))
    }

    /// Moves a ticket by an action, which is how a strict workflow wants it.
    ///
    /// # Errors
    /// As for [`Halo::update_tickets`]. After `LostAnswer`, look where the ticket stands before trying again.
    pub async fn move_by_action(&self, map: &TenantMap, action: &StageAction) -> Result<(), Error> {
        let body = map::stage_action_body(map, action)?;
        let records = self.write(&calls::MOVE_BY_ACTION, vec![body]).await?;
        if records.is_empty() {
            return Err(answer::lost_answer().with_detail("the answer holds no action"));
        }
        Ok(())
    }

    pub(super) async fn write(&self, call: &'static calls::Call, bodies: Vec<Json>) -> Result<Vec<Record>, Error> {
        let class = self.class.unwrap_or(Class::Interactive);
        let json = self.client.write(call, bodies, class).await?;
        Ok(wire::written(json))
    }
}
