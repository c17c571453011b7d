//! The query string. Names are read in any case, unknown ones are ignored: that is HaloPSA's most famous trap.

use std::collections::BTreeMap;

use crate::{answer::Refusal, record::Moment, wire};

/// The parameters of a request; the last one of a name counts.
#[derive(Clone, Debug, Default)]
pub struct Query(BTreeMap<String, String>);

impl Query {
    /// Reads `a=1&b=two+words`, also the body of a form.
    pub fn parse(text: &str) -> Self {
        Self(
            text.split('&')
                .filter(|pair| !pair.is_empty())
                .map(|pair| {
                    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                    (decode(name).to_ascii_lowercase(), decode(value))
                })
                .collect(),
        )
    }

    /// The text, `None` when absent or empty.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|text| !text.is_empty())
    }

    /// Whether it is literally `true`. `1` is not.
    pub fn flag(&self, name: &str) -> bool {
        self.text(name) == Some("true")
    }

    /// Whether it is literally `false`.
    pub fn denied(&self, name: &str) -> bool {
        self.text(name) == Some("false")
    }

    /// The whole number.
    ///
    /// # Errors
    /// A value that is none is refused as ASP.NET does.
    pub fn int(&self, name: &str) -> Result<Option<i64>, Refusal> {
        self.text(name)
            .map(|text| text.trim().parse().map_err(|_| not_valid(name, text)))
            .transpose()
    }

    /// A comma-separated list of whole numbers; anything else in it is skipped.
    pub fn ints(&self, name: &str) -> Option<Vec<i64>> {
        self.text(name)
            .map(|text| text.split(',').filter_map(|part| part.trim().parse().ok()).collect())
    }

    /// The date. One of the "no date" values counts as absent.
    ///
    /// # Errors
    /// A value that is none is refused as ASP.NET does.
    pub fn date(&self, name: &str) -> Result<Option<Moment>, Refusal> {
        match self.text(name) {
            None => Ok(None),
            Some(text) => wire::parse_date(text).ok_or_else(|| not_valid(name, text)),
        }
    }
}

fn not_valid(name: &str, text: &str) -> Refusal {
    Refusal::Binding {
        path: name.to_owned(),
        message: format!("The value '{text}' is not valid."),
    }
}

/// Undoes percent encoding and `+`; a `%` that starts no code stands for itself.
pub fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['%', '+']) {
        let (before, from) = rest.split_at(at);
        bytes.extend_from_slice(before.as_bytes());
        let code = from.get(1..3).filter(|_| from.starts_with('%'));
        if let Some(byte) = code.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            bytes.push(byte);
            rest = from.get(3..).unwrap_or_default();
        } else {
            bytes.push(if from.starts_with('+') { b' ' } else { b'%' });
            rest = from.get(1..).unwrap_or_default();
        }
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Percent encoding of everything but letters, digits and `-._~`.
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_read_in_any_case_and_decoded() {
        let query = Query::parse(
            "Search=Ann+Lee%20%26%20Co&page_no=2&orderdesc=1&lastupdatefromdate=2026-11-21T09%3A30%3A00Z&x=100%",
        );
        assert_eq!(query.text("search"), Some("Ann Lee & Co"));
        assert_eq!(query.int("page_no").unwrap(), Some(2));
        assert!(!query.flag("orderdesc"), "only the word true counts");
        assert_eq!(query.date("lastupdatefromdate").unwrap(), Some(1_795_253_400_000));
        assert_eq!(query.text("x"), Some("100%"));
        assert_eq!(query.text("tickettype_id"), None);
        assert!(Query::parse("page_no=two").int("page_no").is_err());
    }

    #[test]
    fn what_is_encoded_is_decoded() {
        let text = "http://127.0.0.1:8765/callback?a=b&c=d+e %é";
        assert_eq!(decode(&encode(text)), text);
        assert_eq!(encode("a b/ü"), "a%20b%2F%C3%BC");
    }
}
