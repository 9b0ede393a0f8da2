use std::{
    fs::{self, File, TryLockError},
    path::Path,
    sync::Arc,
    time::Duration,
};

use nagare_runtime::{Context, HealthHandle, Membership, RefusalStore, tell_spooled};
use nagare_schema::{Partition, ProducerId};
use tokio::{sync::Semaphore, task::JoinSet};
use tokio_util::sync::CancellationToken;

use crate::{
    IngestError, IngestOptions,
    agents::Agents,
    append::{Append, HitsLog},
    failures::{self, Failures},
    http,
    intake::{Intake, REQUESTS_IN_FLIGHT_MAX},
    limit::Limits,
    metrics::Metrics,
    pipeline::Pipeline,
    place::Locator,
    queue::Queues,
    refusals::Refusals,
    rules::{RulesSource, spam},
    salt::{SaltBucket, Salts},
    spool::{Spool, SpoolSpace},
    writer::{SpoolAccess, Writer},
};

/// Time the deployment may take to appear in the CONFIG directory.
const DEPLOYMENT_TIMEOUT: Duration = Duration::from_secs(30);
/// Time writers get to settle what they hold: longer than an append is tried, so that the rest
/// reaches the spool.
const DRAIN_MAX: Duration = Duration::from_secs(8);

/// A running ingest role.
pub struct Ingest {
    intake: Arc<Intake<SaltBucket>>,
    writers: JoinSet<()>,
    draining: CancellationToken,
    health: HealthHandle,
    membership: Membership,
    /// Held as long as the folder is used.
    _spool_lock: File,
}

impl Ingest {
    /// Reads what is needed, takes the spool folder, and begins to write. Waits for the deployment to
    /// be initialised.
    ///
    /// # Errors
    /// [`IngestError`].
    pub async fn start(context: &Context, options: IngestOptions) -> Result<Self, IngestError> {
        let health = context.health.register("append");
        let mut changes = context.directory.changes();
        let initialised = changes.wait_for(|config| config.deployment.is_some());
        let config = match tokio::time::timeout(DEPLOYMENT_TIMEOUT, initialised).await {
            Ok(Ok(config)) => config.clone(),
            _ => return Err(IngestError::Uninitialised),
        };
        let spool_lock = lock_spool(&options.spool)?;
        let metrics = Arc::new(Metrics::register(&context.registry)?);
        let bucket = SaltBucket::open(&context.jetstream, context.log.replicas()).await.map_err(IngestError::Salts)?;
        let refusal_store = RefusalStore::open(&context.jetstream, context.log.replicas()).await?;
        spam::prepare();
        let device_dir = options.device_dir.clone();
        let agents = tokio::task::spawn_blocking(move || Agents::open(device_dir.as_deref()));
        let (queues, inboxes) = Queues::new(config.partitions());
        let draining = CancellationToken::new();
        let log = HitsLog { log: context.log.clone(), nats: context.nats.clone() };
        let space = SpoolSpace::new(options.spool_bytes_max, metrics.spool_bytes.clone());
        let mut writers = JoinSet::new();
        let producer = ProducerId(rand::random());
        for (number, inbox) in inboxes.into_iter().enumerate() {
            let writer = Writer {
                partition: Partition(u16::try_from(number).unwrap_or(u16::MAX)),
                log: log.clone(),
                spool: open_spool(&options.spool, number, &space)?,
                producer,
                inbox,
                metrics: metrics.clone(),
                draining: draining.clone(),
                counter: 0,
                waiting: None,
            };
            watch(&mut writers, writer, context.stop.clone());
        }
        let spooled = metrics.spool_bytes.clone();
        let membership = tell_spooled(context, &options.member(), move || spooled.get()).await?;
        let refusals = Arc::new(Refusals::default());
        let (kept, member, stop) = (refusals.clone(), options.member(), draining.clone());
        writers.spawn(async move { kept.keep(refusal_store, member, stop).await });
        let (failures, waiting) = Failures::new();
        tokio::spawn(failures::keep(context.directory.clone(), waiting));
        health.set(true);
        let intake = Arc::new(Intake {
            pipeline: Pipeline {
                rules: RulesSource::new(context.directory.changes()),
                locator: Locator::open(options.geoip_dir.as_deref()),
                salts: Salts::new(bucket),
                // Patterns whose reading panicked are as good as none.
                agents: agents.await.unwrap_or_else(|_| Agents::open(None)),
            },
            queues,
            metrics,
            refusals,
            failures,
            clock: context.clock.clone(),
            limits: Limits::new(&options),
            in_flight: Semaphore::new(REQUESTS_IN_FLIGHT_MAX),
            body_room: Semaphore::new(http::LARGE_KIB_MAX),
        });
        Ok(Self { intake, writers, draining, health, membership, _spool_lock: spool_lock })
    }

    /// The Tracking HTTP API and the tracker.
    pub fn router(&self) -> axum::Router {
        http::router(self.intake.clone())
    }

    /// Takes no more hits and settles those that wait: appended, or synced to the spool. To be called
    /// when the listener has finished its requests.
    pub async fn drain(mut self) {
        self.health.set(false);
        self.draining.cancel();
        let finished = tokio::time::timeout(DRAIN_MAX, async { while self.writers.join_next().await.is_some() {} });
        if finished.await.is_err() {
            tracing::error!("writers did not finish in time; their requests were not confirmed");
        }
        self.membership.leave().await;
    }
}

/// Runs a writer; when it ends before it is told to, the process stops.
fn watch<A: Append>(writers: &mut JoinSet<()>, writer: Writer<A>, stop: CancellationToken) {
    let (draining, partition) = (writer.draining.clone(), writer.partition);
    let running = tokio::spawn(writer.run());
    writers.spawn(async move {
        let ended = running.await;
        if !draining.is_cancelled() {
            tracing::error!(%partition, ?ended, "the writer of a partition ended; the process stops");
            stop.cancel();
        }
    });
}

fn lock_spool(folder: &Path) -> Result<File, IngestError> {
    let failed = |source| IngestError::Spool { folder: folder.to_owned(), source };
    fs::create_dir_all(folder).map_err(failed)?;
    let lock = File::create(folder.join("lock")).map_err(failed)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(IngestError::SpoolTaken(folder.to_owned())),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

fn open_spool(folder: &Path, partition: usize, space: &Arc<SpoolSpace>) -> Result<SpoolAccess, IngestError> {
    let folder = folder.join(format!("{partition:03}"));
    let spool = Spool::open(&folder, space);
    spool.map(SpoolAccess::new).map_err(|source| IngestError::Spool { folder, source })
}
