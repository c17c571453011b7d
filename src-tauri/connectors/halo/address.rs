//! The address of a tenant as people type it.

use std::net::IpAddr;

use domain::HaloTicketId;
use url::{Host, Url};

use crate::{Error, ErrorKind};

/// The tenant's address: https unless said otherwise (http on this computer), without `/api`, `/auth`, a query and a
/// closing slash.
///
/// `http` is for this computer only: the client secret must not cross a network in the clear.
///
/// # Errors
/// `NotHalo` with a sentence that says what an address looks like.
pub fn normalise_address(typed: &str) -> Result<Url, Error> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(no_address("Enter the address of your HaloPSA"));
    }
    let parse = |text: &str| Url::parse(text).map_err(|_| no_address("This is not a web address"));
    let mut url = if typed.contains("://") {
        parse(typed)?
    } else {
        // What runs on this computer has no certificate.
        let url = parse(&format!("https://{typed}"))?;
        if is_loopback(&url) {
            parse(&format!("http://{typed}"))?
        } else {
            url
        }
    };
    if !matches!(url.scheme(), "https" | "http") {
        return Err(no_address("This is not a web address"));
    }
    let named_well = match url.host() {
        Some(Host::Domain(name)) => !name.is_empty() && (name.contains('.') || name == "localhost"),
        Some(_) => true,
        None => false,
    };
    if !named_well {
        return Err(no_address("This is not a web address"));
    }
    if url.scheme() == "http" && !is_loopback(&url) {
        return Err(Error::new(
            ErrorKind::NotHalo,
            "An address that starts with http:// would send your client secret unprotected. Use https:// instead.",
        ));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(no_address("Leave the name and password out of the address"));
    }
    url.set_query(None);
    url.set_fragment(None);
    if is_hosted(&url) {
        // Whatever page the address was copied from, a hosted tenant lives at the root.
        url.set_path("");
    }
    let mut path = url.path().trim_end_matches('/').to_owned();
    for ending in ["/authinfo", "/token", "/authorize", "/api", "/auth"] {
        if path.to_ascii_lowercase().ends_with(ending) {
            path.truncate(path.len() - ending.len());
        }
    }
    url.set_path(path.trim_end_matches('/'));
    Ok(url)
}

/// Hosts of the vendor itself: HaloPSA's and those of its sibling brands, which speak the same API.
const VENDOR: [&str; 4] = ["halopsa.com", "haloitsm.com", "haloservicedesk.com", "halocrm.io"];

fn is_hosted(url: &Url) -> bool {
    let name = url.domain().unwrap_or_default();
    VENDOR.iter().any(|vendor| {
        name.strip_suffix(vendor)
            .is_some_and(|tenant| tenant.len() > 1 && tenant.ends_with('.'))
    })
}

/// The page of a ticket in HaloPSA's own screens.
#[must_use]
pub fn ticket_address(base: &Url, ticket: HaloTicketId) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}/ticket", base.path().trim_end_matches('/')));
    url.set_query(Some(&format!("id={ticket}")));
    url
}

/// Whether the address is this computer.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => IpAddr::V4(ip).is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback(),
        None => false,
    }
}

fn no_address(what: &str) -> Error {
    Error::new(
        ErrorKind::NotHalo,
        format!("{what}. It usually looks like https://yourcompany.halopsa.com."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_as_people_type_them() {
        let check = |typed: &str, expect: &str| {
            let url = normalise_address(typed).unwrap_or_else(|error| panic!("{typed:?}: {error}"));
            assert_eq!(url.as_str(), expect, "{typed:?}");
        };
        check("acme.halopsa.com", "https://acme.halopsa.com/");
        check("  https://Acme.HaloPSA.com/api/ ", "https://acme.halopsa.com/");
        check("https://acme.halopsa.com/auth", "https://acme.halopsa.com/");
        check(
            "https://acme.halopsa.com/auth/token?tenant=acme",
            "https://acme.halopsa.com/",
        );
        check("https://acme.halopsa.com/api/authinfo", "https://acme.halopsa.com/");
        check("HTTPS://ACME.HALOPSA.COM:443/", "https://acme.halopsa.com/");
        check(
            "acme.halopsa.com/auth/authorize?tenant=acme&x=1",
            "https://acme.halopsa.com/",
        );
        check(
            "https://acme.halopsa.com/ticket?id=1234#note",
            "https://acme.halopsa.com/",
        );
        check("acme.haloitsm.com/portal/home/", "https://acme.haloitsm.com/");
        check(
            "https://halopsa.com.example.net/halo",
            "https://halopsa.com.example.net/halo",
        );
        check(
            "https://support.münchen.example/API",
            "https://support.xn--mnchen-3ya.example/",
        );
        check("https://desk.example.com/halo/api", "https://desk.example.com/halo");
        check("https://desk.example.com:8443/#x", "https://desk.example.com:8443/");
        check("http://127.0.0.1:8720", "http://127.0.0.1:8720/");
        check("127.0.0.1:8720", "http://127.0.0.1:8720/");
        check("localhost:8720/api", "http://localhost:8720/");
        check("https://localhost:8443", "https://localhost:8443/");
        check("http://localhost:8720/", "http://localhost:8720/");
        check("http://[::1]:8720/", "http://[::1]:8720/");
    }

    #[test]
    fn what_is_no_address_says_so() {
        for typed in [
            "",
            "  ",
            "acme",
            "ftp://acme.halopsa.com",
            "https://",
            "not an address",
            "http://acme.halopsa.com",
            "http://10.0.0.1",
            "https://me:pw@acme.halopsa.com",
        ] {
            let error = normalise_address(typed).expect_err(typed);
            assert_eq!(error.kind, ErrorKind::NotHalo, "{typed:?}");
            assert!(
                error.message.ends_with('.') && !error.message.contains("pw"),
                "{typed:?}: {error}"
            );
        }
    }

    #[test]
    fn a_ticket_has_a_page() {
        let base = normalise_address("https://desk.example.com/halo").unwrap();
        assert_eq!(
            ticket_address(&base, HaloTicketId(2174)).as_str(),
            "https://desk.example.com/halo/ticket?id=2174"
        );
    }
}
