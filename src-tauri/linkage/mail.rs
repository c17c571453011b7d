//! E-mail addresses as they are compared: without the tag after a plus, shared mailboxes and free providers told apart.

use compact_str::CompactString;
use domain::email::EmailAddress;

use crate::{agreement::Agreement, text};

/// An address as it is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// What stands before the @, without `+tag`.
    pub local: CompactString,
    pub domain: CompactString,
    /// `info@` and its like: whoever reads it, it is no identity.
    pub is_shared: bool,
    /// The domain belongs to a provider of mailboxes and says nothing about a company.
    pub is_free: bool,
}

/// How two addresses agree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MailAgreement {
    /// Close is a slip; loose is the same name at another domain.
    pub agreement: Agreement,
    /// The addresses differ in their number only, as `jane.doe@` and `jane.doe2@` do: two people at one company.
    pub numbered: bool,
    /// The address that agrees is the person's own and not the company's.
    pub private: bool,
}

/// Providers of mailboxes for everybody.
const FREE: &[&str] = &[
    "gmail.com",
    "googlemail.com",
    "outlook.com",
    "hotmail.com",
    "hotmail.co.uk",
    "hotmail.fr",
    "hotmail.de",
    "hotmail.it",
    "live.com",
    "live.co.uk",
    "msn.com",
    "yahoo.com",
    "yahoo.co.uk",
    "yahoo.fr",
    "yahoo.de",
    "yahoo.it",
    "yahoo.es",
    "ymail.com",
    "aol.com",
    "icloud.com",
    "me.com",
    "mac.com",
    "gmx.de",
    "gmx.net",
    "gmx.com",
    "gmx.at",
    "gmx.ch",
    "web.de",
    "t-online.de",
    "freenet.de",
    "posteo.de",
    "mailbox.org",
    "proton.me",
    "protonmail.com",
    "pm.me",
    "fastmail.com",
    "zoho.com",
    "mail.com",
    "mail.ru",
    "yandex.ru",
    "orange.fr",
    "wanadoo.fr",
    "free.fr",
    "laposte.net",
    "sfr.fr",
    "libero.it",
    "tiscali.it",
    "virgilio.it",
    "wp.pl",
    "o2.pl",
    "onet.pl",
    "interia.pl",
    "telefonica.net",
    "ziggo.nl",
    "kpnmail.nl",
    "home.nl",
    "planet.nl",
    "hetnet.nl",
    "telia.com",
    "bigpond.com",
    "optusnet.com.au",
    "btinternet.com",
    "sky.com",
    "virginmedia.com",
    "talktalk.net",
    "comcast.net",
    "verizon.net",
    "att.net",
    "sbcglobal.net",
    "bellsouth.net",
    "cox.net",
    "rogers.com",
    "shaw.ca",
    "sympatico.ca",
    "qq.com",
    "163.com",
    "126.com",
    "naver.com",
    "rediffmail.com",
    "uol.com.br",
    "bol.com.br",
    "seznam.cz",
    "centrum.cz",
    "bluewin.ch",
    "duck.com",
    "hey.com",
];

impl Mail {
    /// Reads an address; `None` for what is none.
    #[must_use]
    pub fn read(typed: &str) -> Option<Self> {
        let address = EmailAddress::parse(typed).ok()?;
        let local = address.local().split('+').next().unwrap_or_default();
        if local.is_empty() {
            return None;
        }
        Some(Self {
            local: local.into(),
            domain: address.domain().into(),
            is_shared: address.is_role(),
            is_free: FREE.contains(&address.domain()),
        })
    }

    fn compare(&self, other: &Self) -> MailAgreement {
        let grade = |agreement| MailAgreement {
            agreement,
            numbered: false,
            private: self.is_free && other.is_free,
        };
        if self.domain == other.domain {
            if self.local == other.local {
                return grade(Agreement::Same);
            }
            if letters(&self.local) == letters(&other.local) {
                let with_number = |mail: &Self| mail.local.contains(|c: char| c.is_ascii_digit());
                return MailAgreement {
                    numbered: with_number(self) || with_number(other),
                    ..grade(Agreement::Different)
                };
            }
            if text::is_slip(&self.local, &other.local) && digits(&self.local) == digits(&other.local) {
                return grade(Agreement::Close);
            }
            return grade(Agreement::Different);
        }
        let domains_alike = text::is_slip(&self.domain, &other.domain) && !(self.is_free && other.is_free);
        if self.local == other.local {
            // Whoever mistypes the domain keeps the name before it.
            return grade(if domains_alike && stem(&self.domain) != stem(&other.domain) {
                Agreement::Close
            } else {
                Agreement::Loose
            });
        }
        if domains_alike && text::is_slip(&self.local, &other.local) {
            return grade(Agreement::Close);
        }
        grade(Agreement::Different)
    }
}

/// How the addresses of two records agree: the best of all pairs. Shared mailboxes take no part.
#[must_use]
pub fn compare(a: &[Mail], b: &[Mail]) -> MailAgreement {
    let mut best = MailAgreement::default();
    for mine in a.iter().filter(|mail| !mail.is_shared) {
        for theirs in b.iter().filter(|mail| !mail.is_shared) {
            let found = mine.compare(theirs);
            if found.agreement > best.agreement {
                best = MailAgreement {
                    numbered: best.numbered || found.numbered,
                    ..found
                };
            } else {
                best.numbered |= found.numbered;
            }
        }
    }
    best.numbered &= !best.agreement.agrees();
    best
}

/// `acme` of `acme.co.uk`.
#[must_use]
pub fn stem(domain: &str) -> &str {
    domain.split('.').next().unwrap_or_default()
}

fn letters(local: &str) -> String {
    local.chars().filter(|c| c.is_alphabetic()).collect()
}

fn digits(local: &str) -> String {
    local.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_graded() {
        for (a, b, expected, numbered) in [
            ("jane@acme.com", "\"Jane\" <JANE@acme.com>", Agreement::Same, false),
            ("jane+crm@acme.com", "jane@acme.com", Agreement::Same, false),
            ("jane.doe@acme.com", "jane.doe2@acme.com", Agreement::Different, true),
            ("jane.doe@acme.com", "jane_doe@acme.com", Agreement::Different, false),
            ("jane.doe@acme.com", "jane.deo@acme.com", Agreement::Close, false),
            ("jane.doe@acme.com", "jane.doe@acme.eu", Agreement::Loose, false),
            (
                "evied56@harris-bailey.net",
                "evihd56@earris-bailey.net",
                Agreement::Close,
                false,
            ),
            ("info@acme.com", "info@acme.com", Agreement::Unknown, false),
            ("jane@acme.com", "", Agreement::Unknown, false),
        ] {
            let read = |typed: &str| Mail::read(typed).into_iter().collect::<Vec<_>>();
            let found = compare(&read(a), &read(b));
            assert_eq!((found.agreement, found.numbered), (expected, numbered), "{a} {b}");
        }
    }
}
