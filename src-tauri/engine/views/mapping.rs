//! The mapping as the settings screen shows it: every place of ours with what stands for it in the tenant.

use chrono::{DateTime, Utc};
use domain::{
    FieldKey, Lifecycle,
    fields::SyncPolicy,
    merge::Policies,
    tenant::{AdminInstruction, Choices, Confidence, Slot, TenantSettings},
};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::settings::ConnectionSettings;

/// What a person may change: shown, changed in the window, checked, and saved whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct MappingEdit {
    /// The version that the edit began from; an older one is not saved over a newer.
    pub version: u32,
    pub choices: Choices,
    pub settings: TenantSettings,
    pub policies: Policies,
    pub connection: ConnectionSettings,
}

/// The mapping, kept or as it would be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct MappingView {
    /// `https://acme.halopsa.com`.
    pub address: String,
    /// Who Leadline is signed in as.
    pub signed_in_as: String,
    /// When the tenant's set-up was last read.
    pub read_at: Option<DateTime<Utc>>,
    pub edit: MappingEdit,
    /// Nothing is synced until every lifecycle has its ticket type.
    pub blocked: bool,
    pub ticket_types: Vec<MappedSlot>,
    /// In board order.
    pub stages: Vec<MappedSlot>,
    /// Notes, then calls.
    pub outcomes: Vec<MappedSlot>,
    /// In the order of the catalogue.
    pub fields: Vec<MappedField>,
    pub offers: TenantOffers,
    /// What an administrator could add, and how.
    pub missing: Vec<AdminInstruction>,
    /// All of that as one text.
    pub missing_text: String,
    /// What has changed in the tenant and nobody has looked at yet.
    pub changes: Vec<SetupChange>,
    /// Remarks about an imported mapping: what of it this tenant does not have.
    pub remarks: Vec<String>,
}

/// One place of ours.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct MappedSlot {
    pub slot: Slot,
    pub label: String,
    /// The lifecycle it belongs to, where it belongs to one.
    pub lifecycle: Option<Lifecycle>,
    /// What stands for it.
    #[specta(type = Option<u32>)]
    pub id: Option<i64>,
    pub confidence: Confidence,
    /// What the names propose instead.
    pub proposal: Option<TenantItem>,
    /// Why the choice made cannot be.
    pub problem: Option<String>,
}

/// A field of the catalogue and where it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct MappedField {
    pub field: FieldKey,
    pub label: String,
    /// The heading it stands under.
    pub group: String,
    /// `text`, `currency`, …
    pub kind: String,
    /// HaloPSA's own property, where it has one.
    pub native: Option<String>,
    /// The custom field; `None` where a native one holds it, or where it is kept on this computer by nature.
    pub custom: Option<MappedSlot>,
    /// The kinds of custom field, by HaloPSA's number, that can hold it.
    #[specta(type = Vec<u32>)]
    pub accepts: Vec<i64>,
    pub policy: SyncPolicy,
    /// The policy where nobody has chosen one.
    pub usual_policy: SyncPolicy,
    /// Do Not Contact has only one policy.
    pub policy_fixed: bool,
}

/// What the tenant has to choose from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct TenantOffers {
    pub ticket_types: Vec<TenantItem>,
    pub statuses: Vec<TenantItem>,
    pub outcomes: Vec<TenantItem>,
    pub custom_fields: Vec<TenantItem>,
    pub teams: Vec<String>,
}

/// Something of the tenant's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TenantItem {
    #[specta(type = u32)]
    pub id: i64,
    pub name: String,
    /// A custom field's label.
    pub label: String,
    /// A custom field's type, by HaloPSA's number.
    #[specta(type = u32)]
    pub kind: i64,
    /// A custom field's type in words.
    pub kind_name: String,
}

/// Something that has changed in the tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SetupChange {
    pub slot: Slot,
    pub sentence: String,
    /// Something is not sent any more because of it.
    pub breaks: bool,
}
