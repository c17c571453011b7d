//! The lists that a rule keeps: by source, fit score, industry, size, and Do Not Contact.
//!
//! A rule looks at one or two fields. Where they say something, it decides for exactly one list of its sort (or none),
//! and a ticket that was on another of that sort is taken off it. Where they say nothing the rule says nothing either:
//! what is there stays, because another computer may know the field that this one lacks.

use std::collections::BTreeMap;

use super::Tags;
use crate::{FieldKey, Value, fields::keys};

/// The fields that decide. A change of any other field changes no list.
pub const DECIDING: [FieldKey; 6] = [
    keys::LEAD_SOURCE,
    keys::FIT_SCORE,
    keys::INDUSTRY,
    keys::HEADCOUNT,
    keys::EMPLOYEE_RANGE,
    keys::DO_NOT_CONTACT,
];

const FIT: [&str; 3] = ["Hot Leads", "Warm Leads", "Cold Leads"];
const SIZES: [&str; 3] = [
    "Enterprise (500+ employees)",
    "Mid-Market (50-499 employees)",
    "Small Business (1-49 employees)",
];
const DO_NOT_CONTACT: &str = "Do Not Contact";
/// Industries, with the beginnings of the words by which one is known.
const INDUSTRIES: [(&str, &[&str]); 5] = [
    (
        "Healthcare & Medical",
        &["health", "medic", "hospital", "pharma", "dental", "biotech"],
    ),
    ("Legal Services", &["legal", "law"]),
    ("Financial Services", &["financ", "bank", "insur", "account", "invest"]),
    ("Manufacturing", &["manufactur", "industrial"]),
    ("Retail & E-commerce", &["retail", "commerce", "ecommerce", "wholesale"]),
];
/// The longest name of a source that can begin the name of a list.
const LONGEST_SOURCE: usize = super::LONGEST - " Leads".len();

type Values = BTreeMap<FieldKey, Value>;

/// The lists that the rules put a ticket with these values on.
#[must_use]
pub fn automatic(values: &Values) -> Tags {
    let sorts = [
        source(values),
        fit(values),
        industry(values),
        size(values),
        opt_out(values),
    ];
    Tags::of(sorts.into_iter().flatten())
}

/// The lists of a ticket, now that its values are `after` and no longer `before`.
#[must_use]
pub fn follow(lists: &Tags, before: &Values, after: &Values) -> Tags {
    let mut lists = lists.clone();
    for gone in automatic(before).iter() {
        lists.remove(gone);
    }
    if fit(after).is_some() {
        FIT.iter().for_each(|name| {
            lists.remove(name);
        });
    }
    if size(after).is_some() {
        SIZES.iter().for_each(|name| {
            lists.remove(name);
        });
    }
    if industry(after).is_some() {
        INDUSTRIES.iter().for_each(|(name, _)| {
            lists.remove(name);
        });
    }
    for name in automatic(after).iter() {
        lists.add(name);
    }
    lists
}

fn text(values: &Values, field: FieldKey) -> Option<&str> {
    match values.get(&field)? {
        Value::Text(text) | Value::Choice(text) => Some(text.trim()).filter(|text| !text.is_empty()),
        _ => None,
    }
}

/// "Apollo.io Leads". A source that cannot be a part of a name, such as one with a comma, has no list.
fn source(values: &Values) -> Option<String> {
    let source = text(values, keys::LEAD_SOURCE)?;
    if source.chars().count() > LONGEST_SOURCE {
        return None;
    }
    super::name(&format!("{source} Leads")).ok()
}

fn fit(values: &Values) -> Option<String> {
    let score = values.get(&keys::FIT_SCORE)?.number()?;
    let [hot, warm, cold] = FIT;
    Some(
        match score {
            81.. => hot,
            60..=80 => warm,
            _ => cold,
        }
        .to_owned(),
    )
}

fn industry(values: &Values) -> Option<String> {
    let industry = text(values, keys::INDUSTRY)?.to_lowercase();
    let words: Vec<&str> = industry.split(|letter: char| !letter.is_alphanumeric()).collect();
    let known = INDUSTRIES.iter().find(|(_, beginnings)| {
        words
            .iter()
            .any(|word| beginnings.iter().any(|begin| word.starts_with(begin)))
    });
    known.map(|(name, _)| (*name).to_owned())
}

/// By the number of employees; where only a range is known, by its lower end.
fn size(values: &Values) -> Option<String> {
    let headcount = values.get(&keys::HEADCOUNT).and_then(Value::number);
    let range = || {
        let range = text(values, keys::EMPLOYEE_RANGE)?;
        let digits: String = range.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    };
    let [enterprise, mid, small] = SIZES;
    let name = match headcount.or_else(range)? {
        500.. => enterprise,
        50..=499 => mid,
        1..=49 => small,
        _ => return None,
    };
    Some(name.to_owned())
}

fn opt_out(values: &Values) -> Option<String> {
    (values.get(&keys::DO_NOT_CONTACT) == Some(&Value::Boolean(true))).then(|| DO_NOT_CONTACT.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    fn values(list: &[(FieldKey, Value)]) -> Values {
        list.iter().cloned().collect()
    }

    #[test]
    fn each_rule_decides_by_its_own_fields() {
        for (field, value, expected) in [
            (keys::LEAD_SOURCE, text_of("Apollo.io"), "Apollo.io Leads"),
            (keys::LEAD_SOURCE, text_of("Fairs, 2026"), ""),
            (keys::FIT_SCORE, Value::Percent(81), "Hot Leads"),
            (keys::FIT_SCORE, Value::Percent(80), "Warm Leads"),
            (keys::FIT_SCORE, Value::Percent(60), "Warm Leads"),
            (keys::FIT_SCORE, Value::Percent(59), "Cold Leads"),
            (
                keys::INDUSTRY,
                text_of("Hospital & Health Care"),
                "Healthcare & Medical",
            ),
            (keys::INDUSTRY, text_of("Law practice"), "Legal Services"),
            (keys::INDUSTRY, text_of("Outlawed toys"), ""),
            (keys::INDUSTRY, text_of("banking"), "Financial Services"),
            (keys::INDUSTRY, text_of("E-Commerce"), "Retail & E-commerce"),
            (keys::HEADCOUNT, Value::Integer(500), "Enterprise (500+ employees)"),
            (keys::HEADCOUNT, Value::Integer(499), "Mid-Market (50-499 employees)"),
            (keys::HEADCOUNT, Value::Integer(49), "Small Business (1-49 employees)"),
            (keys::HEADCOUNT, Value::Integer(0), ""),
            (
                keys::EMPLOYEE_RANGE,
                Value::Choice("5000+".to_owned()),
                "Enterprise (500+ employees)",
            ),
            (
                keys::EMPLOYEE_RANGE,
                Value::Choice("51-200".to_owned()),
                "Mid-Market (50-499 employees)",
            ),
            (keys::DO_NOT_CONTACT, Value::Boolean(true), "Do Not Contact"),
            (keys::DO_NOT_CONTACT, Value::Boolean(false), ""),
            (keys::JOB_TITLE, text_of("Lawyer"), ""),
        ] {
            let found = automatic(&values(&[(field, value.clone())]));
            let names: Vec<&str> = found.iter().collect();
            assert_eq!(names.join("|"), expected, "{field:?} {value:?}");
        }
    }

    #[test]
    fn every_name_is_one_that_a_list_can_have() {
        for name in FIT
            .iter()
            .chain(&SIZES)
            .chain(INDUSTRIES.iter().map(|(name, _)| name))
            .chain([&DO_NOT_CONTACT])
        {
            assert_eq!(super::super::name(name).as_deref(), Ok(*name));
        }
    }

    #[test]
    fn a_ticket_changes_lists_with_its_values_and_keeps_those_of_people() {
        let before = values(&[(keys::FIT_SCORE, Value::Percent(50))]);
        let after = values(&[(keys::FIT_SCORE, Value::Percent(90))]);
        let lists = Tags::of(["Spring", "Cold Leads"]);
        assert!(follow(&lists, &before, &after).same_as(&Tags::of(["Spring", "Hot Leads"])));
        // Emptied again: nothing decides.
        assert!(follow(&Tags::of(["Spring", "Hot Leads"]), &after, &Values::new()).same_as(&Tags::of(["Spring"])));
        // What a colleague's computer decided by a field that is not known here stays.
        let legal = Tags::of(["Legal Services", "Warm Leads"]);
        assert!(follow(&legal, &Values::new(), &Values::new()).same_as(&legal));
        // Two of one sort cannot both be right.
        assert!(follow(&legal, &after, &after).same_as(&Tags::of(["Legal Services", "Hot Leads"])));
    }
}
