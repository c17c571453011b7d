use proptest::prelude::*;

use super::*;
use crate::{
    HaloAgentId,
    fields::keys,
    tenant::{AdminInstruction, Drift, NewField, drift, tests::complete, tests::found_id, tests::named},
};

fn stage(key: &str) -> Slot {
    Slot::Stage {
        stage: StageKey::from(key),
    }
}

fn field(key: FieldKey) -> Slot {
    Slot::Field { field: key }
}

fn propose(setup: &TenantSetup) -> Mapping {
    resolve(&Workflow::default(), setup, &Choices::default(), None)
}

fn rename<Id: PartialEq>(list: &mut [(Id, String)], from: &str, to: &str) {
    for (_, name) in list.iter_mut().filter(|(_, name)| name == from) {
        to.clone_into(name);
    }
}

fn status_id(setup: &TenantSetup, name: &str) -> HaloStatusId {
    setup.statuses.iter().find(|(_, known)| known == name).unwrap().0
}

#[test]
fn what_was_found_by_the_very_name_is_told_from_what_is_only_like_it() {
    let mut setup = complete();
    rename(&mut setup.statuses, "Contacted", "Lead - Contacted");
    setup.statuses.retain(|(_, name)| name != "Won");
    let website = setup.fields.iter_mut().find(|field| field.name == "CFwebsite").unwrap();
    website.name = "CFcompanyWebsite".to_owned();
    website.label = "Company Website".to_owned();
    let found = propose(&setup).confidence;
    for (slot, expect) in [
        (stage("engaged"), Confidence::Exact),
        (stage("contacted"), Confidence::Likely),
        (stage("won"), Confidence::Missing),
        (field(keys::LEAD_SOURCE), Confidence::Exact),
        (field(keys::WEBSITE), Confidence::Likely),
        (Slot::NoteOutcome, Confidence::Exact),
        (
            Slot::TicketType {
                lifecycle: Lifecycle::Lead,
            },
            Confidence::Exact,
        ),
    ] {
        assert_eq!(found.get(&slot), Some(&expect), "{slot:?}");
    }
    assert!(
        !found.contains_key(&field(keys::OPPORTUNITY_VALUE)),
        "native fields have a fixed place"
    );
}

#[test]
fn a_choice_beats_the_names_and_takes_its_id_from_who_had_it() {
    let setup = complete();
    let contacted = status_id(&setup, "Contacted");
    let choices = Choices {
        stages: BTreeMap::from([(StageKey::from("engaged"), Some(contacted))]),
        fields: BTreeMap::from([(keys::LEAD_SOURCE, None)]),
        ..Choices::default()
    };
    let found = resolve(&Workflow::default(), &setup, &choices, None);
    assert_eq!(
        found.map.stage_of(Lifecycle::Lead, contacted),
        Some(&StageKey::from("engaged"))
    );
    assert_eq!(found.confidence.get(&stage("engaged")), Some(&Confidence::Chosen));
    assert_eq!(found.confidence.get(&stage("contacted")), Some(&Confidence::Missing));
    assert_eq!(found.confidence.get(&field(keys::LEAD_SOURCE)), Some(&Confidence::Off));
    assert_eq!(
        found.proposals.get(&field(keys::LEAD_SOURCE)),
        found_id(&propose(&setup).map, keys::LEAD_SOURCE).as_ref()
    );
    assert_eq!(
        found.gaps,
        [Gap::Status {
            stage: StageKey::from("contacted"),
            wanted: "Contacted".to_owned()
        }],
        "a field that nobody wants to be sent is no gap"
    );
}

#[test]
fn what_is_in_use_stays_although_it_is_renamed() {
    let old = complete();
    let in_use = propose(&old).map;
    let contacted = status_id(&old, "Contacted");
    let mut new = old.clone();
    rename(&mut new.statuses, "Contacted", "Reached");
    new.statuses.push((HaloStatusId(900), "Contacted".to_owned()));
    let found = resolve(&Workflow::default(), &new, &Choices::default(), Some(&in_use));
    assert_eq!(found.map.stages.get(&StageKey::from("contacted")), Some(&contacted));
    assert_eq!(found.confidence.get(&stage("contacted")), Some(&Confidence::Kept));
    assert_eq!(found.proposals.get(&stage("contacted")), Some(&900));
    assert_eq!(found.map, in_use, "nothing moves by itself, so the version stays");
    assert_eq!(
        drift(&in_use, &old, &new),
        [Drift::Renamed {
            slot: stage("contacted"),
            from: "Contacted".to_owned(),
            to: "Reached".to_owned()
        }]
    );
}

#[test]
fn what_is_gone_is_reported_and_left_empty_until_a_person_chooses() {
    let old = complete();
    let in_use = propose(&old).map;
    let mut new = old.clone();
    new.statuses.retain(|(_, name)| name != "Contacted");
    // Somebody made a new one of the same name: which tickets it holds is not for us to guess.
    new.statuses.push((HaloStatusId(900), "Contacted".to_owned()));
    let fit = new.fields.iter_mut().find(|field| field.name == "CFfitScore").unwrap();
    fit.kind = 6;
    let found = drift(&in_use, &old, &new);
    let broken: Vec<Slot> = found.iter().filter(|drift| drift.breaks()).map(Drift::slot).collect();
    assert_eq!(broken, [stage("contacted"), field(keys::FIT_SCORE)]);
    let mut choices = Choices::default();
    choices.give_up(&found);
    let after = resolve(&Workflow::default(), &new, &choices, Some(&in_use));
    assert!(!after.map.stages.contains_key(&StageKey::from("contacted")));
    assert!(!after.map.fields.contains_key(&keys::FIT_SCORE));
    assert_eq!(after.proposals.get(&stage("contacted")), Some(&900));
    assert_eq!(after.map.version, in_use.version + 1);
    // The next look finds nothing new, and still guesses nothing.
    assert_eq!(drift(&after.map, &new, &new), []);
    let again = resolve(&Workflow::default(), &new, &choices, Some(&after.map));
    assert_eq!(again.map, after.map);

    choices
        .stages
        .insert(StageKey::from("contacted"), Some(HaloStatusId(900)));
    let chosen = resolve(&Workflow::default(), &new, &choices, Some(&after.map));
    assert_eq!(
        chosen.map.stages.get(&StageKey::from("contacted")),
        Some(&HaloStatusId(900))
    );
}

#[test]
fn what_comes_back_is_used_again_unless_a_person_has_chosen_since() {
    let old = complete();
    let in_use = propose(&old).map;
    let contacted = status_id(&old, "Contacted");
    let mut without = old.clone();
    without.statuses.retain(|(_, name)| name != "Contacted");
    without.fields.retain(|field| field.name != "CFfitScore");
    without.ticket_types.retain(|(_, name)| name != "Prospect");
    let found = drift(&in_use, &old, &without);
    assert_eq!(found.len(), 3);
    let mut choices = Choices::default();
    choices.give_up(&found);
    for change in &found {
        assert!(
            !choices.clone().take_back(change, &without),
            "it is still gone: {change:?}"
        );
        assert!(choices.take_back(change, &old), "{change:?}");
        assert!(!choices.take_back(change, &old), "once is enough");
    }
    let after = resolve(&Workflow::default(), &old, &choices, Some(&in_use)).map;
    assert_eq!(after, in_use);

    choices
        .stages
        .insert(StageKey::from("contacted"), Some(HaloStatusId(7)));
    assert!(found.iter().all(|change| !choices.take_back(change, &old)));
    assert_ne!(choices.stages.get(&StageKey::from("contacted")), Some(&Some(contacted)));
}

#[test]
fn a_list_that_comes_back_empty_is_not_believed() {
    let known = complete();
    let nothing = TenantSetup {
        version: "2.251".to_owned(),
        ..TenantSetup::default()
    };
    let believed = nothing.believe(&known);
    assert_eq!(believed.version, "2.251");
    assert_eq!(drift(&propose(&known).map, &known, &believed), []);
    let mut fewer = known.clone();
    fewer.statuses.truncate(3);
    assert_eq!(fewer.clone().believe(&known), fewer, "some are an answer");
}

#[test]
fn a_lost_choice_of_a_select_is_reported_and_a_new_one_is_taken_over() {
    let old = complete();
    let in_use = propose(&old).map;
    let mut new = old.clone();
    let department = new
        .fields
        .iter_mut()
        .find(|field| field.name == "CFdepartment")
        .unwrap();
    department.options.retain(|(_, text)| text != "HR");
    department.options.push((77, "Research".to_owned()));
    assert_eq!(
        drift(&in_use, &old, &new),
        [Drift::OptionsGone {
            field: keys::DEPARTMENT,
            name: "CFdepartment".to_owned(),
            options: vec!["HR".to_owned()]
        }]
    );
    let map = resolve(&Workflow::default(), &new, &Choices::default(), Some(&in_use)).map;
    let Some(FieldTarget::Custom { options, .. }) = map.fields.get(&keys::DEPARTMENT) else {
        panic!("the field is still mapped");
    };
    assert!(options.contains(&(77, "Research".to_owned())));
    assert_eq!(map.version, in_use.version + 1);
}

#[test]
fn what_an_administrator_adds_later_is_found() {
    let mut before = complete();
    before.statuses.retain(|(_, name)| name != "Won");
    let in_use = propose(&before).map;
    let after = resolve(&Workflow::default(), &complete(), &Choices::default(), Some(&in_use));
    assert_eq!(after.gaps, []);
    assert!(after.map.stages.contains_key(&StageKey::from("won")));
    assert_eq!(drift(&in_use, &before, &complete()), []);
}

#[test]
fn choices_that_cannot_be_are_refused_in_words() {
    let mut setup = complete();
    setup.fields.push(named(500, "CFleadlineKey", "Leadline key", 0));
    setup.fields.push(named(501, "CFagreed", "Agreed", 6));
    let sentences = |choices: Choices| -> Vec<String> {
        check(&Workflow::default(), &setup, &choices)
            .into_iter()
            .map(|problem| problem.sentence)
            .collect()
    };
    assert_eq!(sentences(Choices::default()), Vec::<String>::new());
    let lead = HaloTicketTypeId(41);
    let shared_type = Choices {
        ticket_types: BTreeMap::from([(Lifecycle::Lead, Some(lead)), (Lifecycle::Prospect, Some(lead))]),
        ..Choices::default()
    };
    assert_eq!(
        sentences(shared_type),
        [
            "Prospect and Lead would both be “Lead” in HaloPSA, and could not be told apart. Choose another one for one of them."
        ]
    );
    let fields = |pairs: &[(FieldKey, i64)]| Choices {
        fields: pairs.iter().map(|(key, id)| (*key, Some(HaloFieldId(*id)))).collect(),
        ..Choices::default()
    };
    assert_eq!(
        sentences(fields(&[(keys::LEAD_SOURCE, 501)])),
        ["“CFagreed” is of the type Checkbox, in which Lead source cannot be kept. It needs Text."]
    );
    assert_eq!(
        sentences(fields(&[(keys::LEAD_SOURCE, 500)])),
        ["“CFleadlineKey” holds Leadline's own key of a ticket. Choose another field."]
    );
    assert_eq!(
        sentences(fields(&[(keys::LEAD_SOURCE, 9_999)])),
        ["HaloPSA no longer has this custom field. Choose another one."]
    );
    let open = status_id(&setup, "Contacted");
    let shared_status = Choices {
        stages: BTreeMap::from([
            (StageKey::from("contacted"), Some(open)),
            (StageKey::from("engaged"), Some(open)),
            // Of another lifecycle: the ticket type tells them apart.
            (StageKey::from("prospecting"), Some(open)),
        ]),
        ..Choices::default()
    };
    assert_eq!(sentences(shared_status).len(), 1);
}

#[test]
fn an_administrator_is_told_the_name_the_type_and_the_choices() {
    let gap = Gap::Field {
        field: keys::DEPARTMENT,
        wanted: "CFdepartment".to_owned(),
        kind: "Single Select".to_owned(),
    };
    let told = AdminInstruction::of(&gap);
    assert!(told.can_create);
    assert_eq!(
        told.text,
        "Create in HaloPSA: Custom field “CFdepartment”\n\
         Where: Configuration › Custom Objects › Custom Fields › New\n\
         Entity: Tickets\n\
         Field name: department (HaloPSA puts “CF” in front of it)\n\
         Field label: Department\n\
         Type: Single Select\n\
         Choices:\n- IT\n- Finance\n- Operations\n- Sales\n- Marketing\n- HR\n- Legal\n- Engineering\n- Other\n\
         Then add the field to the field list of the ticket types Lead, Prospect, Opportunity, so that colleagues see it in HaloPSA."
    );
}

#[test]
fn following_the_instructions_closes_every_gap() {
    let mut setup = TenantSetup::default();
    let (_, gaps) = discover(&Workflow::default(), &setup);
    for (gap, id) in gaps.iter().zip(1_000..) {
        let told = AdminInstruction::of(gap);
        match gap {
            Gap::TicketType { .. } => setup.ticket_types.push((HaloTicketTypeId(id), told.name)),
            Gap::Status { .. } => setup.statuses.push((HaloStatusId(id), told.name)),
            Gap::Outcome { .. } => setup.outcomes.push((HaloOutcomeId(id), told.name)),
            Gap::Field { field, .. } => {
                let new = NewField::of(*field).unwrap();
                assert_eq!(new.name, format!("CF{}", told.name));
                assert_eq!(Some(kind_name(new.kind)), told.kind.as_deref());
                assert_eq!(new.options, told.options);
                setup.fields.push(TenantField {
                    id: HaloFieldId(id),
                    name: new.name,
                    label: new.label,
                    kind: new.kind,
                    options: (1..).zip(new.options).collect(),
                });
            }
            Gap::FieldType { .. } | Gap::Options { .. } => panic!("an empty tenant has no wrong fields"),
        }
        assert!(AdminInstruction::all(&[AdminInstruction::of(gap)]).contains(&told.place));
    }
    let mapping = propose(&setup);
    assert_eq!(mapping.gaps, []);
    assert!(mapping.map.is_complete());
    for (slot, confidence) in &mapping.confidence {
        let expected = match slot {
            // An outcome of its own for each result of a call is no gap.
            Slot::CallResult { .. } => *confidence == Confidence::Usual,
            _ => matches!(confidence, Confidence::Exact | Confidence::Likely),
        };
        assert!(expected, "{slot:?}: {confidence:?}");
    }
}

#[test]
fn a_tenant_that_stays_as_it_is_does_not_drift_and_the_agent_may_change() {
    let setup = complete();
    let map = propose(&setup).map;
    assert_eq!(drift(&map, &setup, &setup), []);
    let other_agent = TenantSetup {
        me: Some(HaloAgentId(6)),
        ..setup.clone()
    };
    assert_eq!(drift(&map, &setup, &other_agent), []);
}

/// A tenant in which some things are missing, renamed, retyped or there twice.
fn any_tenant() -> impl Strategy<Value = TenantSetup> {
    let setup = complete();
    let (types, statuses, fields) = (setup.ticket_types.len(), setup.statuses.len(), setup.fields.len());
    (
        prop::collection::vec(any::<bool>(), types),
        prop::collection::vec(0..6_u8, statuses),
        prop::collection::vec(0..6_u8, fields),
    )
        .prop_map(|(types, statuses, fields)| {
            let mut setup = complete();
            let mut keep = types.into_iter();
            setup.ticket_types.retain(|_| keep.next().unwrap_or(true));
            let mut more = Vec::new();
            for ((id, name), fate) in setup.statuses.iter_mut().zip(&statuses) {
                match fate {
                    0 => "Something else".clone_into(name),
                    1 => more.push((HaloStatusId(id.0 + 1_000), name.clone())),
                    _ => {}
                }
            }
            setup.statuses.extend(more);
            let mut fate = statuses.into_iter();
            setup.statuses.retain(|_| fate.next() != Some(2));
            for (field, fate) in setup.fields.iter_mut().zip(&fields) {
                match fate {
                    0 => field.kind = 5,
                    1 => "CFother".clone_into(&mut field.name),
                    _ => {}
                }
            }
            setup
        })
}

fn any_choices() -> impl Strategy<Value = Choices> {
    let ids = prop::option::of(95..130_i64);
    let stages: Vec<StageKey> = Workflow::default().stages.into_iter().map(|stage| stage.key).collect();
    let fields: Vec<FieldKey> = fields::all().map(Field::key).collect();
    (
        prop::collection::btree_map(prop::sample::select(stages), ids, 0..8),
        prop::collection::btree_map(prop::sample::select(fields), prop::option::of(195..260_i64), 0..8),
    )
        .prop_map(|(stages, fields)| Choices {
            stages: stages
                .into_iter()
                .map(|(key, id)| (key, id.map(HaloStatusId)))
                .collect(),
            fields: fields.into_iter().map(|(key, id)| (key, id.map(HaloFieldId))).collect(),
            ..Choices::default()
        })
}

proptest! {
    #[test]
    fn no_id_ever_stands_for_two_things_and_every_one_exists(
        before in any_tenant(), after in any_tenant(), choices in any_choices()
    ) {
        let workflow = Workflow::default();
        let first = resolve(&workflow, &before, &choices, None);
        for (setup, mapping) in [
            (&before, first.clone()),
            (&after, resolve(&workflow, &after, &choices, Some(&first.map))),
        ] {
            let mut stages = BTreeSet::new();
            for (stage, status) in &mapping.map.stages {
                let lifecycle = mapping.map.stage_lifecycles[stage];
                prop_assert!(stages.insert((lifecycle, *status)), "{status} twice");
                prop_assert!(setup.statuses.iter().any(|(id, _)| id == status));
                prop_assert_eq!(mapping.map.stage_of(lifecycle, *status), Some(stage));
            }
            let mut customs = BTreeSet::new();
            for (key, target) in &mapping.map.fields {
                if let FieldTarget::Custom { id, kind, .. } = target {
                    prop_assert!(customs.insert(*id), "{id} twice");
                    prop_assert!(accepted_kinds(key.field()).contains(kind));
                }
            }
            // Whatever is not mapped is said to be a gap, or was left out on purpose.
            for stage in &workflow.stages {
                let is_gap = mapping.gaps.iter().any(|gap| matches!(gap, Gap::Status { stage: gap, .. } if *gap == stage.key));
                prop_assert_eq!(is_gap, !mapping.map.stages.contains_key(&stage.key));
            }
        }
    }

    #[test]
    fn looking_twice_changes_nothing(setup in any_tenant(), choices in any_choices()) {
        let workflow = Workflow::default();
        let first = resolve(&workflow, &setup, &choices, None);
        let second = resolve(&workflow, &setup, &choices, Some(&first.map));
        prop_assert_eq!(&second.map, &first.map);
        prop_assert_eq!(second.gaps, first.gaps);
        prop_assert_eq!(drift(&first.map, &setup, &setup), vec![]);
    }

    #[test]
    fn after_giving_up_nothing_in_use_is_missing_in_the_tenant(before in any_tenant(), after in any_tenant()) {
        let workflow = Workflow::default();
        let first = resolve(&workflow, &before, &Choices::default(), None);
        let changes = drift(&first.map, &before, &after);
        let mut choices = Choices::default();
        choices.give_up(&changes);
        let second = resolve(&workflow, &after, &choices, Some(&first.map));
        prop_assert!(drift(&second.map, &after, &after).is_empty());
        for change in changes.iter().filter(|change| change.breaks()) {
            if let Slot::Stage { stage } = change.slot() {
                prop_assert!(!second.map.stages.contains_key(&stage), "{stage} was guessed");
            }
        }
    }
}
