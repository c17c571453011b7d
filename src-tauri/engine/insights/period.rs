//! Days, and the moments at which they begin somewhere.

use chrono::{DateTime, Datelike, Days as DayCount, Local, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

use crate::{Problem, views::Days};

/// Where days begin.
#[derive(Clone, Copy, Debug)]
pub(super) enum Zone {
    /// Where this computer is.
    Here,
    Named(Tz),
}

impl Zone {
    /// The zone of that IANA name; this computer's without one.
    pub fn of(name: Option<&str>) -> Result<Self, Problem> {
        match name {
            None => Ok(Self::Here),
            Some(name) => name.parse().map(Self::Named).map_err(|_| Problem::Refused {
                reason: format!("“{name}” is no time zone. Their names look like Europe/London."),
            }),
        }
    }

    /// When that day begins.
    pub fn start(self, day: NaiveDate) -> DateTime<Utc> {
        match self {
            Self::Here => start_in(&Local, day),
            Self::Named(zone) => start_in(&zone, day),
        }
    }

    /// Which day it is at that moment.
    pub fn day(self, moment: DateTime<Utc>) -> NaiveDate {
        match self {
            Self::Here => moment.with_timezone(&Local).date_naive(),
            Self::Named(zone) => moment.with_timezone(&zone).date_naive(),
        }
    }
}

/// A day begins at midnight, or where the clocks skip midnight, at the first moment there is.
fn start_in<Z: TimeZone>(zone: &Z, day: NaiveDate) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN);
    (0..24 * 4)
        .find_map(|quarter| {
            zone.from_local_datetime(&(midnight + TimeDelta::minutes(15 * quarter)))
                .earliest()
        })
        .map_or_else(|| midnight.and_utc(), |start| start.to_utc())
}

impl Days {
    /// The first and the last day, or why they make no period.
    pub(super) fn of(from: NaiveDate, to: NaiveDate) -> Result<Self, Problem> {
        if to < from {
            return Err(Problem::Refused {
                reason: format!("The period ends on {to}, before it begins on {from}."),
            });
        }
        Ok(Self { from, to })
    }

    /// The period just before, of the same length: as many months where these are whole months, else as many days.
    pub(super) fn before(self) -> Self {
        let last = self.from.pred_opt().unwrap_or(self.from);
        let ends_a_month = self.to.succ_opt().is_some_and(|next| next.day() == 1);
        if self.from.day() == 1 && ends_a_month {
            let months = (self.to.year() - self.from.year()) * 12 + month(self.to) - month(self.from) + 1;
            let first = self
                .from
                .checked_sub_months(chrono::Months::new(months.unsigned_abs()))
                .unwrap_or(self.from);
            return Self { from: first, to: last };
        }
        let days = (self.to - self.from).num_days().unsigned_abs();
        Self {
            from: last.checked_sub_days(DayCount::new(days)).unwrap_or(last),
            to: last,
        }
    }

    /// The moments between which it is: from the first day's beginning to that of the day after the last.
    pub(super) fn moments(self, zone: Zone) -> (DateTime<Utc>, DateTime<Utc>) {
        let after = self.to.succ_opt().unwrap_or(self.to);
        (zone.start(self.from), zone.start(after))
    }
}

fn month(day: NaiveDate) -> i32 {
    i32::try_from(day.month()).unwrap_or(1)
}

/// `2026-11`.
pub(super) fn month_name(day: NaiveDate) -> String {
    day.format("%Y-%m").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_begins_at_midnight_where_somebody_is() {
        for (zone, date, start) in [
            ("Europe/London", "2026-01-15", "2026-01-15T00:00:00Z"),
            ("Europe/London", "2026-06-15", "2026-06-14T23:00:00Z"),
            // The clocks go forward at one, and back at two: both days begin at midnight.
            ("Europe/London", "2026-03-29", "2026-03-29T00:00:00Z"),
            ("Europe/London", "2026-03-30", "2026-03-29T23:00:00Z"),
            ("Europe/London", "2026-10-25", "2026-10-24T23:00:00Z"),
            ("Europe/London", "2026-10-26", "2026-10-26T00:00:00Z"),
            ("America/New_York", "2026-11-01", "2026-11-01T04:00:00Z"),
            ("Asia/Kolkata", "2026-11-01", "2026-10-31T18:30:00Z"),
            // Here the clocks skip midnight itself: the day begins at one.
            ("Africa/Cairo", "2026-04-24", "2026-04-23T22:00:00Z"),
            // And here midnight comes twice: the day begins with the first.
            ("America/Havana", "2026-11-01", "2026-11-01T04:00:00Z"),
        ] {
            let zone = Zone::of(Some(zone)).unwrap();
            let start: DateTime<Utc> = start.parse().unwrap();
            assert_eq!(zone.start(day(date)), start, "{zone:?} {date}");
            assert_eq!(zone.day(start), day(date));
            assert_eq!(
                zone.day(start - TimeDelta::milliseconds(1)),
                day(date).pred_opt().unwrap()
            );
        }
        assert!(Zone::of(Some("Mars/Olympus")).is_err());
    }

    #[test]
    fn the_period_before_is_as_long() {
        for (from, to, before_from, before_to) in [
            ("2026-11-01", "2026-11-30", "2026-10-01", "2026-10-31"),
            ("2026-01-01", "2026-03-31", "2025-10-01", "2025-12-31"),
            ("2024-02-01", "2024-02-29", "2024-01-01", "2024-01-31"),
            ("2026-01-01", "2026-12-31", "2025-01-01", "2025-12-31"),
            ("2026-11-10", "2026-11-16", "2026-11-03", "2026-11-09"),
            ("2026-11-01", "2026-11-21", "2026-10-11", "2026-10-31"),
            ("2026-03-01", "2026-03-01", "2026-02-28", "2026-02-28"),
        ] {
            let before = Days::of(day(from), day(to)).unwrap().before();
            assert_eq!(
                (before.from, before.to),
                (day(before_from), day(before_to)),
                "{from} to {to}"
            );
        }
        assert!(Days::of(day("2026-11-02"), day("2026-11-01")).is_err());
    }
}
