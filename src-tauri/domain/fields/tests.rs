use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::{Value, money::Money};

fn context() -> InputContext {
    InputContext {
        country: "GB".to_owned(),
        currency: "GBP".to_owned(),
        today: "2026-11-21".parse().unwrap(),
    }
}

fn parse(key: FieldKey, input: &str) -> Result<Option<Value>, String> {
    key.field().parse(input, &context()).map_err(|invalid| invalid.reason)
}

fn date(text: &str) -> Result<Option<Value>, String> {
    Ok(Some(Value::Date(text.parse().unwrap())))
}

#[test]
fn the_keys_are_the_catalogue() {
    let catalogue: Vec<FieldKey> = all().map(Field::key).collect();
    assert_eq!(
        catalogue,
        keys::ALL,
        "keys.rs and catalogue.rs name the same fields in the same order"
    );
    let distinct: BTreeSet<&str> = all().map(|field| field.key).collect();
    assert_eq!(distinct.len(), CATALOGUE.len());
    for &key in keys::ALL {
        assert_eq!(FieldKey::find(key.as_str()), Some(key));
        assert_eq!(key.field().key, key.as_str());
    }
    assert_eq!(FieldKey::find("no_such_field"), None);
}

#[test]
fn every_entry_is_complete() {
    let mut labels = BTreeSet::new();
    let mut homes = BTreeSet::new();
    for field in all() {
        assert!(
            !field.label.is_empty() && labels.insert(field.label),
            "{}: label",
            field.key
        );
        assert!(field.help.ends_with('.'), "{}: help is a sentence", field.key);
        let plain = |c: char| c.is_ascii_lowercase() || c == '_';
        assert!(field.key.chars().all(plain), "{}: key", field.key);
        match field.halo {
            HaloHome::Native(name) | HaloHome::Custom(name) => assert!(homes.insert(name), "{}: home", field.key),
            HaloHome::Local => assert!(
                [keys::FIRST_NAME, keys::LAST_NAME, keys::DEAL_AFTER_OPT_OUT].contains(&field.key()),
                "{} would never reach HaloPSA",
                field.key
            ),
        }
        for option in field.options() {
            assert!(
                !option.contains([',', ';', '|', '\n']),
                "{}: {option} could not be typed in a list",
                field.key
            );
        }
    }
}

#[test]
fn the_seed_numbers_are_all_there() {
    let numbers: BTreeSet<u16> = all().filter_map(|field| field.number).collect();
    let expected: BTreeSet<u16> = (101..=113).chain(201..=206).chain(301..=304).collect();
    assert_eq!(numbers, expected);
    for (number, key) in [
        (101, "lead_source"),
        (105, "do_not_contact"),
        (113, "location"),
        (206, "fit_score"),
        (304, "win_loss_reason"),
    ] {
        let field = all().find(|field| field.number == Some(number)).unwrap();
        assert_eq!(field.key, key);
    }
}

#[test]
fn invalid_fields_names_fields_of_the_catalogue() {
    let labels: BTreeSet<&str> = all().map(|field| field.label).collect();
    for option in keys::INVALID_FIELDS.field().options() {
        assert!(labels.contains(option), "{option}");
    }
}

#[test]
fn policies_are_as_the_rules_say() {
    for field in all() {
        let number = field.number.unwrap_or_default();
        if (106..=113).contains(&number) {
            assert_eq!(field.import, ImportPolicy::Enrichment, "{}", field.key);
        }
    }
    assert_eq!(keys::SERVICES_OFFERED.field().import, ImportPolicy::IfLonger);
    assert_eq!(keys::GROWTH_SIGNALS.field().import, ImportPolicy::IfNotContained);
    assert_eq!(keys::PROJECT_PIPELINES.field().import, ImportPolicy::IfNotContained);
    assert_eq!(keys::DO_NOT_CONTACT.field().import, ImportPolicy::Protected);
    assert_eq!(keys::DO_NOT_CONTACT.field().sync, SyncPolicy::OnWins);
    assert_eq!(keys::OPPORTUNITY_VALUE.field().sync, SyncPolicy::Ask);
    assert_eq!(keys::EXPECTED_CLOSE.field().sync, SyncPolicy::Ask);
    assert_eq!(keys::EMAIL.field().sync, SyncPolicy::HaloWins);
    assert_eq!(keys::QUALIFICATION_NOTES.field().sync, SyncPolicy::MineWins);
}

#[test]
fn keys_cross_json_and_unknown_ones_do_not() {
    assert_eq!(serde_json::to_string(&keys::EMAIL).unwrap(), "\"email\"");
    assert_eq!(serde_json::from_str::<FieldKey>("\"email\"").unwrap(), keys::EMAIL);
    let unknown = serde_json::from_str::<FieldKey>("\"e_mail\"").unwrap_err().to_string();
    assert!(unknown.contains("no field is called"), "{unknown}");
}

#[test]
fn nothing_typed_is_no_value() {
    for field in all() {
        for empty in ["", "  ", "\n\t", "\u{200b}", "\u{a0}"] {
            assert_eq!(field.parse(empty, &context()), Ok(None), "{} {empty:?}", field.key);
        }
    }
    assert_eq!(parse(keys::INVALID_FIELDS, " , ;"), Ok(None));
}

#[test]
fn texts_are_tidied() {
    assert_eq!(
        parse(keys::COMPANY_NAME, " Acme\u{a0} Ltd\n"),
        Ok(Some(Value::Text("Acme Ltd".to_owned())))
    );
    assert_eq!(
        parse(keys::INITIAL_NOTES, "one\r\n\r\ntwo \n"),
        Ok(Some(Value::Text("one\n\ntwo".to_owned())))
    );
    let long = parse(keys::COMPANY_NAME, &"x".repeat(1001)).unwrap_err();
    assert_eq!(long, "Company name can hold 1000 characters; this has 1001.");
}

#[test]
fn numbers_are_whole_and_within_bounds() {
    for (input, number) in [("70", 70), (" 070 ", 70), ("100.0", 100), ("+5", 5)] {
        assert_eq!(
            parse(keys::FIT_SCORE, input),
            Ok(Some(Value::Integer(number))),
            "{input}"
        );
    }
    for (input, number) in [
        ("1,200", 1200),
        ("1 200", 1200),
        ("1.200", 1200),
        ("1'200'000", 1_200_000),
    ] {
        assert_eq!(
            parse(keys::HEADCOUNT, input),
            Ok(Some(Value::Integer(number))),
            "{input}"
        );
    }
    assert_eq!(
        parse(keys::FIT_SCORE, "101").unwrap_err(),
        "Fit score is a number from 0 to 100."
    );
    assert_eq!(
        parse(keys::FIT_SCORE, "-1").unwrap_err(),
        "Fit score is a number from 0 to 100."
    );
    for input in [
        "70.5",
        "seventy",
        "51-200",
        "1,2",
        "--5",
        "99999999999999999999",
        "1..2",
    ] {
        assert!(parse(keys::HEADCOUNT, input).is_err(), "{input}");
    }
    assert_eq!(parse(keys::PROBABILITY, "40 %"), Ok(Some(Value::Percent(40))));
    assert_eq!(
        parse(keys::PROBABILITY, "140 %").unwrap_err(),
        "Probability is a number from 0 to 100."
    );
    assert!(
        parse(keys::PROBABILITY, "0.4").is_err(),
        "a share is not silently a percentage"
    );
}

#[test]
fn amounts_take_the_default_currency() {
    let money = |minor, currency: &str| {
        Ok(Some(Value::Money(Money {
            minor,
            currency: currency.to_owned(),
        })))
    };
    assert_eq!(parse(keys::OPPORTUNITY_VALUE, "12,500"), money(1_250_000, "GBP"));
    assert_eq!(parse(keys::OPPORTUNITY_VALUE, "12,500 EUR"), money(1_250_000, "EUR"));
}

#[test]
fn dates_are_read_as_written_here() {
    for (input, expected) in [
        ("2026-12-01", "2026-12-01"),
        ("2026-12-01T12:00:00", "2026-12-01"),
        ("1/12/2026", "2026-12-01"),
        ("01.12.26", "2026-12-01"),
        ("2026/12/1", "2026-12-01"),
        ("1 Dec 2026", "2026-12-01"),
        ("1st December 2026", "2026-12-01"),
        ("Dec 1, 2026", "2026-12-01"),
        ("14 Sept 2026", "2026-09-14"),
        ("today", "2026-11-21"),
        ("Tomorrow", "2026-11-22"),
        ("yesterday", "2026-11-20"),
        ("+7", "2026-11-28"),
        ("+2w", "2026-12-05"),
        ("+1m", "2026-12-21"),
    ] {
        assert_eq!(parse(keys::EXPECTED_CLOSE, input), date(expected), "{input}");
    }
    let us = InputContext {
        country: "US".to_owned(),
        ..context()
    };
    assert_eq!(
        keys::EXPECTED_CLOSE.field().parse("12/1/2026", &us),
        Ok(Some(Value::Date("2026-12-01".parse().unwrap())))
    );
    for input in [
        "31/02/2026",
        "12/31/2026",
        "soon",
        "1900-01-01",
        "+99999999w",
        "2026-13-01",
        "20261201",
        "1 Foo 2026",
    ] {
        assert!(parse(keys::EXPECTED_CLOSE, input).is_err(), "{input}");
    }
}

#[test]
fn choices_are_found_in_any_case() {
    assert_eq!(parse(keys::DEPARTMENT, "hr"), Ok(Some(Value::Choice("HR".to_owned()))));
    assert_eq!(
        parse(keys::MANAGEMENT_LEVEL, "c–suite"),
        Ok(Some(Value::Choice("C-Suite".to_owned())))
    );
    assert_eq!(
        parse(keys::REVENUE_RANGE, "< $1m"),
        Ok(Some(Value::Choice("<$1M".to_owned())))
    );
    assert_eq!(
        parse(keys::EMPLOYEE_RANGE, "5000+"),
        Ok(Some(Value::Choice("5000+".to_owned())))
    );
    assert_eq!(
        parse(keys::INVALID_FIELDS, "phone; e-mail, Phone"),
        Ok(Some(Value::Choices(vec!["E-mail".to_owned(), "Phone".to_owned()])))
    );
    assert_eq!(
        parse(keys::DNC_REASON, "because").unwrap_err(),
        "“because” is not one of the choices for Do not contact reason: Opt-out, Legal, Other."
    );
    assert!(parse(keys::EMPLOYEE_RANGE, "5000").is_err(), "a number is no range");
}

#[test]
fn switches_years_and_contacts() {
    for (input, on) in [("Yes", true), ("TRUE", true), ("1", true), ("no", false), ("0", false)] {
        assert_eq!(
            parse(keys::GDPR_CONSENT, input),
            Ok(Some(Value::Boolean(on))),
            "{input}"
        );
    }
    assert!(parse(keys::GDPR_CONSENT, "perhaps").is_err());
    assert_eq!(parse(keys::FOUNDED_YEAR, "1998"), Ok(Some(Value::Year(1998))));
    for input in ["98", "2027", "0998", "19980"] {
        assert!(parse(keys::FOUNDED_YEAR, input).is_err(), "{input}");
    }
    assert!(parse(keys::EMAIL, "jane@acme").is_err());
    assert!(parse(keys::WEBSITE, "acme").is_err());
    assert!(matches!(parse(keys::PHONE, "12"), Ok(Some(Value::Phone(phone))) if !phone.is_readable()));
    assert_eq!(
        parse(keys::PHONE, "reception").unwrap_err(),
        "“reception” has no digits, so it is no phone number."
    );
}

#[test]
fn values_are_shown_in_words() {
    for (key, input, shown) in [
        (keys::OPPORTUNITY_VALUE, "12500", "£12,500.00"),
        (keys::PROBABILITY, "40", "40 %"),
        (keys::EXPECTED_CLOSE, "2026-12-01", "1 Dec 2026"),
        (keys::PHONE, "020 7946 0018", "+44 20 7946 0018"),
        (keys::GDPR_CONSENT, "1", "Yes"),
        (keys::INVALID_FIELDS, "phone;e-mail", "E-mail, Phone"),
        (keys::FOUNDED_YEAR, "1998", "1998"),
        (keys::WEBSITE, "https://Acme.example/", "acme.example"),
    ] {
        let value = parse(key, input).unwrap().unwrap();
        assert_eq!(value.display(), shown);
    }
}

/// Inputs that make sense for a field of that kind, and some that do not.
fn inputs(field: &'static Field) -> BoxedStrategy<String> {
    let likely: BoxedStrategy<String> = match field.kind {
        FieldKind::Text | FieldKind::LongText => "[\\PC\n\t]{0,60}".boxed(),
        FieldKind::Integer { .. } | FieldKind::Percent => "[0-9]{1,3}([,.' ][0-9]{3})?( ?%)?".boxed(),
        FieldKind::Currency => {
            "(£|€|US\\$)?[0-9]{1,3}([,. ][0-9]{3}){0,2}([.,][0-9]{2})?( (EUR|JPY|KWD))?[km]?".boxed()
        }
        FieldKind::Date => {
            "[0-3]?[0-9][./-][0-3]?[0-9][./-](20)?[0-9]{2}|20[0-9]{2}-[01][0-9]-[0-3][0-9]|\\+[0-9]{1,2}[dwm]?".boxed()
        }
        FieldKind::Boolean => "yes|no|Y|0|1|true|off".boxed(),
        FieldKind::SingleSelect(options) => prop::sample::select(options).prop_map(str::to_lowercase).boxed(),
        FieldKind::MultiSelect(options) => prop::collection::vec(prop::sample::select(options), 0..4)
            .prop_map(|chosen| chosen.join("; "))
            .boxed(),
        FieldKind::Email => "[a-z.]{1,8}@[a-z]{1,8}\\.(com|example|co\\.uk)".boxed(),
        FieldKind::Phone => "(\\+44 ?|0|'\\+44)20[ -]?7946[ -]?0[0-9]{3}( x[0-9]{1,3})?|[0-9 ]{1,12}".boxed(),
        FieldKind::Url => "(https?://)?(www\\.)?[a-zA-Z]{1,8}\\.(com|example)(/[a-z0-9/?=]{0,10})?".boxed(),
        FieldKind::Year => "(1[0-9]|20)[0-9]{2}".boxed(),
    };
    prop_oneof![9 => likely, 1 => "\\PC{0,30}".boxed()].boxed()
}

proptest! {
    /// What a value is typed as gives the value back, for every field of the catalogue.
    #[test]
    fn typing_a_value_back_changes_nothing(
        (field, input) in prop::sample::select(keys::ALL).prop_flat_map(|key| (Just(key.field()), inputs(key.field()))),
    ) {
        if let Ok(Some(value)) = field.parse(&input, &context()) {
            let typed = value.to_input();
            prop_assert_eq!(field.parse(&typed, &context()), Ok(Some(value.clone())), "{} typed {:?}", field.key, typed);
            let stored = serde_json::to_string(&value).unwrap();
            prop_assert_eq!(serde_json::from_str::<Value>(&stored).unwrap(), value);
        }
    }

    /// Whatever is typed into whatever field, there is a value, nothing, or a sentence.
    #[test]
    fn every_refusal_is_a_sentence(key in prop::sample::select(keys::ALL), input in "\\PC{0,30}") {
        if let Err(invalid) = key.field().parse(&input, &context()) {
            prop_assert!(invalid.reason.ends_with('.') && invalid.reason.len() > 10, "{invalid}");
        }
    }
}
