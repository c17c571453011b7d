//! E-mail addresses: cleaned, judged by the rule of HTML5 plus a real top-level domain, and told apart from shared
//! mailboxes.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use specta::Type;
use unicode_normalization::UnicodeNormalization;

use crate::{Invalid, web};

/// A valid address: trimmed, lower case, NFC, the domain in punycode.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(transparent)]
pub struct EmailAddress(pub String);

/// Longest local part and longest address (RFC 5321).
const MAX_LOCAL: usize = 64;
const MAX_ADDRESS: usize = 254;

/// Local parts that name a function, not a person. A shared mailbox is not an identity.
const ROLES: &[&str] = &[
    "abuse",
    "accounting",
    "accounts",
    "admin",
    "administrator",
    "all",
    "billing",
    "bookings",
    "careers",
    "contact",
    "contactus",
    "customerservice",
    "enquiries",
    "enquiry",
    "events",
    "everyone",
    "feedback",
    "finance",
    "general",
    "hallo",
    "hello",
    "help",
    "helpdesk",
    "hi",
    "hostmaster",
    "hr",
    "info",
    "information",
    "inquiries",
    "inquiry",
    "invoice",
    "invoices",
    "it",
    "itsupport",
    "jobs",
    "kontakt",
    "legal",
    "mail",
    "mailbox",
    "marketing",
    "media",
    "news",
    "newsletter",
    "noreply",
    "office",
    "operations",
    "ops",
    "orders",
    "payroll",
    "postmaster",
    "press",
    "privacy",
    "procurement",
    "purchasing",
    "reception",
    "recruitment",
    "reservations",
    "sales",
    "secretary",
    "security",
    "service",
    "shop",
    "support",
    "team",
    "tech",
    "vertrieb",
    "verkauf",
    "webmaster",
];

impl EmailAddress {
    /// Reads an address, unwrapping what mail programs put around one: `"Jane" <jane@acme.example>`,
    /// `mailto:jane@acme.example`, a trailing `;`.
    ///
    /// # Errors
    /// When it breaks the rule of HTML5, has no dot in its domain, ends in no real top-level domain, or is too long
    /// (64 before the @, 254 in all).
    pub fn parse(input: &str) -> Result<Self, Invalid> {
        let bare = unwrap(input);
        let address = if bare.is_ascii() {
            bare.to_ascii_lowercase()
        } else {
            bare.nfc().collect::<String>().to_lowercase()
        };
        let wrong = |why: &str| {
            Err(Invalid::because(format!(
                "“{address}” is not an e-mail address: {why}."
            )))
        };
        let Some((local, domain)) = address.rsplit_once('@') else {
            return wrong("it has no @");
        };
        if local.is_empty() {
            return wrong("nothing stands before the @");
        }
        if !local.chars().all(is_local_character) {
            return wrong("before the @ only letters, digits and .!#$%&'*+/=?^_`{|}~- may stand");
        }
        if local.len() > MAX_LOCAL {
            return wrong("more than 64 characters stand before the @");
        }
        let Some(domain) = web::ascii_host(domain).filter(|domain| is_html5_domain(domain)) else {
            return wrong("what follows the @ is no domain");
        };
        if !domain.contains('.') {
            return wrong("its domain has no dot");
        }
        if !web::has_real_suffix(&domain) {
            return wrong("its domain ends in no known top-level domain");
        }
        if local.len() + 1 + domain.len() > MAX_ADDRESS {
            return wrong("it is longer than 254 characters");
        }
        let clean = match domain {
            // Nothing of it had to be written in another way.
            Cow::Borrowed(_) => None,
            Cow::Owned(domain) => Some(format!("{local}@{domain}")),
        };
        Ok(Self(clean.unwrap_or(address)))
    }

    /// The address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands before the @.
    #[must_use]
    pub fn local(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }

    /// What stands after the @.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// Whether it is a shared mailbox such as `info@` or `sales@`, which says nothing about who reads it.
    #[must_use]
    pub fn is_role(&self) -> bool {
        let base = self.local().split('+').next().unwrap_or_default();
        let plain = || base.bytes().filter(u8::is_ascii_alphanumeric);
        let length = plain().count();
        ROLES
            .iter()
            .any(|role| role.len() == length && plain().eq(role.bytes()))
    }
}

impl std::fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The bare address inside what was copied.
fn unwrap(input: &str) -> Cow<'_, str> {
    // What is plain has nothing that cannot be seen.
    if input.is_ascii() {
        return Cow::Borrowed(bare(input));
    }
    let visible: String = input.chars().filter(|&c| !crate::text::is_invisible(c)).collect();
    Cow::Owned(bare(&visible).to_owned())
}

fn bare(text: &str) -> &str {
    let mut text = text.trim().trim_end_matches([';', ',']).trim();
    if let (Some(open), true) = (text.rfind('<'), text.ends_with('>')) {
        text = text.get(open + 1..text.len() - 1).unwrap_or_default().trim();
    }
    let has_scheme = text.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("mailto:"));
    if has_scheme {
        let rest = text.get(7..).unwrap_or_default();
        text = rest.split('?').next().unwrap_or_default().trim();
    }
    text
}

/// The characters HTML5 allows before the @.
fn is_local_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || (c.is_ascii() && ".!#$%&'*+/=?^_`{|}~-".contains(c))
}

/// Labels of 1 to 63 letters, digits and inner hyphens, joined by dots.
fn is_html5_domain(domain: &str) -> bool {
    domain.split('.').all(|label| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_are_unwrapped_and_cleaned() {
        for (typed, clean) in [
            ("  Jane.Doe@ACME.example ", "jane.doe@acme.example"),
            ("\"Doe, Jane\" <jane@acme.co.uk>", "jane@acme.co.uk"),
            ("mailto:jane@acme.de?subject=Hi", "jane@acme.de"),
            ("jane+leads@acme.com;", "jane+leads@acme.com"),
            ("jane@müller.de", "jane@xn--mller-kva.de"),
            ("jane@acme.com\u{200b}", "jane@acme.com"),
            ("o'brien@acme.ie", "o'brien@acme.ie"),
            (".jane@acme.ie", ".jane@acme.ie"),
        ] {
            assert_eq!(
                EmailAddress::parse(typed),
                Ok(EmailAddress(clean.to_owned())),
                "{typed:?}"
            );
        }
    }

    #[test]
    fn what_is_no_address_says_why() {
        for (typed, part) in [
            ("jane", "no @"),
            ("@acme.com", "before the @"),
            ("ja ne@acme.com", "before the @"),
            ("\"jane\"@acme.com", "before the @"),
            ("jane@acme", "no dot"),
            ("jane@acme..com", "no domain"),
            ("jane@-acme.com", "no domain"),
            ("jane@acme.nosuchtld", "top-level"),
            ("jane@acme.com.", "no domain"),
            ("jane@[127.0.0.1]", "no domain"),
            ("jane@127.0.0.1", "top-level"),
            ("n/a", "no @"),
        ] {
            let invalid = EmailAddress::parse(typed).expect_err(typed);
            assert!(invalid.reason.contains(part), "{typed:?}: {invalid}");
        }
        let long = format!("{}@acme.com", "x".repeat(65));
        assert!(EmailAddress::parse(&long).is_err());
    }

    #[test]
    fn shared_mailboxes_are_told_apart() {
        for (address, role) in [
            ("info@acme.com", true),
            ("sales+uk@acme.com", true),
            ("no-reply@acme.com", true),
            ("jane.doe@acme.com", false),
            ("salesman@acme.com", false),
        ] {
            assert_eq!(EmailAddress(address.to_owned()).is_role(), role, "{address}");
        }
    }

    proptest! {
        #[test]
        fn a_clean_address_is_read_as_itself(local in "[a-z0-9.+_-]{1,20}", host in "[a-z0-9]{1,12}", tld in "(com|co\\.uk|de|example|ie)") {
            let address = EmailAddress::parse(&format!("{local}@{host}.{tld}")).unwrap();
            prop_assert_eq!(EmailAddress::parse(address.as_str()), Ok(address));
        }

        #[test]
        fn no_input_panics(input in "\\PC{0,40}") {
            if let Ok(address) = EmailAddress::parse(&input) {
                prop_assert_eq!(EmailAddress::parse(address.as_str()), Ok(address));
            }
        }
    }
}
