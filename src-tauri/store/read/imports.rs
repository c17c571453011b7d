//! Imports, their rows, and whom they are compared with.

use std::ops::RangeInclusive;

use domain::{AgentId, FieldKey, ImportId, OperationId, TicketId, Value};
use rusqlite::Row;

use super::Reader;
use crate::{
    Applied, Decision, Error, ImportOutcome, ImportRecord, ImportRow, ImportRowDetail, ImportState, NewReview,
    OutcomeCount, ReviewPayload, TakenBack,
    convert::{from_json, json, millis},
    writer::applied_of,
};

const IMPORT: &str = "SELECT id, file_name, source, state, at, by_agent, path, draft, report, rows, applied, \
     taken_back, worker, worked_at, operation, undo, problem FROM imports";

const ROW: &str = "SELECT number, line, planned, outcome, ticket, quality, label";

const DETAIL: &str = "(SELECT detail FROM import_details
    WHERE import_details.import = import_rows.import AND import_details.number = import_rows.number) AS detail";

impl Reader<'_> {
    /// One import.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn import(&self, import: ImportId) -> Result<Option<ImportRecord>, Error> {
        self.first(&format!("{IMPORT} WHERE id = ?1"), [import.0], import_of)
    }

    /// Every import, newest first.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn imports(&self) -> Result<Vec<ImportRecord>, Error> {
        self.list(&format!("{IMPORT} ORDER BY id DESC"), [], import_of)
    }

    /// The import whose rows that operation applied.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn import_of_operation(&self, operation: OperationId) -> Result<Option<ImportRecord>, Error> {
        self.first(&format!("{IMPORT} WHERE operation = ?1"), [operation.0], import_of)
    }

    /// How many rows of an import have which outcome, up to that row.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn import_counts(&self, import: ImportId, up_to: u32) -> Result<Vec<OutcomeCount>, Error> {
        let mut counts = self.list(
            "SELECT outcome, count(*) AS found FROM import_rows WHERE import = ?1 AND number <= ?2 GROUP BY outcome",
            (import.0, up_to),
            |row| {
                Ok(OutcomeCount {
                    outcome: outcome(row, "outcome")?,
                    rows: row.get("found")?,
                })
            },
        )?;
        counts.sort_by_key(|count| ImportOutcome::ALL.iter().position(|outcome| *outcome == count.outcome));
        Ok(counts)
    }

    /// Rows of an import in the order of the file, those of one outcome or all.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn import_rows(
        &self,
        import: ImportId,
        of: Option<ImportOutcome>,
        offset: u32,
        limit: u32,
    ) -> Result<Vec<ImportRowDetail>, Error> {
        match of {
            Some(of) => self.list(
                &format!(
                    "{ROW}, {DETAIL} FROM import_rows WHERE import = ?1 AND outcome = ?2
                     ORDER BY number LIMIT ?3 OFFSET ?4"
                ),
                (import.0, of.key(), limit, offset),
                detail_of,
            ),
            None => self.list(
                // Numbers have no gaps.
                &format!(
                    "{ROW}, {DETAIL} FROM import_rows WHERE import = ?1 AND number > ?3 AND number <= ?3 + ?2
                     ORDER BY number"
                ),
                (import.0, limit, offset),
                detail_of,
            ),
        }
    }

    /// Rows of an import that could be read, of that quality, in the order of the file.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn import_rows_of_quality(
        &self,
        import: ImportId,
        quality: RangeInclusive<u8>,
        offset: u32,
        limit: u32,
    ) -> Result<Vec<ImportRowDetail>, Error> {
        self.list(
            &format!(
                "{ROW}, {DETAIL} FROM import_rows WHERE import = ?1 AND quality BETWEEN ?2 AND ?3 AND planned <> 'error'
                 ORDER BY number LIMIT ?4 OFFSET ?5"
            ),
            (import.0, quality.start(), quality.end(), limit, offset),
            detail_of,
        )
    }

    /// The rows of an import that begin in these lines, in the order of the file.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn import_rows_in_lines(&self, import: ImportId, lines: &[u32]) -> Result<Vec<ImportRowDetail>, Error> {
        self.list(
            &format!(
                "{ROW}, {DETAIL} FROM import_rows WHERE import = ?1 AND line IN (SELECT value FROM json_each(?2))
                 ORDER BY number"
            ),
            (import.0, json("lines", lines)?),
            detail_of,
        )
    }

    /// Rows that came to something else than the plan, in the order of the file.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn import_differences(&self, import: ImportId, limit: u32) -> Result<Vec<ImportRowDetail>, Error> {
        self.list(
            &format!(
                "{ROW}, {DETAIL} FROM import_rows WHERE import = ?1 AND planned <> outcome ORDER BY number LIMIT ?2"
            ),
            (import.0, limit),
            detail_of,
        )
    }

    /// One row of an import.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn import_row(&self, import: ImportId, number: u32) -> Result<Option<ImportRowDetail>, Error> {
        Ok(self.import_rows(import, None, number.saturating_sub(1), 1)?.pop())
    }

    /// The ticket that a provider's record became.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn ticket_by_provider(&self, provider: &str, id: &str) -> Result<Option<TicketId>, Error> {
        self.first(
            "SELECT ticket FROM provider_ids WHERE provider = ?1 AND id = ?2",
            (provider, id),
            |row| Ok(TicketId(row.get(0)?)),
        )
    }

    /// The tickets that imports had made and undo took away with them, as long as nobody brought them back: each with
    /// e-mail address, company and person.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn taken_back_by_imports(&self) -> Result<Vec<TakenBack>, Error> {
        self.list(
            "SELECT DISTINCT tickets.id, tickets.email, tickets.company, tickets.person
             FROM imports CROSS JOIN import_rows
                ON import_rows.import = imports.id AND import_rows.outcome IN ('created', 'restored')
             CROSS JOIN tickets ON tickets.id = import_rows.ticket AND tickets.removed <> 0
                AND tickets.merged_into IS NULL AND tickets.gone = 0
             WHERE imports.state = 'undone' ORDER BY tickets.id",
            [],
            |row| {
                Ok(TakenBack {
                    ticket: TicketId(row.get("id")?),
                    email: row.get("email")?,
                    company: row.get("company")?,
                    person: row.get("person")?,
                })
            },
        )
    }

    /// Hands over what every ticket holds of these fields, ticket by ticket, without holding all of them at once.
    ///
    /// # Errors
    /// The store's own failures, and what the closure says.
    pub fn each_person<E: From<Error>>(
        &self,
        fields: &[FieldKey],
        mut take: impl FnMut(TicketId, &mut Vec<(FieldKey, Value)>) -> Result<(), E>,
    ) -> Result<(), E> {
        // Keys are words of the catalogue, so they can stand in the statement as they are.
        let names: Vec<String> = fields.iter().map(|field| format!("'{field}'")).collect();
        let sql = format!(
            "SELECT ticket_values.ticket, ticket_values.field, ticket_values.value FROM ticket_values
             JOIN tickets ON tickets.id = ticket_values.ticket AND tickets.removed = 0
             WHERE ticket_values.field IN ({}) ORDER BY ticket_values.ticket",
            names.join(", ")
        );
        let mut statement = self.statement(&sql)?;
        let mut rows = statement.query([]).map_err(Error::from)?;
        let mut current: Option<TicketId> = None;
        let mut held: Vec<(FieldKey, Value)> = Vec::new();
        while let Some(row) = rows.next().map_err(Error::from)? {
            let ticket = TicketId(row.get(0).map_err(Error::from)?);
            if let Some(before) = current.filter(|before| *before != ticket) {
                take(before, &mut held)?;
                held.clear();
            }
            current = Some(ticket);
            let text = |at: usize| {
                row.get_ref(at)
                    .map_err(Error::from)?
                    .as_str()
                    .map_err(|error| Error::from(rusqlite::Error::from(error)))
            };
            if let Some(field) = FieldKey::find(text(1)?) {
                held.push((field, from_json("value", text(2)?)?));
            }
        }
        if let Some(last) = current {
            take(last, &mut held)?;
        }
        drop(rows);
        drop(statement);
        // Most pages of the file went by, and none is wanted again.
        self.connection.release_memory().map_err(Error::from)?;
        Ok(())
    }

    /// The tickets that an operation changed, in the order in which it came to each first: the next ones after that place in
    /// the journal, and the place to go on from. `None` at the end.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn tickets_of_operation(
        &self,
        operation: OperationId,
        after: i64,
        limit: u32,
    ) -> Result<Option<(Vec<TicketId>, i64)>, Error> {
        let steps = self.list(
            "SELECT id, ticket, id = (SELECT min(first.id) FROM journal AS first
                WHERE first.ticket = journal.ticket AND first.operation = ?1) AS is_first
             FROM journal WHERE operation = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
            (operation.0, after, limit),
            |row| {
                Ok((
                    row.get::<_, i64>("id")?,
                    TicketId(row.get("ticket")?),
                    row.get::<_, bool>("is_first")?,
                ))
            },
        )?;
        let Some((last, ..)) = steps.last() else {
            return Ok(None);
        };
        let last = *last;
        let tickets = steps.into_iter().filter(|(_, _, is_first)| *is_first);
        Ok(Some((tickets.map(|(_, ticket, _)| ticket).collect(), last)))
    }

    /// Whether a person did something to the ticket after that operation, which still stands.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn is_touched_since(&self, ticket: TicketId, operation: OperationId) -> Result<bool, Error> {
        let found = self.first(
            "SELECT 1 FROM journal JOIN operations ON operations.id = journal.operation
             WHERE journal.ticket = ?1 AND journal.operation > ?2 AND operations.machine IS NULL
                AND operations.undone_by IS NULL AND operations.depth % 2 = 0 LIMIT 1",
            (ticket.0, operation.0),
            |_| Ok(()),
        )?;
        Ok(found.is_some())
    }

    /// What machines, HaloPSA's voice among them, changed on a ticket after that operation.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn machine_changes_since(&self, ticket: TicketId, operation: OperationId) -> Result<Vec<Applied>, Error> {
        let rows = self.list(
            "SELECT journal.ticket, what, field, before, after
             FROM journal JOIN operations ON operations.id = journal.operation
             WHERE journal.ticket = ?1 AND journal.operation > ?2 AND operations.machine IS NOT NULL
             ORDER BY journal.id",
            (ticket.0, operation.0),
            applied_of,
        )?;
        Ok(rows.into_iter().flatten().collect())
    }

    /// Whether opening this item would ask a person what they have decided before.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn is_decided(&self, new: &NewReview) -> Result<bool, Error> {
        let known = self.same_question(new.reason, new.ticket, new.other, &new.payload.key)?;
        Ok(known.is_some_and(|known| {
            let says = |payload: &ReviewPayload| -> Vec<(FieldKey, Value)> {
                let values = payload.values.iter();
                values.map(|(field, stored)| (*field, stored.value.clone())).collect()
            };
            !matches!(known.decided, None | Some(Decision::Moot)) && says(&known.payload) == says(&new.payload)
        }))
    }

    /// What an operation changed on one ticket, in order.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn changes_of_ticket(&self, operation: OperationId, ticket: TicketId) -> Result<Vec<Applied>, Error> {
        let rows = self.list(
            "SELECT ticket, what, field, before, after FROM journal WHERE ticket = ?1 AND operation = ?2 ORDER BY id",
            (ticket.0, operation.0),
            applied_of,
        )?;
        Ok(rows.into_iter().flatten().collect())
    }
}

fn outcome(row: &Row<'_>, column: &str) -> Result<ImportOutcome, Error> {
    ImportOutcome::from_key(row.get_ref(column)?.as_str().map_err(rusqlite::Error::from)?)
}

fn import_of(row: &Row<'_>) -> Result<ImportRecord, Error> {
    Ok(ImportRecord {
        id: ImportId(row.get("id")?),
        file_name: row.get("file_name")?,
        source: row.get("source")?,
        state: ImportState::from_key(&row.get::<_, String>("state")?)?,
        at: millis(row.get("at")?),
        by: row.get::<_, Option<i64>>("by_agent")?.map(AgentId),
        path: row.get("path")?,
        draft: row.get("draft")?,
        report: row.get("report")?,
        rows: row.get("rows")?,
        applied: row.get("applied")?,
        taken_back: row.get("taken_back")?,
        worker: row.get("worker")?,
        worked_at: millis(row.get("worked_at")?),
        operation: row.get::<_, Option<i64>>("operation")?.map(OperationId),
        undo: row.get::<_, Option<i64>>("undo")?.map(OperationId),
        problem: row.get("problem")?,
    })
}

fn detail_of(row: &Row<'_>) -> Result<ImportRowDetail, Error> {
    Ok(ImportRowDetail {
        row: ImportRow {
            number: row.get("number")?,
            line: row.get("line")?,
            planned: outcome(row, "planned")?,
            outcome: outcome(row, "outcome")?,
            ticket: row.get::<_, Option<i64>>("ticket")?.map(TicketId),
            quality: row.get("quality")?,
            label: row.get("label")?,
        },
        detail: row.get("detail")?,
    })
}
