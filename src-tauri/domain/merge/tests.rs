//! Cases and properties of the merge. It is long because the cases are one table of what each side did, read best in one place.

use proptest::prelude::*;

use super::*;
use crate::{email::EmailAddress, fields::keys, phone::PhoneNumber};

fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

fn image(stage: &str, owner: Option<i64>, fields: &[(FieldKey, Value)]) -> TicketImage {
    TicketImage::new(
        (Lifecycle::Lead, StageKey::from(stage)),
        owner.map(HaloAgentId),
        fields.iter().cloned().collect(),
    )
}

fn field(key: FieldKey, base: Option<Value>, mine: Option<Value>, theirs: Option<Value>) -> Resolution<Option<Value>> {
    let side = |value: Option<Value>| {
        image(
            "contacted",
            None,
            &value.map(|value| (key, value)).into_iter().collect::<Vec<_>>(),
        )
    };
    let plan = three_way(&side(base), &side(mine), &side(theirs), &Policies::default());
    plan.fields.get(&key).cloned().unwrap_or(Resolution::Same)
}

#[test]
fn one_side_changed_is_taken() {
    let (a, b) = (Some(text("a")), Some(text("b")));
    assert_eq!(
        field(keys::JOB_TITLE, a.clone(), a.clone(), b.clone()),
        Resolution::TakeTheirs {
            theirs: b.clone(),
            lost: None
        }
    );
    assert_eq!(
        field(keys::JOB_TITLE, a.clone(), b.clone(), a.clone()),
        Resolution::KeepMine {
            mine: b.clone(),
            over: None
        }
    );
    assert_eq!(
        field(keys::JOB_TITLE, a.clone(), None, a.clone()),
        Resolution::KeepMine { mine: None, over: None }
    );
    assert_eq!(
        field(keys::JOB_TITLE, a.clone(), a, None),
        Resolution::TakeTheirs {
            theirs: None,
            lost: None
        }
    );
    assert_eq!(field(keys::JOB_TITLE, None, b.clone(), b), Resolution::Same);
}

#[test]
fn both_sides_changed_follows_the_policy_and_says_so() {
    let (a, b, c) = (Some(text("a")), Some(text("b")), Some(text("c")));
    assert_eq!(
        field(keys::JOB_TITLE, a.clone(), b.clone(), c.clone()),
        Resolution::TakeTheirs {
            theirs: c.clone(),
            lost: Some(b.clone())
        },
        "contact data: HaloPSA wins"
    );
    assert_eq!(
        field(keys::INITIAL_NOTES, a.clone(), b.clone(), c.clone()),
        Resolution::KeepMine {
            mine: b.clone(),
            over: Some(c)
        },
        "notes: mine wins"
    );
    let money = |minor| {
        Some(Value::Money(crate::money::Money {
            minor,
            currency: "GBP".to_owned(),
        }))
    };
    assert_eq!(
        field(keys::OPPORTUNITY_VALUE, money(1), money(2), money(3)),
        Resolution::Ask {
            mine: money(2),
            theirs: money(3)
        },
        "the value: ask"
    );

    let side = |title: &str| image("contacted", None, &[(keys::JOB_TITLE, text(title))]);
    let plan = three_way(&side("CTO"), &side("CIO"), &side("CEO"), &Policies::default());
    assert_eq!(
        plan.sentences,
        ["Both sides changed Job title: HaloPSA's “CEO” was taken, not “CIO”."]
    );
}

#[test]
fn the_latest_wins_where_both_times_are_known() {
    let at = |hour: u32| format!("2026-11-21T{hour:02}:00:00Z").parse::<DateTime<Utc>>().unwrap();
    let side = |title: &str, hour: Option<u32>| TicketImage {
        changed_at: hour.map(|hour| (keys::JOB_TITLE, at(hour))).into_iter().collect(),
        ..image("contacted", None, &[(keys::JOB_TITLE, text(title))])
    };
    let policies = Policies {
        fields: BTreeMap::from([(keys::JOB_TITLE, SyncPolicy::LatestWins)]),
        ..Policies::default()
    };
    let merge = |mine: Option<u32>, theirs: Option<u32>| {
        three_way(&side("a", None), &side("b", mine), &side("c", theirs), &policies).fields[&keys::JOB_TITLE].clone()
    };
    assert!(matches!(merge(Some(10), Some(9)), Resolution::KeepMine { .. }));
    assert!(matches!(merge(Some(9), Some(10)), Resolution::TakeTheirs { .. }));
    assert!(
        matches!(merge(Some(9), Some(9)), Resolution::Ask { .. }),
        "a tie is asked"
    );
    assert!(
        matches!(merge(Some(9), None), Resolution::Ask { .. }),
        "an unknown time is asked"
    );
}

#[test]
fn stage_and_owner_are_asked_when_both_changed_them() {
    let plan = three_way(
        &image("contacted", Some(1), &[]),
        &image("engaged", Some(2), &[]),
        &image("no_interest", Some(3), &[]),
        &Policies::default(),
    );
    let stage = |key: &str| (Lifecycle::Lead, StageKey::from(key));
    assert_eq!(
        plan.stage,
        Resolution::Ask {
            mine: stage("engaged"),
            theirs: stage("no_interest")
        }
    );
    assert_eq!(
        plan.owner,
        Resolution::Ask {
            mine: Some(HaloAgentId(2)),
            theirs: Some(HaloAgentId(3))
        }
    );
    assert!(plan.asks());
    assert!(plan.to_send().is_empty(), "what is asked is not sent");
}

#[test]
fn a_promotion_and_a_move_in_the_old_lifecycle_are_a_conflict() {
    let mut mine = image("engaged", None, &[]);
    mine.stage = Some((Lifecycle::Prospect, StageKey::from("new_prospect")));
    let plan = three_way(
        &image("engaged", None, &[]),
        &mine,
        &image("contacted", None, &[]),
        &Policies::default(),
    );
    assert!(matches!(plan.stage, Resolution::Ask { .. }));
}

#[test]
fn a_field_the_row_does_not_speak_about_is_unknown_not_empty() {
    let base = image(
        "contacted",
        None,
        &[(keys::JOB_TITLE, text("CTO")), (keys::INDUSTRY, text("Legal"))],
    );
    let mut theirs = image("contacted", None, &[]);
    theirs.known = Some(BTreeSet::from([keys::INDUSTRY]));
    let plan = three_way(&base, &base, &theirs, &Policies::default());
    assert_eq!(
        plan.fields,
        BTreeMap::from([(
            keys::INDUSTRY,
            Resolution::TakeTheirs {
                theirs: None,
                lost: None
            }
        )])
    );
    let mut mine = base.clone();
    mine.fields.insert(keys::JOB_TITLE, text("CIO"));
    let plan = three_way(&base, &mine, &theirs, &Policies::default());
    assert_eq!(
        plan.to_send().fields,
        BTreeMap::from([(keys::JOB_TITLE, Some(text("CIO")))])
    );
}

#[test]
fn an_unmapped_status_is_unknown_not_a_move() {
    let base = image("contacted", None, &[]);
    let theirs = TicketImage {
        stage: None,
        ..base.clone()
    };
    assert_eq!(
        three_way(&base, &base, &theirs, &Policies::default()).stage,
        Resolution::Same
    );
    let moved = three_way(&base, &image("engaged", None, &[]), &theirs, &Policies::default());
    assert!(matches!(moved.stage, Resolution::KeepMine { over: None, .. }));
}

#[test]
fn the_same_number_typed_differently_is_no_change() {
    let typed = |text: &str| Some(Value::Phone(PhoneNumber::parse(text, "GB")));
    assert_eq!(
        field(
            keys::PHONE,
            typed("020 7946 0018"),
            typed("020 7946 0018"),
            typed("+442079460018")
        ),
        Resolution::Same
    );
}

#[test]
fn do_not_contact_can_only_be_turned_off_by_a_person_here() {
    let on = Some(Value::Boolean(true));
    let off = Some(Value::Boolean(false));
    for (base, mine, theirs, expected) in [
        (
            &off,
            &off,
            &on,
            Resolution::TakeTheirs {
                theirs: on.clone(),
                lost: None,
            },
        ),
        (
            &None,
            &on,
            &None,
            Resolution::KeepMine {
                mine: on.clone(),
                over: None,
            },
        ),
        (
            &on,
            &on,
            &off,
            Resolution::KeepMine {
                mine: on.clone(),
                over: Some(off.clone()),
            },
        ),
        (
            &on,
            &on,
            &None,
            Resolution::KeepMine {
                mine: on.clone(),
                over: Some(None),
            },
        ),
        (
            &on,
            &off,
            &on,
            Resolution::KeepMine {
                mine: off.clone(),
                over: None,
            },
        ),
        (&off, &on, &on, Resolution::Same),
        (&None, &off, &None, Resolution::Same),
    ] {
        let found = field(keys::DO_NOT_CONTACT, base.clone(), mine.clone(), theirs.clone());
        assert_eq!(found, expected, "base {base:?}, mine {mine:?}, theirs {theirs:?}");
    }
}

#[test]
fn no_tenant_can_weaken_do_not_contact() {
    let policies = Policies {
        fields: BTreeMap::from([(keys::DO_NOT_CONTACT, SyncPolicy::HaloWins)]),
        ..Policies::default()
    };
    assert_eq!(policies.of(keys::DO_NOT_CONTACT), SyncPolicy::OnWins);
}

#[test]
fn what_stays_on_this_computer_is_not_merged() {
    let base = image("contacted", None, &[]);
    let mine = image("contacted", None, &[(keys::FIRST_NAME, text("Jane"))]);
    assert!(three_way(&base, &mine, &base, &Policies::default()).is_nothing());
}

/// A few values of each kind, so that the sides often agree and often differ.
fn any_value(key: FieldKey) -> BoxedStrategy<Option<Value>> {
    let some: BoxedStrategy<Value> = if key == keys::DO_NOT_CONTACT {
        any::<bool>().prop_map(Value::Boolean).boxed()
    } else if key == keys::EMAIL {
        prop::sample::select(vec!["a@x.example", "b@x.example", "c@x.example"])
            .prop_map(|address| Value::Email(EmailAddress(address.to_owned())))
            .boxed()
    } else {
        prop::sample::select(vec!["a", "b", "c"]).prop_map(text).boxed()
    };
    prop::option::of(some).boxed()
}

const FIELDS: [FieldKey; 5] = [
    keys::DO_NOT_CONTACT,
    keys::EMAIL,
    keys::INITIAL_NOTES,
    keys::COMPETITORS,
    keys::EXPECTED_CLOSE,
];

fn any_image() -> impl Strategy<Value = TicketImage> {
    let stage = prop::sample::select(vec!["contacted", "engaged", "no_interest"]);
    let owner = prop::option::of(1i64..4);
    let values: Vec<_> = FIELDS.iter().map(|&key| any_value(key)).collect();
    (stage, owner, values).prop_map(|(stage, owner, values)| {
        let fields = FIELDS
            .into_iter()
            .zip(values)
            .filter_map(|(key, value)| Some((key, value?)));
        image(stage, owner, &fields.collect::<Vec<_>>())
    })
}

fn any_policies() -> impl Strategy<Value = Policies> {
    let policy = || {
        prop::sample::select(vec![
            SyncPolicy::HaloWins,
            SyncPolicy::MineWins,
            SyncPolicy::LatestWins,
            SyncPolicy::Ask,
        ])
    };
    let fields = prop::collection::btree_map(prop::sample::select(FIELDS.to_vec()), policy(), 0..5);
    (policy(), policy(), fields).prop_map(|(stage, owner, fields)| Policies { stage, owner, fields })
}

/// The other side's view of the same policies.
fn mirrored(policies: &Policies) -> Policies {
    let mirror = |policy| match policy {
        SyncPolicy::HaloWins => SyncPolicy::MineWins,
        SyncPolicy::MineWins => SyncPolicy::HaloWins,
        other => other,
    };
    Policies {
        stage: mirror(policies.stage),
        owner: mirror(policies.owner),
        fields: FIELDS.into_iter().map(|key| (key, mirror(policies.of(key)))).collect(),
    }
}

fn swapped<T: Clone>(resolution: &Resolution<T>) -> Resolution<T> {
    match resolution.clone() {
        Resolution::Same => Resolution::Same,
        Resolution::TakeTheirs { theirs, lost } => Resolution::KeepMine {
            mine: theirs,
            over: lost,
        },
        Resolution::KeepMine { mine, over } => Resolution::TakeTheirs {
            theirs: mine,
            lost: over,
        },
        Resolution::Ask { mine, theirs } => Resolution::Ask {
            mine: theirs,
            theirs: mine,
        },
    }
}

/// What a person's choice makes of a question.
fn answer<T: Clone>(resolution: &mut Resolution<T>, prefers_mine: bool) {
    if let Resolution::Ask { mine, theirs } = resolution.clone() {
        *resolution = if prefers_mine {
            Resolution::KeepMine {
                mine,
                over: Some(theirs),
            }
        } else {
            Resolution::TakeTheirs {
                theirs,
                lost: Some(mine),
            }
        };
    }
}

fn is_on(image: &TicketImage) -> bool {
    image.fields.get(&keys::DO_NOT_CONTACT) == Some(&Value::Boolean(true))
}

proptest! {
    #[test]
    fn an_untouched_side_gives_way(base in any_image(), changed in any_image(), policies in any_policies()) {
        // Only theirs changed: afterwards this computer holds theirs, save a flag that stays on.
        let plan = three_way(&base, &base, &changed, &policies);
        let gave_way = plan.stage == Resolution::Same || matches!(plan.stage, Resolution::TakeTheirs { lost: None, .. });
        prop_assert!(gave_way);
        let merged = plan.apply(&base);
        for key in FIELDS.into_iter().filter(|&key| key != keys::DO_NOT_CONTACT) {
            prop_assert!(same(merged.fields.get(&key), changed.fields.get(&key)));
        }
        // Only mine changed: everything that differs is sent.
        let plan = three_way(&base, &changed, &base, &policies);
        prop_assert_eq!(plan.apply(&changed), changed.clone());
        let sent = plan.to_send();
        for key in FIELDS {
            let differs = !same(changed.fields.get(&key), base.fields.get(&key));
            prop_assert_eq!(sent.fields.contains_key(&key), differs);
        }
        prop_assert!(!plan.asks() && plan.sentences.is_empty());
    }

    #[test]
    fn agreement_is_nothing_to_do(base in any_image(), both in any_image(), policies in any_policies()) {
        let plan = three_way(&base, &both, &both, &policies);
        prop_assert!(plan.is_nothing());
        prop_assert!(plan.to_send().is_empty());
    }

    #[test]
    fn the_two_sides_see_the_same_merge(
        base in any_image(), mine in any_image(), theirs in any_image(), policies in any_policies(),
    ) {
        let here = three_way(&base, &mine, &theirs, &policies);
        let there = three_way(&base, &theirs, &mine, &mirrored(&policies));
        prop_assert_eq!(&here.stage, &swapped(&there.stage));
        prop_assert_eq!(&here.owner, &swapped(&there.owner));
        for key in FIELDS.into_iter().filter(|&key| key != keys::DO_NOT_CONTACT) {
            let (a, b) = (here.fields.get(&key), there.fields.get(&key));
            prop_assert_eq!(a.cloned(), b.map(swapped));
        }
    }

    #[test]
    fn nothing_is_lost(base in any_image(), mine in any_image(), theirs in any_image(), policies in any_policies()) {
        let plan = three_way(&base, &mine, &theirs, &policies);
        let merged = plan.apply(&mine);
        for key in FIELDS {
            let (before, here, there) = (base.fields.get(&key), mine.fields.get(&key), theirs.fields.get(&key));
            let result = merged.fields.get(&key);
            let asked = matches!(plan.fields.get(&key), Some(Resolution::Ask { .. }));
            let said = plan.sentences.iter().any(|sentence| sentence.contains(key.label()));
            for (side, changed) in [(here, !same(here, before)), (there, !same(there, before))] {
                prop_assert!(
                    !changed || same(result, side) || asked || said,
                    "{key}: {side:?} is gone without a word"
                );
            }
            // And nothing is invented.
            prop_assert!(same(result, here) || same(result, there));
        }
    }

    #[test]
    fn do_not_contact_never_turns_off_here(
        base in any_image(), mine in any_image(), theirs in any_image(), policies in any_policies(),
    ) {
        let plan = three_way(&base, &mine, &theirs, &policies);
        let merged = plan.apply(&mine);
        prop_assert!(!is_on(&mine) || is_on(&merged));
        let newly_on_there = is_on(&theirs) && !is_on(&base);
        prop_assert!(!newly_on_there || is_on(&merged), "newly on in HaloPSA is on here");
        let sent_off = plan.to_send().fields.get(&keys::DO_NOT_CONTACT).is_some_and(|value| *value != Some(Value::Boolean(true)));
        prop_assert!(!sent_off || (is_on(&base) && !is_on(&mine)), "an off is only ever a person's");
    }

    #[test]
    fn both_sides_converge_once_a_person_has_answered(
        base in any_image(), mine in any_image(), theirs in any_image(), policies in any_policies(),
        prefers_mine in any::<bool>(),
    ) {
        let mut plan = three_way(&base, &mine, &theirs, &policies);
        answer(&mut plan.stage, prefers_mine);
        answer(&mut plan.owner, prefers_mine);
        for resolution in plan.fields.values_mut() {
            answer(resolution, prefers_mine);
        }
        prop_assert!(!plan.asks());
        let here = plan.apply(&mine);
        // HaloPSA accepts what it is sent.
        let send = plan.to_send();
        let mut there = theirs;
        if let Some(stage) = send.stage {
            there.stage = Some(stage);
        }
        if let Some(owner) = send.owner {
            there.owner = owner;
        }
        for (key, value) in send.fields {
            match value {
                Some(value) => there.fields.insert(key, value),
                None => there.fields.remove(&key),
            };
        }
        prop_assert!(three_way(&there, &here, &there, &policies).is_nothing());
    }
}
