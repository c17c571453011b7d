//! A request that comes from the same process: the way of every other one, without a socket.

use axum::http::{HeaderMap, HeaderName, HeaderValue};

use super::{Incoming, Running, exchange};
use crate::query::decode;

/// A request as any HTTP client would send it.
#[derive(Clone, Debug, Default)]
pub struct Request {
    pub method: String,
    /// Such as `/api/Tickets?page_no=1`.
    pub path_and_query: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// An answer as it would arrive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// Answers it; `None` when the connection broke, before or after the request was carried out.
pub async fn call(running: &Running, request: Request) -> Option<Response> {
    if !running.is_online() {
        return None;
    }
    let (path, query) = request
        .path_and_query
        .split_once('?')
        .unwrap_or((&request.path_and_query, ""));
    let mut headers = HeaderMap::new();
    for (name, value) in &request.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            headers.append(name, value);
        }
    }
    let incoming = Incoming {
        path: decode(&path.replace('+', "%2B")),
        query: query.to_owned(),
        method: request.method,
        headers,
        body: request.body,
    };
    let answer = exchange(running, &incoming).await?;
    let mut headers = vec![("date".to_owned(), running.http_date())];
    if !answer.content_type.is_empty() {
        headers.push(("content-type".to_owned(), answer.content_type.to_owned()));
    }
    for (name, value) in answer.headers {
        headers.push((name.to_ascii_lowercase(), value));
    }
    Some(Response {
        status: answer.status,
        headers,
        body: answer.body,
    })
}
