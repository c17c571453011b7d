//! `leadline sandbox`: the HaloPSA in a box, for any client.

use std::process::ExitCode;

use sandbox::{CliOptions, run_cli};

use super::{Outcome, failed};

/// Runs until Ctrl+C.
pub(super) async fn run(options: CliOptions) -> Outcome {
    // The sandbox brings its own threads and waits for Ctrl+C: it must not sit on one of ours that others need.
    let ended = tokio::task::spawn_blocking(move || run_cli(options)).await;
    match ended {
        Ok(Ok(())) => Ok(ExitCode::SUCCESS),
        Ok(Err(error)) => Err(failed("Run the sandbox", error)),
        Err(error) => Err(failed("Run the sandbox", error)),
    }
}
