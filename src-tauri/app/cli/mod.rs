//! Leadline without a window: the same engine, the same data, one command at a time.
//!
//! Results go to standard output, messages to standard error; [`args`] has the words and the exit codes. The client
//! secret comes on standard input and the passphrase in `LEADLINE_PASSPHRASE`: never as an argument, which everybody
//! on the computer can read.

pub mod args;
pub mod clean;
mod connection;
pub mod export;
pub mod import;
mod link;
mod mapping;
mod print;
pub mod report;
pub use print::say;
mod review;
mod sample;
mod tickets;
mod weights;

use std::{process::ExitCode, sync::Arc};

use args::{Command, Place};
use engine::views::SignInRequest;
use zeroize::Zeroizing;

use crate::{
    errors::UiError,
    home::{Home, HomeError},
    logs,
    profiles::{NoProfile, Profile},
    secrets::{Kept, Keychain, SystemKeychain, keys},
    session::Session,
};

/// Where a passphrase may come from.
const PASSPHRASE: &str = "LEADLINE_PASSPHRASE";

/// Why a command ends early.
enum Failure {
    /// Something went wrong, in words.
    Told(Box<UiError>),
    /// The command line means nothing.
    Usage(String),
}

impl From<UiError> for Failure {
    fn from(error: UiError) -> Self {
        Self::Told(Box::new(error))
    }
}

/// How a command ended.
type Outcome = Result<ExitCode, Failure>;

/// The passphrase of the environment, if there is one.
#[must_use]
pub fn passphrase() -> Option<Zeroizing<String>> {
    std::env::var(PASSPHRASE)
        .ok()
        .filter(|text| !text.is_empty())
        .map(Zeroizing::new)
}

/// The folder that the command line or the system names.
///
/// # Errors
/// [`HomeError`] when there is none or it cannot be used.
pub fn home(place: &Place) -> Result<Home, HomeError> {
    match &place.home {
        Some(path) => Home::at(path),
        None => Home::at(&Home::default_path()?),
    }
}

/// Runs one command and says how the process ends.
#[must_use]
pub fn run(place: &Place, command: Command) -> ExitCode {
    let outcome = tokio::runtime::Runtime::new()
        .map_err(|error| failed("Start Leadline", error))
        .and_then(|runtime| runtime.block_on(dispatch(place, command)));
    match outcome {
        Ok(code) => code,
        Err(Failure::Told(error)) => {
            say_error(&error);
            error.exit_code()
        }
        Err(Failure::Usage(reason)) => {
            print::say(&format!("{reason}\nSee leadline --help."));
            ExitCode::from(2)
        }
    }
}

/// Says what was attempted, what happened and what to do, and in brackets what support wants to know.
pub fn say_error(error: &UiError) {
    say(&format!("{}: {}\n{}", error.attempted, error.happened, error.todo));
    if let Some(detail) = &error.detail {
        say(&format!("({detail})"));
    }
}

async fn dispatch(place: &Place, command: Command) -> Outcome {
    match command {
        Command::Sandbox {
            port,
            tickets,
            seed,
            rate_limit,
            latency_ms,
        } => {
            sample::run(sandbox::CliOptions {
                port,
                tickets,
                seed,
                rate_limit,
                latency_ms,
            })
            .await
        }
        Command::Connect {
            address,
            client_id,
            browser: false,
            output,
            ..
        } => connection::connect(place, address, client_id, output).await,
        Command::Connect {
            address,
            client_id,
            port,
            no_open,
            output,
            ..
        } => {
            let request = SignInRequest {
                address,
                client_id,
                port,
            };
            connection::sign_in(place, request, !no_open, output).await
        }
        Command::Profiles { output } => connection::profiles(place, output),
        Command::Disconnect => connection::disconnect(place).await,
        Command::Status { output } => connection::status(place, output),
        Command::Mapping {
            read,
            import,
            export,
            output,
        } => {
            let wish = mapping::Wish {
                read,
                import: import.as_deref(),
                export,
            };
            mapping::mapping(place, wish, output).await
        }
        Command::Sync { once: _, output } => connection::sync(place, output).await,
        Command::Outbox { retry_all, output } => connection::outbox(place, retry_all, output),
        Command::DoNotContact {
            tickets,
            reason,
            lift,
            output,
        } => tickets::do_not_contact(place, &tickets, &reason, lift, output),
        Command::Tickets {
            stage,
            text,
            unsynced,
            limit,
            output,
        } => tickets::list(place, stage.as_deref(), text, unsynced, limit, output),
        Command::Import(wish) => import::import(place, &wish),
        Command::Imports { output } => import::list(place, output),
        Command::Export(wish) => export::export(place, wish),
        Command::Report(wish) => report::report(place, &wish),
        Command::Move {
            ticket,
            stage,
            set,
            output,
        } => tickets::move_one(place, &ticket, &stage, &set, output),
        Command::Undo { output } => tickets::undo(place, output),
        Command::Redo { output } => tickets::redo(place, output),
        Command::Clean { kind, country } => clean::clean(kind, country.as_deref()),
        Command::Link {
            left,
            right,
            dedupe,
            out,
            estimate,
        } => match left.as_deref().or(dedupe.as_deref()) {
            Some(left) => link::link(left, right.as_deref(), out.as_deref(), estimate),
            None => Err(Failure::Usage("Name two files, or one with --dedupe.".to_owned())),
        },
        Command::Weights {
            estimate,
            dry_run,
            shipped,
            output,
        } => match (estimate, shipped) {
            (Some(files), _) => weights::estimate(place, &files, dry_run, output),
            (None, true) => weights::back_to_shipped(place, output),
            (None, false) => weights::show(place, output),
        },
        Command::Review {
            reason,
            limit,
            look,
            output,
        } => review::review(place, reason.as_deref(), limit, look, output),
        Command::Search { text, output } => tickets::search(place, &text, output),
    }
}

/// The data the command line points at; it must have been made before.
fn open(place: &Place, attempted: &str) -> Result<Session, Failure> {
    open_or_make(place, attempted, false)
}

/// As [`open`], and makes the data when there is none.
fn open_or_make(place: &Place, attempted: &str, make: bool) -> Result<Session, Failure> {
    let failed_open = |error: crate::errors::OpenError| UiError::of(attempted, &error.cause()).logged();
    let home = home(place).map_err(|error| failed_open(error.into()))?;
    if let Err(error) = logs::start(&home.log_folder()) {
        print::say(&format!("There will be no log: {error}"));
    }
    let profile = match &place.profile {
        _ if place.demo => Profile::Demo,
        Some(profile) => profile.clone(),
        None => home.last_tenant(),
    };
    let new = home
        .existing_profile(&profile)
        .is_none_or(|folder| keys::is_new(&folder));
    if new && !make && !profile.is_demo() {
        if let Profile::Named(_) = profile {
            let name = profile.to_string();
            return Err(UiError::of(attempted, &NoProfile { name }.into()).into());
        }
        return Err(UiError::of(attempted, &engine::Problem::NotConnected.into()).into());
    }
    let keychain: Arc<dyn Keychain> = Arc::new(SystemKeychain);
    let passphrase = passphrase();
    let session =
        Session::open(&home, &profile, keychain, passphrase.as_ref().map(|text| text.as_str())).map_err(failed_open)?;
    if new && session.kept() == Kept::BesideTheData {
        print::say(&format!(
            "This computer has no keychain and {PASSPHRASE} is not set: the key of the sample data lies beside it. \
             It holds invented people only; real data is never kept that way."
        ));
    }
    Ok(session)
}

/// Turns an error into the end of the command.
fn failed(attempted: &str, error: impl Into<anyhow::Error>) -> Failure {
    UiError::of(attempted, &error.into()).logged().into()
}
