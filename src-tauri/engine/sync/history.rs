//! Where tickets were before Leadline knew them, rebuilt from HaloPSA's actions, which name the status before and after.
//!
//! Once everything has been read, the actions of all tickets are read day by day, backwards, until the day on which the
//! first ticket was created. Each day is stored in one transaction together with how far the reading came, so it can be
//! ended at any point. A few days are read at a time, at the lowest class of requests, when nothing else is due: the
//! board never waits for history. What the timeline of a single ticket tells is used in the same way.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use connectors::Class;
use domain::{
    HaloTicketId, Lifecycle, StageKey, TicketId,
    history::{self, StatusChange, Stay},
    remote::RemoteAction,
    tenant::TenantMap,
};
use serde::{Deserialize, Serialize};
use store::{Reader, StageStay, Writer};

use super::Session;
use crate::Engine;

/// How far back the history was read.
const CURSOR: &str = "history/back";
/// The time that is asked for at once, and the shortest that a busy day is cut into.
const SPAN: TimeDelta = TimeDelta::days(1);
const SHORTEST: TimeDelta = TimeDelta::minutes(15);
/// How many requests are made between two looks at what else is due.
const AT_ONCE: usize = 10;

/// After a failure, which is left to other requests to tell of, it is tried again so much later.
const LATER: TimeDelta = TimeDelta::minutes(15);

/// How far the reading came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Progress {
    /// Everything since then is read.
    back_to: DateTime<Utc>,
    done: bool,
    /// How much is asked for next: less after a failure, because HaloPSA gives up over long answers.
    span_s: i64,
    not_before: DateTime<Utc>,
}

impl Progress {
    fn new(back_to: DateTime<Utc>) -> Self {
        Self {
            back_to,
            done: false,
            span_s: SPAN.num_seconds(),
            not_before: DateTime::UNIX_EPOCH,
        }
    }

    fn span(self) -> TimeDelta {
        TimeDelta::seconds(self.span_s).clamp(SHORTEST, SPAN)
    }

    fn with_span(self, span: TimeDelta) -> Self {
        Self {
            span_s: span.clamp(SHORTEST, SPAN).num_seconds(),
            ..self
        }
    }
}

/// Since when HaloPSA's history is known while it is still being read; `None` before it was begun, and once all of it is.
pub(crate) fn pending(reader: &Reader<'_>) -> Result<Option<DateTime<Utc>>, store::Error> {
    Ok(progress(reader)?
        .filter(|progress| !progress.done)
        .map(|progress| progress.back_to))
}

fn progress(reader: &Reader<'_>) -> Result<Option<Progress>, store::Error> {
    // A cursor of another version is no cursor: the worst that follows is that days are read again.
    Ok(reader
        .cursor_get(CURSOR)?
        .and_then(|text| serde_json::from_str(&text).ok()))
}

fn keep_progress(w: &mut Writer<'_>, progress: Progress) -> anyhow::Result<()> {
    w.cursor_set(CURSOR, &serde_json::to_string(&progress)?)?;
    Ok(())
}

impl Engine {
    /// Whether there is history to be read.
    pub(super) fn history_is_due(&self) -> anyhow::Result<bool> {
        let progress = self.store().read(progress)?;
        let waits = progress.is_none_or(|progress| !progress.done && progress.not_before <= self.now());
        Ok(waits && self.has_pulled_all()?)
    }

    /// Reads some of the history. Returns whether there is more.
    pub(super) async fn pull_history(&self, session: &Session) -> anyhow::Result<bool> {
        for _ in 0..AT_ONCE {
            if !self.history_is_due()? {
                return Ok(false);
            }
            let (known, first) = self
                .store()
                .read(|reader| -> Result<_, store::Error> { Ok((progress(reader)?, reader.first_created()?)) })?;
            let skew = session.halo.server_clock_skew().unwrap_or_default();
            let at = known.unwrap_or_else(|| Progress::new(self.now() + skew));
            if first.is_none_or(|first| first >= at.back_to) {
                // There is nothing older.
                self.keep_progress(Progress { done: true, ..at })?;
                return Ok(false);
            }
            let from = at.back_to - at.span();
            let halo = session.halo.as_class(Class::Spare);
            let reading = self.unless_asked(halo.actions_between(from, at.back_to));
            let (Some(answer), _) = self.while_pushing(reading).await? else {
                return Ok(true);
            };
            match answer {
                Ok(Some(actions)) => {
                    let next = Progress { back_to: from, ..at };
                    self.keep_history(session, &actions, next.with_span(at.span() * 2))?;
                }
                // More than HaloPSA sends at once.
                Ok(None) if at.span() > SHORTEST => self.keep_progress(at.with_span(at.span() / 2))?,
                // Nobody waits for history, so its failures say nothing about the link.
                Ok(None) | Err(_) => {
                    let not_before = self.now() + LATER;
                    self.keep_progress(Progress { not_before, ..at }.with_span(at.span() / 2))?;
                    return Ok(false);
                }
            }
        }
        self.history_is_due()
    }

    /// Gives up reading when a person asks for a whole round, and leaves their wish to the next turn.
    async fn unless_asked<T>(&self, reading: impl Future<Output = T> + Send) -> Option<T> {
        let round = &self.inner.sync.round;
        tokio::select! {
            biased;
            () = round.notified() => {
                round.notify_one();
                None
            }
            read = reading => Some(read),
        }
    }

    fn keep_progress(&self, progress: Progress) -> anyhow::Result<()> {
        self.store()
            .write_quiet(self.now(), |w| keep_progress(w, progress))
            .map(|_| ())
    }

    fn keep_history(&self, session: &Session, actions: &[RemoteAction], progress: Progress) -> anyhow::Result<()> {
        let mut by_ticket: BTreeMap<HaloTicketId, Vec<&RemoteAction>> = BTreeMap::new();
        for action in actions {
            by_ticket.entry(action.ticket).or_default().push(action);
        }
        let written = self.store().write_quiet(self.now(), |w| -> anyhow::Result<()> {
            for (halo, actions) in by_ticket {
                if let Some(ticket) = w.ticket_by_halo(halo)? {
                    keep(w, &session.map, ticket, actions)?;
                }
            }
            keep_progress(w, progress)
        })?;
        self.publish(written.changes);
        Ok(())
    }
}

/// Rebuilds the past of a ticket as far as these actions tell of it.
pub(super) fn keep<'a>(
    w: &mut Writer<'_>,
    map: &TenantMap,
    ticket: TicketId,
    actions: impl IntoIterator<Item = &'a RemoteAction>,
) -> Result<(), store::Error> {
    // Each of the two numbers of such a card tells half of its past, and the card was here to see where it went on.
    if w.is_in_succession(ticket)? {
        return Ok(());
    }
    let stage = |status| -> Option<(Lifecycle, StageKey)> {
        Lifecycle::ALL
            .into_iter()
            .find_map(|lifecycle| map.stage_of(lifecycle, status).map(|stage| (lifecycle, stage.clone())))
    };
    let mut changes = Vec::new();
    for action in actions {
        let (Some(at), Some(new)) = (action.at, action.new_status) else {
            continue;
        };
        if action.old_status != Some(new) {
            changes.push(StatusChange {
                at,
                from: action.old_status.and_then(stage),
                to: stage(new),
                by: match action.agent {
                    Some(agent) => w.agent_by_halo(agent)?,
                    None => None,
                },
            });
        }
    }
    let (Some(row), false) = (w.ticket_or_part(ticket)?, changes.is_empty()) else {
        return Ok(());
    };
    let known: Vec<Stay> = w
        .stage_entries(ticket)?
        .into_iter()
        .map(|entry| Stay {
            lifecycle: entry.lifecycle,
            stage: entry.stage,
            entered_at: entry.entered_at,
            left_at: entry.left_at,
            by: entry.by,
            rebuilt: entry.rebuilt,
        })
        .collect();
    let stays = history::rebuild(row.created_at, known.clone(), changes);
    if stays == known {
        return Ok(());
    }
    let mut past = Vec::new();
    for stay in stays.into_iter().filter(|stay| stay.rebuilt) {
        match stay.left_at {
            Some(left_at) => past.push(StageStay {
                lifecycle: stay.lifecycle,
                stage: stay.stage,
                entered_at: stay.entered_at,
                left_at,
                by: stay.by,
            }),
            None => w.correct_entry(ticket, stay.entered_at, stay.by)?,
        }
    }
    w.rebuild_stays(ticket, &past)
}
