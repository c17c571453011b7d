//! Imports: the plan row by row, how far it was applied, and which provider's record became which ticket.
//!
//! Model. A plan is kept before anything is done, so that what was shown is what is applied, by this process or by the
//! next one after a death. Applying writes a row's ticket, its outcome and how far it came in one transaction: a row is
//! applied once or not at all. Whoever works on an import signs it with a word of their own; two processes over one home
//! cannot both go on, because the second signs and the first finds another's word.

use domain::{AgentId, ImportId, OperationId, TicketId};
use rusqlite::params;

use super::Writer;
use crate::{Error, ImportOutcome, ImportRow, ImportState, RevertError, convert::to_millis};

/// A file that is to be imported.
#[derive(Clone, Debug)]
pub struct NewImport {
    pub file_name: String,
    pub path: String,
    pub by: Option<AgentId>,
}

impl Writer<'_> {
    /// Keeps that there is a file to be imported.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn add_import(&mut self, new: &NewImport) -> Result<ImportId, Error> {
        let id = self.insert(
            "INSERT INTO imports (file_name, path, state, at, by_agent) VALUES (?1, ?2, 'draft', ?3, ?4)",
            params![new.file_name, new.path, to_millis(self.at), new.by.map(|by| by.0)],
        )?;
        self.changes.imports = true;
        Ok(ImportId(id))
    }

    /// Keeps how the file is read and mapped, and whose export it is.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn set_import_draft(&mut self, import: ImportId, source: &str, draft: &str) -> Result<(), Error> {
        let changed = self.run(
            "UPDATE imports SET source = ?2, draft = ?3 WHERE id = ?1",
            params![import.0, source, draft],
        )?;
        self.met(import, changed)
    }

    /// Keeps how far an import is, and what is wrong with it.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn set_import_state(
        &mut self,
        import: ImportId,
        state: ImportState,
        problem: Option<&str>,
    ) -> Result<(), Error> {
        let changed = self.run(
            "UPDATE imports SET state = ?2, problem = ?3 WHERE id = ?1",
            params![import.0, state.key(), problem],
        )?;
        self.met(import, changed)
    }

    /// Signs an import: from now on it is this worker's.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn sign_import(&mut self, import: ImportId, worker: &str) -> Result<(), Error> {
        let changed = self.run(
            "UPDATE imports SET worker = ?2, worked_at = ?3 WHERE id = ?1",
            params![import.0, worker, to_millis(self.at)],
        )?;
        self.met(import, changed)
    }

    /// Keeps where the file lies; empty when it is not needed any more.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn set_import_file(&mut self, import: ImportId, path: &str) -> Result<(), Error> {
        let changed = self.run("UPDATE imports SET path = ?2 WHERE id = ?1", params![import.0, path])?;
        self.met(import, changed)
    }

    /// Keeps what becomes of one row, with what the engine has to know to do it (JSON).
    ///
    /// # Errors
    /// [`Error::Sql`] when there is no such import, or it has a row of that number.
    pub fn add_import_row(&mut self, import: ImportId, row: &ImportRow, detail: &str) -> Result<(), Error> {
        self.insert(
            "INSERT INTO import_details (import, number, detail) VALUES (?1, ?2, ?3)",
            params![import.0, row.number, detail],
        )?;
        self.run(
            "INSERT INTO import_rows (import, number, line, planned, outcome, ticket, quality, label)
             VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?6, ?7)",
            params![
                import.0,
                row.number,
                row.line,
                row.planned.key(),
                row.ticket.map(|ticket| ticket.0),
                row.quality,
                row.label
            ],
        )?;
        Ok(())
    }

    /// The plan is whole: so many rows, and what was found in all (JSON).
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn set_import_plan(&mut self, import: ImportId, rows: u32, report: &str) -> Result<(), Error> {
        let changed = self.run(
            "UPDATE imports SET state = 'planned', problem = NULL, rows = ?2, report = ?3, applied = 0 WHERE id = ?1",
            params![import.0, rows, report],
        )?;
        self.met(import, changed)
    }

    /// What became of a row, and the ticket it became or met.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn set_import_outcome(
        &mut self,
        import: ImportId,
        number: u32,
        outcome: ImportOutcome,
        ticket: Option<TicketId>,
    ) -> Result<(), Error> {
        self.run(
            "UPDATE import_rows SET outcome = ?3, ticket = ?4 WHERE import = ?1 AND number = ?2",
            params![import.0, number, outcome.key(), ticket.map(|ticket| ticket.0)],
        )?;
        Ok(())
    }

    /// Replaces what the engine keeps of a row.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn set_import_detail(&mut self, import: ImportId, number: u32, detail: &str) -> Result<(), Error> {
        self.run(
            "UPDATE import_details SET detail = ?3 WHERE import = ?1 AND number = ?2",
            params![import.0, number, detail],
        )?;
        Ok(())
    }

    /// Rows up to this one are applied, under this operation. What was read is forgotten where a ticket holds it now.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn advance_import(&mut self, import: ImportId, applied: u32) -> Result<(), Error> {
        let operation = self.operation_id.map(|operation| operation.0);
        self.run(
            "DELETE FROM import_details WHERE import = ?1 AND number <= ?2
                AND number > (SELECT imports.applied FROM imports WHERE imports.id = ?1)
                AND EXISTS (SELECT 1 FROM import_rows WHERE import_rows.import = ?1
                    AND import_rows.number = import_details.number AND import_rows.outcome = 'created')",
            params![import.0, applied],
        )?;
        let changed = self.run(
            "UPDATE imports SET applied = ?2, operation = coalesce(operation, ?3), worked_at = ?4 WHERE id = ?1",
            params![import.0, applied, operation, to_millis(self.at)],
        )?;
        self.met(import, changed)
    }

    /// The journal is taken back up to this place, under this operation.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn advance_undo_of_import(&mut self, import: ImportId, place: i64) -> Result<(), Error> {
        let operation = self.operation_id.map(|operation| operation.0);
        let changed = self.run(
            "UPDATE imports SET taken_back = ?2, undo = coalesce(undo, ?3), worked_at = ?4 WHERE id = ?1",
            params![import.0, place, operation, to_millis(self.at)],
        )?;
        self.met(import, changed)
    }

    /// Takes the plan of an import away, and with `whole` the import itself.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn remove_import_plan(&mut self, import: ImportId, whole: bool) -> Result<(), Error> {
        self.run("DELETE FROM import_details WHERE import = ?1", [import.0])?;
        self.run("DELETE FROM import_rows WHERE import = ?1", [import.0])?;
        if whole {
            self.run("DELETE FROM imports WHERE id = ?1", [import.0])?;
        }
        self.changes.imports = true;
        Ok(())
    }

    /// Remembers which ticket a provider's record became.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn set_provider_id(&mut self, provider: &str, id: &str, ticket: TicketId) -> Result<(), Error> {
        self.run(
            "INSERT INTO provider_ids (provider, id, ticket) VALUES (?1, ?2, ?3)
             ON CONFLICT (provider, id) DO UPDATE SET ticket = excluded.ticket WHERE ticket <> excluded.ticket",
            params![provider, id, ticket.0],
        )?;
        Ok(())
    }

    /// Goes on with an operation that began in an earlier write: one thing that a person did, written in portions.
    pub fn go_on_with(&mut self, operation: OperationId) {
        self.operation_id = Some(operation);
    }

    /// The operation of this write, made now even if nothing comes of it; `None` inside `write_quiet`.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn begin_operation(&mut self) -> Result<Option<OperationId>, Error> {
        self.operation_id()
    }

    /// That this operation takes back another one, written in portions as well. It cannot be taken back in turn.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn mark_undo_of(&mut self, operation: OperationId) -> Result<(), Error> {
        if let Some(own) = self.operation_id()? {
            self.run(
                "UPDATE operations SET undone_by = ?2 WHERE id = ?1",
                params![operation.0, own.0],
            )?;
            self.run(
                "UPDATE operations SET undo_of = ?2, depth = 1, undoable = 0 WHERE id = ?1",
                params![own.0, operation.0],
            )?;
        }
        Ok(())
    }

    /// Takes back what an operation did to one ticket, all of it or nothing, as part of this operation. What stands in the
    /// way comes back as the inner error; then the ticket is as it was.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn take_back_ticket(
        &mut self,
        operation: OperationId,
        ticket: TicketId,
    ) -> Result<Result<(), RevertError>, Error> {
        // The operation's own row must outlive what is given up below.
        self.operation_id()?;
        let journalled = self.applied.len();
        self.run("SAVEPOINT ticket", [])?;
        let mut taken_back = Ok(());
        for change in self.changes_of_ticket(operation, ticket)?.iter().rev() {
            taken_back = self.take_back(change, operation);
            if taken_back.is_err() {
                break;
            }
        }
        match taken_back {
            Err(RevertError::Store(error)) => return Err(error),
            Err(_) => {
                self.run("ROLLBACK TO ticket", [])?;
                self.applied.truncate(journalled);
            }
            Ok(()) => {}
        }
        self.run("RELEASE ticket", [])?;
        Ok(taken_back)
    }

    fn met(&mut self, import: ImportId, changed: usize) -> Result<(), Error> {
        self.changes.imports = true;
        if changed == 0 {
            return Err(Error::NotFound {
                what: "import",
                id: import.0,
            });
        }
        Ok(())
    }
}
