//! What can stand in a column of an exported list: what every line has, and every field of the catalogue.

use std::borrow::Cow;

use domain::{FieldKey, Value, fields::keys, money::Money};
use store::{Line, SyncState};

use super::{Cell, Names};

/// The columns that an export has when none are named.
pub const USUAL_COLUMNS: &[&str] = &[
    "halo_id",
    "company_name",
    "person_name",
    "job_title",
    "email",
    "phone",
    "lifecycle",
    "stage",
    "entered_at",
    "owner",
    "lead_score",
    "fit_score",
    "value",
    "probability",
    "next_action",
    "next_action_at",
    "lead_source",
    "do_not_contact",
    "lists",
    "created_at",
    "updated_at",
];

/// The columns of a line that are no fields of the catalogue.
const OF_LINES: &[&str] = &[
    "halo_id",
    "lifecycle",
    "stage",
    "entered_at",
    "owner",
    "value",
    "lead_score",
    "next_action",
    "next_action_at",
    "lists",
    "sync",
    "created_at",
    "updated_at",
];

/// What a line has of a field.
type Show = for<'a> fn(&'a Line) -> Cell<'a>;

/// The fields that every line has, whatever else is read, and what it has of them.
const ON_LINES: &[(FieldKey, Show)] = &[
    (keys::COMPANY_NAME, |line| text(&line.card.company)),
    (keys::PERSON_NAME, |line| text(&line.card.person)),
    (keys::EMAIL, |line| text(&line.email)),
    (keys::LEAD_SOURCE, |line| text(&line.source)),
    (keys::FIT_SCORE, |line| number(line.card.fit_score)),
    (keys::PROBABILITY, |line| number(line.card.probability)),
];

fn on_line(field: FieldKey) -> Option<Show> {
    let known = ON_LINES.iter().find(|(known, _)| *known == field);
    known.map(|(_, show)| *show)
}

/// The keys of every column there is: what every line has, then the catalogue.
#[must_use]
pub fn all_columns() -> Vec<String> {
    let fields = domain::fields::CATALOGUE.iter().map(|field| field.key);
    OF_LINES.iter().copied().chain(fields).map(str::to_owned).collect()
}

/// A column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Column {
    HaloId,
    Lifecycle,
    Stage,
    EnteredAt,
    Owner,
    Value,
    LeadScore,
    NextAction,
    NextActionAt,
    Lists,
    Sync,
    CreatedAt,
    UpdatedAt,
    Field(FieldKey),
}

impl Column {
    /// The column with that key.
    pub fn find(key: &str) -> Option<Self> {
        Some(match key {
            "halo_id" => Self::HaloId,
            "lifecycle" => Self::Lifecycle,
            "stage" => Self::Stage,
            "entered_at" => Self::EnteredAt,
            "owner" => Self::Owner,
            "value" => Self::Value,
            "lead_score" => Self::LeadScore,
            "next_action" => Self::NextAction,
            "next_action_at" => Self::NextActionAt,
            "lists" => Self::Lists,
            "sync" => Self::Sync,
            "created_at" => Self::CreatedAt,
            "updated_at" => Self::UpdatedAt,
            field => Self::Field(FieldKey::find(field)?),
        })
    }

    /// The field whose value it shows.
    pub fn field(self) -> Option<FieldKey> {
        match self {
            Self::Field(field) => Some(field),
            _ => None,
        }
    }

    /// What stands above it. An amount of money has its currency in a column of its own.
    pub fn titles(self) -> Vec<String> {
        let title = match self {
            Self::HaloId => "HaloPSA number",
            Self::Lifecycle => "Lifecycle",
            Self::Stage => "Stage",
            Self::EnteredAt => "In the stage since",
            Self::Owner => "Owner",
            Self::Value => return vec!["Value".to_owned(), "Currency".to_owned()],
            Self::LeadScore => "Lead score",
            Self::NextAction => "Next action",
            Self::NextActionAt => "Next action due",
            Self::Lists => "Lists",
            Self::Sync => "In HaloPSA",
            Self::CreatedAt => "Created",
            Self::UpdatedAt => "Changed",
            Self::Field(field) => {
                let label = field.label().to_owned();
                return if self.is_money() {
                    let currency = format!("{label}: currency");
                    vec![label, currency]
                } else {
                    vec![label]
                };
            }
        };
        vec![title.to_owned()]
    }

    fn is_money(self) -> bool {
        self.field()
            .is_some_and(|field| field.field().kind == domain::fields::FieldKind::Currency)
    }

    /// The field that has to be read for it, where the line has it not already.
    pub fn reads(self) -> Option<FieldKey> {
        self.field().filter(|field| on_line(*field).is_none())
    }

    /// Adds what a line has there: as many cells as the column has titles.
    pub fn cells<'a>(self, line: &'a Line, names: &'a Names, cells: &mut Vec<Cell<'a>>) {
        let card = &line.card;
        let cell = match self {
            Self::HaloId => card.halo_id.map_or(Cell::Empty, |id| Cell::Whole(id.0)),
            Self::Lifecycle => text(card.lifecycle.label()),
            Self::Stage => text(names.stages.get(&card.stage.0).map_or(&card.stage.0, |label| label)),
            Self::EnteredAt => Cell::Moment(card.entered_at),
            Self::Owner => text(
                card.owner
                    .and_then(|owner| names.agents.get(&owner))
                    .map_or("", |name| name),
            ),
            Self::Value => return cells.extend(money(card.value.as_ref())),
            Self::LeadScore => number(card.lead_score),
            Self::NextAction => text(card.next_action.as_deref().unwrap_or_default()),
            Self::NextActionAt => card.next_action_at.map_or(Cell::Empty, Cell::Moment),
            Self::Lists if line.lists.is_empty() => Cell::Empty,
            Self::Lists => Cell::Text(Cow::Owned(line.lists.join(", "))),
            Self::Sync => text(match card.sync {
                SyncState::Synced => "yes",
                SyncState::Waiting => "waiting",
                SyncState::Refused => "refused",
                SyncState::Conflict => "changed on both sides",
                SyncState::Gone => "gone",
            }),
            Self::CreatedAt => Cell::Moment(line.created_at),
            Self::UpdatedAt => Cell::Moment(line.updated_at),
            Self::Field(field) => match (on_line(field), line.values.get(&field)) {
                (Some(show), _) => show(line),
                (None, Some(Value::Money(amount))) => return cells.extend(money(Some(amount))),
                (None, None) if self.is_money() => return cells.extend(money(None)),
                (None, None) => Cell::Empty,
                (None, Some(value)) => cell_of(value),
            },
        };
        cells.push(cell);
    }
}

fn text(text: &str) -> Cell<'_> {
    match text {
        "" => Cell::Empty,
        text => Cell::Text(Cow::Borrowed(text)),
    }
}

fn number(number: Option<u8>) -> Cell<'static> {
    number.map_or(Cell::Empty, |number| Cell::Whole(number.into()))
}

fn money(amount: Option<&Money>) -> [Cell<'_>; 2] {
    match amount {
        Some(amount) => [
            Cell::Decimal(amount.decimal()),
            Cell::Text(Cow::Borrowed(&amount.currency)),
        ],
        None => [Cell::Empty, Cell::Empty],
    }
}

/// A value that is no money. Phone numbers and addresses read back as what they are.
fn cell_of(value: &Value) -> Cell<'_> {
    match value {
        Value::Text(text) | Value::Choice(text) => Cell::Text(Cow::Borrowed(text)),
        Value::Integer(number) => Cell::Whole(*number),
        Value::Percent(percent) => Cell::Whole((*percent).into()),
        Value::Year(year) => Cell::Whole((*year).into()),
        Value::Date(date) => Cell::Date(*date),
        Value::Choices(choices) => Cell::Text(Cow::Owned(choices.join("; "))),
        Value::Email(email) => Cell::Text(Cow::Borrowed(&email.0)),
        Value::Url(url) => Cell::Text(Cow::Borrowed(&url.0)),
        Value::Boolean(_) | Value::Phone(_) | Value::Money(_) => Cell::Text(Cow::Owned(value.display())),
    }
}
