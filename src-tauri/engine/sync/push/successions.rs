//! Promotions that make a ticket of its own in HaloPSA, where a person has chosen that: the opportunity is created with
//! everything that the prospect has, linked to it, and the prospect is closed there with a note that points on.
//!
//! Model. Here it stays one card. Its number is that of the open one of the two; the other one belongs to a part of the
//! card, like a ticket that was merged into it, so that its closing, its notes and what a colleague does with it take the
//! ways that are there for parts. The update that promotes is what waits in the outbox, so a promotion that is taken back
//! before it was sent leaves nothing behind. One that is taken back later exchanges the two numbers: the prospect is opened
//! again with what is here now, and the opportunity is closed. Promoted once more, they are exchanged once more.
//!
//! Guarantees. There is at most one opportunity for a prospect: it carries a key that follows from the prospect's number,
//! and a creation whose answer was lost is looked up by it before anything is sent again. Nothing is created while a
//! colleague has put the prospect into a status that stands for no stage.

use connectors::Error;
use domain::{
    HaloTicketId, Lifecycle, StageKey, TicketId,
    activity::ActivityKind,
    remote::{RemoteTicket, TicketPatch},
    tenant::{PromotionMode, TenantMap},
};
use store::{LocalPatch, NewActivity, NewEntry, OutboxEntry, OutboxPayload, OutboxState, Reader, StateChange, Writer};

use super::{
    Next, Pushed,
    creations::{creation_patch, new_ticket},
    interactive, on_its_way, parked,
};
use crate::{
    Engine, labels,
    outbox::{self, Balance, get, parts, put},
    sync::{
        Session,
        apply::{self, Answers, Rules},
    },
};

/// Over the number of a prospect, this makes the key of its opportunity: as long as any other key, and none of theirs.
const KEY_OF: u128 = 0x0b9f_0751_ead1_17e5 << 64;

/// Why nothing is created for now.
const ELSEWHERE: &str = "In HaloPSA the ticket is in a status that stands for no stage, so somebody may have gone on with it there. Look at it in HaloPSA, then send this again.";
/// Why the opportunity that is there is not taken.
const TAKEN: &str =
    "HaloPSA has an opportunity that goes on from this ticket, and it is here as a card of its own. Merge the two.";

/// What an update asks for, as far as the two tickets are concerned.
enum Course {
    /// Nothing of the kind.
    Plain,
    /// A ticket that goes on from this one.
    Make(HaloTicketId),
    /// The two are there, and the part is to be the open one.
    Exchange(TicketId),
    /// The same, once the part's own changes are through.
    Wait,
    Refuse,
}

fn key_of(prospect: HaloTicketId) -> String {
    format!("{:032x}", KEY_OF | u128::from(prospect.0.unsigned_abs()))
}

/// The ticket from which an update goes over to an opportunity, or back.
fn crossing(reader: &Reader<'_>, entry: &OutboxEntry) -> Result<Option<(RemoteTicket, Lifecycle)>, store::Error> {
    let OutboxPayload::Update { patch } = &entry.payload else {
        return Ok(None);
    };
    let Some((lifecycle, stage)) = &patch.stage else {
        return Ok(None);
    };
    if stage.as_str() == StageKey::MERGED {
        return Ok(None);
    }
    let halo = reader.ticket(entry.ticket)?.and_then(|row| row.card.halo_id);
    let known = match halo {
        Some(halo) => outbox::mirror(reader, halo)?,
        None => None,
    };
    let crosses = |known: &RemoteTicket| {
        known
            .lifecycle
            .is_some_and(|there| (there == Lifecycle::Opportunity) != (*lifecycle == Lifecycle::Opportunity))
    };
    Ok(known.filter(crosses).map(|known| (known, *lifecycle)))
}

fn course(reader: &Reader<'_>, map: &TenantMap, entry: &OutboxEntry) -> Result<Course, store::Error> {
    let Some((known, lifecycle)) = crossing(reader, entry)? else {
        return Ok(Course::Plain);
    };
    if let Some(other) = reader.succession(entry.ticket)? {
        return Ok(if reader.unsent(other)?.iter().any(outbox::is_on_its_way) {
            Course::Wait
        } else {
            Course::Exchange(other)
        });
    }
    if lifecycle != Lifecycle::Opportunity || map.settings.promotion != PromotionMode::LinkedOpportunity {
        return Ok(Course::Plain);
    }
    Ok(if known.stage.is_none() {
        Course::Refuse
    } else {
        Course::Make(known.id)
    })
}

/// Whether an update whose answer was lost may have made a ticket of its own.
pub(super) fn may_have_made(reader: &Reader<'_>, entry: &OutboxEntry) -> Result<bool, store::Error> {
    let crossed = crossing(reader, entry)?;
    let promotes = crossed.is_some_and(|(_, lifecycle)| lifecycle == Lifecycle::Opportunity);
    Ok(promotes && reader.succession(entry.ticket)?.is_none())
}

impl Engine {
    /// Takes the promotions that concern two tickets out of these updates and sees to them. What is left is sent as it is.
    pub(super) async fn send_successions(
        &self,
        session: &Session,
        entries: Vec<OutboxEntry>,
        pushed: &mut Pushed,
    ) -> anyhow::Result<(Vec<OutboxEntry>, Next)> {
        let mut left = Vec::with_capacity(entries.len());
        for entry in entries {
            match self.store().read(|reader| course(reader, &session.map, &entry))? {
                Course::Plain => left.push(entry),
                Course::Wait => {}
                Course::Refuse => self.park(&entry, ELSEWHERE, "")?,
                Course::Exchange(_) => self.exchange(&session.map, &entry)?,
                Course::Make(_) => {
                    if let stop @ Next::Stop(_) = self.make_successor(session, &entry, pushed).await? {
                        return Ok((left, stop));
                    }
                }
            }
        }
        Ok((left, Next::GoOn))
    }

    async fn make_successor(
        &self,
        session: &Session,
        entry: &OutboxEntry,
        pushed: &mut Pushed,
    ) -> anyhow::Result<Next> {
        let map = &session.map;
        let written = self.store().write_quiet(self.now(), |w| -> anyhow::Result<Option<_>> {
            let found = w.outbox_entry(entry.id)?;
            let Some(found) = found.filter(|found| found.state == OutboxState::Waiting) else {
                return Ok(None);
            };
            // A person may have thought better of it while HaloPSA was read.
            let (Course::Make(prospect), Some(row)) = (course(w, map, &found)?, w.ticket(entry.ticket)?) else {
                return Ok(None);
            };
            let lifecycle = row.card.lifecycle;
            let mut sent = succession_patch(w, map, &found)?;
            let patch = TicketPatch {
                created_from: Some(prospect),
                details: Some(format!("Goes on from ticket {prospect}.")),
                ..new_ticket(w, row, &mut sent)?
            };
            w.set_outbox_state(entry.id, &on_its_way(&found))?;
            Ok(Some((prospect, lifecycle, patch, sent)))
        })?;
        self.publish(written.changes);
        let Some((prospect, lifecycle, patch, sent)) = written.value else {
            return Ok(Next::GoOn);
        };
        pushed.tickets.insert(prospect);
        match session
            .halo
            .create_ticket(map, lifecycle, &patch, &key_of(prospect))
            .await
        {
            Ok(row) => {
                self.link_is_up()?;
                self.succeeded(map, entry, &row, &sent, pushed)?;
                Ok(Next::GoOn)
            }
            Err(error) => self.fail(entry, &error),
        }
    }

    /// Asks HaloPSA whether it has the opportunity whose answer was lost. `None` when it has not.
    pub(super) async fn look_up_successor(
        &self,
        session: &Session,
        entry: &OutboxEntry,
        pushed: &mut Pushed,
    ) -> anyhow::Result<Result<bool, Error>> {
        let prospect = self.store().read(|reader| -> Result<_, store::Error> {
            if !may_have_made(reader, entry)? {
                return Ok(None);
            }
            let Some((known, _)) = crossing(reader, entry)? else {
                return Ok(None);
            };
            Ok(Some((known.id, succession_patch(reader, &session.map, entry)?)))
        })?;
        let Some((prospect, sent)) = prospect else {
            return Ok(Ok(false));
        };
        match interactive(session)
            .find_ticket_by_key(&session.map, &key_of(prospect))
            .await
        {
            Ok(Some(row)) => {
                self.link_is_up()?;
                self.succeeded(&session.map, entry, &row, &sent, pushed)?;
                Ok(Ok(true))
            }
            Ok(None) => Ok(Ok(false)),
            Err(error) => Ok(Err(error)),
        }
    }

    /// HaloPSA has the opportunity: the card goes on as that one, and the prospect becomes a part of it that is to be closed.
    fn succeeded(
        &self,
        map: &TenantMap,
        entry: &OutboxEntry,
        row: &RemoteTicket,
        sent: &LocalPatch,
        pushed: &mut Pushed,
    ) -> anyhow::Result<()> {
        let rules = self.rules(map);
        let written = self
            .store()
            .write(apply::operation(), self.now(), |w| -> anyhow::Result<bool> {
                let ticket = entry.ticket;
                if w.ticket_by_halo(row.id)?.is_some_and(|taken| taken != ticket) {
                    w.set_outbox_state(entry.id, &parked(entry, TAKEN, ""))?;
                    return Ok(false);
                }
                w.relabel("Goes on as a new ticket in HaloPSA".to_owned());
                let prospect = match w.ticket_or_part(ticket)?.and_then(|row| row.card.halo_id) {
                    Some(prospect) => outbox::mirror(w, prospect)?,
                    None => None,
                };
                w.set_halo_id(ticket, row.id)?;
                let part = match &prospect {
                    Some(prospect) => apply::insert(w, rules, prospect)?,
                    None => None,
                };
                if let Some(part) = part {
                    w.set_merged_into(part, Some(ticket))?;
                    w.succeed(ticket, part)?;
                    let body = format!("Goes on as the opportunity #{}.", row.id);
                    close(w, rules, part, body)?;
                }
                w.set_outbox_state(entry.id, &StateChange::to(OutboxState::Sent))?;
                apply::merge(w, rules, ticket, row, Answers::Creation(sent))?;
                take_appointments_along(w, ticket)?;
                Ok(true)
            })?;
        pushed.tickets.insert(row.id);
        pushed.sent += u32::from(written.value);
        self.publish(written.changes);
        Ok(())
    }

    /// The two tickets of a card change places. Nothing is asked of HaloPSA yet: what each of them is owed waits then.
    fn exchange(&self, map: &TenantMap, entry: &OutboxEntry) -> anyhow::Result<()> {
        let rules = self.rules(map);
        let written = self
            .store()
            .write(apply::operation(), self.now(), |w| -> anyhow::Result<()> {
                let found = w.outbox_entry(entry.id)?;
                let Some(found) = found.filter(|found| found.state == OutboxState::Waiting) else {
                    return Ok(());
                };
                let (Course::Exchange(other), Some((shown, _))) = (course(w, map, &found)?, crossing(w, &found)?)
                else {
                    return Ok(());
                };
                let ticket = entry.ticket;
                for unsent in w.unsent(other)? {
                    w.remove_entry(unsent.id)?;
                }
                w.exchange_numbers(ticket, other)?;
                apply::show(w, other, &shown)?;
                let number = w.ticket(ticket)?.and_then(|row| row.card.halo_id);
                let body = match number {
                    Some(number) => format!("Goes on as #{number}."),
                    None => "Goes on as another ticket.".to_owned(),
                };
                w.relabel("Goes on as the other of its two tickets in HaloPSA".to_owned());
                close(w, rules, other, body)?;
                outbox::owe_all(w, rules.workflow, map, ticket)?;
                take_appointments_along(w, ticket)?;
                Ok(())
            })?;
        self.publish(written.changes);
        Ok(())
    }
}

/// What the opportunity is created with: everything that is here, without what was changed since it was sent. Of what is in
/// conflict it gets HaloPSA's side, because nobody has chosen yet.
fn succession_patch(reader: &Reader<'_>, map: &TenantMap, entry: &OutboxEntry) -> Result<LocalPatch, store::Error> {
    let mut patch = creation_patch(reader, map, entry.ticket, Some(entry.id))?;
    let Some(balance) = Balance::read(reader, entry.ticket)? else {
        return Ok(patch);
    };
    let conflicts = reader.conflicts(entry.ticket)?;
    for part in parts(&patch) {
        let is_open = conflicts.iter().any(|conflict| conflict.row.field == part.key());
        if let Some(theirs) = balance.mirrored(part).filter(|_| is_open) {
            put(&mut patch, part, theirs);
        }
    }
    if let OutboxPayload::Update { patch: asked } = &entry.payload {
        // The stage that was asked for when it was sent.
        if let Some(stage) = get(asked, outbox::Part::Stage) {
            put(&mut patch, outbox::Part::Stage, stage);
        }
    }
    Ok(patch)
}

/// A part is closed in HaloPSA, with a note that says where to go on.
fn close(w: &mut Writer<'_>, rules: Rules<'_>, part: TicketId, body: String) -> anyhow::Result<()> {
    let at = w.at();
    let note = w.insert_activity(NewActivity {
        ticket: part,
        kind: ActivityKind::Note,
        at,
        agent: None,
        who: String::new(),
        subject: String::new(),
        body,
        call: None,
    })?;
    outbox::queue_activity(w, part, note)?;
    if let Some(row) = w.ticket_or_part(part)? {
        let patch = LocalPatch {
            stage: Some((row.card.lifecycle, StageKey::from(StageKey::MERGED))),
            ..LocalPatch::default()
        };
        let what = labels::patch(w, rules.workflow, &patch)?;
        w.enqueue(NewEntry {
            ticket: part,
            payload: OutboxPayload::Update { patch },
            what,
        })?;
    }
    Ok(())
}

/// Tasks and meetings that are still to come belong to the open one of the two.
fn take_appointments_along(w: &mut Writer<'_>, ticket: TicketId) -> anyhow::Result<()> {
    for activity in w.activities(ticket)? {
        let is_open = activity.appointment.is_some_and(|when| when.done_at.is_none());
        if is_open && activity.ticket == ticket {
            outbox::queue_activity(w, ticket, activity.id)?;
        }
    }
    Ok(())
}
