use std::{
    sync::Arc,
    time::{Instant, SystemTime, UNIX_EPOCH},
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

    /// A clock that shows `start` now, and runs on.
    pub fn starting_at(start: UnixMillis) -> Self {
        let began = Instant::now();
        Self(Arc::new(move || {
            let passed = i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX);
            UnixMillis(start.0.saturating_add(passed))
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
    /// Where the clock starts, from where it runs on: RFC 3339, or a date and time in UTC; not
    /// later than the machine's clock. For demonstrations and tests.
    #[arg(long, env = "NAGARE_NOW", value_parser = parse_start)]
    pub now: Option<UnixMillis>,
}

impl ClockOptions {
    /// The clock, which starts now.
    pub fn start(&self) -> Clock {
        self.now.map_or_else(Clock::system, Clock::starting_at)
    }
}

/// When a clock starts: RFC 3339, or a date and time in UTC.
///
/// # Errors
/// When the text is neither.
fn parse_start(text: &str) -> Result<UnixMillis, String> {
    let in_utc = || text.parse::<DateTime>().and_then(|at| at.to_zoned(TimeZone::UTC)).map(|at| at.timestamp());
    let start = text.parse::<Timestamp>().or_else(|_| in_utc());
    start.map(|at| UnixMillis(at.as_millisecond())).map_err(|_| "a time as 2024-12-09T12:00:00Z is expected".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_is_read_with_and_without_zone() {
        for text in ["2024-12-09T12:00:00Z", "2024-12-09 12:00:00", "2024-12-09T13:00:00+01:00"] {
            assert_eq!(parse_start(text), Ok(UnixMillis(1_733_745_600_000)), "{text}");
        }
        assert!(parse_start("soon").is_err());
    }

    #[test]
    fn a_clock_runs_on_from_its_start() {
        let clock = Clock::starting_at(UnixMillis(1000));
        let (first, second) = (clock.now(), clock.now());
        assert!(first.0 >= 1000 && second >= first && second.0 < 60_000);
    }
}
