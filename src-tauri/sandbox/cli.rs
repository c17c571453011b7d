//! The sandbox on its own, for any HaloPSA client: `leadline sandbox`.

use std::{io, time::Duration};

use crate::{CLIENT_ID, CLIENT_SECRET, NATIVE_CLIENT_ID, Options, RateLimit, Sandbox, StartError, TENANT};

/// What `leadline sandbox` can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CliOptions {
    /// 0 takes a free port.
    pub port: u16,
    pub tickets: u32,
    pub seed: u64,
    /// Requests in 5 minutes; 0 for no limit.
    pub rate_limit: u32,
    /// Milliseconds added to every answer.
    pub latency_ms: u64,
}

impl Default for CliOptions {
    fn default() -> Self {
        Self {
            port: 8720,
            tickets: 2_000,
            seed: 1,
            rate_limit: 300,
            latency_ms: 0,
        }
    }
}

/// Runs a sandbox until Ctrl+C, after saying on stderr where it is and how to sign in.
///
/// # Errors
/// When it cannot be started, or Ctrl+C cannot be listened for.
pub fn run_cli(options: CliOptions) -> Result<(), StartError> {
    let window = RateLimit::default();
    let rate_limit = (options.rate_limit > 0).then_some(RateLimit {
        requests: options.rate_limit,
        ..window
    });
    let sandbox = Sandbox::start(Options {
        port: options.port,
        tickets: options.tickets,
        seed: options.seed,
        rate_limit,
        latency: Duration::from_millis(options.latency_ms),
        ..Options::default()
    })?;
    let limit = match rate_limit {
        Some(limit) => format!("{} requests in 5 minutes", limit.requests),
        None => "none".to_owned(),
    };
    eprintln!("A HaloPSA tenant with sample data is running. Press Ctrl+C to stop it.");
    eprintln!("  address        {}", sandbox.address());
    eprintln!("  client id      {CLIENT_ID}");
    eprintln!("  client secret  {CLIENT_SECRET}");
    eprintln!("  or a browser   client id {NATIVE_CLIENT_ID}, back to port 8765");
    eprintln!("  tenant         {TENANT}");
    eprintln!("  tickets        {} (seed {})", options.tickets, options.seed);
    eprintln!("  rate limit     {limit}");
    wait_for_ctrl_c().map_err(StartError::Runtime)?;
    sandbox.stop();
    Ok(())
}

fn wait_for_ctrl_c() -> io::Result<()> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(tokio::signal::ctrl_c())
}
