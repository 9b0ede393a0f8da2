use std::{
    num::NonZero,
    sync::Arc,
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use async_nats::jetstream::{kv, stream::StorageType};
use nagare_runtime::{Context, ErasedVisits, Membership, Removals, Role, run_owned};
use nagare_schema::BUCKET_PROGRESS;
use tokio::sync::Semaphore;

use crate::{
    config::ProjectorOptions,
    erase::Eraser,
    error::ProjectorError,
    insert::Writer,
    metrics::Metrics,
    numbers::Numberer,
    partition::{Shared, project},
    removal::Remover,
};

/// Pause between renewals of the gauges of lag.
const OBSERVE_EVERY: Duration = Duration::from_secs(1);

/// Projects this process's share of the partitions until `context.stop`.
///
/// # Errors
/// [`ProjectorError`] when it cannot begin.
pub async fn run(context: Context, options: ProjectorOptions) -> Result<(), ProjectorError> {
    let metrics = Metrics::register(&context.registry)?;
    let health = context.health.register("projector");
    let Some(partitions) = partitions(&context).await else { return Ok(()) };
    let member = if options.member.is_empty() { random_name() } else { options.member };
    let membership =
        Membership::join(&context.jetstream, Role::Projector, &member, partitions, context.stop.clone()).await?;
    let erased = ErasedVisits::open(&context.jetstream, context.log.replicas()).await?;
    let removals = Removals::open(&context).await?;
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let shared = Shared {
        log: context.log.clone(),
        progress: progress_bucket(&context).await?,
        eraser: Eraser::new(&context, erased, removals.clone(), options.erasures.erasures_file),
        remover: Remover::open(&context, removals).await?,
        writer: Writer::new(context.clickhouse.clone(), metrics.clone()),
        metrics: metrics.clone(),
        partitions,
        turns: Arc::new(Semaphore::new(cores)),
        cores,
        log_age: options.retention.age(),
    };
    let numberer = Numberer::open(&context).await?;
    health.set(true);
    let start = move |partition, stop| project(shared.clone(), partition, stop);
    tokio::select! {
        () = run_owned(membership.owned(), context.stop.clone(), start) => {}
        () = observe(&metrics) => {}
        () = numberer.run() => {}
    }
    membership.leave().await;
    Ok(())
}

/// Renews the gauges of lag, for ever.
async fn observe(metrics: &Metrics) {
    let mut tick = tokio::time::interval(OBSERVE_EVERY);
    loop {
        tick.tick().await;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        metrics.observe_lag(i64::try_from(now.as_millis()).unwrap_or(i64::MAX));
    }
}

fn random_name() -> String {
    format!("{:016x}", rand::random::<u64>())
}

/// The number of partitions, once the deployment is known; `None` when told to stop before.
async fn partitions(context: &Context) -> Option<u16> {
    let mut changes = context.directory.changes();
    tokio::select! {
        () = context.stop.cancelled() => None,
        known = changes.wait_for(|config| config.deployment.is_some()) => known.ok().map(|config| config.partitions()),
    }
}

async fn progress_bucket(context: &Context) -> Result<kv::Store, ProjectorError> {
    let config = kv::Config {
        bucket: BUCKET_PROGRESS.to_owned(),
        description: "What is in the tables, by partition".to_owned(),
        history: 1,
        storage: StorageType::File,
        num_replicas: context.log.replicas(),
        ..Default::default()
    };
    let bucket = context.jetstream.create_or_update_key_value(config).await;
    bucket.map_err(|error| ProjectorError::Bucket(error.to_string()))
}
