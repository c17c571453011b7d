//! Where it is kept: the SQLite file of one tenant, encrypted with SQLCipher.
//!
//! Owns the schema, every SQL statement, the one writer, the journal behind undo, the outbox tables, the mirror of what
//! HaloPSA last showed, and the search. It must not know HTTP, HaloPSA's ids beyond keeping them, the workflow's rules,
//! or what a screen looks like. rusqlite is used here and nowhere else.
//!
//! Start with [`Store`] (open, read, write), then [`Writer`] (what a write can do), then [`Reader`] (what can be
//! asked). The journal and undo are told in `writer/journal.rs`.

mod bulk;
mod checkpoint;
mod convert;
mod database;
mod error;
mod imports;
mod key;
mod patch;
mod read;
mod reports;
mod review;
mod rows;
mod schema;
mod writer;

#[cfg(test)]
#[expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that meets the unexpected should stop where it does"
)]
mod tests;

pub use bulk::without_indexes;
pub use database::{BeforeCommit, Room, Store, Written};
pub use error::{Error, RevertError};
pub use imports::{ImportOutcome, ImportRecord, ImportRow, ImportRowDetail, ImportState, OutcomeCount, TakenBack};
pub use key::Key;
pub use patch::{Choice, LocalPatch, NewRecord, OutboxPayload, Party};
pub use read::{
    BoardColumn, CompanyRow, ConflictDetail, ContactRow, KnownContact, Missing, OperationRow, OutboxEntry, Reader,
    Record, SiteRow, Standing, Standpoint,
};
pub use reports::{
    Closes, Closing, Created, Ending, EndingWords, Expected, ExpectedTickets, FunnelTickets, History, Imported,
    ImportedTickets, Scope, Segment, SegmentBy, Segments, Stays, TicketFilter, View, WayOut,
};
pub use review::{
    Decision, NewReview, NotSameRow, Pair, ReviewCount, ReviewEntry, ReviewFilter, ReviewItem, ReviewKey,
    ReviewPayload, ReviewPlace, ReviewReason,
};
pub use rows::*;
pub use writer::{
    Actor, Applied, Change, LocalCompany, LocalContact, NewActivity, NewConflict, NewEntry, NewImport, NewOperation,
    NewTicket, Position, StageStay, StateChange, Writer,
};
