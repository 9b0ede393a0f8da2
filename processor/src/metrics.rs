use nagare_runtime::LATENCY_BUCKETS;
use prometheus::{Histogram, HistogramOpts, IntCounter, IntGauge, Registry};

/// What the processor counts. In = decided + repeated + buried, always.
#[derive(Clone)]
pub struct Metrics {
    /// Hits read.
    pub hits_in: IntCounter,
    /// Hits decided.
    pub hits_decided: IntCounter,
    /// Hits of appends that were seen before.
    pub hits_repeated: IntCounter,
    /// Messages that could not be read.
    pub messages_buried: IntCounter,
    /// Events produced.
    pub events: IntCounter,
    /// Messages appended.
    pub batches: IntCounter,
    /// Hits of a message.
    pub batch_hits: Histogram,
    /// Appends refused because another process owns the partition.
    pub fenced: IntCounter,
    /// From receipt of a hit to its events being stored.
    pub lag_seconds: Histogram,
    /// Time of one look-up of returning visitors.
    pub lookup_seconds: Histogram,
    /// Visits held.
    pub visits_held: IntGauge,
    /// Partitions owned.
    pub partitions_owned: IntGauge,
    /// Live pulses sent.
    pub pulses: IntCounter,
}

impl Metrics {
    /// Registers all.
    ///
    /// # Errors
    /// When a name is taken.
    pub fn new(registry: &Registry) -> prometheus::Result<Self> {
        let counter = |name: &str, help: &str| {
            let counter = IntCounter::new(format!("nagare_processor_{name}"), help)?;
            registry.register(Box::new(counter.clone()))?;
            prometheus::Result::Ok(counter)
        };
        let gauge = |name: &str, help: &str| {
            let gauge = IntGauge::new(format!("nagare_processor_{name}"), help)?;
            registry.register(Box::new(gauge.clone()))?;
            prometheus::Result::Ok(gauge)
        };
        let histogram = |name: &str, help: &str, buckets: Vec<f64>| {
            let options = HistogramOpts::new(format!("nagare_processor_{name}"), help).buckets(buckets);
            let histogram = Histogram::with_opts(options)?;
            registry.register(Box::new(histogram.clone()))?;
            prometheus::Result::Ok(histogram)
        };
        let latencies = LATENCY_BUCKETS.to_vec();
        Ok(Self {
            hits_in: counter("hits_in_total", "Hits read from the log")?,
            hits_decided: counter("hits_decided_total", "Hits decided")?,
            hits_repeated: counter("hits_repeated_total", "Hits of appends that were decided before")?,
            messages_buried: counter("messages_buried_total", "Messages set aside because they cannot be read")?,
            events: counter("events_total", "Events produced")?,
            batches: counter("batches_total", "Messages of events appended")?,
            batch_hits: histogram(
                "batch_hits",
                "Hits of one message of events",
                prometheus::exponential_buckets(1.0, 2.0, 12)?,
            )?,
            fenced: counter("fenced_total", "Appends refused because another process owns the partition")?,
            lag_seconds: histogram(
                "lag_seconds",
                "From receipt of a hit to its events being stored",
                latencies.clone(),
            )?,
            lookup_seconds: histogram("lookup_seconds", "One look-up of returning visitors", latencies)?,
            visits_held: gauge("visits_held", "Visits held in memory")?,
            partitions_owned: gauge("partitions_owned", "Partitions owned")?,
            pulses: counter("pulses_total", "Live pulses sent")?,
        })
    }
}
