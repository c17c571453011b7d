//! The key by which two records are one at first sight.
//!
//! A personal e-mail address, else company and person, else a phone number, letters and digits only. A shared mailbox is
//! no identity, so it makes no key of its own: whoever reads `info@` is told apart by name and company. What no key
//! catches is left to linkage.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{CleanValues, readable_phone, text_of};
use crate::{Value, company_name, fields::keys, text};

/// `email:jane@acme.co.uk`, `company-person:acme-janedoe` or `phone:442079460018`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(transparent)]
pub struct DedupKey(pub String);

impl std::fmt::Display for DedupKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The key of a record; `None` for one of which too little is known.
#[must_use]
pub fn key(values: &CleanValues) -> Option<DedupKey> {
    if let Some(Value::Email(email)) = values.get(&keys::EMAIL).map(|clean| &clean.value)
        && !email.is_role()
    {
        return Some(DedupKey(format!("email:{email}")));
    }
    let company = company_name::key(text_of(values, keys::COMPANY_NAME));
    let person = text::letters_and_digits(text_of(values, keys::PERSON_NAME));
    if !company.is_empty() && !person.is_empty() {
        return Some(DedupKey(format!("company-person:{company}-{person}")));
    }
    let digits = readable_phone(values)?.e164.as_deref()?.trim_start_matches('+');
    Some(DedupKey(format!("phone:{digits}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FieldKey, import::record};

    fn check(values: &[(FieldKey, &str)], expected: Option<&str>) {
        let found = key(&record(values));
        assert_eq!(found.as_ref().map(|key| key.0.as_str()), expected, "{values:?}");
    }

    #[test]
    fn the_first_of_three_that_a_record_has() {
        let person = (keys::PERSON_NAME, "Jane O'Doe");
        let company = (keys::COMPANY_NAME, "Acme Ltd");
        let phone = (keys::PHONE, "020 7946 0018");
        check(
            &[(keys::EMAIL, "Jane@Acme.co.uk"), person, company, phone],
            Some("email:jane@acme.co.uk"),
        );
        check(&[person, company, phone], Some("company-person:acme-janeodoe"));
        check(&[person, phone], Some("phone:442079460018"));
        check(&[(keys::COMPANY_PHONE, "020 7946 0018")], Some("phone:442079460018"));
        check(&[person], None);
        check(&[company, (keys::PHONE, "ext 12")], None);
    }

    #[test]
    fn a_shared_mailbox_is_no_identity() {
        let mailbox = (keys::EMAIL, "info@acme.co.uk");
        check(
            &[
                mailbox,
                (keys::PERSON_NAME, "Jane Doe"),
                (keys::COMPANY_NAME, "ACME LIMITED"),
            ],
            Some("company-person:acme-janedoe"),
        );
        check(&[mailbox], None);
    }
}
