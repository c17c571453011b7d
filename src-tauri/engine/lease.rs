//! Who may sync. Several processes may open one home (the window, the command line); only one of them talks to HaloPSA.

use std::any::Any;

/// Held while this process syncs; dropping it lets another process begin.
pub type LeaseGuard = Box<dyn Any + Send>;

/// The right to sync a home, of which there is one.
pub trait Lease: Send + Sync + 'static {
    /// Takes the lease, or `None` while another process holds it.
    ///
    /// # Errors
    /// When it cannot be told whether somebody holds it.
    fn try_acquire(&self) -> std::io::Result<Option<LeaseGuard>>;
}

/// For a home that no other process can open.
#[derive(Clone, Copy, Debug, Default)]
pub struct SoleProcess;

impl Lease for SoleProcess {
    fn try_acquire(&self) -> std::io::Result<Option<LeaseGuard>> {
        Ok(Some(Box::new(())))
    }
}
