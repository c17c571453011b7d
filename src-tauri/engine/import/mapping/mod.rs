//! Which column holds what, and what is done to its text on the way.
//!
//! A [`Mapping`] is data: it is kept under the headers of its file, edited in Settings, exported as JSON, and a preset of a
//! provider is nothing but one that came with Leadline ([`presets`]). [`propose()`] finds the mapping of a file.
//!
//! Several rules may have the same target: the first that gives a value wins. A rule takes the first of its columns that
//! says something, or joins them all, and passes the text through its steps; what comes out is read as the field reads
//! what a person types. Columns are named, not numbered, so a mapping survives another order of columns.
//!
//! Turned down: a small language of expressions. It can say everything and nobody would read it; the seven steps here
//! cover what files of providers need, and each can be shown in a sentence.

mod content;
pub mod presets;
mod propose;
mod steps;
mod tables;
#[cfg(test)]
mod tests;

use domain::FieldKey;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use specta::Type;

pub use propose::{Proposal, ProposedColumn, Recognised, Saved, propose, signature};
pub use steps::{DateOrder, LookupRow, Step};

/// The version of the document.
pub const VERSION: u32 = 1;

/// Columns to fields.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Mapping {
    pub version: u32,
    pub name: String,
    /// Whose file it is, in the words of the lead source ("Apollo.io"); nobody's in particular when there is none.
    #[serde(default)]
    pub provider: Option<String>,
    /// ISO 3166 alpha-2: how phone numbers of rows without a country are read, where it is not the usual one.
    #[serde(default)]
    pub country: Option<String>,
    /// ISO 4217, where amounts are not in the usual currency.
    #[serde(default)]
    pub currency: Option<String>,
    pub rules: Vec<Rule>,
}

/// How one target gets its text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Rule {
    pub to: Target,
    /// The first that says something, or all of them where `with` is given.
    #[serde(default)]
    pub from: Vec<Part>,
    /// Joins all parts that say something with this between them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with: Option<String>,
    /// The same text for every row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub constant: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
}

/// A piece of a rule's text: the first of some columns that says something, with words around it. In a document a plain
/// string stands for one column.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Part {
    /// Headers. One that occurs several times stands for all its columns, `Phone [2]` for the second alone, and
    /// `Column 4` for the fourth where it has no header.
    pub first: Vec<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub before: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub after: String,
}

impl Part {
    /// One column.
    pub fn column(header: impl Into<String>) -> Self {
        Self {
            first: vec![header.into()],
            before: String::new(),
            after: String::new(),
        }
    }
}

impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Column(String),
            Part {
                first: Vec<String>,
                #[serde(default)]
                before: String,
                #[serde(default)]
                after: String,
            },
        }
        Ok(match Written::deserialize(deserializer)? {
            Written::Column(header) => Self::column(header),
            Written::Part { first, before, after } => Self { first, before, after },
        })
    }
}

/// What a text is for: a field, or something that an import needs and no ticket keeps as a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Type)]
#[specta(transparent)]
pub struct Target(#[specta(type = String)] Aim);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Aim {
    Field(FieldKey),
    ProviderId,
    HaloId,
    Country,
}

impl Target {
    /// What the provider calls the record.
    pub const PROVIDER_ID: Self = Self(Aim::ProviderId);
    /// HaloPSA's number of the ticket.
    pub const HALO_ID: Self = Self(Aim::HaloId);
    /// The country of the contact or the company: how phone numbers are read.
    pub const COUNTRY: Self = Self(Aim::Country);

    /// A field of the catalogue.
    #[must_use]
    pub const fn field(field: FieldKey) -> Self {
        Self(Aim::Field(field))
    }

    /// The field, if it is one.
    #[must_use]
    pub const fn as_field(self) -> Option<FieldKey> {
        match self.0 {
            Aim::Field(field) => Some(field),
            _ => None,
        }
    }

    /// As it is written in documents.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self.0 {
            Aim::Field(field) => field.as_str(),
            Aim::ProviderId => "provider_id",
            Aim::HaloId => "halo_id",
            Aim::Country => "country",
        }
    }

    /// The words on screens.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self.0 {
            Aim::Field(field) => field.label(),
            Aim::ProviderId => "Provider’s id",
            Aim::HaloId => "HaloPSA ticket number",
            Aim::Country => "Country",
        }
    }

    /// The heading it stands under on screens.
    #[must_use]
    pub fn group(self) -> &'static str {
        match self.0 {
            Aim::Field(field) => field.field().group.label(),
            _ => "About the row",
        }
    }

    /// The target of that name.
    #[must_use]
    pub fn find(key: &str) -> Option<Self> {
        [Self::PROVIDER_ID, Self::HALO_ID, Self::COUNTRY]
            .into_iter()
            .find(|target| target.key() == key)
            .or_else(|| FieldKey::find(key).map(Self::field))
    }

    /// Everything that a column can be mapped onto, in the order of screens.
    pub fn all() -> impl Iterator<Item = Self> {
        domain::fields::all().map(|field| Self::field(field.key())).chain([
            Self::COUNTRY,
            Self::PROVIDER_ID,
            Self::HALO_ID,
        ])
    }
}

impl Serialize for Target {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.key())
    }
}

impl<'de> Deserialize<'de> for Target {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let key = String::deserialize(deserializer)?;
        Self::find(&key).ok_or_else(|| D::Error::custom(format!("nothing is called {key:?}")))
    }
}

impl Rule {
    /// The first of these columns that says something.
    pub fn of<S: Into<String>>(to: Target, columns: impl IntoIterator<Item = S>) -> Self {
        Self {
            to,
            from: columns.into_iter().map(Part::column).collect(),
            with: None,
            constant: None,
            steps: Vec::new(),
        }
    }

    /// The same for every row.
    pub fn constant(to: Target, text: impl Into<String>) -> Self {
        Self {
            constant: Some(text.into()),
            ..Self::of(to, [""; 0])
        }
    }

    /// Whether a column of that name is all it reads, untouched.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.with.is_none() && self.constant.is_none() && self.steps.is_empty()
    }

    fn names(&self, header: &str) -> bool {
        self.from
            .iter()
            .any(|part| part.first.iter().any(|name| name == header))
    }
}

impl Mapping {
    /// The columns that its rules read, in their order; one that several read comes as often.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        let parts = self.rules.iter().flat_map(|rule| &rule.from);
        parts.flat_map(|part| part.first.iter().map(String::as_str))
    }

    /// A mapping of nothing.
    pub fn empty(name: impl Into<String>) -> Self {
        Self {
            version: VERSION,
            name: name.into(),
            provider: None,
            country: None,
            currency: None,
            rules: Vec::new(),
        }
    }

    /// What a column is for first of all: the plain rule that reads it, else any that does.
    #[must_use]
    pub fn target_of(&self, column: &str) -> Option<Target> {
        let reading = || self.rules.iter().filter(|rule| rule.names(column));
        reading()
            .find(|rule| rule.is_plain())
            .or_else(|| reading().next())
            .map(|rule| rule.to)
    }

    /// Maps a column onto one target, or onto none, and takes it out of every other rule.
    pub fn assign(&mut self, column: &str, target: Option<Target>) {
        for rule in &mut self.rules {
            for part in &mut rule.from {
                part.first.retain(|name| name != column);
            }
            rule.from.retain(|part| !part.first.is_empty());
        }
        self.rules
            .retain(|rule| !rule.from.is_empty() || rule.constant.is_some());
        let Some(target) = target else { return };
        match self.rules.iter_mut().find(|rule| rule.to == target && rule.is_plain()) {
            Some(rule) => rule.from.push(Part::column(column)),
            // In front, because what a person chose beats what was derived.
            None => self.rules.insert(0, Rule::of(target, [column])),
        }
    }

    /// Reads a document, and says in a sentence what is wrong with it.
    ///
    /// # Errors
    /// When it is no mapping, or one of a newer Leadline.
    pub fn from_json(text: &str) -> Result<Self, domain::Invalid> {
        let mapping: Self = serde_json::from_str(text)
            .map_err(|error| domain::Invalid::because(format!("This is no mapping of Leadline: {error}.")))?;
        if mapping.version > VERSION {
            return Err(domain::Invalid::because(
                "This mapping was written by a newer Leadline.",
            ));
        }
        if let Some(table) = mapping
            .rules
            .iter()
            .flat_map(|rule| &rule.steps)
            .find_map(Step::unknown_table)
        {
            return Err(domain::Invalid::because(format!("No table is called “{table}”.")));
        }
        Ok(mapping)
    }

    /// The document.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }
}

/// The columns that a name in a mapping stands for: all with that header, or the one of that number among them.
pub(super) fn column_numbers(name: &str, headers: &[String]) -> Vec<usize> {
    let with = |wanted: &str| -> Vec<usize> {
        let columns = headers.iter().enumerate();
        columns
            .filter(|(_, header)| *header == wanted)
            .map(|(at, _)| at)
            .collect()
    };
    let all = with(name);
    if !all.is_empty() {
        return all;
    }
    let one = name.strip_suffix(']').and_then(|name| name.rsplit_once(" ["));
    let Some((header, Ok(number))) = one.map(|(header, number)| (header, number.parse::<usize>())) else {
        return Vec::new();
    };
    with(header)
        .into_iter()
        .skip(number.saturating_sub(1))
        .take(1)
        .collect()
}
