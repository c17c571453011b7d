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

pub use cells::Cells;
pub use clean::Cleaner;
pub use drafts::{IncomingFile, Slice};
pub use mapping::{Mapping, Proposal, Recognised, Target};
pub use read::{FileShape, Opened, ReadOptions, Unreadable};
pub use row::{BadRow, CleanRow, Cleaned, FieldIssue, RawRow, Read};
pub(crate) use runs::Runs;
