//! Rows of a plan, read before it is their turn.
//!
//! Only one core can write to the database. While it applies a portion, the rows of the next one are read and parsed on
//! another. Nobody changes a planned row before it is applied, so what was read early is what is there.

use std::{collections::VecDeque, thread};

use domain::ImportId;
use store::ImportRowDetail;

use super::{
    on_every_core,
    plan::{self, RowDetail},
};
use crate::Engine;

/// A row whose turn it is.
pub(super) struct ReadyRow {
    pub kept: ImportRowDetail,
    /// What `kept` says, parsed.
    pub detail: RowDetail,
}

/// The rows of one import that are not applied yet, in their order.
pub(super) struct Ahead<'a> {
    engine: &'a Engine,
    import: ImportId,
    /// The number of the last row that was read.
    read_to: u32,
    ready: VecDeque<ReadyRow>,
    next: Option<Vec<ReadyRow>>,
}

impl<'a> Ahead<'a> {
    pub(super) fn after(engine: &'a Engine, import: ImportId, applied: u32) -> Self {
        Self {
            engine,
            import,
            read_to: applied,
            ready: VecDeque::new(),
            next: None,
        }
    }

    /// Does a portion with the rows whose turn it is: at least `size` of them while there are so many. It takes from the
    /// front what it applies; the rest is for the next portion.
    ///
    /// # Errors
    /// The store's own failures, and those of the portion.
    pub(super) fn portion<T>(
        &mut self,
        size: u32,
        work: impl FnOnce(&mut VecDeque<ReadyRow>) -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        if self.ready.len() < size as usize {
            let next = match self.next.take() {
                Some(next) => next,
                None => read(self.engine, self.import, self.read_to, size)?,
            };
            self.add(next);
        }
        if self.next.is_some() {
            return work(&mut self.ready);
        }
        let (engine, import, read_to) = (self.engine, self.import, self.read_to);
        let (done, next) = thread::scope(|scope| {
            let next = scope.spawn(move || read(engine, import, read_to, size));
            (work(&mut self.ready), next.join())
        });
        // What could not be read is read again when its turn comes, where a failure ends the run.
        self.next = next.ok().and_then(Result::ok);
        done
    }

    fn add(&mut self, rows: Vec<ReadyRow>) {
        if let Some(last) = rows.last() {
            self.read_to = last.kept.row.number;
        }
        self.ready.extend(rows);
    }
}

fn read(engine: &Engine, import: ImportId, after: u32, size: u32) -> anyhow::Result<Vec<ReadyRow>> {
    let rows = engine
        .store()
        .read(|reader| reader.import_rows(import, None, after, size))?;
    let details = on_every_core(&rows, |kept| plan::parse_detail(kept.detail.as_deref()));
    rows.into_iter()
        .zip(details)
        .map(|(kept, detail)| Ok(ReadyRow { kept, detail: detail? }))
        .collect()
}
