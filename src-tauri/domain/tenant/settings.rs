//! How Leadline works with one tenant, beside what stands for what.

use serde::{Deserialize, Serialize};
use specta::Type;

/// What a person decides about a tenant. Belongs to the mapping: it is exported and kept with it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct TenantSettings {
    /// The team that tickets made here are given; `None` leaves it to HaloPSA's own rules.
    pub team: Option<String>,
}
