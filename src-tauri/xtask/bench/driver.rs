//! Hands on the real window: a little of the WebDriver protocol, over plain HTTP, to the driver that WebKitGTK brings.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use super::processes;
use crate::shell;

/// How long the driver may take for one thing.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long the program may take to close.
const FAREWELL: Duration = Duration::from_secs(10);

/// A window that is driven. It closes when dropped.
pub struct Driver {
    child: Child,
    port: u16,
    session: Option<String>,
}

impl Driver {
    /// Starts a program under a driver of its own.
    fn open(program: &Path, arguments: &[&str]) -> Result<Self> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut command = shell::command("WebKitWebDriver")?;
        command.arg("--host=127.0.0.1").arg(format!("--port={port}"));
        // What makes Tauri's webview accept a driver.
        command
            .env("TAURI_AUTOMATION", "true")
            .env("TAURI_WEBVIEW_AUTOMATION", "true");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().context("WebKitWebDriver cannot be started")?;
        let mut driver = Self {
            child,
            port,
            session: None,
        };
        let since = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            ensure!(since.elapsed() < PATIENCE, "WebKitWebDriver does not listen");
            thread::sleep(Duration::from_millis(50));
        }
        let options = json!({ "binary": program, "args": arguments });
        let wanted = json!({ "capabilities": { "alwaysMatch": { "webkitgtk:browserOptions": options } } });
        let opened = driver.ask("POST", "/session", Some(&wanted), PATIENCE)?;
        let session = opened.get("sessionId").and_then(Value::as_str);
        driver.session = Some(session.context("the driver opened no session")?.to_owned());
        Ok(driver)
    }

    /// Opens the program's window over a home.
    pub fn over(bin: &Path, home: &Path) -> Result<Self> {
        let home = home.to_str().context("the folder's name is no text")?;
        Self::open(&bin.join("leadline"), &["--home", home])
    }

    /// Opens a window with a board of plain boxes.
    pub fn plain(bin: &Path) -> Result<Self> {
        Self::open(&bin.join("bare"), &["--board"])
    }

    /// The program and everything that it started.
    pub fn family(&self) -> Result<Vec<u32>> {
        let all = processes::family(self.child.id())?;
        Ok(all.into_iter().skip(1).collect())
    }

    /// Runs a script in the page and gives what it returns.
    pub fn run(&self, script: &str, arguments: &[Value]) -> Result<Value> {
        let body = json!({ "script": script, "args": arguments });
        self.in_session("POST", "/execute/sync", Some(&body))
    }

    /// Asks again and again until the script returns something that is true.
    pub fn until(&self, what: &str, script: &str) -> Result<()> {
        let since = Instant::now();
        while self.run(script, &[])? != Value::Bool(true) {
            ensure!(since.elapsed() < PATIENCE, "waited in vain: {what}");
            thread::sleep(Duration::from_millis(100));
        }
        Ok(())
    }

    /// Lets one hand do all this, one after the other.
    pub fn act(&self, hand: &Value) -> Result<()> {
        self.in_session("POST", "/actions", Some(&json!({ "actions": [hand] })))
            .map(drop)
    }

    fn in_session(&self, method: &str, below: &str, body: Option<&Value>) -> Result<Value> {
        let session = self.session.as_deref().context("no window is open")?;
        self.ask(method, &format!("/session/{session}{below}"), body, PATIENCE)
    }

    fn ask(&self, method: &str, path: &str, body: Option<&Value>, patience: Duration) -> Result<Value> {
        let port = self.port;
        let body = body.map(Value::to_string).unwrap_or_default();
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(patience))?;
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )?;
        let mut answer = String::new();
        stream
            .read_to_string(&mut answer)
            .context("the driver gave no answer")?;
        value_of(&answer)
    }
}

/// What the driver says, out of its answer.
fn value_of(answer: &str) -> Result<Value> {
    let head = answer.lines().next().unwrap_or_default();
    let braces = answer.find('{').zip(answer.rfind('}'));
    let text = braces.and_then(|(from, to)| answer.get(from..=to));
    let mut said: Value = serde_json::from_str(text.context("an answer without content")?)
        .with_context(|| format!("the driver answered {head}"))?;
    let value = said.get_mut("value").map(Value::take).unwrap_or_default();
    if let Some(error) = value.get("error").and_then(Value::as_str) {
        let message = value.get("message").and_then(Value::as_str).unwrap_or_default();
        bail!("the driver says {error}: {message}");
    }
    Ok(value)
}

impl Drop for Driver {
    fn drop(&mut self) {
        let family = self.family().unwrap_or_default();
        if let Some(session) = self.session.take() {
            // Politely, so that the program closes its data; below, whatever that came to.
            if let Err(error) = self.ask("DELETE", &format!("/session/{session}"), None, FAREWELL) {
                eprintln!("the window did not close by itself: {error:#}");
            }
        }
        let since = Instant::now();
        let left = || family.iter().filter(|process| processes::is_running(**process));
        while left().next().is_some() && since.elapsed() < FAREWELL {
            thread::sleep(Duration::from_millis(50));
        }
        for process in left() {
            let killed = shell::command("kill").and_then(|mut kill| Ok(kill.arg(process.to_string()).status()?));
            if let Err(error) = killed {
                eprintln!("process {process} could not be ended: {error:#}");
            }
        }
        if let Err(error) = self.child.kill().and_then(|()| self.child.wait()) {
            eprintln!("the driver could not be ended: {error}");
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_understood() {
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\n{\"value\":[16,17]}";
        assert_eq!(value_of(answer).unwrap(), json!([16, 17]));
        let refused =
            "HTTP/1.1 404 Not Found\r\n\r\n{\"value\":{\"error\":\"unknown command\",\"message\":\"no wheel\"}}";
        assert_eq!(
            value_of(refused).unwrap_err().to_string(),
            "the driver says unknown command: no wheel"
        );
        assert!(value_of("HTTP/1.1 500\r\n\r\n").is_err());
    }
}
