//! A desktop, a window on it, and hands.

mod board;
mod desktop;
mod hands;
mod screen;
mod tenant;

use std::{
    future::Future,
    time::{Duration, Instant},
};

pub use desktop::{Window, free_port};
pub use tenant::{Tenant, whole};

/// How long anything that should happen may take, on a machine that does other things besides.
pub const PATIENCE: Duration = Duration::from_secs(45);

/// Looks again and again until there is something to see.
pub async fn until<T, F: Future<Output = Option<T>>>(what: &str, mut look: impl FnMut() -> F) -> T {
    let since = Instant::now();
    let mut ticks = tokio::time::interval(Duration::from_millis(40));
    loop {
        if let Some(seen) = look().await {
            return seen;
        }
        assert!(since.elapsed() < PATIENCE, "waited in vain: {what}");
        ticks.tick().await;
    }
}
