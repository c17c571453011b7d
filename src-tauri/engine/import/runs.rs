//! An import on its way: planned, run, paused, gone on with, given up.
//!
//! Each portion of rows is one transaction, and how far it came is part of it; so a run that dies goes on with the next
//! row. Portions are sized to be short, because a person who drags a card meanwhile waits for the one that is being
//! written. Whoever works on an import signs it with a word of their own and stops when they find another one.
//!
//! Long because planning, running, pausing and going on share one protocol: who signs, who stops, and what is told.

use std::{
    collections::HashMap,
    panic::resume_unwind,
    path::Path,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU8, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::Context;
use chrono::TimeDelta;
use domain::{ImportId, Lifecycle, Source};
use rand::Rng;
use store::{Actor, ImportOutcome, ImportRecord, ImportState, NewOperation};

use super::{
    Cleaner,
    ahead::Ahead,
    apply::Applying,
    clean,
    drafts::Draft,
    mapping::Saved,
    plan::{PlannedRow, Planner, Report, Terms},
    read,
};
use crate::{
    Engine, Event, Problem, after, outbox, settings,
    views::{ImportProgress, ImportSummary, PlanView},
};

/// The verb of the operation under which rows are applied.
pub(super) const KIND: &str = "import";

/// Rows that are planned in one go.
const PLANNED_AT_ONCE: usize = 2_000;

/// The fewest rows in a portion, while there are so many.
const FEWEST: u32 = 20;

/// How long the rows of a portion may take at first, and after somebody waited. Every portion changes most pages of the
/// indexes that are in no order of time, whether it has many rows or few, so few long ones are cheaper than many short
/// ones; but one for which somebody waits must still be committed, and a short one commits less.
const SHORT: Duration = Duration::from_millis(250);

/// How long others get between two portions to have their turn.
const TURN: Duration = Duration::from_millis(1);

/// Whoever was not seen for so long does not work on it any more.
const SILENCE: TimeDelta = TimeDelta::seconds(15);

/// What a person asked of an import that runs here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Wish {
    GoOn = 0,
    Pause = 1,
    Cancel = 2,
}

/// The imports that run in this process.
#[derive(Default)]
pub(crate) struct Runs {
    running: Mutex<HashMap<ImportId, Arc<AtomicU8>>>,
    stumbled: Mutex<HashMap<ImportId, Stumble>>,
}

/// How an import stopped where even that could not be kept: on a full disk. It is shown until somebody goes on.
#[derive(Clone, Debug)]
struct Stumble {
    state: ImportState,
    reason: String,
}

/// That an import runs here, until it is dropped.
pub(super) struct Running<'a> {
    runs: &'a Runs,
    import: ImportId,
    wish: Arc<AtomicU8>,
}

impl Runs {
    fn lock(&self) -> MutexGuard<'_, HashMap<ImportId, Arc<AtomicU8>>> {
        // The map is never left half written.
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stumbles(&self) -> MutexGuard<'_, HashMap<ImportId, Stumble>> {
        self.stumbled.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stumble(&self, import: ImportId) -> Option<Stumble> {
        self.stumbles().get(&import).cloned()
    }

    /// Begins; `None` while it runs already.
    pub(super) fn begin(&self, import: ImportId) -> Option<Running<'_>> {
        let mut running = self.lock();
        if running.contains_key(&import) {
            return None;
        }
        let wish = Arc::new(AtomicU8::new(Wish::GoOn as u8));
        running.insert(import, Arc::clone(&wish));
        self.stumbles().remove(&import);
        Some(Running {
            runs: self,
            import,
            wish,
        })
    }

    /// Whether it runs here.
    pub(super) fn has(&self, import: ImportId) -> bool {
        self.lock().contains_key(&import)
    }

    /// Asks something of an import; whether it runs here and will hear it.
    fn wish(&self, import: ImportId, wish: Wish) -> bool {
        match self.lock().get(&import) {
            Some(running) => {
                running.store(wish as u8, Ordering::SeqCst);
                true
            }
            None => false,
        }
    }
}

impl Running<'_> {
    pub(super) fn wish(&self) -> Wish {
        match self.wish.load(Ordering::SeqCst) {
            1 => Wish::Pause,
            2 => Wish::Cancel,
            _ => Wish::GoOn,
        }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.runs.lock().remove(&self.import);
    }
}

/// How fast it goes, told now and then.
pub(super) struct Pace<'a> {
    engine: &'a Engine,
    import: ImportId,
    state: ImportState,
    of: u32,
    began: Instant,
    began_at: u32,
    told: Option<Instant>,
}

impl<'a> Pace<'a> {
    pub(super) fn new(engine: &'a Engine, import: ImportId, state: ImportState, done: u32, of: u32) -> Self {
        Self {
            engine,
            import,
            state,
            of,
            began: Instant::now(),
            began_at: done,
            told: None,
        }
    }

    /// Tells how far it is, at most a few times a second.
    pub(super) fn at(&mut self, done: u32) {
        const OFTEN: Duration = Duration::from_millis(150);
        if self.told.is_some_and(|told| told.elapsed() < OFTEN) {
            return;
        }
        self.told = Some(Instant::now());
        self.tell(done, self.state);
    }

    /// Tells how it ended.
    pub(super) fn end(&self, done: u32, state: ImportState) {
        self.tell(done, state);
    }

    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rate for people"
    )]
    fn tell(&self, done: u32, state: ImportState) {
        let seconds = self.began.elapsed().as_secs_f32();
        let rate = if seconds > 0.0 {
            done.saturating_sub(self.began_at) as f32 / seconds
        } else {
            0.0
        };
        let left = self.of.saturating_sub(done);
        self.engine.tell(Event::Import(ImportProgress {
            id: self.import,
            state,
            done,
            of: self.of,
            rows_per_second: rate,
            seconds_left: (rate > 0.0 && self.of > 0).then(|| (left as f32 / rate).ceil() as u32),
        }));
    }
}

/// How long a portion may take: [`SHORT`] at first and after somebody waited, longer and longer while nobody does.
pub(super) struct Stint<'a> {
    engine: &'a Engine,
    running: &'a Running<'a>,
    length: Duration,
    began: Instant,
    is_awaited: bool,
}

impl<'a> Stint<'a> {
    pub(super) fn new(engine: &'a Engine, running: &'a Running<'a>) -> Self {
        Self {
            engine,
            running,
            length: SHORT.min(engine.inner.options.portion),
            began: Instant::now(),
            is_awaited: false,
        }
    }

    /// A portion begins.
    pub(super) fn begin(&mut self) {
        self.began = Instant::now();
        self.is_awaited = false;
    }

    /// Whether the portion should come to its end.
    pub(super) fn is_over(&mut self) -> bool {
        self.is_awaited = self.engine.store().is_awaited();
        self.is_awaited || self.began.elapsed() > self.length || self.running.wish() != Wish::GoOn
    }

    /// The portion is written: others have their turn.
    pub(super) fn end(&mut self) {
        let longer = if self.is_awaited { SHORT } else { self.length * 2 };
        self.length = longer.min(self.engine.inner.options.portion);
        thread::sleep(TURN);
    }
}

/// What became of a portion.
struct Portion {
    end: End,
    /// Whether HaloPSA is owed something now.
    owes: bool,
}

enum End {
    /// So many rows are applied in all.
    Applied(u32),
    /// That was the last one.
    Done,
    /// Somebody else works on it.
    Taken,
}

impl Engine {
    /// Finds out what becomes of every row of a file. Nothing but the plan is written.
    ///
    /// # Errors
    /// [`Unreadable`](super::Unreadable) when the file is no table; [`Problem::Refused`] when the import is not one that can
    /// be planned, or its mapping says nothing; the disk's failures. The file stays, and it can be planned again.
    pub fn import_plan(&self, import: ImportId) -> anyhow::Result<PlanView> {
        let record = self.import_record(import)?;
        if !matches!(
            record.state,
            ImportState::Draft | ImportState::Planning | ImportState::Planned
        ) || record.applied > 0
        {
            return Err(refused("This import has been run already."));
        }
        if record.path.is_empty() {
            return Err(refused("The file is no longer here. Choose it again."));
        }
        let running = self.begin_import(import)?;
        let worker = self.sign_import(import, ImportState::Planning)?;
        let planned = self.plan_file(&record, &running, &worker);
        drop(running);
        match planned {
            Ok(true) => self.import_plan_view(import),
            Ok(false) => Err(refused("The import was given up.")),
            Err(error) => {
                self.import_stopped(import, ImportState::Draft, &error);
                Err(error)
            }
        }
    }

    /// Plans a file; `false` when it was given up meanwhile.
    fn plan_file(&self, record: &ImportRecord, running: &Running<'_>, worker: &str) -> anyhow::Result<bool> {
        let import = record.id;
        let draft = Draft::of(record)?;
        let path = Path::new(&record.path);
        let opened = read::open(path, &draft.options.reading())?;
        let mapping = match draft.mapping.clone() {
            Some(mapping) => {
                // What a person settled holds for the next file like it.
                let saved = Saved::of(&opened.headers, mapping.clone());
                self.keep_mapping(saved, Some(self.now()))?;
                mapping
            }
            None => self.propose_mapping(&draft, &opened.headers, path)?.mapping,
        };
        let mapping = draft.in_its_country(mapping);
        let context = self.input_context(&self.preferences()?);
        let cleaner = Cleaner::new(&mapping, &opened.headers, &context);
        let terms = self.terms(record, mapping.provider.as_deref())?;
        self.store().write_quiet(self.now(), |w| -> anyhow::Result<()> {
            w.remove_import_plan(import, false)?;
            Ok(())
        })?;
        let mut planner = self.store().read(|reader| Planner::new(reader, terms.clone()))?;
        let mut pace = Pace::new(self, import, ImportState::Planning, 0, 0);
        let mut rows = clean::rows_and(opened.rows, &cleaner, planner.looking_up())?;
        let mut planned = Vec::new();
        loop {
            // While one portion is kept, the next is read, cleaned and looked up. Planning itself comes after both: it reads
            // rows that were kept.
            let (kept, portion) = thread::scope(|scope| {
                let keeping = scope.spawn(|| self.keep_planned(import, worker, &planned));
                let portion: anyhow::Result<Vec<_>> = rows.by_ref().take(PLANNED_AT_ONCE).collect();
                (keeping.join().unwrap_or_else(|panic| resume_unwind(panic)), portion)
            });
            if !kept? {
                return Ok(false);
            }
            let portion = portion?;
            pace.at(planner.rows());
            if portion.is_empty() {
                break;
            }
            if running.wish() != Wish::GoOn {
                self.give_up_draft(import)?;
                return Ok(false);
            }
            planned = self.store().read(|reader| planner.plan(reader, portion))?;
        }
        let (rows, mut report) = planner.end();
        if rows == 0 {
            return Err(super::Unreadable {
                happened: "The file names its columns and has no rows.".to_owned(),
                todo: "Choose a file with rows, or another sheet or header line.".to_owned(),
            }
            .into());
        }
        report.planned_at = Some(self.now());
        report.review_below = terms.rules.review_below;
        let draft = Draft {
            headers: opened.headers,
            ..draft
        };
        self.keep_plan(import, mapping.provider.as_deref(), &draft, rows, &report)?;
        pace.end(rows, ImportState::Planned);
        Ok(true)
    }

    /// Keeps what becomes of the rows of a portion; `false` when somebody else works on the import by now.
    fn keep_planned(&self, import: ImportId, worker: &str, planned: &[PlannedRow]) -> anyhow::Result<bool> {
        if planned.is_empty() {
            return Ok(true);
        }
        let details: Vec<String> = planned
            .iter()
            .map(|row| serde_json::to_string(&row.detail))
            .collect::<Result<_, _>>()?;
        let mine = self.store().write_quiet(self.now(), |w| -> anyhow::Result<bool> {
            if w.import(import)?.is_none_or(|record| record.worker != worker) {
                return Ok(false);
            }
            for (row, detail) in planned.iter().zip(&details) {
                w.add_import_row(import, &row.row, detail)?;
            }
            w.sign_import(import, worker)?;
            Ok(true)
        })?;
        Ok(mine.value)
    }

    fn keep_plan(
        &self,
        import: ImportId,
        provider: Option<&str>,
        draft: &Draft,
        rows: u32,
        report: &Report,
    ) -> anyhow::Result<()> {
        let (draft, report) = (serde_json::to_string(draft)?, serde_json::to_string(report)?);
        let written = self.store().write_quiet(self.now(), |w| -> anyhow::Result<()> {
            w.set_import_draft(import, provider.unwrap_or_default(), &draft)?;
            w.set_import_plan(import, rows, &report)?;
            Ok(())
        })?;
        self.publish(written.changes);
        Ok(())
    }

    /// Does what is planned, until it is done, paused or given up; goes on where it stopped, also after a death.
    ///
    /// # Errors
    /// [`Problem::Refused`] when there is no plan, or it runs already; the disk's failures. What was done until then
    /// stands, and it can be gone on with.
    pub fn import_run(&self, import: ImportId) -> anyhow::Result<ImportSummary> {
        let record = self.import_record(import)?;
        match record.state {
            ImportState::Planned | ImportState::Running | ImportState::Paused => {}
            ImportState::Done => return self.import_summary(import),
            _ => return Err(refused("There is nothing to run: the file is not planned.")),
        }
        let running = self.begin_import(import)?;
        let worker = self.sign_import(import, ImportState::Running)?;
        let run = self.run_portions(import, &running, &worker);
        drop(running);
        if let Err(error) = run {
            self.import_stopped(import, ImportState::Paused, &error);
            return Err(error);
        }
        self.import_summary(import)
    }

    fn run_portions(&self, import: ImportId, running: &Running<'_>, worker: &str) -> anyhow::Result<()> {
        let record = self.import_record(import)?;
        // The file is not needed from here on: the plan has everything.
        self.forget_file(&record)?;
        let terms = self.terms(&record, Some(record.source.as_str()).filter(|name| !name.is_empty()))?;
        let mut pace = Pace::new(self, import, ImportState::Running, record.applied, record.rows);
        let _room = self.store().make_room(record.rows)?;
        thread::scope(|scope| {
            let mut ahead = Ahead::after(scope, self, import, record.applied);
            let mut applied = record.applied;
            let mut stint = Stint::new(self, running);
            loop {
                match running.wish() {
                    Wish::GoOn => {}
                    Wish::Pause => {
                        self.set_import_state(import, ImportState::Paused)?;
                        pace.end(applied, ImportState::Paused);
                        return Ok(());
                    }
                    Wish::Cancel => {
                        self.set_import_state(import, ImportState::Cancelled)?;
                        pace.end(applied, ImportState::Cancelled);
                        return Ok(());
                    }
                }
                stint.begin();
                let portion = self.apply_portion(&record, &terms, worker, &mut ahead, |applied| {
                    pace.at(applied);
                    stint.is_over()
                })?;
                if portion.owes {
                    self.inner.sync.wake_push();
                }
                match portion.end {
                    End::Applied(rows) => applied = rows,
                    End::Done => {
                        pace.end(record.rows, ImportState::Done);
                        return Ok(());
                    }
                    End::Taken => {
                        return Err(refused("Another Leadline on this computer goes on with this import."));
                    }
                }
                stint.end();
            }
        })
    }

    /// Applies the next rows, in one transaction, until there is a reason to end it.
    fn apply_portion(
        &self,
        record: &ImportRecord,
        terms: &Terms,
        worker: &str,
        ahead: &mut Ahead,
        mut is_enough: impl FnMut(u32) -> bool,
    ) -> anyhow::Result<Portion> {
        let me = self.preferences()?.me;
        let operation = NewOperation {
            kind: KIND,
            label: format!("Imported {}", record.file_name),
            actor: Actor::Person(me),
            undoable: true,
        };
        let import = record.id;
        let written = self
            .store()
            .write(operation, self.now(), |w| -> anyhow::Result<Portion> {
                let now = match w.import(import)? {
                    Some(now) if now.worker == worker => now,
                    _ => {
                        return Ok(Portion {
                            end: End::Taken,
                            owes: false,
                        });
                    }
                };
                if let Some(operation) = now.operation {
                    w.go_on_with(operation);
                }
                let mut owes = false;
                let mut applied = now.applied;
                while applied < now.rows {
                    let row = ahead.next()?.filter(|row| row.kept.row.number == applied + 1);
                    let row = row.with_context(|| format!("row {} of the plan is not there", applied + 1))?;
                    applied += 1;
                    owes |= matches!(row.kept.row.planned, ImportOutcome::Created | ImportOutcome::Restored);
                    Applying {
                        w: &mut *w,
                        terms,
                        me,
                        dice: &mut self.dice(),
                        file: &record.file_name,
                    }
                    .row(row)?;
                    if applied - now.applied >= FEWEST && is_enough(applied) {
                        break;
                    }
                }
                after::follow(w, self.workflow())?;
                let tenant = settings::tenant(w)?;
                let map = tenant.as_ref().map(|tenant| &tenant.map);
                owes |= outbox::derive(w, self.workflow(), map, &mut self.dice())?.owes;
                w.advance_import(import, applied)?;
                let mut end = End::Applied(applied);
                if applied >= now.rows {
                    w.set_import_state(import, ImportState::Done, None)?;
                    end = End::Done;
                }
                Ok(Portion { end, owes })
            })?;
        self.publish(written.changes);
        Ok(written.value)
    }

    /// What holds for every row.
    pub(super) fn terms(&self, record: &ImportRecord, provider: Option<&str>) -> anyhow::Result<Terms> {
        let stage = self
            .workflow()
            .first_stage(Lifecycle::Lead)
            .context("the workflow has no open stage for a lead")?;
        let report = Report::of(record)?;
        Ok(Terms {
            import: record.id,
            source: match provider {
                Some(name) => Source::Provider { name: name.to_owned() },
                None => Source::File {
                    name: record.file_name.clone(),
                },
            },
            at: record.at,
            planned_at: report.planned_at.unwrap_or_else(|| self.now()),
            rules: self.import_rules()?,
            first_stage: stage.key.clone(),
        })
    }

    /// Stops a run after the rows that are being written. An import that runs in another process stops as well.
    ///
    /// # Errors
    /// [`Problem::Refused`] when it does not run.
    pub fn import_pause(&self, import: ImportId) -> anyhow::Result<()> {
        if self.inner.imports.wish(import, Wish::Pause) {
            return Ok(());
        }
        match self.import_record(import)?.state {
            // Signing it makes whoever works on it elsewhere stop.
            ImportState::Running => self.sign_import(import, ImportState::Paused).map(drop),
            ImportState::Paused => Ok(()),
            _ => Err(refused("This import does not run.")),
        }
    }

    /// Gives an import up. What was done until then stands, and can be taken back.
    ///
    /// # Errors
    /// [`Problem::Refused`] when it is done already.
    pub fn import_cancel(&self, import: ImportId) -> anyhow::Result<()> {
        if self.inner.imports.wish(import, Wish::Cancel) {
            return Ok(());
        }
        let record = self.import_record(import)?;
        match record.state {
            ImportState::Draft | ImportState::Planning | ImportState::Planned => self.give_up_draft(import),
            ImportState::Running | ImportState::Paused => self.sign_import(import, ImportState::Cancelled).map(drop),
            ImportState::Cancelled => Ok(()),
            _ => Err(refused("This import is done. Undo takes it back.")),
        }
    }

    /// Nothing was done yet, so nothing is kept.
    pub(super) fn give_up_draft(&self, import: ImportId) -> anyhow::Result<()> {
        let record = self.import_record(import)?;
        self.remove_file(&record)?;
        let written = self
            .store()
            .write_quiet(self.now(), |w| w.remove_import_plan(import, true))?;
        self.publish(written.changes);
        Ok(())
    }

    /// An import, or that there is none.
    pub(super) fn import_record(&self, import: ImportId) -> anyhow::Result<ImportRecord> {
        let record = self.store().import(import)?.ok_or_else(|| Problem::NotFound {
            what: format!("import {import} on this computer"),
        })?;
        Ok(record)
    }

    pub(super) fn begin_import(&self, import: ImportId) -> anyhow::Result<Running<'_>> {
        self.inner
            .imports
            .begin(import)
            .ok_or_else(|| refused("This import is being worked on already."))
    }

    /// Makes it ours from now on.
    pub(super) fn sign_import(&self, import: ImportId, state: ImportState) -> anyhow::Result<String> {
        let worker = format!("{:032x}", self.dice().random::<u128>());
        let written = self.store().write_quiet(self.now(), |w| -> anyhow::Result<()> {
            w.sign_import(import, &worker)?;
            w.set_import_state(import, state, None)?;
            Ok(())
        })?;
        self.publish(written.changes);
        Ok(worker)
    }

    fn set_import_state(&self, import: ImportId, state: ImportState) -> anyhow::Result<()> {
        let written = self
            .store()
            .write_quiet(self.now(), |w| w.set_import_state(import, state, None))?;
        self.publish(written.changes);
        Ok(())
    }

    /// Keeps why it stopped, if that can be kept.
    pub(super) fn import_stopped(&self, import: ImportId, state: ImportState, error: &anyhow::Error) {
        let reason = why_stopped(state, error);
        let kept = self
            .store()
            .write_quiet(self.now(), |w| w.set_import_state(import, state, Some(&reason)));
        match kept {
            Ok(written) => self.publish(written.changes),
            Err(error) => {
                tracing::error!(error = %error, "why an import stopped cannot be kept");
                self.inner.imports.stumbles().insert(import, Stumble { state, reason });
            }
        }
        // Whoever watches it looks at it again now.
        if let Ok(Some(record)) = self.store().import(import) {
            Pace::new(self, import, state, record.applied, record.rows).end(record.applied, self.shown_state(&record));
        }
    }

    /// Why it stopped, where that could not be kept.
    pub(super) fn stumbled_over(&self, record: &ImportRecord) -> Option<String> {
        let unkept = matches!(
            record.state,
            ImportState::Running | ImportState::Planning | ImportState::Undoing
        );
        let stumble = self.inner.imports.stumble(record.id).filter(|_| unkept);
        stumble.map(|stumble| stumble.reason)
    }

    /// Whether nobody works on it any more.
    pub(super) fn is_abandoned(&self, record: &ImportRecord) -> bool {
        let seen = record.worked_at.max(record.at);
        !self.inner.imports.has(record.id) && self.now() - seen > SILENCE
    }

    /// The state as a person sees it: nothing runs of which nobody was heard for a while.
    pub(super) fn shown_state(&self, record: &ImportRecord) -> ImportState {
        let silent = self.is_abandoned(record);
        let stumble = self.inner.imports.stumble(record.id);
        match record.state {
            ImportState::Running | ImportState::Planning | ImportState::Undoing if stumble.is_some() => {
                stumble.map_or(record.state, |stumble| stumble.state)
            }
            ImportState::Running | ImportState::Undoing if silent => ImportState::Paused,
            ImportState::Planning if silent => ImportState::Draft,
            state => state,
        }
    }
}

/// Why an import stopped, and what to do, as a person is told.
fn why_stopped(state: ImportState, error: &anyhow::Error) -> String {
    if let Some(unreadable) = error.downcast_ref::<super::Unreadable>() {
        return unreadable.to_string();
    }
    if !is_full(error) {
        return error.root_cause().to_string();
    }
    let todo = match state {
        ImportState::Draft => {
            "Make room and check the file again: it is still here, and so is what you said of its columns."
        }
        _ => "Make room, then go on: what was done so far is kept, and nothing is done twice.",
    };
    format!("The disk of this computer is full. {todo}")
}

/// Whether there was no more room on the disk.
fn is_full(error: &anyhow::Error) -> bool {
    use std::io::{self, ErrorKind};
    error.chain().any(|cause| {
        matches!(cause.downcast_ref::<store::Error>(), Some(store::Error::Full))
            || cause
                .downcast_ref::<io::Error>()
                .is_some_and(|error| matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded))
    })
}

pub(super) fn refused(reason: impl Into<String>) -> anyhow::Error {
    Problem::Refused { reason: reason.into() }.into()
}
