//! Refused hits of each site, counted in memory and brought to the bucket now and then. A process
//! that is killed loses what it counted last: these are for looking, not for billing.

use std::{
    mem,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use hashbrown::HashMap;
use nagare_runtime::{RefusalStore, Refused};
use nagare_schema::{Day, DropReason, SiteId};
use tokio_util::sync::CancellationToken;

/// How often counts are brought to the bucket.
const FLUSH_INTERVAL: Duration = Duration::from_secs(5);

/// Counts by site, local day and reason: bounded by the sites there are.
#[derive(Debug, Default)]
pub(crate) struct Refusals(Mutex<HashMap<(SiteId, Day), Refused>>);

impl Refusals {
    /// Counts a hit of a site that exists.
    pub(crate) fn count(&self, site: SiteId, day: Day, reason: DropReason) {
        self.add((site, day), &Refused::from([(reason, 1)]));
    }

    fn add(&self, place: (SiteId, Day), refused: &Refused) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let counted = counts.entry(place).or_default();
        for (reason, hits) in refused {
            *counted.entry(*reason).or_default() += hits;
        }
    }

    /// Takes what was counted since the last time.
    pub(crate) fn take(&self) -> HashMap<(SiteId, Day), Refused> {
        mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Brings counts to the bucket, once more at the end.
    pub(crate) async fn keep(&self, store: RefusalStore, member: String, draining: CancellationToken) {
        loop {
            let is_last = tokio::select! {
                () = draining.cancelled() => true,
                () = tokio::time::sleep(FLUSH_INTERVAL) => false,
            };
            for (place, refused) in self.take() {
                if let Err(error) = store.add(&member, place, &refused).await {
                    tracing::warn!(%error, "refused hits are counted later");
                    self.add(place, &refused);
                }
            }
            if is_last {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hits_are_counted_by_site_day_and_reason_and_taken_once() {
        let refusals = Refusals::default();
        for reason in [DropReason::Bot, DropReason::Bot, DropReason::NotRecorded] {
            refusals.count(SiteId(1), Day(19_000), reason);
        }
        refusals.count(SiteId(2), Day(19_000), DropReason::Bot);
        let taken = refusals.take();
        let first = Refused::from([(DropReason::Bot, 2), (DropReason::NotRecorded, 1)]);
        assert_eq!((taken.len(), &taken[&(SiteId(1), Day(19_000))]), (2, &first));
        assert!(refusals.take().is_empty());
    }
}
