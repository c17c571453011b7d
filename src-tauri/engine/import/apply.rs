//! Doing what the plan says, a portion of rows in a transaction.
//!
//! What was planned is executed, not decided again. Only what may have changed since is looked at once more: whether the
//! person came to be left alone, whether the ticket went on or went, whether somebody else made one. Where that leads
//! elsewhere, the row says so.
//!
//! A ticket that is made here is complete at once: values, score, search and its way to HaloPSA; nothing has to be derived
//! for it afterwards, because a hundred thousand of them are made in one go.

use std::collections::BTreeMap;

use anyhow::Context;
use domain::{
    AgentId, FieldKey, Lifecycle, Source, StoredValue, TicketId, Value,
    activity::ActivityKind,
    fields::keys,
    merge::import::ImportMerge,
    score::{ActivitySummary, lead_score},
    suppression::Identity,
};
use rand::rngs::SmallRng;
use store::{ImportOutcome, ImportRowDetail, NewActivity, NewReview, NewTicket, Reader, ReviewPayload, Writer};

use super::{
    CleanRow,
    ahead::ReadyRow,
    plan::{self, Question, RowDetail, Standing, Terms, Whom},
};
use crate::{after, outbox, rule_lists};

/// Who writes what an import did to a ticket.
const HAND: &str = "Import";

/// Executes planned rows inside one write.
pub(super) struct Applying<'a, 'c> {
    pub w: &'a mut Writer<'c>,
    pub terms: &'a Terms,
    pub me: Option<AgentId>,
    pub dice: &'a mut SmallRng,
    /// The name of the file, for notes.
    pub file: &'a str,
}

impl Applying<'_, '_> {
    /// Does what is planned for one row, and keeps what became of it.
    ///
    /// # Errors
    /// The store's own failures; then nothing of the portion is kept.
    pub fn row(&mut self, ready: ReadyRow) -> anyhow::Result<()> {
        let ReadyRow { kept, mut detail } = ready;
        let planned = kept.row.planned;
        let (outcome, ticket) = self
            .execute(&kept, &mut detail)
            .with_context(|| format!("Apply row {}", kept.row.number))?;
        if outcome != planned && detail.difference.is_none() {
            detail.difference = Some("The ticket has changed since the plan.".to_owned());
        }
        // What was read of a ticket that was made is in the ticket now.
        if outcome != ImportOutcome::Created {
            let text = serde_json::to_string(&detail)?;
            if kept.detail.as_ref() != Some(&text) {
                self.w.set_import_detail(self.terms.import, kept.row.number, &text)?;
            }
        }
        if outcome != kept.row.outcome || ticket != kept.row.ticket {
            self.w
                .set_import_outcome(self.terms.import, kept.row.number, outcome, ticket)?;
        }
        Ok(())
    }

    fn execute(
        &mut self,
        kept: &ImportRowDetail,
        detail: &mut RowDetail,
    ) -> anyhow::Result<(ImportOutcome, Option<TicketId>)> {
        let Some(row) = detail.row.take() else {
            self.ask(kept, None, detail, None)?;
            return Ok((kept.row.planned, None));
        };
        let done = match kept.row.planned {
            ImportOutcome::Created => self.create(&row, detail),
            ImportOutcome::Restored => self.restore(kept, &row, detail),
            ImportOutcome::Rejected | ImportOutcome::Error => Ok((kept.row.planned, kept.row.ticket)),
            planned => self.known(kept, planned, &row, detail),
        };
        detail.row = Some(row);
        done
    }

    fn known(
        &mut self,
        kept: &ImportRowDetail,
        planned: ImportOutcome,
        row: &CleanRow,
        detail: &mut RowDetail,
    ) -> anyhow::Result<(ImportOutcome, Option<TicketId>)> {
        let ticket = match detail.whom {
            Some(whom) => self.ticket_of(whom)?,
            None => None,
        };
        // Who it may be is for a person to say, so nothing is merged.
        if asks_who(detail) {
            let asked = self.ask(kept, Some(row), detail, ticket)?;
            return Ok((asked_outcome(planned, asked, detail), ticket));
        }
        match ticket {
            Some(ticket) => self.merge(kept, row, ticket, detail),
            None if detail.whom.is_some() => {
                detail.difference = Some("The ticket it is about is no longer here.".to_owned());
                Ok((ImportOutcome::Skipped, None))
            }
            None => Ok((planned, None)),
        }
    }

    /// The ticket that is meant by now.
    fn ticket_of(&self, whom: Whom) -> anyhow::Result<Option<TicketId>> {
        let ticket = match whom {
            Whom::Ticket(ticket) => Some(ticket),
            Whom::Row(number) => {
                let row = self.w.import_row(self.terms.import, number)?;
                row.and_then(|row| row.row.ticket)
            }
        };
        Ok(match ticket {
            Some(ticket) => plan::still_here(self.w, ticket)?,
            None => None,
        })
    }

    fn create(&mut self, row: &CleanRow, detail: &mut RowDetail) -> anyhow::Result<(ImportOutcome, Option<TicketId>)> {
        if let Some(otherwise) = self.no_more_a_stranger(row, detail)? {
            return Ok(otherwise);
        }
        let ticket = new_lead(self.w, self.terms, row, self.me, self.dice)?;
        Ok((ImportOutcome::Created, Some(ticket)))
    }

    /// Brings a ticket back that was taken away with an earlier import. It holds what the record says and nothing of what was
    /// taken back, as a new one would; but it has its number in HaloPSA, and its past.
    fn restore(
        &mut self,
        kept: &ImportRowDetail,
        row: &CleanRow,
        detail: &mut RowDetail,
    ) -> anyhow::Result<(ImportOutcome, Option<TicketId>)> {
        let ticket = match detail.whom {
            Some(whom @ Whom::Ticket(ticket)) => match self.ticket_of(whom)? {
                // Somebody brought it back already.
                Some(here) => return self.merge(kept, row, here, detail),
                None => ticket,
            },
            Some(Whom::Row(_)) | None => return self.create(row, detail),
        };
        if let Some(otherwise) = self.no_more_a_stranger(row, detail)? {
            return Ok(otherwise);
        }
        if !self.w.bring_back(ticket)? {
            // HaloPSA lost it for good, or it is a part of another one.
            return self.create(row, detail);
        }
        let values = self.terms.values_of(row);
        for field in self.w.values(ticket)?.into_keys() {
            let stays = field.field().read_only || field == keys::DO_NOT_CONTACT;
            if !stays && !values.contains_key(&field) {
                self.w.set_value(ticket, field, None)?;
            }
        }
        for (field, stored) in values {
            self.w.set_value(ticket, field, Some(stored))?;
        }
        self.w.set_summary(ticket, &plan::label_of(&row.values))?;
        if self
            .w
            .ticket(ticket)?
            .is_some_and(|ticket| ticket.card.halo_id.is_some())
        {
            let at = self.w.at();
            self.w.tell(NewActivity {
                ticket,
                kind: ActivityKind::Note,
                at,
                agent: self.me,
                who: String::new(),
                subject: String::new(),
                body: format!("This ticket came back with the import of {}.", self.file),
                call: None,
            })?;
        }
        if let (Some(id), Source::Provider { name }) = (&row.provider_id, &self.terms.source) {
            self.w.set_provider_id(name, id, ticket)?;
        }
        Ok((ImportOutcome::Restored, Some(ticket)))
    }

    /// What becomes of a record of a stranger who is none any more: the person came to be left alone, or somebody else made
    /// the ticket.
    fn no_more_a_stranger(
        &mut self,
        row: &CleanRow,
        detail: &mut RowDetail,
    ) -> anyhow::Result<Option<(ImportOutcome, Option<TicketId>)>> {
        if let Some(reason) = plan::barred(self.w, &plan::identities(&row.values))? {
            detail.difference = Some(reason.clone());
            detail.problem = Some(reason);
            return Ok(Some((ImportOutcome::Blocked, None)));
        }
        if let Some(email) = row.key.as_ref().and_then(|key| key.0.strip_prefix("email:"))
            && let Some(other) = self.made_since(email)?
        {
            detail.difference = Some("Somebody else made this ticket since the plan.".to_owned());
            return Ok(Some((ImportOutcome::Skipped, Some(other))));
        }
        Ok(None)
    }

    /// A ticket with that address that the plan did not know.
    fn made_since(&self, email: &str) -> anyhow::Result<Option<TicketId>> {
        let Ok(address) = domain::email::EmailAddress::parse(email) else {
            return Ok(None);
        };
        for ticket in self.w.tickets_at(&Identity::of_email(&address))? {
            if let Some(card) = self.w.ticket(ticket)?
                && card.created_at > self.terms.planned_at
            {
                return Ok(Some(ticket));
            }
        }
        Ok(None)
    }

    fn merge(
        &mut self,
        kept: &ImportRowDetail,
        row: &CleanRow,
        ticket: TicketId,
        detail: &mut RowDetail,
    ) -> anyhow::Result<(ImportOutcome, Option<TicketId>)> {
        let Some(standing) = Standing::of_ticket(self.w, ticket)? else {
            return Ok((ImportOutcome::Skipped, None));
        };
        let mut merge = standing.merge(self.terms, row);
        if kept.row.planned != ImportOutcome::Preserved {
            // What the plan leaves to another row of the file.
            plan::keep_out(&mut merge, |field| detail.preserved.contains(&field));
        }
        let (mut outcome, question) = plan::judge(self.w, self.terms, &standing, row, &merge, false)?;
        if kept.row.planned == ImportOutcome::Blocked {
            // Another row of the file asked for it.
            outcome = ImportOutcome::Blocked;
        }
        detail.evidence.truncate(1);
        plan::describe(detail, &standing, &merge, outcome, question);
        if plan::writes(outcome, &merge) {
            self.write(ticket, &plan::written(&merge, outcome), detail)?;
        }
        let asked = self.ask(kept, Some(row), detail, Some(ticket))?;
        if let (Some(id), Source::Provider { name }) = (&row.provider_id, &self.terms.source) {
            self.w.set_provider_id(name, id, ticket)?;
        }
        Ok((asked_outcome(outcome, asked, detail), Some(ticket)))
    }

    fn write(&mut self, ticket: TicketId, merge: &ImportMerge, detail: &RowDetail) -> anyhow::Result<()> {
        for (field, clean) in &merge.updates {
            let stored = self.terms.stored(clean);
            self.w.set_value(ticket, *field, Some(stored))?;
        }
        if merge.opt_out {
            let on = self.terms.stored(&Value::Boolean(true).into());
            self.w.set_value(ticket, keys::DO_NOT_CONTACT, Some(on))?;
        }
        // For the timeline here. HaloPSA gets the values themselves.
        let journalled = self.w.applied().len();
        let at = self.w.at();
        self.w.insert_activity(NewActivity {
            ticket,
            kind: ActivityKind::System,
            at,
            agent: None,
            who: HAND.to_owned(),
            subject: String::new(),
            body: self.note(detail),
            call: None,
        })?;
        self.w.settle_since(journalled);
        Ok(())
    }

    /// "Updated from Apollo.io (leads.csv): Phone, LinkedIn URL. Left as they were: Job title."
    fn note(&self, detail: &RowDetail) -> String {
        let names = |fields: &[FieldKey]| fields.iter().map(|field| field.label()).collect::<Vec<_>>().join(", ");
        let from = match &self.terms.source {
            Source::Provider { name } => format!("{name} ({})", self.file),
            _ => self.file.to_owned(),
        };
        let mut note = format!("Updated from {from}: {}.", names(&detail.updated));
        if !detail.preserved.is_empty() {
            note.push_str(&format!(" Left as they were: {}.", names(&detail.preserved)));
        }
        if let Some(question) = detail.question.as_ref().filter(|question| !question.fields.is_empty()) {
            note.push_str(&format!(" For a person to decide: {}.", names(&question.fields)));
        }
        note
    }

    /// Opens what a person has to decide. Returns whether it waits for them now; `None` when there is nothing to decide.
    fn ask(
        &mut self,
        kept: &ImportRowDetail,
        row: Option<&CleanRow>,
        detail: &RowDetail,
        ticket: Option<TicketId>,
    ) -> anyhow::Result<Option<bool>> {
        let Some(question) = &detail.question else {
            return Ok(None);
        };
        let new = review_of(self.terms, kept.row.line, row, detail, question, ticket);
        self.w.begin_operation()?;
        Ok(Some(self.w.open_review(&new)?.is_some()))
    }
}

/// What was decided in the meantime does not wait.
fn asked_outcome(outcome: ImportOutcome, asked: Option<bool>, detail: &mut RowDetail) -> ImportOutcome {
    if outcome == ImportOutcome::Review && asked == Some(false) {
        detail.difference = Some("It was decided since the plan.".to_owned());
        return ImportOutcome::Skipped;
    }
    outcome
}

/// Whether it is in doubt whom a row is about, or it is nobody's yet.
fn asks_who(detail: &RowDetail) -> bool {
    use store::ReviewReason::{JobChange, LowQuality, PossibleDuplicate};
    match &detail.question {
        Some(question) if question.reason == LowQuality => detail.whom.is_none(),
        Some(question) => matches!(question.reason, JobChange | PossibleDuplicate),
        None => false,
    }
}

/// The item that asks a person about a row.
pub(super) fn review_of(
    terms: &Terms,
    line: u32,
    row: Option<&CleanRow>,
    detail: &RowDetail,
    question: &Question,
    ticket: Option<TicketId>,
) -> NewReview {
    let mut payload = ReviewPayload::default();
    match row {
        Some(row) => {
            let wanted = |field: &FieldKey| question.fields.is_empty() || question.fields.contains(field);
            let values = terms.values_of(row);
            payload.values = values.into_iter().filter(|(field, _)| wanted(field)).collect();
            payload.key = row.key.as_ref().map(|key| key.0.clone()).unwrap_or_default();
            payload.quality = Some(row.quality.score);
        }
        None => {
            payload.key = format!("row:{}", detail.cells.join("\u{1f}"));
            payload.cells.clone_from(&detail.cells);
        }
    }
    let mut evidence = detail.evidence.clone();
    evidence.extend(detail.problem.clone());
    NewReview {
        reason: question.reason,
        ticket,
        other: None,
        contacts: None,
        import: Some((terms.import, line)),
        payload,
        evidence,
        source: terms.source_name().to_owned(),
        certain: question.certain,
    }
}

/// Whether a person has decided this very row before.
pub(super) fn is_decided(
    reader: &Reader<'_>,
    terms: &Terms,
    row: &CleanRow,
    detail: &RowDetail,
    question: &Question,
) -> Result<bool, store::Error> {
    let line = u32::try_from(row.line).unwrap_or(u32::MAX);
    let ticket = match detail.whom {
        Some(Whom::Ticket(ticket)) => Some(ticket),
        Some(Whom::Row(_)) => return Ok(false),
        None => None,
    };
    reader.is_decided(&review_of(terms, line, Some(row), detail, question, ticket))
}

/// Makes a lead of a record, complete with its way to HaloPSA.
///
/// # Errors
/// The store's own failures.
pub(crate) fn new_lead(
    w: &mut Writer<'_>,
    terms: &Terms,
    row: &CleanRow,
    me: Option<AgentId>,
    dice: &mut SmallRng,
) -> anyhow::Result<TicketId> {
    let at = w.at();
    let values: BTreeMap<FieldKey, StoredValue> = terms.values_of(row);
    let plain: BTreeMap<FieldKey, Value> = values
        .iter()
        .map(|(field, stored)| (*field, stored.value.clone()))
        .collect();
    let names = after::name_parts(plain.get(&keys::PERSON_NAME), at);
    let summary = ActivitySummary {
        last_at: Some(at),
        ..ActivitySummary::default()
    };
    let mut new = NewTicket::new(Lifecycle::Lead, terms.first_stage.clone(), at);
    new.entered_by = me;
    new.summary = plan::label_of(&row.values);
    new.is_queued = true;
    new.lead_score = Some(lead_score(&plain, &summary, at).score);
    new.values = values
        .into_iter()
        .chain(names.into_iter().filter_map(|(field, stored)| Some((field, stored?))))
        .collect();
    let journalled = w.applied().len();
    let ticket = w.insert_ticket(new)?;
    rule_lists::begin_here(w, ticket, &plain)?;
    outbox::queue_creation(w, dice, ticket)?;
    w.settle_since(journalled);
    if let (Some(id), Source::Provider { name }) = (&row.provider_id, &terms.source) {
        w.set_provider_id(name, id, ticket)?;
    }
    Ok(ticket)
}
