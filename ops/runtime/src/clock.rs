use std::{
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use clap::Args;
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use nagare_schema::UnixMillis;

/// Tells the time; read at the edges and passed as data from there. Cheap to clone.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> UnixMillis + Send + Sync>);

impl Clock {
    /// The clock of the machine.
    pub fn system() -> Self {
        Self(Arc::new(|| {
            let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            UnixMillis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
        }))
    }

    /// A clock that stands still.
    pub fn fixed(at: UnixMillis) -> Self {
        Self(Arc::new(move || at))
    }

    /// Now.
    pub fn now(&self) -> UnixMillis {
        (self.0)()
    }
}

/// Which clock a process reads.
#[derive(Debug, Clone, Args)]
pub struct ClockOptions {
    /// Where the clock stands still: RFC 3339, or a date and time in UTC; not later than the
    /// machine's clock. For recorded answers to compare with.
    #[arg(long, env = "NAGARE_NOW", value_parser = parse_time)]
    pub now: Option<UnixMillis>,
}

impl ClockOptions {
    /// The clock.
    pub fn start(&self) -> Clock {
        self.now.map_or_else(Clock::system, Clock::fixed)
    }
}

/// A time: RFC 3339, or a date and time in UTC.
///
/// # Errors
/// When the text is neither.
fn parse_time(text: &str) -> Result<UnixMillis, String> {
    let in_utc = || text.parse::<DateTime>().and_then(|at| at.to_zoned(TimeZone::UTC)).map(|at| at.timestamp());
    let time = text.parse::<Timestamp>().or_else(|_| in_utc());
    time.map(|at| UnixMillis(at.as_millisecond())).map_err(|_| "a time as 2024-12-09T12:00:00Z is expected".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_with_and_without_zone() {
        for text in ["2024-12-09T12:00:00Z", "2024-12-09 12:00:00", "2024-12-09T13:00:00+01:00"] {
            assert_eq!(parse_time(text), Ok(UnixMillis(1_733_745_600_000)), "{text}");
        }
        assert!(parse_time("soon").is_err());
    }

    #[test]
    fn a_clock_that_is_given_a_time_stands_still() {
        let clock = ClockOptions { now: Some(UnixMillis(1000)) }.start();
        assert_eq!((clock.now(), clock.now()), (UnixMillis(1000), UnixMillis(1000)));
    }
}
