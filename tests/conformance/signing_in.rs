//! A person signs in with the browser, and stays signed in: PKCE, rotation, and every way it can end.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, AtomicU32, Ordering},
};

use connectors::{
    Error, ErrorKind, Retry, Secret,
    halo::{Credentials, Halo, KeeperError, Keeping, Landing, Options, SignIn, TokenKeeper},
};
use domain::HaloAgentId;
use sandbox::{Fault, NATIVE_CLIENT_ID, Sandbox};

use crate::tenant::{quick, unlimited};

const REDIRECT: &str = "http://127.0.0.1:8765/callback";
const PRIYA: i64 = 4;

/// A keychain for one token, which may be locked.
#[derive(Debug, Default)]
struct Keychain {
    token: Mutex<Option<Secret>>,
    locked: AtomicBool,
    reads: AtomicU32,
}

impl Keychain {
    fn text(&self) -> String {
        let token = self.token.lock().unwrap();
        token
            .as_ref()
            .map(|token| token.expose().to_owned())
            .unwrap_or_default()
    }

    fn check(&self) -> Result<(), KeeperError> {
        if self.locked.load(Ordering::SeqCst) {
            return Err(KeeperError("it is locked".to_owned()));
        }
        Ok(())
    }
}

impl TokenKeeper for Keychain {
    fn refresh_token(&self) -> Keeping<'_, Option<Secret>> {
        Box::pin(async {
            self.check()?;
            self.reads.fetch_add(1, Ordering::SeqCst);
            Ok(self.token.lock().unwrap().clone())
        })
    }

    fn store_refresh_token(&self, token: Secret) -> Keeping<'_, ()> {
        Box::pin(async move {
            self.check()?;
            *self.token.lock().unwrap() = Some(token);
            Ok(())
        })
    }
}

/// A tenant, somebody's keychain, and the way from one to the other.
struct Desk {
    sandbox: Sandbox,
    keychain: Arc<Keychain>,
}

impl Desk {
    fn new() -> Self {
        Self {
            sandbox: Sandbox::start(unlimited()).unwrap(),
            keychain: Arc::default(),
        }
    }

    async fn begin(&self) -> SignIn {
        SignIn::begin(&self.sandbox.address(), NATIVE_CLIENT_ID, REDIRECT, quick())
            .await
            .unwrap()
    }

    /// What the browser brings back when Priya signs in.
    fn answer(&self, sign_in: &SignIn) -> String {
        let location = self
            .sandbox
            .sign_in_as(PRIYA, sign_in.authorize_url().as_str())
            .unwrap();
        location.split_once('?').unwrap().1.to_owned()
    }

    async fn sign_in(&self) -> Halo {
        let sign_in = self.begin().await;
        let code = landed(&sign_in, &self.answer(&sign_in));
        sign_in.finish(&code, self.keychain.clone()).await.unwrap()
    }

    /// What the next start does.
    async fn come_back(&self) -> Result<Halo, Error> {
        let credentials = Credentials::Person {
            client_id: NATIVE_CLIENT_ID.to_owned(),
            keeper: self.keychain.clone(),
        };
        Halo::connect(&self.sandbox.address(), credentials, quick()).await
    }
}

fn landed(sign_in: &SignIn, query: &str) -> Secret {
    match sign_in.landing(query) {
        Landing::Code(code) => code,
        other => panic!("{other:?}"),
    }
}

fn refused(sign_in: &SignIn, query: &str) -> Error {
    match sign_in.landing(query) {
        Landing::Refused(error) => error,
        other => panic!("{other:?}"),
    }
}

async fn me(halo: &Halo) -> HaloAgentId {
    halo.setup().await.unwrap().me.unwrap()
}

#[tokio::test]
async fn a_person_signs_in_and_works_under_their_own_name() {
    let desk = Desk::new();
    let halo = desk.sign_in().await;
    assert_eq!(me(&halo).await, HaloAgentId(PRIYA));
    assert_eq!(
        desk.sandbox.stats().tokens_issued,
        1,
        "the first token is used, not fetched again"
    );
    assert_eq!(halo.address().as_str(), format!("{}/", desk.sandbox.address()));
}

#[tokio::test]
async fn the_address_for_the_browser_asks_for_what_the_contract_says() {
    let desk = Desk::new();
    let sign_in = desk.begin().await;
    let url = sign_in.authorize_url();
    assert_eq!(url.path(), "/auth/authorize");
    let value = |name: &str| {
        url.query_pairs()
            .find(|(other, _)| other == name)
            .map(|(_, value)| value.into_owned())
    };
    assert_eq!(value("tenant").as_deref(), Some("sandbox"));
    assert_eq!(value("response_type").as_deref(), Some("code"));
    assert_eq!(value("client_id").as_deref(), Some(NATIVE_CLIENT_ID));
    assert_eq!(value("redirect_uri").as_deref(), Some(REDIRECT));
    assert_eq!(value("scope").as_deref(), Some("all offline_access"));
    assert_eq!(value("code_challenge_method").as_deref(), Some("S256"));
    assert_eq!(value("code_challenge").map(|challenge| challenge.len()), Some(43));
    assert!(value("state").is_some_and(|state| state.len() == 43));
    assert!(value("code_verifier").is_none() && value("client_secret").is_none());
    assert_ne!(
        desk.begin().await.authorize_url(),
        url,
        "every sign-in has its own state and challenge"
    );
}

#[tokio::test]
async fn an_answer_with_another_state_is_no_answer() {
    let desk = Desk::new();
    let (first, second) = (desk.begin().await, desk.begin().await);
    let answer = desk.answer(&first);
    for stray in [
        answer.as_str(),
        "",
        "code=abc",
        "error=access_denied",
        "code=abc&state=",
    ] {
        assert!(matches!(second.landing(stray), Landing::Stray), "{stray}");
    }
    landed(&first, &answer);
}

#[tokio::test]
async fn an_answer_of_another_issuer_is_refused() {
    let desk = Desk::new();
    desk.sandbox
        .configure(|behaviour| behaviour.native.issuer = Some("https://evil.example/auth".to_owned()));
    let sign_in = desk.begin().await;
    let error = refused(&sign_in, &desk.answer(&sign_in));
    assert_eq!((error.kind, error.retry), (ErrorKind::WrongTenant, Retry::No));

    // A closing slash or another path of the same server is no other server.
    let own = format!("{}/", desk.sandbox.address());
    desk.sandbox.configure(|behaviour| behaviour.native.issuer = Some(own));
    let sign_in = desk.begin().await;
    landed(&sign_in, &desk.answer(&sign_in));
}

#[tokio::test]
async fn a_person_who_says_no_is_understood() {
    let desk = Desk::new();
    let sign_in = desk.begin().await;
    let location = desk.sandbox.sign_in_as(0, sign_in.authorize_url().as_str()).unwrap();
    let error = refused(&sign_in, location.split_once('?').unwrap().1);
    assert_eq!(error.kind, ErrorKind::SignedOut);
    assert!(error.message.contains("did not sign you in"), "{error}");
}

#[tokio::test]
async fn an_unregistered_redirect_shows_a_page_and_sends_nobody_back() {
    let desk = Desk::new();
    let sign_in = SignIn::begin(
        &desk.sandbox.address(),
        NATIVE_CLIENT_ID,
        "http://127.0.0.1:9999/callback",
        quick(),
    )
    .await
    .unwrap();
    assert_eq!(desk.sandbox.sign_in_as(PRIYA, sign_in.authorize_url().as_str()), None);
}

#[tokio::test]
async fn a_code_that_expired_or_was_used_says_so() {
    let desk = Desk::new();
    let sign_in = desk.begin().await;
    let code = landed(&sign_in, &desk.answer(&sign_in));
    desk.sandbox.end_sign_ins();
    let error = sign_in.finish(&code, desk.keychain.clone()).await.unwrap_err();
    assert_eq!((error.kind, error.retry), (ErrorKind::SignedOut, Retry::WhenSignedIn));
    assert!(error.message.contains("Start the sign-in again"), "{}", error.message);
    assert_eq!(desk.keychain.text(), "", "nothing is kept of a sign-in that failed");
}

#[tokio::test]
async fn without_the_right_to_stay_the_sign_in_says_which_right_is_missing() {
    let desk = Desk::new();
    desk.sandbox
        .configure(|behaviour| behaviour.native.offline_access = false);
    let sign_in = desk.begin().await;
    let code = landed(&sign_in, &desk.answer(&sign_in));
    let error = sign_in.finish(&code, desk.keychain.clone()).await.unwrap_err();
    assert!(
        matches!(&error.kind, ErrorKind::Forbidden { right } if right.contains("offline_access")),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_rotated_refresh_token_is_kept_before_the_old_one_is_dropped() {
    let desk = Desk::new();
    let halo = desk.sign_in().await;
    let mut seen = vec![desk.keychain.text()];
    for _ in 0..3 {
        desk.sandbox.expire_tokens();
        assert_eq!(me(&halo).await, HaloAgentId(PRIYA));
        assert!(!seen.contains(&desk.keychain.text()), "each one is new");
        seen.push(desk.keychain.text());
    }
    drop(halo);
    assert_eq!(me(&desk.come_back().await.unwrap()).await, HaloAgentId(PRIYA));
}

#[tokio::test]
async fn a_refresh_token_that_does_not_rotate_stays() {
    let desk = Desk::new();
    desk.sandbox.configure(|behaviour| behaviour.native.rotates = false);
    let halo = desk.sign_in().await;
    let kept = desk.keychain.text();
    desk.sandbox.expire_tokens();
    assert_eq!(me(&halo).await, HaloAgentId(PRIYA));
    assert_eq!(desk.keychain.text(), kept);
    assert!(desk.come_back().await.is_ok());
}

#[tokio::test]
async fn many_refused_at_once_renew_once() {
    let desk = Desk::new();
    desk.sandbox.configure(|behaviour| behaviour.one_token = true);
    let halo = desk.sign_in().await;
    let issued = desk.sandbox.stats().tokens_issued;
    desk.sandbox.expire_tokens();
    let asks: Vec<_> = (0..8)
        .map(|_| {
            let halo = halo.clone();
            tokio::spawn(async move { halo.actions(domain::HaloTicketId(1001)).await })
        })
        .collect();
    for ask in asks {
        let answer = ask.await.unwrap();
        assert!(
            answer
                .as_ref()
                .err()
                .is_none_or(|error| error.kind == ErrorKind::NotFound),
            "{answer:?}"
        );
    }
    assert_eq!(desk.sandbox.stats().tokens_issued, issued + 1);
}

#[tokio::test]
async fn another_process_may_have_renewed_the_sign_in() {
    let desk = Desk::new();
    let window = desk.sign_in().await;
    // The command line renews: what the window began with is used up now.
    let command_line = desk.come_back().await.unwrap();
    desk.sandbox.expire_tokens();
    assert_eq!(
        me(&window).await,
        HaloAgentId(PRIYA),
        "the window reads what is kept, not what it remembers"
    );
    desk.sandbox.expire_tokens();
    assert_eq!(me(&command_line).await, HaloAgentId(PRIYA));
}

#[tokio::test]
async fn who_stops_waiting_does_not_lose_the_new_token() {
    let desk = Desk::new();
    let halo = desk.sign_in().await;
    let before = desk.keychain.text();
    desk.sandbox.expire_tokens();
    desk.sandbox
        .faults()
        .add(Fault::Slow { delay_ms: 50 }.on("/auth/token").times(1));
    // Given up once the exchange is on its way.
    let asking = tokio::spawn({
        let halo = halo.clone();
        async move { halo.setup().await }
    });
    while desk.keychain.reads.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    asking.abort();
    assert_eq!(me(&halo).await, HaloAgentId(PRIYA));
    assert_ne!(desk.keychain.text(), before);
    assert!(desk.come_back().await.is_ok());
}

#[tokio::test]
async fn a_sign_in_that_was_ended_says_so_and_is_not_tried_in_a_loop() {
    let desk = Desk::new();
    let halo = desk.sign_in().await;
    desk.sandbox.end_sign_ins();
    let error = halo.actions(domain::HaloTicketId(1001)).await.unwrap_err();
    assert_eq!((&error.kind, error.retry), (&ErrorKind::SignedOut, Retry::WhenSignedIn));
    assert!(
        error.message.starts_with("Your sign-in to HaloPSA has ended."),
        "{error}"
    );
    assert!(!format!("{error:?}").contains(&desk.keychain.text()));
    assert_eq!(desk.sandbox.stats().count("POST /auth/token"), 2);

    let error = desk.come_back().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::SignedOut);
    // Signing in anew is all it takes.
    assert_eq!(me(&desk.sign_in().await).await, HaloAgentId(PRIYA));
}

#[tokio::test]
async fn a_keychain_that_locks_in_between_costs_nothing_but_patience() {
    let desk = Desk::new();
    let halo = desk.sign_in().await;
    desk.sandbox.expire_tokens();
    desk.keychain.locked.store(true, Ordering::SeqCst);
    let error = halo.actions(domain::HaloTicketId(1001)).await.unwrap_err();
    assert_eq!((&error.kind, error.retry), (&ErrorKind::SignedOut, Retry::Soon));
    assert!(error.message.contains("keychain"), "{error}");
    desk.keychain.locked.store(false, Ordering::SeqCst);
    assert_eq!(me(&halo).await, HaloAgentId(PRIYA));
}

#[tokio::test]
async fn an_application_that_was_deleted_is_told_from_a_sign_in_that_ended() {
    let desk = Desk::new();
    let halo = desk.sign_in().await;
    desk.sandbox.expire_tokens();
    let body = r#"{"error":"invalid_client","error_description":"The specified 'client_id' is invalid."}"#;
    desk.sandbox.faults().add(
        Fault::Refuse {
            status: 401,
            body: body.to_owned(),
        }
        .on("/auth/token"),
    );
    let error = halo.actions(domain::HaloTicketId(1001)).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::BadCredentials);
    assert!(
        error.message.contains("Authorisation Code (Native Application)"),
        "{error}"
    );
}

#[tokio::test]
async fn a_server_that_is_down_does_not_end_the_sign_in() {
    let desk = Desk::new();
    let halo = desk.sign_in().await;
    desk.sandbox.expire_tokens();
    desk.sandbox.set_online(false);
    let error = halo.actions(domain::HaloTicketId(1001)).await.unwrap_err();
    assert!(
        matches!(error.kind, ErrorKind::Unreachable | ErrorKind::Timeout),
        "{error:?}"
    );
    desk.sandbox.set_online(true);
    assert_eq!(me(&halo).await, HaloAgentId(PRIYA));
    let options = Options {
        tenant: Some("acme".to_owned()),
        ..quick()
    };
    let elsewhere = SignIn::begin(&desk.sandbox.address(), NATIVE_CLIENT_ID, REDIRECT, options)
        .await
        .unwrap();
    assert_eq!(
        desk.sandbox.sign_in_as(PRIYA, elsewhere.authorize_url().as_str()),
        None,
        "a wrong tenant is a page, not an answer"
    );
}
