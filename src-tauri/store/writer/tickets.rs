//! Tickets: how they come to be, where they stand, whose they are. It is long because a ticket has many properties, and each
//! is changed and journalled in the same way.

use chrono::{DateTime, Utc};
use domain::{
    AgentId, CompanyId, ContactId, FieldKey, HaloTicketId, Lifecycle, StageKey, StoredValue, TicketId,
    activity::NextAction,
};
use rusqlite::{OptionalExtension, params};

use super::{
    Writer,
    journal::{Change, Position, cut},
    values::CardColumns,
};
use crate::{
    Error, SyncState,
    convert::{millis, sync_number, to_millis},
};

/// A ticket to be inserted, with everything known about it at once.
#[derive(Clone, Debug)]
pub struct NewTicket {
    pub lifecycle: Lifecycle,
    pub stage: StageKey,
    pub owner: Option<AgentId>,
    /// `None` for a ticket that is born here.
    pub halo_id: Option<HaloTicketId>,
    pub summary: String,
    pub contact: Option<ContactId>,
    pub company: Option<CompanyId>,
    pub created_at: DateTime<Utc>,
    /// When it entered its stage.
    pub entered_at: DateTime<Utc>,
    /// Who moved it there, where known.
    pub entered_by: Option<AgentId>,
    /// The time of entry is reconstructed from HaloPSA rather than seen.
    pub rebuilt: bool,
    pub closed: bool,
    /// Leads only.
    pub lead_score: Option<u8>,
    /// That its creation is queued in this very write. It saves changing the row twice; what is not queued in the end does
    /// not wait either.
    pub is_queued: bool,
    pub values: Vec<(FieldKey, StoredValue)>,
}

impl NewTicket {
    /// An empty ticket that enters that stage at that moment.
    #[must_use]
    pub fn new(lifecycle: Lifecycle, stage: StageKey, at: DateTime<Utc>) -> Self {
        Self {
            lifecycle,
            stage,
            owner: None,
            halo_id: None,
            summary: String::new(),
            contact: None,
            company: None,
            created_at: at,
            entered_at: at,
            entered_by: None,
            rebuilt: false,
            closed: false,
            lead_score: None,
            is_queued: false,
            values: Vec::new(),
        }
    }
}

/// A past stay in a stage, reconstructed from HaloPSA.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageStay {
    pub lifecycle: Lifecycle,
    pub stage: StageKey,
    pub entered_at: DateTime<Utc>,
    pub left_at: DateTime<Utc>,
    pub by: Option<AgentId>,
}

impl Writer<'_> {
    /// Inserts a ticket with its values and its first stage entry. Journalled as [`Change::Created`], values included.
    ///
    /// # Errors
    /// [`Error::Sql`] when another ticket has that HaloPSA id.
    pub fn insert_ticket(&mut self, new: NewTicket) -> Result<TicketId, Error> {
        let mut card = CardColumns::default();
        for (field, stored) in &new.values {
            card.take(*field, &stored.value);
        }
        let id = TicketId(self.insert(
            include_str!("insert_ticket.sql"),
            params![
                new.halo_id.map(|id| id.0),
                new.lifecycle.key(),
                new.stage.as_str(),
                new.owner.map(|id| id.0),
                new.contact.map(|id| id.0),
                new.company.map(|id| id.0),
                new.summary,
                to_millis(new.created_at),
                to_millis(self.at),
                to_millis(new.entered_at),
                new.closed,
                new.lead_score,
                card.company,
                card.person,
                card.email,
                card.source,
                card.dnc,
                card.fit_score,
                card.probability,
                card.value_minor,
                card.currency,
                card.final_minor,
                card.final_currency,
                card.closes_on,
                sync_number(if new.is_queued {
                    SyncState::Waiting
                } else {
                    SyncState::Synced
                }),
            ],
        )?);
        self.insert_stay(
            id,
            &Position {
                lifecycle: new.lifecycle,
                stage: new.stage,
                entered_at: new.entered_at,
                by: new.entered_by,
            },
            new.rebuilt,
        )?;
        self.put_values(id, &new.values)?;
        if new.is_queued {
            self.unsettled.insert(id);
        }
        self.unindexed.insert(id);
        self.uncompared.insert(id);
        self.uncompared_contacts.extend(new.contact);
        self.touch_board(id);
        self.journal(id, Change::Created)?;
        Ok(id)
    }

    /// Gives a ticket the id that HaloPSA gave it. Not journalled: it is a fact, not a change of mind.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Sql`] when another ticket has that id.
    pub fn set_halo_id(&mut self, ticket: TicketId, halo_id: HaloTicketId) -> Result<(), Error> {
        let changed = self.run(
            "UPDATE tickets SET halo_id = ?2 WHERE id = ?1",
            params![ticket.0, halo_id.0],
        )?;
        found(changed, ticket)?;
        self.touch(ticket);
        Ok(())
    }

    /// Moves a ticket to a stage, of its own or another lifecycle. Whether it may is for the caller to know.
    /// Returns whether it moved; it does not when it is there already.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn move_ticket(
        &mut self,
        ticket: TicketId,
        lifecycle: Lifecycle,
        stage: &StageKey,
        by: Option<AgentId>,
        at: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let before = self.position(ticket)?;
        if before.lifecycle == lifecycle && before.stage == *stage {
            return Ok(false);
        }
        let after = Position {
            lifecycle,
            stage: stage.clone(),
            // A clock that was set back must not make a stay that ends before it began.
            entered_at: cut(at).max(before.entered_at),
            by,
        };
        self.run(
            "UPDATE stage_entries SET left_at = ?2, next_stage = ?3 WHERE ticket = ?1 AND left_at IS NULL",
            params![ticket.0, to_millis(after.entered_at), after.stage.as_str()],
        )?;
        self.run(
            "UPDATE stage_entries INDEXED BY stage_entries_ticket SET again_at = ?3
             WHERE ticket = ?1 AND stage = ?2 AND again_at IS NULL AND left_at IS NOT NULL",
            params![ticket.0, after.stage.as_str(), to_millis(after.entered_at)],
        )?;
        self.insert_stay(ticket, &after, false)?;
        self.put_position(ticket, &after)?;
        self.journal(ticket, Change::Stage { before, after })?;
        Ok(true)
    }

    /// Puts a ticket back to where it was. Taking a move back removes the stay that the move began, as if it had never
    /// been, so that no funnel counts it; doing it again puts the stay back.
    pub(super) fn restore_position(
        &mut self,
        ticket: TicketId,
        before: &Position,
        after: &Position,
    ) -> Result<(), Error> {
        let left = to_millis(after.entered_at);
        let previous: Option<(i64, i64)> = self
            .statement(
                "SELECT id, entered_at FROM stage_entries INDEXED BY stage_entries_ticket
                 WHERE ticket = ?1 AND stage = ?2 AND left_at = ?3
                 ORDER BY entered_at DESC, id DESC LIMIT 1",
            )?
            .query_row(params![ticket.0, before.stage.as_str(), left], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?
            // Done again, a move leads on from `after`: a stay that ended there is that of an earlier move.
            .filter(|_| before.entered_at <= after.entered_at);
        let mut before = before.clone();
        if let Some((previous, entered)) = previous {
            // HaloPSA's history may have told better since then when that stay began.
            before.entered_at = millis(entered);
            self.run(
                "DELETE FROM stage_entries WHERE ticket = ?1 AND left_at IS NULL",
                [ticket.0],
            )?;
            self.run("UPDATE stage_entries SET left_at = NULL WHERE id = ?1", [previous])?;
        } else {
            self.run(
                "UPDATE stage_entries SET left_at = max(entered_at, ?2) WHERE ticket = ?1 AND left_at IS NULL",
                params![ticket.0, to_millis(before.entered_at)],
            )?;
            self.insert_stay(ticket, &before, false)?;
        }
        self.retell_stays(ticket)?;
        self.put_position(ticket, &before)?;
        self.journal(
            ticket,
            Change::Stage {
                before: after.clone(),
                after: before,
            },
        )
    }

    /// Replaces the past stays that were reconstructed from HaloPSA; stays that Leadline saw are left alone. Not journalled.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn rebuild_stays(&mut self, ticket: TicketId, stays: &[StageStay]) -> Result<(), Error> {
        self.run(
            "DELETE FROM stage_entries WHERE ticket = ?1 AND rebuilt = 1 AND left_at IS NOT NULL",
            [ticket.0],
        )?;
        for stay in stays {
            self.run(
                "INSERT INTO stage_entries (ticket, lifecycle, stage, entered_at, left_at, by_agent, rebuilt)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1)",
                params![
                    ticket.0,
                    stay.lifecycle.key(),
                    stay.stage.as_str(),
                    to_millis(stay.entered_at),
                    to_millis(stay.left_at.max(stay.entered_at)),
                    stay.by.map(|by| by.0),
                ],
            )?;
        }
        self.retell_stays(ticket)?;
        self.touch(ticket);
        Ok(())
    }

    /// Corrects since when a ticket is in its stage, and who brought it there, where that was only reconstructed. Not
    /// journalled: it is a fact.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn correct_entry(
        &mut self,
        ticket: TicketId,
        entered_at: DateTime<Utc>,
        by: Option<AgentId>,
    ) -> Result<(), Error> {
        let at = to_millis(entered_at);
        let changed = self.run(
            "UPDATE stage_entries SET entered_at = ?2, by_agent = ?3
             WHERE ticket = ?1 AND left_at IS NULL AND rebuilt = 1",
            params![ticket.0, at, by.map(|by| by.0)],
        )?;
        if changed > 0 {
            self.run(
                "UPDATE tickets SET entered_at = ?2 WHERE id = ?1",
                params![ticket.0, at],
            )?;
            self.touch_board(ticket);
        }
        Ok(())
    }

    /// Derives again where each stay led and whether the ticket came back, after stays were taken out or put in.
    fn retell_stays(&self, ticket: TicketId) -> Result<(), Error> {
        self.run(include_str!("retell_stays.sql"), [ticket.0])?;
        Ok(())
    }

    /// Gives a ticket to an agent, or to nobody. Returns whether that changed anything.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn set_owner(&mut self, ticket: TicketId, owner: Option<AgentId>) -> Result<bool, Error> {
        let before = self.any_ticket(ticket)?.card.owner;
        if before == owner {
            return Ok(false);
        }
        self.run(
            "UPDATE tickets SET owner = ?2, updated_at = ?3 WHERE id = ?1",
            params![ticket.0, owner.map(|id| id.0), to_millis(self.at)],
        )?;
        self.touch_board(ticket);
        self.journal(ticket, Change::Owner { before, after: owner })?;
        Ok(true)
    }

    /// Sets the summary line. Returns whether it changed.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn set_summary(&mut self, ticket: TicketId, summary: &str) -> Result<bool, Error> {
        let before = self.any_ticket(ticket)?.summary;
        if before == summary {
            return Ok(false);
        }
        self.run(
            "UPDATE tickets SET summary = ?2, updated_at = ?3 WHERE id = ?1",
            params![ticket.0, summary, to_millis(self.at)],
        )?;
        self.unindexed.insert(ticket);
        self.touch(ticket);
        let after = summary.to_owned();
        self.journal(ticket, Change::Summary { before, after })?;
        Ok(true)
    }

    /// Sets what to do next and by when. Returns whether it changed.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn set_next_action(&mut self, ticket: TicketId, action: Option<NextAction>) -> Result<bool, Error> {
        let before = self.next_action(ticket)?;
        let after = action.map(|action| NextAction {
            what: action.what,
            due: cut(action.due),
        });
        if before == after {
            return Ok(false);
        }
        self.run(
            "UPDATE tickets SET next_action = ?2, next_action_at = ?3, updated_at = ?4 WHERE id = ?1",
            params![
                ticket.0,
                after.as_ref().map(|action| &action.what),
                after.as_ref().map(|action| to_millis(action.due)),
                to_millis(self.at)
            ],
        )?;
        self.touch(ticket);
        self.journal(ticket, Change::NextAction { before, after })?;
        Ok(true)
    }

    /// Links a ticket to a contact, or to none. Returns whether it changed.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn link_contact(&mut self, ticket: TicketId, contact: Option<ContactId>) -> Result<bool, Error> {
        let before = self.any_ticket(ticket)?.contact;
        let contact = self.current_contact(contact)?;
        if before == contact {
            return Ok(false);
        }
        self.run(
            "UPDATE tickets SET contact_id = ?2 WHERE id = ?1",
            params![ticket.0, contact.map(|id| id.0)],
        )?;
        self.unindexed.insert(ticket);
        self.uncompared_contacts.extend([before, contact].into_iter().flatten());
        self.touch(ticket);
        self.journal(ticket, Change::Contact { before, after: contact })?;
        Ok(true)
    }

    /// Links a ticket to a company, or to none. Returns whether it changed.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn link_company(&mut self, ticket: TicketId, company: Option<CompanyId>) -> Result<bool, Error> {
        let before = self.any_ticket(ticket)?.company;
        let company = self.current_company(company)?;
        if before == company {
            return Ok(false);
        }
        self.run(
            "UPDATE tickets SET company_id = ?2 WHERE id = ?1",
            params![ticket.0, company.map(|id| id.0)],
        )?;
        self.touch(ticket);
        self.journal(ticket, Change::Company { before, after: company })?;
        Ok(true)
    }

    /// Makes a ticket a part of another one, or with `None` one of its own again. A part is on no board and in no list; its
    /// timeline belongs to the other's, and so do the tickets that were a part of it. Returns whether that changed anything.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such ticket, or its creation was undone.
    pub fn set_merged_into(&mut self, ticket: TicketId, into: Option<TicketId>) -> Result<bool, Error> {
        let before = self.merged_into(ticket)?;
        if before == into {
            return Ok(false);
        }
        found(
            self.run(
                "UPDATE tickets SET merged_into = ?2, removed = CASE WHEN ?2 IS NULL THEN 0 ELSE 2 END
                 WHERE id = ?1 AND removed <> 1",
                params![ticket.0, into.map(|into| into.0)],
            )?,
            ticket,
        )?;
        self.unindexed.insert(ticket);
        self.uncompared.insert(ticket);
        self.touch_board(ticket);
        for other in [before, into].into_iter().flatten() {
            self.touch(other);
        }
        self.journal(ticket, Change::Merged { before, after: into })?;
        if into.is_some() {
            for part in self.parts_of(ticket)? {
                self.set_merged_into(part, into)?;
            }
        }
        Ok(true)
    }

    /// Takes away a ticket that HaloPSA has, which is owed its closing there, or brings it back. It is on no board and in no
    /// list then. Returns whether that changed anything.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such ticket, or its creation was undone.
    pub fn set_withdrawn(&mut self, ticket: TicketId, withdrawn: bool) -> Result<bool, Error> {
        let before = self.is_laid_aside(ticket)? && self.merged_into(ticket)?.is_none();
        if before == withdrawn {
            return Ok(false);
        }
        found(
            self.run(
                "UPDATE tickets SET removed = CASE WHEN ?2 THEN 2 ELSE 0 END
                 WHERE id = ?1 AND removed <> 1 AND merged_into IS NULL",
                params![ticket.0, withdrawn],
            )?,
            ticket,
        )?;
        self.unindexed.insert(ticket);
        self.uncompared.insert(ticket);
        self.touch_board(ticket);
        self.journal(
            ticket,
            Change::Withdrawn {
                before,
                after: withdrawn,
            },
        )?;
        Ok(true)
    }

    /// Brings a ticket back that undo took away, whether HaloPSA has it or not. Returns whether it was away; a part of another
    /// ticket is not, and one that HaloPSA lost stays lost.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn bring_back(&mut self, ticket: TicketId) -> Result<bool, Error> {
        let away = self.first(
            "SELECT removed FROM tickets WHERE id = ?1 AND removed <> 0 AND merged_into IS NULL AND gone = 0",
            [ticket.0],
            |row| Ok(row.get::<_, i64>(0)?),
        )?;
        match away {
            None => return Ok(false),
            Some(1) => self.set_removed(ticket, false)?,
            Some(_) => {
                self.set_withdrawn(ticket, false)?;
            }
        }
        Ok(true)
    }

    /// Marks whether HaloPSA no longer has the ticket. Not journalled: it is a fact.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn set_gone(&mut self, ticket: TicketId, gone: bool) -> Result<(), Error> {
        found(
            self.run("UPDATE tickets SET gone = ?2 WHERE id = ?1", params![ticket.0, gone])?,
            ticket,
        )?;
        self.unsettled.insert(ticket);
        self.touch(ticket);
        Ok(())
    }

    /// Cuts the ties to HaloPSA, so that the ticket can be created there anew: number, mirror, and the numbers of its notes
    /// and calls, which counted on the old ticket. Not journalled: it is a fact that the old one is gone.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn cut_ties(&mut self, ticket: TicketId) -> Result<(), Error> {
        if let Some(halo) = self.any_ticket(ticket)?.card.halo_id {
            self.mirror_remove(halo)?;
            self.forget_missing(halo)?;
        }
        self.run("UPDATE tickets SET halo_id = NULL, gone = 0 WHERE id = ?1", [ticket.0])?;
        self.run("UPDATE activities SET halo_action = NULL WHERE ticket = ?1", [ticket.0])?;
        self.unsettled.insert(ticket);
        self.unindexed.insert(ticket);
        self.touch(ticket);
        Ok(())
    }

    /// Keeps whether the ticket is closed. Not journalled: it follows from the stage or from HaloPSA.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn set_closed(&mut self, ticket: TicketId, closed: bool) -> Result<(), Error> {
        found(
            self.run(
                "UPDATE tickets SET closed = ?2 WHERE id = ?1",
                params![ticket.0, closed],
            )?,
            ticket,
        )?;
        self.uncompared.insert(ticket);
        self.touch(ticket);
        Ok(())
    }

    /// Keeps a derived lead score. Not journalled: it can be derived again.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn set_lead_score(&mut self, ticket: TicketId, score: Option<u8>) -> Result<(), Error> {
        let changed = self.run(
            "UPDATE tickets SET lead_score = ?2, score = CASE lifecycle WHEN 'lead' THEN ?2 ELSE fit_score END
             WHERE id = ?1 AND lead_score IS NOT ?2",
            params![ticket.0, score],
        )?;
        if changed > 0 {
            self.touch_board(ticket);
        }
        Ok(())
    }

    pub(super) fn set_removed(&mut self, ticket: TicketId, removed: bool) -> Result<(), Error> {
        found(
            self.run(
                "UPDATE tickets SET removed = ?2 WHERE id = ?1",
                params![ticket.0, removed],
            )?,
            ticket,
        )?;
        self.unindexed.insert(ticket);
        self.uncompared.insert(ticket);
        self.touch_board(ticket);
        self.journal(ticket, if removed { Change::Removed } else { Change::Created })
    }

    fn put_position(&mut self, ticket: TicketId, position: &Position) -> Result<(), Error> {
        self.run(
            "UPDATE tickets SET lifecycle = ?2, stage = ?3, entered_at = ?4, updated_at = ?5,
                score = CASE ?2 WHEN 'lead' THEN lead_score ELSE fit_score END
             WHERE id = ?1",
            params![
                ticket.0,
                position.lifecycle.key(),
                position.stage.as_str(),
                to_millis(position.entered_at),
                to_millis(self.at)
            ],
        )?;
        self.touch_board(ticket);
        Ok(())
    }

    /// Here and above the index is named, because the planner knows no numbers and would take the one that covers the
    /// statement: it holds all tickets of the stage.
    fn insert_stay(&mut self, ticket: TicketId, position: &Position, rebuilt: bool) -> Result<(), Error> {
        let operation = if rebuilt { None } else { self.operation_id()? };
        self.run(
            "INSERT INTO stage_entries (ticket, lifecycle, stage, entered_at, by_agent, operation, rebuilt, visit)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7,
                1 + (SELECT count(*) FROM stage_entries INDEXED BY stage_entries_ticket WHERE ticket = ?1 AND stage = ?3))",
            params![
                ticket.0,
                position.lifecycle.key(),
                position.stage.as_str(),
                to_millis(position.entered_at),
                position.by.map(|by| by.0),
                operation.map(|operation| operation.0),
                rebuilt
            ],
        )?;
        Ok(())
    }
}

/// That a change met its ticket.
pub(super) fn found(changed: usize, ticket: TicketId) -> Result<(), Error> {
    if changed == 0 {
        return Err(Error::NotFound {
            what: "ticket",
            id: ticket.0,
        });
    }
    Ok(())
}
