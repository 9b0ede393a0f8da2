use std::io::IsTerminal;

use prometheus::{Registry, TextEncoder};
use tracing_subscriber::EnvFilter;

/// Buckets of latencies in seconds: half a millisecond to ten seconds.
pub const LATENCY_BUCKETS: [f64; 14] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Structured logs to stderr: readable on a terminal, JSON elsewhere. `NAGARE_LOG` filters by
/// target and level; default `info`.
pub fn init_logs() {
    let filter = EnvFilter::try_from_env("NAGARE_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second call (tests) keeps the first subscriber.
    let _ = if std::io::stderr().is_terminal() { logs.try_init() } else { logs.json().try_init() };
}

/// All metrics in Prometheus' text format.
pub fn metrics_text(registries: &[Registry]) -> String {
    let families: Vec<_> = registries.iter().flat_map(Registry::gather).collect();
    TextEncoder::new().encode_to_string(&families).unwrap_or_default()
}
