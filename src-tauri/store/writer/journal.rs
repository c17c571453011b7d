//! The journal: every change with its image before and after, and taking an operation back.
//!
//! Undo restores the images before, newest change first, and refuses as a whole when anything is no longer as the
//! operation left it. Taking back is itself an operation in the journal (`undo_of`), so that redo is the same thing
//! once more. `depth` counts how often: even is "done", odd is "undone". The file is long because every kind of change is
//! written, read and taken back in one place.

use chrono::{DateTime, Utc};
use domain::{
    ActivityId, AgentId, CompanyId, ConflictId, ContactId, FieldKey, Lifecycle, OperationId, StageKey, StoredValue,
    SuppressionId, TicketId, activity::NextAction, lists::Tags,
};
use rusqlite::{OptionalExtension, Row, params};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{Actor, Writer};
use crate::{
    Choice, Error, NewRecord, RevertError,
    convert::{from_json, json, millis, to_millis},
};

/// One journalled change of one ticket.
#[derive(Clone, Debug, PartialEq)]
pub struct Applied {
    pub ticket: TicketId,
    pub change: Change,
}

/// What changed, with what was there before and after.
#[derive(Clone, Debug, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "values are by far the most frequent changes; a box each would cost more"
)]
pub enum Change {
    /// The ticket came to be (again, when its creation was undone and redone).
    Created,
    /// Its creation was undone.
    Removed,
    /// It moved, within its lifecycle or into another.
    Stage {
        before: Position,
        after: Position,
    },
    Owner {
        before: Option<AgentId>,
        after: Option<AgentId>,
    },
    Field {
        field: FieldKey,
        before: Option<StoredValue>,
        after: Option<StoredValue>,
    },
    Summary {
        before: String,
        after: String,
    },
    NextAction {
        before: Option<NextAction>,
        after: Option<NextAction>,
    },
    Contact {
        before: Option<ContactId>,
        after: Option<ContactId>,
    },
    Company {
        before: Option<CompanyId>,
        after: Option<CompanyId>,
    },
    ActivityAdded {
        activity: ActivityId,
    },
    ActivityRemoved {
        activity: ActivityId,
    },
    /// A task or meeting was done, or is not done after all.
    Done {
        activity: ActivityId,
        before: Option<DateTime<Utc>>,
        after: Option<DateTime<Utc>>,
    },
    /// The lists it is on.
    Lists {
        before: Tags,
        after: Tags,
    },
    /// A company, site or contact was made here for the ticket (again, when that was undone and redone).
    RecordAdded {
        record: NewRecord,
    },
    /// Its making was undone before HaloPSA had it.
    RecordRemoved {
        record: NewRecord,
    },
    ConflictResolved {
        conflict: ConflictId,
        choice: Choice,
    },
    ConflictReopened {
        conflict: ConflictId,
        choice: Choice,
    },
    /// An address of the ticket's person entered the ledger of who must not be contacted.
    Suppressed {
        suppression: SuppressionId,
    },
    SuppressionLifted {
        suppression: SuppressionId,
    },
    /// It became a part of another ticket, or is one of its own again.
    Merged {
        before: Option<TicketId>,
        after: Option<TicketId>,
    },
    /// Its creation was taken back while HaloPSA has it, or it is a ticket again.
    Withdrawn {
        before: bool,
        after: bool,
    },
    /// An activity came from another ticket.
    ActivityMoved {
        activity: ActivityId,
        from: TicketId,
    },
    /// A note that tells HaloPSA what was done here. Where HaloPSA has it, it outlives the undo.
    Told {
        activity: ActivityId,
    },
    /// Such a note was taken back before HaloPSA had it.
    Untold {
        activity: ActivityId,
    },
}

/// Where a ticket stands and since when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    pub lifecycle: Lifecycle,
    pub stage: StageKey,
    pub entered_at: DateTime<Utc>,
    pub by: Option<AgentId>,
}

impl Change {
    /// How it stands in the journal.
    fn encode(&self) -> Result<Entry, Error> {
        let image = |value: &dyn ErasedJson| value.json().map(Some);
        let (what, field, before, after) = match self {
            Self::Created => ("created", "", None, None),
            Self::Removed => ("removed", "", None, None),
            Self::Stage { before, after } => ("stage", "", image(before)?, image(after)?),
            Self::Owner { before, after } => ("owner", "", image(before)?, image(after)?),
            Self::Field { field, before, after } => ("field", field.as_str(), image(before)?, image(after)?),
            Self::Summary { before, after } => ("summary", "", image(before)?, image(after)?),
            Self::NextAction { before, after } => ("next_action", "", image(before)?, image(after)?),
            Self::Contact { before, after } => ("contact", "", image(before)?, image(after)?),
            Self::Company { before, after } => ("company", "", image(before)?, image(after)?),
            Self::ActivityAdded { activity } => ("activity_added", "", None, image(activity)?),
            Self::ActivityRemoved { activity } => ("activity_removed", "", image(activity)?, None),
            Self::Done {
                activity,
                before,
                after,
            } => ("done", "", image(&(activity, before))?, image(&(activity, after))?),
            Self::Lists { before, after } => ("lists", "", image(before)?, image(after)?),
            Self::RecordAdded { record } => ("record_added", "", None, image(record)?),
            Self::RecordRemoved { record } => ("record_removed", "", image(record)?, None),
            Self::ConflictResolved { conflict, choice } => ("conflict_resolved", "", None, image(&(conflict, choice))?),
            Self::ConflictReopened { conflict, choice } => ("conflict_reopened", "", image(&(conflict, choice))?, None),
            Self::Suppressed { suppression } => ("suppressed", "", None, image(suppression)?),
            Self::SuppressionLifted { suppression } => ("suppression_lifted", "", image(suppression)?, None),
            Self::Merged { before, after } => ("merged", "", image(before)?, image(after)?),
            Self::Withdrawn { before, after } => ("withdrawn", "", image(before)?, image(after)?),
            Self::ActivityMoved { activity, from } => ("activity_moved", "", image(from)?, image(activity)?),
            Self::Told { activity } => ("told", "", None, image(activity)?),
            Self::Untold { activity } => ("untold", "", image(activity)?, None),
        };
        Ok(Entry {
            what,
            field,
            before,
            after,
        })
    }

    /// Back from the journal. `None` for a field that the catalogue no longer has.
    fn decode(what: &str, field: &str, before: Option<&str>, after: Option<&str>) -> Result<Option<Self>, Error> {
        fn image<T: DeserializeOwned>(text: Option<&str>) -> Result<T, Error> {
            from_json("journal entry", text.unwrap_or("null"))
        }
        Ok(Some(match what {
            "created" => Self::Created,
            "removed" => Self::Removed,
            "stage" => Self::Stage {
                before: image(before)?,
                after: image(after)?,
            },
            "owner" => Self::Owner {
                before: image(before)?,
                after: image(after)?,
            },
            "field" => match FieldKey::find(field) {
                Some(field) => Self::Field {
                    field,
                    before: image(before)?,
                    after: image(after)?,
                },
                None => return Ok(None),
            },
            "summary" => Self::Summary {
                before: image(before)?,
                after: image(after)?,
            },
            "next_action" => Self::NextAction {
                before: image(before)?,
                after: image(after)?,
            },
            "contact" => Self::Contact {
                before: image(before)?,
                after: image(after)?,
            },
            "company" => Self::Company {
                before: image(before)?,
                after: image(after)?,
            },
            "activity_added" => Self::ActivityAdded {
                activity: image(after)?,
            },
            "activity_removed" => Self::ActivityRemoved {
                activity: image(before)?,
            },
            "done" => {
                let (activity, before) = image(before)?;
                let (_, after): (ActivityId, _) = image(after)?;
                Self::Done {
                    activity,
                    before,
                    after,
                }
            }
            "lists" => Self::Lists {
                before: image(before)?,
                after: image(after)?,
            },
            "record_added" => Self::RecordAdded { record: image(after)? },
            "record_removed" => Self::RecordRemoved { record: image(before)? },
            "conflict_resolved" => {
                let (conflict, choice) = image(after)?;
                Self::ConflictResolved { conflict, choice }
            }
            "conflict_reopened" => {
                let (conflict, choice) = image(before)?;
                Self::ConflictReopened { conflict, choice }
            }
            "suppressed" => Self::Suppressed {
                suppression: image(after)?,
            },
            "suppression_lifted" => Self::SuppressionLifted {
                suppression: image(before)?,
            },
            "merged" => Self::Merged {
                before: image(before)?,
                after: image(after)?,
            },
            "withdrawn" => Self::Withdrawn {
                before: image(before)?,
                after: image(after)?,
            },
            "activity_moved" => Self::ActivityMoved {
                activity: image(after)?,
                from: image(before)?,
            },
            "told" => Self::Told {
                activity: image(after)?,
            },
            "untold" => Self::Untold {
                activity: image(before)?,
            },
            other => return Err(Error::unreadable("journal entry", format!("unknown sort {other:?}"))),
        }))
    }
}

/// A change in the columns of the journal.
struct Entry {
    what: &'static str,
    field: &'static str,
    before: Option<String>,
    after: Option<String>,
}

/// So that one closure can encode images of every type.
trait ErasedJson {
    fn json(&self) -> Result<String, Error>;
}

impl<T: Serialize> ErasedJson for T {
    fn json(&self) -> Result<String, Error> {
        json("journal entry", self)
    }
}

impl Writer<'_> {
    /// Puts a change into the journal, and with the first one the operation itself.
    pub(super) fn journal(&mut self, ticket: TicketId, change: Change) -> Result<(), Error> {
        let Some(operation) = self.operation_id()? else {
            return Ok(());
        };
        let entry = change.encode()?;
        self.insert(
            "INSERT INTO journal (operation, ticket, what, field, before, after) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                operation.0,
                ticket.0,
                entry.what,
                entry.field,
                entry.before,
                entry.after
            ],
        )?;
        self.applied.push(Applied { ticket, change });
        Ok(())
    }

    /// The operation's row, made when it is first needed; `None` inside `write_quiet`.
    pub(super) fn operation_id(&mut self) -> Result<Option<OperationId>, Error> {
        if self.operation_id.is_none()
            && let Some(operation) = &self.operation
        {
            let (agent, machine) = match operation.actor {
                Actor::Person(agent) => (agent.map(|agent| agent.0), None),
                Actor::Machine(name) => (None, Some(name)),
            };
            let id = self.insert(
                "INSERT INTO operations (kind, label, at, agent, machine, undoable) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![
                    operation.kind,
                    operation.label,
                    to_millis(self.at),
                    agent,
                    machine,
                    operation.undoable
                ],
            )?;
            self.operation_id = Some(OperationId(id));
        }
        Ok(self.operation_id)
    }

    /// Takes an operation back, as part of this operation: every image before is restored, newest change first.
    /// Call it inside [`Store::write`](crate::Store::write) and let its error end the write, else a part would stay.
    ///
    /// # Errors
    /// [`RevertError`]; the whole write must then be given up.
    pub fn revert(&mut self, operation: OperationId) -> Result<(), RevertError> {
        let found: Option<(bool, bool, u32)> = self
            .statement("SELECT undoable, undone_by IS NOT NULL, depth FROM operations WHERE id = ?1")?
            .query_row([operation.0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        let Some((true, undone, depth)) = found else {
            return Err(RevertError::NotUndoable);
        };
        if undone {
            return Err(RevertError::AlreadyUndone);
        }
        let Some(own) = self.operation_id()? else {
            return Err(RevertError::NotUndoable);
        };
        for applied in self.operation_changes(operation)?.into_iter().rev() {
            self.take_back(&applied, operation)?;
        }
        self.revert_review(operation)?;
        self.run(
            "UPDATE operations SET undone_by = ?2 WHERE id = ?1",
            params![operation.0, own.0],
        )?;
        self.run(
            // What was taken back can always be done again.
            "UPDATE operations SET undo_of = ?2, depth = ?3, undoable = 1 WHERE id = ?1",
            params![own.0, operation.0, depth + 1],
        )?;
        Ok(())
    }

    pub(super) fn take_back(&mut self, applied: &Applied, operation: OperationId) -> Result<(), RevertError> {
        let ticket = applied.ticket;
        let row = self.any_ticket(ticket)?;
        let label = ticket_label(&row.card.company, &row.card.person);
        let conflict = |what: &str| {
            Err(RevertError::Conflict {
                what: format!("{what} of {label}"),
            })
        };
        match &applied.change {
            Change::Created => {
                if self.ticket_is_in_halo(ticket)? {
                    return Err(RevertError::Sent { what: label });
                }
                if self.changed_after(ticket, operation)? {
                    return Err(RevertError::Conflict { what: label });
                }
                self.set_removed(ticket, true)?;
            }
            Change::Removed => self.set_removed(ticket, false)?,
            Change::Stage { before, after } => {
                if (row.card.lifecycle, &row.card.stage, row.card.entered_at)
                    != (after.lifecycle, &after.stage, after.entered_at)
                {
                    return conflict("The stage");
                }
                self.restore_position(ticket, before, after)?;
            }
            Change::Owner { before, after } => {
                if row.card.owner != *after {
                    return conflict("The owner");
                }
                self.set_owner(ticket, *before)?;
            }
            Change::Field { field, before, after } => {
                let current = self.value(ticket, *field)?;
                let (mine, left) = (current.as_ref().map(|it| &it.value), after.as_ref().map(|it| &it.value));
                // HaloPSA's echo may write a number or a switch in another way; that is no change.
                if !domain::value::same(mine, left) {
                    return conflict(field.label());
                }
                self.set_value(ticket, *field, before.clone())?;
            }
            Change::Summary { before, after } => {
                if row.summary != *after {
                    return conflict("The summary");
                }
                self.set_summary(ticket, before)?;
            }
            Change::NextAction { before, after } => {
                if self.next_action(ticket)? != *after {
                    return conflict("The next action");
                }
                self.set_next_action(ticket, before.clone())?;
            }
            Change::Contact { before, after } => {
                if row.contact != self.current_contact(*after)? {
                    return conflict("The contact");
                }
                self.link_contact(ticket, *before)?;
            }
            Change::Company { before, after } => {
                if row.company != self.current_company(*after)? {
                    return conflict("The company");
                }
                self.link_company(ticket, *before)?;
            }
            Change::ActivityAdded { activity } => {
                if let Some(kind) = self.activity_in_halo(*activity)? {
                    return Err(RevertError::Sent {
                        what: format!("The {} on {label}", kind.key()),
                    });
                }
                self.set_activity_removed(*activity, true)?;
            }
            Change::ActivityRemoved { activity } => self.set_activity_removed(*activity, false)?,
            Change::Done {
                activity,
                before,
                after,
            } => {
                if self.done_at(*activity)? != *after {
                    return conflict("A task");
                }
                self.set_done(*activity, *before)?;
            }
            Change::Lists { before, after } => {
                // Whatever lists it came to or left since then has nothing to do with these.
                let lists = self.lists_of(ticket)?.with_change(after, before);
                self.set_lists(ticket, &lists)?;
            }
            Change::RecordAdded { record } => self.remove_unsent_record(ticket, *record)?,
            Change::RecordRemoved { record } => self.restore_record(ticket, *record)?,
            Change::ConflictResolved { conflict: id, choice } => {
                if !self.reopen_conflict(*id, *choice)? {
                    return conflict("A later conflict");
                }
            }
            Change::ConflictReopened { conflict: id, choice } => self.resolve_conflict(*id, *choice)?,
            Change::Suppressed { suppression } => {
                let by = match self.actor() {
                    Some(Actor::Person(by)) => by,
                    Some(Actor::Machine(_)) | None => None,
                };
                if !self.lift_suppression(*suppression, by, "Undone")? {
                    return conflict("Do Not Contact");
                }
            }
            Change::SuppressionLifted { suppression } => self.reopen_suppression(*suppression)?,
            Change::Merged { before, after } => {
                if self.merged_into(ticket)? != *after {
                    return conflict("What it was merged into");
                }
                self.set_merged_into(ticket, *before)?;
            }
            Change::Withdrawn { before, after } => {
                if self.is_laid_aside(ticket)? != *after {
                    return conflict("The withdrawal");
                }
                self.set_withdrawn(ticket, *before)?;
            }
            Change::ActivityMoved { activity, from } => {
                if self.ticket_of_activity(*activity)? != ticket {
                    return conflict("An activity");
                }
                // The number that HaloPSA gave a note or call since holds on this ticket alone.
                if !self.is_bound(*activity)? {
                    self.move_activity(*activity, *from)?;
                }
            }
            Change::Told { activity } => {
                if self.activity_in_halo(*activity)?.is_none() {
                    self.set_told_removed(*activity, true)?;
                }
            }
            Change::Untold { activity } => self.set_told_removed(*activity, false)?,
        }
        Ok(())
    }

    /// Whether an operation after that one, which still stands, changed the ticket.
    fn changed_after(&self, ticket: TicketId, operation: OperationId) -> Result<bool, Error> {
        let own = self.operation_id.map_or(i64::MAX, |own| own.0);
        Ok(self
            .statement(
                "SELECT EXISTS (SELECT 1 FROM journal JOIN operations ON operations.id = journal.operation
                 WHERE journal.ticket = ?1 AND journal.operation > ?2 AND journal.operation < ?3
                   AND operations.undone_by IS NULL AND operations.depth % 2 = 0)",
            )?
            .query_row(params![ticket.0, operation.0, own], |row| row.get(0))?)
    }
}

/// "Acme Ltd – Jane Doe", or whichever of the two there is.
pub(crate) fn ticket_label(company: &str, person: &str) -> String {
    match (company.is_empty(), person.is_empty()) {
        (false, false) => format!("{company} – {person}"),
        (false, true) => company.to_owned(),
        (true, false) => person.to_owned(),
        (true, true) => "a ticket without a name".to_owned(),
    }
}

/// A journal row: ticket, and the change where it is still known.
pub(crate) fn applied_of(row: &Row<'_>) -> Result<Option<Applied>, Error> {
    let what: String = row.get("what")?;
    let field: String = row.get("field")?;
    let before: Option<String> = row.get("before")?;
    let after: Option<String> = row.get("after")?;
    let ticket = TicketId(row.get("ticket")?);
    Ok(Change::decode(&what, &field, before.as_deref(), after.as_deref())?.map(|change| Applied { ticket, change }))
}

/// Cuts a time to what the database keeps, so that an image read back equals the one written.
pub(crate) fn cut(at: DateTime<Utc>) -> DateTime<Utc> {
    millis(to_millis(at))
}
