//! HaloPSA's JSON, read tolerantly.
//!
//! A [`Record`] never fails as a whole: each property is read on its own, in every shape seen in the wild (numbers as
//! floats or text, "" or null for nothing, dates before 1902 for never, two spellings of one name), and what makes no
//! sense counts as not there. Unknown properties are ignored. Only an answer that is no JSON, or holds no rows where
//! rows must be, is an error.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use serde_json::{Map, Value as Json};

/// Property names under which lists arrive, besides a bare array.
const ENVELOPES: &[&str] = &[
    "tickets",
    "clients",
    "sites",
    "users",
    "actions",
    "appointments",
    "results",
];

/// One object of an answer.
#[derive(Clone, Debug, Default)]
pub(super) struct Record(Map<String, Json>);

/// The rows of a list, and how many there are in all.
#[derive(Debug, Default)]
pub(super) struct Listing {
    pub rows: Vec<Record>,
    /// How many elements the answer held, readable or not.
    pub raw_rows: usize,
    /// On all pages together; `None` when the server does not say.
    pub record_count: Option<u64>,
}

impl Record {
    /// The object, if it is one.
    pub fn of(json: Json) -> Option<Self> {
        match json {
            Json::Object(map) => Some(Self(map)),
            _ => None,
        }
    }

    /// The property as it came, `null` included; `None` when the record does not speak of it.
    ///
    /// Names are those of `GET`. Answers to `POST` and webhooks write some without underscores (`lastupdate`), so both
    /// are tried, and the one that holds something wins.
    pub fn get(&self, name: &str) -> Option<&Json> {
        let exact = self.0.get(name);
        if exact.is_some_and(|value| !value.is_null()) || !name.contains('_') {
            return exact;
        }
        self.0.get(&name.replace('_', "")).or(exact)
    }

    /// Text that is not empty, trimmed. Numbers are written out.
    pub fn text(&self, name: &str) -> Option<String> {
        self.get(name).and_then(text_of)
    }

    /// As [`Record::text`], with nothing as "".
    pub fn text_or_empty(&self, name: &str) -> String {
        self.text(name).unwrap_or_default()
    }

    /// A whole number, also from `95.0` and `"95"`.
    pub fn int(&self, name: &str) -> Option<i64> {
        self.get(name).and_then(int_of)
    }

    /// An id: a whole number above 0, since 0 and -1 mean none.
    pub fn id(&self, name: &str) -> Option<i64> {
        self.int(name).filter(|id| *id > 0)
    }

    /// Yes or no, also as text or number.
    pub fn flag(&self, name: &str) -> Option<bool> {
        self.get(name).and_then(flag_of)
    }

    /// A moment in UTC; `None` for the dates that mean never.
    pub fn date(&self, name: &str) -> Option<DateTime<Utc>> {
        self.get(name).and_then(Json::as_str).and_then(date_of)
    }

    /// The objects of an array property; `None` when the record does not speak of it.
    pub fn rows(&self, name: &str) -> Option<Vec<Self>> {
        let Some(Json::Array(rows)) = self.get(name) else {
            return None;
        };
        Some(rows.iter().cloned().filter_map(Self::of).collect())
    }
}

/// The rows of a list answer: a bare array, or an object with one of the known names.
pub(super) fn listing(json: Json) -> Option<Listing> {
    let (rows, record_count) = match json {
        // A bare array is all there is.
        Json::Array(rows) => {
            let all = rows.len() as u64;
            (rows, Some(all))
        }
        Json::Object(mut object) => {
            let record_count = object
                .get("record_count")
                .and_then(int_of)
                .and_then(|count| u64::try_from(count).ok());
            let name = ENVELOPES
                .iter()
                .find(|name| object.get(**name).is_some_and(Json::is_array))?;
            match object.remove(*name) {
                Some(Json::Array(rows)) => (rows, record_count),
                _ => return None,
            }
        }
        _ => return None,
    };
    Some(Listing {
        raw_rows: rows.len(),
        rows: rows.into_iter().filter_map(Record::of).collect(),
        record_count,
    })
}

/// The records that an answer to a write holds: one object, an array of them, or a list envelope.
pub(super) fn written(json: Json) -> Vec<Record> {
    match json {
        Json::Object(object)
            if ENVELOPES
                .iter()
                .any(|name| object.get(*name).is_some_and(Json::is_array))
                && !object.contains_key("id") =>
        {
            listing(Json::Object(object))
                .map(|listing| listing.rows)
                .unwrap_or_default()
        }
        Json::Object(object) => vec![Record(object)],
        Json::Array(rows) => rows.into_iter().filter_map(Record::of).collect(),
        _ => Vec::new(),
    }
}

/// See [`Record::text`].
pub(super) fn text_of(json: &Json) -> Option<String> {
    let text = match json {
        Json::String(text) => text.trim().to_owned(),
        Json::Number(_) => match int_of(json) {
            Some(whole) => whole.to_string(),
            None => json.to_string(),
        },
        Json::Bool(flag) => flag.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// See [`Record::int`].
pub(super) fn int_of(json: &Json) -> Option<i64> {
    match json {
        Json::Number(number) => number.as_i64().or_else(|| number.as_f64().and_then(whole)),
        Json::String(text) => {
            let text = text.trim();
            text.parse().ok().or_else(|| text.parse().ok().and_then(whole))
        }
        _ => None,
    }
}

/// A finite number, also from text.
pub(super) fn number_of(json: &Json) -> Option<f64> {
    let number = match json {
        Json::Number(number) => number.as_f64(),
        Json::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.filter(|number| number.is_finite())
}

/// See [`Record::flag`].
pub(super) fn flag_of(json: &Json) -> Option<bool> {
    match json {
        Json::Bool(flag) => Some(*flag),
        Json::Number(_) => int_of(json).map(|number| number != 0),
        Json::String(text) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "y" | "on" => Some(true),
            "false" | "0" | "no" | "n" | "off" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// See [`Record::date`]. Naive dates mean UTC; up to nine digits of a second are read; years before 1902 mean never.
pub(super) fn date_of(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    let moment = DateTime::parse_from_rfc3339(text)
        .map(|date| date.to_utc())
        .or_else(|_| {
            let naive = text.trim_end_matches(['Z', 'z']);
            ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M"]
                .iter()
                .find_map(|format| NaiveDateTime::parse_from_str(naive, format).ok())
                .or_else(|| {
                    Some(
                        NaiveDate::parse_from_str(naive, "%Y-%m-%d")
                            .ok()?
                            .and_time(NaiveTime::MIN),
                    )
                })
                .map(|naive| naive.and_utc())
                .ok_or(())
        })
        .ok()?;
    (moment.year() >= 1902).then_some(moment)
}

/// A moment as HaloPSA wants it: naive, meaning UTC.
pub(super) fn moment(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%S").to_string()
}

/// A day as HaloPSA keeps it safely: noon, so that no time zone moves it to another day.
pub(super) fn day(date: NaiveDate) -> String {
    date.format("%Y-%m-%dT12:00:00").to_string()
}

/// The float as a whole number, if it is one.
fn whole(number: f64) -> Option<i64> {
    // Beyond 2^53 a float is no exact id any more.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    (number.fract() == 0.0 && number.abs() < EXACT).then_some(number as i64)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn record(json: Json) -> Record {
        Record::of(json).unwrap()
    }

    #[test]
    fn ids_arrive_in_every_shape() {
        let row = record(
            json!({"a": 95, "b": 95.0, "c": "95", "d": "95.0", "e": 95.5, "f": null, "g": "", "h": -1, "i": 0,
                                "j": 1e300, "k": [], "l": "x"}),
        );
        for name in ["a", "b", "c", "d"] {
            assert_eq!(row.id(name), Some(95), "{name}");
        }
        for name in ["e", "f", "g", "h", "i", "j", "k", "l", "missing"] {
            assert_eq!(row.id(name), None, "{name}");
        }
        assert_eq!(row.int("h"), Some(-1));
    }

    #[test]
    fn dates_arrive_in_every_shape_and_some_mean_never() {
        let check = |text: &str, expect: Option<&str>| {
            assert_eq!(
                date_of(text).map(|date| date.to_rfc3339()),
                expect.map(str::to_owned),
                "{text:?}"
            );
        };
        check("2026-11-21T09:30:00", Some("2026-11-21T09:30:00+00:00"));
        check("2026-11-21T09:30:00Z", Some("2026-11-21T09:30:00+00:00"));
        check("2026-11-21T09:30:00.123", Some("2026-11-21T09:30:00.123+00:00"));
        check(
            "2026-11-21T09:30:00.1234567",
            Some("2026-11-21T09:30:00.123456700+00:00"),
        );
        check(
            "2026-11-21T09:30:00.1234567Z",
            Some("2026-11-21T09:30:00.123456700+00:00"),
        );
        check("2026-11-21T11:30:00+02:00", Some("2026-11-21T09:30:00+00:00"));
        check("2026-11-21 09:30:00", Some("2026-11-21T09:30:00+00:00"));
        check("2026-11-21T09:30", Some("2026-11-21T09:30:00+00:00"));
        check("2026-11-21", Some("2026-11-21T00:00:00+00:00"));
        for never in [
            "1900-01-01T00:00:00",
            "1899-12-30T00:00:00",
            "1901-01-01T00:00:00Z",
            "0001-01-01T00:00:00",
            "",
            "soon",
        ] {
            check(never, None);
        }
        assert_eq!(moment(date_of("2026-11-21T09:30:00.9").unwrap()), "2026-11-21T09:30:00");
    }

    #[test]
    fn names_drift_between_answers() {
        let row = record(
            json!({"lastupdate": "2026-11-21T09:30:00", "useremail": "x", "status_id": 3, "statusid": 4,
                                "client_name": null, "clientname": "Foo"}),
        );
        assert!(row.date("last_update").is_some());
        assert_eq!(row.text("user_email").as_deref(), Some("x"));
        assert_eq!(row.id("status_id"), Some(3));
        assert_eq!(row.text("client_name").as_deref(), Some("Foo"));
        assert!(row.get("site_id").is_none());
    }

    #[test]
    fn empty_is_told_from_absent() {
        let row = record(json!({"a": null, "b": "", "c": "  ", "d": "x "}));
        assert!(row.get("a").is_some_and(Json::is_null));
        assert!(row.get("e").is_none());
        assert_eq!(row.text("b"), None);
        assert_eq!(row.text("c"), None);
        assert_eq!(row.text_or_empty("d"), "x");
    }

    #[test]
    fn flags_arrive_in_every_shape() {
        let row = record(json!({"a": true, "b": "True", "c": 1, "d": "0", "e": false, "f": null, "g": "maybe"}));
        assert_eq!(
            ["a", "b", "c", "d", "e", "f", "g"].map(|name| row.flag(name)),
            [Some(true), Some(true), Some(true), Some(false), Some(false), None, None]
        );
    }

    #[test]
    fn lists_arrive_bare_or_in_an_envelope() {
        let bare = listing(json!([{"id": 1}, 7, {"id": 2}])).unwrap();
        assert_eq!((bare.rows.len(), bare.raw_rows, bare.record_count), (2, 3, Some(3)));
        let wrapped =
            listing(json!({"page_no": 1, "columns": [{"x": 1}], "record_count": 717.0, "tickets": [{"id": 1}]}))
                .unwrap();
        assert_eq!((wrapped.rows.len(), wrapped.record_count), (1, Some(717)));
        assert!(
            listing(json!({"record_count": 0, "tickets": []}))
                .unwrap()
                .rows
                .is_empty()
        );
        for no_list in [
            json!({"error": "x"}),
            json!({"columns": [{"x": 1}]}),
            json!("text"),
            json!(null),
        ] {
            assert!(listing(no_list.clone()).is_none(), "{no_list}");
        }
    }

    #[test]
    fn writes_are_answered_by_an_object_or_an_array() {
        assert_eq!(written(json!({"id": 1, "actions": [{"id": 9}]})).len(), 1);
        assert_eq!(written(json!([{"id": 1}, {"id": 2}, null])).len(), 2);
        assert_eq!(written(json!({"tickets": [{"id": 1}, {"id": 2}]})).len(), 2);
        assert!(written(json!("OK")).is_empty());
    }
}
