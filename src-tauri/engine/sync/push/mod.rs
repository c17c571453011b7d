//! Sending what the outbox says is due: in order per ticket, tickets independent of each other.
//!
//! An update is sent in four steps: read the ticket as HaloPSA has it now and merge (a colleague may have changed it since
//! the last pull), mark what is left as `sending` on the disk, send, store the answer as the new mirror together with
//! `sent`. Updates of different tickets travel in one request; when HaloPSA refuses such a request they are looked up
//! together and sent in smaller and smaller company, so that one bad value refuses only its own ticket, and soon.
//!
//! What was sent and not answered is never sent again before HaloPSA was asked whether it has it: an update by reading
//! the ticket, a creation by our key, a note or call by its words and time.

mod activities;
mod appointments;
mod creations;
mod lookup;
mod peace;
mod records;
mod stages;
mod successions;
mod updates;

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use connectors::{Class, Error, ErrorKind, Retry, halo::Halo};
use domain::{HaloTicketId, TicketId, tenant::TenantMap};
use store::{OutboxEntry, OutboxPayload, OutboxState, StateChange, SyncLogKind};

use super::{
    Session,
    apply::Rules,
    health::{failure_in_words, jitter},
};
use crate::{BoxFuture, Engine};

/// Entries looked at in one go.
const AT_ONCE: u32 = 500;
/// After so many tries an entry that alone fails is tried once a minute only.
const PATIENT_AFTER: u32 = 5;
/// See [`PATIENT_AFTER`].
const PATIENT: TimeDelta = TimeDelta::seconds(60);
/// A ticket that HaloPSA says was changed meanwhile is read, merged and sent again so often before a person is asked.
const MOST_CONFLICTS: u32 = 5;

/// What a push did.
#[derive(Debug, Default)]
pub(in crate::sync) struct Pushed {
    /// Entries that HaloPSA accepted.
    pub sent: u32,
    /// Tickets that were written.
    pub tickets: BTreeSet<HaloTicketId>,
    /// Why it ended early.
    pub trouble: Option<Error>,
    /// When everything that changed in HaloPSA was last read because much was to be sent.
    caught_up: Option<DateTime<Utc>>,
}

/// Whether to go on with other entries.
enum Next {
    GoOn,
    Stop(Error),
}

impl Engine {
    /// Sends what is due until nothing is, or the link gives out.
    pub(in crate::sync) fn push(&self) -> BoxFuture<'_, anyhow::Result<Pushed>> {
        // Boxed, because a large push reads what changed first, and reading pushes meanwhile.
        Box::pin(async move {
            let mut pushed = Pushed::default();
            let mut last: Vec<OutboxEntry> = Vec::new();
            loop {
                // A person may hold the rest back while it drains.
                if self.is_paused()? {
                    return Ok(pushed);
                }
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
                let before = pushed.sent;
                let next = self.push_batch(&session, due, &mut pushed).await?;
                if pushed.sent > before {
                    let sent = pushed.sent - before;
                    self.log(SyncLogKind::Sent, &format!("HaloPSA accepted {sent} changes."))?;
                }
                if let Next::Stop(error) = next {
                    pushed.trouble = Some(error);
                    return Ok(pushed);
                }
            }
        })
    }

    async fn push_batch(&self, session: &Session, due: Vec<OutboxEntry>, pushed: &mut Pushed) -> anyhow::Result<Next> {
        let (uncertain, waiting): (Vec<_>, Vec<_>) =
            due.into_iter().partition(|entry| entry.state == OutboxState::Uncertain);
        let (uncertain, next) = self.look_up_together(session, uncertain, pushed).await?;
        if let Next::Stop(_) = next {
            return Ok(next);
        }
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
                OutboxPayload::Create { .. }
                | OutboxPayload::Activity { .. }
                | OutboxPayload::Record { .. }
                | OutboxPayload::Peace { .. } => {
                    others.push(entry);
                }
            }
        }
        if let stop @ Next::Stop(_) = self.send_updates(session, updates, pushed).await? {
            return Ok(stop);
        }
        for entry in others {
            let next = match &entry.payload {
                OutboxPayload::Create { key } => self.send_creation(session, &entry, key, pushed).await?,
                OutboxPayload::Activity { activity } => self.send_activity(session, &entry, *activity, pushed).await?,
                OutboxPayload::Record { record } => self.send_record(session, &entry, *record, pushed).await?,
                OutboxPayload::Peace { contact } => self.send_peace(session, &entry, *contact, pushed).await?,
                OutboxPayload::Update { .. } => Next::GoOn,
            };
            if let stop @ Next::Stop(_) = next {
                return Ok(stop);
            }
        }
        Ok(Next::GoOn)
    }

    pub(in crate::sync) fn rules<'a>(&'a self, map: &'a TenantMap) -> Rules<'a> {
        Rules {
            workflow: self.workflow(),
            map,
            skew: self.clock_skew().unwrap_or_default(),
        }
    }

    fn halo_id(&self, ticket: TicketId) -> anyhow::Result<Option<HaloTicketId>> {
        Ok(self.store().ticket_or_part(ticket)?.and_then(|row| row.card.halo_id))
    }

    fn set_state(&self, entry: &OutboxEntry, change: &StateChange) -> anyhow::Result<()> {
        let written = self
            .store()
            .write_quiet(self.now(), |w| w.set_outbox_state(entry.id, change))?;
        self.publish(written.changes);
        Ok(())
    }

    /// Puts on the disk that the entry is on its way, before its request leaves. `false` when it no longer waits: it was
    /// taken back meanwhile, and nothing is to be sent.
    fn mark_one_sending(&self, entry: &OutboxEntry) -> anyhow::Result<bool> {
        let marked = self.store().write_quiet(self.now(), |w| -> anyhow::Result<bool> {
            let found = w.outbox_entry(entry.id)?;
            let waits = found.is_some_and(|found| found.state == OutboxState::Waiting);
            if waits {
                w.set_outbox_state(entry.id, &on_its_way(entry))?;
            }
            Ok(waits)
        })?;
        self.publish(marked.changes);
        Ok(marked.value)
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
        self.fail_all(&[entry], error)
    }

    /// Decides what becomes of the entries that travelled in one failed request. However many there were, it is one
    /// failure of the link.
    fn fail_all(&self, entries: &[&OutboxEntry], error: &Error) -> anyhow::Result<Next> {
        let is_link = match error.kind {
            ErrorKind::Invalid | ErrorKind::Forbidden { .. } | ErrorKind::NotFound | ErrorKind::Conflict => {
                self.link_is_up()?;
                return self.refused(entries, error);
            }
            ErrorKind::Server | ErrorKind::Malformed => matches!(error.retry, Retry::After(_)),
            // Nobody who could say no: the network, somebody else's page, the sign-in.
            _ => true,
        };
        self.link_failed(error)?;
        for entry in self.still_unsent(entries)? {
            let change = if error.is_uncertain() {
                StateChange {
                    due_at: Some(self.later(entry.tries)),
                    ..uncertain_now(entry)
                }
            } else if is_link {
                // A failure of the link is no fault of the entry: it goes as soon as the link is back.
                waiting(entry, Some(error))
            } else {
                StateChange {
                    due_at: Some(self.later(entry.tries)),
                    tries: entry.tries + 1,
                    ..waiting(entry, Some(error))
                }
            };
            self.set_state(entry, &change)?;
        }
        // HaloPSA's own trouble may be about this ticket alone; when it is not, the circuit opens soon enough.
        if is_link || self.circuit_is_open() {
            return Ok(Next::Stop(error.clone()));
        }
        Ok(Next::GoOn)
    }

    /// HaloPSA answered, and said no.
    fn refused(&self, entries: &[&OutboxEntry], error: &Error) -> anyhow::Result<Next> {
        for entry in self.still_unsent(entries)? {
            match error.kind {
                ErrorKind::NotFound => self.gone(entry)?,
                ErrorKind::Conflict if entry.tries < MOST_CONFLICTS => {
                    // It is read and merged before it is sent the next time, so the sooner the better.
                    let change = StateChange {
                        tries: entry.tries + 1,
                        ..waiting(entry, Some(error))
                    };
                    self.set_state(entry, &change)?;
                }
                _ => {
                    self.suspect_setup();
                    self.log(SyncLogKind::Refused, &failure_in_words(error))?;
                    self.park(entry, &error.message, &error.detail)?;
                }
            }
        }
        Ok(Next::GoOn)
    }

    /// Those that were not taken back while HaloPSA was asked: nothing is left of the others that could fail.
    fn still_unsent<'e>(&self, entries: &[&'e OutboxEntry]) -> anyhow::Result<Vec<&'e OutboxEntry>> {
        let mut left = Vec::with_capacity(entries.len());
        for entry in entries {
            let found = self.store().outbox_entry(entry.id)?;
            if found.is_some_and(|found| found.state != OutboxState::Sent) {
                left.push(*entry);
            }
        }
        Ok(left)
    }

    fn later(&self, tries: u32) -> DateTime<Utc> {
        let wait = if tries >= PATIENT_AFTER {
            PATIENT
        } else {
            jitter(tries + 1, &mut self.dice())
        };
        self.now() + wait
    }
}

fn interactive(session: &Session) -> Halo {
    session.halo.as_class(Class::Interactive)
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
