//! A stranger's HTTP client: a socket and nothing else, so that broken connections and odd bodies show as they are.

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use sandbox::{ManualClock, Options, Sandbox};
use serde_json::Value;

/// What came back; status 0 when the connection broke without an answer.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: String,
    pub text: String,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }

    /// The rows of an envelope.
    pub fn rows(&self, key: &str) -> Vec<Value> {
        self.json()[key]
            .as_array()
            .unwrap_or_else(|| panic!("no {key} in {self:?}"))
            .clone()
    }
}

/// A sandbox, its clock, and a token for it.
pub struct World {
    pub sandbox: Sandbox,
    pub clock: ManualClock,
    pub token: String,
}

/// The moment at which the tests begin.
pub fn start() -> chrono::DateTime<chrono::Utc> {
    "2026-11-20T09:30:00.250Z".parse().unwrap()
}

impl World {
    /// A tenant of 160 tickets without a rate limit.
    pub fn new() -> Self {
        Self::with(|_| {})
    }

    pub fn with(change: impl FnOnce(&mut Options)) -> Self {
        let clock = ManualClock::new(start());
        let mut options = Options {
            tickets: 160,
            seed: 7,
            rate_limit: None,
            clock: std::sync::Arc::new(clock.clone()),
            ..Options::default()
        };
        change(&mut options);
        let sandbox = Sandbox::start(options).unwrap();
        let mut world = Self {
            sandbox,
            clock,
            token: String::new(),
        };
        world.sign_in("all");
        world
    }

    pub fn sign_in(&mut self, scope: &str) {
        let form = format!(
            "grant_type=client_credentials&client_id=leadline-sandbox&client_secret=sandbox-secret&scope={scope}"
        );
        let reply = self.send(
            "POST",
            "/auth/token?tenant=sandbox",
            "application/x-www-form-urlencoded",
            &form,
        );
        assert_eq!(reply.status, 200, "{reply:?}");
        self.token = reply.json()["access_token"].as_str().unwrap().to_owned();
    }

    pub fn get(&self, path: &str) -> Reply {
        self.send("GET", path, "", "")
    }

    pub fn post(&self, path: &str, body: &Value) -> Reply {
        self.send("POST", path, "application/json", &body.to_string())
    }

    pub fn send(&self, method: &str, path: &str, content_type: &str, body: &str) -> Reply {
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n");
        if !self.token.is_empty() {
            head += &format!("Authorization: Bearer {}\r\n", self.token);
        }
        if !content_type.is_empty() {
            head += &format!("Content-Type: {content_type}\r\n");
        }
        head += &format!("Content-Length: {}\r\n\r\n{body}", body.len());
        self.raw(head.as_bytes())
    }

    /// Sends bytes as they are and reads until the other side closes.
    pub fn raw(&self, request: &[u8]) -> Reply {
        let mut stream = TcpStream::connect(("127.0.0.1", self.sandbox.port())).unwrap();
        let mut bytes = Vec::new();
        // A cut connection may refuse the request or break off the answer; both leave what has come so far.
        let sent = stream.write_all(request).and_then(|()| stream.read_to_end(&mut bytes));
        let text = String::from_utf8(bytes).unwrap();
        match text.split_once("\r\n\r\n") {
            Some((headers, text)) => Reply {
                status: headers.split(' ').nth(1).unwrap().parse().unwrap(),
                headers: headers.to_ascii_lowercase(),
                text: text.to_owned(),
            },
            None => Reply {
                status: 0,
                headers: String::new(),
                text: format!("{sent:?}"),
            },
        }
    }

    /// The ids of some tickets of a type.
    pub fn some_tickets(&self, ticket_type: i64, count: usize) -> Vec<i64> {
        let (_, page) = self.sandbox.get(&format!(
            "/api/Tickets?requesttype_id={ticket_type}&count={count}&order=id"
        ));
        page["tickets"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["id"].as_i64().unwrap())
            .collect()
    }
}
