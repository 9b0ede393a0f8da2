//! Requests that could not be believed, noted for those who look after the site (`tracking.md` §4.7).

use nagare_runtime::{Directory, Expected};
use nagare_schema::{Config, ConfigKey, Entity, FailureKind, SiteId, TrackingFailure, UnixMillis};
use tokio::sync::mpsc;

/// Failures that wait to be noted; more are forgotten.
const WAITING_MAX: usize = 64;
/// Failures that are kept: sites that do not exist are named by whoever wants to.
const FAILURES_MAX: usize = 1000;
/// Age at which a failure is noted anew, two days.
const AGE_MS_MAX: i64 = 2 * 24 * 3600 * 1000;

/// Takes failures that are to be noted.
pub(crate) struct Failures(mpsc::Sender<TrackingFailure>);

impl Failures {
    /// With the end at which [`keep`] waits.
    pub(crate) fn new() -> (Self, mpsc::Receiver<TrackingFailure>) {
        let (sender, waiting) = mpsc::channel(WAITING_MAX);
        (Self(sender), waiting)
    }

    /// Notes a failure, unless too many wait.
    pub(crate) fn note(&self, failure: TrackingFailure) {
        let _ = self.0.try_send(failure);
    }
}

/// True when the first failure of a kind on a site is still to be noted.
pub(crate) fn is_wanted(config: &Config, site: SiteId, kind: FailureKind, now: UnixMillis) -> bool {
    match config.failures.get(&(site, kind as u8)) {
        Some(known) => now.0 - known.at.0 > AGE_MS_MAX,
        None => config.failures.len() < FAILURES_MAX || config.failures.values().any(|known| is_old(known, now)),
    }
}

fn is_old(failure: &TrackingFailure, now: UnixMillis) -> bool {
    now.0 - failure.at.0 > AGE_MS_MAX
}

/// Stores failures until nobody notes any, and forgets old ones.
pub(crate) async fn keep(directory: Directory, mut waiting: mpsc::Receiver<TrackingFailure>) {
    while let Some(failure) = waiting.recv().await {
        let (config, now) = (directory.snapshot(), failure.at);
        for old in config.failures.values().filter(|known| is_old(known, now)) {
            // What cannot be deleted now is deleted with the next failure.
            let _ = directory.delete(&ConfigKey::Failure(old.site, old.kind as u8)).await;
        }
        if !is_wanted(&directory.snapshot(), failure.site, failure.kind, now) {
            continue;
        }
        if let Err(error) = directory.put(&Entity::Failure(failure), Expected::Any).await {
            tracing::warn!(%error, "a tracking failure could not be noted");
        }
    }
}
