//! How often a partition inserts.

use std::time::Duration;

use tokio::time::Instant;

/// Time between two inserts of a partition at least …
const INTERVAL_MIN: Duration = Duration::from_millis(100);
/// … and by number of partitions: all together insert 250 times a second at most, which bounds the parts
/// that ClickHouse has to merge and how soon it forgets a token ([`crate::insert`]).
const INTERVAL_BY_PARTITION: Duration = Duration::from_millis(4);
/// From one insert of a partition to its next at least so many times as long as it took, so that a busy
/// server gets fewer and larger ones …
const INTERVAL_BY_DURATION: u32 = 3;
/// … and by number of partitions: all together keep one of so many cores busy. An insert of few rows
/// costs almost as much as one of thousands, so that more inserts leave less for everything else.
const CORES_TO_BUSY: u32 = 2;
/// The longest interval, which rows can still wait.
const INTERVAL_MAX: Duration = Duration::from_millis(1600);

/// When the next insert of a partition may begin.
#[derive(Debug)]
pub(crate) struct Pace {
    interval_min: Duration,
    interval_by_duration: u32,
    began: Instant,
    due: Instant,
}

impl Pace {
    /// `cores` of the server, as far as is known.
    pub(crate) fn new(partitions: u16, cores: usize) -> Self {
        let cores = u32::try_from(cores).unwrap_or(u32::MAX).max(1);
        let interval_by_duration = INTERVAL_BY_DURATION.max(u32::from(partitions) * CORES_TO_BUSY / cores);
        let interval_min = INTERVAL_MIN.max(INTERVAL_BY_PARTITION * u32::from(partitions));
        let now = Instant::now();
        let began = now.checked_sub(interval_min).unwrap_or(now);
        Self { interval_min, interval_by_duration, began, due: now }
    }

    /// When the next insert should begin.
    pub(crate) fn due(&self) -> Instant {
        self.due
    }

    /// When it may begin at the earliest: a full batch does not wait for longer.
    pub(crate) fn earliest(&self) -> Instant {
        self.began + self.interval_min
    }

    /// Notes that an insert begins.
    pub(crate) fn begin(&mut self) {
        self.began = Instant::now();
    }

    /// Notes that it ended.
    pub(crate) fn end(&mut self) {
        let took = self.began.elapsed();
        let interval = (took * self.interval_by_duration).min(INTERVAL_MAX).max(self.interval_min);
        self.due = self.began + interval;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn check(partitions: u16, cores: usize, took_ms: u64, expected_ms: u64) {
        let mut pace = Pace::new(partitions, cores);
        let began = Instant::now();
        pace.begin();
        tokio::time::advance(Duration::from_millis(took_ms)).await;
        pace.end();
        assert_eq!(pace.due() - began, Duration::from_millis(expected_ms));
        assert!(pace.earliest() <= pace.due());
    }

    #[tokio::test(start_paused = true)]
    async fn slow_inserts_and_many_partitions_are_given_room() {
        check(8, 16, 10, 100).await;
        check(64, 64, 10, 256).await;
        check(8, 16, 100, 300).await;
        check(8, 2, 100, 800).await;
        check(8, 2, 5_000, 1_600).await;
    }
}
