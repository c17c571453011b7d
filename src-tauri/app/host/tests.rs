//! The faces of the app, one after the other, as a person meets them.

use std::path::Path;

use engine::views::SignInRequest;
use sandbox::{CLIENT_ID, CLIENT_SECRET, NATIVE_CLIENT_ID, Options, Sandbox};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{signing_in::SignInAgain, *};
use crate::{
    errors::ErrorCode,
    profiles::ProfileView,
    secrets::MemoryKeychain,
    state::{LockReason, Problem},
};

/// A start of the app over that folder.
async fn start(folder: &Path, keychain: &Arc<MemoryKeychain>, demo: bool) -> Arc<Host> {
    let keychain: Arc<dyn Keychain> = Arc::clone(keychain) as _;
    let host = Arc::new(Host::new(
        Home::at(folder),
        demo.then_some(Profile::Demo),
        keychain,
        None,
    ));
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

/// A port that was free a moment ago, and a tenant that knows it.
fn tenant_with_port() -> (Sandbox, u16) {
    let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let port = free.expect("a free port").port();
    let sandbox = tenant();
    sandbox.configure(|behaviour| behaviour.native.redirects = vec![engine::redirect_address(port)]);
    (sandbox, port)
}

fn as_a_person(sandbox: &Sandbox, port: u16) -> SignInRequest {
    SignInRequest {
        address: sandbox.address(),
        client_id: NATIVE_CLIENT_ID.to_owned(),
        port: Some(port),
    }
}

/// A browser goes where HaloPSA sends it back to; what the page says.
async fn browser(location: &str) -> String {
    let (_, rest) = location.split_once("://").expect("an address");
    let (host, path) = rest.split_once('/').expect("a path");
    let mut stream = tokio::net::TcpStream::connect(host).await.expect("Leadline listens");
    // Browsers open a connection more than they use.
    let _unused = tokio::net::TcpStream::connect(host).await.expect("Leadline listens");
    let request = format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("a request");
    let mut page = String::new();
    stream.read_to_string(&mut page).await.expect("a page");
    page
}

const PRIYA: i64 = 4;

#[tokio::test(flavor = "multi_thread")]
async fn a_person_signs_in_with_the_browser_is_signed_out_and_signs_in_again() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let keychain = Arc::new(MemoryKeychain::default());
    let (sandbox, port) = tenant_with_port();
    let host = start(folder.path(), &keychain, false).await;

    let started = host.begin_sign_in(as_a_person(&sandbox, port)).await?;
    assert_eq!(
        (started.redirect.as_str(), started.opened, started.minutes),
        (engine::redirect_address(port).as_str(), false, 5)
    );
    let location = sandbox.sign_in_as(PRIYA, &started.url).expect("sent back");
    let finishing = tokio::spawn({
        let host = Arc::clone(&host);
        async move { host.finish_sign_in().await }
    });
    let stray = browser(&engine::redirect_address(port)).await;
    assert!(stray.contains("belongs to another sign-in"), "{stray}");
    let page = browser(&location).await;
    assert!(page.contains("Back to Leadline"), "{page}");
    assert_eq!(finishing.await??.signed_in_as, "Priya Raman");
    assert_eq!(host.state().phase, Phase::Ready);
    assert!(
        tokio::net::TcpListener::bind(("127.0.0.1", port)).await.is_ok(),
        "the port is free again"
    );

    sandbox.end_sign_ins();
    let SignInAgain::Browser { started } = host.sign_in_again().await? else {
        anyhow::bail!("a person signs in with the browser");
    };
    let location = sandbox.sign_in_as(PRIYA, &started.url).expect("sent back");
    let (report, page) = tokio::join!(host.finish_sign_in(), browser(&location));
    assert_eq!(report?.changed_agent, None);
    assert!(page.contains("Back to Leadline"), "{page}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_is_given_up_refused_or_begun_anew() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let keychain = Arc::new(MemoryKeychain::default());
    let (sandbox, port) = tenant_with_port();
    let host = start(folder.path(), &keychain, false).await;
    assert_eq!(code(host.finish_sign_in().await), Some(ErrorCode::SignInCancelled));
    assert!(host.cancel_sign_in().is_err());

    // Given up before anybody waited, and while somebody waits.
    host.begin_sign_in(as_a_person(&sandbox, port)).await?;
    host.cancel_sign_in()?;
    assert_eq!(code(host.finish_sign_in().await), Some(ErrorCode::SignInCancelled));
    host.begin_sign_in(as_a_person(&sandbox, port)).await?;
    let mut finishing = Box::pin(host.finish_sign_in());
    assert!(futures_poll(&mut finishing).await.is_none(), "nobody has signed in yet");
    host.cancel_sign_in()?;
    assert_eq!(code(finishing.await), Some(ErrorCode::SignInCancelled));

    // A newer sign-in takes the place of an older one, and its port.
    let old = host.begin_sign_in(as_a_person(&sandbox, port)).await?;
    let waiting = tokio::spawn({
        let host = Arc::clone(&host);
        async move { host.finish_sign_in().await }
    });
    let new = host.begin_sign_in(as_a_person(&sandbox, port)).await?;
    assert_ne!(old.url, new.url);
    assert_eq!(code(waiting.await?), Some(ErrorCode::SignInCancelled));

    // The person says no.
    let location = sandbox.sign_in_as(0, &new.url).expect("sent back");
    let (refused, page) = tokio::join!(host.finish_sign_in(), browser(&location));
    assert_eq!(code(refused), Some(ErrorCode::SignedOut));
    assert!(page.contains("You are not signed in"), "{page}");
    assert_eq!(host.state().phase, Phase::Welcome);

    // Another program has the port.
    let taken = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    assert_eq!(
        code(host.begin_sign_in(as_a_person(&sandbox, port)).await),
        Some(ErrorCode::PortInUse { port })
    );
    drop(taken);
    assert!(host.begin_sign_in(as_a_person(&sandbox, port)).await.is_ok());
    Ok(())
}

/// Lets something run as far as it goes by itself.
async fn futures_poll<T>(work: &mut std::pin::Pin<Box<impl Future<Output = T>>>) -> Option<T> {
    std::future::poll_fn(|context| {
        std::task::Poll::Ready(match work.as_mut().poll(context) {
            std::task::Poll::Ready(value) => Some(value),
            std::task::Poll::Pending => None,
        })
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_account_that_is_signed_out_needs_its_secret_and_keeps_its_data() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let keychain = Arc::new(MemoryKeychain::default());
    let sandbox = tenant();
    let host = start(folder.path(), &keychain, false).await;
    assert_eq!(code(host.sign_in_again().await), Some(ErrorCode::NotOpen));
    host.connect(sign_in(&sandbox.address())).await?;
    assert_eq!(
        host.sign_in_again().await?,
        SignInAgain::Secret {
            address: sandbox.address(),
            client_id: CLIENT_ID.to_owned(),
        }
    );
    assert_eq!(
        host.connect(sign_in(&sandbox.address())).await?.address,
        sandbox.address()
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tenants_live_side_by_side_and_the_last_one_is_remembered() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let keychain = Arc::new(MemoryKeychain::default());
    let (first, second) = (tenant(), tenant());
    let host = start(folder.path(), &keychain, false).await;
    host.connect(sign_in(&first.address())).await?;
    let ours = host.engine("Look")?;

    assert_eq!(code(host.add_profile("Not a name").await), Some(ErrorCode::Refused));
    assert_eq!(
        code(host.add_profile("tenant").await),
        Some(ErrorCode::Refused),
        "it is taken"
    );
    assert_eq!(host.state().phase, Phase::Ready, "what was open stays open");
    let state = host.add_profile("acme").await?;
    assert_eq!((state.phase, state.profile.as_str()), (Phase::Welcome, "acme"));
    assert!(
        !folder.path().join("tenants").exists(),
        "nothing is made before it is connected"
    );
    host.connect(sign_in(&second.address())).await?;
    assert_eq!(host.state().phase, Phase::Ready);
    let view = |name: &str, address: String, current| ProfileView {
        name: name.to_owned(),
        address,
        current,
    };
    assert_eq!(
        host.profiles()?,
        [
            view("tenant", first.address(), false),
            view("acme", second.address(), true)
        ]
    );
    let theirs = host.engine("Look")?.tenant()?.expect("connected");
    assert_eq!(theirs.address, second.address());
    assert_eq!(ours.tenant()?.expect("connected").address, first.address());
    drop(ours);
    host.close().await;
    drop(host);

    let host = start(folder.path(), &keychain, false).await;
    assert_eq!(
        (host.state().phase, host.state().profile.as_str()),
        (Phase::Ready, "acme")
    );
    assert_eq!(code(host.switch_profile("nobody").await), Some(ErrorCode::NotFound));
    assert_eq!(host.switch_profile("tenant").await?.profile, "tenant");
    let engine = host.engine("Look")?;
    assert_eq!(engine.tenant()?.expect("connected").address, first.address());
    assert_eq!(host.start_demo().await?.profile, "demo");
    assert_eq!(host.leave_demo().await?.profile, "tenant");
    Ok(())
}
