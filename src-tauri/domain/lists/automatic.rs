//! The lists that a rule keeps: by source, fit score, industry, size, and Do Not Contact.
//!
//! A rule looks at one or two fields. Where they come to say something else than before, it decides for exactly one list
//! of its sort (or none), and a ticket that was on another of that sort is taken off it. Where they say nothing the rule
//! says nothing either: what is there stays, because another computer may know the field that this one lacks. And where
//! they say what they said before nothing is done: whoever takes a tag off a ticket in HaloPSA is right until a value
//! that decides leads elsewhere.

use std::collections::BTreeMap;

use super::{Tags, same};
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
const INDUSTRIES: [&str; 5] = [
    "Healthcare & Medical",
    "Legal Services",
    "Financial Services",
    "Manufacturing",
    "Retail & E-commerce",
];
/// The beginnings of the words by which each industry is known.
const INDUSTRY_WORDS: [&[&str]; 5] = [
    &["health", "medic", "hospital", "pharma", "dental", "biotech"],
    &["legal", "law"],
    &["financ", "bank", "insur", "account", "invest"],
    &["manufactur", "industrial"],
    &["retail", "commerce", "ecommerce", "wholesale"],
];
/// What the name of a list by source ends with.
const OF_SOURCE: &str = " Leads";
/// The longest name of a source that can begin the name of a list.
const LONGEST_SOURCE: usize = super::LONGEST - OF_SOURCE.len();

type Values = BTreeMap<FieldKey, Value>;

/// Lists of which a ticket is on one at the most.
struct Sort {
    decide: fn(&Values) -> Option<String>,
    /// As far as they are known beforehand.
    names: &'static [&'static str],
}

const SORTS: [Sort; 5] = [
    Sort {
        decide: source,
        names: &[],
    },
    Sort {
        decide: fit,
        names: &FIT,
    },
    Sort {
        decide: industry,
        names: &INDUSTRIES,
    },
    Sort {
        decide: size,
        names: &SIZES,
    },
    Sort {
        decide: opt_out,
        names: &[DO_NOT_CONTACT],
    },
];

/// The lists that the rules put a ticket with these values on.
#[must_use]
pub fn automatic(values: &Values) -> Tags {
    Tags::of(SORTS.iter().filter_map(|sort| (sort.decide)(values)))
}

/// The lists of a ticket, now that its values are `after` and no longer `before`.
#[must_use]
pub fn follow(lists: &Tags, before: &Values, after: &Values) -> Tags {
    let mut lists = lists.clone();
    for sort in SORTS {
        let (was, is) = ((sort.decide)(before), (sort.decide)(after));
        if was == is {
            continue;
        }
        if let Some(was) = was {
            lists.remove(&was);
        }
        if let Some(is) = is {
            for other in sort.names {
                lists.remove(other);
            }
            lists.add(is);
        }
    }
    lists
}

/// Whether a list of that name is always kept by a rule. A list by source is one as soon as there is such a source.
#[must_use]
pub fn is_reserved(name: &str) -> bool {
    SORTS.iter().flat_map(|sort| sort.names).any(|known| same(known, name))
}

/// The rule that keeps a list of that name, in words. Names that no rule gives have none.
#[must_use]
pub fn rule(name: &str) -> Option<String> {
    let words = [
        "Fit score above 80",
        "Fit score from 60 to 80",
        "Fit score below 60",
        "500 employees or more",
        "50 to 499 employees",
        "1 to 49 employees",
        "Marked as Do Not Contact",
    ];
    let names = FIT.iter().chain(&SIZES).chain([&DO_NOT_CONTACT]);
    if let Some((_, words)) = names.zip(words).find(|(known, _)| same(known, name)) {
        return Some(words.to_owned());
    }
    if let Some(industry) = INDUSTRIES.iter().find(|known| same(known, name)) {
        return Some(format!("Industry: {industry}"));
    }
    let source = name.strip_suffix(OF_SOURCE)?.trim();
    (!source.is_empty()).then(|| format!("Lead source: {source}"))
}

fn text(values: &Values, field: FieldKey) -> Option<&str> {
    match values.get(&field)? {
        Value::Text(text) | Value::Choice(text) => Some(text.trim()).filter(|text| !text.is_empty()),
        _ => None,
    }
}

/// "Apollo.io Leads". A source that cannot be a part of a name, such as one with a comma, or makes the name of another
/// list, such as "Hot", has no list.
fn source(values: &Values) -> Option<String> {
    let source = text(values, keys::LEAD_SOURCE)?;
    if source.chars().count() > LONGEST_SOURCE {
        return None;
    }
    let name = super::name(&format!("{source}{OF_SOURCE}")).ok()?;
    (!is_reserved(&name)).then_some(name)
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
    let known = INDUSTRIES.iter().zip(INDUSTRY_WORDS).find(|(_, beginnings)| {
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
            (keys::LEAD_SOURCE, text_of("hot"), ""),
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
        for name in FIT.iter().chain(&SIZES).chain(&INDUSTRIES).chain([&DO_NOT_CONTACT]) {
            assert_eq!(super::super::name(name).as_deref(), Ok(*name));
            assert!(is_reserved(&name.to_uppercase()));
            assert!(
                rule(name).is_some_and(|words| !words.starts_with("Lead source")),
                "{name}"
            );
        }
    }

    #[test]
    fn a_rule_can_be_said_in_words() {
        for (name, words) in [
            ("hot leads", Some("Fit score above 80")),
            ("Legal Services", Some("Industry: Legal Services")),
            ("Small Business (1-49 employees)", Some("1 to 49 employees")),
            ("Apollo.io Leads", Some("Lead source: Apollo.io")),
            (" Leads", None),
            ("Spring", None),
        ] {
            assert_eq!(rule(name).as_deref(), words, "{name}");
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
        assert!(follow(&legal, &before, &after).same_as(&Tags::of(["Legal Services", "Hot Leads"])));
    }

    #[test]
    fn a_person_is_right_until_a_value_leads_elsewhere() {
        let (warm, hot) = (
            values(&[(keys::FIT_SCORE, Value::Percent(70))]),
            values(&[(keys::FIT_SCORE, Value::Percent(90))]),
        );
        let taken_off = Tags::of(["Spring"]);
        let hotter = values(&[(keys::FIT_SCORE, Value::Percent(95))]);
        assert!(follow(&taken_off, &hot, &hotter).same_as(&taken_off));
        assert!(follow(&taken_off, &hot, &warm).same_as(&Tags::of(["Spring", "Warm Leads"])));
    }
}
