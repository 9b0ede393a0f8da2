use nagare_runtime::LATENCY_BUCKETS;
use prometheus::{Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, Opts, Registry};

/// What the role counts.
#[derive(Clone)]
pub(crate) struct Metrics {
    /// Requests by family and outcome.
    pub(crate) requests: IntCounterVec,
    /// Latency of requests by family.
    pub(crate) request_seconds: HistogramVec,
    /// Latency of queries.
    pub(crate) query_seconds: Histogram,
    /// Open live sockets.
    pub(crate) live_sockets: IntGauge,
    /// Frames sent to live sockets.
    pub(crate) live_frames: IntCounter,
    /// Sign-ins by outcome.
    pub(crate) sign_ins: IntCounterVec,
}

/// Families of API methods: a label with few values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    Report,
    Configuration,
    Live,
    Unknown,
}

impl Family {
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Report => "report",
            Self::Configuration => "configuration",
            Self::Live => "live",
            Self::Unknown => "unknown",
        }
    }
}

impl Metrics {
    pub(crate) fn new(registry: &Registry) -> Result<Self, prometheus::Error> {
        let latency = |name: &str, help: &str| HistogramOpts::new(name, help).buckets(LATENCY_BUCKETS.to_vec());
        let metrics = Self {
            requests: IntCounterVec::new(
                Opts::new("nagare_api_requests_total", "Requests to the Reporting API by method family and outcome"),
                &["family", "outcome"],
            )?,
            request_seconds: HistogramVec::new(
                latency("nagare_api_request_seconds", "Time until a request to the Reporting API is answered"),
                &["family"],
            )?,
            query_seconds: Histogram::with_opts(latency(
                "nagare_api_query_seconds",
                "Time until ClickHouse has answered a query",
            ))?,
            live_sockets: IntGauge::new("nagare_api_live_sockets", "Open live sockets")?,
            live_frames: IntCounter::new("nagare_api_live_frames_total", "Frames sent to live sockets")?,
            sign_ins: IntCounterVec::new(
                Opts::new("nagare_api_sign_ins_total", "Password sign-ins by outcome"),
                &["outcome"],
            )?,
        };
        registry.register(Box::new(metrics.requests.clone()))?;
        registry.register(Box::new(metrics.request_seconds.clone()))?;
        registry.register(Box::new(metrics.query_seconds.clone()))?;
        registry.register(Box::new(metrics.live_sockets.clone()))?;
        registry.register(Box::new(metrics.live_frames.clone()))?;
        registry.register(Box::new(metrics.sign_ins.clone()))?;
        Ok(metrics)
    }
}
