//! The one place that turns errors into what a person reads: what was attempted, what happened, what to do.
//!
//! It is one long file so that every message can be read beside the others and all speak with one voice.
//!
//! Long because every failure of every layer is worded here, and nowhere else.

use std::{io, process::ExitCode};

use connectors::ErrorKind;
use domain::tenant::Gap;
use engine::import::Unreadable;
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{
    home::HomeError,
    profiles::{BadName, NoProfile},
    secrets::{KeyError, Silent, Unsealable, keys::SHORTEST_PASSPHRASE},
    signin::SignInError,
    state::{LockReason, Phase, Problem},
    window::NoDesktop,
};

/// An error as the windows show it and the command line prints it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type, thiserror::Error)]
#[error("{attempted}: {happened} {todo}")]
pub struct UiError {
    /// Only where a window does something of its own for it.
    pub code: Option<ErrorCode>,
    /// "Connect to HaloPSA".
    pub attempted: String,
    /// "The server did not answer."
    pub happened: String,
    /// "Check the address and the network, then try again."
    pub todo: String,
    /// For support: the technical cause, without secrets or personal data.
    pub detail: Option<Box<str>>,
}

/// What the windows branch on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ErrorCode {
    /// What was typed is no value of this field; `happened` says why.
    FieldInvalid { field: domain::FieldKey },
    /// The ticket (or entry) is not on this computer.
    NotFound,
    /// A rule refused it; `happened` says which.
    Refused,
    /// The change cannot be undone because something newer stands in its way.
    UndoConflict,
    /// What was typed is no address, or no server answers there.
    WrongAddress,
    /// Something answers there, but it is no HaloPSA.
    NotHalo,
    /// HaloPSA does not know this client id or secret.
    BadCredentials,
    /// The sign-in has ended, or came to nothing: sign in again.
    SignedOut,
    /// The port to which the browser comes back is taken by another program.
    PortInUse { port: u16 },
    /// Nobody signed in in time.
    SignInTimedOut,
    /// The sign-in was given up: nothing to show.
    SignInCancelled,
    /// The account lacks this right.
    MissingRight { right: String },
    /// The tenant has no ticket type for these lifecycles.
    MissingTicketType { wanted: Vec<String> },
    /// No network, or HaloPSA does not answer.
    Offline,
    /// The data here belongs to another tenant.
    WrongTenant,
    /// No HaloPSA is connected.
    NotConnected,
    /// Another Leadline on this computer syncs the same data.
    SyncElsewhere,
    /// This computer has no keychain: choose a passphrase with `unlock` first.
    NeedsPassphrase,
    /// The passphrase is wrong, or too short to be chosen.
    WrongPassphrase,
    /// The disk is full.
    DiskFull,
    /// The data cannot be opened.
    CannotOpen { problem: Problem },
    /// The sample data or the tenant is not open (see `app_state`).
    NotOpen,
}

impl ErrorCode {
    /// The name of the kind, as the windows and the log know it.
    fn name(&self) -> &'static str {
        match self {
            Self::FieldInvalid { .. } => "field_invalid",
            Self::NotFound => "not_found",
            Self::Refused => "refused",
            Self::UndoConflict => "undo_conflict",
            Self::WrongAddress => "wrong_address",
            Self::NotHalo => "not_halo",
            Self::BadCredentials => "bad_credentials",
            Self::SignedOut => "signed_out",
            Self::PortInUse { .. } => "port_in_use",
            Self::SignInTimedOut => "sign_in_timed_out",
            Self::SignInCancelled => "sign_in_cancelled",
            Self::MissingRight { .. } => "missing_right",
            Self::MissingTicketType { .. } => "missing_ticket_type",
            Self::Offline => "offline",
            Self::WrongTenant => "wrong_tenant",
            Self::NotConnected => "not_connected",
            Self::SyncElsewhere => "sync_elsewhere",
            Self::NeedsPassphrase => "needs_passphrase",
            Self::WrongPassphrase => "wrong_passphrase",
            Self::DiskFull => "disk_full",
            Self::CannotOpen { .. } => "cannot_open",
            Self::NotOpen => "not_open",
        }
    }
}

/// Why a profile cannot be opened. No error by itself: [`OpenError::cause`] is.
#[derive(Debug)]
pub enum OpenError {
    Home(HomeError),
    Key(KeyError),
    Store(store::Error),
    Other(anyhow::Error),
}

impl From<HomeError> for OpenError {
    fn from(error: HomeError) -> Self {
        Self::Home(error)
    }
}

impl From<KeyError> for OpenError {
    fn from(error: KeyError) -> Self {
        Self::Key(error)
    }
}

impl From<store::Error> for OpenError {
    fn from(error: store::Error) -> Self {
        Self::Store(error)
    }
}

impl From<anyhow::Error> for OpenError {
    fn from(error: anyhow::Error) -> Self {
        Self::Other(error)
    }
}

/// One line of the table below.
struct Words {
    code: Option<ErrorCode>,
    happened: String,
    todo: String,
}

fn words(code: impl Into<Option<ErrorCode>>, happened: impl Into<String>, todo: impl Into<String>) -> Words {
    Words {
        code: code.into(),
        happened: happened.into(),
        todo: todo.into(),
    }
}

impl UiError {
    /// What a person is told when that attempt fails with that error. `attempted` begins with a verb: "Move the ticket".
    #[must_use]
    pub fn of(attempted: &str, error: &anyhow::Error) -> Self {
        let words = explain(error);
        let detail = technical(error);
        Self {
            detail: (!detail.is_empty()).then(|| detail.into_boxed_str()),
            code: words.code,
            attempted: attempted.to_owned(),
            happened: words.happened,
            todo: words.todo,
        }
    }

    /// As [`UiError::of`], for connecting: a server that does not answer there was probably typed wrong.
    #[must_use]
    pub fn of_connecting(attempted: &str, error: &anyhow::Error) -> Self {
        let mut told = Self::of(attempted, error);
        if let Some(error) = find::<connectors::Error>(error)
            && error.kind == ErrorKind::Unreachable
        {
            told.code = Some(ErrorCode::WrongAddress);
        }
        told
    }

    /// Neither the sample data nor a tenant is open.
    #[must_use]
    pub fn not_open(attempted: &str) -> Self {
        Self {
            code: Some(ErrorCode::NotOpen),
            attempted: attempted.to_owned(),
            happened: "No data is open.".to_owned(),
            todo: "Connect to HaloPSA or open the sample data first.".to_owned(),
            detail: None,
        }
    }

    /// Writes it to the log, once, where it is handled. Details stay out where they may name a person.
    #[must_use]
    pub fn logged(self) -> Self {
        self.log();
        self
    }

    /// As [`UiError::logged`], for an error that is not yet given away.
    pub fn log(&self) {
        let code = self.code.as_ref().map_or("other", ErrorCode::name);
        let personal = matches!(
            self.code,
            Some(ErrorCode::FieldInvalid { .. } | ErrorCode::Refused | ErrorCode::UndoConflict | ErrorCode::NotFound)
        );
        let detail = self.detail.as_deref().filter(|_| !personal).unwrap_or_default();
        tracing::warn!(
            app.attempted = self.attempted,
            app.code = code,
            app.detail = detail,
            "an attempt failed"
        );
    }

    /// How the command line ends with this error; the help lists the numbers.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.exit_number())
    }

    fn exit_number(&self) -> u8 {
        match &self.code {
            Some(ErrorCode::Refused | ErrorCode::FieldInvalid { .. } | ErrorCode::UndoConflict) => 3,
            Some(
                ErrorCode::BadCredentials
                | ErrorCode::SignedOut
                | ErrorCode::SignInTimedOut
                | ErrorCode::SignInCancelled
                | ErrorCode::MissingRight { .. }
                | ErrorCode::MissingTicketType { .. }
                | ErrorCode::WrongTenant
                | ErrorCode::NotConnected
                | ErrorCode::NotOpen,
            ) => 4,
            Some(
                ErrorCode::NeedsPassphrase
                | ErrorCode::WrongPassphrase
                | ErrorCode::DiskFull
                | ErrorCode::CannotOpen { .. },
            ) => 5,
            Some(ErrorCode::WrongAddress | ErrorCode::NotHalo | ErrorCode::Offline) => 6,
            Some(ErrorCode::NotFound | ErrorCode::SyncElsewhere | ErrorCode::PortInUse { .. }) | None => 1,
        }
    }
}

impl OpenError {
    /// The error that says why.
    #[must_use]
    pub fn cause(self) -> anyhow::Error {
        match self {
            Self::Home(error) => error.into(),
            Self::Key(error) => error.into(),
            Self::Store(error) => error.into(),
            Self::Other(error) => error,
        }
    }

    /// The face the window shows instead of the board.
    #[must_use]
    pub fn phase(self, attempted: &str) -> Phase {
        match &self {
            Self::Key(KeyError::NeedsPassphrase { new: true }) => Phase::Welcome,
            Self::Key(KeyError::NeedsPassphrase { new: false } | KeyError::WrongPassphrase) => Phase::Locked {
                reason: LockReason::Passphrase,
            },
            Self::Key(KeyError::Keychain(_)) => Phase::Locked {
                reason: LockReason::Keychain,
            },
            _ => {
                let error = UiError::of(attempted, &self.cause());
                let problem = match &error.code {
                    Some(ErrorCode::CannotOpen { problem }) => *problem,
                    Some(ErrorCode::DiskFull) => Problem::DiskFull,
                    _ => Problem::Folder,
                };
                Phase::Broken { problem, error }
            }
        }
    }
}

/// The first cause of that type, however deep it is wrapped.
fn find<T: std::error::Error + Send + Sync + 'static>(error: &anyhow::Error) -> Option<&T> {
    error
        .downcast_ref::<T>()
        .or_else(|| error.chain().find_map(|cause| cause.downcast_ref::<T>()))
}

/// What support wants to know: the server's words and status, else the chain of causes. Empty where a person's sentence
/// says it all.
fn technical(error: &anyhow::Error) -> String {
    if find::<engine::Problem>(error).is_some() || find::<Unreadable>(error).is_some() {
        return String::new();
    }
    if let Some(error) = find::<connectors::Error>(error) {
        let status = error.status.map(|status| format!("HTTP {status}")).into_iter();
        let words = Some(error.detail.clone()).filter(|words| !words.is_empty());
        return status.chain(words).collect::<Vec<_>>().join(": ");
    }
    format!("{error:#}")
}

fn explain(error: &anyhow::Error) -> Words {
    if let Some(problem) = find::<engine::Problem>(error) {
        return of_engine(problem);
    }
    if let Some(error) = find::<connectors::Error>(error) {
        return of_connector(error);
    }
    if let Some(error) = find::<store::RevertError>(error) {
        if let store::RevertError::Store(error) = error {
            return of_store(error);
        }
        return words(
            ErrorCode::UndoConflict,
            sentence(&error.to_string()),
            "Undo the newer change first, or change it by hand.",
        );
    }
    if let Some(error) = find::<store::Error>(error) {
        return of_store(error);
    }
    if let Some(unreadable) = find::<Unreadable>(error) {
        return words(None, unreadable.happened.clone(), unreadable.todo.clone());
    }
    if let Some(error) = find::<KeyError>(error) {
        return of_key(error);
    }
    if let Some(error) = find::<HomeError>(error) {
        return of_home(error);
    }
    if let Some(error) = find::<Silent>(error) {
        return of_keychain(error);
    }
    if find::<Unsealable>(error).is_some() {
        return words(
            cannot_open(Problem::Corrupt),
            "A sealed file cannot be opened: it is damaged, or belongs to another key.",
            "Connect again; the data in the database is untouched.",
        );
    }
    if let Some(error) = find::<sandbox::StartError>(error) {
        return of_sample(error);
    }
    if find::<NoDesktop>(error).is_some() {
        return words(
            None,
            "There is no desktop to open a window on.",
            "Work without one: leadline --help lists the commands.",
        );
    }
    if let Some(error) = find::<SignInError>(error) {
        return of_sign_in(error);
    }
    if let Some(error) = find::<BadName>(error) {
        return words(ErrorCode::Refused, error.reason, "Nothing was changed.");
    }
    if let Some(error) = find::<NoProfile>(error) {
        return words(
            ErrorCode::NotFound,
            sentence(&error.to_string()),
            "The command leadline profiles lists those on this computer.",
        );
    }
    if let Some(error) = find::<io::Error>(error) {
        return of_io(error);
    }
    words(
        None,
        "Something went wrong that Leadline did not expect.",
        "Try again. If it stays, send the details to support.",
    )
}

fn of_engine(problem: &engine::Problem) -> Words {
    use engine::Problem as P;
    let happened = sentence(&problem.to_string());
    match problem {
        P::FieldInvalid { field, .. } => words(
            ErrorCode::FieldInvalid { field: *field },
            happened,
            "Correct it and try again; what you typed is still there.",
        ),
        P::Refused { .. } => words(ErrorCode::Refused, happened, "Nothing was changed."),
        P::NotFound { .. } => words(
            ErrorCode::NotFound,
            happened,
            "It may have gone with the last sync; look at the board again.",
        ),
        P::UndoConflict { .. } | P::NotUndoable { .. } | P::AlreadyUndone => {
            words(ErrorCode::UndoConflict, happened, "Nothing was changed.")
        }
        P::NotConnected => words(
            ErrorCode::NotConnected,
            happened,
            "Connect first; everything you do is saved here meanwhile.",
        ),
        P::OtherTenant { .. } => words(ErrorCode::WrongTenant, happened, "Nothing was changed."),
        P::MissingTicketType { gaps } => words(
            ErrorCode::MissingTicketType {
                wanted: gaps
                    .iter()
                    .filter_map(|gap| match gap {
                        Gap::TicketType { wanted, .. } => Some(wanted.clone()),
                        _ => None,
                    })
                    .collect(),
            },
            happened,
            "Choose another one in Settings, HaloPSA, or ask the HaloPSA administrator to add it under Configuration, Tickets, Ticket Types.",
        ),
        P::SyncElsewhere => words(
            ErrorCode::SyncElsewhere,
            happened,
            "It sends and fetches everything; nothing needs doing here.",
        ),
    }
}

fn of_connector(error: &connectors::Error) -> Words {
    let code = match &error.kind {
        ErrorKind::Unreachable | ErrorKind::Timeout | ErrorKind::Server | ErrorKind::RateLimited => {
            Some(ErrorCode::Offline)
        }
        ErrorKind::Tls => Some(ErrorCode::WrongAddress),
        ErrorKind::NotHalo => Some(ErrorCode::NotHalo),
        ErrorKind::SignedOut => Some(ErrorCode::SignedOut),
        ErrorKind::BadCredentials => Some(ErrorCode::BadCredentials),
        ErrorKind::Forbidden { right } => Some(ErrorCode::MissingRight { right: right.clone() }),
        ErrorKind::WrongTenant => Some(ErrorCode::WrongTenant),
        ErrorKind::NotFound => Some(ErrorCode::NotFound),
        ErrorKind::Invalid | ErrorKind::Conflict | ErrorKind::LostAnswer | ErrorKind::Malformed => None,
    };
    // The connector words every failure as what happened, then what to do.
    let (happened, todo) = first_sentence(&error.message);
    let todo = if todo.is_empty() { "Try again." } else { todo };
    words(code, happened, todo)
}

fn of_store(error: &store::Error) -> Words {
    use store::Error as E;
    match error {
        E::WrongKeyOrCorrupt => words(
            cannot_open(Problem::Corrupt),
            "The database is damaged: it cannot be read with its key.",
            "Restore the file from a backup, or set it aside and fetch everything from HaloPSA again. Nothing is deleted.",
        ),
        E::Newer { found, supported } => words(
            cannot_open(Problem::Newer),
            format!("The database was written by a newer Leadline (format {found}; this one knows {supported})."),
            "Update Leadline. The file was not touched.",
        ),
        E::Full => disk_full(),
        E::Locked => words(
            cannot_open(Problem::InUse),
            "Another program has kept the database busy for too long.",
            "Try again in a moment.",
        ),
        E::Io(_) => words(
            cannot_open(Problem::Folder),
            "The database file cannot be read or written.",
            "Check that the folder exists and belongs to you.",
        ),
        E::NotFound { .. } => words(
            ErrorCode::NotFound,
            format!("{error}."),
            "It may have gone with the last sync; look at the board again.",
        ),
        _ => words(
            None,
            "The database refused a step.",
            "Try again. If it stays, send the details to support.",
        ),
    }
}

fn of_key(error: &KeyError) -> Words {
    match error {
        KeyError::NeedsPassphrase { new: true } => words(
            ErrorCode::NeedsPassphrase,
            "This computer has no keychain to keep the key of your data.",
            "Choose a passphrase (on the command line: set LEADLINE_PASSPHRASE). Nothing is ever stored unencrypted.",
        ),
        KeyError::NeedsPassphrase { new: false } => words(
            ErrorCode::NeedsPassphrase,
            "The data is locked with a passphrase.",
            "Enter it (on the command line: set LEADLINE_PASSPHRASE).",
        ),
        KeyError::PassphraseTooShort => words(
            ErrorCode::WrongPassphrase,
            format!("The passphrase has fewer than {SHORTEST_PASSPHRASE} characters."),
            "Choose a longer one.",
        ),
        KeyError::WrongPassphrase => words(
            ErrorCode::WrongPassphrase,
            "The passphrase is wrong.",
            "Try again; nothing was changed.",
        ),
        KeyError::Keychain(error) => of_keychain(error),
        KeyError::Missing(_) => words(
            cannot_open(Problem::KeyMissing),
            "The key of this data is not on this computer any more.",
            "Restore the keychain (or key.json) from a backup, or set the data aside and fetch everything from HaloPSA again.",
        ),
        KeyError::Io(error) => of_io(error),
        KeyError::Unmakeable(_) => words(
            None,
            "The key of the data cannot be made.",
            "Restart the computer and try again.",
        ),
    }
}

fn of_keychain(_: &Silent) -> Words {
    words(
        cannot_open(Problem::Keychain),
        "The keychain that holds the key of this data does not answer.",
        "Unlock or start your keychain, then start Leadline again.",
    )
}

fn of_home(error: &HomeError) -> Words {
    match error {
        HomeError::NoDefault => words(
            cannot_open(Problem::Folder),
            "This computer does not say where your data belongs.",
            "Start Leadline with --home and a folder.",
        ),
        HomeError::Unusable { source, .. } if source.kind() == io::ErrorKind::StorageFull => disk_full(),
        HomeError::Unusable { path, .. } => words(
            cannot_open(Problem::Folder),
            format!("The folder {} cannot be used.", path.display()),
            "Check that it is a folder, that it belongs to you and that you may write there.",
        ),
        HomeError::InUse { path } => words(
            cannot_open(Problem::InUse),
            format!("Another Leadline has {} open.", path.display()),
            "Use that window, or close it first.",
        ),
    }
}

fn of_sign_in(error: &SignInError) -> Words {
    let happened = sentence(&error.to_string());
    match error {
        SignInError::PortInUse { port } => words(
            ErrorCode::PortInUse { port: *port },
            happened,
            "Close the program that uses it, or choose another redirect port (in Settings; on the command line: --port) and register the new address in HaloPSA.",
        ),
        SignInError::Port { .. } => words(
            None,
            happened,
            "Choose another redirect port (in Settings; on the command line: --port) and register the new address in HaloPSA.",
        ),
        SignInError::TimedOut => words(
            ErrorCode::SignInTimedOut,
            happened,
            "Start the sign-in again; everything you do is saved here meanwhile.",
        ),
        SignInError::Cancelled => words(ErrorCode::SignInCancelled, happened, "Nothing was changed."),
        SignInError::NoneUnderWay => words(ErrorCode::SignInCancelled, happened, "Start the sign-in again."),
    }
}

fn of_sample(error: &sandbox::StartError) -> Words {
    use sandbox::StartError as E;
    match error {
        E::Port { source, .. } | E::Runtime(source) => words(
            None,
            format!("The sample tenant cannot run on this computer ({source})."),
            "Close other programs and try again.",
        ),
        E::Journal(error) if error.kind() == io::ErrorKind::StorageFull => disk_full(),
        E::Journal(_) | E::Damaged { .. } => words(
            cannot_open(Problem::Corrupt),
            "What was changed in the sample data cannot be read.",
            "Set the sample data aside and start with a fresh one. Nothing is deleted.",
        ),
        E::OtherTenant { .. } => words(
            cannot_open(Problem::Corrupt),
            "The sample data was made by another version of Leadline.",
            "Set it aside and start with a fresh one. Nothing is deleted.",
        ),
    }
}

fn of_io(error: &io::Error) -> Words {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => disk_full(),
        _ => words(
            cannot_open(Problem::Folder),
            "A file cannot be read or written.",
            "Check that the data folder exists and belongs to you.",
        ),
    }
}

fn disk_full() -> Words {
    words(
        ErrorCode::DiskFull,
        "The disk is full, so nothing was changed.",
        "Make room and try again; everything saved before is still there.",
    )
}

fn cannot_open(problem: Problem) -> ErrorCode {
    ErrorCode::CannotOpen { problem }
}

/// The text with a capital at its beginning and a full stop at its end.
fn sentence(text: &str) -> String {
    let mut letters = text.trim().chars();
    let mut sentence: String = letters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .chain(letters)
        .collect();
    if !sentence.ends_with(['.', '!', '?', '…']) {
        sentence.push('.');
    }
    sentence
}

/// The first sentence, and the rest.
fn first_sentence(text: &str) -> (&str, &str) {
    match text.split_once(". ") {
        Some((first, rest)) => (text.get(..=first.len()).unwrap_or(first), rest.trim()),
        None => (text, ""),
    }
}

#[cfg(test)]
mod tests;
