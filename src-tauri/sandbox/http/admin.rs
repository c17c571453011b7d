//! `/sandbox/…`: statistics, faults and switches for tests that run in another process.
//!
//! - `GET /sandbox/stats`
//! - `GET /sandbox/faults`, `POST /sandbox/faults` (one rule as JSON), `DELETE /sandbox/faults[/{id}]`
//! - `GET /sandbox/behaviour`, `POST /sandbox/behaviour` (the switches to change)
//! - `POST /sandbox/expire-tokens`
//!
//! Only programs on this computer may ask: the other end has to be loopback, the `Host` a loopback name, and a web page
//! (which sends `Origin`) is refused.

use axum::http::header;
use serde_json::{Value, json};

use super::{Incoming, Peer, Running};
use crate::{Behaviour, FaultId, Rule, answer::Answer};

pub fn answer(running: &Running, peer: &Peer, incoming: &Incoming) -> Answer {
    if !peer.address.ip().is_loopback() || incoming.headers.contains_key(header::ORIGIN) || !local_host(incoming) {
        return Answer::empty(403);
    }
    let path = incoming.path.to_ascii_lowercase();
    let path = path
        .trim_matches('/')
        .strip_prefix("sandbox")
        .unwrap_or_default()
        .trim_matches('/');
    let (what, rest) = path
        .split_once('/')
        .map_or((path, None), |(what, rest)| (what, Some(rest)));
    match (incoming.method.as_str(), what, rest) {
        ("GET", "stats", None) => shown(&running.stats()),
        ("GET", "faults", None) => shown(&running.faults.list()),
        ("POST", "faults", None) => match serde_json::from_slice::<Rule>(&incoming.body) {
            Ok(rule) => Answer::json(201, &json!({ "id": running.faults.add(rule) })),
            Err(error) => bad(&error),
        },
        ("DELETE", "faults", None) => {
            running.faults.clear();
            Answer::empty(204)
        }
        ("DELETE", "faults", Some(id)) => match serde_json::from_str::<FaultId>(id) {
            Ok(id) => {
                running.faults.remove(id);
                Answer::empty(204)
            }
            Err(error) => bad(&error),
        },
        ("GET", "behaviour", None) => shown(&running.tenant().behaviour),
        ("POST", "behaviour", None) => change_behaviour(running, &incoming.body),
        ("POST", "expire-tokens", None) => {
            running.expire_tokens();
            Answer::empty(204)
        }
        _ => Answer::empty(404),
    }
}

/// Changes the switches that the body names; the others stay.
fn change_behaviour(running: &Running, body: &[u8]) -> Answer {
    let mut tenant = running.tenant_mut();
    let changed = serde_json::from_slice::<Value>(body).and_then(|changes| {
        let mut all = serde_json::to_value(&tenant.behaviour)?;
        if let (Some(all), Some(changes)) = (all.as_object_mut(), changes.as_object()) {
            for (name, value) in changes {
                all.insert(name.clone(), value.clone());
            }
        }
        serde_json::from_value::<Behaviour>(all)
    });
    match changed {
        Ok(behaviour) => {
            tenant.behaviour = behaviour;
            Answer::empty(204)
        }
        Err(error) => bad(&error),
    }
}

fn local_host(incoming: &Incoming) -> bool {
    let host = incoming.header(header::HOST).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    matches!(name, "127.0.0.1" | "localhost" | "[::1]")
}

fn shown<T: serde::Serialize>(value: &T) -> Answer {
    match serde_json::to_vec(value) {
        Ok(body) => Answer::bytes(200, body),
        Err(error) => Answer::plain(500, error.to_string()),
    }
}

fn bad(error: &serde_json::Error) -> Answer {
    Answer::plain(400, error.to_string())
}
