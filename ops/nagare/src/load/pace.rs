//! When the next request is due. Open loop: a slow answer delays no later request but its own
//! connection's, and a late request is counted from when it was due.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use tokio::time::{Instant, sleep_until, timeout_at};
use tokio_util::sync::CancellationToken;

/// The schedule that all connections share.
#[derive(Debug)]
pub(super) struct Pace {
    /// `None`: as fast as possible.
    interval: Option<Duration>,
    begun: Instant,
    until: Instant,
    taken: AtomicU64,
    stop: CancellationToken,
}

impl Pace {
    /// `rate` requests per second from `begun` for `duration`; 0 is as fast as possible.
    pub(super) fn new(rate: f64, begun: Instant, duration: Duration, stop: CancellationToken) -> Self {
        let interval = (rate > 0.0).then(|| Duration::from_secs_f64(1.0 / rate));
        Self { interval, begun, until: begun + duration, taken: AtomicU64::new(0), stop }
    }

    /// Waits for the next request's turn and returns when it was due; `None` when it is over.
    pub(super) async fn next(&self) -> Option<Instant> {
        let Some(interval) = self.interval else {
            let now = Instant::now();
            return (now < self.until && !self.stop.is_cancelled()).then_some(now);
        };
        let number = self.taken.fetch_add(1, Ordering::Relaxed);
        let due = self.begun + interval.mul_f64(number as f64);
        if due >= self.until || Instant::now() >= self.until {
            return None;
        }
        tokio::select! {
            () = sleep_until(due) => Some(due),
            () = self.stop.cancelled() => None,
        }
    }

    /// Waits a moment before a refused connection is tried again; false when it is over.
    pub(super) async fn pause(&self, pause: Duration) -> bool {
        let stopped = timeout_at((Instant::now() + pause).min(self.until), self.stop.cancelled()).await.is_ok();
        !stopped && Instant::now() < self.until
    }
}
