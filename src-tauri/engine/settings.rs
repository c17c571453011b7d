//! What is kept under a name in the database: preferences, the tenant with its mapping, the workflow.

use chrono::{DateTime, Utc};
use domain::{
    Role,
    tenant::{Gap, TenantMap},
};
use serde::{Deserialize, Serialize};
use store::Reader;

use crate::views::Preferences;

pub(crate) const PREFERENCES: &str = "preferences";
pub(crate) const TENANT: &str = "tenant";
pub(crate) const WORKFLOW: &str = "workflow";
/// When the last pull ended well.
pub(crate) const LAST_PULL: &str = "last_pull";

/// The tenant that this home belongs to. No secret is in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tenant {
    /// `https://acme.halopsa.com`, normalised.
    pub address: String,
    pub client_id: String,
    pub version: String,
    /// How our words map onto the tenant's ids.
    pub map: TenantMap,
    /// What the tenant lacked when it was last looked at.
    pub gaps: Vec<Gap>,
    pub connected_at: DateTime<Utc>,
    /// Disconnected by a person: the data stays, and so does what waits.
    #[serde(default)]
    pub disconnected: bool,
}

pub(crate) fn tenant(reader: &Reader<'_>) -> Result<Option<Tenant>, store::Error> {
    reader.setting_get(TENANT)
}

/// Before a person has said anything.
pub(crate) fn first_preferences() -> Preferences {
    Preferences {
        role: Role::Rep,
        me: None,
        country: "GB".to_owned(),
        currency: "GBP".to_owned(),
    }
}
