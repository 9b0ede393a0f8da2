//! What ingest counts. Received = accepted + dropped, always.

use nagare_runtime::LATENCY_BUCKETS;
use nagare_schema::{BotRule, DropReason};
use prometheus::{Histogram, HistogramOpts, IntCounter, IntCounterVec, IntGauge, Opts, Registry, core::Collector};

/// Buckets of hits per append.
const BATCH_BUCKETS: [f64; 11] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0];

/// The metrics of one ingest process.
pub(crate) struct Metrics {
    pub(crate) received: IntCounter,
    pub(crate) accepted: IntCounter,
    dropped: Vec<IntCounter>,
    bots: Vec<IntCounter>,
    pub(crate) batch_hits: Histogram,
    pub(crate) append_seconds: Histogram,
    pub(crate) append_retries: IntCounter,
    pub(crate) spooled_batches: IntCounter,
    pub(crate) unspooled_batches: IntCounter,
    pub(crate) spool_bytes: IntGauge,
    pub(crate) request_seconds: Histogram,
}

impl Metrics {
    /// Creates and registers them.
    pub(crate) fn register(registry: &Registry) -> prometheus::Result<Self> {
        let dropped = IntCounterVec::new(
            Opts::new("nagare_ingest_hits_dropped_total", "Hits that were refused or set aside, by reason."),
            &["reason"],
        )?;
        registry.register(Box::new(dropped.clone()))?;
        let bots = IntCounterVec::new(
            Opts::new("nagare_ingest_bot_hits_total", "Hits that a rule judged to be a robot's, by rule."),
            &["rule"],
        )?;
        registry.register(Box::new(bots.clone()))?;
        let counter = |name, help| registered(registry, IntCounter::new(name, help)?);
        let seconds = |name: &str, help: &str| {
            let opts = HistogramOpts::new(name, help).buckets(LATENCY_BUCKETS.to_vec());
            registered(registry, Histogram::with_opts(opts)?)
        };
        let batch =
            HistogramOpts::new("nagare_ingest_batch_hits", "Hits in one append.").buckets(BATCH_BUCKETS.to_vec());
        let gauge = IntGauge::new("nagare_ingest_spool_bytes", "Bytes in the spool folder.")?;
        Ok(Self {
            received: counter("nagare_ingest_hits_received_total", "Hits that arrived.")?,
            accepted: counter("nagare_ingest_hits_accepted_total", "Hits that were stored and confirmed.")?,
            dropped: DropReason::ALL.iter().map(|reason| dropped.with_label_values(&[reason.label()])).collect(),
            bots: BotRule::ALL.iter().map(|rule| bots.with_label_values(&[rule.label()])).collect(),
            batch_hits: registered(registry, Histogram::with_opts(batch)?)?,
            append_seconds: seconds("nagare_ingest_append_seconds", "Time of an append until its confirmation.")?,
            append_retries: counter("nagare_ingest_append_retries_total", "Appends that were repeated.")?,
            spooled_batches: counter("nagare_ingest_spooled_batches_total", "Batches that went to the spool.")?,
            unspooled_batches: counter("nagare_ingest_unspooled_batches_total", "Batches that left the spool.")?,
            spool_bytes: registered(registry, gauge)?,
            request_seconds: seconds("nagare_ingest_request_seconds", "Time of a tracking request until its answer.")?,
        })
    }

    /// Counts hits that were dropped.
    pub(crate) fn drop_hits(&self, reason: DropReason, hits: u64) {
        if let Some(counter) = self.dropped.get(reason as usize) {
            counter.inc_by(hits);
        }
    }

    /// Counts a hit that is kept as a robot's.
    pub(crate) fn count_bot(&self, rule: BotRule) {
        if let Some(counter) = self.bots.get(rule as usize) {
            counter.inc();
        }
    }

    /// Hits of robots told by a rule so far.
    #[cfg(test)]
    pub(crate) fn bots(&self, rule: BotRule) -> u64 {
        self.bots[rule as usize].get()
    }

    /// Hits dropped for a reason so far.
    #[cfg(test)]
    pub(crate) fn dropped(&self, reason: DropReason) -> u64 {
        self.dropped[reason as usize].get()
    }
}

fn registered<C: Collector + Clone + 'static>(registry: &Registry, collector: C) -> prometheus::Result<C> {
    registry.register(Box::new(collector.clone()))?;
    Ok(collector)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_registered_at_its_place() {
        let metrics = Metrics::register(&Registry::new()).unwrap();
        for (place, reason) in DropReason::ALL.into_iter().enumerate() {
            assert_eq!(reason as usize, place);
            metrics.drop_hits(reason, 2);
            assert_eq!(metrics.dropped(reason), 2);
        }
        for (place, rule) in BotRule::ALL.into_iter().enumerate() {
            assert_eq!(rule as usize, place);
        }
    }
}
