//! How Leadline works with one tenant, beside what stands for what.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::HaloOutcomeId;

/// What a person decides about a tenant. Belongs to the mapping: it is exported and kept with it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct TenantSettings {
    /// The team that tickets made here are given; `None` leaves it to HaloPSA's own rules.
    pub team: Option<String>,
    /// How a change of stage reaches HaloPSA.
    pub promotion: PromotionMode,
}

/// How a change of stage, a promotion above all, reaches HaloPSA.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "how", rename_all = "snake_case")]
pub enum PromotionMode {
    /// The ticket itself gets another status, and another type where it is promoted.
    #[default]
    InPlace,
    /// As an action with that outcome: a strict workflow lets its tickets go on in no other way.
    ByAction { outcome: HaloOutcomeId },
    /// The ticket itself gets another status, but a promotion to an opportunity makes a ticket of its own there, linked to
    /// the one it came from, which is closed. Here it stays one card.
    LinkedOpportunity,
}
