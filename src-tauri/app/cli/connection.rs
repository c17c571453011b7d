//! Commands about HaloPSA: connect, profiles, status, sync, outbox.

use std::{
    io::{IsTerminal, Read},
    process::ExitCode,
    sync::Arc,
};

use engine::views::{ConnectReport, ConnectRequest, SignInRequest, SyncStatus};
use zeroize::Zeroizing;

use super::{
    Failure, Outcome,
    args::{Output, Place},
    failed, home, open, open_or_make, print,
};
use crate::{
    errors::UiError,
    profiles,
    session::Session,
    signin::{Callback, LIMIT, SignInError},
    tray,
};

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
    say_connected(place, &session, &report, output).map_err(|error| failed(ATTEMPT, error))?;
    Ok(ExitCode::SUCCESS)
}

/// Connects as a person, with the browser.
pub(super) async fn sign_in(place: &Place, request: SignInRequest, open: bool, output: Output) -> Outcome {
    const ATTEMPT: &str = "Sign in to HaloPSA";
    if place.demo {
        return Err(Failure::Usage(
            "The sample tenant connects itself: leave --demo out.".to_owned(),
        ));
    }
    let told = |error: anyhow::Error| UiError::of_connecting(ATTEMPT, &error).logged();
    let session = open_or_make(place, ATTEMPT, true)?;
    let attempt = session.engine().begin_sign_in(request).await.map_err(told)?;
    let callback = Callback::bind(attempt.port())
        .await
        .map_err(|error| failed(ATTEMPT, error))?;
    print::say(&format!("Sign in here, on this computer:\n{}", attempt.authorize_url()));
    if open && let Err(error) = tauri_plugin_opener::open_url(attempt.authorize_url(), None::<&str>) {
        tracing::info!(app.error = %error, "the browser cannot be opened");
    }
    let attempt = Arc::new(attempt);
    let code = tokio::select! {
        code = callback.code(&attempt, LIMIT) => code,
        pressed = tokio::signal::ctrl_c() => Err(pressed.err().map_or(SignInError::Cancelled.into(), Into::into)),
    };
    let code = code.map_err(told)?;
    let report = session.finish_sign_in(&attempt, &code).await.map_err(told)?;
    say_connected(place, &session, &report, output).map_err(|error| failed(ATTEMPT, error))?;
    Ok(ExitCode::SUCCESS)
}

/// Says what was found, and remembers this HaloPSA as the one that is meant from now on.
fn say_connected(place: &Place, session: &Session, report: &ConnectReport, output: Output) -> anyhow::Result<()> {
    home(place)?.remember_tenant(session.profile())?;
    let gaps: Vec<_> = report.gaps.iter().filter(|gap| gap.blocks()).cloned().collect();
    if !gaps.is_empty() {
        // It is connected, but nothing can be synced before somebody has said what stands for these.
        print::say(&connected(report));
        return Err(engine::Problem::MissingTicketType { gaps }.into());
    }
    if output.json {
        print::json(report)?;
    } else {
        print::line(&connected(report))?;
    }
    print::say("Fetch the tickets with: leadline sync --once");
    Ok(())
}

/// Which HaloPSAs have data here.
pub(super) fn profiles(place: &Place, output: Output) -> Outcome {
    const ATTEMPT: &str = "List the HaloPSAs on this computer";
    let listed = || -> anyhow::Result<()> {
        let home = home(place)?;
        let mut views = profiles::list(&home, &home.last_tenant())?;
        // Without data it is only where the next connection would go.
        views.retain(|view| profiles::find(&home, &view.name).is_ok());
        if output.json {
            return print::json(&views);
        }
        if views.is_empty() {
            print::say("No HaloPSA has been connected on this computer yet.");
        }
        for view in &views {
            let mark = if view.current { '*' } else { ' ' };
            let address = if view.address.is_empty() {
                "not connected"
            } else {
                &view.address
            };
            print::line(&format!("{mark} {:<20} {address}", view.name))?;
        }
        Ok(())
    };
    listed().map_err(|error| failed(ATTEMPT, error))?;
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
    if let Some(before) = &report.changed_agent {
        text.push_str(&format!(
            "\n  {before} was signed in here before. What waits is sent in the name of {} now.",
            report.signed_in_as
        ));
    }
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
    if status.mapping_alerts > 0 {
        lines.push(format!(
            "Set-up       {} to look at, with: leadline mapping",
            status.mapping_alerts
        ));
    }
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
