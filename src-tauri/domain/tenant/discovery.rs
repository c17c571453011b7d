//! Which of the tenant's ids mean what, by their names: proposals, nothing more.
//!
//! Names are compared by letters and digits alone, without what tenants put in front of them (`CF`, `CF_101`). Where
//! several fit, the one that fits best wins, then the lowest id, so that the same tenant always gives the same map.

use std::collections::BTreeMap;

use super::{Confidence, Gap, TenantField, TenantSetup};
use crate::{
    FieldKey, HaloFieldId, HaloOutcomeId, HaloStatusId, HaloTicketTypeId, Lifecycle,
    activity::CallOutcome,
    fields::{Field, FieldKind, keys},
    text::letters_and_digits,
    workflow::Stage,
};

/// Outcomes that write a note, and that record a call, best first.
const NOTE_OUTCOMES: &[&str] = &[
    "Private Note",
    "Internal Note",
    "Note",
    "Add Note",
    "Add a Note",
    "Update",
];
const CALL_OUTCOMES: &[&str] = &[
    "Phone Call",
    "Call",
    "Log Call",
    "Log a Call",
    "Outbound Call",
    "Called",
];

/// Other names under which tenants keep a field (the seed's tables and the labels HaloPSA suggests).
const OTHER_NAMES: &[(FieldKey, &[&str])] = &[
    (keys::EMPLOYEE_RANGE, &["Employee Count Range", "Company Size"]),
    (keys::DEPARTMENT, &["Department Function", "Job Function"]),
    (keys::FOUNDED_YEAR, &["Company Founded Year", "Year Founded"]),
    (
        keys::LOCATION,
        &["Location/HQ Address", "Location HQ", "HQ Address", "Headquarters"],
    ),
    (keys::DO_NOT_CONTACT, &["Do Not Contact Flag", "DNC"]),
    (keys::DNC_REASON, &["DNC Reason", "Opt-out Reason"]),
    (keys::PAIN_POINTS, &["Confirmed Pain Points"]),
    (keys::LINKEDIN_URL, &["LinkedIn", "LinkedIn Profile"]),
    (keys::HEADCOUNT, &["Employees", "Employee Count", "Number of Employees"]),
    (keys::WEBSITE, &["Company Website", "Web Site"]),
    (keys::MOBILE_PHONE, &["Mobile", "Mobile Number"]),
    (keys::NEWS_ARTICLES, &["News and Articles"]),
    (keys::GDPR_CONSENT_AT, &["GDPR Consent Time"]),
    (keys::FINAL_VALUE, &["Final Deal Value"]),
];

/// An id that was found by its name, and how well the name fits.
pub(super) type Proposal<Id> = Option<(Id, Confidence)>;

/// The ticket type of a lifecycle.
pub(super) fn ticket_type(setup: &TenantSetup, lifecycle: Lifecycle) -> Proposal<HaloTicketTypeId> {
    let label = lifecycle.label();
    let plural = if lifecycle == Lifecycle::Opportunity {
        "Opportunities".to_owned()
    } else {
        format!("{label}s")
    };
    let names = [
        label.to_owned(),
        plural,
        format!("Sales {label}"),
        format!("CRM {label}"),
    ];
    best(&setup.ticket_types, &names)
}

/// The status of a ticket that became a part of another one: what tenants call it, else the one that closes. A status that
/// stands for a stage would be read back as that stage.
pub(super) fn closed_status(setup: &TenantSetup, taken: &[HaloStatusId]) -> Option<HaloStatusId> {
    ["Merged", "Duplicate", "Closed"].into_iter().find_map(|wanted| {
        let named = |(_, name): &&(HaloStatusId, String)| normalised(name) == normalised(wanted);
        let free = setup.statuses.iter().filter(|(id, _)| !taken.contains(id));
        free.filter(named).map(|(id, _)| *id).min()
    })
}

/// The status of a stage.
pub(super) fn status(setup: &TenantSetup, stage: &Stage) -> Proposal<HaloStatusId> {
    let lifecycle = stage.lifecycle.label();
    let names = [
        stage.label.clone(),
        format!("{lifecycle} {}", stage.label),
        stage.key.as_str().to_owned(),
        format!("{} {lifecycle}", stage.label),
    ];
    best(&setup.statuses, &names)
}

/// The outcome that writes a note.
pub(super) fn note_outcome(setup: &TenantSetup) -> Proposal<HaloOutcomeId> {
    outcome(setup, NOTE_OUTCOMES)
}

/// The outcome that records a call.
pub(super) fn call_outcome(setup: &TenantSetup) -> Proposal<HaloOutcomeId> {
    outcome(setup, CALL_OUTCOMES)
}

/// The outcome for calls that ended so, where the tenant has one of that very name.
pub(super) fn call_result(setup: &TenantSetup, result: CallOutcome) -> Proposal<HaloOutcomeId> {
    let label = result.label();
    best(
        &setup.outcomes,
        &[
            format!("Call: {label}"),
            format!("Call {label}"),
            format!("Phone Call {label}"),
            label.to_owned(),
        ],
    )
}

/// The text field for our own key, by its name or label.
pub(super) fn key_field(setup: &TenantSetup) -> Option<HaloFieldId> {
    const TEXT: i64 = 0;
    let wanted = normalised("leadlineKey");
    let named = |field: &&TenantField| normalised(&field.name) == wanted || normalised(&field.label) == wanted;
    setup
        .fields
        .iter()
        .filter(named)
        .filter(|field| field.kind == TEXT)
        .map(|field| field.id)
        .min()
}

/// The tenant's custom fields, ready to be looked up by name.
pub(super) struct FieldIndex<'a>(BTreeMap<String, Vec<&'a TenantField>>);

/// A custom field for one of ours, by its name.
pub(super) enum Found<'a> {
    Usable(&'a TenantField, Confidence),
    WrongType(&'a TenantField),
    Nothing,
}

impl<'a> FieldIndex<'a> {
    pub fn new(fields: &'a [TenantField]) -> Self {
        Self(by_normalised_name(fields))
    }

    /// The tenant's field for ours: by the name we give it, its key, its label, the seed's number, then other usual
    /// names.
    pub fn find(&self, field: &Field, name: &str) -> Found<'a> {
        let mut names = vec![name.to_owned(), field.key.to_owned(), field.label.to_owned()];
        names.extend(field.number.map(|number| format!("cf{number}")));
        let other = OTHER_NAMES.iter().find(|(key, _)| *key == field.key());
        names.extend(
            other
                .into_iter()
                .flat_map(|(_, names)| names.iter().map(|name| (*name).to_owned())),
        );
        let ours = format!("CF{name}");
        let mut wrong = None;
        for name in names {
            for &found in self.0.get(&normalised(&name)).into_iter().flatten() {
                if fits(field, found.kind) {
                    let is_ours = found.name.eq_ignore_ascii_case(&ours);
                    return Found::Usable(found, if is_ours { Confidence::Exact } else { Confidence::Likely });
                }
                wrong = wrong.or(Some(found));
            }
        }
        wrong.map_or(Found::Nothing, Found::WrongType)
    }
}

/// Every field under its name and under its label, lowest ids first.
fn by_normalised_name(fields: &[TenantField]) -> BTreeMap<String, Vec<&TenantField>> {
    let mut sorted: Vec<&TenantField> = fields.iter().collect();
    sorted.sort_by_key(|field| field.id);
    let mut by_name: BTreeMap<String, Vec<&TenantField>> = BTreeMap::new();
    for text in [
        |field: &TenantField| field.name.clone(),
        |field: &TenantField| field.label.clone(),
    ] {
        for &field in &sorted {
            let key = normalised(&text(field));
            let known = by_name.entry(key).or_default();
            if !known.iter().any(|other| other.id == field.id) {
                known.push(field);
            }
        }
    }
    by_name
}

/// Letters and digits, without `CF` in front and without the seed's number, unless the number is all there is.
fn normalised(name: &str) -> String {
    let plain = letters_and_digits(name);
    let mut rest = plain.as_str();
    while let Some(after) = rest.strip_prefix("cf").filter(|after| !after.is_empty()) {
        rest = after;
    }
    let after_number = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = rest.len() - after_number.len();
    match (digits, after_number.is_empty()) {
        (3, true) => format!("cf{rest}"),
        (3, false) => after_number.to_owned(),
        _ => rest.to_owned(),
    }
}

/// Whether our values can be kept in a field of that HaloPSA type. A text field holds anything but a date and a switch,
/// which HaloPSA has types of their own for; a text that has usual values may also be a select.
pub(super) fn fits(field: &Field, halo_kind: i64) -> bool {
    const TEXT: i64 = 0;
    const MEMO: i64 = 1;
    const SINGLE: i64 = 2;
    const MULTI: i64 = 3;
    const DATE: i64 = 4;
    const CHECKBOX: i64 = 6;
    const RICH: i64 = 10;
    match field.kind {
        FieldKind::Text | FieldKind::LongText => {
            matches!(halo_kind, TEXT | MEMO | RICH) || (halo_kind == SINGLE && !field.suggestions.is_empty())
        }
        FieldKind::Email | FieldKind::Phone | FieldKind::Url => matches!(halo_kind, TEXT | MEMO),
        FieldKind::Integer { .. } | FieldKind::Currency | FieldKind::Percent | FieldKind::Year => halo_kind == TEXT,
        FieldKind::Date => halo_kind == DATE,
        FieldKind::Boolean => halo_kind == CHECKBOX,
        FieldKind::SingleSelect(_) => matches!(halo_kind, SINGLE | TEXT),
        FieldKind::MultiSelect(_) => matches!(halo_kind, MULTI | TEXT | MEMO),
    }
}

/// The HaloPSA type to create, by its number.
pub(super) fn wanted_kind(field: &Field) -> i64 {
    match field.kind {
        FieldKind::LongText => 1,
        FieldKind::SingleSelect(_) => 2,
        FieldKind::MultiSelect(_) => 3,
        FieldKind::Date => 4,
        FieldKind::Boolean => 6,
        _ => 0,
    }
}

/// A type of custom field, as HaloPSA's screens call it.
pub(super) fn type_name(halo_kind: i64) -> &'static str {
    match halo_kind {
        0 => "Text",
        1 => "Memo",
        2 => "Single Select",
        3 => "Multiple Select",
        4 => "Date",
        5 => "Time",
        6 => "Checkbox",
        7 => "Table",
        10 => "Rich Text",
        _ => "another type",
    }
}

/// Options of ours that the tenant's select does not know.
pub(super) fn missing_options(field: &Field, found: &TenantField) -> Option<Gap> {
    let is_select = matches!(field.kind, FieldKind::SingleSelect(_) | FieldKind::MultiSelect(_));
    if !is_select || !matches!(found.kind, 2 | 3) {
        return None;
    }
    let known = |option: &str| {
        let option = option.trim();
        found
            .options
            .iter()
            .any(|(_, text)| text.trim().eq_ignore_ascii_case(option))
    };
    let missing: Vec<String> = field
        .options()
        .iter()
        .filter(|option| !known(option))
        .map(|option| (*option).to_owned())
        .collect();
    (!missing.is_empty()).then(|| Gap::Options {
        field: field.key(),
        name: found.name.clone(),
        missing,
    })
}

fn outcome(setup: &TenantSetup, names: &[&str]) -> Proposal<HaloOutcomeId> {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    best(&setup.outcomes, &names)
}

/// The id whose name fits best: names in order of preference, each first exactly, then by letters and digits. Only our
/// own word, to the letter, is beyond doubt.
fn best<Id: Copy + Ord>(candidates: &[(Id, String)], names: &[String]) -> Proposal<Id> {
    let found = names.iter().find_map(|name| {
        let plain = letters_and_digits(name);
        let lowest = |fits: &dyn Fn(&str) -> bool| {
            candidates
                .iter()
                .filter(|(_, candidate)| fits(candidate))
                .map(|(id, _)| *id)
                .min()
        };
        lowest(&|candidate| candidate == name).or_else(|| lowest(&|candidate| letters_and_digits(candidate) == plain))
    })?;
    let is_ours = candidates
        .iter()
        .any(|(id, candidate)| *id == found && names.first() == Some(candidate));
    Some((found, if is_ours { Confidence::Exact } else { Confidence::Likely }))
}
