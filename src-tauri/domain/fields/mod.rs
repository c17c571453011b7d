//! The one catalogue of fields: screens, import mapping, merge, sync, export and docs all read it.
//!
//! [`CATALOGUE`] holds the entries, [`keys`] the keys that rules name, [`Field::parse`] turns what a person typed
//! (or a file or a server sent) into a [`Value`](crate::Value).

mod catalogue;
pub mod headers;
pub mod keys;
mod parse;
#[cfg(test)]
mod tests;

use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
    sync::LazyLock,
};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use specta::Type;

use crate::Lifecycle;
pub use catalogue::{
    CAPTURE_FORMS, CATALOGUE, CLOSE_DEAL, DNC_REASONS, EMPLOYEE_RANGES, KEEP_DEAL_OPEN, LEAD_SOURCES,
    MANAGEMENT_LEVELS, REVENUE_RANGES,
};
pub use parse::InputContext;

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
    /// Usual values of a text field; others may be typed. Empty for selects: those have options.
    pub suggestions: &'static [&'static str],
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
    pub const fn as_str(self) -> &'static str {
        self.0
    }

    /// The field with that key, where the catalogue has one.
    #[must_use]
    pub fn find(key: &str) -> Option<Self> {
        BY_KEY.get(key).map(|field| field.key())
    }

    /// The catalogue's entry.
    #[must_use]
    pub fn field(self) -> &'static Field {
        // Keys are made from the catalogue or stand in `keys`, and a test holds the two together.
        BY_KEY.get(self.0).copied().unwrap_or(&UNKNOWN)
    }

    /// The words on screens.
    #[must_use]
    pub fn label(self) -> &'static str {
        self.field().label
    }
}

/// Every field, in the order of screens.
pub fn all() -> impl Iterator<Item = &'static Field> {
    CATALOGUE.iter()
}

/// The catalogue by key: keys are looked up for every value that is read.
static BY_KEY: LazyLock<HashMap<&'static str, &'static Field, BuildHasherDefault<KeyHasher>>> =
    LazyLock::new(|| CATALOGUE.iter().map(|field| (field.key, field)).collect());

/// FNV-1a. The keys are ours, so nobody can choose them to collide, and the usual hasher takes most of a look-up.
struct KeyHasher(u64);

impl Default for KeyHasher {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for KeyHasher {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Stands in for a key without an entry, which cannot happen outside a broken build of this crate.
static UNKNOWN: Field = catalogue::BLANK;

impl Field {
    /// The field's key.
    #[must_use]
    pub fn key(&self) -> FieldKey {
        FieldKey(self.key)
    }

    /// The texts to choose from: options of a select (no others allowed) or suggestions of a text (others allowed).
    #[must_use]
    pub fn options(&self) -> &'static [&'static str] {
        match self.kind {
            FieldKind::SingleSelect(options) | FieldKind::MultiSelect(options) => options,
            _ => self.suggestions,
        }
    }

    /// Whether the value can ever reach HaloPSA.
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.halo == HaloHome::Local
    }
}

impl FieldKind {
    /// The stable name, as screens and exports know it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::LongText => "long_text",
            Self::Integer { .. } => "integer",
            Self::Currency => "currency",
            Self::Percent => "percent",
            Self::Date => "date",
            Self::Boolean => "boolean",
            Self::SingleSelect(_) => "single_select",
            Self::MultiSelect(_) => "multi_select",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Url => "url",
            Self::Year => "year",
        }
    }
}

impl FieldGroup {
    /// In the order of screens.
    pub const ALL: [Self; 7] = [
        Self::Contact,
        Self::Company,
        Self::Research,
        Self::Qualification,
        Self::Sales,
        Self::Consent,
        Self::Attribution,
    ];

    /// The heading.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Contact => "Contact",
            Self::Company => "Company",
            Self::Research => "Research",
            Self::Qualification => "Qualification",
            Self::Sales => "Sales",
            Self::Consent => "Consent",
            Self::Attribution => "Attribution",
        }
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
