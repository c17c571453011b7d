//! Files become tickets.
//!
//! [`read`] gives the rows of a file as they stand, [`mapping`] says which column holds what, [`clean`] makes values of
//! them and judges the record. None of the three touches the database or knows what is there; what a clean row becomes is
//! planned and done after them.
//!
//! - [`plan`]: what becomes of every row, decided and kept before anything is done.
//! - [`apply`]: doing just that; [`runs`]: portion by portion, paused, gone on with, given up.
//! - [`undo`]: taking it back.
//! - [`drafts`]: a file before it is planned; [`results`]: what is shown of it afterwards.
//!
//! A bad row is data: it is kept with its line, column and reason, and the rest goes on. Only a file that is no table at
//! all is an [`Unreadable`].

mod ahead;
mod apply;
mod cells;
pub mod clean;
mod drafts;
pub mod mapping;
mod plan;
pub mod read;
mod results;
mod row;
mod runs;
mod undo;

use std::{num::NonZero, thread};

pub use cells::Cells;
pub use clean::Cleaner;
pub use drafts::{IncomingFile, Slice};
pub use mapping::{Mapping, Proposal, Recognised, Target};
pub use read::{FileShape, Opened, ReadOptions, Unreadable};
pub use row::{BadRow, CleanRow, Cleaned, FieldIssue, RawRow, Read};
pub(crate) use runs::Runs;

/// `work` on every item, on every core, in order.
fn on_every_core<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let share = items.len().div_ceil(cores).max(1);
    let work = &work;
    thread::scope(|scope| {
        let shares: Vec<_> = items
            .chunks(share)
            .map(|share| scope.spawn(move || share.iter().map(work).collect::<Vec<R>>()))
            .collect();
        // A share that panicked has already said so; its items are worked on again here, where it ends the import.
        shares
            .into_iter()
            .zip(items.chunks(share))
            .flat_map(|(done, share)| done.join().unwrap_or_else(|_| share.iter().map(work).collect()))
            .collect()
    })
}
