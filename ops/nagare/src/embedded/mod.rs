//! The brokers of one machine: NATS and ClickHouse as child processes on loopback ports.
//!
//! A child that exits is started again on its port, so services only ever see a
//! connection that breaks and returns. Children never outlive this process: the
//! kernel kills them with the thread that started them (see [`tether`]).
//!
//! Files under the data directory: `nagare.lock` (one user at a time), and per broker
//! its data folder, `<broker>.log`, `<broker>.pid` (kept current over restarts) and
//! its generated configuration.

mod broker;
mod clickhouse;
mod command;
mod data;
mod locate;
mod log;
mod nats;
mod port;
mod probe;
mod tether;

use std::path::PathBuf;

use anyhow::{Context as _, Result};

use broker::Broker;
use clickhouse::ClickHousePorts;
use data::DataDir;

pub(crate) use command::{BrokersArgs, run_brokers};
pub(crate) use locate::device_patterns;
pub(crate) use tether::{BrokerGuardArgs, Tether, guard};

/// Where the brokers keep their data and listen. A port left out is chosen freely.
#[derive(Debug, Clone)]
pub(crate) struct EmbeddedOptions {
    /// The data directory, created if missing.
    pub(crate) data: PathBuf,
    /// NATS clients.
    pub(crate) nats_port: Option<u16>,
    /// ClickHouse over HTTP.
    pub(crate) clickhouse_http_port: Option<u16>,
    /// ClickHouse's native protocol.
    pub(crate) clickhouse_tcp_port: Option<u16>,
}

/// Both brokers, running and watched until [`Embedded::stop`] or drop.
#[derive(Debug)]
pub(crate) struct Embedded {
    nats: Broker,
    nats_url: String,
    clickhouse: Broker,
    clickhouse_url: String,
    _data: DataDir,
}

impl Embedded {
    /// Starts both brokers and returns when both answer.
    pub(crate) async fn start(options: EmbeddedOptions) -> Result<Self> {
        let data = DataDir::open(&options.data)?;
        let clickhouse_ports = ClickHousePorts { http: options.clickhouse_http_port, tcp: options.clickhouse_tcp_port };
        let (nats, clickhouse) =
            tokio::try_join!(nats::start(&data, options.nats_port), clickhouse::start(&data, clickhouse_ports),)
                .context("the embedded brokers did not start")?;
        let started = Self {
            nats_url: nats::url(nats.ports()),
            clickhouse_url: clickhouse::url(clickhouse.ports()),
            nats,
            clickhouse,
            _data: data,
        };
        tracing::info!(nats = started.nats_url, clickhouse = started.clickhouse_url, "brokers are ready");
        Ok(started)
    }

    /// `nats://127.0.0.1:PORT`
    pub(crate) fn nats_url(&self) -> &str {
        &self.nats_url
    }

    /// `http://127.0.0.1:PORT`
    pub(crate) fn clickhouse_url(&self) -> &str {
        &self.clickhouse_url
    }

    /// Stops both brokers: gracefully, or with SIGKILL after a deadline.
    pub(crate) async fn stop(self) {
        tokio::join!(self.nats.stop(), self.clickhouse.stop());
    }
}
