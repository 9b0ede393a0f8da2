use std::time::Duration;

use tokio_util::sync::CancellationToken;

/// Delays between tries of something that should come back: doubling from 50 ms to two seconds,
/// each shortened by up to half at random so that processes do not return in step.
#[derive(Debug, Default)]
pub struct Backoff {
    tries: u32,
}

impl Backoff {
    const FIRST_MS: u64 = 50;
    const MAX_MS: u64 = 2000;

    /// Waits for the next try; false when `stop` was called meanwhile.
    pub async fn wait(&mut self, stop: &CancellationToken) -> bool {
        let full = (Self::FIRST_MS << self.tries.min(10)).min(Self::MAX_MS);
        self.tries = self.tries.saturating_add(1);
        let delay = Duration::from_millis(rand::random_range(full / 2..=full));
        tokio::select! {
            () = stop.cancelled() => false,
            () = tokio::time::sleep(delay) => true,
        }
    }

    /// Begins anew after a success.
    pub fn reset(&mut self) {
        self.tries = 0;
    }
}
