use nagare_schema::Topology;
use prometheus::Registry;
use tokio_util::sync::CancellationToken;

use crate::{
    Clock, ConnectionOptions, Directory, DirectoryError, Health, Log, LogError, LogOptions, connect_clickhouse,
    connect_nats,
};

/// What a role is given: its connections, the directory, and where it reports.
#[derive(Clone)]
pub struct Context {
    /// NATS, for subjects that are not stored.
    pub nats: async_nats::Client,
    /// JetStream.
    pub jetstream: async_nats::jetstream::Context,
    /// The streams.
    pub log: Log,
    /// The CONFIG directory.
    pub directory: Directory,
    /// ClickHouse, with the database set.
    pub clickhouse: clickhouse::Client,
    /// How ClickHouse is deployed.
    pub topology: Topology,
    /// What time it is.
    pub clock: Clock,
    /// Where metrics are registered.
    pub registry: Registry,
    /// What `/health/*` answers.
    pub health: Health,
    /// Cancelled when the process is to stop.
    pub stop: CancellationToken,
}

/// Why a role cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum ContextError {
    /// A broker cannot be reached.
    #[error(transparent)]
    Connection(#[from] crate::ConnectionError),
    /// The streams cannot be opened.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The directory cannot be read.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
}

impl Context {
    /// Connects, creates streams and buckets that do not exist, and loads the directory.
    ///
    /// # Errors
    /// [`ContextError`] when a broker cannot be reached or refuses.
    pub async fn connect(
        connection: &ConnectionOptions,
        log: &LogOptions,
        stop: CancellationToken,
    ) -> Result<Self, ContextError> {
        let (nats, jetstream) = connect_nats(connection).await?;
        let log = Log::open(&nats, &jetstream, log).await?;
        let directory = Directory::open(&jetstream, log.replicas(), stop.clone()).await?;
        Ok(Self {
            nats,
            jetstream,
            log,
            directory,
            clickhouse: connect_clickhouse(connection),
            topology: connection.topology(),
            clock: Clock::system(),
            registry: Registry::new(),
            health: Health::default(),
            stop,
        })
    }

    /// The same under another clock.
    #[must_use]
    pub fn with_clock(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }
}
