//! Updates of tickets: read, merge, mark, send, store the answer.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use connectors::{Error, ErrorKind};
use domain::{
    HaloTicketId,
    remote::{RemoteTicket, TicketPatch},
    tenant::TenantMap,
};
use store::{LocalPatch, OutboxEntry, OutboxPayload, OutboxState, StateChange, Writer};

use super::{Next, Pushed, interactive, on_its_way, parked, uncertain_now};
use crate::{
    Engine, labels,
    outbox::{self, Reach, drop_part, put},
    sync::{
        Session,
        apply::{self, Answers, Sort},
    },
};

/// The most updates in one request, by how often one of them was refused in company: one that is at fault among fifty is
/// found with three times four requests.
const COMPANY: [usize; 4] = [50, 13, 4, 1];
/// With more updates than this, reading what changed since the last pull takes fewer requests than reading each ticket.
pub(super) const CATCH_UP_ABOVE: usize = 6;
/// What was read for one batch is new enough for the next one for so long.
const FRESH: TimeDelta = TimeDelta::seconds(30);

/// An update that is `sending`.
pub(super) struct Ready {
    pub entry: OutboxEntry,
    pub halo: HaloTicketId,
    pub sent: LocalPatch,
    pub patch: TicketPatch,
}

impl Engine {
    pub(super) async fn send_updates(
        &self,
        session: &Session,
        entries: Vec<OutboxEntry>,
        pushed: &mut Pushed,
    ) -> anyhow::Result<Next> {
        if let stop @ Next::Stop(_) = self.refresh(session, &entries, pushed).await? {
            return Ok(stop);
        }
        let (entries, next) = self.send_successions(session, entries, pushed).await?;
        if let stop @ Next::Stop(_) = next {
            return Ok(stop);
        }
        for group in in_company(&entries) {
            let ready = self.mark_sending(&session.map, &group)?;
            let (ready, next) = self.send_stages(session, ready, pushed).await?;
            if let stop @ Next::Stop(_) = next {
                return Ok(stop);
            }
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
                    for one in &ready {
                        pushed.tickets.insert(one.halo);
                        let change = StateChange {
                            tries: refusals_after(&one.entry, ready.len()),
                            ..uncertain_now(&one.entry)
                        };
                        self.set_state(&one.entry, &change)?;
                    }
                    Next::GoOn
                }
                Err(error) => {
                    pushed.tickets.extend(ready.iter().map(|ready| ready.halo));
                    let entries: Vec<_> = ready.iter().map(|ready| &ready.entry).collect();
                    self.fail_all(&entries, &error)?
                }
            };
            if let stop @ Next::Stop(_) = next {
                return Ok(stop);
            }
        }
        Ok(Next::GoOn)
    }

    /// Reads the tickets as HaloPSA has them now and merges, so that nothing is sent over a colleague's change.
    async fn refresh(&self, session: &Session, entries: &[OutboxEntry], pushed: &mut Pushed) -> anyhow::Result<Next> {
        let mut one_by_one: Vec<&OutboxEntry> = entries.iter().collect();
        if entries.len() > CATCH_UP_ABOVE && self.has_pulled_all()? {
            let now = self.now();
            let mut changed = BTreeSet::new();
            if pushed.caught_up.is_none_or(|at| now - at > FRESH) {
                match self.catch_up(session).await {
                    Ok(pulled) => changed = pulled.tickets,
                    Err(error) => return Ok(Next::Stop(error.downcast::<Error>()?)),
                }
                pushed.caught_up = Some(now);
            }
            // Lists leave some properties out. Where a colleague changed the ticket, all of it is looked at.
            one_by_one.retain(|entry| !entry.payload.fields().is_empty());
            let mut left = Vec::new();
            for entry in one_by_one {
                if self.halo_id(entry.ticket)?.is_some_and(|halo| changed.contains(&halo)) {
                    left.push(entry);
                }
            }
            one_by_one = left;
        }
        for entry in one_by_one {
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
    pub(in crate::sync) fn meet(&self, map: &TenantMap, row: &RemoteTicket) -> anyhow::Result<()> {
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
    fn mark_sending(&self, map: &TenantMap, entries: &[OutboxEntry]) -> anyhow::Result<Vec<Ready>> {
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
                    let mut patch = patch.clone();
                    let Some(halo) = w.ticket_or_part(entry.ticket)?.and_then(|row| row.card.halo_id) else {
                        continue;
                    };
                    if let Some(queued) = patch.lists.take() {
                        // All tags are named, so those that a colleague added meanwhile go along.
                        let here = w.lists_of(entry.ticket)?;
                        patch.lists = Some(match outbox::mirror(w, halo)?.and_then(|mirror| mirror.tags) {
                            Some(there) => {
                                let by_rule = w.rule_lists()?;
                                outbox::owed_lists(&by_rule, &here, &there, Some(&queued), |_| false)
                            }
                            None => here,
                        });
                    }
                    let left = apply::without_paid(w, entry.ticket, &patch)?;
                    if left.is_empty() {
                        w.set_outbox_state(entry.id, &StateChange::to(OutboxState::Sent))?;
                        continue;
                    }
                    let patch = match ticket_patch(w, halo, &left)? {
                        Ok(patch) => patch,
                        Err(reason) => {
                            w.set_outbox_state(entry.id, &parked(&entry, &reason, ""))?;
                            continue;
                        }
                    };
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
        tracing::debug!(outbox.entries = written.value.len(), map.version, "sending");
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
}

/// What counts as its refusals once a group of so many was refused: the next one is smaller.
fn refusals_after(entry: &OutboxEntry, group: usize) -> u32 {
    let smaller = COMPANY.iter().position(|size| *size < group).unwrap_or(COMPANY.len());
    u32::try_from(smaller).unwrap_or(u32::MAX).max(entry.tries + 1)
}

/// Groups that travel in one request each: what was refused in company travels in a smaller one.
fn in_company(entries: &[OutboxEntry]) -> Vec<Vec<OutboxEntry>> {
    let mut groups: Vec<Vec<OutboxEntry>> = Vec::new();
    for (refused, size) in COMPANY.into_iter().enumerate() {
        let is_of = |entry: &&OutboxEntry| {
            usize::try_from(entry.tries).is_ok_and(|tries| tries.min(COMPANY.len() - 1) == refused)
        };
        let of: Vec<OutboxEntry> = entries.iter().filter(is_of).cloned().collect();
        groups.extend(of.chunks(size).map(<[OutboxEntry]>::to_vec));
    }
    groups
}

/// Whether a failed request of several may be the fault of one of them.
fn is_about_one(error: &Error) -> bool {
    matches!(
        error.kind,
        ErrorKind::Invalid | ErrorKind::NotFound | ErrorKind::Forbidden { .. } | ErrorKind::Conflict
    )
}

/// In HaloPSA's words: ids of agents and contacts, and the ticket type where the ticket is promoted; or why it has none.
fn ticket_patch(w: &Writer<'_>, halo: HaloTicketId, left: &LocalPatch) -> anyhow::Result<Result<TicketPatch, String>> {
    let lifecycle_there = outbox::mirror(w, halo)?.and_then(|mirror| mirror.lifecycle);
    let owner = match left.owner {
        Some(owner) => Some(outbox::halo_owner(w, owner)?),
        None => None,
    };
    let party = match left.party {
        None => None,
        Some(party) => match outbox::reach(w, party)? {
            Reach::Nobody => Some(None),
            Reach::At(party) => Some(Some(party)),
            Reach::Missing(name) => {
                return Ok(Err(format!(
                    "HaloPSA does not have {name}, because that was refused or discarded. Link the ticket to somebody else."
                )));
            }
        },
    };
    Ok(Ok(TicketPatch {
        lifecycle: left
            .stage
            .as_ref()
            .map(|(lifecycle, _)| *lifecycle)
            .filter(|lifecycle| Some(*lifecycle) != lifecycle_there),
        stage: left.stage.as_ref().map(|(_, stage)| stage.clone()),
        owner,
        summary: None,
        details: None,
        party,
        tags: left.lists.clone(),
        created_from: None,
        fields: left.fields.clone(),
    }))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use domain::{
        FieldKey, HaloStatusId, HaloTicketTypeId, Lifecycle, Value, fields::keys, remote::RemoteTicket,
        tenant::FieldTarget,
    };
    use store::{Key, Store};

    use super::*;
    use crate::{Engine, MemoryVault, Options, Parts, SystemClock};

    /// HaloPSA's ticket 2174 as a list shows it.
    fn row(stage: &str, phone: Option<&str>, updated: &str) -> RemoteTicket {
        let known = |field: FieldKey, text: &str| (field, Value::Text(text.to_owned()));
        RemoteTicket {
            id: HaloTicketId(2174),
            ticket_type: HaloTicketTypeId(41),
            status: HaloStatusId(0),
            lifecycle: Some(Lifecycle::Lead),
            stage: Some(stage.into()),
            owner: None,
            summary: "Jane Doe - Acme".to_owned(),
            contact: None,
            company: None,
            site: None,
            fields: phone.into_iter().map(|phone| known(keys::INDUSTRY, phone)).collect(),
            tags: None,
            fields_known: phone.into_iter().map(|_| keys::INDUSTRY).collect(),
            created: None,
            last_update: updated.parse().ok(),
            closed: false,
            warning: None,
        }
    }

    fn engine() -> (tempfile::TempDir, Engine, TenantMap) {
        let home = tempfile::tempdir().unwrap();
        let store = Store::open(&home.path().join("leadline.db"), &Key::random().unwrap()).unwrap();
        let engine = Engine::new(Parts {
            store,
            clock: Arc::new(SystemClock),
            vault: Arc::new(MemoryVault::default()),
            options: Options::default(),
        })
        .unwrap();
        let mut map = TenantMap::default();
        let home_of = FieldTarget::Native {
            property: "oppindustry".to_owned(),
        };
        map.fields.insert(keys::INDUSTRY, home_of);
        (home, engine, map)
    }

    fn rules<'a>(engine: &'a Engine, map: &'a TenantMap) -> apply::Rules<'a> {
        engine.rules(map)
    }

    /// HaloPSA answers with success and the old status: a drag must not look done and not be.
    #[test]
    fn what_halopsa_accepts_and_ignores_is_parked() {
        let (_home, engine, map) = engine();
        let store = engine.store();
        let before = row("new_lead", Some("Legal"), "2026-11-21T09:00:00Z");
        let inserted = store
            .write_quiet(engine.now(), |w| apply::insert(w, rules(&engine, &map), &before))
            .unwrap();
        let ticket = inserted.value.unwrap();
        engine.edit_field(ticket, keys::INDUSTRY, "Retail").unwrap();
        engine
            .operate("move", None, |w| {
                let at = w.at();
                Ok(w.move_ticket(ticket, Lifecycle::Lead, &"researching".into(), None, at)?)
            })
            .unwrap();
        let entries = store.due(engine.now(), 10).unwrap();
        let ready = engine.mark_sending(&map, &entries).unwrap();
        let [ready] = ready.as_slice() else {
            unreachable!("one entry is sent: {}", ready.len())
        };

        let answer = row("new_lead", Some("Retail"), "2026-11-21T09:05:00Z");
        let mut pushed = Pushed::default();
        engine.take_answer(&map, ready, &answer, &mut pushed).unwrap();
        assert_eq!(pushed.sent, 0);
        let [left] = store.unsent(ticket).unwrap().try_into().unwrap();
        assert_eq!(left.state, OutboxState::Parked);
        assert_eq!(left.what, "Move to Researching", "the field was taken over");
        assert_eq!(
            store.card(ticket).unwrap().unwrap().stage.as_str(),
            "researching",
            "the person's move is kept"
        );

        // The next pull shows the same, and still nothing is lost or sent by itself.
        engine
            .meet(&map, &row("new_lead", Some("Retail"), "2026-11-21T09:06:00Z"))
            .unwrap();
        assert_eq!(
            store.unsent(ticket).unwrap().first().map(|entry| entry.state),
            Some(OutboxState::Parked)
        );
        assert!(store.due(engine.now(), 10).unwrap().is_empty());
    }

    /// HaloPSA writes what we sent in its own way: that is the value from now on, and not a colleague's change.
    #[test]
    fn what_halopsa_makes_of_a_value_is_taken_over() {
        let (_home, engine, map) = engine();
        let store = engine.store();
        let before = row("new_lead", Some("Legal"), "2026-11-21T09:00:00Z");
        let inserted = store
            .write_quiet(engine.now(), |w| apply::insert(w, rules(&engine, &map), &before))
            .unwrap();
        let ticket = inserted.value.unwrap();
        engine.edit_field(ticket, keys::INDUSTRY, "retail").unwrap();
        let ready = engine
            .mark_sending(&map, &store.due(engine.now(), 10).unwrap())
            .unwrap();
        let answer = row("new_lead", Some("Retail"), "2026-11-21T09:05:00Z");
        engine
            .take_answer(&map, ready.first().unwrap(), &answer, &mut Pushed::default())
            .unwrap();
        let value = store.value(ticket, keys::INDUSTRY).unwrap().unwrap().value;
        assert_eq!(value, Value::Text("Retail".to_owned()));
        assert!(store.unsent(ticket).unwrap().is_empty());
        assert!(store.conflicts(ticket).unwrap().is_empty());
    }

    /// A page that was on its way while something newer was stored says nothing any more.
    #[test]
    fn an_older_row_is_stale_and_a_silent_one_no_news() {
        let (_home, engine, map) = engine();
        let store = engine.store();
        let before = row("new_lead", Some("Legal"), "2026-11-21T09:00:00.123Z");
        store
            .write_quiet(engine.now(), |w| apply::insert(w, rules(&engine, &map), &before))
            .unwrap();
        let sort = |row: &RemoteTicket| store.read(|reader| apply::sort(reader, row)).unwrap();
        assert_eq!(
            sort(&row("engaged", Some("Legal"), "2026-11-21T08:59:59Z")),
            Sort::Stale
        );
        // A list that cuts fractions off and leaves the field out.
        assert_eq!(sort(&row("new_lead", None, "2026-11-21T09:00:00Z")), Sort::Known);
        assert!(matches!(
            sort(&row("engaged", None, "2026-11-21T09:00:00Z")),
            Sort::Changed(_)
        ));
    }
}
