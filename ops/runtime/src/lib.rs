#![doc = include_str!("../README.md")]

mod audit;
mod backoff;
mod clock;
mod connection;
mod context;
mod directory;
mod health;
mod http;
mod lifecycle;
mod log;
mod membership;
mod refusals;
mod spooled;
mod telemetry;
mod vault;
mod watermark;

pub use audit::{Audit, AuditEntry, ChainCheck, ChainFault, ChainedEntry};
pub use backoff::Backoff;
pub use clock::{Clock, ClockOptions};
pub use connection::{ConnectionError, ConnectionOptions, connect_clickhouse, connect_nats};
pub use context::{Context, ContextError};
pub use directory::{Directory, DirectoryError, Expected, encode_entity};
pub use health::{Health, HealthHandle};
pub use http::{HTTP_DRAIN_MAX, serve};
pub use lifecycle::Lifecycle;
pub use log::{AppendError, HEADER_HITS_TO, Log, LogError, LogMessage, LogOptions, LogReader, encode_fact};
pub use membership::{Membership, MembershipError, Role, run_owned};
pub use refusals::{RefusalError, RefusalStore, Refused};
pub use spooled::{is_spooling, tell_spooled};
pub use telemetry::{LATENCY_BUCKETS, init_logs, metrics_text};
pub use vault::{Vault, VaultError, VaultOptions};
pub use watermark::{Lag, Progress, WatermarkError, caught_up, partition_lags};
