//! A HaloPSA in a process of its own.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Stdio},
};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::shell;

/// It ends when dropped.
pub struct Tenant {
    child: Child,
    pub address: String,
}

impl Tenant {
    pub fn start(bin: &Path, tickets: u32) -> Result<Self> {
        let mut command = shell::command(bin.join("leadline"))?;
        command.args([
            "sandbox",
            "--port",
            "0",
            "--seed",
            "7",
            "--rate-limit",
            "0",
            "--tickets",
        ]);
        let mut child = command.arg(tickets.to_string()).stderr(Stdio::piped()).spawn()?;
        let said = BufReader::new(child.stderr.take().context("the sandbox's messages")?);
        let mut tenant = Self {
            child,
            address: String::new(),
        };
        let mut lines = said.lines();
        while let Some(line) = lines.next() {
            if let Some((_, address)) = line?.split_once("address") {
                address.trim().clone_into(&mut tenant.address);
                // It goes on talking, and must find somebody who listens.
                std::thread::spawn(move || lines.for_each(drop));
                return Ok(tenant);
            }
        }
        bail!("the sandbox did not start")
    }

    /// Connects a home to it with its service account.
    pub fn connect(&self, bin: &Path, home: &Path) -> Result<()> {
        let mut connect = shell::command(bin.join("leadline"))?;
        connect.arg("--home").arg(home);
        connect.args(["connect", &self.address, "--client-id", "leadline-sandbox"]);
        let mut connecting = connect.stdin(Stdio::piped()).stdout(Stdio::null()).spawn()?;
        if let Some(mut secret) = connecting.stdin.take() {
            secret.write_all(b"sandbox-secret")?;
        }
        if connecting.wait()?.success() {
            Ok(())
        } else {
            bail!("leadline connect failed")
        }
    }

    /// How many requests it has answered whose method and path begin so.
    pub fn requests(&self, like: &str) -> Result<f64> {
        let host = self.address.trim_start_matches("http://");
        let mut stream = TcpStream::connect(host)?;
        write!(
            stream,
            "GET /sandbox/stats HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let body = answer
            .find('{')
            .zip(answer.rfind('}'))
            .and_then(|(from, to)| answer.get(from..=to));
        let stats: Value = serde_json::from_str(body.context("the sandbox's statistics")?)?;
        let requests = stats
            .get("requests")
            .and_then(Value::as_object)
            .context("no requests")?;
        let named = requests
            .iter()
            .filter(|(name, _)| name.to_lowercase().starts_with(&like.to_lowercase()));
        Ok(named.filter_map(|(_, count)| count.as_f64()).sum())
    }
}

impl Drop for Tenant {
    fn drop(&mut self) {
        if let Err(error) = self.child.kill().and_then(|()| self.child.wait()) {
            eprintln!("the sandbox could not be ended: {error}");
        }
    }
}
