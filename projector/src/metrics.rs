use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use nagare_runtime::LATENCY_BUCKETS;
use nagare_schema::Partition;
use prometheus::{
    Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry,
    core::Collector,
};

use crate::batch::Counts;

/// Rows of a batch, by powers of ten and their thirds.
const ROW_BUCKETS: [f64; 11] = [1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1_000.0, 3_000.0, 10_000.0, 30_000.0, 100_000.0];

/// Tables that rows are inserted into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Table {
    Hits,
    Visits,
    Actions,
    PageTimings,
    Conversions,
    ConversionItems,
}

impl Table {
    pub(crate) const ALL: [Self; 6] =
        [Self::Hits, Self::Visits, Self::Actions, Self::PageTimings, Self::Conversions, Self::ConversionItems];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Hits => "hits",
            Self::Visits => "visits",
            Self::Actions => "actions",
            Self::PageTimings => "page_timings",
            Self::Conversions => "conversions",
            Self::ConversionItems => "conversion_items",
        }
    }
}

/// Logs that retention trims.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trimmed {
    Hits,
    Events,
}

impl Trimmed {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Hits => "hits",
            Self::Events => "events",
        }
    }
}

/// What the projector counts.
#[derive(Clone)]
pub(crate) struct Metrics {
    messages: IntCounter,
    events: IntCounter,
    buried: IntCounter,
    batches: IntCounter,
    batch_rows: Histogram,
    rows: IntCounterVec,
    insert_seconds: HistogramVec,
    retries: IntCounterVec,
    partitions: IntGauge,
    lag_messages: IntGauge,
    oldest_seconds: IntGauge,
    retention_blocked: IntGaugeVec,
    lags: Arc<Mutex<BTreeMap<Partition, Behind>>>,
}

/// How far a partition is behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Behind {
    /// Sequences of EVENTS from what is in the tables to the newest of the partition.
    pub(crate) messages: u64,
    /// When the oldest event that is not in the tables was stored, milliseconds since 1970.
    pub(crate) oldest_ms: Option<i64>,
}

impl Metrics {
    pub(crate) fn register(registry: &Registry) -> Result<Self, prometheus::Error> {
        let counter = |name, help| registered(registry, IntCounter::new(name, help)?);
        let gauge = |name, help| registered(registry, IntGauge::new(name, help)?);
        let by_table =
            |name: &str, help: &str| registered(registry, IntCounterVec::new(Opts::new(name, help), &["table"])?);
        let rows_of_batch =
            HistogramOpts::new("nagare_projector_batch_rows", "Rows of a batch, those that cancel each other too")
                .buckets(ROW_BUCKETS.to_vec());
        let insert_seconds =
            HistogramOpts::new("nagare_projector_insert_seconds", "Time of a successful insert, views included")
                .buckets(LATENCY_BUCKETS.to_vec());
        Ok(Self {
            messages: counter("nagare_projector_messages_total", "Messages of EVENTS in the tables, buried ones too")?,
            events: counter("nagare_projector_events_total", "Events in the tables")?,
            buried: counter("nagare_projector_buried_total", "Messages set aside because nobody can read them")?,
            batches: counter("nagare_projector_batches_total", "Batches in the tables")?,
            batch_rows: registered(registry, Histogram::with_opts(rows_of_batch)?)?,
            rows: by_table("nagare_projector_rows_total", "Rows inserted, by table")?,
            insert_seconds: registered(registry, HistogramVec::new(insert_seconds, &["table"])?)?,
            retries: by_table("nagare_projector_retries_total", "Inserts that failed and are tried again, by table")?,
            partitions: gauge("nagare_projector_partitions", "Partitions this process works on")?,
            lag_messages: gauge("nagare_projector_lag_messages", "Sequences of EVENTS not in the tables yet")?,
            oldest_seconds: gauge(
                "nagare_projector_oldest_unprojected_seconds",
                "Age of the oldest event that is not in the tables",
            )?,
            retention_blocked: registered(
                registry,
                IntGaugeVec::new(
                    Opts::new("nagare_projector_retention_blocked", "Partitions whose log is kept for unread messages"),
                    &["log"],
                )?,
            )?,
            lags: Arc::default(),
        })
    }

    pub(crate) fn inserted(&self, table: Table, rows: u64, took: Duration) {
        self.rows.with_label_values(&[table.name()]).inc_by(rows);
        self.insert_seconds.with_label_values(&[table.name()]).observe(took.as_secs_f64());
    }

    pub(crate) fn retried(&self, table: Table) {
        self.retries.with_label_values(&[table.name()]).inc();
    }

    pub(crate) fn buried(&self) {
        self.buried.inc();
    }

    pub(crate) fn projected(&self, counts: Counts) {
        self.batches.inc();
        self.messages.inc_by(counts.messages as u64);
        self.events.inc_by(counts.events as u64);
        self.batch_rows.observe(counts.rows_max as f64);
    }

    /// Counts a partition of this process until the guard is dropped.
    pub(crate) fn owning(&self, partition: Partition) -> Owning {
        self.partitions.inc();
        Owning { metrics: self.clone(), partition }
    }

    /// Notes how far a partition is behind.
    pub(crate) fn behind(&self, partition: Partition, behind: Behind) {
        self.lags.lock().unwrap_or_else(PoisonError::into_inner).insert(partition, behind);
    }

    /// Renews the gauges of lag.
    pub(crate) fn observe_lag(&self, now_ms: i64) {
        let lags = self.lags.lock().unwrap_or_else(PoisonError::into_inner);
        let messages: u64 = lags.values().map(|behind| behind.messages).sum();
        let oldest = lags.values().filter_map(|behind| behind.oldest_ms).min();
        self.lag_messages.set(i64::try_from(messages).unwrap_or(i64::MAX));
        self.oldest_seconds.set(oldest.map_or(0, |oldest| (now_ms - oldest).max(0) / 1000));
    }

    /// Notes that a log begins, or ceases, to be kept for messages that are not read yet.
    pub(crate) fn retention_blocked(&self, log: Trimmed, change: i64) {
        self.retention_blocked.with_label_values(&[log.name()]).add(change);
    }
}

/// A partition of this process.
pub(crate) struct Owning {
    metrics: Metrics,
    partition: Partition,
}

impl Drop for Owning {
    fn drop(&mut self) {
        self.metrics.partitions.dec();
        self.metrics.lags.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.partition);
    }
}

fn registered<C: Collector + Clone + 'static>(registry: &Registry, metric: C) -> Result<C, prometheus::Error> {
    registry.register(Box::new(metric.clone()))?;
    Ok(metric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lag_is_that_of_the_partitions_still_owned() {
        let metrics = Metrics::register(&Registry::new()).unwrap();
        let (first, second) = (metrics.owning(Partition(0)), metrics.owning(Partition(1)));
        metrics.behind(Partition(0), Behind { messages: 5, oldest_ms: Some(1_000) });
        metrics.behind(Partition(1), Behind { messages: 2, oldest_ms: Some(8_000) });
        metrics.observe_lag(11_000);
        assert_eq!((metrics.lag_messages.get(), metrics.oldest_seconds.get()), (7, 10));
        drop(first);
        metrics.observe_lag(11_000);
        assert_eq!((metrics.lag_messages.get(), metrics.oldest_seconds.get()), (2, 3));
        drop(second);
        metrics.observe_lag(11_000);
        assert_eq!((metrics.partitions.get(), metrics.lag_messages.get(), metrics.oldest_seconds.get()), (0, 0, 0));
    }

    #[test]
    fn two_projectors_do_not_share_a_registry() {
        let registry = Registry::new();
        assert!(Metrics::register(&registry).is_ok());
        assert!(Metrics::register(&registry).is_err());
    }
}
