//! Websites: cleaned host and path, and the registrable domain behind them.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use specta::Type;
use url::{Host, Url};

use crate::Invalid;

/// A web address without scheme and trailing slash, host in lower case and punycode.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(transparent)]
pub struct WebAddress(pub String);

/// Top-level domains set aside for examples and tests (RFC 2606): never real, always welcome.
const RESERVED: [&str; 2] = ["example", "test"];

impl WebAddress {
    /// Reads a web address with or without its scheme.
    ///
    /// # Errors
    /// When it is no address of the web, or its host ends in no real top-level domain.
    pub fn parse(input: &str) -> Result<Self, Invalid> {
        let text = crate::text::tidy_line(input);
        let wrong = || Invalid::because(format!("“{text}” is not a web address; write it like acme.co.uk."));
        if text.contains(' ') {
            return Err(wrong());
        }
        let starts_with = |scheme: &str| {
            text.get(..scheme.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
        };
        let rest = match text.find("://") {
            Some(_) if starts_with("https://") => text.get(8..),
            Some(_) if starts_with("http://") => text.get(7..),
            // A query may hold another address; any other scheme is not the web.
            Some(at) if !text.get(..at).is_some_and(|before| before.contains(['/', '?'])) => None,
            _ => Some(text.as_str()),
        };
        let rest = rest.ok_or_else(wrong)?;
        if let Some(plain) = plain(rest) {
            return Ok(Self(plain.to_owned()));
        }
        let url = Url::parse(&format!("https://{rest}")).map_err(|_| wrong())?;
        let Some(Host::Domain(host)) = url.host() else {
            return Err(wrong());
        };
        let host = host.trim_end_matches('.');
        if !url.username().is_empty() || url.password().is_some() || !host.contains('.') || !has_real_suffix(host) {
            return Err(wrong());
        }
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let query = url.query().filter(|query| !query.is_empty());
        let path = match query {
            Some(_) => url.path(),
            None => url.path().trim_end_matches('/'),
        };
        let query = query.map(|query| format!("?{query}")).unwrap_or_default();
        Ok(Self(format!("{host}{port}{path}{query}")))
    }

    /// The address as text, without a scheme.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host, such as `www.acme.co.uk`.
    #[must_use]
    pub fn host(&self) -> &str {
        self.0.split(['/', '?', ':']).next().unwrap_or_default()
    }

    /// The domain somebody registered, such as `acme.co.uk`, by the public suffix list. `None` for a bare suffix.
    #[must_use]
    pub fn registrable_domain(&self) -> Option<&str> {
        psl::domain_str(self.host())
    }
}

impl std::fmt::Display for WebAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The registrable domain of a host, such as the domain of an e-mail address.
#[must_use]
pub fn registrable_domain(host: &str) -> Option<&str> {
    psl::domain_str(host)
}

/// The host in lower case and punycode, where it is one.
pub(crate) fn ascii_host(host: &str) -> Option<Cow<'_, str>> {
    if is_plain_host(host) {
        return Some(Cow::Borrowed(host));
    }
    let host = idna::domain_to_ascii(host).ok().filter(|host| !host.is_empty());
    host.map(Cow::Owned)
}

/// Whether it is small letters, digits and hyphens between dots, with nothing in punycode: that is how it is written.
fn is_plain_host(host: &str) -> bool {
    host.split('.').all(|label| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
            // Two hyphens in the third place mark what is encoded, or may be one day.
            && label.as_bytes().get(2..4) != Some(b"--")
            && !label.starts_with('-')
            && !label.ends_with('-')
    })
}

/// An address that stands as it is: a plain host, and a path of letters, digits and hyphens.
fn plain(text: &str) -> Option<&str> {
    let (host, path) = text.find('/').map_or((text, ""), |at| text.split_at(at));
    // A host that ends in a number would be read as one.
    let top = host.rsplit('.').next().unwrap_or_default();
    let is_host = host.contains('.') && is_plain_host(host) && top.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_path = path
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'~'));
    (is_host && is_path && has_real_suffix(host)).then(|| text.trim_end_matches('/'))
}

/// Whether the host ends in a top-level domain that exists, or is set aside for examples.
pub(crate) fn has_real_suffix(host: &str) -> bool {
    let top = host.rsplit('.').next().unwrap_or_default();
    RESERVED.contains(&top) || psl::suffix(host.as_bytes()).is_some_and(|suffix| suffix.is_known())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_are_cleaned() {
        for (typed, clean) in [
            ("https://www.Acme.co.uk/", "www.acme.co.uk"),
            ("HTTP://acme.com", "acme.com"),
            (" acme.com/About/ ", "acme.com/About"),
            ("müller.de", "xn--mller-kva.de"),
            ("acme.com:8080/x?a=b", "acme.com:8080/x?a=b"),
            ("acme.com/?u=http://b.com", "acme.com/?u=http://b.com"),
            (
                "https://www.linkedin.com/in/jane-doe-123/",
                "www.linkedin.com/in/jane-doe-123",
            ),
            ("acme.example#team", "acme.example"),
        ] {
            assert_eq!(WebAddress::parse(typed), Ok(WebAddress(clean.to_owned())), "{typed:?}");
        }
    }

    #[test]
    fn what_is_plain_stands_as_it_is() {
        for (text, shown) in [
            ("acme.com", Some("acme.com")),
            ("www.acme.co.uk/about-us/", Some("www.acme.co.uk/about-us")),
            ("acme.com//", Some("acme.com")),
            // These may have to be written in another way.
            ("Acme.com", None),
            ("xn--mller-kva.de", None),
            ("acme.com./x", None),
            ("acme.com/../x", None),
            ("acme.com/a%20b", None),
            ("acme.com?x=1", None),
            ("acme.com:80", None),
            ("jane@acme.com", None),
            ("1.2.3.4", None),
            ("acme", None),
        ] {
            assert_eq!(plain(text), shown, "{text:?}");
            assert!(
                shown.is_none_or(|shown| Url::parse(&format!("https://{text}")).is_ok_and(|url| {
                    format!(
                        "{}{}",
                        url.host_str().unwrap_or_default(),
                        url.path().trim_end_matches('/')
                    ) == shown
                }))
            );
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for typed in [
            "acme",
            "ftp://acme.com",
            "javascript:alert(1)",
            "acme dot com",
            "user:secret@acme.com",
            "http://127.0.0.1",
            "acme.nosuchtld",
            "n/a",
            "-",
            "https://",
        ] {
            assert!(WebAddress::parse(typed).is_err(), "{typed:?}");
        }
    }

    #[test]
    fn the_registrable_domain_follows_the_public_suffix_list() {
        for (address, domain) in [
            ("www.acme.co.uk/about", Some("acme.co.uk")),
            ("shop.acme.com", Some("acme.com")),
            ("acme.example", Some("acme.example")),
            ("co.uk", None),
        ] {
            assert_eq!(WebAddress(address.to_owned()).registrable_domain(), domain, "{address}");
        }
    }

    proptest! {
        #[test]
        fn a_clean_address_is_read_as_itself(input in "(https?://)?[a-zA-Z0-9]{1,8}\\.(com|co\\.uk|example)(/[a-zA-Z0-9% ./?=&#é-]{0,20})?") {
            if let Ok(address) = WebAddress::parse(&input) {
                prop_assert_eq!(WebAddress::parse(address.as_str()), Ok(address));
            }
        }

        #[test]
        fn no_input_panics(input in "\\PC{0,30}") {
            if let Ok(address) = WebAddress::parse(&input) {
                prop_assert_eq!(WebAddress::parse(address.as_str()), Ok(address));
            }
        }
    }
}
