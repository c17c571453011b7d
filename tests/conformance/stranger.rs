//! Programs that listen at an address and are no HaloPSA, or an odd one.

use std::net::SocketAddr;

use connectors::halo::Halo;
use serde_json::{Value as Json, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::tenant::{credentials, quick};

/// Answers every request with this status line, type and body. Lives as long as the test's runtime.
pub async fn answering(status: &str, headers: &str, body: &str) -> SocketAddr {
    let (listener, address) = listening().await;
    let response = format!(
        "HTTP/1.1 {status}\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            request(&mut stream).await;
            // The other end may have gone; then nobody misses the answer.
            drop(stream.write_all(response.as_bytes()).await);
        }
    });
    address
}

/// A client signed in to a server that gives out tokens and answers each of these paths with its JSON, whatever the query.
pub async fn halo(answers: &[(&'static str, Json)]) -> (Halo, SocketAddr) {
    let (listener, address) = listening().await;
    let mut routes = answers.to_vec();
    routes.push(("/api/authinfo", json!({"auth_url": format!("http://{address}/auth")})));
    routes.push(("/auth/token", json!({"access_token": "a-token", "expires_in": 3600})));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let request = request(&mut stream).await;
            let path = request.split([' ', '?']).nth(1).unwrap_or_default();
            let body = routes
                .iter()
                .find(|(known, _)| *known == path)
                .map(|(_, body)| body.to_string());
            let (status, body) = body.map_or(("404 Not Found", String::new()), |body| ("200 OK", body));
            let response = format!(
                "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            );
            drop(stream.write_all(response.as_bytes()).await);
        }
    });
    let halo = Halo::connect(&format!("http://{address}"), credentials(), quick())
        .await
        .unwrap();
    (halo, address)
}

/// Accepts connections and never says a word.
pub async fn silent() -> SocketAddr {
    let (listener, address) = listening().await;
    tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            open.push(stream);
        }
    });
    address
}

/// An address at which nobody listens any more.
pub async fn nobody() -> SocketAddr {
    listening().await.1
}

/// One whole request: an unread rest would make the system cut the connection before the answer is read.
async fn request(stream: &mut TcpStream) -> String {
    let mut request = String::new();
    let mut buffer = [0; 4096];
    loop {
        let length = stream.read(&mut buffer).await.unwrap_or(0);
        request.push_str(&String::from_utf8_lossy(&buffer[..length]));
        let Some((head, body)) = request.split_once("\r\n\r\n") else {
            if length == 0 {
                return request;
            }
            continue;
        };
        let announced = head.lines().find_map(|line| {
            line.to_ascii_lowercase()
                .strip_prefix("content-length:")?
                .trim()
                .parse()
                .ok()
        });
        if length == 0 || body.len() >= announced.unwrap_or(0) {
            return request;
        }
    }
}

async fn listening() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}
