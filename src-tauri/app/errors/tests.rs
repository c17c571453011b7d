//! Every failure has its own words, its own code and its own exit number.

use super::*;

/// The code, the exit number, and words that must be among what is said.
fn check(error: impl Into<anyhow::Error>, code: Option<ErrorCode>, exit: u8, said: &str) {
    // Engine and connectors put context around their errors; that must not hide the cause.
    let error = error.into().context("While doing something");
    let told = UiError::of("Do something", &error);
    assert_eq!(told.code, code, "{told:?}");
    assert_eq!(told.exit_number(), exit, "{told:?}");
    assert!(told.to_string().contains(said), "{told}");
    for text in [&told.happened, &told.todo] {
        assert!(text.ends_with('.') && text.starts_with(char::is_uppercase), "{text}");
    }
}

fn halo(kind: ErrorKind, message: &str) -> connectors::Error {
    connectors::Error {
        kind,
        retry: connectors::Retry::No,
        message: message.to_owned(),
        detail: String::new(),
        status: None,
    }
}

#[test]
fn what_halopsa_or_the_network_says() {
    use ErrorCode as C;
    let right = || "change tickets (edit:tickets)".to_owned();
    check(
        halo(ErrorKind::Unreachable, "No answer. Check it."),
        Some(C::Offline),
        6,
        "No answer. Check it.",
    );
    check(
        halo(ErrorKind::Timeout, "Too slow."),
        Some(C::Offline),
        6,
        "Too slow. Try again.",
    );
    check(
        halo(ErrorKind::NotHalo, "No HaloPSA there. Check it."),
        Some(C::NotHalo),
        6,
        "No HaloPSA there.",
    );
    check(
        halo(ErrorKind::BadCredentials, "Wrong secret. Copy it anew."),
        Some(C::BadCredentials),
        4,
        "Copy it",
    );
    let forbidden = ErrorKind::Forbidden { right: right() };
    check(
        halo(forbidden, "Not allowed."),
        Some(C::MissingRight { right: right() }),
        4,
        "Not allowed.",
    );
}

#[test]
fn a_server_that_is_not_there_was_typed_wrong_when_connecting() {
    let error = halo(ErrorKind::Unreachable, "No answer. Check it.").into();
    assert_eq!(
        UiError::of_connecting("Connect", &error).code,
        Some(ErrorCode::WrongAddress)
    );
    assert_eq!(UiError::of("Sync", &error).code, Some(ErrorCode::Offline));
}

#[test]
fn what_the_database_says() {
    let open = |problem| Some(ErrorCode::CannotOpen { problem });
    check(store::Error::WrongKeyOrCorrupt, open(Problem::Corrupt), 5, "damaged");
    check(
        store::Error::Newer { found: 9, supported: 1 },
        open(Problem::Newer),
        5,
        "Update Leadline",
    );
    check(store::Error::Full, Some(ErrorCode::DiskFull), 5, "disk is full");
    check(
        io::Error::from(io::ErrorKind::StorageFull),
        Some(ErrorCode::DiskFull),
        5,
        "disk is full",
    );
    check(store::Error::Locked, open(Problem::InUse), 5, "busy");
}

#[test]
fn what_keys_and_folders_say() {
    let open = |problem| Some(ErrorCode::CannotOpen { problem });
    let new = KeyError::NeedsPassphrase { new: true };
    check(new, Some(ErrorCode::NeedsPassphrase), 5, "LEADLINE_PASSPHRASE");
    check(
        KeyError::WrongPassphrase,
        Some(ErrorCode::WrongPassphrase),
        5,
        "passphrase is wrong",
    );
    check(
        KeyError::Missing("gone"),
        open(Problem::KeyMissing),
        5,
        "set the data aside",
    );
    let silent = Silent {
        reason: "locked".to_owned(),
    };
    check(KeyError::Keychain(silent), open(Problem::Keychain), 5, "Unlock");
    let in_use = HomeError::InUse { path: "data".into() };
    check(in_use, open(Problem::InUse), 5, "Another Leadline has data open.");
}

#[test]
fn what_rules_say() {
    let reason = || "The phone number is too short".to_owned();
    let refused = engine::Problem::Refused { reason: reason() };
    check(refused, Some(ErrorCode::Refused), 3, "The phone number is too short.");
    let not_found = engine::Problem::NotFound {
        what: "ticket 7".to_owned(),
    };
    check(not_found, Some(ErrorCode::NotFound), 1, "There is no ticket 7.");
    check(
        engine::Problem::NotConnected,
        Some(ErrorCode::NotConnected),
        4,
        "Connect first",
    );
}

#[test]
fn every_broken_start_has_its_own_face() {
    let face = |error: OpenError| error.phase("Open the data");
    assert_eq!(face(KeyError::NeedsPassphrase { new: true }.into()), Phase::Welcome);
    let locked = |reason| Phase::Locked { reason };
    assert_eq!(
        face(KeyError::NeedsPassphrase { new: false }.into()),
        locked(LockReason::Passphrase)
    );
    let silent = Silent {
        reason: "locked".to_owned(),
    };
    assert_eq!(face(KeyError::Keychain(silent).into()), locked(LockReason::Keychain));
    let problem = |error: OpenError| match face(error) {
        Phase::Broken { problem, .. } => Some(problem),
        _ => None,
    };
    assert_eq!(problem(store::Error::WrongKeyOrCorrupt.into()), Some(Problem::Corrupt));
    assert_eq!(
        problem(store::Error::Newer { found: 9, supported: 1 }.into()),
        Some(Problem::Newer)
    );
    assert_eq!(problem(store::Error::Full.into()), Some(Problem::DiskFull));
    assert_eq!(problem(KeyError::Missing("gone").into()), Some(Problem::KeyMissing));
    assert_eq!(
        problem(HomeError::InUse { path: "data".into() }.into()),
        Some(Problem::InUse)
    );
    assert_eq!(problem(HomeError::NoDefault.into()), Some(Problem::Folder));
}

#[test]
fn what_can_go_wrong_between_here_and_the_browser() {
    use ErrorCode as C;
    check(
        SignInError::PortInUse { port: 8765 },
        Some(C::PortInUse { port: 8765 }),
        1,
        "Port 8765 on this computer is in use. Close the program that uses it",
    );
    check(SignInError::TimedOut, Some(C::SignInTimedOut), 4, "within 5 minutes");
    check(SignInError::Cancelled, Some(C::SignInCancelled), 4, "given up");
    let forbidden = io::Error::from(io::ErrorKind::PermissionDenied);
    check(
        SignInError::Port {
            port: 80,
            source: forbidden,
        },
        None,
        1,
        "Port 80 on this computer cannot be used. Choose another redirect port",
    );
    check(
        halo(ErrorKind::SignedOut, "Your sign-in has ended. Sign in again."),
        Some(C::SignedOut),
        4,
        "Sign in again.",
    );
    let nobody = NoProfile {
        name: "acme".to_owned(),
    };
    check(nobody, Some(C::NotFound), 1, "There is no profile called acme.");
}
