//! The properties of a ticket that HaloPSA knows, and patches made of them.

use domain::{
    AgentId, FieldKey, Lifecycle, StageKey, Value, lists::Tags, tenant::TenantMap, value::same, workflow::Workflow,
};
use store::{LocalPatch, Party, Reader};

use crate::labels;

/// A property of a ticket that HaloPSA knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    Stage,
    Owner,
    /// Whom the ticket is about: company and contact go together.
    Party,
    /// The lists it is on.
    Lists,
    Field(FieldKey),
}

/// What a property holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Held {
    Stage((Lifecycle, StageKey)),
    Owner(Option<AgentId>),
    Party(Party),
    Lists(Tags),
    Field(Option<Value>),
}

impl Part {
    /// As conflicts name it: `stage`, `owner`, `party`, `lists`, or the key of a field.
    pub fn key(self) -> &'static str {
        match self {
            Self::Stage => "stage",
            Self::Owner => "owner",
            Self::Party => "party",
            Self::Lists => "lists",
            Self::Field(field) => field.as_str(),
        }
    }

    /// The property that conflicts name so.
    pub fn of_key(key: &str) -> Option<Self> {
        match key {
            "stage" => Some(Self::Stage),
            "owner" => Some(Self::Owner),
            "party" => Some(Self::Party),
            "lists" => Some(Self::Lists),
            field => FieldKey::find(field).map(Self::Field),
        }
    }

    /// The words on screens.
    pub fn label(self) -> &'static str {
        match self {
            Self::Stage => "Stage",
            Self::Owner => "Owner",
            Self::Party => "Company and contact",
            Self::Lists => "Lists",
            Self::Field(field) => field.label(),
        }
    }

    /// Whether this tenant can take it. Before a tenant is connected, everything that is not local by nature waits.
    pub fn is_sendable(self, map: Option<&TenantMap>) -> bool {
        match self {
            Self::Stage | Self::Owner | Self::Party | Self::Lists => true,
            Self::Field(field) => !field.field().is_local() && map.is_none_or(|map| map.fields.contains_key(&field)),
        }
    }
}

impl Held {
    /// Whether the two are as good as the same.
    pub fn same_as(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Field(mine), Self::Field(theirs)) => same(mine.as_ref(), theirs.as_ref()),
            (Self::Lists(mine), Self::Lists(theirs)) => mine.same_as(theirs),
            _ => self == other,
        }
    }

    /// In words, for the person who has to choose.
    pub fn in_words(&self, reader: &Reader<'_>, workflow: &Workflow) -> Result<String, store::Error> {
        Ok(match self {
            Self::Stage((_, stage)) => labels::stage(workflow, stage).to_owned(),
            Self::Owner(None) => "Nobody".to_owned(),
            Self::Owner(Some(owner)) => reader.agent(*owner)?.map(|agent| agent.name).unwrap_or_default(),
            Self::Party(party) => labels::party(reader, *party)?,
            Self::Lists(lists) => labels::lists(lists),
            Self::Field(None) => "Empty".to_owned(),
            Self::Field(Some(value)) => value.display(),
        })
    }
}

/// What a patch says of a property.
pub(crate) fn get(patch: &LocalPatch, part: Part) -> Option<Held> {
    match part {
        Part::Stage => patch.stage.clone().map(Held::Stage),
        Part::Owner => patch.owner.map(Held::Owner),
        Part::Party => patch.party.map(Held::Party),
        Part::Lists => patch.lists.clone().map(Held::Lists),
        Part::Field(field) => patch.fields.get(&field).cloned().map(Held::Field),
    }
}

/// Makes a patch say that of a property.
pub(crate) fn put(patch: &mut LocalPatch, part: Part, held: Held) {
    match (part, held) {
        (Part::Stage, Held::Stage(stage)) => patch.stage = Some(stage),
        (Part::Owner, Held::Owner(owner)) => patch.owner = Some(owner),
        (Part::Party, Held::Party(party)) => patch.party = Some(party),
        (Part::Lists, Held::Lists(lists)) => patch.lists = Some(lists),
        (Part::Field(field), Held::Field(value)) => {
            patch.fields.insert(field, value);
        }
        // A property and what it holds are always made together.
        _ => {}
    }
}

/// Makes a patch say nothing of a property.
pub(crate) fn drop_part(patch: &mut LocalPatch, part: Part) {
    match part {
        Part::Stage => patch.stage = None,
        Part::Owner => patch.owner = None,
        Part::Party => patch.party = None,
        Part::Lists => patch.lists = None,
        Part::Field(field) => {
            patch.fields.remove(&field);
        }
    }
}

/// Everything a patch speaks about.
pub(crate) fn parts(patch: &LocalPatch) -> Vec<Part> {
    let stage = patch.stage.as_ref().map(|_| Part::Stage);
    let owner = patch.owner.map(|_| Part::Owner);
    let party = patch.party.map(|_| Part::Party);
    let lists = patch.lists.as_ref().map(|_| Part::Lists);
    stage
        .into_iter()
        .chain(owner)
        .chain(party)
        .chain(lists)
        .chain(patch.fields.keys().copied().map(Part::Field))
        .collect()
}
