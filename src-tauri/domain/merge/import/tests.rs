use chrono::{DateTime, TimeZone, Utc};
use proptest::prelude::*;

use super::*;
use crate::{AgentId, Provenance, import::record};

fn at(day: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, day, 9, 0, 0).unwrap()
}

fn provider(name: &str) -> Source {
    Source::Provider { name: name.to_owned() }
}

fn stored(clean: &CleanValue, source: &Source, by: Option<AgentId>) -> StoredValue {
    StoredValue {
        value: clean.value.clone(),
        raw: clean.raw.clone(),
        provenance: Provenance {
            source: source.clone(),
            at: at(1),
            by,
        },
    }
}

fn ticket(source: &Source, values: &[(FieldKey, &str)]) -> BTreeMap<FieldKey, StoredValue> {
    let by = (*source == Source::Person).then_some(AgentId(3));
    record(values)
        .iter()
        .map(|(field, clean)| (*field, stored(clean, source, by)))
        .collect()
}

fn plan(
    existing: &BTreeMap<FieldKey, StoredValue>,
    stage: &str,
    source: &str,
    new: &[(FieldKey, &str)],
) -> ImportMerge {
    plan_merge(
        existing,
        &StageKey::from(stage),
        false,
        &record(new),
        &provider(source),
        &ProviderOrder::default(),
    )
}

/// What becomes of one field of a new lead: its value and source before, and what comes in from Apollo.io.
fn check(field: FieldKey, old: (&Source, &str), new: &str, expected: Verdict) {
    let merge = plan(
        &ticket(old.0, &[(field, old.1)]),
        "new_lead",
        "Apollo.io",
        &[(field, new)],
    );
    let found = if merge.updates.contains_key(&field) {
        Verdict::Take
    } else if merge.to_review.contains_key(&field) {
        Verdict::Ask
    } else if merge.preserved.contains(&field) {
        Verdict::Keep
    } else {
        Verdict::Same
    };
    assert_eq!(found, expected, "{field}: {old:?}, {new:?}");
}

#[test]
fn each_field_has_its_rule() {
    let apollo = provider("Apollo.io");
    let file = Source::File {
        name: "fair.csv".to_owned(),
    };
    // Enrichment: always, if there is something new.
    check(keys::PHONE, (&apollo, "020 7946 0018"), "020 7946 0019", Verdict::Take);
    check(
        keys::PHONE,
        (&apollo, "020 7946 0018"),
        "+44 (0)20 7946 0018",
        Verdict::Same,
    );
    check(keys::REVENUE_RANGE, (&file, "$1M-5M"), "$5M-25M", Verdict::Take);
    // Services: only what is more than half as long again.
    check(
        keys::SERVICES_OFFERED,
        (&apollo, "1234567890"),
        "abcdefghijklmno",
        Verdict::Keep,
    );
    check(
        keys::SERVICES_OFFERED,
        (&apollo, "1234567890"),
        "abcdefghijklmnop",
        Verdict::Take,
    );
    // Signals and projects: only what is not there.
    check(
        keys::GROWTH_SIGNALS,
        (&apollo, "Hiring | Series B"),
        "series b",
        Verdict::Keep,
    );
    check(keys::GROWTH_SIGNALS, (&apollo, "Hiring"), "Series B", Verdict::Take);
    check(
        keys::PROJECT_PIPELINES,
        (&apollo, "Azure"),
        "Azure, Okta",
        Verdict::Take,
    );
    // Nothing decides: a person does.
    check(keys::JOB_TITLE, (&apollo, "Director"), "Owner", Verdict::Ask);
    check(keys::COMPANY_NAME, (&file, "Acme"), "Beta", Verdict::Ask);
    check(keys::EMAIL, (&apollo, "jane@acme.com"), "doe@acme.com", Verdict::Ask);
    // Spelling is no news.
    check(keys::COMPANY_NAME, (&apollo, "ACME Limited"), "Acme Ltd", Verdict::Same);
    check(
        keys::WEBSITE,
        (&apollo, "www.acme.com"),
        "https://acme.com/",
        Verdict::Same,
    );
    check(keys::JOB_TITLE, (&apollo, "IT-Director"), "it director", Verdict::Same);
    // Where a lead came from first.
    check(
        keys::LEAD_SOURCE,
        (&provider("ZoomInfo"), "ZoomInfo"),
        "Apollo.io",
        Verdict::Keep,
    );
}

#[test]
fn of_two_providers_the_one_that_is_believed_more() {
    check(
        keys::JOB_TITLE,
        (&provider("ZoomInfo"), "Director"),
        "Owner",
        Verdict::Keep,
    );
    check(
        keys::JOB_TITLE,
        (&provider("Hunter.io"), "Director"),
        "Owner",
        Verdict::Take,
    );
    check(
        keys::EMAIL,
        (&provider("Hunter.io"), "jane@acme.com"),
        "doe@acme.com",
        Verdict::Keep,
    );
    check(
        keys::PHONE,
        (&provider("ZoomInfo"), "020 7946 0018"),
        "020 7946 0019",
        Verdict::Keep,
    );
    check(
        keys::TECHNOLOGY_STACK,
        (&provider("ZoomInfo"), "Azure"),
        "AWS",
        Verdict::Take,
    );
    check(
        keys::GROWTH_SIGNALS,
        (&provider("ZoomInfo"), "Hiring"),
        "Series B",
        Verdict::Keep,
    );
}

#[test]
fn what_a_person_or_a_colleague_wrote_stays() {
    check(
        keys::PHONE,
        (&Source::Person, "020 7946 0018"),
        "020 7946 0019",
        Verdict::Keep,
    );
    check(keys::JOB_TITLE, (&Source::Person, "Director"), "Owner", Verdict::Keep);
    check(
        keys::PHONE,
        (&Source::Halopsa, "020 7946 0018"),
        "020 7946 0019",
        Verdict::Ask,
    );
    check(keys::JOB_TITLE, (&Source::Halopsa, "Director"), "Owner", Verdict::Ask);
    check(
        keys::REVENUE_RANGE,
        (&Source::Halopsa, "$1M-5M"),
        "$5M-25M",
        Verdict::Take,
    );
    check(
        keys::INITIAL_NOTES,
        (&provider("UpLead"), "met her"),
        "cold",
        Verdict::Keep,
    );
}

#[test]
fn a_ticket_that_has_gone_on_is_left_alone() {
    let existing = ticket(&provider("ZoomInfo"), &[(keys::JOB_TITLE, "Director")]);
    let new = [(keys::JOB_TITLE, "Owner"), (keys::PHONE, "020 7946 0018")];
    for stage in [
        "contacted",
        "engaged",
        "no_interest",
        "invalid_data",
        "do_not_contact",
        "our_own_stage",
    ] {
        let merge = plan(&existing, stage, "Apollo.io", &new);
        assert_eq!(merge.outcome, MergeOutcome::Preserved, "{stage}");
        assert!(merge.updates.is_empty());
        assert_eq!(merge.preserved, [keys::JOB_TITLE, keys::PHONE]);
        assert_eq!(merge.to_review, record(&new), "what is new waits");
    }
    let order = ProviderOrder::default();
    let promoted = plan_merge(
        &existing,
        &"new_lead".into(),
        true,
        &record(&new),
        &provider("ZoomInfo"),
        &order,
    );
    assert_eq!(promoted.outcome, MergeOutcome::Preserved);
    let nothing_new = plan(&existing, "contacted", "Apollo.io", &[(keys::JOB_TITLE, "director")]);
    assert_eq!(nothing_new.outcome, MergeOutcome::Preserved);
    assert!(nothing_new.to_review.is_empty(), "there is nothing to ask");
}

#[test]
fn an_opt_out_is_heard_in_every_stage_and_never_taken_back() {
    let existing = ticket(&provider("ZoomInfo"), &[(keys::JOB_TITLE, "Director")]);
    for stage in ["new_lead", "engaged"] {
        let merge = plan(&existing, stage, "Apollo.io", &[(keys::DO_NOT_CONTACT, "yes")]);
        assert!(merge.opt_out && merge.updates.is_empty(), "{stage}");
    }
    let on = ticket(&provider("ZoomInfo"), &[(keys::DO_NOT_CONTACT, "yes")]);
    for typed in ["yes", "no"] {
        let merge = plan(&on, "new_lead", "Apollo.io", &[(keys::DO_NOT_CONTACT, typed)]);
        assert!(!merge.opt_out && merge.updates.is_empty() && merge.to_review.is_empty());
        assert_eq!(merge.outcome, MergeOutcome::Skipped);
    }
}

#[test]
fn an_outcome_says_the_most_that_happens() {
    let existing = ticket(
        &provider("Apollo.io"),
        &[(keys::JOB_TITLE, "Director"), (keys::INDUSTRY, "Retail")],
    );
    let outcome = |new: &[(FieldKey, &str)]| plan(&existing, "researching", "Apollo.io", new).outcome;
    assert_eq!(outcome(&[(keys::INDUSTRY, "retail")]), MergeOutcome::Skipped);
    assert_eq!(outcome(&[(keys::PHONE, "020 7946 0018")]), MergeOutcome::Updated);
    let both = plan(
        &existing,
        "researching",
        "Apollo.io",
        &[(keys::PHONE, "020 7946 0018"), (keys::INDUSTRY, "Legal")],
    );
    assert_eq!(both.outcome, MergeOutcome::Review);
    assert_eq!(both.updates.len(), 1, "the rest is merged");
}

/// Fields of every rule, with two values each.
const FIELDS: [(FieldKey, [&str; 3]); 9] = [
    (keys::PERSON_NAME, ["Jane Doe", "Jane M. Doe", "J Doe"]),
    (keys::JOB_TITLE, ["Director", "Owner", "IT Director"]),
    (keys::EMAIL, ["jane@acme.com", "doe@acme.com", "j.doe@acme.com"]),
    (keys::PHONE, ["020 7946 0018", "020 7946 0019", "+442079460018"]),
    (keys::REVENUE_RANGE, ["$1M-5M", "$5M-25M", "$500M+"]),
    (
        keys::SERVICES_OFFERED,
        ["Law", "Law and taxes", "Law, taxes and much more"],
    ),
    (keys::GROWTH_SIGNALS, ["Hiring", "Hiring | Series B", "Series B"]),
    (keys::LEAD_SOURCE, ["ZoomInfo", "Apollo.io", "Fair"]),
    (keys::INITIAL_NOTES, ["met her", "cold", "warm"]),
];

fn values() -> impl Strategy<Value = CleanValues> {
    proptest::collection::vec(proptest::option::of(0usize..3), FIELDS.len()).prop_map(|picks| {
        let chosen: Vec<(FieldKey, &str)> = picks
            .iter()
            .zip(FIELDS)
            .filter_map(|(pick, (field, texts))| pick.map(|pick| (field, texts[pick])))
            .collect();
        record(&chosen)
    })
}

fn sources() -> impl Strategy<Value = Source> {
    prop_oneof![
        Just(Source::Person),
        Just(Source::Halopsa),
        Just(Source::File {
            name: "fair.csv".to_owned()
        }),
        prop::sample::select(vec!["ZoomInfo", "Apollo.io", "Hunter.io", "Lusha", "UpLead"]).prop_map(provider),
    ]
}

fn machines() -> impl Strategy<Value = Source> {
    sources().prop_filter("a machine", |source| {
        !matches!(source, Source::Person | Source::Halopsa)
    })
}

fn stages() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["new_lead", "researching", "contacted"])
}

fn applied(
    existing: &BTreeMap<FieldKey, StoredValue>,
    merge: &ImportMerge,
    source: &Source,
) -> BTreeMap<FieldKey, StoredValue> {
    let mut after = existing.clone();
    after.extend(
        merge
            .updates
            .iter()
            .map(|(field, clean)| (*field, stored(clean, source, None))),
    );
    after
}

proptest! {
    #[test]
    fn a_persons_value_is_never_overwritten(
        old in values(), hands in proptest::collection::vec(sources(), FIELDS.len()),
        new in values(), source in machines(), stage in stages(), promoted: bool,
    ) {
        let existing: BTreeMap<FieldKey, StoredValue> = old
            .iter()
            .zip(&hands)
            .map(|((field, clean), hand)| (*field, stored(clean, hand, None)))
            .collect();
        let merge = plan_merge(&existing, &stage.into(), promoted, &new, &source, &ProviderOrder::default());
        for field in merge.updates.keys() {
            let hand = existing.get(field).map(|old| &old.provenance.source);
            prop_assert_ne!(hand, Some(&Source::Person), "{}", field);
        }
        prop_assert!(merge.updates.is_empty() || (stage != "contacted" && !promoted));
        for field in new.keys() {
            let named = usize::from(merge.updates.contains_key(field)) + usize::from(merge.to_review.contains_key(field));
            prop_assert!(named <= 1, "{} is written and asked about", field);
        }
    }

    #[test]
    fn the_same_record_twice_changes_nothing_more(
        old in values(), hand in sources(), new in values(), source in machines(), stage in stages(),
    ) {
        let existing = old.iter().map(|(field, clean)| (*field, stored(clean, &hand, None))).collect();
        let order = ProviderOrder::default();
        let first = plan_merge(&existing, &stage.into(), false, &new, &source, &order);
        let after = applied(&existing, &first, &source);
        let again = plan_merge(&after, &stage.into(), false, &new, &source, &order);
        prop_assert!(again.updates.is_empty());
        prop_assert_eq!(again.to_review, first.to_review, "the same question, and no other");
    }

    #[test]
    fn two_providers_in_either_order_agree_on_what_their_order_decides(a in values(), b in values()) {
        let order = ProviderOrder::default();
        let (zoominfo, apollo) = (provider("ZoomInfo"), provider("Apollo.io"));
        let import = |into: &BTreeMap<FieldKey, StoredValue>, record: &CleanValues, source: &Source| {
            let merge = plan_merge(into, &"new_lead".into(), false, record, source, &order);
            applied(into, &merge, source)
        };
        let nothing = BTreeMap::new();
        let one = import(&import(&nothing, &a, &zoominfo), &b, &apollo);
        let other = import(&import(&nothing, &b, &apollo), &a, &zoominfo);
        for (field, _) in FIELDS.iter().filter(|(field, _)| field.field().precedence != Precedence::None) {
            let (one, other) = (one.get(field), other.get(field));
            let agree = match (one, other) {
                (Some(one), Some(other)) => says_the_same(*field, &one.value, &other.value),
                (one, other) => one == other,
            };
            prop_assert!(agree, "{}: {:?}, {:?}", field, one, other);
        }
    }
}
