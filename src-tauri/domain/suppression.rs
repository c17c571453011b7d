//! Who is meant when somebody asks not to be contacted: the addresses and lines by which a person is known.
//!
//! Do Not Contact is about a person, and a person may stand on several tickets. Two tickets are of one person when they
//! share an e-mail address or a phone number, because a call or a mail from the one would reach who asked for peace on
//! the other. Numbers are compared as they are dialled, so one that cannot be read is no identity.
//!
//! A shared mailbox (info@, sales@, …) and a number that is also the company's are no identity: colleagues stand behind
//! them. They go into the ledger all the same, since whoever writes or dials there may reach the person, but they mark
//! no other ticket unless it has the same person's name.
//!
//! Turned down: comparing names and companies, which is for `linkage` and a person to judge. Marking too few is the
//! worse mistake here, but a mark on a namesake would be a wrong one.

use std::collections::BTreeMap;

use crate::{
    FieldKey, Value, email::EmailAddress, fields::keys, lifecycle::StageKey, phone::PhoneNumber, text,
    workflow::OPT_OUT,
};

/// What kind of address it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum IdentityKind {
    Email,
    Phone,
}

impl IdentityKind {
    /// The stable key, as kept in the database.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
        }
    }
}

/// One address or line, alone or together with a person's name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Identity {
    kind: IdentityKind,
    /// `jane@acme.example`, `+442079460018`, `+442079460018;5`.
    address: String,
    /// Letters and digits of the name, where the address alone does not say who it is.
    name: Option<String>,
    /// Whether whoever has it is the same person.
    tells: bool,
}

impl Identity {
    /// The mailbox itself, whoever reads it.
    #[must_use]
    pub fn of_email(email: &EmailAddress) -> Self {
        Self::plain(IdentityKind::Email, email.as_str().to_owned())
    }

    /// The line itself, whoever answers; `None` for a number that cannot be read.
    #[must_use]
    pub fn of_phone(phone: &PhoneNumber) -> Option<Self> {
        let number = phone.e164.as_ref()?;
        let address = match &phone.extension {
            Some(extension) => format!("{number};{extension}"),
            None => number.clone(),
        };
        Some(Self::plain(IdentityKind::Phone, address))
    }

    /// The address or line in a value; `None` for a value of another kind.
    #[must_use]
    pub fn of_value(value: &Value) -> Option<Self> {
        match value {
            Value::Email(email) => Some(Self::of_email(email)),
            Value::Phone(phone) => Self::of_phone(phone),
            _ => None,
        }
    }

    fn plain(kind: IdentityKind, address: String) -> Self {
        Self {
            kind,
            address,
            name: None,
            tells: true,
        }
    }

    /// What kind of address it is.
    #[must_use]
    pub fn kind(&self) -> IdentityKind {
        self.kind
    }

    /// The address, or the number in E.164 without its extension: what to look for among tickets.
    #[must_use]
    pub fn address(&self) -> &str {
        match self.kind {
            IdentityKind::Email => &self.address,
            IdentityKind::Phone => self.address.split(';').next().unwrap_or(&self.address),
        }
    }

    /// Whether whoever has it is the same person, so that a mark on one ticket is a mark on all that have it.
    #[must_use]
    pub fn tells_who(&self) -> bool {
        self.tells
    }

    /// What is hashed. Two identities are the same when this is.
    #[must_use]
    pub fn canonical(&self) -> String {
        let (kind, address) = (self.kind.key(), &self.address);
        match &self.name {
            Some(name) => format!("{kind}:{address}|{name}"),
            None => format!("{kind}:{address}"),
        }
    }
}

/// Everything by which the person on a ticket is known, each thing once.
#[must_use]
pub fn identities(values: &BTreeMap<FieldKey, Value>) -> Vec<Identity> {
    let switchboard = match values.get(&keys::COMPANY_PHONE) {
        Some(Value::Phone(phone)) => Identity::of_phone(phone),
        _ => None,
    };
    let mut found: Vec<Identity> = Vec::new();
    for field in PERSONAL {
        let Some(value) = values.get(&field) else { continue };
        let Some(identity) = Identity::of_value(value) else {
            continue;
        };
        let shared = match value {
            Value::Email(email) => email.is_role(),
            _ => switchboard.as_ref() == Some(&identity),
        };
        if shared {
            found.push(Identity {
                name: Some(name_key(values)),
                ..identity.clone()
            });
        }
        found.push(Identity {
            tells: !shared,
            ..identity
        });
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// The fields whose address or line is the person's.
pub const PERSONAL: [FieldKey; 3] = [keys::EMAIL, keys::PHONE, keys::MOBILE_PHONE];

/// Whether a change of the field can change who is meant, or whether they may be contacted.
#[must_use]
pub fn matters(field: FieldKey) -> bool {
    PERSONAL.contains(&field) || [keys::PERSON_NAME, keys::COMPANY_PHONE, keys::DO_NOT_CONTACT].contains(&field)
}

/// Whether these values say that nobody may contact the person.
#[must_use]
pub fn is_on(values: &BTreeMap<FieldKey, Value>) -> bool {
    values.get(&keys::DO_NOT_CONTACT) == Some(&Value::Boolean(true))
}

/// Whether a ticket that comes to stand there is one of a person who opted out.
#[must_use]
pub fn is_opt_out(stage: &StageKey) -> bool {
    stage.as_str() == OPT_OUT
}

fn name_key(values: &BTreeMap<FieldKey, Value>) -> String {
    match values.get(&keys::PERSON_NAME) {
        Some(Value::Text(name)) => text::letters_and_digits(name),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn email(address: &str) -> Value {
        Value::Email(EmailAddress::parse(address).unwrap())
    }

    fn phone(typed: &str) -> Value {
        Value::Phone(PhoneNumber::parse(typed, "GB"))
    }

    fn name(name: &str) -> Value {
        Value::Text(name.to_owned())
    }

    fn person(values: &[(FieldKey, Value)]) -> Vec<Identity> {
        identities(&values.iter().cloned().collect())
    }

    fn check(values: &[(FieldKey, Value)], expected: &[(&str, bool)]) {
        let found = person(values);
        let shown: Vec<(String, bool)> = found.iter().map(|it| (it.canonical(), it.tells_who())).collect();
        let expected: Vec<(String, bool)> = expected
            .iter()
            .map(|(key, tells)| ((*key).to_owned(), *tells))
            .collect();
        assert_eq!(shown, expected);
    }

    #[test]
    fn a_person_is_known_by_their_own_addresses_and_lines() {
        check(
            &[
                (keys::PERSON_NAME, name("Jane Doe")),
                (keys::EMAIL, email("Jane.Doe@Acme.co.uk")),
                (keys::PHONE, phone("020 7946 0018")),
                (keys::MOBILE_PHONE, phone("+44 20 7946 0018")),
                (keys::COMPANY_PHONE, phone("020 7946 0000")),
            ],
            &[("email:jane.doe@acme.co.uk", true), ("phone:+442079460018", true)],
        );
        check(&[(keys::PHONE, phone("ask reception"))], &[]);
        check(&[(keys::COMPANY_PHONE, phone("020 7946 0000"))], &[]);
        check(
            &[(keys::PHONE, phone("020 7946 0018 x12"))],
            &[("phone:+442079460018;12", true)],
        );
    }

    #[test]
    fn a_shared_mailbox_or_switchboard_says_who_only_with_the_name() {
        check(
            &[
                (keys::PERSON_NAME, name("Jane O'Doe")),
                (keys::EMAIL, email("info@acme.co.uk")),
                (keys::PHONE, phone("020 7946 0000")),
                (keys::COMPANY_PHONE, phone("+442079460000")),
            ],
            &[
                ("email:info@acme.co.uk", false),
                ("email:info@acme.co.uk|janeodoe", true),
                ("phone:+442079460000", false),
                ("phone:+442079460000|janeodoe", true),
            ],
        );
    }

    #[test]
    fn a_line_is_looked_for_without_its_extension() {
        let Value::Phone(number) = phone("020 7946 0018 x12") else {
            unreachable!("it is a phone number")
        };
        let identity = Identity::of_phone(&number).unwrap();
        assert_eq!(identity.address(), "+442079460018");
        let Value::Phone(plain) = phone("020 7946 0018") else {
            unreachable!("it is a phone number")
        };
        assert_ne!(Identity::of_phone(&plain), Some(identity), "another desk answers there");
    }

    #[test]
    fn only_an_explicit_yes_is_on() {
        for (value, on) in [
            (None, false),
            (Some(Value::Boolean(false)), false),
            (Some(Value::Boolean(true)), true),
        ] {
            let values = value.map(|value| (keys::DO_NOT_CONTACT, value)).into_iter().collect();
            assert_eq!(is_on(&values), on);
        }
    }

    proptest! {
        #[test]
        fn the_same_number_is_the_same_identity_however_it_was_typed(line in 0u32..1000) {
            let local = PhoneNumber::parse(&format!("020 7946 0{line:03}"), "GB");
            let abroad = PhoneNumber::parse(&format!("+44 (0)20 7946-0{line:03}"), "US");
            prop_assert_eq!(Identity::of_phone(&local), Identity::of_phone(&abroad));
            prop_assert!(Identity::of_phone(&local).is_some());
        }

        #[test]
        fn what_a_person_is_known_by_does_not_depend_on_anything_else(text in "\\PC{0,12}") {
            let mut values = BTreeMap::from([(keys::EMAIL, email("jane@acme.co.uk"))]);
            let before = identities(&values);
            values.insert(keys::COMPANY_NAME, Value::Text(text.clone()));
            values.insert(keys::PERSON_NAME, Value::Text(text));
            prop_assert_eq!(identities(&values), before);
        }
    }
}
