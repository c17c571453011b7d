//! Commands about HaloPSA: connect, status, sync, outbox.

use std::{
    io::{IsTerminal, Read},
    process::ExitCode,
};

use engine::views::{ConnectReport, ConnectRequest, SyncStatus};
use zeroize::Zeroizing;

use super::{
    Failure, Outcome,
    args::{Output, Place},
    failed, open, open_or_make, print,
};
use crate::{errors::UiError, tray};

/// The longest secret that is read, in bytes: what is longer is no secret but a file redirected by mistake.
const LONGEST_SECRET: u64 = 4096;

/// Connects with a service account whose secret comes on standard input.
pub(super) async fn connect(place: &Place, address: String, client_id: String, output: Output) -> Outcome {
    const ATTEMPT: &str = "Connect to HaloPSA";
    if place.demo {
        return Err(Failure::Usage(
            "The sample tenant connects itself: leave --demo out.".to_owned(),
        ));
    }
    let secret = read_secret().map_err(|error| failed(ATTEMPT, error))?;
    if secret.is_empty() {
        return Err(Failure::Usage(
            "The client secret is expected on standard input, for example: pass show halopsa | leadline connect …"
                .to_owned(),
        ));
    }
    let session = open_or_make(place, ATTEMPT, true)?;
    let request = ConnectRequest {
        address,
        client_id,
        client_secret: secret.as_str().to_owned(),
    };
    let report = session
        .connect(request)
        .await
        .map_err(|error| UiError::of_connecting(ATTEMPT, &error).logged())?;
    if output.json {
        print::json(&report)
    } else {
        print::line(&connected(&report))
    }
    .map_err(|error| failed(ATTEMPT, error))?;
    print::say("Fetch the tickets with: leadline sync --once");
    Ok(ExitCode::SUCCESS)
}

/// The secret from a pipe, or typed unseen at a terminal.
fn read_secret() -> std::io::Result<Zeroizing<String>> {
    let stdin = std::io::stdin();
    let text = if stdin.is_terminal() {
        Zeroizing::new(rpassword::prompt_password("Client secret (not shown): ")?)
    } else {
        let mut text = Zeroizing::new(String::new());
        stdin.lock().take(LONGEST_SECRET).read_to_string(&mut text)?;
        text
    };
    Ok(Zeroizing::new(text.trim().to_owned()))
}

fn connected(report: &ConnectReport) -> String {
    let mut text = format!(
        "Connected to {} (HaloPSA {}) as {}: {} agents, {} of {} stages, {} of {} fields.",
        report.address,
        report.version,
        report.signed_in_as,
        report.agents,
        report.stages_mapped,
        report.stages_total,
        report.fields_mapped,
        report.fields_total,
    );
    for gap in &report.gaps {
        text.push_str("\n  ");
        text.push_str(&gap.sentence());
    }
    text
}

/// Forgets the credentials.
pub(super) async fn disconnect(place: &Place) -> Outcome {
    const ATTEMPT: &str = "Disconnect";
    let session = open(place, ATTEMPT)?;
    session.disconnect().await.map_err(|error| failed(ATTEMPT, error))?;
    print::say("Disconnected. The data and what waits to be sent are still here.");
    Ok(ExitCode::SUCCESS)
}

/// Says how sync stands.
pub(super) fn status(place: &Place, output: Output) -> Outcome {
    const ATTEMPT: &str = "Show the status";
    let session = open(place, ATTEMPT)?;
    let status = session.engine().sync_status().map_err(|error| failed(ATTEMPT, error))?;
    show(&status, output).map_err(|error| failed(ATTEMPT, error))?;
    Ok(ExitCode::SUCCESS)
}

fn show(status: &SyncStatus, output: Output) -> anyhow::Result<()> {
    if output.json {
        return print::json(status);
    }
    let mut lines = vec![tray::sentence(status)];
    if !status.address.is_empty() {
        lines.push(format!("HaloPSA      {}", status.address));
    }
    if let Some(at) = status.last_pull {
        lines.push(format!("Last fetched {}", at.format("%Y-%m-%d %H:%M:%S UTC")));
    }
    lines.push(format!(
        "Outbox       {} waiting, {} refused, {} in conflict",
        status.counts.waiting, status.counts.parked, status.counts.conflicts
    ));
    if let Some(problem) = &status.problem {
        lines.push(format!("Problem      {problem}"));
    }
    print::line(&lines.join("\n"))
}

/// One round of sync.
pub(super) async fn sync(place: &Place, output: Output) -> Outcome {
    const ATTEMPT: &str = "Sync with HaloPSA";
    let session = open(place, ATTEMPT)?;
    session.sync_once().await.map_err(|error| failed(ATTEMPT, error))?;
    let status = session.engine().sync_status().map_err(|error| failed(ATTEMPT, error))?;
    show(&status, output).map_err(|error| failed(ATTEMPT, error))?;
    Ok(ExitCode::SUCCESS)
}

/// What waits, was refused or was sent lately.
pub(super) fn outbox(place: &Place, retry_all: bool, output: Output) -> Outcome {
    const ATTEMPT: &str = "Show the outbox";
    let session = open(place, ATTEMPT)?;
    if retry_all {
        session.engine().retry_all().map_err(|error| failed(ATTEMPT, error))?;
    }
    let rows = session.engine().outbox().map_err(|error| failed(ATTEMPT, error))?;
    if output.json {
        print::json(&rows).map_err(|error| failed(ATTEMPT, error))?;
        return Ok(ExitCode::SUCCESS);
    }
    for row in &rows {
        let state = serde_json::to_value(row.state).ok();
        let state = state.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default();
        let reason = row
            .reason
            .as_deref()
            .map(|reason| format!(" – {reason}"))
            .unwrap_or_default();
        print::line(&format!(
            "{:>6}  {state:<9}  {}: {}{reason}",
            row.id, row.ticket_label, row.what
        ))
        .map_err(|error| failed(ATTEMPT, error))?;
    }
    Ok(ExitCode::SUCCESS)
}
