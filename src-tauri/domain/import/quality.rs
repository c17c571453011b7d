//! How much can be done with a record: from 0 to 100, and what it lacks.
//!
//! This judges one incoming record and is neither how warm a lead is ([`score`](crate::score)) nor how well it fits.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{CleanValues, readable_phone, text_of};
use crate::{Value, fields::keys, person_name};

/// The points of a record, and a few words for every part that earned none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Quality {
    pub score: u8,
    /// Such as "no valid e-mail address"; empty at 100.
    pub reasons: Vec<String>,
}

/// A valid e-mail address 30, a phone number that can be dialled 25, first and last name 20, company and website 15, a job
/// title 10.
#[must_use]
pub fn quality(values: &CleanValues) -> Quality {
    let has_text = |field| !text_of(values, field).is_empty();
    let email = matches!(
        values.get(&keys::EMAIL).map(|clean| &clean.value),
        Some(Value::Email(_))
    );
    let name = text_of(values, keys::PERSON_NAME);
    // A name of one word has no surname; only what could have two is worth taking apart.
    let full_name = name.contains(' ') && person_name::has_surname(name);
    let company = has_text(keys::COMPANY_NAME);
    let website = values.contains_key(&keys::WEBSITE);
    let of_company = match (company, website) {
        (false, false) => "no company and no website",
        (false, true) => "no company",
        _ => "no website",
    };
    let mut quality = Quality::default();
    for (given, points, lacks) in [
        (email, 30, "no valid e-mail address"),
        (
            readable_phone(values).is_some(),
            25,
            "no phone number that can be dialled",
        ),
        (
            full_name,
            20,
            if name.is_empty() {
                "no name"
            } else {
                "no first and last name"
            },
        ),
        (company && website, 15, of_company),
        (has_text(keys::JOB_TITLE), 10, "no job title"),
    ] {
        if given {
            quality.score += points;
        } else {
            quality.reasons.push(lacks.to_owned());
        }
    }
    quality
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::record;

    #[test]
    fn every_part_has_its_points() {
        let parts = [
            (vec![(keys::EMAIL, "jane@acme.co.uk")], 30),
            (vec![(keys::PHONE, "020 7946 0018")], 25),
            (vec![(keys::PERSON_NAME, "Jane Doe")], 20),
            (vec![(keys::COMPANY_NAME, "Acme"), (keys::WEBSITE, "acme.co.uk")], 15),
            (vec![(keys::JOB_TITLE, "Director")], 10),
        ];
        for (values, points) in &parts {
            assert_eq!(quality(&record(values)).score, *points, "{values:?}");
        }
        let all: Vec<_> = parts.into_iter().flat_map(|(values, _)| values).collect();
        assert_eq!(
            quality(&record(&all)),
            Quality {
                score: 100,
                reasons: vec![]
            }
        );
    }

    #[test]
    fn what_is_lacking_is_said() {
        let found = quality(&record(&[
            (keys::PERSON_NAME, "Cher"),
            (keys::COMPANY_NAME, "Acme"),
            (keys::PHONE, "ext 5"),
        ]));
        assert_eq!(found.score, 0);
        assert_eq!(
            found.reasons,
            [
                "no valid e-mail address",
                "no phone number that can be dialled",
                "no first and last name",
                "no website",
                "no job title"
            ]
        );
    }
}
