//! What is kept under a name in the database: preferences, the tenant with its mapping, the workflow.

use chrono::{DateTime, Utc};
use domain::{
    Role,
    import::ImportRules,
    merge::Policies,
    tenant::{Gap, TenantMap},
};
use serde::{Deserialize, Serialize};
use specta::Type;
use store::Reader;

use crate::views::Preferences;

pub(crate) const PREFERENCES: &str = "preferences";
pub(crate) const TENANT: &str = "tenant";
pub(crate) const WORKFLOW: &str = "workflow";
/// When the last pull ended well.
pub(crate) const LAST_PULL: &str = "last_pull";
/// Whether a person holds the outbox back.
pub(crate) const PAUSED: &str = "outbox_paused";

/// How both sides are brought together where both changed a field.
pub(crate) const POLICIES: &str = "policies";
/// The tenant's set-up as it was last read.
pub(crate) const SETUP: &str = "tenant_setup";
/// What a person chose in the mapping, and what has changed in the tenant since.
pub(crate) const MAPPING: &str = "mapping";
/// The mappings that are kept for files with known headers.
pub(crate) const IMPORT_MAPPINGS: &str = "import_mappings";
/// How Leadline talks to the tenant.
pub(crate) const CONNECTION: &str = "connection";

/// From which quality on records come in by themselves, and whose word counts more.
pub(crate) const IMPORT_RULES: &str = "import_rules";

/// How Leadline talks to the tenant, as far as a person decides it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct ConnectionSettings {
    /// Seconds between two looks at what changed in HaloPSA.
    pub poll_interval_s: u32,
    /// The port of this computer to which the browser comes back after signing in. HaloPSA has to allow it.
    pub redirect_port: u16,
}

impl Default for ConnectionSettings {
    fn default() -> Self {
        Self {
            poll_interval_s: 60,
            redirect_port: 8765,
        }
    }
}

/// The tenant that this home belongs to. No secret is in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tenant {
    /// `https://acme.halopsa.com`, normalised.
    pub address: String,
    pub client_id: String,
    #[serde(default)]
    pub account: Account,
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

/// Who signs in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Account {
    /// A service account, with a secret.
    #[default]
    Service,
    /// A person, with the browser.
    Person,
}

/// Of the tenant only whether it is connected: asked every second, and the mapping is long.
#[derive(Debug, Deserialize)]
pub(crate) struct Standing {
    #[serde(default)]
    pub disconnected: bool,
}

pub(crate) fn tenant(reader: &Reader<'_>) -> Result<Option<Tenant>, store::Error> {
    reader.setting_get(TENANT)
}

/// Whether a person holds the outbox back.
pub(crate) fn is_paused(reader: &Reader<'_>) -> Result<bool, store::Error> {
    Ok(reader.setting_get(PAUSED)?.unwrap_or(false))
}

/// Which side wins where both changed a field.
pub(crate) fn policies(reader: &Reader<'_>) -> Result<Policies, store::Error> {
    Ok(reader.setting_get(POLICIES)?.unwrap_or_default())
}

/// How Leadline talks to the tenant; `None` until a person has decided something.
pub(crate) fn connection(reader: &Reader<'_>) -> Result<Option<ConnectionSettings>, store::Error> {
    reader.setting_get(CONNECTION)
}

/// The rules of imports.
pub(crate) fn import_rules(reader: &Reader<'_>) -> Result<ImportRules, store::Error> {
    Ok(reader.setting_get(IMPORT_RULES)?.unwrap_or_default())
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
