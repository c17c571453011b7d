//! The command line as a person uses it: the real program, a real sample tenant over HTTP, a scratch folder.
//!
//! There is no keychain here (the address of the session bus leads nowhere), so the data is behind a passphrase; the
//! tests of `secrets` cover the keychain.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on says so by panicking"
)]

#[path = "cli/cleaning.rs"]
mod cleaning;
#[path = "cli/connecting.rs"]
mod connecting;
#[path = "cli/contact.rs"]
mod contact;

use std::{
    fs,
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

use engine::Lease as _;
use leadline_app::{home::Home, profiles::Profile};
use sandbox::{Behaviour, CLIENT_ID, CLIENT_SECRET, Options, Right, Sandbox, Setup};
use serde_json::{Value, json};

const PASSPHRASE: &str = "correct horse battery";

/// A person's folder, and a terminal in it.
struct Terminal {
    folder: tempfile::TempDir,
    passphrase: Option<&'static str>,
}

/// What a command left behind.
#[derive(Debug)]
struct Ran {
    code: i32,
    out: String,
    err: String,
}

impl Ran {
    /// The JSON on standard output.
    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }

    /// The exit code, and words that must be among the messages; nothing may be on standard output.
    fn fails(&self, code: i32, said: &str) {
        assert_eq!(self.code, code, "{self:?}");
        assert!(self.err.contains(said), "no {said:?} in {self:?}");
        assert_eq!(self.out, "", "messages go to standard error");
    }

    fn succeeds(self) -> Self {
        assert_eq!(self.code, 0, "{self:?}");
        self
    }
}

impl Terminal {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a scratch folder"),
            passphrase: Some(PASSPHRASE),
        }
    }

    fn home(&self) -> &Path {
        self.folder.path()
    }

    fn run(&self, words: &[&str]) -> Ran {
        self.run_with("", words)
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_leadline"));
        command
            .args(words)
            .env("LEADLINE_HOME", self.home())
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus")
            .env_remove("LEADLINE_PASSPHRASE")
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if let Some(passphrase) = self.passphrase {
            command.env("LEADLINE_PASSPHRASE", passphrase);
        }
        command
    }

    fn run_with(&self, stdin: &str, words: &[&str]) -> Ran {
        let mut child = self.command(words).spawn().expect("the program starts");
        // A command that reads nothing may be gone before everything is written: that is its right.
        drop(child.stdin.take().expect("a pipe").write_all(stdin.as_bytes()));
        let output = child.wait_with_output().expect("the program ends");
        Ran {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).expect("text"),
            err: String::from_utf8(output.stderr).expect("text"),
        }
    }

    /// As `head` does with what it has no use for.
    fn run_without_reader(&self, words: &[&str]) -> (Option<i32>, String) {
        let mut child = self.command(words).spawn().expect("the program starts");
        drop(child.stdin.take());
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("the program ends");
        (output.status.code(), String::from_utf8(output.stderr).expect("text"))
    }

    fn connect(&self, address: &str) -> Ran {
        self.run_with(CLIENT_SECRET, &["connect", address, "--client-id", CLIENT_ID, "--json"])
    }

    /// Every byte in the folder.
    fn everything(&self) -> Vec<u8> {
        fn collect(folder: &Path, into: &mut Vec<u8>) {
            for entry in fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    collect(&path, into);
                } else {
                    into.extend(fs::read(&path).expect("a file"));
                }
            }
        }
        let mut bytes = Vec::new();
        collect(self.home(), &mut bytes);
        bytes
    }
}

fn tenant(options: Options) -> Sandbox {
    Sandbox::start(Options {
        tickets: 60,
        rate_limit: None,
        ..options
    })
    .expect("a sample tenant")
}

fn contains(haystack: &[u8], needle: &str) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle.as_bytes())
}

#[test]
fn help_tells_the_exit_codes_and_a_wrong_word_ends_with_2() {
    let terminal = Terminal::new();
    let help = terminal.run(&["--help"]).succeeds();
    assert!(
        help.out.contains("Exit codes:") && help.out.contains("LEADLINE_PASSPHRASE"),
        "{help:?}"
    );
    terminal.run(&["fly"]).fails(2, "fly");
    terminal.run(&["sync"]).fails(2, "--once");
    terminal
        .run(&["connect", "acme.halopsa.com", "--client-id", "x"])
        .fails(2, "standard input");
}

#[cfg(target_os = "linux")]
#[test]
fn without_a_desktop_there_is_a_sentence_and_no_crash() {
    let terminal = Terminal::new();
    terminal.run(&[]).fails(1, "no desktop");
}

#[test]
fn connect_pull_move_push_and_undo() {
    let sandbox = tenant(Options::default());
    let terminal = Terminal::new();
    terminal.run(&["tickets"]).fails(4, "not connected");

    let report = terminal.connect(&sandbox.address()).succeeds().json();
    assert_eq!(report["stages_mapped"], 16, "{report}");
    assert_eq!(report["gaps"], json!([]), "{report}");
    let status = terminal.run(&["sync", "--once", "--json"]).succeeds().json();
    assert_eq!(
        status["counts"],
        json!({"waiting": 0, "parked": 0, "conflicts": 0}),
        "{status}"
    );
    let tickets = terminal.run(&["tickets", "--json"]).succeeds().json();
    let tickets = tickets.as_array().expect("a list");
    assert_eq!(tickets.len(), 60);

    let contacted = tickets
        .iter()
        .find(|ticket| ticket["stage"] == "contacted")
        .expect("a contacted lead");
    let halo = contacted["halo_id"].as_i64().expect("a number in HaloPSA");
    let status_of = |id: i64| sandbox.ticket(id).expect("the ticket")["status_id"].clone();
    let before = status_of(halo);

    let refused = terminal.run(&["move", &format!("#{halo}"), "won"]);
    refused.fails(3, "");
    assert!(!refused.err.is_empty());
    let needs = terminal.run(&["move", &format!("#{halo}"), "do_not_contact", "--json"]);
    assert_eq!(
        (needs.code, &needs.json()["outcome"]),
        (3, &json!("needs")),
        "{needs:?}"
    );
    assert!(needs.err.contains("--set dnc_reason="), "{needs:?}");

    let moved = terminal
        .run(&["move", &format!("#{halo}"), "Engaged", "--json"])
        .succeeds();
    assert_eq!(moved.json()["outcome"], "moved", "{moved:?}");
    assert_eq!(status_of(halo), before, "the network is not on the path of a move");
    let status = terminal.run(&["status", "--json"]).succeeds().json();
    assert_eq!(status["counts"]["waiting"], 1, "{status}");
    assert_eq!(
        terminal.run(&["outbox", "--json"]).succeeds().json()[0]["state"],
        "waiting"
    );

    terminal.run(&["sync", "--once"]).succeeds();
    let after = status_of(halo);
    assert_ne!(after, before);
    assert_eq!(sandbox.stats().ticket_writes.get(&halo), Some(&1), "sent once");

    let undone = terminal.run(&["undo", "--json"]).succeeds().json();
    assert_eq!(undone["compensates"], true, "{undone}");
    terminal.run(&["sync", "--once"]).succeeds();
    assert_eq!(status_of(halo), before);
    assert_eq!(terminal.run(&["undo", "--json"]).succeeds().json(), Value::Null);

    let person = contacted["person"].as_str().expect("a name");
    let hits = terminal.run(&["search", person, "--json"]).succeeds().json();
    assert!(
        hits.as_array()
            .expect("a list")
            .iter()
            .any(|hit| hit["ticket"] == contacted["id"]),
        "{hits}"
    );

    let bytes = terminal.everything();
    assert!(bytes.len() > 10_000, "there is something to look through");
    assert!(!contains(&bytes, CLIENT_SECRET) && !contains(&bytes, person) && !contains(&bytes, ".example"));
}

#[test]
fn a_wrong_address_and_a_stranger_are_told_apart() {
    let terminal = Terminal::new();
    terminal.connect("not an address").fails(6, "address");
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .and_then(|it| it.local_addr())
        .expect("a port")
        .port();
    let nobody = terminal.connect(&format!("http://127.0.0.1:{port}"));
    nobody.fails(6, "Connect to HaloPSA");

    let stranger = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", stranger.local_addr().expect("an address"));
    let serve = std::thread::spawn(move || {
        for connection in stranger.incoming() {
            let mut connection = connection.expect("a connection");
            let mut request = [0; 2048];
            if std::io::Read::read(&mut connection, &mut request).unwrap_or(0) < 10 {
                return;
            }
            let page = "<!doctype html><title>It works</title>";
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {}\r\n\r\n",
                page.len()
            );
            drop(connection.write_all((head + page).as_bytes()));
        }
    });
    let told = terminal.connect(&address);
    told.fails(6, "HaloPSA");
    assert_ne!(told.err, nobody.err, "two different mistakes");
    drop(std::net::TcpStream::connect(address.trim_start_matches("http://")));
    serve.join().expect("the stranger ends");
}

#[test]
fn a_wrong_secret_a_missing_right_and_a_missing_ticket_type_are_named() {
    let sandbox = tenant(Options::default());
    let terminal = Terminal::new();
    let wrong = terminal.run_with(
        "not-the-secret",
        &["connect", &sandbox.address(), "--client-id", CLIENT_ID],
    );
    wrong.fails(4, "client ID and secret");
    assert!(!wrong.err.contains("not-the-secret"));

    let bare = tenant(Options {
        setup: Setup {
            without: vec!["Opportunity".to_owned()],
        },
        ..Options::default()
    });
    terminal.connect(&bare.address()).fails(4, "Opportunity");

    let closed = tenant(Options {
        behaviour: Behaviour {
            denied: vec![Right::ReadTickets],
            ..Behaviour::default()
        },
        ..Options::default()
    });
    let terminal = Terminal::new();
    let connected = terminal.connect(&closed.address());
    let told = if connected.code == 0 {
        terminal.run(&["sync", "--once"])
    } else {
        connected
    };
    assert_eq!(told.code, 4, "{told:?}");
    assert!(told.err.contains("right") && told.err.contains("ticket"), "{told:?}");
}

#[test]
fn a_server_that_went_away_loses_nothing() {
    let sandbox = tenant(Options::default());
    let terminal = Terminal::new();
    terminal.connect(&sandbox.address()).succeeds();
    terminal.run(&["sync", "--once"]).succeeds();
    sandbox.set_online(false);
    let tickets = terminal
        .run(&["tickets", "--stage", "Contacted", "--json"])
        .succeeds()
        .json();
    let id = tickets[0]["id"].to_string();
    terminal.run(&["move", &id, "engaged"]).succeeds();
    let told = terminal.run(&["sync", "--once"]);
    told.fails(6, "Sync with HaloPSA");
    let status = terminal.run(&["status", "--json"]).succeeds().json();
    assert_eq!(status["counts"]["waiting"], 1, "{status}");

    sandbox.set_online(true);
    terminal.run(&["sync", "--once"]).succeeds();
    let status = terminal.run(&["status", "--json"]).succeeds().json();
    assert_eq!(status["counts"]["waiting"], 0, "{status}");
}

#[test]
fn without_a_keychain_there_is_a_passphrase_or_a_refusal() {
    let sandbox = tenant(Options::default());
    let mut terminal = Terminal::new();
    terminal.passphrase = None;
    terminal.connect(&sandbox.address()).fails(5, "LEADLINE_PASSPHRASE");
    assert!(!terminal.home().join("tenant/leadline.db").exists());
    terminal.passphrase = Some("short");
    terminal.connect(&sandbox.address()).fails(5, "characters");
    terminal.passphrase = Some(PASSPHRASE);
    terminal.connect(&sandbox.address()).succeeds();
    terminal.passphrase = Some("another passphrase");
    terminal.run(&["status"]).fails(5, "passphrase is wrong");
    terminal.passphrase = None;
    terminal.run(&["status"]).fails(5, "locked with a passphrase");
    terminal.passphrase = Some(PASSPHRASE);
    terminal.run(&["status"]).succeeds();
}

#[test]
fn a_reader_that_has_gone_away_is_no_failure() {
    let sandbox = tenant(Options::default());
    let terminal = Terminal::new();
    terminal.connect(&sandbox.address()).succeeds();
    for words in [["status", "--json"].as_slice(), &["status"], &["outbox"]] {
        assert_eq!(
            terminal.run_without_reader(words),
            (Some(0), String::new()),
            "{words:?}"
        );
    }
}

#[test]
fn a_damaged_database_is_said_to_be_damaged_and_left_alone() {
    let sandbox = tenant(Options::default());
    let terminal = Terminal::new();
    terminal.connect(&sandbox.address()).succeeds();
    let database = terminal.home().join("tenant/leadline.db");
    let mut bytes = fs::read(&database).expect("a database");
    for byte in bytes.iter_mut().take(4096) {
        *byte ^= 0x55;
    }
    fs::write(&database, &bytes).expect("written");
    terminal.run(&["status"]).fails(5, "damaged");
    assert_eq!(fs::read(&database).expect("a database"), bytes, "nothing was touched");
}

#[test]
fn a_folder_that_is_none_is_named() {
    let terminal = Terminal::new();
    let file = terminal.home().join("file");
    fs::write(&file, b"").expect("written");
    let told = terminal.run(&["--home", file.to_str().expect("text"), "status"]);
    told.fails(5, "cannot be used");
}

#[test]
fn a_mapping_is_taken_out_and_read_back_in() {
    let sandbox = tenant(Options {
        setup: Setup {
            without: vec!["CFdepartment".to_owned()],
        },
        ..Options::default()
    });
    let terminal = Terminal::new();
    terminal.connect(&sandbox.address()).succeeds();
    let shown = terminal.run(&["mapping"]).succeeds().out;
    assert!(shown.contains("Lead Contacted"), "{shown}");
    assert!(shown.contains("Field name: department"), "{shown}");
    let document = terminal.run(&["mapping", "--export"]).succeeds().out;
    let file = terminal.home().join("mapping.json");
    fs::write(&file, document).expect("written");
    let file = file.to_str().expect("text");
    terminal.run(&["mapping", "--import", file]).succeeds();
    let (what, to) = ("Contacted".to_owned(), "Reached".to_owned());
    sandbox.administer(sandbox::Administration::Rename { what, to });
    let reread = terminal.run(&["mapping", "--read", "--json"]).succeeds().json();
    assert_eq!(reread["changes"].as_array().map(Vec::len), Some(1), "{reread}");
    fs::write(file, "no mapping").expect("written");
    terminal
        .run(&["mapping", "--import", file])
        .fails(3, "no mapping of Leadline");
}

#[test]
fn only_one_process_syncs() {
    let sandbox = tenant(Options::default());
    let terminal = Terminal::new();
    terminal.connect(&sandbox.address()).succeeds();
    let folder = Home::at(terminal.home())
        .and_then(|home| home.profile(&Profile::Tenant))
        .expect("the folder");
    let held = folder.lease().try_acquire().expect("a lock").expect("free");
    terminal.run(&["sync", "--once"]).fails(1, "Another Leadline");
    drop(held);
    terminal.run(&["sync", "--once"]).succeeds();
}

#[test]
fn the_sample_tenant_remembers_across_commands() {
    let mut terminal = Terminal::new();
    terminal.passphrase = None;
    let first = terminal.run(&["--demo", "sync", "--once", "--json"]).succeeds();
    assert!(first.err.contains("sample data"), "it says where the key is: {first:?}");
    let tickets = terminal
        .run(&["--demo", "tickets", "--stage", "contacted", "--limit", "1", "--json"])
        .succeeds()
        .json();
    let (id, halo) = (tickets[0]["id"].to_string(), tickets[0]["halo_id"].clone());
    terminal.run(&["--demo", "move", &id, "engaged"]).succeeds();
    terminal.run(&["--demo", "sync", "--once"]).succeeds();
    let again = terminal.run(&["--demo", "sync", "--once", "--json"]).succeeds().json();
    assert_eq!(
        again["counts"],
        json!({"waiting": 0, "parked": 0, "conflicts": 0}),
        "{again}"
    );
    let engaged = terminal
        .run(&["--demo", "tickets", "--stage", "engaged", "--json"])
        .succeeds()
        .json();
    let engaged = engaged.as_array().expect("a list");
    assert!(engaged.iter().any(|ticket| ticket["halo_id"] == halo));
}
