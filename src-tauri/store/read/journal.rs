//! What was done: operations, their changes, and which one Ctrl+Z means.

use chrono::{DateTime, Utc};
use domain::{AgentId, OperationId, TicketId};
use rusqlite::Row;

use super::Reader;
use crate::{Actor, Applied, Error, HistoryRow, convert::millis, writer::applied_of};

/// An operation that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationRow {
    pub id: OperationId,
    pub kind: String,
    pub label: String,
    pub at: DateTime<Utc>,
    pub by: Option<AgentId>,
    /// "HaloPSA" or the name of a rule, where no person did it.
    pub by_machine: Option<String>,
    pub undoable: bool,
    /// The operation that this one took back.
    pub undo_of: Option<OperationId>,
    /// Whether it took something back, rather than did it, or did it again.
    pub is_undo: bool,
    /// Whether it was taken back itself.
    pub undone: bool,
    /// The label of what was first done: of this operation, or of the one that it undid or redid.
    pub root_label: String,
}

impl Reader<'_> {
    /// One operation.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn operation(&self, operation: OperationId) -> Result<Option<OperationRow>, Error> {
        self.first(include_str!("operation.sql"), [operation.0], |row| {
            Ok(OperationRow {
                id: OperationId(row.get("id")?),
                kind: row.get("kind")?,
                label: row.get("label")?,
                at: millis(row.get("at")?),
                by: row.get::<_, Option<i64>>("agent")?.map(AgentId),
                by_machine: row.get("machine")?,
                undoable: row.get("undoable")?,
                undo_of: row.get::<_, Option<i64>>("undo_of")?.map(OperationId),
                is_undo: row.get::<_, u32>("depth")? % 2 == 1,
                undone: row.get::<_, Option<i64>>("undone_by")?.is_some(),
                root_label: row.get("root_label")?,
            })
        })
    }

    /// What an operation changed, in order.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn operation_changes(&self, operation: OperationId) -> Result<Vec<Applied>, Error> {
        let rows = self.list(
            "SELECT ticket, what, field, before, after FROM journal WHERE operation = ?1 ORDER BY id",
            [operation.0],
            applied_of,
        )?;
        Ok(rows.into_iter().flatten().collect())
    }

    /// What Ctrl+Z takes back: the newest thing this person did (or redid) that still stands.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn last_undoable(&self, actor: Actor) -> Result<Option<OperationRow>, Error> {
        let Actor::Person(agent) = actor else { return Ok(None) };
        let id = self.first(
            "SELECT id FROM operations WHERE undoable = 1 AND machine IS NULL AND agent IS ?1
                AND undone_by IS NULL AND depth % 2 = 0
             ORDER BY id DESC LIMIT 1",
            [agent.map(|agent| agent.0)],
            id_of,
        )?;
        self.operation_behind(id)
    }

    /// What Ctrl+Shift+Z does again: the newest undo of this person, as long as they did nothing new since.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn last_undone(&self, actor: Actor) -> Result<Option<OperationRow>, Error> {
        let Actor::Person(agent) = actor else { return Ok(None) };
        let id = self.first(
            "SELECT undo.id FROM operations AS undo WHERE undo.undoable = 1 AND undo.machine IS NULL
                AND undo.agent IS ?1 AND undo.undone_by IS NULL AND undo.depth % 2 = 1
                AND NOT EXISTS (
                    SELECT 1 FROM operations AS newer
                    WHERE newer.undoable = 1 AND newer.machine IS NULL AND newer.agent IS ?1
                        AND newer.id > undo.id AND newer.depth = 0)
             ORDER BY undo.id DESC LIMIT 1",
            [agent.map(|agent| agent.0)],
            id_of,
        )?;
        self.operation_behind(id)
    }

    /// What was done to a ticket, newest first.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn history(&self, ticket: TicketId) -> Result<Vec<HistoryRow>, Error> {
        self.list(
            "SELECT id, at, label, agent, machine, undone_by IS NOT NULL AS undone FROM operations
             WHERE id IN (SELECT operation FROM journal WHERE ticket = ?1) ORDER BY id DESC",
            [ticket.0],
            |row| {
                Ok(HistoryRow {
                    operation: OperationId(row.get("id")?),
                    at: millis(row.get("at")?),
                    label: row.get("label")?,
                    by: row.get::<_, Option<i64>>("agent")?.map(AgentId),
                    by_machine: row.get("machine")?,
                    undone: row.get("undone")?,
                })
            },
        )
    }

    fn operation_behind(&self, id: Option<OperationId>) -> Result<Option<OperationRow>, Error> {
        match id {
            Some(id) => self.operation(id),
            None => Ok(None),
        }
    }
}

fn id_of(row: &Row<'_>) -> Result<OperationId, Error> {
    Ok(OperationId(row.get(0)?))
}
