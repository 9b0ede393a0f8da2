//! How often a partition inserts.

use std::time::Duration;

use tokio::time::Instant;

/// Time between two inserts of a partition at least …
const INTERVAL_MIN: Duration = Duration::from_millis(100);
/// … and by number of partitions: all together insert 250 times a second at most, which bounds the parts
/// that ClickHouse has to merge and how soon it forgets a token ([`crate::insert`]).
const INTERVAL_BY_PARTITION: Duration = Duration::from_millis(4);
/// An insert that takes long is followed by a pause as many times as long, so that a busy server gets
/// fewer and larger ones …
const PAUSE_BY_DURATION: u32 = 2;
/// … up to this pause, which rows can still wait.
const INTERVAL_MAX: Duration = Duration::from_millis(800);

/// When the next insert of a partition may begin.
#[derive(Debug)]
pub(crate) struct Pace {
    interval_min: Duration,
    began: Instant,
    due: Instant,
}

impl Pace {
    pub(crate) fn new(partitions: u16) -> Self {
        let interval_min = INTERVAL_MIN.max(INTERVAL_BY_PARTITION * u32::from(partitions));
        let now = Instant::now();
        Self { interval_min, began: now.checked_sub(interval_min).unwrap_or(now), due: now }
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
        let pause = (took * (1 + PAUSE_BY_DURATION)).min(INTERVAL_MAX).max(self.interval_min);
        self.due = self.began + pause;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn check(partitions: u16, took_ms: u64, expected_ms: u64) {
        let mut pace = Pace::new(partitions);
        let began = Instant::now();
        pace.begin();
        tokio::time::advance(Duration::from_millis(took_ms)).await;
        pace.end();
        assert_eq!(pace.due() - began, Duration::from_millis(expected_ms));
        assert!(pace.earliest() <= pace.due());
    }

    #[tokio::test(start_paused = true)]
    async fn slow_inserts_and_many_partitions_are_given_room() {
        check(8, 10, 100).await;
        check(64, 10, 256).await;
        check(8, 100, 300).await;
        check(8, 5_000, 800).await;
    }
}
