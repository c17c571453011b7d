//! A desktop session with a keyring, and the program's window in it.

use std::{
    ffi::OsString,
    fs::{self, File},
    net::{TcpListener, TcpStream},
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

use tempfile::TempDir;
use thirtyfour::{Capabilities, WebDriver};
use tokio::sync::{Mutex, MutexGuard};

use super::{screen, until};

/// One window at a time: they share a screen, and a keyboard focus.
static TURN: Mutex<()> = Mutex::const_new(());

/// A running Leadline on a desktop of its own.
pub struct Window {
    /// The hands on its keyboard and mouse.
    pub driver: WebDriver,
    desktop: Desktop,
}

struct Desktop {
    /// `None` only while one is being replaced.
    session: Option<Session>,
    folder: TempDir,
    _turn: MutexGuard<'static, ()>,
}

/// A bus, a keyring and the WebDriver server: one process group.
struct Session {
    process: Child,
    port: u16,
}

impl Window {
    /// Opens Leadline for the first time in somebody's life.
    pub async fn open() -> Self {
        let desktop = Desktop::start().await;
        let driver = desktop.open_program().await;
        Self { driver, desktop }
    }

    /// The address that the program opened in the browser, other than one before.
    pub async fn opened_in_the_browser(&self, before: &str) -> String {
        let opened = self.desktop.folder.path().join(OPENED);
        until("the browser is opened", || async {
            fs::read_to_string(&opened).ok().filter(|address| address != before)
        })
        .await
    }

    /// Where any of these words can be read by whoever looks: in the person's files, or in the arguments and surroundings
    /// of what runs on the desktop.
    pub fn found_in_the_open(&self, words: &[String]) -> Vec<String> {
        let mut places = Vec::new();
        let mut folders = vec![self.desktop.folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap().flatten() {
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                    Ok(kind) if kind.is_file() => places.push(entry.path()),
                    _ => {}
                }
            }
        }
        // Every process of this desktop has inherited where its home is.
        let home = self.desktop.folder.path().display().to_string();
        for process in fs::read_dir("/proc").unwrap().flatten() {
            let environ = process.path().join("environ");
            if told_in(&environ, &home) {
                places.extend([environ, process.path().join("cmdline")]);
            }
        }
        let is_told = |place: &PathBuf| words.iter().any(|word| told_in(place, word));
        let told = places.into_iter().filter(is_told);
        told.map(|place| place.display().to_string()).collect()
    }

    /// Closes the program, signs out of the desktop and in again, and opens the program over the same data.
    pub async fn restart(&mut self) {
        self.driver.clone().quit().await.expect("the program closes");
        until("the program has ended", || async {
            (!self.desktop.is_program_running()).then_some(())
        })
        .await;
        self.desktop.sign_in_again().await;
        self.driver = self.desktop.open_program().await;
    }
}

impl Drop for Window {
    /// The desktop is about to be killed; asking the driver to end its session politely would block for minutes.
    fn drop(&mut self) {
        if self.driver.clone().leak().is_err() {
            eprintln!("the program had been closed before");
        }
    }
}

impl Desktop {
    async fn start() -> Self {
        let turn = TURN.lock().await;
        let folder = tempfile::Builder::new()
            .prefix("leadline-e2e-")
            .tempdir()
            .expect("a folder for the desktop");
        // The bus and the keyring refuse a runtime folder that others can read.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
        put_a_browser_into(folder.path());
        let session = Some(Session::start(folder.path()).await);
        Self {
            session,
            folder,
            _turn: turn,
        }
    }

    async fn sign_in_again(&mut self) {
        // The old one has to be gone first: both would use the same keyring.
        drop(self.session.take());
        self.session = Some(Session::start(self.folder.path()).await);
    }

    fn session(&self) -> &Session {
        self.session.as_ref().expect("somebody is signed in")
    }

    async fn open_program(&self) -> WebDriver {
        // The driver's client wants one even for plain HTTP, as the program's own client is built without a default.
        // Only the first of a process is taken; that any is there is all we need.
        let already = rustls::crypto::ring::default_provider().install_default();
        drop(already);
        let mut wanted = Capabilities::new();
        wanted
            .set(
                "webkitgtk:browserOptions",
                serde_json::json!({ "binary": program(), "args": [] }),
            )
            .unwrap();
        WebDriver::new(format!("http://127.0.0.1:{}", self.session().port), wanted)
            .await
            .unwrap_or_else(|error| panic!("the window does not open: {error}"))
    }

    fn is_program_running(&self) -> bool {
        let group = self.session().process.id().to_string();
        fs::read_dir("/proc").unwrap().flatten().any(|process| {
            let at = process.path();
            let stat = fs::read_to_string(at.join("stat")).unwrap_or_default();
            // After the name in brackets: state, parent, process group.
            let Some((name, rest)) = stat.rsplit_once(") ") else {
                return false;
            };
            let mut rest = rest.split(' ');
            let (state, process_group) = (rest.next(), rest.nth(1));
            // Its files are open until the last thread has ended, which the first one may do before.
            let threads = || fs::read_dir(at.join("task")).map_or(0, Iterator::count);
            name.ends_with("(leadline") && process_group == Some(&group) && (state != Some("Z") || threads() > 1)
        })
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        if std::thread::panicking() {
            screen::keep("failed");
            let log = fs::read_to_string(self.folder.path().join("session.log"));
            eprintln!("session log:\n{}", log.unwrap_or_default());
        }
    }
}

impl Session {
    async fn start(home: &Path) -> Self {
        let port = free_port();
        let process = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("session.sh"))
            .arg(port.to_string())
            .env("DISPLAY", screen::display())
            .env("GDK_BACKEND", "x11")
            .env_remove("WAYLAND_DISPLAY")
            // What makes Tauri's webview accept an automation session.
            .env("TAURI_AUTOMATION", "true")
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("HOME", home)
            .env("PATH", with_the_browser_of(home))
            .env("XDG_CONFIG_HOME", home.join("config"))
            .env("XDG_DATA_HOME", home.join("data"))
            .env("XDG_CACHE_HOME", home.join("cache"))
            .env("XDG_RUNTIME_DIR", home)
            .env_remove("LEADLINE_HOME")
            .env_remove("LEADLINE_PASSPHRASE")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(File::create(home.join("session.log")).unwrap())
            .process_group(0)
            .spawn()
            .expect("session.sh starts");
        let session = Self { process, port };
        until(
            "WebKitWebDriver listens; are dbus, gnome-keyring and it installed?",
            || async { TcpStream::connect(("127.0.0.1", port)).ok() },
        )
        .await;
        session
    }
}

impl Drop for Session {
    /// Also after a failed assertion: nothing of a test may outlive it.
    fn drop(&mut self) {
        let group = format!("-{}", self.process.id());
        let killed = Command::new("kill").args(["-KILL", "--", &group]).status();
        let ended = self.process.wait();
        drop((killed, ended));
    }
}

/// Whether a file holds a word. A process may have ended, and a file been replaced, since it was listed.
fn told_in(file: &Path, word: &str) -> bool {
    let content = fs::read(file).unwrap_or_default();
    String::from_utf8_lossy(&content).contains(word)
}

/// Where the browser of the desktop notes what it was asked to open.
const OPENED: &str = "opened-in-the-browser";

/// A browser that only notes down addresses: whoever looks at the screen has to read them.
fn put_a_browser_into(home: &Path) {
    let folder = home.join("bin");
    fs::create_dir(&folder).unwrap();
    let browser = folder.join("xdg-open");
    // Written beside and renamed, so that nobody reads half an address.
    let script = format!(
        "#!/bin/sh\nprintf %s \"$1\" >\"$HOME/{OPENED}.new\" && mv \"$HOME/{OPENED}.new\" \"$HOME/{OPENED}\"\n"
    );
    fs::write(&browser, script).unwrap();
    fs::set_permissions(browser, fs::Permissions::from_mode(0o700)).unwrap();
}

fn with_the_browser_of(home: &Path) -> OsString {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let all = std::iter::once(home.join("bin")).chain(std::env::split_paths(&paths));
    std::env::join_paths(all).expect("a path of folders")
}

/// The program under test: it was built into the folder above the one of the tests.
fn program() -> PathBuf {
    let tests = std::env::current_exe().expect("a test knows where it is");
    let program = tests.ancestors().nth(2).map(|built| built.join("leadline"));
    program.filter(|program| program.exists()).unwrap_or_else(|| {
        panic!(
            "leadline is not beside {}: cargo build --features custom-protocol",
            tests.display()
        )
    })
}

/// A port that was free a moment ago, and that no system gives out by itself: whatever connects somewhere meanwhile takes
/// another one.
pub fn free_port() -> u16 {
    static TURN: AtomicU32 = AtomicU32::new(0);
    // Other tests of this computer begin elsewhere.
    let begin = std::process::id().wrapping_mul(61);
    let tried = (0..PORTS).map(|_| begin.wrapping_add(TURN.fetch_add(1, Ordering::Relaxed)));
    tried
        .filter_map(|turn| u16::try_from(FIRST_PORT + turn % PORTS).ok())
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .expect("a free port")
}

/// Below those that Linux (from 32768) and macOS (from 49152) give out.
const FIRST_PORT: u32 = 12_000;
const PORTS: u32 = 20_000;
