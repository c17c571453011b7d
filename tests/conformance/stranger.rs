//! Programs that listen at an address and are no HaloPSA.

use std::net::SocketAddr;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

/// Answers every request with this status line, type and body. Lives as long as the test's runtime.
pub async fn answering(status: &str, headers: &str, body: &str) -> SocketAddr {
    let (listener, address) = listening().await;
    let response = format!(
        "HTTP/1.1 {status}\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 4096];
            if stream.read(&mut request).await.is_ok() {
                // The other end may have gone; then nobody misses the answer.
                drop(stream.write_all(response.as_bytes()).await);
            }
        }
    });
    address
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

async fn listening() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}
