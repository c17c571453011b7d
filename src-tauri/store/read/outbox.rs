//! The outbox as the push loop takes it, and as a person reads it; and the conflicts beside it.

use chrono::{DateTime, Utc};
use domain::{AgentId, ConflictId, OperationId, OutboxId, TicketId};
use rusqlite::Row;

use super::Reader;
use crate::{
    ConflictRow, Error, LocalPatch, NewRecord, OutboxCounts, OutboxPayload, OutboxRow, OutboxState,
    convert::{from_json, lifecycle, millis, to_millis},
    writer::ticket_label,
};

/// An outbox entry with what it carries.
#[derive(Clone, Debug, PartialEq)]
pub struct OutboxEntry {
    pub id: OutboxId,
    pub ticket: TicketId,
    pub operation: Option<OperationId>,
    pub payload: OutboxPayload,
    pub what: String,
    pub state: OutboxState,
    pub since: DateTime<Utc>,
    pub tries: u32,
    pub due_at: Option<DateTime<Utc>>,
    pub reason: Option<String>,
    pub detail: Option<String>,
}

/// A conflict with what each side would write.
#[derive(Clone, Debug, PartialEq)]
pub struct ConflictDetail {
    pub row: ConflictRow,
    pub mine: LocalPatch,
    pub theirs: LocalPatch,
}

const ENTRY: &str = "SELECT outbox.id, outbox.ticket, outbox.operation, outbox.payload, outbox.what, outbox.state, \
     outbox.since, outbox.tries, outbox.due_at, outbox.reason, outbox.detail FROM outbox";

const CONFLICT: &str = include_str!("conflict.sql");

impl Reader<'_> {
    /// What may be sent now, oldest first: waiting or uncertain, its time has come, and nothing of the same ticket before
    /// it is unsent. A refused update holds back later updates of its ticket but no note or call, and a refused note or
    /// call holds back nothing: a wrong budget range must not keep a call from the colleagues.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn due(&self, now: DateTime<Utc>, limit: u32) -> Result<Vec<OutboxEntry>, Error> {
        self.list(
            concat!(
                "SELECT outbox.id, outbox.ticket, outbox.operation, outbox.payload, outbox.what, outbox.state, \
                 outbox.since, outbox.tries, outbox.due_at, outbox.reason, outbox.detail FROM outbox\n",
                include_str!("due.sql")
            ),
            (to_millis(now), limit),
            entry_of,
        )
    }

    /// When the next waiting entry's time comes; `None` when nothing waits for a time.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn next_due(&self) -> Result<Option<DateTime<Utc>>, Error> {
        let at = self.first(
            "SELECT min(due_at) FROM outbox WHERE state <> 'sent' AND state IN ('waiting', 'uncertain')",
            [],
            |row| Ok(row.get::<_, Option<i64>>(0)?),
        )?;
        Ok(at.flatten().map(millis))
    }

    /// One entry.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn outbox_entry(&self, entry: OutboxId) -> Result<Option<OutboxEntry>, Error> {
        self.first(&format!("{ENTRY} WHERE outbox.id = ?1"), [entry.0], entry_of)
    }

    /// What of this ticket HaloPSA has not accepted yet, oldest first.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn unsent(&self, ticket: TicketId) -> Result<Vec<OutboxEntry>, Error> {
        self.list(
            &format!("{ENTRY} WHERE outbox.ticket = ?1 AND outbox.state <> 'sent' ORDER BY outbox.id"),
            [ticket.0],
            entry_of,
        )
    }

    /// The entry by which a company, site or contact that was made here gets to HaloPSA, while it is unsent.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn record_entry(&self, record: NewRecord) -> Result<Option<OutboxEntry>, Error> {
        let (kind, id) = record.columns();
        self.first(
            &format!("{ENTRY} WHERE outbox.kind = ?1 AND outbox.record = ?2 AND outbox.state <> 'sent'"),
            (kind, id),
            entry_of,
        )
    }

    /// The entry that a later edit of this ticket folds into: its newest update or creation, if that is still here
    /// (waiting or parked).
    ///
    /// # Errors
    /// The store's own failures.
    pub fn last_unsent(&self, ticket: TicketId) -> Result<Option<OutboxEntry>, Error> {
        let newest = self.unsent(ticket)?.into_iter().rfind(|entry| {
            matches!(
                entry.payload,
                OutboxPayload::Update { .. } | OutboxPayload::Create { .. }
            )
        });
        Ok(newest.filter(|entry| matches!(entry.state, OutboxState::Waiting | OutboxState::Parked)))
    }

    /// The outbox as a person sees it: refused first, then waiting, oldest first, then the last accepted ones.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn outbox(&self, sent: u32) -> Result<Vec<OutboxRow>, Error> {
        let mut rows = self.list(include_str!("outbox_unsent.sql"), [], outbox_row_of)?;
        rows.extend(self.list(include_str!("outbox_sent.sql"), [sent], outbox_row_of)?);
        Ok(rows)
    }

    /// How many entries wait, are refused, or are in conflict.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn outbox_counts(&self) -> Result<OutboxCounts, Error> {
        let counts = self.first(
            "SELECT
                (SELECT count(*) FROM outbox WHERE state <> 'sent' AND state <> 'parked'),
                (SELECT count(*) FROM outbox WHERE state <> 'sent' AND state = 'parked'),
                (SELECT count(*) FROM conflicts WHERE choice IS NULL)",
            [],
            |row| {
                Ok(OutboxCounts {
                    waiting: row.get(0)?,
                    parked: row.get(1)?,
                    conflicts: row.get(2)?,
                })
            },
        )?;
        Ok(counts.unwrap_or_default())
    }

    /// The open conflicts of one ticket, oldest first.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn conflicts(&self, ticket: TicketId) -> Result<Vec<ConflictDetail>, Error> {
        self.list(
            &format!("{CONFLICT} WHERE conflicts.ticket = ?1 AND conflicts.choice IS NULL ORDER BY conflicts.id"),
            [ticket.0],
            conflict_of,
        )
    }

    /// Every open conflict, oldest first.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn all_conflicts(&self) -> Result<Vec<ConflictDetail>, Error> {
        self.list(
            &format!("{CONFLICT} WHERE conflicts.choice IS NULL ORDER BY conflicts.opened_at, conflicts.id"),
            [],
            conflict_of,
        )
    }

    /// What a conflict is about, whether it is open or was settled.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn conflict_field(&self, conflict: ConflictId) -> Result<Option<String>, Error> {
        self.first("SELECT field FROM conflicts WHERE id = ?1", [conflict.0], |row| {
            Ok(row.get("field")?)
        })
    }

    /// One open conflict.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn conflict(&self, conflict: ConflictId) -> Result<Option<ConflictDetail>, Error> {
        self.first(
            &format!("{CONFLICT} WHERE conflicts.id = ?1 AND conflicts.choice IS NULL"),
            [conflict.0],
            conflict_of,
        )
    }
}

fn state_of(row: &Row<'_>) -> Result<OutboxState, Error> {
    let key: String = row.get("state")?;
    OutboxState::from_key(&key).ok_or_else(|| Error::unreadable("outbox entry", format!("unknown state {key:?}")))
}

fn entry_of(row: &Row<'_>) -> Result<OutboxEntry, Error> {
    Ok(OutboxEntry {
        id: OutboxId(row.get("id")?),
        ticket: TicketId(row.get("ticket")?),
        operation: row.get::<_, Option<i64>>("operation")?.map(OperationId),
        payload: from_json("outbox entry", &row.get::<_, String>("payload")?)?,
        what: row.get("what")?,
        state: state_of(row)?,
        since: millis(row.get("since")?),
        tries: row.get("tries")?,
        due_at: row.get::<_, Option<i64>>("due_at")?.map(millis),
        reason: row.get("reason")?,
        detail: row.get("detail")?,
    })
}

fn outbox_row_of(row: &Row<'_>) -> Result<OutboxRow, Error> {
    let entry = entry_of(row)?;
    let company: String = row.get("company")?;
    let person: String = row.get("person")?;
    Ok(OutboxRow {
        id: entry.id,
        ticket: entry.ticket,
        ticket_label: ticket_label(&company, &person),
        what: entry.what,
        state: entry.state,
        since: entry.since,
        tries: entry.tries,
        due_at: entry.due_at,
        reason: entry.reason,
        detail: entry.detail,
        operation: entry.operation,
        fields: entry.payload.fields(),
        gone: row.get("gone")?,
    })
}

fn conflict_of(row: &Row<'_>) -> Result<ConflictDetail, Error> {
    Ok(ConflictDetail {
        row: ConflictRow {
            id: ConflictId(row.get("id")?),
            ticket: TicketId(row.get("ticket")?),
            field: row.get("field")?,
            label: row.get("label")?,
            mine: row.get("mine")?,
            theirs: row.get("theirs")?,
            at: millis(row.get("opened_at")?),
            ticket_label: ticket_label(&row.get::<_, String>("company")?, &row.get::<_, String>("person")?),
            lifecycle: lifecycle(&row.get::<_, String>("lifecycle")?)?,
            mine_at: row.get::<_, Option<i64>>("mine_at")?.map(millis),
            mine_by: row.get::<_, Option<i64>>("mine_by")?.map(AgentId),
            theirs_at: row.get::<_, Option<i64>>("theirs_at")?.map(millis),
        },
        mine: from_json("conflict", &row.get::<_, String>("mine_patch")?)?,
        theirs: from_json("conflict", &row.get::<_, String>("theirs_patch")?)?,
    })
}
