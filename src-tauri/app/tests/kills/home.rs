//! A home in which the real program is started and killed, and whose data this process looks at in between.

use std::{
    io::Write,
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
};

use engine::{Engine, MemoryVault, Parts, SystemClock};
use leadline_app::{
    home::Home as Folder,
    secrets::{
        keychain::{Keychain, Silent},
        keys as secrets,
    },
};
use sandbox::{CLIENT_ID, CLIENT_SECRET};
use store::Store;
use zeroize::Zeroizing;

const PASSPHRASE: &str = "correct horse battery";

/// As on a computer where none runs.
#[derive(Debug)]
struct NoKeychain;

impl NoKeychain {
    fn silence<T>() -> Result<T, Silent> {
        Err(Silent {
            reason: "there is none".to_owned(),
        })
    }
}

impl Keychain for NoKeychain {
    fn get(&self, _: &str) -> Result<Option<Zeroizing<String>>, Silent> {
        Self::silence()
    }

    fn put(&self, _: &str, _: &str) -> Result<(), Silent> {
        Self::silence()
    }

    fn delete(&self, _: &str) -> Result<(), Silent> {
        Self::silence()
    }

    fn available(&self) -> bool {
        false
    }
}

pub struct Home(tempfile::TempDir);

impl Home {
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a scratch folder"))
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// The program, with nothing to read and nobody who listens.
    pub fn leadline(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_leadline"));
        command
            .args(words)
            .env("LEADLINE_HOME", self.path())
            .env("LEADLINE_PASSPHRASE", PASSPHRASE)
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus")
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    /// Connects it to a tenant.
    pub fn connect(&self, address: &str) {
        let mut connect = self
            .leadline(&["connect", address, "--client-id", CLIENT_ID])
            .stdin(Stdio::piped())
            .spawn()
            .expect("leadline starts");
        let mut secret = connect.stdin.take().expect("a pipe");
        secret.write_all(CLIENT_SECRET.as_bytes()).expect("the secret is read");
        drop(secret);
        assert!(connect.wait().expect("leadline ends").success());
    }

    /// The data, as the next process would open it.
    pub fn store(&self) -> Store {
        let home = Folder::at(self.path()).expect("a home");
        let folder = home.existing_profile(&home.last_tenant()).expect("the tenant's data");
        let keys = secrets::open(&folder, &NoKeychain, Some(PASSPHRASE)).expect("the keys");
        let key = keys.master.database().expect("the key of the database");
        Store::open(&folder.database(), &key).expect("the database opens")
    }
}

/// An engine over data that nobody else has open.
pub fn engine(store: &Store) -> Engine {
    Engine::new(Parts {
        store: store.clone(),
        clock: Arc::new(SystemClock),
        vault: Arc::new(MemoryVault::default()),
        options: engine::Options::default(),
    })
    .expect("an engine")
}

/// A number that whoever runs this has set.
pub fn said(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}
