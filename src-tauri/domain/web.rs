//! Websites: cleaned host and path, and the registrable domain behind them.

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
        let start = text.to_ascii_lowercase();
        let rest = match start.find("://") {
            Some(_) if start.starts_with("https://") => text.get(8..),
            Some(_) if start.starts_with("http://") => text.get(7..),
            // A query may hold another address; any other scheme is not the web.
            Some(at) if !start.get(..at).is_some_and(|before| before.contains(['/', '?'])) => None,
            _ => Some(text.as_str()),
        };
        let url = Url::parse(&format!("https://{}", rest.ok_or_else(wrong)?)).map_err(|_| wrong())?;
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
pub(crate) fn ascii_host(host: &str) -> Option<String> {
    idna::domain_to_ascii(host).ok().filter(|host| !host.is_empty())
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
