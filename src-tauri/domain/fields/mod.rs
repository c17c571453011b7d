//! The one catalogue of fields: screens, import mapping, merge, sync, export and docs all read it.

mod catalogue;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use specta::Type;

use crate::Lifecycle;
pub use catalogue::CATALOGUE;

/// The key of a field in the catalogue. A key that is not in the catalogue cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Type)]
#[specta(transparent)]
pub struct FieldKey(#[specta(type = String)] &'static str);

/// One field. Everything Leadline knows about it stands in its catalogue entry.
#[derive(Debug)]
pub struct Field {
    pub key: &'static str,
    pub label: &'static str,
    pub kind: FieldKind,
    /// The lifecycle that introduces it.
    pub lifecycle: Lifecycle,
    pub group: FieldGroup,
    /// Where it lives in HaloPSA.
    pub halo: HaloHome,
    /// The seed's stable number ("CF_101"), where it has one.
    pub number: Option<u16>,
    /// Which source wins when several providers have one (`domain.md`, merge policy 5).
    pub precedence: Precedence,
    /// What an import may do to a value that is there (merge policy 2 to 4).
    pub import: ImportPolicy,
    /// What sync does when both sides changed it.
    pub sync: SyncPolicy,
    pub pii: PiiClass,
    /// One sentence for the person who fills it in.
    pub help: &'static str,
    /// Written by Leadline's rules, never typed.
    pub read_only: bool,
}

/// The type of a field's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    Text,
    LongText,
    /// Inclusive bounds.
    Integer {
        min: i64,
        max: i64,
    },
    Currency,
    Percent,
    Date,
    Boolean,
    SingleSelect(&'static [&'static str]),
    MultiSelect(&'static [&'static str]),
    Email,
    Phone,
    Url,
    Year,
}

/// The heading a field stands under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldGroup {
    Contact,
    Company,
    Research,
    Qualification,
    Sales,
    Consent,
    Attribution,
}

/// Where a field lives in HaloPSA.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HaloHome {
    /// A property of the ticket, such as `oppvalue`.
    Native(&'static str),
    /// A custom field, known by its name after `CF`, such as `leadSource`; found by this name or by the label.
    Custom(&'static str),
    /// Kept on this computer only.
    Local,
}

/// Field groups for provider precedence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precedence {
    ContactInfo,
    CompanyInfo,
    EmailVerification,
    PhoneNumbers,
    SocialMedia,
    Technographics,
    None,
}

/// What an import may do to a value that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportPolicy {
    /// Never by machine.
    Protected,
    /// Always, if there is new data.
    Enrichment,
    /// If empty, or the new text is more than 1.5 times as long.
    IfLonger,
    /// If empty, or the new text is not contained in the old.
    IfNotContained,
    /// If empty; different values go to review.
    IfEmpty,
}

/// What sync does when this computer and HaloPSA both changed a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SyncPolicy {
    HaloWins,
    MineWins,
    LatestWins,
    Ask,
    /// Once on it stays on (Do Not Contact).
    OnWins,
}

/// How personal a field is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PiiClass {
    None,
    /// Says something about a person.
    Personal,
    /// Reaches a person: e-mail, phone.
    ContactDetail,
}

impl FieldKey {
    /// The key as text.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.0
    }

    /// The field with that key, where the catalogue has one.
    #[must_use]
    pub fn find(key: &str) -> Option<Self> {
        CATALOGUE
            .iter()
            .find(|field| field.key == key)
            .map(|field| Self(field.key))
    }
}

impl std::fmt::Display for FieldKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl Serialize for FieldKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

impl<'de> Deserialize<'de> for FieldKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let key = String::deserialize(deserializer)?;
        Self::find(&key).ok_or_else(|| serde::de::Error::custom(format!("no field is called {key:?}")))
    }
}
