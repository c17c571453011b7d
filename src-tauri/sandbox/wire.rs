//! Dates as HaloPSA writes and reads them: naive ISO strings that mean UTC, and 1900 for "none".

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike};

use crate::record::Moment;

/// What an unset date is printed as.
pub const NO_DATE: &str = "1900-01-01T00:00:00";

/// `2026-11-21T09:30:00`, with `.123` where there are milliseconds. Never a zone.
pub fn date(at: Moment) -> String {
    match at.rem_euclid(1000) {
        0 => seconds(at),
        milliseconds => format!("{}.{milliseconds:03}", seconds(at)),
    }
}

/// The same moment with the seven digits that some properties carry.
pub fn date_long(at: Moment) -> String {
    format!("{}.{:03}0000", seconds(at), at.rem_euclid(1000))
}

/// Written out by hand, because a page of tickets has a thousand dates and patterns are slow.
fn seconds(at: Moment) -> String {
    let Some(moment) = DateTime::from_timestamp_millis(at) else {
        return NO_DATE.to_owned();
    };
    let mut text = String::with_capacity(27);
    let mut put = |number: u32, width: u32, after: &str| {
        for place in (0..width).rev() {
            let digit = number / 10_u32.pow(place) % 10;
            text.push(char::from_digit(digit, 10).unwrap_or('0'));
        }
        text.push_str(after);
    };
    put(u32::try_from(moment.year()).unwrap_or(1900), 4, "-");
    put(moment.month(), 2, "-");
    put(moment.day(), 2, "T");
    put(moment.hour(), 2, ":");
    put(moment.minute(), 2, ":");
    put(moment.second(), 2, "");
    text
}

/// Reads a date as .NET does: naive (meaning UTC), with `Z` or an offset, with any number of digits, or a bare day.
/// `Some(None)` is one of the "no date" values.
pub fn parse_date(text: &str) -> Option<Option<Moment>> {
    let text = text.trim();
    let moment = if let Ok(zoned) = DateTime::parse_from_rfc3339(text) {
        zoned.naive_utc()
    } else if let Ok(naive) = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f") {
        naive
    } else if let Ok(naive) = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f") {
        naive
    } else if let Ok(naive) = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M") {
        naive
    } else {
        NaiveDate::parse_from_str(text, "%Y-%m-%d")
            .ok()?
            .and_time(NaiveTime::MIN)
    };
    let at = moment.and_utc().timestamp_millis();
    const YEAR_1902: Moment = -2_145_916_800_000;
    Some((at >= YEAR_1902).then_some(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_go_out_naive_and_come_in_in_any_form() {
        let at = 1_795_253_400_123;
        assert_eq!(date(at), "2026-11-21T09:30:00.123");
        assert_eq!(date(at - 123), "2026-11-21T09:30:00");
        assert_eq!(date_long(at), "2026-11-21T09:30:00.1230000");
        for text in [
            "2026-11-21T09:30:00.123",
            "2026-11-21T09:30:00.1230000",
            "2026-11-21T09:30:00.123Z",
            "2026-11-21T11:30:00.123+02:00",
            "2026-11-21 09:30:00.123",
        ] {
            assert_eq!(parse_date(text), Some(Some(at)), "{text}");
        }
        assert_eq!(parse_date("2026-11-21"), Some(Some(1_795_219_200_000)));
        for none in [
            NO_DATE,
            "1899-12-30T00:00:00",
            "0001-01-01T00:00:00",
            "1901-01-01T00:00:00",
        ] {
            assert_eq!(parse_date(none), Some(None), "{none}");
        }
        assert_eq!(parse_date("next Tuesday"), None);
    }
}
