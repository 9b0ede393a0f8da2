use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Args;
use nagare_device::Detections;
use nagare_runtime::{Context, Membership, Role, run_owned};

use crate::{
    error::ProcessorError,
    metrics::Metrics,
    partition::{Shared, run_partition},
    search_engine::ReferrerLists,
};

/// How a processor runs.
#[derive(Debug, Clone, Args)]
pub struct ProcessorOptions {
    /// Name among the processors; one that comes back under its name takes its share back at once.
    /// Random when empty.
    #[arg(long, env = "NAGARE_MEMBER", default_value = "")]
    pub member: String,
    /// Folder of the patterns that devices are detected by; without it, devices are unknown.
    #[arg(long, env = "NAGARE_DEVICE_DIR")]
    pub device_dir: Option<PathBuf>,
}

/// Processes the share of partitions that falls to this process, until the context's `stop`.
///
/// # Errors
/// When the process cannot begin; what happens to a partition later is retried.
pub async fn run(context: Context, options: ProcessorOptions) -> Result<(), ProcessorError> {
    let ready = context.health.register("processor");
    let metrics = Metrics::new(&context.registry)?;
    let mut changes = context.directory.changes();
    let partitions = tokio::select! {
        () = context.stop.cancelled() => return Ok(()),
        config = changes.wait_for(|config| config.deployment.is_some()) => match config {
            Ok(config) => config.partitions(),
            Err(_) => return Ok(()),
        },
    };
    let detections = tokio::task::spawn_blocking(move || load(options.device_dir.as_deref()));
    let name = if options.member.is_empty() { random_name() } else { options.member };
    let membership =
        Membership::join(&context.jetstream, Role::Processor, &name, partitions, context.stop.clone()).await?;
    ready.set(true);
    let stop = context.stop.clone();
    let lists = Arc::new(ReferrerLists::embedded()?);
    // A detector that panicked while loading is as good as none.
    let shared = Shared { context, metrics, lists, detections: detections.await.ok().flatten() };
    run_owned(membership.owned(), stop, move |partition, token| run_partition(shared.clone(), partition, token)).await;
    membership.leave().await;
    Ok(())
}

/// Reads the patterns of devices; says in the log what is missing.
pub(crate) fn load(folder: Option<&Path>) -> Option<Arc<Detections>> {
    let Some(folder) = folder else {
        tracing::warn!("no folder of device patterns is given; devices, systems and browsers stay unknown");
        return None;
    };
    match Detections::open(folder) {
        Ok(detections) => Some(detections),
        Err(error) => {
            tracing::warn!(folder = %folder.display(), %error, "devices, systems and browsers stay unknown");
            None
        }
    }
}

fn random_name() -> String {
    format!("{:016x}", rand::random::<u64>())
}
