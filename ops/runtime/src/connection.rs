use std::time::Duration;

use clap::Args;
use nagare_schema::Topology;

/// Time a broker gets to accept a first connection, and a request to be answered.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
/// Time the broker gets to confirm an append.
const ACK_TIMEOUT: Duration = Duration::from_secs(5);

/// Where the brokers are.
#[derive(Debug, Clone, Args)]
pub struct ConnectionOptions {
    /// NATS servers, comma-separated.
    #[arg(long, env = "NAGARE_NATS_URL", default_value = "nats://127.0.0.1:4222")]
    pub nats_url: String,
    /// ClickHouse over HTTP.
    #[arg(long, env = "NAGARE_CLICKHOUSE_URL", default_value = "http://127.0.0.1:8123")]
    pub clickhouse_url: String,
    /// ClickHouse database.
    #[arg(long, env = "NAGARE_CLICKHOUSE_DATABASE", default_value = "nagare")]
    pub clickhouse_database: String,
    /// ClickHouse user; empty: the server's default.
    #[arg(long, env = "NAGARE_CLICKHOUSE_USER", default_value = "")]
    pub clickhouse_user: String,
    /// ClickHouse password.
    #[arg(long, env = "NAGARE_CLICKHOUSE_PASSWORD", default_value = "", hide_env_values = true)]
    pub clickhouse_password: String,
    /// Name of the ClickHouse cluster; empty: a single node.
    #[arg(long, env = "NAGARE_CLICKHOUSE_CLUSTER", default_value = "")]
    pub clickhouse_cluster: String,
}

impl ConnectionOptions {
    /// How ClickHouse is deployed.
    pub fn topology(&self) -> Topology {
        if self.clickhouse_cluster.is_empty() {
            return Topology::Single;
        }
        Topology::Cluster { name: self.clickhouse_cluster.clone(), database: self.clickhouse_database.clone() }
    }
}

/// Why a broker cannot be reached.
#[derive(Debug, thiserror::Error)]
pub enum ConnectionError {
    /// NATS does not answer.
    #[error("cannot connect to NATS at {url}: {source}")]
    Nats {
        /// The URL.
        url: String,
        /// Cause.
        source: async_nats::ConnectError,
    },
}

/// Connects to NATS; reconnects by itself afterwards, for as long as the process lives.
///
/// # Errors
/// [`ConnectionError::Nats`] when the first connection fails.
pub async fn connect_nats(
    options: &ConnectionOptions,
) -> Result<(async_nats::Client, async_nats::jetstream::Context), ConnectionError> {
    let url = options.nats_url.as_str();
    let client = async_nats::ConnectOptions::new()
        .name("nagare")
        .request_timeout(Some(REQUEST_TIMEOUT))
        .reconnect_delay_callback(|attempts| Duration::from_millis(50_u64 << attempts.min(4)))
        .connect(url.split(',').map(str::trim).collect::<Vec<_>>())
        .await
        .map_err(|source| ConnectionError::Nats { url: url.to_owned(), source })?;
    let jetstream = async_nats::jetstream::ContextBuilder::new()
        .timeout(REQUEST_TIMEOUT)
        .ack_timeout(ACK_TIMEOUT)
        .build(client.clone());
    Ok((client, jetstream))
}

/// A ClickHouse client; it connects on use.
pub fn connect_clickhouse(options: &ConnectionOptions) -> clickhouse::Client {
    let mut client =
        clickhouse::Client::default().with_url(&options.clickhouse_url).with_database(&options.clickhouse_database);
    if !options.clickhouse_user.is_empty() {
        client = client.with_user(&options.clickhouse_user).with_password(&options.clickhouse_password);
    }
    client
}
