//! The faces of the app, one after the other, as a person meets them.

use std::path::Path;

use sandbox::{CLIENT_ID, CLIENT_SECRET, Options, Sandbox};

use super::*;
use crate::{
    errors::ErrorCode,
    secrets::MemoryKeychain,
    state::{LockReason, Problem},
};

/// A start of the app over that folder.
async fn start(folder: &Path, keychain: &Arc<MemoryKeychain>, demo: bool) -> Arc<Host> {
    let keychain: Arc<dyn Keychain> = Arc::clone(keychain) as _;
    let host = Arc::new(Host::new(Home::at(folder), demo, keychain, None));
    host.begin().await;
    host
}

fn tenant() -> Sandbox {
    Sandbox::start(Options {
        tickets: 30,
        rate_limit: None,
        ..Options::default()
    })
    .expect("a sample tenant")
}

fn sign_in(address: &str) -> ConnectRequest {
    ConnectRequest {
        address: address.to_owned(),
        client_id: CLIENT_ID.to_owned(),
        client_secret: CLIENT_SECRET.to_owned(),
    }
}

fn code<T>(result: Result<T, UiError>) -> Option<ErrorCode> {
    result.err().and_then(|error| error.code)
}

#[tokio::test(flavor = "multi_thread")]
async fn welcome_connect_ready_and_the_next_start_is_ready_too() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let keychain = Arc::new(MemoryKeychain::default());
    let sandbox = tenant();

    let host = start(folder.path(), &keychain, false).await;
    let state = host.settled_state().await;
    assert_eq!((state.phase, state.demo, state.keychain), (Phase::Welcome, false, true));
    assert_eq!(
        code(host.engine("Show the board").map(|_| ())),
        Some(ErrorCode::NotOpen)
    );

    let mut wrong = sign_in(&sandbox.address());
    wrong.client_secret = "guessed".to_owned();
    assert_eq!(code(host.connect(wrong).await), Some(ErrorCode::BadCredentials));
    assert_eq!(host.state().phase, Phase::Welcome);

    assert_eq!(host.connect(sign_in(&sandbox.address())).await?.stages_mapped, 16);
    assert_eq!(host.state().phase, Phase::Ready);
    host.close().await;
    drop(host);

    let host = start(folder.path(), &keychain, false).await;
    assert_eq!(host.state().phase, Phase::Ready);
    let elsewhere = tenant();
    let other = host.connect(sign_in(&elsewhere.address())).await;
    assert_eq!(code(other), Some(ErrorCode::WrongTenant));
    assert_eq!(host.state().phase, Phase::Ready, "what was connected stays");

    assert_eq!(host.disconnect().await?.phase, Phase::Welcome);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_keychain_a_passphrase_is_chosen_first_and_asked_for_later() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let keychain = Arc::new(MemoryKeychain::silent());
    let sandbox = tenant();

    let host = start(folder.path(), &keychain, false).await;
    assert!(!host.state().keychain);
    assert_eq!(
        code(host.connect(sign_in(&sandbox.address())).await),
        Some(ErrorCode::NeedsPassphrase)
    );
    assert_eq!(
        code(host.unlock("short".to_owned()).await),
        Some(ErrorCode::WrongPassphrase)
    );
    assert!(!host.state().passphrase, "a refused passphrase is forgotten");
    let state = host.unlock("correct horse".to_owned()).await?;
    assert_eq!((state.phase, state.passphrase), (Phase::Welcome, true));
    host.connect(sign_in(&sandbox.address())).await?;
    host.close().await;
    drop(host);

    let host = start(folder.path(), &keychain, false).await;
    let locked = Phase::Locked {
        reason: LockReason::Passphrase,
    };
    assert_eq!(host.state().phase, locked);
    assert_eq!(
        code(host.unlock("incorrect horse".to_owned()).await),
        Some(ErrorCode::WrongPassphrase)
    );
    assert_eq!(host.state().phase, locked);
    assert_eq!(host.unlock("correct horse".to_owned()).await?.phase, Phase::Ready);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keychain_that_is_gone_locks_and_its_return_unlocks() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let keychain = Arc::new(MemoryKeychain::default());
    let sandbox = tenant();
    let host = start(folder.path(), &keychain, false).await;
    host.connect(sign_in(&sandbox.address())).await?;
    host.close().await;
    drop(host);

    let gone = Arc::new(MemoryKeychain::silent());
    let host = start(folder.path(), &gone, false).await;
    let locked = Phase::Locked {
        reason: LockReason::Keychain,
    };
    assert_eq!(host.state().phase, locked);
    drop(host);
    let host = start(folder.path(), &keychain, false).await;
    assert_eq!(host.state().phase, Phase::Ready);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn damaged_data_is_set_aside_and_not_deleted() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let keychain = Arc::new(MemoryKeychain::default());
    let sandbox = tenant();
    let host = start(folder.path(), &keychain, false).await;
    host.connect(sign_in(&sandbox.address())).await?;
    assert_eq!(
        code(host.set_aside_database().await),
        Some(ErrorCode::Refused),
        "not while it is well"
    );
    host.close().await;
    drop(host);

    let database = folder.path().join("tenant/leadline.db");
    std::fs::write(&database, [0x55; 8192])?;
    let host = start(folder.path(), &keychain, false).await;
    let Phase::Broken { problem, .. } = host.state().phase else {
        anyhow::bail!("{:?}", host.state().phase);
    };
    assert_eq!(problem, Problem::Corrupt);
    assert_eq!(std::fs::read(&database)?, [0x55; 8192]);
    assert_eq!(host.set_aside_database().await?.phase, Phase::Welcome);
    let aside = std::fs::read_dir(folder.path().join("tenant"))?
        .filter_map(Result::ok)
        .find(|entry| entry.file_name().to_string_lossy().starts_with("set-aside-"))
        .expect("a folder for it");
    assert_eq!(std::fs::read(aside.path().join("leadline.db"))?, [0x55; 8192]);
    host.connect(sign_in(&sandbox.address())).await?;
    assert_eq!(host.state().phase, Phase::Ready);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_window_says_so_and_may_try_again() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let keychain = Arc::new(MemoryKeychain::default());
    let first = start(folder.path(), &keychain, false).await;
    let second = start(folder.path(), &keychain, false).await;
    let Phase::Broken { problem, error } = second.state().phase else {
        anyhow::bail!("{:?}", second.state().phase);
    };
    assert_eq!(problem, Problem::InUse);
    assert!(error.happened.starts_with("Another Leadline has"), "{error}");
    assert!(second.unlock(String::new()).await.is_err());
    drop(first);
    assert_eq!(second.unlock(String::new()).await?.phase, Phase::Welcome);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sample_data_is_remembered_until_it_is_left() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let keychain = Arc::new(MemoryKeychain::silent());
    let host = start(folder.path(), &keychain, false).await;
    let state = host.start_demo().await?;
    assert_eq!((state.phase, state.demo), (Phase::Ready, true));
    assert!(
        host.engine("Look")?.reference()?.agents.len() >= 12,
        "the tenant's people are here"
    );
    host.close().await;
    drop(host);

    let host = start(folder.path(), &keychain, false).await;
    assert_eq!((host.state().phase, host.state().demo), (Phase::Ready, true));
    let state = host.leave_demo().await?;
    assert_eq!((state.phase, state.demo), (Phase::Welcome, false));
    host.close().await;
    drop(host);
    let host = start(folder.path(), &keychain, false).await;
    assert_eq!((host.state().phase, host.state().demo), (Phase::Welcome, false));
    Ok(())
}
