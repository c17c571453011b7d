use super::*;
use crate::fields::{self, FieldKind, HaloHome, keys};
use crate::workflow::Workflow;

/// A tenant that has everything, under the names our own instructions ask for.
pub(super) fn complete() -> TenantSetup {
    let workflow = Workflow::default();
    let statuses = workflow.stages.iter().zip(100..);
    let customs = fields::all().filter(|field| matches!(field.halo, HaloHome::Custom(_)));
    TenantSetup {
        ticket_types: vec![
            (HaloTicketTypeId(1), "Incident".to_owned()),
            (HaloTicketTypeId(41), "Lead".to_owned()),
            (HaloTicketTypeId(42), "Prospect".to_owned()),
            (HaloTicketTypeId(43), "Opportunity".to_owned()),
        ],
        statuses: statuses
            .map(|(stage, id)| (HaloStatusId(id), stage.label.clone()))
            .collect(),
        outcomes: vec![
            (HaloOutcomeId(7), "Private Note".to_owned()),
            (HaloOutcomeId(8), "Phone Call".to_owned()),
        ],
        fields: customs.zip(200..).map(|(field, id)| custom(id, field)).collect(),
        me: Some(HaloAgentId(5)),
        ..TenantSetup::default()
    }
}

fn custom(id: i64, field: &fields::Field) -> TenantField {
    let HaloHome::Custom(name) = field.halo else {
        panic!("{} is no custom field", field.key);
    };
    let kind = match field.kind {
        FieldKind::LongText => 1,
        FieldKind::SingleSelect(_) => 2,
        FieldKind::MultiSelect(_) => 3,
        FieldKind::Date => 4,
        FieldKind::Boolean => 6,
        _ => 0,
    };
    let options = if matches!(kind, 2 | 3) { field.options() } else { &[] };
    TenantField {
        id: HaloFieldId(id),
        name: format!("CF{name}"),
        label: field.label.to_owned(),
        kind,
        options: (1..).zip(options.iter().map(|option| (*option).to_owned())).collect(),
    }
}

pub(super) fn named(id: i64, name: &str, label: &str, kind: i64) -> TenantField {
    TenantField {
        id: HaloFieldId(id),
        name: name.to_owned(),
        label: label.to_owned(),
        kind,
        options: Vec::new(),
    }
}

pub(super) fn found_id(map: &TenantMap, key: FieldKey) -> Option<i64> {
    match map.fields.get(&key) {
        Some(FieldTarget::Custom { id, .. }) => Some(id.0),
        _ => None,
    }
}

#[test]
fn a_complete_tenant_has_no_gap() {
    let (map, gaps) = discover(&Workflow::default(), &complete());
    assert_eq!(gaps, []);
    assert_eq!(map.stages.len(), 16);
    assert_eq!(
        map.fields.len(),
        fields::all().filter(|field| !field.is_local()).count()
    );
    assert_eq!(map.lifecycle_of(HaloTicketTypeId(42)), Some(Lifecycle::Prospect));
    assert_eq!(map.lifecycle_of(HaloTicketTypeId(1)), None);
    assert_eq!(map.note_outcome, Some(HaloOutcomeId(7)));
    assert_eq!(map.call_outcome, Some(HaloOutcomeId(8)));
    assert_eq!(map.me, Some(HaloAgentId(5)));
    assert_eq!(
        map.fields.get(&keys::OPPORTUNITY_VALUE),
        Some(&FieldTarget::Native {
            property: "oppvalue".to_owned()
        })
    );
    for (stage, status) in &map.stages {
        let lifecycle = map.stage_lifecycles[stage];
        assert_eq!(map.stage_of(lifecycle, *status), Some(stage));
        for other in Lifecycle::ALL.into_iter().filter(|&other| other != lifecycle) {
            assert_eq!(map.stage_of(other, *status), None);
        }
    }
    let ids = map.custom_field_ids();
    assert!(ids.is_sorted() && ids.len() == complete().fields.len());
    let stored = serde_json::to_string(&map).unwrap();
    assert_eq!(serde_json::from_str::<TenantMap>(&stored).unwrap(), map);
}

#[test]
fn an_empty_tenant_lacks_everything_and_says_what_to_do() {
    let (map, gaps) = discover(&Workflow::default(), &TenantSetup::default());
    let count = |test: fn(&Gap) -> bool| gaps.iter().filter(|gap| test(gap)).count();
    assert_eq!(count(Gap::blocks), 3);
    assert_eq!(count(|gap| matches!(gap, Gap::Status { .. })), 16);
    assert_eq!(count(|gap| matches!(gap, Gap::Field { .. })), complete().fields.len());
    assert_eq!(count(|gap| matches!(gap, Gap::Outcome { .. })), 1);
    assert!(
        map.fields
            .values()
            .all(|target| matches!(target, FieldTarget::Native { .. }))
    );
    for gap in &gaps {
        assert!(gap.sentence().ends_with('.'), "{}", gap.sentence());
    }
    assert_eq!(
        gaps.iter().find(|gap| matches!(gap, Gap::Field { field, .. } if *field == keys::LEAD_SOURCE)).map(Gap::sentence),
        Some("There is no custom field for Lead source, so its values stay on this computer. Create a ticket field “CFleadSource” of the type Text under Configuration › Custom Objects › Custom Fields.".to_owned())
    );
}

#[test]
fn fields_are_found_under_many_names() {
    for (name, label, key) in [
        ("CFleadSource", "", keys::LEAD_SOURCE),
        ("CFlead_source", "", keys::LEAD_SOURCE),
        ("CFCF_101_lead_source", "", keys::LEAD_SOURCE),
        ("CF_101", "", keys::LEAD_SOURCE),
        ("CFx17", "Lead Source", keys::LEAD_SOURCE),
        ("CFx17", "CF_101: Lead source", keys::LEAD_SOURCE),
        ("CFx17", "Location/HQ Address", keys::LOCATION),
        ("CFx17", "Linked-In", keys::LINKEDIN_URL),
    ] {
        let setup = TenantSetup {
            fields: vec![named(9, name, label, 0)],
            ..TenantSetup::default()
        };
        let (map, _) = discover(&Workflow::default(), &setup);
        assert_eq!(found_id(&map, key), Some(9), "{name} {label}");
    }
}

#[test]
fn the_name_beats_the_label_and_the_right_type_beats_both() {
    let find = |candidates: Vec<TenantField>| {
        let setup = TenantSetup {
            fields: candidates,
            ..TenantSetup::default()
        };
        let (map, gaps) = discover(&Workflow::default(), &setup);
        (found_id(&map, keys::HEADCOUNT), gaps)
    };
    let by_label = named(1, "CFstaff", "Headcount", 0);
    let by_name = named(2, "CFheadcount", "Staff", 0);
    assert_eq!(find(vec![by_label.clone(), by_name.clone()]).0, Some(2));
    let wrong_type = TenantField { kind: 6, ..by_name };
    assert_eq!(find(vec![by_label, wrong_type.clone()]).0, Some(1));
    let (found, gaps) = find(vec![wrong_type]);
    assert_eq!(found, None);
    assert!(gaps.contains(&Gap::FieldType {
        field: keys::HEADCOUNT,
        name: "CFheadcount".to_owned(),
        wanted: "Text".to_owned(),
        found: "Checkbox".to_owned(),
    }));
}

#[test]
fn a_select_that_lacks_options_is_used_and_reported() {
    let mut setup = complete();
    let field = setup
        .fields
        .iter_mut()
        .find(|field| field.name == "CFdepartment")
        .unwrap();
    field.options.retain(|(_, text)| text != "HR" && text != "Legal");
    let (map, gaps) = discover(&Workflow::default(), &setup);
    assert!(found_id(&map, keys::DEPARTMENT).is_some());
    assert_eq!(
        gaps,
        [Gap::Options {
            field: keys::DEPARTMENT,
            name: "CFdepartment".to_owned(),
            missing: vec!["HR".to_owned(), "Legal".to_owned()],
        }]
    );
}

#[test]
fn a_lead_source_may_be_a_select_of_the_tenants_own() {
    let mut setup = complete();
    let field = setup
        .fields
        .iter_mut()
        .find(|field| field.name == "CFleadSource")
        .unwrap();
    field.kind = 2;
    field.options = vec![(1, "Trade fair".to_owned())];
    assert_eq!(discover(&Workflow::default(), &setup).1, []);
}

#[test]
fn the_exact_status_is_preferred_then_the_nearest_then_the_lowest_id() {
    let status_of = |names: &[(i64, &str)], stage: &str| {
        let statuses = names
            .iter()
            .map(|(id, name)| (HaloStatusId(*id), (*name).to_owned()))
            .collect();
        let setup = TenantSetup { statuses, ..complete() };
        discover(&Workflow::default(), &setup)
            .0
            .stages
            .get(&StageKey::from(stage))
            .map(|status| status.0)
    };
    assert_eq!(status_of(&[(1, "CONTACTED"), (2, "Contacted")], "contacted"), Some(2));
    assert_eq!(status_of(&[(4, "Contacted"), (2, "Contacted")], "contacted"), Some(2));
    assert_eq!(status_of(&[(1, "new-lead")], "new_lead"), Some(1));
    assert_eq!(status_of(&[(1, "Opportunity - Won")], "won"), Some(1));
    assert_eq!(status_of(&[(1, "Closed")], "won"), None);
}

#[test]
fn one_status_for_two_stages_of_a_lifecycle_is_a_gap() {
    let mut workflow = Workflow::default();
    workflow.stages[2].label = "Working".to_owned();
    workflow.stages[3].label = "working".to_owned();
    let mut setup = complete();
    setup.statuses.push((HaloStatusId(300), "Working".to_owned()));
    let (map, gaps) = discover(&workflow, &setup);
    assert_eq!(
        map.stage_of(Lifecycle::Lead, HaloStatusId(300)),
        Some(&StageKey::from("contacted"))
    );
    assert_eq!(
        gaps,
        [Gap::Status {
            stage: StageKey::from("engaged"),
            wanted: "working".to_owned()
        }]
    );
}

#[test]
fn ticket_types_and_outcomes_have_second_choices() {
    let mut setup = complete();
    setup.ticket_types = vec![
        (HaloTicketTypeId(1), "Leads".to_owned()),
        (HaloTicketTypeId(2), "Sales Prospect".to_owned()),
        (HaloTicketTypeId(3), "Opportunities".to_owned()),
    ];
    setup.outcomes = vec![(HaloOutcomeId(3), "internal note".to_owned())];
    let (map, gaps) = discover(&Workflow::default(), &setup);
    assert_eq!(gaps, []);
    assert_eq!(map.ticket_types.values().map(|id| id.0).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(map.note_outcome, Some(HaloOutcomeId(3)));
    assert_eq!(map.call_outcome, map.note_outcome, "calls go where notes go");
}
