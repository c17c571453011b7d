//! What an administrator of HaloPSA has to do about a gap: exact enough to be followed without asking back.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{
    Gap,
    discovery::{type_name, wanted_kind},
};
use crate::{
    FieldKey, Lifecycle,
    fields::{FieldKind, HaloHome},
};

/// What to create, where, and the same as a text that can be sent to whoever may do it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AdminInstruction {
    pub gap: Gap,
    /// "Custom field “CFleadSource”".
    pub title: String,
    /// What is typed as the name: HaloPSA puts `CF` in front of a custom field's by itself.
    pub name: String,
    /// The type, as HaloPSA's screens call it; only for fields.
    pub kind: Option<String>,
    /// The choices of a select, in order.
    pub options: Vec<String>,
    /// Where in HaloPSA, from screen to screen.
    pub place: String,
    /// Everything as plain text.
    pub text: String,
    /// Whether Leadline can ask HaloPSA to create it. HaloPSA may still refuse.
    pub can_create: bool,
}

/// A custom field of tickets, as it has to be created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewField {
    /// With `CF` in front.
    pub name: String,
    pub label: String,
    /// HaloPSA's number of the type.
    pub kind: i64,
    /// The choices of a select.
    pub options: Vec<String>,
}

impl NewField {
    /// What a field of the catalogue needs; `None` for one that has no custom field.
    #[must_use]
    pub fn of(field: FieldKey) -> Option<Self> {
        let entry = field.field();
        let HaloHome::Custom(name) = entry.halo else {
            return None;
        };
        let is_select = matches!(entry.kind, FieldKind::SingleSelect(_) | FieldKind::MultiSelect(_));
        let options = if is_select { entry.options() } else { &[] };
        Some(Self {
            name: format!("CF{name}"),
            label: entry.label.to_owned(),
            kind: wanted_kind(entry),
            options: options.iter().map(|option| (*option).to_owned()).collect(),
        })
    }
}

const TYPES: &str = "Configuration › Tickets › Ticket Types › New";
const STATUSES: &str = "Configuration › Tickets › Statuses › New";
const FIELDS: &str = "Configuration › Custom Objects › Custom Fields › New";
const EXISTING_FIELDS: &str = "Configuration › Custom Objects › Custom Fields";
const ACTIONS: &str = "Configuration › Tickets › Actions › New";

impl AdminInstruction {
    /// What to do about a gap.
    #[must_use]
    pub fn of(gap: &Gap) -> Self {
        match gap {
            Gap::TicketType { lifecycle, wanted } => Self::named(
                gap,
                format!("Ticket type “{wanted}”"),
                wanted,
                TYPES,
                &format!(
                    "Put it into the Sales area and let the service account's agent use it. Leadline keeps every {} as a ticket of this type.",
                    lifecycle.label().to_lowercase()
                ),
            ),
            Gap::Status { wanted, .. } => Self::named(
                gap,
                format!("Status “{wanted}”"),
                wanted,
                STATUSES,
                "Allow it on the ticket types of the sales pipeline and, if these have a workflow, in its steps.",
            ),
            Gap::Outcome { wanted } => Self::named(
                gap,
                format!("Action outcome “{wanted}”"),
                wanted,
                ACTIONS,
                "Hide it from end users and let it send no e-mail. Allow it on the ticket types of the sales pipeline.",
            ),
            Gap::Field { field, .. } => Self::field(gap, *field, None),
            Gap::FieldType { field, name, found, .. } => {
                let reason = format!(
                    "The present custom field “{name}” is of the type {found}, and HaloPSA cannot change a field's type. Rename its label or delete it, then create this one."
                );
                Self::field(gap, *field, Some(&reason))
            }
            Gap::Options { name, missing, .. } => Self {
                gap: gap.clone(),
                title: format!("Choices of “{name}”"),
                name: name.clone(),
                kind: None,
                options: missing.clone(),
                place: EXISTING_FIELDS.to_owned(),
                text: lines(&[
                    format!("Add choices to the custom field “{name}” in HaloPSA"),
                    format!("Where: {EXISTING_FIELDS}, open “{name}”"),
                    format!("Add these choices:\n{}", bullets(missing)),
                ]),
                can_create: false,
            },
        }
    }

    /// All of them as one text, for one message to the administrator.
    #[must_use]
    pub fn all(instructions: &[Self]) -> String {
        let texts: Vec<&str> = instructions.iter().map(|one| one.text.as_str()).collect();
        texts.join("\n\n")
    }

    fn named(gap: &Gap, title: String, name: &str, place: &str, more: &str) -> Self {
        Self {
            gap: gap.clone(),
            name: name.to_owned(),
            kind: None,
            options: Vec::new(),
            place: place.to_owned(),
            text: lines(&[
                format!("Create in HaloPSA: {title}"),
                format!("Where: {place}"),
                format!("Name: {name}"),
                more.to_owned(),
            ]),
            title,
            can_create: false,
        }
    }

    fn field(gap: &Gap, field: FieldKey, reason: Option<&str>) -> Self {
        let entry = field.field();
        let new = NewField::of(field);
        let (name, kind, options) = match new {
            Some(new) => (
                new.name.trim_start_matches("CF").to_owned(),
                type_name(new.kind),
                new.options,
            ),
            None => (entry.key.to_owned(), type_name(wanted_kind(entry)), Vec::new()),
        };
        let types: Vec<&str> = Lifecycle::ALL
            .into_iter()
            .filter(|lifecycle| *lifecycle >= entry.lifecycle)
            .map(Lifecycle::label)
            .collect();
        let title = format!("Custom field “CF{name}”");
        let mut parts = vec![format!("Create in HaloPSA: {title}")];
        parts.extend(reason.map(str::to_owned));
        parts.extend([
            format!("Where: {FIELDS}"),
            "Entity: Tickets".to_owned(),
            format!("Field name: {name} (HaloPSA puts “CF” in front of it)"),
            format!("Field label: {}", entry.label),
            format!("Type: {kind}"),
        ]);
        if !options.is_empty() {
            parts.push(format!("Choices:\n{}", bullets(&options)));
        }
        parts.push(format!(
            "Then add the field to the field list of the ticket types {}, so that colleagues see it in HaloPSA.",
            types.join(", ")
        ));
        Self {
            gap: gap.clone(),
            title,
            kind: Some(kind.to_owned()),
            options,
            place: FIELDS.to_owned(),
            text: lines(&parts),
            can_create: matches!(gap, Gap::Field { .. }),
            name,
        }
    }
}

fn lines(parts: &[String]) -> String {
    parts.join("\n")
}

fn bullets(items: &[String]) -> String {
    items
        .iter()
        .map(|item| format!("- {item}"))
        .collect::<Vec<_>>()
        .join("\n")
}
