//! What becomes of every row, decided before anything is done.
//!
//! Model. A row is somebody who is here, somebody in an earlier row, somebody new, or nobody can tell ([`people`]). From
//! that follows its outcome: what it would write into a ticket is decided by [`domain::merge::import`] against the ticket
//! as it will be when the rows before it are done. The decision is kept row by row ([`RowDetail`]); applying executes what is
//! kept, so the numbers of a dry run are those of the run. What changed in between is looked at again and named.
//!
//! A record of a person who must not be contacted is never made a ticket, whatever else it says, and one that asks for
//! peace marks the ticket that is here. A record that is not good enough, or of which it is in doubt whom it is about,
//! waits for a person. A lead without an e-mail address does so as well: a person may make one, an import may not.
//!
//! Turned down: deciding while applying. It needs no second pass, but a person could not look before anything happens,
//! and after a death nobody could say what had been meant.
//!
//! Long because every outcome is decided here, in one order, and that order is the rule.

mod people;
mod report;
mod taken_back;

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use domain::{
    FieldKey, ImportId, Provenance, Source, StageKey, StoredValue, TicketId, Value,
    fields::keys,
    import::{CleanValue, CleanValues, ImportRules},
    merge::import::{ImportMerge, MergeOutcome, plan_merge},
    suppression::{self, Identity},
};
use serde::{Deserialize, Serialize};
use store::{ImportOutcome, ImportRow, Pair, Reader, ReviewReason};

pub(crate) use people::Whom;
pub(crate) use report::{Report, Tally};

use people::{Found, LookedUp, People};
use taken_back::TakenBack;

use crate::import::{BadRow, CleanRow, Cleaned};

/// Tickets whose coming state is held for the next row about them.
const HELD: usize = 1_000;

/// What is kept of a row beside its outcome.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct RowDetail {
    /// The clean row; `None` where it could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<CleanRow>,
    /// The cells of a row that could not be read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cells: Vec<String>,
    /// Whom it is about, where that is somebody else's ticket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub whom: Option<Whom>,
    /// Why, in sentences.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub updated: Vec<FieldKey>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub preserved: Vec<FieldKey>,
    /// What a person is asked, beside or instead of what is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub question: Option<Question>,
    /// Why nothing comes of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// In what the run came to something else than the plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difference: Option<String>,
}

/// Something that a person has to decide.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Question {
    pub reason: ReviewReason,
    /// The record's side: all of it, or only the fields in question.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub fields: Vec<FieldKey>,
    #[serde(default)]
    pub certain: bool,
}

/// A row with what becomes of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PlannedRow {
    pub row: ImportRow,
    pub detail: RowDetail,
}

/// What holds for every row of an import.
#[derive(Clone, Debug)]
pub(crate) struct Terms {
    pub import: ImportId,
    pub source: Source,
    /// When the values became known: their time from now on.
    pub at: DateTime<Utc>,
    /// When the plan was made.
    pub planned_at: DateTime<Utc>,
    pub rules: ImportRules,
    /// Where a new lead begins.
    pub first_stage: StageKey,
}

impl Terms {
    /// A value of a record as a ticket keeps it. A machine brought it, whoever started the import.
    pub fn stored(&self, clean: &CleanValue) -> StoredValue {
        StoredValue {
            value: clean.value.clone(),
            raw: clean.raw.clone(),
            provenance: Provenance {
                source: self.source.clone(),
                at: self.at,
                by: None,
            },
        }
    }

    /// The name of the source, for filters and notes.
    pub fn source_name(&self) -> &str {
        match &self.source {
            Source::Provider { name } | Source::File { name } | Source::Rule { name } => name,
            Source::Person | Source::Halopsa => "",
        }
    }

    /// The values that a new ticket has from a record.
    pub fn values_of(&self, row: &CleanRow) -> BTreeMap<FieldKey, StoredValue> {
        let kept = row.values.iter().filter(|(field, _)| !field.field().read_only);
        kept.map(|(field, clean)| (*field, self.stored(clean))).collect()
    }
}

/// A ticket as the rows so far leave it.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    pub values: BTreeMap<FieldKey, StoredValue>,
    pub stage: StageKey,
    pub promoted: bool,
}

impl Standing {
    /// A ticket that is here; `None` when it is not, or not any more.
    pub fn of_ticket(reader: &Reader<'_>, ticket: TicketId) -> Result<Option<Self>, store::Error> {
        let Some(card) = reader.card(ticket)? else {
            return Ok(None);
        };
        Ok(Some(Self {
            values: reader.values(ticket)?,
            stage: card.stage,
            promoted: card.lifecycle != domain::Lifecycle::Lead,
        }))
    }

    /// A ticket that a row becomes.
    pub fn of_row(terms: &Terms, row: &CleanRow) -> Self {
        Self {
            values: terms.values_of(row),
            stage: terms.first_stage.clone(),
            promoted: false,
        }
    }

    /// Whether nobody may contact the person.
    pub fn must_be_left_alone(&self) -> bool {
        let mark = self.values.get(&keys::DO_NOT_CONTACT);
        mark.is_some_and(|stored| stored.value == Value::Boolean(true))
    }

    /// What a record does to it.
    pub fn merge(&self, terms: &Terms, row: &CleanRow) -> ImportMerge {
        let source = &terms.source;
        let order = &terms.rules.order;
        plan_merge(&self.values, &self.stage, self.promoted, &row.values, source, order)
    }

    /// As it is after that.
    pub fn take(&mut self, terms: &Terms, merge: &ImportMerge) {
        let updates = merge.updates.iter();
        self.values
            .extend(updates.map(|(field, clean)| (*field, terms.stored(clean))));
        if merge.opt_out {
            let on = CleanValue::from(Value::Boolean(true));
            self.values.insert(keys::DO_NOT_CONTACT, terms.stored(&on));
        }
    }
}

/// Everything by which the person of a record is known.
pub(crate) fn identities(values: &CleanValues) -> Vec<Identity> {
    let plain = values
        .iter()
        .map(|(field, clean)| (*field, clean.value.clone()))
        .collect();
    suppression::identities(&plain)
}

/// "Acme Ltd – Jane Doe", or whatever else the record is known by.
pub(crate) fn label_of(values: &CleanValues) -> String {
    let text = |field| {
        values
            .get(&field)
            .map(|clean| clean.value.display())
            .unwrap_or_default()
    };
    let names: Vec<String> = [text(keys::COMPANY_NAME), text(keys::PERSON_NAME)]
        .into_iter()
        .filter(|name| !name.is_empty())
        .collect();
    if names.is_empty() {
        text(keys::EMAIL)
    } else {
        names.join(" – ")
    }
}

/// A row that is looked up among those who are here, or could not be read.
pub(crate) enum Incoming {
    Row(Box<CleanRow>, Box<LookedUp>),
    Bad(BadRow),
}

/// Plans one file, row after row.
pub(crate) struct Planner {
    terms: Terms,
    people: People,
    taken_back: TakenBack,
    /// What rows so far said of the fields that take whatever is new, by ticket: a bit for each of [`swinging`].
    said: HashMap<Whom, u64>,
    /// Rows by which a ticket changes, in order.
    written: HashMap<Whom, Vec<u32>>,
    /// The coming state of tickets that rows were lately about.
    held: HashMap<Whom, Standing>,
    /// Who asked for peace in this file, by address.
    opted_out: Vec<Identity>,
    /// Rows that are planned and not kept yet.
    pending: Vec<PlannedRow>,
    next: u32,
    report: Report,
}

impl Planner {
    /// Begins with everybody who is here.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn new(reader: &Reader<'_>, terms: Terms) -> Result<Self, store::Error> {
        Ok(Self {
            terms,
            people: People::read(reader)?,
            taken_back: TakenBack::read(reader)?,
            said: HashMap::new(),
            written: HashMap::new(),
            held: HashMap::new(),
            opted_out: Vec::new(),
            pending: Vec::new(),
            next: 1,
            report: Report::default(),
        })
    }

    /// Looks a row up among those who are here, without the planner, so that it can be done ahead and for many at once.
    pub fn looking_up(&self) -> impl Fn(Cleaned) -> Incoming + Clone + Send + 'static {
        let here = self.people.here();
        move |row| match row {
            Cleaned::Row(row) => {
                let looked_up = Box::new(here.look_up(&row));
                Incoming::Row(row, looked_up)
            }
            Cleaned::Bad(bad) => Incoming::Bad(bad),
        }
    }

    /// Plans the next rows of the file, and hands them over in order.
    ///
    /// # Errors
    /// The store's own failures.
    pub fn plan(&mut self, reader: &Reader<'_>, rows: Vec<Incoming>) -> anyhow::Result<Vec<PlannedRow>> {
        for row in rows {
            let planned = match row {
                Incoming::Row(row, looked_up) => self.row(reader, *row, *looked_up)?,
                Incoming::Bad(bad) => self.unreadable(bad),
            };
            self.report.add(&planned);
            self.pending.push(planned);
            self.next += 1;
        }
        Ok(std::mem::take(&mut self.pending))
    }

    /// How many rows were planned, and what was found in all.
    pub fn end(self) -> (u32, Report) {
        (self.next - 1, self.report)
    }

    /// How many rows were planned so far.
    pub fn rows(&self) -> u32 {
        self.next - 1
    }

    fn unreadable(&self, bad: BadRow) -> PlannedRow {
        let reason = match bad.column {
            Some(column) => format!("Column {column}: {}", bad.reason),
            None => bad.reason,
        };
        PlannedRow {
            row: self.entry(bad.line, ImportOutcome::Error, None, 0, String::new()),
            detail: RowDetail {
                cells: bad.cells,
                problem: Some(reason),
                question: Some(Question {
                    reason: ReviewReason::ImportError,
                    fields: Vec::new(),
                    certain: false,
                }),
                ..RowDetail::default()
            },
        }
    }

    fn entry(
        &self,
        line: u64,
        outcome: ImportOutcome,
        ticket: Option<TicketId>,
        quality: u8,
        label: String,
    ) -> ImportRow {
        ImportRow {
            number: self.next,
            line: u32::try_from(line).unwrap_or(u32::MAX),
            planned: outcome,
            outcome,
            ticket,
            quality,
            label,
        }
    }

    fn row(&mut self, reader: &Reader<'_>, row: CleanRow, looked_up: LookedUp) -> anyhow::Result<PlannedRow> {
        let numbered = match (row.halo_id, &row.provider_id, &self.terms.source) {
            (Some(halo), _, _) => reader.ticket_by_halo(halo)?,
            (None, Some(id), Source::Provider { name }) => reader.ticket_by_provider(name, id)?,
            _ => None,
        };
        let numbered = match numbered {
            Some(ticket) => still_here(reader, ticket)?,
            None => None,
        };
        let mut detail = RowDetail::default();
        if row.key.is_none() && numbered.is_none() {
            detail.problem = Some("Insufficient data for deduplication: it has no personal e-mail address, no company with a person, and no telephone number.".to_owned());
            return Ok(self.done(row, ImportOutcome::Rejected, detail));
        }
        let found = self.people.find(&row, &looked_up, numbered.map(Whom::Ticket));
        let found = self.kept_apart(reader, &row, found)?;
        let (outcome, remembered) = match found {
            Found::Same { whom, evidence } => {
                detail.evidence = evidence;
                let outcome = self.known(reader, &row, whom, &mut detail)?;
                (outcome, whom)
            }
            Found::Maybe {
                whom,
                evidence,
                moved,
                certain,
            } => {
                detail.evidence = evidence;
                let outcome = self.doubtful(reader, &row, whom, moved, certain, &mut detail)?;
                (outcome, Whom::Row(self.next))
            }
            Found::Nobody => (self.stranger(reader, &row, &mut detail)?, Whom::Row(self.next)),
        };
        let outcome = self.not_twice(reader, &row, outcome, &mut detail)?;
        self.people.remember(&row, looked_up, remembered);
        Ok(self.done(row, outcome, detail))
    }

    /// What a person has decided before is not asked again.
    fn not_twice(
        &self,
        reader: &Reader<'_>,
        row: &CleanRow,
        outcome: ImportOutcome,
        detail: &mut RowDetail,
    ) -> Result<ImportOutcome, store::Error> {
        if outcome == ImportOutcome::Review
            && let Some(question) = &detail.question
            && super::apply::is_decided(reader, &self.terms, row, detail, question)?
        {
            detail.question = None;
            detail
                .evidence
                .push("A person has decided about this record before.".to_owned());
            return Ok(ImportOutcome::Skipped);
        }
        Ok(outcome)
    }

    /// What a person has kept apart before is two.
    fn kept_apart(&self, reader: &Reader<'_>, row: &CleanRow, found: Found) -> Result<Found, store::Error> {
        let whom = match &found {
            Found::Same { whom, .. } | Found::Maybe { whom, .. } => *whom,
            Found::Nobody => return Ok(found),
        };
        let (Whom::Ticket(ticket), Some(key)) = (whom, &row.key) else {
            return Ok(found);
        };
        let apart = reader.is_not_same(&Pair::Key(ticket, key.0.clone()))?;
        Ok(if apart { Found::Nobody } else { found })
    }

    fn done(&self, row: CleanRow, outcome: ImportOutcome, mut detail: RowDetail) -> PlannedRow {
        let ticket = match detail.whom {
            Some(Whom::Ticket(ticket)) => Some(ticket),
            Some(Whom::Row(_)) | None => None,
        };
        let entry = self.entry(row.line, outcome, ticket, row.quality.score, label_of(&row.values));
        detail.row = Some(row);
        PlannedRow { row: entry, detail }
    }

    /// A record of somebody who is here, or in an earlier row.
    fn known(
        &mut self,
        reader: &Reader<'_>,
        row: &CleanRow,
        whom: Whom,
        detail: &mut RowDetail,
    ) -> anyhow::Result<ImportOutcome> {
        detail.whom = Some(whom);
        let Some(standing) = self.standing(reader, whom)? else {
            // The row that would have been the ticket waits for a person, and so does this one.
            detail.whom = None;
            return self.waiting(reader, row, detail);
        };
        let mut merge = standing.merge(&self.terms, row);
        self.leave_first_word(whom, &standing, row, &mut merge);
        let (outcome, question) = judge(reader, &self.terms, &standing, row, &merge, self.asked_for_peace(row))?;
        describe(detail, &standing, &merge, outcome, question);
        let writes = writes(outcome, &merge);
        if writes {
            self.written.entry(whom).or_default().push(self.next);
            if let Some(held) = self.held.get_mut(&whom) {
                held.take(&self.terms, &written(&merge, outcome));
            }
        }
        Ok(outcome)
    }

    /// Of two rows of one file, the first has the word about a field that takes whatever is new. Otherwise they would
    /// overwrite each other anew whenever the file comes in.
    fn leave_first_word(&mut self, whom: Whom, standing: &Standing, row: &CleanRow, merge: &mut ImportMerge) {
        let before = self.said.get(&whom).copied().unwrap_or_default();
        let mut said = before;
        let mut stay = Vec::new();
        for (bit, field) in swinging().enumerate() {
            let bit = 1_u64 << bit;
            if !row.values.get(&field).is_some_and(|new| new.value.says_something()) {
                continue;
            }
            said |= bit;
            // What a row of this very file wrote, and what one found said already.
            let old = standing.values.get(&field).filter(|old| old.value.says_something());
            let old = old.map(|old| &old.provenance);
            let own = old.is_some_and(|old| old.at == self.terms.at && old.source == self.terms.source);
            if own || before & bit != 0 && old.is_some() {
                stay.push(field);
            }
        }
        if said != before && matches!(whom, Whom::Ticket(_)) {
            self.said.insert(whom, said);
        }
        keep_out(merge, |field| stay.contains(&field));
    }

    /// It repeats a row that became nothing yet.
    fn waiting(
        &mut self,
        reader: &Reader<'_>,
        row: &CleanRow,
        detail: &mut RowDetail,
    ) -> anyhow::Result<ImportOutcome> {
        if let Some(reason) = self.barred(reader, row)? {
            detail.problem = Some(reason);
            return Ok(ImportOutcome::Blocked);
        }
        detail
            .evidence
            .push("It repeats a row before it that waits for a decision.".to_owned());
        Ok(ImportOutcome::Skipped)
    }

    fn doubtful(
        &mut self,
        reader: &Reader<'_>,
        row: &CleanRow,
        whom: Whom,
        moved: bool,
        certain: bool,
        detail: &mut RowDetail,
    ) -> anyhow::Result<ImportOutcome> {
        if let Some(reason) = self.barred(reader, row)? {
            detail.problem = Some(reason);
            return Ok(ImportOutcome::Blocked);
        }
        detail.whom = Some(whom);
        let who = match whom {
            Whom::Ticket(ticket) => match reader.card(ticket)? {
                Some(card) => crate::labels::ticket(&card),
                None => String::new(),
            },
            Whom::Row(number) => match self.detail(reader, number)?.row {
                Some(other) => format!("line {}, {}", other.line, label_of(&other.values)),
                None => String::new(),
            },
        };
        let sentence = if moved {
            format!("It may be {who} at another company.")
        } else {
            format!("It may be {who}.")
        };
        detail.evidence.insert(0, sentence);
        detail.question = Some(Question {
            reason: if moved {
                ReviewReason::JobChange
            } else {
                ReviewReason::PossibleDuplicate
            },
            fields: Vec::new(),
            certain,
        });
        Ok(ImportOutcome::Review)
    }

    fn stranger(
        &mut self,
        reader: &Reader<'_>,
        row: &CleanRow,
        detail: &mut RowDetail,
    ) -> anyhow::Result<ImportOutcome> {
        if let Some(reason) = self.barred(reader, row)? {
            detail.problem = Some(reason);
            return Ok(ImportOutcome::Blocked);
        }
        if let Some(reasons) = lacks(&self.terms, row) {
            detail.evidence.extend(reasons);
            detail.question = Some(Question {
                reason: ReviewReason::LowQuality,
                fields: Vec::new(),
                certain: false,
            });
            return Ok(ImportOutcome::Review);
        }
        let Some(ticket) = self.taken_back.take(reader, &self.terms, row)? else {
            return Ok(ImportOutcome::Created);
        };
        detail.whom = Some(Whom::Ticket(ticket));
        detail
            .evidence
            .push("Its ticket was taken back with an earlier import, and comes back.".to_owned());
        Ok(ImportOutcome::Restored)
    }

    /// Why nobody may contact the person of a record that is not here.
    fn barred(&mut self, reader: &Reader<'_>, row: &CleanRow) -> anyhow::Result<Option<String>> {
        let identities = identities(&row.values);
        if row.do_not_contact {
            let telling = identities.into_iter().filter(Identity::tells_who);
            self.opted_out.extend(telling);
            return Ok(Some(
                "The record says that the person must not be contacted.".to_owned(),
            ));
        }
        if self.asked_for_peace(row) {
            return Ok(Some(
                "Another row says that the person must not be contacted.".to_owned(),
            ));
        }
        barred(reader, &identities)
    }

    fn asked_for_peace(&self, row: &CleanRow) -> bool {
        !self.opted_out.is_empty()
            && identities(&row.values)
                .iter()
                .any(|identity| identity.tells_who() && self.opted_out.contains(identity))
    }

    /// A ticket as the rows so far leave it; `None` when there is none.
    fn standing(&mut self, reader: &Reader<'_>, whom: Whom) -> anyhow::Result<Option<Standing>> {
        if let Some(held) = self.held.get(&whom) {
            return Ok(Some(held.clone()));
        }
        let standing = match whom {
            Whom::Ticket(ticket) => Standing::of_ticket(reader, ticket)?,
            Whom::Row(number) => {
                let root = self.planned(reader, number)?;
                match (root.row.planned, &root.detail.row) {
                    (ImportOutcome::Created | ImportOutcome::Restored, Some(row)) => {
                        Some(Standing::of_row(&self.terms, row))
                    }
                    _ => None,
                }
            }
        };
        let Some(mut standing) = standing else {
            return Ok(None);
        };
        let rows = self.written.get(&whom).cloned().unwrap_or_default();
        for number in &rows {
            let earlier = self.planned(reader, *number)?;
            if let Some(row) = &earlier.detail.row {
                let mut merge = standing.merge(&self.terms, row);
                keep_out(&mut merge, |field| earlier.detail.preserved.contains(&field));
                standing.take(&self.terms, &written(&merge, earlier.row.planned));
            }
        }
        // Who is met once is seldom met again; who is met twice often is.
        if !rows.is_empty() || matches!(whom, Whom::Row(_)) {
            if self.held.len() >= HELD {
                self.held.clear();
            }
            self.held.insert(whom, standing.clone());
        }
        Ok(Some(standing))
    }

    /// An earlier row as it was planned.
    fn planned(&self, reader: &Reader<'_>, number: u32) -> anyhow::Result<PlannedRow> {
        if let Some(first) = self.pending.first()
            && let Some(at) = number.checked_sub(first.row.number)
            && let Some(planned) = self.pending.get(at as usize)
        {
            return Ok(planned.clone());
        }
        let kept = reader
            .import_row(self.terms.import, number)?
            .ok_or_else(|| anyhow::anyhow!("row {number} of the plan is not there"))?;
        Ok(PlannedRow {
            detail: parse_detail(kept.detail.as_deref())?,
            row: kept.row,
        })
    }

    fn detail(&self, reader: &Reader<'_>, number: u32) -> anyhow::Result<RowDetail> {
        Ok(self.planned(reader, number)?.detail)
    }
}

/// What is kept of a row, read back.
pub(crate) fn parse_detail(text: Option<&str>) -> anyhow::Result<RowDetail> {
    match text {
        Some(text) => Ok(serde_json::from_str(text)?),
        None => Ok(RowDetail::default()),
    }
}

/// The ticket itself, or the one that it became a part of; `None` when neither is here.
pub(crate) fn still_here(reader: &Reader<'_>, ticket: TicketId) -> Result<Option<TicketId>, store::Error> {
    let survivor = reader.survivor(ticket)?;
    Ok(reader.card(survivor)?.map(|card| card.id))
}

/// Why the ledger keeps a person from becoming a ticket.
pub(crate) fn barred(reader: &Reader<'_>, identities: &[Identity]) -> anyhow::Result<Option<String>> {
    let known = reader.suppressed_person(identities)?;
    Ok(known.map(|known| crate::suppression::sentence("The person", Some(&known))))
}

/// What a record lacks to become a lead without anybody looking.
fn lacks(terms: &Terms, row: &CleanRow) -> Option<Vec<String>> {
    let below = row.quality.score < terms.rules.review_below;
    let nameless = !row.values.contains_key(&keys::PERSON_NAME) && !row.values.contains_key(&keys::COMPANY_NAME);
    let no_email = !row.values.contains_key(&keys::EMAIL);
    if !below && !nameless && !no_email {
        return None;
    }
    let mut reasons = Vec::new();
    if below {
        let why = row.quality.reasons.join(", ");
        reasons.push(format!("Its quality is {} of 100: {why}.", row.quality.score));
    }
    if no_email {
        reasons.push("A new lead needs an e-mail address.".to_owned());
    }
    if nameless {
        reasons.push("It names neither a person nor a company.".to_owned());
    }
    Some(reasons)
}

/// The outcome of a record for a ticket, and what is asked beside it.
pub(crate) fn judge(
    reader: &Reader<'_>,
    terms: &Terms,
    standing: &Standing,
    row: &CleanRow,
    merge: &ImportMerge,
    asked_for_peace: bool,
) -> anyhow::Result<(ImportOutcome, Option<Question>)> {
    if row.do_not_contact
        || asked_for_peace
        || standing.must_be_left_alone()
        || barred(reader, &identities(&row.values))?.is_some()
    {
        return Ok((ImportOutcome::Blocked, None));
    }
    let ask = |reason, fields: &CleanValues| {
        (!fields.is_empty()).then(|| Question {
            reason,
            fields: fields.keys().copied().collect(),
            certain: false,
        })
    };
    Ok(match merge.outcome {
        MergeOutcome::Skipped => (ImportOutcome::Skipped, None),
        MergeOutcome::Preserved => (ImportOutcome::Preserved, ask(ReviewReason::NewData, &merge.to_review)),
        MergeOutcome::Updated | MergeOutcome::Review if row.quality.score < terms.rules.review_below => {
            let mut news = merge.updates.clone();
            news.extend(merge.to_review.clone());
            (ImportOutcome::Review, ask(ReviewReason::LowQuality, &news))
        }
        MergeOutcome::Updated => (ImportOutcome::Updated, None),
        MergeOutcome::Review if merge.updates.is_empty() => (
            ImportOutcome::Review,
            ask(ReviewReason::MergeConflict, &merge.to_review),
        ),
        // The rest is merged.
        MergeOutcome::Review => (
            ImportOutcome::Updated,
            ask(ReviewReason::MergeConflict, &merge.to_review),
        ),
    })
}

/// Whether a merge with that outcome writes into the ticket.
pub(crate) fn writes(outcome: ImportOutcome, merge: &ImportMerge) -> bool {
    merge.opt_out || outcome == ImportOutcome::Updated && !merge.updates.is_empty()
}

/// The fields whose rule takes another value just because it is another one, so that two records could swing them to and
/// fro.
fn swinging() -> impl Iterator<Item = FieldKey> {
    use domain::fields::{self, Field, ImportPolicy};
    let swings = |field: &&Field| matches!(field.import, ImportPolicy::Enrichment | ImportPolicy::IfNotContained);
    fields::all().filter(swings).map(Field::key).take(64)
}

/// Leaves fields of a ticket as they are that a merge would have written.
pub(crate) fn keep_out(merge: &mut ImportMerge, stays: impl Fn(FieldKey) -> bool) {
    let (stay, updates) = std::mem::take(&mut merge.updates)
        .into_iter()
        .partition(|(field, _)| stays(*field));
    let stay: CleanValues = stay;
    merge.updates = updates;
    merge.preserved.extend(stay.into_keys());
    if merge.outcome == MergeOutcome::Updated && merge.updates.is_empty() && !merge.opt_out {
        merge.outcome = MergeOutcome::Skipped;
    }
}

/// What of a merge is written with that outcome.
pub(crate) fn written(merge: &ImportMerge, outcome: ImportOutcome) -> ImportMerge {
    let mut written = merge.clone();
    if outcome != ImportOutcome::Updated {
        written.updates.clear();
    }
    written
}

/// Puts down what a merge does, and why.
pub(crate) fn describe(
    detail: &mut RowDetail,
    standing: &Standing,
    merge: &ImportMerge,
    outcome: ImportOutcome,
    question: Option<Question>,
) {
    detail.updated = written(merge, outcome).updates.into_keys().collect();
    if merge.opt_out {
        detail.updated.push(keys::DO_NOT_CONTACT);
    }
    detail.preserved.clone_from(&merge.preserved);
    detail.question = question;
    match outcome {
        ImportOutcome::Blocked => {
            detail.problem = Some(if standing.must_be_left_alone() || !merge.opt_out {
                "The person must not be contacted.".to_owned()
            } else {
                "The record says that the person must not be contacted; the ticket is marked.".to_owned()
            });
        }
        ImportOutcome::Preserved => detail
            .evidence
            .push("Somebody works on the ticket already, so it is left as it is.".to_owned()),
        _ => {}
    }
}
