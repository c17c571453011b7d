//! Connecting as a person, and several HaloPSAs side by side.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
};

use sandbox::{CLIENT_ID, CLIENT_SECRET, NATIVE_CLIENT_ID, Options, Sandbox};
use serde_json::{Value, json};

use crate::{Terminal, tenant};

/// A port that was free a moment ago, and a tenant that sends browsers back to it.
fn tenant_with_port() -> (Sandbox, u16) {
    let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let port = free.expect("a free port").port();
    let sandbox = tenant(Options::default());
    sandbox.configure(|behaviour| behaviour.native.redirects = vec![format!("http://127.0.0.1:{port}/callback")]);
    (sandbox, port)
}

#[test]
fn a_person_connects_with_the_browser_and_no_secret() {
    let terminal = Terminal::new();
    let (sandbox, port) = tenant_with_port();
    let (address, port_text) = (sandbox.address(), port.to_string());
    let words = [
        "connect",
        &address,
        "--client-id",
        NATIVE_CLIENT_ID,
        "--browser",
        "--no-open",
        "--port",
        &port_text,
        "--json",
    ];
    let mut child = terminal.command(&words).spawn().expect("the program starts");
    drop(child.stdin.take());
    let mut said = BufReader::new(child.stderr.take().expect("a pipe")).lines();
    let url = said
        .find_map(|line| line.ok().filter(|line| line.starts_with("http")))
        .expect("it says where to sign in");
    let location = sandbox.sign_in_as(4, &url).expect("the browser is sent back");
    let (_, path) = location
        .split_once(&format!("127.0.0.1:{port}"))
        .expect("to this computer");
    let mut browser = TcpStream::connect(("127.0.0.1", port)).expect("it listens");
    write!(browser, "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").expect("a request");
    let mut page = String::new();
    browser.read_to_string(&mut page).expect("a page");
    assert!(page.contains("Back to Leadline"), "{page}");

    let output = child.wait_with_output().expect("the program ends");
    assert_eq!(output.status.code(), Some(0));
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["signed_in_as"], "Priya Raman");
    terminal.run(&["sync", "--once"]).succeeds();
    let code = location
        .split(['?', '&'])
        .find_map(|pair| pair.strip_prefix("code="))
        .expect("a code");
    let bytes = terminal.everything();
    assert!(
        !bytes.windows(code.len()).any(|window| window == code.as_bytes()),
        "no code is kept"
    );

    // The sign-in ends in HaloPSA; the next sync says so and keeps what waits.
    sandbox.end_sign_ins();
    terminal
        .run(&["sync", "--once"])
        .fails(4, "Your sign-in to HaloPSA has ended.");
}

#[test]
fn a_port_that_is_taken_is_named() {
    let terminal = Terminal::new();
    let (sandbox, port) = tenant_with_port();
    let _taken = TcpListener::bind(("127.0.0.1", port)).expect("the port");
    let (address, port_text) = (sandbox.address(), port.to_string());
    let words = [
        "connect",
        &address,
        "--client-id",
        NATIVE_CLIENT_ID,
        "--browser",
        "--port",
        &port_text,
    ];
    let ran = terminal.run(&words);
    ran.fails(1, &format!("Port {port} on this computer is in use."));
    assert!(ran.err.contains("--port"), "and what to do: {ran:?}");
}

#[test]
fn profiles_keep_tenants_apart() {
    let terminal = Terminal::new();
    let (first, second) = (tenant(Options::default()), tenant(Options::default()));
    assert_eq!(terminal.run(&["profiles", "--json"]).succeeds().json(), json!([]));
    terminal.connect(&first.address()).succeeds();
    terminal.connect(&second.address()).fails(4, "The data here belongs to");
    terminal
        .run_with(
            CLIENT_SECRET,
            &[
                "connect",
                &second.address(),
                "--client-id",
                CLIENT_ID,
                "--profile",
                "acme",
            ],
        )
        .succeeds();
    let profiles = terminal.run(&["profiles", "--json"]).succeeds().json();
    assert_eq!(
        profiles,
        json!([
            {"name": "tenant", "address": first.address(), "current": false},
            {"name": "acme", "address": second.address(), "current": true},
        ])
    );
    let address = |words: &[&str]| terminal.run(words).succeeds().json()["address"].clone();
    assert_eq!(
        address(&["status", "--json"]),
        second.address(),
        "the one connected last"
    );
    assert_eq!(address(&["status", "--json", "--profile", "tenant"]), first.address());
    terminal
        .run(&["status", "--profile", "nobody"])
        .fails(1, "There is no profile called nobody.");
    terminal
        .run(&["status", "--profile", "No Body"])
        .fails(2, "small letters");
    terminal
        .run(&["status", "--profile", "acme", "--demo"])
        .fails(2, "cannot be used with");
}
