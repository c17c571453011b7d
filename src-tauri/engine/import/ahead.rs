//! Rows of a plan, read before it is their turn.
//!
//! Only one core can write to the database. While it applies rows, the next ones are read and parsed on another. Nobody
//! changes a planned row before it is applied, so what was read early is what is there.

use std::{
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread::Scope,
    vec,
};

use domain::ImportId;
use store::ImportRowDetail;

use super::plan::{self, RowDetail};
use crate::Engine;

/// Rows that are read in one go; as many wait, and as many are in use.
const READ_AT_ONCE: u32 = 500;

/// A row whose turn it is.
pub(super) struct ReadyRow {
    pub kept: ImportRowDetail,
    /// What `kept` says, parsed.
    pub detail: RowDetail,
}

type Rows = anyhow::Result<Vec<ReadyRow>>;

/// The rows of one import that are not applied yet, in their order.
pub(super) struct Ahead {
    read: Receiver<Rows>,
    ready: vec::IntoIter<ReadyRow>,
}

impl Ahead {
    /// Begins to read what comes after that row. The thread ends when this is dropped, or there are no more.
    pub(super) fn after<'s>(scope: &'s Scope<'s, '_>, engine: &'s Engine, import: ImportId, applied: u32) -> Self {
        let (send, read) = sync_channel(1);
        scope.spawn(move || read_all(engine, import, applied, &send));
        Self {
            read,
            ready: Vec::new().into_iter(),
        }
    }

    /// The next row; `None` after the last one.
    ///
    /// # Errors
    /// The store's own failures.
    pub(super) fn next(&mut self) -> anyhow::Result<Option<ReadyRow>> {
        if self.ready.len() == 0
            && let Ok(rows) = self.read.recv()
        {
            self.ready = rows?.into_iter();
        }
        Ok(self.ready.next())
    }
}

fn read_all(engine: &Engine, import: ImportId, applied: u32, send: &SyncSender<Rows>) {
    let mut after = applied;
    loop {
        let rows = read(engine, import, after);
        let last = rows.as_ref().ok().and_then(|rows| rows.last());
        let Some(last) = last.map(|row| row.kept.row.number) else {
            // A failure is told to whoever asks for the row; the end needs no telling.
            if rows.is_err() {
                send.send(rows).ok();
            }
            return;
        };
        after = last;
        if send.send(rows).is_err() {
            return;
        }
    }
}

fn read(engine: &Engine, import: ImportId, after: u32) -> Rows {
    let rows = engine
        .store()
        .read(|reader| reader.import_rows(import, None, after, READ_AT_ONCE))?;
    rows.into_iter()
        .map(|kept| {
            Ok(ReadyRow {
                detail: plan::parse_detail(kept.detail.as_deref())?,
                kept,
            })
        })
        .collect()
}
