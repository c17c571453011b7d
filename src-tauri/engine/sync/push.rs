//! Sending what the outbox says is due: in order per ticket, tickets independent of each other.
//!
//! An update is sent in four steps: read the ticket as HaloPSA has it now and merge (a colleague may have changed it since
//! the last pull), mark what is left as `sending` on the disk, send, store the answer as the new mirror together with
//! `sent`. Updates of different tickets travel in one request; when HaloPSA refuses such a request they are looked up and
//! sent one by one, so that one bad value refuses only its own ticket.
//!
//! What was sent and not answered is never sent again before HaloPSA was asked whether it has it: an update by reading
//! the ticket, a creation by our key, a note or call by its words and time.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use connectors::{Class, Error, ErrorKind, Retry, halo::Halo};
use domain::{
    ActivityId, HaloActionId, HaloTicketId, TicketId,
    activity::{ActivityKind, CallRecord, Direction},
    remote::{NewAction, RemoteAction, RemoteTicket, TicketPatch},
    tenant::TenantMap,
};
use store::{ActivityRow, LocalPatch, OutboxEntry, OutboxPayload, OutboxState, StateChange, SyncState, Writer};

use super::{
    Session,
    apply::{self, Answers, Rules, Sort},
    health::jitter,
};
use crate::{
    BoxFuture, Engine, labels,
    outbox::{self, drop_part, parts, put},
};

/// Entries looked at in one go.
const AT_ONCE: u32 = 100;
/// The most updates in one request.
const LARGEST_GROUP: usize = 25;
/// With more updates than this, reading what changed since the last pull takes fewer requests than reading each ticket.
const CATCH_UP_ABOVE: usize = 6;
/// Two notes of the same words closer than this in time are the same note.
const SAME_TIME: TimeDelta = TimeDelta::seconds(2);

/// What a push did.
#[derive(Debug, Default)]
pub(super) struct Pushed {
    /// Entries that HaloPSA accepted.
    pub sent: u32,
    /// Tickets that were written.
    pub tickets: BTreeSet<HaloTicketId>,
    /// Why it ended early.
    pub trouble: Option<Error>,
}

/// An update that is `sending`.
struct Ready {
    entry: OutboxEntry,
    halo: HaloTicketId,
    sent: LocalPatch,
    patch: TicketPatch,
}

/// Whether to go on with other entries.
enum Next {
    GoOn,
    Stop(Error),
}

impl Engine {
    /// Sends what is due until nothing is, or the link gives out.
    pub(super) fn push(&self) -> BoxFuture<'_, anyhow::Result<Pushed>> {
        // Boxed, because a large push reads what changed first, and reading pushes meanwhile.
        Box::pin(async move {
            let mut pushed = Pushed::default();
            let mut last: Vec<OutboxEntry> = Vec::new();
            loop {
                let due = self.store().due(self.now(), AT_ONCE)?;
                // An entry that is due again unchanged would be due for ever.
                if due.is_empty() || due == last {
                    return Ok(pushed);
                }
                last.clone_from(&due);
                let session = match self.open_session().await {
                    Ok(session) => session,
                    Err(error) => match error.downcast::<Error>() {
                        Ok(error) => {
                            pushed.trouble = Some(error);
                            return Ok(pushed);
                        }
                        Err(error) => return Err(error),
                    },
                };
                if let Next::Stop(error) = self.push_batch(&session, due, &mut pushed).await? {
                    pushed.trouble = Some(error);
                    return Ok(pushed);
                }
            }
        })
    }

    async fn push_batch(&self, session: &Session, due: Vec<OutboxEntry>, pushed: &mut Pushed) -> anyhow::Result<Next> {
        let (uncertain, waiting): (Vec<_>, Vec<_>) =
            due.into_iter().partition(|entry| entry.state == OutboxState::Uncertain);
        for entry in uncertain {
            if let stop @ Next::Stop(_) = self.look_up(session, entry, pushed).await? {
                return Ok(stop);
            }
        }
        let mut updates = Vec::new();
        let mut others = Vec::new();
        for entry in waiting {
            match entry.payload {
                OutboxPayload::Update { .. } => updates.push(entry),
                OutboxPayload::Create { .. } | OutboxPayload::Activity { .. } => others.push(entry),
            }
        }
        if let stop @ Next::Stop(_) = self.send_updates(session, updates, pushed).await? {
            return Ok(stop);
        }
        for entry in others {
            let next = match &entry.payload {
                OutboxPayload::Create { key } => self.send_creation(session, &entry, key, pushed).await?,
                OutboxPayload::Activity { activity } => self.send_activity(session, &entry, *activity, pushed).await?,
                OutboxPayload::Update { .. } => Next::GoOn,
            };
            if let stop @ Next::Stop(_) = next {
                return Ok(stop);
            }
        }
        Ok(Next::GoOn)
    }

    fn rules<'a>(&'a self, map: &'a TenantMap) -> Rules<'a> {
        Rules {
            workflow: self.workflow(),
            map,
        }
    }

    // Updates.

    async fn send_updates(
        &self,
        session: &Session,
        entries: Vec<OutboxEntry>,
        pushed: &mut Pushed,
    ) -> anyhow::Result<Next> {
        if let stop @ Next::Stop(_) = self.refresh(session, &entries).await? {
            return Ok(stop);
        }
        // What was refused in company travels alone.
        let (alone, grouped): (Vec<_>, Vec<_>) = entries.into_iter().partition(|entry| entry.tries > 0);
        let groups = grouped.chunks(LARGEST_GROUP).chain(alone.chunks(1));
        for group in groups {
            let ready = self.mark_sending(session, group)?;
            if ready.is_empty() {
                continue;
            }
            let updates: Vec<_> = ready.iter().map(|ready| (ready.halo, ready.patch.clone())).collect();
            let answer = session.halo.update_tickets(&session.map, &updates).await;
            let next = match answer {
                Ok(rows) => {
                    self.link_is_up()?;
                    for ready in ready {
                        pushed.tickets.insert(ready.halo);
                        match rows.iter().find(|row| row.id == ready.halo) {
                            Some(row) => self.take_answer(&session.map, &ready, row, pushed)?,
                            // Not confirmed, so not known.
                            None => self.set_state(&ready.entry, &uncertain_now(&ready.entry))?,
                        }
                    }
                    Next::GoOn
                }
                Err(error) if ready.len() > 1 && is_about_one(&error) => {
                    // Some of them may have been done before HaloPSA came to the one it refuses.
                    for ready in &ready {
                        pushed.tickets.insert(ready.halo);
                        self.set_state(&ready.entry, &uncertain_now(&ready.entry))?;
                    }
                    Next::GoOn
                }
                Err(error) => {
                    let mut next = Next::GoOn;
                    for ready in &ready {
                        pushed.tickets.insert(ready.halo);
                        next = self.fail(&ready.entry, &error)?;
                    }
                    next
                }
            };
            if let stop @ Next::Stop(_) = next {
                return Ok(stop);
            }
        }
        Ok(Next::GoOn)
    }

    /// Reads the tickets as HaloPSA has them now and merges, so that nothing is sent over a colleague's change.
    async fn refresh(&self, session: &Session, entries: &[OutboxEntry]) -> anyhow::Result<Next> {
        if entries.len() > CATCH_UP_ABOVE && self.has_pulled_all()? {
            return match self.catch_up(session).await {
                Ok(()) => Ok(Next::GoOn),
                Err(error) => Ok(Next::Stop(error.downcast::<Error>()?)),
            };
        }
        for entry in entries {
            let Some(halo) = self.halo_id(entry.ticket)? else {
                self.park(entry, "HaloPSA does not have this ticket yet.", "")?;
                continue;
            };
            match interactive(session).ticket(&session.map, halo).await {
                Ok(Some(row)) => {
                    self.link_is_up()?;
                    self.meet(&session.map, &row)?;
                }
                Ok(None) => self.gone(entry)?,
                Err(error) => {
                    if let stop @ Next::Stop(_) = self.fail(entry, &error)? {
                        return Ok(stop);
                    }
                }
            }
        }
        Ok(Next::GoOn)
    }

    /// Merges a row that HaloPSA showed because it was asked for.
    pub(super) fn meet(&self, map: &TenantMap, row: &RemoteTicket) -> anyhow::Result<()> {
        if let Sort::Changed(ticket) = self.store().read(|reader| apply::sort(reader, row))? {
            let written = self.store().write(apply::operation(), self.now(), |w| {
                apply::merge(w, self.rules(map), ticket, row, Answers::Nothing)
            })?;
            self.publish(written.changes);
        }
        Ok(())
    }

    /// Marks entries as on their way, with what is left to send at this very moment: a person may have changed or taken
    /// back something while HaloPSA was read.
    fn mark_sending(&self, session: &Session, entries: &[OutboxEntry]) -> anyhow::Result<Vec<Ready>> {
        let written = self
            .store()
            .write_quiet(self.now(), |w| -> anyhow::Result<Vec<Ready>> {
                let mut ready = Vec::with_capacity(entries.len());
                for entry in entries {
                    let found = w
                        .outbox_entry(entry.id)?
                        .filter(|entry| entry.state == OutboxState::Waiting);
                    let Some(entry) = found.filter(|entry| entry.due_at.is_none_or(|due| due <= w.at())) else {
                        continue;
                    };
                    let OutboxPayload::Update { patch } = &entry.payload else {
                        continue;
                    };
                    let Some(halo) = w.card(entry.ticket)?.and_then(|card| card.halo_id) else {
                        continue;
                    };
                    let left = apply::without_paid(w, entry.ticket, patch)?;
                    if left.is_empty() {
                        w.set_outbox_state(entry.id, &StateChange::to(OutboxState::Sent))?;
                        continue;
                    }
                    let patch = ticket_patch(w, halo, &left)?;
                    w.set_outbox_state(entry.id, &on_its_way(&entry))?;
                    ready.push(Ready {
                        halo,
                        patch,
                        sent: left,
                        entry,
                    });
                }
                Ok(ready)
            })?;
        self.publish(written.changes);
        tracing::debug!(
            outbox.entries = written.value.len(),
            map.version = session.map.version,
            "sending"
        );
        Ok(written.value)
    }

    /// HaloPSA answered with the ticket as it is now.
    fn take_answer(
        &self,
        map: &TenantMap,
        ready: &Ready,
        row: &RemoteTicket,
        pushed: &mut Pushed,
    ) -> anyhow::Result<()> {
        let written = self
            .store()
            .write(apply::operation(), self.now(), |w| -> anyhow::Result<bool> {
                let ignored = apply::ignored(w, &ready.sent, row)?;
                let mut accepted = ready.sent.clone();
                if ignored.is_empty() {
                    w.set_outbox_state(ready.entry.id, &StateChange::to(OutboxState::Sent))?;
                } else {
                    let mut refused = LocalPatch::default();
                    for (part, held) in ignored {
                        drop_part(&mut accepted, part);
                        put(&mut refused, part, held);
                    }
                    let what = labels::patch(w, self.workflow(), &refused)?;
                    w.set_outbox_state(ready.entry.id, &StateChange::to(OutboxState::Waiting))?;
                    w.refill(ready.entry.id, &OutboxPayload::Update { patch: refused }, &what)?;
                    let reason =
                        "HaloPSA answered, but left this as it was. It may be set by the ticket's workflow there.";
                    w.set_outbox_state(
                        ready.entry.id,
                        &parked(&ready.entry, reason, row.warning.as_deref().unwrap_or_default()),
                    )?;
                }
                apply::merge(w, self.rules(map), ready.entry.ticket, row, Answers::Update(&accepted))?;
                Ok(accepted == ready.sent)
            })?;
        pushed.sent += u32::from(written.value);
        self.publish(written.changes);
        Ok(())
    }

    // Creations.

    async fn send_creation(
        &self,
        session: &Session,
        entry: &OutboxEntry,
        key: &str,
        pushed: &mut Pushed,
    ) -> anyhow::Result<Next> {
        let written = self.store().write_quiet(self.now(), |w| -> anyhow::Result<Option<_>> {
            let found = w.outbox_entry(entry.id)?;
            if found.is_none_or(|found| found.state != OutboxState::Waiting) {
                return Ok(None);
            }
            let Some(row) = w.ticket(entry.ticket)? else {
                return Ok(None);
            };
            let sent = creation_patch(w, &session.map, entry.ticket)?;
            let owner = outbox::halo_owner(w, row.card.owner)?;
            let patch = TicketPatch {
                lifecycle: Some(row.card.lifecycle),
                stage: Some(row.card.stage.clone()),
                owner: owner.map(Some),
                summary: Some(if row.summary.is_empty() {
                    labels::ticket(&row.card)
                } else {
                    row.summary
                }),
                details: None,
                fields: sent.fields.clone(),
            };
            w.set_outbox_state(entry.id, &on_its_way(entry))?;
            Ok(Some((row.card.lifecycle, patch, sent)))
        })?;
        self.publish(written.changes);
        let Some((lifecycle, patch, sent)) = written.value else {
            return Ok(Next::GoOn);
        };
        match session.halo.create_ticket(&session.map, lifecycle, &patch, key).await {
            Ok(row) => {
                self.link_is_up()?;
                self.created(&session.map, entry, &row, &sent, pushed)?;
                Ok(Next::GoOn)
            }
            Err(error) => self.fail(entry, &error),
        }
    }

    /// HaloPSA has the ticket now: it gets its number, and everything that waited for it can go.
    fn created(
        &self,
        map: &TenantMap,
        entry: &OutboxEntry,
        row: &RemoteTicket,
        sent: &LocalPatch,
        pushed: &mut Pushed,
    ) -> anyhow::Result<()> {
        let written = self
            .store()
            .write(apply::operation(), self.now(), |w| -> anyhow::Result<()> {
                w.relabel("Created in HaloPSA".to_owned());
                w.set_halo_id(entry.ticket, row.id)?;
                w.set_outbox_state(entry.id, &StateChange::to(OutboxState::Sent))?;
                apply::merge(w, self.rules(map), entry.ticket, row, Answers::Creation(sent))?;
                Ok(())
            })?;
        pushed.sent += 1;
        pushed.tickets.insert(row.id);
        self.publish(written.changes);
        Ok(())
    }

    /// Whether a ticket of ours may be in HaloPSA without our knowing its number.
    pub(super) fn has_uncertain_creations(&self) -> anyhow::Result<bool> {
        Ok(!self.uncertain_creations()?.is_empty())
    }

    fn uncertain_creations(&self) -> anyhow::Result<Vec<OutboxEntry>> {
        // Whether it is time to look them up or not.
        let mut due = self.store().due(DateTime::<Utc>::MAX_UTC, u32::MAX)?;
        due.retain(|entry| {
            entry.state == OutboxState::Uncertain && matches!(entry.payload, OutboxPayload::Create { .. })
        });
        Ok(due)
    }

    /// Looks up every creation whose answer was lost, at once.
    pub(super) async fn look_up_creations(&self, session: &Session) -> anyhow::Result<()> {
        for entry in self.uncertain_creations()? {
            if let Next::Stop(error) = self.look_up(session, entry, &mut Pushed::default()).await? {
                return Err(error.into());
            }
        }
        Ok(())
    }

    // Notes and calls.

    async fn send_activity(
        &self,
        session: &Session,
        entry: &OutboxEntry,
        activity: ActivityId,
        pushed: &mut Pushed,
    ) -> anyhow::Result<Next> {
        let read = self.store().read(|reader| -> Result<_, store::Error> {
            let row = reader.activity(activity)?;
            let halo = reader.card(entry.ticket)?.and_then(|card| card.halo_id);
            let agent = match row.as_ref().and_then(|row| row.agent) {
                Some(agent) => reader.halo_agent(agent)?,
                None => None,
            };
            Ok((row, halo, agent))
        })?;
        let (Some(row), Some(halo), agent) = read else {
            self.park(entry, "HaloPSA does not have this ticket yet.", "")?;
            return Ok(Next::GoOn);
        };
        let outcome = match row.kind {
            ActivityKind::Call => session.map.call_outcome.or(session.map.note_outcome),
            _ => session.map.note_outcome,
        };
        let Some(outcome) = outcome else {
            self.park(
                entry,
                "HaloPSA has no action outcome for notes and calls. Ask the administrator to allow one, then connect again.",
                "",
            )?;
            return Ok(Next::GoOn);
        };
        let action = NewAction {
            ticket: halo,
            outcome,
            note: note_of(&row),
            at: row.at,
            time_taken_h: row
                .call
                .as_ref()
                .map_or(0.0, |call| f64::from(call.duration_s) / 3600.0),
            agent,
        };
        let marked = self.store().write_quiet(self.now(), |w| -> anyhow::Result<bool> {
            let found = w.outbox_entry(entry.id)?;
            let waits = found.is_some_and(|found| found.state == OutboxState::Waiting);
            if waits {
                w.set_outbox_state(entry.id, &on_its_way(entry))?;
            }
            Ok(waits)
        })?;
        self.publish(marked.changes);
        if !marked.value {
            return Ok(Next::GoOn);
        }
        match session.halo.add_action(&action).await {
            Ok(answer) => {
                self.link_is_up()?;
                self.activity_arrived(entry, activity, answer.id, pushed)?;
                Ok(Next::GoOn)
            }
            Err(error) => self.fail(entry, &error),
        }
    }

    fn activity_arrived(
        &self,
        entry: &OutboxEntry,
        activity: ActivityId,
        halo: HaloActionId,
        pushed: &mut Pushed,
    ) -> anyhow::Result<()> {
        let written = self.store().write_quiet(self.now(), |w| -> anyhow::Result<()> {
            w.update_activity_remote(activity, halo)?;
            w.set_outbox_state(entry.id, &StateChange::to(OutboxState::Sent))?;
            Ok(())
        })?;
        pushed.sent += 1;
        self.publish(written.changes);
        Ok(())
    }

    // What was sent and not answered.

    /// Asks HaloPSA whether it has what was sent; only if not, the entry waits to be sent again.
    async fn look_up(&self, session: &Session, entry: OutboxEntry, pushed: &mut Pushed) -> anyhow::Result<Next> {
        match &entry.payload {
            OutboxPayload::Update { patch } => {
                let Some(halo) = self.halo_id(entry.ticket)? else {
                    self.park(&entry, "HaloPSA does not have this ticket yet.", "")?;
                    return Ok(Next::GoOn);
                };
                match interactive(session).ticket(&session.map, halo).await {
                    Ok(Some(row)) => {
                        self.link_is_up()?;
                        pushed.sent += u32::from(self.take_look(&session.map, &entry, patch, &row)?);
                    }
                    Ok(None) => self.gone(&entry)?,
                    Err(error) => return self.still_unknown(&entry, &error),
                }
            }
            OutboxPayload::Create { key } => match interactive(session).find_ticket_by_key(&session.map, key).await {
                Ok(Some(row)) => {
                    self.link_is_up()?;
                    let sent = self
                        .store()
                        .read(|reader| creation_patch(reader, &session.map, entry.ticket))?;
                    self.created(&session.map, &entry, &row, &sent, pushed)?;
                }
                Ok(None) => {
                    self.link_is_up()?;
                    self.set_state(&entry, &waiting(&entry, None))?;
                }
                Err(error) => return self.still_unknown(&entry, &error),
            },
            OutboxPayload::Activity { activity } => {
                let Some(halo) = self.halo_id(entry.ticket)? else {
                    self.park(&entry, "HaloPSA does not have this ticket yet.", "")?;
                    return Ok(Next::GoOn);
                };
                match interactive(session).actions(halo).await {
                    Ok(actions) => {
                        self.link_is_up()?;
                        let found = self.find_action(entry.ticket, *activity, &actions)?;
                        match found {
                            Some(action) => self.activity_arrived(&entry, *activity, action, pushed)?,
                            None => self.set_state(&entry, &waiting(&entry, None))?,
                        }
                    }
                    Err(error) => return self.still_unknown(&entry, &error),
                }
            }
        }
        Ok(Next::GoOn)
    }

    /// Compares an update whose answer was lost with the ticket as it is. Returns whether all of it had arrived.
    fn take_look(
        &self,
        map: &TenantMap,
        entry: &OutboxEntry,
        patch: &LocalPatch,
        row: &RemoteTicket,
    ) -> anyhow::Result<bool> {
        let written = self
            .store()
            .write(apply::operation(), self.now(), |w| -> anyhow::Result<bool> {
                let arrived = apply::arrived(w, patch, row)?;
                let whole = arrived == *patch;
                let change = if whole {
                    StateChange::to(OutboxState::Sent)
                } else {
                    waiting(entry, None)
                };
                w.set_outbox_state(entry.id, &change)?;
                apply::merge(w, self.rules(map), entry.ticket, row, Answers::Update(&arrived))?;
                Ok(whole)
            })?;
        self.publish(written.changes);
        Ok(written.value)
    }

    /// The action that is this note or call: same words at the same time; where HaloPSA keeps a time of its own, same
    /// words once more than this computer knows of.
    fn find_action(
        &self,
        ticket: TicketId,
        activity: ActivityId,
        actions: &[RemoteAction],
    ) -> anyhow::Result<Option<HaloActionId>> {
        let (row, all) = self
            .store()
            .read(|reader| Ok::<_, store::Error>((reader.activity(activity)?, reader.activities(ticket)?)))?;
        let Some(row) = row else { return Ok(None) };
        let wanted = words(&note_of(&row));
        let same: Vec<&RemoteAction> = actions.iter().filter(|action| words(&action.note) == wanted).collect();
        let exact = same
            .iter()
            .find(|action| action.at.is_some_and(|at| (at - row.at).abs() <= SAME_TIME));
        if let Some(action) = exact {
            return Ok(Some(action.id));
        }
        let known = all
            .iter()
            .filter(|other| other.id != activity && other.sync == SyncState::Synced && words(&note_of(other)) == wanted)
            .count();
        Ok(same
            .get(known..)
            .and_then(|unknown| unknown.last())
            .map(|action| action.id))
    }

    // States.

    fn halo_id(&self, ticket: TicketId) -> anyhow::Result<Option<HaloTicketId>> {
        Ok(self.store().card(ticket)?.and_then(|card| card.halo_id))
    }

    fn set_state(&self, entry: &OutboxEntry, change: &StateChange) -> anyhow::Result<()> {
        let written = self
            .store()
            .write_quiet(self.now(), |w| w.set_outbox_state(entry.id, change))?;
        self.publish(written.changes);
        Ok(())
    }

    fn park(&self, entry: &OutboxEntry, reason: &str, detail: &str) -> anyhow::Result<()> {
        tracing::info!(outbox.id = entry.id.0, "an outbox entry is parked");
        self.set_state(entry, &parked(entry, reason, detail))
    }

    /// HaloPSA says that the ticket does not exist. Nothing is deleted here.
    fn gone(&self, entry: &OutboxEntry) -> anyhow::Result<()> {
        let written = self.store().write_quiet(self.now(), |w| -> anyhow::Result<()> {
            w.set_gone(entry.ticket, true)?;
            let reason = "HaloPSA no longer has this ticket. Discard the change, or have the ticket restored there and send it again.";
            w.set_outbox_state(entry.id, &parked(entry, reason, ""))?;
            Ok(())
        })?;
        self.link_is_up()?;
        self.publish(written.changes);
        Ok(())
    }

    /// A lookup failed, so what is not known stays not known.
    fn still_unknown(&self, entry: &OutboxEntry, error: &Error) -> anyhow::Result<Next> {
        if error.kind == ErrorKind::NotFound {
            self.gone(entry)?;
            return Ok(Next::GoOn);
        }
        self.link_failed(error)?;
        let change = StateChange {
            due_at: Some(self.later(entry.tries)),
            ..uncertain_now(entry)
        };
        self.set_state(entry, &change)?;
        Ok(Next::Stop(error.clone()))
    }

    /// Decides what becomes of an entry whose request failed.
    fn fail(&self, entry: &OutboxEntry, error: &Error) -> anyhow::Result<Next> {
        // One that was taken back while HaloPSA was read has nothing left to fail.
        if self
            .store()
            .outbox_entry(entry.id)?
            .is_none_or(|entry| entry.state == OutboxState::Sent)
        {
            return Ok(Next::GoOn);
        }
        if error.is_uncertain() {
            self.link_failed(error)?;
            let change = StateChange {
                due_at: Some(self.later(entry.tries)),
                ..uncertain_now(entry)
            };
            self.set_state(entry, &change)?;
            return Ok(Next::Stop(error.clone()));
        }
        if error.kind == ErrorKind::NotFound {
            self.gone(entry)?;
            return Ok(Next::GoOn);
        }
        match error.retry {
            Retry::No => {
                self.link_is_up()?;
                self.park(entry, &error.message, &error.detail)?;
                Ok(Next::GoOn)
            }
            Retry::WhenSignedIn | Retry::After(_) => {
                self.link_failed(error)?;
                let change = StateChange {
                    tries: entry.tries,
                    ..waiting(entry, Some(error))
                };
                self.set_state(entry, &change)?;
                Ok(Next::Stop(error.clone()))
            }
            Retry::Soon => {
                let is_link = matches!(
                    error.kind,
                    ErrorKind::Unreachable | ErrorKind::Timeout | ErrorKind::Tls | ErrorKind::RateLimited
                );
                // A failure of the link is no fault of the entry: it goes as soon as the link is back.
                let due_at = (!is_link).then(|| self.later(entry.tries));
                let change = StateChange {
                    due_at,
                    tries: entry.tries + u32::from(!is_link),
                    ..waiting(entry, Some(error))
                };
                self.link_failed(error)?;
                self.set_state(entry, &change)?;
                // HaloPSA's own trouble may be about this ticket alone; when it is not, the circuit opens soon enough.
                if is_link || self.circuit_is_open() {
                    return Ok(Next::Stop(error.clone()));
                }
                Ok(Next::GoOn)
            }
        }
    }

    fn later(&self, tries: u32) -> DateTime<Utc> {
        let wait = jitter(tries + 1, &mut self.dice());
        self.now() + wait
    }
}

fn interactive(session: &Session) -> Halo {
    session.halo.as_class(Class::Interactive)
}

/// Whether a failed request of several may be the fault of one of them.
fn is_about_one(error: &Error) -> bool {
    matches!(
        error.kind,
        ErrorKind::Invalid | ErrorKind::NotFound | ErrorKind::Forbidden { .. } | ErrorKind::Conflict
    )
}

fn on_its_way(entry: &OutboxEntry) -> StateChange {
    StateChange {
        tries: entry.tries,
        ..StateChange::to(OutboxState::Sending)
    }
}

fn uncertain_now(entry: &OutboxEntry) -> StateChange {
    StateChange {
        tries: entry.tries + 1,
        ..StateChange::to(OutboxState::Uncertain)
    }
}

fn waiting(entry: &OutboxEntry, error: Option<&Error>) -> StateChange {
    StateChange {
        tries: entry.tries,
        reason: error.map(|error| error.message.clone()),
        detail: error
            .map(|error| error.detail.clone())
            .filter(|detail| !detail.is_empty()),
        ..StateChange::to(OutboxState::Waiting)
    }
}

fn parked(entry: &OutboxEntry, reason: &str, detail: &str) -> StateChange {
    StateChange {
        state: OutboxState::Parked,
        tries: entry.tries + 1,
        due_at: None,
        reason: Some(reason.to_owned()),
        detail: (!detail.is_empty()).then(|| detail.to_owned()),
    }
}

/// In HaloPSA's words: ids of agents, and the ticket type where the ticket is promoted.
fn ticket_patch(w: &Writer<'_>, halo: HaloTicketId, left: &LocalPatch) -> anyhow::Result<TicketPatch> {
    let lifecycle_there = outbox::mirror(w, halo)?.and_then(|mirror| mirror.lifecycle);
    let owner = match left.owner {
        Some(owner) => Some(outbox::halo_owner(w, owner)?),
        None => None,
    };
    Ok(TicketPatch {
        lifecycle: left
            .stage
            .as_ref()
            .map(|(lifecycle, _)| *lifecycle)
            .filter(|lifecycle| Some(*lifecycle) != lifecycle_there),
        stage: left.stage.as_ref().map(|(_, stage)| stage.clone()),
        owner,
        summary: None,
        details: None,
        fields: left.fields.clone(),
    })
}

/// What a creation sends, without what was changed here since it was sent and waits in an entry of its own.
fn creation_patch(reader: &store::Reader<'_>, map: &TenantMap, ticket: TicketId) -> Result<LocalPatch, store::Error> {
    let Some(row) = reader.ticket(ticket)? else {
        return Ok(LocalPatch::default());
    };
    let mut patch = LocalPatch {
        stage: Some((row.card.lifecycle, row.card.stage)),
        owner: Some(row.card.owner),
        fields: apply::all_fields(crate::facts::plain_values(reader, ticket)?, map),
    };
    for entry in reader.unsent(ticket)? {
        if let OutboxPayload::Update { patch: later } = &entry.payload {
            for part in parts(later) {
                drop_part(&mut patch, part);
            }
        }
    }
    Ok(patch)
}

/// What HaloPSA's timeline shows for a note or a call.
fn note_of(row: &ActivityRow) -> String {
    let Some(call) = &row.call else { return row.body.clone() };
    let mut text = call_line(call);
    if let Some(next) = &call.next_action {
        text.push_str(&format!(
            "\nNext: {}, by {}.",
            next.what,
            next.due.format("%-d %b %Y %H:%M UTC")
        ));
    }
    if !row.body.is_empty() {
        text.push_str("\n\n");
        text.push_str(&row.body);
    }
    text
}

/// "Outbound call to +44 20 7946 0018: Connected, 5 min 20 s."
fn call_line(call: &CallRecord) -> String {
    let (direction, preposition) = match call.direction {
        Direction::Outbound => ("Outbound", "to"),
        Direction::Inbound => ("Inbound", "from"),
    };
    let number = call
        .dialled
        .as_ref()
        .map(|number| format!(" {preposition} {number}"))
        .unwrap_or_default();
    let duration = match (call.duration_s / 60, call.duration_s % 60) {
        (0, 0) => String::new(),
        (0, seconds) => format!(", {seconds} s"),
        (minutes, 0) => format!(", {minutes} min"),
        (minutes, seconds) => format!(", {minutes} min {seconds} s"),
    };
    format!("{direction} call{number}: {}{duration}.", call.outcome.label())
}

/// Words without the spaces and lines between them: HaloPSA keeps notes as HTML.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use domain::activity::CallOutcome;

    use super::*;

    #[test]
    fn a_call_reads_like_a_sentence() {
        let check = |dialled: Option<&str>, duration_s: u32, expect: &str| {
            let call = CallRecord {
                direction: Direction::Outbound,
                dialled: dialled.map(str::to_owned),
                duration_s,
                outcome: CallOutcome::Connected,
                next_action: None,
                recording_url: None,
            };
            assert_eq!(call_line(&call), expect);
        };
        check(
            Some("+442079460018"),
            320,
            "Outbound call to +442079460018: Connected, 5 min 20 s.",
        );
        check(None, 0, "Outbound call: Connected.");
        check(None, 59, "Outbound call: Connected, 59 s.");
        check(None, 120, "Outbound call: Connected, 2 min.");
    }
}
