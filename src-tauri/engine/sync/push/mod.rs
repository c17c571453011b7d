//! Sending what the outbox says is due: in order per ticket, tickets independent of each other.
//!
//! An update is sent in four steps: read the ticket as HaloPSA has it now and merge (a colleague may have changed it since
//! the last pull), mark what is left as `sending` on the disk, send, store the answer as the new mirror together with
//! `sent`. Updates of different tickets travel in one request; when HaloPSA refuses such a request they are looked up and
//! sent one by one, so that one bad value refuses only its own ticket.
//!
//! What was sent and not answered is never sent again before HaloPSA was asked whether it has it: an update by reading
//! the ticket, a creation by our key, a note or call by its words and time.

mod activities;
mod creations;
mod lookup;
mod updates;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use connectors::{Class, Error, ErrorKind, Retry, halo::Halo};
use domain::{HaloTicketId, TicketId, tenant::TenantMap};
use store::{OutboxEntry, OutboxPayload, OutboxState, StateChange};

use super::{Session, apply::Rules, health::jitter};
use crate::{BoxFuture, Engine};

/// Entries looked at in one go.
const AT_ONCE: u32 = 100;

/// What a push did.
#[derive(Debug, Default)]
pub(in crate::sync) struct Pushed {
    /// Entries that HaloPSA accepted.
    pub sent: u32,
    /// Tickets that were written.
    pub tickets: BTreeSet<HaloTicketId>,
    /// Why it ended early.
    pub trouble: Option<Error>,
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
