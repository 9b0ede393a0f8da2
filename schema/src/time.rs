//! Time as data: nothing here reads a clock.

use std::fmt;

use jiff::{Timestamp, civil, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// Seconds since 1970-01-01T00:00:00Z; Matomo's rules count whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnixSeconds(pub i64);

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnixMillis(pub i64);

/// A calendar date: days since 1970-01-01, in the time zone of its site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Day(pub i32);

impl UnixSeconds {
    /// Seconds from `earlier` to `self`; negative when `earlier` is later.
    pub fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl From<UnixMillis> for UnixSeconds {
    fn from(at: UnixMillis) -> Self {
        Self(at.0.div_euclid(1000))
    }
}

impl Day {
    /// The date of a calendar day.
    pub fn from_date(date: civil::Date) -> Self {
        let days = (date - civil::date(1970, 1, 1)).get_days();
        Self(days)
    }

    /// The calendar day of the date, clamped to what the calendar holds (year ±9999).
    pub fn to_date(self) -> civil::Date {
        let span = jiff::Span::new().days(self.0.clamp(-4_371_587, 2_932_896));
        civil::date(1970, 1, 1).saturating_add(span)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_date().fmt(f)
    }
}

/// A site's time zone, and what an instant is called there.
#[derive(Debug, Clone)]
pub struct ZoneClock {
    zone: TimeZone,
}

impl ZoneClock {
    /// The clock of a zone by IANA name, or of `UTC±h[.5]` as Matomo writes fixed offsets; `UTC` when unknown.
    pub fn new(name: &str) -> Self {
        Self { zone: fixed_offset(name).or_else(|| TimeZone::get(name).ok()).unwrap_or(TimeZone::UTC) }
    }

    /// True when the name is known, so that a typo can be refused instead of becoming UTC.
    pub fn is_known(name: &str) -> bool {
        fixed_offset(name).is_some() || TimeZone::get(name).is_ok()
    }

    /// Local date and hour (0 to 23) of an instant.
    pub fn day_and_hour(&self, at: UnixSeconds) -> (Day, u8) {
        let local = self.local(at);
        (Day::from_date(local.date()), u8::try_from(local.hour()).unwrap_or(0))
    }

    /// Local date and time of an instant.
    pub fn local(&self, at: UnixSeconds) -> civil::DateTime {
        let instant = Timestamp::from_second(at.0).unwrap_or(Timestamp::UNIX_EPOCH);
        self.zone.to_datetime(instant)
    }

    /// The first instant of a local date.
    pub fn start_of(&self, day: Day) -> UnixSeconds {
        let midnight = day.to_date().to_datetime(civil::Time::midnight());
        let zoned = self.zone.to_ambiguous_zoned(midnight).compatible();
        UnixSeconds(zoned.map_or(0, |z| z.timestamp().as_second()))
    }
}

/// `UTC`, `UTC+2`, `UTC-3.5`: Matomo's names of fixed offsets.
fn fixed_offset(name: &str) -> Option<TimeZone> {
    let hours = name.strip_prefix("UTC")?;
    if hours.is_empty() {
        return Some(TimeZone::UTC);
    }
    let hours: f64 = hours.parse().ok().filter(|h: &f64| h.abs() <= 14.0)?;
    let seconds = (hours * 3600.0).round() as i32;
    Some(TimeZone::fixed(jiff::tz::Offset::from_seconds(seconds).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_that_of_the_zone() {
        let at = UnixSeconds(1_267_833_600); // 2010-03-06T00:00:00Z
        assert_eq!(ZoneClock::new("UTC").day_and_hour(at).0.to_string(), "2010-03-06");
        assert_eq!(ZoneClock::new("America/New_York").day_and_hour(at).0.to_string(), "2010-03-05");
        assert_eq!(ZoneClock::new("UTC+5.5").day_and_hour(at).1, 5);
    }

    #[test]
    fn start_of_day_is_the_inverse() {
        for name in ["UTC", "Europe/Berlin", "America/Sao_Paulo", "UTC-3.5"] {
            let clock = ZoneClock::new(name);
            let day = Day::from_date(civil::date(2024, 3, 31));
            let start = clock.start_of(day);
            assert_eq!(clock.day_and_hour(start).0, day, "{name}");
            assert_ne!(clock.day_and_hour(UnixSeconds(start.0 - 1)).0, day, "{name}");
        }
    }
}
