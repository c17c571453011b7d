//! What can go wrong with the database, in the few kinds that need different answers.

use rusqlite::ErrorCode;

/// A failure of the store. Nothing of the failed write is kept.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The key does not open the file, or the file is damaged: encrypted bytes cannot tell the two apart.
    #[error("The database cannot be read: the key does not fit, or the file is damaged")]
    WrongKeyOrCorrupt,
    /// A newer Leadline wrote the file; this one leaves it alone.
    #[error("The database was written by a newer version of Leadline (schema {found}; this version knows {supported})")]
    Newer { found: u32, supported: u32 },
    /// The disk, or the file's size limit, is full.
    #[error("The disk is full: nothing was changed")]
    Full,
    /// Another process kept the write lock for longer than we wait.
    #[error("The database is locked by another process")]
    Locked,
    /// The file cannot be opened, read or written.
    #[error("The database file cannot be used: {0}")]
    Io(String),
    /// Nothing has that id.
    #[error("No {what} has the id {id}")]
    NotFound { what: &'static str, id: i64 },
    /// A stored document cannot be read, or one cannot be stored.
    #[error("A stored {what} cannot be read: {reason}")]
    Unreadable { what: &'static str, reason: String },
    /// Anything else SQLite says; a fault of ours.
    #[error("The database refused a statement: {0}")]
    Sql(rusqlite::Error),
}

impl Error {
    /// A stored document of that sort that does not parse.
    pub(crate) fn unreadable(what: &'static str, reason: impl std::fmt::Display) -> Self {
        Self::Unreadable {
            what,
            reason: reason.to_string(),
        }
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        // Opening on a full disk fails at the shared-memory file, which cannot grow, and not with "disk full".
        let extended = error.sqlite_error().map(|error| error.extended_code);
        if extended == Some(rusqlite::ffi::SQLITE_IOERR_SHMSIZE) {
            return Self::Full;
        }
        match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => Self::WrongKeyOrCorrupt,
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked,
            Some(
                ErrorCode::CannotOpen | ErrorCode::SystemIoFailure | ErrorCode::ReadOnly | ErrorCode::PermissionDenied,
            ) => Self::Io(error.to_string()),
            _ => Self::Sql(error),
        }
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::StorageFull {
            return Self::Full;
        }
        Self::Io(error.to_string())
    }
}

/// Why an operation cannot be taken back. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum RevertError {
    /// Somebody changed the same thing since; `what` names it ("Job title of Acme Ltd – Jane Doe").
    #[error("{what} was changed since")]
    Conflict { what: String },
    /// HaloPSA has it already, or may have it, and cannot give it back ("The note on Acme Ltd – Jane Doe").
    #[error("{what} is already in HaloPSA and cannot be taken back")]
    Sent { what: String },
    /// Not one of the operations that can be undone, or there is none with that id.
    #[error("This cannot be undone")]
    NotUndoable,
    /// It was undone before.
    #[error("This was undone already")]
    AlreadyUndone,
    #[error(transparent)]
    Store(#[from] Error),
}

impl From<rusqlite::Error> for RevertError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}
