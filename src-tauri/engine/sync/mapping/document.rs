//! The mapping as a document: to be kept beside the tenant, compared, or taken to another one.
//!
//! Ids mean nothing elsewhere, so everything is named: a document is read by its names, and what this tenant does not
//! have is said and left as it is.

use std::collections::BTreeMap;

use domain::{
    FieldKey, Lifecycle, StageKey,
    activity::CallOutcome,
    fields::SyncPolicy,
    merge::Policies,
    tenant::{Choices, FieldTarget, PromotionMode, TenantMap, TenantSettings, TenantSetup, kind_name},
    workflow::Workflow,
};
use serde::{Deserialize, Serialize};

use crate::{Problem, labels, settings::ConnectionSettings, views::MappingEdit};

/// The version of the document's shape.
const FORMAT: u32 = 1;

#[derive(Debug, Serialize, Deserialize)]
struct Document {
    leadline_mapping: u32,
    #[serde(default)]
    address: String,
    #[serde(default)]
    version: u32,
    #[serde(default)]
    ticket_types: BTreeMap<Lifecycle, Option<Named>>,
    #[serde(default)]
    stages: BTreeMap<StageKey, Option<Named>>,
    /// By key, as text: a document of a later Leadline may know more fields.
    #[serde(default)]
    fields: BTreeMap<String, Option<Named>>,
    #[serde(default)]
    note_outcome: Option<Named>,
    #[serde(default)]
    call_outcome: Option<Named>,
    #[serde(default)]
    call_results: BTreeMap<CallOutcome, Named>,
    #[serde(default)]
    policies: Option<Told>,
    #[serde(default)]
    settings: TenantSettings,
    #[serde(default)]
    connection: ConnectionSettings,
}

#[derive(Debug, Serialize, Deserialize)]
struct Named {
    id: i64,
    name: String,
    /// A custom field's type, in words, for the reader.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Told {
    stage: SyncPolicy,
    owner: SyncPolicy,
    #[serde(default)]
    fields: BTreeMap<String, SyncPolicy>,
}

/// Writes the mapping in use.
pub(super) fn write(
    workflow: &Workflow,
    address: &str,
    map: &TenantMap,
    setup: &TenantSetup,
    edit: &MappingEdit,
) -> anyhow::Result<String> {
    let mut document = Document {
        leadline_mapping: FORMAT,
        address: address.to_owned(),
        version: edit.version,
        ticket_types: BTreeMap::new(),
        stages: BTreeMap::new(),
        fields: BTreeMap::new(),
        note_outcome: map.note_outcome.and_then(|id| named(&setup.outcomes, id)),
        call_outcome: map.call_outcome.and_then(|id| named(&setup.outcomes, id)),
        call_results: map
            .call_results
            .iter()
            .filter_map(|(result, id)| Some((*result, named(&setup.outcomes, *id)?)))
            .collect(),
        policies: Some(Told {
            stage: edit.policies.stage,
            owner: edit.policies.owner,
            fields: edit
                .policies
                .fields
                .iter()
                .map(|(field, policy)| (field.as_str().to_owned(), *policy))
                .collect(),
        }),
        settings: edit.settings.clone(),
        connection: edit.connection,
    };
    // What is simply not there is left out; nothing on purpose is written as nothing.
    let choices = &edit.choices;
    for lifecycle in Lifecycle::ALL {
        let id = map.ticket_types.get(&lifecycle);
        let item = id.and_then(|id| named(&setup.ticket_types, *id));
        if item.is_some() || choices.ticket_types.get(&lifecycle) == Some(&None) {
            document.ticket_types.insert(lifecycle, item);
        }
    }
    for stage in &workflow.stages {
        let id = map.stages.get(&stage.key);
        let item = id.and_then(|id| named(&setup.statuses, *id));
        if item.is_some() || choices.stages.get(&stage.key) == Some(&None) {
            document.stages.insert(stage.key.clone(), item);
        }
    }
    for field in domain::fields::all() {
        let item = match map.fields.get(&field.key()) {
            Some(FieldTarget::Native { .. }) => continue,
            Some(FieldTarget::Custom { id, name, kind, .. }) => Some(Named {
                id: id.0,
                name: name.clone(),
                kind: Some(kind_name(*kind).to_owned()),
            }),
            None => None,
        };
        if item.is_some() || choices.fields.get(&field.key()) == Some(&None) {
            document.fields.insert(field.key.to_owned(), item);
        }
    }
    Ok(serde_json::to_string_pretty(&document)?)
}

fn named<Id: Copy + PartialEq + Into<i64>>(items: &[(Id, String)], id: Id) -> Option<Named> {
    let (id, name) = items.iter().find(|(known, _)| *known == id)?;
    Some(Named {
        id: (*id).into(),
        name: name.clone(),
        kind: None,
    })
}

/// Reads a document for this tenant: an edit that can be looked at and saved, and what of it cannot be taken over.
pub(super) fn read(
    workflow: &Workflow,
    setup: &TenantSetup,
    now: &MappingEdit,
    text: &str,
) -> Result<(MappingEdit, Vec<String>), Problem> {
    let refused = |reason: &str| Problem::Refused {
        reason: reason.to_owned(),
    };
    let text = text.trim_start_matches('\u{feff}').trim();
    // A list would be read as the parts of a document in their order.
    if !text.starts_with('{') {
        return Err(refused("This is no mapping of Leadline."));
    }
    let document: Document = serde_json::from_str(text).map_err(|error| {
        tracing::debug!(
            json.line = error.line(),
            json.column = error.column(),
            "a mapping document cannot be read"
        );
        refused(&format!(
            "This is no mapping of Leadline: line {}, column {} cannot be read.",
            error.line(),
            error.column()
        ))
    })?;
    if document.leadline_mapping > FORMAT {
        return Err(refused(
            "This mapping was written by a newer Leadline. Update this one first.",
        ));
    }
    let mut edit = now.clone();
    let mut remarks = Vec::new();
    let mut choices = Choices::default();
    for (lifecycle, wanted) in &document.ticket_types {
        let id = take(
            wanted.as_ref(),
            &setup.ticket_types,
            "ticket type",
            lifecycle.label(),
            &mut remarks,
        );
        choices.ticket_types.extend(id.map(|id| (*lifecycle, id)));
    }
    for (stage, wanted) in &document.stages {
        if workflow.stages.iter().all(|known| known.key != *stage) {
            remarks.push(format!("There is no stage “{stage}” here, so it was left out."));
            continue;
        }
        let label = labels::stage(workflow, stage).to_owned();
        let id = take(wanted.as_ref(), &setup.statuses, "status", &label, &mut remarks);
        choices.stages.extend(id.map(|id| (stage.clone(), id)));
    }
    let customs: Vec<_> = setup
        .fields
        .iter()
        .map(|field| (field.id, field.name.clone()))
        .collect();
    for (key, wanted) in &document.fields {
        let Some(field) = FieldKey::find(key) else {
            remarks.push(format!("There is no field “{key}” here, so it was left out."));
            continue;
        };
        let id = take(wanted.as_ref(), &customs, "custom field", field.label(), &mut remarks);
        choices.fields.extend(id.map(|id| (field, id)));
    }
    let mut outcome = |wanted: &Option<Named>, what: &str| {
        take(wanted.as_ref(), &setup.outcomes, "action outcome", what, &mut remarks).flatten()
    };
    choices.note_outcome = outcome(&document.note_outcome, "Notes");
    choices.call_outcome = outcome(&document.call_outcome, "Calls");
    for (result, wanted) in document.call_results {
        let id = outcome(&Some(wanted), result.label());
        choices.call_results.extend(id.map(|id| (result, id)));
    }
    if let Some(told) = document.policies {
        edit.policies = Policies {
            stage: told.stage,
            owner: told.owner,
            fields: told
                .fields
                .into_iter()
                .filter_map(|(key, policy)| Some((FieldKey::find(&key)?, policy)))
                .collect(),
        };
    }
    if let Some(team) = document
        .settings
        .team
        .as_ref()
        .filter(|team| !setup.teams.contains(team))
    {
        remarks.push(format!(
            "This HaloPSA has no team “{team}”, so new tickets get the usual one."
        ));
    }
    let promotion = match document.settings.promotion {
        PromotionMode::ByAction { outcome } if setup.outcomes.iter().all(|(id, _)| *id != outcome) => {
            remarks.push(
                "This HaloPSA has no outcome of that number for changes of stage, so tickets are changed themselves."
                    .to_owned(),
            );
            PromotionMode::InPlace
        }
        other => other,
    };
    edit.settings = TenantSettings {
        promotion,
        team: document.settings.team.clone().filter(|team| setup.teams.contains(team)),
    };
    edit.connection = document.connection;
    edit.choices = choices;
    Ok((edit, remarks))
}

/// What is meant: the item of that id and name, else the one of that name. `None` leaves the place as it is, `Some(None)`
/// leaves it empty on purpose.
fn take<Id: Copy + Into<i64>>(
    wanted: Option<&Named>,
    items: &[(Id, String)],
    what: &str,
    place: &str,
    remarks: &mut Vec<String>,
) -> Option<Option<Id>> {
    let Some(wanted) = wanted else { return Some(None) };
    let same_name = |name: &str| name.trim().eq_ignore_ascii_case(wanted.name.trim());
    let both = items
        .iter()
        .find(|(id, name)| (*id).into() == wanted.id && same_name(name));
    match both.or_else(|| items.iter().find(|(_, name)| same_name(name))) {
        Some((id, _)) => Some(Some(*id)),
        None => {
            remarks.push(format!(
                "This HaloPSA has no {what} “{}”, so {place} was left as it is.",
                wanted.name
            ));
            None
        }
    }
}
