//! Every home and every shape of a value.

use chrono::NaiveDate;
use domain::{HaloFieldId, email::EmailAddress, fields::keys, phone::PhoneNumber};

use super::*;
use crate::ErrorKind;

fn locale() -> Locale {
    Locale {
        country: "GB".to_owned(),
        currency: "GBP".to_owned(),
    }
}

fn native(property: &str) -> FieldTarget {
    FieldTarget::Native {
        property: property.to_owned(),
    }
}

fn custom(kind: i64, options: &[(i64, &str)]) -> FieldTarget {
    FieldTarget::Custom {
        id: HaloFieldId(226),
        name: "CFx".to_owned(),
        kind,
        options: options.iter().map(|(id, text)| (*id, (*text).to_owned())).collect(),
    }
}

fn check(key: FieldKey, target: &FieldTarget, raw: Json, expect: Said) {
    assert_eq!(read(key, target, &raw, None, &locale()), expect, "{key} from {raw}");
}

fn pounds(minor: i64) -> Value {
    Value::Money(Money {
        minor,
        currency: "GBP".to_owned(),
    })
}

#[test]
fn nothing_has_many_faces() {
    let value = native("oppvalue");
    for raw in [json!(null), json!(""), json!("  "), json!(0), json!(0.0)] {
        check(keys::OPPORTUNITY_VALUE, &value, raw, Said::Empty);
    }
    check(keys::PROBABILITY, &native("x"), json!(0.0), Said::Empty);
    check(
        keys::EXPECTED_CLOSE,
        &native("targetdate"),
        json!("1900-01-01T00:00:00"),
        Said::Empty,
    );
    check(
        keys::EXPECTED_CLOSE,
        &native("targetdate"),
        json!("0001-01-01T00:00:00"),
        Said::Empty,
    );
    check(keys::EMPLOYEE_RANGE, &custom(2, &[]), json!(-1), Said::Empty);
    check(keys::EMPLOYEE_RANGE, &custom(2, &[]), json!(0), Said::Empty);
}

#[test]
fn natives_are_read() {
    check(
        keys::OPPORTUNITY_VALUE,
        &native("x"),
        json!(1200.5),
        Said::Is(pounds(120_050)),
    );
    check(
        keys::OPPORTUNITY_VALUE,
        &native("x"),
        json!("1200.50"),
        Said::Is(pounds(120_050)),
    );
    check(
        keys::PROBABILITY,
        &native("x"),
        json!(75.0),
        Said::Is(Value::Percent(75)),
    );
    check(
        keys::PROBABILITY,
        &native("x"),
        json!(33.4),
        Said::Is(Value::Percent(33)),
    );
    check(keys::PROBABILITY, &native("x"), json!(140), Said::Unreadable);
    let day = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
    for raw in [
        "2026-11-21T12:00:00",
        "2026-11-21T00:00:00",
        "2026-11-21T00:00:00Z",
        "2026-11-21",
    ] {
        check(
            keys::EXPECTED_CLOSE,
            &native("x"),
            json!(raw),
            Said::Is(Value::Date(day)),
        );
    }
    check(
        keys::EMAIL,
        &native("x"),
        json!(" Ann@Foo.CO.uk "),
        Said::Is(Value::Email(EmailAddress("ann@foo.co.uk".to_owned()))),
    );
}

#[test]
fn what_makes_no_sense_is_unknown_not_empty() {
    check(keys::EMAIL, &native("x"), json!("none yet"), Said::Unreadable);
    check(keys::EXPECTED_CLOSE, &native("x"), json!("soon"), Said::Unreadable);
    check(keys::FIT_SCORE, &custom(0, &[]), json!("high"), Said::Unreadable);
    check(keys::OPPORTUNITY_VALUE, &native("x"), json!("lots"), Said::Unreadable);
}

#[test]
fn selects_arrive_as_ids_in_every_shape() {
    let range = custom(2, &[(7, "10-50"), (8, "51–200"), (9, "Huge")]);
    let choice = |text: &str| Said::Is(Value::Choice(text.to_owned()));
    for raw in [
        json!(7),
        json!(7.0),
        json!("7"),
        json!("10-50"),
        json!([{"id": 7, "name": "10-50"}]),
    ] {
        check(keys::EMPLOYEE_RANGE, &range, raw, choice("10-50"));
    }
    // The tenant writes it with another dash; ours is the catalogue's text.
    check(keys::EMPLOYEE_RANGE, &range, json!(8), choice("51-200"));
    // An option only the tenant has is shown as it is.
    check(keys::EMPLOYEE_RANGE, &range, json!(9), choice("Huge"));
    let newer = read(keys::EMPLOYEE_RANGE, &range, &json!(12), Some("5000+"), &locale());
    assert_eq!(newer, choice("5000+"));
}

#[test]
fn multi_selects_arrive_as_joined_ids() {
    let wrong = custom(3, &[(1, "Phone"), (2, "E-mail"), (3, "Website")]);
    let choices = |texts: &[&str]| Said::Is(Value::Choices(texts.iter().map(|text| (*text).to_owned()).collect()));
    for raw in [
        json!("1,2"),
        json!("2, 1"),
        json!(["1", 2]),
        json!([{"id": 2}, {"id": 1}]),
    ] {
        check(keys::INVALID_FIELDS, &wrong, raw, choices(&["E-mail", "Phone"]));
    }
    check(keys::INVALID_FIELDS, &wrong, json!("3"), choices(&["Website"]));
    check(keys::INVALID_FIELDS, &wrong, json!(""), Said::Empty);
    check(
        keys::INVALID_FIELDS,
        &custom(1, &[]),
        json!("Phone; E-mail"),
        choices(&["E-mail", "Phone"]),
    );
}

#[test]
fn checkboxes_arrive_in_every_shape() {
    for (raw, on) in [
        (json!(true), true),
        (json!("true"), true),
        (json!("1"), true),
        (json!(1), true),
        (json!("False"), false),
        (json!(0), false),
    ] {
        check(keys::DO_NOT_CONTACT, &custom(6, &[]), raw, Said::Is(Value::Boolean(on)));
    }
    check(keys::DO_NOT_CONTACT, &custom(6, &[]), json!(""), Said::Empty);
}

#[test]
fn values_that_were_written_read_back_the_same() {
    let day = NaiveDate::from_ymd_opt(2026, 3, 29).unwrap();
    let range = [(7, "10-50"), (8, "51-200")];
    let cases: Vec<(FieldKey, FieldTarget, Value)> = vec![
        (keys::OPPORTUNITY_VALUE, native("oppvalue"), pounds(1_234_567)),
        (keys::PROBABILITY, native("x"), Value::Percent(40)),
        (keys::EXPECTED_CLOSE, native("targetdate"), Value::Date(day)),
        (keys::OPT_IN_DATE, custom(4, &[]), Value::Date(day)),
        (keys::FINAL_VALUE, custom(0, &[]), pounds(999)),
        (
            keys::FINAL_VALUE,
            custom(0, &[]),
            Value::Money(Money {
                minor: 5_000,
                currency: "EUR".to_owned(),
            }),
        ),
        (keys::FIT_SCORE, custom(0, &[]), Value::Integer(81)),
        (keys::FOUNDED_YEAR, custom(0, &[]), Value::Year(1999)),
        (keys::DO_NOT_CONTACT, custom(6, &[]), Value::Boolean(true)),
        (
            keys::EMPLOYEE_RANGE,
            custom(2, &range),
            Value::Choice("51-200".to_owned()),
        ),
        (keys::EMPLOYEE_RANGE, custom(0, &[]), Value::Choice("5000+".to_owned())),
        (
            keys::INVALID_FIELDS,
            custom(3, &[(1, "Phone"), (2, "E-mail")]),
            Value::Choices(vec!["E-mail".to_owned(), "Phone".to_owned()]),
        ),
        (
            keys::PAIN_POINTS,
            custom(1, &[]),
            Value::Text("Slow\nand <old>".to_owned()),
        ),
        (
            keys::PAIN_POINTS,
            custom(10, &[]),
            Value::Text("Slow\nand <old>".to_owned()),
        ),
        (
            keys::LEAD_SOURCE,
            custom(2, &[(3, "Apollo.io")]),
            Value::Text("Apollo.io".to_owned()),
        ),
        (
            keys::EMAIL,
            native("x"),
            Value::Email(EmailAddress("ann@foo.co.uk".to_owned())),
        ),
    ];
    for (key, target, value) in cases {
        let json = write(key, &target, Some(&value), &locale()).unwrap();
        assert_eq!(
            read(key, &target, &json, None, &locale()),
            Said::Is(value.clone()),
            "{key} through {json}"
        );
        let empty = write(key, &target, None, &locale()).unwrap();
        let expect = if value == Value::Boolean(true) {
            Said::Is(Value::Boolean(false))
        } else {
            Said::Empty
        };
        assert_eq!(
            read(key, &target, &empty, None, &locale()),
            expect,
            "{key} emptied through {empty}"
        );
    }
}

#[test]
fn a_phone_number_keeps_its_country() {
    let typed = Value::Phone(PhoneNumber::parse("(202) 555-0143 x9", "US"));
    let json = write(keys::PHONE, &native("opptel"), Some(&typed), &locale()).unwrap();
    let Said::Is(back) = read(keys::PHONE, &native("opptel"), &json, None, &locale()) else {
        panic!("{json} was not read");
    };
    assert!(back.same_as(&typed), "{back:?}");
    let unread = Value::Phone(PhoneNumber::parse("ask for 12", "GB"));
    assert_eq!(
        write(keys::PHONE, &native("opptel"), Some(&unread), &locale()).unwrap(),
        json!("ask for 12")
    );
}

#[test]
fn dates_are_sent_as_noon() {
    let day = Value::Date(NaiveDate::from_ymd_opt(2026, 3, 29).unwrap());
    assert_eq!(
        write(keys::OPT_IN_DATE, &custom(4, &[]), Some(&day), &locale()).unwrap(),
        json!("2026-03-29T12:00:00")
    );
}

#[test]
fn what_the_tenant_cannot_hold_is_refused_in_words() {
    let euros = Value::Money(Money {
        minor: 100,
        currency: "EUR".to_owned(),
    });
    let cases = [
        (keys::OPPORTUNITY_VALUE, native("oppvalue"), euros, "in GBP only"),
        (
            keys::LEAD_SOURCE,
            custom(2, &[(1, "Web")]),
            Value::Text("Radio".to_owned()),
            "no option “Radio”",
        ),
        (
            keys::OPT_IN_DATE,
            custom(6, &[]),
            Value::Date(NaiveDate::MAX),
            "is a checkbox",
        ),
        (
            keys::PAIN_POINTS,
            custom(4, &[]),
            Value::Text("x".to_owned()),
            "is a date field",
        ),
    ];
    for (key, target, value, part) in cases {
        let error = write(key, &target, Some(&value), &locale()).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Invalid);
        assert!(error.message.contains(part), "{}", error.message);
    }
}
